#include "gridgov/lists/workload.hpp"

#include <algorithm>
#include <boost/pending/disjoint_sets.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <variant>

#include "gridgov/error.hpp"
#include "gridgov/lists/recurrence.hpp"
#include "lists/lead_persons.hpp"
#include "lists/overload.hpp"
#include "number_text.hpp"
#include "refuse.hpp"

namespace gridgov::lists {
namespace {

constexpr std::uint32_t months_max = 120;
/// A post's month is not counted further: so nothing overflows, whatever the catalogue.
constexpr CentiHours post_hours_max = 1'000'000'000'000;

CentiHours centi_hours(double hours) {
    return static_cast<CentiHours>(std::floor(hours * 100 + 0.5));
}

std::string hours_text(CentiHours hours) {
    std::string text = std::to_string(hours / 100);
    if (const CentiHours part = hours % 100; part != 0) {
        text += '.' + std::to_string(part / 10);
        if (part % 10 != 0) text += std::to_string(part % 10);
    }
    return text;
}

class Loads {
public:
    Loads(const Catalogue& catalogue, const WorkloadOptions& options)
        : catalogue_(catalogue), options_(options), lead_persons_(catalogue),
          group_rank_(catalogue.persons().size()), group_(catalogue.persons().size()),
          groups_(group_rank_.data(), group_.data()),
          capacity_(catalogue.persons().size(), MaxFlow::unbounded) {
        if (options.months == 0 || options.months > months_max)
            refuse(Code::workload_months_invalid, {{"months", std::to_string(options.months)},
                                                   {"most", std::to_string(months_max)}});
        check_number("capacity_hours", options.capacity_hours);
        check_number("subsidy_percent", options.subsidy_percent);
        Date from = options.from.exists() ? options.from : catalogue.head().effective_from;
        if (!from.exists()) refuse(Code::workload_without_start, {});
        const CivilDate parts = civil_date(from);
        from = date_of(parts.year, parts.month, 1);
        for (std::uint32_t month = 0; month < options.months && from.exists(); ++month) {
            result_.months.push_back(from);
            from = add_months(from, 1);
        }
        months_ = result_.months.size();
        result_.feasible.assign(months_, 1);
        for (std::uint32_t i = 0; i < capacity_.size(); ++i) {
            groups_.make_set(i);
            const auto stated = catalogue.persons()[i].capacity_hours;
            const auto hours = stated ? stated : options.capacity_hours;
            if (hours) capacity_[i] = centi_hours(*hours);
        }
        by_post_.assign(catalogue.posts().size(), no_index);
        by_actor_.assign(catalogue.actors().size(), no_index);
    }

    Workload run() {
        collect();
        tell_posts();
        tell_persons();
        find_overloads();
        return std::move(result_);
    }

private:
    /// Who shares the hours of some duties: a post's holders, or an actor's people.
    struct Unit {
        std::uint32_t actor;
        std::string_view name;               // of the post; empty: the actor itself
        std::vector<std::uint32_t> persons;  // ascending; none where the post is vacant
        std::vector<CentiHours> hours;       // a month each
        std::vector<Duty> duties;
    };

    static void check_number(const char* option, std::optional<double> value) {
        if (value && !(*value >= 0 && *value <= hours_max))
            refuse(Code::workload_value_invalid,
                   {{"option", option}, {"value", number_text(*value)}});
    }

    std::uint32_t unit_of(const Responsible& lead) {
        const bool vacant = !lead.post.exists() && !lead.name.empty();
        std::uint32_t& number =
            vacant ? vacant_.try_emplace({lead.actor.value, lead.name}, no_index).first->second
            : lead.post.exists() ? by_post_[lead.post.value]
                                 : by_actor_[lead.actor.value];
        if (number != no_index) return number;
        number = static_cast<std::uint32_t>(units_.size());
        Unit& unit = units_.emplace_back();
        unit.actor = lead.actor.value;
        unit.name = lead.name;
        unit.hours.resize(months_);
        unit.persons = lead_persons_.persons(lead_persons_.set_of(lead));
        for (const std::uint32_t person : unit.persons)
            groups_.union_set(unit.persons.front(), person);
        return number;
    }

    /// How often an item occurs in each month; nothing for one without hours.
    std::vector<std::uint32_t> occurrences(ItemIndex index, std::vector<Finding>& faults) const {
        const Item& item = catalogue_.item(index);
        std::vector<std::uint32_t> counts(months_);
        if (item.recurrence.empty() || item.list == List::negative || item.list == List::reclaimed)
            return {};
        auto rule = Recurrence::parse(item.recurrence);
        const Date start = catalogue_.recurrence_start(index);
        if (auto* const finding = std::get_if<Finding>(&rule)) {
            finding->records = {item.id};
            faults.push_back(std::move(*finding));
            return {};
        }
        if (!start.exists()) {
            Finding& finding = faults.emplace_back();
            finding.code = Code::duty_without_start;
            finding.records = {item.id};
            return {};
        }
        if (item.hours <= 0) return {};
        const Date last = std::min(month_end(result_.months.back()),
                                   catalogue_.in_force(index).to - 1);
        for (const Date date :
             std::get<Recurrence>(rule).occurrences(start, result_.months.front(), last)) {
            const auto month =
                std::upper_bound(result_.months.begin(), result_.months.end(), date) -
                result_.months.begin() - 1;
            ++counts[static_cast<std::size_t>(month)];
        }
        return counts;
    }

    void collect() {
        std::vector<Finding> faults;
        for (std::uint32_t i = 0; i < catalogue_.items().size(); ++i) {
            const auto counts = occurrences(ItemIndex(i), faults);
            if (counts.empty() || !faults.empty()) continue;
            const Acting who = catalogue_.acting(ItemIndex(i));
            const std::vector<ActorIndex> acting =
                who.actor.exists() ? std::vector<ActorIndex>{who.actor}
                                   : catalogue_.acting_actors(ItemIndex(i));
            const CentiHours hours = centi_hours(catalogue_.items()[i].hours);
            for (const ActorIndex actor : acting) {
                const Responsible lead = catalogue_.lead(ItemIndex(i), actor);
                Unit& unit = units_[unit_of(lead)];
                if (unit.persons.empty()) note_vacant(i, actor, lead);
                for (std::size_t month = 0; month < months_; ++month)
                    unit.hours[month] =
                        std::min(unit.hours[month] + hours * counts[month], post_hours_max);
                unit.duties.push_back({i, actor.value, hours});
            }
            counts_.resize(catalogue_.items().size());
            counts_[i] = counts;
        }
        if (!faults.empty()) throw DataError(std::move(faults));
        std::sort(units_.begin(), units_.end(), [](const Unit& a, const Unit& b) {
            if (a.actor != b.actor) return a.actor < b.actor;
            if (a.name.empty() != b.name.empty()) return b.name.empty();
            return a.name < b.name;
        });
        std::vector<std::uint32_t> persons(capacity_.size());
        std::iota(persons.begin(), persons.end(), std::uint32_t{0});
        groups_.normalize_sets(persons.begin(), persons.end());  // its first person stands for a group
    }

    void note_vacant(std::uint32_t item, ActorIndex actor, const Responsible& lead) {
        Finding& finding = result_.findings.emplace_back();
        finding.code = Code::duty_without_person;
        finding.severity = Severity::warning;
        finding.records = {catalogue_.items()[item].id, catalogue_.actor(actor).id};
        if (!lead.name.empty())
            finding.fields = {{"post", catalogue_.actor(lead.actor).id + "." +
                                           std::string(lead.name)}};
    }

    void tell_posts() {
        for (const Unit& unit : units_)
            for (std::uint32_t month = 0; month < months_; ++month) {
                result_.posts.actor.push_back(unit.actor);
                result_.posts.name.push_back(unit.name);
                result_.posts.persons.push_back(static_cast<std::uint32_t>(unit.persons.size()));
                result_.posts.month.push_back(month);
                result_.posts.hours.push_back(unit.hours[month]);
            }
    }

    void tell_persons() {
        const std::size_t size = catalogue_.persons().size();
        std::vector<CentiHours> hours(size * months_);
        for (const Unit& unit : units_)
            for (std::size_t month = 0; month < months_ && !unit.persons.empty(); ++month) {
                const auto share = static_cast<CentiHours>(unit.persons.size());
                CentiHours left_over = unit.hours[month] % share;  // to the first persons
                for (const std::uint32_t person : unit.persons)
                    hours[person * months_ + month] +=
                        unit.hours[month] / share + (left_over-- > 0 ? 1 : 0);
            }
        const bool stated = options_.subsidy_percent || options_.subsidy_posts;
        for (std::uint32_t person = 0; person < size; ++person)
            for (std::uint32_t month = 0; month < months_; ++month) {
                const CentiHours load = hours[person * months_ + month];
                const bool bounded = capacity_[person] != MaxFlow::unbounded;
                const auto posts = static_cast<std::uint32_t>(
                    catalogue_.posts_of(PersonIndex(person)).size());
                bool qualifies = stated;
                if (const auto percent = options_.subsidy_percent) {
                    const auto capacity = static_cast<double>(capacity_[person]);
                    qualifies = qualifies && bounded && load > 0 &&
                                static_cast<double>(load) * 100 >= *percent * capacity;
                }
                if (const auto least = options_.subsidy_posts)
                    qualifies = qualifies && posts >= *least;
                result_.persons.person.push_back(person);
                result_.persons.month.push_back(month);
                result_.persons.hours.push_back(load);
                result_.persons.capacity.push_back(bounded ? capacity_[person] : -1);
                result_.persons.posts.push_back(posts);
                result_.persons.subsidy.push_back(qualifies);
            }
    }

    void find_overloads() {
        std::vector<std::vector<std::uint32_t>> of_group(catalogue_.persons().size());
        for (std::uint32_t i = 0; i < units_.size(); ++i)
            if (!units_[i].persons.empty())
                of_group[groups_.find_set(units_[i].persons.front())].push_back(i);
        for (const auto& numbers : of_group) {
            CentiHours worst = 0;
            std::uint32_t worst_month = 0;
            for (std::uint32_t month = 0; month < months_ && !numbers.empty(); ++month) {
                const CentiHours missing = missing_hours(demands(numbers, month), capacity_);
                if (missing == 0) continue;
                result_.feasible[month] = 0;
                if (missing > worst) {
                    worst = missing;
                    worst_month = month;
                }
            }
            if (worst > 0) prove(numbers, worst_month);
        }
    }

    std::vector<Demand> demands(const std::vector<std::uint32_t>& numbers,
                                std::uint32_t month) const {
        std::vector<Demand> result;
        for (const std::uint32_t number : numbers)
            result.push_back({units_[number].hours[month], &units_[number].persons, {}});
        return result;
    }

    /// Each with its duties of a month, the most hours first, ties by item and actor.
    std::vector<Demand> demands_with_duties(const std::vector<std::uint32_t>& numbers,
                                            std::uint32_t month) const {
        std::vector<Demand> result = demands(numbers, month);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            for (Duty duty : units_[numbers[i]].duties) {
                duty.hours *= counts_[duty.item][month];
                if (duty.hours > 0) result[i].duties.push_back(duty);
            }
        return result;
    }

    void prove(const std::vector<std::uint32_t>& numbers, std::uint32_t month) {
        const Violator violator =
            smallest_violator(demands_with_duties(numbers, month), capacity_);
        Overload overload;
        overload.month = month;
        overload.persons = violator.persons;
        overload.smallest = violator.smallest;
        for (const std::uint32_t person : violator.persons) overload.capacity += capacity_[person];
        Finding& finding = result_.findings.emplace_back();
        finding.code = Code::workload_infeasible;
        for (const Duty& duty : violator.duties) {
            overload.hours += duty.hours;
            overload.items.push_back(duty.item);
            overload.actors.push_back(duty.actor);
            finding.records.push_back(catalogue_.items()[duty.item].id);
        }
        for (const std::uint32_t person : overload.persons)
            finding.records.push_back(catalogue_.persons()[person].id);
        finding.fields = {{"month", date_text(result_.months[month]).substr(0, 7)},
                          {"hours", hours_text(overload.hours)},
                          {"capacity_hours", hours_text(overload.capacity)}};
        result_.overloads.push_back(std::move(overload));
    }

    const Catalogue& catalogue_;
    const WorkloadOptions& options_;
    Workload result_;
    LeadPersons lead_persons_;
    std::size_t months_ = 0;
    std::vector<std::uint32_t> group_rank_, group_;  // of persons who share duties
    boost::disjoint_sets<std::uint32_t*, std::uint32_t*> groups_;
    std::vector<CentiHours> capacity_;
    std::vector<std::uint32_t> by_post_, by_actor_;  // units
    std::map<std::pair<std::uint32_t, std::string_view>, std::uint32_t> vacant_;  // units
    std::vector<Unit> units_;
    std::vector<std::vector<std::uint32_t>> counts_;  // item → occurrences a month
};

}  // namespace

Workload workload(const Catalogue& catalogue, const WorkloadOptions& options) {
    return Loads(catalogue, options).run();
}

}  // namespace gridgov::lists
