#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gridgov/neighbours/delaunay.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "neighbours/assemble.hpp"
#include "neighbours/barriers.hpp"
#include "neighbours/graph_rows.hpp"
#include "neighbours/pieces.hpp"
#include "neighbours/rejoin.hpp"
#include "neighbours/triangulate.hpp"
#include "number_text.hpp"
#include "threads.hpp"

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

/// The links of one village, by household row, and what was found out on the way.
struct VillageLinks {
    std::vector<Pair> links;
    std::vector<Finding> findings;
    std::size_t shared_households = 0, shared_places = 0;
    bool connected = true;
};

VillageLinks links_of(const Town& town, std::uint32_t village, std::span<const std::uint32_t> rows,
                      const Barriers& barriers, const Options& options, unsigned threads) {
    VillageLinks result;
    // In the order of ids, so that neither ties nor who is first at a place depend on rows.
    std::vector<Position> positions;
    positions.reserve(rows.size());
    for (const std::uint32_t row : rows) positions.push_back(town.positions()[row]);
    Delaunay triangulation = delaunay_in_any_order(positions, threads);
    const SamePlace same_place(triangulation.representative);
    result.shared_households = same_place.households();
    result.shared_places = same_place.places();

    std::vector<Pair>& kept = triangulation.edges;
    std::vector<Pair> cut;
    if (!town.barriers().empty()) {
        const auto is_cut = [&](const Pair& pair) {
            return barriers.cut(positions[pair[0]], positions[pair[1]]);
        };
        for (const Pair& pair : kept)
            if (is_cut(pair)) cut.push_back(pair);
        if (!cut.empty()) kept.erase(std::remove_if(kept.begin(), kept.end(), is_cut), kept.end());
    }
    if (!cut.empty()) {
        Pieces pieces(rows.size());
        same_place.link_within([&](std::uint32_t i, std::uint32_t j) { pieces.join(i, j); });
        for (const Pair& pair : kept) pieces.join(pair[0], pair[1]);
        if (pieces.count() > 1) {
            std::sort(kept.begin(), kept.end());
            std::sort(cut.begin(), cut.end());
            for (const Pair& pair : rejoin(positions, kept, cut, barriers, pieces))
                kept.push_back(pair);
        }
        result.connected = pieces.count() == 1;
        if (!result.connected)
            result.findings.push_back(separated(town, village, cut.size(), pieces.count()));
    }
    if (options.link_m_max < std::numeric_limits<double>::infinity()) {
        const auto too_long = [&](const Pair& pair) {
            return straight_distance_m(positions[pair[0]], positions[pair[1]]) > options.link_m_max;
        };
        const auto first_too_long = std::remove_if(kept.begin(), kept.end(), too_long);
        result.connected = result.connected && first_too_long == kept.end();
        kept.erase(first_too_long, kept.end());
    }
    if (result.shared_places > 0) {
        const std::size_t between = kept.size();
        for (std::size_t i = 0; i < between; ++i) {
            bool first = true;  // that one stands in the list already
            const Pair pair = kept[i];
            same_place.link_between(pair[0], pair[1], [&](std::uint32_t u, std::uint32_t v) {
                if (!first) kept.push_back({u, v});
                first = false;
            });
        }
        same_place.link_within([&](std::uint32_t u, std::uint32_t v) { kept.push_back({u, v}); });
    }
    for (auto& [u, v] : kept) {
        u = rows[u];
        v = rows[v];
    }
    result.links = std::move(kept);
    return result;
}

}  // namespace

Neighbours from_points(const Town& town, const Options& options) {
    check(options);
    const auto villages = static_cast<std::uint32_t>(town.villages());
    std::vector<VillageLinks> of_village(villages);
    {
        // Large villages one by one with all threads inside; then the others, a thread each.
        constexpr std::size_t large = 100'000;
        const RowsByVillage by_village(town);
        const Barriers barriers(town.barriers());
        std::vector<std::uint32_t> small;
        for (std::uint32_t village = 0; village < villages; ++village) {
            const auto rows = by_village.rows(village);
            if (rows.size() < large)
                small.push_back(village);
            else
                of_village[village] =
                    links_of(town, village, rows, barriers, options, options.threads);
        }
        for_each_piece(
            small.size(), options.threads,
            [&](std::size_t i) {
                const auto rows = by_village.rows(small[i]);
                of_village[small[i]] = links_of(town, small[i], rows, barriers, options, 1);
            },
            [](std::size_t) {});
    }
    std::vector<Finding> findings;
    std::size_t shared_households = 0, shared_places = 0;
    bool connected = true;
    for (VillageLinks& village : of_village) {
        shared_households += village.shared_households;
        shared_places += village.shared_places;
        connected = connected && village.connected;
        std::move(village.findings.begin(), village.findings.end(), std::back_inserter(findings));
    }
    if (shared_places > 0) {
        Finding finding;
        finding.code = Code::duplicate_positions;
        finding.severity = Severity::note;
        finding.fields = {{"households", number_text(shared_households)},
                          {"places", number_text(shared_places)}};
        findings.insert(findings.begin(), std::move(finding));
    }
    std::vector<Edge> to_anchors;
    link_to_anchors(town, to_anchors);
    const auto position_of = town.positions();
    Graph graph = GraphRows::fill(
        town.households(),
        [&](auto visit) {
            for (const VillageLinks& village : of_village)
                for (const auto& pair : village.links)
                    visit(pair[0], pair[1], [&] {
                        return straight_distance_m(position_of[pair[0]], position_of[pair[1]]);
                    });
            for (const Edge& edge : to_anchors) visit(edge.u, edge.v, [] { return 0.0; });
        },
        options.threads);
    of_village = {};
    Components pieces = connected ? components_by_village(town) : components(graph);
    return assemble(Source::points, town, std::move(graph), std::move(pieces), std::move(findings));
}

}  // namespace gridgov::neighbours
