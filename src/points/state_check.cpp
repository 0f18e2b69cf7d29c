// Whether what bytes say is a state that can be posted on from.
#include "points/state_bytes.hpp"

namespace gridgov::points {

void check_state(const State::Data& data) {
    const auto need = [](bool holds) {
        if (!holds) invalid_state("contradicts itself");
    };
    const Settlement& s = data.settlement;
    if (!s.as_of.exists()) {
        need(s.households.size() == 0 && s.rows.size() == 0 && s.exchanges.size() == 0 &&
             s.entries.size() == 0 && s.lots.size() == 0 && s.spends.empty() && s.movements.empty() &&
             s.debts.empty() && s.frozen.empty() && s.details.empty() && s.reversals.empty() &&
             data.waiting.empty() && data.digests.empty());
        return;
    }
    const auto day = [&](std::int32_t days) {
        need((days >= date_min.days && days <= date_max.days) || days == Date::none().days);
    };
    const auto points = [&](std::int64_t value) { need(value <= points_limit && value >= -points_limit); };
    const auto all_points = [&](const std::vector<std::int64_t>& values) {
        for (const std::int64_t value : values) points(value);
    };
    const auto index = [&](std::uint32_t value, std::size_t size) {
        need(value == no_index || value < size);
    };
    need(s.as_of >= date_min && s.as_of <= date_max);
    const Households& hs = s.households;
    const std::size_t households = hs.ids.size(), rows = s.rows.register_nos.size();
    for (const auto* const column :
         {&hs.opening, &hs.earned, &hs.deducted, &hs.redeemed, &hs.expired, &hs.forfeited, &hs.pending,
          &hs.balance}) {
        need(column->size() == households);
        all_points(*column);
    }
    need(hs.villages.size() == households && s.rows.offsets.size() == households + 1 &&
         s.lots.offsets.size() == households + 1);
    for (std::size_t h = 0; h < households; ++h) {
        need(hs.villages[h] < s.villages.size() && !hs.ids[h].empty());
        if (h > 0)
            need(hs.villages[h - 1] < hs.villages[h] ||
                 (hs.villages[h - 1] == hs.villages[h] && hs.ids[h - 1] < hs.ids[h]));
    }
    for (std::size_t v = 1; v < s.villages.size(); ++v) need(s.villages[v - 1] < s.villages[v]);
    // Rows: those that are posted first; every number once.
    need(s.rows.dates.size() == rows && s.rows.posted_on.size() == rows &&
         s.rows.persons.size() == rows && s.rows.deeds.size() == rows && s.rows.units.size() == rows &&
         (s.rows.reviewers.empty() || s.rows.reviewers.size() == rows) &&
         (s.rows.mended_on.empty() || s.rows.mended_on.size() == rows) &&
         s.rows.offsets.back() == rows && data.digests.size() == rows);
    Dictionary numbers;
    for (std::size_t row = 0; row < rows; ++row) {
        need(numbers.add(s.rows.register_nos[row]) == row && !s.rows.register_nos[row].empty());
        need(s.rows.dates[row] != Date::none().days && s.rows.units[row] >= 0);
        day(s.rows.dates[row]);
        day(s.rows.posted_on[row]);
        index(s.rows.persons[row], s.person_ids.size());
        index(s.rows.deeds[row], s.deeds.size());
        if (!s.rows.reviewers.empty()) index(s.rows.reviewers[row], s.reviewers.size());
    }
    const auto posted = [&](std::size_t row) { return s.rows.posted_on[row] <= s.as_of.days; };
    std::vector<std::uint32_t> household_of(rows);
    for (std::uint32_t h = 0; h < households; ++h)
        for (std::size_t row = s.rows.offsets[h]; row < s.rows.offsets[h + 1]; ++row) {
            household_of[row] = h;
            need(row == s.rows.offsets[h] || posted(row - 1) || !posted(row));
        }
    // Entries: of every row at least one, in order.
    const Entries& es = s.entries;
    const std::size_t entries = es.rows.size();
    need(es.rules.size() == entries && es.status.size() == entries && es.reasons.size() == entries &&
         es.points.size() == entries && es.points_clipped.size() == entries);
    std::uint32_t next_row = 0;
    for (std::size_t e = 0; e < entries; ++e) {
        need(es.rows[e] < rows);
        if (e == 0 || es.rows[e] != es.rows[e - 1]) need(es.rows[e] == next_row++);
        index(es.rules[e], s.rules.size());
        points(es.points[e]);
        points(es.points_clipped[e]);
        points(es.points[e] / 2 + es.points_clipped[e] / 2);
    }
    need(next_row == rows);
    const auto posted_entry_of = [&](std::uint32_t entry, std::uint32_t household) {
        need(entry < entries && posted(es.rows[entry]) && household_of[es.rows[entry]] == household);
    };
    for (std::size_t i = 0; i < s.reversals.size(); ++i) {
        const Reversal& reversal = s.reversals[i];
        need(reversal.row < rows && reversal.target < rows && reversal.row != reversal.target);
        need(household_of[reversal.row] == household_of[reversal.target]);
        need(i == 0 || s.reversals[i - 1].row < reversal.row);
        need(s.target_of(reversal.target) == no_index);
    }
    for (std::size_t i = 0; i < s.details.size(); ++i) {
        const Detail& detail = s.details[i];
        need(detail.entry < entries && (i == 0 || s.details[i - 1].entry < detail.entry));
        index(detail.rule, s.rules.size());
        index(detail.found, s.values.size());
        need(detail.row == no_index || detail.row < rows);
        points(detail.given);
    }
    // Lots, and who took from them.
    const Lots& ls = s.lots;
    const std::size_t lots = ls.points.size();
    need(ls.entries.size() == lots && ls.posted_on.size() == lots && ls.expires_on.size() == lots &&
         ls.left.size() == lots && ls.offsets.back() == lots);
    std::vector<std::int64_t> overdrawn(households);
    for (const Debt& debt : s.debts) {
        need(debt.household < households && debt.points > 0);
        points(debt.points);
        need(debt.kind == Kind::deduction || debt.kind == Kind::redemption);
        if (debt.kind == Kind::deduction) posted_entry_of(debt.cause, debt.household);
        else need(debt.cause < s.exchanges.households.size() &&
                  s.exchanges.households[debt.cause] == debt.household);
        if (debt.overdrawn) need(!__builtin_add_overflow(overdrawn[debt.household], debt.points,
                                                         &overdrawn[debt.household]));
    }
    const auto grouped = [&](const auto& list) {
        for (std::size_t i = 1; i < list.size(); ++i) need(list[i - 1].household <= list[i].household);
    };
    grouped(s.debts);
    grouped(s.movements);
    grouped(s.frozen);
    std::vector<std::uint32_t> household_of_lot(lots);
    for (std::uint32_t h = 0; h < households; ++h) {
        std::int64_t held = -overdrawn[h];
        for (std::size_t lot = s.lots.offsets[h]; lot < s.lots.offsets[h + 1]; ++lot) {
            household_of_lot[lot] = h;
            if (ls.entries[lot] != no_index) posted_entry_of(ls.entries[lot], h);
            need(ls.posted_on[lot] <= s.as_of.days && ls.posted_on[lot] >= date_min.days);
            day(ls.expires_on[lot]);
            need(ls.left[lot] >= 0 && ls.left[lot] <= ls.points[lot]);
            points(ls.points[lot]);
            need(!__builtin_add_overflow(held, ls.left[lot], &held));
        }
        need(held == hs.balance[h]);
        std::int64_t sum = 0;
        for (const std::int64_t part : {hs.opening[h], hs.earned[h], -hs.deducted[h], -hs.redeemed[h],
                                        -hs.expired[h], -hs.forfeited[h]})
            need(!__builtin_add_overflow(sum, part, &sum));
        need(sum == hs.balance[h]);
    }
    for (std::size_t i = 0; i < s.spends.size(); ++i) {
        const Spend& spend = s.spends[i];
        need(spend.lot < lots);
        const std::uint32_t h = household_of_lot[spend.lot];
        need(i == 0 || household_of_lot[s.spends[i - 1].lot] <= h);
        points(spend.points);
        need(spend.points <= ls.points[spend.lot] && -spend.points <= ls.points[spend.lot]);
        day(spend.day);
        if (spend.kind == Kind::deduction) posted_entry_of(spend.cause, h);
        else need(spend.kind == Kind::redemption && spend.cause < s.exchanges.households.size() &&
                  s.exchanges.households[spend.cause] == h);
    }
    const Exchanges& xs = s.exchanges;
    const std::size_t exchanges = xs.exchange_nos.size();
    need(xs.dates.size() == exchanges && xs.households.size() == exchanges &&
         xs.goods.size() == exchanges && xs.shops.size() == exchanges &&
         xs.quantities.size() == exchanges && xs.points.size() == exchanges &&
         xs.status.size() == exchanges && xs.refusals.size() == exchanges &&
         xs.found.size() == exchanges && xs.returns.size() == exchanges);
    for (const Movement& movement : s.movements) {
        need(movement.household < households && movement.points > 0);
        points(movement.points);
        day(movement.day);
        switch (movement.kind) {
            case Kind::deduction:
            case Kind::returned_deduction: posted_entry_of(movement.cause, movement.household); break;
            case Kind::redemption:
            case Kind::returned_exchange: need(movement.cause < exchanges); break;
            case Kind::expiry:
            case Kind::forfeit:
                need(movement.cause < lots && household_of_lot[movement.cause] == movement.household);
                break;
            case Kind::opening:
            case Kind::award: need(false);
        }
        if (movement.phase == Phase::rows)
            need(movement.trigger < rows && posted(movement.trigger) &&
                 household_of[movement.trigger] == movement.household);
        if (movement.phase == Phase::exchanges) need(movement.trigger < exchanges);
    }
    for (const Frozen& term : s.frozen) {
        need(term.household < households);
        posted_entry_of(term.entry, term.household);
        day(term.from);
        day(term.until);
    }
    Dictionary exchange_numbers;
    for (std::size_t e = 0; e < exchanges; ++e) {
        need(exchange_numbers.add(xs.exchange_nos[e]) == e && xs.households[e] < households);
        need(xs.dates[e] != Date::none().days);
        day(xs.dates[e]);
        index(xs.goods[e], s.goods.size());
        need(xs.shops[e] < s.shops.size());
        points(xs.points[e]);
        need(xs.points[e] >= 0 && xs.quantities[e] >= 0 && xs.quantities[e] <= 1'000'000'000);
        const bool pending = xs.status[e] == ExchangeStatus::pending;
        need(pending == (xs.dates[e] > s.as_of.days));
        if (e > 0)
            need(xs.dates[e - 1] < xs.dates[e] || (xs.dates[e - 1] == xs.dates[e] &&
                                                   xs.exchange_nos[e - 1] < xs.exchange_nos[e]));
        index(xs.returns[e], exchanges);
        if (xs.returns[e] == no_index) {
            need(xs.goods[e] != no_index);
        } else {
            need(xs.returns[e] != e && xs.returns[xs.returns[e]] == no_index &&
                 xs.households[xs.returns[e]] == xs.households[e]);
        }
    }
    for (std::size_t i = 0; i < data.waiting.size(); ++i) {
        const WaitingRow& row = data.waiting[i];
        need(row.row < rows && !posted(row.row) && (i == 0 || data.waiting[i - 1].row < row.row));
        for (const std::uint32_t rule : row.rules) need(rule < s.rules.size());
    }
}

}  // namespace gridgov::points
