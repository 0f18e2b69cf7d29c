// Regions of heads, one within another, and how many heads a node may open in each.
#include <algorithm>
#include <numeric>
#include <utility>

#include "partition/exact_search.hpp"

namespace gridgov::partition {

/// Regions, one within another: what average linkage joins one after another.
void ExactSearch::join_regions() {
    region_of_head_.assign(heads_, nobody);
    if (heads_ < 2) return;
    std::vector<double> apart(std::size_t{heads_} * heads_);
    const auto between = [&](std::uint32_t a, std::uint32_t b) -> double& {
        return apart[std::size_t{a} * heads_ + b];
    };
    for (std::uint32_t a = 0; a < heads_; ++a)
        for (std::uint32_t b = 0; b < heads_; ++b)
            between(a, b) = distance(household_of_head_[a], household_of_head_[b]);
    std::vector<std::uint32_t> clusters(heads_), nearest(heads_), region(heads_, nobody);
    std::vector<double> size(heads_, 1);
    std::iota(clusters.begin(), clusters.end(), 0U);
    const auto find_nearest = [&](std::uint32_t a) {
        nearest[a] = nobody;
        for (const std::uint32_t b : clusters)
            if (b != a && (nearest[a] == nobody || between(a, b) < between(a, nearest[a])))
                nearest[a] = b;
    };
    for (const std::uint32_t a : clusters) find_nearest(a);
    while (clusters.size() > 1) {
        std::uint32_t a = clusters.front();
        for (const std::uint32_t c : clusters)
            if (between(c, nearest[c]) < between(a, nearest[a])) a = c;
        const std::uint32_t b = nearest[a];
        const auto joined = static_cast<std::uint32_t>(parent_region_.size());
        parent_region_.push_back(nobody);
        for (const std::uint32_t one : {a, b}) {
            if (region[one] != nobody)
                parent_region_[region[one]] = joined;
            else
                region_of_head_[one] = joined;
        }
        region[a] = joined;
        clusters.erase(std::find(clusters.begin(), clusters.end(), b));
        for (const std::uint32_t c : clusters)
            between(a, c) = between(c, a) =
                (size[a] * between(a, c) + size[b] * between(b, c)) / (size[a] + size[b]);
        size[a] += size[b];
        for (const std::uint32_t c : clusters)
            if (c == a || nearest[c] == a || nearest[c] == b) find_nearest(c);
    }
}

/// Sets up the counts of a node.
void ExactSearch::take_counts(const Node& node) {
    counts_.clear();
    std::vector<std::uint32_t> number(parent_region_.size(), nobody);
    // A region's number is higher than those of the regions in it.
    std::vector<CountBound> bounds = node.counts;
    std::sort(bounds.begin(), bounds.end(), [](const CountBound& a, const CountBound& b) {
        return a.region < b.region;
    });
    const auto whole = static_cast<std::uint32_t>(bounds.size());
    for (const CountBound& bound : bounds) {
        number[bound.region] = static_cast<std::uint32_t>(counts_.size());
        counts_.push_back({bound.least, bound.most, whole});
    }
    counts_.push_back({parts_, parts_, nobody});
    const auto innermost = [&](std::uint32_t region) {
        while (region != nobody && number[region] == nobody) region = parent_region_[region];
        return region == nobody ? whole : number[region];
    };
    for (std::uint32_t i = 0; i < whole; ++i)
        counts_[i].outer = innermost(parent_region_[bounds[i].region]);
    count_of_head_.resize(heads_);
    for (std::uint32_t head = 0; head < heads_; ++head)
        count_of_head_[head] = innermost(region_of_head_[head]);
}

void ExactSearch::bound_count(Node& node, CountBound bound) {
    for (CountBound& known : node.counts)
        if (known.region == bound.region) {
            known.least = std::max(known.least, bound.least);
            known.most = std::min(known.most, bound.most);
            return;
        }
    node.counts.push_back(bound);
}

void ExactSearch::reserve() {
    for (Count& count : counts_) count.used = count.heads = 0;
    for (Count& count : counts_)
        if (count.outer != nobody)
            counts_[count.outer].used += std::max(count.used, count.least);
}

/// Takes a head if the counts can still be kept with it.
bool ExactSearch::take(std::uint32_t head) {
    for (std::uint32_t i = count_of_head_[head]; i != nobody; i = counts_[i].outer) {
        if (counts_[i].used < counts_[i].least) break;
        if (counts_[i].used >= counts_[i].most) return false;
    }
    bool held_back = false;
    for (std::uint32_t i = count_of_head_[head]; i != nobody; i = counts_[i].outer) {
        ++counts_[i].heads;
        if (held_back) continue;
        held_back = counts_[i].used < counts_[i].least;
        ++counts_[i].used;
    }
    return true;
}

/// For each count: the dearest free head that one in it could replace (−infinity: none), and
/// the cheapest that could replace one in it.
void ExactSearch::price_exchanges(const Node& node) {
    const std::size_t size = counts_.size();
    std::vector<double> dearest(size, -infinity), cheapest(size, infinity);
    for (const auto& [value, head] : order_) {
        if (node.head_state[head] != HeadState::free) continue;
        const std::uint32_t count = count_of_head_[head];
        if (courtyards_[head].chosen)
            dearest[count] = std::max(dearest[count], value);
        else
            cheapest[count] = std::min(cheapest[count], value);
    }
    dearest_out_.assign(size, -infinity);
    cheapest_in_.assign(size, infinity);
    std::vector<std::uint8_t> around_in(size);
    for (std::uint32_t in = 0; in < size; ++in) {
        around_in.assign(size, 0);
        for (std::uint32_t i = in; i != nobody; i = counts_[i].outer) around_in[i] = 1;
        for (std::uint32_t out = 0; out < size; ++out) {
            std::uint32_t meet = out;
            bool possible = true;
            for (; !around_in[meet]; meet = counts_[meet].outer)
                possible = possible && counts_[meet].heads > counts_[meet].least;
            for (std::uint32_t i = in; i != meet; i = counts_[i].outer)
                possible = possible && counts_[i].heads < counts_[i].most;
            if (!possible) continue;
            dearest_out_[in] = std::max(dearest_out_[in], dearest[out]);
            cheapest_in_[out] = std::min(cheapest_in_[out], cheapest[in]);
        }
    }
}

}  // namespace gridgov::partition
