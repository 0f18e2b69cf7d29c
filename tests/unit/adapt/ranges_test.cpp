#include "gridgov/adapt/ranges.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <vector>

using namespace gridgov;

namespace {

struct Family {
    std::string code;
    float east, north;
    std::string_view village;
    int people;
    bool adult_at_home;
    std::optional<std::string> pin;
    int team;
};

const std::vector<Family> families{
    {"f2", 0.5F, 1, "西村", 3, true, std::nullopt, 1},
    {"f1", 10, 2, "东村", 2, false, "老李家", 2},
    {"f3", 20, 3, "东村", 5, true, "老李家", 2},
};

}  // namespace

TEST_CASE("a vector of structs becomes a town through member pointers and lambdas") {
    const Town town = adapt::town(
        families, {.x_m = &Family::east,
                   .y_m = &Family::north,
                   .id = &Family::code,
                   .weight = [](const Family& family) { return family.people; },
                   .village = &Family::village,
                   .may_be_head = &Family::adult_at_home,
                   .pin = &Family::pin,
                   .group = &Family::team,
                   .previous_courtyard = [](const Family& family) {
                       return "old-" + std::to_string(family.team);
                   }});
    REQUIRE(town.households() == 3);
    CHECK(town.id(HouseholdIndex(0)) == "f2");
    CHECK(town.rank()[0] == 1);
    CHECK(town.positions()[0] == Position{500'000, 1'000'000});
    CHECK(town.weights()[2] == weight_from_number(5));
    CHECK(town.village_name(VillageIndex(town.village_of()[0])) == "西村");
    CHECK(town.may_be_head()[1] == 0);
    CHECK(town.pin_of()[0] == no_index);
    CHECK(town.pin_name(town.pin_of()[1]) == "老李家");
    CHECK(town.group_name(town.group_of()[0]) == "1");
    CHECK(town.previous_name(town.previous_of()[2]) == "old-2");
}

TEST_CASE("what is not named is absent") {
    const Town town = adapt::town(families, {.x_m = &Family::east, .y_m = &Family::north});
    CHECK(town.id(HouseholdIndex(2)) == "2");
    CHECK(town.villages() == 1);
    CHECK(town.weights()[2] == weight_from_number(1));
    CHECK(town.pin_of().empty());
}

TEST_CASE("texts that live in the elements are not copied, made-up ones are") {
    const auto table = adapt::households(families, {.x_m = &Family::east,
                                                    .y_m = &Family::north,
                                                    .id = &Family::code,
                                                    .village = &Family::village,
                                                    .pin = [](const Family& family) {
                                                        return family.code + "!";
                                                    }});
    const HouseholdColumns columns = table.columns();
    CHECK(columns.ids[1].data() == families[1].code.data());
    CHECK(columns.villages[1].data() == families[1].village.data());
    CHECK(columns.pins[1] == "f1!");
    CHECK_FALSE(columns.groups.present());
    CHECK(columns.weights.empty());
}

TEST_CASE("a table keeps what it owns when it is moved") {
    auto table = adapt::households(
        families, {.x_m = &Family::east, .y_m = &Family::north, .id = [](const Family& family) {
                       return family.code;  // a copy, so short that it lives inside the string
                   }});
    const auto moved = std::move(table);
    CHECK(moved.columns().ids[2] == "f3");
    CHECK(moved.columns().x_m[2] == 20);
}

TEST_CASE("any sized range will do: arrays, deques, lists, spans, pairs, pointers") {
    using Place = std::pair<double, long>;
    const auto check = [](const auto& range) {
        const Town town =
            adapt::town(range, {.x_m = &Place::first, .y_m = &Place::second});
        REQUIRE(town.households() == 2);
        CHECK(town.positions()[1] == Position{3'000'000, -4'000'000});
    };
    check(std::array<Place, 2>{Place{1, 2}, Place{3, -4}});
    check(std::vector<Place>{{1, 2}, {3, -4}});
    check(std::deque<Place>{{1, 2}, {3, -4}});
    check(std::list<Place>{{1, 2}, {3, -4}});
    const std::vector<Place> owner{{1, 2}, {3, -4}};
    check(std::span<const Place>(owner));

    const std::vector<const Family*> pointers{&families[0], &families[1]};
    const Town town = adapt::town(
        pointers, {.x_m = &Family::east, .y_m = &Family::north, .id = &Family::code});
    CHECK(town.id(HouseholdIndex(1)) == "f1");
}

TEST_CASE("a range whose elements are made while it is read is copied") {
    struct Counter {  // an iterator that gives values, not references
        using value_type = std::string;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::forward_iterator_tag;
        int at = 0;
        std::string operator*() const { return std::string(40, static_cast<char>('a' + at)); }
        Counter& operator++() { ++at; return *this; }
        Counter operator++(int) { return {at++}; }
        bool operator==(const Counter&) const = default;
    };
    struct Letters {
        Counter begin() const { return {0}; }
        Counter end() const { return {3}; }
        std::size_t size() const { return 3; }
    };
    const Letters letters;
    const auto table = adapt::households(
        letters, {.x_m = &std::string::size,
                  .y_m = [](const std::string&) { return 0; },
                  .id = [](const std::string& letter) -> const std::string& { return letter; }});
    CHECK(table.columns().ids[2] == std::string(40, 'c'));
    CHECK(table.columns().x_m[1] == 40);
}

TEST_CASE("an optional coordinate that is absent is a household that is not located") {
    struct Point {
        std::optional<double> x, y;
        const char* team;
    };
    const std::vector<Point> points{{1, 2, "t"}, {std::nullopt, std::nullopt, "t"}};
    const adapt::HouseholdAccessors<std::vector<Point>> accessors{
        .x_m = &Point::x, .y_m = &Point::y, .group = &Point::team};
    CHECK_THROWS_AS((void)adapt::town(points, accessors), DataError);
    const Town town = adapt::town(points, accessors, {.unlocated = Unlocated::group});
    CHECK(town.anchor_of()[1] == 0);
}

TEST_CASE("faults are the town's own") {
    const std::vector<Family> none;
    CHECK_THROWS_AS((void)adapt::town(none, {.x_m = &Family::east, .y_m = &Family::north}),
                    DataError);
    const std::vector<Family> twice{families[0], families[0]};
    try {
        (void)adapt::town(twice, {.x_m = [](const Family&) { return HUGE_VALF; },
                                  .y_m = &Family::north,
                                  .id = &Family::code});
        FAIL("a town was made of faults");
    } catch (const DataError& error) {
        CHECK(error.findings().size() == 3);
    }
}

TEST_CASE("links and ways from structs join a town") {
    struct Path {
        int from, to;
        float metres;
    };
    struct Junction {
        int number;
        double x, y;
    };
    const std::vector<Path> paths{{2, 0, 1.5F}, {0, 1, 2.5F}};
    const std::vector<Junction> junctions{{0, 0, 0}, {1, 5, 5}, {2, 9, 9}};
    const auto households =
        adapt::households(families, {.x_m = &Family::east, .y_m = &Family::north});
    const auto links =
        adapt::links(paths, {.u = &Path::from, .v = &Path::to, .length_m = &Path::metres});
    const auto ways = adapt::ways(
        junctions, {.id = &Junction::number, .x_m = &Junction::x, .y_m = &Junction::y}, paths,
        {.u = &Path::from, .v = &Path::to, .length_m = &Path::metres});
    TownColumns columns;
    columns.households = households.columns();
    columns.links = links.columns();
    columns.ways = ways.columns();
    const Town town = Town::make(columns);
    REQUIRE(town.links().size() == 2);
    CHECK(town.links()[0].v == 1);
    CHECK(town.links()[0].length_m == 2.5);
    CHECK(town.ways().size() == 2);
    CHECK(town.way_nodes()[2] == Position{9'000'000, 9'000'000});
}

namespace {

template <class Range>
concept HouseholdsCompile = requires(Range&& range, adapt::HouseholdAccessors<Range> accessors) {
    adapt::households(std::forward<Range>(range), accessors);
};
using Families = std::vector<Family>;

}  // namespace

TEST_CASE("mistakes do not compile") {
    using Number = adapt::Numbers<Families>;
    using Text = adapt::Texts<Families>;
    CHECK(std::is_constructible_v<Number, int Family::*>);
    CHECK_FALSE(std::is_constructible_v<Number, std::string Family::*>);
    CHECK_FALSE(std::is_constructible_v<Number, bool Family::*>);
    CHECK_FALSE(std::is_constructible_v<Number, int>);
    CHECK_FALSE(std::is_default_constructible_v<Number>);
    CHECK_FALSE(std::is_constructible_v<Text, float Family::*>);
    CHECK_FALSE(std::is_constructible_v<adapt::Flags<Families>, std::string Family::*>);
    CHECK_FALSE(HouseholdsCompile<Families>);  // a temporary would leave views without texts
}
