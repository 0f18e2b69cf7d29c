// A service that brings courtyards up to date every night: reads yesterday's, revises them with as
// few moves as can be, and puts the new file in the place of the old one only when it is whole.
#include <gridgov/gridgov.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

struct Household {
    std::string id;
    double x_m, y_m;
};

/// What is kept from one day to the next: courtyards.csv, and the ids that are not given again.
struct Kept {
    std::vector<std::string> households, courtyards, heads, retired;
};

Kept read(const std::filesystem::path& folder) {
    Kept kept;
    std::ifstream rows(folder / "courtyards.csv"), retired(folder / "retired.txt");
    for (std::string household, courtyard, head;
         std::getline(rows, household, ',') && std::getline(rows, courtyard, ',') &&
         std::getline(rows, head);) {
        kept.households.push_back(household);
        kept.courtyards.push_back(courtyard);
        kept.heads.push_back(head);
    }
    for (std::string id; std::getline(retired, id);) kept.retired.push_back(id);
    return kept;
}

/// Beside the file first, then over it: who reads never sees half of it, a crash loses nothing.
void replace(const std::filesystem::path& file, const std::string& text) {
    const auto beside = std::filesystem::path(file).concat(".new");
    std::ofstream out(beside, std::ios::binary);
    out << text;
    out.close();
    if (!out) throw std::runtime_error("cannot write " + beside.string());
    std::filesystem::rename(beside, file);
}

void revise_today(const std::vector<Household>& households, const std::filesystem::path& folder) {
    namespace partition = gridgov::partition;
    const Kept kept = read(folder);
    const auto town = gridgov::adapt::town(
        households, {.x_m = &Household::x_m, .y_m = &Household::y_m, .id = &Household::id});
    const auto neighbours = gridgov::neighbours::build(town);
    partition::PreviousAssignment before;  // borrowed; empty on the first day, when all enter
    before.household_ids = gridgov::TextColumn(kept.households);
    before.courtyard_ids = gridgov::TextColumn(kept.courtyards);
    before.head_ids = gridgov::TextColumn(kept.heads);
    before.retired_ids = gridgov::TextColumn(kept.retired);
    const auto revision = partition::revise(town, neighbours, before);

    const auto& courtyards = revision.partition.courtyards;
    std::string rows, retired;
    for (std::size_t i = 0; i != households.size(); ++i) {
        const auto courtyard = static_cast<std::size_t>(revision.partition.labels[i]);
        rows += households[i].id + "," + courtyards.ids[courtyard] + "," +
                town.id(gridgov::HouseholdIndex(courtyards.head[courtyard])) + "\n";
    }
    for (const std::string& id : revision.retired_ids) retired += id + "\n";
    // Ids first: should only this one be written, some are never used, but none is used twice.
    replace(folder / "retired.txt", retired);
    replace(folder / "courtyards.csv", rows);
    std::cout << courtyards.size() << " courtyards; " << revision.entered << " entered, "
              << revision.left << " left, " << revision.moved << " moved (at least "
              << revision.moved_lower_bound << " must), " << revision.kept << " stay\n";
}

int main(int arguments, char** argument) {
    const std::filesystem::path folder = arguments > 1 ? argument[1] : ".";
    std::filesystem::remove(folder / "courtyards.csv");
    std::filesystem::remove(folder / "retired.txt");
    try {
        std::vector<Household> households;
        for (int i = 0; i != 120; ++i)
            households.push_back(
                {"h" + std::to_string(1000 + i), 25.0 * (i % 20), 35.0 * (i / 20)});
        revise_today(households, folder);
        revise_today(households, folder);  // nothing happened: nothing changes
        for (int i = 0; i != 9; ++i)  // a house of flats; and a corner is pulled down
            households.push_back({"h" + std::to_string(2000 + i), 300.0 + i, 20});
        std::erase_if(households, [](const Household& h) { return h.x_m < 130 && h.y_m < 40; });
        revise_today(households, folder);
    } catch (const gridgov::DataError& error) {  // yesterday's file is still there
        for (const auto& finding : error.findings())
            std::cerr << gridgov::message(finding, gridgov::Language::en) << '\n';
        return 2;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
