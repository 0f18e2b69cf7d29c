// Procedures (流程图手册): whether they can always end properly, how long they may take, and as
// drawings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/lists/catalogue.hpp"

namespace gridgov::lists {

/// Bounds; what exceeds them is a finding, never an abort.
inline constexpr std::size_t procedure_size_max = 20'000;          ///< steps and ways together
inline constexpr std::size_t procedure_situations_max = 100'000;   ///< looked at for soundness
inline constexpr std::uint32_t procedure_loop_max_max = 1'000;

struct ProcedureCheck {
    /// Every step is reachable, an end is reachable from each, every join can fire, nothing goes on
    /// after the end, no step is started twice at a time and every loop has a bound. False where
    /// that was not decided.
    bool sound = false;
    /// The most working days, with every loop taken as often as it may be; absent where it is not
    /// sound.
    std::optional<std::uint64_t> workdays_max;
    /// Whether some course takes so many; false: an upper bound, because loops entangle too much.
    bool workdays_exact = true;
    /// Ids of the steps of a longest course, its first thousand; of several the first by `next`.
    std::vector<std::string> longest_course;
    /// procedure_… codes; what is wrong first, then notes.
    std::vector<Finding> findings;
};

/// Checks a procedure as a workflow net (van der Aalst 1997): a step is started by what arrives on
/// any way into it, or, with `join`, once something has arrived on every way into it; it sends on
/// along one of its ways, or, with `parallel`, along all. The first step starts; a step without
/// `next` ends. A way back is one to a step that every course to its own step passes; a step's ways
/// back are taken at most `loop_max` times in the whole procedure. A circle that can be entered in
/// several places has none, and is a fault.
///
/// Soundness is decided by a search of situations in which one started step at a time moves: such
/// nets are free-choice, so that the others can wait (stubborn sets, Valmari 1991), and branches
/// add up where exhaustive search multiplies them.
/// Levels: along the ways forward they may rise and afterwards fall (handing back a result); a
/// course that falls and rises again is procedure_level_falls, a warning. Steps of unknown level
/// are skipped. Deterministic. Time: milliseconds for hundreds of steps.
GRIDGOV_EXPORT ProcedureCheck check_procedure(const Catalogue& catalogue, ProcedureIndex procedure);

/// As a Mermaid flowchart: titles with actors and working days; ways back dashed with their bound,
/// parallel ways thick. Every character with a meaning in Mermaid is escaped.
GRIDGOV_EXPORT
std::string procedure_mermaid(const Catalogue& catalogue, ProcedureIndex procedure,
                              Language language);

/// The same in Graphviz's DOT.
GRIDGOV_EXPORT
std::string procedure_dot(const Catalogue& catalogue, ProcedureIndex procedure, Language language);

}  // namespace gridgov::lists
