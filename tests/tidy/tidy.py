"""Checks the order of the house: where files lie and which way includes run. Standard library only.

    tidy.py [ROOT]      prints `path:line: fault` for each fault; exit 1 if there is any

The rules are the tables below; docs/architecture.md says why. test_tidy.py shows that each check
can fail.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# The flow: what each layer may include besides itself and the root. Siblings never meet.
FLOW: dict[str, set[str]] = {
    "model": set(),
    "neighbours": {"model"},
    "conditions": {"model"},
    "simulate": {"model"},
    "adapt": {"model", "neighbours"},
    "partition": {"model", "neighbours"},
    "documents": {"model"},
    "points": {"model", "conditions", "documents"},
    "lists": {"model", "conditions", "documents"},
    "report": {"model", "neighbours", "conditions", "partition", "points", "lists"},
}
SOURCE_ONLY = {"documents"}  # no public header: those who may include it take it from src/
# The root layer, public part.
ROOT_HEADERS = {"error.hpp", "export.hpp", "finding.hpp", "version.hpp"}
UMBRELLA = "gridgov.hpp"  # includes every public header; nobody inside includes it

TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "README.zh-CN.md"}
TOP_LEVEL |= {"include", "src", "bindings", "tests", "benchmarks", "docs", "pyproject.toml", "run"}
MADE = {"build", "out", "dist", "__pycache__"}  # made by tools, not part of the tree
PLACES: dict[str, set[str]] = {  # folders that may stand in a folder of the skeleton
    "include": {"gridgov"},
    "include/gridgov": set(FLOW) - SOURCE_ONLY,
    "src": set(FLOW) | {"install"},
    "bindings": {"python"},
    "tests": {"unit", "property", "fuzz", "cases", "python", "package", "portable", "tidy"},
    "tests/unit": set(FLOW),
}
SUFFIXES: list[tuple[str, set[str]]] = [  # first match: what may lie below a folder
    ("include/gridgov/", {".hpp"}),
    ("src/install/", {".txt", ".in"}),
    ("src/", {".cpp", ".hpp", ".txt"}),
    ("tests/unit/", {".cpp", ".hpp", ".txt"}),
    ("tests/fuzz/", {".cpp", ".hpp", ".txt", ".dict"}),
    ("bindings/python/gridgov/", {".py", ".pyi", ".typed", ".jinja"}),
    ("bindings/python/", {".cpp", ".hpp", ".txt"}),
]

VAGUE = re.compile(r"(?:^|[_\-.])(utils?|commons?|helpers?|misc)(?=$|[_\-.])")
VAGUE_SYMBOL = re.compile(
    r"\b(?:namespace|class|struct|def)\s+(\w*(?:util|helper|misc)\w*|common)\b", re.IGNORECASE
)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
OURS, DECIDING = r"^(include|src)/", r"^(include/gridgov|src)/(neighbours|partition)/"
BANNED: list[tuple[str, str, str]] = [  # where (regex of the path), what, why
    (
        r"^(?!tests/portable/)",
        r"-march=native|-mtune=native|-ffast-math|-Ofast",
        "the same bytes on any machine",
    ),
    (OURS, r"std::(cout|cerr|clog)\b|\bf?printf\(", "the library does not print"),
    (OURS, r"std::\w+_distribution\b|std::random_device|\brand\(\)", "use our own generator"),
    (OURS, r"(system|high_resolution)_clock|\bgetenv\(", "results depend on the input alone"),
    (OURS, r"std::(ranges::)?views::|std::ranges::\w+_view\b", "Clang 14 cannot compile views"),
    (OURS, r"^\s*#\s*include\s*<(format|expected|print)>", "GCC 12 does not have it"),
    (
        DECIDING,
        r"std::(a?(sin|cos|tan)h?|atan2|exp2?|expm1|log(2|10|1p)?|pow|cbrt|hypot|[tl]gamma|erfc?)\(",
        "libm differs by machine: no more than sqrt on the path of decisions",
    ),
]

Fault = tuple[str, int, str]


class Tree:
    """The files of a checkout by their path from its root, without what tools make."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.paths = sorted(self._walk(root))
        self._text: dict[str, str] = {}

    def _walk(self, folder: Path) -> Iterator[str]:
        for entry in folder.iterdir():
            hidden = entry.name.startswith(".") or entry.name in MADE
            if entry.is_dir() and not entry.is_symlink():
                if not hidden and not entry.name.endswith(".egg-info"):
                    yield from self._walk(entry)
            elif not hidden:
                yield entry.relative_to(self.root).as_posix()

    def text(self, path: str) -> str:
        """The file's text; empty for what is not UTF-8."""
        if path not in self._text:
            try:
                self._text[path] = (self.root / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self._text[path] = ""
        return self._text[path]

    def lines(self, path: str) -> Iterator[tuple[int, str]]:
        yield from enumerate(self.text(path).splitlines(), start=1)

    def includes(self, path: str) -> Iterator[tuple[int, bool, str]]:
        """Line, whether in quotes, and the name of each include."""
        for number, line in self.lines(path):
            if found := INCLUDE.match(line):
                yield number, found[1] == '"', found[2]

    def cpp(self, *folders: str) -> Iterator[str]:
        for path in self.paths:
            if path.startswith(folders) and path.endswith((".cpp", ".hpp")):
                yield path


def layer_of_file(path: str) -> str | None:
    """The layer that a file of include/gridgov, src or tests/unit belongs to; "" for the root."""
    for start in ("include/gridgov/", "src/", "tests/unit/"):
        if path.startswith(start):
            rest = path[len(start) :].split("/")
            return rest[0] if len(rest) > 1 else ""
    return None


def layer_of_include(name: str) -> tuple[str, bool] | None:
    """The layer of an included file of ours and whether it is public; None if it is not ours."""
    public = name.startswith("gridgov/")
    parts = name.removeprefix("gridgov/").split("/")
    if len(parts) > 1:
        return (parts[0], public) if public or parts[0] in FLOW else None
    return ("", True) if public else None


def flow(tree: Tree) -> Iterator[Fault]:
    """Includes run along the flow; internals of a layer are its own."""
    for path in tree.cpp("include/gridgov/", "src/", "tests/unit/"):
        layer = layer_of_file(path)
        test = path.startswith("tests/")
        public_header = path.startswith("include/")
        umbrella = path == f"include/gridgov/{UMBRELLA}"
        for number, quoted, name in tree.includes(path):
            ours = layer_of_include(name)
            if ours is None:
                if not quoted or test:
                    continue
                if not (tree.root / "src" / name).is_file():
                    yield path, number, f'"{name}": write ours from include/ or src/, others in <>'
                elif public_header:
                    yield path, number, f'public header includes private "{name}"'
                continue
            other, public = ours
            if not quoted and not test:
                yield path, number, f'<{name}> is ours: write "{name}"'
            if not public and public_header:
                yield path, number, f'public header includes private "{name}"'
            if not public and other != layer and other not in SOURCE_ONLY:
                yield path, number, f'"{name}" is an internal of {other}'
            if "/detail/" in name and other != layer:
                yield path, number, f'"{name}" is a detail of {other}'
            if public and name == f"gridgov/{UMBRELLA}" and not test:
                yield path, number, "includes everything: name what is needed"
            if test or umbrella or other in ("", layer) or layer is None:
                continue
            if other not in FLOW:
                yield path, number, f'"{name}": there is no layer {other}'
            elif layer == "":
                yield path, number, f'the root includes "{name}" of {other}'
            elif layer in FLOW and other not in FLOW[layer]:
                yield path, number, f'against the flow: {layer} includes "{name}" of {other}'


def third_parties(tree: Tree) -> Iterator[Fault]:
    """No public signature carries a third party's type: only adaptors include such headers."""
    for path in tree.cpp("include/gridgov/"):
        for number, quoted, name in tree.includes(path):
            if (
                not quoted
                and not path.startswith("include/gridgov/adapt/")
                and re.search(r"[/.]", name)
                and not name.startswith("gridgov/")
            ):
                yield path, number, f"<{name}>: only adapt/ may include others' headers"


def independent_verifier(tree: Tree) -> Iterator[Fault]:
    """The verifier and the checker of certificates share no code with the solver."""
    for path in tree.cpp("src/partition/"):
        if not Path(path).stem.startswith(("verify", "certificate")):
            continue
        for number, quoted, name in tree.includes(path):
            if (
                quoted
                and name.startswith("gridgov/partition/")
                and Path(name).stem not in ("verify", "certificate", "options")
            ):
                yield path, number, f'the verifier includes "{name}" of the solver'
            if quoted and "/" in name and not name.startswith(("gridgov/", "partition/verify")):
                yield path, number, f'the verifier includes the private "{name}"'


def top_level(tree: Tree) -> Iterator[Fault]:
    """The top level holds what a newcomer needs, and no more."""
    for entry in sorted(tree.root.iterdir()):
        if (
            not entry.name.startswith(".")
            and entry.name not in TOP_LEVEL | MADE
            and not entry.name.endswith(".egg-info")
        ):
            yield entry.name, 0, "does not belong at the top level"


def places(tree: Tree) -> Iterator[Fault]:
    """Every file lies where its layer says."""
    for path in tree.paths:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder, allowed = "/".join(parts[:depth]), PLACES.get("/".join(parts[:depth]))
            if allowed is not None and depth < len(parts) - 1 and parts[depth] not in allowed:
                yield path, 0, f"{folder}/ has no folder {parts[depth]}"
                break
        if (
            path.startswith("include/")
            and not path.startswith("include/gridgov/")
            and path != "include/CMakeLists.txt"
        ):
            yield path, 0, "public headers lie in include/gridgov/"
        if (
            path.startswith("include/gridgov/")
            and path.count("/") == 2
            and parts[-1] not in ROOT_HEADERS | {UMBRELLA}
        ):
            yield path, 0, "is of no layer: put it into one"
        for start, suffixes in SUFFIXES:
            if path.startswith(start):
                if parts[-1] != "constraints.txt" and Path(path).suffix not in suffixes:
                    yield path, 0, f"a {Path(path).suffix or 'file without suffix'} in {start}"
                if path.endswith(".txt") and parts[-1] not in ("CMakeLists.txt", "constraints.txt"):
                    yield path, 0, f"a .txt in {start}"
                break


def lists(tree: Tree) -> Iterator[Fault]:
    """CMake names every source and public header, and none that is not there."""

    def listed(cmake: str, path: str) -> bool:
        name = path[len(cmake) - len("CMakeLists.txt") :]
        return (
            re.search(
                rf"(?:^|[\s\"/(]){re.escape(name)}(?=[\s\")])", tree.text(cmake), re.MULTILINE
            )
            is not None
        )

    for path in tree.paths:
        public = path.startswith("include/") and path.endswith(".hpp")
        source = path.endswith(".cpp") and path.startswith(
            ("src/", "tests/unit/", "tests/fuzz/", "bindings/")
        )
        if not public and not source:
            continue
        cmake = "include/CMakeLists.txt"
        if source:
            folder = Path(path).parent
            while (
                cmake := (folder / "CMakeLists.txt").as_posix()
            ) not in tree.paths and folder != Path("."):
                folder = folder.parent
        if path == "tests/unit/doctest_main.cpp":
            cmake = "tests/CMakeLists.txt"
        if not listed(cmake, path):
            yield path, 0, f"is not listed in {cmake}"
    umbrella = f"include/gridgov/{UMBRELLA}"
    third_party = re.compile(r"#include <(Eigen|boost)/")  # such adaptors: for those who have them
    if umbrella in tree.paths:
        included = {name for _, _, name in tree.includes(umbrella)}
        for path in tree.paths:
            name = path.removeprefix("include/")
            public = path.startswith("include/gridgov/") and path.endswith(".hpp")
            if public and path != umbrella and "/detail/" not in path and name not in included:
                if third_party.search(tree.text(path)):
                    continue
                yield umbrella, 0, f'does not include "{name}"'


def names(tree: Tree) -> Iterator[Fault]:
    """Names say what a thing is for."""
    for path in tree.paths:
        for part in path.split("/"):
            if VAGUE.search(Path(part).stem.lower()):
                yield path, 0, f"{part}: a name that says nothing"
        if path.endswith((".cpp", ".hpp", ".py", ".pyi")) and not path.startswith("tests/tidy/"):
            for number, line in tree.lines(path):
                if found := VAGUE_SYMBOL.search(line):
                    yield path, number, f"{found[1]}: a name that says nothing"


def headers(tree: Tree) -> Iterator[Fault]:
    """Every header starts with a comment and #pragma once."""
    for path in tree.cpp("include/", "src/", "tests/", "bindings/", "benchmarks/"):
        if not path.endswith(".hpp"):
            continue
        code = [line for _, line in tree.lines(path) if line.strip() and not line.startswith("//")]
        if not code or code[0].strip() != "#pragma once":
            yield path, 1, "#pragma once must come first"
        if not tree.text(path).startswith("//"):
            yield path, 1, "a header's first line says what it is for"


def banned(tree: Tree) -> Iterator[Fault]:
    """What would cost us the same bytes everywhere, or a compiler."""
    for path in tree.paths:
        if path.startswith(("tests/tidy/", "docs/")) or path.endswith((".md", ".lock")):
            continue
        for where, what, why in BANNED:
            if re.search(where, path):
                for number, line in tree.lines(path):
                    if found := re.search(what, line.split("//")[0]):
                        yield path, number, f"{found[0].strip()}: {why}"


def threads(tree: Tree) -> Iterator[Fault]:
    """What is above a public class says what threads may do with it."""
    for path in tree.cpp("include/gridgov/"):
        above = ""
        for number, line in tree.lines(path):
            found = re.match(r"class (?:GRIDGOV_EXPORT )?(\w+)\b[^;]*$", line)
            if found and "thread" not in above.lower():
                yield path, number, f"{found[1]}: says nothing of threads"
            above = above + line if line.startswith(("///", "template")) else ""


def shows(tree: Tree, pages: tuple[str, ...], folder: str) -> Iterator[Fault]:
    """Pages show every file below a folder to the letter."""
    for page in pages:
        for path in tree.paths:
            if (
                page in tree.paths
                and path.startswith(folder)
                and tree.text(path).strip() not in tree.text(page)
            ):
                yield page, 0, f"does not show {path} as it is"


def cpp_guide(tree: Tree) -> Iterator[Fault]:
    """The guides for C++ show the examples that tests run, and what they print."""
    yield from shows(tree, ("docs/guide/cpp.md", "docs/guide/cpp.zh-CN.md"), "docs/examples/cpp/")


def readme(tree: Tree) -> Iterator[Fault]:
    """The READMEs show the consumers that the tests build."""
    yield from shows(tree, ("README.md", "README.zh-CN.md"), "tests/package/consumer/")


CHECKS: list[Callable[[Tree], Iterator[Fault]]] = [
    flow,
    third_parties,
    independent_verifier,
    top_level,
    places,
    lists,
    names,
    headers,
    banned,
    threads,
    cpp_guide,
    readme,
]


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    tree = Tree(root)
    faults = [fault for check in CHECKS for fault in check(tree)]
    for path, line, what in sorted(set(faults)):
        print(f"{path}:{line}: {what}" if line else f"{path}: {what}")
    print(f"{len(tree.paths)} files, {len(set(faults))} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
