// Checking a claimed lower bound, trusting nothing of who claims it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/graph.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::partition {

/// What is claimed of one component: that its households, divided into courtyards_least to
/// courtyards_most courtyards of weight_least to weight_most, are at least `total_um` from their
/// heads.
struct CertificateComponent {
    std::uint32_t household = 0;  ///< HouseholdIndex value of any of its households
    std::int64_t courtyards_least = 0, courtyards_most = 0;
    std::int64_t weight_least = 0, weight_most = 0;  ///< millionths
    std::int64_t total_um = 0;
};

/// A claimed bound and the multipliers that prove it. Everything is borrowed.
struct Certificate {
    Rules rules;
    Metric metric = Metric::straight;
    std::span<const std::int64_t> multiplier_um;  ///< per household; of those in no component: any
    std::span<const CertificateComponent> components;
    std::int64_t total_um = 0;
};

/// What the check found.
struct Confirmation {
    std::int64_t total_um = 0;        ///< the bound that the multipliers prove, found anew
    std::uint32_t components = 0;     ///< that there are
    std::uint32_t relaxed = 0;        ///< of which the claim is wider than the rules
    std::vector<Finding> findings;    ///< why the certificate does not hold; empty: it does
    bool holds() const noexcept { return findings.empty(); }
};

/// No multiplier of a certificate may be greater, either way from 0.
inline constexpr std::int64_t certificate_multiplier_um_max = std::int64_t{1} << 50;

/// Confirms a bound: finds the components of `graph` anew, their numbers of courtyards and the
/// bounds of sizes from `rules`, and computes in whole numbers what the multipliers prove, over all
/// pairs of a component, with distances rounded down to micrometres. Written apart from the solver
/// and from what made the certificate: no code of theirs is used. A claim may be wider than the
/// rules (more numbers, looser sizes): what holds of more partitions holds of fewer. With
/// Metric::walk, walking follows `walk_network`, or `graph` where that is empty.
///
/// Findings (all errors): certificate_rules_differ, certificate_multiplier_out_of_range,
/// certificate_component_missing, certificate_component_repeated, certificate_component_unknown,
/// certificate_number_wrong, certificate_sizes_wrong, certificate_bound_too_high. Throws UsageError
/// for columns or graphs of another length (labels_size_mismatch, graph_size_mismatch) and rules
/// that contradict themselves (bounds_invalid). One thread; about 0.3 s for 100 000 households.
GRIDGOV_EXPORT
Confirmation check_certificate(const Town& town, const neighbours::Graph& graph,
                               const neighbours::Graph& walk_network,
                               const Certificate& certificate, const Rules& rules,
                               Metric metric = Metric::straight);

}  // namespace gridgov::partition
