"""What a thread can be about: records by kind and key, with the organisation whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import NotFound


@dataclass(frozen=True)
class AboutRecord:
    """A record in the words that its page uses."""

    kind: str
    key: str
    name: str
    organisation_code: str
    topic: str | None = None


# Kind -> its row by key; the key of completeness is organisation:year:topic.
_RECORDS: Mapping[str, str] = {
    "project": "SELECT p.code, p.name_th, p.organisation_code, NULL FROM project p WHERE p.code = :key",
    "plan": "SELECT n.id::text, n.name_th, n.organisation_code, 'PLAN' FROM plan n WHERE n.id::text = :key",
    "plan_version": (
        "SELECT v.id::text, n.name_th || ' ' || v.number, n.organisation_code, 'PLAN' FROM plan_version v"
        " JOIN plan n ON n.id = v.plan_id WHERE v.id::text = :key"
    ),
    "budget_document": (
        "SELECT d.id::text, d.title, d.organisation_code, 'BUDGET' FROM budget_document d WHERE d.id::text = :key"
    ),
    "completeness": (
        "SELECT :key, c.name_th || ' ปีงบ ' || split_part(:key, ':', 2), o.code, c.code FROM organisation o"
        " JOIN completeness_topic c ON c.code = split_part(:key, ':', 3)"
        " WHERE o.code = split_part(:key, ':', 1) AND cardinality(string_to_array(:key, ':')) = 3"
        " AND split_part(:key, ':', 2) ~ '^25[4-9][0-9]$|^26[0-3][0-9]$'"
    ),
}
KINDS = tuple(_RECORDS)


def record_of(session: Session, kind: str, key: str) -> AboutRecord:
    """The record.

    Raises
    ------
    NotFound
        ``message_record_not_found``: no such kind, or none of this key.
    """
    row = session.execute(sa.text(_RECORDS[kind]), {"key": key}).one_or_none() if kind in _RECORDS else None
    if row is None:
        raise NotFound("message_record_not_found", {"record": f"{kind} {key}"[:80]})
    return AboutRecord(kind, row[0], row[1] or row[0], row[2], row[3])


def record_address(kind: str, key: str) -> str:
    """Page of a record."""
    if kind == "completeness":
        organisation, year, topic = [*key.split(":"), "", ""][:3]
        return f"/monitoring/items?organisation={organisation}&fiscal_year={year}&topic={topic}"
    beginnings = {"project": "/projects/", "plan": "/plans/", "plan_version": "/plan-versions/"}
    return f"{beginnings.get(kind, '/budget-documents/')}{key}"
