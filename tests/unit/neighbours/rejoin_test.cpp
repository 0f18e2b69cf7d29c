// Links around barriers: whom cutting strands is joined to somebody in sight.
#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gridgov/neighbours/neighbours.hpp"
#include "neighbours/barriers.hpp"
#include "neighbours/predicates.hpp"
#include "small_town.hpp"

using namespace gridgov;
using namespace gridgov::neighbours;

namespace {

/// Whether two links properly cross (no common end).
bool cross(const Town& town, const Edge& one, const Edge& other) {
    if (one.u == other.u || one.u == other.v || one.v == other.u || one.v == other.v) return false;
    const auto place = [&](std::uint32_t row) { return place_of(town.positions()[row]); };
    const auto sides = [&](const Edge& line, const Edge& ends) {
        return orientation(place(line.u), place(line.v), place(ends.u)) *
               orientation(place(line.u), place(line.v), place(ends.v));
    };
    return sides(one, other) < 0 && sides(other, one) < 0;
}

}  // namespace

TEST_CASE("rejoin: two houses between two rivers find each other past the houses on the banks") {
    // The banks are full: all nearest neighbours of a and b live across the water.
    tests::SmallTown small;
    small.household("a", 0, 0).household("b", 100, 0);
    for (int i = 0; i <= 10; ++i) {
        small.household("n" + std::to_string(10 + i), 10.0 * i, 9);
        small.household("s" + std::to_string(10 + i), 10.0 * i, -9);
    }
    small.barrier({-500, 5, 500, 5}).barrier({-500, -5, 500, -5});
    const Town town = small.make();
    const Neighbours result = build(town);
    CHECK(result.components.count == 3);  // north bank, between, south bank
    CHECK(result.components.component_of[0] == result.components.component_of[1]);
    REQUIRE(result.graph.neighbours(0).size() == 1);
    CHECK(result.graph.neighbours(0)[0] == 1);
    CHECK(result.graph.neighbour_lengths_m(0)[0] == 100.0);
    // A house wholly walled in stays alone.
    tests::SmallTown walled;
    walled.household("in", 0, 0).household("out", 50, 0).household("far", 90, 10);
    walled.barrier({-5, -5, 5, -5, 5, 5, -5, 5, -5, -5});
    CHECK(build(walled.make()).components.count == 2);
}

TEST_CASE("property: after rejoining no link crosses a barrier or another link") {
    std::mt19937 random(3);
    const auto below = [&](int bound) { return static_cast<int>(random() % static_cast<unsigned>(bound)); };
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        tests::SmallTown small;
        const int households = 3 + below(25);
        const int size = round % 2 == 0 ? 12 : 1000;  // a lattice: collinear cases; or general
        for (int i = 0; i < households; ++i) {
            const int x = below(size), y = below(size);  // in this order anywhere
            small.household("h" + std::to_string(100 + i), x, y);
        }
        for (int b = below(6); b >= 0; --b)
            small.barrier({double(below(size)), double(below(size)), double(below(size)),
                           double(below(size)), double(below(size)), double(below(size))});
        const Town town = small.make();
        const Neighbours result = build(town);
        const Barriers barriers(town.barriers());
        const std::vector<Edge> links = result.graph.edge_list();
        for (std::size_t i = 0; i < links.size(); ++i) {
            CHECK_FALSE(barriers.cut(town.positions()[links[i].u], town.positions()[links[i].v]));
            for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(cross(town, links[i], links[j]));
        }
        // Whoever is still apart sees nobody past barriers and links.
        for (std::uint32_t u = 0; u < town.households(); ++u)
            for (std::uint32_t v = 0; v < u; ++v) {
                if (result.components.component_of[u] == result.components.component_of[v] ||
                    barriers.cut(town.positions()[u], town.positions()[v]))
                    continue;
                bool blocked = false;
                for (const Edge& link : links) blocked = blocked || cross(town, {v, u, 0}, link);
                for (std::uint32_t w = 0; w < town.households() && !blocked; ++w) {
                    const Place a = place_of(town.positions()[u]), b = place_of(town.positions()[v]);
                    const Place c = place_of(town.positions()[w]);
                    blocked = w != u && w != v && orientation(a, b, c) == 0 &&
                              (c.x - a.x) * (c.x - b.x) + (c.y - a.y) * (c.y - b.y) <= 0;
                }
                CHECK(blocked);
            }
    }
}
