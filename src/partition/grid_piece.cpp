#include "partition/grid_piece.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "partition/random.hpp"

namespace gridgov::partition {
namespace {

/// Up to this many courtyards of a grid (or two together) every change is measured exactly.
constexpr std::size_t exact_courtyards_max = 64;

constexpr std::uint32_t no_courtyard = std::numeric_limits<std::uint32_t>::max();

/// The least total distance of all households to one courtyard's head, and that courtyard.
struct Middle {
    std::uint32_t courtyard = 0;
    double metres = 0;
};

double metres_to(const GridPiece& piece, std::span<const std::uint32_t> members,
                 std::uint32_t courtyard) {
    double metres = 0;
    for (const std::uint32_t member : members)
        metres += static_cast<double>(piece.households[member]) * piece.distance_m(member, courtyard);
    return metres;
}

/// By definition, each sum given up once it is above the best. `guess` is measured first.
Middle exact_middle(const GridPiece& piece, std::span<const std::uint32_t> members,
                    std::uint32_t guess) {
    Middle best{guess, metres_to(piece, members, guess)};
    for (const std::uint32_t courtyard : members) {
        double metres = 0;
        for (const std::uint32_t member : members) {
            metres += static_cast<double>(piece.households[member]) *
                      piece.distance_m(member, courtyard);
            if (metres > best.metres) break;
        }
        if (metres < best.metres || (metres == best.metres && courtyard < best.courtyard))
            best = {courtyard, metres};
    }
    return best;
}

/// In large grids: the courtyard nearest to the mean place, and then downhill from neighbour to
/// neighbour. The sum is convex in the plane, so that this ends at or next to the medoid.
Middle middle_of(const GridPiece& piece, std::span<const std::uint32_t> members) {
    if (members.size() <= exact_courtyards_max)
        return exact_middle(piece, members, members[members.size() / 2]);
    double x_m = 0;
    double y_m = 0;
    for (const std::uint32_t member : members) {
        x_m += piece.x_m[member];
        y_m += piece.y_m[member];
    }
    x_m /= static_cast<double>(members.size());
    y_m /= static_cast<double>(members.size());
    std::vector<std::pair<double, std::uint32_t>> nearest;
    for (const std::uint32_t member : members) {
        const double dx = piece.x_m[member] - x_m;
        const double dy = piece.y_m[member] - y_m;
        nearest.emplace_back(dx * dx + dy * dy, member);
    }
    const std::size_t tried = 16;
    std::partial_sort(nearest.begin(), nearest.begin() + tried, nearest.end());
    Middle best{members.front(), std::numeric_limits<double>::infinity()};
    for (std::size_t i = 0; i < tried; ++i) {
        const double metres = metres_to(piece, members, nearest[i].second);
        if (metres < best.metres) best = {nearest[i].second, metres};
    }
    return best;
}

/// Spanning trees of parts of the piece, and where to cut them in two.
class TreeCuts {
public:
    explicit TreeCuts(const GridPiece& piece)
        : piece_(piece), inside_(piece.courtyards(), 0), parent_(piece.courtyards()),
          households_(piece.courtyards()), courtyards_(piece.courtyards()) {}

    /// Grows a tree over `nodes` (connected) from one of them: in rings, or at random.
    void grow(std::span<const std::uint32_t> nodes, bool at_random, Random& random) {
        for (const std::uint32_t node : nodes) inside_[node] = 1;
        order_.clear();
        frontier_.clear();
        const std::uint32_t root = nodes[random.below(static_cast<std::uint32_t>(nodes.size()))];
        frontier_.push_back(root);
        parent_[root] = root;
        inside_[root] = 2;
        std::size_t head = 0;
        while (head < frontier_.size()) {
            if (at_random) {
                const auto left = static_cast<std::uint32_t>(frontier_.size() - head);
                std::swap(frontier_[head], frontier_[head + random.below(left)]);
            }
            const std::uint32_t node = frontier_[head++];
            order_.push_back(node);
            for (const std::uint32_t other : piece_.neighbours(node)) {
                if (inside_[other] != 1) continue;
                inside_[other] = 2;
                parent_[other] = node;
                frontier_.push_back(other);
            }
        }
        for (const std::uint32_t node : nodes) {
            inside_[node] = 0;
            households_[node] = piece_.households[node];
            courtyards_[node] = 1;
        }
        for (std::size_t i = order_.size(); i-- > 1;) {
            households_[parent_[order_[i]]] += households_[order_[i]];
            courtyards_[parent_[order_[i]]] += courtyards_[order_[i]];
        }
    }

    /// The tree's nodes, each after its parent; every one but the first can be cut off.
    std::span<const std::uint32_t> order() const { return order_; }
    std::int64_t households_below(std::uint32_t node) const { return households_[node]; }
    std::int64_t courtyards_below(std::uint32_t node) const { return courtyards_[node]; }

    /// Splits the tree's nodes into those below `cut` and the rest.
    void split(std::uint32_t cut, std::vector<std::uint32_t>& below,
               std::vector<std::uint32_t>& rest) {
        below.clear();
        rest.clear();
        for (const std::uint32_t node : order_) {
            const bool in = node == cut || (node != order_.front() && inside_[parent_[node]] != 0);
            inside_[node] = in ? 1 : 0;
            (in ? below : rest).push_back(node);
        }
        for (const std::uint32_t node : order_) inside_[node] = 0;
    }

private:
    const GridPiece& piece_;
    std::vector<std::uint8_t> inside_;
    std::vector<std::uint32_t> parent_, order_, frontier_;
    std::vector<std::int64_t> households_, courtyards_;
};

class Divider {
public:
    Divider(const GridPiece& piece, std::uint32_t grids, const GridBounds& bounds)
        : piece_(piece), bounds_(bounds), grids_(grids), cuts_(piece), random_(grids),
          seen_(piece.courtyards(), 0) {
        std::vector<std::uint32_t> all(piece.courtyards());
        std::iota(all.begin(), all.end(), 0U);
        const auto total = static_cast<double>(
            std::accumulate(piece.households.begin(), piece.households.end(), std::int64_t{0}));
        share_ = total / grids;
        balance_m_ = 2 * middle_of(piece, all).metres / total / std::sqrt(static_cast<double>(grids));
    }

    std::vector<std::uint32_t> run() {
        // Small pieces are many, and several starts are cheap there.
        const int starts = grids_ == 1                 ? 1
                           : piece_.courtyards() <= 16 ? 16
                           : piece_.courtyards() <= 64 ? 4
                                                       : 1;
        std::vector<std::uint32_t> best;
        GridCost best_cost;
        for (int start = 0; start < starts; ++start) {
            greedy_ = start == 0;  // the others begin elsewhere
            make_start();
            improve();
            const GridCost cost = total_cost();
            if (!best.empty() && !cost.better_than(best_cost)) continue;
            best = grid_of_;
            best_cost = cost;
        }
        return best;
    }

private:
    struct Grid {
        std::vector<std::uint32_t> members;
        std::int64_t households = 0;
        Middle middle;
    };

    bool exact(std::size_t courtyards) const { return courtyards <= exact_courtyards_max; }

    GridCost cost(std::size_t courtyards, std::int64_t households, double metres) const {
        const double over = static_cast<double>(households) - share_;
        return {bounds_.outside(static_cast<std::int64_t>(courtyards)),
                metres + balance_m_ * over * over / share_};
    }
    GridCost cost(const Grid& grid) const {
        return cost(grid.members.size(), grid.households, grid.middle.metres);
    }
    static GridCost sum(const GridCost& a, const GridCost& b) {
        return {a.outside + b.outside, a.metres + b.metres};
    }
    GridCost total_cost() const {
        GridCost total;
        for (const Grid& grid : state_) total = sum(total, cost(grid));
        return total;
    }

    Grid make_grid(std::vector<std::uint32_t> members) const {
        Grid grid;
        for (const std::uint32_t member : members) grid.households += piece_.households[member];
        grid.middle = middle_of(piece_, members);
        grid.members = std::move(members);
        return grid;
    }

    void list_members() {
        std::vector<std::vector<std::uint32_t>> members(grids_);
        place_.resize(piece_.courtyards());
        for (std::uint32_t node = 0; node < piece_.courtyards(); ++node) {
            place_[node] = static_cast<std::uint32_t>(members[grid_of_[node]].size());
            members[grid_of_[node]].push_back(node);
        }
        state_.clear();
        for (auto& list : members) state_.push_back(make_grid(std::move(list)));
    }

    // ---- a start: halves of halves ----

    void make_start() {
        grid_of_.assign(piece_.courtyards(), 0);
        struct Part {
            std::vector<std::uint32_t> nodes;
            std::uint32_t grids;
        };
        std::vector<Part> parts(1);
        parts[0].nodes.resize(piece_.courtyards());
        std::iota(parts[0].nodes.begin(), parts[0].nodes.end(), 0U);
        parts[0].grids = grids_;
        std::uint32_t next = 0;
        while (!parts.empty()) {
            Part part = std::move(parts.back());
            parts.pop_back();
            if (part.grids == 1) {
                for (const std::uint32_t node : part.nodes) grid_of_[node] = next;
                ++next;
                continue;
            }
            Part below, rest;
            below.grids = halve(part.nodes, part.grids, below.nodes, rest.nodes);
            rest.grids = part.grids - below.grids;
            parts.push_back(std::move(rest));
            parts.push_back(std::move(below));
        }
        list_members();
    }

    /// Cuts a part in two where the shares come out best; returns the grids of the first.
    std::uint32_t halve(const std::vector<std::uint32_t>& nodes, std::uint32_t grids,
                        std::vector<std::uint32_t>& below, std::vector<std::uint32_t>& rest) {
        const int trees = !greedy_ ? 1 : nodes.size() <= 256 ? 8 : nodes.size() <= 10000 ? 6 : 4;
        std::pair<std::int64_t, double> best{std::numeric_limits<std::int64_t>::max(), 0.0};
        std::uint32_t best_grids = 0;
        for (int tree = 0; tree < trees; ++tree) {
            cuts_.grow(nodes, tree % 2 == 1, random_);
            const std::uint32_t root = cuts_.order().front();
            const std::int64_t households = cuts_.households_below(root);
            std::uint32_t cut = root;
            std::uint32_t cut_grids = 0;
            for (const std::uint32_t node : cuts_.order().subspan(1)) {
                const std::int64_t here = cuts_.households_below(node);
                const auto count = static_cast<std::int64_t>(nodes.size());
                const std::int64_t courtyards = cuts_.courtyards_below(node);
                const auto wanted = (2 * here * grids + households) / (2 * households);
                // Shares of any size in small parts; near halves in large ones, so that the
                // recursion stays shallow.
                const std::int64_t least = grids <= 8 ? 1 : grids / 3;
                const std::int64_t given =
                    std::clamp(std::clamp<std::int64_t>(wanted, least, grids - least),
                               std::max<std::int64_t>(1, grids - (count - courtyards)),
                               std::max<std::int64_t>(1, std::min<std::int64_t>(courtyards, grids - 1)));
                const std::pair<std::int64_t, double> score{
                    outside(courtyards, given) + outside(count - courtyards, grids - given),
                    unevenness(here, given) + unevenness(households - here, grids - given)};
                if (!(score < best)) continue;
                best = score;
                cut = node;
                cut_grids = static_cast<std::uint32_t>(given);
            }
            if (cut == root) continue;
            best_grids = cut_grids;
            cuts_.split(cut, below, rest);
        }
        return best_grids;
    }
    /// By how many courtyards so many grids are out of reach.
    std::int64_t outside(std::int64_t courtyards, std::int64_t grids) const {
        std::int64_t out = std::max<std::int64_t>(0, grids * bounds_.min - courtyards);
        if (bounds_.max < courtyards / grids + 1)
            out += std::max<std::int64_t>(0, courtyards - grids * bounds_.max);
        // Fewer courtyards than grids cannot be mended at all.
        return out + (courtyards < grids ? (std::int64_t{1} << 40) : 0);
    }
    double unevenness(std::int64_t households, std::int64_t grids) const {
        const double over = static_cast<double>(households) - share_ * static_cast<double>(grids);
        return over * over / static_cast<double>(grids);
    }

    // ---- improvement ----

    /// Passes over all borders until nothing changes; what has not changed is not tried again.
    void improve() {
        if (grids_ == 1) return;
        changed_.assign(grids_, 0);
        for (pass_ = 1; pass_ <= 16; ++pass_) {
            bool changed = move_courtyards();
            if (pass_ <= 4 && recombine()) changed = true;
            if (!changed) return;
        }
    }
    void mark_changed(std::uint32_t a, std::uint32_t b) { changed_[a] = changed_[b] = pass_; }
    bool worth_trying(std::uint32_t a, std::uint32_t b) const {
        return pass_ == 1 || std::max(changed_[a], changed_[b]) + 1 >= pass_;
    }

    /// Whether a grid stays connected without one of its courtyards (and with another, if given).
    bool connected_without(std::uint32_t grid, std::uint32_t without,
                           std::uint32_t with = no_courtyard) {
        const auto inside = [&](std::uint32_t node) {
            return node != without && (grid_of_[node] == grid || node == with);
        };
        // A search from one neighbour must meet all the others; it mostly does so at once.
        ++mark_;
        std::size_t left = 0;
        queue_.clear();
        const auto want = [&](std::uint32_t node) {
            if (!inside(node) || seen_[node] == 2 * mark_) return;
            seen_[node] = 2 * mark_;  // wanted; odd: met
            ++left;
            if (queue_.empty()) queue_.push_back(node);
        };
        for (const std::uint32_t other : piece_.neighbours(without)) want(other);
        if (with != no_courtyard) want(with);
        if (queue_.empty()) return false;  // it was alone
        seen_[queue_.front()] = 2 * mark_ + 1;
        --left;
        for (std::size_t next = 0; next < queue_.size() && left > 0; ++next)
            for (const std::uint32_t other : piece_.neighbours(queue_[next])) {
                if (!inside(other) || seen_[other] == 2 * mark_ + 1) continue;
                if (seen_[other] == 2 * mark_) --left;
                seen_[other] = 2 * mark_ + 1;
                queue_.push_back(other);
            }
        return left == 0;
    }

    bool touches(std::uint32_t courtyard, std::uint32_t grid, std::uint32_t but) const {
        for (const std::uint32_t other : piece_.neighbours(courtyard))
            if (other != but && grid_of_[other] == grid) return true;
        return false;
    }

    void relabel(std::uint32_t courtyard, std::uint32_t to) {
        Grid& from = state_[grid_of_[courtyard]];
        const std::uint32_t last = from.members.back();
        from.members[place_[courtyard]] = last;
        place_[last] = place_[courtyard];
        from.members.pop_back();
        from.households -= piece_.households[courtyard];
        place_[courtyard] = static_cast<std::uint32_t>(state_[to].members.size());
        state_[to].members.push_back(courtyard);
        state_[to].households += piece_.households[courtyard];
        grid_of_[courtyard] = to;
    }

    bool move_courtyards() {
        bool changed = false;
        for (std::uint32_t courtyard = 0; courtyard < piece_.courtyards(); ++courtyard) {
            grids_near_.clear();
            for (const std::uint32_t other : piece_.neighbours(courtyard))
                if (grid_of_[other] != grid_of_[courtyard]) grids_near_.push_back(grid_of_[other]);
            std::sort(grids_near_.begin(), grids_near_.end());
            grids_near_.erase(std::unique(grids_near_.begin(), grids_near_.end()),
                              grids_near_.end());
            for (const std::uint32_t to : grids_near_) {
                const std::uint32_t from = grid_of_[courtyard];
                if (!worth_trying(from, to)) continue;
                if (try_move(courtyard, to) || try_exchange(courtyard, to)) {
                    mark_changed(from, to);
                    changed = true;
                    break;
                }
            }
        }
        for (Grid& grid : state_)
            if (!exact(grid.members.size())) grid.middle = middle_of(piece_, grid.members);
        return changed;
    }

    /// What two grids would cost if one gave up `out` and took `in` (no_courtyard: nothing), with
    /// their middles as they are: an upper bound.
    GridCost cost_with_middles(std::uint32_t from, std::uint32_t to, std::uint32_t out,
                               std::uint32_t in) const {
        const Grid& a = state_[from];
        const Grid& b = state_[to];
        double a_m = a.middle.metres;
        double b_m = b.middle.metres;
        std::size_t a_size = a.members.size();
        std::size_t b_size = b.members.size();
        std::int64_t moved = 0;
        const auto shift = [&](std::uint32_t courtyard, int sign) {
            if (courtyard == no_courtyard) return;
            const auto weight = static_cast<double>(piece_.households[courtyard]) * sign;
            a_m -= weight * piece_.distance_m(courtyard, a.middle.courtyard);
            b_m += weight * piece_.distance_m(courtyard, b.middle.courtyard);
            moved += sign * piece_.households[courtyard];
            a_size = sign > 0 ? a_size - 1 : a_size + 1;
            b_size = sign > 0 ? b_size + 1 : b_size - 1;
        };
        shift(out, 1);
        shift(in, -1);
        return sum(cost(a_size, a.households - moved, a_m), cost(b_size, b.households + moved, b_m));
    }
    /// New middles save a little; a change that costs far more with the old ones is not measured.
    static bool hopeless(const GridCost& with_middles, const GridCost& before) {
        return with_middles.outside > before.outside ||
               (with_middles.outside == before.outside &&
                with_middles.metres > 1.1 * before.metres);
    }

    bool try_move(std::uint32_t courtyard, std::uint32_t to) {
        const std::uint32_t from = grid_of_[courtyard];
        if (state_[from].members.size() == 1) return false;
        const GridCost before = sum(cost(state_[from]), cost(state_[to]));
        const GridCost after = cost_with_middles(from, to, courtyard, no_courtyard);
        if (exact(state_[from].members.size()) && exact(state_[to].members.size() + 1)) {
            if (hopeless(after, before) || !connected_without(from, courtyard)) return false;
            relabel(courtyard, to);
            if (keep_if_better(from, to, before)) return true;
            relabel(courtyard, from);
            return false;
        }
        if (courtyard == state_[from].middle.courtyard || !after.better_than(before) ||
            !connected_without(from, courtyard))
            return false;
        const auto weight = static_cast<double>(piece_.households[courtyard]);
        for (const auto& [grid, sign] : {std::pair{from, -1.0}, {to, 1.0}})
            state_[grid].middle.metres +=
                sign * weight * piece_.distance_m(courtyard, state_[grid].middle.courtyard);
        relabel(courtyard, to);
        return true;
    }

    /// Gives a courtyard to a neighbouring grid and takes one in return.
    bool try_exchange(std::uint32_t courtyard, std::uint32_t to) {
        const std::uint32_t from = grid_of_[courtyard];
        if (!exact(state_[from].members.size()) || !exact(state_[to].members.size())) return false;
        const GridCost before = sum(cost(state_[from]), cost(state_[to]));
        others_ = state_[to].members;
        for (const std::uint32_t other : others_) {
            if (hopeless(cost_with_middles(from, to, courtyard, other), before) ||
                !touches(other, from, courtyard) || !touches(courtyard, to, other) ||
                !connected_without(from, courtyard, other) ||
                !connected_without(to, other, courtyard))
                continue;
            relabel(courtyard, to);
            relabel(other, from);
            if (keep_if_better(from, to, before)) return true;
            relabel(courtyard, from);
            relabel(other, to);
        }
        return false;
    }

    bool keep_if_better(std::uint32_t a, std::uint32_t b, const GridCost& before) {
        const std::array<Middle, 2> old{state_[a].middle, state_[b].middle};
        for (const std::uint32_t grid : {a, b}) {
            const std::uint32_t guess = state_[grid].middle.courtyard;
            const auto& members = state_[grid].members;
            state_[grid].middle = exact_middle(
                piece_, members, grid_of_[guess] == grid ? guess : members.front());
        }
        if (sum(cost(state_[a]), cost(state_[b])).better_than(before)) return true;
        state_[a].middle = old[0];
        state_[b].middle = old[1];
        return false;
    }

    /// Joins two neighbouring grids and cuts them anew, by all edges of a few trees.
    bool recombine() {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
        for (std::uint32_t node = 0; node < piece_.courtyards(); ++node)
            for (const std::uint32_t other : piece_.neighbours(node))
                if (grid_of_[node] < grid_of_[other])
                    pairs.emplace_back(grid_of_[node], grid_of_[other]);
        std::sort(pairs.begin(), pairs.end());
        pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
        bool changed = false;
        std::vector<std::uint32_t> both, below, rest;
        for (const auto& [a, b] : pairs) {
            both = state_[a].members;
            both.insert(both.end(), state_[b].members.begin(), state_[b].members.end());
            if (!exact(both.size()) || !worth_trying(a, b)) continue;
            std::sort(both.begin(), both.end());
            if (!meet(a, b)) continue;  // an earlier recombination has parted them
            GridCost best = sum(cost(state_[a]), cost(state_[b]));
            std::array<Grid, 2> found;
            for (int tree = 0; tree < 4; ++tree) {
                cuts_.grow(both, tree % 2 == 1, random_);
                for (std::size_t i = 1; i < both.size(); ++i) {
                    const std::uint32_t cut = cuts_.order()[i];
                    if (lower_bound_beats(cut, both.size(), best)) continue;
                    cuts_.split(cut, below, rest);
                    Grid first = make_grid(below);
                    Grid second = make_grid(rest);
                    const GridCost after = sum(cost(first), cost(second));
                    if (!after.better_than(best)) continue;
                    best = after;
                    found = {std::move(first), std::move(second)};
                }
            }
            if (found[0].members.empty()) continue;
            changed = true;
            mark_changed(a, b);
            state_[a] = std::move(found[0]);
            state_[b] = std::move(found[1]);
            for (const std::uint32_t grid : {a, b})
                for (std::uint32_t i = 0; i < state_[grid].members.size(); ++i) {
                    grid_of_[state_[grid].members[i]] = grid;
                    place_[state_[grid].members[i]] = i;
                }
        }
        return changed;
    }

    bool meet(std::uint32_t a, std::uint32_t b) const {
        for (const std::uint32_t member : state_[a].members)
            if (touches(member, b, member)) return true;
        return false;
    }

    /// Whether a cut's sizes alone cost more than the best division so far.
    bool lower_bound_beats(std::uint32_t cut, std::size_t count, const GridCost& best) const {
        const std::int64_t households = cuts_.households_below(cut);
        const std::int64_t all = cuts_.households_below(cuts_.order().front());
        const auto courtyards = static_cast<std::size_t>(cuts_.courtyards_below(cut));
        return !sum(cost(courtyards, households, 0), cost(count - courtyards, all - households, 0))
                    .better_than(best);
    }

    const GridPiece& piece_;
    const GridBounds& bounds_;
    const std::uint32_t grids_;
    double share_ = 0;      // households of a grid if all were equal
    double balance_m_ = 0;  // 2 ℓ
    bool greedy_ = true;    // whether a start takes the best of several trees
    TreeCuts cuts_;
    Random random_;
    std::vector<std::uint32_t> grid_of_;
    std::vector<std::uint32_t> place_;  // of a courtyard in its grid's list
    std::vector<Grid> state_;
    std::vector<std::uint32_t> grids_near_, others_, queue_;
    std::vector<int> changed_;  // the last pass in which a grid did
    int pass_ = 0;
    std::vector<std::uint64_t> seen_;
    std::uint64_t mark_ = 0;
};

}  // namespace

std::vector<std::uint32_t> divide(const GridPiece& piece, std::uint32_t grids,
                                  const GridBounds& bounds) {
    return Divider(piece, grids, bounds).run();
}

}  // namespace gridgov::partition
