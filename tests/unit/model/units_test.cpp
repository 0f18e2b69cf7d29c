#include "gridgov/model/units.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace gridgov;

TEST_CASE("positions are whole micrometres, halves away from zero") {
    CHECK(position_from_metres(1.0000005, -1.0000005) == Position{1'000'001, -1'000'001});
    CHECK(position_from_metres(-0.0, 0.0) == Position{0, 0});
    CHECK(position_from_metres(coordinate_m_max, -coordinate_m_max) ==
          Position{100'000'000'000'000, -100'000'000'000'000});
}

TEST_CASE("straight distances are right from a micrometre to across the plane") {
    CHECK(straight_distance_m({0, 0}, {3'000'000, 4'000'000}) == 5.0);
    CHECK(straight_distance_m({7, 7}, {7, 7}) == 0.0);
    CHECK(straight_distance_m({0, 0}, {1, 0}) == 1e-6);
    const Position corner = position_from_metres(-1e8, -1e8);
    const Position opposite = position_from_metres(1e8, 1e8);
    CHECK(straight_distance_m(corner, opposite) == doctest::Approx(2e8 * std::sqrt(2.0)));
}

TEST_CASE("property: distance is symmetric, and no detour is shorter") {
    std::mt19937_64 random(2);
    const auto place = [&] {
        return Position{static_cast<std::int64_t>(random() % 2'000'000'000),
                        static_cast<std::int64_t>(random() % 2'000'000'000)};
    };
    for (int round = 0; round < 1000; ++round) {
        const Position a = place();
        const Position b = place();
        const Position c = place();
        CHECK(straight_distance_m(a, b) == straight_distance_m(b, a));
        CHECK(straight_distance_m(a, b) <=
              straight_distance_m(a, c) + straight_distance_m(c, b) + 1e-9);
    }
}

TEST_CASE("weights add up exactly") {
    Weight sum;
    for (int i = 0; i < 100; ++i) sum += weight_from_number(0.1);
    CHECK(sum == weight_from_number(10));
    CHECK(number_from_weight(sum) == 10.0);
    sum -= weight_from_number(10);
    CHECK(sum.millionths == 0);
    CHECK(weight_from_number(1e-300).millionths == 1);
    CHECK(weight_from_number(weight_max_of_household).millionths == 1'000'000'000'000'000);
}
