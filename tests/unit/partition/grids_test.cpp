#include "gridgov/partition/grids.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "gridgov/error.hpp"
#include "gridgov/model/town.hpp"
#include "partition/grid_piece.hpp"
#include "random_town.hpp"

using namespace gridgov;
using partition::Grids;
using partition::GridRules;
using partition::group_into_grids;
using partition::testing::Numbers;

namespace {

/// A town of one household a courtyard (more where `repeat` says so), with the partition that says so.
struct Settlement {
    std::vector<double> x_m, y_m;
    std::vector<std::string> villages;
    std::vector<neighbours::Edge> edges;
    std::vector<std::int32_t> labels;
    std::vector<std::uint32_t> first;  // household of each courtyard: its head
    std::vector<std::uint32_t> repeat;

    void add(double x, double y, const std::string& village, std::uint32_t households = 1) {
        const auto label = static_cast<std::int32_t>(first.size());
        first.push_back(static_cast<std::uint32_t>(x_m.size()));
        repeat.push_back(households);
        for (std::uint32_t i = 0; i < households; ++i) {
            if (i > 0) link_rows(first.back(), static_cast<std::uint32_t>(x_m.size()));
            x_m.push_back(x);
            y_m.push_back(y);
            villages.push_back(village);
            labels.push_back(label);
        }
    }
    void link_rows(std::uint32_t u, std::uint32_t v) { edges.push_back({u, v, 1}); }
    double distance_m(std::uint32_t a, std::uint32_t b) const {
        return std::hypot(x_m[first[a]] - x_m[first[b]], y_m[first[a]] - y_m[first[b]]);
    }
    void link(std::uint32_t a, std::uint32_t b) { link_rows(first[a], first[b]); }

    Town town() const {
        TownColumns columns;
        columns.households.x_m = x_m;
        columns.households.y_m = y_m;
        columns.households.villages = std::span(villages);
        return Town::make(columns);
    }
    partition::Partition partition(const Town& town) const {
        partition::Partition result;
        result.labels = labels;
        for (std::size_t i = 0; i < first.size(); ++i) {
            result.courtyards.ids.push_back("c" + std::to_string(i));
            result.courtyards.village.push_back(town.village_of()[first[i]]);
            result.courtyards.households.push_back(repeat[i]);
            result.courtyards.head.push_back(first[i]);
        }
        return result;
    }
    neighbours::Neighbours neighbours() const {
        neighbours::Neighbours result;
        result.graph = neighbours::Graph::from_edges(x_m.size(), edges);
        result.components = neighbours::components(result.graph);
        return result;
    }
    Grids group(const GridRules& rules, const partition::Options& options = {}) const {
        const Town made = town();
        return group_into_grids(made, neighbours(), partition(made), rules, options);
    }
    std::vector<std::set<std::uint32_t>> neighbours_of_courtyards() const {
        std::vector<std::set<std::uint32_t>> others(first.size());
        for (const auto& edge : edges) {
            const auto a = static_cast<std::uint32_t>(labels[edge.u]);
            const auto b = static_cast<std::uint32_t>(labels[edge.v]);
            if (a == b || villages[edge.u] != villages[edge.v]) continue;
            others[a].insert(b);
            others[b].insert(a);
        }
        return others;
    }
};

GridRules by_number(std::int64_t grids) { return {.grids = grids, .courtyards_min = {}, .courtyards_max = {}}; }
GridRules by_size(std::int64_t least, std::int64_t most) {
    return {.grids = {}, .courtyards_min = least, .courtyards_max = most};
}

bool connected(const std::vector<std::set<std::uint32_t>>& others,
               const std::vector<std::int32_t>& grid_of, std::int32_t grid) {
    std::vector<std::uint32_t> stack;
    std::set<std::uint32_t> seen;
    std::size_t members = 0;
    for (std::uint32_t i = 0; i < grid_of.size(); ++i)
        if (grid_of[i] == grid && ++members == 1) stack.push_back(i);
    seen.insert(stack.begin(), stack.end());
    while (!stack.empty()) {
        const std::uint32_t node = stack.back();
        stack.pop_back();
        for (const std::uint32_t other : others[node])
            if (grid_of[other] == grid && seen.insert(other).second) stack.push_back(other);
    }
    return members > 0 && seen.size() == members;
}

/// What holds of any result: every courtyard in one grid, grids connected, inside a village,
/// numbered in order, figures right.
void check_legal(const Settlement& place, const Grids& grids) {
    const auto others = place.neighbours_of_courtyards();
    REQUIRE(grids.grid_of_courtyard.size() == place.first.size());
    std::vector<std::uint32_t> courtyards(grids.ids.size(), 0), households(grids.ids.size(), 0);
    std::map<std::int32_t, std::set<std::string>> villages;
    std::int32_t next = 0;
    for (std::size_t i = 0; i < place.first.size(); ++i) {
        const std::int32_t grid = grids.grid_of_courtyard[i];
        REQUIRE(grid >= 0);
        REQUIRE(grid <= next);
        if (grid == next) ++next;
        ++courtyards[static_cast<std::size_t>(grid)];
        households[static_cast<std::size_t>(grid)] += place.repeat[i];
        villages[grid].insert(place.villages[place.first[i]]);
    }
    CHECK(courtyards == grids.courtyards);
    CHECK(households == grids.households);
    CHECK(std::set<std::string>(grids.ids.begin(), grids.ids.end()).size() == grids.ids.size());
    for (std::int32_t grid = 0; grid < next; ++grid) {
        CHECK(connected(others, grids.grid_of_courtyard, grid));
        CHECK(villages[grid].size() == 1);
        CHECK(grids.ids[static_cast<std::size_t>(grid)].rfind(*villages[grid].begin() + "-G", 0) == 0);
    }
    CHECK(static_cast<std::size_t>(next) == grids.ids.size());

    // Measures, by definition.
    REQUIRE(grids.centre.size() == grids.ids.size());
    double total_m = 0, greatest_m = 0, all = 0;
    for (std::uint32_t grid = 0; grid < grids.ids.size(); ++grid) {
        const auto metres_from = [&](std::uint32_t centre) {
            double metres = 0;
            for (std::uint32_t i = 0; i < place.first.size(); ++i)
                if (grids.grid_of_courtyard[i] == static_cast<std::int32_t>(grid))
                    metres += place.repeat[i] * place.distance_m(i, centre);
            return metres;
        };
        CHECK(grids.grid_of_courtyard[grids.centre[grid]] == static_cast<std::int32_t>(grid));
        const double metres = metres_from(grids.centre[grid]);
        double max_m = 0;
        for (std::uint32_t i = 0; i < place.first.size(); ++i) {
            if (grids.grid_of_courtyard[i] != static_cast<std::int32_t>(grid)) continue;
            CHECK(metres_from(i) >= metres * (1 - 1e-9));
            max_m = std::max(max_m, place.distance_m(i, grids.centre[grid]));
        }
        CHECK(grids.mean_distances_m[grid] * households[grid] == doctest::Approx(metres));
        CHECK(grids.max_distances_m[grid] == doctest::Approx(max_m));
        total_m += metres;
        all += households[grid];
        greatest_m = std::max(greatest_m, max_m);
    }
    CHECK(grids.total_distance_m == doctest::Approx(total_m));
    CHECK(grids.mean_distance_m * all == doctest::Approx(total_m));
    CHECK(grids.max_distance_m == doctest::Approx(greatest_m));
}

/// Courtyards scattered over a square, each linked to some nearer ones: connected.
Settlement scattered(std::uint32_t seed, std::uint32_t count, const std::string& village = "A",
                     std::size_t links = 2) {
    Numbers numbers(seed + 1);
    Settlement place;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto x = numbers.below(1000), y = numbers.below(1000);  // in this order anywhere
        place.add(x, y, village, 1 + numbers.below(4));
        std::vector<std::pair<double, std::uint32_t>> nearest;
        for (std::uint32_t j = 0; j < i; ++j)
            nearest.emplace_back(std::hypot(place.x_m[place.first[i]] - place.x_m[place.first[j]],
                                            place.y_m[place.first[i]] - place.y_m[place.first[j]]), j);
        std::sort(nearest.begin(), nearest.end());
        for (std::size_t j = 0; j < std::min(links, nearest.size()); ++j)
            place.link(i, nearest[j].second);
    }
    return place;
}

/// The documented cost of a division of one piece into `grids` grids where `wanted` would be usual.
double cost_of(const Settlement& place, const std::vector<std::int32_t>& grid_of, std::int32_t grids,
               std::int32_t wanted) {
    const auto count = static_cast<std::uint32_t>(place.first.size());
    const auto distance = [&](std::uint32_t a, std::uint32_t b) {
        return std::hypot(place.x_m[place.first[a]] - place.x_m[place.first[b]],
                          place.y_m[place.first[a]] - place.y_m[place.first[b]]);
    };
    const auto spread = [&](std::int32_t grid) {  // −1: all
        double least = std::numeric_limits<double>::infinity();
        for (std::uint32_t head = 0; head < count; ++head) {
            if (grid >= 0 && grid_of[head] != grid) continue;
            double total = 0;
            for (std::uint32_t i = 0; i < count; ++i)
                if (grid < 0 || grid_of[i] == grid) total += place.repeat[i] * distance(i, head);
            least = std::min(least, total);
        }
        return least;
    };
    const auto all = static_cast<double>(place.x_m.size());
    const double share = all / wanted;
    const double scale_m = spread(-1) / all / std::sqrt(static_cast<double>(wanted));
    double cost = 0;
    for (std::int32_t grid = 0; grid < grids; ++grid) {
        double households = 0;
        for (std::uint32_t i = 0; i < count; ++i)
            if (grid_of[i] == grid) households += place.repeat[i];
        cost += spread(grid) + 2 * scale_m * (households - share) * (households - share) / share;
    }
    return cost;
}

/// The best of all divisions into connected grids: fewest courtyards outside the bounds, then the
/// number of grids nearest to the wanted one (halves upward), then least cost.
struct Best {
    std::int64_t outside = INT64_MAX;
    std::int64_t off = INT64_MAX;
    double cost = std::numeric_limits<double>::infinity();
};

std::int64_t outside_of(const std::vector<std::uint32_t>& courtyards, std::int64_t least,
                        std::int64_t most) {
    std::int64_t outside = 0;
    for (const std::int64_t count : courtyards)
        outside += count < least ? least - count : count > most ? count - most : 0;
    return outside;
}

Best best_of_all(const Settlement& place, std::int32_t wanted, std::int32_t fewest,
                 std::int32_t most_grids, std::int64_t least = 0, std::int64_t most = INT64_MAX) {
    const auto others = place.neighbours_of_courtyards();
    std::vector<std::int32_t> grid_of(place.first.size(), 0);
    Best best;
    while (true) {
        std::int32_t next = 0;  // only canonical numberings
        bool canonical = true;
        for (const std::int32_t grid : grid_of) {
            if (grid > next) canonical = false;
            next = std::max(next, grid + 1);
        }
        if (canonical && next >= fewest && next <= most_grids) {
            std::vector<std::uint32_t> courtyards(static_cast<std::size_t>(next), 0);
            for (const std::int32_t grid : grid_of) ++courtyards[static_cast<std::size_t>(grid)];
            Best here;
            here.outside = outside_of(courtyards, least, most);
            here.off = next >= wanted ? 2 * (next - wanted) : 2 * (wanted - next) + 1;
            bool legal = std::pair(here.outside, here.off) <= std::pair(best.outside, best.off);
            for (std::int32_t grid = 0; grid < next && legal; ++grid)
                legal = connected(others, grid_of, grid);
            if (legal) {
                here.cost = cost_of(place, grid_of, next, wanted);
                if (std::tie(here.outside, here.off, here.cost) <
                    std::tie(best.outside, best.off, best.cost))
                    best = here;
            }
        }
        std::size_t digit = 0;
        while (digit < grid_of.size() && ++grid_of[digit] == most_grids) grid_of[digit++] = 0;
        if (digit == grid_of.size()) return best;
    }
}

/// Whether there is any division with every grid within the bounds; by sets of courtyards.
bool can_be_kept(const Settlement& place, std::uint32_t least, std::uint32_t most) {
    const auto others = place.neighbours_of_courtyards();
    const auto count = static_cast<std::uint32_t>(others.size());
    std::vector<std::uint32_t> beside(count, 0);
    for (std::uint32_t i = 0; i < count; ++i)
        for (const std::uint32_t other : others[i]) beside[i] |= 1U << other;
    std::set<std::uint32_t> hopeless;
    const std::function<bool(std::uint32_t)> keep = [&](std::uint32_t left) {
        if (left == 0) return true;
        if (hopeless.count(left) != 0) return false;
        std::set<std::uint32_t> grids{left & (~left + 1)};  // grown one by one from the first
        for (std::uint32_t size = 1; size <= most && !grids.empty(); ++size) {
            std::set<std::uint32_t> larger;
            for (const std::uint32_t grid : grids) {
                if (size >= least && keep(left & ~grid)) return true;
                for (std::uint32_t i = 0; i < count; ++i)
                    if ((grid >> i & 1) != 0)
                        for (std::uint32_t rest = beside[i] & left & ~grid; rest != 0;
                             rest &= rest - 1)
                            larger.insert(grid | (rest & (~rest + 1)));
            }
            grids = std::move(larger);
        }
        hopeless.insert(left);
        return false;
    };
    return keep((1U << count) - 1);
}

partition::Options with(partition::Effort effort, unsigned threads = 1) {
    partition::Options options;
    options.effort = effort;
    options.threads = threads;
    return options;
}

}  // namespace

TEST_CASE("two clusters make two grids") {
    Settlement place;
    for (const double x : {0, 10, 20, 500, 510, 520}) place.add(x, 0, "A", 20);
    for (std::uint32_t i = 1; i < 6; ++i) place.link(i - 1, i);
    const Grids grids = place.group(by_number(2));
    check_legal(place, grids);
    CHECK(grids.findings.empty());
    CHECK(grids.grid_of_courtyard == std::vector<std::int32_t>{0, 0, 0, 1, 1, 1});
    CHECK(grids.ids == std::vector<std::string>{"A-G1", "A-G2"});
    CHECK(grids.households == std::vector<std::uint32_t>{60, 60});
    CHECK(place.group(by_size(2, 4)).grid_of_courtyard == grids.grid_of_courtyard);
}

TEST_CASE("numbers are shared out by households, at least one a piece") {
    Settlement place;
    // Village A: eight courtyards of 20; B: four of 10 in two pieces.
    for (int i = 0; i < 8; ++i) place.add(100 * i, 0, "A", 20);
    for (std::uint32_t i = 1; i < 8; ++i) place.link(i - 1, i);
    for (int i = 0; i < 4; ++i) place.add(100 * i, 900, "B", 10);
    place.link(8, 9);
    place.link(10, 11);
    const auto villages = [&](std::int64_t count) {
        const Grids grids = place.group(by_number(count));
        check_legal(place, grids);
        CHECK(grids.findings.empty());
        CHECK(static_cast<std::int64_t>(grids.ids.size()) == count);
        return std::count(grids.village.begin(), grids.village.end(), 0U);
    };
    CHECK(villages(3) == 1);
    CHECK(villages(5) == 3);   // quotas 4 and 1; B needs two
    CHECK(villages(10) == 8);
    CHECK(villages(11) == 8);  // A has no more courtyards
    CHECK(villages(12) == 8);
    for (const auto& [wanted, given] : {std::pair<std::int64_t, std::size_t>{1, 3}, {2, 3}, {13, 12},
                                        {INT64_MAX, 12}}) {
        const Grids grids = place.group(by_number(wanted));
        check_legal(place, grids);
        CHECK(grids.ids.size() == given);
        REQUIRE(grids.findings.size() == 1);
        CHECK(grids.findings[0].code == Code::grids_out_of_reach);
        CHECK(!message(grids.findings[0], Language::zh).empty());
    }
}

TEST_CASE("a village gives the same grids alone or among others") {
    const Settlement alone = scattered(3, 40);
    Settlement both = scattered(3, 40);
    for (int i = 0; i < 10; ++i) {
        both.add(5000 + 10 * i, 0, "B", 3);
        if (i > 0) both.link(static_cast<std::uint32_t>(39 + i), static_cast<std::uint32_t>(40 + i));
    }
    const auto one = alone.group(by_size(4, 8)).grid_of_courtyard;
    auto two = both.group(by_size(4, 8)).grid_of_courtyard;
    two.resize(40);
    CHECK(one == two);
}

TEST_CASE("bounds hold where the shape allows it, else there is a finding") {
    for (std::uint32_t seed = 0; seed < 30; ++seed) {
        CAPTURE(seed);
        const Settlement place = scattered(seed, 12 + seed * 3);
        const Grids grids = place.group(by_size(3, 6));
        check_legal(place, grids);
        std::size_t outside = 0;
        for (const std::uint32_t courtyards : grids.courtyards)
            outside += courtyards < 3 || courtyards > 6 ? 1 : 0;
        CHECK(outside == 0);
        CHECK(grids.findings.size() == outside);
    }
    Settlement star;  // seven arms of one courtyard: no two grids of three
    star.add(0, 0, "A");
    for (std::uint32_t i = 1; i < 8; ++i) {
        star.add(10.0 * i, 10, "A");
        star.link(0, i);
    }
    const Grids grids = star.group(by_size(3, 4));
    check_legal(star, grids);
    CHECK(grids.findings.size() == 2);
    CHECK(grids.findings[0].code == Code::grid_without_neighbour);
    CHECK(!message(grids.findings[0], Language::en).empty());

    Settlement small;
    small.add(0, 0, "A");
    const Grids one = small.group(by_size(2, INT64_MAX));
    CHECK(one.findings.size() == 1);
    CHECK(one.courtyards == std::vector<std::uint32_t>{1});
    CHECK(small.group(by_size(INT64_MAX, INT64_MAX)).findings.size() == 1);
}

TEST_CASE("the best of all divisions, on tiny pieces") {
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        const auto grids = static_cast<std::int32_t>(2 + seed % 2);
        const Settlement place = scattered(seed, 5 + seed % 5);
        const double least = best_of_all(place, grids, grids, grids).cost;
        const Grids found = place.group(by_number(grids), with(partition::Effort::best));
        check_legal(place, found);
        CHECK(cost_of(place, found.grid_of_courtyard, grids, grids) == doctest::Approx(least));
    }
}

TEST_CASE("bounds and numbers are the best of all, on tiny pieces") {
    int legal = 0, hard = 0;
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        const std::uint32_t count = 6 + seed % 4;
        const Settlement place = scattered(seed, count, "A", 1);  // a tree
        const std::int64_t least = 2 + seed % 2, most = 4;
        const auto fewest = static_cast<std::int32_t>((count + most - 1) / most);
        const auto most_grids = std::max(fewest, static_cast<std::int32_t>(count / least));
        const auto wanted = std::clamp(
            static_cast<std::int32_t>((4 * count + least + most) / (2 * (least + most))), fewest,
            most_grids);
        const Best best = best_of_all(place, wanted, fewest, most_grids, least, most);
        for (const auto effort :
             {partition::Effort::draft, partition::Effort::standard, partition::Effort::best}) {
            const Grids found = place.group(by_size(least, most), with(effort));
            check_legal(place, found);
            CHECK(outside_of(found.courtyards, least, most) == best.outside);
            if (effort != partition::Effort::best) continue;
            const auto grids = static_cast<std::int32_t>(found.ids.size());
            CHECK((grids >= wanted ? 2 * (grids - wanted) : 2 * (wanted - grids) + 1) == best.off);
            CHECK(cost_of(place, found.grid_of_courtyard, grids, wanted) ==
                  doctest::Approx(best.cost));
        }
        ++(best.outside == 0 ? legal : hard);
    }
    CHECK(legal > 10);
    CHECK(hard > 10);
}

TEST_CASE("bounds are kept where any division keeps them") {
    int can = 0, cannot = 0;
    for (std::uint32_t seed = 0; seed < 150; ++seed) {
        CAPTURE(seed);
        const Settlement place = scattered(seed, 15 + seed % 7, "A", 1 + seed % 2);
        const std::uint32_t least = 2 + seed % 3, most = least + 1 + seed % 2;
        const bool keeps = can_be_kept(place, least, most);
        ++(keeps ? can : cannot);
        const Grids found =
            place.group(by_size(least, most), with(partition::Effort::standard));
        check_legal(place, found);
        CHECK((outside_of(found.courtyards, least, most) == 0) == keeps);
    }
    CHECK(can > 30);
    CHECK(cannot > 10);
}

TEST_CASE("more effort ends lower, and threads change nothing") {
    const Settlement place = scattered(7, 900);
    double costs[3];
    for (const auto effort :
         {partition::Effort::draft, partition::Effort::standard, partition::Effort::best}) {
        if (effort == partition::Effort::best) continue;  // below: it takes a second here
        const Grids one = place.group(by_size(5, 15), with(effort));
        check_legal(place, one);
        CHECK(one.findings.empty());
        CHECK(one.grid_of_courtyard ==
              place.group(by_size(5, 15), with(effort, 3)).grid_of_courtyard);
        costs[static_cast<int>(effort)] = cost_of(place, one.grid_of_courtyard,
                                                  static_cast<std::int32_t>(one.ids.size()), 90);
    }
    CHECK(costs[1] < costs[0]);
    const Settlement small = scattered(8, 60);
    for (const auto effort :
         {partition::Effort::draft, partition::Effort::standard, partition::Effort::best}) {
        const Grids grids = small.group(by_number(6), with(effort));
        check_legal(small, grids);
        costs[static_cast<int>(effort)] = cost_of(small, grids.grid_of_courtyard, 6, 6);
    }
    CHECK(costs[2] <= costs[1]);
    CHECK(costs[2] <= costs[0]);
}

TEST_CASE("the seed matters, and cancelled grids are grids") {
    const Settlement place = scattered(9, 300);
    auto options = with(partition::Effort::standard);
    const auto one = place.group(by_number(30), options).grid_of_courtyard;
    CHECK(one == place.group(by_number(30), options).grid_of_courtyard);
    options.seed = 1;
    CHECK(one != place.group(by_number(30), options).grid_of_courtyard);

    std::atomic<bool> cancel = true;
    options.cancel = &cancel;
    const Grids cancelled = place.group(by_number(30), options);
    check_legal(place, cancelled);
    CHECK(cancelled.ids.size() == 30);
    CHECK(cancelled.outcome == partition::Outcome::cancelled);
    CHECK(cancelled.findings.back().code == Code::cancelled);

    options.cancel = nullptr;
    std::vector<double> shares;
    options.progress = [&](double share) { shares.push_back(share); };
    place.group(by_number(30), options);
    CHECK(std::is_sorted(shares.begin(), shares.end()));
    CHECK(shares.back() == doctest::Approx(1.0));
}

TEST_CASE("the centre of many is the one by definition") {
    Numbers numbers(6);
    for (const std::uint32_t spread : {1000000U, 30U, 1U}) {  // ties where it is narrow
        partition::GridPiece piece;
        std::vector<std::uint32_t> all;
        for (std::uint32_t i = 0; i < 400; ++i) {
            piece.x_m.push_back(numbers.below(spread));
            piece.y_m.push_back(spread == 30 ? 0 : numbers.below(spread));
            piece.households.push_back(1 + numbers.below(30));
            all.push_back(i);
        }
        double least = std::numeric_limits<double>::infinity();
        for (const std::uint32_t i : all) {
            double metres = 0;
            for (const std::uint32_t j : all) metres += piece.households[j] * piece.distance_m(i, j);
            least = std::min(least, metres);
        }
        CHECK(partition::centre_of(piece, all).metres == doctest::Approx(least).epsilon(1e-12));
    }
}

TEST_CASE("large and odd pieces") {
    Settlement place = scattered(1, 400);
    for (const std::int64_t count : {1, 2, 3, 20, 133, 399, 400}) {
        CAPTURE(count);
        const Grids grids = place.group(by_number(count));
        check_legal(place, grids);
        CHECK(static_cast<std::int64_t>(grids.ids.size()) == count);
        if (count > 20) continue;
        const auto share = static_cast<double>(place.x_m.size()) / static_cast<double>(count);
        for (const std::uint32_t households : grids.households) {
            CHECK(households > 0.6 * share);
            CHECK(households < 1.4 * share);
        }
    }
    Settlement one_place;  // everyone in one place
    for (std::uint32_t i = 0; i < 30; ++i) {
        one_place.add(5, 5, "A", 2);
        if (i > 0) one_place.link(i - 1, i);
    }
    const Grids grids = one_place.group(by_number(3), with(partition::Effort::best));
    check_legal(one_place, grids);
    CHECK(grids.imbalance == 1.0);
    CHECK(grids.households == std::vector<std::uint32_t>{20, 20, 20});
}

TEST_CASE("courtyards without a head stand in the middle of their households") {
    Settlement place;
    for (const double x : {0, 10, 20, 500, 510, 520}) place.add(x, 0, "A", 5);
    for (std::uint32_t i = 1; i < 6; ++i) place.link(i - 1, i);
    const Town town = place.town();
    auto partition = place.partition(town);
    partition.courtyards.head.assign(6, no_index);
    CHECK(group_into_grids(town, place.neighbours(), partition, by_number(2)).grid_of_courtyard ==
          std::vector<std::int32_t>{0, 0, 0, 1, 1, 1});
}

TEST_CASE("no grids wanted, and calls that make no sense") {
    const Settlement place = scattered(2, 9);
    const Grids none = place.group({});
    CHECK(none.ids.empty());
    CHECK(none.grid_of_courtyard == std::vector<std::int32_t>(9, -1));

    const Town town = place.town();
    const auto refused = [&](const neighbours::Neighbours& neighbours,
                             const partition::Partition& partition, const GridRules& rules) -> Code {
        try {
            group_into_grids(town, neighbours, partition, rules);
        } catch (const UsageError& error) {
            return error.finding().code;
        }
        return Code{};
    };
    const auto good = place.partition(town);
    CHECK(refused(place.neighbours(), good, by_number(2)) == Code{});
    CHECK(refused(place.neighbours(), good, by_number(0)) == Code::option_negative);
    CHECK(refused(place.neighbours(), good, by_size(3, 2)) == Code::bounds_invalid);
    CHECK(refused(place.neighbours(), good, by_size(0, 2)) == Code::bounds_invalid);
    CHECK(refused(place.neighbours(), good,
                  {.grids = 2, .courtyards_min = 1, .courtyards_max = 2}) ==
          Code::grids_options_conflict);
    CHECK(refused(place.neighbours(), good,
                  {.grids = {}, .courtyards_min = 1, .courtyards_max = {}}) ==
          Code::grids_options_conflict);
    CHECK(refused({}, good, by_number(2)) == Code::graph_size_mismatch);
    auto bad = good;
    bad.labels.pop_back();
    CHECK(refused(place.neighbours(), bad, by_number(2)) == Code::labels_size_mismatch);
    for (const std::int32_t label : {-1, 9}) {
        bad = good;
        bad.labels[0] = label;
        CHECK(refused(place.neighbours(), bad, by_number(2)) == Code::label_out_of_range);
    }
}
