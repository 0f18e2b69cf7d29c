// Catalogues: who must do, help with, issue, or refuse what, where and when. Layers (nation, province,
// district, town, village) are merged into one immutable whole that is checked once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridgov/conditions/unary_tests.hpp"
#include "gridgov/error.hpp"
#include "gridgov/export.hpp"
#include "gridgov/lists/recurrence.hpp"
#include "gridgov/model/date.hpp"
#include "gridgov/model/ids.hpp"
#include "gridgov/model/title.hpp"

namespace gridgov::lists {

namespace detail {
struct DecisionIndex;  // src/lists/matter_index.hpp
}

// Rows of a catalogue's tables. Every table with ids is sorted by id in byte order, so that the
// smaller index is the smaller id, whatever the order of the files' tables.
using ActorIndex = Index<struct ActorKind>;
using PersonIndex = Index<struct PersonKind>;
using PostIndex = Index<struct PostKind>;
using ItemIndex = Index<struct ItemKind>;
using ProcedureIndex = Index<struct ProcedureKind>;
using LawIndex = Index<struct LawKind>;

/// Where an actor stands, from below upwards.
enum class Level : std::uint8_t { courtyard, grid, village, town, district };
/// The lists, in the order in which a verdict prefers them: 工作负面, 上级收回, 依法履行, 协助配合, 依法出具证明.
enum class List : std::uint8_t { negative, reclaimed, must, assist, certify };
/// What the jurisdiction says of a matter that no item covers.
enum class Unlisted : std::uint8_t { refuse, refer, allow };

GRIDGOV_EXPORT std::string_view level_name(Level level) noexcept;
GRIDGOV_EXPORT std::string_view list_name(List list) noexcept;
GRIDGOV_EXPORT std::string_view unlisted_name(Unlisted unlisted) noexcept;

/// Bounds; what exceeds one is a fault (or, of a request, a status), never an abort.
inline constexpr std::size_t matter_segments_max = 64;
inline constexpr std::size_t matter_bytes_max = 1024;
inline constexpr std::size_t id_bytes_max = 256;
inline constexpr std::size_t layers_max = 64;
inline constexpr std::size_t items_max = 1'000'000;       ///< after merging; so of every other table
inline constexpr std::size_t names_per_record_max = 10'000;  ///< of `except`, `villages`, `when`, steps, …
inline constexpr double hours_max = 1e6;

// The tables of a file, as written there (docs/guide/lists.md, docs/schema/catalogue.schema.json).
// `Date::none()` and empty texts are absent.

/// Where a record came from. `layer` is set by Catalogue::make; `line` is 0 where unknown.
struct Origin {
    std::uint32_t layer = 0;  ///< row of Catalogue::layers()
    std::uint32_t line = 0;   ///< of its file, from 1
    friend bool operator==(Origin, Origin) = default;
};

/// `[catalogue]`. Of several layers the last one that sets a key wins.
struct Head {
    std::string id;
    Title title;
    std::string jurisdiction;
    Date effective_from;  ///< none: since ever
    Date effective_to;    ///< exclusive; none: open
    std::optional<Unlisted> unlisted;              ///< absent in all layers: refuse
    std::optional<Unlisted> unlisted_certificate;  ///< absent in all layers: refuse
    Origin origin;
};

struct Actor {
    std::string id;
    Title title;
    Level level = Level::village;
    std::string parent;  ///< an actor's id of the same level or above; empty: none
    std::vector<std::string> powers;
    Origin origin;
};

struct Person {
    std::string id;
    Title title;
    std::vector<std::string> posts;       ///< ACTOR.NAME
    std::optional<double> capacity_hours;  ///< a month; absent: unknown
    Origin origin;
};

/// A test of one attribute of a request: FEEL unary tests as text.
struct Condition {
    std::string attribute;
    std::string tests;
    friend bool operator==(const Condition&, const Condition&) = default;
};

struct Item {
    std::string id;
    std::string matter;                ///< a path; it covers what lies below, but for `except`
    std::vector<std::string> except;
    Title title;
    List list = List::must;
    std::string actor;                 ///< an actor's id, or `level:village`
    std::string lead;                  ///< empty: the acting actor itself
    std::vector<std::string> assists;
    std::vector<std::string> villages{"*"};
    Date effective_from;  ///< of a merged item: with its own file's default filled in; none: since ever
    Date effective_to;    ///< exclusive; likewise
    std::vector<std::string> basis;    ///< ids of laws, or free text
    std::vector<std::string> needs;    ///< powers
    double hours = 0;                  ///< per occurrence
    std::string recurrence;            ///< RFC 5545; empty: none
    std::optional<std::uint32_t> due_days;
    bool workdays = false;
    std::string procedure;
    std::string department;
    bool disclose = false;
    std::vector<Condition> when;       ///< by attribute, each once
    Origin origin;
};

/// A power lent.
struct Delegation {
    std::string from, to, power;
    Date effective_from;  ///< none: since ever (an own file's dates are for items only)
    Date effective_to;    ///< exclusive; none: open
    Origin origin;
};

/// Who sends a matter on to whom.
struct Referral {
    std::string from, to, matter;
    Origin origin;
};

struct Step {
    std::string id;
    Title title;
    std::string actor;  ///< an actor's id, or `level:village`; empty: whoever acts
    std::uint32_t workdays = 0;
    std::vector<std::string> next;   ///< none: an end. Several: a choice, or with `parallel` all
    bool parallel = false;
    bool join = false;
    std::optional<std::uint32_t> loop_max;
    std::uint32_t line = 0;
};

/// The first step is the start.
struct Procedure {
    std::string id;
    Title title;
    std::optional<std::uint32_t> limit_workdays;
    std::vector<Step> steps;
    Origin origin;
};

struct Law {
    std::string id;
    Title title;
    Date in_force_from;
    Date in_force_to;  ///< exclusive
    Origin origin;
};

struct Sanction {
    std::string id;
    Title title;
    std::vector<std::string> withholds;  ///< matters, with what lies below
    Origin origin;
};

/// `[[withdraw]]`: takes the item of an earlier file away.
struct Withdrawal {
    std::string id;
    Origin origin;
};

/// One file's tables. The first layer is the most general.
struct Layer {
    std::string file;  ///< what faults call it
    Head head;
    std::vector<Actor> actors;
    std::vector<Person> persons;
    std::vector<Item> items;
    std::vector<Delegation> delegations;
    std::vector<Referral> referrals;
    std::vector<Procedure> procedures;
    std::vector<Law> laws;
    std::vector<Sanction> sanctions;
    std::vector<Withdrawal> withdrawals;
};

/// A file's text and the name that faults call it by.
struct Source {
    std::string_view text;  ///< UTF-8, a byte-order mark allowed
    std::string_view name;
};

/// Days from `from` to the day before `to`. Bounds always exist: date_min, and date_max + 1 where open.
struct DateRange {
    Date from = date_min;
    Date to = date_max + 1;
    constexpr bool empty() const { return !(from < to); }
    constexpr bool contains(Date date) const { return from <= date && date < to; }
    friend constexpr bool operator==(DateRange, DateRange) = default;
};

/// Who acts under an item: one actor, or every actor of a level.
struct Acting {
    ActorIndex actor;             ///< none(): the level acts
    Level level = Level::village; ///< the actor's level, or the level that acts
};

/// Who leads or assists: a post, or an actor itself (`name` empty). A name without `post` is vacant:
/// nobody holds it there. Texts belong to the catalogue.
struct Responsible {
    ActorIndex actor;
    PostIndex post;
    std::string_view name;
    friend bool operator==(const Responsible&, const Responsible&) = default;
};

/// A post that at least one person holds.
struct Post {
    ActorIndex actor;
    std::string name;
};

/// A condition as compiled: which attribute (row of Catalogue::attributes()) and its tests.
struct CompiledCondition {
    std::uint32_t attribute;
    conditions::UnaryTests tests;
};

/// A merged catalogue. Cheap to copy (shared, immutable); safe to read from any number of threads.
/// Spans and texts live as long as any copy of the catalogue.
class Catalogue {
public:
    /// Merges and checks layers: a record with the id of an earlier layer's of its table replaces it
    /// whole; withdrawals take items of earlier layers away; delegations and referrals, which have no
    /// ids, add up; an item's absent dates are those of its own layer's head.
    /// Throws DataError with every fault by file and line (catalogue_… and condition_… codes).
    /// O(n log n).
    GRIDGOV_EXPORT static Catalogue make(std::span<const Layer> layers);
    GRIDGOV_EXPORT static Catalogue make(std::vector<Layer>&& layers);

    /// Reads one file a layer, merges and checks. Throws DataError with every fault of every file
    /// (document_… codes besides; a file whose syntax is broken hides what its other faults are).
    GRIDGOV_EXPORT static Catalogue read_toml(std::span<const Source> sources);
    GRIDGOV_EXPORT static Catalogue read_json(std::span<const Source> sources);

    /// As above, but returns the faults; `catalogue` is empty if there are any.
    struct Checked;
    GRIDGOV_EXPORT static Checked check(std::vector<Layer>&& layers);

    // The tables, merged.
    /// The head of each file, in order.
    GRIDGOV_EXPORT std::span<const Head> layers() const noexcept;
    GRIDGOV_EXPORT std::string_view file(std::uint32_t layer) const noexcept;
    GRIDGOV_EXPORT const Head& head() const noexcept;  ///< merged; `unlisted…` always set
    GRIDGOV_EXPORT std::span<const Actor> actors() const noexcept;
    GRIDGOV_EXPORT std::span<const Person> persons() const noexcept;
    GRIDGOV_EXPORT std::span<const Item> items() const noexcept;
    /// By layer, then as written.
    GRIDGOV_EXPORT std::span<const Delegation> delegations() const noexcept;
    /// By layer, then as written.
    GRIDGOV_EXPORT std::span<const Referral> referrals() const noexcept;
    GRIDGOV_EXPORT std::span<const Procedure> procedures() const noexcept;
    GRIDGOV_EXPORT std::span<const Law> laws() const noexcept;
    GRIDGOV_EXPORT std::span<const Sanction> sanctions() const noexcept;
    /// Of all `when`, in byte order.
    GRIDGOV_EXPORT std::span<const std::string> attributes() const noexcept;
    GRIDGOV_EXPORT std::span<const Post> posts() const noexcept;  ///< by actor, then name

    GRIDGOV_EXPORT const Actor& actor(ActorIndex actor) const noexcept;
    GRIDGOV_EXPORT const Person& person(PersonIndex person) const noexcept;
    GRIDGOV_EXPORT const Item& item(ItemIndex item) const noexcept;

    // By id; none() if unknown. O(log n).
    GRIDGOV_EXPORT ActorIndex find_actor(std::string_view id) const noexcept;
    GRIDGOV_EXPORT PersonIndex find_person(std::string_view id) const noexcept;
    GRIDGOV_EXPORT ItemIndex find_item(std::string_view id) const noexcept;
    GRIDGOV_EXPORT ProcedureIndex find_procedure(std::string_view id) const noexcept;
    GRIDGOV_EXPORT LawIndex find_law(std::string_view id) const noexcept;
    GRIDGOV_EXPORT PostIndex find_post(ActorIndex actor, std::string_view name) const noexcept;
    /// Row of attributes(), or no_index.
    GRIDGOV_EXPORT std::uint32_t find_attribute(std::string_view name) const noexcept;

    // The hierarchy. There are no cycles.
    GRIDGOV_EXPORT ActorIndex parent(ActorIndex actor) const noexcept;
    /// The village that the actor is or lies in; none() above the villages and outside of them.
    GRIDGOV_EXPORT ActorIndex village(ActorIndex actor) const noexcept;
    /// ActorIndex values of the actors of a level, ascending.
    GRIDGOV_EXPORT std::span<const std::uint32_t> actors_at(Level level) const noexcept;

    // Posts and people.
    GRIDGOV_EXPORT std::string post_text(PostIndex post) const;  ///< "ganquan.secretary"
    /// PersonIndex values of those who hold the post, ascending; at least one.
    GRIDGOV_EXPORT std::span<const std::uint32_t> holders(PostIndex post) const noexcept;
    /// PostIndex values of a person's posts, ascending.
    GRIDGOV_EXPORT std::span<const std::uint32_t> posts_of(PersonIndex person) const noexcept;

    // Items.
    GRIDGOV_EXPORT Acting acting(ItemIndex item) const noexcept;
    GRIDGOV_EXPORT DateRange in_force(ItemIndex item) const noexcept;
    /// Whether its villages are `*`.
    GRIDGOV_EXPORT bool everywhere(ItemIndex item) const noexcept;
    /// ActorIndex values of its villages, ascending; empty where everywhere().
    GRIDGOV_EXPORT std::span<const std::uint32_t> villages(ItemIndex item) const noexcept;
    /// Whether the item reaches a village; none() (above the villages): only where everywhere().
    GRIDGOV_EXPORT bool reaches(ItemIndex item, ActorIndex village) const noexcept;
    /// Whether the actor is the item's, or of its level, and its own village is among the item's: so
    /// that a request that names no village matches.
    GRIDGOV_EXPORT bool acts(ItemIndex item, ActorIndex actor) const noexcept;
    /// Who has the item's duties, ascending: the actor that it names, whatever its villages; or each
    /// actor of its level whose own village is among them. O(actors of the level).
    GRIDGOV_EXPORT std::vector<ActorIndex> acting_actors(ItemIndex item) const;
    /// Who leads when `actor` acts: a post of that name at `actor` if anybody holds it; else the actor
    /// of that id; else ACTOR.NAME; else the vacant post of that name at `actor`. Absent: `actor`.
    GRIDGOV_EXPORT Responsible lead(ItemIndex item, ActorIndex actor) const noexcept;
    GRIDGOV_EXPORT std::vector<Responsible> assists(ItemIndex item, ActorIndex actor) const;
    GRIDGOV_EXPORT std::span<const CompiledCondition> conditions(ItemIndex item) const noexcept;
    GRIDGOV_EXPORT ProcedureIndex procedure(ItemIndex item) const noexcept;
    /// The rule as read; nullptr where the item has none.
    GRIDGOV_EXPORT const Recurrence* recurrence(ItemIndex item) const noexcept;
    /// Where a recurrence starts: the item's effective_from, else the merged head's; none() if neither.
    GRIDGOV_EXPORT Date recurrence_start(ItemIndex item) const noexcept;

    /// When an actor has a power: held (always) or lent by a delegation in force. Disjoint, ascending,
    /// not touching; empty: never.
    GRIDGOV_EXPORT std::vector<DateRange> has_power(ActorIndex actor, std::string_view power) const;

    /// What decide looks matters up in; private to the library.
    GRIDGOV_EXPORT const detail::DecisionIndex& decision_index() const noexcept;

private:
    struct Data;
    struct Builder;
    explicit Catalogue(std::shared_ptr<const Data> data);
    std::shared_ptr<const Data> data_;
};

struct Catalogue::Checked {
    std::optional<Catalogue> catalogue;
    std::vector<Finding> findings;
};

/// Reads files into layers without merging them. Throws DataError as read_toml does.
GRIDGOV_EXPORT std::vector<Layer> read_toml_layers(std::span<const Source> sources);
GRIDGOV_EXPORT std::vector<Layer> read_json_layers(std::span<const Source> sources);

/// A matter is a path of segments joined by `/`: none empty, no control characters, UTF-8.
enum class MatterFault : std::uint8_t { none, empty, not_utf8, control, empty_segment, too_deep, too_long };
GRIDGOV_EXPORT MatterFault check_matter(std::string_view matter) noexcept;
/// Whether `matter` is `above` or lies below it, by whole segments.
constexpr bool covers(std::string_view above, std::string_view matter) noexcept {
    return matter.substr(0, above.size()) == above &&
           (matter.size() == above.size() || matter[above.size()] == '/');
}
/// Whether the matter lies below `certificate/`. A bare `certificate` does not.
constexpr bool is_certificate(std::string_view matter) noexcept {
    return matter.size() > 12 && matter.substr(0, 12) == "certificate/";
}

}  // namespace gridgov::lists
