// An account's lots and debts: points come, are taken, go back and expire.
#include <algorithm>
#include <tuple>

#include "points/account.hpp"

namespace gridgov::points {

void Account::queue(std::uint32_t lot) {
    lots[lot].queued = true;
    heap_.push_back(lot);
    if (heap_.size() == 1) return;
    std::push_heap(heap_.begin(), heap_.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(lots[a].expires_on, a) > std::tie(lots[b].expires_on, b);
    });
}

/// Takes the lot that expires first out of the queue.
void Account::unqueue() {
    lots[heap_.front()].queued = false;
    std::pop_heap(heap_.begin(), heap_.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(lots[a].expires_on, a) > std::tie(lots[b].expires_on, b);
    });
    heap_.pop_back();
}

void Account::move(Kind kind, std::uint32_t cause, std::int64_t points) {
    if (points > 0) movements.push_back({kind, household, cause, trigger_, phase_, day_, points});
}

std::uint32_t& Account::last_spend_of(Kind kind, std::uint32_t cause) noexcept {
    return kind == Kind::redemption ? results_.last_spend[cause] : work_->entries[cause].last_spend;
}

std::uint32_t& Account::debt_of(Kind kind, std::uint32_t cause) noexcept {
    return kind == Kind::redemption ? results_.debt[cause] : work_->entries[cause].debt;
}

void Account::take_from(std::uint32_t lot, Kind kind, std::uint32_t cause, std::int64_t points) {
    lots[lot].left -= points;
    std::uint32_t& last = last_spend_of(kind, cause);
    spends.push_back({{lot, kind, cause, day_, points}, last});
    last = static_cast<std::uint32_t>(spends.size() - 1);
}

void Account::take(Kind kind, std::uint32_t cause, std::int64_t points) {
    while (points > 0 && !heap_.empty()) {
        const std::uint32_t lot = heap_.front();
        const std::int64_t part = std::min(points, lots[lot].left);
        if (part > 0) take_from(lot, kind, cause, part);
        points -= part;
        if (lots[lot].left > 0) continue;
        unqueue();
    }
    if (points == 0) return;
    debt_of(kind, cause) = static_cast<std::uint32_t>(debts.size());
    debts.push_back({kind, cause, true, points});
}

void Account::add_lot(std::uint32_t entry, std::int64_t points, std::int32_t expires_on) {
    const auto lot = static_cast<std::uint32_t>(lots.size());
    lots.push_back({entry, day_, expires_on, points, points, false});
    if (entry != no_index) work_->entries[entry].lot = lot;
    add_to(balance, points);
    for (; first_overdraft_ < debts.size() && lots[lot].left > 0; ++first_overdraft_) {
        AccountDebt& debt = debts[first_overdraft_];
        if (!debt.overdrawn) continue;
        const std::int64_t part = std::min(debt.points, lots[lot].left);
        if (part == 0) continue;
        take_from(lot, debt.kind, debt.cause, part);
        debts[first_overdraft_].points -= part;
        if (debts[first_overdraft_].points > 0) break;
    }
}

void Account::open(const CalendarEvent& event) {
    add_lot(no_index, event.points, Date::none().days);
    add_to(opening, event.points);
    opening_year_ = civil_date(Date{event.day}).year;
    if (lots.back().left > 0) queue(static_cast<std::uint32_t>(lots.size() - 1));
}

void Account::award(std::uint32_t entry, std::int64_t points, std::int32_t expires_on) {
    add_lot(entry, points, expires_on);
    add_to(earned, points);
    const auto lot = static_cast<std::uint32_t>(lots.size() - 1);
    for (; first_debt_ < debts.size() && lots[lot].left > 0; ++first_debt_) {
        AccountDebt& debt = debts[first_debt_];
        if (debt.overdrawn) continue;
        const std::int64_t part = std::min(debt.points, lots[lot].left);
        if (part == 0) continue;
        take_from(lot, debt.kind, debt.cause, part);
        debt.points -= part;
        balance -= part;
        add_to(deducted, part);
        move(Kind::deduction, debt.cause, part);
        if (debt.points > 0) break;
    }
    if (lots[lot].left > 0) queue(lot);
}

std::int64_t Account::allowed(std::int64_t points, std::int64_t held, const Floor& floor) const {
    if (floor.policy == BelowFloor::allow) return points;
    std::int64_t above = 0;
    if (__builtin_sub_overflow(held, floor.floor, &above)) throw AccountOverflow{};
    if (floor.policy == BelowFloor::reject) return points <= above ? points : 0;
    return std::min(points, std::max<std::int64_t>(above, 0));
}

std::int64_t Account::deduct(std::uint32_t entry, std::int64_t points, const Floor& floor) {
    const std::int64_t taken = allowed(points, balance, floor);
    if (taken > 0) {
        std::int64_t left = balance;
        add_to(left, -taken);
        take(Kind::deduction, entry, taken);
        balance = left;
        add_to(deducted, taken);
        move(Kind::deduction, entry, taken);
    }
    if (floor.policy != BelowFloor::carry || taken == points) return taken;
    work_->entries[entry].debt = static_cast<std::uint32_t>(debts.size());
    debts.push_back({Kind::deduction, entry, false, points - taken});
    return taken;
}

std::int64_t Account::reverse(std::uint32_t e, const Floor& floor) {
    const std::uint32_t target = work_->entries[e].other;
    const std::int64_t points = work_->entries[target].points;
    if (points > 0) {
        const std::uint32_t lot = work_->entries[target].lot;
        const std::int64_t own = lot == no_index ? 0 : std::min(points, lots[lot].left);
        if (own > 0) {
            take_from(lot, Kind::deduction, e, own);
            balance -= own;
            add_to(deducted, own);
            move(Kind::deduction, e, own);
        }
        return own + (points > own ? deduct(e, points - own, floor) : 0);
    }
    if (points < 0) {
        WorkEntry& taken = work_->entries[target];
        const std::int64_t returned = outstanding(taken.last_spend, taken.debt);
        add_to(earned, returned);
        move(Kind::returned_deduction, e, returned);
        take_back(taken.last_spend, taken.debt);
        return returned;
    }
    return 0;
}

std::int64_t Account::outstanding(std::uint32_t last_spend, std::uint32_t debt) const {
    std::int64_t taken = 0;
    for (std::uint32_t s = last_spend; s != no_index; s = spends[s].before)
        taken += spends[s].spend.points;
    for_debts(debt, [&](std::uint32_t d) {
        if (debts[d].overdrawn) taken += debts[d].points;
    });
    return taken;
}

void Account::take_back(std::uint32_t& last_spend, std::uint32_t debt) {
    for_debts(debt, [&](std::uint32_t d) {
        if (debts[d].overdrawn) add_to(balance, debts[d].points);
        debts[d].points = 0;
    });
    std::vector<std::uint32_t> parts;
    for (std::uint32_t s = last_spend; s != no_index; s = spends[s].before) parts.push_back(s);
    std::reverse(parts.begin(), parts.end());
    for (const std::uint32_t s : parts) {
        Spend back = spends[s].spend;
        back.points = -back.points;
        back.day = day_;
        spends.push_back({back, no_index});
        give_back(back.lot, -back.points);
    }
    last_spend = no_index;
}

void Account::give_back(std::uint32_t lot, std::int64_t points) {
    lots[lot].left += points;
    add_to(balance, points);
    if (lots[lot].expires_on <= day_) expire(lot);
    else if (!lots[lot].queued) queue(lot);
}

void Account::expire(std::uint32_t lot) {
    const std::int64_t points = lots[lot].left;
    lots[lot].left = 0;
    balance -= points;
    add_to(expired, points);
    move(Kind::expiry, lot, points);
}

void Account::clear_lots() {
    for (std::uint32_t lot = 0; lot < lots.size(); ++lot) {
        const std::int64_t points = lots[lot].left;
        if (points == 0) continue;
        lots[lot].left = 0;
        balance -= points;
        add_to(forfeited, points);
        move(Kind::forfeit, lot, points);
    }
}

}  // namespace gridgov::points
