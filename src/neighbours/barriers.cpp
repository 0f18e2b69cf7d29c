#include "neighbours/barriers.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "neighbours/box_tree.hpp"
#include "neighbours/predicates.hpp"

namespace gridgov::neighbours {
namespace {

struct Segment {
    Place from;
    Place to;
};

int sign(double value) { return (value > 0) - (value < 0); }

/// The sign of the cross product of a segment and the shift (δ, δ²): what decides the side of a
/// place on the segment's line that is shifted so.
int side_of_shift(Segment s) {
    const int down = sign(s.from.y - s.to.y);
    return down != 0 ? down : sign(s.to.x - s.from.x);
}

/// Whether a link crosses a barrier that is shifted by (−δ, −δ²). Either has a length.
bool crosses(Segment link, Segment barrier) {
    const auto side_of_barrier = [&](Place household) {
        const int side = orientation(barrier.from, barrier.to, household);
        return side != 0 ? side : side_of_shift(barrier);
    };
    if (side_of_barrier(link.from) == side_of_barrier(link.to)) return false;
    const auto side_of_link = [&](Place vertex) {
        const int side = orientation(link.from, link.to, vertex);
        return side != 0 ? side : -side_of_shift(link);
    };
    return side_of_link(barrier.from) != side_of_link(barrier.to);
}

}  // namespace

struct Barriers::Index {
    std::vector<Segment> segments;
    BoxTree tree;
};

Barriers::Barriers(std::span<const Town::Barrier> barriers) {
    std::vector<Segment> segments;
    std::vector<BoxEntry> entries;
    for (const Town::Barrier& barrier : barriers) {
        if (barrier.from == barrier.to) continue;
        segments.push_back({place_of(barrier.from), place_of(barrier.to)});
        entries.emplace_back(box_around(segments.back().from, segments.back().to),
                             static_cast<std::uint32_t>(segments.size() - 1));
    }
    BoxTree tree(entries);
    index_ = std::make_unique<const Index>(Index{std::move(segments), std::move(tree)});
}

Barriers::~Barriers() = default;

bool Barriers::cut(Position from, Position to) const {
    const Segment link{place_of(from), place_of(to)};
    if (link.from == link.to || index_->segments.empty()) return false;
    const auto crossing = [&](const BoxEntry& entry) {
        return crosses(link, index_->segments[entry.second]);
    };
    namespace index = boost::geometry::index;
    const auto cutting = index::intersects(box_around(link.from, link.to)) &&
                         index::satisfies(crossing);
    return index_->tree.qbegin(cutting) != index_->tree.qend();
}

}  // namespace gridgov::neighbours
