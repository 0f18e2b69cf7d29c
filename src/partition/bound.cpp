#include "gridgov/partition/bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "number_text.hpp"
#include "partition/courtyard_count.hpp"
#include "partition/hilbert.hpp"
#include "partition/multiplier_search.hpp"
#include "refuse.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

/// A component of located households that are not too heavy by themselves.
struct Piece {
    std::vector<std::uint32_t> rows;
    std::int64_t weight = 0;   ///< with those without coordinates that follow
    CourtyardCount count;
    bool bounded = true;       ///< every courtyard has a head and every distance is known
};

class Bounding {
public:
    Bounding(const Town& town, const neighbours::Neighbours& neighbours, const Partition& found,
             const Options& options)
        : town_(town), neighbours_(neighbours), found_(found), options_(options),
          bounds_(options.rules), households_(static_cast<std::uint32_t>(town.households())) {}

    Bound run() {
        weigh();
        find_pieces();
        share_courtyards();
        result_.multiplier_um.assign(households_, 0);
        for (std::size_t i = 0; i < pieces_.size(); ++i) describe(i);

        // Large ones one after another, each on all threads; then small ones side by side.
        std::vector<std::size_t> small;
        std::size_t done = 0;
        const auto report = [&](std::size_t pieces, double more) {
            if (options_.progress)
                options_.progress((static_cast<double>(pieces) + more) /
                                  static_cast<double>(pieces_.size()));
        };
        for (std::size_t i = 0; i < pieces_.size(); ++i) {
            if (pieces_[i].rows.size() < alone_from) {
                small.push_back(i);
                continue;
            }
            bound(i, options_.threads, [&](double share) { report(done, share); });
            report(++done, 0);
        }
        std::stable_sort(small.begin(), small.end(), [&](std::size_t a, std::size_t b) {
            return pieces_[a].rows.size() > pieces_[b].rows.size();
        });
        for_each_piece(
            small.size(), options_.threads,
            [&](std::size_t i) { bound(small[i], 1, [](double) {}); },
            [&](std::size_t more) { report(done + more, 0); });
        finish();
        return std::move(result_);
    }

private:
    static constexpr std::size_t alone_from = 20000;

    bool located(std::uint32_t row) const {
        return town_.anchor_of().empty() || town_.anchor_of()[row] == no_index;
    }

    /// What a located household weighs, with those that follow it; and what follows, by village.
    void weigh() {
        weight_of_.resize(households_);
        unlocated_weight_.assign(town_.villages(), 0);
        for (std::uint32_t row = 0; row < households_; ++row)
            weight_of_[row] = town_.weights()[row].millionths;
        for (std::uint32_t row = 0; row < households_; ++row) {
            if (located(row)) continue;
            weight_of_[town_.anchor_of()[row]] += town_.weights()[row].millionths;
            unlocated_weight_[town_.village_of()[row]] += town_.weights()[row].millionths;
        }
    }

    void find_pieces() {
        result_.component_of.assign(households_, no_index);
        const auto belongs = [&](std::uint32_t row) {
            return located(row) && weight_of_[row] <= bounds_.max;
        };
        for (std::uint32_t start = 0; start < households_; ++start) {
            if (!belongs(start)) {
                if (located(start)) ++set_aside_;
                continue;
            }
            if (result_.component_of[start] != no_index) continue;
            const auto number = static_cast<std::uint32_t>(pieces_.size());
            Piece piece;
            piece.rows.push_back(start);
            result_.component_of[start] = number;
            for (std::size_t next = 0; next < piece.rows.size(); ++next) {
                piece.weight += weight_of_[piece.rows[next]];
                for (const std::uint32_t other : neighbours_.graph.neighbours(piece.rows[next])) {
                    if (!belongs(other) || result_.component_of[other] != no_index) continue;
                    result_.component_of[other] = number;
                    piece.rows.push_back(other);
                }
            }
            piece.count = courtyard_count(piece.weight, bounds_);
            pieces_.push_back(std::move(piece));
        }
    }

    void share_courtyards() {
        if (!options_.rules.courtyards) return;
        std::vector<std::int64_t> weights;
        std::vector<CourtyardCount> counts;
        for (const Piece& piece : pieces_) {
            weights.push_back(piece.weight);
            counts.push_back(piece.count);
        }
        share_out(*options_.rules.courtyards - set_aside_, weights, counts);
        for (std::size_t i = 0; i < pieces_.size(); ++i) pieces_[i].count = counts[i];
    }

    /// For which partitions the component's bound is to hold.
    void describe(std::size_t number) {
        Piece& piece = pieces_[number];
        ComponentBound component;
        component.village = town_.village_of()[piece.rows.front()];
        component.households = static_cast<std::uint32_t>(piece.rows.size());
        component.first = *std::min_element(
            piece.rows.begin(), piece.rows.end(),
            [&](std::uint32_t a, std::uint32_t b) { return town_.rank()[a] < town_.rank()[b]; });
        std::vector<std::int32_t> courtyards;
        bool within = true;
        std::size_t heads = 0;
        for (const std::uint32_t row : piece.rows) {
            const auto courtyard = static_cast<std::size_t>(found_.labels[row]);
            courtyards.push_back(found_.labels[row]);
            within = within && found_.courtyards.status[courtyard] == Status::within;
            piece.bounded = piece.bounded && found_.courtyards.head[courtyard] != no_index &&
                            std::isfinite(found_.distance_to_head_m[row]);
            heads += town_.may_be_head()[row];
        }
        std::sort(courtyards.begin(), courtyards.end());
        const auto here = static_cast<std::int64_t>(
            std::unique(courtyards.begin(), courtyards.end()) - courtyards.begin());
        component.courtyards_least = std::min(here, piece.count.courtyards);
        component.courtyards_most = std::max(here, piece.count.courtyards);
        if (within && piece.count.feasible) {
            component.weight_least = {
                std::max<std::int64_t>(0, bounds_.min - unlocated_weight_[component.village])};
            component.weight_most = {bounds_.max};
        } else {
            component.weight_most = {std::numeric_limits<std::int64_t>::max()};
        }
        piece.bounded =
            piece.bounded && heads >= static_cast<std::size_t>(component.courtyards_least);
        result_.components.push_back(component);
    }

    RelaxedComponent relax(std::size_t number) const {
        const Piece& piece = pieces_[number];
        const ComponentBound& bound = result_.components[number];
        const auto positions = town_.positions();
        Position low = positions[piece.rows.front()], high = low;
        for (const std::uint32_t row : piece.rows) {
            low.x_um = std::min(low.x_um, positions[row].x_um);
            low.y_um = std::min(low.y_um, positions[row].y_um);
            high.x_um = std::max(high.x_um, positions[row].x_um);
            high.y_um = std::max(high.y_um, positions[row].y_um);
        }
        int shift = 0;  // so that the box fits 2^16 cells
        const std::int64_t side = std::max(high.x_um - low.x_um, high.y_um - low.y_um);
        while ((side >> shift) >= (1 << 16)) ++shift;
        std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
        order.reserve(piece.rows.size());
        for (const std::uint32_t row : piece.rows) {
            const auto x = static_cast<std::uint32_t>((positions[row].x_um - low.x_um) >> shift);
            const auto y = static_cast<std::uint32_t>((positions[row].y_um - low.y_um) >> shift);
            const std::uint64_t cell = hilbert_index(x, y);
            order.emplace_back((cell << 32) | town_.rank()[row], row);
        }
        std::sort(order.begin(), order.end());

        RelaxedComponent component;
        for (const auto& [key, row] : order) {
            const auto courtyard = static_cast<std::size_t>(found_.labels[row]);
            component.row.push_back(row);
            component.x_um.push_back(positions[row].x_um - low.x_um);
            component.y_um.push_back(positions[row].y_um - low.y_um);
            component.weight.push_back(town_.weights()[row].millionths);
            component.may_be_head.push_back(town_.may_be_head()[row]);
            component.distance_m.push_back(static_cast<float>(found_.distance_to_head_m[row]));
            component.courtyard_weight.push_back(
                static_cast<float>(found_.courtyards.weight[courtyard] * 1e6));
        }
        component.weight_least = bound.weight_least.millionths;
        component.weight_most = bound.weight_most.millionths;
        component.courtyards_least = bound.courtyards_least;
        component.courtyards_most = bound.courtyards_most;
        return component;
    }

    void bound(std::size_t number, unsigned threads, const Progress& progress) {
        if (!pieces_[number].bounded) return;
        const RelaxedComponent component = relax(number);
        const neighbours::Graph* network = nullptr;
        if (options_.metric == Metric::walk)
            network = neighbours_.walk_network.nodes() > 0 ? &neighbours_.walk_network
                                                           : &neighbours_.graph;
        const Multipliers found =
            search_multipliers(component, network, threads, options_.cancel, progress);
        for (std::uint32_t i = 0; i < component.size(); ++i)
            result_.multiplier_um[component.row[i]] = found.um[i];
        result_.components[number].total_um = found.bound_um;
    }

    void finish() {
        if (options_.cancel != nullptr && options_.cancel->load()) {
            result_.outcome = Outcome::cancelled;
            std::fill(result_.multiplier_um.begin(), result_.multiplier_um.end(), 0);
            for (ComponentBound& component : result_.components) component.total_um = 0;
            return;
        }
        // No component has more than 2^62.
        constexpr std::int64_t most = std::int64_t{1} << 62;
        for (const ComponentBound& component : result_.components)
            result_.total_um += std::min(component.total_um, most - result_.total_um);
        // Two roundings, of 2^-53 each.
        result_.total_distance_m = static_cast<double>(result_.total_um) * (1e-6 * (1 - 0x1p-51));
    }

    const Town& town_;
    const neighbours::Neighbours& neighbours_;
    const Partition& found_;
    const Options& options_;
    const Bounds bounds_;
    const std::uint32_t households_;
    std::vector<std::int64_t> weight_of_, unlocated_weight_;
    std::vector<Piece> pieces_;
    std::int64_t set_aside_ = 0;
    Bound result_;
};

}  // namespace

Bound lower_bound(const Town& town, const neighbours::Neighbours& neighbours,
                  const Partition& found, const Options& options) {
    check(options);
    if (neighbours.graph.nodes() != town.households())
        refuse(Code::graph_size_mismatch, {{"nodes", number_text(neighbours.graph.nodes())},
                                           {"households", number_text(town.households())}});
    if (found.labels.size() != town.households() ||
        found.distance_to_head_m.size() != town.households())
        refuse(Code::labels_size_mismatch,
               {{"column", "labels"},
                {"length", number_text(found.labels.size())},
                {"expected", number_text(town.households())}});
    return Bounding(town, neighbours, found, options).run();
}

}  // namespace gridgov::partition
