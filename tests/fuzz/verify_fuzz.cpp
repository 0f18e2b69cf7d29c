// libFuzzer: any claim about any small town is verified without a crash, and the verdict agrees with
// a count made here.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gridgov/error.hpp"
#include "gridgov/model/town.hpp"
#include "gridgov/partition/verify.hpp"

namespace {

using namespace gridgov;

/// The fuzzer's bytes, zeros when they run out.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::uint32_t below(std::uint32_t count) { return next() % count; }
    std::uint8_t next() { return at_ < size_ ? data_[at_++] : std::uint8_t{0}; }

private:
    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t at_ = 0;
};

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    const std::uint32_t count = 1 + bytes.below(100);
    std::vector<double> x_m, y_m, distances;
    std::vector<std::string> villages, pins;
    std::vector<std::uint8_t> may_be_head;
    std::vector<std::int32_t> labels;
    std::vector<std::uint32_t> heads;
    const std::uint32_t courtyards = 1 + bytes.below(12);
    for (std::uint32_t i = 0; i < count; ++i) {
        x_m.push_back(bytes.next());
        y_m.push_back(bytes.next());
        const std::uint32_t bits = bytes.next();
        villages.push_back(bits % 16 == 0 ? "B" : "A");
        pins.push_back(villages.back() == "A" && bits / 16 % 8 == 0 ? "pin" : "");
        may_be_head.push_back(bits >= 128 ? 1 : 0);
        labels.push_back(static_cast<std::int32_t>(bytes.below(courtyards + 1)) - 1);
        heads.push_back(bits % 32 == 7 ? no_index : bytes.below(count));
        distances.push_back(bytes.next());
    }
    std::vector<neighbours::Edge> edges;
    for (std::uint32_t i = bytes.below(256); i > 0; --i)
        edges.push_back({bytes.below(count), bytes.below(count), static_cast<double>(bytes.next())});

    TownColumns columns;
    columns.households.x_m = x_m;
    columns.households.y_m = y_m;
    columns.households.villages = TextColumn(villages);
    columns.households.pins = TextColumn(pins);
    columns.households.may_be_head = may_be_head;
    const auto checked = Town::check(columns);
    if (!checked.town) return 0;
    const auto graph = neighbours::Graph::from_edges(count, edges);
    const partition::Claim claim{.labels = labels,
                                 .head_of_household = heads,
                                 .distance_to_head_m = distances,
                                 .courtyard_ids = {}};
    const partition::Rules rules{.weight_min = 2, .weight_max = 9, .weight_target = 4,
                                 .courtyards = {}};
    const auto metric = bytes.below(2) == 0 ? partition::Metric::straight : partition::Metric::walk;
    const auto result = partition::verify(*checked.town, graph, {}, claim, rules, metric);

    std::map<std::int32_t, std::uint32_t> sizes;
    std::uint32_t missing = 0;
    std::set<std::int32_t> pinned;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (labels[i] < 0) {
            ++missing;
            continue;
        }
        ++sizes[labels[i]];
        if (!pins[i].empty()) pinned.insert(labels[i]);
    }
    std::map<Code, std::uint32_t> found;
    for (const Finding& finding : result.findings) {
        ++found[finding.code];
        require(!message(finding, Language::zh).empty());
    }
    std::uint32_t over = 0;
    std::uint32_t under = 0;
    std::size_t row = 0;
    for (const auto& [label, households] : sizes) {
        require(result.labels[row] == label && result.households[row] == households);
        over += households > 9 ? 1 : 0;
        under += households < 2 ? 1 : 0;
        ++row;
    }
    require(result.labels.size() == row);
    require(found[Code::assignment_missing_household] == missing);
    require(found[Code::courtyard_oversize] == over);
    require(found[Code::courtyard_undersize] == under);
    require(found[Code::pin_split] == (pinned.size() > 1 ? 1U : 0U));
    return 0;
}
