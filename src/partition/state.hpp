// A partition of one component while it is being searched: parts, their heads' costs, and the exact
// price of a change.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "partition/component.hpp"

namespace gridgov::partition {

/// What a courtyard without an allowed head costs: ten thousand kilometres, more than a town's
/// distances can save, and little enough to leave sums with it exact to far below a micrometre.
inline constexpr double headless_cost_um = 1e13;

/// A part: a courtyard in the making. `sum_um[i]` is the total distance of member i to all members.
struct Part {
    std::vector<std::uint32_t> atoms;
    std::vector<std::uint32_t> members;  ///< households
    std::vector<double> sum_um;          ///< a member each
    std::int64_t weight = 0;
    double cost_um = 0;                  ///< least allowed sum
};

/// `Distance` is a callable (household, household) → micrometres.
template <class Distance>
class State {
public:
    State(const Component& component, const Bounds& bounds, Distance& distance,
          double group_weight_m)
        : component_(component), bounds_(bounds), distance_(distance),
          group_cost_um_(group_weight_m * 1e6), part_of_(component.atoms(), no_index),
          mark_(component.atoms(), 0) {}

    const Component& component() const { return component_; }
    const Bounds& bounds() const { return bounds_; }
    Distance& distance() { return distance_; }
    std::uint32_t parts() const { return static_cast<std::uint32_t>(parts_.size()); }
    const Part& part(std::uint32_t number) const { return parts_[number]; }
    std::uint32_t part_of(std::uint32_t atom) const { return part_of_[atom]; }
    std::span<const std::uint32_t> labels() const { return part_of_; }

    /// Takes over labels 0 … parts − 1 (none of them empty).
    void assign(std::span<const std::uint32_t> labels, std::uint32_t parts) {
        part_of_.assign(labels.begin(), labels.end());
        parts_.assign(parts, {});
        distances_um_ = 0;
        for (std::uint32_t atom = 0; atom < component_.atoms(); ++atom)
            parts_[part_of_[atom]].atoms.push_back(atom);
        for (Part& part : parts_) rebuild(part);
        rebuild_groups();
    }

    std::int64_t broken() const {
        std::int64_t sum = 0;
        for (const Part& part : parts_) sum += bounds_.broken(part.weight);
        return sum;
    }
    std::int64_t violation() const {
        std::int64_t sum = 0;
        for (const Part& part : parts_) sum += bounds_.violation(part.weight);
        return sum;
    }
    /// Distances and split groups, in micrometres; kept up to date, not summed.
    double cost_um() const {
        return distances_um_ + group_cost_um_ * static_cast<double>(split_off());
    }

    /// Cost of a part after `remove` left it and `add` joined it (no_index: nobody does).
    double cost_after(std::uint32_t number, std::uint32_t remove, std::uint32_t add) {
        const Part& part = parts_[number];
        const auto removed = remove == no_index ? std::span<const std::uint32_t>{}
                                                : component_.members_of(remove);
        const auto added =
            add == no_index ? std::span<const std::uint32_t>{} : component_.members_of(add);
        double least = std::numeric_limits<double>::infinity();
        double least_of_all = least;
        added_sum_.assign(added.size(), 0.0);
        for (std::size_t i = 0; i < part.members.size(); ++i) {
            const std::uint32_t household = part.members[i];
            if (component_.atom_of[household] == remove) continue;
            double sum = part.sum_um[i];
            for (const std::uint32_t other : removed) sum -= distance_(household, other);
            for (std::size_t j = 0; j < added.size(); ++j) {
                const double d = distance_(household, added[j]);
                sum += d;
                added_sum_[j] += d;
            }
            least_of_all = std::min(least_of_all, sum);
            if (component_.may_be_head[household]) least = std::min(least, sum);
        }
        for (std::size_t j = 0; j < added.size(); ++j) {
            double sum = added_sum_[j];
            for (const std::uint32_t other : added) sum += distance_(added[j], other);
            least_of_all = std::min(least_of_all, sum);
            if (component_.may_be_head[added[j]]) least = std::min(least, sum);
        }
        if (least < std::numeric_limits<double>::infinity()) return least;
        return least_of_all < std::numeric_limits<double>::infinity()
                   ? least_of_all + headless_cost_um
                   : 0.0;  // nobody left
    }

    /// By how much the cost rises when `atom` moves to part `to`.
    double move_cost_um(std::uint32_t atom, std::uint32_t to) {
        const std::uint32_t from = part_of_[atom];
        return cost_after(from, atom, no_index) + cost_after(to, no_index, atom) -
               parts_[from].cost_um - parts_[to].cost_um + group_move_cost_um(atom, to);
    }

    /// Whether a part stays connected (and not empty) after `remove` left and `add` joined.
    bool connected_after(std::uint32_t number, std::uint32_t remove, std::uint32_t add) {
        const Part& part = parts_[number];
        const std::size_t size = part.atoms.size() - (remove != no_index ? 1 : 0) +
                                 (add != no_index ? 1 : 0);
        if (size == 0) return false;
        if (size == 1) return true;
        const auto inside = [&](std::uint32_t atom) {
            return atom != remove && (part_of_[atom] == number || atom == add);
        };
        if (add == no_index && remove != no_index) {
            // Usually all neighbours that it leaves behind are one run: count those first.
            std::uint32_t left = 0;
            for (const std::uint32_t other : component_.neighbours_of(remove))
                if (inside(other)) ++left;
            if (left == 1) return true;
        }
        const std::uint32_t stamp = ++stamp_;
        queue_.clear();
        for (const std::uint32_t atom : part.atoms)
            if (inside(atom)) {
                queue_.push_back(atom);
                break;
            }
        if (queue_.empty()) queue_.push_back(add);
        mark_[queue_.front()] = stamp;
        for (std::size_t next = 0; next < queue_.size(); ++next)
            for (const std::uint32_t other : component_.neighbours_of(queue_[next]))
                if (mark_[other] != stamp && inside(other)) {
                    mark_[other] = stamp;
                    queue_.push_back(other);
                }
        return queue_.size() == size;
    }

    void move(std::uint32_t atom, std::uint32_t to) {
        const std::uint32_t from = part_of_[atom];
        if (logging_) log_.push_back({atom, from});
        take_out(parts_[from], atom);
        regroup(atom, from, to);
        part_of_[atom] = to;
        put_in(parts_[to], atom);
    }

    /// From here on moves are remembered until `keep` or `undo`.
    void begin() {
        log_.clear();
        logging_ = true;
    }
    void keep() { logging_ = false; }
    void undo() {
        logging_ = false;
        while (!log_.empty()) {
            move(log_.back().first, log_.back().second);
            log_.pop_back();
        }
    }
    /// Atoms moved since `begin`, and where from.
    std::span<const std::pair<std::uint32_t, std::uint32_t>> moved() const { return log_; }

    /// Whether an atom has a neighbour in a part, other than `except`.
    bool beside(std::uint32_t atom, std::uint32_t number, std::uint32_t except = no_index) const {
        for (const std::uint32_t other : component_.neighbours_of(atom))
            if (other != except && part_of_[other] == number) return true;
        return false;
    }

    /// The parts next to a part, ascending.
    std::vector<std::uint32_t> parts_beside(std::uint32_t number) const {
        std::vector<std::uint32_t> beside;
        for (const std::uint32_t atom : parts_[number].atoms)
            for (const std::uint32_t other : component_.neighbours_of(atom))
                if (part_of_[other] != number) beside.push_back(part_of_[other]);
        std::sort(beside.begin(), beside.end());
        beside.erase(std::unique(beside.begin(), beside.end()), beside.end());
        return beside;
    }

    /// Replaces parts by others over the same atoms: `labels[i]` in [0, count) for `atoms[i]`.
    /// The new parts take the old numbers first; more of them are appended. If there are fewer, the
    /// last parts of all are renumbered into the gaps.
    void replace(std::span<const std::uint32_t> old_parts, std::span<const std::uint32_t> atoms,
                 std::span<const std::uint32_t> labels, std::uint32_t count) {
        std::vector<std::uint32_t> numbers(old_parts.begin(), old_parts.end());
        std::sort(numbers.begin(), numbers.end());
        for (const std::uint32_t number : numbers) {
            distances_um_ -= parts_[number].cost_um;
            parts_[number] = {};
        }
        while (numbers.size() < count) {
            numbers.push_back(parts());
            parts_.emplace_back();
        }
        for (std::size_t i = 0; i < atoms.size(); ++i) {
            const std::uint32_t to = numbers[labels[i]];
            regroup(atoms[i], part_of_[atoms[i]], to);
            part_of_[atoms[i]] = to;
            parts_[to].atoms.push_back(atoms[i]);
        }
        for (std::uint32_t i = 0; i < count; ++i) rebuild(parts_[numbers[i]]);
        for (std::size_t i = numbers.size(); i-- > count;) remove_empty(numbers[i]);
    }

    double group_cost_um() const { return group_cost_um_; }

    /// What it costs in split groups when a goes to part a_to and b to part b_to.
    double group_exchange_cost_um(std::uint32_t a, std::uint32_t a_to, std::uint32_t b,
                                  std::uint32_t b_to) {
        const double first = group_move_cost_um(a, a_to);
        const std::uint32_t a_from = part_of_[a];
        regroup(a, a_from, a_to);
        const double second = group_move_cost_um(b, b_to);
        regroup(a, a_to, a_from);
        return first + second;
    }

private:
    void remove_empty(std::uint32_t number) {
        const std::uint32_t last = parts() - 1;
        if (number != last) {
            parts_[number] = std::move(parts_[last]);
            for (const std::uint32_t atom : parts_[number].atoms) part_of_[atom] = number;
            for (auto& counts : groups_)
                for (GroupShare& share : counts)
                    if (share.part == last) share.part = number;
        }
        parts_.pop_back();
    }

    void rebuild(Part& part) {
        part.members.clear();
        part.weight = 0;
        for (const std::uint32_t atom : part.atoms) {
            part.weight += component_.atom_weight[atom];
            for (const std::uint32_t household : component_.members_of(atom))
                part.members.push_back(household);
        }
        const std::size_t count = part.members.size();
        part.sum_um.assign(count, 0.0);
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = i + 1; j < count; ++j) {
                const double d = distance_(part.members[i], part.members[j]);
                part.sum_um[i] += d;
                part.sum_um[j] += d;
            }
        recost(part);
    }

    void recost(Part& part) {
        distances_um_ -= part.cost_um;
        double least = std::numeric_limits<double>::infinity(), least_of_all = least;
        for (std::size_t i = 0; i < part.members.size(); ++i) {
            least_of_all = std::min(least_of_all, part.sum_um[i]);
            if (component_.may_be_head[part.members[i]]) least = std::min(least, part.sum_um[i]);
        }
        part.cost_um = part.members.empty() ? 0.0
                       : least < std::numeric_limits<double>::infinity()
                           ? least
                           : least_of_all + headless_cost_um;
        distances_um_ += part.cost_um;
    }

    void take_out(Part& part, std::uint32_t atom) {
        part.atoms.erase(std::find(part.atoms.begin(), part.atoms.end(), atom));
        part.weight -= component_.atom_weight[atom];
        std::size_t kept = 0;
        for (std::size_t i = 0; i < part.members.size(); ++i) {
            const std::uint32_t household = part.members[i];
            if (component_.atom_of[household] == atom) continue;
            double sum = part.sum_um[i];
            for (const std::uint32_t other : component_.members_of(atom))
                sum -= distance_(household, other);
            part.members[kept] = household;
            part.sum_um[kept] = sum;
            ++kept;
        }
        part.members.resize(kept);
        part.sum_um.resize(kept);
        recost(part);
    }

    void put_in(Part& part, std::uint32_t atom) {
        part.atoms.push_back(atom);
        part.weight += component_.atom_weight[atom];
        for (const std::uint32_t household : component_.members_of(atom)) {
            double own = 0;
            for (std::size_t i = 0; i < part.members.size(); ++i) {
                const double d = distance_(household, part.members[i]);
                part.sum_um[i] += d;
                own += d;
            }
            part.members.push_back(household);
            part.sum_um.push_back(own);
        }
        recost(part);
    }

    // Groups: how many of each stand in which part.
    struct GroupShare {
        std::uint32_t part;
        std::uint32_t count;
    };

    void rebuild_groups() {
        groups_.assign(component_.groups, {});
        group_size_.assign(component_.groups, 0);
        if (component_.groups == 0) return;
        for (std::uint32_t household = 0; household < component_.households(); ++household) {
            const std::uint32_t group = component_.group[household];
            if (group == no_index) continue;
            ++group_size_[group];
            change_share(group, part_of_[component_.atom_of[household]], 1);
        }
    }

    void change_share(std::uint32_t group, std::uint32_t part, int by) {
        auto& shares = groups_[group];
        for (std::size_t i = 0; i < shares.size(); ++i)
            if (shares[i].part == part) {
                shares[i].count = static_cast<std::uint32_t>(static_cast<int>(shares[i].count) + by);
                if (shares[i].count == 0) {
                    shares[i] = shares.back();
                    shares.pop_back();
                }
                return;
            }
        shares.push_back({part, static_cast<std::uint32_t>(by)});
    }

    void regroup(std::uint32_t atom, std::uint32_t from, std::uint32_t to) {
        if (component_.groups == 0 || from == to) return;
        for (const std::uint32_t household : component_.members_of(atom)) {
            const std::uint32_t group = component_.group[household];
            if (group == no_index) continue;
            change_share(group, from, -1);
            change_share(group, to, 1);
        }
    }

    std::uint32_t most_together(std::uint32_t group) const {
        std::uint32_t most = 0;
        for (const GroupShare& share : groups_[group]) most = std::max(most, share.count);
        return most;
    }

    std::int64_t split_off() const {
        std::int64_t sum = 0;
        for (std::uint32_t group = 0; group < groups_.size(); ++group)
            sum += group_size_[group] - most_together(group);
        return sum;
    }

    double group_move_cost_um(std::uint32_t atom, std::uint32_t to) {
        if (component_.groups == 0 || group_cost_um_ == 0) return 0;
        const std::uint32_t from = part_of_[atom];
        const std::int64_t before = together_of(atom);
        regroup(atom, from, to);
        const std::int64_t after = together_of(atom);
        regroup(atom, to, from);
        return static_cast<double>(before - after) * group_cost_um_;
    }

    /// How many of the atom's groups stand where most of each does (each group counted once a member
    /// of the atom, which is the same before and after a move).
    std::int64_t together_of(std::uint32_t atom) const {
        std::int64_t sum = 0;
        const auto members = component_.members_of(atom);
        for (std::size_t i = 0; i < members.size(); ++i) {
            const std::uint32_t group = component_.group[members[i]];
            bool counted = group == no_index;
            for (std::size_t j = 0; j < i && !counted; ++j)
                counted = component_.group[members[j]] == group;
            if (!counted) sum += most_together(group);
        }
        return sum;
    }

    const Component& component_;
    Bounds bounds_;
    Distance& distance_;
    double group_cost_um_;
    double distances_um_ = 0;
    std::vector<std::uint32_t> part_of_;
    std::vector<Part> parts_;
    std::vector<std::vector<GroupShare>> groups_;
    std::vector<std::uint32_t> group_size_;

    bool logging_ = false;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> log_;

    std::vector<std::uint32_t> mark_;  // scratch of connected_after
    std::uint32_t stamp_ = 0;
    std::vector<std::uint32_t> queue_;
    std::vector<double> added_sum_;
};

}  // namespace gridgov::partition
