// What the three sources of neighbours share: rows by village, and the graph put together.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/neighbours/neighbours.hpp"

namespace gridgov::neighbours {

/// Throws UsageError where an option is out of range.
void check(const Options& options);

/// The located households of each village, in the order of their ids.
class RowsByVillage {
public:
    explicit RowsByVillage(const Town& town);
    std::span<const std::uint32_t> rows(std::size_t village) const {
        return {rows_.data() + first_[village], rows_.data() + first_[village + 1]};
    }

private:
    std::vector<std::size_t> first_;
    std::vector<std::uint32_t> rows_;
};

/// Whether the town knows where a household is.
inline bool located(const Town& town, std::uint32_t row) {
    return town.anchor_of().empty() || town.anchor_of()[row] == no_index;
}

/// Links every unlocated household to its anchor, at length 0.
void link_to_anchors(const Town& town, std::vector<Edge>& links);

/// The households of one village that share a place, and links among them and around: each is
/// linked to the first of its place, to the next, and to what the first is linked to.
class SamePlace {
public:
    /// `first_of[i]` is the first at the place of i, itself for the first; entries are ascending.
    explicit SamePlace(std::span<const std::uint32_t> first_of);
    /// Calls link(i, j) for the links at each place.
    template <class Link>
    void link_within(Link link) const {
        for (std::uint32_t i = 0; i < first_of_.size(); ++i) {
            const std::uint32_t first = first_of_[i];
            if (i != first) link(first, i);
            if (i != first && next_[i] != no_index) link(i, next_[i]);
        }
    }
    /// Calls link(i, j) for the links that follow from the one between the firsts u and v: that
    /// one, and those of the others at either place to the first of the other.
    template <class Link>
    void link_between(std::uint32_t u, std::uint32_t v, Link link) const {
        link(u, v);
        for (std::uint32_t i = next_[u]; i != no_index; i = next_[i]) link(i, v);
        for (std::uint32_t i = next_[v]; i != no_index; i = next_[i]) link(u, i);
    }
    std::size_t households() const noexcept { return households_; }  ///< at shared places
    std::size_t places() const noexcept { return places_; }          ///< shared

private:
    std::span<const std::uint32_t> first_of_;
    std::vector<std::uint32_t> next_;
    std::size_t households_ = 0;
    std::size_t places_ = 0;
};

/// The components of a graph in which the households of each village are connected.
Components components_by_village(const Town& town);

/// Graph, components, and the findings that any source can have.
Neighbours assemble(Source source, const Town& town, Graph graph, Components components,
                    std::vector<Finding> findings);
Neighbours assemble(Source source, const Town& town, std::span<const Edge> links,
                    std::vector<Finding> findings);

}  // namespace gridgov::neighbours
