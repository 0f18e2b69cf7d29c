// Checking an assignment, trusting nothing of who made it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/graph.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::partition {

/// What is claimed: a courtyard label per household (any int ≥ 0; −1: in no courtyard), and, where
/// known, heads and distances to be checked as well. Everything is borrowed.
struct Claim {
    std::span<const std::int32_t> labels;
    std::span<const std::uint32_t> head_of_household = {};   ///< HouseholdIndex values, or empty
    std::span<const double> distance_to_head_m = {};          ///< or empty; NaN: not claimed
    std::span<const std::string> courtyard_ids = {};          ///< names by label, for messages
};

/// What verification found of each courtyard and in all.
struct Verification {
    /// The labels in use, ascending; the columns below have a row for each (row = label where the
    /// labels are 0 … courtyards − 1).
    std::vector<std::int32_t> labels;
    std::vector<std::uint32_t> households;
    std::vector<double> weight;
    std::vector<std::uint8_t> connected, oversize, undersize, one_village;
    /// The claimed head where it is right, else the true one; no_index where nobody may be.
    std::vector<std::uint32_t> head;
    double total_distance_m = 0;  ///< to those heads, over located households within reach
    double mean_distance_m = 0;
    double max_distance_m = 0;
    std::vector<Finding> findings;  ///< every rule broken; empty: all hold
    GRIDGOV_EXPORT bool holds() const noexcept;    ///< no finding of severity error
};

/// Verifies a claim against town, neighbour graph and rules: every household in exactly one
/// courtyard, sizes within bounds (exact: millionths), each connected in `graph`, none across a
/// village, pins together, heads allowed and medoids, distances right to the millimetre. Written
/// apart from the solver: its own traversal and arithmetic. With Metric::walk, walking follows
/// `walk_network`, or `graph` where that is empty.
///
/// Households without coordinates have no place: they are in no distance, cannot be heads and do not
/// count for connectedness. A claimed head is right if its total distance is at most 1e-6 m a member
/// above the least: sums of floating-point numbers in another order differ by less. Where nobody may
/// be head the finding is an error too (no_head_allowed). A member that cannot be walked to
/// from the head is in no figure; where every head leaves someone out of reach any of them is right.
/// O(n log n + edges) besides the distances, which are those of all pairs in a courtyard (fewer in
/// courtyards of more than 64). Throws UsageError for arrays of the wrong length
/// (labels_size_mismatch, graph_size_mismatch), a label below −1 or a head that is no household
/// (label_out_of_range), or bounds that are not 0 < min ≤ max ≤ 1e12 (bounds_invalid).
GRIDGOV_EXPORT
Verification verify(const Town& town, const neighbours::Graph& graph,
                    const neighbours::Graph& walk_network, const Claim& claim, const Rules& rules,
                    Metric metric = Metric::straight);

}  // namespace gridgov::partition
