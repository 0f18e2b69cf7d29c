#include "gridgov/neighbours/walk.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "gridgov/error.hpp"
#include "number_text.hpp"
#include "refuse.hpp"

namespace gridgov::neighbours {

Walk::Walk(const Graph& network)
    : network_(&network),
      distance_(network.nodes(), std::numeric_limits<double>::infinity()),
      wanted_(network.nodes(), 0) {}

void Walk::distances_m(std::uint32_t source, std::span<const std::uint32_t> targets,
                       std::span<double> out, double limit_m) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::size_t nodes = network_->nodes();
    const auto check = [&](std::uint32_t node) {
        if (node >= nodes)
            refuse(Code::edge_out_of_range, {{"u", number_text(source)},
                                             {"v", number_text(node)},
                                             {"nodes", number_text(nodes)}});
    };
    check(source);
    std::for_each(targets.begin(), targets.end(), check);
    if (out.size() != targets.size())
        refuse(Code::labels_size_mismatch, {{"column", "out"},
                                            {"length", number_text(out.size())},
                                            {"expected", number_text(targets.size())}});

    std::size_t missing = 0;
    for (const std::uint32_t target : targets) {
        if (wanted_[target] == 0) ++missing;
        wanted_[target] = 1;
    }
    const auto later = [](const Entry& a, const Entry& b) {
        return a.distance > b.distance || (a.distance == b.distance && a.node > b.node);
    };
    const auto reach = [&](std::uint32_t node, double distance) {
        if (!(distance <= limit_m) || distance >= distance_[node]) return;
        if (distance_[node] == infinity) touched_.push_back(node);
        distance_[node] = distance;
        heap_.push_back({distance, node});
        std::push_heap(heap_.begin(), heap_.end(), later);
    };
    reach(source, 0);
    while (!heap_.empty()) {
        const Entry nearest = heap_.front();
        std::pop_heap(heap_.begin(), heap_.end(), later);
        heap_.pop_back();
        if (nearest.distance > distance_[nearest.node]) continue;
        if (wanted_[nearest.node] != 0) {
            wanted_[nearest.node] = 0;
            if (--missing == 0) break;
        }
        const auto row = network_->neighbours(nearest.node);
        const auto lengths_m = network_->neighbour_lengths_m(nearest.node);
        for (std::size_t i = 0; i < row.size(); ++i)
            reach(row[i], nearest.distance + lengths_m[i]);
    }

    for (std::size_t i = 0; i < targets.size(); ++i) {
        out[i] = distance_[targets[i]];
        wanted_[targets[i]] = 0;
    }
    for (const std::uint32_t node : touched_) distance_[node] = infinity;
    touched_.clear();
    heap_.clear();
}

}  // namespace gridgov::neighbours
