// What hangs together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/component.hpp"

namespace gridgov::partition {

/// `start` and whatever links join to it, over atoms that `enter` lets in: the fewest links away
/// first. `enter` has to turn down `start` and whom it has let in before.
template <class Enter>
std::vector<std::uint32_t> flood(const Component& component, std::uint32_t start, Enter enter) {
    std::vector<std::uint32_t> reached{start};
    for (std::size_t next = 0; next < reached.size(); ++next)
        for (const std::uint32_t other : component.neighbours_of(reached[next]))
            if (enter(other)) reached.push_back(other);
    return reached;
}

}  // namespace gridgov::partition
