// Looking things up in a settlement.
#include <algorithm>

#include "gridgov/points/settle.hpp"

namespace gridgov::points {

const Detail* Settlement::detail(std::uint32_t entry) const noexcept {
    const auto found = std::lower_bound(
        details.begin(), details.end(), entry,
        [](const Detail& detail, std::uint32_t wanted) { return detail.entry < wanted; });
    return found != details.end() && found->entry == entry ? &*found : nullptr;
}

std::uint32_t Settlement::target_of(std::uint32_t row) const noexcept {
    const auto found = std::lower_bound(
        reversals.begin(), reversals.end(), row,
        [](const Reversal& reversal, std::uint32_t wanted) { return reversal.row < wanted; });
    return found != reversals.end() && found->row == row ? found->target : no_index;
}

std::uint32_t Settlement::reversed_by(std::uint32_t row) const noexcept {
    // Both are the same household's, and reversals go by row.
    const std::uint32_t household = household_of_row(row);
    auto found = std::partition_point(
        reversals.begin(), reversals.end(),
        [&](const Reversal& reversal) { return reversal.row < rows.offsets[household]; });
    for (; found != reversals.end() && found->row < rows.offsets[household + 1]; ++found)
        if (found->target == row) return found->row;
    return no_index;
}

std::uint32_t Settlement::household_of_row(std::uint32_t row) const noexcept {
    const auto after = std::upper_bound(rows.offsets.begin(), rows.offsets.end(), std::size_t{row});
    return static_cast<std::uint32_t>(after - rows.offsets.begin() - 1);
}

std::uint32_t Settlement::household(std::string_view id) const noexcept {
    std::uint32_t begin = 0;
    const auto count = static_cast<std::uint32_t>(households.size());
    while (begin < count) {  // a village at a time
        const std::uint32_t village = households.villages[begin];
        const auto end = static_cast<std::uint32_t>(
            std::upper_bound(households.villages.begin() + begin, households.villages.end(), village) -
            households.villages.begin());
        std::uint32_t low = begin, high = end;
        while (low < high) {
            const std::uint32_t middle = low + (high - low) / 2;
            if (households.ids[middle] < id) low = middle + 1;
            else high = middle;
        }
        if (low < end && households.ids[low] == id) return low;
        begin = end;
    }
    return no_index;
}

}  // namespace gridgov::points
