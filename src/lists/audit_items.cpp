// Items by themselves: empty ones, legal bases, recurrences, and sanctions against what is owed.
#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "gridgov/lists/procedure.hpp"
#include "lists/audit_checks.hpp"

namespace gridgov::lists {
namespace {

/// Why an item can never apply; empty where it can.
struct Emptiness {
    std::string_view reason;
    std::string attribute;
};

Emptiness emptiness(const Catalogue& catalogue, ItemIndex item) {
    const Item& record = catalogue.item(item);
    if (catalogue.in_force(item).empty()) return {"it ends before it begins", {}};
    if (!catalogue.everywhere(item) && catalogue.villages(item).empty())
        return {"it names no village", {}};
    for (const std::string& except : record.except)
        if (covers(except, record.matter)) return {"an exception covers its whole matter", {}};
    for (const CompiledCondition& condition : catalogue.conditions(item))
        if (condition.tests.empty())
            return {"a condition that nothing satisfies",
                    catalogue.attributes()[condition.attribute]};
    const Acting acting = catalogue.acting(item);
    if (!acting.actor.exists() && !catalogue.actors().empty() &&
        catalogue.actors_at(acting.level).empty())
        return {"there is no actor of its level", {}};
    return {};
}

/// Whether anybody acts under an item, without counting them.
bool has_actor(const AuditContext& context, ItemIndex item) {
    const Catalogue& catalogue = context.catalogue;
    const Acting acting = catalogue.acting(item);
    if (acting.actor.exists() || catalogue.everywhere(item)) return true;
    const auto villages = catalogue.villages(item);
    return std::any_of(villages.begin(), villages.end(), [&](std::uint32_t village) {
        return context.first_in_village[village][static_cast<std::size_t>(acting.level)] != no_index;
    });
}

void audit_basis(AuditContext& context, ItemIndex item) {
    const Catalogue& catalogue = context.catalogue;
    const Item& record = catalogue.item(item);
    if (record.basis.empty()) context.add(Code::basis_missing, Severity::warning, item, {});
    const DateRange range = catalogue.in_force(item);
    for (const std::string& name : record.basis) {
        const LawIndex index = catalogue.find_law(name);
        if (!index.exists()) continue;  // free text
        const Law& law = catalogue.laws()[index.value];
        Date date;
        if (law.in_force_from.exists() && range.from > date_min && range.from < law.in_force_from)
            date = range.from;
        else if (law.in_force_to.exists() && law.in_force_to < range.to)
            date = std::max(range.from, law.in_force_to);
        if (!date.exists()) continue;
        Finding& finding = context.add(Code::basis_expired, Severity::warning, item, {name},
                                       {{"date", date_text(date)}});
        if (const std::string& title = law.title.in(Language::zh); !title.empty())
            finding.fields.emplace_back("title", title);
    }
}

void audit_recurrences(AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    // Many items share a rule and a beginning.
    std::map<std::tuple<const Recurrence*, std::int32_t, std::int32_t>, bool> known;
    for (std::uint32_t i = 0; i < catalogue.items().size(); ++i) {
        const ItemIndex item(i);
        const Recurrence* const rule = catalogue.recurrence(item);
        const DateRange range = catalogue.in_force(item);
        if (rule == nullptr || range.empty()) continue;
        Date start = catalogue.recurrence_start(item);
        const bool dated = start.exists();
        if (!dated) start = date_of(2000, 1, 1);
        const auto [at, is_new] =
            known.try_emplace({rule, start.days, dated ? range.to.days : date_max.days + 1}, false);
        if (is_new) {
            const Date first = rule->next(start, start - 1);
            at->second = first.exists() && (!dated || first < range.to);
        }
        if (at->second) continue;
        Finding& finding = context.add(Code::recurrence_never, Severity::error, item, {},
                                       {{"recurrence", catalogue.items()[i].recurrence},
                                        {"from", date_text(start)}});
        if (dated && range.to <= date_max) finding.fields.emplace_back("to", date_text(range.to));
    }
}

void audit_sanctions(AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    const auto& index = catalogue.decision_index();
    for (const Sanction& sanction : catalogue.sanctions()) {
        std::vector<std::pair<std::uint32_t, std::string_view>> found;  // item, what is withheld
        const auto consider = [&](const detail::Rule& rule, std::string_view withheld) {
            if (rule.list != List::must && rule.list != List::certify) return;
            if (rule.from >= rule.to) return;
            const Item& item = catalogue.item(ItemIndex(rule.item));
            const std::string_view matter =
                covers(withheld, item.matter) ? std::string_view(item.matter) : withheld;
            for (const std::string& except : item.except)
                if (covers(except, matter)) return;
            found.emplace_back(rule.item, matter);
        };
        for (const std::string& withheld : sanction.withholds) {
            const std::uint32_t deepest = index.deepest(withheld);
            if (deepest == detail::none) continue;
            const bool is_it = index.nodes[deepest].text() == withheld;
            if (is_it)  // the matter itself and all below it
                for (std::uint32_t n = deepest; n < index.subtree_end[deepest]; ++n)
                    for (const detail::Rule& rule : index.rules_of(index.nodes[n]))
                        consider(rule, withheld);
            for (std::uint32_t n = is_it ? index.nodes[deepest].up : deepest; n != detail::none;
                 n = index.nodes[n].up)
                for (const detail::Rule& rule : index.rules_of(index.nodes[n]))
                    consider(rule, withheld);
        }
        std::sort(found.begin(), found.end());
        for (std::size_t i = 0; i < found.size(); ++i)
            if (i == 0 || found[i].first != found[i - 1].first)
                context.add(Code::sanction_withholds_due, Severity::error, ItemIndex(found[i].first),
                            {sanction.id}, {{"matter", std::string(found[i].second)}});
    }
}

void audit_procedures(AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    for (std::uint32_t p = 0; p < catalogue.procedures().size(); ++p) {
        auto checked = check_procedure(catalogue, ProcedureIndex(p));
        context.findings.insert(context.findings.end(),
                                std::make_move_iterator(checked.findings.begin()),
                                std::make_move_iterator(checked.findings.end()));
    }
}

}  // namespace

void audit_items(AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    for (std::uint32_t i = 0; i < catalogue.items().size(); ++i) {
        const ItemIndex item(i);
        const Item& record = catalogue.items()[i];
        const Emptiness why = emptiness(catalogue, item);
        if (!why.reason.empty()) {
            Finding& finding = context.add(Code::item_empty, Severity::error, item, {},
                                           {{"reason_kind", std::string(why.reason)}});
            if (catalogue.in_force(item).empty()) {
                finding.fields.emplace_back("from", date_text(record.effective_from));
                finding.fields.emplace_back("to", date_text(record.effective_to));
            }
            if (!why.attribute.empty()) finding.fields.emplace_back("attribute", why.attribute);
        } else if (!catalogue.actors().empty() && !has_actor(context, item)) {
            context.add(Code::item_without_actor, Severity::warning, item, {},
                        {{"actor", record.actor}});
        }
        for (const std::string& except : record.except)
            if (!covers(record.matter, except) && !covers(except, record.matter))
                context.add(Code::except_pointless, Severity::note, item, {}, {{"matter", except}});
        audit_basis(context, item);
    }
    audit_recurrences(context);
    audit_sanctions(context);
    audit_procedures(context);
}

}  // namespace gridgov::lists
