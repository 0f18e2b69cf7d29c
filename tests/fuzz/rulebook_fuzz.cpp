// libFuzzer: any bytes as a rulebook become one or faults that can be shown; a rulebook that was read
// is looked through by lint, and each finding has a witness.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gridgov/points/lint.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::points;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::array<RulebookSource, 1> sources{{{text, "f"}}};
    Rulebooks books;
    try {
        books = data[0] % 2 == 0 ? Rulebooks::read_toml(sources) : Rulebooks::read_json(sources);
    } catch (const DataError& error) {
        require(!error.findings().empty());
        for (const Finding& finding : error.findings())
            require(!message(finding, Language::zh).empty());
        return 0;
    }
    require(books.size() == 1);
    const Rulebook& book = books[0];
    // What was read is sound when built by hand too.
    require(Rulebooks::make({book}).size() == 1);
    for (std::size_t rule = 0; rule < book.rules.size(); ++rule)
        require(books.tests(0, rule).size() == book.rules[rule].when.size());
    for (const Finding& finding : lint(books)) {
        require(finding.severity != Severity::error);
        require(std::any_of(finding.fields.begin(), finding.fields.end(), [](const auto& field) {
            return field.first == "witness" && !field.second.empty();
        }));
        require(!message(finding, Language::zh).empty());
    }
    return 0;
}
