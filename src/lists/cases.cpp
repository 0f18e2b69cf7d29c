#include "gridgov/lists/cases.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "gridgov/error.hpp"
#include "refuse.hpp"

namespace gridgov::lists {
namespace {

constexpr std::array<std::string_view, 7> event_names{"opened", "referred", "accepted", "returned",
                                                      "agreed", "solved",   "closed"};
constexpr std::int32_t confirmation_days = 30;
constexpr std::uint8_t level_unknown = 5, not_solved = 255;

std::optional<std::uint8_t> level_of_name(std::string_view name) {
    for (const Level level :
         {Level::courtyard, Level::grid, Level::village, Level::town, Level::district})
        if (level_name(level) == name) return static_cast<std::uint8_t>(level);
    return std::nullopt;
}

std::optional<CaseEvent> event_of(std::string_view name) {
    const auto found = std::find(event_names.begin(), event_names.end(), name);
    if (found == event_names.end()) return std::nullopt;
    return static_cast<CaseEvent>(found - event_names.begin());
}

struct Row {
    std::string_view id, actor;
    Date date;
    CaseEvent event;
    std::size_t row;
};

std::vector<Row> read_log(const CaseColumns& log, Date as_of) {
    std::vector<Finding> findings;
    const auto note = [&](Code code, std::int64_t row, std::string_view id) -> Finding& {
        Finding& finding = findings.emplace_back();
        finding.code = code;
        finding.table = Table::cases;
        finding.row = row;
        if (!id.empty()) finding.records = {std::string(id)};
        return finding;
    };
    const std::size_t size = log.ids.size();
    const auto check_length = [&](const char* name, std::size_t length, bool required) {
        if (length == size || (!required && length == 0)) return;
        note(Code::column_length, -1, {}).fields = {{"column", name},
                                                    {"length", std::to_string(length)},
                                                    {"expected", std::to_string(size)}};
    };
    check_length("date", log.dates.size(), true);
    check_length("actor", log.actors.size(), true);
    check_length("event", log.events.size(), true);
    check_length("kind", log.kinds.size(), false);
    if (!findings.empty()) throw DataError(std::move(findings));

    std::vector<Row> rows;
    rows.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
        const std::string_view id = log.ids[i];
        const auto number = static_cast<std::int64_t>(i);
        const Date date = log.dates[i];
        const auto event = event_of(log.events[i]);
        if (id.empty()) note(Code::empty_id, number, {});
        if (date < date_min || date > date_max)
            note(Code::case_date_invalid, number, id);
        else if (date > as_of)
            note(Code::case_in_future, number, id).fields = {{"date", date_text(date)},
                                                             {"as_of", date_text(as_of)}};
        if (!event)
            note(Code::case_event_unknown, number, id).fields = {
                {"value", std::string(log.events[i])}};
        if (log.actors[i].empty()) note(Code::case_actor_empty, number, id);
        if (findings.empty()) rows.push_back({id, log.actors[i], date, *event, i});
    }
    if (!findings.empty()) throw DataError(std::move(findings));
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        if (const int order = a.id.compare(b.id); order != 0) return order < 0;
        return a.date != b.date ? a.date < b.date : a.row < b.row;
    });
    return rows;
}

class Analysis {
public:
    Analysis(const CaseColumns& log, Date as_of, const ActorLevels& levels,
             const Catalogue* catalogue)
        : log_(log), as_of_(as_of), catalogue_(catalogue) {
        for (std::size_t i = 0; i < levels.ids.size() && i < levels.levels.size(); ++i)
            if (const auto level = level_of_name(levels.levels[i]))
                levels_.emplace(levels.ids[i], *level);
    }

    Cases run(const std::vector<Row>& rows) {
        for (std::size_t begin = 0; begin < rows.size();) {
            std::size_t end = begin + 1;
            while (end < rows.size() && rows[end].id == rows[begin].id) ++end;
            follow(std::span(rows).subspan(begin, end - begin));
            begin = end;
        }
        for (const std::string_view actor : unknown_) {
            Finding& finding = result_.findings.emplace_back();
            finding.code = Code::case_level_unknown;
            finding.severity = Severity::warning;
            finding.records = {std::string(actor)};
        }
        return std::move(result_);
    }

private:
    std::uint8_t level_of(std::string_view actor) {
        const auto [found, is_new] = levels_.emplace(actor, level_unknown);
        if (!is_new) return found->second;
        const ActorIndex known =
            catalogue_ != nullptr ? catalogue_->find_actor(actor) : ActorIndex::none();
        const auto by_name =
            level_of_name(actor.substr(0, 6) == "level:" ? actor.substr(6) : actor);
        if (known.exists())
            found->second = static_cast<std::uint8_t>(catalogue_->actor(known).level);
        else if (by_name)
            found->second = *by_name;
        else
            unknown_.insert(actor);
        return found->second;
    }

    Finding& note(Code code, Severity severity, const Row& row) {
        Finding& finding = result_.findings.emplace_back();
        finding.code = code;
        finding.severity = severity;
        finding.records = {std::string(row.id)};
        finding.table = Table::cases;
        finding.row = static_cast<std::int64_t>(row.row);
        return finding;
    }

    void follow(std::span<const Row> rows) {
        std::array<std::int32_t, case_levels> days{};
        std::vector<std::string_view> holders;  // in turn
        std::uint32_t returns = 0, circles = 0;
        Date started, accepted, agreed, ended;
        std::uint8_t solved_at = not_solved;
        bool closed = false;
        std::string kind;
        if (rows.front().event != CaseEvent::opened)
            note(Code::case_not_opened, Severity::warning, rows.front());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const Row& row = rows[i];
            if (closed || (ended.exists() && row.event <= CaseEvent::returned)) {  // opened anew
                note(Code::case_after_close, Severity::warning, row);
                started = accepted = agreed = ended = Date::none();
                solved_at = not_solved;
                closed = false;
            }
            if (!started.exists()) started = row.date;
            if (kind.empty() && log_.kinds.size() > 0) kind = log_.kinds[row.row];
            if (holders.empty() || holders.back() != row.actor) {
                if (const auto earlier = std::find(holders.rbegin(), holders.rend(), row.actor);
                    earlier != holders.rend()) {
                    if (++circles == 1) {  // the first circle is told
                        Finding& finding = note(Code::case_circle, Severity::note, row);
                        for (auto at = earlier.base() - 1; at != holders.end(); ++at)
                            finding.records.emplace_back(*at);
                        finding.records.emplace_back(row.actor);
                    }
                }
                if (!holders.empty() && row.event == CaseEvent::returned) ++returns;
                holders.push_back(row.actor);
            }
            const std::uint8_t level = level_of(row.actor);
            switch (row.event) {
                case CaseEvent::accepted:
                    if (!accepted.exists()) accepted = row.date;
                    break;
                case CaseEvent::agreed:
                    if (!agreed.exists()) agreed = row.date;
                    break;
                case CaseEvent::solved:
                    if (solved_at == not_solved) solved_at = level;
                    ended = std::min(ended, row.date);
                    break;
                case CaseEvent::closed:
                    ended = std::min(ended, row.date);
                    closed = true;
                    break;
                default: break;
            }
            // From here to the next event; once it has ended nobody has it.
            const Date until = i + 1 < rows.size() ? rows[i + 1].date : as_of_;
            if (!ended.exists()) days[level] += until - row.date;
        }
        result_.ids.emplace_back(rows.front().id);
        result_.kinds.push_back(std::move(kind));
        result_.opened.push_back(rows.front().date);
        result_.ended.push_back(ended);
        result_.holder.emplace_back(holders.back());
        result_.hops.push_back(static_cast<std::uint32_t>(holders.size() - 1));
        result_.returns.push_back(returns);
        result_.circles.push_back(circles);
        result_.days.insert(result_.days.end(), days.begin(), days.end());
        result_.solved_at.push_back(solved_at);
        const Date month_due = add_months(accepted.exists() ? accepted : started, 1);
        const Date done = std::min(ended, agreed);
        result_.month_due.push_back(month_due);
        result_.month_state.push_back(done.exists() ? (done <= month_due ? DeadlineState::met
                                                                         : DeadlineState::late)
                                      : as_of_ <= month_due ? DeadlineState::pending
                                                            : DeadlineState::missed);
        const Date confirmation_due = agreed + confirmation_days;
        result_.confirmation_due.push_back(confirmation_due);
        result_.confirmation_state.push_back(!agreed.exists()            ? DeadlineState::none
                                             : as_of_ <= confirmation_due ? DeadlineState::pending
                                                                          : DeadlineState::missed);
    }

    const CaseColumns& log_;
    Date as_of_;
    const Catalogue* catalogue_;
    std::unordered_map<std::string_view, std::uint8_t> levels_;
    std::set<std::string_view> unknown_;
    Cases result_;
};

}  // namespace

std::string_view case_event_name(CaseEvent event) noexcept {
    return event_names[static_cast<std::size_t>(event)];
}

std::string_view deadline_state_name(DeadlineState state) noexcept {
    constexpr std::array<std::string_view, 5> names{"none", "pending", "met", "late", "missed"};
    return names[static_cast<std::size_t>(state)];
}

Cases cases(const CaseColumns& log, Date as_of, const ActorLevels& levels,
            const Catalogue* catalogue) {
    if (as_of < date_min || as_of > date_max) refuse(Code::as_of_invalid, {});
    return Analysis(log, as_of, levels, catalogue).run(read_log(log, as_of));
}

}  // namespace gridgov::lists
