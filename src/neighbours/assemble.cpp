#include "neighbours/assemble.hpp"

#include <utility>

#include "gridgov/error.hpp"
#include "large_pages.hpp"
#include "number_text.hpp"
#include "refuse.hpp"

namespace gridgov::neighbours {

void check(const Options& options) {
    if (!(options.link_m_max > 0))
        refuse(Code::length_out_of_range,
               {{"option", "link_m_max"}, {"value", number_text(options.link_m_max)}});
}

RowsByVillage::RowsByVillage(const Town& town) : first_(town.villages() + 1, 0) {
    const auto households = static_cast<std::uint32_t>(town.households());
    const auto rank = town.rank();
    const auto village_of = town.village_of();
    std::vector<std::uint32_t> by_rank(households);
    for (std::uint32_t row = 0; row < households; ++row) by_rank[rank[row]] = row;
    std::size_t count = 0;
    for (std::uint32_t row = 0; row < households; ++row) {
        if (!located(town, row)) continue;
        ++first_[village_of[row] + 1];
        ++count;
    }
    for (std::size_t village = 1; village < first_.size(); ++village)
        first_[village] += first_[village - 1];
    rows_.resize(count);
    std::vector<std::size_t> fill(first_.begin(), first_.end() - 1);
    for (const std::uint32_t row : by_rank)
        if (located(town, row)) rows_[fill[village_of[row]]++] = row;
}

void link_to_anchors(const Town& town, std::vector<Edge>& links) {
    const auto anchor_of = town.anchor_of();
    for (std::uint32_t row = 0; row < anchor_of.size(); ++row)
        if (anchor_of[row] != no_index) links.push_back({row, anchor_of[row], 0});
}

SamePlace::SamePlace(std::span<const std::uint32_t> first_of)
    : first_of_(first_of), next_(first_of.size(), no_index) {
    std::vector<std::uint32_t> last(first_of.size());
    for (std::uint32_t i = 0; i < first_of.size(); ++i) {
        const std::uint32_t first = first_of[i];
        if (i != first) {
            if (last[first] == first) {
                ++places_;
                ++households_;
            }
            ++households_;
            next_[last[first]] = i;
        }
        last[first] = i;
    }
}

Neighbours build(const Town& town, const Options& options) {
    if (town.has_links()) return from_links(town, options);
    if (town.has_ways()) return from_ways(town, options);
    return from_points(town, options);
}

Components components_by_village(const Town& town) {
    const auto village_of = town.village_of();
    Components result;
    resize_in_large_pages(result.component_of, village_of.size());
    std::vector<std::uint32_t> component_of_village(town.villages(), no_index);
    for (std::size_t row = 0; row < village_of.size(); ++row) {
        std::uint32_t& component = component_of_village[village_of[row]];
        if (component == no_index) component = result.count++;
        result.component_of[row] = component;
    }
    return result;
}

Neighbours assemble(Source source, const Town& town, std::span<const Edge> links,
                    std::vector<Finding> findings) {
    Graph graph = Graph::from_edges(town.households(), links);
    Components pieces = components(graph);
    return assemble(source, town, std::move(graph), std::move(pieces), std::move(findings));
}

Neighbours assemble(Source source, const Town& town, Graph graph, Components components,
                    std::vector<Finding> findings) {
    Neighbours result;
    result.source = source;
    result.graph = std::move(graph);
    result.components = std::move(components);
    result.findings = std::move(findings);

    Finding alone;
    alone.code = Code::households_without_neighbour;
    alone.severity = Severity::warning;
    alone.table = Table::households;
    const auto households = static_cast<std::uint32_t>(town.households());
    for (std::uint32_t row = 0; row < households; ++row) {
        if (!result.graph.neighbours(row).empty()) continue;
        if (alone.row < 0) alone.row = row;
        alone.records.push_back(town.id(HouseholdIndex{row}));
    }
    if (!alone.records.empty()) {
        alone.fields = {{"count", number_text(alone.records.size())}};
        result.findings.push_back(std::move(alone));
    }
    return result;
}

}  // namespace gridgov::neighbours
