// Courtyards merged into clumps: what the division into grids starts from.
#pragma once

#include <cstdint>
#include <vector>

#include "partition/grid_piece.hpp"

namespace gridgov::partition {

/// A clump per node, 0 … clumps − 1, numbered by their first nodes; each connected.
struct Clumps {
    std::vector<std::uint32_t> label;
    std::uint32_t count = 0;
};

/// Merges nodes into `clumps` (at least as many as the piece has connected parts). The two linked
/// clumps a and b whose union costs least, h(a) h(b) ÷ (h(a) + h(b)) × distance of their middles and
/// the balance's price for what is above a share, are merged while the union keeps to the maximum of
/// courtyards: Ward's method (1963) with the distance in place of its square, which suits a sum of
/// distances. If that stops early and `all_the_same`, the
/// smallest clump joins its smallest neighbour. Ties: the lower numbers. O(n log n) where nodes have
/// few neighbours.
Clumps agglomerate_courtyards(const GridPiece& piece, std::uint32_t clumps,
                              const GridRulesOfPiece& rules, bool all_the_same);

/// As above, in two steps: first within tiles of the plane, in parallel, to three times the number,
/// then all together. The tiles do not depend on the threads.
Clumps agglomerate_in_tiles(const GridPiece& piece, std::uint32_t clumps,
                            const GridRulesOfPiece& rules, const GridSearchOptions& options);

/// The piece with clumps for nodes: households and courtyards summed, in the middle of its households.
GridPiece contract(const GridPiece& piece, const Clumps& clumps);

/// Nodes in the order of a Hilbert curve over the piece's box, turned a quarter if asked for; ties by
/// number.
std::vector<std::uint32_t> along_hilbert(std::span<const double> x_m, std::span<const double> y_m,
                                         bool turned);

}  // namespace gridgov::partition
