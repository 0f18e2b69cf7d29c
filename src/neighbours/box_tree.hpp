// Boxes around segments in an R-tree.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include <boost/geometry/geometries/box.hpp>
#include <boost/geometry/geometries/point.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <boost/geometry/strategies/strategies.hpp>

#include "neighbours/predicates.hpp"

namespace gridgov::neighbours {

using Corner = boost::geometry::model::point<double, 2, boost::geometry::cs::cartesian>;
using Box = boost::geometry::model::box<Corner>;
using BoxEntry = std::pair<Box, std::uint32_t>;  ///< a box and its number
/// Packed when made from all entries at once.
using BoxTree = boost::geometry::index::rtree<BoxEntry, boost::geometry::index::linear<16>>;

inline Box box_around(Place a, Place b) {
    const auto [x_min, x_max] = std::minmax(a.x, b.x);
    const auto [y_min, y_max] = std::minmax(a.y, b.y);
    return {{x_min, y_min}, {x_max, y_max}};
}

}  // namespace gridgov::neighbours
