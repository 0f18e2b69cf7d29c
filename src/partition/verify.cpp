// Verification by plain definitions. This file shares nothing with the solver: no private header of
// this layer, its own traversal (union-find, Dijkstra) and its own sums.
#include "gridgov/partition/verify.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <queue>
#include <string>
#include <utility>

#include "gridgov/error.hpp"
#include "number_text.hpp"
#include "refuse.hpp"

namespace gridgov::partition {
namespace {

/// No finding lists more households than this: the first of each piece, village or courtyard.
constexpr std::size_t records_max = 20;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Rounding allowed a claimed head, per member, and a claimed distance.
constexpr double head_tolerance_m = 1e-6;
constexpr double distance_tolerance_m = 1e-3;

/// Up to this many members every pair is measured; above, the triangle inequality saves most.
constexpr std::size_t all_pairs_members_max = 64;

/// A length for people: to the millimetre, or "inf" where there is no walk.
std::string metres_text(double metres) {
    return number_text(std::isfinite(metres) ? std::round(metres * 1e3) / 1e3 : metres);
}

using Fields = std::vector<std::pair<std::string, std::string>>;

[[noreturn]] void refuse_length(const char* column, std::size_t length, std::size_t expected) {
    refuse(Code::labels_size_mismatch, {{"column", column},
                                        {"length", number_text(length)},
                                        {"expected", number_text(expected)}});
}

/// Sets of rows that edges have joined (union by size, path halving).
class DisjointSets {
public:
    explicit DisjointSets(std::size_t rows) : parent_(rows), size_(rows, 1) {
        std::iota(parent_.begin(), parent_.end(), 0U);
    }
    std::uint32_t find(std::uint32_t row) {
        while (parent_[row] != row) row = parent_[row] = parent_[parent_[row]];
        return row;
    }
    void join(std::uint32_t a, std::uint32_t b) {
        a = find(a);
        b = find(b);
        if (a == b) return;
        if (size_[a] < size_[b]) std::swap(a, b);
        parent_[b] = a;
        size_[a] += size_[b];
    }

private:
    std::vector<std::uint32_t> parent_;
    std::vector<std::uint32_t> size_;
};

/// Distances from one household to some others of its courtyard, all within reach.
class Distances {
public:
    virtual ~Distances() = default;
    virtual void from(std::uint32_t source, std::span<const std::uint32_t> targets,
                      std::span<double> out) = 0;
    /// Households of different pieces cannot be reached from each other at all.
    virtual std::uint32_t piece_of(std::uint32_t household) = 0;
};

class StraightDistances final : public Distances {
public:
    explicit StraightDistances(const Town& town) : positions_(town.positions()) {}
    void from(std::uint32_t source, std::span<const std::uint32_t> targets,
              std::span<double> out) override {
        const Position place = positions_[source];
        for (std::size_t i = 0; i < targets.size(); ++i) {
            const Position other = positions_[targets[i]];
            const auto dx = static_cast<double>(other.x_um - place.x_um);
            const auto dy = static_cast<double>(other.y_um - place.y_um);
            out[i] = std::sqrt(dx * dx + dy * dy) / 1e6;
        }
    }
    std::uint32_t piece_of(std::uint32_t) override { return 0; }

private:
    std::span<const Position> positions_;
};

/// Dijkstra's search that ends when the last target is settled.
class WalkDistances final : public Distances {
public:
    explicit WalkDistances(const neighbours::Graph& network)
        : network_(network), pieces_(network.nodes()), distance_m_(network.nodes(), infinity),
          wanted_(network.nodes(), 0) {
        for (std::uint32_t node = 0; node < network.nodes(); ++node)
            for (const std::uint32_t other : network.neighbours(node)) pieces_.join(node, other);
    }
    void from(std::uint32_t source, std::span<const std::uint32_t> targets,
              std::span<double> out) override {
        std::size_t left = 0;
        for (const std::uint32_t target : targets) {
            if (wanted_[target] == 0) ++left;
            wanted_[target] = 1;
        }
        using Entry = std::pair<double, std::uint32_t>;
        std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
        distance_m_[source] = 0;
        touched_.push_back(source);
        queue.emplace(0.0, source);
        while (left > 0 && !queue.empty()) {
            const auto [distance, node] = queue.top();
            queue.pop();
            if (distance > distance_m_[node]) continue;
            if (wanted_[node] != 0) {
                wanted_[node] = 0;
                --left;
            }
            const auto others = network_.neighbours(node);
            const auto lengths_m = network_.neighbour_lengths_m(node);
            for (std::size_t i = 0; i < others.size(); ++i) {
                const double through = distance + lengths_m[i];
                if (through >= distance_m_[others[i]]) continue;
                if (distance_m_[others[i]] == infinity) touched_.push_back(others[i]);
                distance_m_[others[i]] = through;
                queue.emplace(through, others[i]);
            }
        }
        for (std::size_t i = 0; i < targets.size(); ++i) {
            out[i] = distance_m_[targets[i]];
            wanted_[targets[i]] = 0;
        }
        for (const std::uint32_t node : touched_) distance_m_[node] = infinity;
        touched_.clear();
    }
    std::uint32_t piece_of(std::uint32_t household) override { return pieces_.find(household); }

private:
    const neighbours::Graph& network_;
    DisjointSets pieces_;
    std::vector<double> distance_m_;
    std::vector<std::uint32_t> touched_;
    std::vector<std::uint8_t> wanted_;
};

/// A head's distances to the located members: how many nobody can walk to, and the sum of the rest.
struct Total {
    std::size_t out_of_reach = 0;
    double metres = 0;
};

/// The distances of one head to the members of its courtyard that it can reach.
struct Reach {
    std::vector<std::uint32_t> members;
    std::vector<double> metres;
    Total total;

    void measure(std::uint32_t head, std::span<const std::uint32_t> all, Distances& distances) {
        const std::uint32_t piece = distances.piece_of(head);
        members.clear();
        for (const std::uint32_t member : all)
            if (distances.piece_of(member) == piece) members.push_back(member);
        metres.resize(members.size());
        distances.from(head, members, metres);
        total = {all.size() - members.size(), std::accumulate(metres.begin(), metres.end(), 0.0)};
    }
};

struct Medoid {
    std::uint32_t head = no_index;
    Total total;
};

/// The candidates of those pieces that hold the most members: any other leaves more out of reach.
std::vector<std::uint32_t> best_placed(std::span<const std::uint32_t> candidates,
                                       std::span<const std::uint32_t> members,
                                       Distances& distances) {
    std::vector<std::uint32_t> pieces;
    for (const std::uint32_t member : members) pieces.push_back(distances.piece_of(member));
    std::sort(pieces.begin(), pieces.end());
    const auto members_in = [&](std::uint32_t piece) {
        const auto range = std::equal_range(pieces.begin(), pieces.end(), piece);
        return range.second - range.first;
    };
    std::vector<std::uint32_t> best;
    std::ptrdiff_t most = 0;
    for (const std::uint32_t candidate : candidates) {
        const std::ptrdiff_t here = members_in(distances.piece_of(candidate));
        if (here > most) best.clear();
        most = std::max(most, here);
        if (here == most) best.push_back(candidate);
    }
    return best;
}

/// The candidate with the least total, ties to the first candidate. Beyond a few dozen members, a
/// candidate is passed over when the triangle inequality with one already measured shows that it
/// is no better (Newling & Fleuret 2017, "A sub-quadratic exact medoid algorithm").
Medoid medoid_of(std::span<const std::uint32_t> allowed, std::span<const std::uint32_t> members,
                 Distances& distances) {
    const std::vector<std::uint32_t> candidates = best_placed(allowed, members, distances);
    Medoid best;
    Reach reach;
    if (members.size() <= all_pairs_members_max) {
        for (const std::uint32_t candidate : candidates) {
            reach.measure(candidate, members, distances);
            if (best.head == no_index || reach.total.metres < best.total.metres)
                best = {candidate, reach.total};
        }
        return best;
    }
    std::vector<double> bound_m(candidates.size(), 0.0);
    std::vector<std::uint32_t> others;
    std::vector<std::size_t> other_rows;
    std::vector<double> metres;
    // A stride that shares no factor with the count visits every candidate once, far apart: along
    // the ids one would measure neighbours of neighbours and rule out little.
    std::size_t stride = candidates.size() * 5 / 8 + 1;
    while (std::gcd(stride, candidates.size()) != 1) ++stride;
    for (std::size_t turn = 0, row = 0; turn < candidates.size(); ++turn) {
        row = (row + stride) % candidates.size();
        const std::uint32_t candidate = candidates[row];
        if (best.head != no_index && bound_m[row] >= best.total.metres) continue;
        reach.measure(candidate, members, distances);
        if (best.head == no_index || reach.total.metres < best.total.metres)
            best = {candidate, reach.total};
        others.clear();
        other_rows.clear();
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (bound_m[i] >= best.total.metres ||
                distances.piece_of(candidates[i]) != distances.piece_of(candidate))
                continue;
            others.push_back(candidates[i]);
            other_rows.push_back(i);
        }
        metres.resize(others.size());
        distances.from(candidate, others, metres);
        const auto count = static_cast<double>(reach.members.size());
        for (std::size_t i = 0; i < others.size(); ++i) {
            // |total − count × distance| bounds the other's total; the slack is for rounding.
            const double slack_m = 1e-9 * (reach.total.metres + count * metres[i]);
            const double least_m = std::abs(reach.total.metres - count * metres[i]) - slack_m;
            bound_m[other_rows[i]] = std::max(bound_m[other_rows[i]], least_m);
        }
    }
    return best;
}

class Verifier {
public:
    Verifier(const Town& town, const neighbours::Graph& graph, const Claim& claim,
             const Rules& rules, Distances& distances)
        : town_(town), graph_(graph), claim_(claim), distances_(distances),
          weight_min_(weight_from_number(rules.weight_min)),
          weight_max_(weight_from_number(rules.weight_max)), rules_(rules) {}

    Verification run() {
        gather();
        check_all_assigned();
        find_pieces();
        for (std::size_t row = 0; row < result_.labels.size(); ++row) check_courtyard(row);
        check_pins();
        if (measured_ > 0)
            result_.mean_distance_m = result_.total_distance_m / static_cast<double>(measured_);
        return std::move(result_);
    }

private:
    bool located(std::uint32_t household) const {
        return town_.anchor_of().empty() || town_.anchor_of()[household] == no_index;
    }
    std::string id(std::uint32_t household) const { return town_.id(HouseholdIndex(household)); }
    std::string courtyard_name(std::int32_t label) const {
        const auto index = static_cast<std::size_t>(label);
        return index < claim_.courtyard_ids.size() ? claim_.courtyard_ids[index]
                                                   : std::to_string(label);
    }
    /// Members of the courtyard in a row of the result, by rank.
    std::span<const std::uint32_t> members(std::size_t row) const {
        return std::span(order_).subspan(first_[row], first_[row + 1] - first_[row]);
    }
    void add(Code code, Severity severity, std::vector<std::string> records,
             Fields fields, std::int64_t row = -1) {
        result_.findings.push_back({.code = code,
                                    .severity = severity,
                                    .records = std::move(records),
                                    .fields = std::move(fields),
                                    .table = row < 0 ? Table::none : Table::households,
                                    .row = row});
    }

    /// Sorts the assigned households by label, then by rank.
    void gather() {
        std::vector<std::uint32_t> by_rank(town_.households());
        for (std::uint32_t i = 0; i < town_.households(); ++i) by_rank[town_.rank()[i]] = i;
        for (const std::uint32_t household : by_rank)
            if (claim_.labels[household] >= 0) order_.push_back(household);
        std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
            return claim_.labels[a] < claim_.labels[b];
        });
        for (std::size_t i = 0; i < order_.size(); ++i) {
            const std::int32_t label = claim_.labels[order_[i]];
            if (i > 0 && label == result_.labels.back()) continue;
            result_.labels.push_back(label);
            first_.push_back(i);
        }
        first_.push_back(order_.size());
        const std::size_t count = result_.labels.size();
        result_.households.resize(count);
        result_.weight.resize(count);
        result_.connected.resize(count);
        result_.oversize.resize(count);
        result_.undersize.resize(count);
        result_.one_village.resize(count);
        result_.head.assign(count, no_index);
    }

    void check_all_assigned() {
        for (std::uint32_t household = 0; household < town_.households(); ++household)
            if (claim_.labels[household] < 0)
                add(Code::assignment_missing_household, Severity::error, {id(household)}, {},
                    household);
    }

    /// Joins the households that links inside a courtyard connect.
    void find_pieces() {
        for (std::uint32_t u = 0; u < graph_.nodes(); ++u)
            for (const std::uint32_t v : graph_.neighbours(u))
                if (v < u && claim_.labels[u] >= 0 && claim_.labels[u] == claim_.labels[v])
                    pieces_.join(u, v);
    }

    void check_courtyard(std::size_t row) {
        const auto inside = members(row);
        const std::string name = courtyard_name(result_.labels[row]);
        result_.households[row] = static_cast<std::uint32_t>(inside.size());
        check_village(row, inside, name);
        check_connected(row, inside, name);
        check_size(row, inside, name);
        check_head(row, inside, name);
    }

    void check_village(std::size_t row, std::span<const std::uint32_t> inside,
                       const std::string& name) {
        const auto village_of = town_.village_of();
        std::vector<std::pair<std::uint32_t, std::uint32_t>> first;  // of each village, by rank
        for (const std::uint32_t household : inside)
            if (first.empty() || first.back().first != village_of[household])
                first.emplace_back(village_of[household], household);
        keep_first_of_each(first);
        result_.one_village[row] = first.size() == 1 ? 1 : 0;
        if (first.size() == 1) return;
        std::string names;
        for (const auto& [village, household] : first)
            names += (names.empty() ? "" : ", ") +
                     std::string(town_.village_name(VillageIndex(village)));
        add(Code::courtyard_crosses_villages, Severity::error, ids_of(first),
            {{"courtyard", name}, {"villages", names}});
    }

    void check_connected(std::size_t row, std::span<const std::uint32_t> inside,
                         const std::string& name) {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> first;  // of each piece, by rank
        for (const std::uint32_t household : inside)
            if (located(household) &&
                (first.empty() || first.back().first != pieces_.find(household)))
                first.emplace_back(pieces_.find(household), household);
        keep_first_of_each(first);
        result_.connected[row] = first.size() <= 1 ? 1 : 0;
        if (first.size() <= 1) return;
        add(Code::courtyard_disconnected, Severity::error, ids_of(first),
            {{"courtyard", name}, {"pieces", number_text(first.size())}});
    }

    /// Of pairs (key, household) in the households' order keeps the first of each key.
    static void keep_first_of_each(std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs) {
        std::stable_sort(pairs.begin(), pairs.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        pairs.erase(std::unique(pairs.begin(), pairs.end(),
                                [](const auto& a, const auto& b) { return a.first == b.first; }),
                    pairs.end());
    }

    std::vector<std::string> ids_of(
        const std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs) const {
        std::vector<std::string> ids;
        for (const auto& [key, household] : pairs) {
            if (ids.size() == records_max) break;
            ids.push_back(id(household));
        }
        return ids;
    }

    void check_size(std::size_t row, std::span<const std::uint32_t> inside,
                    const std::string& name) {
        Weight weight;
        for (const std::uint32_t household : inside) weight += town_.weights()[household];
        result_.weight[row] = number_from_weight(weight);
        result_.oversize[row] = weight > weight_max_ ? 1 : 0;
        result_.undersize[row] = weight < weight_min_ ? 1 : 0;
        if (weight > weight_max_)
            add(Code::courtyard_oversize, Severity::error, {name},
                {{"courtyard", name},
                 {"weight", number_text(result_.weight[row])},
                 {"max", number_text(rules_.weight_max)}});
        if (weight < weight_min_)
            add(Code::courtyard_undersize, Severity::error, {name},
                {{"courtyard", name},
                 {"weight", number_text(result_.weight[row])},
                 {"min", number_text(rules_.weight_min)}});
    }

    void check_head(std::size_t row, std::span<const std::uint32_t> inside,
                    const std::string& name) {
        std::vector<std::uint32_t> counted;
        std::vector<std::uint32_t> candidates;
        for (const std::uint32_t household : inside) {
            if (!located(household)) continue;
            counted.push_back(household);
            if (town_.may_be_head()[household] != 0) candidates.push_back(household);
        }
        const Medoid medoid = medoid_of(candidates, counted, distances_);
        std::uint32_t head = medoid.head;
        if (!claim_.head_of_household.empty())
            head = check_claimed_head(inside, counted, medoid, name);
        else if (head == no_index)
            add(Code::no_head_allowed, Severity::error, {name},
                {{"courtyard", name}, {"households", number_text(inside.size())}});
        result_.head[row] = head;
        if (head == no_index) return;
        measure(inside, counted, head);
    }

    /// The claimed head if it is right, else the true one.
    std::uint32_t check_claimed_head(std::span<const std::uint32_t> inside,
                                     std::span<const std::uint32_t> counted, const Medoid& medoid,
                                     const std::string& name) {
        const auto heads = claim_.head_of_household;
        const std::uint32_t claimed = heads[inside.front()];
        const auto differs = std::find_if(inside.begin(), inside.end(), [&](std::uint32_t i) {
            return heads[i] != claimed;
        });
        if (differs != inside.end()) {
            add(Code::courtyard_heads_differ, Severity::error,
                {id(inside.front()), id(*differs)}, {{"courtyard", name}});
            return medoid.head;
        }
        if (claimed == no_index) {
            // Where nobody may be head no head can be named: another assignment is needed.
            if (medoid.head == no_index)
                add(Code::no_head_allowed, Severity::error, {name},
                    {{"courtyard", name}, {"households", number_text(inside.size())}});
            else
                add(Code::courtyard_without_head, Severity::error, {name}, {{"courtyard", name}});
            return medoid.head;
        }
        if (std::find(inside.begin(), inside.end(), claimed) == inside.end()) {
            add(Code::head_not_member, Severity::error, {id(claimed)}, {{"courtyard", name}});
            return medoid.head;
        }
        if (town_.may_be_head()[claimed] == 0 || !located(claimed)) {
            add(Code::head_not_allowed, Severity::error, {id(claimed)}, {{"courtyard", name}});
            return medoid.head;
        }
        Reach reach;
        reach.measure(claimed, counted, distances_);
        const Total total = reach.total;
        const double allowed_m = medoid.total.metres +
                                 head_tolerance_m * static_cast<double>(counted.size());
        // Where every head leaves someone out of reach all totals are infinite, hence equal.
        if (medoid.total.out_of_reach > 0) return claimed;
        if (total.out_of_reach == 0 && total.metres <= allowed_m) return claimed;
        add(Code::head_not_medoid, Severity::error, {id(claimed), id(medoid.head)},
            {{"courtyard", name},
             {"total_m", metres_text(total.out_of_reach > 0 ? infinity : total.metres)},
             {"least_m", metres_text(medoid.total.metres)}});
        return medoid.head;
    }

    /// Adds the distances to the head to the figures and compares them with those claimed.
    void measure(std::span<const std::uint32_t> inside, std::span<const std::uint32_t> counted,
                 std::uint32_t head) {
        Reach reach;
        reach.measure(head, counted, distances_);
        result_.total_distance_m += reach.total.metres;
        measured_ += reach.members.size();
        for (const double distance_m : reach.metres)
            result_.max_distance_m = std::max(result_.max_distance_m, distance_m);
        if (claim_.distance_to_head_m.empty()) return;
        // Claimed distances are to the claimed head; one that is no member is reported already.
        const auto heads = claim_.head_of_household;
        if (!heads.empty() && heads[inside.front()] != head) return;
        std::size_t next = 0;
        for (const std::uint32_t household : counted) {
            const bool reached = next < reach.members.size() && reach.members[next] == household;
            const double true_m = reached ? reach.metres[next++] : infinity;
            const double claimed_m = claim_.distance_to_head_m[household];
            if (std::isnan(claimed_m) || claimed_m == true_m ||
                std::abs(claimed_m - true_m) <= distance_tolerance_m)
                continue;
            add(Code::distance_wrong, Severity::error, {id(household)},
                {{"claimed_m", metres_text(claimed_m)},
                 {"distance_m", metres_text(true_m)}},
                household);
        }
    }

    void check_pins() {
        if (town_.pin_of().empty()) return;
        // Of each pin the households that come first in a courtyard that it is in.
        std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> first(town_.pins());
        for (const std::uint32_t household : order_) {
            const std::uint32_t pin = town_.pin_of()[household];
            if (pin == no_index) continue;
            const auto label = static_cast<std::uint32_t>(claim_.labels[household]);
            if (first[pin].empty() || first[pin].back().first != label)
                first[pin].emplace_back(label, household);
        }
        for (std::uint32_t pin = 0; pin < town_.pins(); ++pin) {
            if (first[pin].size() < 2) continue;
            std::string names;
            for (const auto& [label, household] : first[pin])
                names += (names.empty() ? "" : ", ") +
                         courtyard_name(static_cast<std::int32_t>(label));
            add(Code::pin_split, Severity::error, ids_of(first[pin]),
                {{"pin", std::string(town_.pin_name(pin))}, {"courtyards", names}});
        }
    }

    const Town& town_;
    const neighbours::Graph& graph_;
    const Claim& claim_;
    Distances& distances_;
    const Weight weight_min_;
    const Weight weight_max_;
    const Rules& rules_;
    DisjointSets pieces_{town_.households()};
    std::vector<std::uint32_t> order_;   // assigned households by label, then rank
    std::vector<std::size_t> first_;     // of each courtyard in order_, and the end
    std::size_t measured_ = 0;           // households whose distance is in the total
    Verification result_;
};

/// What walking follows: the network if there is one, else the neighbour graph.
const neighbours::Graph& walked(const Town& town, const neighbours::Graph& graph,
                                const neighbours::Graph& walk_network) {
    return walk_network.nodes() == 0 || walk_network.nodes() < town.households() ? graph
                                                                                : walk_network;
}

void check_call(const Town& town, const neighbours::Graph& graph,
                const neighbours::Graph& walk_network, const Claim& claim, const Rules& rules) {
    const std::size_t count = town.households();
    const bool network_too_small = walk_network.nodes() != 0 && walk_network.nodes() < count;
    if (graph.nodes() != count || network_too_small)
        refuse(
            Code::graph_size_mismatch,
            {{"nodes", number_text(network_too_small ? walk_network.nodes() : graph.nodes())},
             {"households", number_text(count)}});
    const auto heads = claim.head_of_household;
    if (claim.labels.size() != count)
        refuse_length("labels", claim.labels.size(), count);
    if (!heads.empty() && heads.size() != count)
        refuse_length("head_of_household", heads.size(), count);
    if (!claim.distance_to_head_m.empty() && claim.distance_to_head_m.size() != count)
        refuse_length("distance_to_head_m", claim.distance_to_head_m.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto row = static_cast<std::int64_t>(i);
        if (claim.labels[i] < -1)
            refuse(Code::label_out_of_range,
                              {{"label", number_text(claim.labels[i])}}, row);
        if (!heads.empty() && heads[i] != no_index && heads[i] >= count)
            refuse(Code::label_out_of_range, {{"label", number_text(heads[i])}}, row);
    }
    // Only what is verified matters here: the target is the solver's business.
    const bool bounds_valid = rules.weight_min > 0 && rules.weight_max >= rules.weight_min &&
                              rules.weight_max <= 1e12;
    if (!bounds_valid)
        refuse(Code::bounds_invalid, {{"min", number_text(rules.weight_min)},
                                                 {"max", number_text(rules.weight_max)}});
}

}  // namespace

bool Verification::holds() const noexcept {
    return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.severity == Severity::error;
    });
}

Verification verify(const Town& town, const neighbours::Graph& graph,
                    const neighbours::Graph& walk_network, const Claim& claim, const Rules& rules,
                    Metric metric) {
    check_call(town, graph, walk_network, claim, rules);
    if (metric == Metric::walk) {
        WalkDistances distances(walked(town, graph, walk_network));
        return Verifier(town, graph, claim, rules, distances).run();
    }
    StraightDistances distances(town);
    return Verifier(town, graph, claim, rules, distances).run();
}

}  // namespace gridgov::partition
