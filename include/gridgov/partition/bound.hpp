// How short a partition could be at best: a lower bound on the total distance to the heads.
#pragma once

#include <cstdint>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/model/units.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"
#include "gridgov/partition/partition.hpp"

namespace gridgov::partition {

/// What is proved of one component, that is, of located households that links connect once those
/// heavier than max by themselves are set aside: **every division into courtyards_least to
/// courtyards_most courtyards, each with a head who may be one, whose located households weigh
/// weight_least to weight_most, has a total distance of at least `total_um` micrometres.**
struct ComponentBound {
    std::uint32_t village = 0;     ///< VillageIndex value
    std::uint32_t households = 0;  ///< located
    std::uint32_t first = no_index;  ///< HouseholdIndex value of its smallest id
    /// The number of the contract's rule (2), both of them; a range where the partition found has
    /// another number.
    std::int64_t courtyards_least = 0, courtyards_most = 0;
    /// The rules' bounds (min less the weight of the village's households without coordinates,
    /// which may stand in any courtyard); 0 and the greatest there is where the partition found
    /// breaks a rule in this component: then nothing is supposed of sizes.
    Weight weight_least, weight_most;
    std::int64_t total_um = 0;
};

/// A lower bound and what proves it.
struct Bound {
    std::vector<std::uint32_t> component_of;   ///< a row of `components` per household, or no_index
    std::vector<std::int64_t> multiplier_um;   ///< per household: what serving it is worth, or 0
    std::vector<ComponentBound> components;    ///< in order of their first household's row
    std::int64_t total_um = 0;                 ///< the components' sum, at most 2^62
    double total_distance_m = 0;               ///< the same in metres, rounded down
    Outcome outcome = Outcome::finished;       ///< cancelled: 0 everywhere
};

/// A lower bound by Lagrangian relaxation, component by component: contiguity, pins and groups are
/// dropped, and instead of being in exactly one courtyard a household may be in any number at the
/// price of its multiplier. What is left falls apart into one fractional knapsack a possible head
/// (all of them, over all pairs), of which the best `courtyards` are taken. Multipliers come from a
/// subgradient search in floating point that starts from `found`; the bound is then computed anew
/// in whole numbers with distances rounded down, so that no rounding can make it too high, however
/// good or bad the multipliers are. docs/explanation/bound.md has the proof and the literature
/// (Held, Wolfe & Crowder 1974; Beasley 1993; Lorena & Senne 2004).
///
/// `found` says where to start, and the numbers and sizes of courtyards for which the bound is to
/// hold (ComponentBound). Components where a courtyard has no head, or whose distances are not all
/// known, are bound by 0.
/// Deterministic: same bytes on any thread count. About 13 s for 100 000 households on one thread,
/// several times that where sizes bind hard.
/// Throws UsageError as `measure` does (labels_size_mismatch, graph_size_mismatch).
GRIDGOV_EXPORT
Bound lower_bound(const Town& town, const neighbours::Neighbours& neighbours,
                  const Partition& found, const Options& options = {});

}  // namespace gridgov::partition
