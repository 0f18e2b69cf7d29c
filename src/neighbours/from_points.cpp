#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "gridgov/neighbours/delaunay.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "large_pages.hpp"
#include "neighbours/assemble.hpp"
#include "neighbours/barriers.hpp"
#include "neighbours/graph_rows.hpp"
#include "neighbours/rejoin.hpp"
#include "neighbours/triangulate.hpp"
#include "number_text.hpp"
#include "pieces.hpp"
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

/// The links of one village between places along a curve, and what was found out on the way.
struct VillageLinks {
    std::vector<std::uint32_t> rows;  ///< along the curve
    std::vector<Pair> links;
    std::vector<Finding> findings;
    std::size_t shared_households = 0, shared_places = 0;
    bool connected = true;
};

/// Links that join again what cuts have separated; and pieces as they are then. Households are
/// numbered by id here, so that ties do not depend on rows.
std::vector<Pair> rejoined(const Town& town, const AlongCurve& along, std::vector<Pair> kept,
                           std::vector<Pair> cut, const Barriers& barriers, Pieces& pieces) {
    std::vector<std::uint32_t> by_id(along.rows.size()), number_of(along.rows.size());
    std::iota(by_id.begin(), by_id.end(), 0U);
    std::sort(by_id.begin(), by_id.end(), [&](std::uint32_t i, std::uint32_t j) {
        return town.rank()[along.rows[i]] < town.rank()[along.rows[j]];
    });
    for (std::uint32_t i = 0; i < by_id.size(); ++i) number_of[by_id[i]] = i;
    const auto numbered = [&](std::vector<Pair>& pairs) {
        for (auto& [u, v] : pairs) {
            u = number_of[u];
            v = number_of[v];
            if (u > v) std::swap(u, v);
        }
        std::sort(pairs.begin(), pairs.end());
    };
    numbered(kept);
    numbered(cut);
    std::vector<Position> position_of;
    for (const std::uint32_t i : by_id) position_of.push_back(town.positions()[along.rows[i]]);
    for (std::uint32_t i = 0; i < by_id.size(); ++i)
        if (along.first(i) != i) pieces.join(number_of[along.first(i)], number_of[i]);
    for (const Pair& pair : kept) pieces.join(pair[0], pair[1]);
    if (pieces.count() == 1) return {};
    std::vector<Pair> added = rejoin(position_of, kept, cut, barriers, pieces);
    for (auto& [u, v] : added) {
        u = by_id[u];
        v = by_id[v];
    }
    return added;
}

VillageLinks links_of(const Town& town, std::uint32_t village, std::vector<std::uint32_t> rows,
                      const Barriers& barriers, const Options& options, unsigned threads) {
    VillageLinks result;
    AlongCurve along = triangulate(town.positions(), town.rank(), std::move(rows), threads);
    std::vector<Pair>& kept = along.edges;
    const auto position = [&](std::uint32_t i) { return town.positions()[along.rows[i]]; };
    if (!town.barriers().empty()) {
        const auto is_cut = [&](const Pair& pair) {
            return barriers.cut(position(pair[0]), position(pair[1]));
        };
        const auto first_cut = std::stable_partition(
            kept.begin(), kept.end(), [&](const Pair& pair) { return !is_cut(pair); });
        const std::vector<Pair> cut(first_cut, kept.end());
        kept.erase(first_cut, kept.end());
        if (!cut.empty()) {
            Pieces pieces(along.rows.size());
            for (const Pair& pair : rejoined(town, along, kept, cut, barriers, pieces))
                kept.push_back(pair);
            result.connected = pieces.count() == 1;
            if (!result.connected)
                result.findings.push_back(separated(town, village, cut.size(), pieces.count()));
        }
    }
    if (options.link_m_max < std::numeric_limits<double>::infinity()) {
        const auto first_too_long =
            std::remove_if(kept.begin(), kept.end(), [&](const Pair& pair) {
                return straight_distance_m(position(pair[0]), position(pair[1])) >
                       options.link_m_max;
            });
        result.connected = result.connected && first_too_long == kept.end();
        kept.erase(first_too_long, kept.end());
    }
    if (!along.first_of.empty()) {
        const SamePlace same_place(along.first_of);
        result.shared_households = same_place.households();
        result.shared_places = same_place.places();
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
    result.links = std::move(kept);
    result.rows = std::move(along.rows);
    return result;
}

/// The located households of each village.
std::vector<std::vector<std::uint32_t>> located_rows(const Town& town) {
    std::vector<std::vector<std::uint32_t>> rows_of(town.villages());
    for (std::uint32_t row = 0; row < town.households(); ++row)
        if (located(town, row)) rows_of[town.village_of()[row]].push_back(row);
    return rows_of;
}

/// The villages one after the other along their curves; then who has no place but an anchor.
Graph graph_of(const Town& town, std::vector<VillageLinks>& of_village, unsigned threads) {
    std::vector<std::uint32_t> row_of;
    reserve_in_large_pages(row_of, town.households());
    std::vector<std::uint32_t> first_of_village;
    for (VillageLinks& village : of_village) {
        first_of_village.push_back(static_cast<std::uint32_t>(row_of.size()));
        row_of.insert(row_of.end(), village.rows.begin(), village.rows.end());
        village.rows = {};
    }
    std::vector<Pair> to_anchors;  // between places, as all links
    if (!town.anchor_of().empty()) {
        std::vector<std::uint32_t> place_of(town.households());
        for (std::uint32_t i = 0; i < row_of.size(); ++i) place_of[row_of[i]] = i;
        for (std::uint32_t row = 0; row < town.households(); ++row) {
            if (located(town, row)) continue;
            to_anchors.push_back(
                {place_of[town.anchor_of()[row]], static_cast<std::uint32_t>(row_of.size())});
            row_of.push_back(row);
        }
    }
    std::vector<Position> position_of;
    reserve_in_large_pages(position_of, row_of.size());
    for (const std::uint32_t row : row_of) position_of.push_back(town.positions()[row]);
    return GraphRows::fill_along(
        row_of,
        [&](auto visit) {
            for (std::size_t village = 0; village < of_village.size(); ++village) {
                const std::uint32_t first = first_of_village[village];
                for (const Pair& pair : of_village[village].links)
                    visit(first + pair[0], first + pair[1]);
            }
            for (const Pair& pair : to_anchors) visit(pair[0], pair[1]);
        },
        [&](std::uint32_t a, std::uint32_t b) {
            return straight_distance_m(position_of[a], position_of[b]);
        },
        threads);
}

}  // namespace

Neighbours from_points(const Town& town, const Options& options) {
    check(options);
    const auto villages = static_cast<std::uint32_t>(town.villages());
    std::vector<VillageLinks> of_village(villages);
    {
        // Large villages one by one with all threads inside; then the others, a thread each.
        constexpr std::size_t large = 100'000;
        std::vector<std::vector<std::uint32_t>> rows_of = located_rows(town);
        const Barriers barriers(town.barriers());
        std::vector<std::uint32_t> small;
        for (std::uint32_t village = 0; village < villages; ++village) {
            if (rows_of[village].size() < large)
                small.push_back(village);
            else
                of_village[village] = links_of(town, village, std::move(rows_of[village]), barriers,
                                               options, options.threads);
        }
        for_each_piece(
            small.size(), options.threads,
            [&](std::size_t i) {
                of_village[small[i]] =
                    links_of(town, small[i], std::move(rows_of[small[i]]), barriers, options, 1);
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
    Graph graph = graph_of(town, of_village, options.threads);
    Components pieces = connected ? components_by_village(town) : components(graph);
    return assemble(Source::points, town, std::move(graph), std::move(pieces), std::move(findings));
}

}  // namespace gridgov::neighbours
