// Out of memory: std::bad_alloc reaches the caller, nothing leaks, nothing is left half done.
#include "samples.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
std::atomic<std::int64_t> allocations_left{never};
std::atomic<std::int64_t> alive{0};

void* allocate(std::size_t bytes, std::size_t alignment) {
    const bool limited = allocations_left.load() != never;
    if (limited && allocations_left.fetch_sub(1) <= 0) throw std::bad_alloc();
    void* memory = alignment == 0
                       ? std::malloc(bytes == 0 ? 1 : bytes)
                       : std::aligned_alloc(alignment, (bytes / alignment + 1) * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    ++alive;
    return memory;
}

void release(void* memory) noexcept {
    if (memory == nullptr) return;
    --alive;
    std::free(memory);
}

/// Calls `work` with 0, 1, 2, … allocations to be had (ever larger steps) until it succeeds.
template <class Work>
void with_little_memory(Work work) {
    work();  // whatever is allocated once and kept, such as OpenSSL's tables
    const std::int64_t before = alive;
    int failures = 0;
    for (std::int64_t allowed = 0;; allowed += 1 + allowed / 16) {
        bool failed = false;
        allocations_left = allowed;
        try {
            work();
        } catch (const std::bad_alloc&) {
            failed = true;
        }
        allocations_left = never;
        REQUIRE(alive == before);
        if (!failed) break;
        ++failures;
    }
    CHECK(failures > 10);
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes, 0); }
void* operator new[](std::size_t bytes) { return allocate(bytes, 0); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return allocate(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
    return allocate(bytes, static_cast<std::size_t>(alignment));
}
// Sanitizers have their own of these: std::stable_sort asks so for room that it can do without.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    try {
        return allocate(bytes, 0);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void* operator new[](std::size_t bytes, const std::nothrow_t& tag) noexcept {
    return operator new(bytes, tag);
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { release(memory); }

TEST_CASE("courtyards and grids without enough memory") {
    const auto township =
        gridgov::simulate::township({.households = 150, .villages = 3, .seed = 1});
    with_little_memory([&] {
        const auto town = gridgov::Town::make(township.columns(true, true));
        gridgov::neighbours::Options linking;
        linking.threads = 2;
        const auto neighbours = gridgov::neighbours::from_points(town, linking);
        gridgov::partition::Options options;
        options.threads = 2;
        options.effort = gridgov::partition::Effort::draft;
        const auto found = gridgov::partition::solve(town, neighbours, options);
        gridgov::partition::group_into_grids(
            town, neighbours, found, {.grids = 4, .courtyards_min = {}, .courtyards_max = {}},
            options);
    });
}

TEST_CASE("points without enough memory") {
    const samples::Register deeds;
    with_little_memory([&] {
        gridgov::points::Options options;
        options.threads = 2;
        const auto rules = samples::rulebooks();
        const auto posted = gridgov::points::post(rules, deeds.tables(),
                                                  gridgov::date_of(2026, 4, 1), {}, options);
        gridgov::points::State::from_bytes(posted.state.to_bytes());
        gridgov::points::make_ledger(posted.state.settlement());
    });
}

TEST_CASE("lists without enough memory") {
    with_little_memory([] {
        const auto catalogue = samples::catalogue();
        gridgov::lists::decide(catalogue, {.actor = "east", .matter = "fire/grass/night",
                                           .date = gridgov::date_of(2026, 5, 1), .village = {},
                                           .attributes = {}});
        gridgov::lists::audit(catalogue);
    });
}
