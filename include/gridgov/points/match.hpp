// The matching of rulebooks by itself: which rules a register row meets, and their raw points. What a
// settlement begins with, for those who want no passbooks: trying a rulebook, features for a model,
// a check beside another rule engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/points/rulebook.hpp"
#include "gridgov/points/settle.hpp"
#include "gridgov/points/tables.hpp"

namespace gridgov::points {

/// Which rules rows meet: in compressed rows, as sparse matrices are laid out. What row r of the
/// register met stands at places [offsets[r], offsets[r + 1]) of `rules` and `raw_points`, in the order
/// of its rulebook's file.
struct Matches {
    std::vector<std::int64_t> offsets{0};   ///< a row of the register each, as they were given, and an end
    std::vector<std::uint32_t> rules;       ///< into `names`
    std::vector<std::int64_t> raw_points;   ///< signed, in units
    std::vector<RuleName> names;            ///< every rule: by rulebook (byte order of ids), then as in its file
    bool cancelled = false;                 ///< all else is empty then
    std::vector<std::string> left_out;      ///< villages with faults, in byte order; their rows meet nothing
    std::vector<Finding> findings;          ///< why they were left out

    std::size_t rows() const noexcept { return offsets.size() - 1; }
    std::size_t size() const noexcept { return rules.size(); }
};

/// Matches every row of the register against the rulebook in force in its village on its date.
///
/// A rule is met when its `deed` is the row's (or, where no rule has that, its `nearest_of` names it),
/// every test of its `when` holds, and `evidence_min` and `witness_min` are reached. Raw points are the rule's `points`, times the units where it gives `per`
/// something: blank units are 1, and no more than `units_max` count. They are what `settle` starts
/// from: cool-downs, the hit policies of groups, caps and floors are not applied, and a declared row is
/// matched like a posted one. A row meets nothing where no rulebook is in force, where it is rejected
/// or an objection against it was upheld, where it takes another row back, or where it stood before
/// (given twice, the same).
///
/// One engine with `settle`, which for a posted row has one entry a match, apart from cool-downs. The
/// same faults too: everything in the tables of households, persons and the register is checked, and
/// points that overflow; exchanges and goods are not looked at. `options` as there. Deterministic: the
/// same bytes for any number of threads, and rows permuted permute the result. Linear, about 0.1 µs a
/// row and core. Throws as `settle`.
GRIDGOV_EXPORT
Matches match(const Rulebooks& rulebooks, const Tables& tables, const Options& options = {});

}  // namespace gridgov::points
