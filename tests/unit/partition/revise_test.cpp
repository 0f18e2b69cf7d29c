#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "gridgov/error.hpp"
#include "gridgov/neighbours/neighbours.hpp"
#include "gridgov/partition/partition.hpp"
#include "gridgov/partition/revise.hpp"
#include "random_town.hpp"
#include "verified.hpp"

using namespace gridgov;
using namespace gridgov::partition;
using gridgov::partition::testing::RandomTown;
using gridgov::partition::testing::broken_weight;
using gridgov::partition::testing::check_verified;
using gridgov::partition::testing::sizes;

namespace {

using Texts = std::vector<std::string>;

/// An assignment as somebody hands it in.
struct Drawn {
    Texts households, courtyards, heads, retired;
    void add(std::string household, std::string courtyard) {
        households.push_back(std::move(household));
        courtyards.push_back(std::move(courtyard));
    }
    PreviousAssignment columns() const {
        PreviousAssignment columns;
        columns.household_ids = std::span<const std::string>(households);
        columns.courtyard_ids = std::span<const std::string>(courtyards);
        if (!heads.empty()) columns.head_ids = std::span<const std::string>(heads);
        if (!retired.empty()) columns.retired_ids = std::span<const std::string>(retired);
        return columns;
    }
};

/// Households along a road, ten metres apart, with ids "a0", "a1", …: each linked to the next.
struct Road {
    Texts ids;
    std::vector<double> x_m, y_m;
    explicit Road(int count, int first = 0) {
        for (int i = first; i < first + count; ++i) add("a" + std::to_string(i), 10.0 * i);
    }
    void add(std::string id, double x, double y = 0) {
        ids.push_back(std::move(id));
        x_m.push_back(x);
        y_m.push_back(y);
    }
    Town town() const {
        TownColumns columns;
        columns.households.x_m = x_m;
        columns.households.y_m = y_m;
        columns.households.ids = std::span<const std::string>(ids);
        return Town::make(columns);
    }
};

/// a0 … in courtyards of `size`, named c0, c1, ….
Drawn chunks(int count, int size) {
    Drawn drawn;
    for (int i = 0; i < count; ++i)
        drawn.add("a" + std::to_string(i), "c" + std::to_string(i / size));
    return drawn;
}

std::map<std::string, std::string> where(const Town& town, const Revision& revision) {
    std::map<std::string, std::string> result;
    for (std::uint32_t row = 0; row < town.households(); ++row)
        result[town.id(HouseholdIndex(row))] =
            revision.partition.courtyards
                .ids[static_cast<std::size_t>(revision.partition.labels[row])];
    return result;
}

std::map<std::string, Why> reasons(const Revision& revision) {
    std::map<std::string, Why> result;
    for (std::size_t i = 0; i < revision.changes.size(); ++i)
        result[revision.changes.household_ids[i]] = revision.changes.why[i];
    return result;
}

/// What must hold of every revision.
void check_revision(const Town& town, const neighbours::Neighbours& graph, const Drawn& drawn,
                    const Options& options, const Revision& revision) {
    const Partition& partition = revision.partition;
    REQUIRE(partition.labels.size() == town.households());
    const auto now = where(town, revision);
    std::uint32_t kept = 0, moved = 0, left = 0;
    std::set<std::string> changed, before(drawn.courtyards.begin(), drawn.courtyards.end());
    for (std::size_t row = 0; row < drawn.households.size(); ++row) {
        if (drawn.courtyards[row].empty()) continue;
        const auto place = now.find(drawn.households[row]);
        if (place == now.end()) {
            ++left;
            changed.insert(drawn.households[row]);
        } else if (place->second == drawn.courtyards[row]) {
            ++kept;
        } else {
            ++moved;
            changed.insert(drawn.households[row]);
        }
    }
    CHECK(revision.kept == kept);
    CHECK(revision.moved == moved);
    CHECK(revision.left == left);
    CHECK(revision.entered == town.households() - kept - moved);
    CHECK(revision.moved_lower_bound <= revision.moved);
    CHECK(revision.changes.size() == revision.entered + moved + left);
    for (std::size_t i = 0; i < revision.changes.size(); ++i) {
        const Why why = revision.changes.why[i];
        CHECK((why == Why::entered) == revision.changes.from_courtyard_ids[i].empty());
        CHECK((why == Why::left) == revision.changes.to_courtyard_ids[i].empty());
        if (why != Why::entered) CHECK(changed.count(revision.changes.household_ids[i]) == 1);
    }
    // Ids are unique; one that lives no more is retired, and not given again.
    const std::set<std::string> ids(partition.courtyards.ids.begin(),
                                    partition.courtyards.ids.end());
    CHECK(ids.size() == partition.courtyards.size());
    for (const std::string& id : revision.retired_ids) CHECK(ids.count(id) == 0);
    for (const std::string& id : before)
        if (!id.empty() && ids.count(id) == 0)
            CHECK(std::binary_search(revision.retired_ids.begin(), revision.retired_ids.end(), id));
    check_verified(town, graph, partition, options);
    for (const Finding& finding : partition.findings) {
        CHECK(!message(finding, Language::en).empty());
        CHECK(!message(finding, Language::zh).empty());
    }
}

/// The least broken weight with connected courtyards, then the fewest moves: all partitions.
class FewestMoves {
public:
    FewestMoves(const Town& town, const neighbours::Neighbours& graph, const Drawn& drawn,
                const Rules& rules)
        : town_(town), graph_(graph), rules_(rules),
          home_(town.households(), -1) {
        std::map<std::string, int> number;
        for (std::size_t row = 0; row < drawn.households.size(); ++row) {
            if (drawn.courtyards[row].empty()) continue;
            const HouseholdIndex household = town.find(drawn.households[row]);
            if (!household.exists()) continue;
            const auto place =
                number.try_emplace(drawn.courtyards[row], static_cast<int>(number.size())).first;
            home_[household.value] = place->second;
            ++previous_;
        }
        homes_ = static_cast<int>(number.size());
    }
    std::pair<double, std::int64_t> run() {
        const std::uint32_t everyone = (1U << town_.households()) - 1;
        enumerate(everyone, 0);
        return {broken_, previous_ - kept_};
    }

private:
    void enumerate(std::uint32_t left, double broken) {
        if (broken > broken_ + 1e-9) return;
        if (left == 0) {
            const std::int64_t kept = most_kept();
            if (broken < broken_ - 1e-9 || kept > kept_) kept_ = kept;
            broken_ = std::min(broken_, broken);
            return;
        }
        const std::uint32_t lowest = left & (~left + 1), rest = left & ~lowest;
        for (std::uint32_t more = rest;; more = (more - 1) & rest) {
            const std::uint32_t block = lowest | more;
            if (connected(block)) {
                Weight weight;
                for (std::uint32_t i = 0; i < town_.households(); ++i)
                    if ((block >> i & 1U) != 0) weight += town_.weights()[i];
                const bool legal = weight >= weight_from_number(rules_.weight_min) &&
                                   weight <= weight_from_number(rules_.weight_max);
                blocks_.push_back(block);
                enumerate(left & ~block, broken + (legal ? 0 : number_from_weight(weight)));
                blocks_.pop_back();
            }
            if (more == 0) break;
        }
    }
    bool connected(std::uint32_t block) const {
        std::uint32_t seen = block & (~block + 1);
        for (std::uint32_t before = 0; before != seen;) {
            before = seen;
            for (std::uint32_t i = 0; i < town_.households(); ++i)
                if ((before >> i & 1U) != 0)
                    for (const std::uint32_t other : graph_.graph.neighbours(i))
                        seen |= (1U << other) & block;
        }
        return seen == block;
    }
    /// The best way of giving each block at most one home, each home once.
    std::int64_t most_kept() const {
        std::vector<std::int64_t> best(std::size_t{1} << homes_, 0);
        for (const std::uint32_t block : blocks_) {
            std::vector<std::int64_t> next = best;
            for (std::uint32_t set = 0; set < best.size(); ++set)
                for (int home = 0; home < homes_; ++home) {
                    if ((set >> home & 1U) != 0) continue;
                    std::int64_t stay = 0;
                    for (std::uint32_t i = 0; i < town_.households(); ++i)
                        if ((block >> i & 1U) != 0 && home_[i] == home) ++stay;
                    auto& place = next[set | 1U << home];
                    place = std::max(place, best[set] + stay);
                }
            best = std::move(next);
        }
        return *std::max_element(best.begin(), best.end());
    }

    const Town& town_;
    const neighbours::Neighbours& graph_;
    const Rules& rules_;
    std::vector<int> home_;
    int homes_ = 0;
    std::int64_t previous_ = 0, kept_ = -1;
    double broken_ = std::numeric_limits<double>::infinity();
    std::vector<std::uint32_t> blocks_;
};

}  // namespace

TEST_CASE("revise: nothing changed, nobody moves, and ids and heads are the same") {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        RandomTown random(seed, 60);
        if (seed % 3 == 0) random.add_pin();
        const Town town = Town::make(random.columns());
        const auto graph = neighbours::build(town);
        const Options options = sizes(3, 9, 6);
        const Partition first = solve(town, graph, options);
        Drawn drawn;
        for (std::uint32_t row = 0; row < town.households(); ++row) {
            const auto label = static_cast<std::size_t>(first.labels[row]);
            drawn.add(town.id(HouseholdIndex(row)), first.courtyards.ids[label]);
            drawn.heads.push_back(first.courtyards.head[label] == no_index
                                      ? ""
                                      : town.id(HouseholdIndex(first.courtyards.head[label])));
        }
        if (first.broken_courtyards > 0) continue;
        const Revision again = revise(town, graph, drawn.columns(), options);
        CAPTURE(seed);
        check_revision(town, graph, drawn, options, again);
        CHECK(again.moved == 0);
        CHECK(again.entered == 0);
        CHECK(again.left == 0);
        CHECK(again.changes.size() == 0);
        CHECK(again.partition.courtyards.ids == first.courtyards.ids);
        CHECK(again.partition.courtyards.head == first.courtyards.head);
        CHECK(again.partition.labels == first.labels);
        CHECK(again.retired_ids.empty());
    }
}

TEST_CASE("revise: against all partitions of tiny towns") {
    int optimal = 0, tight = 0, count = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        RandomTown random(seed, 8);
        const Town town = Town::make(random.columns());
        const auto graph = neighbours::build(town);
        const Options options = sizes(2, 4, 3);
        Drawn drawn;
        const std::uint32_t homes = 1 + random.below(3);
        for (const std::string& id : random.ids)
            if (random.below(6) != 0)
                drawn.add(id, random.below(9) == 0 ? "" : "c" + std::to_string(random.below(homes)));
        for (std::uint32_t i = 0; i < random.below(3); ++i)
            drawn.add("gone" + std::to_string(i), "c" + std::to_string(random.below(homes)));
        const Revision revision = revise(town, graph, drawn.columns(), options);
        CAPTURE(seed);
        check_revision(town, graph, drawn, options, revision);
        const auto [broken, moved] = FewestMoves(town, graph, drawn, options.rules).run();
        CHECK(broken_weight(revision.partition) >= broken - 1e-6);
        if (broken_weight(revision.partition) > broken + 1e-6) {
            ++count;
            continue;
        }
        CHECK(revision.moved >= moved);
        CHECK(revision.moved_lower_bound <= moved);
        ++count;
        optimal += revision.moved == moved ? 1 : 0;
        tight += revision.moved_lower_bound == moved ? 1 : 0;
    }
    MESSAGE("fewest moves in " << optimal << " of " << count << ", bound tight in " << tight);
    CHECK(optimal >= count * 95 / 100);
}

TEST_CASE("revise: who enters goes where there is room, who leaves is told") {
    Road road(20);
    Drawn drawn = chunks(20, 10);
    drawn.add("gone", "c1");
    drawn.add("nowhere", "");
    road.add("new", 205);
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    const Options options = sizes(5, 15, 10);
    const Revision revision = revise(town, graph, drawn.columns(), options);
    check_revision(town, graph, drawn, options, revision);
    CHECK(revision.kept == 20);
    CHECK(revision.moved == 0);
    CHECK(revision.entered == 1);
    CHECK(revision.left == 1);
    CHECK(where(town, revision)["new"] == "c1");
    REQUIRE(revision.changes.size() == 2);
    CHECK(revision.changes.household_ids == Texts{"new", "gone"});
    CHECK(revision.changes.from_courtyard_ids == Texts{"", "c1"});
    CHECK(revision.changes.to_courtyard_ids == Texts{"c1", ""});
    CHECK(revision.changes.why == std::vector<Why>{Why::entered, Why::left});
}

TEST_CASE("revise: too few, so that one comes over") {
    Road road(19);  // c1 has lost one of its ten
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    const Drawn drawn = chunks(19, 10);
    const Options options = sizes(9.5, 15, 10);  // ten and nine: nine is too few
    Options wide = options;
    wide.rules.weight_min = 9;
    CHECK(revise(town, graph, drawn.columns(), wide).moved == 0);
    // Nineteen make one courtyard too many or none: two of ten need twenty.
    const Revision alone = revise(town, graph, drawn.columns(), options);
    CHECK(alone.partition.broken_courtyards > 0);

    Road longer(29);
    const Town larger = longer.town();
    const auto more = neighbours::build(larger);
    Drawn three = chunks(20, 10);
    for (int i = 20; i < 29; ++i) three.add("a" + std::to_string(i), "c2");
    three.courtyards[19] = "c1";
    Options of_nine = sizes(9, 15, 10);
    of_nine.rules.weight_min = 9.5;
    of_nine.rules.weight_max = 20;
    const Revision revision = revise(larger, more, three.columns(), of_nine);
    check_revision(larger, more, three, of_nine, revision);
    CHECK(revision.partition.broken_courtyards == 0);
    CHECK(revision.moved_lower_bound >= 1);
    for (const auto& [household, why] : reasons(revision)) CHECK(why == Why::undersize);
}

TEST_CASE("revise: too many, so that some go over") {
    Road road(30);
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    Drawn drawn;
    for (int i = 0; i < 30; ++i) drawn.add("a" + std::to_string(i), i < 18 ? "big" : "small");
    const Options options = sizes(10, 16, 15);
    const Revision revision = revise(town, graph, drawn.columns(), options);
    check_revision(town, graph, drawn, options, revision);
    CHECK(revision.moved == 2);
    CHECK(revision.moved_lower_bound == 2);
    const auto why = reasons(revision);
    CHECK(why.at("a16") == Why::oversize);
    CHECK(why.at("a17") == Why::oversize);
    CHECK(where(town, revision)["a17"] == "small");
}

TEST_CASE("revise: the piece that most keep inherits the id") {
    Road road(30);
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    Drawn drawn;  // "apart" has 11 at one end and 4 at the other
    for (int i = 0; i < 30; ++i)
        drawn.add("a" + std::to_string(i), i < 11 || i >= 26 ? "apart" : "between");
    const Options options = sizes(10, 20, 15);
    const Revision revision = revise(town, graph, drawn.columns(), options);
    check_revision(town, graph, drawn, options, revision);
    CHECK(revision.moved == 4);
    CHECK(revision.moved_lower_bound == 4);
    CHECK(where(town, revision)["a0"] == "apart");
    CHECK(where(town, revision)["a29"] == "between");
    CHECK(reasons(revision).at("a29") == Why::disconnected);
}

TEST_CASE("revise: a courtyard that splits keeps its id where most are; the other id is new") {
    Road road(40);
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    Drawn drawn;
    for (int i = 0; i < 40; ++i) drawn.add("a" + std::to_string(i), "all-1");
    drawn.retired = {"all-7"};
    const Options options = sizes(10, 30, 20);
    const Revision revision = revise(town, graph, drawn.columns(), options);
    check_revision(town, graph, drawn, options, revision);
    CHECK(revision.moved == 10);
    CHECK(revision.moved_lower_bound == 10);
    const Texts& ids = revision.partition.courtyards.ids;
    REQUIRE(ids.size() == 2);
    CHECK(std::count(ids.begin(), ids.end(), "all-1") == 1);
    CHECK(std::count(ids.begin(), ids.end(), "all-8") == 1);  // all-7 lived once
    CHECK(revision.retired_ids == Texts{"all-7"});
    for (const auto& [household, why] : reasons(revision)) CHECK(why == Why::oversize);
}

TEST_CASE("revise: newcomers alone make a courtyard with a new id") {
    Road road(32);
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    const Drawn drawn = chunks(20, 10);
    const Revision revision =
        revise(town, graph, drawn.columns(), sizes(10, 12, 10));
    check_revision(town, graph, drawn, sizes(10, 12, 10), revision);
    CHECK(revision.moved == 0);
    CHECK(revision.partition.courtyards.size() == 3);
    CHECK(where(town, revision)["a31"] == "all-1");
}

TEST_CASE("revise: with keep, a household moves only where that saves so much") {
    Road road(20);
    Drawn drawn = chunks(20, 10);
    drawn.courtyards[10] = "c0";  // 11 and 9: the eleventh is nearer to the others
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    const Options options = sizes(5, 15, 10);
    CHECK(revise(town, graph, drawn.columns(), options).moved == 0);
    ReviseOptions keep;
    keep.keep_m = 9;
    const Revision revision = revise(town, graph, drawn.columns(), options, keep);
    check_revision(town, graph, drawn, options, revision);
    // 11 and 9 cost 300 + 200 m, 10 and 10 cost 250 + 250 m: nothing is saved.
    CHECK(revision.moved == 0);
    for (int i = 10; i < 14; ++i) drawn.courtyards[static_cast<std::size_t>(i)] = "c0";
    const double before = revise(town, graph, drawn.columns(), options).partition.total_distance_m;
    const Revision shorter = revise(town, graph, drawn.columns(), options, keep);
    CHECK(shorter.moved > 0);
    CHECK(before - shorter.partition.total_distance_m >= 9.0 * shorter.moved - 1e-6);
    for (const auto& [household, why] : reasons(shorter)) CHECK(why == Why::shorter);
    keep.keep_m = 1000;
    CHECK(revise(town, graph, drawn.columns(), options, keep).moved == 0);
}

TEST_CASE("revise: a locked courtyard is left alone, and says so where it breaks a rule") {
    Road road(30);
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    Drawn drawn;
    for (int i = 0; i < 30; ++i) drawn.add("a" + std::to_string(i), i < 18 ? "big" : "small");
    const Options options = sizes(10, 16, 15);
    ReviseOptions locked;
    const Texts big{"big"}, unknown{"bigger"};
    locked.locked = std::span<const std::string>(big);
    const Revision revision = revise(town, graph, drawn.columns(), options, locked);
    check_revision(town, graph, drawn, options, revision);
    CHECK(revision.moved == 0);
    CHECK(revision.partition.broken_courtyards == 1);
    const auto& reason = revision.partition.courtyards.reason;
    CHECK(std::count_if(reason.begin(), reason.end(), [](const Finding& finding) {
              return finding.code == Code::locked_courtyard_broken;
          }) == 1);
    locked.locked = std::span<const std::string>(unknown);
    CHECK_THROWS_AS(revise(town, graph, drawn.columns(), options, locked), UsageError);

    // Newcomers are not put into a locked one, though it has room.
    Road more(30);
    more.add("new", 305);
    const Town larger = more.town();
    const auto larger_graph = neighbours::build(larger);
    const Texts small{"small"};
    locked.locked = std::span<const std::string>(small);
    const Revision held = revise(larger, larger_graph, drawn.columns(), sizes(1, 20, 15), locked);
    CHECK(where(larger, held)["new"] != "small");
    CHECK(held.moved == 0);
}

TEST_CASE("revise: a locked courtyard in pieces keeps them") {
    Road road(30);
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    Drawn drawn;
    for (int i = 0; i < 30; ++i)
        drawn.add("a" + std::to_string(i), i < 8 || i >= 22 ? "apart" : "between");
    const Texts apart{"apart"};
    ReviseOptions locked;
    locked.locked = std::span<const std::string>(apart);
    const Revision revision =
        revise(town, graph, drawn.columns(), sizes(10, 20, 15), locked);
    check_revision(town, graph, drawn, sizes(10, 20, 15), revision);
    CHECK(revision.moved == 0);
}

TEST_CASE("revise: a courtyard over a village border falls to the village with more of it") {
    Road road(24);
    Texts villages;
    for (int i = 0; i < 24; ++i) villages.push_back(i < 12 ? "east" : "west");
    TownColumns columns;
    columns.households.x_m = road.x_m;
    columns.households.y_m = road.y_m;
    columns.households.ids = std::span<const std::string>(road.ids);
    columns.households.villages = std::span<const std::string>(villages);
    const Town town = Town::make(columns);
    const auto graph = neighbours::build(town);
    Drawn drawn;
    for (int i = 0; i < 24; ++i)
        drawn.add("a" + std::to_string(i), i < 6 ? "e" : i < 15 ? "across" : "w");
    const Options options = sizes(5, 15, 10);
    const Revision revision = revise(town, graph, drawn.columns(), options);
    check_revision(town, graph, drawn, options, revision);
    CHECK(revision.moved == 3);
    CHECK(revision.moved_lower_bound == 3);
    CHECK(where(town, revision)["a11"] == "across");
    CHECK(where(town, revision)["a12"] == "w");
    CHECK(reasons(revision).at("a12") == Why::disconnected);
}

TEST_CASE("revise: the head stays on a tie, and what another would cost is told") {
    Road road(4);
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    Drawn drawn = chunks(4, 4);
    const Options options = sizes(1, 10, 4);
    drawn.heads = {"a2", "a2", "a2", "a2"};  // ties with a1
    Revision revision = revise(town, graph, drawn.columns(), options);
    check_revision(town, graph, drawn, options, revision);
    CHECK(revision.partition.courtyards.head.front() == 2);
    CHECK(revision.previous_head_extra_m.front() == 0);
    drawn.heads = {"a3", "a3", "a3", "a3"};  // 60 m instead of 40 m
    revision = revise(town, graph, drawn.columns(), options);
    check_revision(town, graph, drawn, options, revision);
    CHECK(revision.partition.courtyards.head.front() == 1);
    CHECK(revision.previous_head.front() == 3);
    CHECK(revision.previous_head_extra_m.front() == doctest::Approx(20));
    drawn.heads = {"gone", "gone", "gone", "gone"};
    revision = revise(town, graph, drawn.columns(), options);
    CHECK(revision.previous_head.front() == no_index);
    CHECK(std::isnan(revision.previous_head_extra_m.front()));
}

TEST_CASE("revise: from nothing it makes a partition; and everybody may be gone") {
    Road road(60);
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    Drawn drawn;
    Revision revision = revise(town, graph, drawn.columns());
    check_revision(town, graph, drawn, {}, revision);
    CHECK(revision.entered == 60);
    CHECK(revision.partition.courtyards.size() == 3);
    CHECK(revision.partition.broken_courtyards == 0);
    for (int i = 0; i < 7; ++i) drawn.add("gone" + std::to_string(i), "c");
    revision = revise(town, graph, drawn.columns());
    CHECK(revision.left == 7);
    CHECK(revision.retired_ids == Texts{"c"});
}

TEST_CASE("revise: one courtyard of thousands is divided") {
    const int count = 3000;
    std::vector<double> x_m, y_m;
    Drawn drawn;
    for (int i = 0; i < count; ++i) {
        x_m.push_back(20.0 * (i % 60));
        y_m.push_back(20.0 * (i / 60));
        drawn.add(std::to_string(i), "town");
    }
    TownColumns columns;
    columns.households.x_m = x_m;
    columns.households.y_m = y_m;
    const Town town = Town::make(columns);
    const auto graph = neighbours::build(town);
    const Revision revision = revise(town, graph, drawn.columns());
    check_revision(town, graph, drawn, {}, revision);
    CHECK(revision.partition.broken_courtyards == 0);
    CHECK(revision.moved_lower_bound == count - 30);
    CHECK(revision.moved <= count - 10);
}

TEST_CASE("revise: every fault of the previous assignment is told") {
    Road road(3);
    const Town town = road.town();
    const auto graph = neighbours::build(town);
    Drawn drawn = chunks(3, 3);
    drawn.add("a1", "c0");
    drawn.add("", "c0");
    try {
        revise(town, graph, drawn.columns());
        FAIL("accepted");
    } catch (const DataError& error) {
        REQUIRE(error.findings().size() == 2);
        CHECK(error.findings()[0].code == Code::assignment_duplicate_household);
        CHECK(error.findings()[0].row == 3);
        CHECK(error.findings()[1].code == Code::empty_id);
        CHECK(error.findings()[1].table == Table::assignment);
    }
    drawn = chunks(3, 3);
    drawn.courtyards.pop_back();
    CHECK_THROWS_AS(revise(town, graph, drawn.columns()), DataError);
    ReviseOptions keep;
    keep.keep_m = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(revise(town, graph, chunks(3, 3).columns(), {}, keep), UsageError);
    keep.keep_m = -1;
    CHECK_THROWS_AS(revise(town, graph, chunks(3, 3).columns(), {}, keep), UsageError);
}

TEST_CASE("revise: any number of threads, any order of rows") {
    RandomTown random(5, 300);
    const Town town = Town::make(random.columns());
    const auto graph = neighbours::build(town);
    Drawn drawn;
    for (const std::string& id : random.ids)
        if (random.below(10) != 0) drawn.add(id, "c" + std::to_string(random.below(20)));
    Options options = sizes(3, 12, 7);
    options.threads = 1;
    const Revision one = revise(town, graph, drawn.columns(), options);
    options.threads = 3;
    Drawn turned;
    for (std::size_t i = drawn.households.size(); i-- > 0;)
        turned.add(drawn.households[i], drawn.courtyards[i]);
    const Revision three = revise(town, graph, turned.columns(), options);
    check_revision(town, graph, drawn, options, one);
    CHECK(one.partition.labels == three.partition.labels);
    CHECK(one.partition.courtyards.ids == three.partition.courtyards.ids);
    CHECK(one.moved_lower_bound == three.moved_lower_bound);
    CHECK(one.changes.household_ids == three.changes.household_ids);
}
