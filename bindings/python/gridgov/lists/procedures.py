"""Procedures: whether they can always end, how long they may take, and their drawings."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from typing import Any

from gridgov import _core
from gridgov.errors import Findings, usage_error
from gridgov.lists.catalogue import Catalogue, Language, as_catalogue

#: A drawing that takes Graphviz longer than this is none that a person could read.
DOT_SECONDS_MAX = 60


@dataclass(frozen=True)
class Procedure:
    """A procedure, checked.

    Attributes:
        id: Its id.
        sound: Every step is reachable, an end is reachable from each, every join can fire, and
            nothing goes on after the end.
        workdays_max: The most working days that it may take; None where it is not sound.
        workdays_exact: Whether some course takes so many, or it is an upper bound.
        limit_workdays: Its limit, if it has one.
        longest_course: Ids of the steps of a longest course.
        findings: What is wrong, and notes.

    Examples:
        >>> from gridgov import lists
        >>> found = lists.procedure({
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "procedure": [{"id": "low-income", "step": [
        ...         {"id": "apply", "actor": "ganquan", "workdays": 1, "next": ["check"]},
        ...         {"id": "check", "actor": "ganquan", "workdays": 5},
        ...     ]}],
        ... }, "low-income")
        >>> found.sound, found.workdays_max, found.workdays_exact
        (True, 6, True)
    """

    id: str
    sound: bool
    workdays_max: int | None
    workdays_exact: bool
    limit_workdays: int | None
    longest_course: list[str]
    findings: Findings
    _catalogue: Catalogue = field(repr=False)

    @property
    def within_limit(self) -> bool | None:
        """Whether it ends within its limit; None where that is not known, or it has none."""
        if self.limit_workdays is None or self.workdays_max is None:
            return None
        return self.workdays_max <= self.limit_workdays

    def mermaid(self, lang: Language = "en") -> str:
        """As a Mermaid flowchart."""
        return _core.procedure_mermaid(self._catalogue._core, self.id, lang)

    def dot(self, lang: Language = "en") -> str:
        """As Graphviz's DOT."""
        return _core.procedure_dot(self._catalogue._core, self.id, lang)

    def svg(self, lang: Language = "en") -> str:
        """As SVG, by Graphviz's `dot`. UsageError where that is not installed."""
        return svg_of(self.dot(lang))

    def as_record(self) -> dict[str, Any]:
        """As `gridgov lists flow --json` shows it."""
        return {
            "procedure": self.id,
            "sound": self.sound,
            "workdays_max": self.workdays_max,
            "workdays_exact": self.workdays_exact,
            "limit_workdays": self.limit_workdays,
            "within_limit": self.within_limit,
            "longest_course": self.longest_course,
        }

    def __repr__(self) -> str:
        sound = "sound" if self.sound else "not sound"
        days = "" if self.workdays_max is None else f", at most {self.workdays_max} working days"
        limit = "" if self.limit_workdays is None else f" of {self.limit_workdays}"
        return f"<gridgov.lists.Procedure {self.id}: {sound}{days}{limit}>"

    def _repr_svg_(self) -> str | None:
        return self.svg() if shutil.which("dot") else None


def procedure(catalogue: Any, id: str) -> Procedure:
    """Checks a procedure of a catalogue.

    Raises:
        UsageError: The catalogue has no such procedure.

    Examples:
        >>> from gridgov import lists
        >>> book = {
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "procedure": [{"id": "low-income", "limit_workdays": 5, "step": [
        ...         {"id": "apply", "actor": "ganquan", "workdays": 1, "next": ["check"]},
        ...         {"id": "check", "actor": "ganquan", "workdays": 5},
        ...     ]}],
        ... }
        >>> found = lists.procedure(book, "low-income")
        >>> found
        <gridgov.lists.Procedure low-income: sound, at most 6 working days of 5>
        >>> found.within_limit, found.longest_course
        (False, ['apply', 'check'])
        >>> print(found.mermaid().splitlines()[0])
        flowchart TD
    """
    whole = as_catalogue(catalogue)
    table = whole._core.procedures
    if id not in table["procedure"]:
        known = ", ".join(table["procedure"][:20]) or "—"
        raise usage_error("lists_unknown_procedure", value=id, known=known)
    found = dict(_core.check_procedure(whole._core, id))
    found["findings"] = Findings(found["findings"])
    limit = table["limit_workdays"][table["procedure"].index(id)]
    return Procedure(id=id, limit_workdays=limit, _catalogue=whole, **found)


def svg_of(dot: str) -> str:
    """A graph in DOT as SVG."""
    program = shutil.which("dot")
    if program is None:
        raise usage_error("lists_graphviz_missing")
    try:
        done = subprocess.run(
            [program, "-Tsvg"], input=dot, capture_output=True, encoding="utf-8",
            timeout=DOT_SECONDS_MAX, check=True,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        reason = (getattr(error, "stderr", None) or str(error)).splitlines()[0][:200]
        raise usage_error("lists_graphviz_failed", reason=reason) from None
    return done.stdout
