// JSON by nlohmann/json's SAX interface: no recursion, and lines counted from what it has consumed.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "documents/document_check.hpp"

namespace gridgov::documents {
namespace {

/// Walks over the text and leaves word of how far the parser has come.
class Consumed {
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Consumed() = default;
    Consumed(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
    reference operator*() const { return *at_; }
    pointer operator->() const { return at_; }
    Consumed& operator++() {
        *furthest_ = ++at_;
        return *this;
    }
    Consumed operator++(int) {
        Consumed before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const Consumed& a, const Consumed& b) { return a.at_ == b.at_; }

private:
    const char* at_ = nullptr;
    const char** furthest_ = nullptr;
};

/// Builds the tree. Each event but the end of one comes just behind its token, a number's one byte
/// later: the line break that ends a number must not count.
class Builder : public nlohmann::json_sax<nlohmann::json> {
public:
    Builder(const Source& source, std::string_view text, std::vector<Finding>& findings)
        : source_(source), text_(text), findings_(findings), counted_(text.data()) {}

    const char* furthest = nullptr;
    Node root;

    bool null() override {
        place(Kind::nothing);
        return good_;
    }
    bool boolean(bool value) override {
        if (Node* const node = place(Kind::boolean)) node->boolean = value;
        return good_;
    }
    bool number_integer(number_integer_t value) override {
        if (Node* const node = place(Kind::integer)) node->integer = value;
        return good_;
    }
    bool number_unsigned(number_unsigned_t value) override {
        if (value > static_cast<number_unsigned_t>(INT64_MAX))
            return number_float(static_cast<double>(value), {});
        return number_integer(static_cast<number_integer_t>(value));
    }
    /// JSON has one kind of numbers, and in its Schema 2.0 is an integer.
    bool number_float(number_float_t value, const string_t&) override {
        constexpr double exact_most = 9007199254740992.0;  // 2^53
        if (std::fabs(value) <= exact_most && std::floor(value) == value)
            return number_integer(static_cast<number_integer_t>(value));
        if (Node* const node = place(Kind::real)) node->real = value;
        return good_;
    }
    bool string(string_t& value) override {
        if (Node* const node = place(Kind::text)) node->text = std::move(value);
        return good_;
    }
    bool binary(binary_t&) override { return false; }  // not of JSON as text
    bool start_object(std::size_t) override { return start(Kind::table); }
    bool start_array(std::size_t) override { return start(Kind::array); }
    bool end_object() override {
        keys_.pop_back();
        return end();
    }
    bool end_array() override { return end(); }
    bool key(string_t& name) override {
        Node& table = *open_.back();
        if (!keys_.back().insert(name).second) {
            Finding& fault =
                document_fault(Code::document_duplicate_key, source_, line(), 0, findings_);
            fault.fields.emplace_back("key", name);
            if (const Node* const first = table.find(name))
                fault.fields.emplace_back("first_line", std::to_string(first->line));
            return good_ = false;
        }
        table.members.push_back({std::move(name), {}});
        return true;
    }
    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception& error) override {
        // what() is "[json.exception.parse_error.101] parse error at line 1, column 2: …".
        std::string_view reason = error.what();
        const std::size_t colon = reason.find(": ");
        if (colon != std::string_view::npos) reason.remove_prefix(colon + 2);
        const std::size_t at = std::min(position == 0 ? 0 : position - 1, text_.size());
        const std::size_t line_start = text_.substr(0, at).rfind('\n') + 1;  // npos + 1 is 0
        const auto breaks = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at),
                                       '\n');
        Finding& fault = document_fault(Code::document_syntax, source_,
                                        static_cast<std::uint32_t>(1 + breaks),
                                        static_cast<std::uint32_t>(at - line_start + 1), findings_);
        fault.fields.emplace_back("format", "JSON");
        fault.fields.emplace_back("reason", reason);
        return good_ = false;
    }

private:
    std::uint32_t line() {
        const char* const end = furthest == nullptr ? counted_ : std::max(counted_, furthest - 1);
        line_ += static_cast<std::uint32_t>(std::count(counted_, end, '\n'));
        counted_ = end;
        return line_;
    }

    void wrong_kind(std::string_view found) {
        Finding& fault = document_fault(Code::document_wrong_kind, source_, line(), 0, findings_);
        fault.fields.emplace_back("key", open_.empty() ? "/" : "[]");
        fault.fields.emplace_back("expected_kind", open_.empty() ? "table" : "text");
        fault.fields.emplace_back("found_kind", found);
        good_ = false;
    }

    /// The place where the next value belongs.
    Node* place(Kind kind) {
        Node* node = &root;
        if (open_.empty()) {
            if (kind != Kind::table) {
                wrong_kind(kind_name(kind));
                return nullptr;
            }
        } else if (open_.back()->kind == Kind::array) {
            node = &open_.back()->items.emplace_back();
        } else {
            node = &open_.back()->members.back().node;
        }
        node->kind = kind;
        node->line = line();
        return node;
    }

    bool start(Kind kind) {
        if (open_.size() >= depth_max) {
            Finding& fault = document_fault(Code::document_too_deep, source_, line(), 0, findings_);
            fault.fields.emplace_back("most", std::to_string(depth_max));
            return good_ = false;
        }
        Node* const node = place(kind);
        if (node == nullptr) return false;
        open_.push_back(node);
        if (kind == Kind::table) keys_.emplace_back();
        return true;
    }

    bool end() {
        open_.pop_back();
        return true;
    }

    const Source& source_;
    std::string_view text_;
    std::vector<Finding>& findings_;
    std::vector<Node*> open_;  // the tables and arrays that are open; only the last one grows
    std::vector<std::unordered_set<std::string>> keys_;  // of the open tables; looked up only
    const char* counted_;
    std::uint32_t line_ = 1;
    bool good_ = true;
};

}  // namespace

std::optional<Node> read_json(const Source& source, std::vector<Finding>& findings) {
    const auto text = checked_text(source, findings);
    if (!text) return std::nullopt;
    Builder builder(source, *text, findings);
    const char* const begin = text->data();
    const bool good = nlohmann::json::sax_parse(Consumed(begin, &builder.furthest),
                                                Consumed(begin + text->size(), &builder.furthest),
                                                &builder);
    if (!good) return std::nullopt;
    return std::move(builder.root);
}

}  // namespace gridgov::documents
