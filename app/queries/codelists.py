"""Code lists by code, read once per process and database: they change with an upgrade, not while serving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

ListName = Literal[
    "lao_type",
    "fund_source",
    "budget_programme",
    "budget_work",
    "expenditure_category",
    "road_surface_type",
    "water_source_type",
    "structure_type",
    "work_nature",
    "project_status",
    "geometry_status",
    "national_strategy",
    "plan_change_type",
    "procurement_method",
    "completeness_topic",
    "role",
]

_IN_ORDINANCE = frozenset({"ANNUAL", "SUPPLEMENTARY"})
# Kinds of documents outside the ordinance -> the one fund source that each brings.
_FUND_OF = {"SPECIFIC_GRANT": "GRANT_SPECIFIC"}

GeometryType = Literal["LineString", "Point", "Polygon"]


@dataclass(frozen=True)
class Code:
    """One entry of a code list."""

    code: str
    seq: int
    name_th: str
    name_en: str
    attributes: Mapping[str, Any]

    def name(self, language: str = "th") -> str:
        """Name in ``language``."""
        return self.name_en if language == "en" else self.name_th


_lists: WeakKeyDictionary[Engine, dict[str, dict[str, Code]]] = WeakKeyDictionary()
_lock = Lock()


def code_list(session: Session, name: ListName) -> Mapping[str, Code]:
    """Entries of a list by code, in the list's own order."""
    engine = session.connection().engine
    with _lock:
        lists = _lists.setdefault(engine, {})
        if name not in lists:
            rows = session.execute(
                sa.text(f'SELECT code, seq, name_th, name_en, attributes FROM "{name}" ORDER BY seq, code')
            ).all()
            if not rows:  # before the first load: do not remember an empty list
                return {}
            lists[name] = {row.code: Code(*row) for row in rows}
        return lists[name]


def forget() -> None:
    """Read every list again on next use; for whoever has just loaded them."""
    with _lock:
        _lists.clear()


def code_name(session: Session, name: ListName, code: str | None, language: str = "th") -> str | None:
    """Name of a code in ``language``; the code itself when the list does not know it, ``None`` for ``None``."""
    if code is None:
        return None
    entry = code_list(session, name).get(code)
    return code if entry is None else entry.name(language)


def choices(session: Session, name: ListName, language: str = "th") -> list[tuple[str, str]]:
    """(code, name) pairs of a list in its own order, for a form or a filter."""
    return [(entry.code, entry.name(language)) for entry in code_list(session, name).values()]


def funds_of_document(session: Session, kind: str) -> tuple[str, ...]:
    """Fund sources that a kind of budget document may bring: those of the ordinance, or the one it is named after."""
    if kind not in _IN_ORDINANCE:
        return (_FUND_OF.get(kind, kind),)
    return funds_of_ordinance(session)


def funds_of_ordinance(session: Session) -> tuple[str, ...]:
    """Fund sources whose money is appropriated by the annual ordinance, and may be moved among each other."""
    # A transfer amends an appropriation: it is an entry of the list and no source of money.
    return tuple(
        code
        for code, entry in code_list(session, "fund_source").items()
        if str(entry.attributes.get("in_annual_ordinance", "")) == "yes" and code != "TRANSFER"
    )


def expected_geometry_type(session: Session, kind: str, water_source_type_code: str | None) -> GeometryType:
    """What a project of this kind is drawn as: a road is a line, a water source what its type's list says first."""
    if kind == "road":
        return "LineString"
    entry = code_list(session, "water_source_type").get(water_source_type_code or "")
    written = str(entry.attributes.get("geometry", "")) if entry else ""
    types: tuple[GeometryType, ...] = ("Polygon", "LineString", "Point")
    for geometry_type in types:
        if written.startswith(geometry_type):
            return geometry_type
    return "Point"
