// Shorter distances under the same rules.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

#include "partition/random.hpp"
#include "partition/state.hpp"
#include "partition/tree_split.hpp"

namespace gridgov::partition {

/// A gain smaller than this is none: a hundredth of a millimetre, and what rounding may have added
/// to sums of that size, so that the search cannot go in circles.
inline double gain_least_um(double cost_um) { return 10 + 1e-12 * cost_um; }

/// Local search over moves that break no more weight than before: an atom over a border; a pair of
/// atoms exchanged where bounds are tight; a courtyard closed where that is cheap and another opened
/// where that pays; and, with effort, neighbourhoods split anew at random and searched again.
template <class Distance>
class Improver {
public:
    Improver(State<Distance>& state, Random& random, const std::atomic<bool>* cancel)
        : state_(state), random_(random), cancel_(cancel),
          waiting_(state.component().atoms(), 0) {}

    bool cancelled() const { return cancel_ != nullptr && cancel_->load(std::memory_order_relaxed); }

    void search_everywhere() {
        for (std::uint32_t atom = 0; atom < state_.component().atoms(); ++atom) wait(atom);
        search();
    }

    /// Closes and opens courtyards until no pair of them pays.
    void relocate(int rounds) {
        for (int round = 0; round < rounds && !cancelled(); ++round)
            if (!relocate_once()) return;
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
        for (const std::uint32_t atom : state_.part(part).atoms) {
            wait(atom);
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
        std::uint32_t best = no_index, partner = no_index;
        double least = -gain_least_um(state_.cost_um(from));
        const double slack = head_slack * state_.cost_um(from) /
                             static_cast<double>(state_.part(from).members.size());
        double leaving = 0;  // what it saves `from`; worked out at need
        int connected = -1;  // whether `from` holds together without the atom; likewise
        for (const std::uint32_t to : beside_) {
            // With the heads as they are; new heads seldom save much more.
            const double estimate = nearer_by(atom, from, to);
            if (component().groups == 0 && estimate > slack) continue;
            const std::int64_t right = state_.weight(to) + weight;
            if (left > 0 &&
                bounds().broken(left) + bounds().broken(right) <=
                    bounds().broken(state_.weight(from)) + bounds().broken(state_.weight(to))) {
                if (connected < 0) {
                    connected = state_.connected_after(from, atom, no_index) ? 1 : 0;
                    if (connected == 1)
                        leaving = state_.cost_um(from) - state_.cost_after(from, atom, no_index);
                }
                if (connected == 0) continue;
                const double groups = state_.group_move_cost_um(atom, to);
                if (groups - leaving >= least) continue;  // joining is never for less than nothing
                const double cost = state_.cost_after(to, no_index, atom) - state_.cost_um(to) -
                                    leaving + groups;
                if (cost < least) {
                    least = cost;
                    best = to;
                    partner = no_index;
                }
            } else {
                exchange(atom, from, to, best, partner, least);
            }
        }
        if (best == no_index) return no_index;
        state_.move(atom, best);
        if (partner != no_index) state_.move(partner, from);
        return best;
    }

    /// Looks for an atom of `to` to come back for `atom`, where a move alone breaks a rule.
    void exchange(std::uint32_t atom, std::uint32_t from, std::uint32_t to, std::uint32_t& best,
                  std::uint32_t& partner, double& least) {
        const std::int64_t weight = component().atom_weight[atom];
        const double before = state_.cost_um(from) + state_.cost_um(to);
        const std::int64_t broken_before =
            bounds().broken(state_.weight(from)) + bounds().broken(state_.weight(to));
        const double own = nearer_by(atom, from, to);
        for (const std::uint32_t other : state_.part(to).atoms) {
            if (!state_.beside(other, from, atom)) continue;
            const std::int64_t change = weight - component().atom_weight[other];
            if (bounds().broken(state_.weight(from) - change) +
                    bounds().broken(state_.weight(to) + change) > broken_before)
                continue;
            // With the heads as they are; new heads seldom save as much again.
            const double estimate = own + nearer_by(other, to, from);
            if (estimate - exchange_slack * before >= least + group_slack()) continue;
            double cost = state_.cost_after(from, atom, other) +
                          state_.cost_after(to, other, atom) - before;
            if (cost >= least + group_slack()) continue;
            if (!state_.connected_after(from, atom, other) ||
                !state_.connected_after(to, other, atom))
                continue;
            if (component().groups > 0)
                cost += state_.group_exchange_cost_um(atom, to, other, from);
            if (cost < least) {
                least = cost;
                best = to;
                partner = other;
            }
        }
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
    /// How much of two parts' cost new heads may save in an exchange, for it to be looked at.
    static constexpr double exchange_slack = 0.02;

    /// Likewise for a move, in mean distances of the part that is left.
    static constexpr double head_slack = 0.5;

    double group_slack() const {
        return component().groups > 0 ? 4 * state_.group_cost_um() : 0.0;
    }

    // ---- closing and opening ------------------------------------------------------------------

    struct Opening {
        double cost_um;  ///< negative: what it saves
        std::uint32_t part;
        Parts half;      ///< atoms that leave
    };

    /// The cheapest split of a part in two legal ones, members to the nearer of two heads.
    bool opening(std::uint32_t number, Opening& result) {
        const Part part = state_.part(number);
        const std::size_t count = part.members.size();
        if (part.weight < 2 * bounds().min || part.atoms.size() < 2 || count > 64 ||
            !bounds().legal(part.weight))
            return false;
        matrix_.resize(count * count);
        for (std::size_t i = 0; i < count; ++i) {
            matrix_[i * count + i] = 0;
            for (std::size_t j = i + 1; j < count; ++j)
                matrix_[i * count + j] = matrix_[j * count + i] =
                    state_.distance()(part.members[i], part.members[j]);
        }
        // Members stand in the order of the part's atoms, an atom's members together.
        struct Pair {
            double cost;
            std::uint32_t i, j;
        };
        std::vector<Pair> pairs;
        for (std::uint32_t i = 0; i < count; ++i) {
            if (!component().may_be_head[part.members[i]]) continue;
            for (std::uint32_t j = i + 1; j < count; ++j) {
                if (!component().may_be_head[part.members[j]]) continue;
                double cost = 0;
                for (std::size_t m = 0; m < count; ++m)
                    cost += std::min(matrix_[i * count + m], matrix_[j * count + m]);
                pairs.push_back({cost, i, j});
            }
        }
        const std::size_t tries = std::min<std::size_t>(pairs.size(), 12);
        std::partial_sort(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(tries),
                          pairs.end(), [](const Pair& a, const Pair& b) {
                              return a.cost != b.cost ? a.cost < b.cost
                                                      : std::pair(a.i, a.j) < std::pair(b.i, b.j);
                          });
        for (std::size_t t = 0; t < tries; ++t) {
            Parts half;
            std::int64_t weight = 0;
            double cost = 0;
            for (const std::uint32_t atom : part.atoms) {
                double to_i = 0, to_j = 0;
                for (std::size_t m = 0; m < count; ++m)
                    if (component().atom_of[part.members[m]] == atom) {
                        to_i += matrix_[pairs[t].i * count + m];
                        to_j += matrix_[pairs[t].j * count + m];
                    }
                cost += std::min(to_i, to_j);
                if (to_j < to_i) {
                    half.push_back(atom);
                    weight += component().atom_weight[atom];
                }
            }
            if (!bounds().legal(weight) || !bounds().legal(part.weight - weight)) continue;
            if (!connected(half) || !connected(rest_of(part, half))) continue;
            result = {cost - part.cost_um, number, std::move(half)};
            return true;
        }
        return false;
    }

    Parts rest_of(const Part& part, const Parts& half) const {
        Parts rest;
        for (const std::uint32_t atom : part.atoms)
            if (std::find(half.begin(), half.end(), atom) == half.end()) rest.push_back(atom);
        return rest;
    }

    bool connected(const Parts& atoms) const {
        if (atoms.empty()) return false;
        Parts queue{atoms.front()};
        for (std::size_t next = 0; next < queue.size(); ++next)
            for (const std::uint32_t other : component().neighbours_of(queue[next]))
                if (std::find(atoms.begin(), atoms.end(), other) != atoms.end() &&
                    std::find(queue.begin(), queue.end(), other) == queue.end())
                    queue.push_back(other);
        return queue.size() == atoms.size();
    }

    /// What closing a part costs about: everyone to the nearest head beside, whatever the room.
    double closing_estimate(std::uint32_t number) {
        const Part part = state_.part(number);
        const Parts beside = state_.parts_beside(number);
        double cost = -part.cost_um;
        for (const std::uint32_t household : part.members) {
            double least = std::numeric_limits<double>::infinity();
            for (const std::uint32_t other : beside)
                if (state_.head(other) != no_index)
                    least = std::min(least, state_.distance()(household, state_.head(other)));
            cost += least;
        }
        return cost;
    }

    /// Hands all atoms of a part to its neighbours, cheapest first; what it cost in all, or infinity
    /// if somebody found no room. Moves stay done either way.
    double close(std::uint32_t number) {
        double total = 0;
        while (!state_.part(number).atoms.empty()) {
            std::uint32_t best = no_index, best_to = no_index;
            double least = std::numeric_limits<double>::infinity();
            for (const std::uint32_t atom : state_.part(number).atoms) {
                const std::int64_t weight = component().atom_weight[atom];
                for (const std::uint32_t other : component().neighbours_of(atom)) {
                    const std::uint32_t to = state_.part_of(other);
                    if (to == number || state_.part(to).weight + weight > bounds().max) continue;
                    if (best == atom && best_to == to) continue;
                    const double cost = state_.cost_after(to, no_index, atom) -
                                        state_.part(to).cost_um - own_share(number, atom);
                    if (cost < least || (cost == least && std::pair(atom, to) <
                                                              std::pair(best, best_to))) {
                        least = cost;
                        best = atom;
                        best_to = to;
                    }
                }
            }
            if (best == no_index) return std::numeric_limits<double>::infinity();
            total += state_.move_cost_um(best, best_to);
            state_.move(best, best_to);
        }
        return total;
    }

    /// The distance of an atom to its head: who is far from it leaves first.
    double own_share(std::uint32_t number, std::uint32_t atom) {
        if (state_.head(number) == no_index) return 0;
        double sum = 0;
        for (const std::uint32_t household : component().members_of(atom))
            sum += state_.distance()(household, state_.head(number));
        return sum;
    }

    bool relocate_once() {
        if (state_.parts() < 3) return false;
        std::vector<Opening> openings;
        for (std::uint32_t p = 0; p < state_.parts(); ++p) {
            Opening one{};
            if (opening(p, one) && one.cost_um < -gain_least_um(state_.part(p).cost_um))
                openings.push_back(std::move(one));
        }
        std::sort(openings.begin(), openings.end(), [](const Opening& a, const Opening& b) {
            return a.cost_um != b.cost_um ? a.cost_um < b.cost_um : a.part < b.part;
        });
        struct Closing {
            double cost_um;
            std::uint32_t part;
        };
        std::vector<Closing> closings;
        for (std::uint32_t p = 0; p < state_.parts(); ++p)
            closings.push_back({closing_estimate(p), p});
        std::sort(closings.begin(), closings.end(), [](const Closing& a, const Closing& b) {
            return a.cost_um != b.cost_um ? a.cost_um < b.cost_um : a.part < b.part;
        });

        std::vector<std::uint8_t> changed(state_.parts(), 0), spent(state_.parts(), 0);
        bool any = false;
        Parts restless;
        std::size_t passed_over = 0;
        for (const Opening& open : openings) {
            if (cancelled()) break;
            if (changed[open.part]) continue;
            int tries = 4;
            if (passed_over > closings.size()) {  // most that are cheap are gone: forget them
                closings.erase(std::remove_if(closings.begin(), closings.end(),
                                              [&](const Closing& closing) {
                                                  return spent[closing.part] || changed[closing.part];
                                              }),
                               closings.end());
                passed_over = 0;
            }
            for (std::size_t i = 0; i < closings.size() && tries > 0; ++i) {
                const std::uint32_t shut = closings[i].part;
                // The estimate is low where room is short; beyond this nothing pays.
                if (closings[i].cost_um * 0.8 + open.cost_um > -gain_least_um(0)) break;
                if (spent[shut] || changed[shut] || shut == open.part) {
                    ++passed_over;
                    continue;
                }
                const Parts beside = state_.parts_beside(shut);
                if (std::find(beside.begin(), beside.end(), open.part) != beside.end()) continue;
                if (std::any_of(beside.begin(), beside.end(),
                                [&](std::uint32_t p) { return changed[p] != 0; }))
                    continue;
                --tries;
                state_.begin();
                double cost = close(shut);
                for (const std::uint32_t atom : open.half) {
                    if (cost == std::numeric_limits<double>::infinity()) break;
                    cost += state_.move_cost_um(atom, shut);
                    state_.move(atom, shut);
                }
                if (cost < -gain_least_um(state_.part(open.part).cost_um)) {
                    changed[open.part] = changed[shut] = 1;
                    for (const auto& [atom, from] : state_.moved())
                        changed[state_.part_of(atom)] = 1;
                    state_.keep();
                    restless.push_back(open.part);
                    restless.push_back(shut);
                    for (const std::uint32_t p : beside) {
                        changed[p] = 1;
                        restless.push_back(p);
                    }
                    any = true;
                    break;
                }
                state_.undo();
                spent[shut] = 1;
            }
        }
        for (const std::uint32_t p : restless) wait_around(p);
        search();
        return any;
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
        if (state_.cost_um() < before - gain_least_um(before))
            state_.keep();
        else
            state_.undo();
    }

    State<Distance>& state_;
    Random& random_;
    const std::atomic<bool>* cancel_;
    std::vector<std::uint8_t> waiting_;
    std::deque<std::uint32_t> queue_;
    Parts beside_;
    std::vector<double> matrix_;
};

}  // namespace gridgov::partition
