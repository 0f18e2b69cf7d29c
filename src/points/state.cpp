// States: posting on from one, and its bytes.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "gridgov/points/settle.hpp"
#include "points/sha256.hpp"
#include "points/state_data.hpp"

namespace gridgov::points {

State::State() : data_(std::make_shared<const Data>()) {}

Date State::as_of() const noexcept { return data_->settlement.as_of; }

const Settlement& State::settlement() const noexcept { return data_->settlement; }

namespace {

/// What a reader of entries sees of one.
bool same_entry(const Settlement& a, std::size_t i, const Settlement& b, std::size_t j) {
    const std::uint32_t rule_a = a.entries.rules[i], rule_b = b.entries.rules[j];
    if ((rule_a == no_index) != (rule_b == no_index)) return false;
    if (rule_a != no_index && !(a.rules[rule_a] == b.rules[rule_b])) return false;
    return a.entries.status[i] == b.entries.status[j] && a.entries.reasons[i] == b.entries.reasons[j] &&
           a.entries.points[i] == b.entries.points[j] &&
           a.entries.points_clipped[i] == b.entries.points_clipped[j];
}

std::vector<std::uint32_t> first_entries(const Settlement& settlement) {
    std::vector<std::uint32_t> first;
    first.reserve(settlement.rows.size() + 1);
    for (std::uint32_t e = 0; e < settlement.entries.size(); ++e)
        while (first.size() <= settlement.entries.rows[e]) first.push_back(e);
    while (first.size() <= settlement.rows.size())
        first.push_back(static_cast<std::uint32_t>(settlement.entries.size()));
    return first;
}

}  // namespace

Posting post(const Rulebooks& rulebooks, const Tables& events, Date as_of, const State& state,
             const Options& options) {
    auto data = std::make_shared<State::Data>();
    data->settlement = settle_tables(rulebooks, events, as_of, options, &state.data(), data.get());
    Posting posting{State(data), {}, {}};
    const Settlement& now = data->settlement;
    if (now.cancelled) {
        posting.state = state;
        return posting;
    }
    const Settlement& before = state.settlement();
    Dictionary rows;
    rows.reserve(before.rows.size());
    for (std::size_t row = 0; row < before.rows.size(); ++row) rows.add(before.rows.register_nos[row]);
    const std::vector<std::uint32_t> first_before = first_entries(before), first_now = first_entries(now);
    for (std::uint32_t row = 0; row < now.rows.size(); ++row) {
        const std::uint32_t old = rows.find(now.rows.register_nos[row]);
        const std::uint32_t begin = first_now[row], end = first_now[row + 1];
        bool same = old != no_index && first_before[old + 1] - first_before[old] == end - begin;
        for (std::uint32_t e = begin; same && e < end; ++e)
            same = same_entry(now, e, before, first_before[old] + e - begin);
        for (std::uint32_t e = begin; !same && e < end; ++e) posting.entries.push_back(e);
    }
    Dictionary exchanges;
    for (std::size_t e = 0; e < before.exchanges.size(); ++e) exchanges.add(before.exchanges.exchange_nos[e]);
    for (std::uint32_t e = 0; e < now.exchanges.size(); ++e) {
        const std::uint32_t old = exchanges.find(now.exchanges.exchange_nos[e]);
        if (old == no_index || before.exchanges.status[old] != now.exchanges.status[e] ||
            before.exchanges.points[old] != now.exchanges.points[e])
            posting.exchanges.push_back(e);
    }
    return posting;
}

namespace {

constexpr std::string_view magic = "GGPOINTS";
constexpr std::uint32_t format_version = 1;

[[noreturn]] void invalid(std::string_view reason) {
    Finding finding;
    finding.code = Code::points_state_invalid;
    finding.fields = {{"reason_kind", std::string(reason)}};
    throw DataError({std::move(finding)});
}

/// Appends integers, least byte first.
class Writer {
public:
    template <class Value>
    void number(Value value) {
        using Bits = std::make_unsigned_t<Value>;
        auto bits = static_cast<Bits>(value);
        for (std::size_t i = 0; i < sizeof(Value); ++i) {
            out.push_back(static_cast<char>(static_cast<unsigned char>(bits & 0xFF)));
            if constexpr (sizeof(Value) > 1) bits = static_cast<Bits>(bits >> 8);
        }
    }
    template <class Value>
    void column(const std::vector<Value>& values) {
        number(std::uint64_t{values.size()});
        if constexpr (std::is_enum_v<Value>) {
            for (const Value value : values) number(static_cast<std::uint8_t>(value));
        } else if constexpr (std::endian::native == std::endian::little) {
            if (!values.empty())
                out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
        } else {
            for (const Value value : values) number(value);
        }
    }
    void text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        out.append(value);
    }
    void texts(const Texts& values) {
        number(std::uint64_t{values.size()});
        for (std::size_t i = 0; i < values.size(); ++i) text(values[i]);
    }

    std::string out;
};

/// Takes integers off; a length is believed only as far as bytes are left.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    template <class Value>
    void number(Value& value) {
        using Bits = std::make_unsigned_t<Value>;
        const std::string_view part = take(sizeof(Value));
        Bits bits = 0;
        for (std::size_t i = sizeof(Value); i-- > 0;) {
            if constexpr (sizeof(Value) > 1) bits = static_cast<Bits>(bits << 8);
            bits = static_cast<Bits>(bits | static_cast<unsigned char>(part[i]));
        }
        value = static_cast<Value>(bits);
    }
    std::size_t count(std::size_t bytes_each) {
        std::uint64_t count = 0;
        number(count);
        if (count > bytes_.size() / bytes_each) invalid("too short");
        return static_cast<std::size_t>(count);
    }
    template <class Value>
    void column(std::vector<Value>& values, int values_of_enum = 0) {
        if constexpr (std::is_enum_v<Value>) {
            values.resize(count(1));
            for (Value& value : values) {
                std::uint8_t raw = 0;
                number(raw);
                if (raw >= values_of_enum) invalid("contradicts itself");
                value = static_cast<Value>(raw);
            }
        } else {
            values.resize(count(sizeof(Value)));
            if constexpr (std::endian::native == std::endian::little) {
                const std::string_view part = take(values.size() * sizeof(Value));
                if (!values.empty()) std::memcpy(values.data(), part.data(), part.size());
            } else {
                for (Value& value : values) number(value);
            }
        }
    }
    std::string_view text() {
        std::uint32_t size = 0;
        number(size);
        return take(size);
    }
    void texts(Texts& values) {
        const std::size_t size = count(4);
        for (std::size_t i = 0; i < size; ++i) values.add(text());
    }
    bool done() const noexcept { return bytes_.empty(); }

private:
    std::string_view take(std::size_t size) {
        if (size > bytes_.size()) invalid("too short");
        const std::string_view part = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return part;
    }
    std::string_view bytes_;
};

/// The same columns in the same order, written or read.
template <class Archive>
class Columns;

template <>
class Columns<Writer> {
public:
    explicit Columns(Writer& writer) : to_(writer) {}
    template <class Value>
    void operator()(const std::vector<Value>& values, int = 0) { to_.column(values); }
    void operator()(const Texts& values) { to_.texts(values); }

private:
    Writer& to_;
};

template <>
class Columns<Reader> {
public:
    explicit Columns(Reader& reader) : from_(reader) {}
    template <class Value>
    void operator()(std::vector<Value>& values, int values_of_enum = 0) {
        from_.column(values, values_of_enum);
    }
    void operator()(Texts& values) { from_.texts(values); }

private:
    Reader& from_;
};

constexpr int statuses = 6, reasons = 17, exchange_statuses = 3, refusals = 7;

template <class Archive, class Some>
void all_columns(Columns<Archive> each, Some& s) {
    each(s.villages);
    each(s.person_ids);
    each(s.deeds);
    each(s.reviewers);
    each(s.goods);
    each(s.shops);
    each(s.values);
    each(s.households.ids);
    each(s.households.villages);
    each(s.households.opening);
    each(s.households.earned);
    each(s.households.deducted);
    each(s.households.redeemed);
    each(s.households.expired);
    each(s.households.forfeited);
    each(s.households.pending);
    each(s.households.balance);
    each(s.rows.register_nos);
    each(s.rows.dates);
    each(s.rows.posted_on);
    each(s.rows.persons);
    each(s.rows.deeds);
    each(s.rows.units);
    each(s.rows.reviewers);
    each(s.rows.mended_on);
    each(s.entries.rows);
    each(s.entries.rules);
    each(s.entries.status, statuses);
    each(s.entries.reasons, reasons);
    each(s.entries.points);
    each(s.entries.points_clipped);
    each(s.lots.entries);
    each(s.lots.posted_on);
    each(s.lots.expires_on);
    each(s.lots.points);
    each(s.lots.left);
    each(s.exchanges.exchange_nos);
    each(s.exchanges.dates);
    each(s.exchanges.households);
    each(s.exchanges.goods);
    each(s.exchanges.shops);
    each(s.exchanges.quantities);
    each(s.exchanges.points);
    each(s.exchanges.status, exchange_statuses);
    each(s.exchanges.refusals, refusals);
    each(s.exchanges.found);
    each(s.exchanges.returns);
}

/// Offsets of groups as counts.
void write_counts(Writer& out, const std::vector<std::size_t>& offsets) {
    out.number(std::uint64_t{offsets.size() - 1});
    for (std::size_t i = 1; i < offsets.size(); ++i)
        out.number(static_cast<std::uint32_t>(offsets[i] - offsets[i - 1]));
}

void read_counts(Reader& in, std::vector<std::size_t>& offsets) {
    const std::size_t groups = in.count(4);
    offsets.assign(1, 0);
    offsets.reserve(groups + 1);
    for (std::size_t i = 0; i < groups; ++i) {
        std::uint32_t size = 0;
        in.number(size);
        offsets.push_back(offsets.back() + size);
    }
}

}  // namespace

void check_state(const State::Data& data);

std::string State::to_bytes() const {
    const Settlement& s = data_->settlement;
    Writer out;
    out.out.append(magic);
    out.number(format_version);
    out.number(s.as_of.days);
    all_columns(Columns<Writer>(out), s);
    write_counts(out, s.rows.offsets);
    write_counts(out, s.lots.offsets);
    out.number(std::uint64_t{s.rules.size()});
    for (const RuleName& rule : s.rules) {
        out.text(rule.rulebook);
        out.text(rule.rule);
        out.text(rule.group);
    }
    out.number(std::uint64_t{s.reversals.size()});
    for (const Reversal& reversal : s.reversals) {
        out.number(reversal.row);
        out.number(reversal.target);
    }
    out.number(std::uint64_t{s.details.size()});
    for (const Detail& detail : s.details) {
        out.number(detail.entry);
        out.number(detail.rule);
        out.number(detail.row);
        out.number(detail.requirement);
        out.number(detail.cap);
        out.number(detail.found);
        out.number(detail.left);
        out.number(detail.given);
    }
    out.number(std::uint64_t{s.spends.size()});
    for (const Spend& spend : s.spends) {
        out.number(spend.lot);
        out.number(static_cast<std::uint8_t>(spend.kind));
        out.number(spend.cause);
        out.number(spend.day);
        out.number(spend.points);
    }
    out.number(std::uint64_t{s.movements.size()});
    for (const Movement& movement : s.movements) {
        out.number(static_cast<std::uint8_t>(movement.kind));
        out.number(movement.household);
        out.number(movement.cause);
        out.number(movement.trigger);
        out.number(static_cast<std::uint8_t>(movement.phase));
        out.number(movement.day);
        out.number(movement.points);
    }
    out.number(std::uint64_t{s.debts.size()});
    for (const Debt& debt : s.debts) {
        out.number(debt.household);
        out.number(static_cast<std::uint8_t>(debt.kind));
        out.number(debt.cause);
        out.number(static_cast<std::uint8_t>(debt.overdrawn ? 1 : 0));
        out.number(debt.points);
    }
    out.number(std::uint64_t{s.frozen.size()});
    for (const Frozen& term : s.frozen) {
        out.number(term.household);
        out.number(term.entry);
        out.number(term.from);
        out.number(term.until);
    }
    out.number(s.summary.issued);
    out.number(s.summary.held);
    out.number(s.summary.deducted);
    out.number(s.summary.redeemed);
    out.number(s.summary.expired);
    out.number(s.summary.forfeited);
    out.number(s.summary.pending);
    out.number(s.summary.liability_fen.value_or(no_number));
    out.number(s.summary.budget_yuan.value_or(no_number));
    out.number(std::uint64_t{data_->digests.size()});
    for (const Digest& digest : data_->digests)
        out.out.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    out.number(std::uint64_t{data_->waiting.size()});
    for (const WaitingRow& row : data_->waiting) {
        out.number(row.row);
        out.column(row.rules);
    }
    const auto hash = sha256(out.out);
    out.out.append(reinterpret_cast<const char*>(hash.data()), hash.size());
    return std::move(out.out);
}

State State::from_bytes(std::string_view bytes) {
    if (bytes.substr(0, magic.size()) != magic) invalid("no such format");
    constexpr std::size_t hash_bytes = 32;
    if (bytes.size() < magic.size() + 4 + hash_bytes) invalid("too short");
    Reader version_reader(bytes.substr(magic.size(), 4));
    std::uint32_t version = 0;
    version_reader.number(version);
    if (version != format_version) {
        Finding finding;
        finding.code = Code::points_state_version;
        finding.fields = {{"version", std::to_string(version)},
                          {"known", std::to_string(format_version)}};
        throw DataError({std::move(finding)});
    }
    const std::string_view body = bytes.substr(0, bytes.size() - hash_bytes);
    const auto hash = sha256(body);
    if (std::memcmp(hash.data(), bytes.data() + body.size(), hash_bytes) != 0) invalid("damaged");
    Reader in(body.substr(magic.size() + 4));
    auto data = std::make_shared<State::Data>();
    Settlement& s = data->settlement;
    in.number(s.as_of.days);
    all_columns(Columns<Reader>(in), s);
    read_counts(in, s.rows.offsets);
    read_counts(in, s.lots.offsets);
    s.rows.source_rows.assign(s.rows.dates.size(), no_index);
    s.exchanges.source_rows.assign(s.exchanges.dates.size(), no_index);
    const auto kind = [&](Kind& value) {
        std::uint8_t raw = 0;
        in.number(raw);
        if (raw > static_cast<std::uint8_t>(Kind::forfeit)) invalid("contradicts itself");
        value = static_cast<Kind>(raw);
    };
    s.rules.resize(in.count(12));
    for (RuleName& rule : s.rules) {
        rule.rulebook = in.text();
        rule.rule = in.text();
        rule.group = in.text();
    }
    s.reversals.resize(in.count(8));
    for (Reversal& reversal : s.reversals) {
        in.number(reversal.row);
        in.number(reversal.target);
    }
    s.details.resize(in.count(40));
    for (Detail& detail : s.details) {
        in.number(detail.entry);
        in.number(detail.rule);
        in.number(detail.row);
        in.number(detail.requirement);
        in.number(detail.cap);
        in.number(detail.found);
        in.number(detail.left);
        in.number(detail.given);
    }
    s.spends.resize(in.count(21));
    for (Spend& spend : s.spends) {
        in.number(spend.lot);
        kind(spend.kind);
        in.number(spend.cause);
        in.number(spend.day);
        in.number(spend.points);
    }
    s.movements.resize(in.count(26));
    for (Movement& movement : s.movements) {
        kind(movement.kind);
        in.number(movement.household);
        in.number(movement.cause);
        in.number(movement.trigger);
        std::uint8_t phase = 0;
        in.number(phase);
        if (phase > static_cast<std::uint8_t>(Phase::year_end)) invalid("contradicts itself");
        movement.phase = static_cast<Phase>(phase);
        in.number(movement.day);
        in.number(movement.points);
    }
    s.debts.resize(in.count(18));
    for (Debt& debt : s.debts) {
        in.number(debt.household);
        kind(debt.kind);
        in.number(debt.cause);
        std::uint8_t overdrawn = 0;
        in.number(overdrawn);
        debt.overdrawn = overdrawn != 0;
        in.number(debt.points);
    }
    s.frozen.resize(in.count(16));
    for (Frozen& term : s.frozen) {
        in.number(term.household);
        in.number(term.entry);
        in.number(term.from);
        in.number(term.until);
    }
    in.number(s.summary.issued);
    in.number(s.summary.held);
    in.number(s.summary.deducted);
    in.number(s.summary.redeemed);
    in.number(s.summary.expired);
    in.number(s.summary.forfeited);
    in.number(s.summary.pending);
    std::int64_t liability = 0, budget = 0;
    in.number(liability);
    in.number(budget);
    if (liability != no_number) s.summary.liability_fen = liability;
    if (budget != no_number) s.summary.budget_yuan = budget;
    data->digests.resize(in.count(16));
    for (Digest& digest : data->digests)
        for (std::uint8_t& byte : digest) in.number(byte);
    data->waiting.resize(in.count(12));
    for (WaitingRow& row : data->waiting) {
        in.number(row.row);
        in.column(row.rules);
    }
    if (!in.done()) invalid("contradicts itself");
    check_state(*data);
    return State(std::move(data));
}

/// Everything that settling on from a state relies on. A state that was written passes.
void check_state(const State::Data& data) {
    const auto need = [](bool holds) {
        if (!holds) invalid("contradicts itself");
    };
    const Settlement& s = data.settlement;
    if (!s.as_of.exists()) {
        need(s.households.size() == 0 && s.rows.size() == 0 && s.exchanges.size() == 0 &&
             s.entries.size() == 0 && s.lots.size() == 0 && s.spends.empty() && s.movements.empty() &&
             s.debts.empty() && s.frozen.empty() && s.details.empty() && s.reversals.empty() &&
             data.waiting.empty() && data.digests.empty());
        return;
    }
    const auto day = [&](std::int32_t days) {
        need((days >= date_min.days && days <= date_max.days) || days == Date::none().days);
    };
    const auto points = [&](std::int64_t value) { need(value <= points_limit && value >= -points_limit); };
    const auto all_points = [&](const std::vector<std::int64_t>& values) {
        for (const std::int64_t value : values) points(value);
    };
    const auto index = [&](std::uint32_t value, std::size_t size) {
        need(value == no_index || value < size);
    };
    need(s.as_of >= date_min && s.as_of <= date_max);
    const Households& hs = s.households;
    const std::size_t households = hs.ids.size(), rows = s.rows.register_nos.size();
    for (const auto* const column :
         {&hs.opening, &hs.earned, &hs.deducted, &hs.redeemed, &hs.expired, &hs.forfeited, &hs.pending,
          &hs.balance}) {
        need(column->size() == households);
        all_points(*column);
    }
    need(hs.villages.size() == households && s.rows.offsets.size() == households + 1 &&
         s.lots.offsets.size() == households + 1);
    for (std::size_t h = 0; h < households; ++h) {
        need(hs.villages[h] < s.villages.size() && !hs.ids[h].empty());
        if (h > 0)
            need(hs.villages[h - 1] < hs.villages[h] ||
                 (hs.villages[h - 1] == hs.villages[h] && hs.ids[h - 1] < hs.ids[h]));
    }
    for (std::size_t v = 1; v < s.villages.size(); ++v) need(s.villages[v - 1] < s.villages[v]);
    // Rows: those that are posted first; every number once.
    need(s.rows.dates.size() == rows && s.rows.posted_on.size() == rows &&
         s.rows.persons.size() == rows && s.rows.deeds.size() == rows && s.rows.units.size() == rows &&
         (s.rows.reviewers.empty() || s.rows.reviewers.size() == rows) &&
         (s.rows.mended_on.empty() || s.rows.mended_on.size() == rows) &&
         s.rows.offsets.back() == rows && data.digests.size() == rows);
    Dictionary numbers;
    for (std::size_t row = 0; row < rows; ++row) {
        need(numbers.add(s.rows.register_nos[row]) == row && !s.rows.register_nos[row].empty());
        need(s.rows.dates[row] != Date::none().days && s.rows.units[row] >= 0);
        day(s.rows.dates[row]);
        day(s.rows.posted_on[row]);
        index(s.rows.persons[row], s.person_ids.size());
        index(s.rows.deeds[row], s.deeds.size());
        if (!s.rows.reviewers.empty()) index(s.rows.reviewers[row], s.reviewers.size());
    }
    const auto posted = [&](std::size_t row) { return s.rows.posted_on[row] <= s.as_of.days; };
    std::vector<std::uint32_t> household_of(rows);
    for (std::uint32_t h = 0; h < households; ++h)
        for (std::size_t row = s.rows.offsets[h]; row < s.rows.offsets[h + 1]; ++row) {
            household_of[row] = h;
            need(row == s.rows.offsets[h] || posted(row - 1) || !posted(row));
        }
    // Entries: of every row at least one, in order.
    const Entries& es = s.entries;
    const std::size_t entries = es.rows.size();
    need(es.rules.size() == entries && es.status.size() == entries && es.reasons.size() == entries &&
         es.points.size() == entries && es.points_clipped.size() == entries);
    std::uint32_t next_row = 0;
    for (std::size_t e = 0; e < entries; ++e) {
        need(es.rows[e] < rows);
        if (e == 0 || es.rows[e] != es.rows[e - 1]) need(es.rows[e] == next_row++);
        index(es.rules[e], s.rules.size());
        points(es.points[e]);
        points(es.points_clipped[e]);
        points(es.points[e] / 2 + es.points_clipped[e] / 2);
    }
    need(next_row == rows);
    const auto posted_entry_of = [&](std::uint32_t entry, std::uint32_t household) {
        need(entry < entries && posted(es.rows[entry]) && household_of[es.rows[entry]] == household);
    };
    for (std::size_t i = 0; i < s.reversals.size(); ++i) {
        const Reversal& reversal = s.reversals[i];
        need(reversal.row < rows && reversal.target < rows && reversal.row != reversal.target);
        need(household_of[reversal.row] == household_of[reversal.target]);
        need(i == 0 || s.reversals[i - 1].row < reversal.row);
        need(s.target_of(reversal.target) == no_index);
    }
    for (std::size_t i = 0; i < s.details.size(); ++i) {
        const Detail& detail = s.details[i];
        need(detail.entry < entries && (i == 0 || s.details[i - 1].entry < detail.entry));
        index(detail.rule, s.rules.size());
        index(detail.found, s.values.size());
        need(detail.row == no_index || detail.row < rows);
        points(detail.given);
    }
    // Lots, and who took from them.
    const Lots& ls = s.lots;
    const std::size_t lots = ls.points.size();
    need(ls.entries.size() == lots && ls.posted_on.size() == lots && ls.expires_on.size() == lots &&
         ls.left.size() == lots && ls.offsets.back() == lots);
    std::vector<std::int64_t> overdrawn(households);
    for (const Debt& debt : s.debts) {
        need(debt.household < households && debt.points > 0);
        points(debt.points);
        need(debt.kind == Kind::deduction || debt.kind == Kind::redemption);
        if (debt.kind == Kind::deduction) posted_entry_of(debt.cause, debt.household);
        else need(debt.cause < s.exchanges.households.size() &&
                  s.exchanges.households[debt.cause] == debt.household);
        if (debt.overdrawn) need(!__builtin_add_overflow(overdrawn[debt.household], debt.points,
                                                         &overdrawn[debt.household]));
    }
    const auto grouped = [&](const auto& list) {
        for (std::size_t i = 1; i < list.size(); ++i) need(list[i - 1].household <= list[i].household);
    };
    grouped(s.debts);
    grouped(s.movements);
    grouped(s.frozen);
    std::vector<std::uint32_t> household_of_lot(lots);
    for (std::uint32_t h = 0; h < households; ++h) {
        std::int64_t held = -overdrawn[h];
        for (std::size_t lot = s.lots.offsets[h]; lot < s.lots.offsets[h + 1]; ++lot) {
            household_of_lot[lot] = h;
            if (ls.entries[lot] != no_index) posted_entry_of(ls.entries[lot], h);
            need(ls.posted_on[lot] <= s.as_of.days && ls.posted_on[lot] >= date_min.days);
            day(ls.expires_on[lot]);
            need(ls.left[lot] >= 0 && ls.left[lot] <= ls.points[lot]);
            points(ls.points[lot]);
            need(!__builtin_add_overflow(held, ls.left[lot], &held));
        }
        need(held == hs.balance[h]);
        std::int64_t sum = 0;
        for (const std::int64_t part : {hs.opening[h], hs.earned[h], -hs.deducted[h], -hs.redeemed[h],
                                        -hs.expired[h], -hs.forfeited[h]})
            need(!__builtin_add_overflow(sum, part, &sum));
        need(sum == hs.balance[h]);
    }
    for (std::size_t i = 0; i < s.spends.size(); ++i) {
        const Spend& spend = s.spends[i];
        need(spend.lot < lots);
        const std::uint32_t h = household_of_lot[spend.lot];
        need(i == 0 || household_of_lot[s.spends[i - 1].lot] <= h);
        points(spend.points);
        need(spend.points <= ls.points[spend.lot] && -spend.points <= ls.points[spend.lot]);
        day(spend.day);
        if (spend.kind == Kind::deduction) posted_entry_of(spend.cause, h);
        else need(spend.kind == Kind::redemption && spend.cause < s.exchanges.households.size() &&
                  s.exchanges.households[spend.cause] == h);
    }
    const Exchanges& xs = s.exchanges;
    const std::size_t exchanges = xs.exchange_nos.size();
    need(xs.dates.size() == exchanges && xs.households.size() == exchanges &&
         xs.goods.size() == exchanges && xs.shops.size() == exchanges &&
         xs.quantities.size() == exchanges && xs.points.size() == exchanges &&
         xs.status.size() == exchanges && xs.refusals.size() == exchanges &&
         xs.found.size() == exchanges && xs.returns.size() == exchanges);
    for (const Movement& movement : s.movements) {
        need(movement.household < households && movement.points > 0);
        points(movement.points);
        day(movement.day);
        switch (movement.kind) {
            case Kind::deduction:
            case Kind::returned_deduction: posted_entry_of(movement.cause, movement.household); break;
            case Kind::redemption:
            case Kind::returned_exchange: need(movement.cause < exchanges); break;
            case Kind::expiry:
            case Kind::forfeit:
                need(movement.cause < lots && household_of_lot[movement.cause] == movement.household);
                break;
            case Kind::opening:
            case Kind::award: need(false);
        }
        if (movement.phase == Phase::rows)
            need(movement.trigger < rows && posted(movement.trigger) &&
                 household_of[movement.trigger] == movement.household);
        if (movement.phase == Phase::exchanges) need(movement.trigger < exchanges);
    }
    for (const Frozen& term : s.frozen) {
        need(term.household < households);
        posted_entry_of(term.entry, term.household);
        day(term.from);
        day(term.until);
    }
    Dictionary exchange_numbers;
    for (std::size_t e = 0; e < exchanges; ++e) {
        need(exchange_numbers.add(xs.exchange_nos[e]) == e && xs.households[e] < households);
        need(xs.dates[e] != Date::none().days);
        day(xs.dates[e]);
        index(xs.goods[e], s.goods.size());
        need(xs.shops[e] < s.shops.size());
        points(xs.points[e]);
        need(xs.points[e] >= 0 && xs.quantities[e] >= 0 && xs.quantities[e] <= 1'000'000'000);
        const bool pending = xs.status[e] == ExchangeStatus::pending;
        need(pending == (xs.dates[e] > s.as_of.days));
        if (e > 0)
            need(xs.dates[e - 1] < xs.dates[e] || (xs.dates[e - 1] == xs.dates[e] &&
                                                   xs.exchange_nos[e - 1] < xs.exchange_nos[e]));
        index(xs.returns[e], exchanges);
        if (xs.returns[e] == no_index) {
            need(xs.goods[e] != no_index);
        } else {
            need(xs.returns[e] != e && xs.returns[xs.returns[e]] == no_index &&
                 xs.households[xs.returns[e]] == xs.households[e]);
        }
    }
    for (std::size_t i = 0; i < data.waiting.size(); ++i) {
        const WaitingRow& row = data.waiting[i];
        need(row.row < rows && !posted(row.row) && (i == 0 || data.waiting[i - 1].row < row.row));
        for (const std::uint32_t rule : row.rules) need(rule < s.rules.size());
    }
}

}  // namespace gridgov::points
