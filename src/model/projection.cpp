#include "gridgov/model/projection.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "gridgov/error.hpp"
#include "number_text.hpp"
#include "refuse.hpp"

namespace gridgov {
namespace {

using std::numbers::pi;
constexpr double degree = pi / 180;

// WGS 84
constexpr double semi_major_m = 6378137.0;
constexpr double flattening = 1 / 298.257223563;
constexpr double e2 = flattening * (2 - flattening);  // eccentricity squared
constexpr double n = flattening / (2 - flattening);   // third flattening
constexpr double n2 = n * n, n3 = n2 * n, n4 = n3 * n, n5 = n4 * n, n6 = n5 * n;

/// A quarter of the meridian is rectifying_m × π/2 long (Karney 2011, eq. 14).
constexpr double rectifying_m = semi_major_m / (1 + n) * (1 + n2 / 4 + n4 / 64 + n6 / 256);

/// From the conformal sphere to the plane (Karney 2011, eq. 35) and back (eq. 36).
constexpr std::array alpha{
    n / 2 - n2 * 2 / 3 + n3 * 5 / 16 + n4 * 41 / 180 - n5 * 127 / 288 + n6 * 7891 / 37800,
    n2 * 13 / 48 - n3 * 3 / 5 + n4 * 557 / 1440 + n5 * 281 / 630 - n6 * 1983433 / 1935360,
    n3 * 61 / 240 - n4 * 103 / 140 + n5 * 15061 / 26880 + n6 * 167603 / 181440,
    n4 * 49561 / 161280 - n5 * 179 / 168 + n6 * 6601661 / 7257600,
    n5 * 34729 / 80640 - n6 * 3418889 / 1995840,
    n6 * 212378941 / 319334400};
constexpr std::array beta{
    n / 2 - n2 * 2 / 3 + n3 * 37 / 96 - n4 / 360 - n5 * 81 / 512 + n6 * 96199 / 604800,
    n2 / 48 + n3 / 15 - n4 * 437 / 1440 + n5 * 46 / 105 - n6 * 1118711 / 3870720,
    n3 * 17 / 480 - n4 * 37 / 840 - n5 * 209 / 4480 + n6 * 5569 / 90720,
    n4 * 4397 / 161280 - n5 * 11 / 504 - n6 * 830251 / 7257600,
    n5 * 4583 / 161280 - n6 * 108847 / 3991680,
    n6 * 20648693 / 638668800};

struct Complex {
    double re, im;
};

/// Σ c_j sin 2jζ for complex ζ.
Complex sine_series(const std::array<double, 6>& c, Complex zeta) noexcept {
    Complex sum{0, 0};
    for (std::size_t j = c.size(); j-- > 0;) {  // the small terms first
        const double twice = 2 * static_cast<double>(j + 1);
        sum.re += c[j] * std::sin(twice * zeta.re) * std::cosh(twice * zeta.im);
        sum.im += c[j] * std::cos(twice * zeta.re) * std::sinh(twice * zeta.im);
    }
    return sum;
}

/// The tangent of the conformal latitude, from that of the geographic one (eqs. 7 to 9).
double conformal_tangent(double tau) noexcept {
    const double e = std::sqrt(e2);
    const double secant = std::hypot(1.0, tau);
    const double sigma = std::sinh(e * std::atanh(e * tau / secant));
    return tau * std::hypot(1.0, sigma) - sigma * secant;
}

/// Its inverse by Newton's method (eqs. 19 to 21); three rounds reach the last bits.
double geographic_tangent(double tau_conformal) noexcept {
    double tau = tau_conformal / (1 - e2);
    if (!(std::fabs(tau) < 1e8)) return tau;  // within 0.1 m of a pole, and NaN
    for (int round = 0; round < 5; ++round) {
        const double reached = conformal_tangent(tau);
        const double step = (tau_conformal - reached) / std::hypot(1.0, reached) *
                            (1 + (1 - e2) * tau * tau) / ((1 - e2) * std::hypot(1.0, tau));
        tau += step;
        if (std::fabs(step) <= 1e-15 * std::fabs(tau)) break;
    }
    return tau;
}

/// How far GCJ-02 shifts a place, in degrees, by the formula that became public in 2010 (its
/// ellipsoid is Krassowsky's; the constants are the formula's own).
LonLat gcj02_shift(LonLat place) noexcept {
    constexpr double gcj_semi_major_m = 6378245.0;
    constexpr double gcj_e2 = 0.00669342162296594323;
    const double x = place.lon_deg - 105;
    const double y = place.lat_deg - 35;
    const double root = std::sqrt(std::fabs(x));
    const double ripple = (20 * std::sin(6 * x * pi) + 20 * std::sin(2 * x * pi)) * 2 / 3;
    const double north_m =
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple +
        (20 * std::sin(y * pi) + 40 * std::sin(y / 3 * pi)) * 2 / 3 +
        (160 * std::sin(y / 12 * pi) + 320 * std::sin(y / 30 * pi)) * 2 / 3;
    const double east_m =
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple +
        (20 * std::sin(x * pi) + 40 * std::sin(x / 3 * pi)) * 2 / 3 +
        (150 * std::sin(x / 12 * pi) + 300 * std::sin(x / 30 * pi)) * 2 / 3;
    const double latitude = place.lat_deg * degree;
    const double sine = std::sin(latitude);
    const double w2 = 1 - gcj_e2 * sine * sine;
    const double w = std::sqrt(w2);
    return {east_m / (gcj_semi_major_m / w * std::cos(latitude) * degree),
            north_m / (gcj_semi_major_m * (1 - gcj_e2) / (w2 * w) * degree)};
}

bool in_gcj02_rectangle(LonLat place) noexcept {
    return place.lon_deg >= 72.004 && place.lon_deg <= 137.8347 && place.lat_deg >= 0.8293 &&
           place.lat_deg <= 55.8271;
}

}  // namespace

LocalPlane::LocalPlane(int central_meridian_deg) : meridian_deg_(central_meridian_deg) {
    if (central_meridian_deg < -180 || central_meridian_deg > 180)
        refuse(Code::meridian_out_of_range, {{"value", number_text(central_meridian_deg)}});
}

LocalPlane LocalPlane::for_longitudes(std::span<const double> lon_deg) {
    std::vector<double> known;
    known.reserve(lon_deg.size());
    for (const double lon : lon_deg)
        if (std::isfinite(lon)) known.push_back(lon);
    if (known.empty()) return LocalPlane(0);
    const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
    std::nth_element(known.begin(), middle, known.end());
    double median = *middle;
    if (known.size() % 2 == 0) median = (*std::max_element(known.begin(), middle) + median) / 2;
    return LocalPlane(static_cast<int>(std::clamp(std::floor(median + 0.5), -180.0, 180.0)));
}

PlanePoint LocalPlane::forward(LonLat place) const noexcept {
    const double lambda = std::remainder(place.lon_deg - meridian_deg_, 360.0) * degree;
    const double tau = conformal_tangent(std::tan(place.lat_deg * degree));
    const Complex sphere{std::atan2(tau, std::cos(lambda)),
                         std::asinh(std::sin(lambda) / std::hypot(tau, std::cos(lambda)))};
    const Complex correction = sine_series(alpha, sphere);
    return {rectifying_m * (sphere.im + correction.im), rectifying_m * (sphere.re + correction.re)};
}

LonLat LocalPlane::inverse(PlanePoint point) const noexcept {
    const Complex plane{point.y_m / rectifying_m, point.x_m / rectifying_m};
    const Complex correction = sine_series(beta, plane);
    const Complex sphere{plane.re - correction.re, plane.im - correction.im};
    const double tau = std::sin(sphere.re) / std::hypot(std::sinh(sphere.im), std::cos(sphere.re));
    const double lambda = std::atan2(std::sinh(sphere.im), std::cos(sphere.re));
    return {std::remainder(meridian_deg_ + lambda / degree, 360.0),
            std::atan(geographic_tangent(tau)) / degree};
}

LonLat gcj02_from_wgs84(LonLat wgs84) noexcept {
    if (!in_gcj02_rectangle(wgs84)) return wgs84;
    const LonLat shift = gcj02_shift(wgs84);
    return {wgs84.lon_deg + shift.lon_deg, wgs84.lat_deg + shift.lat_deg};
}

LonLat wgs84_from_gcj02(LonLat gcj02) noexcept {
    if (!in_gcj02_rectangle(gcj02)) return gcj02;
    LonLat place = gcj02;
    for (int round = 0; round < 20; ++round) {  // each round gains two digits or more
        const LonLat shift = gcj02_shift(place);
        const LonLat next{gcj02.lon_deg - shift.lon_deg, gcj02.lat_deg - shift.lat_deg};
        const double moved = std::max(std::fabs(next.lon_deg - place.lon_deg),
                                      std::fabs(next.lat_deg - place.lat_deg));
        place = next;
        if (moved < 1e-10) break;
    }
    return place;
}

}  // namespace gridgov
