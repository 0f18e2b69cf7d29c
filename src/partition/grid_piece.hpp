// Dividing one connected set of courtyards into grids.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace gridgov::partition {

/// Courtyards that links join, as a graph. Positions are those of their heads.
struct GridPiece {
    std::vector<double> x_m, y_m;
    std::vector<std::int64_t> households;
    std::vector<std::uint32_t> offsets, targets;  ///< neighbours, as in a compressed graph

    std::uint32_t courtyards() const { return static_cast<std::uint32_t>(households.size()); }
    std::span<const std::uint32_t> neighbours(std::uint32_t courtyard) const {
        return {targets.data() + offsets[courtyard], offsets[courtyard + 1] - offsets[courtyard]};
    }
    double distance_m(std::uint32_t a, std::uint32_t b) const {
        const double dx = x_m[a] - x_m[b];
        const double dy = y_m[a] - y_m[b];
        return std::sqrt(dx * dx + dy * dy);
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

/// What a division costs: first the courtyards by which grids are outside their bounds, then metres.
///
/// The metres are those of all households from their courtyard's head to the head of the grid's
/// medoid courtyard, plus, for balance, 2 ℓ (H − H̄)² ÷ H̄ for a grid of H households where an equal
/// share is H̄; ℓ is the mean distance to the medoid of the whole piece ÷ √grids, about the mean
/// distance in a grid. A grid half as large again as its share thus costs half of its distances.
struct GridCost {
    std::int64_t outside = 0;
    double metres = 0;
    /// Better by more than rounding.
    bool better_than(const GridCost& other) const {
        if (outside != other.outside) return outside < other.outside;
        return metres < other.metres - 1e-9 * std::abs(other.metres) - 1e-9;
    }
};

/// Divides a connected piece into so many connected grids, 1 ≤ grids ≤ courtyards; returns a grid
/// per courtyard, 0 … grids − 1, none empty. Cuts spanning trees in two over and over (recombination:
/// DeFord, Duchin & Solomon 2021), then moves and exchanges courtyards at the borders while that
/// costs less. Deterministic.
std::vector<std::uint32_t> divide(const GridPiece& piece, std::uint32_t grids,
                                  const GridBounds& bounds);

}  // namespace gridgov::partition
