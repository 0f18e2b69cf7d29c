#include "partition/roster.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <queue>
#include <tuple>
#include <utility>

#include "partition/tree_split.hpp"

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

// ---- places -------------------------------------------------------------------------------------

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

// ---- the start ----------------------------------------------------------------------------------

/// Everyone at home; of a courtyard in pieces only the largest piece, and what newcomers join to it.
void Roster::stand_as_before() {
    std::vector<Numbers> at(homes_.homes);
    for (std::uint32_t atom = 0; atom < component_.atoms(); ++atom) {
        std::uint32_t best = no_index, most = 0;
        for (std::uint32_t i = home_offsets_[atom]; i < home_offsets_[atom + 1]; ++i) {
            const bool better = best == no_index || homes_.locked[home_[i]] > homes_.locked[best] ||
                                (homes_.locked[home_[i]] == homes_.locked[best] &&
                                 home_count_[i] > most);
            if (!better) continue;
            best = home_[i];
            most = home_count_[i];
        }
        if (best != no_index)
            at[best].push_back(atom);
        else if (was_[atom] > 0)
            why_[atom] = Why::disconnected;  // its courtyard lives on where no link leads
    }
    std::vector<std::vector<Numbers>> pieces_of(homes_.homes);
    for (std::uint32_t home = 0; home < homes_.homes; ++home) {
        if (parts_[home].locked) {
            for (const std::uint32_t atom : at[home]) put(atom, home);
            continue;
        }
        const std::uint32_t stamp = ++stamp_;
        for (const std::uint32_t atom : at[home]) seen_[atom] = stamp;
        const std::uint32_t done = ++stamp_;
        std::vector<Numbers> pieces;
        for (const std::uint32_t atom : at[home]) {
            if (seen_[atom] == done) continue;
            Numbers piece{atom};
            seen_[atom] = done;
            for (std::size_t next = 0; next < piece.size(); ++next)
                for (const std::uint32_t other : component_.neighbours_of(piece[next]))
                    if (seen_[other] == stamp) {
                        seen_[other] = done;
                        piece.push_back(other);
                    }
            pieces.push_back(std::move(piece));
        }
        const auto households = [&](const Numbers& piece) {
            std::uint32_t sum = 0;
            for (const std::uint32_t atom : piece) sum += at_home(atom, home);
            return sum;
        };
        std::stable_sort(pieces.begin(), pieces.end(), [&](const Numbers& a, const Numbers& b) {
            return households(a) > households(b);
        });
        if (pieces.empty()) continue;
        for (const std::uint32_t atom : pieces.front()) put(atom, home);
        pieces.erase(pieces.begin());
        pieces_of[home] = std::move(pieces);
    }
    // Newcomers between the pieces join them: the shortest way over those who stand nowhere yet.
    std::vector<std::uint8_t> stray(component_.atoms(), 0);
    for (const auto& pieces : pieces_of)
        for (const Numbers& piece : pieces)
            for (const std::uint32_t atom : piece) stray[atom] = 1;
    std::vector<std::uint32_t> from(component_.atoms(), no_index);
    for (std::uint32_t home = 0; home < homes_.homes; ++home)
        for (const Numbers& piece : pieces_of[home]) {
            constexpr std::size_t reach = 400;
            Numbers queue = piece;
            for (const std::uint32_t atom : piece) from[atom] = atom;
            std::uint32_t end = no_index;
            for (std::size_t next = 0; next < queue.size() && end == no_index; ++next)
                for (const std::uint32_t other : component_.neighbours_of(queue[next])) {
                    if (part_of_[other] == home) {
                        end = queue[next];
                        break;
                    }
                    if (part_of_[other] != no_index || stray[other] != 0 ||
                        from[other] != no_index || queue.size() > reach)
                        continue;
                    from[other] = queue[next];
                    queue.push_back(other);
                }
            if (end != no_index) {
                Numbers joined = piece;
                for (std::uint32_t atom = end; from[atom] != atom; atom = from[atom])
                    joined.push_back(atom);
                std::int64_t weight = 0;
                for (const std::uint32_t atom : joined) weight += component_.atom_weight[atom];
                if (oversize(home) || parts_[home].weight + weight <= bounds_.max)
                    for (const std::uint32_t atom : joined) {
                        put(atom, home);
                        stray[atom] = 0;
                    }
            }
            for (const std::uint32_t atom : queue) from[atom] = no_index;
            for (const std::uint32_t atom : piece)
                if (part_of_[atom] == no_index) why_[atom] = Why::disconnected;
        }
}

/// Who stands nowhere yet: each connected set of them is a loose part.
void Roster::gather_free() {
    for (std::uint32_t start = 0; start < component_.atoms(); ++start) {
        if (part_of_[start] != no_index) continue;
        const std::uint32_t part = new_part(true);
        Numbers found{start};
        put(start, part);
        for (std::size_t next = 0; next < found.size(); ++next)
            for (const std::uint32_t other : component_.neighbours_of(found[next]))
                if (part_of_[other] == no_index) {
                    put(other, part);
                    found.push_back(other);
                }
    }
}

void Roster::begin() {
    stand_as_before();
    gather_free();
}

bool Roster::heavy() const {
    for (const Part& part : parts_)
        if (!part.locked && part.weight > heavy_factor * bounds_.max) return true;
    return false;
}

/// Divides what is far too heavy as `labels` (a label per atom) say; the piece in which most stay at
/// home keeps the number.
void Roster::divide(std::span<const std::uint32_t> labels) {
    const std::uint32_t before = parts();
    for (std::uint32_t number = 0; number < before; ++number) {
        if (parts_[number].locked || parts_[number].atoms.empty()) continue;
        if (parts_[number].weight <= heavy_factor * bounds_.max) continue;
        const Numbers atoms = parts_[number].atoms;
        const std::uint32_t stamp = ++stamp_;
        std::vector<Numbers> pieces;
        for (const std::uint32_t start : atoms) {
            if (seen_[start] == stamp) continue;
            Numbers piece{start};
            seen_[start] = stamp;
            for (std::size_t next = 0; next < piece.size(); ++next)
                for (const std::uint32_t other : component_.neighbours_of(piece[next]))
                    if (seen_[other] != stamp && part_of_[other] == number &&
                        labels[other] == labels[start]) {
                        seen_[other] = stamp;
                        piece.push_back(other);
                    }
            pieces.push_back(std::move(piece));
        }
        std::size_t main = 0;
        std::int64_t most = -1;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            std::int64_t stay = 0, weight = 0;
            for (const std::uint32_t atom : pieces[i]) {
                stay += at_home(atom, number);
                weight += component_.atom_weight[atom];
            }
            if (bounds_.legal(weight)) stay += 1'000'000'000;
            if (stay > most) {
                most = stay;
                main = i;
            }
        }
        for (const Numbers& piece : pieces) {
            if (&piece == &pieces[main]) continue;
            const std::uint32_t to = new_part(true);
            // Taken all at once: a part of thousands loses them in one pass.
            for (const std::uint32_t atom : piece) {
                if (at_home(atom, number) > 0) why_[atom] = Why::oversize;
                pending_.emplace_back(atom, to);
            }
        }
        take_all(number);
        for (const std::uint32_t atom : pieces[main]) put(atom, number);
        for (const auto& [atom, to] : pending_) put(atom, to);
        pending_.clear();
    }
}

/// As `divide`, but everybody who is not locked stands where `labels` say; of two pieces the one in
/// which more would be at home takes a home's number.
void Roster::divide_anew(std::span<const std::uint32_t> labels) {
    for (std::uint32_t number = 0; number < parts(); ++number)
        if (!parts_[number].locked) take_all(number);
    std::vector<Numbers> pieces;
    const std::uint32_t stamp = ++stamp_;
    for (std::uint32_t start = 0; start < component_.atoms(); ++start) {
        if (part_of_[start] != no_index || seen_[start] == stamp) continue;
        Numbers piece{start};
        seen_[start] = stamp;
        for (std::size_t next = 0; next < piece.size(); ++next)
            for (const std::uint32_t other : component_.neighbours_of(piece[next]))
                if (part_of_[other] == no_index && seen_[other] != stamp &&
                    labels[other] == labels[start]) {
                    seen_[other] = stamp;
                    piece.push_back(other);
                }
        pieces.push_back(std::move(piece));
    }
    struct Overlap {
        std::uint32_t stay, piece, home;
    };
    std::vector<Overlap> overlaps;
    for (std::uint32_t p = 0; p < pieces.size(); ++p) {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> stay;  // home, households
        for (const std::uint32_t atom : pieces[p])
            for (std::uint32_t i = home_offsets_[atom]; i < home_offsets_[atom + 1]; ++i)
                if (!parts_[home_[i]].locked) stay.emplace_back(home_[i], home_count_[i]);
        std::sort(stay.begin(), stay.end());
        for (std::size_t i = 0; i < stay.size(); ++i) {
            if (i == 0 || stay[i].first != stay[i - 1].first)
                overlaps.push_back({0, p, stay[i].first});
            overlaps.back().stay += stay[i].second;
        }
    }
    std::stable_sort(overlaps.begin(), overlaps.end(),
                     [](const Overlap& a, const Overlap& b) { return a.stay > b.stay; });
    Numbers number(pieces.size(), no_index);
    std::vector<std::uint8_t> taken(homes_.homes, 0);
    for (const Overlap& overlap : overlaps) {
        if (number[overlap.piece] != no_index || taken[overlap.home]) continue;
        number[overlap.piece] = overlap.home;
        taken[overlap.home] = 1;
    }
    for (std::uint32_t p = 0; p < pieces.size(); ++p) {
        if (number[p] == no_index) number[p] = new_part(true);
        for (const std::uint32_t atom : pieces[p]) {
            if (was_[atom] > 0 && at_home(atom, number[p]) == 0 && why_[atom] == Why::entered)
                why_[atom] = Why::undersize;
            put(atom, number[p]);
        }
    }
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

void Roster::finish() {
    loose_count_ = false;
    mend(false);
    loose_count_ = true;
    settle_loose();
    mend(true);
    bring_home();
    divide_for_count();
    log_.clear();
    log_why_.clear();
}

// ---- chains -------------------------------------------------------------------------------------

/// The atom that `from` can best spare for `to`, or no_index: fewest moved, then nearest.
std::uint32_t Roster::to_hand_over(std::uint32_t from, std::uint32_t to) {
    if (parts_[from].atoms.size() < 2) return no_index;
    struct Candidate {
        std::int64_t cost;
        double distance;
        std::uint32_t atom;
    };
    std::vector<Candidate> candidates;
    for (const std::uint32_t atom : parts_[from].atoms)
        if (beside(atom, to))
            candidates.push_back({cost(atom, to), distance(atom, to) - distance(atom, from), atom});
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        return std::tie(a.cost, a.distance, a.atom) < std::tie(b.cost, b.distance, b.atom);
    });
    for (const Candidate& candidate : candidates)
        if (connected_without(from, candidate.atom)) return candidate.atom;
    return no_index;
}

/// Hands atoms along the way that moves fewest, from a part with weight to spare (`pull`) or to one
/// with room; false, and nothing done, if no way lessens the violation.
bool Roster::chain(std::uint32_t part, bool pull, Why why, std::uint32_t barred) {
    constexpr int tries = 12;
    constexpr std::size_t reach = 600;  // parts looked at
    std::vector<std::pair<std::uint32_t, std::uint32_t>> banned;
    struct Entry {
        std::int64_t cost;
        std::uint32_t hops, part, from;
    };
    const auto later = [](const Entry& a, const Entry& b) {
        return std::tie(a.cost, a.hops, a.part) > std::tie(b.cost, b.hops, b.part);
    };
    for (int attempt = 0; attempt < tries; ++attempt) {
        std::priority_queue<Entry, std::vector<Entry>, decltype(later)> queue(later);
        std::vector<std::pair<std::uint32_t, std::uint32_t>> reached;  // part, from
        const auto origin = [&](std::uint32_t q) {
            for (const auto& [number, from] : reached)
                if (number == q) return from;
            return no_index;
        };
        queue.push({0, 0, part, part});
        std::uint32_t end = no_index;
        while (!queue.empty() && reached.size() < reach) {
            const Entry entry = queue.top();
            queue.pop();
            if (origin(entry.part) != no_index) continue;
            reached.emplace_back(entry.part, entry.from);
            const std::uint32_t q = entry.part;
            if (q != part) {
                // Has it to spare, or room?
                const std::int64_t weight = parts_[q].weight;
                const std::uint32_t atom = pull ? to_hand_over(q, entry.from)
                                                : to_hand_over(entry.from, q);
                const std::int64_t handed = atom == no_index ? 0 : component_.atom_weight[atom];
                const bool serves = pull ? (parts_[q].loose && !loose_count_) ||
                                               weight - handed >= bounds_.min
                                         : weight + handed <= bounds_.max;
                if (atom != no_index && serves) {
                    end = q;
                    break;
                }
            }
            for (const std::uint32_t near : parts_beside(q)) {
                if (near == barred || origin(near) != no_index) continue;
                const auto step = pull ? std::pair(near, q) : std::pair(q, near);
                if (std::find(banned.begin(), banned.end(), step) != banned.end()) continue;
                const std::uint32_t atom = to_hand_over(step.first, step.second);
                if (atom == no_index) continue;
                queue.push({entry.cost + std::max<std::int64_t>(0, cost(atom, step.second)),
                            entry.hops + 1, near, q});
            }
        }
        if (end == no_index) return false;
        Numbers path{end};
        while (path.back() != part) path.push_back(origin(path.back()));
        // From the far end to `part`: room is made before it is needed.
        const std::size_t at = mark();
        const Standing before = judged();
        bool done = true;
        for (std::size_t i = 0; i + 1 < path.size() && done; ++i) {
            const std::uint32_t from = pull ? path[i] : path[i + 1];
            const std::uint32_t to = pull ? path[i + 1] : path[i];
            const std::uint32_t atom = to_hand_over(from, to);
            if (atom == no_index) {
                banned.emplace_back(from, to);
                done = false;
            } else {
                move(atom, to, why);
            }
        }
        const Standing after = judged();
        if (done && after.violation < before.violation) return true;
        roll_back(at);
        if (done) banned.push_back(pull ? std::pair(path[0], path[1]) : std::pair(path[1], path[0]));
    }
    return false;
}

bool Roster::fill(std::uint32_t part, Why why) {
    while (undersize(part)) {
        const std::int64_t before = parts_[part].weight;
        if (!chain(part, true, why, no_index) || parts_[part].weight <= before) return false;
    }
    return true;
}

bool Roster::shed(std::uint32_t part, Why why, std::uint32_t barred) {
    while (oversize(part)) {
        const std::int64_t before = parts_[part].weight;
        if (!chain(part, false, why, barred) || parts_[part].weight >= before) return false;
    }
    return true;
}

/// Everyone to the parts beside, which stay within max.
bool Roster::dissolve(std::uint32_t part, Why why) {
    while (!parts_[part].atoms.empty()) {
        struct Candidate {
            int filled;  ///< 0: to a part that lacks weight
            std::int64_t cost;
            double distance;
            std::uint32_t atom, to;
        };
        std::optional<Candidate> best, tight;
        for (const std::uint32_t atom : parts_[part].atoms)
            for (const std::uint32_t other : component_.neighbours_of(atom)) {
                const std::uint32_t to = part_of_[other];
                if (to == part || parts_[to].locked) continue;
                const Candidate candidate{undersize(to) && !parts_[to].loose ? 0 : 1,
                                          cost(atom, to), distance(atom, to), atom, to};
                const auto key = [](const Candidate& c) {
                    return std::tie(c.filled, c.cost, c.distance, c.atom, c.to);
                };
                auto& place =
                    parts_[to].weight + component_.atom_weight[atom] <= bounds_.max ? best : tight;
                if (!place || key(candidate) < key(*place)) place = candidate;
            }
        if (best) {
            move(best->atom, best->to, why);
        } else if (tight) {
            move(tight->atom, tight->to, why);
            if (!shed(tight->to, Why::oversize, part)) return false;
        } else {
            return false;
        }
    }
    return true;
}

/// Joins a part to one beside it, if both fit one courtyard.
bool Roster::unite(std::uint32_t part, Why why) {
    std::uint32_t best = no_index;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    bool into = true;
    const auto all_to = [&](std::uint32_t from, std::uint32_t to) {
        std::int64_t sum = 0;
        for (const std::uint32_t atom : parts_[from].atoms) sum += cost(atom, to);
        return sum;
    };
    for (const std::uint32_t q : parts_beside(part)) {
        if (parts_[q].weight + parts_[part].weight > bounds_.max) continue;
        const std::int64_t there = all_to(part, q), here = all_to(q, part);
        if (std::min(there, here) < least) {
            least = std::min(there, here);
            best = q;
            into = there <= here;
        }
    }
    if (best == no_index) return false;
    const std::uint32_t from = into ? part : best, to = into ? best : part;
    for (const Numbers atoms = parts_[from].atoms; const std::uint32_t atom : atoms)
        move(atom, to, why);
    return true;
}

// ---- new splits ---------------------------------------------------------------------------------

/// Splits the union of `parts` into `count` legal ones along random trees that hold together what
/// stands together; of the tries the one that moves fewest. What a piece is called follows from who
/// stays at home.
bool Roster::resplit(const Numbers& numbers, std::uint32_t count, int tries, Why why) {
    std::int64_t weight = 0;
    Numbers atoms;
    for (const std::uint32_t p : numbers) {
        weight += parts_[p].weight;
        atoms.insert(atoms.end(), parts_[p].atoms.begin(), parts_[p].atoms.end());
    }
    if (count < 1 || count > 63 || atoms.size() < count || atoms.size() > 1500 ||
        weight < bounds_.min * count || weight > bounds_.max * count)
        return false;
    const Region region = make_region(component_, std::move(atoms));
    struct Found {
        std::int64_t stay = -1;
        Numbers label;
        Numbers part;  ///< per label: the part whose number it takes, or no_index
    } best;
    for (int i = 0; i < tries; ++i) {
        const SpanningTree tree = tree_along_parts(region);
        const auto split = split_tree(region, tree, bounds_, count);
        if (!split) continue;
        // Who stays: pieces take the numbers of parts, the greatest overlap first.
        struct Overlap {
            std::uint32_t stay, label, part;
        };
        std::vector<Overlap> overlaps;
        Numbers stay(std::size_t{split->parts} * numbers.size(), 0);
        for (std::uint32_t node = 0; node < region.size(); ++node)
            for (std::size_t p = 0; p < numbers.size(); ++p)
                stay[split->label[node] * numbers.size() + p] +=
                    at_home(region.atoms[node], numbers[p]);
        for (std::uint32_t label = 0; label < split->parts; ++label)
            for (std::uint32_t p = 0; p < numbers.size(); ++p)
                overlaps.push_back({stay[label * numbers.size() + p], label, p});
        std::stable_sort(overlaps.begin(), overlaps.end(),
                         [](const Overlap& a, const Overlap& b) { return a.stay > b.stay; });
        Found found;
        found.stay = 0;
        found.label = split->label;
        found.part.assign(split->parts, no_index);
        std::vector<std::uint8_t> taken(numbers.size(), 0);
        for (const Overlap& overlap : overlaps) {
            if (found.part[overlap.label] != no_index || taken[overlap.part]) continue;
            found.part[overlap.label] = numbers[overlap.part];
            taken[overlap.part] = 1;
            found.stay += overlap.stay;
        }
        if (found.stay > best.stay) best = std::move(found);
    }
    if (best.stay < 0) return false;
    for (std::uint32_t& part : best.part)
        if (part == no_index) part = new_part(true);
    for (std::uint32_t node = 0; node < region.size(); ++node) {
        const std::uint32_t to = best.part[best.label[node]];
        if (part_of_[region.atoms[node]] != to) move(region.atoms[node], to, why);
    }
    return true;
}

/// A random spanning tree in which what stands together hangs together: links inside a part come
/// before links between homes that are the same, and those before all others.
SpanningTree Roster::tree_along_parts(const Region& region) {
    const auto home = [&](std::uint32_t atom) {
        return home_offsets_[atom] == home_offsets_[atom + 1] ? no_index
                                                              : home_[home_offsets_[atom]];
    };
    std::vector<KeyedLink> links;
    for (std::uint32_t u = 0; u < region.size(); ++u)
        for (std::uint32_t i = region.link_offsets[u]; i < region.link_offsets[u + 1]; ++i) {
            const std::uint32_t v = region.links[i];
            if (u >= v) continue;
            const std::uint32_t a = region.atoms[u], b = region.atoms[v];
            const std::uint64_t apart = home(a) == home(b) && part_of_[a] == part_of_[b] ? 0
                                        : part_of_[a] == part_of_[b]                     ? 1
                                                                                         : 2;
            links.push_back({(random_.next() >> 2) | apart << 62, u, v});
        }
    return least_spanning_tree(region.size(), std::move(links), random_);
}

/// `count` parts around one, nearest by links first; connected with each other.
Roster::Numbers Roster::around(std::uint32_t part, std::size_t count) const {
    Numbers found{part};
    for (std::size_t next = 0; next < found.size() && found.size() < count; ++next)
        for (const std::uint32_t beside : parts_beside(found[next]))
            if (found.size() < count &&
                std::find(found.begin(), found.end(), beside) == found.end())
                found.push_back(beside);
    return found;
}

// ---- mending ------------------------------------------------------------------------------------

/// Tries every way of mending a part and keeps the best; whether anything got better.
bool Roster::mend_part(std::uint32_t part) {
    const Why why = oversize(part) ? Why::oversize : Why::undersize;
    const Standing before = judged();
    const std::size_t at = mark();
    Standing least = before;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> best;
    const auto weigh = [&] {
        const Standing now = judged();
        if (now < least) {
            least = now;
            best.clear();
            for (std::size_t i = at; i < log_.size(); ++i)
                best.emplace_back(log_[i].first, part_of_[log_[i].first]);
        }
        roll_back(at);
    };
    if (undersize(part)) {
        if (!parts_[part].loose) {
            fill(part, why);
            weigh();
        }
        dissolve(part, why);
        weigh();
        if (unite(part, why)) weigh();
        if (parts_[part].loose) {
            fill(part, why);
            weigh();
        }
    } else {
        shed(part, why, no_index);
        weigh();
        const std::int64_t most = parts_[part].weight / bounds_.min;
        for (std::uint32_t count = 2; count <= std::min<std::int64_t>(most, 5); ++count) {
            resplit({part}, count, 12, why);
            weigh();
        }
    }
    if (least.violation > 0 && least.broken >= before.broken) {
        for (const std::size_t size : {2U, 3U, 4U, 6U}) {
            const Numbers parts = around(part, size);
            if (parts.size() < size) break;
            for (const int change : {0, -1, 1}) {
                const auto count = static_cast<std::int64_t>(size) + change;
                if (count < 1) continue;
                resplit(parts, static_cast<std::uint32_t>(count), 16, why);
                weigh();
            }
            if (least.broken < before.broken) break;
        }
    }
    for (const auto& [atom, to] : best)
        if (part_of_[atom] != to) move(atom, to, why);
    return !best.empty();
}

/// Parts that break a size, those that are somebody's home first.
void Roster::mend(bool loose_too) {
    for (int round = 0; round < 4 && judged().violation > 0 && !cancelled(); ++round) {
        bool better = false;
        for (const bool loose : {false, true}) {
            if (loose && !loose_too) continue;
            for (std::uint32_t part = 0; part < parts(); ++part)
                if (parts_[part].loose == loose && violating(part)) {
                    better = mend_part(part) || better;
                    if (cancelled()) return;
                }
        }
        if (!better) return;
    }
}

/// Loose parts: those too heavy are divided, those too light dissolved, others live if the number
/// of courtyards wants them. None of it moves anybody who could stay.
void Roster::settle_loose() {
    for (std::uint32_t part = 0; part < parts() && !cancelled(); ++part)
        if (parts_[part].loose && oversize(part)) mend_part(part);
    for (std::uint32_t part = 0; part < parts() && !cancelled(); ++part) {
        if (!parts_[part].loose || parts_[part].atoms.empty()) continue;
        const Standing before = judged();
        const std::size_t at = mark();
        dissolve(part, Why::undersize);
        if (!(judged() < before)) roll_back(at);
    }
}

/// Where there are too few courtyards, those in which enough newcomers stand are divided if that
/// moves nobody.
void Roster::divide_for_count() {
    for (std::uint32_t part = 0; part < parts() && alive_ < component_.count.courtyards; ++part) {
        if (parts_[part].locked || parts_[part].weight < 2 * bounds_.min) continue;
        std::int64_t free = 0;
        for (const std::uint32_t atom : parts_[part].atoms)
            if (at_home(atom, part) == 0) free += component_.atom_weight[atom];
        if (free < bounds_.min || cancelled()) continue;
        const Standing before = judged();
        const std::size_t at = mark();
        resplit({part}, 2, 8, Why::undersize);
        if (!(judged() < before)) roll_back(at);
    }
}

// ---- back home ----------------------------------------------------------------------------------

/// Who is away goes home where that can be had for fewer moves in all.
void Roster::bring_home() {
    for (int round = 0; round < 3 && !cancelled(); ++round) {
        bool better = false;
        for (std::uint32_t atom = 0; atom < component_.atoms(); ++atom) {
            if (home_offsets_[atom] == home_offsets_[atom + 1]) continue;
            const std::uint32_t home = home_[home_offsets_[atom]];
            if (part_of_[atom] == home || parts_[home].locked || parts_[part_of_[atom]].locked)
                continue;
            better = bring_home(atom, home) || better;
        }
        if (!better) return;
    }
}

/// An atom, those beside it that are away from the same home, and whoever stands between.
bool Roster::bring_home(std::uint32_t atom, std::uint32_t home) {
    // The shortest way home, counted in households that would have to move for it.
    struct Entry {
        std::int64_t cost;
        std::uint32_t atom, from;
    };
    const auto later = [](const Entry& a, const Entry& b) {
        return std::tie(a.cost, a.atom) > std::tie(b.cost, b.atom);
    };
    std::priority_queue<Entry, std::vector<Entry>, decltype(later)> queue(later);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> reached;
    const auto origin = [&](std::uint32_t a) {
        for (const auto& [number, from] : reached)
            if (number == a) return from;
        return no_index;
    };
    queue.push({cost(atom, home), atom, atom});
    std::uint32_t end = no_index;
    constexpr std::size_t reach = 80;
    while (!queue.empty() && reached.size() < reach) {
        const Entry entry = queue.top();
        queue.pop();
        if (origin(entry.atom) != no_index) continue;
        reached.emplace_back(entry.atom, entry.from);
        if (parts_[home].atoms.empty() || beside(entry.atom, home)) {
            end = entry.atom;
            break;
        }
        for (const std::uint32_t other : component_.neighbours_of(entry.atom))
            if (!parts_[part_of_[other]].locked && origin(other) == no_index)
                queue.push({entry.cost + cost(other, home), other, entry.atom});
    }
    if (end == no_index) return false;
    const Standing before = judged();
    const std::size_t at = mark();
    Numbers donors;
    std::uint32_t next = end;
    for (;; next = origin(next)) {  // from beside home outwards
        donors.push_back(part_of_[next]);
        move(next, home, Why::disconnected);
        if (next == atom) break;
    }
    std::sort(donors.begin(), donors.end());
    donors.erase(std::unique(donors.begin(), donors.end()), donors.end());
    for (const std::uint32_t donor : donors)
        if (!connected(parts_[donor].atoms)) {
            roll_back(at);
            return false;
        }
    if (judged() < before) return true;
    if (moved_ >= before.moved) {
        roll_back(at);
        return false;
    }
    donors.push_back(home);
    for (const std::uint32_t part : donors)
        if (violating(part)) mend_part(part);
    if (judged() < before) return true;
    roll_back(at);
    return false;
}

}  // namespace gridgov::partition
