#include "lists/procedure_graph.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace gridgov::lists {
namespace {

/// Steps that a walk from `start` along `ways` reaches; `forward` says which end of a way is next.
void spread(const StepGraph& graph, std::vector<std::uint32_t> frontier, bool forward,
            std::vector<std::uint8_t>& reached) {
    for (const std::uint32_t step : frontier) reached[step] = 1;
    while (!frontier.empty()) {
        const std::uint32_t step = frontier.back();
        frontier.pop_back();
        for (const std::uint32_t way : forward ? graph.out[step] : graph.in[step]) {
            const std::uint32_t other = forward ? graph.ways[way].to : graph.ways[way].from;
            if (reached[other] != 0) continue;
            reached[other] = 1;
            frontier.push_back(other);
        }
    }
}

/// Whether every course from the start to `step` passes `before`.
bool passes(const StepGraph& graph, std::uint32_t before, std::uint32_t step) {
    if (before == step || before == 0) return true;
    std::vector<std::uint8_t> reached(graph.size());
    reached[before] = 1;  // closed to the walk
    std::vector<std::uint32_t> frontier{0};
    reached[0] = 1;
    while (!frontier.empty()) {
        const std::uint32_t at = frontier.back();
        frontier.pop_back();
        if (at == step) return false;
        for (const std::uint32_t way : graph.out[at])
            if (std::uint8_t& seen = reached[graph.ways[way].to]; seen == 0) {
                seen = 1;
                frontier.push_back(graph.ways[way].to);
            }
    }
    return true;
}

/// Marks the ways that lead to a step still open, and orders the steps by when they are closed.
void find_ways_back(StepGraph& graph) {
    enum : std::uint8_t { unseen, open, closed };
    std::vector<std::uint8_t> state(graph.size(), unseen);
    std::vector<std::pair<std::uint32_t, std::size_t>> stack{{0, 0}};
    state[0] = open;
    while (!stack.empty()) {
        auto& [step, next] = stack.back();
        if (next == graph.out[step].size()) {
            state[step] = closed;
            graph.forward_order.push_back(step);
            stack.pop_back();
            continue;
        }
        StepGraph::Way& way = graph.ways[graph.out[step][next++]];
        if (state[way.to] == open) {
            way.back = true;
            way.orderly = passes(graph, way.to, way.from);
        } else if (state[way.to] == unseen) {
            state[way.to] = open;
            stack.emplace_back(way.to, 0);
        }
    }
    std::reverse(graph.forward_order.begin(), graph.forward_order.end());
}

}  // namespace

StepGraph step_graph(const Procedure& procedure) {
    StepGraph graph;
    std::unordered_map<std::string_view, std::uint32_t> numbers;
    for (const Step& step : procedure.steps)
        numbers.emplace(step.id, static_cast<std::uint32_t>(numbers.size()));
    const std::size_t size = procedure.steps.size();
    graph.out.resize(size);
    graph.in.resize(size);
    std::vector<std::uint32_t> ends, led_from(size, no_index);
    for (std::uint32_t from = 0; from < size; ++from) {
        const Step& step = procedure.steps[from];
        graph.parallel.push_back(step.parallel);
        graph.join.push_back(step.join);
        graph.loop_max.push_back(step.loop_max);
        graph.workdays.push_back(step.workdays);
        for (const std::string& next : step.next) {
            const auto found = numbers.find(next);
            if (found == numbers.end() || led_from[found->second] == from) continue;
            led_from[found->second] = from;
            const auto way = static_cast<std::uint32_t>(graph.ways.size());
            graph.ways.push_back({from, found->second, false, false});
            graph.out[from].push_back(way);
            graph.in[found->second].push_back(way);
        }
        if (graph.is_end(from)) ends.push_back(from);
    }
    graph.reachable.resize(size);
    graph.reaches_end.resize(size);
    if (size == 0) return graph;
    spread(graph, {0}, true, graph.reachable);
    spread(graph, ends, false, graph.reaches_end);
    find_ways_back(graph);
    return graph;
}

}  // namespace gridgov::lists
