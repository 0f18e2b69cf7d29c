#include "gridgov/version.hpp"

#define GRIDGOV_TEXT_(x) #x
#define GRIDGOV_TEXT(x) GRIDGOV_TEXT_(x)

namespace gridgov {

std::string_view version() noexcept {
    return GRIDGOV_TEXT(GRIDGOV_VERSION_MAJOR) "." GRIDGOV_TEXT(GRIDGOV_VERSION_MINOR) "."
        GRIDGOV_TEXT(GRIDGOV_VERSION_PATCH);
}

}  // namespace gridgov
