#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "tables.hpp"

using namespace gridgov;
using test::field;
using test::Place;
using test::places;
using test::row_of;
using test::Tables;

TEST_CASE("a town has its columns as given") {
    Tables tables;
    tables.x_m = {0, 1.5, -2.25, 1e8};
    tables.y_m = {0, 0.0000004, 7, -1e8};
    tables.ids = {"b", "a", "10", "9"};
    tables.weights = {1, 0.1, 2.5, 1e9};
    tables.villages = {"南山", "北山", "南山", "南山"};
    tables.may_be_head = {0, 1, 2, 255};
    tables.pins = {"p", "", "p", ""};
    tables.groups = {"一组", "一组", "", "二组"};
    tables.previous = {"C1", "", "C2", "C1"};
    const Town town = tables.town();

    CHECK(town.households() == 4);
    CHECK(town.positions()[1] == Position{1'500'000, 0});
    CHECK(town.positions()[2] == Position{-2'250'000, 7'000'000});
    CHECK(town.positions()[3] == Position{100'000'000'000'000, -100'000'000'000'000});
    CHECK(town.weights()[1].millionths == 100'000);
    CHECK(town.weights()[3].millionths == 1'000'000'000'000'000);

    // Byte order: "10" < "9" < "a" < "b".
    CHECK(std::vector(town.rank().begin(), town.rank().end()) ==
          std::vector<std::uint32_t>{3, 2, 0, 1});
    for (std::uint32_t row = 0; row < 4; ++row) {
        CHECK(town.id(HouseholdIndex(row)) == tables.ids[row]);
        CHECK(town.find(tables.ids[row]).value == row);
    }
    for (const char* unknown : {"", "0", "1", "100", "c", "aa", "A"})
        CHECK_FALSE(town.find(unknown).exists());

    CHECK(town.villages() == 2);  // 北 (E5 8C 97) before 南 (E5 8D 97)
    CHECK(town.village_name(VillageIndex(0)) == "北山");
    CHECK(std::vector(town.village_of().begin(), town.village_of().end()) ==
          std::vector<std::uint32_t>{1, 0, 1, 1});
    CHECK(std::vector(town.may_be_head().begin(), town.may_be_head().end()) ==
          std::vector<std::uint8_t>{0, 1, 1, 1});
    CHECK(town.pins() == 1);
    CHECK(town.pin_name(0) == "p");
    CHECK(std::vector(town.pin_of().begin(), town.pin_of().end()) ==
          std::vector<std::uint32_t>{0, no_index, 0, no_index});
    // 一组 of 北山 and 一组 of 南山 are two groups; 一 (E4 B8 80) before 二 (E4 BA 8C).
    CHECK(town.groups() == 3);
    CHECK(town.group_name(0) == "一组");
    CHECK(town.group_name(1) == "一组");
    CHECK(town.group_name(2) == "二组");
    CHECK(std::vector(town.group_of().begin(), town.group_of().end()) ==
          std::vector<std::uint32_t>{1, 0, no_index, 2});
    CHECK(town.previous_courtyards() == 2);
    CHECK(town.previous_name(1) == "C2");
    CHECK(std::vector(town.previous_of().begin(), town.previous_of().end()) ==
          std::vector<std::uint32_t>{0, no_index, 1, 0});
    CHECK(town.anchor_of().empty());
    CHECK_FALSE(town.has_links());
    CHECK_FALSE(town.has_ways());
    CHECK(town.barriers().empty());
}

TEST_CASE("absent columns have their defaults") {
    Tables tables;
    tables.x_m = {0, 1, 2};
    tables.y_m = {0, 1, 2};
    const Town town = tables.town();
    CHECK(town.id(HouseholdIndex(2)) == "2");
    CHECK(town.find("2").value == 2);
    for (const char* unknown : {"", "3", "02", "-1", "+1", " 1", "1 ", "4294967296", "x"})
        CHECK_FALSE(town.find(unknown).exists());
    CHECK(town.rank()[2] == 2);
    CHECK(town.weights()[0] == weight_from_number(1));
    CHECK(town.villages() == 1);
    CHECK(town.village_name(VillageIndex(0)) == "all");
    CHECK(town.may_be_head()[1] == 1);
    CHECK(town.pin_of().empty());
    CHECK(town.pins() == 0);
    CHECK(town.group_of().empty());
    CHECK(town.previous_of().empty());
}

TEST_CASE("a copy of a town shares what it holds") {
    const Town town = row_of(3).town();
    const Town copy = town;  // NOLINT: the copy is the point
    CHECK(copy.positions().data() == town.positions().data());
}

TEST_CASE("a town outlives the columns that it was made from") {
    std::optional<Town> town;
    {
        Tables tables = row_of(3);
        tables.villages = {"a village with a long name", "a village with a long name", "w"};
        town = tables.town();
    }
    CHECK(town->id(HouseholdIndex(1)) == "b");
    CHECK(town->village_name(VillageIndex(0)) == "a village with a long name");
}

TEST_CASE("text columns in Arrow's layout and as views read the same") {
    const std::string bytes = "bav";
    const std::vector<std::int64_t> offsets{0, 1, 2, 3};
    const std::vector<std::string_view> views{"b", "a", "v"};
    const std::vector<double> zero{0, 0, 0};
    TownColumns columns;
    columns.households.x_m = columns.households.y_m = zero;
    columns.households.ids = TextColumn(bytes.data(), offsets);
    const Town arrow = Town::make(columns);
    columns.households.ids = std::span<const std::string_view>(views);
    const Town viewed = Town::make(columns);
    for (std::uint32_t row = 0; row < 3; ++row) {
        CHECK(arrow.id(HouseholdIndex(row)) == viewed.id(HouseholdIndex(row)));
        CHECK(arrow.rank()[row] == viewed.rank()[row]);
    }
}

TEST_CASE("no households is a fault") {
    CHECK(places(Tables{}.faults()) ==
          std::vector<Place>{{Code::no_households, Table::households, -1}});
    CHECK_THROWS_AS((void)Town::make({}), DataError);
}

TEST_CASE("columns of another length are faults and are not read") {
    Tables tables = row_of(3);
    tables.y_m.pop_back();
    tables.ids.push_back("d");
    tables.weights = {-1};
    tables.villages = {"", ""};
    tables.may_be_head = {1};
    tables.pins = {"a"};
    tables.groups = {"a"};
    tables.previous = {"a"};
    const auto faults = tables.faults();
    REQUIRE(faults.size() == 8);
    for (const Finding& fault : faults) {
        CHECK(fault.code == Code::column_length);
        CHECK(fault.table == Table::households);
        CHECK(field(fault, "expected") == "3");
    }
    CHECK(field(faults[0], "column") == "y_m");
    CHECK(field(faults[0], "length") == "2");
    CHECK(field(faults[1], "column") == "id");
}

TEST_CASE("ids: duplicates name both rows; empty ones and other encodings are faults") {
    Tables tables = row_of(7);
    tables.ids = {"x", "", "y", "x", "\xB4\xE5", "x", ""};  // GB18030 for 村
    const auto faults = tables.faults();
    CHECK(places(faults) == std::vector<Place>{{Code::empty_id, Table::households, 1},
                                               {Code::duplicate_id, Table::households, 3},
                                               {Code::text_not_utf8, Table::households, 4},
                                               {Code::duplicate_id, Table::households, 5},
                                               {Code::empty_id, Table::households, 6}});
    CHECK(faults[1].records == std::vector<std::string>{"x"});
    CHECK(field(faults[1], "first_row") == "1");
    CHECK(field(faults[3], "first_row") == "1");
    CHECK(faults[2].records == std::vector<std::string>{"\\xB4\\xE5"});
    CHECK(message(faults[0], Language::en) ==
          "household (row 2): the id is empty; give every row an id");
}

TEST_CASE("coordinates: not finite or too far is a fault, once a household") {
    Tables tables = row_of(6);
    tables.x_m = {test::infinity, 1e308, 0, test::missing, 1e8, -100'000'000.1};
    tables.y_m = {1e308, -test::infinity, 1e308, -test::infinity, -1e8, 0};
    const auto faults = tables.faults();
    CHECK(places(faults) ==
          std::vector<Place>{{Code::coordinate_not_finite, Table::households, 0},
                             {Code::coordinate_not_finite, Table::households, 1},
                             {Code::coordinate_out_of_range, Table::households, 2},
                             {Code::coordinate_not_finite, Table::households, 3},
                             {Code::coordinate_out_of_range, Table::households, 5}});
    CHECK(field(faults[0], "axis") == "x_m");
    CHECK(field(faults[1], "axis") == "y_m");
    CHECK(field(faults[1], "value") == "-inf");
    CHECK(field(faults[2], "value") == "1e+308");
    CHECK(field(faults[2], "limit") == "100000000");
}

TEST_CASE("the sign of zero does not matter") {
    Tables tables = row_of(2);
    tables.x_m = {-0.0, 0.0};
    tables.y_m = {0.0, -0.0};
    const Town town = tables.town();
    CHECK(town.positions()[0] == town.positions()[1]);
}

TEST_CASE("weights: finite, above 0 and not beyond the limits") {
    Tables tables = row_of(8);
    tables.weights = {1, 0, -0.0, -3, test::missing, test::infinity, 1e308, 1e-300};
    const auto faults = tables.faults();
    CHECK(places(faults) == std::vector<Place>{{Code::weight_not_positive, Table::households, 1},
                                               {Code::weight_not_positive, Table::households, 2},
                                               {Code::weight_not_positive, Table::households, 3},
                                               {Code::weight_not_positive, Table::households, 4},
                                               {Code::weight_too_large, Table::households, 5},
                                               {Code::weight_too_large, Table::households, 6}});
    CHECK(message(faults[2], Language::en) ==
          "household d: weight -3 is not above 0; give a finite number above 0");
    CHECK(field(faults[5], "weight") == "1e+308");
    tables.weights = {1, 1, 1, 1, 1, 1, 1, 1e-300};
    CHECK(tables.town().weights()[7].millionths == 1);
}

TEST_CASE("a town that weighs too much to add up is a fault") {
    Tables tables;
    tables.x_m.assign(1001, 0);
    tables.y_m.assign(1001, 0);
    tables.weights.assign(1001, 1e9);
    CHECK(places(tables.faults()) ==
          std::vector<Place>{{Code::town_weight_too_large, Table::households, -1}});
    tables.x_m.pop_back();
    tables.y_m.pop_back();
    tables.weights.pop_back();
    CHECK(tables.faults().empty());
}

TEST_CASE("an empty village cell is a fault") {
    Tables tables = row_of(3);
    tables.villages = {"v", "", "v"};
    const auto faults = tables.faults();
    CHECK(places(faults) == std::vector<Place>{{Code::empty_village, Table::households, 1}});
    CHECK(faults[0].records == std::vector<std::string>{"b"});
}

TEST_CASE("a pin across villages is one fault that names a household of each") {
    Tables tables = row_of(6);
    tables.villages = {"v", "v", "w", "u", "v", "w"};
    tables.pins = {"", "p", "q", "p", "p", "p"};
    const auto faults = tables.faults();
    REQUIRE(places(faults) ==
            std::vector<Place>{{Code::pin_across_villages, Table::households, 1}});
    CHECK(faults[0].records == std::vector<std::string>{"b", "d", "f"});
    CHECK(field(faults[0], "pin") == "p");
    CHECK(field(faults[0], "villages") == "v, u, w");
}

TEST_CASE("names in another encoding are a fault a row and column") {
    Tables tables = row_of(2);
    tables.villages = {"\xFF", "\xFF"};
    tables.pins = {"", "\xC0\x80"};
    tables.groups = {"\xED\xA0\x80", ""};
    tables.previous = {"ok", "\xF5\x80\x80\x80"};
    CHECK(places(tables.faults()) ==
          std::vector<Place>{{Code::text_not_utf8, Table::households, 0},
                             {Code::text_not_utf8, Table::households, 0},
                             {Code::text_not_utf8, Table::households, 1},
                             {Code::text_not_utf8, Table::households, 1},
                             {Code::text_not_utf8, Table::households, 1}});
}

TEST_CASE("all faults of all tables are found, in the order of tables and rows") {
    Tables tables = row_of(4);
    tables.ids[3] = "a";
    tables.weights = {1, -1, 1, 1};
    tables.villages = {"v", "v", "", "v"};
    tables.x_m[1] = test::infinity;
    tables.has_links = true;
    tables.link_u = {"a", "b"};
    tables.link_v = {"zz", "b"};
    tables.link_m = {1, -1};
    tables.has_ways = true;
    tables.node_ids = {"1", "1"};
    tables.node_x_m = {0, test::missing};
    tables.node_y_m = {0, 0};
    tables.way_u = {"1"};
    tables.way_v = {"3"};
    tables.way_m = {5};
    tables.barrier_offsets = {0, 1};
    tables.barrier_x_m = {0};
    tables.barrier_y_m = {0};
    const auto checked = Town::check(tables.columns());
    CHECK_FALSE(checked.town.has_value());
    CHECK(places(checked.findings) ==
          std::vector<Place>{{Code::weight_not_positive, Table::households, 1},
                             {Code::coordinate_not_finite, Table::households, 1},
                             {Code::empty_village, Table::households, 2},
                             {Code::duplicate_id, Table::households, 3},
                             {Code::link_unknown_household, Table::links, 0},
                             {Code::link_length_invalid, Table::links, 1},
                             {Code::link_to_itself, Table::links, 1},
                             {Code::way_node_duplicate_id, Table::way_nodes, 1},
                             {Code::coordinate_not_finite, Table::way_nodes, 1},
                             {Code::way_unknown_node, Table::ways, 0},
                             {Code::barrier_too_short, Table::barriers, 0}});
    try {
        (void)tables.town();
        FAIL("a town was made of faults");
    } catch (const DataError& error) {
        CHECK(error.findings() == checked.findings);
    }
}

TEST_CASE("too many rows are refused before any is read") {
    const double one = 0;
    TownColumns columns;
    columns.households.x_m = {&one, std::size_t{2'147'483'648}};  // never read
    columns.households.y_m = {&one, std::size_t{2'147'483'648}};
    CHECK(places(Town::check(columns).findings) ==
          std::vector<Place>{{Code::too_many_households, Table::households, -1}});
}

TEST_CASE("property: ranks order ids by bytes, every id is found, whatever the ids") {
    std::mt19937_64 random(7);
    for (int round = 0; round < 200; ++round) {
        const std::size_t rows = 1 + random() % 60;
        const std::string prefix(random() % 12, 'p');
        Tables tables;
        for (std::size_t row = 0; row < rows; ++row) {
            tables.x_m.push_back(0);
            tables.y_m.push_back(0);
            // Ids that start alike, contain NUL and differ late: what a key of 8 bytes gets wrong.
            std::string id = prefix + "x";
            for (std::size_t i = random() % 14; i-- > 0;) id += "\0ab"[random() % 3];
            tables.ids.push_back(id);
        }
        std::vector<std::string> sorted = tables.ids;
        std::sort(sorted.begin(), sorted.end());
        const bool is_unique = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
        const auto checked = Town::check(tables.columns());
        REQUIRE(checked.town.has_value() == is_unique);
        if (!is_unique) {
            sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
            CHECK(checked.findings.size() == rows - sorted.size());
            continue;
        }
        for (std::uint32_t row = 0; row < rows; ++row) {
            CHECK(sorted[checked.town->rank()[row]] == tables.ids[row]);
            CHECK(checked.town->find(tables.ids[row]).value == row);
            CHECK(checked.town->id(HouseholdIndex(row)) == tables.ids[row]);
        }
        CHECK_FALSE(checked.town->find(prefix).exists());
    }
}

TEST_CASE("property: the order of rows changes nothing but the numbering of rows") {
    std::mt19937_64 random(11);
    Tables tables;
    const std::size_t rows = 40;
    for (std::size_t row = 0; row < rows; ++row) {
        tables.x_m.push_back(static_cast<double>(random() % 1000));
        tables.y_m.push_back(static_cast<double>(random() % 1000));
        tables.ids.push_back("h" + std::to_string(row));
        tables.villages.push_back("v" + std::to_string(random() % 3));
        tables.groups.push_back(random() % 4 == 0 ? "" : "g" + std::to_string(random() % 3));
    }
    std::vector<std::size_t> order(rows);
    std::iota(order.begin(), order.end(), 0U);
    std::shuffle(order.begin(), order.end(), random);
    Tables shuffled;
    for (const std::size_t row : order) {
        shuffled.x_m.push_back(tables.x_m[row]);
        shuffled.y_m.push_back(tables.y_m[row]);
        shuffled.ids.push_back(tables.ids[row]);
        shuffled.villages.push_back(tables.villages[row]);
        shuffled.groups.push_back(tables.groups[row]);
    }
    const Town a = tables.town();
    const Town b = shuffled.town();
    REQUIRE(a.groups() == b.groups());
    for (std::size_t i = 0; i < rows; ++i) {
        CHECK(b.rank()[i] == a.rank()[order[i]]);
        CHECK(b.village_of()[i] == a.village_of()[order[i]]);
        CHECK(b.group_of()[i] == a.group_of()[order[i]]);
        CHECK(b.positions()[i] == a.positions()[order[i]]);
    }
}
