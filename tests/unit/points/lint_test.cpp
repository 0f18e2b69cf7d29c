#include "gridgov/points/lint.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "gridgov/error.hpp"

using namespace gridgov;
using namespace gridgov::points;

namespace {

const std::string head = R"([rulebook]
id = "v"
villages = ["*"]
effective_from = 2026-01-01
)";

std::string rule(const std::string& id, const std::string& rest, const std::string& deed = "d") {
    return "[[rule]]\nid = '" + id + "'\ndeed = '" + deed + "'\n" + rest + "\n";
}

std::string group(const std::string& policy) {
    return "[[group]]\nid = 'g'\nhit_policy = '" + policy + "'\n";
}

Rulebooks read(const std::vector<std::string>& files) {
    std::vector<RulebookSource> sources;
    for (const std::string& text : files) sources.push_back({text, "r"});
    return Rulebooks::read_toml(sources);
}

/// "code ids: witness" of each finding.
std::vector<std::string> found(const std::vector<std::string>& files,
                               const HouseholdTable& households = {}, const GoodTable& goods = {}) {
    std::vector<std::string> lines;
    for (const Finding& finding : lint(read(files), households, goods)) {
        std::string line(code_name(finding.code).substr(5));
        for (const std::string& record : finding.records) line += " " + record;
        for (const auto& [name, value] : finding.fields)
            if (name == "witness") line += ": " + value;
        lines.push_back(line);
        for (const Language language : {Language::en, Language::zh}) {
            const std::string text = message(finding, language);
            CHECK_MESSAGE(text.find('?') == std::string::npos, text);
        }
        CHECK(finding.severity != Severity::error);
    }
    return lines;
}

using Lines = std::vector<std::string>;
const std::string evidence = "evidence_min = 1\n";

}  // namespace

TEST_CASE("a sound rulebook has no findings") {
    CHECK(found({head + rule("a", "points = 2") + rule("b", "points = -2\n" + evidence)}) == Lines{});
    CHECK(found({}) == Lines{});
}

TEST_CASE("rules that never fire or never give") {
    CHECK(found({head + rule("a", "points = 2\nwhen = { age = '(5..5)', role = '-' }")}) ==
          Lines{"rule_never_fires a: age = \"(5..5)\""});
    CHECK(found({head + rule("a", "points = 0")}) ==
          Lines{"rule_gives_nothing a: deed = \"d\"; raw = 0; given = 0"});
    CHECK(found({head + rule("a", "points = 0\nveto = true")}) == Lines{});
    CHECK(found({head + rule("a", "points = 2\nper = 'hour'\nunits_max = 0")}) ==
          Lines{"rule_gives_nothing a: deed = \"d\"; units = 1; raw = 0; given = 0"});
    CHECK(found({head + rule("a", "points = 2\ncaps = [{over='rule',scope='household',"
                                  "period='year',limit=0}]")}) ==
          Lines{"rule_gives_nothing a: deed = \"d\"; raw = 2; given = 0"});
}

TEST_CASE("conditions that the register's own columns never satisfy") {
    const auto with = [](const std::string& when, const std::string& more = "") {
        return found({head + "effective_to = 2027-01-01\n" +
                      rule("a", "points = 2\n" + more + "when = { " + when + " }")});
    };
    CHECK(with("units = '< 0'") == Lines{"rule_never_fires a: units = \"< 0\""});
    CHECK(with("units = '0'") == Lines{});
    CHECK(with("units = 'null'") == Lines{});  // a blank cell
    CHECK(with("units = '> 1000000000'").size() == 1);
    CHECK(with("evidence = '< 0'") == Lines{"rule_never_fires a: evidence = \"< 0\"; evidence_min = 0"});
    CHECK(with("evidence = '0'", "evidence_min = 1\n") ==
          Lines{"rule_never_fires a: evidence = \"0\"; evidence_min = 1"});
    CHECK(with("evidence = 'null'", "evidence_min = 1\n").size() == 1);
    CHECK(with("evidence = '1'", "evidence_min = 1\n") == Lines{});
    CHECK(with("witnesses = '<= 2'", "witness_min = 3\n") ==
          Lines{"rule_never_fires a: witnesses = \"<= 2\"; witness_min = 3"});
    CHECK(with("witnesses = '<= 3'", "witness_min = 3\n") == Lines{});
    CHECK(with("deed = '\"x\"'") ==
          Lines{"rule_never_fires a: deed = \"\\\"x\\\"\"; rule.deed = \"d\""});
    CHECK(with("deed = 'null'").size() == 1);
    CHECK(with("deed = '\"d\"'") == Lines{});
    CHECK(with("deed = '\"x\"'", "nearest_of = ['x']\n") == Lines{});
    CHECK(with("date = '< date(\"2026-01-01\")'").size() == 1);
    CHECK(with("date = '>= date(\"2027-01-01\")'").size() == 1);
    CHECK(with("date = 'null'").size() == 1);
    CHECK(with("date = '>= date(\"2026-12-31\")'") == Lines{});
    CHECK(with("register_no = 'null'") == Lines{"rule_never_fires a: register_no = \"null\""});
    CHECK(with("register_no = '\"7\"'") == Lines{});
    CHECK(found({head + rule("a", "points = 2\nwhen = { date = '< date(\"2025-01-01\")' }")}) ==
          Lines{"rule_never_fires a: date = \"< date(\\\"2025-01-01\\\")\"; effective_from = 2026-01-01"});
    // A row that both rules of a pair match has evidence for both.
    CHECK(found({head + group("unique") +
                 rule("a", "points = 2\ngroup = 'g'\nevidence_min = 2\nwhen = { evidence = '-' }") +
                 rule("b", "points = 3\ngroup = 'g'\nwhen = { evidence = '< 2' }")}) == Lines{});
    CHECK(found({head + group("unique") + rule("a", "points = 2\ngroup = 'g'\nevidence_min = 2\n") +
                 rule("b", "points = 3\ngroup = 'g'\nwhen = { evidence = '< 5' }")}) ==
          Lines{"unique_overlap a b: deed = \"d\"; evidence = 2; witnesses = 0"});
}

TEST_CASE("caps below one award, caps that refuse more units, caps that never bind") {
    const auto cap = [](const char* period, int limit, const std::string& more = "") {
        return "{over='rule',scope='household',period='" + std::string(period) +
               "',limit=" + std::to_string(limit) + more + "}";
    };
    CHECK(found({head + rule("a", "points = 5\ncaps = [" + cap("month", 3) + "]")}) ==
          Lines{"cap_below_award a: deed = \"d\"; raw = 5; given = 3"});
    CHECK(found({head + rule("a", "points = 5\ncaps = [" + cap("month", 3, ",mode='reject'") + "]")}) ==
          Lines{"cap_below_award a: deed = \"d\"; raw = 5; given = 0"});
    CHECK(found({head + rule("a", "points = -5\n" + evidence + "caps = [" + cap("year", 3) + "]")}) ==
          Lines{"cap_below_award a: deed = \"d\"; raw = -5; given = -3"});
    CHECK(found({head + rule("a", "points = 5\ncaps = [" + cap("month", 5) + "]")}) == Lines{});
    CHECK(found({head + rule("a", "points = 5\ncaps = [" + cap("month", 1, ",measure='count'") +
                                      "]")}) == Lines{});
    const std::string hours = "points = 2\nper = 'hour'\n";
    CHECK(found({head + rule("a", hours + "units_max = 5\ncaps = [" +
                                      cap("day", 5, ",mode='reject'") + "]")}) ==
          Lines{"cap_rejects_units a: deed = \"d\"; units = 3; raw = 6; given = 0"});
    CHECK(found({head + rule("a", hours + "units_max = 2\ncaps = [" +
                                      cap("day", 5, ",mode='reject'") + "]")}) == Lines{});
    CHECK(found({head + rule("a", "points = 2\ncaps = [" + cap("month", 20) + "," + cap("year", 12) +
                                      "]")}) ==
          Lines{"cap_idle a: period = \"month\"; limit = 20; period = \"year\"; limit = 12"});
    CHECK(found({head + rule("a", "points = 2\ncaps = [" + cap("month", 20) + "," + cap("year", 120) +
                                      "]")}) == Lines{});
    // One that refuses does more than one that cuts.
    CHECK(found({head + rule("a", "points = 2\ncaps = [" + cap("month", 20, ",mode='reject'") + "," +
                                      cap("year", 12) + "]")}) == Lines{});
    CHECK(found({head + rule("a", "points = 2\ncaps = [" + cap("month", 20) + "," +
                                      cap("year", 12, ",mode='reject'") + "]")}).size() == 1);
    // An ISO week may lie in two months.
    CHECK(found({head + rule("a", "points = 2\ncaps = [" + cap("week", 20) + "," + cap("month", 12) +
                                      "]")}) == Lines{});
    CHECK(found({head + rule("a", "points = 2\ncaps = [" + cap("year", 12) + "," + cap("year", 12) +
                                      "]")}).size() == 1);
}

TEST_CASE("deductions") {
    CHECK(found({head + rule("a", "points = -5")}) ==
          Lines{"deduction_without_evidence a: deed = \"d\"; evidence = 0; witnesses = 0; points = -5"});
    CHECK(found({head + rule("a", "points = -5\nwitness_min = 1")}) == Lines{});
    CHECK(found({head + rule("a", "points = -5\nwitness_min = 1\nexpires_after_months = 3")}) ==
          Lines{"deduction_expires a: deed = \"d\"; expires_after_months = 3"});
}

TEST_CASE("a unique group whose rules overlap, by a row that both match") {
    const auto book = [](const char* a, const char* b) {
        return head + group("unique") +
               rule("a", "points = 2\ngroup = 'g'\nevidence_min = 2\nwhen = { " + std::string(a) + " }") +
               rule("b", "points = 3\ngroup = 'g'\nwitness_min = 1\nwhen = { " + std::string(b) + " }");
    };
    CHECK(found({book("age = '>= 18'", "age = '< 60'")}) ==
          Lines{"unique_overlap a b: deed = \"d\"; age = 18; evidence = 2; witnesses = 1"});
    CHECK(found({book("age = '>= 18'", "age = '< 18'")}) == Lines{});
    CHECK(found({book("age = '>= 18', role = '\"x\"'", "age = '< 60', role = 'not(\"x\")'")}) ==
          Lines{});
    CHECK(found({book("age = '>= 18'", "role = '\"x\"'")}) ==
          Lines{"unique_overlap a b: deed = \"d\"; age = 18; role = \"x\"; evidence = 2; witnesses = 1"});
    CHECK(found({head + group("unique") + rule("a", "points = 2\ngroup = 'g'", "d") +
                 rule("b", "points = 2\ngroup = 'g'", "e")}) == Lines{});
}

TEST_CASE("rules that others of their group always beat") {
    const auto book = [](const char* policy, const std::string& a, const std::string& b) {
        return head + group(policy) + rule("a", "group = 'g'\n" + a) +
               rule("b", "group = 'g'\n" + b);
    };
    CHECK(found({book("first", "points = 2", "points = 9\nwhen = { age = '>= 18' }")}) ==
          Lines{"rule_shadowed b a: deed = \"d\"; age = 18; a = 2; b = 9"});
    CHECK(found({book("first", "points = 2\nwhen = { age = '>= 18' }", "points = 9")}) == Lines{});
    CHECK(found({book("first", "points = 2\nwhen = { age = '> 8' }",
                      "points = 9\nwhen = { age = '>= 18' }")}).size() == 1);
    CHECK(found({book("first", "points = 2\ncooldown_days = 3", "points = 9")}) == Lines{});
    CHECK(found({book("first", "points = 2\nevidence_min = 1", "points = 9")}) == Lines{});
    CHECK(found({book("first", "points = 2", "points = 9\nnearest_of = ['x']")}) == Lines{});
    CHECK(found({book("max", "points = 2", "points = 9")}).size() == 1);
    CHECK(found({book("max", "points = 2", "points = 9")})[0].starts_with("rule_shadowed a b"));
    CHECK(found({book("max", "points = 9", "points = 9")})[0].starts_with("rule_shadowed b a"));
    CHECK(found({book("max", "points = 9", "points = 2")})[0].starts_with("rule_shadowed b a"));
    // By the hour the second overtakes after four hours.
    CHECK(found({book("max", "points = 9", "points = 2\nper = 'hour'")}) == Lines{});
    CHECK(found({book("max", "points = 9", "points = 2\nper = 'hour'\nunits_max = 4")}).size() == 1);
    CHECK(found({book("sum", "points = 9", "points = 9")}) == Lines{});
}

TEST_CASE("idle words: nearest_of with a rule of its own, an empty group") {
    CHECK(found({head + rule("a", "points = 2\nnearest_of = ['e', 'f']") +
                 rule("b", "points = 2", "e")}) == Lines{"nearest_of_idle a: deed = \"e\""});
    CHECK(found({head + group("max")}) == Lines{"group_empty v: group = \"g\""});
}

TEST_CASE("boards that everyone or nobody is on") {
    CHECK(found({head + "opening = { points = 50 }\n[board]\nblack = { at_most = 60 }\n"}) ==
          Lines{"black_board_everyone v: date = 2026-01-01; balance = 50; at_most = 60"});
    CHECK(found({head + "opening = { points = 100 }\n[board]\nblack = { at_most = 60 }\n"}) == Lines{});
    CHECK(found({head + "opening = { points = 50 }\nfloor = 20\n[board]\nblack = { at_most = 10 }\n"}) ==
          Lines{"black_board_nobody v: floor = 20; at_most = 10"});
    CHECK(found({head + "opening = { points = 50 }\nfloor = 20\nbelow_floor = 'allow'\n[board]\n"
                        "black = { at_most = 10 }\n"}) == Lines{});
}

TEST_CASE("days that no rulebook covers") {
    const auto book = [](const char* id, const char* village, const char* dates) {
        return "[rulebook]\nid = '" + std::string(id) + "'\nvillages = ['" + village + "']\n" + dates;
    };
    CHECK(found({book("a", "x", "effective_from = 2025-01-01\neffective_to = 2026-01-01\n"),
                 book("b", "x", "effective_from = 2026-03-01\n")}) ==
          Lines{"gap b: village = \"x\"; from = 2026-01-01; to = 2026-02-28"});
    CHECK(found({book("a", "x", "effective_from = 2025-01-01\neffective_to = 2026-01-01\n"),
                 book("b", "x", "effective_from = 2026-01-01\n")}) == Lines{});
    CHECK(found({book("a", "x", "effective_from = 2025-01-01\neffective_to = 2026-01-01\n"),
                 book("b", "x", "effective_from = 2026-03-01\n"),
                 book("c", "*", "effective_from = 2020-01-01\n")}) == Lines{});
}

TEST_CASE("goods out of reach and a liability beyond the budget") {
    const std::vector<std::string> goods{"kettle", "steamer"};
    const std::vector<std::int64_t> points{100, 200}, stock{5, 5}, fen{5000, 12000};
    const std::vector<std::int32_t> from{date_of(2026, 1, 1).days, date_of(2026, 1, 1).days};
    GoodTable table;
    table.goods = TextColumn(goods);
    table.points.integers = points;
    table.stock.integers = stock;
    table.fen.integers = fen;
    table.effective_from.days = from;
    const std::vector<std::string> ids{"h1", "h2", "h3"}, villages{"x", "x", "y"};
    HouseholdTable households;
    households.household_ids = TextColumn(ids);
    households.villages = TextColumn(villages);

    const std::string capped = rule("a", "points = 2\ncaps = [{over='rule',scope='household',"
                                         "period='month',limit=10}]");
    // 50 + 12 times 10 = 170 a year at most.
    CHECK(found({head + "opening = { points = 50 }\n" + capped}, households, table) ==
          Lines{"good_out_of_reach steamer: good = \"steamer\"; shop = \"\"; date = 2026-01-01; "
                "price = 200; most = 170"});
    CHECK(found({head + "opening = { points = 80 }\n" + capped}, households, table) == Lines{});
    CHECK(found({head + rule("a", "points = 2")}, households, table) == Lines{});
    // At 60 fen a point, two households of x cost 2 × 170 × 0.6 = 204 yuan.
    CHECK(found({head + "opening = { points = 50 }\nbudget_yuan = 203\n" + capped}, households, table) ==
          Lines{"liability_beyond_budget v: village = \"x\"; households = 2; points = 170; "
                "good = \"steamer\"; yuan = 204",
                "good_out_of_reach steamer: good = \"steamer\"; shop = \"\"; date = 2026-01-01; "
                "price = 200; most = 170"});
    CHECK(found({head + "opening = { points = 50 }\nbudget_yuan = 204\n" + capped}, households, table)
              .size() == 1);
    CHECK(found({head + "budget_yuan = 204\n" + rule("a", "points = 2")}, households, table) ==
          Lines{"earning_unbounded a: deed = \"d\""});
    // Rules under one cap over all share it; a cap by person bounds no household.
    const std::string all = "caps = [{over='all',scope='household',period='year',limit=90}]";
    CHECK(found({head + rule("a", "points = 2\n" + all) + rule("b", "points = 3\n" + all)}, {}, table) ==
          Lines{"good_out_of_reach kettle: good = \"kettle\"; shop = \"\"; date = 2026-01-01; price "
                "= 100; most = 90",
                "good_out_of_reach steamer: good = \"steamer\"; shop = \"\"; date = 2026-01-01; price "
                "= 200; most = 90"});
    CHECK(found({head + rule("a", "points = 2\ncaps = [{over='rule',scope='person',period='year',"
                                  "limit=9}]")}, {}, table) == Lines{});
    // Counts bound points only where one entry is bounded.
    const std::string count = "caps = [{over='rule',scope='household',period='year',limit=3,"
                              "measure='count'}]";
    CHECK(found({head + rule("a", "points = 2\n" + count)}, {}, table).size() == 2);
    CHECK(found({head + rule("a", "points = 2\nper = 'hour'\n" + count)}, {}, table) == Lines{});
    CHECK(found({head + rule("a", "points = 2\nper = 'hour'\nunits_max = 40\n" + count)}, {}, table) ==
          Lines{});  // 240
}

TEST_CASE("faulty tables are faults, not findings") {
    const std::vector<std::string> goods{"kettle"};
    const std::vector<std::int64_t> points{-1}, stock{5};
    const std::vector<std::int32_t> from{date_of(2026, 1, 1).days};
    GoodTable table;
    table.goods = TextColumn(goods);
    table.points.integers = points;
    table.stock.integers = stock;
    table.effective_from.days = from;
    CHECK_THROWS_AS(lint(read({head}), {}, table), DataError);
}

TEST_CASE("overflow and thousands of rules") {
    const std::string huge = "points = 1000000000000\nper = 'hour'\ncaps = [{over='rule',"
                             "scope='household',period='day',limit=1000000000000000000}]";
    CHECK(found({head + "budget_yuan = 1\n" + rule("a", huge)}).size() == 1);
    std::string many = head + group("unique");
    for (int i = 0; i < 2000; ++i)
        many += rule("r" + std::to_string(i),
                     "points = 1\ngroup = 'g'\nwhen = { age = '" + std::to_string(i) + "' }");
    const Lines lines = found({many});
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("incomplete v: group = \"g\""));
}
