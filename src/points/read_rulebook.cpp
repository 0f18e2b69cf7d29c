// Rulebooks from TOML and JSON files: one shape, two notations. Every fault is noted by line; what is
// checked of numbers and names beyond their kind is checked for rulebooks built by hand too, in
// rulebook.cpp.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "documents/document.hpp"
#include "gridgov/points/rulebook.hpp"

namespace gridgov::points {
namespace {

using documents::Node;
using documents::Reader;

template <class Enum, std::size_t count>
std::vector<std::string_view> words(const std::array<Enum, count>& values) {
    std::vector<std::string_view> known;
    for (const Enum value : values) known.push_back(word(value));
    return known;
}

constexpr std::array all_per{Per::occurrence, Per::person, Per::hour, Per::day};
constexpr std::array all_hit_policies{HitPolicy::sum, HitPolicy::max, HitPolicy::first,
                                      HitPolicy::unique};
constexpr std::array all_over{CapOver::rule, CapOver::group, CapOver::all};
constexpr std::array all_scopes{Scope::person, Scope::household, Scope::village};
constexpr std::array all_periods{Period::day,     Period::week, Period::month,
                                 Period::quarter, Period::year, Period::all_time};
constexpr std::array all_modes{CapMode::clip, CapMode::reject};
constexpr std::array all_measures{Measure::points, Measure::count};
constexpr std::array all_below_floor{BelowFloor::reject, BelowFloor::clamp, BelowFloor::allow,
                                     BelowFloor::carry};
constexpr std::array all_year_ends{YearEnd::carry, YearEnd::clear};
constexpr std::array all_opening_periods{OpeningPeriod::year, OpeningPeriod::once};

/// Sets an enumeration where its key is there.
template <class Enum, std::size_t count>
void take_word(Reader& reader, std::string_view key, const std::array<Enum, count>& values,
               Enum& out) {
    if (const auto place = reader.word(key, words(values))) out = values[*place];
}

template <class Number>
void take(const std::optional<Number>& given, Number& out) {
    if (given) out = *given;
}

void take_text(Reader& reader, std::string_view key, std::string& out) {
    if (auto text = reader.text(key)) out = std::move(*text);
}

/// A number of 32 bits.
std::optional<std::int32_t> narrow(Reader& reader, std::string_view key, std::int32_t least,
                                   std::int32_t most) {
    const auto number = reader.integer(key, least, most);
    if (!number) return std::nullopt;
    return static_cast<std::int32_t>(*number);
}

constexpr std::int32_t days_most = 36'500;
constexpr std::int32_t months_most = 1'200;

class RulebookReader {
public:
    RulebookReader(std::string_view file, std::vector<Finding>& findings)
        : file_(file), findings_(findings) {}

    /// Nothing where the file has no [rulebook].
    std::optional<Rulebook> read(const Node& root) {
        Reader reader(root, file_, findings_);
        Rulebook rulebook;
        rulebook.file = std::string(file_);
        const Node* const head = reader.table("rulebook");
        if (!reader.has("rulebook")) reader.require("rulebook");
        if (head != nullptr) read_head(*head, rulebook);
        reader.name(rulebook.id);
        if (const Node* const board = reader.table("board"))
            rulebook.board = read_board(*board, rulebook.id);
        for (const Node* const node : reader.tables("group"))
            rulebook.groups.push_back(read_group(*node));
        for (const Node* const node : reader.tables("rule"))
            rulebook.rules.push_back(read_rule(*node));
        reader.finish();
        if (head == nullptr) return std::nullopt;
        return rulebook;
    }

private:
    Reader reader_of(const Node& node, std::string_view id = {}) {
        Reader reader(node, file_, findings_);
        if (!id.empty()) reader.name(id);
        return reader;
    }

    void read_head(const Node& node, Rulebook& rulebook) {
        Reader reader = reader_of(node);
        rulebook.line = node.line;
        take_text(reader, "id", rulebook.id);
        reader.name(rulebook.id);
        take(reader.title("title"), rulebook.title);
        take(reader.texts("villages"), rulebook.villages);
        take(reader.date("effective_from"), rulebook.effective_from);
        take(reader.date("effective_to"), rulebook.effective_to);
        take(reader.integer("unit_scale"), rulebook.unit_scale);
        if (const Node* const opening = reader.table("opening"))
            rulebook.opening = read_opening(*opening, rulebook.id);
        take(reader.integer("floor"), rulebook.floor);
        take_word(reader, "below_floor", all_below_floor, rulebook.below_floor);
        take(narrow(reader, "objection_days", 0, days_most), rulebook.objection_days);
        take_word(reader, "year_end", all_year_ends, rulebook.year_end);
        rulebook.budget_yuan = reader.integer("budget_yuan");
        reader.finish();
    }

    std::optional<Opening> read_opening(const Node& node, std::string_view id) {
        Reader reader = reader_of(node, id);
        Opening opening;
        reader.require("points");
        const auto points = reader.integer("points");
        take_word(reader, "period", all_opening_periods, opening.period);
        reader.finish();
        if (!points) return std::nullopt;
        opening.points = *points;
        return opening;
    }

    Board read_board(const Node& node, std::string_view id) {
        Reader reader = reader_of(node, id);
        Board board;
        board.line = node.line;
        if (const Node* const red = reader.table("red")) {
            Reader inner = reader_of(*red, id);
            board.red_top = inner.integer("top");
            board.red_at_least = inner.integer("at_least");
            inner.finish();
        }
        if (const Node* const black = reader.table("black")) {
            Reader inner = reader_of(*black, id);
            board.black_at_most = inner.integer("at_most");
            inner.finish();
        }
        reader.finish();
        return board;
    }

    Group read_group(const Node& node) {
        Reader reader = reader_of(node);
        Group group;
        group.line = node.line;
        take_text(reader, "id", group.id);
        reader.name(group.id);
        take(reader.title("title"), group.title);
        take_word(reader, "hit_policy", all_hit_policies, group.hit_policy);
        reader.finish();
        return group;
    }

    Rule read_rule(const Node& node) {
        Reader reader = reader_of(node);
        Rule rule;
        rule.line = node.line;
        take_text(reader, "id", rule.id);
        reader.name(rule.id);
        take(reader.title("title"), rule.title);
        take_text(reader, "deed", rule.deed);
        reader.require("points");
        take(reader.integer("points"), rule.points);
        take_word(reader, "per", all_per, rule.per);
        rule.units_max = reader.integer("units_max");
        if (const Node* const when = reader.table("when")) rule.when = read_when(*when, rule.id);
        if (auto group = reader.text("group")) {
            if (group->empty()) reader.fault(Code::document_empty_text, "group");
            rule.group = *std::move(group);
        }
        take(narrow(reader, "cooldown_days", 0, days_most), rule.cooldown_days);
        take(reader.integer("evidence_min"), rule.evidence_min);
        take(reader.integer("witness_min"), rule.witness_min);
        rule.expires_after_months = narrow(reader, "expires_after_months", 1, months_most);
        for (const Node* const cap : reader.tables("caps"))
            rule.caps.push_back(read_cap(*cap, rule.id));
        if (const auto text = reader.text("freeze")) {
            if (const auto freeze = Freeze::parse(*text)) rule.freeze = *freeze;
            else reader.fault(Code::rulebook_freeze_invalid, "freeze", {{"value", *text}});
        }
        take(reader.boolean("veto"), rule.veto);
        rule.mend_days = narrow(reader, "mend_days", 1, days_most);
        take(reader.texts("nearest_of"), rule.nearest_of);
        take_text(reader, "citation", rule.citation);
        reader.finish();
        return rule;
    }

    std::vector<Condition> read_when(const Node& node, std::string_view id) {
        Reader reader = reader_of(node, id);
        std::vector<Condition> when;
        when.reserve(node.members.size());
        for (const auto& [column, value] : node.members) {  // any key is a column's name
            if (value.kind == documents::Kind::text)
                when.push_back({column, value.text, value.line});
            else
                reader.fault(Code::document_wrong_kind, column,
                             {{"line", std::to_string(value.line)},
                              {"expected_kind", "text"},
                              {"found_kind", std::string(documents::kind_name(value.kind))}});
        }
        return when;
    }

    Cap read_cap(const Node& node, std::string_view id) {
        Reader reader = reader_of(node, id);
        Cap cap;
        cap.line = node.line;
        for (const std::string_view key : {"over", "scope", "period", "limit"}) reader.require(key);
        take_word(reader, "over", all_over, cap.over);
        take_word(reader, "scope", all_scopes, cap.scope);
        take_word(reader, "period", all_periods, cap.period);
        take(reader.integer("limit"), cap.limit);
        take_word(reader, "mode", all_modes, cap.mode);
        take_word(reader, "measure", all_measures, cap.measure);
        reader.finish();
        return cap;
    }

    std::string_view file_;
    std::vector<Finding>& findings_;
};

std::string_view field(const Finding& finding, std::string_view name) {
    for (const auto& [key, value] : finding.fields)
        if (key == name) return value;
    return {};
}

/// The key whose value a fault of Rulebooks::check is about, where reading may have told it already.
std::string_view key_of(const Finding& finding) {
    switch (finding.code) {
        case Code::rulebook_id_invalid:
        case Code::rulebook_id_repeated: return "id";
        case Code::rulebook_villages_invalid: return "villages";
        case Code::rulebook_dates_reversed: return "effective_to";
        default: return field(finding, "key");
    }
}

/// The same within the table at which Rulebooks::check says that the fault stands.
std::string_view key_within_table(const Finding& finding) {
    switch (finding.code) {
        case Code::rulebook_id_repeated: return {};  // its first line is that of a table too
        case Code::rulebook_unit_scale_invalid: return "unit_scale";
        case Code::rulebook_unknown_group: return "group";
        case Code::rulebook_cap_without_group: return "over";
        default: break;
    }
    constexpr std::string_view board = "board.";
    std::string_view key = key_of(finding);
    if (key.starts_with(board)) key.remove_prefix(board.size());
    return key;
}

/// Where the keys of a file's tables stand. Rulebooks know the lines of their tables only.
class KeyLines {
public:
    explicit KeyLines(const Node& root) {
        for (const std::string_view name : {"rulebook", "board", "group", "rule"})
            if (const Node* const node = root.find(name)) add(*node);
        std::stable_sort(tables_.begin(), tables_.end(),
                         [](const Node* a, const Node* b) { return a->line < b->line; });
    }

    /// The line of a key ("points", "opening.points") of a table that begins in `line`; else `line`.
    std::uint32_t of(std::uint32_t line, std::string_view key) const {
        auto table = std::lower_bound(tables_.begin(), tables_.end(), line,
                                      [](const Node* a, std::uint32_t b) { return a->line < b; });
        for (; table != tables_.end() && (*table)->line == line; ++table) {
            const Node* node = *table;
            for (std::string_view rest = key; node != nullptr && !rest.empty();) {
                const std::size_t dot = rest.find('.');
                node = node->find(rest.substr(0, dot));
                rest.remove_prefix(dot == rest.npos ? rest.size() : dot + 1);
            }
            if (node != nullptr && node->line != 0) return node->line;
        }
        return line;
    }

private:
    void add(const Node& node) {
        if (node.kind == documents::Kind::array)
            for (const Node& item : node.items) add(item);
        if (node.kind != documents::Kind::table) return;
        tables_.push_back(&node);
        if (const Node* const caps = node.find("caps")) add(*caps);
    }

    std::vector<const Node*> tables_;  // by line
};

/// Moves faults from the line of their table to that of their key.
void point_to_keys(std::vector<Finding>& findings, const std::map<std::string, Node>& roots) {
    std::map<std::string_view, KeyLines> lines;
    for (Finding& finding : findings) {
        const std::string_view key = key_within_table(finding);
        const auto root = roots.find(std::string(field(finding, "file")));
        if (key.empty() || root == roots.end()) continue;
        const KeyLines& known = lines.try_emplace(root->first, root->second).first->second;
        for (auto& [name, value] : finding.fields)
            if (std::uint32_t line = 0; name == "line") {
                std::from_chars(value.data(), value.data() + value.size(), line);
                value = std::to_string(known.of(line, key));
            }
    }
}

using Read = std::optional<Node> (*)(const documents::Source&, std::vector<Finding>&);

Rulebooks read_all(std::span<const RulebookSource> sources, Read read) {
    std::vector<Finding> findings;
    std::vector<Rulebook> rulebooks;
    std::map<std::string, Node> roots;
    std::set<std::string> ambiguous;  // names that several files have
    for (const RulebookSource& source : sources) {
        auto root = read({source.text, source.name}, findings);
        if (!root) continue;
        if (auto rulebook = RulebookReader(source.name, findings).read(*root))
            rulebooks.push_back(std::move(*rulebook));
        std::string name(source.name);
        if (!roots.emplace(name, *std::move(root)).second) ambiguous.insert(std::move(name));
    }
    const bool read_well = findings.empty();
    Rulebooks::Checked checked = Rulebooks::check(std::move(rulebooks));
    if (checked.rulebooks && read_well) return *std::move(checked.rulebooks);
    for (const std::string& name : ambiguous) roots.erase(name);
    point_to_keys(checked.findings, roots);
    // What was missing or of the wrong kind is told once.
    std::set<std::tuple<std::string, std::string, std::string>> told;
    for (const Finding& finding : findings)
        told.emplace(field(finding, "file"), finding.records.empty() ? "" : finding.records.front(),
                     field(finding, "key"));
    for (Finding& finding : checked.findings) {
        const std::string record = finding.records.empty() ? "" : finding.records.front();
        if (!told.contains({std::string(field(finding, "file")), record,
                            std::string(key_of(finding))}))
            findings.push_back(std::move(finding));
    }
    throw DataError(std::move(findings));
}

}  // namespace

Rulebooks Rulebooks::read_toml(std::span<const RulebookSource> sources) {
    return read_all(sources, documents::read_toml);
}

Rulebooks Rulebooks::read_json(std::span<const RulebookSource> sources) {
    return read_all(sources, documents::read_json);
}

}  // namespace gridgov::points
