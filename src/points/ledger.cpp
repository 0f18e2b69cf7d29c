#include "gridgov/points/ledger.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include "large_pages.hpp"
#include "points/columns.hpp"
#include "points/keep_read.hpp"
#include "points/ledger_order.hpp"
#include "points/sha256.hpp"

namespace gridgov::points {
namespace {

/// Copies a text; most are short, and then a call would cost more than the copy.
template <class Word>
char* put_words(char* to, const char* from, std::size_t size) noexcept {
    Word first, last;
    std::memcpy(&first, from, sizeof(Word));
    std::memcpy(&last, from + size - sizeof(Word), sizeof(Word));
    std::memcpy(to, &first, sizeof(Word));
    std::memcpy(to + size - sizeof(Word), &last, sizeof(Word));
    return to + size;
}

char* put(char* to, const char* from, std::size_t size) noexcept {
    if (size >= 8 && size <= 16) return put_words<std::uint64_t>(to, from, size);
    if (size >= 4 && size < 8) return put_words<std::uint32_t>(to, from, size);
    return std::copy_n(from, size, to);
}

/// A posting's bytes as they are hashed.
class Message {
public:
    /// `texts`: at most so many bytes of texts follow.
    void begin(const Hash& before, std::size_t texts) {
        constexpr std::size_t numbers = 256;  // two numbers, six lengths with their marks
        const std::size_t most = before.size() + texts + numbers;
        if (buffer_.size() < most) buffer_.resize(2 * most);
        std::memcpy(buffer_.data(), before.data(), before.size());
        end_ = buffer_.data() + before.size();
    }
    void field(std::string_view text) {
        length(text.size());
        end_ = put(end_, text.data(), text.size());
        *end_++ = ',';
    }
    void field(std::string_view first, std::string_view second) {
        length(first.size() + second.size());
        end_ = put(end_, first.data(), first.size());
        end_ = put(end_, second.data(), second.size());
        *end_++ = ',';
    }
    void field(std::int64_t value) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, value);
        field(std::string_view(digits, static_cast<std::size_t>(end.ptr - digits)));
    }
    std::string_view bytes() const noexcept {
        return {buffer_.data(), static_cast<std::size_t>(end_ - buffer_.data())};
    }

private:
    void length(std::size_t size) {
        if (size < 100) {  // nearly all
            if (size >= 10) *end_++ = static_cast<char>('0' + size / 10);
            *end_++ = static_cast<char>('0' + size % 10);
        } else {
            end_ = std::to_chars(end_, end_ + 24, size).ptr;
        }
        *end_++ = ':';
    }
    std::vector<char> buffer_;
    char* end_ = nullptr;
};

/// Account names are a fixed word, or one with an id after it.
std::pair<std::string_view, std::string_view> account_of(Kind kind, bool debit,
                                                         std::string_view household,
                                                         std::string_view shop) {
    const std::pair<std::string_view, std::string_view> of_household{"household:", household};
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
            return {"redeemed:", shop};
        case Kind::returned_exchange:
            if (debit) return {"redeemed:", shop};
            return of_household;
        case Kind::expiry:
            if (debit) return of_household;
            return {"expired", {}};
        case Kind::forfeit: break;
    }
    if (debit) return of_household;
    return {"forfeited", {}};
}

std::string account_text(const Settlement& s, const Ledger& ledger, std::size_t posting, bool debit) {
    const std::uint32_t shop = ledger.shops[posting];
    const auto parts = account_of(ledger.kinds[posting], debit, s.households.ids[ledger.households[posting]],
                                  shop == no_index ? std::string_view{} : s.shops[shop]);
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
    return account_text(settlement, ledger, posting, true);
}

std::string credit_account(const Settlement& settlement, const Ledger& ledger, std::size_t posting) {
    return account_text(settlement, ledger, posting, false);
}

Ledger make_ledger(const Settlement& s, Date after, const Chain& start) {
    Order order(s, after);
    const std::size_t postings = order.size();
    Ledger ledger;
    ledger.first_posting_no = start.posting_no + 1;
    ledger.end = start;
    reserve_in_large_pages(ledger.dates, postings);
    reserve_in_large_pages(ledger.kinds, postings);
    reserve_in_large_pages(ledger.households, postings);
    reserve_in_large_pages(ledger.shops, postings);
    reserve_in_large_pages(ledger.points, postings);
    reserve_in_large_pages(ledger.hashes, postings);
    ledger.sources.reserve(postings, postings * 12);
    advise_large_pages(ledger.sources.bytes().data(), ledger.sources.bytes().capacity());
    advise_large_pages(ledger.sources.offsets().data(), (postings + 1) * sizeof(std::int64_t));
    // Texts lie all over the settlement. A batch is read step by step in short loops, so that the waits
    // for memory overlap; the postings then find it near.
    constexpr std::size_t batch = 64;
    std::vector<std::string_view> household_ids(batch);
    const auto look_ahead = [&](std::size_t first) {
        const std::size_t count = std::min(batch, postings - first);
        for (std::size_t i = 0; i < count; ++i)
            household_ids[i] = s.households.ids[order[first + i].household];
        std::uint64_t touched = 0;
        for (std::size_t i = 0; i < count; ++i)
            touched += static_cast<unsigned char>(household_ids[i].front());
        keep_read(touched);
    };
    Sha256 hasher;
    Message message;
    std::string made, date;
    std::int32_t day = Date::none().days;
    const auto make = [&](std::string_view word, std::string_view of) -> std::string_view {
        made.assign(word);
        made += of;
        return made;
    };
    const auto year = [](std::int32_t on) { return date_text(Date{on}).substr(0, 4); };
    std::string opening;  // of the day's year
    for (std::size_t i = 0; i < postings; ++i) {
        if (i % batch == 0) look_ahead(i);
        const Item& item = order[i];
        if (item.day != day) {
            day = item.day;
            date = date_text(Date{day});
            opening = "opening:" + date.substr(0, 4);
        }
        std::uint32_t shop = no_index;
        // Of a movement; looked up, far away, only where it is asked for.
        const auto cause_of = [&] { return s.movements[item.index & ~is_movement].cause; };
        std::string_view source = order.text(item);
        switch (item.kind) {
            case Kind::award:
            case Kind::deduction:
            case Kind::returned_deduction:
                if (source.empty()) {
                    const std::uint32_t entry = (item.index & is_movement) != 0
                                                    ? cause_of()
                                                    : s.lots.entries[item.index];
                    source = s.rows.register_nos[s.entries.rows[entry]];
                }
                break;
            case Kind::opening: source = opening; break;
            case Kind::redemption:
            case Kind::returned_exchange: {
                const std::uint32_t cause = cause_of();
                shop = s.exchanges.shops[cause];
                if (s.exchanges.returns[cause] != no_index)  // where it was bought
                    shop = s.exchanges.shops[s.exchanges.returns[cause]];
                source = s.exchanges.exchange_nos[cause];
                break;
            }
            case Kind::expiry: {
                const std::uint32_t cause = cause_of();
                const std::uint32_t entry = s.lots.entries[cause];
                if (entry == no_index) source = make("expiry:opening:", year(s.lots.posted_on[cause]));
                else source = make("expiry:", s.rows.register_nos[s.entries.rows[entry]]);
                break;
            }
            case Kind::forfeit: source = make("year_end:", year(item.day)); break;
        }
        const std::string_view shop_id = shop == no_index ? std::string_view{} : s.shops[shop];
        const auto debit = account_of(item.kind, true, household_ids[i % batch], shop_id);
        const auto credit = account_of(item.kind, false, household_ids[i % batch], shop_id);
        message.begin(ledger.end.hash, date.size() + debit.first.size() + debit.second.size() +
                                           credit.first.size() + credit.second.size() + source.size());
        message.field(++ledger.end.posting_no);
        message.field(date);
        message.field(debit.first, debit.second);
        message.field(credit.first, credit.second);
        message.field(item.points);
        message.field(source);
        hasher.digest(message.bytes(), ledger.end.hash);
        ledger.dates.push_back(item.day);
        ledger.kinds.push_back(item.kind);
        ledger.households.push_back(item.household);
        ledger.shops.push_back(shop);
        ledger.points.push_back(item.points);
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
        const std::string date = date_text(Date{day});
        const std::string_view debit = ledger.debit_accounts[row], credit = ledger.credit_accounts[row];
        const std::string_view source = ledger.sources[row];
        message.begin(end.hash, date.size() + debit.size() + credit.size() + source.size());
        message.field(number);
        message.field(date);
        message.field(debit);
        message.field(credit);
        message.field(points);
        message.field(source);
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
