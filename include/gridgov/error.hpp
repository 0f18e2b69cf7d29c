// The two exceptions that gridgov throws. Bad data is collected whole before it is thrown; what a
// solver could not do is a status in its result and never an exception.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"

namespace gridgov {

/// A caller's mistake: options that contradict each other, arrays of unequal length, an index out of
/// range. Carries one finding (code, fields); `what()` is its English message. A value: may be read by
/// several threads at once.
class GRIDGOV_EXPORT UsageError : public std::invalid_argument {
public:
    explicit UsageError(Finding finding)
        : std::invalid_argument(message(finding, Language::en)), finding_(std::move(finding)) {}
    const Finding& finding() const noexcept { return finding_; }

private:
    Finding finding_;
};

/// Data that cannot be used: every fault found, in the order of tables and rows. `what()` is the
/// first fault's English message and the count of the others. A value: may be read by several threads
/// at once.
class GRIDGOV_EXPORT DataError : public std::runtime_error {
public:
    explicit DataError(std::vector<Finding> findings)
        : std::runtime_error(summarise(findings)), findings_(std::move(findings)) {}
    const std::vector<Finding>& findings() const noexcept { return findings_; }

private:
    static std::string summarise(const std::vector<Finding>& findings) {
        if (findings.empty()) return "invalid data";
        std::string text = message(findings.front(), Language::en);
        if (findings.size() > 1)
            text += " (and " + std::to_string(findings.size() - 1) + " more)";
        return text;
    }
    std::vector<Finding> findings_;
};

}  // namespace gridgov
