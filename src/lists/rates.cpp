#include "lists/rates.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "documents/document.hpp"
#include "gridgov/error.hpp"
#include "lists/acting_level.hpp"

namespace gridgov::lists {
namespace {

constexpr std::array<std::string_view, duty_states> state_names{"pending", "met", "late", "missed",
                                                                "waived"};

std::uint32_t bits_of(const std::vector<DutyState>& states) {
    std::uint32_t bits = 0;
    for (const DutyState state : states) bits |= std::uint32_t{1} << static_cast<unsigned>(state);
    return bits;
}

std::vector<DutyState> read_states(documents::Reader& reader, std::string_view key,
                                   std::vector<DutyState> absent) {
    const auto texts = reader.texts(key);
    if (!texts) return absent;
    std::vector<DutyState> states;
    for (const std::string& text : *texts) {
        const auto found = std::find(state_names.begin(), state_names.end(), text);
        if (found == state_names.end())
            reader.fault(Code::document_unknown_word, key,
                         {{"value", text}, {"known", "pending, met, late, missed, waived"}});
        else
            states.push_back(static_cast<DutyState>(found - state_names.begin()));
    }
    return states;
}

}  // namespace

std::string_view duty_state_name(DutyState state) noexcept {
    return state_names[static_cast<std::size_t>(state)];
}

std::string_view rate_by_name(RateBy by) noexcept {
    constexpr std::array<std::string_view, 5> names{"item", "actor", "village", "person", "metric"};
    return names[static_cast<std::size_t>(by)];
}

std::vector<Metric> read_metrics_toml(const Source& source) {
    std::vector<Finding> findings;
    std::vector<Metric> metrics;
    const auto document = documents::read_toml({source.text, source.name}, findings);
    if (document) {
        documents::Reader file(*document, source.name, findings);
        for (const documents::Node* const table : file.tables("metric")) {
            documents::Reader reader(*table, source.name, findings);
            Metric metric;
            reader.require("id");
            metric.id = reader.text("id").value_or("");
            reader.name(metric.id);
            metric.title = reader.title("title").value_or(Title{});
            metric.items = reader.texts("items").value_or(std::vector<std::string>{});
            metric.matters = reader.texts("matters").value_or(std::vector<std::string>{});
            metric.actors = reader.texts("actors").value_or(std::vector<std::string>{});
            metric.counts = read_states(reader, "counts", metric.counts);
            metric.of = read_states(reader, "of", metric.of);
            const bool known =
                std::any_of(metrics.begin(), metrics.end(),
                            [&](const Metric& other) { return other.id == metric.id; });
            if (known) reader.fault(Code::document_duplicate_key, "id");
            reader.finish();
            metrics.push_back(std::move(metric));
        }
        file.finish();
    }
    if (!findings.empty()) throw DataError(std::move(findings));
    return metrics;
}

RateCounter::RateCounter(const Catalogue& catalogue, std::span<const Metric> metrics,
                         std::vector<Finding>& findings)
    : catalogue_(catalogue), items_(catalogue.items().size()), actors_(catalogue.actors().size()),
      villages_(catalogue.actors().size()), persons_(catalogue.persons().size()),
      metrics_(metrics.size()) {
    for (const Metric& metric : metrics) {
        const auto note = [&](Code code, std::vector<std::string> records) {
            Finding& finding = findings.emplace_back();
            finding.code = code;
            finding.records = std::move(records);
        };
        Scope& scope = scopes_.emplace_back();
        scope.counts = bits_of(metric.counts);
        scope.of = bits_of(metric.of);
        if (scope.counts == 0 || (scope.counts & ~scope.of) != 0)
            note(Code::metric_counts_nothing, {metric.id});
        if (!metric.items.empty() || !metric.matters.empty()) {
            scope.items.resize(items_.size());
            for (const std::string& id : metric.items) {
                const ItemIndex item = catalogue.find_item(id);
                if (item.exists())
                    scope.items[item.value] = 1;
                else
                    note(Code::metric_unknown_item, {metric.id, id});
            }
            for (std::size_t i = 0; i < items_.size(); ++i)
                for (const std::string& matter : metric.matters)
                    if (covers(matter, catalogue.items()[i].matter)) scope.items[i] = 1;
        }
        if (!metric.actors.empty()) {
            scope.actors.resize(actors_.size());
            for (const std::string& id : metric.actors) {
                const auto level = acting_level(id);
                const ActorIndex actor = catalogue.find_actor(id);
                if (level)
                    for (const std::uint32_t at : catalogue.actors_at(*level)) scope.actors[at] = 1;
                else if (actor.exists())
                    scope.actors[actor.value] = 1;
                else
                    note(Code::metric_unknown_actor, {metric.id, id});
            }
        }
    }
}

void RateCounter::add(std::uint32_t item, std::uint32_t actor,
                      std::span<const std::uint32_t> persons, const StateCounts& counts) {
    const auto add_to = [&](StateCounts& sums) {
        for (std::size_t state = 0; state < duty_states; ++state) sums[state] += counts[state];
    };
    add_to(items_[item]);
    add_to(actors_[actor]);
    const ActorIndex village = catalogue_.village(ActorIndex(actor));
    if (village.exists()) add_to(villages_[village.value]);
    for (const std::uint32_t person : persons) add_to(persons_[person]);
    for (std::size_t i = 0; i < scopes_.size(); ++i)
        if ((scopes_[i].items.empty() || scopes_[i].items[item] != 0) &&
            (scopes_[i].actors.empty() || scopes_[i].actors[actor] != 0))
            add_to(metrics_[i]);
}

DutyRates RateCounter::rates() const {
    DutyRates rates;
    const auto give = [&](RateBy by, const std::vector<StateCounts>& table) {
        for (std::size_t row = 0; row < table.size(); ++row) {
            const StateCounts& counts = table[row];
            const std::uint64_t windows =
                std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
            if (windows == 0 && by != RateBy::metric) continue;
            const auto of = [&](DutyState state) {
                return counts[static_cast<std::size_t>(state)];
            };
            const auto sum = [&](std::uint32_t bits) {
                std::uint64_t total = 0;
                for (std::size_t state = 0; state < duty_states; ++state)
                    if ((bits >> state & 1) != 0) total += counts[state];
                return total;
            };
            const bool own = by == RateBy::metric;
            rates.by.push_back(by);
            rates.key.push_back(static_cast<std::uint32_t>(row));
            rates.windows.push_back(windows);
            rates.met.push_back(of(DutyState::met));
            rates.late.push_back(of(DutyState::late));
            rates.missed.push_back(of(DutyState::missed));
            rates.waived.push_back(of(DutyState::waived));
            rates.pending.push_back(of(DutyState::pending));
            rates.rate_numerator.push_back(own ? sum(scopes_[row].counts) : of(DutyState::met));
            rates.rate_denominator.push_back(
                own ? sum(scopes_[row].of)
                    : of(DutyState::met) + of(DutyState::late) + of(DutyState::missed));
        }
    };
    give(RateBy::item, items_);
    give(RateBy::actor, actors_);
    give(RateBy::village, villages_);
    give(RateBy::person, persons_);
    give(RateBy::metric, metrics_);
    return rates;
}

}  // namespace gridgov::lists
