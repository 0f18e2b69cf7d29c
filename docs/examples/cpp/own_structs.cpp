// Households and paths as a program has them already, without copying them into tables first.
#include <gridgov/gridgov.hpp>

#include <deque>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

struct Family {
    int number;
    std::string hamlet;
    float east_m, north_m;
    std::vector<std::string> people;
    bool away;
    std::optional<std::string> kin;  // families of one clan want one courtyard
};

struct Path {
    int from, to;
    double metres;
};

int main() {
    std::deque<Family> families;  // any range that can be gone over twice
    std::vector<Path> paths;
    for (int i = 0; i != 72; ++i) {
        const auto lane = static_cast<float>(i / 12), house = static_cast<float>(i % 12);
        families.push_back({100 + i, i < 48 ? "Lower" : "Upper", 30 * house, 40 * lane,
                            {"somebody", "somebody else"}, i % 5 == 0, std::nullopt});
        if (i % 12 != 0) paths.push_back({99 + i, 100 + i, 30});
        if (i >= 12) paths.push_back({88 + i, 100 + i, 40});
    }
    families[3].kin = families[9].kin = "Li";

    // A member, or anything that can be called with a row; an integer is an id by its digits.
    namespace adapt = gridgov::adapt;
    const auto households = adapt::households(
        families, {.x_m = &Family::east_m, .y_m = &Family::north_m, .id = &Family::number,
                   .village = &Family::hamlet,
                   .may_be_head = [](const Family& family) { return !family.away; },
                   .pin = &Family::kin});
    const auto links =
        adapt::links(paths, {.u = &Path::from, .v = &Path::to, .length_m = &Path::metres});
    gridgov::TownColumns columns;
    columns.households = households.columns();
    columns.links = links.columns();
    try {
        const auto town = gridgov::Town::make(columns);
        const auto neighbours = gridgov::neighbours::build(town);
        const auto result = gridgov::partition::solve(town, neighbours);
        for (std::size_t i = 0; i != result.courtyards.size(); ++i) {
            const Family& head = families[result.courtyards.head[i]];  // rows as in the range
            std::cout << result.courtyards.ids[i] << ": " << result.courtyards.households[i]
                      << " families around number " << head.number << '\n';
        }
        std::cout << "The Li families share one: "
                  << (result.labels[3] == result.labels[9] ? "yes" : "no") << '\n';
    } catch (const gridgov::DataError& error) {
        for (const auto& finding : error.findings())
            std::cerr << gridgov::message(finding, gridgov::Language::en) << '\n';
        return 2;
    }
}
