// Tiny random towns of many shapes, and random numbers, for property tests of the partition.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gridgov/model/town.hpp"

namespace gridgov::partition::testing {

/// Numbers at random, for test data only.
class Numbers {
public:
    explicit Numbers(std::uint64_t seed) : state_(seed) {}
    std::uint32_t below(std::uint32_t bound) {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::uint32_t>((state_ >> 33) % bound);
    }

private:
    std::uint64_t state_;
};

/// Columns of a random town and the memory behind them.
struct RandomTown {
    std::vector<std::string> ids, villages, pins, groups, link_u, link_v;
    std::vector<double> x_m, y_m, weights, link_m;
    std::vector<std::uint8_t> may_be_head;

    /// From a seed: 1 to `households_max` households; links a path, star, tree, cycle, random graph
    /// (perhaps in pieces) or none (then neighbours are made from the points); sometimes weights,
    /// heads, pins, groups and two villages.
    explicit RandomTown(std::uint64_t seed, std::uint32_t households_max) : state_(seed) {
        const std::uint32_t count = 1 + below(households_max);
        const bool two_villages = below(5) == 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            ids.push_back("h" + std::to_string(100 + i));
            // A coarse lattice: ties, collinear and equal places are frequent.
            x_m.push_back(below(2) == 0 ? below(6) * 10.0 : below(1000) / 10.0);
            y_m.push_back(below(2) == 0 ? below(6) * 10.0 : below(1000) / 10.0);
            villages.push_back(two_villages && below(2) == 0 ? "east" : "west");
        }
        if (below(4) == 0)
            for (std::uint32_t i = 0; i < count; ++i) weights.push_back((1 + below(8)) / 2.0);
        if (below(4) == 0)
            for (std::uint32_t i = 0; i < count; ++i)
                may_be_head.push_back(static_cast<std::uint8_t>(below(3) != 0));
        if (below(5) == 0)
            for (std::uint32_t i = 0; i < count; ++i)
                groups.push_back(std::string(1, static_cast<char>('a' + below(3))));
        make_links(count);
    }

    /// Adds a pin on two households of one village, if there are two.
    void add_pin() {
        pins.assign(ids.size(), "");
        const std::uint32_t first = below(static_cast<std::uint32_t>(ids.size()));
        for (std::uint32_t i = 0; i < ids.size(); ++i)
            if (villages[i] == villages[first] && (i == first || below(4) == 0)) pins[i] = "p";
    }

    TownColumns columns() const {
        TownColumns columns;
        columns.households.x_m = x_m;
        columns.households.y_m = y_m;
        columns.households.ids = std::span<const std::string>(ids);
        columns.households.villages = std::span<const std::string>(villages);
        columns.households.weights = weights;
        columns.households.may_be_head = may_be_head;
        if (!pins.empty()) columns.households.pins = std::span<const std::string>(pins);
        if (!groups.empty()) columns.households.groups = std::span<const std::string>(groups);
        if (has_links) {
            columns.links.u = std::span<const std::string>(link_u);
            columns.links.v = std::span<const std::string>(link_v);
            columns.links.length_m = link_m;
        }
        return columns;
    }

    std::uint32_t below(std::uint32_t bound) {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return static_cast<std::uint32_t>(((z ^ (z >> 31)) >> 33) % bound);
    }

    bool has_links = false;

private:
    void link(std::uint32_t u, std::uint32_t v) {
        if (u == v) return;
        for (std::size_t i = 0; i < link_u.size(); ++i)
            if ((link_u[i] == ids[u] && link_v[i] == ids[v]) ||
                (link_u[i] == ids[v] && link_v[i] == ids[u]))
                return;
        link_u.push_back(ids[u]);
        link_v.push_back(ids[v]);
        link_m.push_back(1 + below(100));
    }

    void make_links(std::uint32_t count) {
        const std::uint32_t shape = below(6);
        has_links = shape != 0;
        for (std::uint32_t i = 1; i < count; ++i) {
            if (shape == 1) link(i - 1, i);                        // a path
            if (shape == 2) link(0, i);                            // a star
            if (shape == 3) link(below(i), i);                     // a tree
            if (shape == 4 && below(8) != 0) link(below(i), i);    // pieces, and more links
            if (shape == 5) link(i - 1, i);                        // a cycle with chords
        }
        if (shape == 5 && count > 2) link(0, count - 1);
        if (shape >= 4)
            for (std::uint32_t i = 0; i < count / 2; ++i) {
                const std::uint32_t u = below(count), v = below(count);  // in this order anywhere
                link(u, v);
            }
    }

    std::uint64_t state_;
};

}  // namespace gridgov::partition::testing
