// "Why not with my brother?": what a household's wish for another courtyard costs, or breaks.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"
#include "gridgov/partition/partition.hpp"

namespace gridgov::partition {

/// A household that wants to be in a courtyard: to share one with the head that this courtyard has
/// now (with its smallest id, where nobody may be head).
struct Wish {
    HouseholdIndex household;
    CourtyardIndex courtyard;  ///< of the partition that is given with it
};

/// What became of a wish. `impossible`: proved that no division grants it that breaks no more weight
/// than now and has as many courtyards; `not_found`: none was found.
enum class WishOutcome : std::uint8_t { granted, impossible, not_found };
GRIDGOV_EXPORT std::string_view outcome_name(WishOutcome outcome) noexcept;

/// What a wish costs.
struct WishPrice {
    CourtyardIndex courtyard;
    WishOutcome outcome = WishOutcome::not_found;
    /// Whether it is proved: that no division with the wish is shorter, or that there is none. If
    /// not, the price is the best found: the true one is at most that.
    bool proved = false;
    /// By how many metres all distances to heads together are longer with the wish than now (and
    /// Options::group_weight_m for each household more that is split off its group); NaN where it is
    /// not granted. Below 0 only where the courtyards could be shorter even without the wish.
    double price_m = 0;
    /// By how much they could be shorter without it, as far as found; 0 for an optimum.
    double slack_m = 0;
    double own_distance_now_m = 0;   ///< the household's to its head; NaN without
    double own_distance_then_m = 0;
    /// The others who would change courtyard, in id order, and where they would be.
    std::vector<std::uint32_t> moved;     ///< HouseholdIndex values
    std::vector<std::uint32_t> moved_to;  ///< CourtyardIndex values
    /// Of the divisions found that grant the wish and change little, the one that moves the fewest
    /// others, and its price; NaN where none was found.
    double fewest_price_m = 0;
    std::vector<std::uint32_t> fewest_moved, fewest_moved_to;
    /// What it would break if the household (with those pinned to it) moved and nobody else did;
    /// empty: nothing.
    std::vector<Finding> alone_breaks;
    double alone_price_m = 0;             ///< of that, where it breaks nothing; else NaN
    /// Who has to come along (wish_pinned, a note); and, where the wish is not granted, the rule that
    /// it breaks whatever one does (an error).
    std::vector<Finding> notes;
};

/// Why a household is where it is.
struct Explanation {
    HouseholdIndex household;
    CourtyardIndex courtyard;
    double distance_m = 0;              ///< to its head; NaN without
    CourtyardIndex nearest;             ///< the courtyard with the nearest head in its component
    double nearest_distance_m = 0;
    /// The courtyards around, each with the price of moving there: those next to the household or to
    /// its courtyard, the nearest head first, at most eight; or the one that was asked for.
    std::vector<WishPrice> around;
};

/// The price of a wish, found by solving again with the wish fixed. A component of at most 14 atoms
/// (households, or several that pins bind) is enumerated whole, and the price is proved; else a local
/// search over the courtyards around, with the household held where it wishes to be: the direct
/// repairs first (alone; an exchange; with those between; chains), then new divisions of up to 25
/// courtyards. It is never worse than the direct repairs.
///
/// `partition` is any measured one of this town (`solve`, `measure`, `revise`); findings name
/// courtyards by its ids. A household without coordinates has no place: it may be wherever the sizes
/// allow it. One that stands in no legal courtyard (pins, weight) has no other to go to.
/// Deterministic. Throws UsageError (unknown_household, unknown_courtyard, labels_size_mismatch, and
/// as `measure` does).
GRIDGOV_EXPORT
WishPrice price_of_wish(const Town& town, const neighbours::Neighbours& neighbours,
                        const Partition& partition, const Wish& wish, const Options& options = {});

/// Why a household is where it is: its head, the nearest one, and the price of every courtyard
/// around, or of `to` alone where that is given. Throws as price_of_wish.
GRIDGOV_EXPORT
Explanation explain_household(const Town& town, const neighbours::Neighbours& neighbours,
                              const Partition& partition, HouseholdIndex household,
                              const Options& options = {},
                              CourtyardIndex to = CourtyardIndex::none());

}  // namespace gridgov::partition
