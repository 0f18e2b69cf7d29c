// Grids dissolved, halved and split anew: what moves across borders do not find.
#include <algorithm>
#include <limits>
#include <numeric>

#include "partition/courtyard_count.hpp"
#include "partition/grid_search.hpp"
#include "partition/tree_split.hpp"

namespace gridgov::partition {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

// ---- relocation and perturbation ----

/// By how much the grids beside would cost more than this one, roughly: each member goes to the centre
/// that is cheapest for it.
double GridSearch::dissolving_costs(std::uint32_t number) const {
    const Grid& grid = grids_[number];
    const std::vector<std::uint32_t> beside = grids_beside(number);
    if (beside.empty()) return infinity;
    double metres = -cost_of(grid).metres;
    for (const std::uint32_t member : grid.members) {
        const double households = piece_.households[member];
        double least = infinity;
        for (const std::uint32_t other : beside) {
            const double over = grids_[other].households - rules_.share;
            least = std::min(least, households * piece_.distance_m(member, grids_[other].centre) +
                                        rules_.balance_m * households * (households + 2 * over) /
                                            rules_.share);
        }
        metres += least;
    }
    return metres;
}

/// Gives all members away, the cheapest first. Returns whether there was anyone to take them.
bool GridSearch::dissolve(std::uint32_t grid) {
    while (!grids_[grid].members.empty()) {
        std::uint32_t best = no_index, to = no_index;
        double least = infinity;
        for (const std::uint32_t member : grids_[grid].members)
            for (const std::uint32_t target : piece_.neighbours(member)) {
                const std::uint32_t other = label_[target];
                if (other == grid) continue;
                const double households = piece_.households[member];
                const double over = grids_[other].households - rules_.share;
                const std::int64_t courtyards =
                    grids_[other].courtyards + piece_.courtyards[member];
                // Beyond the bounds only where there is no other way.
                const double cost =
                    households * piece_.distance_m(member, grids_[other].centre) +
                    rules_.balance_m * households * (households + 2 * over) / rules_.share +
                    (courtyards > rules_.bounds.max ? 1e12 : 0.0);
                if (cost < least || (cost == least && std::pair(member, other) < std::pair(best, to))) {
                    least = cost;
                    best = member;
                    to = other;
                }
            }
        if (best == no_index) return false;
        move(best, to);
    }
    return true;
}

/// A spanning tree from the first of `order_`, in rings or at random, as parents.
void GridSearch::grow_tree(std::span<const std::uint32_t> nodes, bool at_random) {
    const std::uint32_t grid = label_[nodes.front()];
    ++mark_;
    order_.clear();
    const std::uint32_t root = nodes[random_.below(static_cast<std::uint32_t>(nodes.size()))];
    order_.push_back(root);
    seen_[root] = 2 * mark_;
    parent_[root] = root;
    for (std::size_t head = 0; head < order_.size(); ++head) {
        if (at_random) {
            const auto left = static_cast<std::uint32_t>(order_.size() - head);
            std::swap(order_[head], order_[head + random_.below(left)]);
        }
        for (const std::uint32_t other : piece_.neighbours(order_[head])) {
            if (label_[other] != grid || seen_[other] == 2 * mark_) continue;
            seen_[other] = 2 * mark_;
            parent_[other] = order_[head];
            order_.push_back(other);
        }
    }
}

/// The best cut in two of a grid by the edges of one spanning tree in rings and one at random, or of
/// one at random only. Empty halves where it has but one node or is too large to tell.
GridSearch::Halves GridSearch::halve(std::uint32_t number, bool at_random) {
    Halves halves;
    const Grid& grid = grids_[number];
    const std::size_t size = grid.members.size();
    if (size < 2 || !grid.exact()) return halves;
    std::vector<double> metres(size * size);  // household-weighted: a row is to all
    std::vector<std::uint32_t> place(size), parent(size);
    std::vector<std::uint8_t> below(size);
    GridCost best{std::numeric_limits<std::int64_t>::max(), infinity};
    for (int tree = at_random ? 1 : 0; tree < 2; ++tree) {
        grow_tree(grid.members, tree == 1);
        // In the tree's order, parents first.
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                const double d = piece_.distance_m(order_[i], order_[j]);
                metres[i * size + j] = piece_.households[order_[j]] * d;
                metres[j * size + i] = piece_.households[order_[i]] * d;
            }
            metres[i * size + i] = 0;
            for (std::uint32_t j = 0; j <= i; ++j)
                if (order_[j] == parent_[order_[i]]) parent[i] = j;
        }
        for (std::size_t cut = 1; cut < size; ++cut) {
            double households = 0;
            std::int64_t courtyards = 0;
            for (std::size_t i = 0; i < size; ++i) {
                below[i] = i == cut || (i > cut && below[parent[i]] != 0) ? 1 : 0;
                if (below[i] == 0) continue;
                households += piece_.households[order_[i]];
                courtyards += piece_.courtyards[order_[i]];
            }
            GridCost cost = rules_.cost(courtyards, households, 0);
            cost += rules_.cost(grid.courtyards - courtyards, grid.households - households, 0);
            if (!cost.better_than(best)) continue;
            double least[2] = {infinity, infinity};
            for (std::size_t i = 0; i < size; ++i) {
                double sum = 0;
                for (std::size_t j = 0; j < size; ++j)
                    if (below[j] == below[i]) sum += metres[i * size + j];
                least[below[i]] = std::min(least[below[i]], sum);
            }
            cost.metres += least[0] + least[1];
            if (!cost.better_than(best)) continue;
            best = cost;
            halves.first.clear();
            halves.second.clear();
            for (std::size_t i = 0; i < size; ++i)
                (below[i] != 0 ? halves.second : halves.first).push_back(order_[i]);
        }
    }
    halves.saved = cost_of(grid).metres - best.metres;
    return halves;
}

void GridSearch::relocate(int rounds) {
    struct Price {
        double metres;
        std::uint32_t grid;
        bool operator<(const Price& other) const {
            return metres != other.metres ? metres < other.metres : grid < other.grid;
        }
    };
    if (grids() < 3) return;
    std::vector<Price> closing, opening;
    std::vector<std::uint8_t> used(grids());
    for (int round = 0; round < rounds && !options_.cancelled(); ++round) {
        closing.clear();
        opening.clear();
        std::vector<Halves> halves(grids());
        for (std::uint32_t grid = 0; grid < grids(); ++grid) {
            if (!grids_[grid].exact()) continue;
            closing.push_back({dissolving_costs(grid), grid});
            halves[grid] = halve(grid, false);
            if (!halves[grid].second.empty()) opening.push_back({-halves[grid].saved, grid});
        }
        std::sort(closing.begin(), closing.end());
        std::sort(opening.begin(), opening.end());
        std::fill(used.begin(), used.end(), std::uint8_t{0});
        bool changed = false;
        int failures = 0;
        for (const Price& close : closing) {
            if (used[close.grid] != 0) continue;
            const std::vector<std::uint32_t> beside = grids_beside(close.grid);
            if (std::any_of(beside.begin(), beside.end(), [&](auto b) { return used[b] != 0; }))
                continue;
            const auto open = std::find_if(opening.begin(), opening.end(), [&](const Price& price) {
                return used[price.grid] == 0 && price.grid != close.grid &&
                       !std::binary_search(beside.begin(), beside.end(), price.grid);
            });
            // A little hope beyond the prices: the search that follows finds more.
            constexpr double hope = 0.5;
            constexpr int failures_max = 16;
            if (open == opening.end() || hope * close.metres > -open->metres || failures >= failures_max)
                break;
            begin();
            ++pass_;
            const std::uint32_t opened = open->grid;
            bool kept = dissolve(close.grid);
            if (kept) {
                for (const std::uint32_t node : halves[opened].second) move(node, close.grid);
                passes(true);
                kept = keep_if_better();
            } else {
                undo();
            }
            used[opened] = used[close.grid] = 1;
            if (!kept) {
                ++failures;
                continue;
            }
            changed = true;
            for (const auto& [number, grid] : before_) used[number] = 1;
        }
        if (!changed) return;
    }
}

void GridSearch::perturb(std::uint64_t times) {
    if (grids() < 2) return;
    for (std::uint64_t i = 0; i < times && !options_.cancelled(); ++i) {
        const std::uint32_t first = random_.below(grids());
        std::vector<std::uint32_t> around = grids_beside(first);
        if (around.empty() || !grids_[first].exact()) continue;
        begin();
        ++pass_;
        // One or two of them are closed, and as many opened among those that are left.
        std::vector<std::uint32_t> closed{first};
        bool sound = dissolve(first);
        if (sound && around.size() > 2 && random_.below(2) == 1) {
            const std::uint32_t at = random_.below(static_cast<std::uint32_t>(around.size()));
            if (grids_[around[at]].exact()) {
                closed.push_back(around[at]);
                around.erase(around.begin() + at);
                sound = dissolve(closed.back());
            }
        }
        for (std::size_t j = 0; sound && j < closed.size(); ++j) {
            const std::uint32_t from =
                around[random_.below(static_cast<std::uint32_t>(around.size()))];
            const Halves halves = halve(from, true);
            sound = !halves.second.empty();
            for (const std::uint32_t node : halves.second) move(node, closed[j]);
        }
        if (!sound) {
            undo();
            continue;
        }
        passes(false);  // with exchanges it ends hardly lower, in twice the time
        keep_if_better();
    }
    descend(true);
}

// ---- bounds ----

void GridSearch::legalise(const GridCount& count) {
    constexpr int failures_max = 16;
    int failures = 0;
    for (std::uint32_t grid = 0; grid < grids() && failures < failures_max; ++grid) {
        if (rules_.bounds.outside(grids_[grid].courtyards) == 0 || options_.cancelled()) continue;
        bool done = false;
        for (const std::size_t grids_together : {2U, 3U, 4U, 6U, 9U, 14U, 21U, 32U, 48U}) {
            done = resplit(grid, grids_together, count);
            if (done || grids_together >= grids()) break;
        }
        if (!done) ++failures;
    }
    descend(true);
}

/// Divides a grid and the ones around it anew, all within the bounds, by exact cuts of spanning trees.
bool GridSearch::resplit(std::uint32_t number, std::size_t neighbourhood, const GridCount& count) {
    constexpr std::size_t nodes_max = 1500;
    constexpr int trees = 8;
    std::vector<std::uint32_t> numbers{number};
    std::vector<std::uint8_t> inside(grids(), 0);
    inside[number] = 1;
    for (std::size_t next = 0; next < numbers.size() && numbers.size() < neighbourhood; ++next)
        for (const std::uint32_t other : grids_beside(numbers[next]))
            if (inside[other] == 0 && numbers.size() < neighbourhood) {
                inside[other] = 1;
                numbers.push_back(other);
            }
    std::sort(numbers.begin(), numbers.end());
    Region region;
    std::int64_t courtyards = 0;
    for (const std::uint32_t grid : numbers) {
        const auto& members = grids_[grid].members;
        region.atoms.insert(region.atoms.end(), members.begin(), members.end());
        courtyards += grids_[grid].courtyards;
    }
    if (region.atoms.size() > nodes_max) return false;
    std::sort(region.atoms.begin(), region.atoms.end());
    region.link_offsets.push_back(0);
    for (const std::uint32_t node : region.atoms) {
        region.weight.push_back(piece_.courtyards[node]);
        for (const std::uint32_t other : piece_.neighbours(node))
            if (inside[label_[other]] != 0)
                region.links.push_back(static_cast<std::uint32_t>(
                    std::lower_bound(region.atoms.begin(), region.atoms.end(), other) -
                    region.atoms.begin()));
        region.link_offsets.push_back(static_cast<std::uint32_t>(region.links.size()));
    }
    const auto parts = static_cast<std::int64_t>(numbers.size());
    Bounds bounds{Rules{}};
    bounds.min = rules_.bounds.min;
    bounds.max = rules_.bounds.max;
    bounds.target = courtyards / parts;
    for (const std::int64_t more : {0, 1, -1, 2, -2}) {
        if (more != 0 && count.fixed()) break;
        const std::int64_t wanted = parts + more;
        if (wanted < 1 || wanted > 63 || courtyards < wanted * bounds.min ||
            courtyards / wanted + (courtyards % wanted != 0) > bounds.max)
            continue;
        for (int tree = 0; tree < trees; ++tree) {
            const auto split = split_tree(region, random_spanning_tree(region, random_), bounds,
                                          static_cast<std::uint32_t>(wanted));
            if (!split) continue;
            for (std::int64_t i = parts; i < wanted; ++i) {
                numbers.push_back(grids());
                grids_.emplace_back();
                touched_.push_back(0);
            }
            ++pass_;
            for (const std::uint32_t grid : numbers) grids_[grid] = {};
            for (std::size_t i = 0; i < region.atoms.size(); ++i) {
                const std::uint32_t to = numbers[split->label[i]];
                label_[region.atoms[i]] = to;
                grids_[to].members.push_back(region.atoms[i]);
            }
            for (const std::uint32_t grid : numbers) {
                build(grids_[grid]);
                grids_[grid].changed = pass_;
            }
            for (std::size_t i = numbers.size(); i-- > static_cast<std::size_t>(wanted);) {
                // Empty: the last of all takes its number.
                grids_[numbers[i]] = std::move(grids_.back());
                grids_.pop_back();
                touched_.pop_back();
                if (numbers[i] < grids())
                    for (const std::uint32_t member : grids_[numbers[i]].members)
                        label_[member] = numbers[i];
            }
            passes(true);
            return true;
        }
    }
    return false;
}

}  // namespace gridgov::partition
