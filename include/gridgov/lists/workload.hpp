// Workload: hours from items and recurrences onto posts and persons, month by month, and where they
// do not fit, the smallest set of duties and people that proves it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/model/date.hpp"

namespace gridgov::lists {

/// Hours are counted in whole hundredths: 1.5 hours are 150. An item's and a person's hours are
/// rounded to them once, halves upwards.
using CentiHours = std::int64_t;

struct WorkloadOptions {
    /// Any day of the first month; none: the catalogue's effective_from.
    Date from;
    std::uint32_t months = 12;  ///< 1 to 120
    /// A month's capacity of persons who state none; absent: they can take any load.
    std::optional<double> capacity_hours;
    /// Who qualifies for an overload subsidy: a month's load of at least so many percent of the
    /// capacity, and at least so many posts, as far as stated; none stated: nobody.
    std::optional<double> subsidy_percent;
    std::optional<std::uint32_t> subsidy_posts;
};

/// What a post must do, a row a post and month; where an item names no post, the actor itself.
struct PostLoads {
    std::vector<std::uint32_t> actor;     ///< ActorIndex
    std::vector<std::string_view> name;   ///< the post's, of the catalogue; empty: the actor itself
    std::vector<std::uint32_t> persons;   ///< how many share it; 0: vacant, nobody does it
    std::vector<std::uint32_t> month;     ///< row of Workload::months
    std::vector<CentiHours> hours;
};

/// A row a person and month.
struct PersonLoads {
    std::vector<std::uint32_t> person;  ///< PersonIndex
    std::vector<std::uint32_t> month;
    std::vector<CentiHours> hours;     ///< what several may do, shared evenly among them
    std::vector<CentiHours> capacity;  ///< −1: no bound
    std::vector<std::uint32_t> posts;  ///< how many the person holds
    std::vector<std::uint8_t> subsidy; ///< whether the person qualifies that month
};

/// A proof that hours do not fit: these duties can be done by nobody but these people, and take
/// more hours than they have.
struct Overload {
    std::uint32_t month = 0;
    std::vector<std::uint32_t> items;   ///< ItemIndex, with the actor beside; most hours first
    std::vector<std::uint32_t> actors;  ///< ActorIndex
    std::vector<std::uint32_t> persons; ///< PersonIndex, ascending
    CentiHours hours = 0, capacity = 0;
    /// No proof has fewer people and duties together; false: too many people to try all sets.
    bool smallest = true;
};

struct Workload {
    std::vector<Date> months;            ///< first days
    std::vector<std::uint8_t> feasible;  ///< a month each: all hours fit, however they are shared
    PostLoads posts;      ///< by actor, post's name (the actor itself last), month
    PersonLoads persons;  ///< by person, month
    /// One a group of people who share duties where some month does not fit: of its worst month (by
    /// missing hours, ties to the earlier), by first person.
    std::vector<Overload> overloads;
    /// workload_infeasible for each overload; duty_without_person for each item and actor whose
    /// lead nobody holds (warnings).
    std::vector<Finding> findings;
};

/// Hours are those of must, assist and certify items that recur, `hours` for each occurrence in a
/// month, on whoever leads: the holders of the post, or, where the actor itself leads, everyone
/// with a post there; hours of a vacant post are told as its own and are nobody's. Those who assist
/// carry none. Any division among several is allowed when it is
/// asked whether the hours fit: a maximum flow from duties over posts to persons; where it falls
/// short, its minimum cut holds the people of every minimal proof (deficits are supermodular),
/// where the smallest is then searched for by number of people.
/// Deterministic. O(items × actors × months) and a flow for each group of people who share posts.
/// Throws DataError (recurrence_…, duty_without_start), UsageError (workload_months_invalid,
/// workload_value_invalid, workload_without_start).
GRIDGOV_EXPORT Workload workload(const Catalogue& catalogue, const WorkloadOptions& options = {});

}  // namespace gridgov::lists
