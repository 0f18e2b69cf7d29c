#include "gridgov/lists/catalogue.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>
#include <variant>

#include "lists/catalogue_data.hpp"
#include "lists/matter_index.hpp"

namespace gridgov::lists {
namespace {

template <class Record>
std::uint32_t row_of(const std::vector<Record>& records, std::string_view id) noexcept {
    const auto at = std::lower_bound(
        records.begin(), records.end(), id,
        [](const Record& record, std::string_view wanted) { return record.id < wanted; });
    return at != records.end() && at->id == id ? static_cast<std::uint32_t>(at - records.begin())
                                               : no_index;
}

std::span<const std::uint32_t> row_span(const std::vector<std::uint32_t>& offsets,
                                        const std::vector<std::uint32_t>& values,
                                        std::uint32_t row) noexcept {
    return std::span(values).subspan(offsets[row], offsets[row + 1] - offsets[row]);
}

}  // namespace

std::string_view level_name(Level level) noexcept {
    constexpr std::array<std::string_view, 5> names{"courtyard", "grid", "village", "town", "district"};
    return names[static_cast<std::size_t>(level)];
}
std::string_view list_name(List list) noexcept {
    constexpr std::array<std::string_view, 5> names{"negative", "reclaimed", "must", "assist",
                                                    "certify"};
    return names[static_cast<std::size_t>(list)];
}
std::string_view unlisted_name(Unlisted unlisted) noexcept {
    constexpr std::array<std::string_view, 3> names{"refuse", "refer", "allow"};
    return names[static_cast<std::size_t>(unlisted)];
}

Catalogue::Catalogue(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

std::span<const Head> Catalogue::layers() const noexcept { return data_->heads; }
std::string_view Catalogue::file(std::uint32_t layer) const noexcept { return data_->files[layer]; }
const Head& Catalogue::head() const noexcept { return data_->head; }
std::span<const Actor> Catalogue::actors() const noexcept { return data_->actors; }
std::span<const Person> Catalogue::persons() const noexcept { return data_->persons; }
std::span<const Item> Catalogue::items() const noexcept { return data_->items; }
std::span<const Delegation> Catalogue::delegations() const noexcept { return data_->delegations; }
std::span<const Referral> Catalogue::referrals() const noexcept { return data_->referrals; }
std::span<const Procedure> Catalogue::procedures() const noexcept { return data_->procedures; }
std::span<const Law> Catalogue::laws() const noexcept { return data_->laws; }
std::span<const Sanction> Catalogue::sanctions() const noexcept { return data_->sanctions; }
std::span<const std::string> Catalogue::attributes() const noexcept { return data_->attributes; }
std::span<const Post> Catalogue::posts() const noexcept { return data_->posts; }

const Actor& Catalogue::actor(ActorIndex actor) const noexcept { return data_->actors[actor.value]; }
const Person& Catalogue::person(PersonIndex person) const noexcept {
    return data_->persons[person.value];
}
const Item& Catalogue::item(ItemIndex item) const noexcept { return data_->items[item.value]; }

ActorIndex Catalogue::find_actor(std::string_view id) const noexcept {
    return ActorIndex(row_of(data_->actors, id));
}
PersonIndex Catalogue::find_person(std::string_view id) const noexcept {
    return PersonIndex(row_of(data_->persons, id));
}
ItemIndex Catalogue::find_item(std::string_view id) const noexcept {
    return ItemIndex(row_of(data_->items, id));
}
ProcedureIndex Catalogue::find_procedure(std::string_view id) const noexcept {
    return ProcedureIndex(row_of(data_->procedures, id));
}
LawIndex Catalogue::find_law(std::string_view id) const noexcept {
    return LawIndex(row_of(data_->laws, id));
}
PostIndex Catalogue::find_post(ActorIndex actor, std::string_view name) const noexcept {
    const auto& posts = data_->posts;
    const auto at = std::lower_bound(posts.begin(), posts.end(), std::pair(actor, name),
                                     [](const Post& post, const auto& wanted) {
                                         return post.actor != wanted.first
                                                    ? post.actor < wanted.first
                                                    : post.name < wanted.second;
                                     });
    if (at == posts.end() || at->actor != actor || at->name != name) return PostIndex::none();
    return PostIndex(static_cast<std::uint32_t>(at - posts.begin()));
}
std::uint32_t Catalogue::find_attribute(std::string_view name) const noexcept {
    const auto& names = data_->attributes;
    const auto at = std::lower_bound(names.begin(), names.end(), name);
    return at != names.end() && *at == name ? static_cast<std::uint32_t>(at - names.begin()) : no_index;
}

ActorIndex Catalogue::parent(ActorIndex actor) const noexcept {
    return ActorIndex(data_->parent[actor.value]);
}
ActorIndex Catalogue::village(ActorIndex actor) const noexcept {
    return ActorIndex(data_->village[actor.value]);
}
std::span<const std::uint32_t> Catalogue::actors_at(Level level) const noexcept {
    return row_span(data_->level_offsets, data_->level_actors, static_cast<std::uint32_t>(level));
}

std::string Catalogue::post_text(PostIndex post) const {
    const Post& found = data_->posts[post.value];
    return actor(found.actor).id + "." + found.name;
}
std::span<const std::uint32_t> Catalogue::holders(PostIndex post) const noexcept {
    return row_span(data_->holder_offsets, data_->holders, post.value);
}
std::span<const std::uint32_t> Catalogue::posts_of(PersonIndex person) const noexcept {
    return row_span(data_->person_offsets, data_->person_posts, person.value);
}

Acting Catalogue::acting(ItemIndex item) const noexcept { return data_->acting[item.value]; }
DateRange Catalogue::in_force(ItemIndex item) const noexcept { return data_->in_force[item.value]; }
bool Catalogue::everywhere(ItemIndex item) const noexcept {
    return data_->everywhere[item.value] != 0;
}
std::span<const std::uint32_t> Catalogue::villages(ItemIndex item) const noexcept {
    return row_span(data_->village_offsets, data_->item_villages, item.value);
}
bool Catalogue::reaches(ItemIndex item, ActorIndex village) const noexcept {
    if (everywhere(item)) return true;
    const auto among = villages(item);
    return village.exists() && std::binary_search(among.begin(), among.end(), village.value);
}
bool Catalogue::acts(ItemIndex item, ActorIndex actor) const noexcept {
    const Acting& who = data_->acting[item.value];
    const bool is_it = who.actor.exists() ? who.actor == actor
                                          : who.level == data_->actors[actor.value].level;
    return is_it && reaches(item, village(actor));
}
std::vector<ActorIndex> Catalogue::acting_actors(ItemIndex item) const {
    std::vector<ActorIndex> result;
    const Acting& who = data_->acting[item.value];
    if (who.actor.exists()) return {who.actor};
    for (const std::uint32_t row : actors_at(who.level))
        if (reaches(item, village(ActorIndex(row)))) result.emplace_back(row);
    return result;
}

namespace {

Responsible responsible(const Catalogue& catalogue, std::string_view text, ActorIndex actor) noexcept {
    if (text.empty()) return {actor, PostIndex::none(), {}};
    if (const PostIndex post = catalogue.find_post(actor, text); post.exists())
        return {actor, post, catalogue.posts()[post.value].name};
    if (const ActorIndex other = catalogue.find_actor(text); other.exists())
        return {other, PostIndex::none(), {}};
    if (const std::size_t dot = text.find('.'); dot != std::string_view::npos)
        if (const ActorIndex other = catalogue.find_actor(text.substr(0, dot)); other.exists()) {
            const std::string_view name = text.substr(dot + 1);
            return {other, catalogue.find_post(other, name), name};
        }
    return {actor, PostIndex::none(), text};
}

}  // namespace

Responsible Catalogue::lead(ItemIndex item, ActorIndex actor) const noexcept {
    return responsible(*this, data_->items[item.value].lead, actor);
}
std::vector<Responsible> Catalogue::assists(ItemIndex item, ActorIndex actor) const {
    std::vector<Responsible> result;
    for (const std::string& text : data_->items[item.value].assists)
        result.push_back(responsible(*this, text, actor));
    return result;
}
std::span<const CompiledCondition> Catalogue::conditions(ItemIndex item) const noexcept {
    const auto& offsets = data_->condition_offsets;
    return std::span(data_->conditions)
        .subspan(offsets[item.value], offsets[item.value + 1] - offsets[item.value]);
}
ProcedureIndex Catalogue::procedure(ItemIndex item) const noexcept {
    return ProcedureIndex(data_->item_procedure[item.value]);
}
const Recurrence* Catalogue::recurrence(ItemIndex item) const noexcept {
    const std::uint32_t row = data_->item_recurrence[item.value];
    return row == no_index ? nullptr : &data_->recurrences[row];
}
Date Catalogue::recurrence_start(ItemIndex item) const noexcept {
    const Date own = data_->items[item.value].effective_from;
    return own.exists() ? own : data_->head.effective_from;
}

std::vector<DateRange> Catalogue::has_power(ActorIndex actor, std::string_view power) const {
    const auto& powers = data_->powers;
    const auto [begin, end] = std::equal_range(
        powers.begin(), powers.end(), Data::Power{actor, power, {}},
        [](const Data::Power& a, const Data::Power& b) {
            return a.actor != b.actor ? a.actor < b.actor : a.power < b.power;
        });
    std::vector<DateRange> result;
    for (auto at = begin; at != end; ++at) result.push_back(at->range);
    return result;
}

const detail::DecisionIndex& Catalogue::decision_index() const noexcept { return *data_->index; }

}  // namespace gridgov::lists
