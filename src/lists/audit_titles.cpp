// Covert rebound by name: items that are new and called nearly as what was taken off a list.
#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>

#include "lists/audit_checks.hpp"
#include "number_text.hpp"
#include "utf8.hpp"

namespace gridgov::lists {
namespace {

/// Two neighbouring code points, and the how many-th such pair of the title: so that pairs are
/// sets.
using Pair = std::uint64_t;

bool is_left_out(char32_t point) {
    if (point < 0x80)
        return !((point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') ||
                 (point >= 'A' && point <= 'Z'));
    return (point >= 0x80 && point < 0xc0) || (point >= 0x2000 && point <= 0x206f) ||
           (point >= 0x3000 && point <= 0x303f) || (point >= 0xff00 && point <= 0xff0f) ||
           (point >= 0xff1a && point <= 0xff20) || (point >= 0xff3b && point <= 0xff40) ||
           (point >= 0xff5b && point <= 0xff65);
}

std::vector<char32_t> code_points(std::string_view text) {
    std::vector<char32_t> points;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text, at);
        const auto byte = [&](std::size_t i) {
            return static_cast<char32_t>(static_cast<unsigned char>(text[at + i]));
        };
        if (length == 0) {  // not well formed: never from a catalogue
            ++at;
            continue;
        }
        char32_t point = byte(0);
        if (length > 1) {
            point &= (0x7fU >> length);
            for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (byte(i) & 0x3fU);
        }
        at += length;
        if (is_left_out(point)) continue;
        if (point >= 'A' && point <= 'Z') point += 'a' - 'A';
        points.push_back(point);
    }
    return points;
}

/// The title's pairs, ascending, each once.
std::vector<Pair> pairs_of(std::string_view title) {
    const auto points = code_points(title);
    std::vector<Pair> pairs;
    if (points.size() == 1) pairs.push_back(static_cast<Pair>(points[0]) << 21);
    for (std::size_t i = 1; i < points.size(); ++i)
        pairs.push_back((static_cast<Pair>(points[i - 1]) << 21) | points[i]);
    std::sort(pairs.begin(), pairs.end());
    std::uint64_t times = 0;
    Pair last = 0;
    for (Pair& pair : pairs) {
        times = pair == last ? times + 1 : 0;
        last = pair;
        pair |= std::min<std::uint64_t>(times, (1U << 22) - 1) << 42;
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
}

std::uint32_t percent(std::span<const Pair> a, std::span<const Pair> b) {
    if (a.empty() || b.empty()) return 0;
    std::size_t common = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        if (a[i] == b[j]) {
            ++common;
            ++i;
            ++j;
        } else if (a[i] < b[j]) {
            ++i;
        } else {
            ++j;
        }
    }
    return static_cast<std::uint32_t>(200 * common / (a.size() + b.size()));
}

/// Titles of refusing items, found by the pairs that a near title must share with them. Two sets of
/// which at least p percent agree (Dice) share ceil(p·n / (200 − p)) of the n pairs of either; so
/// with pairs ordered from the rarest, each shares one among the first n − that + 1 (prefix
/// filtering: Chaudhuri, Ganti, Kaushik, A primitive operator for similarity joins, ICDE 2006).
/// Lists repeat their titles, so that each is compared once, whatever the number of items that have
/// it.
class NearTitles {
public:
    /// `among`: the items that are compared, both kinds.
    NearTitles(const Catalogue& catalogue, Language language, std::uint32_t percent_min,
               std::span<const std::uint32_t> among)
        : percent_min_(std::clamp<std::uint32_t>(percent_min, 1, 100)) {
        const auto items = catalogue.items();
        std::unordered_map<Pair, std::uint32_t> often;
        pairs_.resize(items.size());
        for (const std::uint32_t i : among) {
            pairs_[i] = pairs_of(language == Language::zh ? items[i].title.zh : items[i].title.en);
            for (const Pair pair : pairs_[i]) ++often[pair];
        }
        telling_.resize(items.size());
        titles_.assign(items.size(), no_index);
        std::map<std::vector<Pair>, std::uint32_t> title_of;
        std::vector<std::pair<std::uint32_t, Pair>> rarest;
        for (const std::uint32_t i : among) {
            const std::size_t count = pairs_[i].size();
            if (count == 0) continue;
            rarest.clear();
            for (const Pair pair : pairs_[i]) rarest.emplace_back(often.at(pair), pair);
            const std::size_t shared =
                (percent_min_ * count + (200 - percent_min_) - 1) / (200 - percent_min_);
            const std::size_t kept = count - std::min(count, std::max<std::size_t>(shared, 1)) + 1;
            std::partial_sort(rarest.begin(), rarest.begin() + static_cast<std::ptrdiff_t>(kept),
                              rarest.end());
            for (std::size_t k = 0; k < kept; ++k) telling_[i].push_back(rarest[k].second);
            const auto number = static_cast<std::uint32_t>(items_of_.size());
            const auto [title, is_new] = title_of.try_emplace(pairs_[i], number);
            if (is_new) items_of_.emplace_back();
            titles_[i] = title->second;
            if (grants(items[i].list)) continue;
            if (items_of_[title->second].empty())
                for (const Pair pair : telling_[i]) with_[pair].push_back(title->second);
            items_of_[title->second].push_back(i);
        }
    }

    struct Near {
        std::uint32_t item;
        std::uint32_t percent;
    };
    /// A number for each title, the same for items whose titles say the same; no_index: no title.
    std::uint32_t title(std::uint32_t item) const { return titles_[item]; }

    /// The titles of refusing items that are near an item's: percent and title, the nearest first.
    using Alike = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
    Alike alike(std::uint32_t item) const {
        std::vector<std::uint32_t> found;
        for (const Pair pair : telling_[item])
            if (const auto at = with_.find(pair); at != with_.end())
                found.insert(found.end(), at->second.begin(), at->second.end());
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        Alike alike;
        for (const std::uint32_t title : found) {
            const std::uint32_t same = percent(pairs_[item], pairs_[items_of_[title].front()]);
            if (same >= percent_min_) alike.emplace_back(same, title);
        }
        std::sort(alike.begin(), alike.end(), std::greater<>());
        return alike;
    }

    /// Of the refusing items with these titles that are wanted the one with the nearest; of several
    /// the smallest.
    template <class Wanted>
    std::optional<Near> nearest(const Alike& alike, Wanted&& wanted) const {
        std::optional<Near> best;
        for (const auto& [same, title] : alike) {
            if (best && same < best->percent) break;
            for (const std::uint32_t other : items_of_[title]) {  // ascending
                if (best && other > best->item) break;
                if (!wanted(other)) continue;
                best = Near{other, same};
                break;
            }
        }
        return best;
    }

private:
    std::uint32_t percent_min_;
    std::vector<std::vector<Pair>> pairs_, telling_;
    std::vector<std::uint32_t> titles_;                          // by item
    std::vector<std::vector<std::uint32_t>> items_of_;           // by title: the refusing items
    std::unordered_map<Pair, std::vector<std::uint32_t>> with_;  // titles; never iterated
};

bool actors_overlap(const Catalogue& catalogue, ItemIndex a, ItemIndex b) {
    const Acting one = catalogue.acting(a);
    const Acting other = catalogue.acting(b);
    return one.level == other.level &&
           (!one.actor.exists() || !other.actor.exists() || one.actor == other.actor);
}

/// Whether an item is newer than any refusing one: most catalogues are of one day, and then there
/// is nothing to compare.
class Newer {
public:
    explicit Newer(const Catalogue& catalogue) : catalogue_(catalogue) {
        for (std::uint32_t i = 0; i < catalogue.items().size(); ++i) {
            if (grants(catalogue.items()[i].list)) continue;
            layer_ = std::min(layer_, catalogue.items()[i].origin.layer);
            from_ = std::min(from_, catalogue.in_force(ItemIndex(i)).from);
        }
    }
    bool operator()(std::uint32_t item) const {
        return catalogue_.items()[item].origin.layer > layer_ ||
               catalogue_.in_force(ItemIndex(item)).from > from_;
    }

private:
    const Catalogue& catalogue_;
    std::uint32_t layer_ = no_index;
    Date from_;
};

bool may_be_rebound(const Catalogue& catalogue, ItemIndex item, ItemIndex refusing) {
    const Item& here = catalogue.item(item);
    const Item& there = catalogue.item(refusing);
    const DateRange own = catalogue.in_force(item);
    const DateRange other = catalogue.in_force(refusing);
    if (here.origin.layer <= there.origin.layer && own.from <= other.from) return false;
    if (common_range(own, other).empty() || !actors_overlap(catalogue, item, refusing))
        return false;
    return !covers(here.matter, there.matter) && !covers(there.matter, here.matter);
}

}  // namespace

std::uint32_t title_similarity_percent(std::string_view a, std::string_view b) {
    return percent(pairs_of(a), pairs_of(b));
}

void audit_titles(AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    const auto items = catalogue.items();
    const Newer newer(catalogue);
    std::vector<std::uint32_t> asked, among;
    bool one_language = true;
    for (std::uint32_t i = 0; i < items.size(); ++i) {
        const bool asks = grants(items[i].list) && newer(i);
        if (asks) asked.push_back(i);
        if (asks || !grants(items[i].list)) {
            among.push_back(i);
            one_language = one_language && items[i].title.zh == items[i].title.en;
        }
    }
    if (asked.empty()) return;
    struct Found {
        NearTitles::Near near{no_index, 0};
        Language language = Language::zh;
    };
    std::vector<Found> found(asked.size());
    for (const Language language : {Language::zh, Language::en}) {
        if (one_language && language == Language::en) break;  // every title says the same in both
        const NearTitles titles(catalogue, language, context.options.title_similarity_min, among);
        // Those of one title one after the other, so that it is compared once.
        std::vector<std::size_t> order(asked.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return titles.title(asked[a]) < titles.title(asked[b]);
        });
        NearTitles::Alike alike;
        std::uint32_t last = no_index;
        for (const std::size_t at : order) {
            const std::uint32_t title = titles.title(asked[at]);
            if (title == no_index) break;
            if (std::exchange(last, title) != title) alike = titles.alike(asked[at]);
            const auto near = titles.nearest(alike, [&](std::uint32_t other) {
                return may_be_rebound(catalogue, ItemIndex(asked[at]), ItemIndex(other));
            });
            NearTitles::Near& best = found[at].near;
            if (near && (near->percent > best.percent ||
                         (near->percent == best.percent && near->item < best.item)))
                found[at] = {*near, language};
        }
    }
    for (std::size_t at = 0; at < asked.size(); ++at) {
        const auto& [near, language] = found[at];
        if (near.item == no_index) continue;
        const bool zh = language == Language::zh;
        const Item& item = items[asked[at]];
        const Item& other = items[near.item];
        context.add(Code::covert_rebound_title, Severity::warning, ItemIndex(asked[at]), {other.id},
                    {{"title", zh ? item.title.zh : item.title.en},
                     {"other_title", zh ? other.title.zh : other.title.en},
                     {"percent", number_text(near.percent)}});
    }
}

}  // namespace gridgov::lists
