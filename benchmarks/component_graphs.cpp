#include "component_graphs.hpp"

#include <algorithm>
#include <numeric>

#include "gridgov/partition/partition.hpp"

namespace gridgov::benchmarks {
namespace {

double median(std::vector<double> values) {
    if (values.empty()) return 1;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return std::max(*middle, 1e-3);
}

}  // namespace

std::vector<std::int32_t> label_components(const Town& town,
                                           const neighbours::Neighbours& neighbours,
                                           const partition::Options& options,
                                           const Partitioner& partitioner) {
    const neighbours::Graph& graph = neighbours.graph;
    const auto weights = town.weights();
    const auto lengths = graph.lengths_m();
    const double typical_m = median({lengths.begin(), lengths.end()});
    const bool all_alike = std::all_of(weights.begin(), weights.end(),
                                       [&](Weight weight) { return weight == weights.front(); });

    // Rows by component, and the place of each in its component.
    const auto& component_of = neighbours.components.component_of;
    std::vector<std::uint32_t> first(neighbours.components.count + 1, 0), place(town.households());
    for (const std::uint32_t component : component_of) ++first[component + 1];
    std::partial_sum(first.begin(), first.end(), first.begin());
    std::vector<std::uint32_t> rows(town.households()), next_of(first.begin(), first.end() - 1);
    for (std::uint32_t row = 0; row < town.households(); ++row) {
        std::uint32_t& next = next_of[component_of[row]];
        place[row] = next - first[component_of[row]];
        rows[next++] = row;
    }

    std::vector<std::int32_t> labels(town.households(), 0);
    std::vector<std::int32_t> part;
    std::int32_t next_label = 0;
    for (std::uint32_t component = 0; component < neighbours.components.count; ++component) {
        const std::span<const std::uint32_t> members(rows.data() + first[component],
                                                     first[component + 1] - first[component]);
        Weight weight;
        for (const std::uint32_t row : members) weight += weights[row];
        ComponentGraph one;
        one.parts = static_cast<std::int32_t>(
            partition::courtyard_count(weight, options.rules).courtyards);
        part.assign(members.size(), 0);
        if (one.parts > 1) {
            one.offsets.push_back(0);
            for (const std::uint32_t row : members) {
                const auto others = graph.neighbours(row);
                const auto metres = graph.neighbour_lengths_m(row);
                for (std::size_t i = 0; i < others.size(); ++i) {
                    one.targets.push_back(static_cast<std::int32_t>(place[others[i]]));
                    const double inverse = 100 * typical_m / std::max(metres[i], typical_m / 100);
                    one.link_weights.push_back(static_cast<std::int32_t>(std::max(1.0, inverse)));
                }
                one.offsets.push_back(static_cast<std::int32_t>(one.targets.size()));
                if (!all_alike)
                    one.weights.push_back(
                        static_cast<std::int32_t>((weights[row].millionths + 999) / 1000));
            }
            partitioner(one, part);
        }
        for (std::size_t i = 0; i < members.size(); ++i)
            labels[members[i]] = next_label + part[i];
        next_label += one.parts;
    }
    return labels;
}

}  // namespace gridgov::benchmarks
