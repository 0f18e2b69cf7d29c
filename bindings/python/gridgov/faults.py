"""What is wrong with an input, by file, line and id.

A `Fault` is data; its text is rendered last, in the reader's language. Readers collect every fault
of every file and raise them together as `Faults`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gridgov import errors
from gridgov.language import Language, text

_MESSAGE_MAX = 2000


@dataclass(frozen=True)
class Fault:
    """One thing wrong: `code` names its message in the catalogue, `fields` fill its blanks."""

    code: str
    fields: dict[str, Any] = field(default_factory=dict)
    file: str | None = None
    line: int | None = None
    records: tuple[str, ...] = ()
    severity: str = "error"
    finding: Any = None  # a finding of the library, which has a catalogue of its own
    sheet: str | None = None  # of a workbook; `line` is then the sheet's row

    def message(self, language: Language) -> str:
        """What is wrong and what would be right; not where, which the other parts tell."""
        if self.finding is not None:
            return self._told(language)[0]
        return text(f"fault.{self.code}", language, **self.fields)

    def render(self, language: Language) -> str:
        """`FILE:LINE: id: message`, without the parts that are not known, and without the id where
        the message names it; of a workbook `FILE.xlsx#SHEET:ROW: …`."""
        parts = []
        if self.file is not None:
            place = self.file if self.line is None else f"{self._place()}:{self.line}"
            parts.append(place)
        named = self.finding is not None and self._told(language)[1]
        if self.records and self.records[0] != "" and not named:
            parts.append(printable(self.records[0]))
        return ": ".join([*parts, printable(self.message(language), _MESSAGE_MAX)])

    def _told(self, language: Language) -> tuple[str, bool]:
        """The finding's message without its place, and whether it names the record itself."""
        found: errors.Finding = self.finding
        template = errors.template(self.code, language)
        if self.file is not None:
            fields = {name: v for name, v in found.fields.items() if name not in ("file", "line")}
            found = replace(found, fields=fields)
            template = _IN_FILE.sub("", template)
        message = found.message(language)
        head = _HEAD.match(template)
        if head is not None and (self.line is not None or "{row}" not in head[0]):
            said = _said(head[0], self.records, self.line is not None).match(message)
            if said is not None:
                message, template = message[said.end() :].lstrip(), template[head.end() :]
        return message, re.search(r"\{(id|0|records)\}", template) is not None

    def _place(self) -> str:
        assert self.file is not None
        if self.sheet is None or self.file.endswith(f"#{self.sheet}"):
            return self.file
        return f"{self.file}#{printable(self.sheet)}"

    def as_record(self, language: Language) -> dict[str, Any]:
        """As JSON shows it."""
        record = {
            "code": self.code,
            "severity": self.severity,
            "message": self.message(language),
            "records": list(self.records),
            "file": self.file,
            "line": self.line,
        }
        return record if self.sheet is None else record | {"sheet": self.sheet}


def numbered(
    code: str,
    fields: Mapping[str, object] | None = None,
    file: str | None = None,
    line: int | None = None,
    records: tuple[str, ...] = (),
    sheet: str | None = None,
) -> Fault:
    """A fault whose message is a finding's (gridgov.errors): it has a number, for ever."""
    texts = {name: str(value) for name, value in (fields or {}).items()}
    found = errors.Finding(code, errors.codes()[code], "error", records, texts)
    return Fault(code, {}, file, line, records, finding=found, sheet=sheet)


#: How messages of findings begin where they tell the place: `rules.toml:7: `, then
#: `rule volunteer: ` or `household (row 3): `, which `FILE:LINE: id: ` says already.
_IN_FILE = re.compile(r"^\[\{file\}[^\]]*\]")
_HEAD = re.compile(
    r"\[(item |事项)?\{id\}[:：] ?\]"
    r"|(([a-z]+ ){0,2}|\{(kind|table|layer)\} )"
    r"((\{id\}|\{0\})( \(row \{row\}\))?|\(?row \{row\}\)?): ?"
    r"|([一-鿿]{0,6}|\{(kind|table|layer)\}) ?"
    r"(“?(\{id\}|\{0\})”?(（第\{row\}行）)?|（?第\{row\}行）?)："
)
_BLANK = re.compile(r"\{(\w+)\}")


def _said(head: str, records: tuple[str, ...], in_line: bool) -> re.Pattern[str]:
    """What the head of a template has become in a message: a record without an id is named by its
    row, which is the place too where the line is known."""
    who = re.escape(records[0]) if records else r"(\(row \d+\)|（第\d+行）)" if in_line else r"(?!)"
    fills = {"id": who, "0": who, "row": r"\d+"} | dict.fromkeys(
        ("kind", "table", "layer"), "[^:：]*?"
    )
    optional = head.startswith("[")
    parts = _BLANK.split(head.strip("[]"))
    pattern = "".join(fills[p] if i % 2 else re.escape(p) for i, p in enumerate(parts))
    return re.compile(f"({pattern})?" if optional else pattern)


class Faults(Exception):
    """Every fault that was found; never empty."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(self.faults[0].render("en") if self.faults else "no fault")


def printable(value: object, length: int = 60) -> str:
    """A cell or id as it may be shown on one line of a terminal: control characters are replaced
    (a hostile file must not steer the terminal) and long texts are cut."""
    shown = "".join(c if c.isprintable() else "�" for c in str(value))
    return shown if len(shown) <= length else shown[: length - 1] + "…"


def near(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` was perhaps meant to be."""
    import difflib

    candidates = list(names)
    folded = {c.casefold(): c for c in reversed(candidates)}
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
