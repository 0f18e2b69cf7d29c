// The first partition of a component: merging what is nearest until the number is right.
#pragma once

#include <cstdint>
#include <vector>

#include "partition/component.hpp"

namespace gridgov::partition {

/// A label 0 … parts − 1 per atom; every part is connected.
struct Start {
    std::vector<std::uint32_t> labels;
    std::uint32_t parts = 0;
};

/// Agglomeration of linked clusters in the manner of Ward (1963), constrained to contiguity: always
/// the pair with the least (a b ÷ (a + b)) × distance of centres, a and b the weights, that does not
/// exceed max. Where no such pair is left the lightest part joins its lightest neighbour, over max
/// or not; balancing follows. O(n log n).
Start agglomerate(const Component& component, const Bounds& bounds, std::uint32_t parts);

}  // namespace gridgov::partition
