// gridgov: version of the library. One place; CMake and the Python package read it from here.
#pragma once

#include <string_view>

#include "gridgov/export.hpp"

#define GRIDGOV_VERSION_MAJOR 0
#define GRIDGOV_VERSION_MINOR 1
#define GRIDGOV_VERSION_PATCH 0

namespace gridgov {

/// The version of the compiled library as "major.minor.patch" (semantic versioning).
/// Compare with the GRIDGOV_VERSION_* macros to detect headers and library of different versions.
GRIDGOV_EXPORT std::string_view version() noexcept;

}  // namespace gridgov
