#include "points/account.hpp"

#include <algorithm>
#include <tuple>

namespace gridgov::points {
void ExchangeResults::resize(std::size_t exchanges) {
    status.assign(exchanges, ExchangeStatus::pending);
    refusals.assign(exchanges, Refusal::nothing);
    points.assign(exchanges, 0);
    found.assign(exchanges, 0);
    last_spend.assign(exchanges, no_index);
    debt.assign(exchanges, no_index);
    returned.assign(exchanges, 0);
}

Account::Floor Account::floor_on(std::uint32_t rulebook) const noexcept {
    if (rulebook == no_index) return {0, BelowFloor::clamp};
    const Rulebook& in_force = job_.plan.rulebooks()[rulebook];
    return {in_force.floor, in_force.below_floor};
}

bool Account::received_opening(const CalendarEvent& event) const noexcept {
    return event.once ? opening_year_ != 0
                      : opening_year_ == civil_date(Date{event.day}).year && opening_year_ != 0;
}

void Account::run() { run_through(no_index); }

void Account::run_through(std::uint32_t place) {
    const std::int32_t end = job_.as_of;
    const std::int32_t day = place == no_index
                                 ? end + 1
                                 : job_.exchanges.list[job_.exchange_order[place]].date;
    const Phase phase = place == no_index ? Phase::expiry : Phase::exchanges;
    if (late_opening_) {
        late_opening_ = false;
        run_until(job_.before->as_of.days + 1, Phase::openings, no_index);
        const CalendarEvent event{job_.before->as_of.days + 1, Phase::openings, false,
                                  job_.villages[job_.households.village_of[household]].late_opening};
        if (event.day <= end && opening_year_ == 0) {
            day_ = event.day;
            phase_ = Phase::openings;
            trigger_ = no_index;
            open(event);
        }
    }
    while (row_ < rows_end_ && work_->rows[row_].posted_on <= end) {
        const std::int32_t posted_on = work_->rows[row_].posted_on;
        if (std::tuple{posted_on, Phase::rows} >= std::tuple{day, phase}) break;
        run_until(posted_on, Phase::rows, no_index);
        day_ = posted_on;
        phase_ = Phase::rows;
        trigger_ = row_;
        post_row(row_++);
    }
    run_until(day, phase, place);
    if (place != no_index) return;
    day_ = end;
    phase_ = Phase::rows;
    for (; row_ < rows_end_; ++row_) preview_row(row_);
    for (; exchange_ < exchanges_end_; ++exchange_) {
        const std::uint32_t later = job_.exchange_order[exchange_];
        const ExchangeInput& input = job_.exchanges.list[later];
        results_.status[later] = ExchangeStatus::pending;
        results_.refusals[later] = Refusal::nothing;
        results_.points[later] = 0;
        if (input.returns == no_index && input.price != no_index &&
            __builtin_mul_overflow(job_.exchanges.prices[input.price].points, input.quantity,
                                   &results_.points[later]))
            results_.points[later] = 0;
    }
}

/// Expiries, openings, exchanges and year ends before a day's phase, and of that phase the exchanges
/// up to a place.
void Account::run_until(std::int32_t day, Phase phase, std::uint32_t place) {
    const std::vector<CalendarEvent>& calendar =
        job_.villages[job_.households.village_of[household]].calendar;
    const std::tuple limit{day, phase};
    while (true) {
        while (!heap_.empty() && lots[heap_.front()].left == 0) {
            unqueue();
        }
        std::tuple next = limit;
        enum class What : std::uint8_t { nothing, expiry, event, exchange } what = What::nothing;
        if (!heap_.empty()) {
            const std::tuple at{lots[heap_.front()].expires_on, Phase::expiry};
            if (at < next) {
                next = at;
                what = What::expiry;
            }
        }
        if (event_ < calendar.size()) {
            const std::tuple at{calendar[event_].day, calendar[event_].phase};
            if (at < next) {
                next = at;
                what = What::event;
            }
        }
        if (exchange_ < exchanges_end_) {
            const std::tuple at{job_.exchanges.list[job_.exchange_order[exchange_]].date,
                                Phase::exchanges};
            if (at < next || (what == What::nothing && at == limit && place != no_index &&
                              exchange_ <= place)) {
                next = at;
                what = What::exchange;
            }
        }
        if (what == What::nothing) return;
        std::tie(day_, phase_) = next;
        trigger_ = no_index;
        switch (what) {
            case What::expiry: expire(heap_.front()); break;
            case What::event: {
                const CalendarEvent& event = calendar[event_++];
                if (event.phase == Phase::year_end) {
                    clear_lots();
                } else if (!received_opening(event)) {
                    open(event);
                }
                break;
            }
            case What::exchange: {
                const std::uint32_t now = job_.exchange_order[exchange_++];
                trigger_ = now;
                if (now >= job_.exchanges.posted) exchange(now);
                break;
            }
            case What::nothing: break;
        }
    }
}

void Account::floored(WorkEntry& entry, std::int64_t points, std::int64_t taken, BelowFloor policy) {
    // `points` are asked, above 0; the entry's are below 0.
    if (taken == points) return;
    if (entry.detail == no_index) {
        entry.detail = static_cast<std::uint32_t>(work_->details.size());
        work_->details.emplace_back();
    }
    Detail& why = work_->details[entry.detail];
    if (policy == BelowFloor::carry) {
        entry.reason = Reason::owed;
        why.given = -taken;
    } else {
        entry.reason = Reason::below_floor;
        why.given = -points;
        entry.points = -taken;
    }
}

void Account::take_entry_back(std::uint32_t row, std::uint32_t e) {
    WorkEntry& entry = work_->entries[e];
    const Floor floor = floor_on(work_->rows[row].mask);
    const std::int64_t target = work_->entries[entry.other].points;
    entry.raw = -target;
    entry.points = -target;
    const std::int64_t done = reverse(e, floor);
    if (target > 0) floored(entry, target, done, floor.policy);
}

void Account::reverse_entry(std::uint32_t row, std::uint32_t e) {
    take_entry_back(row, e);
    for (Frozen& term : frozen)
        if (term.entry == work_->entries[e].other)
            term.until = std::min(term.until, std::max(day_, term.from));
}

void Account::post_row(std::uint32_t row) {
    const std::uint32_t first = work_->first_entry[row];
    const std::uint32_t end = first + work_->entry_count[row];
    // Of a row that takes another back: deductions come back before awards go, so that a row reversed
    // at once leaves no trace.
    for (const bool awards : {false, true})
        for (std::uint32_t e = first; e < end; ++e) {
            const std::uint32_t target = work_->entries[e].other;
            if (target != no_index && (work_->entries[target].points > 0) == awards)
                reverse_entry(row, e);
        }
    for (std::uint32_t e = first; e < end; ++e) {
        WorkEntry& entry = work_->entries[e];
        if (entry.other != no_index) continue;
        if (entry.rule >= job_.plan.slots.size() || entry.status == Status::error ||
            entry.reason == Reason::outbid || entry.reason == Reason::target_reversed ||
            entry.reason == Reason::several_rules)  // an error that was reversed later
            continue;
        const Slot& slot = job_.plan.slots[entry.rule];
        if (slot.freeze.until != Freeze::Until::none) {
            Frozen term{household, e, day_, slot.freeze.end(Date{day_}).days};
            frozen.push_back(term);
        }
        if (entry.given > 0) {
            const std::int32_t expires_on =
                slot.expires_after_months == 0
                    ? Date::none().days
                    : add_months(Date{day_}, slot.expires_after_months).days;
            award(e, entry.given, expires_on);
        } else if (entry.given < 0) {
            const Floor floor = floor_on(slot.rulebook);
            const std::int64_t taken = deduct(e, -entry.given, floor);
            floored(work_->entries[e], -entry.given, taken, floor.policy);
        }
    }
}

bool Account::is_frozen(std::int32_t day) const noexcept {
    return std::any_of(frozen.begin(), frozen.end(), [&](const Frozen& term) {
        return term.from <= day && day < term.until;
    });
}

void Account::exchange(std::uint32_t e) {
    const ExchangeInput& input = job_.exchanges.list[e];
    if (input.returns != no_index) return return_exchange(e);
    results_.points[e] = 0;
    results_.found[e] = 0;
    const auto refuse = [&](Refusal refusal, std::int64_t found) {
        results_.status[e] = ExchangeStatus::refused;
        results_.refusals[e] = refusal;
        results_.found[e] = found;
    };
    if (input.price == no_index)
        return refuse(job_.exchanges.known_good[input.good] ? Refusal::not_in_force
                                                            : Refusal::unknown_good, 0);
    const Price& price = job_.exchanges.prices[input.price];
    std::int64_t cost = 0;
    if (__builtin_mul_overflow(price.points, input.quantity, &cost)) throw AccountOverflow{};
    results_.points[e] = cost;
    if (is_frozen(input.date)) return refuse(Refusal::frozen, 0);
    std::int64_t in_stock = 0;
    if (!stock_.has(e, input.price, input.quantity, in_stock))
        return refuse(Refusal::out_of_stock, in_stock);
    const std::uint32_t rulebook =
        job_.villages[job_.households.village_of[household]].rulebook_on(input.date);
    const std::int64_t floor = floor_on(rulebook).floor;
    std::int64_t above = 0;
    if (__builtin_sub_overflow(balance, floor, &above)) throw AccountOverflow{};
    if (cost > 0 && cost > above) return refuse(Refusal::insufficient_balance, balance);
    results_.status[e] = ExchangeStatus::accepted;
    results_.refusals[e] = Refusal::nothing;
    stock_.take(input.price, input.quantity);
    take(Kind::redemption, e, cost);
    balance -= cost;
    add_to(redeemed, cost);
    move(Kind::redemption, e, cost);
}

void Account::return_exchange(std::uint32_t e) {
    const ExchangeInput& input = job_.exchanges.list[e];
    const std::uint32_t target = input.returns;
    results_.points[e] = 0;
    results_.found[e] = 0;
    if (results_.status[target] != ExchangeStatus::accepted || target >= e ||
        results_.returned[target] != 0) {
        results_.status[e] = ExchangeStatus::refused;
        results_.refusals[e] = Refusal::not_accepted;
        return;
    }
    results_.status[e] = ExchangeStatus::accepted;
    results_.refusals[e] = Refusal::nothing;
    results_.returned[target] = 1;
    results_.points[e] = results_.points[target];
    const ExchangeInput& given = job_.exchanges.list[target];
    const std::uint32_t price = job_.exchanges.price_on(given.good, given.shop, input.date);
    if (price != no_index) stock_.give_back(price, given.quantity);
    redeemed -= results_.points[e];
    move(Kind::returned_exchange, e, results_.points[e]);
    take_back(results_.last_spend[target], results_.debt[target]);
}

/// A row that takes another back, posted and undone again: what it would take depends on which lots its
/// own entries before leave.
void Account::preview_reversal(std::uint32_t row) {
    struct Taken {
        std::uint32_t entry = no_index, last_spend = no_index;
    };
    const std::uint32_t first = work_->first_entry[row];
    const std::uint32_t end = first + work_->entry_count[row];
    const std::int64_t balance_before = balance, earned_before = earned, deducted_before = deducted,
                       expired_before = expired;
    const std::size_t spends_before = spends.size(), movements_before = movements.size(),
                      debts_before = debts.size();
    std::vector<Taken> taken;
    std::vector<std::pair<std::uint32_t, std::int64_t>> owed;
    for (std::uint32_t e = first; e < end; ++e) {
        const std::uint32_t target = work_->entries[e].other;
        taken.push_back({target, work_->entries[target].last_spend});
        for_debts(work_->entries[target].debt,
                  [&](std::uint32_t d) { owed.emplace_back(d, debts[d].points); });
    }
    for (const bool awards : {false, true})
        for (std::uint32_t e = first; e < end; ++e)
            if ((work_->entries[work_->entries[e].other].points > 0) == awards) take_entry_back(row, e);
    balance = balance_before;
    earned = earned_before;
    deducted = deducted_before;
    expired = expired_before;
    debts.resize(debts_before);
    for (const auto& [debt, points] : owed) debts[debt].points = points;
    for (const Taken& of : taken) work_->entries[of.entry].last_spend = of.last_spend;
    for (std::uint32_t e = first; e < end; ++e) {
        work_->entries[e].last_spend = work_->entries[e].debt = no_index;
        add_to(pending, work_->entries[e].points);
    }
    const auto put_back = [&](std::uint32_t lot, std::int64_t points) { lots[lot].left += points; };
    for (std::size_t m = movements_before; m < movements.size(); ++m)
        if (movements[m].kind == Kind::expiry) put_back(movements[m].cause, movements[m].points);
    for (std::size_t s = spends_before; s < spends.size(); ++s)
        put_back(spends[s].spend.lot, spends[s].spend.points);
    for (std::size_t s = spends_before; s < spends.size(); ++s) {
        const std::uint32_t lot = spends[s].spend.lot;
        if (lots[lot].left > 0 && !lots[lot].queued) queue(lot);
    }
    movements.resize(movements_before);
    spends.resize(spends_before);
}

void Account::preview_row(std::uint32_t row) {
    const std::uint32_t first = work_->first_entry[row];
    const std::uint32_t end = first + work_->entry_count[row];
    if (first < end && work_->entries[first].other != no_index) return preview_reversal(row);
    std::int64_t held = balance;
    std::int64_t overdrawn = 0, owed = 0;
    for (const AccountDebt& debt : debts) (debt.overdrawn ? overdrawn : owed) += debt.points;
    for (std::uint32_t e = first; e < end; ++e) {
        WorkEntry& entry = work_->entries[e];
        if (entry.status != Status::pending) continue;
        if (entry.given > 0) {
            add_to(held, entry.given);
            const std::int64_t repaid = std::min(entry.given, overdrawn);
            overdrawn -= repaid;
            const std::int64_t paid = std::min(entry.given - repaid, owed);
            owed -= paid;
            held -= paid;
        } else if (entry.given < 0) {
            const Floor floor = floor_on(job_.plan.slots[entry.rule].rulebook);
            const std::int64_t asked = -entry.given;
            const std::int64_t taken = allowed(asked, held, floor);
            add_to(held, -taken);
            floored(entry, asked, taken, floor.policy);
        }
        add_to(pending, entry.points);
    }
}

}  // namespace gridgov::points
