#include "partition/walk_network.hpp"

#include <numeric>
#include <utility>

namespace gridgov::partition {
namespace {

/// To a whole multiple of 2^-10 µm; absurdly long is as good as a light year, so that no sum overflows.
double fine_um(double length_m) {
    constexpr double no_finer = 6755399441055744.0 / 1024, longest_m = 1e16;
    return (std::min(length_m, longest_m) * 1e6 + no_finer) - no_finer;
}

std::vector<std::uint32_t> households_of(std::span<const Component> components) {
    std::vector<std::uint32_t> rows;
    for (const Component& component : components)
        rows.insert(rows.end(), component.row.begin(), component.row.end());
    return rows;
}

}  // namespace

/// Makes a network: takes off what no walk uses, then follows streets from junction to junction.
class WalkNetworkMaker {
public:
    WalkNetworkMaker(WalkNetwork& network, const neighbours::Graph& graph,
                     std::span<const std::uint32_t> households)
        : network_(network), graph_(graph), households_(households),
          is_household_(graph.nodes(), 0), gone_(graph.nodes(), 0), degree_(graph.nodes()),
          on_street_(graph.nodes(), 0), junction_of_(graph.nodes(), no_index) {
        for (std::uint32_t node = 0; node < graph.nodes(); ++node)
            degree_[node] = static_cast<std::uint32_t>(graph.neighbours(node).size());
        for (const std::uint32_t node : households) is_household_[node] = 1;
        take_off_dead_ends();
        seat_guests();
        follow_streets();
        list_by_junction();
    }

private:
    /// Those without households.
    void take_off_dead_ends() {
        std::vector<std::uint32_t> ends;
        const auto consider = [&](std::uint32_t node) {
            if (degree_[node] <= 1 && !is_household_[node]) ends.push_back(node);
        };
        for (std::uint32_t node = 0; node < graph_.nodes(); ++node) consider(node);
        while (!ends.empty()) {
            const std::uint32_t node = ends.back();
            ends.pop_back();
            if (gone_[node]) continue;
            gone_[node] = 1;
            for (const std::uint32_t other : graph_.neighbours(node))
                if (!gone_[other]) {
                    --degree_[other];
                    consider(other);
                }
        }
    }

    /// Households that one link alone joins are guests at its other end; others are at home.
    void seat_guests() {
        std::vector<double> spur_um;
        std::vector<std::uint8_t> has_guests(graph_.nodes(), 0);
        guest_offsets_.assign(graph_.nodes() + 1, 0);
        for (const std::uint32_t node : households_) {
            std::uint32_t host = node;
            spur_um.push_back(0);
            if (degree_[node] == 1 && !has_guests[node]) {
                host = first_neighbour(node);
                spur_um.back() = length_um(node, host);
                gone_[node] = 1;
                --degree_[host];
            }
            has_guests[host] = 1;
            hosts_.push_back(host);
            ++guest_offsets_[host + 1];
        }
        std::partial_sum(guest_offsets_.begin(), guest_offsets_.end(), guest_offsets_.begin());
        guests_.resize(households_.size());
        std::vector<std::uint32_t> next(guest_offsets_.begin(), guest_offsets_.end() - 1);
        for (std::size_t i = 0; i < hosts_.size(); ++i)
            guests_[next[hosts_[i]]++] = {households_[i], spur_um[i]};
    }

    /// Streets and junctions, those with households first and in their order.
    void follow_streets() {
        network_.home_of_.assign(graph_.nodes(), no_index);
        for (const std::uint32_t host : hosts_) {
            if (on_street_[host] || junction_of_[host] != no_index) continue;
            if (degree_[host] == 0 || degree_[host] > 2) {
                junction(host);
                continue;
            }
            // Back to where the street begins, or once around.
            std::uint32_t before = host, at = first_neighbour(host);
            while (!is_junction(at) && at != host) at = onward(std::exchange(before, at), at);
            follow(at, before);
        }
        for (std::uint32_t number = 0; number < junction_nodes_.size(); ++number)
            for (const std::uint32_t other : graph_.neighbours(junction_nodes_[number])) {
                // A link between two junctions: once.
                const bool done = gone_[other] || on_street_[other] || junction_of_[other] < number;
                if (!done) follow(junction_nodes_[number], other);
            }
    }

    bool is_junction(std::uint32_t node) const {
        return degree_[node] != 2 || junction_of_[node] != no_index;
    }
    /// The number of a junction, from now on.
    std::uint32_t junction(std::uint32_t node) {
        std::uint32_t& number = junction_of_[node];
        if (number != no_index) return number;
        number = static_cast<std::uint32_t>(junction_nodes_.size());
        junction_nodes_.push_back(node);
        if (guest_offsets_[node] < guest_offsets_[node + 1]) {
            WalkNetwork::Street street{number, no_index, homes(), 0};
            settle_guests(node, 0, 0);
            street.last = homes();
            network_.streets_.push_back(street);
        }
        return number;
    }
    std::uint32_t first_neighbour(std::uint32_t node) const {
        for (const std::uint32_t other : graph_.neighbours(node))
            if (!gone_[other]) return other;
        return no_index;
    }
    /// Where a node of two links leads, coming from one end.
    std::uint32_t onward(std::uint32_t before, std::uint32_t node) const {
        for (const std::uint32_t other : graph_.neighbours(node))
            if (!gone_[other] && other != before) return other;
        return before;
    }
    double length_um(std::uint32_t u, std::uint32_t v) const {
        const auto row = graph_.neighbours(u);
        const auto place = std::lower_bound(row.begin(), row.end(), v);
        return fine_um(
            graph_.neighbour_lengths_m(u)[static_cast<std::size_t>(place - row.begin())]);
    }

    /// Makes the street that leaves junction `from` towards its neighbour `towards`.
    void follow(std::uint32_t from, std::uint32_t towards) {
        if (degree_[from] == 2) junction(from);  // a round without any junction gets one
        stops_.clear();
        std::uint32_t before = from, at = towards;
        double along_um = length_um(from, towards);
        while (!is_junction(at)) {
            on_street_[at] = 1;
            stops_.push_back({at, along_um});
            before = std::exchange(at, onward(before, at));
            along_um += length_um(before, at);
        }
        std::uint32_t start = from, end = at;
        if (degree_[start] == 1 && degree_[end] != 1) {
            std::swap(start, end);
            std::reverse(stops_.begin(), stops_.end());
            for (Stop& stop : stops_) stop.along_um = along_um - stop.along_um;
        }
        const bool dead_end = degree_[end] == 1;
        if (dead_end) {
            on_street_[end] = 1;
            stops_.push_back({end, along_um});
        }
        WalkNetwork::Street street{junction(start), dead_end ? no_index : junction(end), homes(), 0};
        for (const Stop& stop : stops_) settle_guests(stop.node, stop.along_um, along_um);
        street.last = homes();
        if (!dead_end) links_.push_back({street.start, street.end, along_um});
        if (street.last > street.first) network_.streets_.push_back(street);
    }

    std::uint32_t homes() const { return static_cast<std::uint32_t>(network_.homes_.size()); }
    void settle_guests(std::uint32_t host, double along_um, double street_um) {
        for (std::uint32_t g = guest_offsets_[host]; g < guest_offsets_[host + 1]; ++g) {
            network_.home_of_[guests_[g].household] = homes();
            network_.homes_.push_back({static_cast<std::uint32_t>(network_.streets_.size()),
                                       along_um, guests_[g].spur_um});
            network_.from_start_um_.push_back(along_um + guests_[g].spur_um);
            network_.from_end_um_.push_back(street_um - along_um + guests_[g].spur_um);
        }
    }

    void list_by_junction() {
        const auto junctions = static_cast<std::uint32_t>(junction_nodes_.size());
        const auto list = [&](std::vector<std::uint32_t>& offsets, auto for_each) {
            offsets.assign(junctions + 1, 0);
            for_each([&](std::uint32_t at, auto) { ++offsets[at + 1]; });
            std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
            std::vector<std::uint32_t> next(offsets.begin(), offsets.end() - 1);
            for_each([&](std::uint32_t at, auto put) { put(next[at]++); });
        };
        network_.ways_.resize(2 * links_.size());
        list(network_.way_offsets_, [&](auto visit) {
            for (const Link& link : links_) {
                visit(link.start, [&](std::uint32_t place) {
                    network_.ways_[place] = {link.length_um, link.end};
                });
                visit(link.end, [&](std::uint32_t place) {
                    network_.ways_[place] = {link.length_um, link.start};
                });
            }
        });
        network_.crowd_.assign(junctions, 0);
        std::size_t ends = 0;
        for (WalkNetwork::Street& street : network_.streets_) {
            if (street.end == no_index) street.end = junctions;
            const std::uint32_t count = street.last - street.first;
            const bool other_end = street.end != junctions && street.end != street.start;
            network_.crowd_[street.start] += other_end ? count : 2 * count;
            if (other_end) network_.crowd_[street.end] += count;
            ends += other_end ? 2 : 1;
        }
        network_.streets_at_.resize(ends);
        list(network_.street_offsets_, [&](auto visit) {
            for (std::uint32_t s = 0; s < network_.streets_.size(); ++s) {
                const WalkNetwork::Street& street = network_.streets_[s];
                const auto put = [&](std::uint32_t place) { network_.streets_at_[place] = s; };
                visit(street.start, put);
                if (street.end != junctions && street.end != street.start) visit(street.end, put);
            }
        });
    }

    struct Guest {
        std::uint32_t household;
        double spur_um;
    };
    struct Stop {
        std::uint32_t node;
        double along_um;
    };
    struct Link {
        std::uint32_t start, end;
        double length_um;
    };

    WalkNetwork& network_;
    const neighbours::Graph& graph_;
    std::span<const std::uint32_t> households_;
    std::vector<std::uint8_t> is_household_, gone_;
    std::vector<std::uint32_t> degree_;  ///< of what is left
    std::vector<std::uint32_t> guest_offsets_;
    std::vector<Guest> guests_;  ///< by host
    std::vector<std::uint32_t> hosts_;
    std::vector<std::uint8_t> on_street_;  ///< between its ends, or at a dead one
    std::vector<std::uint32_t> junction_of_, junction_nodes_;
    std::vector<Stop> stops_;
    std::vector<Link> links_;
};

WalkNetwork::WalkNetwork(const neighbours::Graph& graph,
                         std::span<const std::uint32_t> households) {
    WalkNetworkMaker(*this, graph, households);
}

WalkNetwork::WalkNetwork(const neighbours::Neighbours& neighbours,
                         std::span<const Component> components)
    : WalkNetwork(neighbours.walk_network.nodes() > 0 ? neighbours.walk_network : neighbours.graph,
                  households_of(components)) {}

void WalkSearch::number(std::span<const std::uint32_t> nodes) {
    for (const std::uint32_t home : home_of_) number_of_[home] = no_index;
    home_of_.resize(nodes.size());
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
        home_of_[i] = network_->home_of_[nodes[i]];
        number_of_[home_of_[i]] = i;
    }
}

double WalkSearch::search(std::size_t count, std::span<const std::uint32_t> targets) {
    const WalkNetwork& network = *network_;
    const WalkNetwork::Street& street = network.streets_[network.homes_[source_].street];
    reach(street.start, network.from_start_um_[source_]);
    if (street.end < network.junctions()) reach(street.end, network.from_end_um_[source_]);
    std::size_t seen_twice = 0, target = 0;
    double settled_um = infinity;
    while (!heap_.empty()) {
        const Entry nearest = heap_.front();
        while (target < targets.size() &&
               distance_um(home_of_[targets[target]]) <= nearest.distance_um)
            ++target;
        if (target == targets.size() && seen_twice >= 2 * count) {
            settled_um = nearest.distance_um;
            break;
        }
        std::pop_heap(heap_.begin(), heap_.end(), later);
        heap_.pop_back();
        if (nearest.distance_um > junction_um_[nearest.junction]) continue;
        seen_twice += network.crowd_[nearest.junction];
        for (std::uint32_t w = network.way_offsets_[nearest.junction];
             w < network.way_offsets_[nearest.junction + 1]; ++w)
            reach(network.ways_[w].to, nearest.distance_um + network.ways_[w].length_um);
    }
    heap_.clear();
    return settled_um;
}

}  // namespace gridgov::partition
