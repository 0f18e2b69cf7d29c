// What is wrong with a catalogue as a whole: contradictions, items that say nothing, duties that
// nobody leads or has the power for, circles, rebounds. Each finding with a concrete witness.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/lists/decide.hpp"

namespace gridgov::lists {

/// A request that shows a finding. Texts belong to the catalogue.
struct Witness {
    ActorIndex actor;
    ActorIndex village;  ///< none(): the actor's own, or none
    std::string_view matter;
    Date date;
    std::vector<Attribute> attributes;  ///< those that must be given; the others are absent
};
/// The witness as a request, borrowed from it.
GRIDGOV_EXPORT Request request_of(const Catalogue& catalogue, const Witness& witness);

/// The simplest request to which both items apply; nothing where there is none. Exact: matters by
/// their tree, dates and tests by intervals, villages and exceptions by their ids. The matter is the
/// deeper one of the two: if any matter serves, that one does.
GRIDGOV_EXPORT
std::optional<Witness> common_request(const Catalogue& catalogue, ItemIndex a, ItemIndex b);

/// Two items that contradict each other: one of negative or reclaimed, one of must, assist or certify.
struct Conflict {
    ItemIndex refusing;
    ItemIndex granting;
    bool exception = false;  ///< the refusing matter lies strictly below: a note, no error
    Witness witness;
};
/// Every conflict, by refusing item, then granting. Near linear in the items but for what it returns
/// and for items of one matter, actor and village that differ in dates or conditions alone.
GRIDGOV_EXPORT std::vector<Conflict> conflicts(const Catalogue& catalogue);

/// A sequence of hands that a matter goes through, or a near title; what counts as too much.
struct AuditOptions {
    /// The most referrals before somebody must deal with a matter.
    std::uint32_t referral_hops_max = 3;
    /// From how many percent on two titles are near (docs/explanation/lists.md).
    std::uint32_t title_similarity_min = 70;
};

/// Everything that is wrong with the catalogue, by code, then records; `records` are item ids first,
/// `fields` hold the witness (`actor`, `matter`, `date`, `village`, `attributes`) and where the first
/// record stands (`file`, `line`). Codes 10100 to 10199 (docs/guide/findings.md), and of procedures
/// those of lists/procedure.hpp. One finding an item and kind, whatever the number of actors: the
/// first actor by id is the witness, `count` says how many.
GRIDGOV_EXPORT
std::vector<Finding> audit(const Catalogue& catalogue, const AuditOptions& options = {});

/// How alike two titles are, in percent, by integers alone: twice the number of neighbouring pairs of
/// code points that both have (as often as the one that has it less often), over the number of pairs
/// of both, rounded down. ASCII letters count as small; blanks and punctuation (ASCII, U+2000 to 206F,
/// U+3000 to 303F, U+FF00 to FF0F and its like) are left out. A title of one code point is its own pair.
GRIDGOV_EXPORT std::uint32_t title_similarity_percent(std::string_view a, std::string_view b);

}  // namespace gridgov::lists
