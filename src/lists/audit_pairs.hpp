// Pairs of items whose matters lie on one path and whose actors overlap, without looking at the others.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "lists/matter_index.hpp"

namespace gridgov::lists {

/// The rules of one actor among many of the same matter and key, by village: those of all villages,
/// and those of each.
class VillageGroups {
public:
    VillageGroups(const Catalogue& catalogue, std::span<const detail::Rule* const> rules) {
        for (const detail::Rule* const rule : rules) {
            if (rule->everywhere) everywhere_.push_back(rule);
            for (const std::uint32_t village : catalogue.villages(ItemIndex(rule->item)))
                of_village_[village].push_back(rule);
        }
    }
    /// Calls visit once for each rule that shares a village with `rule`, which is not everywhere.
    template <class Visit>
    void each(const Catalogue& catalogue, const detail::Rule& rule, Visit&& visit) const {
        for (const detail::Rule* const other : everywhere_) visit(*other);
        std::vector<const detail::Rule*> found;
        const auto villages = catalogue.villages(ItemIndex(rule.item));
        for (const std::uint32_t village : villages)
            if (const auto at = of_village_.find(village); at != of_village_.end())
                found.insert(found.end(), at->second.begin(), at->second.end());
        if (villages.size() > 1) {
            std::sort(found.begin(), found.end());
            found.erase(std::unique(found.begin(), found.end()), found.end());
        }
        for (const detail::Rule* const other : found) visit(*other);
    }

private:
    std::vector<const detail::Rule*> everywhere_;
    std::unordered_map<std::uint32_t, std::vector<const detail::Rule*>> of_village_;
};

/// Calls visit(below, above) once for each pair of different rules such that the matter of `above` is
/// that of `below` or lies above it, their actors overlap, they may share a village, and
/// wanted(below, above) holds. Of two of the same matter either may be `below`.
template <class Wanted, class Visit>
void each_pair(const Catalogue& catalogue, Wanted&& wanted, Visit&& visit) {
    using detail::Rule;
    const detail::DecisionIndex& index = catalogue.decision_index();

    // Per node and level: the rules of the level itself, and of actors of it by actor.
    struct Entry {
        std::uint32_t node, level, key;
        const Rule* rule;
    };
    std::vector<Entry> entries;
    entries.reserve(index.rules.size());
    for (std::uint32_t n = 0; n < index.nodes.size(); ++n)
        for (const Rule& rule : index.rules_of(index.nodes[n]))
            entries.push_back({n,
                               static_cast<std::uint32_t>(
                                   catalogue.acting(ItemIndex(rule.item)).level),
                               rule.key, &rule});
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.node, a.level, a.key, a.rule) < std::tie(b.node, b.level, b.key, b.rule);
    });
    std::vector<const Rule*> sorted;
    for (const Entry& entry : entries) sorted.push_back(entry.rule);
    std::vector<std::uint32_t> node_begin(index.nodes.size() + 1, 0);
    for (const Entry& entry : entries) ++node_begin[entry.node + 1];
    for (std::size_t n = 1; n < node_begin.size(); ++n) node_begin[n] += node_begin[n - 1];

    constexpr std::size_t few = 32;  // looked through one by one
    std::unordered_map<std::uint64_t, VillageGroups> groups;  // looked up, never iterated
    const auto over = [&](std::size_t begin, std::size_t end, const Rule& below, bool same_node) {
        const auto pair = [&](const Rule& above) {
            if (&above == &below || (same_node && &above < &below)) return;
            if (wanted(below, above)) visit(below, above);
        };
        if (end - begin <= few || below.everywhere) {
            for (std::size_t i = begin; i < end; ++i) pair(*sorted[i]);
            return;
        }
        const std::uint64_t name = (static_cast<std::uint64_t>(begin) << 32) | end;
        auto at = groups.find(name);
        if (at == groups.end())
            at = groups.emplace(name, VillageGroups(catalogue, {sorted.data() + begin, end - begin}))
                     .first;
        at->second.each(catalogue, below, pair);
    };
    for (std::uint32_t n = 0; n < index.nodes.size(); ++n) {
        for (std::size_t i = node_begin[n]; i < node_begin[n + 1]; ++i) {
            const Entry& entry = entries[i];
            const bool level_acts = entry.key < detail::levels;
            for (std::uint32_t m = n; m != detail::none; m = index.nodes[m].up) {
                const auto first = entries.begin() + node_begin[m];
                const auto last = entries.begin() + node_begin[m + 1];
                const auto place = [&](auto at) { return static_cast<std::size_t>(at - entries.begin()); };
                const auto from = std::lower_bound(
                    first, last, entry.level,
                    [](const Entry& a, std::uint32_t level) { return a.level < level; });
                if (level_acts) {
                    const auto to = std::upper_bound(
                        from, last, entry.level,
                        [](std::uint32_t level, const Entry& a) { return level < a.level; });
                    over(place(from), place(to), *entry.rule, m == n);
                    continue;
                }
                auto to = from;  // the rules of the level itself come first
                to = std::partition_point(from, last, [&](const Entry& a) {
                    return a.level == entry.level && a.key < detail::levels;
                });
                over(place(from), place(to), *entry.rule, m == n);
                const auto own = std::lower_bound(
                    to, last, std::pair(entry.level, entry.key), [](const Entry& a, const auto& wanted_key) {
                        return std::pair(a.level, a.key) < wanted_key;
                    });
                const auto end = std::upper_bound(
                    own, last, std::pair(entry.level, entry.key), [](const auto& wanted_key, const Entry& a) {
                        return wanted_key < std::pair(a.level, a.key);
                    });
                over(place(own), place(end), *entry.rule, m == n);
            }
        }
    }
}

}  // namespace gridgov::lists
