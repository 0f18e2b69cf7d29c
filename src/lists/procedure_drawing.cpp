// Procedures as text that Mermaid and Graphviz draw.
#include <string>
#include <string_view>

#include "gridgov/lists/procedure.hpp"
#include "lists/procedure_graph.hpp"

namespace gridgov::lists {
namespace {

/// Letters, digits, blanks and what is beyond ASCII stay; the rest becomes #NN;, Mermaid's own
/// notation. Control characters become blanks.
std::string mermaid_text(std::string_view text) {
    std::string out;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        const bool plain = byte >= 0x80 || byte == ' ' || (byte >= '0' && byte <= '9') ||
                           (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                           byte == ',' || byte == '.';
        if (byte < 0x20 || byte == 0x7F)
            out += ' ';
        else if (plain)
            out += character;
        else
            out += '#' + std::to_string(byte) + ';';
    }
    return out;
}

/// Inside of a quoted string: quotes and backslashes escaped, control characters blank.
std::string dot_text(std::string_view text) {
    std::string out;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte == 0x7F) {
            out += ' ';
            continue;
        }
        if (character == '"' || character == '\\') out += '\\';
        out += character;
    }
    return out;
}

const std::string& title_or_id(const Title& title, const std::string& id, Language language) {
    const std::string& text = title.in(language);
    return text.empty() ? id : text;
}

/// Who does a step; empty where nobody is named.
std::string actor_text(const Catalogue& catalogue, const Step& step, Language language) {
    const ActorIndex actor = catalogue.find_actor(step.actor);
    if (actor.exists())
        return title_or_id(catalogue.actor(actor).title, catalogue.actor(actor).id, language);
    constexpr std::string_view level = "level:";
    if (step.actor.substr(0, level.size()) != level) return step.actor;
    const std::string name = step.actor.substr(level.size());
    if (language == Language::en) return "each " + name;
    if (name == "courtyard") return "各院落";
    if (name == "grid") return "各网格";
    if (name == "village") return "各村";
    if (name == "town") return "乡镇";
    return "区县";
}

std::string workdays_text(std::uint32_t days, Language language) {
    if (language == Language::zh) return std::to_string(days) + "个工作日";
    return std::to_string(days) + (days == 1 ? " working day" : " working days");
}

std::string turns_text(std::uint32_t turns, Language language) {
    if (language == Language::zh) return "退回，至多" + std::to_string(turns) + "次";
    return "back, at most " + std::to_string(turns) + (turns == 1 ? " time" : " times");
}

/// A step's lines: title, actor, days.
template <class Escape>
std::string label(const Catalogue& catalogue, const Step& step, Language language,
                  std::string_view newline, Escape escape) {
    std::string text = escape(title_or_id(step.title, step.id, language));
    const std::string actor = actor_text(catalogue, step, language);
    if (!actor.empty()) text += std::string(newline) + escape(actor);
    if (step.workdays > 0)
        text += std::string(newline) + escape(workdays_text(step.workdays, language));
    return text;
}

}  // namespace

std::string procedure_mermaid(const Catalogue& catalogue, ProcedureIndex index,
                              Language language) {
    const Procedure& procedure = catalogue.procedures()[index.value];
    const StepGraph graph = step_graph(procedure);
    std::string out = "flowchart TD\n";
    for (std::uint32_t step = 0; step < graph.size(); ++step) {
        const bool round = step == 0 || graph.is_end(step);
        out += "    s" + std::to_string(step) + (round ? "([\"" : "[\"");
        out += label(catalogue, procedure.steps[step], language, "<br/>", mermaid_text);
        out += round ? "\"])\n" : "\"]\n";
    }
    for (const StepGraph::Way& way : graph.ways) {
        out += "    s" + std::to_string(way.from);
        if (way.back) {
            out += " -.->";
            if (const auto turns = graph.loop_max[way.from])
                out += "|\"" + mermaid_text(turns_text(*turns, language)) + "\"|";
        } else {
            out += graph.parallel[way.from] != 0 ? " ==>" : " -->";
        }
        out += " s" + std::to_string(way.to) + "\n";
    }
    return out;
}

std::string procedure_dot(const Catalogue& catalogue, ProcedureIndex index, Language language) {
    const Procedure& procedure = catalogue.procedures()[index.value];
    const StepGraph graph = step_graph(procedure);
    std::string out = "digraph \"" + dot_text(procedure.id) + "\" {\n";
    if (const std::string& title = title_or_id(procedure.title, procedure.id, language);
        !title.empty())
        out += "    label=\"" + dot_text(title) + "\";\n    labelloc=t;\n";
    out += "    node [shape=box, style=rounded];\n";
    for (std::uint32_t step = 0; step < graph.size(); ++step) {
        out += "    s" + std::to_string(step) + " [label=\"" +
               label(catalogue, procedure.steps[step], language, "\\n", dot_text) + "\"";
        if (graph.is_end(step))
            out += ", peripheries=2";
        else if (step == 0)
            out += ", penwidth=2";
        out += "];\n";
    }
    for (const StepGraph::Way& way : graph.ways) {
        out += "    s" + std::to_string(way.from) + " -> s" + std::to_string(way.to);
        if (way.back) {
            out += " [style=dashed, constraint=false";
            if (const auto turns = graph.loop_max[way.from])
                out += ", label=\"" + dot_text(turns_text(*turns, language)) + "\"";
            out += "]";
        } else if (graph.parallel[way.from] != 0) {
            out += " [penwidth=2]";
        }
        out += ";\n";
    }
    return out + "}\n";
}

}  // namespace gridgov::lists
