// Items that others make pointless: duplicates, items that never decide, and two leads for the same.
#include <algorithm>

#include "lists/audit_checks.hpp"
#include "lists/audit_pairs.hpp"

namespace gridgov::lists {
namespace {

using detail::Rule;

/// Whether `y` comes before `x` in a verdict on every request that both match. `y`'s matter is `x`'s
/// or lies above; in one list the deeper one wins, so only equal matters count there.
bool precedes(const Rule& y, const Rule& x, bool same_matter) {
    if (y.list != x.list) return y.list < x.list;
    if (!same_matter) return false;
    return y.layer != x.layer ? y.layer > x.layer : y.item < x.item;
}

/// Whether `y` applies wherever `x` does, matters and actors apart from levels being known to overlap.
bool includes(const Catalogue& catalogue, const Rule& y, const Rule& x) {
    if (y.key != x.key && y.key >= detail::levels) return false;
    if (x.from < y.from || y.to < x.to) return false;
    const ItemIndex outer(y.item);
    const ItemIndex inner(x.item);
    if (!y.everywhere) {
        if (x.everywhere) return false;
        const auto all = catalogue.villages(outer);
        const auto some = catalogue.villages(inner);
        if (!std::includes(all.begin(), all.end(), some.begin(), some.end())) return false;
    }
    const Item& item = catalogue.item(inner);
    for (const std::string& except : catalogue.item(outer).except) {
        if (covers(except, item.matter)) return false;
        if (!covers(item.matter, except)) continue;
        const bool left_out_too =
            std::any_of(item.except.begin(), item.except.end(),
                        [&](const std::string& own) { return covers(own, except); });
        if (!left_out_too) return false;
    }
    const auto own = catalogue.conditions(inner);
    for (const CompiledCondition& condition : catalogue.conditions(outer)) {
        const auto at = std::lower_bound(own.begin(), own.end(), condition.attribute,
                                         [](const CompiledCondition& a, std::uint32_t attribute) {
                                             return a.attribute < attribute;
                                         });
        if (at == own.end() || at->attribute != condition.attribute) {
            if (!condition.tests.everything()) return false;
        } else if (at->tests.value_beyond(condition.tests)) {
            return false;
        }
    }
    return true;
}

bool never_applies(const Catalogue& catalogue, const Rule& rule) {
    const ItemIndex index(rule.item);
    const Item& item = catalogue.item(index);
    if (rule.from >= rule.to || (!rule.everywhere && catalogue.villages(index).empty())) return true;
    for (const std::string& except : item.except)
        if (covers(except, item.matter)) return true;
    for (const CompiledCondition& condition : catalogue.conditions(index))
        if (condition.tests.empty()) return true;
    return false;
}

bool says_the_same(const Catalogue& catalogue, const Rule& x, const Rule& y) {
    if (x.key != y.key || x.list != y.list || x.everywhere != y.everywhere) return false;
    const ItemIndex a(x.item);
    const ItemIndex b(y.item);
    const auto one = catalogue.villages(a);
    const auto other = catalogue.villages(b);
    if (!std::equal(one.begin(), one.end(), other.begin(), other.end())) return false;
    const auto sorted = [](std::vector<std::string> names) {
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        return names;
    };
    if (sorted(catalogue.item(a).except) != sorted(catalogue.item(b).except)) return false;
    const auto left = catalogue.conditions(a);
    const auto right = catalogue.conditions(b);
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const CompiledCondition& p, const CompiledCondition& q) {
                          return p.attribute == q.attribute && p.tests == q.tests;
                      });
}

}  // namespace

void audit_shadows(AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    const auto items = catalogue.items();
    // Per item, of those that come before it: the one that a verdict prefers most.
    std::vector<const Rule*> shadow(items.size(), nullptr);
    std::vector<const Rule*> twin(items.size(), nullptr);
    std::vector<const Rule*> rival(items.size(), nullptr);
    const auto prefer = [&](const Rule*& best, const Rule& rule) {
        const auto rank = [&](const Rule& r) {
            return std::tuple(r.list, -static_cast<std::int64_t>(items[r.item].matter.size()),
                              -static_cast<std::int64_t>(r.layer), r.item);
        };
        if (best == nullptr || rank(rule) < rank(*best)) best = &rule;
    };
    const auto judge = [&](const Rule& x, const Rule& y, bool same_matter) {
        if (!precedes(y, x, same_matter)) return;
        if (same_matter && x.list == y.list) {
            if (says_the_same(catalogue, x, y)) prefer(twin[x.item], y);
            if (grants(x.list) && items[x.item].lead != items[y.item].lead) prefer(rival[x.item], y);
        }
        if (includes(catalogue, y, x)) prefer(shadow[x.item], y);
    };
    each_pair(
        catalogue,
        [](const Rule& below, const Rule& above) {
            return below.from < above.to && above.from < below.to;
        },
        [&](const Rule& below, const Rule& above) {
            const bool same_matter = items[below.item].matter == items[above.item].matter;
            judge(below, above, same_matter);
            if (same_matter) judge(above, below, same_matter);
        });
    std::vector<const Rule*> rule_of(items.size(), nullptr);
    for (const Rule& rule : catalogue.decision_index().rules) rule_of[rule.item] = &rule;
    for (std::uint32_t i = 0; i < items.size(); ++i) {
        if (never_applies(catalogue, *rule_of[i])) continue;  // told as such
        const ItemIndex item(i);
        if (twin[i] != nullptr) {
            const ItemIndex other(twin[i]->item);
            const DateRange range = common_range(catalogue.in_force(item), catalogue.in_force(other));
            context.add(Code::item_duplicate, Severity::warning, other, {items[i].id},
                        {{"date", date_text(day_in(catalogue, range))}});
        } else if (shadow[i] != nullptr) {
            context.add(Code::item_shadowed, Severity::warning, item, {items[shadow[i]->item].id});
        }
        if (rival[i] == nullptr) continue;
        const ItemIndex other(rival[i]->item);
        const auto witness = common_request(context, item, other);
        if (!witness) continue;
        const Responsible one = catalogue.lead(other, witness->actor);
        const Responsible two = catalogue.lead(item, witness->actor);
        if (one == two) continue;
        auto fields = context.witness_fields(*witness);
        fields.emplace_back("lead", responsible_text(catalogue, one));
        fields.emplace_back("other_lead", responsible_text(catalogue, two));
        context.add(Code::item_leads_differ, Severity::error, other, {items[i].id}, std::move(fields));
    }
}

}  // namespace gridgov::lists
