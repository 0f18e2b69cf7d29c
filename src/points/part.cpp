#include "points/part.hpp"

#include <algorithm>

#include "large_pages.hpp"

namespace gridgov::points {

void Part::clear() {
    households.clear();
    rows.clear();
    register_nos.clear();
    mended_on.clear();
    digests.clear();
    waiting.clear();
    entries.rows.clear();
    entries.rules.clear();
    entries.status.clear();
    entries.reasons.clear();
    entries.points.clear();
    entries.points_clipped.clear();
    details.clear();
    values.clear();
    lots.entries.clear();
    lots.posted_on.clear();
    lots.expires_on.clear();
    lots.points.clear();
    lots.left.clear();
    spends.clear();
    movements.clear();
    debts.clear();
    frozen.clear();
}

void PartWriter::begin(const Work& work, Part& part) {
    part.clear();
    entry_out_.assign(work.entries.size(), no_index);
    row_out_.assign(work.rows.size(), no_index);
    rows_.clear();
    std::uint32_t entries = 0;
    for (std::uint32_t h = 0; h + 1 < work.row_begin.size(); ++h) {
        const std::uint32_t village = job_.households.village_of[work.first_household + h];
        if (job_.households.faulty[village]) continue;
        for (std::uint32_t row = work.row_begin[h]; row < work.row_begin[h + 1]; ++row) {
            row_out_[row] = static_cast<std::uint32_t>(rows_.size());
            rows_.push_back(row);
            const std::uint32_t first = work.first_entry[row];
            for (std::uint32_t e = first; e < first + work.entry_count[row]; ++e)
                entry_out_[e] = entries++;
        }
    }
    entries_ = entries;
}

void PartWriter::finish(const Work& work, Part& part) {
    add_rows(work, part);
    add_entries(work, part);
    if (job_.keeps_state) add_waiting(work, part);
}

void PartWriter::add_rows(const Work& work, Part& part) {
    const std::size_t rows = rows_.size();
    part.rows.resize(rows);
    for (std::size_t i = 0; i < rows; ++i) part.rows[i] = work.rows[rows_[i]];
    std::size_t bytes = 0;
    for (const RowRecord& record : part.rows) bytes += record.text_size;
    part.register_nos.reserve(rows, bytes);
    for (const RowRecord& record : part.rows) part.register_nos.add(work.register_no(job_, record));
    const RegisterInputs& in = job_.deeds;
    if (!in.mended_on.present() && !job_.keeps_state) return;
    for (const RowRecord& record : part.rows) {
        const bool given = record.row < in.rows;
        if (given && in.mended_on.present()) {
            std::int32_t days = 0;
            part.mended_on.push_back(in.mended_on.read(record.row, days) == Cell::value
                                         ? days
                                         : Date::none().days);
        }
        if (job_.keeps_state)
            part.digests.push_back(given ? reader_.digest(record.row)
                                         : (*digests_before_)[record.row - in.rows]);
    }
}

void PartWriter::add_entries(const Work& work, Part& part) {
    Entries& out = part.entries;
    out.rows.resize(entries_);
    out.rules.resize(entries_);
    out.status.resize(entries_);
    out.reasons.resize(entries_);
    out.points.resize(entries_);
    out.points_clipped.resize(entries_);
    part.values = work.values;
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
        const std::uint32_t row = rows_[i];
        const std::uint32_t first = work.first_entry[row];
        for (std::uint32_t e = first; e < first + work.entry_count[row]; ++e, ++at) {
            const WorkEntry& entry = work.entries[e];
            out.rows[at] = i;
            out.rules[at] = entry.rule;
            out.status[at] = entry.status;
            out.reasons[at] = entry.reason;
            out.points[at] = entry.points;
            out.points_clipped[at] = entry.raw - entry.points;
            if (entry.detail == no_index) continue;
            Detail detail = work.details[entry.detail];
            detail.entry = static_cast<std::uint32_t>(at);
            if (detail.row != no_index) detail.row = row_out_[detail.row];
            part.details.push_back(detail);
        }
    }
}

/// What a state must know of rows to come.
void PartWriter::add_waiting(const Work& work, Part& part) {
    const auto slots = static_cast<std::uint32_t>(job_.plan.slots.size());
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
        const RowRecord& record = part.rows[i];
        if (record.posted_on <= job_.as_of || record.rejected() ||
            record.is(RowKind::posted_before) || record.is(RowKind::reversal))
            continue;
        WaitingRow waiting{i, work.matches_of(job_, rows_[i])};
        std::erase_if(waiting.rules, [&](std::uint32_t rule) { return rule >= slots; });
        if (!waiting.rules.empty()) part.waiting.push_back(std::move(waiting));
    }
}

void PartWriter::add(const Work& work, const Account& account, Part& part) {
    const std::uint32_t h = account.household - work.first_household;
    const auto entry = [&](std::uint32_t e) { return e == no_index ? no_index : entry_out_[e]; };
    const auto first_lot = static_cast<std::uint32_t>(part.lots.size());
    for (const AccountLot& lot : account.lots) {
        part.lots.entries.push_back(entry(lot.entry));
        part.lots.posted_on.push_back(lot.posted_on);
        part.lots.expires_on.push_back(lot.expires_on);
        part.lots.points.push_back(lot.points);
        part.lots.left.push_back(lot.left);
    }
    for (const AccountSpend& kept : account.spends) {
        Spend spend = kept.spend;
        spend.lot += first_lot;
        if (spend.kind == Kind::deduction) spend.cause = entry(spend.cause);
        part.spends.push_back(spend);
    }
    for (Movement movement : account.movements) {
        if (movement.kind == Kind::deduction || movement.kind == Kind::returned_deduction)
            movement.cause = entry(movement.cause);
        if (movement.kind == Kind::expiry || movement.kind == Kind::forfeit)
            movement.cause += first_lot;
        if (movement.phase == Phase::rows) movement.trigger = row_out_[movement.trigger];
        part.movements.push_back(movement);
    }
    for (const AccountDebt& owed : account.debts) {
        if (owed.points == 0) continue;
        Debt debt{account.household, owed.kind, owed.cause, owed.overdrawn, owed.points};
        if (debt.kind == Kind::deduction) debt.cause = entry(debt.cause);
        part.debts.push_back(debt);
    }
    for (Frozen term : account.frozen) {
        term.entry = entry(term.entry);
        part.frozen.push_back(term);
    }
    part.households.push_back({account.household, account.opening, account.earned, account.deducted,
                               account.redeemed, account.expired, account.forfeited, account.pending,
                               account.balance, work.row_begin[h + 1] - work.row_begin[h],
                               static_cast<std::uint32_t>(account.lots.size())});
}

Assembly::Assembly(const Job& job, Settlement& out) : job_(job), out_(out) {
    person_out_.assign(job.persons.by_id.size(), no_index);
    deed_out_.assign(job.deeds.deed_ids.size(), no_index);
    reviewer_out_.assign(job.deeds.reviewer_ids.size(), no_index);
    household_out_.assign(job.households.size(), no_index);
    if (!job.reversals.empty())
        row_out_.assign(job.deeds.rows + (job.before != nullptr ? job.before->rows.size() : 0), no_index);
    reviewed_ = job.deeds.reviewers.present() ||
                (job.before != nullptr && !job.before->rows.reviewers.empty());
    mends_ = job.deeds.mended_on.present() ||
             (job.before != nullptr && !job.before->rows.mended_on.empty());
}

void Assembly::reserve(std::size_t rows, std::size_t bytes) {
    const std::size_t households = job_.households.size();
    const auto texts = [](Texts& list, std::size_t count, std::size_t of_bytes) {
        list.reserve(count, of_bytes);
        advise_large_pages(list.bytes().data(), list.bytes().capacity());
        advise_large_pages(list.offsets().data(), (count + 1) * sizeof(std::int64_t));
    };
    texts(out_.rows.register_nos, rows, bytes);
    std::size_t id_bytes = 0;
    for (const std::string_view id : job_.households.ids) id_bytes += id.size();
    texts(out_.households.ids, households, id_bytes);
    reserve_in_large_pages(out_.rows.dates, rows);
    reserve_in_large_pages(out_.rows.posted_on, rows);
    reserve_in_large_pages(out_.rows.persons, rows);
    reserve_in_large_pages(out_.rows.deeds, rows);
    reserve_in_large_pages(out_.rows.units, rows);
    reserve_in_large_pages(out_.rows.source_rows, rows);
    if (reviewed_) reserve_in_large_pages(out_.rows.reviewers, rows);
    if (mends_) reserve_in_large_pages(out_.rows.mended_on, rows);
    reserve_in_large_pages(out_.rows.offsets, households + 1);
    reserve_in_large_pages(out_.lots.offsets, households + 1);
    // Room for more than is likely: what is not used takes no memory, growing would take it twice.
    const std::size_t entries = rows + rows / 2, lots = rows + rows / 2 + 2 * households;
    reserve_in_large_pages(out_.entries.rows, entries);
    reserve_in_large_pages(out_.entries.rules, entries);
    reserve_in_large_pages(out_.entries.status, entries);
    reserve_in_large_pages(out_.entries.reasons, entries);
    reserve_in_large_pages(out_.entries.points, entries);
    reserve_in_large_pages(out_.entries.points_clipped, entries);
    reserve_in_large_pages(out_.lots.entries, lots);
    reserve_in_large_pages(out_.lots.posted_on, lots);
    reserve_in_large_pages(out_.lots.expires_on, lots);
    reserve_in_large_pages(out_.lots.points, lots);
    reserve_in_large_pages(out_.lots.left, lots);
    reserve_in_large_pages(out_.details, rows);
    reserve_in_large_pages(out_.spends, rows);
    reserve_in_large_pages(out_.movements, rows);
    for (auto* const sums : {&out_.households.opening, &out_.households.earned,
                             &out_.households.deducted, &out_.households.redeemed,
                             &out_.households.expired, &out_.households.forfeited,
                             &out_.households.pending, &out_.households.balance})
        reserve_in_large_pages(*sums, households);
    reserve_in_large_pages(out_.households.villages, households);
}

std::uint32_t Assembly::value(const std::string& text) {
    const auto [found, fresh] =
        values_.try_emplace(text, static_cast<std::uint32_t>(out_.values.size()));
    if (fresh) out_.values.add(text);
    return found->second;
}

void Assembly::append(const Part& part, std::vector<Digest>* digests,
                      std::vector<WaitingRow>* waiting) {
    const auto first_row = static_cast<std::uint32_t>(out_.rows.size());
    const auto first_entry = static_cast<std::uint32_t>(out_.entries.size());
    const auto first_lot = static_cast<std::uint32_t>(out_.lots.size());
    // Numbers of persons, deeds and reviewers as they first appear.
    const auto renumber = [](std::uint32_t number, std::vector<std::uint32_t>& numbers, Texts& texts,
                             const Dictionary& dictionary) {
        if (number >= numbers.size()) return no_index;
        if (numbers[number] == no_index) {
            numbers[number] = static_cast<std::uint32_t>(texts.size());
            texts.add(dictionary[number]);
        }
        return numbers[number];
    };
    Rows& rows = out_.rows;
    const std::size_t count = part.rows.size();
    const auto column = [&](auto& values, auto of) {
        const std::size_t size = values.size();
        values.resize(size + count);
        for (std::size_t i = 0; i < count; ++i) values[size + i] = of(part.rows[i]);
    };
    column(rows.dates, [](const RowRecord& record) { return record.date; });
    column(rows.posted_on, [](const RowRecord& record) { return record.posted_on; });
    column(rows.units, [](const RowRecord& record) { return record.units; });
    column(rows.persons, [&](const RowRecord& record) {
        return renumber(record.person, person_out_, out_.person_ids, job_.persons.by_id);
    });
    column(rows.deeds, [&](const RowRecord& record) {
        return renumber(record.deed, deed_out_, out_.deeds, job_.deeds.deed_ids);
    });
    column(rows.source_rows, [&](const RowRecord& record) {
        return record.row < job_.deeds.rows ? record.row : no_index;
    });
    if (reviewed_)
        column(rows.reviewers, [&](const RowRecord& record) {
            return renumber(record.reviewer, reviewer_out_, out_.reviewers, job_.deeds.reviewer_ids);
        });
    if (mends_) {
        std::size_t given = 0;  // those of the register given now have a column of their own
        column(rows.mended_on, [&](const RowRecord& record) {
            std::int32_t mended_on = Date::none().days;
            if (record.row < job_.deeds.rows) {
                if (job_.deeds.mended_on.present()) mended_on = part.mended_on[given++];
                return mended_on;
            }
            const std::size_t old = record.row - job_.deeds.rows;
            const auto again = job_.mended_now.find(static_cast<std::uint32_t>(old));
            if (again != job_.mended_now.end()) return again->second;
            return job_.before->rows.mended_on.empty() ? mended_on : job_.before->rows.mended_on[old];
        });
    }
    if (!row_out_.empty())
        for (std::size_t i = 0; i < count; ++i)
            row_out_[part.rows[i].row] = first_row + static_cast<std::uint32_t>(i);
    rows.register_nos.append(part.register_nos);
    if (digests != nullptr) digests->insert(digests->end(), part.digests.begin(), part.digests.end());
    if (waiting != nullptr)
        for (WaitingRow row : part.waiting) {
            row.row += first_row;
            waiting->push_back(std::move(row));
        }
    Entries& entries = out_.entries;
    const auto shifted = [](std::vector<std::uint32_t>& to, const std::vector<std::uint32_t>& from,
                            std::uint32_t by) {
        const std::size_t size = to.size();
        to.resize(size + from.size());
        for (std::size_t i = 0; i < from.size(); ++i)
            to[size + i] = from[i] == no_index ? no_index : from[i] + by;
    };
    const auto same = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    shifted(entries.rows, part.entries.rows, first_row);
    same(entries.rules, part.entries.rules);
    same(entries.status, part.entries.status);
    same(entries.reasons, part.entries.reasons);
    same(entries.points, part.entries.points);
    same(entries.points_clipped, part.entries.points_clipped);
    for (Detail detail : part.details) {
        detail.entry += first_entry;
        if (detail.row != no_index) detail.row += first_row;
        if (detail.found != no_index) detail.found = value(part.values[detail.found]);
        out_.details.push_back(detail);
    }
    shifted(out_.lots.entries, part.lots.entries, first_entry);
    same(out_.lots.posted_on, part.lots.posted_on);
    same(out_.lots.expires_on, part.lots.expires_on);
    same(out_.lots.points, part.lots.points);
    same(out_.lots.left, part.lots.left);
    const std::uint32_t first_household = static_cast<std::uint32_t>(out_.households.size());
    std::size_t row = first_row, lot = first_lot;
    for (std::size_t i = 0; i < part.households.size(); ++i) {
        const HouseholdSums& sums = part.households[i];
        household_out_[sums.household] = first_household + static_cast<std::uint32_t>(i);
        Households& out = out_.households;
        out.ids.add(job_.households.ids[sums.household]);
        out.villages.push_back(job_.households.village_of[sums.household]);
        out.opening.push_back(sums.opening);
        out.earned.push_back(sums.earned);
        out.deducted.push_back(sums.deducted);
        out.redeemed.push_back(sums.redeemed);
        out.expired.push_back(sums.expired);
        out.forfeited.push_back(sums.forfeited);
        out.pending.push_back(sums.pending);
        out.balance.push_back(sums.balance);
        row += sums.rows;
        lot += sums.lots;
        out_.rows.offsets.push_back(row);
        out_.lots.offsets.push_back(lot);
    }
    for (Spend spend : part.spends) {
        spend.lot += first_lot;
        if (spend.kind == Kind::deduction) spend.cause += first_entry;
        out_.spends.push_back(spend);
    }
    for (Movement movement : part.movements) {
        movement.household = household_out_[movement.household];
        if (movement.kind == Kind::deduction || movement.kind == Kind::returned_deduction)
            movement.cause += first_entry;
        if (movement.kind == Kind::expiry || movement.kind == Kind::forfeit)
            movement.cause += first_lot;
        if (movement.phase == Phase::rows) movement.trigger += first_row;
        out_.movements.push_back(movement);
    }
    for (Debt debt : part.debts) {
        debt.household = household_out_[debt.household];
        if (debt.kind == Kind::deduction) debt.cause += first_entry;
        out_.debts.push_back(debt);
    }
    for (Frozen term : part.frozen) {
        term.household = household_out_[term.household];
        term.entry += first_entry;
        out_.frozen.push_back(term);
    }
}

void Assembly::finish(const ExchangeResults& results) {
    // Villages: those that have households here.
    std::vector<std::uint32_t> village_out(job_.households.villages.size(), no_index);
    for (std::uint32_t& village : out_.households.villages) {
        std::uint32_t& out = village_out[village];
        if (out == no_index) {
            out = static_cast<std::uint32_t>(out_.villages.size());
            out_.villages.add(job_.households.villages[village]);
        }
        village = out;
    }
    for (const auto& [row, target] : job_.reversals)
        if (row_out_[row] != no_index) out_.reversals.push_back({row_out_[row], row_out_[target]});
    std::sort(out_.reversals.begin(), out_.reversals.end(),
              [](const Reversal& a, const Reversal& b) { return a.row < b.row; });
    for (const Slot& slot : job_.plan.slots) {
        const Rulebook& rulebook = job_.plan.rulebooks()[slot.rulebook];
        const Rule& rule = rulebook.rules[slot.rule];
        out_.rules.push_back({rulebook.id, rule.id, rule.group});
    }
    for (const OldRule& rule : job_.old_rules) out_.rules.push_back(rule.name);
    // Exchanges, with goods and shops as they first appear.
    const ExchangeInputs& in = job_.exchanges;
    std::vector<std::uint32_t> good_out(in.goods.size(), no_index), shop_out(in.shops.size(), no_index);
    Exchanges& out = out_.exchanges;
    for (std::uint32_t e = 0; e < in.list.size(); ++e) {
        const ExchangeInput& exchange = in.list[e];
        const auto renumber = [](std::uint32_t number, std::vector<std::uint32_t>& numbers,
                                 Texts& texts, const Dictionary& dictionary) {
            if (number == no_index) return no_index;
            if (numbers[number] == no_index) {
                numbers[number] = static_cast<std::uint32_t>(texts.size());
                texts.add(dictionary[number]);
            }
            return numbers[number];
        };
        out.exchange_nos.add(exchange.exchange_no);
        out.dates.push_back(exchange.date);
        out.households.push_back(household_out_[exchange.household]);
        out.goods.push_back(renumber(exchange.good, good_out, out_.goods, in.goods));
        out.shops.push_back(renumber(exchange.shop, shop_out, out_.shops, in.shops));
        out.quantities.push_back(exchange.quantity);
        out.points.push_back(results.points[e]);
        out.status.push_back(results.status[e]);
        out.refusals.push_back(results.refusals[e]);
        out.found.push_back(results.found[e]);
        out.returns.push_back(exchange.returns);
        out.source_rows.push_back(exchange.source_row);
    }
}

}  // namespace gridgov::points
