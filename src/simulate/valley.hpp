// Valleys: smooth curves that carry a frame. A place in a valley is (along, across): metres along its
// axis, where the river runs, and metres to the left of the river.
#pragma once

#include <cmath>
#include <cstdint>

#include "simulate/random.hpp"

namespace gridgov::simulate {

struct PlainPoint {
    double x_m;
    double y_m;
};

/// The trunk valley runs along +x; a tributary leaves it at right angles, to the north or south.
class Valley {
public:
    static Valley trunk(std::uint64_t seed) { return Valley(seed, 0, 0, 0); }
    /// The tributary whose mouth is at `along_m` of the trunk; `side` 1: north, −1: south.
    static Valley tributary(std::uint64_t seed, const Valley& trunk, double along_m, int side) {
        return Valley(seed, along_m, trunk.place(along_m, 0).y_m, side);
    }

    PlainPoint place(double along_m, double across_m) const noexcept {
        const Noise bend = this->bend(along_m);
        const double size = std::sqrt(1 + bend.slope * bend.slope);
        if (side_ == 0)
            return {along_m - across_m * bend.slope / size, bend.value + across_m / size};
        return {mouth_x_m_ + bend.value - across_m * side_ / size,
                mouth_y_m_ + side_ * along_m + across_m * bend.slope / size};
    }

private:
    Valley(std::uint64_t seed, double x_m, double y_m, int side)
        : seed_(seed), mouth_x_m_(x_m), mouth_y_m_(y_m), side_(side) {}

    /// How far the river has swung from the straight axis. No bend is tighter than a radius of
    /// wave² ÷ 4 swing, about a kilometre, so that a frame of 800 m either side never folds.
    Noise bend(double along_m) const noexcept {
        constexpr double swing_m = 340;
        constexpr double wave_m = 1150;
        const Noise raw = noise(seed_, along_m / wave_m);
        const Noise bend{raw.value * swing_m, raw.slope * swing_m / wave_m};
        if (side_ == 0) return bend;
        constexpr double straight_m = 1000;  // a tributary begins at its mouth, and straight
        const double r = along_m <= 0 ? 0 : along_m >= straight_m ? 1 : along_m / straight_m;
        const double ramp = r * r * (3 - 2 * r);
        const double ramp_slope = 6 * r * (1 - r) / straight_m;
        return {bend.value * ramp, bend.slope * ramp + bend.value * ramp_slope};
    }

    std::uint64_t seed_;
    double mouth_x_m_;
    double mouth_y_m_;
    int side_;  // 0: the trunk
};

}  // namespace gridgov::simulate
