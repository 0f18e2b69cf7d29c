#include "gridgov/report/explain_points.hpp"

#include <algorithm>

namespace gridgov::report {

using points::Kind;
using points::Reason;
using points::Refusal;
using points::Rule;
using points::Rulebook;
using points::Rulebooks;
using points::Settlement;
using points::Status;

std::string points_text(std::int64_t units, std::int64_t unit_scale) {
    if (unit_scale <= 1) return std::to_string(units);
    const bool negative = units < 0;
    const auto amount = negative ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
    const auto scale = static_cast<std::uint64_t>(unit_scale);
    std::string text(negative ? 1 : 0, '-');
    text.append(std::to_string(amount / scale));
    if (amount % scale == 0) return text;
    std::string part = std::to_string(amount % scale + scale).substr(1);
    while (part.back() == '0') part.pop_back();
    return text + "." + part;
}

namespace {

/// A number with its English noun: "1 entry", "2 entries".
std::string counted(std::string number, std::string_view one, std::string_view several) {
    const bool is_one = number == "1" || number == "-1";
    return number.append(1, ' ').append(is_one ? one : several);
}
std::string counted(std::string number, std::string noun) {
    const std::string several = noun + "s";
    return counted(std::move(number), noun, several);
}

/// Texts of one settlement in one language.
class Words {
public:
    Words(const Rulebooks& rulebooks, const Settlement& settlement, Language language)
        : rulebooks_(rulebooks), s(settlement), zh(language == Language::zh), language_(language) {}

    /// One of two, by language.
    std::string say(std::string_view en, std::string_view chinese) const {
        return std::string(zh ? chinese : en);
    }

    const Rulebook* rulebook(std::uint32_t rule) const {
        if (rule == no_index) return nullptr;
        for (const Rulebook& book : rulebooks_.all())
            if (book.id == s.rules[rule].rulebook) return &book;
        return nullptr;
    }
    const Rule* rule(std::uint32_t of) const {
        const Rulebook* const book = rulebook(of);
        if (book == nullptr) return nullptr;
        const auto found = std::find_if(book->rules.begin(), book->rules.end(), [&](const Rule& rule) {
            return rule.id == s.rules[of].rule;
        });
        return found == book->rules.end() ? nullptr : &*found;
    }
    /// The rule's title, or its id.
    std::string name(std::uint32_t of) const {
        if (of == no_index) return say("a rule", "规则");
        const Rule* const described = rule(of);
        const std::string title = described != nullptr ? described->title.in(language_) : std::string{};
        const std::string& text = title.empty() ? s.rules[of].rule : title;
        return zh ? "“" + text + "”" : text;
    }
    std::string amount(std::int64_t units, std::uint32_t of) const {
        const Rulebook* const book = rulebook(of);
        return points_text(units, book != nullptr ? book->unit_scale : 1);
    }
    /// Of a household, by the rulebook in force there on a day.
    std::string amount(std::int64_t units, std::uint32_t household, Date day) const {
        const auto book = rulebooks_.in_force(s.villages[s.households.villages[household]], day);
        return points_text(units, book ? rulebooks_[*book].unit_scale : 1);
    }
    std::string number(std::uint32_t row) const { return std::string(s.rows.register_nos[row]); }
    static std::string date(std::int32_t days) { return date_text(Date{days}); }

    std::string period(points::Period period) const {
        switch (period) {
            case points::Period::day: return say("a day", "每日");
            case points::Period::week: return say("a week", "每周");
            case points::Period::month: return say("a month", "每月");
            case points::Period::quarter: return say("a quarter", "每季度");
            case points::Period::year: return say("a year", "每年");
            case points::Period::all_time: break;
        }
        return say("for all time", "累计");
    }
    std::string scope(points::Scope scope) const {
        switch (scope) {
            case points::Scope::person: return say("a person", "每人");
            case points::Scope::household: return say("a household", "每户");
            case points::Scope::village: break;
        }
        return say("the village", "全村");
    }

    std::string cap(std::uint32_t of, const points::Detail& why, bool rejects) const {
        const Rule* const described = rule(of);
        if (described == nullptr || why.cap < 0 ||
            static_cast<std::size_t>(why.cap) >= described->caps.size())
            return say("a cap held it", "受封顶限制");
        const points::Cap& held = described->caps[static_cast<std::size_t>(why.cap)];
        const bool count = held.measure == points::Measure::count;
        const std::string limit = count ? std::to_string(held.limit) : amount(held.limit, of);
        const std::string left = count ? std::to_string(why.left) : amount(why.left, of);
        if (zh)
            return "封顶" + scope(held.scope) + period(held.period) + limit + (count ? "次" : "分") +
                   "，只剩" + left + (count ? "次" : "分") +
                   (rejects ? "，不够整笔，本次不计分" : why.given == 0 ? "，本次不计分" : "，超出部分不计");
        const std::string most = count ? counted(limit, "entry", "entries") : counted(limit, "point");
        return "the cap of " + most + " " + period(held.period) + " for " +
               scope(held.scope) + " had " + left + " left" +
               (rejects ? ", less than the whole, so nothing is given" : "");
    }

    std::string nearest(Reason reason, const points::Detail& why) const {
        const std::string rule_name = name(why.rule);
        const Rule* const described = rule(why.rule);
        if (reason == Reason::condition_failed) {
            std::string column = "?", tests = "?";
            if (described != nullptr && why.requirement >= 0 &&
                static_cast<std::size_t>(why.requirement) < described->when.size()) {
                column = described->when[static_cast<std::size_t>(why.requirement)].column;
                tests = described->when[static_cast<std::size_t>(why.requirement)].text;
            }
            const std::string found =
                why.found == no_index ? std::string("null") : std::string(s.values[why.found]);
            if (zh)
                return "最接近的是" + rule_name + "，但要求 " + column + " 为 " + tests + "，实为 " +
                       (found == "null" ? std::string("空") : found);
            return "nearest is " + rule_name + ", which asks for " + column + " " + tests + "; it is " +
                   (found == "null" ? std::string("blank") : found);
        }
        const std::string wanted = std::to_string(why.left), has = std::to_string(why.given);
        if (reason == Reason::evidence_missing)
            return zh ? "最接近的是" + rule_name + "，但要有" + wanted + "份佐证，实有" + has + "份"
                      : "nearest is " + rule_name + ", which asks for " + counted(wanted, "piece") +
                            " of evidence; the row has " + has;
        return zh ? "最接近的是" + rule_name + "，但要有" + wanted + "名见证人，实有" + has + "名"
                  : "nearest is " + rule_name + ", which asks for " +
                        counted(wanted, "witness", "witnesses") + "; the row has " + has;
    }

private:
    const Rulebooks& rulebooks_;

public:
    const Settlement& s;
    bool zh;

private:
    Language language_;
};

/// What a rule gave before anything held it: "volunteer service: 2 points × 3 hours".
std::string given_text(const Words& words, std::uint32_t entry) {
    const Settlement& s = words.s;
    const std::uint32_t of = s.entries.rules[entry];
    const Rule* const rule = words.rule(of);
    std::string text = words.name(of);
    if (rule == nullptr) return text;
    const std::int64_t units = s.rows.units[s.entries.rows[entry]];
    const std::int64_t units_counted =
        std::min<std::int64_t>(units, rule->units_max.value_or(units));
    const std::string points = words.amount(rule->points, of);
    switch (rule->per) {
        case points::Per::occurrence:
            return text + (words.zh ? "：每次" + points + "分" : ": " + counted(points, "point"));
        case points::Per::person:
            text += words.zh ? "：每人" + points + "分×" + std::to_string(units_counted) + "人"
                             : ": " + counted(points, "point") + " × " +
                                   counted(std::to_string(units_counted), "person");
            break;
        case points::Per::hour:
            text += words.zh ? "：每小时" + points + "分×" + std::to_string(units_counted) + "小时"
                             : ": " + counted(points, "point") + " × " +
                                   counted(std::to_string(units_counted), "hour");
            break;
        case points::Per::day:
            text += words.zh ? "：每天" + points + "分×" + std::to_string(units_counted) + "天"
                             : ": " + counted(points, "point") + " × " +
                                   counted(std::to_string(units_counted), "day");
            break;
    }
    if (units_counted < units)
        text += words.zh ? "（报" + std::to_string(units) + "，每笔最多计" + std::to_string(units_counted) + "）"
                         : " (of " + std::to_string(units) + ", at most " + std::to_string(units_counted) +
                               (units_counted == 1 ? " counts a row)" : " count a row)");
    return text;
}

}  // namespace

std::string_view status_text(Status status, Language language) noexcept {
    const bool zh = language == Language::zh;
    switch (status) {
        case Status::posted: return zh ? "已入账" : "posted";
        case Status::pending: return zh ? "待入账" : "pending";
        case Status::rejected: return zh ? "未通过" : "rejected";
        case Status::no_match: return zh ? "无对应规则" : "no rule matches";
        case Status::error: return zh ? "规则冲突" : "rules conflict";
        case Status::reversed: break;
    }
    return zh ? "已冲销" : "reversed";
}

std::string_view kind_text(Kind kind, Language language) noexcept {
    const bool zh = language == Language::zh;
    switch (kind) {
        case Kind::opening: return zh ? "基础分" : "opening points";
        case Kind::award: return zh ? "加分" : "award";
        case Kind::deduction: return zh ? "扣分" : "deduction";
        case Kind::returned_deduction: return zh ? "退回扣分" : "deduction returned";
        case Kind::redemption: return zh ? "兑换" : "exchange";
        case Kind::returned_exchange: return zh ? "退货返还" : "exchange returned";
        case Kind::expiry: return zh ? "到期作废" : "expired";
        case Kind::forfeit: break;
    }
    return zh ? "年终清零" : "cleared at the year's end";
}

std::string reason_text(const Rulebooks& rulebooks, const Settlement& s, std::uint32_t entry,
                        Language language) {
    const Words words(rulebooks, s, language);
    const bool zh = words.zh;
    const std::uint32_t row = s.entries.rows[entry];
    const std::uint32_t of = s.entries.rules[entry];
    const Reason reason = s.entries.reasons[entry];
    static const points::Detail nothing;
    const points::Detail* const found = s.detail(entry);
    const points::Detail& why = found != nullptr ? *found : nothing;
    const std::string other = why.row != no_index ? words.number(why.row) : std::string{};
    std::string text;
    switch (reason) {
        case Reason::given: text = given_text(words, entry); break;
        case Reason::cap_clipped:
        case Reason::cap_rejected:
            text = given_text(words, entry) + (zh ? "；" : "; ") +
                   words.cap(of, why, reason == Reason::cap_rejected);
            break;
        case Reason::outbid:
            text = zh ? words.name(of) + "不另计：同组的" + words.name(why.rule) + "已计"
                      : words.name(of) + " gives nothing: " + words.name(why.rule) + " of its group does";
            break;
        case Reason::below_floor:
            text = why.row != no_index ? (zh ? "冲销" + other : "takes back " + other)
                                       : given_text(words, entry);
            text += zh ? "；余额不得低于下限，应扣" + words.amount(-why.given, of) + "分，实扣" +
                             words.amount(-s.entries.points[entry], of) + "分"
                       : "; the balance must not fall below its floor: of " +
                             counted(words.amount(-why.given, of), "point") + " " +
                             words.amount(-s.entries.points[entry], of) + " could be taken";
            break;
        case Reason::owed:
            text = why.row != no_index ? (zh ? "冲销" + other : "takes back " + other)
                                       : given_text(words, entry);
            text += zh ? "；当时只扣" + words.amount(-why.given, of) + "分，其余从以后的加分中扣"
                       : "; " + counted(words.amount(-why.given, of), "point was", "points were") +
                             " there, the rest is taken from later awards";
            break;
        case Reason::reverses:
            text = other.empty() ? words.say("takes back a row that gave nothing", "冲销未计分的登记")
                                 : (zh ? "冲销" + other : "takes back " + other);
            if (of != no_index) text += (zh ? "（" : " (") + words.name(of) + (zh ? "）" : ")");
            break;
        case Reason::target_reversed:
            text = other.empty() ? words.say("taken back before it posted, so it gives nothing",
                                             "入账前已冲销，不计分")
                                 : (zh ? "冲销尚未入账的" + other + "，双方均不计分"
                                       : "takes back " + other + " before it posts: neither gives anything");
            break;
        case Reason::several_rules:
            text = zh ? words.name(of) + "与" + words.name(why.rule) +
                            "同时适用，而该组只许一条适用；不计分，请核对规则"
                      : words.name(of) + " and " + words.name(why.rule) +
                            " both match, but only one of their group may; nothing is given: check the rules";
            break;
        case Reason::stage_rejected: text = words.say("rejected at review", "审核未通过"); break;
        case Reason::objection_upheld:
            text = words.say("an objection was upheld", "公示期间异议成立");
            break;
        case Reason::no_rulebook:
            text = zh ? words.date(s.rows.dates[row]) + "该村没有生效的规则"
                      : "no rulebook is in force in the village on " + words.date(s.rows.dates[row]);
            break;
        case Reason::no_rule: {
            const std::string deed = s.rows.deeds[row] == no_index ? std::string{}
                                                                   : std::string(s.deeds[s.rows.deeds[row]]);
            text = zh ? "规则里没有“" + deed + "”这一事项" : "the rulebook has no rule for the deed " + deed;
            break;
        }
        case Reason::condition_failed:
        case Reason::evidence_missing:
        case Reason::witnesses_missing: text = words.nearest(reason, why); break;
        case Reason::cooling_down: {
            const Rule* const rule = words.rule(why.rule);
            const std::string days = rule != nullptr ? std::to_string(rule->cooldown_days) : "?";
            text = zh ? words.name(why.rule) + "每" + days + "天只计一次" +
                            (other.empty() ? "" : "，" + other + "已计")
                      : words.name(why.rule) + " counts once in " + counted(days, "day") +
                            (other.empty() ? "" : ", and " + other + " did");
            break;
        }
    }
    if (const Rule* const rule = words.rule(of); rule != nullptr && !rule->citation.empty())
        text += zh ? "（依据：" + rule->citation + "）" : " (" + rule->citation + ")";
    if (!s.rows.reviewers.empty() && s.rows.reviewers[row] != no_index) {
        const std::string reviewer(s.reviewers[s.rows.reviewers[row]]);
        text += zh ? "；审核人：" + reviewer : "; reviewed by " + reviewer;
    }
    if (s.entries.status[entry] == Status::pending) {
        const std::int32_t posts = s.rows.posted_on[row];
        if (posts == Date::none().days)
            text += words.say("; not posted yet", "；尚未入账");
        else
            text += zh ? "；将于" + words.date(posts) + "入账" : "; posts on " + words.date(posts);
    }
    if (s.entries.status[entry] == Status::reversed) {
        const std::uint32_t by = s.reversed_by(row);
        if (by != no_index)
            text += zh ? "；已由" + words.number(by) + "冲销" : "; taken back by " + words.number(by);
    }
    return text;
}

std::string exchange_reason_text(const Rulebooks& rulebooks, const Settlement& s, std::uint32_t e,
                                 Language language, std::span<const std::string> good_titles) {
    const Words words(rulebooks, s, language);
    const bool zh = words.zh;
    const points::Exchanges& all = s.exchanges;
    const std::uint32_t returned = all.returns[e];
    const std::uint32_t household = all.households[e];
    const Date day{all.dates[e]};
    const auto amount = [&](std::int64_t units) { return words.amount(units, household, day); };
    const std::uint32_t of = returned == no_index ? e : returned;
    std::string good;
    if (const std::uint32_t number = all.goods[of]; number != no_index) {
        if (number < good_titles.size()) good = good_titles[number];
        if (good.empty()) good = s.goods[number];
    }
    const std::string shop(s.shops[all.shops[of]]);
    if (all.status[e] == points::ExchangeStatus::pending)
        return words.say("after the as-of date", "晚于截止日");
    switch (all.refusals[e]) {
        case Refusal::nothing: break;
        case Refusal::unknown_good:
            return zh ? "没有“" + good + "”这种物品" : "there is no good " + good;
        case Refusal::not_in_force:
            return zh ? "“" + good + "”当日在超市“" + shop + "”没有定价"
                      : good + " has no price in the shop " + shop + " on that day";
        case Refusal::frozen: {
            for (const points::Frozen& term : s.frozen)
                if (term.household == household && term.from <= day.days && day.days < term.until) {
                    const std::string row = words.number(s.entries.rows[term.entry]);
                    if (term.until == Date::none().days)
                        return zh ? "因" + row + "停止兑换" : "exchange is stopped because of " + row;
                    return zh ? "因" + row + "停止兑换，" + words.date(term.until) + "起恢复"
                              : "exchange is stopped because of " + row + ", free again from " +
                                    words.date(term.until);
                }
            return words.say("exchange is stopped", "停止兑换期间");
        }
        case Refusal::out_of_stock:
            return zh ? "库存只有" + std::to_string(all.found[e]) + "件，要兑换" +
                            std::to_string(all.quantities[e]) + "件"
                      : "asked for " + std::to_string(all.quantities[e]) + ", but only " +
                            std::to_string(all.found[e]) + " in stock";
        case Refusal::insufficient_balance:
            return zh ? "需" + amount(all.points[e]) + "分，余额" + amount(all.found[e]) + "分，不足"
                      : "it costs " + counted(amount(all.points[e]), "point") + ", the balance was " +
                            amount(all.found[e]);
        case Refusal::not_accepted:
            return zh ? std::string(all.exchange_nos[returned]) + "此前并未兑换成功，不能退"
                      : std::string(all.exchange_nos[returned]) + " was not accepted before, so it cannot be returned";
    }
    if (returned != no_index)
        return zh ? "退" + std::string(all.exchange_nos[returned]) + "，返还" + amount(all.points[e]) + "分"
                  : "returns " + std::string(all.exchange_nos[returned]) + ": " +
                        counted(amount(all.points[e]), "point") + " back";
    return zh ? "“" + good + "”" + std::to_string(all.quantities[e]) + "件，共" + amount(all.points[e]) + "分"
              : std::to_string(all.quantities[e]) + " × " + good + ", " +
                    counted(amount(all.points[e]), "point");
}

std::string line_text(const Rulebooks& rulebooks, const Settlement& s, const points::PassbookLine& line,
                      Language language, std::span<const std::string> good_titles) {
    const bool zh = language == Language::zh;
    std::string text(kind_text(line.kind, language));
    const std::string_view colon = zh ? "：" : ": ";
    switch (line.kind) {
        case Kind::award:
        case Kind::deduction:
        case Kind::returned_deduction:
            text += colon;
            text += s.rows.register_nos[s.entries.rows[line.entry]];
            text += zh ? "，" : ", ";
            text += reason_text(rulebooks, s, line.entry, language);
            break;
        case Kind::redemption:
        case Kind::returned_exchange:
            text += colon;
            text += s.exchanges.exchange_nos[line.exchange];
            text += zh ? "，" : ", ";
            text += exchange_reason_text(rulebooks, s, line.exchange, language, good_titles);
            break;
        case Kind::expiry:
        case Kind::forfeit: {
            const std::uint32_t entry = s.lots.entries[line.lot];
            if (entry == no_index) break;
            text += colon;
            text += s.rows.register_nos[s.entries.rows[entry]];
            break;
        }
        case Kind::opening: break;
    }
    return text;
}

std::string reproach_text(const Rulebooks& rulebooks, const Settlement& s,
                          const points::Reproach& reproach, Language language) {
    const Words words(rulebooks, s, language);
    if (reproach.entry == no_index) {
        const std::string balance = words.amount(reproach.balance, reproach.household, s.as_of);
        return words.zh ? "余额" + balance + "分，未达标准" : "the balance is only " + counted(balance, "point");
    }
    const std::string until = date_text(reproach.until);
    std::string text = reason_text(rulebooks, s, reproach.entry, language);
    return text + (words.zh ? "；整改期至" + date_text(reproach.until - 1)
                            : "; on the board until it is mended, or " + until);
}

std::string summary_text(const Rulebooks& rulebooks, const Settlement& s, Language language) {
    std::int64_t scale = 0;  // one for all, or none
    for (std::size_t v = 0; v < s.villages.size(); ++v)
        if (const auto book = rulebooks.in_force(s.villages[v], s.as_of))
            scale = scale == 0 || scale == rulebooks[*book].unit_scale ? rulebooks[*book].unit_scale : 1;
    const auto amount = [&](std::int64_t units) { return points_text(units, std::max<std::int64_t>(scale, 1)); };
    const points::Summary& sums = s.summary;
    const std::string households = std::to_string(s.households.size());
    const std::string villages = std::to_string(s.villages.size());
    std::string text;
    if (language == Language::zh) {
        text = "截至" + date_text(s.as_of) + "，" + villages + "个村" + households + "户，累计发放" +
               amount(sums.issued) + "分：结存" + amount(sums.held) + "分，扣减" + amount(sums.deducted) +
               "分，兑换" + amount(sums.redeemed) + "分，到期" + amount(sums.expired) + "分，清零" +
               amount(sums.forfeited) + "分。\n待入账" + amount(sums.pending) + "分。\n" +
               (sums.conserved ? "账目平衡。\n" : "账目不平衡，请报告此问题。\n");
        if (!s.left_out.empty())
            text += "有" + std::to_string(s.left_out.size()) + "个村因数据有误未结算。\n";
        return text;
    }
    text = "Up to " + date_text(s.as_of) + ", " + counted(households, "household") + " in " +
           counted(villages, "village") + (s.households.size() == 1 ? " was" : " were") + " issued " +
           counted(amount(sums.issued), "point") + ": " + amount(sums.held) + " held, " +
           amount(sums.deducted) + " deducted, " + amount(sums.redeemed) + " redeemed, " +
           amount(sums.expired) + " expired, " + amount(sums.forfeited) + " cleared.\n" +
           counted(amount(sums.pending), "point is", "points are") + " pending.\n" +
           (sums.conserved ? "The ledger adds up.\n" : "The ledger does not add up: please report this.\n");
    if (!s.left_out.empty())
        text += counted(std::to_string(s.left_out.size()), "village with faults was left out.\n",
                        "villages with faults were left out.\n");
    return text;
}

}  // namespace gridgov::report
