// Courtyards into grids.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/partition.hpp"

namespace gridgov::partition {

/// Grids: whole courtyards of one village, connected through the links between their households.
///
/// A grid's centre is the courtyard with the least household-weighted total of straight distances from
/// the courtyards' heads to its own (ties: the first). A courtyard without a head stands in the middle
/// of its households.
struct Grids {
    std::vector<std::int32_t> grid_of_courtyard;  ///< a grid per courtyard, 0 … grids − 1, or −1
    std::vector<std::string> ids;                 ///< "village-G1", …: unique
    std::vector<std::uint32_t> village;           ///< VillageIndex values
    std::vector<std::uint32_t> courtyards;        ///< counts
    std::vector<std::uint32_t> households;        ///< counts
    std::vector<std::uint32_t> centre;            ///< CourtyardIndex values
    std::vector<double> mean_distances_m;  ///< over households: their courtyard's head to the centre
    std::vector<double> max_distances_m;
    Outcome outcome = Outcome::finished;

    double total_distance_m = 0;  ///< over households: their courtyard's head to the grid's centre
    double mean_distance_m = 0;
    double max_distance_m = 0;
    /// The greatest share of an equal one: households of a grid × grids of its connected piece ÷
    /// households of the piece; 0 without grids, 1 where all are equal.
    double imbalance = 0;
    std::vector<Finding> findings;  ///< what could not be kept and why
};

/// Groups courtyards into grids that are connected and never cross a village; compact and balanced by
/// households. With `grids` the number in all is shared out over the villages by households (largest
/// remainder), then over the separate pieces of a village likewise, at least one for each piece:
/// where pieces or courtyards allow no such number the nearest is made (grids_out_of_reach, an
/// error). With bounds, each piece has the number of grids nearest to courtyards ÷ the middle of the
/// bounds (halves upward) that they allow, or the next number with which fewer courtyards are outside
/// the bounds; a grid that is outside them is a finding (grid_without_neighbour, an error). Without
/// either there are no grids: −1 for every courtyard.
///
/// Each piece minimises: first courtyards outside the bounds; then the metres of all households from
/// their courtyard's head to the head of the grid's centre, plus, for balance, 2 ℓ (H − H̄)² ÷ H̄ for a
/// grid of H households where an equal share of the piece's wanted number is H̄; ℓ is the mean distance
/// to the centre of the whole piece ÷ √grids, about the mean distance in a grid, but at least 1 mm. A
/// grid half as large again as its share thus costs half of its distances.
///
/// Tiny pieces (up to 8, 10 or 14 courtyards with draft, standard, best; up to 14 where the bounds are
/// hard to keep) are divided exactly. Others begin with Ward's agglomeration and are improved block by
/// block, in several rounds with other blocks: moves and exchanges at the borders, relocation (a grid
/// is dissolved where that is cheap and another one cut in two where that saves more), perturbation;
/// bounds are restored by exact cuts of spanning trees (DeFord, Duchin & Solomon 2021). A heuristic:
/// no bound is given. Of the options, effort, seed, threads, cancel and progress matter; a draft
/// neither exchanges nor relocates.
///
/// Grids are numbered by their smallest courtyard. A piece gives the same grids whatever others there
/// are, for its number of grids. Deterministic, whatever the number of threads; about n log n. When
/// cancelled, `outcome` says so, and the grids are connected all the same.
/// Throws UsageError as check(GridRules) and check(Options) do, and for a graph or labels that do not
/// fit the town (graph_size_mismatch, labels_size_mismatch, label_out_of_range).
GRIDGOV_EXPORT
Grids group_into_grids(const Town& town, const neighbours::Neighbours& neighbours,
                       const Partition& partition, const GridRules& rules,
                       const Options& options = {});

}  // namespace gridgov::partition
