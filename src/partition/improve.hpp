// Shorter distances under the same rules.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "partition/moves.hpp"
#include "partition/random.hpp"
#include "partition/relocate.hpp"
#include "partition/shift.hpp"
#include "partition/state.hpp"
#include "partition/tree_split.hpp"

namespace gridgov::partition {

/// Local search over moves that break no more weight than before: an atom over a border; two atoms at
/// once where bounds are tight; a courtyard opened where that pays and another closed where that is
/// cheap; rows of hand-overs; and, with effort, neighbourhoods split anew at random and searched again.
template <class Distance>
class Improver {
public:
    /// `restless`, where not empty, has for each part whether anything about it is new: others, and
    /// those beside only such, are left alone until something near them changes.
    Improver(State<Distance>& state, Random& random, const std::atomic<bool>* cancel,
             const Thoroughness& thoroughness = {}, std::span<const std::uint8_t> restless = {})
        : state_(state), random_(random), restless_(restless), mover_(state, cancel, thoroughness),
          relocator_(state, mover_, thoroughness, restless) {}
    Improver(const Improver&) = delete;  // its parts refer to each other
    Improver& operator=(const Improver&) = delete;

    void search_everywhere() {
        for (std::uint32_t atom = 0; atom < component().atoms(); ++atom)
            if (relocator_.is_restless(state_.part_of(atom))) {  // parts may be others after legalising
                mover_.wait(atom);
                if (restless_.empty()) continue;
                for (const std::uint32_t other : component().neighbours_of(atom))
                    mover_.wait(other);
            }
        mover_.search();
    }

    /// Closes and opens courtyards until no pair of them pays.
    void relocate(int rounds) {
        for (int round = 0; round < rounds && !mover_.cancelled(); ++round)
            if (!relocator_.run()) return;
    }

    /// Hands atoms on along rows of parts until that pays no more.
    void shift(int rounds) {
        Shifter<Distance> shifter(state_);
        for (int round = 0; round < rounds && !mover_.cancelled(); ++round) {
            const bool any = shifter.run([&](const auto& path) { return shift_along(path); });
            if (!any) return;
        }
    }

    /// `tries` times: a few neighbouring parts are split anew at random and searched; kept if better.
    void perturb(std::uint64_t tries) {
        if (state_.parts() < 2) return;
        for (std::uint64_t i = 0; i < tries && !mover_.cancelled(); ++i) perturb_once();
    }

private:
    using Parts = std::vector<std::uint32_t>;
    const Bounds& bounds() const { return state_.bounds(); }
    const Component& component() const { return state_.component(); }

    /// Hands over along a row, the last first, so that there is room; searches; keeps what pays.
    template <class Path>
    bool shift_along(const Path& path) {
        const double before = state_.cost_um();
        state_.begin();
        bool done = true;
        for (const auto* arc : path) {
            done = state_.part_of(arc->atom) == arc->from && state_.beside(arc->atom, arc->to) &&
                   state_.connected_after(arc->from, arc->atom, no_index);
            if (!done) break;
            state_.move(arc->atom, arc->to);
        }
        done = done && state_.cost_um() < before - gain_least_um(before);
        for (const auto* arc : path)
            done = done && bounds().legal(state_.weight(arc->from)) &&
                   bounds().legal(state_.weight(arc->to));
        if (!done) {
            state_.undo();
            return false;
        }
        for (const auto* arc : path) {
            mover_.wait_around(arc->from);
            mover_.wait_around(arc->to);
        }
        mover_.search();
        relocator_.note_changes(no_index, no_index);
        state_.keep();
        return true;
    }

    void perturb_once() {
        const std::uint32_t centre = random_.below(state_.parts());
        const std::size_t size = 2 + random_.below(3);
        Parts parts{centre};
        for (std::size_t next = 0; next < parts.size() && parts.size() < size; ++next) {
            Parts beside = state_.parts_beside(parts[next]);
            while (!beside.empty() && parts.size() < size) {
                const std::size_t pick = random_.below(static_cast<std::uint32_t>(beside.size()));
                if (std::find(parts.begin(), parts.end(), beside[pick]) == parts.end())
                    parts.push_back(beside[pick]);
                beside.erase(beside.begin() + static_cast<std::ptrdiff_t>(pick));
            }
        }
        for (const std::uint32_t p : parts)
            if (!bounds().legal(state_.part(p).weight)) return;
        Parts atoms;
        for (const std::uint32_t p : parts)
            atoms.insert(atoms.end(), state_.part(p).atoms.begin(), state_.part(p).atoms.end());
        const Region region = make_region(component(), std::move(atoms));
        const SpanningTree tree = random_spanning_tree(region, random_);
        const auto split = split_tree(region, tree, bounds(),
                                      static_cast<std::uint32_t>(parts.size()));
        if (!split) return;
        const double before = state_.cost_um();
        state_.begin();
        for (std::uint32_t i = 0; i < region.size(); ++i) {
            const std::uint32_t to = parts[split->label[i]];
            if (state_.part_of(region.atoms[i]) != to) state_.move(region.atoms[i], to);
        }
        for (const std::uint32_t p : parts) mover_.wait_around(p);
        mover_.search();
        if (state_.cost_um() < before - gain_least_um(before)) {
            relocator_.note_changes(no_index, no_index);
            state_.keep();
        } else {
            state_.undo();
        }
    }

    State<Distance>& state_;
    Random& random_;
    std::span<const std::uint8_t> restless_;
    Mover<Distance> mover_;
    Relocator<Distance> relocator_;
};

}  // namespace gridgov::partition
