// The tables that points are settled from: households, persons, register, exchanges, goods. Columns
// are borrowed for the call, never copied whole; all of a table have its length or are absent.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/conditions/unary_tests.hpp"
#include "gridgov/model/columns.hpp"
#include "gridgov/model/date.hpp"

namespace gridgov::points {

/// A column of ids or words: a text a row, or, for millions of rows, codes into a list of texts
/// (Arrow's dictionary, pandas' categorical). Blank cells are empty texts or `no_code`. Borrowed;
/// threads: as TextColumn.
class KeyColumn {
public:
    static constexpr std::uint32_t no_code = 0xFFFFFFFF;

    KeyColumn() = default;
    KeyColumn(TextColumn texts) : texts_(texts), present_(texts.present()) {}  // NOLINT: implicit
    /// Row i is categories[codes[i]]. A code past the categories is a fault of its row.
    KeyColumn(std::span<const std::uint32_t> codes, TextColumn categories)
        : texts_(categories), codes_(codes), coded_(true), present_(true) {}

    bool present() const noexcept { return present_; }
    bool coded() const noexcept { return coded_; }
    std::size_t size() const noexcept { return coded_ ? codes_.size() : texts_.size(); }
    std::span<const std::uint32_t> codes() const noexcept { return codes_; }
    /// The categories, or the texts of the rows.
    const TextColumn& texts() const noexcept { return texts_; }
    std::string_view operator[](std::size_t row) const noexcept {
        if (!coded_) return texts_[row];
        return codes_[row] < texts_.size() ? texts_[codes_[row]] : std::string_view{};
    }

private:
    TextColumn texts_;
    std::span<const std::uint32_t> codes_;
    bool coded_ = false;
    bool present_ = false;
};

/// What stands for a blank cell in a column of integers.
inline constexpr std::int64_t no_number = std::numeric_limits<std::int64_t>::min();

/// A column of whole numbers: integers (`no_number`: blank), reals (NaN: blank; a fraction is a
/// fault of its row) or texts (empty: blank). At most one of the three is present.
struct NumberColumn {
    std::span<const std::int64_t> integers;
    std::span<const double> reals;
    KeyColumn texts;
    bool present() const noexcept { return !integers.empty() || !reals.empty() || texts.present(); }
    std::size_t size() const noexcept {
        if (texts.present()) return texts.size();
        return integers.empty() ? reals.size() : integers.size();
    }
};

/// A column of dates: days since 1970-01-01 (Date::none().days: blank) or texts `YYYY-MM-DD` (empty:
/// blank; anything else that is no date is a fault of its row).
struct DateColumn {
    std::span<const std::int32_t> days;
    KeyColumn texts;
    bool present() const noexcept { return !days.empty() || texts.present(); }
    std::size_t size() const noexcept { return texts.present() ? texts.size() : days.size(); }
};

/// A further column that rules' conditions may name: values, or texts with codes.
struct NamedColumn {
    std::string_view name;
    conditions::ValueColumn values;  ///< where `keys` is absent
    KeyColumn keys;
    std::size_t size() const noexcept { return keys.present() ? keys.size() : values.size(); }
};

/// Columns that are listed here as required must be present; `columns` holds whatever `when` may
/// name. The standard columns can be named too, without being listed in `columns`.
///
/// A column named in `when` is looked for in PERSONS, then HOUSEHOLDS, then the register.

/// HOUSEHOLDS, a row each.
struct HouseholdTable {
    KeyColumn household_ids;  ///< required; not empty
    KeyColumn villages;       ///< required; not empty
    std::vector<NamedColumn> columns;
};

/// PERSONS, dated: a row serves from valid_from (blank: always did) until the day before valid_to
/// (blank: still does). Two rows of one person for one day are a fault.
struct PersonTable {
    KeyColumn person_ids;     ///< required if the table is given; not empty
    KeyColumn household_ids;  ///< known, or blank
    DateColumn valid_from, valid_to;
    std::vector<NamedColumn> columns;
    bool present() const noexcept { return person_ids.present(); }
};

/// The register of deeds. `stage`: declared, reviewed, published, posted, rejected (or 申报, 审核, 公示,
/// 入账, 驳回); `objections`: upheld (成立) rejects the row, any other text is free.
struct RegisterTable {
    KeyColumn register_nos;   ///< required; not empty
    DateColumn dates;         ///< required; not blank
    KeyColumn household_ids;  ///< required; known
    KeyColumn person_ids;     ///< known in PERSONS if that is given, or blank
    KeyColumn deeds;          ///< required; not empty unless the row reverses another
    NumberColumn units;       ///< 0 to 1e9; blank: 1
    NumberColumn evidence;    ///< a number, or items parted by `;`; blank: 0
    NumberColumn witnesses;   ///< as evidence
    KeyColumn stages;         ///< required
    KeyColumn reverses;       ///< the register_no that the row takes back, or blank
    DateColumn recorded_on;   ///< blank: the row's date
    DateColumn published_on;
    KeyColumn objections;
    KeyColumn reviewers;
    DateColumn mended_on;     ///< the deed was put right: off the black board
    std::vector<NamedColumn> columns;
};

/// Exchanges of points for goods.
struct ExchangeTable {
    KeyColumn exchange_nos;   ///< required if the table is given; not empty
    DateColumn dates;
    KeyColumn household_ids;
    KeyColumn goods;
    NumberColumn quantities;  ///< 1 to 1e9; blank only where the row returns another
    KeyColumn shops;
    KeyColumn returns;        ///< the exchange_no that is given back whole, or blank
    bool present() const noexcept { return exchange_nos.present(); }
};

/// Goods: what a shop asks for one, and how many it has, from a day on.
struct GoodTable {
    KeyColumn goods;          ///< required if the table is given; not empty
    KeyColumn titles;
    NumberColumn points;      ///< price of one, in units; 0 to 1e12
    NumberColumn stock;       ///< 0 to 1e12
    KeyColumn shops;
    DateColumn effective_from;
    /// What one cost the village, in fen (hundredths of a yuan), at least 0; blank: not told.
    NumberColumn fen;
    bool present() const noexcept { return goods.present(); }
};

/// Everything but the rulebooks.
struct Tables {
    HouseholdTable households;
    PersonTable persons;
    RegisterTable deeds;  ///< the register
    ExchangeTable exchanges;
    GoodTable goods;
};

}  // namespace gridgov::points
