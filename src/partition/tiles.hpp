// Cutting a large component into tiles that are searched by themselves: in parallel, and in memory
// that stays in the cache.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "partition/component.hpp"
#include "partition/labels.hpp"

namespace gridgov::partition {

/// Whole parts that lie together, and the problem that they are by themselves.
struct Tile {
    std::vector<std::uint32_t> atoms;  ///< in the component, ascending
    std::vector<std::uint32_t> parts;  ///< of the whole partition, by number in the tile
    Component component;               ///< those atoms; perhaps not connected
    Labels labels;                     ///< of the tile's atoms
};

/// Which parts lie in which tile: about `tile_parts` each, in columns of equal numbers by x and
/// pieces of these by y (Leutenegger, Lopez & Edgington 1997, "STR"). `round` shifts the borders: those of
/// one round lie inside the tiles of the next. A result does not depend on how many threads work at
/// it, since tiles do not.
class Tiling {
public:
    Tiling(const Component& component, const Labels& labels, std::uint32_t tile_parts,
           std::uint32_t round);

    std::size_t tiles() const { return atom_offsets_.size() - 1; }
    /// The atoms of a tile, ascending.
    std::span<const std::uint32_t> atoms(std::size_t tile) const {
        return {atoms_.data() + atom_offsets_[tile], atom_offsets_[tile + 1] - atom_offsets_[tile]};
    }
    /// Cuts one out; thread-safe.
    Tile cut_out(std::size_t tile) const;

private:
    const Component& component_;
    const Labels& labels_;
    std::uint32_t round_;
    std::vector<std::uint32_t> tile_of_part_, number_in_tile_;  ///< of a part
    std::vector<std::vector<std::uint32_t>> parts_in_tile_;     ///< ascending
    std::vector<std::uint32_t> atom_offsets_, atoms_;           ///< of a tile, ascending
    std::vector<std::uint32_t> local_of_;                       ///< an atom's place in its tile
    std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> group_shares_;
};

}  // namespace gridgov::partition
