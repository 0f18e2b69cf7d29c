// Points in words: why an entry has the points that it has, an exchange was refused, a line stands in
// a passbook; in English or Chinese, rendered from a settlement's data.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/points/board.hpp"
#include "gridgov/points/passbook.hpp"
#include "gridgov/points/rulebook.hpp"
#include "gridgov/points/settle.hpp"

namespace gridgov::report {

/// Units of points as people read them: with a unit_scale of 10, 25 is "2.5". Exact.
GRIDGOV_EXPORT std::string points_text(std::int64_t units, std::int64_t unit_scale);

GRIDGOV_EXPORT std::string_view status_text(points::Status status, Language language) noexcept;
GRIDGOV_EXPORT std::string_view kind_text(points::Kind kind, Language language) noexcept;

/// Why an entry has its points, as one sentence: the rule with its citation, the units counted, the
/// cap that held and what it had left, the nearest miss with the value found, who reviewed, who took
/// it back. `rulebooks` are those of the settlement; a rule that they no longer have is named by id.
GRIDGOV_EXPORT
std::string reason_text(const points::Rulebooks& rulebooks, const points::Settlement& settlement,
                        std::uint32_t entry, Language language);

/// Why an exchange has its status; of an accepted one what it took. `good_titles` name the goods of
/// the settlement, in its order; a good is named by id where they end or are empty.
GRIDGOV_EXPORT
std::string exchange_reason_text(const points::Rulebooks& rulebooks,
                                 const points::Settlement& settlement, std::uint32_t exchange,
                                 Language language, std::span<const std::string> good_titles = {});

/// A line of a passbook in words, without its date, points and balance; `good_titles` as above.
GRIDGOV_EXPORT
std::string line_text(const points::Rulebooks& rulebooks, const points::Settlement& settlement,
                      const points::PassbookLine& line, Language language,
                      std::span<const std::string> good_titles = {});

/// Why a household is on the black board, and until when.
GRIDGOV_EXPORT
std::string reproach_text(const points::Rulebooks& rulebooks, const points::Settlement& settlement,
                          const points::Reproach& reproach, Language language);

/// The settlement in a few lines: households, what was issued and where it went, what is pending.
GRIDGOV_EXPORT
std::string summary_text(const points::Rulebooks& rulebooks, const points::Settlement& settlement,
                         Language language);

}  // namespace gridgov::report
