// Needs matched with what meets them: resources and projects, by kind, place, time and amount.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/model/columns.hpp"
#include "gridgov/model/date.hpp"

namespace gridgov::lists {

/// What is needed, a row each, in any order; all borrowed. Amounts are whole numbers of whatever
/// the kind is counted in.
struct NeedColumns {
    TextColumn ids;    ///< unique, not empty
    TextColumn kinds;  ///< not empty
    std::span<const std::int64_t> amounts;  ///< 0 to match_amount_max
    TextColumn villages;  ///< the need's own; absent or empty: only what is for all
    std::span<const std::int64_t> priorities;  ///< the larger comes first; absent: all alike
    std::span<const Date> from;  ///< absent, or no date: since ever
    std::span<const Date> to;    ///< the first day no longer; absent, or no date: open
};

/// Resources or projects.
struct SourceColumns {
    TextColumn ids;  ///< unique among resources and projects together
    TextColumn kinds;
    std::span<const std::int64_t> amounts;
    TextColumn villages;  ///< villages parted by `;`, or `*`; absent or empty: `*`
    std::span<const Date> from, to;
};

inline constexpr std::int64_t match_amount_max = 1'000'000'000'000;
inline constexpr std::size_t match_pairs_max = 20'000'000;

struct Matching {
    // What goes where, by need (id order), then source (id order).
    std::vector<std::uint32_t> need;    ///< row of the needs
    std::vector<std::uint8_t> project;  ///< 0: of the resources, 1: of the projects
    std::vector<std::uint32_t> source;  ///< row there
    std::vector<std::int64_t> amount;   ///< above 0
    // What is missing, by need (id order).
    std::vector<std::uint32_t> unmet_need;
    std::vector<std::int64_t> unmet_amount;
    std::vector<Code> unmet_reason;
};

/// Matches as much as can be, the largest priority first: no need can be given more without taking
/// from one of higher priority, or of the same priority and smaller id. So every priority gets
/// as much as it can together, given those before. A source serves a need of its kind whose village
/// is among its own and whose time overlaps its own for at least a day. One maximum flow, need by
/// need (amounts that needs can get together form a polymatroid, so that this greedy is exact);
/// whole amounts.
///
/// Why something is missing is the first of these that holds:
/// - none_of_the_kind: no source is of that kind;
/// - out_of_place: none of these is for the village;
/// - out_of_time: none of these is for the village at that time;
/// - too_little: all of these together are less than the amount;
/// - taken_by_higher_priority: they went to needs of higher priority, or of the same priority and
///   smaller id.
/// Deterministic, whatever the order of rows. O(needs × pairs of one kind) at worst.
/// Throws DataError (column_length, empty_id, duplicate_id, match_…).
GRIDGOV_EXPORT
Matching match(const NeedColumns& needs, const SourceColumns& resources,
               const SourceColumns& projects);

/// An unmet need as a finding (a note), whose message is the reason in words.
GRIDGOV_EXPORT
Finding unmet_finding(const NeedColumns& needs, const Matching& matching, std::size_t row);

}  // namespace gridgov::lists
