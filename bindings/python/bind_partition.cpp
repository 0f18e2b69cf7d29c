// Partition, grids, verification, algorithms by name.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <pybind11/stl.h>

#include "bind.hpp"
#include "gridgov/partition/algorithms.hpp"
#include "gridgov/partition/bound.hpp"
#include "gridgov/partition/certificate.hpp"
#include "gridgov/partition/grids.hpp"
#include "gridgov/partition/options.hpp"
#include "gridgov/partition/partition.hpp"
#include "gridgov/partition/verify.hpp"
#include "interruptible.hpp"

namespace gridgov::python {
namespace {

using neighbours::Neighbours;
using partition::Courtyards;
using partition::GridRules;
using partition::Grids;
using partition::Options;
using partition::Partition;
using partition::Verification;

/// A read-only array over a vector inside a bound object.
template <class Owner, class Number>
auto column(std::vector<Number> Owner::* member) {
    return [member](const py::object& self) {
        return borrowed(std::span<const Number>(self.cast<const Owner&>().*member), self);
    };
}
template <class Number>
auto courtyard_column(std::vector<Number> Courtyards::* member) {
    return [member](const py::object& self) {
        const Courtyards& courtyards = self.cast<const Partition&>().courtyards;
        return borrowed(std::span<const Number>(courtyards.*member), self);
    };
}

std::string_view unavoidable_name(partition::Unavoidable unavoidable) {
    switch (unavoidable) {
        case partition::Unavoidable::proved: return "proved";
        case partition::Unavoidable::unknown: return "unknown";
        case partition::Unavoidable::none: break;
    }
    return "";
}

void bind_options(py::module_& module) {
    py::class_<Options>(module, "Options", py::is_final(), "The rules of courtyards and how hard to look.")
        .def(py::init([](double weight_min, double weight_max, double weight_target,
                         std::optional<std::int64_t> courtyards, bool walk, int effort,
                         double group_weight_m, std::uint64_t seed, unsigned threads) {
                 Options options;
                 options.rules = {weight_min, weight_max, weight_target, courtyards};
                 options.metric = walk ? partition::Metric::walk : partition::Metric::straight;
                 if (effort < 0 || effort > 2) throw py::value_error("effort is 0, 1 or 2");
                 options.effort = static_cast<partition::Effort>(effort);
                 options.group_weight_m = group_weight_m;
                 options.seed = seed;
                 options.threads = threads;
                 partition::check(options);
                 return options;
             }),
             py::kw_only(), py::arg("weight_min"), py::arg("weight_max"), py::arg("weight_target"),
             py::arg("courtyards"), py::arg("walk"), py::arg("effort"), py::arg("group_weight_m"),
             py::arg("seed"), py::arg("threads"));
    py::class_<GridRules>(module, "GridRules", py::is_final(), "How many grids, or how many courtyards in each.")
        .def(py::init([](std::optional<std::int64_t> grids,
                         std::optional<std::int64_t> courtyards_min,
                         std::optional<std::int64_t> courtyards_max) {
                 const GridRules rules{grids, courtyards_min, courtyards_max};
                 partition::check(rules);
                 return rules;
             }),
             py::kw_only(), py::arg("grids"), py::arg("courtyards_min"), py::arg("courtyards_max"))
        .def_property_readonly("wanted", &GridRules::wanted);
}

void bind_result(py::module_& module) {
    py::class_<Partition>(module, "Partition", py::is_final(), "Courtyards of a town; columns are read-only.")
        .def_property_readonly("labels", column(&Partition::labels))
        .def_property_readonly("distance_to_head_m", column(&Partition::distance_to_head_m))
        .def_property_readonly("cancelled",
                               [](const Partition& self) {
                                   return self.outcome == partition::Outcome::cancelled;
                               })
        .def_readonly("total_distance_m", &Partition::total_distance_m)
        .def_readonly("mean_distance_m", &Partition::mean_distance_m)
        .def_readonly("max_distance_m", &Partition::max_distance_m)
        .def_readonly("broken_courtyards", &Partition::broken_courtyards)
        .def_readonly("broken_households", &Partition::broken_households)
        .def_readonly("broken_proved_unavoidable", &Partition::broken_proved_unavoidable)
        .def_readonly("components_proved_optimal", &Partition::components_proved_optimal)
        .def_property_readonly("findings",
                               [](const Partition& self) { return to_python(self.findings); })
        .def_property_readonly("ids",
                               [](const Partition& self) { return texts(self.courtyards.ids); })
        .def_property_readonly("village", courtyard_column(&Courtyards::village))
        .def_property_readonly("households", courtyard_column(&Courtyards::households))
        .def_property_readonly("weight", courtyard_column(&Courtyards::weight))
        .def_property_readonly("head", courtyard_column(&Courtyards::head))
        .def_property_readonly("mean_distances_m", courtyard_column(&Courtyards::mean_distance_m))
        .def_property_readonly("max_distances_m", courtyard_column(&Courtyards::max_distance_m))
        .def_property_readonly("status",
                               [](const Partition& self) {
                                   py::list names;
                                   for (const partition::Status status : self.courtyards.status)
                                       names.append(text(partition::status_name(status)));
                                   return names;
                               })
        .def_property_readonly("unavoidable", [](const Partition& self) {
            py::list names;
            for (const partition::Unavoidable unavoidable : self.courtyards.unavoidable)
                names.append(text(unavoidable_name(unavoidable)));
            return names;
        });
    module.def(
        "solve",
        [](const Town& town, const Neighbours& graph, const Options& options,
           const py::object& progress) {
            return interruptible(options, progress, [&](const Options& with) {
                return partition::solve(town, graph, with);
            });
        },
        py::arg("town"), py::arg("neighbours"), py::arg("options"), py::arg("progress"),
        "Courtyards; progress(share) is called about twenty times a second, or None.");
    module.def(
        "measure",
        [](const Town& town, const Neighbours& graph, const Array<std::int32_t>& labels,
           const Options& options) {
            const auto of = span_of(labels);
            const py::gil_scoped_release released;
            return partition::measure(town, graph, of, options);
        },
        py::arg("town"), py::arg("neighbours"), py::arg("labels"), py::arg("options"),
        "Any labelling, measured as solve measures its own.");
}

void bind_grids(py::module_& module) {
    py::class_<Grids>(module, "Grids", py::is_final(), "Courtyards grouped into grids.")
        .def_property_readonly("grid_of_courtyard", column(&Grids::grid_of_courtyard))
        .def_property_readonly("ids", [](const Grids& self) { return texts(self.ids); })
        .def_property_readonly("village", column(&Grids::village))
        .def_property_readonly("courtyards", column(&Grids::courtyards))
        .def_property_readonly("households", column(&Grids::households))
        .def_property_readonly("centre", column(&Grids::centre))
        .def_property_readonly("mean_distances_m", column(&Grids::mean_distances_m))
        .def_property_readonly("max_distances_m", column(&Grids::max_distances_m))
        .def_readonly("total_distance_m", &Grids::total_distance_m)
        .def_readonly("mean_distance_m", &Grids::mean_distance_m)
        .def_readonly("max_distance_m", &Grids::max_distance_m)
        .def_readonly("imbalance", &Grids::imbalance)
        .def_property_readonly("findings",
                               [](const Grids& self) { return to_python(self.findings); });
    module.def(
        "group_into_grids",
        [](const Town& town, const Neighbours& graph, const Partition& result,
           const GridRules& rules, const Options& options, const py::object& progress) {
            return interruptible(options, progress, [&](const Options& with) {
                return partition::group_into_grids(town, graph, result, rules, with);
            });
        },
        py::arg("town"), py::arg("neighbours"), py::arg("partition"), py::arg("rules"),
        py::arg("options"), py::arg("progress"),
        "Courtyards grouped into grids; progress(share) is called, or None.");
}

void bind_verification(py::module_& module) {
    py::class_<Verification>(module, "Verification", py::is_final(), "What holds of a claimed assignment.")
        .def_property_readonly("households", column(&Verification::households))
        .def_property_readonly("weight", column(&Verification::weight))
        .def_property_readonly("connected", column(&Verification::connected))
        .def_property_readonly("oversize", column(&Verification::oversize))
        .def_property_readonly("undersize", column(&Verification::undersize))
        .def_property_readonly("one_village", column(&Verification::one_village))
        .def_readonly("total_distance_m", &Verification::total_distance_m)
        .def_readonly("mean_distance_m", &Verification::mean_distance_m)
        .def_readonly("max_distance_m", &Verification::max_distance_m)
        .def_property_readonly("holds", &Verification::holds)
        .def_property_readonly("findings",
                               [](const Verification& self) { return to_python(self.findings); });
    module.def(
        "verify",
        [](const Town& town, const Neighbours& graph, const Array<std::int32_t>& labels,
           const std::optional<Array<std::uint32_t>>& head_of_household,
           const std::optional<Array<double>>& distance_to_head_m,
           const std::vector<std::string>& courtyard_ids, const Options& options) {
            partition::Claim claim{.labels = span_of(labels)};
            if (head_of_household) claim.head_of_household = span_of(*head_of_household);
            if (distance_to_head_m) claim.distance_to_head_m = span_of(*distance_to_head_m);
            claim.courtyard_ids = courtyard_ids;
            const py::gil_scoped_release released;
            const auto& walked =
                graph.source == neighbours::Source::ways ? graph.walk_network : graph.graph;
            return partition::verify(town, graph.graph, walked, claim, options.rules,
                                     options.metric);
        },
        py::arg("town"), py::arg("neighbours"), py::kw_only(), py::arg("labels"),
        py::arg("head_of_household"), py::arg("distance_to_head_m"), py::arg("courtyard_ids"),
        py::arg("options"), "Checks a claim, trusting nothing of it.");
}

/// A column of a row's member.
template <class Row, class Value>
auto column_of_rows(const std::vector<Row>& rows, Value value) {
    std::vector<decltype(value(rows.front()))> numbers;
    numbers.reserve(rows.size());
    for (const Row& row : rows) numbers.push_back(value(row));
    return owned(std::move(numbers));
}

void bind_bound(py::module_& module) {
    using partition::Bound;
    using partition::ComponentBound;
    const auto of_components = [](auto value) {
        return [value](const Bound& self) { return column_of_rows(self.components, value); };
    };
    py::class_<Bound>(module, "Bound", py::is_final(), "A lower bound and what proves it.")
        .def_property_readonly("component_of", column(&Bound::component_of))
        .def_property_readonly("multiplier_um", column(&Bound::multiplier_um))
        .def_readonly("total_um", &Bound::total_um)
        .def_readonly("total_distance_m", &Bound::total_distance_m)
        .def_property_readonly("household",
                               of_components([](const ComponentBound& row) { return row.first; }))
        .def_property_readonly(
            "courtyards_least",
            of_components([](const ComponentBound& row) { return row.courtyards_least; }))
        .def_property_readonly(
            "courtyards_most",
            of_components([](const ComponentBound& row) { return row.courtyards_most; }))
        .def_property_readonly("weight_least", of_components([](const ComponentBound& row) {
                                   return row.weight_least.millionths;
                               }))
        .def_property_readonly("weight_most", of_components([](const ComponentBound& row) {
                                   return row.weight_most.millionths;
                               }))
        .def_property_readonly(
            "component_um", of_components([](const ComponentBound& row) { return row.total_um; }));
    module.def(
        "lower_bound",
        [](const Town& town, const Neighbours& graph, const Partition& found,
           const Options& options, const py::object& progress) {
            return interruptible(options, progress, [&](const Options& with) {
                return partition::lower_bound(town, graph, found, with);
            });
        },
        py::arg("town"), py::arg("neighbours"), py::arg("partition"), py::arg("options"),
        py::arg("progress"), "A lower bound on the total distance, starting from a partition.");
    module.def(
        "check_certificate",
        [](const Town& town, const Neighbours& graph, const Array<std::int64_t>& multiplier_um,
           const Array<std::uint32_t>& household, const Array<std::int64_t>& courtyards_least,
           const Array<std::int64_t>& courtyards_most, const Array<std::int64_t>& weight_least,
           const Array<std::int64_t>& weight_most, const Array<std::int64_t>& component_um,
           std::int64_t total_um, const Options& claimed, const Options& options) {
            const std::size_t count = span_of(household).size();
            for (const auto* one : {&courtyards_least, &courtyards_most, &weight_least,
                                    &weight_most, &component_um})
                if (span_of(*one).size() != count) throw py::value_error("columns of one length");
            std::vector<partition::CertificateComponent> components(count);
            for (std::size_t i = 0; i < count; ++i)
                components[i] = {span_of(household)[i],        span_of(courtyards_least)[i],
                                 span_of(courtyards_most)[i], span_of(weight_least)[i],
                                 span_of(weight_most)[i],      span_of(component_um)[i]};
            partition::Certificate certificate;
            certificate.rules = claimed.rules;
            certificate.metric = claimed.metric;
            certificate.multiplier_um = span_of(multiplier_um);
            certificate.components = components;
            certificate.total_um = total_um;
            partition::Confirmation found;
            {
                const py::gil_scoped_release released;
                found = partition::check_certificate(town, graph.graph, graph.walk_network,
                                                     certificate, options.rules, options.metric);
            }
            return py::make_tuple(found.total_um, found.relaxed, to_python(found.findings));
        },
        py::arg("town"), py::arg("neighbours"), py::kw_only(), py::arg("multiplier_um"),
        py::arg("household"), py::arg("courtyards_least"), py::arg("courtyards_most"),
        py::arg("weight_least"), py::arg("weight_most"), py::arg("component_um"),
        py::arg("total_um"), py::arg("claimed"), py::arg("options"),
        "The bound proved in micrometres, components claimed more widely than the rules, findings.");
}

void bind_algorithms(py::module_& module) {
    module.def(
        "algorithms",
        [] {
            py::list list;
            for (const partition::Algorithm& algorithm : partition::algorithms())
                list.append(py::make_tuple(text(algorithm.name), text(algorithm.source)));
            return list;
        },
        "Name and source of every algorithm of this build.");
    module.def(
        "algorithm_labels",
        [](std::string_view name, const Town& town, const Neighbours& graph,
           const Options& options) {
            const partition::Algorithm& algorithm = partition::algorithm(name);
            return owned(interruptible(options, py::none(), [&](const Options& with) {
                return algorithm.labels(town, graph, with);
            }));
        },
        py::arg("name"), py::arg("town"), py::arg("neighbours"), py::arg("options"),
        "The labels of the algorithm of that name.");
    module.def(
        "courtyard_counts",
        [](const Array<double>& weights, const Options& options) {
            std::vector<Weight> exact;
            for (const double weight : span_of(weights)) exact.push_back(weight_from_number(weight));
            std::vector<std::int32_t> numbers;
            for (const auto& count : partition::courtyard_counts(exact, options.rules))
                numbers.push_back(static_cast<std::int32_t>(count.courtyards));
            return owned(std::move(numbers));
        },
        py::arg("weights"), py::arg("options"),
        "The number of courtyards that the rules give each component, by the components' weights.");
}

}  // namespace

void bind_partition(py::module_& module) {
    bind_options(module);
    bind_result(module);
    bind_grids(module);
    bind_verification(module);
    bind_bound(module);
    bind_algorithms(module);
}

}  // namespace gridgov::python
