// Small tables for the tests of the model, and short ways to ask what was found.
#pragma once

#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridgov/model/town.hpp"

namespace gridgov::test {

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// Tables that own their memory; empty vectors are absent columns, but for the coordinates.
struct Tables {
    std::vector<double> x_m, y_m;
    std::vector<std::string> ids, villages, pins, groups, previous;
    std::vector<double> weights;
    std::vector<std::uint8_t> may_be_head;
    bool has_links = false;
    std::vector<std::string> link_u, link_v;
    std::vector<double> link_m;
    bool has_ways = false;
    std::vector<std::string> node_ids;
    std::vector<double> node_x_m, node_y_m;
    std::vector<std::string> way_u, way_v;
    std::vector<double> way_m;
    std::vector<std::int64_t> barrier_offsets;
    std::vector<double> barrier_x_m, barrier_y_m;
    std::vector<std::uint8_t> barrier_passable;

    static TextColumn text(const std::vector<std::string>& texts) {
        return texts.empty() ? TextColumn() : TextColumn(std::span<const std::string>(texts));
    }
    TownColumns columns() const {
        TownColumns all;
        all.households = {x_m,         y_m,        text(ids),    weights,       text(villages),
                          may_be_head, text(pins), text(groups), text(previous)};
        if (has_links)
            all.links = {std::span<const std::string>(link_u), std::span<const std::string>(link_v),
                         link_m};
        if (has_ways)
            all.ways = {std::span<const std::string>(node_ids), node_x_m, node_y_m,
                        std::span<const std::string>(way_u), std::span<const std::string>(way_v),
                        way_m};
        all.barriers = {barrier_offsets, barrier_x_m, barrier_y_m, barrier_passable};
        return all;
    }
    Town town(Unlocated unlocated = Unlocated::refuse) const {
        return Town::make(columns(), {unlocated});
    }
    std::vector<Finding> faults(Unlocated unlocated = Unlocated::refuse) const {
        return Town::check(columns(), {unlocated}).findings;
    }
};

/// Households "a", "b", … a hundred metres apart on a line.
inline Tables row_of(std::size_t households) {
    Tables tables;
    for (std::size_t i = 0; i < households; ++i) {
        tables.x_m.push_back(100.0 * static_cast<double>(i));
        tables.y_m.push_back(0);
        tables.ids.emplace_back(1, static_cast<char>('a' + i));
    }
    return tables;
}

/// Where and what a fault is, to compare lists of them at a glance.
struct Place {
    Code code;
    Table table;
    std::int64_t row;
    friend bool operator==(const Place&, const Place&) = default;
};
inline std::vector<Place> places(const std::vector<Finding>& findings) {
    std::vector<Place> list;
    for (const Finding& finding : findings)
        list.push_back({finding.code, finding.table, finding.row});
    return list;
}

inline std::string field(const Finding& finding, std::string_view name) {
    for (const auto& [key, value] : finding.fields)
        if (key == name) return value;
    return "(absent)";
}

}  // namespace gridgov::test
