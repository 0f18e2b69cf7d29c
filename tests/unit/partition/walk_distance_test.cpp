#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <utility>
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

TEST_CASE("measured walks: the head that every candidate's own walks give, to the bit") {
    std::mt19937_64 random(5);
    std::size_t of_many = 0, out_of_reach = 0;
    for (unsigned round = 0; round < 400; ++round) {
        const RandomMap map(random, round % 2 == 0);  // whole lengths: many ties
        // Households come first among the nodes of a town's ways.
        const auto households = static_cast<std::uint32_t>(map.households.size());
        std::vector<std::uint32_t> node(map.graph.nodes(), no_index);
        for (std::uint32_t row = 0; row < households; ++row) node[map.households[row]] = row;
        std::uint32_t next = households;
        for (std::uint32_t& number : node)
            if (number == no_index) number = next++;
        // Sometimes absurd, or all within a few micrometres.
        const double scale = std::array{1e300, 1e10, 1e-8, 1e-8, 1.0}[std::min(round % 20, 4U)];
        std::vector<Edge> edges;
        for (std::uint32_t u = 0; u < map.graph.nodes(); ++u)
            for (std::size_t i = 0; i < map.graph.neighbours(u).size(); ++i)
                if (const std::uint32_t v = map.graph.neighbours(u)[i]; u < v)
                    edges.push_back({node[u], node[v],
                                     map.graph.neighbour_lengths_m(u)[i] * scale});
        TownColumns columns;
        std::vector<double> x_m(households), y_m(households, 0);
        std::iota(x_m.begin(), x_m.end(), 0.0);
        std::vector<std::uint8_t> may_be_head(households);
        for (std::uint8_t& may : may_be_head) may = random() % 4 != 0;
        columns.households.x_m = x_m;
        columns.households.y_m = y_m;
        columns.households.may_be_head = may_be_head;
        const Town town = Town::make(columns);
        neighbours::Neighbours neighbours;
        neighbours.source = neighbours::Source::ways;
        neighbours.graph = Graph::from_edges(households, {});
        neighbours.components = neighbours::components(neighbours.graph);
        neighbours.walk_network = Graph::from_edges(next, edges);
        std::vector<std::int32_t> labels(households);
        const std::uint64_t courtyards = 1 + random() % 3;
        for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random() % courtyards);
        Options options;
        options.metric = Metric::walk;
        const Partition measured = measure(town, neighbours, labels, options);

        neighbours::Walk walk(neighbours.walk_network);
        std::vector<std::uint32_t> by_id(households);
        std::iota(by_id.begin(), by_id.end(), 0U);
        std::sort(by_id.begin(), by_id.end(), [&](std::uint32_t a, std::uint32_t b) {
            return town.rank()[a] < town.rank()[b];
        });
        for (std::size_t courtyard = 0; courtyard < measured.courtyards.size(); ++courtyard) {
            std::vector<std::uint32_t> members;
            for (const std::uint32_t row : by_id)
                if (measured.labels[row] == static_cast<std::int32_t>(courtyard))
                    members.push_back(row);
            std::uint32_t head = no_index;
            std::pair<std::size_t, double> least;
            std::vector<double> from(members.size()), best;
            for (const std::uint32_t candidate : members) {
                if (!may_be_head[candidate]) continue;
                walk.distances_m(candidate, members, from, infinity);
                std::pair<std::size_t, double> sum{0, 0.0};
                for (const double d : from) {
                    if (d < infinity)
                        sum.second += d;
                    else
                        ++sum.first;
                }
                if (head != no_index && !(sum < least)) continue;
                head = candidate;
                least = sum;
                best = from;
            }
            REQUIRE(measured.courtyards.head[courtyard] == head);
            if (head == no_index) continue;
            of_many += members.size() > 2;
            out_of_reach += least.first;
            for (std::size_t i = 0; i < members.size(); ++i) {
                const double found_m = measured.distance_to_head_m[members[i]];
                if (best[i] < infinity)
                    REQUIRE(found_m == best[i]);
                else
                    REQUIRE(std::isnan(found_m));
            }
        }
    }
    CHECK(of_many > 300);
    CHECK(out_of_reach > 100);
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
