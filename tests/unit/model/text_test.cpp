#include "model/text.hpp"

#include <doctest/doctest.h>

#include <random>

#include "gridgov/model/ids.hpp"

using namespace gridgov;

namespace {

/// UTF-8 by decoding and encoding again: what comes back must be what went in.
bool is_utf8_slowly(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto byte = [&](std::size_t i) -> unsigned {
            return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
        };
        unsigned point = 0;
        std::size_t length = 0;
        if (byte(0) < 0x80) { point = byte(0); length = 1; }
        else if (byte(0) >> 5 == 6) { point = byte(0) & 31; length = 2; }
        else if (byte(0) >> 4 == 14) { point = byte(0) & 15; length = 3; }
        else if (byte(0) >> 3 == 30) { point = byte(0) & 7; length = 4; }
        else return false;
        for (std::size_t i = 1; i < length; ++i) {
            if (byte(i) >> 6 != 2) return false;
            point = point << 6 | (byte(i) & 63);
        }
        const std::size_t least = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        if (least != length || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
            return false;
        at += length;
    }
    return true;
}

}  // namespace

TEST_CASE("UTF-8 is told from what is not") {
    for (const char* good : {"", "a", "村委会", "\xF0\xA0\xAE\xB7", "\xEF\xBF\xBF", "\xED\x9F\xBF",
                             "0123456789", "01234567村", "\xF4\x8F\xBF\xBF"})
        CHECK(is_utf8(good));
    for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                            "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE6\x9D",
                            "01234567\xFF", "\xB4\xE5", "\xE6\x9D\x41"})
        CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("property: the quick check agrees with the slow one") {
    std::mt19937_64 random(1);
    constexpr unsigned char bytes[] = {0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2,
                                       0xDF, 0xE0, 0xE6, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF};
    for (int round = 0; round < 200'000; ++round) {
        std::string text;
        for (std::size_t i = random() % 12; i-- > 0;)
            text += static_cast<char>(bytes[random() % sizeof bytes]);
        REQUIRE(is_utf8(text) == is_utf8_slowly(text));
        REQUIRE(is_utf8(readable(text)));
    }
}

TEST_CASE("a text is readable as it is if it is UTF-8, else with its bytes spelt out") {
    CHECK(readable("村 1") == "村 1");
    CHECK(readable("a\xB4z") == "a\\xB4z");
}

TEST_CASE("names are numbered in byte order; empty ones are none") {
    const std::vector<std::string> column{"b", "", "a", "b", "B", "a"};
    const auto names = model::number_names(std::span<const std::string>(column));
    CHECK(names.names == std::vector<std::string>{"B", "a", "b"});
    CHECK(names.number_of_row == std::vector<std::uint32_t>{2, no_index, 1, 2, 0, 1});
}

TEST_CASE("row numbers are read only as they are written") {
    CHECK(model::row_from_text("0", 1) == 0U);
    CHECK(model::row_from_text("10", 11) == 10U);
    for (const char* bad : {"", "1", "00", "-0", "0x0", "0 ", "99999999999999999999"})
        CHECK_FALSE(model::row_from_text(bad, 1).has_value());
}
