#include "gridgov/points/settle.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "points/judge.hpp"
#include "points/matching.hpp"
#include "points/read_rows.hpp"
#include "points/run.hpp"
#include "points/state_data.hpp"
#include "refuse.hpp"

namespace gridgov::points {
namespace {

__extension__ using Wide = __int128;

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
    const bool usable = can_be_asked(of_conditions);
    faults.take(of_conditions);
    const bool gone = std::any_of(faults.list().begin(), faults.list().end(), [](const Fault& fault) {
        return fault.finding.code == Code::points_household_gone;
    });
    if (!usable || gone) throw DataError(faults.findings());
    for (const std::string_view village : households.villages)
        job.villages.push_back(
            terms_of(plan, village, as_of, old != nullptr ? old->as_of : Date::none()));
    job.compare_terms();
    // Persons of several households count together with them.
    std::vector<Digest> digests(keep != nullptr ? deeds.rows : 0);
    const RowReader reader(job, before != nullptr ? &known : nullptr,
                           keep != nullptr ? digests.data() : nullptr);
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
        judge(faults, options, old, households, out.findings);
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
            judge(overflows, options, old, households, out.findings);
        }
    } catch (const Cancelled&) {
        Settlement cancelled;
        cancelled.as_of = as_of;
        cancelled.cancelled = true;
        return cancelled;
    }
    out.left_out = left_out(households);
    if (options.progress) options.progress(1);
    return out;
}

Settlement settle(const Rulebooks& rulebooks, const Tables& tables, Date as_of,
                  const Options& options) {
    return settle_tables(rulebooks, tables, as_of, options, nullptr, nullptr);
}

}  // namespace gridgov::points
