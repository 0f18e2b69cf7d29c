// A township: a trunk valley with a village after every stretch, and a tributary valley after every
// village of the trunk, with more villages along it. Everything is laid out in the frame of its
// valley's river, (along, across), so that houses keep to their side of the water.
#include "gridgov/simulate/township.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "gridgov/error.hpp"
#include "number_text.hpp"
#include "refuse.hpp"
#include "simulate/random.hpp"
#include "simulate/valley.hpp"
#include "simulate/village_names.hpp"
#include "simulate/village_plan.hpp"

namespace gridgov::simulate {
namespace {

// The lie of the land, in metres.
constexpr double road_m = 50;             // from the river: the road on the left, a lane on the right
constexpr double bridgehead_m = 24;       // houses beside a bridge; all others keep farther off
constexpr double village_gap_m = 300;     // along the river
constexpr double mouth_gap_m = 260;       // a tributary's mouth keeps so far from the villages
constexpr double tributary_start_m = 1150; // its first village begins there
constexpr double expressway_m = 770;      // left of the trunk, between its villages and the others
constexpr double viaduct_half_m = 400;    // over a tributary valley
constexpr double node_spacing_m = 60;     // of roads, at most
constexpr double vertex_spacing_m = 50;   // of rivers

struct Junction {
    double along_m;
    std::uint32_t node;
};

struct Interval {
    double from_m;
    double to_m;
};

/// A valley while it fills up.
struct Strip {
    Valley valley;
    std::uint64_t seed;
    std::vector<Junction> road;     ///< ascending
    std::vector<Interval> bridges;  ///< over the river, ascending

    /// The road's distance from the river; the lane's, on the right side.
    double road_across_m(double along_m, int side) const {
        return road_m + 8 * noise(hashed(seed, side > 0 ? 1 : 2), along_m / 300).value;
    }
};

/// Room for a house.
struct Slot {
    double along_m;
    double out_m;  ///< from the river
};

/// Keeps `count` slots, any of them, in their order.
template <class Kept>
void keep_some(std::vector<Kept>& slots, std::int64_t count, Random& random) {
    const auto size = static_cast<std::int64_t>(slots.size());
    std::int64_t wanted = std::min(count, size);
    std::size_t kept = 0;
    for (std::int64_t i = 0; i < size && wanted > 0; ++i) {
        if (random.below(size - i) >= wanted) continue;
        slots[kept++] = slots[static_cast<std::size_t>(i)];
        --wanted;
    }
    slots.resize(kept);
}

double whole_millimetres(double metres) { return std::floor(metres * 1e3 + 0.5) / 1e3; }

/// "H00042": a letter and a number of so many digits that the order of bytes is the order of rows.
std::string padded(char letter, std::size_t number, std::size_t digits) {
    std::string text = std::to_string(number);
    return letter + std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::size_t digits_for(std::size_t count) {
    return std::max<std::size_t>(5, std::to_string(count).size());
}

class Builder {
public:
    explicit Builder(const TownshipOptions& options)
        : options_(options), seed_(hashed(options.seed, 0x676f76)) {
        // A turn by a Pythagorean angle, so that the valleys do not follow the axes.
        constexpr std::array<std::array<double, 3>, 4> turns{
            {{4, 3, 5}, {12, 5, 13}, {15, 8, 17}, {24, 7, 25}}};
        Random random(hashed(seed_, 1));
        const auto& turn = turns[static_cast<std::size_t>(random.below(4))];
        cosine_ = turn[0] / turn[2];
        sine_ = turn[1] / turn[2] * (random.percent(50) ? 1 : -1);
    }

    Township build() {
        reserve();
        town_.village_names = village_names(static_cast<std::size_t>(options_.villages));
        sizes_ = village_sizes();
        // T villages on the trunk with a tributary each of M more: about square where T = 2 M.
        std::int64_t on_trunk = 1;
        while ((on_trunk + 1) * (on_trunk + 1) <= 2 * options_.villages) ++on_trunk;
        on_trunk = std::min(on_trunk, options_.villages);
        const std::int64_t others = options_.villages - on_trunk;

        Strip trunk{Valley::trunk(hashed(seed_, 2)), hashed(seed_, 3), {}, {}};
        std::vector<Interval> viaducts;
        double along_m = 0;
        for (std::int64_t k = 0; k < on_trunk; ++k) {
            if (k > 0) along_m += village_gap_m;
            along_m = add_village(trunk, along_m);
            const std::int64_t here = others * (k + 1) / on_trunk - others * k / on_trunk;
            if (here == 0) continue;
            const double mouth_m = along_m + mouth_gap_m;
            const int side = k % 2 == 0 ? 1 : -1;
            add_tributary(trunk, mouth_m, side, here);
            if (side > 0)
                viaducts.push_back({mouth_m - viaduct_half_m, mouth_m + viaduct_half_m});
            along_m = mouth_m + mouth_gap_m;
        }
        finish_road(trunk, trunk.road, 1);
        add_barrier(trunk.valley, "river", {-600, along_m + 600}, 0, trunk.bridges);
        if (options_.villages > 2)
            add_barrier(trunk.valley, "expressway", {-600, along_m + 600}, expressway_m, viaducts);
        name_all();
        return std::move(town_);
    }

private:
    void reserve() {
        const auto count = static_cast<std::size_t>(options_.households);
        town_.x_m.reserve(count);
        town_.y_m.reserve(count);
        town_.household_villages.reserve(count);
        town_.household_groups.reserve(count);
        town_.may_be_head.reserve(count);
        town_.people.reserve(count);
    }

    /// Ten households each if there are enough, else one; the rest by weights of 60 to 150.
    std::vector<std::int64_t> village_sizes() const {
        const std::int64_t least = options_.households / options_.villages >= 10 ? 10 : 1;
        const std::int64_t rest = options_.households - least * options_.villages;
        std::vector<std::int64_t> sizes(static_cast<std::size_t>(options_.villages));
        Random random(hashed(seed_, 6));
        std::int64_t weight = 0;
        for (std::int64_t& sum : sizes) sum = weight += random.between(60, 150);
        std::int64_t given = 0;
        for (std::int64_t& size : sizes) {
            const std::int64_t until = rest * size / weight;  // below 1e8 × 1.5e10
            size = least + until - given;
            given = until;
        }
        return sizes;
    }

    /// A tributary valley with so many villages; its road joins that of the trunk.
    void add_tributary(Strip& trunk, double mouth_m, int side, std::int64_t villages) {
        Strip tributary{Valley::tributary(hashed(seed_, 4, village_), trunk.valley, mouth_m, side),
                        hashed(seed_, 5, village_), {}, {}};
        // Left of a tributary is west of one in the north and east of one in the south; from there
        // its road crosses the trunk. The trunk's road crosses the northern ones near their mouths.
        const double junction_m = mouth_m - side * road_m;
        if (side > 0)
            tributary.bridges.push_back({10, 95});
        else
            trunk.bridges.push_back({junction_m - 38, junction_m + 38});
        const std::uint32_t junction = road_node(trunk, junction_m);
        const std::uint32_t start = road_node(tributary, 110);
        add_way(junction, start);
        double along_m = tributary_start_m;
        for (std::int64_t i = 0; i < villages; ++i) {
            if (i > 0) along_m += village_gap_m;
            along_m = add_village(tributary, along_m);
        }
        finish_road(tributary, tributary.road, 1);
        add_barrier(tributary.valley, "river", {0, along_m + 500}, 0, tributary.bridges);
    }

    double add_village(Strip& strip, double start_m) {
        Random random(hashed(seed_, 7, village_));
        const VillagePlan plan = plan_village(sizes_[village_], start_m, random);
        const std::size_t first = town_.x_m.size();
        std::vector<Junction> lane;  // along the right side
        std::size_t bridge = 0;
        for (std::size_t i = 0; i < plan.columns.size(); ++i) {
            const Column& column = plan.columns[i];
            std::uint32_t base = 0;
            if (column.side > 0) {
                base = road_node(strip, column.along_m);
            } else {
                base = add_node(strip.valley, column.along_m,
                                -strip.road_across_m(column.along_m, -1));
                lane.push_back({column.along_m, base});
            }
            if (bridge < plan.bridges.size() && plan.bridges[bridge].right == i) {
                add_way(road_node(strip, column.along_m), base);
                add_bridge(strip, plan, plan.bridges[bridge++], random);
            }
            add_column(strip, column, base, random);
        }
        finish_road(strip, lane, -1);
        add_village_middle(first);
        ++village_;
        return plan.end_m;
    }

    /// A gap in the river, and a house at either end: the nearest to each other across the water, so
    /// that the planar neighbour graph has a link over the bridge.
    void add_bridge(Strip& strip, const VillagePlan& plan, const Bridge& bridge, Random& random) {
        const double along_m = plan.columns[bridge.right].along_m;
        const auto half_m = static_cast<double>(random.between(32, 58));
        strip.bridges.push_back({along_m - half_m, along_m + half_m});
        add_house(strip.valley, along_m + 9, bridgehead_m,
                  plan.columns[bridge.left].hamlets.front(), random);
        add_house(strip.valley, along_m + 9, -bridgehead_m,
                  plan.columns[bridge.right].hamlets.front(), random);
    }

    /// The hamlets of a column: single houses along the lane and the road, the rest in rows.
    void add_column(const Strip& strip, const Column& column, std::uint32_t base, Random& random) {
        const double base_m = strip.road_across_m(column.along_m, column.side);
        const double base_bend = noise(column.seed, base_m / 160).value;
        const auto lane_m = [&](double out_m) {
            return column.along_m + 10 * (noise(column.seed, out_m / 160).value - base_bend);
        };
        std::uint32_t lane_node = base;
        double reached_m = base_m;  // how far the lane has come
        for (std::size_t h = 0; h < column.hamlets.size(); ++h) {
            const Hamlet& hamlet = column.hamlets[h];
            std::vector<Slot> single;
            const auto add_single = [&](double out_m) {
                const int hand = random.percent(50) ? 1 : -1;
                single.push_back({lane_m(out_m) + 11 * hand, out_m});
            };
            for (double out_m = reached_m + 26; out_m < hamlet.first_row_m - 30; out_m += 26)
                add_single(out_m);
            if (h == 0 && column.side > 0) {
                const double edge_m = column.along_m + column.half_width_m();
                for (double along_m = edge_m + 8; along_m < edge_m + column.gap_m - 8; along_m += 34)
                    single.push_back({along_m, strip.road_across_m(along_m, column.side) + 12});
            }
            const double top_m = hamlet.last_row_m();
            if (h + 1 == column.hamlets.size())
                for (int i = 1; i <= 3; ++i) add_single(top_m + 40 * i);
            const std::int64_t households = hamlet.households - hamlet.bridgeheads;
            keep_some(single, households * random.between(6, 16) / 100, random);
            for (const Slot& slot : single)
                add_house_near(strip.valley, slot.along_m, column.side * slot.out_m, hamlet, random);

            lane_node = add_rows(strip.valley, column, hamlet, lane_m, lane_node,
                                 households - static_cast<std::int64_t>(single.size()), random);
            reached_m = top_m;
            if (!single.empty() && single.back().out_m > top_m) {
                reached_m = single.back().out_m;
                lane_node = extend(strip.valley, lane_node, lane_m(reached_m),
                                   column.side * reached_m);
            }
        }
    }

    /// Rows of houses above and below short lanes that leave the column's lane along the slope.
    /// Returns the node where the column's lane has arrived.
    template <class Lane>
    std::uint32_t add_rows(const Valley& valley, const Column& column, const Hamlet& hamlet,
                           const Lane& lane_m, std::uint32_t lane_node, std::int64_t households,
                           Random& random) {
        struct RowSlot {
            std::int64_t half;   // two to a row
            std::int64_t place;  // from the lane outwards
            double below_m;
        };
        std::vector<RowSlot> slots;
        std::int64_t spare = 4 * column.half_slots * hamlet.rows - households;
        for (std::int64_t half = 0; half < 2 * hamlet.rows; ++half) {
            std::int64_t places = column.half_slots;
            if (spare >= 2 && random.percent(40)) {
                --places;
                spare -= 2;
            }
            for (std::int64_t place = 0; place < places; ++place)
                for (const double below_m : {9.0, -9.0}) slots.push_back({half, place, below_m});
        }
        keep_some(slots, households, random);

        const double tilt = random.jitter_m(0.1);  // rows follow the slope, not the river
        std::size_t next = 0;
        for (std::int64_t row = 0; row < hamlet.rows; ++row) {
            const double row_m = hamlet.first_row_m + row_spacing_m * static_cast<double>(row);
            const double middle_m = lane_m(row_m);
            lane_node = extend(valley, lane_node, middle_m, column.side * row_m);
            for (const std::int64_t half : {2 * row, 2 * row + 1}) {
                const double hand = half % 2 == 0 ? 1 : -1;
                const auto start_m = static_cast<double>(random.between(12, 18));
                std::uint32_t node = lane_node;
                std::int64_t built = 0;  // places that the row's lane has passed
                for (; next < slots.size() && slots[next].half == half; ++next) {
                    double off_m = 0;
                    for (; built <= slots[next].place; ++built) {
                        off_m = start_m + slot_spacing_m * static_cast<double>(built);
                        node = extend(valley, node, middle_m + hand * off_m,
                                      column.side * (row_m + tilt * hand * off_m));
                    }
                    off_m = start_m + slot_spacing_m * static_cast<double>(slots[next].place);
                    const double out_m = row_m + tilt * hand * off_m - slots[next].below_m;
                    add_house_near(valley, middle_m + hand * off_m, column.side * out_m, hamlet,
                                   random);
                }
            }
        }
        return lane_node;
    }

    void add_house_near(const Valley& valley, double along_m, double across_m, const Hamlet& hamlet,
                        Random& random) {
        // One draw after the other: the order in which arguments are evaluated is not fixed.
        along_m += random.jitter_m(3.5);
        across_m += random.jitter_m(3);
        add_house(valley, along_m, across_m, hamlet, random);
    }

    void add_house(const Valley& valley, double along_m, double across_m, const Hamlet& hamlet,
                   Random& random) {
        const auto [x_m, y_m] = turned(valley.place(along_m, across_m));
        town_.x_m.push_back(x_m);
        town_.y_m.push_back(y_m);
        town_.household_villages.push_back(town_.village_names[village_]);
        town_.household_groups.push_back(std::to_string(hamlet.number) + "组");
        town_.may_be_head.push_back(random.percent(85) ? 1 : 0);
        constexpr std::array<std::int64_t, 8> up_to_percent{14, 42, 62, 79, 90, 96, 99, 100};
        const std::int64_t drawn = random.below(100);
        std::int32_t people = 1;
        while (up_to_percent[static_cast<std::size_t>(people - 1)] <= drawn) ++people;
        town_.people.push_back(people);
    }

    std::uint32_t add_node(const Valley& valley, double along_m, double across_m) {
        const auto [x_m, y_m] = turned(valley.place(along_m, across_m));
        town_.way_node_x_m.push_back(x_m);
        town_.way_node_y_m.push_back(y_m);
        return static_cast<std::uint32_t>(town_.way_node_x_m.size() - 1);
    }

    void add_way(std::uint32_t u, std::uint32_t v) {
        const double dx_m = town_.way_node_x_m[u] - town_.way_node_x_m[v];
        const double dy_m = town_.way_node_y_m[u] - town_.way_node_y_m[v];
        ways_.push_back({u, v});
        // Upwards, so that no walk is shorter than the straight line.
        town_.way_length_m.push_back(std::ceil(std::sqrt(dx_m * dx_m + dy_m * dy_m) * 1e3) / 1e3);
    }

    std::uint32_t extend(const Valley& valley, std::uint32_t node, double along_m, double across_m) {
        const std::uint32_t end = add_node(valley, along_m, across_m);
        add_way(node, end);
        return end;
    }

    /// A node of the valley road, which others may share.
    std::uint32_t road_node(Strip& strip, double along_m) {
        if (strip.road.empty() || along_m - strip.road.back().along_m > 1)
            strip.road.push_back(
                {along_m, add_node(strip.valley, along_m, strip.road_across_m(along_m, 1))});
        return strip.road.back().node;
    }

    /// Joins the junctions of a road one to the next.
    void finish_road(const Strip& strip, const std::vector<Junction>& junctions, int side) {
        for (std::size_t i = 1; i < junctions.size(); ++i) {
            const double from_m = junctions[i - 1].along_m;
            const double length_m = junctions[i].along_m - from_m;
            const auto pieces = static_cast<std::int64_t>(length_m / node_spacing_m) + 1;
            std::uint32_t node = junctions[i - 1].node;
            for (std::int64_t piece = 1; piece < pieces; ++piece) {
                const double along_m = from_m + length_m * static_cast<double>(piece) /
                                                    static_cast<double>(pieces);
                node = extend(strip.valley, node, along_m,
                              side * strip.road_across_m(along_m, side));
            }
            add_way(node, junctions[i].node);
        }
    }

    /// A line along the valley, in pieces: those within the intervals are bridges.
    void add_barrier(const Valley& valley, std::string_view kind, Interval whole, double across_m,
                     const std::vector<Interval>& bridges) {
        double from_m = whole.from_m;
        for (const Interval& bridge : bridges) {
            add_piece(valley, kind, {from_m, bridge.from_m}, across_m, 0);
            add_piece(valley, kind, bridge, across_m, 1);
            from_m = bridge.to_m;
        }
        add_piece(valley, kind, {from_m, whole.to_m}, across_m, 0);
    }

    void add_piece(const Valley& valley, std::string_view kind, Interval piece, double across_m,
                   std::uint8_t is_bridge) {
        if (town_.barrier_offsets.empty()) town_.barrier_offsets.push_back(0);
        const double length_m = piece.to_m - piece.from_m;
        const auto steps = static_cast<std::int64_t>(length_m / vertex_spacing_m) + 1;
        for (std::int64_t step = 0; step <= steps; ++step) {
            const double share = static_cast<double>(step) / static_cast<double>(steps);
            const auto [x_m, y_m] =
                turned(valley.place(step == steps ? piece.to_m : piece.from_m + length_m * share,
                                    across_m));
            town_.barrier_x_m.push_back(x_m);
            town_.barrier_y_m.push_back(y_m);
        }
        town_.barrier_offsets.push_back(static_cast<std::int64_t>(town_.barrier_x_m.size()));
        town_.barrier_kind.emplace_back(kind);
        town_.barrier_is_bridge.push_back(is_bridge);
    }

    void add_village_middle(std::size_t first) {
        double x_m = 0;
        double y_m = 0;
        for (std::size_t i = first; i < town_.x_m.size(); ++i) {
            x_m += town_.x_m[i];
            y_m += town_.y_m[i];
        }
        const auto count = static_cast<double>(town_.x_m.size() - first);
        town_.village_x_m.push_back(whole_millimetres(x_m / count));
        town_.village_y_m.push_back(whole_millimetres(y_m / count));
    }

    PlainPoint turned(PlainPoint place) const {
        return {whole_millimetres(cosine_ * place.x_m - sine_ * place.y_m),
                whole_millimetres(sine_ * place.x_m + cosine_ * place.y_m)};
    }

    void name_all() {
        const std::size_t households = town_.x_m.size();
        town_.household_ids.reserve(households);
        for (std::size_t i = 1; i <= households; ++i)
            town_.household_ids.push_back(padded('H', i, digits_for(households)));
        const std::size_t nodes = town_.way_node_x_m.size();
        town_.way_node_ids.reserve(nodes);
        for (std::size_t i = 1; i <= nodes; ++i)
            town_.way_node_ids.push_back(padded('N', i, digits_for(nodes)));
        town_.way_u.reserve(ways_.size());
        town_.way_v.reserve(ways_.size());
        for (const auto& [u, v] : ways_) {
            town_.way_u.push_back(town_.way_node_ids[u]);
            town_.way_v.push_back(town_.way_node_ids[v]);
        }
    }

    const TownshipOptions& options_;
    std::uint64_t seed_;
    double cosine_ = 1;
    double sine_ = 0;
    std::vector<std::int64_t> sizes_;
    std::size_t village_ = 0;  // the next one to be built
    std::vector<std::array<std::uint32_t, 2>> ways_;
    Township town_;
};

}  // namespace

TownColumns Township::columns(bool with_ways, bool with_barriers) const {
    TownColumns columns;
    columns.households.x_m = x_m;
    columns.households.y_m = y_m;
    columns.households.ids = std::span(household_ids);
    columns.households.villages = std::span(household_villages);
    columns.households.groups = std::span(household_groups);
    columns.households.may_be_head = may_be_head;
    if (with_ways) {
        columns.ways.node_ids = std::span(way_node_ids);
        columns.ways.node_x_m = way_node_x_m;
        columns.ways.node_y_m = way_node_y_m;
        columns.ways.u = std::span(way_u);
        columns.ways.v = std::span(way_v);
        columns.ways.length_m = way_length_m;
    }
    if (with_barriers) {
        columns.barriers.offsets = barrier_offsets;
        columns.barriers.x_m = barrier_x_m;
        columns.barriers.y_m = barrier_y_m;
        columns.barriers.passable = barrier_is_bridge;
    }
    return columns;
}

Township township(const TownshipOptions& options) {
    const bool valid = options.villages >= 1 && options.villages <= options.households &&
                       options.households <= 100'000'000;
    if (!valid)
        refuse(Code::simulate_counts_invalid, {{"households", number_text(options.households)},
                                               {"villages", number_text(options.villages)}});
    return Builder(options).build();
}

}  // namespace gridgov::simulate
