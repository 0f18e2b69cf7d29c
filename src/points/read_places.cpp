// HOUSEHOLDS and PERSONS, checked and numbered.
#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

#include "points/inputs.hpp"

namespace gridgov::points {
namespace {

/// The first eight bytes after a common beginning, as a number that sorts as the texts do.
std::uint64_t prefix_of(std::string_view text, std::size_t common) noexcept {
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        const std::size_t at = common + i;
        const auto byte = at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
        prefix = (prefix << 8) | byte;
    }
    return prefix;
}

std::size_t common_beginning(const KeyColumn& column) noexcept {
    if (column.size() == 0) return 0;
    const std::string_view first = column[0];
    std::size_t common = first.size();
    for (std::size_t row = 1; row < column.size() && common > 0; ++row) {
        const std::string_view text = column[row];
        std::size_t same = 0;
        while (same < common && same < text.size() && text[same] == first[same]) ++same;
        common = same;
    }
    return common;
}

bool same_cells(const NamedColumn& column, std::size_t a, std::size_t b) {
    if (column.keys.present()) return column.keys[a] == column.keys[b];
    const conditions::ValueColumn& values = column.values;
    if (values.texts.present()) return values.texts[a] == values.texts[b];
    if (!values.dates.empty()) return values.dates[a] == values.dates[b];
    if (!values.booleans.empty()) return values.booleans[a] == values.booleans[b];
    return values.numbers[a] == values.numbers[b] ||
           (values.numbers[a] != values.numbers[a] && values.numbers[b] != values.numbers[b]);
}

bool same_row(const std::vector<NamedColumn>& columns, std::size_t a, std::size_t b) {
    return std::all_of(columns.begin(), columns.end(),
                       [&](const NamedColumn& column) { return same_cells(column, a, b); });
}

struct Length {
    Table table;
    std::size_t rows;
    Faults& faults;
    void check(std::string_view name, bool present, std::size_t size) const {
        if (!present || size == rows) return;
        Finding finding;
        finding.code = Code::column_length;
        finding.table = table;
        finding.fields = {{"column", std::string(name)}, {"length", std::to_string(size)},
                          {"expected", std::to_string(rows)}};
        faults.add(std::move(finding), no_index);
    }
    void require(std::string_view name, bool present, std::size_t size) const {
        if (rows > 0 || present) check(name, true, present ? size : 0);
    }
    void check(const std::vector<NamedColumn>& columns) const {
        for (const NamedColumn& column : columns) check(column.name, true, column.size());
    }
};

}  // namespace

void check_lengths(const Tables& tables, Faults& faults) {
    const HouseholdTable& households = tables.households;
    const Length in_households{Table::households, households.household_ids.size(), faults};
    in_households.require("village", households.villages.present(), households.villages.size());
    in_households.check(households.columns);

    const PersonTable& persons = tables.persons;
    const Length in_persons{Table::persons, persons.person_ids.size(), faults};
    in_persons.check("household_id", persons.household_ids.present(), persons.household_ids.size());
    in_persons.check("valid_from", persons.valid_from.present(), persons.valid_from.size());
    in_persons.check("valid_to", persons.valid_to.present(), persons.valid_to.size());
    in_persons.check(persons.columns);

    const RegisterTable& deeds = tables.deeds;
    const Length in_deeds{Table::deeds, deeds.register_nos.size(), faults};
    in_deeds.require("date", deeds.dates.present(), deeds.dates.size());
    in_deeds.require("household_id", deeds.household_ids.present(), deeds.household_ids.size());
    in_deeds.require("deed", deeds.deeds.present(), deeds.deeds.size());
    in_deeds.require("stage", deeds.stages.present(), deeds.stages.size());
    in_deeds.check("person_id", deeds.person_ids.present(), deeds.person_ids.size());
    in_deeds.check("units", deeds.units.present(), deeds.units.size());
    in_deeds.check("evidence", deeds.evidence.present(), deeds.evidence.size());
    in_deeds.check("witnesses", deeds.witnesses.present(), deeds.witnesses.size());
    in_deeds.check("reverses", deeds.reverses.present(), deeds.reverses.size());
    in_deeds.check("recorded_on", deeds.recorded_on.present(), deeds.recorded_on.size());
    in_deeds.check("published_on", deeds.published_on.present(), deeds.published_on.size());
    in_deeds.check("objection", deeds.objections.present(), deeds.objections.size());
    in_deeds.check("reviewer", deeds.reviewers.present(), deeds.reviewers.size());
    in_deeds.check("mended_on", deeds.mended_on.present(), deeds.mended_on.size());
    in_deeds.check(deeds.columns);

    const ExchangeTable& exchanges = tables.exchanges;
    const Length in_exchanges{Table::exchanges, exchanges.exchange_nos.size(), faults};
    in_exchanges.require("date", exchanges.dates.present(), exchanges.dates.size());
    in_exchanges.require("household_id", exchanges.household_ids.present(),
                         exchanges.household_ids.size());
    in_exchanges.require("good", exchanges.goods.present(), exchanges.goods.size());
    in_exchanges.require("quantity", exchanges.quantities.present(), exchanges.quantities.size());
    in_exchanges.check("shop", exchanges.shops.present(), exchanges.shops.size());
    in_exchanges.check("returns", exchanges.returns.present(), exchanges.returns.size());

    const GoodTable& goods = tables.goods;
    const Length in_goods{Table::goods, goods.goods.size(), faults};
    in_goods.require("points", goods.points.present(), goods.points.size());
    in_goods.require("stock", goods.stock.present(), goods.stock.size());
    in_goods.require("effective_from", goods.effective_from.present(), goods.effective_from.size());
    in_goods.check("title", goods.titles.present(), goods.titles.size());
    in_goods.check("shop", goods.shops.present(), goods.shops.size());
    in_goods.check("yuan", goods.fen.present(), goods.fen.size());

    constexpr std::size_t rows_most = 0x7FFFFFFF;
    for (const auto& [table, rows] :
         {std::pair{Table::households, in_households.rows}, {Table::persons, in_persons.rows},
          {Table::deeds, in_deeds.rows}, {Table::exchanges, in_exchanges.rows},
          {Table::goods, in_goods.rows}}) {
        if (rows <= rows_most) continue;
        Finding finding;
        finding.code = Code::too_many_households;
        finding.table = table;
        finding.fields = {{"count", std::to_string(rows)}, {"limit", std::to_string(rows_most)}};
        faults.add(std::move(finding), no_index);
    }
}

Numbered HouseholdInputs::number(const KeyColumn& column, const HouseholdTable& table) const {
    if (column.coded() && !table.household_ids.coded() &&
        by_id.size() == table.household_ids.size() &&
        same_texts(column.texts(), table.household_ids.texts())) {  // numbered as the table's rows
        if (std::is_sorted(numbers.begin(), numbers.end())) return Numbered::same(column);
        return {column, numbers};
    }
    return {column, [&](std::string_view id) {
                const std::uint32_t household = find(id);
                return household == no_index ? Numbered::unknown : household;
            }};
}

HouseholdInputs read_households(const HouseholdTable& table, Faults& faults) {
    HouseholdInputs out;
    const auto rows = static_cast<std::uint32_t>(table.household_ids.size());
    Dictionary village_ids;
    const Numbered villages(table.villages,
                            [&](std::string_view name) { return village_ids.add(name); });
    const bool ascending =
        !table.household_ids.coded() && out.by_id.borrow_ascending(table.household_ids.texts());
    if (!ascending) out.by_id.reserve(rows);
    std::vector<std::uint32_t> first_row;  // of a dictionary number
    std::vector<std::uint32_t> village;    // likewise
    first_row.reserve(rows);
    village.reserve(rows);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> differing;  // household number, row
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::string_view id = table.household_ids[row];
        const std::uint32_t place = std::min(villages[row], village_ids.size());  // the last: blank
        if (id.empty()) faults.add(Code::empty_id, Table::households, row, {}, no_index);
        if (place == village_ids.size())
            faults.add(Code::empty_village, Table::households, row, id, no_index);
        if (ascending) {
            first_row.push_back(row);
            village.push_back(place);
            continue;
        }
        if (id.empty()) continue;
        const std::uint32_t number = out.by_id.add(id);
        if (number == first_row.size()) {
            first_row.push_back(row);
            village.push_back(place);
        } else if (village[number] != place || !same_row(table.columns, first_row[number], row)) {
            differing.emplace_back(number, row);
        }
    }
    // Villages by name.
    std::vector<std::uint32_t> by_name(village_ids.size());
    std::iota(by_name.begin(), by_name.end(), 0U);
    std::sort(by_name.begin(), by_name.end(), [&](std::uint32_t a, std::uint32_t b) {
        return village_ids[a] < village_ids[b];
    });
    std::vector<std::uint32_t> count(village_ids.size() + 1);  // the last: blank, which was told
    for (const std::uint32_t place : village) ++count[place];
    std::vector<std::uint32_t> rank(village_ids.size() + 1);
    for (const std::uint32_t place : by_name) {
        if (count[place] == 0) continue;  // a category that no row has
        rank[place] = static_cast<std::uint32_t>(out.villages.size());
        out.villages.push_back(village_ids[place]);
    }
    if (count.back() > 0) {
        rank.back() = static_cast<std::uint32_t>(out.villages.size());
        out.villages.emplace_back();
    }
    // Households by (village, id).
    const auto households = static_cast<std::uint32_t>(first_row.size());
    struct Key {
        std::uint32_t village;
        std::uint32_t number;
        std::uint64_t prefix;
    };
    std::vector<Key> keys(households);
    const std::size_t common = ascending ? 0 : common_beginning(table.household_ids);
    for (std::uint32_t number = 0; number < households; ++number)
        keys[number] = {rank[village[number]], number,
                        ascending ? number : prefix_of(out.by_id[number], common)};
    const auto before = [&](const Key& a, const Key& b) {
        if (a.village != b.village) return a.village < b.village;
        if (a.prefix != b.prefix) return a.prefix < b.prefix;
        return out.by_id[a.number] < out.by_id[b.number];
    };
    if (!std::is_sorted(keys.begin(), keys.end(), before)) std::sort(keys.begin(), keys.end(), before);
    out.numbers.resize(households);
    out.ids.reserve(households);
    out.village_of.reserve(households);
    out.source_rows.reserve(households);
    out.village_begin.assign(out.villages.size() + 1, households);
    for (std::uint32_t h = 0; h < households; ++h) {
        const Key& key = keys[h];
        out.numbers[key.number] = h;
        out.ids.push_back(out.by_id[key.number]);
        out.source_rows.push_back(first_row[key.number]);
        if (h == 0 || key.village != out.village_of.back()) out.village_begin[key.village] = h;
        out.village_of.push_back(key.village);
    }
    for (const auto& [number, row] : differing)
        faults.add(Code::duplicate_id, Table::households, row, out.by_id[number],
                   out.village_of[out.numbers[number]],
                   {{"first_row", std::to_string(first_row[number] + 1)}});
    out.faulty.assign(out.villages.size(), false);
    return out;
}

PersonInputs read_persons(const PersonTable& table, const HouseholdTable& household_table,
                          const HouseholdInputs& households, Faults& faults) {
    PersonInputs out;
    out.given = table.present();
    if (!out.given) {
        out.begin.push_back(0);
        return out;
    }
    const auto rows = static_cast<std::uint32_t>(table.person_ids.size());
    const Numbered household_of = households.number(table.household_ids, household_table);
    const Dates valid_from(table.valid_from), valid_to(table.valid_to);
    struct Row {
        std::uint32_t person, source;
        std::int32_t from, until;
    };
    std::vector<Row> list;
    list.reserve(rows);
    const bool ascending =
        !table.person_ids.coded() && out.by_id.borrow_ascending(table.person_ids.texts());
    if (!ascending) out.by_id.reserve(rows);
    bool sorted = true;
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::string_view id = table.person_ids[row];
        const std::uint32_t household = household_of[row];
        const std::uint32_t village =
            household < households.size() ? households.village_of[household] : no_index;
        if (id.empty()) {
            faults.add(Code::empty_id, Table::persons, row, {}, village);
            continue;
        }
        if (household == Numbered::unknown || household == Numbered::bad_code)
            faults.add(Code::points_unknown_household, Table::persons, row, id, no_index,
                       {{"household", std::string(table.household_ids[row])}});
        Row read{ascending ? row : out.by_id.add(id), row, date_min.days, Date::none().days};
        for (const auto& [column, dates, day] :
             {std::tuple{"valid_from", &valid_from, &read.from}, {"valid_to", &valid_to, &read.until}}) {
            std::int32_t days = 0;
            const Cell cell = dates->read(row, days);
            if (cell == Cell::value) *day = days;
            if (cell == Cell::bad)
                faults.add(Code::points_date_invalid, Table::persons, row, id, village,
                           {{"column", column}, {"value", dates->text(row)}});
        }
        if (read.until <= read.from)
            faults.add(Code::person_dates_reversed, Table::persons, row, id, village,
                       {{"from", date_text(Date{read.from})}, {"to", date_text(Date{read.until})}});
        sorted = sorted && (list.empty() || list.back().person < read.person);
        out.undated = out.undated && read.from == date_min.days && read.until == Date::none().days;
        list.push_back(read);
    }
    if (!sorted)
        std::stable_sort(list.begin(), list.end(), [](const Row& a, const Row& b) {
            return std::tie(a.person, a.from) < std::tie(b.person, b.from);
        });
    out.begin.reserve(out.by_id.size() + 1);
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Row& row = list[i];
        if (i > 0 && list[i - 1].person == row.person && row.from < out.until.back()) {
            const Row& other = list[i - 1];
            const bool same = other.from == row.from && other.until == row.until &&
                              household_of[other.source] == household_of[row.source] &&
                              same_row(table.columns, other.source, row.source);
            if (same) continue;
            const std::uint32_t household = household_of[row.source];
            faults.add(Code::person_rows_overlap, Table::persons, std::max(row.source, other.source),
                       out.by_id[row.person],
                       household < households.size() ? households.village_of[household] : no_index,
                       {{"first_row", std::to_string(std::min(row.source, other.source) + 1)}});
            continue;
        }
        while (out.begin.size() <= row.person)
            out.begin.push_back(static_cast<std::uint32_t>(out.source_rows.size()));
        out.from.push_back(row.from);
        out.until.push_back(row.until);
        out.source_rows.push_back(row.source);
    }
    while (out.begin.size() <= out.by_id.size())
        out.begin.push_back(static_cast<std::uint32_t>(out.source_rows.size()));
    out.undated = out.undated && out.source_rows.size() == out.by_id.size();
    return out;
}

}  // namespace gridgov::points
