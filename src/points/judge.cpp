#include "points/judge.hpp"

#include <algorithm>
#include <utility>

namespace gridgov::points {

void judge(const Faults& faults, const Options& options, const Settlement* before,
           HouseholdInputs& households, std::vector<Finding>& findings) {
    if (faults.empty()) return;
    bool leave_out = options.skip_faulty_villages;
    for (const Fault& fault : faults.list()) {
        if (fault.village == no_index) {
            leave_out = false;
            break;
        }
        // What a state knows cannot be left out: its ledger goes on.
        if (before != nullptr)
            for (std::size_t v = 0; v < before->villages.size(); ++v)
                leave_out = leave_out && before->villages[v] != households.villages[fault.village];
    }
    if (!leave_out) throw DataError(faults.findings());
    for (const Fault& fault : faults.list()) households.faulty[fault.village] = true;
    for (Finding& finding : faults.findings()) findings.push_back(std::move(finding));
}

bool can_be_asked(const Faults& of_conditions) {
    return std::all_of(of_conditions.list().begin(), of_conditions.list().end(), [](const Fault& fault) {
        return fault.finding.code == Code::condition_unreadable_cell;
    });
}

std::vector<std::string> left_out(const HouseholdInputs& households) {
    std::vector<std::string> villages;
    for (std::size_t v = 0; v < households.villages.size(); ++v)
        if (households.faulty[v]) villages.emplace_back(households.villages[v]);
    return villages;
}

}  // namespace gridgov::points
