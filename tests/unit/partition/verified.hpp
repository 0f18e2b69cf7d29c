// What tests of several entry points ask of a partition.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "gridgov/partition/partition.hpp"
#include "gridgov/partition/verify.hpp"

namespace gridgov::partition::testing {

inline Options sizes(double least, double most, double target) {
    Options options;
    options.rules = {.weight_min = least, .weight_max = most, .weight_target = target,
                     .courtyards = {}};
    return options;
}

inline double broken_weight(const Partition& partition) {
    double sum = 0;
    for (std::size_t i = 0; i < partition.courtyards.size(); ++i)
        if (partition.courtyards.status[i] != Status::within)
            sum += partition.courtyards.weight[i];
    return sum;
}

/// Checks that the verifier agrees with heads, distances and statuses, and returns what it found.
inline Verification check_verified(const Town& town, const neighbours::Neighbours& graph,
                                   const Partition& partition, const Options& options) {
    const Courtyards& courtyards = partition.courtyards;
    std::vector<std::uint32_t> head_of;
    for (const std::int32_t label : partition.labels)
        head_of.push_back(courtyards.head[static_cast<std::size_t>(label)]);
    Claim claim;
    claim.labels = partition.labels;
    claim.head_of_household = head_of;
    claim.distance_to_head_m = partition.distance_to_head_m;
    Verification found =
        verify(town, graph.graph, graph.walk_network, claim, options.rules, options.metric);
    for (std::size_t i = 0; i < courtyards.size(); ++i) {
        const bool broken = !found.connected[i] || !found.one_village[i] || found.oversize[i] ||
                            found.undersize[i];
        CHECK(broken == (courtyards.status[i] != Status::within));
        CHECK((courtyards.reason[i].code == Code{}) == !broken);
        CHECK((courtyards.unavoidable[i] == Unavoidable::none) == !broken);
        if (broken) CHECK(!message(courtyards.reason[i], Language::zh).empty());
    }
    for (const Finding& finding : found.findings) {
        const bool of_size = finding.code == Code::courtyard_disconnected ||
                             finding.code == Code::courtyard_oversize ||
                             finding.code == Code::courtyard_undersize ||
                             finding.code == Code::no_head_allowed;
        CHECK_MESSAGE(of_size, message(finding, Language::en));
    }
    CHECK(found.total_distance_m ==
          doctest::Approx(partition.total_distance_m).epsilon(1e-9).scale(1));
    return found;
}

}  // namespace gridgov::partition::testing
