// Explanations: what a person reads of a result, in English or Chinese, rendered from data.
#pragma once

#include <string>
#include <string_view>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/partition/partition.hpp"

namespace gridgov::report {

/// A status in the reader's words: "within" or 合标准 …
GRIDGOV_EXPORT std::string_view status_text(partition::Status status, Language language) noexcept;

/// Why a courtyard is not within, as one sentence; empty for courtyards within.
GRIDGOV_EXPORT
std::string reason_text(const partition::Partition& partition, CourtyardIndex courtyard,
                        Language language);

/// The result in a few lines: counts, distances, broken rules.
GRIDGOV_EXPORT std::string summary_text(const partition::Partition& partition, Language language);

}  // namespace gridgov::report
