// A division in which two atoms stand together: repairs of the present one, and new ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

#include "partition/component.hpp"
#include "partition/flood.hpp"
#include "partition/random.hpp"
#include "partition/shorten.hpp"
#include "partition/state.hpp"
#include "partition/tree_split.hpp"

namespace gridgov::partition {

/// A division that grants the wish; labels per atom of an excerpt.
struct GrantedWish {
    double cost_um = std::numeric_limits<double>::infinity();
    std::size_t moved = std::numeric_limits<std::size_t>::max();  ///< atoms; only of direct repairs
    std::vector<std::uint32_t> labels;
};

/// Looks for the shortest division of an excerpt that has two atoms together.
template <class Distance>
class WishSearch {
public:
    using Numbers = std::vector<std::uint32_t>;

    /// `now`: parts 0 … parts − 1 of the excerpt's atoms. `household` wishes to be with `anchor`.
    WishSearch(const Component& component, const Bounds& bounds, Distance& distance,
               const Options& options, const Numbers& now, std::uint32_t parts,
               std::uint32_t household, std::uint32_t anchor)
        : component_(component), bounds_(bounds), options_(options),
          state_(component, bounds, distance, options.group_weight_m), now_(now), parts_(parts),
          household_(household), anchor_(anchor), random_(component.seed) {
        state_.assign(now_, parts_);
        broken_now_ = state_.broken();
        cost_now_um_ = state_.cost_um();
    }

    double cost_now_um() const { return cost_now_um_; }

    /// The shortest found without the wish: how much the present has to spare.
    double without_um() {
        state_.assign(now_, parts_);
        shorten(no_index);
        return std::min(cost_now_um_, state_.cost_um());
    }

    /// Of the direct repairs the one that moves the fewest. After `run`.
    const GrantedWish& fewest() const { return fewest_; }

    GrantedWish run() {
        state_.assign(now_, parts_);
        if (state_.part_of(household_) == state_.part_of(anchor_)) {
            consider();
            return best_;
        }
        directly();
        exchange();
        direct_ = false;
        for (const std::size_t size : {2U, 3U, 4U, 6U}) anew(size, 24);
        return best_;
    }

private:
    static constexpr double infinite = std::numeric_limits<double>::infinity();

    std::uint32_t wished() const { return state_.part_of(anchor_); }

    /// Local search with the two held in part `wished` (no_index: without the wish).
    void shorten(std::uint32_t wished) {
        const auto price = [&](std::uint32_t atom, std::uint32_t part) {
            return wished != no_index && (atom == household_ || atom == anchor_) && part != wished
                       ? infinite
                       : 0.0;
        };
        Shortener<Distance, decltype(price)> shortener(state_, price, options_.cancel);
        for (std::uint32_t atom = 0; atom < component_.atoms(); ++atom) shortener.wait(atom);
        shortener.search();
    }

    /// Takes the state for an answer if it is one.
    void consider() {
        if (state_.parts() != parts_ || state_.part_of(household_) != wished() ||
            state_.broken() > broken_now_)
            return;
        const auto keep = [&] {
            if (direct_) {
                std::size_t moved = 0;
                for (std::uint32_t atom = 0; atom < component_.atoms(); ++atom)
                    moved += state_.part_of(atom) != now_[atom] ? 1 : 0;
                if (moved < fewest_.moved ||
                    (moved == fewest_.moved && state_.cost_um() < fewest_.cost_um))
                    fewest_ = {state_.cost_um(), moved,
                               Numbers(state_.labels().begin(), state_.labels().end())};
            }
            if (state_.cost_um() < best_.cost_um - 10) {
                best_.cost_um = state_.cost_um();
                best_.labels.assign(state_.labels().begin(), state_.labels().end());
            }
        };
        keep();
        shorten(wished());
        keep();
    }

    bool connected(std::uint32_t part) const {
        const auto atoms = state_.part(part).atoms;
        if (atoms.empty()) return false;
        std::vector<std::uint8_t> seen(component_.atoms(), 0);
        seen[atoms.front()] = 1;
        const Numbers reached = flood(component_, atoms.front(), [&](std::uint32_t other) {
            return state_.part_of(other) == part && std::exchange(seen[other], 1) == 0;
        });
        return reached.size() == atoms.size();
    }

    // ---- direct repairs ---------------------------------------------------------------------

    /// The household goes over, with those between where it is not beside; what it leaves in pieces
    /// follows or goes to a part beside; sizes are mended by chains.
    void directly() {
        const std::uint32_t to = wished();
        for (const Numbers& way : ways(to)) {
            for (const bool follow : {true, false}) {
                state_.assign(now_, parts_);
                bool whole = true;
                for (const std::uint32_t atom : way) {
                    if (state_.part(state_.part_of(atom)).atoms.size() == 1) whole = false;
                    if (whole) state_.move(atom, to);
                }
                for (std::uint32_t part = 0; part < parts_ && whole; ++part)
                    whole = gather(part, to, follow);
                if (!whole || !mend()) continue;
                consider();
            }
        }
    }

    /// Ways from the household to part `to`, the nearest to it last: the shortest by atoms, and the
    /// shortest over each atom beside it.
    std::vector<Numbers> ways(std::uint32_t to) const {
        std::vector<Numbers> found;
        for (std::uint32_t variant = 0; variant < 3; ++variant) {
            Numbers from(component_.atoms(), no_index), queue{household_};
            from[household_] = household_;
            std::uint32_t end = no_index, skip = variant;
            for (std::size_t next = 0; next < queue.size() && end == no_index; ++next)
                for (const std::uint32_t other : component_.neighbours_of(queue[next])) {
                    if (now_[other] == to) {
                        if (skip == 0) {
                            end = queue[next];
                            break;
                        }
                        --skip;
                        continue;
                    }
                    if (from[other] != no_index) continue;
                    from[other] = queue[next];
                    queue.push_back(other);
                }
            if (end == no_index) break;
            Numbers way;
            for (std::uint32_t atom = end;; atom = from[atom]) {
                way.push_back(atom);
                if (atom == household_) break;
            }
            if (std::find(found.begin(), found.end(), way) == found.end())
                found.push_back(std::move(way));
        }
        return found;
    }

    /// A part in pieces keeps its largest; the others go to `to` (`follow`, if they are beside it) or
    /// to the part beside them with the most room. False where that cannot be.
    bool gather(std::uint32_t part, std::uint32_t to, bool follow) {
        if (connected(part)) return true;
        const auto span = state_.part(part).atoms;
        const Numbers atoms(span.begin(), span.end());
        std::vector<Numbers> pieces;
        std::vector<std::uint8_t> seen(component_.atoms(), 0);
        for (const std::uint32_t start : atoms) {
            if (seen[start]) continue;
            seen[start] = 1;
            pieces.push_back(flood(component_, start, [&](std::uint32_t other) {
                return state_.part_of(other) == part && std::exchange(seen[other], 1) == 0;
            }));
        }
        std::stable_sort(pieces.begin(), pieces.end(), [&](const Numbers& a, const Numbers& b) {
            const auto held = [&](const Numbers& piece) {
                return std::find(piece.begin(), piece.end(), anchor_) != piece.end() ||
                       std::find(piece.begin(), piece.end(), household_) != piece.end();
            };
            return held(a) != held(b) ? held(a) : a.size() > b.size();
        });
        for (std::size_t i = 1; i < pieces.size(); ++i) {
            std::uint32_t best = no_index;
            for (const std::uint32_t atom : pieces[i]) {
                if (atom == household_ || atom == anchor_) return false;
                for (const std::uint32_t other : component_.neighbours_of(atom)) {
                    const std::uint32_t there = state_.part_of(other);
                    if (there == part) continue;
                    if (follow && there == to) best = to;
                    if (follow && best == to) continue;
                    if (best == no_index ||
                        std::pair(state_.weight(there), there) < std::pair(state_.weight(best), best))
                        best = there;
                }
            }
            if (best == no_index) return false;
            // From the border inwards, so that each atom is beside when it goes.
            for (const std::uint32_t atom : pieces[i]) state_.move(atom, best);
        }
        return true;
    }

    /// Chains to and from parts with room, the cheapest way each; false if sizes stay broken.
    bool mend() {
        for (int rounds = 0; rounds < 200; ++rounds) {
            if (state_.broken() <= broken_now_) return true;
            std::uint32_t worst = no_index;
            for (std::uint32_t part = 0; part < parts_; ++part)
                if (bounds_.violation(state_.weight(part)) > 0 &&
                    (worst == no_index || bounds_.violation(state_.weight(part)) >
                                              bounds_.violation(state_.weight(worst))))
                    worst = part;
            if (worst == no_index || !chain(worst)) return false;
        }
        return false;
    }

    std::uint32_t to_hand_over(std::uint32_t from, std::uint32_t to, double& least) {
        std::uint32_t best = no_index;
        least = infinite;
        const auto atoms = state_.part(from).atoms;
        if (atoms.size() < 2) return no_index;
        for (const std::uint32_t atom : Numbers(atoms.begin(), atoms.end())) {
            if (atom == household_ || atom == anchor_ || !state_.beside(atom, to)) continue;
            const double cost = state_.move_cost_um(atom, to);
            if (cost < least && state_.connected_after(from, atom, no_index)) {
                least = cost;
                best = atom;
            }
        }
        return best;
    }

    bool chain(std::uint32_t part) {
        const bool pull = state_.weight(part) < bounds_.min;
        struct Entry {
            double cost;
            std::uint32_t part, from;
        };
        const auto later = [](const Entry& a, const Entry& b) {
            return std::tie(a.cost, a.part) > std::tie(b.cost, b.part);
        };
        std::vector<std::pair<std::uint32_t, std::uint32_t>> banned;
        for (int attempt = 0; attempt < 8; ++attempt) {
            std::priority_queue<Entry, std::vector<Entry>, decltype(later)> queue(later);
            Numbers from(parts_, no_index);
            queue.push({0, part, part});
            std::uint32_t end = no_index;
            while (!queue.empty() && end == no_index) {
                const Entry entry = queue.top();
                queue.pop();
                if (from[entry.part] != no_index) continue;
                from[entry.part] = entry.from;
                const std::int64_t weight = state_.weight(entry.part);
                if (entry.part != part && (pull ? weight > bounds_.min : weight < bounds_.max)) {
                    end = entry.part;
                    break;
                }
                for (const std::uint32_t near : state_.parts_beside(entry.part)) {
                    if (from[near] != no_index) continue;
                    const auto step = pull ? std::pair(near, entry.part) : std::pair(entry.part, near);
                    if (std::find(banned.begin(), banned.end(), step) != banned.end()) continue;
                    double cost = 0;
                    if (to_hand_over(step.first, step.second, cost) == no_index) continue;
                    queue.push({entry.cost + std::max(0.0, cost) + 1e6, near, entry.part});
                }
            }
            if (end == no_index) return false;
            Numbers path{end};
            while (path.back() != part) path.push_back(from[path.back()]);
            const std::int64_t before = state_.violation();
            state_.begin();
            bool done = true;
            for (std::size_t i = 0; i + 1 < path.size() && done; ++i) {
                const std::uint32_t giver = pull ? path[i] : path[i + 1];
                const std::uint32_t taker = pull ? path[i + 1] : path[i];
                double cost = 0;
                const std::uint32_t atom = to_hand_over(giver, taker, cost);
                if (atom == no_index) {
                    banned.emplace_back(giver, taker);
                    done = false;
                } else {
                    state_.move(atom, taker);
                }
            }
            if (done && state_.violation() < before) {
                state_.keep();
                return true;
            }
            state_.undo();
            if (done)
                banned.push_back(pull ? std::pair(path[0], path[1]) : std::pair(path[1], path[0]));
        }
        return false;
    }

    /// The household changes places with each one of the courtyard that it can.
    void exchange() {
        state_.assign(now_, parts_);
        const std::uint32_t to = wished(), from = state_.part_of(household_);
        if (!state_.beside(household_, to)) return;
        const auto span = state_.part(to).atoms;
        for (const std::uint32_t other : Numbers(span.begin(), span.end())) {
            if (other == anchor_) continue;
            state_.assign(now_, parts_);
            if (!state_.beside(other, from, household_) ||
                !state_.connected_after(from, household_, other) ||
                !state_.connected_after(to, other, household_))
                continue;
            state_.move(household_, to);
            state_.move(other, from);
            consider();
        }
    }

    // ---- new divisions ----------------------------------------------------------------------

    /// A few parts around are divided anew along random trees, a random way between the two being
    /// held together.
    void anew(std::size_t size, int tries) {
        state_.assign(now_, parts_);
        Numbers parts{state_.part_of(household_)};
        if (wished() != parts.front()) parts.push_back(wished());
        for (std::size_t next = 0; next < parts.size() && parts.size() < size; ++next)
            for (const std::uint32_t beside : state_.parts_beside(parts[next]))
                if (parts.size() < size &&
                    std::find(parts.begin(), parts.end(), beside) == parts.end())
                    parts.push_back(beside);
        if (parts.size() < size) return;
        Numbers atoms;
        for (const std::uint32_t part : parts) {
            const auto of = state_.part(part).atoms;
            atoms.insert(atoms.end(), of.begin(), of.end());
        }
        const Region region = make_region(component_, atoms);
        for (int i = 0; i < tries; ++i) {
            const auto held = random_way(region);
            if (held.empty()) return;
            const auto [contracted, node_of] = contract(region, held);
            const SpanningTree tree = random_spanning_tree(contracted, random_);
            if (tree.order.size() < contracted.size()) return;  // the parts do not touch
            const auto split = split_tree(contracted, tree, bounds_,
                                          static_cast<std::uint32_t>(parts.size()));
            if (!split) continue;
            Numbers labels(region.size());
            for (std::uint32_t node = 0; node < region.size(); ++node)
                labels[node] = split->label[node_of[node]];
            state_.assign(now_, parts_);
            state_.replace(parts, region.atoms, labels, split->parts);
            consider();
        }
    }

    /// Region numbers on a way between the two, the shortest by random lengths; empty if none.
    Numbers random_way(const Region& region) {
        const auto number = [&](std::uint32_t atom) {
            return static_cast<std::uint32_t>(
                std::lower_bound(region.atoms.begin(), region.atoms.end(), atom) -
                region.atoms.begin());
        };
        const std::uint32_t start = number(household_), end = number(anchor_);
        struct Entry {
            std::uint64_t length;
            std::uint32_t node, from;
        };
        const auto later = [](const Entry& a, const Entry& b) {
            return std::tie(a.length, a.node) > std::tie(b.length, b.node);
        };
        std::priority_queue<Entry, std::vector<Entry>, decltype(later)> queue(later);
        Numbers from(region.size(), no_index);
        std::vector<std::uint64_t> length(region.size());
        for (std::uint64_t& one : length) one = 64 + random_.below(64);
        queue.push({0, start, start});
        while (!queue.empty()) {
            const Entry entry = queue.top();
            queue.pop();
            if (from[entry.node] != no_index) continue;
            from[entry.node] = entry.from;
            if (entry.node == end) break;
            for (std::uint32_t i = region.link_offsets[entry.node];
                 i < region.link_offsets[entry.node + 1]; ++i)
                if (from[region.links[i]] == no_index)
                    queue.push({entry.length + length[region.links[i]], region.links[i], entry.node});
        }
        if (from[end] == no_index) return {};
        Numbers way;
        for (std::uint32_t node = end;; node = from[node]) {
            way.push_back(node);
            if (node == start) return way;
        }
    }

    /// The region with `held` as one node, the last; and each number's node.
    static std::pair<Region, Numbers> contract(const Region& region, const Numbers& held) {
        Numbers node_of(region.size(), 0);
        for (const std::uint32_t node : held) node_of[node] = no_index;
        std::uint32_t count = 0;
        for (std::uint32_t& node : node_of)
            if (node != no_index) node = count++;
        for (const std::uint32_t node : held) node_of[node] = count;
        Region result;
        result.atoms.resize(count + 1);
        std::iota(result.atoms.begin(), result.atoms.end(), 0U);
        result.weight.assign(count + 1, 0);
        std::vector<Numbers> links(count + 1);
        for (std::uint32_t node = 0; node < region.size(); ++node) {
            result.weight[node_of[node]] += region.weight[node];
            for (std::uint32_t i = region.link_offsets[node]; i < region.link_offsets[node + 1]; ++i)
                if (node_of[region.links[i]] != node_of[node])
                    links[node_of[node]].push_back(node_of[region.links[i]]);
        }
        result.link_offsets.push_back(0);
        for (Numbers& row : links) {
            std::sort(row.begin(), row.end());
            row.erase(std::unique(row.begin(), row.end()), row.end());
            result.links.insert(result.links.end(), row.begin(), row.end());
            result.link_offsets.push_back(static_cast<std::uint32_t>(result.links.size()));
        }
        return {std::move(result), std::move(node_of)};
    }

    const Component& component_;
    const Bounds& bounds_;
    const Options& options_;
    State<Distance> state_;
    const Numbers& now_;
    std::uint32_t parts_, household_, anchor_;
    Random random_;
    std::int64_t broken_now_ = 0;
    double cost_now_um_ = 0;
    bool direct_ = true;
    GrantedWish best_, fewest_;
};

}  // namespace gridgov::partition
