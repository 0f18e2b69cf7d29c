// What reading a state's bytes relies on.
#pragma once

#include <string_view>

#include "points/state_data.hpp"

namespace gridgov::points {

/// Throws DataError (points_state_invalid).
[[noreturn]] void invalid_state(std::string_view reason);

/// Everything that settling on from a state relies on; else invalid_state. A state that was written
/// passes.
void check_state(const State::Data& data);

}  // namespace gridgov::points
