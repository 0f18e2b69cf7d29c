#include <doctest/doctest.h>

#include "gridgov/error.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "small_town.hpp"

using namespace gridgov;
using neighbours::Edge;
using neighbours::from_links;
using neighbours::Neighbours;
using tests::SmallTown;

using Edges = std::vector<Edge>;

TEST_CASE("from_links: as given, but across villages, barriers and the limit") {
    SmallTown town;
    town.household("a", 0, 0).household("b", 10, 0).household("c", 20, 0).household("d", 0, 9);
    town.household("e", 5, 5, "other").household("f", 9, 9);
    town.link("a", "b", 12).link("b", "c", 3).link("a", "e", 1).link("d", "a", 9);
    town.barrier({15, -1, 15, 1});
    const Neighbours result = from_links(town.make());
    CHECK(result.source == neighbours::Source::links);
    CHECK(result.graph.edge_list() == Edges{{0, 1, 12}, {0, 3, 9}});
    CHECK(result.components.count == 4);
    REQUIRE(result.findings.size() == 2);
    CHECK(result.findings[0].code == Code::link_across_villages);
    CHECK(result.findings[0].fields[0].second == "1");
    CHECK(result.findings[1].code == Code::households_without_neighbour);
    CHECK(result.findings[1].records == std::vector<std::string>{"c", "e", "f"});
    CHECK(from_links(town.make(), {9.5}).graph.edge_list() == Edges{{0, 3, 9}});
    CHECK(neighbours::build(town.make()).source == neighbours::Source::links);
    CHECK_THROWS_AS(from_links(town.make(), {0.0}), UsageError);
}

TEST_CASE("from_links: an unlocated household keeps its links and has its anchor's") {
    SmallTown town;
    town.household("a", 0, 0, "v", "g").household("b", 10, 0).unlocated("x", "g");
    town.link("b", "x", 4).link("a", "b", 10);
    town.barrier({5, -1, 5, 1});
    // What lies between b and x is not known; between a and b it is the barrier.
    CHECK(from_links(town.make()).graph.edge_list() == Edges{{0, 2, 0}, {1, 2, 4}});
}
