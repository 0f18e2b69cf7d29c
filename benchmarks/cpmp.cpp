// ./run bench cpmp: the capacitated p-median on instance files, as the contract says. Each solution
// is checked here, from the file's own numbers, before it is printed.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/error.hpp"
#include "gridgov/partition/capacitated_p_median.hpp"

namespace {

namespace fs = std::filesystem;
using gridgov::partition::CapacitatedPMedian;
using gridgov::partition::CapacitatedPMedianOptions;
using gridgov::partition::CapacitatedPMedianResult;
using gridgov::partition::CapacitatedPMedianStatus;

constexpr double coordinate_max = 1e150, capacity_max = 1e12, demand_max = 1e9;  // the library's

constexpr const char* help =
    "usage: ./run bench cpmp FILE… [--seconds 10] [--distance real|floor] [--best-known FILE]\n"
    "                       [--assignments DIR] [--seed 0] [--iterations N]\n"
    "\n"
    "Solves capacitated p-median instances and prints instance,n,p,cost,best_known,gap,seconds as\n"
    "CSV; gap = cost / best_known - 1. FILE: \"n p\", then n lines \"x y capacity demand\".\n"
    "\n"
    "  --seconds S         time for each instance\n"
    "  --distance KIND     real, or floor: each distance rounded down\n"
    "  --best-known FILE   CSV with the columns instance,cost; instance is a FILE's stem\n"
    "  --assignments DIR   writes STEM.assign there: a line a node, its median's index from 0\n"
    "  --seed S            of the search\n"
    "  --iterations N      in place of --seconds: the same result on any machine\n"
    "\n"
    "Exit 0: all solved; 1: an instance has no assignment within its capacities, or none was\n"
    "found (its cost is empty); 2: bad input or usage, and nothing is printed or written.\n"
    "Example: ./run bench cpmp data/SJC1.txt --seconds 2\n";

struct Arguments {
    std::vector<std::string> files;
    double seconds = 10;
    bool floor_distances = false;
    std::string best_known, assignments;
    std::uint64_t seed = 0, iterations = 0;
};

struct Instance {
    std::string path, stem;
    std::vector<double> x, y, capacity, demand;
    std::uint32_t medians = 0;
};

/// Every fault of every file and option, told before anything is done.
class Faults {
public:
    void add(const std::string& place, const std::string& what) {
        std::fprintf(stderr, "%s: %s\n", place.c_str(), what.c_str());
        any_ = true;
    }
    bool any() const { return any_; }

private:
    bool any_ = false;
};

template <class Number>
bool parse_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

Arguments parse(int count, char** words, Faults& faults) {
    Arguments arguments;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        if (word == "-h" || word == "--help") {
            std::fputs(help, stdout);
            std::exit(0);
        }
        if (word.rfind("--", 0) != 0) {
            arguments.files.push_back(word);
            continue;
        }
        static const std::set<std::string> options{"--seconds",     "--distance", "--best-known",
                                                   "--assignments", "--seed",     "--iterations"};
        if (!options.contains(word)) {
            faults.add(word, "there is no such option; see --help");
            continue;
        }
        if (++i >= count) {
            faults.add(word, "needs a value; see --help");
            break;
        }
        const std::string value = words[i];
        if (word == "--seconds") {
            if (!parse_number(value, arguments.seconds) || !(arguments.seconds > 0) ||
                !std::isfinite(arguments.seconds))
                faults.add(word, "“" + value + "” is no number of seconds above 0");
        } else if (word == "--distance") {
            arguments.floor_distances = value == "floor";
            if (value != "real" && value != "floor")
                faults.add(word, "“" + value + "” is neither real nor floor");
        } else if (word == "--best-known") {
            arguments.best_known = value;
        } else if (word == "--assignments") {
            arguments.assignments = value;
        } else if (word == "--seed") {
            if (!parse_number(value, arguments.seed))
                faults.add(word, "“" + value + "” is no whole number from 0");
        } else if (!parse_number(value, arguments.iterations) || arguments.iterations == 0) {
            faults.add(word, "“" + value + "” is no whole number above 0");
        }
    }
    if (arguments.files.empty()) faults.add("FILE", "name at least one instance; see --help");
    return arguments;
}

/// The words of a line, at blanks and tabs; a carriage return at its end is no word.
std::vector<std::string> words_of(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

Instance read_instance(const std::string& path, Faults& faults) {
    Instance instance;
    instance.path = path;
    instance.stem = fs::path(path).stem().string();
    std::error_code error;
    std::ifstream file(path);
    if (!fs::is_regular_file(path, error) || !file) {
        faults.add(path, "cannot be read; name a file “n p”, then n lines “x y capacity demand”");
        return instance;
    }
    std::size_t number = 0, nodes = 0;
    bool header = false, header_good = false;
    for (std::string line; std::getline(file, line);) {
        ++number;
        const std::vector<std::string> words = words_of(line);
        if (words.empty()) continue;
        const std::string place = path + ":" + std::to_string(number);
        if (!header) {
            header = true;
            header_good = words.size() == 2 && parse_number(words[0], nodes) && nodes >= 1 &&
                          parse_number(words[1], instance.medians) && instance.medians >= 1 &&
                          instance.medians <= nodes;
            if (!header_good)
                faults.add(place, "header: “" + line + "” is not “n p”; give two whole numbers, "
                                  "1 ≤ p ≤ n");
            continue;
        }
        const std::string id = "node " + std::to_string(instance.x.size());
        double values[4] = {};
        bool good = words.size() == 4;
        for (std::size_t k = 0; good && k < 4; ++k)
            good = parse_number(words[k], values[k]) && std::isfinite(values[k]);
        if (!good)
            faults.add(place, id + ": “" + line + "” is not “x y capacity demand”; give four "
                              "finite numbers");
        else if (std::fabs(values[0]) > coordinate_max || std::fabs(values[1]) > coordinate_max)
            faults.add(place, id + ": x " + words[0] + ", y " + words[1] + " is too far out");
        else if (values[2] < 0 || values[2] > capacity_max || values[3] < 0 ||
                 values[3] > demand_max)
            faults.add(place, id + ": capacity " + words[2] + ", demand " + words[3] +
                              "; give a capacity from 0 to 1e12 and a demand from 0 to 1e9");
        instance.x.push_back(values[0]);
        instance.y.push_back(values[1]);
        instance.capacity.push_back(values[2]);
        instance.demand.push_back(values[3]);
    }
    if (!header)
        faults.add(path, "is empty; give “n p”, then n lines “x y capacity demand”");
    else if (header_good && instance.x.size() != nodes)
        faults.add(path + ":" + std::to_string(number),
                   std::to_string(instance.x.size()) + " nodes where the first line says " +
                       std::to_string(nodes) + "; give one line a node");
    return instance;
}

struct BestKnown {
    std::string text;
    double cost = 0;
};

std::map<std::string, BestKnown> read_best_known(const std::string& path, Faults& faults) {
    std::map<std::string, BestKnown> best;
    std::error_code error;
    std::ifstream file(path);
    if (!fs::is_regular_file(path, error) || !file) {
        faults.add(path, "cannot be read; name a CSV file with the columns instance,cost");
        return best;
    }
    const auto cells_of = [](std::string line) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        std::vector<std::string> cells(1);
        for (const char character : line) {
            if (character == ',')
                cells.emplace_back();
            else if (character != '"')
                cells.back() += character;
        }
        for (std::string& cell : cells) {  // without blanks around
            const std::size_t from = cell.find_first_not_of(" \t");
            cell = from == std::string::npos
                       ? ""
                       : cell.substr(from, cell.find_last_not_of(" \t") - from + 1);
        }
        return cells;
    };
    std::size_t number = 0;
    std::ptrdiff_t instance_at = -1, cost_at = -1;
    for (std::string line; std::getline(file, line);) {
        if (++number == 1 && line.rfind("\xEF\xBB\xBF", 0) == 0) line.erase(0, 3);
        const std::vector<std::string> cells = cells_of(line);
        const std::string place = path + ":" + std::to_string(number);
        if (number == 1) {
            const auto column = [&](const char* name) {
                const auto at = std::find(cells.begin(), cells.end(), name);
                return at == cells.end() ? -1 : at - cells.begin();
            };
            instance_at = column("instance");
            cost_at = column("cost");
            if (instance_at < 0 || cost_at < 0) {
                faults.add(place, "header: the columns instance and cost are needed");
                return best;
            }
            continue;
        }
        if (cells.size() == 1 && cells[0].empty()) continue;
        if (static_cast<std::ptrdiff_t>(cells.size()) <= std::max(instance_at, cost_at)) {
            faults.add(place, "“" + line + "” has too few cells; give instance and cost");
            continue;
        }
        const std::string& name = cells[static_cast<std::size_t>(instance_at)];
        BestKnown known{cells[static_cast<std::size_t>(cost_at)], 0};
        if (!parse_number(known.text, known.cost) || !std::isfinite(known.cost) || known.cost < 0)
            faults.add(place, name + ": cost “" + known.text + "” is no finite number from 0");
        else if (!best.emplace(name, known).second)
            faults.add(place, name + ": stands here twice; give each instance once");
    }
    if (number == 0) faults.add(path, "is empty; give the columns instance,cost");
    return best;
}

/// What is wrong with a solution, or nothing; its cost by the file's numbers.
std::string check(const Instance& instance, bool floor_distances,
                  const CapacitatedPMedianResult& result, double& cost) {
    const std::size_t count = instance.x.size();
    if (result.median_of.size() != count) return "an assignment of another size";
    std::map<std::uint32_t, double> load;
    cost = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t median = result.median_of[i];
        if (median >= count || result.median_of[median] != median) return "no median's index";
        const double dx = instance.x[i] - instance.x[median];
        const double dy = instance.y[i] - instance.y[median];
        const double length = std::sqrt(dx * dx + dy * dy);
        cost += floor_distances ? std::floor(length) : length;
        load[median] += instance.demand[i];
    }
    if (load.size() != instance.medians) return "another number of medians";
    for (const auto& [median, demand] : load)  // demands are read to millionths
        if (demand > instance.capacity[median] + 1e-6 * static_cast<double>(count))
            return "a capacity exceeded";
    if (std::fabs(cost - result.cost) > 1e-9 * (1 + cost)) return "another cost than it says";
    return {};
}

void write_assignment(const fs::path& directory, const Instance& instance,
                      const CapacitatedPMedianResult& result, Faults& faults) {
    const fs::path path = directory / (instance.stem + ".assign");
    std::ofstream file(path, std::ios::binary);
    for (const std::uint32_t median : result.median_of) file << median << '\n';
    file.close();
    if (!file) faults.add(path.string(), "cannot be written");
}

/// A row of the CSV. False: no feasible assignment.
bool bench(const Instance& instance, const Arguments& arguments,
           const std::map<std::string, BestKnown>& best_known, Faults& faults) {
    using Clock = std::chrono::steady_clock;
    CapacitatedPMedian problem;
    problem.x = instance.x;
    problem.y = instance.y;
    problem.capacities = instance.capacity;
    problem.demands = instance.demand;
    problem.medians = instance.medians;
    problem.floor_distances = arguments.floor_distances;
    const Clock::time_point begin = Clock::now();
    const auto seconds = [&] {
        return std::chrono::duration<double>(Clock::now() - begin).count();
    };
    CapacitatedPMedianOptions options;
    options.seed = arguments.seed;
    if (arguments.iterations > 0)
        options.iterations = arguments.iterations;
    else
        options.share_spent = [&] { return seconds() / arguments.seconds; };
    const CapacitatedPMedianResult result = solve_capacitated_p_median(problem, options);
    const double seconds_taken = seconds();

    std::string cost_text, gap_text;
    double cost = 0;
    const bool feasible = result.status == CapacitatedPMedianStatus::feasible;
    const auto known = best_known.find(instance.stem);
    if (feasible) {
        const std::string fault = check(instance, arguments.floor_distances, result, cost);
        if (!fault.empty()) {
            faults.add(instance.path, "the solver returned " + fault);
            std::exit(1);
        }
        char text[64];
        std::snprintf(text, sizeof text, arguments.floor_distances ? "%.0f" : "%.6f", cost);
        cost_text = text;
        if (known != best_known.end() && known->second.cost > 0) {
            std::snprintf(text, sizeof text, "%.8f", cost / known->second.cost - 1);
            gap_text = text;
        }
        if (!arguments.assignments.empty())
            write_assignment(arguments.assignments, instance, result, faults);
    } else {
        faults.add(instance.path, result.status == CapacitatedPMedianStatus::infeasible
                                      ? "no assignment keeps the capacities (proved)"
                                      : "no assignment within the capacities was found");
    }
    std::printf("%s,%zu,%u,%s,%s,%s,%.3f\n", instance.stem.c_str(), instance.x.size(),
                instance.medians, cost_text.c_str(),
                known != best_known.end() ? known->second.text.c_str() : "", gap_text.c_str(),
                seconds_taken);
    std::fflush(stdout);
    std::fprintf(stderr, "%s: %llu moves tried\n", instance.stem.c_str(),
                 static_cast<unsigned long long>(result.iterations));
    return feasible;
}

}  // namespace

int main(int count, char** words) {
    Faults faults;
    const Arguments arguments = parse(count, words, faults);
    std::vector<Instance> instances;
    std::set<std::string> stems;
    for (const std::string& path : arguments.files) {
        instances.push_back(read_instance(path, faults));
        if (!stems.insert(instances.back().stem).second)
            faults.add(path, "another file has the same stem; give each instance its own name");
    }
    std::map<std::string, BestKnown> best_known;
    if (!arguments.best_known.empty()) best_known = read_best_known(arguments.best_known, faults);
    if (faults.any()) return 2;
    if (!arguments.assignments.empty()) {
        std::error_code error;
        fs::create_directories(arguments.assignments, error);
        if (!fs::is_directory(arguments.assignments, error)) {
            faults.add(arguments.assignments, "is no directory and cannot be made one");
            return 2;
        }
    }
    bool all_feasible = true;
    std::puts("instance,n,p,cost,best_known,gap,seconds");
    for (const Instance& instance : instances) {
        try {
            all_feasible &= bench(instance, arguments, best_known, faults);
        } catch (const gridgov::UsageError& error) {
            faults.add(instance.path, error.what());
            return 2;
        }
    }
    return all_feasible && !faults.any() ? 0 : 1;
}
