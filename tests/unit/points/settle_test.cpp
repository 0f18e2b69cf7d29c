// The contract's rules of meaning, one by one, on villages small enough to work out by hand.
#include <doctest/doctest.h>

#include "village.hpp"

using namespace gridgov;
using namespace gridgov::points;
using namespace gridgov::points::test;

namespace {

Village one_household() {
    Village village;
    village.households = {{"h1", "ganquan"}};
    return village;
}

}  // namespace

TEST_CASE("1: when a row posts") {
    Village village = one_household();
    village.deeds = {
        {"01", "2026-03-01", "h1", "tidy"},
        {.no = "02", .date = "2026-03-01", .household = "h1", .deed = "tidy", .recorded_on = "2026-03-05"},
        {.no = "03", .date = "2026-03-01", .household = "h1", .deed = "tidy", .recorded_on = "2026-03-02",
         .published_on = "2026-03-05"},
        {.no = "04", .date = "2026-03-01", .household = "h1", .deed = "tidy", .stage = "published",
         .published_on = "2026-03-06"},
        {.no = "05", .date = "2026-03-01", .household = "h1", .deed = "tidy", .stage = "reviewed"},
        {.no = "06", .date = "2026-03-01", .household = "h1", .deed = "tidy", .stage = "rejected"},
        {.no = "07", .date = "2026-03-01", .household = "h1", .deed = "tidy", .objection = "upheld"},
        {.no = "08", .date = "2026-03-01", .household = "h1", .deed = "tidy", .stage = "published"},
        {.no = "09", .date = "2026-03-01", .household = "h1", .deed = "tidy", .recorded_on = "2026-03-09"},
    };
    Rulebook book = rulebook({rule("tidy", 5)});
    book.objection_days = 3;
    const Settlement s = village.settle(book, "2026-03-08");
    const auto posted = [&](std::string_view no) {
        return date_text(Date{s.rows.posted_on[s.entries.rows[entries_of(s, no).at(0)]]});
    };
    CHECK(posted("01") == "2026-03-01");
    CHECK(posted("02") == "2026-03-05");
    CHECK(posted("03") == "2026-03-08");
    CHECK(posted("04") == "2026-03-09");
    CHECK(posted("05").empty());
    CHECK(posted("08").empty());
    for (const char* no : {"01", "02", "03"}) CHECK(status_of(s, no) == Status::posted);
    for (const char* no : {"04", "05", "08", "09"}) {
        CHECK(status_of(s, no) == Status::pending);
        CHECK(points_of(s, no) == 5);
    }
    for (const char* no : {"06", "07"}) {
        CHECK(status_of(s, no) == Status::rejected);
        CHECK(points_of(s, no) == 0);
    }
    CHECK(reason_of(s, "06") == Reason::stage_rejected);
    CHECK(reason_of(s, "07") == Reason::objection_upheld);
    CHECK(balance_of(s, "h1") == 15);
    CHECK(s.households.pending.at(0) == 20);
    CHECK(s.summary.pending == 20);
}

TEST_CASE("2: a late row is judged by the rulebook of its own date and takes what its period has left") {
    Village village = one_household();
    Rule tidy = rule("tidy", 5);
    tidy.caps = {{.period = Period::month, .limit = 8}};
    Rulebook before = rulebook({tidy}, "a");
    before.effective_to = day("2026-02-01");
    tidy.points = 7;
    Rulebook after = rulebook({tidy}, "b");
    after.effective_from = day("2026-02-01");
    village.deeds = {
        {"1", "2026-01-10", "h1", "tidy"},
        {"2", "2026-02-10", "h1", "tidy"},
        {.no = "3", .date = "2026-01-20", .household = "h1", .deed = "tidy", .recorded_on = "2026-03-01"},
    };
    const Settlement s = village.settle(Rulebooks::make({after, before}), "2026-03-31");
    CHECK(points_of(s, "1") == 5);
    CHECK(points_of(s, "2") == 7);
    CHECK(points_of(s, "3") == 3);
    CHECK(s.rules[s.entries.rules[entries_of(s, "3")[0]]].rulebook == "a");
    CHECK(reason_of(s, "3") == Reason::cap_clipped);
    const Detail* why = s.detail(entries_of(s, "3")[0]);
    REQUIRE(why != nullptr);
    CHECK(why->cap == 0);
    CHECK(why->left == 3);
    CHECK(s.entries.points_clipped[entries_of(s, "3")[0]] == 2);
}

TEST_CASE("3: conditions, evidence, witnesses, cool-downs, and the nearest miss") {
    Village village = one_household();
    village.kinds = {"hukou"};
    village.persons = {{"p1", "h1", "", "2026-02-01", "17", "student"},
                       {"p1", "h1", "2026-02-01", "", "18", "party_member"}};
    Rule work = rule("work", 2);
    work.when = {{"age", ">= 18"}, {"role", "\"party_member\",\"veteran\""}, {"kind", "\"hukou\""}};
    Rule shown = rule("shown", 3);
    shown.evidence_min = 2;
    shown.witness_min = 1;
    Rule again = rule("again", 4);
    again.cooldown_days = 7;
    Rule nobody = rule("nobody", 1);
    nobody.when = {{"age", "null"}};
    village.deeds = {
        {.no = "1", .date = "2026-01-31", .household = "h1", .deed = "work", .person = "p1"},
        {.no = "2", .date = "2026-02-01", .household = "h1", .deed = "work", .person = "p1"},
        {.no = "3", .date = "2026-02-01", .household = "h1", .deed = "work"},
        {.no = "4", .date = "2026-02-01", .household = "h1", .deed = "shown", .evidence = "a.jpg; b.jpg;",
         .witnesses = "1"},
        {.no = "5", .date = "2026-02-01", .household = "h1", .deed = "shown", .evidence = "1",
         .witnesses = "1"},
        {.no = "6", .date = "2026-02-01", .household = "h1", .deed = "again"},
        {.no = "7", .date = "2026-02-07", .household = "h1", .deed = "again"},
        {.no = "8", .date = "2026-02-08", .household = "h1", .deed = "again"},
        {.no = "9", .date = "2026-01-26", .household = "h1", .deed = "again", .recorded_on = "2026-02-20"},
        {.no = "a", .date = "2026-01-26", .household = "h1", .deed = "unheard"},
        {.no = "b", .date = "2019-12-31", .household = "h1", .deed = "work"},
        {.no = "c", .date = "2026-02-01", .household = "h1", .deed = "nobody"},
    };
    const Settlement s = village.settle(rulebook({work, shown, again, nobody}), "2026-12-01");
    CHECK(status_of(s, "1") == Status::no_match);
    const Detail* why = s.detail(entries_of(s, "1")[0]);
    REQUIRE(why != nullptr);
    CHECK(reason_of(s, "1") == Reason::condition_failed);
    CHECK(s.rules[why->rule].rule == "work");
    CHECK(why->requirement == 0);
    CHECK(s.values[why->found] == "17");
    CHECK(points_of(s, "2") == 2);
    CHECK(reason_of(s, "3") == Reason::condition_failed);
    CHECK(s.values[s.detail(entries_of(s, "3")[0])->found] == "null");
    CHECK(points_of(s, "4") == 3);
    CHECK(reason_of(s, "5") == Reason::evidence_missing);
    CHECK(s.detail(entries_of(s, "5")[0])->left == 2);
    CHECK(s.detail(entries_of(s, "5")[0])->given == 1);
    CHECK(points_of(s, "6") == 4);
    CHECK(reason_of(s, "7") == Reason::cooling_down);
    CHECK(s.rows.register_nos[s.detail(entries_of(s, "7")[0])->row] == "6");
    CHECK(points_of(s, "8") == 4);
    CHECK(reason_of(s, "9") == Reason::cooling_down);  // backwards too
    CHECK(reason_of(s, "a") == Reason::no_rule);
    CHECK(reason_of(s, "b") == Reason::no_rulebook);
    CHECK(points_of(s, "c") == 1);  // null is satisfied by a missing value
}

TEST_CASE("3: nearest_of serves deeds that have no rule of their own") {
    Village village = one_household();
    Rule help = rule("help", 3);
    help.nearest_of = {"charity", "work"};
    village.deeds = {{"1", "2026-01-01", "h1", "charity"}, {"2", "2026-01-01", "h1", "work"}};
    const Settlement s = village.settle(rulebook({help, rule("work", 7)}), "2026-12-01");
    CHECK(points_of(s, "1") == 3);
    CHECK(points_of(s, "2") == 7);
}

TEST_CASE("4: raw points") {
    Village village = one_household();
    Rule hours = rule("hours", 2);
    hours.per = Per::hour;
    hours.units_max = 2;
    village.deeds = {{.no = "1", .date = "2026-01-01", .household = "h1", .deed = "hours", .units = 5},
                     {.no = "2", .date = "2026-01-01", .household = "h1", .deed = "hours"},
                     {.no = "3", .date = "2026-01-01", .household = "h1", .deed = "hours", .units = 0},
                     {.no = "4", .date = "2026-01-01", .household = "h1", .deed = "once", .units = 9}};
    const Settlement s = village.settle(rulebook({hours, rule("once", 3)}), "2026-12-01");
    CHECK(points_of(s, "1") == 4);
    CHECK(points_of(s, "2") == 2);
    CHECK(points_of(s, "3") == 0);
    CHECK(points_of(s, "4") == 3);
}

TEST_CASE("5: hit policies by group, on raw points") {
    Village village = one_household();
    const auto honours = [&](HitPolicy policy, std::vector<std::int64_t> points) {
        std::vector<Rule> rules;
        for (std::size_t i = 0; i < points.size(); ++i) {
            rules.push_back(rule("r" + std::to_string(i), points[i], "honour"));
            rules.back().group = "g";
        }
        rules.push_back(rule("alone", 1, "honour"));
        Rulebook book = rulebook(rules);
        book.groups = {{.id = "g", .title = {}, .hit_policy = policy}};
        book.below_floor = BelowFloor::allow;
        village.deeds = {{"1", "2026-01-01", "h1", "honour"}};
        const Settlement s = village.settle(book, "2026-12-01");
        std::vector<std::int64_t> given;
        for (const std::uint32_t e : entries_of(s, "1")) given.push_back(s.entries.points[e]);
        return given;
    };
    using Given = std::vector<std::int64_t>;
    CHECK(honours(HitPolicy::sum, {5, 10, 10}) == Given{5, 10, 10, 1});
    CHECK(honours(HitPolicy::max, {5, 10, 10}) == Given{0, 10, 0, 1});
    CHECK(honours(HitPolicy::max, {-5, -3}) == Given{0, -3, 1});
    CHECK(honours(HitPolicy::first, {5, 10}) == Given{5, 0, 1});
    CHECK(honours(HitPolicy::unique, {5}) == Given{5, 1});
    CHECK(honours(HitPolicy::unique, {5, 10}) == Given{0, 0, 0});
    const Settlement s = village.settle(rulebook({}), "2026-12-01");
    CHECK(status_of(s, "1") == Status::no_match);
}

TEST_CASE("6: caps of every scope, clip and reject, points and count") {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "a"}, {"h3", "b"}};
    Rule work = rule("work", 4);
    SUBCASE("village") {
        work.caps = {{.scope = Scope::village, .period = Period::all_time, .limit = 10}};
        village.deeds = {{"1", "2026-01-01", "h2", "work"}, {"2", "2026-01-01", "h1", "work"},
                         {"3", "2026-01-02", "h2", "work"}, {"4", "2026-01-02", "h3", "work"}};
        const Settlement s = village.settle(rulebook({work}), "2026-12-01");
        CHECK(points_of(s, "1") == 4);
        CHECK(points_of(s, "2") == 4);
        CHECK(points_of(s, "3") == 2);
        CHECK(points_of(s, "4") == 4);
    }
    SUBCASE("person, across households") {
        work.caps = {{.scope = Scope::person, .period = Period::year, .limit = 6}};
        village.deeds = {{.no = "1", .date = "2026-01-01", .household = "h1", .deed = "work", .person = "p"},
                         {.no = "2", .date = "2026-01-01", .household = "h2", .deed = "work", .person = "p"},
                         {.no = "3", .date = "2026-01-01", .household = "h1", .deed = "work", .person = "q"},
                         {.no = "4", .date = "2027-01-01", .household = "h1", .deed = "work", .person = "p"}};
        const Settlement s = village.settle(rulebook({work}), "2027-12-01");
        CHECK(points_of(s, "1") == 4);
        CHECK(points_of(s, "2") == 2);
        CHECK(points_of(s, "3") == 4);
        CHECK(points_of(s, "4") == 4);
    }
    SUBCASE("reject gives nothing rather than a part; a count counts entries") {
        work.caps = {{.period = Period::week, .limit = 6, .mode = CapMode::reject}};
        Rule visit = rule("visit", 3);
        visit.caps = {{.period = Period::day, .limit = 2, .measure = Measure::count}};
        village.deeds = {{"1", "2026-01-05", "h1", "work"},  {"2", "2026-01-11", "h1", "work"},
                         {"3", "2026-01-12", "h1", "work"},  {"4", "2026-01-05", "h1", "visit"},
                         {"5", "2026-01-05", "h1", "visit"}, {"6", "2026-01-05", "h1", "visit"}};
        const Settlement s = village.settle(rulebook({work, visit}), "2026-12-01");
        CHECK(points_of(s, "1") == 4);
        CHECK(points_of(s, "2") == 0);
        CHECK(reason_of(s, "2") == Reason::cap_rejected);
        CHECK(points_of(s, "3") == 4);  // Monday: the next ISO week
        CHECK(points_of(s, "5") == 3);
        CHECK(points_of(s, "6") == 0);
    }
    SUBCASE("over a group and over all: entries of other rules grow the counter too") {
        Rule capped = rule("capped", 5);
        capped.group = "g";
        capped.caps = {{.over = CapOver::group, .period = Period::month, .limit = 8},
                       {.over = CapOver::all, .period = Period::year, .limit = 12}};
        Rule free = rule("free", 4);
        free.group = "g";
        Rulebook book = rulebook({capped, free, rule("other", 3)});
        book.groups = {{.id = "g", .title = {}}};
        village.deeds = {{"1", "2026-01-01", "h1", "free"}, {"2", "2026-01-02", "h1", "capped"},
                         {"3", "2026-01-03", "h1", "free"}, {"4", "2026-02-01", "h1", "other"},
                         {"5", "2026-02-02", "h1", "capped"}};
        const Settlement s = village.settle(book, "2026-12-01");
        CHECK(points_of(s, "2") == 4);
        CHECK(points_of(s, "3") == 4);
        CHECK(points_of(s, "5") == 0);  // 4 + 4 + 4 + 3 are more than 12
    }
    SUBCASE("awards and deductions count apart") {
        Rule fine = rule("fine", -4, "work");
        fine.caps = {{.over = CapOver::all, .limit = 6}};
        work.caps = {{.over = CapOver::all, .limit = 6}};
        Rulebook book = rulebook({work, fine});
        book.below_floor = BelowFloor::allow;
        village.deeds = {{"1", "2026-01-01", "h1", "work"}, {"2", "2026-01-02", "h1", "work"}};
        const Settlement s = village.settle(book, "2026-12-01");
        const auto second = entries_of(s, "2");
        CHECK(s.entries.points[second.at(0)] == 2);
        CHECK(s.entries.points[second.at(1)] == -2);
    }
}

TEST_CASE("7: openings") {
    Village village = one_household();
    Rulebook book = rulebook({});
    book.effective_from = day("2025-06-01");
    book.opening = Opening{100, OpeningPeriod::year};
    CHECK(balance_of(village.settle(book, "2025-05-31"), "h1") == 0);
    CHECK(balance_of(village.settle(book, "2025-06-01"), "h1") == 100);
    const Settlement s = village.settle(book, "2026-01-01");
    CHECK(balance_of(s, "h1") == 200);
    CHECK(s.households.opening.at(0) == 200);
    CHECK(s.households.earned.at(0) == 0);
    book.opening->period = OpeningPeriod::once;
    CHECK(balance_of(village.settle(book, "2026-01-01"), "h1") == 100);
    // Once a calendar year, whatever the rulebooks.
    book.opening->period = OpeningPeriod::year;
    book.effective_to = day("2025-09-01");
    Rulebook next = book;
    next.id = "next";
    next.effective_from = day("2025-09-01");
    next.effective_to = Date::none();
    next.opening->points = 7;
    CHECK(balance_of(village.settle(Rulebooks::make({book, next}), "2025-12-31"), "h1") == 100);
    CHECK(balance_of(village.settle(Rulebooks::make({book, next}), "2026-12-31"), "h1") == 107);
}

TEST_CASE("7: below the floor") {
    Village village = one_household();
    village.deeds = {{"1", "2026-01-01", "h1", "good"},
                     {"2", "2026-01-02", "h1", "bad"},
                     {"3", "2026-01-03", "h1", "good"}};
    Rulebook book = rulebook({rule("good", 10), rule("bad", -15)});
    const auto after = [&](BelowFloor policy, std::int64_t floor) {
        book.below_floor = policy;
        book.floor = floor;
        const Settlement s = village.settle(book, "2026-12-01");
        CHECK(s.summary.conserved);
        return std::vector<std::int64_t>{points_of(s, "2"), balance_of(s, "h1"),
                                         s.households.deducted[0]};
    };
    using Sums = std::vector<std::int64_t>;
    CHECK(after(BelowFloor::reject, 0) == Sums{0, 20, 0});
    CHECK(after(BelowFloor::clamp, 0) == Sums{-10, 10, 10});
    CHECK(after(BelowFloor::clamp, 4) == Sums{-6, 14, 6});
    CHECK(after(BelowFloor::allow, 0) == Sums{-15, 5, 15});
    CHECK(after(BelowFloor::carry, 0) == Sums{-15, 5, 15});
    CHECK(after(BelowFloor::carry, 4) == Sums{-15, 5, 15});
    CHECK(after(BelowFloor::clamp, -20) == Sums{-15, 5, 15});
    village.deeds.pop_back();
    CHECK(after(BelowFloor::carry, 0) == Sums{-15, 0, 10});
    CHECK(after(BelowFloor::allow, 0) == Sums{-15, -5, 15});
}

TEST_CASE("7: the year's end clears lots, debts stay") {
    Village village = one_household();
    village.deeds = {{"1", "2026-05-01", "h1", "good"}, {"2", "2027-02-01", "h1", "good"}};
    Rulebook book = rulebook({rule("good", 10)});
    book.year_end = YearEnd::clear;
    book.opening = Opening{5, OpeningPeriod::year};
    book.effective_from = day("2026-01-01");
    Settlement s = village.settle(book, "2026-12-30");
    CHECK(balance_of(s, "h1") == 15);
    s = village.settle(book, "2026-12-31");
    CHECK(balance_of(s, "h1") == 0);
    CHECK(s.households.forfeited[0] == 15);
    s = village.settle(book, "2027-02-01");
    CHECK(balance_of(s, "h1") == 15);
}

TEST_CASE("8: lots expire, the first to expire is spent first") {
    Village village = one_household();
    Rule shortly = rule("short", 10), longer = rule("long", 10);
    shortly.expires_after_months = 1;
    longer.expires_after_months = 12;
    village.deeds = {{"1", "2026-01-30", "h1", "keeps"}, {"2", "2026-01-31", "h1", "long"},
                     {"3", "2026-01-31", "h1", "short"}, {"4", "2026-02-01", "h1", "bad"}};
    const Rulebook book = rulebook({shortly, longer, rule("keeps", 10), rule("bad", -12)});
    Settlement s = village.settle(book, "2026-02-27");
    CHECK(balance_of(s, "h1") == 18);
    REQUIRE(s.spends.size() == 2);
    CHECK(s.lots.expires_on[s.spends[0].lot] == day("2026-02-28").days);
    CHECK(s.spends[0].points == 10);
    CHECK(s.lots.expires_on[s.spends[1].lot] == day("2027-01-31").days);
    CHECK(s.spends[1].points == 2);
    s = village.settle(book, "2027-01-31");
    CHECK(balance_of(s, "h1") == 10);
    CHECK(s.households.expired[0] == 8);
    CHECK(s.summary.conserved);
}

TEST_CASE("9: reversals") {
    Village village = one_household();
    Rule good = rule("good", 10);
    good.caps = {{.period = Period::month, .limit = 10}};
    Rulebook book = rulebook({good, rule("bad", -6), rule("keeps", 3)});
    book.below_floor = BelowFloor::clamp;
    SUBCASE("of an award: from its own lot, the rest by the floor's policy; its caps are free again") {
        village.deeds = {{"1", "2026-01-01", "h1", "good"},
                         {"2", "2026-01-02", "h1", "bad"},
                         {"3", "2026-01-02", "h1", "keeps"},
                         {.no = "4", .date = "2026-01-03", .household = "h1", .deed = "good", .reverses = "1"},
                         {"5", "2026-01-04", "h1", "good"}};
        const Settlement s = village.settle(book, "2026-12-01");
        CHECK(status_of(s, "1") == Status::reversed);
        CHECK(points_of(s, "1") == 10);
        CHECK(points_of(s, "4") == -7);  // 4 of its own, 3 of the other; 3 were not there
        CHECK(reason_of(s, "4") == Reason::below_floor);
        CHECK(points_of(s, "5") == 10);
        CHECK(balance_of(s, "h1") == 10);
        CHECK(s.households.deducted[0] == 13);
        CHECK(s.summary.conserved);
    }
    SUBCASE("of a deduction: back to the lots that it took from") {
        good.expires_after_months = 2;
        book.rules[0] = good;
        village.deeds = {{"1", "2026-01-01", "h1", "good"},
                         {"2", "2026-01-02", "h1", "bad"},
                         {.no = "3", .date = "2026-02-01", .household = "h1", .deed = "", .reverses = "2"}};
        Settlement s = village.settle(book, "2026-02-28");
        CHECK(balance_of(s, "h1") == 10);
        CHECK(s.lots.left.at(0) == 10);
        CHECK(s.households.earned[0] == 16);
        CHECK(s.households.deducted[0] == 6);
        CHECK(points_of(s, "3") == 6);
        s = village.settle(book, "2026-03-01");
        CHECK(balance_of(s, "h1") == 0);
        CHECK(s.households.expired[0] == 10);
        // To a lot that is over it goes back and is gone at once.
        village.deeds[2].date = "2026-04-01";
        s = village.settle(book, "2026-04-01");
        CHECK(balance_of(s, "h1") == 0);
        CHECK(s.households.expired[0] == 10);
        CHECK(s.households.earned[0] == 16);
        CHECK(s.summary.conserved);
    }
    SUBCASE("of what is pending: both show 0") {
        village.deeds = {{.no = "1", .date = "2026-01-01", .household = "h1", .deed = "good", .stage = "declared"},
                         {.no = "2", .date = "2026-01-03", .household = "h1", .deed = "", .reverses = "1"}};
        const Settlement s = village.settle(book, "2026-12-01");
        CHECK(points_of(s, "1") == 0);
        CHECK(points_of(s, "2") == 0);
        CHECK(status_of(s, "1") == Status::pending);
        CHECK(s.households.pending[0] == 0);
    }
    SUBCASE("pending: shows what it would give if it posted today, its own entries before it counted") {
        Rule passes = rule("passes", 3, "good");
        passes.expires_after_months = 1;
        book.rules = {passes, rule("stays", 1, "good")};
        village.deeds = {{"1", "2026-01-01", "h1", "good"},
                         {"2", "2026-01-01", "h1", "good"},
                         {.no = "3", .date = "2026-01-02", .household = "h1", .deed = "",
                          .stage = "declared", .reverses = "1"}};
        const Settlement s = village.settle(book, "2026-12-01");
        CHECK(balance_of(s, "h1") == 2);
        CHECK(s.households.pending[0] == -2);  // the first takes both that stay: none is left of its own
        village.deeds[2].stage = "posted";
        village.deeds[2].recorded_on = "2026-12-01";
        const Settlement posted = village.settle(book, "2026-12-01");
        CHECK(balance_of(posted, "h1") == 0);
        CHECK(posted.entries.points == s.entries.points);
        CHECK(posted.entries.points_clipped == s.entries.points_clipped);
    }
    SUBCASE("on a day without a rulebook: what is above 0") {
        book.below_floor = BelowFloor::allow;
        book.effective_to = day("2026-02-01");
        village.deeds = {{"1", "2026-01-01", "h1", "good"},
                         {"2", "2026-01-02", "h1", "bad"},
                         {.no = "3", .date = "2026-01-03", .household = "h1", .deed = "", .reverses = "1"}};
        CHECK(balance_of(village.settle(book, "2026-12-01"), "h1") == -6);
        village.deeds[2].date = "2026-02-01";
        CHECK(balance_of(village.settle(book, "2026-12-01"), "h1") == 0);
    }
    SUBCASE("faults") {
        village.households.emplace_back("h2", "ganquan");
        village.deeds = {{"1", "2026-01-01", "h1", "good"},
                         {.no = "2", .date = "2026-01-03", .household = "h1", .deed = "", .reverses = "1"},
                         {.no = "3", .date = "2026-01-03", .household = "h1", .deed = "", .reverses = "1"},
                         {.no = "4", .date = "2026-01-03", .household = "h1", .deed = "", .reverses = "4"},
                         {.no = "5", .date = "2026-01-03", .household = "h1", .deed = "", .reverses = "2"},
                         {.no = "6", .date = "2026-01-03", .household = "h1", .deed = "", .reverses = "x"},
                         {.no = "7", .date = "2026-01-03", .household = "h2", .deed = "", .reverses = "1"}};
        CHECK(faults_of([&] { village.settle(book, "2026-12-01"); }) ==
              std::vector<Code>{Code::reversed_twice, Code::reversal_of_itself,
                                Code::reversal_of_reversal, Code::reversal_of_nothing,
                                Code::reversal_of_other_household});
    }
}

TEST_CASE("10: exchanges, stock, returns") {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "b"}};
    village.deeds = {{"1", "2026-01-01", "h1", "good"}, {"2", "2026-01-01", "h2", "good"}};
    village.goods = {{.good = "pot", .points = 10, .stock = 3, .shop = "s"},
                     {.good = "pot", .points = 20, .stock = 5, .shop = "s", .from = "2026-03-01"},
                     {.good = "rice", .points = 1, .stock = 100, .shop = "s", .from = "2026-06-01", .fen = 250}};
    village.exchanges = {{.no = "1", .date = "2026-02-01", .household = "h1", .good = "pot", .quantity = 2, .shop = "s"},
                         {.no = "2", .date = "2026-02-01", .household = "h2", .good = "pot", .quantity = 2, .shop = "s"},
                         {.no = "3", .date = "2026-02-02", .household = "h1", .good = "", .quantity = no_number, .shop = "s", .returns = "1"},
                         {.no = "4", .date = "2026-02-03", .household = "h2", .good = "pot", .quantity = 3, .shop = "s"},
                         {.no = "5", .date = "2026-03-01", .household = "h1", .good = "pot", .quantity = 3, .shop = "s"},
                         {.no = "6", .date = "2026-03-01", .household = "h1", .good = "pan", .quantity = 3, .shop = "s"},
                         {.no = "7", .date = "2026-03-01", .household = "h1", .good = "rice", .quantity = 3, .shop = "s"},
                         {.no = "8", .date = "2027-03-01", .household = "h1", .good = "rice", .quantity = 3, .shop = "s"},
                         {.no = "9", .date = "2026-04-01", .household = "h1", .good = "", .quantity = no_number, .shop = "s", .returns = "5"}};
    const Settlement s = village.settle(rulebook({rule("good", 50)}), "2026-12-01");
    const auto is = [&](std::string_view no, ExchangeStatus status, Refusal refusal) {
        const std::uint32_t e = exchange_of(s, no);
        return s.exchanges.status[e] == status && s.exchanges.refusals[e] == refusal;
    };
    CHECK(is("1", ExchangeStatus::accepted, Refusal::nothing));
    CHECK(is("2", ExchangeStatus::refused, Refusal::out_of_stock));
    CHECK(s.exchanges.found[exchange_of(s, "2")] == 1);
    CHECK(is("3", ExchangeStatus::accepted, Refusal::nothing));
    CHECK(is("4", ExchangeStatus::accepted, Refusal::nothing));
    CHECK(is("5", ExchangeStatus::refused, Refusal::insufficient_balance));
    CHECK(is("6", ExchangeStatus::refused, Refusal::unknown_good));
    CHECK(is("7", ExchangeStatus::refused, Refusal::not_in_force));
    CHECK(is("8", ExchangeStatus::pending, Refusal::nothing));
    CHECK(is("9", ExchangeStatus::refused, Refusal::not_accepted));
    CHECK(balance_of(s, "h1") == 50);
    CHECK(balance_of(s, "h2") == 20);
    CHECK(s.households.redeemed[0] == 0);
    CHECK(s.summary.liability_fen == 70 * 250);
    CHECK(s.summary.conserved);
}

TEST_CASE("freeze: refused until the term ends, even where the rule gave 0; a reversal lifts it") {
    Village village = one_household();
    Rule bad = rule("bad", -5);
    bad.freeze = *Freeze::parse("end_of_next_year");
    bad.caps = {{.limit = 0}};
    village.deeds = {{"1", "2026-01-01", "h1", "good"}, {"2", "2026-02-01", "h1", "bad"}};
    village.goods = {{.good = "pot", .points = 1}};
    for (const char* date : {"2026-01-31", "2026-02-01", "2027-12-31", "2028-01-01"})
        village.exchanges.push_back({.no = date, .date = date, .household = "h1", .good = "pot"});
    const Rulebook book = rulebook({rule("good", 50), bad});
    Settlement s = village.settle(book, "2028-12-01");
    const auto refusal = [&](std::string_view no) { return s.exchanges.refusals[exchange_of(s, no)]; };
    CHECK(refusal("2026-01-31") == Refusal::nothing);
    CHECK(refusal("2026-02-01") == Refusal::frozen);
    CHECK(refusal("2027-12-31") == Refusal::frozen);
    CHECK(refusal("2028-01-01") == Refusal::nothing);
    village.deeds.push_back({.no = "3", .date = "2026-07-01", .household = "h1", .deed = "", .reverses = "2"});
    s = village.settle(book, "2028-12-01");
    CHECK(refusal("2026-02-01") == Refusal::frozen);
    CHECK(refusal("2027-12-31") == Refusal::nothing);
}

TEST_CASE("11: rows given twice count once; with other content they are faults") {
    Village village = one_household();
    village.deeds = {{"1", "2026-01-01", "h1", "good"}, {"1", "2026-01-01", "h1", "good"},
                     {"0", "2026-01-02", "h1", "good"}};
    const Rulebook book = rulebook({rule("good", 5)});
    CHECK(balance_of(village.settle(book, "2026-12-01"), "h1") == 10);
    village.deeds[1].date = "2026-01-02";
    CHECK(faults_of([&] { village.settle(book, "2026-12-01"); }) ==
          std::vector<Code>{Code::points_row_repeated});
}
