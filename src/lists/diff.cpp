#include "gridgov/lists/diff.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "lists/audit_checks.hpp"

namespace gridgov::lists {
namespace {

/// The twelve months that a catalogue is measured over.
DateRange year_of(const Catalogue& catalogue) {
    Date from = catalogue.head().effective_from;
    if (!from.exists())
        for (const Item& item : catalogue.items()) from = std::min(from, item.effective_from);
    if (!from.exists()) from = date_of(2026, 1, 1);
    const Date to = add_months(from, 12);
    return {from, to.exists() ? to : date_max + 1};
}

/// One catalogue's items and who carries them.
struct Side {
    struct Load {
        std::uint32_t items = 0;
        double hours = 0;
    };
    std::vector<double> hours;                         ///< by item: a year, of all who act
    std::vector<std::vector<std::string>> leads;       ///< by item, in byte order
    std::map<std::pair<std::string, std::string>, Load> loads;  ///< by actor and post

    explicit Side(const Catalogue& catalogue)
        : hours(catalogue.items().size()), leads(catalogue.items().size()) {
        const DateRange year = year_of(catalogue);
        std::map<std::tuple<const Recurrence*, Date, Date, Date>, std::size_t> known;
        for (std::uint32_t i = 0; i < catalogue.items().size(); ++i) {
            const ItemIndex item(i);
            if (!grants(catalogue.items()[i].list)) continue;
            const DateRange range = common_range(year, catalogue.in_force(item));
            std::size_t times = 0;
            const Recurrence* const rule = catalogue.recurrence(item);
            if (rule != nullptr && !range.empty()) {
                Date start = catalogue.recurrence_start(item);
                if (!start.exists()) start = year.from;
                const auto [at, is_new] =
                    known.try_emplace({rule, start, range.from, range.to}, std::size_t{0});
                if (is_new) at->second = rule->occurrences(start, range.from, range.to - 1).size();
                times = at->second;
            }
            const double each = catalogue.items()[i].hours * static_cast<double>(times);
            std::set<std::string> names;
            for (const ActorIndex actor : catalogue.acting_actors(item)) {
                const Responsible lead = catalogue.lead(item, actor);
                const std::string& id = catalogue.actor(lead.actor).id;
                Load& load = loads[{id, std::string(lead.name)}];
                ++load.items;
                load.hours += each;
                hours[i] += each;
                names.insert(lead.name.empty() ? id : id + "." + std::string(lead.name));
            }
            leads[i].assign(names.begin(), names.end());
        }
    }
};

std::vector<std::string> shown(const std::vector<std::string>& leads) {
    if (leads.size() <= leads_shown) return leads;
    std::vector<std::string> some(leads.begin(), leads.begin() + leads_shown);
    some.emplace_back("…");
    return some;
}

/// Pairs of items of both catalogues: the same id, else the same list and matter where that is one
/// left item of each.
std::vector<std::uint32_t> counterparts(const Catalogue& older, const Catalogue& newer) {
    std::vector<std::uint32_t> of_newer(newer.items().size(), no_index);
    std::vector<std::uint8_t> taken(older.items().size(), 0);
    for (std::uint32_t i = 0; i < newer.items().size(); ++i) {
        const ItemIndex same = older.find_item(newer.items()[i].id);
        if (!same.exists()) continue;
        of_newer[i] = same.value;
        taken[same.value] = 1;
    }
    struct Left {
        std::uint32_t older = no_index, newer = no_index;
        std::uint32_t many_older = 0, many_newer = 0;
    };
    std::map<std::pair<std::string_view, List>, Left> left;
    for (std::uint32_t i = 0; i < older.items().size(); ++i)
        if (taken[i] == 0) {
            Left& here = left[{older.items()[i].matter, older.items()[i].list}];
            here.older = i;
            ++here.many_older;
        }
    for (std::uint32_t i = 0; i < newer.items().size(); ++i)
        if (of_newer[i] == no_index) {
            Left& here = left[{newer.items()[i].matter, newer.items()[i].list}];
            here.newer = i;
            ++here.many_newer;
        }
    for (const auto& [key, here] : left)
        if (here.many_older == 1 && here.many_newer == 1) of_newer[here.newer] = here.older;
    return of_newer;
}

}  // namespace

std::string_view shift_name(Shift shift) noexcept {
    constexpr std::array<std::string_view, 3> names{"same", "heavier", "lighter"};
    return names[static_cast<std::size_t>(shift)];
}
std::string_view change_name(ItemChange::Kind kind) noexcept {
    constexpr std::array<std::string_view, 6> names{"added",    "removed", "moved",
                                                    "relisted", "heavier", "lighter"};
    return names[static_cast<std::size_t>(kind)];
}

Difference diff(const Catalogue& older, const Catalogue& newer) {
    const Side before(older);
    const Side after(newer);
    const auto of_newer = counterparts(older, newer);
    Difference result;
    std::vector<std::uint8_t> lives_on(older.items().size(), 0);
    for (std::uint32_t i = 0; i < newer.items().size(); ++i) {
        ItemChange change;
        change.newer = ItemIndex(i);
        change.hours_newer = after.hours[i];
        const std::uint32_t o = of_newer[i];
        if (o == no_index) {
            change.kind = ItemChange::Kind::added;
        } else {
            lives_on[o] = 1;
            change.older = ItemIndex(o);
            change.hours_older = before.hours[o];
            const bool both_grant = grants(older.items()[o].list) && grants(newer.items()[i].list);
            if (both_grant && before.leads[o] != after.leads[i])
                change.kind = ItemChange::Kind::moved;
            else if (older.items()[o].list != newer.items()[i].list)
                change.kind = ItemChange::Kind::relisted;
            else if (change.hours_newer != change.hours_older)
                change.kind = change.hours_newer > change.hours_older ? ItemChange::Kind::heavier
                                                                      : ItemChange::Kind::lighter;
            else
                continue;
            change.leads_older = shown(before.leads[o]);
        }
        change.leads_newer = shown(after.leads[i]);
        result.items.push_back(std::move(change));
    }
    for (std::uint32_t o = 0; o < older.items().size(); ++o) {
        if (lives_on[o] != 0) continue;
        ItemChange change;
        change.kind = ItemChange::Kind::removed;
        change.older = ItemIndex(o);
        change.hours_older = before.hours[o];
        change.leads_older = shown(before.leads[o]);
        result.items.push_back(std::move(change));
    }
    const auto id = [&](const ItemChange& change) -> const std::string& {
        return change.newer.exists() ? newer.item(change.newer).id : older.item(change.older).id;
    };
    std::stable_sort(result.items.begin(), result.items.end(),
                     [&](const ItemChange& a, const ItemChange& b) { return id(a) < id(b); });

    std::map<std::pair<std::string, std::string>, LoadChange> loads;
    for (const auto& [key, load] : before.loads) {
        LoadChange& change = loads[key];
        change.items_older = load.items;
        change.hours_older = load.hours;
    }
    for (const auto& [key, load] : after.loads) {
        LoadChange& change = loads[key];
        change.items_newer = load.items;
        change.hours_newer = load.hours;
    }
    for (auto& [key, change] : loads) {
        change.actor = key.first;
        change.post = key.second;
        const auto was = std::pair(change.hours_older, change.items_older);
        const auto is = std::pair(change.hours_newer, change.items_newer);
        change.shift = is == was ? Shift::same : is > was ? Shift::heavier : Shift::lighter;
        result.loads.push_back(std::move(change));
    }
    return result;
}

}  // namespace gridgov::lists
