#include <gridgov/gridgov.hpp>

#include <iostream>
#include <vector>

int main() {
    // Forty households along two lanes, in metres.
    std::vector<double> x_m, y_m;
    for (int lane = 0; lane != 2; ++lane)
        for (int house = 0; house != 20; ++house) {
            x_m.push_back(25.0 * house);
            y_m.push_back(60.0 * lane);
        }
    gridgov::TownColumns columns;
    columns.households.x_m = x_m;
    columns.households.y_m = y_m;
    try {
        const auto town = gridgov::Town::make(columns);
        const auto neighbours = gridgov::neighbours::build(town);
        const auto result = gridgov::partition::solve(town, neighbours);
        const auto& courtyards = result.courtyards;
        for (std::size_t i = 0; i != courtyards.size(); ++i)
            std::cout << courtyards.ids[i] << ": " << courtyards.households[i] << " households, head "
                      << town.id(gridgov::HouseholdIndex(courtyards.head[i])) << ", "
                      << courtyards.mean_distance_m[i] << " m away on average\n";
        const auto proof = gridgov::partition::verify(town, neighbours.graph,
                                                      neighbours.walk_network,
                                                      {.labels = result.labels}, {});
        return proof.holds() ? 0 : 1;
    } catch (const gridgov::DataError& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
