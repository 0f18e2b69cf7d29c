// Making every part legal, as far as it can be done, and the number of parts right.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "partition/random.hpp"
#include "partition/shape_bound.hpp"
#include "partition/state.hpp"
#include "partition/tree_split.hpp"

namespace gridgov::partition {

/// Brings parts within the bounds: first by handing atoms along chains of neighbouring parts from
/// where there are too many to where there are too few, then by splitting a few neighbouring parts
/// anew along random spanning trees (DeFord, Duchin & Solomon 2021, "ReCom", with the cuts found by
/// dynamic programming), and where that fails by breaking as little weight as can be found.
template <class Distance>
class Legaliser {
public:
    Legaliser(State<Distance>& state, Random& random) : state_(state), random_(random) {}

    /// Works towards `parts` legal parts. Least broken weight comes before the number of parts.
    void run(std::uint32_t parts) {
        balance();
        // Beyond what must be broken there is nothing to look for.
        const std::int64_t broken_least =
            state_.broken() > 0 ? shape_bound(state_.component(), bounds()).broken : 0;
        for (int round = 0; round < 3 && state_.broken() > broken_least; ++round) {
            resplit_violating();
            balance();
        }
        if (state_.broken() > broken_least) break_least(broken_least);
        count_to(parts);
    }

private:
    using Parts = std::vector<std::uint32_t>;
    const Bounds& bounds() const { return state_.bounds(); }

    // ---- chains -------------------------------------------------------------------------------

    void balance() {
        Parts waiting;
        for (std::uint32_t p = 0; p < state_.parts(); ++p)
            if (bounds().violation(state_.part(p).weight) > 0) waiting.push_back(p);
        for (std::size_t next = 0; next < waiting.size(); ++next) {
            const std::uint32_t p = waiting[next];
            while (bounds().violation(state_.part(p).weight) > 0 && chain(p)) {}
        }
    }

    /// One chain that lessens the violation of `p` and the total; false if none is found.
    bool chain(std::uint32_t p) {
        constexpr int tries = 24;
        const bool pull = state_.part(p).weight < bounds().min;
        std::vector<std::pair<std::uint32_t, std::uint32_t>> banned;
        for (int i = 0; i < tries; ++i) {
            const Parts path = path_to_slack(p, pull, banned);
            if (path.empty()) return false;
            std::int64_t before = 0, after = 0;
            for (const std::uint32_t q : path) before += bounds().violation(state_.part(q).weight);
            state_.begin();
            bool done = true;
            for (std::size_t j = path.size() - 1; j > 0 && done; --j) {
                // The far end first: room is made before it is needed.
                const std::uint32_t from = pull ? path[j] : path[j - 1];
                const std::uint32_t to = pull ? path[j - 1] : path[j];
                const std::uint32_t atom = to_hand_over(from, to);
                if (atom == no_index) {
                    banned.push_back({from, to});
                    done = false;
                } else {
                    state_.move(atom, to);
                }
            }
            for (const std::uint32_t q : path) after += bounds().violation(state_.part(q).weight);
            if (done && after < before) {
                state_.keep();
                return true;
            }
            state_.undo();
            if (done) banned.push_back(pull ? std::pair(path[path.size() - 1], path[path.size() - 2])
                                            : std::pair(path[path.size() - 2], path.back()));
        }
        return false;
    }

    /// The shortest way over neighbouring parts from `p` to one that can give (pull) or take.
    Parts path_to_slack(std::uint32_t p, bool pull,
                        const std::vector<std::pair<std::uint32_t, std::uint32_t>>& banned) {
        if (from_.size() < state_.parts()) from_.resize(state_.parts(), no_index);
        Parts queue{p};
        from_[p] = p;
        std::uint32_t end = no_index;
        constexpr std::size_t reach = 2000;  // parts looked at: far chains cost more than they mend
        for (std::size_t next = 0; next < queue.size() && end == no_index && next < reach; ++next) {
            const std::uint32_t q = queue[next];
            for (const std::uint32_t near : state_.parts_beside(q)) {
                if (from_[near] != no_index) continue;
                const auto step = pull ? std::pair(near, q) : std::pair(q, near);
                if (std::find(banned.begin(), banned.end(), step) != banned.end() ||
                    !can_hand_over(step.first, step.second))
                    continue;
                from_[near] = q;
                queue.push_back(near);
                const std::int64_t weight = state_.part(near).weight;
                if (pull ? weight > bounds().min : weight < bounds().max) {
                    end = near;
                    break;
                }
            }
        }
        Parts path;
        if (end != no_index) {
            for (std::uint32_t q = end;; q = from_[q]) {
                path.push_back(q);
                if (q == p) break;
            }
            std::reverse(path.begin(), path.end());
        }
        for (const std::uint32_t q : queue) from_[q] = no_index;
        return path;
    }

    bool can_hand_over(std::uint32_t from, std::uint32_t to) {
        if (state_.part(from).atoms.size() < 2) return false;
        for (const std::uint32_t atom : state_.part(from).atoms)
            if (state_.beside(atom, to) && state_.connected_after(from, atom, no_index)) return true;
        return false;
    }

    /// The atom that `from` can best spare for `to`, or no_index.
    std::uint32_t to_hand_over(std::uint32_t from, std::uint32_t to) {
        std::uint32_t best = no_index;
        double least = std::numeric_limits<double>::infinity();
        if (state_.part(from).atoms.size() < 2) return no_index;
        for (const std::uint32_t atom : state_.part(from).atoms) {
            if (!state_.beside(atom, to) || !state_.connected_after(from, atom, no_index)) continue;
            const double cost = state_.move_cost_um(atom, to);
            if (cost < least || (cost == least && atom < best)) {
                least = cost;
                best = atom;
            }
        }
        return best;
    }

    // ---- new splits ---------------------------------------------------------------------------

    /// `count` parts around `p`, nearest by links first.
    Parts around(std::uint32_t p, std::size_t count) {
        Parts found{p};
        for (std::size_t next = 0; next < found.size() && found.size() < count; ++next)
            for (const std::uint32_t beside : state_.parts_beside(found[next]))
                if (found.size() < count &&
                    std::find(found.begin(), found.end(), beside) == found.end())
                    found.push_back(beside);
        return found;
    }

    Region region_of(const Parts& parts) {
        Parts atoms;
        for (const std::uint32_t p : parts)
            atoms.insert(atoms.end(), state_.part(p).atoms.begin(), state_.part(p).atoms.end());
        return make_region(state_.component(), std::move(atoms));
    }

    /// Splits the union of `parts` into `count` legal parts by one of `tries` random trees; of the
    /// first few found the cheapest.
    bool resplit(const Parts& parts, std::uint32_t count, int tries) {
        std::int64_t weight = 0;
        for (const std::uint32_t p : parts) weight += state_.part(p).weight;
        if (count < 1 || weight < bounds().min * count || weight > bounds().max * count)
            return false;
        const Region region = region_of(parts);
        if (region.size() < count) return false;
        for (int i = 0; i < tries; ++i) {
            const SpanningTree tree = random_spanning_tree(region, random_);
            if (const auto split = split_tree(region, tree, bounds(), count)) {
                state_.replace(parts, region.atoms, split->label, split->parts);
                return true;
            }
        }
        return false;
    }

    void resplit_violating() {
        for (std::uint32_t p = 0; p < state_.parts(); ++p) {
            if (bounds().violation(state_.part(p).weight) == 0) continue;
            bool done = false;
            for (const std::size_t size : {1U, 2U, 3U, 4U, 6U, 9U}) {
                const Parts parts = around(p, size);
                if (parts.size() < size) break;
                const auto count = static_cast<std::uint32_t>(parts.size());
                for (const int change : {0, -1, 1, -2, 2}) {
                    const auto wanted = static_cast<std::int64_t>(count) + change;
                    if (wanted < 1 || done) continue;
                    done = resplit(parts, static_cast<std::uint32_t>(wanted), 40);
                }
                if (done) break;
            }
        }
    }

    /// Where legality is out of reach: the least broken weight that trees over growing
    /// neighbourhoods find.
    void break_least(std::int64_t broken_least) {
        for (const std::size_t size : {2U, 4U, 8U, 16U, 32U}) {
            for (std::uint32_t p = 0; p < state_.parts(); ++p) {
                if (bounds().violation(state_.part(p).weight) == 0) continue;
                const Parts parts = around(p, size);
                std::int64_t before = 0;
                for (const std::uint32_t q : parts)
                    before += bounds().broken(state_.part(q).weight);
                const Region region = region_of(parts);
                if (region.size() > 1500) continue;
                std::optional<Split> best;
                for (int i = 0; i < 60; ++i) {
                    const SpanningTree tree = random_spanning_tree(region, random_);
                    LeastBroken found = split_tree_least_broken(region, tree, bounds());
                    if (found.split.broken < (best ? best->broken : before))
                        best = std::move(found.split);
                    if (best && best->broken == 0) break;
                }
                if (best) state_.replace(parts, region.atoms, best->label, best->parts);
            }
            if (state_.broken() <= broken_least) return;
        }
        // Parts outside the bounds that lie together are one, if that breaks no more.
        for (std::uint32_t p = 0; p < state_.parts(); ++p) {
            if (bounds().violation(state_.part(p).weight) == 0) continue;
            for (const std::uint32_t q : state_.parts_beside(p)) {
                const std::int64_t weight = state_.part(p).weight + state_.part(q).weight;
                if (bounds().violation(state_.part(q).weight) == 0 || weight > bounds().max)
                    continue;
                const Parts both{p, q};
                const Region region = region_of(both);
                const std::vector<std::uint32_t> one(region.size(), 0);
                state_.replace(both, region.atoms, one, 1);
                p = no_index;  // numbers changed: begin again
                break;
            }
        }
    }

    // ---- the number ---------------------------------------------------------------------------

    void count_to(std::uint32_t wanted) {
        while (state_.parts() != wanted) {
            const bool more = state_.parts() < wanted;
            // The heaviest parts are split first, the lightest dissolved first.
            Parts order(state_.parts());
            for (std::uint32_t p = 0; p < state_.parts(); ++p) order[p] = p;
            std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
                const std::int64_t wa = state_.part(a).weight, wb = state_.part(b).weight;
                return wa != wb ? (more ? wa > wb : wa < wb) : a < b;
            });
            bool done = false;
            for (const std::size_t size : {1U, 2U, 3U, 4U, 6U, 9U, 14U}) {
                if (!more && size < 2) continue;
                for (const std::uint32_t p : order) {
                    const Parts parts = around(p, size);
                    if (parts.size() < size) continue;
                    bool legal = true;
                    for (const std::uint32_t q : parts)
                        legal = legal && bounds().legal(state_.part(q).weight);
                    if (!legal) continue;
                    const auto count = static_cast<std::uint32_t>(parts.size());
                    if (resplit(parts, more ? count + 1 : count - 1, 12)) {
                        done = true;
                        break;
                    }
                }
                if (done) break;
            }
            if (!done && !force_count(order, more)) return;
        }
    }

    /// The number changed by force, at the cost of bounds that chains then mend; undone if they fail.
    bool force_count(const Parts& order, bool more) {
        constexpr std::size_t tries = 6;
        const std::int64_t broken_before = state_.broken();
        for (std::size_t i = 0; i < std::min(tries, order.size()); ++i) {
            const std::uint32_t p = order[i];
            const Parts labels(state_.labels().begin(), state_.labels().end());
            const std::uint32_t parts = state_.parts();
            if (more) {
                if (state_.part(p).atoms.size() < 2) continue;
                const Region region = region_of({p});
                const SpanningTree tree = random_spanning_tree(region, random_);
                // Cut where the halves are most alike.
                std::vector<std::int64_t> below = region.weight;
                for (std::size_t j = tree.order.size(); j-- > 1;)
                    below[tree.parent[tree.order[j]]] += below[tree.order[j]];
                std::uint32_t cut = tree.order[1];
                for (std::size_t j = 1; j < tree.order.size(); ++j)
                    if (std::abs(2 * below[tree.order[j]] - state_.part(p).weight) <
                        std::abs(2 * below[cut] - state_.part(p).weight))
                        cut = tree.order[j];
                Parts half(region.size(), 0);
                for (const std::uint32_t node : tree.order)
                    half[node] = node == cut || (tree.parent[node] != node && half[tree.parent[node]]);
                state_.replace(Parts{p}, region.atoms, half, 2);
            } else {
                std::uint32_t lightest = no_index;
                for (const std::uint32_t q : state_.parts_beside(p))
                    if (lightest == no_index ||
                        state_.part(q).weight < state_.part(lightest).weight)
                        lightest = q;
                if (lightest == no_index) continue;
                const Parts both{p, lightest};
                const Region region = region_of(both);
                state_.replace(both, region.atoms, Parts(region.size(), 0), 1);
            }
            balance();
            if (state_.broken() <= broken_before) return true;
            state_.assign(labels, parts);
        }
        return false;
    }

    State<Distance>& state_;
    Random& random_;
    Parts from_;
};

}  // namespace gridgov::partition
