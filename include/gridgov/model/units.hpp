// Exact units: positions in whole micrometres, weights in whole millionths. Sums and comparisons of
// them are exact and do not depend on order, compiler or machine (docs/decisions/0003-exact-units.md).
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>

namespace gridgov {

/// Coordinates may not exceed this, in metres, either way from the plane's origin.
inline constexpr double coordinate_m_max = 1e8;

/// A household may not weigh more than this.
inline constexpr double weight_max_of_household = 1e9;

/// Nor a town more than this, so that sums in millionths stay far from the end of 64 bits.
inline constexpr double weight_max_of_town = 1e12;

/// A place in the town's plane: whole micrometres. With |coordinate| ≤ 1e8 m every coordinate and
/// every difference of two is an integer below 2^49, hence also exact as a double.
struct Position {
    std::int64_t x_um = 0;
    std::int64_t y_um = 0;
    friend constexpr auto operator<=>(const Position&, const Position&) = default;
};

/// A position from metres, rounded to the nearest micrometre (halves away from zero).
inline Position position_from_metres(double x_m, double y_m) noexcept {
    return {std::llround(x_m * 1e6), std::llround(y_m * 1e6)};
}

/// Straight-line distance in metres. IEEE basic operations and sqrt only: the same bytes anywhere
/// (the library is compiled with -ffp-contract=off; so must be code that inlines this and compares).
inline double straight_distance_m(Position a, Position b) noexcept {
    const double dx = static_cast<double>(a.x_um - b.x_um);
    const double dy = static_cast<double>(a.y_um - b.y_um);
    const double xx = dx * dx;
    const double yy = dy * dy;
    return std::sqrt(xx + yy) * 1e-6;
}

/// A weight: whole millionths, so that 0.1 added a hundred times is exactly 10.
struct Weight {
    std::int64_t millionths = 0;
    friend constexpr auto operator<=>(Weight, Weight) = default;
    constexpr Weight& operator+=(Weight other) { millionths += other.millionths; return *this; }
    constexpr Weight& operator-=(Weight other) { millionths -= other.millionths; return *this; }
    friend constexpr Weight operator+(Weight a, Weight b) { return a += b; }
    friend constexpr Weight operator-(Weight a, Weight b) { return a -= b; }
};

/// A weight from a number, rounded to the nearest millionth; a positive number never becomes 0.
inline Weight weight_from_number(double number) noexcept {
    const std::int64_t rounded = std::llround(number * 1e6);
    return {rounded == 0 && number > 0 ? 1 : rounded};
}

/// The weight as a number.
inline double number_from_weight(Weight weight) noexcept {
    return static_cast<double>(weight.millionths) / 1e6;
}

}  // namespace gridgov
