#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

#include "delaunay_check.hpp"
#include "gridgov/neighbours/delaunay.hpp"

using namespace gridgov;
using neighbours::delaunay;
using neighbours::Delaunay;
using tests::delaunay_breach;

namespace {

using Positions = std::vector<Position>;
using Edges = std::vector<std::array<std::uint32_t, 2>>;

/// Edges as pairs of places, which must not depend on the order of the rows.
std::set<std::pair<Position, Position>> placed(const Positions& positions, const Delaunay& result,
                                               Position shift = {}) {
    std::set<std::pair<Position, Position>> edges;
    for (const auto& [u, v] : result.edges) {
        Position a{positions[u].x_um - shift.x_um, positions[u].y_um - shift.y_um};
        Position b{positions[v].x_um - shift.x_um, positions[v].y_um - shift.y_um};
        edges.insert(std::minmax(a, b));
    }
    return edges;
}

Positions random_positions(std::mt19937_64& random, std::size_t count, std::int64_t extent) {
    const auto draw = [&] {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(2 * extent + 1)) -
               extent;
    };
    Positions positions(count);
    for (Position& position : positions) position = {draw(), draw()};
    return positions;
}

/// Brute force, straight from the definition: an edge of *some* Delaunay triangulation has a circle
/// through its ends with nothing strictly inside.
bool has_empty_circle(const Positions& positions, Position a, Position b) {
    // Circles through a and b are ordered by where they cut the bisector; each other place on the
    // left forbids those beyond its own, each on the right those before: compare all pairs.
    for (const Position p : positions) {
        if (p == a || p == b) continue;
        const int side = tests::turn(a, b, p);
        if (side == 0) {
            const bool between = std::min(a, b) < p && p < std::max(a, b);
            if (between) return false;
            continue;
        }
        if (side < 0) continue;
        for (const Position q : positions)
            if (tests::turn(a, b, q) < 0 && tests::inside_circle(a, b, p, q) > 0) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("delaunay: a square and its middle") {
    const Positions positions{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {5, 5}};
    const Delaunay result = delaunay(positions);
    CHECK(result.edges == Edges{{0, 1}, {0, 3}, {0, 4}, {1, 2}, {1, 4}, {2, 3}, {2, 4}, {3, 4}});
    CHECK(result.representative == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
}

TEST_CASE("delaunay: the flat quadrilateral takes the short diagonal") {
    const Positions positions{{0, 0}, {100, -10}, {200, 0}, {100, 10}};
    CHECK(delaunay(positions).edges == Edges{{0, 1}, {0, 3}, {1, 2}, {1, 3}, {2, 3}});
}

TEST_CASE("delaunay: none, one, two, all at one place") {
    CHECK(delaunay({}).edges.empty());
    CHECK(delaunay(Positions{{3, 4}}).edges.empty());
    CHECK(delaunay(Positions{{3, 4}, {-3, 4}}).edges == Edges{{0, 1}});
    const Positions same(10000, Position{-7, 7});
    const Delaunay result = delaunay(same);
    CHECK(result.edges.empty());
    CHECK(std::all_of(result.representative.begin(), result.representative.end(),
                      [](std::uint32_t row) { return row == 0; }));
}

TEST_CASE("delaunay: duplicates stand behind the first row of their place") {
    const Positions positions{{5, 5}, {0, 0}, {5, 5}, {0, 0}, {9, 1}, {5, 5}};
    const Delaunay result = delaunay(positions);
    CHECK(result.representative == std::vector<std::uint32_t>{0, 1, 0, 1, 4, 0});
    CHECK(result.edges == Edges{{0, 1}, {0, 4}, {1, 4}});
}

TEST_CASE("delaunay: collinear places make a path") {
    for (const Position step : {Position{1, 0}, {0, 1}, {3, 7}, {-5, 2}}) {
        Positions positions;
        for (std::int64_t i = 0; i < 100; ++i)
            positions.push_back({(i * 37 % 100) * step.x_um, (i * 37 % 100) * step.y_um});
        const Delaunay result = delaunay(positions);
        CHECK(delaunay_breach(positions, result) == "");
        CHECK(result.edges.size() == 99);
    }
}

TEST_CASE("delaunay: brute force on small sets, with many ties") {
    std::mt19937_64 random(1);
    for (int round = 0; round < 3000; ++round) {
        const std::int64_t extent = std::int64_t{1} << random() % 6;
        const Positions positions = random_positions(random, 1 + random() % 14, extent);
        const Delaunay result = delaunay(positions);
        REQUIRE(delaunay_breach(positions, result) == "");
        for (const auto& [u, v] : result.edges)
            REQUIRE(has_empty_circle(positions, positions[u], positions[v]));
    }
}

TEST_CASE("delaunay: shapes that break triangulators") {
    std::mt19937_64 random(2);
    const std::int64_t far = 100'000'000'000'000;  // the contract's limit, in micrometres
    std::vector<Positions> shapes;
    shapes.push_back(random_positions(random, 500, far));
    shapes.push_back(random_positions(random, 500, 3));      // nearly all duplicates
    shapes.push_back({{far, far}, {-far, far}, {far, -far}, {-far, -far}, {0, 0}, {0, 1}, {1, 0}});
    Positions grid, huge_grid, circle, clusters, cross, spiral;
    for (std::int64_t x = 0; x < 20; ++x)
        for (std::int64_t y = 0; y < 20; ++y) {
            grid.push_back({x, y});
            huge_grid.push_back({x * (far / 10) - far, y * (far / 10) - far});
        }
    // Lattice places on one circle: x² + y² = 5²·13²·17²·29².
    const std::int64_t radius = 5 * 13 * 17 * 29;
    for (std::int64_t x = -radius; x <= radius; ++x) {
        const auto y = static_cast<std::int64_t>(
            std::sqrt(static_cast<double>(radius * radius - x * x)) + 0.5);
        if (x * x + y * y != radius * radius) continue;
        circle.push_back({x, y});
        circle.push_back({x, -y});
    }
    CHECK(circle.size() > 300);
    Positions huge_circle = circle;
    for (Position& p : huge_circle) p = {p.x_um * 2'000'000'000, p.y_um * 2'000'000'000};
    for (int c = 0; c < 10; ++c) {
        const Position middle = random_positions(random, 1, far / 2).front();
        for (Position p : random_positions(random, 50, std::int64_t{1} << (4 * c)))
            clusters.push_back({middle.x_um + p.x_um, middle.y_um + p.y_um});
    }
    for (std::int64_t i = -100; i <= 100; ++i) {
        cross.push_back({i, 0});
        cross.push_back({0, i});
    }
    for (int i = 0; i < 47; ++i) {  // each cell holds one place and all the smaller cells
        spiral.push_back({std::int64_t{1} << i, 0});
        spiral.push_back({0, std::int64_t{1} << i});
        spiral.push_back({std::int64_t{1} << i, std::int64_t{1} << i});
    }
    for (Positions* shape : {&grid, &huge_grid, &circle, &huge_circle, &clusters, &cross, &spiral})
        shapes.push_back(std::move(*shape));
    for (const Positions& shape : shapes) {
        CAPTURE(shape.size());
        CHECK(delaunay_breach(shape, delaunay(shape)) == "");
    }
}

TEST_CASE("delaunay: no nearly collinear place is dropped") {
    std::mt19937_64 random(3);
    for (const std::int64_t step : {1'000'000, 333'333, 1'000'003}) {
        Positions positions;
        for (std::int64_t i = 0; i < 1000; ++i)
            positions.push_back({i * step, i * step / 3 + static_cast<std::int64_t>(random() % 2)});
        const Delaunay result = delaunay(positions);
        CHECK(delaunay_breach(positions, result) == "");
        std::vector<int> degree(positions.size());
        for (const auto& [u, v] : result.edges) {
            ++degree[u];
            ++degree[v];
        }
        CHECK(std::all_of(degree.begin(), degree.end(), [](int d) { return d > 0; }));
    }
}

TEST_CASE("delaunay: radix-sorted sizes, uniform and clustered") {
    std::mt19937_64 random(4);
    Positions uniform = random_positions(random, 6000, 1'000'000'000);
    CHECK(delaunay_breach(uniform, delaunay(uniform)) == "");
    // All but one within one cell of the first digits, at several depths.
    for (const std::int64_t extent : {1, 40, 1000, 1'000'000}) {
        Positions clustered = random_positions(random, 5000, extent);
        clustered.push_back({1'000'000'000'000, 3});
        CHECK(delaunay_breach(clustered, delaunay(clustered)) == "");
    }
}

TEST_CASE("delaunay: places decide, not the order of rows nor where the origin lies") {
    std::mt19937_64 random(5);
    for (int round = 0; round < 200; ++round) {
        const std::size_t count = round % 10 == 0 ? 3000 : 60;
        Positions positions = random_positions(random, count, round % 3 == 0 ? 1'000'000'000 : 12);
        const auto edges = placed(positions, delaunay(positions));
        Positions shuffled = positions;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        REQUIRE(placed(shuffled, delaunay(shuffled)) == edges);
        const Position shift = random_positions(random, 1, 90'000'000'000'000).front();
        Positions shifted = positions;
        for (Position& p : shifted) p = {p.x_um + shift.x_um, p.y_um + shift.y_um};
        REQUIRE(placed(shifted, delaunay(shifted), shift) == edges);
    }
}
