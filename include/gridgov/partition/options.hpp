// The rules that courtyards keep, and how hard to look for good ones.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "gridgov/export.hpp"

namespace gridgov::partition {

/// How distance to the head is measured.
enum class Metric : std::uint8_t { straight, walk };

/// How much work to spend: seconds for a province, a second for a town, or as near the optimum as
/// we get.
enum class Effort : std::uint8_t { draft, standard, best };

/// The hard rules. Weights are rounded to millionths. 0 < weight_min ≤ target ≤ weight_max.
struct Rules {
    double weight_min = 10;
    double weight_max = 30;
    double weight_target = 20;
    /// Courtyards in all, shared out over the components by largest remainder within their limits;
    /// absent: each component takes the integer nearest to weight ÷ target within its limits.
    std::optional<std::int64_t> courtyards;
};

/// Grids: connected sets of whole courtyards of one village. At most one of the two is given;
/// neither: one grid a village component is not made, grid ids stay empty.
struct GridRules {
    std::optional<std::int64_t> grids;  ///< in all, at least 1
    std::optional<std::int64_t> courtyards_min, courtyards_max;  ///< of a grid; both or none
    bool wanted() const noexcept { return grids.has_value() || courtyards_min.has_value(); }
};

/// Progress: how much of the work is done, 0 to 1. Called from the calling thread, not often.
using Progress = std::function<void(double share)>;

struct Options {
    Rules rules;
    Metric metric = Metric::straight;
    Effort effort = Effort::standard;
    /// Metres that one household split off from its group (组) costs. Finite, not negative.
    double group_weight_m = 100;
    std::uint64_t seed = 0;
    unsigned threads = 0;  ///< 0: all; the result does not depend on it
    const std::atomic<bool>* cancel = nullptr;  ///< set to true from elsewhere: stop soon
    Progress progress;
};

/// Throws UsageError for rules or options that contradict themselves (bounds_invalid,
/// target_outside_bounds, option_not_finite, option_negative, grids_options_conflict).
GRIDGOV_EXPORT void check(const Options& options);
GRIDGOV_EXPORT void check(const GridRules& rules);

}  // namespace gridgov::partition
