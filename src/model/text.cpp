#include "model/text.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <unordered_map>

#include "gridgov/model/ids.hpp"

namespace gridgov::model {

Names number_names(const TextColumn& column) {
    const std::size_t rows = column.size();
    Names result;
    result.number_of_row.assign(rows, no_index);

    std::unordered_map<std::string_view, std::uint32_t> number_of;  // looked up, never iterated
    std::vector<std::string_view> found;
    std::string_view last;
    std::uint32_t last_number = no_index;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view text = column[row];
        if (text.empty()) continue;
        if (last_number == no_index || text != last) {  // tables come in runs
            const auto [entry, is_new] =
                number_of.try_emplace(text, static_cast<std::uint32_t>(found.size()));
            if (is_new) found.push_back(text);
            last = text;
            last_number = entry->second;
        }
        result.number_of_row[row] = last_number;
    }

    std::vector<std::uint32_t> order(found.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return found[a] < found[b]; });
    std::vector<std::uint32_t> place(found.size());
    result.names.reserve(found.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
        result.names.emplace_back(found[order[i]]);
    }
    for (std::uint32_t& number : result.number_of_row)
        if (number != no_index) number = place[number];
    return result;
}

std::optional<std::uint32_t> row_from_text(std::string_view text, std::size_t rows) noexcept {
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    std::uint32_t row = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data(), end, row);
    if (fault != std::errc{} || stop != end || row >= rows) return std::nullopt;
    return row;
}

}  // namespace gridgov::model
