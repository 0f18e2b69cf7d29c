#include "gridgov/partition/grids.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "number_text.hpp"
#include "partition/courtyard_count.hpp"
#include "partition/grid_piece.hpp"
#include "refuse.hpp"

namespace gridgov::partition {
namespace {

/// Courtyards that are linked one to the next inside a village, ascending.
struct Piece {
    std::uint32_t village = 0;
    std::int64_t households = 0;
    std::vector<std::uint32_t> courtyards;
    std::uint32_t grids = 1;
};

void check_sizes(const Town& town, const neighbours::Neighbours& neighbours,
                 const Partition& partition) {
    const std::size_t households = town.households();
    if (neighbours.graph.nodes() != households)
        refuse(Code::graph_size_mismatch,
                       {{"nodes", number_text(neighbours.graph.nodes())},
                        {"households", number_text(households)}});
    if (partition.labels.size() != households)
        refuse(Code::labels_size_mismatch,
                       {{"column", "labels"},
                        {"length", number_text(partition.labels.size())},
                        {"expected", number_text(households)}});
    for (std::size_t row = 0; row < households; ++row) {
        const std::int32_t label = partition.labels[row];
        if (label < 0 || static_cast<std::size_t>(label) >= partition.courtyards.size())
            refuse(Code::label_out_of_range, {{"label", number_text(label)}},
                           static_cast<std::int64_t>(row));
    }
}

/// Courtyards of one village are neighbours where a link joins their households.
neighbours::Graph courtyard_graph(const neighbours::Graph& graph, const Partition& partition) {
    const auto& village = partition.courtyards.village;
    std::vector<neighbours::Edge> edges;
    for (std::uint32_t u = 0; u < graph.nodes(); ++u)
        for (const std::uint32_t v : graph.neighbours(u)) {
            const auto a = static_cast<std::uint32_t>(partition.labels[u]);
            const auto b = static_cast<std::uint32_t>(partition.labels[v]);
            if (a < b && village[a] == village[b]) edges.push_back({a, b, 0.0});
        }
    return neighbours::Graph::from_edges(partition.courtyards.size(), edges);
}

std::vector<Piece> pieces_of(const neighbours::Graph& graph, const Courtyards& courtyards) {
    const neighbours::Components components = neighbours::components(graph);
    std::vector<Piece> pieces(components.count);
    for (std::uint32_t courtyard = 0; courtyard < courtyards.size(); ++courtyard) {
        Piece& piece = pieces[components.component_of[courtyard]];
        piece.village = courtyards.village[courtyard];
        piece.households += courtyards.households[courtyard];
        piece.courtyards.push_back(courtyard);
    }
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const Piece& a, const Piece& b) { return a.village < b.village; });
    return pieces;
}

/// Shares a number of grids out over the villages, and in each over its pieces.
void share_by_number(std::int64_t grids, std::vector<Piece>& pieces,
                     std::vector<Finding>& findings) {
    std::vector<CourtyardCount> counts;
    std::vector<std::int64_t> households;
    std::vector<std::size_t> first;  // piece of each village
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i == 0 || pieces[i].village != pieces[i - 1].village) {
            first.push_back(i);
            counts.push_back({.courtyards = 0, .least = 0, .most = 0, .feasible = true});
            households.push_back(0);
        }
        counts.back().least += 1;
        counts.back().most += static_cast<std::int64_t>(pieces[i].courtyards.size());
        households.back() += pieces[i].households;
    }
    first.push_back(pieces.size());
    share_out(grids, households, counts);
    std::int64_t given = 0;
    for (std::size_t village = 0; village < counts.size(); ++village) {
        given += counts[village].courtyards;
        std::vector<CourtyardCount> shares;
        std::vector<std::int64_t> weights;
        for (std::size_t i = first[village]; i < first[village + 1]; ++i) {
            shares.push_back({.courtyards = 1,
                              .least = 1,
                              .most = static_cast<std::int64_t>(pieces[i].courtyards.size()),
                              .feasible = true});
            weights.push_back(pieces[i].households);
        }
        share_out(counts[village].courtyards, weights, shares);
        for (std::size_t i = first[village]; i < first[village + 1]; ++i)
            pieces[i].grids = static_cast<std::uint32_t>(shares[i - first[village]].courtyards);
    }
    if (given != grids)
        findings.push_back({.code = Code::grids_out_of_reach,
                            .severity = Severity::error,
                            .records = {},
                            .fields = {{"wanted", number_text(grids)},
                                       {"given", number_text(given)}}});
}

/// The number of grids of so many courtyards: the nearest to the middle of the bounds that they
/// allow, halves upward; where they allow none, so many that none is above the maximum.
std::int64_t grids_by_size(std::int64_t courtyards, const GridBounds& bounds) {
    const std::int64_t least = (courtyards + bounds.max - 1) / bounds.max;
    const std::int64_t most = courtyards / bounds.min;
    if (least > most) return least;
    const std::int64_t middles = bounds.min + bounds.max;  // twice the middle
    return std::clamp((4 * courtyards + middles) / (2 * middles), least, most);
}

/// Where a courtyard stands: at its head or, without one, in the middle of its households.
std::vector<Position> places_of(const Town& town, const Partition& partition) {
    struct Sum {
        double x_um = 0;
        double y_um = 0;
    };
    const auto& courtyards = partition.courtyards;
    std::vector<Sum> sums(courtyards.size());
    for (std::size_t row = 0; row < town.households(); ++row) {
        Sum& sum = sums[static_cast<std::size_t>(partition.labels[row])];
        sum.x_um += static_cast<double>(town.positions()[row].x_um);
        sum.y_um += static_cast<double>(town.positions()[row].y_um);
    }
    std::vector<Position> places(courtyards.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (courtyards.head[i] != no_index) {
            places[i] = town.positions()[courtyards.head[i]];
            continue;
        }
        const auto count = static_cast<double>(courtyards.households[i]);
        places[i] = {std::llround(sums[i].x_um / count), std::llround(sums[i].y_um / count)};
    }
    return places;
}

class Grouping {
public:
    Grouping(const Town& town, const neighbours::Neighbours& neighbours, const Partition& partition)
        : courtyards_(partition.courtyards), graph_(courtyard_graph(neighbours.graph, partition)),
          places_(places_of(town, partition)), local_(courtyards_.size(), 0) {}

    const neighbours::Graph& graph() const { return graph_; }

    /// A grid, numbered within the piece, for each of its courtyards.
    std::vector<std::uint32_t> divide_piece(const Piece& piece, const GridBounds& bounds) {
        GridPiece problem;
        const Position corner = places_[piece.courtyards.front()];
        problem.offsets.push_back(0);
        for (std::uint32_t i = 0; i < piece.courtyards.size(); ++i)
            local_[piece.courtyards[i]] = i;
        for (const std::uint32_t courtyard : piece.courtyards) {
            const Position place = places_[courtyard];
            problem.x_m.push_back(static_cast<double>(place.x_um - corner.x_um) * 1e-6);
            problem.y_m.push_back(static_cast<double>(place.y_um - corner.y_um) * 1e-6);
            problem.households.push_back(courtyards_.households[courtyard]);
            for (const std::uint32_t other : graph_.neighbours(courtyard))
                problem.targets.push_back(local_[other]);
            problem.offsets.push_back(static_cast<std::uint32_t>(problem.targets.size()));
        }
        return divide(problem, piece.grids, bounds);
    }

private:
    const Courtyards& courtyards_;
    neighbours::Graph graph_;
    std::vector<Position> places_;
    std::vector<std::uint32_t> local_;  // number of a courtyard in its piece
};

/// Numbers the grids by their smallest courtyard and fills the columns.
void number_grids(const Town& town, const Courtyards& courtyards,
                  const std::vector<std::uint32_t>& raw, std::uint32_t count, Grids& grids) {
    std::vector<std::int32_t> number(count, -1);
    std::vector<std::uint32_t> in_village(town.villages(), 0);
    for (std::size_t courtyard = 0; courtyard < raw.size(); ++courtyard) {
        std::int32_t& grid = number[raw[courtyard]];
        if (grid < 0) {
            const std::uint32_t village = courtyards.village[courtyard];
            grid = static_cast<std::int32_t>(grids.ids.size());
            grids.ids.push_back(std::string(town.village_name(VillageIndex(village))) + "-G" +
                                std::to_string(++in_village[village]));
            grids.village.push_back(village);
            grids.courtyards.push_back(0);
            grids.households.push_back(0);
        }
        grids.grid_of_courtyard[courtyard] = grid;
        ++grids.courtyards[static_cast<std::size_t>(grid)];
        grids.households[static_cast<std::size_t>(grid)] += courtyards.households[courtyard];
    }
}

void report_sizes(const Town& town, const GridBounds& bounds, Grids& grids) {
    for (std::size_t i = 0; i < grids.ids.size(); ++i) {
        if (bounds.outside(grids.courtyards[i]) == 0) continue;
        const VillageIndex village(grids.village[i]);
        grids.findings.push_back({.code = Code::grid_without_neighbour,
                                  .severity = Severity::error,
                                  .records = {grids.ids[i]},
                                  .fields = {{"grid", grids.ids[i]},
                                             {"village", std::string(town.village_name(village))},
                                             {"courtyards", number_text(grids.courtyards[i])},
                                             {"min", number_text(bounds.min)},
                                             {"max", number_text(bounds.max)}}});
    }
}

}  // namespace

Grids group_into_grids(const Town& town, const neighbours::Neighbours& neighbours,
                       const Partition& partition, const GridRules& rules) {
    check(rules);
    check_sizes(town, neighbours, partition);
    Grids grids;
    grids.grid_of_courtyard.assign(partition.courtyards.size(), -1);
    if (!rules.wanted()) return grids;

    Grouping grouping(town, neighbours, partition);
    std::vector<Piece> pieces = pieces_of(grouping.graph(), partition.courtyards);
    GridBounds bounds;
    if (rules.grids) {
        share_by_number(*rules.grids, pieces, grids.findings);
    } else {
        // No bound beyond the number of courtyards makes a difference; smaller ones cannot overflow.
        const auto all = static_cast<std::int64_t>(partition.courtyards.size()) + 1;
        bounds = {std::min(*rules.courtyards_min, all), std::min(*rules.courtyards_max, all)};
        for (Piece& piece : pieces)
            piece.grids = static_cast<std::uint32_t>(
                grids_by_size(static_cast<std::int64_t>(piece.courtyards.size()), bounds));
    }
    std::vector<std::uint32_t> raw(partition.courtyards.size(), 0);
    std::uint32_t count = 0;
    for (const Piece& piece : pieces) {
        const std::vector<std::uint32_t> grid_of = grouping.divide_piece(piece, bounds);
        for (std::size_t i = 0; i < grid_of.size(); ++i)
            raw[piece.courtyards[i]] = count + grid_of[i];
        count += piece.grids;
    }
    number_grids(town, partition.courtyards, raw, count, grids);
    if (!rules.grids) {
        bounds = {*rules.courtyards_min, *rules.courtyards_max};
        report_sizes(town, bounds, grids);
    }
    return grids;
}

}  // namespace gridgov::partition
