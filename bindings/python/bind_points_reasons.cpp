// Points in words: reasons of entries, exchanges, lines of a passbook.
#include <string>
#include <vector>

#include <pybind11/stl.h>

#include "bind_points.hpp"
#include "gridgov/report/explain_points.hpp"

namespace gridgov::python {
namespace {

using points::Rulebooks;

Language language_of(bool chinese) { return chinese ? Language::zh : Language::en; }

/// The reasons of some entries, or of all.
py::tuple entry_reasons(const Settled& self, const Rulebooks& rulebooks,
                        const std::optional<Array<std::uint32_t>>& wanted, bool chinese) {
    const points::Settlement& of = *self.of;
    points::Texts reasons;
    std::span<const std::uint32_t> some;
    if (wanted) some = span_of(*wanted);
    {
        const py::gil_scoped_release released;
        const std::size_t count = wanted ? some.size() : of.entries.size();
        for (std::size_t i = 0; i < count; ++i)
            reasons.add(report::reason_text(
                rulebooks, of, wanted ? some[i] : static_cast<std::uint32_t>(i),
                language_of(chinese)));
    }
    return owned_texts(std::move(reasons));
}

py::tuple exchange_reasons(const Settled& self, const Rulebooks& rulebooks, bool chinese,
                           const std::vector<std::string>& good_titles) {
    points::Texts reasons;
    {
        const py::gil_scoped_release released;
        for (std::uint32_t i = 0; i < self.of->exchanges.size(); ++i)
            reasons.add(report::exchange_reason_text(rulebooks, *self.of, i, language_of(chinese),
                                                     good_titles));
    }
    return owned_texts(std::move(reasons));
}

}  // namespace

void bind_points_reasons(py::module_& module) {
    module.def("entry_reasons", &entry_reasons, py::arg("settled"), py::arg("rulebooks"),
               py::arg("wanted"), py::arg("chinese"),
               "Why entries have their points: texts of those wanted, or of all.");
    module.def(
        "entry_reason",
        [](const Settled& self, const Rulebooks& rulebooks, std::uint32_t entry, bool chinese) {
            return text(report::reason_text(rulebooks, *self.of, entry, language_of(chinese)));
        },
        py::arg("settled"), py::arg("rulebooks"), py::arg("entry"), py::arg("chinese"));
    module.def("exchange_reasons", &exchange_reasons, py::arg("settled"), py::arg("rulebooks"),
               py::arg("chinese"), py::arg("good_titles"),
               "Why exchanges have their status, and what they took.");
    module.def(
        "line_reasons",
        [](const Settled& self, const Rulebooks& rulebooks, std::uint32_t household, bool chinese,
           const std::vector<std::string>& good_titles) {
            py::list reasons;
            for (const points::PassbookLine& line : points::statement(*self.of, household).lines)
                reasons.append(text(report::line_text(rulebooks, *self.of, line,
                                                      language_of(chinese), good_titles)));
            return reasons;
        },
        py::arg("settled"), py::arg("rulebooks"), py::arg("household"), py::arg("chinese"),
        py::arg("good_titles"),
        "The lines of a household's passbook in words.");
    module.def(
        "reproach_reasons",
        [](const Settled& self, const Rulebooks& rulebooks, bool chinese) {
            py::list reasons;
            for (const points::Reproach& one : points::boards(rulebooks, *self.of).black)
                reasons.append(
                    text(report::reproach_text(rulebooks, *self.of, one, language_of(chinese))));
            return reasons;
        },
        py::arg("settled"), py::arg("rulebooks"), py::arg("chinese"),
        "Why households are on the black list, in its order.");
}

}  // namespace gridgov::python
