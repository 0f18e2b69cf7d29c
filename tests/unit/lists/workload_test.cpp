#include "gridgov/lists/workload.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "catalogue_text.hpp"
#include "gridgov/error.hpp"
#include "lists/overload.hpp"

using namespace gridgov;
using namespace gridgov::lists;
using namespace gridgov::lists::test;

namespace {

const std::string base = R"(
[catalogue]
id = "t"
effective_from = 2026-01-10
[[actor]]
id = "ganquan"
level = "village"
[[actor]]
id = "shiban"
level = "village"
)";

Catalogue catalogue(const std::string& more) {
    return read_texts({base + more});
}

std::string person(const std::string& id, const std::string& posts, const std::string& capacity) {
    return "[[person]]\nid = \"" + id + "\"\nposts = [" + posts + "]\n" +
           (capacity.empty() ? "" : "capacity_hours = " + capacity + "\n");
}

std::string item(const std::string& id, const std::string& actor, const std::string& lead,
                 const std::string& hours, const std::string& rule = "FREQ=MONTHLY;BYMONTHDAY=20") {
    return "[[item]]\nid = \"" + id + "\"\nmatter = \"m\"\nlist = \"must\"\nactor = \"" + actor +
           "\"\nhours = " + hours + "\nrecurrence = \"" + rule + "\"\n" +
           (lead.empty() ? "" : "lead = \"" + lead + "\"\n");
}

CentiHours hours_of(const Workload& found, std::uint32_t person_row, std::uint32_t month) {
    for (std::size_t i = 0; i < found.persons.person.size(); ++i)
        if (found.persons.person[i] == person_row && found.persons.month[i] == month)
            return found.persons.hours[i];
    return -1;
}

}  // namespace

TEST_CASE("workload: hours by post and person") {
    const Catalogue of = catalogue(
        person("a", "\"ganquan.secretary\"", "10") +
        person("b", "\"ganquan.secretary\", \"ganquan.clerk\"", "") +
        item("1", "level:village", "secretary", "1.5") + item("2", "ganquan", "clerk", "2") +
        item("3", "ganquan", "", "0.03", "FREQ=WEEKLY;BYDAY=MO") + item("4", "shiban", "", "9"));
    const Workload found = workload(of);
    REQUIRE(found.months.size() == 12);
    CHECK(date_text(found.months[0]) == "2026-01-01");
    CHECK(date_text(found.months[11]) == "2026-12-01");
    // January: 1.5 h shared, 2 h of the clerk's, three Mondays from the 10th at 0.03 h shared (the
    // odd hundredth goes to a).
    CHECK(hours_of(found, 0, 0) == 75 + 5);
    CHECK(hours_of(found, 1, 0) == 75 + 200 + 4);
    CHECK(hours_of(found, 0, 1) == 75 + 6);
    CHECK(std::all_of(found.feasible.begin(), found.feasible.end(), [](auto at) { return at; }));
    CHECK(found.overloads.empty());
    // Nobody is secretary at shiban, and nobody has a post there.
    REQUIRE(found.findings.size() == 2);
    CHECK(found.findings[0].code == Code::duty_without_person);
    CHECK(found.findings[0].records == std::vector<std::string>{"1", "shiban"});
    CHECK(found.findings[1].records == std::vector<std::string>{"4", "shiban"});
    // Posts: at ganquan the clerk's, the secretary's and the village's own; at shiban the vacant
    // secretary's and the village's own; each month.
    REQUIRE(found.posts.hours.size() == 5 * 12);
    CHECK(found.posts.name[0] == "clerk");
    CHECK(found.posts.hours[0] == 200);
    CHECK(found.posts.persons[12] == 2);
    CHECK(found.posts.name[24].empty());
    CHECK(found.posts.hours[24] == 9);
    CHECK(found.posts.name[36] == "secretary");
    CHECK(found.posts.persons[36] == 0);
    CHECK(found.posts.hours[36] == 150);
    CHECK(found.posts.name[48].empty());
    CHECK(found.posts.persons[48] == 0);
    CHECK(found.posts.hours[48] == 900);
    CHECK(found.persons.capacity[0] == 1000);
    CHECK(found.persons.capacity[12] == -1);
    CHECK(found.persons.posts[12] == 2);
}

TEST_CASE("workload: the smallest proof that it does not fit") {
    const Catalogue of = catalogue(
        person("a", "\"ganquan.secretary\"", "10") +
        person("b", "\"ganquan.secretary\", \"ganquan.clerk\"", "10") +
        person("c", "\"ganquan.clerk\"", "100") + item("small", "ganquan", "secretary", "1") +
        item("mid", "ganquan", "secretary", "9") + item("big", "ganquan", "secretary", "11.5") +
        item("clerk", "ganquan", "clerk", "80"));
    WorkloadOptions options;
    options.months = 1;
    const Workload found = workload(of, options);
    CHECK(found.feasible == std::vector<std::uint8_t>{0});
    REQUIRE(found.overloads.size() == 1);
    const Overload& overload = found.overloads[0];
    CHECK(overload.persons == std::vector<std::uint32_t>{0, 1});
    REQUIRE(overload.items.size() == 2);  // 11.5 + 9 > 20: the small one is not needed
    CHECK(of.items()[overload.items[0]].id == "big");
    CHECK(of.items()[overload.items[1]].id == "mid");
    CHECK(overload.hours == 2050);
    CHECK(overload.capacity == 2000);
    CHECK(overload.smallest);
    CHECK(message(found.findings.back(), Language::en) ==
          "2026-01: these duties take 20.5 hours, and those who may do them have 20 (big, mid, a, "
          "b); add people or posts, or take duties away");
}

TEST_CASE("workload: who qualifies for a subsidy") {
    const Catalogue of = catalogue(person("a", "\"ganquan.x\", \"ganquan.y\", \"shiban.z\"", "10") +
                                   person("b", "\"shiban.w\"", "10") +
                                   item("1", "ganquan", "x", "12") + item("2", "shiban", "w", "12"));
    const auto qualify = [&](std::optional<double> percent, std::optional<std::uint32_t> posts) {
        WorkloadOptions options;
        options.months = 1;
        options.subsidy_percent = percent;
        options.subsidy_posts = posts;
        return workload(of, options).persons.subsidy;
    };
    using Answers = std::vector<std::uint8_t>;
    CHECK(qualify({}, {}) == Answers{0, 0});
    CHECK(qualify(120.0, {}) == Answers{1, 1});
    CHECK(qualify(120.01, {}) == Answers{0, 0});
    CHECK(qualify({}, 3) == Answers{1, 0});
    CHECK(qualify(100.0, 3) == Answers{1, 0});
    CHECK(qualify(100.0, 4) == Answers{0, 0});
}

TEST_CASE("workload: a caller's mistakes and faults") {
    const Catalogue of = catalogue(item("1", "ganquan", "", "1"));
    WorkloadOptions options;
    options.months = 0;
    CHECK_THROWS_AS(workload(of, options), UsageError);
    options.months = 121;
    CHECK_THROWS_AS(workload(of, options), UsageError);
    options.months = 1;
    for (const double bad : {-1.0, std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity(), 1e300}) {
        options.capacity_hours = bad;
        CHECK_THROWS_AS(workload(of, options), UsageError);
    }
    const std::string timeless = "[[actor]]\nid = \"x\"\nlevel = \"town\"\n";
    CHECK_THROWS_AS(workload(read_texts({timeless})), UsageError);
}

TEST_CASE("workload: proofs as trying every set of duties finds them") {
    std::mt19937 random(17);
    const auto below = [&](unsigned count) { return static_cast<std::uint32_t>(random() % count); };
    int infeasible = 0;
    for (int round = 0; round < 1500; ++round) {
        const std::uint32_t people = 1 + below(6);
        std::vector<CentiHours> capacity;
        for (std::uint32_t i = 0; i < people; ++i)
            capacity.push_back(below(8) == 0 ? MaxFlow::unbounded : below(30));
        std::vector<std::vector<std::uint32_t>> holders(1 + below(5));
        std::vector<Demand> demands;
        std::vector<std::pair<CentiHours, const std::vector<std::uint32_t>*>> duties;
        for (auto& set : holders) {
            for (std::uint32_t i = 0; i < people; ++i)
                if (below(3) == 0) set.push_back(i);
            if (set.empty()) set.push_back(below(people));
            Demand& demand = demands.emplace_back(Demand{0, &set, {}});
            for (std::uint32_t count = below(3); count > 0; --count) {
                const CentiHours hours = 1 + below(25);
                demand.hours += hours;
                demand.duties.push_back({static_cast<std::uint32_t>(duties.size()), 0, hours});
                duties.emplace_back(hours, &set);
            }
        }
        // The greatest shortfall over all sets of duties is what is missing (Hall, König).
        CentiHours worst = 0;
        std::size_t fewest = 1000;
        for (std::uint32_t set = 1; set < 1U << duties.size(); ++set) {
            CentiHours shortfall = 0;
            std::set<std::uint32_t> needed;
            std::size_t count = 0;
            for (std::size_t i = 0; i < duties.size(); ++i)
                if ((set >> i & 1) != 0) {
                    ++count;
                    shortfall += duties[i].first;
                    needed.insert(duties[i].second->begin(), duties[i].second->end());
                }
            for (const std::uint32_t person : needed) shortfall -= capacity[person];
            if (shortfall <= 0) continue;
            worst = std::max(worst, shortfall);
            fewest = std::min(fewest, count + needed.size());
        }
        REQUIRE(missing_hours(demands, capacity) == worst);
        if (worst == 0) continue;
        ++infeasible;
        const Violator found = smallest_violator(demands, capacity);
        REQUIRE(found.smallest);
        REQUIRE(found.persons.size() + found.duties.size() == fewest);
        CentiHours balance = 0;
        for (const std::uint32_t at : found.persons) balance -= capacity[at];
        for (const Duty& duty : found.duties) {
            balance += duty.hours;
            const auto& who = *duties[duty.item].second;
            REQUIRE(std::includes(found.persons.begin(), found.persons.end(), who.begin(), who.end()));
        }
        REQUIRE(balance > 0);
    }
    CHECK(infeasible > 500);
}

TEST_CASE("workload: more people than sets can be tried") {
    // Forty people in a ring, all of them needed for the proof.
    std::vector<CentiHours> capacity(40, 10);
    std::vector<std::vector<std::uint32_t>> holders;
    for (std::uint32_t i = 0; i < 40; ++i)
        holders.push_back({std::min(i, (i + 1) % 40), std::max(i, (i + 1) % 40)});
    std::vector<Demand> demands;
    for (const auto& set : holders) demands.push_back({10, &set, {{0, 0, 10}}});
    CHECK(missing_hours(demands, capacity) == 0);
    demands[7].hours = demands[7].duties[0].hours = 11;
    CHECK(missing_hours(demands, capacity) == 1);
    const Violator found = smallest_violator(demands, capacity);
    CHECK_FALSE(found.smallest);
    CHECK(found.persons.size() == 40);
    CHECK(found.duties.size() == 40);
}
