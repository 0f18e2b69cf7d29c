// One connected set of courtyards that is to be divided into grids: the graph, the cost, the solver.
#pragma once

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "gridgov/partition/options.hpp"

namespace gridgov::partition {

/// Courtyards that links join, as a graph; or clumps of them. Positions are those of their heads.
struct GridPiece {
    std::vector<double> x_m, y_m;
    std::vector<double> households;          ///< whole numbers
    std::vector<std::uint32_t> courtyards;   ///< of a clump; 1 where a node is a courtyard
    std::vector<std::uint32_t> offsets, targets;  ///< neighbours, ascending, in compressed rows

    std::uint32_t nodes() const { return static_cast<std::uint32_t>(households.size()); }
    std::span<const std::uint32_t> neighbours(std::uint32_t node) const {
        return {targets.data() + offsets[node], offsets[node + 1] - offsets[node]};
    }
    double distance_m(std::uint32_t a, std::uint32_t b) const {
        const double dx = x_m[a] - x_m[b];
        const double dy = y_m[a] - y_m[b];
        const double xx = dx * dx;
        const double yy = dy * dy;
        return std::sqrt(xx + yy);
    }
};

/// How many courtyards a grid may have.
struct GridBounds {
    std::int64_t min = 1;
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
    std::int64_t outside(std::int64_t courtyards) const {
        return courtyards < min ? min - courtyards : courtyards > max ? courtyards - max : 0;
    }
};

/// The number of grids of a piece, and whether the bounds may change it.
struct GridCount {
    std::uint32_t wanted = 1;
    std::uint32_t least = 1, most = 1;
    bool fixed() const { return least == most; }
};

/// What a division costs: first the courtyards by which grids are outside their bounds, then metres.
struct GridCost {
    std::int64_t outside = 0;
    double metres = 0;
    GridCost& operator+=(const GridCost& other) {
        outside += other.outside;
        metres += other.metres;
        return *this;
    }
    /// Better by more than rounding.
    bool better_than(const GridCost& other) const {
        if (outside != other.outside) return outside < other.outside;
        return metres < other.metres - 1e-9 * std::abs(other.metres) - 1e-9;
    }
};

/// The node from which a household-weighted sum of distances is least, and that sum.
struct GridCentre {
    std::uint32_t node = 0;
    double metres = 0;
};

/// The medoid of some nodes (ascending), exactly; ties: the first. By definition where they are few;
/// else by cutting planes: the sum is convex in the plane, so that each one measured bounds all others
/// from below by its tangent plane, and what is bounded above the best is not measured. About 30
/// passes over the nodes.
GridCentre centre_of(const GridPiece& piece, std::span<const std::uint32_t> nodes);

/// What a piece's grids are held against.
///
/// The metres of a grid are those of all households from their courtyard's head to the head of the
/// grid's centre, plus, for balance, 2 ℓ (H − H̄)² ÷ H̄ for a grid of H households where an equal share
/// is H̄; ℓ is the mean distance to the centre of the whole piece ÷ √grids, about the mean distance in
/// a grid, but at least 1 mm. A grid half as large again as its share thus costs half of its distances.
struct GridRulesOfPiece {
    GridBounds bounds;
    double share = 1;      ///< H̄
    double balance_m = 0;  ///< 2 ℓ

    GridRulesOfPiece(const GridPiece& piece, const GridBounds& of_grids, std::uint32_t grids);

    GridCost cost(std::int64_t courtyards, double households, double metres) const {
        const double over = households - share;
        return {bounds.outside(courtyards), metres + balance_m * over * over / share};
    }
};

/// How to look for a division.
struct GridSearchOptions {
    Effort effort = Effort::standard;
    std::uint64_t seed = 0;
    unsigned threads = 1;
    const std::atomic<bool>* cancel = nullptr;
    std::function<void(double share)> progress;  ///< of this piece, from the calling thread
    bool cancelled() const {
        return cancel != nullptr && cancel->load(std::memory_order_relaxed);
    }
};

/// Divides a connected piece into connected grids, 1 ≤ count.wanted ≤ nodes; returns a grid per node,
/// 0 … grids − 1, none empty. As many grids as wanted, unless another number within the limits puts
/// fewer courtyards outside the bounds. The same whatever the number of threads; when cancelled, a
/// division all the same.
std::vector<std::uint32_t> divide(const GridPiece& piece, const GridCount& count,
                                  const GridBounds& bounds, const GridSearchOptions& options);

/// The nodes of each of `labels` (0 … count − 1), ascending, in compressed rows.
struct GridMembers {
    std::vector<std::uint32_t> offsets, nodes;
    GridMembers(std::span<const std::uint32_t> labels, std::uint32_t count);
    std::span<const std::uint32_t> operator[](std::size_t grid) const {
        return {nodes.data() + offsets[grid], offsets[grid + 1] - offsets[grid]};
    }
    std::uint32_t size() const { return static_cast<std::uint32_t>(offsets.size() - 1); }
};

/// The part of a piece that some nodes make, in their order: place[nodes[i]] = i.
GridPiece part_of(const GridPiece& piece, std::span<const std::uint32_t> nodes,
                  std::span<const std::uint32_t> place);

}  // namespace gridgov::partition
