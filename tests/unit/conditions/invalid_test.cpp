// What is no unary test, or beyond those that gridgov reads: code, place and what was found.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests_from.hpp"

using namespace gridgov;
using namespace gridgov::conditions;

namespace {

std::string field(const Finding& finding, std::string_view name) {
    for (const auto& [key, value] : finding.fields)
        if (key == name) return value;
    return {};
}

struct Row {
    std::string text;
    Code code;
    int position;
    std::string found;
};

}  // namespace

TEST_CASE("faults say where and what") {
    const std::vector<Row> table{
        {"", Code::condition_incomplete, 1, ""},
        {"  ", Code::condition_incomplete, 3, ""},
        {"5,", Code::condition_incomplete, 3, ""},
        {",5", Code::condition_syntax, 1, ","},
        {"5 6", Code::condition_syntax, 3, "6"},
        {"1.", Code::condition_syntax, 2, "."},
        {"1..5", Code::condition_syntax, 2, "."},
        {"+5", Code::condition_unsupported, 1, "+"},
        {"- 5", Code::condition_unsupported, 1, "-"},
        {"--5", Code::condition_unsupported, 1, "-"},
        {"5-", Code::condition_unsupported, 2, "-"},
        {"-,5", Code::condition_unsupported, 1, "-"},
        {"5,-", Code::condition_unsupported, 3, "-"},
        {"not(-)", Code::condition_unsupported, 5, "-"},
        {"1e5", Code::condition_syntax, 2, "e5"},
        {"0x10", Code::condition_syntax, 2, "x10"},
        {"1,5e", Code::condition_syntax, 4, "e"},
        {"=5", Code::condition_syntax, 1, "="},      // of DMN 1.5
        {"!=5", Code::condition_syntax, 1, "!"},
        {"<> 5", Code::condition_syntax, 2, ">"},
        {"=> 5", Code::condition_syntax, 1, "="},
        {"<", Code::condition_incomplete, 2, ""},
        {">= 5 and <= 7", Code::condition_unsupported, 6, "and"},
        {"age >= 5", Code::condition_unsupported, 1, "age"},
        {"年龄", Code::condition_unsupported, 1, "年龄"},
        {"? > 5", Code::condition_unsupported, 1, "?"},
        {"5 + 3", Code::condition_unsupported, 3, "+"},
        {"{a: 1}", Code::condition_unsupported, 1, "{"},
        {"[1, 2]", Code::condition_syntax, 3, ","},  // a list as a value
        {"(5)", Code::condition_syntax, 3, ")"},
        {"[1..2", Code::condition_incomplete, 6, ""},
        {"[1.2]", Code::condition_syntax, 5, "]"},
        {"[1....2]", Code::condition_syntax, 5, "."},
        {"{1..2]", Code::condition_unsupported, 1, "{"},
        {"[1..2}", Code::condition_syntax, 6, "}"},
        {")1..2(", Code::condition_syntax, 1, ")"},
        {"[..5]", Code::condition_syntax, 2, "."},
        {"[null..5]", Code::condition_order_undefined, 2, "null"},
        {"< null", Code::condition_order_undefined, 3, "null"},
        {"< true", Code::condition_order_undefined, 3, "true"},
        {"[false..true]", Code::condition_order_undefined, 2, "false"},
        {"not 5", Code::condition_unsupported, 1, "not"},
        {"not", Code::condition_unsupported, 1, "not"},
        {"not(5", Code::condition_incomplete, 6, ""},
        {"not(5))", Code::condition_syntax, 7, ")"},
        {"not()", Code::condition_syntax, 5, ")"},
        {"not(5), 6", Code::condition_syntax, 7, ","},
        {"6, not(5)", Code::condition_unsupported, 4, "not"},
        {"not(not(5))", Code::condition_unsupported, 5, "not"},
        {"\"a", Code::condition_incomplete, 3, ""},
        {"\"a\nb\"", Code::condition_syntax, 3, "\\n"},
        {R"("a\q")", Code::condition_syntax, 3, "\\q"},
        {R"("\u12g4")", Code::condition_syntax, 2, "\\u12g4"},
        {R"("\uD800")", Code::condition_syntax, 2, "\\uD800"},
        {R"("\uDC00\uD800")", Code::condition_syntax, 2, "\\uDC00"},
        {R"("\U110000")", Code::condition_syntax, 2, "\\U110000"},
        {"\"a\\", Code::condition_syntax, 3, "\\"},
        {"'a'", Code::condition_syntax, 1, "'"},
        {"“a”", Code::condition_syntax, 1, "“"},
        {"1，2", Code::condition_syntax, 2, "，"},
        {"≥5", Code::condition_unsupported, 1, "≥5"},
        {"＞5", Code::condition_syntax, 1, "＞"},
        {"date(2026-01-01)", Code::condition_syntax, 6, "2026"},
        {"date(\"2026-1-1\")", Code::condition_date_invalid, 1, "\"2026-1-1\""},
        {"date(\"2026-02-29\")", Code::condition_date_invalid, 1, "\"2026-02-29\""},
        {"date(\"0000-00-00\")", Code::condition_date_invalid, 1, "\"0000-00-00\""},
        {"date(\"2026-01-01\"", Code::condition_incomplete, 18, ""},
        {"date \"2026-01-01\"", Code::condition_syntax, 6, "\""},
        {"@\"PT1H\"", Code::condition_date_invalid, 1, "\"PT1H\""},
        {"time(\"10:00:00\")", Code::condition_unsupported, 1, "time"},
        {"duration(\"P1D\")", Code::condition_unsupported, 1, "duration"},
        {"TRUE", Code::condition_unsupported, 1, "TRUE"},
        {"nullable", Code::condition_unsupported, 1, "nullable"},
        {"trueish", Code::condition_unsupported, 1, "trueish"},
        {"1234567890123456", Code::condition_number_invalid, 1, "1234567890123456"},
        {"< 0.1234567890123456", Code::condition_number_invalid, 3, "0.1234567890123456"},
        {"5, \"a\"", Code::condition_mixed_types, 4, ""},
        {"[1..\"a\"]", Code::condition_mixed_types, 5, ""},
        {"true, 1", Code::condition_mixed_types, 7, ""},
        {"null, 1, date(\"2026-01-01\")", Code::condition_mixed_types, 10, ""},
        {"5 // five", Code::condition_unsupported, 3, "/"},
        {"\"\xFF\"", Code::condition_not_utf8, 2, ""},
        {"5 \xB4\xE5", Code::condition_not_utf8, 3, ""},
    };
    for (const Row& row : table) {
        CAPTURE(row.text);
        const auto parsed = UnaryTests::parse(row.text);
        REQUIRE(parsed.fault.has_value());
        CHECK_FALSE(parsed.tests.has_value());
        CAPTURE(message(*parsed.fault, Language::en));
        CHECK(code_name(parsed.fault->code) == code_name(row.code));
        CHECK(field(*parsed.fault, "position") == std::to_string(row.position));
        CHECK(field(*parsed.fault, "found") == row.found);
        CHECK(message(*parsed.fault, Language::zh).find(row.found) != std::string::npos);
    }
}

TEST_CASE("messages count characters, fields bytes too") {
    const auto parsed = UnaryTests::parse("\"党员\", 群众");
    REQUIRE(parsed.fault.has_value());
    CHECK(field(*parsed.fault, "position") == "11");
    CHECK(field(*parsed.fault, "character") == "7");
    CHECK(message(*parsed.fault, Language::zh).find("第7个字") != std::string::npos);
    CHECK(message(*parsed.fault, Language::en).find("at character 7") != std::string::npos);
}

TEST_CASE("fifteen digits are kept apart, and no more are taken") {
    for (const char* const text : {"123456789012345", "0.000123456789012345", "1000000000000000000000",
                                   "-0.10000000000000000000", "000000000000000000001"})
        CHECK_MESSAGE(UnaryTests::parse(text).tests.has_value(), text);
    CHECK(tests_from("0.300000000000001").matches(0.300000000000001));
    CHECK_FALSE(tests_from("0.300000000000001").matches(0.3));
    const std::string huge = "1" + std::string(400, '0');
    const std::string tiny = "0." + std::string(400, '0') + "1";
    CHECK(UnaryTests::parse(huge).fault->code == Code::condition_number_invalid);
    CHECK(UnaryTests::parse(tiny).fault->code == Code::condition_number_invalid);
    CHECK(tests_from("0." + std::string(400, '0')).matches(0.0));
}

TEST_CASE("hostile texts: long, deep, all brackets") {
    CHECK(UnaryTests::parse(std::string(70000, '(')).fault->code == Code::condition_too_long);
    for (const char mark : {'(', '[', ']', ')', '-', '"', '\\', ',', '.', '<', ' ', '9', '\0'})
        CHECK(UnaryTests::parse(std::string(65536, mark)).fault.has_value());
    std::string list = "0";
    for (int i = 1; list.size() < 65000; ++i) list += "," + std::to_string(i * 3 % 65537);
    const UnaryTests tests = tests_from(list);
    CHECK(tests.matches(3.0));
    CHECK_FALSE(tests.matches(-1.0));
    std::string nots;
    for (int i = 0; i < 10000; ++i) nots += "not(";
    CHECK(UnaryTests::parse(nots).fault->code == Code::condition_unsupported);
    const auto shown = UnaryTests::parse("x" + std::string(60000, 'y')).fault;
    CHECK(message(*shown, Language::en).size() < 1000);
}
