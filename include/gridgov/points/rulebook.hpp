// Village rulebooks: which deeds earn or cost how many points, under which conditions and caps.
//
// A rulebook is a plain description, from a file or built by hand; `Rulebooks` is a set of them that
// was validated whole. What every field means is told in docs/explanation/points.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/conditions/unary_tests.hpp"
#include "gridgov/error.hpp"
#include "gridgov/export.hpp"
#include "gridgov/model/date.hpp"
#include "gridgov/model/title.hpp"

namespace gridgov::points {

/// What a rule's points are multiplied by: 1, or the register's units.
enum class Per : std::uint8_t { occurrence, person, hour, day };
/// Which of a group's matching rules gives: DMN's COLLECT with sum or max, FIRST, UNIQUE.
enum class HitPolicy : std::uint8_t { sum, max, first, unique };
/// Whose entries grow a cap's counter: the rule's own, its group's, or all.
enum class CapOver : std::uint8_t { rule, group, all };
/// Whose counter it is.
enum class Scope : std::uint8_t { person, household, village };
/// The calendar period, of the deed's date, that a counter runs over; weeks are ISO 8601's.
enum class Period : std::uint8_t { day, week, month, quarter, year, all_time };
/// What a cap does to an award that is more than it has left: cut it, or give nothing.
enum class CapMode : std::uint8_t { clip, reject };
/// What a cap counts: points, or entries other than 0.
enum class Measure : std::uint8_t { points, count };
/// What a deduction does that would take the balance below the floor: give 0, take what is above,
/// take all the same, or take what is above now and the rest from later awards.
enum class BelowFloor : std::uint8_t { reject, clamp, allow, carry };
/// What happens to lots on 31 December.
enum class YearEnd : std::uint8_t { carry, clear };
/// How often a household receives the opening points.
enum class OpeningPeriod : std::uint8_t { year, once };

/// The words of the files ("occurrence", "all_time", …).
GRIDGOV_EXPORT std::string_view word(Per value) noexcept;
GRIDGOV_EXPORT std::string_view word(HitPolicy value) noexcept;
GRIDGOV_EXPORT std::string_view word(CapOver value) noexcept;
GRIDGOV_EXPORT std::string_view word(Scope value) noexcept;
GRIDGOV_EXPORT std::string_view word(Period value) noexcept;
GRIDGOV_EXPORT std::string_view word(CapMode value) noexcept;
GRIDGOV_EXPORT std::string_view word(Measure value) noexcept;
GRIDGOV_EXPORT std::string_view word(BelowFloor value) noexcept;
GRIDGOV_EXPORT std::string_view word(YearEnd value) noexcept;
GRIDGOV_EXPORT std::string_view word(OpeningPeriod value) noexcept;

/// For how long a rule stops its household's exchanges, from the posting day on.
struct Freeze {
    enum class Until : std::uint8_t { none, months, end_of_year, end_of_next_year };
    Until until = Until::none;
    std::int32_t months = 0;  ///< with Until::months: 1 to 1200

    /// "none", "end_of_year", "end_of_next_year", or whole months or years as ISO 8601 writes them
    /// ("P3M", "P1Y", "P1Y6M", months beside years at most 11), together 1 month to 100 years. Nothing
    /// where it is none of these.
    GRIDGOV_EXPORT static std::optional<Freeze> parse(std::string_view text) noexcept;
    GRIDGOV_EXPORT std::string text() const;
    /// The first day on which exchange is free again; no date where the term is past all dates.
    GRIDGOV_EXPORT Date end(Date posted_on) const noexcept;
    friend bool operator==(const Freeze&, const Freeze&) = default;
};

/// Opening points, whole, that every household receives.
struct Opening {
    std::int64_t points = 0;  ///< in units, above 0
    OpeningPeriod period = OpeningPeriod::year;
};

/// Who is on the boards; an absent limit: nobody by that limit.
struct Board {
    std::optional<std::int64_t> red_top;        ///< so many households, and those tied with the last
    std::optional<std::int64_t> red_at_least;   ///< only with at least so many points
    std::optional<std::int64_t> black_at_most;  ///< a balance of at most so many points
    std::uint32_t line = 0;
};

/// A limit on what a rule may give.
struct Cap {
    CapOver over = CapOver::rule;
    Scope scope = Scope::household;
    Period period = Period::year;
    std::int64_t limit = 0;  ///< at least 0: units of points, or entries
    CapMode mode = CapMode::clip;
    Measure measure = Measure::points;
    std::uint32_t line = 0;
};

/// Rules of which one, or all, give for a deed.
struct Group {
    std::string id;
    Title title;
    HitPolicy hit_policy = HitPolicy::sum;
    std::uint32_t line = 0;
};

/// A condition: FEEL unary tests on a column of PERSONS, HOUSEHOLDS or the register.
struct Condition {
    std::string column;
    std::string text;
    std::uint32_t line = 0;
};

struct Rule {
    std::string id;
    Title title;
    std::string deed;
    std::int64_t points = 0;  ///< in units; negative: a deduction
    Per per = Per::occurrence;
    std::optional<std::int64_t> units_max;  ///< of one register row; at least 0
    std::vector<Condition> when;            ///< all must hold
    std::string group;                      ///< a group's id; empty: none
    std::int32_t cooldown_days = 0;
    std::int64_t evidence_min = 0;
    std::int64_t witness_min = 0;
    std::optional<std::int32_t> expires_after_months;  ///< 1 to 1200; absent: never
    std::vector<Cap> caps;
    Freeze freeze;
    bool veto = false;                      ///< off the red board of the posting day's year
    std::optional<std::int32_t> mend_days;  ///< on the black board for so long, or until mended
    std::vector<std::string> nearest_of;    ///< deeds that it serves when they have no rule
    std::string citation;
    std::uint32_t line = 0;
};

struct Rulebook {
    std::string id;
    Title title;
    std::vector<std::string> villages;  ///< names, or "*" alone
    Date effective_from;                ///< inclusive; must be given
    Date effective_to;                  ///< exclusive; no date: open
    std::int64_t unit_scale = 1;        ///< units that make a point when shown: 1, 10, 100 …
    std::optional<Opening> opening;
    std::int64_t floor = 0;
    BelowFloor below_floor = BelowFloor::reject;
    std::int32_t objection_days = 0;
    YearEnd year_end = YearEnd::carry;
    std::optional<std::int64_t> budget_yuan;  ///< a year
    std::optional<Board> board;
    std::vector<Group> groups;  ///< in the order of the file
    std::vector<Rule> rules;    ///< in the order of the file
    std::string file;           ///< shown in faults; may be empty
    std::uint32_t line = 0;     ///< lines count from 1; 0: unknown
};

/// A rulebook file's text and the name that faults call it by.
struct RulebookSource {
    std::string_view text;  ///< UTF-8, a byte-order mark allowed
    std::string_view name;
};

/// From `from` until the day before `to` (no date: open) a rulebook is in force.
struct InForce {
    Date from, to;
    std::uint32_t rulebook = 0;  ///< its place in Rulebooks
    friend bool operator==(const InForce&, const InForce&) = default;
};

/// A set of rulebooks, validated whole. Immutable, cheap to copy (shared), safe to share between
/// threads. Rulebooks are numbered in the byte order of their ids, whatever order they came in.
class Rulebooks {
public:
    /// None: no rulebook is ever in force.
    GRIDGOV_EXPORT Rulebooks();

    /// Validates a set: throws DataError with every fault (9001 to 9029, and condition_… of the
    /// tests, each with `file`, `line`, `rulebook` and, where it has one, `rule`): ids empty or given
    /// twice, a group that is not declared, a cap over the group of a rule that has none, two
    /// rulebooks in force for one village on one day, numbers out of range, tests that cannot be
    /// read, one column tested as two types. Gaps between rulebooks are legal.
    GRIDGOV_EXPORT static Rulebooks make(std::vector<Rulebook> rulebooks);

    /// As `make`, but returns the faults; `rulebooks` is absent if there are any.
    struct Checked;
    GRIDGOV_EXPORT static Checked check(std::vector<Rulebook> rulebooks);

    /// Reads files, one rulebook each, and makes them; throws DataError with the faults of reading
    /// and of the rulebooks together.
    GRIDGOV_EXPORT static Rulebooks read_toml(std::span<const RulebookSource> sources);
    GRIDGOV_EXPORT static Rulebooks read_json(std::span<const RulebookSource> sources);

    GRIDGOV_EXPORT std::size_t size() const noexcept;
    GRIDGOV_EXPORT const Rulebook& operator[](std::size_t rulebook) const noexcept;
    GRIDGOV_EXPORT std::span<const Rulebook> all() const noexcept;

    /// The tests of a rule's conditions, in the order of `when`.
    GRIDGOV_EXPORT
    std::span<const conditions::UnaryTests> tests(std::size_t rulebook, std::size_t rule) const noexcept;

    /// Which rulebooks are in force in a village and when: ascending, without overlap. A village that
    /// no rulebook names at a time has the one for "*", if there is one.
    GRIDGOV_EXPORT std::vector<InForce> in_force(std::string_view village) const;
    /// The one on a date, or none.
    GRIDGOV_EXPORT std::optional<std::uint32_t> in_force(std::string_view village, Date date) const;

private:
    struct Data;
    explicit Rulebooks(std::shared_ptr<const Data> data);
    std::shared_ptr<const Data> data_;
};

struct Rulebooks::Checked {
    std::optional<Rulebooks> rulebooks;
    std::vector<Finding> findings;
};

}  // namespace gridgov::points
