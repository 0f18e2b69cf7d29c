// A state's bytes: written and read by one list of fields, so that both say the same.
#include "points/state_bytes.hpp"

#include <bit>
#include <cstring>
#include <string>
#include <type_traits>

#include "points/sha256.hpp"

namespace gridgov::points {

void invalid_state(std::string_view reason) {
    Finding finding;
    finding.code = Code::points_state_invalid;
    finding.fields = {{"reason_kind", std::string(reason)}};
    throw DataError({std::move(finding)});
}

namespace {

constexpr std::string_view magic = "GGPOINTS";
constexpr std::uint32_t format_version = 1;
constexpr std::size_t hash_bytes = 32;

/// How many values an enumeration has.
template <class Enum>
constexpr int values_of = 0;
template <>
constexpr int values_of<Status> = 6;
template <>
constexpr int values_of<Reason> = 17;
template <>
constexpr int values_of<ExchangeStatus> = 3;
template <>
constexpr int values_of<Refusal> = 7;
template <>
constexpr int values_of<Kind> = 8;
template <>
constexpr int values_of<Phase> = 5;

/// Appends fields; integers least byte first, enumerations and truths as a byte.
class Writer {
public:
    template <class Value>
    void field(const Value& value) {
        if constexpr (std::is_enum_v<Value> || std::is_same_v<Value, bool>) {
            field(static_cast<std::uint8_t>(value));
        } else {
            using Bits = std::make_unsigned_t<Value>;
            auto bits = static_cast<Bits>(value);
            for (std::size_t i = 0; i < sizeof(Value); ++i) {
                out.push_back(static_cast<char>(static_cast<unsigned char>(bits & 0xFF)));
                if constexpr (sizeof(Value) > 1) bits = static_cast<Bits>(bits >> 8);
            }
        }
    }
    void field(const std::optional<std::int64_t>& value) { field(value.value_or(no_number)); }
    void field(const std::string& text) { field(std::string_view(text)); }
    void field(std::string_view text) {
        field(static_cast<std::uint32_t>(text.size()));
        out.append(text);
    }
    void field(const Digest& digest) {
        out.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    }
    void field(const Texts& texts) {
        field(std::uint64_t{texts.size()});
        for (std::size_t i = 0; i < texts.size(); ++i) field(texts[i]);
    }
    template <class Value>
    void field(const std::vector<Value>& column) {
        field(std::uint64_t{column.size()});
        if constexpr (!std::is_enum_v<Value> && std::endian::native == std::endian::little) {
            if (!column.empty())
                out.append(reinterpret_cast<const char*>(column.data()), column.size() * sizeof(Value));
        } else {
            for (const Value value : column) field(value);
        }
    }
    /// Offsets of groups as counts.
    void counts(const std::vector<std::size_t>& offsets) {
        field(std::uint64_t{offsets.size() - 1});
        for (std::size_t i = 1; i < offsets.size(); ++i)
            field(static_cast<std::uint32_t>(offsets[i] - offsets[i - 1]));
    }
    template <class Record, class Fields>
    void records(const std::vector<Record>& list, std::size_t, Fields fields) {
        field(std::uint64_t{list.size()});
        for (const Record& record : list) fields(record);
    }

    std::string out;
};

/// Takes fields off; a length is believed only as far as bytes are left.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    template <class Value>
    void field(Value& value) {
        if constexpr (std::is_enum_v<Value>) {
            std::uint8_t raw = 0;
            field(raw);
            if (raw >= values_of<Value>) invalid_state("contradicts itself");
            value = static_cast<Value>(raw);
        } else if constexpr (std::is_same_v<Value, bool>) {
            std::uint8_t raw = 0;
            field(raw);
            value = raw != 0;
        } else {
            using Bits = std::make_unsigned_t<Value>;
            const std::string_view part = take(sizeof(Value));
            Bits bits = 0;
            for (std::size_t i = sizeof(Value); i-- > 0;) {
                if constexpr (sizeof(Value) > 1) bits = static_cast<Bits>(bits << 8);
                bits = static_cast<Bits>(bits | static_cast<unsigned char>(part[i]));
            }
            value = static_cast<Value>(bits);
        }
    }
    void field(std::optional<std::int64_t>& value) {
        std::int64_t number = 0;
        field(number);
        if (number != no_number) value = number;
    }
    void field(std::string& text) { text = take_text(); }
    void field(Digest& digest) { std::memcpy(digest.data(), take(digest.size()).data(), digest.size()); }
    void field(Texts& texts) {
        const std::size_t size = count(4);
        for (std::size_t i = 0; i < size; ++i) texts.add(take_text());
    }
    template <class Value>
    void field(std::vector<Value>& column) {
        if constexpr (!std::is_enum_v<Value> && std::endian::native == std::endian::little) {
            column.resize(count(sizeof(Value)));
            const std::string_view part = take(column.size() * sizeof(Value));
            if (!column.empty()) std::memcpy(column.data(), part.data(), part.size());
        } else {
            column.resize(count(std::is_enum_v<Value> ? 1 : sizeof(Value)));
            for (Value& value : column) field(value);
        }
    }
    void counts(std::vector<std::size_t>& offsets) {
        const std::size_t groups = count(4);
        offsets.assign(1, 0);
        offsets.reserve(groups + 1);
        for (std::size_t i = 0; i < groups; ++i) {
            std::uint32_t size = 0;
            field(size);
            offsets.push_back(offsets.back() + size);
        }
    }
    /// `bytes_each`: what a record takes at least.
    template <class Record, class Fields>
    void records(std::vector<Record>& list, std::size_t bytes_each, Fields fields) {
        list.resize(count(bytes_each));
        for (Record& record : list) fields(record);
    }
    bool done() const noexcept { return bytes_.empty(); }

private:
    std::string_view take(std::size_t size) {
        if (size > bytes_.size()) invalid_state("too short");
        const std::string_view part = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return part;
    }
    std::string_view take_text() {
        std::uint32_t size = 0;
        field(size);
        return take(size);
    }
    std::size_t count(std::size_t bytes_each) {
        std::uint64_t count = 0;
        field(count);
        if (count > bytes_.size() / bytes_each) invalid_state("too short");
        return static_cast<std::size_t>(count);
    }
    std::string_view bytes_;
};

/// All fields of a state in their order: `Data` is const for a Writer.
template <class Archive, class Data>
void all_fields(Archive& archive, Data& data) {
    auto& s = data.settlement;
    const auto each = [&](auto&... fields) { (archive.field(fields), ...); };
    each(s.as_of.days);
    each(s.villages, s.person_ids, s.deeds, s.reviewers, s.goods, s.shops, s.values);
    auto& of = s.households;
    each(of.ids, of.villages, of.opening, of.earned, of.deducted, of.redeemed, of.expired,
         of.forfeited, of.pending, of.balance);
    each(s.rows.register_nos, s.rows.dates, s.rows.posted_on, s.rows.persons, s.rows.deeds,
         s.rows.units, s.rows.reviewers, s.rows.mended_on);
    each(s.entries.rows, s.entries.rules, s.entries.status, s.entries.reasons, s.entries.points,
         s.entries.points_clipped);
    each(s.lots.entries, s.lots.posted_on, s.lots.expires_on, s.lots.points, s.lots.left);
    auto& x = s.exchanges;
    each(x.exchange_nos, x.dates, x.households, x.goods, x.shops, x.quantities, x.points, x.status,
         x.refusals, x.found, x.returns);
    archive.counts(s.rows.offsets);
    archive.counts(s.lots.offsets);
    archive.records(s.rules, 12, [&](auto& rule) { each(rule.rulebook, rule.rule, rule.group); });
    archive.records(s.reversals, 8, [&](auto& reversal) { each(reversal.row, reversal.target); });
    archive.records(s.details, 40, [&](auto& detail) {
        each(detail.entry, detail.rule, detail.row, detail.requirement, detail.cap, detail.found,
             detail.left, detail.given);
    });
    archive.records(s.spends, 21, [&](auto& spend) {
        each(spend.lot, spend.kind, spend.cause, spend.day, spend.points);
    });
    archive.records(s.movements, 26, [&](auto& movement) {
        each(movement.kind, movement.household, movement.cause, movement.trigger, movement.phase,
             movement.day, movement.points);
    });
    archive.records(s.debts, 18, [&](auto& debt) {
        each(debt.household, debt.kind, debt.cause, debt.overdrawn, debt.points);
    });
    archive.records(s.frozen, 16,
                    [&](auto& term) { each(term.household, term.entry, term.from, term.until); });
    auto& sums = s.summary;
    each(sums.issued, sums.held, sums.deducted, sums.redeemed, sums.expired, sums.forfeited,
         sums.pending, sums.liability_fen, sums.budget_yuan);
    archive.records(data.digests, 16, [&](auto& digest) { each(digest); });
    archive.records(data.waiting, 12, [&](auto& row) { each(row.row, row.rules); });
}

}  // namespace

std::string State::to_bytes() const {
    Writer writer;
    writer.out.append(magic);
    writer.field(format_version);
    all_fields(writer, *data_);
    const auto hash = sha256(writer.out);
    writer.out.append(reinterpret_cast<const char*>(hash.data()), hash.size());
    return std::move(writer.out);
}

State State::from_bytes(std::string_view bytes) {
    if (bytes.substr(0, magic.size()) != magic) invalid_state("no such format");
    if (bytes.size() < magic.size() + 4 + hash_bytes) invalid_state("too short");
    Reader version_reader(bytes.substr(magic.size(), 4));
    std::uint32_t version = 0;
    version_reader.field(version);
    if (version != format_version) {
        Finding finding;
        finding.code = Code::points_state_version;
        finding.fields = {{"version", std::to_string(version)},
                          {"known", std::to_string(format_version)}};
        throw DataError({std::move(finding)});
    }
    const std::string_view body = bytes.substr(0, bytes.size() - hash_bytes);
    const auto hash = sha256(body);
    if (std::memcmp(hash.data(), bytes.data() + body.size(), hash_bytes) != 0) invalid_state("damaged");
    Reader reader(body.substr(magic.size() + 4));
    auto data = std::make_shared<State::Data>();
    all_fields(reader, *data);
    Settlement& s = data->settlement;
    s.rows.source_rows.assign(s.rows.dates.size(), no_index);
    s.exchanges.source_rows.assign(s.exchanges.dates.size(), no_index);
    if (!reader.done()) invalid_state("contradicts itself");
    check_state(*data);
    return State(std::move(data));
}

}  // namespace gridgov::points
