// Who leads, who has the power, who publishes: for each item and each actor that acts under it. What
// many actors have in common is asked once.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "lists/audit_checks.hpp"
#include "number_text.hpp"

namespace gridgov::lists {
namespace {

/// What a check found over the actors of an item: the first actor, and how many.
struct Found {
    ActorIndex first;
    std::uint32_t count = 0;
    void note(ActorIndex actor) {
        if (count++ == 0) first = actor;
    }
};

struct LeadFaults {
    Found vacant, shared, assisting;
};

/// A person that both leads and assists; none().
PersonIndex in_both(const Catalogue& catalogue, const Responsible& lead, const Responsible& assist) {
    if (!lead.post.exists() || !assist.post.exists()) return PersonIndex::none();
    const auto one = catalogue.holders(lead.post);
    const auto other = catalogue.holders(assist.post);
    for (const std::uint32_t person : one)
        if (std::binary_search(other.begin(), other.end(), person)) return PersonIndex(person);
    return PersonIndex::none();
}

bool assists_itself(const Catalogue& catalogue, const Responsible& lead, const Responsible& assist) {
    return lead == assist || in_both(catalogue, lead, assist).exists();
}

LeadFaults lead_faults(const Catalogue& catalogue, ItemIndex item, std::span<const ActorIndex> actors) {
    LeadFaults faults;
    const bool has_assists = !catalogue.item(item).assists.empty();
    for (const ActorIndex actor : actors) {
        const Responsible lead = catalogue.lead(item, actor);
        if (!lead.name.empty() && !lead.post.exists()) faults.vacant.note(actor);
        if (lead.post.exists() && catalogue.holders(lead.post).size() > 1) faults.shared.note(actor);
        if (has_assists)
            for (const Responsible& assist : catalogue.assists(item, actor))
                if (assists_itself(catalogue, lead, assist)) {
                    faults.assisting.note(actor);
                    break;
                }
    }
    return faults;
}

void tell_lead_faults(AuditContext& context, ItemIndex item, const LeadFaults& faults) {
    const Catalogue& catalogue = context.catalogue;
    const std::string date = date_text(day_in(catalogue, catalogue.in_force(item)));
    const auto tell = [&](Code code, const Found& found, std::vector<std::string> others) {
        const Responsible lead = catalogue.lead(item, found.first);
        Finding& finding = context.add(code, Severity::error, item, std::move(others),
                                       {{"post", responsible_text(catalogue, lead)},
                                        {"actor", catalogue.actor(found.first).id},
                                        {"date", date}});
        if (found.count > 1) finding.fields.emplace_back("count", number_text(found.count));
    };
    if (faults.vacant.count > 0) tell(Code::item_without_lead, faults.vacant, {});
    if (faults.shared.count > 0) {
        const Responsible lead = catalogue.lead(item, faults.shared.first);
        std::vector<std::string> people;
        for (const std::uint32_t person : catalogue.holders(lead.post))
            people.push_back(catalogue.persons()[person].id);
        tell(Code::item_many_leads, faults.shared, std::move(people));
    }
    if (faults.assisting.count > 0) {
        const ActorIndex actor = faults.assisting.first;
        const Responsible lead = catalogue.lead(item, actor);
        for (const Responsible& assist : catalogue.assists(item, actor)) {
            if (!assists_itself(catalogue, lead, assist)) continue;
            std::vector<std::string> person;
            if (lead != assist)
                person.push_back(catalogue.person(in_both(catalogue, lead, assist)).id);
            Finding& finding =
                context.add(Code::lead_also_assists, Severity::error, item, std::move(person),
                            {{"lead", responsible_text(catalogue, lead)},
                             {"actor", catalogue.actor(actor).id}});
            if (faults.assisting.count > 1)
                finding.fields.emplace_back("count", number_text(faults.assisting.count));
            break;
        }
    }
}

/// The first day of a range on which none of `held` (disjoint, ascending) is in force; no date if all
/// are covered.
Date first_gap(DateRange range, std::span<const DateRange> held) {
    Date day = range.from;
    for (const DateRange& part : held) {
        if (part.to <= day) continue;
        if (part.from > day) break;
        day = part.to;
    }
    return day < range.to ? day : Date::none();
}

class PowerCheck {
public:
    explicit PowerCheck(AuditContext& context) : context_(context) {}

    void check(ItemIndex item, std::span<const ActorIndex> actors, bool whole_level) {
        const Catalogue& catalogue = context_.catalogue;
        const Item& record = catalogue.item(item);
        const DateRange range = catalogue.in_force(item);
        Found found;
        Date date;
        std::vector<std::string> missing;
        const auto ask = [&](ActorIndex actor) {
            Date gap;  // the earliest over the powers; no date sorts last
            for (const std::string& power : record.needs)
                gap = std::min(gap, first_gap(range, catalogue.has_power(actor, power)));
            if (!gap.exists()) return;
            found.note(actor);
            if (found.count > 1) return;
            date = gap;
            for (const std::string& power : record.needs) {
                const auto held = catalogue.has_power(actor, power);
                if (std::none_of(held.begin(), held.end(),
                                 [&](DateRange part) { return part.contains(gap); }))
                    missing.push_back(power);
            }
        };
        if (whole_level) {
            // Only those of the level that lack one of the powers at some time can be in want.
            std::vector<std::uint32_t> wanting;
            for (const std::string& power : record.needs) {
                const auto& lacking = lacking_of(catalogue.acting(item).level, power);
                wanting.insert(wanting.end(), lacking.begin(), lacking.end());
            }
            std::sort(wanting.begin(), wanting.end());
            wanting.erase(std::unique(wanting.begin(), wanting.end()), wanting.end());
            for (const std::uint32_t actor : wanting) ask(ActorIndex(actor));
        } else {
            for (const ActorIndex actor : actors) ask(actor);
        }
        if (found.count == 0) return;
        std::sort(missing.begin(), missing.end());
        missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
        std::string powers;
        for (const std::string& power : missing) powers += (powers.empty() ? "" : ", ") + power;
        const Date shown = date > date_min ? date : day_in(catalogue, {date, range.to});
        Finding& finding = context_.add(Code::power_missing, Severity::error, item, {},
                                        {{"actor", catalogue.actor(found.first).id},
                                         {"powers", std::move(powers)},
                                         {"date", date_text(shown)}});
        if (found.count > 1) finding.fields.emplace_back("count", number_text(found.count));
    }

private:
    const std::vector<std::uint32_t>& lacking_of(Level level, const std::string& power) {
        const auto [at, is_new] = lacking_.try_emplace({level, power});
        if (is_new)
            for (const std::uint32_t actor : context_.catalogue.actors_at(level))
                if (first_gap({}, context_.catalogue.has_power(ActorIndex(actor), power)).exists())
                    at->second.push_back(actor);
        return at->second;
    }
    AuditContext& context_;
    std::map<std::pair<Level, std::string>, std::vector<std::uint32_t>> lacking_;
};

/// Disclosure duties are must items below `disclosure`: `disclosure/finance` publishes what lies at or
/// below `finance`, a bare `disclosure` everything.
class DisclosureCheck {
public:
    explicit DisclosureCheck(AuditContext& context) : context_(context) {
        const Catalogue& catalogue = context.catalogue;
        const auto& index = catalogue.decision_index();
        const std::uint32_t root = index.deepest(first_segment);
        if (root == detail::none) return;
        for (std::uint32_t n = root; n < index.subtree_end[root]; ++n)
            for (const detail::Rule& rule : index.rules_of(index.nodes[n]))
                if (rule.list == List::must) {
                    std::string_view about = index.nodes[n].text();
                    about.remove_prefix(std::min(about.size(), first_segment.size() + 1));
                    duties_[about].push_back(ItemIndex(rule.item));
                }
    }

    void check(ItemIndex item, std::span<const ActorIndex> actors) {
        const Catalogue& catalogue = context_.catalogue;
        const Item& record = catalogue.item(item);
        if (covers(first_segment, record.matter)) return;
        std::vector<ItemIndex> candidates;
        std::string_view about = record.matter;
        while (true) {
            if (const auto at = duties_.find(about); at != duties_.end())
                candidates.insert(candidates.end(), at->second.begin(), at->second.end());
            if (about.empty()) break;
            const std::size_t slash = about.rfind('/');
            about = slash == std::string_view::npos ? std::string_view() : about.substr(0, slash);
        }
        const DateRange range = catalogue.in_force(item);
        Found found;
        Date date;
        for (const ActorIndex actor : actors) {
            const Date gap = gap_of(actor, candidates, range);
            if (!gap.exists()) continue;
            found.note(actor);
            if (found.count == 1) date = gap;
        }
        if (found.count == 0) return;
        const Date shown = date > date_min ? date : day_in(catalogue, {date, range.to});
        Finding& finding = context_.add(Code::item_not_disclosed, Severity::warning, item, {},
                                        {{"actor", catalogue.actor(found.first).id},
                                         {"matter", record.matter},
                                         {"date", date_text(shown)}});
        if (found.count > 1) finding.fields.emplace_back("count", number_text(found.count));
    }

private:
    Date gap_of(ActorIndex actor, std::span<const ItemIndex> candidates, DateRange range) const {
        const Catalogue& catalogue = context_.catalogue;
        std::vector<DateRange> held;
        for (const ItemIndex duty : candidates) {
            const DateRange part = catalogue.in_force(duty);
            if (part.empty()) continue;
            const Acting who = catalogue.acting(duty);
            if (!who.actor.exists() && who.level < catalogue.actor(actor).level) continue;
            for (ActorIndex at = actor; at.exists(); at = catalogue.parent(at))
                if (catalogue.acts(duty, at)) {
                    if (part.from <= range.from && range.to <= part.to) return Date::none();
                    held.push_back(part);
                    break;
                }
        }
        std::sort(held.begin(), held.end(),
                  [](DateRange a, DateRange b) { return a.from < b.from; });
        return first_gap(range, held);
    }

    static constexpr std::string_view first_segment = "disclosure";
    AuditContext& context_;
    std::unordered_map<std::string_view, std::vector<ItemIndex>> duties_;
};

void audit_delegations(AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    for (const Delegation& delegation : catalogue.delegations()) {
        DateRange range;
        if (delegation.effective_from.exists()) range.from = delegation.effective_from;
        if (delegation.effective_to.exists()) range.to = delegation.effective_to;
        const Date gap = first_gap(
            range, catalogue.has_power(catalogue.find_actor(delegation.from), delegation.power));
        if (!gap.exists()) continue;
        const Date shown = gap > date_min ? gap : day_in(catalogue, range);
        Finding& finding = context.add(Code::delegation_without_power, Severity::warning,
                                       {delegation.from, delegation.to},
                                       {{"power", delegation.power}, {"date", date_text(shown)}});
        if (const auto file = catalogue.file(delegation.origin.layer); !file.empty())
            finding.fields.emplace_back("file", std::string(file));
        if (delegation.origin.line > 0)
            finding.fields.emplace_back("line", number_text(delegation.origin.line));
    }
}

}  // namespace

void audit_actors(AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    PowerCheck powers(context);
    DisclosureCheck disclosure(context);
    // Items of a whole level with the same lead and assists have the same faults.
    std::map<std::tuple<Level, std::string_view, std::vector<std::string>>, LeadFaults> known;
    std::array<std::vector<ActorIndex>, detail::levels> of_level;
    for (std::size_t level = 0; level < detail::levels; ++level)
        for (const std::uint32_t actor : catalogue.actors_at(static_cast<Level>(level)))
            of_level[level].emplace_back(actor);
    for (std::uint32_t i = 0; i < catalogue.items().size(); ++i) {
        const ItemIndex item(i);
        const Item& record = catalogue.items()[i];
        if (!grants(record.list) || catalogue.in_force(item).empty()) continue;
        const bool has_lead = !record.lead.empty() || !record.assists.empty();
        if (!has_lead && record.needs.empty() && !record.disclose) continue;
        const Acting acting = catalogue.acting(item);
        const bool whole_level = !acting.actor.exists() && catalogue.everywhere(item);
        std::vector<ActorIndex> some;
        if (!whole_level) some = catalogue.acting_actors(item);
        const std::span<const ActorIndex> actors =
            whole_level ? std::span<const ActorIndex>(of_level[static_cast<std::size_t>(acting.level)])
                        : std::span<const ActorIndex>(some);
        if (has_lead) {
            if (whole_level) {
                const auto [at, is_new] =
                    known.try_emplace({acting.level, record.lead, record.assists});
                if (is_new) at->second = lead_faults(catalogue, item, actors);
                tell_lead_faults(context, item, at->second);
            } else {
                tell_lead_faults(context, item, lead_faults(catalogue, item, actors));
            }
        }
        if (!record.needs.empty()) powers.check(item, actors, whole_level);
        if (record.disclose) disclosure.check(item, actors);
    }
    audit_delegations(context);
}

}  // namespace gridgov::lists
