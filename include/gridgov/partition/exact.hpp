// Small towns solved to a proof.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/model/ids.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"
#include "gridgov/partition/partition.hpp"

namespace gridgov::partition {

/// What is known of a component's division into a given number of courtyards.
enum class ExactStatus : std::uint8_t {
    not_attempted,  ///< groups cost something, more than 1000 households, or some cannot walk
    limit,          ///< the work allowed is spent, it was cancelled, or a pin's households are not
                    ///< joined by links among themselves: then nothing is proved
    infeasible,     ///< proved: no division into that many legal courtyards, each with a head
    optimal         ///< proved: no legal one is shorter by more than a billionth
};

/// The work that a component is worth: pairs of household and possible head priced. About two
/// seconds on one core of 2024; most components of 100 households need a hundredth of it.
inline constexpr std::uint64_t exact_work_limit = 200'000'000;

struct ExactComponent {
    std::uint32_t village = 0;       ///< VillageIndex value
    std::uint32_t households = 0;    ///< located
    std::uint32_t first = no_index;  ///< HouseholdIndex value of its smallest id
    std::uint32_t courtyards = 0;
    ExactStatus status = ExactStatus::not_attempted;
    /// Of the shortest legal division known; infinity: none is.
    double total_distance_m = std::numeric_limits<double>::infinity();
    /// No legal division into as many courtyards is shorter, but for a billionth; 0 where nothing
    /// is known, infinity where none is legal.
    double lower_bound_m = 0;
    std::uint64_t nodes = 0;         ///< of the search tree
    std::uint64_t work = 0;          ///< as `exact_work_limit` counts it
};

struct ExactDivision {
    std::vector<std::int32_t> labels;  ///< per household; as given where none better is known
    std::vector<ExactComponent> components;
    std::vector<std::uint32_t> component_of;  ///< a row of `components` per household, or no_index
    Outcome outcome = Outcome::finished;
};

/// The shortest division of each component, with contiguity, sizes, heads and pins, into as many
/// courtyards as `labels` (any division, one from `solve` or drawn by hand) has in it. Where
/// `labels` are legal they are a start that shortens the search, and the result is never longer.
/// Branch and bound on a Lagrangian bound: docs/explanation/exact.md. Components of up to about
/// 300 households are usually proved within the default `work_limit`, which holds for each
/// component. Memory: about 50 bytes × (households of the component)². Deterministic: same bytes
/// on any thread count; no clock. Throws UsageError as `measure` does. Cancellation is an outcome.
GRIDGOV_EXPORT
ExactDivision solve_exactly(const Town& town, const neighbours::Neighbours& neighbours,
                            std::span<const std::int32_t> labels, const Options& options = {},
                            std::uint64_t work_limit = exact_work_limit);

}  // namespace gridgov::partition
