"""The boards: ranking, red list, black list with its terms to mend; names masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgov import _core, notebook
from gridgov.errors import Language
from gridgov.points import columns
from gridgov.points.rulebook import date_of, day_of
from gridgov.points.settlement import NO_DAY, NO_INDEX

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from gridgov.points.settlement import Settlement

RANKING = ("village", "rank", "household_id", "name", "balance", "red", "vetoed_by")
THRESHOLDS = ("village", "rulebook", "red_top", "red_at_least", "black_at_most")
BLACK = (
    "village",
    "household_id",
    "name",
    "balance",
    "register_no",
    "rule_id",
    "until",
    "reason",
)

#: Citizens' numbers (18 or 15 digits, the last of 18 may be X) and mobile telephones.
_PERSONAL = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15}|1\d{10})(?!\d)")


class Board:
    """Ranking and lists of a settlement's day, in frames.

    Names and personal numbers are masked in `ranking`, `red` and `black`, unless `unmasked()`.

    Examples:
        >>> from gridgov import points
        >>> rules = {
        ...     "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [{"id": "meeting", "deed": "meeting", "points": 2}],
        ... }
        >>> register = {"register_no": ["r1"], "date": ["2026-03-01"], "household_id": ["h2"],
        ...             "deed": ["meeting"], "stage": ["posted"]}
        >>> s = points.settle(rules, {"household_id": ["h1", "h2"]}, register, as_of="2026-12-31")
        >>> board = s.board().with_names({"h1": "张三", "h2": "欧阳修"})
        >>> board.ranking[["rank", "household_id", "name", "balance"]].values.tolist()
        [[1, 'h2', '欧**', 2], [2, 'h1', '张*', 0]]
        >>> board.unmasked().ranking["name"].tolist()
        ['欧阳修', '张三']
    """

    def __init__(
        self,
        settlement: Settlement,
        names: Mapping[str, str] | None = None,
        *,
        masked: bool = True,
        lang: Language = "en",
    ) -> None:
        self._settlement = settlement
        self._names = {} if names is None else dict(names)
        self._masked = masked
        self._lang: Language = lang
        self._ranking, self._black = settlement.core.boards(settlement.rulebooks.core)

    def unmasked(self) -> Board:
        """The same with names and numbers as they are."""
        return Board(self._settlement, self._names, masked=False, lang=self._lang)

    def with_names(self, names: Mapping[str, str]) -> Board:
        """The same with the households' names, by id."""
        return Board(self._settlement, names, masked=self._masked, lang=self._lang)

    def _shown(self, mask: Callable[[str], str], value: str) -> str:
        return mask(value) if self._masked else value

    def _who(self, households: Any) -> dict[str, Any]:
        of = self._settlement.core.households()
        ids = columns.strings(of["ids"]).take(np.asarray(households, np.int64)).to_pylist()
        villages = self._settlement.villages
        return {
            "village": [villages[place] for place in of["villages"][households].tolist()],
            "household_id": [self._shown(mask_number, one) for one in ids],
            "name": [self._shown(mask_name, self._names.get(one, "")) for one in ids],
        }

    def _of_entry(self, entry: int) -> tuple[str, str]:
        if entry == NO_INDEX:
            return "", ""
        core = self._settlement.core
        row, rule = int(core.entries()["rows"][entry]), int(core.entries()["rules"][entry])
        number = columns.strings(core.rows()["register_nos"])[row].as_py()
        return number, "" if rule == NO_INDEX else core.rules[rule][1]

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """Every household: `village, rank, household_id, name, balance, red, vetoed_by`. Those with
        the same balance share a rank; `vetoed_by` is the register row that keeps it off the red
        list this year."""
        of = self._ranking
        frame = self._who(of["households"]) | {
            "rank": of["rank"],
            "balance": of["balance"],
            "red": of["red"].astype(bool),
            "vetoed_by": [self._of_entry(entry)[0] for entry in of["veto"].tolist()],
        }
        return pd.DataFrame(frame)[list(RANKING)]

    @property
    def red(self) -> pd.DataFrame:
        """The red list, as in `ranking`."""
        return self.ranking[self.ranking["red"]].drop(columns=["red", "vetoed_by"])

    @cached_property
    def black(self) -> pd.DataFrame:
        """The black list: `village, household_id, name, balance, register_no, rule_id, until,
        reason`. The balance's line has no register row; `until` is the first day off the list,
        empty where the balance has to rise first."""
        settlement = self._settlement
        reasons = _core.reproach_reasons(
            settlement.core, settlement.rulebooks.core, self._lang == "zh"
        )
        of = self._black
        entries = [self._of_entry(entry) for entry in of["entries"].tolist()]
        days = of["until"].tolist()
        frame = self._who(of["households"]) | {
            "balance": of["balance"],
            "register_no": [number for number, _ in entries],
            "rule_id": [rule for _, rule in entries],
            "until": ["" if day == NO_DAY else date_of(day).isoformat() for day in days],
            "reason": [self._shown(mask_number, reason) for reason in reasons],
        }
        return pd.DataFrame(frame, columns=list(BLACK))

    @cached_property
    def thresholds(self) -> pd.DataFrame:
        """Who is on the lists, as the rulebook in force in each village that day says: `village,
        rulebook, red_top, red_at_least, black_at_most`; missing where it says nothing, `rulebook`
        where none is in force."""
        settled, books = self._settlement, self._settlement.rulebooks
        said = books.describe()
        day = day_of(settled.as_of, "as_of")
        rows = []
        for village in settled.villages:
            place = books.core.in_force(village, day)
            book = {"id": None, "board": {"red": {}, "black": {}}} if place is None else said[place]
            red, black = book["board"]["red"], book["board"]["black"]
            limits = (red.get("top"), red.get("at_least"), black.get("at_most"))
            rows.append((village, book["id"], *limits))
        frame = pd.DataFrame(rows, columns=list(THRESHOLDS))
        return frame.astype(dict.fromkeys(THRESHOLDS[2:], "Int64"))

    @property
    def settlement(self) -> Settlement:
        """The settlement that it is of."""
        return self._settlement

    def on_black_list(self) -> NDArray[np.bool_]:
        """Whether each row of `ranking` is on the black list."""
        return np.isin(self._ranking["households"], self._black["households"])

    def plot(self, *, village: str | None = None, lang: Language | None = None) -> Figure:
        """The board as a picture, whole or of a village."""
        from gridgov.points import time_plot

        language = self._lang if lang is None else lang
        drawn: Figure = time_plot.board_figure(self, village=village, language=language)
        return drawn

    def _repr_html_(self) -> str:
        tables = {"households": self.ranking, "lines of the black list": self.black}
        return notebook.summary_and_tables(self, tables)

    def __repr__(self) -> str:
        return (
            f"<gridgov.points.Board: {len(self.ranking)} households, {len(self.red)} red, "
            f"{len(self.black)} black lines>"
        )


def mask_name(name: str) -> str:
    """A name with all but its first character hidden.

    >>> mask_name("张三"), mask_name("欧阳修"), mask_name("Li Wei"), mask_name("")
    ('张*', '欧**', 'L*****', '')
    """
    return name[:1] + "*" * (len(name) - 1)


def mask_number(text: str) -> str:
    """A text with the middle of every citizen's or telephone number in it hidden.

    >>> mask_number("500234199001011234"), mask_number("h17"), mask_number("tel 13800138000")
    ('500***********1234', 'h17', 'tel 138****8000')
    """
    return _PERSONAL.sub(lambda found: _hidden(found[0]), text)


def _hidden(number: str) -> str:
    return number[:3] + "*" * (len(number) - 7) + number[-4:]
