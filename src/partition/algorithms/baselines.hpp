// Simple published algorithms to compare with. They take the number of courtyards of each component
// from the contract's rule and keep components apart; beyond that they promise nothing, and the
// verifier says which rules they break.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"
#include "partition/component.hpp"

namespace gridgov::partition::baselines {

std::vector<std::int32_t> hilbert(const Town&, const neighbours::Neighbours&, const Options&);
std::vector<std::int32_t> kmeans(const Town&, const neighbours::Neighbours&, const Options&);
std::vector<std::int32_t> kmeans_repaired(const Town&, const neighbours::Neighbours&,
                                          const Options&);
std::vector<std::int32_t> tree_cuts(const Town&, const neighbours::Neighbours&, const Options&);

/// Labels of a town from one rule for components: label(component, out) fills a label per household
/// of the component and returns how many it used. Outcasts get a courtyard each.
template <class Label>
std::vector<std::int32_t> by_component(const Town& town,
                                       const neighbours::Neighbours& neighbours,
                                       const Options& options, Label label) {
    check(options);
    Problem problem = make_problem(town, neighbours, Bounds(options.rules), options.seed);
    if (options.rules.courtyards) share_out(problem, *options.rules.courtyards);
    std::vector<std::int32_t> labels(town.households(), -1);
    std::int32_t next = 0;
    std::vector<std::uint32_t> own;
    for (const Component& component : problem.components) {
        own.assign(component.households(), 0);
        const std::uint32_t used = label(component, std::span<std::uint32_t>(own));
        for (std::size_t i = 0; i < own.size(); ++i)
            labels[component.row[i]] = next + static_cast<std::int32_t>(own[i]);
        next += static_cast<std::int32_t>(used);
    }
    label_the_rest(town, problem, labels, next);
    return labels;
}

}  // namespace gridgov::partition::baselines
