// All divisions of a small component, with or without two atoms together.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include "partition/component.hpp"
#include "partition/state.hpp"

namespace gridgov::partition {

struct EnumeratedDivision {
    double cost_um = std::numeric_limits<double>::infinity();
    std::vector<std::uint32_t> labels;  ///< a part per atom; empty: there is no such division
};

/// Finds the shortest division of a component into as many connected parts as now that breaks no more
/// weight than now, by dynamic programming over sets of atoms: the part with the lowest atom left is
/// any connected set. O(parts × 3^atoms) time, O(parts × 2^atoms) memory. Groups cost nothing here.
template <class Distance>
class WishEnumeration {
public:
    WishEnumeration(const Component& component, const Bounds& bounds, Distance& distance,
                    const std::vector<std::uint32_t>& now, std::uint32_t parts)
        : atoms_(component.atoms()), parts_(parts), blocks_(std::size_t{1} << atoms_) {
        std::vector<std::uint32_t> beside(atoms_, 0);
        for (std::uint32_t atom = 0; atom < atoms_; ++atom)
            for (const std::uint32_t other : component.neighbours_of(atom))
                beside[atom] |= 1U << other;
        std::vector<std::uint32_t> households;
        for (std::uint32_t set = 1; set < blocks_.size(); ++set) {
            Block& block = blocks_[set];
            std::uint32_t seen = set & (~set + 1);
            for (std::uint32_t before = 0; before != seen;) {
                before = seen;
                for (std::uint32_t rest = before; rest != 0; rest &= rest - 1)
                    seen |= beside[static_cast<std::uint32_t>(std::countr_zero(rest))] & set;
            }
            block.connected = seen == set;
            if (!block.connected) continue;
            households.clear();
            std::int64_t weight = 0;
            for (std::uint32_t rest = set; rest != 0; rest &= rest - 1) {
                const auto atom = static_cast<std::uint32_t>(std::countr_zero(rest));
                weight += component.atom_weight[atom];
                const auto members = component.members_of(atom);
                households.insert(households.end(), members.begin(), members.end());
            }
            block.broken = bounds.broken(weight);
            double least = infinity, least_of_all = infinity;
            for (const std::uint32_t head : households) {
                double sum = 0;
                for (const std::uint32_t member : households) sum += distance(head, member);
                least_of_all = std::min(least_of_all, sum);
                if (component.may_be_head[head]) least = std::min(least, sum);
            }
            block.cost_um = least < infinity ? least : least_of_all + headless_cost_um;
        }
        std::vector<std::uint32_t> sets(parts, 0);
        for (std::uint32_t atom = 0; atom < atoms_; ++atom) sets[now[atom]] |= 1U << atom;
        for (const std::uint32_t set : sets) {
            broken_now_ += blocks_[set].broken;
            // A hand-made part in pieces costs what it costs; it can only get better.
            if (!blocks_[set].connected) in_pieces_ = true;
            cost_now_um_ += blocks_[set].cost_um;
        }
        if (in_pieces_) {
            State<Distance> state(component, bounds, distance, 0);
            state.assign(now, parts);
            cost_now_um_ = state.cost_um();
            broken_now_ = 0;
            for (std::uint32_t part = 0; part < parts; ++part)
                broken_now_ += blocks_[sets[part]].connected ? blocks_[sets[part]].broken
                                                             : state.part(part).weight;
        }
    }

    double cost_now_um() const { return cost_now_um_; }

    /// The shortest with atoms a and b in one part; no_index for both: with no such condition.
    EnumeratedDivision least(std::uint32_t a, std::uint32_t b) const {
        const std::uint32_t both = a == no_index ? 0 : (1U << a) | (1U << b);
        const std::size_t all = blocks_.size() - 1;
        std::vector<std::vector<Best>> best(parts_ + 1, std::vector<Best>(blocks_.size()));
        best[0][0] = {0, 0, 0};
        for (std::uint32_t count = 1; count <= parts_; ++count)
            for (std::uint32_t set = 1; set <= all; ++set) {
                const std::uint32_t lowest = set & (~set + 1), rest = set & ~lowest;
                Best& here = best[count][set];
                for (std::uint32_t more = rest;; more = (more - 1) & rest) {
                    const std::uint32_t block = lowest | more;
                    const std::uint32_t held = block & both;
                    const Best& before = best[count - 1][set & ~block];
                    if (blocks_[block].connected && (held == 0 || held == both) &&
                        before.block != no_index) {
                        const Best now{before.broken + blocks_[block].broken,
                                       before.cost_um + blocks_[block].cost_um, block};
                        if (here.block == no_index || now.broken < here.broken ||
                            (now.broken == here.broken && now.cost_um < here.cost_um))
                            here = now;
                    }
                    if (more == 0) break;
                }
            }
        EnumeratedDivision result;
        const Best& found = best[parts_][all];
        if (found.block == no_index || found.broken > broken_now_) return result;
        result.cost_um = found.cost_um;
        result.labels.resize(atoms_);
        auto set = static_cast<std::uint32_t>(all);
        for (std::uint32_t count = parts_; count > 0; --count) {
            const std::uint32_t block = best[count][set].block;
            for (std::uint32_t atom = 0; atom < atoms_; ++atom)
                if ((block >> atom & 1U) != 0) result.labels[atom] = count - 1;
            set &= ~block;
        }
        return result;
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    struct Block {
        double cost_um = 0;
        std::int64_t broken = 0;
        bool connected = false;
    };
    struct Best {
        std::int64_t broken = 0;
        double cost_um = 0;
        std::uint32_t block = no_index;  ///< the part with the lowest atom; no_index: none
    };

    std::uint32_t atoms_, parts_;
    std::vector<Block> blocks_;  ///< by set of atoms
    bool in_pieces_ = false;
    std::int64_t broken_now_ = 0;
    double cost_now_um_ = 0;
};

}  // namespace gridgov::partition
