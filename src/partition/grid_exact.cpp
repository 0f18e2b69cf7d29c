#include "partition/grid_exact.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <tuple>

namespace gridgov::partition {
namespace {

/// What the best division of a set into a number of grids costs, and its grid with the first node.
struct Best {
    std::int64_t outside = std::numeric_limits<std::int64_t>::max();
    double metres = 0;
    std::uint32_t grid = 0;
    bool found() const { return grid != 0; }
};

}  // namespace

std::vector<std::uint32_t> divide_exactly(const GridPiece& piece, const GridCount& count,
                                          const GridRulesOfPiece& rules) {
    const std::uint32_t nodes = piece.nodes();
    const std::uint32_t all = (std::uint32_t{1} << nodes) - 1;
    std::vector<std::uint32_t> beside(nodes, 0);
    for (std::uint32_t node = 0; node < nodes; ++node)
        for (const std::uint32_t other : piece.neighbours(node)) beside[node] |= 1U << other;

    // Connected sets by their first node, with their costs.
    struct Grid {
        std::uint32_t set;
        GridCost cost;
    };
    std::vector<std::vector<Grid>> starting_with(nodes);
    std::vector<std::uint32_t> members;
    for (std::uint32_t set = 1; set <= all; ++set) {
        std::uint32_t reached = set & (~set + 1), front = reached;
        while (front != 0) {
            std::uint32_t next = 0;
            for (std::uint32_t rest = front; rest != 0; rest &= rest - 1)
                next |= beside[static_cast<std::size_t>(std::countr_zero(rest))];
            front = next & set & ~reached;
            reached |= front;
        }
        if (reached != set) continue;
        members.clear();
        double households = 0;
        std::int64_t courtyards = 0;
        for (std::uint32_t rest = set; rest != 0; rest &= rest - 1) {
            members.push_back(static_cast<std::uint32_t>(std::countr_zero(rest)));
            households += piece.households[members.back()];
            courtyards += piece.courtyards[members.back()];
        }
        starting_with[members.front()].push_back(
            {set, rules.cost(courtyards, households, centre_of(piece, members).metres)});
    }

    // best[grids × sets + set], from smaller sets to larger: a set's first node is in one grid.
    const std::size_t sets = std::size_t{all} + 1;
    std::vector<Best> best((std::size_t{count.most} + 1) * sets);
    best[0] = {0, 0, all};
    for (std::uint32_t set = 1; set <= all; ++set)
        for (const Grid& grid : starting_with[static_cast<std::size_t>(std::countr_zero(set))]) {
            if ((grid.set & ~set) != 0) continue;
            const std::uint32_t rest = set & ~grid.set;
            const auto grids_max = std::min<std::uint32_t>(
                count.most, static_cast<std::uint32_t>(std::popcount(rest)) + 1);
            for (std::uint32_t grids = 1; grids <= grids_max; ++grids) {
                const Best& before = best[(grids - 1) * sets + rest];
                if (!before.found()) continue;
                Best& here = best[grids * sets + set];
                const std::int64_t outside = before.outside + grid.cost.outside;
                const double metres = before.metres + grid.cost.metres;
                if (std::tie(outside, metres) < std::tie(here.outside, here.metres))
                    here = {outside, metres, grid.set};
            }
        }

    std::uint32_t grids = 0;
    const auto off = [&](std::uint32_t number) {  // the nearest; of two as near the larger
        return number >= count.wanted ? 2 * (number - count.wanted)
                                      : 2 * (count.wanted - number) + 1;
    };
    for (std::uint32_t number = count.least; number <= count.most; ++number) {
        const Best& here = best[number * sets + all];
        if (!here.found()) continue;
        if (grids == 0 || here.outside < best[grids * sets + all].outside ||
            (here.outside == best[grids * sets + all].outside && off(number) < off(grids)))
            grids = number;
    }
    std::vector<std::uint32_t> label(nodes, 0);
    for (std::uint32_t set = all, number = 0; set != 0; ++number, --grids) {
        const std::uint32_t grid = best[grids * sets + set].grid;
        for (std::uint32_t rest = grid; rest != 0; rest &= rest - 1)
            label[static_cast<std::size_t>(std::countr_zero(rest))] = number;
        set &= ~grid;
    }
    return label;
}

}  // namespace gridgov::partition
