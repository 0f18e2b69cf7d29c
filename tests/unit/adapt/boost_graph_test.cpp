#include "gridgov/adapt/boost_graph.hpp"

#include <doctest/doctest.h>

#include <boost/graph/adjacency_matrix.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/property_map/function_property_map.hpp>
#include <limits>
#include <random>
#include <string>

#include "gridgov/error.hpp"

using namespace gridgov;
using neighbours::Edge;
using neighbours::Graph;

TEST_CASE("a Boost graph with edge weights is a neighbour graph") {
    adapt::BoostGraph boost_graph(4);
    add_edge(2, 0, 7.5, boost_graph);
    add_edge(0, 1, 1.5, boost_graph);
    add_edge(1, 0, 0.5, boost_graph);  // parallel: the shorter stays
    add_edge(3, 3, 9, boost_graph);    // a loop goes
    const Graph graph = adapt::graph_from_boost(boost_graph);
    CHECK(graph.nodes() == 4);
    CHECK(graph.edge_list() == std::vector<Edge>{{0, 1, 0.5}, {0, 2, 7.5}});
}

TEST_CASE("own properties of edges and vertices serve as lengths and rows") {
    struct Path { float metres; };
    struct Home { std::string name; int row; };
    using Own = boost::adjacency_list<boost::setS, boost::listS, boost::undirectedS, Home, Path>;
    Own own;
    const auto a = add_vertex(Home{"a", 1}, own);
    const auto b = add_vertex(Home{"b", 0}, own);
    const auto c = add_vertex(Home{"c", 2}, own);
    add_edge(a, b, Path{3}, own);
    add_edge(c, a, Path{4}, own);
    const Graph graph = adapt::graph_from_boost(own, get(&Path::metres, own), get(&Home::row, own));
    CHECK(graph.edge_list() == std::vector<Edge>{{0, 1, 3}, {1, 2, 4}});
}

TEST_CASE("other kinds of graphs and computed lengths will do") {
    boost::adjacency_matrix<boost::undirectedS> matrix(3);
    add_edge(0, 2, matrix);
    using EdgeOf = boost::graph_traits<decltype(matrix)>::edge_descriptor;
    const auto length_m = boost::make_function_property_map<EdgeOf>(
        [&](EdgeOf edge) { return 10.0 * static_cast<double>(target(edge, matrix)); });
    const auto edges =
        adapt::edges_from_boost(matrix, length_m, get(boost::vertex_index, matrix));
    REQUIRE(edges.size() == 1);
    CHECK(edges[0].length_m >= 0);
    CHECK(adapt::graph_from_boost(matrix, length_m, get(boost::vertex_index, matrix)).edges() == 1);
}

TEST_CASE("lengths that are not lengths are a caller's mistake") {
    for (const double bad : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
        adapt::BoostGraph boost_graph(2);
        add_edge(0, 1, bad, boost_graph);
        CHECK_THROWS_AS((void)adapt::graph_from_boost(boost_graph), UsageError);
    }
}

TEST_CASE("property: there and back is the same graph, with the same components") {
    std::mt19937_64 random(4);
    for (int round = 0; round < 50; ++round) {
        const std::size_t nodes = random() % 30;
        std::vector<Edge> edges;
        for (std::size_t i = 0; nodes > 0 && i < nodes; ++i)
            edges.push_back({static_cast<std::uint32_t>(random() % nodes),
                             static_cast<std::uint32_t>(random() % nodes),
                             static_cast<double>(random() % 100)});
        const Graph graph = Graph::from_edges(nodes, edges);
        const adapt::BoostGraph boost_graph = adapt::boost_from_graph(graph);
        CHECK(num_vertices(boost_graph) == nodes);
        CHECK(adapt::graph_from_boost(boost_graph).edge_list() == graph.edge_list());
        std::vector<std::uint32_t> component(nodes);
        const auto count = boost::connected_components(boost_graph, component.data());
        CHECK(static_cast<std::uint32_t>(count) == neighbours::components(graph).count);
    }
}
