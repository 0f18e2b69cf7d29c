// Divide and conquer over a quadtree's cells, on half-edges.
//
// Places are ordered along the Z curve of their coordinates, counted from the least of each. A range
// of that order is cut where the highest bit that differs within it changes: a cell's midline, which
// separates the two parts strictly. Cells stay compact whatever the distribution (what alternating
// cuts are for), ordering is a radix sort, and the depth is at most two cuts a bit: below 100.
#include "gridgov/neighbours/delaunay.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <numeric>
#include <utility>

#include "gridgov/model/ids.hpp"
#include "large_pages.hpp"
#include "neighbours/predicates.hpp"
#include "neighbours/triangulate.hpp"
#include "threads.hpp"

namespace gridgov::neighbours {
namespace {

/// Whether the highest bit set of a is below that of b (Chan 2002).
bool highest_bit_below(std::uint64_t a, std::uint64_t b) { return a < b && a < (a ^ b); }

/// Bits 0 to 15 moved to the even places.
std::uint32_t spread(std::uint32_t bits) {
    bits = (bits | bits << 8) & 0x00ff00ff;
    bits = (bits | bits << 4) & 0x0f0f0f0f;
    bits = (bits | bits << 2) & 0x33333333;
    return (bits | bits << 1) & 0x55555555;
}

/// Sorts rows along the Z curve of their positions; those of equal places by rank.
class ZOrder {
public:
    /// `rank` empty: by row.
    ZOrder(std::span<const Position> positions, std::span<const std::uint32_t> rank,
           std::span<std::uint32_t> rows)
        : positions_(positions), rank_(rank), least_(positions[rows.front()]) {
        for (const std::uint32_t row : rows) {
            least_.x_um = std::min(least_.x_um, positions[row].x_um);
            least_.y_um = std::min(least_.y_um, positions[row].y_um);
        }
        sort(rows);
    }

    std::uint64_t x(std::uint32_t row) const {
        return static_cast<std::uint64_t>(positions_[row].x_um - least_.x_um);
    }
    std::uint64_t y(std::uint32_t row) const {
        return static_cast<std::uint64_t>(positions_[row].y_um - least_.y_um);
    }

private:
    struct Entry {
        std::uint32_t code, row;
    };

    /// x before y in each bit; then by rank.
    bool before(std::uint32_t a, std::uint32_t b) const {
        const std::uint64_t x_differs = x(a) ^ x(b);
        const std::uint64_t y_differs = y(a) ^ y(b);
        if ((x_differs | y_differs) == 0) return rank(a) < rank(b);
        return highest_bit_below(x_differs, y_differs) ? y(a) < y(b) : x(a) < x(b);
    }

    std::uint32_t rank(std::uint32_t row) const { return rank_.empty() ? row : rank_[row]; }

    void sort(std::span<std::uint32_t> rows) {
        constexpr std::size_t radix_worth = 2048;
        if (rows.size() < radix_worth) {
            std::sort(rows.begin(), rows.end(),
                      [this](std::uint32_t a, std::uint32_t b) { return before(a, b); });
            return;
        }
        std::uint64_t differing = 0;
        const std::uint64_t first_x = x(rows.front()), first_y = y(rows.front());
        for (const std::uint32_t row : rows) differing |= (x(row) ^ first_x) | (y(row) ^ first_y);
        if (differing == 0) {
            std::sort(rows.begin(), rows.end(), [this](std::uint32_t a, std::uint32_t b) {
                return rank(a) < rank(b);
            });
            return;
        }
        // The upper 16 bits of each that differ, 32 together, least digit first; ties by recursion.
        const int shift = std::max(0, static_cast<int>(std::bit_width(differing)) - 16);
        constexpr unsigned digit_bits = 11, digits = 3;
        constexpr std::uint32_t mask = (1U << digit_bits) - 1;
        std::vector<Entry> from, to;
        resize_in_large_pages(from, rows.size());
        resize_in_large_pages(to, rows.size());
        std::array<std::array<std::uint32_t, mask + 1>, digits> place{};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::uint32_t row = rows[i];
            const std::uint32_t code =
                spread(static_cast<std::uint32_t>(x(row) >> shift) & 0xffff) << 1 |
                spread(static_cast<std::uint32_t>(y(row) >> shift) & 0xffff);
            from[i] = {code, row};
            for (unsigned digit = 0; digit < digits; ++digit)
                ++place[digit][code >> (digit * digit_bits) & mask];
        }
        for (unsigned digit = 0; digit < digits; ++digit) {
            std::uint32_t sum = 0;
            for (std::uint32_t& entry : place[digit]) sum += std::exchange(entry, sum);
            for (const Entry entry : from)
                to[place[digit][entry.code >> (digit * digit_bits) & mask]++] = entry;
            std::swap(from, to);
        }
        to = {};
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = from[i].row;
        for (std::size_t first = 0; first < rows.size();) {
            std::size_t last = first + 1;
            while (last < rows.size() && from[last].code == from[first].code) ++last;
            if (last - first > 1) sort(rows.subspan(first, last - first));
            first = last;
        }
    }

    std::span<const Position> positions_;
    std::span<const std::uint32_t> rank_;
    Position least_;
};

struct HalfEdge {
    std::uint32_t origin;
    std::uint32_t next;      // the next out of the origin, counterclockwise (Onext)
    std::uint32_t previous;  // clockwise (Oprev)
};

/// Triangulates ranges of places. Half-edges come in pairs e, e ^ 1 (Guibas and Stolfi's Sym); the dual
/// is left out. A range has six half-edges a place at its own places of the common array, which are
/// enough since edges in use stay planar; so ranges can be triangulated side by side.
class Triangulator {
public:
    Triangulator(const Place* places, HalfEdge* half_edges, std::uint32_t first)
        : places_(places), half_edges_(half_edges), used_(6 * first) {}

    std::uint32_t used() const { return used_; }

    /// A part: one of its hull's edges, counterclockwise; or, of a lone place, only that.
    struct Part {
        std::uint32_t edge;
        std::uint32_t place;
    };

    /// Where a range is cut: by the midline of the smallest cell around it.
    struct Cut {
        std::uint32_t at;
        bool across;  ///< by a horizontal line
    };
    Cut cut(std::uint32_t first, std::uint32_t last) const {
        const Place low = places_[first];
        const Place high = places_[last - 1];
        const auto whole = [](double value) { return static_cast<std::uint64_t>(value); };
        const std::uint64_t x = whole(low.x) ^ whole(high.x);
        const std::uint64_t y = whole(low.y) ^ whole(high.y);
        const auto midline = [&](double value, std::uint64_t difference) {
            const std::uint64_t bit = std::bit_floor(difference);
            return static_cast<double>(whole(value) & ~(bit - 1));
        };
        const bool across = highest_bit_below(x, y);
        const double line = across ? midline(high.y, y) : midline(high.x, x);
        const Place* middle =
            std::partition_point(places_ + first, places_ + last, [&](Place place) {
                return (across ? place.y : place.x) < line;
            });
        return {static_cast<std::uint32_t>(middle - places_), across};
    }

    Part divide(std::uint32_t first, std::uint32_t last) {
        switch (last - first) {
            case 0: return {no_index, no_index};
            case 1: return {no_index, first};
            case 2: return {make_edge(first, first + 1), first};
            default: break;
        }
        const Cut middle = cut(first, last);
        const Part low = divide(first, middle.at);
        return merge(low, divide(middle.at, last), middle);
    }

    Part merge(Part low, Part high, Cut middle) {
        if (middle.across)
            return merge(low, high, [](Place a, Place b) {
                return a.y < b.y || (a.y == b.y && a.x < b.x);
            });
        return merge(low, high, [](Place a, Place b) {
            return a.x < b.x || (a.x == b.x && a.y < b.y);
        });
    }

    /// Takes over the range that follows this one, which begins at place `first`.
    void append(const Triangulator& following, std::uint32_t first) {
        for (; used_ < 6 * first; used_ += 2) release(used_);
        if (free_ == no_index) {
            free_ = following.free_;
        } else {
            std::uint32_t last = free_;
            while (half_edges_[last].next != no_index) last = half_edges_[last].next;
            half_edges_[last].next = following.free_;
        }
        used_ = following.used_;
    }

private:
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
        release(e & ~1U);
    }

    void release(std::uint32_t e) {
        half_edges_[e] = {no_index, free_, no_index};
        free_ = e;
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
    HalfEdge* half_edges_;
    std::uint32_t used_;
    std::uint32_t free_ = no_index;
};

/// The whole: the cells of the first few cuts side by side, then merged. The triangulation does not
/// depend on who makes which part.
class Triangulation {
public:
    Triangulation(std::span<const Place> places, unsigned threads)
        : places_(places.data()),
          half_edges_(std::make_unique_for_overwrite<HalfEdge[]>(6 * places.size())) {
        const auto count = static_cast<std::uint32_t>(places.size());
        constexpr std::uint32_t cells_about = 64, cell_worth = 4096;
        cell_max_ = std::max(cell_worth, count / cells_about);
        list_cells(0, count);
        for_each_piece(
            cells_.size(), threads,
            [&](std::size_t i) {
                Cell& cell = cells_[i];
                cell.part = cell.triangulator.divide(cell.first, cell.last);
            },
            [](std::size_t) {});
        std::size_t next = 0;
        Triangulator whole = cells_.front().triangulator;
        join(0, count, next, whole);
        used_ = whole.used();
    }

    template <class Visit>
    void for_each_edge(Visit visit) const {
        for (std::uint32_t e = 0; e < used_; e += 2)
            if (half_edges_[e].origin != no_index)
                visit(half_edges_[e].origin, half_edges_[e ^ 1].origin);
    }

private:
    struct Cell {
        std::uint32_t first, last;
        Triangulator triangulator;
        Triangulator::Part part{no_index, no_index};
    };

    void list_cells(std::uint32_t first, std::uint32_t last) {
        const Triangulator here(places_, half_edges_.get(), first);
        if (last - first <= cell_max_) {
            cells_.push_back({first, last, here});
            return;
        }
        const Triangulator::Cut middle = here.cut(first, last);
        list_cells(first, middle.at);
        list_cells(middle.at, last);
    }

    /// Merges the cells of a range, of which `next` is the first; `into` becomes their triangulator.
    Triangulator::Part join(std::uint32_t first, std::uint32_t last, std::size_t& next,
                            Triangulator& into) {
        if (last - first <= cell_max_) {
            into = cells_[next].triangulator;
            return cells_[next++].part;
        }
        const Triangulator::Cut middle = into.cut(first, last);
        const Triangulator::Part low = join(first, middle.at, next, into);
        Triangulator following = into;
        const Triangulator::Part high = join(middle.at, last, next, following);
        into.append(following, middle.at);
        return into.merge(low, high, middle);
    }

    const Place* places_;
    std::unique_ptr<HalfEdge[]> half_edges_;
    std::uint32_t cell_max_ = 0;
    std::vector<Cell> cells_;
    std::uint32_t used_ = 0;
};

}  // namespace

AlongCurve triangulate(std::span<const Position> positions, std::span<const std::uint32_t> rank,
                       std::vector<std::uint32_t> rows, unsigned threads) {
    AlongCurve result;
    result.rows = std::move(rows);
    if (result.rows.empty()) return result;
    const ZOrder order(positions, rank, result.rows);
    const auto count = static_cast<std::uint32_t>(result.rows.size());
    std::vector<Place> places;
    reserve_in_large_pages(places, count);
    for (const std::uint32_t row : result.rows) {
        const Place place{static_cast<double>(order.x(row)), static_cast<double>(order.y(row))};
        if (places.empty() || places.back() != place) places.push_back(place);
    }
    std::vector<std::uint32_t> first_at;  // of each place, where some are shared
    if (places.size() < count) {
        first_at.reserve(places.size());
        result.first_of.resize(count);
        for (std::uint32_t i = 0; i < count; ++i) {
            if (i == 0 || positions[result.rows[i]] != positions[result.rows[i - 1]])
                first_at.push_back(i);
            result.first_of[i] = first_at.back();
        }
    }
    const Triangulation triangulation(places, threads);
    std::size_t edges = 0;
    triangulation.for_each_edge([&](std::uint32_t, std::uint32_t) { ++edges; });
    reserve_in_large_pages(result.edges, edges);
    triangulation.for_each_edge([&](std::uint32_t a, std::uint32_t b) {
        if (first_at.empty())
            result.edges.push_back({a, b});
        else
            result.edges.push_back({first_at[a], first_at[b]});
    });
    return result;
}

Delaunay delaunay(std::span<const Position> positions, unsigned threads) {
    std::vector<std::uint32_t> rows(positions.size());
    std::iota(rows.begin(), rows.end(), 0U);
    const AlongCurve along = triangulate(positions, {}, std::move(rows), threads);
    Delaunay result;
    result.representative.resize(positions.size());
    for (std::uint32_t i = 0; i < along.rows.size(); ++i)
        result.representative[along.rows[i]] = along.rows[along.first(i)];
    result.edges.reserve(along.edges.size());
    for (const auto& [a, b] : along.edges) {
        const auto [u, v] = std::minmax(along.rows[a], along.rows[b]);
        result.edges.push_back({u, v});
    }
    std::sort(result.edges.begin(), result.edges.end());
    return result;
}

}  // namespace gridgov::neighbours
