"""Pairs of stored works with their verdicts: all of them, those of what has changed, those around one or a drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.queries.duplicates import (
    candidate_pairs,
    neighbours_of_drawing,
    neighbours_of_project,
    works,
)
from gis.overlap_classes import WARRANTY_YEARS, compare
from gis.overlap_works import Kind, Verdict, Work

BATCH_PAIRS = 4_000
"""Pairs that are compared together: keeps the memory flat."""


@dataclass(frozen=True)
class ComparedPair:
    """Two stored works and what they are to each other; ``a_id`` is the smaller id.

    Parameters
    ----------
    a_id, b_id
        Ids of the projects.
    """

    a_id: int
    b_id: int
    a: Work
    b: Work
    verdict: Verdict


def compared_pairs(
    session: Session, changed: Sequence[int] | None = None, warranty_years: int = WARRANTY_YEARS
) -> Iterator[tuple[list[ComparedPair], int, int]]:
    """Pairs in batches, each with how many of how many candidates are done.

    Parameters
    ----------
    changed
        Ids of projects: only pairs that have one of them; all pairs when ``None``.
    """
    found = list(candidate_pairs(session, changed))
    pairs = np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)
    for start in range(0, len(pairs), BATCH_PAIRS):
        block = pairs[start : start + BATCH_PAIRS]
        known = works(session, np.unique(block).tolist())
        kept = [(a, b) for a, b in block.tolist() if a in known and b in known]
        verdicts = compare([known[a] for a, _ in kept], [known[b] for _, b in kept], warranty_years)
        compared = [
            ComparedPair(a, b, known[a], known[b], verdict) for (a, b), verdict in zip(kept, verdicts, strict=True)
        ]
        yield compared, min(start + BATCH_PAIRS, len(pairs)), len(pairs)


def pairs_of_project(
    session: Session, project_id: int, warranty_years: int = WARRANTY_YEARS
) -> list[tuple[int, Work, Verdict]]:
    """Every work near a stored one: its id, the work, and what the two are to each other."""
    near = neighbours_of_project(session, project_id)
    known = works(session, [project_id, *near])
    return _around(known.pop(project_id), known, near, warranty_years) if project_id in known else []


def pairs_of_drawing(
    session: Session,
    project_id: int,
    kind: Kind,
    segments: Sequence[BaseGeometry],
    drawn: Work,
    warranty_years: int = WARRANTY_YEARS,
) -> list[tuple[int, Work, Verdict]]:
    """Every work near a drawing that is not stored yet (EPSG:4326; ``drawn`` is its record with that shape)."""
    near = neighbours_of_drawing(session, project_id, kind, segments)
    return _around(drawn, works(session, near), near, warranty_years)


def _around(
    one: Work, known: dict[int, Work], near: Sequence[int], warranty_years: int
) -> list[tuple[int, Work, Verdict]]:
    ids = [project_id for project_id in near if project_id in known]
    verdicts = compare([one] * len(ids), [known[project_id] for project_id in ids], warranty_years)
    return [(project_id, known[project_id], verdict) for project_id, verdict in zip(ids, verdicts, strict=True)]
