// Small towns solved to a proof.
#include <span>
#include <string_view>
#include <vector>

#include <pybind11/stl.h>

#include "bind.hpp"
#include "gridgov/partition/exact.hpp"
#include "interruptible.hpp"

namespace gridgov::python {
namespace {

std::string_view status_name(partition::ExactStatus status) {
    switch (status) {
        case partition::ExactStatus::not_attempted: return "not_attempted";
        case partition::ExactStatus::limit: return "limit";
        case partition::ExactStatus::infeasible: return "infeasible";
        case partition::ExactStatus::optimal: break;
    }
    return "optimal";
}

}  // namespace

void bind_exact(py::module_& module) {
    using partition::ExactComponent;
    using partition::ExactDivision;
    py::class_<ExactComponent>(module, "ExactComponent", py::is_final(),
                               "What is proved of a component's division.")
        .def_readonly("village", &ExactComponent::village)
        .def_readonly("households", &ExactComponent::households)
        .def_readonly("first", &ExactComponent::first)
        .def_readonly("courtyards", &ExactComponent::courtyards)
        .def_property_readonly(
            "status", [](const ExactComponent& self) { return text(status_name(self.status)); })
        .def_readonly("total_distance_m", &ExactComponent::total_distance_m)
        .def_readonly("lower_bound_m", &ExactComponent::lower_bound_m)
        .def_readonly("nodes", &ExactComponent::nodes)
        .def_readonly("work", &ExactComponent::work);
    py::class_<ExactDivision>(module, "ExactDivision", py::is_final(),
                              "The shortest divisions of components, as far as they were found.")
        .def_property_readonly("labels",
                               [](const py::object& self) {
                                   const auto& division = self.cast<const ExactDivision&>();
                                   return borrowed(std::span(division.labels), self);
                               })
        .def_property_readonly("component_of",
                               [](const py::object& self) {
                                   const auto& division = self.cast<const ExactDivision&>();
                                   return borrowed(std::span(division.component_of), self);
                               })
        .def_readonly("components", &ExactDivision::components);
    module.def(
        "solve_exactly",
        [](const Town& town, const neighbours::Neighbours& graph, const Array<std::int32_t>& labels,
           const partition::Options& options, std::uint64_t work_limit) {
            const auto start = span_of(labels);
            return interruptible(options, py::none(), [&](const partition::Options& with) {
                return partition::solve_exactly(town, graph, start, with, work_limit);
            });
        },
        py::arg("town"), py::arg("neighbours"), py::arg("labels"), py::arg("options"),
        py::kw_only(), py::arg("work_limit") = partition::exact_work_limit,
        "The shortest division of each component into as many courtyards as labels has in it.");
}

}  // namespace gridgov::python
