#include "partition/grid_search.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "gridgov/model/ids.hpp"
#include "partition/courtyard_count.hpp"
#include "partition/tree_split.hpp"

namespace gridgov::partition {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

GridSearch::GridSearch(const GridPiece& piece, const GridRulesOfPiece& rules,
                       std::vector<std::uint32_t> label, std::uint32_t grids, std::uint64_t seed,
                       const GridSearchOptions& options)
    : piece_(piece), rules_(rules), options_(options), random_(seed), label_(std::move(label)),
      grids_(grids), touched_(grids, 0), parent_(piece.nodes(), 0), seen_(piece.nodes(), 0) {
    for (std::uint32_t node = 0; node < piece.nodes(); ++node)
        grids_[label_[node]].members.push_back(node);
    for (Grid& grid : grids_) build(grid);
}

GridCost GridSearch::cost() const {
    GridCost cost;
    for (const Grid& grid : grids_) cost += cost_of(grid);
    return cost;
}

// ---- grids and their prices ----

void GridSearch::build(Grid& grid) const {
    grid.households = 0;
    grid.courtyards = 0;
    for (const std::uint32_t member : grid.members) {
        grid.households += piece_.households[member];
        grid.courtyards += piece_.courtyards[member];
    }
    const std::size_t size = grid.members.size();
    if (size > exact_nodes) {
        grid.sum_m.clear();
        std::sort(grid.members.begin(), grid.members.end());
        const GridCentre centre = centre_of(piece_, grid.members);
        grid.centre = centre.node;
        grid.metres = centre.metres;
        return;
    }
    grid.sum_m.assign(size, 0.0);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = i + 1; j < size; ++j) {
            const std::uint32_t a = grid.members[i], b = grid.members[j];
            const double d = piece_.distance_m(a, b);
            grid.sum_m[i] += piece_.households[b] * d;
            grid.sum_m[j] += piece_.households[a] * d;
        }
    recentre(grid);
}

/// Of a small grid, from its sums.
void GridSearch::recentre(Grid& grid) const {
    grid.metres = grid.members.empty() ? 0.0 : infinity;
    for (std::size_t i = 0; i < grid.members.size(); ++i)
        if (grid.sum_m[i] < grid.metres ||
            (grid.sum_m[i] == grid.metres && grid.members[i] < grid.centre)) {
            grid.metres = grid.sum_m[i];
            grid.centre = grid.members[i];
        }
}

/// What a grid costs when `out` has left it and `in` has come (no_index: none).
GridCost GridSearch::cost_after(std::uint32_t number, std::uint32_t out, std::uint32_t in) const {
    const Grid& grid = grids_[number];
    double households = grid.households, metres = 0;
    std::int64_t courtyards = grid.courtyards;
    const double out_households = out == no_index ? 0.0 : piece_.households[out];
    const double in_households = in == no_index ? 0.0 : piece_.households[in];
    if (out != no_index) {
        households -= out_households;
        courtyards -= piece_.courtyards[out];
    }
    if (in != no_index) {
        households += in_households;
        courtyards += piece_.courtyards[in];
    }
    if (!grid.exact()) {
        metres = out == grid.centre ? infinity : grid.metres;
        if (out != no_index) metres -= out_households * piece_.distance_m(out, grid.centre);
        if (in != no_index) metres += in_households * piece_.distance_m(in, grid.centre);
        return rules_.cost(courtyards, households, metres);
    }
    metres = infinity;
    double of_in = 0;
    for (std::size_t i = 0; i < grid.members.size(); ++i) {
        const std::uint32_t member = grid.members[i];
        if (member == out) continue;
        double sum = grid.sum_m[i];
        if (out != no_index) sum -= out_households * piece_.distance_m(member, out);
        if (in != no_index) {
            const double d = piece_.distance_m(member, in);
            sum += in_households * d;
            of_in += piece_.households[member] * d;
        }
        metres = std::min(metres, sum);
    }
    if (in != no_index) metres = std::min(metres, of_in);
    return rules_.cost(courtyards, households, metres);
}

void GridSearch::take_out(Grid& grid, std::uint32_t node) const {
    const bool exact = grid.exact();
    const double households = piece_.households[node];
    const auto at = static_cast<std::size_t>(
        std::find(grid.members.begin(), grid.members.end(), node) - grid.members.begin());
    grid.members[at] = grid.members.back();
    grid.members.pop_back();
    grid.households -= households;
    grid.courtyards -= piece_.courtyards[node];
    if (!exact) {
        if (node == grid.centre || grid.members.size() <= exact_nodes) {
            build(grid);
        } else {
            grid.metres -= households * piece_.distance_m(node, grid.centre);
        }
        return;
    }
    grid.sum_m[at] = grid.sum_m.back();
    grid.sum_m.pop_back();
    for (std::size_t i = 0; i < grid.members.size(); ++i)
        grid.sum_m[i] -= households * piece_.distance_m(grid.members[i], node);
    recentre(grid);
}

void GridSearch::put_in(Grid& grid, std::uint32_t node) const {
    const bool exact = grid.exact();
    const double households = piece_.households[node];
    grid.households += households;
    grid.courtyards += piece_.courtyards[node];
    if (!exact || grid.members.size() >= exact_nodes) {
        grid.sum_m.clear();
        grid.metres += households * piece_.distance_m(node, grid.centre);
        grid.members.push_back(node);
        return;
    }
    double own = 0;
    for (std::size_t i = 0; i < grid.members.size(); ++i) {
        const double d = piece_.distance_m(grid.members[i], node);
        grid.sum_m[i] += households * d;
        own += piece_.households[grid.members[i]] * d;
    }
    grid.members.push_back(node);
    grid.sum_m.push_back(own);
    recentre(grid);
}

void GridSearch::move(std::uint32_t node, std::uint32_t to) {
    const std::uint32_t from = label_[node];
    touch(from);
    touch(to);
    take_out(grids_[from], node);
    put_in(grids_[to], node);
    label_[node] = to;
    grids_[from].changed = grids_[to].changed = pass_;
}

/// Whether a grid stays connected (and not empty) without `out` and with `in` (no_index: none).
bool GridSearch::connected_without(std::uint32_t grid, std::uint32_t out, std::uint32_t in) {
    const auto inside = [&](std::uint32_t node) {
        return node != out && (label_[node] == grid || node == in);
    };
    // A search from one neighbour of what leaves must meet the others; mostly it does so at once.
    ++mark_;
    std::size_t left = 0;
    queue_.clear();
    const auto want = [&](std::uint32_t node) {
        if (!inside(node) || seen_[node] == 2 * mark_) return;
        seen_[node] = 2 * mark_;  // wanted; odd: met
        ++left;
        if (queue_.empty()) queue_.push_back(node);
    };
    for (const std::uint32_t other : piece_.neighbours(out)) want(other);
    if (in != no_index) want(in);
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

bool GridSearch::beside(std::uint32_t node, std::uint32_t grid, std::uint32_t except) const {
    for (const std::uint32_t other : piece_.neighbours(node))
        if (other != except && label_[other] == grid) return true;
    return false;
}

/// Ascending.
std::vector<std::uint32_t> GridSearch::grids_beside(std::uint32_t grid) const {
    std::vector<std::uint32_t> beside;
    for (const std::uint32_t member : grids_[grid].members)
        for (const std::uint32_t other : piece_.neighbours(member))
            if (label_[other] != grid) beside.push_back(label_[other]);
    std::sort(beside.begin(), beside.end());
    beside.erase(std::unique(beside.begin(), beside.end()), beside.end());
    return beside;
}

// ---- descent ----

void GridSearch::descend(bool exchanges) {
    constexpr int recentrings = 8;
    for (int i = 0; i < recentrings; ++i) {
        ++pass_;
        for (Grid& grid : grids_)
            if (i == 0 || !grid.exact()) grid.changed = pass_;
        passes(exchanges);
        bool moved = false;
        for (Grid& grid : grids_) {
            if (grid.exact()) continue;
            const std::uint32_t centre = grid.centre;
            build(grid);
            moved = moved || grid.centre != centre;
        }
        if (!moved) return;
    }
}

/// Over the borders of the grids that changed in the last pass, until none does.
void GridSearch::passes(bool exchanges) {
    constexpr int passes_max = 40;
    std::vector<std::uint32_t> nodes;
    for (int i = 0; i < passes_max && !options_.cancelled(); ++i) {
        ++mark_;
        nodes.clear();
        const auto add = [&](std::uint32_t node) {
            if (seen_[node] == 2 * mark_) return;
            seen_[node] = 2 * mark_;
            nodes.push_back(node);
        };
        for (std::uint32_t grid = 0; grid < grids(); ++grid) {
            if (grids_[grid].changed != pass_) continue;
            for (const std::uint32_t member : grids_[grid].members)
                for (const std::uint32_t other : piece_.neighbours(member))
                    if (label_[other] != grid) {
                        add(member);
                        add(other);
                    }
        }
        std::sort(nodes.begin(), nodes.end());
        ++pass_;
        bool changed = false;
        for (const std::uint32_t node : nodes)
            changed = try_move(node) || (exchanges && try_exchange(node)) || changed;
        if (!changed) return;
    }
}

/// Whether a move, or an exchange with another node (no_index: none), costs far more with the centres
/// where they are: new ones save little.
bool GridSearch::hopeless(std::uint32_t node, std::uint32_t to_grid, std::uint32_t other) const {
    const Grid& from = grids_[label_[node]];
    const Grid& to = grids_[to_grid];
    if (rules_.bounds.outside(from.courtyards) > 0 || rules_.bounds.outside(to.courtyards) > 0)
        return false;
    double moved = piece_.households[node];
    double metres =
        moved * (piece_.distance_m(node, to.centre) - piece_.distance_m(node, from.centre));
    if (other != no_index) {
        const double back = piece_.households[other];
        metres +=
            back * (piece_.distance_m(other, from.centre) - piece_.distance_m(other, to.centre));
        moved -= back;
    }
    metres += rules_.balance_m * 2 * moved * (moved + to.households - from.households) / rules_.share;
    constexpr double saving_max = 0.05;
    return metres > saving_max * (from.metres + to.metres);
}

/// To the grid beside it that makes the two cost least, if that is less.
bool GridSearch::try_move(std::uint32_t node) {
    const std::uint32_t from = label_[node];
    if (grids_[from].members.size() == 1) return false;
    near_.clear();
    for (const std::uint32_t other : piece_.neighbours(node)) {
        const std::uint32_t to = label_[other];
        if (to == from || std::max(grids_[from].changed, grids_[to].changed) + 1 < pass_) continue;
        if (std::find(near_.begin(), near_.end(), to) == near_.end() &&
            !hopeless(node, to, no_index))
            near_.push_back(to);
    }
    if (near_.empty()) return false;
    const GridCost without = cost_after(from, node, no_index);
    std::uint32_t best = no_index;
    GridCost best_gain;
    for (const std::uint32_t to : near_) {
        const GridCost with = cost_after(to, no_index, node);
        const GridCost own = cost_of(grids_[from]), other = cost_of(grids_[to]);
        const GridCost before{own.outside + other.outside, own.metres + other.metres};
        const GridCost after{without.outside + with.outside, without.metres + with.metres};
        if (!after.better_than(before)) continue;
        const GridCost gain{after.outside - before.outside, after.metres - before.metres};
        if (best != no_index && !gain.better_than(best_gain)) continue;
        best = to;
        best_gain = gain;
    }
    if (best == no_index || !connected_without(from, node, no_index)) return false;
    move(node, best);
    return true;
}

/// Gives a node to a grid beside it and takes one in return, the first that makes the two cost less.
bool GridSearch::try_exchange(std::uint32_t node) {
    const std::uint32_t from = label_[node];
    near_.clear();
    for (const std::uint32_t other : piece_.neighbours(node)) {
        const std::uint32_t to = label_[other];
        if (to == from || std::max(grids_[from].changed, grids_[to].changed) + 1 < pass_) continue;
        if (std::find(near_.begin(), near_.end(), to) == near_.end()) near_.push_back(to);
    }
    for (const std::uint32_t to : near_) {
        const GridCost own = cost_of(grids_[from]), theirs = cost_of(grids_[to]);
        const GridCost before{own.outside + theirs.outside, own.metres + theirs.metres};
        for (std::size_t i = 0; i < grids_[to].members.size(); ++i) {
            const std::uint32_t other = grids_[to].members[i];
            if (!beside(other, from, node) || hopeless(node, to, other)) continue;
            GridCost after = cost_after(from, node, other);
            if (after.metres > before.metres && after.outside >= before.outside) continue;
            after += cost_after(to, other, node);
            if (!after.better_than(before) || !connected_without(from, node, other) ||
                !connected_without(to, other, node))
                continue;
            move(node, to);
            move(other, from);
            return true;
        }
    }
    return false;
}

// ---- trying and taking back ----

void GridSearch::begin() {
    logging_ = true;
    before_.clear();
    ++begins_;
}

void GridSearch::touch(std::uint32_t grid) {
    if (!logging_ || touched_[grid] == begins_) return;
    touched_[grid] = begins_;
    before_.emplace_back(grid, grids_[grid]);
}

void GridSearch::undo() {
    logging_ = false;
    for (auto& [number, grid] : before_) {
        for (const std::uint32_t member : grid.members) label_[member] = number;
        grids_[number] = std::move(grid);
        grids_[number].changed = 0;
    }
}

bool GridSearch::keep_if_better() {
    GridCost before, after;
    for (const auto& [number, grid] : before_) {
        before += cost_of(grid);
        after += cost_of(grids_[number]);
    }
    if (!after.better_than(before)) {
        undo();
        return false;
    }
    logging_ = false;
    return true;
}

}  // namespace gridgov::partition
