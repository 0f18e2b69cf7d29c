// How many households must move, whatever one does: a bound with a proof.
#pragma once

#include <cstdint>
#include <span>

#include "partition/component.hpp"
#include "partition/roster.hpp"

namespace gridgov::partition {

/// What the bound of one component rests on. Households, not atoms: how pins are joined is found by
/// search, so a bound may not rest on it; they are let move apart.
struct MovedBoundInput {
    const Component& component;
    const neighbours::Graph& graph;
    std::span<const std::uint32_t> local_of;   ///< row in the town → household of the component
    const Homes& homes;
    std::span<const std::int64_t> weight;      ///< per household of the component
    /// Per home, 0 to 1: how much of a move out of it may be counted here (1 unless the courtyard
    /// had members elsewhere, whose moves are counted already).
    std::span<const double> share;
    bool sizes;                                ///< whether all sizes are kept, so that they force
};

/// A lower bound on the households of a component that move in any division with connected
/// courtyards (and legal sizes, if `sizes`). The dual of a covering problem, raised greedily
/// (docs/explanation/revise.md has the proof):
///
/// - a piece of a courtyard that is not its largest: all of it leaves, or the largest does, or
///   enough households of others come in between;
/// - a courtyard below min: all leave, or enough come in, newcomers in reach being free;
/// - a courtyard above max: enough leave;
/// - newcomers who find no room beside them: somebody beside them leaves.
///
/// A move is out of one courtyard and into one other, and may serve a condition on each side: the
/// prices of those it serves add up to at most 1. The sum of all prices is the bound.
double moved_bound(const MovedBoundInput& input, const Bounds& bounds);

}  // namespace gridgov::partition
