// Neighbours along ways: for each village the network Voronoi diagram of the places where its
// households join the ways, by one search from all of them at once (Mehlhorn 1988, "A faster
// approximation algorithm for the Steiner problem in graphs"; Okabe et al. 2008 for the diagram).
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gridgov/neighbours/neighbours.hpp"
#include "neighbours/assemble.hpp"
#include "neighbours/snapping.hpp"
#include "number_text.hpp"
#include "pieces.hpp"

namespace gridgov::neighbours {
namespace {

/// Beyond this a household's nearest way is worth a note.
constexpr double far_from_ways_m = 200;

/// Two seats whose shares meet, and the walk between them through the meeting place.
struct Meeting {
    std::uint32_t u, v;
    double length_m;
};

/// Finds, for some nodes of the network ("seats"), whose shares meet: the parts nearer to one seat
/// than to another, ties to the first in order. Scratch for one thread; a search costs as much as
/// the part of the network that it covers.
class Shares {
public:
    Shares(const Graph& network, const Components& pieces)
        : network_(network), piece_of_(pieces.component_of), nodes_(network.nodes()) {}

    /// The search ends when it has joined all seats that a walk joins, at the radius where it did:
    /// shares that meet only farther out are not neighbours. Meetings come sorted, each pair once
    /// with its shortest walk.
    std::vector<Meeting> meetings(std::span<const std::uint32_t> seats) {
        std::vector<Meeting> found;
        Pieces joined(seats.size());
        const std::size_t goal = pieces_with(seats);
        double radius_m = std::numeric_limits<double>::infinity();
        if (seats.size() == goal) return found;

        for (std::uint32_t seat = 0; seat < seats.size(); ++seat) reach(seats[seat], 0, seat);
        while (!heap_.empty() && heap_.front().distance_m <= radius_m) {
            const Entry nearest = heap_.front();
            std::pop_heap(heap_.begin(), heap_.end(), later);
            heap_.pop_back();
            Node& node = nodes_[nearest.node];
            if (node.settled || nearest.seat != node.seat) continue;
            node.settled = true;
            const auto row = network_.neighbours(nearest.node);
            const auto lengths_m = network_.neighbour_lengths_m(nearest.node);
            for (std::size_t i = 0; i < row.size(); ++i) {
                const Node& other = nodes_[row[i]];
                const double length_m = node.distance_m + lengths_m[i];
                if (!other.settled) {
                    reach(row[i], length_m, node.seat);
                } else if (other.seat != node.seat) {
                    const auto [u, v] = std::minmax(node.seat, other.seat);
                    found.push_back({u, v, length_m + other.distance_m});
                    joined.join(u, v);
                }
            }
            if (joined.count() == goal) radius_m = std::min(radius_m, node.distance_m);
        }
        for (const std::uint32_t node : touched_) nodes_[node] = {};
        touched_.clear();
        heap_.clear();

        std::sort(found.begin(), found.end(), [](const Meeting& a, const Meeting& b) {
            return std::tie(a.u, a.v, a.length_m) < std::tie(b.u, b.v, b.length_m);
        });
        const auto same_pair = [](const Meeting& a, const Meeting& b) {
            return a.u == b.u && a.v == b.v;
        };
        found.erase(std::unique(found.begin(), found.end(), same_pair), found.end());
        return found;
    }

private:
    struct Node {
        double distance_m = std::numeric_limits<double>::infinity();
        std::uint32_t seat = no_index;
        bool settled = false;
    };
    struct Entry {
        double distance_m;
        std::uint32_t seat;
        std::uint32_t node;
    };

    static bool later(const Entry& a, const Entry& b) {
        return std::tie(a.distance_m, a.seat, a.node) > std::tie(b.distance_m, b.seat, b.node);
    }

    void reach(std::uint32_t at, double distance_m, std::uint32_t seat) {
        Node& node = nodes_[at];
        // A seat keeps its own place, even from another that a way of length 0 joins to it.
        if (node.distance_m == 0) return;
        if (std::tie(node.distance_m, node.seat) <= std::tie(distance_m, seat)) return;
        if (node.seat == no_index) touched_.push_back(at);
        node.distance_m = distance_m;
        node.seat = seat;
        heap_.push_back({distance_m, seat, at});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }

    std::size_t pieces_with(std::span<const std::uint32_t> seats) const {
        std::vector<std::uint32_t> pieces;
        for (const std::uint32_t seat : seats) pieces.push_back(piece_of_[seat]);
        std::sort(pieces.begin(), pieces.end());
        return static_cast<std::size_t>(std::unique(pieces.begin(), pieces.end()) -
                                        pieces.begin());
    }

    const Graph& network_;
    std::span<const std::uint32_t> piece_of_;
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> touched_;
    std::vector<Entry> heap_;
};

/// What is to be known about the households' joining the ways.
std::vector<Finding> findings_of(const Town& town, const JoinedWays& ways,
                                 const Components& pieces) {
    std::vector<Finding> findings;
    const auto households = static_cast<std::uint32_t>(town.households());
    std::vector<std::uint32_t> households_in(pieces.count, 0);
    for (std::uint32_t row = 0; row < households; ++row) ++households_in[pieces.component_of[row]];
    const auto used = std::count_if(households_in.begin(), households_in.end(),
                                    [](std::uint32_t count) { return count > 0; });
    if (used > 1) {
        const auto largest = *std::max_element(households_in.begin(), households_in.end());
        Finding finding;
        finding.code = Code::ways_in_pieces;
        finding.severity = Severity::warning;
        finding.fields = {{"pieces", number_text(used)},
                          {"households_outside_largest", number_text(households - largest)}};
        findings.push_back(std::move(finding));
    }

    std::uint32_t farthest = no_index;
    std::size_t count = 0;
    for (std::uint32_t row = 0; row < households; ++row) {
        if (ways.offset_m[row] <= far_from_ways_m) continue;
        ++count;
        const auto order = [&](std::uint32_t a) {
            return std::pair(-ways.offset_m[a], town.rank()[a]);
        };
        if (farthest == no_index || order(row) < order(farthest)) farthest = row;
    }
    if (count > 0) {
        Finding finding;
        finding.code = Code::household_far_from_ways;
        finding.severity = Severity::note;
        finding.records = {town.id(HouseholdIndex{farthest})};
        finding.fields = {
            {"distance_m", number_text(std::round(ways.offset_m[farthest] * 10) / 10)},
            {"count", number_text(count)}};
        finding.table = Table::households;
        finding.row = farthest;
        findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace

Neighbours from_ways(const Town& town, const Options& options) {
    check(options);
    JoinedWays ways = join_to_ways(town);
    const Components pieces = components(ways.network);
    const RowsByVillage by_village(town);
    Shares shares(ways.network, pieces);
    std::vector<Edge> links;

    // Where a village's households join: the seats, numbered by the first household by id.
    std::vector<std::uint32_t> seat_at(ways.network.nodes(), no_index);
    for (std::uint32_t village = 0; village < town.villages(); ++village) {
        const auto rows = by_village.rows(village);
        std::vector<std::uint32_t> seats, first_at_seat;
        std::vector<std::uint32_t> first_of(rows.size());
        for (std::uint32_t i = 0; i < rows.size(); ++i) {
            const std::uint32_t node = ways.joined_at[rows[i]];
            if (node == no_index) {  // no ways at all
                first_of[i] = i;
                continue;
            }
            if (seat_at[node] == no_index) {
                seat_at[node] = static_cast<std::uint32_t>(seats.size());
                seats.push_back(node);
                first_at_seat.push_back(i);
            }
            first_of[i] = first_at_seat[seat_at[node]];
        }
        for (const std::uint32_t node : seats) seat_at[node] = no_index;

        const SamePlace same_place(first_of);
        const auto link = [&](std::uint32_t i, std::uint32_t j, double along_m) {
            const double length_m =
                ways.offset_m[rows[i]] + along_m + ways.offset_m[rows[j]];
            if (length_m <= options.link_m_max) links.push_back({rows[i], rows[j], length_m});
        };
        same_place.link_within([&](std::uint32_t i, std::uint32_t j) { link(i, j, 0); });
        for (const Meeting& meeting : shares.meetings(seats)) {
            same_place.link_between(
                first_at_seat[meeting.u], first_at_seat[meeting.v],
                [&](std::uint32_t i, std::uint32_t j) { link(i, j, meeting.length_m); });
        }
    }
    link_to_anchors(town, links);

    Neighbours result =
        assemble(Source::ways, town, links, findings_of(town, ways, pieces));
    result.walk_network = std::move(ways.network);
    return result;
}

}  // namespace gridgov::neighbours
