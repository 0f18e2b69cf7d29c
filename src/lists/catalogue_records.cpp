// Checking catalogues: what each record says by itself.
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "lists/catalogue_builder.hpp"
#include "lists/catalogue_faults.hpp"
#include "number_text.hpp"
#include "utf8.hpp"

namespace gridgov::lists {

std::string_view id_fault(std::string_view id, std::string_view reserved) noexcept {
    if (id.empty()) return "empty";
    if (id.size() > id_bytes_max) return "too long";
    if (!is_utf8(id)) return "not UTF-8";
    for (const char byte : id)
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) return "control character";
    if (id.front() == ' ' || id.back() == ' ') return "outer blank";
    if (id.find_first_of(reserved) != std::string_view::npos) return "reserved character";
    return {};
}

void Catalogue::Builder::check_text(const std::string& text, std::string_view kind,
                                    const std::string& id, std::string_view key, Origin origin) {
    if (!is_utf8(text))
        fault(Code::catalogue_text_not_utf8, origin, {readable(id)},
              {{"what_kind", std::string(kind)}, {"key", std::string(key)}});
}

void Catalogue::Builder::check_title(const Title& title, std::string_view kind,
                                     const std::string& id, Origin origin) {
    check_text(title.zh, kind, id, "title.zh", origin);
    check_text(title.en, kind, id, "title.en", origin);
}

void Catalogue::Builder::check_names(const std::vector<std::string>& names, std::string_view kind,
                                     const std::string& id, std::string_view key, Origin origin) {
    if (names.size() > names_per_record_max)
        fault(Code::catalogue_too_many_names, origin, {readable(id)},
              {{"key", std::string(key)},
               {"count", number_text(names.size())},
               {"most", number_text(names_per_record_max)}});
    for (const std::string& name : names) {
        if (name.empty())
            fault(Code::catalogue_value_missing, origin, {readable(id)},
                  {{"what_kind", std::string(kind)}, {"key", std::string(key)}});
        check_text(name, kind, id, key, origin);
    }
}

void Catalogue::Builder::check_matter_of(const std::string& matter, const std::string& id,
                                         std::string_view key, Origin origin) {
    if (const MatterFault wrong = check_matter(matter); wrong != MatterFault::none)
        fault(Code::catalogue_matter_invalid, origin, {readable(id)},
              {{"key", std::string(key)},
               {"value", readable(std::string_view(matter).substr(0, 200))},
               {"reason_kind", std::string(matter_fault_text(wrong))}});
}

void Catalogue::Builder::check_number(double number, const std::string& id, std::string_view key,
                                      Origin origin) {
    if (!(number >= 0 && number <= hours_max))  // NaN too
        fault(Code::catalogue_number_invalid, origin, {readable(id)},
              {{"key", std::string(key)},
               {"value", number_text(number)},
               {"most", number_text(hours_max)}});
}

void Catalogue::Builder::check_dates(Date from, Date to, std::string_view kind,
                                     std::vector<std::string> records, Origin origin) {
    if (from.exists() && to.exists() && !(from < to))
        fault(Code::catalogue_dates_reversed, origin, std::move(records),
              {{"what_kind", std::string(kind)}, {"from", date_text(from)}, {"to", date_text(to)}});
}

void Catalogue::Builder::check_record(const Actor& actor) {
    check_title(actor.title, "actor", actor.id, actor.origin);
    check_names(actor.powers, "actor", actor.id, "powers", actor.origin);
}

void Catalogue::Builder::check_record(const Person& person) {
    check_title(person.title, "person", person.id, person.origin);
    check_names(person.posts, "person", person.id, "posts", person.origin);
    if (person.capacity_hours)
        check_number(*person.capacity_hours, person.id, "capacity_hours", person.origin);
}

void Catalogue::Builder::check_record(const Item& item) {
    const Origin at = item.origin;
    check_title(item.title, "item", item.id, at);
    check_matter_of(item.matter, item.id, "matter", at);
    check_names(item.except, "item", item.id, "except", at);
    for (const std::string& matter : item.except)
        if (!matter.empty()) check_matter_of(matter, item.id, "except", at);
    if (item.actor.empty())
        fault(Code::catalogue_value_missing, at, {readable(item.id)},
              {{"what_kind", "item"}, {"key", "actor"}});
    check_text(item.actor, "item", item.id, "actor", at);
    check_text(item.lead, "item", item.id, "lead", at);
    check_names(item.assists, "item", item.id, "assists", at);
    check_names(item.villages, "item", item.id, "villages", at);
    check_names(item.basis, "item", item.id, "basis", at);
    check_names(item.needs, "item", item.id, "needs", at);
    check_number(item.hours, item.id, "hours", at);
    check_text(item.procedure, "item", item.id, "procedure", at);
    check_text(item.department, "item", item.id, "department", at);
    if (item.when.size() > names_per_record_max)
        fault(Code::catalogue_too_many_names, at, {readable(item.id)},
              {{"key", "when"},
               {"count", number_text(item.when.size())},
               {"most", number_text(names_per_record_max)}});
    std::unordered_set<std::string_view> asked;
    for (const Condition& condition : item.when) {
        check_text(condition.attribute, "item", item.id, "when", at);
        if (condition.attribute.empty())
            fault(Code::catalogue_value_missing, at, {readable(item.id)},
                  {{"what_kind", "item"}, {"key", "when"}});
        else if (!asked.insert(condition.attribute).second)
            fault(Code::catalogue_condition_repeated, at, {readable(item.id)},
                  {{"key", readable(condition.attribute)}});
    }
}

void Catalogue::Builder::check_record(const Procedure& procedure) {
    check_title(procedure.title, "procedure", procedure.id, procedure.origin);
    if (procedure.steps.empty())
        fault(Code::catalogue_procedure_empty, procedure.origin, {readable(procedure.id)});
    if (procedure.steps.size() > names_per_record_max)
        fault(Code::catalogue_too_many_names, procedure.origin, {readable(procedure.id)},
              {{"key", "step"},
               {"count", number_text(procedure.steps.size())},
               {"most", number_text(names_per_record_max)}});
    std::unordered_map<std::string_view, std::uint32_t> line_of;
    for (const Step& step : procedure.steps) {
        const Origin at{procedure.origin.layer, step.line};
        if (const auto wrong = id_fault(step.id, {}); !wrong.empty())
            fault(Code::catalogue_id_invalid, at, {readable(step.id)},
                  {{"what_kind", "step"},
                   {"reason_kind", std::string(wrong)},
                   {"most", number_text(id_bytes_max)}});
        const auto [first, is_new] = line_of.try_emplace(step.id, step.line);
        if (!is_new) {
            Finding& found = fault(Code::catalogue_step_repeated, at, {readable(procedure.id)},
                                   {{"step", readable(step.id)}});
            if (first->second > 0)
                found.fields.emplace_back("first_line", number_text(first->second));
        }
        check_title(step.title, "step", step.id, at);
    }
    for (const Step& step : procedure.steps)
        for (const std::string& next : step.next)
            if (!line_of.contains(next))
                fault(Code::catalogue_unknown_step, {procedure.origin.layer, step.line},
                      {readable(procedure.id)},
                      {{"step", readable(step.id)}, {"value", readable(next)}});
}

void Catalogue::Builder::check_record(const Law& law) {
    check_title(law.title, "law", law.id, law.origin);
    check_dates(law.in_force_from, law.in_force_to, "law", {readable(law.id)}, law.origin);
}

void Catalogue::Builder::check_record(const Sanction& sanction) {
    check_title(sanction.title, "sanction", sanction.id, sanction.origin);
    check_names(sanction.withholds, "sanction", sanction.id, "withholds", sanction.origin);
    for (const std::string& matter : sanction.withholds)
        if (!matter.empty()) check_matter_of(matter, sanction.id, "withholds", sanction.origin);
}

}  // namespace gridgov::lists
