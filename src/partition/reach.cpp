#include "partition/reach.hpp"

#include <limits>
#include <unordered_map>

namespace gridgov::partition {
namespace {

__extension__ typedef unsigned __int128 Wide;

/// Longer than any distance between two places (2.9e14 µm); capping a length lowers it only.
constexpr std::int64_t length_um_max = std::int64_t{1} << 50;

std::int64_t floor_length_um(double length_m) {
    const double length_um = length_m * 1e6;
    if (!(length_um < static_cast<double>(length_um_max))) return length_um_max;
    // One less than the nearest whole number is below the true one, whatever the product's
    // rounding, and the same for a length that was written with six decimals.
    return std::max<std::int64_t>(0, std::llround(length_um) - 1);
}

}  // namespace

std::int64_t floor_distance_um(std::int64_t dx, std::int64_t dy) {
    const auto rough_x = static_cast<double>(dx), rough_y = static_cast<double>(dy);
    auto root = static_cast<std::int64_t>(std::sqrt(rough_x * rough_x + rough_y * rough_y));
    constexpr std::int64_t small = std::int64_t{1} << 31;
    if (-small < dx && dx < small && -small < dy && dy < small) {
        const std::int64_t square = dx * dx + dy * dy;
        while (root * root > square) --root;
        while ((root + 1) * (root + 1) <= square) ++root;
        return root;
    }
    const auto square_of = [](std::int64_t value) {
        const Wide wide = static_cast<Wide>(value < 0 ? -value : value);
        return wide * wide;
    };
    const Wide square = square_of(dx) + square_of(dy);
    while (square_of(root) > square) --root;
    while (square_of(root + 1) <= square) ++root;
    return root;
}

StraightReach::StraightReach(std::span<const std::int64_t> x_um, std::span<const std::int64_t> y_um)
    : x_(x_um), y_(y_um) {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const auto empty = Box{most, most, least, least, least};
    boxes_.emplace_back((x_.size() + fan - 1) / fan, empty);
    for (std::size_t i = 0; i < x_.size(); ++i) {
        Box& box = boxes_[0][i / fan];
        box.x_low = std::min(box.x_low, x_[i]);
        box.y_low = std::min(box.y_low, y_[i]);
        box.x_high = std::max(box.x_high, x_[i]);
        box.y_high = std::max(box.y_high, y_[i]);
    }
    while (boxes_.back().size() > 1) {
        const std::vector<Box>& lower = boxes_.back();
        std::vector<Box> upper((lower.size() + fan - 1) / fan, empty);
        for (std::size_t i = 0; i < lower.size(); ++i) {
            Box& box = upper[i / fan];
            box.x_low = std::min(box.x_low, lower[i].x_low);
            box.y_low = std::min(box.y_low, lower[i].y_low);
            box.x_high = std::max(box.x_high, lower[i].x_high);
            box.y_high = std::max(box.y_high, lower[i].y_high);
        }
        boxes_.push_back(std::move(upper));
    }
}

void StraightReach::set_multipliers(std::span<const std::int64_t> multiplier_um) {
    multiplier_ = multiplier_um;
    for (std::size_t level = 0; level < boxes_.size(); ++level) {
        constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min() / 2;
        for (Box& box : boxes_[level]) box.multiplier = least;
        const std::size_t below = level == 0 ? x_.size() : boxes_[level - 1].size();
        for (std::size_t i = 0; i < below; ++i) {
            const std::int64_t multiplier =
                level == 0 ? multiplier_[i] : boxes_[level - 1][i].multiplier;
            Box& box = boxes_[level][i / fan];
            box.multiplier = std::max(box.multiplier, multiplier);
        }
    }
}

WalkReach::WalkReach(const neighbours::Graph& network,
                     std::span<const std::uint32_t> household_nodes, std::int64_t farthest_um) {
    // Nodes within twice `farthest` of a household: to matter, a node lies within a multiplier and
    // a threshold of one. Dijkstra's search from all of them at once; households come first.
    struct Entry {
        std::int64_t distance;
        std::uint32_t node;  // of the network
        bool operator<(const Entry& other) const {
            return distance != other.distance ? distance > other.distance : node > other.node;
        }
    };
    std::unordered_map<std::uint32_t, std::uint32_t> local_of;
    std::unordered_map<std::uint32_t, std::int64_t> distance_of;
    std::vector<std::uint32_t> nodes(household_nodes.begin(), household_nodes.end());
    std::vector<Entry> heap;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
        local_of.emplace(nodes[i], i);
        distance_of.emplace(nodes[i], 0);
        heap.push_back({0, nodes[i]});
    }
    std::make_heap(heap.begin(), heap.end());
    while (!heap.empty()) {
        const Entry nearest = heap.front();
        std::pop_heap(heap.begin(), heap.end());
        heap.pop_back();
        if (nearest.distance > distance_of.at(nearest.node)) continue;
        if (local_of.emplace(nearest.node, static_cast<std::uint32_t>(nodes.size())).second)
            nodes.push_back(nearest.node);
        const auto targets = network.neighbours(nearest.node);
        const auto lengths_m = network.neighbour_lengths_m(nearest.node);
        for (std::size_t e = 0; e < targets.size(); ++e) {
            const std::int64_t distance = nearest.distance + floor_length_um(lengths_m[e]);
            if (distance > 2 * farthest_um) continue;
            const auto [place, is_new] = distance_of.try_emplace(targets[e], distance);
            if (!is_new && place->second <= distance) continue;
            place->second = distance;
            heap.push_back({distance, targets[e]});
            std::push_heap(heap.begin(), heap.end());
        }
    }
    household_.assign(nodes.size(), 0);
    std::fill_n(household_.begin(), household_nodes.size(), std::uint8_t{1});
    offsets_.assign(1, 0);
    for (const std::uint32_t node : nodes) {
        const auto targets = network.neighbours(node);
        const auto lengths_m = network.neighbour_lengths_m(node);
        for (std::size_t e = 0; e < targets.size(); ++e) {
            const auto place = local_of.find(targets[e]);
            if (place == local_of.end()) continue;
            targets_.push_back(place->second);
            lengths_um_.push_back(floor_length_um(lengths_m[e]));
        }
        offsets_.push_back(targets_.size());
    }
}

void WalkReach::set_multipliers(std::span<const std::int64_t> multiplier_um) {
    multiplier_ = multiplier_um;
    // beyond(v) = max over households of multiplier − distance: one search from all at once.
    using Entry = std::pair<std::int64_t, std::uint32_t>;
    beyond_.assign(household_.size(), std::numeric_limits<std::int64_t>::min() / 4);
    std::vector<Entry> heap;
    for (std::uint32_t i = 0; i < multiplier_um.size(); ++i) {
        beyond_[i] = multiplier_um[i];
        heap.emplace_back(multiplier_um[i], i);
    }
    std::make_heap(heap.begin(), heap.end());
    while (!heap.empty()) {
        const auto [value, node] = heap.front();
        std::pop_heap(heap.begin(), heap.end());
        heap.pop_back();
        if (value < beyond_[node]) continue;
        for (std::size_t e = offsets_[node]; e < offsets_[node + 1]; ++e) {
            const std::int64_t through = value - lengths_um_[e];
            if (through <= beyond_[targets_[e]]) continue;
            beyond_[targets_[e]] = through;
            heap.emplace_back(through, targets_[e]);
            std::push_heap(heap.begin(), heap.end());
        }
    }
}

}  // namespace gridgov::partition
