// Filling a graph's compressed rows from edges in any order.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "gridgov/neighbours/graph.hpp"
#include "large_pages.hpp"
#include "place_by_counting.hpp"
#include "threads.hpp"

namespace gridgov::neighbours {

/// Makes graphs. Each thread goes over all edges and writes the rows of a range of nodes; rows are
/// sorted, so that neither the order of edges nor the threads show.
class GraphRows {
public:
    /// `for_each_edge(visit)` calls visit(u, v, length_m) for every edge, always in the same order,
    /// where length_m() gives the length; u and v are below `nodes`. Loops are dropped; of parallel
    /// edges the shortest is kept.
    template <class ForEachEdge>
    static Graph fill(std::size_t nodes, ForEachEdge for_each_edge, unsigned threads) {
        Graph graph;
        std::vector<std::int64_t>& offsets = graph.offsets_;
        assign_in_large_pages(offsets, nodes + 1, std::int64_t{0});
        for_each_range(nodes, threads, [&](std::size_t first, std::size_t last) {
            for_each_edge([&](std::uint32_t u, std::uint32_t v, auto) {
                if (u == v) return;
                if (u >= first && u < last) ++offsets[u];
                if (v >= first && v < last) ++offsets[v];
            });
        });
        for (std::size_t i = 1; i <= nodes; ++i) offsets[i] += offsets[i - 1];
        // Now where rows end; filling them from there moves each to where it begins.
        resize_in_large_pages(graph.targets_, static_cast<std::size_t>(offsets[nodes]));
        resize_in_large_pages(graph.lengths_m_, graph.targets_.size());
        for_each_range(nodes, threads, [&](std::size_t first, std::size_t last) {
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
        std::atomic<bool> parallel{false};
        for_each_range(nodes, threads, [&](std::size_t first, std::size_t last) {
            std::vector<std::pair<std::uint32_t, double>> row;
            for (std::size_t node = first; node < last; ++node) {
                const auto at = static_cast<std::size_t>(offsets[node]);
                row.clear();
                for (std::size_t i = at; i < static_cast<std::size_t>(offsets[node + 1]); ++i)
                    row.emplace_back(graph.targets_[i], graph.lengths_m_[i]);
                if (write_sorted(row, graph, at)) parallel = true;
            }
        });
        if (parallel) graph.drop_parallel();
        return graph;
    }

    /// The same where edges are between places along a curve and `node_of` names the node at each,
    /// every node once. `for_each_edge(visit)` calls visit(a, b), a and b being two places, and
    /// length_m(a, b) gives the length between any two. What is near stays near in memory until a row
    /// is complete; only then does it go to where rows have it.
    template <class ForEachEdge, class Length>
    static Graph fill_along(std::span<const std::uint32_t> node_of, ForEachEdge for_each_edge,
                            Length length_m, unsigned threads) {
        const std::size_t nodes = node_of.size();
        std::vector<std::int64_t> begin;  // of a place's neighbours; at first their end
        assign_in_large_pages(begin, nodes + 1, std::int64_t{0});
        for_each_range(nodes, threads, [&](std::size_t first, std::size_t last) {
            for_each_edge([&](std::uint32_t a, std::uint32_t b) {
                if (a >= first && a < last) ++begin[a];
                if (b >= first && b < last) ++begin[b];
            });
        });
        Graph graph;
        std::vector<std::int64_t>& offsets = graph.offsets_;
        assign_in_large_pages(offsets, nodes + 1, std::int64_t{0});
        for (std::size_t i = 0; i < nodes; ++i) offsets[node_of[i] + 1] = begin[i];
        for (std::size_t i = 1; i <= nodes; ++i) {
            offsets[i] += offsets[i - 1];
            begin[i] += begin[i - 1];
        }
        std::vector<std::uint32_t> neighbours;
        resize_in_large_pages(neighbours, static_cast<std::size_t>(offsets[nodes]));
        for_each_range(nodes, threads, [&](std::size_t first, std::size_t last) {
            for_each_edge([&](std::uint32_t a, std::uint32_t b) {
                if (a >= first && a < last) neighbours[static_cast<std::size_t>(--begin[a])] = b;
                if (b >= first && b < last) neighbours[static_cast<std::size_t>(--begin[b])] = a;
            });
        });
        resize_in_large_pages(graph.targets_, neighbours.size());
        resize_in_large_pages(graph.lengths_m_, neighbours.size());
        std::atomic<bool> parallel{false};
        for_each_range(nodes, threads, [&](std::size_t first, std::size_t last) {
            constexpr std::size_t ahead = 12;  // rows that memory is asked for beforehand
            std::vector<std::pair<std::uint32_t, double>> row;
            for (std::size_t i = first; i < last; ++i) {
                if (i + 2 * ahead < last) __builtin_prefetch(&offsets[node_of[i + 2 * ahead]]);
                if (i + ahead < last) {
                    const auto at = static_cast<std::size_t>(offsets[node_of[i + ahead]]);
                    const auto to = static_cast<std::size_t>(offsets[node_of[i + ahead] + 1]);
                    if (at < to) {
                        __builtin_prefetch(&graph.targets_[at], 1);
                        __builtin_prefetch(&graph.targets_[to - 1], 1);
                        __builtin_prefetch(&graph.lengths_m_[at], 1);
                        __builtin_prefetch(&graph.lengths_m_[to - 1], 1);
                    }
                }
                row.clear();
                for (std::int64_t j = begin[i]; j < begin[i + 1]; ++j) {
                    const std::uint32_t other = neighbours[static_cast<std::size_t>(j)];
                    row.emplace_back(node_of[other], length_m(static_cast<std::uint32_t>(i), other));
                }
                if (write_sorted(row, graph, static_cast<std::size_t>(offsets[node_of[i]])))
                    parallel = true;
            }
        });
        if (parallel) graph.drop_parallel();
        return graph;
    }

private:
    /// Writes a row's targets and lengths in ascending order; whether a target is there twice.
    static bool write_sorted(std::vector<std::pair<std::uint32_t, double>>& row, Graph& graph,
                             std::size_t at) {
        std::uint32_t* const targets = graph.targets_.data() + at;
        double* const lengths_m = graph.lengths_m_.data() + at;
        const std::size_t count = row.size();
        if (count <= counted_most) {
            const auto place = place_by_counting(count, [&](std::size_t i) { return row[i].first; });
            std::uint32_t taken = 0;
            for (std::size_t i = 0; i < count; ++i) {
                targets[place[i]] = row[i].first;
                lengths_m[place[i]] = row[i].second;
                taken |= 1U << place[i];
            }
            if (taken == (1U << count) - 1) return false;
        }
        std::sort(row.begin(), row.end());
        bool parallel = false;
        for (std::size_t i = 0; i < count; ++i) {
            targets[i] = row[i].first;
            lengths_m[i] = row[i].second;
            parallel = parallel || (i > 0 && targets[i] == targets[i - 1]);
        }
        return parallel;
    }
};

}  // namespace gridgov::neighbours
