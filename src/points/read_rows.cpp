#include "points/read_rows.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "points/keep_read.hpp"
#include "points/sha256.hpp"

namespace gridgov::points {
namespace {

constexpr std::int64_t units_most = 1'000'000'000;
constexpr std::size_t chunk_rows = 1'024;  // what they touch fits a cache

/// Whether a count is blank, or a whole number in range; `value` is left as it is where blank.
bool count_of(const WholeNumbers& numbers, std::size_t row, std::int64_t& value) noexcept {
    if (!numbers.present()) return true;
    std::int64_t read = 0;
    const Cell cell = numbers.read(row, read);
    if (cell == Cell::blank) return true;
    value = read;
    return cell == Cell::value && read >= 0 && read <= units_most;
}

}  // namespace

RowReader::RowReader(const Job& job, const KnownRows* known, Digest* digests)
    : job_(job), known_(known), digests_(digests) {
    const std::size_t rulebooks = job.plan.rulebooks().size();
    const std::size_t deeds = job.deeds.deed_ids.size();
    if (rulebooks * deeds > 4'000'000) return;
    lists_.reserve(rulebooks * deeds);
    for (std::uint32_t b = 0; b < rulebooks; ++b)
        for (std::uint32_t deed = 0; deed < deeds; ++deed)
            lists_.push_back(job.plan.list(b, job.deeds.deed_ids[deed]));
}

void RowReader::tell_faults(std::size_t row, Faults& faults) const {
    const RegisterInputs& in = job_.deeds;
    const std::uint32_t household = in.households[row];
    const std::uint32_t village =
        household < job_.households.size() ? job_.households.village_of[household] : no_index;
    const auto fault = [&](Code code, Faults::Fields fields) {
        faults.add(code, Table::deeds, row, in.number(row), village, std::move(fields));
    };
    if (!in.ascending && in.number(row).empty()) fault(Code::empty_id, {});
    if (household == Numbered::blank) fault(Code::points_value_missing, {{"column", "household_id"}});
    else if (village == no_index)
        fault(Code::points_unknown_household,
              {{"household", std::string(in.table->household_ids[row])}});
    const auto date = [&](const Dates& dates, const char* column, bool required) {
        std::int32_t days = 0;
        const Cell cell = dates.read(row, days);
        if (cell == Cell::bad)
            fault(Code::points_date_invalid, {{"column", column}, {"value", dates.text(row)}});
        else if (cell == Cell::blank && required)
            fault(Code::points_value_missing, {{"column", column}});
    };
    date(in.dates, "date", true);
    date(in.recorded_on, "recorded_on", false);
    date(in.published_on, "published_on", false);
    date(in.mended_on, "mended_on", false);
    const auto number = [&](const WholeNumbers& numbers, const char* column) {
        std::int64_t value = 0;
        const Cell cell = numbers.read(row, value);
        if (cell == Cell::blank) return;
        if (cell == Cell::value && value >= 0 && value <= units_most) return;
        fault(Code::points_number_invalid, {{"column", column}, {"value", numbers.text(row)},
                                            {"least", "0"}, {"most", std::to_string(units_most)}});
    };
    number(in.units, "units");
    number(in.evidence, "evidence");
    number(in.witnesses, "witnesses");
    const std::uint32_t person = in.persons[row];
    if (person == Numbered::unknown || person == Numbered::bad_code)
        fault(Code::points_unknown_person, {{"person", std::string(in.table->person_ids[row])}});
    const Stage stage = in.stage(row);
    if (stage == Stage::blank) fault(Code::points_value_missing, {{"column", "stage"}});
    if (stage == Stage::unknown)
        fault(Code::points_stage_unknown, {{"value", std::string(in.table->stages[row])}});
    const std::uint32_t deed = in.deeds[row];
    const bool reverses = in.table->reverses.present() && !in.table->reverses[row].empty();
    if (deed >= in.deed_ids.size() && !reverses)
        fault(Code::points_value_missing, {{"column", "deed"}});
}

bool RowReader::read_row(std::size_t row, const std::uint64_t* deed_bits, RowRecord& record,
                         Faults& faults) const {
    const RegisterInputs& in = job_.deeds;
    const std::uint32_t household = record.household;
    std::int64_t units = 1, evidence = 0, witnesses = 0;
    bool good = household < job_.households.size() && in.dates.read(row, record.date) == Cell::value;
    good = good && count_of(in.units, row, units) && count_of(in.evidence, row, evidence) &&
           count_of(in.witnesses, row, witnesses);
    record.units = static_cast<std::int32_t>(units);
    good = good && (record.person < Numbered::bad_code || record.person == Numbered::blank);
    const Stage stage = in.stage(row);
    good = good && stage <= Stage::rejected;
    const std::uint32_t deed = in.deeds[row];
    const bool reverses = in.table->reverses.present() && !in.table->reverses[row].empty();
    good = good && (deed < in.deed_ids.size() || reverses);
    std::int32_t recorded_on = record.date, published_on = 0;
    bool published = false;
    if (in.recorded_on.present()) {
        const Cell cell = in.recorded_on.read(row, recorded_on);
        if (cell == Cell::blank) recorded_on = record.date;
        good = good && cell != Cell::bad;
    }
    if (in.published_on.present()) {
        const Cell cell = in.published_on.read(row, published_on);
        published = cell == Cell::value;
        good = good && cell != Cell::bad;
    }
    if (in.mended_on.present()) {
        std::int32_t mended_on = 0;
        good = good && in.mended_on.read(row, mended_on) != Cell::bad;
    }
    if (!good || (!in.ascending && in.number(row).empty())) {
        tell_faults(row, faults);
        return false;
    }
    record.row = static_cast<std::uint32_t>(row);
    record.mask = 0;
    record.deed = deed < in.deed_ids.size() ? deed : no_index;
    record.reviewer = in.reviewers[row];
    record.evidence = static_cast<std::uint8_t>(std::min<std::int64_t>(evidence, RowRecord::many));
    record.witnesses = static_cast<std::uint8_t>(std::min<std::int64_t>(witnesses, RowRecord::many));
    const VillageTerms& terms =
        job_.villages[job_.same_terms ? 0 : job_.households.village_of[household]];
    const std::uint32_t rulebook = terms.rulebook_on(record.date);
    record.posted_on = Date::none().days;
    if (stage == Stage::posted || (stage == Stage::published && published)) {
        std::int64_t days = recorded_on;
        if (published) {
            const std::int64_t free = std::int64_t{published_on} +
                                      (rulebook == no_index
                                           ? 0
                                           : job_.plan.rulebooks()[rulebook].objection_days);
            days = stage == Stage::posted ? std::max<std::int64_t>(recorded_on, free) : free;
        }
        if (days <= date_max.days) record.posted_on = static_cast<std::int32_t>(days);
    }
    const auto kind = [&](RowKind what) {
        record.list = static_cast<std::uint32_t>(what);
        return true;
    };
    if (stage == Stage::rejected || in.upheld(row)) {
        record.posted_on = Date::none().days;
        return kind(stage == Stage::rejected ? RowKind::stage_rejected : RowKind::objection_upheld);
    }
    if (reverses) {
        record.mask = rulebook;
        return kind(RowKind::reversal);
    }
    if (rulebook == no_index) return kind(RowKind::no_rulebook);
    record.list = lists_.empty() ? job_.plan.list(rulebook, in.deed_ids[deed])
                                 : lists_[rulebook * std::size_t{in.deed_ids.size()} + deed];
    if (record.list == no_index) return kind(RowKind::no_rule);
    const Candidates& list = job_.plan.lists[record.list];
    const bool small = list.size() <= 32;
    std::uint32_t person_row = static_cast<std::uint32_t>(job_.persons.rows());
    if (record.person != no_index && job_.matching.asks_persons())
        person_row = job_.persons.row_on(record.person, record.date);
    for (std::uint32_t c = list.begin; c < list.end; ++c) {
        const std::uint32_t s = job_.plan.candidates[c];
        const Slot& slot = job_.plan.slots[s];
        if (!job_.matching.matches(slot, person_row, household, deed_bits, evidence, witnesses))
            continue;
        if (small) record.mask |= 1U << (c - list.begin);
        if (slot.person_cap && record.person == no_index) {
            faults.add(Code::person_cap_without_person, Table::deeds, row, in.number(row),
                       job_.households.village_of[household], {{"rule", job_.plan.rule(s).id}});
            good = false;
        }
    }
    return good;
}

/// What a posted row may not change, as one number: made from what was read, not as it was written.
class RowReader::Digester {
public:
    explicit Digester(const RegisterInputs& deeds) : deeds_(deeds) {}

    /// The beginning of texts that lie all over the households and persons, so that they are there by
    /// the time they are copied.
    std::uint64_t touch(std::size_t row) const noexcept {
        const auto first = [](std::string_view text) {
            return text.empty() ? 0U : static_cast<unsigned char>(text.front());
        };
        return first(deeds_.table->household_ids[row]) + first(person(row));
    }

    Digest operator()(std::size_t row) {
        const RegisterTable& table = *deeds_.table;
        message_.clear();
        add(deeds_.number(row));
        add(table.household_ids[row]);
        add(person(row));
        add(table.deeds[row]);
        add(static_cast<std::int64_t>(deeds_.stage(row)));
        add(std::int64_t{deeds_.upheld(row)});
        add(table.reverses.present() ? table.reverses[row] : std::string_view{});
        add(date(deeds_.dates, row));
        std::int32_t recorded_on = Date::none().days;
        if (deeds_.recorded_on.read(row, recorded_on) != Cell::value)
            deeds_.dates.read(row, recorded_on);
        add(std::int64_t{recorded_on});
        add(date(deeds_.published_on, row));
        std::int64_t units = 1;
        if (deeds_.units.read(row, units) != Cell::value) units = 1;
        add(units);
        add(number(deeds_.evidence, row));
        add(number(deeds_.witnesses, row));
        hasher_.digest(message_, hash_);
        Digest digest;
        std::copy_n(hash_.begin(), digest.size(), digest.begin());
        return digest;
    }

private:
    void add(std::int64_t value) {
        char bytes[8];
        for (unsigned i = 0; i < 8; ++i)
            bytes[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xff);
        message_.append(bytes, sizeof bytes);
    }
    void add(std::string_view text) {
        add(static_cast<std::int64_t>(text.size()));
        message_ += text;
    }
    std::string_view person(std::size_t row) const noexcept {
        const KeyColumn& persons = deeds_.table->person_ids;
        return persons.present() ? persons[row] : std::string_view{};
    }
    static std::int64_t date(const Dates& dates, std::size_t row) {
        std::int32_t days = 0;
        return dates.read(row, days) == Cell::value ? days : Date::none().days;
    }
    static std::int64_t number(const WholeNumbers& numbers, std::size_t row) {
        std::int64_t value = 0;
        numbers.read(row, value);
        return value == no_number ? 0 : value;
    }

    const RegisterInputs& deeds_;
    std::string message_;
    Sha256 hasher_;
    std::array<std::uint8_t, 32> hash_{};
};

void RowReader::read(std::size_t first, std::size_t count, RowRecord* records,
                     std::vector<std::pair<std::uint32_t, std::uint32_t>>& again,
                     Faults& faults) const {
    Matching::DeedBits bits;
    Digester digest_of(job_.deeds);
    const std::size_t words = job_.matching.deed_words();
    const std::int32_t posted_until =
        job_.before != nullptr && job_.before->as_of.exists() ? job_.before->as_of.days
                                                              : std::numeric_limits<std::int32_t>::min();
    for (std::size_t begin = first; begin < first + count; begin += chunk_rows) {
        const std::size_t rows = std::min(chunk_rows, first + count - begin);
        if (words > 0) job_.matching.evaluate_deeds(begin, rows, bits, faults);
        // Numbers first, in loops that wait for memory all at once: rows lie all over the households.
        RowRecord* const chunk = records + (begin - first);
        for (std::size_t i = 0; i < rows; ++i) chunk[i].household = job_.deeds.households[begin + i];
        for (std::size_t i = 0; i < rows; ++i) chunk[i].person = job_.deeds.persons[begin + i];
        const auto nobody = static_cast<std::uint32_t>(job_.persons.rows());
        std::uint64_t touched = 0;
        if (job_.persons.undated && job_.matching.asks_persons())
            for (std::size_t i = 0; i < rows; ++i)
                touched += job_.matching.touch_person(std::min(chunk[i].person, nobody));
        for (std::size_t i = 0; i < rows; ++i)
            if (chunk[i].household < job_.households.size())
                touched += job_.matching.touch_household(chunk[i].household) +
                           (job_.same_terms ? 0 : job_.households.village_of[chunk[i].household]);
        for (std::size_t i = 0; digests_ != nullptr && i < rows; ++i)
            if (chunk[i].household < job_.households.size()) touched += digest_of.touch(begin + i);
        keep_read(touched);
        for (std::size_t i = 0; i < rows; ++i) {
            const std::size_t row = begin + i;
            RowRecord& record = chunk[i];
            const std::uint32_t household = record.household;
            if ((!job_.deeds.dropped.empty() && job_.deeds.dropped[row]) ||
                !read_row(row, words > 0 ? bits.bits.data() + i * words : nullptr, record, faults)) {
                record.household = no_index;
                record.mask = household;
                continue;
            }
            // Here, where rows are read as they lie, and not where they are put in order.
            if (digests_ != nullptr) digests_[row] = digest_of(row);
            if (known_ == nullptr) continue;
            const std::uint32_t old = known_->by_number.find(job_.deeds.number(row));
            const std::uint32_t village = job_.households.village_of[record.household];
            if (old != no_index && known_->posted[old] != 0) {
                if (digest_of(row) != known_->digests[old])
                    faults.add(Code::points_row_changed, Table::deeds, row, job_.deeds.number(row),
                               village);
                again.emplace_back(static_cast<std::uint32_t>(row), old);
                record.household = no_index;
                record.mask = household;
                continue;
            }
            if (record.posted_on <= posted_until)
                faults.add(Code::points_posts_in_the_past, Table::deeds, row, job_.deeds.number(row),
                           village,
                           {{"date", date_text(Date{record.posted_on})},
                            {"as_of", date_text(Date{posted_until})}});
            if (old != no_index) again.emplace_back(static_cast<std::uint32_t>(row), old);
        }
    }
}

void resolve_reversals(Job& job, const KnownRows* known, Faults& faults) {
    const RegisterInputs& in = job.deeds;
    const auto rejected = [&](std::uint32_t row) {
        return in.stage(row) == Stage::rejected || in.upheld(row);
    };
    const auto is_reversal = [&](std::uint32_t row) {
        if (row < in.rows)
            return in.table->reverses.present() && !in.table->reverses[row].empty() && !rejected(row);
        const auto old = static_cast<std::uint32_t>(row - in.rows);
        return job.before->target_of(old) != no_index;
    };
    const auto household_of = [&](std::uint32_t row) {
        if (row < in.rows) return in.households[row];
        const std::uint32_t h =
            job.before->household_of_row(static_cast<std::uint32_t>(row - in.rows));
        return job.households.find(job.before->households.ids[h]);
    };
    std::map<std::uint32_t, std::uint32_t> taken_by;  // target → the row that takes it back
    if (known != nullptr)
        for (const Reversal& reversal : job.before->reversals) {
            const std::uint32_t row = job.row_of_before(reversal.row);
            if (row < in.rows) continue;  // given anew: read below
            const std::uint32_t target = job.row_of_before(reversal.target);
            if (target < in.rows && in.households[target] < job.households.size()) {
                // Given anew: it may say what the reversal that waits for it does not bear.
                const std::uint32_t household = in.households[target];
                const Faults::Fields fields{{"target", std::string(in.number(target))}};
                const auto fault = [&](Code code) {
                    faults.add(code, Table::deeds, target, job.register_no(row),
                               job.households.village_of[household], fields);
                };
                if (is_reversal(target)) fault(Code::reversal_of_reversal);
                else if (household_of(row) != household) fault(Code::reversal_of_other_household);
            }
            taken_by.emplace(target, row);
            job.reversals.emplace_back(row, target);
        }
    const KeyColumn& reverses = in.table->reverses;
    for (std::uint32_t row = 0; reverses.present() && row < in.rows; ++row) {
        const std::string_view wanted = reverses[row];
        if (wanted.empty() || (!in.dropped.empty() && in.dropped[row])) continue;
        if (rejected(row)) continue;
        const std::uint32_t household = in.households[row];
        if (household >= job.households.size()) continue;  // told already
        const std::uint32_t village = job.households.village_of[household];
        std::uint32_t target = in.find(wanted);
        if (known != nullptr) {
            const std::uint32_t self = known->by_number.find(in.number(row));
            if (self != no_index && known->posted[self] != 0) continue;  // known: not read again
            const std::uint32_t old = known->by_number.find(wanted);
            if (old != no_index) target = job.row_of_before(old);
        }
        const auto fault = [&](Code code, Faults::Fields fields) {
            faults.add(code, Table::deeds, row, in.number(row), village, std::move(fields));
        };
        const std::string name(wanted);
        if (target == row) fault(Code::reversal_of_itself, {});
        else if (target == no_index) fault(Code::reversal_of_nothing, {{"target", name}});
        else if (is_reversal(target)) fault(Code::reversal_of_reversal, {{"target", name}});
        else if (household_of(target) != household)
            fault(Code::reversal_of_other_household, {{"target", name}});
        else if (const auto [other, fresh] = taken_by.emplace(target, row); !fresh)
            fault(Code::reversed_twice,
                  {{"target", name}, {"other", std::string(job.register_no(other->second))}});
        else job.reversals.emplace_back(row, target);
    }
    std::sort(job.reversals.begin(), job.reversals.end());
    if (job.reversals.empty()) return;
    job.reversing.assign(in.rows + (job.before != nullptr ? job.before->rows.size() : 0), false);
    for (const auto& [row, target] : job.reversals) job.reversing[row] = true;
}

}  // namespace gridgov::points
