"""The C++ reference: Doxygen reads the public headers, Sphinx's own C++ domain shows them.

    ```{headers} partition
    ```

shows every public header of a layer, as include/CMakeLists.txt lists them (`.` is the root), each
with its declarations in the order in which the header has them. docs/decisions/0014 says why this
and not Breathe.
"""

from __future__ import annotations

import os
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
LOG = logging.getLogger(__name__)
INDENT = "   "
INITIALISER_LENGTH = 40  # longer ones are the header's own business


def words(element: Element | None) -> str:
    """An element's text on one line, without the blanks that Doxygen puts into types."""
    text = re.sub(r"\s+", " ", "".join(element.itertext())).strip() if element is not None else ""
    return (
        re.sub(r"\s*([<>])\s*(?=[\w>&*,)]|$)", r"\1", text).replace("< ", "<").replace("> &", ">&")
    )


def inline(element: Element) -> str:
    """What a paragraph says, as reStructuredText."""
    text = escaped(element.text)
    for child in element:
        if child.tag == "computeroutput":
            text += f"\\ ``{''.join(child.itertext())}``\\ "
        elif child.tag == "bold":
            text += f"\\ **{escaped(''.join(child.itertext()))}**\\ "
        elif child.tag not in ("itemizedlist", "orderedlist", "verbatim", "programlisting"):
            text += inline(child)
        text += escaped(child.tail)
    return text


def escaped(text: str | None) -> str:
    """Plain text, as reStructuredText."""
    return re.sub(r"([\\*`|_])", r"\\\1", re.sub(r"\s+", " ", text or ""))


def described(element: Element) -> Iterator[str]:
    """The comment on a declaration, as lines of reStructuredText."""
    for description in (element.find("briefdescription"), element.find("detaileddescription")):
        for paragraph in description.iter("para") if description is not None else ():
            text = inline(paragraph).strip()
            if text:
                yield from ("", text)
            for code in (*paragraph.findall("verbatim"), *paragraph.findall("programlisting")):
                yield from ("", "::", "")
                yield from (INDENT + line for line in "".join(code.itertext()).splitlines())


def template(element: Element) -> str:
    """The head of a template, with what it requires."""
    given = element.find("templateparamlist")
    if given is None:
        return ""
    parameters = []
    for parameter in given:
        name, default = words(parameter.find("declname")), words(parameter.find("defval"))
        parameters.append(words(parameter.find("type")) + (f" {name}" if name else ""))
        parameters[-1] += f" = {default}" if default else ""
    needs = words(element.find("requiresclause"))
    return f"template <{', '.join(parameters)}> " + (f"requires {needs} " if needs else "")


def indented(lines: Iterable[str]) -> Iterator[str]:
    """Lines as the content of a directive."""
    yield from (INDENT + line if line else "" for line in lines)


def member(element: Element) -> Iterator[str]:
    """A function, variable, enumeration or alias."""
    kind, name = element.get("kind"), words(element.find("name"))
    if kind == "friend" or element.get("prot") == "private":
        return
    if kind == "function":
        before = words(element.find("type"))
        for word in ("explicit", "static"):
            if element.get(word) == "yes" and word not in before.split():
                before = f"{word} {before}"
        after = re.sub(r"=\s*(default|delete|0)$", r"= \1", words(element.find("argsstring")))
        yield f".. cpp:function:: {template(element)}{before} {name}{after}"
    elif kind == "enum":
        yield f".. cpp:enum-class:: {name}"
    elif kind == "typedef":
        yield f".. cpp:type:: {template(element)}{name} = {words(element.find('type'))}"
    elif kind == "define":
        yield f".. c:macro:: {name}"
    else:
        start = words(element.find("initializer"))
        start = f" {start}" if start and len(start) <= INITIALISER_LENGTH else ""
        static = "static " if element.get("static") == "yes" else ""
        type_ = words(element.find("type"))
        static = "" if type_.startswith("static") else static
        function = words(element.find("argsstring"))  # of a pointer to one
        yield f".. cpp:member:: {template(element)}{static}{type_} {name}{function}{start}"
    yield from indented([*described(element), ""])
    for value in element.findall("enumvalue"):
        head = f".. cpp:enumerator:: {words(value.find('name'))}"
        yield from indented([head, INDENT + ":no-contents-entry:"])
        yield from indented(indented([*described(value), ""]))


class Declarations:
    """What Doxygen found in the headers, by header."""

    def __init__(self, folder: Path) -> None:
        self.compounds = {
            compound.get("id"): compound
            for path in sorted(folder.glob("*.xml"))
            for compound in ET.parse(path).getroot().iter("compounddef")
        }

        self.classes = {
            words(compound.find("compoundname"))
            for compound in self.compounds.values()
            if compound.get("kind") in ("struct", "class")
        }

    def of_header(self, header: str) -> Iterator[str]:
        """The header's opening comment and its declarations, as reStructuredText."""
        found: list[tuple[int, str, Element]] = []
        for compound in self.compounds.values():
            kind = compound.get("kind")
            scope = words(compound.find("compoundname"))
            if kind == "file" and self._stands_in(compound, header):
                yield from described(compound)
            if kind in ("namespace", "file"):
                for element in compound.iter("memberdef"):
                    if self._stands_in(element, header):
                        found.append(
                            (self._line(element), scope if kind == "namespace" else "", element)
                        )
            elif kind in ("struct", "class", "concept") and self._stands_in(compound, header):
                outer, _, _ = scope.partition("<")[0].rpartition("::")
                if outer not in self.classes:
                    found.append((self._line(compound), outer, compound))
        for _, scope, element in sorted(found, key=lambda item: item[0]):
            yield from ("", f".. cpp:namespace:: {scope or 'nullptr'}", "")
            yield from self._declaration(element)
        yield from ("", ".. cpp:namespace:: nullptr", "")

    def _declaration(self, element: Element) -> Iterator[str]:
        if element.tag == "memberdef":
            yield from member(element)
            return
        name = words(element.find("compoundname")).partition("<")[0].rpartition("::")[2]
        kind = element.get("kind")
        if kind == "concept":
            yield f".. cpp:concept:: {template(element)}{name}"
            yield from indented([*described(element), ""])
            return
        bases = ", ".join(f"public {words(base)}" for base in element.findall("basecompoundref"))
        head = f"{template(element)}{name}" + (f" : {bases}" if bases else "")
        yield f".. cpp:{kind}:: {head}"
        yield from indented([*described(element), ""])
        parts = [part for part in element.iter("memberdef") if part.get("prot") == "public"]
        inner = [
            self.compounds[part.get("refid")]
            for part in element.findall("innerclass")
            if part.get("prot") == "public"
        ]
        for part in sorted([*parts, *inner], key=self._line):
            first, *rest = list(self._declaration(part)) or [""]
            yield from indented([first, INDENT + ":no-contents-entry:", *rest] if first else rest)

    @staticmethod
    def _line(element: Element) -> int:
        place = element.find("location")
        return int(place.get("line") or 0) if place is not None else 0

    @staticmethod
    def _stands_in(element: Element, header: str) -> bool:
        place = element.find("location")
        return place is not None and place.get("file") == header


class Headers(SphinxDirective):
    """`headers`: every public header of a layer, each a section. So none can be left out."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        layer = self.arguments[0]
        listing = ROOT / "include/CMakeLists.txt"
        headers = [
            header
            for header in re.findall(r"gridgov/[\w/]+\.hpp", listing.read_text(encoding="utf-8"))
            if header.split("/")[1:-1] == ([] if layer == "." else [layer])
            and header != "gridgov/gridgov.hpp"
        ]
        if not headers:
            raise self.error(f"{listing} has no header of the layer {layer}")
        declarations = Declarations(Path(self.config.doxygen_out) / "xml")
        made: list[nodes.Node] = []
        for header in headers:
            self.env.note_dependency(str(ROOT / "include" / header))
            title = header.removeprefix("gridgov/")
            section = nodes.section(ids=[nodes.make_id(title)], names=[title])
            section += nodes.title(title, title)
            section += nodes.paragraph("", "", nodes.literal("", f'#include "{header}"'))
            lines = ["```{eval-rst}", *declarations.of_header(header), "```"]
            self.state.nested_parse(StringList(lines, header), self.content_offset, section)
            made.append(section)
        return made


def run_doxygen(app: Sphinx) -> None:
    """The headers as XML. A warning of Doxygen's is one of the site's."""
    out = Path(app.outdir).parent / "doxygen"
    out.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["doxygen", "docs/Doxyfile"],
        cwd=ROOT,
        env=os.environ | {"DOXYGEN_OUT": str(out)},
        capture_output=True,
        text=True,
        check=False,
    )
    for line in done.stderr.splitlines():
        LOG.warning("doxygen: %s", line)
    app.config.doxygen_out = str(out)


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    app.add_config_value("doxygen_out", "", "env")
    app.connect("builder-inited", run_doxygen)
    app.add_directive("headers", Headers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
