// What a change of rules does: the same register under two sets of rulebooks, and every set against
// every register.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/points/settle.hpp"

namespace gridgov::points {

/// What two settlements of the same tables give somebody or by something.
struct Difference {
    std::string id;
    std::int64_t before = 0, after = 0;
    friend bool operator==(const Difference&, const Difference&) = default;
};

/// The same register under old and new rulebooks, on the same day; all in units of points.
struct Comparison {
    std::vector<Difference> households;  ///< balances, where they differ; by |after − before|, then id
    std::vector<Difference> villages;    ///< sums of balances, all, in byte order
    /// Points that a rule gave (posted entries, reversed ones not; deductions negative), by rule id;
    /// a rule of several rulebooks is one.
    std::vector<Difference> rules;
    std::int64_t gaining = 0, losing = 0, unchanged = 0;  ///< households
    Summary before, after;
};

/// Compares two settlements of the same tables. A household or a village that one of them left out
/// counts as 0 there. Throws UsageError (as_of_differs) for different days. Linear, but for sorting
/// what differs.
GRIDGOV_EXPORT Comparison compare(const Settlement& before, const Settlement& after);

/// What a rule gave a household, where it is not the same in both settlements.
struct RuleDifference {
    std::string village, household, rule;
    std::int64_t before = 0, after = 0;
    friend bool operator==(const RuleDifference&, const RuleDifference&) = default;
};

/// By which rules households gain and lose: what each gave (as in Comparison::rules), where that
/// differs; by village, household and rule in byte order. The changes of a household add up to that
/// of its balance but for openings, expiry and what it exchanged. Throws as `compare`. Linear.
GRIDGOV_EXPORT
std::vector<RuleDifference> compare_by_rule(const Settlement& before, const Settlement& after);

/// Settlements of every register (periods or places: columns) under every set of rulebooks (rows).
struct Decomposition {
    std::size_t rulebooks = 0, registers = 0;
    std::vector<std::int64_t> points;  ///< earned − deducted in all: row-major
    /// Of each pair of rulebooks next to each other and each register: what the rules' change does
    /// there; and of each set of rulebooks and pair of registers: what people's doing does.
    std::vector<std::int64_t> rules_effect;   ///< (rulebooks − 1) × registers
    std::vector<std::int64_t> people_effect;  ///< rulebooks × (registers − 1)
    /// From the first register under the first rulebooks to the last under the last: the part of the
    /// rules, and of the people (Shapley's, the mean of both orders, doubled to stay whole).
    std::int64_t rules_part_doubled = 0, people_part_doubled = 0;
};

/// Decomposes settlements, given row-major (rulebooks × registers). Throws UsageError where their
/// number is not that.
GRIDGOV_EXPORT
Decomposition decompose(std::span<const Settlement* const> settlements, std::size_t rulebooks,
                        std::size_t registers);

}  // namespace gridgov::points
