// The catalogues of docs/examples/lists: as many items as they say, and no fault but the empty slots.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gridgov/lists/audit.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/lists/decide.hpp"

using namespace gridgov;
using namespace gridgov::lists;

namespace {

Catalogue shipped(const std::vector<std::string>& names) {
    std::vector<std::string> texts;
    for (const std::string& name : names) {
        std::ifstream file(std::string(GRIDGOV_EXAMPLES) + "/lists/" + name);
        REQUIRE(file);
        std::stringstream text;
        text << file.rdbuf();
        texts.push_back(text.str());
    }
    std::vector<Source> sources;
    for (std::size_t i = 0; i < names.size(); ++i) sources.push_back({texts[i], names[i]});
    return Catalogue::read_toml(sources);
}

std::size_t count(const Catalogue& catalogue, std::string_view prefix, List list) {
    std::size_t found = 0;
    for (const Item& item : catalogue.items())
        found += item.id.rfind(prefix, 0) == 0 && item.list == list ? 1U : 0U;
    return found;
}

}  // namespace

TEST_CASE("shipped: the township's lists") {
    const Catalogue catalogue = shipped({"national-certificates.toml", "manyue-actors.toml",
                                         "manyue-town.toml", "manyue-villages.toml"});
    CHECK(count(catalogue, "J-", List::must) == 117);
    CHECK(count(catalogue, "P-", List::assist) == 99);
    CHECK(count(catalogue, "S-", List::reclaimed) == 124);
    CHECK(count(catalogue, "G-", List::must) == 22);
    CHECK(count(catalogue, "V-M", List::must) == 23);
    CHECK(count(catalogue, "V-A", List::assist) == 27);
    CHECK(count(catalogue, "V-N", List::negative) == 7);
    CHECK(count(catalogue, "V-C", List::certify) == 7);
    CHECK(catalogue.actors_at(Level::village).size() == 7);
    CHECK(catalogue.actors_at(Level::grid).size() == 15);
    CHECK(catalogue.actors_at(Level::courtyard).size() == 119);
    std::size_t slots = 0;
    for (const Finding& finding : audit(catalogue)) {
        CAPTURE(message(finding, Language::en));
        CHECK(finding.code == Code::basis_missing);
        CHECK(catalogue.item(catalogue.find_item(finding.records[0])).title.zh.empty());
        ++slots;
    }
    CHECK(slots == 14);
    Request request;
    request.actor = "ganquan";
    request.matter = "certificate/kinship";
    request.date = date_of(2026, 3, 1);
    CHECK(rule(catalogue, request).verdict == Verdict::refuse_certificate);
    request.matter = "certificate/crop-loss";
    CHECK(rule(catalogue, request).verdict == Verdict::may_certify);
    request.actor = "manyue";
    request.matter = "food/license-food-shops";
    CHECK(rule(catalogue, request).verdict == Verdict::unlisted);
    request.matter = "market/license-food-shops";
    CHECK(rule(catalogue, request).verdict == Verdict::refuse_reclaimed);
}

TEST_CASE("shipped: Hubei's overlay drops one and adds two") {
    CHECK(count(shipped({"national-certificates.toml"}), "", List::negative) == 20);
    const Catalogue hubei = shipped({"national-certificates.toml", "hubei-certificates.toml"});
    CHECK(count(hubei, "", List::negative) == 21);
    CHECK(!hubei.find_item("CN-Z10").exists());
    CHECK(hubei.item(hubei.find_item("CN-Z14")).title.zh == "生育状况证明");
    CHECK(audit(hubei).empty());
}
