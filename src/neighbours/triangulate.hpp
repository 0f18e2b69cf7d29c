// The triangulation for what does not need its edges sorted.
#pragma once

#include <span>

#include "gridgov/neighbours/delaunay.hpp"

namespace gridgov::neighbours {

/// As delaunay(), but edges come as they were made: places that are near each other stand near each
/// other. Each still has u < v.
Delaunay delaunay_in_any_order(std::span<const Position> positions, unsigned threads);

}  // namespace gridgov::neighbours
