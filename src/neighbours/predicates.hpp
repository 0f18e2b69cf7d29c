// The signs that planar geometry decides by, exact for integer coordinates.
#pragma once

#include <cmath>
#include <cstdint>

#include <boost/multiprecision/cpp_int.hpp>

#include "gridgov/model/units.hpp"

namespace gridgov::neighbours {

__extension__ typedef __int128 Int128;

/// A position whose coordinates are whole numbers held as doubles; the difference of any two that
/// meet in a predicate is below 2^49, hence exact (see Position).
struct Place {
    double x;
    double y;
    friend bool operator==(const Place&, const Place&) = default;
};

inline Place place_of(Position position) noexcept {
    return {static_cast<double>(position.x_um), static_cast<double>(position.y_um)};
}

namespace exact {

inline int sign(Int128 value) noexcept { return (value > 0) - (value < 0); }

inline int orientation(Place a, Place b, Place c) noexcept {
    const auto whole = [](double value) { return static_cast<std::int64_t>(value); };
    return sign(Int128{whole(a.x - c.x)} * whole(b.y - c.y) -
                Int128{whole(a.y - c.y)} * whole(b.x - c.x));
}

inline int in_circle(Place a, Place b, Place c, Place d) {
    const std::int64_t ax = static_cast<std::int64_t>(a.x - d.x);
    const std::int64_t ay = static_cast<std::int64_t>(a.y - d.y);
    const std::int64_t bx = static_cast<std::int64_t>(b.x - d.x);
    const std::int64_t by = static_cast<std::int64_t>(b.y - d.y);
    const std::int64_t cx = static_cast<std::int64_t>(c.x - d.x);
    const std::int64_t cy = static_cast<std::int64_t>(c.y - d.y);
    const auto cross = [](std::int64_t ux, std::int64_t uy, std::int64_t vx, std::int64_t vy) {
        return Int128{ux} * vy - Int128{uy} * vx;  // below 2^99
    };
    const Int128 bc = cross(bx, by, cx, cy);
    const Int128 ca = cross(cx, cy, ax, ay);
    const Int128 ab = cross(ax, ay, bx, by);
    const Int128 a_lift = Int128{ax} * ax + Int128{ay} * ay;
    const Int128 b_lift = Int128{bx} * bx + Int128{by} * by;
    const Int128 c_lift = Int128{cx} * cx + Int128{cy} * cy;
    // Below 2^61 each factor (differences below 2^30: a kilometre) the sum stays below 2^124.
    constexpr Int128 small = Int128{1} << 61;
    if (a_lift < small && b_lift < small && c_lift < small)
        return sign(a_lift * bc + b_lift * ca + c_lift * ab);
    using Int256 = boost::multiprecision::int256_t;
    return Int256(Int256(a_lift) * bc + Int256(b_lift) * ca + Int256(c_lift) * ab).sign();
}

}  // namespace exact

/// Sign of the area of the triangle a, b, c: 1 counterclockwise, −1 clockwise, 0 collinear.
///
/// Filter (Shewchuk 1997, "Adaptive precision floating-point arithmetic", with ε = 2^−53): the
/// differences are exact, so the computed determinant errs by at most ε(|l| + |r|) for the products
/// and ε(|l| + |r|) for the subtraction, to first order; 4ε covers the rest.
inline int orientation(Place a, Place b, Place c) noexcept {
    const double left = (a.x - c.x) * (b.y - c.y);
    const double right = (a.y - c.y) * (b.x - c.x);
    const double determinant = left - right;
    const double bound = 0x1p-51 * (std::abs(left) + std::abs(right));
    if (determinant > bound) return 1;
    if (-determinant > bound) return -1;
    return exact::orientation(a, b, c);
}

/// Sign of "d lies inside the circle through a, b, c", these being counterclockwise; 0 on it.
///
/// Filter: differences are exact. A lift u·u errs relatively by 2ε, a cross product u×v by 2ε(|ux·vy|
/// + |uy·vx|), their product by one ε more and the sum of three by 2ε: 7ε of the sum of
/// lift × (|ux·vy| + |uy·vx|), to first order. By Cauchy–Schwarz |ux·vy| + |uy·vx| ≤ |u||v| ≤ (u·u +
/// v·v) ÷ 2, which sums to a·b + b·c + c·a of the lifts; 10ε of that, as computed, is a safe bound.
/// Nothing overflows (below 2^202), nothing underflows (whole numbers).
inline int in_circle(Place a, Place b, Place c, Place d) {
    const double ax = a.x - d.x, ay = a.y - d.y;
    const double bx = b.x - d.x, by = b.y - d.y;
    const double cx = c.x - d.x, cy = c.y - d.y;
    const double a_lift = ax * ax + ay * ay;
    const double b_lift = bx * bx + by * by;
    const double c_lift = cx * cx + cy * cy;
    const double determinant = a_lift * (bx * cy - by * cx) + b_lift * (cx * ay - cy * ax) +
                               c_lift * (ax * by - ay * bx);
    const double bound = 0x1.4p-50 * (a_lift * (b_lift + c_lift) + b_lift * c_lift);
    if (determinant > bound) return 1;
    if (-determinant > bound) return -1;
    return exact::in_circle(a, b, c, d);
}

}  // namespace gridgov::neighbours
