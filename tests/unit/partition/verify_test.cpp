#include "gridgov/partition/verify.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "gridgov/error.hpp"
#include "gridgov/model/town.hpp"
#include "random_town.hpp"

using namespace gridgov;
using partition::Claim;
using partition::Metric;
using partition::Rules;
using partition::verify;
using partition::testing::Numbers;

namespace {

/// Twenty households "a" … "t" on a line, ten metres apart, linked one to the next.
struct Row {
    std::vector<double> x_m, y_m, weights;
    std::vector<std::string> ids, villages, pins, groups;
    std::vector<std::uint8_t> may_be_head;
    std::vector<neighbours::Edge> edges;
    std::vector<std::int32_t> labels;
    Rules rules;

    explicit Row(int count = 20) {
        for (int i = 0; i < count; ++i) {
            x_m.push_back(10 * i);
            y_m.push_back(0);
            ids.emplace_back(1, static_cast<char>('a' + i));
            labels.push_back(i / 10);
            if (i > 0)
                edges.push_back({static_cast<std::uint32_t>(i - 1), static_cast<std::uint32_t>(i), 10});
        }
    }
    Town town() const {
        TownColumns columns;
        columns.households.x_m = x_m;
        columns.households.y_m = y_m;
        columns.households.ids = std::span(ids);
        if (!villages.empty()) columns.households.villages = std::span(villages);
        if (!pins.empty()) columns.households.pins = std::span(pins);
        if (!groups.empty()) columns.households.groups = std::span(groups);
        columns.households.weights = weights;
        columns.households.may_be_head = may_be_head;
        TownOptions options;
        options.unlocated = Unlocated::group;
        return Town::make(columns, options);
    }
    partition::Verification check(Metric metric = Metric::straight, Claim claim = {}) const {
        claim.labels = labels;
        return verify(town(), neighbours::Graph::from_edges(x_m.size(), edges), {}, claim, rules,
                      metric);
    }
};

std::map<std::string, int> codes(const partition::Verification& result) {
    std::map<std::string, int> counts;
    for (const Finding& finding : result.findings) {
        ++counts[std::string(code_name(finding.code))];
        for (const Language language : {Language::en, Language::zh}) {
            const std::string text = message(finding, language);
            CHECK(text.find_first_of("{}[]") == std::string::npos);
        }
    }
    return counts;
}

using Codes = std::map<std::string, int>;

}  // namespace

TEST_CASE("a legal assignment holds, with its figures") {
    const Row row;
    const auto result = row.check();
    CHECK(result.holds());
    CHECK(result.findings.empty());
    CHECK(result.labels == std::vector<std::int32_t>{0, 1});
    CHECK(result.households == std::vector<std::uint32_t>{10, 10});
    CHECK(result.weight == std::vector<double>{10, 10});
    CHECK(result.head == std::vector<std::uint32_t>{4, 14});  // the fifth of ten, by the smaller id
    CHECK(result.total_distance_m == doctest::Approx(500).epsilon(1e-12));
    CHECK(result.mean_distance_m == doctest::Approx(25).epsilon(1e-12));
    CHECK(result.max_distance_m == doctest::Approx(50).epsilon(1e-12));
    const auto walk = row.check(Metric::walk);
    CHECK(walk.holds());
    CHECK(walk.total_distance_m == doctest::Approx(500).epsilon(1e-12));
}

TEST_CASE("labels need be neither dense nor small") {
    Row row;
    for (std::int32_t& label : row.labels) label = label == 0 ? 7 : 2'000'000'000;
    const auto result = row.check();
    CHECK(result.holds());
    CHECK(result.labels == std::vector<std::int32_t>{7, 2'000'000'000});
}

TEST_CASE("every broken rule of an assignment is found and no other") {
    Row row;
    SUBCASE("a household in no courtyard") {
        row.labels[0] = -1;
        const auto result = row.check();
        CHECK(codes(result) == Codes{{"assignment_missing_household", 1}, {"courtyard_undersize", 1}});
        CHECK(result.findings[0].records == std::vector<std::string>{"a"});
        CHECK(result.findings[0].row == 0);
    }
    SUBCASE("nobody in any courtyard") {
        row.labels.assign(20, -1);
        const auto result = row.check();
        CHECK(codes(result) == Codes{{"assignment_missing_household", 20}});
        CHECK(result.mean_distance_m == 0);
    }
    SUBCASE("across villages") {
        row.villages.assign(20, "A");
        row.villages[0] = "B";
        const auto result = row.check();
        CHECK(codes(result) == Codes{{"courtyard_crosses_villages", 1}});
        CHECK(result.one_village == std::vector<std::uint8_t>{0, 1});
        CHECK(result.findings[0].records == std::vector<std::string>{"b", "a"});
    }
    SUBCASE("disconnected") {
        std::swap(row.labels[0], row.labels[19]);
        const auto result = row.check();
        CHECK(codes(result) == Codes{{"courtyard_disconnected", 2}});
        CHECK(result.connected == std::vector<std::uint8_t>{0, 0});
        CHECK(result.findings[0].records == std::vector<std::string>{"b", "t"});
    }
    SUBCASE("too large and too small") {
        row.rules.weight_max = 12;
        row.rules.weight_target = 11;
        for (int i = 10; i < 13; ++i) row.labels[static_cast<std::size_t>(i)] = 0;
        const auto result = row.check();
        CHECK(codes(result) == Codes{{"courtyard_oversize", 1}, {"courtyard_undersize", 1}});
        CHECK(result.oversize == std::vector<std::uint8_t>{1, 0});
        CHECK(result.undersize == std::vector<std::uint8_t>{0, 1});
    }
    SUBCASE("a pin split") {
        row.pins.assign(20, "");
        row.pins[9] = row.pins[10] = "kin";
        const auto result = row.check();
        CHECK(codes(result) == Codes{{"pin_split", 1}});
        CHECK(result.findings[0].records == std::vector<std::string>{"j", "k"});
    }
    SUBCASE("nobody may be head: an error") {
        row.may_be_head.assign(20, 0);
        const auto result = row.check();
        CHECK(codes(result) == Codes{{"no_head_allowed", 2}});
        CHECK_FALSE(result.holds());
        CHECK(result.head == std::vector<std::uint32_t>{no_index, no_index});
        CHECK(result.total_distance_m == 0);
    }
}

TEST_CASE("weights are exact") {
    Row row;
    row.weights.assign(20, 0.1);
    row.rules = {.weight_min = 1, .weight_max = 1, .weight_target = 1, .courtyards = {}};
    CHECK(row.check().findings.empty());
    row.weights[3] = 0.100001;
    CHECK(codes(row.check()) == Codes{{"courtyard_oversize", 1}});
    row.weights[3] = 0.099999;
    CHECK(codes(row.check()) == Codes{{"courtyard_undersize", 1}});
}

TEST_CASE("claimed heads") {
    Row row;
    std::vector<std::uint32_t> heads(20, 4);
    std::fill(heads.begin() + 10, heads.end(), 14U);
    const auto run = [&] { return row.check(Metric::straight, {.labels = {}, .head_of_household = heads}); };
    CHECK(run().findings.empty());
    SUBCASE("an equal one is as good") {
        std::fill(heads.begin(), heads.begin() + 10, 5U);
        const auto result = run();
        CHECK(result.findings.empty());
        CHECK(result.head[0] == 5);
    }
    SUBCASE("not the medoid") {
        std::fill(heads.begin(), heads.begin() + 10, 6U);
        const auto result = run();
        CHECK(codes(result) == Codes{{"head_not_medoid", 1}});
        CHECK(result.findings[0].records == std::vector<std::string>{"g", "e"});
        CHECK(result.head[0] == 4);
    }
    SUBCASE("not a member") {
        std::fill(heads.begin(), heads.begin() + 10, 14U);
        CHECK(codes(run()) == Codes{{"head_not_member", 1}});
    }
    SUBCASE("not allowed") {
        row.may_be_head.assign(20, 1);
        row.may_be_head[4] = 0;
        CHECK(codes(run()) == Codes{{"head_not_allowed", 1}});
    }
    SUBCASE("the medoid is the best of those allowed") {
        row.may_be_head.assign(20, 0);
        row.may_be_head[0] = row.may_be_head[14] = 1;
        std::fill(heads.begin(), heads.begin() + 10, 0U);
        const auto result = run();
        CHECK(result.findings.empty());
        CHECK(result.total_distance_m == doctest::Approx(450 + 250));
    }
    SUBCASE("different ones") {
        heads[0] = 5;
        CHECK(codes(run()) == Codes{{"courtyard_heads_differ", 1}});
    }
    SUBCASE("none though there could be one") {
        std::fill(heads.begin(), heads.begin() + 10, no_index);
        CHECK(codes(run()) == Codes{{"courtyard_without_head", 1}});
    }
}

TEST_CASE("claimed distances are right to the millimetre") {
    Row row;
    std::vector<std::uint32_t> heads(20, 4);
    std::fill(heads.begin() + 10, heads.end(), 14U);
    std::vector<double> distances;
    for (std::size_t i = 0; i < 20; ++i) distances.push_back(std::abs(row.x_m[i] - row.x_m[heads[i]]));
    const auto run = [&] {
        return row.check(Metric::straight, {.labels = {}, .head_of_household = heads,
                                            .distance_to_head_m = distances});
    };
    CHECK(run().findings.empty());
    distances[3] += 0.0009;
    distances[5] = std::nan("");
    CHECK(run().findings.empty());
    distances[3] += 0.0003;
    distances[7] = std::numeric_limits<double>::infinity();
    distances[8] = -distances[8];
    const auto result = run();
    CHECK(codes(result) == Codes{{"distance_wrong", 3}});
    CHECK(result.findings[0].records == std::vector<std::string>{"d"});
    CHECK(result.findings[0].row == 3);
}

TEST_CASE("walking goes round") {
    // A ring of twelve: straight across is short, along the links it is not.
    Row row(12);
    row.rules = {.weight_min = 1, .weight_max = 12, .weight_target = 12, .courtyards = {}};
    row.labels.assign(12, 0);
    row.edges.push_back({0, 11, 10});
    const auto walk = row.check(Metric::walk);
    CHECK(walk.holds());
    CHECK(walk.total_distance_m == doctest::Approx(2 * (10 + 20 + 30 + 40 + 50) + 60));
    CHECK(walk.max_distance_m == doctest::Approx(60));

    SUBCASE("over a network of its own") {
        // Every household hangs on one place in the middle, 100 m away.
        std::vector<neighbours::Edge> spokes;
        for (std::uint32_t i = 0; i < 12; ++i) spokes.push_back({i, 12, 100});
        const auto result = verify(row.town(), neighbours::Graph::from_edges(12, row.edges),
                                   neighbours::Graph::from_edges(13, spokes),
                                   {.labels = row.labels}, row.rules, Metric::walk);
        CHECK(result.holds());
        CHECK(result.total_distance_m == doctest::Approx(11 * 200));
    }
    SUBCASE("where nobody can walk") {
        row.edges = {{0, 1, 10}, {1, 2, 10}};
        const auto result = row.check(Metric::walk);
        CHECK(codes(result) == Codes{{"courtyard_disconnected", 1}});
        CHECK(result.head[0] == 1);  // reaches the most, and these the soonest
        CHECK(result.total_distance_m == doctest::Approx(20));
        CHECK(result.mean_distance_m == doctest::Approx(20.0 / 3));
    }
}

TEST_CASE("households without coordinates have no place") {
    Row row;
    row.groups.assign(20, "1");
    std::fill(row.groups.begin() + 10, row.groups.end(), "2");
    row.x_m[0] = row.y_m[0] = std::nan("");
    row.edges.erase(row.edges.begin());
    const auto result = row.check();
    CHECK(result.findings.empty());  // ten households in each, the first linked to nobody
    CHECK(result.head[0] == 5);
    CHECK(result.total_distance_m == doctest::Approx(200 + 250));
    CHECK(result.mean_distance_m == doctest::Approx(450.0 / 19));
    std::vector<std::uint32_t> heads(20, 0);
    std::fill(heads.begin() + 10, heads.end(), 14U);
    CHECK(codes(row.check(Metric::straight, {.labels = {}, .head_of_household = heads})) ==
          Codes{{"head_not_allowed", 1}});
}

TEST_CASE("large courtyards: pruning finds the medoid that the definition gives") {
    for (std::uint32_t seed = 0; seed < 12; ++seed) {
        Numbers numbers(seed);
        const std::size_t count = 65 + numbers.below(300);
        Row row(0);
        for (std::size_t i = 0; i < count; ++i) {
            // Some seeds put many at one place or all on a line.
            const auto span = seed % 4 == 0 ? 3U : 1000U;
            row.x_m.push_back(numbers.below(span));
            row.y_m.push_back(seed % 3 == 0 ? 0 : numbers.below(span));
            row.ids.push_back(std::to_string(1000 + i));
            row.may_be_head.push_back(seed % 2 == 0 || numbers.below(3) == 0 ? 1 : 0);
            row.labels.push_back(0);
            if (i > 0)
                row.edges.push_back({numbers.below(static_cast<std::uint32_t>(i)),
                                     static_cast<std::uint32_t>(i),
                                     static_cast<double>(1 + numbers.below(50))});
        }
        row.rules = {.weight_min = 1, .weight_max = 1e6, .weight_target = 20, .courtyards = {}};
        double least_m = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < count; ++i) {
            if (row.may_be_head[i] == 0) continue;
            double total_m = 0;
            for (std::size_t j = 0; j < count; ++j)
                total_m += std::hypot(row.x_m[i] - row.x_m[j], row.y_m[i] - row.y_m[j]);
            least_m = std::min(least_m, total_m);
        }
        CHECK(row.check().total_distance_m == doctest::Approx(least_m).epsilon(1e-9));

        // On foot, by Floyd and Warshall.
        std::vector<double> d(count * count, 1e18);
        for (std::size_t i = 0; i < count; ++i) d[i * count + i] = 0;
        for (const auto& edge : row.edges)
            d[edge.u * count + edge.v] = d[edge.v * count + edge.u] = edge.length_m;
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t i = 0; i < count; ++i)
                for (std::size_t j = 0; j < count; ++j)
                    d[i * count + j] = std::min(d[i * count + j], d[i * count + k] + d[k * count + j]);
        least_m = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < count; ++i) {
            if (row.may_be_head[i] == 0) continue;
            double total_m = 0;
            for (std::size_t j = 0; j < count; ++j) total_m += d[i * count + j];
            least_m = std::min(least_m, total_m);
        }
        CHECK(row.check(Metric::walk).total_distance_m == doctest::Approx(least_m).epsilon(1e-9));
    }
}

TEST_CASE("random assignments: sizes and pieces as counted one by one") {
    for (std::uint32_t seed = 0; seed < 40; ++seed) {
        Numbers numbers(seed);
        Row row(20);
        row.rules = {.weight_min = 2, .weight_max = 6, .weight_target = 4, .courtyards = {}};
        for (std::int32_t& label : row.labels)
            label = static_cast<std::int32_t>(numbers.below(6)) - (numbers.below(9) == 0 ? 1 : 0);
        const auto result = row.check();
        std::map<std::int32_t, int> sizes, runs;
        int missing = 0;
        for (std::size_t i = 0; i < 20; ++i) {
            if (row.labels[i] < 0) {
                ++missing;
                continue;
            }
            ++sizes[row.labels[i]];
            if (i == 0 || row.labels[i - 1] != row.labels[i]) ++runs[row.labels[i]];
        }
        Codes expected;
        if (missing > 0) expected["assignment_missing_household"] = missing;
        for (const auto& [label, size] : sizes) {
            if (size > 6) ++expected["courtyard_oversize"];
            if (size < 2) ++expected["courtyard_undersize"];
            if (runs[label] > 1) ++expected["courtyard_disconnected"];
        }
        CHECK(codes(result) == expected);
        CHECK(result.labels.size() == sizes.size());
        CHECK(result.holds() == expected.empty());
    }
}

TEST_CASE("calls that make no sense are refused") {
    const Row row;
    const Town town = row.town();
    const auto graph = neighbours::Graph::from_edges(20, row.edges);
    const auto refused = [&](const neighbours::Graph& g, const neighbours::Graph& network,
                             const Claim& claim, const Rules& rules) -> Code {
        try {
            verify(town, g, network, claim, rules, Metric::walk);
        } catch (const UsageError& error) {
            return error.finding().code;
        }
        return Code{};
    };
    const Claim good{.labels = row.labels};
    CHECK(refused(graph, {}, good, {}) == Code{});
    CHECK(refused(neighbours::Graph::from_edges(19, {}), {}, good, {}) == Code::graph_size_mismatch);
    CHECK(refused(graph, neighbours::Graph::from_edges(19, {}), good, {}) ==
          Code::graph_size_mismatch);
    CHECK(refused(graph, {}, {}, {}) == Code::labels_size_mismatch);
    const std::vector<std::uint32_t> few_heads(3, 0);
    CHECK(refused(graph, {}, {.labels = row.labels, .head_of_household = few_heads}, {}) ==
          Code::labels_size_mismatch);
    const std::vector<double> few(3, 0);
    CHECK(refused(graph, {},
                  {.labels = row.labels, .head_of_household = {}, .distance_to_head_m = few}, {}) ==
          Code::labels_size_mismatch);
    const std::vector<std::uint32_t> strangers(20, 20);
    CHECK(refused(graph, {}, {.labels = row.labels, .head_of_household = strangers}, {}) ==
          Code::label_out_of_range);
    const std::vector<std::int32_t> negative(20, -2);
    CHECK(refused(graph, {}, {.labels = negative}, {}) == Code::label_out_of_range);
    const double nan = std::nan("");
    const double infinity = std::numeric_limits<double>::infinity();
    for (const auto& [least, most] : {std::pair{0.0, 30.0}, {-1.0, 30.0}, {31.0, 30.0}, {nan, 30.0},
                                      {10.0, nan}, {10.0, infinity}, {10.0, 1e300}})
        CHECK(refused(graph, {}, good,
                      {.weight_min = least, .weight_max = most, .weight_target = 20,
                       .courtyards = {}}) == Code::bounds_invalid);
}
