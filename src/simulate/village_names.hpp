// Names for made-up villages.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gridgov::simulate {

/// So many different names, the same ones in the same order each time. The first two are villages of
/// the township that the article describes; the others are made of the common elements of Chinese
/// village names and mean no place.
std::vector<std::string> village_names(std::size_t count);

}  // namespace gridgov::simulate
