// Rulebooks of points, tables in, settlements and states out.
#include "bind_points.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include <pybind11/stl.h>

#include "gridgov/error.hpp"
#include "gridgov/points/lint.hpp"
#include "gridgov/points/rulebook.hpp"
#include "interruptible.hpp"

namespace gridgov::python {

using points::KeyColumn;
using points::Rulebook;
using points::Rulebooks;
using points::Settlement;
using points::State;

template <class Number>
std::span<const Number> ColumnReader::numbers(const py::handle& given) {
    auto array = Array<Number>::ensure(given);
    if (!array) throw py::error_already_set();
    const auto span = span_of(array);
    kept_.push_back(std::move(array));
    return span;
}

TextColumn ColumnReader::texts(const py::handle& bytes, const py::handle& offsets) {
    const auto characters = numbers<std::uint8_t>(bytes);
    const auto ends = numbers<std::int64_t>(offsets);
    if (ends.empty() || ends.front() < 0 || !std::is_sorted(ends.begin(), ends.end()) ||
        ends.back() > static_cast<std::int64_t>(characters.size()))
        throw py::value_error("offsets do not fit the bytes");
    return {reinterpret_cast<const char*>(characters.data()), ends};
}

KeyColumn ColumnReader::key(const py::handle& column) {
    if (column.is_none()) return {};
    const auto parts = py::cast<py::tuple>(column);
    const auto kind = py::cast<std::string>(parts[0]);
    if (kind == "texts") return {texts(parts[1], parts[2])};
    if (kind == "codes") {
        const auto codes = numbers<std::uint32_t>(parts[1]);
        return {codes, texts(parts[2], parts[3])};
    }
    throw py::value_error("a column of texts or codes is needed");
}

points::NumberColumn ColumnReader::number(const py::handle& column) {
    points::NumberColumn out;
    if (column.is_none()) return out;
    const auto parts = py::cast<py::tuple>(column);
    const auto kind = py::cast<std::string>(parts[0]);
    if (kind == "integers") out.integers = numbers<std::int64_t>(parts[1]);
    else if (kind == "reals") out.reals = numbers<double>(parts[1]);
    else out.texts = key(column);
    return out;
}

points::DateColumn ColumnReader::date(const py::handle& column) {
    points::DateColumn out;
    if (column.is_none()) return out;
    const auto parts = py::cast<py::tuple>(column);
    if (py::cast<std::string>(parts[0]) == "days") out.days = numbers<std::int32_t>(parts[1]);
    else out.texts = key(column);
    return out;
}

points::NamedColumn ColumnReader::named(std::string_view name, const py::handle& column) {
    points::NamedColumn out;
    out.name = name;
    const auto parts = py::cast<py::tuple>(column);
    const auto kind = py::cast<std::string>(parts[0]);
    if (kind == "reals") out.values.numbers = numbers<double>(parts[1]);
    else if (kind == "days") out.values.dates = numbers<std::int32_t>(parts[1]);
    else if (kind == "booleans") out.values.booleans = numbers<std::uint8_t>(parts[1]);
    else out.keys = key(column);
    return out;
}

py::tuple owned_texts(points::Texts&& texts) {
    auto* kept = new points::Texts(std::move(texts));
    const py::capsule owner(kept,
                            [](void* memory) { delete static_cast<points::Texts*>(memory); });
    return borrowed_texts(*kept, owner);
}

namespace {

using Source = std::tuple<std::string, std::string>;  // text, name

Rulebooks read_rulebooks(const std::vector<Source>& toml, const std::vector<Source>& json) {
    const py::gil_scoped_release released;
    std::vector<Finding> faults;
    std::vector<Rulebook> rulebooks;
    Rulebooks one;
    const auto read = [&](const std::vector<Source>& files, auto reader) {
        if (files.empty()) return;
        std::vector<points::RulebookSource> sources;
        for (const auto& [text, name] : files) sources.push_back({text, name});
        try {
            one = reader(std::span<const points::RulebookSource>(sources));
            rulebooks.insert(rulebooks.end(), one.all().begin(), one.all().end());
        } catch (const DataError& error) {
            faults.insert(faults.end(), error.findings().begin(), error.findings().end());
        }
    };
    read(toml, [](auto sources) { return Rulebooks::read_toml(sources); });
    read(json, [](auto sources) { return Rulebooks::read_json(sources); });
    if (!faults.empty()) throw DataError(std::move(faults));
    return toml.empty() || json.empty() ? one : Rulebooks::make(std::move(rulebooks));
}

py::object days_or_none(Date date) {
    return date.exists() ? py::object(py::int_(date.days)) : py::none();
}

py::dict title_to_python(const Title& title) {
    py::dict out;
    out["zh"] = text(title.zh);
    out["en"] = text(title.en);
    return out;
}

/// The keys that the file has, of `[board]`.
py::dict board_to_python(const points::Board& board) {
    py::dict red, black;
    if (board.red_top) red["top"] = *board.red_top;
    if (board.red_at_least) red["at_least"] = *board.red_at_least;
    if (board.black_at_most) black["at_most"] = *board.black_at_most;
    py::dict out;
    out["red"] = red;
    out["black"] = black;
    return out;
}

py::list rulebooks_to_python(const Rulebooks& self) {
    py::list list;
    for (const Rulebook& rulebook : self.all()) {
        py::list rules;
        for (const points::Rule& rule : rulebook.rules) {
            py::dict when;
            for (const points::Condition& condition : rule.when)
                when[text(condition.column)] = text(condition.text);
            py::dict out;
            out["id"] = text(rule.id);
            out["title"] = title_to_python(rule.title);
            out["deed"] = text(rule.deed);
            out["points"] = rule.points;
            out["group"] = text(rule.group);
            out["when"] = when;
            out["citation"] = text(rule.citation);
            rules.append(out);
        }
        py::dict out;
        out["id"] = text(rulebook.id);
        out["title"] = title_to_python(rulebook.title);
        out["villages"] = texts(rulebook.villages);
        out["effective_from"] = days_or_none(rulebook.effective_from);
        out["effective_to"] = days_or_none(rulebook.effective_to);
        out["unit_scale"] = rulebook.unit_scale;
        out["budget_yuan"] = rulebook.budget_yuan;
        out["floor"] = rulebook.floor;
        out["below_floor"] = text(word(rulebook.below_floor));
        out["board"] = board_to_python(rulebook.board.value_or(points::Board{}));
        out["file"] = text(rulebook.file);
        out["rules"] = rules;
        list.append(out);
    }
    return list;
}

void bind_rulebooks(py::module_& module) {
    py::class_<Rulebooks>(module, "Rulebooks", py::is_final(), "Rulebooks of points, validated.")
        .def("__len__", &Rulebooks::size)
        .def("describe", &rulebooks_to_python, "What they say, as dicts, in the order of their ids.")
        .def(
            "in_force",
            [](const Rulebooks& self, std::string_view village, std::int32_t day) {
                return self.in_force(village, Date{day});
            },
            py::arg("village"), py::arg("day"), "The number of the one in force, or None.");
    module.def("read_rulebooks", &read_rulebooks, py::arg("toml"), py::arg("json"),
               "Rulebooks from (text, name) of TOML and of JSON files, one rulebook each.");
}

py::object part(const py::dict& table, const char* name) {
    return table.contains(name) ? py::object(table[name]) : py::none();
}

void read_named(Borrowed& into, const py::dict& table, std::vector<points::NamedColumn>& columns) {
    if (!table.contains("columns")) return;
    for (const auto& [name, column] : py::cast<py::dict>(table["columns"])) {
        into.names.push_back(py::cast<std::string>(name));
        columns.push_back(into.reader.named(into.names.back(), column));
    }
}

}  // namespace

void read_tables(Borrowed& into, const py::dict& given) {
    std::size_t names = 0;
    for (const auto& [table, columns] : given)
        if (!columns.is_none() && py::cast<py::dict>(columns).contains("columns"))
            names += py::len(py::cast<py::dict>(columns)["columns"]);
    into.names.reserve(names);
    ColumnReader& reader = into.reader;
    const auto table = [&](const char* name) {
        const py::object found = part(given, name);
        return found.is_none() ? py::dict() : py::cast<py::dict>(found);
    };
    {
        const py::dict from = table("households");
        points::HouseholdTable& to = into.tables.households;
        to.household_ids = reader.key(part(from, "household_ids"));
        to.villages = reader.key(part(from, "villages"));
        read_named(into, from, to.columns);
    }
    {
        const py::dict from = table("persons");
        points::PersonTable& to = into.tables.persons;
        to.person_ids = reader.key(part(from, "person_ids"));
        to.household_ids = reader.key(part(from, "household_ids"));
        to.valid_from = reader.date(part(from, "valid_from"));
        to.valid_to = reader.date(part(from, "valid_to"));
        read_named(into, from, to.columns);
    }
    {
        const py::dict from = table("register");
        points::RegisterTable& to = into.tables.deeds;
        to.register_nos = reader.key(part(from, "register_nos"));
        to.dates = reader.date(part(from, "dates"));
        to.household_ids = reader.key(part(from, "household_ids"));
        to.person_ids = reader.key(part(from, "person_ids"));
        to.deeds = reader.key(part(from, "deeds"));
        to.units = reader.number(part(from, "units"));
        to.evidence = reader.number(part(from, "evidence"));
        to.witnesses = reader.number(part(from, "witnesses"));
        to.stages = reader.key(part(from, "stages"));
        to.reverses = reader.key(part(from, "reverses"));
        to.recorded_on = reader.date(part(from, "recorded_on"));
        to.published_on = reader.date(part(from, "published_on"));
        to.objections = reader.key(part(from, "objections"));
        to.reviewers = reader.key(part(from, "reviewers"));
        to.mended_on = reader.date(part(from, "mended_on"));
        read_named(into, from, to.columns);
    }
    {
        const py::dict from = table("exchanges");
        points::ExchangeTable& to = into.tables.exchanges;
        to.exchange_nos = reader.key(part(from, "exchange_nos"));
        to.dates = reader.date(part(from, "dates"));
        to.household_ids = reader.key(part(from, "household_ids"));
        to.goods = reader.key(part(from, "goods"));
        to.quantities = reader.number(part(from, "quantities"));
        to.shops = reader.key(part(from, "shops"));
        to.returns = reader.key(part(from, "returns"));
    }
    {
        const py::dict from = table("goods");
        points::GoodTable& to = into.tables.goods;
        to.goods = reader.key(part(from, "goods"));
        to.titles = reader.key(part(from, "titles"));
        to.points = reader.number(part(from, "points"));
        to.stock = reader.number(part(from, "stock"));
        to.shops = reader.key(part(from, "shops"));
        to.effective_from = reader.date(part(from, "effective_from"));
        to.fen = reader.number(part(from, "fen"));
    }
}

points::Options options_of(unsigned threads, bool skip_faulty_villages) {
    points::Options options;
    options.threads = threads;
    options.skip_faulty_villages = skip_faulty_villages;
    return options;
}

namespace {

Settled settled_of(const State& state) {
    // The settlement lives in the state, which the pointer keeps.
    const auto kept = std::make_shared<const State>(state);
    return {std::shared_ptr<const Settlement>(kept, &kept->settlement()), state, {}, {}};
}

void bind_settle(py::module_& module) {
    module.def(
        "lint_points",
        [](const Rulebooks& rulebooks, const py::dict& tables) {
            Borrowed borrowed;
            read_tables(borrowed, tables);
            std::vector<Finding> findings;
            {
                const py::gil_scoped_release released;
                findings = points::lint(rulebooks, borrowed.tables.households, borrowed.tables.goods);
            }
            return to_python(findings);
        },
        py::arg("rulebooks"), py::arg("tables"), "What is legal in rulebooks and yet wrong.");
    module.def(
        "settle_points",
        [](const Rulebooks& rulebooks, const py::dict& tables, std::int32_t as_of, unsigned threads,
           bool skip_faulty_villages, const py::object& progress) {
            Borrowed borrowed;
            read_tables(borrowed, tables);
            Settlement settled = interruptible(
                options_of(threads, skip_faulty_villages), progress,
                [&](const points::Options& with) {
                    return points::settle(rulebooks, borrowed.tables, Date{as_of}, with);
                });
            return Settled{std::make_shared<const Settlement>(std::move(settled)), {}, {}, {}};
        },
        py::arg("rulebooks"), py::arg("tables"), py::arg("as_of"), py::kw_only(),
        py::arg("threads"), py::arg("skip_faulty_villages"), py::arg("progress"),
        "Settles tables on a day, without a state to go on from.");
    module.def(
        "post_points",
        [](const Rulebooks& rulebooks, const py::dict& tables, std::int32_t as_of,
           const State& state, unsigned threads, bool skip_faulty_villages,
           const py::object& progress) {
            Borrowed borrowed;
            read_tables(borrowed, tables);
            points::Posting posting = interruptible(
                options_of(threads, skip_faulty_villages), progress,
                [&](const points::Options& with) {
                    return points::post(rulebooks, borrowed.tables, Date{as_of}, state, with);
                });
            Settled settled = settled_of(posting.state);
            settled.entries = std::move(posting.entries);
            settled.exchanges = std::move(posting.exchanges);
            return settled;
        },
        py::arg("rulebooks"), py::arg("tables"), py::arg("as_of"), py::arg("state"), py::kw_only(),
        py::arg("threads"), py::arg("skip_faulty_villages"), py::arg("progress"),
        "Posts what is new on top of a state.");
    py::class_<State>(module, "PointsState", py::is_final(), "What a next posting goes on from.")
        .def(py::init<>())
        .def_property_readonly("as_of", [](const State& self) { return days_or_none(self.as_of()); })
        .def("settled", &settled_of, "The settlement of all that was posted.")
        .def("to_bytes",
             [](const State& self) {
                 std::string bytes;
                 {
                     const py::gil_scoped_release released;
                     bytes = self.to_bytes();
                 }
                 return py::bytes(bytes);
             })
        .def_static("from_bytes", [](const py::bytes& given) {
            const auto bytes = static_cast<std::string_view>(given);
            const py::gil_scoped_release released;
            return State::from_bytes(bytes);
        });
}

}  // namespace

void bind_points(py::module_& module) {
    bind_rulebooks(module);
    py::class_<Settled> settled(module, "PointsSettlement", py::is_final(),
                                "A settlement's columns, borrowed from the core.");
    bind_settle(module);
    bind_points_match(module);
    bind_points_results(module, settled);
    bind_points_reasons(module);
}

}  // namespace gridgov::python
