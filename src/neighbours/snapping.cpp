#include "neighbours/snapping.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include <boost/iterator/function_output_iterator.hpp>

#include "neighbours/assemble.hpp"
#include "neighbours/box_tree.hpp"

namespace gridgov::neighbours {
namespace {

namespace index = boost::geometry::index;

double squared_distance(Position a, Position b) {
    const double dx = static_cast<double>(a.x_um - b.x_um);
    const double dy = static_cast<double>(a.y_um - b.y_um);
    return dx * dx + dy * dy;
}

/// The place on the segment that is nearest to p. Both coordinates are rounded from one share of
/// the way, so along it they never turn back.
Position nearest_on_segment(Position p, Position from, Position to) {
    const double dx = static_cast<double>(to.x_um - from.x_um);
    const double dy = static_cast<double>(to.y_um - from.y_um);
    const double squared = dx * dx + dy * dy;
    if (squared == 0) return from;
    const double along = static_cast<double>(p.x_um - from.x_um) * dx +
                         static_cast<double>(p.y_um - from.y_um) * dy;
    const double share = std::clamp(along / squared, 0.0, 1.0);
    return {from.x_um + std::llround(share * dx), from.y_um + std::llround(share * dy)};
}

/// How far along a segment a place on it lies: |Δx| + |Δy|, whole and monotone.
std::int64_t progress(Position from, Position place) {
    return std::abs(place.x_um - from.x_um) + std::abs(place.y_um - from.y_um);
}

/// Where a household joins a way.
struct Join {
    std::uint32_t way;
    std::int64_t progress_um;
    std::uint32_t household;
};

}  // namespace

JoinedWays join_to_ways(const Town& town) {
    const auto households = static_cast<std::uint32_t>(town.households());
    const auto positions = town.positions();
    const auto nodes = town.way_nodes();
    const auto ways = town.ways();
    JoinedWays result;
    result.joined_at.assign(households, no_index);
    result.offset_m.assign(households, 0);

    std::vector<BoxEntry> entries;
    entries.reserve(ways.size());
    for (std::uint32_t way = 0; way < ways.size(); ++way)
        entries.emplace_back(
            box_around(place_of(nodes[ways[way].u]), place_of(nodes[ways[way].v])), way);
    const BoxTree tree(entries);

    std::vector<Join> joins;
    if (!ways.empty()) joins.reserve(households);
    for (std::uint32_t row = 0; row < households && !ways.empty(); ++row) {
        if (!located(town, row)) continue;
        const Position p = positions[row];
        const Place place = place_of(p);
        const Corner corner(place.x, place.y);
        double least = std::numeric_limits<double>::infinity();
        std::uint32_t nearest_way = no_index;
        Position nearest_place;
        const auto consider = [&](const BoxEntry& entry) {
            const std::uint32_t way = entry.second;
            const Position at = nearest_on_segment(p, nodes[ways[way].u], nodes[ways[way].v]);
            const double squared = squared_distance(p, at);
            if (squared < least || (squared == least && way < nearest_way)) {
                least = squared;
                nearest_way = way;
                nearest_place = at;
            }
        };
        // Some of the nearest boxes bound the distance; whatever is nearer has a box within it.
        tree.query(index::nearest(corner, 4), boost::make_function_output_iterator(consider));
        const double reach = std::ceil(std::sqrt(least)) + 1;
        const Box within({place.x - reach, place.y - reach}, {place.x + reach, place.y + reach});
        tree.query(index::intersects(within), boost::make_function_output_iterator(consider));
        result.offset_m[row] = straight_distance_m(p, nearest_place);
        joins.push_back({nearest_way, progress(nodes[ways[nearest_way].u], nearest_place), row});
    }
    std::sort(joins.begin(), joins.end(), [](const Join& a, const Join& b) {
        return std::tie(a.way, a.progress_um, a.household) <
               std::tie(b.way, b.progress_um, b.household);
    });

    // Each way, split where households join it between its ends.
    std::uint32_t network_nodes = households + static_cast<std::uint32_t>(nodes.size());
    std::vector<Edge> edges;
    edges.reserve(ways.size() + 2 * joins.size() + households);
    auto join = joins.begin();
    for (std::uint32_t way = 0; way < ways.size(); ++way) {
        const auto& [u, v, length_m] = ways[way];
        const std::int64_t whole_um = progress(nodes[u], nodes[v]);
        std::uint32_t last = households + u;
        std::int64_t last_um = 0;
        double last_m = 0;
        for (; join != joins.end() && join->way == way; ++join) {
            if (join->progress_um == whole_um && whole_um > 0) {
                result.joined_at[join->household] = households + v;
                continue;
            }
            if (join->progress_um != last_um) {
                const double at_m = length_m * (static_cast<double>(join->progress_um) /
                                                static_cast<double>(whole_um));
                edges.push_back({last, network_nodes, at_m - last_m});
                last = network_nodes++;
                last_um = join->progress_um;
                last_m = at_m;
            }
            result.joined_at[join->household] = last;
        }
        edges.push_back({last, households + v, std::max(0.0, length_m - last_m)});
    }
    for (std::uint32_t row = 0; row < households; ++row)
        if (result.joined_at[row] != no_index)
            edges.push_back({row, result.joined_at[row], result.offset_m[row]});
    link_to_anchors(town, edges);
    result.network = Graph::from_edges(network_nodes, edges);
    return result;
}

}  // namespace gridgov::neighbours
