// A lower bound checked by plain definitions (docs/explanation/bound.md). Nothing here is shared
// with the solver or with what searches for the multipliers. The check rests on four facts:
//  1. for any numbers λ a division into courtyards S with heads j has a total distance of
//     Σ λ + Σ over courtyards of cost(j, S), cost(j, S) = Σ_{i in S} (d(i, j) − λ_i), since each
//     household is in one courtyard;
//  2. least_cost(j) ≤ cost(j, S) for every S with j in it and a weight within the limits;
//  3. so Σ λ + the sum of the `number` least of least_cost(j) is a lower bound;
//  4. distances are rounded down and the rest is whole numbers, so no rounding can lift it.
#include "gridgov/partition/certificate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <queue>
#include <string>
#include <utility>

#include "number_text.hpp"
#include "refuse.hpp"

namespace gridgov::partition {
namespace {

__extension__ typedef __int128 Wide;

struct Near {
    std::uint32_t household;
    std::int64_t distance_um;
};

/// Finds who could be worth serving: every household, but `from` itself, whose distance less its
/// multiplier is below `threshold`; others may be among them.
class Search {
public:
    virtual ~Search() = default;
    virtual void below(std::uint32_t from, std::int64_t threshold, std::vector<Near>& found) = 0;
};

/// ⌊√(dx² + dy²)⌋
std::int64_t whole_distance(std::int64_t dx, std::int64_t dy) {
    const Wide square = Wide{dx} * dx + Wide{dy} * dy;
    auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(square)));
    while (Wide{root} * root > square) --root;
    while (Wide{root + 1} * (root + 1) <= square) ++root;
    return root;
}

/// A k-d tree; each branch knows its box and the greatest multiplier in it.
class StraightSearch final : public Search {
public:
    StraightSearch(std::span<const Position> positions, std::vector<std::uint32_t> households,
                   std::span<const std::int64_t> multiplier)
        : positions_(positions), multiplier_(multiplier), order_(std::move(households)) {
        if (!order_.empty()) grow(0, order_.size());
    }
    void below(std::uint32_t from, std::int64_t threshold, std::vector<Near>& found) override {
        found.clear();
        if (!order_.empty()) visit(0, from, threshold, found);
    }

private:
    struct Branch {
        std::size_t first, last, lower = 0, upper = 0;  // 0: a leaf
        Position low, high;
        std::int64_t multiplier;
    };

    std::size_t grow(std::size_t first, std::size_t last) {
        Branch branch{first, last, 0, 0, positions_[order_[first]], positions_[order_[first]],
                      multiplier_[order_[first]]};
        for (std::size_t k = first; k < last; ++k) {
            const Position place = positions_[order_[k]];
            branch.low.x_um = std::min(branch.low.x_um, place.x_um);
            branch.low.y_um = std::min(branch.low.y_um, place.y_um);
            branch.high.x_um = std::max(branch.high.x_um, place.x_um);
            branch.high.y_um = std::max(branch.high.y_um, place.y_um);
            branch.multiplier = std::max(branch.multiplier, multiplier_[order_[k]]);
        }
        const std::size_t index = branches_.size();
        branches_.push_back(branch);
        if (last - first > 8) {
            const bool wide =
                branch.high.x_um - branch.low.x_um > branch.high.y_um - branch.low.y_um;
            const std::size_t middle = (first + last) / 2;
            const auto at = [&](std::size_t k) {
                return order_.begin() + static_cast<std::ptrdiff_t>(k);
            };
            std::nth_element(at(first), at(middle), at(last),
                             [&](std::uint32_t a, std::uint32_t b) {
                                 return wide ? positions_[a].x_um < positions_[b].x_um
                                             : positions_[a].y_um < positions_[b].y_um;
                             });
            const std::size_t lower = grow(first, middle);
            const std::size_t upper = grow(middle, last);
            branches_[index].lower = lower;
            branches_[index].upper = upper;
        }
        return index;
    }

    void visit(std::size_t index, std::uint32_t from, std::int64_t threshold,
               std::vector<Near>& found) const {
        const Branch& branch = branches_[index];
        const Position place = positions_[from];
        const std::int64_t dx = std::max<std::int64_t>(
            {branch.low.x_um - place.x_um, place.x_um - branch.high.x_um, 0});
        const std::int64_t dy = std::max<std::int64_t>(
            {branch.low.y_um - place.y_um, place.y_um - branch.high.y_um, 0});
        if (std::max(dx, dy) - branch.multiplier >= threshold ||
            whole_distance(dx, dy) - branch.multiplier >= threshold)
            return;
        if (branch.lower != 0) {
            visit(branch.lower, from, threshold, found);
            visit(branch.upper, from, threshold, found);
            return;
        }
        for (std::size_t k = branch.first; k < branch.last; ++k) {
            const std::uint32_t other = order_[k];
            if (other == from) continue;
            const Position there = positions_[other];
            found.push_back(
                {other, whole_distance(there.x_um - place.x_um, there.y_um - place.y_um)});
        }
    }

    std::span<const Position> positions_;
    std::span<const std::int64_t> multiplier_;
    std::vector<std::uint32_t> order_;
    std::vector<Branch> branches_;
};

/// Dijkstra's search. A first search from all households, each starting at its multiplier, gives
/// every node the greatest multiplier less the walk to it: a search that cannot gain by going on
/// from a node does not.
class WalkSearch final : public Search {
public:
    WalkSearch(const neighbours::Graph& network, std::span<const std::uint32_t> households,
               std::span<const std::int64_t> multiplier)
        : network_(network), worth_(network.nodes(), std::numeric_limits<std::int64_t>::min() / 2),
          distance_(network.nodes(), unknown), household_(network.nodes(), 0) {
        for (const double length_m : network.lengths_m())
            lengths_.push_back(whole_length(length_m));
        std::priority_queue<std::pair<std::int64_t, std::uint32_t>> queue;
        for (const std::uint32_t household : households) {
            household_[household] = 1;
            worth_[household] = multiplier[household];
            queue.emplace(multiplier[household], household);
        }
        while (!queue.empty()) {
            const std::int64_t worth = queue.top().first;
            const std::uint32_t node = queue.top().second;
            queue.pop();
            if (worth < worth_[node]) continue;
            each_neighbour(node, [&](std::uint32_t other, std::int64_t length) {
                if (worth - length <= worth_[other]) return;
                worth_[other] = worth - length;
                queue.emplace(worth - length, other);
            });
        }
    }
    void below(std::uint32_t from, std::int64_t threshold, std::vector<Near>& found) override {
        found.clear();
        using Entry = std::pair<std::int64_t, std::uint32_t>;
        std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
        std::vector<std::uint32_t> touched{from};
        distance_[from] = 0;
        queue.emplace(0, from);
        while (!queue.empty()) {
            const std::int64_t distance = queue.top().first;
            const std::uint32_t node = queue.top().second;
            queue.pop();
            if (distance > distance_[node]) continue;
            if (household_[node] && node != from) found.push_back({node, distance});
            each_neighbour(node, [&](std::uint32_t other, std::int64_t length) {
                const std::int64_t through = distance + length;
                if (through >= distance_[other] || through - worth_[other] >= threshold) return;
                if (distance_[other] == unknown) touched.push_back(other);
                distance_[other] = through;
                queue.emplace(through, other);
            });
        }
        for (const std::uint32_t node : touched) distance_[node] = unknown;
    }

private:
    static constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::max();

    /// A length in whole micrometres, one less than the nearest, hence below the true one and the
    /// same where six decimals were kept; longer than any two places are apart is as good as that.
    static std::int64_t whole_length(double length_m) {
        constexpr double most_um = 0x1p50;
        const double length_um = length_m * 1e6;
        if (!(length_um < most_um)) return static_cast<std::int64_t>(most_um);
        return std::max<std::int64_t>(0, std::llround(length_um) - 1);
    }
    template <class Visit>
    void each_neighbour(std::uint32_t node, Visit visit) const {
        const auto others = network_.neighbours(node);
        const auto first = static_cast<std::size_t>(network_.offsets()[node]);
        for (std::size_t k = 0; k < others.size(); ++k) visit(others[k], lengths_[first + k]);
    }

    const neighbours::Graph& network_;
    std::vector<std::int64_t> lengths_, worth_, distance_;
    std::vector<std::uint8_t> household_;
};

/// A component as the check finds it.
struct Part {
    std::vector<std::uint32_t> households;
    std::int64_t weight = 0;          ///< with those without coordinates that follow
    std::int64_t least = 0, most = 0;  ///< numbers of courtyards that sizes allow
    std::int64_t number = 0;          ///< the contract's rule (2)
    bool feasible = true;
    const CertificateComponent* claim = nullptr;
};

class Checker {
public:
    Checker(const Town& town, const neighbours::Graph& graph, const neighbours::Graph& network,
            const Certificate& certificate, const Rules& rules, Metric metric)
        : town_(town), graph_(graph), network_(network), certificate_(certificate), rules_(rules),
          metric_(metric), weight_min_(weight_from_number(rules.weight_min).millionths),
          weight_max_(weight_from_number(rules.weight_max).millionths),
          weight_target_(weight_from_number(rules.weight_target).millionths) {}

    Confirmation run() {
        compare_rules();
        find_parts();
        if (rules_.courtyards) share_out(*rules_.courtyards - set_aside_);
        match_claims();
        result_.components = static_cast<std::uint32_t>(parts_.size());
        if (!multipliers_in_range() || !result_.findings.empty()) return std::move(result_);
        compute();
        return std::move(result_);
    }

private:
    using Fields = std::vector<std::pair<std::string, std::string>>;

    void add(Code code, std::vector<std::string> records, Fields fields) {
        Finding finding;
        finding.code = code;
        finding.records = std::move(records);
        finding.fields = std::move(fields);
        result_.findings.push_back(std::move(finding));
    }
    std::string id(std::uint32_t household) const { return town_.id(HouseholdIndex(household)); }
    std::string name(const Part& part) const {
        return id(*std::min_element(
            part.households.begin(), part.households.end(), [&](std::uint32_t a, std::uint32_t b) {
                return town_.rank()[a] < town_.rank()[b];
            }));
    }
    static std::string metres(std::int64_t um) {
        return number_text(std::round(static_cast<double>(um) / 1e3) / 1e3);
    }

    void compare_rules() {
        const auto compare = [&](const char* what, const std::string& claimed,
                                 const std::string& given) {
            if (claimed != given)
                add(Code::certificate_rules_differ, {},
                    {{"rule", what}, {"claimed", claimed}, {"given", given}});
        };
        const Rules& claimed = certificate_.rules;
        const auto count = [](const std::optional<std::int64_t>& number) {
            return number ? std::to_string(*number) : std::string("-");
        };
        compare("min", number_text(claimed.weight_min), number_text(rules_.weight_min));
        compare("max", number_text(claimed.weight_max), number_text(rules_.weight_max));
        compare("target", number_text(claimed.weight_target), number_text(rules_.weight_target));
        compare("courtyards", count(claimed.courtyards), count(rules_.courtyards));
        const auto metric = [](Metric one) { return one == Metric::walk ? "walk" : "straight"; };
        compare("metric", metric(certificate_.metric), metric(metric_));
    }

    bool located(std::uint32_t household) const {
        return town_.anchor_of().empty() || town_.anchor_of()[household] == no_index;
    }

    /// The located households that links connect once the ones too heavy for any courtyard are
    /// set aside, in order of their first row; and the number of courtyards of each.
    void find_parts() {
        const auto households = static_cast<std::uint32_t>(town_.households());
        std::vector<std::int64_t> weight(households);
        unlocated_weight_.assign(town_.villages(), 0);
        for (std::uint32_t i = 0; i < households; ++i) {
            const std::int64_t own = town_.weights()[i].millionths;
            weight[located(i) ? i : town_.anchor_of()[i]] += own;
            if (!located(i)) unlocated_weight_[town_.village_of()[i]] += own;
        }
        part_of_.assign(households, no_index);
        const auto in_part = [&](std::uint32_t i) {
            return located(i) && weight[i] <= weight_max_;
        };
        std::vector<std::uint32_t> open;
        for (std::uint32_t first = 0; first < households; ++first) {
            if (located(first) && !in_part(first)) ++set_aside_;
            if (!in_part(first) || part_of_[first] != no_index) continue;
            Part part;
            open.assign(1, first);
            part_of_[first] = static_cast<std::uint32_t>(parts_.size());
            while (!open.empty()) {
                const std::uint32_t i = open.back();
                open.pop_back();
                part.households.push_back(i);
                part.weight += weight[i];
                for (const std::uint32_t other : graph_.neighbours(i)) {
                    if (!in_part(other) || part_of_[other] != no_index) continue;
                    part_of_[other] = part_of_[first];
                    open.push_back(other);
                }
            }
            count_courtyards(part);
            parts_.push_back(std::move(part));
        }
    }

    /// The whole number nearest to weight ÷ target within [⌈weight ÷ max⌉, ⌊weight ÷ min⌋], halves
    /// upward; where there is none, as many as can be legal and one more.
    void count_courtyards(Part& part) const {
        part.least = (part.weight + weight_max_ - 1) / weight_max_;
        part.most = part.weight / weight_min_;
        part.feasible = part.least <= part.most;
        if (!part.feasible) part.least = part.most = part.most + 1;
        const Wide halves = Wide{part.weight} * 2 / weight_target_;  // ⌊2 w ÷ t⌋
        part.number =
            std::clamp(static_cast<std::int64_t>((halves + 1) / 2), part.least, part.most);
    }

    /// A number given for all: each part's share by weight, rounded down and within its limits;
    /// what is then missing or too much goes one by one to whom its share is most wronged, earlier
    /// parts first.
    void share_out(std::int64_t wanted) {
        Wide total = 0;
        for (const Part& part : parts_) total += part.weight;
        std::int64_t given = 0;
        for (Part& part : parts_) {
            if (part.feasible)
                part.number =
                    std::clamp(static_cast<std::int64_t>(Wide{wanted} * part.weight / total),
                               part.least, part.most);
            given += part.number;
        }
        const int step = given < wanted ? 1 : -1;
        using Entry = std::pair<Wide, std::int64_t>;  // how much wronged, and −row: greatest first
        std::priority_queue<Entry> queue;
        const auto offer = [&](std::int64_t row) {
            const Part& part = parts_[static_cast<std::size_t>(row)];
            const std::int64_t next = part.number + step;
            if (part.feasible && part.least <= next && next <= part.most)
                queue.emplace(step * (Wide{wanted} * part.weight - Wide{part.number} * total),
                              -row);
        };
        const auto rows = static_cast<std::int64_t>(parts_.size());
        for (std::int64_t row = 0; row < rows; ++row) offer(row);
        while (given != wanted && !queue.empty()) {
            const std::int64_t row = -queue.top().second;
            queue.pop();
            parts_[static_cast<std::size_t>(row)].number += step;
            given += step;
            offer(row);
        }
    }

    /// Each part has one claim, which is no narrower than the rules.
    void match_claims() {
        for (const CertificateComponent& claim : certificate_.components) {
            if (claim.household >= part_of_.size() || part_of_[claim.household] == no_index) {
                add(Code::certificate_component_unknown,
                    {claim.household < part_of_.size() ? id(claim.household)
                                                       : number_text(claim.household)},
                    {});
                continue;
            }
            Part& part = parts_[part_of_[claim.household]];
            if (part.claim != nullptr) {
                add(Code::certificate_component_repeated, {id(claim.household)}, {});
                continue;
            }
            part.claim = &claim;
            if (!(1 <= claim.courtyards_least && claim.courtyards_least <= part.number &&
                  part.number <= claim.courtyards_most))
                add(Code::certificate_number_wrong, {id(claim.household)},
                    {{"least", std::to_string(claim.courtyards_least)},
                     {"most", std::to_string(claim.courtyards_most)},
                     {"number", std::to_string(part.number)}});
            const std::int64_t away = unlocated_weight_[town_.village_of()[claim.household]];
            const std::int64_t least =
                part.feasible ? std::max<std::int64_t>(0, weight_min_ - away) : 0;
            const std::int64_t most =
                part.feasible ? weight_max_ : std::numeric_limits<std::int64_t>::max();
            if (claim.weight_least > least || claim.weight_least < 0 || claim.weight_most < most)
                add(Code::certificate_sizes_wrong, {id(claim.household)},
                    {{"least", number_text(number_from_weight({claim.weight_least}))},
                     {"most", number_text(number_from_weight({claim.weight_most}))}});
            if (claim.courtyards_least != claim.courtyards_most || claim.weight_least != least ||
                claim.weight_most != most)
                ++result_.relaxed;
        }
        for (const Part& part : parts_)
            if (part.claim == nullptr)
                add(Code::certificate_component_missing, {name(part)}, {});
    }

    bool multipliers_in_range() {
        for (std::uint32_t i = 0; i < part_of_.size(); ++i) {
            const std::int64_t multiplier = certificate_.multiplier_um[i];
            if (part_of_[i] == no_index || (-certificate_multiplier_um_max <= multiplier &&
                                            multiplier <= certificate_multiplier_um_max))
                continue;
            add(Code::certificate_multiplier_out_of_range, {id(i)},
                {{"multiplier_um", std::to_string(multiplier)}});
            return false;
        }
        return true;
    }

    void compute() {
        std::vector<std::uint32_t> all;
        for (std::uint32_t i = 0; i < part_of_.size(); ++i)
            if (part_of_[i] != no_index) all.push_back(i);
        Wide total = 0;
        const auto sum = [&](Search& search) {
            for (const Part& part : parts_) {
                const Wide bound = bound_of(part, search);
                if (bound < part.claim->total_um)
                    add(Code::certificate_bound_too_high, {name(part)},
                        {{"claimed_m", metres(part.claim->total_um)},
                         {"confirmed_m", metres(clamped(bound))}});
                total += bound;
            }
        };
        if (metric_ == Metric::walk) {
            WalkSearch search(network_.nodes() > 0 ? network_ : graph_, all,
                              certificate_.multiplier_um);
            sum(search);
        } else {
            StraightSearch search(town_.positions(), all, certificate_.multiplier_um);
            sum(search);
        }
        result_.total_um = clamped(total);
        if (certificate_.total_um > result_.total_um)
            add(Code::certificate_bound_too_high, {},
                {{"claimed_m", metres(certificate_.total_um)},
                 {"confirmed_m", metres(result_.total_um)}});
    }

    static std::int64_t clamped(Wide value) {
        return static_cast<std::int64_t>(std::clamp<Wide>(value, 0, Wide{1} << 62));
    }

    /// Σ λ and the least costs, of the number of them that makes least; 0 if that is more. A claim
    /// of 0 needs no proof.
    Wide bound_of(const Part& part, Search& search) {
        if (part.claim->total_um <= 0) return 0;
        Wide bound = 0;
        std::int64_t weight_most = 1, multiplier_most = 1;
        for (const std::uint32_t i : part.households) {
            bound += certificate_.multiplier_um[i];
            weight_most = std::max(weight_most, town_.weights()[i].millionths);
            multiplier_most = std::max(multiplier_most, certificate_.multiplier_um[i]);
        }
        std::vector<Wide> costs;
        for (const std::uint32_t i : part.households)
            if (town_.may_be_head()[i] != 0)
                costs.push_back(least_cost(i, part, search, weight_most, multiplier_most));
        std::sort(costs.begin(), costs.end());
        const CertificateComponent& claim = *part.claim;
        // With fewer heads allowed than courtyards there is nothing to bound.
        if (costs.size() < static_cast<std::size_t>(claim.courtyards_least)) return 0;
        for (std::size_t k = 0; k < costs.size(); ++k) {
            const auto number = static_cast<std::int64_t>(k) + 1;
            if (number > claim.courtyards_most) break;
            if (number > claim.courtyards_least && costs[k] >= 0) break;
            bound += costs[k];
        }
        return std::max<Wide>(bound, 0);
    }

    struct Offer {
        std::int64_t cost, weight;
    };

    /// The least of Σ (distance − multiplier) over sets with `head` in it whose weight is within
    /// the claim's limits, households cut in parts if need be: the cheapest by weight first.
    /// Whoever is beyond the threshold costs at least the threshold and weighs at most
    /// `weight_most`; the search goes on until nobody beyond could be wanted, or prices them so.
    Wide least_cost(std::uint32_t head, const Part& part, Search& search, std::int64_t weight_most,
                    std::int64_t multiplier_most) {
        const std::int64_t own = town_.weights()[head].millionths;
        const std::int64_t need = part.claim->weight_least - own;
        const std::int64_t room = part.claim->weight_most - own;
        for (std::int64_t threshold = 1;; threshold = std::min(4 * threshold, multiplier_most)) {
            search.below(head, threshold, near_);
            offers_.clear();
            for (const Near& near : near_) {
                const std::int64_t cost =
                    near.distance_um - certificate_.multiplier_um[near.household];
                if (part_of_[near.household] == part_of_[head] && cost < threshold)
                    offers_.push_back({cost, town_.weights()[near.household].millionths});
            }
            std::sort(offers_.begin(), offers_.end(), [](const Offer& a, const Offer& b) {
                return Wide{a.cost} * b.weight < Wide{b.cost} * a.weight;
            });
            Wide cost = -Wide{certificate_.multiplier_um[head]};
            std::int64_t taken = 0;
            for (const Offer& offer : offers_) {
                if (Wide{offer.cost} * weight_most > Wide{threshold} * offer.weight) break;
                const std::int64_t wanted = (offer.cost < 0 ? room : need) - taken;
                if (wanted <= 0) break;
                const std::int64_t part_taken = std::min(offer.weight, wanted);
                cost += floor_of(Wide{offer.cost} * part_taken, offer.weight);
                taken += part_taken;
            }
            if (taken >= need) return cost;
            if (threshold >= multiplier_most)
                return cost + Wide{threshold} * (need - taken) / weight_most;
            if (threshold == 1)  // then on from what is usual here
                threshold = std::clamp<std::int64_t>(
                    certificate_.multiplier_um[head] / 8, 1, multiplier_most);
        }
    }
    static Wide floor_of(Wide numerator, std::int64_t denominator) {
        return numerator / denominator - (numerator % denominator < 0 ? 1 : 0);
    }

    const Town& town_;
    const neighbours::Graph& graph_;
    const neighbours::Graph& network_;
    const Certificate& certificate_;
    const Rules& rules_;
    const Metric metric_;
    const std::int64_t weight_min_, weight_max_, weight_target_;
    std::vector<Part> parts_;
    std::vector<std::uint32_t> part_of_;  // per household; no_index: in none
    std::vector<std::int64_t> unlocated_weight_;  // by village
    std::int64_t set_aside_ = 0;
    std::vector<Near> near_;
    std::vector<Offer> offers_;
    Confirmation result_;
};

}  // namespace

Confirmation check_certificate(const Town& town, const neighbours::Graph& graph,
                               const neighbours::Graph& walk_network,
                               const Certificate& certificate, const Rules& rules, Metric metric) {
    const bool network_too_small =
        walk_network.nodes() != 0 && walk_network.nodes() < town.households();
    if (graph.nodes() != town.households() || network_too_small)
        refuse(Code::graph_size_mismatch,
               {{"nodes", number_text(network_too_small ? walk_network.nodes() : graph.nodes())},
                {"households", number_text(town.households())}});
    if (certificate.multiplier_um.size() != town.households())
        refuse(Code::labels_size_mismatch,
               {{"column", "multiplier_um"},
                {"length", number_text(certificate.multiplier_um.size())},
                {"expected", number_text(town.households())}});
    if (!(rules.weight_min > 0 && rules.weight_max >= rules.weight_min &&
          rules.weight_target > 0 && rules.weight_max <= 1e12 && rules.weight_target <= 1e12))
        refuse(Code::bounds_invalid, {{"min", number_text(rules.weight_min)},
                                      {"max", number_text(rules.weight_max)}});
    return Checker(town, graph, walk_network, certificate, rules, metric).run();
}

}  // namespace gridgov::partition
