"""The examples in the docstrings run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import storage

MODULES = [f"storage.{module.name}" for module in pkgutil.iter_modules(storage.__path__)]


def test_the_modules_are_found():
    assert "storage.store" in MODULES


@pytest.mark.parametrize("name", [name for name in MODULES if name != "storage.migrations"])
def test_the_examples_of_a_module_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
