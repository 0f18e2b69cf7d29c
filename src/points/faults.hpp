// Faults of tables as they are found: each belongs to a village, or to none.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "gridgov/finding.hpp"
#include "gridgov/model/ids.hpp"

namespace gridgov::points {

struct Fault {
    Finding finding;
    std::uint32_t village = no_index;  ///< none: it cannot be left out with a village
};

class Faults {
public:
    using Fields = std::vector<std::pair<std::string, std::string>>;

    Finding& add(Code code, Table table, std::size_t row, std::string_view record,
                 std::uint32_t village, Fields fields = {}) {
        Finding finding;
        finding.code = code;
        finding.table = table;
        finding.row = static_cast<std::int64_t>(row);
        if (!record.empty()) finding.records.emplace_back(record);
        finding.fields = std::move(fields);
        list_.push_back({std::move(finding), village});
        return list_.back().finding;
    }
    void add(Finding finding, std::uint32_t village) {
        list_.push_back({std::move(finding), village});
    }
    void take(Faults& other) {
        list_.insert(list_.end(), std::make_move_iterator(other.list_.begin()),
                     std::make_move_iterator(other.list_.end()));
        other.list_.clear();
    }
    bool empty() const noexcept { return list_.empty(); }
    const std::vector<Fault>& list() const noexcept { return list_; }

    /// The findings by table and row, each once; those without a row come first.
    std::vector<Finding> findings() const {
        std::vector<Finding> findings;
        for (const Fault& fault : list_) findings.push_back(fault.finding);
        std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
            return std::tie(a.table, a.row, a.code) < std::tie(b.table, b.row, b.code);
        });
        findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
        return findings;
    }

private:
    std::vector<Fault> list_;
};

}  // namespace gridgov::points
