// Recurrences, duty windows, workload, cases and matches of lists.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <pybind11/stl.h>

#include "bind.hpp"
#include "gridgov/error.hpp"
#include "gridgov/lists/cases.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/lists/diff.hpp"
#include "gridgov/lists/duties.hpp"
#include "gridgov/lists/match.hpp"
#include "gridgov/lists/recurrence.hpp"
#include "gridgov/lists/working_days.hpp"
#include "gridgov/lists/workload.hpp"
#include "gridgov/report/explain_lists.hpp"
#include "lists_python.hpp"
#include "text_array.hpp"

namespace gridgov::python {
namespace {

using lists::Catalogue;
using lists::WorkingDays;

using Days = Array<std::int32_t>;

/// NumPy's days (int32 from 1970-01-01, its greatest value for none) as dates, where they lie.
std::span<const Date> dates_of(const Days& days) {
    static_assert(sizeof(Date) == sizeof(std::int32_t));
    const std::span<const std::int32_t> numbers = span_of(days);
    return {reinterpret_cast<const Date*>(numbers.data()), numbers.size()};
}
std::span<const Date> dates_of(const std::optional<Days>& days) {
    return days ? dates_of(*days) : std::span<const Date>{};
}
py::array owned_days(const std::vector<Date>& dates) {
    std::vector<std::int32_t> days(dates.size());
    for (std::size_t row = 0; row < dates.size(); ++row) days[row] = dates[row].days;
    return owned(std::move(days));
}
template <class Enum>
py::array owned_codes(const std::vector<Enum>& values) {
    std::vector<std::uint8_t> codes(values.size());
    for (std::size_t row = 0; row < values.size(); ++row)
        codes[row] = static_cast<std::uint8_t>(values[row]);
    return owned(std::move(codes));
}
template <class Name>
py::list names(int count, Name name) {
    py::list list;
    for (int value = 0; value < count; ++value) list.append(text(name(value)));
    return list;
}

py::array occurrences(const std::string& rule, std::int32_t start, std::int32_t from,
                      std::int32_t to) {
    std::vector<Date> found;
    {
        const py::gil_scoped_release released;
        auto parsed = lists::Recurrence::parse(rule);
        if (const auto* const fault = std::get_if<Finding>(&parsed)) throw UsageError(*fault);
        found = std::get<lists::Recurrence>(parsed).occurrences(Date{start}, Date{from}, Date{to});
    }
    return owned_days(found);
}

WorkingDays working_days(const std::optional<Days>& dates, const std::optional<TextArray>& kinds) {
    if (!dates) return {};
    const py::gil_scoped_release released;
    return WorkingDays::make({.dates = dates_of(*dates), .kinds = column_of(kinds)});
}

// Windows and rates.

py::dict windows_to_python(lists::DutyWindows&& windows) {
    py::dict columns;
    columns["item"] = owned(std::move(windows.item));
    columns["actor"] = owned(std::move(windows.actor));
    columns["persons"] = owned(std::move(windows.persons));
    columns["opens"] = owned_days(windows.opens);
    columns["due"] = owned_days(windows.due);
    columns["state"] = owned_codes(windows.state);
    columns["done_on"] = owned_days(windows.done_on);
    return columns;
}

py::dict rates_to_python(lists::DutyRates&& rates) {
    py::dict columns;
    columns["by"] = owned_codes(rates.by);
    columns["key"] = owned(std::move(rates.key));
    columns["windows"] = owned(std::move(rates.windows));
    columns["met"] = owned(std::move(rates.met));
    columns["late"] = owned(std::move(rates.late));
    columns["missed"] = owned(std::move(rates.missed));
    columns["waived"] = owned(std::move(rates.waived));
    columns["pending"] = owned(std::move(rates.pending));
    columns["rate_numerator"] = owned(std::move(rates.rate_numerator));
    columns["rate_denominator"] = owned(std::move(rates.rate_denominator));
    return columns;
}

py::dict duties(const Catalogue& catalogue, const Days& dates, const TextArray& items,
                 const TextArray& actors, const std::optional<TextArray>& waived,
                 const WorkingDays& days, std::int32_t as_of, bool with_windows,
                 const std::optional<std::pair<std::string, std::string>>& metrics) {
    lists::EvidenceColumns evidence;
    evidence.dates = dates_of(dates);
    evidence.items = column_of(items);
    evidence.actors = column_of(actors);
    evidence.waived = column_of(waived);
    lists::DutyOptions options;
    options.as_of = Date{as_of};
    options.with_windows = with_windows;
    std::vector<lists::Metric> named;
    lists::Duties found;
    {
        const py::gil_scoped_release released;
        if (metrics) named = lists::read_metrics_toml({metrics->first, metrics->second});
        options.metrics = named;
        found = lists::duties(catalogue, evidence, days, options);
    }
    py::list ids, persons;
    for (const lists::Metric& metric : named) ids.append(text(metric.id));
    for (const std::vector<std::uint32_t>& set : found.windows.person_sets) {
        std::string together;
        for (const std::uint32_t person : set) {
            if (!together.empty()) together += ';';
            together += catalogue.persons()[person].id;
        }
        persons.append(text(together));
    }
    py::dict result;
    result["windows"] = windows_to_python(std::move(found.windows));
    result["person_sets"] = persons;
    result["rates"] = rates_to_python(std::move(found.rates));
    result["metrics"] = ids;
    result["window_count"] = found.window_count;
    result["unused_evidence"] = owned(std::move(found.unused_evidence));
    result["findings"] = to_python(found.findings);
    return result;
}

// Workload.

std::vector<double> hours_of(const std::vector<lists::CentiHours>& centihours) {
    std::vector<double> hours(centihours.size());
    for (std::size_t row = 0; row < hours.size(); ++row)
        hours[row] = static_cast<double>(centihours[row]) / 100;
    return hours;
}

py::dict workload(const Catalogue& catalogue, std::int32_t from, std::uint32_t months,
                  std::optional<double> capacity_hours, std::optional<double> subsidy_percent,
                  std::optional<std::uint32_t> subsidy_posts) {
    lists::Workload found;
    {
        const py::gil_scoped_release released;
        found = lists::workload(catalogue, {.from = Date{from},
                                            .months = months,
                                            .capacity_hours = capacity_hours,
                                            .subsidy_percent = subsidy_percent,
                                            .subsidy_posts = subsidy_posts});
    }
    py::dict by_post, by_person, result;
    by_post["actor"] = owned(std::move(found.posts.actor));
    by_post["post"] = texts(found.posts.name);
    by_post["persons"] = owned(std::move(found.posts.persons));
    by_post["month"] = owned(std::move(found.posts.month));
    by_post["hours"] = owned(hours_of(found.posts.hours));
    by_person["person"] = owned(std::move(found.persons.person));
    by_person["month"] = owned(std::move(found.persons.month));
    by_person["hours"] = owned(hours_of(found.persons.hours));
    by_person["capacity_hours"] = owned(hours_of(found.persons.capacity));
    by_person["posts"] = owned(std::move(found.persons.posts));
    by_person["subsidy"] = owned(std::move(found.persons.subsidy));
    py::list overloads;
    for (const lists::Overload& overload : found.overloads) {
        py::list duties, persons;
        for (std::size_t at = 0; at < overload.items.size(); ++at)
            duties.append(py::make_tuple(text(catalogue.items()[overload.items[at]].id),
                                         text(catalogue.actors()[overload.actors[at]].id)));
        for (const std::uint32_t person : overload.persons)
            persons.append(text(catalogue.persons()[person].id));
        py::dict one;
        one["month"] = date_or_none(found.months[overload.month]);
        one["duties"] = duties;
        one["persons"] = persons;
        one["hours"] = static_cast<double>(overload.hours) / 100;
        one["capacity_hours"] = static_cast<double>(overload.capacity) / 100;
        one["smallest"] = overload.smallest;
        overloads.append(one);
    }
    result["months"] = owned_days(found.months);
    result["feasible"] = owned(std::move(found.feasible));
    result["posts"] = by_post;
    result["persons"] = by_person;
    result["overloads"] = overloads;
    result["findings"] = to_python(found.findings);
    return result;
}

// Differences, cases, matches.

py::object item_id(const Catalogue& catalogue, lists::ItemIndex item) {
    return item.exists() ? py::object(text(catalogue.item(item).id)) : py::object(py::none());
}

py::tuple difference(const Catalogue& older, const Catalogue& newer) {
    lists::Difference found;
    std::string english, chinese;
    {
        const py::gil_scoped_release released;
        found = lists::diff(older, newer);
        english = report::difference_text(older, newer, found, Language::en);
        chinese = report::difference_text(older, newer, found, Language::zh);
    }
    py::list items, loads;
    for (const lists::ItemChange& change : found.items) {
        py::dict one;
        one["change"] = text(lists::change_name(change.kind));
        one["item"] = item_id(change.newer.exists() ? newer : older,
                              change.newer.exists() ? change.newer : change.older);
        one["older_item"] = item_id(older, change.older);
        one["newer_item"] = item_id(newer, change.newer);
        one["hours_older"] = change.hours_older;
        one["hours_newer"] = change.hours_newer;
        one["leads_older"] = texts(change.leads_older);
        one["leads_newer"] = texts(change.leads_newer);
        items.append(one);
    }
    for (const lists::LoadChange& change : found.loads) {
        py::dict one;
        one["actor"] = text(change.actor);
        one["post"] = text(change.post);
        one["shift"] = text(lists::shift_name(change.shift));
        one["items_older"] = change.items_older;
        one["items_newer"] = change.items_newer;
        one["hours_older"] = change.hours_older;
        one["hours_newer"] = change.hours_newer;
        loads.append(one);
    }
    return py::make_tuple(items, loads, py::make_tuple(text(english), text(chinese)));
}

py::dict cases(const TextArray& ids, const Days& dates, const TextArray& actors,
               const TextArray& events, const std::optional<TextArray>& kinds, std::int32_t as_of,
               const std::optional<std::pair<TextArray, TextArray>>& levels,
               const Catalogue* catalogue) {
    lists::CaseColumns log;
    log.ids = column_of(ids);
    log.dates = dates_of(dates);
    log.actors = column_of(actors);
    log.events = column_of(events);
    log.kinds = column_of(kinds);
    lists::ActorLevels actor_levels;
    if (levels) actor_levels = {column_of(levels->first), column_of(levels->second)};
    lists::Cases found;
    {
        const py::gil_scoped_release released;
        found = lists::cases(log, Date{as_of}, actor_levels, catalogue);
    }
    py::dict result;
    result["case_id"] = texts(found.ids);
    result["kind"] = texts(found.kinds);
    result["opened"] = owned_days(found.opened);
    result["ended"] = owned_days(found.ended);
    result["holder"] = texts(found.holder);
    result["hops"] = owned(std::move(found.hops));
    result["returns"] = owned(std::move(found.returns));
    result["circles"] = owned(std::move(found.circles));
    result["days"] = owned(std::move(found.days));
    result["solved_at"] = owned(std::move(found.solved_at));
    result["month_due"] = owned_days(found.month_due);
    result["month_state"] = owned_codes(found.month_state);
    result["confirmation_due"] = owned_days(found.confirmation_due);
    result["confirmation_state"] = owned_codes(found.confirmation_state);
    result["findings"] = to_python(found.findings);
    return result;
}

struct SourceArrays {
    TextArray ids, kinds;
    Array<std::int64_t> amounts;
    std::optional<TextArray> villages;
    std::optional<Days> from, to;

    lists::SourceColumns columns() const {
        lists::SourceColumns sources;
        sources.ids = column_of(ids);
        sources.kinds = column_of(kinds);
        sources.amounts = span_of(amounts);
        sources.villages = column_of(villages);
        sources.from = dates_of(from);
        sources.to = dates_of(to);
        return sources;
    }
};

SourceArrays sources_of(const py::dict& given) {
    SourceArrays arrays;
    arrays.ids = given["id"].cast<TextArray>();
    arrays.kinds = given["kind"].cast<TextArray>();
    arrays.amounts = given["amount"].cast<Array<std::int64_t>>();
    if (!given["villages"].is_none()) arrays.villages = given["villages"].cast<TextArray>();
    if (!given["from"].is_none()) arrays.from = given["from"].cast<Days>();
    if (!given["to"].is_none()) arrays.to = given["to"].cast<Days>();
    return arrays;
}

py::tuple match(const py::dict& needs, const py::dict& resources, const py::dict& projects) {
    const auto need_ids = needs["need"].cast<TextArray>();
    const auto need_kinds = needs["kind"].cast<TextArray>();
    const auto need_amounts = needs["amount"].cast<Array<std::int64_t>>();
    const auto need_villages = needs["village"].cast<std::optional<TextArray>>();
    const auto need_priorities = needs["priority"].cast<std::optional<Array<std::int64_t>>>();
    const auto need_from = needs["from"].cast<std::optional<Days>>();
    const auto need_to = needs["to"].cast<std::optional<Days>>();
    lists::NeedColumns columns;
    columns.ids = column_of(need_ids);
    columns.kinds = column_of(need_kinds);
    columns.amounts = span_of(need_amounts);
    columns.villages = column_of(need_villages);
    if (need_priorities) columns.priorities = span_of(*need_priorities);
    columns.from = dates_of(need_from);
    columns.to = dates_of(need_to);
    const SourceArrays resource_arrays = sources_of(resources), project_arrays = sources_of(projects);
    const lists::SourceColumns resource_columns = resource_arrays.columns(),
                               project_columns = project_arrays.columns();
    lists::Matching found;
    std::vector<Finding> reasons;
    {
        const py::gil_scoped_release released;
        found = lists::match(columns, resource_columns, project_columns);
        for (std::size_t row = 0; row < found.unmet_need.size(); ++row)
            reasons.push_back(lists::unmet_finding(columns, found, row));
    }
    const py::list findings = to_python(reasons);
    return py::make_tuple(owned(std::move(found.need)), owned(std::move(found.project)),
                          owned(std::move(found.source)), owned(std::move(found.amount)),
                          owned(std::move(found.unmet_need)), owned(std::move(found.unmet_amount)),
                          findings);
}

}  // namespace

void bind_duties(py::module_& module) {
    module.def("occurrences", occurrences, py::arg("rule"), py::arg("start"), py::arg("from_"),
               py::arg("to"), "Days of a recurrence, both ends included; UsageError for the rule.");
    py::class_<WorkingDays>(module, "WorkingDays", py::is_final(), "A calendar of working days.")
        .def(py::init(&working_days), py::arg("dates") = py::none(), py::arg("kinds") = py::none())
        .def("is_working", [](const WorkingDays& self, std::int32_t day) {
            return self.is_working(Date{day});
        })
        .def("after", [](const WorkingDays& self, std::int32_t day, std::uint32_t days) {
            return self.after(Date{day}, days).days;
        })
        .def("count", [](const WorkingDays& self, std::int32_t from, std::int32_t to) {
            return self.count(Date{from}, Date{to});
        });
    module.def("duties", duties, py::arg("catalogue"), py::arg("dates"), py::arg("items"),
               py::arg("actors"), py::arg("waived"), py::arg("working_days"), py::arg("as_of"),
               py::arg("with_windows"), py::arg("metrics"),
               "Windows, rates, unused rows of evidence, findings; persons of each set by `;`.");
    module.attr("DUTY_STATES") = names(static_cast<int>(lists::duty_states), [](int value) {
        return lists::duty_state_name(static_cast<lists::DutyState>(value));
    });
    module.attr("RATES_BY") = names(5, [](int value) {
        return lists::rate_by_name(static_cast<lists::RateBy>(value));
    });
    module.def("workload", workload, py::arg("catalogue"), py::arg("from_"), py::arg("months"),
               py::arg("capacity_hours"), py::arg("subsidy_percent"), py::arg("subsidy_posts"),
               "Hours by post and person, and proofs of overload.");
    module.def("difference", difference, py::arg("older"), py::arg("newer"),
               "Changed items, loads by actor and post, and both in words (English, Chinese).");
    module.def("cases", cases, py::arg("ids"), py::arg("dates"), py::arg("actors"),
               py::arg("events"), py::arg("kinds"), py::arg("as_of"), py::arg("levels"),
               py::arg("catalogue"), "A row a case, as columns, and findings.");
    module.attr("DEADLINE_STATES") = names(5, [](int value) {
        return lists::deadline_state_name(static_cast<lists::DeadlineState>(value));
    });
    module.attr("LEVELS") = names(5, [](int value) {
        return lists::level_name(static_cast<lists::Level>(value));
    });
    module.def("match", match, py::arg("needs"), py::arg("resources"), py::arg("projects"),
               "What goes where, and what is missing with its reason.");
}

}  // namespace gridgov::python
