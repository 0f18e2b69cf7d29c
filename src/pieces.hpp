// Counting pieces while links come in.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace gridgov {

/// The pieces that links leave of so many nodes: a disjoint-set forest, the smaller node the root,
/// with path halving.
class Pieces {
public:
    Pieces() = default;
    explicit Pieces(std::size_t nodes) { start(nodes); }
    /// As new, with so many nodes; memory is kept.
    void start(std::size_t nodes) {
        parent_.resize(nodes);
        std::iota(parent_.begin(), parent_.end(), 0u);
        count_ = nodes;
    }
    void join(std::uint32_t a, std::uint32_t b) {
        a = root(a);
        b = root(b);
        if (a == b) return;
        parent_[std::max(a, b)] = std::min(a, b);
        --count_;
    }
    std::size_t count() const noexcept { return count_; }
    /// The smallest node of a node's piece.
    std::uint32_t root(std::uint32_t node) {
        while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
        return node;
    }

private:
    std::vector<std::uint32_t> parent_;
    std::size_t count_ = 0;
};

}  // namespace gridgov
