// What comes out of a settlement of points: columns, ledger, passbook, boards, comparison.
#include <array>
#include <string>

#include <pybind11/stl.h>

#include "bind_points.hpp"
#include "gridgov/error.hpp"
#include "gridgov/points/board.hpp"
#include "gridgov/points/compare.hpp"
#include "gridgov/points/ledger.hpp"
#include "gridgov/points/passbook.hpp"

namespace gridgov::python {
namespace {

using points::Rulebooks;
using points::Settlement;
using points::Texts;

/// Columns of a settlement, borrowed from it; `owner` is the Python object that keeps it.
class Columns {
public:
    explicit Columns(py::object owner) : owner_(std::move(owner)) {}

    template <class Number>
    void add(const char* name, const std::vector<Number>& column) {
        if constexpr (std::is_enum_v<Number>) {
            static_assert(sizeof(Number) == 1);
            columns_[name] = borrowed(
                std::span<const std::uint8_t>(
                    reinterpret_cast<const std::uint8_t*>(column.data()), column.size()),
                owner_);
        } else {
            columns_[name] = borrowed(std::span<const Number>(column), owner_);
        }
    }
    void add(const char* name, const Texts& column) {
        columns_[name] = borrowed_texts(column, owner_);
    }
    template <class Number>
    void give(const char* name, std::vector<Number>&& column) {
        columns_[name] = owned(std::move(column));
    }
    py::dict take() { return std::move(columns_); }

private:
    py::object owner_;
    py::dict columns_;
};

const Settlement& settlement_of(const py::object& self) { return *self.cast<const Settled&>().of; }

/// A number of each item of a list.
template <class Items, class Read>
auto column_of(const Items& items, Read read) {
    std::vector<decltype(read(items[0]))> column;
    column.reserve(items.size());
    for (const auto& item : items) column.push_back(read(item));
    return column;
}

py::dict entries(const py::object& self) {
    const Settlement& of = settlement_of(self);
    Columns columns(self);
    columns.add("rows", of.entries.rows);
    columns.add("rules", of.entries.rules);
    columns.add("status", of.entries.status);
    columns.add("reasons", of.entries.reasons);
    columns.add("points", of.entries.points);
    columns.add("points_clipped", of.entries.points_clipped);
    return columns.take();
}

py::dict rows(const py::object& self) {
    const Settlement& of = settlement_of(self);
    std::vector<std::uint32_t> households;
    households.reserve(of.rows.size());
    for (std::size_t h = 0; h + 1 < of.rows.offsets.size(); ++h)
        households.insert(households.end(), of.rows.offsets[h + 1] - of.rows.offsets[h],
                          static_cast<std::uint32_t>(h));
    Columns columns(self);
    columns.give("households", std::move(households));
    columns.add("register_nos", of.rows.register_nos);
    columns.add("dates", of.rows.dates);
    columns.add("posted_on", of.rows.posted_on);
    columns.add("persons", of.rows.persons);
    columns.add("deeds", of.rows.deeds);
    columns.add("units", of.rows.units);
    columns.add("reviewers", of.rows.reviewers);
    columns.add("mended_on", of.rows.mended_on);
    columns.add("source_rows", of.rows.source_rows);
    return columns.take();
}

py::dict households(const py::object& self) {
    const points::Households& of = settlement_of(self).households;
    Columns columns(self);
    columns.add("ids", of.ids);
    columns.add("villages", of.villages);
    columns.add("opening", of.opening);
    columns.add("earned", of.earned);
    columns.add("deducted", of.deducted);
    columns.add("redeemed", of.redeemed);
    columns.add("expired", of.expired);
    columns.add("forfeited", of.forfeited);
    columns.add("pending", of.pending);
    columns.add("balance", of.balance);
    return columns.take();
}

py::dict exchanges(const py::object& self) {
    const points::Exchanges& of = settlement_of(self).exchanges;
    Columns columns(self);
    columns.add("exchange_nos", of.exchange_nos);
    columns.add("dates", of.dates);
    columns.add("households", of.households);
    columns.add("goods", of.goods);
    columns.add("shops", of.shops);
    columns.add("quantities", of.quantities);
    columns.add("points", of.points);
    columns.add("status", of.status);
    columns.add("refusals", of.refusals);
    columns.add("found", of.found);
    columns.add("returns", of.returns);
    columns.add("source_rows", of.source_rows);
    return columns.take();
}

py::dict lots(const py::object& self) {
    const Settlement& of = settlement_of(self);
    std::vector<std::uint32_t> owners;
    owners.reserve(of.lots.size());
    for (std::size_t h = 0; h + 1 < of.lots.offsets.size(); ++h)
        owners.insert(owners.end(), of.lots.offsets[h + 1] - of.lots.offsets[h],
                      static_cast<std::uint32_t>(h));
    Columns columns(self);
    columns.give("households", std::move(owners));
    columns.add("entries", of.lots.entries);
    columns.add("posted_on", of.lots.posted_on);
    columns.add("expires_on", of.lots.expires_on);
    columns.add("points", of.lots.points);
    columns.add("left", of.lots.left);
    return columns.take();
}

py::dict spends(const py::object& self) {
    const std::vector<points::Spend>& of = settlement_of(self).spends;
    Columns columns(self);
    columns.give("lots", column_of(of, [](const points::Spend& s) { return s.lot; }));
    columns.give("kinds",
                 column_of(of, [](const points::Spend& s) { return static_cast<std::uint8_t>(s.kind); }));
    columns.give("causes", column_of(of, [](const points::Spend& s) { return s.cause; }));
    columns.give("days", column_of(of, [](const points::Spend& s) { return s.day; }));
    columns.give("points", column_of(of, [](const points::Spend& s) { return s.points; }));
    return columns.take();
}

py::dict summary(const Settled& self) {
    const points::Summary& of = self.of->summary;
    py::dict out;
    out["issued"] = of.issued;
    out["held"] = of.held;
    out["deducted"] = of.deducted;
    out["redeemed"] = of.redeemed;
    out["expired"] = of.expired;
    out["forfeited"] = of.forfeited;
    out["pending"] = of.pending;
    out["conserved"] = of.conserved;
    out["liability_fen"] = of.liability_fen;
    out["budget_yuan"] = of.budget_yuan;
    return out;
}

py::list rules(const Settled& self) {
    py::list list;
    for (const points::RuleName& rule : self.of->rules)
        list.append(py::make_tuple(text(rule.rulebook), text(rule.rule), text(rule.group)));
    return list;
}

/// The words of an enumeration, by number.
template <class Enumeration>
py::list words(std::size_t count) {
    py::list list;
    for (std::size_t i = 0; i < count; ++i)
        list.append(text(word(static_cast<Enumeration>(static_cast<std::uint8_t>(i)))));
    return list;
}

points::Chain chain_of(std::int64_t posting_no, std::string_view hash) {
    points::Chain chain;
    const std::optional<points::Hash> parsed = points::parse_hash(hash);
    if (!parsed) throw py::value_error("a hash is 64 hexadecimal digits");
    chain.posting_no = posting_no;
    chain.hash = *parsed;
    return chain;
}

py::dict ledger(const Settled& self, std::optional<std::int32_t> after, std::int64_t posting_no,
                std::string_view hash) {
    const points::Chain start = chain_of(posting_no, hash);
    const Settlement& settlement = *self.of;
    points::Ledger made;
    Texts debits, credits, hashes;
    std::vector<std::int64_t> numbers;
    {
        const py::gil_scoped_release released;
        made = points::make_ledger(settlement, after ? Date{*after} : Date::none(), start);
        numbers.reserve(made.size());
        for (std::size_t i = 0; i < made.size(); ++i) {
            numbers.push_back(made.first_posting_no + static_cast<std::int64_t>(i));
            debits.add(debit_account(settlement, made, i));
            credits.add(credit_account(settlement, made, i));
            hashes.add(points::hex(made.hashes[i]));
        }
    }
    py::dict out;
    out["posting_no"] = owned(std::move(numbers));
    out["date"] = owned(std::move(made.dates));
    out["debit_account"] = owned_texts(std::move(debits));
    out["credit_account"] = owned_texts(std::move(credits));
    out["points"] = owned(std::move(made.points));
    out["source"] = owned_texts(std::move(made.sources));
    out["hash"] = owned_texts(std::move(hashes));
    out["end"] = py::make_tuple(made.end.posting_no, points::hex(made.end.hash));
    return out;
}

py::tuple verify_ledger(const py::dict& given, std::int64_t posting_no, std::string_view hash) {
    ColumnReader reader;
    points::LedgerColumns columns;
    const points::NumberColumn numbers = reader.number(given["posting_no"]);
    columns.posting_nos = numbers.integers;
    columns.dates = reader.date(given["date"]);
    columns.debit_accounts = reader.key(given["debit_account"]);
    columns.credit_accounts = reader.key(given["credit_account"]);
    columns.points = reader.number(given["points"]);
    columns.sources = reader.key(given["source"]);
    columns.hashes = reader.key(given["hash"]);
    const points::Chain start = chain_of(posting_no, hash);
    points::Chain end;
    std::vector<Finding> findings;
    {
        const py::gil_scoped_release released;
        findings = points::verify_chain(columns, start, end);
    }
    return py::make_tuple(to_python(findings), end.posting_no, points::hex(end.hash));
}

py::object number_or_none(std::uint32_t index) {
    return index == no_index ? py::object(py::none()) : py::int_(index);
}

py::dict spend_to_python(const points::Spend& spend) {
    py::dict out;
    out["lot"] = spend.lot;
    out["day"] = spend.day;
    out["points"] = spend.points;
    return out;
}

py::dict passbook(const Settled& self, std::uint32_t household) {
    const points::Passbook made = points::statement(*self.of, household);
    py::list lines;
    for (const points::PassbookLine& line : made.lines) {
        py::list taken;
        for (const points::Spend& spend : line.spends) taken.append(spend_to_python(spend));
        py::dict out;
        out["day"] = line.day.days;
        out["kind"] = text(word(line.kind));
        out["entry"] = number_or_none(line.entry);
        out["exchange"] = number_or_none(line.exchange);
        out["lot"] = number_or_none(line.lot);
        out["points"] = line.points;
        out["balance"] = line.balance;
        out["spends"] = taken;
        lines.append(out);
    }
    py::list debts, frozen;
    for (const points::Debt& debt : made.debts) {
        py::dict out;
        out["kind"] = text(word(debt.kind));
        out["cause"] = debt.cause;
        out["overdrawn"] = debt.overdrawn;
        out["points"] = debt.points;
        debts.append(out);
    }
    for (const points::Frozen& term : made.frozen) {
        py::dict out;
        out["entry"] = number_or_none(term.entry);
        out["from"] = term.from;
        out["until"] =
            term.until == Date::none().days ? py::object(py::none()) : py::int_(term.until);
        frozen.append(out);
    }
    py::dict out;
    out["lines"] = lines;
    out["quiet"] = made.quiet;
    out["lots"] = made.lots;
    out["debts"] = debts;
    out["frozen"] = frozen;
    return out;
}

py::dict shop_months(const Settled& self) {
    using points::ShopMonth;
    const std::vector<ShopMonth> of = points::shop_months(*self.of);
    py::dict out;
    out["shops"] = owned(column_of(of, [](const ShopMonth& m) { return m.shop; }));
    out["villages"] = owned(column_of(of, [](const ShopMonth& m) { return m.village; }));
    out["year"] = owned(column_of(of, [](const ShopMonth& m) { return m.year; }));
    out["month"] = owned(column_of(of, [](const ShopMonth& m) { return m.month; }));
    out["exchanges"] = owned(column_of(of, [](const ShopMonth& m) { return m.exchanges; }));
    out["quantity"] = owned(column_of(of, [](const ShopMonth& m) { return m.quantity; }));
    out["points"] = owned(column_of(of, [](const ShopMonth& m) { return m.points; }));
    out["returns"] = owned(column_of(of, [](const ShopMonth& m) { return m.returns; }));
    out["returned_quantity"] =
        owned(column_of(of, [](const ShopMonth& m) { return m.returned_quantity; }));
    out["returned_points"] =
        owned(column_of(of, [](const ShopMonth& m) { return m.returned_points; }));
    return out;
}

py::tuple boards(const Settled& self, const Rulebooks& rulebooks) {
    using points::Ranking;
    using points::Reproach;
    points::Boards made;
    {
        const py::gil_scoped_release released;
        made = points::boards(rulebooks, *self.of);
    }
    const auto& ranks = made.ranking;
    const auto& black = made.black;
    py::dict ranking, reproaches;
    ranking["households"] = owned(column_of(ranks, [](const Ranking& r) { return r.household; }));
    ranking["rank"] = owned(column_of(ranks, [](const Ranking& r) { return r.rank; }));
    ranking["balance"] = owned(column_of(ranks, [](const Ranking& r) { return r.balance; }));
    ranking["red"] = owned(
        column_of(ranks, [](const Ranking& r) { return static_cast<std::uint8_t>(r.red); }));
    ranking["veto"] = owned(column_of(ranks, [](const Ranking& r) { return r.veto; }));
    reproaches["households"] =
        owned(column_of(black, [](const Reproach& r) { return r.household; }));
    reproaches["entries"] = owned(column_of(black, [](const Reproach& r) { return r.entry; }));
    reproaches["until"] = owned(column_of(black, [](const Reproach& r) { return r.until.days; }));
    reproaches["balance"] = owned(column_of(black, [](const Reproach& r) { return r.balance; }));
    return py::make_tuple(ranking, reproaches);
}

py::tuple differences(const std::vector<points::Difference>& of) {
    using points::Difference;
    py::list ids;
    for (const Difference& one : of) ids.append(text(one.id));
    return py::make_tuple(ids, owned(column_of(of, [](const Difference& d) { return d.before; })),
                          owned(column_of(of, [](const Difference& d) { return d.after; })));
}

py::dict compare(const Settled& before, const Settled& after) {
    points::Comparison made;
    {
        const py::gil_scoped_release released;
        made = points::compare(*before.of, *after.of);
    }
    py::dict out;
    out["households"] = differences(made.households);
    out["villages"] = differences(made.villages);
    out["rules"] = differences(made.rules);
    out["gaining"] = made.gaining;
    out["losing"] = made.losing;
    out["unchanged"] = made.unchanged;
    return out;
}

py::dict compare_by_rule(const Settled& before, const Settled& after) {
    std::vector<points::RuleDifference> made;
    {
        const py::gil_scoped_release released;
        made = points::compare_by_rule(*before.of, *after.of);
    }
    py::list villages, households, rules;
    for (const points::RuleDifference& one : made) {
        villages.append(text(one.village));
        households.append(text(one.household));
        rules.append(text(one.rule));
    }
    using points::RuleDifference;
    py::dict out;
    out["village"] = villages;
    out["household_id"] = households;
    out["rule_id"] = rules;
    out["before"] = owned(column_of(made, [](const RuleDifference& d) { return d.before; }));
    out["after"] = owned(column_of(made, [](const RuleDifference& d) { return d.after; }));
    return out;
}

py::dict decompose(const std::vector<const Settled*>& settlements, std::size_t rulebooks,
                   std::size_t registers) {
    std::vector<const Settlement*> of;
    for (const Settled* one : settlements) of.push_back(one->of.get());
    points::Decomposition made = points::decompose(of, rulebooks, registers);
    py::dict out;
    out["points"] = owned(std::move(made.points));
    out["rules_effect"] = owned(std::move(made.rules_effect));
    out["people_effect"] = owned(std::move(made.people_effect));
    out["rules_part_doubled"] = made.rules_part_doubled;
    out["people_part_doubled"] = made.people_part_doubled;
    return out;
}

}  // namespace

void bind_points_results(py::module_& module, py::class_<Settled>& settled) {
    settled
        .def_property_readonly("as_of", [](const Settled& self) { return self.of->as_of.days; })
        .def_property_readonly("cancelled", [](const Settled& self) { return self.of->cancelled; })
        .def_property_readonly("state", [](const Settled& self) { return self.state; })
        .def_property_readonly("new_entries", [](const Settled& self) { return self.entries; })
        .def_property_readonly("new_exchanges", [](const Settled& self) { return self.exchanges; })
        .def_property_readonly("villages",
                               [](const Settled& self) { return texts(self.of->villages); })
        .def_property_readonly("persons",
                               [](const Settled& self) { return texts(self.of->person_ids); })
        .def_property_readonly("deeds", [](const Settled& self) { return texts(self.of->deeds); })
        .def_property_readonly("reviewers",
                               [](const Settled& self) { return texts(self.of->reviewers); })
        .def_property_readonly("goods", [](const Settled& self) { return texts(self.of->goods); })
        .def_property_readonly("shops", [](const Settled& self) { return texts(self.of->shops); })
        .def_property_readonly("left_out",
                               [](const Settled& self) { return texts(self.of->left_out); })
        .def_property_readonly("findings",
                               [](const Settled& self) { return to_python(self.of->findings); })
        .def_property_readonly("rules", &rules)
        .def_property_readonly("summary", &summary)
        .def("entries", &entries)
        .def("rows", &rows)
        .def("households", &households)
        .def("exchanges", &exchanges)
        .def("lots", &lots)
        .def("spends", &spends)
        .def(
            "household",
            [](const Settled& self, std::string_view id) -> py::object {
                return number_or_none(self.of->household(id));
            },
            py::arg("id"), "A household's number, or None.")
        .def("ledger", &ledger, py::kw_only(), py::arg("after"), py::arg("posting_no"),
             py::arg("hash"), "The postings after a day (None: all), chained on.")
        .def("statement", &passbook, py::arg("household"), "A household's passbook, by number.")
        .def("shop_months", &shop_months)
        .def("boards", &boards, py::arg("rulebooks"));
    module.def("verify_ledger", &verify_ledger, py::arg("ledger"), py::kw_only(),
               py::arg("posting_no"), py::arg("hash"),
               "Findings, and where the chain ends: (findings, posting_no, hash).");
    module.def("compare_points", &compare, py::arg("before"), py::arg("after"));
    module.def("compare_points_by_rule", &compare_by_rule, py::arg("before"), py::arg("after"));
    module.def("decompose_points", &decompose, py::arg("settlements"), py::arg("rulebooks"),
               py::arg("registers"));
    module.attr("POINTS_WORDS") = py::dict(
        py::arg("status") = words<points::Status>(6), py::arg("reason") = words<points::Reason>(17),
        py::arg("kind") = words<points::Kind>(8),
        py::arg("exchange_status") = words<points::ExchangeStatus>(3),
        py::arg("refusal") = words<points::Refusal>(7));
}

}  // namespace gridgov::python
