// Hostile registers: settling tables of random bytes either tells faults or conserves every point,
// the same in two halves; and no bytes make reading a state do anything but give one or refuse.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/points/ledger.hpp"
#include "gridgov/points/settle.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::points;

/// Small numbers and odd texts from the fuzzer's bytes.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::uint8_t next() { return at_ < size_ ? data_[at_++] : std::uint8_t{0}; }
    bool done() const { return at_ >= size_; }
    std::string id(const char* letter, unsigned kinds) {
        const unsigned number = next() % (kinds + 1);
        return number == kinds ? std::string{} : letter + std::to_string(number);
    }
    std::string date() {
        constexpr const char* odd[] = {"", "0000-00-00", "9999-12-31", "2026-02-29", "2024-02-29"};
        const std::uint8_t kind = next();
        if (kind < 5) return odd[kind];
        return date_text(Date{20454 + 3 * kind});
    }

private:
    const std::uint8_t* data_;
    std::size_t size_, at_ = 0;
};

struct Cells {
    std::vector<std::vector<std::string>> columns;
    KeyColumn column(std::size_t i) const {
        return TextColumn(std::span<const std::string>(columns[i]));
    }
};

Rulebooks rulebooks(Bytes& bytes) {
    std::vector<Rulebook> books;
    for (int b = 0; b < 2; ++b) {
        Rulebook book;
        book.id = "b" + std::to_string(b);
        book.villages = {"*"};
        book.effective_from = Date{20454 + 200 * b};
        book.effective_to = b == 0 ? Date{20454 + 200} : Date::none();
        book.below_floor = static_cast<BelowFloor>(bytes.next() % 4);
        book.floor = static_cast<std::int64_t>(bytes.next() % 9) - 4;
        book.year_end = static_cast<YearEnd>(bytes.next() % 2);
        book.opening = Opening{1 + bytes.next() % 9, static_cast<OpeningPeriod>(bytes.next() % 2)};
        book.groups = {{"g", {}, static_cast<HitPolicy>(bytes.next() % 4), 0}};
        for (int r = 0; r < 4; ++r) {
            Rule rule;
            rule.id = "r" + std::to_string(r);
            rule.deed = "d" + std::to_string(bytes.next() % 3);
            rule.points = static_cast<std::int64_t>(bytes.next()) - 100;
            if (bytes.next() % 16 == 0) rule.points *= 5'000'000'000;
            rule.per = static_cast<Per>(bytes.next() % 4);
            if (bytes.next() % 2 == 0) rule.group = "g";
            rule.cooldown_days = bytes.next() % 20;
            if (bytes.next() % 2 == 0) rule.expires_after_months = 1 + bytes.next() % 5;
            if (bytes.next() % 2 == 0) rule.freeze = {Freeze::Until::months, 1 + bytes.next() % 3};
            Cap cap;
            cap.over = static_cast<CapOver>(bytes.next() % 3);
            if (cap.over == CapOver::group && rule.group.empty()) cap.over = CapOver::all;
            cap.scope = static_cast<Scope>(1 + bytes.next() % 2);
            cap.period = static_cast<Period>(bytes.next() % 6);
            cap.limit = bytes.next();
            if (bytes.next() % 2 == 0) rule.caps.push_back(cap);
            book.rules.push_back(rule);
        }
        books.push_back(book);
    }
    return Rulebooks::make(books);
}

[[noreturn]] void broken() { std::abort(); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0 && data[0] == 'G') {  // a state's bytes
        try {
            const State state =
                State::from_bytes({reinterpret_cast<const char*>(data), size});
            if (state.to_bytes() != std::string(reinterpret_cast<const char*>(data), size)) broken();
        } catch (const DataError&) {
        }
        return 0;
    }
    Bytes bytes(data, size);
    const Rulebooks books = rulebooks(bytes);
    Cells households{{{"h0", "h1", "h2"}, {"v0", "v0", "v1"}}};
    Cells deeds{std::vector<std::vector<std::string>>(10)};
    Cells exchanges{std::vector<std::vector<std::string>>(6)};
    Cells goods{{{"g0", "g1"}, {"3", "5"}, {"4", "1000"}, {"2026-01-01", "2026-03-01"}}};
    constexpr const char* stages[] = {"posted", "posted", "posted", "declared", "published", "rejected", "?"};
    for (int i = 0; i < 60 && !bytes.done(); ++i) {
        if (bytes.next() % 4 == 0) {
            const std::string row[] = {bytes.id("x", 40), bytes.date(), bytes.id("h", 3), bytes.id("g", 3),
                                       std::to_string(bytes.next() % 4), bytes.next() % 4 == 0 ? bytes.id("x", 40) : ""};
            for (std::size_t c = 0; c < 6; ++c) exchanges.columns[c].push_back(row[c]);
        } else {
            const std::string row[] = {bytes.id("n", 60), bytes.date(), bytes.id("h", 3), bytes.id("d", 3),
                                       stages[bytes.next() % 7], std::to_string(bytes.next() % 5),
                                       bytes.next() % 5 == 0 ? bytes.id("n", 60) : "",
                                       bytes.next() % 3 == 0 ? bytes.date() : "",
                                       bytes.next() % 3 == 0 ? bytes.date() : "",
                                       bytes.next() % 9 == 0 ? "upheld" : ""};
            for (std::size_t c = 0; c < 10; ++c) deeds.columns[c].push_back(row[c]);
        }
    }
    Tables tables;
    tables.households.household_ids = households.column(0);
    tables.households.villages = households.column(1);
    RegisterTable& table = tables.deeds;
    table.register_nos = deeds.column(0);
    table.dates.texts = deeds.column(1);
    table.household_ids = deeds.column(2);
    table.deeds = deeds.column(3);
    table.stages = deeds.column(4);
    table.units.texts = deeds.column(5);
    table.reverses = deeds.column(6);
    table.recorded_on.texts = deeds.column(7);
    table.published_on.texts = deeds.column(8);
    table.objections = deeds.column(9);
    tables.exchanges.exchange_nos = exchanges.column(0);
    tables.exchanges.dates.texts = exchanges.column(1);
    tables.exchanges.household_ids = exchanges.column(2);
    tables.exchanges.goods = exchanges.column(3);
    tables.exchanges.quantities.texts = exchanges.column(4);
    tables.exchanges.returns = exchanges.column(5);
    tables.goods.goods = goods.column(0);
    tables.goods.points.texts = goods.column(1);
    tables.goods.stock.texts = goods.column(2);
    tables.goods.effective_from.texts = goods.column(3);
    Options options;
    options.threads = 1;
    options.skip_faulty_villages = size % 2 == 0;
    const Date as_of{20454 + 700};
    try {
        const Settlement whole = settle(books, tables, as_of, options);
        if (!whole.summary.conserved) broken();
        std::int64_t moved = 0;
        const Ledger ledger = make_ledger(whole);
        for (std::size_t i = 0; i < ledger.size(); ++i)
            if (debit_account(whole, ledger, i) == "issuer") moved += ledger.points[i];
        if (moved != whole.summary.issued) broken();
        if (!whole.left_out.empty()) return 0;
        // Everything known from the beginning, posted in two steps, is the same.
        const Posting half = post(books, tables, Date{20454 + 300}, State{}, options);
        const State kept = State::from_bytes(half.state.to_bytes());
        Tables later = tables;
        later.deeds = RegisterTable{};
        later.exchanges = ExchangeTable{};
        const Posting rest = post(books, later, as_of, kept, options);
        const Settlement& again = rest.state.settlement();
        if (!(again.summary == whole.summary) || again.households.balance != whole.households.balance ||
            again.entries.points != whole.entries.points)
            broken();
    } catch (const DataError&) {
    }
    return 0;
}
