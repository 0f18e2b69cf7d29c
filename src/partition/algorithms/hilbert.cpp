#include <algorithm>
#include <cstdint>

#include "partition/algorithms/baselines.hpp"

namespace gridgov::partition::baselines {

std::vector<std::int32_t> hilbert(const Town& town, const neighbours::Neighbours& neighbours,
                                  const Options& options) {
    return by_component(
        town, neighbours, options, [](const Component& component, std::span<std::uint32_t> out) {
            // Households stand along the curve already: cut where the weight passes i ÷ k.
            const std::int64_t parts = component.count.courtyards;
            std::int64_t before = 0;
            for (std::uint32_t i = 0; i < out.size(); ++i) {
                const std::uint32_t atom = component.atom_of[i];
                const std::int64_t share =
                    component.atom_weight[atom] /
                    static_cast<std::int64_t>(component.members_of(atom).size());
                const double middle = static_cast<double>(before) + static_cast<double>(share) / 2;
                out[i] = static_cast<std::uint32_t>(std::clamp<std::int64_t>(
                    static_cast<std::int64_t>(middle * static_cast<double>(parts) /
                                              static_cast<double>(component.weight)),
                    0, parts - 1));
                before += share;
            }
            return static_cast<std::uint32_t>(parts);
        });
}

}  // namespace gridgov::partition::baselines
