"""What officers wrote for an organisation: each record as it stood then, and which records wait for its word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.history import Change

SHOWN_OF_A_REQUEST = 4


@dataclass(frozen=True)
class Written:
    """A record that a request of an officer wrote.

    Parameters
    ----------
    change
        What was done to it.
    stood
        Every column as it stood then, as the log writes them.
    contract_number, contractor_name, paper_number
        Of the contract that it is of, and of its budget document or transfer.
    records
        How many records the request wrote; only the first :data:`SHOWN_OF_A_REQUEST` are told.
    """

    change: Change
    stood: Mapping[str, Any]
    contract_number: str | None
    contractor_name: str | None
    paper_number: str | None
    records: int


@dataclass(frozen=True)
class EnteredMark:
    """Who wrote a record for the organisation, under which receipt; ``denied`` when it does not stand by it."""

    receipt: str
    by: str
    at: datetime
    denied: bool


# A project whose status follows, a contract whose sum follows: what was done stands in the lines beside them.
_WRITTEN = """
WITH lines AS (
    SELECT l.*, bool_or(entity <> 'project' OR action <> 'update') OVER (PARTITION BY request_id) AS has_other,
           bool_or(entity IN ('contract_amendment', 'contract_instalment')) OVER (PARTITION BY request_id) AS has_terms
    FROM change_log l WHERE l.on_behalf_of = :organisation AND l.request_id = ANY(:requests)
), told AS (
    SELECT l.*, row_number() OVER (PARTITION BY request_id ORDER BY id) AS place,
           count(*) OVER (PARTITION BY request_id) AS records
    FROM lines l
    WHERE NOT (entity = 'project' AND action = 'update' AND has_other)
      AND NOT (entity = 'contract' AND action = 'update' AND has_terms)
      AND entity NOT IN ('project_segment', 'change_log')
)
SELECT c.*, s.stood, p.code AS project_code, p.name_th AS project_name, k.number AS contract_number,
       CASE WHEN :named OR NOT k.contractor_is_person THEN k.contractor_name END AS contractor_name,
       coalesce(d.number, t.number) AS paper_number
FROM (SELECT * FROM told WHERE place <= :each) c
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_object_agg(e.key, e.value ORDER BY f.id), '{}') AS stood
    FROM change_log f CROSS JOIN LATERAL jsonb_each(coalesce(f.after, f.before)) e
    WHERE f.entity = c.entity AND f.entity_key = c.entity_key AND f.id <= c.id
) s
LEFT JOIN project p ON p.id = c.project_id
LEFT JOIN contract k
    ON k.id = CASE c.entity WHEN 'contract' THEN c.entity_key ELSE s.stood ->> 'contract_id' END ::bigint
LEFT JOIN budget_document d ON d.id = (s.stood ->> 'budget_document_id') ::bigint
LEFT JOIN budget_transfer t ON t.id = (s.stood ->> 'budget_transfer_id') ::bigint
ORDER BY c.id
"""
_MARKS = """
SELECT DISTINCT ON (l.entity, l.entity_key) l.entity, l.entity_key, l.request_id, l.user_name, l.at,
       o.decision IS NOT NULL AS denied
FROM change_log l
LEFT JOIN on_behalf_decision o ON o.request_id = l.request_id AND o.organisation_code = l.on_behalf_of
WHERE {which} AND l.on_behalf_of IS NOT NULL AND l.request_id IS NOT NULL
  AND o.decision IS DISTINCT FROM 'CONFIRMED'
ORDER BY l.entity, l.entity_key, l.id DESC
"""


def written_on_behalf(
    session: Session, organisation_code: str, request_ids: Sequence[str], *, named: bool
) -> dict[str, list[Written]]:
    """The first records of each request, by request; ``named`` tells whether natural persons are named."""
    values = {
        "organisation": organisation_code,
        "requests": list(request_ids),
        "each": SHOWN_OF_A_REQUEST,
        "named": named,
    }
    found: dict[str, list[Written]] = {}
    for row in session.execute(sa.text(_WRITTEN), values):
        found.setdefault(row.request_id, []).append(_written(row))
    return found


def marks_of_project(session: Session, project_id: int) -> dict[str, EnteredMark]:
    """Records of a project that an officer wrote and the organisation has not confirmed, by ``entity-key``."""
    return _marks(session, "l.project_id = :project AND l.entity <> 'project'", {"project": project_id})


def mark_of_record(session: Session, entity: str, key: int) -> EnteredMark | None:
    """The same of one record."""
    marks = _marks(session, "l.entity = :entity AND l.entity_key = :key", {"entity": entity, "key": str(key)})
    return next(iter(marks.values()), None)


def _marks(session: Session, which: str, values: Mapping[str, Any]) -> dict[str, EnteredMark]:
    rows = session.execute(sa.text(_MARKS.format(which=which)), values)
    return {
        f"{row.entity}-{row.entity_key}": EnteredMark(row.request_id, row.user_name, row.at, row.denied) for row in rows
    }


def _written(row: Any) -> Written:
    change = Change(
        at=row.at,
        by=row.user_name,
        on_behalf_of=row.on_behalf_of,
        entity=row.entity,
        action=row.action,
        before=row.before or {},
        after=row.after or {},
        receipt=row.request_id,
        id=row.id,
        key=row.entity_key,
        project_code=row.project_code,
        project_name=row.project_name,
    )
    return Written(change, row.stood, row.contract_number, row.contractor_name, row.paper_number, row.records)
