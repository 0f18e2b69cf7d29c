// How many courtyards: the contract's rule (2), in exact integers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/partition/partition.hpp"

namespace gridgov::partition {

/// The bounds in millionths, as every comparison uses them.
struct Bounds {
    std::int64_t min = 0;
    std::int64_t max = 0;
    std::int64_t target = 0;

    explicit Bounds(const Rules& rules)
        : min(weight_from_number(rules.weight_min).millionths),
          max(weight_from_number(rules.weight_max).millionths),
          target(weight_from_number(rules.weight_target).millionths) {}

    bool legal(std::int64_t weight) const { return min <= weight && weight <= max; }
    std::int64_t broken(std::int64_t weight) const { return legal(weight) ? 0 : weight; }
    /// How far a weight is outside the bounds.
    std::int64_t violation(std::int64_t weight) const {
        return weight < min ? min - weight : weight > max ? weight - max : 0;
    }
};

CourtyardCount courtyard_count(std::int64_t weight, const Bounds& bounds);

/// Shares `courtyards` out over components by largest remainder of courtyards × weight ÷ total,
/// within each one's limits (an infeasible one keeps its count). Ties: the earlier component.
/// The sum differs from `courtyards` only where the limits allow no other.
void share_out(std::int64_t courtyards, std::span<const std::int64_t> weights,
               std::span<CourtyardCount> counts);

}  // namespace gridgov::partition
