// Checking an assignment, trusting nothing of who made it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/finding.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/graph.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::partition {

/// What is claimed: a courtyard label per household (any ints ≥ 0; −1: in no courtyard), and, where
/// known, heads and distances to be checked as well.
struct Claim {
    std::span<const std::int32_t> labels;
    std::span<const std::uint32_t> head_of_household = {};   ///< HouseholdIndex values, or empty
    std::span<const double> distance_to_head_m = {};          ///< or empty; NaN: not claimed
    std::span<const std::string> courtyard_ids = {};          ///< names by label, for messages
};

/// What verification found of each courtyard (by label, 0 … greatest label) and in all.
struct Verification {
    std::vector<std::uint32_t> households;
    std::vector<double> weight;
    std::vector<std::uint8_t> connected, oversize, undersize, one_village;
    double total_distance_m = 0;  ///< to the true medoids, recomputed
    double mean_distance_m = 0;
    double max_distance_m = 0;
    std::vector<Finding> findings;  ///< every rule broken; empty: all hold
    bool holds() const noexcept;    ///< no finding of severity error
};

/// Verifies a claim against town, neighbour graph and rules: every household in exactly one
/// courtyard, sizes within bounds, each connected in `graph`, none across a village, pins together,
/// heads allowed and medoids, distances right to the millimetre. Written apart from the solver:
/// its own traversal and arithmetic. `walk_network` is what walking follows (with Metric::walk).
/// Throws UsageError for arrays of the wrong length.
Verification verify(const Town& town, const neighbours::Graph& graph,
                    const neighbours::Graph& walk_network, const Claim& claim, const Rules& rules,
                    Metric metric = Metric::straight);

}  // namespace gridgov::partition
