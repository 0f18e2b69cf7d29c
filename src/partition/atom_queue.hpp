// Atoms that wait to be looked at.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace gridgov::partition {

/// First come, first served; who waits already does not come twice.
class AtomQueue {
public:
    explicit AtomQueue(std::uint32_t atoms) : waiting_(atoms, 0) {}

    bool empty() const { return queue_.empty(); }
    void push(std::uint32_t atom) {
        if (waiting_[atom]) return;
        waiting_[atom] = 1;
        queue_.push_back(atom);
    }
    std::uint32_t pop() {
        const std::uint32_t atom = queue_.front();
        queue_.pop_front();
        waiting_[atom] = 0;
        return atom;
    }
    void clear() {
        while (!empty()) pop();
    }

private:
    std::vector<std::uint8_t> waiting_;
    std::deque<std::uint32_t> queue_;
};

}  // namespace gridgov::partition
