#include "gridgov/points/ledger.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <tuple>

#include "points/columns.hpp"
#include "points/sha256.hpp"

namespace gridgov::points {
namespace {

constexpr std::uint32_t is_movement = 0x80000000;  // of an item's index; else a lot

/// A posting to be: what it is sorted by, and what it is made from.
struct Item {
    std::int32_t day;
    Phase phase;
    std::uint32_t index;
    std::uint64_t key;  ///< the beginning of the register_no, or a number
};

std::size_t common_beginning(const Texts& texts) noexcept {
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

std::uint64_t prefix_of(std::string_view text, std::size_t common) noexcept {
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
        const std::int32_t since =
            after.exists() ? after.days : std::numeric_limits<std::int32_t>::min();
        for (std::uint32_t h = 0; h < s_.households.size(); ++h)
            for (std::size_t lot = s_.lots.offsets[h]; lot < s_.lots.offsets[h + 1]; ++lot) {
                if (s_.lots.posted_on[lot] <= since) continue;
                const std::uint32_t entry = s_.lots.entries[lot];
                items.push_back({s_.lots.posted_on[lot],
                                 entry == no_index ? Phase::openings : Phase::rows,
                                 static_cast<std::uint32_t>(lot),
                                 entry == no_index ? h : key_of_row(s_.entries.rows[entry])});
            }
        for (std::uint32_t m = 0; m < s_.movements.size(); ++m) {
            const Movement& movement = s_.movements[m];
            if (movement.day <= since) continue;
            std::uint64_t key = movement.household;
            if (movement.phase == Phase::rows) key = key_of_row(movement.trigger);
            if (movement.phase == Phase::exchanges) key = movement.trigger;
            items.push_back({movement.day, movement.phase, m | is_movement, key});
        }
        sort();
    }

    std::vector<Item> items;

private:
    std::uint64_t key_of_row(std::uint32_t row) const noexcept {
        return prefix_of(s_.rows.register_nos[row], common_);
    }
    std::uint32_t row_of(const Item& item) const noexcept {
        return (item.index & is_movement) != 0
                   ? s_.movements[item.index & ~is_movement].trigger
                   : s_.entries.rows[s_.lots.entries[item.index]];
    }
    bool before(const Item& a, const Item& b) const noexcept {
        if (a.phase != b.phase) return a.phase < b.phase;
        if (a.key != b.key) return a.key < b.key;
        if (a.phase == Phase::rows) {
            const std::uint32_t row_a = row_of(a), row_b = row_of(b);
            if (row_a != row_b) return s_.rows.register_nos[row_a] < s_.rows.register_nos[row_b];
        }
        return a.index < b.index;  // lots before movements, as they came
    }
    /// By day in one pass, then each day by itself.
    void sort() {
        if (items.empty()) return;
        const auto [first, last] = std::minmax_element(
            items.begin(), items.end(), [](const Item& a, const Item& b) { return a.day < b.day; });
        const std::int32_t begin = first->day;
        std::vector<std::size_t> at(static_cast<std::size_t>(last->day - begin) + 2);
        for (const Item& item : items) ++at[static_cast<std::size_t>(item.day - begin) + 1];
        for (std::size_t day = 1; day < at.size(); ++day) at[day] += at[day - 1];
        std::vector<Item> sorted(items.size());
        std::vector<std::size_t> next(at.begin(), at.end() - 1);
        for (const Item& item : items) sorted[next[static_cast<std::size_t>(item.day - begin)]++] = item;
        items = std::move(sorted);
        for (std::size_t day = 0; day + 1 < at.size(); ++day)
            std::sort(items.begin() + static_cast<std::ptrdiff_t>(at[day]),
                      items.begin() + static_cast<std::ptrdiff_t>(at[day + 1]),
                      [&](const Item& a, const Item& b) { return before(a, b); });
    }

    const Settlement& s_;
    std::size_t common_;
};

/// A posting's bytes as they are hashed.
class Message {
public:
    void begin(const Hash& before) {
        size_ = 0;
        append({reinterpret_cast<const char*>(before.data()), before.size()});
    }
    void field(std::string_view first, std::string_view second = {}) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, first.size() + second.size());
        *end.ptr = ':';
        append({digits, static_cast<std::size_t>(end.ptr + 1 - digits)});
        append(first);
        append(second);
        append(",");
    }
    void field(std::int64_t number) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, number);
        field(std::string_view(digits, static_cast<std::size_t>(end.ptr - digits)));
    }
    std::string_view bytes() const noexcept { return {buffer_.data(), size_}; }

private:
    void append(std::string_view text) {
        if (size_ + text.size() > buffer_.size()) buffer_.resize(2 * (size_ + text.size()) + 256);
        std::copy(text.begin(), text.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += text.size();
    }
    std::vector<char> buffer_;
    std::size_t size_ = 0;
};

/// Account names are a fixed word, or one with an id after it.
std::pair<std::string_view, std::string_view> account_of(const Settlement& s, Kind kind, bool debit,
                                                         std::uint32_t household, std::uint32_t shop) {
    const auto of_household = std::pair<std::string_view, std::string_view>{
        "household:", s.households.ids[household]};
    switch (kind) {
        case Kind::opening:
        case Kind::award:
        case Kind::returned_deduction:
            if (debit) return {"issuer", {}};
            return of_household;
        case Kind::deduction:
            if (debit) return of_household;
            return {"deducted", {}};
        case Kind::redemption:
            if (debit) return of_household;
            return {"redeemed:", s.shops[shop]};
        case Kind::returned_exchange:
            if (debit) return {"redeemed:", s.shops[shop]};
            return of_household;
        case Kind::expiry:
            if (debit) return of_household;
            return {"expired", {}};
        case Kind::forfeit: break;
    }
    if (debit) return of_household;
    return {"forfeited", {}};
}

std::string joined(std::pair<std::string_view, std::string_view> parts) {
    return std::string(parts.first) + std::string(parts.second);
}

}  // namespace

std::string hex(const Hash& hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : hash) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::optional<Hash> parse_hash(std::string_view text) noexcept {
    Hash hash;
    if (text.size() != 2 * hash.size()) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) return std::nullopt;
        std::uint8_t& byte = hash[i / 2];
        byte = static_cast<std::uint8_t>(i % 2 == 0 ? digit << 4 : byte | digit);
    }
    return hash;
}

std::string debit_account(const Settlement& settlement, const Ledger& ledger, std::size_t posting) {
    return joined(account_of(settlement, ledger.kinds[posting], true, ledger.households[posting],
                             ledger.shops[posting]));
}

std::string credit_account(const Settlement& settlement, const Ledger& ledger, std::size_t posting) {
    return joined(account_of(settlement, ledger.kinds[posting], false, ledger.households[posting],
                             ledger.shops[posting]));
}

Ledger make_ledger(const Settlement& s, Date after, const Chain& start) {
    const Order order(s, after);
    const std::size_t postings = order.items.size();
    Ledger ledger;
    ledger.first_posting_no = start.posting_no + 1;
    ledger.end = start;
    ledger.dates.reserve(postings);
    ledger.kinds.reserve(postings);
    ledger.households.reserve(postings);
    ledger.shops.reserve(postings);
    ledger.points.reserve(postings);
    ledger.hashes.reserve(postings);
    ledger.sources.reserve(postings, postings * 12);
    // Whose a lot is: lots are grouped by household, items are not.
    std::vector<std::uint32_t> household_of_lot(s.lots.size());
    for (std::uint32_t h = 0; h < s.households.size(); ++h)
        for (std::size_t lot = s.lots.offsets[h]; lot < s.lots.offsets[h + 1]; ++lot)
            household_of_lot[lot] = h;
    // What a posting reads lies all over the settlement: a batch is read ahead, step by step, so that
    // the waits for memory overlap.
    constexpr std::size_t batch = 256;
    std::vector<std::uint32_t> entry_of(batch), household_of(batch), row_of(batch);
    const auto look_ahead = [&](std::size_t first) {
        const std::size_t count = std::min(batch, postings - first);
        const auto is_lot = [&](std::size_t i) { return (order.items[first + i].index & is_movement) == 0; };
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t index = order.items[first + i].index & ~is_movement;
            if (!is_lot(i)) {
                __builtin_prefetch(&s.movements[index]);
                continue;
            }
            __builtin_prefetch(&s.lots.entries[index]);
            __builtin_prefetch(&s.lots.points[index]);
            __builtin_prefetch(&household_of_lot[index]);
        }
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t index = order.items[first + i].index & ~is_movement;
            entry_of[i] = no_index;
            if (is_lot(i)) {
                entry_of[i] = s.lots.entries[index];
                household_of[i] = household_of_lot[index];
            } else {
                const Movement& movement = s.movements[index];
                household_of[i] = movement.household;
                if (movement.kind == Kind::deduction || movement.kind == Kind::returned_deduction)
                    entry_of[i] = movement.cause;
            }
            if (entry_of[i] != no_index) __builtin_prefetch(&s.entries.rows[entry_of[i]]);
            __builtin_prefetch(s.households.ids.offsets().data() + household_of[i]);
        }
        for (std::size_t i = 0; i < count; ++i) {
            __builtin_prefetch(s.households.ids[household_of[i]].data());
            row_of[i] = entry_of[i] == no_index ? no_index : s.entries.rows[entry_of[i]];
            if (row_of[i] != no_index)
                __builtin_prefetch(s.rows.register_nos.offsets().data() + row_of[i]);
        }
        for (std::size_t i = 0; i < count; ++i)
            if (row_of[i] != no_index) __builtin_prefetch(s.rows.register_nos[row_of[i]].data());
    };
    Sha256 hasher;
    Message message;
    std::string source, date;
    std::int32_t day = Date::none().days;
    const auto opening = [&](std::int32_t posted_on) {
        source += "opening:";
        source += date_text(Date{posted_on}).substr(0, 4);
    };
    for (std::size_t i = 0; i < postings; ++i) {
        if (i % batch == 0) look_ahead(i);
        const Item& item = order.items[i];
        Kind kind = Kind::award;
        std::uint32_t household = 0, shop = no_index;
        std::int64_t points = 0;
        source.clear();
        if ((item.index & is_movement) == 0) {
            household = household_of_lot[item.index];
            points = s.lots.points[item.index];
            const std::uint32_t entry = s.lots.entries[item.index];
            if (entry == no_index) {
                kind = Kind::opening;
                opening(item.day);
            } else {
                source = s.rows.register_nos[s.entries.rows[entry]];
            }
        } else {
            const Movement& movement = s.movements[item.index & ~is_movement];
            kind = movement.kind;
            household = movement.household;
            points = movement.points;
            switch (kind) {
                case Kind::redemption:
                case Kind::returned_exchange:
                    shop = s.exchanges.shops[movement.cause];
                    if (s.exchanges.returns[movement.cause] != no_index)  // where it was bought
                        shop = s.exchanges.shops[s.exchanges.returns[movement.cause]];
                    source = s.exchanges.exchange_nos[movement.cause];
                    break;
                case Kind::expiry: {
                    source = "expiry:";
                    const std::uint32_t entry = s.lots.entries[movement.cause];
                    if (entry == no_index) opening(s.lots.posted_on[movement.cause]);
                    else source += s.rows.register_nos[s.entries.rows[entry]];
                    break;
                }
                case Kind::forfeit:
                    source = "year_end:";
                    source += date_text(Date{item.day}).substr(0, 4);
                    break;
                case Kind::opening:
                case Kind::award:
                case Kind::deduction:
                case Kind::returned_deduction:
                    source = s.rows.register_nos[s.entries.rows[movement.cause]];
                    break;
            }
        }
        if (item.day != day) {
            day = item.day;
            date = date_text(Date{day});
        }
        const auto debit = account_of(s, kind, true, household, shop);
        const auto credit = account_of(s, kind, false, household, shop);
        message.begin(ledger.end.hash);
        message.field(++ledger.end.posting_no);
        message.field(date);
        message.field(debit.first, debit.second);
        message.field(credit.first, credit.second);
        message.field(points);
        message.field(source);
        hasher.digest(message.bytes(), ledger.end.hash);
        ledger.dates.push_back(item.day);
        ledger.kinds.push_back(kind);
        ledger.households.push_back(household);
        ledger.shops.push_back(shop);
        ledger.points.push_back(points);
        ledger.sources.add(source);
        ledger.hashes.push_back(ledger.end.hash);
    }
    return ledger;
}

std::vector<Finding> verify_chain(const LedgerColumns& ledger, const Chain& start, Chain& end) {
    std::vector<Finding> findings;
    end = start;
    const std::size_t rows = ledger.posting_nos.size();
    const auto fault = [&](Code code, std::size_t row,
                           std::vector<std::pair<std::string, std::string>> fields) {
        Finding finding;
        finding.code = code;
        finding.row = static_cast<std::int64_t>(row);
        finding.fields = std::move(fields);
        findings.push_back(std::move(finding));
    };
    for (const auto& [name, size] :
         {std::pair<std::string_view, std::size_t>{"date", ledger.dates.size()},
          {"debit_account", ledger.debit_accounts.size()},
          {"credit_account", ledger.credit_accounts.size()},
          {"points", ledger.points.size()},
          {"source", ledger.sources.size()},
          {"hash", ledger.hashes.size()}})
        if (size != rows)
            fault(Code::ledger_value_invalid, std::min(rows, size),
                  {{"column", std::string(name)}, {"value", ""}});
    if (!findings.empty()) return findings;
    const Dates dates(ledger.dates);
    const WholeNumbers amounts(ledger.points, false);
    Sha256 hasher;
    Message message;
    std::int32_t day_before = std::numeric_limits<std::int32_t>::min();
    for (std::size_t row = 0; row < rows; ++row) {
        const std::int64_t number = ledger.posting_nos[row];
        if (number != end.posting_no + 1)
            fault(Code::ledger_number_wrong, row, {{"number", std::to_string(number)},
                                                   {"expected", std::to_string(end.posting_no + 1)}});
        std::int32_t day = 0;
        if (dates.read(row, day) != Cell::value || day < day_before)
            fault(Code::ledger_value_invalid, row, {{"column", "date"}, {"value", dates.text(row)}});
        else
            day_before = day;
        std::int64_t points = 0;
        if (amounts.read(row, points) != Cell::value || points <= 0)
            fault(Code::ledger_value_invalid, row, {{"column", "points"}, {"value", amounts.text(row)}});
        message.begin(end.hash);
        message.field(number);
        message.field(date_text(Date{day}));
        message.field(ledger.debit_accounts[row]);
        message.field(ledger.credit_accounts[row]);
        message.field(points);
        message.field(ledger.sources[row]);
        Hash hash;
        hasher.digest(message.bytes(), hash);
        const auto given = parse_hash(ledger.hashes[row]);
        if (!given || *given != hash)
            fault(Code::ledger_hash_wrong, row, {{"number", std::to_string(number)}});
        end.posting_no = number;
        end.hash = given.value_or(hash);  // so that one change is told once
    }
    return findings;
}

}  // namespace gridgov::points
