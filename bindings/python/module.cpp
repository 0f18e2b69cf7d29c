// gridgov._core: the compiled core as Python sees it. Registers the layers and nothing else.
#include "bind.hpp"
#include "gridgov/version.hpp"

PYBIND11_MODULE(_core, module) {
    module.doc() = "The compiled core of gridgov. Use the package gridgov, not this module.";
    module.def("version", [] { return gridgov::version(); }, "The version of the compiled library.");
    gridgov::python::bind_findings(module);
    gridgov::python::bind_model(module);
    gridgov::python::bind_neighbours(module);
    gridgov::python::bind_partition(module);
    gridgov::python::bind_exact(module);
    gridgov::python::bind_conditions(module);
    gridgov::python::bind_points(module);
    gridgov::python::bind_report(module);
    gridgov::python::bind_revise(module);
    gridgov::python::bind_simulate(module);
    gridgov::python::bind_catalogue(module);
    gridgov::python::bind_duties(module);
}
