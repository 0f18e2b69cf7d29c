#include "partition/agglomerate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>
#include <utility>

namespace gridgov::partition {
namespace {

struct Cluster {
    double x_um = 0, y_um = 0;  ///< centre of its households
    double households = 0;
    std::int64_t weight = 0;
    std::vector<std::uint32_t> beside;  ///< clusters, some of them merged since
};

struct Pair {
    double cost;
    std::uint32_t a, b;
    bool operator>(const Pair& other) const {
        if (cost != other.cost) return cost > other.cost;
        return std::pair(a, b) > std::pair(other.a, other.b);
    }
};

}  // namespace

Start agglomerate(const Component& component, const Bounds& bounds, std::uint32_t parts) {
    const std::uint32_t atoms = component.atoms();
    std::vector<Cluster> clusters(atoms);
    clusters.reserve(2 * std::size_t{atoms});
    std::vector<std::uint32_t> into(atoms);  // where a cluster went; itself while it lives
    std::iota(into.begin(), into.end(), 0U);
    into.reserve(2 * std::size_t{atoms});
    const auto living = [&](std::uint32_t cluster) {
        while (into[cluster] != cluster) cluster = into[cluster] = into[into[cluster]];
        return cluster;
    };
    const auto cost = [&](const Cluster& a, const Cluster& b) {
        const double dx = a.x_um - b.x_um, dy = a.y_um - b.y_um;
        const double xx = dx * dx, yy = dy * dy;
        const auto wa = static_cast<double>(a.weight), wb = static_cast<double>(b.weight);
        return wa * wb / (wa + wb) * (std::sqrt(xx + yy) + 1.0);
    };

    for (std::uint32_t atom = 0; atom < atoms; ++atom) {
        Cluster& cluster = clusters[atom];
        const auto members = component.members_of(atom);
        for (const std::uint32_t household : members) {
            cluster.x_um += component.x_um[household];
            cluster.y_um += component.y_um[household];
        }
        cluster.households = static_cast<double>(members.size());
        cluster.x_um /= cluster.households;
        cluster.y_um /= cluster.households;
        cluster.weight = component.atom_weight[atom];
        const auto beside = component.neighbours_of(atom);
        cluster.beside.assign(beside.begin(), beside.end());
    }
    std::vector<Pair> pairs;
    pairs.reserve(component.links.size() / 2);
    for (std::uint32_t a = 0; a < atoms; ++a)
        for (const std::uint32_t b : clusters[a].beside)
            if (a < b && clusters[a].weight + clusters[b].weight <= bounds.max)
                pairs.push_back({cost(clusters[a], clusters[b]), a, b});
    std::priority_queue<Pair, std::vector<Pair>, std::greater<>> queue(std::greater<>{},
                                                                       std::move(pairs));

    std::uint32_t count = atoms;
    const auto merge = [&](std::uint32_t a, std::uint32_t b) {
        const auto number = static_cast<std::uint32_t>(clusters.size());
        Cluster merged;
        const double households = clusters[a].households + clusters[b].households;
        merged.x_um = (clusters[a].x_um * clusters[a].households +
                       clusters[b].x_um * clusters[b].households) / households;
        merged.y_um = (clusters[a].y_um * clusters[a].households +
                       clusters[b].y_um * clusters[b].households) / households;
        merged.households = households;
        merged.weight = clusters[a].weight + clusters[b].weight;
        into[a] = into[b] = number;
        into.push_back(number);
        for (const std::uint32_t old : {a, b})
            for (const std::uint32_t other : clusters[old].beside) {
                const std::uint32_t now = living(other);
                if (now != number) merged.beside.push_back(now);
            }
        std::sort(merged.beside.begin(), merged.beside.end());
        merged.beside.erase(std::unique(merged.beside.begin(), merged.beside.end()),
                            merged.beside.end());
        clusters[a].beside = {};
        clusters[b].beside = {};
        for (const std::uint32_t other : merged.beside)
            if (merged.weight + clusters[other].weight <= bounds.max)
                queue.push({cost(merged, clusters[other]), other, number});
        clusters.push_back(std::move(merged));
        --count;
    };

    while (count > parts && !queue.empty()) {
        const Pair pair = queue.top();
        queue.pop();
        if (into[pair.a] == pair.a && into[pair.b] == pair.b) merge(pair.a, pair.b);
    }
    if (count > parts) {
        using Light = std::pair<std::int64_t, std::uint32_t>;
        std::priority_queue<Light, std::vector<Light>, std::greater<>> lightest;
        for (std::uint32_t i = 0; i < clusters.size(); ++i)
            if (into[i] == i) lightest.push({clusters[i].weight, i});
        while (count > parts && !lightest.empty()) {
            const std::uint32_t a = lightest.top().second;
            lightest.pop();
            if (into[a] != a) continue;
            std::uint32_t best = no_index;
            for (const std::uint32_t other : clusters[a].beside) {
                const std::uint32_t now = living(other);
                if (now != a && (best == no_index ||
                                 std::pair(clusters[now].weight, now) <
                                     std::pair(clusters[best].weight, best)))
                    best = now;
            }
            if (best == no_index) continue;
            merge(a, best);
            const auto number = static_cast<std::uint32_t>(clusters.size() - 1);
            lightest.push({clusters[number].weight, number});
        }
    }

    Start start;
    start.labels.resize(atoms);
    std::vector<std::uint32_t> number_of(clusters.size(), no_index);
    for (std::uint32_t atom = 0; atom < atoms; ++atom) {
        std::uint32_t& number = number_of[living(atom)];
        if (number == no_index) number = start.parts++;
        start.labels[atom] = number;
    }
    return start;
}

}  // namespace gridgov::partition
