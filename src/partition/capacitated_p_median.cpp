#include "gridgov/partition/capacitated_p_median.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <string>
#include <utility>

#include "gridgov/model/units.hpp"
#include "number_text.hpp"
#include "partition/capacitated_p_median_distance.hpp"
#include "partition/capacitated_p_median_search.hpp"
#include "refuse.hpp"

namespace gridgov::partition {
namespace {

using p_median::Nodes;
using p_median::none;

constexpr double length_max = 1e150;  // its square is a finite double
// A table of so many nodes is small enough for the caches, and quicker than square roots.
constexpr std::size_t table_nodes_max = 1024;

void check_size(const char* column, std::size_t length, std::size_t expected) {
    if (length != expected)
        refuse(Code::column_size_mismatch, {{"column", column},
                                            {"length", std::to_string(length)},
                                            {"expected", std::to_string(expected)}});
}

void check_values(const char* column, std::span<const double> values, double least, double most) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!(values[i] >= least && values[i] <= most))
            refuse(Code::value_invalid, {{"column", column},
                                         {"index", std::to_string(i)},
                                         {"value", number_text(values[i])},
                                         {"min", number_text(least)},
                                         {"max", number_text(most)}});
}

void check(const CapacitatedPMedian& problem) {
    const std::size_t count = problem.demands.size();
    if (problem.medians < 1 || problem.medians > count || count >= none)
        refuse(Code::medians_out_of_range, {{"medians", std::to_string(problem.medians)},
                                            {"nodes", std::to_string(count)}});
    const bool planar = !problem.x.empty() || !problem.y.empty();
    if (planar == !problem.distances.empty()) refuse(Code::distances_conflict, {});
    check_size("capacities", problem.capacities.size(), count);
    if (planar) {
        check_size("x", problem.x.size(), count);
        check_size("y", problem.y.size(), count);
        check_values("x", problem.x, -length_max, length_max);
        check_values("y", problem.y, -length_max, length_max);
    } else {
        check_size("distances", problem.distances.size(), count * count);
        check_values("distances", problem.distances, 0, length_max);
    }
    check_values("demands", problem.demands, 0, weight_max_of_household);
    check_values("capacities", problem.capacities, 0, weight_max_of_town);
    const double total = std::accumulate(problem.demands.begin(), problem.demands.end(), 0.0);
    check_values("sum of demands", {&total, 1}, 0, weight_max_of_town);
}

double distance(const CapacitatedPMedian& problem, std::size_t node, std::size_t median) {
    double length = 0;
    if (problem.distances.empty()) {
        const double dx = problem.x[node] - problem.x[median];
        const double dy = problem.y[node] - problem.y[median];
        length = std::sqrt(dx * dx + dy * dy);
    } else {
        length = problem.distances[node * problem.demands.size() + median];
    }
    return problem.floor_distances ? std::floor(length) : length;
}

Nodes nodes_of(const CapacitatedPMedian& problem) {
    Nodes nodes;
    for (const double demand : problem.demands)
        nodes.demand.push_back(weight_from_number(demand).millionths);
    for (const double capacity : problem.capacities)
        nodes.capacity.push_back(weight_from_number(capacity).millionths);
    nodes.medians = problem.medians;
    return nodes;
}

/// What the sums alone tell: a median must hold itself, the p largest must hold all demand, and the
/// largest the heaviest node.
bool proved_infeasible(const Nodes& nodes) {
    std::vector<std::int64_t> capacities;
    for (std::size_t i = 0; i < nodes.demand.size(); ++i)
        if (nodes.capacity[i] >= nodes.demand[i]) capacities.push_back(nodes.capacity[i]);
    if (capacities.size() < nodes.medians) return true;
    std::sort(capacities.begin(), capacities.end(), std::greater<>());
    const std::vector<std::int64_t>& demand = nodes.demand;
    if (*std::max_element(demand.begin(), demand.end()) > capacities.front()) return true;
    std::int64_t wanted = std::accumulate(demand.begin(), demand.end(), std::int64_t{0});
    for (std::uint32_t c = 0; c < nodes.medians && wanted > 0; ++c) wanted -= capacities[c];
    return wanted > 0;
}

/// The power of two that brings lengths to quanta: n of the longest stay below 2^52.
double quanta_in(double longest, std::size_t count, bool floor_distances) {
    if (longest <= 0) return 1;
    int exponent = 0;
    std::frexp(longest * static_cast<double>(count), &exponent);
    const double quanta = std::ldexp(1.0, std::min(52 - exponent, 1000));
    return floor_distances ? std::min(quanta, 1.0) : quanta;  // whole quanta are whole numbers then
}

p_median::PlanarDistance planar_distance(const CapacitatedPMedian& problem) {
    const auto [left, right] = std::minmax_element(problem.x.begin(), problem.x.end());
    const auto [low, high] = std::minmax_element(problem.y.begin(), problem.y.end());
    const double longest = 1.5 * std::max(*right - *left, *high - *low);  // 1.5 > √2
    const double quanta = quanta_in(longest, problem.demands.size(), problem.floor_distances);
    std::vector<std::array<double, 2>> places;
    for (std::size_t i = 0; i < problem.x.size(); ++i)
        places.push_back({(problem.x[i] - *left) * quanta, (problem.y[i] - *low) * quanta});
    return p_median::PlanarDistance(std::move(places));
}

p_median::TableDistance table_distance(const CapacitatedPMedian& problem) {
    const std::size_t count = problem.demands.size();
    std::vector<double> table;
    if (problem.distances.empty()) {
        const p_median::PlanarDistance planar = planar_distance(problem);
        table.reserve(count * count);
        for (std::uint32_t i = 0; i < count; ++i)
            for (std::uint32_t k = 0; k < count; ++k) table.push_back(planar(i, k));
    } else {
        const double longest =
            *std::max_element(problem.distances.begin(), problem.distances.end());
        const double quanta = quanta_in(longest, count, problem.floor_distances);
        table.reserve(problem.distances.size());
        for (const double length : problem.distances) table.push_back(std::floor(length * quanta));
    }
    return {std::move(table), static_cast<std::uint32_t>(count)};
}

/// Small problems profit from many schedules, large ones from one slow cooling.
std::uint32_t schedules_for(std::size_t count) {
    return static_cast<std::uint32_t>(std::clamp<std::size_t>(3000 / count, 1, 40));
}

template <class Distance>
std::vector<std::uint32_t> search(const Nodes& nodes, const Distance& distance_in_quanta,
                                  const CapacitatedPMedianOptions& options,
                                  CapacitatedPMedianResult& result) {
    p_median::Search search(nodes, distance_in_quanta, options.seed);
    const std::uint32_t schedules = schedules_for(nodes.demand.size());
    const double budget = static_cast<double>(std::max<std::uint64_t>(options.iterations, 1));
    for (std::uint32_t s = 0; s < schedules && !result.cancelled; ++s) {
        const auto share = [&](std::uint64_t iterations) {
            result.cancelled = options.cancel != nullptr && options.cancel->load();
            if (result.cancelled) return 1.0;
            const double spent = options.share_spent ? options.share_spent()
                                                     : static_cast<double>(iterations) / budget;
            return spent * schedules - s;
        };
        if (s % 2 == 0)
            search.anneal(share);
        else
            search.anneal_again(share);
    }
    result.iterations = search.iterations();
    return search.best();
}

/// Each cluster's best median by the caller's distances: least overload, then least cost, then the
/// first of them.
void set_medians(const CapacitatedPMedian& problem, const Nodes& nodes,
                 const std::vector<std::uint32_t>& cluster_of, CapacitatedPMedianResult& result) {
    std::vector<std::vector<std::uint32_t>> members;
    for (std::uint32_t i = 0; i < cluster_of.size(); ++i) {
        if (cluster_of[i] >= members.size()) members.resize(cluster_of[i] + 1);
        members[cluster_of[i]].push_back(i);
    }
    std::int64_t overload = 0;
    result.median_of.resize(cluster_of.size());
    for (const std::vector<std::uint32_t>& cluster : members) {
        if (cluster.empty()) continue;
        std::int64_t load = 0;
        for (const std::uint32_t i : cluster) load += nodes.demand[i];
        std::uint32_t median = none;
        std::pair<std::int64_t, double> least;  // overload, cost
        for (const std::uint32_t m : cluster) {
            std::pair price{std::max<std::int64_t>(0, load - nodes.capacity[m]), 0.0};
            for (const std::uint32_t i : cluster) price.second += distance(problem, i, m);
            if (median == none || price < least) {
                median = m;
                least = price;
            }
        }
        overload += least.first;
        result.medians.push_back(median);
        for (const std::uint32_t i : cluster) result.median_of[i] = median;
    }
    std::sort(result.medians.begin(), result.medians.end());
    for (std::size_t i = 0; i < cluster_of.size(); ++i)
        result.cost += distance(problem, i, result.median_of[i]);
    result.overload = number_from_weight({overload});
    result.status = overload == 0 ? CapacitatedPMedianStatus::feasible
                                  : CapacitatedPMedianStatus::not_found;
}

}  // namespace

CapacitatedPMedianResult solve_capacitated_p_median(const CapacitatedPMedian& problem,
                                                    const CapacitatedPMedianOptions& options) {
    check(problem);
    const Nodes nodes = nodes_of(problem);
    CapacitatedPMedianResult result;
    if (proved_infeasible(nodes)) {
        result.status = CapacitatedPMedianStatus::infeasible;
        return result;
    }
    const std::size_t count = nodes.demand.size();
    std::vector<std::uint32_t> cluster_of(count, 0);
    if (nodes.medians == count)
        std::iota(cluster_of.begin(), cluster_of.end(), 0U);
    else if (nodes.medians > 1 && (count <= table_nodes_max || problem.x.empty()))
        cluster_of = search(nodes, table_distance(problem), options, result);
    else if (nodes.medians > 1)
        cluster_of = search(nodes, planar_distance(problem), options, result);
    set_medians(problem, nodes, cluster_of, result);
    return result;
}

}  // namespace gridgov::partition
