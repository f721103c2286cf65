"""What an officer did on a day, read from the change log; and the reports that were made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.completeness import NAMES
from gis.thai import ZONE

ACTS = ("entered", "verified", "returned", "figures", "decided", "commented", "reminded", "other")
"""What officers do, as the log shows it: entered on behalf, coordinates verified and returned, verdicts on figures,
decisions on duplicates, comments, organisations reminded of a task, and what is none of these."""

# Table of a line -> head of reporting of the letters.
TOPIC_OF: Mapping[str, str] = {
    "organisation_profile": "LAO_DATA",
    "community": "POPULATION",
    "organisation_population": "POPULATION",
    "plan": "VISION",
    "local_strategy": "STRATEGY",
    "local_tactic": "STRATEGY",
    "local_strategy_alignment": "STRATEGY",
    "plan_version": "PLAN",
    "plan_version_step": "PLAN",
    "plan_project": "PLAN",
    "plan_project_amount": "PLAN",
    "plan_upload": "PLAN",
    "action_plan": "PLAN",
    "action_plan_line": "PLAN",
    "project": "PLAN",
    "budget_document": "BUDGET",
    "budget_transfer": "BUDGET",
    "budget_transfer_line": "BUDGET",
    "appropriation": "BUDGET",
    "carry_over": "BUDGET",
    "fiscal_year_close": "BUDGET",
    "contract": "CONTRACT",
    "contract_amendment": "CONTRACT",
    "contract_instalment": "CONTRACT",
    "contract_penalty": "CONTRACT",
    "progress_report": "CONTRACT",
    "disbursement": "DISBURSEMENT",
    "finance_month": "FINANCE",
    "project_geometry": "COORDINATES",
    "coordinate_answer": "COORDINATES",
    "attachment": "COORDINATES",
    "evaluation_result": "EVALUATION",
    "evaluation_posting": "EVALUATION",
}
OTHER_TOPIC = "OTHER"


@dataclass
class Acts:
    """What was done for one organisation.

    Parameters
    ----------
    counts
        Records by what was done (:data:`ACTS`).
    topics
        Records entered on behalf, by head of reporting.
    receipts
        Requests under which something was entered on behalf.
    """

    organisation_code: str
    organisation_name: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACTS, 0))
    topics: dict[str, int] = field(default_factory=dict)
    receipts: int = 0


# A project whose status follows is told by the line beside it, and so is the comment of a returned figure; what the
# officer writes of the report itself is no act. Reminders are messages, which the log does not hold.
_LINES = """
WITH lines AS MATERIALIZED (
    SELECT l.*, coalesce(l.after, l.before) AS held,
           bool_or(entity <> 'project' OR action <> 'update') OVER (PARTITION BY request_id) AS has_other,
           bool_or(entity = 'figure_verdict') OVER (PARTITION BY request_id) AS has_verdict
    FROM change_log l
    WHERE l.at >= :begins AND l.at < :ends AND l.user_id = :officer
      AND l.entity NOT IN ('daily_report', 'officer_call', 'project_segment', 'evaluation_file')
), told AS (
    SELECT DISTINCT entity, entity_key, request_id,
           coalesce(l.on_behalf_of, p.organisation_code, l.held ->> 'organisation_code') AS organisation_code,
           CASE WHEN l.on_behalf_of IS NOT NULL THEN 'entered'
                WHEN l.entity = 'project_geometry' AND l.held ->> 'status' = 'VERIFIED' THEN 'verified'
                WHEN l.entity = 'project_geometry' AND l.held ->> 'status' = 'RETURNED' THEN 'returned'
                WHEN l.entity = 'figure_verdict' THEN 'figures'
                WHEN l.entity = 'duplicate_decision' THEN 'decided'
                WHEN l.entity = 'review_comment' THEN 'commented'
                ELSE 'other' END AS act,
           CASE WHEN l.entity = 'grant_allotment' THEN l.held ->> 'kind' END AS grant_kind
    FROM lines l LEFT JOIN project p ON p.id = l.project_id
    WHERE l.request_id IS NULL OR NOT (
        (l.entity = 'project' AND l.action = 'update' AND l.has_other)
        OR (l.entity = 'review_comment' AND l.has_verdict))
    UNION ALL
    SELECT 'reminder', CAST(r.id AS text), NULL, r.organisation_code, 'reminded', NULL
    FROM reminder r WHERE r.sent_at >= :begins AND r.sent_at < :ends AND r.sent_by = :officer
)
SELECT t.organisation_code, {names} AS organisation_name, t.act, t.entity, max(t.grant_kind) AS grant_kind,
       count(DISTINCT (t.entity, t.entity_key)) AS records
FROM told t JOIN organisation o ON o.code = t.organisation_code JOIN lao_type y ON y.code = o.type_code
GROUP BY t.organisation_code, 2, t.act, t.entity
ORDER BY 2, t.organisation_code, t.act, t.entity
""".replace("{names}", NAMES)
_RECEIPTS = """
SELECT on_behalf_of, count(DISTINCT request_id) AS receipts FROM change_log
WHERE at >= :begins AND at < :ends AND user_id = :officer AND on_behalf_of IS NOT NULL GROUP BY 1
"""


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Midnight of a day in Thailand, and that of the next."""
    begins = datetime.combine(day, time(), ZONE)
    return begins, begins + timedelta(days=1)


def acts_of_day(session: Session, officer_id: int, day: date) -> list[Acts]:
    """What an officer did on a day in Thailand, by organisation; nothing is an empty list."""
    begins, ends = day_bounds(day)
    asked = {"officer": officer_id, "begins": begins, "ends": ends}
    found: dict[str, Acts] = {}
    for row in session.execute(sa.text(_LINES), asked):
        acts = found.setdefault(row.organisation_code, Acts(row.organisation_code, row.organisation_name))
        acts.counts[row.act] += row.records
        if row.act == "entered":
            topic = row.grant_kind or TOPIC_OF.get(row.entity, OTHER_TOPIC)
            acts.topics[topic] = acts.topics.get(topic, 0) + row.records
    for row in session.execute(sa.text(_RECEIPTS), asked):
        if row.on_behalf_of in found:
            found[row.on_behalf_of].receipts = row.receipts
    return list(found.values())


@dataclass(frozen=True)
class CallView:
    """A call or visit that the officer wrote down."""

    id: int
    organisation_code: str
    organisation_name: str
    kind: str
    subject: str
    created_at: datetime


_CALLS = """
SELECT c.id, c.organisation_code, {names} AS organisation_name, c.kind, c.subject, c.created_at
FROM officer_call c JOIN organisation o ON o.code = c.organisation_code JOIN lao_type y ON y.code = o.type_code
WHERE c.officer_id = :officer AND c.day = :day AND c.removed_at IS NULL ORDER BY c.id
""".replace("{names}", NAMES)


def calls_of_day(session: Session, officer_id: int, day: date) -> list[CallView]:
    """Calls of a day in the order in which they were written down."""
    rows = session.execute(sa.text(_CALLS), {"officer": officer_id, "day": day})
    return [CallView(**row._mapping) for row in rows]


@dataclass(frozen=True)
class ReportView:
    """A version of a day's report."""

    id: int
    officer_id: int
    officer_name: str
    province_code: str
    day: date
    version: int
    reason: str | None
    status: str
    remarks: str | None
    content_sha256: str | None
    sent_at: datetime | None
    decided_at: datetime | None
    decided_by_name: str | None
    decision_note: str | None
    row_version: int


_REPORT = """
SELECT id, officer_id, officer_name, province_code, day, version, reason, status, remarks, content_sha256, sent_at,
       decided_at, decided_by_name, decision_note, row_version
FROM daily_report
"""


def reports_of(session: Session, officer_id: int, province_code: str, day: date) -> list[ReportView]:
    """Versions of a day's report, the newest first."""
    rows = session.execute(
        sa.text(
            f"{_REPORT} WHERE (officer_id, province_code, day) = (:officer, :province, :day) ORDER BY version DESC"
        ),
        {"officer": officer_id, "province": province_code, "day": day},
    )
    return [ReportView(**row._mapping) for row in rows]


def reports_between(
    session: Session, provinces: Sequence[str] | None, first: date, last: date, *, officer_id: int | None = None
) -> list[ReportView]:
    """The newest version of every report of some days, in provinces or everywhere."""
    rows = session.execute(
        sa.text(
            f"SELECT * FROM (SELECT DISTINCT ON (officer_id, province_code, day) * FROM ({_REPORT}) r"
            " WHERE day BETWEEN :first AND :last"
            " AND (CAST(:provinces AS text[]) IS NULL OR province_code = ANY (:provinces))"
            " AND (CAST(:officer AS bigint) IS NULL OR officer_id = :officer)"
            " ORDER BY officer_id, province_code, day, version DESC) n ORDER BY day DESC, officer_name, officer_id"
        ),
        {
            "first": first,
            "last": last,
            "provinces": None if provinces is None else list(provinces),
            "officer": officer_id,
        },
    )
    return [ReportView(**row._mapping) for row in rows]


def waiting_for_signature(
    session: Session, provinces: Sequence[str], signer_id: int | None
) -> tuple[int, int, date] | None:
    """Reports that wait to be signed, but for the signer's own: how many, and officer and day of the oldest."""
    newest = (
        "SELECT DISTINCT ON (officer_id, province_code, day) officer_id, day, status FROM daily_report"
        " WHERE province_code = ANY (:provinces) ORDER BY officer_id, province_code, day, version DESC"
    )
    row = session.execute(
        sa.text(
            f"SELECT count(*) OVER () AS reports, officer_id, day FROM ({newest}) n"
            " WHERE status = 'SENT' AND officer_id IS DISTINCT FROM :signer ORDER BY day, officer_id LIMIT 1"
        ),
        {"provinces": list(provinces), "signer": signer_id},
    ).one_or_none()
    return None if row is None else (row.reports, row.officer_id, row.day)


@dataclass(frozen=True)
class Officer:
    """An officer of a province, with the days on which the role was held."""

    id: int
    name: str
    province_code: str
    province_name: str
    since: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        """True on a day on which a report is due."""
        return self.since <= day <= (self.until or day)


_OFFICERS = """
SELECT u.id, u.display_name AS name, m.area_code AS province_code, a.name_th AS province_name,
       coalesce(m.valid_from, (u.created_at AT TIME ZONE 'Asia/Bangkok')::date) AS since, m.valid_to AS until
FROM membership m JOIN user_account u ON u.id = m.user_id JOIN area a ON a.code = m.area_code
WHERE m.role_code = 'PROV_OFFICER' AND length(m.area_code) = 2
  AND (u.active OR m.valid_to IS NOT NULL)
  AND (CAST(:provinces AS text[]) IS NULL OR m.area_code = ANY (:provinces))
  AND (CAST(:officer AS bigint) IS NULL OR u.id = :officer)
ORDER BY m.area_code, u.display_name, u.id
"""


def officers(
    session: Session, provinces: Sequence[str] | None = None, *, officer_id: int | None = None
) -> list[Officer]:
    """Officers of provinces, or of all."""
    rows: Any = session.execute(
        sa.text(_OFFICERS),
        {"provinces": None if provinces is None else list(provinces), "officer": officer_id},
    )
    return [Officer(**row._mapping) for row in rows]


def organisations_of_province(session: Session, province_code: str) -> list[tuple[str, str]]:
    """Codes and names of the organisations that an officer of a province looks after."""
    rows = session.execute(
        sa.text(
            f"SELECT o.code, {NAMES} AS name FROM organisation o JOIN lao_type y ON y.code = o.type_code"
            " WHERE o.province_code = :province AND o.type_code <> 'AGENCY' ORDER BY 2, 1"
        ),
        {"province": province_code},
    )
    return [(row.code, row.name) for row in rows]
