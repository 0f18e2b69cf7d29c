// The yardstick itself, on cases that can be worked out by hand.
#include "brute_force.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "gridgov/neighbours/graph.hpp"

using namespace gridgov;
using partition::testing::brute_force;

namespace {

struct Line {
    std::vector<double> x_m, y_m, weights;
    std::vector<std::string> pins, groups;
    std::vector<std::uint8_t> may_be_head;
    std::vector<neighbours::Edge> edges;
    partition::Options options;

    explicit Line(std::vector<double> x) : x_m(std::move(x)), y_m(x_m.size(), 0) {
        for (std::uint32_t i = 1; i < x_m.size(); ++i) edges.push_back({i - 1, i, x_m[i] - x_m[i - 1]});
    }
    partition::testing::Optimum best() const {
        TownColumns columns;
        columns.households.x_m = x_m;
        columns.households.y_m = y_m;
        columns.households.weights = weights;
        columns.households.may_be_head = may_be_head;
        if (!pins.empty()) columns.households.pins = std::span(pins);
        if (!groups.empty()) columns.households.groups = std::span(groups);
        const Town town = Town::make(columns);
        neighbours::Neighbours neighbours;
        neighbours.graph = neighbours::Graph::from_edges(x_m.size(), edges);
        neighbours.components = neighbours::components(neighbours.graph);
        return brute_force(town, neighbours, options);
    }
};

partition::Rules rules(double least, double most, double target) {
    return {.weight_min = least, .weight_max = most, .weight_target = target, .courtyards = {}};
}

}  // namespace

TEST_CASE("brute force: the shortest of the legal divisions") {
    Line line({0, 1, 2, 10, 11, 12});
    line.options.rules = rules(2, 4, 3);
    const auto best = line.best();
    CHECK(best.labels == std::vector<std::int32_t>{0, 0, 0, 1, 1, 1});
    CHECK(best.courtyards == 2);
    CHECK(best.broken_weight == 0);
    CHECK(best.total_distance_m == doctest::Approx(4));
}

TEST_CASE("brute force: the number by the rule goes before distance") {
    Line line({0, 1, 2, 10, 11, 12});
    line.options.rules = rules(2, 6, 6);
    const auto best = line.best();
    CHECK(best.courtyards == 1);
    CHECK(best.total_distance_m == doctest::Approx(2 + 1 + 0 + 8 + 9 + 10));
    line.options.rules = rules(2, 6, 4);  // 6 ÷ 4 = 1.5: halves upward
    CHECK(line.best().courtyards == 2);
}

TEST_CASE("brute force: rules before everything") {
    Line line({0, 1, 2, 3, 4});
    line.options.rules = rules(2, 2, 2);
    const auto best = line.best();  // five in pairs: one household is left over, alone
    CHECK(best.broken_weight == 1);
    CHECK(best.courtyards == 3);
    CHECK(best.total_distance_m == doctest::Approx(2));
    // A star of two arms of one: no two pairs are connected.
    line = Line({0, 1, 2, 3});
    line.edges = {{0, 1, 1}, {0, 2, 1}, {0, 3, 1}};
    line.options.rules = rules(2, 2, 2);
    CHECK(line.best().broken_weight == 2);
}

TEST_CASE("brute force: heads, pins, groups and components") {
    Line line({0, 1, 2, 3});
    line.options.rules = rules(2, 2, 2);
    line.may_be_head = {1, 0, 0, 1};
    CHECK(line.best().total_distance_m == doctest::Approx(2));
    line.may_be_head = {1, 1, 0, 0};
    CHECK(line.best().total_distance_m == doctest::Approx(1));  // one courtyard has no head
    line.may_be_head = {};

    line.pins = {"", "p", "p", ""};
    const auto pinned = line.best();
    CHECK(pinned.labels[1] == pinned.labels[2]);
    CHECK(pinned.broken_weight == 2);
    line.pins = {};

    line = Line({0, 1, 2, 3, 4, 5});
    line.options.rules = rules(2, 4, 3);
    line.groups = {"g", "g", "h", "h", "h", "h"};
    const auto grouped = line.best();
    CHECK(grouped.split_off == 0);
    CHECK(grouped.total_distance_m == doctest::Approx(1 + 4));
    line.options.group_weight_m = 0.5;  // one metre is more than a household split off
    CHECK(line.best().split_off == 1);

    line = Line({0, 1, 50, 51});
    line.edges = {{0, 1, 1}, {2, 3, 1}};
    line.options.rules = rules(2, 4, 4);
    CHECK(line.best().courtyards == 2);
    CHECK(line.best().total_distance_m == doctest::Approx(2));
}

TEST_CASE("brute force: weights and walks") {
    Line line({0, 1, 2, 3});
    line.weights = {1, 1, 1, 3};
    line.options.rules = rules(3, 3, 3);
    const auto best = line.best();
    CHECK(best.labels == std::vector<std::int32_t>{0, 0, 0, 1});
    CHECK(best.total_distance_m == doctest::Approx(2));
    line.weights = {};
    line.options.rules = rules(4, 4, 4);
    line.edges = {{0, 1, 5}, {1, 2, 5}, {2, 3, 5}};
    line.options.metric = partition::Metric::walk;
    CHECK(line.best().total_distance_m == doctest::Approx(20));
}
