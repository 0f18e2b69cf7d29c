#include "gridgov/report/explain_lists.hpp"

#include <string>
#include <vector>

#include "number_text.hpp"

namespace gridgov::report {
namespace {

using lists::Catalogue;
using lists::Change;
using lists::Decision;
using lists::Item;
using lists::ItemIndex;
using lists::LawIndex;
using lists::List;
using lists::Request;
using lists::Unlisted;
using lists::Verdict;

std::string joined(const std::vector<std::string>& parts, Language language) {
    std::string text;
    for (const std::string& part : parts) {
        if (!text.empty()) text += language == Language::zh ? "、" : ", ";
        text += part;
    }
    return text;
}

/// `B-031 (visits to low-income households)`.
std::string item_text(const Catalogue& catalogue, ItemIndex index, Language language) {
    const Item& item = catalogue.item(index);
    const std::string& title = item.title.in(language);
    if (title.empty()) return item.id;
    return language == Language::zh ? item.id + "“" + title + "”" : item.id + " (" + title + ")";
}

std::string actor_text(const Catalogue& catalogue, std::string_view id, Language language) {
    const lists::ActorIndex actor = catalogue.find_actor(id);
    if (!actor.exists()) return std::string(id);
    const std::string& title = catalogue.actor(actor).title.in(language);
    return title.empty() ? std::string(id) : title;
}

/// The laws that an item cites: by title where the catalogue has them.
std::string basis_text(const Catalogue& catalogue, const Item& item, Language language) {
    std::vector<std::string> names;
    for (const std::string& name : item.basis) {
        const LawIndex law = catalogue.find_law(name);
        const std::string& title =
            law.exists() ? catalogue.laws()[law.value].title.in(language) : name;
        const std::string& shown = title.empty() ? name : title;
        names.push_back(language == Language::zh && law.exists() && !title.empty() ? "《" + shown + "》"
                                                                                   : shown);
    }
    return joined(names, language);
}

std::string default_text(Unlisted unlisted, bool certificate, Language language) {
    const bool zh = language == Language::zh;
    switch (unlisted) {
        case Unlisted::refuse:
            if (certificate)
                return zh ? "清单里没有这项证明，按本地规定，清单以外的证明不予出具。"
                          : "No item covers this certificate, and here what is not listed is refused.";
            return zh ? "清单里没有这一事项，按本地规定，清单以外的事项不予承接。"
                      : "No item covers this matter, and here what is not listed is refused.";
        case Unlisted::refer:
            return zh ? "清单里没有这一事项，按本地规定，应先报上级研究准入。"
                      : "No item covers this matter; here it is referred for admission first.";
        case Unlisted::allow: break;
    }
    return zh ? "清单里没有这一事项，按本地规定，属职责范围且能核实的可以办理。"
              : "No item covers this matter; here what is not listed is allowed.";
}

std::string change_text(const Catalogue& catalogue, const Change& change, Language language) {
    const bool zh = language == Language::zh;
    std::string name = change.name;
    std::string from = change.from.empty() ? (zh ? "无" : "none") : change.from;
    std::string to = change.to;
    switch (change.field) {
        case Change::Field::actor:
            name = zh ? "承办主体" : "the actor";
            from = actor_text(catalogue, change.from, language);
            if (to.rfind("level:", 0) == 0) {
                constexpr std::string_view levels[][2] = {{"courtyard", "院落"},
                                                          {"grid", "网格"},
                                                          {"village", "村"},
                                                          {"town", "镇"},
                                                          {"district", "区县"}};
                for (const auto& [en, chinese] : levels)
                    if (to == "level:" + std::string(en))
                        to = zh ? "任一" + std::string(chinese) + "级主体"
                                : "any actor of the level " + std::string(en);
            } else {
                to = actor_text(catalogue, change.to, language);
            }
            break;
        case Change::Field::matter: name = zh ? "事项" : "the matter"; break;
        case Change::Field::date: name = zh ? "日期" : "the date"; break;
        case Change::Field::village:
            name = zh ? "所在村" : "the village";
            if (!change.from.empty()) from = actor_text(catalogue, change.from, language);
            to = actor_text(catalogue, change.to, language);
            break;
        case Change::Field::attribute: break;
    }
    return zh ? name + "由" + from + "改为" + to : name + " " + to + " instead of " + from;
}

std::string verdict_sentence(const Catalogue& catalogue, const Request& request,
                             const Decision& decision, Language language) {
    const bool zh = language == Language::zh;
    const Item& item = catalogue.item(decision.item);
    const std::string who = actor_text(catalogue, request.actor, language);
    const std::string what = "“" + std::string(request.matter) + "”";
    const std::string day = date_text(request.date);
    std::string text;
    if (zh) {
        text = who + "，" + what + "（" + day + "）：" + std::string(verdict_text(decision.verdict, language)) +
               "。依据" + std::string(list_text(item.list, language)) + "中的" +
               item_text(catalogue, decision.item, language);
        if (const auto file = catalogue.file(item.origin.layer); !file.empty())
            text += "（" + std::string(file) + "）";
        text += "。";
        if (!item.basis.empty()) text += "法律依据：" + basis_text(catalogue, item, language) + "。";
    } else {
        text = who + ", " + what + " on " + day + ": " +
               std::string(verdict_text(decision.verdict, language)) + ". It is decided by " +
               item_text(catalogue, decision.item, language) + " of the " +
               std::string(list_text(item.list, language));
        if (const auto file = catalogue.file(item.origin.layer); !file.empty())
            text += " in " + std::string(file);
        text += ".";
        if (!item.basis.empty()) text += " Basis: " + basis_text(catalogue, item, language) + ".";
    }
    if (item.list < List::must && !item.department.empty())
        text += zh ? "请到" + item.department + "办理。" : " Responsible: " + item.department + ".";
    return text;
}

}  // namespace

std::string_view verdict_text(Verdict verdict, Language language) noexcept {
    const bool zh = language == Language::zh;
    switch (verdict) {
        case Verdict::refuse_negative:
            return zh ? "不得要求承担（工作负面清单）" : "must not be asked (negative list)";
        case Verdict::refuse_reclaimed:
            return zh ? "不再承担（已由上级部门收回）" : "no longer asked (reclaimed by the departments above)";
        case Verdict::must: return zh ? "应当依法履行" : "must be done";
        case Verdict::assist: return zh ? "应当协助配合" : "to be assisted";
        case Verdict::may_certify: return zh ? "可以依法出具证明" : "may be certified";
        case Verdict::refuse_certificate: return zh ? "不予出具证明" : "no certificate is issued";
        case Verdict::unlisted: break;
    }
    return zh ? "清单之外" : "unlisted";
}

std::string_view list_text(List list, Language language) noexcept {
    const bool zh = language == Language::zh;
    switch (list) {
        case List::negative: return zh ? "工作负面事项清单" : "negative list";
        case List::reclaimed: return zh ? "上级部门收回事项清单" : "reclaimed list";
        case List::must: return zh ? "依法履行职责事项清单" : "must list";
        case List::assist: return zh ? "协助配合事项清单" : "assist list";
        case List::certify: break;
    }
    return zh ? "依法出具证明事项清单" : "certify list";
}

std::string decision_text(const Catalogue& catalogue, const Request& request,
                          const Decision& decision, Language language) {
    const bool zh = language == Language::zh;
    std::string text;
    if (decision.item.exists()) {
        text = verdict_sentence(catalogue, request, decision, language);
        if (!decision.overridden.empty()) {
            std::vector<std::string> names;
            for (const ItemIndex item : decision.overridden)
                names.push_back(item_text(catalogue, item, language));
            text += zh ? "另有" + joined(names, language) + "也适用，但不作准。"
                       : " Overridden: " + joined(names, language) + ".";
        }
        return text;
    }
    const std::string who = actor_text(catalogue, request.actor, language);
    text = who + (zh ? "，“" : ", “") + std::string(request.matter) + (zh ? "”（" : "” on ") +
           date_text(request.date) + (zh ? "）：" : ": ") +
           std::string(verdict_text(decision.verdict, language)) + (zh ? "。" : ". ") +
           default_text(decision.unlisted_default.value_or(Unlisted::refuse),
                        lists::is_certificate(request.matter), language);
    if (!decision.nearest_miss) return text;
    std::vector<std::string> changes;
    for (const Change& change : decision.nearest_miss->changes)
        changes.push_back(change_text(catalogue, change, language));
    const std::string near = item_text(catalogue, decision.nearest_miss->item, language);
    text += zh ? "最接近的是" + near + "，要适用它，须：" + joined(changes, language) + "。"
               : " The nearest item is " + near + "; it would apply with " + joined(changes, language) +
                     ".";
    return text;
}

std::string difference_text(const Catalogue& older, const Catalogue& newer,
                            const lists::Difference& difference, Language language) {
    const bool zh = language == Language::zh;
    using Kind = lists::ItemChange::Kind;
    struct Words {
        Kind kind;
        const char* en;
        const char* zh;
    };
    constexpr Words words[] = {{Kind::added, "added", "新增"},
                               {Kind::removed, "removed", "取消"},
                               {Kind::moved, "moved to others", "改由他人牵头"},
                               {Kind::relisted, "moved to another list", "改列其他清单"},
                               {Kind::heavier, "heavier", "加重"},
                               {Kind::lighter, "lighter", "减轻"}};
    std::string text;
    for (const Words& word : words) {
        std::vector<std::string> ids;
        for (const lists::ItemChange& change : difference.items)
            if (change.kind == word.kind)
                ids.push_back(change.newer.exists() ? newer.item(change.newer).id
                                                    : older.item(change.older).id);
        if (ids.empty()) continue;
        const std::string count = number_text(ids.size());
        text += zh ? std::string(word.zh) + count + "项：" : count + " " + word.en + ": ";
        text += joined(ids, language);
        text += zh ? "。\n" : ".\n";
    }
    for (const lists::LoadChange& load : difference.loads) {
        if (load.shift == lists::Shift::same) continue;
        const Catalogue& known = newer.find_actor(load.actor).exists() ? newer : older;
        std::string who = actor_text(known, load.actor, language);
        if (!load.post.empty()) who += (zh ? "（" : ".") + load.post + (zh ? "）" : "");
        const bool heavier = load.shift == lists::Shift::heavier;
        if (zh)
            text += who + (heavier ? "加重：" : "减轻：") + number_text(load.items_older) + "项、每年" +
                    number_text(load.hours_older) + "小时，变为" + number_text(load.items_newer) +
                    "项、每年" + number_text(load.hours_newer) + "小时。\n";
        else
            text += who + (heavier ? " carries more: " : " carries less: ") +
                    number_text(load.items_older) + " items and " + number_text(load.hours_older) +
                    " hours a year became " + number_text(load.items_newer) + " and " +
                    number_text(load.hours_newer) + ".\n";
    }
    if (text.empty()) text = zh ? "没有变化。\n" : "Nothing changed.\n";
    return text;
}

}  // namespace gridgov::report
