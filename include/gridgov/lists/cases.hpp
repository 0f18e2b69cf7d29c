// Cases: a log of disputes, problems and needs: who had each when, circles, time, deadlines.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/model/columns.hpp"
#include "gridgov/model/date.hpp"

namespace gridgov::lists {

enum class CaseEvent : std::uint8_t {
    opened,
    referred,
    accepted,
    returned,
    agreed,
    solved,
    closed,
};
GRIDGOV_EXPORT std::string_view case_event_name(CaseEvent event) noexcept;

/// The log, a row an event; borrowed. Rows may come in any order, but for those of one case and
/// day, which are taken in the order given. `actors` says who has the case from the event on: whom
/// it was referred or returned to, who accepted or solved it. The file's note decides nothing.
struct CaseColumns {
    TextColumn ids;
    std::span<const Date> dates;
    TextColumn actors;
    TextColumn events;
    TextColumn kinds;  ///< absent: none; a case has the first that is not empty
};

/// Where an actor stands, where no catalogue says so; borrowed.
struct ActorLevels {
    TextColumn ids;
    TextColumn levels;  ///< names of levels
};

/// How a case stands with a deadline.
enum class DeadlineState : std::uint8_t { none, pending, met, late, missed };
GRIDGOV_EXPORT std::string_view deadline_state_name(DeadlineState state) noexcept;

inline constexpr std::size_t case_levels = 6;  ///< the five levels from below, then unknown

/// A row a case, by id.
struct Cases {
    std::vector<std::string> ids;
    std::vector<std::string> kinds;
    std::vector<Date> opened;  ///< its first event
    std::vector<Date> ended;   ///< first solved or closed since it was (re)opened; none: open
    std::vector<std::string> holder;  ///< who has it, or had it last
    std::vector<std::uint32_t> hops;     ///< how often it went from one actor to another
    std::vector<std::uint32_t> returns;  ///< of these, by `returned`
    std::vector<std::uint32_t> circles;  ///< of these, to one who had it before
    /// Days with an actor of each level, from an event to the next or to the as-of date; a row a
    /// case, case_levels numbers each.
    std::vector<std::int32_t> days;
    std::vector<std::uint8_t> solved_at;  ///< a Level; 5: by one of unknown level; 255: not solved
    // Mediation: as a rule within a month of being accepted, else opened (Provisions on the Work of
    // People's Mediation). Ended by agreed, solved or closed.
    std::vector<Date> month_due;
    std::vector<DeadlineState> month_state;
    // Judicial confirmation is asked for within 30 days of the agreement (People's Mediation Law,
    // art. 33). The log does not say whether it was: pending until then, passed (`missed`) after.
    std::vector<Date> confirmation_due;  ///< none: no agreement
    std::vector<DeadlineState> confirmation_state;
    std::size_t size() const noexcept { return ids.size(); }
    /// case_circle (a note) for each case that came back to one who had it, with the actors from
    /// then to then; case_not_opened, case_after_close and case_level_unknown (warnings).
    std::vector<Finding> findings;
};

/// Goes through the log. Levels come from `levels`, else from `catalogue` if one is given, else
/// from the actor's own name where that is a level ("village", "level:village").
/// A case that something happens to after `closed`, or that goes on to somebody after `solved`, is
/// open again from there: `ended`, `solved_at` and deadlines start anew, hops and circles do not.
/// Deterministic. O(n log n).
/// Throws DataError: column_length, empty_id, case_date_invalid, case_in_future,
/// case_event_unknown, case_actor_empty. UsageError: as_of_invalid.
GRIDGOV_EXPORT
Cases cases(const CaseColumns& log, Date as_of, const ActorLevels& levels = {},
            const Catalogue* catalogue = nullptr);

}  // namespace gridgov::lists
