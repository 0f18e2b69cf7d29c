#include "partition/exact.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "partition/exact_search.hpp"

namespace gridgov::partition {

ExactSearch::ExactSearch(const Component& component, const Bounds& bounds, std::uint32_t parts,
                         std::span<const double> distance_um, std::uint64_t work_limit,
                         const std::atomic<bool>* cancel)
    : component_(component), bounds_(bounds), distance_um_(distance_um), parts_(parts),
      atoms_(component.atoms()), work_limit_(work_limit), cancel_(cancel) {
    scale_weights();
    choose_heads();
    join_regions();
}

ExactResult ExactSearch::run(std::span<const std::uint32_t> incumbent) {
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

/// Bounds in whole numbers of the weights' greatest common divisor: where all weigh the same,
/// the continuous knapsack below is then as good as the whole one.
void ExactSearch::scale_weights() {
    std::int64_t divisor = 0;
    for (const std::int64_t weight : component_.atom_weight)
        divisor = std::gcd(divisor, weight);
    for (const std::int64_t weight : component_.atom_weight)
        weight_.push_back(weight / divisor);
    weight_min_ = (bounds_.min + divisor - 1) / divisor;
    weight_max_ = bounds_.max / divisor;
}

void ExactSearch::choose_heads() {
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

bool ExactSearch::same_place(std::uint32_t a, std::uint32_t b) const {
    const auto households = static_cast<std::uint32_t>(component_.households());
    for (std::uint32_t i = 0; i < households; ++i)
        if (distance(a, i) != distance(b, i)) return false;
    return true;
}

/// Takes over a division (a part per atom) if it is legal and shorter than what there is.
void ExactSearch::consider_labels(std::span<const std::uint32_t> labels) {
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
            const bool fine = d >= 0 && std::isfinite(d) && d == distance_um[j * households + i] &&
                              (i != j || d == 0);
            if (!fine) return {};
        }
    return ExactSearch(component, bounds, parts, distance_um, work_limit, cancel)
        .run(incumbent_labels);
}

}  // namespace gridgov::partition
