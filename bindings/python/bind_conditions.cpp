// FEEL unary tests over columns.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <pybind11/stl.h>

#include "bind_points.hpp"
#include "gridgov/conditions/unary_tests.hpp"
#include "gridgov/error.hpp"

namespace gridgov::python {
namespace {

using conditions::Type;
using conditions::Value;

constexpr std::array types{Type::any, Type::boolean, Type::number, Type::text, Type::date};

/// Tests, with the type that the values are read as.
struct [[gnu::visibility("hidden")]] TypedTests {
    conditions::UnaryTests tests;
    Type type = Type::any;
};

Finding clash(const TypedTests& of, Type other) {
    Finding finding;
    finding.code = Code::condition_type_clash;
    finding.fields = {{"type", std::string(conditions::type_name(of.type))},
                      {"column_type", std::string(conditions::type_name(other))},
                      {"text", of.tests.text()}};
    return finding;
}

TypedTests read(std::string_view text, const std::optional<std::string>& type) {
    conditions::Parsed parsed = conditions::UnaryTests::parse(text);
    if (!parsed.tests) throw DataError({std::move(*parsed.fault)});
    TypedTests made{*parsed.tests, parsed.tests->type()};
    if (!type) return made;
    const auto* const wanted = std::find_if(types.begin(), types.end(), [&](Type known) {
        return conditions::type_name(known) == *type;
    });
    if (wanted == types.end()) throw py::value_error("no such type");
    if (made.type != Type::any && made.type != *wanted) throw DataError({clash(made, *wanted)});
    made.type = *wanted;
    return made;
}

/// Cells that cannot be read, each text once, with its first row and how often it is there.
class Unreadable {
public:
    Unreadable(const TypedTests& tests, std::string_view column) : tests_(tests), column_(column) {}

    void add(std::size_t row, std::string_view cell) {
        const auto [found, is_new] = place_.try_emplace(std::string(cell.substr(0, 80)), counts_.size());
        if (!is_new) {
            ++counts_[found->second];
            return;
        }
        counts_.push_back(1);
        Finding finding;
        finding.code = Code::condition_unreadable_cell;
        finding.row = static_cast<std::int64_t>(row);
        finding.fields = {{"column", std::string(column_)}, {"value", found->first},
                          {"type", std::string(conditions::type_name(tests_.type))}};
        findings_.push_back(std::move(finding));
    }
    void tell() {
        if (findings_.empty()) return;
        for (std::size_t i = 0; i < findings_.size(); ++i)
            if (counts_[i] > 1) findings_[i].fields.emplace_back("count", std::to_string(counts_[i]));
        throw DataError(std::move(findings_));
    }

private:
    const TypedTests& tests_;
    std::string_view column_;
    std::map<std::string, std::size_t> place_;
    std::vector<std::size_t> counts_;
    std::vector<Finding> findings_;
};

void evaluate_texts(const TypedTests& of, const points::KeyColumn& keys,
                    std::span<std::uint8_t> satisfied, Unreadable& unreadable) {
    const auto ask = [&](std::string_view cell) -> std::uint8_t {
        const auto value = conditions::read_cell(cell, of.type);
        return !value ? 2 : of.tests.matches(*value) ? 1 : 0;
    };
    const std::size_t rows = keys.size();
    if (!keys.coded()) {
        for (std::size_t row = 0; row < rows; ++row)
            if ((satisfied[row] = ask(keys[row])) == 2) unreadable.add(row, keys[row]);
        return;
    }
    std::vector<std::uint8_t> by_category;  // and of no code
    for (std::size_t i = 0; i < keys.texts().size(); ++i) by_category.push_back(ask(keys.texts()[i]));
    by_category.push_back(of.tests.matches(Value{}) ? 1 : 0);
    for (std::size_t row = 0; row < rows; ++row) {
        const auto code = std::min<std::size_t>(keys.codes()[row], by_category.size() - 1);
        if ((satisfied[row] = by_category[code]) == 2) unreadable.add(row, keys[row]);
    }
}

void evaluate(const TypedTests& of, const points::NamedColumn& column,
              std::span<std::uint8_t> satisfied) {
    Unreadable unreadable(of, column.name);
    if (column.keys.present()) {
        evaluate_texts(of, column.keys, satisfied, unreadable);
    } else {
        const Type has = column.values.type();
        if (of.type != Type::any && of.type != has) {
            Finding finding = clash(of, has);
            finding.fields.emplace_back("column", std::string(column.name));
            throw UsageError(std::move(finding));
        }
        std::vector<std::uint32_t> rows;
        of.tests.evaluate(column.values, satisfied, rows);
        for (const std::uint32_t row : rows) {
            std::string cell;
            if (has == Type::number) cell = column.values.numbers[row] > 0 ? "inf" : "-inf";
            else if (has == Type::date) cell = std::to_string(column.values.dates[row]);
            else cell = std::to_string(column.values.booleans[row]);
            unreadable.add(row, cell);
        }
    }
    unreadable.tell();
}

py::object feel(const std::optional<Value>& value) {
    return value ? py::object(text(conditions::feel_text(*value))) : py::none();
}

}  // namespace

void bind_conditions(py::module_& module) {
    py::class_<TypedTests>(module, "UnaryTests", py::is_final(), "FEEL unary tests, read.")
        .def(py::init(&read), py::arg("text"), py::arg("type"))
        .def_property_readonly("text", [](const TypedTests& self) { return text(self.tests.text()); })
        .def_property_readonly(
            "type", [](const TypedTests& self) { return text(conditions::type_name(self.type)); })
        .def_property_readonly("empty", [](const TypedTests& self) { return self.tests.empty(); })
        .def_property_readonly("everything",
                               [](const TypedTests& self) { return self.tests.everything(); })
        .def(
            "matches",
            [](const TypedTests& self, const py::tuple& given, const std::string& name) {
                ColumnReader reader;
                const points::NamedColumn column = reader.named(name, given);
                const std::size_t rows = column.size();
                py::array_t<bool> satisfied(static_cast<py::ssize_t>(rows));
                static_assert(sizeof(bool) == 1);
                auto* const bytes = reinterpret_cast<std::uint8_t*>(satisfied.mutable_data());
                if (rows > 0) {
                    const py::gil_scoped_release released;
                    evaluate(self, column, {bytes, rows});
                }
                return satisfied;
            },
            py::arg("column"), py::arg("name"), "The rows that satisfy the tests.")
        .def(
            "common_value",
            [](const TypedTests& self, const std::vector<const TypedTests*>& others) {
                std::vector<const conditions::UnaryTests*> all{&self.tests};
                for (const TypedTests* const other : others) all.push_back(&other->tests);
                return feel(conditions::UnaryTests::common_value(all));
            },
            py::arg("others"), "A value that satisfies these tests and all others, in FEEL, or None.")
        .def(
            "value_beyond",
            [](const TypedTests& self, const TypedTests& others) {
                return feel(self.tests.value_beyond(others.tests));
            },
            py::arg("others"), "A value that satisfies these tests and not the others, or None.")
        .def(
            "same",
            [](const TypedTests& self, const TypedTests& other) {
                return self.type == other.type && self.tests == other.tests;
            },
            py::arg("other"), "Whether the same values satisfy them.");
}

}  // namespace gridgov::python
