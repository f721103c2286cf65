"""The lines of a plan as a version leaves them.

A version holds only what it brings or touches; what stands at a version is, for every line, its newest row among the
versions in force up to there (and the version's own, while it is open).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

ENDED = ("WITHDRAWN", "MERGED")


@dataclass(frozen=True)
class PlanLine:
    """A line of a plan.

    Parameters
    ----------
    origin_id
        The line itself, the same in every version.
    id, version_id, version_seq
        The row that stands now, and the version it came with (``seq`` is ``None`` while that is open).
    change, merged_into_id, reason
        What that version did to it, into which line it went, and why.
    amounts
        Planned baht per fiscal year.
    """

    origin_id: int
    id: int
    version_id: int
    version_seq: int | None
    change: str
    merged_into_id: int | None
    reason: str | None
    form: str
    kind: str
    line_number: int | None
    page: int | None
    name_th: str
    objective: str | None
    target: str | None
    indicator: str | None
    expected_result: str | None
    department: str | None
    article_category: str | None
    article_type: str | None
    area_code: str | None
    location_text: str | None
    local_strategy_id: int | None
    local_tactic_id: int | None
    programme_code: str | None
    row_version: int
    updated_at: datetime
    amounts: Mapping[int, Decimal]

    @property
    def ended(self) -> bool:
        """True when it was withdrawn or merged into another."""
        return self.change in ENDED


COLUMNS = (
    "form",
    "kind",
    "line_number",
    "page",
    "name_th",
    "objective",
    "target",
    "indicator",
    "expected_result",
    "department",
    "article_category",
    "article_type",
    "area_code",
    "location_text",
    "local_strategy_id",
    "local_tactic_id",
    "programme_code",
)
"""What a line says beside its amounts; copied when a version touches it."""

_STANDING = f"""
SELECT DISTINCT ON (l.origin_id) l.origin_id, l.id, l.plan_version_id AS version_id, v.seq AS version_seq, l.change,
       l.merged_into_id, l.reason, {", ".join(f"l.{column}" for column in COLUMNS)}, l.row_version, l.updated_at
FROM plan_version asked
JOIN plan_version v ON v.plan_id = asked.plan_id AND (v.id = asked.id OR v.seq <= coalesce(asked.seq, 2147483647))
JOIN plan_project l ON l.plan_version_id = v.id AND l.removed_at IS NULL
WHERE asked.id = :version {{also}}
ORDER BY l.origin_id, v.seq DESC NULLS FIRST
"""

_WITH_AMOUNTS = """
SELECT s.*, ARRAY(SELECT ARRAY[a.fiscal_year_be, a.amount_baht] FROM plan_project_amount a
                  WHERE a.plan_project_id = s.id ORDER BY 1) AS amounts
FROM ({standing}) s
WHERE (CAST(:forms AS text[]) IS NULL OR s.form = ANY(CAST(:forms AS text[])))
  AND (:ended OR s.change NOT IN ('WITHDRAWN', 'MERGED') OR s.version_id = :version)
ORDER BY s.form, s.line_number NULLS LAST, s.origin_id
"""


def lines_at(
    session: Session,
    version_id: int,
    *,
    forms: Collection[str] | None = None,
    origins: Collection[int] | None = None,
    with_ended: bool = False,
) -> list[PlanLine]:
    """Lines as they stand at a version, in the order of the book.

    Parameters
    ----------
    session, version_id
        Which version; an open one shows what would stand if it came into force now.
    forms
        Only these forms.
    origins
        Only these lines.
    with_ended
        Also lines that an earlier version withdrew or merged; those that this version ends are always there.
    """
    also = "" if origins is None else "AND l.origin_id = ANY(CAST(:origins AS bigint[]))"
    rows = session.execute(
        sa.text(_WITH_AMOUNTS.format(standing=_STANDING.format(also=also))),
        {
            "version": version_id,
            "forms": None if forms is None else list(forms),
            "ended": with_ended,
            **({} if origins is None else {"origins": list(origins)}),
        },
    )
    return [_line(dict(row._mapping)) for row in rows]


def _line(values: dict[str, Any]) -> PlanLine:
    values["amounts"] = {int(year): Decimal(amount) for year, amount in values["amounts"]}
    return PlanLine(**values)


_HOLDING = """
SELECT l.merged_into_id, min(l.name_th) FROM plan_project l JOIN plan_version v ON v.id = l.plan_version_id
WHERE l.merged_into_id = ANY(:origins) AND l.removed_at IS NULL AND l.change = 'MERGED'
  AND v.status IN ('DRAFT', 'PROPOSED', 'RETURNED') GROUP BY 1
"""


def holding_others(session: Session, origins: Collection[int]) -> dict[int, str]:
    """Lines into which others went in a version that is still open, with the name of one of those."""
    return {origin: name for origin, name in session.execute(sa.text(_HOLDING), {"origins": list(origins)})}


@dataclass(frozen=True)
class LineProject:
    """A project of one year that a line became."""

    origin_id: int
    code: str
    fiscal_year_be: int
    status: str
    geometry_status: str
    budget_baht: Decimal


def projects_of_lines(session: Session, plan_id: int) -> dict[int, list[LineProject]]:
    """Projects of every line of a plan, by line."""
    rows = session.execute(
        sa.text(
            "SELECT l.origin_id, p.code, p.fiscal_year_be, p.status, p.geometry_status, p.budget_baht"
            " FROM plan_version v JOIN plan_project l ON l.plan_version_id = v.id"
            " JOIN project p ON p.plan_project_id = l.id WHERE v.plan_id = :plan ORDER BY p.fiscal_year_be, p.id"
        ),
        {"plan": plan_id},
    )
    found: dict[int, list[LineProject]] = {}
    for row in rows:
        found.setdefault(row.origin_id, []).append(LineProject(*row))
    return found
