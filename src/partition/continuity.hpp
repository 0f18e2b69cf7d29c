// What a courtyard keeps of the one that it was: its id, and its head where that costs nothing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/revise.hpp"
#include "partition/previous.hpp"

namespace gridgov::partition {

/// Per courtyard: which one before lives on in it, or no_index. That is where most of it stands, if
/// more households keep their courtyard so than by `claimed`: what the search took each for.
std::vector<std::uint32_t> living_on(const Partition& partition, const Previous& previous,
                                     std::span<const std::uint32_t> claimed);

/// Courtyards get the ids of those `before` that live on in them, others new ones; `retired_ids` is
/// filled.
void give_ids(const Town& town, const Previous& previous, std::span<const std::uint32_t> before,
              const TextColumn& retired_before, Revision& revision);

/// The head before: told with what it would cost, and kept where that is nothing.
void keep_heads(const Town& town, const neighbours::Neighbours& neighbours,
                const Previous& previous, std::span<const std::uint32_t> before,
                const Options& options, Revision& revision);

}  // namespace gridgov::partition
