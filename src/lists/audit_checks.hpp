// The checks of an audit, a file a subject. Each appends findings; audit() sorts them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gridgov/lists/audit.hpp"
#include "lists/matter_index.hpp"

namespace gridgov::lists {

/// What several checks need.
struct AuditContext {
    const Catalogue& catalogue;
    const AuditOptions& options;
    std::vector<Finding>& findings;
    /// The smallest actor of each level in each village (by village row), or no_index.
    std::vector<std::array<std::uint32_t, detail::levels>> first_in_village;

    AuditContext(const Catalogue& whole, const AuditOptions& given, std::vector<Finding>& out);

    using Fields = std::vector<std::pair<std::string, std::string>>;
    Finding& add(Code code, Severity severity, std::vector<std::string> records, Fields fields = {});
    /// As above, about an item: `file` and `line` are its.
    Finding& add(Code code, Severity severity, ItemIndex item, std::vector<std::string> others,
                 Fields fields = {});
    Fields witness_fields(const Witness& witness) const;
};

/// A day to name in a range: its first, or where it has none the last, or the head's first day.
Date day_in(const Catalogue& catalogue, DateRange range);

/// `ACTOR` or `ACTOR.POST`.
std::string responsible_text(const Catalogue& catalogue, const Responsible& who);

/// Whether the list hands out work or papers (must, assist, certify), not refusals.
constexpr bool grants(List list) noexcept { return list >= List::must; }

constexpr DateRange common_range(DateRange a, DateRange b) noexcept {
    return {a.from < b.from ? b.from : a.from, a.to < b.to ? a.to : b.to};
}

std::optional<Witness> common_request(const AuditContext& context, ItemIndex a, ItemIndex b);

void audit_conflicts(AuditContext& context);   // audit_conflicts.cpp: contradictions, rebounds
void audit_shadows(AuditContext& context);     // audit_shadows.cpp: duplicates, shadows, two leads
void audit_items(AuditContext& context);       // audit_items.cpp: empty, basis, recurrences, sanctions
void audit_actors(AuditContext& context);      // audit_actors.cpp: leads, powers, disclosure
void audit_referrals(AuditContext& context);   // audit_referrals.cpp: circles and chains
void audit_titles(AuditContext& context);      // audit_titles.cpp: rebounds by title

}  // namespace gridgov::lists
