// The standard's own semantics, rule by rule: OMG DMN 1.3, clauses 7.3.11, 8.3.3 and
// 10.3, as a table of tests, values and answers.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests_from.hpp"

using namespace gridgov;
using namespace gridgov::conditions;

namespace {

struct Row {
    const char* tests;
    std::vector<Value> satisfying;
    std::vector<Value> others;
};

Value text(const char* bytes) { return std::string_view(bytes); }
const Value missing{};

}  // namespace

TEST_CASE("rule by rule: which values satisfy which tests") {
    const Date new_year = day("2026-01-01");
    const std::vector<Row> table{
        // Rule 13.c and 16.c: "-" is irrelevant, satisfied by all, null too (8.3.3).
        {"-", {missing, 0.0, -1.5, true, false, text("x"), text(""), new_year}, {}},
        {" - ", {missing, 1.0}, {}},
        // Rules 12 and 15: a single value is a test for equality.
        {"18", {18.0}, {17.0, 18.5, -18.0, missing, text("18"), true}},
        {"-3", {-3.0}, {3.0, missing}},
        {"-0", {0.0, -0.0}, {1.0, missing}},
        {"0.10", {0.1}, {0.2, missing}},
        {".5", {0.5}, {5.0}},
        {"007", {7.0}, {70.0}},
        {R"("a")", {text("a")}, {text("A"), text("a "), text(""), text("ab"), missing, 1.0}},
        {R"("")", {text("")}, {text(" "), missing}},
        {R"("党员")", {text("党员")}, {text("党"), missing}},
        {"true", {true}, {false, missing, 1.0, text("true")}},
        {"false", {false}, {true, missing, 0.0}},
        {R"(date("2026-01-01"))", {new_year}, {new_year + 1, missing, text("2026-01-01")}},
        {R"(date ( "2026-01-01" ))", {new_year}, {new_year - 1}},
        {R"(@"2026-01-01")", {new_year}, {new_year - 1}},
        {"null", {missing}, {0.0, text(""), false, new_year}},
        // Rule 7.a: the four comparisons before an endpoint.
        {"< 5", {4.0, -1e300, 4.999}, {5.0, 6.0, missing, text("4"), true}},
        {"<= 5", {5.0, 4.0}, {5.000001, missing}},
        {"> 5", {5.000001, 1e300}, {5.0, 4.0, missing}},
        {">= 5", {5.0, 6.0}, {4.999999, missing}},
        {">=-5", {-5.0, 0.0}, {-6.0}},
        {R"(< "b")", {text("a"), text(""), text("az"), text("B")}, {text("b"), text("ba"), missing}},
        {R"(<= "b")", {text("b"), text("a")}, {text("ba"), text("c")}},
        {R"(> "b")", {text("ba"), text("c"), text("村")}, {text("b"), text("a")}},
        {R"(>= "b")", {text("b"), text("ba")}, {text("az")}},
        {R"(< date("2026-01-01"))", {new_year - 1, date_min}, {new_year, missing}},
        {R"(<= date("2026-01-01"))", {new_year}, {new_year + 1}},
        {R"(> date("2026-01-01"))", {new_year + 1, date_max}, {new_year, Date::none()}},
        {R"(>= date("2026-01-01"))", {new_year}, {new_year - 1}},
        // Rules 7.b and 8 to 11: each start with each end; "]" and "(" open, "[" and ")" likewise.
        {"[2..5]", {2.0, 3.5, 5.0}, {1.9, 5.1, missing}},
        {"[2..5)", {2.0, 4.9}, {5.0, 1.9}},
        {"[2..5[", {2.0, 4.9}, {5.0, 1.9}},
        {"(2..5]", {2.1, 5.0}, {2.0, 5.1}},
        {"]2..5]", {2.1, 5.0}, {2.0, 5.1}},
        {"(2..5)", {2.1, 4.9}, {2.0, 5.0}},
        {"]2..5[", {2.1, 4.9}, {2.0, 5.0}},
        {"(2..5[", {2.1}, {2.0, 5.0}},
        {"]2..5)", {2.1}, {2.0, 5.0}},
        {"[-2..-1]", {-2.0, -1.5, -1.0}, {-2.5, 0.0}},
        {"[ 2 .. 5 ]", {2.0, 5.0}, {1.0}},
        {"[1...2]", {}, {1.0, 0.2}},  // from 1 to .2
        {"[2.5..2.75]", {2.5, 2.6, 2.75}, {2.4, 3.0}},
        {"[5..5]", {5.0}, {4.0, 6.0}},
        {"(5..5)", {}, {5.0, 4.0, missing}},
        {"[5..5)", {}, {5.0}},
        {"[5..2]", {}, {5.0, 2.0, 3.0, missing}},  // legal, and empty
        {R"(["a".."c"])", {text("a"), text("bzz"), text("c")}, {text("ca"), text("A"), missing}},
        {R"(("a".."c"))", {text("aa"), text("b")}, {text("a"), text("c")}},
        {R"([date("2026-01-01")..date("2026-02-01")))",
         {new_year, day("2026-01-31")},
         {day("2026-02-01"), day("2025-12-31"), missing}},
        // Rules 12 and 15: a list is satisfied if one of its tests is.
        {"1, 2,3", {1.0, 2.0, 3.0}, {1.5, missing}},
        {"<5, >=10, 7", {4.0, 10.0, 7.0}, {5.0, 8.0, 9.9, missing}},
        {R"("party_member","veteran")", {text("party_member"), text("veteran")}, {text("other")}},
        {"null, 5", {missing, 5.0}, {4.0, text("5")}},
        {"5, null", {missing, 5.0}, {4.0}},
        {"true, false", {true, false}, {missing, 1.0}},
        // Rules 13.b and 16.b: not(…) around a list; a missing value never satisfies it.
        {"not(5)", {4.0, 6.0}, {5.0, missing, text("x"), true}},
        {"not(<5, >10)", {5.0, 7.0, 10.0}, {4.0, 11.0, missing}},
        {R"(not("a","b"))", {text("c"), text("")}, {text("a"), text("b"), missing, 1.0}},
        {"not([2..5))", {1.0, 5.0}, {2.0, 4.0, missing}},
        {"not(true)", {false}, {true, missing}},
        {"not(null)", {0.0, text(""), text("x"), true, new_year}, {missing}},
        {"not(null, 5)", {4.0}, {missing, 5.0, text("x")}},
        {"not ( 5 )", {4.0}, {5.0}},
        {"not((5..5))", {5.0}, {missing}},
        {R"(not(date("2026-01-01")))", {new_year + 1}, {new_year, missing}},
        // White space of rule 61 and 62: U+3000, a line break, U+00A0.
        {"\xE3\x80\x80>=\xC2\xA0"
         "18\n",
         {18.0},
         {17.0}},
    };
    for (const Row& row : table) {
        CAPTURE(row.tests);
        const UnaryTests tests = tests_from(row.tests);
        CHECK(tests.text() == row.tests);
        for (const Value& value : row.satisfying) CHECK_MESSAGE(tests.matches(value), feel_text(value));
        for (const Value& value : row.others)
            CHECK_MESSAGE(!tests.matches(value), feel_text(value));
    }
}

TEST_CASE("what is missing, and what is no value at all") {
    const double nan = std::nan("");
    const double infinite = std::numeric_limits<double>::infinity();
    for (const Value& value : {Value{}, Value{nan}, Value{Date::none()}}) {
        CHECK(type_of(value) == Type::any);
        CHECK(tests_from("null").matches(value));
        CHECK(tests_from("-").matches(value));
        CHECK_FALSE(tests_from("not(null)").matches(value));
        CHECK_FALSE(tests_from("not(5)").matches(value));
    }
    CHECK_FALSE(tests_from("> 5").matches(infinite));
    CHECK_FALSE(tests_from("not(5)").matches(-infinite));
    CHECK_FALSE(tests_from(R"(not(date("2026-01-01")))").matches(date_max + 1));
}

TEST_CASE("types of tests") {
    CHECK(tests_from("-").type() == Type::any);
    CHECK(tests_from("null").type() == Type::any);
    CHECK(tests_from("not(null)").type() == Type::any);
    CHECK(tests_from("null, 5").type() == Type::number);
    CHECK(tests_from("true").type() == Type::boolean);
    CHECK(tests_from(R"("a")").type() == Type::text);
    CHECK(tests_from(R"(> @"2026-01-01")").type() == Type::date);
    CHECK(UnaryTests().type() == Type::any);
    CHECK(UnaryTests() == tests_from("-"));
}

TEST_CASE("escapes of string literals (rules 35 and 64)") {
    const std::vector<std::pair<const char*, std::string>> table{
        {R"("\"")", "\""},         {R"("\\")", "\\"},          {R"("\'")", "'"},
        {R"("\n\r\t")", "\n\r\t"}, {R"("\u6751")", "村"},      {R"("\uD83D\uDC0E")", "🐎"},
        {R"("\U01F40E")", "🐎"},   {R"("\u0041\u00e9")", "Aé"}, {R"("'")", "'"},
    };
    for (const auto& row : table) {
        const char* const literal = row.first;
        const std::string& meant = row.second;
        CAPTURE(literal);
        CHECK(tests_from(literal).matches(std::string_view(meant)));
        std::string storage;
        CHECK(parse_literal(literal, storage) == Value{std::string_view(meant)});
    }
}

TEST_CASE("literals round trip through feel_text") {
    const std::vector<Value> values{
        missing, true, false, 0.0, 18.0, -1.5, 0.1, 123456789012345.0, 1e-7, 1e20,
        text("a"), text(""), text("党员\"\\\n\t\r"), text("\x01 x"), day("2024-02-29")};
    for (const Value& value : values) {
        std::string storage;
        const auto again = parse_literal(" " + feel_text(value) + " ", storage);
        REQUIRE_MESSAGE(again.has_value(), feel_text(value));
        CHECK(*again == value);
    }
    CHECK(feel_text(18.0) == "18");
    CHECK(feel_text(-0.0) == "0");
    CHECK(feel_text(text("党员")) == "\"党员\"");
    CHECK(feel_text(day("2026-01-01")) == "date(\"2026-01-01\")");
    CHECK(feel_text(std::nan("")) == "null");
    CHECK(feel_text(1e20) == "100000000000000000000");
    std::string storage;
    for (const char* const none : {"", "x", "5 6", "> 5", "\"a", "date()", "nullx", "5x", "\xFF"})
        CHECK_MESSAGE(!parse_literal(none, storage), none);
}

TEST_CASE("lists of one meaning are equal") {
    CHECK(tests_from("1,2") == tests_from("2, 1, 2"));
    CHECK(tests_from("<5, >=5") == tests_from("not((1..1))"));
    CHECK(tests_from("[1..3], (2..5]") == tests_from("[1..5]"));
    CHECK(tests_from("[1..3), [3..5]") == tests_from("[1..5]"));
    CHECK_FALSE(tests_from("[1..3), (3..5]") == tests_from("[1..5]"));
    CHECK(tests_from(R"(not(<"b"))") == tests_from(R"(>="b")"));
    CHECK(tests_from("not(true)") == tests_from("false"));
    CHECK_FALSE(tests_from("5") == tests_from("null,5"));
    CHECK_FALSE(tests_from("5") == tests_from(R"("5")"));
}

TEST_CASE("nothing and everything") {
    for (const char* const text : {"(5..5)", "[5..2]", R"(("a".."a"])", "not(<5,>=5)"})
        CHECK_MESSAGE(tests_from(text).empty(), text);
    for (const char* const text : {"-", "null, <5, >=5", R"(null, <="a", >"a")", "null,true,false"})
        CHECK_MESSAGE(tests_from(text).everything(), text);
    for (const char* const text : {"5", "null", "not(null)", "<5,>=5", "not(5)", "true,false"}) {
        CHECK_MESSAGE(!tests_from(text).empty(), text);
        CHECK_MESSAGE(!tests_from(text).everything(), text);
    }
}
