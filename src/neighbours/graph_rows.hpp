// Filling a graph's compressed rows from edges in any order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gridgov/neighbours/graph.hpp"
#include "threads.hpp"

namespace gridgov::neighbours {

/// Makes graphs. Each thread goes over all edges and writes the rows of a range of nodes; rows are
/// sorted at last, so that neither the order of edges nor the threads show.
class GraphRows {
public:
    /// `for_each_edge(visit)` calls visit(u, v, length_m) for every edge, always in the same order,
    /// where length_m() gives the length; u and v are below `nodes`. Loops are dropped; of parallel
    /// edges the shortest is kept.
    template <class ForEachEdge>
    static Graph fill(std::size_t nodes, ForEachEdge for_each_edge, unsigned threads) {
        constexpr std::size_t range_worth = 65536;
        const std::size_t ranges =
            std::clamp<std::size_t>(nodes / range_worth, 1, thread_count(threads));
        const auto for_each_range = [&](auto work) {
            for_each_piece(
                ranges, threads,
                [&](std::size_t i) { work(i * nodes / ranges, (i + 1) * nodes / ranges); },
                [](std::size_t) {});
        };
        Graph graph;
        std::vector<std::int64_t>& offsets = graph.offsets_;
        offsets.assign(nodes + 1, 0);
        for_each_range([&](std::size_t first, std::size_t last) {
            for_each_edge([&](std::uint32_t u, std::uint32_t v, auto) {
                if (u == v) return;
                if (u >= first && u < last) ++offsets[u];
                if (v >= first && v < last) ++offsets[v];
            });
        });
        for (std::size_t i = 1; i <= nodes; ++i) offsets[i] += offsets[i - 1];
        // Now where rows end; filling them from there moves each to where it begins.
        graph.targets_.resize(static_cast<std::size_t>(offsets[nodes]));
        graph.lengths_m_.resize(graph.targets_.size());
        for_each_range([&](std::size_t first, std::size_t last) {
            for_each_edge([&](std::uint32_t u, std::uint32_t v, auto length_of) {
                const bool u_here = u >= first && u < last;
                const bool v_here = v >= first && v < last;
                if (u == v || !(u_here || v_here)) return;
                const double length_m = length_of();
                const auto put = [&](std::uint32_t node, std::uint32_t target) {
                    const auto at = static_cast<std::size_t>(--offsets[node]);
                    graph.targets_[at] = target;
                    graph.lengths_m_[at] = length_m;
                };
                if (u_here) put(u, v);
                if (v_here) put(v, u);
            });
        });
        std::vector<std::uint8_t> parallel(ranges, 0);
        for_each_piece(
            ranges, threads,
            [&](std::size_t i) {
                std::vector<std::pair<std::uint32_t, double>> scratch;
                for (std::size_t node = i * nodes / ranges; node < (i + 1) * nodes / ranges; ++node)
                    if (graph.sort_row(node, scratch)) parallel[i] = 1;
            },
            [](std::size_t) {});
        if (std::find(parallel.begin(), parallel.end(), 1) != parallel.end())
            graph.drop_parallel();
        return graph;
    }
};

}  // namespace gridgov::neighbours
