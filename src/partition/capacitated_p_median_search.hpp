// Simulated annealing for the capacitated p-median problem. The state is an assignment of nodes to
// clusters; every cluster knows its best median exactly, so a move's price is exact. The number of
// clusters may differ a little from p on the way: closing one and opening another are moves of
// their own, priced by the value of a median. docs/explanation/capacitated_p_median.md.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "partition/random.hpp"

namespace gridgov::partition::p_median {

inline constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// The problem as the search sees it: demands and capacities in whole millionths.
struct Nodes {
    std::vector<std::int64_t> demand, capacity;
    std::uint32_t medians = 0;  ///< 2 ≤ medians < nodes
};

/// Values of an exponential variable of mean 1 at evenly spread quantiles: −ln u. From the series
/// of artanh, in IEEE operations alone, because libm's log differs by machine.
inline const std::array<double, 4096>& exponential_quantiles() {
    static const std::array<double, 4096> table = [] {
        const auto minus_log = [](double u) {
            constexpr double log_2 = 0.693147180559945309417;
            double result = 0;
            for (; u < 0.5; u *= 2) result += log_2;
            const double z = (1 - u) / (1 + u);
            double power = z;
            for (int odd = 1; odd < 40; odd += 2, power *= z * z) result += 2 * power / odd;
            return result;
        };
        std::array<double, 4096> values{};
        for (std::size_t k = 0; k < values.size(); ++k)
            values[k] = minus_log((static_cast<double>(k) + 0.5) / 4096);
        return values;
    }();
    return table;
}

template <class Distance>
class Search {
public:
    Search(const Nodes& nodes, const Distance& distance, std::uint64_t seed)
        : nodes_(nodes), distance_(distance), random_(seed),
          count_(static_cast<std::uint32_t>(nodes.demand.size())),
          near_count_(std::min<std::uint32_t>(count_ - 1, near_max)) {
        find_near();
        member_.resize(count_);
        for (std::uint32_t i = 0; i < count_; ++i) member_[i].capacity = nodes.capacity[i];
        for (const std::int64_t capacity : nodes.capacity)
            capacity_mean_ += static_cast<double>(capacity) / static_cast<double>(count_);
        capacity_mean_ = std::max(capacity_mean_, 1.0);
    }

    /// Anneals from a new start.
    template <class Share>
    void anneal(Share share) {
        start();
        mean_ = std::max(cost_, 1.0) / count_;
        cool(0.5 * mean_, share);
    }
    /// Anneals the best so far once more, from a lower temperature.
    template <class Share>
    void anneal_again(Share share) {
        resume();
        cool(0.2 * mean_, share);
    }

    std::uint64_t iterations() const { return iterations_; }
    /// The best assignment met with exactly p clusters: a cluster per node.
    const std::vector<std::uint32_t>& best() const { return best_; }
    bool best_is_feasible() const { return best_overload_ == 0; }

private:
    static constexpr std::uint32_t near_max = 24;       // nearest nodes that tell where one may go
    static constexpr std::uint32_t batch = 1024;        // moves between two looks at the schedule
    static constexpr std::uint32_t moves_a_relocation = 50;
    static constexpr std::uint32_t targets_max = 6;     // clusters tried for a node of a closed one
    static constexpr std::uint32_t steps = 256;         // of the temperature
    static constexpr std::int64_t extra_max = 2;        // clusters above p, or below

    /// What the price of a cluster needs of each of its members, side by side.
    struct Member {
        double sum = 0;             // of the distances of its cluster's members to it
        std::int64_t capacity = 0;  // as a median
        std::uint32_t cluster = none, place = 0;  // and its place among the cluster's members
    };
    struct Price {
        double cost = 0;
        std::int64_t overload = 0;
        std::uint32_t median = none;
        double energy = 0;  // cost + penalty · overload
    };
    struct Cluster {
        std::vector<std::uint32_t> members;
        std::int64_t load = 0;
        Price price;
    };
    struct Shift {
        std::uint32_t node, from;
    };

    void find_near() {
        near_.resize(static_cast<std::size_t>(count_) * near_count_);
        std::vector<std::pair<double, std::uint32_t>> row;
        for (std::uint32_t i = 0; i < count_; ++i) {
            row.clear();
            for (std::uint32_t k = 0; k < count_; ++k)
                if (k != i) row.emplace_back(distance_(i, k), k);
            std::partial_sort(row.begin(), row.begin() + near_count_, row.end());
            for (std::uint32_t r = 0; r < near_count_; ++r)
                near_[static_cast<std::size_t>(i) * near_count_ + r] = row[r].second;
        }
    }
    std::uint32_t near(std::uint32_t node, std::uint32_t rank) const {
        return near_[static_cast<std::size_t>(node) * near_count_ + rank];
    }

    /// From `hot` down to a fiftieth of it, geometrically. The ratio's 256th root takes eight
    /// square roots, and no pow.
    static std::array<double, steps + 1> temperatures(double hot) {
        double ratio = 0.02;
        for (std::uint32_t s = steps; s > 1; s /= 2) ratio = std::sqrt(ratio);
        std::array<double, steps + 1> result{};
        result[0] = hot;
        for (std::size_t s = 1; s <= steps; ++s) result[s] = result[s - 1] * ratio;
        return result;
    }

    /// Medians far from each other (the best of three random nodes, one by one), nodes in order of
    /// falling demand to the nearest with room, or the nearest of all.
    void start() {
        const std::uint32_t medians = nodes_.medians;
        clear();
        std::vector<std::uint32_t> chosen;
        std::vector<double> nearest(count_, infinity);  // below 0: chosen
        while (chosen.size() < medians) {
            std::uint32_t far = none;
            for (int draw = 0; draw < 3; ++draw) {
                const std::uint32_t i = random_.below(count_);
                if (nearest[i] > 0 && (far == none || nearest[i] > nearest[far])) far = i;
            }
            if (far == none)  // all drawn stand where a median is: the farthest of all
                for (std::uint32_t i = 0; i < count_; ++i)
                    if (nearest[i] >= 0 && (far == none || nearest[i] > nearest[far])) far = i;
            for (std::uint32_t i = 0; i < count_; ++i)
                nearest[i] = std::min(nearest[i], distance_(i, far));
            nearest[far] = -1;
            put(far, static_cast<std::uint32_t>(chosen.size()));
            chosen.push_back(far);
        }
        std::vector<std::uint32_t> order;
        for (std::uint32_t i = 0; i < count_; ++i)
            if (nearest[i] >= 0) order.push_back(i);
        std::sort(order.begin(), order.end(), heavier_first());
        for (const std::uint32_t i : order) {
            std::pair<bool, double> least{true, infinity};  // without room, distance
            std::uint32_t to = 0;
            for (std::uint32_t c = 0; c < medians; ++c) {
                const std::pair offer{
                    clusters_[c].load + nodes_.demand[i] > nodes_.capacity[chosen[c]],
                    distance_(i, chosen[c])};
                if (offer < least) {
                    least = offer;
                    to = c;
                }
            }
            put(i, to);
        }
        for (std::uint32_t c = 0; c < medians; ++c) reprice(c);
        keep_if_best();
    }
    /// From the best that was met.
    void resume() {
        clear();
        std::vector<std::uint32_t> now(clusters_.size(), none);  // clusters in order of their nodes
        std::uint32_t next = 0;
        for (std::uint32_t i = 0; i < count_; ++i) {
            if (now[best_[i]] == none) now[best_[i]] = next++;
            put(i, now[best_[i]]);
        }
        for (std::uint32_t c = 0; c < next; ++c) reprice(c);
    }
    void clear() {
        clusters_.assign(nodes_.medians + static_cast<std::uint32_t>(extra_max), {});
        free_.clear();
        for (std::uint32_t c = static_cast<std::uint32_t>(clusters_.size()); c-- > nodes_.medians;)
            free_.push_back(c);
        cost_ = 0;
        overload_ = 0;
    }

    auto heavier_first() const {
        return [this](std::uint32_t a, std::uint32_t b) {
            const std::int64_t weight_a = nodes_.demand[a], weight_b = nodes_.demand[b];
            return weight_a != weight_b ? weight_a > weight_b : a < b;
        };
    }

    /// The cluster's price with `add` in it (if kAdd) and `remove` gone (if kRemove).
    template <bool kAdd, bool kRemove>
    Price priced(const Cluster& cluster, std::uint32_t add, std::uint32_t remove) const {
        std::int64_t load = cluster.load;
        if constexpr (kAdd) load += nodes_.demand[add];
        if constexpr (kRemove) load -= nodes_.demand[remove];
        Price best{0, 0, none, infinity};
        const auto offer = [&](double sum, std::uint32_t median) {
            const std::int64_t overload =
                std::max<std::int64_t>(0, load - member_[median].capacity);
            const double energy = sum + penalty_ * static_cast<double>(overload);
            if (energy < best.energy) best = {sum, overload, median, energy};
        };
        double sum_of_added = 0;
        for (const std::uint32_t k : cluster.members) {
            if constexpr (kRemove)
                if (k == remove) continue;
            double sum = member_[k].sum;
            if constexpr (kAdd) {
                const auto [there, back] = distance_.both(add, k);
                sum += there;
                sum_of_added += back;
            }
            if constexpr (kRemove) sum -= distance_(remove, k);
            offer(sum, k);
        }
        if constexpr (kAdd) offer(sum_of_added + distance_(add, add), add);
        return best;
    }
    Price without(std::uint32_t c, std::uint32_t node) const {
        return priced<false, true>(clusters_[c], none, node);
    }
    Price with(std::uint32_t c, std::uint32_t node) const {
        return priced<true, false>(clusters_[c], node, none);
    }
    /// The penalty may have changed since the cluster was priced.
    double energy(std::uint32_t c) const {
        const Price& price = clusters_[c].price;
        return price.cost + penalty_ * static_cast<double>(price.overload);
    }

    void set_price(std::uint32_t c, const Price& price) {
        Price& old = clusters_[c].price;
        cost_ += price.cost - old.cost;
        overload_ += price.overload - old.overload;
        old = price;
    }
    void reprice(std::uint32_t c) {
        if (clusters_[c].members.empty())
            set_price(c, {});
        else
            set_price(c, priced<false, false>(clusters_[c], none, none));
    }

    /// Membership and sums only; the price is set apart.
    void take(std::uint32_t node) {
        Cluster& cluster = clusters_[member_[node].cluster];
        const std::uint32_t last = cluster.members.back();
        cluster.members[member_[node].place] = last;
        member_[last].place = member_[node].place;
        cluster.members.pop_back();
        for (const std::uint32_t k : cluster.members) member_[k].sum -= distance_(node, k);
        cluster.load -= nodes_.demand[node];
    }
    void put(std::uint32_t node, std::uint32_t c) {
        Cluster& cluster = clusters_[c];
        double sum = distance_(node, node);
        for (const std::uint32_t k : cluster.members) {
            const auto [there, back] = distance_.both(node, k);
            member_[k].sum += there;
            sum += back;
        }
        member_[node].sum = sum;
        member_[node].cluster = c;
        member_[node].place = static_cast<std::uint32_t>(cluster.members.size());
        cluster.members.push_back(node);
        cluster.load += nodes_.demand[node];
    }

    std::int64_t open_beyond() const {  // clusters more than p; below 0: fewer
        return extra_max - static_cast<std::int64_t>(free_.size());
    }

    void keep_if_best() {
        if (open_beyond() != 0 || overload_ > best_overload_) return;
        if (overload_ == best_overload_ && cost_ >= best_cost_) return;
        best_overload_ = overload_;
        best_cost_ = cost_;
        best_.resize(count_);
        for (std::uint32_t i = 0; i < count_; ++i) best_[i] = member_[i].cluster;
    }

    /// Metropolis' rule turned round: what a move may cost, drawn before its price is known.
    double allowance() {
        return temperature_ * exponential_quantiles()[random_.next() >> 52];
    }

    /// A random node and a cluster near it: it moves there, or changes places with a member.
    void shift_or_swap() {
        const std::uint32_t i = random_.below(count_);
        // Small ranks more often: the nearer, the likelier to be accepted.
        const std::uint32_t product = random_.below(near_count_) * random_.below(near_count_);
        const std::uint32_t rank = product / near_count_;
        const std::uint32_t a = member_[i].cluster, b = member_[near(i, rank)].cluster;
        if (a == b) return;
        const double allowed = allowance();
        const std::uint64_t coin = random_.next();
        const bool rather_shift = (coin & 15) < 11, all_the_same = ((coin >> 4) & 15) == 0;
        if (rather_shift && clusters_[a].members.size() > 1 && (fits(i, b) || all_the_same)) {
            const Price left = without(a, i);
            const Price joined = with(b, i);
            if (left.energy - energy(a) + joined.energy - energy(b) > allowed) return;
            take(i);
            put(i, b);
            set_price(a, left);
            set_price(b, joined);
        } else {
            const std::uint32_t j = partner(a, b);
            const Price at_a = priced<true, true>(clusters_[a], j, i);
            if (at_a.energy - energy(a) - energy(b) > allowed) return;  // b's falls by no more
            const Price at_b = priced<true, true>(clusters_[b], i, j);
            if (at_a.energy - energy(a) + at_b.energy - energy(b) > allowed) return;
            take(i);
            take(j);
            put(i, b);
            put(j, a);
            set_price(a, at_a);
            set_price(b, at_b);
        }
        keep_if_best();
    }
    /// Who of b might change to a: of three at random the one that a's median suits best.
    std::uint32_t partner(std::uint32_t a, std::uint32_t b) {
        const std::uint32_t median_a = clusters_[a].price.median;
        const std::uint32_t median_b = clusters_[b].price.median;
        const auto& members = clusters_[b].members;
        std::uint32_t best = none;
        double least = infinity;
        for (int draw = 0; draw < 3; ++draw) {
            const std::uint32_t j =
                members[random_.below(static_cast<std::uint32_t>(members.size()))];
            const double change = distance_(j, median_a) - distance_(j, median_b);
            if (change < least) {
                least = change;
                best = j;
            }
        }
        return best;
    }
    /// Whether b holds i without overload, as far as b's present median tells.
    bool fits(std::uint32_t i, std::uint32_t b) const {
        const Price& price = clusters_[b].price;
        return price.overload > 0 ||
               clusters_[b].load + nodes_.demand[i] <= member_[price.median].capacity;
    }

    void shift(std::uint32_t node, std::uint32_t to) {
        const std::uint32_t from = member_[node].cluster;
        done_.push_back({node, from});
        take(node);
        put(node, to);
        reprice(from);
        reprice(to);
    }
    void undo() {
        while (!done_.empty()) {
            const auto [node, from] = done_.back();
            const std::uint32_t to = member_[node].cluster;
            take(node);
            put(node, from);
            reprice(to);
            reprice(from);
            done_.pop_back();
        }
    }
    double energy_of_all() const { return cost_ + penalty_ * static_cast<double>(overload_); }

    /// `share(iterations)` is asked between batches of moves for how much of this schedule is over.
    template <class Share>
    void cool(double hot, Share share) {
        const std::array<double, steps + 1> cooling = temperatures(hot);
        median_value_ = std::max(cost_, 1.0) / nodes_.medians;
        const double penalty_least = 10 * median_value_ / capacity_mean_;
        penalty_ = 4 * penalty_least;
        for (double spent = share(iterations_); spent < 1; spent = share(iterations_)) {
            temperature_ = cooling[static_cast<std::size_t>(std::max(spent, 0.0) * steps)];
            // Overload is dear while there is some, and cheap again when there is none: good states
            // lie on either side of what is feasible.
            penalty_ = overload_ > 0 ? penalty_ * 1.02 : std::max(penalty_least, penalty_ / 1.02);
            for (std::uint32_t i = 0; i < batch; ++i) shift_or_swap();
            iterations_ += batch;
            const std::int64_t extra = spent < 0.8 ? extra_max : 0;
            for (std::uint32_t i = 0; i < batch / moves_a_relocation; ++i) close_or_open(extra);
        }
    }

    /// The number of clusters wanders between p − extra_max and p + extra; what a median is worth
    /// follows it, so that closing and opening keep the balance.
    void close_or_open(std::int64_t extra) {
        const std::int64_t beyond = open_beyond();
        if (beyond > -extra_max && (beyond >= extra || (random_.next() >> 63) != 0))
            close(random_.below(static_cast<std::uint32_t>(clusters_.size())));
        else if (beyond < extra)
            open(random_.below(count_));
        median_value_ *= 1 + 0.0005 * static_cast<double>(open_beyond());
    }

    /// Its members go, the heaviest first, each to where it costs least just then.
    void close(std::uint32_t c) {
        if (clusters_[c].members.empty() || clusters_.size() - free_.size() < 2) return;
        const double allowed = allowance() + median_value_;
        const double before = energy_of_all();
        double least = -energy(c);  // what the move costs at least so far
        members_ = clusters_[c].members;
        std::sort(members_.begin(), members_.end(), heavier_first());
        for (const std::uint32_t i : members_) {
            std::uint32_t to = none;
            double rise_least = infinity;
            tried_.clear();
            for (std::uint32_t r = 0; r < near_count_ && tried_.size() < targets_max; ++r) {
                const std::uint32_t b = member_[near(i, r)].cluster;
                if (b == c || std::find(tried_.begin(), tried_.end(), b) != tried_.end()) continue;
                tried_.push_back(b);
                const double rise = with(b, i).energy - energy(b);
                if (rise < rise_least) {
                    rise_least = rise;
                    to = b;
                }
            }
            least += rise_least;
            if (to == none || least > allowed) return undo();
            shift(i, to);
        }
        if (energy_of_all() - before > allowed) return undo();
        done_.clear();
        free_.push_back(c);
        keep_if_best();
    }

    /// A node becomes a cluster, and those near it join as long as that pays and there is room.
    void open(std::uint32_t node) {
        if (clusters_[member_[node].cluster].members.size() == 1) return;
        const double allowed = allowance() - median_value_;
        const double before = energy_of_all();
        const std::uint32_t c = free_.back();
        shift(node, c);
        for (std::uint32_t r = 0; r < near_count_; ++r) {
            const std::uint32_t i = near(node, r), a = member_[i].cluster;
            if (a == c || clusters_[a].members.size() == 1) continue;
            const double gain = energy(a) - without(a, i).energy;
            if (gain > 0 && with(c, i).energy - energy(c) < gain) shift(i, c);
        }
        if (energy_of_all() - before > allowed) return undo();
        done_.clear();
        free_.pop_back();
        keep_if_best();
    }

    const Nodes& nodes_;
    const Distance& distance_;
    Random random_;
    std::uint32_t count_, near_count_;
    std::vector<std::uint32_t> near_;
    double capacity_mean_ = 0;

    std::vector<Member> member_;
    std::vector<Cluster> clusters_;
    std::vector<std::uint32_t> free_;  // clusters that are not open, of p + extra_max
    double cost_ = 0;
    std::int64_t overload_ = 0;
    double mean_ = 1;  // distance of a node at the start
    double temperature_ = 0, penalty_ = 0, median_value_ = 0;
    std::uint64_t iterations_ = 0;

    std::vector<std::uint32_t> best_;
    double best_cost_ = infinity;
    std::int64_t best_overload_ = std::numeric_limits<std::int64_t>::max();

    std::vector<Shift> done_;                      // by the move in hand, to be undone
    std::vector<std::uint32_t> members_, tried_;  // of close()
};

}  // namespace gridgov::partition::p_median
