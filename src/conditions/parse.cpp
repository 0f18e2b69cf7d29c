// Reading a cell of unary tests (DMN 1.3, 10.3.1.2). By hand and without recursion: the grammar that
// is left once expressions are literals nests nothing.
//
//   unary tests = "-" | "not", "(", tests, ")" | tests          rule 13 and 16
//   tests       = test, { ",", test }                           rule 12 and 15
//   test        = ( "<" | "<=" | ">" | ">=" ), endpoint         rule 7.a; "=" and "!=" came with 1.5
//               | start, endpoint, "..", endpoint, end          rules 7.b and 8 to 11
//               | literal
#include <optional>
#include <utility>

#include "conditions/literal.hpp"
#include "conditions/value_set.hpp"
#include "utf8.hpp"

namespace gridgov::conditions {
namespace {

constexpr std::size_t bytes_max = 64 * 1024;
constexpr std::string_view test_expected = R"(5 "…" true false null date("…") < <= > >= [ ( ] not( -)";

/// One end of an interval: a value and whether it belongs to it.
struct End {
    Value value;  ///< missing: unbounded
    bool closed = true;
};

class Parser {
public:
    Parser(std::string_view text, UnaryTests::Set& set) : text_(text), set_(set) {}

    std::optional<Finding> read() {
        skip();
        if (text_.substr(at_, 1) == "-" && skip_white_space(text_, at_ + 1) == text_.size())
            return std::nullopt;  // the set as made: everything
        set_.missing = set_.present = false;
        const bool negated = eat_not();
        if (auto fault = read_list()) return fault;
        if (negated) {
            if (!eat(")")) return unexpected(text_, at_, ", )");
            skip();
        }
        if (at_ < text_.size()) return unexpected(text_, at_, negated ? "" : ",");
        finish(negated);
        return std::nullopt;
    }

private:
    void skip() { at_ = skip_white_space(text_, at_); }

    bool eat(std::string_view mark) {
        if (text_.substr(at_, mark.size()) != mark) return false;
        at_ += mark.size();
        return true;
    }

    bool eat_not() {
        if (text_.substr(at_, 3) != "not" || name_length(text_, at_) != 3) return false;
        const std::size_t open = skip_white_space(text_, at_ + 3);
        if (open >= text_.size() || text_[open] != '(') return false;
        at_ = open + 1;
        return true;
    }

    std::optional<Finding> read_list() {
        do {
            skip();
            if (auto fault = read_test()) return fault;
            skip();
        } while (eat(","));
        return std::nullopt;
    }

    std::optional<Finding> read_test() {
        for (const std::string_view mark : {"<=", "<", ">=", ">"}) {
            if (!eat(mark)) continue;
            skip();
            const bool closed = mark.size() == 2;
            Value value;
            if (auto fault = read_endpoint(value)) return fault;
            if (mark[0] == '<') {
                add({}, {value, closed});
            } else {
                add({value, closed}, {});
            }
            return std::nullopt;
        }
        if (at_ < text_.size() && (text_[at_] == '[' || text_[at_] == '(' || text_[at_] == ']'))
            return read_interval();
        Value value;
        std::size_t start = 0;
        if (auto fault = read_value(value, start, test_expected)) return fault;
        if (std::holds_alternative<std::monostate>(value)) {
            set_.missing = true;
            return std::nullopt;
        }
        if (auto fault = check_type(value, start)) return fault;
        add({value, true}, {value, true});
        return std::nullopt;
    }

    std::optional<Finding> read_interval() {
        End from, to;
        from.closed = text_[at_] == '[';
        ++at_;
        skip();
        if (auto fault = read_endpoint(from.value)) return fault;
        skip();
        if (!eat("..")) return unexpected(text_, at_, "..");
        skip();
        if (auto fault = read_endpoint(to.value)) return fault;
        skip();
        to.closed = eat("]");
        if (!to.closed && !eat(")") && !eat("[")) return unexpected(text_, at_, "] ) [");
        add(from, to);
        return std::nullopt;
    }

    /// A value with an order: a number, a text or a date.
    std::optional<Finding> read_endpoint(Value& value) {
        std::size_t start = 0;
        if (auto fault = read_value(value, start, R"(5 "…" date("…"))")) return fault;
        if (std::holds_alternative<std::monostate>(value) || std::holds_alternative<bool>(value))
            return condition_fault(Code::condition_order_undefined, text_, start,
                                   found_at(text_, start));
        return check_type(value, start);
    }

    /// Reads a literal; the text of one is kept, with a NUL behind it, by the set.
    std::optional<Finding> read_value(Value& value, std::size_t& start, std::string_view expected) {
        start = at_;
        LiteralRead read = read_literal(text_, at_, storage_);
        if (read.fault) return std::move(read.fault);
        if (!read.literal) return unexpected(text_, at_, expected);
        at_ = read.literal->end;
        value = read.literal->value;
        if (std::holds_alternative<std::string_view>(value)) {
            const std::string& kept = set_.literals.emplace_back(storage_ + '\0');
            value = std::string_view(kept).substr(0, kept.size() - 1);
        }
        return std::nullopt;
    }

    std::optional<Finding> check_type(const Value& value, std::size_t start) {
        const Type type = type_of(value);
        if (set_.type == Type::any) set_.type = type;
        if (set_.type == type) return std::nullopt;
        Finding fault = condition_fault(Code::condition_mixed_types, text_, start, {});
        fault.fields.emplace_back("type", type_name(set_.type));
        fault.fields.emplace_back("other_type", type_name(type));
        return fault;
    }

    /// Half-open bounds: what lies behind a value is at the next value.
    void add(const End& from, const End& to) {
        if (set_.type == Type::text) {
            Range<TextBound> range = all_texts;
            if (!std::holds_alternative<std::monostate>(from.value))
                range.from = text_bound(from.value, !from.closed);
            if (!std::holds_alternative<std::monostate>(to.value))
                range.to = text_bound(to.value, to.closed);
            set_.texts.push_back(range);
        } else {
            Range<Key> range = all_keys(set_.type);
            if (!std::holds_alternative<std::monostate>(from.value))
                range.from = key_of(from.value) + (from.closed ? 0 : 1);
            if (!std::holds_alternative<std::monostate>(to.value))
                range.to = key_of(to.value) + (to.closed ? 1 : 0);
            set_.keys.push_back(range);
        }
    }

    static TextBound text_bound(const Value& value, bool behind) {
        const auto text = std::get<std::string_view>(value);
        return {{text.data(), text.size() + (behind ? 1 : 0)}, false};  // the NUL is there
    }

    static Key key_of(const Value& value) {
        if (const auto* const number = std::get_if<double>(&value)) return key_of_number(*number);
        if (const auto* const date = std::get_if<Date>(&value)) return date->days;
        return std::get<bool>(value) ? 1 : 0;
    }

    void finish(bool negated) {
        if (set_.type == Type::any) {  // null, not(null)
            set_.present = negated;
            set_.missing = !negated;
            return;
        }
        if (negated) set_.missing = false;
        if (set_.type == Type::text) {
            set_.texts = normalised(std::move(set_.texts));
            if (negated) set_.texts = complement(set_.texts, all_texts);
        } else {
            set_.keys = normalised(std::move(set_.keys));
            if (negated) set_.keys = complement(set_.keys, all_keys(set_.type));
        }
    }

    std::string_view text_;
    UnaryTests::Set& set_;
    std::size_t at_ = 0;
    std::string storage_;
};

}  // namespace

Parsed UnaryTests::parse(std::string_view text) {
    Parsed parsed;
    if (text.size() > bytes_max) {
        parsed.fault.emplace().code = Code::condition_too_long;
        parsed.fault->fields = {{"bytes", std::to_string(text.size())},
                                {"most", std::to_string(bytes_max)}};
        return parsed;
    }
    if (!is_utf8(text)) {
        std::size_t at = 0;
        while (const std::size_t length = utf8_length(text, at)) at += length;
        parsed.fault = condition_fault(Code::condition_not_utf8, text, at, {});
        return parsed;
    }
    auto set = std::make_shared<Set>();
    set->text = std::string(text);
    parsed.fault = Parser(text, *set).read();
    if (!parsed.fault) parsed.tests = UnaryTests(std::move(set));
    return parsed;
}

}  // namespace gridgov::conditions
