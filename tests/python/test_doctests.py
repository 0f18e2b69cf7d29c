"""Every example in a docstring runs."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import gridgov
from gridgov import conditions, lists, points

MODULES = [
    name.removeprefix("gridgov.")
    for _, name, _ in pkgutil.walk_packages(gridgov.__path__, "gridgov.")
    if not name.endswith("__main__")
]


@pytest.mark.parametrize("name", ["", *MODULES])
def test_examples_run(name):
    module = importlib.import_module(f"gridgov.{name}" if name else "gridgov")
    failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failed == 0


def has_example(thing):
    """Whether a function's docstring, or a class's own, has an example that runs."""
    return bool(doctest.DocTestParser().get_examples(inspect.getdoc(thing) or ""))


@pytest.mark.parametrize("module", [gridgov, conditions, lists, points])
def test_everything_public_has_an_example(module):
    public = {name: getattr(module, name) for name in module.__all__}
    lacking = [name for name, thing in public.items() if callable(thing) and not has_example(thing)]
    assert lacking == []


def test_examples_are_looked_for_where_they_stand():
    assert not has_example(test_everything_public_has_an_example)
    assert not has_example(type("Undocumented", (gridgov.Partition,), {"__doc__": ""}))
