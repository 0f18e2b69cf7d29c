// Chains: each part of a row hands an atom to the next.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "partition/state.hpp"

namespace gridgov::partition {

/// Finds rows of neighbouring parts along which one atom each can be handed on so that distances get
/// shorter though no single hand-over does: where courtyards stand along a road, one with many must
/// pass its surplus on through all between (ejection chains; Ahuja et al. 2002, "very large
/// neighbourhoods"). Hand-overs are priced with the heads as they are, rows found by shortest paths of
/// at most `steps_max` arcs (Bellman & Ford), and tried out exactly.
template <class Distance>
class Shifter {
public:
    explicit Shifter(State<Distance>& state) : state_(state) {}

    /// Calls try_out(path of hand-overs) for each promising row, in order of its first part; one that
    /// does not pay must leave the state as it was.
    template <class TryOut>
    bool run(TryOut try_out) {
        price();
        const std::uint32_t parts = state_.parts();
        best_.assign(parts, {});
        used_.assign(parts, 0);
        bool any = false;
        for (std::uint32_t part = 0; part < parts; ++part) {
            if (used_[part] || !find_path(part)) continue;
            for (const Arc* arc : path_) used_[arc->from] = used_[arc->to] = 1;
            if (try_out(path_)) any = true;
        }
        return any;
    }

    struct Arc {
        std::uint32_t from, to, atom;
        double cost_um;
    };

private:
    static constexpr int steps_max = 8;
    static constexpr std::size_t reach_max = 48;  ///< parts looked at from one
    /// How dear a row may be on its way, in mean distances of its first part.
    static constexpr double dear = 0.3;

    /// The cheapest hand-over for each pair of neighbouring parts.
    void price() {
        const Component& component = state_.component();
        offsets_.assign(1, 0);
        arcs_.clear();
        for (std::uint32_t from = 0; from < state_.parts(); ++from) {
            const std::size_t first = arcs_.size();
            if (state_.atoms(from).size() > 1 && state_.head(from) != no_index)
                for (const std::uint32_t atom : state_.atoms(from)) {
                    double own = -1;
                    std::uint32_t last = from;
                    for (const std::uint32_t other : component.neighbours_of(atom)) {
                        const std::uint32_t to = state_.part_of(other);
                        if (to == from || to == last || state_.head(to) == no_index) continue;
                        last = to;
                        if (own < 0) own = state_.distance_to_head(atom, from);
                        const double cost = state_.distance_to_head(atom, to) - own;
                        auto place = std::find_if(arcs_.begin() + static_cast<std::ptrdiff_t>(first),
                                                  arcs_.end(),
                                                  [&](const Arc& arc) { return arc.to == to; });
                        if (place == arcs_.end())
                            arcs_.push_back({from, to, atom, cost});
                        else if (cost < place->cost_um ||
                                 (cost == place->cost_um && atom < place->atom))
                            *place = {from, to, atom, cost};
                    }
                }
            std::sort(arcs_.begin() + static_cast<std::ptrdiff_t>(first), arcs_.end(),
                      [](const Arc& a, const Arc& b) { return a.to < b.to; });
            offsets_.push_back(static_cast<std::uint32_t>(arcs_.size()));
        }
    }

    /// The cheapest row from `start`, which can spare an atom, to a part that has room; into `path_`.
    bool find_path(std::uint32_t start) {
        const Bounds& bounds = state_.bounds();
        const auto weight_of = [&](std::uint32_t atom) {
            return state_.component().atom_weight[atom];
        };
        if (!bounds.legal(state_.weight(start))) return false;
        reached_.assign(1, start);
        best_[start] = {0, nullptr, 0};
        const double most = dear * state_.cost_um(start) /
                            static_cast<double>(state_.part(start).members.size());
        double least = -least_gain_um;
        std::uint32_t end = no_index;
        // Label correcting in order of steps; a part's label may improve while the search goes on.
        for (std::size_t next = 0; next < reached_.size(); ++next) {
            const std::uint32_t from = reached_[next];
            const Label here = best_[from];
            if (here.steps == steps_max) continue;
            for (std::uint32_t i = offsets_[from]; i < offsets_[from + 1]; ++i) {
                const Arc& arc = arcs_[i];
                if (used_[arc.to] || (here.arc != nullptr && here.arc->atom == arc.atom)) continue;
                // What `from` weighs then.
                const std::int64_t given = weight_of(arc.atom);
                const std::int64_t taken = here.arc == nullptr ? 0 : weight_of(here.arc->atom);
                if (!bounds.legal(state_.weight(from) + taken - given)) continue;
                const double cost = here.cost_um + arc.cost_um;
                Label& there = best_[arc.to];
                if (cost > most || cost >= there.cost_um || on_path(from, arc.to)) continue;
                const bool is_new = there.cost_um == infinity;
                if (is_new && reached_.size() >= reach_max) continue;
                there = {cost, &arc, here.steps + 1};
                if (is_new) reached_.push_back(arc.to);
                if (here.steps > 0 && cost < least && bounds.legal(state_.weight(arc.to) + given)) {
                    least = cost;
                    end = arc.to;
                }
            }
        }
        path_.clear();
        if (end != no_index)
            for (const Arc* arc = best_[end].arc; arc != nullptr && path_.size() <= steps_max;
                 arc = best_[arc->from].arc)
                path_.push_back(arc);
        for (const std::uint32_t part : reached_) best_[part] = {};
        // A label on the way may have changed since the end was reached: rows stay rows all the same.
        return path_.size() > 1 && path_.size() <= steps_max && path_.back()->from == start;
    }
    /// Whether `part` is among those that lead to `from`.
    bool on_path(std::uint32_t from, std::uint32_t part) const {
        for (int i = 0; i <= steps_max; ++i) {
            if (from == part) return true;
            if (best_[from].arc == nullptr) return false;
            from = best_[from].arc->from;
        }
        return true;
    }

    static constexpr double infinity = std::numeric_limits<double>::infinity();
    static constexpr double least_gain_um = 1000;
    struct Label {
        double cost_um = infinity;
        const Arc* arc = nullptr;
        int steps = 0;
    };

    State<Distance>& state_;
    std::vector<Arc> arcs_;
    std::vector<std::uint32_t> offsets_;
    std::vector<Label> best_;
    std::vector<std::uint8_t> used_;
    std::vector<std::uint32_t> reached_;
    std::vector<const Arc*> path_;  ///< the last hand-over first
};

}  // namespace gridgov::partition
