// The best division of a tiny piece, by dynamic programming over its subsets.
#pragma once

#include <cstdint>
#include <vector>

#include "partition/grid_piece.hpp"

namespace gridgov::partition {

inline constexpr std::uint32_t exact_division_nodes_max = 14;

/// The optimum: fewest courtyards outside the bounds; then the number of grids nearest to
/// `count.wanted` (halves upward) within its limits; then least metres. Ties by rounding: the first
/// found. For up to `exact_division_nodes_max` nodes; at most 3^nodes steps, mostly far fewer.
std::vector<std::uint32_t> divide_exactly(const GridPiece& piece, const GridCount& count,
                                          const GridRulesOfPiece& rules);

}  // namespace gridgov::partition
