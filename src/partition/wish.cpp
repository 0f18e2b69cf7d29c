#include "gridgov/partition/wish.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include "number_text.hpp"
#include "partition/distance.hpp"
#include "partition/excerpt.hpp"
#include "partition/measure.hpp"
#include "partition/state.hpp"
#include "partition/walk_distance.hpp"
#include "partition/wish_exact.hpp"
#include "partition/wish_search.hpp"
#include "refuse.hpp"

namespace gridgov::partition {
namespace {

using Numbers = std::vector<std::uint32_t>;
constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::string weight_text(std::int64_t millionths) {
    return number_text(number_from_weight({millionths}));
}

/// Prices the wishes of one household.
class Pricer {
public:
    Pricer(const Town& town, const neighbours::Neighbours& neighbours, const Partition& partition,
           HouseholdIndex household, const Options& options)
        : town_(town), neighbours_(neighbours), partition_(partition), options_(options),
          bounds_(options.rules), row_(household.value) {
        check(options);
        check_labels(town, partition.labels, partition.courtyards.size());
        if (row_ >= town.households())
            refuse(Code::unknown_household, {{"household", number_text(row_)}});
        problem_ = make_problem(town, neighbours, bounds_, options.seed);
        own_ = courtyard_of(row_);
        unlocated_ = !town.anchor_of().empty() && town.anchor_of()[row_] != no_index;
        for (const Component& component : problem_.components) {
            for (std::uint32_t i = 0; i < component.households(); ++i)
                if (component.row[i] == row_) {
                    component_ = &component;
                    atom_ = component.atom_of[i];
                }
            if (component_ != nullptr) break;
        }
        if (component_ == nullptr) return;
        // Parts: the courtyards of the component's atoms, in order of first appearance.
        part_of_courtyard_.assign(partition.courtyards.size(), no_index);
        labels_.resize(component_->atoms());
        for (std::uint32_t atom = 0; atom < component_->atoms(); ++atom) {
            const std::uint32_t courtyard =
                courtyard_of(component_->row[component_->members_of(atom).front()]);
            std::uint32_t& part = part_of_courtyard_[courtyard];
            if (part == no_index) {
                part = static_cast<std::uint32_t>(courtyards_.size());
                courtyards_.push_back(courtyard);
            }
            labels_[atom] = part;
        }
        atoms_of_.resize(courtyards_.size());
        for (std::uint32_t atom = 0; atom < component_->atoms(); ++atom)
            atoms_of_[labels_[atom]].push_back(atom);
    }

    WishPrice price(CourtyardIndex courtyard) {
        if (courtyard.value >= partition_.courtyards.size())
            refuse(Code::unknown_courtyard, {{"courtyard", number_text(courtyard.value)}});
        WishPrice price;
        price.courtyard = courtyard;
        price.own_distance_now_m = price.own_distance_then_m = partition_.distance_to_head_m[row_];
        if (courtyard.value == own_) {
            price.outcome = WishOutcome::granted;
            price.proved = true;
            return price;
        }
        price.price_m = price.alone_price_m = price.own_distance_then_m = none;
        price.fewest_price_m = none;
        const std::uint32_t village = partition_.courtyards.village[courtyard.value];
        if (village != town_.village_of()[row_]) {
            Finding finding = about(Code::wish_across_villages, courtyard.value);
            finding.fields.emplace_back(
                "village", town_.village_name(VillageIndex(town_.village_of()[row_])));
            finding.fields.emplace_back("other", town_.village_name(VillageIndex(village)));
            return impossible(price, std::move(finding));
        }
        if (unlocated_) return price_unlocated(price, courtyard.value);
        if (component_ == nullptr) {
            Finding finding = about(Code::wish_no_courtyard_holds, courtyard.value);
            std::string why;
            for (const Outcast& outcast : problem_.outcasts)
                if (std::find(outcast.rows.begin(), outcast.rows.end(), row_) != outcast.rows.end())
                    why = std::string(code_name(outcast.cause));
            finding.fields.emplace_back("why", why);
            return impossible(price, std::move(finding));
        }
        if (part_of_courtyard_[courtyard.value] == no_index)
            return impossible(price, about(Code::wish_not_linked, courtyard.value));
        if (options_.metric == Metric::walk) {
            const WalkNetwork network(neighbours_, {component_, 1});
            WalkSearch search(network);
            solve_again(price, [&](const Component& component) {
                return WalkDistance(component, search);
            });
        } else {
            solve_again(price, [&](const Component& component) {
                return StraightDistance(component);
            });
        }
        return price;
    }

    Explanation explain(CourtyardIndex to) {
        Explanation result;
        result.household = HouseholdIndex(row_);
        result.courtyard = CourtyardIndex(own_);
        result.distance_m = partition_.distance_to_head_m[row_];
        std::vector<std::pair<double, std::uint32_t>> near;  // metres to the head, courtyard
        for (const std::uint32_t courtyard : courtyards_)
            if (partition_.courtyards.head[courtyard] != no_index)
                near.emplace_back(
                    straight_distance_m(town_.positions()[row_],
                                        town_.positions()[partition_.courtyards.head[courtyard]]),
                    courtyard);
        std::sort(near.begin(), near.end());
        result.nearest_distance_m = none;
        if (!near.empty()) {
            result.nearest = CourtyardIndex(near.front().second);
            result.nearest_distance_m = near.front().first;
        }
        if (to.exists()) {
            result.around.push_back(price(to));
            return result;
        }
        if (component_ == nullptr) return result;
        // Beside the household, or beside its courtyard.
        Numbers beside;
        for (const std::uint32_t atom : atoms_of_[labels_[atom_]])
            for (const std::uint32_t other : component_->neighbours_of(atom))
                if (labels_[other] != labels_[atom_]) beside.push_back(courtyards_[labels_[other]]);
        std::sort(beside.begin(), beside.end());
        constexpr std::size_t shown = 8;
        for (const auto& [distance, courtyard] : near)
            if (result.around.size() < shown &&
                std::binary_search(beside.begin(), beside.end(), courtyard))
                result.around.push_back(price(CourtyardIndex(courtyard)));
        return result;
    }

private:
    std::uint32_t courtyard_of(std::uint32_t row) const {
        return static_cast<std::uint32_t>(partition_.labels[row]);
    }
    Finding about(Code code, std::uint32_t courtyard) const {
        Finding finding;
        finding.code = code;
        finding.severity = Severity::note;
        finding.records = {town_.id(HouseholdIndex(row_))};
        finding.fields = {{"courtyard", partition_.courtyards.ids[courtyard]}};
        return finding;
    }
    static WishPrice impossible(WishPrice price, Finding finding) {
        price.outcome = WishOutcome::impossible;
        price.proved = true;
        finding.severity = Severity::error;
        price.notes.push_back(std::move(finding));
        return price;
    }

    /// Exact weights of courtyards, unlocated members included.
    std::int64_t weight_of(std::uint32_t courtyard) const {
        return weight_from_number(partition_.courtyards.weight[courtyard]).millionths;
    }

    void check_sizes(WishPrice& price, std::uint32_t to, std::int64_t moving) const {
        const std::int64_t after = weight_of(to) + moving, left = weight_of(own_) - moving;
        if (after > bounds_.max) {
            Finding finding = about(Code::wish_oversize, to);
            finding.fields.emplace_back("weight", weight_text(after));
            finding.fields.emplace_back("max", weight_text(bounds_.max));
            price.alone_breaks.push_back(std::move(finding));
        }
        if (left < bounds_.min) {
            Finding finding = about(Code::wish_undersize, own_);
            finding.fields.emplace_back("weight", weight_text(left));
            finding.fields.emplace_back("min", weight_text(bounds_.min));
            price.alone_breaks.push_back(std::move(finding));
        }
    }

    WishPrice price_unlocated(WishPrice price, std::uint32_t to) const {
        check_sizes(price, to, town_.weights()[row_].millionths);
        if (!price.alone_breaks.empty()) {
            price.notes = price.alone_breaks;
            for (Finding& finding : price.notes) finding.severity = Severity::error;
            return price;
        }
        price.outcome = WishOutcome::granted;
        price.proved = true;
        price.price_m = price.alone_price_m = 0;
        return price;
    }

    template <class MakeDistance>
    void solve_again(WishPrice& price, MakeDistance make_distance) {
        const Component& component = *component_;
        const std::uint32_t to = part_of_courtyard_[price.courtyard.value];
        const std::uint32_t from = labels_[atom_];
        const std::uint32_t anchor = anchor_of(price.courtyard.value, to);

        // The whole component if it can be enumerated, else the courtyards around.
        constexpr std::uint32_t enumerated = 14;
        const bool exact = component.atoms() <= enumerated &&
                           (component.groups == 0 || options_.group_weight_m == 0);
        bool told = false;
        for (const std::size_t size : {9U, 25U}) {
            Numbers parts = exact ? all_parts() : around(from, to, size);
            Numbers atoms;
            for (const std::uint32_t part : parts)
                atoms.insert(atoms.end(), atoms_of_[part].begin(), atoms_of_[part].end());
            std::sort(atoms.begin(), atoms.end());
            const Component excerpt = excerpt_of(component, atoms, labels_);
            const auto number = [&](std::uint32_t atom) {
                return static_cast<std::uint32_t>(
                    std::lower_bound(atoms.begin(), atoms.end(), atom) - atoms.begin());
            };
            Numbers part_number(courtyards_.size(), no_index), now(atoms.size());
            for (std::uint32_t i = 0; i < parts.size(); ++i) part_number[parts[i]] = i;
            for (std::size_t i = 0; i < atoms.size(); ++i) now[i] = part_number[labels_[atoms[i]]];
            auto distance = make_distance(excerpt);
            using Distance = decltype(distance);
            const auto count = static_cast<std::uint32_t>(parts.size());
            if (!told) {
                State<Distance> state(excerpt, bounds_, distance, options_.group_weight_m);
                state.assign(now, count);
                tell_alone(price, state, number(atom_), part_number[from], part_number[to]);
                told = true;
            }
            WishSearch<Distance> search(excerpt, bounds_, distance, options_, now, count,
                                        number(atom_), number(anchor));
            double cost_now_um = search.cost_now_um(), without_um = search.without_um();
            GrantedWish granted = search.run();
            if (exact) {
                const WishEnumeration<Distance> enumeration(excerpt, bounds_, distance, now, count);
                cost_now_um = enumeration.cost_now_um();
                without_um = enumeration.least(no_index, no_index).cost_um;
                EnumeratedDivision found = enumeration.least(number(atom_), number(anchor));
                granted = {found.cost_um, 0, std::move(found.labels)};
                price.proved = true;
            }
            if (granted.labels.empty()) {
                if (exact || parts.size() == courtyards_.size()) break;
                continue;
            }
            price.outcome = WishOutcome::granted;
            price.price_m = (granted.cost_um - cost_now_um) * 1e-6;
            // What grants the wish is a division without it, too.
            price.slack_m = std::max((cost_now_um - without_um) * 1e-6, std::max(0.0, -price.price_m));
            tell_moved(excerpt, granted.labels, now, parts, number(anchor), number(atom_), price.moved,
                       price.moved_to);
            price.own_distance_then_m =
                own_distance_m(excerpt, granted.labels, count, number(atom_), distance);
            if (!search.fewest().labels.empty()) {
                price.fewest_price_m = (search.fewest().cost_um - cost_now_um) * 1e-6;
                tell_moved(excerpt, search.fewest().labels, now, parts, number(anchor),
                           number(atom_), price.fewest_moved, price.fewest_moved_to);
            }
            return;
        }
        price.outcome = exact ? WishOutcome::impossible : WishOutcome::not_found;
        price.proved = exact;
        price.notes.push_back(about(exact ? Code::wish_impossible : Code::wish_not_found,
                                    price.courtyard.value));
        price.notes.back().severity = Severity::error;
        price.notes.back().fields.emplace_back("id", town_.id(HouseholdIndex(row_)));
    }

    Numbers all_parts() const {
        Numbers all(courtyards_.size());
        std::iota(all.begin(), all.end(), 0U);
        return all;
    }

    /// The atom of the courtyard's head, or of its smallest id, in this component.
    std::uint32_t anchor_of(std::uint32_t courtyard, std::uint32_t part) const {
        const std::uint32_t head = partition_.courtyards.head[courtyard];
        std::uint32_t best = no_index, best_rank = no_index;
        for (const std::uint32_t atom : atoms_of_[part])
            for (const std::uint32_t member : component_->members_of(atom)) {
                if (component_->row[member] == head) return atom;
                if (component_->rank[member] < best_rank) {
                    best_rank = component_->rank[member];
                    best = atom;
                }
            }
        return best;
    }

    /// Parts near the two, by links; both are among them, and all are connected with each other: a
    /// way between the two comes first.
    Numbers around(std::uint32_t from, std::uint32_t to, std::size_t count) const {
        const auto beside = [&](std::uint32_t part) {
            Numbers found;
            for (const std::uint32_t atom : atoms_of_[part])
                for (const std::uint32_t other : component_->neighbours_of(atom))
                    if (labels_[other] != part) found.push_back(labels_[other]);
            std::sort(found.begin(), found.end());
            found.erase(std::unique(found.begin(), found.end()), found.end());
            return found;
        };
        Numbers came(courtyards_.size(), no_index), queue{to};
        came[to] = to;
        for (std::size_t next = 0; next < queue.size() && came[from] == no_index; ++next)
            for (const std::uint32_t part : beside(queue[next]))
                if (came[part] == no_index) {
                    came[part] = queue[next];
                    queue.push_back(part);
                }
        Numbers found;
        for (std::uint32_t part = from;; part = came[part]) {
            found.push_back(part);
            if (part == to || came[part] == no_index) break;
        }
        for (std::size_t next = 0; next < found.size() && found.size() < count; ++next)
            for (const std::uint32_t part : beside(found[next]))
                if (found.size() < count && std::find(found.begin(), found.end(), part) == found.end())
                    found.push_back(part);
        return found;
    }

    template <class Distance>
    void tell_alone(WishPrice& price, State<Distance>& state, std::uint32_t atom,
                    std::uint32_t from, std::uint32_t to) const {
        const std::uint32_t courtyard = price.courtyard.value;
        const std::int64_t moving = component_->atom_weight[atom_];
        if (!state.beside(atom, to))
            price.alone_breaks.push_back(about(Code::wish_not_beside, courtyard));
        check_sizes(price, courtyard, moving);
        if (state.part(from).atoms.size() > 1 && !state.connected_after(from, atom, no_index)) {
            Finding finding = about(Code::wish_splits, own_);
            price.alone_breaks.push_back(std::move(finding));
        }
        if (price.alone_breaks.empty()) price.alone_price_m = state.move_cost_um(atom, to) * 1e-6;
        const auto members = component_->members_of(atom_);
        if (members.size() > 1 && town_.pins() > 0) {
            Finding finding = about(Code::wish_pinned, courtyard);
            finding.records.clear();
            std::vector<std::uint32_t> rows;
            std::string pin;
            for (const std::uint32_t member : members) {
                rows.push_back(component_->row[member]);
                const std::uint32_t number = town_.pin_of()[rows.back()];
                if (number != no_index && pin.empty()) pin = std::string(town_.pin_name(number));
            }
            std::sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
                return town_.rank()[a] < town_.rank()[b];
            });
            for (const std::uint32_t row : rows)
                if (row != row_) finding.records.push_back(town_.id(HouseholdIndex(row)));
            finding.fields.emplace_back("id", town_.id(HouseholdIndex(row_)));
            finding.fields.emplace_back("pin", pin);
            price.notes.push_back(std::move(finding));
        }
    }

    /// Who else changes courtyard: parts are what most of their members were in, the wished one first.
    void tell_moved(const Component& excerpt, const Numbers& labels, const Numbers& now,
                    const Numbers& parts, std::uint32_t anchor, std::uint32_t atom, Numbers& rows,
                    Numbers& courtyards) const {
        const auto count = static_cast<std::uint32_t>(parts.size());
        std::vector<std::uint32_t> overlap(std::size_t{count} * count, 0);
        for (std::size_t i = 0; i < labels.size(); ++i)
            overlap[std::size_t{labels[i]} * count + now[i]] +=
                static_cast<std::uint32_t>(excerpt.members_of(static_cast<std::uint32_t>(i)).size());
        struct Pair {
            std::uint32_t households, label, part;
        };
        std::vector<Pair> pairs;
        for (std::uint32_t label = 0; label < count; ++label)
            for (std::uint32_t part = 0; part < count; ++part)
                pairs.push_back({overlap[std::size_t{label} * count + part], label, part});
        std::stable_sort(pairs.begin(), pairs.end(),
                         [](const Pair& a, const Pair& b) { return a.households > b.households; });
        Numbers named(count, no_index);
        std::vector<std::uint8_t> taken(count, 0);
        named[labels[anchor]] = now[anchor];
        taken[now[anchor]] = 1;
        for (const Pair& pair : pairs)
            if (named[pair.label] == no_index && !taken[pair.part]) {
                named[pair.label] = pair.part;
                taken[pair.part] = 1;
            }
        std::vector<std::pair<std::uint32_t, std::uint32_t>> moved;
        for (std::uint32_t i = 0; i < labels.size(); ++i) {
            if (i == atom || named[labels[i]] == now[i]) continue;
            for (const std::uint32_t member : excerpt.members_of(i))
                moved.emplace_back(excerpt.row[member], courtyards_[parts[named[labels[i]]]]);
        }
        std::sort(moved.begin(), moved.end(), [&](const auto& a, const auto& b) {
            return town_.rank()[a.first] < town_.rank()[b.first];
        });
        for (const auto& [row, courtyard] : moved) {
            rows.push_back(row);
            courtyards.push_back(courtyard);
        }
    }

    template <class Distance>
    double own_distance_m(const Component& excerpt, const Numbers& labels, std::uint32_t count,
                          std::uint32_t atom, Distance& distance) const {
        State<Distance> state(excerpt, bounds_, distance, options_.group_weight_m);
        state.assign(labels, count);
        const std::uint32_t head = state.head(labels[atom]);
        if (head == no_index) return none;
        for (const std::uint32_t member : excerpt.members_of(atom))
            if (excerpt.row[member] == row_) return distance(member, head) * 1e-6;
        return none;
    }

    const Town& town_;
    const neighbours::Neighbours& neighbours_;
    const Partition& partition_;
    const Options& options_;
    Bounds bounds_;
    std::uint32_t row_;
    Problem problem_;
    std::uint32_t own_ = 0;
    bool unlocated_ = false;
    const Component* component_ = nullptr;  ///< that the household stands in; null: in none
    std::uint32_t atom_ = 0;
    Numbers part_of_courtyard_;             ///< per courtyard: part in the component, or no_index
    Numbers courtyards_;                    ///< per part
    Numbers labels_;                        ///< part per atom
    std::vector<Numbers> atoms_of_;         ///< per part
};

}  // namespace

std::string_view outcome_name(WishOutcome outcome) noexcept {
    switch (outcome) {
        case WishOutcome::granted: return "granted";
        case WishOutcome::impossible: return "impossible";
        case WishOutcome::not_found: return "not_found";
    }
    return "";
}

WishPrice price_of_wish(const Town& town, const neighbours::Neighbours& neighbours,
                        const Partition& partition, const Wish& wish, const Options& options) {
    return Pricer(town, neighbours, partition, wish.household, options).price(wish.courtyard);
}

Explanation explain_household(const Town& town, const neighbours::Neighbours& neighbours,
                              const Partition& partition, HouseholdIndex household,
                              const Options& options, CourtyardIndex to) {
    return Pricer(town, neighbours, partition, household, options).explain(to);
}

}  // namespace gridgov::partition
