#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "tables.hpp"

using namespace gridgov;
using test::field;
using test::missing;
using test::Place;
using test::places;
using test::row_of;
using test::Tables;

TEST_CASE("households without coordinates are refused unless they may stand with their group") {
    Tables tables = row_of(4);
    tables.x_m = {0, missing, missing, 5};
    tables.y_m = {0, 3, missing, missing};
    const auto faults = tables.faults();
    CHECK(places(faults) == std::vector<Place>{{Code::household_unlocated, Table::households, 1},
                                               {Code::household_unlocated, Table::households, 2},
                                               {Code::household_unlocated, Table::households, 3}});
    CHECK(faults[1].records == std::vector<std::string>{"c"});
}

TEST_CASE("an unlocated household is anchored to the middle of its group") {
    Tables tables = row_of(6);
    tables.x_m = {0, 10, 100, missing, 4, 11};
    tables.y_m = {0, 0, 0, missing, 4, 0};
    tables.groups = {"g", "g", "g", "g", "", "h"};
    const Town town = tables.town(Unlocated::group);
    REQUIRE(town.anchor_of().size() == 6);
    CHECK(town.anchor_of()[3] == 1);  // the median x is 10
    CHECK(town.positions()[3] == town.positions()[1]);
    for (const std::size_t located : {0U, 1U, 2U, 4U, 5U})
        CHECK(town.anchor_of()[located] == no_index);
}

TEST_CASE("two equally near the middle: the first by id is the anchor") {
    Tables tables = row_of(3);
    tables.ids = {"z", "m", "x"};
    tables.x_m = {0, missing, 10};
    tables.y_m = {0, missing, 0};
    tables.groups = {"g", "g", "g"};
    CHECK(tables.town(Unlocated::group).anchor_of()[1] == 2);  // "x" before "z"
}

TEST_CASE("a group of the same name in another village does not help") {
    Tables tables = row_of(4);
    tables.x_m[1] = tables.x_m[2] = tables.x_m[3] = missing;
    tables.villages = {"v", "w", "v", "v"};
    tables.groups = {"g", "g", "g", ""};
    const auto faults = tables.faults(Unlocated::group);
    CHECK(places(faults) ==
          std::vector<Place>{{Code::unlocated_without_group, Table::households, 1},
                             {Code::unlocated_without_group, Table::households, 3}});
    CHECK(field(faults[0], "group") == "g");
    CHECK(message(faults[1], Language::en).find('?') == std::string::npos);
}

TEST_CASE("without groups every unlocated household is a fault") {
    Tables tables = row_of(2);
    tables.y_m[0] = missing;
    CHECK(places(tables.faults(Unlocated::group)) ==
          std::vector<Place>{{Code::unlocated_without_group, Table::households, 0}});
}

TEST_CASE("a member that is out of the plane is no anchor") {
    Tables tables = row_of(2);
    tables.x_m = {1e300, missing};
    tables.groups = {"g", "g"};
    CHECK(places(tables.faults(Unlocated::group)) ==
          std::vector<Place>{{Code::coordinate_out_of_range, Table::households, 0},
                             {Code::unlocated_without_group, Table::households, 1}});
}

TEST_CASE("the anchor is exact at the ends of the plane") {
    Tables tables = row_of(4);
    tables.x_m = {-1e8, 1e8, 1e8 - 0.000001, missing};
    tables.y_m = {-1e8, 1e8, 1e8, missing};
    tables.groups = {"g", "g", "g", "g"};
    CHECK(tables.town(Unlocated::group).anchor_of()[3] == 2);  // median x: one micrometre less
}

TEST_CASE("property: the anchor is the nearest to the median, by brute force") {
    std::mt19937_64 random(3);
    for (int round = 0; round < 100; ++round) {
        const std::size_t rows = 2 + random() % 12;
        Tables tables = row_of(rows);
        tables.groups.assign(rows, "g");
        for (std::size_t row = 0; row < rows; ++row) {
            tables.x_m[row] = static_cast<double>(random() % 9);
            tables.y_m[row] = static_cast<double>(random() % 9);
        }
        tables.x_m[random() % rows] = missing;
        const Town town = tables.town(Unlocated::group);
        std::vector<std::int64_t> x_um;
        std::vector<std::int64_t> y_um;
        std::uint32_t unlocated = 0;
        for (std::uint32_t row = 0; row < rows; ++row) {
            if (town.anchor_of()[row] != no_index) {
                unlocated = row;
                continue;
            }
            x_um.push_back(town.positions()[row].x_um);
            y_um.push_back(town.positions()[row].y_um);
        }
        std::sort(x_um.begin(), x_um.end());
        std::sort(y_um.begin(), y_um.end());
        const auto middle = [](const std::vector<std::int64_t>& values) {
            const std::size_t half = values.size() / 2;
            return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
        };
        const auto squared = [&](std::uint32_t row) {
            const std::int64_t dx = town.positions()[row].x_um - middle(x_um);
            const std::int64_t dy = town.positions()[row].y_um - middle(y_um);
            return dx * dx + dy * dy;
        };
        const std::uint32_t anchor = town.anchor_of()[unlocated];
        for (std::uint32_t row = 0; row < rows; ++row) {
            if (row == unlocated) continue;
            CHECK(squared(anchor) <= squared(row));
            if (squared(anchor) == squared(row)) CHECK(town.rank()[anchor] <= town.rank()[row]);
        }
    }
}
