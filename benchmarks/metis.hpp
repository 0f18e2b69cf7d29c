// METIS as a peer (Karypis & Kumar 1998): multilevel k-way partitioning and recursive bisection.
#pragma once

#include <cstdint>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::benchmarks {

/// Labels by METIS_PartGraphKway with contiguous parts; each component by itself, since METIS keeps
/// parts contiguous in connected graphs only. `ufactor` is the imbalance allowed, in thousandths.
std::vector<std::int32_t> metis_kway(const Town& town, const neighbours::Neighbours& neighbours,
                                     const partition::Options& options, int ufactor);

/// Labels by METIS_PartGraphRecursive; it has no contiguous parts to offer. `ufactor` is the
/// imbalance of one bisection.
std::vector<std::int32_t> metis_recursive(const Town& town,
                                          const neighbours::Neighbours& neighbours,
                                          const partition::Options& options, int ufactor);

}  // namespace gridgov::benchmarks
