#include "points/evaluate.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <tuple>

namespace gridgov::points {

std::uint32_t Job::target_of(std::uint32_t row) const noexcept {
    const auto found = std::lower_bound(reversals.begin(), reversals.end(), std::pair{row, 0U});
    return found != reversals.end() && found->first == row ? found->second : no_index;
}

void match_row(const Job& job, const RowRecord& record, std::vector<std::uint32_t>& slots) {
    slots.clear();
    const Plan& plan = job.plan;
    if (record.is(RowKind::waiting)) {
        const auto found = std::lower_bound(
            job.waiting.begin(), job.waiting.end(), record.row,
            [](const auto& waiting, std::uint32_t wanted) { return waiting.first < wanted; });
        if (found == job.waiting.end() || found->first != record.row) return;
        for (const std::uint32_t rule : found->second)
            if (rule < plan.slots.size()) slots.push_back(rule);
        return;
    }
    if (record.list >= row_kinds_begin) return;
    const Candidates& list = plan.lists[record.list];
    if (list.size() <= 32) {
        for (std::uint32_t mask = record.mask; mask != 0; mask &= mask - 1)
            slots.push_back(plan.candidates[list.begin + static_cast<std::uint32_t>(
                                                             std::countr_zero(mask))]);
        return;
    }
    Matching::DeedBits bits;
    Faults none;
    job.matching.evaluate_deeds(record.row, 1, bits, none);
    const std::int64_t evidence = job.evidence_of(record), witnesses = job.witnesses_of(record);
    const std::uint32_t person_row = record.person == no_index
                                         ? static_cast<std::uint32_t>(job.persons.rows())
                                         : job.persons.row_on(record.person, record.date);
    for (std::uint32_t c = list.begin; c < list.end; ++c)
        if (job.matching.matches(plan.slots[plan.candidates[c]], person_row, record.household,
                                  bits.bits.data(), evidence, witnesses))
            slots.push_back(plan.candidates[c]);
}

void Work::clear() {
    rows.clear();
    entries.clear();
    details.clear();
    values.clear();
    row_begin.clear();
    first_entry.clear();
    entry_count.clear();
    reversed.clear();
}

std::vector<std::uint32_t> Work::matches_of(const Job& job, std::uint32_t row) const {
    std::vector<std::uint32_t> slots;
    match_row(job, rows[row], slots);
    return slots;
}

void Evaluator::evaluate(Work& work, std::uint32_t first, std::uint32_t last, Faults& faults) {
    work_ = &work;
    faults_ = &faults;
    first_ = work.first_household + first;
    sorted_household_ = no_index;
    counters_.clear();
    if (cooling_.size() < last - first) cooling_.resize(last - first);
    for (std::uint32_t h = 0; h < last - first; ++h) cooling_[h].clear();
    const std::uint32_t begin = work.row_begin[first], end = work.row_begin[last];
    if (!job_.reversing.empty()) {
        for (std::uint32_t row = begin; row < end; ++row) {
            const RowRecord& record = work.rows[row];
            if (!record.is(RowKind::reversal) &&
                !(record.is(RowKind::posted_before) && job_.reversing[record.row]))
                continue;
            const std::uint32_t target = find_row(record.household, job_.target_of(record.row));
            if (target == no_index) continue;
            work.reversed[target] |= 1;
            if (record.is(RowKind::posted_before)) work.reversed[target] |= 2;
        }
    }
    // In the order of posting: of one household the rows have it already.
    order_.resize(end - begin);
    std::iota(order_.begin(), order_.end(), begin);
    if (last - first > 1)
        std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
            const RowRecord &x = work.rows[a], &y = work.rows[b];
            const bool old_x = x.is(RowKind::posted_before), old_y = y.is(RowKind::posted_before);
            if (old_x != old_y) return old_x;
            if (x.posted_on != y.posted_on) return x.posted_on < y.posted_on;
            return job_.earlier(x.row, y.row);
        });
    for (const std::uint32_t row : order_)
        if (work.rows[row].posted_on <= job_.as_of || work.rows[row].is(RowKind::posted_before))
            evaluate_row(row, false);
    for (const std::uint32_t row : order_)
        if (work.entry_count[row] == 0) evaluate_row(row, true);
}

WorkEntry& Evaluator::add(std::uint32_t row) {
    if (work_->entry_count[row]++ == 0)
        work_->first_entry[row] = static_cast<std::uint32_t>(work_->entries.size());
    return work_->entries.emplace_back();
}

Detail& Evaluator::detail(WorkEntry& entry) {
    if (entry.detail == no_index) {
        entry.detail = static_cast<std::uint32_t>(work_->details.size());
        work_->details.emplace_back();
    }
    return work_->details[entry.detail];
}

std::uint32_t Evaluator::whose(Scope scope, const RowRecord& row) const noexcept {
    switch (scope) {
        case Scope::person: return row.person;
        case Scope::household: return row.household;
        case Scope::village: break;
    }
    return 0;
}

std::span<const std::uint32_t> Evaluator::grows(std::uint32_t rule) const noexcept {
    const std::size_t slots = job_.plan.slots.size();
    if (rule >= slots) return job_.old_rules[rule - slots].grows;
    const Slot& slot = job_.plan.slots[rule];
    return std::span(job_.plan.grows).subspan(slot.grows_begin, slot.grows_end - slot.grows_begin);
}

void Evaluator::grow(std::span<const std::uint32_t> kinds, const RowRecord& row, std::int64_t given,
                     int direction) {
    const std::int64_t amount = given < 0 ? -given : given;
    for (const std::uint32_t k : kinds) {
        const CounterKind& kind = job_.plan.kinds[k];
        const std::uint32_t key = whose(kind.scope, row);
        if (key == no_index) continue;  // nobody's
        std::int64_t& counter =
            counters_.at(key, period_of(row.date, kind.period), 2 * k + (given < 0 ? 1 : 0));
        const std::int64_t step = kind.measure == Measure::count ? 1 : amount;
        if (__builtin_add_overflow(counter, direction * step, &counter))
            counter = std::numeric_limits<std::int64_t>::max();  // told when the balance overflows
    }
}

std::uint32_t Evaluator::find_row(std::uint32_t household, std::uint32_t wanted) {
    if (sorted_household_ != household) {
        sorted_household_ = household;
        by_row_.clear();
        const std::uint32_t h = household - work_->first_household;
        for (std::uint32_t row = work_->row_begin[h]; row < work_->row_begin[h + 1]; ++row)
            by_row_.emplace_back(work_->rows[row].row, row);
        std::sort(by_row_.begin(), by_row_.end());
    }
    const auto found = std::lower_bound(by_row_.begin(), by_row_.end(), std::pair{wanted, 0U});
    return found != by_row_.end() && found->first == wanted ? found->second : no_index;
}

bool Evaluator::raw_points(std::uint32_t s, const RowRecord& row, std::int64_t& raw) {
    if (job_.plan.slots[s].raw_points(row.units, raw)) return true;
    faults_->add(Code::points_overflow, Table::deeds, row.row, job_.register_no(row.row),
                 job_.households.village_of[row.household]);
    raw = 0;
    return false;
}

void Evaluator::zeros(std::uint32_t row, std::uint32_t of, Status status) {
    match_row(job_, work_->rows[of], matched_);
    const std::uint32_t other = of == row ? no_index : of;
    if (matched_.empty() && other == no_index) return no_match(row, no_index, no_index, status);
    if (matched_.empty()) {
        WorkEntry& entry = add(row);
        entry.status = status;
        entry.reason = Reason::target_reversed;
        detail(entry).row = other;
    }
    for (const std::uint32_t slot : matched_) {
        std::int64_t raw = 0;
        if (other == no_index) raw_points(slot, work_->rows[of], raw);
        WorkEntry& entry = add(row);
        entry.rule = slot;
        entry.raw = raw;
        entry.status = status;
        entry.reason = Reason::target_reversed;
        if (other != no_index) detail(entry).row = other;
    }
}

void Evaluator::restore(std::uint32_t row) {
    const RowRecord record = work_->rows[row];
    const Settlement& before = *job_.before;
    const auto old = static_cast<std::uint32_t>(record.row - job_.deeds.rows);
    Cooling& cooling = cooling_[record.household - first_];
    for (std::uint32_t e = job_.entries_before[old]; e < job_.entries_before[old + 1]; ++e) {
        WorkEntry& entry = add(row);
        entry.rule = before.entries.rules[e] == no_index
                         ? no_index
                         : job_.rule_of_before[before.entries.rules[e]];
        entry.status = before.entries.status[e];
        entry.reason = before.entries.reasons[e];
        entry.points = before.entries.points[e];
        entry.raw = entry.points + before.entries.points_clipped[e];
        entry.given = entry.points;
        if (const Detail* const old_detail = before.detail(e)) {
            take_over(*old_detail, entry);
            if (old_detail->row != no_index)
                detail(entry).row = find_row(record.household, job_.row_of_before(old_detail->row));
            if (entry.reason == Reason::below_floor) entry.given = old_detail->given;
        }
        if (entry.status != Status::posted || entry.given == 0) continue;
        if (!job_.reversing.empty() && job_.reversing[record.row]) continue;
        grow(grows(entry.rule), record, entry.given, 1);
        if (entry.rule < job_.plan.slots.size() && job_.plan.slots[entry.rule].cooled)
            cooling.add(job_.plan.slots[entry.rule].rule_id, record.date, row);
    }
}

void Evaluator::reverse(std::uint32_t row, bool pending) {
    const RowRecord record = work_->rows[row];
    const Status status = pending ? Status::pending : Status::posted;
    const std::uint32_t target = find_row(record.household, job_.target_of(record.row));
    if (target == no_index || work_->rows[target].rejected()) {
        WorkEntry& entry = add(row);
        entry.status = status;
        entry.reason = Reason::reverses;
        if (target != no_index) detail(entry).row = target;
        return;
    }
    const RowRecord taken = work_->rows[target];
    const bool posted = work_->entry_count[target] > 0 &&
                        (taken.posted_on <= job_.as_of || taken.is(RowKind::posted_before));
    if (!posted) {
        zeros(row, target, status);
        if (!pending) work_->reversed[target] |= 2;
        return;
    }
    const std::uint32_t first = work_->first_entry[target];
    for (std::uint32_t t = first; t < first + work_->entry_count[target]; ++t) {
        WorkEntry& entry = add(row);
        entry.rule = work_->entries[t].rule;
        entry.status = status;
        entry.reason = Reason::reverses;
        entry.other = t;
        detail(entry).row = target;
        if (pending) continue;
        WorkEntry& from = work_->entries[t];
        if (from.status == Status::posted && from.given != 0) {
            grow(grows(from.rule), taken, from.given, -1);
            if (from.rule < job_.plan.slots.size() && job_.plan.slots[from.rule].cooled)
                cooling_[taken.household - first_].remove(job_.plan.slots[from.rule].rule_id,
                                                          taken.date, target);
        }
        from.status = Status::reversed;
    }
}

void Evaluator::no_match(std::uint32_t row, std::uint32_t cooled, std::uint32_t earlier,
                         Status status) {
    const RowRecord record = work_->rows[row];
    WorkEntry& entry = add(row);
    entry.status = status;
    if (cooled != no_index) {  // it met all else: nothing is nearer
        entry.reason = Reason::cooling_down;
        Detail& why = detail(entry);
        why.rule = cooled;
        why.row = earlier;
        return;
    }
    if (record.is(RowKind::no_rulebook) || record.is(RowKind::no_rule)) {
        entry.reason = record.is(RowKind::no_rule) ? Reason::no_rule : Reason::no_rulebook;
        return;
    }
    if (record.is(RowKind::waiting)) {  // what the state said
        const auto old = static_cast<std::uint32_t>(record.row - job_.deeds.rows);
        const std::uint32_t e = job_.entries_before[old];
        entry.reason = job_.before->entries.reasons[e];
        if (const Detail* const old_detail = job_.before->detail(e)) take_over(*old_detail, entry);
        return;
    }
    // The rule that misses by the fewest requirements, the first of them in the file.
    const Candidates& list = job_.plan.lists[record.list];
    const std::uint32_t person_row = record.person == no_index
                                         ? static_cast<std::uint32_t>(job_.persons.rows())
                                         : job_.persons.row_on(record.person, record.date);
    const std::int64_t evidence = job_.evidence_of(record), witnesses = job_.witnesses_of(record);
    if (job_.matching.deed_words() > 0) {
        Faults told;
        job_.matching.evaluate_deeds(record.row, 1, deed_bits_, told);
    }
    Miss nearest;
    for (std::uint32_t c = list.begin; c < list.end; ++c) {
        const Miss miss = job_.matching.miss(job_.plan.candidates[c], person_row, record.household,
                                             deed_bits_.bits.data(), evidence, witnesses);
        if (miss.failures < nearest.failures) nearest = miss;
    }
    entry.reason = nearest.reason;
    Detail& why = detail(entry);
    why.rule = nearest.slot;
    why.requirement = nearest.requirement;
    why.left = nearest.wanted;
    why.given = nearest.counted;
    if (nearest.reason != Reason::condition_failed) return;
    job_.matching.prefetch_found(nearest.slot, nearest.requirement, person_row);
    to_find_.push_back({entry.detail, row, person_row});
}

void Evaluator::finish() {
    for (const ToFind& miss : to_find_) {
        Detail& why = work_->details[miss.detail];
        const RowRecord& record = work_->rows[miss.row];
        std::string found = job_.matching.found(why.rule, why.requirement, miss.person_row,
                                                record.household, record.row);
        why.found = static_cast<std::uint32_t>(work_->values.size());
        if (!work_->values.empty() && found == work_->values.back()) --why.found;
        else work_->values.push_back(std::move(found));
    }
    to_find_.clear();
}

/// What a state said of an entry, in the numbers of here; rows are left out.
void Evaluator::take_over(const Detail& old, WorkEntry& entry) {
    Detail& kept = detail(entry);
    kept = old;
    kept.row = no_index;
    if (kept.rule != no_index) kept.rule = job_.rule_of_before[kept.rule];
    if (kept.found != no_index) {
        work_->values.emplace_back(job_.before->values[kept.found]);
        kept.found = static_cast<std::uint32_t>(work_->values.size() - 1);
    }
}

void Evaluator::give(std::uint32_t row, std::uint32_t s, std::int64_t raw, bool pending) {
    const RowRecord& record = work_->rows[row];
    const Slot& slot = job_.plan.slots[s];
    const std::int64_t amount = raw < 0 ? -raw : raw;
    std::int64_t allowed = amount;
    std::int32_t held_by = -1;
    std::int64_t held_left = 0;
    Reason reason = Reason::given;
    if (amount > 0) {
        for (std::uint32_t c = slot.caps_begin; c < slot.caps_end; ++c) {
            const SlotCap& cap = job_.plan.caps[c];
            const CounterKind& kind = job_.plan.kinds[cap.kind];
            const std::uint32_t key = whose(kind.scope, record);
            if (key == no_index) continue;  // a fault that was told
            const std::int64_t counter = counters_.get(key, period_of(record.date, kind.period),
                                                       2 * cap.kind + (raw < 0 ? 1 : 0));
            const std::int64_t left = counter >= cap.limit ? 0 : cap.limit - counter;
            std::int64_t available = kind.measure == Measure::count ? (left > 0 ? amount : 0)
                                                                    : std::min(amount, left);
            if (available == amount) continue;
            const bool rejects = cap.mode == CapMode::reject;
            if (rejects) available = 0;
            if (available >= allowed) continue;
            allowed = available;
            held_by = cap.place;
            held_left = left;
            reason = rejects ? Reason::cap_rejected : Reason::cap_clipped;
        }
    }
    WorkEntry& entry = add(row);
    entry.rule = s;
    entry.raw = raw;
    entry.given = raw < 0 ? -allowed : allowed;
    entry.points = entry.given;
    entry.status = pending ? Status::pending : Status::posted;
    entry.reason = reason;
    if (held_by >= 0) {
        Detail& why = detail(entry);
        why.cap = held_by;
        why.left = held_left;
        why.given = entry.given;
    }
    if (allowed == 0) return;
    if (slot.grows_begin != slot.grows_end) grow(grows(s), record, entry.given, 1);
    if (slot.cooled && !pending)
        cooling_[record.household - first_].add(slot.rule_id, record.date, row);
}

void Evaluator::evaluate_row(std::uint32_t row, bool pending) {
    const RowRecord& record = work_->rows[row];
    if (record.is(RowKind::posted_before)) return restore(row);
    if (record.rejected()) {
        WorkEntry& entry = add(row);
        entry.status = Status::rejected;
        entry.reason = record.is(RowKind::stage_rejected) ? Reason::stage_rejected
                                                          : Reason::objection_upheld;
        return;
    }
    if (record.is(RowKind::reversal)) return reverse(row, pending);
    if ((pending && work_->reversed[row] != 0) || (work_->reversed[row] & 2) != 0)
        return zeros(row, row, pending ? Status::pending : Status::reversed);
    const Status unmatched = pending ? Status::pending : Status::no_match;
    if (record.is(RowKind::no_rulebook) || record.is(RowKind::no_rule))
        return no_match(row, no_index, no_index, unmatched);

    match_row(job_, record, matched_);
    Cooling& cooling = cooling_[record.household - first_];
    std::uint32_t cooled = no_index, earlier = no_index;
    bool choice = false;
    kept_.clear();
    raws_.clear();
    for (const std::uint32_t s : matched_) {
        const Slot& slot = job_.plan.slots[s];
        std::uint32_t other = no_index;
        if (slot.cooldown_days > 0 &&
            cooling.cools(slot.rule_id, record.date, slot.cooldown_days, other)) {
            if (cooled == no_index) {
                cooled = s;
                earlier = other;
            }
            continue;
        }
        std::int64_t raw = 0;
        raw_points(s, record, raw);
        kept_.push_back(s);
        raws_.push_back(raw);
        choice = choice || slot.policy != HitPolicy::sum;
    }
    if (kept_.empty()) return no_match(row, cooled, earlier, unmatched);
    if (!choice) {
        for (std::size_t k = 0; k < kept_.size(); ++k) give(row, kept_[k], raws_[k], pending);
    } else {
        // Of each group the rule that wins; two of a `unique` one make the row an error.
        const auto& slots = job_.plan.slots;
        std::uint32_t clash = no_index, clash_other = no_index;
        wins_.assign(kept_.size(), 1);
        for (std::size_t k = 0; k < kept_.size(); ++k) {
            const Slot& slot = slots[kept_[k]];
            if (slot.policy == HitPolicy::sum) continue;
            for (std::size_t j = 0; j < k; ++j) {
                if (wins_[j] == 0 || slots[kept_[j]].group_id != slot.group_id) continue;
                if (slot.policy == HitPolicy::unique) {
                    if (clash == no_index) {
                        clash = kept_[j];
                        clash_other = kept_[k];
                    }
                } else if (slot.policy == HitPolicy::max && raws_[k] > raws_[j]) {
                    wins_[j] = 0;
                } else {
                    wins_[k] = 0;
                }
            }
        }
        for (std::size_t k = 0; k < kept_.size(); ++k) {
            if (clash == no_index && wins_[k] != 0) {
                give(row, kept_[k], raws_[k], pending);
                continue;
            }
            WorkEntry& entry = add(row);
            entry.rule = kept_[k];
            entry.raw = raws_[k];
            if (clash != no_index) {
                entry.status = pending ? Status::pending : Status::error;
                entry.reason = Reason::several_rules;
                detail(entry).rule = kept_[k] == clash ? clash_other : clash;
                continue;
            }
            entry.status = pending ? Status::pending : Status::posted;
            entry.reason = Reason::outbid;
            for (std::size_t j = 0; j < kept_.size(); ++j)
                if (wins_[j] != 0 && slots[kept_[j]].group_id == slots[kept_[k]].group_id)
                    detail(entry).rule = kept_[j];
        }
    }
    if (!pending) return;
    // What is pending holds no cap.
    const std::uint32_t first = work_->first_entry[row];
    for (std::uint32_t e = first; e < first + work_->entry_count[row]; ++e)
        if (work_->entries[e].given != 0)
            grow(grows(work_->entries[e].rule), record, work_->entries[e].given, -1);
}

}  // namespace gridgov::points
