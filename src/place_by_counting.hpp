// The order of a few numbers, without branches.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace gridgov {

/// So many are put in order by counting.
inline constexpr std::size_t counted_most = 8;

/// Each value's place in ascending order, of the `count` ≤ counted_most values value(0), …, which are
/// below 2³² − 1; equal values get the same place. Each counts how many are less, which for so few is
/// cheaper than a sort whose branches nobody could foretell.
template <class Value>
std::array<std::uint32_t, counted_most> place_by_counting(std::size_t count, Value value) {
    // As signed numbers in the same order, which older processors compare many at a time.
    std::int32_t key[counted_most];
    std::array<std::uint32_t, counted_most> place{};
    for (std::size_t i = 0; i < counted_most; ++i)
        key[i] = i < count ? static_cast<std::int32_t>(value(i) ^ 0x8000'0000U)
                           : std::numeric_limits<std::int32_t>::max();
    for (std::size_t j = 0; j < counted_most; ++j)
        for (std::size_t i = 0; i < counted_most; ++i) place[i] += key[j] < key[i] ? 1U : 0U;
    return place;
}

}  // namespace gridgov
