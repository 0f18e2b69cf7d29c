#include "lists/matter_index.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace gridgov::lists::detail {
namespace {

/// Before by segments: a matter comes before what lies below it, and that before its next sibling.
bool before_by_segments(std::string_view a, std::string_view b) noexcept {
    const std::size_t common = std::min(a.size(), b.size());
    const auto differ = std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(common),
                                      b.begin());
    if (differ.first == a.begin() + static_cast<std::ptrdiff_t>(common)) return a.size() < b.size();
    const auto rank = [](char byte) {
        return byte == '/' ? 0U : 1U + static_cast<unsigned char>(byte);
    };
    return rank(*differ.first) < rank(*differ.second);
}

template <class Slots>
void put(Slots& slots, std::uint64_t hash, std::uint32_t row) {
    const std::size_t mask = slots.size() - 1;
    std::size_t slot = hash & mask;
    while (slots[slot].row != none) slot = (slot + 1) & mask;
    slots[slot] = {static_cast<std::uint32_t>(hash >> 32), row};
}

std::size_t slots_for(std::size_t rows) { return std::bit_ceil(std::max<std::size_t>(2, 2 * rows + 1)); }

}  // namespace

DecisionIndex::DecisionIndex(const Catalogue& catalogue) {
    const auto items = catalogue.items();
    std::vector<std::uint32_t> order(items.size());
    std::iota(order.begin(), order.end(), 0U);
    std::vector<Rule> unsorted(items.size());
    for (std::uint32_t i = 0; i < items.size(); ++i) {
        const ItemIndex item(i);
        const DateRange range = catalogue.in_force(item);
        unsorted[i] = {acting_key(catalogue.acting(item)), range.from.days, range.to.days, i,
                       items[i].origin.layer, items[i].list, catalogue.everywhere(item),
                       !items[i].except.empty(), !catalogue.conditions(item).empty()};
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (items[a].matter != items[b].matter)
            return before_by_segments(items[a].matter, items[b].matter);
        const Rule& x = unsorted[a];
        const Rule& y = unsorted[b];
        if (x.key != y.key) return x.key < y.key;
        if (x.list != y.list) return x.list < y.list;
        if (x.layer != y.layer) return x.layer > y.layer;
        return a < b;
    });

    rules.reserve(items.size());
    std::vector<std::uint32_t> path;  // nodes from the first segment to the current one
    std::string_view last;
    for (const std::uint32_t i : order) {
        const std::string_view matter = items[i].matter;
        if (path.empty() || matter != last) {
            while (!path.empty() && !covers(nodes[path.back()].text(), matter)) path.pop_back();
            std::size_t from = path.empty() ? 0 : nodes[path.back()].path_bytes + 1;
            while (from <= matter.size()) {
                const std::size_t end = std::min(matter.find('/', from), matter.size());
                const auto row = static_cast<std::uint32_t>(rules.size());
                const std::uint32_t parent = path.empty() ? none : path.back();
                nodes.push_back({matter.data(), static_cast<std::uint32_t>(end), parent, none, row, row,
                                 static_cast<std::uint32_t>(path.size() + 1), List::certify});
                path.push_back(static_cast<std::uint32_t>(nodes.size() - 1));
                from = end + 1;
            }
            last = matter;
        }
        rules.push_back(unsorted[i]);
        nodes[path.back()].rules_end = static_cast<std::uint32_t>(rules.size());
    }

    subtree_end.resize(nodes.size());
    least_granting.assign(nodes.size(), none);
    for (std::uint32_t n = static_cast<std::uint32_t>(nodes.size()); n-- > 0;) {
        subtree_end[n] = std::max(subtree_end[n], n + 1);
        for (const Rule& rule : rules_of(nodes[n]))
            if (rule.list >= List::must) least_granting[n] = std::min(least_granting[n], rule.item);
        if (const std::uint32_t above = nodes[n].parent; above != none) {
            subtree_end[above] = std::max(subtree_end[above], subtree_end[n]);
            least_granting[above] = std::min(least_granting[above], least_granting[n]);
        }
    }
    for (Node& node : nodes) {
        if (node.parent != none) {
            const Node& above = nodes[node.parent];
            node.up = above.rules_begin < above.rules_end ? node.parent : above.up;
            if (node.up != none) node.least_list = nodes[node.up].least_list;
        }
        for (const Rule& rule : rules_of(node)) node.least_list = std::min(node.least_list, rule.list);
    }

    matter_slots.assign(slots_for(nodes.size()), {});
    for (std::uint32_t n = 0; n < nodes.size(); ++n) {
        std::uint64_t hash = 0;
        each_prefix(nodes[n].text(), [&](std::uint64_t prefix, std::size_t) {
            hash = prefix;
            return true;
        });
        put(matter_slots, hash, n);
    }
    const auto actors = catalogue.actors();
    actor_slots.assign(slots_for(actors.size()), {});
    for (std::uint32_t a = 0; a < actors.size(); ++a) put(actor_slots, hash_of(actors[a].id), a);
}

std::span<const Rule> DecisionIndex::rules_of(const Node& node, std::uint32_t key) const noexcept {
    const auto all = rules_of(node);
    const auto* const begin = std::lower_bound(
        all.data(), all.data() + all.size(), key,
        [](const Rule& rule, std::uint32_t wanted) { return rule.key < wanted; });
    const auto* const end = std::upper_bound(
        begin, all.data() + all.size(), key,
        [](std::uint32_t wanted, const Rule& rule) { return wanted < rule.key; });
    return {begin, end};
}

std::uint32_t DecisionIndex::deepest_exactly(std::string_view matter) const noexcept {
    std::uint32_t found = none;
    std::size_t end = 0;
    while (end != std::string_view::npos) {
        end = matter.find('/', end == 0 ? 0 : end + 1);
        const std::string_view prefix = matter.substr(0, end);
        // By path, the node is the first that does not come before the prefix.
        const auto at = std::partition_point(nodes.begin(), nodes.end(), [&](const Node& node) {
            return before_by_segments(node.text(), prefix);
        });
        if (at == nodes.end() || at->text() != prefix) break;
        found = static_cast<std::uint32_t>(at - nodes.begin());
    }
    return found;
}

}  // namespace gridgov::lists::detail
