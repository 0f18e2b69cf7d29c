// What follows for a node from its bound, from weights and from what is decided already.
#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

#include "partition/exact_search.hpp"

namespace gridgov::partition {

/// Least sums of `toll` over paths of allowed atoms from the head; its own atom costs nothing.
template <class Number, class Toll>
void ExactSearch::tolls_from(const Node& node, std::uint32_t head, Toll toll,
                             std::vector<Number>& sum) {
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

/// Draws conclusions until there are no more; false where the node has no solution.
bool ExactSearch::propagate(Node& node) {
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
bool ExactSearch::keep_counts(Node& node, bool& changed) {
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

bool ExactSearch::assign(Node& node, std::uint32_t atom, std::uint32_t head, bool& changed) {
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
bool ExactSearch::reachable(Node& node, std::uint32_t head, bool& changed) {
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
bool ExactSearch::fix(Node& node, double bound_um) {
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

}  // namespace gridgov::partition
