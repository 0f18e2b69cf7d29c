#include "partition/agglomerate.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <queue>
#include <tuple>
#include <utility>

#include "large_pages.hpp"
#include "partition/random.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

struct Cluster {
    double x_um, y_um;  ///< centre of the households
    double weight;      ///< a whole number
    std::uint32_t households;
    std::uint32_t node;  ///< in the tree of merges
};

/// Clusters that exist at one time, and which of them are linked: each pair with one of the two, now
/// and then with both.
struct Level {
    std::vector<Cluster> clusters;
    std::vector<std::uint32_t> offsets, links;
    std::uint32_t size() const { return static_cast<std::uint32_t>(clusters.size()); }
};

/// Who merged with whom; the first nodes are the atoms.
struct Merge {
    std::uint32_t a, b;  ///< nodes
    double cost;
    bool heavy;  ///< each is heavy enough for a part
};

/// The atoms [first, last) and the links between them. Links to atoms beyond go to `across`, if any.
Level atoms_of(const Component& component, std::uint32_t first, std::uint32_t last,
               std::vector<std::pair<std::uint32_t, std::uint32_t>>& across) {
    Level level;
    level.clusters.resize(last - first);
    level.offsets.reserve(last - first + 1);
    level.offsets.push_back(0);
    level.links.reserve((component.link_offsets[last] - component.link_offsets[first] + 1) / 2);
    for (std::uint32_t atom = first; atom < last; ++atom) {
        const auto members = component.members_of(atom);
        Cluster cluster{0, 0, static_cast<double>(component.atom_weight[atom]),
                        static_cast<std::uint32_t>(members.size()), atom};
        for (const std::uint32_t household : members) {
            cluster.x_um += component.x_um[household];
            cluster.y_um += component.y_um[household];
        }
        cluster.x_um /= static_cast<double>(members.size());
        cluster.y_um /= static_cast<double>(members.size());
        level.clusters[atom - first] = cluster;
        for (const std::uint32_t other : component.neighbours_of(atom))
            if (other >= last)
                across.emplace_back(atom, other);
            else if (other > atom)
                level.links.push_back(other - first);
        level.offsets.push_back(static_cast<std::uint32_t>(level.links.size()));
    }
    return level;
}

/// What a merge costs, squared: Ward's weighting of the distance between centres (by distance, not
/// its square, as the objective is), with a micrometre for those at one place.
double merge_cost(const Cluster& a, const Cluster& b) {
    const double dx = a.x_um - b.x_um, dy = a.y_um - b.y_um;
    const double xx = dx * dx, yy = dy * dy;
    const double w = a.weight * b.weight / (a.weight + b.weight);
    return w * w * (xx + yy + 1.0);
}

/// Each cluster's cheapest partner that leaves it within `max`, or itself. Of equally cheap pairs the
/// first that comes by stays, for both, so that the cheapest pair of all is always mutual.
void choose_partners(const Level& level, std::int64_t max, std::vector<std::uint32_t>& partner,
                     std::vector<double>& cost) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double surcharge[] = {0, infinity};  // for a union that is too heavy
    const std::uint32_t size = level.size();
    partner.resize(size);
    std::iota(partner.begin(), partner.end(), 0U);
    cost.assign(size, infinity);
    const auto most = static_cast<double>(max);
    for (std::uint32_t a = 0; a < size; ++a) {
        const Cluster& one = level.clusters[a];
        double least = cost[a];
        std::uint32_t best = partner[a];
        for (std::uint32_t i = level.offsets[a]; i < level.offsets[a + 1]; ++i) {
            // Without branches: nobody could foretell which way they go.
            const std::uint32_t b = level.links[i];
            const Cluster& other = level.clusters[b];
            const double c =
                merge_cost(one, other) + surcharge[one.weight + other.weight > most ? 1 : 0];
            best = c < least ? b : best;
            least = std::min(least, c);
            partner[b] ^= (partner[b] ^ a) & (0U - (c < cost[b] ? 1U : 0U));
            cost[b] = std::min(cost[b], c);
        }
        cost[a] = least;
        partner[a] = best;
    }
}

/// Makes partners mutual or takes them away: pairs that choose each other first, then in order of
/// numbers those whose choice is free and might have chosen hardly cheaper. Fewer rounds that way.
/// (Costs are squares: hardly is by a factor of the square root of two.)
void pair_up(std::vector<std::uint32_t>& partner, const std::vector<double>& cost) {
    const auto size = static_cast<std::uint32_t>(partner.size());
    std::vector<std::uint8_t> taken(size, 0);
    for (std::uint32_t a = 0; a < size; ++a)
        taken[a] = partner[a] != a && partner[partner[a]] == a;
    for (std::uint32_t a = 0; a < size; ++a) {
        if (taken[a]) continue;
        const std::uint32_t b = partner[a];
        if (b == a || taken[b] || cost[a] > 2 * cost[b]) continue;
        taken[a] = taken[b] = 1;
        partner[b] = a;
    }
    for (std::uint32_t a = 0; a < size; ++a)
        if (!taken[a]) partner[a] = a;
}

/// What `merge_pairs` needs while it works.
struct MergeScratch {
    std::vector<std::uint32_t> into;  ///< of a cluster: its number in the next level
    std::vector<std::pair<std::uint32_t, std::uint32_t>> parents;
    std::vector<std::uint32_t> seen;
};

/// Merges all pairs (`partner` is its own inverse); `next` is filled anew. `merges` grows; its nodes
/// are numbered on from `first_node`.
void merge_pairs(const Level& level, const std::vector<std::uint32_t>& partner,
                 const std::vector<double>& cost, std::uint32_t first_node, std::int64_t min,
                 MergeScratch& scratch, Level& next, std::vector<Merge>& merges) {
    const auto least = static_cast<double>(min);
    const std::uint32_t size = level.size();
    std::vector<std::uint32_t>& into = scratch.into;
    auto& parents = scratch.parents;
    into.resize(size);
    parents.resize(size);
    std::uint32_t count = 0;
    for (std::uint32_t a = 0; a < size; ++a) {
        const std::uint32_t b = partner[a];
        parents[count] = {a, b};
        into[a] = b < a ? into[b] : count;
        count += b < a ? 0U : 1U;
    }
    next.clusters.resize(count);
    for (std::uint32_t c = 0; c < count; ++c) {
        const auto [a, b] = parents[c];
        const Cluster& one = level.clusters[a];
        if (a == b) {
            next.clusters[c] = one;
            continue;
        }
        const Cluster& other = level.clusters[b];
        const double wa = one.households, wb = other.households, both = wa + wb;
        next.clusters[c] = {(one.x_um * wa + other.x_um * wb) / both,
                            (one.y_um * wa + other.y_um * wb) / both, one.weight + other.weight,
                            one.households + other.households,
                            first_node + static_cast<std::uint32_t>(merges.size())};
        merges.push_back({one.node, other.node, std::max(cost[a], cost[b]),
                          one.weight >= least && other.weight >= least});
    }
    next.offsets.resize(count + 1);
    next.links.resize(level.links.size());
    std::vector<std::uint32_t>& seen = scratch.seen;  // by what cluster last; `count`: by none
    seen.assign(count, count);
    std::uint32_t end = 0;
    next.offsets[0] = 0;
    for (std::uint32_t c = 0; c < count; ++c) {
        seen[c] = c;
        const auto take = [&](std::uint32_t old) {
            for (std::uint32_t i = level.offsets[old]; i < level.offsets[old + 1]; ++i) {
                const std::uint32_t other = into[level.links[i]];
                next.links[end] = other;
                end += seen[other] == c ? 0U : 1U;
                seen[other] = c;
            }
        };
        take(parents[c].first);
        if (parents[c].second != parents[c].first) take(parents[c].second);
        next.offsets[c + 1] = end;
    }
    next.links.resize(end);
}

/// Of equals one is taken here and one there, not all from one end.
std::uint32_t scattered(std::uint32_t number) {
    return static_cast<std::uint32_t>(Random(number).next() >> 32);
}

/// Merges on beyond the maximum, the lightest with its lightest neighbour, until `parts` are left.
void merge_lightest(const Level& level, std::uint32_t parts, std::uint32_t atoms,
                    std::vector<Merge>& merges, std::vector<std::uint32_t>& roots) {
    using Light = std::tuple<std::int64_t, std::uint32_t, std::uint32_t>;  // weight, scatter, number
    std::priority_queue<Light, std::vector<Light>, std::greater<>> lightest;
    std::vector<std::uint32_t> into(level.size());
    std::vector<std::int64_t> weight(level.size());
    std::vector<std::uint32_t> node(level.size());
    std::vector<std::vector<std::uint32_t>> beside(level.size());
    for (std::uint32_t i = 0; i < level.size(); ++i) {
        into[i] = i;
        weight[i] = static_cast<std::int64_t>(level.clusters[i].weight);
        node[i] = level.clusters[i].node;
        lightest.push({weight[i], scattered(i), i});
        for (std::uint32_t j = level.offsets[i]; j < level.offsets[i + 1]; ++j) {
            beside[i].push_back(level.links[j]);
            beside[level.links[j]].push_back(i);
        }
    }
    const auto living = [&](std::uint32_t cluster) {
        while (into[cluster] != cluster) cluster = into[cluster] = into[into[cluster]];
        return cluster;
    };
    std::uint32_t count = level.size();
    while (count > parts && !lightest.empty()) {
        const auto [light, scatter, a] = lightest.top();
        lightest.pop();
        if (into[a] != a || weight[a] != light) continue;
        std::uint32_t best = no_index;
        for (std::uint32_t& other : beside[a]) {
            other = living(other);
            if (other != a && (best == no_index ||
                               std::pair(weight[other], other) < std::pair(weight[best], best)))
                best = other;
        }
        if (best == no_index) continue;
        merges.push_back({node[a], node[best], 0, false});  // of no account: nothing is taken back
        node[best] = atoms + static_cast<std::uint32_t>(merges.size()) - 1;
        into[a] = best;
        weight[best] += weight[a];
        beside[best].insert(beside[best].end(), beside[a].begin(), beside[a].end());
        beside[a] = {};
        lightest.push({weight[best], scattered(best), best});
        --count;
    }
    roots.clear();
    for (std::uint32_t i = 0; i < level.size(); ++i)
        if (into[i] == i) roots.push_back(node[i]);
}

/// Takes merges back, the dearest first and those that leave both sides heavy enough before others,
/// until there are `parts` roots.
void take_back(const std::vector<Merge>& merges, std::uint32_t parts, std::uint32_t atoms,
               std::vector<std::uint32_t>& roots) {
    struct Choice {
        bool heavy;
        double cost;
        std::uint32_t node;
        bool operator<(const Choice& other) const {
            if (heavy != other.heavy) return !heavy;
            if (cost != other.cost) return cost < other.cost;
            return std::pair(scattered(node), node) < std::pair(scattered(other.node), other.node);
        }
    };
    std::priority_queue<Choice> choices;
    std::vector<std::uint32_t> whole;
    const auto offer = [&](std::uint32_t node) {
        if (node < atoms) {
            whole.push_back(node);
            return;
        }
        const Merge& merge = merges[node - atoms];
        choices.push({merge.heavy, merge.cost, node});
    };
    for (const std::uint32_t root : roots) offer(root);
    auto count = static_cast<std::uint32_t>(roots.size());
    while (count < parts && !choices.empty()) {
        const Merge& merge = merges[choices.top().node - atoms];
        choices.pop();
        offer(merge.a);
        offer(merge.b);
        ++count;
    }
    for (; !choices.empty(); choices.pop()) whole.push_back(choices.top().node);
    roots = std::move(whole);
}

/// Rounds of merges, `rounds` at most, until there is none to make.
void merge_in_rounds(Level& level, const Bounds& bounds, std::uint32_t first_node, int rounds,
                     std::vector<Merge>& merges) {
    Level next;
    MergeScratch scratch;
    std::vector<std::uint32_t> partner;
    std::vector<double> cost;
    std::size_t before = no_index;
    for (int round = 0; round < rounds && before != merges.size(); ++round) {
        before = merges.size();
        choose_partners(level, bounds.max, partner, cost);
        pair_up(partner, cost);
        merge_pairs(level, partner, cost, first_node, bounds.min, scratch, next, merges);
        std::swap(level, next);
    }
}

/// A run of atoms along the curve, merged among themselves.
struct Block {
    std::uint32_t first = 0, last = 0;  ///< atoms
    std::vector<Merge> merges;
    Level level;  ///< what is left
    /// From its atoms to those of later blocks; then from its clusters, sorted.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> across;
};

/// Sets of each of the block's atoms which cluster of its level it is in, and of `across` too.
void find_clusters(Block& block, std::uint32_t first_node, std::span<std::uint32_t> cluster_of) {
    const std::uint32_t atoms = block.last - block.first;
    std::vector<std::uint32_t> of_node(atoms + block.merges.size());
    const auto local = [&](std::uint32_t node) {
        return node < first_node ? node - block.first : node - first_node + atoms;
    };
    for (std::uint32_t cluster = 0; cluster < block.level.size(); ++cluster)
        of_node[local(block.level.clusters[cluster].node)] = cluster;
    for (std::size_t i = block.merges.size(); i-- > 0;)
        of_node[local(block.merges[i].a)] = of_node[local(block.merges[i].b)] = of_node[atoms + i];
    std::copy_n(of_node.begin(), atoms, cluster_of.begin() + block.first);
    for (auto& [own, other] : block.across) own = of_node[own - block.first];
    std::sort(block.across.begin(), block.across.end());
}

/// The blocks' clusters with all links between them; clusters of a block follow those of the one before.
Level join(const std::vector<Block>& blocks, std::uint32_t block_atoms,
           std::span<const std::uint32_t> cluster_of) {
    std::vector<std::uint32_t> base{0};
    std::size_t links = 0;
    for (const Block& block : blocks) {
        base.push_back(base.back() + block.level.size());
        links += block.level.links.size() + block.across.size();
    }
    Level all;
    reserve_in_large_pages(all.clusters, base.back());
    reserve_in_large_pages(all.offsets, std::size_t{base.back()} + 1);
    reserve_in_large_pages(all.links, links);
    all.offsets.push_back(0);
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        const Level& level = blocks[b].level;
        all.clusters.insert(all.clusters.end(), level.clusters.begin(), level.clusters.end());
        auto across = blocks[b].across.begin();
        for (std::uint32_t cluster = 0; cluster < level.size(); ++cluster) {
            for (std::uint32_t i = level.offsets[cluster]; i < level.offsets[cluster + 1]; ++i)
                all.links.push_back(base[b] + level.links[i]);
            for (; across != blocks[b].across.end() && across->first == cluster; ++across)
                all.links.push_back(base[across->second / block_atoms] +
                                    cluster_of[across->second]);
            all.offsets.push_back(static_cast<std::uint32_t>(all.links.size()));
        }
    }
    return all;
}

}  // namespace

Labels agglomerate(const Component& component, const Bounds& bounds, std::uint32_t parts,
                   unsigned threads) {
    const std::uint32_t atoms = component.atoms();
    constexpr std::uint32_t block_atoms = 1U << 16;
    constexpr int block_rounds = 3;  // leave clusters of some six atoms, small beside a block
    constexpr int all_rounds = std::numeric_limits<int>::max();
    // Merge i makes node atoms + i.
    std::vector<Merge> merges;
    Level level;
    if (atoms <= block_atoms) {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> across;  // none
        level = atoms_of(component, 0, atoms, across);
        merges.reserve(atoms);
    } else {
        std::vector<Block> blocks((atoms - 1) / block_atoms + 1);
        std::vector<std::uint32_t> cluster_of;
        resize_in_large_pages(cluster_of, atoms);
        // Places for as many merges of a block as it has atoms: nobody need wait for their number.
        assign_in_large_pages(merges, atoms, Merge{no_index, no_index, 0, false});
        for_each_piece(
            blocks.size(), threads,
            [&](std::size_t b) {
                Block& block = blocks[b];
                block.first = static_cast<std::uint32_t>(b) * block_atoms;
                block.last = std::min(atoms, block.first + block_atoms);
                block.level = atoms_of(component, block.first, block.last, block.across);
                const std::uint32_t first_node = atoms + block.first;
                merge_in_rounds(block.level, bounds, first_node, block_rounds, block.merges);
                find_clusters(block, first_node, cluster_of);
                std::copy(block.merges.begin(), block.merges.end(), merges.begin() + block.first);
                block.merges = {};
            },
            [](std::size_t) {});
        level = join(blocks, block_atoms, cluster_of);
    }
    merge_in_rounds(level, bounds, atoms, all_rounds, merges);
    std::vector<std::uint32_t> roots;
    for (const Cluster& cluster : level.clusters) roots.push_back(cluster.node);
    if (roots.size() > parts)
        merge_lightest(level, parts, atoms, merges, roots);
    else
        take_back(merges, parts, atoms, roots);

    // Numbers from roots down; then by first atom.
    std::vector<std::uint32_t> root_of;
    assign_in_large_pages(root_of, atoms + merges.size(), no_index);
    for (std::uint32_t i = 0; i < roots.size(); ++i) root_of[roots[i]] = i;
    for (std::size_t i = merges.size(); i-- > 0;) {
        const std::uint32_t root = root_of[atoms + i];
        if (root == no_index) continue;
        root_of[merges[i].a] = root_of[merges[i].b] = root;
    }
    Labels start;
    resize_in_large_pages(start.part_of, atoms);
    std::vector<std::uint32_t> number_of(roots.size(), no_index);
    for (std::uint32_t atom = 0; atom < atoms; ++atom) {
        std::uint32_t& number = number_of[root_of[atom]];
        if (number == no_index) number = start.parts++;
        start.part_of[atom] = number;
    }
    return start;
}

}  // namespace gridgov::partition
