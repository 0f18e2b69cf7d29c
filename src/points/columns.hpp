// Reading columns as they come: keys as dense numbers, dates and whole numbers with what is wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/model/ids.hpp"
#include "gridgov/points/tables.hpp"

namespace gridgov::points {

/// Texts numbered in the order in which they are added. Borrows them.
class Dictionary {
public:
    std::uint32_t add(std::string_view text);
    std::uint32_t find(std::string_view text) const noexcept;
    std::uint32_t size() const noexcept {
        return static_cast<std::uint32_t>(ascending_.present() ? ascending_.size() : texts_.size());
    }
    std::string_view operator[](std::uint32_t number) const noexcept {
        return ascending_.present() ? ascending_[number] : texts_[number];
    }
    void reserve(std::size_t texts);
    /// Takes over a column whose texts strictly ascend and are not empty, if they do: then nothing is
    /// hashed, and found by halving. Only for an empty dictionary.
    bool borrow_ascending(const TextColumn& column);

private:
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t number = no_index;
    };
    std::size_t place(std::string_view text, std::uint64_t hash) const noexcept;
    void grow(std::size_t slots);

    TextColumn ascending_;
    std::vector<std::string_view> texts_;
    std::vector<Slot> slots_;  ///< open addressing; a power of two, at most half full
};

/// Whether two columns are the same texts in the same memory.
bool same_texts(const TextColumn& a, const TextColumn& b) noexcept;

/// A column of keys as numbers: of a coded one by its categories, of texts a number a row.
class Numbered {
public:
    static constexpr std::uint32_t blank = no_index;       ///< empty, or no code
    static constexpr std::uint32_t unknown = no_index - 1; ///< not in the dictionary
    static constexpr std::uint32_t bad_code = no_index - 2;

    Numbered() = default;
    /// Each text becomes `number(text)`; called once a category, or once a row.
    Numbered(const KeyColumn& column, const std::function<std::uint32_t(std::string_view)>& number);
    /// A coded column whose categories are numbered already.
    Numbered(const KeyColumn& column, std::vector<std::uint32_t> by_category);

    /// A coded column whose categories are their own numbers.
    static Numbered same(const KeyColumn& column) {
        Numbered made;
        made.codes_ = column.codes().data();
        made.same_below_ = static_cast<std::uint32_t>(column.texts().size());
        made.present_ = true;
        return made;
    }

    bool present() const noexcept { return present_; }
    std::uint32_t operator[](std::size_t row) const noexcept {
        if (codes_ == nullptr) return present_ ? numbers_[row] : blank;
        const std::uint32_t code = codes_[row];
        if (code < same_below_) return code;
        if (code < numbers_.size()) return numbers_[code];
        return code == KeyColumn::no_code ? blank : bad_code;
    }

private:
    const std::uint32_t* codes_ = nullptr;
    std::vector<std::uint32_t> numbers_;
    std::uint32_t same_below_ = 0;
    bool present_ = false;
};

/// What a cell holds.
enum class Cell : std::uint8_t { value, blank, bad };

/// A column of whole numbers. With `items`, a text that is no number counts its parts between `;`.
class WholeNumbers {
public:
    WholeNumbers() = default;
    WholeNumbers(const NumberColumn& column, bool items);
    bool present() const noexcept { return kind_ != Kind::absent; }
    Cell read(std::size_t row, std::int64_t& value) const noexcept {
        if (kind_ == Kind::integers) [[likely]] {
            value = column_.integers[row];
            return value == no_number ? Cell::blank : Cell::value;
        }
        return read_other(row, value);
    }
    /// The cell as a text, for a fault.
    std::string text(std::size_t row) const;

private:
    enum class Kind : std::uint8_t { absent, integers, reals, texts, categories };
    struct Parsed {
        Cell cell = Cell::blank;
        std::int64_t value = 0;
    };
    static Parsed parse(std::string_view text, bool items) noexcept;
    Cell read_other(std::size_t row, std::int64_t& value) const noexcept;
    NumberColumn column_;
    Kind kind_ = Kind::absent;
    bool items_ = false;
    std::vector<Parsed> parsed_;  ///< of the categories
};

/// A column of dates.
class Dates {
public:
    Dates() = default;
    explicit Dates(const DateColumn& column);
    bool present() const noexcept { return kind_ != Kind::absent; }
    Cell read(std::size_t row, std::int32_t& days) const noexcept {
        if (kind_ == Kind::days) [[likely]] {
            days = column_.days[row];
            if (days >= date_min.days && days <= date_max.days) [[likely]] return Cell::value;
            return days == Date::none().days ? Cell::blank : Cell::bad;
        }
        return read_text(row, days);
    }
    std::string text(std::size_t row) const;

private:
    enum class Kind : std::uint8_t { absent, days, texts, categories };
    struct Parsed {
        Cell cell = Cell::blank;
        std::int32_t days = 0;
    };
    static Parsed parse(std::string_view text) noexcept;
    Cell read_text(std::size_t row, std::int32_t& days) const noexcept;
    DateColumn column_;
    Kind kind_ = Kind::absent;
    std::vector<Parsed> parsed_;
};

/// Blanks around a text taken off.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace gridgov::points
