#include "partition/previous.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "gridgov/error.hpp"
#include "number_text.hpp"
#include "refuse.hpp"

namespace gridgov::partition {
namespace {

void check_columns(const PreviousAssignment& previous, std::vector<Finding>& findings) {
    const std::size_t rows = previous.household_ids.size();
    const auto check = [&](const TextColumn& column, const char* name) {
        if (column.size() == rows) return;
        Finding finding;
        finding.code = Code::column_length;
        finding.table = Table::assignment;
        finding.fields = {{"column", name},
                          {"length", number_text(column.size())},
                          {"expected", number_text(rows)}};
        findings.push_back(std::move(finding));
    };
    check(previous.courtyard_ids, "courtyard_id");
    if (previous.head_ids.present()) check(previous.head_ids, "head_household_id");
    if (!findings.empty()) throw DataError(std::move(findings));
}

}  // namespace

Previous join_previous(const Town& town, const PreviousAssignment& previous,
                       const ReviseOptions& options) {
    std::vector<Finding> findings;
    check_columns(previous, findings);
    const std::size_t rows = previous.household_ids.size();

    Previous joined;
    std::vector<std::string_view> names;
    for (std::size_t row = 0; row < rows; ++row)
        if (!previous.courtyard_ids[row].empty()) names.push_back(previous.courtyard_ids[row]);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const auto number_of = [&](std::string_view name) {
        const auto place = std::lower_bound(names.begin(), names.end(), name);
        return place != names.end() && *place == name
                   ? static_cast<std::uint32_t>(place - names.begin())
                   : no_index;
    };

    joined.home_of.assign(town.households(), no_index);
    joined.head.assign(names.size(), no_index);
    std::unordered_map<std::string_view, std::size_t> first_row;
    first_row.reserve(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view id = previous.household_ids[row];
        Finding fault;
        fault.table = Table::assignment;
        fault.row = static_cast<std::int64_t>(row);
        if (id.empty()) {
            fault.code = Code::empty_id;
            findings.push_back(std::move(fault));
            continue;
        }
        const auto [place, is_new] = first_row.try_emplace(id, row);
        if (!is_new) {
            fault.code = Code::assignment_duplicate_household;
            fault.records = {std::string(id)};
            fault.fields = {{"first_row", number_text(place->second + 1)}};
            findings.push_back(std::move(fault));
            continue;
        }
        const std::uint32_t courtyard = number_of(previous.courtyard_ids[row]);
        const HouseholdIndex household = town.find(id);
        if (!household.exists()) {
            if (courtyard == no_index) continue;  // neither then nor now
            joined.left.emplace_back(std::string(id), courtyard);
            continue;
        }
        joined.home_of[household.value] = courtyard;
        if (courtyard == no_index || !previous.head_ids.present()) continue;
        const HouseholdIndex head = town.find(previous.head_ids[row]);
        if (head.exists() && joined.head[courtyard] == no_index)
            joined.head[courtyard] = head.value;
    }
    if (!findings.empty()) throw DataError(std::move(findings));
    std::sort(joined.left.begin(), joined.left.end());

    joined.locked.assign(names.size(), 0);
    for (std::size_t i = 0; i < options.locked.size(); ++i) {
        const std::uint32_t courtyard = number_of(options.locked[i]);
        if (courtyard == no_index)
            refuse(Code::unknown_locked_courtyard, {{"courtyard", std::string(options.locked[i])}});
        joined.locked[courtyard] = 1;
    }
    joined.ids.assign(names.begin(), names.end());
    return joined;
}

}  // namespace gridgov::partition
