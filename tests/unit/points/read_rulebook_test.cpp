#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gridgov/points/lint.hpp"
#include "gridgov/points/rulebook.hpp"

using namespace gridgov;
using namespace gridgov::points;

namespace {

using Messages = std::vector<std::string>;

Rulebooks read(std::string_view text, bool json = false) {
    const std::array<RulebookSource, 1> sources{{{text, "r"}}};
    return json ? Rulebooks::read_json(sources) : Rulebooks::read_toml(sources);
}

/// The messages of the faults; empty if there are none.
Messages faults(std::string_view text, bool json = false) {
    Messages messages;
    try {
        read(text, json);
    } catch (const DataError& error) {
        for (const Finding& finding : error.findings()) {
            messages.push_back(message(finding, Language::en));
            CHECK(message(finding, Language::zh) != messages.back());
        }
    }
    return messages;
}

const std::string head = R"([rulebook]
id = "v"
villages = ["*"]
effective_from = 2026-01-01
)";

std::string example(const std::string& name) {
    std::ifstream file(EXAMPLES "/" + name + ".toml");
    REQUIRE_MESSAGE(file.good(), name);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("every key of the contract, in TOML") {
    const Rulebooks books = read(R"([rulebook]
id = "ganquan-2026"
title = { zh = "积分办法", en = "points" }
villages = ["ganquan", "shuanghe"]
effective_from = 2026-01-01
effective_to = 2027-01-01
unit_scale = 10
opening = { points = 100, period = "once" }
floor = -5
below_floor = "carry"
objection_days = 3
year_end = "clear"
budget_yuan = 10000

[board]
red = { top = 10, at_least = 80 }
black = { at_most = 60 }

[[group]]
id = "service"
title = "service"
hit_policy = "max"

[[rule]]
id = "volunteer"
title = { zh = "志愿服务", en = "volunteer service" }
deed = "volunteer"
points = 2
per = "hour"
units_max = 2
when = { age = ">= 18", role = '"party_member","veteran"' }
group = "service"
cooldown_days = 7
evidence_min = 1
witness_min = 2
expires_after_months = 24
caps = [ { over = "rule", scope = "household", period = "month", limit = 20, mode = "clip" },
         { over = "all", scope = "person", period = "all_time", limit = 3, mode = "reject", measure = "count" } ]
freeze = "P1Y6M"
veto = true
mend_days = 30
nearest_of = ["charity"]
citation = "village code art. 7"

[[rule]]
id = "plain"
deed = "d"
points = -1
)");
    REQUIRE(books.size() == 1);
    const Rulebook& book = books[0];
    CHECK(book.id == "ganquan-2026");
    CHECK(book.title == Title{"积分办法", "points"});
    CHECK(book.villages == std::vector<std::string>{"ganquan", "shuanghe"});
    CHECK(book.effective_from == date_of(2026, 1, 1));
    CHECK(book.effective_to == date_of(2027, 1, 1));
    CHECK(book.unit_scale == 10);
    REQUIRE(book.opening.has_value());
    CHECK(book.opening->points == 100);
    CHECK(book.opening->period == OpeningPeriod::once);
    CHECK(book.floor == -5);
    CHECK(book.below_floor == BelowFloor::carry);
    CHECK(book.objection_days == 3);
    CHECK(book.year_end == YearEnd::clear);
    CHECK(book.budget_yuan == 10000);
    REQUIRE(book.board.has_value());
    CHECK(book.board->red_top == 10);
    CHECK(book.board->red_at_least == 80);
    CHECK(book.board->black_at_most == 60);
    CHECK(book.file == "r");
    CHECK(book.line == 1);
    REQUIRE(book.groups.size() == 1);
    CHECK(book.groups[0].hit_policy == HitPolicy::max);
    CHECK(book.groups[0].line == 19);
    REQUIRE(book.rules.size() == 2);
    const Rule& rule = book.rules[0];
    CHECK(rule.title.en == "volunteer service");
    CHECK(rule.points == 2);
    CHECK(rule.per == Per::hour);
    CHECK(rule.units_max == 2);
    REQUIRE(rule.when.size() == 2);
    CHECK(rule.when[0].column == "age");
    CHECK(rule.when[1].text == "\"party_member\",\"veteran\"");
    CHECK(rule.when[1].line == 31);
    CHECK(books.tests(0, 0)[0].matches(18.0));
    CHECK(rule.group == "service");
    CHECK(rule.cooldown_days == 7);
    CHECK(rule.evidence_min == 1);
    CHECK(rule.witness_min == 2);
    CHECK(rule.expires_after_months == 24);
    REQUIRE(rule.caps.size() == 2);
    CHECK(rule.caps[0].limit == 20);
    CHECK(rule.caps[1].over == CapOver::all);
    CHECK(rule.caps[1].scope == Scope::person);
    CHECK(rule.caps[1].period == Period::all_time);
    CHECK(rule.caps[1].mode == CapMode::reject);
    CHECK(rule.caps[1].measure == Measure::count);
    CHECK(rule.caps[1].line == 38);
    CHECK(rule.freeze == Freeze{Freeze::Until::months, 18});
    CHECK(rule.veto);
    CHECK(rule.mend_days == 30);
    CHECK(rule.nearest_of == std::vector<std::string>{"charity"});
    CHECK(rule.citation == "village code art. 7");
    const Rule& plain = book.rules[1];
    CHECK(plain.points == -1);
    CHECK(plain.per == Per::occurrence);
    CHECK_FALSE(plain.units_max.has_value());
    CHECK(plain.when.empty());
    CHECK(plain.freeze.until == Freeze::Until::none);
    CHECK(plain.line == 45);
}

TEST_CASE("JSON says the same") {
    const Rulebooks books = read(R"({"rulebook": {"id": "v", "villages": ["*"],
  "effective_from": "2026-01-01"},
 "rule": [{"id": "a", "deed": "d", "points": 3, "when": {"age": ">= 18"},
   "caps": [{"over": "rule", "scope": "village", "period": "week", "limit": 9}]}]})",
                                 true);
    CHECK(books[0].effective_from == date_of(2026, 1, 1));
    CHECK_FALSE(books[0].effective_to.exists());
    CHECK(books[0].rules[0].when[0].line == 3);
    CHECK(books[0].rules[0].caps[0].scope == Scope::village);
    CHECK(faults(R"({"rulebook": {"id": "v", "villages": ["*"],
  "effective_from": "2026-02-30"}, "rule": [{"id": "a", "deed": "d"}]})",
                 true) ==
          Messages{"r:2: v: effective_from is “2026-02-30”, which is no day of the calendar; give a "
                   "date as YYYY-MM-DD",
                   "r:2: a: points is missing; give it"});
}

TEST_CASE("every fault of a file by line, each once") {
    const Messages found = faults(R"([rulebook]
id = 7
vilages = ["*"]
effective_from = "soon"
unit_scale = 3
opening = { period = "yearly" }
floor = 1.5

[bord]
top = 3

[[group]]
id = "g"
hit_policy = "most"

[[rule]]
id = "a"
deed = "d"
points = "2"
per = "hours"
when = { age = 18, role = "= 5" }
group = "h"
caps = [ { over = "rule", period = "month", limit = -1 } ]
freeze = "P1W"
veto = "yes"
expires_after_months = 99999999999

[[rule]]
id = "a"
points = 3
)");
    std::string all;
    for (const std::string& text : found) all += text + "\n";
    // What reading found comes first, in full; then what Rulebooks::check adds.
    CHECK(all.starts_with(R"(r:2: id is of the kind “integer”; give one of the kind “text”
r:4: effective_from is “soon”, which is no day of the calendar; give a date as YYYY-MM-DD
r:6: points is missing; give it
r:6: period is “yearly”; perhaps year is meant; it can be: year, once
r:7: floor is of the kind “real”; give one of the kind “integer”
r:3: there is no key vilages here; perhaps villages is meant
r:14: g: hit_policy is “most”; it can be: sum, max, first, unique
r:19: a: points is of the kind “text”; give one of the kind “integer”
r:20: a: per is “hours”; perhaps hour is meant; it can be: occurrence, person, hour, day
r:21: a: age is of the kind “integer”; give one of the kind “text”
r:26: a: expires_after_months is 99999999999; give a number from 1 to 1200
r:23: a: scope is missing; give it
r:24: a: freeze is “P1W”; give none, end_of_year, end_of_next_year, or a term such as P3M
r:25: a: veto is of the kind “text”; give one of the kind “boolean”
r:9: there is no key bord here; perhaps board is meant
)"));
    const auto told = [&](std::string_view part) {
        std::size_t count = 0;
        for (const std::string& text : found) count += text.find(part) != text.npos ? 1 : 0;
        return count;
    };
    CHECK(told("r:1: ") == 1);            // villages, which are not there
    CHECK(told("r:5: ") == 1);            // unit_scale
    CHECK(told("r:22: ") == 1);           // the group that is not declared
    CHECK(told("“= 5”") == 1);            // the condition, with its line
    CHECK(told("r:21: a: role") == 1);
    CHECK(told("r:23: ") == 2);           // scope and limit
    CHECK(told("r:28: ") == 2);           // the id given twice, the deed missing
    CHECK(told("effective_from") == 1);
    CHECK(found.size() == 22);
}

TEST_CASE("what is wrong with a value stands at its line") {
    const Messages found = faults(R"([rulebook]
id = "v"
villages = ["*", "a"]
effective_from = 2026-01-01
effective_to = 2026-01-01
unit_scale = 3
floor = 9000000000000

[rulebook.opening]
period = "year"
points = 0

[board.red]
top = -1

[[rule]]
id = "a"
deed = ""
points = 1
group = ""

[[rule]]
id = "b"
deed = "d"
points = 1
group = "none"
units_max = -1

[[rule.caps]]
scope = "household"
period = "year"
over = "group"
limit = -1
)");
    const auto told = [&](std::string_view place, std::string_view what) {
        return std::any_of(found.begin(), found.end(), [&](const std::string& text) {
            return text.starts_with(place) && text.find(what) != text.npos;
        });
    };
    CHECK(told("r:3: ", "villages"));
    CHECK(told("r:5: ", "it ends on"));
    CHECK(told("r:6: ", "unit_scale"));
    CHECK(told("r:7: ", "floor"));
    CHECK(told("r:11: ", "opening.points"));
    CHECK(told("r:14: ", "board.red.top"));
    CHECK(told("r:18: ", "deed"));
    CHECK(told("r:20: ", "group is empty"));
    CHECK(told("r:26: ", "none"));
    CHECK(told("r:27: ", "units_max"));
    CHECK(told("r:33: ", "limit"));
    CHECK(found.size() == 11);
}

TEST_CASE("null is no value, known key or not") {
    const auto book = [](const std::string& more) {
        return faults(R"({"rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01",
 )" + more + "}}", true);
    };
    CHECK(book("\"nonsense\": null") == Messages{"r:2: v: there is no key nonsense here; there are: "
        "id, title, villages, effective_from, effective_to, unit_scale, opening, floor, below_floor, "
        "objection_days, year_end, budget_yuan"});
    for (const char* const key : {"effective_to", "title", "opening", "floor", "below_floor"})
        CHECK_MESSAGE(book('"' + std::string(key) + "\": null").size() == 1, key);
    CHECK(faults("{\"rulebook\": null}", true).size() == 1);
}

TEST_CASE("files that are no rulebooks") {
    CHECK(faults("") == Messages{"r:1: rulebook is missing; give it"});
    CHECK(faults("rulebook = 3") ==
          Messages{"r:1: rulebook is of the kind “integer”; give one of the kind “table”"});
    CHECK(faults("[[rulebook]]\nid = 'a'").size() == 1);
    CHECK(faults(head + "rule = 3\n").size() == 1);
    CHECK(faults("[rulebook\n").size() == 1);
    CHECK(faults("{}", true) == Messages{"r:1: rulebook is missing; give it"});
    CHECK(faults(head + "[[rule]]\n").size() == 3);  // id, deed, points
    CHECK(faults(head).empty());
}

TEST_CASE("several files: faults of all, and of all together") {
    const std::string other = "[rulebook]\nid = 'w'\nvillages = ['*']\neffective_from = 2026-06-01\n";
    const std::array<RulebookSource, 2> two{{{head, "a.toml"}, {other, "b.toml"}}};
    try {
        Rulebooks::read_toml(two);
        FAIL("two rulebooks in force for one village");
    } catch (const DataError& error) {
        REQUIRE(error.findings().size() == 1);
        CHECK(error.findings()[0].code == Code::rulebook_overlap);
    }
    const std::array<RulebookSource, 2> broken{{{"[", "a.toml"}, {"a = 1", "b.toml"}}};
    try {
        Rulebooks::read_toml(broken);
        FAIL("two broken files");
    } catch (const DataError& error) {
        CHECK(error.findings().size() == 3);  // syntax; rulebook missing, unknown key
    }
    CHECK(Rulebooks::read_toml({}).size() == 0);
}

TEST_CASE("a long list of conditions is read in linear time") {
    std::string when;
    for (int i = 0; i < 100000; ++i) when += "c" + std::to_string(i) + " = '-'\n";
    const Rulebooks books =
        read(head + "[[rule]]\nid = 'a'\ndeed = 'd'\npoints = 1\n[rule.when]\n" + when);
    CHECK(books[0].rules[0].when.size() == 100000);
}

TEST_CASE("the examples can be read, and lint finds nothing wrong in them") {
    for (const char* const name : {"village-50", "village-100", "party-members"}) {
        CAPTURE(name);
        const Rulebooks books = read(example(name));
        CHECK(books[0].id == name);
        for (const Finding& finding : lint(books))
            CHECK_MESSAGE(finding.severity == Severity::note, message(finding, Language::en));
    }
}

TEST_CASE("the examples have the figures of practice") {
    const Rulebooks village = read(example("village-100"));
    CHECK(village[0].opening->points == 100);
    CHECK(read(example("village-50"))[0].opening->points == 50);
    std::vector<std::int64_t> ladder;
    for (const Rule& rule : village[0].rules) {
        if (rule.group == "honour") ladder.push_back(rule.points);
        if (rule.id == "study_session") CHECK(rule.points * 15 > rule.caps[0].limit);
        if (rule.id == "study_session") CHECK(rule.caps[0].limit == 12);
        if (rule.id == "volunteer") CHECK(rule.units_max == 2);
        if (rule.id == "violation") CHECK(rule.freeze.text() == "end_of_next_year");
    }
    CHECK(ladder == std::vector<std::int64_t>{50, 30, 20, 15, 10, 5});
    const Rulebooks party = read(example("party-members"));
    int deductions = 0;
    int additions = 0;
    for (const Rule& rule : party[0].rules) {
        (rule.points < 0 ? deductions : additions) += 1;
        if (rule.id == "illegal_building") CHECK(rule.points == -40);
    }
    CHECK(deductions == 13);
    CHECK(additions == 6);
    CHECK(party[0].opening->points == 100);
    CHECK(party[0].board->black_at_most == 59);  // below 60
}
