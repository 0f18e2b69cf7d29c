// ./run bench scaling: from points to courtyards and grids, at one size after another, against the
// yardstick of a Hilbert sort of the same points. Each size in a process of its own, for its memory.
// Seconds are the processor's, of all threads together, so that other work on the machine does not
// matter; wall_s is by the clock.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <string>
#include <vector>

#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gridgov/gridgov.hpp"
#include "hilbert_sort.hpp"
#include "settlement.hpp"

namespace {

using namespace gridgov;

struct Arguments {
    std::vector<std::size_t> sizes;
    partition::Effort effort = partition::Effort::draft;
    unsigned threads = 1;
    std::uint64_t seed = 0;
};

[[noreturn]] void usage(const std::string& what) {
    std::fprintf(stderr,
                 "%s\nusage: bench_scaling [--synthetic N…] [--effort draft|standard|best]"
                 " [--threads T] [--seed S]\n", what.c_str());
    std::exit(2);
}

Arguments parse(int count, char** words) {
    Arguments arguments;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const auto next = [&]() -> std::string {
            if (++i >= count) usage(word + " needs a value");
            return words[i];
        };
        if (word == "--synthetic") {
            while (i + 1 < count && std::strncmp(words[i + 1], "--", 2) != 0)
                arguments.sizes.push_back(std::strtoull(words[++i], nullptr, 10));
        } else if (word == "--effort") {
            const std::string effort = next();
            if (effort == "draft") arguments.effort = partition::Effort::draft;
            else if (effort == "standard") arguments.effort = partition::Effort::standard;
            else if (effort == "best") arguments.effort = partition::Effort::best;
            else usage("no effort " + effort);
        } else if (word == "--threads") {
            arguments.threads = static_cast<unsigned>(std::strtoul(next().c_str(), nullptr, 10));
        } else if (word == "--seed") {
            arguments.seed = std::strtoull(next().c_str(), nullptr, 10);
        } else {
            usage("unknown option " + word);
        }
    }
    if (arguments.sizes.empty()) arguments.sizes = {1'000, 10'000, 100'000, 1'000'000, 10'000'000};
    return arguments;
}

class Stopwatch {
public:
    /// The processor's seconds since the last time.
    double lap() {
        const std::clock_t now = std::clock();
        const double seconds = static_cast<double>(now - last_) / CLOCKS_PER_SEC;
        last_ = now;
        return seconds;
    }

private:
    std::clock_t last_ = std::clock();
};

double peak_bytes() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_maxrss) * 1024;
}

/// Memory once had is kept for the next repetition, as small sizes do anyway and a service does that
/// has run a while: what first touching it costs is the machine's (on virtual ones, more than a sort).
void keep_memory() {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
}

/// The best of some repetitions: what the machine can do undisturbed.
double hilbert_sort_seconds(const std::vector<double>& x_m, const std::vector<double>& y_m) {
    const int repetitions = x_m.size() <= 100'000 ? 15 : x_m.size() <= 1'000'000 ? 7 : 3;
    double best = 1e9;
    for (int i = 0; i < repetitions; ++i) {
        Stopwatch watch;
        const std::vector<benchmarks::PointOfPlane> sorted = benchmarks::hilbert_sorted(x_m, y_m);
        const double seconds = watch.lap();
        if (!sorted.empty()) best = std::min(best, seconds);
    }
    return best;
}

void run(std::size_t size, const Arguments& arguments) {
    const benchmarks::Settlement settlement =
        benchmarks::synthetic_settlement(size, arguments.seed);
    // The best of several: the machine's caches and clock take a while to settle.
    const int repetitions = size <= 10'000 ? 5 : 3;
    double wall_s = 1e9, town_s = 1e9, graph_s = 1e9, solve_s = 1e9, draft_bytes = 0;
    partition::Options options;
    options.effort = arguments.effort;
    options.threads = arguments.threads;
    options.seed = arguments.seed;
    neighbours::Options graph_options;
    graph_options.threads = arguments.threads;
    double grids_s = 0, courtyard_m = 0, grid_m = 0;
    for (int i = 0; i < repetitions; ++i) {
        const auto start = std::chrono::steady_clock::now();
        Stopwatch watch;
        const Town town = Town::make(settlement.columns());
        town_s = std::min(town_s, watch.lap());
        const neighbours::Neighbours graph = neighbours::build(town, graph_options);
        graph_s = std::min(graph_s, watch.lap());
        const partition::Partition result = partition::solve(town, graph, options);
        solve_s = std::min(solve_s, watch.lap());
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
        wall_s = std::min(wall_s, passed.count());
        if (i == 0) draft_bytes = peak_bytes();  // before grids
        partition::GridRules rules;
        rules.courtyards_min = 5;
        rules.courtyards_max = 15;
        watch.lap();
        const partition::Grids grids =
            partition::group_into_grids(town, graph, result, rules, options);
        grids_s = watch.lap();
        courtyard_m = result.mean_distance_m;
        grid_m = grids.mean_distance_m;
    }
    const double bytes = peak_bytes();
    const double pass_s = hilbert_sort_seconds(settlement.x_m, settlement.y_m);
    const double total_s = town_s + graph_s + solve_s;
    const auto households = static_cast<double>(size);
    std::printf("%zu,%u,%.6f,%.5f,%.5f,%.5f,%.5f,%.5f,%.1f,%.1f,%.5f,%.1f,%.4f,%.4f\n", size,
                arguments.threads, pass_s, town_s, graph_s, solve_s, total_s, wall_s, total_s / pass_s,
                draft_bytes / households, grids_s, bytes / households, courtyard_m, grid_m);
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
    const Arguments arguments = parse(count, words);
    std::puts("n,threads,hilbert_sort_s,town_s,graph_s,partition_s,total_s,wall_s,passes,"
              "bytes_per_household,grids_s,bytes_per_household_with_grids,mean_distance_m,"
              "grid_mean_distance_m");
    std::fflush(stdout);
    for (const std::size_t size : arguments.sizes) {
        const pid_t child = fork();
        if (child == 0) {
            keep_memory();
            try {
                run(size, arguments);
            } catch (const std::exception& error) {
                std::fprintf(stderr, "%s\n", error.what());
                std::_Exit(2);
            }
            std::_Exit(0);
        }
        int status = 0;
        if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) return 2;
    }
    return 0;
}
