// Contiguity: cuts for pieces of a courtyard that hang apart.
#include <algorithm>

#include "partition/exact_search.hpp"

namespace gridgov::partition {

/// Looks for pieces of chosen courtyards that hang apart, and adds a cut for each.
void ExactSearch::separate() {
    for (const std::uint32_t head : live_) {
        if (!courtyards_[head].chosen) continue;
        inside_.assign(atoms_, 0);
        for (const std::uint32_t atom : courtyards_[head].forced) inside_[atom] = 1;
        for (const std::uint32_t atom : courtyards_[head].optional)
            if (share_[at(head, atom)] > 0.5) inside_[atom] = 1;
        reach(atom_of_head(head), [&](std::uint32_t atom) { return inside_[atom] == 1; }, 2);
        for (std::uint32_t start = 0; start < atoms_; ++start) {
            if (inside_[start] != 1) continue;
            reach(start, [&](std::uint32_t atom) { return inside_[atom] == 1; }, 3);
            add_cuts(head);
        }
    }
}

/// Marks in inside_ what is reached from `start`; queue_ holds it.
template <class Passes>
void ExactSearch::reach(std::uint32_t start, Passes passes, std::uint8_t mark) {
    queue_.assign(1, start);
    inside_[start] = mark;
    for (std::size_t next = 0; next < queue_.size(); ++next)
        for (const std::uint32_t other : component_.neighbours_of(queue_[next]))
            if (inside_[other] != mark && passes(other)) {
                inside_[other] = mark;
                queue_.push_back(other);
            }
}

/// For the piece in queue_: its neighbours separate it; those of them that can be reached from
/// the head without passing another are enough.
void ExactSearch::add_cuts(std::uint32_t head) {
    const std::vector<std::uint32_t> piece = queue_;
    std::vector<std::uint8_t> around(atoms_, 0), seen(atoms_, 0);
    for (const std::uint32_t atom : piece)
        for (const std::uint32_t other : component_.neighbours_of(atom)) around[other] = 1;
    std::vector<std::uint32_t> separator, queue{atom_of_head(head)};
    seen[queue.front()] = 1;
    for (std::size_t next = 0; next < queue.size(); ++next)
        for (const std::uint32_t other : component_.neighbours_of(queue[next])) {
            if (seen[other]) continue;
            seen[other] = 1;
            if (around[other])
                separator.push_back(other);
            else
                queue.push_back(other);
        }
    std::sort(separator.begin(), separator.end());
    for (const std::uint32_t atom : piece) {
        const Cut* cut = &*all_cuts_.insert({head, atom, separator}).first;
        const bool active = std::any_of(cuts_.begin(), cuts_.end(),
                                        [&](const ActiveCut& one) { return one.cut == cut; });
        if (!active) cuts_.push_back({cut, 0, 0});
    }
}

}  // namespace gridgov::partition
