#include "gridgov/points/board.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace gridgov::points {
namespace {

/// The rules of entries, in the rulebooks given.
std::vector<const Rule*> rules_of(const Rulebooks& rulebooks, const Settlement& settlement) {
    std::unordered_map<std::string_view, std::unordered_map<std::string_view, const Rule*>> known;
    for (const Rulebook& rulebook : rulebooks.all())
        for (const Rule& rule : rulebook.rules) known[rulebook.id].emplace(rule.id, &rule);
    std::vector<const Rule*> rules;
    for (const RuleName& name : settlement.rules) {
        const auto rulebook = known.find(name.rulebook);
        const Rule* rule = nullptr;
        if (rulebook != known.end())
            if (const auto found = rulebook->second.find(name.rule); found != rulebook->second.end())
                rule = found->second;
        rules.push_back(rule);
    }
    return rules;
}

}  // namespace

Boards boards(const Rulebooks& rulebooks, const Settlement& s) {
    Boards out;
    const std::vector<const Rule*> rules = rules_of(rulebooks, s);
    const std::int32_t year = civil_date(s.as_of).year;
    const auto households = static_cast<std::uint32_t>(s.households.size());
    std::size_t entry = 0;
    for (std::uint32_t begin = 0; begin < households;) {
        const std::uint32_t village = s.households.villages[begin];
        std::uint32_t end = begin;
        while (end < households && s.households.villages[end] == village) ++end;
        const auto in_force = rulebooks.in_force(s.villages[village], s.as_of);
        const Board board = in_force ? rulebooks[*in_force].board.value_or(Board{}) : Board{};
        std::vector<std::uint32_t> vetoes(end - begin, no_index);
        for (std::uint32_t h = begin; h < end; ++h) {
            const std::int64_t balance = s.households.balance[h];
            if (board.black_at_most && balance <= *board.black_at_most)
                out.black.push_back({h, no_index, Date::none(), balance});
            for (; entry < s.entries.size() && s.entries.rows[entry] < s.rows.offsets[h + 1]; ++entry) {
                // What was posted and stands; a rule that lost to another of its group did not apply.
                if (s.entries.status[entry] != Status::posted || s.entries.rules[entry] == no_index ||
                    s.entries.reasons[entry] == Reason::outbid)
                    continue;
                const std::uint32_t row = s.entries.rows[entry];
                if (s.target_of(row) != no_index) continue;
                const Rule* const rule = rules[s.entries.rules[entry]];
                if (rule == nullptr) continue;
                const Date posted_on{s.rows.posted_on[row]};
                if (rule->veto && civil_date(posted_on).year == year && vetoes[h - begin] == no_index)
                    vetoes[h - begin] = static_cast<std::uint32_t>(entry);
                if (!rule->mend_days) continue;
                const Date until = posted_on + *rule->mend_days;
                const bool mended = !s.rows.mended_on.empty() &&
                                    s.rows.mended_on[row] <= s.as_of.days;
                if (!mended && s.as_of < until)
                    out.black.push_back({h, static_cast<std::uint32_t>(entry), until, balance});
            }
        }
        std::vector<std::uint32_t> order(end - begin);
        std::iota(order.begin(), order.end(), begin);
        std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            return s.households.balance[a] > s.households.balance[b];
        });
        std::uint32_t rank = 0;
        std::uint32_t places = 0;    // of the red board: a household with a veto takes none
        std::uint32_t red_rank = 0;
        std::int64_t red_balance = 0;
        for (std::uint32_t i = 0; i < order.size(); ++i) {
            const std::uint32_t h = order[i];
            const std::int64_t balance = s.households.balance[h];
            if (i == 0 || balance != s.households.balance[order[i - 1]]) rank = i + 1;
            bool red = false;
            if (vetoes[h - begin] == no_index) {
                if (++places == 1 || balance != red_balance) red_rank = places;
                red_balance = balance;
                red = (board.red_top || board.red_at_least) &&
                      (!board.red_top || red_rank <= *board.red_top) &&
                      (!board.red_at_least || balance >= *board.red_at_least);
            }
            out.ranking.push_back({h, rank, balance, red, vetoes[h - begin]});
        }
        begin = end;
    }
    return out;
}

}  // namespace gridgov::points
