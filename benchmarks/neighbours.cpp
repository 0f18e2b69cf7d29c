// How long neighbours take: the triangulation by itself, and graphs from points.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <vector>

#include "gridgov/neighbours/delaunay.hpp"
#include "gridgov/neighbours/neighbours.hpp"

using namespace gridgov;

namespace {

std::vector<Position> uniform(std::size_t count) {
    std::mt19937_64 random(1);
    std::vector<Position> positions(count);
    for (Position& p : positions)
        p = {static_cast<std::int64_t>(random() % 1'000'000'000'000),
             static_cast<std::int64_t>(random() % 1'000'000'000'000)};
    return positions;
}

/// Hamlets of 30 within 200 m.
std::vector<Position> hamlets(std::size_t count) {
    std::mt19937_64 random(2);
    std::vector<Position> positions(count), middles = uniform(count / 30 + 1);
    for (std::size_t i = 0; i < count; ++i)
        positions[i] = {middles[i / 30].x_um + static_cast<std::int64_t>(random() % 200'000'000),
                        middles[i / 30].y_um + static_cast<std::int64_t>(random() % 200'000'000)};
    return positions;
}

/// A lattice: every square is cocircular, so every test of a diagonal needs integers.
std::vector<Position> lattice(std::size_t count) {
    std::vector<Position> positions(count);
    for (std::size_t i = 0; i < count; ++i)
        positions[i] = {static_cast<std::int64_t>(i % 1000) * 10'000'000,
                        static_cast<std::int64_t>(i / 1000) * 10'000'000};
    return positions;
}

template <std::vector<Position> (*make)(std::size_t)>
void triangulate(benchmark::State& state) {
    const auto positions = make(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(neighbours::delaunay(positions));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void graph_from_points(benchmark::State& state) {
    const auto positions = hamlets(static_cast<std::size_t>(state.range(0)));
    std::vector<double> x_m, y_m;
    for (const Position p : positions) {
        x_m.push_back(static_cast<double>(p.x_um) / 1e6);
        y_m.push_back(static_cast<double>(p.y_um) / 1e6);
    }
    TownColumns columns;
    columns.households.x_m = x_m;
    columns.households.y_m = y_m;
    const Town town = Town::make(columns);
    for (auto _ : state) benchmark::DoNotOptimize(neighbours::from_points(town));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

}  // namespace

BENCHMARK(triangulate<uniform>)->Arg(1000)->Arg(100'000)->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(triangulate<hamlets>)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(triangulate<lattice>)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(graph_from_points)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
