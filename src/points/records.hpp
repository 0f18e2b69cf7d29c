// Register rows and entries while they are settled, and what all parts of a settlement share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "points/inputs.hpp"
#include "points/matching.hpp"
#include "points/plan.hpp"

namespace gridgov::points {

/// What a row is, where it is not a row that rules were looked for: in RowRecord::list.
enum class RowKind : std::uint32_t {
    no_rulebook = 0xFFFFFFFF,
    no_rule = 0xFFFFFFFE,
    stage_rejected = 0xFFFFFFFD,
    objection_upheld = 0xFFFFFFFC,
    reversal = 0xFFFFFFFB,   ///< `mask` is the rulebook in force on its date
    posted_before = 0xFFFFFFFA,
    waiting = 0xFFFFFFF9,    ///< known of a state, not posted yet: its matches are the state's
};
inline constexpr std::uint32_t row_kinds_begin = 0xFFFFFF00;

/// A register row, packed so that rows can be brought into order by moving them.
struct RowRecord {
    std::uint32_t household = no_index;  ///< none: dropped
    std::int32_t posted_on = 0;          ///< Date::none().days: not known
    std::int32_t date = 0;
    std::uint32_t person = no_index;
    std::uint32_t row = 0;   ///< of the register; from register rows on: of the state
    std::uint32_t list = 0;  ///< candidates of the plan, or a RowKind
    std::uint32_t mask = 0;  ///< which of the candidates it matches, of at most 32
    std::int32_t units = 1;
    std::uint32_t deed = no_index, reviewer = no_index;  ///< numbers of the register's; or none
    /// Where the block keeps the register_no, so that it need not be looked up far away; no size: there.
    std::uint32_t text = 0;
    std::uint16_t text_size = 0;
    static constexpr std::size_t text_most = 0xFFFF;
    /// How many there are, 0 where blank; from `many` on: to be looked up.
    std::uint8_t evidence = 0, witnesses = 0;
    static constexpr std::uint8_t many = 255;
    bool is(RowKind kind) const noexcept { return list == static_cast<std::uint32_t>(kind); }
    bool rejected() const noexcept {
        return is(RowKind::stage_rejected) || is(RowKind::objection_upheld);
    }
};
static_assert(sizeof(RowRecord) == 48);

/// An entry while it is settled.
struct WorkEntry {
    std::uint32_t rule = no_index;    ///< a slot, or from slots on an old rule's number
    std::uint32_t detail = no_index;  ///< of WorkDetails
    std::uint32_t other = no_index;   ///< of a reversing entry: the one that it takes back
    std::uint32_t lot = no_index;     ///< of the account: what it gave
    std::uint32_t last_spend = no_index;  ///< of the account: what it took, newest first
    std::uint32_t debt = no_index;    ///< of the account: what it still has to take
    std::int64_t raw = 0;
    std::int64_t given = 0;           ///< after caps, before the floor
    std::int64_t points = 0;
    Status status = Status::posted;
    Reason reason = Reason::given;
};

/// A rule that a state's entries name but no rulebook has any more.
struct OldRule {
    RuleName name;
    std::vector<std::uint32_t> grows;  ///< counters that its entries grow all the same
};

/// What happens to every household of a village.
struct CalendarEvent {
    std::int32_t day = 0;
    Phase phase = Phase::openings;  ///< or year_end: lots are cleared
    bool once = false;
    std::int64_t points = 0;
};

struct VillageTerms {
    std::vector<InForce> terms;
    std::vector<CalendarEvent> calendar;  ///< by (day, phase), none after the as-of date
    /// A household that the state does not know gets this one late, the day after the state's.
    std::int64_t late_opening = 0;
    bool coupled = false;  ///< counters join its households

    std::uint32_t rulebook_on(std::int32_t date) const noexcept {
        for (const InForce& term : terms)
            if (term.from.days <= date && date < term.to.days) return term.rulebook;
        return no_index;
    }
};

/// What is read by all threads while villages are settled.
struct Job {
    Job(const Plan& compiled, const Matching& matched, const HouseholdInputs& households_read,
        const PersonInputs& persons_read, const RegisterInputs& register_read,
        const ExchangeInputs& exchanges_read)
        : plan(compiled), matching(matched), households(households_read), persons(persons_read),
          deeds(register_read), exchanges(exchanges_read) {}

    const Plan& plan;
    const Matching& matching;
    const HouseholdInputs& households;
    const PersonInputs& persons;
    const RegisterInputs& deeds;
    const ExchangeInputs& exchanges;
    std::int32_t as_of = 0;
    std::vector<VillageTerms> villages;
    bool same_terms = false;  ///< all villages have the same rulebooks in force
    std::vector<std::pair<std::uint32_t, std::uint32_t>> reversals;  ///< (row, target), sorted
    std::vector<std::uint32_t> exchange_begin, exchange_order;  ///< of household h, in order
    std::vector<bool> reversing;  ///< rows that take another back; empty: none does
    const Settlement* before = nullptr;  ///< the state's settlement, or none
    std::vector<std::uint32_t> entries_before;  ///< of a row of `before`: entries [row], [row + 1]
    std::vector<std::uint32_t> before_household;  ///< of household h: in `before`, or none
    std::vector<OldRule> old_rules;
    std::vector<std::uint32_t> rule_of_before;  ///< of before->rules: slot or old rule
    std::vector<std::uint32_t> person_of_before, deed_of_before, reviewer_of_before;
    std::vector<std::pair<std::uint32_t, std::vector<std::uint32_t>>> waiting;  ///< state row → rules
    std::unordered_map<std::uint32_t, std::int32_t> mended_now;  ///< posted state row → mended on
    std::vector<std::uint32_t> replaced;  ///< of a state's row: the one given anew, or none
    bool keeps_state = false;

    /// Looks whether villages, all there by now, have the same rulebooks in force.
    void compare_terms() {
        same_terms = std::all_of(villages.begin(), villages.end(), [&](const VillageTerms& village) {
            return village.terms == villages.front().terms;
        });
    }
    /// A state's row as rows are numbered here: after those of the register, or the one given anew.
    std::uint32_t row_of_before(std::uint32_t old) const noexcept {
        return replaced[old] != no_index ? replaced[old]
                                         : static_cast<std::uint32_t>(deeds.rows) + old;
    }
    std::string_view register_no(std::uint32_t row) const noexcept {
        return row < deeds.rows ? deeds.number(row)
                                : before->rows.register_nos[row - deeds.rows];
    }
    /// How much evidence a row has, and how many witnesses: of a row of the register given now.
    std::int64_t evidence_of(const RowRecord& record) const noexcept {
        return counted(record.evidence, deeds.evidence, record.row);
    }
    std::int64_t witnesses_of(const RowRecord& record) const noexcept {
        return counted(record.witnesses, deeds.witnesses, record.row);
    }
    /// The order of rows within a day.
    bool earlier(std::uint32_t a, std::uint32_t b) const noexcept {
        if (deeds.ascending && a < deeds.rows && b < deeds.rows) return a < b;
        return register_no(a) < register_no(b);
    }
    /// The row that one reverses, or none.
    std::uint32_t target_of(std::uint32_t row) const noexcept;

private:
    static std::int64_t counted(std::uint8_t kept, const WholeNumbers& column,
                                std::uint32_t row) noexcept {
        if (kept < RowRecord::many) return kept;
        std::int64_t count = 0;
        column.read(row, count);
        return count;
    }
};

}  // namespace gridgov::points
