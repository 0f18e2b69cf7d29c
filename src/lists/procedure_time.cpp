// The longest course. A course is bounded by the ways back that are left, so the value of a step is
// found for every number left of each loop around it (its strong component), from none upwards.
#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <limits>

#include "lists/procedure_graph.hpp"

namespace gridgov::lists {
namespace {

constexpr std::size_t values_max = 4'000'000;
constexpr std::size_t course_steps_max = 1'000;

/// A strong component: its steps so that ways forward lead to later ones, and its loops.
struct Component {
    struct Loop {
        std::uint32_t step;
        std::size_t weight;  // of one of its turns in the code of what is left
        std::size_t turns;
    };
    std::vector<std::uint32_t> steps;
    std::vector<Loop> loops;
    std::size_t codes = 1;  // codes of what is left: 0 to codes − 1
    /// Code × step: working days from the step's start to the end, and 1; 0: no way on is left.
    std::vector<std::uint64_t> values;
};

class Courses {
public:
    explicit Courses(const StepGraph& graph) : graph_(graph), place_(graph.size()) {
        find_components();
        std::size_t values = 0;
        for (Component& component : components_) {
            for (const std::uint32_t step : component.steps) {
                const std::size_t turns = turns_of(step);
                if (turns == 0) continue;
                component.loops.push_back({step, component.codes, turns});
                component.codes *= turns + 1;
                if (component.codes > values_max) {
                    fits_ = false;
                    return;
                }
            }
            values += component.codes * component.steps.size();
        }
        fits_ = values <= values_max;
    }

    LongestCourse find() {
        LongestCourse result;
        if (!fits_) {
            result.exact = false;
            result.workdays = bound();
            return result;
        }
        // Boost numbers components so that ways lead to smaller numbers.
        for (Component& component : components_) {
            component.values.resize(component.codes * component.steps.size());
            for (std::size_t code = 0; code < component.codes; ++code)
                for (std::size_t i = component.steps.size(); i-- > 0;) {
                    const std::uint64_t rest = best(component, code, i).value;
                    value(component, code, i) =
                        rest == 0 ? 0 : rest + graph_.workdays[component.steps[i]];
                }
        }
        if (full_value(0) == 0) return result;  // loops that may not be left often enough
        std::uint32_t step = 0;
        std::size_t code = full_code(0);
        result.workdays = full_value(0) - 1;
        while (result.steps.size() < course_steps_max) {
            result.steps.push_back(step);
            if (graph_.is_end(step)) break;
            const Choice next = best(components_[component_of_[step]], code, place_[step]);
            step = next.step;
            code = next.code;
        }
        return result;
    }

private:
    struct Choice {
        std::uint64_t value = 0;
        std::uint32_t step = no_index;
        std::size_t code = 0;
    };

    std::size_t turns_of(std::uint32_t step) const {
        const bool leads_back =
            std::any_of(graph_.out[step].begin(), graph_.out[step].end(),
                        [&](std::uint32_t way) { return graph_.ways[way].back; });
        return leads_back ? graph_.loop_max[step].value_or(0) : 0;
    }

    void find_components() {
        boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph(graph_.size());
        for (const StepGraph::Way& way : graph_.ways)
            if (graph_.reachable[way.from] != 0) boost::add_edge(way.from, way.to, graph);
        component_of_.resize(graph_.size());
        const auto count = boost::strong_components(graph, component_of_.data());
        components_.resize(static_cast<std::size_t>(count));
        for (const std::uint32_t step : graph_.forward_order) {
            place_[step] = components_[component_of_[step]].steps.size();
            components_[component_of_[step]].steps.push_back(step);
        }
    }

    static std::uint64_t& value(Component& component, std::size_t code, std::size_t place) {
        return component.values[code * component.steps.size() + place];
    }

    std::size_t full_code(std::uint32_t step) const {
        return components_[component_of_[step]].codes - 1;
    }
    std::uint64_t full_value(std::uint32_t step) {
        return value(components_[component_of_[step]], full_code(step), place_[step]);
    }

    Choice best(Component& component, std::size_t code, std::size_t place) {
        const std::uint32_t step = component.steps[place];
        Choice best;
        if (graph_.is_end(step)) best.value = 1;
        for (const std::uint32_t number : graph_.out[step]) {
            const StepGraph::Way& way = graph_.ways[number];
            Choice choice{0, way.to, code};
            if (way.back) {
                const auto loop =
                    std::find_if(component.loops.begin(), component.loops.end(),
                                 [&](const Component::Loop& at) { return at.step == step; });
                if (loop == component.loops.end() ||
                    code / loop->weight % (loop->turns + 1) == 0)
                    continue;
                choice.code = code - loop->weight;
                choice.value = value(component, choice.code, place_[way.to]);
            } else if (component_of_[way.to] == component_of_[step]) {
                choice.value = value(component, code, place_[way.to]);
            } else {
                choice.code = full_code(way.to);
                choice.value = full_value(way.to);
            }
            if (choice.value > best.value) best = choice;
        }
        return best;
    }

    /// Every turn of a loop is followed by a course forward from where it leads back to.
    std::uint64_t bound() const {
        std::vector<std::uint64_t> forward(graph_.size());
        for (std::size_t i = graph_.forward_order.size(); i-- > 0;) {
            const std::uint32_t step = graph_.forward_order[i];
            std::uint64_t most = 0;
            for (const std::uint32_t way : graph_.out[step])
                if (!graph_.ways[way].back) most = std::max(most, forward[graph_.ways[way].to]);
            forward[step] = most + graph_.workdays[step];
        }
        std::uint64_t total = forward[0];
        for (const std::uint32_t step : graph_.forward_order) {
            std::uint64_t most = 0;
            for (const std::uint32_t way : graph_.out[step])
                if (graph_.ways[way].back) most = std::max(most, forward[graph_.ways[way].to]);
            total += turns_of(step) * most;
        }
        return total;
    }

    const StepGraph& graph_;
    std::vector<std::uint32_t> component_of_;
    std::vector<std::size_t> place_;  // of a step in its component
    std::vector<Component> components_;
    bool fits_ = true;
};

}  // namespace

LongestCourse longest_course(const StepGraph& graph) { return Courses(graph).find(); }

}  // namespace gridgov::lists
