// Closing a courtyard where it is cheap and opening one where it pays.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "partition/four_lanes.hpp"
#include "partition/moves.hpp"
#include "partition/state.hpp"

namespace gridgov::partition {

/// Opens a courtyard around a household where everybody near it would walk less, and closes another,
/// near by or far away, so that their number stays. Estimates choose the pairs: openings by what
/// members near by would save, closings by what going to the second nearest head would cost; a pair is
/// carried out, searched around by the mover, and taken back unless it pays.
template <class Distance>
class Relocator {
public:
    /// `restless`, where not empty, has for each part whether anything about it is new: others, and
    /// those beside only such, are left alone until something near them changes.
    Relocator(State<Distance>& state, Mover<Distance>& mover, const Thoroughness& thoroughness,
              std::span<const std::uint8_t> restless)
        : state_(state), mover_(mover), thoroughness_(thoroughness), restless_(restless) {}

    bool is_restless(std::uint32_t part) const {
        return restless_.size() != state_.parts() || restless_[part] != 0;
    }

    /// Tries all openings once, the best first, each with some closings; whether any pair paid.
    bool run() {
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
            if (mover_.cancelled()) break;
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

private:
    using Parts = std::vector<std::uint32_t>;
    const Bounds& bounds() const { return state_.bounds(); }
    const Component& component() const { return state_.component(); }

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
        return sum_in_four_lanes(near_.size(),
                                 [&](std::size_t i) { return row_[i] < 0 ? row_[i] : 0.0; });
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
        state_.parts_beside(number, beside_);
        const Parts leaving(state_.atoms(number).begin(), state_.atoms(number).end());
        const std::size_t count = leaving.size();
        closing_cost_.resize(beside_.size() * count);
        for (std::size_t p = 0; p < beside_.size(); ++p)
            for (std::size_t i = 0; i < count; ++i)
                closing_cost_[p * count + i] = state_.distance_to_head(leaving[i], beside_[p]) -
                                               state_.distance_to_head(leaving[i], number);
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
                    state_.distance_to(atom, head) -
                    state_.distance_to_head(atom, state_.part_of(atom));
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
                mover_.wait(atom);
                for (const std::uint32_t other : component().neighbours_of(atom)) mover_.wait(other);
            }
            mover_.search();
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

    static constexpr std::uint64_t no_version = std::numeric_limits<std::uint64_t>::max();

    State<Distance>& state_;
    Mover<Distance>& mover_;
    Thoroughness thoroughness_;
    std::span<const std::uint8_t> restless_;
    Parts beside_, near_, order_, candidates_, changed_;
    std::vector<double> closing_cost_, near_x_um_, near_y_um_, near_distance_um_, row_;
    std::vector<std::int64_t> near_weight_;
    std::vector<Surroundings> surroundings_;
    std::vector<std::uint64_t> opening_version_;
    std::uint64_t versions_ = 0;
};

}  // namespace gridgov::partition
