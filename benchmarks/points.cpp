// ./run bench points: evaluation and settlement of a township's register against sorting the same
// rows, the ledger against hashing the same bytes, a comparison of two rulebooks against one
// settlement, and memory against the input. One thread; a row of CSV a figure.
#include <openssl/evp.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "gridgov/points/compare.hpp"
#include "gridgov/points/ledger.hpp"
#include "gridgov/points/settle.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::points;

/// The process's own time, without the system's: the clock lies on a machine that is busy, and what a
/// virtual machine takes to back a page of memory that was never used before is no work of ours.
/// --system counts it all the same.
bool counts_system = false;
double seconds(const std::function<void()>& work) {
    const auto now = [] {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        const auto of = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
        };
        return of(usage.ru_utime) + (counts_system ? of(usage.ru_stime) : 0);
    };
    const double begin = now();
    work();
    return now() - begin;
}

/// The least of several runs, each after `prepare`, which is not counted: of all that is compared as
/// many, for the first to use memory pays for its pages.
double least_seconds(const std::function<void()>& prepare, const std::function<void()>& work) {
    constexpr int runs = 3;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < runs; ++i) {
        prepare();
        least = std::min(least, seconds(work));
    }
    return least;
}

std::size_t resident_peak() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

/// SplitMix64.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t operator()() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    std::uint32_t below(std::uint32_t limit) {
        return static_cast<std::uint32_t>(((*this)() >> 32) * limit >> 32);
    }

private:
    std::uint64_t state_;
};

/// Texts in Arrow's layout.
struct Arrow {
    std::string bytes;
    std::vector<std::int64_t> offsets{0};
    void add(std::string_view text) {
        bytes += text;
        offsets.push_back(static_cast<std::int64_t>(bytes.size()));
    }
    TextColumn column() const { return {bytes.data(), offsets}; }
    std::size_t size() const { return bytes.size() + offsets.size() * sizeof(std::int64_t); }
};

std::string padded(const char* letter, std::size_t number, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%s%0*zu", letter, digits, number);
    return text;
}

constexpr std::int32_t first_day = 20454;  // 2026-01-01

/// A register of a year, in the order in which deeds were done.
struct Township {
    Arrow households, villages, persons, roles, register_nos, deeds, stages, reverses, reviewers,
        objections;
    std::vector<std::uint32_t> village_of, household_of_person, role_of;
    std::vector<double> ages;
    std::vector<std::int32_t> dates, recorded_on, published_on;
    std::vector<std::uint32_t> household, person, deed, stage, reviewer, objection;
    std::vector<std::int64_t> units, evidence, witnesses;

    Township(std::size_t household_count, std::size_t rows, bool shuffled) {
        Random random(1);
        const std::size_t village_count = std::max<std::size_t>(1, household_count / 700);
        for (std::size_t v = 0; v < village_count; ++v) villages.add(padded("V", v, 5));
        for (std::size_t h = 0; h < household_count; ++h) {
            households.add(padded("H", h, 8));
            village_of.push_back(static_cast<std::uint32_t>(h * village_count / household_count));
        }
        for (const char* role : {"resident", "party_member", "veteran", "student"}) roles.add(role);
        for (std::size_t p = 0; p < 2 * household_count; ++p) {
            persons.add(padded("P", p, 8));
            household_of_person.push_back(static_cast<std::uint32_t>(p / 2));
            ages.push_back(random.below(90));
            role_of.push_back(random.below(4));
        }
        for (std::size_t d = 0; d < 40; ++d) deeds.add(padded("deed", d, 2));
        for (const char* word : {"posted", "published", "declared", "rejected"}) stages.add(word);
        for (std::size_t i = 0; i < 20; ++i) reviewers.add(padded("reviewer", i, 2));
        objections.add("upheld");
        std::vector<std::uint32_t> last_of(household_count, no_index);
        dates.reserve(rows);
        for (std::size_t r = 0; r < rows; ++r) {
            register_nos.add(padded("R", r, 9));
            dates.push_back(first_day + static_cast<std::int32_t>(r * 360 / rows));
            const auto h = random.below(static_cast<std::uint32_t>(household_count));
            household.push_back(h);
            deed.push_back(random.below(40));
            const bool nobody = random.below(8) == 0 && deed.back() != 11;  // capped by person
            person.push_back(nobody ? KeyColumn::no_code : 2 * h + random.below(2));
            units.push_back(random.below(4));
            evidence.push_back(random.below(3));
            witnesses.push_back(random.below(3));
            recorded_on.push_back(dates.back() + static_cast<std::int32_t>(random.below(4)));
            published_on.push_back(random.below(4) == 0 ? dates.back() + 2 : Date::none().days);
            reviewer.push_back(random.below(20));
            objection.push_back(random.below(200) == 0 ? 0 : KeyColumn::no_code);
            // One in a hundred takes back an earlier row of its household.
            const std::size_t target = random.below(100) == 0 ? last_of[h] : no_index;
            reverses.add(target == no_index ? std::string{} : padded("R", target, 9));
            last_of[h] = target == no_index ? static_cast<std::uint32_t>(r) : no_index;
            const std::uint32_t kind = random.below(50);
            stage.push_back(kind < 48 ? 0 : kind - 46);
        }
        if (shuffled)
            for (std::size_t r = rows; r-- > 1;) {
                const std::size_t other = random.below(static_cast<std::uint32_t>(r + 1));
                std::swap(dates[r], dates[other]);  // numbers no longer follow the dates
            }
    }

    std::size_t bytes() const {
        return households.size() + villages.size() + persons.size() + register_nos.size() +
               reverses.size() +
               4 * (village_of.size() + household_of_person.size() + role_of.size() +
                    9 * dates.size()) +
               8 * (ages.size() + 3 * units.size());
    }

    Tables tables() const {
        Tables tables;
        tables.households.household_ids = households.column();
        tables.households.villages = {village_of, villages.column()};
        tables.persons.person_ids = persons.column();
        tables.persons.household_ids = {household_of_person, households.column()};
        NamedColumn age, role;
        age.name = "age";
        age.values.numbers = ages;
        role.name = "role";
        role.keys = {role_of, roles.column()};
        tables.persons.columns = {age, role};
        tables.deeds.register_nos = register_nos.column();
        tables.deeds.dates.days = dates;
        tables.deeds.household_ids = {household, households.column()};
        tables.deeds.person_ids = {person, persons.column()};
        tables.deeds.deeds = {deed, deeds.column()};
        tables.deeds.units.integers = units;
        tables.deeds.evidence.integers = evidence;
        tables.deeds.stages = {stage, stages.column()};
        tables.deeds.witnesses.integers = witnesses;
        tables.deeds.recorded_on.days = recorded_on;
        tables.deeds.published_on.days = published_on;
        tables.deeds.reviewers = {reviewer, reviewers.column()};
        tables.deeds.objections = {objection, objections.column()};
        tables.deeds.reverses = reverses.column();
        return tables;
    }
};

/// 50 rules: 5 with caps, groups, conditions, cool-downs, terms, deductions.
Rulebooks rulebooks(std::int64_t more) {
    Rulebook book;
    book.id = "township";
    book.villages = {"*"};
    book.effective_from = Date{first_day};
    book.opening = Opening{100, OpeningPeriod::year};
    book.below_floor = BelowFloor::clamp;
    book.groups = {{"honours", {}, HitPolicy::max, 0}, {"service", {}, HitPolicy::sum, 0}};
    for (std::size_t r = 0; r < 50; ++r) {
        Rule rule;
        rule.id = padded("rule", r, 2);
        rule.deed = padded("deed", r < 40 ? r : r - 40, 2);
        rule.points = r % 9 == 8 ? -3 : static_cast<std::int64_t>(1 + r % 7) + more;
        if (r % 3 == 0) rule.per = Per::hour;
        if (r % 6 == 0) rule.units_max = 2;
        if (r % 4 == 1) rule.when.push_back({"age", ">= 16", 0});
        if (r % 10 == 2) rule.when.push_back({"role", "\"party_member\",\"veteran\"", 0});
        if (r % 8 == 5) rule.evidence_min = 1;
        if (r % 10 == 7) rule.cooldown_days = 7;
        if (r % 5 == 3) rule.expires_after_months = 12;
        if (r < 10 || r >= 40) rule.group = r % 10 < 5 ? "honours" : "service";
        const Scope scope = r == 11 ? Scope::person : Scope::household;
        const Period period = r == 12 ? Period::week : r == 13 ? Period::year : Period::month;
        if (r >= 10 && r < 15) {
            Cap cap;
            cap.over = r == 14 ? CapOver::all : CapOver::rule;
            cap.scope = scope;
            cap.period = period;
            cap.limit = 20;
            rule.caps.push_back(cap);
        }
        book.rules.push_back(std::move(rule));
    }
    return Rulebooks::make({std::move(book)});
}

/// A row of the register, whole: texts by where they begin.
struct WholeRow {
    std::int64_t register_no, reverses, units, evidence, witnesses;
    std::int32_t date, recorded_on, published_on;
    std::uint32_t household, person, deed, stage, reviewer, objection;
    std::uint64_t key() const noexcept {
        return std::uint64_t{household} << 9 | static_cast<std::uint32_t>(date - first_day);
    }
};

std::vector<WholeRow> whole_rows(const Township& t) {
    std::vector<WholeRow> rows(t.dates.size());
    for (std::size_t r = 0; r < rows.size(); ++r)
        rows[r] = {t.register_nos.offsets[r], t.reverses.offsets[r], t.units[r],  t.evidence[r],
                   t.witnesses[r],            t.dates[r],            t.recorded_on[r],
                   t.published_on[r],         t.household[r],        t.person[r], t.deed[r],
                   t.stage[r],                t.reviewer[r],         t.objection[r]};
    return rows;
}

/// Keys of rows with their places, brought into order by (household, date).
struct Key {
    std::uint64_t key;
    std::uint32_t row;
};

void radix_sort(std::vector<Key>& keys) {
    std::vector<Key> other(keys.size());
    std::vector<std::size_t> at(1 << 10);
    for (int shift = 0; shift < 30; shift += 10) {
        std::fill(at.begin(), at.end(), 0);
        for (const Key& key : keys) ++at[(key.key >> shift) & 1023];
        std::exclusive_scan(at.begin(), at.end(), at.begin(), std::size_t{0});
        for (const Key& key : keys) other[at[(key.key >> shift) & 1023]++] = key;
        keys.swap(other);
    }
}

/// The baselines: the same rows sorted by (household, date), then a column summed in that order by
/// household. Of keys only the keys are moved and the column is fetched by place; of rows all that a row
/// holds is brought into order, which is what a settlement has to do.
enum class Baseline { radix_keys, sort_keys, radix_rows, sort_rows };

std::int64_t sort_and_sum(const Township& township, std::vector<WholeRow>& rows, Baseline how) {
    std::vector<std::int64_t> sums(township.households.offsets.size());
    if (how == Baseline::sort_rows) {
        std::sort(rows.begin(), rows.end(),
                  [](const WholeRow& a, const WholeRow& b) { return a.key() < b.key(); });
        for (const WholeRow& row : rows) sums[row.household] += row.units;
        return sums[sums.size() / 2];
    }
    std::vector<Key> keys(township.dates.size());
    for (std::uint32_t r = 0; r < keys.size(); ++r)
        keys[r] = {std::uint64_t{township.household[r]} << 9 |
                       static_cast<std::uint32_t>(township.dates[r] - first_day),
                   r};
    if (how == Baseline::sort_keys)
        std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.key < b.key; });
    else
        radix_sort(keys);
    if (how == Baseline::radix_rows) {
        std::vector<WholeRow> sorted(rows.size());
        for (std::size_t i = 0; i < keys.size(); ++i) sorted[i] = rows[keys[i].row];
        for (const WholeRow& row : sorted) sums[row.household] += row.units;
    } else {
        for (const Key& key : keys) sums[key.key >> 9] += township.units[key.row];
    }
    return sums[sums.size() / 2];
}

void row(const char* what, double value, const char* of, double ratio, const char* limit) {
    std::printf("%s,%.4f,%s,%.2f,%s\n", what, value, of, ratio, limit);
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
    std::size_t rows = 10'000'000, households = 0;
    bool shuffled = false, ledger_too = true;
    unsigned threads = 1;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const auto number = [&] { return i + 1 < count ? std::strtoull(words[++i], nullptr, 10) : 0; };
        if (word == "--rows") rows = number();
        else if (word == "--households") households = number();
        else if (word == "--threads") threads = static_cast<unsigned>(number());
        else if (word == "--shuffled") shuffled = true;
        else if (word == "--no-ledger") ledger_too = false;
        else if (word == "--system") counts_system = true;
        else {
            std::fprintf(stderr, "usage: bench_points [--rows N] [--households N] [--threads N] "
                                 "[--shuffled] [--no-ledger] [--system]\n");
            return 2;
        }
    }
    if (households == 0) households = std::max<std::size_t>(1, rows / 10);
    const Township township(households, rows, shuffled);
    const Tables tables = township.tables();
    const Rulebooks books = rulebooks(0);
    const Date as_of{first_day + 364};
    std::printf("what,value,of,ratio,limit\n");
    Options options;
    options.threads = threads;
    const double input = static_cast<double>(township.bytes());
    Settlement settlement;
    const std::size_t peak_before = resident_peak();
    settlement = settle(books, tables, as_of, options);
    const std::size_t peak = resident_peak();
    row("memory (GB)", static_cast<double>(peak - peak_before) / 1e9 + input / 1e9, "input",
        static_cast<double>(peak - peak_before + township.bytes()) / input, "3");
    struct Sorting {
        Baseline how;
        const char* name;
        double best = 0;
    };
    Sorting sortings[] = {{Baseline::radix_keys, "radix sort of keys and sum (s)"},
                          {Baseline::sort_keys, "std::sort of keys and sum (s)"},
                          {Baseline::radix_rows, "radix sort of rows and sum (s)"},
                          {Baseline::sort_rows, "std::sort of rows and sum (s)"}};
    std::int64_t sum = 0;
    for (Sorting& sorting : sortings) {
        std::vector<WholeRow> whole;
        sorting.best = least_seconds(
            [&] {
                if (sorting.how == Baseline::radix_rows || sorting.how == Baseline::sort_rows)
                    whole = whole_rows(township);
            },
            [&] { sum += sort_and_sum(township, whole, sorting.how); });
    }
    const double best = least_seconds([&] { settlement = Settlement{}; },
                                      [&] { settlement = settle(books, tables, as_of, options); });
    for (const Sorting& sorting : sortings) row(sorting.name, sorting.best, "", 1, "");
    // The limit is meant against rows; against keys alone it is told all the same.
    for (const Sorting& sorting : sortings)
        row("evaluate and settle (s)", best, sorting.name, best / sorting.best, "5");
    std::fprintf(stderr, "%zu rows, %zu entries, %zu lots, conserved %d, %.0f ns a row, check %lld\n", rows,
                 settlement.entries.size(), settlement.lots.size(), settlement.summary.conserved ? 1 : 0,
                 best / static_cast<double>(rows) * 1e9, static_cast<long long>(sum));
    {
        const Rulebooks changed = rulebooks(1);
        Settlement before, after;
        const double comparing = least_seconds([&] { before = after = Settlement{}; },
                                               [&] {
                                                   before = settle(books, tables, as_of, options);
                                                   after = settle(changed, tables, as_of, options);
                                                   sum += compare(before, after).gaining;
                                               });
        row("compare two rulebooks (s)", comparing, "one settlement", comparing / best, "2.2");
    }
    if (!ledger_too) return 0;
    Ledger ledger;
    const double posting = least_seconds([&] { ledger = Ledger{}; },
                                         [&] { ledger = make_ledger(settlement); });
    // The same bytes, chained likewise, by the same library.
    std::string bytes;
    std::vector<std::size_t> ends{0};
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        for (const std::string& field :
             {std::to_string(ledger.first_posting_no + static_cast<std::int64_t>(i)),
              date_text(Date{ledger.dates[i]}), debit_account(settlement, ledger, i),
              credit_account(settlement, ledger, i), std::to_string(ledger.points[i]),
              std::string(ledger.sources[i])})
            bytes += std::to_string(field.size()) + ":" + field + ",";
        ends.push_back(bytes.size());
    }
    Hash hash{};
    const double hashing = least_seconds([&] { hash = Hash{}; }, [&] {
        EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
        EVP_MD_CTX* const context = EVP_MD_CTX_new();
        EVP_DigestInit_ex2(context, sha256, nullptr);
        std::vector<char> message;
        for (std::size_t i = 0; i < ledger.size(); ++i) {
            const std::size_t size = ends[i + 1] - ends[i];
            if (message.size() < size + hash.size()) message.resize(size + hash.size());
            std::memcpy(message.data(), hash.data(), hash.size());
            std::memcpy(message.data() + hash.size(), bytes.data() + ends[i], size);
            EVP_DigestInit_ex2(context, nullptr, nullptr);
            EVP_DigestUpdate(context, message.data(), size + hash.size());
            EVP_DigestFinal_ex(context, hash.data(), nullptr);
        }
        EVP_MD_CTX_free(context);
        EVP_MD_free(sha256);
    });
    if (hash != ledger.end.hash) {
        std::fprintf(stderr, "the chain differs\n");
        return 1;
    }
    row("hash the same bytes (s)", hashing, "", 1, "");
    row("ledger with its chain (s)", posting, "hash the same bytes", posting / hashing, "2");
    return 0;
}
