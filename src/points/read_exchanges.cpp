// Goods and exchanges, checked, priced and in order.
#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "points/inputs.hpp"

namespace gridgov::points {
namespace {

constexpr std::int64_t price_most = 1'000'000'000'000;
constexpr std::int64_t quantity_most = 1'000'000'000;

/// A whole number of a table, or a fault.
bool read_number(const WholeNumbers& column, std::string_view name, std::size_t row,
                 std::int64_t least, std::int64_t most, bool required, Table table,
                 std::string_view record, std::uint32_t village, Faults& faults,
                 std::int64_t& value) {
    std::int64_t read = 0;  // a blank cell leaves the value as it was
    const Cell cell = column.read(row, read);
    if (cell == Cell::blank) {
        if (required)
            faults.add(Code::points_value_missing, table, row, record, village,
                       {{"column", std::string(name)}});
        return !required;
    }
    if (cell == Cell::value && read >= least && read <= most) {
        value = read;
        return true;
    }
    faults.add(Code::points_number_invalid, table, row, record, village,
               {{"column", std::string(name)}, {"value", column.text(row)},
                {"least", std::to_string(least)}, {"most", std::to_string(most)}});
    return false;
}

bool read_date(const Dates& column, std::string_view name, std::size_t row, Table table,
               std::string_view record, std::uint32_t village, Faults& faults, std::int32_t& days) {
    const Cell cell = column.read(row, days);
    if (cell == Cell::value) return true;
    if (cell == Cell::blank)
        faults.add(Code::points_value_missing, table, row, record, village,
                   {{"column", std::string(name)}});
    else
        faults.add(Code::points_date_invalid, table, row, record, village,
                   {{"column", std::string(name)}, {"value", column.text(row)}});
    return false;
}

void read_goods(const GoodTable& table, ExchangeInputs& out, Faults& faults) {
    if (!table.present()) return;
    const auto rows = static_cast<std::uint32_t>(table.goods.size());
    const WholeNumbers points(table.points, false), stock(table.stock, false), fen(table.fen, false);
    const Dates effective_from(table.effective_from);
    struct Row {
        Price price;
        std::uint32_t source;
    };
    std::vector<Row> list;
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::string_view good = table.goods[row];
        if (good.empty()) {
            faults.add(Code::empty_id, Table::goods, row, {}, no_index);
            continue;
        }
        Row read{{}, row};
        read.price.good = out.goods.add(good);
        read.price.shop = out.shops.add(table.shops.present() ? table.shops[row] : std::string_view{});
        const bool good_row =
            static_cast<int>(read_number(points, "points", row, 0, price_most, true, Table::goods,
                                         good, no_index, faults, read.price.points)) +
                static_cast<int>(read_number(stock, "stock", row, 0, price_most, true, Table::goods,
                                             good, no_index, faults, read.price.stock)) +
                static_cast<int>(read_number(fen, "yuan", row, 0, price_most, false, Table::goods, good,
                                             no_index, faults, read.price.fen)) +
                static_cast<int>(read_date(effective_from, "effective_from", row, Table::goods, good,
                                           no_index, faults, read.price.from)) ==
            4;
        if (good_row) list.push_back(read);
    }
    std::stable_sort(list.begin(), list.end(), [](const Row& a, const Row& b) {
        return std::tie(a.price.good, a.price.shop, a.price.from) <
               std::tie(b.price.good, b.price.shop, b.price.from);
    });
    out.known_good.assign(out.goods.size(), true);
    for (const Row& row : list) {
        Price price = row.price;
        price.until = Date::none().days;
        if (!out.prices.empty()) {
            Price& last = out.prices.back();
            if (last.good == price.good && last.shop == price.shop) {
                if (last.from == price.from) {
                    if (last.points != price.points || last.stock != price.stock ||
                        last.fen != price.fen)
                        faults.add(Code::good_price_repeated, Table::goods, row.source,
                                   out.goods[price.good], no_index,
                                   {{"shop", std::string(out.shops[price.shop])},
                                    {"date", date_text(Date{price.from})}});
                    continue;
                }
                last.until = price.from;
            }
        }
        out.prices.push_back(price);
    }
}

}  // namespace

std::uint32_t ExchangeInputs::price_on(std::uint32_t good, std::uint32_t shop,
                                       std::int32_t date) const noexcept {
    const auto after = std::upper_bound(
        prices.begin(), prices.end(), std::tie(good, shop, date),
        [](const auto& wanted, const Price& price) {
            return wanted < std::tie(price.good, price.shop, price.from);
        });
    if (after == prices.begin()) return no_index;
    const Price& price = *(after - 1);
    if (price.good != good || price.shop != shop) return no_index;
    return static_cast<std::uint32_t>(after - 1 - prices.begin());
}

ExchangeInputs read_exchanges(const ExchangeTable& table, const GoodTable& goods,
                              const HouseholdTable& household_table,
                              const HouseholdInputs& households, const Settlement* before,
                              Faults& faults) {
    ExchangeInputs out;
    read_goods(goods, out, faults);
    const auto rows = static_cast<std::uint32_t>(table.exchange_nos.size());
    const Numbered household_of = households.number(table.household_ids, household_table);
    const Numbered good_of(table.goods, [&](std::string_view id) { return out.goods.add(id); });
    const Dates dates(table.dates);
    const WholeNumbers quantities(table.quantities, false);
    const auto village_of = [&](std::uint32_t household) {
        return household < households.size() ? households.village_of[household] : no_index;
    };

    Dictionary numbers;                     // exchange_no → place in `read`
    std::vector<ExchangeInput> read;
    std::vector<std::uint8_t> is_posted;    // by a state
    std::vector<std::string_view> returns;  // the exchange_no that one gives back
    if (before != nullptr) {
        const Exchanges& old = before->exchanges;
        for (std::uint32_t e = 0; e < old.size(); ++e) {
            ExchangeInput exchange;
            exchange.date = old.dates[e];
            exchange.household = households.find(before->households.ids[old.households[e]]);
            if (old.goods[e] != no_index) exchange.good = out.goods.add(before->goods[old.goods[e]]);
            exchange.shop = out.shops.add(before->shops[old.shops[e]]);
            exchange.quantity = old.quantities[e];
            exchange.exchange_no = old.exchange_nos[e];
            numbers.add(exchange.exchange_no);
            read.push_back(exchange);
            is_posted.push_back(old.status[e] != ExchangeStatus::pending ? 1 : 0);
            returns.push_back(old.returns[e] == no_index ? std::string_view{}
                                                         : old.exchange_nos[old.returns[e]]);
        }
    }
    std::vector<std::uint32_t> first_row(read.size(), no_index);
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::string_view no = table.exchange_nos[row];
        const std::uint32_t household = household_of[row];
        const std::uint32_t village = village_of(household);
        if (no.empty()) {
            faults.add(Code::empty_id, Table::exchanges, row, {}, village);
            continue;
        }
        ExchangeInput exchange;
        exchange.exchange_no = no;
        exchange.household = household;
        exchange.source_row = row;
        bool usable = household < households.size();
        if (household == Numbered::blank)
            faults.add(Code::points_value_missing, Table::exchanges, row, no, no_index,
                       {{"column", "household_id"}});
        else if (!usable)
            faults.add(Code::points_unknown_household, Table::exchanges, row, no, no_index,
                       {{"household", std::string(table.household_ids[row])}});
        usable = read_date(dates, "date", row, Table::exchanges, no, village, faults, exchange.date) &&
                 usable;
        const std::string_view back = table.returns.present() ? table.returns[row] : std::string_view{};
        usable = read_number(quantities, "quantity", row, 1, quantity_most, back.empty(),
                             Table::exchanges, no, village, faults, exchange.quantity) &&
                 usable;
        if (exchange.quantity == no_number) exchange.quantity = 0;
        exchange.good = good_of[row] < out.goods.size() ? good_of[row] : no_index;
        if (exchange.good == no_index && back.empty()) {
            faults.add(Code::points_value_missing, Table::exchanges, row, no, village,
                       {{"column", "good"}});
            usable = false;
        }
        exchange.shop = out.shops.add(table.shops.present() ? table.shops[row] : std::string_view{});
        if (!usable) continue;
        const std::uint32_t place = numbers.add(no);
        if (place == read.size()) {
            read.push_back(exchange);
            is_posted.push_back(0);
            returns.push_back(back);
            first_row.push_back(row);
            continue;
        }
        const ExchangeInput& first = read[place];
        const bool same = first.household == exchange.household && first.date == exchange.date &&
                          first.quantity == exchange.quantity && first.good == exchange.good &&
                          first.shop == exchange.shop && returns[place] == back;
        if (first_row[place] == no_index) {  // the state's
            first_row[place] = row;
            if (same) {
                read[place].source_row = row;
            } else if (is_posted[place] != 0) {
                faults.add(Code::points_row_changed, Table::exchanges, row, no, village);
            } else {
                read[place] = exchange;
                returns[place] = back;
            }
        } else if (!same) {
            faults.add(Code::points_row_repeated, Table::exchanges, row, no, village,
                       {{"first_row", std::to_string(first_row[place] + 1)}});
            if (village_of(first.household) != village)
                faults.add(Code::points_row_repeated, Table::exchanges, row, no,
                           village_of(first.household),
                           {{"first_row", std::to_string(first_row[place] + 1)}});
        }
    }
    out.known_good.resize(out.goods.size(), false);

    // In order, those posted before first.
    std::vector<std::uint32_t> order(read.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto earlier = [&](std::uint32_t a, std::uint32_t b) {
        if (is_posted[a] != is_posted[b]) return is_posted[a] > is_posted[b];
        if (read[a].date != read[b].date) return read[a].date < read[b].date;
        return read[a].exchange_no < read[b].exchange_no;
    };
    if (!std::is_sorted(order.begin(), order.end(), earlier))
        std::sort(order.begin(), order.end(), earlier);
    std::vector<std::uint32_t> place_of(read.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) place_of[order[i]] = i;
    out.list.reserve(read.size());
    std::map<std::uint32_t, std::uint32_t> returned_by;  // place in `read` → place in `read`
    for (const std::uint32_t e : order) {
        ExchangeInput exchange = read[e];
        out.posted += is_posted[e];
        if (!returns[e].empty()) {
            const std::uint32_t target = numbers.find(returns[e]);
            const std::uint32_t row = exchange.source_row;
            const std::uint32_t village = village_of(exchange.household);
            const Faults::Fields fields{{"target", std::string(returns[e])}};
            // Of a state's row that is not given again a fault stands at the row that it clashes with.
            const auto fault = [&](Code code, std::uint32_t other) {
                const std::uint32_t at = row != no_index ? row : read[other].source_row;
                if (at != no_index)
                    faults.add(code, Table::exchanges, at, exchange.exchange_no, village, fields);
            };
            if (target == e) fault(Code::return_of_itself, e);
            else if (target == no_index) fault(Code::return_of_nothing, e);
            else if (!returns[target].empty()) fault(Code::return_of_return, target);
            else if (read[target].household != exchange.household)
                fault(Code::return_of_other_household, target);
            else if (const auto [other, fresh] = returned_by.emplace(target, e); !fresh)
                fault(Code::returned_twice, other->second);
            else exchange.returns = place_of[target];
        }
        if (exchange.good != no_index)
            exchange.price = out.price_on(exchange.good, exchange.shop, exchange.date);
        out.list.push_back(exchange);
    }
    return out;
}

}  // namespace gridgov::points
