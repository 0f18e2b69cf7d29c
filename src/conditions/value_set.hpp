// What a cell's tests are normalised to: the set of values that satisfy them.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>

#include "conditions/ranges.hpp"
#include "gridgov/conditions/unary_tests.hpp"

namespace gridgov::conditions {

/// A place in the order of texts by bytes: a text, or the end beyond all texts.
struct TextBound {
    std::string_view text;
    bool beyond = false;
    friend bool operator<(const TextBound& a, const TextBound& b) noexcept {
        return !a.beyond && (b.beyond || a.text < b.text);
    }
    friend bool operator==(const TextBound&, const TextBound&) = default;
};

/// Booleans, numbers and dates by a whole number in their own order.
using Key = std::int64_t;

/// Finite doubles in order, −0 and 0 as one: neighbours have neighbouring keys.
inline Key key_of_number(double number) noexcept {
    const auto bits = std::bit_cast<std::int64_t>(number);
    return bits >= 0 ? bits : std::numeric_limits<std::int64_t>::min() - bits;
}
inline double number_of_key(Key key) noexcept {
    return std::bit_cast<double>(key >= 0 ? key : std::numeric_limits<std::int64_t>::min() - key);
}

inline const Range<Key> all_booleans{0, 2};
inline const Range<Key> all_numbers{key_of_number(-std::numeric_limits<double>::max()),
                                    key_of_number(std::numeric_limits<double>::max()) + 1};
inline const Range<Key> all_dates{date_min.days, Key{date_max.days} + 1};
inline const Range<TextBound> all_texts{{}, {{}, true}};

inline const Range<Key>& all_keys(Type type) noexcept {
    return type == Type::boolean ? all_booleans : type == Type::number ? all_numbers : all_dates;
}

/// Whether a value is one that tests of its type can ask for: NaN and "no date" are missing, infinite
/// numbers and days out of the calendar are no values.
inline bool is_missing(const Value& value) noexcept {
    if (std::holds_alternative<std::monostate>(value)) return true;
    if (const auto* const number = std::get_if<double>(&value)) return std::isnan(*number);
    if (const auto* const date = std::get_if<Date>(&value)) return !date->exists();
    return false;
}

struct UnaryTests::Set {
    std::string text = "-";
    Type type = Type::any;
    bool missing = true;  ///< whether a missing value satisfies the tests
    bool present = true;  ///< of type `any`: whether every other value does
    Ranges<Key> keys;     ///< of booleans, numbers and dates
    Ranges<TextBound> texts;       ///< into `literals`
    std::deque<std::string> literals;  ///< each with a NUL behind it, so that the next text is there too

    Set() = default;
    Set(const Set&) = delete;  // `texts` point into it
    Set& operator=(const Set&) = delete;
};

}  // namespace gridgov::conditions
