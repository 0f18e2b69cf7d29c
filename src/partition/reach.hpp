// Who is near enough to a candidate for head to matter: all i with distance(i) − multiplier(i)
// below a threshold, none left out. Distances are whole micrometres, rounded down: exact lower
// bounds.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/neighbours/graph.hpp"

namespace gridgov::partition {

/// ⌊√(dx² + dy²)⌋ for |dx|, |dy| < 2^60, exact.
std::int64_t floor_distance_um(std::int64_t dx, std::int64_t dy);

/// As the crow flies: boxes over runs of households in the order given (Hilbert's), packed.
class StraightReach {
public:
    struct Scratch {};
    StraightReach(std::span<const std::int64_t> x_um, std::span<const std::int64_t> y_um);

    void set_multipliers(std::span<const std::int64_t> multiplier_um);
    Scratch scratch() const { return {}; }

    /// visit(i, distance_um) for every i ≠ from with distance − multiplier[i] < threshold, in the
    /// same order every time.
    template <class Visit>
    void below(std::uint32_t from, std::int64_t threshold, Scratch&, Visit visit) const {
        descend(boxes_.size() - 1, 0, from, threshold, visit);
    }

private:
    struct Box {
        std::int64_t x_low, y_low, x_high, y_high;
        std::int64_t multiplier;  ///< the greatest inside
    };
    static constexpr std::size_t fan = 8;

    template <class Visit>
    void descend(std::size_t level, std::size_t index, std::uint32_t from, std::int64_t threshold,
                 Visit& visit) const {
        const Box& box = boxes_[level][index];
        const std::int64_t reach = box.multiplier + threshold;
        if (reach <= 0) return;
        const std::int64_t x = x_[from], y = y_[from];
        const auto dx = static_cast<double>(
            std::max<std::int64_t>({box.x_low - x, x - box.x_high, 0}));
        const auto dy = static_cast<double>(
            std::max<std::int64_t>({box.y_low - y, y - box.y_high, 0}));
        const auto far = static_cast<double>(reach);
        // Six roundings of 2^-53 are far less than the factor allows for.
        if ((dx * dx + dy * dy) * (1 - 1e-13) > far * far) return;
        const std::size_t first = index * fan;
        if (level > 0) {
            const std::size_t last = std::min(first + fan, boxes_[level - 1].size());
            for (std::size_t child = first; child < last; ++child)
                descend(level - 1, child, from, threshold, visit);
            return;
        }
        const std::size_t last = std::min(first + fan, x_.size());
        for (std::size_t i = first; i < last; ++i) {
            const std::int64_t limit = multiplier_[i] + threshold;
            if (limit <= 0 || i == from) continue;
            const std::int64_t ix = x_[i] - x, iy = y_[i] - y;
            const auto rough_x = static_cast<double>(ix), rough_y = static_cast<double>(iy);
            const auto rough_limit = static_cast<double>(limit);
            if ((rough_x * rough_x + rough_y * rough_y) * (1 - 1e-13) > rough_limit * rough_limit)
                continue;
            const std::int64_t distance = floor_distance_um(ix, iy);
            if (distance < limit) visit(static_cast<std::uint32_t>(i), distance);
        }
    }

    std::span<const std::int64_t> x_, y_;
    std::span<const std::int64_t> multiplier_;
    std::vector<std::vector<Box>> boxes_;  ///< by level, the lowest first; the last has one
};

/// Along a network: the part of it within some distance of the households, lengths rounded down.
/// Each node knows how far beyond it a search can still find anyone (the greatest multiplier less
/// the way there), so that searches end where they can.
class WalkReach {
public:
    struct Scratch {
        struct Entry {
            std::int64_t distance;
            std::uint32_t node;
        };
        std::vector<std::int64_t> distance;
        std::vector<std::uint32_t> touched;
        std::vector<Entry> heap;
    };
    /// Valid for multipliers and thresholds up to `farthest_um`.
    WalkReach(const neighbours::Graph& network, std::span<const std::uint32_t> household_nodes,
              std::int64_t farthest_um);

    void set_multipliers(std::span<const std::int64_t> multiplier_um);
    Scratch scratch() const {
        Scratch made;
        made.distance.assign(household_.size(), unreached);
        return made;
    }

    template <class Visit>
    void below(std::uint32_t from, std::int64_t threshold, Scratch& scratch, Visit visit) const {
        const auto later = [](const Scratch::Entry& a, const Scratch::Entry& b) {
            return a.distance > b.distance || (a.distance == b.distance && a.node > b.node);
        };
        const auto arrive = [&](std::uint32_t node, std::int64_t distance) {
            if (distance >= scratch.distance[node] || distance - beyond_[node] >= threshold)
                return;
            if (scratch.distance[node] == unreached) scratch.touched.push_back(node);
            scratch.distance[node] = distance;
            scratch.heap.push_back({distance, node});
            std::push_heap(scratch.heap.begin(), scratch.heap.end(), later);
        };
        arrive(from, 0);  // the households are the first nodes
        while (!scratch.heap.empty()) {
            const Scratch::Entry nearest = scratch.heap.front();
            std::pop_heap(scratch.heap.begin(), scratch.heap.end(), later);
            scratch.heap.pop_back();
            if (nearest.distance > scratch.distance[nearest.node]) continue;
            if (nearest.node != from && household_[nearest.node] &&
                nearest.distance - multiplier_[nearest.node] < threshold)
                visit(nearest.node, nearest.distance);
            for (std::size_t e = offsets_[nearest.node]; e < offsets_[nearest.node + 1]; ++e)
                arrive(targets_[e], nearest.distance + lengths_um_[e]);
        }
        for (const std::uint32_t node : scratch.touched) scratch.distance[node] = unreached;
        scratch.touched.clear();
    }

private:
    static constexpr std::int64_t unreached = std::int64_t{1} << 62;

    std::vector<std::size_t> offsets_;
    std::vector<std::uint32_t> targets_;
    std::vector<std::int64_t> lengths_um_;
    std::vector<std::uint8_t> household_;
    std::vector<std::int64_t> beyond_;
    std::span<const std::int64_t> multiplier_;
};

}  // namespace gridgov::partition
