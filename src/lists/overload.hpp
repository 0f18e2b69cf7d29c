// Whether hours fit people, and the fewest people who prove that they do not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gridgov/lists/workload.hpp"
#include "lists/max_flow.hpp"

namespace gridgov::lists {

/// An item's occurrences at one actor.
struct Duty {
    std::uint32_t item, actor;
    CentiHours hours;
};

/// Hours that some people share as they like.
struct Demand {
    CentiHours hours;
    const std::vector<std::uint32_t>* persons;  ///< not empty, ascending
    std::vector<Duty> duties;  ///< what the hours consist of; only a proof asks for them
};

/// Some people, and duties that nobody else can do, which take more hours than they have.
struct Violator {
    std::vector<std::uint32_t> persons;  ///< ascending
    std::vector<Duty> duties;            ///< most hours first
    bool smallest = true;  ///< none has fewer people and duties together
};

/// Hours that find nobody, however shared; `capacity` by person, MaxFlow::unbounded: any load.
CentiHours missing_hours(const std::vector<Demand>& demands,
                         const std::vector<CentiHours>& capacity);

/// The violator of the fewest people and duties together; ties to fewer people, then to the
/// smallest persons in order. Some hours are missing.
Violator smallest_violator(const std::vector<Demand>& demands,
                           const std::vector<CentiHours>& capacity);

}  // namespace gridgov::lists
