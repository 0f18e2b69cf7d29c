// A town's components, each solved to a proof.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "gridgov/neighbours/walk.hpp"
#include "gridgov/partition/exact.hpp"
#include "partition/exact.hpp"
#include "partition/measure.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

/// Distances of all pairs in micrometres. A walk is measured from the household that comes first,
/// so that rounding is the same both ways.
std::vector<double> distances_um(const Town& town, neighbours::Walk& walk, Metric metric,
                                 const Component& component) {
    const std::size_t households = component.households();
    std::vector<double> table(households * households, 0.0);
    std::vector<double> row(households);
    for (std::size_t i = 0; i < households; ++i) {
        const auto targets = std::span(component.row).subspan(i);
        const auto out = std::span(row).first(targets.size());
        if (metric == Metric::walk) {
            walk.distances_m(component.row[i], targets, out,
                             std::numeric_limits<double>::infinity());
        } else {
            for (std::size_t j = 0; j < targets.size(); ++j)
                out[j] = straight_distance_m(town.positions()[component.row[i]],
                                             town.positions()[targets[j]]);
        }
        for (std::size_t j = i + 1; j < households; ++j)
            table[i * households + j] = table[j * households + i] = out[j - i] * 1e6;
    }
    return table;
}

/// Labels given to the households of a component, as 0 … parts − 1.
std::vector<std::uint32_t> plain_labels(const Component& component,
                                        std::span<const std::int32_t> labels,
                                        std::uint32_t& parts) {
    std::vector<std::int32_t> names;
    for (const std::uint32_t row : component.row) names.push_back(labels[row]);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    parts = static_cast<std::uint32_t>(names.size());
    std::vector<std::uint32_t> plain;
    for (const std::uint32_t row : component.row)
        plain.push_back(static_cast<std::uint32_t>(
            std::lower_bound(names.begin(), names.end(), labels[row]) - names.begin()));
    return plain;
}

/// The same per atom; empty where a pin's households are in several.
std::vector<std::uint32_t> atom_labels(const Component& component,
                                       std::span<const std::uint32_t> labels) {
    std::vector<std::uint32_t> of_atom(component.atoms(), no_index);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        std::uint32_t& known = of_atom[component.atom_of[i]];
        if (known != no_index && known != labels[i]) return {};
        known = labels[i];
    }
    return of_atom;
}

}  // namespace

bool binds_pins_alone(const Component& component, const Town& town) {
    const auto pins = town.pin_of();
    for (std::uint32_t atom = 0; atom < component.atoms(); ++atom) {
        const auto members = component.members_of(atom);
        if (members.size() == 1) continue;
        const std::uint32_t pin = pins[component.row[members.front()]];
        for (const std::uint32_t member : members)
            if (pin == no_index || pins[component.row[member]] != pin) return false;
    }
    return true;
}

ExactDivision solve_exactly(const Town& town, const neighbours::Neighbours& neighbours,
                            std::span<const std::int32_t> labels, const Options& options,
                            std::uint64_t work_limit) {
    check(options);
    check_labels(town, labels);
    const Bounds bounds(options.rules);
    Problem problem = make_problem(town, neighbours, bounds, options.seed);
    const auto& network = neighbours.walk_network.nodes() > 0 ? neighbours.walk_network
                                                              : neighbours.graph;
    ExactDivision division;
    division.components.resize(problem.components.size());
    division.component_of.assign(town.households(), no_index);
    std::vector<std::vector<std::uint32_t>> part_of(problem.components.size());
    for_each_piece_with(
        problem.components.size(), options.threads, [&] { return neighbours::Walk(network); },
        [&](std::size_t c, neighbours::Walk& walk) {
            Component& component = problem.components[c];
            if (options.group_weight_m == 0) component.groups = 0;
            ExactComponent& known = division.components[c];
            known.village = component.village;
            known.households = static_cast<std::uint32_t>(component.households());
            known.first = component.row[static_cast<std::size_t>(
                std::min_element(component.rank.begin(), component.rank.end()) -
                component.rank.begin())];
            part_of[c] = plain_labels(component, labels, known.courtyards);
            if (component.households() > exact_households_max) return;
            const ExactResult result = solve_exactly(
                component, bounds, known.courtyards,
                distances_um(town, walk, options.metric, component),
                atom_labels(component, part_of[c]), work_limit, options.cancel);
            known.status = result.status;
            known.total_distance_m = result.cost_um / 1e6;
            known.lower_bound_m = result.lower_bound_um / 1e6;
            known.nodes = result.nodes;
            known.work = result.work;
            if (!binds_pins_alone(component, town) &&
                result.status != ExactStatus::not_attempted) {
                known.status = ExactStatus::limit;
                known.lower_bound_m = 0;
            }
            if (result.labels.empty()) return;  // as it was
            for (std::size_t i = 0; i < component.households(); ++i)
                part_of[c][i] = result.labels[component.atom_of[i]];
        },
        [&](std::size_t done) {
            if (options.progress)
                options.progress(static_cast<double>(done) /
                                 static_cast<double>(problem.components.size()));
        });

    division.labels.assign(town.households(), -1);
    std::int32_t next = 0;
    for (std::size_t c = 0; c < problem.components.size(); ++c) {
        const Component& component = problem.components[c];
        for (std::size_t i = 0; i < component.households(); ++i) {
            division.component_of[component.row[i]] = static_cast<std::uint32_t>(c);
            division.labels[component.row[i]] = next + static_cast<std::int32_t>(part_of[c][i]);
        }
        next += static_cast<std::int32_t>(division.components[c].courtyards);
    }
    label_the_rest(town, problem, division.labels, next);
    if (options.cancel != nullptr && options.cancel->load()) division.outcome = Outcome::cancelled;
    return division;
}

}  // namespace gridgov::partition
