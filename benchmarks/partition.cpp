// ./run bench partition: algorithms side by side on the same graph, with the same number of
// courtyards, on one thread, under one verifier. A row an algorithm, as the contract says. Ends with
// exit code 1 where one of ours breaks a rule that is not proved unavoidable.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gridgov/gridgov.hpp"
#include "metis.hpp"
#include "scotch.hpp"
#include "settlement.hpp"

namespace {

using namespace gridgov;

struct Arguments {
    std::vector<std::string> households, algorithms;
    std::vector<std::size_t> synthetic;
    std::string nodes, ways;
    std::uint64_t seed = 0;
    unsigned threads = 1, repeat = 1;
    bool processor_time = false, ratios = false, bound = false, walk = false;
};

[[noreturn]] void usage(const std::string& what) {
    std::fprintf(stderr,
                 "%s\nusage: bench_partition (--households FILE… [--roads NODES ROADS] | --synthetic"
                 " N…)\n       [--algorithms A…] [--seed S] [--threads T] [--repeat R]"
                 " [--processor-time] [--ratios] [--bound] [--walk]\n"
                 "--threads: of ours, 1 by default    --repeat: the least seconds of so many runs\n"
                 "--processor-time: instead of the clock's, for a machine that is busy\n"
                 "--ratios: to metis-kway, on stderr    --bound: two more columns\n"
                 "--walk: distances along the roads, or the links\n", what.c_str());
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
        } else if (word == "--threads" || word == "--repeat") {
            const std::string value = next();
            const auto number = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
            if (word == "--repeat" && number == 0) usage("--repeat is at least 1");
            (word == "--repeat" ? arguments.repeat : arguments.threads) = number;
            list = nullptr;
        } else if (word == "--processor-time" || word == "--ratios") {
            (word == "--ratios" ? arguments.ratios : arguments.processor_time) = true;
            list = nullptr;
        } else if (word == "--bound" || word == "--walk") {
            (word == "--walk" ? arguments.walk : arguments.bound) = true;
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
    std::size_t broken_courtyards = 0;
};

using Labels = std::vector<std::int32_t>;
using Method = std::function<Labels()>;

double seconds_now(bool of_processor) {
    if (of_processor) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

/// What is the same for all algorithms on one settlement.
struct Bench {
    const benchmarks::Settlement& settlement;
    const Arguments& arguments;
    Town town;
    neighbours::Neighbours graph;
    partition::Options options;
    double lower_bound_mean_m = 0;  ///< where asked for

    bool chosen(std::string_view name) const {
        return arguments.algorithms.empty() ||
               std::find(arguments.algorithms.begin(), arguments.algorithms.end(), name) !=
                   arguments.algorithms.end();
    }
};

/// Times one method and measures its labels by the verifier, which shares nothing with any of them.
std::pair<Row, Labels> run(const Bench& bench, const Method& method) {
    Row row;
    Labels labels;
    for (unsigned i = 0; i < bench.arguments.repeat; ++i) {
        const double start = seconds_now(bench.arguments.processor_time);
        labels = method();
        const double seconds = seconds_now(bench.arguments.processor_time) - start;
        row.seconds = i == 0 ? seconds : std::min(row.seconds, seconds);
    }
    partition::Claim claim;
    claim.labels = labels;
    const partition::Verification found =
        partition::verify(bench.town, bench.graph.graph, bench.graph.walk_network, claim,
                          bench.options.rules, bench.options.metric);
    std::size_t broken = 0, disconnected = 0, all = 0;
    for (std::size_t i = 0; i < found.households.size(); ++i) {
        const std::size_t households = found.households[i];
        all += households;
        if (!found.connected[i]) disconnected += households;
        if (!found.connected[i] || found.oversize[i] || found.undersize[i] ||
            !found.one_village[i]) {
            broken += households;
            ++row.broken_courtyards;
        }
    }
    row.broken_share = static_cast<double>(broken) / static_cast<double>(all);
    row.disconnected_share = static_cast<double>(disconnected) / static_cast<double>(all);
    row.mean_m = found.mean_distance_m;
    row.max_m = found.max_distance_m;
    return {row, std::move(labels)};
}

/// A method at the best of its settings: rules first, then distance.
Row best_of(const Bench& bench, const std::vector<Method>& settings) {
    Row best;
    for (std::size_t i = 0; i < settings.size(); ++i) {
        const Row row = run(bench, settings[i]).first;
        if (i == 0 || row.broken_share < best.broken_share ||
            (row.broken_share == best.broken_share && row.mean_m < best.mean_m))
            best = row;
    }
    return best;
}

void print(const Bench& bench, const std::string& algorithm, const Row& row) {
    std::printf("%s,%zu,%s,%llu,%.4f,%.6f,%.6f,%.4f,%.3f", bench.settlement.name.c_str(),
                bench.town.households(), algorithm.c_str(),
                static_cast<unsigned long long>(bench.arguments.seed), row.seconds,
                row.broken_share, row.disconnected_share, row.mean_m, row.max_m);
    if (bench.arguments.bound)
        std::printf(",%.4f,%.6f", bench.lower_bound_mean_m,
                    row.mean_m / bench.lower_bound_mean_m - 1);
    std::printf("\n");
    std::fflush(stdout);
}

/// Whether every courtyard of ours that the verifier finds broken is proved unavoidable.
bool breaks_only_what_must_be(const Bench& bench, const Row& row, const Labels& labels) {
    if (row.broken_courtyards == 0) return true;
    const partition::Partition measured =
        partition::measure(bench.town, bench.graph, labels, bench.options);
    return row.broken_courtyards == measured.broken_courtyards &&
           measured.broken_courtyards == measured.broken_proved_unavoidable;
}

/// The bound on the mean distance, from the division that `standard` finds.
void find_bound(Bench& bench) {
    const partition::Partition start = partition::solve(bench.town, bench.graph, bench.options);
    const double from = seconds_now(bench.arguments.processor_time);
    const partition::Bound bound =
        partition::lower_bound(bench.town, bench.graph, start, bench.options);
    const double seconds = seconds_now(bench.arguments.processor_time) - from;
    bench.lower_bound_mean_m =
        bound.total_distance_m / static_cast<double>(bench.town.households());
    std::fprintf(stderr, "%s: lower bound %.4f m in %.2f s\n", bench.settlement.name.c_str(),
                 bench.lower_bound_mean_m, seconds);
}

/// Prints a row an algorithm; false if one of ours broke a rule that could perhaps be kept.
bool run_all(const benchmarks::Settlement& settlement, const Arguments& arguments) {
    const Town town = Town::make(settlement.columns());
    Bench bench{settlement, arguments, town, neighbours::build(town), {}};
    bench.options.threads = arguments.threads;
    bench.options.seed = arguments.seed;
    if (arguments.walk) bench.options.metric = partition::Metric::walk;
    if (arguments.bound) find_bound(bench);
    bool ours_hold = true;
    std::vector<std::pair<std::string, Row>> rows;
    const auto add = [&](const std::string& name, const Row& row) {
        print(bench, name, row);
        rows.emplace_back(name, row);
    };
    for (const partition::Algorithm& algorithm : partition::algorithms()) {
        const std::string name(algorithm.name);
        if (!bench.chosen(name)) continue;
        const auto [row, labels] =
            run(bench, [&] { return algorithm.labels(bench.town, bench.graph, bench.options); });
        add(name, row);
        if (name.rfind("gridgov-", 0) == 0 && !breaks_only_what_must_be(bench, row, labels)) {
            std::fprintf(stderr, "%s: %s breaks a rule without proof that it must\n",
                         settlement.name.c_str(), name.c_str());
            ours_hold = false;
        }
    }
    const auto settings = [](const auto& values, const auto& labels_with) {
        std::vector<Method> methods;
        for (const auto& value : values)
            methods.push_back([&labels_with, value] { return labels_with(value); });
        return methods;
    };
    if (bench.chosen("metis-kway"))
        add("metis-kway", best_of(bench, settings(std::vector{300, 500}, [&](int ufactor) {
                return benchmarks::metis_kway(bench.town, bench.graph, bench.options, ufactor);
            })));
    if (bench.chosen("metis-recursive"))
        add("metis-recursive", best_of(bench, settings(std::vector{100, 150, 200}, [&](int u) {
                return benchmarks::metis_recursive(bench.town, bench.graph, bench.options, u);
            })));
    if (bench.chosen("scotch"))
        add("scotch", best_of(bench, settings(benchmarks::scotch_settings(), [&](auto setting) {
                return benchmarks::scotch(bench.town, bench.graph, bench.options, setting);
            })));
    if (arguments.ratios) {
        const auto metis = std::find_if(rows.begin(), rows.end(), [](const auto& one) {
            return one.first == "metis-kway";
        });
        for (const auto& [name, row] : rows)
            if (metis != rows.end())
                std::fprintf(stderr, "%s: %s: time / metis-kway's %.4f (1 / %.1f), mean %.4f\n",
                             settlement.name.c_str(), name.c_str(),
                             row.seconds / metis->second.seconds,
                             metis->second.seconds / row.seconds,
                             row.mean_m / metis->second.mean_m);
    }
    return ours_hold;
}

}  // namespace

int main(int count, char** words) {
    const Arguments arguments = parse(count, words);
    std::printf("instance,n,algorithm,seed,seconds,broken_share,disconnected_share,"
                "mean_distance_m,max_distance_m%s\n",
                arguments.bound ? ",lower_bound_mean_m,gap" : "");
    bool ours_hold = true;
    try {
        for (const std::string& file : arguments.households)
            ours_hold &= run_all(
                benchmarks::read_settlement(file, arguments.nodes, arguments.ways), arguments);
        for (const std::size_t size : arguments.synthetic)
            ours_hold &= run_all(benchmarks::synthetic_settlement(size, arguments.seed), arguments);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
    return ours_hold ? 0 : 1;
}
