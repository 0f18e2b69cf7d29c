// What decide looks requests up in: the tree of matters as one hash table of prefixes, and the items
// of each matter by who acts, in the order in which a verdict prefers them. Made with the catalogue.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "gridgov/lists/catalogue.hpp"
#include "lists/matter.hpp"

namespace gridgov::lists::detail {

inline constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t levels = 5;

/// Who acts, as one number: a level, or `levels` + an actor.
constexpr std::uint32_t acting_key(const Acting& acting) noexcept {
    return acting.actor.exists() ? levels + acting.actor.value
                                 : static_cast<std::uint32_t>(acting.level);
}

/// An item as decide asks it.
struct Rule {
    std::uint32_t key;  ///< acting_key
    std::int32_t from, to;
    std::uint32_t item;
    std::uint32_t layer;
    List list;
    bool everywhere;
    bool has_except;
    bool has_conditions;
};

/// A prefix of an item's matter. The rules of its own are [rules_begin, rules_end), by (key, list,
/// later layer, id).
struct Node {
    const char* path;         ///< borrowed from an item
    std::uint32_t path_bytes;
    std::uint32_t parent;     ///< none: a first segment
    std::uint32_t up;         ///< the nearest node above with rules; none
    std::uint32_t rules_begin, rules_end;
    std::uint32_t depth;      ///< segments
    List least_list;          ///< the least list among its rules and those above
    std::string_view text() const noexcept { return {path, path_bytes}; }
};

struct DecisionIndex {
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t row = none;
    };
    std::vector<Slot> matter_slots;  ///< a power of two, at most half full
    std::vector<Slot> actor_slots;
    std::vector<Node> nodes;         ///< by path: parents before children, subtrees contiguous
    std::vector<std::uint32_t> subtree_end;  ///< per node: one past the last node at or below it
    /// Per node: the least item of must, assist or certify at or below it; none.
    std::vector<std::uint32_t> least_granting;
    std::vector<Rule> rules;         ///< by node

    explicit DecisionIndex(const Catalogue& catalogue);
    DecisionIndex() = default;

    /// The deepest node that is the matter or lies above it; none. One probe a segment.
    std::uint32_t deepest(std::string_view matter) const noexcept {
        const std::size_t mask = matter_slots.size() - 1;
        std::uint32_t found = none;
        std::size_t found_bytes = 0;
        each_prefix(matter, [&](std::uint64_t hash, std::size_t bytes) {
            const auto tag = static_cast<std::uint32_t>(hash >> 32);
            for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
                const Slot& here = matter_slots[slot];
                if (here.row == none) return false;
                if (here.tag == tag) {
                    found = here.row;
                    found_bytes = bytes;
                    return true;
                }
            }
        });
        // Tags can agree where prefixes differ; then, and then only, the slow way.
        if (found != none && nodes[found].text() != matter.substr(0, found_bytes))
            found = deepest_exactly(matter);
        return found;
    }

    /// The actor with an id; none.
    std::uint32_t actor(std::string_view id, std::span<const Actor> actors) const noexcept {
        const std::size_t mask = actor_slots.size() - 1;
        const std::uint64_t hash = hash_of(id);
        const auto tag = static_cast<std::uint32_t>(hash >> 32);
        for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
            const Slot& here = actor_slots[slot];
            if (here.row == none) return none;
            if (here.tag == tag && actors[here.row].id == id) return here.row;
        }
    }

    /// The rules of a node for one key.
    std::span<const Rule> rules_of(const Node& node, std::uint32_t key) const noexcept;
    /// All rules of a node.
    std::span<const Rule> rules_of(const Node& node) const noexcept {
        return std::span(rules).subspan(node.rules_begin, node.rules_end - node.rules_begin);
    }

private:
    std::uint32_t deepest_exactly(std::string_view matter) const noexcept;
};

}  // namespace gridgov::lists::detail
