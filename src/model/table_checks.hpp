// Checks that every table goes through: as long as it should be, countable, in the plane.
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "gridgov/finding.hpp"
#include "gridgov/model/units.hpp"

namespace gridgov::model {

/// A finding about one row of a table.
Finding row_fault(Code code, Table table, std::size_t row, std::vector<std::string> records = {},
                  std::vector<std::pair<std::string, std::string>> fields = {});

/// Whether a column is as long as its table; if not, that is a fault.
bool check_length(std::string_view column, std::size_t length, std::size_t expected, Table table,
                  std::vector<Finding>& findings);

/// Whether rows can be numbered in 32 bits, and labels in 31; if not, that is a fault.
bool check_countable(std::size_t rows, Table table, std::vector<Finding>& findings);

/// Whether both coordinates are finite and in the plane. Inlined: it runs for every point.
inline bool in_plane(double x_m, double y_m) noexcept {
    return std::fabs(x_m) <= coordinate_m_max && std::fabs(y_m) <= coordinate_m_max;
}

/// What is wrong with coordinates that are not in the plane, added to `fault`, which names the row.
Finding coordinate_fault(double x_m, double y_m, Finding fault);

}  // namespace gridgov::model
