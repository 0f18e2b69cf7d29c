// Texts as callers hand them in: whether they are UTF-8, how to show them, and names as numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/model/columns.hpp"

namespace gridgov::model {

/// Whether the bytes are UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view text) noexcept;

/// The text itself if it is UTF-8, else with every byte beyond ASCII written as \xHH, so that a
/// finding can always be shown.
std::string readable(std::string_view text);

/// A column of names as numbers: the distinct names in byte order, and for each row the number of its
/// name (no_index where it is empty).
struct Names {
    std::vector<std::string> names;
    std::vector<std::uint32_t> number_of_row;
};
Names number_names(const TextColumn& column);

/// The row that a text like "0" or "17" means, if it is one below `rows` written the only way.
std::optional<std::uint32_t> row_from_text(std::string_view text, std::size_t rows) noexcept;

}  // namespace gridgov::model
