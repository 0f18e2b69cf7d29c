#include "gridgov/lists/catalogue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "catalogue_text.hpp"
#include "gridgov/lists/audit.hpp"
#include "gridgov/lists/decide.hpp"

using namespace gridgov;
using namespace gridgov::lists;
using namespace gridgov::lists::test;

namespace {

constexpr std::string_view contract = R"(
[catalogue]
id = "manyue-2026"
jurisdiction = "CN-50-开州-满月"
effective_from = 2026-01-01
unlisted = "refuse"
unlisted_certificate = "refuse"

[[actor]]
id = "district"
level = "district"
powers = ["enter-registry"]
[[actor]]
id = "manyue"
title = { zh = "满月镇", en = "Manyue town" }
level = "town"
parent = "district"
[[actor]]
id = "ganquan"
title = { zh = "甘泉村", en = "Ganquan village" }
level = "village"
parent = "manyue"
powers = ["mediate"]
[[actor]]
id = "g3"
level = "grid"
parent = "ganquan"

[[person]]
id = "p17"
posts = ["ganquan.secretary", "ganquan.grid-03"]
capacity_hours = 160

[[item]]
id = "B-031"
matter = "civil-affairs/low-income/visit"
except = ["civil-affairs/low-income/visit/audit"]
title = { zh = "低保对象走访", en = "visits to low-income households" }
list = "must"
actor = "level:village"
lead = "secretary"
assists = []
villages = ["*"]
effective_from = 2026-01-01
effective_to = 2027-01-01
basis = ["Interim Measures for Social Assistance, art. 13"]
needs = ["enter-registry"]
hours = 1.5
recurrence = "FREQ=MONTHLY;BYMONTHDAY=20"
due_days = 10
workdays = false
procedure = "low-income"
department = "district civil affairs bureau"
disclose = true
when = { }

[[delegation]]
from = "district"
to = "ganquan"
power = "enter-registry"
effective_from = 2026-01-01

[[referral]]
from = "ganquan"
to = "manyue"
matter = "land/dispute"

[[procedure]]
id = "low-income"
limit_workdays = 20
[[procedure.step]]
id = "apply"
actor = "ganquan"
workdays = 1
next = ["check"]
[[procedure.step]]
id = "check"
actor = "manyue"
workdays = 5
next = []

[[law]]
id = "mediation-law"
title = { zh = "人民调解法", en = "People's Mediation Law" }
in_force_to = 2030-01-01

[[sanction]]
id = "black-board"
withholds = ["certificate/welfare"]
)";

std::vector<Finding> faults(const std::vector<std::string_view>& texts) {
    try {
        read_texts(texts);
    } catch (const DataError& error) {
        for (const Finding& finding : error.findings()) {
            CHECK(message(finding, Language::en).find('?') == std::string::npos);
            CHECK(message(finding, Language::zh).find('?') == std::string::npos);
        }
        return error.findings();
    }
    return {};
}

std::vector<Code> codes(const std::vector<Finding>& findings) {
    std::vector<Code> result;
    for (const Finding& finding : findings) result.push_back(finding.code);
    return result;
}

}  // namespace

TEST_CASE("catalogue: the contract's own file") {
    const Catalogue catalogue = read_texts({contract});
    CHECK(catalogue.head().id == "manyue-2026");
    CHECK(catalogue.head().unlisted == Unlisted::refuse);
    REQUIRE(catalogue.items().size() == 1);
    const ItemIndex item = catalogue.find_item("B-031");
    REQUIRE(item.exists());
    CHECK(catalogue.item(item).hours == 1.5);
    CHECK(catalogue.item(item).due_days == 10U);
    CHECK(catalogue.item(item).origin == Origin{0, 34});
    CHECK(catalogue.everywhere(item));
    CHECK(catalogue.in_force(item) == DateRange{date_of(2026, 1, 1), date_of(2027, 1, 1)});
    CHECK(catalogue.recurrence(item) != nullptr);
    const ActorIndex ganquan = catalogue.find_actor("ganquan");
    const ActorIndex g3 = catalogue.find_actor("g3");
    CHECK(catalogue.village(g3) == ganquan);
    CHECK(catalogue.village(ganquan) == ganquan);
    CHECK(!catalogue.village(catalogue.find_actor("manyue")).exists());
    CHECK(catalogue.acting_actors(item) == std::vector{ganquan});
    const Responsible lead = catalogue.lead(item, ganquan);
    REQUIRE(lead.post.exists());
    CHECK(catalogue.post_text(lead.post) == "ganquan.secretary");
    REQUIRE(catalogue.holders(lead.post).size() == 1);
    CHECK(catalogue.persons()[catalogue.holders(lead.post)[0]].id == "p17");
    CHECK(catalogue.posts_of(PersonIndex(0)).size() == 2);
    CHECK(catalogue.has_power(ganquan, "mediate") == std::vector{DateRange{}});
    CHECK(catalogue.has_power(ganquan, "enter-registry") ==
          std::vector{DateRange{date_of(2026, 1, 1), date_max + 1}});
    CHECK(catalogue.has_power(g3, "mediate").empty());
    CHECK(catalogue.procedure(item).exists());
    CHECK(catalogue.procedures()[0].steps[0].next == std::vector<std::string>{"check"});
}

TEST_CASE("catalogue: layers replace, withdraw and default") {
    const Catalogue catalogue = read_texts({R"(
[catalogue]
id = "nation"
unlisted = "refer"
effective_from = 2020-10-20
[[item]]
id = "a"
matter = "x/a"
list = "negative"
actor = "level:village"
[[item]]
id = "b"
matter = "x/b"
list = "negative"
actor = "level:village"
[[item]]
id = "c"
matter = "x/c"
list = "negative"
actor = "level:village"
)",
                                      R"(
[catalogue]
id = "province"
effective_from = 2021-01-01
effective_to = 2030-01-01
[[withdraw]]
id = "a"
[[item]]
id = "b"
matter = "y/b"
list = "must"
actor = "level:village"
effective_to = 2022-01-01
)",
                                      R"(
[catalogue]
unlisted_certificate = "allow"
[[item]]
id = "d"
matter = "x/d"
list = "certify"
actor = "level:village"
[[item]]
id = "a"
matter = "x/again"
list = "certify"
actor = "level:village"
)"});
    REQUIRE(catalogue.items().size() == 4);
    CHECK(catalogue.items()[0].id == "a");
    CHECK(catalogue.items()[0].matter == "x/again");
    CHECK(catalogue.items()[1].matter == "y/b");
    CHECK(catalogue.file(catalogue.items()[1].origin.layer) == "two.toml");
    CHECK(catalogue.in_force(ItemIndex(1)) == DateRange{date_of(2021, 1, 1), date_of(2022, 1, 1)});
    CHECK(catalogue.in_force(ItemIndex(2)) == DateRange{date_of(2020, 10, 20), date_max + 1});
    CHECK(catalogue.in_force(ItemIndex(3)) == DateRange{});
    CHECK(catalogue.head().id == "province");
    CHECK(catalogue.head().unlisted == Unlisted::refer);
    CHECK(catalogue.head().unlisted_certificate == Unlisted::allow);
    CHECK(catalogue.head().effective_from == date_of(2021, 1, 1));
    CHECK(catalogue.layers().size() == 3);
}

TEST_CASE("catalogue: what is misspelt is told with the nearest that there is") {
    const auto found = faults({R"(
[[actor]]
id = "ganquan"
level = "village"
[[actor]]
id = "ganquen-town"
level = "town"
[[procedure]]
id = "low-income"
[[procedure.step]]
id = "apply"
[[item]]
id = "B-031"
matter = "a"
list = "must"
actor = "ganqaun"
villages = ["gamquan"]
procedure = "low-incone"
)",
                               R"(
[[withdraw]]
id = "B-301"
[[withdraw]]
id = "something else"
)"});
    REQUIRE(codes(found) == std::vector<Code>{Code::catalogue_unknown_actor, Code::catalogue_unknown_village,
                                              Code::catalogue_unknown_procedure,
                                              Code::catalogue_unknown_item,
                                              Code::catalogue_unknown_item});
    CHECK(field(found[0], "near") == "ganquan");
    CHECK(field(found[1], "near") == "ganquan");
    CHECK(field(found[2], "near") == "low-income");
    CHECK(field(found[3], "near") == "B-031");
    CHECK(field(found[4], "near").empty());
    CHECK(message(found[3], Language::en).find("perhaps B-031 is meant") != std::string::npos);

    // A hundred thousand wrong names among a hundred thousand ids end at once: the first are helped.
    std::string many;
    for (int i = 0; i < 100'000; ++i)
        many += "[[actor]]\nid = \"a" + std::to_string(i) + "\"\nlevel = \"grid\"\nparent = \"b" +
                std::to_string(i) + "\"\n";
    const auto wrong = faults({many});
    REQUIRE(wrong.size() == 100'000);
    CHECK(!field(wrong[0], "near").empty());
    CHECK(field(wrong.back(), "near").empty());
}

TEST_CASE("catalogue: JSON says the same as TOML") {
    const std::string_view json = R"({"catalogue": {"id": "j", "effective_from": "2026-01-01"},
      "actor": [{"id": "v", "level": "village", "title": "村"}],
      "item": [{"id": "a", "matter": "x/a", "list": "must", "actor": "v",
                "when": {"age": ">= 18", "head": true, "size": 2}, "recurrence": "FREQ=WEEKLY"}]})";
    const std::vector<Source> sources{{json, "j.json"}};
    const Catalogue catalogue = Catalogue::read_json(sources);
    CHECK(catalogue.actors()[0].title.en == "村");
    CHECK(catalogue.items()[0].effective_from == date_of(2026, 1, 1));
    CHECK(catalogue.attributes()[0] == "age");
    CHECK(catalogue.conditions(ItemIndex(0))[0].tests.matches(18.0));
    CHECK(catalogue.conditions(ItemIndex(0))[1].tests.text() == "true");
    CHECK(catalogue.conditions(ItemIndex(0))[2].tests.text() == "2");
}

TEST_CASE("catalogue: every fault at once, by file and line") {
    const auto found = faults({R"([[actor]]
id = "a"
level = "village"
parent = "b"
[[actor]]
id = "b"
level = "village"
parent = "a"
[[actor]]
id = "c.d"
level = "grid"
parent = "nobody"
[[actor]]
id = "t"
level = "town"
parent = "a"
[[person]]
id = "p"
posts = ["secretary", "ghost.secretary"]
[[item]]
id = "x"
matter = "a//b"
except = ["/"]
list = "must"
actor = "level:hamlet"
villages = ["t"]
procedure = "none"
recurrence = "FREQ=HOURLY"
when = { age = ">= " }
[[item]]
id = "x"
matter = "a"
list = "must"
actor = "ghost"
lead = "ghost.chair"
hours = -1
[[withdraw]]
id = "y"
[[delegation]]
from = "a"
to = "ghost"
power = ""
effective_from = 2026-01-02
effective_to = 2026-01-01
[[referral]]
from = "ghost"
to = "a"
matter = ""
[[procedure]]
id = "q"
[[procedure]]
id = "r"
[[procedure.step]]
id = "one"
actor = "ghost"
next = ["two"]
[[procedure.step]]
id = "one"
)"});
    const auto all = codes(found);
    for (const Code code :
         {Code::catalogue_parent_circle, Code::catalogue_id_invalid, Code::catalogue_unknown_actor,
          Code::catalogue_parent_below, Code::catalogue_post_invalid, Code::catalogue_matter_invalid,
          Code::catalogue_id_repeated, Code::catalogue_number_invalid, Code::catalogue_unknown_item,
          Code::catalogue_dates_reversed,
          Code::catalogue_procedure_empty, Code::catalogue_unknown_step,
          Code::catalogue_step_repeated}) {
        CAPTURE(code_name(code));
        CHECK(std::count(all.begin(), all.end(), code) >= 1);
    }

    std::uint32_t last = 0;
    for (const Finding& finding : found) {
        CHECK(field(finding, "file") == "one.toml");
        const auto line = static_cast<std::uint32_t>(std::stoul("0" + field(finding, "line")));
        CHECK(line >= last);
        last = line;
    }
    // What the first x said was replaced by the second, so it is asked by itself.
    const auto others = faults({R"(
[[actor]]
id = "t"
level = "town"
[[item]]
id = "x"
matter = "a"
list = "must"
actor = "level:hamlet"
villages = ["t"]
procedure = "none"
recurrence = "FREQ=HOURLY"
when = { age = ">= " }
)"});
    const auto rest = codes(others);

    for (const Code code : {Code::catalogue_unknown_level, Code::catalogue_unknown_village,
                            Code::catalogue_unknown_procedure, Code::recurrence_too_frequent,
                            Code::condition_incomplete}) {
        CAPTURE(code_name(code));
        CHECK(std::count(rest.begin(), rest.end(), code) == 1);
    }
    CHECK(codes(faults({})) == std::vector{Code::catalogue_empty});
}

TEST_CASE("catalogue: hostile layers") {
    Layer layer;
    layer.file = "built";
    layer.actors.push_back({.id = "v", .title = {}, .level = Level::village, .parent = {},
                            .powers = {}, .origin = {}});
    Item item;
    item.id = "x";
    item.actor = "v";
    item.matter = "a";
    for (int i = 0; i < 999; ++i) item.matter += "/a";
    item.hours = std::numeric_limits<double>::quiet_NaN();
    item.title.zh = "\xff";
    item.when = {{"age", "1"}, {"age", "2"}};
    layer.items.push_back(item);
    const auto checked = Catalogue::check({layer});
    CHECK(!checked.catalogue);
    CHECK(codes(checked.findings) ==
          std::vector{Code::catalogue_text_not_utf8, Code::catalogue_matter_invalid,
                      Code::catalogue_number_invalid, Code::catalogue_condition_repeated});
    // A hierarchy as long as there are actors, all within one village.
    Layer deep;
    for (int i = 0; i < 50'000; ++i)
        deep.actors.push_back({.id = std::to_string(i), .title = {},
                               .level = i == 0 ? Level::village : Level::courtyard,
                               .parent = i == 0 ? "" : std::to_string(i - 1), .powers = {},
                               .origin = {}});
    deep.actors[0].level = Level::village;
    const auto long_one = Catalogue::check({deep});
    REQUIRE(long_one.catalogue);
    CHECK(long_one.catalogue->village(long_one.catalogue->find_actor("49999")) ==
          long_one.catalogue->find_actor("0"));
    deep.actors[0].parent = "49999";
    deep.actors[0].level = Level::courtyard;
    const auto circle = Catalogue::check({deep});
    CHECK(codes(circle.findings) == std::vector{Code::catalogue_parent_circle});
}

TEST_CASE("matters") {
    CHECK(check_matter("a/b/c") == MatterFault::none);
    CHECK(check_matter("证明/亲属") == MatterFault::none);
    CHECK(check_matter("") == MatterFault::empty);
    CHECK(check_matter("/a") == MatterFault::empty_segment);
    CHECK(check_matter("a/") == MatterFault::empty_segment);
    CHECK(check_matter("abcdefg//b") == MatterFault::empty_segment);
    CHECK(check_matter("abcdefgh//b") == MatterFault::empty_segment);
    CHECK(check_matter("abcdefghijklm\x01n") == MatterFault::control);
    CHECK(check_matter("a\x7f") == MatterFault::control);
    CHECK(check_matter("\xff\xfe") == MatterFault::not_utf8);
    CHECK(check_matter(std::string(1024, 'a')) == MatterFault::none);
    CHECK(check_matter(std::string(1025, 'a')) == MatterFault::too_long);
    std::string deep = "a";
    for (int i = 1; i < 64; ++i) deep += "/b";
    CHECK(check_matter(deep) == MatterFault::none);
    CHECK(check_matter(deep + "/b") == MatterFault::too_deep);
    CHECK(covers("a/b", "a/b"));
    CHECK(covers("a/b", "a/b/c"));
    CHECK(!covers("a/b", "a/bc"));
    CHECK(!covers("a/b", "a"));
    CHECK(!is_certificate("certificate"));
    CHECK(is_certificate("certificate/x"));
    CHECK(!is_certificate("certificates/x"));
}
