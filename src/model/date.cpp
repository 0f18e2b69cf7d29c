#include "gridgov/model/date.hpp"

#include <algorithm>

namespace gridgov {
namespace {

/// A column from outside may hold any number of days.
bool in_range(Date date) noexcept { return date >= date_min && date <= date_max; }

std::uint32_t days_in_month(std::int32_t year_number, std::uint32_t month_number) noexcept {
    const std::chrono::year_month_day_last last{
        std::chrono::year{year_number},
        std::chrono::month_day_last{std::chrono::month{month_number}}};
    return static_cast<unsigned>(last.day());
}

}  // namespace

Date add_months(Date date, std::int32_t months) noexcept {
    if (!in_range(date)) return Date::none();
    const CivilDate from = civil_date(date);
    const std::int64_t total =
        std::int64_t{from.year} * 12 + static_cast<std::int64_t>(from.month) - 1 + months;
    if (total < 12 || total >= 12 * 10000) return Date::none();
    const auto year_number = static_cast<std::int32_t>(total / 12);
    const auto month_number = static_cast<std::uint32_t>(total % 12) + 1;
    return date_of(year_number, month_number,
                   std::min(from.day, days_in_month(year_number, month_number)));
}

Date month_end(Date date) noexcept {
    if (!in_range(date)) return Date::none();
    const CivilDate parts = civil_date(date);
    return date + static_cast<std::int32_t>(days_in_month(parts.year, parts.month) - parts.day);
}

std::optional<Date> parse_date(std::string_view text) noexcept {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    std::uint32_t digits = 0;  // YYYYMMDD
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 4 || i == 7) continue;
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        digits = digits * 10 + static_cast<std::uint32_t>(text[i] - '0');
    }
    const Date date = date_of(static_cast<std::int32_t>(digits / 10000), digits / 100 % 100,
                              digits % 100);
    if (!date.exists()) return std::nullopt;
    return date;
}

std::string date_text(Date date) {
    if (!in_range(date)) return {};
    const CivilDate parts = civil_date(date);
    std::string text = "0000-00-00";
    const auto put = [&](std::size_t end, std::uint32_t number) {
        for (; number > 0; number /= 10) text[--end] = static_cast<char>('0' + number % 10);
    };
    put(4, static_cast<std::uint32_t>(parts.year));
    put(7, parts.month);
    put(10, parts.day);
    return text;
}

}  // namespace gridgov
