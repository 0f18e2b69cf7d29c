// How much weight must stand in illegal courtyards whatever one does: what "unavoidable" rests on.
#pragma once

#include <cstdint>

#include "partition/component.hpp"

namespace gridgov::partition {

/// A lower bound on the weight in courtyards outside the bounds, over all partitions of a component
/// into connected courtyards, and what it rests on.
struct ShapeBound {
    std::int64_t broken = 0;
    Code cause{};  ///< component_too_small, component_unsplittable or shape_infeasible
};

/// The greatest of
/// - arithmetic: q legal courtyards weigh from q × min to q × max, so with q ≤ ⌊W ÷ min⌋ all but
///   q × max is left over where no q fits;
/// - cut atoms: what hangs on a cut atom in pieces lighter than min can only be legal in the atom's
///   own courtyard, which has room for max less the atom; summed over cut atoms whose pieces do not
///   overlap;
/// - trees: on a component that is a tree, exactly, by dynamic programming.
/// With pins the last two are left out (bound households may include ones that need not be bound).
ShapeBound shape_bound(const Component& component, const Bounds& bounds);

}  // namespace gridgov::partition
