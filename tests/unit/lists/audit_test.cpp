#include "gridgov/lists/audit.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "catalogue_text.hpp"
#include "random_catalogue.hpp"

using namespace gridgov;
using namespace gridgov::lists;
using namespace gridgov::lists::test;

namespace {

constexpr std::string_view actors = R"(
[catalogue]
effective_from = 2026-01-01
[[actor]]
id = "town"
level = "town"
powers = ["inspect"]
[[actor]]
id = "east"
level = "village"
parent = "town"
powers = ["mediate"]
[[actor]]
id = "west"
level = "village"
parent = "town"
[[actor]]
id = "east-1"
level = "grid"
parent = "east"
)";

std::vector<Finding> found(const std::vector<Finding>& findings, Code code) {
    std::vector<Finding> result;
    for (const Finding& finding : findings) {
        for (const Language language : {Language::en, Language::zh}) {
            const std::string text = message(finding, language);
            CAPTURE(text);
            CHECK(text.find('?') == std::string::npos);
        }
        if (finding.code == code) result.push_back(finding);
    }
    return result;
}

/// What an audit of the actors above and these tables finds of one kind.
std::vector<Finding> found(std::string_view tables, Code code) {
    return found(audit(read_texts({std::string(actors) + std::string(tables)})), code);
}

using Ids = std::vector<std::string>;

bool applies(const Catalogue& catalogue, const Decision& decision, ItemIndex item) {
    static_cast<void>(catalogue);
    return decision.item == item || std::find(decision.overridden.begin(), decision.overridden.end(),
                                              item) != decision.overridden.end();
}

}  // namespace

TEST_CASE("audit: contradictions and exceptions") {
    const auto tables = R"(
[[item]]
id = "N"
matter = "tax"
list = "negative"
actor = "level:village"
villages = ["west"]
when = { size = "> 5" }
[[item]]
id = "P"
matter = "tax/collect"
list = "must"
actor = "west"
effective_from = 2026-05-01
when = { size = "[1..9]" }
[[item]]
id = "Q"
matter = "tax/collect/cash"
list = "reclaimed"
actor = "level:village"
)";
    const auto conflict = found(tables, Code::item_conflict);
    REQUIRE(conflict.size() == 1);
    CHECK(conflict[0].records == Ids{"N", "P"});
    CHECK(field(conflict[0], "actor") == "west");
    CHECK(field(conflict[0], "matter") == "tax/collect");
    CHECK(field(conflict[0], "date") == "2026-05-01");
    CHECK(field(conflict[0], "attributes").substr(0, 5) == "size=");
    CHECK(field(conflict[0], "file") == "one.toml");
    const auto note = found(tables, Code::item_exception);
    REQUIRE(note.size() == 1);
    CHECK(note[0].records == Ids{"Q", "P"});
    CHECK(note[0].severity == Severity::note);
    // P begins after N, so that it brings back what N refuses.
    const auto rebound = found(tables, Code::covert_rebound);
    REQUIRE(rebound.size() == 1);
    CHECK(rebound[0].records == Ids{"P", "N"});
}

TEST_CASE("audit: conflicts are those of exhaustive enumeration, and decide confirms each witness") {
    const Universe universe;
    std::vector<Date> dates = universe.dates;
    for (const Date date : universe.dates) dates.insert(dates.end(), {date - 1, date + 1});
    const std::vector<conditions::Value> ages{std::monostate{}, 4.0, 5.0, 7.5, 10.0, 12.0, 15.0, 20.0};
    const std::vector<conditions::Value> roles{std::monostate{}, std::string_view("head"),
                                               std::string_view("clerk"), std::string_view("x")};
    std::uint32_t conflicts_found = 0;
    std::uint32_t exceptions_found = 0;
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        Dice dice(seed);
        const Catalogue catalogue = Catalogue::make(random_layers(dice, seed % 20 == 0 ? 50 : 12));
        const auto items = catalogue.items();
        // An item applies where each dimension lets it, so each is enumerated by itself.
        std::vector<std::vector<std::uint8_t>> places(items.size()), matters(items.size()),
            days(items.size()), by_age(items.size()), by_role(items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            Request request;
            request.date = date_of(2026, 1, 1);
            for (const std::string& actor : universe.actors)
                for (const std::string& village : universe.villages) {
                    request.actor = actor;
                    request.village = village;
                    const Fit how = fit(catalogue, items[i], request);
                    places[i].push_back(how.actor && how.village);
                }
            for (const std::string& matter : universe.matters)
                for (const char* const more : {"", "/fresh"}) {
                    const std::string whole = matter + more;
                    request.matter = whole;
                    const Fit how = fit(catalogue, items[i], request);
                    matters[i].push_back(how.matter() && !how.except);
                }
            request.matter = "a";
            for (const Date date : dates) {
                request.date = date;
                days[i].push_back(fit(catalogue, items[i], request).date);
            }
            const auto asks = [&](const std::vector<conditions::Value>& values,
                                  std::string_view name, std::vector<std::uint8_t>& result) {
                for (const auto& value : values) {
                    bool holds = true;
                    for (const Condition& condition : items[i].when)
                        if (condition.attribute == name)
                            holds = conditions::UnaryTests::parse(condition.tests).tests->matches(value);
                    result.push_back(holds);
                }
            };
            asks(ages, "age", by_age[i]);
            asks(roles, "role", by_role[i]);
        }
        const auto meet = [](const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
            for (std::size_t i = 0; i < a.size(); ++i)
                if (a[i] && b[i]) return true;
            return false;
        };
        std::set<std::pair<std::uint32_t, std::uint32_t>> expected;
        for (std::uint32_t n = 0; n < items.size(); ++n)
            for (std::uint32_t p = 0; p < items.size(); ++p)
                if (items[n].list < List::must && items[p].list >= List::must &&
                    meet(places[n], places[p]) && meet(matters[n], matters[p]) &&
                    meet(days[n], days[p]) && meet(by_age[n], by_age[p]) && meet(by_role[n], by_role[p]))
                    expected.emplace(n, p);
        std::set<std::pair<std::uint32_t, std::uint32_t>> got;
        for (const Conflict& conflict : conflicts(catalogue)) {
            CHECK(got.emplace(conflict.refusing.value, conflict.granting.value).second);
            const Decision decision = decide(catalogue, request_of(catalogue, conflict.witness));
            CHECK(applies(catalogue, decision, conflict.refusing));
            CHECK(applies(catalogue, decision, conflict.granting));
            const std::string& refusing = catalogue.item(conflict.refusing).matter;
            const std::string& granting = catalogue.item(conflict.granting).matter;
            CHECK(conflict.exception == (refusing != granting && covers_naively(granting, refusing)));
            ++(conflict.exception ? exceptions_found : conflicts_found);
        }
        CAPTURE(seed);
        CHECK(got == expected);
    }
    CHECK(conflicts_found > 500);
    CHECK(exceptions_found > 200);
}

TEST_CASE("audit: many rules of one matter are paired by village") {
    Layer layer;
    Actor town;
    town.id = "t";
    town.level = Level::town;
    layer.actors.push_back(town);
    for (int i = 0; i < 60; ++i) {
        Actor village;
        village.id = "v" + std::to_string(i);
        village.level = Level::village;
        layer.actors.push_back(village);
        for (const List list : {List::negative, List::must}) {
            Item item;
            item.id = std::string(list_name(list)) + std::to_string(i);
            item.matter = "a";
            item.list = list;
            item.actor = "level:village";
            item.villages = {"v" + std::to_string(i), "v" + std::to_string(i / 2)};
            layer.items.push_back(item);
        }
    }
    const Catalogue catalogue = Catalogue::make({layer});
    std::size_t expected = 0;
    for (int i = 0; i < 60; ++i)
        for (int j = 0; j < 60; ++j)
            expected += i == j || i == j / 2 || i / 2 == j || i / 2 == j / 2 ? 1U : 0U;
    CHECK(conflicts(catalogue).size() == expected);
}

TEST_CASE("audit: a shadowed item never decides") {
    const Universe universe;
    std::uint32_t shadowed = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        Dice dice(seed);
        const Catalogue catalogue = Catalogue::make(random_layers(dice, 30));
        std::set<std::string> never;
        for (const Finding& finding : audit(catalogue))
            if (finding.code == Code::item_shadowed) never.insert(finding.records[0]);
        shadowed += static_cast<std::uint32_t>(never.size());
        std::vector<Attribute> attributes;
        for (int draw = 0; draw < 100; ++draw) {
            const Ruling ruling = rule(catalogue, random_request(dice, universe, attributes));
            if (ruling.item.exists()) CHECK(!never.contains(catalogue.item(ruling.item).id));
        }
    }
    CHECK(shadowed > 100);
}

TEST_CASE("audit: duplicates, shadows, empty items") {
    const auto tables = R"toml(
[[item]]
id = "A"
matter = "x"
list = "must"
actor = "level:village"
when = { age = ">= 18" }
[[item]]
id = "B"
matter = "x"
list = "must"
actor = "level:village"
when = { age = ">= 18" }
effective_from = 2026-02-01
[[item]]
id = "C"
matter = "x/y"
list = "assist"
actor = "east"
when = { age = "[20..30]" }
[[item]]
id = "D"
matter = "z"
list = "must"
actor = "level:courtyard"
[[item]]
id = "E"
matter = "z"
except = ["q", "z"]
list = "must"
actor = "town"
effective_from = 2026-03-01
effective_to = 2026-03-01
[[item]]
id = "F"
matter = "w"
list = "must"
actor = "east"
villages = ["west"]
when = { age = "(5..5)" }
[[item]]
id = "G"
matter = "v"
except = ["u"]
list = "must"
actor = "level:town"
villages = ["west"]
)toml";
    auto duplicate = found(tables, Code::item_duplicate);
    REQUIRE(duplicate.size() == 1);
    CHECK(duplicate[0].records == Ids{"A", "B"});
    CHECK(field(duplicate[0], "date") == "2026-02-01");
    const auto shadow = found(tables, Code::item_shadowed);
    REQUIRE(shadow.size() == 1);
    CHECK(shadow[0].records == Ids{"C", "A"});
    const auto empty = found(tables, Code::item_empty);
    REQUIRE(empty.size() == 3);
    CHECK(field(empty[0], "reason_kind") == "there is no actor of its level");
    CHECK(field(empty[1], "reason_kind") == "it ends before it begins");
    CHECK(field(empty[2], "attribute") == "age");
    const auto nobody = found(tables, Code::item_without_actor);
    REQUIRE(nobody.size() == 1);
    CHECK(nobody[0].records == Ids{"G"});
    CHECK(found(tables, Code::except_pointless).size() == 2);
    CHECK(found(tables, Code::basis_missing).size() == 7);
}

TEST_CASE("audit: exactly one leads, and does not assist") {
    const auto tables = R"(
[[person]]
id = "p1"
posts = ["east.secretary", "east.clerk", "west.chair"]
[[person]]
id = "p2"
posts = ["east.chair"]
[[person]]
id = "p3"
posts = ["east.chair"]
[[item]]
id = "A"
matter = "a"
list = "must"
actor = "level:village"
lead = "secretary"
assists = ["clerk"]
[[item]]
id = "B"
matter = "b"
list = "must"
actor = "level:village"
lead = "chair"
[[item]]
id = "C"
matter = "c"
list = "assist"
actor = "east"
lead = "town"
assists = ["town"]
[[item]]
id = "D"
matter = "c"
list = "assist"
actor = "level:village"
lead = "west.chair"
)";
    const auto vacant = found(tables, Code::item_without_lead);
    REQUIRE(vacant.size() == 1);
    CHECK(vacant[0].records == Ids{"A"});
    CHECK(field(vacant[0], "post") == "west.secretary");
    const auto shared = found(tables, Code::item_many_leads);
    REQUIRE(shared.size() == 1);
    CHECK(shared[0].records == Ids{"B", "p2", "p3"});
    const auto both = found(tables, Code::lead_also_assists);
    REQUIRE(both.size() == 2);
    CHECK(both[0].records == Ids{"A", "p1"});
    CHECK(both[1].records == Ids{"C"});
    const auto differ = found(tables, Code::item_leads_differ);
    REQUIRE(differ.size() == 1);
    CHECK(differ[0].records == Ids{"C", "D"});
    CHECK(field(differ[0], "lead") == "town");
    CHECK(field(differ[0], "other_lead") == "west.chair");
    CHECK(field(differ[0], "actor") == "east");
}

TEST_CASE("audit: powers held, lent, lent in part, and lent by those who have them not") {
    const auto tables = R"(
[[item]]
id = "A"
matter = "a"
list = "must"
actor = "level:village"
needs = ["mediate", "inspect"]
[[item]]
id = "B"
matter = "b"
list = "must"
actor = "town"
needs = ["inspect"]
[[delegation]]
from = "town"
to = "east"
power = "inspect"
effective_to = 2026-06-01
[[delegation]]
from = "town"
to = "east"
power = "fine"
)";
    const auto missing = found(tables, Code::power_missing);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].records == Ids{"A"});
    CHECK(field(missing[0], "actor") == "east");
    CHECK(field(missing[0], "powers") == "inspect");
    CHECK(field(missing[0], "date") == "2026-06-01");
    CHECK(field(missing[0], "count") == "2");
    const auto lent = found(tables, Code::delegation_without_power);
    REQUIRE(lent.size() == 1);
    CHECK(field(lent[0], "power") == "fine");
}

TEST_CASE("audit: bases that expire") {
    const auto tables = R"(
[[law]]
id = "old"
title = { zh = "旧法", en = "Old Act" }
in_force_to = 2027-01-01
[[item]]
id = "A"
matter = "a"
list = "must"
actor = "town"
basis = ["old", "a letter"]
[[item]]
id = "B"
matter = "b"
list = "must"
actor = "town"
basis = ["old"]
effective_to = 2027-01-01
)";
    const auto expired = found(tables, Code::basis_expired);
    REQUIRE(expired.size() == 1);
    CHECK(expired[0].records == Ids{"A", "old"});
    CHECK(field(expired[0], "date") == "2027-01-01");
    CHECK(found(tables, Code::basis_missing).empty());
}

TEST_CASE("audit: circles without an owner, and long chains") {
    const std::string tables = R"(
[[actor]]
id = "a1"
level = "town"
[[actor]]
id = "a2"
level = "town"
[[actor]]
id = "a3"
level = "town"
[[actor]]
id = "a4"
level = "town"
[[referral]]
from = "east"
to = "town"
matter = "land"
[[referral]]
from = "town"
to = "west"
matter = "land/dispute"
[[referral]]
from = "west"
to = "east"
matter = "land/dispute"
[[referral]]
from = "town"
to = "a1"
matter = "water"
[[referral]]
from = "a1"
to = "a2"
matter = "water"
[[referral]]
from = "a2"
to = "a3"
matter = "water"
[[referral]]
from = "a3"
to = "a4"
matter = "water"
)";
    const auto circle = found(tables, Code::referral_circle);
    REQUIRE(circle.size() == 1);
    CHECK(circle[0].records == Ids{"east", "town", "west"});
    CHECK(field(circle[0], "matter") == "land/dispute");
    const auto chain = found(tables, Code::referral_chain_long);
    REQUIRE(chain.size() == 1);
    CHECK(chain[0].records == Ids{"town", "a1", "a2", "a3", "a4"});
    CHECK(field(chain[0], "hops") == "4");
    const std::string owned = tables + R"(
[[item]]
id = "O"
matter = "land"
list = "must"
actor = "west"
[[item]]
id = "W"
matter = "water"
list = "must"
actor = "a2"
)";
    CHECK(found(owned, Code::referral_circle).empty());
    CHECK(found(owned, Code::referral_chain_long).empty());
}

TEST_CASE("audit: rebounds under a near title") {
    CHECK(title_similarity_percent("开具亲属关系证明", "出具亲属关系证明") == 85);
    CHECK(title_similarity_percent("abc", "ABC!") == 100);
    CHECK(title_similarity_percent("abc", "xyz") == 0);
    CHECK(title_similarity_percent("", "") == 0);
    CHECK(title_similarity_percent("一", "一") == 100);
    CHECK(title_similarity_percent("aaaa", "aa") == 50);
    const std::string second = R"(
[[item]]
id = "P"
matter = "statistics/forms"
title = { zh = "出具亲属关系证明", en = "" }
list = "certify"
actor = "level:village"
[[item]]
id = "Q"
matter = "statistics/other"
title = { zh = "统计报表", en = "" }
list = "must"
actor = "level:village"
)";
    const std::string first = std::string(actors) + R"(
[[item]]
id = "N"
matter = "certificate/kin"
title = { zh = "开具亲属关系证明", en = "" }
list = "negative"
actor = "level:village"
)";
    const auto rebound = found(audit(read_texts({first, second})), Code::covert_rebound_title);
    REQUIRE(rebound.size() == 1);
    CHECK(rebound[0].records == Ids{"P", "N"});
    CHECK(field(rebound[0], "percent") == "85");
    AuditOptions strict;
    strict.title_similarity_min = 86;
    CHECK(found(audit(read_texts({first, second}), strict), Code::covert_rebound_title).empty());
    // The same in one file from the same day on is not new.
    CHECK(found(audit(read_texts({first + second})), Code::covert_rebound_title).empty());
}

TEST_CASE("audit: the nearest title is that of all pairs") {
    Dice dice(11);
    const std::vector<std::string> words{"低保", "对象", "走访", "证明", "亲属", "关系", "核实", "a", "B1"};
    for (int round = 0; round < 30; ++round) {
        Layer layer;
        Layer later;
        Actor village;
        village.id = "v";
        layer.actors.push_back(village);
        for (int i = 0; i < 24; ++i) {
            Item item;
            item.id = "i" + std::to_string(i);
            item.matter = "m" + std::to_string(i);
            item.actor = "v";
            item.list = i % 2 == 0 ? List::negative : List::must;
            for (std::uint32_t word = 1 + dice.below(5); word > 0; --word) item.title.zh += dice.of(words);
            (i % 2 == 0 ? layer : later).items.push_back(item);
        }
        const Catalogue catalogue = Catalogue::make({layer, later});
        std::set<std::pair<std::string, std::string>> expected, got;
        for (const Item& p : later.items) {
            std::uint32_t most = 69;
            std::string nearest;
            for (const Item& n : layer.items) {
                const std::uint32_t same = title_similarity_percent(p.title.zh, n.title.zh);
                if (same > most || (same == most && !nearest.empty() && n.id < nearest)) {
                    most = same;
                    nearest = n.id;
                }
            }
            if (!nearest.empty()) expected.emplace(p.id, nearest);
        }
        for (const Finding& finding : audit(catalogue))
            if (finding.code == Code::covert_rebound_title)
                got.emplace(finding.records[0], finding.records[1]);
        CHECK(got == expected);
    }
}

TEST_CASE("audit: recurrences, disclosure, sanctions") {
    const auto tables = R"(
[[item]]
id = "A"
matter = "a"
list = "must"
actor = "town"
recurrence = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
[[item]]
id = "B"
matter = "b"
list = "must"
actor = "town"
recurrence = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"
effective_to = 2028-02-29
[[item]]
id = "C"
matter = "finance/accounts"
list = "must"
actor = "level:grid"
disclose = true
[[item]]
id = "D"
matter = "party/fees"
list = "must"
actor = "level:village"
disclose = true
[[item]]
id = "E"
matter = "disclosure/finance"
list = "must"
actor = "level:village"
[[item]]
id = "F"
matter = "disclosure/party"
list = "must"
actor = "east"
[[item]]
id = "G"
matter = "certificate/welfare/low-income"
list = "certify"
actor = "level:village"
[[item]]
id = "H"
matter = "certificate"
except = ["certificate/welfare"]
list = "must"
actor = "level:village"
[[sanction]]
id = "black"
withholds = ["certificate/welfare", "certificate/other"]
)";
    const auto never = found(tables, Code::recurrence_never);
    REQUIRE(never.size() == 2);
    CHECK(never[0].records == Ids{"A"});
    CHECK(never[1].records == Ids{"B"});
    const auto hidden = found(tables, Code::item_not_disclosed);
    REQUIRE(hidden.size() == 1);
    CHECK(hidden[0].records == Ids{"D"});
    CHECK(field(hidden[0], "actor") == "west");
    const auto withheld = found(tables, Code::sanction_withholds_due);
    REQUIRE(withheld.size() == 2);
    CHECK(withheld[0].records == Ids{"G", "black"});
    CHECK(withheld[1].records == Ids{"H", "black"});
    CHECK(field(withheld[1], "matter") == "certificate/other");
}

TEST_CASE("audit: an empty catalogue has no fault") {
    CHECK(audit(Catalogue::make({Layer{}})).empty());
}
