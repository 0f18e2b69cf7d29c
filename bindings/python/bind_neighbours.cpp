// The neighbour graph.
#include <string_view>
#include <utility>
#include <vector>

#include "bind.hpp"
#include "gridgov/neighbours/neighbours.hpp"

namespace gridgov::python {

void bind_neighbours(py::module_& module) {
    using neighbours::Neighbours;
    py::class_<Neighbours>(module, "Neighbours", py::is_final(), "Who is whose neighbour; made by neighbours().")
        .def_property_readonly("source",
                               [](const Neighbours& self) -> std::string_view {
                                   switch (self.source) {
                                       case neighbours::Source::points: return "points";
                                       case neighbours::Source::links: return "links";
                                       case neighbours::Source::ways: break;
                                   }
                                   return "ways";
                               })
        .def_property_readonly("components",
                               [](const Neighbours& self) { return self.components.count; })
        .def_property_readonly(
            "component_of",
            [](const py::object& self) {
                const auto& of = self.cast<const Neighbours&>().components.component_of;
                return borrowed(std::span<const std::uint32_t>(of), self);
            })
        .def_property_readonly("findings",
                               [](const Neighbours& self) { return to_python(self.findings); })
        .def(
            "links",
            [](const Neighbours& self) {
                std::vector<std::uint32_t> u, v;
                std::vector<double> length_m;
                {
                    const py::gil_scoped_release released;
                    const auto edges = self.graph.edge_list();
                    u.reserve(edges.size());
                    v.reserve(edges.size());
                    length_m.reserve(edges.size());
                    for (const auto& edge : edges) {
                        u.push_back(edge.u);
                        v.push_back(edge.v);
                        length_m.push_back(edge.length_m);
                    }
                }
                return py::make_tuple(owned(std::move(u)), owned(std::move(v)),
                                      owned(std::move(length_m)));
            },
            "u, v (household rows, u < v) and length_m of every link once.");
    module.def(
        "neighbours",
        [](const Town& town, double link_m_max, unsigned threads) {
            const py::gil_scoped_release released;
            return neighbours::build(town, {link_m_max, threads});
        },
        py::arg("town"), py::kw_only(), py::arg("link_m_max"), py::arg("threads") = 0,
        "From the town's links, else its ways, else its points.");
}

}  // namespace gridgov::python
