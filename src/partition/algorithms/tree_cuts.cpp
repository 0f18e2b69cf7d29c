#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "partition/algorithms/baselines.hpp"

namespace gridgov::partition::baselines {
namespace {

struct Link {
    double length_um;
    std::uint32_t u, v;
};

}  // namespace

std::vector<std::int32_t> tree_cuts(const Town& town, const neighbours::Neighbours& neighbours,
                                    const Options& options) {
    const Bounds bounds(options.rules);
    return by_component(
        town, neighbours, options,
        [&bounds](const Component& component, std::span<std::uint32_t> out) {
            // The shortest spanning tree (Kruskal), then from the leaves up: as soon as what hangs
            // together weighs the component's mean courtyard, it is cut off.
            const std::uint32_t atoms = component.atoms();
            std::vector<Link> links;
            for (std::uint32_t u = 0; u < atoms; ++u)
                for (const std::uint32_t v : component.neighbours_of(u))
                    if (u < v) {
                        const std::uint32_t a = component.members_of(u).front();
                        const std::uint32_t b = component.members_of(v).front();
                        const double dx = component.x_um[a] - component.x_um[b];
                        const double dy = component.y_um[a] - component.y_um[b];
                        const double xx = dx * dx, yy = dy * dy;
                        links.push_back({std::sqrt(xx + yy), u, v});
                    }
            std::sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
                if (a.length_um != b.length_um) return a.length_um < b.length_um;
                return std::pair(a.u, a.v) < std::pair(b.u, b.v);
            });
            std::vector<std::uint32_t> root(atoms);
            std::iota(root.begin(), root.end(), 0U);
            const auto find = [&](std::uint32_t atom) {
                while (root[atom] != atom) atom = root[atom] = root[root[atom]];
                return atom;
            };
            std::vector<std::vector<std::uint32_t>> tree(atoms);
            for (const Link& link : links) {
                const std::uint32_t a = find(link.u), b = find(link.v);
                if (a == b) continue;
                root[a] = b;
                tree[link.u].push_back(link.v);
                tree[link.v].push_back(link.u);
            }
            std::vector<std::uint32_t> order{0}, parent(atoms, no_index), part(atoms, no_index);
            parent[0] = 0;
            for (std::size_t next = 0; next < order.size(); ++next)
                for (const std::uint32_t other : tree[order[next]])
                    if (parent[other] == no_index) {
                        parent[other] = order[next];
                        order.push_back(other);
                    }
            const std::int64_t enough = std::clamp(
                component.weight / component.count.courtyards, bounds.min, bounds.max);
            std::vector<std::int64_t> open = component.atom_weight;
            std::vector<std::uint8_t> cut(atoms, 0);
            for (std::size_t i = atoms; i-- > 1;) {
                const std::uint32_t atom = order[i];
                if (open[atom] >= enough)
                    cut[atom] = 1;
                else
                    open[parent[atom]] += open[atom];
            }
            std::uint32_t parts = 1;
            part[0] = 0;
            for (std::size_t i = 1; i < atoms; ++i)
                part[order[i]] = cut[order[i]] ? parts++ : part[parent[order[i]]];
            for (std::uint32_t i = 0; i < out.size(); ++i) out[i] = part[component.atom_of[i]];
            return parts;
        });
}

}  // namespace gridgov::partition::baselines
