"""What is wrong or pointless in rulebooks, each with a witness."""

from __future__ import annotations

from typing import Any

from gridgov import _core
from gridgov.errors import Findings
from gridgov.points import columns
from gridgov.points.rulebook import Given, Rulebooks


def lint(
    rulebooks: Rulebooks | Given | list[Given], *, households: Any = None, goods: Any = None
) -> Findings:
    """Looks for what is legal and yet wrong or pointless: a rule that can never fire, a cap below
    one award, a deduction without evidence, `unique` rules that overlap, goods that cost more than
    a household can earn in a year, a liability beyond the budget.

    Args:
        rulebooks: `Rulebooks`, or what it takes.
        households: The table of households, as in `settle`, for what concerns the budget.
        goods: The table of goods, as in `settle`, for what concerns prices.

    Returns:
        Findings, each with a witness in its fields.

    Examples:
        >>> from gridgov import points
        >>> rules = {
        ...     "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [{"id": "litter", "deed": "litter", "points": -5}],
        ... }
        >>> [finding.code for finding in points.lint(rules)]
        ['lint_deduction_without_evidence']
    """
    books = Rulebooks(rulebooks)
    tables = columns.tables({"households": households, "goods": goods}, ())
    return Findings(_core.lint_points(books.core, tables))
