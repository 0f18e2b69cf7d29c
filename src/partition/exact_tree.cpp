// Branching, and the divisions that nodes come to.
#include <algorithm>
#include <cmath>
#include <utility>

#include "partition/exact_search.hpp"

namespace gridgov::partition {

/// Tries what the bound's courtyards come to as a division, each atom with the cheapest of
/// them.
void ExactSearch::try_node(const Node& node) {
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
std::vector<std::uint32_t> ExactSearch::labels_of(const Node& node) const {
    std::vector<std::uint32_t> part_of_head(heads_, nobody), labels(atoms_);
    std::uint32_t part = 0;
    for (const std::uint32_t head : live_) part_of_head[head] = part++;
    for (std::uint32_t atom = 0; atom < atoms_; ++atom)
        labels[atom] = part_of_head[node.head_of[atom]];
    return labels;
}

ExactSearch::Branch ExactSearch::choose(const Node& node) const {
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

void ExactSearch::search() {
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

}  // namespace gridgov::partition
