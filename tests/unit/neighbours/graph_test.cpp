#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "gridgov/error.hpp"
#include "gridgov/neighbours/graph.hpp"

using namespace gridgov;
using neighbours::components;
using neighbours::Edge;
using neighbours::Graph;

namespace {

Code code_thrown(std::size_t nodes, const std::vector<Edge>& edges) {
    try {
        Graph::from_edges(nodes, edges);
    } catch (const UsageError& error) {
        CHECK(std::string(error.what()) != "");
        return error.finding().code;
    }
    return Code{};
}

}  // namespace

TEST_CASE("graph: rows are ascending, edges once, the shortest of parallel ones") {
    const std::vector<Edge> edges{{3, 0, 5}, {1, 0, 2}, {0, 3, 4}, {2, 2, 1}, {3, 1, 7}, {0, 1, 2}};
    const Graph graph = Graph::from_edges(5, edges);
    CHECK(graph.nodes() == 5);
    CHECK(graph.edges() == 3);
    CHECK(graph.edge_list() == std::vector<Edge>{{0, 1, 2}, {0, 3, 4}, {1, 3, 7}});
    CHECK(graph.neighbours(3).size() == 2);
    CHECK(graph.neighbours(3)[0] == 0);
    CHECK(graph.neighbour_lengths_m(3)[0] == 4);
    CHECK(graph.neighbours(2).empty());
    const auto parts = components(graph);
    CHECK(parts.count == 3);
    CHECK(parts.component_of == std::vector<std::uint32_t>{0, 0, 1, 0, 2});
}

TEST_CASE("graph: none at all") {
    CHECK(Graph().nodes() == 0);
    CHECK(Graph::from_edges(0, {}).edges() == 0);
    CHECK(components(Graph()).count == 0);
    CHECK(Graph::from_edges(3, {}).nodes() == 3);
}

TEST_CASE("graph: edges and lengths out of range are refused") {
    const double inf = std::numeric_limits<double>::infinity();
    CHECK(code_thrown(2, {{0, 2, 1}}) == Code::edge_out_of_range);
    CHECK(code_thrown(0, {{0, 0, 1}}) == Code::edge_out_of_range);
    CHECK(code_thrown(2, {{0, 4294967295u, 1}}) == Code::edge_out_of_range);
    CHECK(code_thrown(2, {{0, 1, -1e-300}}) == Code::length_out_of_range);
    CHECK(code_thrown(2, {{0, 1, std::nan("")}}) == Code::length_out_of_range);
    CHECK(code_thrown(2, {{0, 1, inf}}) == Code::length_out_of_range);
    CHECK(code_thrown(2, {{0, 1, 1e308}}) == Code{});
}

TEST_CASE("graph: agrees with a map of random edges") {
    std::mt19937_64 random(1);
    for (int round = 0; round < 200; ++round) {
        const std::size_t nodes = 1 + random() % 30;
        std::vector<Edge> edges;
        std::map<std::pair<std::uint32_t, std::uint32_t>, double> expected;
        for (std::size_t i = random() % 100; i > 0; --i) {
            const auto u = static_cast<std::uint32_t>(random() % nodes);
            const auto v = static_cast<std::uint32_t>(random() % nodes);
            const auto length_m = static_cast<double>(random() % 10);
            edges.push_back({u, v, length_m});
            if (u == v) continue;
            const auto [entry, added] = expected.emplace(std::minmax(u, v), length_m);
            if (!added) entry->second = std::min(entry->second, length_m);
        }
        const Graph graph = Graph::from_edges(nodes, edges);
        std::map<std::pair<std::uint32_t, std::uint32_t>, double> found;
        for (const Edge& edge : graph.edge_list()) found[{edge.u, edge.v}] = edge.length_m;
        REQUIRE(found == expected);
        REQUIRE(graph.targets().size() == 2 * expected.size());
        for (std::uint32_t node = 0; node < nodes; ++node) {
            const auto row = graph.neighbours(node);
            for (std::size_t i = 0; i < row.size(); ++i) {
                REQUIRE((i == 0 || row[i - 1] < row[i]));
                REQUIRE(graph.neighbour_lengths_m(node)[i] ==
                        expected[std::minmax(node, row[i])]);
            }
        }
    }
}
