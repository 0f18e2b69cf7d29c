// Working days: Monday to Friday, but for a table of holidays and of days made up for (调休).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/model/columns.hpp"
#include "gridgov/model/date.hpp"

namespace gridgov::lists {

/// The yearly notice as data, a row a day, in any order; all borrowed.
struct HolidayColumns {
    std::span<const Date> dates;
    TextColumn kinds;  ///< `off` or `work`
};

/// A calendar of working days. An immutable value; the default has no holidays.
class WorkingDays {
public:
    WorkingDays() = default;

    /// Throws DataError with every fault: column_length, holiday_date_invalid,
    /// holiday_kind_unknown, holiday_contradicted (one day both off and work). A day given twice
    /// alike counts once. O(n log n).
    static WorkingDays make(const HolidayColumns& holidays);

    /// O(log holidays).
    bool is_working(Date date) const noexcept;

    /// Working days from `from` to the day before `to`; negative where `to` comes first. O(log
    /// holidays).
    std::int32_t count(Date from, Date to) const noexcept;

    /// The `days`-th working day after `date`, which itself does not count; `date` for 0. No date
    /// where the calendar ends first. O(log holidays).
    Date after(Date date, std::uint32_t days) const noexcept;

private:
    /// Working days before the date, from an arbitrary fixed day on.
    std::int64_t rank(Date date) const noexcept;

    // Days whose kind differs from their weekday's, ascending, and how many working days they and
    // those before them add.
    std::vector<Date> exceptions_;
    std::vector<std::int32_t> added_;
};

}  // namespace gridgov::lists
