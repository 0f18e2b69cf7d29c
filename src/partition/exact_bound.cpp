// The Lagrangian bound of a node, and the search for prices that raise it.
#include <algorithm>
#include <cmath>
#include <utility>

#include "partition/exact_search.hpp"

namespace gridgov::partition {

void ExactSearch::list(const Node& node) {
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
void ExactSearch::price(std::uint32_t head) {
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
void ExactSearch::fit(std::uint32_t head, std::int64_t excess, bool out) {
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

/// The Lagrangian bound at the prices at hand; infinity where the node has no solution.
double ExactSearch::evaluate(const Node& node) {
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

void ExactSearch::set_cut_price(ActiveCut& active, double price_um) {
    const Cut& cut = *active.cut;
    const double change = price_um - active.price_um;
    active.price_um = price_um;
    priced_um_[at(cut.head, cut.atom)] += change;
    for (const std::uint32_t atom : cut.separator) priced_um_[at(cut.head, atom)] -= change;
}

/// Brings prices, and the costs that cuts change, to those given.
void ExactSearch::take_prices(const std::vector<double>& price_um,
                              const std::vector<ActiveCut>& cuts) {
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
bool ExactSearch::step(const Node& node, double target_um, double bound_um, double length) {
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

/// Raises the bound of a node by its prices, and decides what it can on the way. False where
/// the node is done with.
bool ExactSearch::bound(Node& node, const Descent& descent) {
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

void ExactSearch::remember(double weight) {
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

}  // namespace gridgov::partition
