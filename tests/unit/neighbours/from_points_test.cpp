#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "gridgov/error.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "small_town.hpp"

using namespace gridgov;
using neighbours::Edge;
using neighbours::from_points;
using neighbours::Neighbours;
using tests::SmallTown;

namespace {

using Edges = std::vector<Edge>;

const Finding* find(const Neighbours& neighbours, Code code) {
    for (const Finding& finding : neighbours.findings)
        if (finding.code == code) return &finding;
    return nullptr;
}

std::string field(const Finding& finding, std::string_view name) {
    for (const auto& [key, value] : finding.fields)
        if (key == name) return value;
    return "(no field)";
}

/// Links by ids, which do not depend on rows.
std::map<std::pair<std::string, std::string>, double> by_id(const Town& town,
                                                            const Neighbours& neighbours) {
    std::map<std::pair<std::string, std::string>, double> links;
    for (const Edge& edge : neighbours.graph.edge_list())
        links[std::minmax(town.id(HouseholdIndex{edge.u}), town.id(HouseholdIndex{edge.v}))] =
            edge.length_m;
    return links;
}

}  // namespace

TEST_CASE("from_points: a triangle of two villages") {
    const Town town = SmallTown()
                          .household("a", 0, 0, "east")
                          .household("b", 3, 0, "west")
                          .household("c", 0, 4, "east")
                          .household("d", 3, 4, "east")
                          .make();
    const Neighbours result = from_points(town);
    CHECK(result.source == neighbours::Source::points);
    CHECK(result.graph.edge_list() == Edges{{0, 2, 4}, {0, 3, 5}, {2, 3, 3}});
    CHECK(result.components.component_of == std::vector<std::uint32_t>{0, 1, 0, 0});
    CHECK(result.walk_network.nodes() == 0);
    const Finding* alone = find(result, Code::households_without_neighbour);
    REQUIRE(alone != nullptr);
    CHECK(alone->records == std::vector<std::string>{"b"});
    CHECK(neighbours::build(town).graph.edge_list() == result.graph.edge_list());
}

TEST_CASE("from_points: no village's household is stranded by another village's") {
    // Two in the west with a line of the east's between them.
    SmallTown town;
    town.household("w1", 0, 0, "west").household("w2", 100, 0, "west");
    for (int i = 0; i < 30; ++i)
        town.household("e" + std::to_string(i), 50 + i % 3, 3 * i - 45, "east");
    const Neighbours result = from_points(town.make());
    CHECK(result.components.count == 2);
    CHECK(result.graph.neighbours(0).size() == 1);
}

TEST_CASE("from_points: households at one place") {
    const Town town = SmallTown()
                          .household("z", 0, 0)
                          .household("m", 0, 0)
                          .household("far", 10, 0)
                          .household("a", 0, 0)
                          .household("k", 0, 0)
                          .make();
    const Neighbours result = from_points(town);
    // By id: a, k, m, z; the first is a (row 3), which alone is linked as the place is.
    CHECK(result.graph.edge_list() == Edges{{0, 1, 0},   // z – m, next by id
                                            {0, 2, 10},  // z – far
                                            {0, 3, 0},   // z – a, the first
                                            {1, 2, 10},
                                            {1, 3, 0},
                                            {1, 4, 0},  // m – k, next by id
                                            {2, 3, 10},
                                            {2, 4, 10},
                                            {3, 4, 0}});
    const Finding* shared = find(result, Code::duplicate_positions);
    REQUIRE(shared != nullptr);
    CHECK(shared->severity == Severity::note);
    CHECK(field(*shared, "households") == "4");
    CHECK(field(*shared, "places") == "1");
}

TEST_CASE("from_points: 10,000 at one place") {
    SmallTown town;
    for (int i = 0; i < 10000; ++i) town.household(std::to_string(i), 7, 7);
    town.household("far", 8, 8);
    const Neighbours result = from_points(town.make());
    CHECK(result.components.count == 1);
    CHECK(result.graph.edges() == 9999 + 9998 + 10000);
    CHECK(find(result, Code::households_without_neighbour) == nullptr);
}

TEST_CASE("from_points: an unlocated household is linked to its anchor alone") {
    const Town town = SmallTown()
                          .household("a", 0, 0, "v", "g")
                          .household("b", 5, 0, "v", "h")
                          .unlocated("x", "g")
                          .unlocated("y", "g")
                          .make();
    const Neighbours result = from_points(town);
    CHECK(result.graph.edge_list() == Edges{{0, 1, 5}, {0, 2, 0}, {0, 3, 0}});
    CHECK(find(result, Code::duplicate_positions) == nullptr);
}

TEST_CASE("from_points: barriers cut links, bridges do not, pieces are told") {
    SmallTown base;
    base.household("a", -2, 0).household("b", -2, 2).household("c", 2, 0).household("d", 2, 2);
    SmallTown river = base, bridge = base;
    river.barrier({0, -10, 0, 10});
    bridge.barrier({0, -10, 0, 10}, true);
    const Neighbours cut = from_points(river.make());
    CHECK(cut.graph.edge_list() == Edges{{0, 1, 2}, {2, 3, 2}});
    const Finding* separated = find(cut, Code::barriers_separate);
    REQUIRE(separated != nullptr);
    CHECK(separated->severity == Severity::note);
    CHECK(field(*separated, "village") == "v");
    CHECK(field(*separated, "links") == "3");
    CHECK(field(*separated, "pieces") == "2");
    CHECK(from_points(bridge.make()).components.count == 1);
    CHECK(find(from_points(bridge.make()), Code::barriers_separate) == nullptr);
    // A line that ends between the two banks leaves a way around.
    SmallTown pier = base;
    pier.barrier({0, -10, 0, 1.5});
    const Neighbours around = from_points(pier.make());
    CHECK(around.components.count == 1);
    CHECK(find(around, Code::barriers_separate) == nullptr);
}

TEST_CASE("from_points: barriers that cut everything leave every household alone") {
    SmallTown town;
    for (int i = 0; i < 5; ++i)
        for (int j = 0; j < 5; ++j)
            town.household(std::to_string(i) + "," + std::to_string(j), i, j);
    for (int i = 0; i < 4; ++i) {
        town.barrier({i + .5, -9, i + .5, 9});
        town.barrier({-9, i + .5, 9, i + .5});
    }
    const Neighbours result = from_points(town.make());
    CHECK(result.graph.edges() == 0);
    CHECK(result.components.count == 25);
    const Finding* alone = find(result, Code::households_without_neighbour);
    REQUIRE(alone != nullptr);
    CHECK(alone->records.size() == 25);
    CHECK(field(*alone, "count") == "25");
}

TEST_CASE("from_points: no link longer than asked") {
    const Town town =
        SmallTown().household("a", 0, 0).household("b", 5, 0).household("c", 11, 0).make();
    CHECK(from_points(town, {5.0}).graph.edge_list() == Edges{{0, 1, 5}});
    CHECK(from_points(town, {4.999}).graph.edges() == 0);
    for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()})
        CHECK_THROWS_AS(from_points(town, {bad}), UsageError);
}

TEST_CASE("from_points: rows in any order, each village alone or with others: the same links") {
    std::mt19937_64 random(1);
    for (int round = 0; round < 30; ++round) {
        SmallTown town;
        const std::size_t count = 2 + random() % 60;
        for (std::size_t i = 0; i < count; ++i)
            town.household("h" + std::to_string(i), static_cast<double>(random() % 8),
                           static_cast<double>(random() % 8), random() % 2 == 0 ? "p" : "q");
        for (int i = 0; i < 3; ++i)
            town.barrier({static_cast<double>(random() % 8), static_cast<double>(random() % 8),
                          static_cast<double>(random() % 8), static_cast<double>(random() % 8)});
        const Town straight = town.make();
        const auto links = by_id(straight, from_points(straight));

        std::vector<std::size_t> order(count);
        std::iota(order.begin(), order.end(), 0u);
        std::shuffle(order.begin(), order.end(), random);
        SmallTown shuffled = town, alone = town;
        for (SmallTown* other : {&shuffled, &alone}) {
            other->ids.clear(), other->x_m.clear(), other->y_m.clear();
            other->villages.clear(), other->groups.clear();
        }
        for (const std::size_t i : order) {
            shuffled.household(town.ids[i], town.x_m[i], town.y_m[i], town.villages[i]);
            if (town.villages[i] == town.villages[0])
                alone.household(town.ids[i], town.x_m[i], town.y_m[i], town.villages[i]);
        }
        const Town other = shuffled.make();
        REQUIRE(by_id(other, from_points(other)) == links);

        std::map<std::pair<std::string, std::string>, double> of_village;
        const Town village = alone.make();
        for (const auto& [pair, length_m] : links)
            if (village.find(pair.first).exists()) of_village[pair] = length_m;
        REQUIRE(by_id(village, from_points(village)) == of_village);
    }
}
