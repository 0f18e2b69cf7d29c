// What a catalogue holds: its tables merged and sorted by id, and its references as rows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/lists/catalogue.hpp"
#include "lists/matter_index.hpp"

namespace gridgov::lists {

struct Catalogue::Data {
    std::vector<Head> heads;
    std::vector<std::string> files;
    Head head;
    std::vector<Actor> actors;
    std::vector<Person> persons;
    std::vector<Item> items;
    std::vector<Delegation> delegations;
    std::vector<Referral> referrals;
    std::vector<Procedure> procedures;
    std::vector<Law> laws;
    std::vector<Sanction> sanctions;

    // By actor.
    std::vector<std::uint32_t> parent, village;
    std::vector<std::uint32_t> level_offsets, level_actors;

    std::vector<Post> posts;
    std::vector<std::uint32_t> holder_offsets, holders;
    std::vector<std::uint32_t> person_offsets, person_posts;

    // By item.
    std::vector<Acting> acting;
    std::vector<DateRange> in_force;
    std::vector<std::uint8_t> everywhere;
    std::vector<std::uint32_t> village_offsets, item_villages;
    std::vector<std::uint32_t> item_procedure, item_recurrence;
    std::vector<std::uint32_t> condition_offsets;
    std::vector<CompiledCondition> conditions;

    std::vector<std::string> attributes;
    std::vector<Recurrence> recurrences;  ///< each text once

    /// Who has which power when; by actor, power, from; disjoint and not touching.
    struct Power {
        ActorIndex actor;
        std::string_view power;  ///< borrowed from the tables above
        DateRange range;
    };
    std::vector<Power> powers;

    std::unique_ptr<const detail::DecisionIndex> index;
};

}  // namespace gridgov::lists
