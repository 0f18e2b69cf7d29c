// The model: the town, and the local plane.
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <pybind11/stl.h>

#include "bind.hpp"
#include "gridgov/error.hpp"
#include "gridgov/model/projection.hpp"
#include "gridgov/model/town.hpp"

namespace gridgov::python {
namespace {

/// A list of str as UTF-8 views, without copies: CPython keeps the UTF-8 form in the str. A str with
/// lone surrogates has none: its bytes are made here, so that the core reports it with its row.
class Texts {
public:
    explicit Texts(const std::optional<py::list>& list) {
        if (!list) return;
        kept_ = *list;
        views_.reserve(kept_.size());
        for (const py::handle item : kept_) {
            if (!PyUnicode_Check(item.ptr())) throw py::type_error("a column of texts must hold str");
            py::ssize_t size = 0;
            const char* data = PyUnicode_AsUTF8AndSize(item.ptr(), &size);
            if (data == nullptr) {
                PyErr_Clear();
                PyObject* bytes = PyUnicode_AsEncodedString(item.ptr(), "utf-8", "surrogatepass");
                if (bytes == nullptr) throw py::error_already_set();
                broken_.append(py::reinterpret_steal<py::object>(bytes));
                data = PyBytes_AS_STRING(bytes);
                size = PyBytes_GET_SIZE(bytes);
            }
            views_.emplace_back(data, static_cast<std::size_t>(size));
        }
        column_ = TextColumn(std::span<const std::string_view>(views_));
    }
    const TextColumn& column() const { return column_; }

private:
    py::list kept_;
    py::list broken_;
    std::vector<std::string_view> views_;
    TextColumn column_;
};

using Numbers = Array<double>;
using Flags = Array<std::uint8_t>;
using Links = std::tuple<py::list, py::list, Numbers>;
using Ways = std::tuple<py::list, Numbers, Numbers, py::list, py::list, Numbers>;
using Barriers = std::tuple<Array<std::int64_t>, Numbers, Numbers, Flags>;

template <class Number>
std::span<const Number> span_of_optional(const std::optional<Array<Number>>& array) {
    return array ? span_of(*array) : std::span<const Number>{};
}

/// A town and what its validation noted.
std::pair<Town, std::vector<Finding>> make_town(
    const Numbers& x_m, const Numbers& y_m, const std::optional<py::list>& ids,
    const std::optional<Numbers>& weights, const std::optional<py::list>& villages,
    const std::optional<Flags>& may_be_head, const std::optional<py::list>& pins,
    const std::optional<py::list>& groups, const std::optional<py::list>& previous,
    const std::optional<Links>& links, const std::optional<Ways>& ways,
    const std::optional<Barriers>& barriers, bool place_unlocated) {
    const Texts id_texts(ids), village_texts(villages), pin_texts(pins), group_texts(groups),
        previous_texts(previous);
    TownColumns columns;
    columns.households.x_m = span_of(x_m);
    columns.households.y_m = span_of(y_m);
    columns.households.ids = id_texts.column();
    columns.households.weights = span_of_optional(weights);
    columns.households.villages = village_texts.column();
    columns.households.may_be_head = span_of_optional(may_be_head);
    columns.households.pins = pin_texts.column();
    columns.households.groups = group_texts.column();
    columns.households.previous_courtyards = previous_texts.column();

    std::vector<Texts> kept;
    kept.reserve(5);
    const auto column = [&kept](const py::list& list) {
        return kept.emplace_back(std::optional<py::list>(list)).column();
    };
    if (links) {
        const auto& [u, v, length_m] = *links;
        columns.links = {column(u), column(v), span_of(length_m)};
    }
    if (ways) {
        const auto& [node_ids, node_x_m, node_y_m, u, v, length_m] = *ways;
        columns.ways = {column(node_ids), span_of(node_x_m), span_of(node_y_m),
                        column(u),        column(v),         span_of(length_m)};
    }
    if (barriers) {
        const auto& [offsets, line_x_m, line_y_m, passable] = *barriers;
        columns.barriers = {span_of(offsets), span_of(line_x_m), span_of(line_y_m),
                            span_of(passable)};
    }
    TownOptions options;
    options.unlocated = place_unlocated ? Unlocated::group : Unlocated::refuse;

    Town::Checked checked;
    {
        const py::gil_scoped_release released;
        checked = Town::check(columns, options);
    }
    if (!checked.town) throw DataError(std::move(checked.findings));
    return {std::move(*checked.town), std::move(checked.findings)};
}

/// Applies a function of two numbers to two columns.
template <class Function>
std::pair<py::array, py::array> map_pairs(const Numbers& first, const Numbers& second,
                                          Function function) {
    const auto in_first = span_of(first);
    const auto in_second = span_of(second);
    if (in_first.size() != in_second.size())
        throw py::value_error("the two columns must be of equal length");
    std::vector<double> out_first(in_first.size()), out_second(in_first.size());
    {
        const py::gil_scoped_release released;
        for (std::size_t row = 0; row < in_first.size(); ++row)
            std::tie(out_first[row], out_second[row]) = function(in_first[row], in_second[row]);
    }
    return {owned(std::move(out_first)), owned(std::move(out_second))};
}

}  // namespace

void bind_model(py::module_& module) {
    py::class_<Town>(module, "Town", py::is_final(), "An immutable, validated town; made by make_town.")
        .def_property_readonly("households", &Town::households)
        .def_property_readonly(
            "villages",
            [](const Town& town) {
                py::list names;
                for (std::uint32_t village = 0; village < town.villages(); ++village)
                    names.append(text(town.village_name(VillageIndex(village))));
                return names;
            },
            "Names, by number.")
        .def_property_readonly(
            "village_of",
            [](const py::object& self) {
                return borrowed(self.cast<const Town&>().village_of(), self);
            },
            "The village's number, by household.")
        .def_property_readonly(
            "weights",
            [](const Town& self) {
                std::vector<double> weights;
                for (const Weight weight : self.weights())
                    weights.push_back(number_from_weight(weight));
                return owned(std::move(weights));
            },
            "By household.")
        .def_property_readonly(
            "anchor_of",
            [](const py::object& self) {
                return borrowed(self.cast<const Town&>().anchor_of(), self);
            },
            "For an unlocated household the one that it is placed with, else 4294967295; "
            "empty where all are located.")
        .def("id",
             [](const Town& town, std::uint32_t household) {
                 if (household >= town.households()) throw py::index_error("no such household");
                 return text(town.id(HouseholdIndex(household)));
             });
    module.def(
        "make_town",
        [](const Numbers& x_m, const Numbers& y_m, const std::optional<py::list>& ids,
           const std::optional<Numbers>& weights, const std::optional<py::list>& villages,
           const std::optional<Flags>& may_be_head, const std::optional<py::list>& pins,
           const std::optional<py::list>& groups, const std::optional<py::list>& previous,
           const std::optional<Links>& links, const std::optional<Ways>& ways,
           const std::optional<Barriers>& barriers, bool place_unlocated) {
            auto [town, findings] =
                make_town(x_m, y_m, ids, weights, villages, may_be_head, pins, groups, previous,
                          links, ways, barriers, place_unlocated);
            return py::make_tuple(std::move(town), to_python(findings));
        },
        py::arg("x_m"), py::arg("y_m"), py::kw_only(), py::arg("ids") = py::none(),
        py::arg("weights") = py::none(), py::arg("villages") = py::none(),
        py::arg("may_be_head") = py::none(), py::arg("pins") = py::none(),
        py::arg("groups") = py::none(), py::arg("previous") = py::none(),
        py::arg("links") = py::none(), py::arg("ways") = py::none(),
        py::arg("barriers") = py::none(), py::arg("place_unlocated") = false,
        "The town and the notes of its validation; DataError with every fault.");

    py::class_<LocalPlane>(module, "LocalPlane", py::is_final(), "Transverse Mercator on a whole-degree meridian.")
        .def(py::init<int>(), py::arg("central_meridian_deg"))
        .def_static(
            "for_longitudes",
            [](const Numbers& lon_deg) { return LocalPlane::for_longitudes(span_of(lon_deg)); },
            py::arg("lon_deg"))
        .def_property_readonly("central_meridian_deg", &LocalPlane::central_meridian_deg)
        .def(
            "forward",
            [](const LocalPlane& plane, const Numbers& lon_deg, const Numbers& lat_deg) {
                return map_pairs(lon_deg, lat_deg, [&plane](double lon, double lat) {
                    const PlanePoint point = plane.forward({lon, lat});
                    return std::pair(point.x_m, point.y_m);
                });
            },
            py::arg("lon_deg"), py::arg("lat_deg"))
        .def(
            "inverse",
            [](const LocalPlane& plane, const Numbers& x_m, const Numbers& y_m) {
                return map_pairs(x_m, y_m, [&plane](double x, double y) {
                    const LonLat place = plane.inverse({x, y});
                    return std::pair(place.lon_deg, place.lat_deg);
                });
            },
            py::arg("x_m"), py::arg("y_m"));
    module.def(
        "wgs84_from_gcj02",
        [](const Numbers& lon_deg, const Numbers& lat_deg) {
            return map_pairs(lon_deg, lat_deg, [](double lon, double lat) {
                const LonLat place = wgs84_from_gcj02({lon, lat});
                return std::pair(place.lon_deg, place.lat_deg);
            });
        },
        py::arg("lon_deg"), py::arg("lat_deg"));
    module.def(
        "gcj02_from_wgs84",
        [](const Numbers& lon_deg, const Numbers& lat_deg) {
            return map_pairs(lon_deg, lat_deg, [](double lon, double lat) {
                const LonLat place = gcj02_from_wgs84({lon, lat});
                return std::pair(place.lon_deg, place.lat_deg);
            });
        },
        py::arg("lon_deg"), py::arg("lat_deg"));
}

}  // namespace gridgov::python
