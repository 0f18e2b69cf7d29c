#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gridgov/partition/partition.hpp"
#include "partition/agglomerate.hpp"
#include "partition/distance.hpp"
#include "partition/exact.hpp"
#include "partition/improve.hpp"
#include "partition/legalise.hpp"
#include "partition/measure.hpp"
#include "partition/solve.hpp"
#include "partition/state.hpp"
#include "partition/tiles.hpp"
#include "partition/walk_distance.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

/// A component of more parts is searched in tiles.
constexpr std::uint32_t whole_parts_max = 1200;

/// What is done with a component, or with a tile of one.
struct Stage {
    bool legalise = false;
    int relocations = 0;              ///< rounds
    std::uint64_t perturbations = 0;  ///< a part
    Thoroughness thoroughness;
};
constexpr std::uint32_t tile_parts = 800;
/// A component of no more parts is perturbed so many times as much: it takes no longer than seconds.
constexpr std::uint32_t town_parts_max = 300;
constexpr std::uint64_t town_patience = 7;
constexpr std::uint64_t tree_perturbations = 8;
constexpr int shifts = 30;  ///< rounds: most end far earlier

std::vector<Stage> stages_of(Effort effort) {
    switch (effort) {
        case Effort::draft: {
            Thoroughness little;
            little.move_slack = 0.15;
            little.exchange_slack = 0;
            little.wake_neighbours = false;
            return {{true, 0, 0, little}};
        }
        case Effort::standard: {
            const Thoroughness usual;
            return {{true, 3, 0, usual}, {false, 1, 0, usual}, {false, 1, 0, usual}};
        }
        case Effort::best: {  // as standard, and on from there: never longer
            std::vector<Stage> stages = stages_of(Effort::standard);
            Thoroughness great;
            great.move_slack = 1;
            great.exchange_slack = 0.05;
            great.relocation_slack = 1.5;
            great.search_slack = 0.8;
            great.closings_tried = 12;
            for (const std::uint64_t perturbations : {3U, 3U, 2U})
                stages.push_back({false, 4, perturbations, great});
            return stages;
        }
    }
    return {};
}

struct Solution {
    Labels labels;
    bool cancelled = false;
    bool optimal = false;  ///< proved: no legal division into as many parts is shorter
};

/// `best` solves components of so many households to a proof, where exact_work_limit suffices.
constexpr std::size_t exact_best_households_max = 400;

/// How households are apart, by metric: distances for a component, with scratch of a thread.
struct Straight {
    struct Scratch {};
    Scratch scratch() const { return {}; }
    StraightDistance distance(const Component& component, Scratch&) const {
        return StraightDistance(component);
    }
};
struct Walked {
    WalkNetwork network;
    WalkSearch scratch() const { return WalkSearch(network); }
    WalkDistance distance(const Component& component, WalkSearch& search) const {
        return WalkDistance(component, search);
    }
};

/// Searches a component.
template <class Metrics>
class Search {
public:
    Search(const Component& component, const Bounds& bounds, const Options& options,
           const Metrics& metrics)
        : component_(component), bounds_(bounds), options_(options), metrics_(metrics),
          wanted_(static_cast<std::uint32_t>(component.count.courtyards)) {}

    /// How many pieces of work `run` is made of, to tell progress by.
    static double steps(const Component& component, Effort effort) {
        return static_cast<double>(component.households() * stages_of(effort).size());
    }

    /// `scratch` is the calling thread's.
    template <class Scratch>
    Solution run(unsigned threads, Scratch& scratch, const std::function<void(double)>& advance) {
        if (wanted_ == 1) {
            advance(steps(component_, options_.effort));
            return {{std::vector<std::uint32_t>(component_.atoms(), 0), 1}, false,
                    bounds_.legal(component_.weight) && component_.groups == 0};
        }
        Labels labels = agglomerate(component_, bounds_, wanted_, threads);
        std::vector<Stage> stages = stages_of(options_.effort);
        // Where links are hardly more than a tree's, along ways, few moves keep courtyards connected:
        // trees split anew do more there.
        if (component_.links.size() < 4 * std::size_t{component_.atoms()} &&
            options_.effort != Effort::draft)
            for (Stage& stage : stages) stage.perturbations += tree_perturbations;
        if (labels.parts <= whole_parts_max) {
            auto distance = metrics_.distance(component_, scratch);
            Solution solution;
            solution.labels = piece(component_, labels, {}, stages.front(), wanted_, distance);
            if (options_.effort == Effort::best) {
                Stage all = stages.back();
                all.perturbations = 0;
                for (const Stage& stage : stages) all.perturbations += stage.perturbations;
                if (labels.parts <= town_parts_max) all.perturbations *= town_patience;
                solution.labels = piece(component_, solution.labels, {}, all, wanted_, distance);
                if (component_.households() <= exact_best_households_max && !cancelled())
                    prove(solution, distance);
            }
            advance(steps(component_, options_.effort));
            solution.cancelled = cancelled();
            return solution;
        }
        std::vector<std::uint8_t> restless(labels.parts, 1);
        for (std::uint32_t round = 0; round < stages.size() && !cancelled(); ++round)
            labels = in_tiles(labels, restless, stages[round], round, threads, advance);
        if (!cancelled() && !right(labels)) {
            auto distance = metrics_.distance(component_, scratch);
            labels = piece(component_, labels, {}, {true, 0, 0, {}}, wanted_, distance);
        }
        return {std::move(labels), cancelled(), false};
    }

private:
    bool cancelled() const {
        return options_.cancel != nullptr && options_.cancel->load(std::memory_order_relaxed);
    }

    /// Looks for a shorter division until there is none.
    template <class Distance>
    void prove(Solution& solution, Distance& distance) const {
        const auto count = static_cast<std::uint32_t>(component_.households());
        std::vector<double> distance_um;
        distance_um.reserve(std::size_t{count} * count);
        for (std::uint32_t a = 0; a < count; ++a)
            for (std::uint32_t b = 0; b < count; ++b) distance_um.push_back(distance(a, b));
        ExactResult exact =
            solve_exactly(component_, bounds_, wanted_, distance_um, solution.labels.part_of,
                          exact_work_limit, options_.cancel);
        if (!exact.labels.empty()) solution.labels = {std::move(exact.labels), wanted_};
        solution.optimal = exact.status == ExactStatus::optimal;
    }

    /// One State's work.
    template <class Distance>
    Labels piece(const Component& component, const Labels& start,
                 std::span<const std::uint8_t> restless, const Stage& stage, std::uint32_t wanted,
                 Distance& distance) const {
        if (cancelled()) return start;
        Random random(component.seed);
        State state(component, bounds_, distance, options_.group_weight_m);
        state.assign(start.part_of, start.parts);
        Improver improver(state, random, options_.cancel, stage.thoroughness, restless);
        if (stage.legalise) Legaliser(state, random).run(wanted);
        improver.search_everywhere();
        bool headless = false;
        for (std::uint32_t part = 0; part < state.parts(); ++part)
            headless = headless || state.head(part) == no_index;
        if (headless && stage.relocations == 0) {  // worth more than a little search
            Improver thorough(state, random, options_.cancel);
            thorough.search_everywhere();
            thorough.relocate(3);
        }
        if (stage.relocations > 0) {
            improver.relocate(stage.relocations);
            improver.shift(shifts);
        }
        if (stage.perturbations > 0) {
            improver.perturb(stage.perturbations * state.parts());
            improver.relocate(stage.relocations);
            improver.shift(shifts);
        }
        return {{state.labels().begin(), state.labels().end()}, state.parts()};
    }

    /// A round over all tiles. `restless` parts are looked at; on return those at the tiles' borders.
    Labels in_tiles(const Labels& labels, std::vector<std::uint8_t>& restless, const Stage& stage,
                    std::uint32_t round, unsigned threads,
                    const std::function<void(double)>& advance) const {
        const Tiling tiling(component_, labels, tile_parts, round);
        struct Found {
            Labels labels;
            std::vector<std::uint8_t> at_border;
        };
        std::vector<Found> found(tiling.tiles());
        std::atomic<std::size_t> households{0};
        for_each_piece_with(
            tiling.tiles(), threads, [&] { return metrics_.scratch(); },
            [&](std::size_t i, auto& scratch) {
                const Tile tile = tiling.cut_out(i);
                std::vector<std::uint8_t> looked_at;
                for (const std::uint32_t part : tile.parts) looked_at.push_back(restless[part]);
                auto distance = metrics_.distance(tile.component, scratch);
                found[i].labels = piece(tile.component, tile.labels, looked_at, stage,
                                        tile.labels.parts, distance);
                found[i].at_border.assign(found[i].labels.parts, 0);
                for (std::size_t j = 0; j < tile.atoms.size(); ++j)
                    if (tile.component.neighbours_of(static_cast<std::uint32_t>(j)).size() <
                        component_.neighbours_of(tile.atoms[j]).size())
                        found[i].at_border[found[i].labels.part_of[j]] = 1;
                households += tile.component.households();
            },
            [&](std::size_t) { advance(static_cast<double>(households.exchange(0))); });
        advance(static_cast<double>(households));
        Labels all;
        all.part_of.resize(component_.atoms());
        restless.clear();
        for (std::size_t i = 0; i < tiling.tiles(); ++i) {
            const auto atoms = tiling.atoms(i);
            for (std::size_t j = 0; j < atoms.size(); ++j)
                all.part_of[atoms[j]] = all.parts + found[i].labels.part_of[j];
            all.parts += found[i].labels.parts;
            restless.insert(restless.end(), found[i].at_border.begin(), found[i].at_border.end());
        }
        return all;
    }

    /// Whether every part is legal and the number is that wanted.
    bool right(const Labels& labels) const {
        std::vector<std::int64_t> weight(labels.parts, 0);
        for (std::uint32_t atom = 0; atom < component_.atoms(); ++atom)
            weight[labels.part_of[atom]] += component_.atom_weight[atom];
        return labels.parts == wanted_ &&
               std::all_of(weight.begin(), weight.end(),
                           [&](std::int64_t w) { return bounds_.legal(w); });
    }

    const Component& component_;
    const Bounds& bounds_;
    const Options& options_;
    const Metrics& metrics_;
    std::uint32_t wanted_;
};

/// Components that are searched whole side by side; large ones one after another, each by all threads.
template <class Metrics>
std::vector<Solution> search(const std::vector<Component>& components, const Bounds& bounds,
                             const Options& options, const Metrics& metrics) {
    std::vector<std::uint32_t> small, large;
    double steps = 0;
    for (std::uint32_t c = 0; c < components.size(); ++c) {
        (components[c].count.courtyards > whole_parts_max ? large : small).push_back(c);
        steps += Search<Metrics>::steps(components[c], options.effort);
    }
    double done = 0;
    const auto advance = [&](double by) {
        done += by;
        if (options.progress) options.progress(std::min(1.0, done / steps));
    };
    std::vector<Solution> solutions(components.size());
    if (!large.empty()) {
        auto scratch = metrics.scratch();
        for (const std::uint32_t c : large)
            solutions[c] = Search(components[c], bounds, options, metrics)
                               .run(options.threads, scratch, advance);
    }
    // The largest first, so that threads end together.
    std::stable_sort(small.begin(), small.end(), [&](std::uint32_t a, std::uint32_t b) {
        return components[a].households() > components[b].households();
    });
    std::atomic<std::size_t> households{0};
    const auto quiet = [](double) {};
    for_each_piece_with(
        small.size(), options.threads, [&] { return metrics.scratch(); },
        [&](std::size_t i, auto& scratch) {
            const Component& component = components[small[i]];
            solutions[small[i]] =
                Search(component, bounds, options, metrics).run(1, scratch, quiet);
            households += component.households();
        },
        [&](std::size_t) {
            advance(static_cast<double>(households.exchange(0) * stages_of(options.effort).size()));
        });
    return solutions;
}

/// Households without coordinates go where most of their group is, if that breaks no rule.
void place_unlocated(const Town& town, const Bounds& bounds, std::vector<std::int32_t>& labels,
                     std::int32_t parts) {
    const auto anchors = town.anchor_of();
    if (anchors.empty()) return;
    std::vector<std::int64_t> weight(static_cast<std::size_t>(parts), 0);
    std::vector<std::vector<std::uint32_t>> of_group(town.groups());
    std::vector<std::uint32_t> unlocated;
    for (std::uint32_t row = 0; row < town.households(); ++row) {
        if (anchors[row] != no_index)
            unlocated.push_back(row);
        else if (town.group_of()[row] != no_index)
            of_group[town.group_of()[row]].push_back(row);
        weight[static_cast<std::size_t>(labels[row])] += town.weights()[row].millionths;
    }
    std::sort(unlocated.begin(), unlocated.end(), [&](std::uint32_t a, std::uint32_t b) {
        return town.rank()[a] < town.rank()[b];
    });
    for (const std::uint32_t row : unlocated) {
        if (!town.pin_of().empty() && town.pin_of()[row] != no_index) continue;
        std::vector<std::int32_t> courtyards;
        for (const std::uint32_t other : of_group[town.group_of()[row]])
            courtyards.push_back(labels[other]);
        std::sort(courtyards.begin(), courtyards.end());
        std::int32_t best = labels[row];
        std::ptrdiff_t most = std::count(courtyards.begin(), courtyards.end(), best);
        for (std::size_t i = 0; i < courtyards.size();) {
            std::size_t end = i;
            while (end < courtyards.size() && courtyards[end] == courtyards[i]) ++end;
            if (static_cast<std::ptrdiff_t>(end - i) > most) {
                most = static_cast<std::ptrdiff_t>(end - i);
                best = courtyards[i];
            }
            i = end;
        }
        if (best == labels[row]) continue;
        const std::int64_t own = town.weights()[row].millionths;
        std::int64_t& from = weight[static_cast<std::size_t>(labels[row])];
        std::int64_t& to = weight[static_cast<std::size_t>(best)];
        if (bounds.broken(from - own) + bounds.broken(to + own) >
            bounds.broken(from) + bounds.broken(to))
            continue;
        from -= own;
        to += own;
        labels[row] = best;
    }
}

/// A division of a town, not yet measured.
struct Division {
    Problem problem;
    std::vector<std::int32_t> labels;
    std::vector<Finding> findings;
    bool cancelled = false;
    std::uint32_t proved_optimal = 0;  ///< components
};

Division divide(const Town& town, const neighbours::Neighbours& neighbours,
                const Options& options) {
    check(options);
    const Bounds bounds(options.rules);
    Problem problem = make_problem(town, neighbours, bounds, options.seed, options.threads);

    std::vector<Finding> findings;
    if (options.rules.courtyards) {
        share_out(problem, *options.rules.courtyards);
        std::int64_t least = 0, most = 0, given = 0;
        for (const Component& component : problem.components) {
            least += component.count.least;
            most += component.count.most;
            given += component.count.courtyards;
        }
        const auto alone = static_cast<std::int64_t>(problem.outcasts.size());
        if (given + alone != *options.rules.courtyards) {
            Finding finding;
            finding.code = Code::courtyards_out_of_reach;
            finding.severity = Severity::error;
            finding.fields = {{"wanted", std::to_string(*options.rules.courtyards)},
                              {"least", std::to_string(least + alone)},
                              {"most", std::to_string(most + alone)},
                              {"given", std::to_string(given + alone)}};
            findings.push_back(std::move(finding));
        }
    }

    const std::vector<Solution> solutions =
        options.metric == Metric::straight
            ? search(problem.components, bounds, options, Straight{})
            : search(problem.components, bounds, options,
                     Walked{WalkNetwork(neighbours, problem.components)});

    std::vector<std::int32_t> labels(town.households(), -1);
    std::int32_t next = 0;
    bool cancelled = false;
    std::uint32_t proved_optimal = 0;
    for (std::size_t c = 0; c < solutions.size(); ++c) {
        const Component& component = problem.components[c];
        for (std::size_t i = 0; i < component.households(); ++i)
            labels[component.row[i]] =
                next + static_cast<std::int32_t>(solutions[c].labels.part_of[component.atom_of[i]]);
        next += static_cast<std::int32_t>(solutions[c].labels.parts);
        cancelled = cancelled || solutions[c].cancelled;
        // Pins bind households that need not be bound: there the proof is of less than was asked.
        if (solutions[c].optimal && component.atoms() == component.households() &&
            town.anchor_of().empty())
            ++proved_optimal;
        if (solutions[c].labels.parts != component.count.courtyards && component.count.feasible) {
            Finding finding;
            finding.code = Code::courtyards_differ;
            finding.severity = Severity::note;
            finding.fields = {
                {"village", std::string(town.village_name(VillageIndex(component.village)))},
                {"wanted", std::to_string(component.count.courtyards)},
                {"given", std::to_string(solutions[c].labels.parts)}};
            findings.push_back(std::move(finding));
        }
    }
    next = label_the_rest(town, problem, labels, next);
    place_unlocated(town, bounds, labels, next);
    return {std::move(problem), std::move(labels), std::move(findings), cancelled, proved_optimal};
}

}  // namespace

std::vector<std::int32_t> solve_labels(const Town& town, const neighbours::Neighbours& neighbours,
                                       const Options& options) {
    return divide(town, neighbours, options).labels;
}

Partition solve(const Town& town, const neighbours::Neighbours& neighbours,
                const Options& options) {
    Division division = divide(town, neighbours, options);
    Partition result = measure(town, neighbours, division.labels, options, division.problem);
    result.components_proved_optimal = division.proved_optimal;
    if (division.cancelled) {
        result.outcome = Outcome::cancelled;
        Finding finding;
        finding.code = Code::cancelled;
        finding.severity = Severity::warning;
        division.findings.push_back(std::move(finding));
    }
    result.findings.insert(result.findings.end(), division.findings.begin(),
                           division.findings.end());
    return result;
}

}  // namespace gridgov::partition
