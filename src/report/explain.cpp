#include "gridgov/report/explain.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

namespace gridgov::report {
namespace {

using partition::Partition;
using partition::Status;

/// Metres to a tenth, in the C locale.
std::string metres(double length_m) {
    if (!std::isfinite(length_m)) return "?";
    char text[400];
    const auto end = std::to_chars(text, text + sizeof text, length_m, std::chars_format::fixed, 1);
    return {text, end.ptr};
}

std::size_t villages_of(const Partition& partition) {
    std::vector<std::uint32_t> villages = partition.courtyards.village;
    std::sort(villages.begin(), villages.end());
    return static_cast<std::size_t>(
        std::unique(villages.begin(), villages.end()) - villages.begin());
}

/// "3 things" or "1 thing".
std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string broken_text(const Partition& partition, Language language) {
    const std::string households = std::to_string(partition.broken_households);
    const std::string proved = std::to_string(partition.broken_proved_unavoidable);
    if (language == Language::zh) {
        if (partition.broken_courtyards == 0) return "所有院落均合标准。\n";
        return "有" + std::to_string(partition.broken_courtyards) + "个院落不合标准，涉及" +
               households + "户；其中" + proved + "个已证明无法避免。\n";
    }
    if (partition.broken_courtyards == 0) return "Every courtyard is within the rules.\n";
    return counted(partition.broken_courtyards, "courtyard is", "courtyards are") +
           " not within the rules (" + counted(partition.broken_households, "household", "households") +
           "); of these " + proved + " proved unavoidable.\n";
}

}  // namespace

std::string_view status_text(Status status, Language language) noexcept {
    const bool zh = language == Language::zh;
    switch (status) {
        case Status::disconnected: return zh ? "不合标准：院落不相连" : "disconnected";
        case Status::oversize: return zh ? "不合标准：户数过多" : "oversize";
        case Status::undersize: return zh ? "不合标准：户数不足" : "undersize";
        case Status::within: break;
    }
    return zh ? "合标准" : "within";
}

std::string reason_text(const Partition& partition, CourtyardIndex courtyard, Language language) {
    const partition::Courtyards& courtyards = partition.courtyards;
    if (courtyards.status[courtyard.value] == Status::within) return {};
    const Finding& reason = courtyards.reason[courtyard.value];
    if (reason.code == Code{})  // a labelling that was only measured has no cause to name
        return std::string(status_text(courtyards.status[courtyard.value], language));
    return message(reason, language);
}

std::string summary_text(const Partition& partition, Language language) {
    const std::size_t households = partition.labels.size();
    const std::size_t courtyards = partition.courtyards.size();
    const bool walk = partition.metric == partition::Metric::walk;
    const std::string mean = metres(partition.mean_distance_m);
    const std::string max = metres(partition.max_distance_m);
    const std::string total = metres(partition.total_distance_m);
    std::string text;
    if (language == Language::zh) {
        text = std::to_string(villages_of(partition)) + "个村的" + std::to_string(households) +
               "户划为" + std::to_string(courtyards) + "个院落。\n";
        text += std::string("到院长的") + (walk ? "步行" : "直线") + "距离：平均" + mean +
                "米，最远" + max + "米，合计" + total + "米。\n";
    } else {
        text = counted(households, "household", "households") + " of " +
               counted(villages_of(partition), "village", "villages") + " in " +
               counted(courtyards, "courtyard", "courtyards") + ".\n";
        text += std::string(walk ? "Walk" : "Straight distance") + " to the head: " + mean +
                " m on average, " + max + " m at most, " + total + " m in all.\n";
    }
    text += broken_text(partition, language);
    if (partition.outcome == partition::Outcome::cancelled)
        text += message({Code::cancelled, Severity::warning, {}, {}, Table::none, -1}, language) +
                "\n";
    return text;
}

}  // namespace gridgov::report
