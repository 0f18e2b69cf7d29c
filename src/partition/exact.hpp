// One component solved to a proof: docs/explanation/exact.md says how.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "gridgov/partition/exact.hpp"
#include "partition/component.hpp"

namespace gridgov::partition {

/// Tables are households × households: beyond this they are too large.
inline constexpr std::size_t exact_households_max = 1000;

struct ExactResult {
    ExactStatus status = ExactStatus::not_attempted;
    std::vector<std::uint32_t> labels;  ///< a part per atom, 0 … parts − 1; empty: none is known
    double cost_um = std::numeric_limits<double>::infinity();
    double lower_bound_um = 0;  ///< no legal division costs less, but for a billionth
    std::uint64_t nodes = 0, work = 0;
};

/// The division of a component into `parts` connected courtyards within the bounds, each with an
/// allowed head, of least total distance to the heads.
///
/// Of the component it reads atoms (weights, links, atom_of), may_be_head and groups, so that any
/// connected piece of a town can be put so. `distance_um` is households × households, symmetric,
/// finite, not negative, 0 from each to itself; need not be a metric. `incumbent_labels`, one per
/// atom, is a division known already: an illegal one is passed over, and it may be empty. The
/// result is never longer. Deterministic; `cancel` (may be null) can only turn the status into
/// `limit`.
///
/// Not attempted: components with groups, with no household or more than 1000, no parts, and
/// distances of another size or kind than above.
ExactResult solve_exactly(const Component& component, const Bounds& bounds, std::uint32_t parts,
                          std::span<const double> distance_um,
                          std::span<const std::uint32_t> incumbent_labels = {},
                          std::uint64_t work_limit = exact_work_limit,
                          const std::atomic<bool>* cancel = nullptr);

/// Whether the component's atoms bind no more than pins do. Where pinned households are no
/// neighbours, one way of joining them was chosen beforehand (component.cpp), and a proof about
/// atoms is none about the town.
bool binds_pins_alone(const Component& component, const Town& town);

}  // namespace gridgov::partition
