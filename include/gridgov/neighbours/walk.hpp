// Walking distances by bounded search on a network.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/neighbours/graph.hpp"

namespace gridgov::neighbours {

/// Shortest walks on a graph. Holds scratch memory for one thread: make one per thread.
/// The graph must outlive it.
class Walk {
public:
    GRIDGOV_EXPORT explicit Walk(const Graph& network);

    /// Shortest distances in metres from `source` to each of `targets`, in their order; infinity
    /// where there is no walk. Stops when the last target is reached or `limit_m` is passed (targets
    /// beyond it are infinity). Dijkstra with ties by node number: deterministic.
    GRIDGOV_EXPORT
    void distances_m(std::uint32_t source, std::span<const std::uint32_t> targets,
                     std::span<double> out, double limit_m);

private:
    const Graph* network_;
    std::vector<double> distance_;
    std::vector<std::uint32_t> touched_;
    std::vector<std::uint32_t> wanted_;
    struct Entry { double distance; std::uint32_t node; };
    std::vector<Entry> heap_;
};

}  // namespace gridgov::neighbours
