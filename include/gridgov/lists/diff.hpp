// What changed against last year's list: who carries more, who less, what moved.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/lists/catalogue.hpp"

namespace gridgov::lists {

/// How a load changed: by hours a year; where they are equal, by the number of items.
enum class Shift : std::uint8_t { same, heavier, lighter };
GRIDGOV_EXPORT std::string_view shift_name(Shift shift) noexcept;

/// What one item became. Items of both catalogues are the same where their ids are, and of the rest
/// where list and matter are and nothing else of either catalogue has both.
struct ItemChange {
    enum class Kind : std::uint8_t {
        added,
        removed,
        moved,     ///< others act or lead (what else changed too is in the fields)
        relisted,  ///< it stands on another list
        heavier,   ///< more hours a year
        lighter,
    };
    Kind kind = Kind::added;
    ItemIndex older;  ///< none(): added
    ItemIndex newer;  ///< none(): removed
    /// Hours a year of all who act under it.
    double hours_older = 0;
    double hours_newer = 0;
    /// Who leads it, as `ACTOR` or `ACTOR.POST`, in byte order; at most `leads_shown`, then "…".
    std::vector<std::string> leads_older, leads_newer;
};
inline constexpr std::size_t leads_shown = 5;
GRIDGOV_EXPORT std::string_view change_name(ItemChange::Kind kind) noexcept;

/// What an actor or one of its posts carries in both catalogues, as lead of must, assist and certify
/// items. An item that several actors of a level act under counts for each.
struct LoadChange {
    std::string actor;  ///< id
    std::string post;   ///< its name; empty: the actor itself leads
    Shift shift = Shift::same;
    std::uint32_t items_older = 0;
    std::uint32_t items_newer = 0;
    double hours_older = 0;  ///< a year
    double hours_newer = 0;
};

struct Difference {
    std::vector<ItemChange> items;  ///< only what changed; by id (the newer one, else the older)
    std::vector<LoadChange> loads;  ///< every actor and post that leads in either; by actor, then post
};

/// Compares two catalogues. Hours a year are an item's hours times its occurrences in the twelve months
/// from the first day of its own catalogue: the head's effective_from, else the earliest of an item,
/// else 2026-01-01; items without a recurrence count as items, not in hours. Sums are made in the
/// order of ids. O(items × actors that act under them).
GRIDGOV_EXPORT Difference diff(const Catalogue& older, const Catalogue& newer);

}  // namespace gridgov::lists
