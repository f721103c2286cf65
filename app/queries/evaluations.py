"""Results of rounds of monitoring and evaluation: the works they tell of, their versions, files and postings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.funnel import OF_PROJECT
from app.queries.project_filter import DATED_STAGES, STAGES, ProjectFilter, conditions


@dataclass(frozen=True)
class Work:
    """A project-year of a result.

    Parameters
    ----------
    stage
        How many steps of the funnel it has come (1 to 6).
    baht
        What it is worth in each step, as the funnel counts it.
    wants_place
        True for roads and water works that are carried out: they have coordinates to be verified.
    """

    code: str
    name_th: str
    form: str | None
    strategy_id: int | None
    strategy: str | None
    kind: str
    status: str
    stage: int
    baht: tuple[Decimal, ...]
    geometry_status: str
    wants_place: bool

    @property
    def verified(self) -> bool:
        """True when its coordinates were verified."""
        return self.wants_place and self.geometry_status == "VERIFIED"


_DATED = ", ".join(f"sum(q.{stage}) AS {stage}, sum(q.{stage}_baht) AS {stage}_baht" for stage in DATED_STAGES)
_WORKS = """
SELECT p.code, p.name_th, p.plan_form AS form, l.local_strategy_id AS strategy_id,
       t.code || ' ' || t.name_th AS strategy, p.kind, p.status, p.geometry_status,
       p.kind IN ('road', 'water') AND p.status NOT IN ('CANCELLED', 'DEFERRED') AS wants_place, {measures}
FROM project p
CROSS JOIN LATERAL (
    SELECT funnel_stage(p.status, p.budget_baht, p.contracted_baht, p.disbursed_baht) AS stage OFFSET 0) AS s
CROSS JOIN LATERAL (SELECT {of_project}) AS n
LEFT JOIN LATERAL (
    SELECT {dated} FROM read_funnel_quarter q WHERE q.project_id = p.id AND q.quarter <= :at_quarter) AS d ON true
LEFT JOIN plan_project l ON l.id = p.plan_project_id
LEFT JOIN local_strategy t ON t.id = l.local_strategy_id
WHERE {where}
ORDER BY t.code COLLATE "th-x-icu" NULLS LAST, t.id NULLS LAST, p.plan_form NULLS LAST, p.code
"""


def works(session: Session, organisation_code: str, year_be: int, at_quarter: int | None) -> list[Work]:
    """Every project-year of an organisation and fiscal year, by strategy and form.

    Steps and sums are those of :func:`app.queries.funnel.funnel` for the same filter, work by work.
    """
    found = conditions(ProjectFilter(organisation=(organisation_code,), fiscal_year=(year_be,)), Visibility.STAFF)
    measures = ", ".join(
        f"{_measure(name, at_quarter)} AS {name}" for stage in STAGES for name in (stage, f"{stage}_baht")
    )
    statement = _WORKS.format(measures=measures, of_project=OF_PROJECT, dated=_DATED, where=found.where)
    rows = session.execute(sa.text(statement), {**found.parameters, "at_quarter": at_quarter}).mappings()
    return [
        Work(
            code=row["code"],
            name_th=row["name_th"],
            form=row["form"],
            strategy_id=row["strategy_id"],
            strategy=row["strategy"],
            kind=row["kind"],
            status=row["status"],
            stage=sum(int(row[stage]) for stage in STAGES),
            baht=tuple(Decimal(row[f"{stage}_baht"]) for stage in STAGES),
            geometry_status=row["geometry_status"],
            wants_place=row["wants_place"],
        )
        for row in rows
    ]


def _measure(name: str, at_quarter: int | None) -> str:
    dated = at_quarter is not None and name.removesuffix("_baht") in DATED_STAGES
    return f"coalesce(d.{name}, 0)" if dated else f"n.{name}"


@dataclass(frozen=True)
class ResultView:
    """A version of the result of a round."""

    id: int
    organisation_code: str
    organisation_name: str
    province_code: str | None
    amphoe_code: str | None
    fiscal_year_be: int
    period: int
    version: int
    status: str
    committee_met_on: date | None
    committee_reference: str | None
    committee_remarks: str | None
    replaces_id: int | None
    reason: str | None
    content_sha256: str | None
    sealed_at: datetime | None
    sealed_by: int | None
    sealed_by_name: str | None
    decided_at: datetime | None
    decided_by_name: str | None
    decision_note: str | None
    submitted_on: date | None
    submitted_reference: str | None
    submitted_late_reason: str | None
    announced_on: date | None
    announced_late_reason: str | None
    announced_by_name: str | None
    row_version: int
    created_by_name: str
    replaced_by: int | None

    @property
    def replaced(self) -> bool:
        """True when a later version was announced in its place."""
        return self.replaced_by is not None


_RESULT = """
SELECT e.id, e.organisation_code, o.full_name_th AS organisation_name, o.province_code, o.amphoe_code, e.fiscal_year_be,
       e.period, e.version, e.status, e.committee_met_on, e.committee_reference, e.committee_remarks, e.replaces_id,
       e.reason, e.content_sha256, e.sealed_at, e.sealed_by, e.sealed_by_name, e.decided_at, e.decided_by_name,
       e.decision_note, e.submitted_on, e.submitted_reference, e.submitted_late_reason, e.announced_on,
       e.announced_late_reason, e.announced_by_name, e.row_version, e.created_by_name,
       (SELECT max(n.id) FROM evaluation_result n
        WHERE n.organisation_code = e.organisation_code AND n.fiscal_year_be = e.fiscal_year_be
          AND n.period = e.period AND n.version > e.version AND n.status = 'ANNOUNCED') AS replaced_by
FROM evaluation_result e JOIN organisation o ON o.code = e.organisation_code
"""


def result(session: Session, result_id: int) -> ResultView | None:
    """One version; ``None`` when there is none."""
    row = session.execute(sa.text(f"{_RESULT} WHERE e.id = :id"), {"id": result_id}).one_or_none()
    return None if row is None else ResultView(**row._mapping)


def results_of(
    session: Session, organisation_code: str, *, year_be: int | None = None, announced: bool = False
) -> list[ResultView]:
    """Versions of an organisation, the newest first: of a fiscal year, or only what was announced."""
    rows = session.execute(
        sa.text(
            f"{_RESULT} WHERE e.organisation_code = :code"
            " AND (CAST(:year AS integer) IS NULL OR e.fiscal_year_be = :year)"
            " AND (NOT :announced OR e.status = 'ANNOUNCED')"
            " ORDER BY e.fiscal_year_be DESC, e.period DESC, e.version DESC LIMIT 200"
        ),
        {"code": organisation_code, "year": year_be, "announced": announced},
    )
    return [ResultView(**row._mapping) for row in rows]


def sealed_text(session: Session, sha256: str) -> str | None:
    """The text with this digest."""
    found: str | None = session.scalar(
        sa.text("SELECT content FROM sealed_content WHERE sha256 = :sha"), {"sha": sha256}
    )
    return found


@dataclass(frozen=True)
class FileView:
    """The sealed document as a file."""

    format: str
    sha256: str
    byte_count: int
    created_at: datetime


def files_of(session: Session, result_id: int) -> dict[str, FileView]:
    """Files of a version by format."""
    rows = session.execute(
        sa.text(
            "SELECT format, sha256, byte_count, created_at FROM evaluation_file WHERE evaluation_result_id = :id"
            " ORDER BY format"
        ),
        {"id": result_id},
    )
    return {row.format: FileView(**row._mapping) for row in rows}


@dataclass(frozen=True)
class PostingView:
    """Where a result was posted."""

    id: int
    evaluation_result_id: int
    place: str
    address: str
    posted_from: date
    posted_to: date | None
    file_name: str | None
    file_sha256: str | None
    file_bytes: int | None
    statement_sha256: str
    created_at: datetime
    created_by_name: str
    withdrawn_at: datetime | None
    withdrawn_reason: str | None


_POSTINGS = """
SELECT id, evaluation_result_id, place, address, posted_from, posted_to, file_name, file_sha256, file_bytes,
       statement_sha256, created_at, created_by_name, withdrawn_at, withdrawn_reason
FROM evaluation_posting
"""


def postings_of(session: Session, *result_ids: int) -> list[PostingView]:
    """Postings of versions, the first first."""
    rows = session.execute(
        sa.text(f"{_POSTINGS} WHERE evaluation_result_id = ANY(:ids) ORDER BY posted_from, id"),
        {"ids": list(result_ids)},
    )
    return [PostingView(**row._mapping) for row in rows]


@dataclass(frozen=True)
class Seal:
    """The line of the change log that tells of a record, and the block that it is sealed in."""

    line: int
    at: datetime
    block: int | None
    block_sha256: str | None
    sealed_at: datetime | None


_SEAL = """
SELECT l.id AS line, l.at, b.number AS block, b.block_sha256, b.sealed_at
FROM (
    SELECT id, at FROM change_log
    WHERE entity = :entity AND entity_key = :key AND coalesce(after, '{{}}') @> CAST(:holds AS jsonb)
    ORDER BY id LIMIT 1
) l
LEFT JOIN LATERAL (
    SELECT number, block_sha256, sealed_at FROM audit_block WHERE seen_id >= l.id AND ids @> l.id
    ORDER BY seen_id LIMIT 1
) b ON true
""".replace("{{}}", "{}")


def seal_of(session: Session, entity: str, key: int, holds: str) -> Seal | None:
    """Where the log tells of a record that holds these values (JSON); ``None`` when it does not."""
    row = session.execute(sa.text(_SEAL), {"entity": entity, "key": str(key), "holds": holds}).one_or_none()
    return None if row is None else Seal(**row._mapping)


@dataclass(frozen=True)
class Evidence:
    """What a digest is of: an announced result (``content``), one of its files, or a posting of it.

    Parameters
    ----------
    kind
        ``content``, ``pdf``, ``xlsx`` or ``posting``.
    key
        Of the record that the log tells of.
    """

    kind: str
    result_id: int
    key: int


_EVIDENCE = """
SELECT 'content' AS kind, e.id AS result_id, e.id AS key FROM evaluation_result e
WHERE e.content_sha256 = :sha AND e.status = 'ANNOUNCED'
UNION ALL
SELECT f.format, e.id, f.id FROM evaluation_file f JOIN evaluation_result e ON e.id = f.evaluation_result_id
WHERE f.sha256 = :sha AND e.status = 'ANNOUNCED'
UNION ALL
SELECT 'posting', p.evaluation_result_id, p.id FROM evaluation_posting p WHERE p.statement_sha256 = :sha
ORDER BY 2 LIMIT 1
"""


def evidence(session: Session, sha256: str) -> Evidence | None:
    """What everybody may verify by this digest; ``None`` for what was not announced."""
    row: Any = session.execute(sa.text(_EVIDENCE), {"sha": sha256}).one_or_none()
    return None if row is None else Evidence(**row._mapping)


def own_forms(found: Sequence[Work], forms: Sequence[str | None]) -> list[Work]:
    """Those of some forms."""
    return [work for work in found if work.form in forms]
