#include "points/run.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>

#include "points/part.hpp"
#include "threads.hpp"

namespace gridgov::points {
namespace {

constexpr std::size_t block_rows = 4'096;  // rows settled together: their scratch fits a cache

}  // namespace

void Run::make_blocks() {
    const auto households = static_cast<std::uint32_t>(job_.households.size());
    const std::size_t rows = job_.deeds.rows + (before_ != nullptr ? before_->settlement.rows.size() : 0);
    const std::size_t wanted = std::clamp<std::size_t>(rows / block_rows, 1, 4096);
    const auto size = static_cast<std::uint32_t>(std::max<std::size_t>(1, households / wanted));
    block_of_.resize(households);
    for (std::uint32_t h = 0; h < households;) {
        std::uint32_t last = std::min(households, h + size);
        // A village whose households count together is not divided.
        for (std::uint32_t at = h; at < last;) {
            const std::uint32_t village = job_.households.village_of[at];
            at = job_.households.village_begin[village + 1];
            if (job_.villages[village].coupled) last = std::max(last, at);
        }
        for (std::uint32_t k = h; k < last; ++k) block_of_[k] = static_cast<std::uint32_t>(blocks_.size());
        blocks_.push_back({h, last, 0, 0, 0, true});
        h = last;
    }
}

void Run::read_rows(std::vector<std::pair<std::uint32_t, std::uint32_t>>& again, Faults& faults) {
    make_blocks();
    const RegisterInputs& in = job_.deeds;
    const std::size_t stripes =
        std::clamp<std::size_t>(in.rows / (4 * block_rows), 1, thread_count(options_.threads));
    const auto stripe_begin = [&](std::size_t stripe) { return in.rows * stripe / stripes; };
    std::vector<std::vector<std::size_t>> place(stripes, std::vector<std::size_t>(blocks_.size()));
    std::vector<std::vector<std::size_t>> text_place = place;
    for_each_piece(
        stripes, options_.threads,
        [&](std::size_t stripe) {
            std::vector<std::size_t>& count = place[stripe];
            std::vector<std::size_t>& bytes = text_place[stripe];
            for (std::size_t row = stripe_begin(stripe); row < stripe_begin(stripe + 1); ++row) {
                const std::uint32_t household = in.households[row];
                if (household >= block_of_.size()) continue;
                const std::uint32_t block = block_of_[household];
                ++count[block];
                bytes[block] += in.number(row).size();
            }
        },
        [&](std::size_t) { look(0.05); });
    std::size_t at = 0, text_at = 0;
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        blocks_[b].begin = at;
        blocks_[b].text = text_at;
        std::size_t bytes = 0;
        for (std::size_t stripe = 0; stripe < stripes; ++stripe) {
            at += std::exchange(place[stripe][b], at);
            bytes += std::exchange(text_place[stripe][b], text_at + bytes);
        }
        blocks_[b].end = at;
        blocks_[b].keeps_texts = bytes <= std::numeric_limits<std::uint32_t>::max();
        if (blocks_[b].keeps_texts) text_at += bytes;
    }
    records_ = LargeArray<RowRecord>(at);
    texts_ = LargeArray<char>(text_at);
    std::vector<Faults> found(stripes);
    std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> known(stripes);
    constexpr std::size_t chunk = 4'096;
    for_each_piece(
        stripes, options_.threads,
        [&](std::size_t stripe) {
            std::vector<RowRecord> read(chunk);
            std::vector<std::uint32_t> block(chunk);
            std::vector<std::size_t>& to = place[stripe];
            std::vector<std::size_t>& text_to = text_place[stripe];
            const std::size_t end = stripe_begin(stripe + 1);
            for (std::size_t row = stripe_begin(stripe); row < end; row += chunk) {
                const std::size_t rows = std::min(chunk, end - row);
                reader_.read(row, rows, read.data(), known[stripe], found[stripe]);
                for (std::size_t i = 0; i < rows; ++i) {
                    const std::uint32_t household =
                        read[i].household != no_index ? read[i].household : read[i].mask;
                    block[i] = household < block_of_.size() ? block_of_[household] : no_index;
                }
                for (std::size_t i = 0; i < rows; ++i) {
                    if (block[i] == no_index) continue;
                    const Block& of = blocks_[block[i]];
                    read[i].text_size = 0;
                    const std::string_view number = in.number(row + i);
                    if (of.keeps_texts && number.size() <= RowRecord::text_most) {
                        std::size_t& text = text_to[block[i]];
                        read[i].text = static_cast<std::uint32_t>(text - of.text);
                        read[i].text_size = static_cast<std::uint16_t>(number.size());
                        std::copy(number.begin(), number.end(), texts_.data() + text);
                        text += number.size();
                    }
                    records_[to[block[i]]++] = read[i];
                }
                if (options_.cancel != nullptr && options_.cancel->load()) throw Cancelled{};
            }
        },
        [&](std::size_t done) { look(0.05 + 0.4 * static_cast<double>(done) / static_cast<double>(stripes)); });
    for (std::size_t stripe = 0; stripe < stripes; ++stripe) {
        faults.take(found[stripe]);
        again.insert(again.end(), known[stripe].begin(), known[stripe].end());
    }
}

/// Brings a block's rows into order: by household; those of a state first, the others by
/// (posting day, register_no).
void Run::gather(const Block& block, Work& work) const {
    work.clear();
    work.first_household = block.first_household;
    work.texts = texts_.data() + block.text;
    const std::uint32_t households = block.last_household - block.first_household;
    std::vector<std::uint32_t>& begin = work.row_begin;
    begin.assign(households + 2, 0);
    for (std::size_t r = block.begin; r < block.end; ++r)
        if (records_[r].household != no_index)
            ++begin[records_[r].household - block.first_household + 2];
    const Settlement* const before = job_.before;
    const auto kept_before = [&](std::uint32_t h, auto visit) {
        if (before == nullptr) return;
        const std::uint32_t old = job_.before_household[block.first_household + h];
        if (old == no_index) return;
        for (std::size_t row = before->rows.offsets[old]; row < before->rows.offsets[old + 1]; ++row)
            if (job_.replaced[row] == no_index) visit(static_cast<std::uint32_t>(row));
    };
    for (std::uint32_t h = 0; h < households; ++h)
        kept_before(h, [&](std::uint32_t) { ++begin[h + 2]; });
    for (std::uint32_t h = 0; h < households; ++h) begin[h + 2] += begin[h + 1];
    // Now begin[h + 1] is where household h starts; it moves on to where h + 1 does.
    work.rows.resize(begin[households + 1]);
    for (std::uint32_t h = 0; h < households; ++h)
        kept_before(h, [&](std::uint32_t old) {
            const Rows& rows = before->rows;
            RowRecord record;
            record.household = block.first_household + h;
            record.posted_on = rows.posted_on[old];
            record.date = rows.dates[old];
            if (rows.persons[old] != no_index) record.person = job_.person_of_before[rows.persons[old]];
            record.row = static_cast<std::uint32_t>(job_.deeds.rows + old);
            record.units = rows.units[old];
            if (rows.deeds[old] != no_index) record.deed = job_.deed_of_before[rows.deeds[old]];
            if (!rows.reviewers.empty() && rows.reviewers[old] != no_index)
                record.reviewer = job_.reviewer_of_before[rows.reviewers[old]];
            const std::uint32_t entry = job_.entries_before[old];
            RowKind kind = RowKind::waiting;
            if (record.posted_on <= before->as_of.days) kind = RowKind::posted_before;
            else if (before->entries.status[entry] == Status::rejected)
                kind = before->entries.reasons[entry] == Reason::stage_rejected
                           ? RowKind::stage_rejected
                           : RowKind::objection_upheld;
            else if (before->target_of(old) != no_index)
                kind = RowKind::reversal;
            record.list = static_cast<std::uint32_t>(kind);
            if (kind == RowKind::reversal)
                record.mask = job_.villages[job_.households.village_of[record.household]].rulebook_on(
                    record.date);
            work.rows[begin[h + 1]++] = record;
        });
    for (std::size_t r = block.begin; r < block.end; ++r)
        if (records_[r].household != no_index)
            work.rows[begin[records_[r].household - block.first_household + 1]++] = records_[r];
    begin.pop_back();
    const auto earlier = [&](const RowRecord& a, const RowRecord& b) {
        const bool old_a = a.is(RowKind::posted_before), old_b = b.is(RowKind::posted_before);
        if (old_a || old_b) return old_a && (!old_b || a.row < b.row);
        if (a.posted_on != b.posted_on) return a.posted_on < b.posted_on;
        return job_.earlier(a.row, b.row);
    };
    for (std::uint32_t h = 0; h < households; ++h) {
        const auto first = work.rows.begin() + begin[h], last = work.rows.begin() + begin[h + 1];
        if (last - first < 2 || std::is_sorted(first, last, earlier)) continue;
        std::sort(first, last, earlier);
    }
    work.first_entry.assign(work.rows.size(), 0);
    work.entry_count.assign(work.rows.size(), 0);
    work.reversed.assign(work.rows.size(), 0);
    work.entries.reserve(work.rows.size() + work.rows.size() / 4);
}

void Run::evaluate(const Block& block, Work& work, Evaluator& evaluator, Faults& faults) const {
    const std::uint32_t households = block.last_household - block.first_household;
    for (std::uint32_t h = 0; h < households;) {
        const std::uint32_t village = job_.households.village_of[block.first_household + h];
        const std::uint32_t village_end =
            std::min(households, job_.households.village_begin[village + 1] - block.first_household);
        if (job_.households.faulty[village]) {
            h = village_end;
            continue;
        }
        const std::uint32_t last = job_.villages[village].coupled ? village_end : h + 1;
        evaluator.evaluate(work, h, last, faults);
        h = last;
    }
    evaluator.finish();
}

/// Who gets what may run out: the exchanges of all households that want some, in their order.
void Run::find_scarce(Stock& stock, ExchangeResults& results, Faults& faults) const {
    if (!stock.any_scarce()) return;
    const ExchangeInputs& exchanges = job_.exchanges;
    std::vector<std::uint32_t> place(exchanges.list.size());  // in its household's order
    for (std::uint32_t i = 0; i < job_.exchange_order.size(); ++i) place[job_.exchange_order[i]] = i;
    std::vector<bool> wants(job_.households.size());
    for (std::size_t e = exchanges.posted; e < exchanges.list.size(); ++e) {
        const ExchangeInput& exchange = exchanges.list[e];
        if (exchange.date > job_.as_of) continue;
        std::uint32_t price = exchange.price;
        if (exchange.returns != no_index) {
            const ExchangeInput& given = exchanges.list[exchange.returns];
            price = exchanges.price_on(given.good, given.shop, exchange.date);
        }
        if (price != no_index && stock.scarce(price)) wants[exchange.household] = true;
    }
    // Their rows are evaluated first, and kept while the accounts go on together.
    std::vector<std::unique_ptr<Work>> works(blocks_.size());
    std::vector<std::unique_ptr<Account>> accounts(job_.households.size());
    Evaluator evaluator(job_);
    Faults again;  // told when the blocks are settled
    for (std::uint32_t h = 0; h < job_.households.size(); ++h) {
        if (!wants[h]) continue;
        std::unique_ptr<Work>& work = works[block_of_[h]];
        if (!work) {
            work = std::make_unique<Work>();
            gather(blocks_[block_of_[h]], *work);
            evaluate(blocks_[block_of_[h]], *work, evaluator, again);
        }
        accounts[h] = std::make_unique<Account>(job_, stock, results);
        accounts[h]->begin(*work, h);
    }
    stock.find(true);
    for (std::size_t e = exchanges.posted; e < exchanges.list.size(); ++e) {
        const ExchangeInput& exchange = exchanges.list[e];
        if (exchange.date > job_.as_of || !wants[exchange.household]) continue;
        try {
            accounts[exchange.household]->run_through(place[e]);
        } catch (const AccountOverflow&) {
            wants[exchange.household] = false;
            Finding finding;
            finding.code = Code::points_overflow;
            finding.table = Table::households;
            finding.row = job_.households.source_rows[exchange.household];
            finding.records = {std::string(job_.households.ids[exchange.household])};
            faults.add(std::move(finding), job_.households.village_of[exchange.household]);
        }
    }
    stock.find(false);
}

void Run::settle(Settlement& out, State::Data* keep, Faults& faults) {
    ExchangeResults results;
    results.resize(job_.exchanges.list.size());
    if (before_ != nullptr) {
        const Exchanges& old = before_->settlement.exchanges;
        for (std::size_t e = 0; e < job_.exchanges.posted; ++e) {
            results.status[e] = old.status[e];
            results.refusals[e] = old.refusals[e];
            results.points[e] = old.points[e];
            results.found[e] = old.found[e];
        }
    }
    Stock stock(job_.exchanges, results, job_.as_of);
    find_scarce(stock, results, faults);
    if (!faults.empty()) return;

    struct Scratch {
        Work work;
        Evaluator evaluator;
        Account account;
        PartWriter writer;
    };
    const std::vector<Digest>* const digests = before_ != nullptr ? &before_->digests : nullptr;
    const auto make_scratch = [&] {
        return Scratch{{}, Evaluator(job_), Account(job_, stock, results),
                       PartWriter(job_, reader_, digests)};
    };
    const auto settle_block = [&](const Block& block, Scratch& scratch, Part& part, Faults& found) {
        gather(block, scratch.work);
        evaluate(block, scratch.work, scratch.evaluator, found);
        scratch.writer.begin(scratch.work, part);
        for (std::uint32_t h = block.first_household; h < block.last_household; ++h) {
            if (faulty(h)) continue;
            try {
                scratch.account.begin(scratch.work, h);
                scratch.account.run();
                scratch.writer.add(scratch.work, scratch.account, part);
            } catch (const AccountOverflow&) {
                Finding finding;
                finding.code = Code::points_overflow;
                finding.table = Table::households;
                finding.row = job_.households.source_rows[h];
                finding.records = {std::string(job_.households.ids[h])};
                found.add(std::move(finding), job_.households.village_of[h]);
            }
        }
        scratch.writer.finish(scratch.work, part);
    };
    Assembly assembly(job_, out);
    {
        std::size_t rows = records_.size(), bytes = 0;
        if (before_ != nullptr) {
            rows += before_->settlement.rows.size();
            bytes += before_->settlement.rows.register_nos.bytes().size();
        }
        for (std::size_t row = 0; row < job_.deeds.rows; ++row) bytes += job_.deeds.number(row).size();
        assembly.reserve(rows, bytes);
    }
    std::vector<Digest>* const keep_digests = keep != nullptr ? &keep->digests : nullptr;
    std::vector<WaitingRow>* const keep_waiting = keep != nullptr ? &keep->waiting : nullptr;
    // A few blocks at a time, so that parts do not pile up; put together in order.
    const std::size_t together =
        std::min<std::size_t>(blocks_.size(), thread_count(options_.threads) == 1
                                                  ? 1
                                                  : 8 * std::size_t{thread_count(options_.threads)});
    std::vector<Part> parts(std::max<std::size_t>(together, 1));
    std::vector<Faults> found(parts.size());
    std::vector<std::unique_ptr<Scratch>> idle;  // scratch of the threads, kept between rounds
    idle.reserve(thread_count(options_.threads));  // so that giving back cannot fail
    std::mutex idle_lock;
    for (std::size_t first = 0; first < blocks_.size(); first += parts.size()) {
        const std::size_t count = std::min(parts.size(), blocks_.size() - first);
        const bool alone = thread_count(options_.threads) == 1 || count == 1;
        for_each_piece_with(
            count, alone ? 1 : options_.threads,
            [&] {
                const std::lock_guard lock(idle_lock);
                std::unique_ptr<Scratch> scratch;
                if (!idle.empty()) {
                    scratch = std::move(idle.back());
                    idle.pop_back();
                } else {
                    scratch = std::make_unique<Scratch>(make_scratch());
                }
                return std::shared_ptr<Scratch>(scratch.release(), [&](Scratch* used) {
                    const std::lock_guard give_back(idle_lock);
                    idle.emplace_back(used);
                });
            },
            [&](std::size_t i, std::shared_ptr<Scratch>& scratch) {
                settle_block(blocks_[first + i], *scratch, parts[i], found[i]);
            },
            [&](std::size_t) {});
        for (std::size_t i = 0; i < count; ++i) {
            faults.take(found[i]);
            if (!options_.skip_faulty_villages) {  // else a village's overflow begins it all again
                records_.release_before(blocks_[first + i].begin);
                texts_.release_before(blocks_[first + i].text);
            }
            if (faults.empty()) assembly.append(parts[i], keep_digests, keep_waiting);
        }
        look(0.45 + 0.5 * static_cast<double>(first + count) / static_cast<double>(blocks_.size()));
    }
    if (faults.empty()) assembly.finish(results);
}

}  // namespace gridgov::points
