// The token game. A situation is the set of ways on which something has arrived and waits.
#include <algorithm>
#include <string>
#include <unordered_map>

#include "lists/procedure_graph.hpp"

namespace gridgov::lists {
namespace {

using Situation = std::vector<std::uint32_t>;  // ways, ascending

struct SituationHash {
    std::size_t operator()(const Situation& ways) const noexcept {
        std::uint64_t hash = ways.size();
        for (const std::uint32_t way : ways)
            hash = (hash ^ way) * 0x9E3779B97F4A7C15ULL + (hash >> 29);
        return static_cast<std::size_t>(hash);
    }
};

bool holds(const Situation& situation, std::uint32_t way) {
    return std::binary_search(situation.begin(), situation.end(), way);
}

class Game {
public:
    Game(const StepGraph& graph, std::size_t situations_max)
        : graph_(graph), situations_max_(situations_max) {}

    Soundness play() {
        if (graph_.join[0] != 0 && !graph_.in[0].empty()) {  // it waits for what it leads to itself
            result_.stuck = Soundness::Witness{};
            for (const std::uint32_t way : graph_.in[0])
                result_.stuck->missing.push_back(graph_.ways[way].from);
            return std::move(result_);
        }
        arrive(no_index, {}, 0);  // the start, of nothing before
        for (std::size_t at = 0; at < situations_.size(); ++at) {
            if (situations_.size() > situations_max_ || tokens_ > 20 * situations_max_) {
                result_.decided = false;
                return std::move(result_);
            }
            move(static_cast<std::uint32_t>(at));
        }
        if (result_.sound()) look_for_endless();
        return std::move(result_);
    }

private:
    struct Before {
        std::uint32_t situation = no_index, step = 0;  // what was done to come here
    };

    bool can_start(const Situation& situation, std::uint32_t step) const {
        if (graph_.join[step] == 0) return true;
        return std::all_of(graph_.in[step].begin(), graph_.in[step].end(),
                           [&](std::uint32_t way) { return holds(situation, way); });
    }

    /// Lets the first step that can start do so; every way that it may send on is a situation.
    void move(std::uint32_t at) {
        const Situation situation = *situations_[at];
        if (situation.empty()) {
            ended_ = at;
            return;
        }
        std::uint32_t step = no_index;
        for (const std::uint32_t way : situation) {
            const std::uint32_t to = graph_.ways[way].to;
            if (to < step && can_start(situation, to)) step = to;
        }
        if (step == no_index) {
            if (!result_.stuck) note_stuck(at, situation);
            return;
        }
        Situation rest;
        bool taken = false;  // of a step that does not join, what arrived on one way
        for (const std::uint32_t way : situation)
            if (graph_.ways[way].to == step && (graph_.join[step] != 0 || !taken))
                taken = true;
            else
                rest.push_back(way);
        arrive(at, std::move(rest), step);
    }

    /// `step` has been started and does its work; `rest` waits elsewhere.
    void arrive(std::uint32_t before, Situation rest, std::uint32_t step) {
        const auto& out = graph_.out[step];
        if (out.empty()) {
            if (rest.empty())
                add(before, step, {});
            else if (!result_.after_end)
                result_.after_end = Soundness::Witness{step, {}, course(before)};
            return;
        }
        if (graph_.parallel[step] != 0) {
            send(before, step, std::move(rest), out);
            return;
        }
        for (const std::uint32_t way : out) send(before, step, rest, {way});
    }

    void send(std::uint32_t before, std::uint32_t step, Situation situation,
              const std::vector<std::uint32_t>& ways) {
        for (const std::uint32_t way : ways) {
            // Sound free-choice nets are safe: nothing can wait twice where one is to be started.
            const std::uint32_t to = graph_.ways[way].to;
            bool twice = holds(situation, way);
            if (graph_.join[to] == 0)
                for (const std::uint32_t other : graph_.in[to])
                    twice = twice || holds(situation, other);
            if (twice) {
                if (!result_.overlap) {
                    result_.overlap = Soundness::Witness{to, {}, course(before)};
                    result_.overlap->course.push_back(step);
                }
                return;
            }
            situation.insert(std::lower_bound(situation.begin(), situation.end(), way), way);
        }
        add(before, step, std::move(situation));
    }

    void add(std::uint32_t before, std::uint32_t step, Situation situation) {
        const auto number = static_cast<std::uint32_t>(situations_.size());
        tokens_ += situation.size();
        const auto [found, is_new] = numbers_.emplace(std::move(situation), number);
        if (is_new) {
            situations_.push_back(&found->first);
            before_.push_back({before, step});
        }
        if (before != no_index) links_.emplace_back(before, found->second);
    }

    std::vector<std::uint32_t> course(std::uint32_t situation) const {
        std::vector<std::uint32_t> steps;
        for (; situation != no_index; situation = before_[situation].situation)
            steps.push_back(before_[situation].step);
        std::reverse(steps.begin(), steps.end());
        return steps;
    }

    void note_stuck(std::uint32_t at, const Situation& situation) {
        Soundness::Witness witness;
        witness.step = graph_.ways[situation.front()].to;
        for (const std::uint32_t way : graph_.in[witness.step])
            if (!holds(situation, way)) witness.missing.push_back(graph_.ways[way].from);
        witness.course = course(at);
        result_.stuck = std::move(witness);
    }

    /// A situation from which no end can be reached any more.
    void look_for_endless() {
        std::vector<std::vector<std::uint32_t>> before(situations_.size());
        for (const auto& [from, to] : links_) before[to].push_back(from);
        std::vector<std::uint8_t> ends(situations_.size());
        std::vector<std::uint32_t> frontier;
        if (ended_ != no_index) {
            ends[ended_] = 1;
            frontier.push_back(ended_);
        }
        while (!frontier.empty()) {
            const std::uint32_t at = frontier.back();
            frontier.pop_back();
            for (const std::uint32_t from : before[at])
                if (ends[from] == 0) {
                    ends[from] = 1;
                    frontier.push_back(from);
                }
        }
        for (std::uint32_t at = 0; at < situations_.size(); ++at)
            if (ends[at] == 0) {
                result_.endless =
                    Soundness::Witness{graph_.ways[situations_[at]->front()].to, {}, course(at)};
                return;
            }
    }

    const StepGraph& graph_;
    std::size_t situations_max_, tokens_ = 0;
    std::unordered_map<Situation, std::uint32_t, SituationHash> numbers_;
    std::vector<const Situation*> situations_;  // keys of `numbers_`, which stay where they are
    std::vector<Before> before_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> links_;
    std::uint32_t ended_ = no_index;
    Soundness result_;
};

}  // namespace

Soundness play(const StepGraph& graph, std::size_t situations_max) {
    return Game(graph, situations_max).play();
}

}  // namespace gridgov::lists
