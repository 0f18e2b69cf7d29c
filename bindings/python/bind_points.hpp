// What the binding files of points share: columns from Python, texts to Python, a settlement.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bind.hpp"
#include "gridgov/points/settle.hpp"
#include "gridgov/points/tables.hpp"

namespace gridgov::python {

/// A settlement as Python holds it: of one call, or within a state.
struct Settled {
    std::shared_ptr<const points::Settlement> of;
    std::optional<points::State> state;
    std::vector<std::uint32_t> entries, exchanges;  ///< what a posting changed
};

/// Columns as gridgov.points.columns hands them over, borrowed while this lives: None, or a tuple of
/// ("texts", bytes, offsets), ("codes", codes, bytes, offsets), ("integers" | "reals" | "days" |
/// "booleans", numbers).
class [[gnu::visibility("hidden")]] ColumnReader {
public:
    points::KeyColumn key(const py::handle& column);
    points::NumberColumn number(const py::handle& column);
    points::DateColumn date(const py::handle& column);
    points::NamedColumn named(std::string_view name, const py::handle& column);

private:
    template <class Number>
    std::span<const Number> numbers(const py::handle& given);
    TextColumn texts(const py::handle& bytes, const py::handle& offsets);

    std::vector<py::object> kept_;
};

/// The tables of a call, borrowed from Python.
struct [[gnu::visibility("hidden")]] Borrowed {
    points::Tables tables;
    ColumnReader reader;
    std::vector<std::string> names;  // of the columns that rules may name
};
/// Fills `into` where it stands: its names must not move.
void read_tables(Borrowed& into, const py::dict& given);
points::Options options_of(unsigned threads, bool skip_faulty_villages);

/// (bytes, offsets) of texts that `owner` keeps alive.
inline py::tuple borrowed_texts(const points::Texts& texts, const py::object& owner) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(texts.bytes().data());
    return py::make_tuple(
        borrowed(std::span<const std::uint8_t>(bytes, texts.bytes().size()), owner),
        borrowed(texts.offsets(), owner));
}

/// (bytes, offsets) that own the texts.
py::tuple owned_texts(points::Texts&& texts);

void bind_points_match(py::module_& module);
void bind_points_results(py::module_& module, py::class_<Settled>& settled);
void bind_points_reasons(py::module_& module);

}  // namespace gridgov::python
