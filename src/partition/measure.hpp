// Measuring a labelling against a problem that is already made.
#pragma once

#include <span>
#include <vector>

#include "gridgov/partition/partition.hpp"
#include "partition/component.hpp"
#include "partition/shape_bound.hpp"

namespace gridgov::partition {

Partition measure(const Town& town, const neighbours::Neighbours& neighbours,
                  std::span<const std::int32_t> labels, const Options& options,
                  const Problem& problem);

}  // namespace gridgov::partition
