#include "gridgov/points/passbook.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "refuse.hpp"

namespace gridgov::points {
namespace {

/// Items of a list grouped by household, by binary search.
template <class List, class HouseholdOf>
std::pair<std::size_t, std::size_t> range_of(const List& list, std::uint32_t household,
                                             HouseholdOf household_of) {
    const auto low = std::partition_point(list.begin(), list.end(), [&](const auto& item) {
        return household_of(item) < household;
    });
    const auto high = std::partition_point(low, list.end(), [&](const auto& item) {
        return household_of(item) == household;
    });
    return {static_cast<std::size_t>(low - list.begin()), static_cast<std::size_t>(high - list.begin())};
}

std::int64_t signed_points(Kind kind, std::int64_t points) noexcept {
    switch (kind) {
        case Kind::opening:
        case Kind::award:
        case Kind::returned_deduction:
        case Kind::returned_exchange: return points;
        case Kind::deduction:
        case Kind::redemption:
        case Kind::expiry:
        case Kind::forfeit: break;
    }
    return -points;
}

}  // namespace

Passbook statement(const Settlement& s, std::uint32_t household) {
    if (household >= s.households.size())
        refuse(Code::points_household_out_of_range,
               {{"number", std::to_string(household)},
                {"households", std::to_string(s.households.size())}});
    Passbook book;
    book.household = household;
    const auto by_household = [](const auto& item) { return item.household; };
    // Lines by (day, phase, row or exchange); within one in the order in which they came.
    struct Line {
        std::tuple<std::int32_t, Phase, std::uint32_t, std::uint32_t> at;
        PassbookLine line;
    };
    std::vector<Line> lines;
    const std::size_t first_lot = s.lots.offsets[household], last_lot = s.lots.offsets[household + 1];
    for (std::size_t lot = first_lot; lot < last_lot; ++lot) {
        Line line;
        const std::uint32_t entry = s.lots.entries[lot];
        line.line.day = Date{s.lots.posted_on[lot]};
        line.line.kind = entry == no_index ? Kind::opening : Kind::award;
        line.line.entry = entry;
        line.line.lot = static_cast<std::uint32_t>(lot);
        line.line.points = s.lots.points[lot];
        line.at = {s.lots.posted_on[lot], entry == no_index ? Phase::openings : Phase::rows,
                   entry == no_index ? 0 : s.entries.rows[entry], static_cast<std::uint32_t>(lot)};
        lines.push_back(std::move(line));
        if (s.lots.left[lot] > 0) book.lots.push_back(static_cast<std::uint32_t>(lot));
    }
    std::sort(book.lots.begin(), book.lots.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(s.lots.expires_on[a], a) < std::tie(s.lots.expires_on[b], b);
    });
    // Spends by what took them and when.
    std::map<std::tuple<Kind, std::uint32_t, std::int32_t, bool>, std::vector<Spend>> spends;
    const auto [first_spend, last_spend] = [&] {
        const auto low = std::partition_point(s.spends.begin(), s.spends.end(), [&](const Spend& spend) {
            return spend.lot < first_lot;
        });
        const auto high = std::partition_point(low, s.spends.end(), [&](const Spend& spend) {
            return spend.lot < last_lot;
        });
        return std::pair{low, high};
    }();
    for (auto spend = first_spend; spend != last_spend; ++spend)
        spends[{spend->kind, spend->cause, spend->day, spend->points < 0}].push_back(*spend);
    const auto [first_move, last_move] = range_of(s.movements, household, by_household);
    for (std::size_t m = first_move; m < last_move; ++m) {
        const Movement& movement = s.movements[m];
        Line line;
        line.at = {movement.day, movement.phase,
                   movement.phase == Phase::rows || movement.phase == Phase::exchanges ? movement.trigger : 0,
                   0x80000000U | static_cast<std::uint32_t>(m - first_move)};
        PassbookLine& out = line.line;
        out.day = Date{movement.day};
        out.kind = movement.kind;
        out.points = signed_points(movement.kind, movement.points);
        const auto take = [&](Kind kind, std::uint32_t cause, bool back) {
            const auto found = spends.find({kind, cause, movement.day, back});
            if (found == spends.end()) return;
            out.spends = std::move(found->second);
            spends.erase(found);
        };
        switch (movement.kind) {
            case Kind::deduction:
                out.entry = movement.cause;
                take(Kind::deduction, movement.cause, false);
                break;
            case Kind::returned_deduction: {
                out.entry = movement.cause;
                // Given back is what the row that was reversed had taken by the same rule.
                const std::uint32_t target = s.target_of(s.entries.rows[movement.cause]);
                for (auto found = spends.begin(); found != spends.end();) {
                    const auto& [kind, cause, day, back] = found->first;
                    if (kind == Kind::deduction && back && day == movement.day &&
                        s.entries.rows[cause] == target &&
                        s.entries.rules[cause] == s.entries.rules[movement.cause]) {
                        out.spends.insert(out.spends.end(), found->second.begin(), found->second.end());
                        found = spends.erase(found);
                    } else {
                        ++found;
                    }
                }
                break;
            }
            case Kind::redemption:
                out.exchange = movement.cause;
                take(Kind::redemption, movement.cause, false);
                break;
            case Kind::returned_exchange:
                out.exchange = movement.cause;
                take(Kind::redemption, s.exchanges.returns[movement.cause], true);
                break;
            case Kind::expiry:
            case Kind::forfeit:
            case Kind::opening:
            case Kind::award: out.lot = movement.cause; break;
        }
        lines.push_back(std::move(line));
    }
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.at < b.at; });
    std::int64_t balance = 0;
    for (Line& line : lines) {
        balance += line.line.points;
        line.line.balance = balance;
        book.lines.push_back(std::move(line.line));
    }
    // Entries that moved nothing.
    std::vector<bool> moved;
    const auto rows_begin = static_cast<std::uint32_t>(s.rows.offsets[household]);
    const auto rows_end = static_cast<std::uint32_t>(s.rows.offsets[household + 1]);
    const auto first_entry = static_cast<std::uint32_t>(
        std::lower_bound(s.entries.rows.begin(), s.entries.rows.end(), rows_begin) - s.entries.rows.begin());
    const auto last_entry = static_cast<std::uint32_t>(
        std::lower_bound(s.entries.rows.begin(), s.entries.rows.end(), rows_end) - s.entries.rows.begin());
    moved.assign(last_entry - first_entry, false);
    for (const PassbookLine& line : book.lines)
        if (line.entry != no_index) moved[line.entry - first_entry] = true;
    for (std::uint32_t e = first_entry; e < last_entry; ++e)
        if (!moved[e - first_entry]) book.quiet.push_back(e);
    const auto [first_debt, last_debt] = range_of(s.debts, household, by_household);
    book.debts.assign(s.debts.begin() + static_cast<std::ptrdiff_t>(first_debt),
                      s.debts.begin() + static_cast<std::ptrdiff_t>(last_debt));
    const auto [first_frozen, last_frozen] = range_of(s.frozen, household, by_household);
    for (std::size_t f = first_frozen; f < last_frozen; ++f)
        if (s.frozen[f].until > s.as_of.days) book.frozen.push_back(s.frozen[f]);
    return book;
}

std::vector<ShopMonth> shop_months(const Settlement& s) {
    using Key = std::tuple<std::string_view, std::uint32_t, std::int32_t, std::uint32_t>;
    std::map<Key, ShopMonth> months;
    for (std::uint32_t e = 0; e < s.exchanges.size(); ++e) {
        if (s.exchanges.status[e] != ExchangeStatus::accepted) continue;
        const std::uint32_t target = s.exchanges.returns[e];
        const std::uint32_t shop = s.exchanges.shops[target == no_index ? e : target];
        const std::uint32_t village = s.households.villages[s.exchanges.households[e]];
        const CivilDate date = civil_date(Date{s.exchanges.dates[e]});
        ShopMonth& month = months[{s.shops[shop], village, date.year, date.month}];
        month.shop = shop;
        month.village = village;
        month.year = date.year;
        month.month = date.month;
        if (target == no_index) {
            ++month.exchanges;
            month.quantity += s.exchanges.quantities[e];
            month.points += s.exchanges.points[e];
        } else {
            ++month.returns;
            month.returned_quantity += s.exchanges.quantities[target];
            month.returned_points += s.exchanges.points[e];
        }
    }
    std::vector<ShopMonth> out;
    for (const auto& [key, month] : months) out.push_back(month);
    return out;
}

}  // namespace gridgov::points
