// Households in one's own structs: any random-access range of anything becomes a Town through the
// few accessors that one names. Header-only; nothing third-party.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridgov/model/town.hpp"

namespace gridgov::adapt {
}  // namespace gridgov::adapt
