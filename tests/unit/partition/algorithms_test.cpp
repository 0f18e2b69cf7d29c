#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/error.hpp"
#include "gridgov/partition/algorithms.hpp"
#include "gridgov/partition/partition.hpp"
#include "gridgov/partition/verify.hpp"
#include "random_town.hpp"

using namespace gridgov;
using namespace gridgov::partition;
using gridgov::partition::testing::RandomTown;

TEST_CASE("every algorithm labels every household, and the verifier can read it") {
    std::set<std::string_view> names;
    for (const Algorithm& algorithm : algorithms()) {
        CHECK(names.insert(algorithm.name).second);
        CHECK(!algorithm.source.empty());
        CHECK(&partition::algorithm(algorithm.name) == &algorithm);
        for (std::uint64_t seed = 0; seed < 30; ++seed) {
            CAPTURE(seed);
            RandomTown random(seed, 40);
            if (seed % 4 == 0) random.add_pin();
            const Town town = Town::make(random.columns());
            const neighbours::Neighbours graph = neighbours::build(town);
            Options options;
            options.rules = {3, 9, 5, {}};
            const std::vector<std::int32_t> labels = algorithm.labels(town, graph, options);
            REQUIRE(labels.size() == town.households());
            CHECK(std::all_of(labels.begin(), labels.end(), [](auto label) { return label >= 0; }));
            CHECK(labels == algorithm.labels(town, graph, options));  // deterministic
            // Components are kept apart by all of them.
            const auto& component_of = graph.components.component_of;
            bool apart = true;
            for (std::size_t i = 0; i < labels.size(); ++i)
                for (std::size_t j = 0; j < i; ++j)
                    apart = apart && (labels[i] != labels[j] || component_of[i] == component_of[j]);
            CHECK((apart || !random.pins.empty()));
        }
    }
    CHECK(names.contains("gridgov-standard"));
}

TEST_CASE("the number of courtyards is that of the rules, for baselines too") {
    // Two components of 100 and 40 households, far apart in two villages.
    std::vector<double> x, y;
    std::vector<std::string> villages;
    for (int i = 0; i < 140; ++i) {
        x.push_back(i % 10 * 20.0 + (i < 100 ? 0 : 1e5));
        y.push_back(i / 10 * 20.0 + i % 3);
        villages.push_back(i < 100 ? "a" : "b");
    }
    TownColumns columns;
    columns.households.x_m = x;
    columns.households.y_m = y;
    columns.households.villages = std::span<const std::string>(villages);
    const Town town = Town::make(columns);
    const neighbours::Neighbours graph = neighbours::build(town);
    const std::vector<Weight> weights{Weight{100'000'000}, Weight{40'000'000}};
    for (const std::optional<std::int64_t> wanted : {std::optional<std::int64_t>(), {9}, {6}, {1}}) {
        CAPTURE(wanted.value_or(0));
        Options options;
        options.rules.courtyards = wanted;
        std::int64_t sum = 0;
        for (const CourtyardCount& count : courtyard_counts(weights, options.rules))
            sum += count.courtyards;
        CHECK(sum == std::max<std::int64_t>(wanted.value_or(7), 6));  // at most 30 in each
        for (const std::string_view name : {"hilbert", "kmeans-repaired", "gridgov-draft"}) {
            CAPTURE(name);
            const auto labels = algorithm(name).labels(town, graph, options);
            CHECK(static_cast<std::int64_t>(
                      std::set<std::int32_t>(labels.begin(), labels.end()).size()) == sum);
        }
    }
    CHECK(courtyard_counts({}, Rules{}).empty());
}

TEST_CASE("k-means with repair keeps the rules that k-means breaks") {
    std::size_t broken_before = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        CAPTURE(seed);
        RandomTown random(seed, 400);
        const Town town = Town::make(random.columns());
        const neighbours::Neighbours graph = neighbours::build(town);
        const auto broken = [&](std::string_view name) {
            Claim claim;
            const auto labels = algorithm(name).labels(town, graph, {});
            claim.labels = labels;
            const Verification found = verify(town, graph.graph, {}, claim, Rules{});
            std::size_t count = 0;
            for (std::size_t i = 0; i < found.labels.size(); ++i)
                if (!found.connected[i] || found.oversize[i] || found.undersize[i]) ++count;
            return count;
        };
        broken_before += broken("kmeans");
        CHECK(broken("kmeans-repaired") <= broken("gridgov-standard"));
    }
    CHECK(broken_before > 0);  // or nothing was repaired
}

TEST_CASE("an unknown algorithm is refused, the known ones named") {
    try {
        algorithm("simulated-annealing");
        FAIL("no exception");
    } catch (const UsageError& error) {
        CHECK(error.finding().code == Code::unknown_algorithm);
        CHECK(std::string(error.what()).find("gridgov-draft") != std::string::npos);
    }
}

TEST_CASE("measuring a labelling drawn by hand") {
    const std::vector<double> x{0, 10, 20, 30, 500, 510}, y(6, 0.0);
    TownColumns columns;
    columns.households.x_m = x;
    columns.households.y_m = y;
    const Town town = Town::make(columns);
    const neighbours::Neighbours graph = neighbours::build(town);
    Options options;
    options.rules = {2, 3, 2, {}};
    const std::vector<std::int32_t> drawn{70, 70, 4, 4, 9, 9};
    Partition result = measure(town, graph, drawn, options);
    CHECK(result.labels == std::vector<std::int32_t>{0, 0, 1, 1, 2, 2});  // by smallest id
    CHECK(result.broken_courtyards == 0);
    CHECK(result.total_distance_m == doctest::Approx(30));
    CHECK(result.courtyards.head == std::vector<std::uint32_t>{0, 2, 4});  // ties: the smallest id

    result = measure(town, graph, std::vector<std::int32_t>{0, 1, 0, 1, 2, 2}, options);
    CHECK(result.courtyards.status[0] == Status::disconnected);
    CHECK(result.courtyards.unavoidable[0] == Unavoidable::unknown);  // better ones exist
    CHECK(result.broken_proved_unavoidable == 0);

    CHECK_THROWS_AS(measure(town, graph, std::vector<std::int32_t>{0, 1}, options), UsageError);
    CHECK_THROWS_AS(measure(town, graph, std::vector<std::int32_t>(6, -1), options), UsageError);
    CHECK_THROWS_AS(measure(town, neighbours::Neighbours(), drawn, options), UsageError);
    for (const Algorithm& algorithm : algorithms())
        CHECK_THROWS_AS(algorithm.labels(town, neighbours::Neighbours(), options), UsageError);
}
