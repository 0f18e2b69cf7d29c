// Columns as a caller hands them in: borrowed, never copied, of equal length or absent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gridgov {

/// A borrowed column of UTF-8 texts in one of three layouts: std::string, std::string_view, or
/// Arrow's (one buffer of bytes and n + 1 offsets). An absent column is empty and `!present()`.
/// The memory must outlive the call that receives the column; nothing is copied here. May be read by
/// several threads at once, as long as none writes to that memory.
class TextColumn {
public:
    TextColumn() = default;
    TextColumn(std::span<const std::string> texts)  // NOLINT: implicit on purpose
        : strings_(texts.data()), size_(texts.size()), present_(true) {}
    TextColumn(std::span<const std::string_view> texts)  // NOLINT
        : views_(texts.data()), size_(texts.size()), present_(true) {}
    /// Arrow layout: text i is bytes[offsets[i], offsets[i + 1]).
    TextColumn(const char* bytes, std::span<const std::int64_t> offsets)
        : bytes_(bytes), offsets_(offsets.data()),
          size_(offsets.empty() ? 0 : offsets.size() - 1), present_(true) {}

    bool present() const noexcept { return present_; }
    std::size_t size() const noexcept { return size_; }
    std::string_view operator[](std::size_t row) const noexcept {
        if (views_ != nullptr) return views_[row];
        if (strings_ != nullptr) return strings_[row];
        return {bytes_ + offsets_[row], static_cast<std::size_t>(offsets_[row + 1] - offsets_[row])};
    }

private:
    const std::string* strings_ = nullptr;
    const std::string_view* views_ = nullptr;
    const char* bytes_ = nullptr;
    const std::int64_t* offsets_ = nullptr;
    std::size_t size_ = 0;
    bool present_ = false;
};

/// The households, a row each. Only the coordinates are required; every other column is absent
/// (empty) or as long as they are.
struct HouseholdColumns {
    std::span<const double> x_m;  ///< metres in one local plane; NaN: not located (see unlocated)
    std::span<const double> y_m;
    TextColumn ids;               ///< unique, not empty; absent: the row numbers "0", "1", …
    std::span<const double> weights;           ///< finite, above 0, at most 1e9; absent: 1 each
    TextColumn villages;                       ///< not empty; absent: one village, "all"
    std::span<const std::uint8_t> may_be_head; ///< 0 or not; absent: everyone may
    TextColumn pins;    ///< same non-empty text: share a courtyard; absent: no pins
    TextColumn groups;  ///< natural village or 组 within its village; empty text: none
    TextColumn previous_courtyards;  ///< courtyard before this run; empty text: none
};

/// The neighbour graph, given: undirected links between households by id.
struct LinkColumns {
    TextColumn u;
    TextColumn v;
    std::span<const double> length_m;  ///< finite, not negative
    bool present() const noexcept { return u.present(); }
};

/// Walkable ways: nodes with positions, and undirected edges between them by node id.
struct WayColumns {
    TextColumn node_ids;
    std::span<const double> node_x_m;
    std::span<const double> node_y_m;
    TextColumn u;
    TextColumn v;
    std::span<const double> length_m;  ///< finite, not negative
    bool present() const noexcept { return node_ids.present(); }
};

/// Lines that cut links: line i has the vertices [offsets[i], offsets[i + 1]) of x_m and y_m.
struct BarrierColumns {
    std::span<const std::int64_t> offsets;   ///< lines + 1, ascending; empty: no barriers
    std::span<const double> x_m;
    std::span<const double> y_m;
    std::span<const std::uint8_t> passable;  ///< a line each: bridge or tunnel, so it cuts nothing
    bool present() const noexcept { return !offsets.empty(); }
};

/// Everything that a town is made from.
struct TownColumns {
    HouseholdColumns households;
    LinkColumns links;
    WayColumns ways;
    BarrierColumns barriers;
};

}  // namespace gridgov
