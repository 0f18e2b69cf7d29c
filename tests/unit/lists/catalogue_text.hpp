// Catalogues from TOML as tests write it, and what findings say of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gridgov/lists/catalogue.hpp"

namespace gridgov::lists::test {

/// Reads texts as layers, the most general first; faults call them one.toml, two.toml, three.toml.
inline Catalogue read_texts(const std::vector<std::string_view>& texts) {
    static const std::vector<std::string> names{"one.toml", "two.toml", "three.toml"};
    std::vector<Source> sources;
    for (std::size_t i = 0; i < texts.size(); ++i) sources.push_back({texts[i], names.at(i)});
    return Catalogue::read_toml(sources);
}

/// A field of a finding; empty if it has none of that name.
inline std::string field(const Finding& finding, std::string_view name) {
    for (const auto& [key, value] : finding.fields)
        if (key == name) return value;
    return {};
}

}  // namespace gridgov::lists::test
