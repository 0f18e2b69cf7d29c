// Rule documents: what a TOML or JSON file says, as a tree whose every node knows its place, so that
// every fault can be named by line. Read by toml++ and nlohmann/json; nothing of them leaves this
// folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridgov/finding.hpp"
#include "gridgov/model/date.hpp"
#include "gridgov/model/title.hpp"

namespace gridgov::documents {

enum class Kind : std::uint8_t { boolean, integer, real, text, date, array, table, nothing };

struct Member;

/// A value of a document. TOML dates are `date`; JSON's dates are texts that `Reader::date` reads.
/// Keys keep the file's order. TOML's real numbers that are whole (2.0) stay `real`, JSON's up to 2^53
/// are `integer`; whole numbers beyond 64 bits are `real`. JSON's null is `nothing`: a value of no
/// getter's kind.
struct Node {
    Kind kind = Kind::table;
    std::uint32_t line = 0;    ///< from 1: where the value starts, or a table's header; 0 where unknown
    bool boolean = false;
    std::int64_t integer = 0;
    double real = 0;
    std::string text;
    Date date;
    std::vector<Node> items;                             ///< of an array
    std::vector<Member> members;                         ///< of a table, in the file's order

    const Node* find(std::string_view key) const noexcept;
};

struct Member {
    std::string key;
    Node node;
};

/// A document's text and the name that faults call it by.
struct Source {
    std::string_view text;  ///< UTF-8, a byte-order mark allowed
    std::string_view name;  ///< file name, shown in faults
};

/// Bounds on what is read: far above any rulebook or catalogue, low enough for hostile files.
inline constexpr std::size_t bytes_max = std::size_t{64} << 20;
inline constexpr std::size_t depth_max = 100;

/// Reads a document; nothing, and findings (document_syntax with `file`, `line`, `column`, `reason`;
/// document_too_large; document_too_deep; document_not_utf8; document_duplicate_key), where it is not
/// one. Both parsers stop at the first fault of syntax; toml++ tells duplicate keys as such.
/// The root is a table.
std::optional<Node> read_toml(const Source& source, std::vector<Finding>& findings);
std::optional<Node> read_json(const Source& source, std::vector<Finding>& findings);

/// Takes a table apart by key: typed getters that note a fault for each value that is not what it
/// should be, and `finish`, which notes every key that nobody asked for, with the nearest known one.
/// Faults carry the fields `file`, `line` (if known), `key` and what was expected; `records` is the id
/// that `name` gave (set as soon as the id is read). The table and the findings outlive the reader.
class Reader {
public:
    Reader(const Node& table, std::string_view file, std::vector<Finding>& findings);

    void name(std::string_view id);

    bool has(std::string_view key);
    /// Absent: nothing, and no fault. The wrong kind: nothing, and a fault (document_wrong_kind with
    /// `expected`, `found`).
    std::optional<std::string> text(std::string_view key);   ///< may be empty
    std::optional<std::int64_t> integer(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least,
                                        std::int64_t most);  ///< else document_out_of_range
    std::optional<double> number(std::string_view key);      ///< integer or real, finite
    std::optional<bool> boolean(std::string_view key);
    std::optional<Date> date(std::string_view key);
    std::optional<std::vector<std::string>> texts(std::string_view key);  ///< an array of texts
    /// A text out of a list; the wrong one is document_unknown_word with `known` and `near`.
    std::optional<std::size_t> word(std::string_view key, const std::vector<std::string_view>& known);
    /// A table, or an array of tables (a single table stands for an array of one); empty if absent.
    const Node* table(std::string_view key);
    std::vector<const Node*> tables(std::string_view key);
    /// `{ zh = "…", en = "…" }`, or one text for both languages.
    std::optional<Title> title(std::string_view key);

    /// Notes document_missing_key if the key is absent; call it before or after its getter.
    void require(std::string_view key);

    /// A fault at a key (or at the table where the key is absent), with `file`, `line` and `key` filled
    /// in unless `fields` has them. The reference holds until the next fault.
    Finding& fault(Code code, std::string_view key,
                   std::vector<std::pair<std::string, std::string>> fields = {});

    std::uint32_t line() const noexcept;
    std::uint32_t line(std::string_view key) const noexcept;

    /// Notes document_unknown_key for each key not asked for. Call once, last.
    void finish();

private:
    const Node* take(std::string_view key);
    const Node* take(std::string_view key, Kind kind);  ///< of that kind, else a fault
    void wrong_kind(std::string_view key, std::string_view expected, const Node& found);
    const Node& table_;
    std::string file_, id_;
    std::vector<Finding>& findings_;
    std::vector<std::string> asked_;  ///< each key once, in the order of asking
};

/// "boolean", "integer", "real", "text", "date", "array", "table", "nothing".
std::string_view kind_name(Kind kind) noexcept;

/// The word of `known` that a writer most likely meant: at most a third of its letters away (by
/// inserting, deleting, replacing and swapping neighbours), the first of the nearest; empty if none is.
std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace gridgov::documents
