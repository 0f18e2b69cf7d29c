// A labelling of a component.
#pragma once

#include <cstdint>
#include <vector>

namespace gridgov::partition {

/// A partition of a component: a part per atom, 0 … parts − 1, none empty.
struct Labels {
    std::vector<std::uint32_t> part_of;
    std::uint32_t parts = 0;
};

}  // namespace gridgov::partition
