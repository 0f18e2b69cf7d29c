#include "gridgov/lists/match.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gridgov/error.hpp"

using namespace gridgov;
using namespace gridgov::lists;

namespace {

struct Rows {
    std::vector<std::string> ids, kinds, villages;
    std::vector<std::int64_t> amounts, priorities;
    std::vector<Date> from, to;

    Rows& add(const std::string& id, const std::string& kind, std::int64_t amount,
              const std::string& village, std::int64_t priority = 1, const std::string& begin = "",
              const std::string& end = "") {
        ids.push_back(id);
        kinds.push_back(kind);
        amounts.push_back(amount);
        villages.push_back(village);
        priorities.push_back(priority);
        from.push_back(parse_date(begin).value_or(Date::none()));
        to.push_back(parse_date(end).value_or(Date::none()));
        return *this;
    }
    using Texts = std::span<const std::string>;
    NeedColumns needs() const {
        return {Texts(ids), Texts(kinds), amounts, Texts(villages), priorities, from, to};
    }
    SourceColumns sources() const {
        return {Texts(ids), Texts(kinds), amounts, Texts(villages), from, to};
    }
};

std::string text(const Rows& needs, const Rows& resources, const Rows& projects) {
    const Matching found = match(needs.needs(), resources.sources(), projects.sources());
    std::string out;
    for (std::size_t i = 0; i < found.need.size(); ++i)
        out += needs.ids[found.need[i]] + "<" +
               (found.project[i] != 0 ? projects : resources).ids[found.source[i]] + ":" +
               std::to_string(found.amount[i]) + " ";
    for (std::size_t i = 0; i < found.unmet_need.size(); ++i) {
        out += needs.ids[found.unmet_need[i]] + "!" + std::to_string(found.unmet_amount[i]) + ":" +
               std::string(code_name(found.unmet_reason[i])) + " ";
        CHECK(!message(unmet_finding(needs.needs(), found, i), Language::zh).empty());
    }
    return out;
}

std::vector<Code> faults(const Rows& needs, const Rows& resources, const Rows& projects) {
    std::vector<Code> codes;
    try {
        match(needs.needs(), resources.sources(), projects.sources());
    } catch (const DataError& error) {
        for (const Finding& finding : error.findings()) codes.push_back(finding.code);
    }
    return codes;
}

}  // namespace

TEST_CASE("match: needs are met, and shifted so that more are") {
    Rows needs, resources, projects;
    needs.add("n1", "seed", 5, "v1").add("n2", "seed", 5, "v2");
    resources.add("r1", "seed", 5, "*");
    projects.add("p1", "seed", 5, "v1;v3");
    CHECK(text(needs, resources, projects) == "n1<p1:5 n2<r1:5 ");
}

TEST_CASE("match: every reason") {
    Rows needs, resources, projects;
    needs.add("a-kind", "x", 5, "v1");
    needs.add("b-place", "seed", 5, "v9");
    needs.add("c-time", "seed", 5, "v1", 1, "2027-01-01", "2028-01-01");
    needs.add("d-little", "tool", 5, "v1");
    needs.add("e-first", "road", 5, "v1", 9);
    needs.add("f-taken", "road", 3, "v1", 2);
    needs.add("g-equal", "road", 6, "v1", 2);
    resources.add("r1", "seed", 50, "v1", 0, "2026-01-01", "2027-01-01");
    resources.add("r2", "tool", 4, "v1").add("r3", "road", 5, " v1 ;v2").add("r4", "y", 0, "*");
    CHECK(text(needs, resources, projects) ==
          "d-little<r2:4 e-first<r3:5 a-kind!5:none_of_the_kind b-place!5:out_of_place "
          "c-time!5:out_of_time d-little!1:too_little f-taken!3:taken_by_higher_priority "
          "g-equal!6:too_little ");
}

TEST_CASE("match: `to` is the first day no longer") {
    Rows needs, resources, none;
    needs.add("n", "k", 1, "v", 1, "2026-01-01", "2026-02-01");
    resources.add("r", "k", 1, "v", 0, "2026-02-01", "");
    CHECK(text(needs, resources, none) == "n!1:out_of_time ");
    needs.to[0] = parse_date("2026-02-02").value();
    CHECK(text(needs, resources, none) == "n<r:1 ");
}

TEST_CASE("match: faults, all of them") {
    Rows needs, resources, projects;
    needs.add("n", "k", -1, "v").add("n", "", 1, "v").add("", "k", 1, "v");
    needs.add("o", "k", 1, "v", 1, "2026-02-01", "2026-02-01");
    resources.add("r", "k", 1'000'000'000'001, "v");
    projects.add("r", "k", 1, "v");
    CHECK(faults(needs, resources, projects) ==
          std::vector<Code>{Code::match_amount_invalid, Code::duplicate_id, Code::match_kind_empty,
                            Code::empty_id, Code::match_dates_reversed, Code::match_amount_invalid,
                            Code::duplicate_id});
    Rows empty;
    CHECK(text(empty, empty, empty).empty());
    needs.kinds.pop_back();
    CHECK(faults(needs, resources, projects).front() == Code::column_length);
}

TEST_CASE("match: as every division of the amounts shows, whatever the order of rows") {
    std::mt19937 random(23);
    const auto below = [&](unsigned count) { return static_cast<unsigned>(random() % count); };
    const std::vector<std::string> villages{"v1", "v2"};
    const std::vector<std::string> of_sources{"v1", "v2", "*", "v1;v2"};
    for (int round = 0; round < 400; ++round) {
        Rows needs, resources, projects;
        for (unsigned i = 1 + below(4); i > 0; --i)
            needs.add("n" + std::to_string(i), below(4) == 0 ? "b" : "a", below(4),
                      villages[below(2)], below(3), "", below(3) == 0 ? "2026-05-01" : "");
        for (unsigned i = 1 + below(3); i > 0; --i)
            (below(2) == 0 ? resources : projects)
                .add("s" + std::to_string(i), below(4) == 0 ? "b" : "a", below(4),
                     of_sources[below(4)], 0, below(3) == 0 ? "2026-05-01" : "", "");
        const Matching found = match(needs.needs(), resources.sources(), projects.sources());

        struct At { const Rows* rows; std::size_t row; };
        std::vector<At> sources;
        for (const Rows* rows : {&resources, &projects})
            for (std::size_t row = 0; row < rows->ids.size(); ++row) sources.push_back({rows, row});
        const auto serves = [&](std::size_t need, const At& at, bool kind, bool place, bool time) {
            const std::string& list = at.rows->villages[at.row];
            const Date begin = at.rows->from[at.row];
            return (!kind || at.rows->kinds[at.row] == needs.kinds[need]) &&
                   (!place || list == "*" || list.find(needs.villages[need]) != std::string::npos) &&
                   (!time || !begin.exists() || begin < needs.to[need]);
        };
        // What needs can get together: every way to hand out unit by unit.
        const std::size_t size = needs.ids.size();
        using Amounts = std::vector<std::int64_t>;
        const auto reachable = [&](const std::vector<std::size_t>& who) {
            std::set<Amounts> states{Amounts(size)};
            for (const At& at : sources) {
                std::set<Amounts> next = states;
                for (std::int64_t unit = 0; unit < at.rows->amounts[at.row]; ++unit) {
                    std::set<Amounts> more = next;
                    for (const Amounts& state : next)
                        for (const std::size_t need : who)
                            if (state[need] < needs.amounts[need] &&
                                serves(need, at, true, true, true)) {
                                Amounts given = state;
                                ++given[need];
                                more.insert(given);
                            }
                    next = std::move(more);
                }
                states = std::move(next);
            }
            return states;
        };
        std::vector<std::size_t> order(size);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return std::pair(-needs.priorities[a], needs.ids[a]) <
                   std::pair(-needs.priorities[b], needs.ids[b]);
        });
        const auto best_of = [&](const std::vector<std::size_t>& who) {
            const auto states = reachable(who);
            return *std::max_element(states.begin(), states.end(), [&](const auto& a, const auto& b) {
                for (const std::size_t need : order)
                    if (a[need] != b[need]) return a[need] < b[need];
                return false;
            });
        };
        const Amounts best = best_of(order);
        Amounts given(size);
        std::map<std::pair<unsigned, std::uint32_t>, std::int64_t> used;
        for (std::size_t i = 0; i < found.need.size(); ++i) {
            given[found.need[i]] += found.amount[i];
            used[{found.project[i], found.source[i]}] += found.amount[i];
            REQUIRE(serves(found.need[i],
                           {found.project[i] != 0 ? &projects : &resources, found.source[i]}, true,
                           true, true));
        }
        REQUIRE(given == best);
        for (const auto& [source, amount] : used)
            REQUIRE(amount <= (source.first != 0 ? projects : resources).amounts[source.second]);
        // Reasons, each by its own words.
        std::map<std::size_t, Code> reasons;
        for (std::size_t i = 0; i < found.unmet_need.size(); ++i) {
            reasons[found.unmet_need[i]] = found.unmet_reason[i];
            REQUIRE(found.unmet_amount[i] ==
                    needs.amounts[found.unmet_need[i]] - given[found.unmet_need[i]]);
        }
        for (std::size_t need = 0; need < size; ++need) {
            REQUIRE(reasons.contains(need) == (given[need] < needs.amounts[need]));
            if (!reasons.contains(need)) continue;
            const auto any = [&](bool place, bool time) {
                return std::any_of(sources.begin(), sources.end(), [&](const At& at) {
                    return serves(need, at, true, place, time);
                });
            };
            const Code expected = !any(false, false)  ? Code::none_of_the_kind
                                  : !any(true, false) ? Code::out_of_place
                                  : !any(true, true)  ? Code::out_of_time
                                  : best_of({need})[need] < needs.amounts[need]
                                      ? Code::too_little
                                      : Code::taken_by_higher_priority;
            REQUIRE(reasons[need] == expected);
        }
        // Rows in another order: the same.
        Rows turned = needs;
        std::reverse(turned.ids.begin(), turned.ids.end());
        std::reverse(turned.kinds.begin(), turned.kinds.end());
        std::reverse(turned.amounts.begin(), turned.amounts.end());
        std::reverse(turned.villages.begin(), turned.villages.end());
        std::reverse(turned.priorities.begin(), turned.priorities.end());
        std::reverse(turned.to.begin(), turned.to.end());
        REQUIRE(text(turned, resources, projects) == text(needs, resources, projects));
    }
}
