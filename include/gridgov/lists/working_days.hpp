// Working days: Monday to Friday, but for a table of holidays and of days made up for (调休).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/model/columns.hpp"
#include "gridgov/model/date.hpp"

namespace gridgov::lists {

/// The yearly notice as data, a row a day, in any order; all borrowed.
struct HolidayColumns {
    std::span<const Date> dates;
    TextColumn kinds;  ///< `off` or `work`
};

/// A calendar of working days. An immutable value, safe to read from any number of threads; the
/// default has no holidays.
class WorkingDays {
public:
    WorkingDays() = default;

    /// Throws DataError with every fault: column_length, holiday_date_invalid,
    /// holiday_kind_unknown, holiday_contradicted (one day both off and work). A day given twice
    /// alike counts once. O(n log n).
    GRIDGOV_EXPORT static WorkingDays make(const HolidayColumns& holidays);

    /// O(log holidays).
    GRIDGOV_EXPORT bool is_working(Date date) const noexcept;

    /// Working days from `from` to the day before `to`; negative where `to` comes first. O(log
    /// holidays).
    GRIDGOV_EXPORT std::int32_t count(Date from, Date to) const noexcept;

    /// The `days`-th working day after `date`, which itself does not count; `date` for 0. No date
    /// where the calendar ends first. O(log holidays).
    GRIDGOV_EXPORT Date after(Date date, std::uint32_t days) const noexcept;

private:
    /// Working days before the date, from an arbitrary fixed day on.
    std::int64_t rank(Date date) const noexcept;

    // Days whose kind differs from their weekday's, ascending, and how many working days they and
    // those before them add.
    std::vector<Date> exceptions_;
    std::vector<std::int32_t> added_;
};

}  // namespace gridgov::lists
