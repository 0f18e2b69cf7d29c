// Whether a result is a Delaunay triangulation: exact, and written apart from the library's code.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/multiprecision/cpp_int.hpp>

#include "gridgov/neighbours/delaunay.hpp"

namespace gridgov::tests {

using Whole = boost::multiprecision::cpp_int;

inline int turn(Position a, Position b, Position c) {
    return Whole(Whole(b.x_um - a.x_um) * (c.y_um - a.y_um) -
                 Whole(b.y_um - a.y_um) * (c.x_um - a.x_um)).sign();
}

/// Above 0: d lies inside the circle through a, b, c (counterclockwise).
inline int inside_circle(Position a, Position b, Position c, Position d) {
    std::array<std::array<Whole, 3>, 3> m;
    const std::array corners{a, b, c};
    for (std::size_t i = 0; i < 3; ++i) {
        const Whole x = corners[i].x_um - d.x_um;
        const Whole y = corners[i].y_um - d.y_um;
        m[i] = {x, y, x * x + y * y};
    }
    return Whole(m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
                 m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
                 m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])).sign();
}

/// Empty if the result is a Delaunay triangulation of the positions; else what it breaches.
///
/// Walks the faces of the embedding (edges around each place by angle): it is connected, Euler's
/// formula holds, every face but the outer one is a counterclockwise triangle, the outer one is
/// convex, and no edge's opposite corner lies inside the circle of the other side. Locally Delaunay
/// and a triangulation of the convex hull: Delaunay.
inline std::string delaunay_breach(std::span<const Position> positions,
                                   const neighbours::Delaunay& result) {
    const auto rows = static_cast<std::uint32_t>(positions.size());
    if (result.representative.size() != rows) return "representatives are not one a row";
    std::map<Position, std::uint32_t> first_at;
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::uint32_t first = first_at.emplace(positions[row], row).first->second;
        if (result.representative[row] != first) return "a representative is not the first row";
    }
    const std::size_t places = first_at.size();

    std::vector<std::vector<std::uint32_t>> around(rows);
    for (std::size_t i = 0; i < result.edges.size(); ++i) {
        const auto [u, v] = result.edges[i];
        if (!(u < v && v < rows)) return "an edge is not u < v";
        if (i > 0 && !(result.edges[i - 1] < result.edges[i])) return "edges are not sorted";
        if (result.representative[u] != u || result.representative[v] != v)
            return "an edge of a row that is not first at its place";
        around[u].push_back(v);
        around[v].push_back(u);
    }
    std::vector<bool> reached(rows, false);
    std::vector<std::uint32_t> stack;
    std::size_t count = 0;
    if (rows > 0) stack.push_back(0);
    if (rows > 0) reached[0] = true;
    while (!stack.empty()) {
        const std::uint32_t u = stack.back();
        stack.pop_back();
        ++count;
        for (const std::uint32_t v : around[u])
            if (!reached[v]) {
                reached[v] = true;
                stack.push_back(v);
            }
    }
    if (count != places) return "a place is not connected to the others";
    if (places < 2) return "";

    // Counterclockwise by angle, from the positive x axis.
    for (std::uint32_t u = 0; u < rows; ++u) {
        const Position p = positions[u];
        const auto lower = [p](Position q) {
            return q.y_um < p.y_um || (q.y_um == p.y_um && q.x_um < p.x_um);
        };
        std::sort(around[u].begin(), around[u].end(), [&](std::uint32_t a, std::uint32_t b) {
            const Position q = positions[a], r = positions[b];
            if (lower(q) != lower(r)) return lower(r);
            return turn(p, q, r) > 0;
        });
        for (std::size_t i = 0; i + 1 < around[u].size(); ++i) {
            const Position q = positions[around[u][i]], r = positions[around[u][i + 1]];
            if (lower(q) == lower(r) && turn(p, q, r) == 0) return "edges overlap";
        }
    }
    // The face on the left of u → v goes on to v's neighbour clockwise before u.
    using Directed = std::pair<std::uint32_t, std::uint32_t>;
    std::map<Directed, Directed> next;
    for (std::uint32_t v = 0; v < rows; ++v)
        for (std::size_t i = 0; i < around[v].size(); ++i)
            next[{around[v][i], v}] = {v, around[v][(i + around[v].size() - 1) % around[v].size()]};
    std::map<Directed, std::uint32_t> apex;  // the corner on the left of an inner edge
    std::map<Directed, bool> seen;
    std::size_t faces = 0, outer = 0;
    for (const auto& entry : next) {
        if (seen[entry.first]) continue;
        ++faces;
        std::vector<std::uint32_t> corners;
        for (Directed e = entry.first; !seen[e]; e = next[e]) {
            seen[e] = true;
            corners.push_back(e.first);
        }
        const std::size_t size = corners.size();
        if (size == 3 &&
            turn(positions[corners[0]], positions[corners[1]], positions[corners[2]]) > 0) {
            for (std::size_t i = 0; i < 3; ++i)
                apex[{corners[i], corners[(i + 1) % 3]}] = corners[(i + 2) % 3];
            continue;
        }
        ++outer;
        for (std::size_t i = 0; i < size; ++i)
            if (turn(positions[corners[i]], positions[corners[(i + 1) % size]],
                     positions[corners[(i + 2) % size]]) > 0)
                return "a face is neither a triangle nor the hull's outside";
    }
    if (outer != 1) return "not one outer face";
    if (places + faces != result.edges.size() + 2) return "Euler's formula does not hold";
    for (const auto& [edge, corner] : apex) {
        const auto opposite = apex.find({edge.second, edge.first});
        if (opposite != apex.end() &&
            inside_circle(positions[edge.first], positions[edge.second], positions[corner],
                          positions[opposite->second]) > 0)
            return "a circumcircle is not empty";
    }
    return "";
}

}  // namespace gridgov::tests
