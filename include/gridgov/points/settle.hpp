// Settlement: what every register row gave and why, what every household holds, and what is left to
// come, on a day. One call over everything, or posting by posting with a state that the host keeps.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/error.hpp"
#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/model/date.hpp"
#include "gridgov/model/ids.hpp"
#include "gridgov/points/rulebook.hpp"
#include "gridgov/points/tables.hpp"

namespace gridgov::points {

/// Columns of indices hold `no_index` (gridgov/model/ids.hpp) where there is none.

/// Texts in Arrow's layout: one buffer of UTF-8 and n + 1 offsets. May be read by several threads at
/// once while none changes it, as any plain result.
class Texts {
public:
    std::size_t size() const noexcept { return offsets_.size() - 1; }
    std::string_view operator[](std::size_t i) const noexcept {
        return std::string_view(bytes_).substr(
            static_cast<std::size_t>(offsets_[i]),
            static_cast<std::size_t>(offsets_[i + 1] - offsets_[i]));
    }
    void add(std::string_view text) {
        bytes_.append(text);
        offsets_.push_back(static_cast<std::int64_t>(bytes_.size()));
    }
    void append(const Texts& other) {
        const auto shift = static_cast<std::int64_t>(bytes_.size());
        bytes_.append(other.bytes_);
        for (std::size_t i = 1; i < other.offsets_.size(); ++i)
            offsets_.push_back(shift + other.offsets_[i]);
    }
    void clear() {
        bytes_.clear();
        offsets_.resize(1);
    }
    void reserve(std::size_t texts, std::size_t bytes) {
        offsets_.reserve(texts + 1);
        bytes_.reserve(bytes);
    }
    const std::string& bytes() const noexcept { return bytes_; }
    std::span<const std::int64_t> offsets() const noexcept { return offsets_; }
    TextColumn column() const noexcept { return {bytes_.data(), offsets_}; }
    friend bool operator==(const Texts&, const Texts&) = default;

private:
    std::string bytes_;
    std::vector<std::int64_t> offsets_{0};
};

/// What became of an entry. `reversed`: it keeps its points, another row took them back.
enum class Status : std::uint8_t { posted, pending, rejected, no_match, error, reversed };
GRIDGOV_EXPORT std::string_view word(Status status) noexcept;

/// Why an entry has the points that it has. Pending entries have the reason that they would have.
enum class Reason : std::uint8_t {
    given,             ///< the raw points, all of them
    cap_clipped,       ///< a cap had less left: Detail::cap, left
    cap_rejected,      ///< a cap of mode reject had less left: Detail::cap, left
    outbid,            ///< another rule of the group gave: Detail::rule
    below_floor,       ///< the floor allowed less, or nothing: Detail::given is what caps let through
    owed,              ///< Detail::given was taken at once, the rest comes from later awards
    reverses,          ///< takes back what another row gave: Detail::row
    target_reversed,   ///< reversed before it posted: gives nothing
    several_rules,     ///< two rules of a `unique` group match: Detail::rule is the other
    stage_rejected,
    objection_upheld,
    no_rulebook,       ///< none in force in the village on the date
    no_rule,           ///< no rule for the deed
    condition_failed,  ///< the nearest miss: Detail::rule, requirement (of `when`), found
    evidence_missing,  ///< Detail::rule, left (wanted), given (found)
    witnesses_missing, ///< likewise
    cooling_down,      ///< Detail::rule, row (the earlier one)
};
GRIDGOV_EXPORT std::string_view word(Reason reason) noexcept;

/// The register's rows that the settlement knows, grouped by household in the order of `Households`;
/// within one by (posting day, register_no), those that have no posting day last.
struct Rows {
    std::vector<std::size_t> offsets{0};  ///< of household h: rows [offsets[h], offsets[h + 1])
    Texts register_nos;
    std::vector<std::int32_t> dates;       ///< days since 1970-01-01
    std::vector<std::int32_t> posted_on;   ///< when it posts or would; Date::none().days: not known
    std::vector<std::uint32_t> persons;    ///< index into Settlement::person_ids, or none
    std::vector<std::uint32_t> deeds;      ///< index into Settlement::deeds, or none
    std::vector<std::int32_t> units;       ///< as given, blank as 1
    std::vector<std::uint32_t> reviewers;  ///< index into Settlement::reviewers, or none; may be empty
    std::vector<std::int32_t> mended_on;     ///< Date::none().days: not mended; may be empty
    std::vector<std::uint32_t> source_rows;  ///< row of the register given in this call, or none
    std::size_t size() const noexcept { return dates.size(); }
};

/// A row that takes another one back; sorted by `row`.
struct Reversal {
    std::uint32_t row = no_index, target = no_index;  ///< of Rows
    friend bool operator==(const Reversal&, const Reversal&) = default;
};

/// What rules gave: an entry for each row and rule that matched, or one for a row that none did, in
/// the order of rows and, within one, of the rulebook's file.
struct Entries {
    std::vector<std::uint32_t> rows;      ///< of Rows
    std::vector<std::uint32_t> rules;     ///< of Settlement::rules, or none
    std::vector<Status> status;
    std::vector<Reason> reasons;
    std::vector<std::int64_t> points;     ///< signed, after caps and floor; under `carry` all owed
    std::vector<std::int64_t> points_clipped;  ///< raw points − points
    std::size_t size() const noexcept { return rows.size(); }
};

/// What is behind the reason of an entry; entries that need none have none. Sorted by `entry`.
struct Detail {
    std::uint32_t entry = no_index;
    std::uint32_t rule = no_index;         ///< the rule that won, or that missed by least
    std::uint32_t row = no_index;          ///< the other row: reversed, or earlier in a cool-down
    std::int32_t requirement = -1;     ///< place in the rule's `when`
    std::int32_t cap = -1;             ///< place in the rule's caps
    std::uint32_t found = no_index;        ///< index into Settlement::values: the value found, in FEEL
    std::int64_t left = 0;             ///< see Reason
    std::int64_t given = 0;            ///< see Reason; signed as points are
    friend bool operator==(const Detail&, const Detail&) = default;
};

/// A rule that entries name.
struct RuleName {
    std::string rulebook, rule, group;  ///< ids; group may be empty
    friend bool operator==(const RuleName&, const RuleName&) = default;
};

/// Where a lot comes from, or a movement's kind. Lots are openings and awards; movements the others.
enum class Kind : std::uint8_t {
    opening,     ///< issuer → household
    award,       ///< issuer → household; cause: an entry
    deduction,   ///< household → deducted; cause: an entry (of a deduction, or reversing an award)
    returned_deduction,  ///< issuer → household; cause: the reversing entry
    redemption,  ///< household → redeemed; cause: an exchange
    returned_exchange,   ///< redeemed → household; cause: the exchange that returns
    expiry,      ///< household → expired; cause: a lot
    forfeit,     ///< household → forfeited; cause: a lot
};
GRIDGOV_EXPORT std::string_view word(Kind kind) noexcept;

/// Lots, grouped by household; within one in the order in which they came.
struct Lots {
    std::vector<std::size_t> offsets{0};
    std::vector<std::uint32_t> entries;   ///< the award, or none: an opening
    std::vector<std::int32_t> posted_on;
    std::vector<std::int32_t> expires_on; ///< first day on which it is gone; Date::none().days: never
    std::vector<std::int64_t> points;     ///< as issued
    std::vector<std::int64_t> left;       ///< on the as-of date
    std::size_t size() const noexcept { return points.size(); }
};

/// Points taken from a lot, or given back to it (negative). By household, then in time.
struct Spend {
    std::uint32_t lot = no_index;
    Kind kind = Kind::deduction;  ///< deduction or redemption: what `cause` is
    std::uint32_t cause = no_index;   ///< an entry, or an exchange
    std::int32_t day = 0;
    std::int64_t points = 0;
    friend bool operator==(const Spend&, const Spend&) = default;
};

/// The order of a day.
enum class Phase : std::uint8_t { expiry, openings, rows, exchanges, year_end };

/// Points that moved otherwise than by a lot's issue; what the ledger is made from, with the lots.
/// By household, then in time.
struct Movement {
    Kind kind = Kind::deduction;
    std::uint32_t household = no_index;
    std::uint32_t cause = no_index;    ///< see Kind
    std::uint32_t trigger = no_index;  ///< the row, or exchange, on whose account it moved, by phase
    Phase phase = Phase::rows;
    std::int32_t day = 0;
    std::int64_t points = 0;       ///< above 0
    friend bool operator==(const Movement&, const Movement&) = default;
};

/// What an entry still has to take: `owed` from later awards (carry), or overdrawn already.
struct Debt {
    std::uint32_t household = no_index;
    Kind kind = Kind::deduction;   ///< deduction or redemption
    std::uint32_t cause = no_index;    ///< an entry, or an exchange
    bool overdrawn = false;        ///< counted already, its lots still to come
    std::int64_t points = 0;
    friend bool operator==(const Debt&, const Debt&) = default;
};

/// Days on which a household's exchanges are refused.
struct Frozen {
    std::uint32_t household = no_index;
    std::uint32_t entry = no_index;
    std::int32_t from = 0, until = 0;  ///< until: the first free day; Date::none().days: for ever
    friend bool operator==(const Frozen&, const Frozen&) = default;
};

enum class ExchangeStatus : std::uint8_t { accepted, refused, pending };
GRIDGOV_EXPORT std::string_view word(ExchangeStatus status) noexcept;

enum class Refusal : std::uint8_t {
    nothing, unknown_good, not_in_force, frozen, out_of_stock, insufficient_balance,
    not_accepted,  ///< a return of an exchange that was not accepted before
};
GRIDGOV_EXPORT std::string_view word(Refusal refusal) noexcept;

/// Exchanges in the order (date, exchange_no).
struct Exchanges {
    Texts exchange_nos;
    std::vector<std::int32_t> dates;
    std::vector<std::uint32_t> households;
    std::vector<std::uint32_t> goods, shops;   ///< into Settlement::goods, shops
    std::vector<std::int64_t> quantities;
    std::vector<std::int64_t> points;          ///< price × quantity; of a return: given back; 0 unknown
    std::vector<ExchangeStatus> status;
    std::vector<Refusal> refusals;
    std::vector<std::int64_t> found;           ///< stock or balance that was there, where refused
    std::vector<std::uint32_t> returns;        ///< the exchange that it returns, or none
    std::vector<std::uint32_t> source_rows;    ///< row of the table given in this call, or none
    std::size_t size() const noexcept { return dates.size(); }
};

/// Households in the order (village, household id), bytes, with their accounts:
/// balance = opening + earned − deducted − redeemed − expired − forfeited.
struct Households {
    Texts ids;
    std::vector<std::uint32_t> villages;  ///< into Settlement::villages
    std::vector<std::int64_t> opening, earned, deducted, redeemed, expired, forfeited;
    std::vector<std::int64_t> pending;    ///< signed sum of its pending entries
    std::vector<std::int64_t> balance;
    std::size_t size() const noexcept { return balance.size(); }
};

/// The whole, in units. issued = held + deducted + redeemed + expired + forfeited if `conserved`.
struct Summary {
    std::int64_t issued = 0, held = 0, deducted = 0, redeemed = 0, expired = 0, forfeited = 0;
    std::int64_t pending = 0;
    bool conserved = true;
    /// held × the most that a unit of points buys among the goods in force that tell their cost,
    /// rounded to whole fen (half up); absent where none does.
    std::optional<std::int64_t> liability_fen;
    /// Sum over the villages of the budget of the rulebook in force; absent where none has one.
    std::optional<std::int64_t> budget_yuan;
    friend bool operator==(const Summary&, const Summary&) = default;
};

/// A settlement: everything known on the as-of date, in an order that depends neither on the order of
/// the rows given nor on threads.
struct Settlement {
    Date as_of;
    bool cancelled = false;  ///< all else is empty then
    Texts villages;          ///< in byte order, those left out not among them
    Texts person_ids, deeds, reviewers, goods, shops, values;  ///< what columns of indices name
    std::vector<RuleName> rules;
    Households households;
    Rows rows;
    std::vector<Reversal> reversals;
    Entries entries;
    std::vector<Detail> details;
    Lots lots;
    std::vector<Spend> spends;
    std::vector<Movement> movements;
    std::vector<Debt> debts;
    std::vector<Frozen> frozen;
    Exchanges exchanges;
    Summary summary;
    std::vector<std::string> left_out;  ///< villages with faults, in byte order
    std::vector<Finding> findings;      ///< why they were left out

    /// The detail of an entry, or nullptr. O(log n).
    GRIDGOV_EXPORT const Detail* detail(std::uint32_t entry) const noexcept;
    /// The row that a row takes back, and the one that takes it back; or none. O(log n), and the
    /// household's reversals.
    GRIDGOV_EXPORT std::uint32_t target_of(std::uint32_t row) const noexcept;
    GRIDGOV_EXPORT std::uint32_t reversed_by(std::uint32_t row) const noexcept;
    /// A household by id, or none. O(log n) within its village, so O(villages × log n).
    GRIDGOV_EXPORT std::uint32_t household(std::string_view id) const noexcept;
    /// Of a row: its household. O(log n).
    GRIDGOV_EXPORT std::uint32_t household_of_row(std::uint32_t row) const noexcept;
};

/// How much of the work is done, 0 to 1. Called from the calling thread, not often.
using Progress = std::function<void(double share)>;

struct Options {
    unsigned threads = 0;               ///< 0: all; the result does not depend on it
    bool skip_faulty_villages = false;  ///< leave them out whole, instead of throwing
    const std::atomic<bool>* cancel = nullptr;  ///< set to true from elsewhere: stop soon
    Progress progress;
};

/// Settles tables under rulebooks on a day, by the twelve rules of docs/explanation/points.md.
///
/// Deterministic: the same bytes for any order of the rows, of the rulebooks, and any number of
/// threads; work is parallel over villages. Integers only; every sum is checked for overflow.
/// About 0.3 µs a register row and core; memory about as much again as the tables.
/// Throws DataError with every fault of every table (9030 to 9069, and those of model tables), each
/// with its table and row. With `skip_faulty_villages` faults that belong to a village are kept in
/// `findings`, and only others throw: a household, or the village of a row, that nobody knows.
/// Throws UsageError for a column that has not its table's length (column_size_mismatch).
GRIDGOV_EXPORT
Settlement settle(const Rulebooks& rulebooks, const Tables& tables, Date as_of,
                  const Options& options = {});

/// Everything that a next posting needs to know of those before: the host keeps it. Immutable, cheap
/// to copy, safe to share between threads.
class State {
public:
    /// Nothing was ever posted.
    GRIDGOV_EXPORT State();

    /// The day up to which everything is posted; no date of the empty state.
    GRIDGOV_EXPORT Date as_of() const noexcept;
    /// All that was posted so far, equal to one settlement of everything (source_rows apart).
    GRIDGOV_EXPORT const Settlement& settlement() const noexcept;

    /// The state as bytes: the format of docs/explanation/points.md (section State), little-endian,
    /// with its version and a SHA-256 of the rest.
    GRIDGOV_EXPORT std::string to_bytes() const;
    /// Reads it back. Throws DataError (points_state_…) where the bytes are no state, of a later
    /// version, damaged, or contradict themselves. Never trusts a length.
    GRIDGOV_EXPORT static State from_bytes(std::string_view bytes);

    struct Data;
    explicit State(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
    const Data& data() const noexcept { return *data_; }

private:
    std::shared_ptr<const Data> data_;
};

/// What a posting did.
struct Posting {
    State state;  ///< its settlement() holds the entries below
    std::vector<std::uint32_t> entries;    ///< those that are new or changed, ascending
    std::vector<std::uint32_t> exchanges;  ///< likewise
};

/// Posts what is new: `events` holds the tables of HOUSEHOLDS, PERSONS and goods as they are now, and
/// register rows and exchanges that are new, or known already and the same (those that are not yet
/// posted may have changed, and must then post after the state's day). A posting of everything in
/// any split by posting day is the same as one settlement of everything; posting twice is once.
/// `as_of` must not be before the state's. What is posted is never rewritten: a row that would post
/// on or before the state's day is a fault (points_posts_in_the_past).
/// Errors as `settle`. Takes time in the whole state, not only in what is new.
GRIDGOV_EXPORT
Posting post(const Rulebooks& rulebooks, const Tables& events, Date as_of, const State& state,
             const Options& options = {});

}  // namespace gridgov::points
