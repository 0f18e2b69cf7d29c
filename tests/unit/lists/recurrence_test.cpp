#include "gridgov/lists/recurrence.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace gridgov;
using namespace gridgov::lists;

namespace {

Recurrence rule(const std::string& text) {
    auto parsed = Recurrence::parse(text);
    if (const auto* finding = std::get_if<Finding>(&parsed))
        FAIL(text << ": " << message(*finding, Language::en));
    return std::get<Recurrence>(parsed);
}

Date day(std::string_view text) {
    const auto date = parse_date(text);
    REQUIRE(date.has_value());
    return *date;
}

/// The first so many occurrences (or all until `to`) as text.
std::string dates(const std::string& text, const std::string& dtstart, std::size_t most,
                  const std::string& to = "9999-12-31") {
    const Recurrence recurrence = rule(text);
    std::string out;
    Date at = recurrence.next(day(dtstart), date_min - 1);
    for (std::size_t i = 0; i < most && at.exists() && at <= day(to); ++i) {
        out += (out.empty() ? "" : " ") + date_text(at);
        at = recurrence.next(day(dtstart), at);
    }
    return out;
}

Code fault_of(const std::string& text) {
    const auto parsed = Recurrence::parse(text);
    if (!std::holds_alternative<Finding>(parsed)) return Code{};
    return std::get<Finding>(parsed).code;
}

// --- the same, by counting days one by one ------------------------------------------------------

struct Plain {
    int frequency = 0;  // 0 day, 1 week, 2 month, 3 year
    int interval = 1, count = 0, week_start = 1;
    std::vector<int> months, weeks, year_days, month_days, positions;
    std::vector<std::pair<int, int>> weekdays;  // number, weekday
    std::string text;
};

Date period_start(const Plain& plain, Date date) {
    const CivilDate parts = civil_date(date);
    if (plain.frequency == 0) return date;
    if (plain.frequency == 2) return date_of(parts.year, parts.month, 1);
    if (plain.frequency == 3) return date_of(parts.year, 1, 1);
    while (static_cast<int>(weekday(date)) != plain.week_start) date = date - 1;
    return date;
}

Date next_period(const Plain& plain, Date start) {
    const Date in_next = start + (plain.frequency == 0 ? 1 : plain.frequency == 1 ? 7
                                  : plain.frequency == 2 ? 31 : 366);
    return period_start(plain, in_next);
}

bool has(const std::vector<int>& values, int value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

/// Which one `date` is among the days from `begin` to before `end` with its weekday, from the front
/// and from the back.
std::pair<int, int> which(Date begin, Date end, Date date) {
    int front = 0, back = 0;
    for (Date at = begin; at < end; at = at + 1)
        if (weekday(at) == weekday(date)) {
            if (at <= date) ++front;
            if (at >= date) --back;
        }
    return {front, back};
}

int week_of(const Plain& plain, Date date, int& weeks_of_year) {
    Plain week = plain, year = plain;
    week.frequency = 1;
    year.frequency = 3;
    const Date fourth = period_start(week, date) + 3;
    const Date begin = period_start(year, fourth), end = next_period(year, begin);
    const auto place = which(begin, end, fourth);
    weeks_of_year = place.first - place.second - 1;
    return place.first;
}

bool matches(const Plain& plain, Date date) {
    const CivilDate parts = civil_date(date);
    const Date month_begin = date_of(parts.year, parts.month, 1);
    const Date month_last = month_end(date);
    const Date year_begin = date_of(parts.year, 1, 1), year_last = date_of(parts.year, 12, 31);
    if (!plain.months.empty() && !has(plain.months, static_cast<int>(parts.month))) return false;
    if (!plain.month_days.empty() && !has(plain.month_days, date - month_begin + 1) &&
        !has(plain.month_days, date - month_last - 1))
        return false;
    if (!plain.year_days.empty() && !has(plain.year_days, date - year_begin + 1) &&
        !has(plain.year_days, date - year_last - 1))
        return false;
    if (!plain.weeks.empty()) {
        int weeks = 0;
        const int week = week_of(plain, date, weeks);
        if (!has(plain.weeks, week) && !has(plain.weeks, week - weeks - 1)) return false;
    }
    if (plain.weekdays.empty()) return true;
    const bool by_year = plain.frequency == 3 && plain.months.empty();
    const auto place = by_year ? which(year_begin, year_last + 1, date)
                               : which(month_begin, month_last + 1, date);
    for (const auto& [number, weekday_wanted] : plain.weekdays)
        if (weekday_wanted == static_cast<int>(weekday(date)) &&
            (number == 0 || number == place.first || number == place.second))
            return true;
    return false;
}

std::vector<Date> naive(Plain plain, Date dtstart, Date to) {
    const CivilDate start = civil_date(dtstart);
    if (plain.weekdays.empty() && plain.month_days.empty() && plain.year_days.empty() &&
        plain.frequency != 0) {
        if (plain.frequency == 1 || !plain.weeks.empty())
            plain.weekdays = {{0, static_cast<int>(weekday(dtstart))}};
        else
            plain.month_days = {static_cast<int>(start.day)};
        if (plain.frequency == 3 && plain.months.empty() && plain.weeks.empty())
            plain.months = {static_cast<int>(start.month)};
    }
    std::vector<Date> found;
    int number = 0;
    for (Date period = period_start(plain, dtstart); period <= to; ++number) {
        const Date end = next_period(plain, period);
        if (number % plain.interval == 0) {
            std::vector<Date> days;
            for (Date at = period; at < end; at = at + 1)
                if (matches(plain, at)) days.push_back(at);
            const int size = static_cast<int>(days.size());
            for (int i = 0; i < size; ++i) {
                if (!plain.positions.empty() && !has(plain.positions, i + 1) &&
                    !has(plain.positions, i - size))
                    continue;
                const Date at = days[static_cast<std::size_t>(i)];
                if (at < dtstart || at > to) continue;
                found.push_back(at);
                if (plain.count > 0 && static_cast<int>(found.size()) == plain.count) return found;
            }
        }
        period = end;
    }
    return found;
}

class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}
    int below(int count) { return static_cast<int>(engine_() % static_cast<unsigned>(count)); }
    bool one_in(int count) { return below(count) == 0; }

private:
    std::mt19937 engine_;
};

Plain random_rule(Dice& dice) {
    static const char* const names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    static const char* const frequencies[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    Plain plain;
    plain.frequency = dice.below(4);
    std::vector<std::string> parts{std::string("FREQ=") + frequencies[plain.frequency]};
    const auto listed = [&](const char* part, int most, bool back, int entries,
                            std::vector<int>& out) {
        std::string text;
        for (int i = 1 + dice.below(entries); i > 0; --i) {
            const int value = (1 + dice.below(most)) * (back && dice.one_in(3) ? -1 : 1);
            out.push_back(value);
            text += (text.empty() ? "" : ",") + std::to_string(value);
        }
        parts.push_back(std::string(part) + "=" + text);
    };
    if (dice.one_in(2)) {
        plain.interval = 1 + dice.below(5);
        parts.push_back("INTERVAL=" + std::to_string(plain.interval));
    }
    if (dice.one_in(3)) {
        plain.week_start = 1 + dice.below(7);
        parts.push_back(std::string("WKST=") + names[plain.week_start - 1]);
    }
    const bool yearly = plain.frequency == 3;
    if (dice.one_in(3)) listed("BYMONTH", 12, false, 3, plain.months);
    if (yearly && dice.one_in(3)) listed("BYWEEKNO", dice.one_in(2) ? 53 : 2, true, 3, plain.weeks);
    if (yearly && dice.one_in(4)) listed("BYYEARDAY", 366, true, 6, plain.year_days);
    if (plain.frequency != 1 && dice.one_in(3)) listed("BYMONTHDAY", 31, true, 6, plain.month_days);
    if (dice.one_in(2)) {
        std::string text;
        for (int i = 1 + dice.below(3); i > 0; --i) {
            int number = 0;
            if (plain.frequency >= 2 && plain.weeks.empty() && dice.one_in(2))
                number = (1 + dice.below(dice.one_in(4) ? 53 : 5)) * (dice.one_in(3) ? -1 : 1);
            const int weekday_wanted = 1 + dice.below(7);
            plain.weekdays.emplace_back(number, weekday_wanted);
            text += (text.empty() ? "" : ",") + (number == 0 ? "" : std::to_string(number)) +
                    names[weekday_wanted - 1];
        }
        parts.push_back("BYDAY=" + text);
    }
    if (parts.size() > 1 && parts.back().substr(0, 2) == "BY" && dice.one_in(3))
        listed("BYSETPOS", dice.one_in(3) ? 40 : 4, true, 2, plain.positions);
    if (dice.one_in(4)) {
        plain.count = 1 + dice.below(30);
        parts.push_back("COUNT=" + std::to_string(plain.count));
    }
    for (std::size_t i = parts.size(); i > 1; --i)
        std::swap(parts[i - 1], parts[static_cast<std::size_t>(dice.below(static_cast<int>(i)))]);
    for (const std::string& part : parts) plain.text += (plain.text.empty() ? "" : ";") + part;
    return plain;
}

}  // namespace

TEST_CASE("recurrence: the examples of RFC 5545, their days") {
    const auto rfc = [](const char* text, const char* expected, std::size_t most,
                        const char* dtstart = "1997-09-02") {
        CAPTURE(text);
        CHECK(dates(text, dtstart, most) == expected);
    };
    rfc("FREQ=DAILY;COUNT=10",
        "1997-09-02 1997-09-03 1997-09-04 1997-09-05 1997-09-06 1997-09-07 1997-09-08 1997-09-09 "
        "1997-09-10 1997-09-11", 99);
    rfc("FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12",
        99);
    CHECK(rule("FREQ=DAILY;UNTIL=19971224T000000Z")
              .occurrences(day("1997-09-02"), date_min, date_max).size() == 114);
    CHECK(rule("FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA")
              .occurrences(day("1998-01-01"), date_min, date_max) ==
          rule("FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1")
              .occurrences(day("1998-01-01"), date_min, date_max));
    rfc("FREQ=WEEKLY;COUNT=3", "1997-09-02 1997-09-09 1997-09-16", 99);
    rfc("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02 1997-09-16 1997-09-30", 3);
    rfc("FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
        "1997-09-02 1997-09-04 1997-09-09 1997-09-11 1997-09-16 1997-09-18 1997-09-23 1997-09-25 "
        "1997-09-30 1997-10-02", 99);
    rfc("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        "1997-09-02 1997-09-04 1997-09-16 1997-09-18 1997-09-30 1997-10-02 1997-10-14 1997-10-16",
        99);
    rfc("FREQ=MONTHLY;COUNT=4;BYDAY=1FR", "1997-09-05 1997-10-03 1997-11-07 1997-12-05", 99,
        "1997-09-05");
    rfc("FREQ=MONTHLY;INTERVAL=2;COUNT=6;BYDAY=1SU,-1SU",
        "1997-09-07 1997-09-28 1997-11-02 1997-11-30 1998-01-04 1998-01-25", 99, "1997-09-07");
    rfc("FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "1997-09-22 1997-10-20 1997-11-17", 99, "1997-09-22");
    rfc("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28 1997-10-29 1997-11-28 1997-12-29 1998-01-29 "
        "1998-02-26", 6, "1997-09-28");
    rfc("FREQ=MONTHLY;COUNT=5;BYMONTHDAY=1,-1",
        "1997-09-30 1997-10-01 1997-10-31 1997-11-01 1997-11-30", 99, "1997-09-30");
    rfc("FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09-10 1997-09-11 1997-09-12 1997-09-13 1997-09-14 1997-09-15 1999-03-10 1999-03-11 "
        "1999-03-12 1999-03-13", 99, "1997-09-10");
    rfc("FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "1997-06-10 1997-07-10 1998-06-10 1998-07-10", 99,
        "1997-06-10");
    rfc("FREQ=YEARLY;INTERVAL=2;COUNT=4;BYMONTH=1,2,3", "1997-03-10 1999-01-10 1999-02-10 "
        "1999-03-10", 99, "1997-03-10");
    rfc("FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "1997-01-01 1997-04-10 1997-07-19 2000-01-01 2000-04-09 2000-07-18 2003-01-01 2003-04-10 "
        "2003-07-19 2006-01-01", 99, "1997-01-01");
    rfc("FREQ=YEARLY;BYDAY=20MO", "1997-05-19 1998-05-18 1999-05-17", 3, "1997-05-19");
    rfc("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12 1998-05-11 1999-05-17", 3, "1997-05-12");
    rfc("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03-13 1997-03-20 1997-03-27 1998-03-05", 4,
        "1997-03-13");
    rfc("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13", 5);
    rfc("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "1997-09-13 1997-10-11 1997-11-08 1997-12-13", 4, "1997-09-13");
    rfc("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996-11-05 2000-11-07 2004-11-02", 3, "1996-11-05");
    rfc("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04 1997-10-07 1997-11-06", 99,
        "1997-09-04");
    rfc("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1997-09-29 1997-10-30 1997-11-27 1997-12-30 1998-01-29", 5, "1997-09-29");
    rfc("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        "1997-08-05 1997-08-10 1997-08-19 1997-08-24", 99, "1997-08-05");
    rfc("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        "1997-08-05 1997-08-17 1997-08-19 1997-08-31", 99, "1997-08-05");
    rfc("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
        "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30", 99, "2007-01-15");
}

TEST_CASE("recurrence: month ends, leap days, week years") {
    CHECK(dates("FREQ=MONTHLY", "2026-01-31", 4) == "2026-01-31 2026-03-31 2026-05-31 2026-07-31");
    CHECK(dates("FREQ=YEARLY", "2096-02-29", 2) == "2096-02-29 2104-02-29");
    CHECK(dates("FREQ=DAILY;BYMONTHDAY=-1", "2024-01-15", 3) == "2024-01-31 2024-02-29 2024-03-31");
    CHECK(dates("FREQ=YEARLY;BYYEARDAY=60", "2023-01-01", 2) == "2023-03-01 2024-02-29");
    CHECK(dates("FREQ=YEARLY;BYYEARDAY=-306", "2023-01-01", 2) == "2023-03-01 2024-03-01");
    CHECK(dates("FREQ=YEARLY;BYYEARDAY=-366", "2021-01-01", 2) == "2024-01-01 2028-01-01");
    CHECK(dates("FREQ=YEARLY;BYYEARDAY=366", "2021-01-01", 1) == "2024-12-31");
    CHECK(dates("FREQ=YEARLY;BYMONTHDAY=31", "2024-01-31", 3) == "2024-01-31 2024-03-31 2024-05-31");
    // The Monday of week 1 of 2026 lies in 2025; 2026 has a week 53.
    CHECK(dates("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2025-01-01", 2) == "2025-12-29 2027-01-04");
    CHECK(dates("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,SU", "2021-06-01", 2) == "2026-12-28 2027-01-03");
    CHECK(dates("FREQ=YEARLY;BYWEEKNO=-52;BYDAY=MO", "2001-08-01", 1) == "2001-12-31");
    // The weekday that the rule leaves open is DTSTART's.
    CHECK(dates("FREQ=YEARLY;BYWEEKNO=20", "2024-01-31", 2) == "2024-05-15 2025-05-14");
    // BYSETPOS within the whole week and month, days before DTSTART included.
    CHECK(dates("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2", "2026-01-01", 2) == "2026-01-07 2026-01-14");
    CHECK(dates("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "2026-01-06", 1) == "2026-02-02");
    // DTSTART is an occurrence only if it matches, and COUNT counts matching days only.
    CHECK(dates("FREQ=MONTHLY;BYMONTHDAY=20;COUNT=2", "2026-01-01", 9) == "2026-01-20 2026-02-20");
}

TEST_CASE("recurrence: the edges of the calendar") {
    CHECK(dates("FREQ=DAILY", "9999-12-30", 9) == "9999-12-30 9999-12-31");
    CHECK(dates("FREQ=WEEKLY;BYDAY=FR,SA,SU", "9999-12-30", 9) == "9999-12-31");
    CHECK(dates("FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO;BYSETPOS=1", "0001-01-01", 1) == "0001-01-01");
    CHECK(dates("FREQ=YEARLY;BYWEEKNO=1", "0001-01-01", 2) == "0001-01-01 0001-12-31");
    const Recurrence daily = rule("FREQ=DAILY");
    CHECK(daily.occurrences(date_min, date_min, date_max).size() == 3652059);
    CHECK(daily.occurrences(date_min, Date{-2'000'000'000}, date_min) == std::vector{date_min});
    CHECK(daily.occurrences(date_max, date_min, Date::none()) == std::vector{date_max});
    CHECK(daily.occurrences(Date::none(), date_min, date_max).empty());
    CHECK(daily.occurrences(date_min, date_max, date_min).empty());
    CHECK_FALSE(daily.next(date_min, date_max).exists());
    CHECK_FALSE(daily.next(date_min, Date::none()).exists());
    CHECK(daily.next(date_min, Date{-2'000'000'000}) == date_min);
    CHECK(dates("FREQ=DAILY;INTERVAL=1000000000", "2026-01-01", 9) == "2026-01-01");
    CHECK(dates("FREQ=WEEKLY;INTERVAL=1000000000", "2026-01-01", 9) == "2026-01-01");
    CHECK(dates("FREQ=MONTHLY;INTERVAL=1000000000", "2026-01-01", 9) == "2026-01-01");
    CHECK(dates("FREQ=YEARLY;INTERVAL=1000000000;COUNT=1000000000", "2026-01-01", 9) ==
          "2026-01-01");
}

TEST_CASE("recurrence: what never occurs is known at once") {
    const Date start = day("2026-01-01");
    for (const char* text :
         {"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
          "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=24", "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=2",
          "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2", "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
          "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=DAILY;UNTIL=20251231",
          "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "FREQ=DAILY;BYMONTH=3;BYSETPOS=2",
          "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1,2,3,28"}) {
        CAPTURE(text);
        CHECK_FALSE(rule(text).can_occur(start));
        CHECK(rule(text).occurrences(start, start, date_max).empty());
    }
    CHECK(rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO").can_occur(start));
    CHECK_FALSE(rule("FREQ=MONTHLY;BYMONTH=2").can_occur(day("2026-01-31")));
}

TEST_CASE("recurrence: what is no rule") {
    CHECK(fault_of("FREQ=SECONDLY;COUNT=3155760000") == Code::recurrence_too_frequent);
    CHECK(fault_of("FREQ=HOURLY") == Code::recurrence_too_frequent);
    CHECK(fault_of("") == Code::recurrence_without_frequency);
    CHECK(fault_of("COUNT=3") == Code::recurrence_without_frequency);
    CHECK(fault_of("FREQ=DAILY;FREQ=DAILY") == Code::recurrence_part_repeated);
    CHECK(fault_of("FREQ=DAILY;RSCALE=CHINESE") == Code::recurrence_part_unknown);
    CHECK(fault_of("FREQ=DAILY;") == Code::recurrence_value_invalid);
    for (const char* text :
         {"FREQ=FORTNIGHTLY", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=1000000001",
          "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=99999999999999999999",
          "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=DAILY;BYMONTH=13",
          "FREQ=DAILY;BYMONTH=-1", "FREQ=YEARLY;BYWEEKNO=54", "FREQ=YEARLY;BYYEARDAY=367",
          "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=MONTHLY;BYDAY=54MO",
          "FREQ=MONTHLY;BYDAY=", "FREQ=MONTHLY;BYMONTHDAY=1,", "FREQ=DAILY;UNTIL=20260230",
          "FREQ=DAILY;UNTIL=2026-01-01", "FREQ=DAILY;UNTIL=20260101T250000Z",
          "FREQ=DAILY;WKST=1", "FREQ", "FREQ=DAILY;COUNT", "FREQ=DAILY; COUNT=1"}) {
        CAPTURE(text);
        const Code code = fault_of(text);
        CHECK((code == Code::recurrence_value_invalid || code == Code::recurrence_part_unknown));
    }
    for (const char* text :
         {"FREQ=DAILY;COUNT=1;UNTIL=20260101", "FREQ=MONTHLY;BYWEEKNO=1", "FREQ=DAILY;BYYEARDAY=1",
          "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=DAILY;BYDAY=-1MO",
          "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "FREQ=DAILY;BYSETPOS=1"}) {
        CAPTURE(text);
        CHECK(fault_of(text) == Code::recurrence_parts_conflict);
    }
    CHECK(fault_of("FREQ=DAILY;BYMONTHDAY=" + std::string(9000, '1')) == Code::recurrence_too_long);
    CHECK(dates("rrule:freq=weekly;byday=mo", "2026-01-01", 1) == "2026-01-05");
    CHECK(fault_of("FREQ=DAILY;BYHOUR=9") == Code::recurrence_too_frequent);
}

TEST_CASE("recurrence: random rules as counting day by day finds them") {
    Dice dice(20260101);
    std::size_t found = 0;
    for (int round = 0; round < 1500; ++round) {
        const Plain plain = random_rule(dice);
        const Date dtstart = date_of(1998, 1, 1) + dice.below(20000);
        const Date to = dtstart + dice.below(3000);
        CAPTURE(plain.text);
        CAPTURE(date_text(dtstart));
        const Recurrence recurrence = rule(plain.text);
        const std::vector<Date> expected = naive(plain, dtstart, to);
        REQUIRE(recurrence.occurrences(dtstart, dtstart, to) == expected);
        found += expected.size();
        // Any range gives its part of the whole, and `next` the first of it.
        const Date from = dtstart + dice.below(3000);
        std::vector<Date> rest;
        for (const Date date : expected)
            if (date >= from) rest.push_back(date);
        REQUIRE(recurrence.occurrences(dtstart, from, to) == rest);
        const Date next = recurrence.next(dtstart, from - 1);
        if (!rest.empty()) REQUIRE(next == rest.front());
        if (rest.empty()) REQUIRE((!next.exists() || next > to || from > to));
        if (!expected.empty()) REQUIRE(recurrence.can_occur(dtstart));
    }
    CHECK(found > 20000);
}
