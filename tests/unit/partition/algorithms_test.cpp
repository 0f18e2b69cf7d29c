#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
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
        for (std::uint64_t seed = 0; seed < 60; ++seed) {
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
            for (std::size_t i = 0; i < labels.size(); ++i)
                for (std::size_t j = 0; j < i; ++j)
                    if (labels[i] == labels[j] && random.pins.empty())
                        CHECK(graph.components.component_of[i] ==
                              graph.components.component_of[j]);
        }
    }
    CHECK(names.contains("gridgov-standard"));
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
