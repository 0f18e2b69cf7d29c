// The first partition of a component: merging what is nearest until the number is right.
#pragma once

#include <cstdint>

#include "partition/component.hpp"
#include "partition/labels.hpp"

namespace gridgov::partition {

/// Agglomeration of linked clusters in the manner of Ward (1963), constrained to contiguity: again and
/// again all pairs that are each other's cheapest merge, or hardly dearer, by
/// (a b ÷ (a + b)) × distance of centres, a and b the weights, within max (reciprocal nearest
/// neighbours: Murtagh 1983); then the dearest merges are taken back until the number is right. Where
/// merges within max leave too many clusters the lightest joins its lightest neighbour, over max or
/// not; balancing follows. Every part is connected.
///
/// Each round leaves about half the clusters, so that all rounds take O(n). Atoms of large components
/// are merged for three rounds within blocks of the curve, side by side by `threads`; the blocks do not
/// depend on threads.
Labels agglomerate(const Component& component, const Bounds& bounds, std::uint32_t parts,
                   unsigned threads);

}  // namespace gridgov::partition
