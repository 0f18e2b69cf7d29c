#include "hilbert_sort.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace gridgov::benchmarks {
namespace {

/// Four levels of the curve at once. States are the ways in which it lies in a square: bit 0 if its
/// axes are swapped, bit 1 if both are turned round. An entry: the state within << 8 | the index.
struct Curve {
    std::array<std::uint16_t, 4 * 256> step{};

    constexpr Curve() {
        for (unsigned state = 0; state < 4; ++state)
            for (unsigned cell = 0; cell < 256; ++cell) {
                unsigned x = cell >> 4, y = cell & 15, now = state, index = 0;
                for (unsigned side = 8; side > 0; side >>= 1) {
                    unsigned right = (x & side) != 0 ? 1 : 0, top = (y & side) != 0 ? 1 : 0;
                    if ((now & 2) != 0) {
                        right ^= 1;
                        top ^= 1;
                    }
                    if ((now & 1) != 0) {
                        const unsigned swap = right;
                        right = top;
                        top = swap;
                    }
                    index = index << 2 | ((3 * right) ^ top);
                    if (top == 0) now ^= right == 1 ? 3U : 1U;
                }
                step[state << 8 | cell] = static_cast<std::uint16_t>(now << 8 | index);
            }
    }
};
constexpr Curve curve;

std::uint32_t key_of(std::uint32_t x, std::uint32_t y) {
    std::uint32_t key = 0, state = 0;
    for (int shift = 12; shift >= 0; shift -= 4) {
        const std::uint32_t cell = (x >> shift & 15) << 4 | (y >> shift & 15);
        const std::uint32_t step = curve.step[state | cell];
        key = key << 8 | (step & 255);
        state = step & 0x300;
    }
    return key;
}

}  // namespace

std::vector<PointOfPlane> hilbert_sorted(const std::vector<double>& x_m,
                                         const std::vector<double>& y_m) {
    const std::size_t count = x_m.size();
    std::vector<PointOfPlane> sorted;
    if (count == 0) return sorted;
    double left = x_m[0], right = left, low = y_m[0], high = low;
    for (std::size_t i = 1; i < count; ++i) {
        left = std::min(left, x_m[i]);
        right = std::max(right, x_m[i]);
        low = std::min(low, y_m[i]);
        high = std::max(high, y_m[i]);
    }
    const double side_m = std::max(right - left, high - low);
    const double cells = side_m > 0 ? 65535.0 / side_m : 0.0;

    // Least digit first; all digits are counted while the keys are made.
    constexpr unsigned digit_bits = 11, digits = 3;
    constexpr std::uint32_t mask = (1U << digit_bits) - 1;
    struct Entry {
        std::uint32_t key, number;
    };
    auto from = std::make_unique_for_overwrite<Entry[]>(count);
    auto to = std::make_unique_for_overwrite<Entry[]>(count);
    std::array<std::array<std::uint32_t, mask + 1>, digits> place{};
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t key = key_of(static_cast<std::uint32_t>((x_m[i] - left) * cells),
                                         static_cast<std::uint32_t>((y_m[i] - low) * cells));
        from[i] = {key, static_cast<std::uint32_t>(i)};
        for (unsigned d = 0; d < digits; ++d) ++place[d][key >> (d * digit_bits) & mask];
    }
    for (unsigned d = 0; d < digits; ++d) {
        std::uint32_t sum = 0;
        for (std::uint32_t& entry : place[d]) sum += std::exchange(entry, sum);
        for (std::size_t i = 0; i < count; ++i)
            to[place[d][from[i].key >> (d * digit_bits) & mask]++] = from[i];
        std::swap(from, to);
    }
    sorted.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        sorted.push_back({x_m[from[i].number], y_m[from[i].number]});
    return sorted;
}

}  // namespace gridgov::benchmarks
