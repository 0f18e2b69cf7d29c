// Vectors of hundreds of megabytes in large pages of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace gridgov {

/// A large page of x86-64 and of most others.
inline constexpr std::size_t large_page_bytes = std::size_t{1} << 21;

/// Where the system maps memory in large pages on request (Linux, transparent huge pages by madvise),
/// asks for them under much memory that is about to be filled: reading and writing here and there then
/// misses the processor's table of pages less often, and first touching memory interrupts less often. A
/// hint only: results do not depend on it. What is never written costs a page at most.
inline void advise_large_pages([[maybe_unused]] const void* memory,
                               [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    constexpr std::uintptr_t within_page = large_page_bytes - 1;
    const auto at = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t begin = (at + within_page) & ~within_page;
    const std::uintptr_t end = (at + bytes) & ~within_page;
    if (end >= begin + 4 * large_page_bytes)
        madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

/// As vector.reserve(count), in large pages where there is much.
template <class Value>
void reserve_in_large_pages(std::vector<Value>& vector, std::size_t count) {
    if (vector.capacity() >= count) return;
    vector.reserve(count);
    advise_large_pages(vector.data(), vector.capacity() * sizeof(Value));
}

/// As vector.resize(count).
template <class Value>
void resize_in_large_pages(std::vector<Value>& vector, std::size_t count) {
    reserve_in_large_pages(vector, count);
    vector.resize(count);
}

/// As vector.assign(count, value).
template <class Value>
void assign_in_large_pages(std::vector<Value>& vector, std::size_t count, const Value& value) {
    reserve_in_large_pages(vector, count);
    vector.assign(count, value);
}

}  // namespace gridgov
