// Where the hamlets of a village lie along its river.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulate/random.hpp"

namespace gridgov::simulate {

// Of a village, in metres. Rows of houses run along the river, one above the other.
inline constexpr double row_spacing_m = 42;
inline constexpr double slot_spacing_m = 20;  ///< between houses of a row
inline constexpr double slope_top_m = 640;    ///< no row is farther from the river

/// A hamlet (组): rows of houses on both sides of a lane.
struct Hamlet {
    std::int64_t households = 0;
    std::int64_t bridgeheads = 0;  ///< of them, households beside a bridge
    std::uint32_t number = 0;      ///< its name in the village, from 1
    std::int64_t rows = 0;
    double first_row_m = 0;        ///< from the river
    double last_row_m() const {
        return first_row_m + row_spacing_m * static_cast<double>(rows - 1);
    }
};

/// Hamlets one above the other on a lane that leaves the road uphill.
struct Column {
    int side = 1;                 ///< 1: left of the river, −1: right
    double along_m = 0;           ///< where the lane leaves the road
    std::int64_t half_slots = 2;  ///< most houses in a row from the lane to its end
    double gap_m = 0;             ///< free of other columns beyond half_width_m
    std::uint64_t seed = 0;       ///< of the lane's bends
    std::vector<Hamlet> hamlets;

    double half_width_m() const {
        return slot_spacing_m * static_cast<double>(half_slots) + 30;
    }
};

/// A bridge at a column on the right; the household at its left end belongs to the column `left`.
struct Bridge {
    std::size_t right = 0;
    std::size_t left = 0;
};

struct VillagePlan {
    std::vector<Column> columns;  ///< ascending along the river
    std::vector<Bridge> bridges;  ///< ascending, so many that the right side hangs together with the
                                  ///< left: one for every three columns
    double end_m = 0;
};

/// Lays out a village from `start_m` on. Hamlets have 8 to 60 households, fewer only where the village
/// has; those below 40 households have no houses on the right side.
VillagePlan plan_village(std::int64_t households, double start_m, Random& random);

}  // namespace gridgov::simulate
