// Matching by itself: what settle starts from, row by row.
#include "gridgov/points/match.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <numeric>
#include <random>

#include "village.hpp"

using namespace gridgov;
using namespace gridgov::points;
using namespace gridgov::points::test;

namespace {

using Met = std::vector<std::pair<std::string, std::int64_t>>;  // rule, raw points

Met met(const Matches& matches, std::size_t row) {
    Met out;
    for (auto k = static_cast<std::size_t>(matches.offsets[row]);
         k < static_cast<std::size_t>(matches.offsets[row + 1]); ++k)
        out.emplace_back(matches.names.at(matches.rules[k]).rule, matches.raw_points[k]);
    return out;
}

bool same(const Matches& a, const Matches& b) {
    return a.offsets == b.offsets && a.rules == b.rules && a.raw_points == b.raw_points &&
           a.names == b.names && a.left_out == b.left_out;
}

/// Rules without caps, cool-downs, policies but sum, and floors: entries then say what was met.
Rulebook plain(const char* id, const char* from, const char* to) {
    Rulebook book = rulebook({rule("meeting", 2), rule("hours", 1, "volunteer"),
                              rule("young", 3, "volunteer"), rule("litter", -4),
                              rule("shown", 5, "meeting")},
                             id);
    book.effective_from = day(from);
    if (*to != '\0') book.effective_to = day(to);
    book.below_floor = BelowFloor::allow;
    book.rules[1].per = Per::hour;
    book.rules[1].units_max = 2;
    book.rules[2].when = {{"age", "< 30"}, {"role", "not(\"student\")"}};
    book.rules[4].evidence_min = 2;
    book.rules[4].when = {{"kind", "\"poor\""}};
    return book;
}

Village random_village(std::uint64_t seed, std::size_t rows) {
    std::mt19937_64 random(seed);
    const auto upto = [&](std::size_t most) { return static_cast<std::size_t>(random() % (most + 1)); };
    const auto of = [&](std::vector<std::string> list) { return list[upto(list.size() - 1)]; };
    Village village;
    for (int h = 0; h < 7; ++h) {
        village.households.emplace_back("h" + std::to_string(h), h < 4 ? "east" : "west");
        village.kinds.push_back(of({"poor", ""}));
    }
    for (std::size_t p = 0; p < 9; ++p)
        village.persons.push_back({"p" + std::to_string(p), "h" + std::to_string(p % 7), "",
                                   p == 4 ? "2025-06-01" : "", of({"", "17", "29", "30"}),
                                   of({"student", "party_member", ""})});
    for (std::size_t i = 0; i < rows; ++i) {
        DeedRow row;
        row.no = "r" + std::to_string(1000 + i);
        row.date = date_text(day("2024-10-01") + static_cast<std::int32_t>(upto(700)));
        row.household = "h" + std::to_string(upto(6));
        row.deed = of({"meeting", "volunteer", "litter", "other"});
        row.stage = of({"posted", "posted", "posted", "declared", "rejected"});
        if (upto(1) == 0) row.units = static_cast<std::int64_t>(upto(3));
        if (upto(3) != 0) row.person = "p" + std::to_string(upto(8));
        if (upto(9) == 0) row.objection = "upheld";
        row.evidence = of({"", "a", "a;b", "3"});
        village.deeds.push_back(row);
    }
    return village;
}

}  // namespace

TEST_CASE("match: rules met, raw points, rows that meet nothing") {
    Rulebook book = plain("v", "2025-01-01", "2026-01-01");
    Cap cap;
    cap.limit = 0;
    book.rules[0].caps = {cap};           // neither a cap
    book.rules[1].cooldown_days = 300;    // nor a cool-down
    Village village;
    village.households = {{"h1", "east"}, {"h2", "east"}};
    village.kinds = {"poor", "rich"};
    village.persons = {{"p", "h1", "", "", "20", "party_member"}};
    village.deeds = {
        {.no = "5", .date = "2025-03-01", .household = "h1", .deed = "meeting", .evidence = "a; b"},
        {.no = "4", .date = "2025-03-01", .household = "h2", .deed = "meeting", .evidence = "2"},
        {.no = "3", .date = "2025-03-01", .household = "h1", .deed = "volunteer", .units = 5},
        {.no = "2", .date = "2025-03-02", .household = "h1", .deed = "volunteer", .person = "p"},
        {.no = "1", .date = "2025-03-02", .household = "h1", .deed = "litter", .stage = "declared"},
        {.no = "a", .date = "2025-03-02", .household = "h1", .deed = "litter", .stage = "rejected"},
        {.no = "b", .date = "2025-03-02", .household = "h1", .deed = "litter", .objection = "upheld"},
        {.no = "c", .date = "2025-03-03", .household = "h1", .reverses = "1"},
        {.no = "d", .date = "2026-01-01", .household = "h1", .deed = "meeting"},
        {.no = "e", .date = "2025-03-01", .household = "h1", .deed = "other"},
        {.no = "2", .date = "2025-03-02", .household = "h1", .deed = "volunteer", .person = "p"},
        {.no = "f", .date = "2025-03-01", .household = "h1", .deed = "volunteer", .units = 0}};
    const Matches matches = match(Rulebooks::make({book}), village.tables());
    REQUIRE(matches.rows() == 12);
    CHECK(met(matches, 0) == Met{{"meeting", 2}, {"shown", 5}});
    CHECK(met(matches, 1) == Met{{"meeting", 2}});
    CHECK(met(matches, 2) == Met{{"hours", 2}});
    CHECK(met(matches, 3) == Met{{"hours", 1}, {"young", 3}});
    CHECK(met(matches, 4) == Met{{"litter", -4}});
    for (const std::size_t row : {5U, 6U, 7U, 8U, 9U, 10U}) CHECK(met(matches, row).empty());
    CHECK(met(matches, 11) == Met{{"hours", 0}});
    REQUIRE(matches.names.size() == 5);
    CHECK(matches.names[3] == RuleName{"v", "litter", ""});
    CHECK(matches.size() == 8);
    CHECK_FALSE(matches.cancelled);
}

TEST_CASE("match: no rows, no rules, and more rules of a deed than a word has bits") {
    Village village;
    village.households = {{"h1", "east"}};
    const Matches none = match(Rulebooks::make({rulebook({rule("a", 1)})}), village.tables());
    CHECK(none.rows() == 0);
    CHECK(none.names.size() == 1);
    village.deeds = {{.no = "1", .date = "2025-03-01", .household = "h1", .deed = "a", .units = 7}};
    std::vector<Rule> many;
    for (int r = 0; r < 40; ++r) {
        many.push_back(rule("r" + std::to_string(r), r, "a"));
        many.back().when = {{"units", r % 2 == 0 ? ">= 7" : "> 7"}};
    }
    const Matches matches = match(Rulebooks::make({rulebook(many)}), village.tables());
    CHECK(matches.size() == 20);
    for (std::size_t k = 0; k < matches.size(); ++k)
        CHECK(matches.raw_points[k] == static_cast<std::int64_t>(2 * k));
    CHECK(match(Rulebooks(), village.tables()).size() == 0);
}

TEST_CASE("match: the faults that settle tells") {
    const Rulebooks books = Rulebooks::make({plain("v", "2025-01-01", "")});
    Village village = random_village(1, 40);
    village.deeds[3].household = "nobody";
    village.deeds[5].date = "2025-02-30";
    village.deeds[7].stage = "done";
    village.deeds[9].reverses = "unheard of";
    village.persons[2].age = "old";
    const auto settled = faults_of([&] { village.settle(books, "2026-12-31"); });
    CHECK(faults_of([&] { match(books, village.tables()); }) == settled);
    CHECK(settled.size() == 5);
    Rulebook book = plain("v", "2025-01-01", "");
    book.rules[0].when = {{"height", "> 1"}};
    CHECK(faults_of([&] { match(Rulebooks::make({book}), random_village(1, 5).tables()); }) ==
          std::vector{Code::condition_unknown_column});
    Rulebook rich = plain("v", "2025-01-01", "");
    rich.rules[1].points = 1'000'000'000'000;
    rich.rules[1].units_max.reset();
    Village hours = random_village(1, 1);
    hours.deeds = {{.no = "1", .date = "2025-03-01", .household = "h1", .deed = "volunteer",
                    .units = 1'000'000'000}};
    CHECK(faults_of([&] { match(Rulebooks::make({rich}), hours.tables()); }) ==
          std::vector{Code::points_overflow});
    Tables tables = hours.tables();
    tables.deeds.stages = {};
    CHECK(faults_of([&] { match(books, tables); }) == std::vector{Code::column_length});
}

TEST_CASE("match: villages with faults are left out where that is asked") {
    const Rulebooks books = Rulebooks::make({plain("v", "2024-01-01", "")});
    Village village = random_village(2, 60);
    const Matches whole = match(books, village.tables());
    village.deeds[8].household = "h5";
    village.deeds[8].date = "someday";
    Options options;
    options.skip_faulty_villages = true;
    const Matches part = match(books, village.tables(), options);
    CHECK(part.left_out == std::vector<std::string>{"west"});
    CHECK(part.findings.size() == 1);
    bool some = false;
    for (std::size_t row = 0; row < village.deeds.size(); ++row) {
        const bool east = village.deeds[row].household < std::string("h4");
        some = some || (east && !met(part, row).empty());
        CHECK(met(part, row) == (east ? met(whole, row) : Met{}));
    }
    CHECK(some);
}

TEST_CASE("match: what settle's entries say, for rows in any order and any number of threads") {
    const Rulebooks books = Rulebooks::make(
        {plain("v1", "2025-01-01", "2025-09-01"), plain("v2", "2025-10-01", "")});
    std::size_t matched = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        Village village = random_village(seed, 50);
        const Matches matches = match(books, village.tables());
        const Settlement s = village.settle(books, "2030-12-31");
        std::map<std::string, Met> entries;
        for (std::size_t e = 0; e < s.entries.size(); ++e)
            if (s.entries.rules[e] != no_index)
                entries[std::string(s.rows.register_nos[s.entries.rows[e]])].emplace_back(
                    s.rules[s.entries.rules[e]].rule, s.entries.points[e]);
        std::map<std::string, Met> ours;
        for (std::size_t row = 0; row < matches.rows(); ++row)
            if (!met(matches, row).empty()) ours[village.deeds[row].no] = met(matches, row);
        CHECK(ours == entries);
        matched += ours.size();

        std::vector<std::size_t> order(village.deeds.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::mt19937_64 random(seed);
        std::shuffle(order.begin(), order.end(), random);
        Village permuted = village;
        for (std::size_t i = 0; i < order.size(); ++i) permuted.deeds[i] = village.deeds[order[i]];
        const Matches again = match(books, permuted.tables());
        for (std::size_t i = 0; i < order.size(); ++i) CHECK(met(again, i) == met(matches, order[i]));
    }
    CHECK(matched > 500);
}

TEST_CASE("match: the same bytes on one and on several threads; progress; cancelled") {
    const Rulebooks books = Rulebooks::make({plain("v", "2024-01-01", "")});
    Village village = random_village(3, 70'000);
    for (std::size_t row = 0; row < village.deeds.size(); ++row) {
        std::string no = std::to_string(row);
        village.deeds[row].no = no.insert(0, 8 - no.size(), '0');
    }
    const Tables& tables = village.tables();
    const Matches one = match(books, tables, with_threads(1));
    CHECK(one.size() > 20'000);
    CHECK(same(one, match(books, tables, with_threads(3))));
    std::atomic<bool> cancel = false;
    Options options;
    options.cancel = &cancel;
    double last = 0;
    options.progress = [&](double share) { last = share; };
    CHECK(same(one, match(books, tables, options)));
    CHECK(last > 0);
    cancel = true;
    const Matches none = match(books, tables, options);
    CHECK(none.cancelled);
    CHECK(none.rows() == 0);
}
