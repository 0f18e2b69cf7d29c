// Days and values of attributes between Python and the core.
#pragma once

#include <string>
#include <variant>

#include "bind.hpp"
#include "gridgov/conditions/unary_tests.hpp"
#include "gridgov/model/date.hpp"

namespace gridgov::python {

/// Python's ordinal of 1970-01-01.
inline constexpr int epoch_ordinal = 719163;

/// datetime.date, or None of no date.
inline py::object date_or_none(Date date) {
    if (!date.exists()) return py::none();
    return py::module_::import("datetime")
        .attr("date")
        .attr("fromordinal")(date.days + epoch_ordinal);
}

/// None, bool, a number, a date or a text as a value; texts are kept in `storage`.
inline conditions::Value value_of(const py::handle& value, std::string& storage) {
    if (value.is_none()) return std::monostate{};
    if (py::isinstance<py::bool_>(value)) return value.cast<bool>();
    if (py::isinstance<py::str>(value)) {
        storage = value.cast<std::string>();
        return std::string_view(storage);
    }
    if (py::hasattr(value, "toordinal"))
        return Date{value.attr("toordinal")().cast<int>() - epoch_ordinal};
    return value.cast<double>();
}

inline py::object value_to_python(const conditions::Value& value) {
    if (const auto* const truth = std::get_if<bool>(&value)) return py::bool_(*truth);
    if (const auto* const number = std::get_if<double>(&value)) return py::float_(*number);
    if (const auto* const words = std::get_if<std::string_view>(&value)) return text(*words);
    if (const auto* const date = std::get_if<Date>(&value)) return date_or_none(*date);
    return py::none();
}

}  // namespace gridgov::python
