#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gridgov/error.hpp"
#include "tests_from.hpp"

using namespace gridgov;
using namespace gridgov::conditions;

namespace {

struct Answer {
    std::vector<std::uint8_t> satisfied;
    std::vector<std::uint32_t> unreadable;
    friend bool operator==(const Answer&, const Answer&) = default;
};

Answer ask(const char* tests, const ValueColumn& column) {
    Answer answer;
    answer.satisfied.assign(column.size(), 7);
    tests_from(tests).evaluate(column, answer.satisfied, answer.unreadable);
    return answer;
}

ValueColumn of(const std::vector<std::string>& cells) {
    ValueColumn column;
    column.texts = TextColumn(cells);
    return column;
}

}  // namespace

TEST_CASE("cells are read as the tests ask") {
    const std::vector<std::string> cells{"18", " 17.5 ", "", "　", "x", "1e3", "+5", "1,000", "-3", "007"};
    CHECK(ask(">= 18", of(cells)) ==
          Answer{{1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {4, 5, 6, 7}});
    CHECK(ask("null", of(cells)) == Answer{{0, 0, 1, 1, 0, 0, 0, 0, 0, 0}, {}});
    CHECK(ask("not(null)", of(cells)) == Answer{{1, 1, 0, 0, 1, 1, 1, 1, 1, 1}, {}});
    CHECK(ask("-", of(cells)) == Answer{{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {}});
    CHECK(ask(R"(not("x"))", of(cells)) == Answer{{1, 1, 0, 0, 0, 1, 1, 1, 1, 1}, {}});
    CHECK(ask(R"("18"," 17.5 ")", of(cells)) == Answer{{1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, {}});

    const std::vector<std::string> days{"2026-01-01", "2026-1-1", " 2026-01-02", "0000-00-00", ""};
    CHECK(ask(R"(<= date("2026-01-01"))", of(days)) == Answer{{1, 0, 0, 0, 0}, {1, 3}});

    const std::vector<std::string> truths{"true", "No", "1", "0", "是", "否", "YES", "FALSE",
                                          "TRUE", "y",  "",  "2", " 是 "};
    CHECK(ask("true", of(truths)) ==
          Answer{{1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1}, {9, 11}});
    CHECK(ask("not(true)", of(truths)) ==
          Answer{{0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0}, {9, 11}});
}

TEST_CASE("one cell by itself") {
    CHECK(read_cell("", Type::number) == Value{});
    CHECK(read_cell(" \t", Type::text) == Value{});
    CHECK(read_cell(" a ", Type::text) == Value{std::string_view(" a ")});
    CHECK(read_cell("a", Type::any) == Value{std::string_view("a")});
    CHECK(read_cell("-0", Type::number) == Value{0.0});
    CHECK_FALSE(read_cell("nan", Type::number).has_value());
    CHECK_FALSE(read_cell("inf", Type::number).has_value());
    CHECK_FALSE(read_cell("1234567890123456", Type::number).has_value());
    CHECK_FALSE(read_cell("1.", Type::number).has_value());
    CHECK_FALSE(read_cell("１８", Type::number).has_value());
    CHECK_FALSE(read_cell(std::string(100000, '9'), Type::number).has_value());
}

TEST_CASE("typed columns, with what is missing and what is no value") {
    ValueColumn column;
    const double nan = std::nan("");
    const double infinite = std::numeric_limits<double>::infinity();
    const std::vector<double> numbers{18, 17, nan, infinite, -infinite, -0.0};
    column.numbers = numbers;
    CHECK(ask(">= 18", column) == Answer{{1, 0, 0, 0, 0, 0}, {3, 4}});
    CHECK(ask("null, 0", column) == Answer{{0, 0, 1, 0, 0, 1}, {3, 4}});
    CHECK(ask("not(null)", column) == Answer{{1, 1, 0, 1, 1, 1}, {}});

    ValueColumn dates;
    const std::vector<std::int32_t> days{day("2026-01-01").days, Date::none().days,
                                         std::numeric_limits<std::int32_t>::min(), date_max.days};
    dates.dates = days;
    CHECK(ask(R"(> date("2025-12-31"))", dates) == Answer{{1, 0, 0, 1}, {2}});
    CHECK(ask("null", dates) == Answer{{0, 1, 0, 0}, {}});

    ValueColumn booleans;
    const std::vector<std::uint8_t> truths{0, 1, 255, 2};
    booleans.booleans = truths;
    CHECK(ask("true", booleans) == Answer{{0, 1, 0, 0}, {3}});
    CHECK(ask("null, false", booleans) == Answer{{1, 0, 1, 0}, {3}});
}

TEST_CASE("every row of a column is asked as its value would be") {
    const std::vector<double> numbers{-2, 0, 0.5, 1, std::nan(""), 2.25, 10, 1e300, -1e300};
    ValueColumn column;
    column.numbers = numbers;
    for (const char* const text : {"<1", "not([0..1])", "null,>=2.25", "-", "not(null)", "0,1,10"}) {
        const UnaryTests tests = tests_from(text);
        const Answer answer = ask(text, column);
        for (std::size_t row = 0; row < numbers.size(); ++row)
            CHECK((answer.satisfied[row] == 1) == tests.matches(numbers[row]));
    }
}

TEST_CASE("a caller's mistakes") {
    const std::vector<double> numbers{1, 2};
    ValueColumn column;
    column.numbers = numbers;
    std::vector<std::uint8_t> satisfied(2);
    std::vector<std::uint32_t> unreadable;
    const auto code = [&](const char* tests) {
        try {
            tests_from(tests).evaluate(column, satisfied, unreadable);
        } catch (const UsageError& error) {
            return error.finding().code;
        }
        return Code{};
    };
    CHECK(code(R"("a")") == Code::condition_type_clash);
    CHECK(code("true") == Code::condition_type_clash);
    CHECK(code("-") == Code{});
    satisfied.resize(3);
    CHECK(code("5") == Code::column_size_mismatch);
}

TEST_CASE("an empty column satisfies nothing and faults nothing") {
    CHECK(ask("> 5", {}) == Answer{});
    CHECK(ask(R"("a")", of({})) == Answer{});
}
