"""Shows that the shared library exports every public function and exception, and nothing else.

What ought to be exported is read from the public headers by Clang; what is exported, by nm.
Usage: exports.py CLANG NM INCLUDE_FOLDER LIBRARY
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

FUNCTIONS = {"FunctionDecl", "CXXMethodDecl", "CXXConstructorDecl", "CXXDestructorDecl"}
SCOPES = {"NamespaceDecl", "CXXRecordDecl"}
# Of a class with the macro: its type, and inline functions that a compiler may keep as symbols.
EXCEPTIONS = {"gridgov::UsageError", "gridgov::DataError", "gridgov::Finding"}

Node = dict[str, Any]


def public_functions(node: Node) -> Iterator[str]:
    """Mangled names of the functions below a node that somebody else could call and that have no
    body here."""
    access = "private" if node.get("tagUsed") == "class" else "public"
    for child in node.get("inner", []):
        kind = child["kind"]
        if kind == "AccessSpecDecl":
            access = child["access"]
        elif kind in SCOPES and access == "public":
            yield from public_functions(child)
        elif kind in FUNCTIONS and access == "public":
            has_body = any(part["kind"] == "CompoundStmt" for part in child.get("inner", []))
            implicit = child.get("isImplicit") or child.get("explicitlyDefaulted")
            if not (has_body or implicit or child.get("explicitlyDeleted") or child.get("inline")):
                yield child["mangledName"]


def declared(clang: str, include: str) -> set[str]:
    command = [clang, "-std=c++20", f"-I{include}", "-include", "gridgov/gridgov.hpp"]
    command += ["-fsyntax-only", "-Xclang", "-ast-dump=json", "-Xclang", "-ast-dump-filter=gridgov"]
    command += ["-x", "c++", "/dev/null"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names: set[str] = set()
    decoder, at = json.JSONDecoder(), 0
    while (at := text.find("{", at)) >= 0:  # one document a namespace block
        node, at = decoder.raw_decode(text, at)
        names.update(public_functions(node))
    return names


def exported(nm: str, library: str) -> dict[str, str]:
    """Mangled and demangled names."""

    def run(*options: str) -> list[str]:
        command = [nm, "-D", "--defined-only", "--no-sort", *options, library]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [line.split(maxsplit=2)[2].split("@@")[0] for line in lines.splitlines()]

    return dict(zip(run(), run("-C"), strict=True))


def may_stand_beside(mangled: str, plain: str) -> bool:
    """The type of an exception, or the version that symbols carry."""
    if mangled.startswith("GRIDGOV_"):
        return True
    kind, _, name = plain.partition(" for ")
    return kind in {"typeinfo", "typeinfo name", "vtable"} and name in EXCEPTIONS


def main() -> int:
    clang, nm, include, library = sys.argv[1:]
    wanted, found = declared(clang, include), exported(nm, library)
    # A constructor is exported as a complete object's (C1) and as a base's (C2); Clang names one.
    wanted |= {name.replace("C1E", "C2E") for name in wanted}
    missing = sorted(name for name in wanted if name not in found and "C2E" not in name)
    extra = sorted(
        plain
        for name, plain in found.items()
        if name not in wanted and not may_stand_beside(name, plain)
    )
    types = {plain for plain in found.values() if plain.startswith("typeinfo for")}
    for error in ("UsageError", "DataError"):
        if f"typeinfo for gridgov::{error}" not in types:
            missing.append(f"the type of {error}")
    for name in missing:
        print(f"not exported: {name}")
    for name in extra:
        print(f"exported, but not public: {name}")
    print(f"{len(wanted)} wanted, {len(found)} exported")
    return 1 if missing or extra or len(wanted) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
