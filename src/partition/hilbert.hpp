// Position along a Hilbert curve, for an order in which neighbours are near each other.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

namespace gridgov::partition {

/// The curve, four levels at a time. How a square of the curve lies is one of four states; in each,
/// a square of 16 × 16 cells is passed in a certain order, and each cell has a state of its own.
struct HilbertTable {
    std::array<std::array<std::uint8_t, 256>, 4> index{};  ///< by state and (x << 4 | y)
    std::array<std::array<std::uint8_t, 256>, 4> state{};

    constexpr HilbertTable() {
        for (unsigned start = 0; start < 4; ++start)
            for (unsigned cell = 0; cell < 256; ++cell) {
                // A state is what was done to the coordinates so far: swapped, and both inverted.
                bool swapped = (start & 1) != 0, inverted = (start & 2) != 0;
                unsigned along = 0;
                for (unsigned bit = 4; bit-- > 0;) {
                    unsigned x = (cell >> (4 + bit)) & 1, y = (cell >> bit) & 1;
                    if (swapped) std::swap(x, y);
                    if (inverted) {
                        x ^= 1;
                        y ^= 1;
                    }
                    along = (along << 2) | ((3 * x) ^ y);
                    if (y == 0) {  // turn the quadrant
                        if (x == 1) inverted = !inverted;
                        swapped = !swapped;
                    }
                }
                index[start][cell] = static_cast<std::uint8_t>(along);
                state[start][cell] =
                    static_cast<std::uint8_t>((swapped ? 1U : 0U) | (inverted ? 2U : 0U));
            }
    }
};
inline constexpr HilbertTable hilbert_table;

/// The index of cell (x, y) of a 2^16 × 2^16 grid along the Hilbert curve (Hilbert 1891).
inline std::uint32_t hilbert_index(std::uint32_t x, std::uint32_t y) {
    std::uint32_t along = 0, state = 0;
    for (unsigned shift = 16; shift > 0;) {
        shift -= 4;
        const std::uint32_t cell = (((x >> shift) & 15U) << 4) | ((y >> shift) & 15U);
        along = (along << 8) | hilbert_table.index[state][cell];
        state = hilbert_table.state[state][cell];
    }
    return along;
}

}  // namespace gridgov::partition
