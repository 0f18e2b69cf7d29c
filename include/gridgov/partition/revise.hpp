// Households come and go: courtyards brought up to date with the fewest households moved.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/model/columns.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"
#include "gridgov/partition/partition.hpp"

namespace gridgov::partition {

/// Who was where: ours, somebody else's, or drawn by hand. A row a household; every column is
/// borrowed. Households that the town does not have have left; those of the town that are not here
/// enter.
struct PreviousAssignment {
    TextColumn household_ids;  ///< unique, not empty
    TextColumn courtyard_ids;  ///< empty text: in no courtyard, so that the household enters
    TextColumn head_ids;       ///< the head of the household's courtyard, or absent; empty: unknown
    TextColumn retired_ids;    ///< courtyards that lived before these: their ids are not given again
};

struct ReviseOptions {
    /// A household may also move where that saves at least so many metres for each household moved;
    /// absent: only where a rule forces it. Finite, not negative.
    std::optional<double> keep_m;
    /// Courtyards (ids) that are left alone: nobody is moved out of them or into them.
    TextColumn locked;
};

/// Why a household's courtyard changed.
enum class Why : std::uint8_t { entered, left, undersize, oversize, disconnected, shorter };
GRIDGOV_EXPORT std::string_view why_name(Why why) noexcept;

/// The changes, a row each: the town's households in id order, then those that left in id order.
struct Changes {
    std::vector<std::string> household_ids;
    std::vector<std::string> from_courtyard_ids;  ///< empty: entered
    std::vector<std::string> to_courtyard_ids;    ///< empty: left
    std::vector<Why> why;
    std::size_t size() const noexcept { return household_ids.size(); }
};

/// A partition with the ids of the one before, and what changed.
struct Revision {
    /// As `solve` gives it, but for ids: a courtyard that lives on keeps its id; a new one has one
    /// that no courtyard had before. Where the previous head ties for the least total distance it is
    /// head whatever its id.
    Partition partition;
    Changes changes;
    std::uint32_t kept = 0;     ///< households of both whose courtyard has the same id
    std::uint32_t moved = 0;    ///< households of both whose courtyard has another id
    std::uint32_t entered = 0;  ///< households that were in no courtyard
    std::uint32_t left = 0;     ///< households that are not in the town
    /// No division that breaks as little weight and has connected courtyards moves fewer.
    std::uint32_t moved_lower_bound = 0;
    /// Per courtyard: the head before, where it still is a member and may be head; else no_index.
    std::vector<std::uint32_t> previous_head;
    /// Per courtyard: by how much its total distance would rise if that one were head; NaN without.
    std::vector<double> previous_head_extra_m;
    /// Ids of courtyards that lived once and live no more, in byte order: hand them to the next
    /// revision, so that no id is given twice.
    std::vector<std::string> retired_ids;
};

/// Revises courtyards. In this order: (1) the least weight in courtyards that break a size; (2) the
/// fewest households moved; (3) the number of courtyards nearest to the contract's; (4) the least
/// total distance to the heads. So a number of courtyards that is not the contract's moves nobody.
/// No courtyard is left in pieces or across components, but for locked ones; pins are kept.
/// With `keep_m`, (2) to (4) are followed by moves that each save that much.
///
/// (1) and (2) are searched for, not proved; `moved_lower_bound` says how far off the search can be
/// (docs/explanation/revise.md). Deterministic, as `solve` is: any thread count, any order of rows.
/// Time grows with the households and with what changed: about a second for 100,000 households of
/// which a tenth came or went.
/// Throws DataError (column_length, empty_id, duplicate_id of Table::assignment), UsageError
/// (unknown_locked_courtyard, option_not_finite, option_negative, and as `solve` does).
GRIDGOV_EXPORT
Revision revise(const Town& town, const neighbours::Neighbours& neighbours,
                const PreviousAssignment& previous, const Options& options = {},
                const ReviseOptions& revise_options = {});

}  // namespace gridgov::partition
