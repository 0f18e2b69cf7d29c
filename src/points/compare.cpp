#include "gridgov/points/compare.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>

#include "refuse.hpp"

namespace gridgov::points {
namespace {

std::uint64_t size_of_change(std::int64_t before, std::int64_t after) noexcept {
    const auto old = static_cast<std::uint64_t>(before), now = static_cast<std::uint64_t>(after);
    return after > before ? now - old : old - now;
}

/// What entries gave, row by row: posted, not reversed, not nothing.
class Given {
public:
    explicit Given(const Settlement& settlement) : of_(settlement) {}

    /// Calls visit(rule, points) for what the rows before `end` gave that was not visited yet.
    template <class Visit>
    void up_to(std::size_t end, Visit visit) {
        const Entries& entries = of_.entries;  // entries and reversals both go by row
        for (; entry_ < entries.size() && entries.rows[entry_] < end; ++entry_) {
            if (entries.status[entry_] != Status::posted || entries.rules[entry_] == no_index) continue;
            if (entries.points[entry_] == 0) continue;
            const std::uint32_t row = entries.rows[entry_];
            while (reversal_ < of_.reversals.size() && of_.reversals[reversal_].row < row) ++reversal_;
            if (reversal_ < of_.reversals.size() && of_.reversals[reversal_].row == row) continue;
            visit(entries.rules[entry_], entries.points[entry_]);
        }
    }

private:
    const Settlement& of_;
    std::size_t entry_ = 0, reversal_ = 0;
};

/// What rules gave, by rule id.
void add_rules(const Settlement& s, bool after, std::map<std::string_view, Difference>& rules) {
    std::vector<std::int64_t> given(s.rules.size());
    Given(s).up_to(s.rows.size(),
                   [&](std::uint32_t rule, std::int64_t points) { given[rule] += points; });
    for (std::size_t r = 0; r < s.rules.size(); ++r) {
        Difference& rule = rules[s.rules[r].rule];
        (after ? rule.after : rule.before) += given[r];
    }
}

/// A household as it is ordered: by village, then id.
std::pair<std::string_view, std::string_view> key(const Settlement& s, std::uint32_t household) {
    return {s.villages[s.households.villages[household]], s.households.ids[household]};
}

/// One pass over the households of two settlements, both in order: visit(i, j), with no_index for one
/// that a settlement does not have.
template <class Visit>
void merge_households(const Settlement& before, const Settlement& after, Visit visit) {
    const auto n = static_cast<std::uint32_t>(before.households.size());
    const auto m = static_cast<std::uint32_t>(after.households.size());
    for (std::uint32_t i = 0, j = 0; i < n || j < m;) {
        const bool in_before = i < n && (j >= m || key(before, i) <= key(after, j));
        const bool in_after = j < m && (i >= n || key(after, j) <= key(before, i));
        visit(in_before ? i : no_index, in_after ? j : no_index);
        i += in_before ? 1 : 0;
        j += in_after ? 1 : 0;
    }
}

void check_days(const Settlement& before, const Settlement& after) {
    if (before.as_of != after.as_of)
        refuse(Code::as_of_differs,
               {{"before", date_text(before.as_of)}, {"after", date_text(after.as_of)}});
}

/// A household whose balance differs, on the way into order.
struct Changed {
    std::uint64_t size = 0;
    std::uint32_t before = no_index, after = no_index;  ///< the household in each settlement, or none
};

/// By change, the largest first; then by id, in which order they mostly come.
template <class Id>
void sort_changes(std::vector<Changed>& changes, Id id) {
    bool by_id = true;
    for (std::size_t i = 1; i < changes.size() && by_id; ++i)
        by_id = id(changes[i - 1]) < id(changes[i]);
    if (!by_id) {
        std::sort(changes.begin(), changes.end(), [&](const Changed& a, const Changed& b) {
            return a.size != b.size ? a.size > b.size : id(a) < id(b);
        });
        return;
    }
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Changed& a, const Changed& b) { return a.size > b.size; });
}

std::int64_t net(const Settlement& s) {
    std::int64_t points = 0;
    for (std::size_t h = 0; h < s.households.size(); ++h)
        points += s.households.earned[h] - s.households.deducted[h];
    return points;
}

}  // namespace

Comparison compare(const Settlement& before, const Settlement& after) {
    check_days(before, after);
    Comparison out;
    out.before = before.summary;
    out.after = after.summary;
    std::map<std::string_view, Difference> villages;
    for (std::size_t v = 0; v < before.villages.size(); ++v) villages[before.villages[v]];
    for (std::size_t v = 0; v < after.villages.size(); ++v) villages[after.villages[v]];
    std::vector<Changed> changes;
    std::vector<std::int64_t> sums_before(before.villages.size()), sums_after(after.villages.size());
    merge_households(before, after, [&](std::uint32_t i, std::uint32_t j) {
        const std::int64_t old = i != no_index ? before.households.balance[i] : 0;
        const std::int64_t now = j != no_index ? after.households.balance[j] : 0;
        if (i != no_index) sums_before[before.households.villages[i]] += old;
        if (j != no_index) sums_after[after.households.villages[j]] += now;
        if (now > old) ++out.gaining;
        else if (now < old) ++out.losing;
        else ++out.unchanged;
        if (now != old) changes.push_back({size_of_change(old, now), i, j});
    });
    for (std::size_t v = 0; v < sums_before.size(); ++v) villages[before.villages[v]].before = sums_before[v];
    for (std::size_t v = 0; v < sums_after.size(); ++v) villages[after.villages[v]].after = sums_after[v];
    const auto id = [&](const Changed& change) {
        return change.before != no_index ? before.households.ids[change.before]
                                         : after.households.ids[change.after];
    };
    sort_changes(changes, id);
    out.households.reserve(changes.size());
    for (const Changed& change : changes)
        out.households.push_back(
            {std::string(id(change)),
             change.before != no_index ? before.households.balance[change.before] : 0,
             change.after != no_index ? after.households.balance[change.after] : 0});
    for (auto& [name, difference] : villages) {
        difference.id = name;
        out.villages.push_back(std::move(difference));
    }
    std::map<std::string_view, Difference> rules;
    add_rules(before, false, rules);
    add_rules(after, true, rules);
    for (auto& [name, difference] : rules) {
        difference.id = name;
        out.rules.push_back(std::move(difference));
    }
    return out;
}

std::vector<RuleDifference> compare_by_rule(const Settlement& before, const Settlement& after) {
    check_days(before, after);
    // Rules of both by id, in order.
    std::map<std::string_view, std::uint32_t> places;
    for (const Settlement* s : {&before, &after})
        for (const RuleName& name : s->rules) places.emplace(name.rule, 0);
    std::vector<std::string_view> rules;
    for (auto& [name, place] : places) {
        place = static_cast<std::uint32_t>(rules.size());
        rules.push_back(name);
    }
    const auto placed = [&](const Settlement& s) {
        std::vector<std::uint32_t> of;
        for (const RuleName& name : s.rules) of.push_back(places.find(name.rule)->second);
        return of;
    };
    const std::vector<std::uint32_t> place_before = placed(before), place_after = placed(after);
    Given given_before(before), given_after(after);
    std::vector<std::int64_t> old(rules.size()), now(rules.size());
    std::vector<std::uint32_t> touched;
    std::vector<RuleDifference> out;
    merge_households(before, after, [&](std::uint32_t i, std::uint32_t j) {
        if (i != no_index)
            given_before.up_to(before.rows.offsets[i + 1], [&](std::uint32_t rule, std::int64_t points) {
                old[place_before[rule]] += points;
                touched.push_back(place_before[rule]);
            });
        if (j != no_index)
            given_after.up_to(after.rows.offsets[j + 1], [&](std::uint32_t rule, std::int64_t points) {
                now[place_after[rule]] += points;
                touched.push_back(place_after[rule]);
            });
        std::sort(touched.begin(), touched.end());
        touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
        const auto [village, household] = i != no_index ? key(before, i) : key(after, j);
        for (const std::uint32_t rule : touched) {
            if (old[rule] != now[rule])
                out.push_back({std::string(village), std::string(household), std::string(rules[rule]),
                               old[rule], now[rule]});
            old[rule] = now[rule] = 0;
        }
        touched.clear();
    });
    return out;
}

Decomposition decompose(std::span<const Settlement* const> settlements, std::size_t rulebooks,
                        std::size_t registers) {
    if (rulebooks == 0 || registers == 0 || settlements.size() / rulebooks != registers ||
        settlements.size() % rulebooks != 0)
        refuse(Code::settlements_wrong_number,
               {{"number", std::to_string(settlements.size())},
                {"expected", std::to_string(rulebooks * registers)}});
    Decomposition out;
    out.rulebooks = rulebooks;
    out.registers = registers;
    for (const Settlement* settlement : settlements) out.points.push_back(net(*settlement));
    const auto at = [&](std::size_t row, std::size_t column) {
        return out.points[row * registers + column];
    };
    for (std::size_t row = 0; row + 1 < rulebooks; ++row)
        for (std::size_t column = 0; column < registers; ++column)
            out.rules_effect.push_back(at(row + 1, column) - at(row, column));
    for (std::size_t row = 0; row < rulebooks; ++row)
        for (std::size_t column = 0; column + 1 < registers; ++column)
            out.people_effect.push_back(at(row, column + 1) - at(row, column));
    const std::size_t r = rulebooks - 1, c = registers - 1;
    out.rules_part_doubled = (at(r, 0) - at(0, 0)) + (at(r, c) - at(0, c));
    out.people_part_doubled = (at(0, c) - at(0, 0)) + (at(r, c) - at(r, 0));
    return out;
}

}  // namespace gridgov::points
