#include "model/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <numeric>
#include <unordered_map>

#include "gridgov/model/ids.hpp"

namespace gridgov::model {
namespace {

/// The length of the sequence that starts at `at`, 0 if it is not well formed.
std::size_t sequence_length(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    if (first < 0x80) return 1;
    std::size_t length = 0;
    unsigned char second_min = 0x80;
    unsigned char second_max = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        if (first == 0xE0) second_min = 0xA0;  // else overlong
        if (first == 0xED) second_max = 0x9F;  // else a surrogate
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        if (first == 0xF0) second_min = 0x90;
        if (first == 0xF4) second_max = 0x8F;  // else beyond U+10FFFF
    } else {
        return 0;
    }
    if (at + length > text.size()) return 0;
    if (byte(at + 1) < second_min || byte(at + 1) > second_max) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (byte(at + i) < 0x80 || byte(at + i) > 0xBF) return 0;
    return length;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at < text.size()) {
        if (text.size() - at >= 8) {  // eight bytes of ASCII at once: the common case
            std::uint64_t eight = 0;
            std::memcpy(&eight, text.data() + at, 8);
            if ((eight & 0x8080808080808080U) == 0) {
                at += 8;
                continue;
            }
        }
        const std::size_t length = sequence_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

std::string readable(std::string_view text) {
    if (is_utf8(text)) return std::string(text);
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte < 0x80) {
            out += character;
        } else {
            out += "\\x";
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

Names number_names(const TextColumn& column) {
    const std::size_t rows = column.size();
    Names result;
    result.number_of_row.assign(rows, no_index);

    std::unordered_map<std::string_view, std::uint32_t> number_of;  // looked up, never iterated
    std::vector<std::string_view> found;
    std::string_view last;
    std::uint32_t last_number = no_index;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view text = column[row];
        if (text.empty()) continue;
        if (last_number == no_index || text != last) {  // tables come in runs
            const auto [entry, is_new] =
                number_of.try_emplace(text, static_cast<std::uint32_t>(found.size()));
            if (is_new) found.push_back(text);
            last = text;
            last_number = entry->second;
        }
        result.number_of_row[row] = last_number;
    }

    std::vector<std::uint32_t> order(found.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return found[a] < found[b]; });
    std::vector<std::uint32_t> place(found.size());
    result.names.reserve(found.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
        result.names.emplace_back(found[order[i]]);
    }
    for (std::uint32_t& number : result.number_of_row)
        if (number != no_index) number = place[number];
    return result;
}

std::optional<std::uint32_t> row_from_text(std::string_view text, std::size_t rows) noexcept {
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    std::uint32_t row = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data(), end, row);
    if (fault != std::errc{} || stop != end || row >= rows) return std::nullopt;
    return row;
}

}  // namespace gridgov::model
