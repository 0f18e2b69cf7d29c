#include "partition/roster.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gridgov::partition {

Roster::Roster(const Component& component, const Bounds& bounds, const Homes& homes,
               const std::atomic<bool>* cancel)
    : component_(component), bounds_(bounds), homes_(homes), cancel_(cancel),
      random_(component.seed), parts_(homes.homes), part_of_(component.atoms(), no_index),
      was_(component.atoms(), 0), home_offsets_(1, 0), why_(component.atoms(), Why::entered),
      seen_(component.atoms(), 0) {
    for (std::uint32_t home = 0; home < homes.homes; ++home)
        parts_[home].locked = homes.locked[home] != 0;
    for (std::uint32_t atom = 0; atom < component.atoms(); ++atom) {
        const std::size_t first = home_.size();
        for (const std::uint32_t household : component.members_of(atom)) {
            was_[atom] += homes.was[household];
            const std::uint32_t home = homes.of[household];
            if (home == no_index) continue;
            const auto from = home_.begin() + static_cast<std::ptrdiff_t>(first);
            const auto place = std::find(from, home_.end(), home);
            if (place == home_.end()) {
                home_.push_back(home);
                home_count_.push_back(1);
            } else {
                ++home_count_[static_cast<std::size_t>(place - home_.begin())];
            }
        }
        home_offsets_.push_back(static_cast<std::uint32_t>(home_.size()));
        moved_ += was_[atom];
    }
}

std::uint32_t Roster::at_home(std::uint32_t atom, std::uint32_t part) const {
    for (std::uint32_t i = home_offsets_[atom]; i < home_offsets_[atom + 1]; ++i)
        if (home_[i] == part) return home_count_[i];
    return 0;
}

/// By how many households more have moved when `atom` goes to `to`.
std::int64_t Roster::cost(std::uint32_t atom, std::uint32_t to) const {
    return std::int64_t{at_home(atom, part_of_[atom])} - at_home(atom, to);
}

/// Counts a part in (+1) or out (−1).
void Roster::weigh(const Part& part, std::int64_t sign) {
    if (part.locked || part.atoms.empty()) return;
    broken_[part.loose] += sign * bounds_.broken(part.weight);
    violation_[part.loose] += sign * bounds_.violation(part.weight);
}

void Roster::put(std::uint32_t atom, std::uint32_t number) {
    Part& part = parts_[number];
    if (part.atoms.empty()) ++alive_;
    weigh(part, -1);
    part.atoms.push_back(atom);
    part.weight += component_.atom_weight[atom];
    const std::uint32_t household = component_.members_of(atom).front();
    part.x_um += component_.x_um[household];
    part.y_um += component_.y_um[household];
    weigh(part, 1);
    part_of_[atom] = number;
    moved_ -= at_home(atom, number);
}

void Roster::take(std::uint32_t atom) {
    const std::uint32_t number = part_of_[atom];
    Part& part = parts_[number];
    weigh(part, -1);
    part.atoms.erase(std::find(part.atoms.begin(), part.atoms.end(), atom));
    part.weight -= component_.atom_weight[atom];
    const std::uint32_t household = component_.members_of(atom).front();
    part.x_um -= component_.x_um[household];
    part.y_um -= component_.y_um[household];
    if (part.atoms.empty()) --alive_;
    weigh(part, 1);
    moved_ += at_home(atom, number);
    part_of_[atom] = no_index;
}

void Roster::take_all(std::uint32_t number) {
    Part& part = parts_[number];
    if (part.atoms.empty()) return;
    weigh(part, -1);
    for (const std::uint32_t atom : part.atoms) {
        moved_ += at_home(atom, number);
        part_of_[atom] = no_index;
    }
    part.atoms.clear();
    part.weight = 0;
    part.x_um = part.y_um = 0;
    --alive_;
}

void Roster::move(std::uint32_t atom, std::uint32_t to, Why why) {
    log_.emplace_back(atom, part_of_[atom]);
    log_why_.push_back(why_[atom]);
    // Who is away already keeps the reason for which it left.
    if (at_home(atom, part_of_[atom]) > 0 || was_[atom] == 0) why_[atom] = why;
    take(atom);
    put(atom, to);
}

void Roster::roll_back(std::size_t mark) {
    while (log_.size() > mark) {
        const auto [atom, from] = log_.back();
        take(atom);
        put(atom, from);
        why_[atom] = log_why_.back();
        log_.pop_back();
        log_why_.pop_back();
    }
}

std::uint32_t Roster::new_part(bool loose) {
    parts_.emplace_back();
    parts_.back().loose = loose;
    return parts() - 1;
}

Standing Roster::standing() const {
    return {broken_[0] + broken_[1], violation_[0] + violation_[1], moved_,
            std::abs(alive_ - component_.count.courtyards)};
}

/// As far as loose parts are judged: before they are settled they may be of any size.
Standing Roster::judged() const {
    Standing result = standing();
    if (!loose_count_) {
        result.broken = broken_[0];
        result.violation = violation_[0];
    }
    return result;
}

/// From an atom to the middle of a part, about.
double Roster::distance(std::uint32_t atom, std::uint32_t number) const {
    const Part& part = parts_[number];
    const auto count = static_cast<double>(std::max<std::size_t>(part.atoms.size(), 1));
    const std::uint32_t household = component_.members_of(atom).front();
    const double dx = component_.x_um[household] - part.x_um / count;
    const double dy = component_.y_um[household] - part.y_um / count;
    const double xx = dx * dx;
    const double yy = dy * dy;
    return std::sqrt(xx + yy);
}

bool Roster::beside(std::uint32_t atom, std::uint32_t part) const {
    for (const std::uint32_t other : component_.neighbours_of(atom))
        if (part_of_[other] == part) return true;
    return false;
}

bool Roster::connected_without(std::uint32_t number, std::uint32_t atom) {
    const Numbers& atoms = parts_[number].atoms;
    if (atoms.size() <= 2) return true;
    // Nearly always the neighbours that are left behind are joined to each other: go from one of
    // them and stop as soon as all are found.
    const std::uint32_t stamp = ++stamp_;
    std::uint32_t wanted = 0, start = no_index;
    for (const std::uint32_t other : component_.neighbours_of(atom))
        if (part_of_[other] == number) {
            ++wanted;
            start = other;
        }
    if (wanted <= 1) return true;
    queue_.assign(1, start);
    seen_[start] = seen_[atom] = stamp;
    --wanted;
    const auto neighbours = component_.neighbours_of(atom);
    for (std::size_t next = 0; next < queue_.size(); ++next)
        for (const std::uint32_t other : component_.neighbours_of(queue_[next])) {
            if (seen_[other] == stamp || part_of_[other] != number) continue;
            seen_[other] = stamp;
            queue_.push_back(other);
            if (std::binary_search(neighbours.begin(), neighbours.end(), other) && --wanted == 0)
                return true;
        }
    return false;
}

bool Roster::connected(const Numbers& atoms) {
    if (atoms.size() <= 1) return true;
    const std::uint32_t stamp = ++stamp_;  // in the set
    for (const std::uint32_t atom : atoms) seen_[atom] = stamp;
    ++stamp_;                              // and reached
    queue_.assign(1, atoms.front());
    seen_[atoms.front()] = stamp_;
    for (std::size_t next = 0; next < queue_.size(); ++next)
        for (const std::uint32_t other : component_.neighbours_of(queue_[next]))
            if (seen_[other] == stamp) {
                seen_[other] = stamp_;
                queue_.push_back(other);
            }
    return queue_.size() == atoms.size();
}

Roster::Numbers Roster::parts_beside(std::uint32_t part) const {
    Numbers beside;
    for (const std::uint32_t atom : parts_[part].atoms)
        for (const std::uint32_t other : component_.neighbours_of(atom))
            if (part_of_[other] != part && !parts_[part_of_[other]].locked)
                beside.push_back(part_of_[other]);
    std::sort(beside.begin(), beside.end());
    beside.erase(std::unique(beside.begin(), beside.end()), beside.end());
    return beside;
}

}  // namespace gridgov::partition
