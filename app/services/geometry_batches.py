"""Coordinates of many projects at once, through the rules of one: what an import and the demonstration data use.

Rows are taken in chunks of flat memory, whatever their number; a chunk costs the same few statements whether it holds
one row or thousands. All rows are good or none is written: the caller's transaction ends with the first chunk that
holds an error, after every row of the file has been looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput
from app.queries.organisations import territories_wkb
from app.services.geometry_rules import array_of, context_of, measure, readable_status
from app.services.geometry_versions import NewVersion, write_versions
from app.services.project_locks import HeldProject, hold_projects, mark_on_behalf, require_all
from gis import crs
from gis.checks import check_batch
from gis.problems import Problem
from gis.segments import POLYGON, join, split

Territories = dict[str, BaseGeometry | None]

CHUNK_ROWS = 5_000
# More problems than this help nobody; the count says how many there were.
MAX_PROBLEMS = 1_000


@dataclass(frozen=True)
class ReadAs:
    """Coordinate system and operation that numbers were read with; without either the place was not told in numbers."""

    original_epsg: int | None = None
    operation: str | None = None

    @classmethod
    def system(cls, epsg: int) -> ReadAs:
        """The pinned operation of a coordinate system."""
        return cls(epsg, crs.operation(epsg).id)


@dataclass(frozen=True)
class GeometryRow:
    """Coordinates for one project.

    Parameters
    ----------
    project_code
        Project.
    segments
        Simple points, lines or polygons in EPSG:4326.
    row
        Number of the row in its file; problems speak of it.
    if_match_version
        Version that was looked at when the row was prepared; 0 for a project without coordinates.
    original
        The row's own numbers.
    read_as
        Coordinate system and operation of this row where they are not the batch's.
    draft
        The place is an estimate that somebody has to look at: the version is a draft, not submitted.
    """

    project_code: str
    segments: tuple[BaseGeometry, ...]
    row: int = 0
    if_match_version: int = 0
    original: Mapping[str, Any] | None = None
    read_as: ReadAs | None = None
    draft: bool = False


@dataclass(frozen=True)
class BatchReceipt:
    """What was written.

    Parameters
    ----------
    written
        Number of versions.
    receipt
        Number of the request.
    warned
        Number of versions with a warning.
    """

    written: int
    receipt: str | None
    warned: int


@dataclass(frozen=True)
class Provenance:
    """Where the versions of a batch come from and what they are: the same for all of its rows.

    Parameters
    ----------
    status, source, original_epsg, operation, note, import_batch_id
        As in :func:`app.services.geometries.record_geometry`.
    """

    status: str = "SUBMITTED"
    source: str = "import"
    original_epsg: int | None = None
    operation: str | None = None
    note: str | None = None
    import_batch_id: int | None = None


@dataclass
class _Progress:
    written: int = 0
    warned: int = 0
    receipt: str | None = None
    problems: list[Problem] = field(default_factory=list)
    territories: Territories = field(default_factory=dict)


def record_geometries(
    session: Session,
    actor: Actor,
    rows: Iterable[GeometryRow],
    *,
    status: str = "SUBMITTED",
    source: str = "import",
    original_epsg: int | None = None,
    operation: str | None = None,
    note: str | None = None,
    import_batch_id: int | None = None,
) -> BatchReceipt:
    """Add one version to each of many projects, all or nothing.

    Parameters
    ----------
    session
        Open session of a transaction; rolled back by the caller when this raises.
    actor
        Who writes.
    rows
        May be a generator: only one chunk is held at a time.
    status, source, original_epsg, operation, note, import_batch_id
        As in :func:`app.services.geometries.record_geometry`, for all rows.

    Raises
    ------
    Forbidden
        A project of an organisation where the actor may not write.
    InvalidInput
        Problems of every row with ``where.row``: unknown and repeated projects, versions that somebody else has
        replaced, and whatever the checks find.
    """
    progress = _Progress(problems=list(readable_status(status)))
    common = Provenance(status, source, original_epsg, operation, note, import_batch_id)
    for chunk in _chunks(rows):
        _record_chunk(session, actor, chunk, common, progress)
    if progress.problems:
        raise InvalidInput(progress.problems)
    return BatchReceipt(progress.written, progress.receipt, progress.warned)


def _chunks(rows: Iterable[GeometryRow]) -> Iterator[list[GeometryRow]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK_ROWS)):
        yield simple(chunk)


def simple(rows: list[GeometryRow]) -> list[GeometryRow]:
    """The rows with simple 2D segments; nearly always they are so already, and asking all at once costs nothing."""
    shapes = array_of([segment for row in rows for segment in row.segments])
    if not (shapely.has_z(shapes) | (shapely.get_type_id(shapes) > POLYGON)).any():
        return rows
    return [replace(row, segments=tuple(part for segment in row.segments for part in split(segment))) for row in rows]


def _record_chunk(
    session: Session, actor: Actor, rows: list[GeometryRow], common: Provenance, progress: _Progress
) -> None:
    held = hold_projects(session, [row.project_code for row in rows])
    require_placing(actor, held.values(), common)
    refused = [_refused(row, held, seen) for row, seen in _with_seen(rows)]
    _report(progress, [problem for problem in refused if problem is not None])
    good = [row for row, problem in zip(rows, refused, strict=True) if problem is None]
    projects = [held[row.project_code] for row in good]
    warnings = check_rows(session, good, projects, progress.territories)
    for index, problems in warnings.items():
        if any(problem.is_error for problem in problems):
            _report(progress, (_at_row(problem, good[index]) for problem in problems))
    if progress.problems or not good:
        return
    versions = versions_of(good, projects, warnings, common)
    for behalf, group in _by_behalf(session, actor, versions):
        written = write_versions(session, actor, [_on_behalf(version, behalf) for version in group])
        progress.receipt = written[0].receipt
    progress.written += len(versions)
    progress.warned += sum(1 for version in versions if version.warnings)


def require_placing(actor: Actor, projects: Iterable[HeldProject], common: Provenance) -> None:
    """Refuse unless the actor may give every one of the projects coordinates of this status.

    Raises
    ------
    Forbidden
        For the first organisation where it is not allowed.
    """
    held = list(projects)
    require_all(actor, policy.COORDINATES_WRITE, held)
    if common.status in ("VERIFIED", "RETURNED"):
        require_all(actor, policy.COORDINATES_VERIFY, held)


def _with_seen(rows: Sequence[GeometryRow]) -> Iterator[tuple[GeometryRow, bool]]:
    seen: set[str] = set()
    for row in rows:
        yield row, row.project_code in seen
        seen.add(row.project_code)


def _refused(row: GeometryRow, held: Mapping[str, HeldProject], seen: bool) -> Problem | None:
    where = {"row": row.row, "field": "project"}
    project = held.get(row.project_code)
    if project is None:
        return Problem("project_not_found", where=where, values={"project": row.project_code[:80]})
    if seen:
        return Problem("project_repeated", where=where, values={"project": row.project_code})
    if project.geometry_version != row.if_match_version:
        values = {"project": row.project_code, "version": project.geometry_version}
        return Problem("geometry_changed_row", where=where, values=values)
    return None


def _report(progress: _Progress, problems: Iterable[Problem]) -> None:
    room = MAX_PROBLEMS - len(progress.problems)
    progress.problems.extend(islice(problems, max(room, 0)))


def check_rows(
    session: Session, rows: Sequence[GeometryRow], projects: Sequence[HeldProject], territories: Territories
) -> dict[int, list[Problem]]:
    """Problems by index of the row; ``projects`` stand beside their rows, ``territories`` remembers between calls."""
    _load_territories(session, projects, territories)
    contexts = [context_of(session, project, territories[project.organisation_code]) for project in projects]
    return check_batch(array_of([join(row.segments) for row in rows]), contexts) if rows else {}


def _at_row(problem: Problem, row: GeometryRow) -> Problem:
    return Problem(problem.code, problem.level, {"row": row.row, **problem.where}, problem.values)


def _load_territories(session: Session, projects: Sequence[HeldProject], territories: Territories) -> None:
    missing = {project.organisation_code for project in projects} - territories.keys()
    if missing:
        found = territories_wkb(session, missing)
        for code in missing:
            territories[code] = shapely.from_wkb(found[code]) if code in found else None


def versions_of(
    rows: Sequence[GeometryRow],
    projects: Sequence[HeldProject],
    warnings: Mapping[int, list[Problem]],
    common: Provenance,
) -> list[NewVersion]:
    """The checked rows, measured."""
    lengths, areas = measure([segment for row in rows for segment in row.segments])
    versions = []
    start = 0
    shared = vars(common)
    for index, (row, project) in enumerate(zip(rows, projects, strict=True)):
        end = start + len(row.segments)
        versions.append(
            NewVersion(
                project=project,
                segments=row.segments,
                segment_lengths_m=lengths[start:end],
                segment_areas_m2=areas[start:end],
                original=row.original,
                warnings=tuple(warnings.get(index, ())),
                on_behalf_of=None,
                **{
                    **shared,
                    **(vars(row.read_as) if row.read_as else {}),
                    **({"status": "DRAFT"} if row.draft else {}),
                },
            )
        )
        start = end
    return versions


def _its_own(row: GeometryRow) -> dict[str, Any]:
    """What a version has of its row and not of its batch."""
    own: dict[str, Any] = {} if row.read_as is None else {**vars(row.read_as)}
    return {**own, "status": "DRAFT"} if row.draft else own


def _by_behalf(
    session: Session, actor: Actor, versions: Sequence[NewVersion]
) -> Iterator[tuple[str | None, list[NewVersion]]]:
    """Versions in groups that are entered for the same organisation; the change log is told of each."""

    def behalf(version: NewVersion) -> str:
        code = version.project.organisation_code
        return code if policy.enters_on_behalf(actor, code) else ""

    for code, group in groupby(sorted(versions, key=behalf), key=behalf):
        yield (mark_on_behalf(session, actor, code) if code else None), list(group)


def _on_behalf(version: NewVersion, organisation_code: str | None) -> NewVersion:
    return version if organisation_code is None else replace(version, on_behalf_of=organisation_code)
