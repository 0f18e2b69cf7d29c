#include "partition/grid_start.hpp"

#include <algorithm>
#include <numeric>
#include <queue>
#include <utility>

#include "gridgov/model/ids.hpp"
#include "partition/hilbert.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

/// Clumps while they merge. A merged clump lives on under the lower number of the two.
class Merger {
public:
    Merger(const GridPiece& piece, const GridRulesOfPiece& rules)
        : piece_(piece), rules_(rules), x_m_(piece.x_m), y_m_(piece.y_m),
          households_(piece.households), courtyards_(piece.courtyards.begin(), piece.courtyards.end()),
          into_(piece.nodes()), version_(piece.nodes(), 0), mark_(piece.nodes(), no_index),
          next_member_(piece.nodes()), last_member_(piece.nodes()), left_(piece.nodes()) {
        std::iota(into_.begin(), into_.end(), 0U);
        std::iota(last_member_.begin(), last_member_.end(), 0U);
        std::fill(next_member_.begin(), next_member_.end(), no_index);
    }

    void run(std::uint32_t wanted) {
        std::vector<Pair> pairs;
        pairs.reserve(piece_.targets.size() / 2);
        for (std::uint32_t a = 0; a < piece_.nodes(); ++a)
            for (const std::uint32_t b : piece_.neighbours(a))
                if (a < b && fits(a, b)) pairs.push_back({cost(a, b), a, b, 0, 0});
        std::priority_queue<Pair, std::vector<Pair>, Later> queue(Later{}, std::move(pairs));
        while (left_ > wanted && !queue.empty()) {
            const Pair pair = queue.top();
            queue.pop();
            if (version_[pair.a] != pair.version_a || version_[pair.b] != pair.version_b) continue;
            merge(pair.a, pair.b);
            for_each_neighbour(pair.a, [&](std::uint32_t other) {
                if (!fits(pair.a, other)) return;
                const auto [a, b] = std::minmax(pair.a, other);
                queue.push({cost(a, b), a, b, version_[a], version_[b]});
            });
        }
    }

    /// Beyond the limit: the clump of fewest courtyards joins its neighbour of fewest.
    void force(std::uint32_t wanted) {
        using Small = std::pair<std::int64_t, std::uint32_t>;
        std::priority_queue<Small, std::vector<Small>, std::greater<>> smallest;
        for (std::uint32_t i = 0; i < piece_.nodes(); ++i)
            if (into_[i] == i) smallest.push({courtyards_[i], i});
        while (left_ > wanted && !smallest.empty()) {
            const auto [courtyards, clump] = smallest.top();
            smallest.pop();
            if (into_[clump] != clump || courtyards_[clump] != courtyards) continue;
            Small best{0, no_index};
            for_each_neighbour(clump, [&](std::uint32_t other) {
                const Small small{courtyards_[other], other};
                if (best.second == no_index || small < best) best = small;
            });
            if (best.second == no_index) continue;
            const auto [a, b] = std::minmax(clump, best.second);
            merge(a, b);
            smallest.push({courtyards_[a], a});
        }
    }

    Clumps clumps() {
        Clumps clumps;
        clumps.label.resize(piece_.nodes());
        for (std::uint32_t node = 0; node < piece_.nodes(); ++node)  // its clump's number is lower
            clumps.label[node] =
                into_[node] == node ? clumps.count++ : clumps.label[living(node)];
        return clumps;
    }

private:
    struct Pair {
        double cost;
        std::uint32_t a, b, version_a, version_b;
    };
    struct Later {
        bool operator()(const Pair& x, const Pair& y) const {
            if (x.cost != y.cost) return x.cost > y.cost;
            return std::pair(x.a, x.b) > std::pair(y.a, y.b);
        }
    };

    bool fits(std::uint32_t a, std::uint32_t b) const {
        return courtyards_[a] + courtyards_[b] <= rules_.bounds.max;
    }
    double cost(std::uint32_t a, std::uint32_t b) const {
        const double dx = x_m_[a] - x_m_[b];
        const double dy = y_m_[a] - y_m_[b];
        const double xx = dx * dx;
        const double yy = dy * dy;
        const double both = households_[a] + households_[b];
        const double over = std::max(0.0, both - rules_.share);
        return households_[a] * households_[b] / both * (std::sqrt(xx + yy) + 1.0) +
               rules_.balance_m * over * over / rules_.share;
    }
    std::uint32_t living(std::uint32_t clump) {
        while (into_[clump] != clump) clump = into_[clump] = into_[into_[clump]];
        return clump;
    }

    void merge(std::uint32_t a, std::uint32_t b) {
        const double both = households_[a] + households_[b];
        x_m_[a] = (x_m_[a] * households_[a] + x_m_[b] * households_[b]) / both;
        y_m_[a] = (y_m_[a] * households_[a] + y_m_[b] * households_[b]) / both;
        households_[a] = both;
        courtyards_[a] += courtyards_[b];
        into_[b] = a;
        ++version_[a];
        ++version_[b];
        next_member_[last_member_[a]] = b;
        last_member_[a] = last_member_[b];
        --left_;
    }

    /// Calls visit(other) once for each clump that a link joins to a living one.
    template <class Visit>
    void for_each_neighbour(std::uint32_t clump, Visit visit) {
        beside_.clear();
        mark_[clump] = clump;
        for (std::uint32_t node = clump; node != no_index; node = next_member_[node])
            for (const std::uint32_t target : piece_.neighbours(node)) {
                const std::uint32_t other = living(target);
                if (mark_[other] == clump) continue;
                mark_[other] = clump;
                beside_.push_back(other);
            }
        for (const std::uint32_t other : beside_) mark_[other] = no_index;
        mark_[clump] = no_index;
        for (const std::uint32_t other : beside_) visit(other);
    }

    const GridPiece& piece_;
    const GridRulesOfPiece& rules_;
    std::vector<double> x_m_, y_m_, households_;
    std::vector<std::int64_t> courtyards_;
    std::vector<std::uint32_t> into_, version_, mark_, beside_;
    std::vector<std::uint32_t> next_member_, last_member_;  // members as a list
    std::uint32_t left_;
};

}  // namespace

Clumps agglomerate_courtyards(const GridPiece& piece, std::uint32_t clumps,
                              const GridRulesOfPiece& rules, bool all_the_same) {
    Merger merger(piece, rules);
    merger.run(clumps);
    if (all_the_same) merger.force(clumps);
    return merger.clumps();
}

Clumps agglomerate_in_tiles(const GridPiece& piece, std::uint32_t clumps,
                            const GridRulesOfPiece& rules, const GridSearchOptions& options) {
    constexpr std::size_t tile_nodes = 2048;
    const std::uint32_t nodes = piece.nodes();
    const std::uint64_t first_step = std::uint64_t{3} * clumps;
    if (nodes <= 2 * tile_nodes || first_step >= nodes)
        return agglomerate_courtyards(piece, clumps, rules, true);

    std::vector<std::uint32_t> order = along_hilbert(piece.x_m, piece.y_m, false);
    const std::size_t tiles = (nodes + tile_nodes - 1) / tile_nodes;
    const auto tile = [&](std::size_t i) {
        const std::size_t first = i * nodes / tiles;
        return std::span(order).subspan(first, (i + 1) * nodes / tiles - first);
    };
    std::vector<std::uint32_t> place(nodes);
    for (std::size_t i = 0; i < tiles; ++i) {
        const auto members = tile(i);
        std::sort(members.begin(), members.end());
        for (std::uint32_t j = 0; j < members.size(); ++j) place[members[j]] = j;
    }
    std::vector<Clumps> found(tiles);
    for_each_piece(
        tiles, options.threads,
        [&](std::size_t i) {
            const GridPiece part = part_of(piece, tile(i), place);
            const auto share = static_cast<std::uint32_t>(part.nodes() * first_step / nodes);
            found[i] = agglomerate_courtyards(part, std::max(1U, share), rules, false);
        },
        [](std::size_t) {});
    Clumps first;
    first.label.resize(nodes);
    for (std::size_t i = 0; i < tiles; ++i) {
        const auto members = tile(i);
        for (std::size_t j = 0; j < members.size(); ++j)
            first.label[members[j]] = first.count + found[i].label[j];
        first.count += found[i].count;
    }
    const Clumps second =
        agglomerate_courtyards(contract(piece, first), clumps, rules, true);
    for (std::uint32_t& label : first.label) label = second.label[label];
    first.count = second.count;
    return first;
}

GridPiece contract(const GridPiece& piece, const Clumps& clumps) {
    GridPiece coarse;
    coarse.x_m.assign(clumps.count, 0.0);
    coarse.y_m.assign(clumps.count, 0.0);
    coarse.households.assign(clumps.count, 0.0);
    coarse.courtyards.assign(clumps.count, 0);
    for (std::uint32_t node = 0; node < piece.nodes(); ++node) {
        const std::uint32_t clump = clumps.label[node];
        coarse.x_m[clump] += piece.households[node] * piece.x_m[node];
        coarse.y_m[clump] += piece.households[node] * piece.y_m[node];
        coarse.households[clump] += piece.households[node];
        coarse.courtyards[clump] += piece.courtyards[node];
    }
    for (std::uint32_t clump = 0; clump < clumps.count; ++clump) {
        coarse.x_m[clump] /= coarse.households[clump];
        coarse.y_m[clump] /= coarse.households[clump];
    }
    const GridMembers members(clumps.label, clumps.count);
    std::vector<std::uint32_t> mark(clumps.count, no_index);
    coarse.offsets.push_back(0);
    for (std::uint32_t clump = 0; clump < clumps.count; ++clump) {
        const std::size_t first = coarse.targets.size();
        for (const std::uint32_t node : members[clump])
            for (const std::uint32_t target : piece.neighbours(node)) {
                const std::uint32_t other = clumps.label[target];
                if (other == clump || mark[other] == clump) continue;
                mark[other] = clump;
                coarse.targets.push_back(other);
            }
        std::sort(coarse.targets.begin() + static_cast<std::ptrdiff_t>(first),
                  coarse.targets.end());
        coarse.offsets.push_back(static_cast<std::uint32_t>(coarse.targets.size()));
    }
    return coarse;
}

std::vector<std::uint32_t> along_hilbert(std::span<const double> x_m, std::span<const double> y_m,
                                         bool turned) {
    std::vector<std::uint32_t> order(x_m.size());
    if (order.empty()) return order;
    const auto [left, right] = std::minmax_element(x_m.begin(), x_m.end());
    const auto [low, high] = std::minmax_element(y_m.begin(), y_m.end());
    const double side_m = std::max(*right - *left, *high - *low);
    const double cells = side_m > 0 ? 65535.0 / side_m : 0.0;
    std::vector<std::uint64_t> keys(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        auto x = static_cast<std::uint32_t>((x_m[i] - *left) * cells);
        auto y = static_cast<std::uint32_t>((y_m[i] - *low) * cells);
        if (turned) std::swap(x, y = 65535 - y);
        keys[i] = std::uint64_t{hilbert_index(x, y)} << 32 | i;
    }
    std::sort(keys.begin(), keys.end());
    for (std::uint32_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<std::uint32_t>(keys[i]);
    return order;
}

}  // namespace gridgov::partition
