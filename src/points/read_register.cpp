// The register's columns: numbered, and rows that are given twice found.
#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "points/inputs.hpp"

namespace gridgov::points {
namespace {

std::uint32_t stage_number(std::string_view word) {
    constexpr std::array<std::string_view, 5> en{"declared", "reviewed", "published", "posted",
                                                 "rejected"};
    constexpr std::array<std::string_view, 5> zh{"申报", "审核", "公示", "入账", "驳回"};
    word = trimmed(word);
    for (std::uint32_t i = 0; i < en.size(); ++i)
        if (word == en[i] || word == zh[i]) return i;
    return word.empty() ? Numbered::blank : Numbered::unknown;
}

/// Whether two rows say the same in every column.
class SameContent {
public:
    SameContent(const RegisterInputs& inputs) : in_(inputs) {}  // NOLINT: implicit

    bool operator()(std::size_t a, std::size_t b) const {
        const RegisterTable& table = *in_.table;
        return in_.households[a] == in_.households[b] && in_.persons[a] == in_.persons[b] &&
               in_.deeds[a] == in_.deeds[b] && in_.stages[a] == in_.stages[b] &&
               same(in_.dates, a, b) && same(in_.recorded_on, a, b) &&
               same(in_.published_on, a, b) && same(in_.mended_on, a, b) &&
               same(in_.units, a, b) && same(in_.evidence, a, b) && same(in_.witnesses, a, b) &&
               same(table.reverses, a, b) && same(table.objections, a, b) &&
               same(table.reviewers, a, b) &&
               std::all_of(table.columns.begin(), table.columns.end(), [&](const NamedColumn& column) {
                   if (column.keys.present()) return same(column.keys, a, b);
                   const conditions::ValueColumn& values = column.values;
                   if (values.texts.present()) return values.texts[a] == values.texts[b];
                   if (!values.dates.empty()) return values.dates[a] == values.dates[b];
                   if (!values.booleans.empty()) return values.booleans[a] == values.booleans[b];
                   const double x = values.numbers[a], y = values.numbers[b];
                   return x == y || (x != x && y != y);
               });
    }

private:
    static bool same(const KeyColumn& column, std::size_t a, std::size_t b) {
        return !column.present() || column[a] == column[b];
    }
    static bool same(const Dates& dates, std::size_t a, std::size_t b) {
        std::int32_t x = 0, y = 0;
        const Cell cell_a = dates.read(a, x), cell_b = dates.read(b, y);
        if (cell_a != cell_b) return false;
        return cell_a == Cell::bad ? dates.text(a) == dates.text(b) : x == y;
    }
    static bool same(const WholeNumbers& numbers, std::size_t a, std::size_t b) {
        return !numbers.present() || numbers.text(a) == numbers.text(b);
    }

    const RegisterInputs& in_;
};

/// Finds rows with the same register_no: those that say the same are dropped, others are faults.
void find_repeated(RegisterInputs& in, const HouseholdInputs& households, Faults& faults) {
    const std::size_t rows = in.rows;
    std::vector<std::uint32_t> slots(std::bit_ceil(rows + rows / 2 + 16), no_index);
    const std::size_t mask = slots.size() - 1;
    const SameContent same(in);
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::string_view number = in.number(row);
        if (number.empty()) continue;
        std::size_t slot = std::hash<std::string_view>{}(number) & mask;
        while (slots[slot] != no_index && in.number(slots[slot]) != number) slot = (slot + 1) & mask;
        if (slots[slot] == no_index) {
            slots[slot] = row;
            continue;
        }
        const std::uint32_t first = slots[slot];
        if (in.dropped.empty()) in.dropped.assign(rows, false);
        in.dropped[row] = true;
        if (same(first, row)) continue;
        for (const std::uint32_t of : {in.households[row], in.households[first]}) {
            const std::uint32_t village = of < households.size() ? households.village_of[of] : no_index;
            faults.add(Code::points_row_repeated, Table::deeds, row, number, village,
                       {{"first_row", std::to_string(first + 1)}});
            if (village == no_index) break;
        }
    }
    in.slots = std::move(slots);
}

std::uint64_t first_bytes(const char* text) noexcept {
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | static_cast<unsigned char>(text[i]);
    return bits;
}

/// a < b. Numbers of one register mostly have one length, and few bytes: then two words tell.
bool less(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size() || a.size() < 8 || a.size() > 16) return a < b;
    const std::uint64_t x = first_bytes(a.data()), y = first_bytes(b.data());
    if (x != y) return x < y;
    return first_bytes(a.data() + a.size() - 8) < first_bytes(b.data() + b.size() - 8);
}

}  // namespace

std::uint32_t RegisterInputs::find(std::string_view wanted) const noexcept {
    if (!slots.empty()) {
        const std::size_t mask = slots.size() - 1;
        std::size_t slot = std::hash<std::string_view>{}(wanted) & mask;
        while (slots[slot] != no_index && number(slots[slot]) != wanted) slot = (slot + 1) & mask;
        return slots[slot];
    }
    std::size_t low = 0, high = rows;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (number(middle) < wanted) low = middle + 1;
        else high = middle;
    }
    return low < rows && number(low) == wanted ? static_cast<std::uint32_t>(low) : no_index;
}

Stage RegisterInputs::stage(std::size_t row) const noexcept {
    const std::uint32_t number = stages[row];
    if (number < 5) return static_cast<Stage>(number);
    return number == Numbered::blank ? Stage::blank : Stage::unknown;
}

RegisterInputs read_register(const RegisterTable& table, const HouseholdTable& household_table,
                             const HouseholdInputs& households, const PersonTable& person_table,
                             PersonInputs& persons, Faults& faults) {
    RegisterInputs in;
    in.table = &table;
    in.rows = table.register_nos.size();
    in.households = households.number(table.household_ids, household_table);
    if (!persons.given) {
        in.persons = Numbered(table.person_ids,
                              [&](std::string_view id) { return persons.by_id.add(id); });
    } else if (table.person_ids.coded() && !person_table.person_ids.coded() &&
               persons.by_id.size() == person_table.person_ids.size() &&
               same_texts(table.person_ids.texts(), person_table.person_ids.texts())) {
        in.persons = Numbered::same(table.person_ids);
    } else {
        in.persons = Numbered(table.person_ids, [&](std::string_view id) {
            const std::uint32_t person = persons.by_id.find(id);
            return person == no_index ? Numbered::unknown : person;
        });
    }
    in.deeds = Numbered(table.deeds, [&](std::string_view deed) { return in.deed_ids.add(deed); });
    in.reviewers = Numbered(table.reviewers,
                            [&](std::string_view name) { return in.reviewer_ids.add(name); });
    in.stages = Numbered(table.stages, stage_number);
    in.objections = Numbered(table.objections, [](std::string_view word) {
        word = trimmed(word);
        return word == "upheld" || word == "成立" ? 1U : 0U;
    });
    in.dates = Dates(table.dates);
    in.recorded_on = Dates(table.recorded_on);
    in.published_on = Dates(table.published_on);
    in.mended_on = Dates(table.mended_on);
    in.units = WholeNumbers(table.units, false);
    in.evidence = WholeNumbers(table.evidence, true);
    in.witnesses = WholeNumbers(table.witnesses, true);
    std::string_view before;
    for (std::size_t row = 0; row < in.rows && in.ascending; ++row) {
        const std::string_view number = in.number(row);
        in.ascending = less(before, number);  // an empty one is no ascent
        before = number;
    }
    if (!in.ascending) find_repeated(in, households, faults);
    return in;
}

}  // namespace gridgov::points
