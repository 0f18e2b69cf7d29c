// Pairs of items that one request matches both: contradictions, and what was taken off a list and
// comes back.
#include <algorithm>
#include <unordered_map>

#include "lists/audit_checks.hpp"
#include "lists/audit_pairs.hpp"

namespace gridgov::lists {

using detail::DecisionIndex;
using detail::Rule;

std::optional<Witness> common_request(const AuditContext& context, ItemIndex a, ItemIndex b) {
    const Catalogue& catalogue = context.catalogue;
    const Item& x = catalogue.item(a);
    const Item& y = catalogue.item(b);
    const DateRange range = common_range(catalogue.in_force(a), catalogue.in_force(b));
    if (range.empty()) return std::nullopt;

    // The deeper matter serves if any does: an exception that covers it covers all below it.
    const bool a_deeper = covers(y.matter, x.matter);
    if (!a_deeper && !covers(x.matter, y.matter)) return std::nullopt;
    const std::string& matter = a_deeper ? x.matter : y.matter;
    for (const Item* const item : {&x, &y})
        for (const std::string& except : item->except)
            if (covers(except, matter)) return std::nullopt;

    const Acting one = catalogue.acting(a);
    const Acting other = catalogue.acting(b);
    if (one.level != other.level) return std::nullopt;
    if (one.actor.exists() && other.actor.exists() && one.actor != other.actor) return std::nullopt;
    ActorIndex actor = one.actor.exists() ? one.actor : other.actor;
    const auto of_level = catalogue.actors_at(one.level);
    if (!actor.exists() && of_level.empty()) return std::nullopt;

    ActorIndex village;
    if (!catalogue.everywhere(a) || !catalogue.everywhere(b)) {
        // The common villages: the actor's own if it is one, else the smallest with an actor of the
        // level, else the smallest.
        const auto among = catalogue.villages(catalogue.everywhere(a) ? b : a);
        const ItemIndex second = catalogue.everywhere(a) ? a : b;
        const ActorIndex own = actor.exists() ? catalogue.village(actor) : ActorIndex::none();
        if (!own.exists() || !catalogue.reaches(a, own) || !catalogue.reaches(b, own)) {
            for (const std::uint32_t row : among) {
                if (!catalogue.reaches(second, ActorIndex(row))) continue;
                if (!village.exists()) village = ActorIndex(row);
                if (actor.exists()) break;
                const std::uint32_t there =
                    context.first_in_village[row][static_cast<std::size_t>(one.level)];
                if (there == no_index) continue;
                actor = ActorIndex(there);
                village = ActorIndex(row);
                break;
            }
            if (!village.exists()) return std::nullopt;
        }
    }
    if (!actor.exists()) actor = ActorIndex(of_level.front());
    if (village == catalogue.village(actor)) village = ActorIndex::none();  // its own, as by default

    Witness witness{actor, village, matter, day_in(catalogue, range), {}};
    const auto left = catalogue.conditions(a);
    const auto right = catalogue.conditions(b);
    for (std::size_t i = 0, j = 0; i < left.size() || j < right.size();) {
        const bool take_left =
            j == right.size() || (i < left.size() && left[i].attribute <= right[j].attribute);
        const bool take_right =
            i == left.size() || (j < right.size() && right[j].attribute <= left[i].attribute);
        const std::uint32_t attribute = take_left ? left[i].attribute : right[j].attribute;
        const conditions::UnaryTests* tests[2];
        std::size_t count = 0;
        if (take_left) tests[count++] = &left[i++].tests;
        if (take_right) tests[count++] = &right[j++].tests;
        const auto value = conditions::UnaryTests::common_value({tests, count});
        if (!value) return std::nullopt;
        if (!std::holds_alternative<std::monostate>(*value))
            witness.attributes.push_back({catalogue.attributes()[attribute], *value});
    }
    return witness;
}

std::optional<Witness> common_request(const Catalogue& catalogue, ItemIndex a, ItemIndex b) {
    std::vector<Finding> unused;
    const AuditOptions options;
    return common_request(AuditContext(catalogue, options, unused), a, b);
}

Request request_of(const Catalogue& catalogue, const Witness& witness) {
    Request request;
    request.actor = catalogue.actor(witness.actor).id;
    request.matter = witness.matter;
    request.date = witness.date;
    if (witness.village.exists()) request.village = catalogue.actor(witness.village).id;
    request.attributes = witness.attributes;
    return request;
}

namespace {

std::vector<Conflict> conflicts_of(const AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    std::vector<Conflict> result;
    each_pair(catalogue, [](const Rule& below, const Rule& above) {
        return grants(below.list) != grants(above.list) && below.from < above.to &&
               above.from < below.to;
    }, [&](const Rule& below, const Rule& above) {
        const bool refusing_below = !grants(below.list);
        const ItemIndex refusing(refusing_below ? below.item : above.item);
        const ItemIndex granting(refusing_below ? above.item : below.item);
        auto witness = common_request(context, refusing, granting);
        if (!witness) return;
        const bool strictly = catalogue.item(refusing).matter != catalogue.item(granting).matter;
        result.push_back({refusing, granting, refusing_below && strictly, std::move(*witness)});
    });
    std::sort(result.begin(), result.end(), [](const Conflict& a, const Conflict& b) {
        return a.refusing != b.refusing ? a.refusing < b.refusing : a.granting < b.granting;
    });
    return result;
}

/// Whether an item came after another: in a later file, or with a later beginning.
bool is_newer(const Catalogue& catalogue, ItemIndex item, ItemIndex than) {
    return catalogue.item(item).origin.layer > catalogue.item(than).origin.layer ||
           catalogue.in_force(item).from > catalogue.in_force(than).from;
}

}  // namespace

std::vector<Conflict> conflicts(const Catalogue& catalogue) {
    std::vector<Finding> unused;
    const AuditOptions options;
    return conflicts_of(AuditContext(catalogue, options, unused));
}

void audit_conflicts(AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    for (const Conflict& conflict : conflicts_of(context)) {
        const std::string& granting = catalogue.item(conflict.granting).id;
        context.add(conflict.exception ? Code::item_exception : Code::item_conflict,
                    conflict.exception ? Severity::note : Severity::error, conflict.refusing,
                    {granting}, context.witness_fields(conflict.witness));
        // What comes back at or below a matter that was taken off the list.
        if (!conflict.exception && is_newer(catalogue, conflict.granting, conflict.refusing))
            context.add(Code::covert_rebound, Severity::error, conflict.granting,
                        {catalogue.item(conflict.refusing).id},
                        context.witness_fields(conflict.witness));
    }
}

}  // namespace gridgov::lists
