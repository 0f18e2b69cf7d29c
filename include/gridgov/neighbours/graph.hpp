// The neighbour graph: an undirected weighted graph in compressed rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/export.hpp"

namespace gridgov::neighbours {

/// An edge between two nodes; u < v where edges are listed once.
struct Edge {
    std::uint32_t u;
    std::uint32_t v;
    double length_m;
    friend bool operator==(const Edge&, const Edge&) = default;
};

/// An undirected graph in compressed sparse rows (METIS's xadj/adjncy): the neighbours of node i are
/// targets[offsets[i] … offsets[i + 1]), ascending, every edge in both rows. Immutable; safe to read
/// from any thread.
class Graph {
public:
    Graph() : offsets_{0} {}

    /// From edges in any order; an edge given twice or both ways is kept once with the smaller
    /// length, self-loops are dropped. Throws UsageError (edge_out_of_range, length_out_of_range)
    /// for a node ≥ nodes or a length that is negative or not finite. O(nodes + edges).
    GRIDGOV_EXPORT static Graph from_edges(std::size_t nodes, std::span<const Edge> edges);

    std::size_t nodes() const noexcept { return offsets_.size() - 1; }
    std::size_t edges() const noexcept { return targets_.size() / 2; }
    std::span<const std::int64_t> offsets() const noexcept { return offsets_; }   ///< nodes + 1
    std::span<const std::uint32_t> targets() const noexcept { return targets_; }  ///< 2 × edges
    std::span<const double> lengths_m() const noexcept { return lengths_m_; }     ///< 2 × edges
    std::span<const std::uint32_t> neighbours(std::uint32_t node) const noexcept {
        const auto first = static_cast<std::size_t>(offsets_[node]);
        const auto last = static_cast<std::size_t>(offsets_[node + 1]);
        return {targets_.data() + first, last - first};
    }
    std::span<const double> neighbour_lengths_m(std::uint32_t node) const noexcept {
        const auto first = static_cast<std::size_t>(offsets_[node]);
        const auto last = static_cast<std::size_t>(offsets_[node + 1]);
        return {lengths_m_.data() + first, last - first};
    }
    /// Every edge once, u < v, sorted.
    GRIDGOV_EXPORT std::vector<Edge> edge_list() const;

private:
    friend class GraphRows;  // src/neighbours/graph_rows.hpp
    /// Keeps the first of equal targets in sorted rows.
    void drop_parallel();

    std::vector<std::int64_t> offsets_;
    std::vector<std::uint32_t> targets_;
    std::vector<double> lengths_m_;
};

/// Connected components of a graph: a number per node, numbered by their smallest node.
struct Components {
    std::vector<std::uint32_t> component_of;
    std::uint32_t count = 0;
};
GRIDGOV_EXPORT Components components(const Graph& graph);

}  // namespace gridgov::neighbours
