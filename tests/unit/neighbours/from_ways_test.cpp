#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <set>

#include "floyd_warshall.hpp"
#include "gridgov/error.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/neighbours/walk.hpp"
#include "neighbours/snapping.hpp"
#include "small_town.hpp"

using namespace gridgov;
using neighbours::Edge;
using neighbours::from_ways;
using neighbours::Graph;
using neighbours::Neighbours;
using tests::SmallTown;

namespace {

const Finding* find(const Neighbours& neighbours, Code code) {
    for (const Finding& finding : neighbours.findings)
        if (finding.code == code) return &finding;
    return nullptr;
}

std::string field(const Finding& finding, std::string_view name) {
    for (const auto& [key, value] : finding.fields)
        if (key == name) return value;
    return "(no field)";
}

void check_links(const Graph& graph, const std::vector<Edge>& expected) {
    const auto links = graph.edge_list();
    REQUIRE(links.size() == expected.size());
    for (std::size_t i = 0; i < links.size(); ++i) {
        CHECK(links[i].u == expected[i].u);
        CHECK(links[i].v == expected[i].v);
        CHECK(links[i].length_m == doctest::Approx(expected[i].length_m).epsilon(1e-9));
    }
}

double walk_m(const Neighbours& neighbours, std::uint32_t from, std::uint32_t to) {
    neighbours::Walk walk(neighbours.walk_network);
    const std::uint32_t targets[]{to};
    double out[1];
    walk.distances_m(from, targets, out, std::numeric_limits<double>::infinity());
    return out[0];
}

}  // namespace

TEST_CASE("from_ways: along one way, at its own length") {
    // The way is twice as long as it looks: it winds.
    const Neighbours result = from_ways(SmallTown()
                                            .node("p", 0, 0)
                                            .node("q", 100, 0)
                                            .way("p", "q", 200)
                                            .household("a", 10, 3)
                                            .household("b", 30, -4)
                                            .household("c", 120, 0)
                                            .make());
    CHECK(result.source == neighbours::Source::ways);
    check_links(result.graph, {{0, 1, 3 + 40 + 4}, {1, 2, 4 + 140 + 20}});
    CHECK(result.walk_network.nodes() == 3 + 2 + 2);  // households, nodes, places within the way
    CHECK(walk_m(result, 0, 2) == doctest::Approx(3 + 180 + 20));
    CHECK(result.findings.empty());
}

TEST_CASE("from_ways: a T-junction makes three neighbours, a loop closes") {
    const Neighbours junction = from_ways(SmallTown()
                                              .node("o", 0, 0)
                                              .node("w", -50, 0)
                                              .node("e", 50, 0)
                                              .node("n", 0, 50)
                                              .way("o", "w", 50)
                                              .way("e", "o", 50)
                                              .way("o", "n", 50)
                                              .household("west", -20, 1)
                                              .household("east", 20, 1)
                                              .household("north", 1, 30)
                                              .make());
    // The junction is equally near to west and east: east's, the smaller id; so west meets east
    // there, and north meets east.
    check_links(junction.graph, {{0, 1, 42}, {1, 2, 52}});

    SmallTown loop;
    const double corners[][2]{{0, 0}, {100, 0}, {100, 100}, {0, 100}};
    for (int i = 0; i < 4; ++i) {
        loop.node(std::to_string(i), corners[i][0], corners[i][1]);
        loop.way(std::to_string(i), std::to_string((i + 1) % 4), 100);
        loop.household("h" + std::to_string(i), (corners[i][0] + corners[(i + 1) % 4][0]) / 2,
                       (corners[i][1] + corners[(i + 1) % 4][1]) / 2);
    }
    check_links(from_ways(loop.make()).graph,
                {{0, 1, 100}, {0, 3, 100}, {1, 2, 100}, {2, 3, 100}});
}

TEST_CASE("from_ways: dozens at one node, and the links that follow from theirs") {
    SmallTown town;
    town.node("p", 0, 0).node("q", 100, 0).way("p", "q", 100);
    for (int i = 0; i < 40; ++i)
        town.household((i < 10 ? "h0" : "h") + std::to_string(i), -1 - i, 0);
    town.household("z", 100, 5);
    const Neighbours result = from_ways(town.make());
    CHECK(result.components.count == 1);
    // To the first, to the next, and to the first's neighbour.
    CHECK(result.graph.edges() == 39 + 38 + 40);
    CHECK(result.graph.neighbours(40).size() == 40);
    CHECK(result.graph.neighbour_lengths_m(40)[39] == doctest::Approx(40 + 100 + 5));
    CHECK(result.graph.neighbour_lengths_m(39)[0] == doctest::Approx(40 + 1));
}

TEST_CASE("from_ways: a village behind a village, and one in two parts around another") {
    // p p  q q q  p p along one way.
    SmallTown town;
    town.node("0", 0, 0).node("1", 70, 0).way("0", "1", 70);
    const char* villages[]{"p", "p", "q", "q", "q", "p", "p"};
    for (int i = 0; i < 7; ++i)
        town.household(std::to_string(i), 5 + 10 * i, 0, villages[i]);
    const Neighbours result = from_ways(town.make());
    CHECK(result.components.count == 2);
    check_links(result.graph, {{0, 1, 10}, {1, 5, 40}, {2, 3, 10}, {3, 4, 10}, {5, 6, 10}});
}

TEST_CASE("from_ways: ways in pieces, and households far from any") {
    SmallTown town;
    town.node("a", 0, 0).node("b", 10, 0).node("c", 0, 50).node("d", 10, 50).node("far", 0, 90);
    town.way("a", "b", 10).way("c", "d", 10);
    town.household("1", 1, 0).household("2", 9, 0).household("3", 1, 50).household("4", 10, 400);
    town.household("5", 10, 300.5);
    const Neighbours result = from_ways(town.make());
    CHECK(result.components.count == 2);
    const Finding* pieces = find(result, Code::ways_in_pieces);
    REQUIRE(pieces != nullptr);
    CHECK(pieces->severity == Severity::warning);
    CHECK(field(*pieces, "pieces") == "2");
    CHECK(field(*pieces, "households_outside_largest") == "2");
    const Finding* far = find(result, Code::household_far_from_ways);
    REQUIRE(far != nullptr);
    CHECK(far->records == std::vector<std::string>{"4"});
    CHECK(field(*far, "distance_m") == "350");
    CHECK(field(*far, "count") == "2");
}

TEST_CASE("from_ways: ways but no edge, or one of no extent") {
    SmallTown bare;
    bare.node("p", 0, 0).node("q", 1, 0).household("a", 0, 0).household("b", 1, 0);
    const Neighbours none = from_ways(bare.make());
    CHECK(none.graph.edges() == 0);
    CHECK(none.components.count == 2);
    CHECK(none.walk_network.edges() == 0);
    const Finding* alone = find(none, Code::households_without_neighbour);
    REQUIRE(alone != nullptr);
    CHECK(alone->records.size() == 2);

    SmallTown joint;  // a way of length 0, which a household of smaller id lies beyond
    joint.node("p", 0, 0).node("q", 9, 0).way("p", "q", 0).household("b", 0, 0).household("a", 9, 0);
    check_links(from_ways(joint.make()).graph, {{0, 1, 0}});

    SmallTown steps;  // two nodes at one place, five metres of stairs between
    steps.node("low", 0, 0).node("high", 0, 0).node("end", 9, 0);
    steps.way("low", "high", 5).way("high", "end", 9);
    steps.household("a", 0, 1).household("b", 9, 1);
    check_links(from_ways(steps.make()).graph, {{0, 1, 1 + 5 + 9 + 1}});
}

TEST_CASE("from_ways: an unlocated household follows its anchor in graph and walks") {
    SmallTown town;
    town.node("p", 0, 0).node("q", 100, 0).way("p", "q", 100);
    town.household("a", 10, 2, "v", "g").household("b", 90, 0, "v").unlocated("x", "g");
    const Neighbours result = from_ways(town.make());
    check_links(result.graph, {{0, 1, 82}, {0, 2, 0}});
    CHECK(walk_m(result, 2, 1) == doctest::Approx(82));
    CHECK(result.findings.empty());
}

TEST_CASE("from_ways: limits on links, and barriers that do not cut ways") {
    SmallTown town;
    town.node("p", 0, 0).node("q", 100, 0).way("p", "q", 100);
    town.household("a", 10, 0).household("b", 30, 0).household("c", 90, 0);
    town.barrier({20, -9, 20, 9});
    check_links(from_ways(town.make()).graph, {{0, 1, 20}, {1, 2, 60}});
    check_links(from_ways(town.make(), {59}).graph, {{0, 1, 20}});
    CHECK_THROWS_AS(from_ways(town.make(), {-1}), UsageError);
    CHECK(neighbours::build(town.make()).source == neighbours::Source::ways);
}

TEST_CASE("from_ways: every household joins its nearest way, by brute force") {
    std::mt19937_64 random(1);
    const auto draw = [&] { return static_cast<double>(random() % 100'000) / 100; };
    for (int round = 0; round < 20; ++round) {
        SmallTown town;
        const std::size_t nodes = 2 + random() % 40;
        for (std::size_t i = 0; i < nodes; ++i) town.node(std::to_string(i), draw(), draw());
        for (std::size_t i = 0; i < nodes; ++i) {
            const std::size_t u = random() % nodes, v = random() % nodes;
            if (u != v) town.way(std::to_string(u), std::to_string(v), 1 + draw());
        }
        for (int i = 0; i < 50; ++i) town.household(std::to_string(i), draw(), draw());
        const Town made = town.make();
        const auto joined = neighbours::join_to_ways(made);
        for (std::uint32_t row = 0; row < 50 && !made.ways().empty(); ++row) {
            double least = std::numeric_limits<double>::infinity();
            for (const auto& way : made.ways()) {
                const Position a = made.way_nodes()[way.u], b = made.way_nodes()[way.v];
                const Position p = made.positions()[row];
                const long double dx = static_cast<long double>(b.x_um - a.x_um);
                const long double dy = static_cast<long double>(b.y_um - a.y_um);
                const long double px = static_cast<long double>(p.x_um - a.x_um);
                const long double py = static_cast<long double>(p.y_um - a.y_um);
                const long double squared = dx * dx + dy * dy;
                const long double share =
                    squared == 0 ? 0 : std::clamp((px * dx + py * dy) / squared, 0.0L, 1.0L);
                least = std::min(least, static_cast<double>(std::hypot(px - share * dx,
                                                                       py - share * dy)));
            }
            REQUIRE(std::abs(joined.offset_m[row] - least * 1e-6) < 2e-6);
        }
    }
}

TEST_CASE("from_ways: the links are those of the definition, village by village") {
    std::mt19937_64 random(2);
    const auto draw = [&](int range) { return static_cast<double>(random() % 100'000) * range / 1e5; };
    for (int round = 0; round < 60; ++round) {
        SmallTown town;
        const std::size_t nodes = 2 + random() % 25;
        for (std::size_t i = 0; i < nodes; ++i) town.node(std::to_string(i), draw(500), draw(500));
        for (std::size_t i = 0; i < nodes + random() % 10; ++i)
            town.way(std::to_string(random() % nodes), std::to_string(random() % nodes),
                     1 + draw(300));
        const std::size_t households = 2 + random() % 25;
        for (std::size_t i = 0; i < households; ++i)
            town.household("h" + std::to_string(i), draw(500), draw(500),
                           std::string(1, static_cast<char>('a' + random() % 3)));
        const Town made = town.make();
        if (made.ways().empty()) continue;
        const Neighbours result = from_ways(made);
        const auto joined = neighbours::join_to_ways(made);
        const auto distance = tests::floyd_warshall(result.walk_network);
        const auto edges = result.walk_network.edge_list();

        std::set<std::pair<std::uint32_t, std::uint32_t>> expected;
        for (std::uint32_t village = 0; village < made.villages(); ++village) {
            // Seats by the smallest id at each; the others at a seat in id order.
            std::vector<std::uint32_t> rows;
            for (std::uint32_t row = 0; row < households; ++row)
                if (made.village_of()[row] == village) rows.push_back(row);
            std::sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
                return made.rank()[a] < made.rank()[b];
            });
            std::map<std::uint32_t, std::vector<std::uint32_t>> at;
            std::vector<std::uint32_t> seats;
            for (const std::uint32_t row : rows) {
                auto& here = at[joined.joined_at[row]];
                if (here.empty()) seats.push_back(joined.joined_at[row]);
                here.push_back(row);
            }
            // Every node's nearest seat, then the least radius at which all that can be is joined.
            std::vector<std::uint32_t> owner(distance.size(), no_index);
            std::vector<double> away(distance.size(), std::numeric_limits<double>::infinity());
            for (std::uint32_t node = static_cast<std::uint32_t>(households);
                 node < distance.size(); ++node)
                for (std::uint32_t seat = 0; seat < seats.size(); ++seat)
                    if (distance[seats[seat]][node] < away[node]) {
                        away[node] = distance[seats[seat]][node];
                        owner[node] = seat;
                    }
            const auto meetings_within = [&](double radius_m) {
                std::set<std::pair<std::uint32_t, std::uint32_t>> meetings;
                for (const Edge& edge : edges)
                    if (edge.u >= households && owner[edge.u] != owner[edge.v] &&
                        std::max(away[edge.u], away[edge.v]) <= radius_m)
                        meetings.insert(std::minmax(owner[edge.u], owner[edge.v]));
                return meetings;
            };
            const auto pieces_of = [&](const auto& meetings) {
                std::vector<std::uint32_t> piece(seats.size());
                for (std::uint32_t i = 0; i < piece.size(); ++i) piece[i] = i;
                for (std::size_t again = 0; again < seats.size(); ++again)
                    for (const auto& [u, v] : meetings)
                        piece[u] = piece[v] = std::min(piece[u], piece[v]);
                return std::set<std::uint32_t>(piece.begin(), piece.end()).size();
            };
            std::set<double> radii(away.begin(), away.end());
            const std::size_t goal = pieces_of(meetings_within(1e9));
            double radius_m = 0;
            for (const double radius : radii)
                if (std::isfinite(radius) && pieces_of(meetings_within(radius)) == goal) {
                    radius_m = radius;
                    break;
                }
            if (goal < seats.size())
                for (const auto& [u, v] : meetings_within(radius_m)) {
                    const auto& here = at[seats[u]];
                    const auto& there = at[seats[v]];
                    for (const std::uint32_t i : here) expected.insert(std::minmax(i, there[0]));
                    for (const std::uint32_t j : there) expected.insert(std::minmax(here[0], j));
                }
            for (const auto& entry : at)
                for (std::size_t i = 1; i < entry.second.size(); ++i) {
                    expected.insert(std::minmax(entry.second[0], entry.second[i]));
                    expected.insert(std::minmax(entry.second[i - 1], entry.second[i]));
                }
        }
        std::set<std::pair<std::uint32_t, std::uint32_t>> found;
        for (const Edge& edge : result.graph.edge_list()) {
            found.emplace(edge.u, edge.v);
            // A link is a walk, and none is shorter than the shortest.
            REQUIRE(edge.length_m >= distance[edge.u][edge.v] - 1e-6);
        }
        REQUIRE(found == expected);
        // A village's households are in one component exactly where a walk joins them.
        for (std::uint32_t i = 0; i < households; ++i)
            for (std::uint32_t j = 0; j < i; ++j)
                if (made.village_of()[i] == made.village_of()[j])
                    REQUIRE((result.components.component_of[i] ==
                             result.components.component_of[j]) == std::isfinite(distance[i][j]));
    }
}
