// A town: an immutable snapshot of households, villages and what lies between them, validated once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gridgov/error.hpp"
#include "gridgov/export.hpp"
#include "gridgov/model/columns.hpp"
#include "gridgov/model/ids.hpp"
#include "gridgov/model/units.hpp"

namespace gridgov {

/// What to do with a household whose coordinates are NaN.
enum class Unlocated : std::uint8_t {
    refuse,  ///< a fault, all listed
    group    ///< kept; anchored to a located household of its group in its village
};

struct TownOptions {
    Unlocated unlocated = Unlocated::refuse;
};

/// A town. Cheap to copy (shared, immutable); safe to read from any number of threads.
///
/// Columns are indexed by household row as given. Villages, pins and groups are numbered in the
/// byte order of their names; `rank` orders households by id (bytes; by row where no ids were given)
/// and is what ties break by.
class Town {
public:
    /// Validates and copies what is needed of the columns.
    /// Throws DataError with every fault of every table (never only the first), ordered by table and
    /// row. O(n log n) for ids.
    GRIDGOV_EXPORT static Town make(const TownColumns& columns, const TownOptions& options = {});

    /// As `make`, but returns the faults instead of throwing; `town` is empty if there are any.
    struct Checked;
    GRIDGOV_EXPORT
    static Checked check(const TownColumns& columns, const TownOptions& options = {});

    GRIDGOV_EXPORT std::size_t households() const noexcept;
    GRIDGOV_EXPORT std::size_t villages() const noexcept;

    /// The id of a household as given, or its row number.
    GRIDGOV_EXPORT std::string id(HouseholdIndex household) const;
    /// The row of a household by id; none() if unknown. O(log n).
    GRIDGOV_EXPORT HouseholdIndex find(std::string_view id) const;
    GRIDGOV_EXPORT std::string_view village_name(VillageIndex village) const;

    /// Unlocated: the anchor's.
    GRIDGOV_EXPORT std::span<const Position> positions() const noexcept;
    GRIDGOV_EXPORT std::span<const Weight> weights() const noexcept;
    /// VillageIndex values.
    GRIDGOV_EXPORT std::span<const std::uint32_t> village_of() const noexcept;
    GRIDGOV_EXPORT std::span<const std::uint32_t> rank() const noexcept;  ///< position in id order
    /// 1 for all where no column.
    GRIDGOV_EXPORT std::span<const std::uint8_t> may_be_head() const noexcept;
    /// Pin of each household or no_index; empty where the town has no pins.
    GRIDGOV_EXPORT std::span<const std::uint32_t> pin_of() const noexcept;
    GRIDGOV_EXPORT std::size_t pins() const noexcept;
    GRIDGOV_EXPORT std::string_view pin_name(std::uint32_t pin) const;
    /// Group of each household or no_index (a group belongs to one village); empty where none.
    GRIDGOV_EXPORT std::span<const std::uint32_t> group_of() const noexcept;
    GRIDGOV_EXPORT std::size_t groups() const noexcept;
    GRIDGOV_EXPORT std::string_view group_name(std::uint32_t group) const;
    /// For an unlocated household the located one of its group that stands nearest the group's
    /// middle; no_index for located ones; empty where all are located.
    GRIDGOV_EXPORT std::span<const std::uint32_t> anchor_of() const noexcept;
    /// Previous courtyard of each household or no_index; empty where none was given.
    GRIDGOV_EXPORT std::span<const std::uint32_t> previous_of() const noexcept;
    GRIDGOV_EXPORT std::size_t previous_courtyards() const noexcept;
    GRIDGOV_EXPORT std::string_view previous_name(std::uint32_t previous) const;

    /// Links by household row, each once, u < v by row, sorted; only where given.
    struct Link { std::uint32_t u, v; double length_m; };
    GRIDGOV_EXPORT bool has_links() const noexcept;
    GRIDGOV_EXPORT std::span<const Link> links() const noexcept;

    /// Ways by node row, as given (self-loops and parallel ways kept out: they never shorten a walk).
    struct Way { std::uint32_t u, v; double length_m; };
    GRIDGOV_EXPORT bool has_ways() const noexcept;
    GRIDGOV_EXPORT std::span<const Position> way_nodes() const noexcept;
    GRIDGOV_EXPORT std::span<const Way> ways() const noexcept;

    /// Segments of the barriers that cut (bridges and tunnels left out).
    struct Barrier { Position from, to; };
    GRIDGOV_EXPORT std::span<const Barrier> barriers() const noexcept;

private:
    struct Data;
    explicit Town(std::shared_ptr<const Data> data);
    std::shared_ptr<const Data> data_;
};

struct Town::Checked {
    std::optional<Town> town;
    std::vector<Finding> findings;  ///< errors where `town` is empty; else warnings and notes
};

}  // namespace gridgov
