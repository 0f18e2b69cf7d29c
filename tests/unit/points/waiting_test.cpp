// Reversals and returns that wait in a state: what they take back may be given anew, or be taken
// back by another row, before their day comes.
#include <doctest/doctest.h>

#include "village.hpp"

using namespace gridgov;
using namespace gridgov::points;
using namespace gridgov::points::test;

namespace {

Rulebooks books() {
    Rulebook book = rulebook({rule("good", 5)});
    book.effective_from = day("2026-01-01");
    book.objection_days = 3;
    book.opening = Opening{100, OpeningPeriod::year};
    return Rulebooks::make({book});
}

/// x posted, p pending, q waiting to take p back on 2 April.
Village reversals() {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "a"}};
    village.deeds = {{"x", "2026-03-01", "h1", "good"},
                     {"p", "2026-03-02", "h1", "good", "declared"},
                     {.no = "q", .date = "2026-03-30", .household = "h1", .stage = "published",
                      .reverses = "p", .published_on = "2026-03-30"}};
    return village;
}

/// x accepted, e pending, r waiting to return e.
Village returns() {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "a"}};
    village.goods = {{.good = "pot", .points = 10, .stock = 9}};
    village.exchanges = {{.no = "x", .date = "2026-03-01", .household = "h1", .good = "pot"},
                         {.no = "e", .date = "2026-05-01", .household = "h1", .good = "pot"},
                         {.no = "r", .date = "2026-05-02", .household = "h1", .good = "pot", .returns = "e"}};
    return village;
}

State after(Village village) {
    return post(books(), village.tables(), day("2026-03-31"), State{}, with_threads(1)).state;
}

/// What posting further rows on such a state finds at fault: code, record and row of each.
std::vector<std::string> faults_after(Village village, std::vector<DeedRow> deeds,
                                      std::vector<ExchangeRow> exchanges) {
    const State state = after(village);
    village.deeds = std::move(deeds);
    village.exchanges = std::move(exchanges);
    std::vector<std::string> found;
    try {
        post(books(), village.tables(), day("2026-12-31"), state, with_threads(1));
    } catch (const DataError& error) {
        for (const Finding& finding : error.findings())
            found.push_back(std::string(code_name(finding.code)) + " " + finding.records.at(0) + " " +
                            std::to_string(finding.row));
    }
    return found;
}

}  // namespace

TEST_CASE("a row that a waiting reversal takes back may not become one that it cannot") {
    const DeedRow p{.no = "p", .date = "2026-04-01", .household = "h1", .deed = "good"};
    // Unchanged in kind: the reversal stands, and the state that comes out can be read again.
    Village village = reversals();
    const State state = after(village);
    village.deeds = {p};
    const Posting next = post(books(), village.tables(), day("2026-12-31"), state, with_threads(1));
    CHECK(points_of(next.state.settlement(), "p") == 5);
    CHECK(status_of(next.state.settlement(), "p") == Status::reversed);
    CHECK(balance_of(next.state.settlement(), "h1") == 105);
    CHECK(State::from_bytes(next.state.to_bytes()).to_bytes() == next.state.to_bytes());

    DeedRow changed = p;
    changed.reverses = "x";
    CHECK(faults_after(reversals(), {changed}, {}) ==
          std::vector<std::string>{"reversal_of_reversal q 0"});
    changed = p;
    changed.household = "h2";
    CHECK(faults_after(reversals(), {{.no = "y", .date = "2026-04-01", .household = "h1", .deed = "good"},
                                     changed},
                       {}) == std::vector<std::string>{"reversal_of_other_household q 1"});
    // Given anew itself, the waiting reversal may let go of it.
    changed.reverses = "";
    DeedRow q{.no = "q", .date = "2026-04-02", .household = "h1", .deed = "good"};
    CHECK(faults_after(reversals(), {changed, q}, {}).empty());
    q.reverses = "p";
    CHECK(faults_after(reversals(), {p, q}, {}).empty());
    changed = p;
    changed.reverses = "q";  // a cycle, half of it new
    CHECK(faults_after(reversals(), {changed}, {}) ==
          std::vector<std::string>{"reversal_of_reversal q 0", "reversal_of_reversal p 0"});
    CHECK(faults_after(reversals(), {{.no = "z", .date = "2026-04-01", .household = "h1", .reverses = "p"}},
                       {}) == std::vector<std::string>{"reversed_twice z 0"});
}

TEST_CASE("a rejected reversal takes nothing back, in one settlement and in two") {
    Village village;
    village.households = {{"h1", "a"}};
    const DeedRow x{"x", "2026-03-01", "h1", "good"};
    const DeedRow rejected{
        .no = "b", .date = "2026-03-02", .household = "h1", .stage = "rejected", .reverses = "x"};
    const DeedRow reversal{.no = "c", .date = "2026-04-02", .household = "h1", .reverses = "b"};
    village.deeds = {x, rejected, reversal};
    const Settlement whole = village.settle(books(), "2026-12-31");
    CHECK(points_of(whole, "c") == 0);
    CHECK(balance_of(whole, "h1") == 105);
    village.deeds = {x, rejected};
    const State first = after(village);
    village.deeds = {reversal};
    const Posting second = post(books(), village.tables(), day("2026-12-31"), first, with_threads(1));
    CHECK(dump(second.state.settlement()) == dump(whole));
}

TEST_CASE("an exchange that a waiting return gives back may not become one that it cannot") {
    Village village = returns();
    const State state = after(village);
    village.exchanges = {{.no = "e", .date = "2026-05-01", .household = "h1", .good = "pot", .quantity = 2}};
    const Posting next = post(books(), village.tables(), day("2026-12-31"), state, with_threads(1));
    CHECK(balance_of(next.state.settlement(), "h1") == 90);  // only x
    const Exchanges& exchanges = next.state.settlement().exchanges;
    CHECK(exchanges.points[exchange_of(next.state.settlement(), "r")] == 20);

    const ExchangeRow e{.no = "e", .date = "2026-05-01", .household = "h1", .good = "pot"};
    ExchangeRow changed = e;
    changed.returns = "x";
    CHECK(faults_after(returns(), {}, {changed}) == std::vector<std::string>{"return_of_return r 0"});
    changed = e;
    changed.household = "h2";
    CHECK(faults_after(returns(), {}, {e, changed}).size() == 1);  // twice, with other content
    CHECK(faults_after(returns(), {}, {changed}) ==
          std::vector<std::string>{"return_of_other_household r 0"});
    // A second return, before and after the one that waits.
    for (const char* date : {"2026-05-01", "2026-06-01"}) {
        const ExchangeRow second{.no = "z", .date = date, .household = "h1", .good = "pot", .returns = "e"};
        CAPTURE(date);
        const auto found = faults_after(returns(), {}, {second});
        REQUIRE(found.size() == 1);
        CHECK(found[0] == std::string("returned_twice ") + (date[6] == '5' ? "r" : "z") + " 0");
    }
}
