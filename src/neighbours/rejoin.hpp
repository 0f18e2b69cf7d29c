// Links around barriers for what cutting has separated.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/model/units.hpp"
#include "neighbours/barriers.hpp"
#include "pieces.hpp"

namespace gridgov::neighbours {

using Pair = std::array<std::uint32_t, 2>;

/// A triangulation without its cut edges can strand a household whose nearest neighbours all live
/// across the river, though somebody on its own bank is in plain sight. This finds such links: the
/// shortest that join different pieces, cross no barrier, cross no kept edge (so the graph stays
/// planar) and pass through no third household; each joins two pieces, as in Kruskal's algorithm.
/// Looked for among the households that are nearest by edges of the whole triangulation, cut ones
/// included. `pieces` is brought up to date. O(n log n) in the households beside cuts.
std::vector<Pair> rejoin(std::span<const Position> positions, std::span<const Pair> kept,
                         std::span<const Pair> cut, const Barriers& barriers, Pieces& pieces);

}  // namespace gridgov::neighbours
