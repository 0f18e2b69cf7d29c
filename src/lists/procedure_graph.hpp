// A procedure's steps as numbers: what leads where, which ways lead back.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "gridgov/lists/catalogue.hpp"

namespace gridgov::lists {

struct StepGraph {
    /// A way from a step to another; numbered by step, then as written, each pair once.
    struct Way {
        std::uint32_t from, to;
        bool back;     ///< to a step still open in a depth-first walk
        bool orderly;  ///< and one that every course to `from` passes
    };
    std::vector<Way> ways;
    std::vector<std::vector<std::uint32_t>> out, in;  ///< ways of each step
    std::vector<std::uint8_t> parallel, join;
    std::vector<std::optional<std::uint32_t>> loop_max;
    std::vector<std::uint32_t> workdays;
    std::vector<std::uint8_t> reachable, reaches_end;
    /// The reachable steps; every way forward leads to a later one.
    std::vector<std::uint32_t> forward_order;
    std::size_t size() const { return out.size(); }
    bool is_end(std::uint32_t step) const { return out[step].empty(); }
};

/// The procedure's names are known to be right (Catalogue::make).
StepGraph step_graph(const Procedure& procedure);

/// What the token game found first of each kind.
struct Soundness {
    struct Witness {
        std::uint32_t step = 0;
        std::vector<std::uint32_t> missing;  ///< of stuck: steps that it waits for
        std::vector<std::uint32_t> course;   ///< steps done before
    };
    std::optional<Witness> stuck, after_end, overlap, endless;
    bool decided = true;
    bool sound() const { return decided && !stuck && !after_end && !overlap && !endless; }
};
Soundness play(const StepGraph& graph, std::size_t situations_max);

/// The longest course and its steps; loops bounded by `loop_max` (absent: 0).
struct LongestCourse {
    std::uint64_t workdays = 0;
    bool exact = true;
    std::vector<std::uint32_t> steps;
};
LongestCourse longest_course(const StepGraph& graph);

}  // namespace gridgov::lists
