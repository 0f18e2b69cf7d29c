#include "gridgov/lists/recurrence.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>
#include <string>

namespace gridgov::lists {
namespace {

Finding fault(Code code, std::vector<std::pair<std::string, std::string>> fields) {
    Finding finding;
    finding.code = code;
    finding.fields = std::move(fields);
    return finding;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& byte : out)
        if (byte >= 'a' && byte <= 'z') byte = static_cast<char>(byte - 'a' + 'A');
    return out;
}

/// A text taken apart from the left: the pieces between separators, at least one.
struct Pieces {
    std::string_view text;
    bool left = true;  ///< whether there is a piece still (an empty one, after a last separator)

    std::string_view take(char separator) {
        const std::string_view piece = text.substr(0, text.find(separator));
        left = piece.size() < text.size();
        text.remove_prefix(piece.size() + (left ? 1 : 0));
        return piece;
    }
};

/// A whole number of at most ten digits, with a sign where one is allowed.
std::optional<std::int64_t> whole(std::string_view text, bool is_signed) {
    bool negative = false;
    if (is_signed && !text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || text.size() > 10) return std::nullopt;
    std::int64_t value = 0;
    for (const char byte : text) {
        if (byte < '0' || byte > '9') return std::nullopt;
        value = value * 10 + (byte - '0');
    }
    return negative ? -value : value;
}

/// MO is 1, SU 7; 0 for anything else.
std::uint8_t weekday_of(std::string_view text) {
    constexpr std::string_view names = "MOTUWETHFRSASU";
    if (text.size() != 2) return 0;
    for (std::size_t at = 0; at < names.size(); at += 2)
        if (names.substr(at, 2) == text) return static_cast<std::uint8_t>(at / 2 + 1);
    return 0;
}

/// YYYYMMDD, alone or before a time of day.
std::optional<Date> until_date(std::string_view text) {
    const auto digits = [&](std::size_t at, std::size_t count) {
        const auto value = whole(text.substr(at, count), false);
        return value && text.size() >= at + count ? *value : -1;
    };
    if (text.size() != 8) {
        const bool utc = text.size() == 16 && text[15] == 'Z';
        if ((text.size() != 15 && !utc) || text[8] != 'T') return std::nullopt;
        const std::int64_t hour = digits(9, 2), minute = digits(11, 2), second = digits(13, 2);
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
            return std::nullopt;
    }
    const std::int64_t year = digits(0, 4), month = digits(4, 2), day = digits(6, 2);
    if (year < 0 || month < 0 || day < 0) return std::nullopt;
    const Date date = date_of(static_cast<std::int32_t>(year), static_cast<std::uint32_t>(month),
                              static_cast<std::uint32_t>(day));
    return date.exists() ? std::optional(date) : std::nullopt;
}

template <class Value>
void sort_unique(std::vector<Value>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

constexpr bool is_leap(std::int32_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr std::int32_t year_length(std::int32_t year) { return is_leap(year) ? 366 : 365; }

constexpr std::int32_t month_length(bool leap, std::int32_t month) {
    constexpr std::array<std::int8_t, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return lengths[static_cast<std::size_t>(month - 1)] + (leap && month == 2 ? 1 : 0);
}

/// Whether a list has a number, counted from the front or from the back of so many.
bool lists(const std::vector<std::int32_t>& values, std::int32_t number, std::int32_t size) {
    return std::find(values.begin(), values.end(), number) != values.end() ||
           std::find(values.begin(), values.end(), number - size - 1) != values.end();
}

}  // namespace

// --- reading ----------------------------------------------------------------------------------

struct Recurrence::Parser {
    Recurrence rule;
    std::vector<std::string> seen;
    bool has_frequency = false;

    bool has(std::string_view part) const {
        return std::find(seen.begin(), seen.end(), part) != seen.end();
    }

    /// A list of whole numbers from 1 to `most`, or down to −most too.
    static bool numbers(std::string_view value, std::int64_t least, std::int64_t most,
                        bool from_the_back, std::vector<std::int32_t>& out) {
        Pieces rest{value};
        while (rest.left) {
            const auto number = whole(rest.take(','), from_the_back);
            if (!number) return false;
            const std::int64_t size = *number < 0 ? -*number : *number;
            if (size < least || size > most) return false;
            out.push_back(static_cast<std::int32_t>(*number));
        }
        sort_unique(out);
        return true;
    }

    static bool positive(std::string_view value, std::uint32_t& out) {
        const auto number = whole(value, false);
        if (!number || *number < 1 || *number > number_max) return false;
        out = static_cast<std::uint32_t>(*number);
        return true;
    }

    bool weekdays(std::string_view value) {
        Pieces rest{value};
        while (rest.left) {
            const std::string_view entry = rest.take(',');
            if (entry.size() < 2) return false;
            const std::uint8_t weekday = weekday_of(entry.substr(entry.size() - 2));
            const std::string_view number_text = entry.substr(0, entry.size() - 2);
            std::int64_t number = 0;
            if (!number_text.empty()) {
                const auto read = whole(number_text, true);
                if (!read || *read == 0 || *read < -53 || *read > 53) return false;
                number = *read;
            }
            if (weekday == 0) return false;
            rule.weekdays_.push_back({weekday, static_cast<std::int8_t>(number)});
        }
        std::sort(rule.weekdays_.begin(), rule.weekdays_.end(), [](const auto& a, const auto& b) {
            return std::pair(a.weekday, a.number) < std::pair(b.weekday, b.number);
        });
        rule.weekdays_.erase(std::unique(rule.weekdays_.begin(), rule.weekdays_.end()),
                             rule.weekdays_.end());
        return true;
    }

    std::optional<Finding> read(const std::string& part, std::string_view value) {
        const auto invalid = [&] {
            return fault(Code::recurrence_value_invalid,
                         {{"part", part}, {"value", std::string(value)}});
        };
        bool good = true;
        if (part == "FREQ") {
            if (value == "SECONDLY" || value == "MINUTELY" || value == "HOURLY")
                return fault(Code::recurrence_too_frequent,
                             {{"value", "FREQ=" + std::string(value)}});
            has_frequency = true;
            if (value == "DAILY") rule.frequency_ = Frequency::daily;
            else if (value == "WEEKLY") rule.frequency_ = Frequency::weekly;
            else if (value == "MONTHLY") rule.frequency_ = Frequency::monthly;
            else if (value == "YEARLY") rule.frequency_ = Frequency::yearly;
            else good = false;
        } else if (part == "INTERVAL") {
            good = positive(value, rule.interval_);
        } else if (part == "COUNT") {
            good = positive(value, rule.count_);
        } else if (part == "UNTIL") {
            const std::optional<Date> date = until_date(value);
            good = date.has_value();
            if (date) rule.until_ = *date;
        } else if (part == "WKST") {
            rule.week_start_ = weekday_of(value);
            good = rule.week_start_ != 0;
        } else if (part == "BYMONTH") {
            good = numbers(value, 1, 12, false, rule.months_);
        } else if (part == "BYWEEKNO") {
            good = numbers(value, 1, 53, true, rule.weeks_);
        } else if (part == "BYYEARDAY") {
            good = numbers(value, 1, 366, true, rule.year_days_);
        } else if (part == "BYMONTHDAY") {
            good = numbers(value, 1, 31, true, rule.month_days_);
        } else if (part == "BYSETPOS") {
            good = numbers(value, 1, 366, true, rule.positions_);
        } else if (part == "BYDAY") {
            good = weekdays(value);
        } else if (part == "BYHOUR" || part == "BYMINUTE" || part == "BYSECOND") {
            return fault(Code::recurrence_too_frequent, {{"value", part}});
        } else {
            return fault(Code::recurrence_part_unknown, {{"part", part}});
        }
        return good ? std::nullopt : std::optional(invalid());
    }

    /// What the RFC forbids to stand together.
    std::optional<Finding> conflict() const {
        const auto clash = [](std::string part, std::string other) {
            return fault(Code::recurrence_parts_conflict,
                         {{"part", std::move(part)}, {"other", std::move(other)}});
        };
        const auto frequency_text = [&] {
            constexpr std::array<std::string_view, 4> names{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
            return "FREQ=" + std::string(names[static_cast<std::size_t>(rule.frequency_)]);
        };
        const bool yearly = rule.frequency_ == Frequency::yearly;
        if (has("COUNT") && has("UNTIL")) return clash("COUNT", "UNTIL");
        if (!yearly && has("BYWEEKNO")) return clash("BYWEEKNO", frequency_text());
        if (!yearly && has("BYYEARDAY")) return clash("BYYEARDAY", frequency_text());
        if (rule.frequency_ == Frequency::weekly && has("BYMONTHDAY"))
            return clash("BYMONTHDAY", frequency_text());
        const bool numbered = std::any_of(rule.weekdays_.begin(), rule.weekdays_.end(),
                                          [](const WeekdayNumber& day) { return day.number != 0; });
        if (numbered && !yearly && rule.frequency_ != Frequency::monthly)
            return clash("BYDAY", frequency_text());
        if (numbered && has("BYWEEKNO")) return clash("BYDAY", "BYWEEKNO");
        if (has("BYSETPOS") && !has("BYMONTH") && !has("BYWEEKNO") && !has("BYYEARDAY") &&
            !has("BYMONTHDAY") && !has("BYDAY"))
            return fault(Code::recurrence_parts_conflict, {{"part", "BYSETPOS"}});
        return std::nullopt;
    }
};

std::variant<Recurrence, Finding> Recurrence::parse(std::string_view text) {
    if (text.size() > text_bytes_max)
        return fault(Code::recurrence_too_long, {{"bytes", std::to_string(text.size())},
                                                 {"most", std::to_string(text_bytes_max)}});
    const std::string whole_text = upper(text);
    Pieces rest{whole_text};
    if (rest.text.substr(0, 6) == "RRULE:") rest.text.remove_prefix(6);
    if (rest.text.empty()) return fault(Code::recurrence_without_frequency, {});
    Parser parser;
    while (rest.left) {
        Pieces value{rest.take(';')};
        const std::string part(value.take('='));
        if (!value.left)
            return fault(Code::recurrence_value_invalid, {{"part", part}, {"value", ""}});
        if (parser.has(part)) return fault(Code::recurrence_part_repeated, {{"part", part}});
        if (auto finding = parser.read(part, value.text)) return *std::move(finding);
        parser.seen.push_back(part);
    }
    if (!parser.has_frequency) return fault(Code::recurrence_without_frequency, {});
    if (auto finding = parser.conflict()) return *std::move(finding);
    return std::move(parser.rule);
}

// --- expanding --------------------------------------------------------------------------------

/// Every BY part but BYSETPOS asks something of a day that depends on its year alone: whether the
/// year, the one before and the one after are leap years, and the weekday of 1 January. So there
/// are 28 kinds of years, each with a mask of the days that match, made when first met; the rest is
/// stepping over periods, and a year without matching days is passed over at once.
class Recurrence::Expander {
public:
    Expander(const Recurrence& rule, Date dtstart) : rule_(rule), dtstart_(dtstart) {
        const CivilDate start = civil_date(dtstart);
        start_year_ = start.year;
        start_month_ = static_cast<std::int32_t>(start.month);
        const bool no_day =
            rule_.weekdays_.empty() && rule_.month_days_.empty() && rule_.year_days_.empty();
        if (!no_day || rule_.frequency_ == Frequency::daily) return;
        if (rule_.frequency_ == Frequency::weekly || !rule_.weeks_.empty()) {
            rule_.weekdays_.push_back({static_cast<std::uint8_t>(weekday(dtstart)), 0});
            return;
        }
        rule_.month_days_.push_back(static_cast<std::int32_t>(start.day));
        if (rule_.frequency_ == Frequency::yearly && rule_.months_.empty())
            rule_.months_.push_back(start_month_);
    }

    /// Calls `take(date)` for every occurrence from `from` on, in order, until it returns false.
    template <class Take>
    void for_each(Date from, Take take) {
        from_ = std::max(from, dtstart_);
        // Without COUNT nothing before `from` matters.
        const Date first = rule_.count_ == 0 ? from_ : dtstart_;
        switch (rule_.frequency_) {
            case Frequency::daily: return by_day(first, take);
            case Frequency::weekly: return by_week(first, take);
            case Frequency::monthly: return by_month(first, take);
            case Frequency::yearly: return by_year(first, take);
        }
    }

private:
    struct Mask {
        std::array<std::uint64_t, 6> bits{};  // a bit a day of the year
        bool made = false, any = false;
    };
    struct Year {
        std::int32_t number = 0;
        Date first;
        std::int32_t length = 0;
        const Mask* mask = nullptr;
    };

    bool matches(std::int32_t year_day, std::int32_t length, std::int32_t month, std::int32_t day,
                 std::int32_t days_of_month, std::int32_t day_of_week) const {
        const auto& months = rule_.months_;
        if (!months.empty() && std::find(months.begin(), months.end(), month) == months.end())
            return false;
        if (!rule_.month_days_.empty() && !lists(rule_.month_days_, day, days_of_month))
            return false;
        if (!rule_.year_days_.empty() && !lists(rule_.year_days_, year_day + 1, length))
            return false;
        if (rule_.weekdays_.empty()) return true;
        const bool in_month = rule_.frequency_ != Frequency::yearly || !months.empty();
        const std::int32_t at = in_month ? day - 1 : year_day;
        const std::int32_t size = in_month ? days_of_month : length;
        return std::any_of(
            rule_.weekdays_.begin(), rule_.weekdays_.end(), [&](const WeekdayNumber& wanted) {
                return wanted.weekday == day_of_week &&
                       (wanted.number == 0 || wanted.number == at / 7 + 1 ||
                        wanted.number == -((size - 1 - at) / 7 + 1));
            });
    }

    /// A week is of the year in which its fourth day lies, and its number says how many such days
    /// came before.
    bool matches_week(std::int32_t year, std::int32_t first_weekday, std::int32_t year_day) const {
        const std::int32_t since_week_start =
            (first_weekday + year_day - rule_.week_start_ + 7) % 7;
        std::int32_t fourth = year_day - since_week_start + 3;
        std::int32_t length = year_length(year), january_first = first_weekday;
        if (fourth < 0) {
            length = year_length(year - 1);
            fourth += length;
            january_first = (first_weekday + 371 - length) % 7;
        } else if (fourth >= length) {
            fourth -= length;
            january_first = (first_weekday + length) % 7;
            length = year_length(year + 1);
        }
        const std::int32_t first_fourth = (rule_.week_start_ + 3 - january_first + 14) % 7;
        const std::int32_t weeks = (length - 1 - first_fourth) / 7 + 1;
        return lists(rule_.weeks_, fourth / 7 + 1, weeks);
    }

    const Mask& mask_of(std::int32_t year, Date first) {
        const auto first_weekday = static_cast<std::int32_t>(weekday(first));
        const std::size_t leap =
            is_leap(year) ? 1 : is_leap(year - 1) ? 2 : is_leap(year + 1) ? 3 : 0;
        Mask& mask = masks_[static_cast<std::size_t>(first_weekday - 1) * 4 + leap];
        if (mask.made) return mask;
        mask.made = true;
        const std::int32_t length = year_length(year);
        std::int32_t year_day = 0;
        for (std::int32_t month = 1; month <= 12; ++month) {
            const std::int32_t days = month_length(leap == 1, month);
            for (std::int32_t day = 1; day <= days; ++day, ++year_day) {
                const std::int32_t day_of_week = (first_weekday + year_day - 1) % 7 + 1;
                if (!matches(year_day, length, month, day, days, day_of_week)) continue;
                if (!rule_.weeks_.empty() && !matches_week(year, first_weekday, year_day)) continue;
                mask.bits[static_cast<std::size_t>(year_day) / 64] |= std::uint64_t{1}
                                                                     << (year_day % 64);
                mask.any = true;
            }
        }
        return mask;
    }

    void enter(std::int32_t year) {
        if (year == year_.number) return;
        year_.number = year;
        year_.first = date_of(year, 1, 1);
        year_.length = year_length(year);
        year_.mask = &mask_of(year, year_.first);
    }

    bool matching(std::int32_t year_day) const {
        return (year_.mask->bits[static_cast<std::size_t>(year_day) / 64] >> (year_day % 64) & 1) !=
               0;
    }

    /// Appends the matching days of the year entered from day `begin` to before day `end`.
    void collect(std::int32_t begin, std::int32_t end) {
        for (std::int32_t word = begin / 64; word * 64 < end; ++word) {
            std::uint64_t bits = year_.mask->bits[static_cast<std::size_t>(word)];
            if (word * 64 < begin) bits &= ~std::uint64_t{0} << (begin - word * 64);
            if (end - word * 64 < 64) bits &= (std::uint64_t{1} << (end - word * 64)) - 1;
            for (; bits != 0; bits &= bits - 1)
                period_.push_back(year_.first + (word * 64 + std::countr_zero(bits)));
        }
    }

    template <class Take>
    bool give(Date date, Take& take) {
        if (date < dtstart_) return true;
        if (date > rule_.until_) return false;
        ++given_;
        if (date >= from_ && !take(date)) return false;
        return rule_.count_ == 0 || given_ < rule_.count_;
    }

    /// Gives the days of a whole period, or those at the wanted positions, and forgets them.
    template <class Take>
    bool give_period(Take& take) {
        bool more = true;
        if (rule_.positions_.empty()) {
            for (std::size_t i = 0; i < period_.size() && more; ++i) more = give(period_[i], take);
        } else {
            const auto size = static_cast<std::int32_t>(period_.size());
            for (std::int32_t i = 0; i < size && more; ++i)
                if (lists(rule_.positions_, i + 1, size))
                    more = give(period_[static_cast<std::size_t>(i)], take);
        }
        period_.clear();
        return more;
    }

    std::int64_t interval() const { return rule_.interval_; }

    template <class Take>
    void by_year(Date first, Take& take) {
        const std::int64_t skipped = (civil_date(first).year - start_year_ + interval() - 1) /
                                     interval();
        for (std::int64_t year = start_year_ + skipped * interval(); year <= 9999;
             year += interval()) {
            enter(static_cast<std::int32_t>(year));
            if (year_.first > rule_.until_) return;
            if (!year_.mask->any) continue;
            collect(0, year_.length);
            if (!give_period(take)) return;
        }
    }

    template <class Take>
    void by_month(Date first, Take& take) {
        const CivilDate parts = civil_date(first);
        const std::int64_t start = std::int64_t{start_year_} * 12 + start_month_ - 1;
        const std::int64_t wanted = std::int64_t{parts.year} * 12 + parts.month - 1;
        const std::int64_t skipped = (wanted - start + interval() - 1) / interval();
        for (std::int64_t at = start + skipped * interval(); at < 10000 * 12; at += interval()) {
            enter(static_cast<std::int32_t>(at / 12));
            if (year_.first > rule_.until_) return;
            if (!year_.mask->any) continue;
            const auto month = static_cast<std::int32_t>(at % 12) + 1;
            std::int32_t begin = 0;
            for (std::int32_t before = 1; before < month; ++before)
                begin += month_length(year_.length == 366, before);
            collect(begin, begin + month_length(year_.length == 366, month));
            if (!give_period(take)) return;
        }
    }

    /// The first day at least `least` that is whole steps after `start`.
    static std::int64_t step_to(std::int64_t start, std::int64_t step, std::int64_t least) {
        return least <= start ? start : start + (least - start + step - 1) / step * step;
    }

    template <class Take>
    void by_week(Date first, Take& take) {
        const auto into_week = [&](Date date) {
            return (static_cast<std::int32_t>(weekday(date)) - rule_.week_start_ + 7) % 7;
        };
        const std::int64_t start = (dtstart_ - into_week(dtstart_)).days;
        const std::int64_t step = 7 * interval();
        std::int64_t week = step_to(start, step, (first - into_week(first)).days);
        while (week <= rule_.until_.days && week <= date_max.days) {
            enter(civil_date(std::max(Date{static_cast<std::int32_t>(week)}, date_min)).year);
            if (const std::int64_t new_year = year_.first.days + std::int64_t{year_.length};
                !year_.mask->any && week + 7 <= new_year) {
                week = step_to(week, step, std::max(week + step, new_year - 6));
                continue;
            }
            for (std::int64_t day = std::max<std::int64_t>(week, date_min.days); day < week + 7;
                 ++day) {
                const std::int64_t year_day = day - year_.first.days;
                if (year_day < year_.length) {
                    if (matching(static_cast<std::int32_t>(year_day)))
                        period_.push_back(Date{static_cast<std::int32_t>(day)});
                } else if (year_.number == 9999) {
                    break;
                } else {
                    enter(year_.number + 1);
                    --day;
                }
            }
            if (!give_period(take)) return;
            week += step;
        }
    }

    template <class Take>
    void by_day(Date first, Take& take) {
        const auto& positions = rule_.positions_;  // of a period of one day
        if (!positions.empty() && !lists(positions, 1, 1)) return;
        std::int64_t day = step_to(dtstart_.days, interval(), first.days);
        while (day <= rule_.until_.days && day <= date_max.days) {
            enter(civil_date(Date{static_cast<std::int32_t>(day)}).year);
            const std::int64_t new_year = year_.first.days + std::int64_t{year_.length};
            if (!year_.mask->any) {
                day = step_to(day, interval(), new_year);
                continue;
            }
            for (; day < new_year; day += interval())
                if (matching(static_cast<std::int32_t>(day - year_.first.days)) &&
                    !give(Date{static_cast<std::int32_t>(day)}, take))
                    return;
        }
    }

    Recurrence rule_;  // with what DTSTART adds
    Date dtstart_, from_;
    std::int32_t start_year_ = 0, start_month_ = 0;
    std::array<Mask, 28> masks_;
    Year year_;
    std::vector<Date> period_;
    std::uint32_t given_ = 0;
};

std::vector<Date> Recurrence::occurrences(Date dtstart, Date from, Date to) const {
    std::vector<Date> dates;
    to = std::min(to, date_max);
    from = std::max(from, date_min);
    if (dtstart < date_min || dtstart > date_max || from > to) return dates;
    Expander(*this, dtstart).for_each(from, [&](Date date) {
        if (date > to) return false;
        dates.push_back(date);
        return true;
    });
    return dates;
}

Date Recurrence::next(Date dtstart, Date after) const {
    Date found = Date::none();
    if (dtstart < date_min || dtstart > date_max || after >= date_max) return found;
    Expander(*this, dtstart).for_each(std::max(after, date_min - 1) + 1, [&](Date date) {
        found = date;
        return false;
    });
    return found;
}

bool Recurrence::can_occur(Date dtstart) const {
    return next(dtstart, date_min - 1).exists();
}

}  // namespace gridgov::lists
