// What the records of a merged catalogue say of each other, as rows.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>

#include "lists/acting_level.hpp"
#include "lists/catalogue_builder.hpp"
#include "lists/catalogue_faults.hpp"
#include "utf8.hpp"

namespace gridgov::lists {
namespace {

/// Offsets and values of rows that are filled one after the other.
void close_row(std::vector<std::uint32_t>& offsets, std::size_t values) {
    offsets.push_back(static_cast<std::uint32_t>(values));
}

DateRange range_of(Date from, Date to) {
    DateRange range;
    if (from.exists()) range.from = from;
    if (to.exists()) range.to = to;
    return range;
}

template <class Record>
std::vector<std::string_view> ids_of(const std::vector<Record>& records) {
    std::vector<std::string_view> ids;
    ids.reserve(records.size());
    for (const Record& record : records) ids.push_back(record.id);
    return ids;
}

}  // namespace

std::uint32_t Catalogue::Builder::actor_row(std::string_view id) const {
    const auto& actors = data->actors;
    const auto at = std::lower_bound(
        actors.begin(), actors.end(), id,
        [](const Actor& actor, std::string_view wanted) { return actor.id < wanted; });
    return at != actors.end() && at->id == id ? static_cast<std::uint32_t>(at - actors.begin())
                                              : no_index;
}

std::uint32_t Catalogue::Builder::known_actor(const std::string& id, std::string_view key,
                                              const std::string& record, Origin origin) {
    const std::uint32_t row = actor_row(id);
    if (row == no_index)
        suggest(fault(Code::catalogue_unknown_actor, origin,
                      record.empty() ? std::vector<std::string>{}
                                     : std::vector<std::string>{readable(record)},
                      {{"key", std::string(key)}, {"value", readable(id)}}),
                id, data->actors.size(), [&] { return ids_of(data->actors); });
    return row;
}

/// `level:x` or an actor's id.
std::optional<Acting> Catalogue::Builder::known_acting(const std::string& text,
                                                       std::string_view key,
                                                       const std::string& record, Origin origin) {
    if (text.starts_with(level_prefix)) {
        const auto level = acting_level(text);
        if (!level) {
            fault(Code::catalogue_unknown_level, origin, {readable(record)},
                  {{"key", std::string(key)}, {"value", readable(text)}});
            return std::nullopt;
        }
        return Acting{ActorIndex::none(), *level};
    }
    const std::uint32_t row = known_actor(text, key, record, origin);
    if (row == no_index) return std::nullopt;
    return Acting{ActorIndex(row), data->actors[row].level};
}

void Catalogue::Builder::resolve_actors() {
    resolve_parents();
    resolve_villages();
    data->level_offsets.assign(1, 0);
    for (std::uint32_t level = 0; level < detail::levels; ++level) {
        for (std::uint32_t a = 0; a < data->actors.size(); ++a)
            if (static_cast<std::uint32_t>(data->actors[a].level) == level)
                data->level_actors.push_back(a);
        close_row(data->level_offsets, data->level_actors.size());
    }
}

void Catalogue::Builder::resolve_parents() {
    const auto& actors = data->actors;
    const auto count = static_cast<std::uint32_t>(actors.size());
    data->parent.assign(count, no_index);
    for (std::uint32_t a = 0; a < count; ++a) {
        const Actor& actor = actors[a];
        if (actor.parent.empty()) continue;
        const std::uint32_t parent = known_actor(actor.parent, "parent", actor.id, actor.origin);
        data->parent[a] = parent;
        if (parent != no_index && actors[parent].level < actor.level)
            fault(Code::catalogue_parent_below, actor.origin, {actor.id, actors[parent].id},
                  {{"level_kind", std::string(level_name(actor.level))},
                   {"parent_level_kind", std::string(level_name(actors[parent].level))}});
    }
    // Each actor has one parent, so that walking up from every actor once finds every circle.
    std::vector<std::uint32_t> walk(count, no_index);  // which walk came by first
    for (std::uint32_t a = 0; a < count; ++a) {
        std::uint32_t at = a;
        while (at != no_index && walk[at] == no_index) {
            walk[at] = a;
            at = data->parent[at];
        }
        if (at == no_index || walk[at] != a) continue;
        std::vector<std::string> circle;
        std::uint32_t member = at;
        do {
            circle.push_back(actors[member].id);
            member = data->parent[member];
        } while (member != at);
        std::rotate(circle.begin(), std::min_element(circle.begin(), circle.end()), circle.end());
        const Origin origin = actors[actor_row(circle.front())].origin;
        fault(Code::catalogue_parent_circle, origin, std::move(circle));
        data->parent[at] = no_index;  // so that what follows ends
    }
}

void Catalogue::Builder::resolve_villages() {
    const auto& actors = data->actors;
    const auto count = static_cast<std::uint32_t>(actors.size());
    data->village.assign(count, no_index);
    std::vector<std::uint32_t> path;
    std::vector<std::uint8_t> known(count, 0);
    for (std::uint32_t a = 0; a < count; ++a) {
        path.clear();
        std::uint32_t at = a;
        while (at != no_index && known[at] == 0 && actors[at].level != Level::village) {
            path.push_back(at);
            at = data->parent[at];
        }
        const std::uint32_t village = at == no_index                       ? no_index
                                      : actors[at].level == Level::village ? at
                                                                           : data->village[at];
        if (at != no_index && actors[at].level == Level::village) {
            data->village[at] = at;
            known[at] = 1;
        }
        for (const std::uint32_t below : path) {
            data->village[below] = village;
            known[below] = 1;
        }
    }
}

void Catalogue::Builder::resolve_posts() {
    struct Held {
        std::uint32_t actor;
        std::string_view name;
        std::uint32_t person;
        auto operator<=>(const Held&) const = default;
    };
    std::vector<Held> held;
    for (std::uint32_t p = 0; p < data->persons.size(); ++p) {
        const Person& person = data->persons[p];
        for (const std::string& text : person.posts) {
            if (text.empty()) continue;  // a fault already
            const std::size_t dot = text.find('.');
            if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) {
                fault(Code::catalogue_post_invalid, person.origin, {person.id},
                      {{"value", readable(text)}});
                continue;
            }
            const std::uint32_t actor =
                known_actor(text.substr(0, dot), "posts", person.id, person.origin);
            if (actor != no_index)
                held.push_back({actor, std::string_view(text).substr(dot + 1), p});
        }
    }
    std::sort(held.begin(), held.end());
    held.erase(std::unique(held.begin(), held.end()), held.end());
    std::vector<std::pair<std::uint32_t, std::uint32_t>> by_person;
    data->holder_offsets.assign(1, 0);
    for (std::size_t i = 0; i < held.size(); ++i) {
        if (i == 0 || held[i].actor != held[i - 1].actor || held[i].name != held[i - 1].name) {
            if (i > 0) close_row(data->holder_offsets, data->holders.size());
            data->posts.push_back({ActorIndex(held[i].actor), std::string(held[i].name)});
        }
        data->holders.push_back(held[i].person);
        by_person.emplace_back(held[i].person, static_cast<std::uint32_t>(data->posts.size() - 1));
    }
    if (!held.empty()) close_row(data->holder_offsets, data->holders.size());
    std::sort(by_person.begin(), by_person.end());
    data->person_offsets.assign(1, 0);
    std::size_t at = 0;
    for (std::uint32_t p = 0; p < data->persons.size(); ++p) {
        for (; at < by_person.size() && by_person[at].first == p; ++at)
            data->person_posts.push_back(by_person[at].second);
        close_row(data->person_offsets, data->person_posts.size());
    }
}

void Catalogue::Builder::resolve_items() {
    std::vector<std::string_view> names;
    for (const Item& item : data->items)
        for (const Condition& condition : item.when) names.push_back(condition.attribute);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    data->attributes.assign(names.begin(), names.end());

    std::unordered_map<std::string_view, std::uint32_t> recurrence_of;
    std::unordered_map<std::string_view, conditions::UnaryTests> tests_of;
    data->village_offsets.assign(1, 0);
    data->condition_offsets.assign(1, 0);
    for (Item& item : data->items) {
        const Origin at = item.origin;
        const Head& own = data->heads[at.layer];
        if (!item.effective_from.exists()) item.effective_from = own.effective_from;
        if (!item.effective_to.exists()) item.effective_to = own.effective_to;
        data->in_force.push_back(range_of(item.effective_from, item.effective_to));

        const auto who =
            item.actor.empty() ? std::nullopt : known_acting(item.actor, "actor", item.id, at);
        data->acting.push_back(who.value_or(Acting{ActorIndex::none(), Level::village}));

        resolve_item_villages(item);
        check_responsible(item.lead, "lead", item);
        for (const std::string& text : item.assists) check_responsible(text, "assists", item);

        data->item_procedure.push_back(known_procedure(item));
        resolve_recurrence(item, recurrence_of);
        resolve_conditions(item, tests_of);
    }
}

void Catalogue::Builder::resolve_item_villages(const Item& item) {
    bool all = false;
    const std::size_t first = data->item_villages.size();
    for (const std::string& village : item.villages) {
        if (village == "*") {
            all = true;
            continue;
        }
        if (village.empty()) continue;  // a fault already
        const std::uint32_t row = actor_row(village);
        if (row != no_index && data->actors[row].level == Level::village) {
            data->item_villages.push_back(row);
            continue;
        }
        const auto ids = [&] {
            std::vector<std::string_view> words;
            for (const Actor& actor : data->actors)
                if (actor.level == Level::village) words.push_back(actor.id);
            return words;
        };
        suggest(fault(Code::catalogue_unknown_village, item.origin, {item.id},
                      {{"value", readable(village)}}),
                village, data->actors.size(), ids);
    }
    const auto begin = data->item_villages.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, data->item_villages.end());
    data->item_villages.erase(all ? begin : std::unique(begin, data->item_villages.end()),
                              data->item_villages.end());
    close_row(data->village_offsets, data->item_villages.size());
    data->everywhere.push_back(all ? 1 : 0);
}

std::uint32_t Catalogue::Builder::known_procedure(const Item& item) {
    if (item.procedure.empty()) return no_index;
    const auto& procedures = data->procedures;
    const auto found = std::lower_bound(
        procedures.begin(), procedures.end(), item.procedure,
        [](const Procedure& a, const std::string& wanted) { return a.id < wanted; });
    if (found != procedures.end() && found->id == item.procedure)
        return static_cast<std::uint32_t>(found - procedures.begin());
    suggest(fault(Code::catalogue_unknown_procedure, item.origin, {item.id},
                  {{"value", readable(item.procedure)}}),
            item.procedure, procedures.size(), [&] { return ids_of(procedures); });
    return no_index;
}

void Catalogue::Builder::check_responsible(const std::string& text, std::string_view key,
                                           const Item& item) {
    if (text.empty() || actor_row(text) != no_index) return;
    if (const std::size_t dot = text.find('.'); dot != std::string::npos) {
        if (dot == 0 || dot + 1 == text.size())
            fault(Code::catalogue_post_invalid, item.origin, {item.id},
                  {{"value", readable(text)}});
        else
            known_actor(text.substr(0, dot), key, item.id, item.origin);
    }
}

void Catalogue::Builder::resolve_recurrence(
    const Item& item, std::unordered_map<std::string_view, std::uint32_t>& known) {
    std::uint32_t row = no_index;
    if (!item.recurrence.empty()) {
        const auto [at, is_new] = known.try_emplace(item.recurrence, no_index);
        auto parsed = is_new || at->second == no_index
                          ? Recurrence::parse(item.recurrence)
                          : std::variant<Recurrence, Finding>(data->recurrences[at->second]);
        if (auto* const wrong = std::get_if<Finding>(&parsed)) {
            wrong->records.insert(wrong->records.begin(), item.id);
            place(*wrong, item.origin, layers);
            faults.push_back({item.origin, std::move(*wrong)});
        } else if (at->second == no_index) {
            at->second = static_cast<std::uint32_t>(data->recurrences.size());
            data->recurrences.push_back(std::get<Recurrence>(std::move(parsed)));
        }
        row = at->second;
    }
    data->item_recurrence.push_back(row);
}

void Catalogue::Builder::resolve_conditions(
    const Item& item, std::unordered_map<std::string_view, conditions::UnaryTests>& known) {
    const std::size_t first = data->conditions.size();
    for (const Condition& condition : item.when) {
        auto tests = known.find(condition.tests);
        if (tests == known.end()) {
            auto parsed = conditions::UnaryTests::parse(condition.tests);
            if (parsed.tests) {
                tests = known.emplace(condition.tests, std::move(*parsed.tests)).first;
            } else {
                Finding wrong = std::move(*parsed.fault);
                wrong.records.insert(wrong.records.begin(), item.id);
                wrong.fields.emplace_back("key", "when." + readable(condition.attribute));
                place(wrong, item.origin, layers);
                faults.push_back({item.origin, std::move(wrong)});
                continue;
            }
        }
        const auto attribute =
            std::lower_bound(data->attributes.begin(), data->attributes.end(), condition.attribute);
        data->conditions.push_back(
            {static_cast<std::uint32_t>(attribute - data->attributes.begin()), tests->second});
    }
    std::sort(data->conditions.begin() + static_cast<std::ptrdiff_t>(first), data->conditions.end(),
              [](const CompiledCondition& a, const CompiledCondition& b) {
                  return a.attribute < b.attribute;
              });
    close_row(data->condition_offsets, data->conditions.size());
}

void Catalogue::Builder::resolve_procedures() {
    for (const Procedure& procedure : data->procedures)
        for (const Step& step : procedure.steps)
            if (!step.actor.empty())
                known_acting(step.actor, "step.actor", procedure.id,
                             {procedure.origin.layer, step.line});
}

void Catalogue::Builder::resolve_delegations() {
    for (Delegation& delegation : data->delegations) {
        const Origin at = delegation.origin;
        check_dates(delegation.effective_from, delegation.effective_to, "delegation", {}, at);
        known_actor(delegation.from, "delegation.from", {}, at);
        const std::uint32_t to = known_actor(delegation.to, "delegation.to", {}, at);
        if (delegation.power.empty())
            fault(Code::catalogue_value_missing, at, {},
                  {{"what_kind", "delegation"}, {"key", "power"}});
        check_text(delegation.power, "delegation", {}, "power", at);
        const DateRange range = range_of(delegation.effective_from, delegation.effective_to);
        if (to != no_index && !range.empty())
            data->powers.push_back({ActorIndex(to), delegation.power, range});
    }
}

void Catalogue::Builder::resolve_referrals() {
    for (const Referral& referral : data->referrals) {
        known_actor(referral.from, "referral.from", {}, referral.origin);
        known_actor(referral.to, "referral.to", {}, referral.origin);
        check_matter_of(referral.matter, "referral", "matter", referral.origin);
    }
}

/// The powers that actors hold join those lent; what overlaps or touches becomes one.
void Catalogue::Builder::resolve_powers() {
    for (std::uint32_t a = 0; a < data->actors.size(); ++a)
        for (const std::string& power : data->actors[a].powers)
            data->powers.push_back({ActorIndex(a), power, {}});
    auto& powers = data->powers;
    std::sort(powers.begin(), powers.end(), [](const Data::Power& x, const Data::Power& y) {
        if (x.actor != y.actor) return x.actor < y.actor;
        return x.power != y.power ? x.power < y.power : x.range.from < y.range.from;
    });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < powers.size(); ++i) {
        if (kept > 0 && powers[kept - 1].actor == powers[i].actor &&
            powers[kept - 1].power == powers[i].power &&
            powers[i].range.from <= powers[kept - 1].range.to)
            powers[kept - 1].range.to = std::max(powers[kept - 1].range.to, powers[i].range.to);
        else
            powers[kept++] = powers[i];
    }
    powers.resize(kept);
}

}  // namespace gridgov::lists
