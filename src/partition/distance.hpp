// Distances inside a component, by metric. Both are symmetric and in whole micrometres, so that sums
// of them are exact (below 2^53) and do not depend on the order of adding.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "gridgov/neighbours/walk.hpp"
#include "partition/component.hpp"

namespace gridgov::partition {

/// To whole micrometres, as a double: adding 1.5 × 2^52 leaves no bits for a fraction. Right for
/// distances below 2^51 µm, some 2 million kilometres.
inline double whole_um(double distance_um) {
    constexpr double no_fraction = 6755399441055744.0;
    return (distance_um + no_fraction) - no_fraction;
}

/// As the crow flies.
class StraightDistance {
public:
    explicit StraightDistance(const Component& component)
        : x_(component.x_um.data()), y_(component.y_um.data()) {}
    double operator()(std::uint32_t a, std::uint32_t b) const {
        const double dx = x_[a] - x_[b];
        const double dy = y_[a] - y_[b];
        const double xx = dx * dx;
        const double yy = dy * dy;
        return whole_um(std::sqrt(xx + yy));
    }
    /// Distances from one household to others, whose positions the caller has at hand.
    void to_many(std::uint32_t from, std::span<const std::uint32_t> to, const double* x_um,
                 const double* y_um, double* distance_um) const {
        const double x = x_[from], y = y_[from];
        const std::size_t count = to.size();
        for (std::size_t i = 0; i < count; ++i) {
            const double dx = x - x_um[i];
            const double dy = y - y_um[i];
            const double xx = dx * dx;
            const double yy = dy * dy;
            distance_um[i] = whole_um(std::sqrt(xx + yy));
        }
    }

private:
    const double* x_;
    const double* y_;
};

/// Along the links or ways: rows of shortest walks, made when first asked for and kept.
/// A row holds the nearest households of the component; one beyond them is searched for by itself.
class WalkDistance {
public:
    /// `walk` is scratch of the thread that asks.
    WalkDistance(const Component& component, neighbours::Walk& walk)
        : component_(&component), walk_(&walk), rows_(component.households()) {}

    double operator()(std::uint32_t a, std::uint32_t b) {
        if (a == b) return 0;
        if (a > b) std::swap(a, b);  // one direction only: rounding is then symmetric
        std::vector<Entry>& row = rows_[a];
        if (row.empty()) fill(a);
        auto place = std::lower_bound(row.begin(), row.end(), b, before);
        if (place != row.end() && place->household == b) return place->distance;
        const std::uint32_t target = component_->row[b];
        double distance = 0;
        walk_->distances_m(component_->row[a], {&target, 1}, {&distance, 1},
                          std::numeric_limits<double>::infinity());
        row.insert(place, {b, whole_um(distance * 1e6)});
        return whole_um(distance * 1e6);
    }
    void to_many(std::uint32_t from, std::span<const std::uint32_t> to, const double*,
                 const double*, double* distance_um) {
        for (std::size_t i = 0; i < to.size(); ++i) distance_um[i] = (*this)(from, to[i]);
    }

private:
    struct Entry {
        std::uint32_t household;
        double distance;
    };
    static bool before(const Entry& entry, std::uint32_t household) {
        return entry.household < household;
    }

    /// The households around `a`, by links: its own courtyard, those beside and those beside them; nearly
    /// all that are ever asked for, in one search.
    void fill(std::uint32_t a) {
        constexpr std::size_t reach = 500;
        seen_.resize(component_->atoms(), 0);
        ++stamp_;
        around_.assign(1, component_->atom_of[a]);
        seen_[around_.front()] = stamp_;
        for (std::size_t next = 0; next < around_.size() && around_.size() < reach; ++next)
            for (const std::uint32_t other : component_->neighbours_of(around_[next]))
                if (seen_[other] != stamp_) {
                    seen_[other] = stamp_;
                    around_.push_back(other);
                }
        std::vector<std::uint32_t> near;
        for (const std::uint32_t atom : around_)
            for (const std::uint32_t household : component_->members_of(atom))
                if (household > a) near.push_back(household);
        std::sort(near.begin(), near.end());
        std::vector<std::uint32_t> targets;
        for (const std::uint32_t household : near) targets.push_back(component_->row[household]);
        std::vector<double> distances(targets.size());
        walk_->distances_m(component_->row[a], targets, distances,
                          std::numeric_limits<double>::infinity());
        std::vector<Entry>& row = rows_[a];
        row.push_back({a, 0});
        for (std::size_t i = 0; i < targets.size(); ++i)
            row.push_back({near[i], whole_um(distances[i] * 1e6)});
    }

    const Component* component_;
    neighbours::Walk* walk_;
    std::vector<std::vector<Entry>> rows_;
    std::vector<std::uint32_t> seen_, around_;  // scratch of fill
    std::uint32_t stamp_ = 0;
};

}  // namespace gridgov::partition
