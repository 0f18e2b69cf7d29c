// Calendar dates and the arithmetic that rules need: whole days, no time of day, no zone, no clock.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "gridgov/export.hpp"

namespace gridgov {

/// A day of the proleptic Gregorian calendar, from 0001-01-01 to 9999-12-31; counted from 1970-01-01,
/// so that a column of dates is a column of 32-bit integers (NumPy's datetime64[D], Arrow's date32).
/// The default is "no date", which sorts after every date.
struct Date {
    std::int32_t days = std::numeric_limits<std::int32_t>::max();

    static constexpr Date none() { return {}; }
    constexpr bool exists() const { return days != none().days; }
    friend constexpr auto operator<=>(Date, Date) = default;
    /// The day `count` days later (earlier if negative). Of no date: no date. Not range-checked.
    friend constexpr Date operator+(Date date, std::int32_t count) {
        return date.exists() ? Date{date.days + count} : date;
    }
    friend constexpr Date operator-(Date date, std::int32_t count) { return date + -count; }
    /// Days from `b` to `a`.
    friend constexpr std::int32_t operator-(Date a, Date b) { return a.days - b.days; }
};

/// The first and the last day there are.
inline constexpr Date date_min{-719162};  // 0001-01-01
inline constexpr Date date_max{2932896};  // 9999-12-31

/// A date's parts.
struct CivilDate {
    std::int32_t year = 0;
    std::uint32_t month = 0;  ///< 1 to 12
    std::uint32_t day = 0;    ///< 1 to 31
    friend constexpr bool operator==(const CivilDate&, const CivilDate&) = default;
};

inline constexpr CivilDate civil_date(Date date) {
    const std::chrono::year_month_day parts{std::chrono::sys_days{std::chrono::days{date.days}}};
    return {static_cast<int>(parts.year()), static_cast<unsigned>(parts.month()),
            static_cast<unsigned>(parts.day())};
}

/// The date of a year, month and day; no date where there is no such day.
inline constexpr Date date_of(std::int32_t year, std::uint32_t month, std::uint32_t day) {
    if (year < 1 || year > 9999) return Date::none();
    const std::chrono::year_month_day parts{std::chrono::year{year}, std::chrono::month{month},
                                            std::chrono::day{day}};
    if (!parts.ok()) return Date::none();
    return {static_cast<std::int32_t>(std::chrono::sys_days{parts}.time_since_epoch().count())};
}

/// Monday is 1, Sunday 7 (ISO 8601).
inline constexpr std::uint32_t weekday(Date date) {
    return std::chrono::weekday{std::chrono::sys_days{std::chrono::days{date.days}}}.iso_encoding();
}

/// The Monday of the date's ISO week.
inline constexpr Date week_start(Date date) {
    return date - static_cast<std::int32_t>(weekday(date) - 1);
}

/// The same day of the month so many months later, or that month's last day where it has none:
/// 31 January + 1 = 28 February, 28 February + 1 = 28 March. No date beyond the last there is.
GRIDGOV_EXPORT Date add_months(Date date, std::int32_t months) noexcept;

/// The last day of the date's month.
GRIDGOV_EXPORT Date month_end(Date date) noexcept;

/// Strictly `YYYY-MM-DD` of a day that exists; nothing else is a date ("2026-1-5", "0000-00-00",
/// "2026-02-29" are none).
GRIDGOV_EXPORT std::optional<Date> parse_date(std::string_view text) noexcept;

/// `YYYY-MM-DD`; empty of no date.
GRIDGOV_EXPORT std::string date_text(Date date);

}  // namespace gridgov
