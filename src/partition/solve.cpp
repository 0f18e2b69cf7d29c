#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gridgov/partition/partition.hpp"
#include "partition/agglomerate.hpp"
#include "partition/distance.hpp"
#include "partition/improve.hpp"
#include "partition/legalise.hpp"
#include "partition/measure.hpp"
#include "partition/parallel.hpp"
#include "partition/state.hpp"

namespace gridgov::partition {
namespace {

/// Labels 0 … parts − 1 per household of the component.
struct Solution {
    std::vector<std::uint32_t> labels;
    std::uint32_t parts = 0;
    bool cancelled = false;
};

template <class Distance>
Solution search(const Component& component, const Bounds& bounds, const Options& options,
                Distance distance) {
    Random random(component.seed);
    const auto wanted = static_cast<std::uint32_t>(component.count.courtyards);
    State<Distance> state(component, bounds, distance, options.group_weight_m);
    const Start start = agglomerate(component, bounds, wanted);
    state.assign(start.labels, start.parts);
    Improver<Distance> improver(state, random, options.cancel);
    if (!improver.cancelled()) {
        Legaliser<Distance>(state, random).run(wanted);
        improver.search_everywhere();
        if (options.effort != Effort::draft) improver.relocate(12);
        if (options.effort == Effort::best) {
            improver.perturb(std::uint64_t{40} * state.parts());
            improver.relocate(12);
        }
    }
    Solution solution;
    solution.cancelled = improver.cancelled();
    solution.parts = state.parts();
    solution.labels.resize(component.households());
    for (std::uint32_t i = 0; i < component.households(); ++i)
        solution.labels[i] = state.part_of(component.atom_of[i]);
    return solution;
}

Solution solve_component(const Component& component, const neighbours::Neighbours& neighbours,
                         const Bounds& bounds, const Options& options) {
    if (component.count.courtyards == 1)
        return {std::vector<std::uint32_t>(component.households(), 0), 1, false};
    if (options.metric == Metric::walk)
        return search(component, bounds, options,
                      WalkDistance(component, neighbours.walk_network.nodes() > 0
                                                  ? neighbours.walk_network
                                                  : neighbours.graph));
    return search(component, bounds, options, StraightDistance(component));
}

/// Households without coordinates go where most of their group is, if that breaks no rule.
void place_unlocated(const Town& town, const Bounds& bounds, std::vector<std::int32_t>& labels,
                     std::int32_t parts) {
    const auto anchors = town.anchor_of();
    if (anchors.empty()) return;
    std::vector<std::int64_t> weight(static_cast<std::size_t>(parts), 0);
    std::vector<std::vector<std::uint32_t>> of_group(town.groups());
    std::vector<std::uint32_t> unlocated;
    for (std::uint32_t row = 0; row < town.households(); ++row) {
        if (anchors[row] != no_index)
            unlocated.push_back(row);
        else if (town.group_of()[row] != no_index)
            of_group[town.group_of()[row]].push_back(row);
        weight[static_cast<std::size_t>(labels[row])] += town.weights()[row].millionths;
    }
    std::sort(unlocated.begin(), unlocated.end(), [&](std::uint32_t a, std::uint32_t b) {
        return town.rank()[a] < town.rank()[b];
    });
    for (const std::uint32_t row : unlocated) {
        if (!town.pin_of().empty() && town.pin_of()[row] != no_index) continue;
        std::vector<std::int32_t> courtyards;
        for (const std::uint32_t other : of_group[town.group_of()[row]])
            courtyards.push_back(labels[other]);
        std::sort(courtyards.begin(), courtyards.end());
        std::int32_t best = labels[row];
        std::ptrdiff_t most = std::count(courtyards.begin(), courtyards.end(), best);
        for (std::size_t i = 0; i < courtyards.size();) {
            std::size_t end = i;
            while (end < courtyards.size() && courtyards[end] == courtyards[i]) ++end;
            if (static_cast<std::ptrdiff_t>(end - i) > most) {
                most = static_cast<std::ptrdiff_t>(end - i);
                best = courtyards[i];
            }
            i = end;
        }
        if (best == labels[row]) continue;
        const std::int64_t own = town.weights()[row].millionths;
        std::int64_t& from = weight[static_cast<std::size_t>(labels[row])];
        std::int64_t& to = weight[static_cast<std::size_t>(best)];
        if (bounds.broken(from - own) + bounds.broken(to + own) >
            bounds.broken(from) + bounds.broken(to))
            continue;
        from -= own;
        to += own;
        labels[row] = best;
    }
}

}  // namespace

Partition solve(const Town& town, const neighbours::Neighbours& neighbours,
                const Options& options) {
    check(options);
    const Bounds bounds(options.rules);
    Problem problem = make_problem(town, neighbours, bounds, options.seed);

    std::vector<Finding> findings;
    if (options.rules.courtyards) {
        std::vector<std::int64_t> weights;
        std::vector<CourtyardCount> counts;
        std::int64_t least = 0, most = 0, given = 0;
        for (const Component& component : problem.components) {
            weights.push_back(component.weight);
            counts.push_back(component.count);
        }
        const auto alone = static_cast<std::int64_t>(problem.outcasts.size());
        share_out(*options.rules.courtyards - alone, weights, counts);
        for (std::size_t i = 0; i < counts.size(); ++i) {
            problem.components[i].count = counts[i];
            least += counts[i].least;
            most += counts[i].most;
            given += counts[i].courtyards;
        }
        if (given + alone != *options.rules.courtyards) {
            Finding finding;
            finding.code = Code::courtyards_out_of_reach;
            finding.severity = Severity::error;
            finding.fields = {{"wanted", std::to_string(*options.rules.courtyards)},
                              {"least", std::to_string(least + alone)},
                              {"most", std::to_string(most + alone)},
                              {"given", std::to_string(given + alone)}};
            findings.push_back(std::move(finding));
        }
    }

    // The largest first, so that threads end together.
    std::vector<std::uint32_t> order(problem.components.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return problem.components[a].households() > problem.components[b].households();
    });
    std::vector<Solution> solutions(problem.components.size());
    for_each_piece(
        order.size(), options.threads,
        [&](std::size_t i) {
            const std::uint32_t c = order[i];
            solutions[c] = solve_component(problem.components[c], neighbours, bounds, options);
        },
        [&](std::size_t done) {
            if (options.progress)
                options.progress(static_cast<double>(done) / static_cast<double>(order.size()));
        });

    std::vector<std::int32_t> labels(town.households(), -1);
    std::int32_t next = 0;
    bool cancelled = false;
    for (std::size_t c = 0; c < solutions.size(); ++c) {
        const Component& component = problem.components[c];
        for (std::size_t i = 0; i < component.households(); ++i)
            labels[component.row[i]] = next + static_cast<std::int32_t>(solutions[c].labels[i]);
        next += static_cast<std::int32_t>(solutions[c].parts);
        cancelled = cancelled || solutions[c].cancelled;
        if (solutions[c].parts != component.count.courtyards && component.count.feasible) {
            Finding finding;
            finding.code = Code::courtyards_differ;
            finding.severity = Severity::note;
            finding.fields = {
                {"village", std::string(town.village_name(VillageIndex(component.village)))},
                {"wanted", std::to_string(component.count.courtyards)},
                {"given", std::to_string(solutions[c].parts)}};
            findings.push_back(std::move(finding));
        }
    }
    next = label_the_rest(town, problem, labels, next);
    place_unlocated(town, bounds, labels, next);

    Partition result = measure(town, neighbours, labels, options, problem);
    if (cancelled) {
        result.outcome = Outcome::cancelled;
        Finding finding;
        finding.code = Code::cancelled;
        finding.severity = Severity::warning;
        findings.push_back(std::move(finding));
    }
    result.findings.insert(result.findings.end(), findings.begin(), findings.end());
    return result;
}

}  // namespace gridgov::partition
