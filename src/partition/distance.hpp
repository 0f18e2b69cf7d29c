// Distances inside a component as the crow flies; walk_distance.hpp has those along links or ways. Both
// are symmetric and in whole micrometres, so that sums of them are exact (below 2^53) and do not
// depend on the order of adding.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

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

}  // namespace gridgov::partition
