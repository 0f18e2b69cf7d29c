#include "partition/agglomerate.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <queue>
#include <tuple>
#include <utility>

#include "partition/random.hpp"

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
    std::int64_t weight_a, weight_b;
};

Level atoms_of(const Component& component) {
    const std::uint32_t atoms = component.atoms();
    Level level;
    level.clusters.resize(atoms);
    level.offsets.reserve(atoms + 1);
    level.offsets.push_back(0);
    level.links.reserve(component.links.size() / 2);
    for (std::uint32_t atom = 0; atom < atoms; ++atom) {
        const auto members = component.members_of(atom);
        Cluster cluster{0, 0, static_cast<double>(component.atom_weight[atom]),
                        static_cast<std::uint32_t>(members.size()), atom};
        for (const std::uint32_t household : members) {
            cluster.x_um += component.x_um[household];
            cluster.y_um += component.y_um[household];
        }
        cluster.x_um /= static_cast<double>(members.size());
        cluster.y_um /= static_cast<double>(members.size());
        level.clusters[atom] = cluster;
        for (const std::uint32_t other : component.neighbours_of(atom))
            if (other > atom) level.links.push_back(other);
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

/// Merges all pairs (`partner` is its own inverse); `next` is filled anew. `merges` grows; nodes are
/// numbered on from `atoms`.
void merge_pairs(const Level& level, const std::vector<std::uint32_t>& partner,
                 const std::vector<double>& cost, std::uint32_t atoms, MergeScratch& scratch,
                 Level& next, std::vector<Merge>& merges) {
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
                            atoms + static_cast<std::uint32_t>(merges.size())};
        merges.push_back({one.node, other.node, std::max(cost[a], cost[b]),
                          static_cast<std::int64_t>(one.weight),
                          static_cast<std::int64_t>(other.weight)});
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
        merges.push_back({node[a], node[best], 0, weight[a], weight[best]});
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
               std::int64_t min, std::vector<std::uint32_t>& roots) {
    struct Choice {
        bool legal;
        double cost;
        std::uint32_t node;
        bool operator<(const Choice& other) const {
            if (legal != other.legal) return !legal;
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
        choices.push({merge.weight_a >= min && merge.weight_b >= min, merge.cost, node});
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

}  // namespace

Labels agglomerate(const Component& component, const Bounds& bounds, std::uint32_t parts) {
    const std::uint32_t atoms = component.atoms();
    Level level = atoms_of(component);
    std::vector<Merge> merges;
    merges.reserve(atoms);
    {
        Level next;
        MergeScratch scratch;
        std::vector<std::uint32_t> partner;
        std::vector<double> cost;
        for (std::size_t before = no_index; before != merges.size();) {
            before = merges.size();
            choose_partners(level, bounds.max, partner, cost);
            pair_up(partner, cost);
            merge_pairs(level, partner, cost, atoms, scratch, next, merges);
            std::swap(level, next);
        }
    }
    std::vector<std::uint32_t> roots;
    for (const Cluster& cluster : level.clusters) roots.push_back(cluster.node);
    if (roots.size() > parts)
        merge_lightest(level, parts, atoms, merges, roots);
    else
        take_back(merges, parts, atoms, bounds.min, roots);

    // Numbers from roots down; then by first atom.
    std::vector<std::uint32_t> root_of(atoms + merges.size(), no_index);
    for (const std::uint32_t root : roots) root_of[root] = root;
    for (std::size_t i = merges.size(); i-- > 0;) {
        const std::uint32_t root = root_of[atoms + i];
        if (root == no_index) continue;
        root_of[merges[i].a] = root_of[merges[i].b] = root;
    }
    Labels start;
    start.part_of.resize(atoms);
    std::vector<std::uint32_t> number_of(root_of.size(), no_index);
    for (std::uint32_t atom = 0; atom < atoms; ++atom) {
        std::uint32_t& number = number_of[root_of[atom]];
        if (number == no_index) number = start.parts++;
        start.part_of[atom] = number;
    }
    return start;
}

}  // namespace gridgov::partition
