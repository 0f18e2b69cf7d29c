// Compiled with -fno-exceptions: faults are asked for, not caught.
#include <gridgov/gridgov.hpp>

#include <vector>

std::size_t faults(const std::vector<double>& x_m, const std::vector<double>& y_m);

std::size_t faults(const std::vector<double>& x_m, const std::vector<double>& y_m) {
    gridgov::TownColumns columns;
    columns.households.x_m = x_m;
    columns.households.y_m = y_m;
    return gridgov::Town::check(columns).findings.size();
}
