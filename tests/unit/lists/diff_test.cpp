#include "gridgov/lists/diff.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "catalogue_text.hpp"
#include "random_catalogue.hpp"

using namespace gridgov;
using namespace gridgov::lists;
using namespace gridgov::lists::test;

namespace {

constexpr std::string_view people = R"(
[[actor]]
id = "town"
level = "town"
[[actor]]
id = "east"
level = "village"
parent = "town"
[[actor]]
id = "west"
level = "village"
parent = "town"
[[person]]
id = "p"
posts = ["east.secretary", "west.secretary"]
)";

}  // namespace

TEST_CASE("diff: heavier, lighter, moved, added, removed, relisted") {
    const Catalogue older =
        read_texts({"[catalogue]\neffective_from = 2025-01-01\neffective_to = 2026-01-01\n" +
                    std::string(people) + R"(
[[item]]
id = "A"
matter = "a"
list = "must"
actor = "level:village"
lead = "secretary"
hours = 2
recurrence = "FREQ=MONTHLY;BYMONTHDAY=20"
[[item]]
id = "B"
matter = "b"
list = "assist"
actor = "east"
hours = 1
recurrence = "FREQ=WEEKLY;BYDAY=MO"
[[item]]
id = "C"
matter = "c"
list = "must"
actor = "west"
[[item]]
id = "D"
matter = "d"
list = "must"
actor = "town"
[[item]]
id = "old-number"
matter = "e"
list = "must"
actor = "town"
)"});
    const Catalogue newer =
        read_texts({"[catalogue]\neffective_from = 2026-01-01\neffective_to = 2027-01-01\n" +
                    std::string(people) + R"(
[[item]]
id = "A"
matter = "a"
list = "must"
actor = "level:village"
lead = "secretary"
hours = 2
recurrence = "FREQ=MONTHLY;BYMONTHDAY=10,20"
[[item]]
id = "B"
matter = "b"
list = "assist"
actor = "town"
hours = 1
recurrence = "FREQ=WEEKLY;BYDAY=MO"
[[item]]
id = "D"
matter = "d"
list = "reclaimed"
actor = "town"
[[item]]
id = "new-number"
matter = "e"
list = "must"
actor = "town"
[[item]]
id = "F"
matter = "f"
list = "certify"
actor = "west"
)"});
    const Difference difference = diff(older, newer);
    std::vector<std::string> got;
    for (const ItemChange& change : difference.items)
        got.push_back(std::string(change_name(change.kind)) + " " +
                      (change.newer.exists() ? newer.item(change.newer).id
                                             : older.item(change.older).id));
    CHECK(got == std::vector<std::string>{"heavier A", "moved B", "removed C", "relisted D", "added F"});
    CHECK(difference.items[0].hours_older == 48);
    CHECK(difference.items[0].hours_newer == 96);
    CHECK(difference.items[1].leads_older == std::vector<std::string>{"east"});
    CHECK(difference.items[1].leads_newer == std::vector<std::string>{"town"});
    CHECK(difference.items[1].hours_newer == 52);

    std::vector<std::string> loads;
    for (const LoadChange& load : difference.loads)
        loads.push_back(load.actor + "." + load.post + " " + std::string(shift_name(load.shift)) + " " +
                        std::to_string(load.items_older) + ">" + std::to_string(load.items_newer));
    CHECK(loads == std::vector<std::string>{"east. lighter 1>0", "east.secretary heavier 1>1",
                                            "town. heavier 2>2", "west. same 1>1",
                                            "west.secretary heavier 1>1"});
}

TEST_CASE("diff: of a catalogue with itself is nothing, and back is forth") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        Dice dice(seed);
        const Catalogue one = Catalogue::make(random_layers(dice, 30));
        const Catalogue other = Catalogue::make(random_layers(dice, 30));
        CHECK(diff(one, one).items.empty());
        for (const LoadChange& load : diff(one, one).loads) CHECK(load.shift == Shift::same);
        const Difference forth = diff(one, other);
        const Difference back = diff(other, one);
        CHECK(forth.items.size() == back.items.size());
        REQUIRE(forth.loads.size() == back.loads.size());
        for (std::size_t i = 0; i < forth.loads.size(); ++i) {
            CHECK(forth.loads[i].items_older == back.loads[i].items_newer);
            CHECK((forth.loads[i].shift == Shift::heavier) == (back.loads[i].shift == Shift::lighter));
        }
    }
}
