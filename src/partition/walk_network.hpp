// What walking follows, shrunk to junctions, and shortest walks on it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "gridgov/neighbours/graph.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "partition/component.hpp"
#include "partition/distance.hpp"

namespace gridgov::partition {

/// A graph as far as it matters for walks between some of its nodes, the households: dead ends without
/// any are gone, and what lies between two junctions is one street with the households along it. On
/// maps of ways most nodes only give a way its shape, so this is some ten times smaller; of
/// neighbours linked crosswise every household is a junction, and nothing is lost.
///
/// Lengths are whole multiples of 2^-10 µm: sums of them are exact (up to 8,000 km), whatever the order
/// of adding, so a walk is as long there as back. Immutable; safe to read from any thread.
class WalkNetwork {
public:
    /// `households` are nodes of the graph, each once; those that follow each other had best live
    /// together.
    WalkNetwork(const neighbours::Graph& graph, std::span<const std::uint32_t> households);
    /// For the households of some components, along the ways if there are any, else the links.
    WalkNetwork(const neighbours::Neighbours& neighbours, std::span<const Component> components);

    std::uint32_t junctions() const { return static_cast<std::uint32_t>(street_offsets_.size()) - 1; }

private:
    friend class WalkNetworkMaker;
    friend class WalkSearch;

    /// Where a household lives: on a street, off the place `along_um` from its start.
    struct Home {
        std::uint32_t street;
        double along_um;
        double spur_um;  ///< from there to the household
    };
    /// Somewhere with households. A junction's own are on a dead end of length 0.
    struct Street {
        std::uint32_t start, end;   ///< junctions; for a dead end the number of all: never reached
        std::uint32_t first, last;  ///< homes
    };
    struct Way {
        double length_um;
        std::uint32_t to;  ///< junction
    };

    std::vector<std::uint32_t> way_offsets_;
    std::vector<Way> ways_;  ///< from each junction to the next, along a street or not
    std::vector<std::uint32_t> street_offsets_;
    std::vector<std::uint32_t> streets_at_;  ///< of each junction: from there or to there
    std::vector<std::uint32_t> crowd_;       ///< twice its homes on dead ends, once on other streets
    std::vector<Street> streets_;
    /// Those of a street together, in order along it.
    std::vector<Home> homes_;
    std::vector<double> from_start_um_, from_end_um_;  ///< the way in by the street
    std::vector<std::uint32_t> home_of_;               ///< of a node; no_index: it is no household
};

/// Dijkstra's search over junctions, for households within a walk. Scratch for one thread; the network
/// must outlive it.
class WalkSearch {
public:
    explicit WalkSearch(const WalkNetwork& network)
        : network_(&network), number_of_(network.homes_.size(), no_index),
          junction_um_(network.junctions() + 1, infinity) {}

    /// From here on households go by their place in this list of nodes; others are passed by.
    void number(std::span<const std::uint32_t> nodes);

    /// Calls found(household, distance in whole µm) for households near `source`, itself included,
    /// each once in no particular order: for all of `targets` that a walk joins, for all that are
    /// nearer than some of those it is called for, and for about `count` if there are as many.
    template <class Found>
    void nearest(std::uint32_t source, std::size_t count, std::span<const std::uint32_t> targets,
                 Found found) {
        const WalkNetwork& network = *network_;
        source_ = home_of_[source];
        const std::uint32_t own = network.homes_[source_].street;
        const double settled_um = search(count, targets);
        const auto tell = [&](std::uint32_t home, double distance_um) {
            if (distance_um <= settled_um && number_of_[home] != no_index)
                found(number_of_[home], whole_um(distance_um));
        };
        for (std::uint32_t i = network.streets_[own].first; i < network.streets_[own].last; ++i)
            tell(i, distance_um(i));
        for (const std::uint32_t junction : reached_)
            for (std::uint32_t s = network.street_offsets_[junction];
                 s < network.street_offsets_[junction + 1]; ++s) {
                const std::uint32_t number = network.streets_at_[s];
                const WalkNetwork::Street& street = network.streets_[number];
                const double start_um = junction_um_[street.start];
                const double end_um = junction_um_[street.end];
                // Once: from its start, or from its end where that alone was reached.
                if (number == own || (street.start != junction && start_um < infinity)) continue;
                for (std::uint32_t i = street.first; i < street.last; ++i)
                    tell(i, std::min(start_um + network.from_start_um_[i],
                                     end_um + network.from_end_um_[i]));
            }
        for (const std::uint32_t junction : reached_) junction_um_[junction] = infinity;
        reached_.clear();
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    struct Entry {
        double distance_um;
        std::uint32_t junction;
    };
    static constexpr auto later = [](const Entry& a, const Entry& b) {
        return a.distance_um > b.distance_um;
    };

    /// Fills `junction_um_` for the junctions in `reached_`; distances up to the one returned are
    /// final.
    double search(std::size_t count, std::span<const std::uint32_t> targets);
    void reach(std::uint32_t junction, double distance_um) {
        if (distance_um >= junction_um_[junction]) return;
        if (junction_um_[junction] == infinity) reached_.push_back(junction);
        junction_um_[junction] = distance_um;
        heap_.push_back({distance_um, junction});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    /// From the source to a home, as far as is known.
    double distance_um(std::uint32_t home) const {
        const WalkNetwork::Home& from = network_->homes_[source_];
        const WalkNetwork::Home& to = network_->homes_[home];
        if (home == source_) return 0;
        const WalkNetwork::Street& street = network_->streets_[to.street];
        const double through = std::min(junction_um_[street.start] + network_->from_start_um_[home],
                                        junction_um_[street.end] + network_->from_end_um_[home]);
        if (from.street != to.street) return through;
        return std::min(through,
                        from.spur_um + std::abs(from.along_um - to.along_um) + to.spur_um);
    }

    const WalkNetwork* network_;
    std::vector<std::uint32_t> home_of_;    ///< by number
    std::vector<std::uint32_t> number_of_;  ///< by home
    std::vector<double> junction_um_;       ///< the last is that at the end of dead ends
    std::vector<std::uint32_t> reached_;
    std::vector<Entry> heap_;
    std::uint32_t source_ = no_index;  ///< home
};

}  // namespace gridgov::partition
