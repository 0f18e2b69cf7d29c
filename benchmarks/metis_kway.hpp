// METIS as a peer: multilevel k-way partitioning (Karypis & Kumar 1998) with contiguous parts.
#pragma once

#include <cstdint>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::benchmarks {

/// Labels by METIS_PartGraphKway on each component of the neighbour graph by itself (METIS keeps
/// parts contiguous only in connected graphs), with the number of parts of the contract's rule,
/// inverse lengths as edge weights, weights as vertex weights, and the given ufactor.
std::vector<std::int32_t> metis_kway(const Town& town, const neighbours::Neighbours& neighbours,
                                     const partition::Options& options, int ufactor);

}  // namespace gridgov::benchmarks
