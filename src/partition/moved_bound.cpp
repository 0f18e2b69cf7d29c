#include "partition/moved_bound.hpp"

#include <algorithm>
#include <deque>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

namespace gridgov::partition {
namespace {

using Numbers = std::vector<std::uint32_t>;

/// A condition: Σ outs × out_share + Σ ins × in_share ≥ 1 over the households that leave a home of
/// theirs, or come into `home`.
struct Condition {
    std::uint32_t home = no_index;  ///< whom those of `ins` join
    std::vector<std::pair<std::uint32_t, double>> outs;
    Numbers ins;
    double in_share = 0;
};

class MovedBound {
public:
    MovedBound(const MovedBoundInput& input, const Bounds& bounds)
        : in_(input), bounds_(bounds), count_(static_cast<std::uint32_t>(input.homes.of.size())),
          members_(input.homes.homes), weight_of_(input.homes.homes, 0), depth_(count_, no_index),
          piece_(count_, no_index) {
        for (std::uint32_t h = 0; h < count_; ++h)
            if (home(h) != no_index) {
                members_[home(h)].push_back(h);
                weight_of_[home(h)] += in_.weight[h];
            }
        for (const std::int64_t weight : in_.weight) heaviest_ = std::max(heaviest_, weight);
    }

    double run() {
        for (std::uint32_t i = 0; i < in_.homes.homes; ++i) {
            if (in_.homes.locked[i] != 0 || members_[i].empty()) continue;
            find_pieces(i);
            if (!in_.sizes) continue;
            if (weight_of_[i] < bounds_.min) find_lack(i);
            if (weight_of_[i] > bounds_.max) find_excess(i);
        }
        if (in_.sizes) find_enclosed();
        return raise();
    }

private:
    std::uint32_t home(std::uint32_t h) const { return in_.homes.of[h]; }
    template <class Visit>
    void neighbours(std::uint32_t h, Visit visit) const {
        for (const std::uint32_t row : in_.graph.neighbours(in_.component.row[h])) {
            const std::uint32_t other = in_.local_of[row];
            if (other != no_index && other < count_ && in_.component.row[other] == row)
                visit(other);
        }
    }

    /// From `start` outwards: how many households of other homes stand between (those of `own` and
    /// those of no home cost nothing). Visits in order of depth up to `limit`; false from `visit`
    /// stops. Depths stay in depth_ until `forget`.
    template <class Visit>
    void outwards(const Numbers& start, std::uint32_t own, std::uint32_t limit, Visit visit) {
        std::deque<std::pair<std::uint32_t, std::uint32_t>> queue;
        for (const std::uint32_t h : start) {
            if (depth_[h] == no_index) touched_.push_back(h);
            depth_[h] = 0;
            queue.emplace_back(h, 0);
        }
        while (!queue.empty()) {
            const std::uint32_t h = queue.front().first, depth = queue.front().second;
            queue.pop_front();
            if (depth_[h] != depth) continue;  // came nearer since
            if (!visit(h, depth)) return;
            neighbours(h, [&](std::uint32_t other) {
                const bool foreign = home(other) != no_index && home(other) != own;
                const std::uint32_t next = depth + (foreign ? 1 : 0);
                if (next > limit || (depth_[other] != no_index && depth_[other] <= next)) return;
                if (depth_[other] == no_index) touched_.push_back(other);
                depth_[other] = next;
                if (foreign)
                    queue.emplace_back(other, next);
                else
                    queue.emplace_front(other, next);
            });
        }
    }
    void forget() {
        for (const std::uint32_t h : touched_) depth_[h] = no_index;
        touched_.clear();
    }

    void find_pieces(std::uint32_t i) {
        // Pieces that newcomers could join count as one.
        std::vector<Numbers> pieces;
        for (const std::uint32_t start : members_[i]) {
            if (piece_[start] != no_index) continue;
            const auto number = static_cast<std::uint32_t>(pieces.size());
            pieces.emplace_back();
            outwards({start}, i, 0, [&](std::uint32_t h, std::uint32_t) {
                if (home(h) == i && piece_[h] == no_index) {
                    piece_[h] = number;
                    pieces[number].push_back(h);
                }
                return true;
            });
            forget();
        }
        std::size_t main = 0;
        for (std::size_t p = 1; p < pieces.size(); ++p)
            if (pieces[p].size() > pieces[main].size()) main = p;
        for (std::uint32_t p = 0; p < pieces.size() && pieces.size() > 1; ++p) {
            if (p == main) continue;
            const auto size = static_cast<std::uint32_t>(pieces[p].size());
            // How many others stand between it and the nearest other piece.
            constexpr std::uint32_t far = 8;
            std::uint32_t between = far;
            outwards(pieces[p], i, std::min(size, far), [&](std::uint32_t h, std::uint32_t depth) {
                if (home(h) != i || piece_[h] == p) return true;
                between = depth;
                return false;
            });
            forget();
            const std::uint32_t needed = std::max(1U, std::min(size, between));
            Condition condition;
            condition.home = i;
            condition.in_share = 1.0 / needed;
            for (const std::uint32_t h : pieces[p]) condition.outs.emplace_back(h, 1.0 / size);
            for (const std::uint32_t h : pieces[main])
                condition.outs.emplace_back(h, 1.0 / static_cast<double>(pieces[main].size()));
            collect_ins(pieces[p], i, needed, condition);
            conditions_.push_back(std::move(condition));
        }
        for (const std::uint32_t h : members_[i]) piece_[h] = no_index;
    }

    void collect_ins(const Numbers& start, std::uint32_t i, std::uint32_t needed,
                     Condition& condition) {
        outwards(start, i, needed, [&](std::uint32_t h, std::uint32_t depth) {
            if (depth > 0 && home(h) != no_index && home(h) != i) condition.ins.push_back(h);
            return true;
        });
        forget();
        std::sort(condition.ins.begin(), condition.ins.end());
        condition.ins.erase(std::unique(condition.ins.begin(), condition.ins.end()),
                            condition.ins.end());
    }

    void find_lack(std::uint32_t i) {
        const std::int64_t lack = bounds_.min - weight_of_[i];
        const auto size = static_cast<std::uint32_t>(members_[i].size());
        // m who come in bring at most m × the heaviest, and the newcomers within m of them.
        std::vector<std::int64_t> free(std::size_t{size} + 1, 0);
        constexpr std::uint32_t steps = 64;
        const std::uint32_t limit = std::min(size, steps);
        std::int64_t near = 0;
        outwards(members_[i], i, limit, [&](std::uint32_t h, std::uint32_t depth) {
            if (home(h) == no_index) free[depth] += in_.weight[h];
            if (depth == 0 && home(h) == no_index) near += in_.weight[h];
            return near < lack;
        });
        // A household may be met at a smaller depth later on: count by final depth.
        std::fill(free.begin(), free.end(), 0);
        for (const std::uint32_t h : touched_)
            if (home(h) == no_index) free[depth_[h]] += in_.weight[h];
        forget();
        if (near >= lack) return;
        std::uint32_t needed = 0;
        for (std::int64_t reached = free[0]; reached < lack && needed < limit;) {
            ++needed;
            reached += heaviest_ + free[needed];
        }
        if (needed == 0) return;
        Condition condition;
        condition.home = i;
        condition.in_share = 1.0 / needed;
        for (const std::uint32_t h : members_[i]) condition.outs.emplace_back(h, 1.0 / size);
        collect_ins(members_[i], i, needed, condition);
        conditions_.push_back(std::move(condition));
    }

    void find_excess(std::uint32_t i) {
        std::vector<std::int64_t> weights;
        for (const std::uint32_t h : members_[i]) weights.push_back(in_.weight[h]);
        std::sort(weights.begin(), weights.end(), std::greater<>());
        std::uint32_t needed = 0;
        for (std::int64_t left = weight_of_[i]; left > bounds_.max; ++needed)
            left -= weights[needed];
        Condition condition;
        for (const std::uint32_t h : members_[i]) condition.outs.emplace_back(h, 1.0 / needed);
        conditions_.push_back(std::move(condition));
    }

    void find_enclosed() {
        std::vector<std::uint8_t> seen(count_, 0);
        for (std::uint32_t start = 0; start < count_; ++start) {
            if (seen[start] || home(start) != no_index) continue;
            Numbers set{start}, beside;
            seen[start] = 1;
            std::int64_t weight = 0;
            for (std::size_t next = 0; next < set.size(); ++next) {
                weight += in_.weight[set[next]];
                neighbours(set[next], [&](std::uint32_t other) {
                    if (home(other) != no_index) {
                        beside.push_back(home(other));
                    } else if (!seen[other]) {
                        seen[other] = 1;
                        set.push_back(other);
                    }
                });
            }
            if (weight >= bounds_.min || beside.empty()) continue;
            std::sort(beside.begin(), beside.end());
            beside.erase(std::unique(beside.begin(), beside.end()), beside.end());
            std::int64_t room = 0;
            for (const std::uint32_t i : beside)
                room += std::max<std::int64_t>(0, bounds_.max - weight_of_[i]);
            if (room >= weight) continue;
            Condition condition;
            for (const std::uint32_t i : beside)
                for (const std::uint32_t h : members_[i]) condition.outs.emplace_back(h, 1.0);
            conditions_.push_back(std::move(condition));
        }
    }

    /// The better of two ways of pricing: one condition after the other, and all little by little.
    double raise() {
        std::stable_sort(conditions_.begin(), conditions_.end(),
                         [](const Condition& a, const Condition& b) {
                             return a.outs.size() + a.ins.size() < b.outs.size() + b.ins.size();
                         });
        constexpr int little = 24;
        const double one_by_one = raise(1);
        return conditions_.size() > 1 ? std::max(one_by_one, raise(little)) : one_by_one;
    }

    /// Prices the conditions, those first that few moves serve, each as high as these moves allow; in
    /// `passes`, of which every one but the last gives a condition its share of what it could have
    /// alone.
    double raise(int passes) {
        std::vector<double> out_price(count_, 0), in_most(count_, 0);
        std::vector<std::vector<std::pair<std::uint32_t, double>>> in_price(count_);
        const auto in_of = [&](std::uint32_t h, std::uint32_t i) -> double {
            for (const auto& [number, price] : in_price[h])
                if (number == i) return price;
            return 0;
        };
        std::vector<double> alone(conditions_.size(), 0);
        double sum = 0;
        for (int pass = 0; pass < passes; ++pass)
            for (std::size_t c = 0; c < conditions_.size(); ++c) {
                const Condition& condition = conditions_[c];
                double price = -1;
                const auto limit = [&](double most) {
                    if (price < 0 || most < price) price = std::max(0.0, most);
                };
                for (const auto& [h, share] : condition.outs)
                    limit((in_.share[home(h)] - out_price[h] - in_most[h]) / share);
                for (const std::uint32_t h : condition.ins)
                    limit((in_.share[home(h)] - out_price[h] - in_of(h, condition.home)) /
                          condition.in_share);
                if (pass == 0) alone[c] = alone_price(condition);
                if (pass + 1 < passes) price = std::min(price, alone[c] / passes);
                if (price <= 0) continue;
                price *= 1 - 1e-12;  // what rounding may have added
                sum += price;
                for (const auto& [h, share] : condition.outs) out_price[h] += price * share;
                for (const std::uint32_t h : condition.ins) {
                    auto& prices = in_price[h];
                    const auto place = std::find_if(
                        prices.begin(), prices.end(),
                        [&](const auto& entry) { return entry.first == condition.home; });
                    const double added = price * condition.in_share;
                    if (place == prices.end())
                        prices.emplace_back(condition.home, added);
                    else
                        place->second += added;
                    in_most[h] = std::max(in_most[h], in_of(h, condition.home));
                }
            }
        return sum;
    }

    /// The price that a condition could have if there were no other.
    double alone_price(const Condition& condition) const {
        double least = -1;
        for (const auto& [h, share] : condition.outs)
            if (const double most = in_.share[home(h)] / share; least < 0 || most < least)
                least = most;
        for (const std::uint32_t h : condition.ins)
            if (const double most = in_.share[home(h)] / condition.in_share;
                least < 0 || most < least)
                least = most;
        return std::max(0.0, least);
    }

    const MovedBoundInput& in_;
    const Bounds& bounds_;
    std::uint32_t count_;
    std::vector<Numbers> members_;  ///< per home
    std::vector<std::int64_t> weight_of_;
    std::int64_t heaviest_ = 0;
    Numbers depth_, touched_, piece_;
    std::vector<Condition> conditions_;
};

}  // namespace

double moved_bound(const MovedBoundInput& input, const Bounds& bounds) {
    return MovedBound(input, bounds).run();
}

}  // namespace gridgov::partition
