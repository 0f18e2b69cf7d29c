#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "documents/document.hpp"
#include "number_text.hpp"
#include "utf8.hpp"

namespace gridgov::documents {
namespace {

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words) {
        if (!text.empty()) text += ", ";
        text += word;
    }
    return text;
}

/// Edits between two words of at most 64 bytes: insert, delete, replace, swap neighbours (the optimal
/// string alignment distance).
std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known) {
    constexpr std::size_t length_max = 64;
    std::string_view nearest;
    if (word.empty() || word.size() > length_max) return nearest;
    std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string_view candidate : known) {
        const std::size_t longer = std::max(word.size(), candidate.size());
        if (candidate.size() > length_max || longer - std::min(word.size(), candidate.size()) >= best)
            continue;
        if (const std::size_t distance = edits(word, candidate);
            distance < best && distance < candidate.size()) {
            best = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

Reader::Reader(const Node& table, std::string_view file, std::vector<Finding>& findings)
    : table_(table), file_(readable(file)), findings_(findings) {}

void Reader::name(std::string_view id) { id_ = readable(id); }

std::uint32_t Reader::line() const noexcept { return table_.line; }

std::uint32_t Reader::line(std::string_view key) const noexcept {
    const Node* const node = table_.find(key);
    return node != nullptr ? node->line : table_.line;
}

Finding& Reader::fault(Code code, std::string_view key,
                       std::vector<std::pair<std::string, std::string>> fields) {
    Finding& fault = findings_.emplace_back();
    fault.code = code;
    if (!id_.empty()) fault.records = {id_};
    const auto given = [&](std::string_view name) {
        return std::any_of(fields.begin(), fields.end(),
                           [&](const auto& field) { return field.first == name; });
    };
    if (!file_.empty() && !given("file")) fault.fields.emplace_back("file", file_);
    if (!given("line"))  // else not looked for: tables may be long
        if (const std::uint32_t at = line(key); at > 0)
            fault.fields.emplace_back("line", std::to_string(at));
    if (!key.empty() && !given("key")) fault.fields.emplace_back("key", readable(key));
    for (auto& field : fields) fault.fields.push_back(std::move(field));
    return fault;
}

const Node* Reader::take(std::string_view key) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
    return table_.find(key);
}

void Reader::wrong_kind(std::string_view key, std::string_view expected, const Node& found) {
    fault(Code::document_wrong_kind, key,
          {{"line", std::to_string(found.line)},
           {"expected_kind", std::string(expected)},
           {"found_kind", std::string(kind_name(found.kind))}});
}

const Node* Reader::take(std::string_view key, Kind kind) {
    const Node* const node = take(key);
    if (node == nullptr || node->kind == kind) return node;
    wrong_kind(key, kind_name(kind), *node);
    return nullptr;
}

bool Reader::has(std::string_view key) { return take(key) != nullptr; }

std::optional<std::string> Reader::text(std::string_view key) {
    const Node* const node = take(key, Kind::text);
    return node != nullptr ? std::optional(node->text) : std::nullopt;
}

std::optional<std::int64_t> Reader::integer(std::string_view key) {
    const Node* const node = take(key, Kind::integer);
    return node != nullptr ? std::optional(node->integer) : std::nullopt;
}

std::optional<std::int64_t> Reader::integer(std::string_view key, std::int64_t least,
                                            std::int64_t most) {
    const auto number = integer(key);
    if (!number || (*number >= least && *number <= most)) return number;
    fault(Code::document_out_of_range, key,
          {{"value", number_text(*number)},
           {"least", number_text(least)},
           {"most", number_text(most)}});
    return std::nullopt;
}

std::optional<double> Reader::number(std::string_view key) {
    const Node* const node = take(key);
    if (node == nullptr) return std::nullopt;
    if (node->kind == Kind::integer) return static_cast<double>(node->integer);
    if (node->kind != Kind::real) {
        wrong_kind(key, "number", *node);
        return std::nullopt;
    }
    if (std::isfinite(node->real)) return node->real;
    constexpr double most = std::numeric_limits<double>::max();
    fault(Code::document_out_of_range, key,
          {{"value", number_text(node->real)},
           {"least", number_text(-most)},
           {"most", number_text(most)}});
    return std::nullopt;
}

std::optional<bool> Reader::boolean(std::string_view key) {
    const Node* const node = take(key, Kind::boolean);
    return node != nullptr ? std::optional(node->boolean) : std::nullopt;
}

std::optional<Date> Reader::date(std::string_view key) {
    const Node* const node = take(key);
    if (node == nullptr) return std::nullopt;
    if (node->kind == Kind::date) return node->date;
    if (node->kind != Kind::text) {
        wrong_kind(key, "date", *node);
        return std::nullopt;
    }
    auto date = parse_date(node->text);
    if (!date) fault(Code::document_not_a_date, key, {{"value", node->text}});
    return date;
}

std::optional<std::vector<std::string>> Reader::texts(std::string_view key) {
    const Node* const node = take(key);
    if (node == nullptr) return std::nullopt;
    if (node->kind != Kind::array) {
        wrong_kind(key, "texts", *node);
        return std::nullopt;
    }
    std::vector<std::string> texts;
    texts.reserve(node->items.size());
    bool good = true;
    for (const Node& item : node->items) {
        if (item.kind == Kind::text) {
            texts.push_back(item.text);
        } else {
            wrong_kind(key, "text", item);
            good = false;
        }
    }
    return good ? std::optional(std::move(texts)) : std::nullopt;
}

std::optional<std::size_t> Reader::word(std::string_view key,
                                        const std::vector<std::string_view>& known) {
    const Node* const node = take(key, Kind::text);
    if (node == nullptr) return std::nullopt;
    const auto found = std::find(known.begin(), known.end(), node->text);
    if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
    Finding& wrong = fault(Code::document_unknown_word, key,
                           {{"value", node->text}, {"known", joined(known)}});
    if (const auto near = nearest_word(node->text, known); !near.empty())
        wrong.fields.emplace_back("near", near);
    return std::nullopt;
}

const Node* Reader::table(std::string_view key) { return take(key, Kind::table); }

std::vector<const Node*> Reader::tables(std::string_view key) {
    const Node* const node = take(key);
    if (node == nullptr) return {};
    if (node->kind == Kind::table) return {node};
    if (node->kind != Kind::array) {
        wrong_kind(key, "table", *node);
        return {};
    }
    std::vector<const Node*> tables;
    tables.reserve(node->items.size());
    for (const Node& item : node->items) {
        if (item.kind == Kind::table) {
            tables.push_back(&item);
        } else {
            wrong_kind(key, "table", item);
        }
    }
    return tables;
}

std::optional<Title> Reader::title(std::string_view key) {
    const Node* const node = take(key);
    if (node == nullptr) return std::nullopt;
    if (node->kind == Kind::text) return Title{node->text, node->text};
    if (node->kind != Kind::table) {
        wrong_kind(key, "title", *node);
        return std::nullopt;
    }
    Reader inner(*node, file_, findings_);
    inner.name(id_);
    Title title;
    title.zh = inner.text("zh").value_or("");
    title.en = inner.text("en").value_or("");
    inner.finish();
    return title;
}

void Reader::require(std::string_view key) {
    if (take(key) == nullptr) fault(Code::document_missing_key, key);
}

void Reader::finish() {
    std::vector<std::string_view> known(asked_.begin(), asked_.end());
    for (const auto& [key, node] : table_.members) {
        if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
        Finding& unknown = fault(Code::document_unknown_key, key,
                                 {{"line", std::to_string(node.line)}});
        if (const auto near = nearest_word(key, known); !near.empty())
            unknown.fields.emplace_back("near", near);
        else
            unknown.fields.emplace_back("known", joined(known));
    }
}

}  // namespace gridgov::documents
