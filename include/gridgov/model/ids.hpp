// Strong types for the things that a town has. An index is a row of its own column; mixing two kinds
// does not compile. Columns of results hold the plain 32-bit value so that they can be handed on
// without a copy; the name of such a column says what it indexes.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace gridgov {

/// A row number of one kind of thing, from 0. `none()` stands for "no such thing".
template <class Kind>
struct Index {
    std::uint32_t value = std::numeric_limits<std::uint32_t>::max();

    constexpr Index() = default;
    constexpr explicit Index(std::uint32_t row) : value(row) {}
    static constexpr Index none() { return Index{}; }
    constexpr bool exists() const { return value != none().value; }
    friend constexpr auto operator<=>(Index, Index) = default;
};

using HouseholdIndex = Index<struct HouseholdKind>;
using VillageIndex = Index<struct VillageKind>;
using CourtyardIndex = Index<struct CourtyardKind>;
using GridIndex = Index<struct GridKind>;

/// The value that a plain column of indices holds where there is none (4294967295).
inline constexpr std::uint32_t no_index = std::numeric_limits<std::uint32_t>::max();

}  // namespace gridgov
