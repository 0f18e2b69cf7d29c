#include "neighbours/rejoin.hpp"

#include <algorithm>
#include <numeric>

#include "neighbours/box_tree.hpp"
#include "neighbours/predicates.hpp"

namespace gridgov::neighbours {
namespace {

/// Every household of a piece up to this size looks around; of larger ones those beside a cut.
constexpr std::uint32_t small_piece = 250;
/// How many households one looks at, in a small piece and in a large one.
constexpr std::size_t looks_small = 250;
constexpr std::size_t looks_large = 60;

struct Candidate {
    double length_m;
    std::uint32_t u, v;
};

/// The triangulation with all its edges, for going outward from a household.
class Surroundings {
public:
    Surroundings(std::size_t households, std::span<const Pair> kept, std::span<const Pair> cut)
        : first_(households + 1, 0), seen_(households, 0) {
        for (const auto& pairs : {kept, cut})
            for (const auto& [u, v] : pairs) {
                ++first_[u + 1];
                ++first_[v + 1];
            }
        std::partial_sum(first_.begin(), first_.end(), first_.begin());
        others_.resize(first_.back());
        std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
        for (const auto& pairs : {kept, cut})
            for (const auto& [u, v] : pairs) {
                others_[next[u]++] = v;
                others_[next[v]++] = u;
            }
    }

    /// The first `count` households by hops from `start`, itself first.
    std::span<const std::uint32_t> around(std::uint32_t start, std::size_t count) {
        ++stamp_;
        queue_.assign(1, start);
        seen_[start] = stamp_;
        for (std::size_t next = 0; next < queue_.size() && queue_.size() < count; ++next)
            for (std::size_t i = first_[queue_[next]]; i < first_[queue_[next] + 1]; ++i)
                if (seen_[others_[i]] != stamp_) {
                    seen_[others_[i]] = stamp_;
                    queue_.push_back(others_[i]);
                }
        return queue_;
    }

private:
    std::vector<std::size_t> first_;
    std::vector<std::uint32_t> others_;
    std::vector<std::uint32_t> seen_;
    std::uint32_t stamp_ = 0;
    std::vector<std::uint32_t> queue_;
};

/// Edges that no further edge may cross.
class Plane {
public:
    Plane(std::span<const Position> positions, std::span<const Pair> edges)
        : positions_(positions), edges_(edges.begin(), edges.end()), tree_(entries()) {}

    void add(Pair edge) {
        tree_.insert(BoxEntry(box_of(edge), static_cast<std::uint32_t>(edges_.size())));
        edges_.push_back(edge);
    }

    /// Whether an edge meets one that is there, other than at a common end.
    bool crosses(Pair edge) const {
        namespace index = boost::geometry::index;
        const auto meeting = [&](const BoxEntry& entry) { return meet(edge, edges_[entry.second]); };
        const auto met = index::intersects(box_of(edge)) && index::satisfies(meeting);
        return tree_.qbegin(met) != tree_.qend();
    }

private:
    Box box_of(Pair edge) const {
        return box_around(place_of(positions_[edge[0]]), place_of(positions_[edge[1]]));
    }
    std::vector<BoxEntry> entries() const {
        std::vector<BoxEntry> all;
        for (std::uint32_t i = 0; i < edges_.size(); ++i) all.emplace_back(box_of(edges_[i]), i);
        return all;
    }
    bool meet(Pair one, Pair other) const {
        const Place a = place_of(positions_[one[0]]), b = place_of(positions_[one[1]]);
        const Place c = place_of(positions_[other[0]]), d = place_of(positions_[other[1]]);
        const int c_side = orientation(a, b, c), d_side = orientation(a, b, d);
        const int a_side = orientation(c, d, a), b_side = orientation(c, d, b);
        const bool share = one[0] == other[0] || one[0] == other[1] || one[1] == other[0] ||
                           one[1] == other[1];
        if (share) {  // they may only overlap, one running along the other
            if (c_side != 0 || d_side != 0) return false;
            const Place common = one[0] == other[0] || one[0] == other[1] ? a : b;
            const Place mine = common == a ? b : a, theirs = common == c ? d : c;
            return (mine.x - common.x) * (theirs.x - common.x) +
                       (mine.y - common.y) * (theirs.y - common.y) > 0;
        }
        if (c_side == 0 && d_side == 0) {  // on one line: do the boxes meet there?
            return boost::geometry::intersects(box_around(a, b), box_around(c, d));
        }
        return c_side * d_side <= 0 && a_side * b_side <= 0;
    }

    std::span<const Position> positions_;
    std::vector<Pair> edges_;
    BoxTree tree_;
};

}  // namespace

std::vector<Pair> rejoin(std::span<const Position> positions, std::span<const Pair> kept,
                         std::span<const Pair> cut, const Barriers& barriers, Pieces& pieces) {
    const auto households = static_cast<std::uint32_t>(positions.size());
    std::vector<std::uint32_t> size_of(households, 0);
    for (std::uint32_t i = 0; i < households; ++i) ++size_of[pieces.root(i)];
    std::vector<std::uint8_t> beside_cut(households, 0);
    for (const auto& [u, v] : cut) beside_cut[u] = beside_cut[v] = 1;

    Surroundings surroundings(households, kept, cut);
    std::vector<Candidate> candidates;
    for (std::uint32_t u = 0; u < households; ++u) {
        const std::uint32_t piece = pieces.root(u);
        const bool small = size_of[piece] <= small_piece;
        if (!small && !beside_cut[u]) continue;
        for (const std::uint32_t v : surroundings.around(u, small ? looks_small : looks_large))
            if (pieces.root(v) != piece)
                candidates.push_back({straight_distance_m(positions[u], positions[v]),
                                      std::min(u, v), std::max(u, v)});
    }
    const auto key = [](const Candidate& c) { return std::pair(c.u, c.v); };
    std::sort(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
        return a.length_m != b.length_m ? a.length_m < b.length_m : key(a) < key(b);
    });
    candidates.erase(std::unique(candidates.begin(), candidates.end(),
                                 [&](const Candidate& a, const Candidate& b) {
                                     return key(a) == key(b);
                                 }),
                     candidates.end());

    std::vector<Pair> found;
    Plane plane(positions, kept);
    for (const Candidate& candidate : candidates) {
        if (pieces.count() == 1) break;
        const Pair pair{candidate.u, candidate.v};
        if (pieces.root(pair[0]) == pieces.root(pair[1]) ||
            barriers.cut(positions[pair[0]], positions[pair[1]]) || plane.crosses(pair))
            continue;
        pieces.join(pair[0], pair[1]);
        plane.add(pair);
        found.push_back(pair);
    }
    return found;
}

}  // namespace gridgov::neighbours
