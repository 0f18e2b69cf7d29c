// Joining households to ways: the nearest place on a way, and the network that results.
#pragma once

#include <cstdint>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/graph.hpp"

namespace gridgov::neighbours {

/// The ways with the households joined to them.
struct JoinedWays {
    /// Nodes: the households, the way nodes, then the places within ways where households join, by
    /// way and along it. A way keeps its length, shared out in proportion to the straight line.
    Graph network;
    /// The node where each household joins; no_index for an unlocated one, and without ways.
    std::vector<std::uint32_t> joined_at;
    std::vector<double> offset_m;  ///< the straight line from each household to that node
};

/// Joins each household to the nearest place on a way (ties: the smaller way row), to the nearest
/// micrometre; an unlocated one to its anchor, at length 0.
JoinedWays join_to_ways(const Town& town);

}  // namespace gridgov::neighbours
