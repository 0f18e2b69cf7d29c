// Splits along a tree and the bound on broken weight, against every way to cut a small tree.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "partition/shape_bound.hpp"
#include "partition/tree_split.hpp"

using namespace gridgov;
using namespace gridgov::partition;

namespace {

constexpr std::int64_t unit = 1'000'000;

/// A component with the given links and weights (in halves), nothing else.
Component component_of(std::uint32_t atoms, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& links,
                       const std::vector<std::int64_t>& weights, const Bounds& bounds) {
    Component component;
    component.row.resize(atoms);
    component.atom_of.resize(atoms);
    std::iota(component.row.begin(), component.row.end(), 0U);
    std::iota(component.atom_of.begin(), component.atom_of.end(), 0U);
    component.members = component.row;
    component.atom_weight = weights;
    std::vector<std::vector<std::uint32_t>> beside(atoms);
    for (const auto& [u, v] : links) {
        beside[u].push_back(v);
        beside[v].push_back(u);
    }
    component.link_offsets.push_back(0);
    component.member_offsets.push_back(0);
    for (std::uint32_t atom = 0; atom < atoms; ++atom) {
        std::sort(beside[atom].begin(), beside[atom].end());
        component.links.insert(component.links.end(), beside[atom].begin(), beside[atom].end());
        component.link_offsets.push_back(static_cast<std::uint32_t>(component.links.size()));
        component.member_offsets.push_back(atom + 1);
        component.weight += weights[atom];
    }
    component.count = courtyard_count(component.weight, bounds);
    return component;
}

/// The least broken weight by cutting any set of the links, and which numbers of all-legal parts
/// there are (bit p).
struct EveryCut {
    std::int64_t broken = std::numeric_limits<std::int64_t>::max();
    std::uint64_t legal_parts = 0;

    EveryCut(const Component& component, const Bounds& bounds,
             const std::vector<std::pair<std::uint32_t, std::uint32_t>>& links) {
        for (std::uint32_t kept = 0; kept < 1U << links.size(); ++kept) {
            std::vector<std::uint32_t> root(component.atoms());
            std::iota(root.begin(), root.end(), 0U);
            const auto find = [&](std::uint32_t atom) {
                while (root[atom] != atom) atom = root[atom];
                return atom;
            };
            for (std::size_t i = 0; i < links.size(); ++i)
                if ((kept >> i & 1) != 0) root[find(links[i].first)] = find(links[i].second);
            std::vector<std::int64_t> weight(component.atoms(), 0);
            for (std::uint32_t atom = 0; atom < component.atoms(); ++atom)
                weight[find(atom)] += component.atom_weight[atom];
            std::int64_t sum = 0;
            std::uint32_t parts = 0;
            for (const std::int64_t w : weight) {
                if (w == 0) continue;
                ++parts;
                sum += bounds.broken(w);
            }
            broken = std::min(broken, sum);
            if (sum == 0) legal_parts |= 1ULL << parts;
        }
    }
};

/// Checks that a split is one: connected parts by the tree, numbered from 0, with this broken weight.
void check_split(const Region& region, const SpanningTree& tree, const Split& split,
                 const Bounds& bounds) {
    std::vector<std::int64_t> weight(split.parts, 0);
    std::vector<std::uint32_t> joined(split.parts, 0), count(split.parts, 0);
    for (const std::uint32_t node : tree.order) {
        REQUIRE(split.label[node] < split.parts);
        weight[split.label[node]] += region.weight[node];
        ++count[split.label[node]];
        if (tree.parent[node] != node && split.label[tree.parent[node]] == split.label[node])
            ++joined[split.label[node]];
    }
    std::int64_t broken = 0;
    for (std::uint32_t part = 0; part < split.parts; ++part) {
        CHECK(count[part] > 0);
        CHECK(joined[part] + 1 == count[part]);  // a part of a tree with so many links is connected
        broken += bounds.broken(weight[part]);
    }
    CHECK(broken == split.broken);
}

}  // namespace

TEST_CASE("property: splits of trees are exact, and so is the bound on them") {
    Random random(5);
    for (int round = 0; round < 400; ++round) {
        CAPTURE(round);
        const std::uint32_t atoms = 1 + random.below(11);
        std::vector<std::pair<std::uint32_t, std::uint32_t>> links;
        std::vector<std::int64_t> weights;
        for (std::uint32_t atom = 0; atom < atoms; ++atom) {
            if (atom > 0) links.push_back({random.below(atom), atom});
            weights.push_back(round % 3 == 0 ? (1 + random.below(4)) * unit / 2 : unit);
        }
        Rules rules;
        rules.weight_min = 2 + random.below(3);
        rules.weight_max = rules.weight_min + random.below(3);
        rules.weight_target = rules.weight_min;
        const Bounds bounds(rules);
        const Component component = component_of(atoms, links, weights, bounds);
        const EveryCut every(component, bounds, links);

        std::vector<std::uint32_t> all(atoms);
        std::iota(all.begin(), all.end(), 0U);
        const Region region = make_region(component, all);
        const SpanningTree tree = random_spanning_tree(region, random);
        REQUIRE(tree.order.size() == atoms);
        for (std::uint32_t parts = 1; parts <= atoms; ++parts) {
            const auto split = split_tree(region, tree, bounds, parts);
            CHECK(split.has_value() == ((every.legal_parts >> parts & 1) != 0));
            if (!split) continue;
            CHECK(split->parts == parts);
            check_split(region, tree, *split, bounds);
        }
        const LeastBroken least = split_tree_least_broken(region, tree, bounds);
        CHECK(least.exact);
        CHECK(least.split.broken == every.broken);
        check_split(region, tree, least.split, bounds);
        CHECK(shape_bound(component, bounds).broken == every.broken);
    }
}

TEST_CASE("property: on graphs with cycles the bound is never above the least there is") {
    Random random(9);
    int reached = 0;
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        const std::uint32_t atoms = 2 + random.below(7);
        std::vector<std::pair<std::uint32_t, std::uint32_t>> links;
        for (std::uint32_t atom = 1; atom < atoms; ++atom)
            links.push_back({round % 2 == 0 ? 0 : random.below(atom), atom});
        for (std::uint32_t extra = 0; extra < 3; ++extra) {
            const std::uint32_t u = random.below(atoms), v = random.below(atoms);
            const auto link = std::minmax(u, v);
            if (u != v && std::find(links.begin(), links.end(),
                                    std::pair<std::uint32_t, std::uint32_t>(link)) == links.end())
                links.push_back(link);
        }
        Rules rules;
        rules.weight_min = 2 + random.below(3);
        rules.weight_max = rules.weight_min + random.below(2);
        rules.weight_target = rules.weight_min;
        const Bounds bounds(rules);
        const Component component =
            component_of(atoms, links, std::vector<std::int64_t>(atoms, unit), bounds);
        const EveryCut every(component, bounds, links);
        const std::int64_t bound = shape_bound(component, bounds).broken;
        CHECK(bound <= every.broken);
        reached += bound == every.broken ? 1 : 0;
    }
    CHECK(reached > 150);  // and it is not trivially 0
}

TEST_CASE("more than 63 parts, and no way to split, are no split") {
    Rules rules{2, 3, 2, {}};
    const Bounds bounds(rules);
    const Component star = component_of(5, {{0, 1}, {0, 2}, {0, 3}, {0, 4}},
                                        std::vector<std::int64_t>(5, unit), bounds);
    const Region region = make_region(star, {0, 1, 2, 3, 4});
    Random random(1);
    const SpanningTree tree = random_spanning_tree(region, random);
    CHECK_FALSE(split_tree(region, tree, bounds, 2).has_value());
    CHECK_FALSE(split_tree(region, tree, bounds, 64).has_value());
    CHECK_FALSE(split_tree(region, tree, bounds, 0).has_value());
    CHECK(split_tree_least_broken(region, tree, bounds).split.broken == 2 * unit);
    CHECK(shape_bound(star, bounds).cause == Code::shape_infeasible);
}
