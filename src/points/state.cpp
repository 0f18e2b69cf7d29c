// States: posting on from one.
#include "gridgov/points/settle.hpp"
#include "points/state_data.hpp"

namespace gridgov::points {

State::State() : data_(std::make_shared<const Data>()) {}

Date State::as_of() const noexcept { return data_->settlement.as_of; }

const Settlement& State::settlement() const noexcept { return data_->settlement; }

namespace {

/// What a reader of entries sees of one.
bool same_entry(const Settlement& a, std::size_t i, const Settlement& b, std::size_t j) {
    const std::uint32_t rule_a = a.entries.rules[i], rule_b = b.entries.rules[j];
    if ((rule_a == no_index) != (rule_b == no_index)) return false;
    if (rule_a != no_index && !(a.rules[rule_a] == b.rules[rule_b])) return false;
    return a.entries.status[i] == b.entries.status[j] && a.entries.reasons[i] == b.entries.reasons[j] &&
           a.entries.points[i] == b.entries.points[j] &&
           a.entries.points_clipped[i] == b.entries.points_clipped[j];
}

std::vector<std::uint32_t> first_entries(const Settlement& settlement) {
    std::vector<std::uint32_t> first;
    first.reserve(settlement.rows.size() + 1);
    for (std::uint32_t e = 0; e < settlement.entries.size(); ++e)
        while (first.size() <= settlement.entries.rows[e]) first.push_back(e);
    while (first.size() <= settlement.rows.size())
        first.push_back(static_cast<std::uint32_t>(settlement.entries.size()));
    return first;
}

}  // namespace

Posting post(const Rulebooks& rulebooks, const Tables& events, Date as_of, const State& state,
             const Options& options) {
    auto data = std::make_shared<State::Data>();
    data->settlement = settle_tables(rulebooks, events, as_of, options, &state.data(), data.get());
    Posting posting{State(data), {}, {}};
    const Settlement& now = data->settlement;
    if (now.cancelled) {
        posting.state = state;
        return posting;
    }
    const Settlement& before = state.settlement();
    Dictionary rows;
    rows.reserve(before.rows.size());
    for (std::size_t row = 0; row < before.rows.size(); ++row) rows.add(before.rows.register_nos[row]);
    const std::vector<std::uint32_t> first_before = first_entries(before), first_now = first_entries(now);
    for (std::uint32_t row = 0; row < now.rows.size(); ++row) {
        const std::uint32_t old = rows.find(now.rows.register_nos[row]);
        const std::uint32_t begin = first_now[row], end = first_now[row + 1];
        bool same = old != no_index && first_before[old + 1] - first_before[old] == end - begin;
        for (std::uint32_t e = begin; same && e < end; ++e)
            same = same_entry(now, e, before, first_before[old] + e - begin);
        for (std::uint32_t e = begin; !same && e < end; ++e) posting.entries.push_back(e);
    }
    Dictionary exchanges;
    for (std::size_t e = 0; e < before.exchanges.size(); ++e) exchanges.add(before.exchanges.exchange_nos[e]);
    for (std::uint32_t e = 0; e < now.exchanges.size(); ++e) {
        const std::uint32_t old = exchanges.find(now.exchanges.exchange_nos[e]);
        if (old == no_index || before.exchanges.status[old] != now.exchanges.status[e] ||
            before.exchanges.points[old] != now.exchanges.points[e])
            posting.exchanges.push_back(e);
    }
    return posting;
}

}  // namespace gridgov::points
