// Microbenchmarks of what the search does most: the price of a move, connectivity, moves themselves,
// splits, repair; and whole searches by effort. One component of a made-up settlement.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "gridgov/gridgov.hpp"
#include "partition/component.hpp"
#include "partition/distance.hpp"
#include "partition/random.hpp"
#include "partition/state.hpp"
#include "partition/tree_split.hpp"
#include "settlement.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::partition;

/// A settlement in one component, and the state that `draft` leaves it in.
struct Scene {
    explicit Scene(std::size_t households)
        : settlement(benchmarks::synthetic_settlement(households, 1)),
          town(Town::make(settlement.columns())), graph(neighbours::build(town)) {
        options.effort = Effort::draft;
        options.threads = 1;
        labels = algorithm("gridgov-draft").labels(town, graph, options);
        problem = make_problem(town, graph, bounds, options.seed);
        distance = std::make_unique<StraightDistance>(problem.components.front());
        for (std::uint32_t atom = 0; atom < component().atoms(); ++atom)
            parts_of_atoms.push_back(static_cast<std::uint32_t>(
                labels[component().row[component().members_of(atom).front()]]));
        for (const std::uint32_t part : parts_of_atoms) parts = std::max(parts, part + 1);
    }

    const Component& component() const { return problem.components.front(); }

    State<StraightDistance> state() {
        State<StraightDistance> made(component(), bounds, *distance, options.group_weight_m);
        made.assign(parts_of_atoms, parts);
        return made;
    }

    /// Every atom with each part beside it.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> border_moves() const {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> moves;
        for (std::uint32_t atom = 0; atom < component().atoms(); ++atom)
            for (const std::uint32_t other : component().neighbours_of(atom))
                if (parts_of_atoms[other] != parts_of_atoms[atom])
                    moves.emplace_back(atom, parts_of_atoms[other]);
        return moves;
    }

    benchmarks::Settlement settlement;
    Town town;
    neighbours::Neighbours graph;
    Options options;
    Bounds bounds{options.rules};
    Problem problem;
    std::unique_ptr<StraightDistance> distance;
    std::vector<std::int32_t> labels;
    std::vector<std::uint32_t> parts_of_atoms;
    std::uint32_t parts = 0;
};

Scene& scene() {
    static Scene made(20'000);
    return made;
}

/// Runs `step(state, atom, part)` over all moves across borders, again and again; time is per move.
template <class Step>
void over_borders(benchmark::State& timer, Step step) {
    auto state = scene().state();
    const auto moves = scene().border_moves();
    std::size_t next = 0;
    for (auto _ : timer) {
        const auto [atom, part] = moves[next];
        step(state, atom, part);
        next = next + 1 == moves.size() ? 0 : next + 1;
    }
}

void price_of_move(benchmark::State& timer) {
    over_borders(timer, [](auto& state, std::uint32_t atom, std::uint32_t part) {
        benchmark::DoNotOptimize(state.move_cost_um(atom, part));
    });
}

void connected_without(benchmark::State& timer) {
    over_borders(timer, [](auto& state, std::uint32_t atom, std::uint32_t) {
        benchmark::DoNotOptimize(state.connected_after(state.part_of(atom), atom, no_index));
    });
}

void parts_beside(benchmark::State& timer) {
    over_borders(timer, [](auto& state, std::uint32_t, std::uint32_t part) {
        benchmark::DoNotOptimize(state.parts_beside(part));
    });
}

void move_and_back(benchmark::State& timer) {
    over_borders(timer, [](auto& state, std::uint32_t atom, std::uint32_t part) {
        const std::uint32_t from = state.part_of(atom);
        if (state.part(from).atoms.size() < 2) return;
        state.move(atom, part);
        state.move(atom, from);
    });
}

void assign(benchmark::State& timer) {
    auto state = scene().state();
    for (auto _ : timer) state.assign(scene().parts_of_atoms, scene().parts);
    timer.SetItemsProcessed(timer.iterations() *
                            static_cast<std::int64_t>(scene().component().households()));
}

/// A random spanning tree over three neighbouring parts, and its split into three legal ones.
void split_of_three(benchmark::State& timer) {
    auto state = scene().state();
    Random random(1);
    std::vector<Region> regions;
    for (std::uint32_t part = 0; part < state.parts() && regions.size() < 200; ++part) {
        auto beside = state.parts_beside(part);
        if (beside.size() < 2) continue;
        std::vector<std::uint32_t> atoms;
        for (const std::uint32_t one : {part, beside[0], beside[1]})
            atoms.insert(atoms.end(), state.part(one).atoms.begin(), state.part(one).atoms.end());
        regions.push_back(make_region(scene().component(), std::move(atoms)));
    }
    std::size_t next = 0;
    for (auto _ : timer) {
        const Region& region = regions[next];
        const SpanningTree tree = random_spanning_tree(region, random);
        benchmark::DoNotOptimize(split_tree(region, tree, scene().bounds, 3));
        next = next + 1 == regions.size() ? 0 : next + 1;
    }
}

/// An algorithm by name, from the graph to labels. The repair alone is what `kmeans-repaired` takes
/// beyond `kmeans`.
void whole(benchmark::State& timer, std::string_view name) {
    const Algorithm& one = algorithm(name);
    Options options = scene().options;
    for (auto _ : timer) benchmark::DoNotOptimize(one.labels(scene().town, scene().graph, options));
    timer.SetItemsProcessed(timer.iterations() *
                            static_cast<std::int64_t>(scene().town.households()));
}

void problem(benchmark::State& timer) {
    for (auto _ : timer)
        benchmark::DoNotOptimize(
            make_problem(scene().town, scene().graph, scene().bounds, scene().options.seed));
    timer.SetItemsProcessed(timer.iterations() *
                            static_cast<std::int64_t>(scene().town.households()));
}

void measuring(benchmark::State& timer) {
    Options options = scene().options;
    for (auto _ : timer)
        benchmark::DoNotOptimize(
            measure(scene().town, scene().graph, scene().labels, options));
    timer.SetItemsProcessed(timer.iterations() *
                            static_cast<std::int64_t>(scene().town.households()));
}

void verifying(benchmark::State& timer) {
    Claim claim;
    claim.labels = scene().labels;
    for (auto _ : timer)
        benchmark::DoNotOptimize(verify(scene().town, scene().graph.graph,
                                        scene().graph.walk_network, claim,
                                        scene().options.rules));
    timer.SetItemsProcessed(timer.iterations() *
                            static_cast<std::int64_t>(scene().town.households()));
}

}  // namespace

BENCHMARK(price_of_move);
BENCHMARK(connected_without);
BENCHMARK(parts_beside);
BENCHMARK(move_and_back);
BENCHMARK(split_of_three)->Unit(benchmark::kMicrosecond);
BENCHMARK(assign)->Unit(benchmark::kMillisecond);
BENCHMARK(problem)->Unit(benchmark::kMillisecond);
BENCHMARK(measuring)->Unit(benchmark::kMillisecond);
BENCHMARK(verifying)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole, kmeans, "kmeans")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole, kmeans_repaired, "kmeans-repaired")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole, draft, "gridgov-draft")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole, standard, "gridgov-standard")->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
