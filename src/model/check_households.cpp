#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>

#include "gridgov/model/ids.hpp"
#include "large_pages.hpp"
#include "model/table_checks.hpp"
#include "model/text.hpp"
#include "model/town_data.hpp"
#include "number_text.hpp"

namespace gridgov::model {
namespace {

__extension__ using Int128 = __int128;  // squares of micrometres do not fit 64 bits

/// The table at hand: its columns, those of the wrong length left out, and where its faults go.
struct HouseholdTable {
    HouseholdColumns columns;
    std::size_t rows;
    std::vector<Finding>& findings;

    std::vector<std::string> record(std::size_t row) const {
        if (!columns.ids.present()) return {std::to_string(row)};
        if (columns.ids[row].empty()) return {};
        return {readable(columns.ids[row])};
    }
    void add(Code code, std::size_t row,
             std::vector<std::pair<std::string, std::string>> fields = {}) const {
        findings.push_back(
            row_fault(code, Table::households, row, record(row), std::move(fields)));
    }
};

/// Leaves out columns of the wrong length; whether the coordinates can be used.
bool check_lengths(HouseholdTable& table) {
    HouseholdColumns& columns = table.columns;
    const auto text = [&](std::string_view name, TextColumn& column) {
        if (column.present() && !check_length(name, column.size(), table.rows, Table::households,
                                              table.findings))
            column = {};
    };
    const auto numbers = [&](std::string_view name, auto& column) {
        if (!column.empty() && !check_length(name, column.size(), table.rows, Table::households,
                                             table.findings))
            column = {};
    };
    const bool has_y =
        check_length("y_m", columns.y_m.size(), table.rows, Table::households, table.findings);
    text("id", columns.ids);
    numbers("weight", columns.weights);
    text("village", columns.villages);
    numbers("may_be_head", columns.may_be_head);
    text("pin", columns.pins);
    text("group", columns.groups);
    text("previous_courtyard", columns.previous_courtyards);
    return has_y;
}

/// Rows in the byte order of their ids, equal ids by row. Most comparisons are settled by the eight
/// bytes that follow what all ids start with.
std::vector<std::uint32_t> order_by_id(const TextColumn& ids) {
    const std::size_t rows = ids.size();
    std::size_t common = ids[0].size();
    bool ascending = true;
    for (std::size_t row = 1; row < rows; ++row) {
        const std::string_view id = ids[row];
        common = std::min(common, id.size());
        while (common > 0 && std::memcmp(id.data(), ids[0].data(), common) != 0) --common;
        ascending = ascending && ids[row - 1] < id;
    }
    std::vector<std::uint32_t> order(rows);
    std::iota(order.begin(), order.end(), 0U);
    if (ascending) return order;

    struct Key {
        std::uint64_t head;
        std::uint32_t row;
    };
    std::vector<Key> keys(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view id = ids[row].substr(common, 8);
        std::uint64_t head = 0;
        for (std::size_t i = 0; i < 8; ++i)
            head = (head << 8) | (i < id.size() ? static_cast<unsigned char>(id[i]) : 0U);
        keys[row] = {head, static_cast<std::uint32_t>(row)};
    }
    std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
        if (a.head != b.head) return a.head < b.head;
        const int difference = ids[a.row].compare(ids[b.row]);
        return difference != 0 ? difference < 0 : a.row < b.row;
    });
    for (std::size_t i = 0; i < rows; ++i) order[i] = keys[i].row;
    return order;
}

void check_ids(const HouseholdTable& table, TownData& data) {
    const TextColumn& ids = table.columns.ids;
    const std::size_t rows = table.rows;
    resize_in_large_pages(data.rank, rows);
    if (!ids.present()) {
        std::iota(data.rank.begin(), data.rank.end(), 0U);
        return;
    }
    std::size_t bytes = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        bytes += ids[row].size();
        if (ids[row].empty())
            table.add(Code::empty_id, row);
        else if (!is_utf8(ids[row]))
            table.add(Code::text_not_utf8, row, {{"column", "id"}});
    }
    data.by_rank = order_by_id(ids);
    std::size_t first = 0;  // of the rows that have the same id
    for (std::size_t i = 0; i < rows; ++i) {
        const std::uint32_t row = data.by_rank[i];
        data.rank[row] = static_cast<std::uint32_t>(i);
        if (ids[row] != ids[data.by_rank[first]]) first = i;
        if (i > first && !ids[row].empty())
            table.add(Code::duplicate_id, row,
                      {{"first_row", number_text(std::uint64_t{data.by_rank[first]} + 1)}});
    }
    data.id_bytes.reserve(bytes);
    data.id_offsets.reserve(rows + 1);
    data.id_offsets.push_back(0);
    for (std::size_t row = 0; row < rows; ++row) {
        data.id_bytes += ids[row];
        data.id_offsets.push_back(data.id_bytes.size());
    }
}

/// Positions of the located; the rows of the others.
std::vector<std::uint32_t> check_places(const HouseholdTable& table, TownData& data, Box& box) {
    std::vector<std::uint32_t> unlocated;
    resize_in_large_pages(data.positions, table.rows);
    for (std::size_t row = 0; row < table.rows; ++row) {
        const double x_m = table.columns.x_m[row];
        const double y_m = table.columns.y_m[row];
        if (in_plane(x_m, y_m)) {
            box.add(x_m, y_m);
            data.positions[row] = position_from_metres(x_m, y_m);
        } else if ((std::isnan(x_m) || std::isnan(y_m)) && !std::isinf(x_m) && !std::isinf(y_m)) {
            unlocated.push_back(static_cast<std::uint32_t>(row));
        } else {
            table.findings.push_back(coordinate_fault(
                x_m, y_m,
                row_fault(Code::coordinate_not_finite, Table::households, row,
                          table.record(row))));
        }
    }
    return unlocated;
}

void check_weights(const HouseholdTable& table, TownData& data) {
    const std::span<const double> weights = table.columns.weights;
    if (weights.empty()) {
        assign_in_large_pages(data.weights, table.rows, weight_from_number(1));
        return;
    }
    const std::int64_t total_max = weight_from_number(weight_max_of_town).millionths;
    std::int64_t total = 0;
    resize_in_large_pages(data.weights, table.rows);
    for (std::size_t row = 0; row < table.rows; ++row) {
        const double weight = weights[row];
        if (!(weight > 0)) {
            table.add(Code::weight_not_positive, row, {{"weight", number_text(weight)}});
        } else if (weight > weight_max_of_household) {
            table.add(Code::weight_too_large, row,
                      {{"weight", number_text(weight)},
                       {"limit", number_text(weight_max_of_household)}});
        } else {
            data.weights[row] = weight_from_number(weight);
            // Stops short of the end of 64 bits, which 2³¹ households of 10⁹ would pass.
            if (total <= total_max) total += data.weights[row].millionths;
        }
    }
    if (total > total_max)
        table.findings.push_back({Code::town_weight_too_large,
                                  Severity::error,
                                  {},
                                  {{"weight", number_text(number_from_weight({total}))},
                                   {"limit", number_text(weight_max_of_town)}},
                                  Table::households,
                                  -1});
}

/// Names as numbers, with a fault for every row whose name is not UTF-8.
Names check_names(const HouseholdTable& table, const TextColumn& column, std::string_view title) {
    Names names = number_names(column);
    std::vector<bool> is_bad(names.names.size());
    bool any_is_bad = false;
    for (std::size_t i = 0; i < names.names.size(); ++i) {
        is_bad[i] = !is_utf8(names.names[i]);
        any_is_bad = any_is_bad || is_bad[i];
    }
    for (std::size_t row = 0; any_is_bad && row < table.rows; ++row)
        if (names.number_of_row[row] != no_index && is_bad[names.number_of_row[row]])
            table.add(Code::text_not_utf8, row, {{"column", std::string(title)}});
    return names;
}

void check_villages(const HouseholdTable& table, TownData& data) {
    if (!table.columns.villages.present()) {
        data.villages = {"all"};
        assign_in_large_pages(data.village_of, table.rows, 0U);
        return;
    }
    Names names = check_names(table, table.columns.villages, "village");
    for (std::size_t row = 0; row < table.rows; ++row)
        if (names.number_of_row[row] == no_index) table.add(Code::empty_village, row);
    data.villages = std::move(names.names);
    data.village_of = std::move(names.number_of_row);
}

/// One fault for each pin whose households lie in several villages.
void check_pins(const HouseholdTable& table, TownData& data) {
    if (!table.columns.pins.present()) return;
    Names names = check_names(table, table.columns.pins, "pin");
    data.pins = std::move(names.names);
    data.pin_of = std::move(names.number_of_row);

    std::vector<std::uint32_t> village_of_pin(data.pins.size(), no_index);
    std::vector<bool> crosses(data.pins.size());
    bool any_crosses = false;
    for (std::size_t row = 0; row < table.rows; ++row) {
        const std::uint32_t pin = data.pin_of[row];
        const std::uint32_t village = data.village_of[row];
        if (pin == no_index || village == no_index) continue;
        if (village_of_pin[pin] == no_index) village_of_pin[pin] = village;
        if (village_of_pin[pin] != village) any_crosses = crosses[pin] = true;
    }
    if (!any_crosses) return;

    struct Member {
        std::uint32_t pin, village, row;
    };
    std::vector<Member> members;  // of crossing pins, in the end the first row of each village
    for (std::size_t row = 0; row < table.rows; ++row)
        if (data.pin_of[row] != no_index && crosses[data.pin_of[row]] &&
            data.village_of[row] != no_index)
            members.push_back({data.pin_of[row], data.village_of[row],
                               static_cast<std::uint32_t>(row)});
    std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
        return a.pin != b.pin ? a.pin < b.pin : a.village < b.village;
    });
    members.erase(std::unique(members.begin(), members.end(),
                              [](const Member& a, const Member& b) {
                                  return a.pin == b.pin && a.village == b.village;
                              }),
                  members.end());
    std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
        return a.pin != b.pin ? a.pin < b.pin : a.row < b.row;
    });
    for (std::size_t i = 0; i < members.size();) {
        const std::uint32_t pin = members[i].pin;
        Finding fault = row_fault(Code::pin_across_villages, Table::households, members[i].row);
        std::string villages;
        for (; i < members.size() && members[i].pin == pin; ++i) {
            for (std::string& id : table.record(members[i].row))
                fault.records.push_back(std::move(id));
            villages += villages.empty() ? "" : ", ";
            villages += readable(data.villages[members[i].village]);
        }
        fault.fields = {{"pin", readable(data.pins[pin])}, {"villages", std::move(villages)}};
        table.findings.push_back(std::move(fault));
    }
}

/// Groups are of one village each: the same name in two villages means two groups.
void check_groups(const HouseholdTable& table, TownData& data) {
    if (!table.columns.groups.present()) return;
    const Names names = check_names(table, table.columns.groups, "group");
    const auto key_of = [&](std::size_t row) -> std::optional<std::uint64_t> {
        if (names.number_of_row[row] == no_index || data.village_of[row] == no_index)
            return std::nullopt;
        return std::uint64_t{data.village_of[row]} << 32 | names.number_of_row[row];
    };
    std::vector<std::uint64_t> keys;
    for (std::size_t row = 0; row < table.rows; ++row) {
        const auto key = key_of(row);
        if (key && (keys.empty() || keys.back() != *key)) keys.push_back(*key);
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    data.groups.reserve(keys.size());
    for (const std::uint64_t key : keys)
        data.groups.push_back(names.names[static_cast<std::uint32_t>(key)]);
    data.group_of.assign(table.rows, no_index);
    for (std::size_t row = 0; row < table.rows; ++row)
        if (const auto key = key_of(row))
            data.group_of[row] = static_cast<std::uint32_t>(
                std::lower_bound(keys.begin(), keys.end(), *key) - keys.begin());
}

void check_previous(const HouseholdTable& table, TownData& data) {
    if (!table.columns.previous_courtyards.present()) return;
    Names names =
        check_names(table, table.columns.previous_courtyards, "previous_courtyard");
    data.previous = std::move(names.names);
    data.previous_of = std::move(names.number_of_row);
}

/// The middle of two middle values, or the middle value; the values are put in another order.
std::int64_t median(std::vector<std::int64_t>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    const std::int64_t below = *std::max_element(values.begin(), middle);
    return below + (*middle - below) / 2;
}

/// The one of some located households that stands nearest to their componentwise median position;
/// ties: the first by id.
std::uint32_t middle_household(std::span<const std::uint32_t> located, const TownData& data) {
    std::vector<std::int64_t> x_um;
    std::vector<std::int64_t> y_um;
    for (const std::uint32_t row : located) {
        x_um.push_back(data.positions[row].x_um);
        y_um.push_back(data.positions[row].y_um);
    }
    const Position middle{median(x_um), median(y_um)};
    const auto squared_distance = [&](std::uint32_t row) {
        const Int128 dx = data.positions[row].x_um - middle.x_um;
        const Int128 dy = data.positions[row].y_um - middle.y_um;
        return dx * dx + dy * dy;
    };
    return *std::min_element(located.begin(), located.end(),
                             [&](std::uint32_t a, std::uint32_t b) {
                                 const Int128 to_a = squared_distance(a);
                                 const Int128 to_b = squared_distance(b);
                                 return to_a != to_b ? to_a < to_b : data.rank[a] < data.rank[b];
                             });
}

/// Anchors the unlocated to a household of their group.
void anchor(const HouseholdTable& table, const std::vector<std::uint32_t>& unlocated,
            TownData& data) {
    std::vector<bool> is_unlocated(table.rows);
    std::vector<bool> wants_anchor(data.groups.size());
    for (const std::uint32_t row : unlocated) {
        is_unlocated[row] = true;
        if (!data.group_of.empty() && data.group_of[row] != no_index)
            wants_anchor[data.group_of[row]] = true;
    }
    std::vector<std::vector<std::uint32_t>> located(data.groups.size());
    for (std::size_t row = 0; row < data.group_of.size(); ++row) {
        const std::uint32_t group = data.group_of[row];
        if (group != no_index && wants_anchor[group] && !is_unlocated[row] &&
            in_plane(table.columns.x_m[row], table.columns.y_m[row]))
            located[group].push_back(static_cast<std::uint32_t>(row));
    }
    std::vector<std::uint32_t> anchor_of_group(data.groups.size(), no_index);
    for (std::size_t group = 0; group < located.size(); ++group)
        if (!located[group].empty())
            anchor_of_group[group] = middle_household(located[group], data);

    data.anchor_of.assign(table.rows, no_index);
    for (const std::uint32_t row : unlocated) {
        const std::uint32_t group = data.group_of.empty() ? no_index : data.group_of[row];
        if (group == no_index || anchor_of_group[group] == no_index) {
            std::vector<std::pair<std::string, std::string>> fields;
            if (group != no_index) fields = {{"group", readable(data.groups[group])}};
            table.add(Code::unlocated_without_group, row, std::move(fields));
            continue;
        }
        data.anchor_of[row] = anchor_of_group[group];
        data.positions[row] = data.positions[anchor_of_group[group]];
    }
}

}  // namespace

void check_households(const HouseholdColumns& columns, const TownOptions& options, TownData& data,
                      Box& box, std::vector<Finding>& findings) {
    HouseholdTable table{columns, columns.x_m.size(), findings};
    if (!check_countable(table.rows, Table::households, findings)) return;
    const bool has_places = check_lengths(table);
    if (table.rows == 0) {
        findings.push_back({Code::no_households, Severity::error, {}, {}, Table::households, -1});
        return;
    }
    check_ids(table, data);
    check_weights(table, data);
    check_villages(table, data);
    if (table.columns.may_be_head.empty()) {
        data.may_be_head.assign(table.rows, 1);
    } else {
        data.may_be_head.resize(table.rows);
        std::transform(table.columns.may_be_head.begin(), table.columns.may_be_head.end(),
                       data.may_be_head.begin(),
                       [](std::uint8_t flag) { return std::uint8_t{flag != 0}; });
    }
    check_pins(table, data);
    check_groups(table, data);
    check_previous(table, data);
    if (!has_places) return;
    const std::vector<std::uint32_t> unlocated = check_places(table, data, box);
    if (unlocated.empty()) return;
    if (options.unlocated == Unlocated::group) {
        anchor(table, unlocated, data);
    } else {
        for (const std::uint32_t row : unlocated) table.add(Code::household_unlocated, row);
    }
}

}  // namespace gridgov::model
