// A town, rulebooks with their register, and a catalogue: small, by public headers only.
#pragma once

#include <gridgov/gridgov.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace samples {

inline gridgov::Town town(std::int64_t households) {
    const auto township =
        gridgov::simulate::township({.households = households, .villages = 3, .seed = 1});
    return gridgov::Town::make(township.columns(false, true));
}

inline gridgov::points::Rulebooks rulebooks(int points_per_hour = 1) {
    const std::string text = "[rulebook]\nid = \"r\"\nvillages = [\"*\"]\n"
                             "effective_from = 2026-01-01\n\n[[rule]]\nid = \"volunteer\"\n"
                             "deed = \"volunteer\"\nper = \"hour\"\nwhen = { age = \">= 16\" }\n"
                             "points = " + std::to_string(points_per_hour) + "\n";
    const gridgov::points::RulebookSource source{text, "r.toml"};
    return gridgov::points::Rulebooks::read_toml({&source, 1});
}

/// Two villages' deeds of a month; the columns borrow from it.
class Register {
public:
    Register() {
        for (int household = 0; household != 40; ++household) {
            std::string id("h");
            id += std::to_string(100 + household);
            households_.push_back(id);
            villages_.emplace_back(household % 2 == 0 ? "east" : "west");
            ages_.push_back(10.0 + household);
            for (int deed = 0; deed != 5; ++deed) {
                numbers_.push_back(id + "-" + std::to_string(deed));
                dates_.push_back(gridgov::date_of(2026, 3, 1).days + deed);
                who_.push_back(id);
                hours_.push_back(1 + deed);
            }
        }
        deeds_.assign(numbers_.size(), "volunteer");
        stages_.assign(numbers_.size(), "posted");
    }
    Register(const Register&) = delete;
    Register& operator=(const Register&) = delete;

    gridgov::points::Tables tables() const {
        gridgov::points::Tables tables;
        tables.households.household_ids = gridgov::TextColumn(households_);
        tables.households.villages = gridgov::TextColumn(villages_);
        gridgov::conditions::ValueColumn ages;
        ages.numbers = ages_;
        tables.households.columns.push_back({.name = "age", .values = ages, .keys = {}});
        tables.deeds.register_nos = gridgov::TextColumn(numbers_);
        tables.deeds.dates.days = dates_;
        tables.deeds.household_ids = gridgov::TextColumn(who_);
        tables.deeds.deeds = gridgov::TextColumn(deeds_);
        tables.deeds.stages = gridgov::TextColumn(stages_);
        tables.deeds.units.integers = hours_;
        return tables;
    }

private:
    std::vector<std::string> households_, villages_, numbers_, who_, deeds_, stages_;
    std::vector<double> ages_;
    std::vector<std::int32_t> dates_;
    std::vector<std::int64_t> hours_;
};

inline gridgov::lists::Catalogue catalogue() {
    const gridgov::lists::Source source{R"(
[catalogue]
id = "c"
jurisdiction = "CN"
effective_from = 2026-01-01

[[actor]]
id = "east"
title = { en = "East" }
level = "village"

[[item]]
id = "i1"
matter = "fire/grass"
title = { en = "grass fires" }
list = "must"
actor = "level:village"
when = { hectares = "< 2" }
recurrence = "FREQ=MONTHLY;BYMONTHDAY=20"

[[item]]
id = "i2"
matter = "fire"
title = { en = "fires" }
list = "negative"
actor = "level:village"
when = { hectares = ">= 2" }
)", "c.toml"};
    return gridgov::lists::Catalogue::read_toml({&source, 1});
}

}  // namespace samples
