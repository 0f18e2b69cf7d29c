// Rulebooks compiled for evaluation: every rule a slot with its caps, counters and requirements as
// numbers; for each rulebook and deed the slots that could give, in the order of the file.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gridgov/model/ids.hpp"
#include "gridgov/points/rulebook.hpp"

namespace gridgov::points {

/// No sum of points is larger, so that any two can be added.
inline constexpr std::int64_t points_limit = std::int64_t{1} << 62;

/// What entries are added up by: whose entries, for whom, over which period, points or count.
struct CounterKind {
    CapOver over = CapOver::rule;
    std::uint32_t target = no_index;  ///< number of a rule id or group id
    Scope scope = Scope::household;
    Period period = Period::year;
    Measure measure = Measure::points;
    friend bool operator==(const CounterKind&, const CounterKind&) = default;
};

struct SlotCap {
    std::uint32_t kind = 0;  ///< of Plan::kinds
    CapMode mode = CapMode::clip;
    std::int32_t place = 0;  ///< in the rule's caps
    std::int64_t limit = 0;
};

/// The tables that conditions look at, in the order in which columns are looked for.
enum class Place : std::uint8_t { persons, households, deeds };

/// Conditions of one table that a slot requires: bits of one word.
struct Need {
    Place place = Place::persons;
    std::uint32_t word = 0;
    std::uint64_t mask = 0;
};

struct Slot {
    std::uint32_t rulebook = 0, rule = 0;  ///< places in Rulebooks
    std::uint32_t rule_id = 0;             ///< the same id has the same number in every rulebook
    std::uint32_t group_id = no_index;
    HitPolicy policy = HitPolicy::sum;     ///< of its group
    Per per = Per::occurrence;
    bool person_cap = false;
    bool cooled = false;                   ///< some rulebook gives the rule a cool-down
    std::int32_t cooldown_days = 0;
    std::int32_t expires_after_months = 0;  ///< 0: never
    std::int64_t points = 0;
    std::int64_t units_max = std::numeric_limits<std::int64_t>::max();
    std::int64_t evidence_min = 0, witness_min = 0;
    std::uint32_t caps_begin = 0, caps_end = 0;    ///< of Plan::caps
    std::uint32_t grows_begin = 0, grows_end = 0;  ///< of Plan::grows
    std::uint32_t needs_begin = 0, needs_end = 0;  ///< of Plan::needs, set by Matching
    Freeze freeze;

    /// What so many units give before anything is taken off; false where that is more than can be.
    bool raw_points(std::int64_t units, std::int64_t& raw) const noexcept {
        if (per == Per::occurrence) units = 1;
        return !__builtin_mul_overflow(points, units < units_max ? units : units_max, &raw) &&
               raw <= points_limit && raw >= -points_limit;
    }
};

/// A candidate list: what a deed of a rulebook can match, in the order of the file.
struct Candidates {
    std::uint32_t begin = 0, end = 0;  ///< of Plan::candidates
    bool choice = false;               ///< some group has another policy than sum
    bool counts = false;               ///< some rule asks for evidence or witnesses
    std::uint32_t size() const noexcept { return end - begin; }
};

class Plan {
public:
    explicit Plan(const Rulebooks& rulebooks);

    const Rulebooks& rulebooks() const noexcept { return rulebooks_; }

    std::vector<Slot> slots;       ///< by rulebook, in the order of the file
    std::vector<std::uint32_t> first_slot;  ///< of a rulebook
    std::vector<CounterKind> kinds;
    std::vector<SlotCap> caps;
    std::vector<std::uint32_t> grows;  ///< kinds that a slot's entries grow
    std::vector<Need> needs;
    std::vector<Candidates> lists;
    std::vector<std::uint32_t> candidates;  ///< slots

    /// The list for a deed in a rulebook; no_index where it has no rule.
    std::uint32_t list(std::uint32_t rulebook, std::string_view deed) const;

    /// The slot of a rule by ids, or no_index.
    std::uint32_t slot(std::string_view rulebook, std::string_view rule) const;

    const Rule& rule(std::uint32_t slot) const noexcept {
        return rulebooks_[slots[slot].rulebook].rules[slots[slot].rule];
    }
    const Rulebook& rulebook(std::uint32_t slot) const noexcept {
        return rulebooks_[slots[slot].rulebook];
    }
    bool counts_persons() const noexcept { return counts_persons_; }
    /// Whether a rulebook's entries grow a counter of a village, or a cap of one holds them.
    bool counts_village(std::uint32_t rulebook) const noexcept { return village_kinds_[rulebook]; }
    bool counts_person(std::uint32_t rulebook) const noexcept { return person_kinds_[rulebook]; }

    /// Kinds that entries of a rule and group grow: of rules that no rulebook has any more.
    std::vector<std::uint32_t> kinds_of(std::string_view rule, std::string_view group) const;

private:
    std::uint32_t rule_number(std::string_view id);
    std::uint32_t group_number(std::string_view id);
    void add_kinds();
    void add_lists();

    Rulebooks rulebooks_;
    std::unordered_map<std::string_view, std::uint32_t> rule_numbers_, group_numbers_;
    std::vector<std::unordered_map<std::string_view, std::uint32_t>> lists_of_;
    std::vector<bool> village_kinds_, person_kinds_;
    bool counts_persons_ = false;
};

/// The number of the calendar period that a date lies in.
std::int32_t period_of(std::int32_t date, Period period) noexcept;

}  // namespace gridgov::points
