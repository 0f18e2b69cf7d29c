// Labels without measures.
#pragma once

#include <cstdint>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::partition {

/// The labels of `solve`, for those who measure by themselves.
std::vector<std::int32_t> solve_labels(const Town& town, const neighbours::Neighbours& neighbours,
                                       const Options& options);

}  // namespace gridgov::partition
