// Divide and conquer over a quadtree's cells, on half-edges.
//
// Places are ordered along the Z curve of their coordinates, counted from the least of each. A range
// of that order is cut where the highest bit that differs within it changes: a cell's midline, which
// separates the two parts strictly. Cells stay compact whatever the distribution (what alternating
// cuts are for), ordering is a radix sort, and the depth is at most two cuts a bit: below 100.
#include "gridgov/neighbours/delaunay.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <utility>

#include "gridgov/model/ids.hpp"
#include "neighbours/predicates.hpp"

namespace gridgov::neighbours {
namespace {

/// A position from the least coordinates, and its input row.
struct Point {
    std::uint64_t x;
    std::uint64_t y;
    std::uint32_t row;
};

/// Whether the highest bit set of a is below that of b (Chan 2002).
bool highest_bit_below(std::uint64_t a, std::uint64_t b) { return a < b && a < (a ^ b); }

/// The order along the Z curve, x before y in each bit; then by row.
bool z_before(const Point& a, const Point& b) {
    const std::uint64_t x = a.x ^ b.x;
    const std::uint64_t y = a.y ^ b.y;
    if ((x | y) == 0) return a.row < b.row;
    return highest_bit_below(x, y) ? a.y < b.y : a.x < b.x;
}

/// Bits 0 to 15 moved to the even places.
std::uint32_t spread(std::uint32_t bits) {
    bits = (bits | bits << 8) & 0x00ff00ff;
    bits = (bits | bits << 4) & 0x0f0f0f0f;
    bits = (bits | bits << 2) & 0x33333333;
    return (bits | bits << 1) & 0x55555555;
}

/// Sorts points by z_before; those of equal places must come in row order.
void sort_along_z(std::span<Point> points, std::vector<Point>& scratch) {
    constexpr std::size_t radix_worth = 2048;
    if (points.size() < radix_worth) {
        std::sort(points.begin(), points.end(), z_before);
        return;
    }
    std::uint64_t differing = 0;
    for (const Point& point : points)
        differing |= (point.x ^ points.front().x) | (point.y ^ points.front().y);
    if (differing == 0) return;
    // The upper 16 bits of each that differ, 32 together, least digit first; ties by recursion.
    const int shift = std::max(0, static_cast<int>(std::bit_width(differing)) - 16);
    const auto code = [shift](const Point& point) {
        return spread(static_cast<std::uint32_t>(point.x >> shift) & 0xffff) << 1 |
               spread(static_cast<std::uint32_t>(point.y >> shift) & 0xffff);
    };
    constexpr int digit_bits = 11;
    constexpr std::uint32_t digits = 1u << digit_bits;
    scratch.resize(points.size());
    Point* from = points.data();
    Point* to = scratch.data();
    std::vector<std::uint32_t> place(digits);
    for (int digit = 0; digit < 3; ++digit) {
        const auto digit_of = [&](const Point& point) {
            return code(point) >> (digit * digit_bits) & (digits - 1);
        };
        std::fill(place.begin(), place.end(), 0);
        for (std::size_t i = 0; i < points.size(); ++i) ++place[digit_of(from[i])];
        std::uint32_t sum = 0;
        for (std::uint32_t& entry : place) sum += std::exchange(entry, sum);
        for (std::size_t i = 0; i < points.size(); ++i) to[place[digit_of(from[i])]++] = from[i];
        std::swap(from, to);
    }
    std::copy(from, from + points.size(), points.data());
    if (shift == 0) return;
    for (std::size_t first = 0; first < points.size();) {
        std::size_t last = first + 1;
        while (last < points.size() && code(points[last]) == code(points[first])) ++last;
        if (last - first > 1) sort_along_z(points.subspan(first, last - first), scratch);
        first = last;
    }
}

/// Half-edges come in pairs e, e ^ 1 (Guibas and Stolfi's Sym); the dual is left out.
class Triangulation {
public:
    explicit Triangulation(const std::vector<Place>& places)
        : places_(places.data()),
          half_edges_(std::make_unique_for_overwrite<HalfEdge[]>(6 * places.size())) {
        divide(0, static_cast<std::uint32_t>(places.size()));
    }

    template <class Visit>
    void for_each_edge(Visit visit) const {
        for (std::uint32_t e = 0; e < used_; e += 2)
            if (origin(e) != no_index) visit(origin(e), destination(e));
    }

private:
    struct HalfEdge {
        std::uint32_t origin;
        std::uint32_t next;      // the next out of the origin, counterclockwise (Onext)
        std::uint32_t previous;  // clockwise (Oprev)
    };

    /// A part: one of its hull's edges, counterclockwise; or, of a lone place, only that.
    struct Part {
        std::uint32_t edge;
        std::uint32_t place;
    };

    std::uint32_t origin(std::uint32_t e) const { return half_edges_[e].origin; }
    std::uint32_t destination(std::uint32_t e) const { return half_edges_[e ^ 1].origin; }
    std::uint32_t next(std::uint32_t e) const { return half_edges_[e].next; }
    std::uint32_t previous(std::uint32_t e) const { return half_edges_[e].previous; }
    Place from(std::uint32_t e) const { return places_[origin(e)]; }
    Place to(std::uint32_t e) const { return places_[destination(e)]; }

    std::uint32_t make_edge(std::uint32_t from_place, std::uint32_t to_place) {
        std::uint32_t e = free_;
        if (e == no_index) {
            e = used_;  // never above 6 a place: edges in use stay planar
            used_ += 2;
        } else {
            free_ = half_edges_[e].next;
        }
        half_edges_[e] = {from_place, e, e};
        half_edges_[e ^ 1] = {to_place, e ^ 1, e ^ 1};
        return e;
    }

    /// Puts e, alone at its origin, counterclockwise after `at`.
    void insert_after(std::uint32_t at, std::uint32_t e) {
        const std::uint32_t after = next(at);
        half_edges_[e].next = after;
        half_edges_[e].previous = at;
        half_edges_[after].previous = e;
        half_edges_[at].next = e;
    }

    void unlink(std::uint32_t e) {
        half_edges_[next(e)].previous = previous(e);
        half_edges_[previous(e)].next = next(e);
    }

    void remove_edge(std::uint32_t e) {
        unlink(e);
        unlink(e ^ 1);
        e &= ~1u;
        half_edges_[e] = {no_index, free_, no_index};
        free_ = e;
    }

    Part divide(std::uint32_t first, std::uint32_t last) {
        switch (last - first) {
            case 0: return {no_index, no_index};
            case 1: return {no_index, first};
            case 2: return {make_edge(first, first + 1), first};
            default: break;
        }
        const Place low = places_[first];
        const Place high = places_[last - 1];
        const auto whole = [](double value) { return static_cast<std::uint64_t>(value); };
        const std::uint64_t x = whole(low.x) ^ whole(high.x);
        const std::uint64_t y = whole(low.y) ^ whole(high.y);
        // The midline of the smallest cell around the range.
        const auto midline = [&](double value, std::uint64_t difference) {
            const std::uint64_t bit = std::bit_floor(difference);
            return static_cast<double>(whole(value) & ~(bit - 1));
        };
        if (highest_bit_below(x, y)) {
            const double cut = midline(high.y, y);
            const Place* middle = std::partition_point(
                places_ + first, places_ + last, [cut](Place place) { return place.y < cut; });
            const auto at = static_cast<std::uint32_t>(middle - places_);
            const Part below = divide(first, at);
            return merge(below, divide(at, last), [](Place a, Place b) {
                return a.y < b.y || (a.y == b.y && a.x < b.x);
            });
        }
        const double cut = midline(high.x, x);
        const Place* middle = std::partition_point(
            places_ + first, places_ + last, [cut](Place place) { return place.x < cut; });
        const auto at = static_cast<std::uint32_t>(middle - places_);
        const Part left = divide(first, at);
        return merge(left, divide(at, last), [](Place a, Place b) {
            return a.x < b.x || (a.x == b.x && a.y < b.y);
        });
    }

    /// The hull's edge, counterclockwise, out of the place that comes last in an order. The order
    /// must tell any two places apart: of a path along the cut only an end will do, since from
    /// there alone one edge leads along the side that faces the other part.
    template <class Before>
    std::uint32_t extreme(std::uint32_t edge, Before before) const {
        std::uint32_t best = edge;
        Place best_place = from(edge);
        for (std::uint32_t e = next(edge ^ 1); e != edge; e = next(e ^ 1)) {
            const Place place = from(e);
            if (before(best_place, place)) {
                best = e;
                best_place = place;
            }
        }
        return best;
    }

    /// Merges two parts that a line separates, all of `left` being `before` all of `right`; names are
    /// as for a vertical line (turn the picture a quarter clockwise for a horizontal one).
    template <class Before>
    Part merge(Part left, Part right, Before before) {
        const std::uint32_t lower = join_by_lower_tangent(left, right, before);
        std::uint32_t base = lower;  // from right to left; what is above it is yet to be joined
        for (;;) {
            const Place base_left = to(base);
            const Place base_right = from(base);
            const auto above_base = [&](Place place) {
                return orientation(place, base_left, base_right) > 0;
            };
            std::uint32_t left_edge = next(base ^ 1);
            Place left_top = to(left_edge);
            const bool left_ok = above_base(left_top);
            if (left_ok) {
                for (;;) {
                    const std::uint32_t after = next(left_edge);
                    const Place candidate = to(after);
                    if (in_circle(base_left, base_right, left_top, candidate) <= 0) break;
                    remove_edge(left_edge);
                    left_edge = after;
                    left_top = candidate;
                }
            }
            std::uint32_t right_edge = previous(base);
            Place right_top = to(right_edge);
            const bool right_ok = above_base(right_top);
            if (right_ok) {
                for (;;) {
                    const std::uint32_t after = previous(right_edge);
                    const Place candidate = to(after);
                    if (in_circle(base_left, base_right, right_top, candidate) <= 0) break;
                    remove_edge(right_edge);
                    right_edge = after;
                    right_top = candidate;
                }
            }
            if (!left_ok && !right_ok) break;
            if (!left_ok ||
                (right_ok && in_circle(left_top, base_left, base_right, right_top) > 0)) {
                const std::uint32_t e = make_edge(destination(right_edge), destination(base));
                insert_after(previous(right_edge ^ 1), e);
                insert_after(base ^ 1, e ^ 1);
                base = e;
            } else {
                const std::uint32_t e = make_edge(origin(base), destination(left_edge));
                insert_after(previous(base), e);
                insert_after(left_edge ^ 1, e ^ 1);
                base = e;
            }
        }
        return {lower ^ 1, no_index};
    }

    /// Makes the edge, from right to left, below which neither part has a place.
    template <class Before>
    std::uint32_t join_by_lower_tangent(Part left, Part right, Before before) {
        const bool left_lone = left.edge == no_index;
        const bool right_lone = right.edge == no_index;
        // Out of the places that face each other: clockwise on the left, counterclockwise right.
        std::uint32_t l = left_lone ? no_index : previous(extreme(left.edge, before));
        std::uint32_t r = right_lone ? no_index : extreme(right.edge, [before](Place a, Place b) {
            return before(b, a);
        });
        const auto left_place = [&] { return left_lone ? left.place : origin(l); };
        const auto right_place = [&] { return right_lone ? right.place : origin(r); };
        for (;;) {
            if (!left_lone && orientation(places_[right_place()], from(l), to(l)) > 0)
                l = previous(l ^ 1);
            else if (!right_lone && orientation(places_[left_place()], to(r), from(r)) > 0)
                r = next(r ^ 1);
            else
                break;
        }
        const std::uint32_t base = make_edge(right_place(), left_place());
        if (!right_lone) insert_after(previous(r), base);
        if (!left_lone) insert_after(l, base ^ 1);
        return base;
    }

    const Place* places_;
    std::unique_ptr<HalfEdge[]> half_edges_;
    std::uint32_t used_ = 0;
    std::uint32_t free_ = no_index;
};

}  // namespace

Delaunay delaunay(std::span<const Position> positions) {
    Delaunay result;
    const auto rows = static_cast<std::uint32_t>(positions.size());
    result.representative.resize(rows);
    if (rows == 0) return result;

    Position least = positions.front();
    for (const Position position : positions) {
        least.x_um = std::min(least.x_um, position.x_um);
        least.y_um = std::min(least.y_um, position.y_um);
    }
    std::vector<Point> points(rows);
    for (std::uint32_t row = 0; row < rows; ++row)
        points[row] = {static_cast<std::uint64_t>(positions[row].x_um - least.x_um),
                       static_cast<std::uint64_t>(positions[row].y_um - least.y_um), row};
    {
        std::vector<Point> scratch;
        sort_along_z(points, scratch);
    }

    std::vector<Place> places;
    std::vector<std::uint32_t> row_of;
    places.reserve(rows);
    row_of.reserve(rows);
    for (const Point& point : points) {
        const Place place{static_cast<double>(point.x), static_cast<double>(point.y)};
        if (places.empty() || places.back() != place) {
            places.push_back(place);
            row_of.push_back(point.row);
        }
        result.representative[point.row] = row_of.back();
    }
    std::vector<Point>().swap(points);

    const Triangulation triangulation(places);

    // Edges by their smaller row, counted; then each row's few by the greater.
    std::vector<std::uint32_t> first(rows + 1, 0);
    triangulation.for_each_edge([&](std::uint32_t a, std::uint32_t b) {
        ++first[std::min(row_of[a], row_of[b]) + 1];
    });
    for (std::uint32_t row = 0; row < rows; ++row) first[row + 1] += first[row];
    result.edges.resize(first[rows]);
    std::vector<std::uint32_t> fill(first.begin(), first.end() - 1);
    triangulation.for_each_edge([&](std::uint32_t a, std::uint32_t b) {
        const auto [u, v] = std::minmax(row_of[a], row_of[b]);
        result.edges[fill[u]++] = {u, v};
    });
    for (std::uint32_t row = 0; row < rows; ++row)
        std::sort(result.edges.begin() + first[row], result.edges.begin() + first[row + 1]);
    return result;
}

}  // namespace gridgov::neighbours
