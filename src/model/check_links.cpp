#include <algorithm>
#include <cmath>

#include "gridgov/model/ids.hpp"
#include "model/id_table.hpp"
#include "model/table_checks.hpp"
#include "model/text.hpp"
#include "model/town_data.hpp"
#include "number_text.hpp"

namespace gridgov::model {

void check_links(const LinkColumns& columns, const HouseholdColumns& households, TownData& data,
                 std::vector<Finding>& findings) {
    if (!columns.present()) return;
    data.has_links = true;
    const std::size_t rows = columns.u.size();
    const bool has_v = check_length("v", columns.v.size(), rows, Table::links, findings);
    const bool has_length =
        check_length("length_m", columns.length_m.size(), rows, Table::links, findings);
    if (!has_v || !check_countable(rows, Table::links, findings)) return;

    const std::size_t household_rows = households.x_m.size();
    const bool ids_are_sound =
        !households.ids.present() || households.ids.size() == household_rows;
    const IdTable table(households.ids, ids_are_sound ? household_rows : 0);

    struct Pair {
        std::uint32_t u, v, row;
    };
    std::vector<Pair> pairs;
    pairs.reserve(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view id_u = columns.u[row];
        const std::string_view id_v = columns.v[row];
        const double length_m = has_length ? columns.length_m[row] : 0;
        if (!std::isfinite(length_m) || length_m < 0)
            findings.push_back(row_fault(Code::link_length_invalid, Table::links, row,
                                         {readable(id_u), readable(id_v)},
                                         {{"length_m", number_text(length_m)}}));
        if (!ids_are_sound) continue;
        const std::uint32_t u = table.find(id_u);
        const std::uint32_t v = table.find(id_v);
        for (const auto& [end, id] : {std::pair{u, id_u}, std::pair{v, id_v}})
            if (end == no_index)
                findings.push_back(row_fault(
                    Code::link_unknown_household, Table::links, row, {readable(id)},
                    {{"u", readable(id_u)}, {"v", readable(id_v)}}));
        if (u == no_index || v == no_index) continue;
        if (u == v) {
            findings.push_back(
                row_fault(Code::link_to_itself, Table::links, row, {readable(id_u)}));
            continue;
        }
        pairs.push_back({std::min(u, v), std::max(u, v), static_cast<std::uint32_t>(row)});
    }

    std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
        if (a.u != b.u) return a.u < b.u;
        if (a.v != b.v) return a.v < b.v;
        return a.row < b.row;
    });
    std::size_t first = 0;  // of the pairs that name the same two households
    for (std::size_t i = 1; i < pairs.size(); ++i) {
        if (pairs[i].u != pairs[first].u || pairs[i].v != pairs[first].v) {
            first = i;
            continue;
        }
        const std::size_t row = pairs[i].row;
        findings.push_back(row_fault(
            Code::link_duplicate, Table::links, row,
            {readable(columns.u[row]), readable(columns.v[row])},
            {{"first_row", number_text(std::uint64_t{pairs[first].row} + 1)}}));
    }

    if (!has_length) return;
    data.links.reserve(pairs.size());
    for (const Pair& pair : pairs)
        data.links.push_back({pair.u, pair.v, columns.length_m[pair.row] + 0.0});  // no −0
}

}  // namespace gridgov::model
