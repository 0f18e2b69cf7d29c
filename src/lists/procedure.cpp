#include "gridgov/lists/procedure.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "lists/procedure_graph.hpp"

namespace gridgov::lists {
namespace {

/// The level of who does a step; none where nobody is named.
std::optional<Level> level_of(const Catalogue& catalogue, const Step& step) {
    const ActorIndex actor = catalogue.find_actor(step.actor);
    if (actor.exists()) return catalogue.actor(actor).level;
    if (step.actor.substr(0, 6) == "level:")
        for (const Level level :
             {Level::courtyard, Level::grid, Level::village, Level::town, Level::district})
            if (level_name(level) == std::string_view(step.actor).substr(6)) return level;
    return std::nullopt;
}

class Check {
public:
    Check(const Catalogue& catalogue, const Procedure& procedure)
        : catalogue_(catalogue), procedure_(procedure) {}

    ProcedureCheck run() {
        std::size_t size = procedure_.steps.size();
        for (const Step& step : procedure_.steps) size += step.next.size();
        if (size > procedure_size_max) {
            note(Code::procedure_too_large, Severity::error, {},
                 {{"count", std::to_string(size)}, {"most", std::to_string(procedure_size_max)}});
            return std::move(result_);
        }
        graph_ = step_graph(procedure_);
        if (graph_.size() == 0) return std::move(result_);
        const bool bounded = check_loops();
        if (check_ways()) check_soundness();
        result_.sound = result_.sound && bounded;
        if (result_.sound) check_time();
        check_levels();
        check_joins();
        std::stable_sort(result_.findings.begin(), result_.findings.end(),
                         [](const Finding& a, const Finding& b) {
                             return a.severity > b.severity;
                         });
        return std::move(result_);
    }

private:
    const std::string& id(std::uint32_t step) const { return procedure_.steps[step].id; }

    std::vector<std::string> ids(const std::vector<std::uint32_t>& steps) const {
        std::vector<std::string> result;
        for (const std::uint32_t step : steps) result.push_back(id(step));
        return result;
    }

    Finding& note(Code code, Severity severity, std::vector<std::string> records,
                  std::vector<std::pair<std::string, std::string>> fields = {}) {
        Finding& finding = result_.findings.emplace_back();
        finding.code = code;
        finding.severity = severity;
        finding.records = {procedure_.id};
        finding.records.insert(finding.records.end(), records.begin(), records.end());
        finding.fields = std::move(fields);
        return finding;
    }

    /// Ways back have bounds; whether all do.
    bool check_loops() {
        bool bounded = true;
        for (std::uint32_t step = 0; step < graph_.size(); ++step) {
            const auto& loop_max = graph_.loop_max[step];
            bool leads_back = false;
            for (const std::uint32_t way : graph_.out[step]) {
                if (!graph_.ways[way].back) continue;
                leads_back = true;
                if (loop_max && graph_.ways[way].orderly) continue;
                bounded = false;
                note(graph_.ways[way].orderly ? Code::procedure_way_back_unbounded
                                              : Code::procedure_circle_entered_twice,
                     Severity::error, {id(step), id(graph_.ways[way].to)});
            }
            if (loop_max && *loop_max > procedure_loop_max_max) {
                bounded = false;
                note(Code::procedure_loop_max_too_large, Severity::error, {id(step)},
                     {{"value", std::to_string(*loop_max)},
                      {"most", std::to_string(procedure_loop_max_max)}});
            }
            if (loop_max && !leads_back && graph_.reachable[step] != 0)
                note(Code::procedure_loop_max_unused, Severity::note, {id(step)});
        }
        return bounded;
    }

    /// Every step can be reached and can reach an end.
    bool check_ways() {
        bool whole = true;
        for (std::uint32_t step = 0; step < graph_.size(); ++step) {
            if (graph_.reachable[step] == 0)
                note(Code::procedure_step_unreachable, Severity::error, {id(step)});
            else if (graph_.reaches_end[step] == 0)
                note(Code::procedure_without_end, Severity::error, {id(step)});
            else
                continue;
            whole = false;
        }
        return whole;
    }

    void check_soundness() {
        const Soundness found = play(graph_, procedure_situations_max);
        result_.sound = found.sound();
        const auto tell = [&](Code code, const std::optional<Soundness::Witness>& witness) {
            if (!witness) return;
            std::vector<std::string> records{id(witness->step)};
            for (std::string& step : ids(witness->course)) records.push_back(std::move(step));
            std::string missing;
            for (const std::string& step : ids(witness->missing))
                missing += (missing.empty() ? "" : ", ") + step;
            note(code, Severity::error, std::move(records));
            if (!missing.empty()) result_.findings.back().fields = {{"missing", missing}};
        };
        tell(Code::procedure_stuck, found.stuck);
        tell(Code::procedure_step_after_end, found.after_end);
        tell(Code::procedure_step_overlaps, found.overlap);
        tell(Code::procedure_without_end, found.endless);
        if (!found.decided)
            note(Code::procedure_undecided, Severity::warning, {},
                 {{"states", std::to_string(procedure_situations_max)}});
    }

    void check_time() {
        const LongestCourse longest = longest_course(graph_);
        result_.workdays_max = longest.workdays;
        result_.workdays_exact = longest.exact;
        result_.longest_course = ids(longest.steps);
        const auto& limit = procedure_.limit_workdays;
        if (limit && longest.workdays > *limit)
            note(Code::procedure_over_limit, Severity::error, result_.longest_course,
                 {{"workdays", std::to_string(longest.workdays)},
                  {"limit", std::to_string(*limit)}});
    }

    /// Along the ways forward, what has fallen from a higher level does not rise again.
    void check_levels() {
        struct Place {
            int level = -1;
            std::uint32_t step = no_index;
        };
        struct Course {
            Place highest;       // so far on some course to the step, the step itself included
            Place fallen, from;  // the lowest that came after a higher one, and that one
        };
        std::vector<Course> courses(graph_.size());
        for (const std::uint32_t step : graph_.forward_order) {
            Course& course = courses[step];
            const auto level = level_of(catalogue_, procedure_.steps[step]);
            const int here = level ? static_cast<int>(*level) : -1;
            if (here > course.highest.level) course.highest = {here, step};
            if (here >= 0 && here < course.highest.level &&
                (course.fallen.level < 0 || here < course.fallen.level)) {
                course.fallen = {here, step};
                course.from = course.highest;
            }
            for (const std::uint32_t way : graph_.out[step]) {
                if (graph_.ways[way].back) continue;
                const std::uint32_t to = graph_.ways[way].to;
                const auto next = level_of(catalogue_, procedure_.steps[to]);
                if (next && course.fallen.level >= 0 && here >= 0 &&
                    static_cast<int>(*next) > here && static_cast<int>(*next) > course.fallen.level)
                    note(Code::procedure_level_falls, Severity::warning,
                         {id(course.from.step), id(course.fallen.step), id(to)});
                Course& onward = courses[to];
                if (course.highest.level > onward.highest.level) onward.highest = course.highest;
                if (course.fallen.level >= 0 && (onward.fallen.level < 0 ||
                                                 course.fallen.level < onward.fallen.level)) {
                    onward.fallen = course.fallen;
                    onward.from = course.from;
                }
            }
        }
    }

    void check_joins() {
        for (std::uint32_t step = 0; step < graph_.size(); ++step)
            if (graph_.join[step] != 0 && graph_.in[step].size() < 2)
                note(Code::procedure_join_alone, Severity::note, {id(step)});
    }

    const Catalogue& catalogue_;
    const Procedure& procedure_;
    StepGraph graph_;
    ProcedureCheck result_;
};

}  // namespace

ProcedureCheck check_procedure(const Catalogue& catalogue, ProcedureIndex procedure) {
    return Check(catalogue, catalogue.procedures()[procedure.value]).run();
}

}  // namespace gridgov::lists
