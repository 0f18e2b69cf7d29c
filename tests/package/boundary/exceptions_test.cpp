// What is thrown across the boundary of the library, and what is not.
#include "samples.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <type_traits>

namespace {

namespace partition = gridgov::partition;
namespace points = gridgov::points;

// Copying what is shared, moving and destroying never throw.
template <class... Types>
constexpr bool moves_without_throwing =
    ((std::is_nothrow_move_constructible_v<Types> && std::is_nothrow_move_assignable_v<Types> &&
      std::is_nothrow_destructible_v<Types>) && ...);
template <class... Types>
constexpr bool copies_without_throwing =
    ((std::is_nothrow_copy_constructible_v<Types> && std::is_nothrow_copy_assignable_v<Types>) &&
     ...);
static_assert(copies_without_throwing<gridgov::Town, points::Rulebooks, points::State,
                                      gridgov::lists::Catalogue, gridgov::conditions::UnaryTests,
                                      gridgov::TextColumn, gridgov::Date, gridgov::LocalPlane>);
static_assert(moves_without_throwing<
              gridgov::Town, points::Rulebooks, points::State, gridgov::lists::Catalogue,
              gridgov::conditions::UnaryTests, gridgov::lists::Recurrence,
              gridgov::lists::WorkingDays, gridgov::neighbours::Neighbours,
              gridgov::neighbours::Walk, partition::Partition, partition::Grids,
              partition::Revision, partition::Verification, points::Settlement, points::Posting,
              points::Ledger, points::Passbook, gridgov::lists::Decision, gridgov::lists::Duties,
              gridgov::lists::Workload, gridgov::Finding, gridgov::simulate::Township>);
static_assert(std::is_nothrow_destructible_v<gridgov::UsageError> &&
              std::is_nothrow_destructible_v<gridgov::DataError>);

/// The caller's own exception, which the library knows nothing of.
struct CallersOwn {
    int number;
};

}  // namespace

TEST_CASE("the exceptions are one type on both sides, and standard ones too") {
    gridgov::TownColumns columns;
    const std::vector<double> x_m{0}, y_m{0, 1};
    columns.households.x_m = x_m;
    columns.households.y_m = y_m;
    CHECK_THROWS_AS(gridgov::Town::make(columns), gridgov::DataError);
    CHECK_THROWS_AS(gridgov::Town::make(columns), std::runtime_error);
    CHECK_THROWS_AS(partition::algorithm("none of the name"), gridgov::UsageError);
    CHECK_THROWS_AS(partition::algorithm("none of the name"), std::invalid_argument);
    try {
        gridgov::Town::make(columns);
    } catch (const gridgov::DataError& error) {
        REQUIRE(error.findings().size() == 1);
        CHECK(error.findings()[0].code == gridgov::Code::column_length);
    }
}

TEST_CASE("what a callback throws reaches its caller, whatever threads are at work") {
    const auto town = samples::town(600);
    const auto neighbours = gridgov::neighbours::build(town);
    const samples::Register deeds;
    const auto rules = samples::rulebooks();
    const auto throws_in = [](auto&& call) {
        int seen = 0;
        try {
            call();
        } catch (const CallersOwn& own) {
            seen = own.number;
        }
        return seen;
    };
    for (const unsigned threads : {1U, 4U}) {
        CAPTURE(threads);
        const auto here = std::this_thread::get_id();
        bool elsewhere = false, called = false;
        partition::Options options;
        options.threads = threads;
        const auto found = partition::solve(town, neighbours, options);
        options.progress = [&](double) {
            elsewhere = elsewhere || std::this_thread::get_id() != here;
            called = true;
            throw CallersOwn{42};
        };
        // Not called where other threads were faster with all of the few pieces.
        const auto reaches = [&](int number, auto&& call) {
            called = false;
            const int seen = throws_in(call);
            CHECK((called || threads > 1));
            return seen == (called ? number : 0);
        };
        CHECK(reaches(42, [&] { partition::solve(town, neighbours, options); }));
        CHECK(reaches(42, [&] {
            partition::group_into_grids(town, neighbours, found,
                                        {.grids = 6, .courtyards_min = {}, .courtyards_max = {}},
                                        options);
        }));
        CHECK(reaches(42, [&] { partition::lower_bound(town, neighbours, found, options); }));
        points::Options settling;
        settling.threads = threads;
        settling.progress = [&](double) {
            called = true;
            throw CallersOwn{43};
        };
        CHECK(reaches(43, [&] {
            points::settle(rules, deeds.tables(), gridgov::date_of(2026, 4, 1), settling);
        }));
        CHECK_FALSE(elsewhere);
        // Nothing is left behind: the same call succeeds, with the same result.
        options.progress = nullptr;
        CHECK(partition::solve(town, neighbours, options).labels == found.labels);
    }
    partition::CapacitatedPMedianOptions clock;
    clock.share_spent = []() -> double { throw CallersOwn{44}; };
    const std::vector<double> x{0, 1, 5, 6}, y{0, 0, 0, 0}, ones{1, 1, 1, 1}, twos{2, 2, 2, 2};
    partition::CapacitatedPMedian problem;
    problem.x = x;
    problem.y = y;
    problem.demands = ones;
    problem.capacities = twos;
    problem.medians = 2;
    CHECK(throws_in([&] { partition::solve_capacitated_p_median(problem, clock); }) == 44);
}

TEST_CASE("a stop is an outcome, not an exception") {
    const auto town = samples::town(600);
    const auto neighbours = gridgov::neighbours::build(town);
    const std::atomic<bool> stop{true};
    partition::Options options;
    options.cancel = &stop;
    const auto found = partition::solve(town, neighbours, options);
    CHECK(found.outcome == partition::Outcome::cancelled);
    CHECK(found.labels.size() == town.households());
}
