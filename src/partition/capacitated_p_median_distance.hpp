// Distances of the capacitated p-median problem in whole quanta: doubles that hold integers, with a
// quantum so fine that a sum over all nodes stays below 2^52. So every sum is exact, whatever its
// order, and may be corrected for ever without drift.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gridgov::partition::p_median {

/// Straight lines, computed where asked for: coordinates are already in quanta.
class PlanarDistance {
public:
    explicit PlanarDistance(std::vector<std::array<double, 2>> places)
        : places_(std::move(places)) {}
    double operator()(std::uint32_t node, std::uint32_t median) const {
        const double dx = places_[node][0] - places_[median][0];
        const double dy = places_[node][1] - places_[median][1];
        return static_cast<double>(static_cast<std::int64_t>(std::sqrt(dx * dx + dy * dy)));
    }
    /// From a to b and from b to a.
    std::pair<double, double> both(std::uint32_t a, std::uint32_t b) const {
        const double distance = (*this)(a, b);
        return {distance, distance};
    }

private:
    std::vector<std::array<double, 2>> places_;
};

/// A table of n × n, in quanta.
class TableDistance {
public:
    TableDistance(std::vector<double> table, std::uint32_t nodes)
        : table_(std::move(table)), nodes_(nodes) {
        for (std::uint32_t i = 0; i < nodes_ && symmetric_; ++i)
            for (std::uint32_t k = 0; k < i && symmetric_; ++k)
                symmetric_ = (*this)(i, k) == (*this)(k, i);
    }
    double operator()(std::uint32_t node, std::uint32_t median) const {
        return table_[static_cast<std::size_t>(node) * nodes_ + median];
    }
    std::pair<double, double> both(std::uint32_t a, std::uint32_t b) const {
        const double there = (*this)(a, b);
        return {there, symmetric_ ? there : (*this)(b, a)};  // a column is far apart in memory
    }

private:
    std::vector<double> table_;
    std::uint32_t nodes_;
    bool symmetric_ = true;
};

}  // namespace gridgov::partition::p_median
