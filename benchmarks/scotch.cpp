#include "scotch.hpp"

#include <cstdio>

#include <scotch.h>

#include <stdexcept>

#include "component_graphs.hpp"

static_assert(sizeof(SCOTCH_Num) == sizeof(std::int32_t), "Debian's Scotch has 32-bit integers");

namespace gridgov::benchmarks {

std::vector<ScotchSetting> scotch_settings() {
    return {{SCOTCH_STRATQUALITY, 0.3}, {SCOTCH_STRATQUALITY, 0.4}};
}

std::vector<std::int32_t> scotch(const Town& town, const neighbours::Neighbours& neighbours,
                                 const partition::Options& options, ScotchSetting setting) {
    const auto partitioner = [&](ComponentGraph& from, std::span<std::int32_t> part) {
        SCOTCH_Context context;
        SCOTCH_Graph graph, bound;
        SCOTCH_Strat strategy;
        SCOTCH_contextInit(&context);  // one thread, the same result every time
        SCOTCH_contextRandomClone(&context);
        SCOTCH_contextRandomSeed(&context, static_cast<SCOTCH_Num>(options.seed));
        SCOTCH_contextRandomReset(&context);
        SCOTCH_contextOptionSetNum(&context, SCOTCH_OPTIONNUMDETERMINISTIC, 1);
        SCOTCH_contextThreadSpawn(&context, 1, nullptr);
        SCOTCH_graphInit(&graph);
        SCOTCH_graphInit(&bound);
        SCOTCH_stratInit(&strategy);
        const bool done =
            SCOTCH_graphBuild(&graph, 0, from.nodes(), from.offsets.data(), nullptr,
                              from.weights.empty() ? nullptr : from.weights.data(), nullptr,
                              static_cast<SCOTCH_Num>(from.targets.size()), from.targets.data(),
                              from.link_weights.data()) == 0 &&
            SCOTCH_contextBindGraph(&context, &graph, &bound) == 0 &&
            SCOTCH_stratGraphMapBuild(&strategy, setting.flags, from.parts, setting.imbalance) ==
                0 &&
            SCOTCH_graphPart(&bound, from.parts, &strategy, part.data()) == 0;
        SCOTCH_stratExit(&strategy);
        SCOTCH_graphExit(&bound);
        SCOTCH_graphExit(&graph);
        SCOTCH_contextExit(&context);
        if (!done) throw std::runtime_error("Scotch failed");
    };
    return label_components(town, neighbours, options, partitioner);
}

}  // namespace gridgov::benchmarks
