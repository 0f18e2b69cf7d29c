#include "gridgov/points/rulebook.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace gridgov::points {

struct Rulebooks::Data {
    std::vector<Rulebook> rulebooks;
    /// Of rulebook b and rule r: the tests of its conditions.
    std::vector<std::vector<std::vector<conditions::UnaryTests>>> tests;
};

std::optional<Freeze> Freeze::parse(std::string_view text) noexcept {
    if (text == "none") return Freeze{};
    if (text == "end_of_year") return Freeze{Until::end_of_year, 0};
    if (text == "end_of_next_year") return Freeze{Until::end_of_next_year, 0};
    if (text.size() < 3 || text.front() != 'P') return std::nullopt;
    text.remove_prefix(1);
    std::int32_t months = 0;
    std::string_view units = "YM";
    bool years = false;  // months beside them: at most 11
    while (!text.empty()) {
        std::int32_t count = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        const auto digits = static_cast<std::size_t>(end - text.data());
        if (error != std::errc{} || digits == text.size() || count < 0 || count > 1200 ||
            text.front() == '-')
            return std::nullopt;
        const std::size_t unit = units.find(text[digits]);
        if (unit == std::string_view::npos || (years && count > 11)) return std::nullopt;
        years = units[unit] == 'Y';
        months += units[unit] == 'Y' ? 12 * count : count;
        units.remove_prefix(unit + 1);
        text.remove_prefix(digits + 1);
    }
    if (months < 1 || months > 1200) return std::nullopt;
    return Freeze{Until::months, months};
}

std::string Freeze::text() const {
    switch (until) {
        case Until::months: return std::string{'P'}.append(std::to_string(months)).append(1, 'M');
        case Until::end_of_year: return "end_of_year";
        case Until::end_of_next_year: return "end_of_next_year";
        case Until::none: break;
    }
    return "none";
}

Date Freeze::end(Date posted_on) const noexcept {
    if (until == Until::none) return posted_on;
    if (until == Until::months) return add_months(posted_on, months);
    return date_of(civil_date(posted_on).year + (until == Until::end_of_year ? 1 : 2), 1, 1);
}

namespace {

constexpr std::int64_t points_most = 1'000'000'000'000;
constexpr std::int64_t units_most = 1'000'000'000;
constexpr std::int64_t days_most = 36'500;
constexpr std::int64_t limit_most = 1'000'000'000'000'000'000;
constexpr std::size_t rules_most = 100'000;
constexpr std::size_t id_bytes_most = 1024;

/// Notes the faults of one rulebook.
class Checker {
public:
    Checker(const Rulebook& rulebook, std::vector<Finding>& findings)
        : rulebook_(rulebook), findings_(findings) {}

    void check() {
        id(rulebook_.id, "rulebook", rulebook_.line);
        if (!rulebook_.effective_from.exists() || rulebook_.effective_from < date_min ||
            rulebook_.effective_from > date_max)
            fault(Code::rulebook_value_missing, rulebook_.line, {{"key", "effective_from"}});
        else if (rulebook_.effective_to <= rulebook_.effective_from)
            fault(Code::rulebook_dates_reversed, rulebook_.line,
                  {{"from", date_text(rulebook_.effective_from)},
                   {"to", date_text(rulebook_.effective_to)}});
        villages();
        number("floor", rulebook_.floor, -points_most, points_most, rulebook_.line);
        number("objection_days", rulebook_.objection_days, 0, days_most, rulebook_.line);
        if (std::int64_t power = 1; true) {
            while (power < rulebook_.unit_scale && power < 1'000'000) power *= 10;
            if (power != rulebook_.unit_scale)
                fault(Code::rulebook_unit_scale_invalid, rulebook_.line,
                      {{"value", std::to_string(rulebook_.unit_scale)}});
        }
        if (rulebook_.opening)
            number("opening.points", rulebook_.opening->points, 1, points_most, rulebook_.line);
        if (rulebook_.budget_yuan)
            number("budget_yuan", *rulebook_.budget_yuan, 0, points_most, rulebook_.line);
        if (rulebook_.board) board(*rulebook_.board);
        std::map<std::string_view, std::uint32_t> groups;
        for (const Group& group : rulebook_.groups) {
            id(group.id, "group", group.line);
            const auto [first, fresh] = groups.emplace(group.id, group.line);
            if (!fresh) repeated("group", group.id, first->second, group.line);
        }
        if (rulebook_.rules.size() > rules_most)
            fault(Code::rulebook_number_out_of_range, rulebook_.line,
                  {{"key", "rules"}, {"value", std::to_string(rulebook_.rules.size())},
                   {"least", "0"}, {"most", std::to_string(rules_most)}});
        std::map<std::string_view, std::uint32_t> rules;
        for (const Rule& rule : rulebook_.rules) {
            rule_ = rule.id;
            id(rule.id, "rule", rule.line);
            const auto [first, fresh] = rules.emplace(rule.id, rule.line);
            if (!fresh) repeated("rule", rule.id, first->second, rule.line);
            if (!rule.group.empty() && groups.find(rule.group) == groups.end())
                fault(Code::rulebook_unknown_group, rule.line, {{"group", rule.group}});
            check(rule);
            rule_.clear();
        }
    }

    /// Parses a rule's tests.
    std::vector<conditions::UnaryTests> tests(const Rule& rule) {
        std::vector<conditions::UnaryTests> tests;
        for (const Condition& condition : rule.when) {
            const std::uint32_t line = condition.line != 0 ? condition.line : rule.line;
            rule_ = rule.id;
            if (condition.column.empty())
                fault(Code::rulebook_value_missing, line, {{"key", "when"}});
            conditions::Parsed parsed = conditions::UnaryTests::parse(condition.text);
            if (parsed.fault) {
                Finding finding = std::move(*parsed.fault);
                if (!rulebook_.file.empty()) finding.fields.emplace_back("file", rulebook_.file);
                if (line != 0) finding.fields.emplace_back("line", std::to_string(line));
                finding.fields.emplace_back("rulebook", rulebook_.id);
                finding.fields.emplace_back("rule", rule.id);
                finding.fields.emplace_back("key", condition.column);
                finding.records.push_back(rule.id);
                findings_.push_back(std::move(finding));
                tests.emplace_back();
            } else {
                tests.push_back(std::move(*parsed.tests));
            }
            rule_.clear();
        }
        return tests;
    }

private:
    using Fields = std::vector<std::pair<std::string, std::string>>;

    void fault(Code code, std::uint32_t line, Fields fields) {
        Finding finding;
        finding.code = code;
        finding.records.push_back(rule_.empty() ? rulebook_.id : rule_);
        finding.fields = std::move(fields);
        if (!rulebook_.file.empty()) finding.fields.emplace_back("file", rulebook_.file);
        if (line != 0) finding.fields.emplace_back("line", std::to_string(line));
        finding.fields.emplace_back("rulebook", rulebook_.id);
        if (!rule_.empty()) finding.fields.emplace_back("rule", rule_);
        findings_.push_back(std::move(finding));
    }

    void number(std::string_view key, std::int64_t value, std::int64_t least, std::int64_t most,
                std::uint32_t line) {
        if (value >= least && value <= most) return;
        fault(Code::rulebook_number_out_of_range, line,
              {{"key", std::string(key)}, {"value", std::to_string(value)},
               {"least", std::to_string(least)}, {"most", std::to_string(most)}});
    }

    void id(std::string_view text, std::string_view kind, std::uint32_t line) {
        const bool control = std::any_of(text.begin(), text.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        });
        if (text.empty() || text.size() > id_bytes_most || control)
            fault(Code::rulebook_id_invalid, line, {{"what_kind", std::string(kind)},
                                                    {"id", std::string(text.substr(0, 80))}});
    }

    void repeated(std::string_view kind, std::string_view id, std::uint32_t first,
                  std::uint32_t line) {
        Fields fields{{"what_kind", std::string(kind)}, {"id", std::string(id)}};
        if (first != 0) fields.emplace_back("first_line", std::to_string(first));
        fault(Code::rulebook_id_repeated, line, std::move(fields));
    }

    void villages() {
        std::set<std::string_view> seen;
        bool bad = rulebook_.villages.empty();
        for (const std::string& village : rulebook_.villages) {
            bad = bad || village.empty() || !seen.insert(village).second;
            bad = bad || (village == "*" && rulebook_.villages.size() > 1);
        }
        if (bad) fault(Code::rulebook_villages_invalid, rulebook_.line, {});
    }

    void board(const Board& board) {
        if (board.red_top) number("board.red.top", *board.red_top, 0, units_most, board.line);
        if (board.red_at_least)
            number("board.red.at_least", *board.red_at_least, -points_most, points_most, board.line);
        if (board.black_at_most)
            number("board.black.at_most", *board.black_at_most, -points_most, points_most,
                   board.line);
    }

    void check(const Rule& rule) {
        if (rule.deed.empty()) fault(Code::rulebook_value_missing, rule.line, {{"key", "deed"}});
        number("points", rule.points, -points_most, points_most, rule.line);
        if (rule.units_max) number("units_max", *rule.units_max, 0, units_most, rule.line);
        number("cooldown_days", rule.cooldown_days, 0, days_most, rule.line);
        number("evidence_min", rule.evidence_min, 0, units_most, rule.line);
        number("witness_min", rule.witness_min, 0, units_most, rule.line);
        if (rule.expires_after_months)
            number("expires_after_months", *rule.expires_after_months, 1, 1200, rule.line);
        if (rule.mend_days) number("mend_days", *rule.mend_days, 1, days_most, rule.line);
        if (rule.freeze.until == Freeze::Until::months)
            number("freeze", rule.freeze.months, 1, 1200, rule.line);
        for (const std::string& deed : rule.nearest_of)
            if (deed.empty()) fault(Code::rulebook_value_missing, rule.line, {{"key", "nearest_of"}});
        for (const Cap& cap : rule.caps) {
            const std::uint32_t line = cap.line != 0 ? cap.line : rule.line;
            number("limit", cap.limit, 0, limit_most, line);
            if (cap.over == CapOver::group && rule.group.empty())
                fault(Code::rulebook_cap_without_group, line, {});
        }
    }

    const Rulebook& rulebook_;
    std::vector<Finding>& findings_;
    std::string rule_;
};

/// One column cannot be read as two types: the first rule of the column says which.
void check_types(const std::vector<Rulebook>& rulebooks,
                 const std::vector<std::vector<std::vector<conditions::UnaryTests>>>& tests,
                 std::vector<Finding>& findings) {
    struct First {
        conditions::Type type;
        const Rule* rule;
    };
    std::map<std::string_view, First> types;
    for (std::size_t b = 0; b < rulebooks.size(); ++b)
        for (std::size_t r = 0; r < rulebooks[b].rules.size(); ++r) {
            const Rule& rule = rulebooks[b].rules[r];
            for (std::size_t c = 0; c < rule.when.size(); ++c) {
                const conditions::Type type = tests[b][r][c].type();
                if (type == conditions::Type::any) continue;
                const auto [first, fresh] = types.try_emplace(rule.when[c].column, First{type, &rule});
                if (fresh || first->second.type == type) continue;
                Finding finding;
                finding.code = Code::rulebook_types_differ;
                finding.records = {rule.id, first->second.rule->id};
                finding.fields = {{"column", rule.when[c].column},
                                  {"type", std::string(conditions::type_name(type))},
                                  {"other_type",
                                   std::string(conditions::type_name(first->second.type))},
                                  {"rulebook", rulebooks[b].id},
                                  {"rule", rule.id}};
                const std::uint32_t line = rule.when[c].line != 0 ? rule.when[c].line : rule.line;
                if (!rulebooks[b].file.empty()) finding.fields.emplace_back("file", rulebooks[b].file);
                if (line != 0) finding.fields.emplace_back("line", std::to_string(line));
                findings.push_back(std::move(finding));
            }
        }
}

/// Two rulebooks that name one village (or are both for "*") on one day.
void check_overlaps(const std::vector<Rulebook>& rulebooks, std::vector<Finding>& findings) {
    struct Term {
        std::string_view village;
        Date from, to;
        std::size_t rulebook;
    };
    std::vector<Term> terms;
    for (std::size_t b = 0; b < rulebooks.size(); ++b)
        for (const std::string& village : rulebooks[b].villages)
            if (rulebooks[b].effective_from.exists() &&
                rulebooks[b].effective_from < rulebooks[b].effective_to)
                terms.push_back({village, rulebooks[b].effective_from, rulebooks[b].effective_to, b});
    std::sort(terms.begin(), terms.end(), [](const Term& a, const Term& b) {
        return std::tie(a.village, a.from, a.rulebook) < std::tie(b.village, b.from, b.rulebook);
    });
    std::set<std::pair<std::size_t, std::size_t>> told;
    std::size_t longest = 0;  // the term of this village that lasts longest so far
    for (std::size_t i = 1; i < terms.size(); ++i) {
        if (terms[i].village != terms[longest].village) {
            longest = i;
            continue;
        }
        if (terms[i].rulebook != terms[longest].rulebook && terms[i].from < terms[longest].to &&
            rulebooks[terms[i].rulebook].id != rulebooks[terms[longest].rulebook].id &&  // told
            told.emplace(terms[longest].rulebook, terms[i].rulebook).second) {
            const Rulebook& rulebook = rulebooks[terms[i].rulebook];
            Finding finding;
            finding.code = Code::rulebook_overlap;
            finding.records = {rulebook.id, rulebooks[terms[longest].rulebook].id};
            finding.fields = {{"date", date_text(terms[i].from)}, {"rulebook", rulebook.id}};
            if (terms[i].village != "*")
                finding.fields.emplace_back("village", terms[i].village);
            if (!rulebook.file.empty()) finding.fields.emplace_back("file", rulebook.file);
            if (rulebook.line != 0)
                finding.fields.emplace_back("line", std::to_string(rulebook.line));
            findings.push_back(std::move(finding));
        }
        if (terms[i].to > terms[longest].to) longest = i;
    }
}

}  // namespace

Rulebooks::Rulebooks() : data_(std::make_shared<const Data>()) {}

Rulebooks::Rulebooks(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

Rulebooks::Checked Rulebooks::check(std::vector<Rulebook> rulebooks) {
    Checked checked;
    auto data = std::make_shared<Data>();
    std::stable_sort(rulebooks.begin(), rulebooks.end(),
                     [](const Rulebook& a, const Rulebook& b) { return a.id < b.id; });
    for (const Rulebook& rulebook : rulebooks) {
        Checker checker(rulebook, checked.findings);
        checker.check();
        auto& tests = data->tests.emplace_back();
        for (const Rule& rule : rulebook.rules) tests.push_back(checker.tests(rule));
    }
    for (std::size_t b = 1; b < rulebooks.size(); ++b) {
        if (rulebooks[b].id != rulebooks[b - 1].id) continue;
        Finding finding;
        finding.code = Code::rulebook_id_repeated;
        finding.records = {rulebooks[b].id};
        finding.fields = {{"what_kind", "rulebook"}, {"id", rulebooks[b].id},
                          {"rulebook", rulebooks[b].id}};
        if (!rulebooks[b].file.empty()) finding.fields.emplace_back("file", rulebooks[b].file);
        if (rulebooks[b].line != 0)
            finding.fields.emplace_back("line", std::to_string(rulebooks[b].line));
        checked.findings.push_back(std::move(finding));
    }
    check_types(rulebooks, data->tests, checked.findings);
    check_overlaps(rulebooks, checked.findings);
    data->rulebooks = std::move(rulebooks);
    if (checked.findings.empty()) checked.rulebooks = Rulebooks(std::move(data));
    return checked;
}

Rulebooks Rulebooks::make(std::vector<Rulebook> rulebooks) {
    Checked checked = check(std::move(rulebooks));
    if (!checked.rulebooks) throw DataError(std::move(checked.findings));
    return *std::move(checked.rulebooks);
}

std::size_t Rulebooks::size() const noexcept { return data_->rulebooks.size(); }

const Rulebook& Rulebooks::operator[](std::size_t rulebook) const noexcept {
    return data_->rulebooks[rulebook];
}

std::span<const Rulebook> Rulebooks::all() const noexcept { return data_->rulebooks; }

std::span<const conditions::UnaryTests> Rulebooks::tests(std::size_t rulebook,
                                                         std::size_t rule) const noexcept {
    return data_->tests[rulebook][rule];
}

std::vector<InForce> Rulebooks::in_force(std::string_view village) const {
    std::vector<InForce> named, general;
    for (std::uint32_t b = 0; b < data_->rulebooks.size(); ++b) {
        const Rulebook& rulebook = data_->rulebooks[b];
        const InForce term{rulebook.effective_from, rulebook.effective_to, b};
        if (rulebook.villages.size() == 1 && rulebook.villages.front() == "*") general.push_back(term);
        else if (std::find(rulebook.villages.begin(), rulebook.villages.end(), village) !=
                 rulebook.villages.end())
            named.push_back(term);
    }
    const auto earlier = [](const InForce& a, const InForce& b) { return a.from < b.from; };
    std::sort(named.begin(), named.end(), earlier);
    std::sort(general.begin(), general.end(), earlier);
    std::vector<InForce> terms = named;
    for (const InForce& term : general) {  // what the named ones leave of it
        Date from = term.from;
        for (const InForce& other : named) {
            if (other.to <= from || other.from >= term.to) continue;
            if (other.from > from) terms.push_back({from, other.from, term.rulebook});
            from = std::max(from, other.to);
        }
        if (from < term.to) terms.push_back({from, term.to, term.rulebook});
    }
    std::sort(terms.begin(), terms.end(), earlier);
    return terms;
}

std::optional<std::uint32_t> Rulebooks::in_force(std::string_view village, Date date) const {
    for (const InForce& term : in_force(village))
        if (term.from <= date && date < term.to) return term.rulebook;
    return std::nullopt;
}

}  // namespace gridgov::points
