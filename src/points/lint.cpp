#include "gridgov/points/lint.hpp"

#include <algorithm>
#include <limits>

#include "gridgov/error.hpp"
#include "points/lint_parts.hpp"

namespace gridgov::points {

Witness& Witness::add(std::string_view name, std::string_view value) {
    if (!shown_.empty()) shown_ += "; ";
    shown_ += name;
    shown_ += " = ";
    shown_ += value;
    return *this;
}
Witness& Witness::text(std::string_view name, std::string_view value) {
    return add(name, conditions::feel_text(value));
}
Witness& Witness::number(std::string_view name, std::int64_t value) {
    return add(name, std::to_string(value));
}
Witness& Witness::value(std::string_view name, const conditions::Value& value) {
    return add(name, conditions::feel_text(value));
}
Witness& Witness::date(std::string_view name, Date date) { return add(name, date_text(date)); }

Finding& LintSubject::note(Code code, Severity severity, std::span<const std::size_t> rules,
                           const Witness& witness, LintFields fields, std::uint32_t line) const {
    Finding& finding = findings.emplace_back();
    finding.code = code;
    finding.severity = severity;
    for (const std::size_t rule : rules) finding.records.push_back(rulebook().rules[rule].id);
    if (rules.empty()) finding.records.push_back(rulebook().id);
    if (line == 0) line = rules.empty() ? rulebook().line : rulebook().rules[rules.front()].line;
    if (!rulebook().file.empty()) finding.fields.emplace_back("file", rulebook().file);
    if (line != 0) finding.fields.emplace_back("line", std::to_string(line));
    finding.fields.emplace_back("rulebook", rulebook().id);
    finding.fields.emplace_back("witness", witness.shown());
    for (auto& field : fields) finding.fields.push_back(std::move(field));
    return finding;
}

std::int64_t raw_points(const Rule& rule, std::int64_t units) noexcept {
    if (rule.per == Per::occurrence) units = 1;
    if (rule.units_max) units = std::min(units, *rule.units_max);
    std::int64_t points = 0;
    if (__builtin_mul_overflow(rule.points, units, &points))
        points = rule.points < 0 ? std::numeric_limits<std::int64_t>::min()
                                 : std::numeric_limits<std::int64_t>::max();
    return points;
}

std::vector<Finding> lint(const Rulebooks& rulebooks, const HouseholdTable& households,
                          const GoodTable& goods) {
    Faults faults;
    Tables tables;
    tables.households = households;
    tables.goods = goods;
    HouseholdInputs household_inputs;
    if (households.household_ids.present())
        household_inputs = read_households(households, faults);
    const ExchangeInputs good_inputs =
        read_exchanges({}, goods, households, household_inputs, nullptr, faults);
    if (!faults.empty()) throw DataError(faults.findings());

    std::vector<Finding> findings;
    for (std::uint32_t number = 0; number < rulebooks.size(); ++number) {
        const LintSubject subject{rulebooks, number, findings};
        lint_rules(subject);
        lint_groups(subject);
        lint_board(subject);
    }
    lint_gaps(rulebooks, findings);
    lint_money(rulebooks, household_inputs, good_inputs, findings);
    return findings;
}

}  // namespace gridgov::points
