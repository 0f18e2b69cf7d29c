// Sets against brute force: tests made at random, evaluated over sample values one by one.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "tests_from.hpp"

using namespace gridgov;
using namespace gridgov::conditions;

namespace {

/// A small generator of its own: the same numbers anywhere (splitmix64).
struct Random {
    std::uint64_t state;
    std::uint64_t next() {
        std::uint64_t z = (state += 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t count) { return next() % count; }
};

const std::array<const char*, 6> numbers{"-2", "0", "0.5", "1", "2.25", "10"};
const std::array<const char*, 6> texts{R"("")", R"("a")", R"("ab")", R"("b")", R"("村")", R"("a ")"};
const std::array<const char*, 5> dates{R"(date("0001-01-01"))", R"(date("2025-12-31"))",
                                       R"(date("2026-01-01"))", R"(date("2026-01-02"))",
                                       R"(date("9999-12-31"))"};

std::string random_tests(Random& random, int type) {
    const auto literal = [&]() -> std::string {
        if (type == 0) return numbers[random.below(numbers.size())];
        if (type == 1) return texts[random.below(texts.size())];
        if (type == 2) return dates[random.below(dates.size())];
        return random.below(2) == 0 ? "true" : "false";
    };
    if (random.below(12) == 0) return random.below(2) == 0 ? "-" : "not(null)";
    std::string list;
    for (std::size_t i = 1 + random.below(3); i > 0; --i) {
        if (!list.empty()) list += ", ";
        const auto kind = type == 3 ? 5 + random.below(4) : random.below(9);
        if (kind < 3) {
            list += (random.below(2) == 0 ? "<" : ">");
            list += (random.below(2) == 0 ? "=" : "") + literal();
        } else if (kind < 5) {
            list += "[(]"[random.below(3)] + literal() + ".." + literal() + "])["[random.below(3)];
        } else if (kind < 8) {
            list += literal();
        } else {
            list += "null";
        }
    }
    return random.below(3) == 0 ? "not(" + list + ")" : list;
}

std::vector<Value> samples(int type) {
    if (type == 0) {
        std::vector<Value> values{{}};
        for (const double number : {-2.0, 0.0, 0.5, 1.0, 2.25, 10.0})
            for (const double beside : {-1e300, -1.0, -1e-9, 0.0, 1e-9, 0.1, 1e300})
                values.emplace_back(number + beside);
        for (const double number : {-2.0, 0.5, 1.0, 2.25, 10.0}) {
            values.emplace_back(std::nextafter(number, -1e9));
            values.emplace_back(std::nextafter(number, 1e9));
        }
        return values;
    }
    if (type == 1) {
        static const std::array<std::string, 16> all{
            "", std::string(1, '\0'), "a", std::string("a\0", 2), "a ", "a!", "aa", "ab",
            std::string("ab\0", 3), "abc", "b", "other", "其他", "村", "村\x01", "\xF4\x8F\xBF\xBF"};
        std::vector<Value> values{{}};
        for (const std::string& text : all) values.emplace_back(std::string_view(text));
        return values;
    }
    if (type == 2) {
        std::vector<Value> values{{}};
        for (const char* const text : {"0001-01-01", "0001-01-02", "2025-12-30", "2025-12-31",
                                       "2026-01-01", "2026-01-02", "2026-01-03", "9999-12-31"})
            values.emplace_back(day(text));
        return values;
    }
    return {{}, true, false};
}

}  // namespace

TEST_CASE("what tests share, what goes beyond others, the nearest: as counting says") {
    Random random{20260101};
    std::size_t shared = 0;
    std::size_t beyond_count = 0;
    for (int round = 0; round < 20000; ++round) {
        const int type = static_cast<int>(random.below(4));
        const UnaryTests a = tests_from(random_tests(random, type));
        const UnaryTests b = tests_from(random_tests(random, type));
        const UnaryTests c = tests_from(random_tests(random, type));
        CAPTURE(a.text());
        CAPTURE(b.text());
        CAPTURE(c.text());
        const auto values = samples(type);
        const std::array<const UnaryTests*, 3> all{&a, &b, &c};

        const auto common = UnaryTests::common_value(all);
        if (common) {
            CAPTURE(feel_text(*common));
            for (const UnaryTests* const tests : all) REQUIRE(tests->matches(*common));
            ++shared;
        }
        const auto beyond = a.value_beyond(b);
        if (beyond) {
            CAPTURE(feel_text(*beyond));
            REQUIRE(a.matches(*beyond));
            REQUIRE_FALSE(b.matches(*beyond));
            ++beyond_count;
        }
        bool any_of_a = false;
        bool all_of_a = true;
        for (const Value& value : values) {
            const bool in_a = a.matches(value);
            const bool in_b = b.matches(value);
            if (in_a && in_b && c.matches(value)) REQUIRE_MESSAGE(common, feel_text(value));
            if (in_a && !in_b) REQUIRE_MESSAGE(beyond, feel_text(value));
            any_of_a = any_of_a || in_a;
            all_of_a = all_of_a && in_a;
            const auto near = a.nearest_value(value);
            REQUIRE(near.has_value() == !a.empty());
            if (!near) continue;
            REQUIRE(a.matches(*near));
            if (in_a) REQUIRE(type_of(*near) == type_of(value));
            // No sample that satisfies is nearer, where there is a distance and a bound to be near.
            if (type == 2 && type_of(value) == Type::date && type_of(*near) == Type::date) {
                const auto distance = [&](const Value& other) {
                    return std::abs(std::get<Date>(other) - std::get<Date>(value));
                };
                for (const Value& other : values)
                    if (type_of(other) == Type::date && a.matches(other))
                        REQUIRE(distance(*near) <= distance(other));
            }
        }
        if (any_of_a) REQUIRE_FALSE(a.empty());
        if (!all_of_a) REQUIRE_FALSE(a.everything());
        REQUIRE((a == b) == (!a.value_beyond(b) && !b.value_beyond(a) && a.type() == b.type()));
        // not(…) is the complement among values that are not missing.
        if (a.text()[0] != '-' && a.text().substr(0, 3) != "not") {
            const UnaryTests negated = tests_from("not(" + a.text() + ")");
            for (const Value& value : values)
                REQUIRE(negated.matches(value) ==
                        (type_of(value) != Type::any && !a.matches(value)));
        }
    }
    CHECK(shared > 1000);
    CHECK(beyond_count > 1000);
}

TEST_CASE("witnesses are simple") {
    const auto common = [](std::vector<const char*> texts_of_tests) -> std::string {
        std::vector<UnaryTests> tests;
        std::vector<const UnaryTests*> pointers;
        for (const char* const text : texts_of_tests) tests.push_back(tests_from(text));
        for (const UnaryTests& one : tests) pointers.push_back(&one);
        const auto value = UnaryTests::common_value(pointers);
        return value ? feel_text(*value) : "nothing";
    };
    CHECK(common({">= 18"}) == "18");
    CHECK(common({"> 18"}) == "19");
    CHECK(common({"< 18"}) == "17");
    CHECK(common({">= 18", "< 65"}) == "18");
    CHECK(common({"> 18", "<= 65"}) == "65");
    CHECK(common({"(18..20)"}) == "19");
    CHECK(common({"(0..1)"}) == "0.1");
    CHECK(common({"(0.1..0.2)"}) == "0.11");
    CHECK(common({"not(5)"}) == "4");
    CHECK(common({"-", ">= 5"}) == "5");
    CHECK(common({"-"}) == "\"other\"");
    CHECK(common({R"(not("a"))"}) == "\"other\"");
    CHECK(common({R"("b","a")", R"(not("a"))"}) == "\"b\"");
    CHECK(common({"true"}) == "true");
    CHECK(common({R"(< date("2026-01-01"))"}) == "date(\"2025-12-31\")");
    CHECK(common({"null", "null, 5"}) == "null");
    CHECK(common({"5", "6"}) == "nothing");
    CHECK(common({"5", R"("5")"}) == "nothing");
    CHECK(common({"null,5", R"(null,"5")"}) == "null");
    CHECK(common({}) == "\"other\"");
    CHECK(feel_text(*tests_from("-").value_beyond(tests_from("< 5"))) == "5");
    CHECK(feel_text(*tests_from("-").value_beyond(tests_from("<5,>=5"))) == "null");
    CHECK_FALSE(tests_from("not(null)").value_beyond(tests_from("<5,>=5")).has_value());
    CHECK(feel_text(*tests_from(">= 18").nearest_value(17.0)) == "18");
    CHECK(feel_text(*tests_from("< 5, > 9").nearest_value(8.0)) == "10");
    CHECK(feel_text(*tests_from("[0..5), >= 9").nearest_value(6.0)) == "9");
    CHECK(feel_text(*tests_from("[0..5], >= 9").nearest_value(6.0)) == "5");
    CHECK(feel_text(*tests_from(R"(> date("2026-01-01"))").nearest_value(day("2025-06-01"))) ==
          "date(\"2026-01-02\")");
    CHECK(feel_text(*tests_from("5").nearest_value(Value{})) == "5");
}
