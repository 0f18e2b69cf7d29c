#include <algorithm>
#include <cmath>

#include "gridgov/model/ids.hpp"
#include "model/id_table.hpp"
#include "model/table_checks.hpp"
#include "model/text.hpp"
#include "model/town_data.hpp"
#include "number_text.hpp"

namespace gridgov::model {
namespace {

/// Houses may all stand on one side of the only way; beyond this the layers do not overlap.
constexpr double overlap_slack_m = 500;

void check_nodes(const WayColumns& columns, const IdTable& table, Box& box,
                 std::vector<Position>& positions, std::vector<Finding>& findings) {
    const std::size_t rows = columns.node_ids.size();
    positions.reserve(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view id = columns.node_ids[row];
        if (id.empty()) {
            findings.push_back(row_fault(Code::empty_id, Table::way_nodes, row));
        } else {
            if (!is_utf8(id))
                findings.push_back(row_fault(Code::text_not_utf8, Table::way_nodes, row,
                                             {readable(id)}, {{"column", "id"}}));
            if (const std::uint32_t first = table.find(id); first != row)
                findings.push_back(
                    row_fault(Code::way_node_duplicate_id, Table::way_nodes, row, {readable(id)},
                              {{"first_row", number_text(std::uint64_t{first} + 1)}}));
        }
        const double x_m = columns.node_x_m[row];
        const double y_m = columns.node_y_m[row];
        if (!in_plane(x_m, y_m)) {
            std::vector<std::string> records;
            if (!id.empty()) records.push_back(readable(id));
            findings.push_back(coordinate_fault(
                x_m, y_m,
                row_fault(Code::coordinate_not_finite, Table::way_nodes, row, std::move(records))));
            positions.push_back({});
            continue;
        }
        box.add(x_m, y_m);
        positions.push_back(position_from_metres(x_m, y_m));
    }
}

}  // namespace

void check_ways(const WayColumns& columns, const Box& households, TownData& data,
                std::vector<Finding>& findings) {
    if (!columns.present()) return;
    data.has_ways = true;
    const std::size_t nodes = columns.node_ids.size();
    const bool has_x =
        check_length("x_m", columns.node_x_m.size(), nodes, Table::way_nodes, findings);
    const bool has_y =
        check_length("y_m", columns.node_y_m.size(), nodes, Table::way_nodes, findings);
    const std::size_t rows = columns.u.size();
    const bool has_v = check_length("v", columns.v.size(), rows, Table::ways, findings);
    const bool has_length =
        check_length("length_m", columns.length_m.size(), rows, Table::ways, findings);
    if (!check_countable(nodes, Table::way_nodes, findings)) return;

    const IdTable table(columns.node_ids, nodes);
    if (has_x && has_y) {
        Box box;
        check_nodes(columns, table, box, data.way_nodes, findings);
        if (!box.empty() && !households.empty() && !households.meets(box, overlap_slack_m))
            findings.push_back({Code::layers_do_not_overlap,
                                Severity::error,
                                {},
                                {{"households_box", households.text()}, {"layer_box", box.text()}},
                                Table::ways,
                                -1});
    }
    if (!has_v || !check_countable(rows, Table::ways, findings)) return;

    struct Numbered {
        std::uint32_t u, v, row;
        double length_m;
    };
    std::vector<Numbered> sound;
    sound.reserve(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view id_u = columns.u[row];
        const std::string_view id_v = columns.v[row];
        const double length_m = has_length ? columns.length_m[row] : 0;
        if (!std::isfinite(length_m) || length_m < 0)
            findings.push_back(row_fault(Code::way_length_invalid, Table::ways, row,
                                         {readable(id_u), readable(id_v)},
                                         {{"length_m", number_text(length_m)}}));
        const std::uint32_t u = table.find(id_u);
        const std::uint32_t v = table.find(id_v);
        for (const auto& [end, id] : {std::pair{u, id_u}, std::pair{v, id_v}})
            if (end == no_index)
                findings.push_back(row_fault(Code::way_unknown_node, Table::ways, row,
                                             {readable(id)},
                                             {{"u", readable(id_u)}, {"v", readable(id_v)}}));
        if (u == no_index || v == no_index || u == v) continue;
        sound.push_back({u, v, static_cast<std::uint32_t>(row), length_m + 0.0});  // no −0
    }

    // Of parallel ways only the shortest can be on a shortest walk; ties: the first row.
    const auto ends = [](const Numbered& way) { return std::minmax(way.u, way.v); };
    std::sort(sound.begin(), sound.end(), [&](const Numbered& a, const Numbered& b) {
        const std::pair<std::uint32_t, std::uint32_t> a_ends = ends(a);
        const std::pair<std::uint32_t, std::uint32_t> b_ends = ends(b);
        if (a_ends != b_ends) return a_ends < b_ends;
        if (a.length_m != b.length_m) return a.length_m < b.length_m;
        return a.row < b.row;
    });
    sound.erase(std::unique(sound.begin(), sound.end(),
                            [](const Numbered& a, const Numbered& b) {
                                return std::minmax(a.u, a.v) == std::minmax(b.u, b.v);
                            }),
                sound.end());
    std::sort(sound.begin(), sound.end(),
              [](const Numbered& a, const Numbered& b) { return a.row < b.row; });
    data.ways.reserve(sound.size());
    for (const Numbered& way : sound) data.ways.push_back({way.u, way.v, way.length_m});
}

}  // namespace gridgov::model
