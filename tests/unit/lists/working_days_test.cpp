#include "gridgov/lists/working_days.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "gridgov/error.hpp"

using namespace gridgov;
using namespace gridgov::lists;

namespace {

WorkingDays make(const std::vector<std::pair<std::string, std::string>>& rows) {
    std::vector<Date> dates;
    std::vector<std::string> kinds;
    for (const auto& [date, kind] : rows) {
        dates.push_back(parse_date(date).value_or(Date::none()));
        kinds.push_back(kind);
    }
    return WorkingDays::make({dates, std::span<const std::string>(kinds)});
}

Date day(const char* text) { return parse_date(text).value(); }

}  // namespace

TEST_CASE("working days: Monday to Friday without a table") {
    const WorkingDays plain;
    CHECK(plain.is_working(day("2026-01-02")));        // a Friday
    CHECK_FALSE(plain.is_working(day("2026-01-03")));
    CHECK(plain.after(day("2026-01-02"), 1) == day("2026-01-05"));
    CHECK(plain.after(day("2026-01-03"), 1) == day("2026-01-05"));
    CHECK(plain.after(day("2026-01-03"), 0) == day("2026-01-03"));
    CHECK(plain.count(day("2026-01-01"), day("2026-02-01")) == 22);
    CHECK(plain.count(day("2026-02-01"), day("2026-01-01")) == -22);
}

TEST_CASE("working days: the National Day week of 2025 with its days made up for") {
    // General Office of the State Council, notice on holidays of 2025: 1 to 8 October off, 28
    // September and 11 October worked.
    std::vector<std::pair<std::string, std::string>> rows{{"2025-10-11", "work"},
                                                          {"2025-09-28", "work"}};
    for (int date = 1; date <= 8; ++date) rows.emplace_back("2025-10-0" + std::to_string(date), "off");
    rows.emplace_back("2025-10-03", "off");  // said twice alike
    const WorkingDays calendar = make(rows);
    CHECK(calendar.is_working(day("2025-09-28")));
    CHECK_FALSE(calendar.is_working(day("2025-10-08")));
    CHECK(calendar.after(day("2025-09-30"), 1) == day("2025-10-09"));
    CHECK(calendar.after(day("2025-09-30"), 3) == day("2025-10-11"));
    CHECK(calendar.after(day("2025-09-26"), 1) == day("2025-09-28"));
    CHECK(calendar.count(day("2025-10-01"), day("2025-11-01")) == 18);
}

TEST_CASE("working days: faults of the table, all of them") {
    try {
        make({{"2026-02-30", "off"}, {"2026-02-17", "off"}, {"2026-02-17", "work"},
              {"2026-02-18", "OFF"}});
        FAIL("accepted");
    } catch (const DataError& error) {
        REQUIRE(error.findings().size() == 3);
        CHECK(error.findings()[0].code == Code::holiday_date_invalid);
        CHECK(error.findings()[1].code == Code::holiday_contradicted);
        CHECK(error.findings()[1].row == 2);
        CHECK(error.findings()[2].code == Code::holiday_kind_unknown);
    }
    const std::vector<Date> dates{day("2026-01-01")};
    CHECK_THROWS_AS(WorkingDays::make({dates, {}}), DataError);
}

TEST_CASE("working days: the end of the calendar") {
    const WorkingDays plain;
    CHECK_FALSE(plain.after(date_max, 1).exists());
    CHECK_FALSE(plain.after(date_min, 4'000'000'000U).exists());
    CHECK(plain.after(date_max - 1, 1) == date_max);  // a Friday
    CHECK(plain.count(date_min, date_max + 1) == 2608615);
}

TEST_CASE("working days: as counted day by day") {
    std::mt19937 random(5);
    for (int round = 0; round < 50; ++round) {
        std::map<std::string, std::string> table;
        const Date first = day("2026-01-01");
        for (int i = 0; i < 60; ++i)
            table[date_text(first + static_cast<std::int32_t>(random() % 200))] =
                random() % 2 == 0 ? "off" : "work";
        const WorkingDays calendar = make({table.begin(), table.end()});
        const auto works = [&](Date date) {
            const auto found = table.find(date_text(date));
            return found != table.end() ? found->second == "work" : weekday(date) <= 5;
        };
        const Date from = first + static_cast<std::int32_t>(random() % 200);
        int count = 0;
        for (Date date = from; date < from + 120; date = date + 1) {
            REQUIRE(calendar.is_working(date) == works(date));
            REQUIRE(calendar.count(from, date) == count);
            count += works(date) ? 1 : 0;
            if (works(date) && date > from)
                REQUIRE(calendar.after(from, static_cast<std::uint32_t>(
                                                 count - (works(from) ? 1 : 0))) == date);
        }
    }
}
