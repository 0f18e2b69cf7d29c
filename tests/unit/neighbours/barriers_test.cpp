// Which links barriers cut, degenerate cases above all.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "neighbours/barriers.hpp"

using namespace gridgov;
using neighbours::Barriers;

namespace {

using Segments = std::vector<Town::Barrier>;

Segments polyline(const std::vector<Position>& vertices) {
    Segments segments;
    for (std::size_t i = 0; i + 1 < vertices.size(); ++i)
        segments.push_back({vertices[i], vertices[i + 1]});
    return segments;
}

/// How many of the segments cut the link, each asked by itself; either direction must agree.
int cuts(const Segments& segments, Position a, Position b) {
    int count = 0;
    for (const Town::Barrier& segment : segments) {
        const Segments one{segment}, turned{{segment.to, segment.from}};
        const bool cut = Barriers(one).cut(a, b);
        CHECK(cut == Barriers(one).cut(b, a));
        CHECK(cut == Barriers(turned).cut(a, b));
        count += cut ? 1 : 0;
    }
    CHECK((count > 0) == Barriers(segments).cut(a, b));
    return count;
}

}  // namespace

TEST_CASE("barriers: proper crossings cut, misses do not") {
    const Segments river = polyline({{0, -10}, {0, 10}});
    CHECK(cuts(river, {-5, 0}, {5, 1}) == 1);
    CHECK(cuts(river, {-5, 0}, {-1, 1}) == 0);
    CHECK(cuts(river, {-5, 20}, {5, 20}) == 0);
    CHECK(cuts({}, {-5, 0}, {5, 1}) == 0);
    CHECK(cuts({{{3, 3}, {3, 3}}}, {0, 0}, {6, 6}) == 0);  // a barrier of no length
    CHECK(cuts(river, {0, 0}, {0, 0}) == 0);                // a link of no length
}

TEST_CASE("barriers: a link through a vertex is cut once if the line passes, never twice") {
    // The line bends at the link's middle.
    CHECK(cuts(polyline({{0, -10}, {0, 0}, {0, 10}}), {-5, 0}, {5, 0}) == 1);
    CHECK(cuts(polyline({{-3, -10}, {0, 0}, {4, 10}}), {-5, 0}, {5, 0}) == 1);
    // A line that only touches the link with a vertex: both of its segments or neither.
    CHECK(cuts(polyline({{-3, 10}, {0, 0}, {3, 10}}), {-5, 0}, {5, 0}) % 2 == 0);
    CHECK(cuts(polyline({{-3, -10}, {0, 0}, {3, -10}}), {-5, 0}, {5, 0}) % 2 == 0);
    // A line that runs along the link for a while and leaves on the other side, or on the same.
    CHECK(cuts(polyline({{-3, -10}, {-2, 0}, {2, 0}, {3, 10}}), {-5, 0}, {5, 0}) % 2 == 1);
    CHECK(cuts(polyline({{-3, -10}, {-2, 0}, {2, 0}, {3, -10}}), {-5, 0}, {5, 0}) % 2 == 0);
}

TEST_CASE("barriers: a household on the line is on one definite side of it") {
    // Straight through, bent at, and along: exactly one of left and right is cut off.
    const std::vector<std::vector<Position>> lines{
        {{0, -10}, {0, 10}},
        {{0, -10}, {0, 0}, {0, 10}},
        {{0, -10}, {0, 0}, {1, 10}},
        {{-4, -10}, {0, 0}, {-4, 10}},
        {{4, -10}, {0, 0}, {3, 10}},
        {{0, -10}, {0, -1}, {0, 0}, {0, 1}, {0, 10}},
    };
    for (const auto& line : lines) {
        const Segments segments = polyline(line);
        const int left = cuts(segments, {-8, 0}, {0, 0});
        const int right = cuts(segments, {0, 0}, {8, 0});
        CHECK(left + right == 1);
    }
}

TEST_CASE("barriers: crossing parity is that of a shifted picture") {
    // The rule's definition, by brute force: scale up, shift the barriers by (−1, −…) within the
    // new resolution, so that nothing touches, and count crossings there.
    std::mt19937_64 random(1);
    const auto place = [&] {
        return Position{static_cast<std::int64_t>(random() % 5), static_cast<std::int64_t>(random() % 5)};
    };
    for (int round = 0; round < 20000; ++round) {
        const Town::Barrier barrier{place(), place()};
        const Position a = place(), b = place();
        const std::int64_t scale = 1'000'000;  // δ = 1000/scale, δ² = 1/scale
        const auto large = [](Position p) { return Position{p.x_um * scale, p.y_um * scale}; };
        const auto shifted = [&](Position p) {
            return Position{p.x_um * scale - 1000, p.y_um * scale - 1};
        };
        const Segments one{barrier}, moved{{shifted(barrier.from), shifted(barrier.to)}};
        const auto turn = [](Position p, Position q, Position r) {
            const std::int64_t area = (q.x_um - p.x_um) * (r.y_um - p.y_um) -
                                      (q.y_um - p.y_um) * (r.x_um - p.x_um);
            return (area > 0) - (area < 0);
        };
        const Position p = large(a), q = large(b), s = moved[0].from, t = moved[0].to;
        bool expected = false;
        if (!(a == b) && !(barrier.from == barrier.to)) {
            REQUIRE(turn(p, q, s) * turn(p, q, t) * turn(s, t, p) * turn(s, t, q) != 0);
            expected = turn(p, q, s) != turn(p, q, t) && turn(s, t, p) != turn(s, t, q);
        }
        REQUIRE(Barriers(one).cut(a, b) == expected);
    }
}

TEST_CASE("barriers: a closed ring separates, whatever passes through its vertices") {
    // A loop of links around anything crosses a closed ring an even number of times.
    std::mt19937_64 random(2);
    for (int round = 0; round < 2000; ++round) {
        const auto draw = [&](std::size_t count) {
            std::vector<Position> line(count);
            for (Position& p : line)
                p = {static_cast<std::int64_t>(random() % 6), static_cast<std::int64_t>(random() % 6)};
            line.push_back(line.front());
            return line;
        };
        const Segments ring = polyline(draw(3 + random() % 4));
        const std::vector<Position> walk = draw(3 + random() % 4);
        int total = 0;
        for (std::size_t i = 0; i + 1 < walk.size(); ++i) {
            for (const Town::Barrier& segment : ring) {
                const Segments one{segment};
                total += Barriers(one).cut(walk[i], walk[i + 1]) ? 1 : 0;
            }
        }
        REQUIRE(total % 2 == 0);
    }
}

TEST_CASE("barriers: exact at the limit of coordinates") {
    const std::int64_t far = 100'000'000'000'000;
    const Segments line = polyline({{-far, -far}, {far, far - 1}});
    // The line passes half a micrometre below the middle.
    CHECK(cuts(line, {0, 0}, {far, far}) == 0);
    CHECK(cuts(line, {0, -1}, {far, far}) == 1);
    CHECK(cuts(line, {0, 0}, {0, -1}) == 1);
}
