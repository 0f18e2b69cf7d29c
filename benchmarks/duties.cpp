// bench_duties [VILLAGES ITEMS ROWS]: a year of monthly windows of a county's villages against a
// table of evidence, beside the time that sorting that table takes. Processor seconds, the best of
// three.
//
//   sort     std::sort of the rows by item, actor and day, ids as texts: the yardstick
//   rates    duties() with rates alone: windows are counted, never made
//   windows  duties() with every window made, as columns
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/lists/duties.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::lists;

/// A splitmix64 generator: the same rows on every machine.
class Random {
public:
    std::uint64_t next() {
        std::uint64_t bits = state_ += 0x9E3779B97F4A7C15ULL;
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9ULL;
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EBULL;
        return bits ^ bits >> 31;
    }
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }

private:
    std::uint64_t state_ = 2026;
};

Catalogue county(std::size_t villages, std::size_t items) {
    Layer layer;
    layer.file = "county";
    layer.head.id = "county";
    layer.head.effective_from = date_of(2026, 1, 1);
    for (std::size_t i = 0; i < villages; ++i) {
        Actor actor;
        actor.id = "village-" + std::to_string(10000 + i);
        actor.level = Level::village;
        Person person;
        person.id = "person-" + std::to_string(10000 + i);
        person.posts = {actor.id + ".secretary"};
        layer.actors.push_back(std::move(actor));
        layer.persons.push_back(std::move(person));
    }
    for (std::size_t i = 0; i < items; ++i) {
        Item item;
        item.id = "B-" + std::to_string(1000 + i);
        item.matter = "matter/" + item.id;
        item.actor = "level:village";
        item.lead = "secretary";
        item.recurrence = "FREQ=MONTHLY;BYMONTHDAY=" + std::to_string(1 + i % 28);
        item.due_days = 10;
        layer.items.push_back(std::move(item));
    }
    return Catalogue::make(std::vector<Layer>{std::move(layer)});
}

double seconds(const std::function<void()>& work) {
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
        const std::clock_t begin = std::clock();
        work();
        best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
    }
    return best;
}

}  // namespace

int main(int count, char** words) {
    const auto argument = [&](int at, std::size_t otherwise) {
        return at < count ? static_cast<std::size_t>(std::strtoull(words[at], nullptr, 10)) : otherwise;
    };
    const std::size_t villages = argument(1, 3000), items = argument(2, 340),
                      rows = argument(3, 1'000'000);
    const Catalogue catalogue = county(villages, items);
    Random random;
    std::vector<std::string> item_ids, actor_ids;
    std::vector<Date> dates;
    for (std::size_t i = 0; i < rows; ++i) {
        item_ids.push_back(catalogue.items()[random.below(items)].id);
        actor_ids.push_back(catalogue.actors()[random.below(villages)].id);
        dates.push_back(date_of(2026, 1, 1) + static_cast<std::int32_t>(random.below(365)));
    }
    const Date as_of = date_of(2026, 12, 31);
    const EvidenceColumns evidence{dates, std::span<const std::string>(item_ids),
                                   std::span<const std::string>(actor_ids), {}};

    struct Row {
        std::string_view item, actor;
        Date date;
    };
    const double sort_s = seconds([&] {
        std::vector<Row> table;
        table.reserve(rows);
        for (std::size_t i = 0; i < rows; ++i) table.push_back({item_ids[i], actor_ids[i], dates[i]});
        std::sort(table.begin(), table.end(), [](const Row& a, const Row& b) {
            if (const int order = a.item.compare(b.item); order != 0) return order < 0;
            if (const int order = a.actor.compare(b.actor); order != 0) return order < 0;
            return a.date < b.date;
        });
    });
    std::uint64_t windows = 0, met = 0;
    const auto run = [&](bool with_windows) {
        const Duties found = duties(catalogue, evidence, {}, {as_of, with_windows, {}});
        windows = found.window_count;
        met = 0;
        for (std::size_t i = 0; i < found.rates.size(); ++i)
            if (found.rates.by[i] == RateBy::item) met += found.rates.met[i];
    };
    const double rates_s = seconds([&] { run(false); });
    const double windows_s = seconds([&] { run(true); });
    std::printf("%zu villages, %zu items, %zu rows of evidence, %llu windows, %llu of them met\n",
                villages, items, rows, static_cast<unsigned long long>(windows),
                static_cast<unsigned long long>(met));
    std::printf("%-8s %8s %8s\n", "", "cpu_s", "ratio");
    std::printf("%-8s %8.3f %8.2f\n", "sort", sort_s, 1.0);
    std::printf("%-8s %8.3f %8.2f\n", "rates", rates_s, rates_s / sort_s);
    std::printf("%-8s %8.3f %8.2f\n", "windows", windows_s, windows_s / sort_s);
    return 0;
}
