// Catalogues of lists: reading them, decisions, audit, procedures.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <pybind11/stl.h>

#include "bind.hpp"
#include "gridgov/error.hpp"
#include "gridgov/lists/audit.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/lists/decide.hpp"
#include "gridgov/lists/procedure.hpp"
#include "gridgov/report/explain_lists.hpp"
#include "lists_python.hpp"
#include "text_array.hpp"

namespace gridgov::python {
namespace {

using lists::ActorIndex;
using lists::Catalogue;
using lists::ItemIndex;

using Texts = std::vector<std::string>;
using Attributes = std::vector<std::pair<std::string, py::object>>;

py::object id_or_none(const Catalogue& catalogue, ItemIndex item) {
    return item.exists() ? py::object(text(catalogue.item(item).id)) : py::object(py::none());
}

py::list ids_of(const Catalogue& catalogue, const std::vector<ItemIndex>& items) {
    py::list ids;
    for (const ItemIndex item : items) ids.append(text(catalogue.item(item).id));
    return ids;
}

/// A catalogue of files: TOML and JSON may stand side by side.
Catalogue read(const Texts& texts, const Texts& names, const std::vector<bool>& json) {
    if (texts.size() != names.size() || texts.size() != json.size())
        throw py::value_error("a name and a kind for each text");
    const py::gil_scoped_release released;
    std::vector<lists::Source> sources;
    for (std::size_t file = 0; file < texts.size(); ++file)
        sources.push_back({texts[file], names[file]});
    std::size_t jsons = 0;
    for (const bool one : json) jsons += one;
    if (jsons == 0) return Catalogue::read_toml(sources);
    if (jsons == sources.size()) return Catalogue::read_json(sources);
    std::vector<lists::Layer> layers;
    std::vector<Finding> findings;
    for (std::size_t file = 0; file < sources.size(); ++file) {
        const std::span<const lists::Source> one(&sources[file], 1);
        try {
            auto read = json[file] ? lists::read_json_layers(one) : lists::read_toml_layers(one);
            for (lists::Layer& layer : read) layers.push_back(std::move(layer));
        } catch (const DataError& error) {
            findings.insert(findings.end(), error.findings().begin(), error.findings().end());
        }
    }
    if (!findings.empty()) throw DataError(std::move(findings));
    return Catalogue::make(std::move(layers));
}

// Tables of a catalogue, as columns for a frame.

py::dict title_columns(py::dict columns, const py::list& zh, const py::list& en) {
    columns["title_zh"] = zh;
    columns["title_en"] = en;
    return columns;
}

py::dict items_of(const Catalogue& catalogue) {
    py::list id, list, matter, zh, en, actor, lead, villages, first, end, hours, recurrence, due,
        department, file, line;
    for (std::uint32_t row = 0; row < catalogue.items().size(); ++row) {
        const lists::Item& item = catalogue.items()[row];
        id.append(text(item.id));
        list.append(text(lists::list_name(item.list)));
        matter.append(text(item.matter));
        zh.append(text(item.title.zh));
        en.append(text(item.title.en));
        actor.append(text(item.actor));
        lead.append(text(item.lead));
        villages.append(texts(item.villages));
        first.append(date_or_none(item.effective_from));
        end.append(date_or_none(item.effective_to));
        hours.append(item.hours);
        recurrence.append(text(item.recurrence));
        due.append(item.due_days ? py::object(py::int_(*item.due_days)) : py::none());
        department.append(text(item.department));
        file.append(text(catalogue.file(item.origin.layer)));
        line.append(item.origin.line);
    }
    py::dict columns;
    columns["item"] = id;
    columns["list"] = list;
    columns["matter"] = matter;
    title_columns(columns, zh, en);
    columns["actor"] = actor;
    columns["lead"] = lead;
    columns["villages"] = villages;
    columns["effective_from"] = first;
    columns["effective_to"] = end;
    columns["hours"] = hours;
    columns["recurrence"] = recurrence;
    columns["due_days"] = due;
    columns["department"] = department;
    columns["file"] = file;
    columns["line"] = line;
    return columns;
}

py::dict actors_of(const Catalogue& catalogue) {
    py::list id, zh, en, level, parent, village;
    for (std::uint32_t row = 0; row < catalogue.actors().size(); ++row) {
        const lists::Actor& actor = catalogue.actors()[row];
        const ActorIndex home = catalogue.village(ActorIndex(row));
        id.append(text(actor.id));
        zh.append(text(actor.title.zh));
        en.append(text(actor.title.en));
        level.append(text(lists::level_name(actor.level)));
        parent.append(text(actor.parent));
        village.append(text(home.exists() ? catalogue.actor(home).id : std::string()));
    }
    py::dict columns;
    columns["actor"] = id;
    title_columns(columns, zh, en);
    columns["level"] = level;
    columns["parent"] = parent;
    columns["village"] = village;
    return columns;
}

py::dict persons_of(const Catalogue& catalogue) {
    py::list id, zh, en, posts, capacity;
    for (const lists::Person& person : catalogue.persons()) {
        id.append(text(person.id));
        zh.append(text(person.title.zh));
        en.append(text(person.title.en));
        posts.append(texts(person.posts));
        capacity.append(person.capacity_hours ? py::object(py::float_(*person.capacity_hours))
                                              : py::none());
    }
    py::dict columns;
    columns["person"] = id;
    title_columns(columns, zh, en);
    columns["posts"] = posts;
    columns["capacity_hours"] = capacity;
    return columns;
}

py::dict procedures_of(const Catalogue& catalogue) {
    py::list id, zh, en, steps, limit;
    for (const lists::Procedure& procedure : catalogue.procedures()) {
        id.append(text(procedure.id));
        zh.append(text(procedure.title.zh));
        en.append(text(procedure.title.en));
        steps.append(procedure.steps.size());
        limit.append(procedure.limit_workdays ? py::object(py::int_(*procedure.limit_workdays))
                                              : py::none());
    }
    py::dict columns;
    columns["procedure"] = id;
    title_columns(columns, zh, en);
    columns["steps"] = steps;
    columns["limit_workdays"] = limit;
    return columns;
}

py::list referrals_of(const Catalogue& catalogue) {
    py::list rows;
    for (const lists::Referral& referral : catalogue.referrals())
        rows.append(
            py::make_tuple(text(referral.from), text(referral.to), text(referral.matter)));
    return rows;
}

py::dict head_of(const Catalogue& catalogue) {
    const lists::Head& head = catalogue.head();
    py::list files;
    for (std::uint32_t layer = 0; layer < catalogue.layers().size(); ++layer)
        files.append(text(catalogue.file(layer)));
    py::dict columns;
    columns["id"] = text(head.id);
    columns["title_zh"] = text(head.title.zh);
    columns["title_en"] = text(head.title.en);
    columns["jurisdiction"] = text(head.jurisdiction);
    columns["effective_from"] = date_or_none(head.effective_from);
    columns["effective_to"] = date_or_none(head.effective_to);
    columns["unlisted"] = text(lists::unlisted_name(head.unlisted.value()));
    columns["unlisted_certificate"] = text(lists::unlisted_name(head.unlisted_certificate.value()));
    columns["files"] = files;
    return columns;
}

// Decisions.

/// A request from Python; owns what the core borrows.
class Asked {
public:
    Asked(std::string actor, std::string matter, std::int32_t date, std::string village,
          const Attributes& attributes)
        : actor_(std::move(actor)), matter_(std::move(matter)), village_(std::move(village)) {
        storage_.reserve(attributes.size());
        values_.reserve(attributes.size());
        for (const auto& [name, value] : attributes)
            values_.push_back({name, value_of(value, storage_.emplace_back())});
        for (std::size_t at = 0; at < attributes.size(); ++at)
            values_[at].name = attributes[at].first;
        request_ = {actor_, matter_, Date{date}, village_, values_};
    }
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;
    const lists::Request& request() const { return request_; }

private:
    std::string actor_, matter_, village_;
    std::vector<std::string> storage_;
    std::vector<lists::Attribute> values_;
    lists::Request request_;
};

py::object miss_to_python(const Catalogue& catalogue,
                          const std::optional<lists::NearestMiss>& miss) {
    if (!miss) return py::none();
    py::list changes;
    for (const lists::Change& change : miss->changes) {
        py::dict one;
        one["field"] = text(change.name);
        one["from"] = change.from.empty() ? py::object(py::none()) : py::object(text(change.from));
        one["to"] = text(change.to);
        one["attribute"] = change.field == lists::Change::Field::attribute;
        changes.append(one);
    }
    py::dict result;
    result["item"] = text(catalogue.item(miss->item).id);
    result["cost"] = miss->cost;
    result["changes"] = changes;
    return result;
}

py::dict responsible_to_python(const Catalogue& catalogue, const lists::Responsible& who) {
    std::string name = catalogue.actor(who.actor).id;
    if (!who.name.empty()) name += "." + std::string(who.name);
    py::list persons;
    if (who.post.exists())
        for (const std::uint32_t person : catalogue.holders(who.post))
            persons.append(text(catalogue.persons()[person].id));
    py::dict result;
    result["post"] = text(name);
    result["persons"] = persons;
    return result;
}

/// What the deciding item says besides: who leads and helps, on what basis, who is responsible.
void add_item(const Catalogue& catalogue, const std::string& actor, ItemIndex index,
              py::dict& result) {
    if (!index.exists()) {
        for (const char* const key : {"list", "title_zh", "title_en", "lead", "department", "file",
                                      "line"})
            result[key] = py::none();
        result["assists"] = py::list();
        result["basis"] = py::list();
        return;
    }
    const lists::Item& item = catalogue.item(index);
    result["list"] = text(lists::list_name(item.list));
    result["title_zh"] = text(item.title.zh);
    result["title_en"] = text(item.title.en);
    result["department"] = item.department.empty() ? py::object(py::none())
                                                   : py::object(text(item.department));
    result["basis"] = texts(item.basis);
    result["file"] = text(catalogue.file(item.origin.layer));
    result["line"] = item.origin.line;
    const bool refuses = item.list == lists::List::negative || item.list == lists::List::reclaimed;
    const ActorIndex acting = catalogue.find_actor(actor);
    py::list assists;
    result["lead"] = py::none();
    if (!refuses) {
        result["lead"] = responsible_to_python(catalogue, catalogue.lead(index, acting));
        for (const lists::Responsible& one : catalogue.assists(index, acting))
            assists.append(responsible_to_python(catalogue, one));
    }
    result["assists"] = assists;
}

py::dict decide(const Catalogue& catalogue, const std::string& actor, const std::string& matter,
                std::int32_t date, const std::string& village, const Attributes& attributes) {
    const Asked asked(actor, matter, date, village, attributes);
    lists::Decision decision;
    std::string english, chinese;
    {
        const py::gil_scoped_release released;
        decision = lists::decide(catalogue, asked.request());
        english = report::decision_text(catalogue, asked.request(), decision, Language::en);
        chinese = report::decision_text(catalogue, asked.request(), decision, Language::zh);
    }
    py::dict result;
    result["verdict"] = text(lists::verdict_name(decision.verdict));
    result["item"] = id_or_none(catalogue, decision.item);
    result["overridden"] = ids_of(catalogue, decision.overridden);
    result["nearest_miss"] = miss_to_python(catalogue, decision.nearest_miss);
    result["default"] = decision.unlisted_default
                            ? py::object(text(lists::unlisted_name(*decision.unlisted_default)))
                            : py::object(py::none());
    result["explanations"] = py::make_tuple(text(english), text(chinese));
    add_item(catalogue, actor, decision.item, result);
    return result;
}

/// A column of attributes: texts, numbers, days or truths.
using AttributeArray = std::tuple<std::string, std::string, py::object>;

py::tuple decide_columns(const Catalogue& catalogue, const TextArray& actors,
                         const TextArray& matters, const Array<std::int32_t>& dates,
                         const std::optional<TextArray>& villages,
                         const std::vector<AttributeArray>& attributes) {
    lists::RequestColumns columns;
    columns.actors = column_of(actors);
    columns.matters = column_of(matters);
    columns.dates = span_of(dates);
    columns.villages = column_of(villages);
    std::vector<lists::RequestColumns::AttributeColumn> named;
    std::vector<py::object> kept;  // what a conversion made anew
    for (const auto& [name, kind, given] : attributes) {
        conditions::ValueColumn values;
        if (kind == "texts") {
            auto array = given.cast<TextArray>();
            values.texts = column_of(array);
            kept.push_back(array.first);
            kept.push_back(array.second);
        } else if (kind == "numbers") {
            auto array = given.cast<Array<double>>();
            values.numbers = span_of(array);
            kept.push_back(array);
        } else if (kind == "dates") {
            auto array = given.cast<Array<std::int32_t>>();
            values.dates = span_of(array);
            kept.push_back(array);
        } else {
            auto array = given.cast<Array<std::uint8_t>>();
            values.booleans = span_of(array);
            kept.push_back(array);
        }
        named.push_back({name, values});
    }
    columns.attributes = named;
    const std::size_t rows = columns.dates.size();
    std::vector<std::uint8_t> verdicts(rows), statuses(rows);
    std::vector<std::uint32_t> items(rows);
    {
        const py::gil_scoped_release released;
        lists::rule(catalogue, columns, {verdicts, items, statuses});
    }
    return py::make_tuple(owned(std::move(verdicts)), owned(std::move(items)),
                          owned(std::move(statuses)));
}

template <class Value, class Name>
py::list names(Value last, Name name) {
    py::list list;
    for (int value = 0; value <= static_cast<int>(last); ++value)
        list.append(text(name(static_cast<Value>(value))));
    return list;
}

// Audit.

py::object witness_to_python(const Catalogue& catalogue, const lists::Witness& witness) {
    py::dict attributes;
    for (const lists::Attribute& attribute : witness.attributes)
        attributes[text(attribute.name)] = value_to_python(attribute.value);
    py::dict request;
    request["actor"] = text(catalogue.actor(witness.actor).id);
    request["matter"] = text(witness.matter);
    request["date"] = date_or_none(witness.date);
    request["village"] = witness.village.exists()
                             ? py::object(text(catalogue.actor(witness.village).id))
                             : py::object(py::none());
    request["attributes"] = attributes;
    return request;
}

py::list conflicts(const Catalogue& catalogue) {
    std::vector<lists::Conflict> found;
    {
        const py::gil_scoped_release released;
        found = lists::conflicts(catalogue);
    }
    py::list rows;
    for (const lists::Conflict& conflict : found)
        rows.append(py::make_tuple(text(catalogue.item(conflict.refusing).id),
                                   text(catalogue.item(conflict.granting).id), conflict.exception,
                                   witness_to_python(catalogue, conflict.witness)));
    return rows;
}

lists::ProcedureIndex procedure_of(const Catalogue& catalogue, const std::string& id) {
    const lists::ProcedureIndex found = catalogue.find_procedure(id);
    if (!found.exists()) throw py::key_error(id);
    return found;
}

py::dict check_procedure(const Catalogue& catalogue, const std::string& id) {
    const lists::ProcedureIndex procedure = procedure_of(catalogue, id);
    lists::ProcedureCheck check;
    {
        const py::gil_scoped_release released;
        check = lists::check_procedure(catalogue, procedure);
    }
    py::dict result;
    result["sound"] = check.sound;
    result["workdays_max"] =
        check.workdays_max ? py::object(py::int_(*check.workdays_max)) : py::object(py::none());
    result["workdays_exact"] = check.workdays_exact;
    result["longest_course"] = texts(check.longest_course);
    result["findings"] = to_python(check.findings);
    return result;
}

Language language_of(std::string_view name) {
    return name == "zh" ? Language::zh : Language::en;
}

}  // namespace

void bind_catalogue(py::module_& module) {
    py::class_<Catalogue>(module, "Catalogue", py::is_final(),
                          "A merged, checked catalogue of lists; made by read_catalogue.")
        .def_property_readonly("head", head_of)
        .def_property_readonly("items", items_of)
        .def_property_readonly("actors", actors_of)
        .def_property_readonly("persons", persons_of)
        .def_property_readonly("procedures", procedures_of)
        .def_property_readonly("referrals", referrals_of)
        .def_property_readonly("attributes",
                               [](const Catalogue& self) { return texts(self.attributes()); });
    module.def("read_catalogue", read, py::arg("texts"), py::arg("names"), py::arg("json"),
               "A catalogue of files, the most general first; DataError with every fault.");
    module.def(
        "attribute_value",
        [](const std::string& given) {
            std::string storage;
            return value_to_python(lists::attribute_value(given, storage));
        },
        py::arg("text"), "What `--attribute k=TEXT` gives: a FEEL literal, else the text.");
    module.def("decide", decide, py::arg("catalogue"), py::arg("actor"), py::arg("matter"),
               py::arg("date"), py::arg("village"), py::arg("attributes"),
               "One decision; date: days since 1970-01-01, village: empty for the actor's.");
    module.def("decide_columns", decide_columns, py::arg("catalogue"), py::arg("actors"),
               py::arg("matters"), py::arg("dates"), py::arg("villages"), py::arg("attributes"),
               "Verdicts, items (4294967295: none) and statuses by row.");
    module.attr("VERDICTS") = names(lists::Verdict::unlisted, lists::verdict_name);
    module.attr("ROW_STATUSES") = names(lists::RowStatus::date_missing, lists::row_status_name);
    module.def(
        "audit",
        [](const Catalogue& catalogue, std::uint32_t referral_hops_max,
           std::uint32_t title_similarity_min) {
            std::vector<Finding> found;
            {
                const py::gil_scoped_release released;
                found = lists::audit(catalogue, {.referral_hops_max = referral_hops_max,
                                                 .title_similarity_min = title_similarity_min});
            }
            return to_python(found);
        },
        py::arg("catalogue"), py::arg("referral_hops_max"), py::arg("title_similarity_min"),
        "Everything that is wrong with a catalogue.");
    module.def("conflicts", conflicts, py::arg("catalogue"),
               "(refusing item, granting item, whether an exception, a request to which both apply).");
    module.def("check_procedure", check_procedure, py::arg("catalogue"), py::arg("procedure"));
    module.def(
        "procedure_mermaid",
        [](const Catalogue& catalogue, const std::string& id, std::string_view lang) {
            return text(lists::procedure_mermaid(catalogue, procedure_of(catalogue, id),
                                                 language_of(lang)));
        },
        py::arg("catalogue"), py::arg("procedure"), py::arg("lang"));
    module.def(
        "procedure_dot",
        [](const Catalogue& catalogue, const std::string& id, std::string_view lang) {
            return text(
                lists::procedure_dot(catalogue, procedure_of(catalogue, id), language_of(lang)));
        },
        py::arg("catalogue"), py::arg("procedure"), py::arg("lang"));
}

}  // namespace gridgov::python
