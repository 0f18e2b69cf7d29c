#include "gridgov/partition/capacitated_p_median.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "gridgov/error.hpp"
#include "partition/capacitated_p_median_search.hpp"
#include "partition/random.hpp"

using namespace gridgov;
using namespace gridgov::partition;

namespace {

using Status = CapacitatedPMedianStatus;

struct Columns {
    std::vector<double> x, y, distances, demands, capacities;
    std::uint32_t medians = 1;
    bool floor_distances = false;

    CapacitatedPMedian problem() const {
        CapacitatedPMedian problem;
        problem.x = x;
        problem.y = y;
        problem.distances = distances;
        problem.floor_distances = floor_distances;
        problem.demands = demands;
        problem.capacities = capacities;
        problem.medians = medians;
        return problem;
    }
    double distance(std::size_t i, std::size_t m) const {
        double length = distances.empty() ? 0 : distances[i * demands.size() + m];
        if (distances.empty())
            length = std::sqrt((x[i] - x[m]) * (x[i] - x[m]) + (y[i] - y[m]) * (y[i] - y[m]));
        return floor_distances ? std::floor(length) : length;
    }
};

Columns random_columns(std::uint32_t nodes, std::uint32_t medians, double capacity,
                       std::uint64_t seed) {
    Random random(seed);
    Columns columns;
    columns.medians = medians;
    for (std::uint32_t i = 0; i < nodes; ++i) {
        columns.x.push_back(random.below(100));
        columns.y.push_back(random.below(100));
        columns.demands.push_back(1 + random.below(10));
        columns.capacities.push_back(capacity);
    }
    return columns;
}

CapacitatedPMedianResult solve(const Columns& columns, std::uint64_t iterations = 200'000,
                               std::uint64_t seed = 0) {
    CapacitatedPMedianOptions options;
    options.iterations = iterations;
    options.seed = seed;
    return solve_capacitated_p_median(columns.problem(), options);
}

/// The least cost over all choices of medians and all assignments; infinity if there is none.
double brute_force(const Columns& columns) {
    const std::size_t count = columns.demands.size();
    double least = std::numeric_limits<double>::infinity();
    for (std::uint32_t chosen = 0; chosen < (1U << count); ++chosen) {
        std::vector<std::size_t> medians;
        for (std::size_t i = 0; i < count; ++i)
            if ((chosen >> i & 1) != 0) medians.push_back(i);
        if (medians.size() != columns.medians) continue;
        std::vector<double> room;
        double cost = 0;
        bool fits = true;
        for (const std::size_t m : medians) {
            room.push_back(columns.capacities[m] - columns.demands[m]);
            cost += columns.distance(m, m);
            fits &= room.back() >= 0;
        }
        if (!fits) continue;
        const auto assign = [&](auto& self, std::size_t node, double so_far) -> void {
            if (so_far >= least) return;
            if (node == count) {
                least = so_far;
                return;
            }
            if ((chosen >> node & 1) != 0) return self(self, node + 1, so_far);
            for (std::size_t k = 0; k < medians.size(); ++k) {
                if (room[k] < columns.demands[node]) continue;
                room[k] -= columns.demands[node];
                self(self, node + 1, so_far + columns.distance(node, medians[k]));
                room[k] += columns.demands[node];
            }
        };
        assign(assign, 0, cost);
    }
    return least;
}

/// What must hold of every result that has an assignment.
void check_result(const Columns& columns, const CapacitatedPMedianResult& result) {
    const std::size_t count = columns.demands.size();
    REQUIRE(result.median_of.size() == count);
    REQUIRE(result.medians.size() == columns.medians);
    CHECK(std::is_sorted(result.medians.begin(), result.medians.end()));
    const std::set<std::uint32_t> used(result.median_of.begin(), result.median_of.end());
    CHECK(std::vector<std::uint32_t>(used.begin(), used.end()) == result.medians);
    std::vector<double> load(count, 0);
    double cost = 0;
    for (std::size_t i = 0; i < count; ++i) {
        load[result.median_of[i]] += columns.demands[i];
        cost += columns.distance(i, result.median_of[i]);
    }
    CHECK(result.cost == cost);
    double overload = 0;
    for (const std::uint32_t m : result.medians) {
        CHECK(result.median_of[m] == m);
        overload += std::max(0.0, load[m] - columns.capacities[m]);
    }
    CHECK(result.overload == overload);
    CHECK((result.status == Status::feasible) == (overload == 0));
}

Code code_thrown(const Columns& columns) {
    try {
        (void)solve_capacitated_p_median(columns.problem());
    } catch (const UsageError& error) {
        return error.finding().code;
    }
    return {};
}

}  // namespace

TEST_CASE("capacitated p-median: two villages and a capacity that forces a walk") {
    Columns columns;
    columns.x = {0, 1, 2, 3, 100, 101};
    columns.y.assign(6, 0);
    columns.demands.assign(6, 1);
    columns.capacities.assign(6, 3);
    columns.medians = 2;
    const CapacitatedPMedianResult result = solve(columns);
    check_result(columns, result);
    CHECK(result.status == Status::feasible);
    CHECK(result.cost == 2 + 98);  // 0 1 2 to 1; 3 and 101 to 100
    CHECK(result.medians == std::vector<std::uint32_t>{1, 4});
}

TEST_CASE("capacitated p-median: optimal on tiny cases, by brute force") {
    int feasible = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        const auto medians = static_cast<std::uint32_t>(2 + seed % 3);
        Columns columns = random_columns(8 + seed % 2, medians, 48.0 / medians, seed);
        if (seed % 2 == 1) {  // capacities of their own, too small for a median here and there
            Random random(seed);
            for (double& capacity : columns.capacities)
                capacity = 4 + random.below(static_cast<std::uint32_t>(100 / medians));
        }
        columns.floor_distances = seed % 5 == 0;
        const double least = brute_force(columns);
        const CapacitatedPMedianResult result = solve(columns, 100'000, seed);
        if (result.status == Status::infeasible) {
            CHECK(std::isinf(least));
            continue;
        }
        check_result(columns, result);
        if (std::isinf(least)) {
            CHECK(result.status == Status::not_found);
        } else {
            ++feasible;
            CHECK(result.status == Status::feasible);
            CHECK(result.cost == doctest::Approx(least).epsilon(1e-12));
        }
    }
    CHECK(feasible > 15);
}

TEST_CASE("capacitated p-median: a table of distances, also one that is not symmetric") {
    const Columns columns = random_columns(9, 3, 20, 7);
    Columns table = columns;
    table.x.clear();
    table.y.clear();
    for (std::size_t i = 0; i < 9; ++i)
        for (std::size_t m = 0; m < 9; ++m) table.distances.push_back(columns.distance(i, m));
    CHECK(solve(table).cost == doctest::Approx(solve(columns).cost).epsilon(1e-12));
    Random random(3);
    for (double& distance : table.distances) distance = random.below(1000);  // d(m, m) too
    const CapacitatedPMedianResult result = solve(table);
    check_result(table, result);
    CHECK(result.cost == brute_force(table));
}

TEST_CASE("capacitated p-median: no single node would rather go elsewhere") {
    const Columns columns = random_columns(60, 6, 70, 11);
    for (const std::uint64_t seed : {0ULL, 1ULL, 2ULL}) {
        const CapacitatedPMedianResult result = solve(columns, 300'000, seed);
        check_result(columns, result);
        CHECK(result.status == Status::feasible);
        // No single change of one node's median can pay where there is room.
        std::vector<double> load(60, 0);
        for (std::size_t i = 0; i < 60; ++i) load[result.median_of[i]] += columns.demands[i];
        for (std::size_t i = 0; i < 60; ++i)
            for (const std::uint32_t m : result.medians)
                if (result.median_of[i] != i && load[m] + columns.demands[i] <= 70)
                    CHECK(columns.distance(i, m) >= columns.distance(i, result.median_of[i]));
    }
}

TEST_CASE("capacitated p-median: the same bytes for the same seed and budget") {
    const Columns columns = random_columns(120, 10, 80, 5);
    const CapacitatedPMedianResult once = solve(columns, 100'000, 4);
    const CapacitatedPMedianResult again = solve(columns, 100'000, 4);
    CHECK(once.median_of == again.median_of);
    CHECK(once.cost == again.cost);
    CHECK(once.iterations == again.iterations);
    // Far away and in other units the same problem has the same answer.
    Columns moved = columns;
    for (double& x : moved.x) x = x * 1024 + 1024 * 1024;
    for (double& y : moved.y) y = y * 1024 - 4096;
    CHECK(solve(moved, 100'000, 4).median_of == once.median_of);
}

TEST_CASE("capacitated p-median: one median, all medians, one node") {
    Columns columns = random_columns(12, 1, 200, 1);
    CapacitatedPMedianResult result = solve(columns);
    check_result(columns, result);
    CHECK(result.cost == doctest::Approx(brute_force(columns)));
    columns.capacities.assign(12, 0);
    columns.capacities[7] = 1000;  // only one may be the median
    columns.demands.assign(12, 1);
    CHECK(solve(columns).medians == std::vector<std::uint32_t>{7});

    columns = random_columns(12, 12, 10, 1);
    result = solve(columns);
    check_result(columns, result);
    CHECK(result.cost == 0);
    CHECK(result.status == Status::feasible);

    columns = random_columns(1, 1, 10, 1);
    check_result(columns, solve(columns));
}

TEST_CASE("capacitated p-median: what cannot be is said") {
    SUBCASE("proved: too little capacity in all") {
        const CapacitatedPMedianResult result = solve(random_columns(20, 3, 12, 2));
        CHECK(result.status == Status::infeasible);
        CHECK(result.median_of.empty());
        CHECK(result.medians.empty());
    }
    SUBCASE("proved: a node that no median can hold") {
        Columns columns = random_columns(20, 3, 100, 2);
        columns.demands[4] = 101;
        CHECK(solve(columns).status == Status::infeasible);
    }
    SUBCASE("proved: too few that can hold themselves") {
        Columns columns = random_columns(20, 3, 1000, 2);
        columns.capacities.assign(20, 0);
        columns.capacities[3] = columns.capacities[5] = 1000;
        CHECK(solve(columns).status == Status::infeasible);
    }
    SUBCASE("not found: three of 2 do not fit two of 3") {
        Columns columns = random_columns(3, 2, 3, 2);
        columns.demands.assign(3, 2);
        const CapacitatedPMedianResult result = solve(columns, 10'000);
        check_result(columns, result);
        CHECK(result.status == Status::not_found);
        CHECK(result.overload == 1);
    }
}

TEST_CASE("capacitated p-median: capacities hold whenever it says so, however tight") {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        CAPTURE(seed);
        Columns columns = random_columns(50, 6, 0, seed);
        const double demand =
            std::accumulate(columns.demands.begin(), columns.demands.end(), 0.0);
        columns.capacities.assign(50, std::ceil(demand / 6) + static_cast<double>(seed % 4));
        const CapacitatedPMedianResult result = solve(columns, 200'000, seed);
        check_result(columns, result);
        CHECK(result.status == Status::feasible);
    }
}

TEST_CASE("capacitated p-median: demands are added in millionths") {
    Columns columns = random_columns(12, 4, 0.3, 1);
    columns.demands.assign(12, 0.1);  // 0.1 + 0.1 + 0.1 > 0.3 as doubles
    CHECK(solve(columns, 20'000).status == Status::feasible);
}

TEST_CASE("capacitated p-median: all at one place, on a line, duplicates, huge and tiny") {
    Columns columns = random_columns(30, 4, 60, 9);
    SUBCASE("one place") {
        columns.x.assign(30, 5);
        columns.y.assign(30, 5);
    }
    SUBCASE("a line") { columns.y.assign(30, 0); }
    SUBCASE("duplicates") {
        for (double& x : columns.x) x = std::floor(x / 50);
        for (double& y : columns.y) y = std::floor(y / 50);
    }
    SUBCASE("huge") {
        for (double& x : columns.x) x *= 1e148;
    }
    SUBCASE("tiny") {
        for (double& x : columns.x) x *= 1e-300;
        for (double& y : columns.y) y *= 1e-300;
    }
    SUBCASE("no demand") { columns.demands.assign(30, 0); }
    SUBCASE("no demand, no capacity") {
        columns.demands.assign(30, 0);
        columns.capacities.assign(30, 0);
    }
    SUBCASE("huge and floored") {
        columns.floor_distances = true;
        for (double& x : columns.x) x *= 1e100;
    }
    const CapacitatedPMedianResult result = solve(columns, 50'000);
    check_result(columns, result);
    CHECK(result.status == Status::feasible);
}

TEST_CASE("capacitated p-median: cancelled, and stopped by the caller's clock") {
    const Columns columns = random_columns(80, 8, 80, 3);
    std::atomic<bool> cancel{true};
    CapacitatedPMedianOptions options;
    options.cancel = &cancel;
    CapacitatedPMedianResult result = solve_capacitated_p_median(columns.problem(), options);
    CHECK(result.cancelled);
    CHECK(result.iterations == 0);
    check_result(columns, result);

    options.cancel = nullptr;
    int asked = 0;
    options.share_spent = [&] { return ++asked / 50.0; };
    result = solve_capacitated_p_median(columns.problem(), options);
    CHECK_FALSE(result.cancelled);
    CHECK(asked < 100);
    CHECK(result.iterations > 0);
    check_result(columns, result);
}

TEST_CASE("capacitated p-median: a caller's mistakes") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    const Columns good = random_columns(6, 2, 60, 1);
    CHECK(code_thrown(good) == Code{});
    CHECK(code_thrown({}) == Code::medians_out_of_range);
    Columns bad = good;
    SUBCASE("medians") {
        for (const std::uint32_t medians : {0U, 7U}) {
            bad.medians = medians;
            CHECK(code_thrown(bad) == Code::medians_out_of_range);
        }
    }
    SUBCASE("distances: both, none") {
        bad.distances.assign(36, 1);
        CHECK(code_thrown(bad) == Code::distances_conflict);
        bad = good;
        bad.x.clear();
        bad.y.clear();
        CHECK(code_thrown(bad) == Code::distances_conflict);
    }
    SUBCASE("sizes") {
        bad.y.pop_back();
        CHECK(code_thrown(bad) == Code::column_size_mismatch);
        bad = good;
        bad.capacities.push_back(1);
        CHECK(code_thrown(bad) == Code::column_size_mismatch);
        bad = good;
        bad.x.clear();
        bad.y.clear();
        bad.distances.assign(35, 1);
        CHECK(code_thrown(bad) == Code::column_size_mismatch);
    }
    SUBCASE("values") {
        for (const double value : {nan, infinity, -infinity, 1e308}) {
            bad = good;
            bad.x[3] = value;
            CHECK(code_thrown(bad) == Code::value_invalid);
            bad = good;
            bad.demands[0] = value;
            CHECK(code_thrown(bad) == Code::value_invalid);
            bad = good;
            bad.capacities[5] = value;
            CHECK(code_thrown(bad) == Code::value_invalid);
            bad = good;
            bad.x.clear();
            bad.y.clear();
            bad.distances.assign(36, 1);
            bad.distances[35] = value;
            CHECK(code_thrown(bad) == Code::value_invalid);
        }
        bad = good;
        bad.demands[2] = -1;
        CHECK(code_thrown(bad) == Code::value_invalid);
        bad = good;
        bad.capacities[2] = -1e-9;
        CHECK(code_thrown(bad) == Code::value_invalid);
    }
}

TEST_CASE("capacitated p-median: the exponential quantiles are those of −ln u") {
    const auto& table = p_median::exponential_quantiles();
    for (std::size_t k = 0; k < table.size(); k += 7)
        CHECK(table[k] ==
              doctest::Approx(-std::log((static_cast<double>(k) + 0.5) / 4096)).epsilon(1e-14));
}
