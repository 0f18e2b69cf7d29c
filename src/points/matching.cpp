#include "points/matching.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace gridgov::points {
namespace {

using conditions::Type;
using conditions::UnaryTests;
using conditions::Value;

Type type_of(const NamedColumn& column) noexcept {
    return column.keys.present() ? Type::any : column.values.type();
}

std::vector<std::string_view> names(const std::vector<NamedColumn>& columns) {
    std::vector<std::string_view> out;
    for (const NamedColumn& column : columns) out.push_back(column.name);
    return out;
}

const NamedColumn* find(const std::vector<NamedColumn>& columns, std::string_view name) noexcept {
    for (const NamedColumn& column : columns)
        if (column.name == name) return &column;
    return nullptr;
}

}  // namespace

bool Matching::resolve(const Tables& tables, std::string_view name, Column& column) const {
    column.name = name;
    if (tables.persons.present()) {
        column.place = Place::persons;
        if ((column.named = find(tables.persons.columns, name)) != nullptr) return true;
        if (name == "person_id") column.keys = &tables.persons.person_ids;
        if (name == "household_id") column.keys = &tables.persons.household_ids;
        if (name == "valid_from") column.dates = &tables.persons.valid_from;
        if (name == "valid_to") column.dates = &tables.persons.valid_to;
        if ((column.keys != nullptr && column.keys->present()) ||
            (column.dates != nullptr && column.dates->present()))
            return true;
        column.keys = nullptr;
        column.dates = nullptr;
    }
    column.place = Place::households;
    if ((column.named = find(tables.households.columns, name)) != nullptr) return true;
    if (name == "household_id" || name == "id") column.keys = &tables.households.household_ids;
    if (name == "village") column.keys = &tables.households.villages;
    if (column.keys != nullptr) return true;
    column.place = Place::deeds;
    const RegisterTable& deeds = tables.deeds;
    if ((column.named = find(deeds.columns, name)) != nullptr) return true;
    const std::pair<std::string_view, const KeyColumn*> keys[] = {
        {"register_no", &deeds.register_nos}, {"person_id", &deeds.person_ids},
        {"deed", &deeds.deeds},               {"stage", &deeds.stages},
        {"reverses", &deeds.reverses},        {"objection", &deeds.objections},
        {"reviewer", &deeds.reviewers}};
    for (const auto& [known, keyed] : keys)
        if (name == known) column.keys = keyed;
    const std::pair<std::string_view, const DateColumn*> dates[] = {
        {"date", &deeds.dates},
        {"recorded_on", &deeds.recorded_on},
        {"published_on", &deeds.published_on},
        {"mended_on", &deeds.mended_on}};
    for (const auto& [known, dated] : dates)
        if (name == known) column.dates = dated;
    const std::pair<std::string_view, const NumberColumn*> numbers[] = {
        {"units", &deeds.units}, {"evidence", &deeds.evidence}, {"witnesses", &deeds.witnesses}};
    for (const auto& [known, number] : numbers)
        if (name == known) column.numbers = number;
    return (column.keys != nullptr && column.keys->present()) ||
           (column.dates != nullptr && column.dates->present()) ||
           (column.numbers != nullptr && column.numbers->present());
}

Value Matching::value(const Column& column, std::size_t row, Type type, bool& readable) const {
    readable = true;
    const auto cell = [&](std::string_view text) -> Value {
        const auto read = conditions::read_cell(text, type);
        readable = read.has_value();
        return read.value_or(Value{});
    };
    if (column.named != nullptr) {
        if (column.named->keys.present()) return cell(column.named->keys[row]);
        const conditions::ValueColumn& values = column.named->values;
        if (values.texts.present()) return cell(values.texts[row]);
        if (!values.numbers.empty()) {
            const double number = values.numbers[row];
            if (number != number) return {};
            readable = number - number == 0;
            return readable ? Value{number} : Value{};
        }
        if (!values.dates.empty()) {
            const Date date{values.dates[row]};
            if (!date.exists()) return {};
            readable = date >= date_min && date <= date_max;
            return readable ? Value{date} : Value{};
        }
        if (values.booleans.empty() || values.booleans[row] == 255) return {};
        readable = values.booleans[row] <= 1;
        return readable ? Value{values.booleans[row] == 1} : Value{};
    }
    if (column.keys != nullptr) return cell((*column.keys)[row]);
    if (column.dates != nullptr) {
        if (column.dates->texts.present()) return cell(column.dates->texts[row]);
        const Date date{column.dates->days[row]};
        if (!date.exists()) return {};
        readable = date >= date_min && date <= date_max;
        return readable ? Value{date} : Value{};
    }
    const WholeNumbers& numbers = column.name == "units"      ? deeds_.units
                                  : column.name == "evidence" ? deeds_.evidence
                                                              : deeds_.witnesses;
    std::int64_t number = 0;
    const Cell read = numbers.read(row, number);
    readable = read != Cell::bad;
    return read == Cell::value ? Value{static_cast<double>(number)} : Value{};
}

Matching::Matching(Plan& plan, const Tables& tables, const HouseholdInputs& households,
                   const PersonInputs& persons, const RegisterInputs& deeds, Faults& faults)
    : plan_(plan), households_(households), persons_(persons), deeds_(deeds) {
    std::map<std::string_view, std::uint32_t> known_columns;
    std::map<std::string_view, std::vector<std::uint32_t>> tests_of;  // by column name
    conditions_.resize(plan.slots.size());
    for (std::uint32_t s = 0; s < plan.slots.size(); ++s) {
        const Rule& rule = plan.rule(s);
        const Rulebook& rulebook = plan.rulebook(s);
        const auto tests = plan.rulebooks().tests(plan.slots[s].rulebook, plan.slots[s].rule);
        for (std::size_t c = 0; c < rule.when.size(); ++c) {
            const std::string& name = rule.when[c].column;
            const auto fault = [&](Code code, Faults::Fields fields) {
                Finding finding;
                finding.code = code;
                finding.records = {rule.id};
                finding.fields = std::move(fields);
                finding.fields.emplace_back("column", name);
                if (!rulebook.file.empty()) finding.fields.emplace_back("file", rulebook.file);
                const std::uint32_t line = rule.when[c].line != 0 ? rule.when[c].line : rule.line;
                if (line != 0) finding.fields.emplace_back("line", std::to_string(line));
                faults.add(std::move(finding), no_index);
            };
            auto found = known_columns.find(name);
            if (found == known_columns.end()) {
                Column column;
                if (!resolve(tables, name, column)) {
                    std::string known;
                    for (const auto* table : {&tables.persons.columns, &tables.households.columns,
                                              &tables.deeds.columns})
                        for (const std::string_view other : names(*table))
                            known += (known.empty() ? "" : ", ") + std::string(other);
                    Faults::Fields fields;
                    if (!known.empty()) fields.emplace_back("known", known);
                    fault(Code::condition_unknown_column, std::move(fields));
                    continue;
                }
                found = known_columns.emplace(name, static_cast<std::uint32_t>(columns_.size())).first;
                columns_.push_back(std::move(column));
            }
            Column& column = columns_[found->second];
            if (column.type == Type::any) column.type = tests[c].type();
            Type has = Type::any;
            if (column.named != nullptr) has = type_of(*column.named);
            if (column.numbers != nullptr) has = Type::number;
            if (column.dates != nullptr && !column.dates->texts.present()) has = Type::date;
            if (has != Type::any && tests[c].type() != Type::any && has != tests[c].type()) {
                fault(Code::condition_type_clash,
                      {{"type", std::string(conditions::type_name(tests[c].type()))},
                       {"column_type", std::string(conditions::type_name(has))},
                       {"text", tests[c].text()}});
                continue;
            }
            std::vector<std::uint32_t>& same_column = tests_of[name];
            auto test = std::find_if(same_column.begin(), same_column.end(), [&](std::uint32_t t) {
                return tests_[t].tests == tests[c];
            });
            if (test == same_column.end()) {
                same_column.push_back(static_cast<std::uint32_t>(tests_.size()));
                test = same_column.end() - 1;
                Test made{found->second, tests[c], 0, {}, s, static_cast<std::uint32_t>(c)};
                switch (column.place) {
                    case Place::persons: made.bit = static_cast<std::uint32_t>(person_tests_++); break;
                    case Place::households:
                        made.bit = static_cast<std::uint32_t>(household_tests_++);
                        break;
                    case Place::deeds:
                        made.bit = static_cast<std::uint32_t>(deed_tests_.size());
                        deed_tests_.push_back(static_cast<std::uint32_t>(tests_.size()));
                        break;
                }
                tests_.push_back(std::move(made));
            }
            conditions_[s].push_back(*test);
        }
    }
    deed_words_ = (deed_tests_.size() + 63) / 64;
    if (!faults.empty()) return;  // nothing will be evaluated

    plan.needs.clear();
    for (std::uint32_t s = 0; s < plan.slots.size(); ++s) {
        Slot& slot = plan.slots[s];
        slot.needs_begin = static_cast<std::uint32_t>(plan.needs.size());
        for (const std::uint32_t t : conditions_[s]) {
            const Place place = columns_[tests_[t].column].place;
            const std::uint32_t word = tests_[t].bit / 64;
            const std::uint64_t mask = std::uint64_t{1} << (tests_[t].bit % 64);
            const auto same = std::find_if(
                plan.needs.begin() + slot.needs_begin, plan.needs.end(),
                [&](const Need& need) { return need.place == place && need.word == word; });
            if (same != plan.needs.end()) same->mask |= mask;
            else plan.needs.push_back({place, word, mask});
        }
        slot.needs_end = static_cast<std::uint32_t>(plan.needs.size());
    }
    // Coded columns: a test is asked once a category.
    for (Test& test : tests_) {
        const Column& column = columns_[test.column];
        const KeyColumn* keys = column.keys;
        if (column.named != nullptr && column.named->keys.present()) keys = &column.named->keys;
        if (keys == nullptr || !keys->coded()) continue;
        for (std::size_t i = 0; i < keys->texts().size(); ++i) {
            const auto read = conditions::read_cell(keys->texts()[i], test.tests.type());
            test.by_category.push_back(!read ? 2 : test.tests.matches(*read) ? 1 : 0);
        }
        test.by_category.push_back(test.tests.matches(Value{}) ? 1 : 0);  // no code
    }
    // PERSONS and HOUSEHOLDS.
    if (person_tests_ > 0) person_bits_.assign(persons.rows() + 1, person_tests_);
    if (household_tests_ > 0) household_bits_.assign(households.size(), household_tests_);
    std::vector<std::uint8_t> satisfied;
    std::vector<std::uint32_t> unreadable;
    for (const Test& test : tests_) {
        const Place place = columns_[test.column].place;
        if (place == Place::deeds) continue;
        const bool of_persons = place == Place::persons;
        const std::size_t table_rows = of_persons ? tables.persons.person_ids.size()
                                                  : tables.households.household_ids.size();
        unreadable.clear();
        evaluate(test, 0, table_rows, satisfied, unreadable);
        const std::vector<std::uint32_t>& rows =
            of_persons ? persons.source_rows : households.source_rows;
        Bits& bits = of_persons ? person_bits_ : household_bits_;
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (satisfied[rows[i]] != 0) bits.set(i, test.bit);
        if (of_persons && test.tests.matches(Value{})) bits.set(persons.rows(), test.bit);
        for (const std::uint32_t row : unreadable) {
            std::uint32_t household = no_index;
            if (of_persons)
                household = tables.persons.household_ids.present()
                                ? households.find(tables.persons.household_ids[row])
                                : no_index;
            else
                household = households.find(tables.households.household_ids[row]);
            tell_unreadable(test, row,
                            of_persons ? tables.persons.person_ids[row]
                                       : tables.households.household_ids[row],
                            household == no_index ? no_index : households.village_of[household],
                            faults);
        }
    }
}

void Matching::tell_unreadable(const Test& test, std::size_t row, std::string_view record,
                               std::uint32_t village, Faults& faults) const {
    const Column& column = columns_[test.column];
    const Table table = column.place == Place::persons      ? Table::persons
                        : column.place == Place::households ? Table::households
                                                            : Table::deeds;
    std::string text;
    if (column.named != nullptr && column.named->keys.present()) text = column.named->keys[row];
    else if (column.named != nullptr && column.named->values.texts.present())
        text = column.named->values.texts[row];
    else if (column.keys != nullptr) text = (*column.keys)[row];
    else if (column.dates != nullptr && column.dates->texts.present())
        text = column.dates->texts[row];
    const Rule& rule = plan_.rule(test.slot);
    const std::string& file = plan_.rulebook(test.slot).file;
    Faults::Fields fields{{"column", column.name}, {"value", text.substr(0, 80)},
                          {"type", std::string(conditions::type_name(test.tests.type()))},
                          {"rule", rule.id}};
    const std::uint32_t condition_line = rule.when[test.condition].line;
    if (const std::uint32_t line = condition_line != 0 ? condition_line : rule.line;
        line != 0 && !file.empty()) {
        fields.emplace_back("rule_file", file);
        fields.emplace_back("rule_line", std::to_string(line));
    }
    faults.add(Code::condition_unreadable_cell, table, row, record, village, std::move(fields));
}

void Matching::evaluate(const Test& test, std::size_t first, std::size_t rows,
                        std::vector<std::uint8_t>& satisfied,
                        std::vector<std::uint32_t>& unreadable) const {
    satisfied.assign(rows, 0);
    const Column& column = columns_[test.column];
    if (!test.by_category.empty()) {
        const KeyColumn& keys = column.keys != nullptr ? *column.keys : column.named->keys;
        const std::size_t categories = test.by_category.size() - 1;
        for (std::size_t i = 0; i < rows; ++i) {
            const std::uint32_t code = keys.codes()[first + i];
            const std::uint8_t found = test.by_category[code < categories ? code : categories];
            satisfied[i] = found == 1 ? 1 : 0;
            if (found == 2) unreadable.push_back(static_cast<std::uint32_t>(first + i));
        }
        return;
    }
    if (column.named != nullptr && !column.named->keys.present() &&
        !column.named->values.texts.present()) {
        conditions::ValueColumn part;
        const conditions::ValueColumn& values = column.named->values;
        if (!values.numbers.empty()) part.numbers = values.numbers.subspan(first, rows);
        if (!values.dates.empty()) part.dates = values.dates.subspan(first, rows);
        if (!values.booleans.empty()) part.booleans = values.booleans.subspan(first, rows);
        if (rows > 0) {
            const std::size_t before = unreadable.size();
            test.tests.evaluate(part, satisfied, unreadable);
            for (std::size_t i = before; i < unreadable.size(); ++i)
                unreadable[i] += static_cast<std::uint32_t>(first);
        }
        return;
    }
    for (std::size_t i = 0; i < rows; ++i) {
        bool readable = true;
        const Value found = value(column, first + i, test.tests.type(), readable);
        if (!readable) unreadable.push_back(static_cast<std::uint32_t>(first + i));
        else satisfied[i] = test.tests.matches(found) ? 1 : 0;
    }
}

void Matching::evaluate_deeds(std::size_t first, std::size_t rows, DeedBits& out,
                              Faults& faults) const {
    out.first = first;
    out.bits.assign(rows * deed_words_, 0);
    std::vector<std::uint32_t> unreadable;
    for (const std::uint32_t t : deed_tests_) {
        const Test& test = tests_[t];
        unreadable.clear();
        evaluate(test, first, rows, out.satisfied, unreadable);
        const std::size_t word = test.bit / 64;
        for (std::size_t i = 0; i < rows; ++i)
            out.bits[i * deed_words_ + word] |= std::uint64_t{out.satisfied[i]} << (test.bit % 64);
        for (const std::uint32_t row : unreadable) {
            if (!deeds_.dropped.empty() && deeds_.dropped[row]) continue;
            const std::uint32_t household = deeds_.households[row];
            tell_unreadable(test, row, deeds_.number(row),
                            household < households_.size() ? households_.village_of[household]
                                                           : no_index,
                            faults);
        }
    }
}

Miss Matching::miss(std::uint32_t s, std::uint32_t person_row, std::uint32_t household,
                    const std::uint64_t* deed_bits, std::int64_t evidence,
                    std::int64_t witnesses) const {
    const Slot& slot = plan_.slots[s];
    Miss miss;
    miss.slot = s;
    miss.failures = 0;
    for (std::size_t c = 0; c < conditions_[s].size(); ++c) {
        const Test& test = tests_[conditions_[s][c]];
        const std::size_t word = test.bit / 64;
        std::uint64_t bits = 0;
        switch (columns_[test.column].place) {
            case Place::persons: bits = person_bits_.word(person_row, word); break;
            case Place::households: bits = household_bits_.word(household, word); break;
            case Place::deeds: bits = deed_bits[word]; break;
        }
        if ((bits >> (test.bit % 64) & 1) != 0) continue;
        if (++miss.failures > 1) continue;
        miss.reason = Reason::condition_failed;
        miss.requirement = static_cast<std::int32_t>(c);
    }
    if (evidence < slot.evidence_min && ++miss.failures == 1) {
        miss.reason = Reason::evidence_missing;
        miss.wanted = slot.evidence_min;
        miss.counted = evidence;
    }
    if (witnesses < slot.witness_min && ++miss.failures == 1) {
        miss.reason = Reason::witnesses_missing;
        miss.wanted = slot.witness_min;
        miss.counted = witnesses;
    }
    return miss;
}

std::string Matching::found(std::uint32_t s, std::int32_t requirement, std::uint32_t person_row,
                            std::uint32_t household, std::size_t row) const {
    const Test& test = tests_[conditions_[s][static_cast<std::size_t>(requirement)]];
    const Column& column = columns_[test.column];
    Value found;
    bool readable = true;
    if (column.place == Place::deeds) found = value(column, row, test.tests.type(), readable);
    else if (column.place == Place::households)
        found = value(column, households_.source_rows[household], test.tests.type(), readable);
    else if (person_row < persons_.rows())
        found = value(column, persons_.source_rows[person_row], test.tests.type(), readable);
    return conditions::feel_text(found);
}

void Matching::prefetch_found(std::uint32_t s, std::int32_t requirement,
                              std::uint32_t person_row) const {
    const Test& test = tests_[conditions_[s][static_cast<std::size_t>(requirement)]];
    const Column& column = columns_[test.column];
    if (column.place != Place::persons || person_row >= persons_.rows() || column.named == nullptr)
        return;
    const std::uint32_t row = persons_.source_rows[person_row];
    if (column.named->keys.coded()) __builtin_prefetch(&column.named->keys.codes()[row]);
    else if (!column.named->values.numbers.empty())
        __builtin_prefetch(&column.named->values.numbers[row]);
}

}  // namespace gridgov::points
