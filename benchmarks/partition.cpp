// ./run bench partition: algorithms side by side on the same graph, with the same number of
// courtyards, on one thread, under one verifier. A row an algorithm, as the contract says.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "gridgov/gridgov.hpp"
#include "metis_kway.hpp"
#include "settlement.hpp"

namespace {

using namespace gridgov;

struct Arguments {
    std::vector<std::string> households, algorithms;
    std::vector<std::size_t> synthetic;
    std::string nodes, ways;
    std::uint64_t seed = 0;
};

[[noreturn]] void usage(const std::string& what) {
    std::fprintf(stderr,
                 "%s\nusage: bench_partition (--households FILE… [--roads NODES ROADS] | --synthetic"
                 " N…)\n       [--algorithms A…] [--seed S]\n", what.c_str());
    std::exit(2);
}

Arguments parse(int count, char** words) {
    Arguments arguments;
    std::vector<std::string>* list = nullptr;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const auto next = [&]() -> std::string {
            if (++i >= count) usage(word + " needs a value");
            return words[i];
        };
        if (word == "--households") {
            list = &arguments.households;
        } else if (word == "--algorithms") {
            list = &arguments.algorithms;
        } else if (word == "--roads") {
            arguments.nodes = next();
            arguments.ways = next();
            list = nullptr;
        } else if (word == "--seed") {
            arguments.seed = std::strtoull(next().c_str(), nullptr, 10);
            list = nullptr;
        } else if (word == "--synthetic") {
            while (i + 1 < count && std::strncmp(words[i + 1], "--", 2) != 0)
                arguments.synthetic.push_back(std::strtoull(words[++i], nullptr, 10));
            list = nullptr;
        } else if (list != nullptr && word.rfind("--", 0) != 0) {
            list->push_back(word);
        } else {
            usage("unknown option " + word);
        }
    }
    if (arguments.households.empty() && arguments.synthetic.empty()) usage("nothing to run on");
    return arguments;
}

struct Row {
    double seconds = 0, broken_share = 0, disconnected_share = 0, mean_m = 0, max_m = 0;
};

/// Times one labelling and measures it by the verifier, which shares nothing with the algorithms.
Row run(const Town& town, const neighbours::Neighbours& graph, const partition::Options& options,
        const std::function<std::vector<std::int32_t>()>& labels_of) {
    const auto start = std::chrono::steady_clock::now();
    const std::vector<std::int32_t> labels = labels_of();
    const auto end = std::chrono::steady_clock::now();
    partition::Claim claim;
    claim.labels = labels;
    const partition::Verification found = partition::verify(
        town, graph.graph, graph.walk_network, claim, options.rules, options.metric);
    Row row;
    row.seconds = std::chrono::duration<double>(end - start).count();
    std::size_t broken = 0, disconnected = 0, all = 0;
    for (std::size_t i = 0; i < found.households.size(); ++i) {
        if (found.households[i] == 0) continue;
        ++all;
        if (!found.connected[i]) ++disconnected;
        if (!found.connected[i] || found.oversize[i] || found.undersize[i] || !found.one_village[i])
            ++broken;
    }
    row.broken_share = static_cast<double>(broken) / static_cast<double>(all);
    row.disconnected_share = static_cast<double>(disconnected) / static_cast<double>(all);
    row.mean_m = found.mean_distance_m;
    row.max_m = found.max_distance_m;
    return row;
}

void print(const benchmarks::Settlement& settlement, const Town& town, const char* algorithm,
           std::uint64_t seed, const Row& row) {
    std::printf("%s,%zu,%s,%llu,%.4f,%.6f,%.6f,%.4f,%.3f\n", settlement.name.c_str(),
                town.households(), algorithm, static_cast<unsigned long long>(seed), row.seconds,
                row.broken_share, row.disconnected_share, row.mean_m, row.max_m);
    std::fflush(stdout);
}

void bench(const benchmarks::Settlement& settlement, const Arguments& arguments) {
    const Town town = Town::make(settlement.columns());
    const neighbours::Neighbours graph = neighbours::build(town);
    partition::Options options;
    options.threads = 1;
    options.seed = arguments.seed;
    const auto chosen = [&](std::string_view name) {
        return arguments.algorithms.empty() ||
               std::find(arguments.algorithms.begin(), arguments.algorithms.end(), name) !=
                   arguments.algorithms.end();
    };
    for (const partition::Algorithm& algorithm : partition::algorithms())
        if (chosen(algorithm.name))
            print(settlement, town, std::string(algorithm.name).c_str(), arguments.seed,
                  run(town, graph, options,
                      [&] { return algorithm.labels(town, graph, options); }));
    if (chosen("metis-kway")) {
        // Its best setting: rules first, then distance.
        Row best;
        for (const int ufactor : {300, 500}) {
            const Row row = run(town, graph, options, [&] {
                return benchmarks::metis_kway(town, graph, options, ufactor);
            });
            if (ufactor == 300 || row.broken_share < best.broken_share ||
                (row.broken_share == best.broken_share && row.mean_m < best.mean_m))
                best = row;
        }
        print(settlement, town, "metis-kway", arguments.seed, best);
    }
}

}  // namespace

int main(int count, char** words) {
    const Arguments arguments = parse(count, words);
    std::puts("instance,n,algorithm,seed,seconds,broken_share,disconnected_share,"
              "mean_distance_m,max_distance_m");
    try {
        for (const std::string& file : arguments.households)
            bench(benchmarks::read_settlement(file, arguments.nodes, arguments.ways), arguments);
        for (const std::size_t size : arguments.synthetic)
            bench(benchmarks::synthetic_settlement(size, arguments.seed), arguments);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
    return 0;
}
