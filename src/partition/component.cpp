#include "partition/component.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

#include "large_pages.hpp"
#include "number_text.hpp"
#include "partition/hilbert.hpp"
#include "partition/random.hpp"
#include "partition/rows_along.hpp"
#include "place_by_counting.hpp"
#include "refuse.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

/// Which households are bound together, as disjoint sets named by their lowest row.
class Bonds {
public:
    explicit Bonds(std::span<const Weight> weight_of)
        : parent_(weight_of.size()), size_(weight_of.size(), 1),
          weight_(weight_of.size()) {
        std::iota(parent_.begin(), parent_.end(), 0U);
        std::transform(weight_of.begin(), weight_of.end(), weight_.begin(),
                       [](Weight weight) { return weight.millionths; });
    }
    std::uint32_t find(std::uint32_t household) {
        while (parent_[household] != household) {
            parent_[household] = parent_[parent_[household]];
            household = parent_[household];
        }
        return household;
    }
    std::uint32_t size(std::uint32_t household) { return size_[find(household)]; }
    void join(std::uint32_t a, std::uint32_t b) {
        a = find(a);
        b = find(b);
        if (a == b) return;
        if (b < a) std::swap(a, b);
        parent_[b] = a;
        size_[a] += size_[b];
        weight_[a] += weight_[b];
    }
    /// What the sets of these households weigh together.
    std::int64_t weight_of_union(std::span<const std::uint32_t> households) {
        std::vector<std::uint32_t> sets;
        for (const std::uint32_t household : households) sets.push_back(find(household));
        std::sort(sets.begin(), sets.end());
        sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
        std::int64_t sum = 0;
        for (const std::uint32_t set : sets) sum += weight_[set];
        return sum;
    }

private:
    std::vector<std::uint32_t> parent_, size_;
    std::vector<std::int64_t> weight_;
};

/// Lists of households by a number, in row order.
struct Lists {
    std::vector<std::uint32_t> offsets, rows;
    Lists(std::span<const std::uint32_t> number_of, std::size_t numbers)
        : offsets(numbers + 1, 0) {
        for (const std::uint32_t number : number_of)
            if (number != no_index) ++offsets[number + 1];
        std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
        resize_in_large_pages(rows, offsets.back());
        std::vector<std::uint32_t> next(offsets.begin(), offsets.end() - 1);
        for (std::uint32_t row = 0; row < number_of.size(); ++row)
            if (number_of[row] != no_index) rows[next[number_of[row]]++] = row;
    }
    std::span<const std::uint32_t> operator[](std::size_t number) const {
        return {rows.data() + offsets[number], offsets[number + 1] - offsets[number]};
    }
};

/// The pinned households and light others that join them: from the first member the search (Dijkstra's,
/// by the weight of households passed, ties by rank) goes on to the nearest member not yet joined, over
/// households that `allowed` lets pass. Empty if some member cannot be reached so.
class PinSearch {
public:
    PinSearch(const neighbours::Graph& graph, std::span<const std::uint32_t> rank,
              std::span<const Weight> weight_of)
        : graph_(graph), rank_(rank), weight_of_(weight_of), from_(graph.nodes(), no_index),
          least_(graph.nodes(), 0), wanted_(graph.nodes(), 0) {}

    template <class Allowed>
    std::vector<std::uint32_t> join(std::span<const std::uint32_t> pinned, Allowed allowed) {
        std::vector<std::uint32_t> joined{pinned.front()};
        for (const std::uint32_t row : pinned) wanted_[row] = 1;
        wanted_[pinned.front()] = 0;
        for (std::size_t missing = pinned.size() - 1; missing > 0;) {
            const std::uint32_t reached = nearest(joined, allowed);
            if (reached == no_index) {
                joined.clear();
                forget();
                break;
            }
            for (std::uint32_t row = reached; from_[row] != row; row = from_[row]) {
                missing -= wanted_[row];
                wanted_[row] = 0;
                joined.push_back(row);
            }
            forget();
        }
        for (const std::uint32_t row : pinned) wanted_[row] = 0;
        return joined;
    }

private:
    /// The wanted household that the least weight joins; `from_` leads back to one that is joined.
    template <class Allowed>
    std::uint32_t nearest(const std::vector<std::uint32_t>& joined, Allowed allowed) {
        struct Entry {
            std::int64_t weight;
            std::uint32_t rank, row;
            bool operator>(const Entry& other) const {
                return weight != other.weight ? weight > other.weight : rank > other.rank;
            }
        };
        std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
        touched_ = joined;
        for (const std::uint32_t row : joined) {
            from_[row] = row;
            least_[row] = 0;
            queue.push({0, rank_[row], row});
        }
        while (!queue.empty()) {
            const Entry entry = queue.top();
            queue.pop();
            if (entry.weight != least_[entry.row]) continue;
            if (wanted_[entry.row]) return entry.row;
            for (const std::uint32_t neighbour : graph_.neighbours(entry.row)) {
                if (!(wanted_[neighbour] || allowed(neighbour))) continue;
                const std::int64_t weight = entry.weight + weight_of_[neighbour].millionths;
                if (from_[neighbour] != no_index && weight >= least_[neighbour]) continue;
                if (from_[neighbour] == no_index) touched_.push_back(neighbour);
                from_[neighbour] = entry.row;
                least_[neighbour] = weight;
                queue.push({weight, rank_[neighbour], neighbour});
            }
        }
        return no_index;
    }
    void forget() {
        for (const std::uint32_t row : touched_) from_[row] = no_index;
        touched_.clear();
    }

    const neighbours::Graph& graph_;
    std::span<const std::uint32_t> rank_;
    std::span<const Weight> weight_of_;
    std::vector<std::uint32_t> from_, touched_;
    std::vector<std::int64_t> least_;
    std::vector<std::uint8_t> wanted_;
};

/// A household and the cell of the curve that it stands in.
struct Key {
    std::uint32_t cell, row;
};

/// Sorts by cell: digit by digit, unless there are few.
void sort_by_cell(std::vector<Key>& keys) {
    constexpr unsigned digits = 3, digit_bits = 11;
    if (keys.size() < 1U << digit_bits) {
        std::sort(keys.begin(), keys.end(),
                  [](const Key& a, const Key& b) { return a.cell < b.cell; });
        return;
    }
    std::vector<Key> sorted;
    resize_in_large_pages(sorted, keys.size());
    std::array<std::array<std::uint32_t, 1U << digit_bits>, digits> places{};
    const auto digit = [](std::uint32_t cell, unsigned d) {
        return (cell >> (d * digit_bits)) & ((1U << digit_bits) - 1);
    };
    for (const Key& key : keys)
        for (unsigned d = 0; d < digits; ++d) ++places[d][digit(key.cell, d)];
    for (unsigned d = 0; d < digits; ++d) {
        std::uint32_t sum = 0;
        for (std::uint32_t& place : places[d]) sum += std::exchange(place, sum);
        for (const Key& key : keys) sorted[places[d][digit(key.cell, d)]++] = key;
        keys.swap(sorted);
    }
}

/// Households in order along a Hilbert curve over their own box, ties by id.
std::vector<std::uint32_t> curve_order(const Town& town, std::span<const std::uint32_t> rows,
                                       Position low, Position high, unsigned threads) {
    int shift = 0;  // so that the box fits 2^16 cells
    while ((std::max(high.x_um - low.x_um, high.y_um - low.y_um) >> shift) >= (1 << 16)) ++shift;
    const auto positions = town.positions();
    std::vector<Key> keys;
    resize_in_large_pages(keys, rows.size());
    for_each_range(rows.size(), threads, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            const Position at = positions[rows[i]];
            keys[i] = {hilbert_index(static_cast<std::uint32_t>((at.x_um - low.x_um) >> shift),
                                     static_cast<std::uint32_t>((at.y_um - low.y_um) >> shift)),
                       rows[i]};
        }
    });
    sort_by_cell(keys);
    for (std::size_t first = 0, end = 0; first < keys.size(); first = end) {
        for (end = first + 1; end < keys.size() && keys[end].cell == keys[first].cell;) ++end;
        if (end - first > 1)
            std::sort(keys.begin() + static_cast<std::ptrdiff_t>(first),
                      keys.begin() + static_cast<std::ptrdiff_t>(end),
                      [&](const Key& a, const Key& b) {
                          return town.rank()[a.row] < town.rank()[b.row];
                      });
    }
    std::vector<std::uint32_t> order;
    resize_in_large_pages(order, rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) order[i] = keys[i].row;
    return order;
}

void add_households(Component& component, const Town& town, std::span<const std::uint32_t> rows,
                    std::vector<std::uint32_t>& local_of, std::uint64_t seed, unsigned threads) {
    const auto positions = town.positions();
    Position low = positions[rows.front()], high = low;
    std::uint32_t first_by_id = rows.front();
    for (const std::uint32_t row : rows) {
        low.x_um = std::min(low.x_um, positions[row].x_um);
        low.y_um = std::min(low.y_um, positions[row].y_um);
        high.x_um = std::max(high.x_um, positions[row].x_um);
        high.y_um = std::max(high.y_um, positions[row].y_um);
        if (town.rank()[row] < town.rank()[first_by_id]) first_by_id = row;
    }
    component.village = town.village_of()[rows.front()];
    component.seed = seed_for(seed, town.id(HouseholdIndex(first_by_id)));
    component.row = curve_order(town, rows, low, high, threads);
    const std::size_t count = rows.size();
    resize_in_large_pages(component.x_um, count);
    resize_in_large_pages(component.y_um, count);
    component.may_be_head.resize(count);
    resize_in_large_pages(component.rank, count);
    for_each_range(count, threads, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            const std::uint32_t row = component.row[i];
            component.x_um[i] = static_cast<double>(positions[row].x_um - low.x_um);
            component.y_um[i] = static_cast<double>(positions[row].y_um - low.y_um);
            component.may_be_head[i] = town.may_be_head()[row];
            component.rank[i] = town.rank()[row];
            local_of[row] = static_cast<std::uint32_t>(i);
        }
    });
}

void add_groups(Component& component, const Town& town) {
    std::vector<std::uint32_t> names;
    for (const std::uint32_t row : component.row)
        if (town.group_of()[row] != no_index) names.push_back(town.group_of()[row]);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    component.groups = static_cast<std::uint32_t>(names.size());
    component.group.assign(component.households(), no_index);
    for (std::uint32_t i = 0; i < component.households(); ++i) {
        const std::uint32_t group = town.group_of()[component.row[i]];
        if (group != no_index)
            component.group[i] = static_cast<std::uint32_t>(
                std::lower_bound(names.begin(), names.end(), group) - names.begin());
    }
}

/// Atoms, numbered by their first household.
void add_atoms(Component& component, std::span<const std::uint32_t> bond_of,
               std::span<const Weight> weight_of,
               const std::vector<std::uint32_t>& local_of, unsigned threads) {
    const std::size_t count = component.households();
    if (bond_of.empty()) {
        resize_in_large_pages(component.atom_of, count);
        resize_in_large_pages(component.members, count);
        resize_in_large_pages(component.member_offsets, count + 1);
        resize_in_large_pages(component.atom_weight, count);
        std::iota(component.atom_of.begin(), component.atom_of.end(), 0U);
        std::iota(component.members.begin(), component.members.end(), 0U);
        std::iota(component.member_offsets.begin(), component.member_offsets.end(), 0U);
        for_each_range(count, threads, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i)
                component.atom_weight[i] = weight_of[component.row[i]].millionths;
        });
    } else {
        component.atom_of.assign(count, no_index);
        for (std::uint32_t i = 0; i < count; ++i) {
            // The bond is named by a row of this component; its local index is known already.
            const std::uint32_t named = local_of[bond_of[component.row[i]]];
            std::uint32_t& atom = component.atom_of[named];
            if (atom == no_index) {
                atom = component.atoms();
                component.atom_weight.push_back(0);
            }
            component.atom_of[i] = atom;
            component.atom_weight[atom] += weight_of[component.row[i]].millionths;
        }
        component.member_offsets.assign(component.atoms() + 1, 0);
        for (const std::uint32_t atom : component.atom_of) ++component.member_offsets[atom + 1];
        std::partial_sum(component.member_offsets.begin(), component.member_offsets.end(),
                         component.member_offsets.begin());
        component.members.resize(count);
        std::vector<std::uint32_t> next(component.member_offsets.begin(),
                                        component.member_offsets.end() - 1);
        for (std::uint32_t i = 0; i < count; ++i)
            component.members[next[component.atom_of[i]]++] = i;
    }
    for (const std::int64_t weight : component.atom_weight) component.weight += weight;
}

/// Sorts what is all different.
void sort_row(std::uint32_t* row, std::size_t count) {
    if (count > counted_most) {
        std::sort(row, row + count);
        return;
    }
    const auto place = place_by_counting(count, [&](std::size_t i) { return row[i]; });
    std::array<std::uint32_t, counted_most> value;
    std::copy_n(row, count, value.begin());
    for (std::size_t i = 0; i < count; ++i) row[place[i]] = value[i];
}

/// Removes what is twice in sorted rows [offsets[i], end[i]), and the gaps between them.
void close_gaps(std::vector<std::uint32_t>& offsets, std::span<const std::uint32_t> end,
                std::vector<std::uint32_t>& links) {
    std::uint32_t kept = 0;
    for (std::size_t atom = 0; atom < end.size(); ++atom) {
        const std::uint32_t first = offsets[atom];
        offsets[atom] = kept;
        for (std::uint32_t i = first; i < end[atom]; ++i)
            if (i == first || links[i] != links[i - 1]) links[kept++] = links[i];
    }
    offsets.back() = kept;
    links.resize(kept);
}

/// Links between atoms, ascending.
void add_links(Component& component, const neighbours::Graph& graph,
               const std::vector<std::uint32_t>& local_of, unsigned threads) {
    const std::uint32_t atoms = component.atoms();
    const std::int64_t* const rows_begin = graph.offsets().data();
    std::vector<std::uint32_t>& offsets = component.link_offsets;
    std::vector<std::uint32_t>& links = component.links;
    assign_in_large_pages(offsets, atoms + 1, 0U);
    for (std::uint32_t i = 0; i < component.households(); ++i) {
        const std::int64_t* const row = rows_begin + component.row[i];
        offsets[component.atom_of[i] + 1] += static_cast<std::uint32_t>(row[1] - row[0]);
    }
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    resize_in_large_pages(links, offsets.back());
    std::vector<std::uint32_t> end(offsets.begin(), offsets.end() - 1);
    // Members stand atom by atom; where each atom is one household they are the households.
    const bool simple = atoms == component.households();
    if (simple) {
        for_each_range(atoms, threads, [&](std::size_t first, std::size_t last) {
            for_each_row_along(
                graph, std::span(component.row).subspan(first, last - first),
                [&](std::size_t i, std::span<const std::uint32_t> neighbours) {
                    std::uint32_t& to = end[first + i];
                    const std::uint32_t from = to;
                    for (const std::uint32_t neighbour : neighbours) {
                        links[to] = local_of[neighbour];
                        to += links[to] == no_index ? 0U : 1U;  // unlocated, or an outcast
                    }
                    sort_row(links.data() + from, to - from);
                });
        });
    } else {
        std::vector<std::uint32_t> rows_by_atom;
        for (const std::uint32_t member : component.members)
            rows_by_atom.push_back(component.row[member]);
        for_each_row_along(graph, rows_by_atom,
                           [&](std::size_t i, std::span<const std::uint32_t> neighbours) {
                               const std::uint32_t atom = component.atom_of[component.members[i]];
                               for (const std::uint32_t neighbour : neighbours) {
                                   const std::uint32_t local = local_of[neighbour];
                                   if (local == no_index) continue;
                                   const std::uint32_t other = component.atom_of[local];
                                   if (other != atom) links[end[other]++] = atom;
                               }
                           });
    }
    if (!simple || !std::equal(end.begin(), end.end(), offsets.begin() + 1))
        close_gaps(offsets, end, links);
}

/// Fills a component from its located households (any order).
Component make_component(const Town& town, const neighbours::Graph& graph,
                         std::span<const std::uint32_t> rows,
                         std::span<const std::uint32_t> bond_of,
                         std::span<const Weight> weight_of,
                         std::vector<std::uint32_t>& local_of, std::uint64_t seed,
                         unsigned threads) {
    Component component;
    add_households(component, town, rows, local_of, seed, threads);
    if (town.groups() > 0) add_groups(component, town);
    add_atoms(component, bond_of, weight_of, local_of, threads);
    add_links(component, graph, local_of, threads);
    return component;
}

/// Makes a problem step by step: weights, what pins bind, who is cast out, components of the rest.
class ProblemMaker {
public:
    ProblemMaker(const Town& town, const neighbours::Neighbours& neighbours, const Bounds& bounds,
                 unsigned threads)
        : town_(town), neighbours_(neighbours), graph_(neighbours.graph), bounds_(bounds),
          threads_(threads),
          anchors_(town.anchor_of()), households_(static_cast<std::uint32_t>(town.households())),
          weight_of_(town.weights()), cast_out_(households_, 0) {}

    Problem run(std::uint64_t seed) {
        weigh();
        if (town_.pins() > 0) bind_pins();
        cast_heavy();
        if (!bond_of_.empty()) rename_bonds();
        make_components(seed);
        if (!anchors_.empty()) add_unlocated_outcasts();
        return std::move(problem_);
    }

private:
    bool located(std::uint32_t row) const {
        return anchors_.empty() || anchors_[row] == no_index;
    }

    /// What a located household weighs, with those that follow it.
    void weigh() {
        if (anchors_.empty()) return;
        weight_with_followers_.assign(weight_of_.begin(), weight_of_.end());
        for (std::uint32_t row = 0; row < households_; ++row)
            if (!located(row)) {
                weight_with_followers_[anchors_[row]].millionths += weight_of_[row].millionths;
                weight_with_followers_[row].millionths = 0;
            }
        weight_of_ = weight_with_followers_;
    }

    void cast(std::vector<std::uint32_t> rows, Code cause, std::string name, bool proved) {
        Outcast outcast;
        outcast.cause = cause;
        outcast.name = std::move(name);
        outcast.proved = proved;
        for (const std::uint32_t row : rows) {
            cast_out_[row] = 1;
            outcast.weight += weight_of_[row].millionths;
        }
        outcast.rows = std::move(rows);
        problem_.outcasts.push_back(std::move(outcast));
    }

    /// Pins bind; an unlocated pinned household binds its anchor.
    void bind_pins() {
        Bonds bonds(weight_of_);
        const Lists pinned(town_.pin_of(), town_.pins());
        std::vector<std::vector<std::uint32_t>> rows_of(town_.pins());
        std::vector<std::uint32_t> pin_at(households_, no_index);
        for (std::uint32_t pin = 0; pin < town_.pins(); ++pin) {
            auto& rows = rows_of[pin];
            for (const std::uint32_t row : pinned[pin])
                rows.push_back(located(row) ? row : anchors_[row]);
            std::sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
                return town_.rank()[a] < town_.rank()[b];
            });
            rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
            for (const std::uint32_t row : rows) pin_at[row] = pin;
        }
        PinSearch search(graph_, town_.rank(), weight_of_);
        for (std::uint32_t pin = 0; pin < town_.pins(); ++pin) {
            // Those of a pin that shares a household with an earlier one are bound by both.
            std::vector<std::uint32_t> rows = rows_of[pin];
            rows.erase(std::remove_if(rows.begin(), rows.end(),
                                      [&](std::uint32_t row) { return cast_out_[row] != 0; }),
                       rows.end());
            if (rows.size() < 2) continue;
            std::int64_t weight = 0;
            bool together = true;
            for (const std::uint32_t row : rows) {
                weight += weight_of_[row].millionths;
                together = together && neighbours_.components.component_of[row] ==
                                           neighbours_.components.component_of[rows.front()];
            }
            std::string name(town_.pin_name(pin));
            if (weight > bounds_.max) {
                cast(std::move(rows), Code::pin_too_heavy, std::move(name), true);
                continue;
            }
            if (!together) {
                cast(std::move(rows), Code::pin_disconnected, std::move(name), true);
                continue;
            }
            // Around the households of other pins if there is a way, else through those of earlier
            // ones, which then share the courtyard.
            std::vector<std::uint32_t> joined;
            for (const bool through : {false, true}) {
                joined = search.join(rows, [&](std::uint32_t row) {
                    if (cast_out_[row]) return false;
                    if (pin_at[row] != no_index && pin_at[row] > pin) return false;
                    return through || (pin_at[row] == no_index && bonds.size(row) == 1);
                });
                if (!joined.empty() && bonds.weight_of_union(joined) <= bounds_.max) break;
                joined.clear();
            }
            if (!joined.empty()) {
                for (const std::uint32_t row : joined) bonds.join(row, rows.front());
                continue;
            }
            // Alone, though apart, they break less weight than with all who stand between. Bonds
            // that they are in already fall with them.
            std::vector<std::uint32_t> with = rows;
            for (std::uint32_t earlier = 0; earlier < pin; ++earlier)
                for (const std::uint32_t row : rows_of[earlier])
                    if (!cast_out_[row] &&
                        std::any_of(rows.begin(), rows.end(), [&](std::uint32_t own) {
                            return bonds.find(own) == bonds.find(row);
                        }))
                        with.push_back(row);
            std::sort(with.begin(), with.end());
            with.erase(std::unique(with.begin(), with.end()), with.end());
            cast(std::move(with), Code::search_failed, std::move(name), false);
        }
        bond_of_.resize(households_);
        std::vector<std::uint8_t> fallen(households_, 0);
        for (std::uint32_t row = 0; row < households_; ++row)
            if (cast_out_[row]) fallen[bonds.find(row)] = 1;
        for (std::uint32_t row = 0; row < households_; ++row)
            bond_of_[row] = fallen[bonds.find(row)] ? row : bonds.find(row);
    }

    void cast_heavy() {
        for (std::uint32_t row = 0; row < households_; ++row)
            if (!cast_out_[row] && weight_of_[row].millionths > bounds_.max)
                cast({row}, Code::household_too_heavy, town_.id(HouseholdIndex(row)),
                     town_.weights()[row].millionths > bounds_.max);
    }

    /// Bonds are named by their lowest row; those whose name was cast out are named anew.
    void rename_bonds() {
        std::vector<std::uint32_t> name(households_, no_index);
        for (std::uint32_t row = 0; row < households_; ++row)
            if (!cast_out_[row] && located(row) && name[bond_of_[row]] == no_index)
                name[bond_of_[row]] = row;
        for (std::uint32_t row = 0; row < households_; ++row)
            if (!cast_out_[row] && located(row)) bond_of_[row] = name[bond_of_[row]];
    }

    /// Components of what is left, in order of their first row.
    void make_components(std::uint64_t seed) {
        std::vector<std::uint32_t> local_of;
        assign_in_large_pages(local_of, households_, no_index);
        const auto add = [&](std::span<const std::uint32_t> rows) {
            Component component =
                make_component(town_, graph_, rows, bond_of_, weight_of_, local_of, seed, threads_);
            component.count = courtyard_count(component.weight, bounds_);
            problem_.components.push_back(std::move(component));
        };
        if (problem_.outcasts.empty() && anchors_.empty() &&
            neighbours_.components.component_of.size() == households_) {
            // Those of the graph, which are numbered by their first row.
            const Lists rows(neighbours_.components.component_of, neighbours_.components.count);
            for (std::uint32_t c = 0; c < neighbours_.components.count; ++c) add(rows[c]);
            return;
        }
        std::vector<std::uint8_t> seen(households_, 0);
        for (std::uint32_t start = 0; start < households_; ++start) {
            if (seen[start] || cast_out_[start] || !located(start)) continue;
            std::vector<std::uint32_t> rows{start};
            seen[start] = 1;
            for (std::size_t next = 0; next < rows.size(); ++next)
                for (const std::uint32_t neighbour : graph_.neighbours(rows[next])) {
                    if (seen[neighbour] || cast_out_[neighbour] || !located(neighbour)) continue;
                    seen[neighbour] = 1;
                    rows.push_back(neighbour);
                }
            add(rows);
        }
    }

    /// Those without coordinates follow their anchor into its outcast as well.
    void add_unlocated_outcasts() {
        for (Outcast& outcast : problem_.outcasts) {
            std::vector<std::uint32_t> with = outcast.rows;
            std::sort(with.begin(), with.end());
            for (std::uint32_t row = 0; row < households_; ++row)
                if (!located(row) &&
                    std::binary_search(with.begin(), with.end(), anchors_[row]))
                    outcast.rows.push_back(row);
        }
    }

    const Town& town_;
    const neighbours::Neighbours& neighbours_;
    const neighbours::Graph& graph_;
    const Bounds& bounds_;
    unsigned threads_;
    std::span<const std::uint32_t> anchors_;  ///< empty where all are located
    std::uint32_t households_;
    std::vector<Weight> weight_with_followers_;  ///< empty where all are located
    std::span<const Weight> weight_of_;          ///< those, or the town's
    std::vector<std::uint8_t> cast_out_;
    std::vector<std::uint32_t> bond_of_;      ///< a household each; empty without pins
    Problem problem_;
};

}  // namespace

Problem make_problem(const Town& town, const neighbours::Neighbours& neighbours,
                     const Bounds& bounds, std::uint64_t seed, unsigned threads) {
    if (neighbours.graph.nodes() != town.households())
        refuse(Code::graph_size_mismatch, {{"nodes", number_text(neighbours.graph.nodes())},
                                           {"households", number_text(town.households())}});
    return ProblemMaker(town, neighbours, bounds, threads).run(seed);
}

void share_out(Problem& problem, std::int64_t courtyards) {
    std::vector<std::int64_t> weights;
    std::vector<CourtyardCount> counts;
    for (const Component& component : problem.components) {
        weights.push_back(component.weight);
        counts.push_back(component.count);
    }
    share_out(courtyards - static_cast<std::int64_t>(problem.outcasts.size()), weights, counts);
    for (std::size_t i = 0; i < counts.size(); ++i) problem.components[i].count = counts[i];
}

std::int32_t label_the_rest(const Town& town, const Problem& problem,
                            std::span<std::int32_t> labels, std::int32_t next) {
    for (const Outcast& outcast : problem.outcasts) {
        for (const std::uint32_t row : outcast.rows) labels[row] = next;
        ++next;
    }
    const auto anchors = town.anchor_of();
    for (std::size_t row = 0; row < labels.size(); ++row)
        if (labels[row] < 0) labels[row] = labels[anchors[row]];
    return next;
}

}  // namespace gridgov::partition
