// Moves across borders and exchanges, wherever something has changed.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <vector>

#include "partition/atom_queue.hpp"
#include "partition/state.hpp"

namespace gridgov::partition {

/// A gain smaller than this is none: a hundredth of a millimetre, and what rounding may have added
/// to sums of that size, so that the search cannot go in circles.
inline double gain_least_um(double cost_um) { return 10 + 1e-12 * cost_um; }

/// What is looked at: estimates with the heads as they are decide what is worked out exactly.
/// Measured: docs/performance.md.
struct Thoroughness {
    /// By how much a move may look too dear, in mean distances of the part that is left.
    double move_slack = 0.5;
    /// Likewise an exchange, as a share of both parts' cost; 0: none are looked for but where a part
    /// has no head.
    double exchange_slack = 0.02;
    /// Whether those beside a part that has changed are looked at again, not only its own atoms.
    bool wake_neighbours = true;
    /// How much dearer than what the opening saves an opening and a closing may look, to be tried …
    double relocation_slack = 0.8;
    /// … and may be once done, to be searched …
    double search_slack = 0.5;
    /// … and how many closings are tried for an opening.
    int closings_tried = 7;
};

/// Moves atoms over borders, one or two at once, while that shortens distances and breaks no more
/// weight: those that wait, and those around whoever has moved.
template <class Distance>
class Mover {
public:
    Mover(State<Distance>& state, const std::atomic<bool>* cancel, const Thoroughness& thoroughness)
        : state_(state), cancel_(cancel), thoroughness_(thoroughness),
          queue_(state.component().atoms()) {}

    bool cancelled() const { return cancel_ != nullptr && cancel_->load(std::memory_order_relaxed); }

    void wait(std::uint32_t atom) { queue_.push(atom); }
    void wait_around(std::uint32_t part) {
        for (const std::uint32_t atom : state_.atoms(part)) {
            wait(atom);
            if (!thoroughness_.wake_neighbours) continue;
            for (const std::uint32_t other : component().neighbours_of(atom)) wait(other);
        }
    }

    void search() {
        for (std::size_t done = 0; !queue_.empty(); ++done) {
            if (done % 1024 == 0 && cancelled()) {
                queue_.clear();
                return;
            }
            const std::uint32_t atom = queue_.pop();
            const std::uint32_t from = state_.part_of(atom);
            const std::uint32_t to = improve(atom);
            if (to != no_index) {
                wait_around(from);
                wait_around(to);
            }
        }
    }

private:
    const Bounds& bounds() const { return state_.bounds(); }
    const Component& component() const { return state_.component(); }

    /// Moves or exchanges `atom` where that pays most; the part it went to, or no_index.
    std::uint32_t improve(std::uint32_t atom) {
        const std::uint32_t from = state_.part_of(atom);
        beside_.clear();
        for (const std::uint32_t other : component().neighbours_of(atom)) {
            const std::uint32_t part = state_.part_of(other);
            if (part != from && std::find(beside_.begin(), beside_.end(), part) == beside_.end())
                beside_.push_back(part);
        }
        if (beside_.empty()) return no_index;
        std::sort(beside_.begin(), beside_.end());
        const std::int64_t weight = component().atom_weight[atom];
        const std::int64_t left = state_.weight(from) - weight;
        Change best;
        best.cost_um = -gain_least_um(state_.cost_um(from));
        const double slack = thoroughness_.move_slack * state_.cost_um(from) /
                             static_cast<double>(state_.part(from).members.size());
        double leaving = 0;  // what it saves `from`; worked out at need
        int connected = -1;  // whether `from` holds together without the atom; likewise
        for (const std::uint32_t to : beside_) {
            // With the heads as they are; new heads seldom save much more.
            const double estimate = nearer_by(atom, from, to);
            if (component().groups == 0 && estimate > slack) continue;
            const std::int64_t right = state_.weight(to) + weight;
            const std::int64_t broken_now =
                bounds().broken(state_.weight(from)) + bounds().broken(state_.weight(to));
            if (left > 0 && bounds().broken(left) + bounds().broken(right) <= broken_now) {
                if (connected < 0) {
                    connected = state_.connected_after(from, atom, no_index) ? 1 : 0;
                    if (connected == 1)
                        leaving = state_.cost_um(from) - state_.cost_after(from, atom, no_index);
                }
                if (connected == 0) continue;
                const double groups = state_.group_move_cost_um(atom, to);
                if (groups - leaving >= best.cost_um) continue;  // joining never costs less than 0
                const double cost = state_.cost_after(to, no_index, atom) - state_.cost_um(to) -
                                    leaving + groups;
                if (cost < best.cost_um) best = {cost, to, no_index, no_index};
            } else if (thoroughness_.exchange_slack > 0 || estimate < -headless_cost_um) {
                exchange(atom, from, to, estimate, best);
                if (component().groups > 0 || broken_now > 0) continue;
                if (right > bounds().max && left >= bounds().min)
                    push(atom, from, to, estimate, best);
                else if (right <= bounds().max && left < bounds().min)
                    pull(atom, from, to, estimate, best);
            }
        }
        if (best.to == no_index) return no_index;
        if (best.partner != no_index) {
            const std::uint32_t third = state_.part_of(best.partner);
            // Room first, so that no part is ever empty.
            state_.move(best.partner, best.partner_to);
            wait_around(third);
            wait_around(best.partner_to);
        }
        state_.move(atom, best.to);
        return best.to;
    }

    /// What is best for an atom: to move, and perhaps a partner to move as well.
    struct Change {
        double cost_um = 0;
        std::uint32_t to = no_index;
        std::uint32_t partner = no_index, partner_to = no_index;
    };

    /// Looks for an atom of `to` to come back for `atom`, where a move alone breaks a rule.
    void exchange(std::uint32_t atom, std::uint32_t from, std::uint32_t to, double own,
                  Change& best) {
        const std::int64_t weight = component().atom_weight[atom];
        const double before = state_.cost_um(from) + state_.cost_um(to);
        const std::int64_t broken_before =
            bounds().broken(state_.weight(from)) + bounds().broken(state_.weight(to));
        for (const std::uint32_t other : state_.atoms(to)) {
            if (!state_.beside(other, from, atom)) continue;
            const std::int64_t change = weight - component().atom_weight[other];
            if (bounds().broken(state_.weight(from) - change) +
                    bounds().broken(state_.weight(to) + change) > broken_before)
                continue;
            // With the heads as they are; new heads seldom save as much again.
            const double estimate = own + nearer_by(other, to, from);
            if (estimate - thoroughness_.exchange_slack * before >= best.cost_um + group_slack())
                continue;
            double cost = state_.cost_after(from, atom, other) +
                          state_.cost_after(to, other, atom) - before;
            if (cost >= best.cost_um + group_slack()) continue;
            if (!state_.connected_after(from, atom, other) ||
                !state_.connected_after(to, other, atom))
                continue;
            if (component().groups > 0)
                cost += state_.group_exchange_cost_um(atom, to, other, from);
            if (cost < best.cost_um) best = {cost, to, other, from};
        }
    }

    /// Where `to` is full: looks for one of it who goes on to a third part that has room.
    void push(std::uint32_t atom, std::uint32_t from, std::uint32_t to, double own, Change& best) {
        const std::int64_t weight = component().atom_weight[atom];
        double least = std::numeric_limits<double>::infinity();
        std::uint32_t onward = no_index, third = no_index;
        for (const std::uint32_t other : state_.atoms(to)) {
            const std::int64_t own_weight = component().atom_weight[other];
            if (!bounds().legal(state_.weight(to) + weight - own_weight)) continue;
            for (const std::uint32_t near : component().neighbours_of(other)) {
                const std::uint32_t part = state_.part_of(near);
                if (part == from || part == to || part == third ||
                    !bounds().legal(state_.weight(part) + own_weight))
                    continue;
                const double estimate = nearer_by(other, to, part);
                if (estimate < least) {
                    least = estimate;
                    onward = other;
                    third = part;
                }
            }
        }
        if (onward != no_index) consider(atom, from, {own + least, to, onward, third}, third, best);
    }

    /// Where `from` can spare nobody: looks for one of a third part to come for the atom.
    void pull(std::uint32_t atom, std::uint32_t from, std::uint32_t to, double own, Change& best) {
        const std::int64_t weight = component().atom_weight[atom];
        double least = std::numeric_limits<double>::infinity();
        std::uint32_t joining = no_index, third = no_index;
        for (const std::uint32_t inside : state_.atoms(from)) {
            if (inside == atom) continue;
            for (const std::uint32_t other : component().neighbours_of(inside)) {
                const std::uint32_t part = state_.part_of(other);
                if (part == from || part == to || other == joining) continue;
                const std::int64_t own_weight = component().atom_weight[other];
                if (!bounds().legal(state_.weight(part) - own_weight) ||
                    !bounds().legal(state_.weight(from) - weight + own_weight))
                    continue;
                const double estimate = nearer_by(other, part, from);
                if (estimate < least) {
                    least = estimate;
                    joining = other;
                    third = part;
                }
            }
        }
        if (joining != no_index) consider(atom, from, {own + least, to, joining, from}, third, best);
    }

    /// Prices exactly a change of three parts that looks good by its estimate.
    void consider(std::uint32_t atom, std::uint32_t from, Change change, std::uint32_t third,
                  Change& best) {
        const double before =
            state_.cost_um(from) + state_.cost_um(change.to) + state_.cost_um(third);
        if (change.cost_um - thoroughness_.exchange_slack * before >= best.cost_um) return;
        // Who leaves each of the three, and who comes.
        const bool push = change.partner_to == third;
        const std::uint32_t comes = push ? no_index : change.partner;
        const std::uint32_t goes = push ? change.partner : no_index;
        change.cost_um = state_.cost_after(from, atom, comes) +
                         state_.cost_after(change.to, goes, atom) +
                         state_.cost_after(third, comes, goes) - before;
        if (change.cost_um < best.cost_um && state_.connected_after(from, atom, comes) &&
            state_.connected_after(push ? change.to : third, change.partner,
                                   push ? atom : no_index))
            best = change;
    }

    /// By how much the head of `to` is farther from an atom's households than the head of `from`.
    double nearer_by(std::uint32_t atom, std::uint32_t from, std::uint32_t to) {
        if (state_.head(from) == no_index || state_.head(to) == no_index)
            return -std::numeric_limits<double>::infinity();
        return state_.distance_to_head(atom, to) - state_.distance_to_head(atom, from);
    }
    double group_slack() const {
        return component().groups > 0 ? 4 * state_.group_cost_um() : 0.0;
    }

    State<Distance>& state_;
    const std::atomic<bool>* cancel_;
    Thoroughness thoroughness_;
    AtomQueue queue_;
    std::vector<std::uint32_t> beside_;
};

}  // namespace gridgov::partition
