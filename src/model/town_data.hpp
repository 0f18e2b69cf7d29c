// What a town holds, and the checks that fill it: one for each table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/finding.hpp"
#include "gridgov/model/columns.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/model/units.hpp"
#include "model/box.hpp"

namespace gridgov::model {

struct TownData {
    // households
    std::vector<Position> positions;
    std::vector<Weight> weights;
    std::vector<std::uint32_t> village_of;
    std::vector<std::uint32_t> rank;
    std::vector<std::uint32_t> by_rank;      ///< rows in the order of ids; empty without ids
    std::string id_bytes;                    ///< all ids end to end; empty without ids
    std::vector<std::uint64_t> id_offsets;
    std::vector<std::uint8_t> may_be_head;
    std::vector<std::string> villages;
    std::vector<std::uint32_t> pin_of;
    std::vector<std::string> pins;
    std::vector<std::uint32_t> group_of;
    std::vector<std::string> groups;
    std::vector<std::uint32_t> anchor_of;
    std::vector<std::uint32_t> previous_of;
    std::vector<std::string> previous;
    // what lies between them
    bool has_links = false;
    std::vector<Town::Link> links;
    bool has_ways = false;
    std::vector<Position> way_nodes;
    std::vector<Town::Way> ways;
    std::vector<Town::Barrier> barriers;

    std::string_view id_bytes_of(std::size_t row) const noexcept {
        return std::string_view(id_bytes).substr(
            static_cast<std::size_t>(id_offsets[row]),
            static_cast<std::size_t>(id_offsets[row + 1] - id_offsets[row]));
    }
};

/// Checks one table; appends its faults to `findings` and what is sound to `data` (which is of use
/// only if no table has a fault). `households` gets the box of the located households.
void check_households(const HouseholdColumns& columns, const TownOptions& options, TownData& data,
                      Box& households, std::vector<Finding>& findings);
void check_links(const LinkColumns& columns, const HouseholdColumns& households, TownData& data,
                 std::vector<Finding>& findings);
void check_ways(const WayColumns& columns, const Box& households, TownData& data,
                std::vector<Finding>& findings);
void check_barriers(const BarrierColumns& columns, const Box& households, TownData& data,
                    std::vector<Finding>& findings);

}  // namespace gridgov::model
