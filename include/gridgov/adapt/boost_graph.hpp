// Boost.Graph's graphs as neighbour graphs, and back. Header-only; include it only where Boost is at
// hand: no compiled signature of gridgov has Boost in it.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <cstdint>
#include <vector>

#include "gridgov/neighbours/graph.hpp"

namespace gridgov::adapt {

/// An undirected graph with edge weights in metres and households as vertices, as Boost.Graph users
/// commonly write it.
using BoostGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS,
                                         boost::no_property,
                                         boost::property<boost::edge_weight_t, double>>;

/// The edges of an undirected graph (models EdgeListGraph): `length_m` maps an edge to its metres,
/// `index` a vertex to its household row.
template <class AnyGraph, class LengthMap, class IndexMap>
std::vector<neighbours::Edge> edges_from_boost(const AnyGraph& graph, LengthMap length_m,
                                               IndexMap index) {
    static_assert(boost::is_undirected_graph<AnyGraph>::value,
                  "neighbours are mutual: give an undirected graph");
    std::vector<neighbours::Edge> list;
    list.reserve(num_edges(graph));
    const auto [first, last] = edges(graph);
    for (auto edge = first; edge != last; ++edge)
        list.push_back({static_cast<std::uint32_t>(get(index, source(*edge, graph))),
                        static_cast<std::uint32_t>(get(index, target(*edge, graph))),
                        static_cast<double>(get(length_m, *edge))});
    return list;
}

/// The neighbour graph of the same edges. Throws UsageError as Graph::from_edges does. To partition
/// over it: Neighbours{.source = Source::links, .graph = graph, .components = components(graph), …}.
template <class AnyGraph, class LengthMap, class IndexMap>
neighbours::Graph graph_from_boost(const AnyGraph& graph, LengthMap length_m, IndexMap index) {
    return neighbours::Graph::from_edges(num_vertices(graph),
                                         edges_from_boost(graph, length_m, index));
}

/// As above, with the graph's own edge_weight as metres and vertex_index as rows.
template <class AnyGraph>
neighbours::Graph graph_from_boost(const AnyGraph& graph) {
    return graph_from_boost(graph, get(boost::edge_weight, graph),
                            get(boost::vertex_index, graph));
}

/// A neighbour graph as a Boost graph: vertex i is household row i, edge_weight its metres.
inline BoostGraph boost_from_graph(const neighbours::Graph& graph) {
    BoostGraph result(graph.nodes());
    for (const neighbours::Edge& edge : graph.edge_list())
        add_edge(edge.u, edge.v, BoostGraph::edge_property_type(edge.length_m), result);
    return result;
}

}  // namespace gridgov::adapt
