#include "gridgov/lists/decide.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "gridgov/error.hpp"
#include "catalogue_text.hpp"
#include "random_catalogue.hpp"

using namespace gridgov;
using namespace gridgov::lists;
using namespace gridgov::lists::test;

namespace {

constexpr std::string_view village_lists = R"(
[catalogue]
effective_from = 2026-01-01
unlisted = "refer"
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
[[item]]
id = "M1"
matter = "civil/low-income/visit"
except = ["civil/low-income/visit/audit"]
list = "must"
actor = "level:village"
[[item]]
id = "N1"
matter = "civil/low-income/visit/approve"
list = "negative"
actor = "level:village"
[[item]]
id = "C1"
matter = "certificate/residence"
list = "certify"
actor = "level:village"
villages = ["east"]
when = { age = ">= 18" }
[[item]]
id = "NC"
matter = "certificate/kin"
list = "negative"
actor = "level:village"
[[item]]
id = "R1"
matter = "tax"
list = "reclaimed"
actor = "town"
effective_to = 2026-07-01
)";

Request ask(std::string_view actor, std::string_view matter, Date date = date_of(2026, 3, 1)) {
    Request request;
    request.actor = actor;
    request.matter = matter;
    request.date = date;
    return request;
}

std::vector<std::string> ids(const Catalogue& catalogue, const std::vector<ItemIndex>& items) {
    std::vector<std::string> result;
    for (const ItemIndex item : items) result.push_back(catalogue.item(item).id);
    return result;
}

}  // namespace

TEST_CASE("decide: each verdict") {
    const Catalogue catalogue = read_texts({village_lists});
    Decision decision = decide(catalogue, ask("east", "civil/low-income/visit/home"));
    CHECK(decision.verdict == Verdict::must);
    CHECK(catalogue.item(decision.item).id == "M1");
    CHECK(decision.overridden.empty());
    CHECK(!decision.unlisted_default);

    decision = decide(catalogue, ask("east", "civil/low-income/visit/approve/now"));
    CHECK(decision.verdict == Verdict::refuse_negative);
    CHECK(ids(catalogue, decision.overridden) == std::vector<std::string>{"M1"});
    CHECK(!decision.nearest_miss);

    CHECK(decide(catalogue, ask("east", "certificate/kin")).verdict == Verdict::refuse_certificate);
    CHECK(decide(catalogue, ask("town", "tax/collect")).verdict == Verdict::refuse_reclaimed);

    decision = decide(catalogue, ask("town", "tax/collect", date_of(2026, 7, 1)));
    CHECK(decision.verdict == Verdict::unlisted);
    CHECK(decision.unlisted_default == Unlisted::refer);
    CHECK(!decision.nearest_miss);  // only a reclaimed item is near

    const std::vector<Attribute> adult{{"age", 18.0}};
    Request request = ask("east", "certificate/residence");
    request.attributes = adult;
    CHECK(decide(catalogue, request).verdict == Verdict::may_certify);
    request.village = "west";
    decision = decide(catalogue, request);
    CHECK(decision.verdict == Verdict::refuse_certificate);
    CHECK(!decision.item.exists());
    CHECK(decision.unlisted_default == Unlisted::refuse);
    REQUIRE(decision.nearest_miss);
    CHECK(catalogue.item(decision.nearest_miss->item).id == "C1");
    CHECK(decision.nearest_miss->changes ==
          std::vector<Change>{{Change::Field::village, "village", "west", "east"}});

    // A bare certificate is none.
    CHECK(decide(catalogue, ask("east", "certificate")).verdict == Verdict::unlisted);
}

TEST_CASE("decide: the nearest miss says what to change") {
    const Catalogue catalogue = read_texts({village_lists});
    Decision decision = decide(catalogue, ask("town", "civil/low-income/pay", date_of(2025, 5, 5)));
    REQUIRE(decision.nearest_miss);
    CHECK(decision.nearest_miss->cost == 3);
    CHECK(decision.nearest_miss->changes ==
          std::vector<Change>{
              {Change::Field::actor, "actor", "town", "level:village"},
              {Change::Field::date, "date", "2025-05-05", "2026-01-01"},
              {Change::Field::matter, "matter", "civil/low-income/pay", "civil/low-income/visit"}});
    decision = decide(catalogue, ask("west", "certificate/residence"));
    REQUIRE(decision.nearest_miss);
    CHECK(decision.nearest_miss->changes ==
          std::vector<Change>{{Change::Field::village, "village", "west", "east"},
                              {Change::Field::attribute, "age", "null", "18"}});
    decision = decide(catalogue, ask("east", "civil/low-income/visit/audit/x"));
    REQUIRE(decision.nearest_miss);
    CHECK(decision.nearest_miss->cost == 1);
    CHECK(decision.nearest_miss->changes[0].to == "civil/low-income/visit");
    CHECK(!decide(catalogue, ask("east", "roads")).nearest_miss);
}

TEST_CASE("decide: refuses what is no request") {
    const Catalogue catalogue = read_texts({village_lists});
    std::string near;
    const auto code = [&](const Request& request) {
        try {
            decide(catalogue, request);
        } catch (const UsageError& error) {
            CHECK(!message(error.finding(), Language::zh).empty());
            near = field(error.finding(), "near");
            return error.finding().code;
        }
        return Code{};
    };
    CHECK(code(ask("nobody", "a")) == Code::request_unknown_actor);
    CHECK(near.empty());
    CHECK(code(ask("esat", "a")) == Code::request_unknown_actor);
    CHECK(near == "east");
    CHECK(code(ask("east", "a//b")) == Code::request_matter_invalid);
    CHECK(code(ask("east", "a", Date::none())) == Code::request_date_missing);
    CHECK(code(ask("east", "a", date_max + 1)) == Code::request_date_missing);
    Request request = ask("east", "a");
    request.village = "town";
    CHECK(code(request) == Code::request_unknown_village);
    std::string deep = "a";
    for (int i = 0; i < 1000; ++i) deep += "/b";
    CHECK(code(ask("east", deep)) == Code::request_matter_invalid);
}

TEST_CASE("decide: attributes from the command line") {
    std::string storage;
    CHECK(std::get<double>(attribute_value("18", storage)) == 18);
    CHECK(std::get<bool>(attribute_value("true", storage)));
    CHECK(std::get<std::string_view>(attribute_value("\"18\"", storage)) == "18");
    CHECK(std::get<std::string_view>(attribute_value("党员", storage)) == "党员");
    CHECK(std::holds_alternative<std::monostate>(attribute_value("null", storage)));
}

TEST_CASE("decide: as the rule read literally, on random catalogues") {
    const Universe universe;
    std::uint32_t applied = 0;
    std::uint32_t missed = 0;
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        Dice dice(seed);
        const auto layers = random_layers(dice, seed % 10 == 0 ? 60 : 12);
        const Catalogue catalogue = Catalogue::make(layers);
        std::vector<Attribute> attributes;
        for (int draw = 0; draw < 12; ++draw) {
            const Request request = random_request(dice, universe, attributes);
            CAPTURE(seed);
            CAPTURE(request.actor);
            CAPTURE(request.matter);
            const Decision decision = decide(catalogue, request);
            const Ruling ruling = rule(catalogue, request);
            CHECK(ruling.item == decision.item);
            CHECK(ruling.verdict == decision.verdict);
            std::vector<const Item*> applying;
            std::vector<std::pair<std::uint32_t, std::string>> misses;
            for (const Item& item : catalogue.items()) {
                const Fit how = fit(catalogue, item, request);
                if (how.applies()) applying.push_back(&item);
                if (item.list >= List::must && !how.never &&
                    segments_of(item.matter)[0] == segments_of(request.matter)[0])
                    misses.emplace_back(how.cost(), item.id);
            }
            std::sort(applying.begin(), applying.end(),
                      [](const Item* a, const Item* b) { return before(*a, *b); });
            std::sort(misses.begin(), misses.end());
            if (!applying.empty()) {
                ++applied;
                REQUIRE(decision.item.exists());
                CHECK(catalogue.item(decision.item).id == applying[0]->id);
                REQUIRE(decision.overridden.size() + 1 == applying.size());
                for (std::size_t i = 1; i < applying.size(); ++i)
                    CHECK(catalogue.item(decision.overridden[i - 1]).id == applying[i]->id);
                CHECK(!decision.nearest_miss);
                CHECK(!decision.unlisted_default);
            } else {
                CHECK(!decision.item.exists());
                CHECK(decision.unlisted_default.has_value());
                REQUIRE(decision.nearest_miss.has_value() == !misses.empty());
                if (!misses.empty()) {
                    ++missed;
                    CHECK(decision.nearest_miss->cost == misses[0].first);
                    CHECK(catalogue.item(decision.nearest_miss->item).id == misses[0].second);
                }
            }
        }
    }
    CHECK(applied > 1500);
    CHECK(missed > 1500);
}

TEST_CASE("decide: a batch says what single requests say") {
    Dice dice(7);
    const Universe universe;
    const Catalogue catalogue = Catalogue::make(random_layers(dice, 60));
    std::vector<std::string> actors, matters, villages, roles;
    std::vector<std::int32_t> dates;
    std::vector<double> ages;
    std::vector<Ruling> expected;
    std::vector<Attribute> attributes;
    for (int row = 0; row < 500; ++row) {
        const Request request = random_request(dice, universe, attributes);
        actors.emplace_back(request.actor);
        matters.emplace_back(request.matter);
        villages.emplace_back(request.village);
        dates.push_back(request.date.days);
        const auto age = value_named(request, "age");
        ages.push_back(std::holds_alternative<double>(age)
                           ? std::get<double>(age)
                           : std::numeric_limits<double>::quiet_NaN());
        const auto role = value_named(request, "role");
        roles.emplace_back(std::holds_alternative<std::string_view>(role)
                               ? std::get<std::string_view>(role)
                               : std::string_view());
        expected.push_back(rule(catalogue, request));
    }
    actors.insert(actors.end(), {"nobody", "east", "east", "east"});
    matters.insert(matters.end(), {"a", "a", "a//b", "a"});
    villages.insert(villages.end(), {"", "town", "", ""});
    dates.insert(dates.end(), {0, 0, 0, Date::none().days});
    ages.resize(actors.size());
    roles.resize(actors.size());
    RequestColumns columns;
    columns.actors = TextColumn(actors);
    columns.matters = TextColumn(matters);
    columns.villages = TextColumn(villages);
    columns.dates = dates;
    std::vector<RequestColumns::AttributeColumn> given(3);
    given[0].name = "age";
    given[0].values.numbers = ages;
    given[1].name = "role";
    given[1].values.texts = TextColumn(roles);
    given[2].name = "unknown";
    given[2].values.numbers = ages;
    columns.attributes = given;
    std::vector<std::uint8_t> verdicts(actors.size()), statuses(actors.size());
    std::vector<std::uint32_t> items(actors.size());
    rule(catalogue, columns, {verdicts, items, statuses});
    for (std::size_t row = 0; row < expected.size(); ++row) {
        CHECK(verdicts[row] == static_cast<std::uint8_t>(expected[row].verdict));
        CHECK(items[row] == expected[row].item.value);
        CHECK(statuses[row] == 0);
    }
    const std::vector<RowStatus> wrong{RowStatus::unknown_actor, RowStatus::unknown_village,
                                       RowStatus::matter_invalid, RowStatus::date_missing};
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        CHECK(statuses[expected.size() + i] == static_cast<std::uint8_t>(wrong[i]));
        CHECK(items[expected.size() + i] == no_index);
        CHECK(verdicts[expected.size() + i] == static_cast<std::uint8_t>(Verdict::unlisted));
    }
    CHECK_THROWS_AS(rule(catalogue, columns, {verdicts, {}, statuses}), UsageError);
    dates.pop_back();
    columns.dates = dates;
    CHECK_THROWS_AS(rule(catalogue, columns, {verdicts, items, statuses}), UsageError);
}

TEST_CASE("decide: the order of tables and rows does not matter") {
    const Universe universe;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        Dice dice(seed);
        auto layers = random_layers(dice, 30);
        const Catalogue one = Catalogue::make(layers);
        for (Layer& layer : layers) {
            std::reverse(layer.items.begin(), layer.items.end());
            std::reverse(layer.actors.begin(), layer.actors.end());
        }
        const Catalogue other = Catalogue::make(layers);
        std::vector<Attribute> attributes;
        for (int draw = 0; draw < 20; ++draw) {
            const Request request = random_request(dice, universe, attributes);
            CHECK(rule(one, request) == rule(other, request));
        }
    }
}
