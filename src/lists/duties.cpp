#include "gridgov/lists/duties.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>

#include "gridgov/error.hpp"
#include "gridgov/lists/recurrence.hpp"
#include "lists/lead_persons.hpp"
#include "lists/rates.hpp"
#include "refuse.hpp"

namespace gridgov::lists {
namespace {

/// The windows of an item, the same for everyone who acts under it.
struct Schedule {
    std::vector<Date> opens, due, end;  ///< `end`: the first day too late for late; none: never
    std::vector<DutyState> without_evidence;
    StateCounts counts{};
    std::size_t size() const { return opens.size(); }
};

/// A row of evidence, sorted by item, then actor, then day.
struct Row {
    std::uint32_t actor;
    Date date;
    std::uint32_t row;
    bool waived;
};

bool has_windows(const Item& item) {
    return !item.recurrence.empty() && item.list != List::negative && item.list != List::reclaimed;
}

Schedule schedule(const Item& item, const Recurrence& rule, Date start, Date in_force_to,
                  const WorkingDays& working_days, Date as_of) {
    Schedule out;
    out.opens = rule.occurrences(start, start, std::min(as_of, in_force_to - 1));
    if (out.opens.empty()) return out;
    const Date after_last = rule.next(start, out.opens.back());
    const Date open_end = in_force_to > date_max ? Date::none() : in_force_to;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const Date opens = out.opens[i];
        const Date end = std::min(i + 1 < out.size() ? out.opens[i + 1] : after_last, open_end);
        Date due = end - 1;  // of no end: none
        if (item.due_days) {
            const std::uint32_t days = *item.due_days;
            Date by_days = Date::none();
            if (item.workdays)
                by_days = working_days.after(opens, days);
            else if (days <= static_cast<std::uint32_t>(date_max - opens))
                by_days = opens + static_cast<std::int32_t>(days);
            if (!by_days.exists()) by_days = date_max;  // beyond the calendar
            due = std::min(due, by_days);
        }
        out.end.push_back(end);
        out.due.push_back(due);
        const DutyState state = as_of <= due ? DutyState::pending : DutyState::missed;
        out.without_evidence.push_back(state);
        ++out.counts[static_cast<std::size_t>(state)];
    }
    return out;
}

/// Evidence checked, with ids as rows of the catalogue, bucketed by item.
class EvidenceByItem {
public:
    EvidenceByItem(const Catalogue& catalogue, const EvidenceColumns& evidence, Date as_of,
                   std::vector<Finding>& findings, std::vector<Finding>& warnings) {
        const std::size_t size = evidence.dates.size();
        const auto check_length = [&](const char* name, const TextColumn& column, bool required) {
            if (column.size() == size && (column.present() || size == 0 || !required)) return true;
            if (!required && !column.present()) return true;
            Finding& finding = findings.emplace_back();
            finding.code = Code::column_length;
            finding.table = Table::evidence;
            finding.fields = {{"column", name},
                              {"length", std::to_string(column.size())},
                              {"expected", std::to_string(size)}};
            return false;
        };
        const bool items_fit = check_length("item", evidence.items, true);
        const bool actors_fit = check_length("actor", evidence.actors, true);
        if (!items_fit || !actors_fit || !check_length("waived", evidence.waived, false)) return;

        const auto note = [&](Code code, std::size_t row, std::string_view id) -> Finding& {
            Finding& finding = findings.emplace_back();
            finding.code = code;
            finding.table = Table::evidence;
            finding.row = static_cast<std::int64_t>(row);
            if (code == Code::evidence_unknown_item)
                finding.records.emplace_back(id);
            return finding;
        };
        std::unordered_map<std::string_view, std::uint32_t> item_of, actor_of;
        for (std::uint32_t i = 0; i < catalogue.items().size(); ++i)
            item_of.emplace(catalogue.items()[i].id, i);
        for (std::uint32_t i = 0; i < catalogue.actors().size(); ++i)
            actor_of.emplace(catalogue.actors()[i].id, i);

        std::vector<std::uint32_t> items(size, no_index), actors(size, no_index);
        std::map<std::string_view, std::pair<std::size_t, std::size_t>> unknown;  // first row, rows
        begin_.assign(catalogue.items().size() + 1, 0);
        for (std::size_t row = 0; row < size; ++row) {
            const Date date = evidence.dates[row];
            if (date < date_min || date > date_max)
                note(Code::evidence_date_invalid, row, {});
            else if (date > as_of)
                note(Code::evidence_in_future, row, {}).fields = {{"date", date_text(date)},
                                                                  {"as_of", date_text(as_of)}};
            const auto item = item_of.find(evidence.items[row]);
            const auto actor = actor_of.find(evidence.actors[row]);
            if (item == item_of.end())
                note(Code::evidence_unknown_item, row, evidence.items[row]);
            if (item == item_of.end()) continue;
            items[row] = item->second;
            if (actor != actor_of.end())
                actors[row] = actor->second;
            else if (auto& [first, count] = unknown[evidence.actors[row]]; count++ == 0)
                first = row;
            ++begin_[item->second + 1];
        }
        if (!findings.empty()) return;
        for (const auto& [id, rows] : unknown) {
            Finding& finding = warnings.emplace_back();
            finding.code = Code::evidence_unknown_actor;
            finding.severity = Severity::warning;
            finding.records.emplace_back(id);
            finding.fields = {{"count", std::to_string(rows.second)}};
            finding.table = Table::evidence;
            finding.row = static_cast<std::int64_t>(rows.first);
        }
        for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
        rows_.resize(size);
        std::vector<std::size_t> place(begin_.begin(), begin_.end() - 1);
        for (std::size_t row = 0; row < size; ++row)
            rows_[place[items[row]]++] = {
                actors[row], evidence.dates[row], static_cast<std::uint32_t>(row),
                evidence.waived.present() && !evidence.waived[row].empty()};
    }

    std::span<Row> of(std::size_t item) {
        return std::span(rows_).subspan(begin_[item], begin_[item + 1] - begin_[item]);
    }

private:
    std::vector<std::size_t> begin_;
    std::vector<Row> rows_;
};

/// Sorts an item's rows by (actor, day, row): a counting sort by actor, then each actor's few rows.
class SortByActor {
public:
    explicit SortByActor(std::size_t actors) : begin_(actors + 2) {}

    void operator()(std::span<Row> rows) {
        if (rows.size() < begin_.size() / 8) {  // clearing all counts would cost more
            std::sort(rows.begin(), rows.end(), before);
            return;
        }
        std::fill(begin_.begin(), begin_.end(), 0);
        // Unknown actors come last.
        const auto place = [&](const Row& row) {
            return std::min<std::size_t>(row.actor, begin_.size() - 2);
        };
        for (const Row& row : rows) ++begin_[place(row) + 1];
        for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
        sorted_.resize(rows.size());
        for (const Row& row : rows) sorted_[begin_[place(row)]++] = row;
        std::copy(sorted_.begin(), sorted_.end(), rows.begin());
        for (std::size_t i = 0; i < rows.size();) {
            std::size_t end = i + 1;
            while (end < rows.size() && rows[end].actor == rows[i].actor) ++end;
            std::sort(rows.begin() + static_cast<std::ptrdiff_t>(i),
                      rows.begin() + static_cast<std::ptrdiff_t>(end), before);
            i = end;
        }
    }

private:
    static bool before(const Row& a, const Row& b) {
        if (a.actor != b.actor) return a.actor < b.actor;
        return a.date != b.date ? a.date < b.date : a.row < b.row;
    }
    std::vector<std::size_t> begin_;
    std::vector<Row> sorted_;
};

/// Calls `change(window, state, done_on)` for each window that the rows (of one item and actor, by
/// day) change, in order; rows in no window go to `unused`.
template <class Change>
void judge(const Schedule& windows, std::span<const Row> rows, std::vector<std::uint32_t>& unused,
           Change change) {
    for (std::size_t i = 0; i < rows.size();) {
        const auto after =
            std::upper_bound(windows.opens.begin(), windows.opens.end(), rows[i].date);
        const auto window = static_cast<std::size_t>(after - windows.opens.begin()) - 1;
        if (after == windows.opens.begin() || rows[i].date >= windows.end[window]) {
            unused.push_back(rows[i++].row);
            continue;
        }
        const Date first = rows[i].date, due = windows.due[window];
        bool waived = false;
        for (; i < rows.size() && rows[i].date < windows.end[window]; ++i)
            waived = waived || rows[i].waived;
        if (waived)
            change(window, DutyState::waived, Date::none());
        else if (due.exists())  // what is never due stays pending: the contract's word
            change(window, first <= due ? DutyState::met : DutyState::late, first);
    }
}

void append(DutyWindows& windows, std::uint32_t item, std::uint32_t actor, std::uint32_t persons,
            const Schedule& schedule) {
    const std::size_t size = windows.size() + schedule.size();
    windows.item.resize(size, item);
    windows.actor.resize(size, actor);
    windows.persons.resize(size, persons);
    windows.done_on.resize(size);
    windows.opens.insert(windows.opens.end(), schedule.opens.begin(), schedule.opens.end());
    windows.due.insert(windows.due.end(), schedule.due.begin(), schedule.due.end());
    windows.state.insert(windows.state.end(), schedule.without_evidence.begin(),
                         schedule.without_evidence.end());
}

void reserve(DutyWindows& windows, std::size_t size) {
    windows.item.reserve(size);
    windows.actor.reserve(size);
    windows.persons.reserve(size);
    windows.opens.reserve(size);
    windows.due.reserve(size);
    windows.state.reserve(size);
    windows.done_on.reserve(size);
}

}  // namespace

Duties duties(const Catalogue& catalogue, const EvidenceColumns& evidence,
              const WorkingDays& working_days, const DutyOptions& options) {
    const Date as_of = options.as_of;
    if (as_of < date_min || as_of > date_max) refuse(Code::as_of_invalid, {});
    std::vector<Finding> findings;
    RateCounter counter(catalogue, options.metrics, findings);
    Duties out;
    EvidenceByItem by_item(catalogue, evidence, as_of, findings, out.findings);

    // Schedules and those who act, item by item; kept, because the windows are counted first.
    const std::size_t items = catalogue.items().size();
    std::vector<Schedule> schedules(items);
    std::vector<std::vector<ActorIndex>> acting(items);
    for (std::uint32_t i = 0; i < items; ++i) {
        const Item& item = catalogue.items()[i];
        if (!has_windows(item)) continue;
        auto rule = Recurrence::parse(item.recurrence);
        if (auto* const finding = std::get_if<Finding>(&rule)) {
            finding->records = {item.id};
            findings.push_back(std::move(*finding));
            continue;
        }
        const Date start = catalogue.recurrence_start(ItemIndex(i));
        if (!start.exists()) {
            Finding& finding = findings.emplace_back();
            finding.code = Code::duty_without_start;
            finding.records = {item.id};
            continue;
        }
        schedules[i] = schedule(item, std::get<Recurrence>(rule), start,
                                catalogue.in_force(ItemIndex(i)).to, working_days, as_of);
        const Acting who = catalogue.acting(ItemIndex(i));
        if (who.actor.exists())
            acting[i] = {who.actor};
        else
            acting[i] = catalogue.acting_actors(ItemIndex(i));
        out.window_count += schedules[i].size() * acting[i].size();
    }
    if (options.with_windows && out.window_count > duty_windows_max) {
        Finding& finding = findings.emplace_back();
        finding.code = Code::duty_windows_too_many;
        finding.fields = {{"count", std::to_string(out.window_count)},
                          {"most", std::to_string(duty_windows_max)}};
    }
    if (!findings.empty()) throw DataError(std::move(findings));

    if (options.with_windows) reserve(out.windows, static_cast<std::size_t>(out.window_count));
    LeadPersons lead_persons(catalogue);
    SortByActor sort_by_actor(catalogue.actors().size());
    for (std::uint32_t i = 0; i < items; ++i) {
        const Schedule& windows = schedules[i];
        const std::span<Row> rows = by_item.of(i);
        sort_by_actor(rows);
        std::size_t at = 0;
        for (const ActorIndex actor : acting[i]) {
            for (; at < rows.size() && rows[at].actor < actor.value; ++at)
                out.unused_evidence.push_back(rows[at].row);
            const std::size_t begin = at;
            while (at < rows.size() && rows[at].actor == actor.value) ++at;
            const std::uint32_t persons =
                lead_persons.set_of(catalogue.lead(ItemIndex(i), actor));
            const std::size_t first_window = out.windows.size();
            if (options.with_windows) append(out.windows, i, actor.value, persons, windows);
            StateCounts counts = windows.counts;
            judge(windows, rows.subspan(begin, at - begin), out.unused_evidence,
                  [&](std::size_t window, DutyState state, Date done_on) {
                      --counts[static_cast<std::size_t>(windows.without_evidence[window])];
                      ++counts[static_cast<std::size_t>(state)];
                      if (!options.with_windows) return;
                      out.windows.state[first_window + window] = state;
                      out.windows.done_on[first_window + window] = done_on;
                  });
            if (windows.size() > 0)
                counter.add(i, actor.value, lead_persons.persons(persons), counts);
        }
        for (; at < rows.size(); ++at) out.unused_evidence.push_back(rows[at].row);
    }
    std::sort(out.unused_evidence.begin(), out.unused_evidence.end());
    out.rates = counter.rates();
    out.windows.person_sets = lead_persons.sets();
    return out;
}

}  // namespace gridgov::lists
