// Tests that must be readable, in one word.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "gridgov/conditions/unary_tests.hpp"

inline gridgov::conditions::UnaryTests tests_from(std::string_view text) {
    const auto parsed = gridgov::conditions::UnaryTests::parse(text);
    if (parsed.fault) FAIL(message(*parsed.fault, gridgov::Language::en));
    return *parsed.tests;
}

inline gridgov::Date day(std::string_view text) {
    const auto date = gridgov::parse_date(text);
    REQUIRE(date.has_value());
    return *date;
}
