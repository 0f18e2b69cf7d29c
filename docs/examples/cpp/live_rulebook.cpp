// A rulebook that is edited while a service runs. Rulebooks never change: an edit is read and
// checked beside those in use, then put in their place; who is settling goes on with the old ones.
#include <gridgov/gridgov.hpp>

#include <atomic>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace points = gridgov::points;

class Service {
public:
    /// From the editor's thread. Gives the faults, where nothing changes; none: used from now on.
    std::vector<gridgov::Finding> edit(const std::vector<std::string>& files) {
        std::vector<points::RulebookSource> sources;
        for (const std::string& file : files) sources.push_back({file, "rulebook"});
        try {
            rules_ = std::make_shared<const points::Rulebooks>(
                points::Rulebooks::read_toml(sources));
            return {};
        } catch (const gridgov::DataError& error) {
            return error.findings();
        }
    }

    /// From the one thread that posts: `events` is what came in since the last time. What was
    /// posted stays as it is, and a fault leaves the state as it was.
    points::Posting post(const points::Tables& events, gridgov::Date today) {
        const std::shared_ptr<const points::Rulebooks> rules = rules_;  // kept while this call runs
        points::Posting posting = points::post(*rules, events, today, state_);
        state_ = posting.state;
        return posting;
    }

private:
    std::atomic<std::shared_ptr<const points::Rulebooks>> rules_ =
        std::make_shared<const points::Rulebooks>();
    points::State state_;
};

std::string rulebook(const std::string& id, const std::string& dates, int points_an_hour) {
    return "[rulebook]\nid = \"" + id + "\"\nvillages = [\"*\"]\n" + dates +
           "\n[[rule]]\nid = \"volunteer\"\ndeed = \"volunteer\"\nper = \"hour\"\npoints = " +
           std::to_string(points_an_hour) + "\n";
}

/// One household's two hours on a day.
void two_hours(Service& service, const std::string& number, const std::string& date) {
    const std::vector<std::string> household{"h1"}, village{"east"}, numbers{number}, dates{date};
    const std::vector<std::string> deed{"volunteer"}, stage{"posted"};
    const std::vector<std::int64_t> hours{2};
    points::Tables events;
    events.households.household_ids = gridgov::TextColumn(household);
    events.households.villages = gridgov::TextColumn(village);
    events.deeds.register_nos = gridgov::TextColumn(numbers);
    events.deeds.dates.texts = gridgov::TextColumn(dates);
    events.deeds.household_ids = gridgov::TextColumn(household);
    events.deeds.deeds = gridgov::TextColumn(deed);
    events.deeds.stages = gridgov::TextColumn(stage);
    events.deeds.units.integers = hours;
    const auto posting = service.post(events, *gridgov::parse_date(date));
    std::cout << date << ": balance " << posting.state.settlement().households.balance[0] << '\n';
}

int main() {
    Service service;
    service.edit({rulebook("2026", "effective_from = 2026-01-01", 1)});
    two_hours(service, "r1", "2026-03-01");

    // The village votes: 3 points an hour from April on. First with a slip, which changes nothing.
    std::thread editor([&] {
        const std::string april = rulebook("2026-april", "effective_from = 2026-04-01", 3);
        const auto faults =
            service.edit({rulebook("2026", "effective_from = 2026-01-01", 1), april});
        for (const auto& fault : faults)
            std::cout << "refused: " << gridgov::message(fault, gridgov::Language::en) << '\n';
        const std::string until_april = "effective_from = 2026-01-01\neffective_to = 2026-04-01";
        service.edit({rulebook("2026", until_april, 1), april});
    });
    editor.join();
    two_hours(service, "r2", "2026-03-31");
    two_hours(service, "r3", "2026-04-01");
}
