#include "points/plan.hpp"

#include <algorithm>
#include <map>

namespace gridgov::points {

std::int32_t period_of(std::int32_t date, Period period) noexcept {
    switch (period) {
        case Period::day: return date;
        case Period::week: return week_start(Date{date}).days;
        case Period::all_time: return 0;
        case Period::month:
        case Period::quarter:
        case Period::year: break;
    }
    const CivilDate parts = civil_date(Date{date});
    if (period == Period::year) return parts.year;
    const auto month = parts.year * 12 + static_cast<std::int32_t>(parts.month) - 1;
    return period == Period::month ? month : month / 3;
}

Plan::Plan(const Rulebooks& rulebooks) : rulebooks_(rulebooks) {
    for (std::uint32_t b = 0; b < rulebooks_.size(); ++b) {
        const Rulebook& rulebook = rulebooks_[b];
        first_slot.push_back(static_cast<std::uint32_t>(slots.size()));
        std::unordered_map<std::string_view, HitPolicy> policies;
        for (const Group& group : rulebook.groups) policies[group.id] = group.hit_policy;
        for (std::uint32_t r = 0; r < rulebook.rules.size(); ++r) {
            const Rule& rule = rulebook.rules[r];
            Slot slot;
            slot.rulebook = b;
            slot.rule = r;
            slot.rule_id = rule_number(rule.id);
            if (!rule.group.empty()) {
                slot.group_id = group_number(rule.group);
                slot.policy = policies[rule.group];
            }
            slot.per = rule.per;
            slot.cooldown_days = rule.cooldown_days;
            slot.expires_after_months = rule.expires_after_months.value_or(0);
            slot.points = rule.points;
            if (rule.units_max) slot.units_max = *rule.units_max;
            slot.evidence_min = rule.evidence_min;
            slot.witness_min = rule.witness_min;
            slot.freeze = rule.freeze;
            slots.push_back(slot);
        }
    }
    std::vector<bool> cooled(rule_numbers_.size());
    for (const Slot& slot : slots)
        if (slot.cooldown_days > 0) cooled[slot.rule_id] = true;
    for (Slot& slot : slots) slot.cooled = cooled[slot.rule_id];
    add_kinds();
    add_lists();
}

std::uint32_t Plan::rule_number(std::string_view id) {
    return rule_numbers_.try_emplace(id, static_cast<std::uint32_t>(rule_numbers_.size()))
        .first->second;
}

std::uint32_t Plan::group_number(std::string_view id) {
    return group_numbers_.try_emplace(id, static_cast<std::uint32_t>(group_numbers_.size()))
        .first->second;
}

void Plan::add_kinds() {
    using Key = std::tuple<CapOver, std::uint32_t, Scope, Period, Measure>;
    std::map<Key, std::uint32_t> known;
    for (Slot& slot : slots) {
        slot.caps_begin = static_cast<std::uint32_t>(caps.size());
        const Rule& described = rulebooks_[slot.rulebook].rules[slot.rule];
        for (std::size_t c = 0; c < described.caps.size(); ++c) {
            const Cap& cap = described.caps[c];
            const std::uint32_t target = cap.over == CapOver::rule    ? slot.rule_id
                                         : cap.over == CapOver::group ? slot.group_id
                                                                      : 0;
            const CounterKind kind{cap.over, target, cap.scope, cap.period, cap.measure};
            const auto [found, fresh] =
                known.try_emplace({kind.over, kind.target, kind.scope, kind.period, kind.measure},
                                  static_cast<std::uint32_t>(kinds.size()));
            if (fresh) kinds.push_back(kind);
            caps.push_back({found->second, cap.mode, static_cast<std::int32_t>(c), cap.limit});
            slot.person_cap = slot.person_cap || cap.scope == Scope::person;
        }
        slot.caps_end = static_cast<std::uint32_t>(caps.size());
    }
    village_kinds_.resize(rulebooks_.size());
    person_kinds_.resize(rulebooks_.size());
    // By target, so that many rules with many caps stay linear in what they grow.
    std::map<std::pair<CapOver, std::uint32_t>, std::vector<std::uint32_t>> by_target;
    for (std::uint32_t k = 0; k < kinds.size(); ++k)
        by_target[{kinds[k].over, kinds[k].target}].push_back(k);
    for (Slot& slot : slots) {
        slot.grows_begin = static_cast<std::uint32_t>(grows.size());
        for (const auto& target : {std::pair{CapOver::rule, slot.rule_id},
                                   std::pair{CapOver::group, slot.group_id},
                                   std::pair{CapOver::all, std::uint32_t{0}}}) {
            const auto found = by_target.find(target);
            if (found == by_target.end()) continue;
            grows.insert(grows.end(), found->second.begin(), found->second.end());
        }
        slot.grows_end = static_cast<std::uint32_t>(grows.size());
        for (std::uint32_t g = slot.grows_begin; g < slot.grows_end; ++g) {
            if (kinds[grows[g]].scope == Scope::village) village_kinds_[slot.rulebook] = true;
            if (kinds[grows[g]].scope == Scope::person) person_kinds_[slot.rulebook] = true;
        }
    }
    for (const CounterKind& kind : kinds)
        counts_persons_ = counts_persons_ || kind.scope == Scope::person;
}

std::vector<std::uint32_t> Plan::kinds_of(std::string_view rule, std::string_view group) const {
    const auto number = [](const auto& numbers, std::string_view id) {
        const auto found = numbers.find(id);
        return found == numbers.end() ? no_index - 1 : found->second;
    };
    const std::uint32_t rule_id = number(rule_numbers_, rule);
    const std::uint32_t group_id = group.empty() ? no_index - 1 : number(group_numbers_, group);
    std::vector<std::uint32_t> grown;
    for (std::uint32_t k = 0; k < kinds.size(); ++k)
        if (kinds[k].over == CapOver::all ||
            (kinds[k].over == CapOver::rule && kinds[k].target == rule_id) ||
            (kinds[k].over == CapOver::group && kinds[k].target == group_id))
            grown.push_back(k);
    return grown;
}

void Plan::add_lists() {
    lists_of_.resize(rulebooks_.size());
    for (std::uint32_t b = 0; b < rulebooks_.size(); ++b) {
        const Rulebook& rulebook = rulebooks_[b];
        std::map<std::string_view, std::vector<std::uint32_t>> own, nearest;
        for (std::uint32_t r = 0; r < rulebook.rules.size(); ++r) {
            const Rule& rule = rulebook.rules[r];
            own[rule.deed].push_back(first_slot[b] + r);
            for (const std::string& deed : rule.nearest_of) {
                std::vector<std::uint32_t>& slots_of = nearest[deed];
                if (slots_of.empty() || slots_of.back() != first_slot[b] + r)
                    slots_of.push_back(first_slot[b] + r);
            }
        }
        for (auto& [deed, slots_of] : nearest) own.try_emplace(deed, std::move(slots_of));
        for (const auto& [deed, slots_of] : own) {
            Candidates list;
            list.begin = static_cast<std::uint32_t>(candidates.size());
            candidates.insert(candidates.end(), slots_of.begin(), slots_of.end());
            list.end = static_cast<std::uint32_t>(candidates.size());
            list.choice = std::any_of(slots_of.begin(), slots_of.end(), [&](std::uint32_t slot) {
                return slots[slot].policy != HitPolicy::sum;
            });
            list.counts = std::any_of(slots_of.begin(), slots_of.end(), [&](std::uint32_t slot) {
                return slots[slot].evidence_min > 0 || slots[slot].witness_min > 0;
            });
            lists_of_[b].emplace(deed, static_cast<std::uint32_t>(lists.size()));
            lists.push_back(list);
        }
    }
}

std::uint32_t Plan::list(std::uint32_t rulebook, std::string_view deed) const {
    const auto found = lists_of_[rulebook].find(deed);
    return found == lists_of_[rulebook].end() ? no_index : found->second;
}

std::uint32_t Plan::slot(std::string_view rulebook, std::string_view rule) const {
    const auto books = rulebooks_.all();
    const auto book = std::lower_bound(
        books.begin(), books.end(), rulebook,
        [](const Rulebook& a, std::string_view id) { return std::string_view(a.id) < id; });
    if (book == books.end() || book->id != rulebook) return no_index;
    for (std::size_t r = 0; r < book->rules.size(); ++r)
        if (book->rules[r].id == rule)
            return first_slot[static_cast<std::size_t>(book - books.begin())] +
                   static_cast<std::uint32_t>(r);
    return no_index;
}

}  // namespace gridgov::points
