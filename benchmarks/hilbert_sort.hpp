// The yardstick of scaling: points sorted along a Hilbert curve, as fast as one core does it.
#pragma once

#include <cstdint>
#include <vector>

namespace gridgov::benchmarks {

struct PointOfPlane {
    double x_m, y_m;
};

/// The points in the order of a Hilbert curve of 2^16 × 2^16 cells over their box: keys by tables of
/// four levels, a radix sort of keys and numbers, one pass to put the points in order. Every point is
/// finite.
std::vector<PointOfPlane> hilbert_sorted(const std::vector<double>& x_m,
                                         const std::vector<double>& y_m);

}  // namespace gridgov::benchmarks
