// Simulated townships.
#include <utility>

#include "bind.hpp"
#include "gridgov/simulate/township.hpp"

namespace gridgov::python {

void bind_simulate(py::module_& module) {
    module.def(
        "simulate_township",
        [](std::int64_t households, std::int64_t villages, std::uint64_t seed) {
            simulate::Township made;
            {
                const py::gil_scoped_release released;
                made = simulate::township({households, villages, seed});
            }
            py::dict tables;
            tables["household_ids"] = texts(made.household_ids);
            tables["x_m"] = owned(std::move(made.x_m));
            tables["y_m"] = owned(std::move(made.y_m));
            tables["household_villages"] = texts(made.household_villages);
            tables["household_groups"] = texts(made.household_groups);
            tables["may_be_head"] = owned(std::move(made.may_be_head));
            tables["people"] = owned(std::move(made.people));
            tables["village_names"] = texts(made.village_names);
            tables["village_x_m"] = owned(std::move(made.village_x_m));
            tables["village_y_m"] = owned(std::move(made.village_y_m));
            tables["way_node_ids"] = texts(made.way_node_ids);
            tables["way_node_x_m"] = owned(std::move(made.way_node_x_m));
            tables["way_node_y_m"] = owned(std::move(made.way_node_y_m));
            tables["way_u"] = texts(made.way_u);
            tables["way_v"] = texts(made.way_v);
            tables["way_length_m"] = owned(std::move(made.way_length_m));
            tables["barrier_offsets"] = owned(std::move(made.barrier_offsets));
            tables["barrier_x_m"] = owned(std::move(made.barrier_x_m));
            tables["barrier_y_m"] = owned(std::move(made.barrier_y_m));
            tables["barrier_kind"] = texts(made.barrier_kind);
            tables["barrier_is_bridge"] = owned(std::move(made.barrier_is_bridge));
            return tables;
        },
        py::kw_only(), py::arg("households"), py::arg("villages"), py::arg("seed"),
        "The columns of a made-up township by name.");
}

}  // namespace gridgov::python
