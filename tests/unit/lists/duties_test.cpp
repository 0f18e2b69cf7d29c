#include "gridgov/lists/duties.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "catalogue_text.hpp"
#include "gridgov/error.hpp"
#include "gridgov/lists/recurrence.hpp"

using namespace gridgov;
using namespace gridgov::lists;
using namespace gridgov::lists::test;

namespace {

Date day(const std::string& text) { return parse_date(text).value(); }

const std::string town = R"(
[catalogue]
id = "manyue"
effective_from = 2026-01-01
[[actor]]
id = "manyue"
level = "town"
[[actor]]
id = "ganquan"
level = "village"
parent = "manyue"
[[actor]]
id = "shiban"
level = "village"
parent = "manyue"
[[actor]]
id = "ganquan-1"
level = "grid"
parent = "ganquan"
[[person]]
id = "li"
posts = ["ganquan.secretary", "shiban.secretary"]
[[person]]
id = "an"
posts = ["ganquan.secretary"]
)";

Catalogue catalogue(const std::string& items) {
    return read_texts({town + items});
}

struct Evidence {
    std::vector<Date> dates;
    std::vector<std::string> items, actors, waived;
    void add(const std::string& date, const std::string& item, const std::string& actor,
             const std::string& waiver = "") {
        dates.push_back(day(date));
        items.push_back(item);
        actors.push_back(actor);
        waived.push_back(waiver);
    }
    EvidenceColumns columns() const {
        using Texts = std::span<const std::string>;
        return {dates, Texts(items), Texts(actors), Texts(waived)};
    }
};

Duties run(const Catalogue& of, const Evidence& evidence, const std::string& as_of,
           const WorkingDays& working_days = {}, std::span<const Metric> metrics = {},
           bool with_windows = true) {
    return duties(of, evidence.columns(), working_days, {day(as_of), with_windows, metrics});
}

/// "opens due state done_on" of every window, one a line.
std::string text(const Catalogue& of, const Duties& duties) {
    std::string out;
    const DutyWindows& windows = duties.windows;
    for (std::size_t i = 0; i < windows.size(); ++i) {
        if (i > 0) out += "\n";
        out += of.items()[windows.item[i]].id + " " + of.actors()[windows.actor[i]].id + " " +
               date_text(windows.opens[i]) + " " + date_text(windows.due[i]) + " " +
               std::string(duty_state_name(windows.state[i]));
        if (windows.done_on[i].exists()) out += " " + date_text(windows.done_on[i]);
    }
    return out;
}

std::vector<std::string> opening_days(const Catalogue& of, const std::string& as_of) {
    std::vector<std::string> days;
    for (const Date date : run(of, {}, as_of).windows.opens) days.push_back(date_text(date));
    return days;
}

std::string item(const std::string& id, const std::string& recurrence, const std::string& more) {
    return "[[item]]\nid = \"" + id + "\"\nmatter = \"m/" + id + "\"\nlist = \"must\"\n" +
           "recurrence = \"" + recurrence + "\"\n" + more + "\n";
}

const std::string village = "actor = \"ganquan\"";

}  // namespace

TEST_CASE("duties: the states of a window") {
    const Catalogue of =
        catalogue(item("visit", "FREQ=MONTHLY;BYMONTHDAY=20", village + "\ndue_days = 10"));
    Evidence evidence;
    evidence.add("2026-01-20", "visit", "ganquan");         // on the opening day: met
    evidence.add("2026-01-25", "visit", "ganquan");         // the first row counts
    evidence.add("2026-03-19", "visit", "ganquan");         // after due, before the next: late
    evidence.add("2026-03-22", "visit", "ganquan");
    evidence.add("2026-04-01", "visit", "ganquan", "flood");  // waived whatever else there is
    evidence.add("2026-01-19", "visit", "ganquan");         // before any window
    evidence.add("2026-05-20", "visit", "shiban");          // who does not act
    const Duties found = run(of, evidence, "2026-06-30");
    CHECK(text(of, found) == "visit ganquan 2026-01-20 2026-01-30 met 2026-01-20\n"
                             "visit ganquan 2026-02-20 2026-03-02 late 2026-03-19\n"
                             "visit ganquan 2026-03-20 2026-03-30 waived\n"
                             "visit ganquan 2026-04-20 2026-04-30 missed\n"
                             "visit ganquan 2026-05-20 2026-05-30 missed\n"
                             "visit ganquan 2026-06-20 2026-06-30 pending");
    CHECK(found.unused_evidence == std::vector<std::uint32_t>{5, 6});
    CHECK(found.window_count == 6);
    const DutyRates& rates = found.rates;
    REQUIRE(rates.size() == 5);  // item, actor, village, two persons of the village
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(rates.by[i] == static_cast<RateBy>(std::min<std::size_t>(i, 3)));
        CHECK(rates.windows[i] == 6);
        CHECK(rates.met[i] == 1);
        CHECK(rates.late[i] == 1);
        CHECK(rates.missed[i] == 2);
        CHECK(rates.waived[i] == 1);
        CHECK(rates.pending[i] == 1);
        CHECK(rates.rate_numerator[i] == 1);
        CHECK(rates.rate_denominator[i] == 4);
    }
}

TEST_CASE("duties: when a window is due") {
    const auto windows = [](const std::string& recurrence, const std::string& more,
                            const WorkingDays& working_days = {}) {
        const Catalogue of = catalogue(item("i", recurrence, village + "\n" + more));
        const Duties found = run(of, {}, "2026-03-31", working_days);
        std::string out;
        for (std::size_t i = 0; i < found.windows.size(); ++i)
            out += date_text(found.windows.opens[i]).substr(5) + ">" +
                   (found.windows.due[i].exists() ? date_text(found.windows.due[i]).substr(5) : "") +
                   " ";
        return out;
    };
    CHECK(windows("FREQ=MONTHLY", "") == "01-01>01-31 02-01>02-28 03-01>03-31 ");
    CHECK(windows("FREQ=MONTHLY", "due_days = 400") == "01-01>01-31 02-01>02-28 03-01>03-31 ");
    CHECK(windows("FREQ=MONTHLY", "due_days = 0") == "01-01>01-01 02-01>02-01 03-01>03-01 ");
    // effective_to stands for the next occurrence, and no window opens from it on.
    CHECK(windows("FREQ=MONTHLY", "effective_to = 2026-02-15") == "01-01>01-31 02-01>02-14 ");
    CHECK(windows("FREQ=MONTHLY", "effective_to = 2026-02-01") == "01-01>01-31 ");
    CHECK(windows("FREQ=DAILY;COUNT=1", "") == "01-01> ");
    CHECK(windows("FREQ=DAILY;COUNT=1", "due_days = 9") == "01-01>01-10 ");
    CHECK(windows("FREQ=DAILY;COUNT=1", "effective_to = 2026-06-01") == "01-01>05-31 ");
    CHECK(windows("FREQ=DAILY;COUNT=1", "due_days = 36500") == "01-01>12-08 ");  // of 2125
    // Working days: the opening day does not count. 1 January 2026 is a Thursday.
    CHECK(windows("FREQ=DAILY;COUNT=1", "due_days = 3\nworkdays = true") == "01-01>01-06 ");
    const std::vector<Date> off{day("2026-01-02"), day("2026-01-05")};
    const std::vector<std::string> kinds{"off", "off"};
    CHECK(windows("FREQ=DAILY;COUNT=1", "due_days = 3\nworkdays = true",
                  WorkingDays::make({off, std::span<const std::string>(kinds)})) ==
          "01-01>01-08 ");
    CHECK(windows("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "").empty());
}

TEST_CASE("duties: a window that is never due stays pending") {
    const Catalogue of = catalogue(item("i", "FREQ=DAILY;COUNT=1", village));
    Evidence evidence;
    CHECK(text(of, run(of, evidence, "2030-01-01")) == "i ganquan 2026-01-01  pending");
    evidence.add("2026-02-01", "i", "ganquan");
    CHECK(text(of, run(of, evidence, "2030-01-01")) == "i ganquan 2026-01-01  pending");
    evidence.add("2027-02-01", "i", "ganquan", "yes");
    CHECK(text(of, run(of, evidence, "2030-01-01")) == "i ganquan 2026-01-01  waived");
}

TEST_CASE("duties: who acts, who is responsible") {
    const Catalogue of = catalogue(
        item("a", "FREQ=YEARLY", "actor = \"level:village\"\nlead = \"secretary\"") +
        item("e", "FREQ=YEARLY", "actor = \"shiban\"\nlead = \"manyue.mayor\"") +
        item("f", "FREQ=YEARLY", "actor = \"ganquan-1\"\nlead = \"ganquan\"") +
        item("b", "FREQ=YEARLY", "actor = \"level:grid\"\nvillages = [\"ganquan\"]") +
        item("c", "FREQ=YEARLY", "actor = \"level:grid\"\nvillages = [\"shiban\"]") +
        item("d", "FREQ=YEARLY", "actor = \"manyue\"\nvillages = [\"ganquan\"]"));
    const Duties found = run(of, {}, "2026-01-01");
    std::string out;
    for (std::size_t i = 0; i < found.windows.size(); ++i) {
        out += of.items()[found.windows.item[i]].id + ":" + of.actors()[found.windows.actor[i]].id;
        for (const std::uint32_t person : found.windows.person_sets[found.windows.persons[i]])
            out += "," + of.persons()[person].id;
        out += " ";
    }
    CHECK(out == "a:ganquan,an,li a:shiban,li b:ganquan-1 d:manyue e:shiban f:ganquan-1,an,li ");
    std::map<std::string, std::uint64_t> by_person;
    for (std::size_t i = 0; i < found.rates.size(); ++i)
        if (found.rates.by[i] == RateBy::person)
            by_person[of.persons()[found.rates.key[i]].id] = found.rates.windows[i];
    CHECK(by_person == std::map<std::string, std::uint64_t>{{"an", 2}, {"li", 3}});
}

TEST_CASE("duties: lists and items that have no windows") {
    const Catalogue of = catalogue(
        "[[item]]\nid = \"n\"\nmatter = \"m\"\nlist = \"negative\"\nactor = \"ganquan\"\n"
        "recurrence = \"FREQ=DAILY\"\n"
        "[[item]]\nid = \"once\"\nmatter = \"m\"\nlist = \"must\"\nactor = \"ganquan\"\n"
        "[[item]]\nid = \"c\"\nmatter = \"certificate/x\"\nlist = \"certify\"\nactor = \"ganquan\"\n"
        "recurrence = \"FREQ=YEARLY\"\nwhen = { age = \"> 60\" }\n");
    CHECK(text(of, run(of, {}, "2026-05-01")) == "c ganquan 2026-01-01 2026-12-31 pending");
}

TEST_CASE("duties: golden cases of the town") {
    // Training of every cadre at least once a year, exchange every month, disclosure on the 20th of
    // the quarter's first month, mediation present on fixed days.
    CHECK(opening_days(catalogue(item("training", "FREQ=YEARLY", village)), "2028-12-31") ==
          std::vector<std::string>{"2026-01-01", "2027-01-01", "2028-01-01"});
    CHECK(opening_days(catalogue(item("exchange", "FREQ=MONTHLY;BYMONTHDAY=-1", village)),
                       "2026-04-30") ==
          std::vector<std::string>{"2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"});
    CHECK(opening_days(
              catalogue(item("disclosure", "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=20", village)),
              "2027-03-31") == std::vector<std::string>{"2026-01-20", "2026-04-20", "2026-07-20",
                                                        "2026-10-20", "2027-01-20"});
    CHECK(opening_days(catalogue(item("disclosure", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=20",
                                      village)),
                       "2027-03-31") == std::vector<std::string>{"2026-01-20", "2026-04-20",
                                                                 "2026-07-20", "2026-10-20",
                                                                 "2027-01-20"});
    CHECK(opening_days(catalogue(item("mediation", "FREQ=WEEKLY;BYDAY=TU,FR", village)),
                       "2026-01-12") ==
          std::vector<std::string>{"2026-01-02", "2026-01-06", "2026-01-09"});
}

TEST_CASE("duties: a town's own rates") {
    const std::string metrics_text = R"(
[[metric]]
id = "in-time"
title = { zh = "及时率", en = "in time" }
matters = ["m"]
actors = ["level:village"]
[[metric]]
id = "done"
items = ["a"]
counts = ["met", "late"]
of = ["met", "late", "missed", "pending"]
)";
    const std::vector<Metric> metrics = read_metrics_toml({metrics_text, "metrics.toml"});
    const Catalogue of = catalogue(item("a", "FREQ=MONTHLY", village + "\ndue_days = 5") +
                                   item("b", "FREQ=MONTHLY", "actor = \"manyue\""));
    Evidence evidence;
    evidence.add("2026-01-01", "a", "ganquan");
    evidence.add("2026-02-20", "a", "ganquan");
    const Duties found = run(of, evidence, "2026-04-01", {}, metrics);
    const std::size_t at = found.rates.size() - 2;
    REQUIRE(found.rates.by[at] == RateBy::metric);
    CHECK(found.rates.windows[at] == 4);
    CHECK(found.rates.rate_numerator[at] == 1);
    CHECK(found.rates.rate_denominator[at] == 3);
    CHECK(found.rates.rate_numerator[at + 1] == 2);
    CHECK(found.rates.rate_denominator[at + 1] == 4);

    for (const char* bad :
         {"[[metric]]\ncounts = []", "[[metric]]\nid = \"x\"\ncounts = [\"done\"]",
          "[[metric]]\nid = \"x\"\n[[metric]]\nid = \"x\"", "[[metric]]\nid = \"x\"\nfoo = 1",
          "[[metrics]]\nid = \"x\"", "[[metric"})
        CHECK_THROWS_AS(read_metrics_toml({bad, "m.toml"}), DataError);
    const auto code = [&](const Metric& metric) {
        const std::vector<Metric> list{metric};
        try {
            run(of, {}, "2026-01-01", {}, list);
        } catch (const DataError& error) {
            return error.findings().front().code;
        }
        return Code{};
    };
    CHECK(code({"x", {}, {"zzz"}, {}, {}}) == Code::metric_unknown_item);
    CHECK(code({"x", {}, {}, {}, {"zzz"}}) == Code::metric_unknown_actor);
    CHECK(code({"x", {}, {}, {}, {}, {}, {DutyState::met}}) == Code::metric_counts_nothing);
    CHECK(code({"x", {}, {}, {}, {}, {DutyState::waived}}) == Code::metric_counts_nothing);
}

TEST_CASE("duties: faults, all of them") {
    const Catalogue of = catalogue(item("i", "FREQ=MONTHLY", village));
    Evidence evidence;
    evidence.add("2026-01-05", "i", "ganquan");
    evidence.add("2026-03-05", "i", "ganquan");
    evidence.add("2026-01-05", "j", "ganquan");
    evidence.add("2026-01-05", "i", "ganquan");
    evidence.dates.back() = Date::none();
    try {
        run(of, evidence, "2026-02-01");
        FAIL("accepted");
    } catch (const DataError& error) {
        std::vector<Code> codes;
        for (const Finding& finding : error.findings()) codes.push_back(finding.code);
        CHECK(codes == std::vector<Code>{Code::evidence_in_future, Code::evidence_unknown_item,
                                         Code::evidence_date_invalid});
        CHECK(error.findings()[0].row == 1);
    }
    Evidence stranger;
    stranger.add("2026-01-05", "i", "nobody");
    stranger.add("2026-01-06", "i", "ganquan");
    stranger.add("2026-01-05", "i", "nobody");
    const Duties strange = run(of, stranger, "2026-01-20");
    CHECK(strange.unused_evidence == std::vector<std::uint32_t>{0, 2});
    REQUIRE(strange.findings.size() == 1);
    CHECK(strange.findings[0].code == Code::evidence_unknown_actor);
    CHECK(strange.findings[0].fields[0].second == "2");
    evidence.items.pop_back();
    CHECK_THROWS_AS(run(of, evidence, "2026-02-01"), DataError);
    CHECK_THROWS_AS(duties(of, {}, {}, {Date::none(), true, {}}), UsageError);
    // A hundred years of days are counted, and refused only where every window is wanted.
    std::string many;
    for (int i = 0; i < 12; ++i) many += item("i" + std::to_string(i), "FREQ=DAILY", village);
    CHECK(run(catalogue(many), {}, "2126-01-01", {}, {}, false).window_count == 12 * 36525);
    CHECK(run(catalogue(many), {}, "9999-12-31", {}, {}, false).window_count == 12 * 2912443);
}

TEST_CASE("duties: as a loop over windows and rows finds them") {
    std::mt19937 random(11);
    const auto below = [&](unsigned count) { return static_cast<unsigned>(random() % count); };
    const std::vector<std::string> rules{"FREQ=MONTHLY", "FREQ=WEEKLY;BYDAY=MO,TH",
                                         "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=DAILY;INTERVAL=9",
                                         "FREQ=YEARLY;COUNT=2", "FREQ=DAILY;COUNT=1"};
    for (int round = 0; round < 60; ++round) {
        std::string items;
        for (int i = 0; i < 4; ++i) {
            std::string more = below(3) == 0   ? "actor = \"level:grid\""
                               : below(2) == 0 ? "actor = \"level:village\"\nlead = \"secretary\""
                                               : village;
            if (below(2) == 0) more += "\ndue_days = " + std::to_string(below(40));
            if (below(2) == 0) more += "\nworkdays = true";
            if (below(3) == 0) more += "\neffective_to = 2026-0" + std::to_string(2 + below(8)) + "-11";
            items += item("i" + std::to_string(i), rules[below(6)], more);
        }
        const Catalogue of = catalogue(items);
        const Date as_of = day("2026-03-01") + static_cast<std::int32_t>(below(300));
        Evidence evidence;
        const std::vector<std::string> actors{"manyue", "ganquan", "shiban", "ganquan-1"};
        for (unsigned rows = below(150); rows > 0; --rows)
            evidence.add(date_text(day("2025-12-20") + static_cast<std::int32_t>(
                                                           below(static_cast<unsigned>(
                                                               as_of - day("2025-12-20") + 1)))),
                         "i" + std::to_string(below(4)), actors[below(4)], below(9) == 0 ? "x" : "");
        const Duties found = run(of, evidence, date_text(as_of));

        std::string expected;
        for (std::uint32_t i = 0; i < of.items().size(); ++i) {
            const Item& at = of.items()[i];
            const Recurrence rule = std::get<Recurrence>(Recurrence::parse(at.recurrence));
            for (std::uint32_t actor = 0; actor < of.actors().size(); ++actor) {
                if (!of.acts(ItemIndex(i), ActorIndex(actor))) continue;
                for (Date opens = day("2026-01-01"); opens <= as_of; opens = opens + 1) {
                    if (at.effective_to.exists() && opens >= at.effective_to) break;
                    if (rule.next(day("2026-01-01"), opens - 1) != opens) continue;
                    const Date end = std::min(rule.next(day("2026-01-01"), opens), at.effective_to);
                    Date due = end.exists() ? end - 1 : Date::none();
                    if (at.due_days) {
                        Date by = opens;
                        for (unsigned left = *at.due_days; left > 0;) {
                            by = by + 1;
                            if (!at.workdays || weekday(by) <= 5) --left;
                        }
                        due = std::min(due, by);
                    }
                    std::string state = as_of <= due ? "pending" : "missed";
                    Date done;
                    bool waived = false;
                    for (std::size_t row = 0; row < evidence.dates.size(); ++row) {
                        const Date date = evidence.dates[row];
                        if (evidence.items[row] != at.id || evidence.actors[row] != of.actors()[actor].id ||
                            date < opens || date >= end)
                            continue;
                        done = std::min(done, date);
                        waived = waived || !evidence.waived[row].empty();
                    }
                    if (!due.exists()) done = Date::none();  // never due: it stays pending
                    if (done.exists()) state = done <= due ? "met" : "late";
                    if (waived) {
                        state = "waived";
                        done = Date::none();
                    }
                    expected += (expected.empty() ? "" : "\n") + at.id + " " +
                                of.actors()[actor].id + " " + date_text(opens) + " " +
                                date_text(due) + " " + state +
                                (done.exists() ? " " + date_text(done) : "");
                }
            }
        }
        REQUIRE(text(of, found) == expected);
        // Rates alone are the same rates, and windows add up in them.
        const Duties alone = run(of, evidence, date_text(as_of), {}, {}, false);
        CHECK(alone.windows.size() == 0);
        CHECK(alone.rates.key == found.rates.key);
        CHECK(alone.rates.met == found.rates.met);
        CHECK(alone.rates.missed == found.rates.missed);
        CHECK(alone.rates.pending == found.rates.pending);
        CHECK(alone.unused_evidence == found.unused_evidence);
        std::uint64_t by_item = 0, by_actor = 0;
        for (std::size_t i = 0; i < alone.rates.size(); ++i) {
            CHECK(alone.rates.windows[i] == alone.rates.met[i] + alone.rates.late[i] +
                                                alone.rates.missed[i] + alone.rates.waived[i] +
                                                alone.rates.pending[i]);
            if (alone.rates.by[i] == RateBy::item) by_item += alone.rates.windows[i];
            if (alone.rates.by[i] == RateBy::actor) by_actor += alone.rates.windows[i];
        }
        CHECK(by_item == found.windows.size());
        CHECK(by_actor == found.windows.size());
        CHECK(alone.window_count == found.windows.size());
    }
}
