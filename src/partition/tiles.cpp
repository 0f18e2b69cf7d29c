#include "partition/tiles.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "partition/random.hpp"

namespace gridgov::partition {
namespace {

struct Centre {
    double x_um, y_um;
    std::uint32_t part;
};

std::vector<Centre> centres_of(const Component& component, const Labels& labels) {
    std::vector<Centre> centres(labels.parts);
    std::vector<std::uint32_t> households(labels.parts, 0);
    for (std::uint32_t part = 0; part < labels.parts; ++part) centres[part] = {0, 0, part};
    for (std::uint32_t i = 0; i < component.households(); ++i) {
        Centre& centre = centres[labels.part_of[component.atom_of[i]]];
        centre.x_um += component.x_um[i];
        centre.y_um += component.y_um[i];
        ++households[centre.part];
    }
    for (Centre& centre : centres) {
        centre.x_um /= households[centre.part];
        centre.y_um /= households[centre.part];
    }
    return centres;
}

/// Ends of `pieces` nearly equal pieces of `count` things; in shifted rounds the first and the last
/// piece are smaller, so that borders move by part of a piece.
std::vector<std::size_t> ends_of(std::size_t count, std::size_t pieces, std::uint32_t round) {
    // Thirds: 0, 1/2, 1/4, 3/4, … of a piece; never 0 again in the first rounds.
    constexpr std::size_t shift_quarters[] = {0, 2, 1, 3};
    const std::size_t shift = shift_quarters[round % 4];
    std::vector<std::size_t> ends;
    if (pieces > 1 && shift > 0)
        for (std::size_t i = 0; i < pieces; ++i)
            ends.push_back(count * (4 * i + shift) / (4 * pieces));
    else
        for (std::size_t i = 1; i < pieces; ++i) ends.push_back(count * i / pieces);
    ends.push_back(count);
    return ends;
}

}  // namespace

Tiling::Tiling(const Component& component, const Labels& labels, std::uint32_t tile_parts,
               std::uint32_t round)
    : component_(component), labels_(labels), round_(round), tile_of_part_(labels.parts),
      number_in_tile_(labels.parts), local_of_(component.atoms()) {
    std::vector<Centre> centres = centres_of(component, labels);
    const std::size_t wanted = (labels.parts + tile_parts - 1) / tile_parts;
    const auto columns = static_cast<std::size_t>(std::sqrt(static_cast<double>(wanted)) + 0.5);
    const std::size_t rows = (wanted + columns - 1) / columns;
    std::sort(centres.begin(), centres.end(), [](const Centre& a, const Centre& b) {
        return a.x_um != b.x_um ? a.x_um < b.x_um : a.part < b.part;
    });
    std::size_t first = 0;
    for (const std::size_t end : ends_of(centres.size(), columns, round)) {
        const auto begin = centres.begin() + static_cast<std::ptrdiff_t>(first);
        std::sort(begin, centres.begin() + static_cast<std::ptrdiff_t>(end),
                  [](const Centre& a, const Centre& b) {
                      return a.y_um != b.y_um ? a.y_um < b.y_um : a.part < b.part;
                  });
        std::size_t from = 0;
        for (const std::size_t to : ends_of(end - first, rows, round)) {
            if (to == from) continue;
            const auto tile = static_cast<std::uint32_t>(parts_in_tile_.size());
            for (std::size_t i = from; i < to; ++i)
                tile_of_part_[centres[first + i].part] = tile;
            parts_in_tile_.emplace_back();
            from = to;
        }
        first = end;
    }
    for (std::uint32_t part = 0; part < labels.parts; ++part) {
        auto& parts = parts_in_tile_[tile_of_part_[part]];
        number_in_tile_[part] = static_cast<std::uint32_t>(parts.size());
        parts.push_back(part);
    }

    atom_offsets_.assign(parts_in_tile_.size() + 1, 0);
    for (const std::uint32_t part : labels.part_of) ++atom_offsets_[tile_of_part_[part] + 1];
    std::partial_sum(atom_offsets_.begin(), atom_offsets_.end(), atom_offsets_.begin());
    atoms_.resize(component.atoms());
    std::vector<std::uint32_t> next(atom_offsets_.begin(), atom_offsets_.end() - 1);
    for (std::uint32_t atom = 0; atom < component.atoms(); ++atom) {
        const std::uint32_t tile = tile_of_part_[labels.part_of[atom]];
        local_of_[atom] = next[tile] - atom_offsets_[tile];
        atoms_[next[tile]++] = atom;
    }

    group_shares_.resize(component.groups);
    for (std::uint32_t i = 0; i < component.group.size(); ++i) {
        if (component.group[i] == no_index) continue;
        auto& shares = group_shares_[component.group[i]];
        const std::uint32_t part = labels.part_of[component.atom_of[i]];
        const auto place = std::find_if(shares.begin(), shares.end(),
                                        [&](const auto& share) { return share.first == part; });
        if (place == shares.end())
            shares.emplace_back(part, 1);
        else
            ++place->second;
    }
}

Tile Tiling::cut_out(std::size_t number) const {
    Tile tile;
    const std::uint32_t first = atom_offsets_[number];
    tile.atoms.assign(atoms_.begin() + first, atoms_.begin() + atom_offsets_[number + 1]);
    const auto atoms = static_cast<std::uint32_t>(tile.atoms.size());
    tile.parts = parts_in_tile_[number];
    tile.labels.parts = static_cast<std::uint32_t>(tile.parts.size());
    tile.labels.part_of.resize(atoms);
    Component& own = tile.component;
    own.village = component_.village;
    own.seed = Random(component_.seed + (std::uint64_t{round_} << 32) + number).next();
    own.atom_weight.resize(atoms);
    own.member_offsets.reserve(atoms + 1);
    own.member_offsets.push_back(0);
    own.link_offsets.reserve(atoms + 1);
    own.link_offsets.push_back(0);
    std::size_t households = 0, ends = 0;
    for (const std::uint32_t atom : tile.atoms) {
        households += component_.members_of(atom).size();
        ends += component_.neighbours_of(atom).size();
    }
    own.row.reserve(households);
    own.x_um.reserve(households);
    own.y_um.reserve(households);
    own.may_be_head.reserve(households);
    own.rank.reserve(households);
    own.atom_of.reserve(households);
    own.links.reserve(ends);
    std::vector<std::uint32_t> groups;  // of the component
    for (std::uint32_t i = 0; i < atoms; ++i) {
        const std::uint32_t atom = tile.atoms[i];
        tile.labels.part_of[i] = number_in_tile_[labels_.part_of[atom]];
        own.atom_weight[i] = component_.atom_weight[atom];
        own.weight += own.atom_weight[i];
        for (const std::uint32_t household : component_.members_of(atom)) {
            own.row.push_back(component_.row[household]);
            own.x_um.push_back(component_.x_um[household]);
            own.y_um.push_back(component_.y_um[household]);
            own.may_be_head.push_back(component_.may_be_head[household]);
            own.rank.push_back(component_.rank[household]);
            own.atom_of.push_back(i);
            if (component_.groups > 0) own.group.push_back(component_.group[household]);
        }
        own.member_offsets.push_back(static_cast<std::uint32_t>(own.row.size()));
        for (const std::uint32_t other : component_.neighbours_of(atom))
            if (tile_of_part_[labels_.part_of[other]] == number)
                own.links.push_back(local_of_[other]);
        own.link_offsets.push_back(static_cast<std::uint32_t>(own.links.size()));
    }
    own.members.resize(own.row.size());
    std::iota(own.members.begin(), own.members.end(), 0U);
    if (component_.groups > 0) {
        for (const std::uint32_t group : own.group)
            if (group != no_index) groups.push_back(group);
        std::sort(groups.begin(), groups.end());
        groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
        for (std::uint32_t& group : own.group)
            if (group != no_index)
                group = static_cast<std::uint32_t>(
                    std::lower_bound(groups.begin(), groups.end(), group) - groups.begin());
        own.groups = static_cast<std::uint32_t>(groups.size());
        own.group_most_outside.assign(own.groups, 0);
        for (std::uint32_t i = 0; i < own.groups; ++i)
            for (const auto& [part, count] : group_shares_[groups[i]])
                if (tile_of_part_[part] != number)
                    own.group_most_outside[i] = std::max(own.group_most_outside[i], count);
    }
    own.count.courtyards = tile.labels.parts;
    return tile;
}

}  // namespace gridgov::partition
