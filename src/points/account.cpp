#include "points/account.hpp"

#include <algorithm>
#include <tuple>

namespace gridgov::points {
namespace {

void add_to(std::int64_t& sum, std::int64_t points) {
    if (__builtin_add_overflow(sum, points, &sum) || sum > points_limit || sum < -points_limit)
        throw AccountOverflow{};
}

}  // namespace

void ExchangeResults::resize(std::size_t exchanges) {
    status.assign(exchanges, ExchangeStatus::pending);
    refusals.assign(exchanges, Refusal::nothing);
    points.assign(exchanges, 0);
    found.assign(exchanges, 0);
    last_spend.assign(exchanges, no_index);
    debt.assign(exchanges, no_index);
    returned.assign(exchanges, 0);
}

void Account::queue(std::uint32_t lot) {
    lots[lot].queued = true;
    heap_.push_back(lot);
    if (heap_.size() == 1) return;
    std::push_heap(heap_.begin(), heap_.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(lots[a].expires_on, a) > std::tie(lots[b].expires_on, b);
    });
}

void Account::move(Kind kind, std::uint32_t cause, std::int64_t points) {
    if (points > 0) movements.push_back({kind, household, cause, trigger_, phase_, day_, points});
}

Account::Floor Account::floor_on(std::uint32_t rulebook) const noexcept {
    if (rulebook == no_index) return {};
    const Rulebook& in_force = job_.plan.rulebooks()[rulebook];
    return {in_force.floor, in_force.below_floor};
}

Account::Floor Account::floor_of_entry(std::uint32_t entry) const noexcept {
    const std::uint32_t rule = work_->entries[entry].rule;
    return rule < job_.plan.slots.size() ? floor_on(job_.plan.slots[rule].rulebook) : Floor{};
}

std::uint32_t& Account::last_spend_of(Kind kind, std::uint32_t cause) noexcept {
    return kind == Kind::redemption ? results_.last_spend[cause] : work_->entries[cause].last_spend;
}

std::uint32_t& Account::debt_of(Kind kind, std::uint32_t cause) noexcept {
    return kind == Kind::redemption ? results_.debt[cause] : work_->entries[cause].debt;
}

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
            lots[heap_.front()].queued = false;
            std::pop_heap(heap_.begin(), heap_.end(), [&](std::uint32_t a, std::uint32_t b) {
                return std::tie(lots[a].expires_on, a) > std::tie(lots[b].expires_on, b);
            });
            heap_.pop_back();
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
        lots[lot].queued = false;
        std::pop_heap(heap_.begin(), heap_.end(), [&](std::uint32_t a, std::uint32_t b) {
            return std::tie(lots[a].expires_on, a) > std::tie(lots[b].expires_on, b);
        });
        heap_.pop_back();
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

void Account::reverse_entry(std::uint32_t row, std::uint32_t e) {
    WorkEntry& entry = work_->entries[e];
    const RowRecord& record = work_->rows[row];
    Floor floor = floor_on(record.mask);
    if (record.mask == no_index) floor = floor_of_entry(entry.other);
    const std::int64_t target = work_->entries[entry.other].points;
    entry.raw = -target;
    entry.points = -target;
    const std::int64_t done = reverse(e, floor);
    if (target > 0) floored(entry, target, done, floor.policy);
    for (Frozen& term : frozen)
        if (term.entry == entry.other) term.until = std::min(term.until, std::max(day_, term.from));
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

void Account::preview_row(std::uint32_t row) {
    const std::uint32_t first = work_->first_entry[row];
    const std::uint32_t end = first + work_->entry_count[row];
    std::int64_t held = balance;
    std::int64_t overdrawn = 0, owed = 0;
    for (const AccountDebt& debt : debts) (debt.overdrawn ? overdrawn : owed) += debt.points;
    // Of a row that takes another back, deductions first, as in post_row: what goes back to a lot that
    // expired, or was owed only, is not held.
    for (std::uint32_t e = first; e < end; ++e) {
        const std::uint32_t target = work_->entries[e].other;
        if (target == no_index || work_->entries[target].points >= 0) continue;
        for (std::uint32_t s = work_->entries[target].last_spend; s != no_index; s = spends[s].before)
            if (lots[spends[s].spend.lot].expires_on > job_.as_of)
                add_to(held, spends[s].spend.points);
        for_debts(work_->entries[target].debt, [&](std::uint32_t d) {
            if (debts[d].overdrawn) add_to(held, debts[d].points);
        });
    }
    for (std::uint32_t e = first; e < end; ++e) {
        WorkEntry& entry = work_->entries[e];
        if (entry.status != Status::pending) continue;
        Floor floor;
        std::int64_t asked = 0;
        if (entry.other != no_index) {
            const std::uint32_t rulebook = work_->rows[row].mask;
            floor = rulebook == no_index ? floor_of_entry(entry.other) : floor_on(rulebook);
            const WorkEntry& target = work_->entries[entry.other];
            entry.raw = entry.points = -target.points;
            if (target.points > 0) {
                const std::int64_t own =
                    target.lot == no_index ? 0 : std::min(target.points, lots[target.lot].left);
                add_to(held, -own);
                asked = target.points - own;
                const std::int64_t taken = allowed(asked, held, floor);
                add_to(held, -taken);
                floored(entry, target.points, own + taken, floor.policy);
            }
            add_to(pending, entry.points);
            continue;
        }
        if (entry.given > 0) {
            add_to(held, entry.given);
            const std::int64_t repaid = std::min(entry.given, overdrawn);
            overdrawn -= repaid;
            const std::int64_t paid = std::min(entry.given - repaid, owed);
            owed -= paid;
            held -= paid;
        } else if (entry.given < 0) {
            floor = floor_on(job_.plan.slots[entry.rule].rulebook);
            asked = -entry.given;
            const std::int64_t taken = allowed(asked, held, floor);
            add_to(held, -taken);
            floored(entry, asked, taken, floor.policy);
        }
        add_to(pending, work_->entries[e].points);
    }
}

}  // namespace gridgov::points
