"""Every example in the documentation of ``gis`` runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import gis

MODULES = ["gis", *(info.name for info in pkgutil.walk_packages(gis.__path__, "gis."))]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert result.failed == 0
