#include "gridgov/partition/grids.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "number_text.hpp"
#include "partition/courtyard_count.hpp"
#include "partition/grid_piece.hpp"
#include "partition/measure.hpp"
#include "partition/random.hpp"
#include "refuse.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

/// Courtyards that are linked one to the next inside a village, ascending.
struct Piece {
    std::uint32_t village = 0;
    std::int64_t households = 0;
    std::vector<std::uint32_t> courtyards;
    GridCount count;
};

void check_sizes(const Town& town, const neighbours::Neighbours& neighbours,
                 const Partition& partition) {
    const std::size_t households = town.households();
    if (neighbours.graph.nodes() != households)
        refuse(Code::graph_size_mismatch,
                       {{"nodes", number_text(neighbours.graph.nodes())},
                        {"households", number_text(households)}});
    check_labels(town, partition.labels, partition.courtyards.size());
}

/// Courtyards of one village are neighbours where a link joins their households. In compressed rows,
/// ascending.
struct CourtyardGraph {
    std::vector<std::uint32_t> offsets, targets;
    std::span<const std::uint32_t> neighbours(std::uint32_t courtyard) const {
        return {targets.data() + offsets[courtyard], offsets[courtyard + 1] - offsets[courtyard]};
    }
};

CourtyardGraph courtyard_graph(const neighbours::Graph& graph, const Partition& partition) {
    const auto& village = partition.courtyards.village;
    const auto courtyards = static_cast<std::uint32_t>(partition.courtyards.size());
    std::vector<std::uint32_t> first(courtyards + std::size_t{1}, 0), rows(graph.nodes());
    for (const std::int32_t label : partition.labels) ++first[static_cast<std::size_t>(label) + 1];
    std::partial_sum(first.begin(), first.end(), first.begin());
    {
        std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
        for (std::uint32_t row = 0; row < graph.nodes(); ++row)
            rows[next[static_cast<std::size_t>(partition.labels[row])]++] = row;
    }
    CourtyardGraph result;
    result.offsets.reserve(courtyards + std::size_t{1});
    result.offsets.push_back(0);
    std::vector<std::uint32_t> mark(courtyards, no_index);
    for (std::uint32_t a = 0; a < courtyards; ++a) {
        const std::size_t begin = result.targets.size();
        for (std::uint32_t i = first[a]; i < first[a + 1]; ++i)
            for (const std::uint32_t v : graph.neighbours(rows[i])) {
                const auto b = static_cast<std::uint32_t>(partition.labels[v]);
                if (b == a || mark[b] == a || village[b] != village[a]) continue;
                mark[b] = a;
                result.targets.push_back(b);
            }
        std::sort(result.targets.begin() + static_cast<std::ptrdiff_t>(begin),
                  result.targets.end());
        result.offsets.push_back(static_cast<std::uint32_t>(result.targets.size()));
    }
    return result;
}

/// By village, then by the smallest courtyard.
std::vector<Piece> pieces_of(const CourtyardGraph& graph, const Courtyards& courtyards) {
    std::vector<Piece> pieces;
    std::vector<std::uint8_t> seen(courtyards.size(), 0);
    for (std::uint32_t start = 0; start < courtyards.size(); ++start) {
        if (seen[start] != 0) continue;
        Piece piece;
        piece.village = courtyards.village[start];
        piece.courtyards.push_back(start);
        seen[start] = 1;
        for (std::size_t next = 0; next < piece.courtyards.size(); ++next) {
            piece.households += courtyards.households[piece.courtyards[next]];
            for (const std::uint32_t other : graph.neighbours(piece.courtyards[next]))
                if (seen[other] == 0) {
                    seen[other] = 1;
                    piece.courtyards.push_back(other);
                }
        }
        std::sort(piece.courtyards.begin(), piece.courtyards.end());
        pieces.push_back(std::move(piece));
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
        for (std::size_t i = first[village]; i < first[village + 1]; ++i) {
            const auto grids_here =
                static_cast<std::uint32_t>(shares[i - first[village]].courtyards);
            pieces[i].count = {grids_here, grids_here, grids_here};
        }
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
GridCount grids_by_size(std::int64_t courtyards, const GridBounds& bounds) {
    const std::int64_t least = (courtyards + bounds.max - 1) / bounds.max;
    const std::int64_t most = std::max(least, courtyards / bounds.min);
    const std::int64_t middles = bounds.min + bounds.max;  // twice the middle
    const std::int64_t wanted =
        std::clamp((4 * courtyards + middles) / (2 * middles), least, most);
    return {static_cast<std::uint32_t>(wanted), static_cast<std::uint32_t>(least),
            static_cast<std::uint32_t>(most)};
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

/// A piece as a problem of its own; `local_of`: of each courtyard, its number in its piece.
GridPiece problem_of(const Piece& piece, const CourtyardGraph& graph, const Courtyards& courtyards,
                     std::span<const Position> places, std::span<const std::uint32_t> local_of) {
    const std::size_t size = piece.courtyards.size();
    const Position corner = places[piece.courtyards.front()];
    GridPiece problem;
    problem.x_m.reserve(size);
    problem.y_m.reserve(size);
    problem.households.reserve(size);
    problem.courtyards.assign(size, 1);
    problem.offsets.reserve(size + 1);
    problem.offsets.push_back(0);
    for (const std::uint32_t courtyard : piece.courtyards) {
        const Position place = places[courtyard];
        problem.x_m.push_back(static_cast<double>(place.x_um - corner.x_um) * 1e-6);
        problem.y_m.push_back(static_cast<double>(place.y_um - corner.y_um) * 1e-6);
        problem.households.push_back(courtyards.households[courtyard]);
        for (const std::uint32_t other : graph.neighbours(courtyard))
            problem.targets.push_back(local_of[other]);
        problem.offsets.push_back(static_cast<std::uint32_t>(problem.targets.size()));
    }
    return problem;
}

/// A grid per courtyard, numbered anyhow. Large pieces come first, one by one with all threads inside;
/// then the others, a thread each.
std::vector<std::uint32_t> divide_pieces(std::span<const Piece> pieces, const CourtyardGraph& graph,
                                         const Courtyards& courtyards,
                                         std::span<const Position> places, const GridBounds& bounds,
                                         const Options& options, std::uint32_t& count) {
    constexpr std::size_t large = 20'000;
    std::vector<std::uint32_t> local_of(courtyards.size());
    for (const Piece& piece : pieces)
        for (std::uint32_t i = 0; i < piece.courtyards.size(); ++i)
            local_of[piece.courtyards[i]] = i;
    std::vector<std::size_t> order(pieces.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return pieces[a].courtyards.size() > pieces[b].courtyards.size();
    });
    std::vector<std::vector<std::uint32_t>> found(pieces.size());
    const auto share_of = [&](std::size_t of) {
        return static_cast<double>(of) / static_cast<double>(courtyards.size());
    };
    const auto divide_one = [&](const Piece& piece, unsigned threads, std::size_t done) {
        GridSearchOptions search;
        search.effort = options.effort;
        search.seed = seed_for(options.seed, courtyards.ids[piece.courtyards.front()]);
        search.threads = threads;
        search.cancel = options.cancel;
        if (threads != 1 && options.progress)
            search.progress = [&, done](double share) {
                options.progress(share_of(done) + share * share_of(piece.courtyards.size()));
            };
        return divide(problem_of(piece, graph, courtyards, places, local_of), piece.count, bounds,
                      search);
    };
    std::size_t first_small = 0, done = 0;
    for (; first_small < order.size(); ++first_small) {
        const Piece& piece = pieces[order[first_small]];
        if (piece.courtyards.size() < large) break;
        found[order[first_small]] = divide_one(piece, thread_count(options.threads), done);
        done += piece.courtyards.size();
    }
    const std::size_t small = order.size() - first_small;
    for_each_piece(
        small, options.threads,
        [&](std::size_t i) {
            const std::size_t piece = order[first_small + i];
            found[piece] = divide_one(pieces[piece], 1, 0);
        },
        [&](std::size_t of_small) {
            if (!options.progress) return;
            const double rest = 1 - share_of(done);
            options.progress(share_of(done) +
                             rest * static_cast<double>(of_small) / static_cast<double>(small));
        });
    std::vector<std::uint32_t> raw(courtyards.size());
    count = 0;
    for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
        std::uint32_t grids = 0;
        for (std::size_t i = 0; i < found[piece].size(); ++i) {
            raw[pieces[piece].courtyards[i]] = count + found[piece][i];
            grids = std::max(grids, found[piece][i] + 1);
        }
        count += grids;
    }
    return raw;
}

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

/// Centres, distances to them, and the imbalance.
void measure_grids(std::span<const Piece> pieces, const Courtyards& courtyards,
                   std::span<const Position> places, Grids& grids) {
    GridPiece all;  // positions and households; no links are needed
    for (std::uint32_t courtyard = 0; courtyard < courtyards.size(); ++courtyard) {
        all.x_m.push_back(static_cast<double>(places[courtyard].x_um) * 1e-6);
        all.y_m.push_back(static_cast<double>(places[courtyard].y_um) * 1e-6);
        all.households.push_back(courtyards.households[courtyard]);
    }
    std::vector<std::uint32_t> label(grids.grid_of_courtyard.begin(), grids.grid_of_courtyard.end());
    const GridMembers members(label, static_cast<std::uint32_t>(grids.ids.size()));
    double households = 0;
    for (std::uint32_t grid = 0; grid < members.size(); ++grid) {
        const std::uint32_t centre = centre_of(all, members[grid]).node;
        double total_m = 0, greatest_m = 0;
        for (const std::uint32_t courtyard : members[grid]) {
            const double d = straight_distance_m(places[courtyard], places[centre]);
            total_m += all.households[courtyard] * d;
            greatest_m = std::max(greatest_m, d);
        }
        grids.centre.push_back(centre);
        grids.mean_distances_m.push_back(total_m / grids.households[grid]);
        grids.max_distances_m.push_back(greatest_m);
        grids.total_distance_m += total_m;
        grids.max_distance_m = std::max(grids.max_distance_m, greatest_m);
        households += grids.households[grid];
    }
    if (households > 0) grids.mean_distance_m = grids.total_distance_m / households;
    for (const Piece& piece : pieces) {
        std::uint32_t greatest = 0;
        std::vector<std::uint32_t> here;
        for (const std::uint32_t courtyard : piece.courtyards) {
            here.push_back(label[courtyard]);
            greatest = std::max(greatest, grids.households[label[courtyard]]);
        }
        std::sort(here.begin(), here.end());
        const auto count = std::unique(here.begin(), here.end()) - here.begin();
        grids.imbalance = std::max(grids.imbalance, greatest * static_cast<double>(count) /
                                                        static_cast<double>(piece.households));
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
                       const Partition& partition, const GridRules& rules,
                       const Options& options) {
    check(rules);
    check(options);
    check_sizes(town, neighbours, partition);
    Grids grids;
    grids.grid_of_courtyard.assign(partition.courtyards.size(), -1);
    if (!rules.wanted()) return grids;

    const CourtyardGraph graph = courtyard_graph(neighbours.graph, partition);
    const std::vector<Position> places = places_of(town, partition);
    std::vector<Piece> pieces = pieces_of(graph, partition.courtyards);
    GridBounds bounds;
    if (rules.grids) {
        share_by_number(*rules.grids, pieces, grids.findings);
    } else {
        // No bound beyond the number of courtyards makes a difference; smaller ones cannot overflow.
        const auto all = static_cast<std::int64_t>(partition.courtyards.size()) + 1;
        bounds = {std::min(*rules.courtyards_min, all), std::min(*rules.courtyards_max, all)};
        for (Piece& piece : pieces)
            piece.count =
                grids_by_size(static_cast<std::int64_t>(piece.courtyards.size()), bounds);
    }
    std::uint32_t count = 0;
    const std::vector<std::uint32_t> raw = divide_pieces(pieces, graph, partition.courtyards, places,
                                                         bounds, options, count);
    number_grids(town, partition.courtyards, raw, count, grids);
    measure_grids(pieces, partition.courtyards, places, grids);
    if (!rules.grids) {
        bounds = {*rules.courtyards_min, *rules.courtyards_max};
        report_sizes(town, bounds, grids);
    }
    if (options.cancel != nullptr && options.cancel->load()) {
        grids.outcome = Outcome::cancelled;
        Finding finding;
        finding.code = Code::cancelled;
        finding.severity = Severity::warning;
        grids.findings.push_back(std::move(finding));
    }
    return grids;
}

}  // namespace gridgov::partition
