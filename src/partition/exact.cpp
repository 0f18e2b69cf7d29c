#include "partition/exact.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <functional>
#include <numeric>
#include <queue>
#include <set>
#include <utility>

namespace gridgov::partition {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::uint32_t nobody = no_index;

enum class HeadState : std::uint8_t { free, open, closed };

/// Σ x[atom] ≤ Σ x[separator], for the courtyard of `head`: who stands beyond the separator is in
/// its courtyard only together with one of the separator.
struct Cut {
    std::uint32_t head, atom;
    std::vector<std::uint32_t> separator;
    auto operator<=>(const Cut&) const = default;
};

/// A cut that bears on the node at hand.
struct ActiveCut {
    const Cut* cut;
    double price_um, direction;
};

/// How many heads of a region are open.
struct CountBound {
    std::uint32_t region, least, most;
};

/// A subproblem: what is decided, and the prices with which its bound was found.
struct Node {
    std::vector<HeadState> head_state;
    std::vector<std::uint8_t> allowed;     ///< heads × atoms
    std::vector<std::uint32_t> head_of;    ///< per atom, or nobody
    std::vector<CountBound> counts;
    std::vector<double> price_um;          ///< per atom: what being in a courtyard is worth
    std::vector<ActiveCut> cuts;           ///< with their prices
    double bound_um = 0;
};

class ExactSearch {
public:
    ExactSearch(const Component& component, const Bounds& bounds, std::uint32_t parts,
                std::span<const double> distance_um, std::uint64_t work_limit,
                const std::atomic<bool>* cancel)
        : component_(component), bounds_(bounds), distance_um_(distance_um), parts_(parts),
          atoms_(component.atoms()), work_limit_(work_limit), cancel_(cancel) {
        scale_weights();
        choose_heads();
        join_regions();
    }

    ExactResult run(std::span<const std::uint32_t> incumbent) {
        consider_labels(incumbent);
        // parts × min ≤ weight ≤ parts × max, without a product that could be too large
        const std::int64_t weight =
            std::accumulate(weight_.begin(), weight_.end(), std::int64_t{0});
        if (weight / parts_ < weight_min_ || (weight + parts_ - 1) / parts_ > weight_max_) {
            result_.status = ExactStatus::infeasible;
            result_.lower_bound_um = infinity;
        } else {
            search();
        }
        result_.lower_bound_um = std::min(result_.lower_bound_um, result_.cost_um);
        return std::move(result_);
    }

private:
    // ---- the problem

    /// Bounds in whole numbers of the weights' greatest common divisor: where all weigh the same,
    /// the continuous knapsack below is then as good as the whole one.
    void scale_weights() {
        std::int64_t divisor = 0;
        for (const std::int64_t weight : component_.atom_weight)
            divisor = std::gcd(divisor, weight);
        for (const std::int64_t weight : component_.atom_weight)
            weight_.push_back(weight / divisor);
        weight_min_ = (bounds_.min + divisor - 1) / divisor;
        weight_max_ = bounds_.max / divisor;
    }

    void choose_heads() {
        const auto households = static_cast<std::uint32_t>(component_.households());
        std::vector<std::pair<std::uint32_t, std::uint32_t>> alike;  // heads: this one goes before
        for (std::uint32_t i = 0; i < households; ++i) {
            if (!component_.may_be_head[i]) continue;
            const auto first = static_cast<std::uint32_t>(alike.size());
            bool needed = true;
            for (std::uint32_t head = 0; head < household_of_head_.size() && needed; ++head) {
                const std::uint32_t other = household_of_head_[head];
                if (distance(i, other) != 0 || !same_place(i, other)) continue;
                // Of two heads at one place the first will do, where both are in the courtyard.
                needed = component_.atom_of[i] != component_.atom_of[other];
                alike.push_back({head, static_cast<std::uint32_t>(household_of_head_.size())});
            }
            if (needed)
                household_of_head_.push_back(i);
            else
                alike.resize(first);
        }
        heads_ = static_cast<std::uint32_t>(household_of_head_.size());
        cost_um_.assign(std::size_t{heads_} * atoms_, 0);
        allowed_at_all_.assign(cost_um_.size(), 1);
        for (std::uint32_t head = 0; head < heads_; ++head)
            for (std::uint32_t i = 0; i < households; ++i)
                cost_um_[at(head, component_.atom_of[i])] += distance(household_of_head_[head], i);
        dearest_um_ = 1;
        for (std::uint32_t atom = 0; atom < atoms_; ++atom) {
            double dearest_um = 0;
            for (std::uint32_t head = 0; head < heads_; ++head)
                dearest_um = std::max(dearest_um, cost_um_[at(head, atom)]);
            dearest_um_ += dearest_um * (1 + 1e-9);
        }
        for (const auto& [before, head] : alike)
            allowed_at_all_[at(head, atom_of_head(before))] = 0;
    }

    /// Regions, one within another: what average linkage joins one after another.
    void join_regions() {
        region_of_head_.assign(heads_, nobody);
        if (heads_ < 2) return;
        std::vector<double> apart(std::size_t{heads_} * heads_);
        const auto between = [&](std::uint32_t a, std::uint32_t b) -> double& {
            return apart[std::size_t{a} * heads_ + b];
        };
        for (std::uint32_t a = 0; a < heads_; ++a)
            for (std::uint32_t b = 0; b < heads_; ++b)
                between(a, b) = distance(household_of_head_[a], household_of_head_[b]);
        std::vector<std::uint32_t> clusters(heads_), nearest(heads_), region(heads_, nobody);
        std::vector<double> size(heads_, 1);
        std::iota(clusters.begin(), clusters.end(), 0U);
        const auto find_nearest = [&](std::uint32_t a) {
            nearest[a] = nobody;
            for (const std::uint32_t b : clusters)
                if (b != a && (nearest[a] == nobody || between(a, b) < between(a, nearest[a])))
                    nearest[a] = b;
        };
        for (const std::uint32_t a : clusters) find_nearest(a);
        while (clusters.size() > 1) {
            std::uint32_t a = clusters.front();
            for (const std::uint32_t c : clusters)
                if (between(c, nearest[c]) < between(a, nearest[a])) a = c;
            const std::uint32_t b = nearest[a];
            const auto joined = static_cast<std::uint32_t>(parent_region_.size());
            parent_region_.push_back(nobody);
            for (const std::uint32_t one : {a, b}) {
                if (region[one] != nobody)
                    parent_region_[region[one]] = joined;
                else
                    region_of_head_[one] = joined;
            }
            region[a] = joined;
            clusters.erase(std::find(clusters.begin(), clusters.end(), b));
            for (const std::uint32_t c : clusters)
                between(a, c) = between(c, a) =
                    (size[a] * between(a, c) + size[b] * between(b, c)) / (size[a] + size[b]);
            size[a] += size[b];
            for (const std::uint32_t c : clusters)
                if (c == a || nearest[c] == a || nearest[c] == b) find_nearest(c);
        }
    }

    double distance(std::uint32_t a, std::uint32_t b) const {
        return distance_um_[std::size_t{a} * component_.households() + b];
    }
    bool same_place(std::uint32_t a, std::uint32_t b) const {
        const auto households = static_cast<std::uint32_t>(component_.households());
        for (std::uint32_t i = 0; i < households; ++i)
            if (distance(a, i) != distance(b, i)) return false;
        return true;
    }
    std::uint32_t atom_of_head(std::uint32_t head) const {
        return component_.atom_of[household_of_head_[head]];
    }
    std::size_t at(std::uint32_t head, std::uint32_t atom) const {
        return std::size_t{head} * atoms_ + atom;
    }

    // ---- solutions

    /// Takes over a division (a part per atom) if it is legal and shorter than what there is.
    void consider_labels(std::span<const std::uint32_t> labels) {
        if (labels.size() != atoms_) return;
        std::vector<std::int64_t> weight(parts_, 0);
        for (std::uint32_t atom = 0; atom < atoms_; ++atom) {
            if (labels[atom] >= parts_) return;
            weight[labels[atom]] += component_.atom_weight[atom];
        }
        for (const std::int64_t sum : weight)
            if (!bounds_.legal(sum)) return;
        std::vector<std::uint8_t> begun(parts_, 0), seen(atoms_, 0);
        std::vector<std::uint32_t> queue;
        for (std::uint32_t start = 0; start < atoms_; ++start) {
            if (seen[start]) continue;
            const bool second_piece = std::exchange(begun[labels[start]], std::uint8_t{1}) != 0;
            if (second_piece) return;
            queue.assign(1, start);
            seen[start] = 1;
            for (std::size_t next = 0; next < queue.size(); ++next)
                for (const std::uint32_t other : component_.neighbours_of(queue[next]))
                    if (!seen[other] && labels[other] == labels[start]) {
                        seen[other] = 1;
                        queue.push_back(other);
                    }
        }
        double cost_um = 0;
        std::vector<double> least(parts_, infinity);
        const auto households = static_cast<std::uint32_t>(component_.households());
        for (std::uint32_t i = 0; i < households; ++i) {
            if (!component_.may_be_head[i]) continue;
            const std::uint32_t part = labels[component_.atom_of[i]];
            double sum = 0;
            for (std::uint32_t j = 0; j < households; ++j)
                if (labels[component_.atom_of[j]] == part) sum += distance(i, j);
            least[part] = std::min(least[part], sum);
        }
        for (const double sum : least) cost_um += sum;
        if (!(cost_um < result_.cost_um)) return;
        result_.cost_um = cost_um;
        result_.labels.assign(labels.begin(), labels.end());
    }

    /// What a division must cost less than to be of interest.
    double cutoff_um() const {
        return result_.cost_um < infinity ? result_.cost_um * (1 - 1e-9) : dearest_um_;
    }

    // ---- the bound of a node

    /// A head that is not closed, and who may stand with it.
    struct Courtyard {
        std::vector<std::uint32_t> forced, optional;
        std::int64_t forced_weight = 0;
        double value_um = 0;   ///< least of Σ (cost − price) over legal weights
        double slope_um = 0;   ///< price of weight that the bounds set
        bool chosen = false;
    };

    void list(const Node& node) {
        live_.clear();
        for (std::uint32_t head = 0; head < heads_; ++head) {
            if (node.head_state[head] == HeadState::closed) continue;
            live_.push_back(head);
            Courtyard& courtyard = courtyards_[head];
            courtyard.forced.clear();
            courtyard.optional.clear();
            courtyard.forced_weight = 0;
            for (std::uint32_t atom = 0; atom < atoms_; ++atom) {
                if (!node.allowed[at(head, atom)]) continue;
                if (node.head_of[atom] == head || atom_of_head(head) == atom) {
                    courtyard.forced.push_back(atom);
                    courtyard.forced_weight += weight_[atom];
                } else {
                    courtyard.optional.push_back(atom);
                }
            }
        }
    }

    /// The best courtyard of a head at these prices, its weight within the bounds (one atom
    /// perhaps in part): fills reduced_um_ and share_.
    void price(std::uint32_t head) {
        Courtyard& courtyard = courtyards_[head];
        const double* cost = &priced_um_[at(head, 0)];
        double* reduced = &reduced_um_[at(head, 0)];
        double* share = &share_[at(head, 0)];
        double value = 0;
        std::int64_t weight = courtyard.forced_weight;
        for (const std::uint32_t atom : courtyard.forced) {
            reduced[atom] = cost[atom] - prices_[atom];
            share[atom] = 1;
            value += reduced[atom];
        }
        for (const std::uint32_t atom : courtyard.optional) {
            const double r = cost[atom] - prices_[atom];
            reduced[atom] = r;
            share[atom] = r < 0 ? 1 : 0;
            if (r < 0) {
                value += r;
                weight += weight_[atom];
            }
        }
        work_ += courtyard.forced.size() + courtyard.optional.size();
        courtyard.slope_um = 0;
        courtyard.value_um = value;
        if (weight > weight_max_) fit(head, weight - weight_max_, true);
        if (weight < weight_min_) fit(head, weight_min_ - weight, false);
    }

    /// Takes `excess` of weight out of a courtyard, or puts that much in, where it costs least.
    void fit(std::uint32_t head, std::int64_t excess, bool out) {
        Courtyard& courtyard = courtyards_[head];
        const double* reduced = &reduced_um_[at(head, 0)];
        double* share = &share_[at(head, 0)];
        by_ratio_.clear();
        for (const std::uint32_t atom : courtyard.optional)
            if ((reduced[atom] < 0) == out)
                by_ratio_.push_back(
                    {std::abs(reduced[atom]) / static_cast<double>(weight_[atom]), atom});
        std::sort(by_ratio_.begin(), by_ratio_.end());
        for (const auto& [ratio, atom] : by_ratio_) {
            const std::int64_t moved = std::min(weight_[atom], excess);
            excess -= moved;
            courtyard.value_um += ratio * static_cast<double>(moved);
            const double part = static_cast<double>(moved) / static_cast<double>(weight_[atom]);
            share[atom] = out ? 1 - part : part;
            if (excess == 0) {
                courtyard.slope_um = out ? -ratio : ratio;
                return;
            }
        }
        courtyard.value_um = infinity;  // too few may stand here
    }

    /// A region with a bound at the node at hand; the last one is the whole.
    struct Count {
        std::uint32_t least, most, outer;
        std::uint32_t used = 0;   ///< heads taken or held back for a least count further in
        std::uint32_t heads = 0;  ///< taken
    };

    /// Sets up the counts of a node.
    void take_counts(const Node& node) {
        counts_.clear();
        std::vector<std::uint32_t> number(parent_region_.size(), nobody);
        // A region's number is higher than those of the regions in it.
        std::vector<CountBound> bounds = node.counts;
        std::sort(bounds.begin(), bounds.end(), [](const CountBound& a, const CountBound& b) {
            return a.region < b.region;
        });
        const auto whole = static_cast<std::uint32_t>(bounds.size());
        for (const CountBound& bound : bounds) {
            number[bound.region] = static_cast<std::uint32_t>(counts_.size());
            counts_.push_back({bound.least, bound.most, whole});
        }
        counts_.push_back({parts_, parts_, nobody});
        const auto innermost = [&](std::uint32_t region) {
            while (region != nobody && number[region] == nobody) region = parent_region_[region];
            return region == nobody ? whole : number[region];
        };
        for (std::uint32_t i = 0; i < whole; ++i)
            counts_[i].outer = innermost(parent_region_[bounds[i].region]);
        count_of_head_.resize(heads_);
        for (std::uint32_t head = 0; head < heads_; ++head)
            count_of_head_[head] = innermost(region_of_head_[head]);
    }

    void reserve() {
        for (Count& count : counts_) count.used = count.heads = 0;
        for (Count& count : counts_)
            if (count.outer != nobody)
                counts_[count.outer].used += std::max(count.used, count.least);
    }

    /// Takes a head if the counts can still be kept with it.
    bool take(std::uint32_t head) {
        for (std::uint32_t i = count_of_head_[head]; i != nobody; i = counts_[i].outer) {
            if (counts_[i].used < counts_[i].least) break;
            if (counts_[i].used >= counts_[i].most) return false;
        }
        bool held_back = false;
        for (std::uint32_t i = count_of_head_[head]; i != nobody; i = counts_[i].outer) {
            ++counts_[i].heads;
            if (held_back) continue;
            held_back = counts_[i].used < counts_[i].least;
            ++counts_[i].used;
        }
        return true;
    }

    /// For each count: the dearest free head that one in it could replace (−infinity: none), and
    /// the cheapest that could replace one in it.
    void price_exchanges(const Node& node) {
        const std::size_t size = counts_.size();
        std::vector<double> dearest(size, -infinity), cheapest(size, infinity);
        for (const auto& [value, head] : order_) {
            if (node.head_state[head] != HeadState::free) continue;
            const std::uint32_t count = count_of_head_[head];
            if (courtyards_[head].chosen)
                dearest[count] = std::max(dearest[count], value);
            else
                cheapest[count] = std::min(cheapest[count], value);
        }
        dearest_out_.assign(size, -infinity);
        cheapest_in_.assign(size, infinity);
        std::vector<std::uint8_t> around_in(size);
        for (std::uint32_t in = 0; in < size; ++in) {
            around_in.assign(size, 0);
            for (std::uint32_t i = in; i != nobody; i = counts_[i].outer) around_in[i] = 1;
            for (std::uint32_t out = 0; out < size; ++out) {
                std::uint32_t meet = out;
                bool possible = true;
                for (; !around_in[meet]; meet = counts_[meet].outer)
                    possible = possible && counts_[meet].heads > counts_[meet].least;
                for (std::uint32_t i = in; i != meet; i = counts_[i].outer)
                    possible = possible && counts_[i].heads < counts_[i].most;
                if (!possible) continue;
                dearest_out_[in] = std::max(dearest_out_[in], dearest[out]);
                cheapest_in_[out] = std::min(cheapest_in_[out], cheapest[in]);
            }
        }
    }

    /// The Lagrangian bound at the prices at hand; infinity where the node has no solution.
    double evaluate(const Node& node) {
        double bound = 0;
        for (const double price_um : prices_) bound += price_um;
        order_.clear();
        reserve();
        for (const std::uint32_t head : live_) {
            price(head);
            const bool is_open = node.head_state[head] == HeadState::open;
            courtyards_[head].chosen = is_open;
            if (!is_open) {
                order_.push_back({courtyards_[head].value_um, head});
            } else {
                if (!take(head)) return infinity;
                bound += courtyards_[head].value_um;
            }
        }
        std::sort(order_.begin(), order_.end());
        // Sets that can be completed within the counts are a matroid's independent sets, so the
        // cheapest first is best.
        for (const auto& [value, head] : order_) {
            if (counts_.back().heads == parts_) break;
            if (!take(head)) continue;
            bound += value;
            courtyards_[head].chosen = true;
        }
        for (const Count& count : counts_)
            if (count.heads < count.least) return infinity;
        return bound;
    }

    void set_cut_price(ActiveCut& active, double price_um) {
        const Cut& cut = *active.cut;
        const double change = price_um - active.price_um;
        active.price_um = price_um;
        priced_um_[at(cut.head, cut.atom)] += change;
        for (const std::uint32_t atom : cut.separator) priced_um_[at(cut.head, atom)] -= change;
    }

    /// Brings prices, and the costs that cuts change, to those given.
    void take_prices(const std::vector<double>& price_um, const std::vector<ActiveCut>& cuts) {
        prices_ = price_um;
        for (const std::uint32_t head : live_)
            std::copy_n(&cost_um_[at(head, 0)], atoms_, &priced_um_[at(head, 0)]);
        cuts_ = cuts;
        for (ActiveCut& active : cuts_)
            set_cut_price(active, std::exchange(active.price_um, 0.0));
        work_ += live_.size() * atoms_ / 4;
    }

    /// One step towards `target_um`: Polyak's, along the subgradient with part of the last
    /// direction (Camerini, Fratta & Maffioli 1975), which halves the steps. Prices stay below
    /// what anything can cost, so that rounding stays below a billionth. False at a maximum.
    bool step(const Node& node, double target_um, double bound_um, double length) {
        constexpr double memory = 0.7;
        slack_.assign(atoms_, 1);
        for (const std::uint32_t head : live_) {
            const Courtyard& courtyard = courtyards_[head];
            if (!courtyard.chosen) continue;
            const double* share = &share_[at(head, 0)];
            for (const std::uint32_t atom : courtyard.forced) slack_[atom] -= 1;
            for (const std::uint32_t atom : courtyard.optional) slack_[atom] -= share[atom];
        }
        double steepness = 0, square = 0;
        for (std::uint32_t atom = 0; atom < atoms_; ++atom) {
            steepness += slack_[atom] * slack_[atom];
            direction_[atom] = memory * direction_[atom] + slack_[atom];
            square += direction_[atom] * direction_[atom];
        }
        for (ActiveCut& active : cuts_) {
            const Cut& cut = *active.cut;
            double over = 0;
            if (node.head_state[cut.head] != HeadState::closed && courtyards_[cut.head].chosen) {
                over += share_at(node, cut.head, cut.atom);
                for (const std::uint32_t atom : cut.separator)
                    over -= share_at(node, cut.head, atom);
            }
            active.direction = memory * active.direction + over;
            if (active.price_um <= 0) {
                over = std::max(over, 0.0);
                active.direction = std::max(active.direction, 0.0);
            }
            steepness += over * over;
            square += active.direction * active.direction;
            work_ += cut.separator.size() + 1;
        }
        if (steepness < 1e-12) return false;
        const double by = length * (target_um - bound_um) / std::max(square, 1e-3 * steepness);
        for (std::uint32_t atom = 0; atom < atoms_; ++atom)
            prices_[atom] = std::clamp(prices_[atom] + by * direction_[atom], -dearest_um_,
                                       dearest_um_);
        for (ActiveCut& active : cuts_)
            if (active.direction != 0)
                set_cut_price(active, std::clamp(active.price_um + by * active.direction, 0.0,
                                                 dearest_um_));
        return true;
    }
    double share_at(const Node& node, std::uint32_t head, std::uint32_t atom) const {
        return node.allowed[at(head, atom)] ? share_[at(head, atom)] : 0;
    }

    // ---- contiguity

    /// Looks for pieces of chosen courtyards that hang apart, and adds a cut for each.
    void separate() {
        for (const std::uint32_t head : live_) {
            if (!courtyards_[head].chosen) continue;
            inside_.assign(atoms_, 0);
            for (const std::uint32_t atom : courtyards_[head].forced) inside_[atom] = 1;
            for (const std::uint32_t atom : courtyards_[head].optional)
                if (share_[at(head, atom)] > 0.5) inside_[atom] = 1;
            reach(atom_of_head(head), [&](std::uint32_t atom) { return inside_[atom] == 1; }, 2);
            for (std::uint32_t start = 0; start < atoms_; ++start) {
                if (inside_[start] != 1) continue;
                reach(start, [&](std::uint32_t atom) { return inside_[atom] == 1; }, 3);
                add_cuts(head);
            }
        }
    }

    /// Marks in inside_ what is reached from `start`; queue_ holds it.
    template <class Passes>
    void reach(std::uint32_t start, Passes passes, std::uint8_t mark) {
        queue_.assign(1, start);
        inside_[start] = mark;
        for (std::size_t next = 0; next < queue_.size(); ++next)
            for (const std::uint32_t other : component_.neighbours_of(queue_[next]))
                if (inside_[other] != mark && passes(other)) {
                    inside_[other] = mark;
                    queue_.push_back(other);
                }
    }

    /// For the piece in queue_: its neighbours separate it; those of them that can be reached from
    /// the head without passing another are enough.
    void add_cuts(std::uint32_t head) {
        const std::vector<std::uint32_t> piece = queue_;
        std::vector<std::uint8_t> around(atoms_, 0), seen(atoms_, 0);
        for (const std::uint32_t atom : piece)
            for (const std::uint32_t other : component_.neighbours_of(atom)) around[other] = 1;
        std::vector<std::uint32_t> separator, queue{atom_of_head(head)};
        seen[queue.front()] = 1;
        for (std::size_t next = 0; next < queue.size(); ++next)
            for (const std::uint32_t other : component_.neighbours_of(queue[next])) {
                if (seen[other]) continue;
                seen[other] = 1;
                if (around[other])
                    separator.push_back(other);
                else
                    queue.push_back(other);
            }
        std::sort(separator.begin(), separator.end());
        for (const std::uint32_t atom : piece) {
            const Cut* cut = &*all_cuts_.insert({head, atom, separator}).first;
            const bool active = std::any_of(cuts_.begin(), cuts_.end(),
                                            [&](const ActiveCut& one) { return one.cut == cut; });
            if (!active) cuts_.push_back({cut, 0, 0});
        }
    }

    /// Least sums of `toll` over paths of allowed atoms from the head; its own atom costs nothing.
    template <class Number, class Toll>
    void tolls_from(const Node& node, std::uint32_t head, Toll toll, std::vector<Number>& sum) {
        constexpr Number unreached = std::numeric_limits<Number>::max();
        using Entry = std::pair<Number, std::uint32_t>;
        std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
        sum.assign(atoms_, unreached);
        sum[atom_of_head(head)] = 0;
        queue.push({0, atom_of_head(head)});
        while (!queue.empty()) {
            const auto [so_far, atom] = queue.top();
            queue.pop();
            if (so_far != sum[atom]) continue;
            for (const std::uint32_t other : component_.neighbours_of(atom)) {
                if (!node.allowed[at(head, other)]) continue;
                const Number next = so_far + toll(other);
                if (next >= sum[other]) continue;
                sum[other] = next;
                queue.push({next, other});
            }
        }
        work_ += 4 * courtyards_[head].optional.size();
    }

    // ---- what follows

    /// Draws conclusions until there are no more; false where the node has no solution.
    bool propagate(Node& node) {
        for (bool changed = true; changed;) {
            changed = false;
            live_.clear();
            for (std::uint32_t head = 0; head < heads_; ++head)
                if (node.head_state[head] != HeadState::closed) live_.push_back(head);
            if (!keep_counts(node, changed)) return false;
            for (const std::uint32_t head : live_)
                if (node.head_state[head] == HeadState::open &&
                    !assign(node, atom_of_head(head), head, changed))
                    return false;
            for (std::uint32_t atom = 0; atom < atoms_; ++atom) {
                if (node.head_of[atom] != nobody) continue;
                std::uint32_t only = nobody, count = 0;
                for (auto head = live_.begin(); head != live_.end() && count < 2; ++head)
                    if (node.head_state[*head] != HeadState::closed &&
                        node.allowed[at(*head, atom)]) {
                        only = *head;
                        ++count;
                    }
                if (count == 0) return false;
                if (count > 1) continue;
                if (node.head_state[only] == HeadState::free) {
                    node.head_state[only] = HeadState::open;
                    changed = true;
                }
                if (!assign(node, atom, only, changed)) return false;
            }
            list(node);
            for (const std::uint32_t head : live_)
                if (!reachable(node, head, changed)) {
                    if (node.head_state[head] == HeadState::open) return false;
                    node.head_state[head] = HeadState::closed;
                    changed = true;
                }
        }
        list(node);
        return true;
    }

    /// Closes heads where as many are open as may be, opens them where no more are left than must
    /// be.
    bool keep_counts(Node& node, bool& changed) {
        std::vector<std::uint32_t> open(counts_.size(), 0), left(counts_.size(), 0);
        const auto count = [&](std::vector<std::uint32_t>& in, std::uint32_t head,
                               std::uint32_t by) {
            for (std::uint32_t i = count_of_head_[head]; i != nobody; i = counts_[i].outer)
                in[i] += by;
        };
        for (const std::uint32_t head : live_) {
            count(left, head, 1);
            if (node.head_state[head] == HeadState::open) count(open, head, 1);
        }
        for (const std::uint32_t head : live_) {
            HeadState& state = node.head_state[head];
            if (state != HeadState::free) continue;
            for (std::uint32_t i = count_of_head_[head]; i != nobody && state == HeadState::free;
                 i = counts_[i].outer) {
                if (open[i] >= counts_[i].most) {
                    state = HeadState::closed;
                    count(left, head, ~0U);
                } else if (left[i] <= counts_[i].least) {
                    state = HeadState::open;
                    count(open, head, 1);
                }
                changed = changed || state != HeadState::free;
            }
        }
        for (std::size_t i = 0; i < counts_.size(); ++i)
            if (open[i] > counts_[i].most || left[i] < counts_[i].least) return false;
        return true;
    }

    bool assign(Node& node, std::uint32_t atom, std::uint32_t head, bool& changed) {
        if (node.head_of[atom] == head) return true;
        if (node.head_of[atom] != nobody || !node.allowed[at(head, atom)]) return false;
        node.head_of[atom] = head;
        changed = true;
        for (const std::uint32_t other : live_) {
            if (other == head) continue;
            node.allowed[at(other, atom)] = 0;
            if (atom_of_head(other) != atom) continue;
            if (node.head_state[other] == HeadState::open) return false;
            node.head_state[other] = HeadState::closed;
        }
        return true;
    }

    /// Forbids those whom no light enough path joins to the head; false where no legal courtyard
    /// is left.
    bool reachable(Node& node, std::uint32_t head, bool& changed) {
        const Courtyard& courtyard = courtyards_[head];
        const std::int64_t room = weight_max_ - courtyard.forced_weight;
        if (room < 0) return false;
        tolls_from<std::int64_t>(
            node, head,
            [&](std::uint32_t atom) {
                return node.head_of[atom] == head ? 0 : weight_[atom];
            },
            path_weight_);
        for (const std::uint32_t atom : courtyard.forced)
            if (path_weight_[atom] > room) return false;
        std::int64_t weight = courtyard.forced_weight;
        for (const std::uint32_t atom : courtyard.optional) {
            if (path_weight_[atom] <= room) {
                weight += weight_[atom];
            } else {
                node.allowed[at(head, atom)] = 0;
                changed = true;
            }
        }
        return weight >= weight_min_;
    }

    /// Decides what costs more than the gap otherwise, at the prices just evaluated. True if it
    /// did.
    bool fix(Node& node, double bound_um) {
        const double gap = cutoff_um() - bound_um;
        bool fixed = false;
        price_exchanges(node);
        for (const std::uint32_t head : live_) {
            const Courtyard& courtyard = courtyards_[head];
            double extra = 0;  // what it costs that this head is open at all
            if (!courtyard.chosen) {
                extra = courtyard.value_um - dearest_out_[count_of_head_[head]];
                if (!(extra <= gap)) {
                    node.head_state[head] = HeadState::closed;
                    fixed = true;
                    continue;
                }
            } else if (node.head_state[head] == HeadState::free &&
                       cheapest_in_[count_of_head_[head]] - courtyard.value_um > gap) {
                node.head_state[head] = HeadState::open;
                fixed = true;
            }
            const double* reduced = &reduced_um_[at(head, 0)];
            const auto net = [&](std::uint32_t atom) {
                return reduced[atom] - courtyard.slope_um * static_cast<double>(weight_[atom]);
            };
            // Whoever stands there brings a path of others along.
            tolls_from<double>(
                node, head,
                [&](std::uint32_t atom) {
                    return node.head_of[atom] == head ? 0.0 : std::max(0.0, net(atom));
                },
                path_toll_um_);
            for (const std::uint32_t atom : courtyard.optional) {
                if (extra + path_toll_um_[atom] > gap) {
                    node.allowed[at(head, atom)] = 0;
                    fixed = true;
                } else if (node.head_state[head] == HeadState::open && -net(atom) > gap &&
                           node.head_of[atom] == nobody) {
                    for (std::uint32_t other = 0; other < heads_; ++other)
                        if (other != head) node.allowed[at(other, atom)] = 0;
                    fixed = true;
                }
            }
        }
        return fixed;
    }

    // ---- the tree

    bool stopped() {
        if (work_ > work_limit_) return true;
        return cancel_ != nullptr && cancel_->load(std::memory_order_relaxed);
    }

    /// How long prices are searched for at a node: steps, and by how much they shorten after so
    /// many in vain. Found by trying: more steps save nodes until about here.
    struct Descent {
        std::uint32_t steps, patience;
        double length, length_min;
    };
    static constexpr Descent at_root{2000, 20, 1.0, 1e-3};
    static constexpr Descent in_tree{100, 8, 1.5, 0.02};

    /// Raises the bound of a node by its prices, and decides what it can on the way. False where
    /// the node is done with.
    bool bound(Node& node, const Descent& descent) {
        take_counts(node);
        if (!propagate(node)) return false;
        take_prices(node.price_um, node.cuts);
        direction_.assign(atoms_, 0);
        std::vector<double> best_prices = prices_;
        std::vector<ActiveCut> best_cuts = cuts_;
        double best = -infinity, fixed_at = -infinity, length = descent.length;
        std::uint32_t since = 0;
        open_sum_.assign(heads_, 0);
        for (const std::uint32_t head : live_) std::fill_n(&share_sum_[at(head, 0)], atoms_, 0.0);
        weight_sum_ = 0;
        double weight = 1;
        for (std::uint32_t i = 0;; ++i) {
            double now = evaluate(node);
            if (!(now < cutoff_um())) return false;
            if (now > best) {
                since = now > best + 1e-5 * std::abs(best) ? 0 : since + 1;
                best = now;
                best_prices = prices_;
                best_cuts = cuts_;
                const double gap = cutoff_um() - best;
                if (i > 0 && gap < 0.9 * (cutoff_um() - fixed_at)) {
                    fixed_at = best;
                    if (fix(node, best)) {
                        if (!propagate(node)) return false;
                        now = evaluate(node);
                        if (!(now < cutoff_um())) return false;
                        best = std::max(best, now);
                    }
                }
            } else {
                ++since;
            }
            remember(weight);
            weight *= 1.1;
            if (weight > 1e200) {
                for (double& sum : open_sum_) sum *= 1e-200;
                for (double& sum : share_sum_) sum *= 1e-200;
                weight_sum_ *= 1e-200;
                weight *= 1e-200;
            }
            if (since >= descent.patience) {
                since = 0;
                length *= 0.6;
            }
            if (i >= descent.steps || length < descent.length_min || stopped()) break;
            if (i % 5 == 0) separate();
            const double target = result_.cost_um < infinity ? cutoff_um()
                                                             : std::max(best, 0.0) * 1.05 + 1;
            if (!step(node, target, now, length)) break;
        }
        best_cuts.erase(std::remove_if(best_cuts.begin(), best_cuts.end(),
                                       [](const ActiveCut& one) { return one.price_um <= 0; }),
                        best_cuts.end());
        for (ActiveCut& active : best_cuts) active.direction = 0;
        take_prices(best_prices, best_cuts);
        const double now = evaluate(node);
        if (!(now < cutoff_um())) return false;
        if (fix(node, now) && !propagate(node)) return false;
        node.price_um = prices_;
        node.cuts = cuts_;
        node.bound_um = std::max(node.bound_um, now);
        return true;
    }

    void remember(double weight) {
        weight_sum_ += weight;
        for (const std::uint32_t head : live_) {
            const Courtyard& courtyard = courtyards_[head];
            if (!courtyard.chosen) continue;
            open_sum_[head] += weight;
            for (const std::uint32_t atom : courtyard.forced)
                share_sum_[at(head, atom)] += weight;
            for (const std::uint32_t atom : courtyard.optional)
                share_sum_[at(head, atom)] += weight * share_[at(head, atom)];
        }
    }

    /// Tries what the bound's courtyards come to as a division, each atom with the cheapest of
    /// them.
    void try_node(const Node& node) {
        std::vector<std::uint32_t> labels(atoms_, nobody);
        std::uint32_t part = 0;
        std::vector<double> least(atoms_, infinity);
        for (const std::uint32_t head : live_) {
            if (!courtyards_[head].chosen) continue;
            const auto offer = [&](std::uint32_t atom) {
                const double cost = cost_um_[at(head, atom)] -
                                    (node.head_of[atom] == head ? 1e30 : 0) -
                                    (atom_of_head(head) == atom ? 1e30 : 0);
                if (cost < least[atom]) {
                    least[atom] = cost;
                    labels[atom] = part;
                }
            };
            for (const std::uint32_t atom : courtyards_[head].forced) offer(atom);
            for (const std::uint32_t atom : courtyards_[head].optional) offer(atom);
            ++part;
        }
        consider_labels(labels);
        labels.assign(atoms_, nobody);
        part = 0;
        for (const std::uint32_t head : live_) {
            if (!courtyards_[head].chosen) continue;
            for (const std::uint32_t atom : courtyards_[head].forced) labels[atom] = part;
            for (const std::uint32_t atom : courtyards_[head].optional)
                if (share_[at(head, atom)] > 0.5 &&
                    (labels[atom] == nobody || node.head_of[atom] == nobody))
                    labels[atom] = part;
            ++part;
        }
        consider_labels(labels);
    }

    /// The division of a node in which all is decided; it is legal.
    std::vector<std::uint32_t> labels_of(const Node& node) const {
        std::vector<std::uint32_t> part_of_head(heads_, nobody), labels(atoms_);
        std::uint32_t part = 0;
        for (const std::uint32_t head : live_) part_of_head[head] = part++;
        for (std::uint32_t atom = 0; atom < atoms_; ++atom)
            labels[atom] = part_of_head[node.head_of[atom]];
        return labels;
    }

    /// A question with two answers: how many heads a region has (at most `count`, or more),
    /// whether a head is open, or whether an atom is with a head.
    struct Branch {
        std::uint32_t region = nobody, head = nobody, atom = nobody;
        std::uint32_t count = 0;
        bool likely = true;  ///< yes (at most `count`) is tried first
    };

    Branch choose(const Node& node) const {
        Branch branch;
        std::vector<double> open_in(parent_region_.size(), 0);
        for (const std::uint32_t head : live_)
            for (std::uint32_t i = region_of_head_[head]; i != nobody; i = parent_region_[i])
                open_in[i] += open_sum_[head] / weight_sum_;
        // The region joined last of those with a broken number: the widest question first saves
        // most.
        for (auto i = static_cast<std::uint32_t>(open_in.size()); i-- > 0;) {
            const double below = std::floor(open_in[i]);
            const double part = open_in[i] - below;
            if (std::min(part, 1 - part) >= 0.05)
                return {i, nobody, nobody, static_cast<std::uint32_t>(below), part < 0.5};
        }
        double most = 0.02;
        for (const std::uint32_t head : live_) {
            if (node.head_state[head] != HeadState::free) continue;
            const double y = open_sum_[head] / weight_sum_;
            if (std::min(y, 1 - y) > most) {
                most = std::min(y, 1 - y);
                branch = {nobody, head, nobody, 0, y > 0.5};
            }
        }
        if (branch.head != nobody) return branch;
        most = -1;
        for (const std::uint32_t head : live_) {
            if (node.head_state[head] != HeadState::open) continue;
            for (const std::uint32_t atom : courtyards_[head].optional) {
                if (node.head_of[atom] != nobody) continue;
                const double x = share_sum_[at(head, atom)] / weight_sum_;
                if (std::min(x, 1 - x) > most) {
                    most = std::min(x, 1 - x);
                    branch = {nobody, head, atom, 0, x > 0.5};
                }
            }
        }
        if (branch.head != nobody && most > 0.02) return branch;
        for (const std::uint32_t head : live_)
            if (node.head_state[head] == HeadState::free)
                return {nobody, head, nobody, 0, courtyards_[head].chosen};
        return branch;
    }

    static void bound_count(Node& node, CountBound bound) {
        for (CountBound& known : node.counts)
            if (known.region == bound.region) {
                known.least = std::max(known.least, bound.least);
                known.most = std::min(known.most, bound.most);
                return;
            }
        node.counts.push_back(bound);
    }

    void search() {
        Node root;
        root.head_state.assign(heads_, HeadState::free);
        root.allowed = allowed_at_all_;
        root.head_of.assign(atoms_, nobody);
        root.price_um.assign(atoms_, 0);
        courtyards_.resize(heads_);
        priced_um_ = cost_um_;
        reduced_um_.assign(cost_um_.size(), 0);
        share_.assign(cost_um_.size(), 0);
        share_sum_.assign(cost_um_.size(), 0);
        // A first guess: as dear as the courtyards of the incumbent, or the nearest others.
        for (std::uint32_t atom = 0; atom < atoms_; ++atom) {
            std::vector<double> costs;
            for (std::uint32_t head = 0; head < heads_; ++head)
                costs.push_back(cost_um_[at(head, atom)]);
            if (costs.empty()) break;
            const std::size_t rank = std::min<std::size_t>(costs.size() - 1, heads_ / (2 * parts_));
            std::nth_element(costs.begin(), costs.begin() + static_cast<std::ptrdiff_t>(rank),
                             costs.end());
            root.price_um[atom] = costs[rank];
        }
        std::vector<Node> open;
        open.push_back(std::move(root));
        bool first = true, stopped_early = false;
        double least_left = infinity;
        while (!open.empty()) {
            Node node = std::move(open.back());
            open.pop_back();
            if (!(node.bound_um < cutoff_um())) continue;
            ++result_.nodes;
            const bool alive = bound(node, first ? at_root : in_tree);
            if (alive) try_node(node);
            if (stopped()) {
                stopped_early = true;
                least_left = node.bound_um;
                for (const Node& other : open) least_left = std::min(least_left, other.bound_um);
                break;
            }
            first = false;
            if (!alive || !(node.bound_um < cutoff_um())) continue;
            const Branch branch = choose(node);
            if (branch.region == nobody && branch.head == nobody) {
                consider_labels(labels_of(node));
                continue;
            }
            Node yes = node, no = std::move(node);
            if (branch.region != nobody) {
                bound_count(yes, {branch.region, 0, branch.count});
                bound_count(no, {branch.region, branch.count + 1, parts_});
            } else if (branch.atom == nobody) {
                yes.head_state[branch.head] = HeadState::open;
                no.head_state[branch.head] = HeadState::closed;
            } else {
                for (std::uint32_t head = 0; head < heads_; ++head)
                    if (head != branch.head) yes.allowed[at(head, branch.atom)] = 0;
                no.allowed[at(branch.head, branch.atom)] = 0;
            }
            open.push_back(branch.likely ? std::move(no) : std::move(yes));
            open.push_back(branch.likely ? std::move(yes) : std::move(no));
        }
        result_.work = work_;
        if (stopped_early) {
            result_.status = ExactStatus::limit;
            result_.lower_bound_um = std::max(0.0, least_left);
        } else {
            result_.status = result_.labels.empty() ? ExactStatus::infeasible
                                                    : ExactStatus::optimal;
            result_.lower_bound_um = result_.cost_um;
        }
    }

    const Component& component_;
    Bounds bounds_;
    std::span<const double> distance_um_;
    std::uint32_t parts_, atoms_, heads_ = 0;
    std::uint64_t work_limit_, work_ = 0;
    const std::atomic<bool>* cancel_;
    std::vector<std::int64_t> weight_;
    std::int64_t weight_min_ = 0, weight_max_ = 0;
    std::vector<std::uint32_t> household_of_head_;
    std::vector<std::uint32_t> parent_region_, region_of_head_;
    std::vector<double> cost_um_;                ///< heads × atoms
    double dearest_um_ = 0;                      ///< no division costs as much
    std::vector<std::uint8_t> allowed_at_all_;
    ExactResult result_;

    // of the node at hand
    std::vector<std::uint32_t> live_;
    std::vector<Courtyard> courtyards_;
    std::vector<double> prices_, priced_um_, reduced_um_, share_;
    std::vector<double> slack_, direction_;
    std::vector<double> open_sum_, share_sum_;
    double weight_sum_ = 0;
    std::vector<Count> counts_;
    std::vector<std::uint32_t> count_of_head_;
    std::vector<double> dearest_out_, cheapest_in_;
    std::vector<std::pair<double, std::uint32_t>> order_, by_ratio_;
    std::set<Cut> all_cuts_;               // those found so far
    std::vector<ActiveCut> cuts_;
    std::vector<std::int64_t> path_weight_;
    std::vector<double> path_toll_um_;
    std::vector<std::uint8_t> inside_;
    std::vector<std::uint32_t> queue_;
};

}  // namespace

ExactResult solve_exactly(const Component& component, const Bounds& bounds, std::uint32_t parts,
                          std::span<const double> distance_um,
                          std::span<const std::uint32_t> incumbent_labels,
                          std::uint64_t work_limit, const std::atomic<bool>* cancel) {
    const std::size_t households = component.households();
    if (households == 0 || households > exact_households_max || component.groups > 0 ||
        parts == 0 || distance_um.size() != households * households)
        return {};
    for (std::size_t i = 0; i < households; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            const double d = distance_um[i * households + j];
            const bool fine = d >= 0 && d < infinity && d == distance_um[j * households + i] &&
                              (i != j || d == 0);
            if (!fine) return {};
        }
    return ExactSearch(component, bounds, parts, distance_um, work_limit, cancel)
        .run(incumbent_labels);
}

}  // namespace gridgov::partition
