// Delaunay triangulation of integer positions, exact for every input.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/model/units.hpp"

namespace gridgov::neighbours {

/// The edges of a Delaunay triangulation of the distinct positions.
struct Delaunay {
    /// Undirected edges between input rows, u < v, sorted. Every distinct position has at least one
    /// edge if there are two or more: collinear positions make a path.
    std::vector<std::array<std::uint32_t, 2>> edges;
    /// For each input row the row that stands for its position: the first in the given order of
    /// rows at that place (itself where it is the only one).
    std::vector<std::uint32_t> representative;
};

/// Divide and conquer (Guibas & Stolfi 1985) over the cells of a quadtree, which stay compact as
/// Dwyer's alternating cuts do (1987), with exact predicates: floating-point filter, then 128-bit,
/// then 256-bit integers. No input is dropped, whatever its shape; cocircular positions are
/// triangulated one of the valid ways, chosen by their differences only, so the edges between
/// positions depend neither on the order of the rows nor on where the plane's origin lies.
/// O(n log n) unless positions crowd by powers of two (then at most 100 n); about 130 bytes a
/// position while it runs. Cells are triangulated side by side on so many threads (0: all), with the
/// same result. Positions must keep to the limit of coordinates (coordinate_m_max).
GRIDGOV_EXPORT Delaunay delaunay(std::span<const Position> positions, unsigned threads = 1);

}  // namespace gridgov::neighbours
