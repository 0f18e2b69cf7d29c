// Merging layers and checking them, whole: no fault hides another.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <variant>

#include "lists/catalogue_data.hpp"
#include "lists/catalogue_faults.hpp"
#include "number_text.hpp"
#include "utf8.hpp"

namespace gridgov::lists {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string_view id_fault(std::string_view id, std::string_view reserved) noexcept {
    if (id.empty()) return "empty";
    if (id.size() > id_bytes_max) return "too long";
    if (!is_utf8(id)) return "not UTF-8";
    for (const char byte : id)
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) return "control character";
    if (id.front() == ' ' || id.back() == ' ') return "outer blank";
    if (id.find_first_of(reserved) != std::string_view::npos) return "reserved character";
    return {};
}

std::optional<Level> level_of(std::string_view text) noexcept {
    for (const Level level :
         {Level::courtyard, Level::grid, Level::village, Level::town, Level::district})
        if (text == level_name(level)) return level;
    return std::nullopt;
}

constexpr std::string_view level_prefix = "level:";

/// Offsets and values of rows that are filled one after the other.
void close_row(std::vector<std::uint32_t>& offsets, std::size_t values) {
    offsets.push_back(static_cast<std::uint32_t>(values));
}

}  // namespace

std::string_view matter_fault_text(MatterFault fault) noexcept {
    switch (fault) {
        case MatterFault::none: return {};
        case MatterFault::empty: return "empty";
        case MatterFault::not_utf8: return "not UTF-8";
        case MatterFault::control: return "control character";
        case MatterFault::empty_segment: return "empty segment";
        case MatterFault::too_deep: return "too deep";
        case MatterFault::too_long: return "too long";
    }
    return {};
}

/// Checks each record by itself, merges, then checks what records say of each other.
struct Catalogue::Builder {
    std::vector<Layer> layers;
    std::shared_ptr<Data> data = std::make_shared<Data>();
    struct Placed {
        Origin origin;
        Finding finding;
    };
    std::vector<Placed> faults;

    explicit Builder(std::vector<Layer>&& given) : layers(std::move(given)) {}

    Finding& fault(Code code, Origin origin, std::vector<std::string> records, Fields fields = {}) {
        Finding finding;
        finding.code = code;
        finding.records = std::move(records);
        finding.fields = std::move(fields);
        place(finding, origin, layers);
        faults.push_back({origin, std::move(finding)});
        return faults.back().finding;
    }

    // One record by itself.

    void check_text(const std::string& text, std::string_view kind, const std::string& id,
                    std::string_view key, Origin origin) {
        if (!is_utf8(text))
            fault(Code::catalogue_text_not_utf8, origin, {readable(id)},
                  {{"what_kind", std::string(kind)}, {"key", std::string(key)}});
    }
    void check_title(const Title& title, std::string_view kind, const std::string& id, Origin origin) {
        check_text(title.zh, kind, id, "title.zh", origin);
        check_text(title.en, kind, id, "title.en", origin);
    }
    void check_names(const std::vector<std::string>& names, std::string_view kind,
                     const std::string& id, std::string_view key, Origin origin) {
        if (names.size() > names_per_record_max)
            fault(Code::catalogue_too_many_names, origin, {readable(id)},
                  {{"key", std::string(key)},
                   {"count", number_text(names.size())},
                   {"most", number_text(names_per_record_max)}});
        for (const std::string& name : names) {
            if (name.empty())
                fault(Code::catalogue_value_missing, origin, {readable(id)},
                      {{"what_kind", std::string(kind)}, {"key", std::string(key)}});
            check_text(name, kind, id, key, origin);
        }
    }
    void check_matter_of(const std::string& matter, const std::string& id, std::string_view key,
                         Origin origin) {
        if (const MatterFault wrong = check_matter(matter); wrong != MatterFault::none)
            fault(Code::catalogue_matter_invalid, origin, {readable(id)},
                  {{"key", std::string(key)},
                   {"value", readable(std::string_view(matter).substr(0, 200))},
                   {"reason_kind", std::string(matter_fault_text(wrong))}});
    }
    void check_number(double number, const std::string& id, std::string_view key, Origin origin) {
        if (!(number >= 0 && number <= hours_max))  // NaN too
            fault(Code::catalogue_number_invalid, origin, {readable(id)},
                  {{"key", std::string(key)},
                   {"value", number_text(number)},
                   {"most", number_text(hours_max)}});
    }
    void check_dates(Date from, Date to, std::string_view kind, std::vector<std::string> records,
                     Origin origin) {
        if (from.exists() && to.exists() && !(from < to))
            fault(Code::catalogue_dates_reversed, origin, std::move(records),
                  {{"what_kind", std::string(kind)}, {"from", date_text(from)}, {"to", date_text(to)}});
    }

    void check_record(const Actor& actor) {
        check_title(actor.title, "actor", actor.id, actor.origin);
        check_names(actor.powers, "actor", actor.id, "powers", actor.origin);
    }
    void check_record(const Person& person) {
        check_title(person.title, "person", person.id, person.origin);
        check_names(person.posts, "person", person.id, "posts", person.origin);
        if (person.capacity_hours)
            check_number(*person.capacity_hours, person.id, "capacity_hours", person.origin);
    }
    void check_record(const Item& item) {
        const Origin at = item.origin;
        check_title(item.title, "item", item.id, at);
        check_matter_of(item.matter, item.id, "matter", at);
        check_names(item.except, "item", item.id, "except", at);
        for (const std::string& matter : item.except)
            if (!matter.empty()) check_matter_of(matter, item.id, "except", at);
        if (item.actor.empty())
            fault(Code::catalogue_value_missing, at, {readable(item.id)},
                  {{"what_kind", "item"}, {"key", "actor"}});
        check_text(item.actor, "item", item.id, "actor", at);
        check_text(item.lead, "item", item.id, "lead", at);
        check_names(item.assists, "item", item.id, "assists", at);
        check_names(item.villages, "item", item.id, "villages", at);
        check_names(item.basis, "item", item.id, "basis", at);
        check_names(item.needs, "item", item.id, "needs", at);
        check_number(item.hours, item.id, "hours", at);
        check_text(item.procedure, "item", item.id, "procedure", at);
        check_text(item.department, "item", item.id, "department", at);
        if (item.when.size() > names_per_record_max)
            fault(Code::catalogue_too_many_names, at, {readable(item.id)},
                  {{"key", "when"},
                   {"count", number_text(item.when.size())},
                   {"most", number_text(names_per_record_max)}});
        std::unordered_set<std::string_view> asked;
        for (const Condition& condition : item.when) {
            check_text(condition.attribute, "item", item.id, "when", at);
            if (condition.attribute.empty())
                fault(Code::catalogue_value_missing, at, {readable(item.id)},
                      {{"what_kind", "item"}, {"key", "when"}});
            else if (!asked.insert(condition.attribute).second)
                fault(Code::catalogue_condition_repeated, at, {readable(item.id)},
                      {{"key", readable(condition.attribute)}});
        }
    }
    void check_record(const Procedure& procedure) {
        check_title(procedure.title, "procedure", procedure.id, procedure.origin);
        if (procedure.steps.empty())
            fault(Code::catalogue_procedure_empty, procedure.origin, {readable(procedure.id)});
        if (procedure.steps.size() > names_per_record_max)
            fault(Code::catalogue_too_many_names, procedure.origin, {readable(procedure.id)},
                  {{"key", "step"},
                   {"count", number_text(procedure.steps.size())},
                   {"most", number_text(names_per_record_max)}});
        std::unordered_map<std::string_view, std::uint32_t> line_of;
        for (const Step& step : procedure.steps) {
            const Origin at{procedure.origin.layer, step.line};
            if (const auto wrong = id_fault(step.id, {}); !wrong.empty())
                fault(Code::catalogue_id_invalid, at, {readable(step.id)},
                      {{"what_kind", "step"},
                       {"reason_kind", std::string(wrong)},
                       {"most", number_text(id_bytes_max)}});
            const auto [first, is_new] = line_of.try_emplace(step.id, step.line);
            if (!is_new) {
                Finding& found = fault(Code::catalogue_step_repeated, at, {readable(procedure.id)},
                                       {{"step", readable(step.id)}});
                if (first->second > 0)
                    found.fields.emplace_back("first_line", number_text(first->second));
            }
            check_title(step.title, "step", step.id, at);
        }
        for (const Step& step : procedure.steps)
            for (const std::string& next : step.next)
                if (!line_of.contains(next))
                    fault(Code::catalogue_unknown_step, {procedure.origin.layer, step.line},
                          {readable(procedure.id)},
                          {{"step", readable(step.id)}, {"value", readable(next)}});
    }
    void check_record(const Law& law) {
        check_title(law.title, "law", law.id, law.origin);
        check_dates(law.in_force_from, law.in_force_to, "law", {readable(law.id)}, law.origin);
    }
    void check_record(const Sanction& sanction) {
        check_title(sanction.title, "sanction", sanction.id, sanction.origin);
        check_names(sanction.withholds, "sanction", sanction.id, "withholds", sanction.origin);
        for (const std::string& matter : sanction.withholds)
            if (!matter.empty()) check_matter_of(matter, sanction.id, "withholds", sanction.origin);
    }

    // Merging one table: the last layer's record of each id, sorted by id.

    template <class Record>
    std::vector<Record> merged(std::vector<Record> Layer::*table, std::string_view kind,
                               std::string_view reserved) {
        struct Place {
            std::uint32_t layer;
            std::uint32_t row;
        };
        std::unordered_map<std::string_view, Place> kept;
        for (std::uint32_t l = 0; l < layers.size(); ++l) {
            if constexpr (std::is_same_v<Record, Item>) {
                std::unordered_set<std::string_view> here;
                for (Withdrawal& withdrawal : layers[l].withdrawals) {
                    withdrawal.origin.layer = l;
                    if (!here.insert(withdrawal.id).second)
                        fault(Code::catalogue_id_repeated, withdrawal.origin,
                              {readable(withdrawal.id)}, {{"what_kind", "withdrawal"}});
                    else if (kept.erase(withdrawal.id) == 0)
                        fault(Code::catalogue_unknown_item, withdrawal.origin,
                              {readable(withdrawal.id)});
                }
            }
            std::vector<Record>& records = layers[l].*table;
            for (std::uint32_t row = 0; row < records.size(); ++row) {
                Record& record = records[row];
                record.origin.layer = l;
                auto wrong = id_fault(record.id, reserved);
                if (std::is_same_v<Record, Actor> && wrong.empty() &&
                    (record.id == "*" || record.id.starts_with(level_prefix)))
                    wrong = "reserved character";
                if (!wrong.empty())
                    fault(Code::catalogue_id_invalid, record.origin, {readable(record.id)},
                          {{"what_kind", std::string(kind)},
                           {"reason_kind", std::string(wrong)},
                           {"most", number_text(id_bytes_max)}});
                const auto [at, is_new] = kept.try_emplace(record.id, Place{l, row});
                if (!is_new && at->second.layer == l) {
                    const std::uint32_t line = records[at->second.row].origin.line;
                    Finding& found = fault(Code::catalogue_id_repeated, record.origin,
                                           {readable(record.id)}, {{"what_kind", std::string(kind)}});
                    if (line > 0) found.fields.emplace_back("first_line", number_text(line));
                }
                at->second = {l, row};
                check_record(record);
            }
        }
        std::vector<Place> order;
        order.reserve(kept.size());
        for (const auto& [id, place] : kept) order.push_back(place);  // sorted below
        const auto at = [&](Place place) -> Record& { return (layers[place.layer].*table)[place.row]; };
        std::sort(order.begin(), order.end(),
                  [&](Place a, Place b) { return at(a).id < at(b).id; });
        std::vector<Record> result;
        result.reserve(order.size());
        for (const Place place : order) result.push_back(std::move(at(place)));
        too_many(result.size(), kind);
        return result;
    }
    void too_many(std::size_t count, std::string_view kind) {
        if (count > items_max)
            fault(Code::catalogue_too_large, {}, {},
                  {{"count", number_text(count)},
                   {"most", number_text(items_max)},
                   {"what_kind", std::string(kind)}});
    }

    void merge() {
        Head& head = data->head;
        for (std::uint32_t l = 0; l < layers.size(); ++l) {
            Head& own = layers[l].head;
            own.origin.layer = l;
            if (!own.id.empty())
                if (const auto wrong = id_fault(own.id, {}); !wrong.empty())
                    fault(Code::catalogue_id_invalid, own.origin, {readable(own.id)},
                          {{"what_kind", "head"},
                           {"reason_kind", std::string(wrong)},
                           {"most", number_text(id_bytes_max)}});
            check_title(own.title, "head", own.id, own.origin);
            check_text(own.jurisdiction, "head", own.id, "jurisdiction", own.origin);
            check_dates(own.effective_from, own.effective_to, "head", {}, own.origin);
            if (!own.id.empty()) head.id = own.id;
            if (!own.title.zh.empty() || !own.title.en.empty()) head.title = own.title;
            if (!own.jurisdiction.empty()) head.jurisdiction = own.jurisdiction;
            if (own.effective_from.exists()) head.effective_from = own.effective_from;
            if (own.effective_to.exists()) head.effective_to = own.effective_to;
            if (own.unlisted) head.unlisted = own.unlisted;
            if (own.unlisted_certificate) head.unlisted_certificate = own.unlisted_certificate;
            head.origin = own.origin;
            data->heads.push_back(own);
            data->files.push_back(layers[l].file);
        }
        if (!head.unlisted) head.unlisted = Unlisted::refuse;
        if (!head.unlisted_certificate) head.unlisted_certificate = Unlisted::refuse;

        data->actors = merged(&Layer::actors, "actor", ".");
        data->persons = merged(&Layer::persons, "person", ";");
        data->items = merged(&Layer::items, "item", {});
        data->procedures = merged(&Layer::procedures, "procedure", {});
        data->laws = merged(&Layer::laws, "law", {});
        data->sanctions = merged(&Layer::sanctions, "sanction", {});
        for (std::uint32_t l = 0; l < layers.size(); ++l) {
            for (Delegation& delegation : layers[l].delegations) {
                delegation.origin.layer = l;
                data->delegations.push_back(std::move(delegation));
            }
            for (Referral& referral : layers[l].referrals) {
                referral.origin.layer = l;
                data->referrals.push_back(std::move(referral));
            }
        }
        too_many(data->delegations.size(), "delegation");
        too_many(data->referrals.size(), "referral");
    }

    // What records say of each other.

    std::uint32_t actor_row(std::string_view id) const {
        const auto& actors = data->actors;
        const auto at = std::lower_bound(
            actors.begin(), actors.end(), id,
            [](const Actor& actor, std::string_view wanted) { return actor.id < wanted; });
        return at != actors.end() && at->id == id ? static_cast<std::uint32_t>(at - actors.begin())
                                                  : no_index;
    }
    std::uint32_t known_actor(const std::string& id, std::string_view key, const std::string& record,
                              Origin origin) {
        const std::uint32_t row = actor_row(id);
        if (row == no_index)
            fault(Code::catalogue_unknown_actor, origin,
                  record.empty() ? std::vector<std::string>{}
                                 : std::vector<std::string>{readable(record)},
                  {{"key", std::string(key)}, {"value", readable(id)}});
        return row;
    }
    /// `level:x` or an actor's id.
    std::optional<Acting> known_acting(const std::string& text, std::string_view key,
                                       const std::string& record, Origin origin) {
        if (text.starts_with(level_prefix)) {
            const auto level = level_of(std::string_view(text).substr(level_prefix.size()));
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

    void resolve_actors() {
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
            const std::uint32_t village = at == no_index ? no_index
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
        data->level_offsets.assign(1, 0);
        for (std::uint32_t level = 0; level < detail::levels; ++level) {
            for (std::uint32_t a = 0; a < count; ++a)
                if (static_cast<std::uint32_t>(actors[a].level) == level)
                    data->level_actors.push_back(a);
            close_row(data->level_offsets, data->level_actors.size());
        }
    }

    void resolve_posts() {
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
            by_person.emplace_back(held[i].person,
                                   static_cast<std::uint32_t>(data->posts.size() - 1));
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

    void resolve_items() {
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
            DateRange range;
            if (item.effective_from.exists()) range.from = item.effective_from;
            if (item.effective_to.exists()) range.to = item.effective_to;
            data->in_force.push_back(range);

            const auto who = item.actor.empty() ? std::nullopt
                                                : known_acting(item.actor, "actor", item.id, at);
            data->acting.push_back(who.value_or(Acting{ActorIndex::none(), Level::village}));

            bool all = false;
            const std::size_t first = data->item_villages.size();
            for (const std::string& village : item.villages) {
                if (village == "*") {
                    all = true;
                    continue;
                }
                if (village.empty()) continue;
                const std::uint32_t row = actor_row(village);
                if (row == no_index || data->actors[row].level != Level::village)
                    fault(Code::catalogue_unknown_village, at, {item.id},
                          {{"value", readable(village)}});
                else
                    data->item_villages.push_back(row);
            }
            auto begin = data->item_villages.begin() + static_cast<std::ptrdiff_t>(first);
            std::sort(begin, data->item_villages.end());
            data->item_villages.erase(all ? begin : std::unique(begin, data->item_villages.end()),
                                      data->item_villages.end());
            close_row(data->village_offsets, data->item_villages.size());
            data->everywhere.push_back(all ? 1 : 0);

            check_responsible(item.lead, "lead", item);
            for (const std::string& text : item.assists) check_responsible(text, "assists", item);

            std::uint32_t procedure = no_index;
            if (!item.procedure.empty()) {
                const auto found = std::lower_bound(
                    data->procedures.begin(), data->procedures.end(), item.procedure,
                    [](const Procedure& a, const std::string& wanted) { return a.id < wanted; });
                if (found != data->procedures.end() && found->id == item.procedure)
                    procedure = static_cast<std::uint32_t>(found - data->procedures.begin());
                else
                    fault(Code::catalogue_unknown_procedure, at, {item.id},
                          {{"value", readable(item.procedure)}});
            }
            data->item_procedure.push_back(procedure);
            resolve_recurrence(item, recurrence_of);
            resolve_conditions(item, tests_of);
        }
    }
    void check_responsible(const std::string& text, std::string_view key, const Item& item) {
        if (text.empty() || actor_row(text) != no_index) return;
        if (const std::size_t dot = text.find('.'); dot != std::string::npos) {
            if (dot == 0 || dot + 1 == text.size())
                fault(Code::catalogue_post_invalid, item.origin, {item.id}, {{"value", readable(text)}});
            else
                known_actor(text.substr(0, dot), key, item.id, item.origin);
        }
    }
    void resolve_recurrence(const Item& item,
                            std::unordered_map<std::string_view, std::uint32_t>& known) {
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
    void resolve_conditions(const Item& item,
                            std::unordered_map<std::string_view, conditions::UnaryTests>& known) {
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

    void resolve_rest() {
        for (const Procedure& procedure : data->procedures)
            for (const Step& step : procedure.steps)
                if (!step.actor.empty())
                    known_acting(step.actor, "step.actor", procedure.id,
                                 {procedure.origin.layer, step.line});
        for (Delegation& delegation : data->delegations) {
            const Origin at = delegation.origin;
            check_dates(delegation.effective_from, delegation.effective_to, "delegation", {}, at);
            known_actor(delegation.from, "delegation.from", {}, at);
            const std::uint32_t to = known_actor(delegation.to, "delegation.to", {}, at);
            if (delegation.power.empty())
                fault(Code::catalogue_value_missing, at, {},
                      {{"what_kind", "delegation"}, {"key", "power"}});
            check_text(delegation.power, "delegation", {}, "power", at);
            DateRange range;
            if (delegation.effective_from.exists()) range.from = delegation.effective_from;
            if (delegation.effective_to.exists()) range.to = delegation.effective_to;
            if (to != no_index && !range.empty())
                data->powers.push_back({ActorIndex(to), delegation.power, range});
        }
        for (const Referral& referral : data->referrals) {
            known_actor(referral.from, "referral.from", {}, referral.origin);
            known_actor(referral.to, "referral.to", {}, referral.origin);
            check_matter_of(referral.matter, "referral", "matter", referral.origin);
        }
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

    Checked finish() {
        if (layers.empty()) fault(Code::catalogue_empty, {}, {});
        if (layers.size() > layers_max) {
            fault(Code::catalogue_too_large, {}, {},
                  {{"count", number_text(layers.size())},
                   {"most", number_text(layers_max)},
                   {"what_kind", "layer"}});
        } else {
            merge();
            resolve_actors();
            resolve_posts();
            resolve_items();
            resolve_rest();
        }
        if (!faults.empty()) {
            std::stable_sort(faults.begin(), faults.end(), [](const Placed& a, const Placed& b) {
                return a.origin.layer != b.origin.layer ? a.origin.layer < b.origin.layer
                                                        : a.origin.line < b.origin.line;
            });
            std::vector<Finding> findings;
            for (Placed& placed : faults) findings.push_back(std::move(placed.finding));
            return {std::nullopt, std::move(findings)};
        }
        const Catalogue unfinished{std::shared_ptr<const Data>(data)};
        data->index = std::make_unique<const detail::DecisionIndex>(unfinished);
        return {unfinished, {}};
    }
};

void place(Finding& finding, Origin origin, const std::vector<Layer>& layers) {
    if (origin.layer < layers.size() && !layers[origin.layer].file.empty())
        finding.fields.emplace_back("file", readable(layers[origin.layer].file));
    if (origin.line > 0) finding.fields.emplace_back("line", number_text(origin.line));
}

Catalogue::Checked Catalogue::check(std::vector<Layer>&& layers) {
    return Builder(std::move(layers)).finish();
}

Catalogue Catalogue::make(std::vector<Layer>&& layers) {
    Checked checked = check(std::move(layers));
    if (!checked.catalogue) throw DataError(std::move(checked.findings));
    return *std::move(checked.catalogue);
}

Catalogue Catalogue::make(std::span<const Layer> layers) {
    return make(std::vector<Layer>(layers.begin(), layers.end()));
}

}  // namespace gridgov::lists
