"""The change feed: what changed since a cursor, in an order that never changes and leaves nothing out.

Numbers of the change log are drawn before their transactions commit, so whoever reads it by number steps over lines
that become visible later. The blocks of revision 0013 have solved that: a block takes every line that is visible and in
no earlier block, blocks are made one after the other and never change. (block, number) is therefore a position; what is
behind it stays behind it, and what commits late stands in a later block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import TokenScope
from app.auth.data_service import covers
from app.auth.policy import Visibility
from app.errors import Gone
from app.queries.project_filter import PUBLISHED_SQL, PUBLISHED_STATUSES_SQL

KEPT = timedelta(days=400)
"""Changes older than this are not told: taking everything anew is cheaper."""
SCANNED_LINES = 5_000
"""Lines of the log that one page looks at; a page may hold less than it was asked for, and say that there is more."""
_BLOCKS = 1_000
RESOURCES = ("projects", "geometries", "money", "plans")
Resource = Literal["projects", "geometries", "money", "plans"]
Action = Literal["changed", "withdrawn"]
_OF: Mapping[str, Resource] = {
    "project": "projects",
    "project_geometry": "geometries",
    "project_segment": "geometries",
    **dict.fromkeys(
        (
            "appropriation",
            "contract",
            "contract_amendment",
            "contract_instalment",
            "contract_penalty",
            "disbursement",
            "carry_over",
            "budget_transfer_line",
            "progress_report",
        ),
        "money",
    ),
    "plan_version": "plans",
    "plan_project": "plans",
}
_CURSOR = re.compile(r"([0-9]{1,18})-([0-9]{1,18})-([0-9a-f]{8})")
BEGIN = "/api/v1/exports?layer=projects&format=geojson"

_LINES = f"""
WITH blocks AS MATERIALIZED (
    SELECT number, ids, left(block_sha256, 8) AS mark, coalesce(upper(ids), 1) - 1 AS last_id,
           sum(row_count) OVER (ORDER BY number) - row_count AS before_it,
           first_value(row_count) OVER (ORDER BY number) AS first
    FROM audit_block WHERE number >= :block ORDER BY number LIMIT {_BLOCKS}
), lines AS MATERIALIZED (
    SELECT b.number, b.mark, c.id, c.at, c.entity, c.entity_key, c.project_id, c.action,
           c.before ->> 'status' AS old_status,
           c.before ->> 'status' = ANY({PUBLISHED_STATUSES_SQL}) AS was_published,
           c.after ->> 'status' = ANY({PUBLISHED_STATUSES_SQL}) AS stays_published,
           c.before ->> 'geometry_status' AS old_geometry,
           jsonb_exists(c.after, 'geometry_status') OR jsonb_exists(c.after, 'geometry_version') AS geometry_touched,
           c.before ->> 'code' AS old_code, c.before ->> 'area_code' AS old_area,
           c.before ->> 'organisation_code' AS old_organisation, c.before ->> 'fiscal_year_be' AS old_year
    FROM blocks b CROSS JOIN LATERAL unnest(b.ids) AS r
    CROSS JOIN LATERAL (
        SELECT * FROM change_log c WHERE c.id >= lower(r) AND c.id < upper(r) AND (b.number > :block OR c.id > :id)
    ) c
    WHERE b.before_it < :scan + b.first
    ORDER BY b.number, c.id LIMIT :scan
)
SELECT l.*, p.code, p.organisation_code, p.fiscal_year_be, p.area_code, p.geometry_status, p.published,
       v.id AS version_id, v.status AS version_status, n.organisation_code AS plan_organisation, o.amphoe_code
FROM lines l
LEFT JOIN LATERAL (
    SELECT p.code, p.organisation_code, p.fiscal_year_be, p.area_code, p.geometry_status, {PUBLISHED_SQL} AS published
    FROM project p WHERE p.id = l.project_id
) p ON true
LEFT JOIN LATERAL (
    SELECT v.id, v.status, v.plan_id FROM plan_version v
    WHERE l.entity IN ('plan_version', 'plan_project') AND v.id = CASE l.entity
        WHEN 'plan_version' THEN l.entity_key::bigint
        WHEN 'plan_project' THEN (SELECT s.plan_version_id FROM plan_project s WHERE s.id = l.entity_key::bigint) END
) v ON true
LEFT JOIN plan n ON n.id = v.plan_id
LEFT JOIN organisation o ON o.code = n.organisation_code
ORDER BY l.number, l.id
"""


@dataclass(frozen=True)
class Cursor:
    """A position of the feed: everything up to this line of this block has been told.

    Parameters
    ----------
    block, line
        Numbers of the block and of the line.
    mark
        Beginning of the block's digest: a log that was restored from a backup has another block of this number.
    """

    block: int
    line: int
    mark: str

    def __str__(self) -> str:
        return f"{self.block}-{self.line}-{self.mark}"


START = Cursor(0, 0, "0" * 8)


@dataclass(frozen=True)
class Eyes:
    """With whose eyes the feed is read.

    Parameters
    ----------
    sight
        How much is seen.
    resources
        What is told.
    scope
        Of a token of the data service: its areas.
    """

    sight: Visibility
    resources: frozenset[str]
    scope: TokenScope | None = None

    def covers(self, area_code: str | None) -> bool:
        """True when a place is told of."""
        return self.scope is None or covers(self.scope, area_code)


@dataclass(frozen=True)
class Changed:
    """A record that changed, or that this reader may not see any more."""

    cursor: Cursor
    at: datetime
    resource: Resource
    action: Action
    project: str | None
    plan_version: int | None
    organisation: str | None
    fiscal_year_be: int | None


@dataclass(frozen=True)
class ChangePage:
    """Records in the order of their last change, and where to go on.

    Parameters
    ----------
    more
        True when the log goes on behind ``cursor``.
    complete_until
        When the newest block was sealed: what was committed before is in the feed.
    """

    items: list[Changed]
    cursor: Cursor
    more: bool
    complete_until: datetime | None


def read_cursor(text: str) -> Cursor | None:
    """The cursor in a text; ``None`` when it is none."""
    match = _CURSOR.fullmatch(text)
    return None if match is None else Cursor(int(match[1]), int(match[2]), match[3])


def newest_cursor(session: Session) -> Cursor:
    """Where the feed ends now."""
    return _cursor(session, "SELECT * FROM audit_block ORDER BY number DESC LIMIT 1", {}) or START


def oldest_cursor(session: Session) -> Cursor:
    """Where what is told begins: behind the last block that is too old."""
    statement = "SELECT * FROM audit_block WHERE sealed_at < now() - :kept ORDER BY number DESC LIMIT 1"
    return _cursor(session, statement, {"kept": KEPT}) or START


def changes_since(session: Session, cursor: Cursor, eyes: Eyes, limit: int) -> ChangePage:
    """What changed behind a cursor, each record once, in the order of its last change on this page.

    Raises
    ------
    Gone
        ``cursor_too_old``, or ``cursor_of_another_log``.
    """
    _check(session, cursor)
    values = {"block": cursor.block, "id": cursor.line, "scan": SCANNED_LINES}
    rows = session.execute(sa.text(_LINES), values).all()
    found: dict[tuple[str, str | int | None], Changed] = {}
    at, more = cursor, len(rows) == SCANNED_LINES
    for row in rows:
        told = {(one.resource, one.project or one.plan_version): one for one in _told(row, eyes)}
        if len(found.keys() | told.keys()) > limit:
            more = True
            break
        for key, one in told.items():
            found.pop(key, None)
            found[key] = one
        at = Cursor(row.number, row.id, row.mark)
    newest = session.execute(
        sa.text("SELECT number, sealed_at FROM audit_block ORDER BY number DESC LIMIT 1")
    ).one_or_none()
    if not more:
        # The blocks that were looked at hold nothing further, also those without a line.
        statement = "SELECT * FROM audit_block WHERE number BETWEEN :from AND :to ORDER BY number DESC LIMIT 1"
        at = _cursor(session, statement, {"from": cursor.block, "to": cursor.block + _BLOCKS - 1}) or at
        more = newest is not None and at.block < newest.number
    return ChangePage(list(found.values()), at, more, None if newest is None else newest.sealed_at)


def _told(row: Any, eyes: Eyes) -> Iterator[Changed]:
    for resource, action in _acts(row, eyes):
        if resource not in eyes.resources:
            continue
        is_plan = resource == "plans"
        yield Changed(
            cursor=Cursor(row.number, row.id, row.mark),
            at=row.at,
            resource=resource,
            action=action,
            project=None if is_plan else row.code or row.old_code,
            plan_version=(row.version_id or int(row.entity_key)) if is_plan else None,
            organisation=row.plan_organisation if is_plan else row.organisation_code or row.old_organisation,
            fiscal_year_be=None if is_plan else row.fiscal_year_be or (int(row.old_year) if row.old_year else None),
        )


def _acts(row: Any, eyes: Eyes) -> Iterator[tuple[Resource, Action]]:
    """What a line of the log is to this reader: nothing, or which resource changed how."""
    resource = _OF.get(row.entity)
    if resource is None:
        return
    if resource == "plans":
        yield from _acts_of_plan(row, eyes)
        return
    public = eyes.sight is Visibility.PUBLIC
    seen = row.code is not None and (row.published or not public) and eyes.covers(row.area_code)
    if not seen:
        if row.entity == "project" and _was_seen(row, eyes, public):
            yield "projects", "withdrawn"
        return
    if resource == "geometries":
        if not public or row.geometry_status == "VERIFIED":
            yield "geometries", "changed"
        return
    yield resource, "changed"
    if row.entity == "project" and row.geometry_touched and public:
        if row.geometry_status == "VERIFIED":
            yield "geometries", "changed"
        elif row.old_geometry == "VERIFIED":
            yield "geometries", "withdrawn"


def _was_seen(row: Any, eyes: Eyes, public: bool) -> bool:
    """Whether this line is the one by which the reader lost sight of a project."""
    if row.action == "insert":
        return False
    gone = row.action == "delete"
    left_area = (gone or row.old_area is not None) and eyes.covers(row.old_area)
    if not public:
        return left_area and (gone or not eyes.covers(row.area_code))
    unpublished = bool(row.was_published) and (gone or row.stays_published is False)
    in_area = left_area if gone else eyes.covers(row.area_code)
    return unpublished and in_area


def _acts_of_plan(row: Any, eyes: Eyes) -> Iterator[tuple[Resource, Action]]:
    if eyes.scope is not None and eyes.scope.areas and not eyes.covers(row.amphoe_code):
        return
    if row.version_id is not None and (eyes.sight is Visibility.STAFF or row.version_status == "PROMULGATED"):
        yield "plans", "changed"
    elif row.entity == "plan_version" and row.old_status == "PROMULGATED":
        yield "plans", "withdrawn"


def _check(session: Session, cursor: Cursor) -> None:
    if cursor.block == 0:
        oldest = oldest_cursor(session)
        if oldest.block:
            raise Gone("cursor_too_old", _anew(session))
        return
    row = session.execute(
        sa.text(
            "SELECT left(block_sha256, 8) AS mark, sealed_at < now() - :kept AS old"
            " FROM audit_block WHERE number = :block"
        ),
        {"block": cursor.block, "kept": KEPT},
    ).one_or_none()
    if row is None or row.mark != cursor.mark:
        raise Gone("cursor_of_another_log", _anew(session))
    if row.old and cursor != oldest_cursor(session):
        raise Gone("cursor_too_old", _anew(session))


def _anew(session: Session) -> dict[str, Any]:
    return {"begin": BEGIN, "cursor": str(newest_cursor(session)), "days": KEPT.days}


def _cursor(session: Session, statement: str, values: Mapping[str, Any]) -> Cursor | None:
    row = session.execute(
        sa.text(
            "SELECT number, coalesce(upper(ids), 1) - 1 AS last_id, left(block_sha256, 8) AS mark"
            f" FROM ({statement}) AS b"
        ),
        dict(values),
    ).one_or_none()
    return None if row is None else Cursor(row.number, row.last_id, row.mark)
