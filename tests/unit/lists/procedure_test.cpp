#include "gridgov/lists/procedure.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "lists/procedure_graph.hpp"

using namespace gridgov;
using namespace gridgov::lists;

namespace {

Step step(std::string id, std::vector<std::string> next, std::uint32_t workdays = 1) {
    Step result;
    result.id = std::move(id);
    result.next = std::move(next);
    result.workdays = workdays;
    return result;
}
Step parallel(Step of) {
    of.parallel = true;
    return of;
}
Step join(Step of) {
    of.join = true;
    return of;
}
Step loop(Step of, std::uint32_t most) {
    of.loop_max = most;
    return of;
}
Step by(Step of, const char* actor) {
    of.actor = actor;
    return of;
}

Catalogue catalogue(std::vector<Step> steps, std::optional<std::uint32_t> limit = std::nullopt) {
    Layer layer;
    layer.file = "test";
    layer.head.id = "test";
    for (const auto& [id, level] :
         {std::pair("yard", Level::courtyard), std::pair("village", Level::village),
          std::pair("town", Level::town), std::pair("district", Level::district)}) {
        Actor actor;
        actor.id = id;
        actor.level = level;
        layer.actors.push_back(actor);
    }
    Procedure procedure;
    procedure.id = "p";
    procedure.limit_workdays = limit;
    procedure.steps = std::move(steps);
    layer.procedures.push_back(std::move(procedure));
    return Catalogue::make(std::vector<Layer>{std::move(layer)});
}

ProcedureCheck check(std::vector<Step> steps, std::optional<std::uint32_t> limit = std::nullopt) {
    return check_procedure(catalogue(std::move(steps), limit), ProcedureIndex(0));
}

std::string codes(const ProcedureCheck& found) {
    std::string out;
    for (const Finding& finding : found.findings) {
        out += (out.empty() ? "" : " ") + std::string(code_name(finding.code)).substr(10);
        CHECK(!message(finding, Language::en).empty());
    }
    return out;
}

// --- every situation that any order of work can lead to ---------------------------------------------

struct Naive {
    bool sound = true, given_up = false;
};

/// Marks on ways, and how often the end was reached; sound: from every situation one can come to
/// "ended once and nothing waits", nothing waits twice on a way, and every step can be started.
Naive naive(const StepGraph& graph) {
    using Situation = std::pair<std::vector<int>, int>;
    Naive result;
    std::map<Situation, std::set<Situation>> onward;
    std::vector<Situation> frontier;
    std::set<std::uint32_t> started;
    const auto visit = [&](const Situation& from, const Situation& to) {
        if (onward.emplace(to, std::set<Situation>{}).second) frontier.push_back(to);
        onward[from].insert(to);
    };
    const auto done = [&](const Situation& from, std::vector<int> marks, int ends,
                          std::uint32_t at) {
        started.insert(at);
        if (graph.is_end(at)) return visit(from, {marks, ends + 1});
        if (graph.parallel[at] != 0) {
            for (const std::uint32_t way : graph.out[at]) ++marks[way];
            return visit(from, {marks, ends});
        }
        for (const std::uint32_t way : graph.out[at]) {
            ++marks[way];
            visit(from, {marks, ends});
            --marks[way];
        }
    };
    const Situation start{std::vector<int>(graph.ways.size(), 0), 0};
    onward.emplace(Situation{{}, -1}, std::set<Situation>{});
    if (graph.join[0] != 0 && !graph.in[0].empty()) {  // the start waits for what it leads to
        result.sound = false;
        return result;
    }
    done({{}, -1}, start.first, 0, 0);
    while (!frontier.empty()) {
        const Situation at = frontier.back();
        frontier.pop_back();
        if (onward.size() > 20000) {
            result.given_up = true;
            return result;
        }
        if (*std::max_element(at.first.begin(), at.first.end()) > 1 || at.second > 1) {
            result.sound = false;
            return result;
        }
        for (std::uint32_t to = 0; to < graph.size(); ++to) {
            const auto& in = graph.in[to];
            std::vector<int> marks = at.first;
            if (graph.join[to] != 0 && !in.empty()) {
                if (!std::all_of(in.begin(), in.end(), [&](auto way) { return marks[way] > 0; }))
                    continue;
                for (const std::uint32_t way : in) --marks[way];
                done(at, marks, at.second, to);
            } else if (graph.join[to] == 0) {
                for (const std::uint32_t way : in)
                    if (marks[way] > 0) {
                        --marks[way];
                        done(at, marks, at.second, to);
                        ++marks[way];
                    }
            }
        }
    }
    std::set<Situation> good{{start.first, 1}};
    for (bool grown = true; grown;) {
        grown = false;
        for (const auto& [from, targets] : onward)
            if (!good.contains(from) && std::any_of(targets.begin(), targets.end(), [&](const auto& to) {
                    return good.contains(to);
                }))
                grown = good.insert(from).second;
    }
    for (const auto& [from, targets] : onward)
        if (!good.contains(from)) result.sound = false;
    if (started.size() != graph.size()) result.sound = false;
    return result;
}

/// The longest course by trying all of them.
std::int64_t longest(const StepGraph& graph, std::uint32_t at, std::vector<std::uint32_t> turns) {
    if (graph.is_end(at)) return graph.workdays[at];
    std::int64_t best = -1;
    for (const std::uint32_t number : graph.out[at]) {
        const auto& way = graph.ways[number];
        if (way.back && turns[at] == 0) continue;
        if (way.back) --turns[at];
        best = std::max(best, longest(graph, way.to, turns));
        if (way.back) ++turns[at];
    }
    return best < 0 ? -1 : best + graph.workdays[at];
}

Procedure random_procedure(std::mt19937& random, std::uint32_t size) {
    const auto below = [&](std::uint32_t count) {
        return static_cast<std::uint32_t>(random() % count);
    };
    Procedure procedure;
    procedure.id = "p";
    for (std::uint32_t i = 0; i < size; ++i) {
        Step at = step("s" + std::to_string(i), {}, below(5));
        if (i + 1 < size)
            for (std::uint32_t count = below(4) == 0 ? 2 + below(2) : 1; count > 0; --count) {
                const bool back = below(9) == 0;
                const std::uint32_t to = back ? below(i + 1) : i + 1 + below(std::min(3U, size - i - 1));
                at.next.push_back("s" + std::to_string(to));
            }
        at.parallel = at.next.size() > 1 && below(2) == 0;
        at.join = below(4) == 0;
        at.loop_max = below(3);
        procedure.steps.push_back(std::move(at));
    }
    return procedure;
}

/// Blocks put together so that much is sound: series, choice, parallel, loop.
void block(std::mt19937& random, Procedure& into, const std::string& before, int depth) {
    const auto add = [&](const std::string& id) -> Step& {
        into.steps.push_back(step(id, {}, static_cast<std::uint32_t>(random() % 4)));
        return into.steps.back();
    };
    const auto find = [&](const std::string& id) -> Step& {
        return *std::find_if(into.steps.begin(), into.steps.end(),
                             [&](const Step& at) { return at.id == id; });
    };
    const std::string name = "n" + std::to_string(into.steps.size());
    const auto kind = depth == 0 ? 0 : random() % 4;
    if (kind == 0) {
        add(name + "e");
        find(before).next.push_back(name + "e");
        return;
    }
    add(name + "a");
    find(before).next.push_back(name + "a");
    std::vector<std::string> ends;
    if (kind == 3) {  // a body that may be done again
        block(random, into, name + "a", depth - 1);
        const std::string body_end = into.steps.back().id;
        add(name + "z");
        find(body_end).next.push_back(name + "z");
        find(name + "z").next.push_back(name + "a");
        find(name + "z").loop_max = 1 + random() % 2;
        add(name + "x");
        find(name + "z").next.push_back(name + "x");
        return;
    }
    for (int branch = 0; branch < 2; ++branch) {
        block(random, into, name + "a", depth - 1);
        ends.push_back(into.steps.back().id);
    }
    add(name + "z").join = kind == 2;
    find(name + "a").parallel = kind == 2;
    for (const std::string& end : ends) find(end).next.push_back(name + "z");
}

}  // namespace

TEST_CASE("procedure: a plain course, a choice, a loop, branches that meet") {
    const ProcedureCheck plain = check({step("a", {"b"}, 2), step("b", {}, 5)}, 7);
    CHECK(plain.sound);
    CHECK(plain.workdays_max == 7);
    CHECK(plain.longest_course == std::vector<std::string>{"a", "b"});
    CHECK(codes(plain).empty());
    CHECK(codes(check({step("a", {"b"}, 2), step("b", {}, 6)}, 7)) == "over_limit");

    const ProcedureCheck branches =
        check({parallel(step("a", {"b", "c"})), step("b", {"d"}, 4), step("c", {"d"}, 9),
               join(step("d", {}))});
    CHECK(branches.sound);
    CHECK(branches.workdays_max == 11);
    CHECK(branches.longest_course == std::vector<std::string>{"a", "c", "d"});

    const ProcedureCheck again = check({step("a", {"b"}, 3), loop(step("b", {"a", "c"}, 2), 2),
                                        step("c", {})});
    CHECK(again.sound);
    CHECK(again.workdays_max == 3 * 5 + 1);

    // The step that goes back has no other way: it may be come to no more often than it may be
    // left.
    const ProcedureCheck mend = check({step("a", {"b"}, 3), step("b", {"fix", "c"}, 2),
                                       loop(step("fix", {"a"}, 7), 2), step("c", {})});
    CHECK(mend.sound);
    CHECK(mend.workdays_max == 2 * 12 + 5 + 1);
}

TEST_CASE("procedure: what is unsound, with the course that shows it") {
    CHECK(codes(check({step("a", {}), step("b", {})})) == "step_unreachable");
    CHECK(codes(check({step("a", {"b", "c"}), loop(step("b", {"b"}), 3), step("c", {})})) ==
          "without_end");
    const ProcedureCheck unbounded = check({step("a", {"b"}), step("b", {"a", "c"}), step("c", {})});
    CHECK(codes(unbounded) == "way_back_unbounded");
    CHECK_FALSE(unbounded.sound);
    CHECK(codes(check({loop(step("a", {"b"}), 1), step("b", {})})) == "loop_max_unused");
    CHECK(codes(check({loop(step("a", {"b"}), 1), join(step("b", {}))})) ==
          "loop_max_unused join_alone");
    CHECK(codes(check({loop(step("a", {"a", "b"}), 1001), step("b", {})})) == "loop_max_too_large");

    CHECK(codes(check({step("a", {"b", "c"}), loop(step("b", {"c", "d"}), 1),
                       loop(step("c", {"b"}), 1), step("d", {})})) ==
          "circle_entered_twice loop_max_unused");
    CHECK(codes(check({join(step("a", {"b"})), loop(step("b", {"a", "c"}), 1), step("c", {})})) ==
          "stuck join_alone");

    // A join behind a choice waits for what never comes.
    const ProcedureCheck stuck =
        check({step("a", {"b", "c"}), step("b", {"d"}), step("c", {"d"}), join(step("d", {}))});
    CHECK_FALSE(stuck.sound);
    CHECK_FALSE(stuck.workdays_max.has_value());
    REQUIRE(codes(stuck) == "stuck");
    CHECK(stuck.findings[0].records == std::vector<std::string>{"p", "d", "a", "b"});
    CHECK(stuck.findings[0].fields[0].second == "c");

    // Branches that never meet end twice; branches that meet without a join start a step twice.
    CHECK(codes(check({parallel(step("a", {"b", "c"})), step("b", {}), step("c", {})})) ==
          "step_after_end");
    CHECK(codes(check({parallel(step("a", {"b", "c"})), step("b", {"d"}), step("c", {"d"}),
                       step("d", {})})) == "step_overlaps");
    // A loop that splits again and again.
    CHECK_FALSE(check({loop(parallel(step("a", {"a", "b"})), 2), step("b", {})}).sound);
}

TEST_CASE("procedure: levels rise, then fall, and do not rise again") {
    const auto of = [](std::vector<std::pair<const char*, const char*>> courses) {
        std::vector<Step> steps;
        for (std::size_t i = 0; i < courses.size(); ++i)
            steps.push_back(by(step(courses[i].first, i + 1 < courses.size()
                                                          ? std::vector<std::string>{courses[i + 1].first}
                                                          : std::vector<std::string>{}),
                               courses[i].second));
        return check(std::move(steps));
    };
    CHECK(codes(of({{"a", "village"}, {"b", "town"}, {"c", "district"}, {"d", "village"}})).empty());
    const ProcedureCheck falls =
        of({{"a", "town"}, {"b", "village"}, {"x", ""}, {"c", "district"}, {"d", "village"}});
    CHECK(codes(falls).empty());  // x, whose level nobody knows, stands between
    const ProcedureCheck rises = of({{"a", "town"}, {"b", "village"}, {"c", "district"}});
    REQUIRE(codes(rises) == "level_falls");
    CHECK(rises.findings[0].records == std::vector<std::string>{"p", "a", "b", "c"});
    CHECK(rises.findings[0].severity == Severity::warning);
    CHECK(rises.sound);
    // A way back may fall.
    CHECK(codes(check({by(step("a", {"b"}), "level:village"),
                       loop(by(step("b", {"a", "c"}), "town"), 1), by(step("c", {}), "district")}))
              .empty());
}

TEST_CASE("procedure: random ones as exhaustive search finds them") {
    std::mt19937 random(3);
    int sound = 0, unsound = 0;
    for (int round = 0; round < 3000; ++round) {
        Procedure procedure;
        procedure.id = "p";
        if (round % 2 == 0) {
            procedure = random_procedure(random, 2 + static_cast<std::uint32_t>(random() % 7));
        } else {
            procedure.steps.push_back(step("start", {}));
            block(random, procedure, "start", 2);
            if (random() % 3 == 0) {  // spoiled
                Step& at = procedure.steps[random() % procedure.steps.size()];
                if (random() % 2 == 0) at.join = !at.join;
                else at.parallel = !at.parallel;
            }
        }
        const StepGraph graph = step_graph(procedure);
        if (graph.ways.empty()) continue;
        const Naive expected = naive(graph);
        if (expected.given_up) continue;
        const bool whole =
            std::all_of(graph.reachable.begin(), graph.reachable.end(), [](auto at) { return at; }) &&
            std::all_of(graph.reaches_end.begin(), graph.reaches_end.end(), [](auto at) { return at; });
        const bool found = whole && play(graph, 100000).sound();
        std::string shown;
        for (const Step& at : procedure.steps) {
            shown += at.id + (at.parallel ? "&" : "") + (at.join ? "+" : "") + ":";
            for (const std::string& next : at.next) shown += " " + next;
            shown += "\n";
        }
        CAPTURE(shown);
        REQUIRE(found == expected.sound);
        ++(found ? sound : unsound);
        if (!found) continue;
        std::vector<std::uint32_t> turns(graph.size());
        for (std::uint32_t at = 0; at < graph.size(); ++at) turns[at] = graph.loop_max[at].value_or(0);
        const LongestCourse course = longest_course(graph);
        REQUIRE(course.exact);
        const std::int64_t most = longest(graph, 0, turns);
        if (most < 0) continue;  // a loop that has to be left more often than it may
        REQUIRE(static_cast<std::int64_t>(course.workdays) == most);
        std::int64_t total = 0;
        for (const std::uint32_t at : course.steps) total += graph.workdays[at];
        REQUIRE(total == most);
    }
    CHECK(sound > 500);
    CHECK(unsound > 500);
}

TEST_CASE("procedure: large ones") {
    // Thirty branches of ten choices each: 10^30 courses and more.
    std::vector<Step> steps{parallel(step("start", {}))};
    std::vector<std::string> ends;
    for (int branch = 0; branch < 30; ++branch) {
        const std::string name = "b" + std::to_string(branch) + "-";
        steps[0].next.push_back(name + "0");
        for (int i = 0; i < 10; ++i) {
            const std::string at = name + std::to_string(i), next = name + std::to_string(i + 1);
            steps.push_back(step(at, {at + "x", at + "y"}));
            steps.push_back(step(at + "x", {next}, 2));
            steps.push_back(step(at + "y", {next}, 3));
        }
        steps.push_back(step(name + "10", {"end"}));
    }
    steps.push_back(join(step("end", {})));
    const ProcedureCheck found = check(steps);
    CHECK(found.sound);
    CHECK(found.workdays_max == 1 + 10 * 4 + 1 + 1);

    std::vector<Step> chain;
    for (int i = 0; i < 9000; ++i)
        chain.push_back(step("c" + std::to_string(i), {"c" + std::to_string(i + 1)}));
    chain.push_back(step("c9000", {}));
    CHECK(check(chain).workdays_max == 9001);
    for (int i = 9001; i < 9900; ++i)
        chain.push_back(step("d" + std::to_string(i), {"c0", "c1", "c2"}));
    CHECK(codes(check(chain)) == "too_large");

    // Loops in loops with so many turns that only a bound is told.
    std::vector<Step> loops;
    for (int i = 0; i < 8; ++i)
        loops.push_back(loop(step("l" + std::to_string(i), {"l0", "l" + std::to_string(i + 1)}), 900));
    loops.push_back(step("l8", {}));
    const ProcedureCheck bounded = check(loops);
    CHECK(bounded.sound);
    CHECK_FALSE(bounded.workdays_exact);
    CHECK(bounded.workdays_max.value_or(0) >= 900 * 36 + 9);
}

TEST_CASE("procedure: drawings, with everything escaped") {
    Step first = by(step("a", {"b"}, 3), "village");
    first.title = {"说\"事\"", "say \"it\" <b>|\\n; end\n#1"};
    const Catalogue of = catalogue({first, loop(step("b", {"a", "c"}, 1), 2), step("c", {})});
    CHECK(procedure_mermaid(of, ProcedureIndex(0), Language::en) ==
          "flowchart TD\n"
          "    s0([\"say #34;it#34; #60;b#62;#124;#92;n#59; end #35;1<br/>village<br/>3 working days\"])\n"
          "    s1[\"b<br/>1 working day\"]\n"
          "    s2([\"c<br/>1 working day\"])\n"
          "    s0 --> s1\n"
          "    s1 -.->|\"back, at most 2 times\"| s0\n"
          "    s1 --> s2\n");
    const std::string dot = procedure_dot(of, ProcedureIndex(0), Language::zh);
    CHECK(dot.find("s0 [label=\"说\\\"事\\\"\\nvillage\\n3个工作日\", penwidth=2];") !=
          std::string::npos);
    CHECK(dot.find("s1 -> s0 [style=dashed, constraint=false, label=\"退回，至多2次\"];") !=
          std::string::npos);
    CHECK(procedure_dot(of, ProcedureIndex(0), Language::en)
              .find("say \\\"it\\\" <b>|\\\\n; end #1") != std::string::npos);
}
