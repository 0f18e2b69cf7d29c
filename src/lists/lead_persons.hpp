// Who answers for a duty: the holders of a post, or, where an actor itself leads, everyone who
// holds a post there. The same sets again and again, so each is made once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "gridgov/lists/catalogue.hpp"

namespace gridgov::lists {

class LeadPersons {
public:
    explicit LeadPersons(const Catalogue& catalogue)
        : catalogue_(catalogue), by_post_(catalogue.posts().size(), no_index),
          by_actor_(catalogue.actors().size(), no_index), sets_(1) {}

    /// The number of a set; 0 is the empty one (a vacant post, an actor without people).
    std::uint32_t set_of(const Responsible& lead) {
        if (!lead.post.exists() && !lead.name.empty()) return 0;  // vacant
        std::uint32_t& number =
            lead.post.exists() ? by_post_[lead.post.value] : by_actor_[lead.actor.value];
        if (number != no_index) return number;
        std::vector<std::uint32_t> persons;
        if (lead.post.exists()) {
            const auto holders = catalogue_.holders(lead.post);
            persons.assign(holders.begin(), holders.end());
        } else {
            const auto posts = catalogue_.posts();
            const auto begin = std::lower_bound(
                posts.begin(), posts.end(), lead.actor,
                [](const Post& post, ActorIndex actor) { return post.actor < actor; });
            for (auto post = begin; post != posts.end() && post->actor == lead.actor; ++post)
                for (const std::uint32_t person : catalogue_.holders(
                         PostIndex(static_cast<std::uint32_t>(post - posts.begin()))))
                    persons.push_back(person);
            std::sort(persons.begin(), persons.end());
            persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
        }
        number = persons.empty() ? 0 : static_cast<std::uint32_t>(sets_.size());
        if (!persons.empty()) sets_.push_back(std::move(persons));
        return number;
    }

    /// PersonIndex values, ascending.
    const std::vector<std::uint32_t>& persons(std::uint32_t set) const { return sets_[set]; }
    const std::vector<std::vector<std::uint32_t>>& sets() const { return sets_; }

private:
    const Catalogue& catalogue_;
    std::vector<std::uint32_t> by_post_, by_actor_;
    std::vector<std::vector<std::uint32_t>> sets_;
};

}  // namespace gridgov::lists
