// What the binding files share: one function a layer, findings to Python, arrays without copies.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "gridgov/finding.hpp"

namespace gridgov::python {

namespace py = pybind11;

void bind_catalogue(py::module_& module);
void bind_conditions(py::module_& module);
void bind_duties(py::module_& module);
void bind_exact(py::module_& module);
void bind_findings(py::module_& module);
void bind_model(py::module_& module);
void bind_neighbours(py::module_& module);
void bind_partition(py::module_& module);
void bind_points(py::module_& module);
void bind_report(py::module_& module);
void bind_revise(py::module_& module);
void bind_simulate(py::module_& module);

/// gridgov.errors.Finding objects, in the same order.
py::list to_python(const std::vector<Finding>& findings);
py::object to_python(const Finding& finding);

/// Texts as str; bytes that are not UTF-8 are replaced (they come back from hostile input only).
py::str text(std::string_view utf8);
template <class Texts>
py::list texts(const Texts& column) {
    py::list list(column.size());
    for (std::size_t row = 0; row < column.size(); ++row) list[row] = text(column[row]);
    return list;
}

/// C-contiguous numbers; an array of that type is borrowed, anything else converted.
template <class Number>
using Array = py::array_t<Number, py::array::c_style | py::array::forcecast>;

template <class Number>
std::span<const Number> span_of(const Array<Number>& array) {
    if (array.ndim() != 1) throw py::value_error("a column must be a one-dimensional array");
    return {array.data(), static_cast<std::size_t>(array.size())};
}

/// A read-only array that owns the vector.
template <class Number>
py::array owned(std::vector<Number>&& numbers) {
    auto* kept = new std::vector<Number>(std::move(numbers));
    py::capsule owner(kept, [](void* memory) { delete static_cast<std::vector<Number>*>(memory); });
    py::array_t<Number> array(static_cast<py::ssize_t>(kept->size()), kept->data(), owner);
    array.attr("setflags")(py::arg("write") = false);
    return array;
}

/// A read-only array over memory that `owner` keeps alive.
template <class Number>
py::array borrowed(std::span<const Number> numbers, const py::object& owner) {
    py::array_t<Number> array(static_cast<py::ssize_t>(numbers.size()), numbers.data(), owner);
    array.attr("setflags")(py::arg("write") = false);
    return array;
}

}  // namespace gridgov::python
