// Sets of ordered values as sorted, disjoint, half-open ranges. Every kind of value is brought to such
// ranges, so that open and closed ends, adjacency, emptiness and complements are exact: numbers by the
// order of doubles, which have a next and a previous one; dates by days; texts by bytes, where the
// next text after "a" is "a\0".
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace gridgov::conditions {

/// All values with from <= value < to.
template <class Bound>
struct Range {
    Bound from;
    Bound to;
    friend bool operator==(const Range&, const Range&) = default;
};

template <class Bound>
using Ranges = std::vector<Range<Bound>>;

/// The union of any ranges, empty and reversed ones included, as sorted ranges with gaps between.
template <class Bound>
Ranges<Bound> normalised(Ranges<Bound> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
        return a.from < b.from || (!(b.from < a.from) && a.to < b.to);
    });
    Ranges<Bound> result;
    for (const Range<Bound>& range : ranges) {
        if (!(range.from < range.to)) continue;
        if (result.empty() || result.back().to < range.from) {
            result.push_back(range);
        } else if (result.back().to < range.to) {
            result.back().to = range.to;
        }
    }
    return result;
}

/// What of `whole` is not in normalised ranges within it.
template <class Bound>
Ranges<Bound> complement(const Ranges<Bound>& ranges, const Range<Bound>& whole) {
    Ranges<Bound> result;
    Bound from = whole.from;
    for (const Range<Bound>& range : ranges) {
        if (from < range.from) result.push_back({from, range.from});
        from = range.to;
    }
    if (from < whole.to) result.push_back({from, whole.to});
    return result;
}

template <class Bound>
Ranges<Bound> intersection(const Ranges<Bound>& a, const Ranges<Bound>& b) {
    Ranges<Bound> result;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        const Bound from = std::max(a[i].from, b[j].from);
        const Bound to = std::min(a[i].to, b[j].to);
        if (from < to) result.push_back({from, to});
        if (a[i].to < b[j].to) {
            ++i;
        } else {
            ++j;
        }
    }
    return result;
}

/// The range that holds a value, or null.
template <class Bound>
const Range<Bound>* range_of(const Ranges<Bound>& ranges, const Bound& value) noexcept {
    const auto after = std::upper_bound(
        ranges.begin(), ranges.end(), value,
        [](const Bound& wanted, const Range<Bound>& range) { return wanted < range.from; });
    if (after == ranges.begin()) return nullptr;
    const Range<Bound>& range = *(after - 1);
    return value < range.to ? &range : nullptr;
}

}  // namespace gridgov::conditions
