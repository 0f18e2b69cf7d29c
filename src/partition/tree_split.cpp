#include "partition/tree_split.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

namespace gridgov::partition {
namespace {

/// More open weights than this at one node and only some are kept, evenly spread.
constexpr std::size_t states_max = 256;

template <class States>
bool thin_out(States& states) {
    if (states.size() <= states_max) return true;
    States kept;
    for (std::size_t i = 0; i < states_max; ++i)
        kept.push_back(states[i * (states.size() - 1) / (states_max - 1)]);
    states = std::move(kept);
    return false;
}

}  // namespace

Region make_region(const Component& component, std::vector<std::uint32_t> atoms) {
    std::sort(atoms.begin(), atoms.end());
    Region region;
    region.atoms = std::move(atoms);
    region.link_offsets.push_back(0);
    for (const std::uint32_t atom : region.atoms) {
        region.weight.push_back(component.atom_weight[atom]);
        for (const std::uint32_t neighbour : component.neighbours_of(atom)) {
            const auto place =
                std::lower_bound(region.atoms.begin(), region.atoms.end(), neighbour);
            if (place != region.atoms.end() && *place == neighbour)
                region.links.push_back(static_cast<std::uint32_t>(place - region.atoms.begin()));
        }
        region.link_offsets.push_back(static_cast<std::uint32_t>(region.links.size()));
    }
    return region;
}

SpanningTree random_spanning_tree(const Region& region, Random& random) {
    std::vector<KeyedLink> links;
    for (std::uint32_t u = 0; u < region.size(); ++u)
        for (std::uint32_t i = region.link_offsets[u]; i < region.link_offsets[u + 1]; ++i)
            if (u < region.links[i]) links.push_back({random.next(), u, region.links[i]});
    return least_spanning_tree(region.size(), std::move(links), random);
}

SpanningTree least_spanning_tree(std::uint32_t size, std::vector<KeyedLink> links,
                                 Random& random) {
    std::sort(links.begin(), links.end(), [](const KeyedLink& a, const KeyedLink& b) {
        return std::tie(a.key, a.u, a.v) < std::tie(b.key, b.u, b.v);
    });
    std::vector<std::uint32_t> root(size);
    std::iota(root.begin(), root.end(), 0U);
    const auto find = [&](std::uint32_t node) {
        while (root[node] != node) node = root[node] = root[root[node]];
        return node;
    };
    std::vector<std::vector<std::uint32_t>> adjacent(size);
    for (const KeyedLink& link : links) {
        const std::uint32_t a = find(link.u), b = find(link.v);
        if (a == b) continue;
        root[a] = b;
        adjacent[link.u].push_back(link.v);
        adjacent[link.v].push_back(link.u);
    }
    SpanningTree tree;
    tree.parent.assign(size, no_index);
    const std::uint32_t start = random.below(size);
    tree.parent[start] = start;
    tree.order.push_back(start);
    for (std::size_t next = 0; next < tree.order.size(); ++next)
        for (const std::uint32_t other : adjacent[tree.order[next]])
            if (tree.parent[other] == no_index) {
                tree.parent[other] = tree.order[next];
                tree.order.push_back(other);
            }
    return tree;
}

std::optional<Split> split_tree(const Region& region, const SpanningTree& tree,
                                const Bounds& bounds, std::uint32_t parts) {
    if (parts < 1 || parts > 63) return std::nullopt;
    const std::uint32_t size = region.size();
    // A state of a subtree: the weight of the part that its root is in, still open, and the set of
    // numbers of closed parts below it (bit c: c of them) with which that weight can be had.
    struct StateOf {
        std::int64_t open;
        std::uint64_t counts;
    };
    using States = std::vector<StateOf>;
    const std::uint64_t allowed = parts == 63 ? ~0ULL : (1ULL << (parts + 1)) - 1;

    std::vector<std::vector<std::uint32_t>> children(size);
    for (const std::uint32_t node : tree.order)
        if (tree.parent[node] != node) children[tree.parent[node]].push_back(node);
    std::vector<std::vector<States>> tables(size);  // per node: after 0, 1, … children
    std::vector<std::uint64_t> closed(size, 0);     // counts with the node's own part closed too

    for (std::size_t i = tree.order.size(); i-- > 0;) {
        const std::uint32_t node = tree.order[i];
        tables[node].push_back({{region.weight[node], 1}});
        for (const std::uint32_t child : children[node]) {
            States merged;
            for (const StateOf& mine : tables[node].back()) {
                // The child's part is closed: its counts add up.
                std::uint64_t counts = 0;
                for (std::uint64_t rest = closed[child]; rest != 0; rest &= rest - 1)
                    counts |= mine.counts << __builtin_ctzll(rest);
                if ((counts & allowed) != 0) merged.push_back({mine.open, counts & allowed});
                for (const StateOf& theirs : tables[child].back()) {
                    if (mine.open + theirs.open > bounds.max) break;  // ascending
                    counts = 0;
                    for (std::uint64_t rest = theirs.counts; rest != 0; rest &= rest - 1)
                        counts |= mine.counts << __builtin_ctzll(rest);
                    if ((counts & allowed) != 0)
                        merged.push_back({mine.open + theirs.open, counts & allowed});
                }
            }
            std::sort(merged.begin(), merged.end(),
                      [](const StateOf& a, const StateOf& b) { return a.open < b.open; });
            States unique;
            for (const StateOf& state : merged) {
                if (!unique.empty() && unique.back().open == state.open)
                    unique.back().counts |= state.counts;
                else
                    unique.push_back(state);
            }
            thin_out(unique);
            if (unique.empty()) return std::nullopt;
            tables[node].push_back(std::move(unique));
        }
        for (const StateOf& state : tables[node].back())
            if (bounds.legal(state.open)) closed[node] |= state.counts << 1;
        closed[node] &= allowed;
    }
    const std::uint32_t root = tree.order.front();
    if ((closed[root] >> parts & 1) == 0) return std::nullopt;

    // Walk back down: each node is told its open weight and how many closed parts lie below.
    Split split;
    split.label.assign(size, no_index);
    struct Task {
        std::uint32_t node;
        std::int64_t open;
        std::uint32_t count;
    };
    std::vector<Task> tasks;
    const auto close = [&](std::uint32_t node, std::uint32_t count) {
        // Of the weights that serve, the one nearest to the target.
        std::int64_t best = -1;
        for (const StateOf& state : tables[node].back())
            if (bounds.legal(state.open) && (state.counts >> (count - 1) & 1) != 0 &&
                (best < 0 || std::abs(state.open - bounds.target) < std::abs(best - bounds.target)))
                best = state.open;
        split.label[node] = split.parts++;
        tasks.push_back({node, best, count - 1});
    };
    close(root, parts);
    while (!tasks.empty()) {
        Task task = tasks.back();
        tasks.pop_back();
        for (std::size_t j = children[task.node].size(); j-- > 0;) {
            const std::uint32_t child = children[task.node][j];
            const States& before = tables[task.node][j];
            const auto has = [](const States& states, std::int64_t open, std::uint32_t count) {
                const auto place = std::lower_bound(
                    states.begin(), states.end(), open,
                    [](const StateOf& state, std::int64_t weight) { return state.open < weight; });
                return place != states.end() && place->open == open &&
                       (place->counts >> count & 1) != 0;
            };
            bool found = false;
            for (std::uint32_t below = 0; below <= task.count && !found; ++below) {
                if ((closed[child] >> below & 1) != 0 &&
                    has(before, task.open, task.count - below)) {
                    close(child, below);
                    task.count -= below;
                    found = true;
                }
            }
            for (const StateOf& theirs : tables[child].back()) {
                if (found || theirs.open >= task.open) break;
                for (std::uint32_t below = 0; below <= task.count && !found; ++below)
                    if ((theirs.counts >> below & 1) != 0 &&
                        has(before, task.open - theirs.open, task.count - below)) {
                        split.label[child] = split.label[task.node];
                        tasks.push_back({child, theirs.open, below});
                        task.open -= theirs.open;
                        task.count -= below;
                        found = true;
                    }
            }
            if (!found) return std::nullopt;  // the state that led here was thinned out
        }
    }
    return split;
}

LeastBroken split_tree_least_broken(const Region& region, const SpanningTree& tree,
                                    const Bounds& bounds) {
    constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
    struct StateOf {
        std::int64_t open;
        std::int64_t broken;  ///< least weight in closed illegal parts
        std::uint32_t parts;  ///< then the fewest closed parts
    };
    using States = std::vector<StateOf>;
    struct Closed {
        std::int64_t broken = none;
        std::uint32_t parts = 0;
        std::int64_t open = 0;
    };
    const auto better = [](std::int64_t broken_a, std::uint32_t parts_a, std::int64_t broken_b,
                           std::uint32_t parts_b) {
        return broken_a != broken_b ? broken_a < broken_b : parts_a < parts_b;
    };
    const std::uint32_t size = region.size();
    std::vector<std::vector<std::uint32_t>> children(size);
    for (const std::uint32_t node : tree.order)
        if (tree.parent[node] != node) children[tree.parent[node]].push_back(node);
    std::vector<std::vector<States>> tables(size);
    std::vector<Closed> closed(size);
    LeastBroken result;

    for (std::size_t i = tree.order.size(); i-- > 0;) {
        const std::uint32_t node = tree.order[i];
        tables[node].push_back({{region.weight[node], 0, 0}});
        for (const std::uint32_t child : children[node]) {
            States merged;
            for (const StateOf& mine : tables[node].back()) {
                merged.push_back({mine.open, mine.broken + closed[child].broken,
                                  mine.parts + closed[child].parts});
                for (const StateOf& theirs : tables[child].back()) {
                    if (mine.open + theirs.open > bounds.max) break;
                    merged.push_back({mine.open + theirs.open, mine.broken + theirs.broken,
                                      mine.parts + theirs.parts});
                }
            }
            std::sort(merged.begin(), merged.end(), [&](const StateOf& a, const StateOf& b) {
                return a.open != b.open ? a.open < b.open
                                        : better(a.broken, a.parts, b.broken, b.parts);
            });
            States unique;
            for (const StateOf& state : merged)
                if (unique.empty() || unique.back().open != state.open) unique.push_back(state);
            result.exact = thin_out(unique) && result.exact;
            tables[node].push_back(std::move(unique));
        }
        for (const StateOf& state : tables[node].back()) {
            const std::int64_t broken = state.broken + bounds.broken(state.open);
            if (better(broken, state.parts + 1, closed[node].broken, closed[node].parts))
                closed[node] = {broken, state.parts + 1, state.open};
        }
    }

    Split& split = result.split;
    split.label.assign(size, no_index);
    split.broken = closed[tree.order.front()].broken;
    struct Task {
        std::uint32_t node;
        std::int64_t open;
    };
    std::vector<Task> tasks;
    const auto close = [&](std::uint32_t node) {
        split.label[node] = split.parts++;
        tasks.push_back({node, closed[node].open});
    };
    close(tree.order.front());
    while (!tasks.empty()) {
        Task task = tasks.back();
        tasks.pop_back();
        const auto find = [](const States& states, std::int64_t open) -> const StateOf* {
            const auto place = std::lower_bound(
                states.begin(), states.end(), open,
                [](const StateOf& state, std::int64_t weight) { return state.open < weight; });
            return place != states.end() && place->open == open ? &*place : nullptr;
        };
        for (std::size_t j = children[task.node].size(); j-- > 0;) {
            const std::uint32_t child = children[task.node][j];
            const StateOf* after = find(tables[task.node][j + 1], task.open);
            const States& before = tables[task.node][j];
            bool found = false;
            if (const StateOf* same = find(before, task.open);
                same != nullptr && same->broken + closed[child].broken == after->broken &&
                same->parts + closed[child].parts == after->parts) {
                close(child);
                found = true;
            }
            for (const StateOf& theirs : tables[child].back()) {
                if (found || theirs.open >= task.open) break;
                const StateOf* mine = find(before, task.open - theirs.open);
                if (mine != nullptr && mine->broken + theirs.broken == after->broken &&
                    mine->parts + theirs.parts == after->parts) {
                    split.label[child] = split.label[task.node];
                    tasks.push_back({child, theirs.open});
                    task.open -= theirs.open;
                    found = true;
                }
            }
        }
    }
    return result;
}

}  // namespace gridgov::partition
