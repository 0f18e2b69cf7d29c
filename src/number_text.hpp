// Numbers as text for the fields of findings: shortest digits that read back to the same number, in
// the C locale, never with an exponent where a person would not expect one.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <string>

namespace gridgov {

inline std::string number_text(double number) {
    if (std::isnan(number)) return "nan";
    const double size = std::fabs(number);
    const bool plain = size == 0 || (size >= 1e-6 && size < 1e15);
    char text[64];
    const auto end = plain ? std::to_chars(text, text + sizeof text, number, std::chars_format::fixed)
                           : std::to_chars(text, text + sizeof text, number);
    return {text, end.ptr};
}

template <std::integral Number>
std::string number_text(Number number) {
    return std::to_string(number);
}

}  // namespace gridgov
