// Arrays of hundreds of megabytes: not filled before they are written, and given back piece by piece.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "large_pages.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace gridgov::points {

/// A fixed number of values, uninitialised.
template <class Value>
class LargeArray {
    static_assert(std::is_trivially_copyable_v<Value> && std::is_trivially_destructible_v<Value>);

public:
    LargeArray() = default;
    explicit LargeArray(std::size_t size)
        : data_(static_cast<Value*>(
              ::operator new(size * sizeof(Value) + 1, alignment_of(size)))),
          size_(size) {
        advise_large_pages(data_, size * sizeof(Value));
    }
    LargeArray(LargeArray&& other) noexcept { swap(other); }
    LargeArray& operator=(LargeArray&& other) noexcept {
        swap(other);
        return *this;
    }
    ~LargeArray() {
        if (data_ != nullptr) ::operator delete(data_, alignment_of(size_));
    }

    Value* data() noexcept { return data_; }
    const Value* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    Value& operator[](std::size_t i) noexcept { return data_[i]; }
    const Value& operator[](std::size_t i) const noexcept { return data_[i]; }

    /// Gives the memory of values [0, count) back; they are not to be read again.
    void release_before([[maybe_unused]] std::size_t count) noexcept {
#if defined(__linux__) && defined(MADV_DONTNEED)
        const std::size_t bytes = count * sizeof(Value) & ~(large_page_bytes - 1);
        if (bytes <= released_) return;  // as of small arrays
        madvise(reinterpret_cast<char*>(data_) + released_, bytes - released_, MADV_DONTNEED);
        released_ = bytes;
#endif
    }

private:
    /// Large pages only for what fills one: aligning a few bytes so would cost a call to the system.
    static constexpr std::align_val_t alignment_of(std::size_t size) noexcept {
        return std::align_val_t{size * sizeof(Value) >= large_page_bytes
                                    ? large_page_bytes
                                    : __STDCPP_DEFAULT_NEW_ALIGNMENT__};
    }
    void swap(LargeArray& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(released_, other.released_);
    }
    Value* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t released_ = 0;
};

}  // namespace gridgov::points
