"""Inline icons for templates, from the same file that the front end reads."""

from __future__ import annotations

import json
from functools import cache

from flask import Flask
from markupsafe import Markup

from app.settings import ROOT

SOURCE = ROOT / "static" / "src" / "shell" / "icons.json"


@cache
def icon(name: str, size: int = 20) -> Markup:
    """An icon as decoration beside a word; alone on a button, the button needs an ``aria-label``.

    Raises
    ------
    KeyError
        No icon of this name.
    """
    drawings = _drawings()
    if name not in drawings["stroke"] and name not in drawings["solid"]:
        raise KeyError(f"no icon {name!r} in {SOURCE.name}")
    paths = Markup("").join(
        Markup('<path class="icon-{}" d="{}"/>').format(kind, drawings[kind][name])
        for kind in ("stroke", "solid")
        if name in drawings[kind]
    )
    return Markup('<svg class="icon" viewBox="0 0 20 20" width="{0}" height="{0}" aria-hidden="true">{1}</svg>').format(
        size, paths
    )


@cache
def _drawings() -> dict[str, dict[str, str]]:
    drawings: dict[str, dict[str, str]] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return drawings


def register_icons(app: Flask) -> None:
    """``icon(name, size)`` for templates."""
    app.jinja_env.globals["icon"] = icon
