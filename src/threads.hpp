// Independent pieces of work over a few threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace gridgov {

/// How many threads to use for `wanted` (0: all of the machine's).
inline unsigned thread_count(unsigned wanted) {
    if (wanted > 0) return wanted;
    return std::max(1U, std::thread::hardware_concurrency());
}

/// Calls work(i, scratch) for 0 ≤ i < count, each once, in no particular order; work must write to
/// places of its own. `scratch` is what make_scratch() gave for the thread. `after(i)` runs on the
/// calling thread, between its own pieces. The first exception is thrown again on the calling thread
/// when all have stopped. Threads that cannot be had are done without.
template <class MakeScratch, class Work, class After>
void for_each_piece_with(std::size_t count, unsigned threads, MakeScratch make_scratch, Work work,
                         After after) {
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> done{0};
    std::exception_ptr error;
    std::mutex error_lock;
    const auto run = [&](bool calling) {
        try {
            auto scratch = make_scratch();
            for (std::size_t i = next++; i < count; i = next++) {
                work(i, scratch);
                ++done;
                if (calling) after(done.load());
            }
        } catch (...) {
            const std::lock_guard lock(error_lock);
            if (!error) error = std::current_exception();
            next = count;
        }
    };
    std::vector<std::thread> others;
    const std::size_t wanted = std::min<std::size_t>(thread_count(threads), count);
    others.reserve(wanted);
    try {
        for (std::size_t t = 1; t < wanted; ++t) others.emplace_back(run, false);
    } catch (const std::exception&) {  // the system has no more: those that there are do the work
    }
    run(true);
    for (std::thread& other : others) other.join();
    if (error) std::rethrow_exception(error);
}

/// The same without scratch: work(i).
template <class Work, class After>
void for_each_piece(std::size_t count, unsigned threads, Work work, After after) {
    struct None {};
    for_each_piece_with(
        count, threads, [] { return None{}; }, [&](std::size_t i, None&) { work(i); }, after);
}

/// Calls work(first, last) for ranges that together are [0, count), one a thread; a single one where
/// there is little to do. Work must not depend on where ranges end.
template <class Work>
void for_each_range(std::size_t count, unsigned threads, Work work) {
    constexpr std::size_t worth = 65536;
    const std::size_t ranges = std::clamp<std::size_t>(count / worth, 1, thread_count(threads));
    for_each_piece(
        ranges, threads,
        [&](std::size_t i) { work(i * count / ranges, (i + 1) * count / ranges); },
        [](std::size_t) {});
}

}  // namespace gridgov
