// Scotch as a peer (Pellegrini & Roman 1996): multilevel partitioning of graphs.
#pragma once

#include <cstdint>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::benchmarks {

struct ScotchSetting {
    int flags;         ///< SCOTCH_STRAT…
    double imbalance;  ///< allowed, as a share of a part's mean weight
};

/// The settings that gave the fewest broken households or the least distance among twelve: speed,
/// balance, safety and recursive bisection, at imbalances from .01 to .5, were worse in both.
std::vector<ScotchSetting> scotch_settings();

/// Labels by SCOTCH_graphPart on each component by itself. It promises neither bounds nor contiguity.
std::vector<std::int32_t> scotch(const Town& town, const neighbours::Neighbours& neighbours,
                                 const partition::Options& options, ScotchSetting setting);

}  // namespace gridgov::benchmarks
