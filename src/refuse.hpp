// Throwing a caller's mistake, in one line.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gridgov/error.hpp"

namespace gridgov {

/// Throws UsageError with a code and its fields; `row` where a row of the households is to blame.
[[noreturn]] inline void refuse(Code code, std::vector<std::pair<std::string, std::string>> fields,
                                std::int64_t row = -1) {
    Finding finding;
    finding.code = code;
    finding.fields = std::move(fields);
    finding.row = row;
    if (row >= 0) finding.table = Table::households;
    throw UsageError(std::move(finding));
}

}  // namespace gridgov
