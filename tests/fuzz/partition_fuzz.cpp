// Any bytes → a town, its neighbours, options → solve; then what must hold: everyone is assigned,
// the verifier agrees with what the result says of itself, and two threads give the same labels.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "gridgov/gridgov.hpp"

namespace {

using namespace gridgov;

/// Reads numbers off the front of the bytes; zeros when they have run out.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::uint32_t byte() { return next_ < size_ ? data_[next_++] : 0; }
    std::uint32_t below(std::uint32_t bound) { return byte() % bound; }
    bool empty() const { return next_ >= size_; }

private:
    const std::uint8_t* data_;
    std::size_t size_, next_ = 0;
};

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    partition::Options options;
    const double least = (1 + bytes.below(40)) / 4.0;
    const double most = least + bytes.below(60) / 4.0;
    options.rules = {least, most, least + (most - least) * bytes.below(5) / 4.0, {}};
    if (bytes.below(4) == 0) options.rules.courtyards = 1 + bytes.below(30);
    options.metric = bytes.below(2) == 0 ? partition::Metric::straight : partition::Metric::walk;
    options.effort = static_cast<partition::Effort>(bytes.below(3));
    options.seed = bytes.byte();
    options.threads = 1;
    const std::uint32_t features = bytes.byte();

    std::vector<double> x, y, weights, length;
    std::vector<std::string> ids, villages, pins, groups, u, v;
    std::vector<std::uint8_t> heads;
    const std::uint32_t count = 1 + bytes.below(60);
    const double step = features & 1 ? 1.0 : 1e6;
    for (std::uint32_t i = 0; i < count; ++i) {
        x.push_back(bytes.below(16) * step);
        y.push_back(bytes.below(16) * step);
        ids.push_back("h" + std::to_string(i));
        villages.push_back(features & 2 && bytes.below(4) == 0 ? "b" : "a");
        weights.push_back(features & 4 ? (1 + bytes.below(40)) / 8.0 : 1.0);
        heads.push_back(features & 8 ? bytes.below(3) != 0 : 1);
        pins.push_back(features & 16 && bytes.below(8) == 0
                           ? villages.back() + std::to_string(bytes.below(3)) : "");
        groups.push_back(features & 32 ? std::string(1, static_cast<char>('a' + bytes.below(4)))
                                       : "");
        if (features & 64 && i > 0 && bytes.below(10) == 0) x.back() = std::nan("");
    }
    TownColumns columns;
    columns.households.x_m = x;
    columns.households.y_m = y;
    columns.households.ids = std::span<const std::string>(ids);
    columns.households.villages = std::span<const std::string>(villages);
    columns.households.weights = weights;
    columns.households.may_be_head = heads;
    columns.households.pins = std::span<const std::string>(pins);
    columns.households.groups = std::span<const std::string>(groups);
    if (features & 128) {
        while (!bytes.empty()) {
            u.push_back(ids[bytes.below(count)]);
            v.push_back(ids[bytes.below(count)]);
            length.push_back(bytes.below(200));
        }
        columns.links = {std::span<const std::string>(u), std::span<const std::string>(v), length};
    }
    const Town::Checked checked = Town::check(columns, {.unlocated = Unlocated::group});
    if (!checked.town) {
        require(!checked.findings.empty());
        return 0;
    }
    const Town& town = *checked.town;
    const neighbours::Neighbours graph = neighbours::build(town);
    const partition::Partition result = partition::solve(town, graph, options);

    partition::Claim claim;
    claim.labels = result.labels;
    const partition::Verification found = partition::verify(
        town, graph.graph, graph.walk_network, claim, options.rules, options.metric);
    for (std::size_t i = 0; i < result.courtyards.size(); ++i) {
        const bool broken = !found.connected[i] || !found.one_village[i] || found.oversize[i] ||
                            found.undersize[i];
        require(broken == (result.courtyards.status[i] != partition::Status::within));
    }
    require(std::abs(found.total_distance_m - result.total_distance_m) <=
            1e-6 + 1e-9 * result.total_distance_m);
    for (const Finding& finding : found.findings) require(finding.code != Code::pin_split);

    options.threads = 2;
    require(partition::solve(town, graph, options).labels == result.labels);
    return 0;
}
