// Revision of courtyards, and the prices of wishes.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <pybind11/stl.h>

#include "bind.hpp"
#include "gridgov/partition/revise.hpp"
#include "gridgov/partition/wish.hpp"
#include "interruptible.hpp"

namespace gridgov::python {
namespace {

using neighbours::Neighbours;
using partition::Explanation;
using partition::Options;
using partition::Partition;
using partition::Revision;
using partition::WishPrice;

using Strings = std::vector<std::string>;

TextColumn column(const Strings& strings) { return {std::span<const std::string>(strings)}; }

void bind_revision(py::module_& module) {
    py::class_<Revision>(module, "Revision", py::is_final(), "A partition and what changed in it.")
        .def_property_readonly(
            "partition", [](const Revision& self) { return self.partition; },
            py::return_value_policy::move)
        .def_property_readonly("changes",
                               [](const Revision& self) {
                                   py::list why;
                                   for (const partition::Why one : self.changes.why)
                                       why.append(text(partition::why_name(one)));
                                   return py::make_tuple(texts(self.changes.household_ids),
                                                         texts(self.changes.from_courtyard_ids),
                                                         texts(self.changes.to_courtyard_ids), why);
                               })
        .def_readonly("kept", &Revision::kept)
        .def_readonly("moved", &Revision::moved)
        .def_readonly("entered", &Revision::entered)
        .def_readonly("left", &Revision::left)
        .def_readonly("moved_lower_bound", &Revision::moved_lower_bound)
        .def_property_readonly("previous_head",
                               [](const py::object& self) {
                                   const auto& of = self.cast<const Revision&>().previous_head;
                                   return borrowed(std::span<const std::uint32_t>(of), self);
                               })
        .def_property_readonly("previous_head_extra_m",
                               [](const py::object& self) {
                                   const auto& of =
                                       self.cast<const Revision&>().previous_head_extra_m;
                                   return borrowed(std::span<const double>(of), self);
                               })
        .def_property_readonly("retired_ids",
                               [](const Revision& self) { return texts(self.retired_ids); });
    module.def(
        "revise",
        [](const Town& town, const Neighbours& graph, const Strings& household_ids,
           const Strings& courtyard_ids, const std::optional<Strings>& head_ids,
           const Strings& retired_ids, const Options& options, std::optional<double> keep_m,
           const Strings& locked, const py::object& progress) {
            partition::PreviousAssignment previous;
            previous.household_ids = column(household_ids);
            previous.courtyard_ids = column(courtyard_ids);
            if (head_ids) previous.head_ids = column(*head_ids);
            previous.retired_ids = column(retired_ids);
            partition::ReviseOptions revise_options;
            revise_options.keep_m = keep_m;
            revise_options.locked = column(locked);
            return interruptible(options, progress, [&](const Options& with) {
                return partition::revise(town, graph, previous, with, revise_options);
            });
        },
        py::arg("town"), py::arg("neighbours"), py::kw_only(), py::arg("household_ids"),
        py::arg("courtyard_ids"), py::arg("head_ids"), py::arg("retired_ids"), py::arg("options"),
        py::arg("keep_m"), py::arg("locked"), py::arg("progress"),
        "Courtyards brought up to date with the fewest households moved.");
}

py::dict price_to_python(const WishPrice& price) {
    py::dict result;
    result["courtyard"] = price.courtyard.value;
    result["outcome"] = text(partition::outcome_name(price.outcome));
    result["proved"] = price.proved;
    result["price_m"] = price.price_m;
    result["slack_m"] = price.slack_m;
    result["own_distance_then_m"] = price.own_distance_then_m;
    result["moved"] = price.moved;
    result["moved_to"] = price.moved_to;
    result["fewest_price_m"] = price.fewest_price_m;
    result["fewest_moved"] = price.fewest_moved;
    result["fewest_moved_to"] = price.fewest_moved_to;
    result["alone_price_m"] = price.alone_price_m;
    result["alone_breaks"] = to_python(price.alone_breaks);
    result["notes"] = to_python(price.notes);
    return result;
}

void bind_wishes(py::module_& module) {
    module.def(
        "explain",
        [](const Town& town, const Neighbours& graph, const Array<std::int32_t>& labels,
           const Strings& courtyard_ids, const Array<std::uint32_t>& heads, std::uint32_t household,
           std::int64_t to, const Options& options) {
            const auto of = span_of(labels);
            const auto head_of = span_of(heads);
            if (courtyard_ids.size() != head_of.size())
                throw py::value_error("a head for each courtyard");
            Explanation explanation;
            Partition measured;
            std::vector<std::uint32_t> measured_of(courtyard_ids.size(), no_index);
            std::vector<std::uint32_t> label_of;
            {
                const py::gil_scoped_release released;
                measured = partition::measure(town, graph, of, options);
                // `measure` numbers courtyards its own way: names and heads as they were given.
                label_of.resize(measured.courtyards.size());
                for (std::size_t row = 0; row < of.size(); ++row) {
                    const auto label = static_cast<std::size_t>(of[row]);
                    if (label >= courtyard_ids.size())
                        throw std::invalid_argument("a label without a name");
                    const auto number = static_cast<std::uint32_t>(measured.labels[row]);
                    measured_of[label] = number;
                    label_of[number] = static_cast<std::uint32_t>(label);
                }
                for (std::size_t label = 0; label < courtyard_ids.size(); ++label) {
                    const std::uint32_t number = measured_of[label];
                    if (number == no_index) continue;
                    measured.courtyards.ids[number] = courtyard_ids[label];
                    if (head_of[label] < of.size() &&
                        measured.labels[head_of[label]] == static_cast<std::int32_t>(number))
                        measured.courtyards.head[number] = head_of[label];
                }
                CourtyardIndex wished;
                if (to >= 0)
                    wished = CourtyardIndex(measured_of.at(static_cast<std::size_t>(to)));
                explanation = partition::explain_household(town, graph, measured,
                                                           HouseholdIndex(household), options,
                                                           wished);
            }
            const auto label = [&](std::uint32_t number) {
                return number == no_index ? -1 : static_cast<std::int64_t>(label_of[number]);
            };
            py::list around;
            for (WishPrice& price : explanation.around) {
                price.courtyard = CourtyardIndex(label_of[price.courtyard.value]);
                for (std::uint32_t& there : price.moved_to) there = label_of[there];
                for (std::uint32_t& there : price.fewest_moved_to) there = label_of[there];
                around.append(price_to_python(price));
            }
            py::dict result;
            result["courtyard"] = label(explanation.courtyard.value);
            result["distance_m"] = explanation.distance_m;
            result["nearest"] = label(explanation.nearest.value);
            result["nearest_distance_m"] = explanation.nearest_distance_m;
            result["around"] = around;
            return result;
        },
        py::arg("town"), py::arg("neighbours"), py::kw_only(), py::arg("labels"),
        py::arg("courtyard_ids"), py::arg("heads"), py::arg("household"), py::arg("to"),
        py::arg("options"),
        "Why a household is where it is, and what other courtyards would cost; to: −1 for all around.");
    module.def(
        "town_columns",
        [](const Town& town) {
            const std::size_t count = town.households();
            std::vector<double> weights(count);
            for (std::size_t row = 0; row < count; ++row)
                weights[row] = number_from_weight(town.weights()[row]);
            const auto names = [count](std::span<const std::uint32_t> of, auto name) {
                py::list list(of.empty() ? 0 : count);
                for (std::size_t row = 0; row < of.size(); ++row)
                    list[row] = text(of[row] == no_index ? std::string_view() : name(of[row]));
                return list;
            };
            const py::list pins =
                names(town.pin_of(), [&](std::uint32_t pin) { return town.pin_name(pin); });
            const py::list groups =
                names(town.group_of(), [&](std::uint32_t group) { return town.group_name(group); });
            const auto may = town.may_be_head();
            return py::make_tuple(owned(std::move(weights)),
                                  owned(std::vector<std::uint8_t>(may.begin(), may.end())),
                                  town.pins() > 0 ? py::object(pins) : py::none(),
                                  town.groups() > 0 ? py::object(groups) : py::none());
        },
        py::arg("town"), "weights, may be head, pins or None, groups or None: as the town keeps them.");
}

}  // namespace

void bind_revise(py::module_& module) {
    bind_revision(module);
    bind_wishes(module);
}

}  // namespace gridgov::python
