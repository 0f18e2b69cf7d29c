// The capacitated p-median problem: a fixed number of medians, each serving nodes up to its
// capacity, at the least total distance. No lower bound, no contiguity: the special case that the
// literature has benchmarks for.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "gridgov/export.hpp"

namespace gridgov::partition {

/// n nodes, borrowed for the call. Distances come from `x` and `y` (straight lines in the plane) or
/// from `distances`, never from both. Units are the caller's.
struct CapacitatedPMedian {
    std::span<const double> x, y;        ///< n each, finite, within ±1e150
    std::span<const double> distances;   ///< n × n: [node · n + median], finite, 0 … 1e150
    /// Each distance is rounded down to a whole number first, as OR-Library's instances want it.
    bool floor_distances = false;
    std::span<const double> demands;     ///< n, finite, not negative; rounded to millionths
    std::span<const double> capacities;  ///< n, of a median at that node; rounded to millionths
    std::uint32_t medians = 1;           ///< p: exactly so many, 1 … n
};

struct CapacitatedPMedianOptions {
    std::uint64_t seed = 0;
    /// Moves tried. Ten million take a second or two; more help up to about 20 000 a node.
    std::uint64_t iterations = 10'000'000;
    /// In place of `iterations`: the share of the budget that is spent, 0 to 1, asked every thousand
    /// moves or so. The search cools by it and ends at 1. A clock of the caller's makes a time limit
    /// of it, and the result then depends on the machine.
    std::function<double()> share_spent;
    const std::atomic<bool>* cancel = nullptr;  ///< set to true from elsewhere: stop soon
};

enum class CapacitatedPMedianStatus : std::uint8_t {
    feasible,    ///< every capacity is kept
    not_found,   ///< the search ended before it found how; the result has the least overload met
    infeasible,  ///< proved by the sums: no assignment can keep every capacity; nothing is returned
};

struct CapacitatedPMedianResult {
    CapacitatedPMedianStatus status = CapacitatedPMedianStatus::not_found;
    std::vector<std::uint32_t> medians;    ///< p nodes, ascending
    std::vector<std::uint32_t> median_of;  ///< a median per node; a median's own is itself
    double cost = 0;               ///< Σ distance(node, its median); demands do not weigh in it
    double overload = 0;           ///< Σ demand beyond capacity; 0 where feasible
    std::uint64_t iterations = 0;  ///< moves tried; 0 where there is nothing to search (p = 1, p = n)
    bool cancelled = false;        ///< `cancel` was set: the result is the best until then
};

/// Simulated annealing over assignments with exact medians:
/// docs/explanation/capacitated_p_median.md. A heuristic: no bound is proved. Deterministic: the same
/// problem, seed and iterations give the same bytes on any machine; one thread. Memory: about 300
/// bytes a node, and 8 n² for a table or up to 1024 nodes; the time before the first move grows with
/// n² (3000 nodes: a tenth of a second). A cluster of m nodes makes a move cost m.
/// Throws UsageError: medians_out_of_range, distances_conflict, column_size_mismatch, value_invalid
/// (a value that is not as said above; demands up to 1e9, their sum and capacities up to 1e12).
GRIDGOV_EXPORT
CapacitatedPMedianResult solve_capacitated_p_median(const CapacitatedPMedian& problem,
                                                    const CapacitatedPMedianOptions& options = {});

}  // namespace gridgov::partition
