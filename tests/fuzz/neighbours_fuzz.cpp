// Bytes → a town of households, villages, barriers, links or ways: what a neighbour graph promises.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "../unit/neighbours/small_town.hpp"
#include "gridgov/error.hpp"
#include "gridgov/neighbours/neighbours.hpp"

using namespace gridgov;

namespace {

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "breach: %s\n", what);
    std::abort();
}

class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), end_(data + size) {}
    bool empty() const { return data_ == end_; }
    unsigned next() { return empty() ? 0u : *data_++; }
    double coordinate(double scale_m) { return (static_cast<int>(next() % 32) - 16) * scale_m; }

private:
    const std::uint8_t* data_;
    const std::uint8_t* end_;
};

void check(const Town& town, const neighbours::Neighbours& result, double link_m_max) {
    const auto& graph = result.graph;
    const auto& component_of = result.components.component_of;
    require(graph.nodes() == town.households(), "a node a household");
    require(component_of.size() == town.households(), "a component a household");
    for (const auto& edge : graph.edge_list()) {
        require(town.village_of()[edge.u] == town.village_of()[edge.v], "a link across villages");
        require(edge.length_m >= 0 && std::isfinite(edge.length_m), "a length out of range");
        require(component_of[edge.u] == component_of[edge.v], "a link between components");
        if (result.source != neighbours::Source::ways)
            require(edge.length_m <= link_m_max, "a link above the limit");
    }
    for (const Finding& finding : result.findings)
        for (const Language language : {Language::en, Language::zh})
            require(!message(finding, language).empty(), "a finding without a message");
    if (result.source == neighbours::Source::points && town.barriers().empty() &&
        std::isinf(link_m_max)) {
        std::vector<bool> used(town.villages());
        for (const auto village : town.village_of()) used[village] = true;
        std::size_t villages = 0;
        for (const bool is_used : used) villages += is_used ? 1 : 0;
        require(result.components.count == villages, "a village in pieces, though nothing cuts");
    }
    if (result.source == neighbours::Source::ways && std::isinf(link_m_max)) {
        const auto pieces = neighbours::components(result.walk_network);
        for (std::uint32_t i = 0; i < town.households(); ++i)
            for (std::uint32_t j = 0; j < i; ++j)
                if (town.village_of()[i] == town.village_of()[j])
                    require((component_of[i] == component_of[j]) ==
                                (pieces.component_of[i] == pieces.component_of[j]),
                            "ways join what the graph does not, or the other way round");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    const unsigned kind = bytes.next();
    const double scale_m = std::pow(10.0, static_cast<double>(bytes.next() % 14) - 6);
    const std::size_t households = bytes.next() % 64 + 1;
    tests::SmallTown town;
    for (std::size_t i = 0; i < households; ++i) {
        const std::string id = std::to_string(i);
        const std::string village(1, static_cast<char>('a' + bytes.next() % 3));
        if (i > 0 && bytes.next() % 16 == 0)
            town.unlocated(id, "g", village);
        else
            town.household(id, bytes.coordinate(scale_m), bytes.coordinate(scale_m), village,
                           bytes.next() % 2 == 0 ? "g" : "");
    }
    const std::size_t nodes = bytes.next() % 16 + 2;
    if (kind % 3 == 1)
        for (std::size_t i = 0; i < nodes; ++i)
            town.node(std::to_string(i), bytes.coordinate(scale_m), bytes.coordinate(scale_m));
    while (!bytes.empty()) {
        if (kind % 3 == 0) {
            std::vector<double> line;
            for (unsigned i = bytes.next() % 6 + 2; i > 0; --i) {
                line.push_back(bytes.coordinate(scale_m));
                line.push_back(bytes.coordinate(scale_m));
            }
            town.barrier(line);
        } else if (kind % 3 == 1) {
            town.way(std::to_string(bytes.next() % nodes), std::to_string(bytes.next() % nodes),
                     bytes.next() * scale_m);
        } else {
            const std::size_t u = bytes.next() % households, v = bytes.next() % households;
            town.link(std::to_string(u), std::to_string(v), bytes.next() * scale_m);
        }
    }
    const double link_m_max =
        kind & 128 ? 8 * scale_m : std::numeric_limits<double>::infinity();
    try {
        const Town made = town.make();
        check(made, neighbours::build(made, {link_m_max}), link_m_max);
        check(made, neighbours::from_points(made, {link_m_max}), link_m_max);
    } catch (const DataError&) {
        // Refused with findings, as it should be.
    }
    return 0;
}
