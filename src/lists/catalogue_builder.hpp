// Layers on their way to a catalogue: checked one by one, merged, checked against each other. What
// is wrong is collected, so that no fault hides another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lists/catalogue_data.hpp"

namespace gridgov::lists {

/// Why an id is none, as the word that findings carry; empty where it is one. No byte of `reserved`
/// may occur.
std::string_view id_fault(std::string_view id, std::string_view reserved) noexcept;

struct Catalogue::Builder {
    using Fields = std::vector<std::pair<std::string, std::string>>;

    std::vector<Layer> layers;
    std::shared_ptr<Data> data = std::make_shared<Data>();
    struct Placed {
        Origin origin;
        Finding finding;
    };
    std::vector<Placed> faults;
    /// Words that may still be compared for `near`: many faults must not cost the square of the
    /// ids.
    std::size_t words_left = 1'000'000;

    explicit Builder(std::vector<Layer>&& given) : layers(std::move(given)) {}

    Checked finish();

    Finding& fault(Code code, Origin origin, std::vector<std::string> records, Fields fields = {});
    /// Adds the nearest of the words as `near`, if one is near. They are given in byte order, and
    /// are `count` or fewer.
    using Words = std::function<std::vector<std::string_view>()>;
    void suggest(Finding& finding, std::string_view wrong, std::size_t count, const Words& words);

    // One record by itself (catalogue_records.cpp).
    void check_text(const std::string& text, std::string_view kind, const std::string& id,
                    std::string_view key, Origin origin);
    void check_title(const Title& title, std::string_view kind, const std::string& id,
                     Origin origin);
    void check_names(const std::vector<std::string>& names, std::string_view kind,
                     const std::string& id, std::string_view key, Origin origin);
    void check_matter_of(const std::string& matter, const std::string& id, std::string_view key,
                         Origin origin);
    void check_number(double number, const std::string& id, std::string_view key, Origin origin);
    void check_dates(Date from, Date to, std::string_view kind, std::vector<std::string> records,
                     Origin origin);
    void check_record(const Actor& actor);
    void check_record(const Person& person);
    void check_record(const Item& item);
    void check_record(const Procedure& procedure);
    void check_record(const Law& law);
    void check_record(const Sanction& sanction);

    // All layers' records (catalogue_merge.cpp).
    void merge();
    void merge_heads();
    /// The last layer's record of each id, sorted by id.
    template <class Record>
    std::vector<Record> merged(std::vector<Record> Layer::*table, std::string_view kind,
                               std::string_view reserved);
    void too_many(std::size_t count, std::string_view kind);

    // What records say of each other, once they are merged (catalogue_references.cpp).
    std::uint32_t actor_row(std::string_view id) const;
    std::uint32_t known_actor(const std::string& id, std::string_view key,
                              const std::string& record, Origin origin);
    std::optional<Acting> known_acting(const std::string& text, std::string_view key,
                                       const std::string& record, Origin origin);
    std::uint32_t known_procedure(const Item& item);
    void resolve_actors();
    void resolve_parents();
    void resolve_villages();
    void resolve_posts();
    void resolve_items();
    void resolve_item_villages(const Item& item);
    void check_responsible(const std::string& text, std::string_view key, const Item& item);
    void resolve_recurrence(const Item& item,
                            std::unordered_map<std::string_view, std::uint32_t>& known);
    void resolve_conditions(const Item& item,
                            std::unordered_map<std::string_view, conditions::UnaryTests>& known);
    void resolve_procedures();
    void resolve_delegations();
    void resolve_referrals();
    void resolve_powers();
};

}  // namespace gridgov::lists
