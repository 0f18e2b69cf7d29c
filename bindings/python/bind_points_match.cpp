// Which rules rows meet, by itself: columns that Python owns.
#include <utility>

#include <pybind11/stl.h>

#include "bind_points.hpp"
#include "gridgov/points/match.hpp"
#include "interruptible.hpp"

namespace gridgov::python {

void bind_points_match(py::module_& module) {
    module.def(
        "match_points",
        [](const points::Rulebooks& rulebooks, const py::dict& tables, unsigned threads,
           bool skip_faulty_villages, const py::object& progress) {
            Borrowed borrowed;
            read_tables(borrowed, tables);
            points::Matches matches = interruptible(
                options_of(threads, skip_faulty_villages), progress,
                [&](const points::Options& with) {
                    return points::match(rulebooks, borrowed.tables, with);
                });
            py::list names;
            for (const points::RuleName& name : matches.names)
                names.append(py::make_tuple(text(name.rulebook), text(name.rule), text(name.group)));
            py::dict out;
            out["offsets"] = owned(std::move(matches.offsets));
            out["rules"] = owned(std::move(matches.rules));
            out["raw_points"] = owned(std::move(matches.raw_points));
            out["names"] = names;
            out["left_out"] = texts(matches.left_out);
            out["findings"] = to_python(matches.findings);
            return out;
        },
        py::arg("rulebooks"), py::arg("tables"), py::kw_only(), py::arg("threads"),
        py::arg("skip_faulty_villages"), py::arg("progress"), "Which rules the register's rows meet.");
}

}  // namespace gridgov::python
