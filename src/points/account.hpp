// A household's account: lots and what was taken from them, day by day.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "points/evaluate.hpp"
#include "points/records.hpp"

namespace gridgov::points {

/// Thrown inside: a household's sums do not fit 64 bits.
struct AccountOverflow {};

/// Adds, and throws where the sum does not fit.
inline void add_to(std::int64_t& sum, std::int64_t points) {
    if (__builtin_add_overflow(sum, points, &sum) || sum > points_limit || sum < -points_limit)
        throw AccountOverflow{};
}

/// What became of exchanges; each is written by its own household only.
struct ExchangeResults {
    std::vector<ExchangeStatus> status;
    std::vector<Refusal> refusals;
    std::vector<std::int64_t> points, found;
    std::vector<std::uint32_t> last_spend, debt;  ///< of the account
    std::vector<std::uint8_t> returned;
    void resize(std::size_t exchanges);
};

/// What is in stock of every price. Shared by households: where a stock can run out, who gets it is
/// found before (in the order of exchanges) and looked up here.
class Stock {
public:
    Stock(const ExchangeInputs& exchanges, const ExchangeResults& results, std::int32_t as_of);

    /// Whether a price's stock may run out, so that the order of households matters.
    bool scarce(std::uint32_t price) const noexcept { return scarce_[price]; }
    bool any_scarce() const noexcept { return any_scarce_; }

    /// While who gets scarce goods is being found, exchanges come in order.
    void find(bool finding) noexcept { finding_ = finding; }
    /// Whether so many are there; `found` becomes how many are.
    bool has(std::uint32_t exchange, std::uint32_t price, std::int64_t quantity, std::int64_t& found);
    void take(std::uint32_t price, std::int64_t quantity) noexcept {
        if (finding_) left_[price] -= quantity;
    }
    void give_back(std::uint32_t price, std::int64_t quantity) noexcept {
        if (finding_) left_[price] += quantity;
    }

private:
    std::vector<std::int64_t> left_;
    std::vector<bool> scarce_;
    std::vector<std::int64_t> seen_;  ///< of an exchange: what was there; −1: not looked up
    bool any_scarce_ = false, finding_ = false;
};

struct AccountLot {
    std::uint32_t entry = no_index;  ///< of the work
    std::int32_t posted_on = 0, expires_on = 0;
    std::int64_t points = 0, left = 0;
    bool queued = false;
};

/// What is still to come: `owed` from later awards, or drawn already from lots to come.
struct AccountDebt {
    Kind kind = Kind::deduction;
    std::uint32_t cause = no_index;
    bool overdrawn = false;
    std::int64_t points = 0;
};

struct AccountSpend {
    Spend spend;
    std::uint32_t before = no_index;  ///< the one before of the same cause
};

class Account {
public:
    explicit Account(const Job& job, Stock& stock, ExchangeResults& results)
        : job_(job), stock_(stock), results_(results) {}

    /// Takes over a household, with its rows evaluated in `work`.
    void begin(Work& work, std::uint32_t household);
    /// Everything up to the as-of date, and what is pending then.
    void run();
    /// Everything up to an exchange of the household (a place in Job::exchange_order), it included.
    void run_through(std::uint32_t place);

    std::uint32_t household = no_index;
    std::int64_t opening = 0, earned = 0, deducted = 0, redeemed = 0, expired = 0, forfeited = 0;
    std::int64_t pending = 0, balance = 0;
    std::vector<AccountLot> lots;
    std::vector<AccountSpend> spends;
    std::vector<Movement> movements;  ///< causes: entries of the work, exchanges, lots
    std::vector<AccountDebt> debts;
    std::vector<Frozen> frozen;       ///< entries of the work

private:
    struct Floor {
        std::int64_t floor = 0;
        BelowFloor policy = BelowFloor::reject;
    };

    void restore(std::uint32_t before_household);
    void run_until(std::int32_t day, Phase phase, std::uint32_t exchange);
    void take_entry_back(std::uint32_t row, std::uint32_t e);
    void reverse_entry(std::uint32_t row, std::uint32_t e);
    void post_row(std::uint32_t row);
    void preview_row(std::uint32_t row);
    void preview_reversal(std::uint32_t row);
    void award(std::uint32_t entry, std::int64_t points, std::int32_t expires_on);
    void add_lot(std::uint32_t entry, std::int64_t points, std::int32_t expires_on);
    std::int64_t deduct(std::uint32_t entry, std::int64_t points, const Floor& floor);
    std::int64_t allowed(std::int64_t points, std::int64_t balance, const Floor& floor) const;
    std::int64_t reverse(std::uint32_t entry, const Floor& floor);
    std::int64_t outstanding(std::uint32_t last_spend, std::uint32_t debt) const;
    void take_back(std::uint32_t& last_spend, std::uint32_t debt);
    void open(const CalendarEvent& event);
    /// The debts of one cause: at most two, next to each other, what was overdrawn and what is owed.
    template <class Visit>
    void for_debts(std::uint32_t debt, Visit visit) const {
        if (debt == no_index) return;
        for (std::uint32_t d = debt > 0 ? debt - 1 : 0; d <= debt; ++d)
            if (debts[d].kind == debts[debt].kind && debts[d].cause == debts[debt].cause) visit(d);
    }
    void take(Kind kind, std::uint32_t cause, std::int64_t points);
    void take_from(std::uint32_t lot, Kind kind, std::uint32_t cause, std::int64_t points);
    void give_back(std::uint32_t lot, std::int64_t points);
    void expire(std::uint32_t lot);
    void clear_lots();
    void exchange(std::uint32_t exchange);
    void return_exchange(std::uint32_t exchange);
    bool is_frozen(std::int32_t day) const noexcept;
    void queue(std::uint32_t lot);
    void unqueue();
    void move(Kind kind, std::uint32_t cause, std::int64_t points);
    /// Where no rulebook is in force: what is above 0 can be taken.
    Floor floor_on(std::uint32_t rulebook) const noexcept;
    std::uint32_t& last_spend_of(Kind kind, std::uint32_t cause) noexcept;
    std::uint32_t& debt_of(Kind kind, std::uint32_t cause) noexcept;
    void floored(WorkEntry& entry, std::int64_t points, std::int64_t taken, BelowFloor policy);
    bool received_opening(const CalendarEvent& event) const noexcept;

    const Job& job_;
    Stock& stock_;
    ExchangeResults& results_;
    Work* work_ = nullptr;
    std::vector<std::uint32_t> heap_;  ///< lots with points left, first to expire first
    std::uint32_t first_debt_ = 0;     ///< those before are paid
    std::uint32_t first_overdraft_ = 0;
    std::uint32_t row_ = 0, rows_end_ = 0, rows_begin_ = 0;
    std::uint32_t event_ = 0;
    std::uint32_t exchange_ = 0, exchanges_end_ = 0;
    std::int32_t opening_year_ = 0;  ///< of the last opening; 0: none was ever received
    bool late_opening_ = false;
    // Where we are.
    std::int32_t day_ = 0;
    Phase phase_ = Phase::expiry;
    std::uint32_t trigger_ = no_index;
};

}  // namespace gridgov::points
