#include "gridgov/lists/working_days.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>

#include "gridgov/error.hpp"

namespace gridgov::lists {
namespace {

bool is_weekend(Date date) { return weekday(date) > 5; }

}  // namespace

WorkingDays WorkingDays::make(const HolidayColumns& holidays) {
    std::vector<Finding> findings;
    const auto note = [&](Code code, std::size_t row,
                          std::vector<std::pair<std::string, std::string>> fields) {
        Finding& finding = findings.emplace_back();
        finding.code = code;
        finding.table = Table::holidays;
        finding.row = static_cast<std::int64_t>(row);
        finding.fields = std::move(fields);
    };
    const std::size_t size = holidays.dates.size();
    if (holidays.kinds.size() != size) {
        Finding& finding = findings.emplace_back();
        finding.code = Code::column_length;
        finding.table = Table::holidays;
        finding.fields = {{"column", "kind"},
                          {"length", std::to_string(holidays.kinds.size())},
                          {"expected", std::to_string(size)}};
        throw DataError(std::move(findings));
    }
    std::vector<std::size_t> rows(size);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
        return holidays.dates[a] < holidays.dates[b];
    });
    WorkingDays calendar;
    for (std::size_t i = 0; i < size; ++i) {
        const std::size_t row = rows[i];
        const Date date = holidays.dates[row];
        const std::string_view kind = holidays.kinds[row];
        if (date < date_min || date > date_max) {
            note(Code::holiday_date_invalid, row, {});
            continue;
        }
        if (kind != "off" && kind != "work") {
            note(Code::holiday_kind_unknown, row, {{"value", std::string(kind)}});
            continue;
        }
        if (i > 0 && holidays.dates[rows[i - 1]] == date) {
            if (holidays.kinds[rows[i - 1]] != kind)
                note(Code::holiday_contradicted, row,
                     {{"date", date_text(date)},
                      {"first_row", std::to_string(rows[i - 1] + 1)}});
            continue;
        }
        const bool works = kind == "work";
        if (works != is_weekend(date)) continue;  // as its weekday says
        const std::int32_t before = calendar.added_.empty() ? 0 : calendar.added_.back();
        calendar.exceptions_.push_back(date);
        calendar.added_.push_back(before + (works ? 1 : -1));
    }
    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding& a, const Finding& b) { return a.row < b.row; });
    if (!findings.empty()) throw DataError(std::move(findings));
    return calendar;
}

bool WorkingDays::is_working(Date date) const noexcept {
    return std::binary_search(exceptions_.begin(), exceptions_.end(), date) == is_weekend(date);
}

std::int64_t WorkingDays::rank(Date date) const noexcept {
    // Weeks counted from a Monday long before the first date there is.
    constexpr std::int32_t origin = 4 - 7 * 120'000;
    const std::int32_t days = date.days - origin;
    const std::int64_t weekdays = std::int64_t{days / 7} * 5 + std::min(days % 7, 5);
    const auto before =
        std::lower_bound(exceptions_.begin(), exceptions_.end(), date) - exceptions_.begin();
    return before == 0 ? weekdays : weekdays + added_[static_cast<std::size_t>(before - 1)];
}

std::int32_t WorkingDays::count(Date from, Date to) const noexcept {
    return static_cast<std::int32_t>(rank(to) - rank(from));
}

Date WorkingDays::after(Date date, std::uint32_t days) const noexcept {
    if (days == 0) return date;
    const Date last = date_max + 1;
    // The first day by whose end so many working days have passed.
    const std::int64_t wanted = rank(date + 1) + days;
    if (date >= date_max || rank(last) < wanted) return Date::none();
    std::int32_t low = date.days + 1, high = date_max.days;
    const auto passed = [&](std::int64_t day) {
        return rank(Date{static_cast<std::int32_t>(day)} + 1) >= wanted;
    };
    // Five working days a week is a close guess: bracket the day around it before halving.
    std::int64_t reach = std::int64_t{days} / 5 * 7 + 16;
    while (low + reach < high && !passed(low + reach)) reach *= 2;
    high = static_cast<std::int32_t>(std::min<std::int64_t>(high, low + reach));
    while (low < high) {
        const std::int32_t middle = low + (high - low) / 2;
        if (passed(middle))
            high = middle;
        else
            low = middle + 1;
    }
    return Date{low};
}

}  // namespace gridgov::lists
