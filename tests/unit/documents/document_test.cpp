#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "documents/document.hpp"

using namespace gridgov;
using namespace gridgov::documents;

namespace {

using Read = std::optional<Node> (*)(const Source&, std::vector<Finding>&);

struct Result {
    std::optional<Node> node;
    std::vector<Finding> findings;
};

Result read(Read reader, std::string_view text) {
    Result result;
    result.node = reader({text, "rules"}, result.findings);
    REQUIRE(result.node.has_value() == result.findings.empty());
    return result;
}

std::string field(const Finding& finding, std::string_view name) {
    for (const auto& [key, value] : finding.fields)
        if (key == name) return value;
    return {};
}

/// The code and line of the only fault.
std::string fault(Read reader, std::string_view text) {
    const Result result = read(reader, text);
    if (result.findings.size() != 1) return "findings: " + std::to_string(result.findings.size());
    const Finding& finding = result.findings.front();
    CHECK(field(finding, "file") == "rules");
    CHECK(message(finding, Language::en).starts_with("rules:"));
    return std::string(code_name(finding.code)) + " " + field(finding, "line");
}

/// The tree in one line, so that a test can show all of it.
std::string shown(const Node& node) {
    std::string out;
    switch (node.kind) {
        case Kind::boolean: out = node.boolean ? "true" : "false"; break;
        case Kind::integer: out = std::to_string(node.integer); break;
        case Kind::real: out = "r" + std::to_string(node.real); break;
        case Kind::text: out = "'" + node.text + "'"; break;
        case Kind::date: out = date_text(node.date); break;
        case Kind::nothing: out = "null"; break;
        case Kind::array:
            for (const Node& item : node.items) out += (out.empty() ? "" : ",") + shown(item);
            out = "[" + out + "]";
            break;
        case Kind::table:
            for (const auto& [key, member] : node.members)
                out += (out.empty() ? "" : ",") + key + ":" + shown(member);
            out = "{" + out + "}";
            break;
    }
    return out + "@" + std::to_string(node.line);
}

}  // namespace

TEST_CASE("TOML: kinds, the file's order, the lines of values and headers") {
    const auto result = read(read_toml, R"(# rules
[rulebook]
id = "ganquan"
effective_from = 2026-01-01
scale = 1_000
share = 2.0
open = true
opening = { points = 100,
  period = "year" }
)");
    CHECK_FALSE(result.node.has_value());  // TOML 1.0: an inline table stands in one line
    const auto good = read(read_toml, R"(# rules
[rulebook]
id = "ganquan"
effective_from = 2026-01-01
scale = 1_000
share = 2.0
opening = { points = 100, open = true }
a.b = 1

[[rule]]
z = 1
caps = [
  { limit = 1 },
  { limit = -2 },
]

[[rule]]
y = """
two
lines"""
b = 'c'
)");
    REQUIRE(good.node.has_value());
    CHECK(shown(*good.node) ==
          "{rulebook:{id:'ganquan'@3,effective_from:2026-01-01@4,scale:1000@5,share:r2.000000@6,"
          "opening:{points:100@7,open:true@7}@7,a:{b:1@8}@8}@2,"
          "rule:[{z:1@11,caps:[{limit:1@13}@13,{limit:-2@14}@14]@12}@10,"
          "{y:'two\nlines'@18,b:'c'@21}@17]@10}@1");
}

TEST_CASE("JSON: the same, dates as texts, null as nothing") {
    const auto good = read(read_json, R"({
 "rulebook": {"id": "ganquan", "effective_from":
   "2026-01-01", "scale": 1000, "share": 2.0, "gone": null},
 "rule": [
  {"z": 1,
   "caps": [{"limit": 1
            },
            {"limit":
              -2}]},
  {"y": true, "big": 18446744073709551615, "e": 1e2, "u": "\u6751"}
 ]
})");
    REQUIRE(good.node.has_value());
    CHECK(shown(*good.node) ==
          "{rulebook:{id:'ganquan'@2,effective_from:'2026-01-01'@3,scale:1000@3,"
          "share:2@3,gone:null@3}@2,"
          "rule:[{z:1@5,caps:[{limit:1@6}@6,{limit:-2@9}@8]@6}@5,"
          "{y:true@10,big:r18446744073709551616.000000@10,e:100@10,u:'村'@10}@10]@4}@1");
    // Whole numbers are integers however they are written, as long as they are exact.
    CHECK(shown(*read(read_json, R"({"a": -0.0, "b": 2.5, "c": 9007199254740992.0, "d": 9e15, "e": 1e16})").node) ==
          "{a:0@1,b:r2.500000@1,c:9007199254740992@1,d:9000000000000000@1,e:r10000000000000000.000000@1}@1");
}

TEST_CASE("a byte-order mark and line ends of Windows are no faults") {
    CHECK(shown(*read(read_toml, "\xEF\xBB\xBF" "a = 1\r\nb = 2\r\n").node) == "{a:1@1,b:2@2}@1");
    CHECK(shown(*read(read_json, "\xEF\xBB\xBF{\"a\":\r\n1}").node) == "{a:1@2}@1");
}

TEST_CASE("broken TOML: what and in which line") {
    CHECK(fault(read_toml, "a = 1\nb = \n") == "document_syntax 2");
    CHECK(fault(read_toml, "a = 1\na = 2\n") == "document_syntax 2");
    CHECK(fault(read_toml, "[a]\nb = 1\n[a]\n") == "document_syntax 3");
    CHECK(fault(read_toml, "a = \"x\n") == "document_syntax 1");
    CHECK(fault(read_toml, "\n\na = 2026-02-30\n") == "document_syntax 3");
    CHECK(fault(read_toml, "a = 9223372036854775808\n") == "document_syntax 1");
    CHECK(fault(read_toml, "b = 1\na = 0000-01-01\n") == "document_not_a_date 2");
    CHECK(fault(read_toml, "b = 1\n[x]\na = 10:00:00\n") == "document_wrong_kind 3");
    CHECK(fault(read_toml, "a = 2026-01-01T00:00:00Z\n") == "document_wrong_kind 1");
    CHECK(fault(read_toml, "a = 1\nb = \"\xB4\xE5\"\n") == "document_not_utf8 2");
    CHECK(fault(read_toml, std::string_view("a = 1\n\0", 7)) == "document_syntax 2");
    // What toml++ asserts of malformed text: with asserts on, and off, a fault and no crash.
    for (const char* const text : {"[=]", "[[=]]", "[\x17", "a = [}0\n,s", "a = {]", "a = }", "a = ]",
                                   "[", "[a", "[[a]", "a", "a.", "a =", "= 1", "\"\"\"a\"\"\" = 1",
                                   "a = _1", "a = +", "a = .5", "a = 1_", "a = 0x", "a = \\"})
        CHECK_MESSAGE(fault(read_toml, text) == "document_syntax 1", text);
    CHECK(fault(read_toml, "a = 1 # é，\nb = \"，\"\né = 1\n") == "document_syntax 3");
    CHECK(fault(read_toml, "a = [1，2]") == "document_syntax 1");
    CHECK(read(read_toml, "").node->members.empty());
}

TEST_CASE("broken JSON: what and in which line") {
    CHECK(fault(read_json, "") == "document_syntax 1");
    CHECK(fault(read_json, "{\"a\": 1,\n \"b\": }") == "document_syntax 2");
    CHECK(fault(read_json, "{\"a\": 1\n}\n{}") == "document_syntax 3");
    CHECK(fault(read_json, "{\"a\": 1,}") == "document_syntax 1");
    CHECK(fault(read_json, "{\"a\": NaN}") == "document_syntax 1");
    CHECK(fault(read_json, "{\"a\": 1e999}") == "document_syntax 1");
    CHECK(fault(read_json, "{\"a\": \"\\ud800\"}") == "document_syntax 1");
    CHECK(fault(read_json, "{\"a\": 1,\n\"b\": 2,\n\"a\": 3}") == "document_duplicate_key 3");
    CHECK(fault(read_json, "{\"c\": {\"a\": 1},\n\"d\": {\"a\": 2, \"a\": 3}}") ==
          "document_duplicate_key 2");
    CHECK(fault(read_json, "{\"a\": null, \"a\": 3}") == "document_duplicate_key 1");
    CHECK(fault(read_json, "[1]") == "document_wrong_kind 1");
    CHECK(fault(read_json, "null") == "document_wrong_kind 1");
    CHECK(fault(read_json, "\n3") == "document_wrong_kind 2");
    CHECK(read(read_json, "{\"a\": [1,\nnull]}").node->members[0].node.items[1].kind == Kind::nothing);
    CHECK(fault(read_json, "{\"a\":\n\"\xB4\xE5\"}") == "document_not_utf8 2");
    const Result place = read(read_json, "{\"a\": 1,\n  \"b\" 2}");
    CHECK(field(place.findings.front(), "column") == "7");
    CHECK(field(place.findings.front(), "format") == "JSON");
    CHECK(field(place.findings.front(), "reason").starts_with("syntax error"));
    // A key again in another table is no fault.
    CHECK(read(read_json, "{\"a\": {\"a\": [{\"a\": 1}, {\"a\": 2}]}}").node.has_value());
}

TEST_CASE("depth is bounded and cheap, in every way of nesting") {
    const auto repeat = [](std::string_view part, std::size_t count) {
        std::string text;
        while (count-- > 0) text += part;
        return text;
    };
    const std::size_t many = 2'000'000;
    CHECK(fault(read_json, "{\"a\": " + repeat("[", many)) == "document_too_deep 1");
    CHECK(fault(read_json, repeat("{\"a\":\n", many)) == "document_too_deep 101");
    CHECK(fault(read_toml, "a = " + repeat("[", many)) == "document_too_deep 1");
    CHECK(fault(read_toml, "a = " + repeat("{a = ", many)) == "document_too_deep 1");
    CHECK(fault(read_toml, "\na" + repeat(".a", many) + " = 1") == "document_too_deep 2");
    CHECK(fault(read_toml, "\n[a" + repeat(" . 'a'", many) + "]") == "document_too_deep 2");
    CHECK(fault(read_toml, "[" + repeat("a.", 90) + "a]\n" + repeat("a.", 90) + "a = 1") ==
          "document_too_deep 2");
    CHECK(fault(read_toml, repeat("[[a]]\n[a.b]\n", 10001)) == "document_syntax 20002");
    // As deep as is allowed, and dots that are no keys.
    CHECK(read(read_json, repeat("{\"a\":", 100) + "1" + repeat("}", 100)).node.has_value());
    CHECK(read(read_toml, "a = \"" + repeat(".", 300) + "\" # " + repeat(".", 300)).node.has_value());
    CHECK(read(read_toml, "a = '''\n" + repeat(".\n", 300) + "''' # '").node.has_value());
    CHECK(read(read_toml, "a = [" + repeat("0.5,", 20000) + "]").node.has_value());
    CHECK(fault(read_toml, std::string(bytes_max + 1, '#')) == "document_too_large ");
    CHECK(fault(read_json, std::string(bytes_max + 1, ' ')) == "document_too_large ");
}
