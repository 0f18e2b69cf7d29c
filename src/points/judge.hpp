// What faults of the tables lead to: villages left out, or a throw.
#pragma once

#include <vector>

#include "gridgov/points/settle.hpp"
#include "points/faults.hpp"
#include "points/inputs.hpp"

namespace gridgov::points {

/// Throws all faults, or marks the villages that they belong to as faulty (`skip_faulty_villages`) and
/// adds them to `findings`. `before`: a state's settlement, whose villages cannot be left out; or null.
void judge(const Faults& faults, const Options& options, const Settlement* before,
           HouseholdInputs& households, std::vector<Finding>& findings);

/// Whether conditions can be asked at all: every column is there and of their type. Cells that cannot
/// be read are faults of their villages only.
bool can_be_asked(const Faults& of_conditions);

/// The villages that are left out.
std::vector<std::string> left_out(const HouseholdInputs& households);

}  // namespace gridgov::points
