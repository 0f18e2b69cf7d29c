// The passbook: one household's lines in time, its lots with their expiry, each spend with its lots;
// and what shops took in.
#pragma once

#include <cstdint>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/points/settle.hpp"

namespace gridgov::points {

/// A line of a passbook.
struct PassbookLine {
    Date day;
    Kind kind = Kind::award;
    std::uint32_t entry = no_index;     ///< of Entries, where it has one
    std::uint32_t exchange = no_index;  ///< of Exchanges, where it has one
    std::uint32_t lot = no_index;       ///< of Lots: the one that was issued, expired or was forfeited
    std::int64_t points = 0;        ///< signed
    std::int64_t balance = 0;       ///< after the line
    std::vector<Spend> spends;      ///< the lots that it took from, or gave back to (negative)
};

/// A household's passbook. `quiet` are entries that moved nothing: pending, rejected, without a match,
/// capped or floored to 0, so that everyone may see why.
struct Passbook {
    std::uint32_t household = no_index;
    std::vector<PassbookLine> lines;
    std::vector<std::uint32_t> quiet;   ///< of Entries, in their order
    std::vector<std::uint32_t> lots;    ///< with points left, first to expire first
    std::vector<Debt> debts;
    std::vector<Frozen> frozen;         ///< that are not over on the as-of date
};

/// The statement of a household by its number. Throws UsageError (unknown_household) where there is
/// none. O(log n + its lines).
GRIDGOV_EXPORT Passbook statement(const Settlement& settlement, std::uint32_t household);

/// What a shop took in from a village in a month.
struct ShopMonth {
    std::uint32_t shop = no_index, village = no_index;
    std::int32_t year = 0;
    std::uint32_t month = 0;
    std::int64_t exchanges = 0, quantity = 0, points = 0;  ///< accepted
    std::int64_t returns = 0, returned_quantity = 0, returned_points = 0;
    friend bool operator==(const ShopMonth&, const ShopMonth&) = default;
};

/// Every shop's months, by shop, village, month; each exchange and return in the month of its own date.
GRIDGOV_EXPORT std::vector<ShopMonth> shop_months(const Settlement& settlement);

}  // namespace gridgov::points
