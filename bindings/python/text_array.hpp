// Columns of texts from Arrow: borrowed as they lie.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <pybind11/stl.h>

#include "bind.hpp"
#include "gridgov/model/columns.hpp"

namespace gridgov::python {

/// Arrow's large_string from Python: offsets and bytes, as gridgov.columns makes it.
using TextArray = std::pair<Array<std::int64_t>, Array<std::uint8_t>>;

/// The column, borrowed from the arrays. Throws ValueError where the offsets leave the bytes.
inline TextColumn column_of(const TextArray& array) {
    const std::span<const std::int64_t> offsets = span_of(array.first);
    const std::span<const std::uint8_t> bytes = span_of(array.second);
    if (offsets.empty()) throw py::value_error("offsets: one more than texts");
    std::int64_t before = 0;
    for (const std::int64_t offset : offsets) {
        if (offset < before) throw py::value_error("offsets must ascend from 0 or more");
        before = offset;
    }
    if (static_cast<std::uint64_t>(before) > bytes.size())
        throw py::value_error("offsets lead beyond the bytes");
    return {reinterpret_cast<const char*>(bytes.data()), offsets};
}

inline TextColumn column_of(const std::optional<TextArray>& array) {
    return array ? column_of(*array) : TextColumn();
}

}  // namespace gridgov::python
