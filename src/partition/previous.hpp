// The assignment before, joined to the town as it is now.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/partition/revise.hpp"

namespace gridgov::partition {

/// Courtyards before, and who of the town stood where.
struct Previous {
    std::vector<std::string> ids;            ///< courtyards before, in byte order
    std::vector<std::uint32_t> home_of;      ///< per household of the town, or no_index
    std::vector<std::uint32_t> head;         ///< per courtyard before: HouseholdIndex, or no_index
    std::vector<std::uint8_t> locked;
    std::vector<std::pair<std::string, std::uint32_t>> left;  ///< household, courtyard; in id order
};

/// Throws DataError with every fault of the rows, and UsageError (unknown_locked_courtyard).
Previous join_previous(const Town& town, const PreviousAssignment& previous,
                       const ReviseOptions& options);

}  // namespace gridgov::partition
