#include <string>
#include <utility>
#include <vector>

#include "gridgov/neighbours/delaunay.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "neighbours/assemble.hpp"
#include "neighbours/barriers.hpp"
#include "neighbours/pieces.hpp"
#include "neighbours/rejoin.hpp"
#include "number_text.hpp"

namespace gridgov::neighbours {
namespace {

Finding separated(const Town& town, std::uint32_t village, std::size_t links, std::size_t pieces) {
    Finding finding;
    finding.code = Code::barriers_separate;
    finding.severity = Severity::note;
    finding.fields = {{"village", std::string(town.village_name(VillageIndex{village}))},
                      {"links", number_text(links)},
                      {"pieces", number_text(pieces)}};
    return finding;
}

}  // namespace

Neighbours from_points(const Town& town, const Options& options) {
    check(options);
    const RowsByVillage by_village(town);
    const Barriers barriers(town.barriers());
    const auto position_of = town.positions();
    std::vector<Edge> links;
    std::vector<Finding> findings;
    std::size_t shared_households = 0;
    std::size_t shared_places = 0;
    links.reserve(3 * town.households());

    std::vector<Position> positions;
    for (std::uint32_t village = 0; village < town.villages(); ++village) {
        // In the order of ids, so that neither ties nor who is first at a place depend on rows.
        const auto rows = by_village.rows(village);
        positions.clear();
        for (const std::uint32_t row : rows) positions.push_back(position_of[row]);
        const Delaunay triangulation = delaunay(positions);
        const SamePlace same_place(triangulation.representative);
        shared_households += same_place.households();
        shared_places += same_place.places();

        Pieces pieces(rows.size());
        std::vector<Pair> kept, cut;
        same_place.link_within([&](std::uint32_t i, std::uint32_t j) {
            pieces.join(i, j);
            links.push_back({rows[i], rows[j], 0});
        });
        for (const Pair& pair : triangulation.edges) {
            if (barriers.cut(positions[pair[0]], positions[pair[1]])) {
                cut.push_back(pair);
            } else {
                pieces.join(pair[0], pair[1]);
                kept.push_back(pair);
            }
        }
        if (!cut.empty() && pieces.count() > 1)
            for (const Pair& pair : rejoin(positions, kept, cut, barriers, pieces))
                kept.push_back(pair);
        for (const auto& [u, v] : kept) {
            const double length_m = straight_distance_m(positions[u], positions[v]);
            if (length_m > options.link_m_max) continue;
            same_place.link_between(u, v, [&](std::uint32_t i, std::uint32_t j) {
                links.push_back({rows[i], rows[j], length_m});
            });
        }
        if (!cut.empty() && pieces.count() > 1)
            findings.push_back(separated(town, village, cut.size(), pieces.count()));
    }
    link_to_anchors(town, links);

    if (shared_places > 0) {
        Finding finding;
        finding.code = Code::duplicate_positions;
        finding.severity = Severity::note;
        finding.fields = {{"households", number_text(shared_households)},
                          {"places", number_text(shared_places)}};
        findings.insert(findings.begin(), std::move(finding));
    }
    return assemble(Source::points, town, links, std::move(findings));
}

}  // namespace gridgov::neighbours
