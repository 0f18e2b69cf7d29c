// A town from a few lines of a test.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gridgov/model/town.hpp"

namespace gridgov::tests {

struct SmallTown {
    std::vector<double> x_m, y_m;
    std::vector<std::string> ids, villages, groups;
    std::vector<std::string> link_u, link_v;
    std::vector<double> link_length_m;
    std::vector<std::string> node_ids, way_u, way_v;
    std::vector<double> node_x_m, node_y_m, way_length_m;
    std::vector<std::int64_t> barrier_offsets;
    std::vector<double> barrier_x_m, barrier_y_m;
    std::vector<std::uint8_t> barrier_passable;
    bool with_ways = false;

    SmallTown& household(const std::string& id, double x, double y,
                         const std::string& village = "v", const std::string& group = "") {
        ids.push_back(id);
        x_m.push_back(x);
        y_m.push_back(y);
        villages.push_back(village);
        groups.push_back(group);
        return *this;
    }
    SmallTown& unlocated(const std::string& id, const std::string& group,
                         const std::string& village = "v") {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        return household(id, nan, nan, village, group);
    }
    SmallTown& link(const std::string& u, const std::string& v, double length_m) {
        link_u.push_back(u);
        link_v.push_back(v);
        link_length_m.push_back(length_m);
        return *this;
    }
    SmallTown& node(const std::string& id, double x, double y) {
        with_ways = true;
        node_ids.push_back(id);
        node_x_m.push_back(x);
        node_y_m.push_back(y);
        return *this;
    }
    SmallTown& way(const std::string& u, const std::string& v, double length_m) {
        way_u.push_back(u);
        way_v.push_back(v);
        way_length_m.push_back(length_m);
        return *this;
    }
    /// x0, y0, x1, y1, …
    SmallTown& barrier(const std::vector<double>& coordinates_m, bool passable = false) {
        if (barrier_offsets.empty()) barrier_offsets.push_back(0);
        for (std::size_t i = 0; i + 1 < coordinates_m.size(); i += 2) {
            barrier_x_m.push_back(coordinates_m[i]);
            barrier_y_m.push_back(coordinates_m[i + 1]);
        }
        barrier_offsets.push_back(static_cast<std::int64_t>(barrier_x_m.size()));
        barrier_passable.push_back(passable ? 1 : 0);
        return *this;
    }

    Town make() const {
        const auto text = [](const std::vector<std::string>& column) {
            return TextColumn(std::span<const std::string>(column));
        };
        TownColumns columns;
        columns.households.x_m = x_m;
        columns.households.y_m = y_m;
        columns.households.ids = text(ids);
        columns.households.villages = text(villages);
        columns.households.groups = text(groups);
        if (!link_u.empty()) columns.links = {text(link_u), text(link_v), link_length_m};
        if (with_ways)
            columns.ways = {text(node_ids), node_x_m, node_y_m,
                            text(way_u),    text(way_v), way_length_m};
        if (!barrier_offsets.empty())
            columns.barriers = {barrier_offsets, barrier_x_m, barrier_y_m, barrier_passable};
        return Town::make(columns, {Unlocated::group});
    }
};

}  // namespace gridgov::tests
