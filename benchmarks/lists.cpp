// Lists: decide against one look-up of the same matters in std::unordered_map<std::string, …>, audit
// against parsing the same catalogue's TOML; one core, one run, user time. Prints CSV:
//   measure,items,ns,peer_ns,ratio     (ns a request, or of the whole audit)
// where ratio = ns ÷ peer_ns. `bench_lists [decide|audit]` for a part;
// `bench_lists write DIR` writes the catalogue and the requests.
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gridgov/lists/audit.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/lists/decide.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::lists;

double user_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
}

class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint32_t below(std::uint32_t count) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<std::uint32_t>((state_ >> 20) % count);
    }

private:
    std::uint64_t state_;
};

constexpr std::string_view subjects[] = {"civil-affairs", "agriculture",  "public-security",
                                         "certificate",   "land",         "water",
                                         "environment",   "party-building", "emergency",
                                         "health",        "education",    "social-security"};
constexpr std::string_view words[] = {"低保", "残疾人", "留守儿童", "农田水利", "森林防火", "道路交通",
                                      "食品安全", "危房", "河道", "退役军人", "医保", "养老保险", "耕地保护",
                                      "畜禽养殖", "垃圾分类", "消防", "燃气", "地质灾害", "矛盾纠纷", "统计"};
constexpr std::string_view deeds[] = {"走访慰问", "信息采集", "资格初审", "隐患排查", "政策宣传", "台账登记",
                                      "协助核查", "动态管理", "日常巡查", "纠纷调解", "组织培训", "情况上报"};
constexpr std::string_view kinds[] = {"visit", "inspection", "statistics", "dispute", "subsidy",
                                      "register", "publicity", "training", "patrol", "report"};

/// A catalogue of one town: as many items over as many matters, of the kinds that townships list.
std::vector<std::string> catalogue_toml(std::uint32_t items) {
    Dice dice(items);
    std::string text = "[catalogue]\nid = \"bench\"\neffective_from = 2026-01-01\n"
                       "[[actor]]\nid = \"town\"\nlevel = \"town\"\npowers = [\"inspect\"]\n"
                       "[[law]]\nid = \"organic-law\"\ntitle = \"村民委员会组织法\"\n";
    for (int v = 0; v < 15; ++v) {
        const std::string id = "village-" + std::to_string(v);
        text += "[[actor]]\nid = \"" + id + "\"\nlevel = \"village\"\nparent = \"town\"\n"
                "powers = [\"mediate\", \"visit\"]\n"
                "[[person]]\nid = \"p" + std::to_string(v) + "\"\nposts = [\"" + id +
                ".secretary\", \"" + id + ".clerk\"]\ncapacity_hours = 160\n";
    }
    std::vector<std::string> files;
    const char* const lists[] = {"must", "assist", "negative", "certify", "reclaimed"};
    for (std::uint32_t i = 0; i < items; ++i) {
        if (i > 0 && i % 20'000 == 0) {  // a layer more: a file is bounded
            files.push_back(std::move(text));
            text = "[catalogue]\neffective_from = 2026-01-01\n";
        }
        std::string matter(subjects[dice.below(12)]);
        matter += "/topic-" + std::to_string(dice.below(items / 12 + 3));
        matter += "/" + std::string(kinds[dice.below(10)]);
        if (dice.below(3) == 0) matter += "/case-" + std::to_string(dice.below(10));
        const std::uint32_t list = dice.below(10);
        const std::string number = std::to_string(i);
        text += "[[item]]\nid = \"B-" + number + "\"\nmatter = \"" + matter +
                "\"\ntitle = \"" + std::string(words[dice.below(20)]) +
                std::string(words[dice.below(20)]) + std::string(deeds[dice.below(12)]) +
                "\"\nlist = \"" + lists[list < 5 ? 0 : list < 7 ? 1 : list - 5] + "\"\nactor = \"" +
                (dice.below(4) == 0 ? "village-" + std::to_string(dice.below(15)) : "level:village") +
                "\"\nlead = \"secretary\"\nassists = [\"town\"]\nbasis = [\"organic-law\"]\n"
                "needs = [\"visit\"]\nhours = 1.5\nrecurrence = \"FREQ=MONTHLY;BYMONTHDAY=" +
                std::to_string(1 + dice.below(28)) + "\"\ndue_days = 10\n";
        if (dice.below(10) == 0) text += "effective_from = 2026-07-01\n";
        if (dice.below(10) == 0) text += "when = { age = \">= 60\" }\n";
    }
    files.push_back(std::move(text));
    return files;
}

std::vector<Source> sources_of(const std::vector<std::string>& files) {
    std::vector<Source> sources;
    for (const std::string& file : files) sources.push_back({file, "bench.toml"});
    return sources;
}

struct Requests {
    std::vector<std::string> actors, matters;
    std::vector<std::int32_t> dates;
    std::vector<Request> single;
};

Requests requests_for(const Catalogue& catalogue, std::size_t count) {
    Requests requests;
    Dice dice(99);
    const auto items = static_cast<std::uint32_t>(catalogue.items().size());
    for (std::size_t i = 0; i < count; ++i) {
        requests.actors.push_back("village-" + std::to_string(dice.below(15)));
        std::string matter = catalogue.items()[dice.below(items)].matter;
        if (dice.below(4) == 0) matter += "/detail-" + std::to_string(dice.below(5));
        if (dice.below(8) == 0) matter += "s";  // nothing of that name
        requests.matters.push_back(matter);
        requests.dates.push_back(date_of(2026, 1, 1).days + static_cast<std::int32_t>(dice.below(365)));
    }
    for (std::size_t i = 0; i < count; ++i) {
        Request request;
        request.actor = requests.actors[i];
        request.matter = requests.matters[i];
        request.date = Date{requests.dates[i]};
        requests.single.push_back(request);
    }
    return requests;
}

/// The least user time of several runs, in nanoseconds a piece.
template <class Work>
double least_ns(std::size_t pieces, int runs, Work&& work) {
    double best = 1e300;
    for (int run = 0; run < runs; ++run) {
        const double begin = user_seconds();
        work();
        best = std::min(best, user_seconds() - begin);
    }
    return best * 1e9 / static_cast<double>(pieces);
}

std::uint64_t sink = 0;

void print(const char* measure, std::size_t items, double ns, double peer_ns) {
    std::printf("%s,%zu,%.1f,%.1f,%.2f\n", measure, items, ns, peer_ns, ns / peer_ns);
}

void bench_decide(std::uint32_t items) {
    const std::vector<std::string> files = catalogue_toml(items);
    const std::vector<Source> sources = sources_of(files);
    const Catalogue catalogue = Catalogue::read_toml(sources);
    const Requests requests = requests_for(catalogue, 1'000'000);
    const std::size_t count = requests.single.size();

    std::unordered_map<std::string, std::uint32_t> map;
    for (std::uint32_t i = 0; i < catalogue.items().size(); ++i)
        map.emplace(catalogue.items()[i].matter, i);
    const double find_ns = least_ns(count, 5, [&] {
        for (const std::string& matter : requests.matters) {
            const auto at = map.find(matter);
            if (at != map.end()) sink += at->second;
        }
    });
    print("rule", items, least_ns(count, 5, [&] {
              for (const Request& request : requests.single) sink += rule(catalogue, request).item.value;
          }), find_ns);
    std::vector<std::uint8_t> verdicts(count), statuses(count);
    std::vector<std::uint32_t> decided(count);
    RequestColumns columns;
    columns.actors = TextColumn(requests.actors);
    columns.matters = TextColumn(requests.matters);
    columns.dates = requests.dates;
    print("rule_columns", items, least_ns(count, 5, [&] {
              rule(catalogue, columns, {verdicts, decided, statuses});
          }), find_ns);
    std::vector<Request> applied, missed;
    for (std::size_t i = 0; i < count; ++i)
        (decided[i] == no_index ? missed : applied).push_back(requests.single[i]);
    if (missed.size() > 20'000) missed.resize(20'000);
    print("decide_applied", items, least_ns(applied.size(), 3, [&] {
              for (const Request& request : applied)
                  sink += decide(catalogue, request).overridden.size();
          }), find_ns);
    print("decide_missed", items, least_ns(missed.size(), 3, [&] {
              for (const Request& request : missed)
                  sink += decide(catalogue, request).nearest_miss.has_value();
          }), find_ns);
}

void bench_audit(std::uint32_t items) {
    const std::vector<std::string> files = catalogue_toml(items);
    const std::vector<Source> sources = sources_of(files);
    const Catalogue catalogue = Catalogue::read_toml(sources);
    const int runs = items < 1000 ? 20 : items < 50'000 ? 3 : 1;
    const int times = items < 1000 ? 20 : 1;  // so that a run is longer than the clock's tick
    const auto least = [&](auto&& work) {
        return least_ns(static_cast<std::size_t>(times), runs, [&] {
            for (int i = 0; i < times; ++i) sink += work();
        });
    };
    const double parse_ns = least([&] { return read_toml_layers(sources).size(); });
    print("audit", items, least([&] { return audit(catalogue).size(); }), parse_ns);
    const auto layers = read_toml_layers(sources);
    print("make", items, least([&] { return Catalogue::make(layers).items().size(); }), parse_ns);
    std::fprintf(stderr, "# %u items: %zu findings, %zu conflicts\n", items, audit(catalogue).size(),
                 conflicts(catalogue).size());
}

/// The 340 items and a million requests as files, for lists_peers.py.
int write_files(const std::string& folder) {
    const std::vector<std::string> files = catalogue_toml(340);
    const std::vector<Source> sources = sources_of(files);
    const Requests requests = requests_for(Catalogue::read_toml(sources), 1'000'000);
    std::ofstream(folder + "/catalogue.toml", std::ios::binary) << files.front();
    std::ofstream out(folder + "/requests.csv", std::ios::binary);
    out << "actor,matter,day\n";
    for (std::size_t i = 0; i < requests.dates.size(); ++i)
        out << requests.actors[i] << ',' << requests.matters[i] << ',' << requests.dates[i] << '\n';
    return out.flush() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view part = argc > 1 ? argv[1] : "";
    if (part == "write" && argc > 2) return write_files(argv[2]);
    std::printf("measure,items,ns,peer_ns,ratio\n");
    if (part.empty() || part == "decide")
        for (const std::uint32_t items : {340U, 10'000U, 100'000U}) bench_decide(items);
    if (part.empty() || part == "audit")
        for (const std::uint32_t items : {340U, 10'000U, 100'000U}) bench_audit(items);
    return sink == 42 ? 1 : 0;
}
