// libFuzzer: any text is a rule or a finding with a message; a rule's days come in order, within
// what was asked for, and `next` and any part of the range agree with the whole.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <variant>
#include <vector>

#include "gridgov/lists/recurrence.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::lists;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::uint32_t numbers[2] = {};
    if (size < sizeof numbers) return 0;
    std::memcpy(numbers, data, sizeof numbers);
    const auto parsed = Recurrence::parse(
        std::string_view(reinterpret_cast<const char*>(data) + sizeof numbers, size - sizeof numbers));
    if (const auto* finding = std::get_if<Finding>(&parsed)) {
        require(!message(*finding, Language::en).empty() && !message(*finding, Language::zh).empty());
        return 0;
    }
    const auto& rule = std::get<Recurrence>(parsed);
    const auto span = static_cast<std::uint32_t>(date_max - date_min + 1);
    const Date dtstart = date_min + static_cast<std::int32_t>(numbers[0] % span);
    const Date from = dtstart + static_cast<std::int32_t>(numbers[1] % 20000);
    const Date to = from + 3000;
    const std::vector<Date> dates = rule.occurrences(dtstart, from, to);
    Date before = from - 1;
    for (const Date date : dates) {
        require(date > before && date >= dtstart && date <= to && date <= date_max);
        before = date;
    }
    const Date next = rule.next(dtstart, from - 1);
    if (dates.empty())
        require(!next.exists() || next > to);
    else
        require(next == dates.front() && rule.can_occur(dtstart));
    const Date middle = from + 1500;
    std::vector<Date> parts = rule.occurrences(dtstart, from, middle);
    for (const Date date : rule.occurrences(dtstart, middle + 1, to)) parts.push_back(date);
    require(parts == dates);
    return 0;
}
