// Households into courtyards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::partition {

/// What a courtyard is: the first that holds, in this order.
enum class Status : std::uint8_t { disconnected, oversize, undersize, within };
GRIDGOV_EXPORT std::string_view status_name(Status status) noexcept;

/// Whether a broken rule could have been kept: `proved` only with a proof that no partition breaks
/// less weight in that component; `none` for courtyards within.
enum class Unavoidable : std::uint8_t { none, proved, unknown };

/// Whether the search ended by itself.
enum class Outcome : std::uint8_t { finished, cancelled };

/// The courtyards, a row each, ordered by village and then by the smallest household id in them.
struct Courtyards {
    std::vector<std::string> ids;            ///< "village-1", "village-2", …: unique
    std::vector<std::uint32_t> village;      ///< VillageIndex values
    std::vector<std::uint32_t> households;   ///< counts
    std::vector<double> weight;
    std::vector<std::uint32_t> head;         ///< HouseholdIndex values, no_index if nobody may be
    std::vector<double> total_distance_m;    ///< to the head, over located households
    std::vector<double> mean_distance_m;
    std::vector<double> max_distance_m;
    std::vector<Status> status;
    std::vector<Unavoidable> unavoidable;
    std::vector<Finding> reason;             ///< where not within; code 0 (empty) otherwise
    std::size_t size() const noexcept { return ids.size(); }
};

/// A partition of a town into courtyards. Every household has one, whatever rules could be kept.
struct Partition {
    std::vector<std::int32_t> labels;        ///< a courtyard per household, 0 … courtyards − 1
    std::vector<double> distance_to_head_m;  ///< NaN: unlocated, out of reach, or no head
    Courtyards courtyards;
    Outcome outcome = Outcome::finished;
    Metric metric = Metric::straight;

    double total_distance_m = 0;             ///< over located households
    double mean_distance_m = 0;
    double max_distance_m = 0;
    std::uint32_t broken_courtyards = 0;     ///< not within
    std::uint32_t broken_households = 0;     ///< in such courtyards
    std::uint32_t broken_proved_unavoidable = 0;  ///< courtyards of those, proved
    /// Components whose division is proved to be as short as any legal one into as many courtyards:
    /// those of one courtyard, and with Effort::best most of up to 400 households.
    std::uint32_t components_proved_optimal = 0;
    std::vector<Finding> findings;           ///< one per broken courtyard, and what else to know
};

/// Partitions a town. The rules, and what is optimised in which order, are
/// (1) the least weight in courtyards that break a rule, (2) the number of courtyards, (3) the least
/// total distance to the heads; docs/explanation/partition.md says how. Components of the neighbour
/// graph are solved independently of each other.
/// Deterministic: same town, neighbours, options and seed give the same bytes on any thread count.
/// Throws UsageError for contradictory options or a graph of another size; cancellation is an
/// outcome: labels then hold the best so far, legal or not.
GRIDGOV_EXPORT
Partition solve(const Town& town, const neighbours::Neighbours& neighbours,
                const Options& options = {});

/// Measures any labelling as `solve` measures its own: heads (the allowed member with the least total
/// distance to the members, ties to the smallest id), distances, statuses, ids. Labels may be any
/// ints; equal ones are one courtyard. Throws UsageError (labels_size_mismatch, label_out_of_range
/// for negative ones, graph_size_mismatch, and as check(Options) does).
GRIDGOV_EXPORT
Partition measure(const Town& town, const neighbours::Neighbours& neighbours,
                  std::span<const std::int32_t> labels, const Options& options = {});

/// The number of courtyards of a component by the contract's rule: the integer nearest to
/// weight ÷ target (halves upward) within [⌈weight ÷ max⌉, ⌊weight ÷ min⌋]; if that interval is
/// empty, `feasible` is false and `courtyards` is the number that breaks the least weight.
struct CourtyardCount {
    std::int64_t courtyards = 1;
    std::int64_t least = 1;     ///< ⌈weight ÷ max⌉
    std::int64_t most = 1;      ///< ⌊weight ÷ min⌋
    bool feasible = true;
};
GRIDGOV_EXPORT CourtyardCount courtyard_count(Weight weight, const Rules& rules);

/// Those of several components: with `rules.courtyards` that number is shared out over them by largest
/// remainder within each one's limits (ties: the earlier component). Weights are above 0.
GRIDGOV_EXPORT
std::vector<CourtyardCount> courtyard_counts(std::span<const Weight> weights, const Rules& rules);

}  // namespace gridgov::partition
