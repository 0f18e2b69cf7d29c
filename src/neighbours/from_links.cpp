#include <utility>
#include <vector>

#include "gridgov/neighbours/neighbours.hpp"
#include "neighbours/assemble.hpp"
#include "neighbours/barriers.hpp"
#include "number_text.hpp"

namespace gridgov::neighbours {

Neighbours from_links(const Town& town, const Options& options) {
    check(options);
    const Barriers barriers(town.barriers());
    const auto position_of = town.positions();
    const auto village_of = town.village_of();
    std::vector<Edge> links;
    std::vector<Finding> findings;
    links.reserve(town.links().size());
    std::size_t across_villages = 0;
    for (const auto& [u, v, length_m] : town.links()) {
        if (village_of[u] != village_of[v]) {
            ++across_villages;
            continue;
        }
        if (length_m > options.link_m_max) continue;
        // Where one end stands is not known, nothing is known to lie between.
        if (located(town, u) && located(town, v) && barriers.cut(position_of[u], position_of[v]))
            continue;
        links.push_back({u, v, length_m});
    }
    link_to_anchors(town, links);

    if (across_villages > 0) {
        Finding finding;
        finding.code = Code::link_across_villages;
        finding.severity = Severity::note;
        finding.table = Table::links;
        finding.fields = {{"count", number_text(across_villages)}};
        findings.push_back(std::move(finding));
    }
    return assemble(Source::links, town, links, std::move(findings));
}

}  // namespace gridgov::neighbours
