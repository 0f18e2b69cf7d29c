// Going over a graph's rows in an order of one's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "gridgov/neighbours/graph.hpp"

namespace gridgov::partition {

/// Calls visit(i, neighbours of nodes[i]) for each i in turn. Where the order of nodes has nothing to do
/// with that of rows, every row is a miss of the cache; so memory is asked for rows well ahead.
template <class Visit>
void for_each_row_along(const neighbours::Graph& graph, std::span<const std::uint32_t> nodes, Visit visit) {
    constexpr std::size_t ahead = 16;  // rows; twice that for where they begin
    const std::int64_t* const offsets = graph.offsets().data();
    const std::size_t count = nodes.size();
    for (std::size_t i = 0; i < count; ++i) {
        if (i + 2 * ahead < count) __builtin_prefetch(offsets + nodes[i + 2 * ahead]);
        if (i + ahead < count) {
            const auto row = graph.neighbours(nodes[i + ahead]);
            if (!row.empty()) {
                __builtin_prefetch(&row.front());
                __builtin_prefetch(&row.back());  // of six neighbours some stand in the next line
            }
        }
        visit(i, graph.neighbours(nodes[i]));
    }
}

}  // namespace gridgov::partition
