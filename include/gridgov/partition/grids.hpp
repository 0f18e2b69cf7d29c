// Courtyards into grids.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/partition.hpp"

namespace gridgov::partition {

/// Grids: whole courtyards of one village, connected through the links between their households.
struct Grids {
    std::vector<std::int32_t> grid_of_courtyard;  ///< a grid per courtyard, 0 … grids − 1
    std::vector<std::string> ids;                 ///< "village-G1", …: unique
    std::vector<std::uint32_t> village;           ///< VillageIndex values
    std::vector<std::uint32_t> courtyards;        ///< counts
    std::vector<std::uint32_t> households;        ///< counts
    std::vector<Finding> findings;                ///< what could not be kept and why
};

/// Groups courtyards into grids that are connected and never cross a village; compact (heads near
/// the grid's middle) and balanced by households. With `grids` the number in all is shared over the
/// villages by households (largest remainder), at least one for each separate piece of a village:
/// fewer than that many is a finding (grids_out_of_reach) and not met. With bounds, every grid has
/// courtyards_min to courtyards_max courtyards where its piece allows it, else a finding.
/// Deterministic. Throws UsageError as check(GridRules) does.
Grids group_into_grids(const Town& town, const neighbours::Neighbours& neighbours,
                       const Partition& partition, const GridRules& rules);

}  // namespace gridgov::partition
