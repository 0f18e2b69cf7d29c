#include "gridgov/points/settle.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>
#include <numeric>
#include <tuple>

#include "points/account.hpp"
#include "points/evaluate.hpp"
#include "points/large_array.hpp"
#include "points/matching.hpp"
#include "points/part.hpp"
#include "points/read_rows.hpp"
#include "points/state_data.hpp"
#include "refuse.hpp"
#include "threads.hpp"

namespace gridgov::points {
namespace {

constexpr std::size_t block_rows = 4'096;  // rows settled together: their scratch fits a cache

struct Cancelled {};

__extension__ using Wide = __int128;

/// Villages whose faults leave them out, or a throw.
void judge(const Faults& faults, const Options& options, const Settlement* before,
           HouseholdInputs& households, Settlement& out) {
    if (faults.empty()) return;
    bool leave_out = options.skip_faulty_villages;
    for (const Fault& fault : faults.list()) {
        if (fault.village == no_index) {
            leave_out = false;
            break;
        }
        // What a state knows cannot be left out: its ledger goes on.
        if (before != nullptr)
            for (std::size_t v = 0; v < before->villages.size(); ++v)
                leave_out = leave_out && before->villages[v] != households.villages[fault.village];
    }
    if (!leave_out) throw DataError(faults.findings());
    for (const Fault& fault : faults.list()) households.faulty[fault.village] = true;
    for (Finding& finding : faults.findings()) out.findings.push_back(std::move(finding));
}

/// What happens to all households of a village.
VillageTerms terms_of(const Plan& plan, std::string_view village, Date as_of, Date posted_until) {
    VillageTerms out;
    out.terms = plan.rulebooks().in_force(village);
    for (const InForce& term : out.terms) {
        const Rulebook& rulebook = plan.rulebooks()[term.rulebook];
        out.coupled = out.coupled || plan.counts_village(term.rulebook) ||
                      (plan.counts_person(term.rulebook) && posted_until.exists());
        if (rulebook.opening && posted_until.exists() && term.from <= posted_until + 1 &&
            posted_until + 1 < term.to)
            out.late_opening = rulebook.opening->points;
        const Date last = std::min(as_of, term.to - 1);
        if (last < term.from) continue;
        for (std::int32_t year = civil_date(term.from).year; year <= civil_date(last).year; ++year) {
            const Date opens = std::max(date_of(year, 1, 1), term.from);
            if (rulebook.opening && opens <= last)
                out.calendar.push_back({opens.days, Phase::openings,
                                        rulebook.opening->period == OpeningPeriod::once,
                                        rulebook.opening->points});
            const Date ends = date_of(year, 12, 31);
            if (rulebook.year_end == YearEnd::clear && ends >= term.from && ends <= last)
                out.calendar.push_back({ends.days, Phase::year_end, false, 0});
        }
    }
    std::stable_sort(out.calendar.begin(), out.calendar.end(),
                     [](const CalendarEvent& a, const CalendarEvent& b) {
                         return std::tie(a.day, a.phase) < std::tie(b.day, b.phase);
                     });
    return out;
}

/// One settlement from checked tables.
class Run {
public:
    Run(Job& job, const RowReader& reader, const Options& options, const State::Data* before)
        : job_(job), reader_(reader), options_(options), before_(before) {}

    /// Reads the register's rows into blocks. `again`: rows that a state knows.
    void read_rows(std::vector<std::pair<std::uint32_t, std::uint32_t>>& again, Faults& faults);
    /// Settles all blocks; faults are those of sums that overflow.
    void settle(Settlement& out, State::Data* keep, Faults& faults);

private:
    struct Block {
        std::uint32_t first_household = 0, last_household = 0;
        std::size_t begin = 0, end = 0;  ///< of records_
        std::size_t text = 0;            ///< of texts_: where the block's begin
        bool keeps_texts = true;         ///< not if they are more than 32 bits count
    };

    void make_blocks();
    void gather(const Block& block, Work& work) const;
    void evaluate(const Block& block, Work& work, Evaluator& evaluator, Faults& faults) const;
    void find_scarce(Stock& stock, ExchangeResults& results, Faults& faults) const;
    bool faulty(std::uint32_t household) const {
        return job_.households.faulty[job_.households.village_of[household]];
    }
    void look(double share) const {
        if (options_.cancel != nullptr && options_.cancel->load()) throw Cancelled{};
        if (options_.progress) options_.progress(share);
    }

    Job& job_;
    const RowReader& reader_;
    const Options& options_;
    const State::Data* before_;
    std::vector<Block> blocks_;
    std::vector<std::uint32_t> block_of_;  ///< of a household
    LargeArray<RowRecord> records_;
    LargeArray<char> texts_;  ///< register_nos, a block's together
};

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
                    if (of.keeps_texts) {
                        const std::string_view number = in.number(row + i);
                        std::size_t& text = text_to[block[i]];
                        read[i].text = static_cast<std::uint32_t>(text - of.text);
                        read[i].text_size = static_cast<std::uint32_t>(number.size());
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
        std::min<std::size_t>(blocks_.size(), 8 * std::size_t{thread_count(options_.threads)});
    std::vector<Part> parts(std::max<std::size_t>(together, 1));
    std::vector<Faults> found(parts.size());
    std::vector<std::unique_ptr<Scratch>> idle;  // scratch of the threads, kept between rounds
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

/// The sums of the whole, and the goods that they could buy.
void summarise(const Job& job, Settlement& out, Faults& faults) {
    Summary& sums = out.summary;
    const Households& households = out.households;
    bool fits = true;
    const auto add = [&](std::int64_t& sum, const std::vector<std::int64_t>& column) {
        for (const std::int64_t points : column) fits = !__builtin_add_overflow(sum, points, &sum) && fits;
    };
    add(sums.issued, households.opening);
    add(sums.issued, households.earned);
    add(sums.held, households.balance);
    add(sums.deducted, households.deducted);
    add(sums.redeemed, households.redeemed);
    add(sums.expired, households.expired);
    add(sums.forfeited, households.forfeited);
    add(sums.pending, households.pending);
    const auto wide = [](std::int64_t points) { return static_cast<Wide>(points); };
    sums.conserved = wide(sums.issued) == wide(sums.held) + sums.deducted + sums.redeemed +
                                              sums.expired + sums.forfeited;
    // From the other side: what lots hold, less what is overdrawn, is what balances say.
    Wide in_lots = 0;
    for (const std::int64_t left : out.lots.left) in_lots += left;
    for (const Debt& debt : out.debts) in_lots -= debt.overdrawn ? debt.points : 0;
    sums.conserved = sums.conserved && in_lots == sums.held;
    const Price* dearest = nullptr;
    for (const Price& price : job.exchanges.prices) {
        if (price.from > job.as_of || price.until <= job.as_of) continue;
        if (price.fen == no_number || price.points <= 0) continue;
        if (dearest == nullptr ||
            wide(price.fen) * dearest->points > wide(dearest->fen) * price.points)
            dearest = &price;
    }
    if (dearest != nullptr) {
        const Wide twice = 2 * wide(sums.held) * dearest->fen + dearest->points;
        const Wide by = 2 * wide(dearest->points);
        const Wide fen = twice >= 0 ? twice / by : -((-twice + by - 1) / by);
        if (fen <= std::numeric_limits<std::int64_t>::max() &&
            fen >= std::numeric_limits<std::int64_t>::min())
            sums.liability_fen = static_cast<std::int64_t>(fen);
        else
            fits = false;
    }
    for (std::size_t v = 0; v < job.households.villages.size(); ++v) {
        if (job.households.faulty[v]) continue;
        const std::uint32_t rulebook = job.villages[v].rulebook_on(job.as_of);
        if (rulebook == no_index || !job.plan.rulebooks()[rulebook].budget_yuan) continue;
        std::int64_t sum = sums.budget_yuan.value_or(0);
        fits = !__builtin_add_overflow(sum, *job.plan.rulebooks()[rulebook].budget_yuan, &sum) && fits;
        sums.budget_yuan = sum;
    }
    if (fits) return;
    Finding finding;
    finding.code = Code::points_overflow;
    finding.table = Table::households;
    faults.add(std::move(finding), no_index);
}

/// Exchanges of villages that are left out take nothing from anybody's stock.
void drop_faulty(const HouseholdInputs& households, ExchangeInputs& exchanges) {
    if (std::find(households.faulty.begin(), households.faulty.end(), true) == households.faulty.end())
        return;
    std::vector<std::uint32_t> now(exchanges.list.size(), no_index);
    std::vector<ExchangeInput> kept;
    for (std::size_t e = 0; e < exchanges.list.size(); ++e) {
        if (households.faulty[households.village_of[exchanges.list[e].household]]) continue;
        now[e] = static_cast<std::uint32_t>(kept.size());
        kept.push_back(exchanges.list[e]);
    }
    for (ExchangeInput& exchange : kept)
        if (exchange.returns != no_index) exchange.returns = now[exchange.returns];
    exchanges.list = std::move(kept);
}

/// Exchanges by household, each household's in order.
void order_exchanges(Job& job) {
    job.exchange_begin.clear();
    job.exchange_order.clear();
    const std::vector<ExchangeInput>& list = job.exchanges.list;
    if (list.empty()) return;
    job.exchange_begin.assign(job.households.size() + 1, 0);
    for (const ExchangeInput& exchange : list) ++job.exchange_begin[exchange.household + 1];
    std::partial_sum(job.exchange_begin.begin(), job.exchange_begin.end(), job.exchange_begin.begin());
    std::vector<std::uint32_t> at(job.exchange_begin.begin(), job.exchange_begin.end() - 1);
    job.exchange_order.resize(list.size());
    for (std::uint32_t e = 0; e < list.size(); ++e) job.exchange_order[at[list[e].household]++] = e;
}

/// What a state's numbers mean here.
void take_over(Job& job, const State::Data& before, PersonInputs& persons, RegisterInputs& deeds,
               KnownRows& known, Faults& faults) {
    const Settlement& old = before.settlement;
    job.before = &old;
    job.before_household.assign(job.households.size(), no_index);
    for (std::uint32_t h = 0; h < old.households.size(); ++h) {
        const std::uint32_t now = job.households.find(old.households.ids[h]);
        const std::string_view village = old.villages[old.households.villages[h]];
        if (now == no_index || job.households.villages[job.households.village_of[now]] != village) {
            Finding finding;
            finding.code = Code::points_household_gone;
            finding.records = {std::string(old.households.ids[h])};
            finding.fields = {{"village", std::string(village)}};
            faults.add(std::move(finding), no_index);
        } else {
            job.before_household[now] = h;
        }
    }
    job.entries_before.reserve(old.rows.size() + 1);
    for (std::uint32_t e = 0; e < old.entries.size(); ++e)
        while (job.entries_before.size() <= old.entries.rows[e]) job.entries_before.push_back(e);
    while (job.entries_before.size() <= old.rows.size())
        job.entries_before.push_back(static_cast<std::uint32_t>(old.entries.size()));
    for (const RuleName& name : old.rules) {
        std::uint32_t slot = job.plan.slot(name.rulebook, name.rule);
        if (slot == no_index) {
            slot = static_cast<std::uint32_t>(job.plan.slots.size() + job.old_rules.size());
            job.old_rules.push_back({name, job.plan.kinds_of(name.rule, name.group)});
        }
        job.rule_of_before.push_back(slot);
    }
    for (std::size_t p = 0; p < old.person_ids.size(); ++p)
        job.person_of_before.push_back(persons.by_id.add(old.person_ids[p]));
    for (std::size_t d = 0; d < old.deeds.size(); ++d)
        job.deed_of_before.push_back(deeds.deed_ids.add(old.deeds[d]));
    for (std::size_t r = 0; r < old.reviewers.size(); ++r)
        job.reviewer_of_before.push_back(deeds.reviewer_ids.add(old.reviewers[r]));
    known.by_number.reserve(old.rows.size());
    for (std::uint32_t row = 0; row < old.rows.size(); ++row) {
        known.by_number.add(old.rows.register_nos[row]);
        known.posted.push_back(old.rows.posted_on[row] <= old.as_of.days ? 1 : 0);
    }
    known.digests = before.digests;
    known.replaced_by.assign(old.rows.size(), no_index);
    for (const WaitingRow& row : before.waiting) {
        std::vector<std::uint32_t> rules;
        for (const std::uint32_t rule : row.rules) rules.push_back(job.rule_of_before[rule]);
        job.waiting.emplace_back(static_cast<std::uint32_t>(deeds.rows + row.row), std::move(rules));
    }
}

}  // namespace

Settlement settle_tables(const Rulebooks& rulebooks, const Tables& tables, Date as_of,
                         const Options& options, const State::Data* before, State::Data* keep) {
    if (before != nullptr && !before->settlement.as_of.exists()) before = nullptr;
    if (as_of < date_min || as_of > date_max ||
        (before != nullptr && as_of < before->settlement.as_of)) {
        std::vector<std::pair<std::string, std::string>> fields{
            {"value", as_of >= date_min && as_of <= date_max ? date_text(as_of)
                                                             : std::to_string(as_of.days)}};
        if (before != nullptr) fields.emplace_back("state", date_text(before->settlement.as_of));
        refuse(Code::points_as_of_invalid, std::move(fields));
    }
    Settlement out;
    out.as_of = as_of;
    Faults faults;
    check_lengths(tables, faults);
    if (!faults.empty()) throw DataError(faults.findings());
    Plan plan(rulebooks);
    HouseholdInputs households = read_households(tables.households, faults);
    PersonInputs persons = read_persons(tables.persons, tables.households, households, faults);
    RegisterInputs deeds = read_register(tables.deeds, tables.households, households, tables.persons,
                                         persons, faults);
    const Settlement* const old = before != nullptr ? &before->settlement : nullptr;
    ExchangeInputs exchanges = read_exchanges(tables.exchanges, tables.goods, tables.households,
                                              households, old, faults);
    Faults of_conditions;
    const Matching matching(plan, tables, households, persons, deeds, of_conditions);
    Job job(plan, matching, households, persons, deeds, exchanges);
    job.as_of = as_of.days;
    job.keeps_state = keep != nullptr;
    KnownRows known;
    if (before != nullptr) {
        take_over(job, *before, persons, deeds, known, faults);
        for (std::size_t e = exchanges.posted; e < exchanges.list.size(); ++e) {
            const ExchangeInput& exchange = exchanges.list[e];
            if (exchange.date > old->as_of.days || exchange.household >= households.size()) continue;
            faults.add(Code::points_posts_in_the_past, Table::exchanges, exchange.source_row,
                       exchange.exchange_no, households.village_of[exchange.household],
                       {{"date", date_text(Date{exchange.date})}, {"as_of", date_text(old->as_of)}});
        }
    }
    const bool unusable = std::any_of(
        of_conditions.list().begin(), of_conditions.list().end(), [](const Fault& fault) {
            return fault.finding.code != Code::condition_unreadable_cell;
        });
    faults.take(of_conditions);
    const bool gone = std::any_of(faults.list().begin(), faults.list().end(), [](const Fault& fault) {
        return fault.finding.code == Code::points_household_gone;
    });
    if (unusable || gone) throw DataError(faults.findings());
    for (const std::string_view village : households.villages)
        job.villages.push_back(
            terms_of(plan, village, as_of, old != nullptr ? old->as_of : Date::none()));
    // Persons of several households count together with them.
    const RowReader reader(job, before != nullptr ? &known : nullptr);
    if (plan.counts_persons() && deeds.persons.present()) {
        std::vector<std::uint32_t> household_of(persons.by_id.size(), no_index);
        for (std::size_t row = 0; row < deeds.rows; ++row) {
            const std::uint32_t person = deeds.persons[row], household = deeds.households[row];
            if (person >= household_of.size() || household >= households.size()) continue;
            if (household_of[person] == no_index) household_of[person] = household;
            if (household_of[person] == household) continue;
            for (const std::uint32_t h : {household, household_of[person]})
                job.villages[households.village_of[h]].coupled = true;
        }
    }
    try {
        Run run(job, reader, options, before);
        std::vector<std::pair<std::uint32_t, std::uint32_t>> again;
        run.read_rows(again, faults);
        for (const auto& [row, known_row] : again) {
            if (known.posted[known_row] == 0) {
                known.replaced_by[known_row] = row;
            } else if (std::int32_t days = 0; deeds.mended_on.present()) {
                job.mended_now[known_row] = deeds.mended_on.read(row, days) == Cell::value
                                                ? days
                                                : Date::none().days;
            }
        }
        job.replaced = std::move(known.replaced_by);
        resolve_reversals(job, before != nullptr ? &known : nullptr, faults);
        judge(faults, options, old, households, out);
        while (true) {
            drop_faulty(households, exchanges);
            order_exchanges(job);
            Faults overflows;
            run.settle(out, keep, overflows);
            if (overflows.empty()) summarise(job, out, overflows);
            if (overflows.empty()) break;
            Settlement anew;
            anew.as_of = as_of;
            anew.findings = std::move(out.findings);
            out = std::move(anew);
            if (keep != nullptr) *keep = State::Data{};
            judge(overflows, options, old, households, out);
        }
    } catch (const Cancelled&) {
        Settlement cancelled;
        cancelled.as_of = as_of;
        cancelled.cancelled = true;
        return cancelled;
    }
    for (std::size_t v = 0; v < households.villages.size(); ++v)
        if (households.faulty[v]) out.left_out.emplace_back(households.villages[v]);
    if (options.progress) options.progress(1);
    return out;
}

Settlement settle(const Rulebooks& rulebooks, const Tables& tables, Date as_of,
                  const Options& options) {
    return settle_tables(rulebooks, tables, as_of, options, nullptr, nullptr);
}

const Detail* Settlement::detail(std::uint32_t entry) const noexcept {
    const auto found = std::lower_bound(
        details.begin(), details.end(), entry,
        [](const Detail& detail, std::uint32_t wanted) { return detail.entry < wanted; });
    return found != details.end() && found->entry == entry ? &*found : nullptr;
}

std::uint32_t Settlement::target_of(std::uint32_t row) const noexcept {
    const auto found = std::lower_bound(
        reversals.begin(), reversals.end(), row,
        [](const Reversal& reversal, std::uint32_t wanted) { return reversal.row < wanted; });
    return found != reversals.end() && found->row == row ? found->target : no_index;
}

std::uint32_t Settlement::reversed_by(std::uint32_t row) const noexcept {
    // Both are the same household's, and reversals go by row.
    const std::uint32_t household = household_of_row(row);
    auto found = std::partition_point(
        reversals.begin(), reversals.end(),
        [&](const Reversal& reversal) { return reversal.row < rows.offsets[household]; });
    for (; found != reversals.end() && found->row < rows.offsets[household + 1]; ++found)
        if (found->target == row) return found->row;
    return no_index;
}

std::uint32_t Settlement::household_of_row(std::uint32_t row) const noexcept {
    const auto after = std::upper_bound(rows.offsets.begin(), rows.offsets.end(), std::size_t{row});
    return static_cast<std::uint32_t>(after - rows.offsets.begin() - 1);
}

std::uint32_t Settlement::household(std::string_view id) const noexcept {
    std::uint32_t begin = 0;
    const auto count = static_cast<std::uint32_t>(households.size());
    while (begin < count) {  // a village at a time
        const std::uint32_t village = households.villages[begin];
        const auto end = static_cast<std::uint32_t>(
            std::upper_bound(households.villages.begin() + begin, households.villages.end(), village) -
            households.villages.begin());
        std::uint32_t low = begin, high = end;
        while (low < high) {
            const std::uint32_t middle = low + (high - low) / 2;
            if (households.ids[middle] < id) low = middle + 1;
            else high = middle;
        }
        if (low < end && households.ids[low] == id) return low;
        begin = end;
    }
    return no_index;
}

}  // namespace gridgov::points
