// What can be earned against what goods cost and the budget bears.
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <tuple>

#include "points/lint_parts.hpp"

namespace gridgov::points {
namespace {

/// Products of two numbers of 64 bits.
__extension__ using Wide = __int128;

constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();

std::int64_t added(std::int64_t a, std::int64_t b) noexcept {  // of numbers of at least 0
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? endless : sum;
}
std::int64_t times(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? endless : product;
}

/// How many such periods can touch one calendar year.
std::int64_t periods_a_year(Period period) noexcept {
    switch (period) {
        case Period::day: return 366;
        case Period::week: return 54;  // a leap year from Sunday to Monday
        case Period::month: return 12;
        case Period::quarter: return 4;
        case Period::year:
        case Period::all_time: break;
    }
    return 1;
}

/// The most that a cap lets one household have of awards a year, `award` the most of one entry.
std::int64_t bound_of(const Cap& cap, std::int64_t award) noexcept {
    if (cap.scope == Scope::person) return endless;  // a household may have any number of persons
    const std::int64_t limit = times(cap.limit, periods_a_year(cap.period));
    return cap.measure == Measure::points ? limit : times(limit, award);
}

}  // namespace

std::optional<std::int64_t> most_in_a_year(const Rulebook& rulebook, std::size_t* unbounded) {
    // A counter over a group or all bounds its rules together: each rule is taken under the tightest
    // one that it lists, so that the bounds of disjoint sets of rules add up.
    struct Shared {
        std::int64_t bound = endless;
        std::int64_t sum = 0;
    };
    using Counter = std::tuple<CapOver, std::string_view, Scope, Period, std::int64_t>;
    std::map<Counter, Shared> shared;
    std::int64_t total = rulebook.opening ? rulebook.opening->points : 0;
    for (std::size_t place = 0; place < rulebook.rules.size(); ++place) {
        const Rule& rule = rulebook.rules[place];
        const std::int64_t award = rule.per == Per::occurrence || rule.units_max
                                       ? raw_points(rule, endless)
                                       : rule.points > 0 ? endless : 0;
        if (award <= 0) continue;
        std::int64_t alone = endless;
        const Cap* together = nullptr;
        for (const Cap& cap : rule.caps) {
            const std::int64_t bound = bound_of(cap, award);
            alone = std::min(alone, bound);
            if (cap.over != CapOver::rule && cap.measure == Measure::points && bound != endless &&
                (together == nullptr || bound < bound_of(*together, award)))
                together = &cap;
        }
        if (alone == endless) {
            if (unbounded != nullptr) *unbounded = place;
            return std::nullopt;
        }
        if (together == nullptr) {
            total = added(total, alone);
            continue;
        }
        Shared& counter = shared[{together->over,
                                  together->over == CapOver::group ? rule.group : std::string_view{},
                                  together->scope, together->period, together->limit}];
        counter.bound = bound_of(*together, award);
        counter.sum = added(counter.sum, alone);
    }
    for (const auto& [key, counter] : shared)
        total = added(total, std::min(counter.bound, counter.sum));
    if (total == endless) return std::nullopt;
    return total;
}

void lint_money(const Rulebooks& rulebooks, const HouseholdInputs& households,
                const ExchangeInputs& goods, std::vector<Finding>& findings) {
    // The good with the most fen a point: what a point may cost the village.
    const Price* dearest = nullptr;
    for (const Price& price : goods.prices) {
        if (price.fen == no_number || price.points <= 0) continue;
        if (dearest == nullptr ||
            static_cast<Wide>(price.fen) * dearest->points >
                static_cast<Wide>(dearest->fen) * price.points)
            dearest = &price;
    }
    std::int64_t most_anywhere = -1;
    bool bounded = rulebooks.size() > 0;
    std::uint32_t richest = 0;
    for (std::uint32_t number = 0; number < rulebooks.size(); ++number) {
        const LintSubject subject{rulebooks, number, findings};
        const Rulebook& rulebook = subject.rulebook();
        std::size_t unbounded = 0;
        const auto most = most_in_a_year(rulebook, &unbounded);
        bounded = bounded && most.has_value();
        if (most && *most > most_anywhere) {
            most_anywhere = *most;
            richest = number;
        }
        if (!rulebook.budget_yuan) continue;
        if (!most) {
            if (unbounded >= rulebook.rules.size()) continue;
            const std::array<std::size_t, 1> rule{unbounded};
            subject.note(Code::lint_earning_unbounded, Severity::note, rule,
                         Witness().text("deed", rulebook.rules[unbounded].deed),
                         {{"budget_yuan", std::to_string(*rulebook.budget_yuan)}});
            continue;
        }
        if (dearest == nullptr || households.size() == 0) continue;
        for (std::uint32_t village = 0; village < households.villages.size(); ++village) {
            const auto terms = rulebooks.in_force(households.villages[village]);
            if (std::none_of(terms.begin(), terms.end(),
                             [&](const InForce& term) { return term.rulebook == number; }))
                continue;
            const std::int64_t count =
                households.village_begin[village + 1] - households.village_begin[village];
            const Wide fen = static_cast<Wide>(times(count, *most)) * dearest->fen /
                                 dearest->points;
            if (fen <= static_cast<Wide>(*rulebook.budget_yuan) * 100) continue;
            const auto yuan = static_cast<std::int64_t>(
                std::min<Wide>((fen + 99) / 100, std::numeric_limits<std::int64_t>::max()));
            Witness witness;
            witness.text("village", households.villages[village]).number("households", count)
                .number("points", *most).text("good", goods.goods[dearest->good])
                .number("yuan", yuan);
            subject.note(Code::lint_liability_beyond_budget, Severity::warning, {}, witness,
                         {{"village", std::string(households.villages[village])},
                          {"households", std::to_string(count)},
                          {"points", std::to_string(*most)},
                          {"yuan", std::to_string(yuan)},
                          {"budget_yuan", std::to_string(*rulebook.budget_yuan)}});
        }
    }
    if (!bounded) return;
    for (const Price& price : goods.prices) {
        if (price.points <= most_anywhere) continue;
        const LintSubject subject{rulebooks, richest, findings};
        Finding& finding = subject.note(
            Code::lint_good_out_of_reach, Severity::warning, {},
            Witness().text("good", goods.goods[price.good]).text("shop", goods.shops[price.shop])
                .date("date", Date{price.from}).number("price", price.points)
                .number("most", most_anywhere),
            {{"good", std::string(goods.goods[price.good])},
             {"points", std::to_string(price.points)},
             {"most", std::to_string(most_anywhere)}});
        finding.records = {std::string(goods.goods[price.good])};
    }
}

}  // namespace gridgov::points
