// How faults of catalogues say where they stand.
#pragma once

#include <string_view>
#include <vector>

#include "gridgov/lists/catalogue.hpp"

namespace gridgov::lists {

/// Adds `file` and `line` to a finding, where they are known.
void place(Finding& finding, Origin origin, const std::vector<Layer>& layers);

/// What is wrong with a matter, as the word that findings carry.
std::string_view matter_fault_text(MatterFault fault) noexcept;

}  // namespace gridgov::lists
