#include "points/columns.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <utility>

namespace gridgov::points {
namespace {

std::uint64_t hash_of(std::string_view text) noexcept {
    return std::hash<std::string_view>{}(text);
}

}  // namespace

std::size_t Dictionary::place(std::string_view text, std::uint64_t hash) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    std::size_t slot = static_cast<std::size_t>(hash) & mask;
    while (slots_[slot].number != no_index &&
           (slots_[slot].hash != tag || texts_[slots_[slot].number] != text))
        slot = (slot + 1) & mask;
    return slot;
}

void Dictionary::grow(std::size_t slots) {
    slots_.assign(slots, Slot{});
    const std::size_t mask = slots - 1;
    for (std::uint32_t number = 0; number < texts_.size(); ++number) {
        const std::uint64_t hash = hash_of(texts_[number]);
        std::size_t slot = static_cast<std::size_t>(hash) & mask;
        while (slots_[slot].number != no_index) slot = (slot + 1) & mask;
        slots_[slot] = {static_cast<std::uint32_t>(hash >> 32), number};
    }
}

void Dictionary::reserve(std::size_t texts) {
    texts_.reserve(texts);
    const std::size_t slots = std::bit_ceil(2 * texts + 16);
    if (slots > slots_.size()) grow(slots);
}

bool Dictionary::borrow_ascending(const TextColumn& column) {
    std::string_view before;
    for (std::size_t i = 0; i < column.size(); ++i) {
        const std::string_view text = column[i];
        if (!(before < text)) return false;
        before = text;
    }
    ascending_ = column;
    return true;
}

std::uint32_t Dictionary::add(std::string_view text) {
    if (ascending_.present()) {
        if (const std::uint32_t number = find(text); number != no_index) return number;
        const TextColumn column = std::exchange(ascending_, TextColumn{});
        for (std::size_t i = 0; i < column.size(); ++i) texts_.push_back(column[i]);
        grow(std::bit_ceil(4 * texts_.size() + 16));
    }
    if (2 * (texts_.size() + 1) > slots_.size()) grow(std::bit_ceil(4 * texts_.size() + 16));
    const std::uint64_t hash = hash_of(text);
    Slot& slot = slots_[place(text, hash)];
    if (slot.number == no_index) {
        slot = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(texts_.size())};
        texts_.push_back(text);
    }
    return slot.number;
}

std::uint32_t Dictionary::find(std::string_view text) const noexcept {
    if (ascending_.present()) {
        std::size_t low = 0, high = ascending_.size();
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            if (ascending_[middle] < text) low = middle + 1;
            else high = middle;
        }
        return low < ascending_.size() && ascending_[low] == text ? static_cast<std::uint32_t>(low)
                                                                  : no_index;
    }
    if (slots_.empty()) return no_index;
    return slots_[place(text, hash_of(text))].number;
}

bool same_texts(const TextColumn& a, const TextColumn& b) noexcept {
    if (a.size() != b.size() || !a.present() || !b.present()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i].data() != b[i].data() || a[i].size() != b[i].size()) return false;
    return true;
}

Numbered::Numbered(const KeyColumn& column,
                   const std::function<std::uint32_t(std::string_view)>& number)
    : present_(column.present()) {
    if (!present_) return;
    if (column.coded()) codes_ = column.codes().data();
    const std::size_t texts = column.texts().size();
    numbers_.reserve(texts);
    for (std::size_t i = 0; i < texts; ++i) {
        const std::string_view text = column.texts()[i];
        numbers_.push_back(text.empty() ? blank : number(text));
    }
    if (column.coded() && column.codes().empty()) codes_ = numbers_.data();  // no rows: never read
}

Numbered::Numbered(const KeyColumn& column, std::vector<std::uint32_t> by_category)
    : codes_(column.codes().data()), numbers_(std::move(by_category)), present_(true) {}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

WholeNumbers::Parsed WholeNumbers::parse(std::string_view text, bool items) noexcept {
    text = trimmed(text);
    if (text.empty()) return {};
    Parsed parsed{Cell::value, 0};
    const bool plus = text.front() == '+';
    const char* const begin = text.data() + (plus ? 1 : 0);
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(begin, end, parsed.value);
    if (error == std::errc{} && stop == end) return parsed;
    double real = 0;  // 3.0 is whole, 2.5 is not; neither is a list of items
    const auto [real_stop, real_error] = std::from_chars(begin, end, real);
    if (real_error == std::errc{} && real_stop == end) {
        if (std::floor(real) != real || std::fabs(real) > 1e15) return {Cell::bad, 0};
        return {Cell::value, static_cast<std::int64_t>(real)};
    }
    if (!items) return {Cell::bad, 0};
    parsed.value = 0;
    while (!text.empty()) {
        const std::size_t semicolon = text.find(';');
        if (!trimmed(text.substr(0, semicolon)).empty()) ++parsed.value;
        if (semicolon == std::string_view::npos) break;
        text.remove_prefix(semicolon + 1);
    }
    return parsed;
}

WholeNumbers::WholeNumbers(const NumberColumn& column, bool items) : column_(column), items_(items) {
    if (column.texts.present()) {
        kind_ = column.texts.coded() ? Kind::categories : Kind::texts;
        if (kind_ == Kind::categories)
            for (std::size_t i = 0; i < column.texts.texts().size(); ++i)
                parsed_.push_back(parse(column.texts.texts()[i], items));
    } else if (!column.integers.empty()) {
        kind_ = Kind::integers;
    } else if (!column.reals.empty()) {
        kind_ = Kind::reals;
    }
}

Cell WholeNumbers::read_other(std::size_t row, std::int64_t& value) const noexcept {
    switch (kind_) {
        case Kind::absent:
        case Kind::integers: return Cell::blank;  // integers are read where they are asked for
        case Kind::reals: {
            const double real = column_.reals[row];
            if (std::isnan(real)) return Cell::blank;
            if (std::floor(real) != real || std::fabs(real) > 1e15) return Cell::bad;
            value = static_cast<std::int64_t>(real);
            return Cell::value;
        }
        case Kind::texts: {
            const Parsed parsed = parse(column_.texts[row], items_);
            value = parsed.value;
            return parsed.cell;
        }
        case Kind::categories: break;
    }
    const std::uint32_t code = column_.texts.codes()[row];
    if (code >= parsed_.size()) return code == KeyColumn::no_code ? Cell::blank : Cell::bad;
    value = parsed_[code].value;
    return parsed_[code].cell;
}

std::string WholeNumbers::text(std::size_t row) const {
    if (kind_ == Kind::integers) return std::to_string(column_.integers[row]);
    if (kind_ == Kind::texts || kind_ == Kind::categories)
        return std::string(column_.texts[row].substr(0, 80));
    if (kind_ == Kind::absent) return {};
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, column_.reals[row]);
    return {buffer, end.ptr};
}

Dates::Parsed Dates::parse(std::string_view text) noexcept {
    text = trimmed(text);
    if (text.empty()) return {};
    const auto date = parse_date(text);
    return date ? Parsed{Cell::value, date->days} : Parsed{Cell::bad, 0};
}

Dates::Dates(const DateColumn& column) : column_(column) {
    if (column.texts.present()) {
        kind_ = column.texts.coded() ? Kind::categories : Kind::texts;
        if (kind_ == Kind::categories)
            for (std::size_t i = 0; i < column.texts.texts().size(); ++i)
                parsed_.push_back(parse(column.texts.texts()[i]));
    } else if (!column.days.empty()) {
        kind_ = Kind::days;
    }
}

Cell Dates::read_text(std::size_t row, std::int32_t& days) const noexcept {
    if (kind_ == Kind::absent) return Cell::blank;
    Parsed parsed;
    if (kind_ == Kind::texts) {
        parsed = parse(column_.texts[row]);
    } else {
        const std::uint32_t code = column_.texts.codes()[row];
        if (code < parsed_.size()) parsed = parsed_[code];
        else if (code != KeyColumn::no_code) parsed.cell = Cell::bad;
    }
    days = parsed.days;
    return parsed.cell;
}

std::string Dates::text(std::size_t row) const {
    if (kind_ == Kind::days) return std::to_string(column_.days[row]);
    return kind_ == Kind::absent ? std::string{} : std::string(column_.texts[row].substr(0, 80));
}

}  // namespace gridgov::points
