#include "model/table_checks.hpp"
#include "model/town_data.hpp"
#include "number_text.hpp"

namespace gridgov::model {
namespace {

/// A river or a motorway may well pass the town by, but not this far beyond the town's own size.
constexpr double overlap_slack_m = 10'000;

bool check_offsets(const BarrierColumns& columns, std::vector<Finding>& findings) {
    std::int64_t last = 0;
    bool sound = true;
    for (const std::int64_t offset : columns.offsets) {
        sound = sound && offset >= last;
        last = offset;
    }
    sound = sound && static_cast<std::uint64_t>(last) <= columns.x_m.size();
    if (!sound)
        findings.push_back({Code::barrier_offsets_invalid,
                            Severity::error,
                            {},
                            {{"vertices", number_text(columns.x_m.size())}},
                            Table::barriers,
                            -1});
    return sound;
}

}  // namespace

void check_barriers(const BarrierColumns& columns, const Box& households, TownData& data,
                    std::vector<Finding>& findings) {
    if (!columns.present()) return;
    const std::size_t lines = columns.offsets.size() - 1;
    const bool has_passable = !columns.passable.empty();
    const bool sound_passable =
        !has_passable ||
        check_length("passable", columns.passable.size(), lines, Table::barriers, findings);
    const bool has_y =
        check_length("y_m", columns.y_m.size(), columns.x_m.size(), Table::barriers, findings);
    if (!check_offsets(columns, findings) || !sound_passable || !has_y) return;

    Box box;
    for (std::size_t line = 0; line < lines; ++line) {
        const auto first = static_cast<std::size_t>(columns.offsets[line]);
        const auto last = static_cast<std::size_t>(columns.offsets[line + 1]);
        if (last - first < 2)
            findings.push_back(row_fault(Code::barrier_too_short, Table::barriers, line, {},
                                         {{"vertices", number_text(last - first)}}));
        const bool cuts = !has_passable || columns.passable[line] == 0;
        Position from;
        for (std::size_t vertex = first; vertex < last; ++vertex) {
            const double x_m = columns.x_m[vertex];
            const double y_m = columns.y_m[vertex];
            if (!in_plane(x_m, y_m)) {
                findings.push_back(coordinate_fault(
                    x_m, y_m,
                    row_fault(Code::coordinate_not_finite, Table::barriers, line, {},
                              {{"vertex", number_text(vertex - first + 1)}})));
                break;  // one finding a line
            }
            box.add(x_m, y_m);
            const Position to = position_from_metres(x_m, y_m);
            if (vertex > first && cuts && to != from) data.barriers.push_back({from, to});
            from = to;
        }
    }
    if (!box.empty() && !households.empty() &&
        !households.meets(box, households.diagonal_m() + overlap_slack_m))
        findings.push_back({Code::layers_do_not_overlap,
                            Severity::error,
                            {},
                            {{"households_box", households.text()}, {"layer_box", box.text()}},
                            Table::barriers,
                            -1});
}

}  // namespace gridgov::model
