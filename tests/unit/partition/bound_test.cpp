// The lower bound against all divisions of tiny towns, and its certificate against tampering.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/neighbours/walk.hpp"
#include "gridgov/partition/bound.hpp"
#include "gridgov/partition/certificate.hpp"
#include "gridgov/partition/partition.hpp"
#include "random_town.hpp"
#include "verified.hpp"

using namespace gridgov;
using partition::Bound;
using partition::Certificate;
using partition::CertificateComponent;
using partition::Metric;
using partition::testing::RandomTown;
using partition::testing::sizes;

namespace {

/// A town, what was found for it, and the bound.
struct Case {
    Town town;
    neighbours::Neighbours graph;
    partition::Options options;
    partition::Partition found;
    Bound bound;

    Case(const TownColumns& columns, const partition::Options& with)
        : town(Town::make(columns)), graph(neighbours::build(town)), options(with),
          found(partition::solve(town, graph, options)),
          bound(partition::lower_bound(town, graph, found, options)) {}

    double distance_m(std::uint32_t a, std::uint32_t b) const {
        if (options.metric == Metric::straight)
            return straight_distance_m(town.positions()[a], town.positions()[b]);
        neighbours::Walk walk(graph.walk_network.nodes() > 0 ? graph.walk_network : graph.graph);
        double out = 0;
        walk.distances_m(a, {&b, 1}, {&out, 1}, std::numeric_limits<double>::infinity());
        return out;
    }
};

/// A certificate and the memory behind it.
struct Paper {
    std::vector<std::int64_t> multiplier_um;
    std::vector<CertificateComponent> components;
    Certificate certificate;

    explicit Paper(const Case& one) : multiplier_um(one.bound.multiplier_um) {
        for (const partition::ComponentBound& component : one.bound.components)
            components.push_back({component.first, component.courtyards_least,
                                  component.courtyards_most, component.weight_least.millionths,
                                  component.weight_most.millionths, component.total_um});
        certificate.rules = one.options.rules;
        certificate.metric = one.options.metric;
        certificate.total_um = one.bound.total_um;
    }
    partition::Confirmation check(const Case& one, const partition::Rules& rules, Metric metric) {
        certificate.multiplier_um = multiplier_um;
        certificate.components = components;
        return partition::check_certificate(one.town, one.graph.graph, one.graph.walk_network,
                                            certificate, rules, metric);
    }
    partition::Confirmation check(const Case& one) {
        return check(one, one.options.rules, one.options.metric);
    }
    Code refused(const Case& one) {
        const auto found = check(one);
        REQUIRE(!found.holds());
        return found.findings.front().code;
    }
};

/// The shortest of all divisions of some households that a component's bound speaks of, connected
/// or not; infinity if there is none.
class AllDivisions {
public:
    AllDivisions(const Case& one, const partition::ComponentBound& claim,
                 std::vector<std::uint32_t> rows)
        : claim_(claim), rows_(std::move(rows)), part_of_(rows_.size(), 0) {
        for (const std::uint32_t row : rows_) {
            weight_.push_back(one.town.weights()[row].millionths);
            head_.push_back(one.town.may_be_head()[row]);
            distance_m_.emplace_back();
            for (const std::uint32_t other : rows_)
                distance_m_.back().push_back(one.distance_m(row, other));
        }
    }
    double shortest_m() {
        divide(0, 0);
        return best_m_;
    }

private:
    void divide(std::size_t next, std::size_t parts) {
        if (static_cast<std::int64_t>(parts) > claim_.courtyards_most) return;
        if (next == rows_.size()) {
            if (static_cast<std::int64_t>(parts) >= claim_.courtyards_least) measure(parts);
            return;
        }
        for (std::size_t part = 0; part <= parts; ++part) {
            part_of_[next] = part;
            divide(next + 1, std::max(parts, part + 1));
        }
    }
    void measure(std::size_t parts) {
        double total_m = 0;
        for (std::size_t part = 0; part < parts; ++part) {
            std::int64_t weight = 0;
            double least_m = std::numeric_limits<double>::infinity();
            for (std::size_t head = 0; head < rows_.size(); ++head) {
                if (part_of_[head] != part) continue;
                weight += weight_[head];
                double sum_m = 0;
                for (std::size_t i = 0; i < rows_.size(); ++i)
                    if (part_of_[i] == part) sum_m += distance_m_[head][i];
                if (head_[head]) least_m = std::min(least_m, sum_m);
            }
            if (weight < claim_.weight_least.millionths || weight > claim_.weight_most.millionths)
                return;
            total_m += least_m;
        }
        best_m_ = std::min(best_m_, total_m);
    }

    const partition::ComponentBound& claim_;
    std::vector<std::uint32_t> rows_;
    std::vector<std::size_t> part_of_;
    std::vector<std::int64_t> weight_;
    std::vector<std::uint8_t> head_;
    std::vector<std::vector<double>> distance_m_;
    double best_m_ = std::numeric_limits<double>::infinity();
};

/// Checks the promise of every component of at most nine households; the sum of what could be
/// proved and of the optimum.
struct Sums {
    double bound_m = 0, best_m = 0;
};
Sums check_promise(const Case& one) {
    Sums sums;
    for (std::uint32_t c = 0; c < one.bound.components.size(); ++c) {
        const auto& claim = one.bound.components[c];
        std::vector<std::uint32_t> rows;
        for (std::uint32_t row = 0; row < one.town.households(); ++row)
            if (one.bound.component_of[row] == c) rows.push_back(row);
        REQUIRE(rows.size() == claim.households);
        const double best_m = AllDivisions(one, claim, rows).shortest_m();
        const double bound_m = static_cast<double>(claim.total_um) * 1e-6;
        CHECK(bound_m <= best_m);
        if (best_m < std::numeric_limits<double>::infinity()) {
            sums.bound_m += bound_m;
            sums.best_m += best_m;
        }
    }
    return sums;
}

struct Places {
    std::vector<double> x_m, y_m, weights;
    std::vector<std::string> groups, villages;
    std::vector<std::uint8_t> may_be_head;

    TownColumns columns() const {
        TownColumns columns;
        columns.households.x_m = x_m;
        columns.households.y_m = y_m;
        columns.households.weights = weights;
        columns.households.may_be_head = may_be_head;
        if (!groups.empty()) columns.households.groups = std::span(groups);
        if (!villages.empty()) columns.households.villages = std::span(villages);
        return columns;
    }
};

Places scattered(std::size_t count, std::uint64_t seed, double scale_m = 1) {
    RandomTown random(seed, 1);
    Places places;
    for (std::size_t i = 0; i < count; ++i) {
        places.x_m.push_back(scale_m * random.below(1'000'000) / 1000);
        places.y_m.push_back(scale_m * random.below(1'000'000) / 1000);
    }
    return places;
}

}  // namespace

TEST_CASE("bound: below every division of tiny towns of any kind, and confirmed") {
    Sums sums;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        RandomTown random(seed, 8);
        if (seed % 5 == 0) random.add_pin();
        constexpr std::array<std::array<double, 3>, 4> bounds{
            {{2, 4, 3}, {1, 3, 2}, {3, 6, 4}, {2.5, 4.5, 3.5}}};
        const auto& size = bounds[seed % bounds.size()];
        partition::Options options = sizes(size[0], size[1], size[2]);
        options.metric = seed % 3 == 0 ? Metric::walk : Metric::straight;
        if (seed % 7 == 0) options.rules.courtyards = 1 + random.below(5);
        const Case one(random.columns(), options);
        const Sums here = check_promise(one);
        sums.bound_m += here.bound_m;
        sums.best_m += here.best_m;
        CHECK(one.bound.total_distance_m <= one.found.total_distance_m);
        const auto confirmed = Paper(one).check(one);
        for (const Finding& finding : confirmed.findings) MESSAGE(message(finding, Language::en));
        CHECK(confirmed.holds());
        CHECK(confirmed.total_um >= one.bound.total_um);
    }
    CHECK(sums.bound_m > 0.75 * sums.best_m);  // the relaxation is tight only for more than a few
}

TEST_CASE("bound: one courtyard is bounded by its own total") {
    const Case one(scattered(25, 3).columns(), sizes(10, 30, 25));
    REQUIRE(one.found.courtyards.size() == 1);
    CHECK(one.bound.total_distance_m <= one.found.total_distance_m);
    CHECK(one.bound.total_distance_m > one.found.total_distance_m - 1e-4);
}

TEST_CASE("bound: near the total on a town, whatever the threads, and confirmed") {
    const Places places = scattered(600, 7);
    partition::Options options = sizes(10, 30, 20);
    options.effort = partition::Effort::best;
    options.threads = 1;
    const Case one(places.columns(), options);
    CHECK(one.bound.total_distance_m <= one.found.total_distance_m);
    CHECK(one.found.total_distance_m < 1.06 * one.bound.total_distance_m);
    CHECK(Paper(one).check(one).holds());
    options.threads = 3;
    const Bound again = partition::lower_bound(one.town, one.graph, one.found, options);
    CHECK(again.multiplier_um == one.bound.multiplier_um);
    CHECK(again.total_um == one.bound.total_um);
}

TEST_CASE("bound: weights, heads, walks and villages on a town, confirmed") {
    Places places = scattered(400, 11);
    RandomTown random(5, 1);
    for (std::size_t i = 0; i < 400; ++i) {
        places.weights.push_back(0.5 * (1 + random.below(9)));
        places.may_be_head.push_back(random.below(3) != 0);
        places.villages.push_back(places.x_m[i] < 400 ? "west" : "east");
    }
    partition::Options options = sizes(10, 30, 20);
    for (const Metric metric : {Metric::straight, Metric::walk}) {
        options.metric = metric;
        const Case one(places.columns(), options);
        CHECK(one.bound.components.size() == 2);
        CHECK(one.bound.total_distance_m <= one.found.total_distance_m);
        CHECK(one.bound.total_distance_m > 0.8 * one.found.total_distance_m);
        CHECK(Paper(one).check(one).holds());
    }
}

TEST_CASE("bound: all at one place, at the edge of the plane, nobody near, one household") {
    Places together;
    together.x_m.assign(60, 5);
    together.y_m.assign(60, 5);
    const Case zero(together.columns(), sizes(10, 30, 20));
    CHECK(zero.bound.total_um == 0);
    CHECK(Paper(zero).check(zero).holds());

    Places far = scattered(60, 1, 2e5);
    for (double& x : far.x_m) x -= 1e8;
    for (double& y : far.y_m) y -= 1e8;
    const Case edge(far.columns(), sizes(10, 30, 20));
    CHECK(edge.bound.total_distance_m <= edge.found.total_distance_m);
    CHECK(edge.bound.total_distance_m > 0.8 * edge.found.total_distance_m);
    CHECK(Paper(edge).check(edge).holds());

    Places alone;
    alone.x_m = {3};
    alone.y_m = {4};
    const Case single(alone.columns(), sizes(10, 30, 20));
    CHECK(single.bound.total_um == 0);
    CHECK(Paper(single).check(single).holds());
}

TEST_CASE("bound: broken rules loosen it, missing heads leave 0") {
    Places places = scattered(9, 2);
    const Case few(places.columns(), sizes(10, 30, 20));  // one courtyard, too small
    REQUIRE(few.bound.components.size() == 1);
    CHECK(few.bound.components[0].weight_least.millionths == 0);
    CHECK(few.bound.total_distance_m > few.found.total_distance_m - 1e-4);
    CHECK(Paper(few).check(few).holds());

    places = scattered(40, 2);
    places.may_be_head.assign(40, 0);
    const Case headless(places.columns(), sizes(10, 30, 20));
    CHECK(headless.bound.total_um == 0);
    CHECK(Paper(headless).check(headless).holds());

    places.may_be_head.clear();
    places.weights.assign(40, 1);
    places.weights[7] = 31;
    const Case heavy(places.columns(), sizes(10, 30, 20));
    CHECK(heavy.bound.component_of[7] == no_index);
    CHECK(heavy.bound.total_um > 0);
    CHECK(heavy.bound.total_distance_m <= heavy.found.total_distance_m);
    CHECK(Paper(heavy).check(heavy).holds());
}

TEST_CASE("bound: households without coordinates") {
    Places places = scattered(50, 4);
    places.groups.assign(50, "g");
    for (const std::size_t i : {3U, 9U, 30U})
        places.x_m[i] = std::numeric_limits<double>::quiet_NaN();
    const Town town = Town::make(places.columns(), {.unlocated = Unlocated::group});
    const auto graph = neighbours::build(town);
    const partition::Options options = sizes(10, 30, 20);
    const auto found = partition::solve(town, graph, options);
    const Bound bound = partition::lower_bound(town, graph, found, options);
    CHECK(bound.component_of[3] == no_index);
    CHECK(bound.total_um > 0);
    CHECK(bound.total_distance_m <= found.total_distance_m);
    REQUIRE(bound.components.size() == 1);
    CHECK(bound.components[0].weight_least.millionths == 7'000'000);
}

TEST_CASE("bound: a call that does not fit, and one that is cancelled") {
    const Case one(scattered(40, 1).columns(), sizes(10, 30, 20));
    const Town other = Town::make(scattered(41, 1).columns());
    CHECK_THROWS_AS(partition::lower_bound(other, one.graph, one.found, one.options), UsageError);
    const auto graph = neighbours::build(other);
    CHECK_THROWS_AS(partition::lower_bound(other, graph, one.found, one.options), UsageError);
    const std::atomic<bool> cancel = true;
    partition::Options options = one.options;
    options.cancel = &cancel;
    const Bound none = partition::lower_bound(one.town, one.graph, one.found, options);
    CHECK(none.outcome == partition::Outcome::cancelled);
    CHECK(none.total_um == 0);
}

TEST_CASE("certificate: what was tampered with is refused") {
    const Case one(scattered(120, 5).columns(), sizes(10, 30, 20));
    const Paper good(one);
    CHECK(Paper(good).check(one).holds());

    Paper paper = good;
    paper.components[0].total_um += 1;
    CHECK(paper.refused(one) == Code::certificate_bound_too_high);
    paper = good;
    paper.certificate.total_um += 1;
    CHECK(paper.refused(one) == Code::certificate_bound_too_high);
    paper = good;
    paper.multiplier_um[17] += 1'000'000'000;
    CHECK(paper.refused(one) == Code::certificate_bound_too_high);
    paper = good;
    paper.multiplier_um[17] = std::numeric_limits<std::int64_t>::max();
    CHECK(paper.refused(one) == Code::certificate_multiplier_out_of_range);
    paper = good;
    paper.components[0].courtyards_least = paper.components[0].courtyards_most = 5;
    CHECK(paper.refused(one) == Code::certificate_number_wrong);
    paper = good;
    paper.components[0].courtyards_least = 0;
    CHECK(paper.refused(one) == Code::certificate_number_wrong);
    paper = good;
    paper.components[0].weight_least += 1;
    CHECK(paper.refused(one) == Code::certificate_sizes_wrong);
    paper = good;
    paper.components[0].weight_most -= 1;
    CHECK(paper.refused(one) == Code::certificate_sizes_wrong);
    paper = good;
    paper.components.clear();
    CHECK(paper.refused(one) == Code::certificate_component_missing);
    paper = good;
    paper.components.push_back(paper.components[0]);
    CHECK(paper.refused(one) == Code::certificate_component_repeated);
    paper = good;
    paper.components[0].household = 120;
    CHECK(paper.refused(one) == Code::certificate_component_unknown);
    paper = good;
    paper.certificate.rules.weight_max = 31;
    CHECK(paper.refused(one) == Code::certificate_rules_differ);
    paper = good;
    paper.certificate.metric = Metric::walk;
    CHECK(paper.refused(one) == Code::certificate_rules_differ);
    paper = good;
    paper.certificate.rules.courtyards = 7;
    CHECK(paper.refused(one) == Code::certificate_rules_differ);
    paper = good;
    paper.multiplier_um.pop_back();
    CHECK_THROWS_AS(paper.check(one), UsageError);
    paper = good;
    partition::Rules nonsense = one.options.rules;
    nonsense.weight_min = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(paper.check(one, nonsense, Metric::straight), UsageError);
}

TEST_CASE("certificate: hostile numbers do no harm; any multipliers are valid") {
    const Case one(scattered(40, 6).columns(), sizes(10, 30, 20));
    Paper paper(one);
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    paper.components[0].courtyards_most = most;
    paper.components[0].weight_most = most;
    paper.components[0].total_um = least;
    paper.certificate.total_um = least;
    CHECK(paper.check(one).holds());
    paper.components[0].weight_least = least;
    CHECK(paper.refused(one) == Code::certificate_sizes_wrong);
    paper = Paper(one);
    paper.components[0].total_um = paper.certificate.total_um = most;
    CHECK(paper.refused(one) == Code::certificate_bound_too_high);

    RandomTown random(9, 1);
    for (int turn = 0; turn < 40; ++turn) {
        paper = Paper(one);
        paper.components[0].total_um = 1;  // 0 would need no proof
        paper.certificate.total_um = 0;
        for (std::int64_t& multiplier : paper.multiplier_um)
            multiplier = turn % 2 == 0 ? std::int64_t{random.below(1'000'000'000)}
                                       : multiplier + random.below(20'000'000) - 10'000'000;
        if (turn == 1) paper.multiplier_um.assign(40, partition::certificate_multiplier_um_max);
        if (turn == 3) paper.multiplier_um.assign(40, -partition::certificate_multiplier_um_max);
        const auto found = paper.check(one);
        CHECK(static_cast<double>(found.total_um) * 1e-6 <= one.found.total_distance_m);
    }
}
