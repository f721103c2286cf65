"""The shapes of rows: what each is checked against, and what is found; its problems speak of the field ``geometry``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.models import Organisation
from app.queries.codelists import code_list
from app.queries.organisations import territory_wkb
from app.services.imports.reading import ReadBatch
from gis.checks import CheckContext, check_batch, expected_type
from gis.problems import Problem

FIELD = "geometry"
ESTIMATE_M = 100.0
"""A reading that could lie as far from the truth as this is an estimate: no road and no pond is surveyed by it."""


def about_shape(problem: Problem) -> bool:
    """True for problems of the row's shape."""
    return problem.where.get("field") == FIELD


def forget_shape(read: ReadBatch, row: int) -> None:
    """Forget what was said of the row's shape, before another takes its place."""
    kept = [problem for problem in read.problems.pop(row, []) if not about_shape(problem)]
    if kept:
        read.problems[row] = kept


def estimated(read: ReadBatch, row: int, answered: Sequence[Problem]) -> None:
    """Say of a mended row that its place is an estimate, when what it answers leaves so much open."""
    spread_m = max((float(problem.values.get("spread_m", 0)) for problem in answered), default=0.0)
    if spread_m >= ESTIMATE_M:
        read.add(row, Problem("mended_estimate", "warning", {"field": FIELD}, {"spread_m": round(spread_m)}))


class ShapeChecks:
    """Checks of one import: its kind of work, the territory of its organisation, the lengths that rows tell."""

    def __init__(self, session: Session, kind: str, organisation: Organisation) -> None:
        self.kind = kind
        wkb = territory_wkb(session, organisation.code)
        self.territory: BaseGeometry | None = None if wkb is None else shapely.from_wkb(wkb)
        self._types = {
            code: expected_type("water", str(entry.attributes.get("geometry", "")))
            for code, entry in code_list(session, "water_source_type").items()
        }

    def check(self, read: ReadBatch, rows: Sequence[int] | None = None) -> npt.NDArray[np.intp]:
        """Add what is wrong with the shapes of some rows, or of all; the rows whose shape is sound.

        A shape whose numbers are no place on earth is taken out: it can neither be stored nor drawn.
        """
        shapes = read.geometries
        asked = np.arange(len(shapes)) if rows is None else np.asarray(rows, dtype=np.intp)
        given: npt.NDArray[np.intp] = asked[~shapely.is_missing(shapes[asked])]
        if not len(given):
            return given
        found = check_batch(shapes[given], self._contexts(read, given))
        for index, problems in found.items():
            row = int(given[index])
            for problem in problems:
                read.add(row, replace(problem, where={"field": FIELD, **problem.where}))
            if any(p.is_error for p in problems) and not np.isfinite(shapely.bounds(shapes[row])).all():
                shapes[row] = None
        sound = np.array([index not in found for index in range(len(given))], dtype=np.bool_)
        return np.asarray(given[sound])

    def _contexts(self, read: ReadBatch, rows: npt.NDArray[Any]) -> CheckContext | list[CheckContext]:
        lengths, sources = read.values.get("length_m"), read.values.get("water_source")
        if lengths is None and sources is None:
            return CheckContext(self.kind, None, None, self.territory)
        return [
            CheckContext(
                self.kind,
                self._types.get(sources[row] or "") if sources else None,
                lengths[row] if lengths else None,
                self.territory,
            )
            for row in rows
        ]
