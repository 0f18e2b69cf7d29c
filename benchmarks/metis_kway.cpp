#include "metis_kway.hpp"

#include <metis.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "gridgov/partition/partition.hpp"

namespace gridgov::benchmarks {

std::vector<std::int32_t> metis_kway(const Town& town, const neighbours::Neighbours& neighbours,
                                     const partition::Options& options, int ufactor) {
    const neighbours::Graph& graph = neighbours.graph;
    const std::size_t households = town.households();
    std::vector<std::vector<std::uint32_t>> members(neighbours.components.count);
    for (std::uint32_t row = 0; row < households; ++row)
        members[neighbours.components.component_of[row]].push_back(row);

    std::vector<double> lengths(graph.lengths_m().begin(), graph.lengths_m().end());
    double typical_m = 1;
    if (!lengths.empty()) {
        const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
        std::nth_element(lengths.begin(), middle, lengths.end());
        typical_m = std::max(*middle, 1e-3);
    }
    std::vector<std::int32_t> labels(households, 0);
    std::vector<std::uint32_t> local(households, 0);
    std::int32_t next = 0;
    for (const auto& rows : members) {
        std::int64_t weight = 0;
        for (std::uint32_t i = 0; i < rows.size(); ++i) {
            local[rows[i]] = i;
            weight += town.weights()[rows[i]].millionths;
        }
        auto parts = static_cast<idx_t>(
            partition::courtyard_count(Weight{weight}, options.rules).courtyards);
        if (parts == 1) {
            for (const std::uint32_t row : rows) labels[row] = next;
            ++next;
            continue;
        }
        std::vector<idx_t> offsets{0}, targets, edge_weights, vertex_weights;
        for (const std::uint32_t row : rows) {
            const auto others = graph.neighbours(row);
            const auto metres = graph.neighbour_lengths_m(row);
            for (std::size_t i = 0; i < others.size(); ++i) {
                targets.push_back(static_cast<idx_t>(local[others[i]]));
                const double inverse = 1000 * typical_m / std::max(metres[i], typical_m / 100);
                edge_weights.push_back(static_cast<idx_t>(std::max(1.0, inverse)));
            }
            offsets.push_back(static_cast<idx_t>(targets.size()));
            vertex_weights.push_back(
                static_cast<idx_t>((town.weights()[row].millionths + 999) / 1000));
        }
        idx_t settings[METIS_NOPTIONS];
        METIS_SetDefaultOptions(settings);
        settings[METIS_OPTION_CONTIG] = 1;
        settings[METIS_OPTION_UFACTOR] = ufactor;
        settings[METIS_OPTION_SEED] = static_cast<idx_t>(options.seed);
        auto nodes = static_cast<idx_t>(rows.size());
        idx_t constraints = 1, cut = 0;
        std::vector<idx_t> part(rows.size());
        if (METIS_PartGraphKway(&nodes, &constraints, offsets.data(), targets.data(),
                                vertex_weights.data(), nullptr, edge_weights.data(), &parts,
                                nullptr, nullptr, settings, &cut, part.data()) != METIS_OK)
            throw std::runtime_error("METIS failed");
        for (std::size_t i = 0; i < rows.size(); ++i)
            labels[rows[i]] = next + static_cast<std::int32_t>(part[i]);
        next += static_cast<std::int32_t>(parts);
    }
    return labels;
}

}  // namespace gridgov::benchmarks
