// Findings, their catalogue, and the two exceptions.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <pybind11/stl.h>

#include "bind.hpp"
#include "gridgov/error.hpp"
#include "gridgov/finding.hpp"

namespace gridgov::python {
namespace {

constexpr std::string_view table_names[] = {"none", "households", "links", "way_nodes",
                                            "ways", "barriers", "assignment",
                                            "holidays", "evidence", "cases",
                                            "needs", "resources", "projects",
                                            "persons", "deeds", "exchanges", "goods"};

Language language_of(std::string_view name) {
    if (name == "en") return Language::en;
    if (name == "zh") return Language::zh;
    throw py::value_error("lang must be 'en' or 'zh'");
}

Table table_of(std::string_view name) {
    const auto* const found = std::find(std::begin(table_names), std::end(table_names), name);
    if (found == std::end(table_names)) throw py::value_error("no such table");
    return static_cast<Table>(found - std::begin(table_names));
}

/// Raises gridgov.errors.<name>(argument).
void raise(const char* name, const py::object& argument) {
    const py::object type = py::module_::import("gridgov.errors").attr(name);
    PyErr_SetObject(type.ptr(), type(argument).ptr());
}

}  // namespace

py::str text(std::string_view utf8) {
    PyObject* decoded =
        PyUnicode_DecodeUTF8(utf8.data(), static_cast<py::ssize_t>(utf8.size()), "replace");
    if (decoded == nullptr) throw py::error_already_set();
    return py::reinterpret_steal<py::str>(decoded);
}

py::object to_python(const Finding& finding) {
    py::dict fields;
    for (const auto& [name, value] : finding.fields) fields[text(name)] = text(value);
    return py::module_::import("gridgov.errors").attr("Finding")(
        text(code_name(finding.code)), static_cast<int>(finding.code),
        text(severity_name(finding.severity)), py::tuple(texts(finding.records)), fields,
        text(table_names[static_cast<std::size_t>(finding.table)]),
        finding.row < 0 ? py::object(py::none()) : py::object(py::int_(finding.row)));
}

py::list to_python(const std::vector<Finding>& findings) {
    py::list list;
    for (const Finding& finding : findings) list.append(to_python(finding));
    return list;
}

void bind_findings(py::module_& module) {
    module.def(
        "codes",
        [] {
            std::map<std::string, int> numbers;
            for (const Code code : all_codes())
                numbers.emplace(code_name(code), static_cast<int>(code));
            return numbers;
        },
        "Every code of the core by name, with its number.");
    module.def(
        "message",
        [](int number, const std::vector<std::string>& records,
           const std::map<std::string, std::string>& fields, std::string_view table,
           std::int64_t row, std::string_view lang) {
            const Finding finding{.code = static_cast<Code>(number),
                                  .records = records,
                                  .fields = {fields.begin(), fields.end()},
                                  .table = table_of(table),
                                  .row = row};
            return text(message(finding, language_of(lang)));
        },
        py::arg("number"), py::arg("records"), py::arg("fields"), py::arg("table"), py::arg("row"),
        py::arg("lang"),
        "The message of a finding in 'en' or 'zh'.");
    module.def(
        "message_template",
        [](int number, std::string_view lang) {
            return text(message_template(static_cast<Code>(number), language_of(lang)));
        },
        py::arg("number"), py::arg("lang"), "The template of a code, with {field} blanks.");

    py::register_exception_translator([](std::exception_ptr raised) {
        try {
            if (raised) std::rethrow_exception(raised);
        } catch (const UsageError& error) {
            raise("UsageError", to_python(error.finding()));
        } catch (const DataError& error) {
            raise("DataError", to_python(error.findings()));
        }
    });
}

}  // namespace gridgov::python
