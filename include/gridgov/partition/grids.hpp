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
    std::vector<std::int32_t> grid_of_courtyard;  ///< a grid per courtyard, 0 … grids − 1, or −1
    std::vector<std::string> ids;                 ///< "village-G1", …: unique
    std::vector<std::uint32_t> village;           ///< VillageIndex values
    std::vector<std::uint32_t> courtyards;        ///< counts
    std::vector<std::uint32_t> households;        ///< counts
    std::vector<Finding> findings;                ///< what could not be kept and why
};

/// Groups courtyards into grids that are connected and never cross a village; compact and balanced by
/// households. With `grids` the number in all is shared out over the villages by households (largest
/// remainder), then over the separate pieces of a village likewise, at least one for each piece:
/// where pieces or courtyards allow no such number the nearest is made (grids_out_of_reach, an
/// error). With bounds, each piece has the number of grids nearest to courtyards ÷ the middle of the
/// bounds (halves upward) that they allow; a grid that is outside them is a finding
/// (grid_without_neighbour, an error). Without either there are no grids: −1 for every courtyard.
///
/// For its number of grids each piece minimises: first courtyards outside the bounds; then the metres
/// of all households from their courtyard's head to the head of the grid's medoid courtyard, plus a
/// penalty for uneven grids: one half as large again as its share costs half of its distances. This
/// is a heuristic (spanning trees cut in two, then moves and exchanges), not an optimum.
/// Grids are numbered by their smallest courtyard. A piece gives the same grids whatever others there
/// are, for its number of grids. Deterministic; one thread; about 10 s a million courtyards.
/// Throws UsageError as check(GridRules) does, and for a graph or labels that do not fit the town
/// (graph_size_mismatch, labels_size_mismatch, label_out_of_range).
Grids group_into_grids(const Town& town, const neighbours::Neighbours& neighbours,
                       const Partition& partition, const GridRules& rules);

}  // namespace gridgov::partition
