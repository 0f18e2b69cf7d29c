// What the parts of lint share: findings with a witness, and the bounds that caps give.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridgov/finding.hpp"
#include "gridgov/points/rulebook.hpp"
#include "points/inputs.hpp"

namespace gridgov::points {

using LintFields = std::vector<std::pair<std::string, std::string>>;

/// A witness as it is shown: `deed = "volunteer"; age = 18`.
class Witness {
public:
    Witness& text(std::string_view name, std::string_view value);
    Witness& number(std::string_view name, std::int64_t value);
    Witness& value(std::string_view name, const conditions::Value& value);
    Witness& date(std::string_view name, Date date);
    const std::string& shown() const noexcept { return shown_; }

private:
    Witness& add(std::string_view name, std::string_view value);
    std::string shown_;
};

/// One rulebook under the glass.
struct LintSubject {
    const Rulebooks& rulebooks;
    std::uint32_t number;
    std::vector<Finding>& findings;

    const Rulebook& rulebook() const { return rulebooks[number]; }
    std::span<const conditions::UnaryTests> tests(std::size_t rule) const {
        return rulebooks.tests(number, rule);
    }
    /// Notes a finding about rules (by place), or about the rulebook.
    Finding& note(Code code, Severity severity, std::span<const std::size_t> rules,
                  const Witness& witness, LintFields fields = {}, std::uint32_t line = 0) const;
};

/// Values of columns that satisfy the conditions of all of some rules at once, as a witness; nothing
/// where none do. The register's own columns hold what a row of these rules can: units, evidence and
/// witnesses of at least 0 (and the rules' least), dates of the rulebook's term, the deeds served (a
/// column of PERSONS or HOUSEHOLDS by one of these names is not reckoned with). `failing` becomes the
/// first column that no value satisfies.
std::optional<Witness> common_row(const LintSubject& subject, std::span<const std::size_t> rules,
                                  std::string* failing = nullptr);

/// The raw points of a rule for so many units; saturates at the ends of 64 bits.
std::int64_t raw_points(const Rule& rule, std::int64_t units) noexcept;

/// The most that a household can earn in a calendar year, openings included; nothing where no cap
/// bounds it, then `unbounded` becomes the rule.
std::optional<std::int64_t> most_in_a_year(const Rulebook& rulebook,
                                           std::size_t* unbounded = nullptr);

void lint_rules(const LintSubject& subject);
void lint_groups(const LintSubject& subject);
void lint_board(const LintSubject& subject);
void lint_gaps(const Rulebooks& rulebooks, std::vector<Finding>& findings);
void lint_money(const Rulebooks& rulebooks, const HouseholdInputs& households,
                const ExchangeInputs& goods, std::vector<Finding>& findings);

}  // namespace gridgov::points
