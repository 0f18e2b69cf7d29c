// Single rules, their caps, the groups they compete in, the boards and the gaps between rulebooks.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "points/lint_parts.hpp"

namespace gridgov::points {
namespace {

constexpr std::size_t pairs_most = 1'000'000;

/// Deeds that have a rule of their own.
std::set<std::string_view> own_deeds(const Rulebook& rulebook) {
    std::set<std::string_view> deeds;
    for (const Rule& rule : rulebook.rules) deeds.insert(rule.deed);
    return deeds;
}

/// Whether a rule does something beside giving points.
bool has_effect(const Rule& rule) noexcept {
    return rule.veto || rule.mend_days || rule.freeze.until != Freeze::Until::none;
}

Witness row_of(const LintSubject& subject, std::size_t rule, std::int64_t units) {
    const Rule& subject_rule = subject.rulebook().rules[rule];
    Witness witness;
    witness.text("deed", subject_rule.deed);
    if (subject_rule.per != Per::occurrence) witness.number("units", units);
    return witness;
}

/// Whether the first period lies in the second, each time.
bool lies_in(Period inner, Period outer) noexcept {
    if (inner == outer || outer == Period::all_time) return true;
    if (inner == Period::day) return true;
    if (inner == Period::week || outer == Period::week) return false;  // weeks cross months
    return static_cast<int>(inner) < static_cast<int>(outer);
}

void lint_caps(const LintSubject& subject, std::size_t place) {
    const Rule& rule = subject.rulebook().rules[place];
    const std::array<std::size_t, 1> self{place};
    const std::int64_t one = raw_points(rule, 1);
    const std::int64_t size = one < 0 ? -one : one;
    for (const Cap& cap : rule.caps) {
        const LintFields fields{{"limit", std::to_string(cap.limit)},
                                {"period_kind", std::string(word(cap.period))},
                                {"scope_kind", std::string(word(cap.scope))},
                                {"points", std::to_string(size)}};
        if (cap.measure == Measure::points && cap.limit > 0 && cap.limit < size) {
            Witness witness = row_of(subject, place, 1);
            witness.number("raw", one).number(
                "given", cap.mode == CapMode::reject ? 0 : one < 0 ? -cap.limit : cap.limit);
            subject.note(Code::lint_cap_below_award, Severity::warning, self, witness, fields,
                         cap.line);
        } else if (cap.measure == Measure::points && cap.mode == CapMode::reject &&
                   rule.per != Per::occurrence && size > 0 && cap.limit >= size) {
            // The fewest units whose award is always refused, if a row can have them.
            const std::int64_t units = cap.limit / size + 1;
            if (rule.units_max && units <= *rule.units_max)
                subject.note(Code::lint_cap_rejects_units, Severity::note, self,
                             row_of(subject, place, units).number("raw", raw_points(rule, units))
                                 .number("given", 0),
                             fields, cap.line);
        }
        for (const Cap& other : rule.caps) {
            if (&other == &cap || other.over != cap.over || other.scope != cap.scope ||
                other.measure != cap.measure || other.limit > cap.limit ||
                !lies_in(cap.period, other.period) ||
                (cap.mode == CapMode::reject && other.mode == CapMode::clip))
                continue;  // the last: it refuses what the other would cut
            const bool same = other.limit == cap.limit && other.period == cap.period;
            if (same && (other.mode != cap.mode || &other > &cap)) continue;  // told once
            Witness witness;
            witness.text("period", word(cap.period)).number("limit", cap.limit)
                .text("period", word(other.period)).number("limit", other.limit);
            subject.note(Code::lint_cap_idle, Severity::note, self, witness,
                         {{"limit", std::to_string(cap.limit)},
                          {"period_kind", std::string(word(cap.period))},
                          {"other_limit", std::to_string(other.limit)},
                          {"other_period_kind", std::string(word(other.period))}},
                         cap.line);
            break;
        }
    }
}

/// Whether `first` matches each row that `second` does.
bool matches_all_of(const LintSubject& subject, std::size_t first, std::size_t second) {
    const Rule& a = subject.rulebook().rules[first];
    const Rule& b = subject.rulebook().rules[second];
    if (a.cooldown_days > 0 || a.evidence_min > b.evidence_min || a.witness_min > b.witness_min)
        return false;
    if (a.deed != b.deed) return false;
    for (const std::string& deed : b.nearest_of)
        if (std::find(a.nearest_of.begin(), a.nearest_of.end(), deed) == a.nearest_of.end())
            return false;
    for (std::size_t i = 0; i < a.when.size(); ++i) {
        const conditions::UnaryTests& asked = subject.tests(first)[i];
        if (asked.everything()) continue;
        bool covered = false;
        for (std::size_t j = 0; j < b.when.size() && !covered; ++j)
            covered = b.when[j].column == a.when[i].column &&
                      !subject.tests(second)[j].value_beyond(asked);
        if (!covered) return false;
    }
    return true;
}

/// Whether `first`'s raw points are never below `second`'s (or never at most them), for any units.
bool outbids(const Rule& first, const Rule& second, bool strictly) noexcept {
    constexpr std::int64_t units_most = 1'000'000'000;
    std::vector<std::int64_t> bends{0, 1, units_most};  // between them both are linear
    for (const Rule* const rule : {&first, &second})
        if (rule->units_max)
            for (const std::int64_t units : {*rule->units_max, *rule->units_max + 1})
                bends.push_back(std::min(units, units_most));
    return std::all_of(bends.begin(), bends.end(), [&](std::int64_t units) {
        const std::int64_t a = raw_points(first, units);
        const std::int64_t b = raw_points(second, units);
        return strictly ? a > b : a >= b;
    });
}

/// A deed that all of some rules serve and whose name satisfies some tests.
std::optional<std::string_view> served_deed(const Rulebook& rulebook,
                                            std::span<const std::size_t> rules,
                                            const std::vector<const conditions::UnaryTests*>& tests) {
    const Rule& first = rulebook.rules[rules.front()];
    std::vector<std::string_view> deeds{first.deed};
    deeds.insert(deeds.end(), first.nearest_of.begin(), first.nearest_of.end());
    for (std::size_t i = 0; i < deeds.size(); ++i) {
        const std::string_view deed = deeds[i];
        const bool own = std::any_of(rulebook.rules.begin(), rulebook.rules.end(),
                                     [&](const Rule& rule) { return rule.deed == deed; });
        const bool served = std::all_of(rules.begin(), rules.end(), [&](std::size_t place) {
            const Rule& rule = rulebook.rules[place];
            if (own || i == 0) return rule.deed == deed;
            return std::find(rule.nearest_of.begin(), rule.nearest_of.end(), deed) !=
                   rule.nearest_of.end();
        });
        if (served && std::all_of(tests.begin(), tests.end(), [&](const conditions::UnaryTests* test) {
                const auto value = conditions::read_cell(deed, test->type());
                return value && test->matches(*value);
            }))
            return deed;
    }
    return std::nullopt;
}

/// What a column of the register's own can hold in a row that all of some rules match, as tests;
/// nothing where that is anything, or where the column is asked as another type.
std::optional<conditions::UnaryTests> own_values(
    const Rulebook& rulebook, std::span<const std::size_t> rules, std::string_view column,
    const std::vector<const conditions::UnaryTests*>& tests) {
    using conditions::Type;
    const auto asked_as = [&](Type type) {
        return std::all_of(tests.begin(), tests.end(), [&](const conditions::UnaryTests* test) {
            return test->type() == type || test->type() == Type::any;
        });
    };
    std::string text;
    if ((column == "units" || column == "evidence" || column == "witnesses") &&
        asked_as(Type::number)) {
        std::int64_t least = 0;
        for (const std::size_t place : rules) {
            const Rule& rule = rulebook.rules[place];
            if (column == "evidence") least = std::max(least, rule.evidence_min);
            if (column == "witnesses") least = std::max(least, rule.witness_min);
        }
        if (least == 0) text = "null, ";  // a blank cell
        text.append("[").append(std::to_string(least)).append("..1000000000]");
    } else if (column == "date" && asked_as(Type::date)) {
        text.append(">= date(\"").append(date_text(rulebook.effective_from)).append("\")");
        if (rulebook.effective_to.exists()) {
            text.assign("[date(\"").append(date_text(rulebook.effective_from)).append("\")..date(\"");
            text.append(date_text(rulebook.effective_to)).append("\"))");
        }
    } else if (column == "register_no") {
        text = "not(null)";
    }
    if (text.empty()) return std::nullopt;
    return conditions::UnaryTests::parse(text).tests;
}

/// Whether a rule has a condition on a column.
bool asks(const Rule& rule, std::string_view column) noexcept {
    return std::any_of(rule.when.begin(), rule.when.end(),
                       [&](const Condition& condition) { return condition.column == column; });
}

void lint_pair(const LintSubject& subject, HitPolicy policy, std::size_t first, std::size_t second) {
    const Rule& a = subject.rulebook().rules[first];
    const Rule& b = subject.rulebook().rules[second];
    const auto shared = [&]() -> std::optional<Witness> {
        const std::array<std::size_t, 2> both{first, second};
        return common_row(subject, both);
    };
    if (policy == HitPolicy::unique) {
        auto row = shared();
        if (!row) return;
        if (!asks(a, "evidence") && !asks(b, "evidence"))
            row->number("evidence", std::max(a.evidence_min, b.evidence_min));
        if (!asks(a, "witnesses") && !asks(b, "witnesses"))
            row->number("witnesses", std::max(a.witness_min, b.witness_min));
        const std::array<std::size_t, 2> both{first, second};
        subject.note(Code::lint_unique_overlap, Severity::warning, both, *row,
                     {{"group", a.group}}, b.line);
        return;
    }
    const auto beaten = [&](std::size_t winner, std::size_t loser) {
        const std::array<std::size_t, 2> both{loser, winner};
        auto row = shared();
        if (!row) return;
        const Rule& gives = subject.rulebook().rules[winner];
        const Rule& lost = subject.rulebook().rules[loser];
        if (gives.per != Per::occurrence || lost.per != Per::occurrence) row->number("units", 1);
        row->number(gives.id, raw_points(gives, 1)).number(lost.id, raw_points(lost, 1));
        subject.note(Code::lint_rule_shadowed, Severity::warning, both, *row,
                     {{"group", lost.group}, {"policy_kind", std::string(word(policy))}});
    };
    if (policy == HitPolicy::first) {
        if (matches_all_of(subject, first, second)) beaten(first, second);
    } else if (policy == HitPolicy::max) {
        if (matches_all_of(subject, first, second) && outbids(a, b, false)) beaten(first, second);
        else if (matches_all_of(subject, second, first) && outbids(b, a, true))
            beaten(second, first);
    }
}

}  // namespace

std::optional<Witness> common_row(const LintSubject& subject, std::span<const std::size_t> rules,
                                  std::string* failing) {
    std::map<std::string_view, std::vector<const conditions::UnaryTests*>> columns;
    for (const std::size_t rule : rules)
        for (std::size_t i = 0; i < subject.rulebook().rules[rule].when.size(); ++i)
            columns[subject.rulebook().rules[rule].when[i].column].push_back(
                &subject.tests(rule)[i]);
    std::string_view deed = subject.rulebook().rules[rules.front()].deed;
    if (const auto tests = columns.find("deed"); tests != columns.end()) {
        const auto served = served_deed(subject.rulebook(), rules, tests->second);
        if (!served) {
            if (failing != nullptr) *failing = "deed";
            return std::nullopt;
        }
        deed = *served;
        columns.erase(tests);
    }
    Witness witness;
    witness.text("deed", deed);
    for (auto& [column, tests] : columns) {
        const auto own = own_values(subject.rulebook(), rules, column, tests);
        if (own) tests.push_back(&*own);
        const auto value = conditions::UnaryTests::common_value(tests);
        if (!value) {
            if (failing != nullptr) *failing = std::string(column);
            return std::nullopt;
        }
        witness.value(column, *value);
    }
    return witness;
}

void lint_rules(const LintSubject& subject) {
    const auto deeds = own_deeds(subject.rulebook());
    for (std::size_t place = 0; place < subject.rulebook().rules.size(); ++place) {
        const Rule& rule = subject.rulebook().rules[place];
        const std::array<std::size_t, 1> self{place};
        std::string column;
        if (!common_row(subject, self, &column)) {
            Witness witness;
            std::uint32_t line = 0;
            for (const Condition& condition : rule.when)
                if (condition.column == column) {
                    witness.text(column, condition.text);
                    line = condition.line;
                }
            if (column == "deed") witness.text("rule.deed", rule.deed);
            if (column == "evidence") witness.number("evidence_min", rule.evidence_min);
            if (column == "witnesses") witness.number("witness_min", rule.witness_min);
            if (column == "date") {
                witness.date("effective_from", subject.rulebook().effective_from);
                if (subject.rulebook().effective_to.exists())
                    witness.date("effective_to", subject.rulebook().effective_to);
            }
            subject.note(Code::lint_rule_never_fires, Severity::warning, self, witness,
                         {{"column", column}}, line);
            continue;
        }
        const bool capped_to_nothing = std::any_of(rule.caps.begin(), rule.caps.end(),
                                                   [](const Cap& cap) { return cap.limit == 0; });
        if ((raw_points(rule, 1) == 0 || capped_to_nothing) && !has_effect(rule))
            subject.note(Code::lint_rule_gives_nothing, Severity::warning, self,
                         row_of(subject, place, 1).number("raw", raw_points(rule, 1))
                             .number("given", 0));
        if (rule.points < 0 && rule.evidence_min == 0 && rule.witness_min == 0)
            subject.note(Code::lint_deduction_without_evidence, Severity::warning, self,
                         row_of(subject, place, 1).number("evidence", 0).number("witnesses", 0)
                             .number("points", raw_points(rule, 1)));
        if (rule.points < 0 && rule.expires_after_months)
            subject.note(Code::lint_deduction_expires, Severity::note, self,
                         row_of(subject, place, 1).number("expires_after_months",
                                                          *rule.expires_after_months));
        for (const std::string& deed : rule.nearest_of)
            if (deeds.contains(deed))
                subject.note(Code::lint_nearest_of_idle, Severity::note, self,
                             Witness().text("deed", deed), {{"deed", deed}});
        lint_caps(subject, place);
    }
}

void lint_groups(const LintSubject& subject) {
    const Rulebook& rulebook = subject.rulebook();
    std::map<std::string_view, std::vector<std::size_t>> members;
    for (std::size_t place = 0; place < rulebook.rules.size(); ++place)
        members[rulebook.rules[place].group].push_back(place);
    std::size_t pairs = 0;
    for (const Group& group : rulebook.groups) {
        const auto found = members.find(group.id);
        if (found == members.end()) {
            subject.note(Code::lint_group_empty, Severity::note, {},
                         Witness().text("group", group.id), {{"group", group.id}}, group.line);
            continue;
        }
        if (group.hit_policy == HitPolicy::sum) continue;
        std::map<std::string_view, std::vector<std::size_t>> by_deed;
        for (const std::size_t place : found->second)
            by_deed[rulebook.rules[place].deed].push_back(place);
        for (const auto& [deed, rules] : by_deed)
            for (std::size_t j = 1; j < rules.size(); ++j) {
                // The earliest that beats a rule is told, not all of them.
                const std::size_t before = subject.findings.size();
                for (std::size_t i = 0; i < j && subject.findings.size() == before; ++i) {
                    if (++pairs > pairs_most) {
                        subject.note(Code::lint_incomplete, Severity::note, {},
                                     Witness().text("group", group.id).text("deed", deed),
                                     {{"group", group.id}, {"pairs", std::to_string(pairs_most)}},
                                     group.line);
                        return;
                    }
                    lint_pair(subject, group.hit_policy, rules[i], rules[j]);
                }
            }
    }
}

void lint_board(const LintSubject& subject) {
    const Rulebook& rulebook = subject.rulebook();
    if (!rulebook.board || !rulebook.board->black_at_most) return;
    const std::int64_t at_most = *rulebook.board->black_at_most;
    const LintFields fields{{"at_most", std::to_string(at_most)}};
    const std::int64_t opening = rulebook.opening ? rulebook.opening->points : 0;
    if (opening <= at_most)
        subject.note(Code::lint_black_board_everyone, Severity::warning, {},
                     Witness().date("date", rulebook.effective_from).number("balance", opening)
                         .number("at_most", at_most),
                     fields, rulebook.board->line);
    else if (at_most < rulebook.floor && rulebook.below_floor != BelowFloor::allow)
        subject.note(Code::lint_black_board_nobody, Severity::warning, {},
                     Witness().number("floor", rulebook.floor).number("at_most", at_most), fields,
                     rulebook.board->line);
}

void lint_gaps(const Rulebooks& rulebooks, std::vector<Finding>& findings) {
    std::set<std::string_view> villages;
    for (const Rulebook& rulebook : rulebooks.all())
        villages.insert(rulebook.villages.begin(), rulebook.villages.end());
    for (const std::string_view village : villages) {
        const auto terms = rulebooks.in_force(village);
        for (std::size_t i = 1; i < terms.size(); ++i) {
            if (terms[i - 1].to >= terms[i].from) continue;
            const LintSubject subject{rulebooks, terms[i].rulebook, findings};
            LintFields fields{{"from", date_text(terms[i - 1].to)},
                              {"to", date_text(terms[i].from - 1)}};
            if (village != "*") fields.emplace_back("village", village);
            subject.note(Code::lint_gap, Severity::warning, {},
                         Witness().text("village", village).date("from", terms[i - 1].to)
                             .date("to", terms[i].from - 1),
                         std::move(fields));
        }
    }
}

}  // namespace gridgov::points
