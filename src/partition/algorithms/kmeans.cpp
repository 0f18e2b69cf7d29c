#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/point.hpp>
#include <boost/geometry/index/rtree.hpp>

#include "partition/algorithms/baselines.hpp"
#include "partition/distance.hpp"
#include "partition/legalise.hpp"
#include "partition/random.hpp"
#include "partition/state.hpp"

namespace gridgov::partition::baselines {
namespace {

using Place = boost::geometry::model::point<double, 2, boost::geometry::cs::cartesian>;
using Centre = std::pair<Place, std::uint32_t>;

/// Lloyd's rounds from centres that stand evenly along the Hilbert curve. Clusters may be empty.
void lloyd(const Component& component, std::span<std::uint32_t> out) {
    constexpr int rounds = 25;
    const auto count = static_cast<std::size_t>(component.count.courtyards);
    std::vector<Centre> centres(count);
    for (std::size_t k = 0; k < count; ++k) {
        const std::size_t i = (2 * k + 1) * out.size() / (2 * count);
        centres[k] = {Place(component.x_um[i], component.y_um[i]), static_cast<std::uint32_t>(k)};
    }
    std::vector<Centre> nearest;
    for (int round = 0; round < rounds; ++round) {
        const boost::geometry::index::rtree<Centre, boost::geometry::index::rstar<16>> index(
            centres.begin(), centres.end());
        std::vector<double> x(count, 0), y(count, 0), households(count, 0);
        bool changed = false;
        for (std::uint32_t i = 0; i < out.size(); ++i) {
            nearest.clear();
            const Place place(component.x_um[i], component.y_um[i]);
            index.query(boost::geometry::index::nearest(place, 1), std::back_inserter(nearest));
            const std::uint32_t k = nearest.front().second;
            changed = changed || out[i] != k || round == 0;
            out[i] = k;
            x[k] += component.x_um[i];
            y[k] += component.y_um[i];
            households[k] += 1;
        }
        if (!changed) break;
        for (std::size_t k = 0; k < count; ++k)
            if (households[k] > 0)
                centres[k].first = Place(x[k] / households[k], y[k] / households[k]);
    }
}

/// Renumbers labels of atoms to 0 … parts − 1 without gaps; returns parts.
std::uint32_t close_gaps(std::vector<std::uint32_t>& labels) {
    std::vector<std::uint32_t> used(labels);
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (std::uint32_t& label : labels)
        label = static_cast<std::uint32_t>(
            std::lower_bound(used.begin(), used.end(), label) - used.begin());
    return static_cast<std::uint32_t>(used.size());
}

/// Of each part only the heaviest connected piece stays; every other atom joins, the nearest first,
/// the neighbouring part whose middle is nearest.
void connect(const Component& component, std::vector<std::uint32_t>& labels, std::uint32_t parts) {
    const std::uint32_t atoms = component.atoms();
    std::vector<std::uint32_t> piece_of(atoms, no_index), queue;
    std::vector<std::uint32_t> kept(parts, no_index);
    std::vector<std::int64_t> weight;
    for (std::uint32_t first = 0; first < atoms; ++first) {
        if (piece_of[first] != no_index) continue;
        const auto piece = static_cast<std::uint32_t>(weight.size());
        weight.push_back(0);
        queue.assign(1, first);
        piece_of[first] = piece;
        for (std::size_t next = 0; next < queue.size(); ++next) {
            weight[piece] += component.atom_weight[queue[next]];
            for (const std::uint32_t other : component.neighbours_of(queue[next]))
                if (piece_of[other] == no_index && labels[other] == labels[first]) {
                    piece_of[other] = piece;
                    queue.push_back(other);
                }
        }
        std::uint32_t& best = kept[labels[first]];
        if (best == no_index || weight[piece] > weight[best]) best = piece;
    }
    std::vector<double> x(parts, 0), y(parts, 0), households(parts, 0);
    std::vector<std::uint8_t> settled(atoms, 0);
    for (std::uint32_t atom = 0; atom < atoms; ++atom) {
        if (piece_of[atom] != kept[labels[atom]]) continue;
        settled[atom] = 1;
        for (const std::uint32_t household : component.members_of(atom)) {
            x[labels[atom]] += component.x_um[household];
            y[labels[atom]] += component.y_um[household];
            households[labels[atom]] += 1;
        }
    }
    using Offer = std::tuple<double, std::uint32_t, std::uint32_t>;  // distance², atom, part
    std::priority_queue<Offer, std::vector<Offer>, std::greater<>> offers;
    const auto offer_neighbours = [&](std::uint32_t atom) {
        const std::uint32_t part = labels[atom];
        for (const std::uint32_t other : component.neighbours_of(atom)) {
            if (settled[other]) continue;
            const std::uint32_t household = component.members_of(other).front();
            const double dx = component.x_um[household] - x[part] / households[part];
            const double dy = component.y_um[household] - y[part] / households[part];
            const double xx = dx * dx, yy = dy * dy;
            offers.push({xx + yy, other, part});
        }
    };
    for (std::uint32_t atom = 0; atom < atoms; ++atom)
        if (settled[atom]) offer_neighbours(atom);
    while (!offers.empty()) {
        const auto [distance, atom, part] = offers.top();
        offers.pop();
        if (settled[atom]) continue;
        settled[atom] = 1;
        labels[atom] = part;
        offer_neighbours(atom);
    }
}

}  // namespace

std::vector<std::int32_t> kmeans(const Town& town, const neighbours::Neighbours& neighbours,
                                 const Options& options) {
    return by_component(
        town, neighbours, options, [](const Component& component, std::span<std::uint32_t> out) {
            lloyd(component, out);
            return static_cast<std::uint32_t>(component.count.courtyards);
        });
}

std::vector<std::int32_t> kmeans_repaired(const Town& town,
                                          const neighbours::Neighbours& neighbours,
                                          const Options& options) {
    const Bounds bounds(options.rules);
    return by_component(
        town, neighbours, options,
        [&](const Component& component, std::span<std::uint32_t> out) {
            lloyd(component, out);
            std::vector<std::uint32_t> labels(component.atoms());
            for (std::uint32_t atom = 0; atom < component.atoms(); ++atom)
                labels[atom] = out[component.members_of(atom).front()];
            const std::uint32_t parts = close_gaps(labels);
            connect(component, labels, parts);
            StraightDistance distance(component);
            Random random(component.seed);
            State<StraightDistance> state(component, bounds, distance, options.group_weight_m);
            state.assign(labels, parts);
            Legaliser<StraightDistance>(state, random)
                .run(static_cast<std::uint32_t>(component.count.courtyards));
            for (std::uint32_t i = 0; i < out.size(); ++i)
                out[i] = state.part_of(component.atom_of[i]);
            return state.parts();
        });
}

}  // namespace gridgov::partition::baselines
