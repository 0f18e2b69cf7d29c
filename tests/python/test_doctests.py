"""Every example in a docstring runs."""

import doctest
import importlib
import pkgutil

import pytest

import gridgov

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


def test_the_public_api_has_examples():
    finder = doctest.DocTestFinder()
    public = ("partition", "verify", "compare", "simulate_township", "algorithms", "Courtyards")
    for name in public:
        tests = finder.find(getattr(gridgov, name), name)
        assert any(test.examples for test in tests), name
