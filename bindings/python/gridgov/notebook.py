"""What a notebook shows of a result."""

from __future__ import annotations

import html

import pandas as pd


def summary_and_rows(result: object, rows: pd.DataFrame, things: str) -> str:
    """A result's repr above its first ten rows, with how many more `things` there are."""
    shown = rows.head(10)
    rest = len(rows) - len(shown)
    more = f"<p>… and {rest} more {things}</p>" if rest else ""
    return f"<p><b>{html.escape(repr(result)[1:-1])}</b></p>{shown.to_html(index=False)}{more}"
