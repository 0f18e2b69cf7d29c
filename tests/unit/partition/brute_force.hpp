// The optimum of a tiny town by trying every partition: what solvers are held against. Written from
// the contract alone; shares nothing with the library but the model.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::partition::testing {

/// The best partition of one component, or the sums over all of them.
struct Optimum {
    double broken_weight = 0;      ///< (1) in courtyards that break a rule
    std::int64_t courtyards = 0;   ///< (2)
    double total_distance_m = 0;   ///< (3) to the heads, over located households
    std::int64_t split_off = 0;    ///< households away from where most of their group is
    double cost_m = 0;             ///< what (3) minimises: distance + group weight × split off
    std::vector<std::int32_t> labels;
};

/// Tries all partitions of each component (components that a pin joins count as one) of at most
/// 13 households, and keeps the best by the contract's order: (1) the least weight in courtyards
/// that are disconnected, oversize or undersize; (2) among the numbers of courtyards that reach it
/// the one nearest to weight ÷ target (halves upward), one within [⌈weight ÷ max⌉, ⌊weight ÷ min⌋]
/// first; (3) the least cost. Pins are kept whatever they break. A courtyard in which nobody may be
/// head costs no distance. Rules::courtyards is not supported.
class BruteForce {
public:
    BruteForce(const Town& town, const neighbours::Neighbours& neighbours, const Options& options)
        : town_(town), neighbours_(neighbours), options_(options) {
        if (options.rules.courtyards) throw std::invalid_argument("courtyards: not supported");
        measure_distances();
    }

    Optimum run() {
        const auto count = static_cast<std::uint32_t>(town_.households());
        std::vector<std::uint32_t> unit(neighbours_.components.component_of);
        for (std::uint32_t i = 0; i < count; ++i)  // pins join components
            for (std::uint32_t j = 0; j < count; ++j)
                if (same_pin(i, j) && unit[i] != unit[j])
                    std::replace(unit.begin(), unit.end(), std::max(unit[i], unit[j]),
                                 std::min(unit[i], unit[j]));
        Optimum all;
        all.labels.assign(count, -1);
        for (std::uint32_t number = 0; number < count; ++number) {
            members_.clear();
            for (std::uint32_t i = 0; i < count; ++i)
                if (unit[i] == number) members_.push_back(i);
            if (!members_.empty()) add_component(all);
        }
        return all;
    }

private:
    struct Block {
        double broken_weight = 0;
        double distance_m = 0;
        bool splits_pin = false;
    };

    bool same_pin(std::uint32_t i, std::uint32_t j) const {
        return !town_.pin_of().empty() && town_.pin_of()[i] != no_index &&
               town_.pin_of()[i] == town_.pin_of()[j];
    }
    bool located(std::uint32_t i) const {
        return town_.anchor_of().empty() || town_.anchor_of()[i] == no_index;
    }

    /// All pairs: straight, or Floyd and Warshall's shortest walks.
    void measure_distances() {
        const auto count = town_.households();
        const bool walk = options_.metric == Metric::walk;
        const auto& network = neighbours_.walk_network.nodes() > 0 ? neighbours_.walk_network
                                                                   : neighbours_.graph;
        stride_ = walk ? network.nodes() : count;
        distance_m_.assign(stride_ * stride_, std::numeric_limits<double>::infinity());
        for (std::size_t i = 0; i < stride_; ++i) at(i, i) = 0;
        if (!walk) {
            for (std::size_t i = 0; i < count; ++i)
                for (std::size_t j = 0; j < count; ++j)
                    at(i, j) = straight_distance_m(town_.positions()[i], town_.positions()[j]);
            return;
        }
        for (const auto& edge : network.edge_list()) {
            at(edge.u, edge.v) = std::min(at(edge.u, edge.v), edge.length_m);
            at(edge.v, edge.u) = at(edge.u, edge.v);
        }
        for (std::size_t via = 0; via < stride_; ++via)
            for (std::size_t i = 0; i < stride_; ++i)
                for (std::size_t j = 0; j < stride_; ++j)
                    at(i, j) = std::min(at(i, j), at(i, via) + at(via, j));
    }
    double& at(std::size_t i, std::size_t j) { return distance_m_[i * stride_ + j]; }

    Block block_of(std::uint32_t subset) {
        std::uint32_t seen = subset & (~subset + 1);  // grow from the lowest member
        for (std::uint32_t before = 0; before != seen;) {
            before = seen;
            for (std::size_t i = 0; i < members_.size(); ++i)
                if ((before >> i & 1U) != 0) seen |= adjacent_[i] & subset;
        }
        Block block;
        Weight weight;
        double best_m = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < members_.size(); ++i) {
            if ((subset >> i & 1U) == 0) continue;
            weight += town_.weights()[members_[i]];
            double total_m = 0;
            for (std::size_t j = 0; j < members_.size(); ++j) {
                if (i == j) continue;
                const bool inside = (subset >> j & 1U) != 0;
                if (!inside && same_pin(members_[i], members_[j])) block.splits_pin = true;
                const double pair_m = at(members_[i], members_[j]);
                if (inside && located(members_[j]) && std::isfinite(pair_m)) total_m += pair_m;
            }
            if (town_.may_be_head()[members_[i]] != 0 && located(members_[i]))
                best_m = std::min(best_m, total_m);
        }
        if (std::isfinite(best_m)) block.distance_m = best_m;
        const bool broken = seen != subset ||
                            weight < weight_from_number(options_.rules.weight_min) ||
                            weight > weight_from_number(options_.rules.weight_max);
        if (broken) block.broken_weight = number_from_weight(weight);
        return block;
    }

    std::int64_t split_off(const std::vector<std::uint32_t>& blocks) const {
        if (town_.group_of().empty()) return 0;
        std::int64_t away = 0;
        std::vector<std::uint32_t> groups;
        for (const std::uint32_t i : members_)
            if (town_.group_of()[i] != no_index) groups.push_back(town_.group_of()[i]);
        std::sort(groups.begin(), groups.end());
        groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
        for (const std::uint32_t group : groups) {
            std::uint32_t of_group = 0;
            for (std::size_t i = 0; i < members_.size(); ++i)
                if (town_.group_of()[members_[i]] == group) of_group |= 1U << i;
            int most = 0;
            for (const std::uint32_t block : blocks)
                most = std::max(most, std::popcount(block & of_group));
            away += std::popcount(of_group) - most;
        }
        return away;
    }

    /// Weighs a whole partition against the best of as many courtyards.
    void consider(const std::vector<std::uint32_t>& blocks) {
        Optimum found;
        for (const std::uint32_t block : blocks) {
            found.broken_weight += table_[block].broken_weight;
            found.total_distance_m += table_[block].distance_m;
        }
        found.split_off = split_off(blocks);
        found.cost_m = found.total_distance_m +
                       options_.group_weight_m * static_cast<double>(found.split_off);
        Optimum& best = best_of_count_[blocks.size()];
        const bool better =
            best.courtyards == 0 || found.broken_weight < best.broken_weight - 1e-9 ||
            (found.broken_weight < best.broken_weight + 1e-9 && found.cost_m < best.cost_m);
        if (!better) return;
        found.courtyards = static_cast<std::int64_t>(blocks.size());
        found.labels.assign(members_.size(), 0);
        for (std::size_t block = 0; block < blocks.size(); ++block)
            for (std::size_t i = 0; i < members_.size(); ++i)
                if ((blocks[block] >> i & 1U) != 0)
                    found.labels[i] = static_cast<std::int32_t>(block);
        best = std::move(found);
    }

    void enumerate(std::uint32_t left, std::vector<std::uint32_t>& blocks) {
        if (left == 0) {
            consider(blocks);
            return;
        }
        const std::uint32_t lowest = left & (~left + 1);
        const std::uint32_t rest = left & ~lowest;
        for (std::uint32_t more = rest;; more = (more - 1) & rest) {
            const std::uint32_t block = lowest | more;
            if (!table_[block].splits_pin) {
                blocks.push_back(block);
                enumerate(left & ~block, blocks);
                blocks.pop_back();
            }
            if (more == 0) break;
        }
    }

    void add_component(Optimum& all) {
        const std::size_t count = members_.size();
        if (count > 13) throw std::invalid_argument("too many households for brute force");
        adjacent_.assign(count, 0);
        Weight weight;
        for (std::size_t i = 0; i < count; ++i) {
            weight += town_.weights()[members_[i]];
            const auto others = neighbours_.graph.neighbours(members_[i]);
            for (std::size_t j = 0; j < count; ++j)
                if (std::find(others.begin(), others.end(), members_[j]) != others.end())
                    adjacent_[i] |= 1U << j;
        }
        const std::uint32_t everyone = (1U << count) - 1;
        table_.assign(std::size_t{everyone} + 1, {});
        for (std::uint32_t subset = 1; subset <= everyone; ++subset)
            table_[subset] = block_of(subset);
        best_of_count_.assign(count + 1, {});
        std::vector<std::uint32_t> blocks;
        enumerate(everyone, blocks);

        double least = std::numeric_limits<double>::infinity();
        for (const Optimum& optimum : best_of_count_)
            if (optimum.courtyards > 0) least = std::min(least, optimum.broken_weight);
        const Optimum* chosen = nullptr;
        for (const Optimum& optimum : best_of_count_)
            if (optimum.courtyards > 0 && optimum.broken_weight < least + 1e-9 &&
                (chosen == nullptr || nearer(optimum.courtyards, chosen->courtyards, weight)))
                chosen = &optimum;
        for (std::size_t i = 0; i < count; ++i)
            all.labels[members_[i]] =
                chosen->labels[i] + static_cast<std::int32_t>(all.courtyards);
        all.courtyards += chosen->courtyards;
        all.broken_weight += chosen->broken_weight;
        all.total_distance_m += chosen->total_distance_m;
        all.split_off += chosen->split_off;
        all.cost_m += chosen->cost_m;
    }

    /// Whether the number `a` (above `b`) suits a component of this weight at least as well.
    bool nearer(std::int64_t a, std::int64_t b, Weight weight) const {
        const double size = number_from_weight(weight);
        const auto within = [&](std::int64_t count) {
            const auto number = static_cast<double>(count);
            return number * options_.rules.weight_min <= size &&
                   number * options_.rules.weight_max >= size;
        };
        if (within(a) != within(b)) return within(a);
        const double wanted = size / options_.rules.weight_target;
        return std::abs(static_cast<double>(a) - wanted) <=
               std::abs(static_cast<double>(b) - wanted);
    }

    const Town& town_;
    const neighbours::Neighbours& neighbours_;
    const Options& options_;
    std::size_t stride_ = 0;
    std::vector<double> distance_m_;
    std::vector<std::uint32_t> members_;   // households of the component at hand
    std::vector<std::uint32_t> adjacent_;  // a bit per member
    std::vector<Block> table_;             // by subset of members
    std::vector<Optimum> best_of_count_;   // by number of courtyards; 0 courtyards: none
};

inline Optimum brute_force(const Town& town, const neighbours::Neighbours& neighbours,
                           const Options& options = {}) {
    return BruteForce(town, neighbours, options).run();
}

}  // namespace gridgov::partition::testing
