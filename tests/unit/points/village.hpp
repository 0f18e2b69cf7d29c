// Small villages for tests: tables by rows, settled and looked up by id.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/points/settle.hpp"

namespace gridgov::points::test {

inline Date day(std::string_view text) {
    const auto date = parse_date(text);
    if (!date) throw std::invalid_argument(std::string(text));
    return *date;
}

inline Rule rule(std::string id, std::int64_t points, std::string deed = {}) {
    Rule made;
    made.id = std::move(id);
    made.deed = deed.empty() ? made.id : std::move(deed);
    made.points = points;
    return made;
}

inline Rulebook rulebook(std::vector<Rule> rules, std::string id = "r") {
    Rulebook made;
    made.id = std::move(id);
    made.villages = {"*"};
    made.effective_from = day("2020-01-01");
    made.rules = std::move(rules);
    return made;
}

struct DeedRow {
    std::string no = {}, date = {}, household = {}, deed = {};
    std::string stage = "posted";
    std::int64_t units = no_number;
    std::string person = {}, reverses = {}, recorded_on = {}, published_on = {}, objection = {};
    std::string evidence = {}, witnesses = {}, mended_on = {};
};

struct ExchangeRow {
    std::string no = {}, date = {}, household = {}, good = {};
    std::int64_t quantity = 1;
    std::string shop = {}, returns = {};
};

struct GoodRow {
    std::string good = {};
    std::int64_t points = 1, stock = 1'000'000;
    std::string shop = {}, from = "2020-01-01";
    std::int64_t fen = no_number;
};

struct PersonRow {
    std::string id, household, from, to, age, role;
};

inline Options with_threads(unsigned threads) {
    Options options;
    options.threads = threads;
    return options;
}

/// Tables as rows; `tables()` borrows from it.
struct Village {
    std::vector<std::pair<std::string, std::string>> households;  ///< id, village
    std::vector<std::string> kinds;  ///< of households, where given: a column `kind`
    std::vector<PersonRow> persons;
    std::vector<DeedRow> deeds;
    std::vector<ExchangeRow> exchanges;
    std::vector<GoodRow> goods;

    const Tables& tables() {
        texts_.clear();
        numbers_.clear();
        days_.clear();
        texts_.reserve(64);
        numbers_.reserve(16);
        tables_ = Tables{};
        tables_.households.household_ids = column(households, [](const auto& row) { return row.first; });
        tables_.households.villages = column(households, [](const auto& row) { return row.second; });
        if (!kinds.empty()) {
            NamedColumn kind;
            kind.name = "kind";
            kind.keys = column(kinds, [](const auto& row) { return row; });
            tables_.households.columns.push_back(kind);
        }
        if (!persons.empty()) {
            PersonTable& table = tables_.persons;
            table.person_ids = column(persons, [](const auto& row) { return row.id; });
            table.household_ids = column(persons, [](const auto& row) { return row.household; });
            table.valid_from.texts = column(persons, [](const auto& row) { return row.from; });
            table.valid_to.texts = column(persons, [](const auto& row) { return row.to; });
            NamedColumn age, role;
            age.name = "age";
            age.values.texts = column(persons, [](const auto& row) { return row.age; }).texts();
            role.name = "role";
            role.keys = column(persons, [](const auto& row) { return row.role; });
            table.columns = {age, role};
        }
        RegisterTable& table = tables_.deeds;
        table.register_nos = column(deeds, [](const auto& row) { return row.no; });
        table.dates.texts = column(deeds, [](const auto& row) { return row.date; });
        table.household_ids = column(deeds, [](const auto& row) { return row.household; });
        table.person_ids = column(deeds, [](const auto& row) { return row.person; });
        table.deeds = column(deeds, [](const auto& row) { return row.deed; });
        numbers_.emplace_back();
        for (const DeedRow& row : deeds) numbers_.back().push_back(row.units);
        table.units.integers = numbers_.back();
        table.evidence.texts = column(deeds, [](const auto& row) { return row.evidence; });
        table.witnesses.texts = column(deeds, [](const auto& row) { return row.witnesses; });
        table.stages = column(deeds, [](const auto& row) { return row.stage; });
        table.reverses = column(deeds, [](const auto& row) { return row.reverses; });
        table.recorded_on.texts = column(deeds, [](const auto& row) { return row.recorded_on; });
        table.published_on.texts = column(deeds, [](const auto& row) { return row.published_on; });
        table.objections = column(deeds, [](const auto& row) { return row.objection; });
        table.mended_on.texts = column(deeds, [](const auto& row) { return row.mended_on; });
        if (!exchanges.empty()) {
            ExchangeTable& given = tables_.exchanges;
            given.exchange_nos = column(exchanges, [](const auto& row) { return row.no; });
            given.dates.texts = column(exchanges, [](const auto& row) { return row.date; });
            given.household_ids = column(exchanges, [](const auto& row) { return row.household; });
            given.goods = column(exchanges, [](const auto& row) { return row.good; });
            numbers_.emplace_back();
            for (const ExchangeRow& row : exchanges) numbers_.back().push_back(row.quantity);
            given.quantities.integers = numbers_.back();
            given.shops = column(exchanges, [](const auto& row) { return row.shop; });
            given.returns = column(exchanges, [](const auto& row) { return row.returns; });
        }
        if (!goods.empty()) {
            GoodTable& given = tables_.goods;
            given.goods = column(goods, [](const auto& row) { return row.good; });
            for (const auto member : {&GoodRow::points, &GoodRow::stock, &GoodRow::fen}) {
                numbers_.emplace_back();
                for (const GoodRow& row : goods) numbers_.back().push_back(row.*member);
            }
            const std::size_t last = numbers_.size();
            given.points.integers = numbers_[last - 3];
            given.stock.integers = numbers_[last - 2];
            given.fen.integers = numbers_[last - 1];
            given.shops = column(goods, [](const auto& row) { return row.shop; });
            given.effective_from.texts = column(goods, [](const auto& row) { return row.from; });
        }
        return tables_;
    }

    Settlement settle(const Rulebooks& rulebooks, std::string_view as_of, unsigned threads = 1) {
        return points::settle(rulebooks, tables(), day(as_of), with_threads(threads));
    }
    Settlement settle(const Rulebook& rulebook, std::string_view as_of) {
        return settle(Rulebooks::make({rulebook}), as_of);
    }

private:
    template <class Row, class Of>
    KeyColumn column(const std::vector<Row>& rows, Of of) {
        texts_.emplace_back();
        for (const Row& row : rows) texts_.back().push_back(of(row));
        return TextColumn(std::span<const std::string>(texts_.back()));
    }
    std::vector<std::vector<std::string>> texts_;
    std::vector<std::vector<std::int64_t>> numbers_;
    std::vector<std::vector<std::int32_t>> days_;
    Tables tables_;
};

/// The entries of a register row.
inline std::vector<std::uint32_t> entries_of(const Settlement& settlement, std::string_view no) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t e = 0; e < settlement.entries.size(); ++e)
        if (settlement.rows.register_nos[settlement.entries.rows[e]] == no) found.push_back(e);
    return found;
}

/// The points of a row's only entry.
inline std::int64_t points_of(const Settlement& settlement, std::string_view no) {
    const auto found = entries_of(settlement, no);
    if (found.size() != 1) throw std::logic_error("not one entry: " + std::string(no));
    return settlement.entries.points[found.front()];
}

inline Status status_of(const Settlement& settlement, std::string_view no) {
    return settlement.entries.status[entries_of(settlement, no).at(0)];
}
inline Reason reason_of(const Settlement& settlement, std::string_view no) {
    return settlement.entries.reasons[entries_of(settlement, no).at(0)];
}

inline std::int64_t balance_of(const Settlement& settlement, std::string_view household) {
    return settlement.households.balance.at(settlement.household(household));
}

inline std::uint32_t exchange_of(const Settlement& settlement, std::string_view no) {
    for (std::uint32_t e = 0; e < settlement.exchanges.size(); ++e)
        if (settlement.exchanges.exchange_nos[e] == no) return e;
    throw std::logic_error("no exchange " + std::string(no));
}

/// The codes of the faults that a call throws.
template <class Call>
std::vector<Code> faults_of(Call call) {
    std::vector<Code> codes;
    try {
        call();
    } catch (const DataError& error) {
        for (const Finding& finding : error.findings()) codes.push_back(finding.code);
    }
    return codes;
}

/// Two settlements with the same content, whatever rows they came from.
inline std::string dump(const Settlement& s) {
    std::string out;
    const auto add = [&](auto value) { out += std::to_string(value) + " "; };
    const auto text = [&](const Texts& texts, std::uint32_t i) {
        out += i == no_index ? std::string("- ") : std::string(texts[i]) + " ";
    };
    for (std::uint32_t h = 0; h < s.households.size(); ++h) {
        out += std::string(s.villages[s.households.villages[h]]) + "/" + std::string(s.households.ids[h]) + ": ";
        for (const auto* column : {&s.households.opening, &s.households.earned, &s.households.deducted,
                                   &s.households.redeemed, &s.households.expired, &s.households.forfeited,
                                   &s.households.pending, &s.households.balance})
            add((*column)[h]);
        add(s.rows.offsets[h + 1]);
        add(s.lots.offsets[h + 1]);
        out += "\n";
    }
    for (std::uint32_t row = 0; row < s.rows.size(); ++row) {
        out += std::string(s.rows.register_nos[row]) + " ";
        add(s.rows.dates[row]);
        add(s.rows.posted_on[row]);
        text(s.person_ids, s.rows.persons[row]);
        text(s.deeds, s.rows.deeds[row]);
        add(s.rows.units[row]);
        add(s.target_of(row));
        out += "\n";
    }
    for (std::uint32_t e = 0; e < s.entries.size(); ++e) {
        add(s.entries.rows[e]);
        out += s.entries.rules[e] == no_index ? "- " : s.rules[s.entries.rules[e]].rule + " ";
        out += std::string(word(s.entries.status[e])) + " " + std::string(word(s.entries.reasons[e])) + " ";
        add(s.entries.points[e]);
        add(s.entries.points_clipped[e]);
        if (const Detail* detail = s.detail(e)) {
            out += detail->rule == no_index ? "- " : s.rules[detail->rule].rule + " ";
            add(detail->row);
            add(detail->requirement);
            add(detail->cap);
            text(s.values, detail->found);
            add(detail->left);
            add(detail->given);
        }
        out += "\n";
    }
    for (std::uint32_t lot = 0; lot < s.lots.size(); ++lot) {
        add(s.lots.entries[lot]);
        add(s.lots.posted_on[lot]);
        add(s.lots.expires_on[lot]);
        add(s.lots.points[lot]);
        add(s.lots.left[lot]);
        out += "\n";
    }
    for (const Spend& spend : s.spends) {
        add(spend.lot);
        out += std::string(word(spend.kind)) + " ";
        add(spend.cause);
        add(spend.day);
        add(spend.points);
        out += "\n";
    }
    for (const Movement& movement : s.movements) {
        out += std::string(word(movement.kind)) + " ";
        add(movement.household);
        add(movement.cause);
        add(movement.trigger);
        add(static_cast<int>(movement.phase));
        add(movement.day);
        add(movement.points);
        out += "\n";
    }
    for (const Debt& debt : s.debts) {
        add(debt.household);
        out += std::string(word(debt.kind)) + " ";
        add(debt.cause);
        add(debt.overdrawn ? 1 : 0);
        add(debt.points);
        out += "\n";
    }
    for (const Frozen& term : s.frozen) {
        add(term.household);
        add(term.entry);
        add(term.from);
        add(term.until);
        out += "\n";
    }
    for (std::uint32_t e = 0; e < s.exchanges.size(); ++e) {
        out += std::string(s.exchanges.exchange_nos[e]) + " ";
        add(s.exchanges.dates[e]);
        add(s.exchanges.households[e]);
        text(s.goods, s.exchanges.goods[e]);
        text(s.shops, s.exchanges.shops[e]);
        add(s.exchanges.quantities[e]);
        add(s.exchanges.points[e]);
        out += std::string(word(s.exchanges.status[e])) + " " + std::string(word(s.exchanges.refusals[e])) + " ";
        add(s.exchanges.found[e]);
        add(s.exchanges.returns[e]);
        out += "\n";
    }
    for (const std::int64_t sum : {s.summary.issued, s.summary.held, s.summary.deducted,
                                   s.summary.redeemed, s.summary.expired, s.summary.forfeited,
                                   s.summary.pending, s.summary.liability_fen.value_or(-1),
                                   s.summary.budget_yuan.value_or(-1)})
        add(sum);
    out += s.summary.conserved ? "conserved" : "NOT CONSERVED";
    return out;
}

}  // namespace gridgov::points::test
