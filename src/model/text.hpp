// Texts as callers hand them in: names as numbers, numbers as rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/model/columns.hpp"
#include "utf8.hpp"

namespace gridgov::model {

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
