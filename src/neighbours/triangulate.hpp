// The triangulation as it is made: along a curve.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/model/units.hpp"

namespace gridgov::neighbours {

/// A triangulation whose edges are between places along a curve, so that what stands together in the
/// plane stands together in memory.
struct AlongCurve {
    std::vector<std::uint32_t> rows;      ///< along the curve; at one place by rank
    std::vector<std::uint32_t> first_of;  ///< the first at the same place; empty: all stand alone
    /// Between the first of places, by their index along the curve; each edge once, in any order.
    std::vector<std::array<std::uint32_t, 2>> edges;

    std::uint32_t first(std::uint32_t i) const { return first_of.empty() ? i : first_of[i]; }
};

/// As delaunay(), of the given rows of `positions` (each once, in any order). `rank` is by row; empty:
/// by row.
AlongCurve triangulate(std::span<const Position> positions, std::span<const std::uint32_t> rank,
                       std::vector<std::uint32_t> rows, unsigned threads);

}  // namespace gridgov::neighbours
