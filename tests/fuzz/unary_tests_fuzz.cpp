// libFuzzer: any bytes as unary tests are read or refused without a crash; what is read agrees with
// itself: witnesses satisfy, literals read back, cells and columns answer alike.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/conditions/unary_tests.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::conditions;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_witness(const UnaryTests& tests, const std::optional<Value>& value) {
    if (!value) return;
    require(tests.matches(*value));
    std::string storage;
    const auto again = parse_literal(feel_text(*value), storage);
    require(again.has_value() || type_of(*value) == Type::number);  // of more than 15 digits
    if (again) require(tests.matches(*again));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Three parts by the byte '|': two tests and cells.
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t first = bytes.find('|');
    const std::string_view rest = first == bytes.npos ? std::string_view{} : bytes.substr(first + 1);
    const std::size_t second = rest.find('|');
    const auto a = UnaryTests::parse(bytes.substr(0, first));
    const auto b = UnaryTests::parse(rest.substr(0, second));
    for (const Parsed* const parsed : {&a, &b}) {
        require(parsed->tests.has_value() != parsed->fault.has_value());
        if (parsed->fault) require(!message(*parsed->fault, Language::zh).empty());
    }
    if (!a.tests) return 0;
    const UnaryTests& tests = *a.tests;
    require(*UnaryTests::parse(tests.text()).tests == tests);
    const std::array<const UnaryTests*, 1> alone{&tests};
    const auto some = UnaryTests::common_value(alone);
    require(some.has_value() != tests.empty());
    check_witness(tests, some);
    check_witness(tests, tests.nearest_value(0.0));
    check_witness(tests, tests.nearest_value(Date{0}));
    check_witness(tests, tests.nearest_value(Value{}));
    require(tests.everything() == !UnaryTests().value_beyond(tests).has_value() ||
            tests.type() != Type::any);
    if (b.tests) {
        const std::array<const UnaryTests*, 2> both{&tests, &*b.tests};
        const auto shared = UnaryTests::common_value(both);
        check_witness(tests, shared);
        check_witness(*b.tests, shared);
        const auto beyond = tests.value_beyond(*b.tests);
        check_witness(tests, beyond);
        if (beyond) require(!b.tests->matches(*beyond));
    }
    std::vector<std::string_view> cells;
    if (second != rest.npos) cells = {rest.substr(second + 1), rest.substr(0, second), "", "5"};
    ValueColumn column;
    column.texts = TextColumn(cells);
    std::vector<std::uint8_t> satisfied(cells.size());
    std::vector<std::uint32_t> unreadable;
    tests.evaluate(column, satisfied, unreadable);
    for (std::size_t row = 0; row < cells.size(); ++row) {
        const auto value = read_cell(cells[row], tests.type());
        require((satisfied[row] == 1) == (value && tests.matches(*value)));
        require(!value == std::binary_search(unreadable.begin(), unreadable.end(), row));
    }
    return 0;
}
