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

/// What rules gave, by rule id.
void add_rules(const Settlement& s, bool after, std::map<std::string_view, Difference>& rules) {
    std::vector<std::int64_t> given(s.rules.size());
    auto reversal = s.reversals.begin();  // entries and reversals both go by row
    for (std::size_t e = 0; e < s.entries.size(); ++e) {
        if (s.entries.status[e] != Status::posted || s.entries.rules[e] == no_index) continue;
        if (s.entries.points[e] == 0) continue;
        const std::uint32_t row = s.entries.rows[e];
        while (reversal != s.reversals.end() && reversal->row < row) ++reversal;
        if (reversal != s.reversals.end() && reversal->row == row) continue;
        given[s.entries.rules[e]] += s.entries.points[e];
    }
    for (std::size_t r = 0; r < s.rules.size(); ++r) {
        Difference& rule = rules[s.rules[r].rule];
        (after ? rule.after : rule.before) += given[r];
    }
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
    if (before.as_of != after.as_of)
        refuse(Code::as_of_differs,
               {{"before", date_text(before.as_of)}, {"after", date_text(after.as_of)}});
    Comparison out;
    out.before = before.summary;
    out.after = after.summary;
    std::map<std::string_view, Difference> villages;
    for (std::size_t v = 0; v < before.villages.size(); ++v) villages[before.villages[v]];
    for (std::size_t v = 0; v < after.villages.size(); ++v) villages[after.villages[v]];
    // Both are ordered by (village, id): one pass over the two.
    const auto key = [](const Settlement& s, std::uint32_t h) {
        return std::pair{s.villages[s.households.villages[h]], s.households.ids[h]};
    };
    const auto n = static_cast<std::uint32_t>(before.households.size());
    const auto m = static_cast<std::uint32_t>(after.households.size());
    std::vector<Changed> changes;
    std::vector<std::int64_t> sums_before(before.villages.size()), sums_after(after.villages.size());
    for (std::uint32_t i = 0, j = 0; i < n || j < m;) {
        const bool in_before = i < n && (j >= m || key(before, i) <= key(after, j));
        const bool in_after = j < m && (i >= n || key(after, j) <= key(before, i));
        const std::int64_t old = in_before ? before.households.balance[i] : 0;
        const std::int64_t now = in_after ? after.households.balance[j] : 0;
        if (in_before) sums_before[before.households.villages[i]] += old;
        if (in_after) sums_after[after.households.villages[j]] += now;
        if (now > old) ++out.gaining;
        else if (now < old) ++out.losing;
        else ++out.unchanged;
        if (now != old)
            changes.push_back({size_of_change(old, now), in_before ? i : no_index, in_after ? j : no_index});
        i += in_before ? 1 : 0;
        j += in_after ? 1 : 0;
    }
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
