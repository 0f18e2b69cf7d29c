#include "partition/exact.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "brute_force.hpp"
#include "gridgov/error.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/partition.hpp"
#include "random_town.hpp"

using namespace gridgov;
using namespace gridgov::partition;
using gridgov::partition::testing::RandomTown;

namespace {

std::vector<double> all_pairs(const Town& town, const Component& component,
                              const neighbours::Neighbours& neighbours, Metric metric) {
    const std::size_t count = component.households();
    std::vector<double> table(count * count, std::numeric_limits<double>::infinity());
    const auto at = [&](std::size_t i, std::size_t j) -> double& { return table[i * count + j]; };
    for (std::size_t i = 0; i < count; ++i) {
        at(i, i) = 0;
        if (metric == Metric::straight)
            for (std::size_t j = 0; j < count; ++j)
                at(i, j) = 1e6 * straight_distance_m(town.positions()[component.row[i]],
                                                     town.positions()[component.row[j]]);
    }
    if (metric == Metric::straight) return table;
    for (const auto& edge : neighbours.graph.edge_list())
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j)
                if (component.row[i] == edge.u && component.row[j] == edge.v)
                    at(i, j) = at(j, i) = std::min(at(i, j), 1e6 * edge.length_m);
    for (std::size_t via = 0; via < count; ++via)
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j)
                at(i, j) = std::min(at(i, j), at(i, via) + at(via, j));
    for (std::size_t i = 0; i < count; ++i)  // sums in another order: the same both ways
        for (std::size_t j = 0; j < i; ++j) at(i, j) = at(j, i);
    return table;
}

/// The shortest legal division of a component into `parts` by trying all; infinity where none is.
class EveryDivision {
public:
    EveryDivision(const Component& component, const Bounds& bounds, std::uint32_t parts,
                  const std::vector<double>& distance_um)
        : component_(component), bounds_(bounds), parts_(parts), distance_um_(distance_um),
          labels_(component.atoms()) {}

    double run() {
        assign(0, 0);
        return best_;
    }
    /// Cost of labels; infinity where they break a rule.
    double cost(const std::vector<std::uint32_t>& labels) const {
        double sum = 0;
        for (std::uint32_t part = 0; part < parts_; ++part) {
            std::int64_t weight = 0;
            std::set<std::uint32_t> atoms, reached;
            for (std::uint32_t atom = 0; atom < labels.size(); ++atom)
                if (labels[atom] == part) {
                    atoms.insert(atom);
                    weight += component_.atom_weight[atom];
                }
            if (atoms.empty() || !bounds_.legal(weight)) return infinite;
            std::vector<std::uint32_t> queue{*atoms.begin()};
            reached.insert(*atoms.begin());
            for (std::size_t next = 0; next < queue.size(); ++next)
                for (const std::uint32_t other : component_.neighbours_of(queue[next]))
                    if (atoms.count(other) != 0 && reached.insert(other).second)
                        queue.push_back(other);
            if (reached != atoms) return infinite;
            double least = infinite;
            const std::size_t count = component_.households();
            for (std::size_t i = 0; i < count; ++i) {
                if (atoms.count(component_.atom_of[i]) == 0 || !component_.may_be_head[i]) continue;
                double total = 0;
                for (std::size_t j = 0; j < count; ++j)
                    if (atoms.count(component_.atom_of[j]) != 0)
                        total += distance_um_[i * count + j];
                least = std::min(least, total);
            }
            sum += least;
        }
        return sum;
    }
    static constexpr double infinite = std::numeric_limits<double>::infinity();

private:
    void assign(std::uint32_t atom, std::uint32_t used) {
        if (atom == labels_.size()) {
            if (used == parts_) best_ = std::min(best_, cost(labels_));
            return;
        }
        for (std::uint32_t part = 0; part < std::min(used + 1, parts_); ++part) {
            labels_[atom] = part;
            assign(atom + 1, std::max(used, part + 1));
        }
    }
    const Component& component_;
    Bounds bounds_;
    std::uint32_t parts_;
    const std::vector<double>& distance_um_;
    std::vector<std::uint32_t> labels_;
    double best_ = infinite;
};

/// Households in clusters, some at one place.
struct Hamlets {
    std::vector<double> x_m, y_m;
    Hamlets(std::uint32_t households, std::uint64_t seed, double scatter_m = 100) {
        RandomTown random(seed, 1);
        const auto roll = [&] { return random.below(1000) / 500.0 - 1; };
        double x = 0, y = 0;
        for (std::uint32_t i = 0; i < households; ++i) {
            if (i % 15 == 0) {
                x = 400 * roll();
                y = 400 * roll();
            }
            x_m.push_back(x + scatter_m * (roll() + roll()));
            y_m.push_back(y + scatter_m * (roll() + roll()));
        }
    }
    TownColumns columns() const {
        TownColumns columns;
        columns.households.x_m = x_m;
        columns.households.y_m = y_m;
        return columns;
    }
};

/// One component and its distances.
struct Single {
    Town town;
    neighbours::Neighbours neighbours;
    Options options;
    Bounds bounds;
    Component component;
    std::vector<double> distance_um;
    Single(const TownColumns& columns, const Rules& rules)
        : town(Town::make(columns)), neighbours(neighbours::build(town)), bounds(rules) {
        options.rules = rules;
        component = make_problem(town, neighbours, bounds, 0).components.at(0);
        distance_um = all_pairs(town, component, neighbours, Metric::straight);
    }
    ExactResult solve(std::uint32_t parts, std::span<const std::uint32_t> incumbent = {},
                      std::uint64_t work = exact_work_limit,
                      const std::atomic<bool>* cancel = nullptr) const {
        return solve_exactly(component, bounds, parts, distance_um, incumbent, work, cancel);
    }
};

}  // namespace

TEST_CASE("exact: random towns against every division") {
    std::uint32_t optimal = 0, infeasible = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        RandomTown random(seed, 9);
        random.groups.clear();
        if (seed % 3 == 0) random.add_pin();
        const Town town = Town::make(random.columns());
        const neighbours::Neighbours neighbours = neighbours::build(town);
        const Rules rules{2.0, seed % 2 == 0 ? 4.0 : 3.0, 3.0, {}};
        const Bounds bounds(rules);
        const Metric metric = seed % 4 < 2 ? Metric::straight : Metric::walk;
        const Problem problem = make_problem(town, neighbours, bounds, 0);
        for (const Component& component : problem.components) {
            const std::vector<double> distance_um = all_pairs(town, component, neighbours, metric);
            for (std::uint32_t parts = 1; parts <= 4; ++parts) {
                CAPTURE(seed);
                CAPTURE(parts);
                EveryDivision every(component, bounds, parts, distance_um);
                const double best = every.run();
                const ExactResult found = solve_exactly(component, bounds, parts, distance_um);
                if (best == EveryDivision::infinite) {
                    CHECK(found.status == ExactStatus::infeasible);
                    CHECK(found.labels.empty());
                    ++infeasible;
                    continue;
                }
                REQUIRE(found.status == ExactStatus::optimal);
                CHECK(found.cost_um == doctest::Approx(best).epsilon(1e-9).scale(1));
                CHECK(every.cost(found.labels) == doctest::Approx(best).epsilon(1e-9).scale(1));
                CHECK(found.lower_bound_um <= found.cost_um);
                ++optimal;
            }
        }
    }
    CHECK(optimal > 300);
    CHECK(infeasible > 300);
}

TEST_CASE("exact: the result does not depend on the incumbent, and is never longer") {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        CAPTURE(seed);
        const Hamlets hamlets(70, seed);
        const Single town(hamlets.columns(), {12, 20, 16, {}});
        const ExactResult alone = town.solve(4);
        REQUIRE(alone.status == ExactStatus::optimal);
        const EveryDivision checks(town.component, town.bounds, 4, town.distance_um);
        CHECK(checks.cost(alone.labels) == doctest::Approx(alone.cost_um).epsilon(1e-12));
        const ExactResult again = town.solve(4);
        CHECK(again.labels == alone.labels);
        CHECK(again.work == alone.work);
        const ExactResult with = town.solve(4, alone.labels);
        CHECK(with.status == ExactStatus::optimal);
        CHECK(with.cost_um == doctest::Approx(alone.cost_um).epsilon(1e-9));

        Options options = town.options;
        options.effort = Effort::draft;
        const Partition draft = partition::solve(town.town, town.neighbours, options);
        const ExactDivision division =
            solve_exactly(town.town, town.neighbours, draft.labels, options);
        REQUIRE(division.components.size() == 1);
        const ExactComponent& known = division.components.front();
        CHECK(known.status == ExactStatus::optimal);
        CHECK(known.households == 70);
        CHECK(known.total_distance_m <= draft.total_distance_m * (1 + 1e-12));
        const Partition measured =
            measure(town.town, town.neighbours, division.labels, options);
        CHECK(measured.broken_courtyards == 0);
        CHECK(measured.total_distance_m == doctest::Approx(known.total_distance_m).epsilon(1e-9));
        if (known.courtyards == 4)
            CHECK(known.total_distance_m == doctest::Approx(alone.cost_um / 1e6).epsilon(1e-9));
    }
}

TEST_CASE("exact: what costs nothing or the same is done at once") {
    std::vector<double> x(60, 5.0), y(60, 5.0);
    TownColumns columns;
    columns.households.x_m = x;
    columns.households.y_m = y;
    const Single pile(columns, {10, 30, 20, {}});
    const ExactResult heap = pile.solve(3);
    CHECK(heap.status == ExactStatus::optimal);
    CHECK(heap.cost_um == 0);
    // A lattice: many divisions are equally short.
    for (std::size_t i = 0; i < 60; ++i) {
        x[i] = 20.0 * static_cast<double>(i % 10);
        y[i] = 20.0 * static_cast<double>(i / 10);
    }
    const Single lattice(columns, {20, 20, 20, {}});
    const ExactResult even = lattice.solve(3);
    CHECK(even.status == ExactStatus::optimal);
    CHECK(even.work < exact_work_limit / 4);
    // A row: tens, each with 25 gaps of 20 m to its fifth; nines and elevens are as short.
    std::vector<std::uint32_t> uneven;
    for (std::size_t i = 0; i < 60; ++i) {
        x[i] = 20.0 * static_cast<double>(i);
        y[i] = 0;
    }
    const Single row(columns, {5, 30, 10, {}});
    for (const std::uint32_t household : row.component.row)
        uneven.push_back(household < 5 ? 0 : household < 20 ? 1 : household / 10);
    const ExactResult pieces = row.solve(6, uneven);
    CHECK(pieces.status == ExactStatus::optimal);
    CHECK(pieces.cost_um == doctest::Approx(6 * 25 * 20e6));
}

TEST_CASE("exact: limits and cancellation leave a lower bound and the incumbent") {
    const Hamlets hamlets(80, 3);
    const Single town(hamlets.columns(), {15, 17, 16, {}});
    const ExactResult best = town.solve(5);
    REQUIRE(best.status == ExactStatus::optimal);
    for (const std::uint64_t work : {std::uint64_t{0}, best.work / 4, best.work / 2}) {
        CAPTURE(work);
        const ExactResult part = town.solve(5, best.labels, work);
        CHECK(part.lower_bound_um <= best.cost_um);
        CHECK(part.cost_um == best.cost_um);
        if (work == 0) CHECK(part.status == ExactStatus::limit);
    }
    const std::atomic<bool> cancel = true;
    const ExactResult cancelled = town.solve(5, {}, exact_work_limit, &cancel);
    CHECK(cancelled.status == ExactStatus::limit);
    CHECK(cancelled.lower_bound_um <= best.cost_um);
    Options options = town.options;
    options.cancel = &cancel;
    const std::vector<std::int32_t> one(80, 0);
    CHECK(solve_exactly(town.town, town.neighbours, one, options).outcome == Outcome::cancelled);
}

TEST_CASE("exact: infeasible, not attempted, and what cannot be") {
    const Hamlets hamlets(40, 5);
    Single town(hamlets.columns(), {10, 12, 11, {}});
    CHECK(town.solve(3).status == ExactStatus::infeasible);  // 40 are more than three of 12
    CHECK(town.solve(4).status == ExactStatus::optimal);
    CHECK(town.solve(5).status == ExactStatus::infeasible);
    CHECK(town.solve(41).status == ExactStatus::infeasible);
    CHECK(town.solve(0).status == ExactStatus::not_attempted);
    // An incumbent that is no legal division is passed over.
    const std::vector<std::uint32_t> wrong(40, 0), beyond(40, 7), few(3, 0);
    const double cost_um = town.solve(4).cost_um;
    for (const auto& labels : {wrong, beyond, few})
        CHECK(town.solve(4, labels).cost_um == cost_um);
    for (const double bad : {std::nan(""), -1.0, std::numeric_limits<double>::infinity(), 7.0}) {
        Single broken = town;
        broken.distance_um[3] = bad;  // and not that of the pair the other way round
        CHECK(broken.solve(4).status == ExactStatus::not_attempted);
    }
    town.distance_um.pop_back();
    CHECK(town.solve(4).status == ExactStatus::not_attempted);
    town.component.groups = 1;
    CHECK(town.solve(4).status == ExactStatus::not_attempted);
    town.component.may_be_head.assign(40, 0);
    town.component.groups = 0;
    town.distance_um.push_back(0);
    CHECK(town.solve(4).status == ExactStatus::infeasible);  // nobody may be head
}

TEST_CASE("exact: towns of several villages keep what is not solved") {
    std::uint32_t optimal = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        RandomTown random(seed, 14);
        random.groups.clear();
        if (seed % 2 == 0) random.add_pin();
        const Town town = Town::make(random.columns());
        const neighbours::Neighbours neighbours = neighbours::build(town);
        Options options;
        options.rules = {2, 4, 3, {}};
        options.metric = seed % 3 == 0 ? Metric::walk : Metric::straight;
        const Partition start = partition::solve(town, neighbours, options);
        const ExactDivision division = solve_exactly(town, neighbours, start.labels, options);
        const Partition measured = measure(town, neighbours, division.labels, options);
        CAPTURE(seed);
        CHECK(measured.broken_households <= start.broken_households);
        CHECK(measured.courtyards.size() == start.courtyards.size());
        if (measured.broken_households == start.broken_households)
            CHECK(measured.total_distance_m <= start.total_distance_m + 1e-9);
        for (const ExactComponent& known : division.components)
            optimal += known.status == ExactStatus::optimal ? 1 : 0;
    }
    CHECK(optimal > 100);
    const Hamlets hamlets(20, 1);
    const Single town(hamlets.columns(), {5, 10, 8, {}});
    const std::vector<std::int32_t> few(3, 0), negative(20, -1);
    CHECK_THROWS_AS(solve_exactly(town.town, town.neighbours, few, {}), UsageError);
    CHECK_THROWS_AS(solve_exactly(town.town, town.neighbours, negative, {}), UsageError);
}
