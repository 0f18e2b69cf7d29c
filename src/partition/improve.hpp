// Shorter distances under the same rules.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "partition/random.hpp"
#include "partition/shift.hpp"
#include "partition/state.hpp"
#include "partition/tree_split.hpp"

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
        : state_(state), random_(random), cancel_(cancel), thoroughness_(thoroughness),
          restless_(restless), waiting_(state.component().atoms(), 0) {}

    bool cancelled() const { return cancel_ != nullptr && cancel_->load(std::memory_order_relaxed); }

    void search_everywhere() {
        for (std::uint32_t atom = 0; atom < component().atoms(); ++atom)
            if (is_restless(state_.part_of(atom))) {  // parts may be others after legalising
                wait(atom);
                if (restless_.empty()) continue;
                for (const std::uint32_t other : component().neighbours_of(atom)) wait(other);
            }
        search();
    }

    /// Closes and opens courtyards until no pair of them pays.
    void relocate(int rounds) {
        for (int round = 0; round < rounds && !cancelled(); ++round)
            if (!relocate_once()) return;
    }

    /// Hands atoms on along rows of parts until that pays no more.
    void shift(int rounds) {
        Shifter<Distance> shifter(state_);
        for (int round = 0; round < rounds && !cancelled(); ++round) {
            const bool any = shifter.run([&](const auto& path) { return shift_along(path); });
            if (!any) return;
        }
    }

    /// `tries` times: a few neighbouring parts are split anew at random and searched; kept if better.
    void perturb(std::uint64_t tries) {
        if (state_.parts() < 2) return;
        for (std::uint64_t i = 0; i < tries && !cancelled(); ++i) perturb_once();
    }

private:
    using Parts = std::vector<std::uint32_t>;
    const Bounds& bounds() const { return state_.bounds(); }
    const Component& component() const { return state_.component(); }

    void wait(std::uint32_t atom) {
        if (waiting_[atom]) return;
        waiting_[atom] = 1;
        queue_.push_back(atom);
    }
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
                for (const std::uint32_t atom : queue_) waiting_[atom] = 0;
                queue_.clear();
                return;
            }
            const std::uint32_t atom = queue_.front();
            queue_.pop_front();
            waiting_[atom] = 0;
            const std::uint32_t from = state_.part_of(atom);
            const std::uint32_t to = improve(atom);
            if (to != no_index) {
                wait_around(from);
                wait_around(to);
            }
        }
    }

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
        if (onward == no_index) return;
        const double before = state_.cost_um(from) + state_.cost_um(to) + state_.cost_um(third);
        if (own + least - thoroughness_.exchange_slack * before >= best.cost_um) return;
        const double cost = state_.cost_after(from, atom, no_index) +
                            state_.cost_after(to, onward, atom) +
                            state_.cost_after(third, no_index, onward) - before;
        if (cost < best.cost_um && state_.connected_after(from, atom, no_index) &&
            state_.connected_after(to, onward, atom))
            best = {cost, to, onward, third};
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
        if (joining == no_index) return;
        const double before = state_.cost_um(from) + state_.cost_um(to) + state_.cost_um(third);
        if (own + least - thoroughness_.exchange_slack * before >= best.cost_um) return;
        const double cost = state_.cost_after(from, atom, joining) +
                            state_.cost_after(to, no_index, atom) +
                            state_.cost_after(third, joining, no_index) - before;
        if (cost < best.cost_um && state_.connected_after(from, atom, joining) &&
            state_.connected_after(third, joining, no_index))
            best = {cost, to, joining, from};
    }

    /// By how much the head of `to` is farther from an atom's households than the head of `from`.
    double nearer_by(std::uint32_t atom, std::uint32_t from, std::uint32_t to) {
        if (state_.head(from) == no_index || state_.head(to) == no_index)
            return -std::numeric_limits<double>::infinity();
        double sum = 0;
        for (const std::uint32_t household : component().members_of(atom))
            sum += state_.distance()(household, state_.head(to)) -
                   state_.distance()(household, state_.head(from));
        return sum;
    }
    double group_slack() const {
        return component().groups > 0 ? 4 * state_.group_cost_um() : 0.0;
    }

    // ---- closing and opening ------------------------------------------------------------------

    /// A courtyard that might be opened around `head`, a member of `part`.
    struct Opening {
        double cost_um = 0;  ///< an estimate; negative: what it saves
        std::uint32_t part = no_index;
        std::uint32_t head = no_index;
    };

    /// The members of a part and of those beside it, with what each walks now.
    void gather_around(std::uint32_t number) {
        near_.clear();
        near_x_um_.clear();
        near_y_um_.clear();
        near_distance_um_.clear();
        near_weight_.clear();
        state_.parts_beside(number, beside_);
        beside_.push_back(number);
        for (const std::uint32_t p : beside_) {
            const Part part = state_.part(p);
            const std::size_t first = near_.size();
            for (const std::uint32_t household : part.members) {
                near_.push_back(household);
                near_x_um_.push_back(component().x_um[household]);
                near_y_um_.push_back(component().y_um[household]);
                near_weight_.push_back(component().atom_weight[component().atom_of[household]]);
            }
            near_distance_um_.resize(near_.size());
            if (part.head == no_index)
                std::fill(near_distance_um_.begin() + static_cast<std::ptrdiff_t>(first),
                          near_distance_um_.end(), headless_cost_um);
            else
                state_.distance().to_many(part.head, part.members, near_x_um_.data() + first,
                                          near_y_um_.data() + first,
                                          near_distance_um_.data() + first);
        }
        row_.resize(near_.size());
    }

    /// The best head for a new courtyard among a part's members, if everybody near it went there, at
    /// least enough to be legal and at most as many as may be.
    Opening opening(std::uint32_t number) {
        gather_around(number);
        Opening best;
        best.part = number;
        for (const std::uint32_t head : state_.part(number).members) {
            if (!component().may_be_head[head]) continue;
            state_.distance().to_many(head, near_, near_x_um_.data(), near_y_um_.data(),
                                      row_.data());
            for (std::size_t i = 0; i < near_.size(); ++i) row_[i] -= near_distance_um_[i];
            if (sum_of_negatives() >= best.cost_um) continue;
            const double cost = legal_opening_cost();
            if (cost < best.cost_um) {
                best.cost_um = cost;
                best.head = head;
            }
        }
        return best;
    }
    double sum_of_negatives() const {
        std::array<double, 4> lane{};
        std::size_t i = 0;
        for (; i + 4 <= near_.size(); i += 4)
            for (std::size_t j = 0; j < 4; ++j) lane[j] += row_[i + j] < 0 ? row_[i + j] : 0.0;
        double sum = (lane[0] + lane[1]) + (lane[2] + lane[3]);
        for (; i < near_.size(); ++i) sum += row_[i] < 0 ? row_[i] : 0.0;
        return sum;
    }

    /// What `row_` sums to for those whom it suits best: all who gain, but at least the least weight
    /// and at most the greatest.
    double legal_opening_cost() {
        order_.clear();
        double cost = 0;
        std::int64_t weight = 0;
        for (std::uint32_t i = 0; i < near_.size(); ++i)
            if (row_[i] < 0) {
                cost += row_[i];
                weight += near_weight_[i];
                order_.push_back(i);
            }
        if (bounds().legal(weight)) return cost;
        const bool too_few = weight < bounds().min;
        if (too_few) {  // those who lose come as well, who lose least first
            order_.clear();
            for (std::uint32_t i = 0; i < near_.size(); ++i)
                if (row_[i] >= 0) order_.push_back(i);
        } else {
            cost = 0;
            weight = 0;
        }
        const auto later = [&](std::uint32_t a, std::uint32_t b) {
            return row_[a] != row_[b] ? row_[a] > row_[b] : a > b;
        };
        std::make_heap(order_.begin(), order_.end(), later);
        while (!order_.empty() && !(too_few && weight >= bounds().min)) {
            const std::uint32_t i = order_.front();
            if (weight + near_weight_[i] > bounds().max) break;
            cost += row_[i];
            weight += near_weight_[i];
            std::pop_heap(order_.begin(), order_.end(), later);
            order_.pop_back();
        }
        return cost;
    }

    /// What is known about a part and those beside it, until one of them changes.
    struct Surroundings {
        std::uint64_t version = 0;      ///< when anything last changed there
        std::uint64_t known = 0;        ///< the version that the rest is of
        Parts beside;
        Parts members;                  ///< households: a state's own order changes with undo
        std::vector<double> second_um;  ///< of each, to the nearest head beside
        double closing_um = 0;          ///< what closing the part costs about
    };

    const Surroundings& surroundings(std::uint32_t number) {
        Surroundings& here = surroundings_[number];
        if (here.known == here.version) return here;
        here.known = here.version;
        state_.parts_beside(number, here.beside);
        const Part part = state_.part(number);
        here.members.assign(part.members.begin(), part.members.end());
        here.second_um.assign(part.members.size(), std::numeric_limits<double>::infinity());
        gather(here.members);
        for (const std::uint32_t other : here.beside) {
            if (state_.head(other) == no_index) continue;
            distances_from(state_.head(other), here.members);
            for (std::size_t i = 0; i < here.members.size(); ++i)
                here.second_um[i] = std::min(here.second_um[i], row_[i]);
        }
        here.closing_um = -part.cost_um;
        for (const double second : here.second_um) here.closing_um += second;
        return here;
    }
    void gather(const Parts& households) {
        near_x_um_.clear();
        near_y_um_.clear();
        for (const std::uint32_t household : households) {
            near_x_um_.push_back(component().x_um[household]);
            near_y_um_.push_back(component().y_um[household]);
        }
        row_.resize(std::max(row_.size(), households.size()));
    }
    /// Fills `row_` for households that were gathered last.
    void distances_from(std::uint32_t head, const Parts& households) {
        state_.distance().to_many(head, households, near_x_um_.data(), near_y_um_.data(),
                                  row_.data());
    }

    /// What closing a part costs about: everyone to the nearest head beside, or to `opened`,
    /// whatever the room.
    double closing_estimate(std::uint32_t number, std::uint32_t opened) {
        const Surroundings& here = surroundings(number);
        gather(here.members);
        distances_from(opened, here.members);
        double cost = -state_.cost_um(number);
        for (std::size_t i = 0; i < here.members.size(); ++i)
            cost += std::min(here.second_um[i], row_[i]);
        return cost;
    }

    /// Hands all atoms of a part to its neighbours, nearest to their heads first; false if somebody
    /// found no room. Moves stay done either way.
    bool close(std::uint32_t number) {
        const std::uint32_t head = state_.head(number);
        state_.parts_beside(number, beside_);
        const Parts leaving(state_.atoms(number).begin(), state_.atoms(number).end());
        const std::size_t count = leaving.size();
        closing_cost_.resize(beside_.size() * count);
        for (std::size_t p = 0; p < beside_.size(); ++p)
            for (std::size_t i = 0; i < count; ++i)
                closing_cost_[p * count + i] =
                    to_head(leaving[i], state_.head(beside_[p])) - to_head(leaving[i], head);
        for (std::size_t left = count; left > 0; --left) {
            std::size_t best = count, best_to = 0;
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t i = 0; i < count; ++i) {
                const std::uint32_t atom = leaving[i];
                if (state_.part_of(atom) != number) continue;
                const std::int64_t weight = component().atom_weight[atom];
                std::uint32_t last = number;
                for (const std::uint32_t other : component().neighbours_of(atom)) {
                    const std::uint32_t to = state_.part_of(other);
                    if (to == number || to == last || state_.weight(to) + weight > bounds().max)
                        continue;
                    last = to;
                    const auto p = static_cast<std::size_t>(
                        std::lower_bound(beside_.begin(), beside_.end(), to) - beside_.begin());
                    if (closing_cost_[p * count + i] < least) {
                        least = closing_cost_[p * count + i];
                        best = i;
                        best_to = p;
                    }
                }
            }
            if (best == count) return false;
            state_.move(leaving[best], beside_[best_to]);
        }
        return true;
    }

    /// Opens a courtyard around `head` in the empty part `number`: whoever saves by it comes, and the
    /// nearest others until it is heavy enough; nobody whom another part cannot spare. False if it
    /// stays too light. Moves stay done either way.
    bool open(std::uint32_t number, std::uint32_t head) {
        const std::uint32_t first = component().atom_of[head];
        if (!can_spare(first)) return false;
        state_.move(first, number);
        candidates_.clear();
        const auto add_candidates = [&](std::uint32_t atom) {
            for (const std::uint32_t other : component().neighbours_of(atom))
                if (state_.part_of(other) != number &&
                    std::find(candidates_.begin(), candidates_.end(), other) == candidates_.end())
                    candidates_.push_back(other);
        };
        add_candidates(first);
        for (;;) {
            std::size_t best = candidates_.size();
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t i = 0; i < candidates_.size(); ++i) {
                const std::uint32_t atom = candidates_[i];
                if (state_.weight(number) + component().atom_weight[atom] > bounds().max) continue;
                const double cost =
                    to_head(atom, head) - to_head(atom, state_.head(state_.part_of(atom)));
                if (cost < least) {
                    least = cost;
                    best = i;
                }
            }
            if (best == candidates_.size()) break;
            if (least >= 0 && state_.weight(number) >= bounds().min) break;
            const std::uint32_t atom = candidates_[best];
            candidates_.erase(candidates_.begin() + static_cast<std::ptrdiff_t>(best));
            if (!can_spare(atom)) continue;
            state_.move(atom, number);
            add_candidates(atom);
        }
        return bounds().legal(state_.weight(number));
    }
    bool can_spare(std::uint32_t atom) {
        const std::uint32_t from = state_.part_of(atom);
        const std::int64_t left = state_.weight(from) - component().atom_weight[atom];
        return left >= bounds().min && state_.connected_after(from, atom, no_index);
    }

    double to_head(std::uint32_t atom, std::uint32_t head) {
        if (head == no_index) return headless_cost_um;
        double sum = 0;
        for (const std::uint32_t household : component().members_of(atom))
            sum += state_.distance()(household, head);
        return sum;
    }

    struct Closing {
        double cost_um;
        std::uint32_t part;
        bool operator<(const Closing& other) const {
            return cost_um != other.cost_um ? cost_um < other.cost_um : part < other.part;
        }
    };

    /// Opens one courtyard and closes another, searches, and keeps that if it saves something.
    bool relocate(const Opening& open_at, std::uint32_t shut) {
        const double before = state_.cost_um();
        const std::uint32_t opened = state_.add_empty();
        state_.begin();
        bool done = open(opened, open_at.head) && close(shut) &&
                    state_.cost_um() <= before - thoroughness_.search_slack * open_at.cost_um;
        if (done) {
            for (const auto& [atom, from] : state_.moved()) {
                wait(atom);
                for (const std::uint32_t other : component().neighbours_of(atom)) wait(other);
            }
            search();
            done = state_.cost_um() < before - gain_least_um(before);
        }
        if (!done) {
            state_.undo();
            state_.remove_empty(opened);
            return false;
        }
        note_changes(opened, shut);
        state_.keep();
        state_.remove_empty(shut);
        return true;
    }

    /// What has moved since `begin` makes that part of the town worth looking at again. Part `opened`
    /// will have the number `shut`.
    void note_changes(std::uint32_t opened, std::uint32_t shut) {
        if (surroundings_.empty()) return;
        changed_.clear();
        for (const auto& [atom, from] : state_.moved()) {
            changed_.push_back(from);
            changed_.push_back(state_.part_of(atom));
        }
        std::sort(changed_.begin(), changed_.end());
        changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
        ++versions_;
        for (const std::uint32_t part : changed_) {
            surroundings_[part == opened ? shut : part].version = versions_;
            state_.parts_beside(part, beside_);
            for (const std::uint32_t other : beside_)
                surroundings_[other == opened ? shut : other].version = versions_;
        }
    }

    bool relocate_once() {
        if (state_.parts() < 3) return false;
        if (surroundings_.size() != state_.parts()) {
            surroundings_.assign(state_.parts(), {});
            opening_version_.assign(state_.parts(), 0);
            versions_ = 1;
            for (std::uint32_t p = 0; p < state_.parts(); ++p) {
                if (!is_restless(p)) continue;
                surroundings_[p].version = 1;
                state_.parts_beside(p, beside_);
                for (const std::uint32_t other : beside_) surroundings_[other].version = 1;
            }
            for (Surroundings& here : surroundings_) here.known = no_version;
        }
        const std::uint64_t round_start = versions_;
        std::vector<Opening> openings;
        for (std::uint32_t p = 0; p < state_.parts(); ++p) {
            if (!bounds().legal(state_.weight(p)) ||
                opening_version_[p] == surroundings_[p].version)
                continue;
            opening_version_[p] = surroundings_[p].version;
            const Opening found = opening(p);
            if (found.head != no_index) openings.push_back(found);
        }
        std::sort(openings.begin(), openings.end(), [](const Opening& a, const Opening& b) {
            return a.cost_um != b.cost_um ? a.cost_um < b.cost_um : a.part < b.part;
        });
        std::vector<Closing> closings;
        for (std::uint32_t p = 0; p < state_.parts(); ++p)
            if (bounds().legal(state_.weight(p)))
                closings.push_back({surroundings(p).closing_um, p});
        std::sort(closings.begin(), closings.end());
        bool any = false;
        std::vector<Closing> choices;
        for (Opening& open_at : openings) {
            if (cancelled()) break;
            if (opening_version_[open_at.part] != surroundings_[open_at.part].version) {
                opening_version_[open_at.part] = surroundings_[open_at.part].version;
                open_at = opening(open_at.part);
                if (open_at.head == no_index) continue;
            }
            choose_closings(open_at, closings, round_start, choices);
            int tries = thoroughness_.closings_tried;
            for (const Closing& closing : choices) {
                if (tries-- == 0 || closing.cost_um + open_at.cost_um >
                                        -thoroughness_.relocation_slack * open_at.cost_um)
                    break;
                if (relocate(open_at, closing.part)) {
                    any = true;
                    break;
                }
            }
        }
        return any;
    }

    /// Courtyards near by, where the new one takes in who loses the old one; and the cheapest.
    void choose_closings(const Opening& open_at, const std::vector<Closing>& closings,
                         std::uint64_t round_start, std::vector<Closing>& choices) {
        choices.clear();
        Parts near = surroundings(open_at.part).beside;
        const std::size_t beside = near.size();
        for (std::size_t i = 0; i < beside; ++i)
            for (const std::uint32_t p : surroundings(near[i]).beside)
                if (p != open_at.part && std::find(near.begin(), near.end(), p) == near.end())
                    near.push_back(p);
        for (const std::uint32_t p : near)
            if (bounds().legal(state_.weight(p)))
                choices.push_back({closing_estimate(p, open_at.head), p});
        int far = 0;
        for (const Closing& closing : closings) {
            if (far == 3 || closing.cost_um + open_at.cost_um > 0) break;
            if (surroundings_[closing.part].version > round_start) continue;  // no longer as it was
            if (closing.part == open_at.part ||
                std::find(near.begin(), near.end(), closing.part) != near.end())
                continue;
            choices.push_back(closing);
            ++far;
        }
        std::sort(choices.begin(), choices.end());
    }
    bool is_restless(std::uint32_t part) const {
        return restless_.size() != state_.parts() || restless_[part] != 0;
    }
    static constexpr std::uint64_t no_version = std::numeric_limits<std::uint64_t>::max();

    // ---- rows -----------------------------------------------------------------------------------

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
            wait_around(arc->from);
            wait_around(arc->to);
        }
        search();
        note_changes(no_index, no_index);
        state_.keep();
        return true;
    }

    // ---- perturbation -------------------------------------------------------------------------

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
        for (const std::uint32_t p : parts) wait_around(p);
        search();
        if (state_.cost_um() < before - gain_least_um(before)) {
            note_changes(no_index, no_index);
            state_.keep();
        } else {
            state_.undo();
        }
    }

    State<Distance>& state_;
    Random& random_;
    const std::atomic<bool>* cancel_;
    Thoroughness thoroughness_;
    std::span<const std::uint8_t> restless_;
    std::vector<std::uint8_t> waiting_;
    std::deque<std::uint32_t> queue_;
    Parts beside_, near_, order_, candidates_;
    std::vector<double> closing_cost_, near_x_um_, near_y_um_, near_distance_um_, row_;
    std::vector<std::int64_t> near_weight_;
    std::vector<Surroundings> surroundings_;
    std::vector<std::uint64_t> opening_version_;
    std::uint64_t versions_ = 0;
    Parts changed_;
};

}  // namespace gridgov::partition
