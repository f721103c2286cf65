"""What people do about the findings of the coordinate report: take an offered reading, or say that all is well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from shapely.geometry import shape
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput
from app.messages import sentence
from app.queries.coordinate_findings import FindingFilter, findings_page
from app.services.duplicate_renewal import renew_soon
from app.services.geometry_batches import GeometryRow, record_geometries
from app.services.project_locks import HeldProject, hold_projects, mark_on_behalf
from gis.problems import Problem
from gis.segments import split

NOTE_LENGTH = 1_000
# More at once is a job for looking at the file that they came from.
AT_ONCE = 500
SOURCE = "doctor"


@dataclass(frozen=True)
class FindingRef:
    """A finding, and which of its offers is taken (0 is the likeliest)."""

    project_code: str
    code: str
    offer: int = 0


@dataclass(frozen=True)
class MendReceipt:
    """What was written: projects with their new version."""

    projects: tuple[str, ...]
    receipt: str | None


def take_offers(session: Session, actor: Actor, chosen: Sequence[FindingRef]) -> MendReceipt:
    """Write the offered reading of each finding as the next version of its project, all or nothing.

    A version that was verified or sent in is sent in anew; a draft stays one.

    Raises
    ------
    Forbidden
        A project whose coordinates the actor may not write.
    InvalidInput
        ``finding_gone`` for findings that no longer stand, ``offer_gone``, ``finding_repeated`` for two readings of
        one project, and whatever the checks of coordinates say.
    """
    held, findings = _held(session, chosen)
    _require(actor, held.values(), (policy.COORDINATES_WRITE,))
    problems = []
    rows: list[tuple[str, str, GeometryRow]] = []
    seen: set[str] = set()
    for number, one in enumerate(chosen, start=1):
        finding = findings.get((one.project_code, one.code))
        where = {"row": number, "project": one.project_code}
        if finding is None:
            problems.append(Problem("finding_gone", where=where, values={"project": one.project_code}))
        elif not 0 <= one.offer < len(finding["offered"]):
            problems.append(Problem("offer_gone", where=where, values={"project": one.project_code}))
        elif one.project_code in seen:
            problems.append(Problem("finding_repeated", where=where, values={"project": one.project_code}))
        else:
            seen.add(one.project_code)
            offer = finding["offered"][one.offer]
            project = held[one.project_code]
            segments = tuple(split(shape(offer["geometry"])))
            status = "DRAFT" if project.geometry_status == "DRAFT" else "SUBMITTED"
            # The history tells in words why the coordinates are others now.
            note = sentence(offer["reason"], offer, "en" if actor.language == "en" else "th")
            rows.append((status, note, GeometryRow(one.project_code, segments, number, project.geometry_version)))
    if problems:
        raise InvalidInput(problems)
    receipt = None
    for (status, note), group in groupby(sorted(rows, key=lambda row: row[:2]), key=lambda row: row[:2]):
        written = record_geometries(
            session, actor, [row for _, _, row in group], status=status, source=SOURCE, note=note
        )
        receipt = written.receipt
    return MendReceipt(tuple(row.project_code for _, _, row in rows), receipt)


# Findings that say that the coordinates are nowhere near the work: better none than these.
WITHDRAWABLE = frozenset({"doctor_office_point", "doctor_repeated_point", "doctor_truncated", "wrong_geometry_type"})
_WITHDRAW = """
WITH gone AS (
    UPDATE project SET geometry_version = geometry_version + 1, geometry_status = 'NONE'
    WHERE id = ANY(CAST(:ids AS bigint[])) RETURNING id, geometry_version
)
INSERT INTO project_geometry (project_id, version, status, source, note, created_by, created_by_name, on_behalf_of)
SELECT id, geometry_version, 'NONE', :source, :note, :user, :name, :behalf FROM gone
"""


def withdraw(session: Session, actor: Actor, chosen: Sequence[FindingRef]) -> int:
    """Make the projects wait for coordinates again, as a version of its own without any: all or nothing.

    Raises
    ------
    Forbidden
        A project whose coordinates the actor may not write.
    InvalidInput
        ``finding_gone``; ``not_withdrawable`` for findings that do not say that the place is a wrong one.
    """
    held, findings = _held(session, chosen)
    _require(actor, held.values(), (policy.COORDINATES_WRITE,))
    problems = []
    for number, one in enumerate(chosen, start=1):
        where = {"row": number, "project": one.project_code}
        if (one.project_code, one.code) not in findings:
            problems.append(Problem("finding_gone", where=where, values={"project": one.project_code}))
        elif one.code not in WITHDRAWABLE:
            problems.append(Problem("not_withdrawable", where=where, values={"project": one.project_code}))
    if problems:
        raise InvalidInput(problems)
    projects = {held[one.project_code].id: held[one.project_code] for one in chosen}
    for behalf, group in _by_behalf(session, actor, projects.values()):
        values = {
            "ids": [project.id for project in group],
            "source": SOURCE,
            "note": sentence("coordinates_withdrawn", {}, "en" if actor.language == "en" else "th"),
            "user": actor.user_id,
            "name": actor.display_name,
            "behalf": behalf,
        }
        session.execute(sa.text(_WITHDRAW), values)
    renew_soon(session, list(projects))
    return len(projects)


def _by_behalf(
    session: Session, actor: Actor, projects: Iterable[HeldProject]
) -> Iterator[tuple[str | None, list[HeldProject]]]:
    """Projects by the organisation that they are written for; what is the actor's own comes first, unmarked."""

    def behalf(project: HeldProject) -> str:
        code = project.organisation_code
        return code if policy.enters_on_behalf(actor, code) else ""

    for code, group in groupby(sorted(projects, key=behalf), key=behalf):
        yield (mark_on_behalf(session, actor, code) if code else None), list(group)


def answer(session: Session, actor: Actor, chosen: Sequence[FindingRef], note: str) -> int:
    """Keep that the coordinates are right as they stand, for the version that stands.

    Raises
    ------
    Forbidden
        The actor neither enters nor verifies coordinates there.
    InvalidInput
        ``finding_gone``, ``answer_needs_reason``, ``note_too_long``.
    """
    held, findings = _held(session, chosen)
    _require(actor, held.values(), (policy.COORDINATES_WRITE, policy.COORDINATES_VERIFY))
    note = " ".join(note.split())
    problems = [
        Problem("finding_gone", where={"row": number}, values={"project": one.project_code})
        for number, one in enumerate(chosen, start=1)
        if (one.project_code, one.code) not in findings
    ]
    if not note:
        problems.append(Problem("answer_needs_reason", where={"field": "note"}))
    elif len(note) > NOTE_LENGTH:
        limits = {"limit": NOTE_LENGTH, "length": len(note)}
        problems.append(Problem("note_too_long", where={"field": "note"}, values=limits))
    if problems:
        raise InvalidInput(problems)
    written = 0
    projects = {held[one.project_code].id: held[one.project_code] for one in chosen}
    for behalf, group in _by_behalf(session, actor, projects.values()):
        codes = {project.code for project in group}
        ones = [one for one in chosen if one.project_code in codes]
        result = session.execute(
            sa.text(
                "INSERT INTO coordinate_answer (project_id, code, geometry_version, note, created_by, created_by_name,"
                " on_behalf_of) SELECT p, c, v, :note, :user, :name, :behalf"
                " FROM unnest(CAST(:projects AS bigint[]), CAST(:codes AS text[]), CAST(:versions AS integer[]))"
                " AS t(p, c, v) ON CONFLICT DO NOTHING"
            ),
            {
                "note": note,
                "user": actor.user_id,
                "name": actor.display_name,
                "behalf": behalf,
                "projects": [held[one.project_code].id for one in ones],
                "codes": [one.code for one in ones],
                "versions": [held[one.project_code].geometry_version for one in ones],
            },
        )
        written += int(getattr(result, "rowcount", 0))
    return written


def reopen(session: Session, actor: Actor, chosen: Sequence[FindingRef]) -> int:
    """Take answers back; the log keeps that they were given.

    Raises
    ------
    Forbidden
        The actor neither enters nor verifies coordinates there.
    """
    held, _ = _held(session, chosen)
    _require(actor, held.values(), (policy.COORDINATES_WRITE, policy.COORDINATES_VERIFY))
    result = session.execute(
        sa.text(
            "DELETE FROM coordinate_answer a USING"
            " unnest(CAST(:projects AS bigint[]), CAST(:codes AS text[]), CAST(:versions AS integer[])) AS t(p, c, v)"
            " WHERE a.project_id = t.p AND a.code = t.c AND a.geometry_version = t.v"
        ),
        {
            "projects": [held[one.project_code].id for one in chosen if one.project_code in held],
            "codes": [one.code for one in chosen if one.project_code in held],
            "versions": [held[one.project_code].geometry_version for one in chosen if one.project_code in held],
        },
    )
    return int(getattr(result, "rowcount", 0))


def all_alike(session: Session, narrowed: FindingFilter, kind: str, epsg: int | None = None) -> list[FindingRef]:
    """Open findings of the filter whose likeliest reading is of this kind (and system), at most :data:`AT_ONCE`."""
    found = findings_page(session, replace(narrowed, offered=(kind, epsg)), limit=AT_ONCE)
    return [FindingRef(one.project_code, one.code) for one in found[:AT_ONCE]]


def _held(
    session: Session, chosen: Sequence[FindingRef]
) -> tuple[dict[str, HeldProject], dict[tuple[str, str], Mapping[str, Any]]]:
    """The projects, locked, and those of the findings that speak of the version that stands."""
    if len(chosen) > AT_ONCE:
        raise InvalidInput([Problem("too_many_at_once", values={"limit": AT_ONCE, "count": len(chosen)})])
    held = hold_projects(session, [one.project_code for one in chosen])
    rows = session.execute(
        sa.text(
            "SELECT p.code AS project, f.code, f.offered FROM coordinate_finding f"
            " JOIN project p ON p.id = f.project_id AND p.geometry_version = f.geometry_version"
            " WHERE p.code = ANY(:projects)"
        ),
        {"projects": list(held)},
    )
    return held, {(row.project, row.code): {"offered": row.offered} for row in rows}


def _require(actor: Actor, projects: Iterable[HeldProject], actions: Sequence[str]) -> None:
    for target in {project.target for project in projects}:
        if not any(policy.may(actor, action, target) for action in actions):
            policy.require(actor, actions[0], target)
