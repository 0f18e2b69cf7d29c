// Whether bytes are UTF-8, and how to show them where they are not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gridgov {

/// Whether the bytes are UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view text) noexcept;

/// The length in bytes of the sequence that starts at `at`, which must be within the text; 0 if it is
/// not well formed.
std::size_t utf8_length(std::string_view text, std::size_t at) noexcept;

/// The text itself if it is UTF-8, else with every byte beyond ASCII written as \xHH, so that a
/// finding can always be shown.
std::string readable(std::string_view text);

/// Appends a code point, at most U+10FFFF and no surrogate.
void append_utf8(std::string& out, char32_t code_point);

}  // namespace gridgov
