"""Shows that every check of tidy.py fails on a small tree that breaks its rule."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import tidy

SNIPPET = "#include <gridgov/gridgov.hpp>\nint main() {}\n"
GOOD = {  # a tree without a fault
    "CMakeLists.txt": "",
    "README.md": f"```cpp\n{SNIPPET}```\n",
    "include/CMakeLists.txt": "FILES\n  gridgov/error.hpp\n  gridgov/gridgov.hpp\n"
    "  gridgov/model/town.hpp\n  gridgov/partition/verify.hpp)\n",
    "include/gridgov/gridgov.hpp": '// All.\n#pragma once\n#include "gridgov/error.hpp"\n'
    '#include "gridgov/model/town.hpp"\n'
    '#include "gridgov/partition/verify.hpp"\n',
    "include/gridgov/error.hpp": "// Errors.\n#pragma once\n#include <string>\n",
    "include/gridgov/model/town.hpp": '// Town.\n#pragma once\n#include "gridgov/error.hpp"\n',
    "include/gridgov/partition/verify.hpp": "// Verify.\n#pragma once\n"
    '#include "gridgov/model/town.hpp"\n',
    "src/CMakeLists.txt": "",
    "src/number.hpp": "// Numbers.\n#pragma once\n",
    "src/partition/CMakeLists.txt": "PRIVATE\n  solve.cpp\n  verify.cpp)\n",
    "src/partition/solve.cpp": '#include "partition/tree.hpp"\n#include <cmath>\n',
    "src/partition/tree.hpp": '// Trees.\n#pragma once\n#include "number.hpp"\n',
    "src/partition/verify.cpp": '#include "gridgov/partition/verify.hpp"\n#include "number.hpp"\n',
    "tests/package/consumer/main.cpp": SNIPPET,
    "tests/unit/partition/CMakeLists.txt": "PRIVATE solve_test.cpp)\n",
    "tests/unit/partition/solve_test.cpp": '#include "partition/tree.hpp"\n',
}
TOWN, VERIFY = "include/gridgov/model/town.hpp", "include/gridgov/partition/verify.hpp"
SOLVE, VERIFIER = "src/partition/solve.cpp", "src/partition/verify.cpp"
HEADER = "// A header.\n#pragma once\n"

# check, what to add to a file of the good tree (None: remove it), what the fault must say
BAD: list[tuple[str, dict[str, str | None], str]] = [
    ("flow", {TOWN: '#include "gridgov/partition/verify.hpp"\n'}, "against the flow: model"),
    ("flow", {"include/gridgov/error.hpp": '#include "gridgov/model/town.hpp"\n'}, "the root incl"),
    ("flow", {SOLVE: '#include "gridgov/report/explain.hpp"\n'}, "against the flow: partition"),
    ("flow", {SOLVE: '#include "gridgov/points/ledger.hpp"\n'}, "against the flow: partition"),
    ("flow", {SOLVE: '#include "gridgov/solver/x.hpp"\n'}, "there is no layer solver"),
    ("flow", {SOLVE: '#include "gridgov/gridgov.hpp"\n'}, "includes everything"),
    ("flow", {SOLVE: "#include <gridgov/error.hpp>\n"}, "is ours"),
    ("flow", {SOLVE: '#include "tree.hpp"\n'}, "write ours from"),
    ("flow", {SOLVE: '#include "neighbours/predicates.hpp"\n'}, "is an internal of neighbours"),
    ("flow", {SOLVE: '#include "gridgov/model/detail/a.hpp"\n'}, "is a detail of model"),
    ("flow", {SOLVE: '#include "documents/document.hpp"\n'}, "against the flow: partition"),
    ("flow", {TOWN: '#include "documents/document.hpp"\n'}, "public header includes private"),
    ("flow", {VERIFY: '#include "partition/tree.hpp"\n'}, "public header includes private"),
    ("flow", {VERIFY: '#include "number.hpp"\n'}, "public header includes private"),
    ("flow", {"tests/unit/partition/solve_test.cpp": '#include "model/names.hpp"\n'}, "internal"),
    ("third_parties", {TOWN: "#include <boost/graph/adjacency_list.hpp>\n"}, "only adapt/"),
    ("independent_verifier", {VERIFIER: '#include "partition/tree.hpp"\n'}, "the private"),
    ("independent_verifier", {VERIFIER: '#include "gridgov/partition/partition.hpp"\n'}, "solver"),
    ("top_level", {"notes.txt": ""}, "does not belong"),
    ("top_level", {"scripts/a.py": ""}, "does not belong"),
    ("places", {"src/solver/a.cpp": ""}, "has no folder solver"),
    ("places", {"include/gridgov/solver/a.hpp": HEADER}, "has no folder solver"),
    ("places", {"include/gridgov/documents/a.hpp": HEADER}, "has no folder documents"),
    ("places", {"tests/unit/other/a_test.cpp": ""}, "has no folder other"),
    ("places", {"include/gridgov/model/town.cpp": ""}, "a .cpp in include/"),
    ("places", {"include/gridgov/town.hpp": HEADER}, "is of no layer"),
    ("places", {"include/town.hpp": HEADER}, "public headers lie in"),
    ("places", {"src/partition/plot.py": ""}, "a .py in src/"),
    ("places", {"src/partition/todo.txt": ""}, "a .txt in src/"),
    ("lists", {"src/partition/grids.cpp": ""}, "is not listed in src/partition/CMakeLists.txt"),
    ("lists", {"include/gridgov/model/ids.hpp": HEADER}, "is not listed in include/"),
    ("lists", {"tests/unit/partition/e_test.cpp": ""}, "is not listed in tests/unit/partition"),
    ("lists", {"include/gridgov/model/ids.hpp": HEADER}, "does not include"),
    ("names", {"src/partition/graph_utils.hpp": HEADER}, "says nothing"),
    ("names", {"bindings/python/gridgov/helpers.py": ""}, "says nothing"),
    ("names", {SOLVE: "namespace graph_util {}\n"}, "says nothing"),
    ("headers", {"src/partition/b.hpp": "// A header.\n#include <vector>\n"}, "#pragma once"),
    ("headers", {"src/partition/b.hpp": "#pragma once\n"}, "first line"),
    ("banned", {"CMakeLists.txt": "add_compile_options(-march=native)\n"}, "same bytes"),
    ("banned", {"CMakeLists.txt": "add_compile_options(-ffast-math)\n"}, "same bytes"),
    ("banned", {SOLVE: 'void f() { std::cout << "x"; }\n'}, "does not print"),
    ("banned", {SOLVE: "std::normal_distribution<double> d;\n"}, "own generator"),
    ("banned", {SOLVE: "auto t = std::chrono::system_clock::now();\n"}, "depend on"),
    ("banned", {SOLVE: "double y = std::log(x);\n"}, "no more than sqrt"),
    ("banned", {SOLVE: "auto v = x | std::views::take(3);\n"}, "views"),
    ("banned", {SOLVE: "#include <format>\n"}, "GCC 12"),
    ("threads", {TOWN: "/// A town.\nclass Town {\n};\n"}, "Town: says nothing of threads"),
    (
        "cpp_guide",
        {"docs/examples/cpp/a.cpp": SNIPPET, "docs/guide/cpp.md": "int main() {}\n"},
        "does not show docs/examples/cpp/a.cpp",
    ),
    ("readme", {"README.md": None, "README.zh-CN.md": "int main() {}\n"}, "does not show"),
    ("readme", {"tests/package/consumer/main.cpp": "// changed\n"}, "does not show"),
]


def faults(changes: dict[str, str | None]) -> dict[str, list[str]]:
    """The faults by check of the good tree with changes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files: dict[str, str | None] = dict(GOOD)
        for path, text in changes.items():
            files[path] = None if text is None else (files.get(path) or "") + text
        for path, text in files.items():
            if text is not None:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
        tree = tidy.Tree(root)
        return {
            check.__name__: [f"{path}: {what}" for path, _, what in check(tree)]
            for check in tidy.CHECKS
        }


class TidyTest(unittest.TestCase):
    def test_good_tree_has_no_fault(self) -> None:
        assert {name: [] for name in faults({})} == faults({})

    def test_every_check_finds_its_fault(self) -> None:
        for check, changes, expected in BAD:
            with self.subTest(check=check, changes=changes):
                assert [f for f in faults(changes)[check] if expected in f], expected

    def test_every_check_has_a_case(self) -> None:
        assert {check.__name__ for check in tidy.CHECKS} == {check for check, _, _ in BAD}


if __name__ == "__main__":
    unittest.main()
