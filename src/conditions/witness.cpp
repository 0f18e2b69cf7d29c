// Values that show how tests relate: one that several share, one that only some accept, the nearest.
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "conditions/value_set.hpp"

namespace gridgov::conditions {
namespace {

/// Texts that are shown where no literal of the tests serves.
constexpr std::string_view some_text = "other";
constexpr std::array<std::string_view, 8> some_texts = {some_text, "其他", "0", "A",
                                                        "Z",       "a",    "m", "z"};

/// Whether at most 15 significant digits say the number: so are all that stand in tests.
bool is_short(double number) noexcept {
    std::array<char, 64> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                       std::chars_format::scientific,
                                       std::numeric_limits<double>::digits10 - 1);
    double again = 0;
    std::from_chars(digits.data(), written.ptr, again);
    return again == number && (number == 0 || std::isnormal(number));
}

/// The simplest number in [least, most]: a bound, 0, a whole number beside a bound, or the first of the
/// fewest decimals above the lower bound.
double simple_number(double least, double most) noexcept {
    constexpr double unbounded = std::numeric_limits<double>::max();
    constexpr double whole_max = 9007199254740992.0;  // 2^53: whole numbers are exact below
    if (least != -unbounded && is_short(least)) return least;
    if (most != unbounded && is_short(most)) return most;
    if (least == -unbounded && most == unbounded) return 0;
    const auto within = [&](double number) { return number >= least && number <= most; };
    if (std::fabs(least) < whole_max && within(std::ceil(least))) return std::ceil(least) + 0.0;
    if (std::fabs(most) < whole_max && within(std::floor(most))) return std::floor(most) + 0.0;
    double scale = 1;
    for (int decimals = 1; decimals <= std::numeric_limits<double>::digits10; ++decimals) {
        scale *= 10;  // exact
        const double units = std::floor(least * scale) + 1;
        if (std::fabs(units) < whole_max && within(units / scale)) return units / scale + 0.0;
    }
    const double half = least / 2 + most / 2;  // both of one sign, or one of them 0, by now
    for (int precision = 0; precision < std::numeric_limits<double>::digits10; ++precision) {
        std::array<char, 64> digits{};
        const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), half,
                                           std::chars_format::scientific, precision);
        double number = 0;
        std::from_chars(digits.data(), written.ptr, number);
        if (within(number)) return number;
    }
    return least;
}

Value value_of(Type type, Key least, Key most) noexcept {
    if (type == Type::boolean) return most == 1;
    if (type == Type::number)
        return simple_number(number_of_key(least), number_of_key(most));
    // A date: the bound that is not the calendar's own.
    const bool from_below = least != all_dates.from || most == all_dates.to - 1;
    return Date{static_cast<std::int32_t>(from_below ? least : most)};
}

/// Whether a text looks like one that a table could hold.
bool is_telling(std::string_view text) noexcept {
    if (text.empty()) return false;
    for (const char character : text)
        if (static_cast<unsigned char>(character) < 0x20) return false;
    return text.front() != ' ' && text.back() != ' ';
}

/// Bounds first, then the list of texts, then whatever there is.
std::optional<Value> simple_value(const Ranges<TextBound>& ranges) noexcept {
    if (ranges.empty()) return std::nullopt;
    for (const auto& range : ranges)
        if (is_telling(range.from.text)) return range.from.text;
    for (const std::string_view text : some_texts)
        if (range_of(ranges, TextBound{text}) != nullptr) return text;
    for (const auto& range : ranges)
        if (!range.from.text.empty()) return range.from.text;
    return ranges.front().from.text;
}

std::optional<Value> simple_value(Type type, const Ranges<Key>& ranges) noexcept {
    if (ranges.empty()) return std::nullopt;
    // Ranges with a bound that was written down come before those without.
    for (const auto& range : ranges) {
        if (type != Type::number) break;
        for (const Key key : {range.from, range.to - 1})
            if (key != all_numbers.from && key != all_numbers.to - 1 &&
                is_short(number_of_key(key)))
                return number_of_key(key);
    }
    return value_of(type, ranges.front().from, ranges.front().to - 1);
}

}  // namespace

std::optional<Value> UnaryTests::common_value(std::span<const UnaryTests* const> tests) {
    Type type = Type::any;
    bool missing = true;  // whether each test lets it through
    bool present = true;
    for (const UnaryTests* const test : tests) {
        const Set& set = *test->set_;
        missing = missing && set.missing;
        if (set.type == Type::any) {
            present = present && set.present;
        } else if (type == Type::any) {
            type = set.type;
        } else if (type != set.type) {
            present = false;  // no value has two types
        }
    }
    if (present && type == Type::any) return some_text;
    if (present) {
        Ranges<Key> keys = type == Type::text ? Ranges<Key>{} : Ranges<Key>{all_keys(type)};
        Ranges<TextBound> texts{all_texts};
        for (const UnaryTests* const test : tests) {
            if (test->set_->type == Type::any) continue;
            if (type == Type::text) {
                texts = intersection(texts, test->set_->texts);
            } else {
                keys = intersection(keys, test->set_->keys);
            }
        }
        if (auto value = type == Type::text ? simple_value(texts) : simple_value(type, keys))
            return value;
    }
    if (missing) return Value{};
    return std::nullopt;
}

std::optional<Value> UnaryTests::value_beyond(const UnaryTests& others) const {
    const Set& mine = *set_;
    const Set& theirs = *others.set_;
    const Type type = mine.type != Type::any ? mine.type : theirs.type;
    if (type == Type::any) {
        if (mine.present && !theirs.present) return some_text;
    } else if (type == Type::text) {
        Ranges<TextBound> texts = mine.texts;
        if (mine.type == Type::any) texts = mine.present ? Ranges<TextBound>{all_texts} : texts;
        if (theirs.type == type) texts = intersection(texts, complement(theirs.texts, all_texts));
        if (theirs.type == Type::any && theirs.present) texts.clear();
        if (auto value = simple_value(texts)) return value;
    } else {
        Ranges<Key> keys = mine.keys;
        if (mine.type == Type::any) keys = mine.present ? Ranges<Key>{all_keys(type)} : keys;
        if (theirs.type == type) keys = intersection(keys, complement(theirs.keys, all_keys(type)));
        if (theirs.type == Type::any && theirs.present) keys.clear();
        if (auto value = simple_value(type, keys)) return value;
    }
    if (mine.missing && !theirs.missing) return Value{};
    return std::nullopt;
}

std::optional<Value> UnaryTests::nearest_value(const Value& value) const {
    if (matches(value)) return value;
    const Set& set = *set_;
    if (set.type == Type::any) {
        if (set.present) return some_text;
        return Value{};
    }
    if (set.type == Type::text) {
        if (auto text = simple_value(set.texts)) return text;
    } else if (type_of(value) != set.type || set.type == Type::boolean) {
        if (auto any = simple_value(set.type, set.keys)) return any;
    } else if (!set.keys.empty()) {
        const bool is_number = set.type == Type::number;
        const Key key = is_number ? key_of_number(std::get<double>(value))
                                  : Key{std::get<Date>(value).days};
        const Range<Key>* below = nullptr;
        const Range<Key>* above = nullptr;
        for (const auto& range : set.keys) {
            if (range.to <= key) below = &range;
            if (range.from > key && above == nullptr) above = &range;
        }
        // The end of the range below and the start of the one above, and of both the nearer.
        const auto low = [&]() -> std::optional<Value> {
            if (below == nullptr) return std::nullopt;
            if (!is_number) return Date{static_cast<std::int32_t>(below->to - 1)};
            const double end = number_of_key(below->to - 1);
            return is_short(end) ? end : simple_number(number_of_key(below->from), end);
        }();
        const auto high = [&]() -> std::optional<Value> {
            if (above == nullptr) return std::nullopt;
            if (!is_number) return Date{static_cast<std::int32_t>(above->from)};
            return simple_number(number_of_key(above->from), number_of_key(above->to - 1));
        }();
        if (!low || !high) return low ? low : high;
        if (!is_number)
            return key - std::get<Date>(*low).days <= std::get<Date>(*high).days - key ? low : high;
        const double asked = std::get<double>(value);
        return asked - std::get<double>(*low) <= std::get<double>(*high) - asked ? low : high;
    }
    if (set.missing) return Value{};
    return std::nullopt;
}

}  // namespace gridgov::conditions
