// TOML by toml++, used as headers only and without exceptions.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 100
#include <toml++/impl/preprocessor.h>
// Malformed text reaches what toml++ 3.3 asserts ("[=", "a = [}") and, with NDEBUG, lets Clang assume;
// the code behind each assertion handles the case. Letters from U+00A1 to U+0499 outside strings reach
// what it holds unreachable, where "no white space" is the answer.
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(condition) static_assert(true)
#include <toml++/impl/forward_declarations.h>
#pragma push_macro("TOML_UNREACHABLE")
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE return false
#include <toml++/impl/unicode.h>
#pragma pop_macro("TOML_UNREACHABLE")
#include <toml++/toml.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "documents/document_check.hpp"

namespace gridgov::documents {
namespace {

/// More dotted keys and headers than any rule document has: toml++ looks each up among all before.
constexpr std::size_t dotted_max = 10000;

/// What toml++ does not bound itself, by the line of its first place, or 0.
struct Scan {
    std::uint32_t long_key = 0;  ///< a key of more than `depth_max` parts
    std::uint32_t dotted = 0;    ///< the dotted key beyond `dotted_max`
};

/// Looks through the text once, strings and comments left out. toml++ bounds how deep values nest but
/// not how long keys and headers are, and destroys what it built by recursion.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    Scan scan() {
        for (; at_ < text_.size(); ++at_) {
            const char character = text_[at_];
            if (character == '\n') {
                end_line();
            } else if (character != ' ' && character != '\t' && character != '\r') {
                look_at(character);
                at_line_start_ = false;
            }
        }
        return found_;
    }

private:
    void look_at(char character) {
        switch (character) {
            case '.':
                if (++dots_ >= depth_max) note(found_.long_key);
                break;
            case '=': end_key(); break;
            case '[':
                if (at_line_start_ && open_ == 0) {
                    header_ = true;
                    if (text_.substr(at_ + 1, 1) == "[") ++at_;
                } else {
                    ++open_;
                    dots_ = 0;
                }
                break;
            case '{':
                ++open_;
                dots_ = 0;
                break;
            case ']':
            case '}':
                if (header_) {
                    end_key();
                    header_ = false;
                } else if (open_ > 0) {
                    --open_;
                }
                break;
            case ',': dots_ = 0; break;
            case '#':
                while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
                break;
            case '"':
            case '\'': skip_string(character); break;
            default: break;
        }
    }

    /// A string, of one line or of many; where it does not end the parser will say so.
    void skip_string(char quote) {
        const std::string_view mark = text_.substr(at_, 3);
        const bool many = mark.size() == 3 && mark[1] == quote && mark[2] == quote;
        std::size_t end = at_ + (many ? 3 : 1);
        for (; end < text_.size(); ++end) {
            if (text_[end] == '\n') {
                if (!many) break;
                ++line_;
            } else if (text_[end] == '\\' && quote == '"') {
                if (end + 1 < text_.size() && text_[end + 1] != '\n') ++end;
            } else if (text_[end] == quote && (!many || text_.substr(end, 3) == mark)) {
                break;
            }
        }
        at_ = many && end < text_.size() ? end + 2 : end;
        if (at_ < text_.size() && text_[at_] == '\n') end_line();
    }

    void end_key() {
        if (dots_ > 0 && ++dotted_ > dotted_max) note(found_.dotted);
        dots_ = 0;
    }

    void end_line() {
        ++line_;
        dots_ = 0;
        at_line_start_ = true;
        header_ = false;
    }

    void note(std::uint32_t& place) const {
        if (place == 0) place = line_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::size_t dots_ = 0;
    std::size_t dotted_ = 0;
    std::size_t open_ = 0;  // brackets of values
    bool at_line_start_ = true;
    bool header_ = false;
    Scan found_;
};

class Converter {
public:
    Converter(const Source& source, std::vector<Finding>& findings)
        : source_(source), findings_(findings) {}

    bool convert(const toml::node& from, Node& to, std::string_view key, std::size_t depth) {
        to.line = from.source().begin.line;
        if (depth > depth_max) {
            document_fault(Code::document_too_deep, source_, to.line, 0, findings_)
                .fields.emplace_back("most", std::to_string(depth_max));
            return false;
        }
        switch (from.type()) {
            case toml::node_type::table: return convert_table(*from.as_table(), to, depth);
            case toml::node_type::array:
                to.kind = Kind::array;
                to.items.reserve(from.as_array()->size());
                for (const toml::node& item : *from.as_array())
                    if (!convert(item, to.items.emplace_back(), key, depth + 1)) return false;
                return true;
            case toml::node_type::string:
                to.kind = Kind::text;
                to.text = from.as_string()->get();
                return true;
            case toml::node_type::integer:
                to.kind = Kind::integer;
                to.integer = from.as_integer()->get();
                return true;
            case toml::node_type::floating_point:
                to.kind = Kind::real;
                to.real = from.as_floating_point()->get();
                return true;
            case toml::node_type::boolean:
                to.kind = Kind::boolean;
                to.boolean = from.as_boolean()->get();
                return true;
            case toml::node_type::date: {
                const toml::date date = from.as_date()->get();
                to.kind = Kind::date;
                to.date = date_of(date.year, date.month, date.day);
                if (to.date.exists()) return true;
                Finding& fault =
                    document_fault(Code::document_not_a_date, source_, to.line, 0, findings_);
                fault.fields.emplace_back("key", key);
                fault.fields.emplace_back("value", "0000-…");
                return false;
            }
            case toml::node_type::time:
            case toml::node_type::date_time: {
                Finding& fault =
                    document_fault(Code::document_wrong_kind, source_, to.line, 0, findings_);
                fault.fields.emplace_back("key", key);
                fault.fields.emplace_back("expected_kind", "date");
                fault.fields.emplace_back("found_kind", "time");
                return false;
            }
            case toml::node_type::none: break;
        }
        return false;
    }

private:
    bool convert_table(const toml::table& from, Node& to, std::size_t depth) {
        to.kind = Kind::table;
        struct Place {
            toml::source_position place;
            const toml::key* key;
            const toml::node* node;
        };
        std::vector<Place> members;  // toml++ keeps them by name, we by place
        members.reserve(from.size());
        for (auto&& [key, node] : from) members.push_back({key.source().begin, &key, &node});
        std::stable_sort(members.begin(), members.end(), [](const Place& a, const Place& b) {
            return a.place.line != b.place.line ? a.place.line < b.place.line
                                                : a.place.column < b.place.column;
        });
        to.members.reserve(members.size());
        for (const Place& member : members) {
            to.members.push_back({std::string(member.key->str()), {}});
            auto& [name, node] = to.members.back();
            if (!convert(*member.node, node, name, depth + 1)) return false;
            if (node.line == 0) node.line = member.place.line;
        }
        return true;
    }

    const Source& source_;
    std::vector<Finding>& findings_;
};

}  // namespace

std::optional<Node> read_toml(const Source& source, std::vector<Finding>& findings) {
    const auto text = checked_text(source, findings);
    if (!text) return std::nullopt;
    const auto too_deep = [&](std::uint32_t line) {
        document_fault(Code::document_too_deep, source, line, 0, findings)
            .fields.emplace_back("most", std::to_string(depth_max));
        return std::nullopt;
    };
    const auto no_toml = [&](std::uint32_t line, std::uint32_t column, std::string_view reason) {
        Finding& fault = document_fault(Code::document_syntax, source, line, column, findings);
        fault.fields.emplace_back("format", "TOML");
        fault.fields.emplace_back("reason", reason);
        return std::nullopt;
    };
    const Scan scan = Scanner(*text).scan();
    if (scan.long_key > 0) return too_deep(scan.long_key);
    if (scan.dotted > 0) return no_toml(scan.dotted, 0, "more than 10000 dotted keys and headers");
    const toml::parse_result result = toml::parse(*text);
    if (!result) {
        const toml::parse_error& error = result.error();
        const toml::source_position place = error.source().begin;
        if (error.description().find("TOML_MAX_NESTED_VALUES") != std::string_view::npos)
            return too_deep(place.line);
        return no_toml(place.line, place.column, error.description());
    }
    Node root;
    if (!Converter(source, findings).convert(result.table(), root, {}, 1)) return std::nullopt;
    return root;
}

}  // namespace gridgov::documents
