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
#include "partition/four_lanes.hpp"

namespace gridgov::partition {

/// What a courtyard without an allowed head costs: ten thousand kilometres, more than a town's
/// distances can save, and little enough to leave sums with it exact.
inline constexpr double headless_cost_um = 1e13;

/// A part: a courtyard in the making, as seen until the state changes. `sum_um[i]` is the total
/// distance of member i to all members.
struct Part {
    std::span<const std::uint32_t> atoms;
    std::span<const std::uint32_t> members;  ///< households
    std::span<const double> sum_um;          ///< a member each
    std::int64_t weight = 0;
    double cost_um = 0;                      ///< least allowed sum
    std::uint32_t head = no_index;           ///< member that has it (of several the first in the
                                             ///< component's order); no_index if nobody may be head
};

/// `Distance` gives distances in whole micrometres (see distance.hpp): sums of them below 2^53 are
/// exact, whatever the order, so that a move and its way back leave no trace.
///
/// Members of a part stand together in memory, with room to grow; where every atom is one household
/// (no pins) atoms and households are the same numbers and the same lists.
template <class Distance>
class State {
public:
    State(const Component& component, const Bounds& bounds, Distance& distance,
          double group_weight_m)
        : component_(component), bounds_(bounds), distance_(distance),
          group_cost_um_(group_weight_m * 1e6),
          simple_(component.atoms() == component.households()),
          all_may_be_head_(std::find(component.may_be_head.begin(), component.may_be_head.end(),
                                     std::uint8_t{0}) == component.may_be_head.end()),
          part_of_(component.atoms(), no_index), place_of_(component.households(), 0),
          atom_place_of_(simple_ ? 0 : component.atoms(), 0), mark_(component.atoms(), 0) {}

    const Component& component() const { return component_; }
    const Bounds& bounds() const { return bounds_; }
    Distance& distance() { return distance_; }
    std::uint32_t parts() const { return static_cast<std::uint32_t>(slots_.size()); }
    Part part(std::uint32_t number) const {
        const Slot& slot = fresh(number);
        const std::span<const std::uint32_t> members(members_.data() + slot.first, slot.size);
        return {atoms(number),
                members,
                {sums_um_.data() + slot.first, slot.size},
                slot.weight,
                slot.cost_um,
                slot.head};
    }
    std::int64_t weight(std::uint32_t number) const { return slots_[number].weight; }
    double cost_um(std::uint32_t number) const { return fresh(number).cost_um; }
    std::uint32_t head(std::uint32_t number) const { return fresh(number).head; }
    std::span<const std::uint32_t> atoms(std::uint32_t number) const {
        const Slot& slot = slots_[number];
        return simple_ ? std::span<const std::uint32_t>(members_.data() + slot.first, slot.size)
                       : std::span<const std::uint32_t>(atoms_.data() + slot.atom_first, slot.atoms);
    }
    std::uint32_t part_of(std::uint32_t atom) const { return part_of_[atom]; }
    /// What an atom's households walk to the head of a part, as it is; `headless_cost_um` if there is
    /// none.
    double distance_to_head(std::uint32_t atom, std::uint32_t number) {
        const std::uint32_t there = head(number);
        return there == no_index ? headless_cost_um : distance_to(atom, there);
    }
    /// What they walk to a household.
    double distance_to(std::uint32_t atom, std::uint32_t household) {
        double sum = 0;
        for (const std::uint32_t member : component_.members_of(atom))
            sum += distance_(member, household);
        return sum;
    }
    std::span<const std::uint32_t> labels() const { return part_of_; }

    /// Takes over labels 0 … parts − 1 (none of them empty).
    void assign(std::span<const std::uint32_t> labels, std::uint32_t parts) {
        part_of_.assign(labels.begin(), labels.end());
        slots_.assign(parts, {});
        distances_um_ = 0;
        std::vector<std::uint32_t> households(parts, 0), atoms(parts, 0);
        for (std::uint32_t atom = 0; atom < component_.atoms(); ++atom) {
            ++atoms[part_of_[atom]];
            households[part_of_[atom]] +=
                static_cast<std::uint32_t>(component_.members_of(atom).size());
        }
        clear_pools();
        for (std::uint32_t number = 0; number < parts; ++number) {
            make_room(slots_[number], households[number]);
            if (!simple_) make_atom_room(slots_[number], atoms[number]);
        }
        for (std::uint32_t atom = 0; atom < component_.atoms(); ++atom)
            append(slots_[part_of_[atom]], atom);
        stale_.clear();
        for (std::uint32_t number = 0; number < parts; ++number) sum_up(number);
        rebuild_groups();
    }

    std::int64_t broken() const {
        std::int64_t sum = 0;
        for (const Slot& slot : slots_) sum += bounds_.broken(slot.weight);
        return sum;
    }
    std::int64_t violation() const {
        std::int64_t sum = 0;
        for (const Slot& slot : slots_) sum += bounds_.violation(slot.weight);
        return sum;
    }
    /// Distances and split groups, in micrometres; kept up to date, not summed.
    double cost_um() const {
        for (const std::uint32_t number : stale_) fresh(number);
        stale_.clear();
        return distances_um_ + group_cost_um_ * static_cast<double>(split_off());
    }

    /// Cost of a part after `remove` left it and `add` joined it (no_index: nobody does).
    double cost_after(std::uint32_t number, std::uint32_t remove, std::uint32_t add) {
        if (simple_ && all_may_be_head_) return simple_cost_after(slots_[number], remove, add);
        const Slot& slot = slots_[number];
        const auto removed = remove == no_index ? std::span<const std::uint32_t>{}
                                                : component_.members_of(remove);
        const auto added =
            add == no_index ? std::span<const std::uint32_t>{} : component_.members_of(add);
        reserve_scratch(slot.size);
        changed_.assign(sums_um_.data() + slot.first, sums_um_.data() + slot.first + slot.size);
        for (const std::uint32_t other : removed) {
            distances_to(slot, other);
            for (std::size_t i = 0; i < slot.size; ++i) changed_[i] -= row_[i];
        }
        double least = infinity, least_of_all = infinity;
        for (const std::uint32_t joining : added) {
            distances_to(slot, joining);
            double sum = 0;
            for (std::size_t i = 0; i < slot.size; ++i) {
                changed_[i] += row_[i];
                if (component_.atom_of[members_[slot.first + i]] != remove) sum += row_[i];
            }
            for (const std::uint32_t other : added) sum += distance_(joining, other);
            least_of_all = std::min(least_of_all, sum);
            if (component_.may_be_head[joining]) least = std::min(least, sum);
        }
        for (std::size_t i = 0; i < slot.size; ++i) {
            const std::uint32_t household = members_[slot.first + i];
            if (component_.atom_of[household] == remove) continue;
            least_of_all = std::min(least_of_all, changed_[i]);
            if (component_.may_be_head[household]) least = std::min(least, changed_[i]);
        }
        if (least < infinity) return least;
        return least_of_all < infinity ? least_of_all + headless_cost_um : 0.0;  // nobody left
    }

    /// By how much the cost rises when `atom` moves to part `to`.
    double move_cost_um(std::uint32_t atom, std::uint32_t to) {
        const std::uint32_t from = part_of_[atom];
        return cost_after(from, atom, no_index) + cost_after(to, no_index, atom) -
               cost_um(from) - cost_um(to) + group_move_cost_um(atom, to);
    }

    /// Whether a part stays connected (and not empty) after `remove` left and `add` joined.
    bool connected_after(std::uint32_t number, std::uint32_t remove, std::uint32_t add) {
        const std::size_t size = atoms(number).size() - (remove != no_index ? 1 : 0) +
                                 (add != no_index ? 1 : 0);
        if (size == 0) return false;
        if (size == 1) return true;
        const auto inside = [&](std::uint32_t atom) {
            return atom != remove && (part_of_[atom] == number || atom == add);
        };
        queue_.clear();
        if (remove != no_index) {
            // Usually the neighbours that it leaves behind hold together among themselves.
            std::uint32_t left = 0;
            const std::uint32_t beside = ++stamp_;
            for (const std::uint32_t other : component_.neighbours_of(remove))
                if (inside(other)) {
                    mark_[other] = beside;
                    ++left;
                    if (queue_.empty()) queue_.push_back(other);
                }
            if (left == 0) return false;
            const std::uint32_t reached = ++stamp_;
            mark_[queue_.front()] = reached;
            for (std::size_t next = 0; next < queue_.size() && queue_.size() < left; ++next)
                for (const std::uint32_t other : component_.neighbours_of(queue_[next]))
                    if (mark_[other] == beside) {
                        mark_[other] = reached;
                        queue_.push_back(other);
                    }
            if (queue_.size() == left) {
                if (add == no_index || mark_[add] == reached) return true;
                for (const std::uint32_t other : component_.neighbours_of(add))
                    if (part_of_[other] == number && other != remove) return true;
                return false;
            }
            queue_.resize(1);
        } else {
            // What was connected stays so if the newcomer is beside it.
            for (const std::uint32_t other : component_.neighbours_of(add))
                if (inside(other)) return true;
            return false;
        }
        const std::uint32_t stamp = ++stamp_;
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
        take_out(slots_[from], atom);
        regroup(atom, from, to);
        part_of_[atom] = to;
        put_in(slots_[to], atom);
        make_stale(from);
        make_stale(to);
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
        parts_beside(number, beside);
        return beside;
    }
    /// The same, into `beside`.
    void parts_beside(std::uint32_t number, std::vector<std::uint32_t>& beside) const {
        beside.clear();
        part_mark_.resize(slots_.size(), 0);
        const std::uint32_t stamp = ++part_stamp_;
        part_mark_[number] = stamp;
        for (const std::uint32_t atom : atoms(number))
            for (const std::uint32_t other : component_.neighbours_of(atom)) {
                const std::uint32_t there = part_of_[other];
                if (part_mark_[there] == stamp) continue;
                part_mark_[there] = stamp;
                beside.push_back(there);
            }
        std::sort(beside.begin(), beside.end());
    }

    /// Replaces parts by others over the same atoms: `labels[i]` in [0, count) for `atoms[i]`.
    /// The new parts take the old numbers first; more of them are appended. If there are fewer, the
    /// last parts of all are renumbered into the gaps.
    void replace(std::span<const std::uint32_t> old_parts, std::span<const std::uint32_t> atoms,
                 std::span<const std::uint32_t> labels, std::uint32_t count) {
        std::vector<std::uint32_t> numbers(old_parts.begin(), old_parts.end());
        std::sort(numbers.begin(), numbers.end());
        for (const std::uint32_t number : numbers) {
            Slot& slot = slots_[number];
            slot.size = slot.atoms = 0;
            slot.weight = 0;
        }
        while (numbers.size() < count) {
            numbers.push_back(parts());
            slots_.emplace_back();
        }
        for (std::size_t i = 0; i < atoms.size(); ++i) {
            const std::uint32_t to = numbers[labels[i]];
            regroup(atoms[i], part_of_[atoms[i]], to);
            part_of_[atoms[i]] = to;
            append(slots_[to], atoms[i]);
        }
        for (std::uint32_t i = 0; i < count; ++i) sum_up(numbers[i]);
        for (std::size_t i = numbers.size(); i-- > count;) remove_empty(numbers[i]);
    }

    /// Appends a part without atoms, for moves to fill; its number.
    std::uint32_t add_empty() {
        slots_.emplace_back();
        return parts() - 1;
    }
    /// Removes a part that has no atoms; the last part takes its number.
    void remove_empty(std::uint32_t number) {
        const std::uint32_t last = parts() - 1;
        cost_um();  // nothing is stale
        if (number != last) {
            slots_[number] = slots_[last];
            for (const std::uint32_t atom : part(number).atoms) part_of_[atom] = number;
            for (auto& counts : groups_)
                for (GroupShare& share : counts)
                    if (share.part == last) share.part = number;
        }
        slots_.pop_back();
    }

    double group_cost_um() const { return group_cost_um_; }

    /// By how much split groups cost more when `atom` goes to part `to`.
    double group_move_cost_um(std::uint32_t atom, std::uint32_t to) {
        if (component_.groups == 0 || group_cost_um_ == 0) return 0;
        const std::uint32_t from = part_of_[atom];
        const std::int64_t before = together_of(atom);
        regroup(atom, from, to);
        const std::int64_t after = together_of(atom);
        regroup(atom, to, from);
        return static_cast<double>(before - after) * group_cost_um_;
    }

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
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    /// Where a part's members stand in the pools.
    struct Slot {
        std::size_t first = 0, atom_first = 0;
        std::uint32_t size = 0, room = 0;
        std::uint32_t atoms = 0, atom_room = 0;
        std::int64_t weight = 0;
        double cost_um = 0;
        std::uint32_t head = no_index;
        bool stale = false;  ///< cost and head are of an earlier time
    };

    // ---- pools --------------------------------------------------------------------------------

    void clear_pools() {
        members_.clear();
        sums_um_.clear();
        x_um_.clear();
        y_um_.clear();
        atoms_.clear();
    }

    /// Moves a slot's members to the pool's end, with room for `wanted` and half as many more.
    void make_room(Slot& slot, std::uint32_t wanted) {
        const std::size_t old = slot.first;
        slot.first = members_.size();
        slot.room = wanted + wanted / 2 + 8;
        const std::size_t end = slot.first + slot.room;
        members_.resize(end);
        sums_um_.resize(end);
        x_um_.resize(end);
        y_um_.resize(end);
        for (std::size_t i = 0; i < slot.size; ++i) {
            members_[slot.first + i] = members_[old + i];
            sums_um_[slot.first + i] = sums_um_[old + i];
            x_um_[slot.first + i] = x_um_[old + i];
            y_um_[slot.first + i] = y_um_[old + i];
        }
    }
    void make_atom_room(Slot& slot, std::uint32_t wanted) {
        const std::size_t old = slot.atom_first;
        slot.atom_first = atoms_.size();
        slot.atom_room = wanted + wanted / 2 + 8;
        atoms_.resize(slot.atom_first + slot.atom_room);
        for (std::size_t i = 0; i < slot.atoms; ++i)
            atoms_[slot.atom_first + i] = atoms_[old + i];
    }

    /// Adds an atom's households at the end, without sums.
    void append(Slot& slot, std::uint32_t atom) {
        for (const std::uint32_t household : component_.members_of(atom)) {
            if (slot.size == slot.room) make_room(slot, slot.size + 1);
            const std::size_t place = slot.first + slot.size;
            members_[place] = household;
            x_um_[place] = component_.x_um[household];
            y_um_[place] = component_.y_um[household];
            place_of_[household] = slot.size++;
        }
        slot.weight += component_.atom_weight[atom];
        if (simple_) return;
        if (slot.atoms == slot.atom_room) make_atom_room(slot, slot.atoms + 1);
        atom_place_of_[atom] = slot.atoms;
        atoms_[slot.atom_first + slot.atoms++] = atom;
    }

    void sum_up(std::uint32_t number) {
        Slot& slot = slots_[number];
        reserve_scratch(slot.size);
        for (std::size_t i = 0; i < slot.size; ++i) {
            distances_to(slot, members_[slot.first + i]);
            sums_um_[slot.first + i] = total(slot.size);
        }
        make_stale(number);
    }

    // ---- sums ---------------------------------------------------------------------------------

    void reserve_scratch(std::size_t size) {
        if (row_.size() < size) row_.resize(size + size / 2 + 64);
    }
    /// Fills `row_` with the distances of a household to a part's members.
    void distances_to(const Slot& slot, std::uint32_t household) {
        distance_.to_many(household, {members_.data() + slot.first, slot.size},
                          x_um_.data() + slot.first, y_um_.data() + slot.first, row_.data());
    }
    double total(std::size_t size) const {
        return sum_in_four_lanes(size, [&](std::size_t i) { return row_[i]; });
    }

    /// For atoms of one household where everybody may be head.
    double simple_cost_after(const Slot& slot, std::uint32_t remove, std::uint32_t add) {
        const std::size_t size = slot.size;
        reserve_scratch(size);
        const double* const sums = sums_um_.data() + slot.first;
        if (add == no_index) {
            distances_to(slot, remove);
            const std::size_t gone = place_of_[remove];
            row_[gone] = -infinity;  // nobody's least
            return size == 1 ? 0.0 : least_in_four_lanes(size, [&](std::size_t i) { return sums[i] - row_[i]; });
        }
        if (remove == no_index) {
            distances_to(slot, add);
            return std::min(total(size),
                            least_in_four_lanes(size, [&](std::size_t i) { return sums[i] + row_[i]; }));
        }
        distances_to(slot, remove);
        other_row_.assign(row_.begin(), row_.begin() + static_cast<std::ptrdiff_t>(size));
        distances_to(slot, add);
        const std::size_t gone = place_of_[remove];
        const double own = total(size) - row_[gone];
        row_[gone] = infinity;
        return std::min(own, least_in_four_lanes(size, [&](std::size_t i) {
                            return sums[i] + (row_[i] - other_row_[i]);
                        }));
    }

    void make_stale(std::uint32_t number) {
        if (slots_[number].stale) return;
        slots_[number].stale = true;
        stale_.push_back(number);
    }
    /// A part with its head and cost as they are now: worked out when asked for.
    const Slot& fresh(std::uint32_t number) const {
        Slot& slot = slots_[number];
        if (slot.stale) recost(slot);
        return slot;
    }
    void recost(Slot& slot) const {
        slot.stale = false;
        distances_um_ -= slot.cost_um;
        const double* const sums = sums_um_.data() + slot.first;
        const double least = least_in_four_lanes(slot.size, [&](std::size_t i) {
            return all_may_be_head_ || component_.may_be_head[members_[slot.first + i]] ? sums[i]
                                                                                         : infinity;
        });
        std::uint32_t head = no_index;
        if (least < infinity)
            for (std::size_t i = 0; i < slot.size; ++i) {
                const std::uint32_t household = members_[slot.first + i];
                if (sums[i] == least && household < head &&
                    (all_may_be_head_ || component_.may_be_head[household]))
                    head = household;
            }
        slot.head = head;
        slot.cost_um =
            slot.size == 0     ? 0.0
            : head != no_index ? least
                               : least_in_four_lanes(slot.size, [&](std::size_t i) { return sums[i]; }) +
                                     headless_cost_um;
        distances_um_ += slot.cost_um;
    }

    void take_out(Slot& slot, std::uint32_t atom) {
        reserve_scratch(slot.size);
        for (const std::uint32_t household : component_.members_of(atom)) {
            distances_to(slot, household);
            double* const sums = sums_um_.data() + slot.first;
            for (std::size_t i = 0; i < slot.size; ++i) sums[i] -= row_[i];
            const std::size_t gone = slot.first + place_of_[household];
            const std::size_t last = slot.first + --slot.size;
            members_[gone] = members_[last];
            sums_um_[gone] = sums_um_[last];
            x_um_[gone] = x_um_[last];
            y_um_[gone] = y_um_[last];
            place_of_[members_[gone]] = place_of_[household];
        }
        slot.weight -= component_.atom_weight[atom];
        if (!simple_) {
            const std::size_t gone = slot.atom_first + atom_place_of_[atom];
            atoms_[gone] = atoms_[slot.atom_first + --slot.atoms];
            atom_place_of_[atoms_[gone]] = atom_place_of_[atom];
        }
    }

    void put_in(Slot& slot, std::uint32_t atom) {
        reserve_scratch(slot.size + component_.members_of(atom).size());
        const std::uint32_t before = slot.size;
        append(slot, atom);
        for (std::uint32_t joining = before; joining < slot.size; ++joining) {
            // Those before it gain it; it gains all before it.
            Slot earlier = slot;
            earlier.size = joining;
            distances_to(earlier, members_[slot.first + joining]);
            double* const sums = sums_um_.data() + slot.first;
            for (std::size_t i = 0; i < joining; ++i) sums[i] += row_[i];
            sums[joining] = total(joining);
        }
    }

    // ---- groups: how many of each stand in which part -----------------------------------------

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
        for (std::uint32_t group = 0; group < component_.group_most_outside.size(); ++group)
            if (component_.group_most_outside[group] > 0)
                groups_[group].push_back({no_index, component_.group_most_outside[group]});
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
            sum += std::int64_t{group_size_[group]} - std::int64_t{most_together(group)};
        return sum;
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
    bool simple_, all_may_be_head_;
    mutable double distances_um_ = 0;  ///< of the parts as far as they are not stale
    std::vector<std::uint32_t> part_of_;
    mutable std::vector<Slot> slots_;
    mutable std::vector<std::uint32_t> stale_;
    std::vector<std::uint32_t> place_of_;       ///< a household's place in its part
    std::vector<std::uint32_t> atom_place_of_;  ///< an atom's, with pins
    std::vector<std::uint32_t> members_, atoms_;
    std::vector<double> sums_um_, x_um_, y_um_;
    std::vector<std::vector<GroupShare>> groups_;
    std::vector<std::uint32_t> group_size_;

    bool logging_ = false;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> log_;

    std::vector<std::uint32_t> mark_;  // scratch of connected_after
    std::uint32_t stamp_ = 0;
    mutable std::vector<std::uint32_t> part_mark_;  // scratch of parts_beside
    mutable std::uint32_t part_stamp_ = 0;
    std::vector<std::uint32_t> queue_;
    std::vector<double> row_, other_row_, changed_;  // scratch of sums
};

}  // namespace gridgov::partition
