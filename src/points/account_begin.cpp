// Where an account begins: empty, or as a state left it.
#include <algorithm>

#include "points/account.hpp"

namespace gridgov::points {

void Account::begin(Work& work, std::uint32_t of) {
    work_ = &work;
    household = of;
    opening = earned = deducted = redeemed = expired = forfeited = pending = balance = 0;
    lots.clear();
    spends.clear();
    movements.clear();
    debts.clear();
    frozen.clear();
    heap_.clear();
    first_debt_ = first_overdraft_ = 0;
    event_ = 0;
    opening_year_ = 0;
    late_opening_ = false;
    const std::uint32_t place = of - work.first_household;
    rows_begin_ = row_ = work.row_begin[place];
    rows_end_ = work.row_begin[place + 1];
    exchange_ = job_.exchange_begin.empty() ? 0 : job_.exchange_begin[of];
    exchanges_end_ = job_.exchange_begin.empty() ? 0 : job_.exchange_begin[of + 1];
    for (std::uint32_t x = exchange_; x < exchanges_end_; ++x) {
        const std::uint32_t e = job_.exchange_order[x];
        results_.last_spend[e] = results_.debt[e] = no_index;
        results_.returned[e] = 0;
        const std::uint32_t target = job_.exchanges.list[e].returns;  // before it in the order
        if (e < job_.exchanges.posted && target < e && results_.status[e] == ExchangeStatus::accepted)
            results_.returned[target] = 1;
    }
    if (job_.before == nullptr || !job_.before->as_of.exists()) return;
    const std::vector<CalendarEvent>& calendar =
        job_.villages[job_.households.village_of[of]].calendar;
    while (event_ < calendar.size() && calendar[event_].day <= job_.before->as_of.days) ++event_;
    while (row_ < rows_end_ && work.rows[row_].is(RowKind::posted_before)) ++row_;
    if (job_.before_household[of] != no_index) restore(job_.before_household[of]);
    else late_opening_ = job_.villages[job_.households.village_of[of]].late_opening > 0;
}

void Account::restore(std::uint32_t h) {
    const Settlement& before = *job_.before;
    const Households& accounts = before.households;
    opening = accounts.opening[h];
    earned = accounts.earned[h];
    deducted = accounts.deducted[h];
    redeemed = accounts.redeemed[h];
    expired = accounts.expired[h];
    forfeited = accounts.forfeited[h];
    balance = accounts.balance[h];
    // The household's posted rows come first there and here, with as many entries each.
    const std::size_t first_row = before.rows.offsets[h];
    const auto entry_of = [&](std::uint32_t old) {
        if (old == no_index) return no_index;
        const std::uint32_t old_row = before.entries.rows[old];
        const std::uint32_t row = rows_begin_ + static_cast<std::uint32_t>(old_row - first_row);
        return work_->first_entry[row] + old - job_.entries_before[old_row];
    };
    const std::size_t first_lot = before.lots.offsets[h];
    for (std::size_t l = first_lot; l < before.lots.offsets[h + 1]; ++l) {
        const auto lot = static_cast<std::uint32_t>(lots.size());
        lots.push_back({entry_of(before.lots.entries[l]), before.lots.posted_on[l],
                        before.lots.expires_on[l], before.lots.points[l], before.lots.left[l], false});
        if (lots.back().entry == no_index)
            opening_year_ = civil_date(Date{lots.back().posted_on}).year;
        else
            work_->entries[lots.back().entry].lot = lot;
        if (lots.back().left > 0) queue(lot);
    }
    const auto of_household = [&](const auto& list, auto key) {
        const auto low = std::lower_bound(list.begin(), list.end(), h, [&](const auto& item, std::uint32_t wanted) {
            return key(item) < wanted;
        });
        auto high = low;
        while (high != list.end() && key(*high) == h) ++high;
        return std::pair{low, high};
    };
    // Spends are grouped by household as lots are.
    const auto lot_before = [&](const Spend& spend, std::size_t lot) { return spend.lot < lot; };
    auto spend = std::lower_bound(before.spends.begin(), before.spends.end(), first_lot, lot_before);
    for (; spend != before.spends.end() && spend->lot < before.lots.offsets[h + 1]; ++spend) {
        AccountSpend kept{*spend, no_index};
        kept.spend.lot -= static_cast<std::uint32_t>(first_lot);
        if (kept.spend.kind == Kind::deduction) kept.spend.cause = entry_of(spend->cause);
        std::uint32_t& last = last_spend_of(kept.spend.kind, kept.spend.cause);
        if (spend->points > 0) {
            kept.before = last;
            last = static_cast<std::uint32_t>(spends.size());
        }
        spends.push_back(kept);
    }
    const auto [first_move, last_move] =
        of_household(before.movements, [](const Movement& movement) { return movement.household; });
    for (auto old = first_move; old != last_move; ++old) {
        Movement movement = *old;
        movement.household = household;
        if (movement.kind == Kind::deduction || movement.kind == Kind::returned_deduction)
            movement.cause = entry_of(movement.cause);
        if (movement.kind == Kind::expiry || movement.kind == Kind::forfeit)
            movement.cause -= static_cast<std::uint32_t>(first_lot);
        if (movement.phase == Phase::rows)
            movement.trigger = rows_begin_ + static_cast<std::uint32_t>(movement.trigger - first_row);
        movements.push_back(movement);
    }
    const auto [first_owed, last_owed] =
        of_household(before.debts, [](const Debt& debt) { return debt.household; });
    for (auto old = first_owed; old != last_owed; ++old) {
        AccountDebt debt{old->kind, old->cause, old->overdrawn, old->points};
        if (debt.kind == Kind::deduction) debt.cause = entry_of(debt.cause);
        // Of one cause there can be two: what was overdrawn, and what is owed.
        if (!debt.overdrawn || debt_of(debt.kind, debt.cause) == no_index)
            debt_of(debt.kind, debt.cause) = static_cast<std::uint32_t>(debts.size());
        debts.push_back(debt);
    }
    const auto [first_frozen, last_frozen] =
        of_household(before.frozen, [](const Frozen& term) { return term.household; });
    for (auto old = first_frozen; old != last_frozen; ++old)
        frozen.push_back({household, entry_of(old->entry), old->from, old->until});
}

}  // namespace gridgov::points
