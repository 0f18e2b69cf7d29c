#include "gridgov/neighbours/graph.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "gridgov/error.hpp"
#include "gridgov/model/ids.hpp"
#include "number_text.hpp"
#include "refuse.hpp"

namespace gridgov::neighbours {
namespace {

void check_edges(std::size_t nodes, std::span<const Edge> edges) {
    for (const Edge& edge : edges) {
        if (edge.u >= nodes || edge.v >= nodes)
            refuse(Code::edge_out_of_range, {{"u", number_text(edge.u)},
                                             {"v", number_text(edge.v)},
                                             {"nodes", number_text(nodes)}});
        if (!(edge.length_m >= 0) || !std::isfinite(edge.length_m))
            refuse(Code::length_out_of_range,
                   {{"option", "length_m"}, {"value", number_text(edge.length_m)}});
    }
}

/// Turns counts of nodes 0, 1, … at [1], [2], … into offsets.
void accumulate(std::vector<std::int64_t>& offsets) {
    for (std::size_t i = 1; i < offsets.size(); ++i) offsets[i] += offsets[i - 1];
}

}  // namespace

Graph Graph::from_edges(std::size_t nodes, std::span<const Edge> edges) {
    check_edges(nodes, edges);
    std::vector<std::int64_t> offsets(nodes + 1, 0);
    for (const Edge& edge : edges) {
        if (edge.u == edge.v) continue;
        ++offsets[edge.u + 1];
        ++offsets[edge.v + 1];
    }
    accumulate(offsets);

    // Two counting sorts: rows in any order first; then, walking the rows in ascending order and
    // appending each row's node to its targets' rows (the graph is its own transpose), ascending.
    const auto size = static_cast<std::size_t>(offsets.back());
    std::vector<std::uint32_t> targets(size), sorted_targets(size);
    std::vector<double> lengths_m(size), sorted_lengths_m(size);
    std::vector<std::int64_t> fill(offsets.begin(), offsets.end() - 1);
    const auto append = [&fill](std::vector<std::uint32_t>& to, std::vector<double>& to_length,
                                std::uint32_t node, std::uint32_t target, double length_m) {
        const auto at = static_cast<std::size_t>(fill[node]++);
        to[at] = target;
        to_length[at] = length_m;
    };
    for (const Edge& edge : edges) {
        if (edge.u == edge.v) continue;
        append(targets, lengths_m, edge.u, edge.v, edge.length_m);
        append(targets, lengths_m, edge.v, edge.u, edge.length_m);
    }
    std::copy(offsets.begin(), offsets.end() - 1, fill.begin());
    for (std::uint32_t node = 0; node < nodes; ++node) {
        const auto last = static_cast<std::size_t>(offsets[node + 1]);
        for (auto i = static_cast<std::size_t>(offsets[node]); i < last; ++i)
            append(sorted_targets, sorted_lengths_m, targets[i], node, lengths_m[i]);
    }

    // Parallel edges now stand side by side: keep the shortest.
    Graph graph;
    graph.offsets_.assign(nodes + 1, 0);
    std::size_t kept = 0;
    for (std::uint32_t node = 0; node < nodes; ++node) {
        const auto row_first = kept;
        const auto last = static_cast<std::size_t>(offsets[node + 1]);
        for (auto i = static_cast<std::size_t>(offsets[node]); i < last; ++i) {
            if (kept > row_first && sorted_targets[kept - 1] == sorted_targets[i]) {
                sorted_lengths_m[kept - 1] = std::min(sorted_lengths_m[kept - 1],
                                                      sorted_lengths_m[i]);
            } else {
                sorted_targets[kept] = sorted_targets[i];
                sorted_lengths_m[kept] = sorted_lengths_m[i];
                ++kept;
            }
        }
        graph.offsets_[node + 1] = static_cast<std::int64_t>(kept);
    }
    sorted_targets.resize(kept);
    sorted_lengths_m.resize(kept);
    graph.targets_ = std::move(sorted_targets);
    graph.lengths_m_ = std::move(sorted_lengths_m);
    return graph;
}

std::vector<Edge> Graph::edge_list() const {
    std::vector<Edge> list;
    list.reserve(edges());
    for (std::uint32_t u = 0; u < nodes(); ++u) {
        const auto row = neighbours(u);
        const auto lengths = neighbour_lengths_m(u);
        for (std::size_t i = 0; i < row.size(); ++i)
            if (u < row[i]) list.push_back({u, row[i], lengths[i]});
    }
    return list;
}

Components components(const Graph& graph) {
    Components result;
    result.component_of.assign(graph.nodes(), no_index);
    std::vector<std::uint32_t> stack;
    for (std::uint32_t start = 0; start < graph.nodes(); ++start) {
        if (result.component_of[start] != no_index) continue;
        const std::uint32_t component = result.count++;
        result.component_of[start] = component;
        stack.push_back(start);
        while (!stack.empty()) {
            const std::uint32_t node = stack.back();
            stack.pop_back();
            for (const std::uint32_t neighbour : graph.neighbours(node)) {
                if (result.component_of[neighbour] != no_index) continue;
                result.component_of[neighbour] = component;
                stack.push_back(neighbour);
            }
        }
    }
    return result;
}

}  // namespace gridgov::neighbours
