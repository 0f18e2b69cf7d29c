#include "gridgov/conditions/unary_tests.hpp"

#include <limits>
#include <utility>

#include "conditions/literal.hpp"
#include "conditions/value_set.hpp"
#include "refuse.hpp"

namespace gridgov::conditions {

std::string_view type_name(Type type) noexcept {
    switch (type) {
        case Type::boolean: return "boolean";
        case Type::number: return "number";
        case Type::text: return "text";
        case Type::date: return "date";
        case Type::any: break;
    }
    return "any";
}

Type type_of(const Value& value) noexcept {
    if (is_missing(value)) return Type::any;
    if (std::holds_alternative<bool>(value)) return Type::boolean;
    if (std::holds_alternative<double>(value)) return Type::number;
    return std::holds_alternative<std::string_view>(value) ? Type::text : Type::date;
}

std::size_t ValueColumn::size() const noexcept {
    if (texts.present()) return texts.size();
    if (!numbers.empty()) return numbers.size();
    return !dates.empty() ? dates.size() : booleans.size();
}

Type ValueColumn::type() const noexcept {
    if (texts.present()) return Type::any;
    if (!numbers.empty()) return Type::number;
    if (!dates.empty()) return Type::date;
    return booleans.empty() ? Type::any : Type::boolean;
}

UnaryTests::UnaryTests() {
    static const auto dash = std::make_shared<const Set>();
    set_ = dash;
}

UnaryTests::UnaryTests(std::shared_ptr<const Set> set) : set_(std::move(set)) {}

Type UnaryTests::type() const noexcept { return set_->type; }

const std::string& UnaryTests::text() const noexcept { return set_->text; }

bool UnaryTests::matches(const Value& value) const noexcept {
    if (is_missing(value)) return set_->missing;
    if (set_->type == Type::any) return set_->present;
    if (type_of(value) != set_->type) return false;
    if (const auto* const text = std::get_if<std::string_view>(&value))
        return range_of(set_->texts, TextBound{*text}) != nullptr;
    Key key = 0;
    if (const auto* const number = std::get_if<double>(&value)) key = key_of_number(*number);
    else if (const auto* const date = std::get_if<Date>(&value)) key = date->days;
    else key = std::get<bool>(value) ? 1 : 0;
    return range_of(set_->keys, key) != nullptr;
}

void UnaryTests::evaluate(const ValueColumn& column, std::span<std::uint8_t> satisfied,
                          std::vector<std::uint32_t>& unreadable_rows) const {
    const std::size_t rows = column.size();
    if (satisfied.size() != rows)
        refuse(Code::column_size_mismatch, {{"column", "satisfied"},
                                            {"length", std::to_string(satisfied.size())},
                                            {"expected", std::to_string(rows)}});
    const Type type = set_->type;
    const Type column_type = column.type();
    if (type != Type::any && column_type != Type::any && type != column_type)
        refuse(Code::condition_type_clash, {{"type", std::string(type_name(type))},
                                            {"column_type", std::string(type_name(column_type))},
                                            {"text", set_->text}});
    const std::uint8_t missing = set_->missing ? 1 : 0;
    const std::uint8_t present = set_->present ? 1 : 0;
    const auto fill = [&](std::size_t row, bool is_missing_row, bool is_value, Key key) {
        if (is_missing_row) {
            satisfied[row] = missing;
        } else if (type == Type::any) {
            satisfied[row] = present;
        } else if (is_value) {
            satisfied[row] = range_of(set_->keys, key) != nullptr ? 1 : 0;
        } else {
            satisfied[row] = 0;
            unreadable_rows.push_back(static_cast<std::uint32_t>(row));
        }
    };
    switch (column_type) {
        case Type::number:
            for (std::size_t row = 0; row < rows; ++row) {
                const double number = column.numbers[row];
                fill(row, number != number, std::isfinite(number), key_of_number(number));
            }
            return;
        case Type::date:
            for (std::size_t row = 0; row < rows; ++row) {
                const Date date{column.dates[row]};
                fill(row, !date.exists(), date >= date_min && date <= date_max, date.days);
            }
            return;
        case Type::boolean:
            for (std::size_t row = 0; row < rows; ++row) {
                const std::uint8_t truth = column.booleans[row];
                fill(row, truth == 255, truth <= 1, truth);
            }
            return;
        case Type::any:
        case Type::text: break;
    }
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view cell = column.texts[row];
        const auto value = read_cell(cell, type);
        if (!value) {
            satisfied[row] = 0;
            unreadable_rows.push_back(static_cast<std::uint32_t>(row));
        } else {
            satisfied[row] = matches(*value) ? 1 : 0;
        }
    }
}

bool UnaryTests::empty() const noexcept {
    if (set_->missing) return false;
    if (set_->type == Type::any) return !set_->present;
    return set_->keys.empty() && set_->texts.empty();
}

bool UnaryTests::everything() const noexcept {
    if (!set_->missing) return false;
    if (set_->type == Type::any) return set_->present;
    if (set_->type == Type::text) return set_->texts.size() == 1 && set_->texts.front() == all_texts;
    return set_->keys.size() == 1 && set_->keys.front() == all_keys(set_->type);
}

bool operator==(const UnaryTests& a, const UnaryTests& b) noexcept {
    const UnaryTests::Set& left = *a.set_;
    const UnaryTests::Set& right = *b.set_;
    if (left.type != right.type || left.missing != right.missing) return false;
    if (left.type == Type::any) return left.present == right.present;
    return left.keys == right.keys && left.texts == right.texts;
}

}  // namespace gridgov::conditions
