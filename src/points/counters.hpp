// Counters of caps and the awards that start cool-downs, of the households that are settled together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gridgov/model/ids.hpp"

namespace gridgov::points {

/// Sums by (whose, period, kind and sign): a hash table that is emptied in no time.
class Counters {
public:
    Counters() : cells_(64) {}

    void clear() noexcept {
        ++generation_;
        used_ = 0;
    }

    std::int64_t get(std::uint32_t whose, std::int32_t period, std::uint32_t kind) const noexcept {
        const Cell& cell = cells_[place(whose, period, kind)];
        return cell.generation == generation_ ? cell.value : 0;
    }
    std::int64_t& at(std::uint32_t whose, std::int32_t period, std::uint32_t kind) {
        if (2 * (used_ + 1) > cells_.size()) grow();
        Cell& cell = cells_[place(whose, period, kind)];
        if (cell.generation != generation_) {
            cell = {0, generation_, whose, period, kind};
            ++used_;
        }
        return cell.value;
    }

private:
    struct Cell {
        std::int64_t value = 0;
        std::uint64_t generation = 0;
        std::uint32_t whose = 0;
        std::int32_t period = 0;
        std::uint32_t kind = 0;
    };

    std::size_t place(std::uint32_t whose, std::int32_t period, std::uint32_t kind) const noexcept {
        std::uint64_t hash = (std::uint64_t{whose} << 32 | static_cast<std::uint32_t>(period)) *
                             0x9E3779B97F4A7C15ULL;
        hash = (hash ^ (hash >> 29) ^ kind) * 0xBF58476D1CE4E5B9ULL;
        const std::size_t mask = cells_.size() - 1;
        std::size_t slot = static_cast<std::size_t>(hash >> 32) & mask;
        while (cells_[slot].generation == generation_ &&
               (cells_[slot].whose != whose || cells_[slot].period != period ||
                cells_[slot].kind != kind))
            slot = (slot + 1) & mask;
        return slot;
    }

    void grow() {
        std::vector<Cell> old(2 * cells_.size());
        old.swap(cells_);
        for (const Cell& cell : old)
            if (cell.generation == generation_) cells_[place(cell.whose, cell.period, cell.kind)] = cell;
    }

    std::vector<Cell> cells_;  ///< a power of two, at most half full
    std::uint64_t generation_ = 1;
    std::size_t used_ = 0;
};

/// The dates of a household's entries other than 0, by rule.
class Cooling {
public:
    void clear() noexcept { list_.clear(); }

    void add(std::uint32_t rule, std::int32_t date, std::uint32_t row) {
        const auto at = find(rule, date);
        if (at != list_.end() && at->rule == rule && at->date == date) ++at->count;
        else list_.insert(at, {rule, date, 1, row});
    }
    void remove(std::uint32_t rule, std::int32_t date, std::uint32_t row) {
        const auto at = find(rule, date);
        if (at == list_.end() || at->rule != rule || at->date != date) return;
        if (--at->count == 0) list_.erase(at);
        else if (at->row == row) at->row = no_index;
    }
    /// Whether an entry lies less than `days` from a date; `row` becomes its row, or none where not
    /// told. The earliest such date.
    bool cools(std::uint32_t rule, std::int32_t date, std::int32_t days, std::uint32_t& row) {
        const auto at = find(rule, date - days + 1);
        if (at == list_.end() || at->rule != rule || at->date >= date + days) return false;
        row = at->row;
        return true;
    }

private:
    struct Given {
        std::uint32_t rule;
        std::int32_t date;
        std::uint32_t count, row;
    };
    std::vector<Given>::iterator find(std::uint32_t rule, std::int32_t date) {
        if (list_.size() <= 16) {
            auto at = list_.begin();
            while (at != list_.end() && (at->rule < rule || (at->rule == rule && at->date < date))) ++at;
            return at;
        }
        return std::lower_bound(list_.begin(), list_.end(), std::pair{rule, date},
                                [](const Given& given, const std::pair<std::uint32_t, std::int32_t>& key) {
                                    return given.rule < key.first ||
                                           (given.rule == key.first && given.date < key.second);
                                });
    }
    std::vector<Given> list_;  ///< by (rule, date)
};

}  // namespace gridgov::points
