#include "simulate/village_plan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace gridgov::simulate {
namespace {

constexpr std::int64_t hamlet_households_min = 8;
constexpr std::int64_t hamlet_households_max = 60;

std::vector<std::int64_t> hamlet_sizes(std::int64_t households, Random& random) {
    std::vector<std::int64_t> sizes;
    while (households > 0) {
        std::int64_t size = random.between(14, 46);
        if (random.percent(15))
            size = random.percent(50) ? random.between(hamlet_households_min, 13)
                                      : random.between(47, 58);
        if (households - size < hamlet_households_min)
            size = households <= hamlet_households_max ? households : households / 2;
        sizes.push_back(size);
        households -= size;
    }
    return sizes;
}

/// Rows with a seventh more slots than houses: gardens.
std::int64_t rows_for(std::int64_t households, std::int64_t half_slots) {
    const std::int64_t a_row = 4 * half_slots;
    return (households * 115 / 100 + a_row - 1) / a_row;
}

void number_hamlets(std::vector<Column>& columns) {
    std::uint32_t number = 0;
    for (Column& column : columns)
        for (Hamlet& hamlet : column.hamlets) hamlet.number = ++number;
}

/// The column on the left that is nearest along the river.
std::size_t nearest_on_left(const std::vector<Column>& columns, std::size_t right) {
    std::size_t before = right;
    while (before > 0 && columns[before].side < 0) --before;
    std::size_t after = right;
    while (after + 1 < columns.size() && columns[after].side < 0) ++after;
    if (columns[before].side < 0) return after;
    if (columns[after].side < 0) return before;
    const double here_m = columns[right].along_m;
    return here_m - columns[before].along_m <= columns[after].along_m - here_m ? before : after;
}

void choose_bridges(VillagePlan& plan) {
    std::vector<std::size_t> right;
    for (std::size_t i = 0; i < plan.columns.size(); ++i)
        if (plan.columns[i].side < 0) right.push_back(i);
    const std::size_t count = (right.size() + 2) / 3;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = right[(2 * i + 1) * right.size() / (2 * count)];
        plan.bridges.push_back({at, nearest_on_left(plan.columns, at)});
    }
}

}  // namespace

VillagePlan plan_village(std::int64_t households, double start_m, Random& random) {
    const std::vector<std::int64_t> sizes = hamlet_sizes(households, random);
    const bool both_sides = households >= 40 && sizes.size() > 1;
    const bool dense = households > 1500;  // a town rather than a village
    std::array<double, 2> cursor_m{start_m, start_m + static_cast<double>(random.below(80))};
    std::array<std::size_t, 2> last{};
    std::array<bool, 2> begun{};
    VillagePlan plan;
    for (const std::int64_t size : sizes) {
        std::size_t side = 0;
        if (both_sides) {
            side = cursor_m[1] < cursor_m[0] ? 1 : 0;
            if (begun[0] && random.percent(20)) side = 1 - side;
        }
        Hamlet hamlet;
        hamlet.households = size;
        if (begun[side] && random.percent(dense ? 100 : 30)) {  // above the one before
            Column& column = plan.columns[last[side]];
            hamlet.rows = rows_for(size, column.half_slots);
            hamlet.first_row_m = column.hamlets.back().last_row_m() +
                                 static_cast<double>(random.between(70, 110));
            if (hamlet.last_row_m() <= slope_top_m) {
                column.hamlets.push_back(hamlet);
                continue;
            }
        }
        Column column;
        column.side = side == 0 ? 1 : -1;
        column.half_slots = size <= 14   ? 2
                            : size <= 30 ? random.between(2, 3)
                                         : random.between(3, 4);
        column.seed = random.bits();
        column.along_m = cursor_m[side] + column.half_width_m();
        column.gap_m = static_cast<double>(dense ? random.between(10, 60) : random.between(20, 170));
        hamlet.rows = rows_for(size, column.half_slots);
        hamlet.first_row_m = static_cast<double>(random.percent(60) ? random.between(88, 130)
                                                                    : random.between(130, 260));
        column.hamlets.push_back(hamlet);
        cursor_m[side] = column.along_m + column.half_width_m() + column.gap_m;
        last[side] = plan.columns.size();
        begun[side] = true;
        plan.columns.push_back(std::move(column));
    }
    plan.end_m = std::max(cursor_m[0], cursor_m[1]);
    std::stable_sort(plan.columns.begin(), plan.columns.end(),
                     [](const Column& a, const Column& b) { return a.along_m < b.along_m; });
    number_hamlets(plan.columns);
    choose_bridges(plan);
    for (const Bridge& bridge : plan.bridges) {
        ++plan.columns[bridge.right].hamlets.front().bridgeheads;
        ++plan.columns[bridge.left].hamlets.front().bridgeheads;
    }
    return plan;
}

}  // namespace gridgov::simulate
