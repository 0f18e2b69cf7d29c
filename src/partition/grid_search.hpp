// Improving a division into grids by local search.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "partition/grid_piece.hpp"
#include "partition/random.hpp"

namespace gridgov::partition {

/// Some grids of a piece, their nodes and the links among these. Costs are kept up to date exactly in
/// grids of up to `exact_nodes` nodes: a sum of distances a node, as the price of a change then is one
/// pass over it. In larger ones the centre stays where it is until `recentre`, which makes the price an
/// upper bound.
class GridSearch {
public:
    static constexpr std::size_t exact_nodes = 96;

    /// `label` is below `grids` for each node; each grid is connected and not empty.
    GridSearch(const GridPiece& piece, const GridRulesOfPiece& rules,
               std::vector<std::uint32_t> label, std::uint32_t grids, std::uint64_t seed,
               const GridSearchOptions& options);

    GridCost cost() const;
    std::uint32_t grids() const { return static_cast<std::uint32_t>(grids_.size()); }
    const std::vector<std::uint32_t>& label() const { return label_; }

    /// Moves and, if asked for, exchanges of nodes at the borders while they cost less.
    void descend(bool exchanges);
    /// New divisions of a few neighbouring grids, into one grid more or fewer where `count` is not
    /// fixed, while that puts fewer courtyards outside the bounds.
    void legalise(const GridCount& count);
    /// Dissolves grids where that costs little and splits others where that saves more.
    void relocate(int rounds);
    /// The same by chance among neighbours, `times` times, kept where the search then ends lower.
    void perturb(std::uint64_t times);

private:
    struct Grid {
        std::vector<std::uint32_t> members;
        std::vector<double> sum_m;  ///< to all members, a member each; empty in large grids
        double households = 0;
        std::int64_t courtyards = 0;
        double metres = 0;
        std::uint32_t centre = 0;
        int changed = 0;            ///< the last pass of a descent in which it did
        bool exact() const { return sum_m.size() == members.size(); }
    };

    GridCost cost_of(const Grid& grid) const {
        return rules_.cost(grid.courtyards, grid.households, grid.metres);
    }
    GridCost cost_after(std::uint32_t grid, std::uint32_t out, std::uint32_t in) const;
    void build(Grid& grid) const;
    void recentre(Grid& grid) const;
    void take_out(Grid& grid, std::uint32_t node) const;
    void put_in(Grid& grid, std::uint32_t node) const;
    void move(std::uint32_t node, std::uint32_t to);
    bool connected_without(std::uint32_t grid, std::uint32_t out, std::uint32_t in);
    bool beside(std::uint32_t node, std::uint32_t grid, std::uint32_t except) const;
    std::vector<std::uint32_t> grids_beside(std::uint32_t grid) const;

    void passes(bool exchanges);
    bool try_move(std::uint32_t node);
    bool try_exchange(std::uint32_t node);
    bool hopeless(std::uint32_t node, std::uint32_t to, std::uint32_t other) const;

    void begin();
    void touch(std::uint32_t grid);
    bool keep_if_better();
    void undo();

    bool dissolve(std::uint32_t grid);
    double dissolving_costs(std::uint32_t grid) const;
    struct Halves {
        std::vector<std::uint32_t> first, second;
        double saved = 0;
    };
    Halves halve(std::uint32_t grid, bool at_random);
    void grow_tree(std::span<const std::uint32_t> nodes, bool at_random);
    bool resplit(std::uint32_t grid, std::size_t neighbourhood, const GridCount& count);

    const GridPiece& piece_;
    const GridRulesOfPiece& rules_;
    const GridSearchOptions& options_;
    Random random_;
    std::vector<std::uint32_t> label_;
    std::vector<Grid> grids_;
    int pass_ = 0;

    // what `undo` needs: grids as they were at `begin`
    bool logging_ = false;
    std::vector<std::pair<std::uint32_t, Grid>> before_;
    std::vector<std::uint32_t> touched_;  ///< a grid each: the number of the `begin`
    std::uint32_t begins_ = 0;

    // scratch
    std::vector<std::uint32_t> near_, queue_, order_, parent_;
    std::vector<std::uint64_t> seen_;
    std::uint64_t mark_ = 0;
};

}  // namespace gridgov::partition
