// Explanations of the lists' answers, in English or Chinese, rendered from data.
#pragma once

#include <string>
#include <string_view>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/lists/decide.hpp"
#include "gridgov/lists/diff.hpp"

namespace gridgov::report {

/// A verdict in the reader's words: "must be done" or 应当办理 …
GRIDGOV_EXPORT std::string_view verdict_text(lists::Verdict verdict, Language language) noexcept;
/// A list's name: "must list" or 依法履行职责事项清单 …
GRIDGOV_EXPORT std::string_view list_text(lists::List list, Language language) noexcept;

/// A decision in a few sentences: the verdict, the item that decides and its file, the law that it
/// cites, the department that is responsible where it is refused, what was overridden; where nothing
/// applies the jurisdiction's default and the nearest miss with what would have to change.
GRIDGOV_EXPORT
std::string decision_text(const lists::Catalogue& catalogue, const lists::Request& request,
                          const lists::Decision& decision, Language language);

/// A difference in a few lines: what was added, removed, moved; who carries more and who less.
GRIDGOV_EXPORT
std::string difference_text(const lists::Catalogue& older, const lists::Catalogue& newer,
                            const lists::Difference& difference, Language language);

}  // namespace gridgov::report
