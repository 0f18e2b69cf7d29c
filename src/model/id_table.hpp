// A hash table from ids to rows, for looking up the ends of millions of links.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gridgov/model/columns.hpp"

namespace gridgov::model {

/// From ids to their first rows. Borrows the column, which must outlive it. An absent column of `rows`
/// rows has the row numbers as ids and needs no memory.
class IdTable {
public:
    IdTable(const TextColumn& ids, std::size_t rows);

    /// The first row that has this id; no_index if none has.
    std::uint32_t find(std::string_view id) const noexcept;

private:
    struct Slot {
        std::uint32_t hash;
        std::uint32_t row;
    };
    std::size_t slot_of(std::string_view id, std::uint64_t hash) const noexcept;

    const TextColumn* ids_;
    std::size_t rows_;
    std::vector<Slot> slots_;  ///< open addressing; a power of two, at most half full
};

}  // namespace gridgov::model
