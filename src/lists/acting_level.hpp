// `level:village`: everyone of a level.
#pragma once

#include <optional>
#include <string_view>

#include "gridgov/lists/catalogue.hpp"

namespace gridgov::lists {

inline constexpr std::string_view level_prefix = "level:";

/// The level of `level:x`; nothing where the text is no such word.
inline std::optional<Level> acting_level(std::string_view text) noexcept {
    if (text.substr(0, level_prefix.size()) != level_prefix) return std::nullopt;
    for (const Level level :
         {Level::courtyard, Level::grid, Level::village, Level::town, Level::district})
        if (level_name(level) == text.substr(level_prefix.size())) return level;
    return std::nullopt;
}

}  // namespace gridgov::lists
