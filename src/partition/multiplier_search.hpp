// The search for multipliers of one component, and the exact bound that they give.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "gridgov/neighbours/graph.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::partition {

/// One component as the relaxation sees it: located households along a Hilbert curve.
struct RelaxedComponent {
    std::vector<std::uint32_t> row;           ///< in the town
    std::vector<std::int64_t> x_um, y_um;
    std::vector<std::int64_t> weight;         ///< millionths
    std::vector<std::uint8_t> may_be_head;
    std::int64_t weight_least = 0;
    std::int64_t weight_most = 0;
    std::int64_t courtyards_least = 1, courtyards_most = 1;
    // where to start
    std::vector<float> distance_m;            ///< to the head, in the partition found
    std::vector<float> courtyard_weight;      ///< of each household's courtyard there

    std::uint32_t size() const { return static_cast<std::uint32_t>(row.size()); }
};

/// Multipliers, and the bound that they prove.
struct Multipliers {
    std::vector<std::int64_t> um;   ///< per household of the component
    std::int64_t bound_um = 0;
};

/// Searches for multipliers that make the bound great. `walk_network`: null for straight distances.
/// The bound is exact for the multipliers returned: whole numbers, all pairs, rounded down.
Multipliers search_multipliers(const RelaxedComponent& component,
                               const neighbours::Graph* walk_network, unsigned threads,
                               const std::atomic<bool>* cancel, const Progress& progress);

}  // namespace gridgov::partition
