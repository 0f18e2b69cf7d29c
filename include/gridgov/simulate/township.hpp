// A plausible township made up from a seed: villages in valleys, a river each, ways and bridges.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/model/columns.hpp"

namespace gridgov::simulate {

struct TownshipOptions {
    std::int64_t households = 2400;
    std::int64_t villages = 7;
    std::uint64_t seed = 0;
};

/// The tables of a township, owning their memory. `columns()` lends them to Town::make.
struct Township {
    // households
    std::vector<std::string> household_ids;
    std::vector<double> x_m, y_m;
    std::vector<std::string> household_villages;
    std::vector<std::string> household_groups;       ///< 组 within the village
    std::vector<std::uint8_t> may_be_head;           ///< some adults are always away
    std::vector<std::int32_t> people;                ///< in the household, 1 to 8
    // villages
    std::vector<std::string> village_names;
    std::vector<double> village_x_m, village_y_m;    ///< their middles, for labels
    // ways
    std::vector<std::string> way_node_ids;
    std::vector<double> way_node_x_m, way_node_y_m;
    std::vector<std::string> way_u, way_v;
    std::vector<double> way_length_m;
    // barriers: polylines; bridges are passable pieces of their own
    std::vector<std::int64_t> barrier_offsets;
    std::vector<double> barrier_x_m, barrier_y_m;
    std::vector<std::string> barrier_kind;           ///< "river", "expressway"
    std::vector<std::uint8_t> barrier_is_bridge;

    /// Columns that borrow from this township (with_ways, with_barriers: include them). The
    /// township must outlive them.
    GRIDGOV_EXPORT TownColumns columns(bool with_ways, bool with_barriers) const;
};

/// Makes a township. Same options, same bytes (its own generator and integer arithmetic on the path
/// of decisions). Throws UsageError (simulate_counts_invalid) unless
/// 1 ≤ villages ≤ households ≤ 100,000,000.
GRIDGOV_EXPORT Township township(const TownshipOptions& options);

}  // namespace gridgov::simulate
