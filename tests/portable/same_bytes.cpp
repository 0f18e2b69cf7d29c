// Prints a line of hashes per town: what must be the same on every machine, by every compiler and on
// any number of threads. tests/portable/same_bytes.py compares.
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "gridgov/gridgov.hpp"

namespace {

using namespace gridgov;

/// FNV-1a over values, low byte first whatever the machine's order.
class Hash {
public:
    void add(std::uint64_t value) {
        for (int i = 0; i < 8; ++i)
            hash_ = (hash_ ^ ((value >> (8 * i)) & 255U)) * 0x100000001b3ULL;
    }
    void add(std::span<const std::int32_t> values) {
        for (const std::int32_t value : values) add(static_cast<std::uint64_t>(value));
    }
    void add(std::span<const double> values) {
        for (const double value : values) add(std::bit_cast<std::uint64_t>(value));
    }
    std::uint64_t value() const { return hash_; }

private:
    std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

void print(const char* what, const Hash& hash) {
    std::printf(" %s %016llx", what, static_cast<unsigned long long>(hash.value()));
}

void run(std::int64_t households, std::uint64_t seed, partition::Effort effort,
         partition::Metric metric, bool weighted, unsigned threads) {
    simulate::TownshipOptions township_options;
    township_options.households = households;
    township_options.villages = 1 + static_cast<std::int64_t>(seed % 3);
    township_options.seed = seed;
    const simulate::Township township = simulate::township(township_options);
    TownColumns columns = township.columns(metric == partition::Metric::walk, true);
    std::vector<double> weights;
    if (weighted) {
        for (const std::int32_t people : township.people)
            weights.push_back(0.25 + 0.25 * static_cast<double>(people));
        columns.households.weights = weights;
    }
    const Town town = Town::make(columns);
    const neighbours::Neighbours graph = neighbours::build(town);
    partition::Options options;
    options.effort = effort;
    options.metric = metric;
    options.seed = seed;
    options.threads = threads;
    const partition::Partition found = partition::solve(town, graph, options);
    std::printf("%lld %llu %d %d %d", static_cast<long long>(households),
                static_cast<unsigned long long>(seed), static_cast<int>(effort),
                static_cast<int>(metric), weighted ? 1 : 0);
    Hash links;
    for (const std::uint32_t target : graph.graph.targets()) links.add(target);
    links.add(graph.graph.lengths_m());
    print("links", links);
    Hash labels;
    labels.add(found.labels);
    print("labels", labels);
    Hash distances;
    distances.add(found.distance_to_head_m);
    distances.add(std::bit_cast<std::uint64_t>(found.total_distance_m));
    print("distances", distances);
    partition::GridRules rules;
    rules.courtyards_min = 5;
    rules.courtyards_max = 15;
    Hash grids;
    grids.add(partition::group_into_grids(town, graph, found, rules, options).grid_of_courtyard);
    print("grids", grids);
    if (households <= 3000) {
        const partition::Bound bound = partition::lower_bound(town, graph, found, options);
        Hash multipliers;
        for (const std::int64_t multiplier : bound.multiplier_um)
            multipliers.add(static_cast<std::uint64_t>(multiplier));
        multipliers.add(static_cast<std::uint64_t>(bound.total_um));
        print("bound", multipliers);
    }
    std::printf("\n");
    std::fflush(stdout);
}

}  // namespace

/// same_bytes THREADS
int main(int count, char** words) {
    const auto threads = static_cast<unsigned>(count > 1 ? std::strtoul(words[1], nullptr, 10) : 1);
    using partition::Effort;
    using partition::Metric;
    run(90, 1, Effort::best, Metric::straight, false, threads);
    run(140, 2, Effort::best, Metric::straight, true, threads);
    run(1200, 3, Effort::best, Metric::straight, false, threads);
    run(2500, 4, Effort::standard, Metric::walk, true, threads);
    run(3000, 5, Effort::standard, Metric::straight, true, threads);
    run(40000, 6, Effort::standard, Metric::straight, false, threads);  // in tiles
    run(40000, 7, Effort::draft, Metric::straight, true, threads);
    run(90000, 9, Effort::draft, Metric::straight, false, threads);  // the start in blocks
    return 0;
}
