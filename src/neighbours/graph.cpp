#include "gridgov/neighbours/graph.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "gridgov/error.hpp"
#include "gridgov/model/ids.hpp"
#include "neighbours/graph_rows.hpp"
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

}  // namespace

Graph Graph::from_edges(std::size_t nodes, std::span<const Edge> edges) {
    check_edges(nodes, edges);
    return GraphRows::fill(
        nodes,
        [&](auto visit) {
            for (const Edge& edge : edges)
                visit(edge.u, edge.v, [&] { return edge.length_m; });
        },
        1);
}

void Graph::drop_parallel() {
    std::size_t kept = 0;
    std::size_t first = 0;
    for (std::size_t node = 0; node < nodes(); ++node) {
        const std::size_t row_first = kept;
        const auto last = static_cast<std::size_t>(offsets_[node + 1]);
        for (std::size_t i = first; i < last; ++i) {
            if (kept > row_first && targets_[kept - 1] == targets_[i]) continue;
            targets_[kept] = targets_[i];
            lengths_m_[kept] = lengths_m_[i];
            ++kept;
        }
        first = last;
        offsets_[node + 1] = static_cast<std::int64_t>(kept);
    }
    targets_.resize(kept);
    lengths_m_.resize(kept);
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
