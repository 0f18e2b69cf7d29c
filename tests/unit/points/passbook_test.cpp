// Passbooks, shops' months, boards, comparisons.
#include "gridgov/points/passbook.hpp"

#include <doctest/doctest.h>

#include "gridgov/points/board.hpp"
#include "gridgov/points/compare.hpp"
#include "gridgov/report/explain_points.hpp"
#include "village.hpp"

using namespace gridgov;
using namespace gridgov::points;
using namespace gridgov::points::test;

TEST_CASE("a passbook: lines in time with their lots, and what moved nothing") {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "a"}};
    Rule good = rule("good", 10);
    good.expires_after_months = 2;
    village.deeds = {{"1", "2026-01-01", "h1", "keeps"},
                     {"2", "2026-01-02", "h1", "good"},
                     {"3", "2026-01-03", "h1", "bad"},
                     {"4", "2026-01-04", "h1", "unheard"},
                     {.no = "5", .date = "2026-01-09", .household = "h1", .deed = "", .reverses = "3"},
                     {"6", "2026-01-01", "h2", "good"}};
    village.goods = {{.good = "pot", .points = 3, .shop = "s"}};
    village.exchanges = {{.no = "x", .date = "2026-01-05", .household = "h1", .good = "pot", .quantity = 4, .shop = "s"}};
    const Rulebooks books = Rulebooks::make({rulebook({good, rule("keeps", 10), rule("bad", -4)})});
    const Settlement s = village.settle(books, "2026-12-31");
    const Passbook book = statement(s, s.household("h1"));
    std::vector<std::int64_t> points, balances;
    for (const PassbookLine& line : book.lines) {
        points.push_back(line.points);
        balances.push_back(line.balance);
        CHECK(!report::line_text(books, s, line, Language::en).empty());
        CHECK(!report::line_text(books, s, line, Language::zh).empty());
    }
    CHECK(points == std::vector<std::int64_t>{10, 10, -4, -12, 4, -4});
    CHECK(balances == std::vector<std::int64_t>{10, 20, 16, 4, 8, 4});
    CHECK(book.lines.back().kind == Kind::expiry);
    REQUIRE(book.lines[3].spends.size() == 2);  // 6 of the lot that expires, 6 of the other
    CHECK(s.lots.expires_on[book.lines[3].spends[0].lot] == day("2026-03-02").days);
    CHECK(book.lines[3].spends[0].points == 6);
    REQUIRE(book.lines[4].spends.size() == 1);
    CHECK(book.lines[4].spends[0].points == -4);
    REQUIRE(book.quiet.size() == 1);
    CHECK(s.entries.reasons[book.quiet[0]] == Reason::no_rule);
    CHECK(book.lots.size() == 1);
    CHECK_THROWS_AS(statement(s, 2), UsageError);

    const auto months = shop_months(s);
    REQUIRE(months.size() == 1);
    CHECK(months[0].quantity == 4);
    CHECK(months[0].points == 12);
}

TEST_CASE("boards: ties, thresholds, veto, terms to mend") {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "a"}, {"h3", "a"}, {"h4", "a"}};
    Rule illegal = rule("illegal", -1);
    illegal.veto = true;
    illegal.mend_days = 30;
    Rulebook book = rulebook({rule("good", 10), rule("better", 12), illegal});
    book.board = Board{2, {}, 0, 0};
    village.deeds = {{"1", "2026-05-01", "h1", "good"}, {"2", "2026-05-01", "h2", "better"},
                     {"3", "2026-05-02", "h2", "illegal"}, {"4", "2026-05-01", "h3", "good"}};
    const Rulebooks books = Rulebooks::make({book});
    Settlement s = village.settle(books, "2026-05-31");
    Boards made = boards(books, s);
    REQUIRE(made.ranking.size() == 4);
    CHECK(s.households.ids[made.ranking[0].household] == "h2");
    CHECK(!made.ranking[0].red);  // a veto this year
    CHECK(made.ranking[0].veto != no_index);
    CHECK(made.ranking[1].rank == 2);
    CHECK(made.ranking[2].rank == 2);
    CHECK(made.ranking[1].red);
    CHECK(made.ranking[2].red);
    CHECK(!made.ranking[3].red);  // third among those without a veto
    CHECK(made.ranking[3].rank == 4);
    REQUIRE(made.black.size() == 2);
    CHECK(made.black[0].until == day("2026-06-01"));
    CHECK(s.households.ids[made.black[1].household] == "h4");  // a balance of 0
    CHECK(!report::reproach_text(books, s, made.black[0], Language::zh).empty());
    CHECK(boards(books, village.settle(books, "2026-06-01")).black.size() == 1);
    village.deeds[2].mended_on = "2026-05-20";
    CHECK(boards(books, village.settle(books, "2026-05-19")).black.size() == 2);
    CHECK(boards(books, village.settle(books, "2026-05-20")).black.size() == 1);
    s = village.settle(books, "2027-01-01");
    CHECK(boards(books, s).ranking[0].red);  // a new year
    CHECK(boards(books, s).ranking[2].red);  // tied with the second
    // A household with a veto takes no place on the red board.
    book.board->red_top = 1;
    const Rulebooks one = Rulebooks::make({book});
    s = village.settle(one, "2026-05-31");
    made = boards(one, s);
    CHECK(!made.ranking[0].red);
    CHECK(made.ranking[1].red);
    CHECK(made.ranking[2].red);  // tied with it
    CHECK(!made.ranking[3].red);
}

TEST_CASE("comparisons: by household, village and rule; rules' effect apart from people's") {
    Village village;
    village.households = {{"h1", "a"}, {"h2", "b"}, {"h3", "b"}};
    village.deeds = {{"1", "2026-05-01", "h1", "good"}, {"2", "2026-05-01", "h2", "good"},
                     {"3", "2026-05-02", "h2", "other"}};
    const Rulebook before = rulebook({rule("good", 10), rule("other", 1)});
    const Rulebook after = rulebook({rule("good", 7), rule("other", 9)});
    const Settlement old = village.settle(before, "2026-12-31"), now = village.settle(after, "2026-12-31");
    const Comparison c = compare(old, now);
    CHECK(c.households == std::vector<Difference>{{"h2", 11, 16}, {"h1", 10, 7}});
    CHECK(c.villages == std::vector<Difference>{{"a", 10, 7}, {"b", 11, 16}});
    CHECK(c.rules == std::vector<Difference>{{"good", 20, 14}, {"other", 1, 9}});
    CHECK(c.gaining == 1);
    CHECK(c.losing == 1);
    CHECK(c.unchanged == 1);
    CHECK_THROWS_AS(compare(old, village.settle(after, "2026-12-30")), UsageError);
    CHECK(compare_by_rule(old, now) ==
          std::vector<RuleDifference>{
              {"a", "h1", "good", 10, 7}, {"b", "h2", "good", 10, 7}, {"b", "h2", "other", 1, 9}});
    CHECK(compare_by_rule(old, old).empty());
    CHECK_THROWS_AS(compare_by_rule(old, village.settle(after, "2026-12-30")), UsageError);
    village.deeds.push_back({"5", "2026-05-03", "h3", "other"});
    village.deeds.push_back({"6", "2026-05-04", "h3", "other"});
    village.deeds.back().reverses = "5";  // gives nothing and takes nothing
    CHECK(compare_by_rule(village.settle(before, "2026-12-31"), village.settle(after, "2026-12-31")) ==
          compare_by_rule(old, now));
    village.deeds.resize(village.deeds.size() - 2);
    village.deeds.push_back({"4", "2026-05-03", "h3", "other"});
    const Settlement old_more = village.settle(before, "2026-12-31"), now_more = village.settle(after, "2026-12-31");
    const std::vector<const Settlement*> all{&old, &old_more, &now, &now_more};
    const Decomposition parts = decompose(all, 2, 2);
    CHECK(parts.points == std::vector<std::int64_t>{21, 22, 23, 32});
    CHECK(parts.rules_effect == std::vector<std::int64_t>{2, 10});
    CHECK(parts.people_effect == std::vector<std::int64_t>{1, 9});
    CHECK(parts.rules_part_doubled + parts.people_part_doubled == 2 * (32 - 21));
    CHECK_THROWS_AS(decompose(all, 3, 2), UsageError);
}

TEST_CASE("points in words") {
    CHECK(report::points_text(25, 10) == "2.5");
    CHECK(report::points_text(-25, 10) == "-2.5");
    CHECK(report::points_text(-5, 100) == "-0.05");
    CHECK(report::points_text(120, 100) == "1.2");
    CHECK(report::points_text(30, 10) == "3");
    CHECK(report::points_text(std::numeric_limits<std::int64_t>::min(), 1) == "-9223372036854775808");
    Village village;
    village.households = {{"h1", "a"}};
    Rule hours = rule("volunteer", 2);
    hours.title = {"志愿服务", "volunteer service"};
    hours.per = Per::hour;
    hours.units_max = 2;
    hours.citation = "art. 7";
    hours.caps = {{.period = Period::month, .limit = 5}};
    village.deeds = {{.no = "1", .date = "2026-01-01", .household = "h1", .deed = "volunteer", .units = 3},
                     {.no = "2", .date = "2026-01-02", .household = "h1", .deed = "volunteer", .units = 2}};
    const Rulebooks books = Rulebooks::make({rulebook({hours})});
    const Settlement s = village.settle(books, "2026-12-31");
    CHECK(report::reason_text(books, s, 0, Language::en) ==
          "volunteer service: 2 points × 2 hours (of 3, at most 2 count a row) (art. 7)");
    CHECK(report::reason_text(books, s, 1, Language::zh) ==
          "“志愿服务”：每小时2分×2小时；封顶每户每月5分，只剩1分，超出部分不计（依据：art. 7）");
    CHECK(report::summary_text(books, s, Language::en).find("The ledger adds up.") != std::string::npos);
    CHECK(report::summary_text(books, s, Language::en).find(", 1 household in 1 village was issued ") !=
          std::string::npos);
}

TEST_CASE("reasons of exchanges name goods by their titles where there are some") {
    Village village;
    village.households = {{"h1", "a"}};
    village.deeds = {{"1", "2026-01-01", "h1", "good"}};
    village.goods = {{.good = "cup", .points = 1, .stock = 5}};
    village.exchanges = {{.no = "x1", .date = "2026-02-01", .household = "h1", .good = "cup"},
                         {.no = "x2", .date = "2026-02-02", .household = "h1", .good = "pan"}};
    const Rulebooks books = Rulebooks::make({rulebook({rule("good", 5)})});
    const Settlement s = village.settle(books, "2026-12-31");
    std::vector<std::string> titles;
    for (std::size_t i = 0; i < s.goods.size(); ++i) titles.push_back(s.goods[i] == "cup" ? "杯子" : "");
    CHECK(report::exchange_reason_text(books, s, 0, Language::zh) == "“cup”1件，共1分");
    CHECK(report::exchange_reason_text(books, s, 0, Language::zh, titles) == "“杯子”1件，共1分");
    CHECK(report::exchange_reason_text(books, s, 0, Language::en, titles) == "1 × 杯子, 1 point");
    CHECK(report::exchange_reason_text(books, s, 1, Language::en, titles) == "there is no good pan");
    const std::vector<PassbookLine> lines = statement(s, 0).lines;
    CHECK(report::line_text(books, s, lines.back(), Language::zh, titles) == "兑换：x1，“杯子”1件，共1分");
}
