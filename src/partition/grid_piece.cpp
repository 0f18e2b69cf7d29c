#include "partition/grid_piece.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "gridgov/model/ids.hpp"
#include "partition/grid_exact.hpp"
#include "partition/grid_search.hpp"
#include "partition/grid_start.hpp"
#include "partition/random.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

/// By definition, each sum given up once it is above the best.
GridCentre centre_by_definition(const GridPiece& piece, std::span<const std::uint32_t> nodes) {
    GridCentre best{nodes.front(), std::numeric_limits<double>::infinity()};
    for (const std::uint32_t candidate : nodes) {
        double metres = 0;
        for (const std::uint32_t node : nodes) {
            metres += piece.households[node] * piece.distance_m(node, candidate);
            if (metres >= best.metres) break;
        }
        if (metres < best.metres) best = {candidate, metres};
    }
    return best;
}

/// How hard to look, by effort.
struct Plan {
    std::uint32_t exact_nodes;  ///< pieces of up to so many nodes are divided exactly
    int rounds;                 ///< over a large piece, each with other blocks
    bool exchanges;
    int relocations;            ///< rounds of them in a block
    std::uint64_t perturbations;  ///< a grid, over all rounds
    std::uint64_t perturbations_min;  ///< in a block
};
Plan plan_for(Effort effort) {
    switch (effort) {
        case Effort::draft: return {8, 2, false, 0, 0, 0};
        case Effort::standard: return {10, 3, true, 6, 1, 4};
        case Effort::best: break;
    }
    return {exact_division_nodes_max, 4, true, 12, 20, 100};
}

/// A division of one piece, improved block by block. A block is some grids that follow each other on
/// a Hilbert curve, a problem of its own; other curves and other cuts make other blocks each round.
class Division {
public:
    Division(const GridPiece& piece, const GridCount& count, const GridRulesOfPiece& rules,
             const GridSearchOptions& options, std::vector<std::uint32_t> label,
             std::uint32_t grids)
        : piece_(piece), count_(count), rules_(rules), options_(options), label_(std::move(label)),
          grids_(grids), place_(piece.nodes()) {}

    void improve(const Plan& plan) {
        const int rounds = grids_ <= block_grids + block_grids / 2 ? 1 : plan.rounds;
        for (int round = 0; round < rounds && !options_.cancelled(); ++round) {
            improve_once(plan, round, rounds);
            if (options_.progress) options_.progress((round + 1.0) / rounds);
        }
    }

    GridCost cost() const {
        GridCost cost;
        const GridMembers members(label_, grids_);
        for (std::uint32_t grid = 0; grid < grids_; ++grid) {
            double households = 0;
            std::int64_t courtyards = 0;
            for (const std::uint32_t node : members[grid]) {
                households += piece_.households[node];
                courtyards += piece_.courtyards[node];
            }
            cost += rules_.cost(courtyards, households, centre_of(piece_, members[grid]).metres);
        }
        return cost;
    }
    std::vector<std::uint32_t> take() { return std::move(label_); }

private:
    static constexpr std::uint32_t block_grids = 40;

    void improve_once(const Plan& plan, int round, int rounds) {
        const GridMembers members(label_, grids_);
        std::vector<double> x_m(grids_, 0.0), y_m(grids_, 0.0), households(grids_, 0.0);
        for (std::uint32_t node = 0; node < piece_.nodes(); ++node) {
            const std::uint32_t grid = label_[node];
            x_m[grid] += piece_.households[node] * piece_.x_m[node];
            y_m[grid] += piece_.households[node] * piece_.y_m[node];
            households[grid] += piece_.households[node];
        }
        for (std::uint32_t grid = 0; grid < grids_; ++grid) {
            x_m[grid] /= households[grid];
            y_m[grid] /= households[grid];
        }
        const std::vector<std::uint32_t> order = along_hilbert(x_m, y_m, round % 2 == 1);
        // Blocks of equal size; every second round on the curve begins half a block later.
        const std::uint32_t blocks =
            grids_ <= block_grids + block_grids / 2 ? 1 : (grids_ + block_grids - 1) / block_grids;
        const std::uint32_t half = blocks > 1 && round % 4 >= 2 ? grids_ / blocks / 2 : 0;
        std::vector<std::uint32_t> starts{0};
        for (std::uint32_t block = half > 0 ? 0 : 1; block < blocks; ++block)
            starts.push_back(half + static_cast<std::uint32_t>(std::uint64_t{block} * grids_ / blocks));
        starts.push_back(grids_);

        struct Block {
            std::vector<std::uint32_t> nodes, label;
            std::uint32_t grids = 0;
        };
        std::vector<Block> found(starts.size() - 1);
        for (std::size_t i = 0; i < found.size(); ++i) {
            auto& nodes = found[i].nodes;
            for (std::uint32_t j = starts[i]; j < starts[i + 1]; ++j)
                nodes.insert(nodes.end(), members[order[j]].begin(), members[order[j]].end());
            std::sort(nodes.begin(), nodes.end());
            for (std::uint32_t j = 0; j < nodes.size(); ++j) place_[nodes[j]] = j;
        }
        const std::uint64_t seed = Random(options_.seed + static_cast<std::uint64_t>(round)).next();
        for_each_piece(
            found.size(), options_.threads,
            [&](std::size_t i) {
                Block& block = found[i];
                const GridPiece part = part_of(piece_, block.nodes, place_);
                std::vector<std::uint32_t> local(block.nodes.size());
                for (std::uint32_t j = starts[i]; j < starts[i + 1]; ++j)
                    for (const std::uint32_t node : members[order[j]])
                        local[place_[node]] = j - starts[i];
                GridSearch search(part, rules_, std::move(local), starts[i + 1] - starts[i],
                                  Random(seed + i).next(), options_);
                search.descend(plan.exchanges);
                if (search.cost().outside > 0) search.legalise(count_);
                if (plan.relocations > 0) search.relocate(plan.relocations);
                if (plan.perturbations > 0)
                    search.perturb(std::max<std::uint64_t>(
                        plan.perturbations * search.grids() / static_cast<std::uint64_t>(rounds),
                        plan.perturbations_min));
                block.label = search.label();
                block.grids = search.grids();
            },
            [](std::size_t) {});
        grids_ = 0;
        for (const Block& block : found) {
            for (std::size_t j = 0; j < block.nodes.size(); ++j)
                label_[block.nodes[j]] = grids_ + block.label[j];
            grids_ += block.grids;
        }
    }

    const GridPiece& piece_;
    const GridCount& count_;
    const GridRulesOfPiece& rules_;
    const GridSearchOptions& options_;
    std::vector<std::uint32_t> label_;
    std::uint32_t grids_;
    std::vector<std::uint32_t> place_;  // of a node in its block
};

}  // namespace

GridCentre centre_of(const GridPiece& piece, std::span<const std::uint32_t> nodes) {
    constexpr std::size_t few = 64;
    if (nodes.size() <= few) return centre_by_definition(piece, nodes);
    // What is left to measure, and the greatest bound from below that is known of each.
    struct Candidate {
        double bound;
        std::uint32_t node;
    };
    std::vector<Candidate> left;
    left.reserve(nodes.size());
    for (const std::uint32_t node : nodes)
        left.push_back({-std::numeric_limits<double>::infinity(), node});
    GridCentre best{nodes.front(), std::numeric_limits<double>::infinity()};
    std::uint32_t next = nodes[nodes.size() / 2];
    while (!left.empty()) {
        double metres = 0, slope_x = 0, slope_y = 0;
        for (const std::uint32_t node : nodes) {
            const double d = piece.distance_m(node, next);
            if (d == 0) continue;
            metres += piece.households[node] * d;
            slope_x += piece.households[node] * (piece.x_m[next] - piece.x_m[node]) / d;
            slope_y += piece.households[node] * (piece.y_m[next] - piece.y_m[node]) / d;
        }
        if (metres < best.metres || (metres == best.metres && next < best.node))
            best = {next, metres};
        std::size_t kept = 0;
        Candidate lowest{std::numeric_limits<double>::infinity(), no_index};
        for (Candidate candidate : left) {
            const double dx = piece.x_m[candidate.node] - piece.x_m[next];
            const double dy = piece.y_m[candidate.node] - piece.y_m[next];
            if (candidate.node == next || (dx == 0 && dy == 0 && candidate.node > next)) continue;
            const double rise_x = slope_x * dx;
            const double rise_y = slope_y * dy;
            // Rounding is far below a part in a thousand million.
            const double margin = 1e-9 * (metres + std::abs(rise_x) + std::abs(rise_y));
            candidate.bound = std::max(candidate.bound, metres + rise_x + rise_y - margin);
            if (candidate.bound > best.metres) continue;
            if (candidate.bound < lowest.bound) lowest = candidate;
            left[kept++] = candidate;
        }
        left.resize(kept);
        next = lowest.node;
    }
    return best;
}

GridRulesOfPiece::GridRulesOfPiece(const GridPiece& piece, const GridBounds& of_grids,
                                   std::uint32_t grids)
    : bounds(of_grids) {
    std::vector<std::uint32_t> all(piece.nodes());
    std::iota(all.begin(), all.end(), 0U);
    const double total =
        std::accumulate(piece.households.begin(), piece.households.end(), 0.0);
    share = total / grids;
    constexpr double least_m = 1e-3;  // where all stand at one place, balance is all that counts
    const double mean_m =
        centre_of(piece, all).metres / total / std::sqrt(static_cast<double>(grids));
    balance_m = 2 * std::max(least_m, mean_m);
}

GridMembers::GridMembers(std::span<const std::uint32_t> labels, std::uint32_t count)
    : offsets(count + std::size_t{1}, 0), nodes(labels.size()) {
    for (const std::uint32_t label : labels) ++offsets[label + 1];
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    std::vector<std::uint32_t> next(offsets.begin(), offsets.end() - 1);
    for (std::uint32_t node = 0; node < labels.size(); ++node) nodes[next[labels[node]]++] = node;
}

GridPiece part_of(const GridPiece& piece, std::span<const std::uint32_t> nodes,
                  std::span<const std::uint32_t> place) {
    GridPiece part;
    const std::size_t size = nodes.size();
    part.x_m.resize(size);
    part.y_m.resize(size);
    part.households.resize(size);
    part.courtyards.resize(size);
    part.offsets.reserve(size + 1);
    part.offsets.push_back(0);
    for (std::size_t i = 0; i < size; ++i) {
        part.x_m[i] = piece.x_m[nodes[i]];
        part.y_m[i] = piece.y_m[nodes[i]];
        part.households[i] = piece.households[nodes[i]];
        part.courtyards[i] = piece.courtyards[nodes[i]];
        for (const std::uint32_t other : piece.neighbours(nodes[i]))
            if (place[other] < size && nodes[place[other]] == other)
                part.targets.push_back(place[other]);
        part.offsets.push_back(static_cast<std::uint32_t>(part.targets.size()));
    }
    return part;
}

std::vector<std::uint32_t> divide(const GridPiece& piece, const GridCount& count,
                                  const GridBounds& bounds, const GridSearchOptions& options) {
    const std::uint32_t nodes = piece.nodes();
    std::vector<std::uint32_t> label(nodes, 0);
    if (count.wanted == 1 && (count.fixed() || bounds.outside(nodes) == 0)) return label;
    std::iota(label.begin(), label.end(), 0U);
    if (count.wanted == nodes && count.fixed()) return label;
    const GridRulesOfPiece rules(piece, bounds, count.wanted);
    const Plan plan = plan_for(options.effort);
    if (nodes <= plan.exact_nodes) return divide_exactly(piece, count, rules);

    // Large grids: first of clumps, about as many in each, then of courtyards.
    constexpr std::uint32_t clumps_a_grid = 16;
    if (nodes / count.wanted >= 3 * clumps_a_grid) {
        Plan rough = plan_for(Effort::draft);
        const Clumps clumps =
            agglomerate_in_tiles(piece, clumps_a_grid * count.wanted, rules, options);
        const GridPiece coarse = contract(piece, clumps);
        const Clumps start = agglomerate_in_tiles(coarse, count.wanted, rules, options);
        Division of_clumps(coarse, count, rules, options, start.label, start.count);
        of_clumps.improve(plan);
        const std::vector<std::uint32_t> grid_of_clump = of_clumps.take();
        for (std::uint32_t& clump : label) clump = grid_of_clump[clumps.label[clump]];
        const std::uint32_t grids = 1 + *std::max_element(label.begin(), label.end());
        rough.exchanges = plan.exchanges;
        Division division(piece, count, rules, options, std::move(label), grids);
        division.improve(rough);
        return division.take();
    }
    const Clumps start = agglomerate_in_tiles(piece, count.wanted, rules, options);
    Division division(piece, count, rules, options, start.label, start.count);
    division.improve(plan);
    if (nodes <= exact_division_nodes_max && division.cost().outside > 0)
        return divide_exactly(piece, count, rules);
    return division.take();
}

}  // namespace gridgov::partition
