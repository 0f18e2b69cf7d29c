// The tables, checked and numbered: households in the order (village, id), persons with their dated
// rows, the prices of goods, exchanges in order, and readers of the register's columns.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gridgov/points/settle.hpp"
#include "gridgov/points/tables.hpp"
#include "points/columns.hpp"
#include "points/faults.hpp"
#include "points/plan.hpp"

namespace gridgov::points {

/// Words of a register's stage.
enum class Stage : std::uint8_t { declared, reviewed, published, posted, rejected, blank, unknown };

/// HOUSEHOLDS, numbered in the order (village, id).
struct HouseholdInputs {
    std::vector<std::string_view> villages;    ///< byte order
    std::vector<std::uint32_t> village_begin;  ///< households of village v: [v], [v + 1]
    std::vector<std::string_view> ids;
    std::vector<std::uint32_t> village_of;
    std::vector<std::uint32_t> source_rows;
    Dictionary by_id;                          ///< numbers are places in `numbers`
    std::vector<std::uint32_t> numbers;        ///< of a dictionary number: the household
    std::vector<bool> faulty;                  ///< villages that are left out

    std::size_t size() const noexcept { return ids.size(); }
    std::uint32_t find(std::string_view id) const noexcept {
        const std::uint32_t number = by_id.find(id);
        return number == no_index ? no_index : numbers[number];
    }
    /// Numbers of a key column of household ids.
    Numbered number(const KeyColumn& column, const HouseholdTable& table) const;
};

/// PERSONS: each with its rows by valid_from.
struct PersonInputs {
    Dictionary by_id;
    bool given = false;                       ///< as a table; else persons are what the register says
    std::vector<std::uint32_t> begin;         ///< rows of person p: [p], [p + 1]
    std::vector<std::int32_t> from, until;    ///< of a row
    std::vector<std::uint32_t> source_rows;
    bool undated = true;                      ///< every person has exactly one row, for ever

    std::size_t rows() const noexcept { return source_rows.size(); }
    /// The row that serves on a date; rows() where none does.
    std::uint32_t row_on(std::uint32_t person, std::int32_t date) const noexcept {
        if (undated && person < rows()) return person;
        if (person + 1 < begin.size())
            for (std::uint32_t row = begin[person]; row < begin[person + 1]; ++row)
                if (from[row] <= date && date < until[row]) return row;
        return static_cast<std::uint32_t>(rows());
    }
};

/// A good's price and stock in a shop from a day until the next one.
struct Price {
    std::uint32_t good = 0, shop = 0;
    std::int32_t from = 0, until = 0;
    std::int64_t points = 0, stock = 0;
    std::int64_t fen = no_number;
};

struct ExchangeInput {
    std::int32_t date = 0;
    std::uint32_t household = 0;
    std::uint32_t good = no_index, shop = no_index;
    std::uint32_t price = no_index;    ///< in force on the day
    std::int64_t quantity = 0;
    std::uint32_t returns = no_index;  ///< place in the list
    std::uint32_t source_row = no_index;
    std::string_view exchange_no;
};

/// Goods and exchanges; those posted before (of a state) come first, in their order.
struct ExchangeInputs {
    Dictionary goods, shops;
    std::vector<Price> prices;  ///< by good, shop, from
    std::vector<bool> known_good;  ///< stands in the table of goods at all
    std::vector<ExchangeInput> list;  ///< by (date, exchange_no)
    std::size_t posted = 0;           ///< so many of them are the state's

    /// The price of a good in a shop on a date, or no_index.
    std::uint32_t price_on(std::uint32_t good, std::uint32_t shop, std::int32_t date) const noexcept;
};

/// Readers of the register's columns.
struct RegisterInputs {
    const RegisterTable* table = nullptr;
    std::size_t rows = 0;
    Numbered households, persons, deeds, stages, objections, reviewers;
    Dictionary deed_ids, reviewer_ids;
    Dates dates, recorded_on, published_on, mended_on;
    WholeNumbers units, evidence, witnesses;
    bool ascending = true;      ///< register_nos strictly ascend with the rows
    std::vector<bool> dropped;  ///< given twice, the same; empty: none is
    std::vector<std::uint32_t> slots;  ///< register_no → row, by hash; empty where ascending

    std::string_view number(std::size_t row) const noexcept { return table->register_nos[row]; }
    /// The row of a register_no, or no_index.
    std::uint32_t find(std::string_view number) const noexcept;
    Stage stage(std::size_t row) const noexcept;
    bool upheld(std::size_t row) const noexcept {
        return objections.present() && objections[row] == 1;
    }
};

HouseholdInputs read_households(const HouseholdTable& table, Faults& faults);
PersonInputs read_persons(const PersonTable& table, const HouseholdTable& household_table,
                          const HouseholdInputs& households, Faults& faults);
RegisterInputs read_register(const RegisterTable& table, const HouseholdTable& household_table,
                             const HouseholdInputs& households, const PersonTable& person_table,
                             PersonInputs& persons, Faults& faults);
/// `before`: what a state holds, or nullptr.
ExchangeInputs read_exchanges(const ExchangeTable& table, const GoodTable& goods,
                              const HouseholdTable& household_table,
                              const HouseholdInputs& households, const Settlement* before,
                              Faults& faults);

/// The length that all columns of a table must have; a fault for each that has not.
void check_lengths(const Tables& tables, Faults& faults);

}  // namespace gridgov::points
