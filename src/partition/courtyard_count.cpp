#include "partition/courtyard_count.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace gridgov::partition {
namespace {

__extension__ typedef __int128 Wide;

}  // namespace

CourtyardCount courtyard_count(std::int64_t weight, const Bounds& bounds) {
    CourtyardCount count;
    count.least = std::max<std::int64_t>(1, (weight + bounds.max - 1) / bounds.max);
    count.most = weight / bounds.min;
    if (count.least <= count.most) {
        // Halves upward, without a fraction: (2 weight + target) ÷ (2 target).
        const Wide twice = Wide{2} * weight + bounds.target;
        const auto rounded = static_cast<std::int64_t>(twice / (Wide{2} * bounds.target));
        count.courtyards = std::clamp(rounded, count.least, count.most);
        return count;
    }
    // No number of legal courtyards holds the whole weight: as many full ones as can be legal, and
    // one for the rest, which is then below `min` (or the only one).
    count.feasible = false;
    count.courtyards = count.most + 1;
    count.least = count.most = count.courtyards;
    return count;
}

CourtyardCount courtyard_count(Weight weight, const Rules& rules) {
    return courtyard_count(weight.millionths, Bounds(rules));
}

std::vector<CourtyardCount> courtyard_counts(std::span<const Weight> weights,
                                             const Rules& rules) {
    const Bounds bounds(rules);
    std::vector<std::int64_t> millionths;
    std::vector<CourtyardCount> counts;
    for (const Weight weight : weights) {
        millionths.push_back(weight.millionths);
        counts.push_back(courtyard_count(weight.millionths, bounds));
    }
    if (rules.courtyards) share_out(*rules.courtyards, millionths, counts);
    return counts;
}

void share_out(std::int64_t courtyards, std::span<const std::int64_t> weights,
               std::span<CourtyardCount> counts) {
    Wide total = 0;
    for (const std::int64_t weight : weights) total += weight;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i].feasible) {
            const auto share = static_cast<std::int64_t>(Wide{courtyards} * weights[i] / total);
            counts[i].courtyards = std::clamp(share, counts[i].least, counts[i].most);
        }
        sum += counts[i].courtyards;
    }
    // quota − courtyards, times total: exact, at most 2^63 × 2^63 in size.
    const auto remainder = [&](std::size_t i) {
        return Wide{courtyards} * weights[i] - Wide{counts[i].courtyards} * total;
    };
    using Entry = std::pair<Wide, std::size_t>;
    const bool more = sum < courtyards;
    std::set<Entry> open;  // ordered by what is to change first: (key, component)
    const auto offer = [&](std::size_t i) {
        if (!counts[i].feasible) return;
        if (more && counts[i].courtyards < counts[i].most) open.insert({-remainder(i), i});
        if (!more && counts[i].courtyards > counts[i].least) open.insert({remainder(i), i});
    };
    if (sum != courtyards)
        for (std::size_t i = 0; i < counts.size(); ++i) offer(i);
    while (sum != courtyards && !open.empty()) {
        const std::size_t i = open.begin()->second;
        open.erase(open.begin());
        counts[i].courtyards += more ? 1 : -1;
        sum += more ? 1 : -1;
        offer(i);
    }
}

}  // namespace gridgov::partition
