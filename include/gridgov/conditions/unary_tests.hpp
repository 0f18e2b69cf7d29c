// FEEL unary tests (OMG DMN 1.3, 7.3.11 and 10.3.1.2): the cells of a decision table, such as `>= 18`,
// `[2..5)`, `"party_member","veteran"`, `not(null)`, `-`.
//
// A test is normalised to the set of values that satisfy it, so that a test is exact, fast, and two
// tests can be compared: whether they overlap, and by which value. Taken from the grammar: unary tests
// (`-`, a list, or `not(…)` around a whole list), `<`, `<=`, `>`, `>=` before a value, intervals, and
// literals as values: numbers, strings with their escapes, booleans, null, `date("…")` and its short
// form `@"…"`. Out, and refused by name: arithmetic, names of columns, other functions, times,
// durations, lists and contexts as values, `?`, comments, `not(…)` within a list or another `not(…)`
// (in FEEL that is a function of booleans), values of mixed types in one cell, and the prefixes `=`
// and `!=`, which came with DMN 1.5.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/model/columns.hpp"
#include "gridgov/model/date.hpp"

namespace gridgov::conditions {

/// What a value can be. `any`: a test that asks only whether there is a value (`-`, `null`,
/// `not(null)`), so that it fits a column of every type.
enum class Type : std::uint8_t { any, boolean, number, text, date };
GRIDGOV_EXPORT std::string_view type_name(Type type) noexcept;

/// A value; std::monostate where it is missing (FEEL's null). Numbers are doubles read from at most
/// 15 significant digits, so that different decimals stay different; texts are borrowed UTF-8,
/// compared by bytes.
using Value = std::variant<std::monostate, bool, double, std::string_view, Date>;

/// The value's type; `any` of a missing one.
GRIDGOV_EXPORT Type type_of(const Value& value) noexcept;

/// A FEEL literal: `null`, `true`, `-1.5`, `"text"` (escapes resolved into `storage`), `date("…")`.
/// Nothing where the text is no literal. Surrounding blanks are allowed.
GRIDGOV_EXPORT std::optional<Value> parse_literal(std::string_view text, std::string& storage);

/// The value as FEEL writes it: `18`, `"党员"`, `date("2026-01-01")`, `null`.
GRIDGOV_EXPORT std::string feel_text(const Value& value);

/// A cell of a table as a value of the type that a test asks for: empty (or blanks only) is missing;
/// numbers in decimal notation of at most 15 significant digits; dates `YYYY-MM-DD`; booleans
/// true/false, yes/no, 1/0, 是/否 in any case. Nothing where the cell is no such value.
/// With `Type::any` every cell that is not empty is a text.
GRIDGOV_EXPORT std::optional<Value> read_cell(std::string_view cell, Type type) noexcept;

/// A column whose cells are asked: as texts that are read by `read_cell`, or typed already. Exactly
/// one of the parts is present; borrowed for the call.
struct ValueColumn {
    TextColumn texts;
    std::span<const double> numbers;          ///< NaN: missing
    std::span<const std::int32_t> dates;      ///< days since 1970-01-01; no date's value: missing
    std::span<const std::uint8_t> booleans;   ///< 0 or 1; 255: missing
    GRIDGOV_EXPORT std::size_t size() const noexcept;
    GRIDGOV_EXPORT Type type() const noexcept;  ///< `any` where it is texts: read as a test asks
};

class UnaryTests;

/// What reading a test gave: the test, or why there is none.
struct Parsed;

/// One cell's tests: immutable, cheap to copy, safe to share between threads.
class UnaryTests {
public:
    /// `-`: satisfied by everything.
    GRIDGOV_EXPORT UnaryTests();

    /// Reads `text`, at most 64 KiB of it, in time n log n. An interval with its ends reversed, such as
    /// `[5..2]`, is legal and empty.
    GRIDGOV_EXPORT static Parsed parse(std::string_view text);

    /// The type of the values compared with.
    GRIDGOV_EXPORT Type type() const noexcept;
    /// The text that was read.
    GRIDGOV_EXPORT const std::string& text() const noexcept;

    /// Whether a value satisfies the tests. A missing value satisfies only `null` and `-` (and lists
    /// that contain one), never `not(…)`. A value of another type satisfies nothing but `-` and
    /// `not(null)`.
    GRIDGOV_EXPORT bool matches(const Value& value) const noexcept;

    /// The rows of a column that satisfy the tests: `satisfied[row]` becomes 1 or 0 (of rows
    /// [0, column.size())). Cells that cannot be read as `type()` (with infinite numbers and days out of
    /// the calendar) are 0 and their rows are appended to `unreadable_rows`, ascending. Throws UsageError (condition_type_clash) where a typed column has
    /// another type, column_size_mismatch where `satisfied` has another length.
    GRIDGOV_EXPORT
    void evaluate(const ValueColumn& column, std::span<std::uint8_t> satisfied,
                  std::vector<std::uint32_t>& unreadable_rows) const;

    /// Whether nothing satisfies the tests (`(5..5)`), or everything does, a missing value too (`-`, and
    /// a list such as `null, <5, >=5`).
    GRIDGOV_EXPORT bool empty() const noexcept;
    GRIDGOV_EXPORT bool everything() const noexcept;

    /// A value that satisfies all of `tests` (texts borrowed from them or static), the simplest there
    /// is: a bound of an interval before a number between, missing where only that serves; nothing
    /// where no value does. Tests of different types have only missing values, and those that `any`
    /// lets through, in common. Exact, by interval arithmetic.
    GRIDGOV_EXPORT
    static std::optional<Value> common_value(std::span<const UnaryTests* const> tests);
    /// A value that satisfies these tests but not `others`; nothing where `others` covers them. Tests of
    /// the type `any` are taken over values of the other tests' type: `-` goes beyond `<5` by 5.
    GRIDGOV_EXPORT std::optional<Value> value_beyond(const UnaryTests& others) const;
    /// A value that satisfies the tests and is near `value` (the nearest bound for numbers and dates,
    /// else the smallest); nothing where the tests are empty.
    GRIDGOV_EXPORT std::optional<Value> nearest_value(const Value& value) const;

    friend bool operator==(const UnaryTests& a, const UnaryTests& b) noexcept;

    struct Set;  ///< the values in normal form; private to gridgov's sources

private:
    explicit UnaryTests(std::shared_ptr<const Set> set);
    std::shared_ptr<const Set> set_;
};

/// Whether they are satisfied by the same values and are of the same type; texts may differ.
GRIDGOV_EXPORT bool operator==(const UnaryTests& a, const UnaryTests& b) noexcept;

struct Parsed {
    std::optional<UnaryTests> tests;
    /// Where `tests` is absent: one of the condition_… codes with fields `text`, `position` (bytes
    /// from 1), `character` (likewise), `found` and what was expected; the caller adds where it stands
    /// (`file`, `line`, `key`, the record's id).
    std::optional<Finding> fault;
};

}  // namespace gridgov::conditions
