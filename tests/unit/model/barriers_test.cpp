#include <doctest/doctest.h>

#include "tables.hpp"

using namespace gridgov;
using test::field;
using test::Place;
using test::places;
using test::row_of;
using test::Tables;

namespace {

Tables with_barriers(std::vector<std::int64_t> offsets, std::vector<double> x_m,
                     std::vector<double> y_m, std::vector<std::uint8_t> passable = {}) {
    Tables tables = row_of(4);
    tables.barrier_offsets = std::move(offsets);
    tables.barrier_x_m = std::move(x_m);
    tables.barrier_y_m = std::move(y_m);
    tables.barrier_passable = std::move(passable);
    return tables;
}

}  // namespace

TEST_CASE("barriers are the segments of the lines that cut") {
    const Town town = with_barriers({0, 3, 5, 8}, {0, 10, 10, 5, 6, 1, 1, 2},
                                    {-5, -5, 5, 0, 0, 1, 1, 1}, {0, 1, 0})
                          .town();
    REQUIRE(town.barriers().size() == 3);  // the second line is a bridge; a step of 0 m is no step
    CHECK(town.barriers()[0].from == Position{0, -5'000'000});
    CHECK(town.barriers()[0].to == Position{10'000'000, -5'000'000});
    CHECK(town.barriers()[1].from == town.barriers()[0].to);
    CHECK(town.barriers()[2].from == Position{1'000'000, 1'000'000});
    CHECK(town.barriers()[2].to == Position{2'000'000, 1'000'000});
}

TEST_CASE("a table of barriers without lines cuts nothing") {
    CHECK(with_barriers({0}, {}, {}).town().barriers().empty());
}

TEST_CASE("lines that are too short or not in the plane are faults, one a line and kind") {
    const auto faults =
        with_barriers({0, 1, 1, 4, 6}, {0, 0, test::missing, test::infinity, 0, 1e12},
                      {0, 0, 0, 0, 0, 0}, {0, 1, 0, 0})
            .faults();
    CHECK(places(faults) ==
          std::vector<Place>{{Code::barrier_too_short, Table::barriers, 0},
                             {Code::barrier_too_short, Table::barriers, 1},
                             {Code::coordinate_not_finite, Table::barriers, 2},
                             {Code::coordinate_out_of_range, Table::barriers, 3}});
    CHECK(field(faults[0], "vertices") == "1");
    CHECK(field(faults[1], "vertices") == "0");
    CHECK(field(faults[2], "vertex") == "2");
    CHECK(message(faults[0], Language::en) ==
          "barrier (row 1): a line of 1 vertex; give at least 2");
}

TEST_CASE("offsets that descend, start below 0 or end beyond the vertices are faults") {
    const std::vector<Place> fault{{Code::barrier_offsets_invalid, Table::barriers, -1}};
    CHECK(places(with_barriers({0, 2, 1}, {0, 1}, {0, 1}).faults()) == fault);
    CHECK(places(with_barriers({-2, 0}, {0, 1}, {0, 1}).faults()) == fault);
    CHECK(places(with_barriers({0, 3}, {0, 1}, {0, 1}).faults()) == fault);
    CHECK(places(with_barriers({0, 1'000'000'000'000'000'000, 2}, {0, 1}, {0, 1}).faults()) ==
          fault);
}

TEST_CASE("columns of barriers of another length are faults") {
    CHECK(places(with_barriers({0, 2}, {0, 1}, {0}, {1, 1}).faults()) ==
          std::vector<Place>{{Code::column_length, Table::barriers, -1},
                             {Code::column_length, Table::barriers, -1}});
}

TEST_CASE("barriers far beyond the town are in another reference, a river nearby is not") {
    CHECK(with_barriers({0, 2}, {5000, 9000}, {0, 0}).faults().empty());
    const std::vector<Place> fault{{Code::layers_do_not_overlap, Table::barriers, -1}};
    CHECK(places(with_barriers({0, 2}, {11'000, 12'000}, {0, 0}).faults()) == fault);
    CHECK(places(with_barriers({0, 2}, {108.5, 108.6}, {-3e6, -3e6}).faults()) == fault);
}
