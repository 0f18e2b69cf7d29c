// What is looked at before a parser sees a document.
#pragma once

#include <string_view>
#include <vector>

#include "documents/document.hpp"

namespace gridgov::documents {

/// The text without its byte-order mark, if it is small enough and UTF-8; else nothing and a finding.
std::optional<std::string_view> checked_text(const Source& source, std::vector<Finding>& findings);

/// A finding with the source's name, and a line and column where they are known (not 0).
Finding& document_fault(Code code, const Source& source, std::uint32_t line, std::uint32_t column,
                        std::vector<Finding>& findings);

}  // namespace gridgov::documents
