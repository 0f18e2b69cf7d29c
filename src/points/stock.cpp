#include "points/account.hpp"

namespace gridgov::points {

Stock::Stock(const ExchangeInputs& exchanges, const ExchangeResults& results, std::int32_t as_of)
    : scarce_(exchanges.prices.size()), seen_(exchanges.list.size(), -1) {
    for (const Price& price : exchanges.prices) left_.push_back(price.stock);
    std::vector<std::int64_t> wanted(exchanges.prices.size());
    for (std::size_t e = 0; e < exchanges.list.size(); ++e) {
        const ExchangeInput& exchange = exchanges.list[e];
        if (exchange.date > as_of) continue;
        const bool posted = e < exchanges.posted;
        if (posted && results.status[e] != ExchangeStatus::accepted) continue;
        if (exchange.returns != no_index) {  // never less than was there
            const ExchangeInput& given = exchanges.list[exchange.returns];
            const std::uint32_t price = exchanges.price_on(given.good, given.shop, exchange.date);
            if (posted && price != no_index) left_[price] += given.quantity;
        } else if (exchange.price != no_index) {
            if (posted) left_[exchange.price] -= exchange.quantity;
            else if (__builtin_add_overflow(wanted[exchange.price], exchange.quantity,
                                            &wanted[exchange.price]))
                wanted[exchange.price] = std::numeric_limits<std::int64_t>::max();
        }
    }
    for (std::size_t price = 0; price < wanted.size(); ++price) {
        scarce_[price] = wanted[price] > left_[price];
        any_scarce_ = any_scarce_ || scarce_[price];
    }
}

bool Stock::has(std::uint32_t exchange, std::uint32_t price, std::int64_t quantity,
                std::int64_t& found) {
    if (finding_) seen_[exchange] = std::max<std::int64_t>(left_[price], 0);
    if (seen_[exchange] < 0) return true;  // enough for all
    found = seen_[exchange];
    return quantity <= found;
}

}  // namespace gridgov::points
