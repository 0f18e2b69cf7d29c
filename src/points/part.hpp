// A part of a settlement: consecutive households, with indices of its own, put together in order.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "points/account.hpp"
#include "points/read_rows.hpp"
#include "points/records.hpp"

namespace gridgov::points {

/// A household's sums.
struct HouseholdSums {
    std::uint32_t household = no_index;
    std::int64_t opening = 0, earned = 0, deducted = 0, redeemed = 0, expired = 0, forfeited = 0;
    std::int64_t pending = 0, balance = 0;
    std::uint32_t rows = 0, lots = 0;  ///< how many it has
};

/// What a state must know of rows that are not posted yet: the rules that they match.
struct WaitingRow {
    std::uint32_t row = no_index;
    std::vector<std::uint32_t> rules;
    friend bool operator==(const WaitingRow&, const WaitingRow&) = default;
};

/// Indices of rows, entries and lots count within the part; rules, persons, deeds, reviewers and
/// exchanges are the job's.
struct Part {
    std::vector<HouseholdSums> households;
    std::vector<RowRecord> rows;
    Texts register_nos;
    std::vector<std::int32_t> mended_on;
    std::vector<Digest> digests;
    std::vector<WaitingRow> waiting;
    Entries entries;
    std::vector<Detail> details;
    std::vector<std::string> values;
    Lots lots;
    std::vector<Spend> spends;
    std::vector<Movement> movements;
    std::vector<Debt> debts;
    std::vector<Frozen> frozen;

    void clear();
};

/// Adds the rows and entries of a whole work; accounts follow, household by household.
class PartWriter {
public:
    PartWriter(const Job& job, const RowReader& reader, const std::vector<Digest>* digests_before)
        : job_(job), reader_(reader), digests_before_(digests_before) {}

    /// Begins a part, with rows and entries counted: those of households that are left out are not.
    void begin(const Work& work, Part& part);
    /// Adds a household's account after it has run.
    void add(const Work& work, const Account& account, Part& part);
    /// Adds rows and entries, when all accounts have run.
    void finish(const Work& work, Part& part);

private:
    void add_rows(const Work& work, Part& part);
    void add_entries(const Work& work, Part& part);
    void add_waiting(const Work& work, Part& part);

    const Job& job_;
    const RowReader& reader_;
    const std::vector<Digest>* digests_before_;
    std::vector<std::uint32_t> entry_out_, row_out_;  ///< of the work → of the part, or none
    std::vector<std::uint32_t> rows_;                 ///< of the part: of the work
    std::size_t entries_ = 0;                         ///< of the part
};

/// Puts parts together, in the order of households.
class Assembly {
public:
    Assembly(const Job& job, Settlement& out);
    void reserve(std::size_t rows, std::size_t bytes);
    void append(const Part& part, std::vector<Digest>* digests, std::vector<WaitingRow>* waiting);
    /// Village by village as `households` come, then all else that is of the whole.
    void finish(const ExchangeResults& results);

private:
    std::uint32_t value(const std::string& text);

    const Job& job_;
    Settlement& out_;
    std::vector<std::uint32_t> person_out_, deed_out_, reviewer_out_, household_out_;
    std::vector<std::uint32_t> row_out_;  ///< of a row's universe; only where rows are reversed
    std::unordered_map<std::string, std::uint32_t> values_;
    bool reviewed_ = false, mends_ = false;
};

}  // namespace gridgov::points
