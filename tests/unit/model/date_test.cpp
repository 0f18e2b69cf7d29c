#include "gridgov/model/date.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "gridgov/model/title.hpp"

using namespace gridgov;

namespace {

Date day(const char* text) {
    const auto date = parse_date(text);
    REQUIRE_MESSAGE(date.has_value(), text);
    return *date;
}

/// Days in a month, by the rule of the Gregorian calendar.
std::uint32_t length_of(std::int32_t year, std::uint32_t month) {
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace

TEST_CASE("all days of the calendar, counted one by one") {
    Date date = date_min;
    std::uint32_t weekday_number = 1;  // 0001-01-01 was a Monday
    for (std::int32_t year = 1; year <= 9999; ++year)
        for (std::uint32_t month = 1; month <= 12; ++month) {
            const std::uint32_t length = length_of(year, month);
            for (std::uint32_t of_month = 1; of_month <= length; ++of_month) {
                if (date_of(year, month, of_month) != date) FAIL(year, '-', month, '-', of_month);
                if (weekday(date) != weekday_number) FAIL(year, '-', month, '-', of_month);
                date = date + 1;
                weekday_number = weekday_number % 7 + 1;
            }
            if (date_of(year, month, length + 1).exists()) FAIL(year, '-', month);
        }
    CHECK(date == date_max + 1);
}

TEST_CASE("texts and parts round trip") {
    for (std::int32_t days = date_min.days; days <= date_max.days; days += 97) {
        const Date date{days};
        const CivilDate parts = civil_date(date);
        REQUIRE(date_of(parts.year, parts.month, parts.day) == date);
        REQUIRE(parse_date(date_text(date)) == date);
        REQUIRE(month_end(date) == date_of(parts.year, parts.month,
                                           length_of(parts.year, parts.month)));
        REQUIRE(weekday(week_start(date)) == 1);
        REQUIRE(date - week_start(date) < 7);
        REQUIRE(date - week_start(date) >= 0);
    }
    CHECK(date_text(date_min) == "0001-01-01");
    CHECK(date_text(date_max) == "9999-12-31");
    CHECK(date_text(Date::none()).empty());
    CHECK(day("1970-01-01").days == 0);
    CHECK(day("2026-01-01").days == 20454);
}

TEST_CASE("strictly YYYY-MM-DD of a day that exists") {
    for (const char* const text :
         {"", "2026", "2026-1-5", "2026-01-5", "26-01-05", "2026/01/05", "20260105", "0000-00-00",
          "0000-01-01", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32", "2026-02-29",
          "1900-02-29", "2026-04-31", " 2026-01-05", "2026-01-05 ", "2026-01-05T00:00", "-026-01-05",
          "+026-01-05", "2026-0a-05", "２０２６-01-05", "10000-01-01"})
        CHECK_MESSAGE(!parse_date(text), text);
    CHECK(parse_date("2024-02-29"));
    CHECK(parse_date("2000-02-29"));
}

TEST_CASE("months are added by the contract's rule") {
    CHECK(add_months(day("2026-01-31"), 1) == day("2026-02-28"));
    CHECK(add_months(day("2026-02-28"), 1) == day("2026-03-28"));
    CHECK(add_months(day("2024-01-31"), 1) == day("2024-02-29"));
    CHECK(add_months(day("2024-02-29"), 12) == day("2025-02-28"));
    CHECK(add_months(day("2026-12-31"), 2) == day("2027-02-28"));
    CHECK(add_months(day("2026-03-31"), -1) == day("2026-02-28"));
    CHECK(add_months(day("2026-01-15"), -13) == day("2024-12-15"));
    CHECK(add_months(day("2026-05-17"), 0) == day("2026-05-17"));
    CHECK(add_months(day("9999-12-01"), 1) == Date::none());
    CHECK(add_months(day("0001-01-31"), -1) == Date::none());
    CHECK(add_months(day("2026-01-01"), std::numeric_limits<std::int32_t>::max()) == Date::none());
    CHECK(add_months(day("2026-01-01"), std::numeric_limits<std::int32_t>::min()) == Date::none());
    for (std::int32_t days = day("2023-12-01").days; days < day("2025-02-01").days; ++days)
        for (std::int32_t months = -30; months <= 30; ++months) {
            const CivilDate from = civil_date(Date{days});
            const CivilDate to = civil_date(add_months(Date{days}, months));
            const std::int32_t count = from.year * 12 + static_cast<std::int32_t>(from.month) + months;
            REQUIRE(to.year * 12 + static_cast<std::int32_t>(to.month) == count);
            REQUIRE(to.day == std::min(from.day, length_of(to.year, to.month)));
        }
}

TEST_CASE("days that no calendar has stay out") {
    for (const std::int32_t days : {std::numeric_limits<std::int32_t>::min(), date_min.days - 1,
                                    date_max.days + 1, std::numeric_limits<std::int32_t>::max()}) {
        CHECK(date_text(Date{days}).empty());
        CHECK(add_months(Date{days}, 1) == Date::none());
        CHECK(month_end(Date{days}) == Date::none());
    }
    CHECK(Date::none() + 5 == Date::none());
    CHECK(date_max < Date::none());
}

TEST_CASE("ISO weeks start on Monday, across years too") {
    CHECK(week_start(day("2026-01-01")) == day("2025-12-29"));
    CHECK(week_start(day("2024-12-31")) == day("2024-12-30"));
    CHECK(week_start(day("2026-03-02")) == day("2026-03-02"));
    CHECK(week_start(day("2026-03-08")) == day("2026-03-02"));
}

TEST_CASE("a title falls back to its other language") {
    CHECK(Title{"志愿服务", "volunteering"}.in(Language::zh) == "志愿服务");
    CHECK(Title{"志愿服务", ""}.in(Language::en) == "志愿服务");
    CHECK(Title{"", "volunteering"}.in(Language::zh) == "volunteering");
    CHECK(Title{}.in(Language::en).empty());
}
