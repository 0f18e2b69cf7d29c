// Small random catalogues, and the contract's rule 1 as a loop over all items: what the index and the
// audit are compared with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/lists/catalogue.hpp"
#include "gridgov/lists/decide.hpp"

namespace gridgov::lists::test {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed * 2654435769U + 1) {}
    std::uint32_t below(std::uint32_t count) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<std::uint32_t>((state_ >> 20) % count);
    }
    bool one_in(std::uint32_t count) { return below(count) == 0; }
    template <class Container>
    const auto& of(const Container& values) {
        return values[below(static_cast<std::uint32_t>(std::size(values)))];
    }

private:
    std::uint64_t state_;
};

/// The universe that requests are drawn from.
struct Universe {
    std::vector<std::string> actors{"town", "east", "west", "east-1", "lone"};
    std::vector<std::string> villages{"", "east", "west"};
    std::vector<std::string> matters{"certificate", "certificate/kin", "a", "a/b", "a/b/c", "a/b/c/d",
                                     "a/x", "ab", "ab/c", "z", "a/b/y/d"};
    std::vector<Date> dates{date_of(2025, 12, 31), date_of(2026, 1, 1), date_of(2026, 6, 30),
                            date_of(2026, 7, 1), date_of(2027, 1, 1)};
    std::vector<std::optional<double>> ages{std::nullopt, 5, 10, 15};
    std::vector<std::optional<std::string_view>> roles{std::nullopt, "head", "clerk"};
};

inline std::vector<Layer> random_layers(Dice& dice, std::uint32_t items_max = 12) {
    const Universe universe;
    std::vector<Layer> layers(1 + dice.below(2));
    const auto actor = [](std::string id, Level level, std::string parent) {
        Actor result;
        result.id = std::move(id);
        result.level = level;
        result.parent = std::move(parent);
        return result;
    };
    layers[0].actors = {actor("town", Level::town, ""), actor("east", Level::village, "town"),
                        actor("west", Level::village, "town"), actor("east-1", Level::grid, "east"),
                        actor("lone", Level::grid, "town")};
    const std::vector<Unlisted> defaults{Unlisted::refuse, Unlisted::refer, Unlisted::allow};
    layers.back().head.unlisted = dice.of(defaults);
    layers.front().head.unlisted_certificate = dice.of(defaults);
    if (dice.one_in(3)) layers.front().head.effective_from = date_of(2026, 1, 1);
    const std::vector<std::string> acting{"level:village", "level:grid", "level:town",
                                          "level:district", "east", "west", "east-1", "town", "lone"};
    const std::vector<std::string> ages{"-", ">= 10", "[5..10]", "(5..10)", "null", "not(null)",
                                        "not(10)", "5,15"};
    const std::vector<std::string> roles{"\"head\"", "\"clerk\",\"head\"", "not(\"head\")", "null"};
    const std::uint32_t count = 1 + dice.below(items_max);
    for (std::uint32_t i = 0; i < count; ++i) {
        Item item;
        item.id = "i" + std::to_string(dice.below(100));
        item.matter = dice.of(universe.matters);
        item.list = static_cast<List>(dice.below(5));
        item.actor = dice.of(acting);
        if (dice.one_in(3)) {
            item.villages.clear();
            for (const char* const village : {"east", "west"})
                if (!dice.one_in(3)) item.villages.emplace_back(village);
        }
        while (dice.one_in(3)) item.except.push_back(dice.of(universe.matters));
        if (dice.one_in(3)) item.effective_from = dice.of(universe.dates);
        if (dice.one_in(3)) item.effective_to = dice.of(universe.dates);
        if (dice.one_in(3)) item.when.push_back({"age", dice.of(ages)});
        if (dice.one_in(4)) item.when.push_back({"role", dice.of(roles)});
        Layer& layer = layers[dice.below(static_cast<std::uint32_t>(layers.size()))];
        bool there = false;
        for (const Item& other : layer.items) there = there || other.id == item.id;
        if (!there) layer.items.push_back(std::move(item));
    }
    if (layers.size() == 2 && !layers[0].items.empty() && dice.one_in(4)) {
        Withdrawal withdrawal;
        withdrawal.id = dice.of(layers[0].items).id;
        layers[1].withdrawals.push_back(withdrawal);
    }
    return layers;
}

// Rule 1, literally.

inline bool covers_naively(const std::string& above, const std::string& matter) {
    return (matter + "/").rfind(above + "/", 0) == 0;
}

inline conditions::Value value_named(const Request& request, std::string_view name) {
    for (const Attribute& attribute : request.attributes)
        if (attribute.name == name) return attribute.value;
    return std::monostate{};
}

struct Fit {
    bool actor, village, date, except, never;
    std::uint32_t failing_tests;
    std::uint32_t missing_segments;
    bool matter() const { return missing_segments == 0; }
    bool applies() const { return actor && village && date && !except && failing_tests == 0 && matter(); }
    std::uint32_t cost() const {
        return (actor ? 0U : 1U) + (village ? 0U : 1U) + (date ? 0U : 1U) + (except ? 1U : 0U) +
               failing_tests + missing_segments;
    }
};

inline std::vector<std::string> segments_of(std::string_view matter) {
    std::vector<std::string> result(1);
    for (const char byte : matter) {
        if (byte == '/') result.emplace_back();
        else result.back() += byte;
    }
    return result;
}

inline Fit fit(const Catalogue& catalogue, const Item& item, const Request& request) {
    Fit result{};
    const Actor* actor = nullptr;
    for (const Actor& one : catalogue.actors())
        if (one.id == request.actor) actor = &one;
    result.actor = item.actor == actor->id ||
                   item.actor == "level:" + std::string(level_name(actor->level));
    std::string village(request.village);
    if (village.empty())
        for (const Actor* at = actor; at != nullptr;) {
            if (at->level == Level::village) {
                village = at->id;
                break;
            }
            const Actor* above = nullptr;
            for (const Actor& one : catalogue.actors())
                if (one.id == at->parent) above = &one;
            at = above;
        }
    for (const std::string& one : item.villages)
        result.village = result.village || one == "*" || (!village.empty() && one == village);
    result.date = (!item.effective_from.exists() || item.effective_from <= request.date) &&
                  (!item.effective_to.exists() || request.date < item.effective_to);
    result.never = item.villages.empty() ||
                   (item.effective_from.exists() && item.effective_to.exists() &&
                    item.effective_to <= item.effective_from);
    for (const std::string& except : item.except) {
        result.except = result.except || covers_naively(except, std::string(request.matter));
        result.never = result.never || covers_naively(except, item.matter);
    }
    for (const Condition& condition : item.when) {
        const auto tests = conditions::UnaryTests::parse(condition.tests).tests;
        if (!tests->matches(value_named(request, condition.attribute))) ++result.failing_tests;
        result.never = result.never || tests->empty();
    }
    const auto wanted = segments_of(item.matter);
    const auto asked = segments_of(request.matter);
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (i >= asked.size() || asked[i] != wanted[i]) ++result.missing_segments;
    return result;
}

inline bool before(const Item& a, const Item& b) {
    if (a.list != b.list) return a.list < b.list;
    const std::size_t deep_a = segments_of(a.matter).size();
    const std::size_t deep_b = segments_of(b.matter).size();
    if (deep_a != deep_b) return deep_a > deep_b;
    if (a.origin.layer != b.origin.layer) return a.origin.layer > b.origin.layer;
    return a.id < b.id;
}

/// A random request; attributes borrow from `attributes`.
inline Request random_request(Dice& dice, const Universe& universe, std::vector<Attribute>& attributes) {
    attributes.clear();
    if (const auto& age = dice.of(universe.ages)) attributes.push_back({"age", *age});
    if (const auto& role = dice.of(universe.roles)) attributes.push_back({"role", *role});
    Request request;
    request.actor = dice.of(universe.actors);
    request.matter = dice.of(universe.matters);
    request.date = dice.of(universe.dates);
    request.village = dice.of(universe.villages);
    request.attributes = attributes;
    return request;
}

}  // namespace gridgov::lists::test
