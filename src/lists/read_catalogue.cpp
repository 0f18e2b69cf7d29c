// Catalogues from TOML and JSON: docs/schema/catalogue.schema.json as code.
#include <algorithm>
#include <string>
#include <utility>

#include "documents/document.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "number_text.hpp"

namespace gridgov::lists {
namespace {

using documents::Node;
using documents::Reader;

template <class Value>
void put(Value& value, std::optional<Value>&& read) {
    if (read) value = std::move(*read);
}

const std::vector<std::string_view>& level_words() {
    static const std::vector<std::string_view> words{"courtyard", "grid", "village", "town",
                                                     "district"};
    return words;
}
const std::vector<std::string_view>& list_words() {
    static const std::vector<std::string_view> words{"negative", "reclaimed", "must", "assist",
                                                     "certify"};
    return words;
}
const std::vector<std::string_view>& unlisted_words() {
    static const std::vector<std::string_view> words{"refuse", "refer", "allow"};
    return words;
}

/// Reads the tables of one file.
class FileReader {
public:
    FileReader(std::string_view file, std::vector<Finding>& findings)
        : file_(file), findings_(findings) {
        layer_.file = file;
    }

    Layer read(const Node& document) {
        Reader reader(document, file_, findings_);
        if (const Node* const head = reader.table("catalogue")) read_head(*head);
        for (const Node* const node : reader.tables("actor")) read_actor(*node);
        for (const Node* const node : reader.tables("person")) read_person(*node);
        for (const Node* const node : reader.tables("item")) read_item(*node);
        for (const Node* const node : reader.tables("delegation")) read_delegation(*node);
        for (const Node* const node : reader.tables("referral")) read_referral(*node);
        for (const Node* const node : reader.tables("procedure")) read_procedure(*node);
        for (const Node* const node : reader.tables("law")) read_law(*node);
        for (const Node* const node : reader.tables("sanction")) read_sanction(*node);
        for (const Node* const node : reader.tables("withdraw")) {
            Reader table(*node, file_, findings_);
            Withdrawal withdrawal;
            named(table, withdrawal);
            table.finish();
            layer_.withdrawals.push_back(std::move(withdrawal));
        }
        reader.finish();
        return std::move(layer_);
    }

private:
    template <class Record>
    void named(Reader& reader, Record& record) {
        record.origin.line = reader.line();
        reader.require("id");
        put(record.id, reader.text("id"));
        reader.name(record.id);
    }
    std::optional<std::uint32_t> count(Reader& reader, std::string_view key, std::int64_t most) {
        const auto number = reader.integer(key, 0, most);
        return number ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
    }

    void read_head(const Node& node) {
        Reader reader(node, file_, findings_);
        Head& head = layer_.head;
        head.origin.line = reader.line();
        put(head.id, reader.text("id"));
        reader.name(head.id);
        put(head.title, reader.title("title"));
        put(head.jurisdiction, reader.text("jurisdiction"));
        put(head.effective_from, reader.date("effective_from"));
        put(head.effective_to, reader.date("effective_to"));
        if (const auto word = reader.word("unlisted", unlisted_words()))
            head.unlisted = static_cast<Unlisted>(*word);
        if (const auto word = reader.word("unlisted_certificate", unlisted_words()))
            head.unlisted_certificate = static_cast<Unlisted>(*word);
        reader.finish();
    }
    void read_actor(const Node& node) {
        Reader reader(node, file_, findings_);
        Actor actor;
        named(reader, actor);
        put(actor.title, reader.title("title"));
        reader.require("level");
        if (const auto word = reader.word("level", level_words()))
            actor.level = static_cast<Level>(*word);
        put(actor.parent, reader.text("parent"));
        put(actor.powers, reader.texts("powers"));
        reader.finish();
        layer_.actors.push_back(std::move(actor));
    }
    void read_person(const Node& node) {
        Reader reader(node, file_, findings_);
        Person person;
        named(reader, person);
        put(person.title, reader.title("title"));
        put(person.posts, reader.texts("posts"));
        person.capacity_hours = reader.number("capacity_hours");
        reader.finish();
        layer_.persons.push_back(std::move(person));
    }
    void read_item(const Node& node) {
        Reader reader(node, file_, findings_);
        Item item;
        named(reader, item);
        for (const std::string_view key : {"matter", "list", "actor"}) reader.require(key);
        put(item.matter, reader.text("matter"));
        put(item.except, reader.texts("except"));
        put(item.title, reader.title("title"));
        if (const auto word = reader.word("list", list_words())) item.list = static_cast<List>(*word);
        put(item.actor, reader.text("actor"));
        put(item.lead, reader.text("lead"));
        put(item.assists, reader.texts("assists"));
        put(item.villages, reader.texts("villages"));
        put(item.effective_from, reader.date("effective_from"));
        put(item.effective_to, reader.date("effective_to"));
        put(item.basis, reader.texts("basis"));
        put(item.needs, reader.texts("needs"));
        put(item.hours, reader.number("hours"));
        put(item.recurrence, reader.text("recurrence"));
        item.due_days = count(reader, "due_days", 36'500);
        put(item.workdays, reader.boolean("workdays"));
        put(item.procedure, reader.text("procedure"));
        put(item.department, reader.text("department"));
        put(item.disclose, reader.boolean("disclose"));
        if (const Node* const when = reader.table("when")) {
            Reader tests(*when, file_, findings_);
            tests.name(item.id);
            for (const auto& [attribute, value] : when->members)
                if (auto text = tests_text(tests, attribute, value))
                    item.when.push_back({attribute, std::move(*text)});
            tests.finish();
        }
        reader.finish();
        layer_.items.push_back(std::move(item));
    }
    /// Unary tests; a number, a boolean or a date stands for itself.
    static std::optional<std::string> tests_text(Reader& reader, std::string_view attribute,
                                                 const Node& value) {
        using documents::Kind;
        switch (value.kind) {
            case Kind::integer:
                if (const auto number = reader.integer(attribute)) return number_text(*number);
                return std::nullopt;
            case Kind::real:
                if (const auto number = reader.number(attribute)) return number_text(*number);
                return std::nullopt;
            case Kind::boolean:
                if (const auto yes = reader.boolean(attribute)) return *yes ? "true" : "false";
                return std::nullopt;
            case Kind::date:
                if (const auto date = reader.date(attribute))
                    return "date(\"" + date_text(*date) + "\")";
                return std::nullopt;
            default: return reader.text(attribute);
        }
    }
    /// What has no id, and goes from one actor to another.
    template <class Record>
    Record passed_on(Reader& reader, std::string_view key, std::string Record::*what) {
        Record record;
        record.origin.line = reader.line();
        for (const std::string_view required : {std::string_view("from"), std::string_view("to"), key})
            reader.require(required);
        put(record.from, reader.text("from"));
        put(record.to, reader.text("to"));
        put(record.*what, reader.text(key));
        return record;
    }
    void read_delegation(const Node& node) {
        Reader reader(node, file_, findings_);
        auto delegation = passed_on(reader, "power", &Delegation::power);
        put(delegation.effective_from, reader.date("effective_from"));
        put(delegation.effective_to, reader.date("effective_to"));
        reader.finish();
        layer_.delegations.push_back(std::move(delegation));
    }
    void read_referral(const Node& node) {
        Reader reader(node, file_, findings_);
        layer_.referrals.push_back(passed_on(reader, "matter", &Referral::matter));
        reader.finish();
    }
    void read_procedure(const Node& node) {
        Reader reader(node, file_, findings_);
        Procedure procedure;
        named(reader, procedure);
        put(procedure.title, reader.title("title"));
        procedure.limit_workdays = count(reader, "limit_workdays", 36'500);
        for (const Node* const child : reader.tables("step")) {
            Reader table(*child, file_, findings_);
            Step step;
            step.line = table.line();
            table.require("id");
            put(step.id, table.text("id"));
            table.name(step.id);
            put(step.title, table.title("title"));
            put(step.actor, table.text("actor"));
            step.workdays = count(table, "workdays", 36'500).value_or(0);
            put(step.next, table.texts("next"));
            put(step.parallel, table.boolean("parallel"));
            put(step.join, table.boolean("join"));
            step.loop_max = count(table, "loop_max", 1'000);
            table.finish();
            procedure.steps.push_back(std::move(step));
        }
        reader.finish();
        layer_.procedures.push_back(std::move(procedure));
    }
    void read_law(const Node& node) {
        Reader reader(node, file_, findings_);
        Law law;
        named(reader, law);
        put(law.title, reader.title("title"));
        put(law.in_force_from, reader.date("in_force_from"));
        put(law.in_force_to, reader.date("in_force_to"));
        reader.finish();
        layer_.laws.push_back(std::move(law));
    }
    void read_sanction(const Node& node) {
        Reader reader(node, file_, findings_);
        Sanction sanction;
        named(reader, sanction);
        put(sanction.title, reader.title("title"));
        put(sanction.withholds, reader.texts("withholds"));
        reader.finish();
        layer_.sanctions.push_back(std::move(sanction));
    }

    std::string_view file_;
    std::vector<Finding>& findings_;
    Layer layer_;
};

using ReadDocument = std::optional<Node> (*)(const documents::Source&, std::vector<Finding>&);

/// Reads what can be read; faults are added.
std::vector<Layer> read_layers(std::span<const Source> sources, ReadDocument read_document,
                               std::vector<Finding>& findings) {
    std::vector<Layer> layers;
    for (const Source& source : sources) {
        const auto document = read_document({source.text, source.name}, findings);
        if (document) layers.push_back(FileReader(source.name, findings).read(*document));
    }
    return layers;
}

/// Faults of reading stand alone: what was not read would be missed by everything that names it.
std::vector<Layer> layers_or_throw(std::span<const Source> sources, ReadDocument read_document) {
    std::vector<Finding> findings;
    auto layers = read_layers(sources, read_document, findings);
    if (!findings.empty()) throw DataError(std::move(findings));
    return layers;
}

/// As above, but what the records that were read say of themselves and each other is told as well,
/// unless a whole file is missing.
Catalogue catalogue_or_throw(std::span<const Source> sources, ReadDocument read_document) {
    std::vector<Finding> findings;
    auto layers = read_layers(sources, read_document, findings);
    if (layers.size() == sources.size()) {
        auto checked = Catalogue::check(std::move(layers));
        if (findings.empty() && checked.catalogue) return *std::move(checked.catalogue);
        for (Finding& finding : checked.findings) {
            // A key that is missing or of the wrong kind was named already.
            const bool known =
                finding.code == Code::catalogue_value_missing ||
                std::find(finding.fields.begin(), finding.fields.end(),
                          std::pair<std::string, std::string>("reason_kind", "empty")) !=
                    finding.fields.end();
            if (findings.empty() || !known) findings.push_back(std::move(finding));
        }
    }
    throw DataError(std::move(findings));
}

}  // namespace

std::vector<Layer> read_toml_layers(std::span<const Source> sources) {
    return layers_or_throw(sources, documents::read_toml);
}
std::vector<Layer> read_json_layers(std::span<const Source> sources) {
    return layers_or_throw(sources, documents::read_json);
}
Catalogue Catalogue::read_toml(std::span<const Source> sources) {
    return catalogue_or_throw(sources, documents::read_toml);
}
Catalogue Catalogue::read_json(std::span<const Source> sources) {
    return catalogue_or_throw(sources, documents::read_json);
}

}  // namespace gridgov::lists
