#include "partition/excerpt.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace gridgov::partition {

Component excerpt_of(const Component& component, std::span<const std::uint32_t> atoms,
                     std::span<const std::uint32_t> labels) {
    Component own;
    own.village = component.village;
    own.seed = component.seed;
    own.member_offsets.push_back(0);
    own.link_offsets.push_back(0);
    const auto local_of = [&](std::uint32_t atom) {
        const auto place = std::lower_bound(atoms.begin(), atoms.end(), atom);
        return place != atoms.end() && *place == atom
                   ? static_cast<std::uint32_t>(place - atoms.begin())
                   : no_index;
    };
    for (std::uint32_t i = 0; i < atoms.size(); ++i) {
        own.atom_weight.push_back(component.atom_weight[atoms[i]]);
        own.weight += own.atom_weight.back();
        for (const std::uint32_t household : component.members_of(atoms[i])) {
            own.row.push_back(component.row[household]);
            own.x_um.push_back(component.x_um[household]);
            own.y_um.push_back(component.y_um[household]);
            own.may_be_head.push_back(component.may_be_head[household]);
            own.rank.push_back(component.rank[household]);
            own.atom_of.push_back(i);
            if (component.groups > 0) own.group.push_back(component.group[household]);
        }
        own.member_offsets.push_back(static_cast<std::uint32_t>(own.row.size()));
        for (const std::uint32_t other : component.neighbours_of(atoms[i]))
            if (const std::uint32_t local = local_of(other); local != no_index)
                own.links.push_back(local);
        own.link_offsets.push_back(static_cast<std::uint32_t>(own.links.size()));
    }
    own.members.resize(own.row.size());
    std::iota(own.members.begin(), own.members.end(), 0U);
    if (component.groups == 0) return own;

    // Groups that are here, numbered anew; and the most of each that one part outside holds.
    std::vector<std::uint32_t> groups;
    for (const std::uint32_t group : own.group)
        if (group != no_index) groups.push_back(group);
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    const auto number_of = [&](std::uint32_t group) {
        const auto place = std::lower_bound(groups.begin(), groups.end(), group);
        return place != groups.end() && *place == group
                   ? static_cast<std::uint32_t>(place - groups.begin())
                   : no_index;
    };
    own.groups = static_cast<std::uint32_t>(groups.size());
    own.group_most_outside.assign(own.groups, 0);
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> outside;  // group, part
    for (std::uint32_t household = 0; household < component.households(); ++household) {
        const std::uint32_t atom = component.atom_of[household];
        if (component.group[household] == no_index || local_of(atom) != no_index) continue;
        const std::uint32_t number = number_of(component.group[household]);
        if (number == no_index) continue;
        std::uint32_t& most = own.group_most_outside[number];
        most = std::max(most, ++outside[{number, labels[atom]}]);
    }
    for (std::uint32_t& group : own.group)
        if (group != no_index) group = number_of(group);
    return own;
}

}  // namespace gridgov::partition
