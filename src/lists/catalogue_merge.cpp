// Merging layers: the last record of each id.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "lists/acting_level.hpp"
#include "lists/catalogue_builder.hpp"
#include "number_text.hpp"
#include "utf8.hpp"

namespace gridgov::lists {

void Catalogue::Builder::too_many(std::size_t count, std::string_view kind) {
    if (count > items_max)
        fault(Code::catalogue_too_large, {}, {},
              {{"count", number_text(count)},
               {"most", number_text(items_max)},
               {"what_kind", std::string(kind)}});
}

template <class Record>
std::vector<Record> Catalogue::Builder::merged(std::vector<Record> Layer::*table,
                                               std::string_view kind, std::string_view reserved) {
    struct Place {
        std::uint32_t layer;
        std::uint32_t row;
    };
    std::unordered_map<std::string_view, Place> kept;
    for (std::uint32_t l = 0; l < layers.size(); ++l) {
        if constexpr (std::is_same_v<Record, Item>) {
            std::unordered_set<std::string_view> here;
            for (Withdrawal& withdrawal : layers[l].withdrawals) {
                withdrawal.origin.layer = l;
                if (!here.insert(withdrawal.id).second)
                    fault(Code::catalogue_id_repeated, withdrawal.origin, {readable(withdrawal.id)},
                          {{"what_kind", "withdrawal"}});
                else if (kept.erase(withdrawal.id) == 0) {
                    const auto ids = [&] {
                        std::vector<std::string_view> words;
                        words.reserve(kept.size());
                        for (const auto& [id, place] : kept) words.push_back(id);
                        std::sort(words.begin(), words.end());
                        return words;
                    };
                    suggest(fault(Code::catalogue_unknown_item, withdrawal.origin,
                                  {readable(withdrawal.id)}),
                            withdrawal.id, kept.size(), ids);
                }
            }
        }
        std::vector<Record>& records = layers[l].*table;
        for (std::uint32_t row = 0; row < records.size(); ++row) {
            Record& record = records[row];
            record.origin.layer = l;
            auto wrong = id_fault(record.id, reserved);
            if (std::is_same_v<Record, Actor> && wrong.empty() &&
                (record.id == "*" || record.id.starts_with(level_prefix)))
                wrong = "reserved character";
            if (!wrong.empty())
                fault(Code::catalogue_id_invalid, record.origin, {readable(record.id)},
                      {{"what_kind", std::string(kind)},
                       {"reason_kind", std::string(wrong)},
                       {"most", number_text(id_bytes_max)}});
            const auto [at, is_new] = kept.try_emplace(record.id, Place{l, row});
            if (!is_new && at->second.layer == l) {
                const std::uint32_t line = records[at->second.row].origin.line;
                Finding& found = fault(Code::catalogue_id_repeated, record.origin,
                                       {readable(record.id)}, {{"what_kind", std::string(kind)}});
                if (line > 0) found.fields.emplace_back("first_line", number_text(line));
            }
            at->second = {l, row};
            check_record(record);
        }
    }
    std::vector<Place> order;
    order.reserve(kept.size());
    for (const auto& [id, place] : kept) order.push_back(place);  // sorted below
    const auto at = [&](Place place) -> Record& { return (layers[place.layer].*table)[place.row]; };
    std::sort(order.begin(), order.end(), [&](Place a, Place b) { return at(a).id < at(b).id; });
    std::vector<Record> result;
    result.reserve(order.size());
    for (const Place place : order) result.push_back(std::move(at(place)));
    too_many(result.size(), kind);
    return result;
}

void Catalogue::Builder::merge_heads() {
    Head& head = data->head;
    for (std::uint32_t l = 0; l < layers.size(); ++l) {
        Head& own = layers[l].head;
        own.origin.layer = l;
        if (!own.id.empty())
            if (const auto wrong = id_fault(own.id, {}); !wrong.empty())
                fault(Code::catalogue_id_invalid, own.origin, {readable(own.id)},
                      {{"what_kind", "head"},
                       {"reason_kind", std::string(wrong)},
                       {"most", number_text(id_bytes_max)}});
        check_title(own.title, "head", own.id, own.origin);
        check_text(own.jurisdiction, "head", own.id, "jurisdiction", own.origin);
        check_dates(own.effective_from, own.effective_to, "head", {}, own.origin);
        if (!own.id.empty()) head.id = own.id;
        if (!own.title.zh.empty() || !own.title.en.empty()) head.title = own.title;
        if (!own.jurisdiction.empty()) head.jurisdiction = own.jurisdiction;
        if (own.effective_from.exists()) head.effective_from = own.effective_from;
        if (own.effective_to.exists()) head.effective_to = own.effective_to;
        if (own.unlisted) head.unlisted = own.unlisted;
        if (own.unlisted_certificate) head.unlisted_certificate = own.unlisted_certificate;
        head.origin = own.origin;
        data->heads.push_back(own);
        data->files.push_back(layers[l].file);
    }
    if (!head.unlisted) head.unlisted = Unlisted::refuse;
    if (!head.unlisted_certificate) head.unlisted_certificate = Unlisted::refuse;
}

void Catalogue::Builder::merge() {
    merge_heads();
    data->actors = merged(&Layer::actors, "actor", ".");
    data->persons = merged(&Layer::persons, "person", ";");
    data->items = merged(&Layer::items, "item", {});
    data->procedures = merged(&Layer::procedures, "procedure", {});
    data->laws = merged(&Layer::laws, "law", {});
    data->sanctions = merged(&Layer::sanctions, "sanction", {});
    for (std::uint32_t l = 0; l < layers.size(); ++l) {
        for (Delegation& delegation : layers[l].delegations) {
            delegation.origin.layer = l;
            data->delegations.push_back(std::move(delegation));
        }
        for (Referral& referral : layers[l].referrals) {
            referral.origin.layer = l;
            data->referrals.push_back(std::move(referral));
        }
    }
    too_many(data->delegations.size(), "delegation");
    too_many(data->referrals.size(), "referral");
}

}  // namespace gridgov::lists
