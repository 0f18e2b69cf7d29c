// Splitting a connected region along a spanning tree, by dynamic programming over subtree weights.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "partition/component.hpp"
#include "partition/random.hpp"

namespace gridgov::partition {

/// A connected set of atoms with its links inside, numbered 0 … size − 1.
struct Region {
    std::vector<std::uint32_t> atoms;                    ///< in the component, ascending
    std::vector<std::int64_t> weight;
    std::vector<std::uint32_t> link_offsets, links;
    std::uint32_t size() const { return static_cast<std::uint32_t>(atoms.size()); }
};

Region make_region(const Component& component, std::vector<std::uint32_t> atoms);

/// A random spanning tree of a region, as parents in an order where parents come first.
struct SpanningTree {
    std::vector<std::uint32_t> order;   ///< root first
    std::vector<std::uint32_t> parent;  ///< by region number; the root's is itself
};

/// By random keys on links: biased neither to stars nor to paths.
SpanningTree random_spanning_tree(const Region& region, Random& random);

/// The tree of the least keys (Kruskal), ties by nodes, from a random root. The links join all nodes.
struct KeyedLink {
    std::uint64_t key;
    std::uint32_t u, v;
};
SpanningTree least_spanning_tree(std::uint32_t size, std::vector<KeyedLink> links, Random& random);

struct Split {
    std::vector<std::uint32_t> label;  ///< part per region number, 0 … parts − 1
    std::uint32_t parts = 0;
    std::int64_t broken = 0;           ///< weight in parts outside the bounds
};

/// A split of the tree into `parts` connected parts, all legal; nothing if the tree has none.
/// Exact on the tree for 1 ≤ parts ≤ 63. O(size × states²), states ≤ distinct weights up to max.
std::optional<Split> split_tree(const Region& region, const SpanningTree& tree,
                                const Bounds& bounds, std::uint32_t parts);

/// The split of the tree with the least weight in illegal (undersized) parts, of any number of
/// parts; on a region that is a tree this is the least there is, if no atom is heavier than max.
/// `exact` is false if states had to be dropped (very many distinct weights).
struct LeastBroken {
    Split split;
    bool exact = true;
};
LeastBroken split_tree_least_broken(const Region& region, const SpanningTree& tree,
                                    const Bounds& bounds);

}  // namespace gridgov::partition
