// Some parts of a component as a problem of their own.
#pragma once

#include <cstdint>
#include <span>

#include "partition/component.hpp"

namespace gridgov::partition {

/// The component of these atoms (ascending; whole parts of `labels`, one per atom of `component`):
/// atom i of it is atoms[i]. Its links are those between them; it may be in pieces.
Component excerpt_of(const Component& component, std::span<const std::uint32_t> atoms,
                     std::span<const std::uint32_t> labels);

}  // namespace gridgov::partition
