// Measuring a labelling against a problem that is already made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "gridgov/partition/partition.hpp"
#include "partition/component.hpp"
#include "partition/shape_bound.hpp"

namespace gridgov::partition {

/// Throws UsageError (labels_size_mismatch, label_out_of_range) unless there is a label a household, from
/// 0 to below `count`.
void check_labels(const Town& town, std::span<const std::int32_t> labels,
                  std::size_t count = std::numeric_limits<std::size_t>::max());

Partition measure(const Town& town, const neighbours::Neighbours& neighbours,
                  std::span<const std::int32_t> labels, const Options& options,
                  const Problem& problem);

}  // namespace gridgov::partition
