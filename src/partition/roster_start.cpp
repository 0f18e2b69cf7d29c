// Where everybody stands first: at home, or as a division of the component says.
#include <algorithm>
#include <utility>

#include "partition/flood.hpp"
#include "partition/roster.hpp"

namespace gridgov::partition {

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
            seen_[atom] = done;
            pieces.push_back(flood(component_, atom, [&](std::uint32_t other) {
                if (seen_[other] != stamp) return false;
                seen_[other] = done;
                return true;
            }));
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
        put(start, part);
        flood(component_, start, [&](std::uint32_t other) {
            if (part_of_[other] != no_index) return false;
            put(other, part);
            return true;
        });
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
            seen_[start] = stamp;
            pieces.push_back(flood(component_, start, [&](std::uint32_t other) {
                return part_of_[other] == number && labels[other] == labels[start] &&
                       std::exchange(seen_[other], stamp) != stamp;
            }));
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
        seen_[start] = stamp;
        pieces.push_back(flood(component_, start, [&](std::uint32_t other) {
            return part_of_[other] == no_index && labels[other] == labels[start] &&
                   std::exchange(seen_[other], stamp) != stamp;
        }));
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

}  // namespace gridgov::partition
