// The ledger: double-entry postings of a settlement, chained by SHA-256 so that a changed past shows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/export.hpp"
#include "gridgov/finding.hpp"
#include "gridgov/points/settle.hpp"
#include "gridgov/points/tables.hpp"

namespace gridgov::points {

/// A SHA-256 digest (FIPS 180-4).
using Hash = std::array<std::uint8_t, 32>;

/// Lower-case hexadecimal, and back; nothing where the text is not 64 such digits.
GRIDGOV_EXPORT std::string hex(const Hash& hash);
GRIDGOV_EXPORT std::optional<Hash> parse_hash(std::string_view text) noexcept;

/// Where a chain of postings ends: what the next one goes on from. At first number 0 and zeros.
struct Chain {
    std::int64_t posting_no = 0;
    Hash hash{};
    friend bool operator==(const Chain&, const Chain&) = default;
};

enum class Account : std::uint8_t { issuer, household, redeemed, expired, forfeited, deducted };

/// Postings in time: by day; within one expiry, openings, register rows in the order of register_no,
/// exchanges in that of exchange_no, year end. Each moves points, above 0, from the debit account to
/// the credit account.
struct Ledger {
    std::vector<std::int32_t> dates;
    std::vector<Kind> kinds;
    std::vector<std::uint32_t> households;  ///< of `settlement.households`
    std::vector<std::uint32_t> shops;       ///< of `settlement.shops`, or none
    std::vector<std::int64_t> points;
    Texts sources;  ///< register_no, exchange_no, `opening:2026`, `expiry:NO`, `year_end:2026`
    std::vector<Hash> hashes;
    std::int64_t first_posting_no = 1;
    Chain end;      ///< hand it to the next ledger
    std::size_t size() const noexcept { return dates.size(); }
};

/// The accounts of a posting as ledger.csv names them: `issuer`, `household:ID`, `redeemed:SHOP`,
/// `expired`, `forfeited`, `deducted`.
GRIDGOV_EXPORT
std::string debit_account(const Settlement& settlement, const Ledger& ledger, std::size_t posting);
GRIDGOV_EXPORT
std::string credit_account(const Settlement& settlement, const Ledger& ledger, std::size_t posting);

/// The postings of a settlement dated after a day (no date: all), continuing a chain. The past of a
/// settlement never changes, so the ledger of everything is the ledger up to a day and the one after.
///
/// hash = SHA-256(hash before (32 bytes) + the netstrings of posting_no, date, debit account, credit
/// account, points, source, as ledger.csv shows them): in Python
/// `sha256(before + b"".join(b"%d:%s," % (len(f), f) for f in fields)).digest()`.
GRIDGOV_EXPORT
Ledger make_ledger(const Settlement& settlement, Date after = Date::none(), const Chain& start = {});

/// A ledger as somebody hands it in.
struct LedgerColumns {
    std::span<const std::int64_t> posting_nos;
    DateColumn dates;
    KeyColumn debit_accounts, credit_accounts;
    NumberColumn points;
    KeyColumn sources;
    KeyColumn hashes;
};

/// Checks a chain from its start: numbers that ascend by one, dates that do not descend, points above
/// 0, and every hash. Findings ledger_… with rows, none where all is well; `end` is where it ends.
GRIDGOV_EXPORT
std::vector<Finding> verify_chain(const LedgerColumns& ledger, const Chain& start, Chain& end);

}  // namespace gridgov::points
