#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tables.hpp"

using namespace gridgov;
using test::field;
using test::Place;
using test::places;
using test::row_of;
using test::Tables;

namespace {

Tables linked(std::vector<std::string> u, std::vector<std::string> v, std::vector<double> length_m) {
    Tables tables = row_of(4);
    tables.has_links = true;
    tables.link_u = std::move(u);
    tables.link_v = std::move(v);
    tables.link_m = std::move(length_m);
    return tables;
}

}  // namespace

TEST_CASE("links are by row, the smaller first, sorted") {
    const Town town = linked({"d", "b", "a"}, {"a", "a", "c"}, {1.5, 0, 7}).town();
    REQUIRE(town.has_links());
    REQUIRE(town.links().size() == 3);
    const auto is = [](Town::Link link, std::uint32_t u, std::uint32_t v, double length_m) {
        return link.u == u && link.v == v && link.length_m == length_m;
    };
    CHECK(is(town.links()[0], 0, 1, 0));
    CHECK(is(town.links()[1], 0, 2, 7));
    CHECK(is(town.links()[2], 0, 3, 1.5));
}

TEST_CASE("a length of minus zero is zero") {
    const Town town = linked({"a"}, {"b"}, {-0.0}).town();
    CHECK_FALSE(std::signbit(town.links()[0].length_m));
}

TEST_CASE("a table of links without rows is a graph without links") {
    const Town town = linked({}, {}, {}).town();
    CHECK(town.has_links());
    CHECK(town.links().empty());
}

TEST_CASE("without ids, links name row numbers") {
    Tables tables = linked({"0", "01"}, {"3", "2"}, {1, 1});
    tables.ids.clear();
    const auto faults = tables.faults();
    REQUIRE(places(faults) == std::vector<Place>{{Code::link_unknown_household, Table::links, 1}});
    CHECK(faults[0].records == std::vector<std::string>{"01"});
    tables.link_u[1] = "1";
    CHECK(tables.town().links()[1].u == 1);
}

TEST_CASE("unknown ids, self-links, duplicates and bad lengths are faults by row") {
    const auto faults = linked({"a", "b", "c", "x", "b", "a", "c", "c", "a"},
                               {"b", "b", "y", "z", "a", "b", "d", "a", "d"},
                               {1, 1, 1, 1, 1, 1, -1, test::missing, test::infinity})
                            .faults();
    CHECK(places(faults) == std::vector<Place>{{Code::link_to_itself, Table::links, 1},
                                               {Code::link_unknown_household, Table::links, 2},
                                               {Code::link_unknown_household, Table::links, 3},
                                               {Code::link_unknown_household, Table::links, 3},
                                               {Code::link_duplicate, Table::links, 4},
                                               {Code::link_duplicate, Table::links, 5},
                                               {Code::link_length_invalid, Table::links, 6},
                                               {Code::link_length_invalid, Table::links, 7},
                                               {Code::link_length_invalid, Table::links, 8}});
    CHECK(faults[1].records == std::vector<std::string>{"y"});
    CHECK(faults[2].records == std::vector<std::string>{"x"});
    CHECK(faults[3].records == std::vector<std::string>{"z"});
    CHECK(faults[4].records == std::vector<std::string>{"b", "a"});
    CHECK(field(faults[4], "first_row") == "1");
    CHECK(field(faults[5], "first_row") == "1");
    CHECK(field(faults[6], "length_m") == "-1");
    CHECK(field(faults[7], "length_m") == "nan");
    CHECK(message(faults[1], Language::en) ==
          "link c to y: there is no household y; use ids of the table of households, or leave the "
          "link out");
}

TEST_CASE("the same link twice with another length is still a duplicate") {
    CHECK(places(linked({"a", "b"}, {"b", "a"}, {1, 2}).faults()) ==
          std::vector<Place>{{Code::link_duplicate, Table::links, 1}});
}

TEST_CASE("columns of links of another length are faults") {
    CHECK(places(linked({"a", "b"}, {"b"}, {1}).faults()) ==
          std::vector<Place>{{Code::column_length, Table::links, -1},
                             {Code::column_length, Table::links, -1}});
    const auto faults = linked({"a", "x"}, {"b", "b"}, {}).faults();
    CHECK(places(faults) == std::vector<Place>{{Code::column_length, Table::links, -1},
                                               {Code::link_unknown_household, Table::links, 1}});
}

TEST_CASE("ids of links in another encoding are unknown, and shown readably") {
    const auto faults = linked({"a"}, {"\xB4\xE5"}, {1}).faults();
    REQUIRE(places(faults) == std::vector<Place>{{Code::link_unknown_household, Table::links, 0}});
    CHECK(faults[0].records == std::vector<std::string>{"\\xB4\\xE5"});
}

TEST_CASE("property: every link is found whatever the ids, and no other") {
    std::mt19937_64 random(5);
    for (int round = 0; round < 50; ++round) {
        const std::size_t rows = 2 + random() % 200;
        Tables tables;
        for (std::size_t row = 0; row < rows; ++row) {
            tables.x_m.push_back(0);
            tables.y_m.push_back(0);
            tables.ids.push_back("id" + std::to_string(row * 7919 % 100'003));
        }
        tables.has_links = true;
        std::set<std::pair<std::uint32_t, std::uint32_t>> wanted;
        for (std::size_t i = 0; i < 2 * rows; ++i) {
            const auto u = static_cast<std::uint32_t>(random() % rows);
            const auto v = static_cast<std::uint32_t>(random() % rows);
            if (u == v || !wanted.emplace(std::min(u, v), std::max(u, v)).second) continue;
            tables.link_u.push_back(tables.ids[u]);
            tables.link_v.push_back(tables.ids[v]);
            tables.link_m.push_back(static_cast<double>(u) * 1000 + v);
        }
        const Town town = tables.town();
        std::set<std::pair<std::uint32_t, std::uint32_t>> got;
        for (const Town::Link link : town.links()) {
            got.emplace(link.u, link.v);
            const bool either = link.length_m == link.u * 1000.0 + link.v ||
                                link.length_m == link.v * 1000.0 + link.u;
            CHECK(either);
        }
        CHECK(got == wanted);
    }
}
