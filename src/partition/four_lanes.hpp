// Sums and minima in four lanes, which processors work side by side. The same bytes for any width of
// their registers: of whole numbers the order of adding does not show, nor ever that of comparing.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace gridgov::partition {

/// value(0) + … + value(count − 1).
template <class Value>
double sum_in_four_lanes(std::size_t count, Value value) {
    std::array<double, 4> lane{};
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (std::size_t j = 0; j < 4; ++j) lane[j] += value(i + j);
    double sum = (lane[0] + lane[1]) + (lane[2] + lane[3]);
    for (; i < count; ++i) sum += value(i);
    return sum;
}

/// The least of value(0), …, value(count − 1); infinity for none.
template <class Value>
double least_in_four_lanes(std::size_t count, Value value) {
    std::array<double, 4> lane;
    lane.fill(std::numeric_limits<double>::infinity());
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (std::size_t j = 0; j < 4; ++j) {
            const double v = value(i + j);
            lane[j] = v < lane[j] ? v : lane[j];
        }
    for (; i < count; ++i) lane[0] = std::min(lane[0], value(i));
    return std::min(std::min(lane[0], lane[1]), std::min(lane[2], lane[3]));
}

}  // namespace gridgov::partition
