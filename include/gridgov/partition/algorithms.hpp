// Algorithms by name: ours and simple published baselines, under one verifier.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::partition {

/// One algorithm: labels from a town and its neighbours. A baseline may break rules; the verifier
/// says so. To add one: one file in src/partition/algorithms and one line in its list.
struct Algorithm {
    std::string_view name;    ///< "gridgov-standard", "hilbert", …
    std::string_view source;  ///< paper or program that it follows
    std::vector<std::int32_t> (*labels)(const Town&, const neighbours::Neighbours&, const Options&);
};

/// All algorithms of this build, ours first.
GRIDGOV_EXPORT std::span<const Algorithm> algorithms();

/// The one of that name. Throws UsageError (unknown_algorithm).
GRIDGOV_EXPORT const Algorithm& algorithm(std::string_view name);

}  // namespace gridgov::partition
