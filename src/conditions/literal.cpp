#include "conditions/literal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "utf8.hpp"

namespace gridgov::conditions {
namespace {

bool is_digit(char character) noexcept { return character >= '0' && character <= '9'; }

bool is_ascii_letter(char character) noexcept {
    const auto folded = static_cast<char>(character | 0x20);
    return folded >= 'a' && folded <= 'z';
}

std::optional<unsigned> hex_digit(char character) noexcept {
    if (is_digit(character)) return static_cast<unsigned>(character - '0');
    const auto folded = static_cast<char>(character | 0x20);
    if (folded >= 'a' && folded <= 'f') return static_cast<unsigned>(folded - 'a') + 10;
    return std::nullopt;
}

/// Whether the word stands at `at` and is no part of a longer name.
bool word_at(std::string_view text, std::size_t at, std::string_view word) noexcept {
    return text.substr(at, word.size()) == word && name_length(text, at + word.size()) == 0;
}

/// So many hexadecimal digits at `at`.
std::optional<char32_t> hex_at(std::string_view text, std::size_t at, std::size_t count) noexcept {
    if (at > text.size() || text.size() - at < count) return std::nullopt;
    char32_t code = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto digit = hex_digit(text[at + i]);
        if (!digit) return std::nullopt;
        code = code * 16 + *digit;
    }
    return code;
}

bool is_high_surrogate(char32_t code) noexcept { return code >= 0xD800 && code <= 0xDBFF; }
bool is_low_surrogate(char32_t code) noexcept { return code >= 0xDC00 && code <= 0xDFFF; }

/// Resolves the escape that starts at the backslash at `at`; its length, or 0 where it is none.
std::size_t append_escape(std::string_view text, std::size_t at, std::string& out) {
    if (at + 1 >= text.size()) return 0;
    switch (text[at + 1]) {
        case '"':
        case '\'':
        case '\\': out += text[at + 1]; return 2;
        case 'n': out += '\n'; return 2;
        case 'r': out += '\r'; return 2;
        case 't': out += '\t'; return 2;
        case 'u': {
            const auto first = hex_at(text, at + 2, 4);
            if (!first || is_low_surrogate(*first)) return 0;
            if (!is_high_surrogate(*first)) {
                append_utf8(out, *first);
                return 6;
            }
            if (text.substr(at + 6, 2) != "\\u") return 0;
            const auto second = hex_at(text, at + 8, 4);
            if (!second || !is_low_surrogate(*second)) return 0;
            append_utf8(out, 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00));
            return 12;
        }
        case 'U': {
            const auto code = hex_at(text, at + 2, 6);
            if (!code || *code > 0x10FFFF || is_high_surrogate(*code) || is_low_surrogate(*code))
                return 0;
            append_utf8(out, *code);
            return 8;
        }
        default: return 0;
    }
}

/// Reads the string literal whose quote stands at `at`.
std::optional<Finding> read_string(std::string_view text, std::size_t at, std::string& out,
                                   std::size_t& end) {
    out.clear();
    for (++at; at < text.size();) {
        const char character = text[at];
        if (character == '"') {
            end = at + 1;
            return std::nullopt;
        }
        if (character >= '\n' && character <= '\r')
            return condition_fault(Code::condition_syntax, text, at, "\\n", "\"");
        if (character != '\\') {
            out += character;
            ++at;
            continue;
        }
        const std::size_t length = append_escape(text, at, out);
        if (length == 0)
            return condition_fault(Code::condition_syntax, text, at,
                                   std::string(text.substr(at, 1)) + found_at(text, at + 1),
                                   R"(\" \\ \n \r \t \uXXXX)");
        at += length;
    }
    return condition_fault(Code::condition_incomplete, text, at, {}, "\"");
}

}  // namespace

std::size_t white_space_length(std::string_view text, std::size_t at) noexcept {
    if (at >= text.size()) return 0;
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return first == ' ' || (first >= 9 && first <= 13) ? 1 : 0;
    if (first == 0xC2) return byte(1) == 0x85 || byte(1) == 0xA0 ? 2 : 0;
    if (first == 0xE1)  // U+1680, U+180E
        return (byte(1) == 0x9A && byte(2) == 0x80) || (byte(1) == 0xA0 && byte(2) == 0x8E) ? 3 : 0;
    if (first == 0xE2) {
        if (byte(1) == 0x80)  // U+2000 to U+200B, U+2028, U+2029, U+202F
            return (byte(2) >= 0x80 && byte(2) <= 0x8B) || byte(2) == 0xA8 || byte(2) == 0xA9 ||
                           byte(2) == 0xAF
                       ? 3
                       : 0;
        return byte(1) == 0x81 && byte(2) == 0x9F ? 3 : 0;  // U+205F
    }
    if (first == 0xE3) return byte(1) == 0x80 && byte(2) == 0x80 ? 3 : 0;  // U+3000
    if (first == 0xEF) return byte(1) == 0xBB && byte(2) == 0xBF ? 3 : 0;  // U+FEFF
    return 0;
}

std::size_t skip_white_space(std::string_view text, std::size_t at) noexcept {
    while (const std::size_t length = white_space_length(text, at)) at += length;
    return at;
}

std::string_view without_white_space(std::string_view text) noexcept {
    text.remove_prefix(skip_white_space(text, 0));
    while (!text.empty()) {
        std::size_t length = 0;  // of the white space that ends the text, of 1 to 3 bytes
        for (std::size_t bytes = 1; bytes <= 3 && bytes <= text.size(); ++bytes)
            if (white_space_length(text, text.size() - bytes) == bytes) length = bytes;
        if (length == 0) break;
        text.remove_suffix(length);
    }
    return text;
}

std::size_t name_length(std::string_view text, std::size_t at) noexcept {
    const std::size_t start = at;
    while (at < text.size()) {
        const char character = text[at];
        if (is_digit(character) || is_ascii_letter(character) || character == '_') {
            ++at;
            continue;
        }
        const std::size_t length = utf8_length(text, at);
        if (length < 2 || white_space_length(text, at) > 0) break;
        const std::string_view sign = text.substr(at, length);
        // Full-width marks (U+FF01 to U+FF65) and U+2010 to U+203F: dashes, quotes, dots.
        if (sign[0] == '\xEF' && (sign[1] == '\xBC' || sign[1] == '\xBD')) break;
        if (sign[0] == '\xE2' && sign[1] == '\x80') break;
        if (sign[0] == '\xE3' && sign[1] == '\x80') break;  // U+3000 to U+303F: 。、「」
        at += length;
    }
    return at - start;
}

std::string found_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) return {};
    std::size_t length = name_length(text, at);
    if (length == 0) length = std::max<std::size_t>(1, utf8_length(text, at));
    constexpr std::size_t shown_max = 40;
    if (length > shown_max) {
        length = shown_max;
        while ((static_cast<unsigned char>(text[at + length]) & 0xC0) == 0x80) --length;
        return std::string(text.substr(at, length)) + "…";
    }
    return std::string(text.substr(at, length));
}

Finding condition_fault(Code code, std::string_view text, std::size_t at, std::string found,
                        std::string_view expected) {
    Finding fault;
    fault.code = code;
    constexpr std::size_t shown_max = 200;
    std::string shown(text.substr(0, shown_max));
    if (text.size() > shown_max) {
        while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0) == 0x80)
            shown.pop_back();
        if (!shown.empty() && static_cast<unsigned char>(shown.back()) >= 0x80) shown.pop_back();
        shown += "…";
    }
    const auto characters = std::count_if(
        text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size())),
        [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    fault.fields = {{"text", readable(shown)},
                    {"position", std::to_string(at + 1)},
                    {"character", std::to_string(characters + 1)}};
    if (!found.empty()) fault.fields.emplace_back("found", readable(found));
    if (!expected.empty()) fault.fields.emplace_back("expected", expected);
    return fault;
}

Finding unexpected(std::string_view text, std::size_t at, std::string_view expected) {
    if (at >= text.size())
        return condition_fault(Code::condition_incomplete, text, at, {}, expected);
    const bool name = name_length(text, at) > 0 && !is_digit(text[at]);
    const bool beyond = name || std::string_view("?+-*/{@").find(text[at]) != std::string_view::npos;
    return condition_fault(beyond ? Code::condition_unsupported : Code::condition_syntax, text, at,
                           found_at(text, at), expected);
}

NumberRead read_number(std::string_view text, std::size_t at, double& number,
                       std::size_t& end) noexcept {
    const std::size_t start = at;
    if (at < text.size() && text[at] == '-') ++at;
    std::size_t digits = 0;
    std::size_t significant = 0;   // digits from the first that is not 0 to the last that is not 0
    std::size_t zeros = 0;         // zeros that count only if another digit follows
    const auto take_digits = [&] {
        for (; at < text.size() && is_digit(text[at]); ++at) {
            ++digits;
            if (text[at] == '0') {
                ++zeros;
            } else {
                significant += (significant > 0 ? zeros : 0) + 1;
                zeros = 0;
            }
        }
    };
    take_digits();
    // "1..5" is a range; "1." is no number.
    if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
        ++at;
        take_digits();
    }
    if (digits == 0) return NumberRead::none;
    end = at;
    if (significant > std::numeric_limits<double>::digits10) return NumberRead::invalid;
    const auto [stop, error] = std::from_chars(text.data() + start, text.data() + at, number,
                                               std::chars_format::fixed);
    if (error != std::errc{} || stop != text.data() + at) return NumberRead::invalid;
    if (significant == 0) {
        number = 0;  // also "-0"
    } else if (!std::isnormal(number)) {
        return NumberRead::invalid;
    }
    return NumberRead::good;
}

LiteralRead read_literal(std::string_view text, std::size_t at, std::string& storage) {
    if (at >= text.size()) return {};
    if (text[at] == '"') {
        std::size_t end = 0;
        if (auto fault = read_string(text, at, storage, end)) return {{}, std::move(fault)};
        return {Literal{std::string_view(storage), end}, {}};
    }
    double number = 0;
    std::size_t end = 0;
    switch (read_number(text, at, number, end)) {
        case NumberRead::good:
            if (name_length(text, end) > 0)
                return {{}, condition_fault(Code::condition_syntax, text, end, found_at(text, end),
                                            ", .. ) ]")};
            return {Literal{number, end}, {}};
        case NumberRead::invalid: {
            std::string found(text.substr(at, std::min<std::size_t>(end - at, 40)));
            if (end - at > 40) found += "…";
            return {{}, condition_fault(Code::condition_number_invalid, text, at, std::move(found))};
        }
        case NumberRead::none: break;
    }
    if (word_at(text, at, "null")) return {Literal{std::monostate{}, at + 4}, {}};
    if (word_at(text, at, "true")) return {Literal{true, at + 4}, {}};
    if (word_at(text, at, "false")) return {Literal{false, at + 5}, {}};

    std::size_t quote = at;
    const bool function = word_at(text, at, "date");
    if (function) {
        quote = skip_white_space(text, at + 4);
        if (quote >= text.size() || text[quote] != '(')
            return {{}, unexpected(text, quote, "(")};
        quote = skip_white_space(text, quote + 1);
    } else if (text[at] == '@') {  // DMN 1.3's short form: @"2026-01-01"
        quote = at + 1;
    } else {
        return {};
    }
    if (quote >= text.size() || text[quote] != '"') return {{}, unexpected(text, quote, "\"")};
    if (auto fault = read_string(text, quote, storage, end)) return {{}, std::move(fault)};
    const auto date = parse_date(storage);
    if (!date)
        return {{}, condition_fault(Code::condition_date_invalid, text, at,
                                    std::string(text.substr(quote, std::min<std::size_t>(
                                                                       end - quote, 40))))};
    if (function) {
        end = skip_white_space(text, end);
        if (end >= text.size() || text[end] != ')') return {{}, unexpected(text, end, ")")};
        ++end;
    }
    return {Literal{*date, end}, {}};
}

std::optional<Value> parse_literal(std::string_view text, std::string& storage) {
    if (!is_utf8(text)) return std::nullopt;
    const auto read = read_literal(text, skip_white_space(text, 0), storage);
    if (!read.literal || skip_white_space(text, read.literal->end) != text.size())
        return std::nullopt;
    return read.literal->value;
}

std::string feel_text(const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) return "null";
    if (const auto* const truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
    if (const auto* const date = std::get_if<Date>(&value))
        return date->exists() ? "date(\"" + date_text(*date) + "\")" : "null";
    if (const auto* const number = std::get_if<double>(&value)) {
        if (!std::isfinite(*number)) return "null";
        std::array<char, 400> digits{};  // the longest double in plain notation has 327 characters
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                       *number == 0 ? 0.0 : *number, std::chars_format::fixed);
        return {digits.data(), end.ptr};
    }
    std::string out = "\"";
    for (const char character : std::get<std::string_view>(value)) {
        switch (character) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(character) < 0x20) {
                    constexpr std::string_view hex = "0123456789ABCDEF";
                    out += "\\u00";
                    out += hex[static_cast<unsigned char>(character) >> 4];
                    out += hex[static_cast<unsigned char>(character) & 15];
                } else {
                    out += character;
                }
        }
    }
    return out + '"';
}

namespace {

/// Whether two texts are the same but for the case of ASCII letters; `word` is in lower case.
bool same_word(std::string_view text, std::string_view word) noexcept {
    return text.size() == word.size() &&
           std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) {
               return (is_ascii_letter(a) ? static_cast<char>(a | 0x20) : a) == b;
           });
}

std::optional<bool> read_boolean(std::string_view word) noexcept {
    for (const std::string_view yes : {"true", "yes", "1", "是"})
        if (same_word(word, yes)) return true;
    for (const std::string_view no : {"false", "no", "0", "否"})
        if (same_word(word, no)) return false;
    return std::nullopt;
}

}  // namespace

std::optional<Value> read_cell(std::string_view cell, Type type) noexcept {
    const std::string_view word = without_white_space(cell);
    if (word.empty()) return Value{};
    switch (type) {
        case Type::any:
        case Type::text: return Value{cell};
        case Type::number: {
            double number = 0;
            std::size_t end = 0;
            if (read_number(word, 0, number, end) != NumberRead::good || end != word.size())
                return std::nullopt;
            return Value{number};
        }
        case Type::date: {
            const auto date = parse_date(word);
            if (!date) return std::nullopt;
            return Value{*date};
        }
        case Type::boolean: {
            const auto truth = read_boolean(word);
            if (!truth) return std::nullopt;
            return Value{*truth};
        }
    }
    return std::nullopt;
}

}  // namespace gridgov::conditions
