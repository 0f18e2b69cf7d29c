#include "gridgov/lists/decide.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "documents/document.hpp"
#include "lists/catalogue_faults.hpp"
#include "lists/matter_index.hpp"
#include "number_text.hpp"
#include "refuse.hpp"
#include "utf8.hpp"

namespace gridgov::lists {
namespace {

using conditions::Value;
using detail::DecisionIndex;
using detail::Node;
using detail::Rule;

/// A request whose names are rows.
struct Asked {
    std::uint32_t actor = 0;
    std::uint32_t level = 0;
    ActorIndex village;
    std::int32_t date = 0;
    std::string_view matter;
};

bool is_date(std::int32_t days) noexcept { return days >= date_min.days && days <= date_max.days; }

/// Whether an item that stands on the matter's path, for the right actor, applies in all else.
/// `value_of(attribute, type)` gives the request's value.
template <class ValueOf>
bool applies(const Catalogue& catalogue, const Rule& rule, const Asked& asked, ValueOf&& value_of) {
    if (asked.date < rule.from || asked.date >= rule.to) return false;
    const ItemIndex item(rule.item);
    if (!rule.everywhere && !catalogue.reaches(item, asked.village)) return false;
    if (rule.has_except)
        for (const std::string& except : catalogue.item(item).except)
            if (covers(except, asked.matter)) return false;
    if (rule.has_conditions)
        for (const CompiledCondition& condition : catalogue.conditions(item))
            if (!condition.tests.matches(value_of(condition.attribute, condition.tests.type())))
                return false;
    return true;
}

/// The rules of a node for a request: those of its level and those of the actor. Few rules are looked
/// through; many are searched.
template <class Visit>
void each_rule(const DecisionIndex& index, const Node& node, const Asked& asked, Visit&& visit) {
    const std::uint32_t key = detail::levels + asked.actor;
    if (node.rules_end - node.rules_begin <= 16) {
        const Rule* const end = index.rules.data() + node.rules_end;
        for (const Rule* rule = index.rules.data() + node.rules_begin; rule != end; ++rule)
            if (rule->key == asked.level || rule->key == key) visit(*rule);
        return;
    }
    for (const Rule& rule : index.rules_of(node, asked.level)) visit(rule);
    for (const Rule& rule : index.rules_of(node, key)) visit(rule);
}

/// The rule that decides; nullptr where none applies. From the deepest matter upwards, so that among
/// equal lists the first found stays.
template <class ValueOf>
const Rule* deciding(const Catalogue& catalogue, const Asked& asked, ValueOf&& value_of) {
    const DecisionIndex& index = catalogue.decision_index();
    const Rule* best = nullptr;
    for (std::uint32_t at = index.deepest(asked.matter); at != detail::none;) {
        const Node& node = index.nodes[at];
        if (best != nullptr && best->list <= node.least_list) break;
        const Rule* const best_below = best;
        each_rule(index, node, asked, [&](const Rule& rule) {
            if (best != nullptr) {
                if (rule.list > best->list) return;
                if (rule.list == best->list &&
                    (best == best_below || rule.layer < best->layer ||
                     (rule.layer == best->layer && rule.item > best->item)))
                    return;
            }
            if (applies(catalogue, rule, asked, value_of)) best = &rule;
        });
        at = node.up;
    }
    return best;
}

Verdict verdict_of(List list, std::string_view matter) noexcept {
    switch (list) {
        case List::negative:
            return is_certificate(matter) ? Verdict::refuse_certificate : Verdict::refuse_negative;
        case List::reclaimed: return Verdict::refuse_reclaimed;
        case List::must: return Verdict::must;
        case List::assist: return Verdict::assist;
        case List::certify: return Verdict::may_certify;
    }
    return Verdict::unlisted;
}

Unlisted default_of(const Catalogue& catalogue, std::string_view matter) noexcept {
    const Head& head = catalogue.head();
    const auto& wanted = is_certificate(matter) ? head.unlisted_certificate : head.unlisted;
    return wanted.value_or(Unlisted::refuse);
}

Verdict unlisted_verdict(const Catalogue& catalogue, std::string_view matter) noexcept {
    return is_certificate(matter) && default_of(catalogue, matter) == Unlisted::refuse
               ? Verdict::refuse_certificate
               : Verdict::unlisted;
}

/// Refuses an actor (of a level, if given) that the catalogue has not, naming the nearest that it has.
[[noreturn]] void refuse_unknown(Code code, std::string_view wrong, const Catalogue& catalogue,
                                 std::optional<Level> level) {
    std::vector<std::pair<std::string, std::string>> fields{{"value", readable(wrong)}};
    std::vector<std::string_view> ids;
    for (const Actor& actor : catalogue.actors())
        if (!level || actor.level == *level) ids.push_back(actor.id);
    if (const auto near = documents::nearest_word(wrong, ids); !near.empty())
        fields.emplace_back("near", near);
    refuse(code, std::move(fields));
}

Asked asked_of(const Catalogue& catalogue, const Request& request) {
    Asked asked;
    asked.actor = catalogue.decision_index().actor(request.actor, catalogue.actors());
    if (asked.actor == detail::none)
        refuse_unknown(Code::request_unknown_actor, request.actor, catalogue, std::nullopt);
    const ActorIndex actor(asked.actor);
    asked.level = static_cast<std::uint32_t>(catalogue.actor(actor).level);
    asked.village = catalogue.village(actor);
    if (!request.village.empty()) {
        asked.village = catalogue.find_actor(request.village);
        if (!asked.village.exists() || catalogue.actor(asked.village).level != Level::village)
            refuse_unknown(Code::request_unknown_village, request.village, catalogue,
                           Level::village);
    }
    if (const MatterFault wrong = check_matter(request.matter); wrong != MatterFault::none)
        refuse(Code::request_matter_invalid,
               {{"value", readable(request.matter.substr(0, 200))},
                {"reason_kind", std::string(matter_fault_text(wrong))}});
    if (!is_date(request.date.days)) refuse(Code::request_date_missing, {});
    asked.date = request.date.days;
    asked.matter = request.matter;
    return asked;
}

/// The values of a request by attribute row; of a name given twice the first counts.
auto values_of(const Catalogue& catalogue, const Request& request) {
    return [&catalogue, &request](std::uint32_t attribute, conditions::Type) -> Value {
        const std::string& name = catalogue.attributes()[attribute];
        for (const Attribute& given : request.attributes)
            if (given.name == name) return given.value;
        return std::monostate{};
    };
}

/// The search for the nearest miss: over the tree of matters, most alike first, cut off where the
/// matter alone costs more than the best, or as much and no id is smaller.
class MissSearch {
public:
    MissSearch(const Catalogue& catalogue, const Request& request, const Asked& asked)
        : catalogue_(catalogue), request_(request), asked_(asked), index_(catalogue.decision_index()) {
        std::string_view rest = asked.matter;
        while (true) {
            const std::size_t end = rest.find('/');
            segments_.push_back(rest.substr(0, end));
            if (end == std::string_view::npos) break;
            rest.remove_prefix(end + 1);
        }
    }

    std::optional<NearestMiss> run() {
        const std::uint32_t root = index_.deepest(segments_.front());
        if (root == detail::none) return std::nullopt;
        visit(root, 0);
        if (best_item_ == no_index) return std::nullopt;
        return told();
    }

private:
    /// Depth first, the child that agrees first: the best found early cuts the rest off.
    void visit(std::uint32_t root, std::uint32_t root_cost) {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> open{{root, root_cost}};
        while (!open.empty()) {
            const auto [at, cost] = open.back();
            open.pop_back();
            if (!may_win(at, cost)) continue;
            const Node& node = index_.nodes[at];
            for (const Rule& rule : index_.rules_of(node)) consider(rule, cost);
            std::uint32_t agrees = detail::none;
            for (std::uint32_t child = at + 1; child < index_.subtree_end[at];
                 child = index_.subtree_end[child]) {
                const bool same = node.depth < segments_.size() &&
                                  last_segment(index_.nodes[child], node) == segments_[node.depth];
                if (same) agrees = child;
                else if (may_win(child, cost + 1)) open.emplace_back(child, cost + 1);
            }
            if (agrees != detail::none) open.emplace_back(agrees, cost);
        }
    }
    /// Whether something at or below a node may be cheaper, or as cheap with a smaller id.
    bool may_win(std::uint32_t at, std::uint32_t cost) const {
        const std::uint32_t least = index_.least_granting[at];
        return cost < best_cost_ ? least != detail::none : cost == best_cost_ && least < best_item_;
    }
    static std::string_view last_segment(const Node& node, const Node& parent) {
        return node.text().substr(parent.path_bytes + 1);
    }

    void consider(const Rule& rule, std::uint32_t matter_cost) {
        if (rule.list < List::must || rule.from >= rule.to) return;
        const ItemIndex item(rule.item);
        if (!rule.everywhere && catalogue_.villages(item).empty()) return;
        std::uint32_t cost = matter_cost;
        const std::uint32_t key = rule.key;
        if (key != asked_.level && key != detail::levels + asked_.actor) ++cost;
        if (asked_.date < rule.from || asked_.date >= rule.to) ++cost;
        if (!catalogue_.reaches(item, asked_.village)) ++cost;
        if (cost > best_cost_) return;
        if (rule.has_except) {
            bool hit = false;
            const Item& record = catalogue_.item(item);
            for (const std::string& except : record.except) {
                if (covers(except, record.matter)) return;  // it cannot be reached at all
                hit = hit || covers(except, asked_.matter);
            }
            if (hit) ++cost;
        }
        for (const CompiledCondition& condition : catalogue_.conditions(item)) {
            if (condition.tests.empty()) return;
            if (!condition.tests.matches(value_of(condition))) ++cost;
        }
        if (cost < best_cost_ || (cost == best_cost_ && rule.item < best_item_)) {
            best_cost_ = cost;
            best_item_ = rule.item;
        }
    }
    Value value_of(const CompiledCondition& condition) const {
        return values_of(catalogue_, request_)(condition.attribute, condition.tests.type());
    }

    NearestMiss told() const {
        const ItemIndex item(best_item_);
        const Item& record = catalogue_.item(item);
        NearestMiss miss{item, best_cost_, {}};
        const auto change = [&](Change::Field field, std::string name, std::string from,
                                std::string to) {
            miss.changes.push_back({field, std::move(name), std::move(from), std::move(to)});
        };
        const std::uint32_t key = detail::acting_key(catalogue_.acting(item));
        if (key != asked_.level && key != detail::levels + asked_.actor)
            change(Change::Field::actor, "actor", std::string(request_.actor), record.actor);
        if (!catalogue_.reaches(item, asked_.village))
            change(Change::Field::village, "village",
                   asked_.village.exists() ? catalogue_.actor(asked_.village).id : std::string(),
                   catalogue_.actor(ActorIndex(catalogue_.villages(item).front())).id);
        const DateRange range = catalogue_.in_force(item);
        if (const Date date{asked_.date}; !range.contains(date))
            change(Change::Field::date, "date", date_text(date),
                   date_text(date < range.from ? range.from : range.to - 1));
        for (const CompiledCondition& condition : catalogue_.conditions(item)) {
            const Value value = value_of(condition);
            if (condition.tests.matches(value)) continue;
            const auto near = condition.tests.nearest_value(value);
            change(Change::Field::attribute, catalogue_.attributes()[condition.attribute],
                   conditions::feel_text(value), conditions::feel_text(near.value_or(Value{})));
        }
        bool outside = !covers(record.matter, asked_.matter);
        for (const std::string& except : record.except)
            outside = outside || covers(except, asked_.matter);
        if (outside)
            change(Change::Field::matter, "matter", std::string(asked_.matter), record.matter);
        return miss;
    }

    const Catalogue& catalogue_;
    const Request& request_;
    const Asked& asked_;
    const DecisionIndex& index_;
    std::vector<std::string_view> segments_;
    std::uint32_t best_cost_ = no_index;
    std::uint32_t best_item_ = no_index;
};

}  // namespace

std::string_view verdict_name(Verdict verdict) noexcept {
    constexpr std::array<std::string_view, 7> names{
        "refuse_negative", "refuse_reclaimed",   "must",    "assist",
        "may_certify",     "refuse_certificate", "unlisted"};
    return names[static_cast<std::size_t>(verdict)];
}
std::string_view row_status_name(RowStatus status) noexcept {
    constexpr std::array<std::string_view, 5> names{"ok", "unknown_actor", "unknown_village",
                                                    "matter_invalid", "date_missing"};
    return names[static_cast<std::size_t>(status)];
}

Value attribute_value(std::string_view text, std::string& storage) {
    if (const auto literal = conditions::parse_literal(text, storage)) return *literal;
    storage = text;
    return std::string_view(storage);
}

Ruling rule(const Catalogue& catalogue, const Request& request) {
    const Asked asked = asked_of(catalogue, request);
    const Rule* const found = deciding(catalogue, asked, values_of(catalogue, request));
    if (found == nullptr) return {unlisted_verdict(catalogue, asked.matter), ItemIndex::none()};
    return {verdict_of(found->list, asked.matter), ItemIndex(found->item)};
}

Decision decide(const Catalogue& catalogue, const Request& request) {
    const Asked asked = asked_of(catalogue, request);
    const DecisionIndex& index = catalogue.decision_index();
    const auto value_of = values_of(catalogue, request);
    struct Applying {
        List list;
        std::uint32_t depth;
        std::uint32_t layer;
        std::uint32_t item;
    };
    std::vector<Applying> applying;
    for (std::uint32_t at = index.deepest(asked.matter); at != detail::none;) {
        const Node& node = index.nodes[at];
        each_rule(index, node, asked, [&](const Rule& rule) {
            if (applies(catalogue, rule, asked, value_of))
                applying.push_back({rule.list, node.depth, rule.layer, rule.item});
        });
        at = node.up;
    }
    Decision decision;
    if (applying.empty()) {
        decision.verdict = unlisted_verdict(catalogue, asked.matter);
        decision.unlisted_default = default_of(catalogue, asked.matter);
        decision.nearest_miss = MissSearch(catalogue, request, asked).run();
        return decision;
    }
    std::sort(applying.begin(), applying.end(), [](const Applying& a, const Applying& b) {
        if (a.list != b.list) return a.list < b.list;
        if (a.depth != b.depth) return a.depth > b.depth;
        if (a.layer != b.layer) return a.layer > b.layer;
        return a.item < b.item;
    });
    decision.verdict = verdict_of(applying.front().list, asked.matter);
    decision.item = ItemIndex(applying.front().item);
    for (std::size_t i = 1; i < applying.size(); ++i)
        decision.overridden.emplace_back(applying[i].item);
    return decision;
}

std::optional<NearestMiss> nearest_miss(const Catalogue& catalogue, const Request& request) {
    const Asked asked = asked_of(catalogue, request);
    return MissSearch(catalogue, request, asked).run();
}

void rule(const Catalogue& catalogue, const RequestColumns& requests, const RulingColumns& rulings) {
    const std::size_t rows = requests.actors.size();
    const auto same = [&](std::string_view column, std::size_t length) {
        if (length != rows)
            refuse(Code::column_size_mismatch, {{"column", std::string(column)},
                                                {"length", number_text(length)},
                                                {"expected", number_text(rows)}});
    };
    same("matter", requests.matters.size());
    same("date", requests.dates.size());
    if (requests.villages.present()) same("village", requests.villages.size());
    for (const auto& attribute : requests.attributes) same(attribute.name, attribute.values.size());
    same("verdict", rulings.verdicts.size());
    same("item", rulings.items.size());
    same("status", rulings.statuses.size());

    const DecisionIndex& index = catalogue.decision_index();
    std::vector<const conditions::ValueColumn*> column_of(catalogue.attributes().size(), nullptr);
    for (auto at = requests.attributes.rbegin(); at != requests.attributes.rend(); ++at)
        if (const std::uint32_t row = catalogue.find_attribute(at->name); row != no_index)
            column_of[row] = &at->values;

    for (std::size_t row = 0; row < rows; ++row) {
        const auto value_of = [&](std::uint32_t attribute, conditions::Type type) -> Value {
            const conditions::ValueColumn* const column = column_of[attribute];
            if (column == nullptr) return std::monostate{};
            if (column->texts.present()) {
                const std::string_view cell = column->texts[row];
                return conditions::read_cell(cell, type).value_or(Value{cell});
            }
            if (!column->numbers.empty()) {
                const double number = column->numbers[row];
                return number == number ? Value{number} : Value{};
            }
            if (!column->dates.empty()) {
                const Date date{column->dates[row]};
                return date.exists() ? Value{date} : Value{};
            }
            const std::uint8_t boolean = column->booleans[row];
            return boolean == 255 ? Value{} : Value{boolean != 0};
        };
        RowStatus status = RowStatus::ok;
        Ruling ruling;
        Asked asked;
        asked.actor = index.actor(requests.actors[row], catalogue.actors());
        asked.matter = requests.matters[row];
        asked.date = requests.dates[row];
        const std::string_view village =
            requests.villages.present() ? requests.villages[row] : std::string_view();
        if (asked.actor == detail::none) {
            status = RowStatus::unknown_actor;
        } else {
            const ActorIndex actor(asked.actor);
            asked.level = static_cast<std::uint32_t>(catalogue.actor(actor).level);
            asked.village = catalogue.village(actor);
            if (!village.empty()) {
                const std::uint32_t given = index.actor(village, catalogue.actors());
                asked.village = ActorIndex(given);
                if (given == detail::none ||
                    catalogue.actor(ActorIndex(given)).level != Level::village)
                    status = RowStatus::unknown_village;
            }
        }
        if (status == RowStatus::ok && check_matter(asked.matter) != MatterFault::none)
            status = RowStatus::matter_invalid;
        if (status == RowStatus::ok && !is_date(asked.date)) status = RowStatus::date_missing;
        if (status == RowStatus::ok) {
            if (const Rule* const found = deciding(catalogue, asked, value_of))
                ruling = {verdict_of(found->list, asked.matter), ItemIndex(found->item)};
            else
                ruling.verdict = unlisted_verdict(catalogue, asked.matter);
        }
        rulings.verdicts[row] = static_cast<std::uint8_t>(ruling.verdict);
        rulings.items[row] = ruling.item.value;
        rulings.statuses[row] = static_cast<std::uint8_t>(status);
    }
}

}  // namespace gridgov::lists
