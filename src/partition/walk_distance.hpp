// Walking distances inside a component, kept once they are known.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "partition/component.hpp"
#include "partition/walk_network.hpp"

namespace gridgov::partition {

/// Along the links or ways. A household's first search finds those nearest to it, most of all that are
/// ever asked for; what neither end of a walk knows is searched for, and half as many more with it as
/// are known. What is known never shows in a result: a walk is the same length, to the bit, whichever
/// search finds it.
class WalkDistance {
public:
    /// `search` is scratch of the thread that asks, and serves no other component meanwhile.
    WalkDistance(const Component& component, WalkSearch& search)
        : search_(&search), rows_(component.households()) {
        search.number(component.row);
    }

    double operator()(std::uint32_t a, std::uint32_t b) {
        if (const double known = rows_[a].find(b); known >= 0) return known;
        if (const double known = rows_[b].find(a); known >= 0) return known;
        extend(a, {&b, 1});
        return rows_[a].find(b);
    }
    void to_many(std::uint32_t from, std::span<const std::uint32_t> to, const double*,
                 const double*, double* distance_um) {
        if (rows_[from].find_all(to, distance_um)) return;
        missing_.clear();
        for (std::size_t i = 0; i < to.size(); ++i)
            if (distance_um[i] < 0) {
                distance_um[i] = rows_[to[i]].find(from);
                if (distance_um[i] < 0) missing_.push_back(to[i]);
            }
        if (missing_.empty()) return;
        extend(from, missing_);
        for (std::size_t i = 0; i < to.size(); ++i)
            if (distance_um[i] < 0) distance_um[i] = rows_[from].find(to[i]);
    }

private:
    static constexpr double unknown = -1;

    /// What is known of the distances from one household: blocks of eight that follow each other in
    /// the component's order, and so mostly live together, found by a hash of their number.
    class Row {
    public:
        double find(std::uint32_t household) const {
            if (keys_.empty()) return unknown;
            const Key& key = keys_[place_of(household / block)];
            return key.number == household / block
                       ? distance_um_[std::size_t{key.place} * block + household % block]
                       : unknown;
        }
        /// False if some are unknown.
        bool find_all(std::span<const std::uint32_t> households, double* distance_um) const {
            if (keys_.empty()) {
                std::fill_n(distance_um, households.size(), unknown);
                return households.empty();
            }
            double least = 0;
            for (std::size_t i = 0; i < households.size(); ++i) {
                const double found = find(households[i]);
                distance_um[i] = found;
                least = std::min(least, found);
            }
            return least >= 0;
        }
        void put(std::uint32_t household, double distance_um) {
            if (2 * (blocks_ + 1) > keys_.size()) grow();
            Key& key = keys_[place_of(household / block)];
            if (key.number != household / block) {
                key = {household / block, blocks_++};
                distance_um_.resize(std::size_t{blocks_} * block, unknown);
            }
            double& kept = distance_um_[std::size_t{key.place} * block + household % block];
            known_ += kept < 0;
            kept = distance_um;
        }
        std::size_t known() const { return known_; }

    private:
        static constexpr std::uint32_t block = 8;
        struct Key {
            std::uint32_t number = no_index, place = 0;
        };
        /// Where a block's key is, or would be.
        std::size_t place_of(std::uint32_t number) const {
            const std::size_t mask = keys_.size() - 1;
            std::size_t place = (number * 0x9E3779B1U) >> shift_;
            while (keys_[place].number != number && keys_[place].number != no_index)
                place = (place + 1) & mask;
            return place;
        }
        void grow() {
            std::vector<Key> old(std::max<std::size_t>(32, 2 * keys_.size()));
            old.swap(keys_);
            shift_ = 32 - static_cast<unsigned>(std::countr_zero(keys_.size()));
            for (const Key& key : old)
                if (key.number != no_index) keys_[place_of(key.number)] = key;
        }

        std::vector<Key> keys_;
        std::vector<double> distance_um_;
        std::uint32_t blocks_ = 0;
        unsigned shift_ = 0;
        std::size_t known_ = 0;
    };

    void extend(std::uint32_t from, std::span<const std::uint32_t> missing) {
        constexpr std::size_t first = 48;
        Row& row = rows_[from];
        for (const std::uint32_t household : missing)  // in case no walk leads there
            row.put(household, std::numeric_limits<double>::infinity());
        search_->nearest(from, std::max(first, row.known() + row.known() / 2), missing,
                         [&](std::uint32_t household, double distance_um) {
                             row.put(household, distance_um);
                         });
    }

    WalkSearch* search_;
    std::vector<Row> rows_;
    std::vector<std::uint32_t> missing_;
};

}  // namespace gridgov::partition
