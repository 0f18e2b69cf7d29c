// libFuzzer: any text as a TOML catalogue, then any matter asked of it. What is read is audited and
// decided without a crash; what single requests say, columns say; every message can be rendered.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/error.hpp"
#include "gridgov/lists/audit.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/lists/decide.hpp"
#include "gridgov/lists/diff.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::lists;

void require(bool holds) {
    if (!holds) std::abort();
}

constexpr std::string_view base = R"([catalogue]
effective_from = 2026-01-01
[[actor]]
id = "town"
level = "town"
[[actor]]
id = "east"
level = "village"
parent = "town"
[[item]]
id = "M"
matter = "a/b"
except = ["a/b/c"]
list = "must"
actor = "level:village"
[[item]]
id = "N"
matter = "certificate/kin"
list = "negative"
actor = "level:village"
when = { age = ">= 18" }
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // The matter first, up to a line's end; the rest is a second layer.
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view matter = bytes.substr(0, end);
    const std::string_view text = end < bytes.size() ? bytes.substr(end + 1) : std::string_view();
    const std::vector<Source> sources{{base, "base.toml"}, {text, "more.toml"}};
    std::vector<Catalogue> made;
    try {
        made.push_back(Catalogue::read_toml(sources));
    } catch (const DataError& error) {
        for (const Finding& finding : error.findings())
            require(!message(finding, Language::zh).empty());
        made.push_back(Catalogue::read_toml(std::vector<Source>{sources[0]}));
    }
    const Catalogue& catalogue = made.front();
    for (const Conflict& conflict : conflicts(catalogue)) {
        const Decision decision = decide(catalogue, request_of(catalogue, conflict.witness));
        std::size_t found = 0;
        for (const ItemIndex item : {conflict.refusing, conflict.granting}) {
            found += decision.item == item ? 1U : 0U;
            for (const ItemIndex other : decision.overridden) found += other == item ? 1U : 0U;
        }
        require(found == 2);
    }
    for (const Finding& finding : audit(catalogue)) require(!message(finding, Language::en).empty());
    require(diff(catalogue, catalogue).items.empty());

    for (const Actor& actor : catalogue.actors()) {
        Request request;
        request.actor = actor.id;
        request.matter = matter;
        request.date = date_of(2026, 6, 1);
        const std::string_view actor_id = actor.id;
        const std::int32_t date = request.date.days;
        std::uint8_t verdict = 0;
        std::uint8_t status = 0;
        std::uint32_t item = 0;
        RequestColumns columns;
        columns.actors = TextColumn(std::span(&actor_id, 1));
        columns.matters = TextColumn(std::span(&matter, 1));
        columns.dates = std::span(&date, 1);
        rule(catalogue, columns, {std::span(&verdict, 1), std::span(&item, 1), std::span(&status, 1)});
        try {
            const Decision decision = decide(catalogue, request);
            require(status == 0 && verdict == static_cast<std::uint8_t>(decision.verdict) &&
                    item == decision.item.value);
            // By whole segments, one by one.
            bool expected_above = !decision.item.exists();
            if (decision.item.exists())
                expected_above = (std::string(matter) + "/")
                                     .rfind(catalogue.item(decision.item).matter + "/", 0) == 0;
            require(expected_above);
        } catch (const UsageError&) {
            require(status == static_cast<std::uint8_t>(RowStatus::matter_invalid));
        }
    }
    return 0;
}
