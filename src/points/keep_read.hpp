// Reading ahead: loads in short loops wait for memory together, where a prefetch of a page that is not
// in the translation buffer may be dropped.
#pragma once

#include <cstdint>

namespace gridgov::points {

/// Keeps the compiler from leaving out loads whose sum nobody uses.
inline void keep_read(std::uint64_t sum) noexcept { asm volatile("" : : "r"(sum)); }

}  // namespace gridgov::points
