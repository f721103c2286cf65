"""How much work waits where: counts for the first page of a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

_COUNTS = """
    count(*) AS projects,
    count(*) FILTER (WHERE p.geometry_status IN ('NONE', 'DRAFT', 'RETURNED')) AS awaiting,
    count(*) FILTER (WHERE p.geometry_status = 'RETURNED') AS returned,
    count(*) FILTER (WHERE p.geometry_status = 'SUBMITTED') AS submitted,
    count(*) FILTER (WHERE p.geometry_status = 'VERIFIED') AS verified,
    coalesce(sum(p.budget_baht), 0) AS budget_baht,
    coalesce(sum(p.contracted_baht), 0) AS contracted_baht,
    coalesce(sum(p.disbursed_baht), 0) AS disbursed_baht,
    coalesce(sum(p.budget_baht) FILTER (WHERE {apart}), 0) AS apart_baht,
    coalesce(sum(p.disbursed_baht) FILTER (WHERE {apart}), 0) AS apart_disbursed_baht""".format(
    # As app.queries.funnel.OWN_FORMS and funnel_stage() of the database have it.
    apart="p.plan_form <> 'ผ.02' OR p.status IN ('CANCELLED', 'DEFERRED')"
)


@dataclass(frozen=True)
class Workload:
    """Projects by what is to do with their coordinates, and their money.

    Parameters
    ----------
    projects
        All of them.
    awaiting
        Coordinates to enter or mend (none, draft, returned).
    returned, submitted, verified
        Sent back; waiting for the province; done.
    budget_baht, contracted_baht, disbursed_baht
        Sums.
    apart_baht, apart_disbursed_baht
        What of them the funnel and the overview do not count: other forms of the plan, and works that were stopped.
    """

    projects: int
    awaiting: int
    returned: int
    submitted: int
    verified: int
    budget_baht: Decimal
    contracted_baht: Decimal
    disbursed_baht: Decimal
    apart_baht: Decimal
    apart_disbursed_baht: Decimal


@dataclass(frozen=True)
class OrganisationWorkload:
    """The same for one organisation."""

    code: str
    name_th: str
    workload: Workload


def workload_of(session: Session, organisations: Iterable[str], fiscal_year_be: int | None) -> Workload:
    """Work of some organisations together, of one fiscal year or of all."""
    row = session.execute(
        sa.text(
            f"SELECT {_COUNTS} FROM project p WHERE p.organisation_code = ANY(:codes)"
            " AND (CAST(:year AS integer) IS NULL OR p.fiscal_year_be = :year)"
        ),
        {"codes": list(organisations), "year": fiscal_year_be},
    ).one()
    return Workload(*row)


def workload_by_organisation(
    session: Session, provinces: Iterable[str], amphoes: Iterable[str], fiscal_year_be: int | None
) -> list[OrganisationWorkload]:
    """Work of every organisation with its seat in the areas, the one with most to verify first.

    Organisations without projects stand in the list too: that they entered nothing is what an officer looks for.
    """
    rows = session.execute(
        sa.text(
            "SELECT o.code, CASE WHEN t.code = 'SPECIAL' THEN o.full_name_th"
            " ELSE coalesce(t.attributes->>'abbr_th', '') || o.name_th END AS name_th, w.*"
            f" FROM organisation o JOIN lao_type t ON t.code = o.type_code, LATERAL (SELECT {_COUNTS} FROM project p"
            "   WHERE p.organisation_code = o.code"
            "   AND (CAST(:year AS integer) IS NULL OR p.fiscal_year_be = :year)) w"
            " WHERE (o.province_code = ANY(:provinces) OR o.amphoe_code = ANY(:amphoes)) AND o.valid_to IS NULL"
            ' ORDER BY w.submitted DESC, w.awaiting DESC, o.name_th COLLATE "th-x-icu"'
        ),
        {"provinces": list(provinces), "amphoes": list(amphoes), "year": fiscal_year_be},
    )
    return [OrganisationWorkload(row[0], row[1], Workload(*row[2:])) for row in rows]


def total(loads: Iterable[OrganisationWorkload]) -> Workload:
    """Sum of a list: the total row comes from the same rows."""
    parts = [load.workload for load in loads]
    return Workload(
        projects=sum(part.projects for part in parts),
        awaiting=sum(part.awaiting for part in parts),
        returned=sum(part.returned for part in parts),
        submitted=sum(part.submitted for part in parts),
        verified=sum(part.verified for part in parts),
        budget_baht=sum((part.budget_baht for part in parts), Decimal(0)),
        contracted_baht=sum((part.contracted_baht for part in parts), Decimal(0)),
        disbursed_baht=sum((part.disbursed_baht for part in parts), Decimal(0)),
        apart_baht=sum((part.apart_baht for part in parts), Decimal(0)),
        apart_disbursed_baht=sum((part.apart_disbursed_baht for part in parts), Decimal(0)),
    )
