#include <gridgov/gridgov.hpp>

#include <iostream>
#include <string>
#include <vector>

int main() {
    namespace points = gridgov::points;
    const points::RulebookSource file{R"(
[rulebook]
id = "ganquan-2026"
villages = ["*"]
effective_from = 2026-01-01

[[rule]]
id = "volunteer"
deed = "volunteer"
points = 1
per = "hour"
units_max = 2
)", "rules.toml"};
    using Texts = std::vector<std::string>;
    const Texts households{"h1", "h2"}, villages{"east", "east"};
    const Texts numbers{"r1", "r2"}, dates{"2026-03-01", "2026-03-02"}, who{"h1", "h1"};
    const Texts deeds{"volunteer", "volunteer"}, stages{"posted", "posted"};
    const std::vector<std::int64_t> hours{1, 5};
    points::Tables tables;  // columns are borrowed, not copied
    tables.households.household_ids = gridgov::TextColumn(households);
    tables.households.villages = gridgov::TextColumn(villages);
    tables.deeds.register_nos = gridgov::TextColumn(numbers);
    tables.deeds.dates.texts = gridgov::TextColumn(dates);
    tables.deeds.household_ids = gridgov::TextColumn(who);
    tables.deeds.deeds = gridgov::TextColumn(deeds);
    tables.deeds.stages = gridgov::TextColumn(stages);
    tables.deeds.units.integers = hours;
    try {
        const auto rules = points::Rulebooks::read_toml({&file, 1});
        const auto settled = points::settle(rules, tables, gridgov::date_of(2026, 3, 31));
        for (std::uint32_t e = 0; e != settled.entries.size(); ++e)
            std::cout << settled.rows.register_nos[settled.entries.rows[e]] << ": "
                      << settled.entries.points[e] << " points; "
                      << gridgov::report::reason_text(rules, settled, e, gridgov::Language::en)
                      << '\n';
        return settled.households.balance[0] == 3 && settled.summary.conserved ? 0 : 1;
    } catch (const gridgov::DataError& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
