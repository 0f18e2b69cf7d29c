// What is solved: one connected component of one village, as a small problem of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "partition/courtyard_count.hpp"

namespace gridgov::partition {

/// A component. Households are in a canonical order (along a Hilbert curve over the component's own
/// box, ties by id), so that neither other villages nor the order of rows has any influence.
/// Only located households stand here; an unlocated one weighs on its anchor and follows it.
///
/// Atoms are what moves: a household, or several that pins bind together. Atoms are connected.
struct Component {
    std::uint32_t village = 0;
    std::uint64_t seed = 0;
    std::int64_t weight = 0;
    CourtyardCount count;

    // households
    std::vector<std::uint32_t> row;          ///< in the town
    std::vector<double> x_um, y_um;          ///< from the component's corner; exact integers
    std::vector<std::uint8_t> may_be_head;
    std::vector<std::uint32_t> rank;         ///< in the town: only the order matters
    std::vector<std::uint32_t> group;        ///< in the component, or no_index; empty: no groups
    std::uint32_t groups = 0;
    /// In a tile (tiles.hpp): how many of a group stand together in a part outside; else empty.
    std::vector<std::uint32_t> group_most_outside;
    std::vector<std::uint32_t> atom_of;

    // atoms
    std::vector<std::int64_t> atom_weight;
    std::vector<std::uint32_t> member_offsets, members;  ///< households of an atom
    std::vector<std::uint32_t> link_offsets, links;      ///< neighbouring atoms, ascending

    std::size_t households() const { return row.size(); }
    std::uint32_t atoms() const { return static_cast<std::uint32_t>(atom_weight.size()); }
    std::span<const std::uint32_t> members_of(std::uint32_t atom) const {
        return {members.data() + member_offsets[atom],
                member_offsets[atom + 1] - member_offsets[atom]};
    }
    std::span<const std::uint32_t> neighbours_of(std::uint32_t atom) const {
        return {links.data() + link_offsets[atom], link_offsets[atom + 1] - link_offsets[atom]};
    }
};

/// Households that no legal courtyard can hold: a pin or a household heavier than max, or pinned
/// households that no link joins, or (not `proved`) pinned ones that nothing light enough was found to
/// join. They get a courtyard of their own.
struct Outcast {
    std::vector<std::uint32_t> rows;  ///< located and unlocated
    Code cause{};
    std::string name;       ///< of the pin or household
    std::int64_t weight = 0;
    bool proved = true;
};

struct Problem {
    std::vector<Component> components;
    std::vector<Outcast> outcasts;
};

/// Splits a town into components and outcasts. Throws UsageError (graph_size_mismatch) for a graph of
/// another size: everything that labels or measures comes by here.
Problem make_problem(const Town& town, const neighbours::Neighbours& neighbours,
                     const Bounds& bounds, std::uint64_t seed, unsigned threads = 1);

/// Shares `courtyards`, less those of the outcasts, out among the components.
void share_out(Problem& problem, std::int64_t courtyards);

/// Labels, from `next` on, what stands in no component: a courtyard per outcast, and households
/// without coordinates as their anchors. `labels` holds −1 for them. Returns the next free label.
std::int32_t label_the_rest(const Town& town, const Problem& problem,
                            std::span<std::int32_t> labels, std::int32_t next);

}  // namespace gridgov::partition
