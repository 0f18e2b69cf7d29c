#include "gridgov/finding.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "gridgov/error.hpp"
#include "number_text.hpp"

using namespace gridgov;

namespace {

/// Names and numbers of the enumerators as the header has them.
std::map<int, std::string> codes_of_header() {
    std::ifstream file(FINDING_HEADER);
    REQUIRE(file.good());
    std::map<int, std::string> codes;
    const std::regex enumerator(R"(^\s+([a-z0-9_]+) = (\d{4,5}),)");
    for (std::string line; std::getline(file, line);)
        if (std::smatch match; std::regex_search(line, match, enumerator)) {
            CHECK_MESSAGE(!codes.contains(std::stoi(match[2])), line);
            codes[std::stoi(match[2])] = match[1];
        }
    return codes;
}

std::set<std::string> blanks_of(std::string_view text) {
    std::set<std::string> blanks;
    for (std::size_t at = 0; (at = text.find('{', at)) != std::string_view::npos; ++at)
        blanks.emplace(text.substr(at + 1, text.find_first_of(":}", at) - at - 1));
    return blanks;
}

bool has_chinese(std::string_view text) {  // a three-byte sequence of U+4E00 to U+9FFF
    for (const char byte : text)
        if (static_cast<unsigned char>(byte) >= 0xE4 && static_cast<unsigned char>(byte) <= 0xE9)
            return true;
    return false;
}

bool well_formed(std::string_view text) {
    char open = 0;  // what may be open: nothing, [ or [ and {
    bool part = false;
    for (const char character : text) {
        if (character == '[') {
            if (part || open != 0) return false;
            part = true;
        } else if (character == ']') {
            if (!part || open != 0) return false;
            part = false;
        } else if (character == '|') {
            if (!part || open != 0) return false;
        } else if (character == '{') {
            if (open != 0) return false;
            open = '{';
        } else if (character == '}') {
            if (open == 0) return false;
            open = 0;
        }
    }
    return open == 0 && !part;
}

}  // namespace

TEST_CASE("the catalogue has every code of the header, by its name and number") {
    std::map<int, std::string> catalogue;
    for (const Code code : all_codes())
        catalogue[static_cast<int>(code)] = std::string(code_name(code));
    CHECK(catalogue == codes_of_header());
    std::set<std::string_view> names;
    for (const Code code : all_codes()) CHECK(names.insert(code_name(code)).second);
}

TEST_CASE("every code has a template in English and in Chinese with the same blanks") {
    for (const Code code : all_codes()) {
        CAPTURE(code_name(code));
        const std::string_view en = message_template(code, Language::en);
        const std::string_view zh = message_template(code, Language::zh);
        REQUIRE(!en.empty());
        REQUIRE(!zh.empty());
        CHECK(well_formed(en));
        CHECK(well_formed(zh));
        CHECK_FALSE(has_chinese(en));
        CHECK(has_chinese(zh));
        CHECK(zh.find("非法") == std::string_view::npos);
        CHECK(zh.find("违法") == std::string_view::npos);
        // The numbers of Table::… are words in either language; some say the table themselves.
        auto en_blanks = blanks_of(en);
        auto zh_blanks = blanks_of(zh);
        CHECK(en_blanks == zh_blanks);
    }
}

TEST_CASE("every message renders, with nothing filled and with everything filled") {
    for (const Code code : all_codes()) {
        CAPTURE(code_name(code));
        for (const Language language : {Language::en, Language::zh}) {
            Finding finding;
            finding.code = code;
            const std::string bare = message(finding, language);
            CHECK(!bare.empty());
            CHECK(bare.find_first_of("{}[]|") == std::string::npos);
            finding.records = {"R0", "R1"};
            finding.row = 41;
            for (const std::string& blank : blanks_of(message_template(code, language)))
                if (blank != "id" && blank != "0" && blank != "1" && blank != "records" &&
                    blank != "row" && blank != "table" && blank != "kind")
                    finding.fields.emplace_back(blank, "<" + blank + ">");
            const std::string full = message(finding, language);
            CHECK(full.find_first_of("{}[]|?") == std::string::npos);
            const bool has_alternatives =
                message_template(code, language).find('|') != std::string_view::npos;
            for (const auto& [name, value] : finding.fields)
                if (!has_alternatives) CHECK_MESSAGE(full.find(value) != std::string::npos, full);
        }
    }
}

TEST_CASE("messages say what is wrong and what would be right") {
    const Finding weight{Code::weight_not_positive, Severity::error,   {"17"},
                         {{"weight", "-3"}},        Table::households, 16};
    CHECK(message(weight, Language::en) ==
          "household 17: weight -3 is not above 0; give a finite number above 0");
    CHECK(message(weight, Language::zh) == "户17：权重-3不大于0；应为大于0的有限数");

    Finding village{Code::village_too_small, Severity::error, {}, {}, Table::none, -1};
    village.fields = {{"village", "V"}, {"households", "7"}, {"min", "10"}};
    CHECK(message(village, Language::en) == "village V has 7 households, fewer than 10");
    CHECK(message(village, Language::zh) == "村“V”有7户，少于10户");
    village.fields = {{"village", "V"},   {"households", "12"}, {"weight", "7.5"},
                      {"weight_min", "10"}, {"min", "10"}};
    CHECK(message(village, Language::en) ==
          "village V has 12 households weighing 7.5, less than 10");

    const Finding duplicate{Code::duplicate_id,     Severity::error,   {"h7"},
                            {{"first_row", "3"}}, Table::households, 8};
    CHECK(message(duplicate, Language::en) ==
          "household h7: rows 3 and 9 have the same id; give every row an id of its own");
}

TEST_CASE("blanks: a record by its row where it has no id, long lists cut, fields before the rest") {
    Finding finding{Code::coordinate_not_finite, Severity::error,  {}, {}, Table::barriers, 4};
    finding.fields = {{"axis", "x_m"}, {"value", "inf"}, {"vertex", "2"}};
    CHECK(message(finding, Language::en) ==
          "barrier (row 5): vertex 2: x_m is inf; give a finite number of metres");
    CHECK(message(finding, Language::zh) ==
          "阻隔线（第5行）：第2个点的x_m是inf；应为以米计的有限数");

    Finding many{Code::households_without_neighbour, Severity::warning, {}, {}, Table::none, -1};
    for (int i = 0; i < 50; ++i) many.records.push_back(std::to_string(i));
    many.fields = {{"count", "50"}};
    CHECK(message(many, Language::en).find("18, 19 and 30 more;") != std::string::npos);
    CHECK(message(many, Language::zh).find("18、19等50项；") != std::string::npos);

    // What is filled in is never read as a template.
    const Finding braces{Code::weight_not_positive, Severity::error,   {"{weight}[x]{"},
                         {{"weight", "{id}"}},      Table::households, 0};
    CHECK(message(braces, Language::en).find("{weight}[x]{: weight {id} is") != std::string::npos);
}

TEST_CASE("a number has its noun in English, one or several") {
    Finding one{Code::link_across_villages, Severity::note, {}, {{"count", "1"}}, Table::none, -1};
    CHECK(message(one, Language::en).starts_with("1 link between households of different villages is "));
    one.fields = {{"count", "2"}};
    CHECK(message(one, Language::en).starts_with("2 links between households of different villages are "));
    CHECK(message(one, Language::zh).find("2") != std::string::npos);
}

TEST_CASE("a witness names what is gridgov's in Chinese, and leaves columns and values as they are") {
    Finding finding{Code::lint_rule_gives_nothing, Severity::warning, {"r"}, {}, Table::none, -1};
    const auto zh = [&](const char* witness) {
        finding.fields = {{"witness", witness}};
        const std::string text = message(finding, Language::zh);
        CHECK(message(finding, Language::en).find(witness) != std::string::npos);
        const std::size_t open = text.find("（"), close = text.rfind("）");
        return text.substr(open + 3, close - open - 3);
    };
    CHECK(zh("deed = \"deed\"; age = 18; raw = 2") == "事项 = \"deed\"；age = 18；应得 = 2");
    CHECK(zh("deed = \"a; raw = 1\\\"; b\"; given = 0") == "事项 = \"a; raw = 1\\\"; b\"；实得 = 0");
    CHECK(zh("period = \"month\"; limit = 5") == "周期 = 月；上限 = 5");
    for (const char* const odd : {"", ";", "period", "period = ", "deed = \"", "\\", "a = \"\\"})
        CHECK_NOTHROW(zh(odd));
}

TEST_CASE("an unknown code has a name and a message, and no template") {
    const auto code = static_cast<Code>(9999);
    CHECK(code_name(code) == "unknown");
    CHECK(message_template(code, Language::en).empty());
    Finding finding;
    finding.code = code;
    CHECK(message(finding, Language::zh) == "finding 9999");
}

TEST_CASE("severities have names") {
    CHECK(severity_name(Severity::note) == "note");
    CHECK(severity_name(Severity::warning) == "warning");
    CHECK(severity_name(Severity::error) == "error");
}

TEST_CASE("exceptions carry their findings and say the first") {
    const Finding none{Code::no_households, Severity::error, {}, {}, Table::households, -1};
    const DataError one({none});
    CHECK(std::string(one.what()) == message(none, Language::en));
    const DataError three({none, none, none});
    CHECK(std::string(three.what()) == message(none, Language::en) + " (and 2 more)");
    CHECK(three.findings().size() == 3);
    const UsageError usage(none);
    CHECK(usage.finding() == none);
    CHECK(std::string(usage.what()) == message(none, Language::en));
}

TEST_CASE("numbers as text are short, exact and the same everywhere") {
    CHECK(number_text(0.1) == "0.1");
    CHECK(number_text(-0.0) == "-0");
    CHECK(number_text(1e9) == "1000000000");
    CHECK(number_text(1e308) == "1e+308");
    CHECK(number_text(1.0 / 3) == "0.3333333333333333");
    CHECK(number_text(5e-324) == "5e-324");
    CHECK(number_text(-1 / 0.0) == "-inf");
    CHECK(number_text(0.0 / 0.0) == "nan");
    CHECK(number_text(42) == "42");
}
