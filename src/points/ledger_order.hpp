// The order of a ledger's postings.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridgov/points/settle.hpp"
#include "points/large_array.hpp"

namespace gridgov::points {

inline constexpr std::uint32_t is_movement = 0x80000000;  // of an item's index; else a lot

/// A posting to be: what it is sorted by, and what it is made from. Filled household by household,
/// where all of it lies together, and then brought into order.
struct Item {
    std::int32_t day;
    Phase phase;
    Kind kind;
    std::uint8_t text_size;   ///< of a register_no that `common` and `key` hold whole, else 0
    std::uint32_t index;      ///< a lot, or with is_movement a movement
    std::uint32_t household;
    std::uint64_t key;        ///< the beginning of the register_no, or a number
    std::int64_t points;
};

inline std::size_t common_beginning(const Texts& texts) noexcept {
    if (texts.size() == 0) return 0;
    const std::string_view first = texts[0];
    std::size_t common = first.size();
    for (std::size_t i = 1; i < texts.size() && common > 0; ++i) {
        const std::string_view text = texts[i];
        common = static_cast<std::size_t>(
            std::mismatch(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(
                                             std::min(common, text.size())),
                          text.begin())
                .first -
            first.begin());
    }
    return common;
}

inline std::uint64_t prefix_of(std::string_view text, std::size_t common) noexcept {
    std::uint64_t prefix = 0;
    for (std::size_t i = common; i < common + 8; ++i)
        prefix = (prefix << 8) | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    return prefix;
}

/// Postings of a settlement in their order.
class Order {
public:
    Order(const Settlement& settlement, Date after)
        : s_(settlement), common_(common_beginning(settlement.rows.register_nos)) {
        if (s_.rows.size() > 0 && common_ < 248)
            text_ = std::string(s_.rows.register_nos[0].substr(0, common_)) + std::string(8, '0');
        const std::int32_t since =
            after.exists() ? after.days : std::numeric_limits<std::int32_t>::min();
        items_ = LargeArray<Item>(s_.lots.size() + s_.movements.size());
        for (std::uint32_t h = 0; h < s_.households.size(); ++h)
            for (std::size_t lot = s_.lots.offsets[h]; lot < s_.lots.offsets[h + 1]; ++lot) {
                if (s_.lots.posted_on[lot] <= since) continue;
                const std::uint32_t entry = s_.lots.entries[lot];
                Item item{s_.lots.posted_on[lot], Phase::openings, Kind::opening, 0,
                          static_cast<std::uint32_t>(lot), h, h, s_.lots.points[lot]};
                if (entry != no_index) {
                    item.phase = Phase::rows;
                    item.kind = Kind::award;
                    const std::string_view no = s_.rows.register_nos[s_.entries.rows[entry]];
                    item.key = prefix_of(no, common_);
                    item.text_size = size_of(no);
                }
                items_[count_++] = item;
            }
        for (std::uint32_t m = 0; m < s_.movements.size(); ++m) {
            const Movement& movement = s_.movements[m];
            if (movement.day <= since) continue;
            Item item{movement.day, movement.phase, movement.kind, 0, m | is_movement,
                      movement.household, movement.household, movement.points};
            if (movement.phase == Phase::exchanges) item.key = movement.trigger;
            if (movement.phase == Phase::rows) {
                const std::string_view no = s_.rows.register_nos[movement.trigger];
                item.key = prefix_of(no, common_);
                // What is told is the cause's number; it is the trigger's but for debts paid later.
                const bool own = (movement.kind == Kind::deduction ||
                                  movement.kind == Kind::returned_deduction) &&
                                 s_.entries.rows[movement.cause] == movement.trigger;
                item.text_size = own ? size_of(no) : std::uint8_t{0};
            }
            items_[count_++] = item;
        }
        sort();
    }

    /// The register_no that an item holds itself, or nothing; valid until the next call.
    std::string_view text(const Item& item) {
        for (std::size_t i = common_; i < item.text_size; ++i)
            text_[i] = static_cast<char>(item.key >> (56 - 8 * (i - common_)) & 0xFF);
        return {text_.data(), item.text_size};
    }

    std::size_t size() const noexcept { return count_; }
    const Item& operator[](std::size_t i) const noexcept { return items_[i]; }

private:
    std::uint8_t size_of(std::string_view no) const noexcept {
        return no.size() <= common_ + 8 && no.size() <= text_.size() ? static_cast<std::uint8_t>(no.size())
                                                                     : std::uint8_t{0};
    }
    std::uint32_t row_of(const Item& item) const noexcept {
        return (item.index & is_movement) != 0
                   ? s_.movements[item.index & ~is_movement].trigger
                   : s_.entries.rows[s_.lots.entries[item.index]];
    }
    bool before(const Item& a, const Item& b) const noexcept {
        if (a.phase == Phase::rows) {
            const std::uint32_t row_a = row_of(a), row_b = row_of(b);
            if (row_a != row_b) return s_.rows.register_nos[row_a] < s_.rows.register_nos[row_b];
        }
        return a.index < b.index;  // lots before movements, as they came
    }

    /// By day and phase in one pass, then each part by its keys.
    void sort() {
        if (count_ == 0) return;
        constexpr std::size_t phases = 5;
        std::int32_t begin = items_[0].day, last = begin;
        for (std::size_t i = 1; i < count_; ++i) {
            begin = std::min(begin, items_[i].day);
            last = std::max(last, items_[i].day);
        }
        const auto part_of = [&](const Item& item) {
            return static_cast<std::size_t>(item.day - begin) * phases +
                   static_cast<std::size_t>(item.phase);
        };
        std::vector<std::size_t> at((static_cast<std::size_t>(last - begin) + 1) * phases + 1);
        for (std::size_t i = 0; i < count_; ++i) ++at[part_of(items_[i]) + 1];
        for (std::size_t part = 1; part < at.size(); ++part) at[part] += at[part - 1];
        LargeArray<Item> sorted(count_);
        std::vector<std::size_t> next(at.begin(), at.end() - 1);
        for (std::size_t i = 0; i < count_; ++i) sorted[next[part_of(items_[i])]++] = items_[i];
        items_ = std::move(sorted);
        for (std::size_t part = 0; part + 1 < at.size(); ++part)
            sort_part(items_.data() + at[part], items_.data() + at[part + 1]);
    }

    void sort_part(Item* begin, Item* end) {
        if (end - begin < 2) return;
        const bool keeps_order = sort_by_key(begin, end);
        for (Item* first = begin; first != end;) {  // what has equal keys, by all of it
            Item* other = first + 1;
            bool same = keeps_order && first->text_size != 0;
            for (; other != end && other->key == first->key; ++other)
                same = same && other->text_size == first->text_size;
            // Of one row they are as they came.
            if (other - first > 1 && !same)
                std::sort(first, other, [&](const Item& a, const Item& b) { return before(a, b); });
            first = other;
        }
    }

    /// By the bits of keys that differ, the last first: each pass keeps the order of those before.
    /// Whether it did: few are just sorted.
    bool sort_by_key(Item* begin, Item* end) {
        const auto count = static_cast<std::size_t>(end - begin);
        const auto by_key = [](const Item& a, const Item& b) { return a.key < b.key; };
        std::uint64_t differ = 0;
        for (const Item* item = begin; item != end; ++item) differ |= item->key ^ begin->key;
        if (differ == 0) return true;
        if (count < 512 || std::popcount(differ) > 32) {
            std::sort(begin, end, by_key);
            return false;
        }
        // Of digits only some bits differ: those of all bytes, moved together, make a short key.
        struct Piece {
            std::uint64_t mask;
            int down;
        };
        std::array<Piece, 8> pieces{};
        std::size_t used = 0;
        int bits = 0;
        for (int byte = 0; byte < 8; ++byte) {
            const std::uint64_t mask = differ & std::uint64_t{0xFF} << (8 * byte);
            if (mask == 0) continue;
            const int low = std::countr_zero(mask);
            pieces[used++] = {(~std::uint64_t{0} >> std::countl_zero(mask)) & ~std::uint64_t{0} << low,
                              low - bits};
            bits += 64 - std::countl_zero(mask) - low;
        }
        keys_.resize(count);
        other_keys_.resize(count);
        if (bits > 32) {
            std::sort(begin, end, by_key);
            return false;
        }
        for (std::size_t i = 0; i < count; ++i) {
            std::uint64_t key = 0;
            for (std::size_t p = 0; p < used; ++p) key |= (begin[i].key & pieces[p].mask) >> pieces[p].down;
            keys_[i] = key << 32 | i;
        }
        constexpr int step = 11;
        for (int shift = 32; shift < 32 + bits; shift += step) {
            std::array<std::uint32_t, (1 << step) + 1> place{};
            constexpr std::uint64_t mask = (1 << step) - 1;
            for (const std::uint64_t key : keys_) ++place[(key >> shift & mask) + 1];
            for (std::size_t value = 1; value < place.size(); ++value) place[value] += place[value - 1];
            for (const std::uint64_t key : keys_) other_keys_[place[key >> shift & mask]++] = key;
            keys_.swap(other_keys_);
        }
        scratch_.assign(begin, end);
        for (std::size_t i = 0; i < count; ++i) begin[i] = scratch_[keys_[i] & 0xFFFFFFFF];
        return true;
    }

    const Settlement& s_;
    std::size_t common_;
    std::string text_;  ///< the common beginning and room for what a key holds
    LargeArray<Item> items_;
    std::size_t count_ = 0;
    std::vector<std::uint64_t> keys_, other_keys_;
    std::vector<Item> scratch_;
};

}  // namespace gridgov::points
