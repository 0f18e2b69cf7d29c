// All walking distances of a small graph, by the plainest method.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "gridgov/neighbours/graph.hpp"

namespace gridgov::tests {

inline std::vector<std::vector<double>> floyd_warshall(const neighbours::Graph& graph) {
    const std::size_t n = graph.nodes();
    std::vector<std::vector<double>> d(
        n, std::vector<double>(n, std::numeric_limits<double>::infinity()));
    for (std::size_t i = 0; i < n; ++i) d[i][i] = 0;
    for (const auto& edge : graph.edge_list())
        d[edge.u][edge.v] = d[edge.v][edge.u] = edge.length_m;
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) d[i][j] = std::min(d[i][j], d[i][k] + d[k][j]);
    return d;
}

}  // namespace gridgov::tests
