// Sizes mended, newcomers settled, and back home who can.
#include <algorithm>
#include <limits>
#include <optional>
#include <queue>
#include <tuple>
#include <utility>

#include "partition/roster.hpp"
#include "partition/tree_split.hpp"

namespace gridgov::partition {

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
