#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "documents/document.hpp"

using namespace gridgov;
using namespace gridgov::documents;

namespace {

struct Document {
    explicit Document(std::string_view text) {
        std::vector<Finding> faults;
        auto read = read_toml({text, "r.toml"}, faults);
        if (!faults.empty()) FAIL(message(faults.front(), Language::en));
        root = std::move(*read);
    }
    Node root;
    std::vector<Finding> findings;

    std::vector<std::string> messages() const {
        std::vector<std::string> texts;
        for (const Finding& finding : findings) texts.push_back(message(finding, Language::en));
        return texts;
    }
};

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("a reader takes what is there and notes nothing") {
    Document document(R"(id = "a"
points = -3
share = 0.5
whole = 2
veto = true
from = 2026-01-01
also = "2026-02-01"
deeds = ["x", "y"]
per = "hour"
title = { zh = "名", en = "name" }
plain = "both"
board = { top = 1 }
rule = [ { a = 1 }, { a = 2 } ]
)");
    Reader reader(document.root, "r.toml", document.findings);
    CHECK(reader.text("id") == "a");
    CHECK(reader.integer("points") == -3);
    CHECK(reader.integer("points", -3, 3) == -3);
    CHECK(reader.number("share") == 0.5);
    CHECK(reader.number("whole") == 2);
    CHECK(reader.boolean("veto") == true);
    CHECK(reader.date("from") == date_of(2026, 1, 1));
    CHECK(reader.date("also") == date_of(2026, 2, 1));
    CHECK(reader.texts("deeds") == std::vector<std::string>{"x", "y"});
    CHECK(reader.word("per", {"person", "hour"}) == 1U);
    CHECK(reader.title("title") == Title{"名", "name"});
    CHECK(reader.title("plain") == Title{"both", "both"});
    REQUIRE(reader.table("board") != nullptr);
    CHECK(reader.table("board")->find("top")->integer == 1);
    CHECK(reader.tables("rule").size() == 2);
    CHECK(reader.tables("board").size() == 1);
    CHECK(reader.line("veto") == 5);
    CHECK(reader.line("absent") == 1);
    reader.require("id");
    reader.finish();
    CHECK(document.messages() == Messages{});
}

TEST_CASE("what is absent is no fault unless it is required") {
    Document document("a = 1\n");
    Reader reader(document.root, "r.toml", document.findings);
    CHECK(reader.integer("a"));
    CHECK_FALSE(reader.text("b").has_value());
    CHECK_FALSE(reader.integer("b", 1, 2).has_value());
    CHECK_FALSE(reader.word("b", {"x"}).has_value());
    CHECK_FALSE(reader.title("b").has_value());
    CHECK_FALSE(reader.date("b").has_value());
    CHECK(reader.table("b") == nullptr);
    CHECK(reader.tables("b").empty());
    CHECK_FALSE(reader.has("b"));
    reader.finish();
    CHECK(document.messages() == Messages{});
    reader.require("b");
    CHECK(document.messages() == Messages{"r.toml:1: b is missing; give it"});
}

TEST_CASE("every fault by line, with the record's id and what would be right") {
    Document document(R"(id = 7
points = "3"
units = 2.0
per = "houre"
mode = "zzz"
from = "2026-02-29"
deeds = ["x", 3,
 true]
title = { zh = "名", eng = "name" }
nobody_asked = 1
pionts = 2
rule = 5
big = 99
share = inf
board = [ { a = 1 }, 3 ]
)");
    Reader reader(document.root, "r.toml", document.findings);
    reader.name("volunteer");
    CHECK_FALSE(reader.text("id").has_value());
    CHECK_FALSE(reader.integer("points").has_value());
    CHECK_FALSE(reader.integer("units").has_value());
    CHECK_FALSE(reader.word("per", {"person", "hour"}).has_value());
    CHECK_FALSE(reader.word("mode", {"clip", "reject"}).has_value());
    CHECK_FALSE(reader.date("from").has_value());
    CHECK_FALSE(reader.texts("deeds").has_value());
    CHECK(reader.title("title") == Title{"名", ""});
    CHECK(reader.tables("rule").empty());
    CHECK_FALSE(reader.integer("big", 1, 12).has_value());
    CHECK_FALSE(reader.number("share").has_value());
    CHECK(reader.tables("board").size() == 1);
    reader.require("village");
    reader.finish();
    CHECK(document.messages() ==
          Messages{
              "r.toml:1: volunteer: id is of the kind “integer”; give one of the kind “text”",
              "r.toml:2: volunteer: points is of the kind “text”; give one of the kind “integer”",
              "r.toml:3: volunteer: units is of the kind “real”; give one of the kind “integer”",
              "r.toml:4: volunteer: per is “houre”; perhaps hour is meant; it can be: person, hour",
              "r.toml:5: volunteer: mode is “zzz”; it can be: clip, reject",
              "r.toml:6: volunteer: from is “2026-02-29”, which is no day of the calendar; give a "
              "date as YYYY-MM-DD",
              "r.toml:7: volunteer: deeds is of the kind “integer”; give one of the kind “text”",
              "r.toml:8: volunteer: deeds is of the kind “boolean”; give one of the kind “text”",
              "r.toml:9: volunteer: there is no key eng here; perhaps en is meant",
              "r.toml:12: volunteer: rule is of the kind “integer”; give one of the kind “table”",
              "r.toml:13: volunteer: big is 99; give a number from 1 to 12",
              "r.toml:14: volunteer: share is inf; give a number from -1.7976931348623157e+308 to "
              "1.7976931348623157e+308",
              "r.toml:15: volunteer: board is of the kind “integer”; give one of the kind “table”",
              "r.toml:1: volunteer: village is missing; give it",
              "r.toml:10: volunteer: there is no key nobody_asked here; there are: id, points, units, "
              "per, mode, from, deeds, title, rule, big, share, board, village",
              "r.toml:11: volunteer: there is no key pionts here; perhaps points is meant",
          });
    CHECK(message(document.findings[1], Language::zh) ==
          "r.toml:2：volunteer：“points”是文字；应为整数");
    const Finding& own =
        reader.fault(Code::document_empty_text, "id", {{"line", "40"}, {"why", "x"}});
    CHECK(message(own, Language::en) ==
          "r.toml:40: volunteer: id is empty; give a text, or leave the key out");
}

TEST_CASE("the nearest word") {
    const std::vector<std::string_view> known{"points", "period", "per", "village", "志愿服务"};
    CHECK(nearest_word("pionts", known) == "points");
    CHECK(nearest_word("point", known) == "points");
    CHECK(nearest_word("vilage", known) == "village");
    CHECK(nearest_word("pre", known) == "per");
    CHECK(nearest_word("zzz", known).empty());
    CHECK(nearest_word("", known).empty());
    CHECK(nearest_word(std::string(1000, 'p'), known).empty());
    CHECK(nearest_word("志愿服物", known) == "志愿服务");
    CHECK(nearest_word("x", {"y"}).empty());
}
