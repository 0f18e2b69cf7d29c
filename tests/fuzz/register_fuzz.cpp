// Hostile registers: tables of random cells in every layout that a column may have. Settling them
// tells faults or conserves every point; the layout makes no difference; what is settled in two
// parts is what is settled at once, and a state that was written can be read. No bytes make reading
// a state do anything but give one or refuse.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/points/ledger.hpp"
#include "gridgov/points/match.hpp"
#include "gridgov/points/settle.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::points;

void require(bool holds, int line = __builtin_LINE()) {
    if (holds) return;
    std::fprintf(stderr, "line %d does not hold\n", line);
    std::abort();
}

constexpr std::int32_t first_day = 20454;  // 2026-01-01

/// Cells from the fuzzer's bytes. Every fourth input has odd ones: one leaves nothing to settle.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size)
        : data_(data), size_(size), odd_(next() % 4 == 3) {}
    std::uint8_t next() { return at_ < size_ ? data_[at_++] : std::uint8_t{0}; }
    bool one_in(unsigned count) { return next() % count == count - 1; }  // not of a byte 0
    bool odd_one_in(unsigned count) { return one_in(count) && odd_; }
    bool done() const { return at_ >= size_; }
    bool odd() const { return odd_; }

    std::string id(const char* letter, unsigned kinds) {
        const unsigned number = next() % (2 * kinds);
        return number >= 2 * kinds - 1 && odd_ ? text() : letter + std::to_string(number % kinds);
    }
    /// A few of the fuzzer's own bytes, or nothing.
    std::string text() {
        std::string made;
        for (unsigned count = next() % 8; count > 4; --count) made += static_cast<char>(next());
        return made;
    }
    std::string date_text() {
        constexpr const char* odd[] = {"", "0000-00-00", "2026-02-29", "9999-12-31", "0001-01-01",
                                       " 2026-03-01 ", "2024-02-29"};
        const std::uint8_t kind = next();
        if (kind < 7 && odd_) return odd[kind];
        return kind == 7 && odd_ ? text() : gridgov::date_text(Date{first_day + 3 * kind});
    }
    std::int32_t days() {
        constexpr std::int32_t odd[] = {Date::none().days, std::numeric_limits<std::int32_t>::min(),
                                        Date::none().days - 1, -1, date_min.days, date_max.days,
                                        date_max.days + 1};
        const std::uint8_t kind = next();
        return kind < 7 && odd_ ? odd[kind] : first_day + 3 * kind;
    }
    std::string number_text() {
        constexpr const char* sound[] = {"1", "", "2.0", " 3 ", "+4", "0", "7"};
        constexpr const char* odd[] = {"nan", "-inf", "1e308", "1.5", "-1", "99999999999999999999",
                                       "a;b; ;c", "0x10"};
        const std::uint8_t kind = next();
        if (kind < 8 && odd_) return odd[kind];
        return kind == 8 && odd_ ? text() : sound[kind % 7];
    }
    std::int64_t integer() {
        constexpr std::int64_t odd[] = {no_number, std::numeric_limits<std::int64_t>::max(),
                                        no_number + 1, -1, 1'000'000'000, 1'000'000'001};
        const std::uint8_t kind = next();
        return kind < 6 && odd_ ? odd[kind] : 1 + kind % 5;
    }
    double real() {
        constexpr double odd[] = {std::numeric_limits<double>::infinity(), -1e308, 1.5, -0.0, 5e-324,
                                  1e15, 1e9};
        const std::uint8_t kind = next();
        if (kind < 7 && odd_) return odd[kind];
        return kind == 7 ? std::numeric_limits<double>::quiet_NaN() : 1 + kind % 5;
    }

private:
    const std::uint8_t* data_;
    std::size_t size_, at_ = 0;
    bool odd_;
};

std::string shown(double value) {
    if (std::isnan(value)) return {};
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}
std::string shown(std::int64_t value) {
    return value == no_number ? std::string{} : std::to_string(value);
}
std::string shown_day(std::int32_t days) {
    if (days == Date::none().days) return {};
    if (days < date_min.days || days > date_max.days) return "day " + std::to_string(days);
    return date_text(Date{days});
}

using Cells = std::vector<std::string>;

/// A column as texts, and the same in another layout.
struct Column {
    Cells cells;
    std::uint8_t layout = 0;
    std::vector<std::int64_t> integers{};
    std::vector<double> reals{};
    std::vector<std::int32_t> days{};

    /// The cell of a row of a column in the same layout.
    void add_again(const Column& other, std::size_t row) {
        cells.push_back(other.cells[row]);
        if (!other.integers.empty()) integers.push_back(other.integers[row]);
        if (!other.reals.empty()) reals.push_back(other.reals[row]);
        if (!other.days.empty()) days.push_back(other.days[row]);
    }
};

/// Owns what columns borrow.
class Layouts {
public:
    KeyColumn key(const Column& column, bool plain) {
        const int layout = plain ? 0 : column.layout % 4;
        texts_.push_back(column.cells);
        const Cells& cells = texts_.back();
        if (layout == 0) return TextColumn(std::span<const std::string>(cells));
        if (layout == 1) {
            views_.emplace_back(cells.begin(), cells.end());
            return TextColumn(std::span<const std::string_view>(views_.back()));
        }
        if (layout == 2) return arrow(cells);
        // Coded: categories in any order, some twice, one that no row has.
        codes_.emplace_back();
        std::vector<std::uint32_t>& codes = codes_.back();
        texts_.push_back({"unused"});
        Cells& categories = texts_.back();
        for (const std::string& cell : cells) {
            std::uint32_t code = 0;
            while (code < categories.size() && (code == 0 || categories[code] != cell)) ++code;
            if (code == categories.size() || categories.size() % 5 == 4) {
                code = static_cast<std::uint32_t>(categories.size());
                categories.push_back(cell);
            }
            codes.push_back(cell.empty() ? KeyColumn::no_code : code);
        }
        return {codes, arrow(categories)};
    }
    NumberColumn number(const Column& column, bool plain) {
        NumberColumn made;
        if (!plain && !column.integers.empty()) made.integers = column.integers;
        else if (!plain && !column.reals.empty()) made.reals = column.reals;
        else made.texts = key(column, plain);
        return made;
    }
    DateColumn date(const Column& column, bool plain) {
        DateColumn made;
        if (!plain && !column.days.empty()) made.days = column.days;
        else made.texts = key(column, plain);
        return made;
    }
    NamedColumn named(std::string_view name, const Column& column, bool plain) {
        NamedColumn made;
        made.name = name;
        if (!plain && !column.reals.empty()) made.values.numbers = column.reals;
        else if (!plain && !column.days.empty()) made.values.dates = column.days;
        else made.keys = key(column, plain);
        return made;
    }

private:
    TextColumn arrow(const Cells& cells) {
        texts_.push_back({"before"});  // offsets need not begin at 0
        std::string& bytes = texts_.back().front();
        offsets_.emplace_back(1, static_cast<std::int64_t>(bytes.size()));
        for (const std::string& cell : cells) {
            bytes += cell;
            offsets_.back().push_back(static_cast<std::int64_t>(bytes.size()));
        }
        return {bytes.data(), offsets_.back()};
    }
    std::deque<Cells> texts_;
    std::deque<std::vector<std::string_view>> views_;
    std::deque<std::vector<std::int64_t>> offsets_;
    std::deque<std::vector<std::uint32_t>> codes_;
};

Column keys(Bytes& bytes) { return {{}, bytes.next()}; }
void add_key(Column& column, std::string cell) { column.cells.push_back(std::move(cell)); }

/// A column of numbers is one of texts, integers or reals.
void add_number(Column& column, Bytes& bytes) {
    switch (column.layout % 6) {
        case 4:
            column.integers.push_back(bytes.integer());
            return add_key(column, shown(column.integers.back()));
        case 5:
            column.reals.push_back(bytes.real());
            return add_key(column, shown(column.reals.back()));
        default: return add_key(column, bytes.number_text());
    }
}
void add_date(Column& column, Bytes& bytes, bool blank = false) {
    if (column.layout % 5 == 4) {
        column.days.push_back(blank ? Date::none().days : bytes.days());
        return add_key(column, shown_day(column.days.back()));
    }
    add_key(column, blank ? std::string{} : bytes.date_text());
}

struct Register {
    explicit Register(Bytes& bytes)
        : nos(keys(bytes)), dates(keys(bytes)), households(keys(bytes)), persons(keys(bytes)),
          deeds(keys(bytes)), stages(keys(bytes)), units(keys(bytes)), evidence(keys(bytes)),
          reverses(keys(bytes)), recorded_on(keys(bytes)), published_on(keys(bytes)),
          objections(keys(bytes)), metres(keys(bytes)) {}

    static auto columns() {
        using Of = Register;
        return std::array{&Of::nos, &Of::dates, &Of::households, &Of::persons, &Of::deeds,
                          &Of::stages, &Of::units, &Of::evidence, &Of::reverses, &Of::recorded_on,
                          &Of::published_on, &Of::objections, &Of::metres};
    }

    /// A row; with `earlier`, maybe one of those as it was, or at another stage.
    void add(Bytes& bytes, const Register* earlier) {
        constexpr const char* words[] = {"posted",    "入账",     "declared",
                                         "published", "rejected", " reviewed"};
        if (earlier != nullptr && !earlier->nos.cells.empty() && bytes.one_in(2)) {
            const std::size_t row = bytes.next() % earlier->nos.cells.size();
            for (const auto column : columns()) (this->*column).add_again(earlier->*column, row);
            if (bytes.one_in(2)) stages.cells.back() = words[bytes.next() % 6];
            if (bytes.one_in(2)) {
                for (Column* column : {&recorded_on, &published_on}) {
                    column->cells.pop_back();
                    if (!column->days.empty()) column->days.pop_back();
                    add_date(*column, bytes);
                }
            }
            if (bytes.one_in(4))
                reverses.cells.back() = earlier->nos.cells[bytes.next() % earlier->nos.cells.size()];
            if (bytes.one_in(8)) households.cells.back() = bytes.id("h", 3);
            return;
        }
        add_key(nos, bytes.id("n", 40));
        add_date(dates, bytes);
        add_key(households, bytes.id("h", 3));
        add_key(persons, bytes.one_in(3) ? bytes.id("p", 2) : std::string{});
        add_key(deeds, bytes.id("d", 3));
        add_key(stages, words[bytes.one_in(2) ? bytes.next() % 6 : 0]);
        if (bytes.odd_one_in(9)) stages.cells.back() = bytes.text();
        add_number(units, bytes);
        add_number(evidence, bytes);
        add_key(reverses, {});
        if (bytes.one_in(4)) {  // mostly of a row of the same household
            const Register& of = earlier != nullptr && bytes.one_in(2) ? *earlier : *this;
            if (!of.nos.cells.empty()) {
                const std::size_t row = bytes.next() % of.nos.cells.size();
                reverses.cells.back() = of.nos.cells[row];
                households.cells.back() = of.households.cells[row];
            }
        }
        add_date(recorded_on, bytes, !bytes.one_in(3));
        add_date(published_on, bytes, !bytes.one_in(3));
        add_key(objections, bytes.one_in(9) ? "upheld" : "");
        if (metres.layout % 5 == 4) {
            const std::uint8_t halves = bytes.next();
            metres.reals.push_back(halves == 255 ? std::numeric_limits<double>::quiet_NaN()
                                                 : halves / 2.0);
            add_key(metres, shown(metres.reals.back()));
        } else {
            add_key(metres, bytes.odd_one_in(9) ? bytes.text() : std::to_string(bytes.next() % 6));
        }
    }
    RegisterTable table(Layouts& layouts, bool plain) const {
        RegisterTable made;
        made.register_nos = layouts.key(nos, plain);
        made.dates = layouts.date(dates, plain);
        made.household_ids = layouts.key(households, plain);
        made.person_ids = layouts.key(persons, plain);
        made.deeds = layouts.key(deeds, plain);
        made.stages = layouts.key(stages, plain);
        made.units = layouts.number(units, plain);
        made.evidence = layouts.number(evidence, plain);
        made.reverses = layouts.key(reverses, plain);
        made.recorded_on = layouts.date(recorded_on, plain);
        made.published_on = layouts.date(published_on, plain);
        made.objections = layouts.key(objections, plain);
        made.columns = {layouts.named("metres", metres, plain)};
        return made;
    }
    Column nos, dates, households, persons, deeds, stages, units, evidence, reverses, recorded_on,
        published_on, objections, metres;
};

struct Swaps {
    explicit Swaps(Bytes& bytes)
        : nos(keys(bytes)), dates(keys(bytes)), households(keys(bytes)), goods(keys(bytes)),
          quantities(keys(bytes)), returns(keys(bytes)) {}

    static auto columns() {
        return std::array{&Swaps::nos, &Swaps::dates, &Swaps::households, &Swaps::goods,
                          &Swaps::quantities, &Swaps::returns};
    }

    void add(Bytes& bytes, const Swaps* earlier) {
        if (earlier != nullptr && !earlier->nos.cells.empty() && bytes.one_in(2)) {
            const std::size_t row = bytes.next() % earlier->nos.cells.size();
            for (const auto column : columns()) (this->*column).add_again(earlier->*column, row);
            if (bytes.one_in(4)) goods.cells.back() = bytes.id("g", 3);
            if (bytes.one_in(4))
                returns.cells.back() = earlier->nos.cells[bytes.next() % earlier->nos.cells.size()];
            if (bytes.one_in(8)) households.cells.back() = bytes.id("h", 3);
            return;
        }
        add_key(nos, bytes.id("x", 20));
        add_date(dates, bytes);
        add_key(households, bytes.id("h", 3));
        add_key(goods, bytes.id("g", 3));
        add_number(quantities, bytes);
        add_key(returns, {});
        if (!bytes.one_in(4)) return;
        const bool before = earlier != nullptr && !earlier->nos.cells.empty() && bytes.one_in(2);
        const Swaps& of = before ? *earlier : *this;
        const std::size_t row = bytes.next() % of.nos.cells.size();
        returns.cells.back() = of.nos.cells[row];
        households.cells.back() = of.households.cells[row];
    }
    ExchangeTable table(Layouts& layouts, bool plain) const {
        ExchangeTable made;
        made.exchange_nos = layouts.key(nos, plain);
        made.dates = layouts.date(dates, plain);
        made.household_ids = layouts.key(households, plain);
        made.goods = layouts.key(goods, plain);
        made.quantities = layouts.number(quantities, plain);
        made.returns = layouts.key(returns, plain);
        return made;
    }
    Column nos, dates, households, goods, quantities, returns;
};

/// The rows of a later batch, and those of an earlier one whose numbers it does not have.
template <class Batch>
Batch together(Batch later, const Batch& earlier) {
    const Cells known = later.nos.cells;
    for (std::size_t row = 0; row < earlier.nos.cells.size(); ++row) {
        if (std::find(known.begin(), known.end(), earlier.nos.cells[row]) != known.end()) continue;
        for (const auto column : Batch::columns()) (later.*column).add_again(earlier.*column, row);
    }
    return later;
}

/// Goods and persons: mostly sound, sometimes not.
struct Places {
    explicit Places(Bytes& bytes)
        : points(keys(bytes)), stock(keys(bytes)), from(keys(bytes)), valid_from(keys(bytes)) {
        for (int row = 0; row < 4; ++row) {
            goods.cells.push_back("g" + std::to_string(row % 2));
            const bool odd = bytes.odd_one_in(8);
            for (auto* const column : {&points, &stock}) {
                if (odd) {
                    add_number(*column, bytes);
                    continue;
                }
                const std::int64_t value = 1 + bytes.next() % 9;
                if (column->layout % 6 == 4) column->integers.push_back(value);
                if (column->layout % 6 == 5) column->reals.push_back(static_cast<double>(value));
                add_key(*column, std::to_string(value));
            }
            if (odd) {
                add_date(from, bytes);
                continue;
            }
            const std::int32_t day = first_day + 50 * row;
            if (from.layout % 5 == 4) from.days.push_back(day);
            add_key(from, date_text(Date{day}));
        }
        for (int row = 0; row < 3; ++row) {
            persons.cells.push_back("p" + std::to_string(bytes.odd_one_in(2) ? 0 : row));
            owners.cells.push_back("h" + std::to_string(row));
            const bool odd = bytes.odd_one_in(9);
            ages.cells.push_back(odd ? bytes.text() : std::to_string(bytes.next() % 40));
            add_date(valid_from, bytes);
        }
    }
    Column goods{{}, 3}, points, stock, from;
    Column persons{{}, 2}, owners{{}, 1}, ages{{}, 3}, valid_from;
};

Rulebooks rulebooks(Bytes& bytes) {
    std::vector<Rulebook> books;
    for (int b = 0; b < 2; ++b) {
        Rulebook book;
        book.id = "b" + std::to_string(b);
        book.villages = {"*"};
        book.effective_from = Date{first_day + 200 * b};
        book.effective_to = b == 0 ? Date{first_day + 200} : Date::none();
        book.below_floor = static_cast<BelowFloor>(bytes.next() % 4);
        book.floor = static_cast<std::int64_t>(bytes.next() % 9) - 4;
        book.year_end = static_cast<YearEnd>(bytes.next() % 2);
        book.objection_days = bytes.next() % 5;
        book.opening = Opening{1 + bytes.next() % 9, static_cast<OpeningPeriod>(bytes.next() % 2)};
        book.groups = {{"g", {}, static_cast<HitPolicy>(bytes.next() % 4), 0}};
        for (int r = 0; r < 4; ++r) {
            Rule rule;
            rule.id = "r" + std::to_string(r);
            rule.deed = "d" + std::to_string(bytes.next() % 3);
            rule.points = static_cast<std::int64_t>(bytes.next()) - 100;
            if (bytes.one_in(16)) rule.points *= 5'000'000'000;
            rule.per = static_cast<Per>(bytes.next() % 4);
            if (bytes.one_in(2)) rule.group = "g";
            rule.cooldown_days = bytes.next() % 20;
            rule.evidence_min = bytes.one_in(4) ? 1 : 0;
            if (bytes.one_in(2)) rule.expires_after_months = 1 + bytes.next() % 5;
            if (bytes.one_in(2)) rule.freeze = {Freeze::Until::months, 1 + bytes.next() % 3};
            if (bytes.one_in(4)) rule.when = {{"metres", ">= 2.5"}};
            if (bytes.one_in(4)) rule.when.push_back({"age", "[18..30), null"});
            Cap cap;
            cap.over = static_cast<CapOver>(bytes.next() % 3);
            if (cap.over == CapOver::group && rule.group.empty()) cap.over = CapOver::all;
            cap.scope = static_cast<Scope>(1 + bytes.next() % 2);
            cap.period = static_cast<Period>(bytes.next() % 6);
            cap.limit = bytes.next();
            if (bytes.one_in(2)) rule.caps.push_back(cap);
            book.rules.push_back(rule);
        }
        books.push_back(book);
    }
    return Rulebooks::make(books);
}

/// All that a settlement reads.
struct Case {
    const Places& places;
    const Register& deeds;
    const Swaps& swaps;

    Tables tables(Layouts& layouts, bool plain) const {
        static const std::vector<std::string> ids{"h0", "h1", "h2"}, villages{"v0", "v0", "v1"};
        Tables made;
        made.households.household_ids = TextColumn(std::span<const std::string>(ids));
        made.households.villages = TextColumn(std::span<const std::string>(villages));
        made.persons.person_ids = layouts.key(places.persons, plain);
        made.persons.household_ids = layouts.key(places.owners, plain);
        made.persons.valid_from = layouts.date(places.valid_from, plain);
        made.persons.columns = {layouts.named("age", places.ages, plain)};
        made.deeds = deeds.table(layouts, plain);
        made.exchanges = swaps.table(layouts, plain);
        made.goods.goods = layouts.key(places.goods, plain);
        made.goods.points = layouts.number(places.points, plain);
        made.goods.stock = layouts.number(places.stock, plain);
        made.goods.effective_from = layouts.date(places.from, plain);
        return made;
    }
};

/// What came of it: a state, or the faults.
struct Outcome {
    std::optional<State> state;
    std::vector<Finding> faults;

    std::string told() const {
        if (state) return state->to_bytes();
        std::string out;
        for (const Finding& fault : faults)
            out += std::string(code_name(fault.code)) + std::to_string(static_cast<int>(fault.table)) +
                   "/" + std::to_string(fault.row) + " ";
        return out;
    }
};

Outcome posted(const Rulebooks& books, const Tables& tables, Date as_of, const State& state,
               const Options& options) {
    Outcome outcome;
    try {
        outcome.state = post(books, tables, as_of, state, options).state;
    } catch (const DataError& error) {
        outcome.faults = error.findings();
        require(!outcome.faults.empty());
        for (const Finding& fault : outcome.faults) require(!message(fault, Language::zh).empty());
        return outcome;
    }
    const Settlement& made = outcome.state->settlement();
    require(made.summary.conserved);
    const std::string bytes = outcome.state->to_bytes();
    require(State::from_bytes(bytes).to_bytes() == bytes);
    return outcome;
}

void read_state(std::string_view bytes) {
    try {
        require(State::from_bytes(bytes).to_bytes() == bytes);
    } catch (const DataError&) {
    }
}

/// What a household sees: the same whatever the split.
std::string seen(const Settlement& s) {
    std::string out;
    for (std::uint32_t e = 0; e < s.entries.size(); ++e)
        out += std::string(s.rows.register_nos[s.entries.rows[e]]) + " " +
               std::to_string(s.entries.points[e]) + " ";
    for (std::uint32_t x = 0; x < s.exchanges.size(); ++x)
        out += std::string(s.exchanges.exchange_nos[x]) + " " +
               std::string(word(s.exchanges.status[x])) + std::to_string(s.exchanges.points[x]) + " ";
    for (const std::int64_t balance : s.households.balance) out += std::to_string(balance) + " ";
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0 && data[0] == 'G') {
        read_state({reinterpret_cast<const char*>(data), size});
        return 0;
    }
    Bytes bytes(data, size);
    // Two bytes make the rulebooks and goods, so that short inputs have rows already.
    std::minstd_rand chance(1U + 256U * bytes.next() + bytes.next());
    std::vector<std::uint8_t> drawn(1, bytes.odd() ? std::uint8_t{3} : std::uint8_t{0});
    while (drawn.size() < 400) drawn.push_back(static_cast<std::uint8_t>(chance() >> 8));
    Bytes of_books(drawn.data(), drawn.size());
    const Rulebooks books = rulebooks(of_books);
    const Places places(of_books);
    Options options;
    options.threads = 1;
    const Date half{first_day + 3 * bytes.next()}, as_of{first_day + 800};
    // Two batches; numbers come again: rows are repeated, changed and taken back across them.
    Register first(bytes), second = first;
    Swaps first_swaps(bytes), second_swaps = first_swaps;
    const Register no_deeds = first;
    const Swaps no_swaps = first_swaps;
    for (int i = 0; i < 40 && !bytes.done(); ++i) {
        const bool later = bytes.one_in(3);
        const bool swap = bytes.one_in(4);
        if (swap && later) second_swaps.add(bytes, &first_swaps);
        else if (swap) first_swaps.add(bytes, nullptr);
        else if (later) second.add(bytes, &first);
        else first.add(bytes, nullptr);
    }
    const Case one{places, first, first_swaps}, two{places, second, second_swaps};
    Layouts layouts;
    const Tables mixed = one.tables(layouts, false), plain = one.tables(layouts, true);
    const Tables mixed_next = two.tables(layouts, false), plain_next = two.tables(layouts, true);

    const Outcome begun = posted(books, mixed, half, State{}, options);
    require(posted(books, plain, half, State{}, options).told() == begun.told());
    try {
        const Matches matches = match(books, mixed, options);
        require(matches.rows() == first.nos.cells.size());
    } catch (const DataError&) {
        require(!begun.state);
    }
    if (!begun.state) {
        Options skipping = options;
        skipping.skip_faulty_villages = true;
        posted(books, mixed, half, State{}, skipping);
        return 0;
    }
    const State kept = State::from_bytes(begun.state->to_bytes());
    const Outcome next = posted(books, mixed_next, as_of, kept, options);
    require(posted(books, plain_next, as_of, *begun.state, options).told() == next.told());
    // The rest of the same rows, in one go and in two.
    const Tables nothing = Case{places, no_deeds, no_swaps}.tables(layouts, true);
    const Outcome whole = posted(books, plain, as_of, State{}, options);
    const Outcome rest = posted(books, nothing, as_of, kept, options);
    require(whole.state.has_value() == rest.state.has_value());
    if (!whole.state) return 0;
    require(seen(rest.state->settlement()) == seen(whole.state->settlement()));
    std::int64_t issued = 0;
    const Ledger ledger = make_ledger(whole.state->settlement());
    const Settlement& settled = whole.state->settlement();
    for (std::size_t i = 0; i < ledger.size(); ++i)
        if (debit_account(settled, ledger, i) == "issuer") issued += ledger.points[i];
    require(issued == settled.summary.issued);
    if (!next.state) return 0;
    // Posting the same again changes nothing, and all at once would have been the same.
    require(posted(books, plain_next, as_of, *next.state, options).told() == next.told());
    const Register all = together(second, first);
    const Swaps all_swaps = together(second_swaps, first_swaps);
    const Tables all_tables = Case{places, all, all_swaps}.tables(layouts, false);
    const Outcome at_once = posted(books, all_tables, as_of, State{}, options);
    require(at_once.state.has_value());
    require(seen(at_once.state->settlement()) == seen(next.state->settlement()));
    return 0;
}
