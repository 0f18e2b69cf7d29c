// States: posting on, what is posted is never rewritten, and hostile bytes.
#include <doctest/doctest.h>

#include "points/sha256.hpp"
#include "village.hpp"

using namespace gridgov;
using namespace gridgov::points;
using namespace gridgov::points::test;

namespace {

Posting post_village(const Rulebooks& books, Village& village, std::string_view as_of, const State& state) {
    return post(books, village.tables(), day(as_of), state, with_threads(1));
}

}  // namespace

TEST_CASE("posting: new entries, those that change, and never the past") {
    Village village;
    village.households = {{"h1", "a"}};
    village.deeds = {{"1", "2026-01-01", "h1", "good"}, {"2", "2026-01-02", "h1", "good", "declared"}};
    const Rulebooks books = Rulebooks::make({rulebook({rule("good", 5)})});
    const State none;
    CHECK(!none.as_of().exists());
    const Posting first = post_village(books, village, "2026-01-31", none);
    CHECK(first.entries.size() == 2);
    CHECK(first.state.as_of() == day("2026-01-31"));

    // Posted rows may be given again as they were; pending ones may go on, on a later day.
    Village more = village;
    more.deeds[1].stage = "posted";
    CHECK(faults_of([&] { post_village(books, more, "2026-02-28", first.state); }) ==
          std::vector<Code>{Code::points_posts_in_the_past});
    more.deeds[1].recorded_on = "2026-02-01";
    more.deeds.push_back({.no = "3", .date = "2026-02-02", .household = "h1", .deed = "", .reverses = "1"});
    const Posting second = post_village(books, more, "2026-02-28", first.state);
    CHECK(second.entries.size() == 3);  // 1 is reversed now, 2 posted, 3 new
    CHECK(balance_of(second.state.settlement(), "h1") == 5);

    more.deeds = {{"1", "2026-01-01", "h1", "other"}};
    CHECK(faults_of([&] { post_village(books, more, "2026-02-28", first.state); }) ==
          std::vector<Code>{Code::points_row_changed});
    more.deeds = {{"9", "2026-01-31", "h1", "good"}};
    CHECK(faults_of([&] { post_village(books, more, "2026-02-28", first.state); }) ==
          std::vector<Code>{Code::points_posts_in_the_past});
    more.deeds.clear();
    more.households = {{"h2", "a"}};
    CHECK(faults_of([&] { post_village(books, more, "2026-02-28", first.state); }) ==
          std::vector<Code>{Code::points_household_gone});
    CHECK_THROWS_AS(post_village(books, village, "2026-01-30", first.state), UsageError);
}

TEST_CASE("a household that comes later gets its opening late, not in the past") {
    Village village;
    village.households = {{"h1", "a"}};
    Rulebook book = rulebook({});
    book.effective_from = day("2026-01-01");
    book.opening = Opening{100, OpeningPeriod::year};
    const Rulebooks books = Rulebooks::make({book});
    const State state = post_village(books, village, "2026-06-30", State{}).state;
    village.households.emplace_back("h0", "a");
    const State later = post_village(books, village, "2026-12-31", state).state;
    const Settlement& s = later.settlement();
    CHECK(balance_of(s, "h0") == 100);
    CHECK(balance_of(s, "h1") == 100);
    CHECK(s.lots.posted_on.at(0) == day("2026-07-01").days);
    CHECK(balance_of(post_village(books, village, "2027-01-01", later).state.settlement(), "h0") == 200);
}

TEST_CASE("a state's bytes: damaged, short, of another version, and with a right hash but nonsense") {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "b"}};
    village.deeds = {{"1", "2026-01-01", "h1", "good"}, {"2", "2026-01-02", "h2", "good", "declared"},
                     {"3", "2026-01-03", "h1", "bad"}};
    const Rulebooks books = Rulebooks::make({rulebook({rule("good", 5), rule("bad", -2)})});
    const std::string bytes = post_village(books, village, "2026-01-31", State{}).state.to_bytes();
    CHECK(State::from_bytes(bytes).to_bytes() == bytes);
    CHECK(State::from_bytes(State{}.to_bytes()).to_bytes() == State{}.to_bytes());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_THROWS_AS(State::from_bytes(std::string_view(bytes).substr(0, size)), DataError);
    std::string other = bytes;
    other[8] = 2;
    CHECK(faults_of([&] { State::from_bytes(other); }) == std::vector<Code>{Code::points_state_version});
    int refused = 0;
    for (std::size_t at = 12; at + 32 < bytes.size(); ++at) {
        for (const int bit : {1, 0x80}) {
            std::string changed = bytes;
            changed[at] = static_cast<char>(changed[at] ^ bit);
            CHECK_THROWS_AS(State::from_bytes(changed), DataError);
            const auto hash = sha256(std::string_view(changed).substr(0, changed.size() - 32));
            changed.replace(changed.size() - 32, 32, reinterpret_cast<const char*>(hash.data()), 32);
            try {
                const State state = State::from_bytes(changed);
                Village again;
                again.households = village.households;
                post_village(books, again, "9999-12-31", state);
            } catch (const DataError&) {
                ++refused;
            } catch (const UsageError&) {
                ++refused;
            }
        }
    }
    CHECK(refused > 0);
}
