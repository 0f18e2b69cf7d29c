"""What is wrong with an input, by file, line and id.

A `Fault` is data; its text is rendered last, in the reader's language. Readers collect every fault
of every file and raise them together as `Faults`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
        """What is wrong and what would be right."""
        if self.finding is not None:
            return _without_id(self.finding.message(language), self.records)
        return text(f"fault.{self.code}", language, **self.fields)

    def render(self, language: Language) -> str:
        """`FILE:LINE: id: message`, without the parts that are not known; of a workbook
        `FILE.xlsx#SHEET:ROW: …`."""
        parts = []
        if self.file is not None:
            place = self.file if self.line is None else f"{self._place()}:{self.line}"
            parts.append(place)
        if self.records and self.records[0] != "":
            parts.append(printable(self.records[0]))
        return ": ".join([*parts, printable(self.message(language), _MESSAGE_MAX)])

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


def _without_id(message: str, records: tuple[str, ...]) -> str:
    """The library's "household 7: …" without what FILE:LINE: 7 says already."""
    if not records:
        return message
    named = re.match(rf"\w*\s?{re.escape(records[0])}\s*[:：]\s*", message)
    return message[named.end() :] if named else message


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
