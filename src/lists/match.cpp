#include "gridgov/lists/match.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "gridgov/error.hpp"
#include "lists/max_flow.hpp"

namespace gridgov::lists {
namespace {

struct Source {
    std::string_view id, kind, villages;
    std::int64_t amount;
    Date from, to;
    std::uint8_t project;
    std::uint32_t row;
};

struct Need {
    std::string_view id, kind, village;
    std::int64_t amount, priority;
    Date from, to;
    std::uint32_t row;
    std::int64_t missing = 0;
    Code reason{};
};

Date start_of(std::span<const Date> dates, std::size_t row) {
    return dates.empty() || !dates[row].exists() ? date_min : dates[row];
}
Date end_of(std::span<const Date> dates, std::size_t row) {
    return dates.empty() || !dates[row].exists() ? date_max + 1 : dates[row];
}

bool overlap(const Need& need, const Source& source) {
    return need.from < source.to && source.from < need.to;
}

bool serves(std::string_view villages, std::string_view village) {
    while (!villages.empty()) {
        const std::size_t at = villages.find(';');
        std::string_view name = villages.substr(0, at);
        while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
        while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
        if (name == "*" || (name == village && !name.empty())) return true;
        if (at == std::string_view::npos) return false;
        villages.remove_prefix(at + 1);
    }
    return false;
}

/// Checks one table's columns and rows.
class Checks {
public:
    explicit Checks(std::vector<Finding>& findings) : findings_(findings) {}

    template <class Column>
    bool length(Table table, const char* name, const Column& column, std::size_t size,
                bool required) {
        if (column.size() == size || (!required && column.size() == 0)) return true;
        Finding& finding = note(Code::column_length, table, -1, {});
        finding.fields = {{"column", name},
                          {"length", std::to_string(column.size())},
                          {"expected", std::to_string(size)}};
        return false;
    }

    /// `first_rows`: of ids seen before, in this table or one that shares its ids.
    void row(Table table, std::size_t at, std::string_view id, std::string_view kind,
             std::int64_t amount, Date from, Date to,
             std::unordered_map<std::string_view, std::size_t>& first_rows) {
        const auto number = static_cast<std::int64_t>(at);
        if (id.empty()) {
            note(Code::empty_id, table, number, {});
        } else if (const auto [found, is_new] = first_rows.emplace(id, at); !is_new) {
            note(Code::duplicate_id, table, number, id).fields = {
                {"first_row", std::to_string(found->second + 1)}};
        }
        if (kind.empty()) note(Code::match_kind_empty, table, number, id);
        if (amount < 0 || amount > match_amount_max)
            note(Code::match_amount_invalid, table, number, id).fields = {
                {"value", std::to_string(amount)}};
        if (!(from < to))
            note(Code::match_dates_reversed, table, number, id).fields = {{"from", date_text(from)},
                                                                          {"to", date_text(to)}};
    }

private:
    Finding& note(Code code, Table table, std::int64_t row, std::string_view id) {
        Finding& finding = findings_.emplace_back();
        finding.code = code;
        finding.table = table;
        finding.row = row;
        if (!id.empty()) finding.records = {std::string(id)};
        return finding;
    }
    std::vector<Finding>& findings_;
};

class Matcher {
public:
    Matcher(const NeedColumns& needs, const SourceColumns& resources,
            const SourceColumns& projects) {
        std::vector<Finding> findings;
        Checks checks(findings);
        read_needs(checks, needs);
        std::unordered_map<std::string_view, std::size_t> first_rows;
        read_sources(checks, Table::resources, resources, first_rows);
        read_sources(checks, Table::projects, projects, first_rows);
        if (!findings.empty()) throw DataError(std::move(findings));
        std::sort(needs_.begin(), needs_.end(), [](const Need& a, const Need& b) {
            return a.priority != b.priority ? a.priority > b.priority : a.id < b.id;
        });
        std::sort(sources_.begin(), sources_.end(), [](const Source& a, const Source& b) {
            return a.kind != b.kind ? a.kind < b.kind : a.id < b.id;
        });
        find_pairs();
    }

    Matching run() {
        MaxFlow flow = network();
        for (std::size_t i = 0; i < needs_.size(); ++i)
            needs_[i].missing = needs_[i].amount - serve(flow, i);
        return result(flow);
    }

private:
    void read_needs(Checks& checks, const NeedColumns& needs) {
        const std::size_t size = needs.ids.size();
        bool fits = checks.length(Table::needs, "kind", needs.kinds, size, true);
        fits &= checks.length(Table::needs, "amount", needs.amounts, size, true);
        fits &= checks.length(Table::needs, "village", needs.villages, size, false);
        fits &= checks.length(Table::needs, "priority", needs.priorities, size, false);
        fits &= checks.length(Table::needs, "from", needs.from, size, false);
        fits &= checks.length(Table::needs, "to", needs.to, size, false);
        if (!fits) return;
        std::unordered_map<std::string_view, std::size_t> first_rows;
        for (std::size_t row = 0; row < size; ++row) {
            Need need;
            need.id = needs.ids[row];
            need.kind = needs.kinds[row];
            if (needs.villages.size() > 0) need.village = needs.villages[row];
            need.amount = needs.amounts[row];
            need.priority = needs.priorities.empty() ? 0 : needs.priorities[row];
            need.from = start_of(needs.from, row);
            need.to = end_of(needs.to, row);
            need.row = static_cast<std::uint32_t>(row);
            checks.row(Table::needs, row, need.id, need.kind, need.amount, need.from, need.to,
                       first_rows);
            needs_.push_back(need);
        }
    }

    void read_sources(Checks& checks, Table table, const SourceColumns& sources,
                      std::unordered_map<std::string_view, std::size_t>& first_rows) {
        const std::size_t size = sources.ids.size();
        bool fits = checks.length(table, "kind", sources.kinds, size, true);
        fits &= checks.length(table, "amount", sources.amounts, size, true);
        fits &= checks.length(table, "villages", sources.villages, size, false);
        fits &= checks.length(table, "from", sources.from, size, false);
        fits &= checks.length(table, "to", sources.to, size, false);
        if (!fits) return;
        for (std::size_t row = 0; row < size; ++row) {
            Source source{};
            source.id = sources.ids[row];
            source.kind = sources.kinds[row];
            if (sources.villages.size() > 0) source.villages = sources.villages[row];
            if (source.villages.empty()) source.villages = "*";
            source.amount = sources.amounts[row];
            source.from = start_of(sources.from, row);
            source.to = end_of(sources.to, row);
            source.project = table == Table::projects;
            source.row = static_cast<std::uint32_t>(row);
            checks.row(table, row, source.id, source.kind, source.amount, source.from, source.to,
                       first_rows);
            sources_.push_back(source);
        }
    }

    std::pair<std::size_t, std::size_t> of_kind(std::string_view kind) const {
        const auto begin = std::lower_bound(
            sources_.begin(), sources_.end(), kind,
            [](const Source& source, std::string_view wanted) { return source.kind < wanted; });
        auto end = begin;
        while (end != sources_.end() && end->kind == kind) ++end;
        return {static_cast<std::size_t>(begin - sources_.begin()),
                static_cast<std::size_t>(end - sources_.begin())};
    }

    /// The sources that can serve each need, and why there are none.
    void find_pairs() {
        std::size_t pairs = 0;
        eligible_.resize(needs_.size());
        for (std::size_t i = 0; i < needs_.size(); ++i) {
            Need& need = needs_[i];
            need.reason = Code::none_of_the_kind;
            std::int64_t offered = 0;
            const auto [begin, end] = of_kind(need.kind);
            for (std::size_t at = begin; at < end; ++at) {
                const Source& source = sources_[at];
                if (need.reason == Code::none_of_the_kind) need.reason = Code::out_of_place;
                if (!serves(source.villages, need.village)) continue;
                if (need.reason == Code::out_of_place) need.reason = Code::out_of_time;
                if (!overlap(need, source)) continue;
                need.reason = Code::too_little;
                offered = std::min(offered + source.amount, need.amount);  // no overflow
                eligible_[i].push_back(at);
            }
            if (need.reason == Code::too_little && offered == need.amount)
                need.reason = Code::taken_by_higher_priority;
            pairs += eligible_[i].size();
            if (pairs > match_pairs_max) {
                Finding finding;
                finding.code = Code::match_too_large;
                finding.fields = {{"pairs", std::to_string(pairs)},
                                  {"most", std::to_string(match_pairs_max)}};
                throw DataError({std::move(finding)});
            }
        }
    }

    // Nodes: the needs, the sources, where all comes from, where all goes.
    std::size_t node_of_source(std::size_t source) const { return needs_.size() + source; }
    std::size_t start() const { return needs_.size() + sources_.size(); }
    std::size_t goal() const { return start() + 1; }

    MaxFlow network() const {
        MaxFlow flow(goal() + 1);
        for (std::size_t at = 0; at < sources_.size(); ++at)
            flow.add_edge(node_of_source(at), goal(), sources_[at].amount);
        return flow;
    }

    /// Brings a need as much as can be without taking from those served before; how much.
    std::int64_t serve(MaxFlow& flow, std::size_t i) {
        if (eligible_[i].empty() || needs_[i].amount == 0) return 0;
        first_edge_.resize(needs_.size());
        first_edge_[i] = flow.edge_count();
        // The last edge added is tried first: so the smallest id comes last.
        for (std::size_t k = eligible_[i].size(); k-- > 0;)
            flow.add_edge(i, node_of_source(eligible_[i][k]), needs_[i].amount);
        const std::size_t entry = flow.add_edge(start(), i, needs_[i].amount);
        const std::int64_t sent = flow.augment(start(), goal());
        flow.close(entry);
        return sent;
    }

    Matching result(const MaxFlow& flow) const {
        Matching out;
        std::vector<std::size_t> order(needs_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return needs_[a].id < needs_[b].id; });
        for (const std::size_t i : order) {
            const Need& need = needs_[i];
            const std::size_t size = eligible_[i].size();
            for (std::size_t k = 0; k < size && need.amount > 0; ++k) {
                const std::int64_t amount = flow.flow_on(first_edge_[i] + 2 * (size - 1 - k));
                if (amount <= 0) continue;
                const Source& source = sources_[eligible_[i][k]];
                out.need.push_back(need.row);
                out.project.push_back(source.project);
                out.source.push_back(source.row);
                out.amount.push_back(amount);
            }
            if (need.missing == 0) continue;
            out.unmet_need.push_back(need.row);
            out.unmet_amount.push_back(need.missing);
            out.unmet_reason.push_back(need.reason);
        }
        return out;
    }

    std::vector<Need> needs_;      // largest priority first, then by id
    std::vector<Source> sources_;  // by kind, then id
    std::vector<std::vector<std::size_t>> eligible_;
    std::vector<std::size_t> first_edge_;  // of a need's pairs
};

}  // namespace

Matching match(const NeedColumns& needs, const SourceColumns& resources,
               const SourceColumns& projects) {
    return Matcher(needs, resources, projects).run();
}

Finding unmet_finding(const NeedColumns& needs, const Matching& matching, std::size_t row) {
    const std::size_t need = matching.unmet_need[row];
    Finding finding;
    finding.code = matching.unmet_reason[row];
    finding.severity = Severity::note;
    finding.records = {std::string(needs.ids[need])};
    const std::string_view village = needs.villages.size() > 0 ? needs.villages[need] : "*";
    finding.fields = {{"amount", std::to_string(matching.unmet_amount[row])},
                      {"kind_of_need", std::string(needs.kinds[need])},
                      {"village", village.empty() ? "*" : std::string(village)}};
    finding.table = Table::needs;
    finding.row = static_cast<std::int64_t>(need);
    return finding;
}

}  // namespace gridgov::lists
