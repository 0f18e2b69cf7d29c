// Counting windows by item, actor, village, person and metric.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/lists/duties.hpp"

namespace gridgov::lists {

/// Windows by state; the state's number is the place.
using StateCounts = std::array<std::uint64_t, duty_states>;

class RateCounter {
public:
    /// Notes metrics that name what is not there.
    RateCounter(const Catalogue& catalogue, std::span<const Metric> metrics,
                std::vector<Finding>& findings);

    /// The windows of one item and actor, for which these persons answer.
    void add(std::uint32_t item, std::uint32_t actor, std::span<const std::uint32_t> persons,
             const StateCounts& counts);

    DutyRates rates() const;

private:
    struct Scope {  // of a metric; empty: all
        std::vector<std::uint8_t> items, actors;
        std::uint32_t counts = 0, of = 0;  // a bit a state
    };

    const Catalogue& catalogue_;
    std::vector<StateCounts> items_, actors_, villages_, persons_, metrics_;
    std::vector<Scope> scopes_;
};

}  // namespace gridgov::lists
