// Recurrences: RFC 5545 rules over whole days, exact from year 1 to 9999.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/model/date.hpp"

namespace gridgov::lists {

/// The period that a rule repeats by. Shorter ones of RFC 5545 (HOURLY and below) are faults.
enum class Frequency : std::uint8_t { daily, weekly, monthly, yearly };

/// A rule, `FREQ=MONTHLY;BYMONTHDAY=20`, with or without `RRULE:` before it; case does not matter.
///
/// Semantics are RFC 5545's for a DTSTART that is a date, with these readings where it leaves room
/// (docs/explanation/duties.md):
/// - DTSTART is an occurrence only if it matches the rule; COUNT counts matching days from it on.
/// - What the rule leaves open is DTSTART's: the weekday of WEEKLY and of a lone BYWEEKNO, the day
///   of MONTHLY, day and month of YEARLY. A day that a month has not is skipped, never moved.
/// - BYSETPOS counts within the whole day, week, month or year, days before DTSTART included.
/// - YEARLY is by calendar years; 29 to 31 December may lie in week 1 of the next year, and then
///   match BYWEEKNO=1, in the calendar year that they belong to.
/// - UNTIL with a time of day counts with its date. BYHOUR, BYMINUTE and BYSECOND are faults, as
///   frequencies below DAILY are: nothing is passed over in silence.
/// Faults are what the RFC forbids (a part twice, COUNT with UNTIL, BYWEEKNO outside of YEARLY,
/// BYYEARDAY outside of YEARLY, BYMONTHDAY in WEEKLY, BYDAY with a number outside of MONTHLY and
/// YEARLY or beside BYWEEKNO, BYSETPOS alone), what is out of range, parts that it does not know
/// (RSCALE and SKIP of RFC 7529 too), and texts of more than `text_bytes_max` bytes.
///
/// An immutable value; its functions are pure and may be called from any number of threads.
class Recurrence {
public:
    /// A rule that lists every value of every part fits.
    static constexpr std::size_t text_bytes_max = 8192;
    /// The most that INTERVAL and COUNT may be.
    static constexpr std::uint32_t number_max = 1'000'000'000;

    /// The rule, or the first fault (a recurrence_… code without records: the caller names the
    /// item).
    GRIDGOV_EXPORT static std::variant<Recurrence, Finding> parse(std::string_view text);

    /// Every occurrence from `from` to `to`, both included, ascending. Nothing before `dtstart`,
    /// nothing after date_max. A range of which a part lies beyond the calendar is cut off.
    /// O(years + occurrences); with COUNT the years since `dtstart`. About 10 ns an occurrence.
    GRIDGOV_EXPORT std::vector<Date> occurrences(Date dtstart, Date from, Date to) const;

    /// The first occurrence after a day; no date if there is none. At most ten milliseconds, where
    /// nothing follows until 9999; mostly microseconds.
    GRIDGOV_EXPORT Date next(Date dtstart, Date after) const;

    /// Whether there is any occurrence at all. As `next`.
    GRIDGOV_EXPORT bool can_occur(Date dtstart) const;

    Frequency frequency() const noexcept { return frequency_; }

private:
    struct Parser;
    class Expander;

    /// BYDAY: the weekday, 1 to 7, and which one of the month or year (0: every one).
    struct WeekdayNumber {
        std::uint8_t weekday;
        std::int8_t number;
        friend bool operator==(const WeekdayNumber&, const WeekdayNumber&) = default;
    };

    Frequency frequency_ = Frequency::daily;
    std::uint32_t interval_ = 1;
    std::uint32_t count_ = 0;  ///< 0: no bound
    Date until_ = date_max;
    std::uint8_t week_start_ = 1;  ///< WKST, 1 to 7
    // The BY parts; nothing listed: no such part. Ascending, each value once.
    std::vector<std::int32_t> months_, weeks_, year_days_, month_days_, positions_;
    std::vector<WeekdayNumber> weekdays_;
};

}  // namespace gridgov::lists
