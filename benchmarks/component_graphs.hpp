// The components of a neighbour graph as graph partitioners want them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::benchmarks {

/// One component in compressed rows of 32-bit integers. Links weigh inversely to their length: 100
/// at the town's median length, from 1 to 10,000, so that sums over a million households fit.
struct ComponentGraph {
    std::vector<std::int32_t> offsets, targets, link_weights;
    std::vector<std::int32_t> weights;  ///< thousandths; empty where all weigh the same
    std::int32_t parts = 1;             ///< by the contract's rule
    std::int32_t nodes() const { return static_cast<std::int32_t>(offsets.size()) - 1; }
};

/// Writes a part, 0 … parts − 1, for each node.
using Partitioner = std::function<void(ComponentGraph&, std::span<std::int32_t>)>;

/// Labels by a partitioner that is given each component by itself: so no peer can lose parts or
/// contiguity to a graph in pieces, which most of them do not promise to handle.
std::vector<std::int32_t> label_components(const Town& town,
                                           const neighbours::Neighbours& neighbours,
                                           const partition::Options& options,
                                           const Partitioner& partitioner);

}  // namespace gridgov::benchmarks
