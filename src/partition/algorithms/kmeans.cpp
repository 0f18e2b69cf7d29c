#include <algorithm>
#include <boost/geometry.hpp>
#include <boost/geometry/geometries/point.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <cstdint>
#include <utility>

#include "partition/algorithms/baselines.hpp"

namespace gridgov::partition::baselines {
namespace {

using Place = boost::geometry::model::point<double, 2, boost::geometry::cs::cartesian>;
using Centre = std::pair<Place, std::uint32_t>;

}  // namespace

std::vector<std::int32_t> kmeans(const Town& town, const neighbours::Neighbours& neighbours,
                                 const Options& options) {
    return by_component(
        town, neighbours, options, [](const Component& component, std::span<std::uint32_t> out) {
            constexpr int rounds = 25;
            const auto count = static_cast<std::size_t>(component.count.courtyards);
            std::vector<Centre> centres(count);
            for (std::size_t k = 0; k < count; ++k) {  // evenly along the Hilbert curve
                const std::size_t i = (2 * k + 1) * out.size() / (2 * count);
                centres[k] = {Place(component.x_um[i], component.y_um[i]),
                              static_cast<std::uint32_t>(k)};
            }
            std::vector<Centre> nearest;
            for (int round = 0; round < rounds; ++round) {
                const boost::geometry::index::rtree<Centre, boost::geometry::index::rstar<16>>
                    index(centres.begin(), centres.end());
                std::vector<double> x(count, 0), y(count, 0), households(count, 0);
                bool changed = false;
                for (std::uint32_t i = 0; i < out.size(); ++i) {
                    nearest.clear();
                    const Place place(component.x_um[i], component.y_um[i]);
                    index.query(boost::geometry::index::nearest(place, 1),
                                std::back_inserter(nearest));
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
            return static_cast<std::uint32_t>(count);
        });
}

}  // namespace gridgov::partition::baselines
