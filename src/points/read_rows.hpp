// Register rows as records: checked, matched, with the day on which they post.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "points/faults.hpp"
#include "points/records.hpp"

namespace gridgov::points {

using Digest = std::array<std::uint8_t, 16>;

/// What a state knows of rows, for those that are given again.
struct KnownRows {
    Dictionary by_number;                       ///< register_no → row of the state
    std::vector<Digest> digests;                ///< of the state's rows
    std::vector<std::uint8_t> posted;           ///< likewise
    std::vector<std::uint32_t> replaced_by;     ///< likewise: the register row given now, or none
    bool known() const noexcept { return by_number.size() > 0; }
};

class RowReader {
public:
    /// `digests`: where those of the rows that are read go, by row; or null.
    RowReader(const Job& job, const KnownRows* known, Digest* digests);

    /// Records of rows [first, first + count), `records` in their order; those that do not count have
    /// no household, and `mask` is the one that they name. `again` gets (row, row of the state) of
    /// those that a state knows.
    void read(std::size_t first, std::size_t count, RowRecord* records,
              std::vector<std::pair<std::uint32_t, std::uint32_t>>& again, Faults& faults) const;

    /// What a posted row may not change, of a row that was read.
    const Digest& digest(std::size_t row) const { return digests_[row]; }

private:
    class Digester;
    /// `record` comes with the household and the person.
    bool read_row(std::size_t row, const std::uint64_t* deed_bits, RowRecord& record,
                  Faults& faults) const;
    void tell_faults(std::size_t row, Faults& faults) const;

    const Job& job_;
    const KnownRows* known_;
    Digest* digests_;
    std::vector<std::uint32_t> lists_;  ///< of rulebook and deed; empty: too many, looked up
};

/// Resolves the rows that take others back: fills `job.reversals` and `job.reversing`, and tells
/// those of nothing, of themselves, of reversals, of other households, and of one row twice.
void resolve_reversals(Job& job, const KnownRows* known, Faults& faults);

}  // namespace gridgov::points
