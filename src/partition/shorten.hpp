// Shorter distances where only some may move, or at a price.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "partition/atom_queue.hpp"
#include "partition/state.hpp"

namespace gridgov::partition {

/// Local search over moves across borders and exchanges, none of which breaks more weight. `Price` is
/// a callable (atom, part) → micrometres that standing there costs beside the distance; infinity:
/// not there. Parts keep their numbers and are never emptied.
template <class Distance, class Price>
class Shortener {
public:
    Shortener(State<Distance>& state, Price price, const std::atomic<bool>* cancel)
        : state_(state), price_(price), cancel_(cancel), queue_(state.component().atoms()) {}

    void wait(std::uint32_t atom) { queue_.push(atom); }

    void search() {
        for (std::size_t done = 0; !queue_.empty(); ++done) {
            if (done % 1024 == 0 && cancel_ != nullptr && cancel_->load(std::memory_order_relaxed))
                return;
            const std::uint32_t atom = queue_.pop();
            const std::uint32_t from = state_.part_of(atom);
            const std::uint32_t to = improve(atom);
            if (to == no_index) continue;
            for (const std::uint32_t part : {from, to})
                for (const std::uint32_t member : state_.part(part).atoms) {
                    wait(member);
                    for (const std::uint32_t other : state_.component().neighbours_of(member))
                        wait(other);
                }
        }
    }

private:
    static constexpr double infinite = std::numeric_limits<double>::infinity();

    double price_of_move(std::uint32_t atom, std::uint32_t to) {
        const double there = price_(atom, to);
        const double here = price_(atom, state_.part_of(atom));
        if (there == infinite || here == infinite) return infinite;
        return there - here;
    }

    std::uint32_t improve(std::uint32_t atom) {
        const std::uint32_t from = state_.part_of(atom);
        beside_.clear();
        for (const std::uint32_t other : state_.component().neighbours_of(atom)) {
            const std::uint32_t part = state_.part_of(other);
            if (part != from && std::find(beside_.begin(), beside_.end(), part) == beside_.end())
                beside_.push_back(part);
        }
        std::sort(beside_.begin(), beside_.end());
        const Bounds& bounds = state_.bounds();
        const std::int64_t weight = state_.component().atom_weight[atom];
        std::uint32_t best = no_index, partner = no_index;
        // What rounding may have added to sums of this size is no gain.
        double least = -(10 + 1e-12 * state_.part(from).cost_um);
        for (const std::uint32_t to : beside_) {
            const double price = price_of_move(atom, to);
            if (price == infinite) continue;
            const std::int64_t left = state_.part(from).weight - weight;
            const std::int64_t right = state_.part(to).weight + weight;
            const std::int64_t broken_before = bounds.broken(state_.part(from).weight) +
                                               bounds.broken(state_.part(to).weight);
            if (left > 0 && bounds.broken(left) + bounds.broken(right) <= broken_before) {
                const double cost = state_.move_cost_um(atom, to) + price;
                if (cost < least && state_.connected_after(from, atom, no_index)) {
                    least = cost;
                    best = to;
                    partner = no_index;
                }
                continue;
            }
            const double before = state_.part(from).cost_um + state_.part(to).cost_um;
            for (const std::uint32_t other : state_.part(to).atoms) {
                if (!state_.beside(other, from, atom)) continue;
                const double back = price_of_move(other, from);
                if (back == infinite) continue;
                const std::int64_t change = weight - state_.component().atom_weight[other];
                if (bounds.broken(state_.part(from).weight - change) +
                        bounds.broken(state_.part(to).weight + change) >
                    broken_before)
                    continue;
                double cost = state_.cost_after(from, atom, other) +
                              state_.cost_after(to, other, atom) - before + price + back;
                if (state_.component().groups > 0)
                    cost += state_.group_exchange_cost_um(atom, to, other, from);
                if (cost < least && state_.connected_after(from, atom, other) &&
                    state_.connected_after(to, other, atom)) {
                    least = cost;
                    best = to;
                    partner = other;
                }
            }
        }
        if (best == no_index) return no_index;
        state_.move(atom, best);
        if (partner != no_index) state_.move(partner, from);
        return best;
    }

    State<Distance>& state_;
    Price price_;
    const std::atomic<bool>* cancel_;
    AtomQueue queue_;
    std::vector<std::uint32_t> beside_;
};

}  // namespace gridgov::partition
