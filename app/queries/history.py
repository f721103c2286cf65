"""Who changed what: the history of a record, of a project with all that belongs to it, and of one receipt.

One reader for every table that the change log knows: an entity is the name of its table, a field that of its column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Target
from app.queries.history_rights import ACCOUNTS, Reader, readable

HISTORY_LIMIT = 200
_NAMES_OF_PERSONS = ("contractor_name",)


@dataclass(frozen=True)
class Change:
    """A line of the change log, with the project that it belongs to where it does."""

    at: datetime
    by: str
    on_behalf_of: str | None
    entity: str
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    receipt: str | None
    id: int = 0
    key: str = ""
    project_code: str | None = None
    project_name: str | None = None


@dataclass(frozen=True)
class HistoryPage:
    """Lines in order, the number of the last one when there are more, and how many this person may not read."""

    items: list[Change]
    next: int | None
    hidden: int = 0


_LINES = """
SELECT c.id, c.at, c.user_name, c.on_behalf_of, c.entity, c.entity_key, c.action, c.before, c.after, c.request_id,
       p.code AS project_code, p.name_th AS project_name, o.code AS organisation_code, o.province_code, o.amphoe_code
FROM (
    SELECT * FROM change_log c WHERE {which} AND {field} AND {behind} AND {readable} ORDER BY c.id {order} LIMIT :limit
) c
LEFT JOIN project p ON p.id = c.project_id
LEFT JOIN organisation o ON o.code = p.organisation_code
ORDER BY c.id {order}
"""
# A new record has every column; only those that hold something have been written.
_FIELD = """CASE c.action WHEN 'update' THEN jsonb_exists(c.after, :field)
ELSE jsonb_typeof(coalesce(c.after, c.before) -> :field) <> 'null' END"""


def project_history(
    session: Session,
    project_id: int,
    reader: Reader,
    *,
    field: str | None = None,
    limit: int = HISTORY_LIMIT,
    before: int | None = None,
) -> HistoryPage:
    """Of a project, its money, coordinates and pictures, the newest first.

    Parameters
    ----------
    session, project_id, reader
        Of which project, for whom.
    field
        Only changes of this field.
    limit, before
        So many lines, older than the one with this number.
    """
    return _page(session, "c.project_id = :project", {"project": project_id}, reader, field, limit, before)


def record_history(
    session: Session,
    entity: str,
    key: str,
    reader: Reader,
    *,
    field: str | None = None,
    limit: int = HISTORY_LIMIT,
    before: int | None = None,
) -> HistoryPage:
    """Of one record by its table and key, the newest first; parameters as in :func:`project_history`."""
    which, values = "c.entity = :entity AND c.entity_key = :key", {"entity": entity, "key": key}
    page = _page(session, which, values, reader, field, limit, before)
    return page if page.items else replace(page, hidden=_hidden(session, which, values, reader))


def records_history(
    session: Session, records: Sequence[tuple[str, str]], reader: Reader, *, limit: int = HISTORY_LIMIT
) -> list[Change]:
    """Of several records together, each by its table and key, the newest first."""
    which = "(c.entity, c.entity_key) IN (SELECT * FROM unnest(CAST(:entities AS text[]), CAST(:keys AS text[])))"
    values = {"entities": [entity for entity, _ in records], "keys": [key for _, key in records]}
    return _page(session, which, values, reader, None, limit, None).items


def receipt_changes(
    session: Session, receipt: str, reader: Reader, *, limit: int = HISTORY_LIMIT, after: int | None = None
) -> HistoryPage:
    """What was changed under a receipt, in the order in which it was done; of what one may not read, how much."""
    which = "c.request_id = :receipt"
    page = _page(session, which, {"receipt": receipt}, reader, None, limit, after, "ASC")
    return replace(page, hidden=_hidden(session, which, {"receipt": receipt}, reader))


def first_written(session: Session, records: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """What some records, each by its table and key, began with: a change tells only what changed."""
    if not records:
        return {}
    statement = """
        SELECT entity, entity_key, after FROM change_log WHERE action = 'insert'
        AND (entity, entity_key) IN (SELECT * FROM unnest(CAST(:entities AS text[]), CAST(:keys AS text[])))
    """
    values = {"entities": [entity for entity, _ in records], "keys": [key for _, key in records]}
    return {(row.entity, row.entity_key): row.after for row in session.execute(sa.text(statement), values)}


def changed_fields(session: Session, project_id: int) -> frozenset[str]:
    """Fields that ever held something in a project's history, of whatever record."""
    statement = """
        SELECT DISTINCT e.key FROM change_log c CROSS JOIN LATERAL jsonb_each(coalesce(c.after, c.before)) e
        WHERE c.project_id = :project AND (c.action = 'update' OR e.value <> 'null')
    """
    return frozenset(session.scalars(sa.text(statement), {"project": project_id}))


def project_fields(session: Session, project_id: int) -> Mapping[str, Any]:
    """Values of a project's own columns as they stand, written as the log writes them."""
    found = session.scalar(
        sa.text("SELECT log_form('project', to_jsonb(p)) FROM project p WHERE id = :id"), {"id": project_id}
    )
    return found or {}


def value_before(session: Session, project_id: int, change_id: int, field: str) -> tuple[str | None] | None:
    """What a field of the project itself was before a change of it, as text; ``None`` when there is no such change."""
    statement = """
        SELECT before ->> :field AS value FROM change_log
        WHERE id = :id AND project_id = :project AND entity = 'project' AND action = 'update'
          AND jsonb_exists(before, :field)
    """
    row = session.execute(sa.text(statement), {"field": field, "id": change_id, "project": project_id}).one_or_none()
    return None if row is None else (row.value,)


def _page(
    session: Session,
    which: str,
    values: Mapping[str, Any],
    reader: Reader,
    field: str | None,
    limit: int,
    behind: int | None,
    order: str = "DESC",
) -> HistoryPage:
    condition, eyes = readable(reader)
    statement = _LINES.format(
        which=which,
        readable=condition,
        field="true" if field is None else _FIELD,
        behind="true" if behind is None else f"c.id {'<' if order == 'DESC' else '>'} :behind",
        order=order,
    )
    asked = {**values, **eyes, "field": field, "behind": behind, "limit": limit + 1}
    rows = session.execute(sa.text(statement), asked).all()
    items = [_change(row, reader) for row in rows[:limit]]
    return HistoryPage(items, items[-1].id if len(rows) > limit else None)


def _hidden(session: Session, which: str, values: Mapping[str, Any], reader: Reader) -> int:
    condition, eyes = readable(reader)
    statement = f"SELECT count(*) FROM change_log c WHERE {which} AND NOT ({condition})"
    return int(session.scalar(sa.text(statement), {**values, **eyes}) or 0)


def _change(row: Any, reader: Reader) -> Change:
    return Change(
        at=row.at,
        by=row.user_name,
        on_behalf_of=row.on_behalf_of,
        entity=row.entity,
        action=row.action,
        before=_shown(row, row.before, reader),
        after=_shown(row, row.after, reader),
        receipt=row.request_id,
        id=row.id,
        key=row.entity_key,
        project_code=row.project_code,
        project_name=row.project_name,
    )


def _shown(row: Any, values: Mapping[str, Any] | None, reader: Reader) -> dict[str, Any]:
    if not values or (row.entity in ACCOUNTS and not reader.accounts):
        return {}
    if reader.scope.covers(Target(row.organisation_code, row.province_code, row.amphoe_code)):
        return dict(values)
    return {name: value for name, value in values.items() if name not in _NAMES_OF_PERSONS}
