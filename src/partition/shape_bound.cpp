#include "partition/shape_bound.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "partition/tree_split.hpp"

namespace gridgov::partition {
namespace {

/// Depth-first numbering of a component's atoms, with the low points of Hopcroft & Tarjan (1973).
struct DepthFirst {
    std::vector<std::uint32_t> order;         ///< atoms as they were entered
    std::vector<std::uint32_t> entered, low;  ///< per atom, positions in `order`
    std::vector<std::uint32_t> end;           ///< one past the last position of the subtree
    std::vector<std::uint32_t> parent;
    std::vector<std::int64_t> weight;         ///< of the subtree

    explicit DepthFirst(const Component& component)
        : entered(component.atoms(), no_index), low(component.atoms()), end(component.atoms()),
          parent(component.atoms(), no_index), weight(component.atom_weight) {
        struct Frame {
            std::uint32_t atom, next;
        };
        std::vector<Frame> stack;
        const auto enter = [&](std::uint32_t atom) {
            entered[atom] = low[atom] = static_cast<std::uint32_t>(order.size());
            order.push_back(atom);
            stack.push_back({atom, 0});
        };
        enter(0);
        while (!stack.empty()) {
            Frame& frame = stack.back();
            const std::uint32_t atom = frame.atom;
            const auto links = component.neighbours_of(atom);
            if (frame.next < links.size()) {
                const std::uint32_t other = links[frame.next++];
                if (entered[other] == no_index) {
                    parent[other] = atom;
                    enter(other);
                } else if (other != parent[atom]) {
                    low[atom] = std::min(low[atom], entered[other]);
                }
                continue;
            }
            end[atom] = static_cast<std::uint32_t>(order.size());
            stack.pop_back();
            if (parent[atom] != no_index) {
                low[parent[atom]] = std::min(low[parent[atom]], low[atom]);
                weight[parent[atom]] += weight[atom];
            }
        }
    }
};

std::int64_t cut_atom_bound(const Component& component, const Bounds& bounds) {
    const DepthFirst search(component);
    struct Piece {
        std::uint32_t first, last;  ///< positions [first, last) in the search's order
    };
    struct Cut {
        std::uint32_t atom;
        std::int64_t broken;
        std::vector<Piece> pieces;
    };
    std::vector<Cut> cuts;
    std::vector<std::vector<std::uint32_t>> children(component.atoms());
    for (const std::uint32_t atom : search.order)
        if (search.parent[atom] != no_index) children[search.parent[atom]].push_back(atom);
    for (std::uint32_t atom = 0; atom < component.atoms(); ++atom) {
        Cut cut{atom, -(bounds.max - component.atom_weight[atom]), {}};
        std::int64_t above = component.weight - component.atom_weight[atom];
        for (const std::uint32_t child : children[atom]) {
            if (search.low[child] < search.entered[atom]) continue;  // hangs on something above too
            above -= search.weight[child];
            if (search.weight[child] >= bounds.min) continue;
            cut.broken += search.weight[child];
            cut.pieces.push_back({search.entered[child], search.end[child]});
        }
        if (above > 0 && above < bounds.min) {
            // All that is not below: the children that also hang on something above belong to it.
            cut.broken += above;
            cut.pieces.push_back({0, search.entered[atom]});
            cut.pieces.push_back({search.end[atom], component.atoms()});
            for (const std::uint32_t child : children[atom])
                if (search.low[child] < search.entered[atom])
                    cut.pieces.push_back({search.entered[child], search.end[child]});
        }
        if (cut.broken > 0) cuts.push_back(std::move(cut));
    }
    std::sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) {
        return a.broken != b.broken ? a.broken > b.broken : a.atom < b.atom;
    });
    std::vector<std::uint8_t> claimed(component.atoms(), 0);
    std::int64_t sum = 0;
    for (const Cut& cut : cuts) {
        bool free = claimed[search.entered[cut.atom]] == 0;
        for (const Piece& piece : cut.pieces)
            for (std::uint32_t i = piece.first; i < piece.last && free; ++i)
                free = claimed[i] == 0;
        if (!free) continue;
        claimed[search.entered[cut.atom]] = 1;
        for (const Piece& piece : cut.pieces)
            std::fill(claimed.begin() + piece.first, claimed.begin() + piece.last, std::uint8_t{1});
        sum += cut.broken;
    }
    return sum;
}

}  // namespace

ShapeBound shape_bound(const Component& component, const Bounds& bounds) {
    ShapeBound bound;
    if (!component.count.feasible) {
        const std::int64_t most = component.weight / bounds.min;  // legal courtyards at most
        bound.broken = component.weight - most * bounds.max;
        bound.cause = most == 0 ? Code::component_too_small : Code::component_unsplittable;
    }
    if (component.atoms() != component.households()) return bound;
    const std::int64_t cuts = cut_atom_bound(component, bounds);
    if (cuts > bound.broken) bound = {cuts, Code::shape_infeasible};
    if (component.links.size() == 2 * (std::size_t{component.atoms()} - 1)) {
        std::vector<std::uint32_t> all(component.atoms());
        std::iota(all.begin(), all.end(), 0U);
        const Region region = make_region(component, std::move(all));
        Random random(0);  // there is one spanning tree only
        const LeastBroken least =
            split_tree_least_broken(region, random_spanning_tree(region, random), bounds);
        if (least.exact && least.split.broken > bound.broken)
            bound = {least.split.broken, Code::shape_infeasible};
    }
    return bound;
}

}  // namespace gridgov::partition
