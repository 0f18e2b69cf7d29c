"""Rulebooks of points: from TOML and JSON files, from texts, from dicts."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gridgov import _core, notebook
from gridgov.errors import usage_error
from gridgov.language import counted

#: What one rulebook may be given as.
Given = Mapping[str, Any] | str | os.PathLike[str]

_TOML, _JSON = "toml", "json"


class Rulebooks:
    """A set of rulebooks, validated whole: every version of every village's, in force by dates.

    Immutable. Rulebooks are numbered in the byte order of their ids.

    Args:
        given: One rulebook or several: dicts as the files have them (``tomllib`` and ``json`` give
            such; dates may be ``datetime.date``), texts in TOML (a text with a line break) or
            paths of ``.toml`` and ``.json`` files, directories of such included.

    Raises:
        DataError: Every fault of every rulebook, with `file`, `line` and `rule` in its fields.
        UsageError: What is given is none of these; a file that cannot be read.

    Examples:
        >>> from gridgov import points
        >>> rulebooks = points.Rulebooks({
        ...     "rulebook": {"id": "v-2026", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [{"id": "meeting", "deed": "meeting", "points": 2}],
        ... })
        >>> len(rulebooks), rulebooks.ids, rulebooks.in_force("east", "2026-05-01")
        (1, ['v-2026'], 'v-2026')
    """

    def __init__(self, given: Given | Iterable[Given]) -> None:
        self._sources: list[tuple[str, str, str]]
        self._core: _core.Rulebooks
        if isinstance(given, Rulebooks):
            self._sources = given._sources
            self._core = given._core
            return
        several: list[Any] = [given]
        if not isinstance(given, Mapping | str | os.PathLike) and isinstance(given, Iterable):
            several = list(given)
        self._sources = [source for each in several for source in _sources(each)]
        self._core = self._made()

    @classmethod
    def of_sources(cls, sources: Iterable[tuple[str, str, str]]) -> Rulebooks:
        """From (kind, text, name) of files; kind is `toml` or `json`, the name shown in faults."""
        made: Rulebooks = cls.__new__(cls)
        made._sources = list(sources)
        made._core = made._made()
        return made

    def _made(self) -> _core.Rulebooks:
        return _core.read_rulebooks(
            *(
                [(text, name) for kind, text, name in self._sources if kind == wanted]
                for wanted in (_TOML, _JSON)
            )
        )

    @property
    def core(self) -> _core.Rulebooks:
        """The core's own."""
        return self._core

    @property
    def sources(self) -> list[tuple[str, str, str]]:
        """(kind, text, name) of each, as it was given."""
        return list(self._sources)

    @property
    def ids(self) -> list[str]:
        """Their ids, in byte order."""
        return [book["id"] for book in self.describe()]

    def describe(self) -> list[dict[str, Any]]:
        """What they say, as dicts, in the order of their ids."""
        described: list[dict[str, Any]] = self._core.describe()
        for book in described:
            for name in ("effective_from", "effective_to"):
                book[name] = None if book[name] is None else date_of(book[name])
        return described

    def columns(self) -> set[str]:
        """The columns that conditions name."""
        return {
            column for book in self.describe() for rule in book["rules"] for column in rule["when"]
        }

    def in_force(self, village: str, date: Any) -> str | None:
        """The id of the rulebook in force in a village on a date, or None."""
        number = self._core.in_force(village, day_of(date, "date"))
        return None if number is None else str(self.ids[number])

    def __len__(self) -> int:
        return len(self._core)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.describe())

    def __repr__(self) -> str:
        rules = sum(len(book["rules"]) for book in self.describe())
        return (
            f"<gridgov.points.Rulebooks: {', '.join(self.ids)}; {counted(rules, 'rule', 'rules')}>"
        )

    def _repr_html_(self) -> str:
        names = ("id", "villages", "effective_from", "effective_to", "rules")
        rows = [{name: book[name] for name in names} for book in self]
        for row in rows:
            row |= {"villages": ", ".join(row["villages"]), "rules": len(row["rules"])}
        return notebook.summary_and_rows(self, pd.DataFrame(rows, dtype=object), "rulebooks")

    def __copy__(self) -> Rulebooks:
        return self

    def __deepcopy__(self, memo: object) -> Rulebooks:
        return self

    def __reduce__(self) -> Any:
        return Rulebooks.of_sources, (self._sources,)


def _sources(given: Any) -> list[tuple[str, str, str]]:
    if isinstance(given, Rulebooks):
        return given.sources
    if isinstance(given, Mapping):
        return [(_JSON, json.dumps(given, ensure_ascii=False, default=_plain), "")]
    if isinstance(given, str) and "\n" in given:
        return [(_TOML, given, "")]
    if isinstance(given, str | os.PathLike):
        return [_read(path) for path in files(Path(given))]
    raise usage_error(
        "type_wrong",
        option="rulebooks",
        given=type(given).__name__,
        wanted="dicts, texts in TOML, or paths of .toml or .json files",
    )


def _plain(value: Any) -> Any:
    """What JSON has no type for."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, np.integer | np.bool_):
        return value.item()
    raise usage_error(
        "type_wrong",
        option="rulebooks",
        given=type(value).__name__,
        wanted="texts, whole numbers, truths, dates, lists and dicts in a rulebook",
    )


def files(path: Path) -> list[Path]:
    """The rule files that a path names: itself, or those of a directory, by name."""
    if not path.is_dir():
        return [path]
    inner = (entry for entry in path.iterdir() if entry.suffix.lower() in (".toml", ".json"))
    return sorted(inner, key=lambda entry: os.fsencode(entry.name))


def kind_of(path: Path) -> str:
    """How a rule file is written, by its name."""
    return _JSON if path.suffix.lower() == ".json" else _TOML


def _read(path: Path) -> tuple[str, str, str]:
    try:
        return kind_of(path), path.read_text(encoding="utf-8-sig"), str(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise usage_error("rules_unreadable", path=path, reason=reason) from None


def day_of(date: Any, option: str) -> int:
    """Days since 1970-01-01 of a date as people give it."""
    try:
        if isinstance(date, str):
            if len(date) != 10:
                raise ValueError(date)
            date = dt.date.fromisoformat(date)
        elif isinstance(date, np.datetime64):
            date = date.astype("datetime64[D]").item()
        if isinstance(date, dt.datetime):
            date = date.date()
        return int((date - dt.date(1970, 1, 1)).days)
    except (TypeError, ValueError, AttributeError):
        raise usage_error(
            "option_out_of_range", option=option, value=date, wanted="a date such as 2026-01-05"
        ) from None


def date_of(days: int) -> dt.date:
    """The date so many days after 1970-01-01."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=days)
