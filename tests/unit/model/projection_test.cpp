#include "gridgov/model/projection.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "gridgov/error.hpp"

using namespace gridgov;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

struct Golden {
    int meridian_deg;
    LonLat place;
    PlanePoint point;
};

// PROJ 9.5.1: +proj=tmerc +lon_0=… +k=1 +x_0=0 +y_0=0 +ellps=WGS84
constexpr Golden golden[] = {
    {108, {108.0, 31.5}, {0.000000000, 3486411.210682206}},
    {108, {108.39, 31.16}, {37184.462588893, 3448779.141071084}},
    {108, {108.5, 31.0}, {47752.417930855, 3431081.638142208}},
    {108, {107.47, 31.9}, {-50135.962392498, 3530886.379825592}},
    {0, {0.0, 0.0}, {0.000000000, 0.000000000}},
    {0, {3.0, 45.0}, {236540.642358151, 4989325.234792831}},
    {0, {-3.0, -45.0}, {-236540.642358151, -4989325.234792831}},
    {11, {11.6, 49.95}, {43061.915185658, 5535458.210246332}},
    {-72, {-72.06, 43.17}, {-4878.948516249, 4781607.678546098}},
    {139, {139.5, 35.7}, {45252.154224965, 3952371.025205818}},
    {20, {49.5, 60.0}, {1607366.852895877, 7024662.312515015}},
    {180, {-179.5, -16.5}, {53382.649543277, -1825040.030521783}},
    {10, {10.2, 89.5}, {194.939849670, 9946119.094086060}},
    {87, {73.5, 39.4}, {-1164885.167586969, 4450919.728643964}},
};

double length_m(PlanePoint a, PlanePoint b) { return std::hypot(a.x_m - b.x_m, a.y_m - b.y_m); }

double offset_deg(LonLat a, LonLat b) {
    return std::max(std::fabs(a.lon_deg - b.lon_deg), std::fabs(a.lat_deg - b.lat_deg));
}

}  // namespace

TEST_CASE("the plane agrees with PROJ to a micrometre, both ways") {
    for (const Golden& line : golden) {
        CAPTURE(line.place.lon_deg);
        const LocalPlane plane(line.meridian_deg);
        const PlanePoint point = plane.forward(line.place);
        CHECK(std::fabs(point.x_m - line.point.x_m) < 1e-6);
        CHECK(std::fabs(point.y_m - line.point.y_m) < 1e-6);
        const LonLat back = plane.inverse(line.point);
        CHECK(std::fabs(back.lat_deg - line.place.lat_deg) < 1e-11);
        CHECK(std::fabs(back.lon_deg - line.place.lon_deg) *
                  std::cos(line.place.lat_deg * 0.017453292519943295) < 1e-11);
    }
}

TEST_CASE("property: there and back again within 30 degrees of the meridian") {
    std::mt19937_64 random(1);
    const auto uniform = [&](double low, double high) {
        return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
    };
    for (int round = 0; round < 20'000; ++round) {
        const int meridian = static_cast<int>(random() % 361) - 180;
        const LocalPlane plane(meridian);
        const LonLat place{std::remainder(meridian + uniform(-30, 30), 360.0), uniform(-88, 88)};
        const LonLat back = plane.inverse(plane.forward(place));
        REQUIRE(std::fabs(std::remainder(back.lon_deg - place.lon_deg, 360.0)) < 1e-9);
        REQUIRE(std::fabs(back.lat_deg - place.lat_deg) < 1e-11);
    }
}

TEST_CASE("a length is too long by d² ÷ 2R²: 31 mm a kilometre at 50 km, .12 m at 100 km") {
    // Ends of geodesics of 1 km (GeographicLib's Geod by pyproj), north and east.
    const LocalPlane plane(108);
    const LonLat at_50_km{108.52446907677425, 31.170533684020167};
    const LonLat at_100_km{109.04888228190505, 31.167329098024325};
    CHECK(plane.forward(at_50_km).x_m == doctest::Approx(50'000).epsilon(1e-9));
    CHECK(plane.forward(at_100_km).x_m == doctest::Approx(100'000).epsilon(1e-9));
    const auto excess_m = [&](LonLat from, LonLat to) {
        return length_m(plane.forward(from), plane.forward(to)) - 1000;
    };
    CHECK(std::fabs(excess_m(at_50_km, {108.52446907677425, 31.17955305493362}) - 0.031) < 0.001);
    CHECK(std::fabs(excess_m(at_50_km, {108.53495852680639, 31.170533256693464}) - 0.031) < 0.001);
    CHECK(std::fabs(excess_m(at_100_km, {109.04888228190505, 31.176348473432764}) - 0.124) < 0.002);
    CHECK(std::fabs(excess_m(at_100_km, {109.05937137881358, 31.1673286707513}) - 0.124) < 0.002);
}

TEST_CASE("the meridian is the whole degree nearest to the median, halves upward") {
    const auto meridian = [](std::vector<double> lon_deg) {
        return LocalPlane::for_longitudes(lon_deg).central_meridian_deg();
    };
    CHECK(meridian({108.39}) == 108);
    CHECK(meridian({108.5}) == 109);
    CHECK(meridian({-72.5}) == -72);
    CHECK(meridian({-72.51}) == -73);
    CHECK(meridian({100, 108.2, 108.4, 108.9, 150}) == 108);
    CHECK(meridian({108, 110}) == 109);
    CHECK(meridian({missing, 108.1, missing}) == 108);
    CHECK(meridian({}) == 0);
    CHECK(meridian({missing}) == 0);
    CHECK(meridian({1e308, 1e308}) == 180);
    CHECK(meridian({-1e308}) == -180);
    CHECK(meridian({std::numeric_limits<double>::infinity()}) == 0);
    CHECK(meridian({179.9}) == 180);
}

TEST_CASE("a meridian that is none is a caller's mistake") {
    CHECK_THROWS_AS(LocalPlane(181), UsageError);
    CHECK_THROWS_AS(LocalPlane(-181), UsageError);
    CHECK(LocalPlane(180).central_meridian_deg() == 180);
    CHECK(LocalPlane(-180).central_meridian_deg() == -180);
}

TEST_CASE("NaN stays NaN, poles are finite, and longitudes wrap") {
    const LocalPlane plane(0);
    CHECK(std::isnan(plane.forward({missing, 10}).x_m));
    CHECK(std::isnan(plane.forward({10, missing}).y_m));
    CHECK(std::isnan(plane.inverse({missing, 0}).lon_deg));
    CHECK(plane.forward({0, 90}).y_m == doctest::Approx(10001965.729).epsilon(1e-9));
    CHECK(plane.inverse({0, 10001965.7293127}).lat_deg == doctest::Approx(90));
    const PlanePoint a = LocalPlane(180).forward({-179, 10});
    const PlanePoint b = LocalPlane(-180).forward({181, 10});
    CHECK(a.x_m == doctest::Approx(b.x_m));
    CHECK(LocalPlane(180).inverse(a).lon_deg == doctest::Approx(-179));
}

TEST_CASE("GCJ-02: published examples") {
    constexpr struct { LonLat wgs84, gcj02; } examples[] = {
        // github.com/wandergis/coordtransform, test/app.js
        {{116.404, 39.915}, {116.41024449916938, 39.91640428150164}},
        // github.com/googollee/eviltransform, tests: Shanghai, Shenzhen, Beijing
        {{121.5272106, 31.1774276}, {121.531541859215, 31.17530398364597}},
        {{113.912316, 22.543847}, {113.9171764808363, 22.540796131694766}},
        {{116.377817, 39.911954}, {116.38404722455657, 39.91334545536069}},
    };
    for (const auto& [wgs84, gcj02] : examples) {
        CHECK(offset_deg(gcj02_from_wgs84(wgs84), gcj02) < 1e-9);
        CHECK(offset_deg(wgs84_from_gcj02(gcj02), wgs84) < 1e-9);
    }
}

TEST_CASE("property: GCJ-02 there and back within 1e-9 degrees, shifted by 50 to 900 metres") {
    std::mt19937_64 random(1);
    const auto uniform = [&](double low, double high) {
        return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
    };
    for (int round = 0; round < 20'000; ++round) {
        const LonLat place{uniform(72.1, 137.7), uniform(0.9, 55.7)};
        const LonLat shifted = gcj02_from_wgs84(place);
        REQUIRE(offset_deg(wgs84_from_gcj02(shifted), place) < 1e-9);
        REQUIRE(offset_deg(shifted, place) > 1e-5);
        REQUIRE(offset_deg(shifted, place) < 0.02);
    }
}

TEST_CASE("GCJ-02 is WGS 84 outside its rectangle") {
    for (const LonLat place : {LonLat{11.6, 49.9}, LonLat{72.0, 30}, LonLat{138, 30},
                               LonLat{100, 0.8}, LonLat{100, 56}}) {
        CHECK(offset_deg(gcj02_from_wgs84(place), place) == 0);
        CHECK(offset_deg(wgs84_from_gcj02(place), place) == 0);
    }
    CHECK(std::isnan(wgs84_from_gcj02({missing, 30}).lon_deg));
}
