// Duty windows: what recurs, by when it is due, what the evidence says of it, and the rates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/lists/working_days.hpp"
#include "gridgov/model/columns.hpp"
#include "gridgov/model/date.hpp"
#include "gridgov/model/title.hpp"

namespace gridgov::lists {

enum class DutyState : std::uint8_t { pending, met, late, missed, waived };
inline constexpr std::size_t duty_states = 5;
GRIDGOV_EXPORT std::string_view duty_state_name(DutyState state) noexcept;

/// What was done, a row each, in any order; all borrowed, of equal length. The file's other columns
/// (person, village, note) decide nothing.
struct EvidenceColumns {
    std::span<const Date> dates;
    TextColumn items;   ///< item ids
    TextColumn actors;  ///< ids of those who acted
    TextColumn waived;  ///< not empty: the duty was waived; absent: nothing was
};

/// A rate that a town defines for itself (its 四率, say): over the windows of some items and actors,
/// how many are in some states out of how many in others. `[[metric]]` in a file of its own:
///
///     [[metric]]
///     id = "visits-in-time"
///     title = { zh = "走访及时率", en = "visits in time" }
///     items = ["B-031"]                        # with `matters`, either; absent both: every item
///     matters = ["civil-affairs"]              # with what lies below
///     actors = ["level:village"]               # absent: everyone
///     counts = ["met"]                         # states above the line; absent: met
///     of = ["met", "late", "missed"]           # states below it; absent: these
struct Metric {
    std::string id;
    Title title;
    std::vector<std::string> items;
    std::vector<std::string> matters;
    std::vector<std::string> actors;
    std::vector<DutyState> counts{DutyState::met};
    std::vector<DutyState> of{DutyState::met, DutyState::late, DutyState::missed};
};

/// Reads metrics. Throws DataError with every fault (document_… codes, duplicate ids too).
GRIDGOV_EXPORT std::vector<Metric> read_metrics_toml(const Source& source);

/// The windows, a row each, by item, then actor, then opening day.
struct DutyWindows {
    std::vector<std::uint32_t> item;   ///< ItemIndex
    std::vector<std::uint32_t> actor;  ///< ActorIndex; its village is Catalogue::village(actor)
    /// Who answers for it: a row of `person_sets`. The holders of the lead's post, or everyone with
    /// a post at the actor that leads; 0, the empty set, where nobody is.
    std::vector<std::uint32_t> persons;
    std::vector<Date> opens;
    std::vector<Date> due;  ///< none: never due
    std::vector<DutyState> state;
    std::vector<Date> done_on;  ///< of met and late: the first row of evidence
    std::vector<std::vector<std::uint32_t>> person_sets;  ///< PersonIndex values, ascending
    std::size_t size() const noexcept { return item.size(); }
};

enum class RateBy : std::uint8_t { item, actor, village, person, metric };
GRIDGOV_EXPORT std::string_view rate_by_name(RateBy by) noexcept;

/// Counts of windows: by item, actor, village and person those that have any, by metric all; each
/// part in id order. A window of several persons counts for each of them; one without a village or
/// without persons is in no such row.
struct DutyRates {
    std::vector<RateBy> by;
    /// Row of items(), actors(), actors(), persons(), or of the metrics.
    std::vector<std::uint32_t> key;
    std::vector<std::uint64_t> windows, met, late, missed, waived, pending;
    /// The rate as a fraction: met of met + late + missed, or as the metric says; no rate where the
    /// denominator is 0.
    std::vector<std::uint64_t> rate_numerator, rate_denominator;
    std::size_t size() const noexcept { return by.size(); }
};

struct DutyOptions {
    Date as_of;
    bool with_windows = true;  ///< false: rates alone; windows are counted but never made
    std::span<const Metric> metrics;
};

struct Duties {
    DutyWindows windows;
    DutyRates rates;
    std::uint64_t window_count = 0;
    /// Rows of evidence that fall into no window: another actor, outside every window, or an item
    /// that does not recur. Ascending.
    std::vector<std::uint32_t> unused_evidence;
    /// evidence_unknown_actor (a warning) for each actor that the catalogue does not know, by id.
    std::vector<Finding> findings;
};

/// The most windows that are made; rates alone have no such bound.
inline constexpr std::uint64_t duty_windows_max = 200'000'000;

/// Windows and rates of every must, assist and certify item that recurs, whatever overrides it;
/// `when` is not asked. A window opens on an occurrence not after `as_of` and lasts until the next
/// one or the item's effective_to; who acts is the item's actor, or each actor of its level in its
/// villages. docs/explanation/duties.md has the semantics.
///
/// Each recurrence is expanded once an item; evidence is bucketed by item, then by actor (counting
/// sorts), and only windows that have evidence are looked at one by one: with rates alone
/// O(evidence + items × actors + windows of one actor). With windows, memory is 25 bytes each.
/// Deterministic, whatever the order of evidence.
/// Throws DataError with every fault: column_length, evidence_date_invalid, evidence_in_future,
/// evidence_unknown_item, recurrence_… and duty_without_start of an item, duty_windows_too_many,
/// metric_…. UsageError: as_of_invalid.
GRIDGOV_EXPORT
Duties duties(const Catalogue& catalogue, const EvidenceColumns& evidence,
              const WorkingDays& working_days, const DutyOptions& options);

}  // namespace gridgov::lists
