// Branch and bound on a Lagrangian bound: docs/explanation/exact.md says how. Each source has one part
// of it: exact.cpp the problem and its divisions, exact_bound.cpp the bound, exact_regions.cpp how
// many heads a region has, exact_cuts.cpp contiguity, exact_fixing.cpp what follows, exact_tree.cpp
// branching.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <limits>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "partition/component.hpp"
#include "partition/exact.hpp"

namespace gridgov::partition {

/// One search, for one component. What it is given must outlive it.
class ExactSearch {
public:
    ExactSearch(const Component& component, const Bounds& bounds, std::uint32_t parts,
                std::span<const double> distance_um, std::uint64_t work_limit,
                const std::atomic<bool>* cancel);
    ExactResult run(std::span<const std::uint32_t> incumbent);

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    static constexpr std::uint32_t nobody = no_index;

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

    /// A head that is not closed, and who may stand with it.
    struct Courtyard {
        std::vector<std::uint32_t> forced, optional;
        std::int64_t forced_weight = 0;
        double value_um = 0;   ///< least of Σ (cost − price) over legal weights
        double slope_um = 0;   ///< price of weight that the bounds set
        bool chosen = false;
    };

    /// A region with a bound at the node at hand; the last one is the whole.
    struct Count {
        std::uint32_t least, most, outer;
        std::uint32_t used = 0;   ///< heads taken or held back for a least count further in
        std::uint32_t heads = 0;  ///< taken
    };

    /// How long prices are searched for at a node: steps, and by how much they shorten after so
    /// many in vain. Found by trying: more steps save nodes until about here.
    struct Descent {
        std::uint32_t steps, patience;
        double length, length_min;
    };
    static constexpr Descent at_root{2000, 20, 1.0, 1e-3};
    static constexpr Descent in_tree{100, 8, 1.5, 0.02};

    /// A question with two answers: how many heads a region has (at most `count`, or more),
    /// whether a head is open, or whether an atom is with a head.
    struct Branch {
        std::uint32_t region = nobody, head = nobody, atom = nobody;
        std::uint32_t count = 0;
        bool likely = true;  ///< yes (at most `count`) is tried first
    };

    // the problem
    void scale_weights();
    void choose_heads();
    bool same_place(std::uint32_t a, std::uint32_t b) const;
    double distance(std::uint32_t a, std::uint32_t b) const {
        return distance_um_[std::size_t{a} * component_.households() + b];
    }
    std::uint32_t atom_of_head(std::uint32_t head) const {
        return component_.atom_of[household_of_head_[head]];
    }
    std::size_t at(std::uint32_t head, std::uint32_t atom) const {
        return std::size_t{head} * atoms_ + atom;
    }

    // divisions
    void consider_labels(std::span<const std::uint32_t> labels);
    void try_node(const Node& node);
    std::vector<std::uint32_t> labels_of(const Node& node) const;
    /// What a division must cost less than to be of interest.
    double cutoff_um() const {
        return result_.cost_um < infinity ? result_.cost_um * (1 - 1e-9) : dearest_um_;
    }

    // the bound of a node
    bool bound(Node& node, const Descent& descent);
    double evaluate(const Node& node);
    void list(const Node& node);
    void price(std::uint32_t head);
    void fit(std::uint32_t head, std::int64_t excess, bool out);
    void set_cut_price(ActiveCut& active, double price_um);
    void take_prices(const std::vector<double>& price_um, const std::vector<ActiveCut>& cuts);
    bool step(const Node& node, double target_um, double bound_um, double length);
    double share_at(const Node& node, std::uint32_t head, std::uint32_t atom) const {
        return node.allowed[at(head, atom)] ? share_[at(head, atom)] : 0;
    }
    void remember(double weight);
    bool stopped() const {
        if (work_ > work_limit_) return true;
        return cancel_ != nullptr && cancel_->load(std::memory_order_relaxed);
    }

    // how many heads a region has
    void join_regions();
    static void bound_count(Node& node, CountBound bound);
    void take_counts(const Node& node);
    void reserve();
    bool take(std::uint32_t head);
    void price_exchanges(const Node& node);

    // contiguity
    void separate();
    void add_cuts(std::uint32_t head);
    template <class Passes>
    void reach(std::uint32_t start, Passes passes, std::uint8_t mark);

    // what follows
    bool propagate(Node& node);
    bool keep_counts(Node& node, bool& changed);
    bool assign(Node& node, std::uint32_t atom, std::uint32_t head, bool& changed);
    bool reachable(Node& node, std::uint32_t head, bool& changed);
    bool fix(Node& node, double bound_um);
    template <class Number, class Toll>
    void tolls_from(const Node& node, std::uint32_t head, Toll toll, std::vector<Number>& sum);

    // the tree
    void search();
    Branch choose(const Node& node) const;

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

}  // namespace gridgov::partition
