// What rules give for register rows, in the order in which they post: cool-downs, hit policies, caps.
// Balances and floors come after (account.hpp): nothing here depends on them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "points/counters.hpp"
#include "points/faults.hpp"
#include "points/records.hpp"

namespace gridgov::points {

/// The rules that a row matches by itself, cool-downs not looked at, in the order of the file.
void match_row(const Job& job, const RowRecord& record, std::vector<std::uint32_t>& slots);

/// Rows of consecutive households, in order, with the entries that they get.
struct Work {
    std::vector<RowRecord> rows;
    std::vector<std::uint32_t> first_entry;    ///< of a row
    std::vector<std::uint32_t> entry_count;
    std::vector<std::uint8_t> reversed;        ///< of a row: taken back before it posts, or at all
    std::vector<WorkEntry> entries;
    std::vector<Detail> details;               ///< row: of `rows`; found: of `values`
    std::vector<std::string> values;
    std::vector<std::uint32_t> row_begin;      ///< of the households: rows
    std::uint32_t first_household = 0;
    const char* texts = nullptr;               ///< register_nos of rows that keep theirs here

    std::string_view register_no(const Job& job, const RowRecord& row) const noexcept {
        return row.text_size > 0 ? std::string_view(texts + row.text, row.text_size)
                                 : job.register_no(row.row);
    }
    void clear();
    /// The rules that a row matches by itself, cool-downs not looked at.
    std::vector<std::uint32_t> matches_of(const Job& job, std::uint32_t row) const;
};

class Evaluator {
public:
    explicit Evaluator(const Job& job) : job_(job) {}

    /// Evaluates households [first, last) of the work, which share their counters (or are one).
    void evaluate(Work& work, std::uint32_t first, std::uint32_t last, Faults& faults);
    /// Call once, when all households of the work are evaluated: finds the values of nearest misses.
    void finish();

private:
    void evaluate_row(std::uint32_t row, bool pending);
    void restore(std::uint32_t row);
    void reverse(std::uint32_t row, bool pending);
    void give(std::uint32_t row, std::uint32_t slot, std::int64_t raw, bool pending);
    void no_match(std::uint32_t row, std::uint32_t cooled, std::uint32_t earlier, Status status);
    void take_over(const Detail& old, WorkEntry& entry);
    void zeros(std::uint32_t row, std::uint32_t of, Status status);
    bool raw_points(std::uint32_t slot, const RowRecord& row, std::int64_t& raw);
    void grow(std::span<const std::uint32_t> kinds, const RowRecord& row, std::int64_t given,
              int direction);
    std::span<const std::uint32_t> grows(std::uint32_t rule) const noexcept;
    std::uint32_t whose(Scope scope, const RowRecord& row) const noexcept;
    std::uint32_t find_row(std::uint32_t household, std::uint32_t wanted);
    WorkEntry& add(std::uint32_t row);
    Detail& detail(WorkEntry& entry);

    const Job& job_;
    Work* work_ = nullptr;
    Faults* faults_ = nullptr;
    std::uint32_t first_ = 0;  ///< household that the counters begin with
    Counters counters_;
    std::vector<Cooling> cooling_;  ///< of a household
    std::vector<std::uint32_t> order_, matched_, kept_;
    std::vector<std::int64_t> raws_;
    std::vector<std::uint8_t> wins_;
    /// Details whose value is still to be found, with the row and its person's row.
    struct ToFind {
        std::uint32_t detail, row, person_row;
    };
    std::vector<ToFind> to_find_;
    Matching::DeedBits deed_bits_;
    std::uint32_t sorted_household_ = no_index;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> by_row_;  ///< of that household: row → place
};

}  // namespace gridgov::points
