// Objects shared by threads, each of which reads them as often as it likes (ThreadSanitizer: preset
// tsan).
#include "samples.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <thread>

namespace {

/// Runs `work` on several threads at once; each returns what must be equal to that of one alone.
template <class Work>
void all_alike(Work work) {
    const auto expected = work();
    std::vector<decltype(work())> seen(4);
    std::vector<std::thread> threads;
    for (auto& result : seen) threads.emplace_back([&result, &work] { result = work(); });
    for (std::thread& thread : threads) thread.join();
    for (const auto& result : seen) CHECK(result == expected);
}

}  // namespace

TEST_CASE("a town and its neighbours") {
    const auto town = samples::town(500);
    const auto neighbours = gridgov::neighbours::build(town);
    gridgov::partition::Options options;
    options.threads = 2;
    options.effort = gridgov::partition::Effort::draft;
    all_alike([&] {
        const gridgov::Town copy = town;
        const auto found = gridgov::partition::solve(copy, neighbours, options);
        const auto proof = gridgov::partition::verify(town, neighbours.graph, {},
                                                      {.labels = found.labels}, {});
        CHECK(proof.holds());
        CHECK(town.find(copy.id(gridgov::HouseholdIndex(7))) == gridgov::HouseholdIndex(7));
        return found.labels;
    });
}

TEST_CASE("rulebooks and a state with its settlement") {
    const auto rules = samples::rulebooks();
    const samples::Register deeds;
    const auto first =
        gridgov::points::post(rules, deeds.tables(), gridgov::date_of(2026, 3, 31), {});
    gridgov::points::Options options;
    options.threads = 2;
    all_alike([&] {
        const auto next = gridgov::points::post(
            rules, deeds.tables(), gridgov::date_of(2026, 4, 30), first.state, options);
        std::string text = gridgov::report::summary_text(rules, first.state.settlement(),
                                                         gridgov::Language::zh);
        for (const std::int64_t balance : next.state.settlement().households.balance) {
            text += ' ';
            text += std::to_string(balance);
        }
        return text;
    });
}

TEST_CASE("a catalogue with its recurrences and conditions") {
    const auto catalogue = samples::catalogue();
    const auto item = catalogue.find_item("i1");
    all_alike([&] {
        std::vector<std::uint32_t> seen;
        for (int hectares = 0; hectares != 4; ++hectares) {
            const gridgov::lists::Attribute attribute{"hectares", static_cast<double>(hectares)};
            const auto decision = gridgov::lists::decide(
                catalogue, {.actor = "east", .matter = "fire/grass",
                            .date = gridgov::date_of(2026, 5, 1), .village = {},
                            .attributes = {&attribute, 1}});
            seen.push_back(decision.item.value);
        }
        const auto days = catalogue.recurrence(item)->occurrences(
            gridgov::date_of(2026, 1, 1), gridgov::date_of(2026, 1, 1),
            gridgov::date_of(2026, 12, 31));
        seen.push_back(static_cast<std::uint32_t>(days.size()));
        return seen;
    });
}

TEST_CASE("what one throws is its own") {
    const auto town = samples::town(100);
    const auto neighbours = gridgov::neighbours::build(town);
    all_alike([&] {
        gridgov::partition::Options options;
        options.rules.weight_min = 50;  // above weight_max
        try {
            gridgov::partition::solve(town, neighbours, options);
        } catch (const gridgov::UsageError& error) {
            return std::string(error.what());
        }
        return std::string();
    });
}
