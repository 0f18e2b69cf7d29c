// Reading what the benchmarks run on: plain comma-separated tables with a header, nothing hostile.
#pragma once

#include <string>
#include <vector>

#include "gridgov/model/town.hpp"

namespace gridgov::benchmarks {

/// Households from `id,x_m,y_m`, and ways where given.
struct Settlement {
    std::string name;  ///< the file's folder, or its stem
    std::vector<std::string> ids;
    std::vector<double> x_m, y_m;
    std::vector<std::string> node_ids, way_u, way_v;
    std::vector<double> node_x_m, node_y_m, way_length_m;

    TownColumns columns() const;
};

Settlement read_settlement(const std::string& households, const std::string& nodes = {},
                           const std::string& ways = {});

/// Clustered points like settlements in a landscape: `count` households in hamlets of Gaussian
/// scatter around centres that are themselves scattered, and one in ten anywhere. Deterministic.
Settlement synthetic_settlement(std::size_t count, std::uint64_t seed);

}  // namespace gridgov::benchmarks
