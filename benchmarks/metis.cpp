#include "metis.hpp"

#include <metis.h>

#include <stdexcept>

#include "component_graphs.hpp"

static_assert(sizeof(idx_t) == sizeof(std::int32_t), "Debian's METIS has 32-bit integers");

namespace gridgov::benchmarks {
namespace {

std::vector<std::int32_t> metis(const Town& town, const neighbours::Neighbours& neighbours,
                                const partition::Options& options, int ufactor,
                                decltype(&METIS_PartGraphKway) part_graph, bool contiguous) {
    const auto partitioner = [&](ComponentGraph& graph, std::span<std::int32_t> part) {
        idx_t settings[METIS_NOPTIONS];
        METIS_SetDefaultOptions(settings);
        if (contiguous) settings[METIS_OPTION_CONTIG] = 1;
        settings[METIS_OPTION_UFACTOR] = ufactor;
        settings[METIS_OPTION_SEED] = static_cast<idx_t>(options.seed);
        idx_t nodes = graph.nodes(), constraints = 1, parts = graph.parts, cut = 0;
        if (part_graph(&nodes, &constraints, graph.offsets.data(), graph.targets.data(),
                       graph.weights.empty() ? nullptr : graph.weights.data(), nullptr,
                       graph.link_weights.data(), &parts, nullptr, nullptr, settings, &cut,
                       part.data()) != METIS_OK)
            throw std::runtime_error("METIS failed");
    };
    return label_components(town, neighbours, options, partitioner);
}

}  // namespace

std::vector<std::int32_t> metis_kway(const Town& town, const neighbours::Neighbours& neighbours,
                                     const partition::Options& options, int ufactor) {
    return metis(town, neighbours, options, ufactor, METIS_PartGraphKway, true);
}

std::vector<std::int32_t> metis_recursive(const Town& town,
                                          const neighbours::Neighbours& neighbours,
                                          const partition::Options& options, int ufactor) {
    return metis(town, neighbours, options, ufactor, METIS_PartGraphRecursive, false);
}

}  // namespace gridgov::benchmarks
