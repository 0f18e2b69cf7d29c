// FEEL's literals and white space, byte by byte.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gridgov/conditions/unary_tests.hpp"

namespace gridgov::conditions {

/// The length of the white space (DMN 1.3, 10.3.1.2, rules 61 and 62) that starts at `at`; 0 if none.
std::size_t white_space_length(std::string_view text, std::size_t at) noexcept;
/// The first byte from `at` on that is not white space.
std::size_t skip_white_space(std::string_view text, std::size_t at) noexcept;
std::string_view without_white_space(std::string_view text) noexcept;

/// Whether a byte can go on a name: letters, digits, underscores and everything beyond ASCII that is
/// neither white space nor one of the full-width marks that stand for ASCII ones.
std::size_t name_length(std::string_view text, std::size_t at) noexcept;

/// What a literal turned out to be.
struct Literal {
    Value value;
    std::size_t end = 0;  ///< the byte behind it
};

/// Reads the literal that starts at `at`. `literal` is absent where none starts there; then `fault` is
/// set if one began and went wrong.
struct LiteralRead {
    std::optional<Literal> literal;
    std::optional<Finding> fault;
};
LiteralRead read_literal(std::string_view text, std::size_t at, std::string& storage);

/// A fault at byte `at` (from 0), which is shown with what stands there.
Finding condition_fault(Code code, std::string_view text, std::size_t at, std::string found,
                        std::string_view expected = {});
/// The name, mark or quoted text that stands at a byte, at most 40 bytes of it.
std::string found_at(std::string_view text, std::size_t at);
/// condition_syntax, condition_incomplete at the end of the text, or condition_unsupported at a name.
Finding unexpected(std::string_view text, std::size_t at, std::string_view expected);

/// A number in decimal notation of at most 15 significant digits: `-`, digits, `.`, digits.
enum class NumberRead : unsigned char { none, good, invalid };
NumberRead read_number(std::string_view text, std::size_t at, double& number,
                       std::size_t& end) noexcept;

}  // namespace gridgov::conditions
