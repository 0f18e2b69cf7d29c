// Position along a Hilbert curve, for an order in which neighbours are near each other.
#pragma once

#include <cstdint>
#include <utility>

namespace gridgov::partition {

/// The index of cell (x, y) of a 2^16 × 2^16 grid along the Hilbert curve (Skilling 2004).
inline std::uint32_t hilbert_index(std::uint32_t x, std::uint32_t y) {
    std::uint32_t index = 0;
    for (std::uint32_t side = 1U << 15; side > 0; side >>= 1) {
        const std::uint32_t right = (x & side) != 0 ? 1 : 0;
        const std::uint32_t top = (y & side) != 0 ? 1 : 0;
        index = (index << 2) | ((3 * right) ^ top);
        if (top == 0) {  // turn the quadrant
            if (right == 1) {
                x = ~x;
                y = ~y;
            }
            std::swap(x, y);
        }
    }
    return index;
}

}  // namespace gridgov::partition
