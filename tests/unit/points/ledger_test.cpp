// The ledger: postings by day, a chain that shows every change, the same in parts.
#include "gridgov/points/ledger.hpp"

#include <doctest/doctest.h>

#include <map>

#include "points/sha256.hpp"
#include "village.hpp"

using namespace gridgov;
using namespace gridgov::points;
using namespace gridgov::points::test;

namespace {

struct Written {
    std::vector<std::int64_t> numbers;
    std::vector<std::string> dates, debits, credits, points, sources, hashes;
    LedgerColumns columns() const {
        const auto texts = [](const std::vector<std::string>& list) {
            return KeyColumn(TextColumn(std::span<const std::string>(list)));
        };
        LedgerColumns columns;
        columns.posting_nos = numbers;
        columns.dates.texts = texts(dates);
        columns.debit_accounts = texts(debits);
        columns.credit_accounts = texts(credits);
        columns.points.texts = texts(points);
        columns.sources = texts(sources);
        columns.hashes = texts(hashes);
        return columns;
    }
};

Written write(const Settlement& settlement, const Ledger& ledger) {
    Written out;
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        out.numbers.push_back(ledger.first_posting_no + static_cast<std::int64_t>(i));
        out.dates.push_back(date_text(Date{ledger.dates[i]}));
        out.debits.push_back(debit_account(settlement, ledger, i));
        out.credits.push_back(credit_account(settlement, ledger, i));
        out.points.push_back(std::to_string(ledger.points[i]));
        out.sources.emplace_back(ledger.sources[i]);
        out.hashes.push_back(hex(ledger.hashes[i]));
    }
    return out;
}

Village a_year() {
    Village village;
    village.households = {{"h2", "a"}, {"h1", "a"}};
    village.deeds = {{"2", "2026-01-02", "h2", "good"},
                     {"1", "2026-01-02", "h1", "good"},
                     {"3", "2026-01-03", "h1", "bad"},
                     {.no = "4", .date = "2026-01-04", .household = "h1", .deed = "", .reverses = "3"}};
    village.goods = {{.good = "pot", .points = 3, .shop = "s"}};
    village.exchanges = {{.no = "x1", .date = "2026-01-05", .household = "h2", .good = "pot", .shop = "s"},
                         {.no = "x2", .date = "2026-01-06", .household = "h2", .good = "", .quantity = no_number, .shop = "s", .returns = "x1"}};
    return village;
}

Rulebook a_rulebook() {
    Rule good = rule("good", 10);
    good.expires_after_months = 1;
    Rulebook book = rulebook({good, rule("bad", -4)});
    book.effective_from = day("2026-01-01");
    book.opening = Opening{100, OpeningPeriod::year};
    book.year_end = YearEnd::clear;
    return book;
}

}  // namespace

TEST_CASE("postings in their order, accounts by name, every account's sum its household's balance") {
    Village village = a_year();
    const Settlement s = village.settle(a_rulebook(), "2026-12-31");
    const Ledger ledger = make_ledger(s);
    const Written w = write(s, ledger);
    const std::vector<std::string> wanted{
        "2026-01-01 issuer>household:h1 100 opening:2026",
        "2026-01-01 issuer>household:h2 100 opening:2026",
        "2026-01-02 issuer>household:h1 10 1",
        "2026-01-02 issuer>household:h2 10 2",
        "2026-01-03 household:h1>deducted 4 3",
        "2026-01-04 issuer>household:h1 4 4",
        "2026-01-05 household:h2>redeemed:s 3 x1",
        "2026-01-06 redeemed:s>household:h2 3 x2",
        "2026-02-02 household:h1>expired 10 expiry:1",
        "2026-02-02 household:h2>expired 10 expiry:2",
        "2026-12-31 household:h1>forfeited 100 year_end:2026",
        "2026-12-31 household:h2>forfeited 100 year_end:2026"};
    std::vector<std::string> got;
    for (std::size_t i = 0; i < w.numbers.size(); ++i)
        got.push_back(w.dates[i] + " " + w.debits[i] + ">" + w.credits[i] + " " + w.points[i] + " " + w.sources[i]);
    CHECK(got == wanted);
    std::map<std::string, std::int64_t> sums;
    for (std::size_t i = 0; i < w.numbers.size(); ++i) {
        sums[w.debits[i]] -= ledger.points[i];
        sums[w.credits[i]] += ledger.points[i];
    }
    CHECK(-sums["issuer"] == s.summary.issued);
    CHECK(sums["deducted"] == s.summary.deducted);
    CHECK(sums["expired"] == s.summary.expired);
    CHECK(sums["forfeited"] == s.summary.forfeited);
    CHECK(sums["redeemed:s"] == s.summary.redeemed);
    for (std::uint32_t h = 0; h < s.households.size(); ++h)
        CHECK(sums["household:" + std::string(s.households.ids[h])] == s.households.balance[h]);
}

TEST_CASE("the chain: as documented, in parts as in whole, and every change shows") {
    Village village = a_year();
    const Settlement s = village.settle(a_rulebook(), "2026-12-31");
    const Ledger ledger = make_ledger(s);
    // As the header tells it, for the first posting.
    const std::string first = std::string(32, '\0') +
        "1:1,10:2026-01-01,6:issuer,12:household:h1,3:100,12:opening:2026,";
    CHECK(ledger.hashes.at(0) == sha256(first));
    const Ledger before = make_ledger(village.settle(a_rulebook(), "2026-01-04"));
    const Ledger after = make_ledger(s, day("2026-01-04"), before.end);
    CHECK(before.size() + after.size() == ledger.size());
    CHECK(after.end == ledger.end);

    const Written w = write(s, ledger);
    Chain end;
    CHECK(verify_chain(w.columns(), {}, end).empty());
    CHECK(end == ledger.end);
    const auto faults = [&](Written changed) {
        std::vector<Code> codes;
        for (const Finding& finding : verify_chain(changed.columns(), {}, end)) codes.push_back(finding.code);
        return codes;
    };
    Written changed = w;
    changed.points[2] = "11";
    CHECK(faults(changed) == std::vector<Code>{Code::ledger_hash_wrong});
    changed = w;
    changed.credits[3] = "household:h1";
    CHECK(faults(changed) == std::vector<Code>{Code::ledger_hash_wrong});
    changed = w;
    changed.hashes[4].front() = changed.hashes[4].front() == '0' ? '1' : '0';
    CHECK(faults(changed) == std::vector<Code>{Code::ledger_hash_wrong, Code::ledger_hash_wrong});
    changed = w;
    for (auto* column : {&changed.dates, &changed.debits, &changed.credits, &changed.points, &changed.sources, &changed.hashes})
        column->erase(column->begin() + 5);
    changed.numbers.erase(changed.numbers.begin() + 5);
    CHECK(faults(changed) == std::vector<Code>{Code::ledger_number_wrong, Code::ledger_hash_wrong});
    changed = w;
    changed.points[0] = "-1";
    changed.dates[1] = "2025-01-01";
    CHECK(faults(changed).size() == 4);
    CHECK(parse_hash(hex(ledger.end.hash)) == ledger.end.hash);
    CHECK(!parse_hash("00"));
    CHECK(make_ledger(Settlement{}).size() == 0);
}

TEST_CASE("many postings of one day stand in the order of their register_nos, whatever their beginnings") {
    for (const std::size_t length : {std::size_t{3}, std::size_t{20}}) {
        CAPTURE(length);
        Village village;
        for (int h = 0; h < 7; ++h) village.households.emplace_back("h" + std::to_string(h), "a");
        for (std::uint32_t r = 0; r < 1'500; ++r) {
            // Of differing lengths, and beyond the eight bytes that are sorted by alone.
            std::string no = "R" + std::to_string(r * 7'919 % 1'500);
            if (r % 3 == 0) no += std::string(length, static_cast<char>('a' + r % 20));
            village.deeds.push_back({no, "2026-01-02", "h" + std::to_string(r % 7), r % 5 == 0 ? "two" : "good"});
        }
        const Settlement s =
            village.settle(rulebook({rule("good", 5), rule("first", 1, "two"), rule("second", 2, "two")}),
                           "2026-02-01");
        const Ledger ledger = make_ledger(s);
        REQUIRE(ledger.size() == 1'800);
        for (std::size_t i = 1; i < ledger.size(); ++i) {
            REQUIRE(ledger.sources[i - 1] <= ledger.sources[i]);
            if (ledger.sources[i - 1] == ledger.sources[i]) REQUIRE(ledger.points[i - 1] < ledger.points[i]);
        }
        Chain end;
        CHECK(verify_chain(write(s, ledger).columns(), {}, end).empty());
        CHECK(end.hash == ledger.end.hash);
    }
}
