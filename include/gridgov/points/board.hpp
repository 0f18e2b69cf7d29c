// The boards: households ranked, the red list and the black one with its terms to mend.
#pragma once

#include <cstdint>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/points/rulebook.hpp"
#include "gridgov/points/settle.hpp"

namespace gridgov::points {

/// A household's place among those of its village.
struct Ranking {
    std::uint32_t household = no_index;
    std::uint32_t rank = 0;     ///< from 1; those with the same balance share it (1, 2, 2, 4)
    std::int64_t balance = 0;
    bool red = false;
    std::uint32_t veto = no_index;  ///< the entry that keeps it off the red board this year, or none
    friend bool operator==(const Ranking&, const Ranking&) = default;
};

/// Why a household is on the black board.
struct Reproach {
    std::uint32_t household = no_index;
    std::uint32_t entry = no_index;  ///< the deduction with a term to mend, or none: its balance
    Date until;                  ///< first day off the board; no date: until mended
    std::int64_t balance = 0;
    friend bool operator==(const Reproach&, const Reproach&) = default;
};

struct Boards {
    std::vector<Ranking> ranking;    ///< by village, rank, household id
    std::vector<Reproach> black;     ///< by village, household id, entry (the balance's first)
};

/// The boards on the settlement's as-of date. A village's board is the one of the rulebook in force
/// that day; without one there is a ranking, and nobody on either list. A household with a veto of the
/// as-of date's calendar year keeps its rank, is not red and takes no place on the red board: the next
/// one moves up. Ties: `red.top = 10` shows everyone whose place among those without a veto is at most
/// 10, so more than ten where the tenth place is shared.
GRIDGOV_EXPORT Boards boards(const Rulebooks& rulebooks, const Settlement& settlement);

}  // namespace gridgov::points
