#include "gridgov/partition/algorithms.hpp"

#include <array>
#include <string>

#include "partition/algorithms/baselines.hpp"
#include "partition/solve.hpp"
#include "refuse.hpp"

namespace gridgov::partition {
namespace {

template <Effort effort>
std::vector<std::int32_t> ours(const Town& town, const neighbours::Neighbours& neighbours,
                               const Options& options) {
    Options with_effort = options;
    with_effort.effort = effort;
    return solve_labels(town, neighbours, with_effort);
}

constexpr std::array all{
    Algorithm{"gridgov-draft", "docs/explanation/partition.md", ours<Effort::draft>},
    Algorithm{"gridgov-standard", "docs/explanation/partition.md", ours<Effort::standard>},
    Algorithm{"gridgov-best", "docs/explanation/partition.md", ours<Effort::best>},
    Algorithm{"hilbert", "Bartholdi & Platzman 1988, space-filling curves, cut into equal runs",
              baselines::hilbert},
    Algorithm{"tree-cuts",
              "Maravalle & Simeone 1995, a spanning tree cut from its leaves up",
              baselines::tree_cuts},
    Algorithm{"kmeans", "Lloyd 1982, seeded evenly along a Hilbert curve",
              baselines::kmeans},
    Algorithm{"kmeans-repaired",
              "Lloyd 1982, then connected and brought within the bounds by this library's own repair",
              baselines::kmeans_repaired},
};

}  // namespace

std::span<const Algorithm> algorithms() { return all; }

const Algorithm& algorithm(std::string_view name) {
    for (const Algorithm& one : all)
        if (one.name == name) return one;
    std::string known;
    for (const Algorithm& one : all) {
        if (!known.empty()) known += ", ";
        known += one.name;
    }
    refuse(Code::unknown_algorithm, {{"name", std::string(name)}, {"known", known}});
}

}  // namespace gridgov::partition
