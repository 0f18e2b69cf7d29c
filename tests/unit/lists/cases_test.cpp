#include "gridgov/lists/cases.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "gridgov/error.hpp"

using namespace gridgov;
using namespace gridgov::lists;

namespace {

struct Log {
    std::vector<std::string> ids, actors, events, kinds;
    std::vector<Date> dates;
    /// "case date actor event", one a line.
    explicit Log(const std::string& text) {
        std::istringstream lines(text);
        for (std::string id, date, actor, event; lines >> id >> date >> actor >> event;) {
            ids.push_back(id);
            dates.push_back(parse_date(date).value_or(Date::none()));
            actors.push_back(actor == "-" ? "" : actor);
            events.push_back(event);
            kinds.push_back(id.substr(0, 1));
        }
    }
    CaseColumns columns() const {
        using Texts = std::span<const std::string>;
        return {Texts(ids), dates, Texts(actors), Texts(events), Texts(kinds)};
    }
};

Cases run(const Log& log, const std::string& as_of, const ActorLevels& levels = {}) {
    return cases(log.columns(), parse_date(as_of).value(), levels);
}

std::string codes(const Cases& found) {
    std::string out;
    for (const Finding& finding : found.findings) {
        out += (out.empty() ? "" : " ") + std::string(code_name(finding.code));
        CHECK(!message(finding, Language::zh).empty());
    }
    return out;
}

}  // namespace

TEST_CASE("cases: a dispute on its way up, agreed, confirmed in time or not") {
    const Log log("c1 2026-01-31 courtyard opened\n"
                  "c1 2026-02-03 village referred\n"
                  "c1 2026-02-05 village accepted\n"
                  "c1 2026-02-20 town referred\n"
                  "c1 2026-03-01 town agreed\n"
                  "c1 2026-03-02 town solved\n"
                  "c1 2026-03-09 town closed\n");
    const Cases found = run(log, "2026-03-31");
    REQUIRE(found.size() == 1);
    CHECK(codes(found).empty());
    CHECK(found.kinds[0] == "c");
    CHECK(found.hops[0] == 2);
    CHECK(found.circles[0] == 0);
    CHECK(found.days == std::vector<std::int32_t>{3, 0, 17, 10, 0, 0});
    CHECK(found.holder[0] == "town");
    CHECK(found.solved_at[0] == static_cast<std::uint8_t>(Level::town));
    CHECK(date_text(found.ended[0]) == "2026-03-02");
    CHECK(date_text(found.month_due[0]) == "2026-03-05");
    CHECK(found.month_state[0] == DeadlineState::met);
    CHECK(date_text(found.confirmation_due[0]) == "2026-03-31");
    CHECK(found.confirmation_state[0] == DeadlineState::pending);
    CHECK(run(log, "2026-04-01").confirmation_state[0] == DeadlineState::missed);
}

TEST_CASE("cases: circles, and what is still open") {
    const Log log("b 2026-01-01 ganquan opened\n"
                  "b 2026-01-03 manyue referred\n"
                  "b 2026-01-03 bureau referred\n"
                  "b 2026-01-09 ganquan returned\n"
                  "b 2026-01-10 manyue referred\n");
    const std::vector<std::string> ids{"ganquan", "manyue"}, levels{"village", "town"};
    using Texts = std::span<const std::string>;
    const Cases found = run(log, "2026-02-02", {Texts(ids), Texts(levels)});
    CHECK(found.hops[0] == 4);
    CHECK(found.returns[0] == 1);
    CHECK(found.circles[0] == 2);
    REQUIRE(codes(found) == "case_circle case_level_unknown");
    CHECK(found.findings[0].records ==
          std::vector<std::string>{"b", "ganquan", "manyue", "bureau", "ganquan"});
    CHECK(found.findings[1].records == std::vector<std::string>{"bureau"});
    CHECK(found.days == std::vector<std::int32_t>{0, 0, 2 + 1, 23, 0, 6});
    CHECK_FALSE(found.ended[0].exists());
    CHECK(found.month_state[0] == DeadlineState::missed);  // opened on 1 January, due on 1 February
    CHECK(run(log, "2026-02-01").month_state[0] == DeadlineState::pending);
    CHECK(found.confirmation_state[0] == DeadlineState::none);
    CHECK(found.solved_at[0] == 255);
}

TEST_CASE("cases: courses that are odd") {
    const Cases again = run(Log("a 2026-01-05 village solved\na 2026-01-06 village closed\n"
                                "a 2026-03-01 town opened\n"),
                            "2026-03-11");
    CHECK(codes(again) == "case_not_opened case_after_close");
    CHECK_FALSE(again.ended[0].exists());
    CHECK(again.solved_at[0] == 255);
    CHECK(date_text(again.opened[0]) == "2026-01-05");
    CHECK(date_text(again.month_due[0]) == "2026-04-01");
    CHECK(again.days == std::vector<std::int32_t>{0, 0, 0, 10, 0, 0});
    // Solved, and yet referred.
    CHECK(codes(run(Log("a 2026-01-05 village opened\na 2026-01-06 village solved\n"
                        "a 2026-01-07 town referred\n"), "2026-02-01")) == "case_after_close");
    CHECK(run(Log(""), "2026-01-01").size() == 0);
}

TEST_CASE("cases: faults, all of them") {
    const Log log("a 2026-01-01 - opened\na 2026-01-02 v lost\na 2026-13-01 v closed\n"
                  "a 2026-02-01 v closed\n");
    try {
        run(log, "2026-01-31");
        FAIL("accepted");
    } catch (const DataError& error) {
        std::vector<Code> found;
        for (const Finding& finding : error.findings()) found.push_back(finding.code);
        CHECK(found == std::vector<Code>{Code::case_actor_empty, Code::case_event_unknown,
                                         Code::case_date_invalid, Code::case_in_future});
    }
    Log uneven("a 2026-01-01 v opened\n");
    uneven.events.clear();
    CHECK_THROWS_AS(run(uneven, "2026-01-31"), DataError);
    CHECK_THROWS_AS(cases({}, Date::none()), UsageError);
}

TEST_CASE("cases: days at all levels are the days that a case was open; rows in any order") {
    std::mt19937 random(9);
    const std::vector<std::string> actors{"village", "town", "district", "grid", "who"};
    const std::vector<std::string> events{"referred", "accepted", "returned", "agreed"};
    for (int round = 0; round < 200; ++round) {
        std::string text;
        Date date = date_of(2026, 1, 1);
        text += "x " + date_text(date) + " village opened\n";
        for (auto rows = random() % 8; rows > 0; --rows) {
            date = date + static_cast<std::int32_t>(1 + random() % 9);
            text += "x " + date_text(date) + " " + actors[random() % 5] + " " + events[random() % 4] + "\n";
        }
        const bool open = random() % 2 == 0;
        date = date + 5;
        if (!open) text += "x " + date_text(date) + " village solved\n";
        Log log(text);
        const Cases found = run(log, date_text(date + 20));
        std::int32_t total = 0;
        for (const std::int32_t days : found.days) total += days;
        CHECK(total == (open ? date + 20 : date) - date_of(2026, 1, 1));
        CHECK(found.returns[0] <= found.hops[0]);
        CHECK(found.circles[0] <= found.hops[0]);
        std::reverse(log.ids.begin(), log.ids.end());
        std::reverse(log.dates.begin(), log.dates.end());
        std::reverse(log.actors.begin(), log.actors.end());
        std::reverse(log.events.begin(), log.events.end());
        const Cases turned = run(log, date_text(date + 20));
        CHECK(turned.days == found.days);
        CHECK(turned.hops == found.hops);
        CHECK(turned.circles == found.circles);
    }
}
