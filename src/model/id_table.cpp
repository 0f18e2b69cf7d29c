#include "model/id_table.hpp"

#include <functional>

#include "gridgov/model/ids.hpp"
#include "model/text.hpp"

namespace gridgov::model {

IdTable::IdTable(const TextColumn& ids, std::size_t rows) : ids_(&ids), rows_(rows) {
    if (!ids.present()) return;
    std::size_t size = 16;
    while (size < 2 * rows) size *= 2;
    slots_.assign(size, Slot{0, no_index});
    for (std::size_t row = 0; row < rows; ++row) {
        const std::uint64_t hash = std::hash<std::string_view>{}(ids[row]);
        Slot& slot = slots_[slot_of(ids[row], hash)];
        if (slot.row == no_index)
            slot = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(row)};
    }
}

std::size_t IdTable::slot_of(std::string_view id, std::uint64_t hash) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    std::size_t at = static_cast<std::size_t>(hash) & mask;
    while (slots_[at].row != no_index &&
           (slots_[at].hash != tag || (*ids_)[slots_[at].row] != id))
        at = (at + 1) & mask;
    return at;
}

std::uint32_t IdTable::find(std::string_view id) const noexcept {
    if (!ids_->present()) return row_from_text(id, rows_).value_or(no_index);
    return slots_[slot_of(id, std::hash<std::string_view>{}(id))].row;
}

}  // namespace gridgov::model
