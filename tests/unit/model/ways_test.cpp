#include <doctest/doctest.h>

#include "tables.hpp"

using namespace gridgov;
using test::field;
using test::Place;
using test::places;
using test::row_of;
using test::Tables;

namespace {

/// Four households on a line of 300 m and as many nodes beside them.
Tables with_ways(std::vector<std::string> u, std::vector<std::string> v,
                 std::vector<double> length_m) {
    Tables tables = row_of(4);
    tables.has_ways = true;
    tables.node_ids = {"n0", "n1", "n2", "n3"};
    tables.node_x_m = {0, 100, 200, 300};
    tables.node_y_m = {10, 10, 10, 10};
    tables.way_u = std::move(u);
    tables.way_v = std::move(v);
    tables.way_m = std::move(length_m);
    return tables;
}

}  // namespace

TEST_CASE("ways are by node row, without loops; of parallel ones the shortest, ties the first") {
    const Town town = with_ways({"n1", "n2", "n3", "n0", "n3", "n2"},
                                {"n0", "n2", "n2", "n1", "n2", "n3"}, {9, 1, 5, 7, 5, 6})
                          .town();
    REQUIRE(town.has_ways());
    REQUIRE(town.way_nodes().size() == 4);
    CHECK(town.way_nodes()[3] == Position{300'000'000, 10'000'000});
    REQUIRE(town.ways().size() == 2);
    CHECK(town.ways()[0].u == 3);
    CHECK(town.ways()[0].v == 2);
    CHECK(town.ways()[0].length_m == 5);
    CHECK(town.ways()[1].u == 0);
    CHECK(town.ways()[1].v == 1);
    CHECK(town.ways()[1].length_m == 7);
}

TEST_CASE("nodes without ways are ways without a walk") {
    const Town town = with_ways({}, {}, {}).town();
    CHECK(town.has_ways());
    CHECK(town.ways().empty());
}

TEST_CASE("unknown nodes and bad lengths are faults by row") {
    const auto faults = with_ways({"n0", "x", "n1", "n2"}, {"n1", "y", "n2", "n2"},
                                  {-1, 1, test::infinity, test::missing})
                            .faults();
    CHECK(places(faults) == std::vector<Place>{{Code::way_length_invalid, Table::ways, 0},
                                               {Code::way_unknown_node, Table::ways, 1},
                                               {Code::way_unknown_node, Table::ways, 1},
                                               {Code::way_length_invalid, Table::ways, 2},
                                               {Code::way_length_invalid, Table::ways, 3}});
    CHECK(faults[1].records == std::vector<std::string>{"x"});
}

TEST_CASE("nodes: ids that are empty, twice or in another encoding; coordinates not in the plane") {
    Tables tables = with_ways({"n0"}, {"n1"}, {1});
    tables.node_ids = {"n0", "n1", "", "\xFF", "n0", "n5", "n6", "n7"};
    tables.node_x_m = {0, 0, 0, 0, 0, test::missing, 1e9, 0};
    tables.node_y_m = {0, 0, 0, 0, 0, 0, 0, -test::infinity};
    const auto faults = tables.faults();
    CHECK(places(faults) ==
          std::vector<Place>{{Code::empty_id, Table::way_nodes, 2},
                             {Code::text_not_utf8, Table::way_nodes, 3},
                             {Code::way_node_duplicate_id, Table::way_nodes, 4},
                             {Code::coordinate_not_finite, Table::way_nodes, 5},
                             {Code::coordinate_out_of_range, Table::way_nodes, 6},
                             {Code::coordinate_not_finite, Table::way_nodes, 7}});
    CHECK(field(faults[2], "first_row") == "1");
    CHECK(message(faults[3], Language::en) ==
          "way node n5: x_m is nan; give a finite number of metres");
}

TEST_CASE("columns of ways of another length are faults") {
    Tables tables = with_ways({"n0", "n1"}, {"n1"}, {1});
    tables.node_y_m.pop_back();
    tables.node_x_m.clear();
    CHECK(places(tables.faults()) ==
          std::vector<Place>{{Code::column_length, Table::way_nodes, -1},
                             {Code::column_length, Table::way_nodes, -1},
                             {Code::column_length, Table::ways, -1},
                             {Code::column_length, Table::ways, -1}});
}

TEST_CASE("ways that lie elsewhere than the households are in another reference") {
    Tables tables = with_ways({"n0"}, {"n1"}, {1});
    for (double& y_m : tables.node_y_m) y_m += 3'500'000;
    const auto faults = tables.faults();
    REQUIRE(places(faults) == std::vector<Place>{{Code::layers_do_not_overlap, Table::ways, -1}});
    CHECK(field(faults[0], "layer_box") == "x 0–300 m, y 3500010–3500010 m");
    CHECK(message(faults[0], Language::zh).find("各图层应使用同一坐标系") != std::string::npos);

    // A straight way a little beside all households does not meet their box, and yet is theirs.
    for (double& y_m : tables.node_y_m) y_m = 450;
    CHECK(tables.faults().empty());
    for (double& y_m : tables.node_y_m) y_m = 501;
    CHECK(tables.faults().size() == 1);
}
