"""What a notebook shows of a result."""

from __future__ import annotations

import html
from collections.abc import Mapping

import pandas as pd

_ROWS_MAX = 10


def summary_and_rows(result: object, rows: pd.DataFrame, things: str) -> str:
    """A result's repr above its first ten rows, with how many more `things` there are."""
    return summary_and_tables(result, {things: rows})


def summary_and_tables(result: object, tables: Mapping[str, pd.DataFrame]) -> str:
    """A result's repr above the first ten rows of each table that has any, by what its rows are."""
    return heading(repr(result)[1:-1]) + "".join(
        first_rows(rows, things) for things, rows in tables.items() if len(rows)
    )


def heading(text: str) -> str:
    """A line above the tables."""
    return f"<p><b>{html.escape(text)}</b></p>"


def first_rows(rows: pd.DataFrame, things: str) -> str:
    """The first ten rows, no cell cut short, with how many more there are."""
    with pd.option_context("display.max_colwidth", None):
        table: str = rows.head(_ROWS_MAX).to_html(index=False)
    rest = len(rows) - _ROWS_MAX
    return table + (f"<p>… and {rest} more {html.escape(things)}</p>" if rest > 0 else "")
