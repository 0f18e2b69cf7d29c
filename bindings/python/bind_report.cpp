// Texts for people.
#include <string_view>

#include "bind.hpp"
#include "gridgov/report/explain.hpp"

namespace gridgov::python {

void bind_report(py::module_& module) {
    module.def(
        "reasons",
        [](const partition::Partition& partition, bool chinese) {
            const Language language = chinese ? Language::zh : Language::en;
            py::list list;
            for (std::uint32_t row = 0; row < partition.courtyards.size(); ++row)
                list.append(text(report::reason_text(partition, CourtyardIndex(row), language)));
            return list;
        },
        py::arg("partition"), py::kw_only(), py::arg("chinese"),
        "Why each courtyard is not within; empty for those that are.");
    module.def(
        "status_text",
        [](std::string_view name, bool chinese) {
            using partition::Status;
            for (const Status status : {Status::disconnected, Status::oversize, Status::undersize,
                                        Status::within})
                if (partition::status_name(status) == name)
                    return text(report::status_text(status, chinese ? Language::zh : Language::en));
            throw py::value_error("no such status");
        },
        py::arg("name"), py::kw_only(), py::arg("chinese"), "A status in the reader's words.");
}

}  // namespace gridgov::python
