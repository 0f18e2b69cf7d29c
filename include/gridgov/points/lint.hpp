// What is wrong or pointless in rulebooks although it is legal: told before a village votes on them.
#pragma once

#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/points/rulebook.hpp"
#include "gridgov/points/tables.hpp"

namespace gridgov::points {

/// Looks through rulebooks for rules that can never fire or never give, rules of a `unique` group that
/// overlap, caps below one award, deductions without evidence, boards that nobody or everybody is on,
/// days that no rulebook covers; with `goods`, for goods that cost more than a household can earn in a
/// year; with `households` and `goods`, for a liability beyond the budget.
///
/// Each finding (9100 to 9149; warnings, and notes for what is merely idle) has the fields `rulebook`,
/// `file` and `line` where they are known, the rules' ids as records, and `witness`: a row of the
/// register, values, or dates that show it, as `name = value` parted by `; ` in FEEL's words. A finding
/// is never a guess: conditions are compared exactly as sets of values, and what a household can earn
/// is an upper bound that is told only where caps give one. In the order of rulebooks, then of rules.
///
/// Tables may be absent; of `households` only the ids and villages are read. Throws DataError where
/// they are faulty, and UsageError never. Time: linear in the rules but for rules of one group and
/// deed, which are compared in pairs (lint_incomplete past 1,000,000 pairs a rulebook).
GRIDGOV_EXPORT
std::vector<Finding> lint(const Rulebooks& rulebooks, const HouseholdTable& households = {},
                          const GoodTable& goods = {});

}  // namespace gridgov::points
