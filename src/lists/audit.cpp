#include "gridgov/lists/audit.hpp"

#include <algorithm>

#include "lists/audit_checks.hpp"
#include "number_text.hpp"

namespace gridgov::lists {

AuditContext::AuditContext(const Catalogue& whole, const AuditOptions& given,
                           std::vector<Finding>& out)
    : catalogue(whole), options(given), findings(out) {
    std::array<std::uint32_t, detail::levels> nobody{};
    nobody.fill(no_index);
    first_in_village.assign(catalogue.actors().size(), nobody);
    for (std::uint32_t a = 0; a < catalogue.actors().size(); ++a) {
        const ActorIndex village = catalogue.village(ActorIndex(a));
        if (!village.exists()) continue;
        auto& first = first_in_village[village.value]
                                      [static_cast<std::size_t>(catalogue.actors()[a].level)];
        first = std::min(first, a);
    }
}

Finding& AuditContext::add(Code code, Severity severity, std::vector<std::string> records,
                           Fields fields) {
    Finding finding;
    finding.code = code;
    finding.severity = severity;
    finding.records = std::move(records);
    finding.fields = std::move(fields);
    findings.push_back(std::move(finding));
    return findings.back();
}

Finding& AuditContext::add(Code code, Severity severity, ItemIndex item,
                           std::vector<std::string> others, Fields fields) {
    const Item& record = catalogue.item(item);
    others.insert(others.begin(), record.id);
    Finding& finding = add(code, severity, std::move(others), std::move(fields));
    if (const auto file = catalogue.file(record.origin.layer); !file.empty())
        finding.fields.emplace_back("file", std::string(file));
    if (record.origin.line > 0) finding.fields.emplace_back("line", number_text(record.origin.line));
    return finding;
}

AuditContext::Fields AuditContext::witness_fields(const Witness& witness) const {
    Fields fields{{"actor", catalogue.actor(witness.actor).id},
                  {"matter", std::string(witness.matter)},
                  {"date", date_text(witness.date)}};
    if (witness.village.exists())
        fields.emplace_back("village", catalogue.actor(witness.village).id);
    if (!witness.attributes.empty()) {
        std::string text;
        for (const Attribute& attribute : witness.attributes) {
            if (!text.empty()) text += ", ";
            text += std::string(attribute.name) + "=" + conditions::feel_text(attribute.value);
        }
        fields.emplace_back("attributes", std::move(text));
    }
    return fields;
}

Date day_in(const Catalogue& catalogue, DateRange range) {
    if (range.from > date_min) return range.from;
    if (const Date first = catalogue.head().effective_from; first.exists() && range.contains(first))
        return first;
    if (range.to <= date_max) return range.to - 1;
    return date_of(2000, 1, 1);
}

std::string responsible_text(const Catalogue& catalogue, const Responsible& who) {
    std::string text = catalogue.actor(who.actor).id;
    if (!who.name.empty()) text.append(1, '.').append(who.name);
    return text;
}

std::vector<Finding> audit(const Catalogue& catalogue, const AuditOptions& options) {
    std::vector<Finding> findings;
    AuditContext context(catalogue, options, findings);
    audit_conflicts(context);
    audit_shadows(context);
    audit_items(context);
    audit_actors(context);
    audit_referrals(context);
    audit_titles(context);
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        return a.code != b.code ? a.code < b.code : a.records < b.records;
    });
    return findings;
}

}  // namespace gridgov::lists
