// What cannot be used: every fault is told, with its table and row.
#include <doctest/doctest.h>

#include "village.hpp"

using namespace gridgov;
using namespace gridgov::points;
using namespace gridgov::points::test;

namespace {

using Codes = std::vector<Code>;

Codes faults_of_rulebooks(std::vector<Rulebook> books) {
    Codes codes;
    for (const Finding& finding : Rulebooks::check(std::move(books)).findings) codes.push_back(finding.code);
    return codes;
}

}  // namespace

TEST_CASE("rulebooks: every fault, and only faults") {
    CHECK(faults_of_rulebooks({}).empty());
    CHECK(faults_of_rulebooks({rulebook({rule("a", 1)})}).empty());
    Rulebook book = rulebook({rule("a", 1), rule("a", 1)});
    CHECK(faults_of_rulebooks({book}) == Codes{Code::rulebook_id_repeated});
    book = rulebook({rule("a", 1)});
    book.rules[0].group = "g";
    CHECK(faults_of_rulebooks({book}) == Codes{Code::rulebook_unknown_group});
    book.rules[0].group.clear();
    book.rules[0].caps = {{.over = CapOver::group, .limit = -1}};
    CHECK(faults_of_rulebooks({book}) ==
          Codes{Code::rulebook_number_out_of_range, Code::rulebook_cap_without_group});
    book = rulebook({});
    book.unit_scale = 0;
    CHECK(faults_of_rulebooks({book}) == Codes{Code::rulebook_unit_scale_invalid});
    book = rulebook({});
    book.effective_to = book.effective_from;
    CHECK(faults_of_rulebooks({book}) == Codes{Code::rulebook_dates_reversed});
    book = rulebook({});
    book.villages = {"*", "a"};
    CHECK(faults_of_rulebooks({book}) == Codes{Code::rulebook_villages_invalid});
    book = rulebook({rule("a", 1), rule("b", 1)});
    book.rules[0].when = {{"age", "> 3"}};
    book.rules[1].when = {{"age", "\"old\""}};
    CHECK(faults_of_rulebooks({book}) == Codes{Code::rulebook_types_differ});
    book.rules[1].when = {{"age", "> > 3"}};
    CHECK(faults_of_rulebooks({book}).size() == 1);
    CHECK_THROWS_AS(Rulebooks::make({book}), DataError);
    CHECK(!Freeze::parse("P"));
    CHECK(!Freeze::parse("3M"));
    CHECK(!Freeze::parse("P0M"));
    CHECK(!Freeze::parse("P3D"));
    CHECK(!Freeze::parse("P3M2Y"));
    CHECK(!Freeze::parse("P99999999999999999999M"));
    CHECK(!Freeze::parse("P1Y12M"));
    CHECK(!Freeze::parse("P100Y1M"));
    CHECK(Freeze::parse("P1Y6M")->months == 18);
    CHECK(Freeze::parse("P1200M")->months == 1200);
}

TEST_CASE("rulebooks in force: overlaps are faults, gaps are not; names go before *") {
    Rulebook general = rulebook({}, "general"), named = rulebook({}, "named");
    named.villages = {"a"};
    named.effective_from = day("2026-03-01");
    named.effective_to = day("2026-06-01");
    const Rulebooks books = Rulebooks::make({named, general});
    CHECK(books.in_force("a") == std::vector<InForce>{{day("2020-01-01"), day("2026-03-01"), 0},
                                                      {day("2026-03-01"), day("2026-06-01"), 1},
                                                      {day("2026-06-01"), Date::none(), 0}});
    CHECK(books.in_force("b").size() == 1);
    CHECK(books.in_force("a", day("2019-12-31")) == std::nullopt);
    Rulebook other = named;
    other.id = "other";
    other.effective_from = day("2026-05-31");
    other.effective_to = Date::none();
    CHECK(faults_of_rulebooks({general, named, other}) == Codes{Code::rulebook_overlap});
    other.effective_from = day("2026-06-02");
    CHECK(faults_of_rulebooks({general, named, other}).empty());
}

TEST_CASE("registers: all faults at once, by table and row; villages with faults can be left out") {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "b"}, {"h2", "a"}};
    village.persons = {{"p1", "h1", "2026-01-01", "2025-01-01", "1", ""},
                       {"p2", "h1", "", "2026-05-01", "1", ""},
                       {"p2", "h1", "2026-04-30", "", "x", ""}};
    village.deeds = {{"01", "0000-00-00", "h1", "good"},
                     {"02", "2026-02-29", "h1", "good"},
                     {"03", "", "h1", "good"},
                     {"04", "2026-01-01", "h9", "good"},
                     {"05", "2026-01-01", "h1", ""},
                     {"06", "2026-01-01", "h1", "good", "done"},
                     {"07", "2026-01-01", "h1", "good", "posted", -1},
                     {.no = "08", .date = "2026-01-01", .household = "h1", .deed = "good", .person = "p9"},
                     {.no = "09", .date = "2026-01-01", .household = "h1", .deed = "good", .evidence = "1.5"},
                     {.no = "", .date = "2026-01-01", .household = "h1", .deed = "good"},
                     {.no = "11", .date = "9999-12-31", .household = "h1", .deed = "good"}};
    Rule good = rule("good", 1);
    good.when = {{"age", ">= 0"}};
    const Codes codes = faults_of([&] { village.settle(rulebook({good}), "2026-12-31"); });
    CHECK(codes == Codes{Code::duplicate_id, Code::person_dates_reversed, Code::condition_unreadable_cell,
                         Code::person_rows_overlap, Code::points_date_invalid, Code::points_date_invalid,
                         Code::points_value_missing, Code::points_unknown_household,
                         Code::points_value_missing, Code::points_stage_unknown,
                         Code::points_number_invalid, Code::points_unknown_person,
                         Code::points_number_invalid, Code::empty_id});
}

TEST_CASE("villages with faults are left out whole, and what they would have taken is there for others") {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "b"}};
    village.deeds = {{"1", "2026-01-01", "h1", "good"},
                     {"2", "2026-01-01", "h2", "good"},
                     {"3", "2026-01-01", "h1", "good", "posted", -1}};
    village.goods = {{.good = "pot", .points = 1, .stock = 1}};
    village.exchanges = {{.no = "1", .date = "2026-02-01", .household = "h1", .good = "pot"},
                         {.no = "2", .date = "2026-02-01", .household = "h2", .good = "pot"}};
    const Rulebooks books = Rulebooks::make({rulebook({rule("good", 5)})});
    CHECK_THROWS_AS(village.settle(books, "2026-12-31"), DataError);
    Options options;
    options.skip_faulty_villages = true;
    const Settlement s = settle(books, village.tables(), day("2026-12-31"), options);
    CHECK(s.left_out == std::vector<std::string>{"a"});
    CHECK(s.findings.size() == 1);
    CHECK(s.households.size() == 1);
    CHECK(s.exchanges.size() == 1);
    CHECK(s.exchanges.status[0] == ExchangeStatus::accepted);
    village.deeds[2].household = "h9";  // of no village: nobody can be left out
    CHECK_THROWS_AS(settle(books, village.tables(), day("2026-12-31"), options), DataError);
}

TEST_CASE("overflow is a fault of its village, never a wrong sum") {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "b"}};
    Rule huge = rule("huge", 1'000'000'000'000);
    huge.per = Per::hour;
    village.deeds = {{"1", "2026-01-01", "h1", "huge", "posted", 1'000'000'000}};
    const Rulebooks books = Rulebooks::make({rulebook({huge})});
    CHECK(faults_of([&] { village.settle(books, "2026-12-31"); }) == Codes{Code::points_overflow});
    village.deeds[0].units = 4'000'000;
    CHECK(balance_of(village.settle(books, "2026-12-31"), "h1") == 4'000'000'000'000'000'000);
    village.deeds.push_back({"2", "2026-01-01", "h1", "huge", "posted", 4'000'000});
    CHECK(faults_of([&] { village.settle(books, "2026-12-31"); }) == Codes{Code::points_overflow});
    Options options;
    options.skip_faulty_villages = true;
    CHECK(settle(books, village.tables(), day("2026-12-31"), options).left_out == std::vector<std::string>{"a"});
}

TEST_CASE("nothing at all, one row, no rulebook, an impossible day") {
    Village village;
    CHECK(village.settle(rulebook({}), "2026-12-31").households.size() == 0);
    village.households = {{"h1", "a"}};
    const Settlement s = village.settle(Rulebooks{}, "2026-12-31");
    CHECK(balance_of(s, "h1") == 0);
    CHECK(s.summary.conserved);
    CHECK(!s.summary.liability_fen);
    CHECK_THROWS_AS(settle(Rulebooks{}, village.tables(), Date::none()), UsageError);
    Rule rare = rule("a", 1);
    rare.when = {{"colour", "\"red\""}};
    CHECK(faults_of([&] { village.settle(rulebook({rare}), "2026-12-31"); }) ==
          Codes{Code::condition_unknown_column});
    std::atomic<bool> cancel{true};
    Options options;
    options.cancel = &cancel;
    CHECK(settle(Rulebooks{}, village.tables(), day("2026-12-31"), options).cancelled);
}
