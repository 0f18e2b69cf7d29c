// What a state holds beyond its settlement.
#pragma once

#include <vector>

#include "gridgov/points/settle.hpp"
#include "points/part.hpp"

namespace gridgov::points {

struct State::Data {
    Settlement settlement;
    std::vector<Digest> digests;       ///< of its rows: what may not change once they are posted
    std::vector<WaitingRow> waiting;   ///< rows not posted yet that match rules; by row
};

/// Settles tables, on from a state where there is one; `keep` becomes the next state's data where a
/// state is wanted.
Settlement settle_tables(const Rulebooks& rulebooks, const Tables& tables, Date as_of,
                         const Options& options, const State::Data* before, State::Data* keep);

}  // namespace gridgov::points
