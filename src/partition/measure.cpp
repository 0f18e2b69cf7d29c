#include "partition/measure.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "gridgov/neighbours/walk.hpp"
#include "large_pages.hpp"
#include "number_text.hpp"
#include "partition/walk_network.hpp"
#include "pieces.hpp"
#include "refuse.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

constexpr double no_distance = std::numeric_limits<double>::quiet_NaN();

/// Courtyards as lists of rows, in the order of the result; each list in row order until sorted.
struct Members {
    std::vector<std::uint32_t> offsets, rows;
    std::vector<std::uint32_t> slot_of;  ///< a row's place in `rows` before any list was sorted
    std::span<const std::uint32_t> operator[](std::size_t courtyard) const {
        return {rows.data() + offsets[courtyard], offsets[courtyard + 1] - offsets[courtyard]};
    }
    std::size_t size() const { return offsets.size() - 1; }
};

/// Labels made 0 … labels − 1: themselves where they are small numbers already.
std::vector<std::uint32_t> plain_labels(std::span<const std::int32_t> labels, std::size_t& count) {
    const auto greatest = static_cast<std::size_t>(*std::max_element(labels.begin(), labels.end()));
    std::vector<std::uint32_t> plain(labels.begin(), labels.end());
    count = greatest + 1;
    if (greatest < 2 * labels.size()) return plain;
    std::vector<std::uint32_t> names = plain;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (std::uint32_t& label : plain)
        label = static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), label) -
                                           names.begin());
    count = names.size();
    return plain;
}

/// Numbers courtyards by village, then by their smallest id, and lists their members.
Members number_courtyards(const Town& town, std::span<const std::int32_t> labels,
                          std::vector<std::int32_t>& number_of) {
    const auto households = static_cast<std::uint32_t>(labels.size());
    const auto rank = town.rank();
    std::size_t plain_count = 0;
    const std::vector<std::uint32_t> plain = plain_labels(labels, plain_count);
    std::vector<std::uint32_t> first(plain_count, no_index);  // household of the smallest id
    for (std::uint32_t row = 0; row < households; ++row) {
        std::uint32_t& least = first[plain[row]];
        if (least == no_index || rank[row] < rank[least]) least = row;
    }
    std::vector<std::uint32_t> order;
    for (std::uint32_t label = 0; label < plain_count; ++label)
        if (first[label] != no_index) order.push_back(label);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const std::uint32_t va = town.village_of()[first[a]], vb = town.village_of()[first[b]];
        return va != vb ? va < vb : rank[first[a]] < rank[first[b]];
    });
    std::vector<std::uint32_t> position(plain_count, 0);
    for (std::uint32_t i = 0; i < order.size(); ++i) position[order[i]] = i;

    Members members;
    members.offsets.assign(order.size() + 1, 0);
    resize_in_large_pages(number_of, households);
    for (std::uint32_t row = 0; row < households; ++row) {
        number_of[row] = static_cast<std::int32_t>(position[plain[row]]);
        ++members.offsets[position[plain[row]] + 1];
    }
    std::partial_sum(members.offsets.begin(), members.offsets.end(), members.offsets.begin());
    resize_in_large_pages(members.rows, households);
    std::vector<std::uint32_t> next(members.offsets.begin(), members.offsets.end() - 1);
    resize_in_large_pages(members.slot_of, households);
    for (std::uint32_t row = 0; row < households; ++row) {
        const std::uint32_t slot = next[static_cast<std::size_t>(number_of[row])]++;
        members.slot_of[row] = slot;
        members.rows[slot] = row;
    }
    return members;
}

/// Rows with coordinates, courtyard by courtyard.
std::vector<std::uint32_t> located(const Town& town, const Members& members) {
    const auto anchors = town.anchor_of();
    std::vector<std::uint32_t> rows;
    for (const std::uint32_t row : members.rows)
        if (anchors.empty() || anchors[row] == no_index) rows.push_back(row);
    return rows;
}

/// Measures one courtyard: head and distances.
class Ruler {
public:
    /// `walk_graph`: what walking follows; null where distances are straight. `walk_network`: the
    /// same with the located households; null where that makes it no smaller.
    Ruler(const Town& town, const neighbours::Graph* walk_graph, const WalkNetwork* walk_network)
        : town_(town) {
        if (walk_graph == nullptr) return;
        nodes_ = static_cast<double>(walk_graph->nodes());
        walk_.emplace(*walk_graph);
        if (walk_network != nullptr) search_.emplace(*walk_network);
    }

    /// Fills `distance[row]` for the members; returns the head's row or no_index.
    std::uint32_t measure(std::span<const std::uint32_t> members, std::vector<double>& distance) {
        const auto anchors = town_.anchor_of();
        located_.clear();
        for (const std::uint32_t row : members) {
            distance[row] = no_distance;
            if (anchors.empty() || anchors[row] == no_index) located_.push_back(row);
        }
        return walk_ ? measure_walk(distance) : measure_straight(distance);
    }

private:
    std::uint32_t measure_straight(std::vector<double>& distance) {
        // Distances are symmetric to the bit, so that each total is summed in id order below.
        const auto positions = town_.positions();
        const std::size_t count = located_.size();
        if (count == 0) return no_index;
        const Position origin = positions[located_.front()];
        x_.resize(count);
        y_.resize(count);
        total_.assign(count, 0.0);
        for (std::size_t i = 0; i < count; ++i) {
            x_[i] = static_cast<double>(positions[located_[i]].x_um - origin.x_um);
            y_[i] = static_cast<double>(positions[located_[i]].y_um - origin.y_um);
        }
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j) total_[j] += straight_m(i, j);
        std::size_t head = count;
        for (std::size_t i = 0; i < count; ++i)  // in id order: ties go to the smallest
            if (town_.may_be_head()[located_[i]] && (head == count || total_[i] < total_[head]))
                head = i;
        if (head == count) return no_index;
        for (std::size_t i = 0; i < count; ++i) distance[located_[i]] = straight_m(head, i);
        return located_[head];
    }
    /// As straight_distance_m, between the i-th and the j-th.
    double straight_m(std::size_t i, std::size_t j) const {
        const double dx = x_[i] - x_[j];
        const double dy = y_[i] - y_[j];
        const double xx = dx * dx;
        const double yy = dy * dy;
        return std::sqrt(xx + yy) * 1e-6;
    }

    std::uint32_t measure_walk(std::vector<double>& distance) {
        std::uint32_t head = no_index;
        double least = std::numeric_limits<double>::infinity();
        std::size_t fewest_out_of_reach = 0;
        from_.resize(located_.size());
        find_candidates();
        for (const std::uint32_t candidate : candidates_) {  // in id order: ties go to the smallest
            walk_->distances_m(candidate, located_, from_, std::numeric_limits<double>::infinity());
            double sum = 0;
            std::size_t out_of_reach = 0;  // only in courtyards that no walk joins
            for (const double d : from_) {
                if (d < std::numeric_limits<double>::infinity())
                    sum += d;
                else
                    ++out_of_reach;
            }
            if (head == no_index || out_of_reach < fewest_out_of_reach ||
                (out_of_reach == fewest_out_of_reach && sum < least)) {
                fewest_out_of_reach = out_of_reach;
                least = sum;
                head = candidate;
                best_ = from_;
            }
        }
        if (head != no_index)
            for (std::size_t i = 0; i < located_.size(); ++i)
                if (best_[i] < std::numeric_limits<double>::infinity())
                    distance[located_[i]] = best_[i];
        return head;
    }

    /// Who may be head, but for those certainly farther from all than another. From junction to
    /// junction walks are found in a fraction of the time, but not rounded as `walk_` rounds them:
    /// usually one candidate is left for it, seldom more.
    void find_candidates() {
        candidates_.clear();
        numbers_.clear();
        for (std::uint32_t i = 0; i < located_.size(); ++i)
            if (town_.may_be_head()[located_[i]]) {
                candidates_.push_back(located_[i]);
                numbers_.push_back(i);
            }
        if (candidates_.size() < 2 || !search_) return;
        targets_.resize(located_.size());
        std::iota(targets_.begin(), targets_.end(), 0U);
        search_->number(located_);
        sums_.clear();
        Sum least{located_.size(), std::numeric_limits<double>::infinity()};
        for (const std::uint32_t number : numbers_) {
            Sum sum{located_.size(), 0};
            search_->nearest(number, 0, targets_, [&](std::uint32_t, double distance_um) {
                --sum.out_of_reach;
                sum.total_um += distance_um;
            });
            constexpr double exact_um = 0x1p51;  // beyond it nothing is certain
            if (!(sum.total_um < exact_um)) return;
            sums_.push_back(sum);
            least = std::min(least, sum);
        }
        // A walk of so many links at most is rounded to whole µm and each link to 2^-10 µm there, each
        // sum to 53 bits here.
        const double margin_um =
            2 * (static_cast<double>(located_.size()) * (1 + nodes_ * 0x1p-10) +
                 least.total_um * nodes_ * 0x1p-50);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < candidates_.size(); ++i)
            if (sums_[i].out_of_reach == least.out_of_reach &&
                sums_[i].total_um <= least.total_um + margin_um)
                candidates_[kept++] = candidates_[i];
        candidates_.resize(kept);
    }

    struct Sum {
        std::size_t out_of_reach;
        double total_um;
        auto operator<=>(const Sum&) const = default;
    };

    const Town& town_;
    double nodes_ = 0;
    std::optional<neighbours::Walk> walk_;
    std::optional<WalkSearch> search_;
    std::vector<std::uint32_t> located_;
    std::vector<std::uint32_t> candidates_, numbers_, targets_;  ///< numbers: places in located_
    std::vector<Sum> sums_;                                      ///< a candidate each
    std::vector<double> from_, best_;
    std::vector<double> x_, y_, total_;
};

/// Connected pieces of a courtyard's located members; those without coordinates have no place.
class Connector {
public:
    Connector(const Town& town, const neighbours::Graph& graph, const Members& members)
        : village_of_(town.villages() > 1 ? town.village_of() : std::span<const std::uint32_t>{}),
          anchors_(town.anchor_of()), graph_(graph), members_(members) {}

    /// The number of pieces, and whether all are of one village.
    std::pair<std::size_t, bool> pieces(std::size_t courtyard) {
        const auto rows = members_[courtyard];
        const std::uint32_t first = members_.offsets[courtyard];
        pieces_.start(rows.size());
        std::size_t unlocated = 0;
        bool one_village = true;
        for (const std::uint32_t row : rows) {
            if (!village_of_.empty())
                one_village = one_village && village_of_[row] == village_of_[rows.front()];
            if (!located(row)) {
                ++unlocated;
                continue;
            }
            const std::uint32_t own = members_.slot_of[row] - first;
            for (const std::uint32_t neighbour : graph_.neighbours(row)) {
                // Each link once; outsiders are below the first (and wrap round) or beyond the last.
                const std::uint32_t other = members_.slot_of[neighbour] - first;
                if (other < own && located(neighbour)) pieces_.join(own, other);
            }
        }
        return {pieces_.count() - unlocated, one_village};
    }

private:
    bool located(std::uint32_t row) const { return anchors_.empty() || anchors_[row] == no_index; }

    std::span<const std::uint32_t> village_of_;  ///< empty where all are of one
    std::span<const std::uint32_t> anchors_;     ///< empty where all are located
    const neighbours::Graph& graph_;
    const Members& members_;
    Pieces pieces_;  ///< of places before sorting
};

/// Puts a block of courtyards in id order and asks memory for what measuring them will read: rows
/// that stand together in a courtyard need not stand together in the town.
void prepare(const Town& town, const neighbours::Graph& graph, std::size_t first, std::size_t last,
             Members& members, std::vector<std::uint64_t>& keys,
             const std::vector<double>& distance) {
    const auto rank = town.rank();
    const Position* const positions = town.positions().data();
    const Weight* const weights = town.weights().data();
    const std::int64_t* const offsets = graph.offsets().data();
    const std::span<std::uint32_t> rows(members.rows.data() + members.offsets[first],
                                        members.offsets[last] - members.offsets[first]);
    keys.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        keys[i] = std::uint64_t{rank[rows[i]]} << 32 | rows[i];
        __builtin_prefetch(positions + rows[i]);
        __builtin_prefetch(weights + rows[i]);
        __builtin_prefetch(offsets + rows[i]);
        __builtin_prefetch(members.slot_of.data() + rows[i]);
        __builtin_prefetch(distance.data() + rows[i], 1);
    }
    for (std::size_t courtyard = first; courtyard < last; ++courtyard) {
        const auto begin = keys.begin() + (members.offsets[courtyard] - members.offsets[first]);
        const auto end = keys.begin() + (members.offsets[courtyard + 1] - members.offsets[first]);
        if (!std::is_sorted(begin, end)) std::sort(begin, end);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] = static_cast<std::uint32_t>(keys[i]);
        const auto neighbours = graph.neighbours(rows[i]);
        if (neighbours.empty()) continue;
        __builtin_prefetch(&neighbours.front());
        __builtin_prefetch(&neighbours.back());
    }
}

std::string number_of_weight(std::int64_t millionths) {
    return number_text(number_from_weight({millionths}));
}

/// Why courtyards are not within, and whether that is proved, component by component.
class Reasons {
public:
    Reasons(const Town& town, const neighbours::Neighbours& neighbours, const Options& options,
            const Problem& problem, const Members& members, Partition& result)
        : town_(town), component_of_(neighbours.components.component_of), rules_(options.rules),
          bounds_(options.rules), problem_(problem), members_(members), result_(result),
          counts_households_(town.villages(), 1),
          provable_(neighbours.components.count, 1) {
        for (std::uint32_t row = 0; row < town.households(); ++row)
            if (town.weights()[row].millionths != 1'000'000)
                counts_households_[town.village_of()[row]] = 0;
        // No proof where an outcast might have been otherwise, or where a household without
        // coordinates has group members in several components and stands in one of them.
        for (const Outcast& outcast : problem.outcasts)
            if (!outcast.proved)
                for (const std::uint32_t row : outcast.rows) provable_[component_of_[row]] = 0;
        const auto anchors = town.anchor_of();
        if (anchors.empty()) return;
        std::vector<std::uint32_t> stands_in(town.groups(), no_index);
        for (std::uint32_t row = 0; row < town.households(); ++row)
            if (anchors[row] != no_index)
                stands_in[town.group_of()[row]] = component_of_[anchors[row]];
        for (std::uint32_t row = 0; row < town.households(); ++row) {
            const std::uint32_t group = town.group_of()[row];
            if (group == no_index || stands_in[group] == no_index) continue;
            if (component_of_[row] != stands_in[group] && anchors[row] == no_index)
                provable_[component_of_[row]] = provable_[stands_in[group]] = 0;
        }
    }

    void find() {
        const auto labels = result_.labels;
        for (const Outcast& outcast : problem_.outcasts) explain_outcast(outcast);

        std::vector<std::uint32_t> village_households(town_.villages(), 0);
        for (const std::uint32_t village : town_.village_of()) ++village_households[village];
        for (const Component& component : problem_.components) {
            std::vector<std::int32_t> courtyards;
            for (const std::uint32_t row : component.row)
                courtyards.push_back(labels[row]);
            std::sort(courtyards.begin(), courtyards.end());
            courtyards.erase(std::unique(courtyards.begin(), courtyards.end()), courtyards.end());
            std::int64_t broken = 0, weight = 0;
            for (const std::int32_t courtyard : courtyards) {
                const std::int64_t w = weight_of(courtyard);
                weight += w;
                if (status(courtyard) != Status::within) broken += w;
            }
            if (broken == 0) continue;
            const ShapeBound bound = shape_bound(component, bounds_);
            // The bound speaks of courtyards that lie in this component and nowhere else.
            const bool proved =
                weight == component.weight && broken == bound.broken &&
                provable_[component_of_[component.row.front()]] != 0;
            for (const std::int32_t courtyard : courtyards) {
                if (status(courtyard) == Status::within || explained(courtyard)) continue;
                Finding finding;
                finding.severity = Severity::error;
                finding.code = proved ? bound.cause : Code::search_failed;
                const std::uint32_t village = component.village;
                const std::size_t shown_households = households_of(component);
                if (proved && bound.cause == Code::component_too_small &&
                    village_households[village] == shown_households)
                    finding.code = Code::village_too_small;
                finding.fields = {{"village", std::string(town_.village_name(VillageIndex(village)))},
                                  {"households", std::to_string(shown_households)}};
                add_bounds(finding, village, component.weight);
                set(courtyard, std::move(finding),
                    proved ? Unavoidable::proved : Unavoidable::unknown);
            }
        }
        // Courtyards that mix components with outcasts: hand-drawn ones.
        for (std::size_t i = 0; i < result_.courtyards.size(); ++i) {
            const auto courtyard = static_cast<std::int32_t>(i);
            if (status(courtyard) == Status::within || explained(courtyard)) continue;
            Finding finding;
            finding.severity = Severity::error;
            finding.code = Code::search_failed;
            finding.fields = {
                {"village",
                 std::string(town_.village_name(VillageIndex(result_.courtyards.village[i])))},
                {"households", std::to_string(result_.courtyards.households[i])}};
            add_bounds(finding, result_.courtyards.village[i], weight_of(courtyard));
            set(courtyard, std::move(finding), Unavoidable::unknown);
        }
    }

private:
    Status status(std::int32_t courtyard) const {
        return result_.courtyards.status[static_cast<std::size_t>(courtyard)];
    }
    bool explained(std::int32_t courtyard) const {
        return result_.courtyards.reason[static_cast<std::size_t>(courtyard)].code != Code{};
    }
    std::int64_t weight_of(std::int32_t courtyard) const {
        std::int64_t weight = 0;
        for (const std::uint32_t row : members_[static_cast<std::size_t>(courtyard)])
            weight += town_.weights()[row].millionths;
        return weight;
    }
    std::size_t households_of(const Component& component) const {
        if (town_.anchor_of().empty()) return component.households();
        std::size_t count = component.households();
        std::vector<std::uint32_t> rows = component.row;
        std::sort(rows.begin(), rows.end());
        for (const std::uint32_t anchor : town_.anchor_of())
            if (anchor != no_index && std::binary_search(rows.begin(), rows.end(), anchor)) ++count;
        return count;
    }
    void add_bounds(Finding& finding, std::uint32_t village, std::int64_t weight) const {
        if (counts_households_[village]) {
            finding.fields.emplace_back("min", number_text(rules_.weight_min));
            finding.fields.emplace_back("max", number_text(rules_.weight_max));
        } else {
            finding.fields.emplace_back("weight", number_of_weight(weight));
            finding.fields.emplace_back("weight_min", number_text(rules_.weight_min));
            finding.fields.emplace_back("weight_max", number_text(rules_.weight_max));
            finding.fields.emplace_back("min", number_text(rules_.weight_min));
            finding.fields.emplace_back("max", number_text(rules_.weight_max));
        }
    }
    void set(std::int32_t courtyard, Finding finding, Unavoidable unavoidable) {
        const auto i = static_cast<std::size_t>(courtyard);
        if (finding.records.empty())
            for (const std::uint32_t row : members_[i]) {
                finding.records.push_back(town_.id(HouseholdIndex(row)));
                if (finding.records.size() == 40) break;
            }
        result_.courtyards.reason[i] = std::move(finding);
        result_.courtyards.unavoidable[i] = unavoidable;
    }
    void explain_outcast(const Outcast& outcast) {
        const std::int32_t courtyard = result_.labels[outcast.rows.front()];
        if (status(courtyard) == Status::within) return;
        std::size_t inside = 0;
        for (const std::uint32_t row : outcast.rows)
            if (result_.labels[row] == courtyard) ++inside;
        const bool alone = inside == outcast.rows.size() &&
                           inside == members_[static_cast<std::size_t>(courtyard)].size();
        Finding finding;
        finding.severity = Severity::error;
        finding.code = outcast.cause;
        for (const std::uint32_t row : outcast.rows)
            finding.records.push_back(town_.id(HouseholdIndex(row)));
        const std::uint32_t village = town_.village_of()[outcast.rows.front()];
        finding.fields = {
            {outcast.cause == Code::household_too_heavy ? "household" : "pin", outcast.name},
            {"village", std::string(town_.village_name(VillageIndex(village)))},
            {"households", std::to_string(outcast.rows.size())}};
        add_bounds(finding, village, outcast.weight);
        if (counts_households_[village] && outcast.cause == Code::household_too_heavy) {
            finding.fields.emplace_back("weight", number_of_weight(outcast.weight));
            finding.fields.emplace_back("weight_max", number_text(rules_.weight_max));
        }
        set(courtyard, std::move(finding),
            alone && outcast.proved ? Unavoidable::proved : Unavoidable::unknown);
    }

    const Town& town_;
    const std::vector<std::uint32_t>& component_of_;
    const Rules& rules_;
    Bounds bounds_;
    const Problem& problem_;
    const Members& members_;
    Partition& result_;
    std::vector<std::uint8_t> counts_households_;  ///< a village each: every household weighs 1
    std::vector<std::uint8_t> provable_;           ///< a component of the graph each
};

}  // namespace

std::string_view status_name(Status status) noexcept {
    switch (status) {
        case Status::disconnected: return "disconnected";
        case Status::oversize: return "oversize";
        case Status::undersize: return "undersize";
        case Status::within: return "within";
    }
    return "";
}

void check_labels(const Town& town, std::span<const std::int32_t> labels, std::size_t count) {
    if (labels.size() != town.households())
        refuse(Code::labels_size_mismatch, {{"column", "labels"},
                                            {"length", number_text(labels.size())},
                                            {"expected", number_text(town.households())}});
    for (std::size_t row = 0; row < labels.size(); ++row)
        if (labels[row] < 0 || static_cast<std::size_t>(labels[row]) >= count)
            refuse(Code::label_out_of_range, {{"label", number_text(labels[row])}},
                   static_cast<std::int64_t>(row));
}

Partition measure(const Town& town, const neighbours::Neighbours& neighbours,
                  std::span<const std::int32_t> labels, const Options& options,
                  const Problem& problem) {
    Partition result;
    result.metric = options.metric;
    Members members = number_courtyards(town, labels, result.labels);
    const std::size_t count = members.size();
    const Bounds bounds(options.rules);
    Courtyards& courtyards = result.courtyards;
    courtyards.ids.resize(count);
    courtyards.village.resize(count);
    courtyards.households.resize(count);
    courtyards.weight.resize(count);
    courtyards.head.resize(count);
    courtyards.total_distance_m.resize(count);
    courtyards.mean_distance_m.resize(count);
    courtyards.max_distance_m.resize(count);
    courtyards.status.resize(count);
    courtyards.unavoidable.assign(count, Unavoidable::none);
    courtyards.reason.resize(count);
    assign_in_large_pages(result.distance_to_head_m, town.households(), no_distance);

    const neighbours::Graph* walk_graph = nullptr;
    std::optional<WalkNetwork> walk_network;
    if (options.metric == Metric::walk) {
        walk_graph = &neighbours.graph;
        if (neighbours.walk_network.nodes() > 0) {
            walk_graph = &neighbours.walk_network;
            walk_network.emplace(*walk_graph, located(town, members));
        }
    }

    // A block of courtyards a piece.
    constexpr std::size_t block = 32;
    std::vector<std::uint32_t> measured(count, 0);
    std::vector<std::int64_t> weights(count, 0);
    struct Tools {
        Ruler ruler;
        Connector connector;
        std::vector<std::uint64_t> keys;
    };
    for_each_piece_with(
        (count + block - 1) / block, options.threads,
        [&] {
            return Tools{Ruler(town, walk_graph, walk_network ? &*walk_network : nullptr),
                         Connector(town, neighbours.graph, members),
                         {}};
        },
        [&](std::size_t piece, Tools& tools) {
            const std::size_t last = std::min(count, (piece + 1) * block);
            prepare(town, neighbours.graph, piece * block, last, members, tools.keys,
                    result.distance_to_head_m);
            for (std::size_t i = piece * block; i < last; ++i) {
                courtyards.head[i] = tools.ruler.measure(members[i], result.distance_to_head_m);
                double total = 0, greatest = 0;
                for (const std::uint32_t row : members[i]) {
                    weights[i] += town.weights()[row].millionths;
                    const double d = result.distance_to_head_m[row];
                    if (std::isnan(d)) continue;
                    total += d;
                    greatest = std::max(greatest, d);
                    ++measured[i];
                }
                courtyards.total_distance_m[i] = total;
                courtyards.max_distance_m[i] = greatest;
                courtyards.mean_distance_m[i] = measured[i] > 0 ? total / measured[i] : 0;
                const auto [pieces, one_village] = tools.connector.pieces(i);
                courtyards.status[i] = pieces > 1 || !one_village   ? Status::disconnected
                                       : weights[i] > bounds.max ? Status::oversize
                                       : weights[i] < bounds.min ? Status::undersize
                                                                    : Status::within;
            }
        },
        [](std::size_t) {});

    std::uint32_t village = no_index, in_village = 0;
    std::uint64_t located = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t first = members[i].front();
        courtyards.village[i] = town.village_of()[first];
        in_village = courtyards.village[i] == village ? in_village + 1 : 1;
        village = courtyards.village[i];
        courtyards.ids[i] = std::string(town.village_name(VillageIndex(village))) + "-" +
                            std::to_string(in_village);
        courtyards.households[i] = static_cast<std::uint32_t>(members[i].size());
        courtyards.weight[i] = number_from_weight({weights[i]});
        result.total_distance_m += courtyards.total_distance_m[i];
        result.max_distance_m = std::max(result.max_distance_m, courtyards.max_distance_m[i]);
        located += measured[i];
        if (courtyards.status[i] != Status::within) {
            ++result.broken_courtyards;
            result.broken_households += courtyards.households[i];
        }
    }
    result.mean_distance_m = located > 0 ? result.total_distance_m / static_cast<double>(located) : 0;
    if (result.broken_courtyards > 0) Reasons(town, neighbours, options, problem, members, result).find();
    for (std::size_t i = 0; i < count; ++i) {
        if (courtyards.status[i] != Status::within) {
            if (courtyards.unavoidable[i] == Unavoidable::proved)
                ++result.broken_proved_unavoidable;
            Finding finding = courtyards.reason[i];
            finding.fields.emplace_back("courtyard", courtyards.ids[i]);
            result.findings.push_back(std::move(finding));
        }
        if (courtyards.head[i] == no_index) {
            Finding finding;
            finding.code = Code::no_head_allowed;
            finding.severity = Severity::error;
            for (const std::uint32_t row : members[i])
                finding.records.push_back(town.id(HouseholdIndex(row)));
            finding.fields = {{"courtyard", courtyards.ids[i]},
                              {"households", std::to_string(courtyards.households[i])}};
            result.findings.push_back(std::move(finding));
        }
    }
    return result;
}

Partition measure(const Town& town, const neighbours::Neighbours& neighbours,
                  std::span<const std::int32_t> labels, const Options& options) {
    check(options);
    check_labels(town, labels);
    const Problem problem = make_problem(town, neighbours, Bounds(options.rules), options.seed);
    return measure(town, neighbours, labels, options, problem);
}

}  // namespace gridgov::partition
