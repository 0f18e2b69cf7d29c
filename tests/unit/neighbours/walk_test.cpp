#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "floyd_warshall.hpp"
#include "gridgov/error.hpp"
#include "gridgov/neighbours/walk.hpp"

using namespace gridgov;
using neighbours::Edge;
using neighbours::Graph;
using neighbours::Walk;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
}

TEST_CASE("walk: a detour beats the long edge, a limit hides what lies beyond") {
    const std::vector<Edge> edges{{0, 1, 10}, {0, 2, 3}, {2, 1, 4}, {3, 4, 1}};
    const Graph graph = Graph::from_edges(5, edges);
    Walk walk(graph);
    const std::vector<std::uint32_t> targets{1, 0, 2, 4, 1};
    std::vector<double> out(targets.size());
    walk.distances_m(0, targets, out, infinity);
    CHECK(out == std::vector<double>{7, 0, 3, infinity, 7});
    walk.distances_m(0, targets, out, 6.5);
    CHECK(out == std::vector<double>{infinity, 0, 3, infinity, infinity});
    walk.distances_m(0, targets, out, 7);
    CHECK(out == std::vector<double>{7, 0, 3, infinity, 7});
    walk.distances_m(3, targets, out, infinity);
    CHECK(out == std::vector<double>{infinity, infinity, infinity, 1, infinity});
    walk.distances_m(0, targets, out, std::numeric_limits<double>::quiet_NaN());
    CHECK(out == std::vector<double>(targets.size(), infinity));
    walk.distances_m(0, {}, {}, infinity);
}

TEST_CASE("walk: mistakes are refused and leave the scratch clean") {
    const std::vector<Edge> edges{{0, 1, 1}};
    const Graph graph = Graph::from_edges(2, edges);
    Walk walk(graph);
    std::vector<double> out(1);
    const std::vector<std::uint32_t> good{1}, bad{2};
    CHECK_THROWS_AS(walk.distances_m(2, good, out, 1), UsageError);
    CHECK_THROWS_AS(walk.distances_m(0, bad, out, 1), UsageError);
    CHECK_THROWS_AS(walk.distances_m(0, good, {}, 1), UsageError);
    walk.distances_m(0, good, out, 1);
    CHECK(out[0] == 1);
}

TEST_CASE("walk: as Floyd and Warshall have it, again and again on one scratch") {
    std::mt19937_64 random(1);
    for (int round = 0; round < 50; ++round) {
        const std::size_t nodes = 2 + random() % 40;
        std::vector<Edge> edges;
        for (std::size_t i = random() % (3 * nodes); i > 0; --i)
            edges.push_back({static_cast<std::uint32_t>(random() % nodes),
                             static_cast<std::uint32_t>(random() % nodes),
                             static_cast<double>(random() % 1000)});
        const Graph graph = Graph::from_edges(nodes, edges);
        const auto expected = tests::floyd_warshall(graph);
        Walk walk(graph);
        for (std::uint32_t source = 0; source < nodes; ++source) {
            std::vector<std::uint32_t> targets;
            for (std::size_t i = random() % 5 + 1; i > 0; --i)
                targets.push_back(static_cast<std::uint32_t>(random() % nodes));
            const double limit_m = random() % 2 == 0 ? infinity : static_cast<double>(random() % 2000);
            std::vector<double> out(targets.size());
            walk.distances_m(source, targets, out, limit_m);
            for (std::size_t i = 0; i < targets.size(); ++i) {
                const double distance = expected[source][targets[i]];
                REQUIRE(out[i] == (distance <= limit_m ? distance : infinity));
            }
        }
    }
}
