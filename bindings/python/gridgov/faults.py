"""What is wrong with an input, by file, line and id.

A `Fault` is data; its text is rendered last, in the reader's language. Readers collect every fault
of every file and raise them together as `Faults`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

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
    finding: Any = None  # a finding of the core, which has a catalogue of its own

    def message(self, language: Language) -> str:
        """What is wrong and what would be right."""
        if self.finding is not None:
            return _without_id(self.finding.message(language), self.records)
        return text(f"fault.{self.code}", language, **self.fields)

    def render(self, language: Language) -> str:
        """`FILE:LINE: id: message`, without the parts that are not known."""
        parts = []
        if self.file is not None:
            parts.append(self.file if self.line is None else f"{self.file}:{self.line}")
        if self.records and self.records[0] != "":
            parts.append(printable(self.records[0]))
        return ": ".join([*parts, printable(self.message(language), _MESSAGE_MAX)])

    def as_record(self, language: Language) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message(language),
            "records": list(self.records),
            "file": self.file,
            "line": self.line,
        }


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
