#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "../neighbours/floyd_warshall.hpp"
#include "gridgov/gridgov.hpp"
#include "partition/walk_distance.hpp"
#include "partition/walk_network.hpp"

using namespace gridgov;
using namespace gridgov::partition;
using neighbours::Edge;
using neighbours::Graph;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Only what distances look at.
Component of_households(std::vector<std::uint32_t> rows) {
    Component component;
    component.row = std::move(rows);
    return component;
}

/// A map of ways at random: streets of a few links each between junctions, parallel ones, rounds, dead
/// ends and pieces apart among them; then households on or beside some of its nodes.
struct RandomMap {
    std::vector<std::uint32_t> households;
    Graph graph;

    RandomMap(std::mt19937_64& random, bool whole_lengths) {
        std::vector<Edge> edges;
        const auto below = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random() % n); };
        const auto length_m = [&] {
            return whole_lengths ? below(1000) : static_cast<double>(random() >> 11) * 0x1p-45;
        };
        const std::uint32_t junctions = 1 + below(8);
        std::uint32_t nodes = junctions;
        for (std::uint32_t street = below(14); street > 0; --street) {
            std::uint32_t at = below(junctions);
            for (std::uint32_t i = below(6); i > 0; --i) {
                edges.push_back({at, nodes, length_m()});
                at = nodes++;
            }
            if (below(4) != 0) edges.push_back({at, below(junctions), length_m()});
        }
        const std::uint32_t places = nodes;
        for (std::uint32_t i = 1 + below(20); i > 0; --i) {
            if (below(4) == 0) {
                households.push_back(below(places));
                continue;
            }
            households.push_back(nodes);
            // Beside the way, seldom beside another household; one in ten at the end of nowhere.
            const std::uint32_t beside = below(10) == 0 ? below(nodes) : below(places);
            if (below(10) != 0) edges.push_back({beside, nodes, below(3) == 0 ? 0 : length_m()});
            ++nodes;
        }
        std::sort(households.begin(), households.end());
        households.erase(std::unique(households.begin(), households.end()), households.end());
        std::shuffle(households.begin(), households.end(), random);
        graph = Graph::from_edges(nodes, edges);
    }
};

}  // namespace

TEST_CASE("walk distance: what is between two junctions is one street, and dead ends are gone") {
    // A long street of shape, a household in the middle; at one end a fork with a cul-de-sac that
    // nobody lives in and a round where somebody does.
    std::vector<Edge> edges;
    for (std::uint32_t i = 0; i < 1000; ++i) edges.push_back({i, i + 1, 1});
    edges.push_back({1000, 1001, 5});  // nobody there
    edges.push_back({1000, 1002, 1});
    edges.push_back({1002, 1003, 2});
    edges.push_back({1003, 1004, 3});
    edges.push_back({1004, 1000, 10});
    edges.push_back({1003, 1005, 7});  // lives beside 1003
    const Graph graph = Graph::from_edges(1006, edges);
    const std::vector<std::uint32_t> households{0, 500, 1005};
    const WalkNetwork network(graph, households);
    CHECK(network.junctions() == 1);
    WalkSearch search(network);
    const Component component = of_households(households);
    WalkDistance distance(component, search);
    CHECK(distance(0, 1) == 500e6);
    CHECK(distance(0, 2) == 1010e6);
    CHECK(distance(2, 1) == 510e6);
    CHECK(distance(2, 2) == 0);
}

TEST_CASE("walk distance: as Floyd and Warshall have it, whatever is asked for first") {
    std::mt19937_64 random(7);
    for (int round = 0; round < 400; ++round) {
        const RandomMap map(random, round % 2 == 0);
        const auto expected_m = tests::floyd_warshall(map.graph);
        const WalkNetwork network(map.graph, map.households);
        WalkSearch search(network);
        // All of them, then only some, by other numbers: the scratch is the same.
        for (const std::size_t share : {1U, 2U}) {
            const Component component = of_households(
                {map.households.begin(),
                 map.households.begin() +
                     static_cast<std::ptrdiff_t>((map.households.size() + share - 1) / share)});
            const auto count = static_cast<std::uint32_t>(component.households());
            const auto check = [&](std::uint32_t a, std::uint32_t b, double found_um) {
                const double exact_um = expected_m[component.row[a]][component.row[b]] * 1e6;
                if (round % 2 == 0 || exact_um == infinity)
                    REQUIRE(found_um == exact_um);
                else
                    REQUIRE(std::abs(found_um - exact_um) < 0.6);  // half of it by rounding
            };
            WalkDistance distance(component, search);
            for (int ask = 0; ask < 60; ++ask) {
                const auto a = static_cast<std::uint32_t>(random() % count);
                if (random() % 2 == 0) {
                    const auto b = static_cast<std::uint32_t>(random() % count);
                    const double there_um = distance(a, b);
                    check(a, b, there_um);
                    REQUIRE(distance(b, a) == there_um);
                    continue;
                }
                std::vector<std::uint32_t> to(random() % count);
                for (std::uint32_t& b : to) b = static_cast<std::uint32_t>(random() % count);
                std::vector<double> found_um(to.size());
                distance.to_many(a, to, nullptr, nullptr, found_um.data());
                for (std::size_t i = 0; i < to.size(); ++i) check(a, to[i], found_um[i]);
            }
        }
    }
}

TEST_CASE("walk distance: rows grow over a town of links, and are right from afar") {
    constexpr std::uint32_t wide = 40;
    std::mt19937_64 random(3);
    std::vector<Edge> edges;
    for (std::uint32_t y = 0; y < wide; ++y)
        for (std::uint32_t x = 0; x < wide; ++x) {
            const std::uint32_t at = y * wide + x;
            if (x + 1 < wide) edges.push_back({at, at + 1, 50});
            if (y + 1 < wide) edges.push_back({at, at + wide, 70});
        }
    const Graph graph = Graph::from_edges(wide * wide, edges);
    std::vector<std::uint32_t> households(wide * wide);
    std::iota(households.begin(), households.end(), 0U);
    const WalkNetwork network(graph, households);
    WalkSearch search(network);
    const Component component = of_households(households);
    WalkDistance distance(component, search);
    std::vector<double> all_um(households.size());
    for (int ask = 0; ask < 4000; ++ask) {
        const auto a = static_cast<std::uint32_t>(random() % households.size());
        // Mostly somebody near, now and then anyone; at last everyone.
        const auto b = ask % 50 == 0 ? static_cast<std::uint32_t>(random() % households.size())
                                     : std::min(a + static_cast<std::uint32_t>(random() % 100),
                                                wide * wide - 1);
        const auto expected_um = [&](std::uint32_t to) {
            const auto apart = [](std::uint32_t u, std::uint32_t v) { return u < v ? v - u : u - v; };
            return 50e6 * apart(a % wide, to % wide) + 70e6 * apart(a / wide, to / wide);
        };
        REQUIRE(distance(a, b) == expected_um(b));
        if (ask < 3990) continue;
        distance.to_many(a, households, nullptr, nullptr, all_um.data());
        for (const std::uint32_t to : households) REQUIRE(all_um[to] == expected_um(to));
    }
}

TEST_CASE("walk distance: a large component by walks, in tiles, on any number of threads") {
    simulate::TownshipOptions township_options;
    township_options.households = 4500;
    township_options.villages = 1;
    township_options.seed = 11;
    const simulate::Township township = simulate::township(township_options);
    const Town town = Town::make(township.columns(true, false));
    const neighbours::Neighbours graph = neighbours::build(town);
    std::vector<std::size_t> households_in(graph.components.count, 0);
    for (const std::uint32_t component : graph.components.component_of) ++households_in[component];
    REQUIRE(*std::max_element(households_in.begin(), households_in.end()) > 3 * 1250);  // in tiles
    Options options;
    options.effort = Effort::draft;
    options.metric = Metric::walk;
    options.rules.weight_min = 2;
    options.rules.weight_target = 3;
    options.rules.weight_max = 4;
    options.threads = 1;
    const Partition one = solve(town, graph, options);
    options.threads = 3;
    const Partition three = solve(town, graph, options);
    CHECK(one.labels == three.labels);
    CHECK(one.total_distance_m == three.total_distance_m);
    Claim claim;
    claim.labels = one.labels;
    const Verification verified =
        verify(town, graph.graph, graph.walk_network, claim, options.rules, Metric::walk);
    CHECK(one.total_distance_m == doctest::Approx(verified.total_distance_m));
}
