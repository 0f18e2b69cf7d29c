// Bytes → positions: the triangulation is Delaunay, and its edges do not depend on the order of
// rows nor on where the origin lies. The first byte chooses how far apart positions are.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

#include "../unit/neighbours/delaunay_check.hpp"
#include "gridgov/neighbours/delaunay.hpp"

using namespace gridgov;

namespace {

std::set<std::pair<Position, Position>> placed(const std::vector<Position>& positions,
                                               Position shift) {
    std::set<std::pair<Position, Position>> edges;
    for (const auto& [u, v] : neighbours::delaunay(positions).edges) {
        const Position a{positions[u].x_um - shift.x_um, positions[u].y_um - shift.y_um};
        const Position b{positions[v].x_um - shift.x_um, positions[v].y_um - shift.y_um};
        edges.insert(std::minmax(a, b));
    }
    return edges;
}

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "breach: %s\n", what);
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::uint8_t kind = data[0];
    ++data, --size;
    std::vector<Position> positions;
    if (kind % 2 == 0) {  // a byte a coordinate, times a scale: many ties
        const std::int64_t scale = std::int64_t{1} << (kind >> 1) % 39;
        for (std::size_t i = 0; i + 1 < size && positions.size() < 300; i += 2)
            positions.push_back({(data[i] - 128) * scale, (data[i + 1] - 128) * scale});
    } else {  // six bytes a coordinate: to the limits
        const auto coordinate = [&](std::size_t at) {
            std::uint64_t bits = 0;
            std::memcpy(&bits, data + at, 6);
            return static_cast<std::int64_t>(bits % 200'000'000'000'001) - 100'000'000'000'000;
        };
        for (std::size_t i = 0; i + 12 <= size && positions.size() < 300; i += 12)
            positions.push_back({coordinate(i), coordinate(i + 6)});
    }
    const std::string breach =
        tests::delaunay_breach(positions, neighbours::delaunay(positions));
    require(breach.empty(), breach.c_str());

    const auto edges = placed(positions, {});
    std::vector<Position> turned(positions.rbegin(), positions.rend());
    require(placed(turned, {}) == edges, "the order of rows decides");
    Position shift;
    for (const Position p : positions) shift = {std::max(shift.x_um, -p.x_um), 0};
    for (Position& p : positions) p.x_um += shift.x_um;
    require(placed(positions, shift) == edges, "the origin decides");
    return 0;
}
