// Who is whose neighbour in a town, and how far it is to walk.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/neighbours/graph.hpp"

namespace gridgov::neighbours {

/// Where the neighbour graph comes from.
enum class Source : std::uint8_t { points, links, ways };

struct Options {
    /// No link longer than this; above 0. Infinity: no limit.
    double link_m_max = std::numeric_limits<double>::infinity();
    unsigned threads = 0;  ///< 0: all; the result does not depend on it
};

/// The neighbours of a town's households. `graph` links households of one village only; a courtyard
/// must be connected in it.
struct Neighbours {
    Source source = Source::points;
    Graph graph;            ///< households; lengths in metres (along the ways with Source::ways)
    Components components;  ///< of `graph`; a component lies within one village
    /// What walking follows with Source::ways: nodes [0, households) are the households, each
    /// joined to the place on the ways that is nearest to it; the others are places on the ways.
    /// Empty otherwise: walking follows `graph`.
    Graph walk_network;
    std::vector<Finding> findings;  ///< notes and warnings: ways in pieces, far households, …
};

/// The neighbours of a town: from its links if it has them, else from its ways, else from its
/// points. Deterministic; independent of the order of rows save for the numbering.
/// Throws UsageError (length_out_of_range) for link_m_max not above 0.
GRIDGOV_EXPORT Neighbours build(const Town& town, const Options& options = {});

/// From points: the Delaunay graph of each village by itself (so that no household is stranded when
/// links to other villages fall away), cut by barriers; what that separates is joined again by the
/// shortest links that cross neither a barrier nor another link, where there are any; then cut at
/// `link_m_max`. Households at one place: each is linked to the first of them by id, to the next by
/// id, and to the neighbours of the place. An unlocated household is linked to its anchor alone.
GRIDGOV_EXPORT Neighbours from_points(const Town& town, const Options& options = {});

/// From the town's given links; those between villages are left out, barriers cut as elsewhere
/// (but no link of an unlocated household, which also is linked to its anchor).
GRIDGOV_EXPORT Neighbours from_links(const Town& town, const Options& options = {});

/// From the town's ways: each household is joined to the nearest place on a way (ties: the smaller
/// way row); households of a village are neighbours where their shares of the network meet: the
/// places nearest, by walking, to where they join (Okabe et al., network Voronoi diagrams; ties: the
/// smaller id), at the walking distance through the meeting place, the lines to the ways included.
/// Shares grow until they join all households of the village that a walk joins, and no farther.
/// Households that join at one place are linked as those at one place are in from_points.
/// Households that no way joins stay in different components; findings say how many pieces there
/// are. Barriers do not cut ways: a way over a river is its bridge.
GRIDGOV_EXPORT Neighbours from_ways(const Town& town, const Options& options = {});

}  // namespace gridgov::neighbours
