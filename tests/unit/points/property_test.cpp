// Properties over random villages: conservation, floors, and the same result for any order of rows,
// rows given twice, any number of threads and any split into postings.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "village.hpp"

using namespace gridgov;
using namespace gridgov::points;
using namespace gridgov::points::test;

namespace {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : engine_(seed) {}
    std::int64_t upto(std::int64_t most) {  // 0 to most
        return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(most + 1));
    }
    bool in(std::int64_t chances) { return upto(chances - 1) == 0; }
    template <class List>
    auto of(const List& list) { return list[static_cast<std::size_t>(upto(static_cast<std::int64_t>(list.size()) - 1))]; }
    std::string date(std::string_view from, std::int64_t days) {
        return date_text(day(from) + static_cast<std::int32_t>(upto(days)));
    }
    std::mt19937_64& engine() { return engine_; }

private:
    std::mt19937_64 engine_;
};

const std::vector<std::string> deeds{"a", "b", "c", "d", "e"};

std::vector<Rulebook> random_rulebooks(Chance& chance) {
    std::vector<Rulebook> books;
    const std::int64_t count = 1 + chance.upto(2);
    Date from = day("2025-01-01");
    for (std::int64_t b = 0; b < count; ++b) {
        Rulebook book;
        book.id = "book" + std::to_string(b);
        book.villages = {"*"};
        book.effective_from = from;
        from = from + static_cast<std::int32_t>(100 + chance.upto(300));
        if (b + 1 < count) book.effective_to = from;
        if (chance.in(4)) from = from + 20;
        if (!chance.in(3)) book.opening = Opening{chance.upto(19) + 1, chance.in(2) ? OpeningPeriod::year : OpeningPeriod::once};
        book.floor = chance.upto(8) - 4;
        book.below_floor = static_cast<BelowFloor>(chance.upto(3));
        book.objection_days = static_cast<std::int32_t>(chance.upto(3));
        book.year_end = chance.in(3) ? YearEnd::clear : YearEnd::carry;
        book.budget_yuan = 10000;
        book.groups = {{.id = "g", .title = {}, .hit_policy = static_cast<HitPolicy>(chance.upto(3))},
                       {.id = "k", .title = {}, .hit_policy = HitPolicy::sum}};
        for (std::int64_t r = 0; r < 6; ++r) {
            Rule made = rule("rule" + std::to_string(r), chance.upto(20) - 8, chance.of(deeds));
            made.per = static_cast<Per>(chance.upto(3));
            if (chance.in(3)) made.units_max = chance.upto(4);
            if (chance.in(2)) made.group = chance.in(2) ? "g" : "k";
            if (chance.in(4)) made.cooldown_days = static_cast<std::int32_t>(chance.upto(20));
            if (chance.in(4)) made.expires_after_months = static_cast<std::int32_t>(1 + chance.upto(5));
            if (chance.in(6)) made.evidence_min = 1;
            if (chance.in(5)) made.when.push_back({"age", chance.in(2) ? ">= 18" : "null,[10..20]"});
            if (chance.in(5)) made.when.push_back({"role", "not(\"student\")"});
            if (chance.in(8)) made.freeze = *Freeze::parse(chance.in(2) ? "P1M" : "end_of_year");
            if (chance.in(5)) made.nearest_of = {chance.of(deeds)};
            const std::int64_t caps = chance.upto(2);
            for (std::int64_t c = 0; c < caps; ++c) {
                Cap cap;
                cap.over = static_cast<CapOver>(chance.upto(2));
                if (cap.over == CapOver::group && made.group.empty()) cap.over = CapOver::rule;
                cap.scope = chance.in(4) ? Scope::village : Scope::household;
                cap.period = static_cast<Period>(chance.upto(5));
                cap.limit = chance.upto(25);
                cap.mode = chance.in(3) ? CapMode::reject : CapMode::clip;
                cap.measure = chance.in(3) ? Measure::count : Measure::points;
                made.caps.push_back(cap);
            }
            book.rules.push_back(made);
        }
        books.push_back(book);
    }
    return books;
}

Village random_village(Chance& chance, std::int64_t rows) {
    Village village;
    for (int h = 0; h < 5; ++h)
        village.households.emplace_back("h" + std::to_string(h), h < 3 ? "east" : "west");
    for (int p = 0; p < 6; ++p)
        village.persons.push_back({"p" + std::to_string(p), "h" + std::to_string(p % 5), "", "",
                                   chance.in(4) ? "" : std::to_string(chance.upto(30)),
                                   chance.of(std::vector<std::string>{"student", "party_member", ""})});
    for (std::int64_t i = 0; i < rows; ++i) {
        DeedRow row;
        row.no = std::to_string(100 + i);
        row.date = chance.date("2025-01-01", 700);
        row.household = chance.of(village.households).first;
        row.deed = chance.of(deeds);
        row.stage = chance.in(6) ? chance.of(std::vector<std::string>{"declared", "reviewed", "published", "rejected"}) : "posted";
        if (chance.in(2)) row.units = chance.upto(4);
        if (!chance.in(4)) row.person = chance.of(village.persons).id;
        if (chance.in(3)) row.recorded_on = date_text(day(row.date) + static_cast<std::int32_t>(chance.upto(90)));
        if (row.stage == "published" || chance.in(6)) row.published_on = date_text(day(row.date) + static_cast<std::int32_t>(chance.upto(30)));
        if (chance.in(15)) row.objection = "upheld";
        if (chance.in(2)) row.evidence = "photo;photo";
        village.deeds.push_back(row);
    }
    // Some are taken back, some before they post.
    std::vector<std::string> taken;
    for (std::int64_t i = 0; i < rows / 6; ++i) {
        const DeedRow& target = village.deeds[static_cast<std::size_t>(chance.upto(rows - 1))];
        if (std::find(taken.begin(), taken.end(), target.no) != taken.end()) continue;
        taken.push_back(target.no);
        DeedRow row;
        row.no = std::to_string(500 + i);
        row.date = date_text(day(target.date) + static_cast<std::int32_t>(chance.upto(120)));
        row.household = target.household;
        row.reverses = target.no;
        row.stage = chance.in(8) ? "declared" : "posted";
        village.deeds.push_back(row);
    }
    for (const char* good : {"pot", "rice"})
        for (int k = 0; k < 2; ++k)
            village.goods.push_back({.good = good, .points = 1 + chance.upto(6), .stock = chance.upto(12),
                                     .shop = "s", .from = date_text(day("2025-01-15") + 200 * k), .fen = 100});
    for (std::int64_t i = 0; i < rows / 3; ++i) {
        ExchangeRow row;
        row.no = "x" + std::to_string(100 + i);
        row.date = chance.date("2025-01-10", 690);
        row.household = chance.of(village.households).first;
        row.good = chance.in(10) ? "pan" : chance.in(2) ? "pot" : "rice";
        row.quantity = 1 + chance.upto(3);
        row.shop = "s";
        village.exchanges.push_back(row);
    }
    const std::size_t exchanges = village.exchanges.size();
    taken.clear();
    for (std::size_t i = 0; i < exchanges / 4; ++i) {
        const ExchangeRow target = village.exchanges[static_cast<std::size_t>(chance.upto(static_cast<std::int64_t>(exchanges) - 1))];
        if (std::find(taken.begin(), taken.end(), target.no) != taken.end()) continue;
        taken.push_back(target.no);
        village.exchanges.push_back({.no = "y" + std::to_string(100 + i), .date = date_text(day(target.date) + static_cast<std::int32_t>(chance.upto(60))),
                                     .household = target.household, .good = "", .quantity = no_number, .shop = "s", .returns = target.no});
    }
    return village;
}

}  // namespace

TEST_CASE("random villages: conserved, above the floor, and the same whatever the order") {
    int postings = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        Chance chance(seed);
        const Rulebooks books = Rulebooks::make(random_rulebooks(chance));
        Village village = random_village(chance, 10 + chance.upto(60));
        const std::string as_of = chance.date("2025-06-01", 600);
        const Settlement s = village.settle(books, as_of);
        CHECK(s.summary.conserved);
        const std::string wanted = dump(s);

        // balance ≥ floor wherever the policy is never `allow`, floors do not rise, and lots do not
        // leave by themselves.
        bool allows = false;
        std::int64_t floor = 0;
        for (const Rulebook& book : books.all()) {
            allows = allows || book.below_floor == BelowFloor::allow;
            floor = std::min(floor, book.floor);
        }
        for (const std::int64_t balance : s.households.balance)
            if (!allows) CHECK(balance >= floor);

        Village permuted = village;
        std::shuffle(permuted.deeds.begin(), permuted.deeds.end(), chance.engine());
        std::shuffle(permuted.exchanges.begin(), permuted.exchanges.end(), chance.engine());
        std::shuffle(permuted.households.begin(), permuted.households.end(), chance.engine());
        std::shuffle(permuted.persons.begin(), permuted.persons.end(), chance.engine());
        std::shuffle(permuted.goods.begin(), permuted.goods.end(), chance.engine());
        CHECK(dump(permuted.settle(books, as_of)) == wanted);

        Village doubled = permuted;
        doubled.deeds.insert(doubled.deeds.end(), village.deeds.begin(), village.deeds.end());
        doubled.exchanges.insert(doubled.exchanges.end(), village.exchanges.begin(), village.exchanges.end());
        CHECK(dump(doubled.settle(books, as_of, 2)) == wanted);

        // Splits: rows are given when they post, or before; some again.
        State state;
        std::vector<std::string> days{as_of};
        for (int i = 0; i < 3; ++i) days.push_back(chance.date("2025-01-01", day(as_of) - day("2025-01-01")));
        std::sort(days.begin(), days.end());
        std::vector<std::uint8_t> given(village.deeds.size()), exchanged(village.exchanges.size());
        for (const std::string& until : days) {
            Village part = village;
            part.deeds.clear();
            part.exchanges.clear();
            const bool last = until == as_of;
            for (std::size_t i = 0; i < village.deeds.size(); ++i) {
                std::int32_t posts = Date::none().days;
                for (std::size_t row = 0; row < s.rows.size(); ++row)
                    if (s.rows.register_nos[row] == village.deeds[i].no) posts = s.rows.posted_on[row];
                // A row that another takes back must be known by then.
                const bool now = last || posts <= day(until).days || chance.in(4) || village.deeds[i].reverses.empty();
                if (now && (given[i] == 0 || chance.in(3))) {
                    part.deeds.push_back(village.deeds[i]);
                    given[i] = 1;
                }
            }
            for (std::size_t i = 0; i < village.exchanges.size(); ++i) {
                const bool now = last || village.exchanges[i].date <= until || village.exchanges[i].returns.empty();
                if (now && (exchanged[i] == 0 || chance.in(3))) {
                    part.exchanges.push_back(village.exchanges[i]);
                    exchanged[i] = 1;
                }
            }
            Posting posting = post(books, part.tables(), day(until), state, with_threads(1));
            CHECK(posting.state.settlement().summary.conserved);
            state = State::from_bytes(posting.state.to_bytes());
            CHECK(state.to_bytes() == posting.state.to_bytes());
            ++postings;
        }
        const std::string got = dump(state.settlement());
        CHECK(got == wanted);
        if (got != wanted) {
            std::size_t at = 0;
            while (at < got.size() && at < wanted.size() && got[at] == wanted[at]) ++at;
            MESSAGE(got.substr(at > 200 ? at - 200 : 0, 400) << "\n--- wanted\n" << wanted.substr(at > 200 ? at - 200 : 0, 400));
            return;
        }
        // Once more the same: nothing is new.
        const Posting again = post(books, village.tables(), day(as_of), state, with_threads(2));
        CHECK(again.entries.empty());
        CHECK(again.exchanges.empty());
        CHECK(dump(again.state.settlement()) == wanted);
    }
    CHECK(postings == 1200);
}
