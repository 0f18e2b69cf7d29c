#include "gridgov/model/town.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "model/box.hpp"
#include "model/text.hpp"
#include "model/town_data.hpp"

namespace gridgov {

struct Town::Data : model::TownData {};

Town::Town(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

Town::Checked Town::check(const TownColumns& columns, const TownOptions& options) {
    const auto data = std::make_shared<Data>();
    Checked checked;
    std::vector<Finding>& findings = checked.findings;
    model::Box households;
    model::check_households(columns.households, options, *data, households, findings);
    model::check_links(columns.links, columns.households, *data, findings);
    model::check_ways(columns.ways, households, *data, findings);
    model::check_barriers(columns.barriers, households, *data, findings);
    if (findings.empty()) {
        checked.town = Town(data);
        return checked;
    }
    // Each check goes over its table by itself; a reader goes down the table once.
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.table, a.row) < std::tie(b.table, b.row);
    });
    return checked;
}

Town Town::make(const TownColumns& columns, const TownOptions& options) {
    Checked checked = check(columns, options);
    if (!checked.town) throw DataError(std::move(checked.findings));
    return *std::move(checked.town);
}

std::size_t Town::households() const noexcept { return data_->positions.size(); }
std::size_t Town::villages() const noexcept { return data_->villages.size(); }

std::string Town::id(HouseholdIndex household) const {
    if (data_->id_offsets.empty()) return std::to_string(household.value);
    return std::string(data_->id_bytes_of(household.value));
}

HouseholdIndex Town::find(std::string_view id) const {
    if (data_->id_offsets.empty()) {
        const auto row = model::row_from_text(id, households());
        return row ? HouseholdIndex(*row) : HouseholdIndex::none();
    }
    const auto found = std::lower_bound(
        data_->by_rank.begin(), data_->by_rank.end(), id,
        [&](std::uint32_t row, std::string_view wanted) {
            return data_->id_bytes_of(row) < wanted;
        });
    if (found == data_->by_rank.end() || data_->id_bytes_of(*found) != id)
        return HouseholdIndex::none();
    return HouseholdIndex(*found);
}

std::string_view Town::village_name(VillageIndex village) const {
    return data_->villages[village.value];
}

std::span<const Position> Town::positions() const noexcept { return data_->positions; }
std::span<const Weight> Town::weights() const noexcept { return data_->weights; }
std::span<const std::uint32_t> Town::village_of() const noexcept { return data_->village_of; }
std::span<const std::uint32_t> Town::rank() const noexcept { return data_->rank; }
std::span<const std::uint8_t> Town::may_be_head() const noexcept { return data_->may_be_head; }

std::span<const std::uint32_t> Town::pin_of() const noexcept { return data_->pin_of; }
std::size_t Town::pins() const noexcept { return data_->pins.size(); }
std::string_view Town::pin_name(std::uint32_t pin) const { return data_->pins[pin]; }

std::span<const std::uint32_t> Town::group_of() const noexcept { return data_->group_of; }
std::size_t Town::groups() const noexcept { return data_->groups.size(); }
std::string_view Town::group_name(std::uint32_t group) const { return data_->groups[group]; }

std::span<const std::uint32_t> Town::anchor_of() const noexcept { return data_->anchor_of; }

std::span<const std::uint32_t> Town::previous_of() const noexcept { return data_->previous_of; }
std::size_t Town::previous_courtyards() const noexcept { return data_->previous.size(); }
std::string_view Town::previous_name(std::uint32_t previous) const {
    return data_->previous[previous];
}

bool Town::has_links() const noexcept { return data_->has_links; }
std::span<const Town::Link> Town::links() const noexcept { return data_->links; }

bool Town::has_ways() const noexcept { return data_->has_ways; }
std::span<const Position> Town::way_nodes() const noexcept { return data_->way_nodes; }
std::span<const Town::Way> Town::ways() const noexcept { return data_->ways; }

std::span<const Town::Barrier> Town::barriers() const noexcept { return data_->barriers; }

}  // namespace gridgov
