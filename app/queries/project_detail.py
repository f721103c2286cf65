"""One project on one page: its place in the plan, its money step by step, its specification."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.projects import ProjectRow, project_row


@dataclass(frozen=True)
class PlanLink:
    """Line of a local development plan that a project comes from.

    Parameters
    ----------
    period, plan, version
        Names of the plan's period, of the plan, and of the issue ("เพิ่มเติม 2/2569").
    promulgated_on
        When that issue came into force.
    strategy, national_strategy, programme
        Names.
    form, page, line_number
        Where it stands in the book.
    amounts
        Planned baht per fiscal year.
    """

    period: str
    plan: str
    version: str
    promulgated_on: date | None
    name: str
    objective: str | None
    target: str | None
    strategy: str | None
    national_strategy: str | None
    programme: str | None
    form: str
    page: int | None
    line_number: int | None
    amounts: tuple[tuple[int, Decimal], ...]

    def amount_of(self, fiscal_year_be: int) -> Decimal | None:
        """Planned baht of one fiscal year."""
        return dict(self.amounts).get(fiscal_year_be)


@dataclass(frozen=True)
class AppropriationView:
    """Approved money from one source, and how much of it is paid."""

    id: int
    fund_source: str
    fund_source_name: str
    programme: str | None
    category: str | None
    amount_baht: Decimal
    paid_baht: Decimal
    legal_reference: str | None
    approved_on: date | None
    net_baht: Decimal
    in_force: bool
    row_version: int


@dataclass(frozen=True)
class ContractView:
    """A contract, and how much of it is paid; the name of a natural person is shown to few."""

    id: int
    number: str
    egp_number: str | None
    method: str | None
    contractor_name: str | None
    contractor_is_person: bool
    amount_baht: Decimal
    paid_baht: Decimal
    instalments: int | None
    signed_on: date
    start_on: date | None
    end_on: date | None
    kind: str
    final_baht: Decimal
    row_version: int


@dataclass(frozen=True)
class DisbursementView:
    """A payment."""

    id: int
    voucher_number: str | None
    paid_on: date
    instalment: int | None
    amount_baht: Decimal
    fund_source_name: str
    contract_number: str | None


@dataclass(frozen=True)
class SpecificationSegment:
    """A segment as the contract describes it."""

    seq: int
    surface_type: str | None
    width_m: Decimal | None
    length_m: Decimal | None
    area_m2: Decimal | None


@dataclass(frozen=True)
class ProjectDetail:
    """Everything about one project except its shapes and its history.

    Parameters
    ----------
    row
        As in lists.
    plan
        Its plan line, when it has one.
    appropriations, contracts, disbursements
        Money in order of time; contracts and payments are empty for whoever sees sums only.
    segments
        Specification.
    route_code, location_text, area_m2
        More about the work.
    """

    row: ProjectRow
    plan: PlanLink | None
    appropriations: tuple[AppropriationView, ...]
    contracts: tuple[ContractView, ...]
    disbursements: tuple[DisbursementView, ...]
    segments: tuple[SpecificationSegment, ...]
    route_code: str | None
    location_text: str | None
    area_m2: Decimal | None


def project_detail(
    session: Session, code: str, *, sight: Visibility, names_of_persons: bool, language: str = "th"
) -> ProjectDetail | None:
    """One project; ``None`` when there is none to be seen.

    Parameters
    ----------
    session, code, sight
        Which project, and with whose eyes.
    names_of_persons
        Whether contractors who are natural persons are named.
    language
        Language of the names of codes.
    """
    row = project_row(session, code, sight=sight)
    if row is None:
        return None
    name = "name_en" if language == "en" else "name_th"
    more = session.execute(
        sa.text("SELECT route_code, location_text, area_m2, plan_project_id FROM project WHERE id = :id"),
        {"id": row.id},
    ).one()
    only_sums = sight is not Visibility.STAFF
    return ProjectDetail(
        row=row,
        plan=None if more.plan_project_id is None else _plan(session, more.plan_project_id, name),
        appropriations=_appropriations(session, row.id, name, only_sums),
        contracts=() if only_sums else _contracts(session, row.id, name, names_of_persons),
        disbursements=() if only_sums else _disbursements(session, row.id, name),
        segments=_segments(session, row.id),
        route_code=more.route_code,
        location_text=more.location_text,
        area_m2=more.area_m2,
    )


_BARE_NUMBER = re.compile(r"(ครั้งที่|ฉบับที่)?\s*\d")

_PLAN = """
SELECT e.name_th AS period, pl.name_th AS plan,
       array_to_string(ARRAY(SELECT c.{name} FROM plan_change_type c WHERE c.code = ANY(v.change_types) ORDER BY c.seq),
                       ' ') AS changes,
       v.number, v.promulgated_on, l.name_th AS name, l.objective, l.target, s.name_th AS strategy,
       n.{name} AS national_strategy, b.{name} AS programme, l.form, l.page, l.line_number,
       ARRAY(SELECT ARRAY[a.fiscal_year_be, a.amount_baht] FROM plan_project_amount a WHERE a.plan_project_id = l.id
             ORDER BY a.fiscal_year_be) AS amounts
FROM plan_project l
JOIN plan_version v ON v.id = l.plan_version_id
JOIN plan pl ON pl.id = v.plan_id
JOIN plan_period e ON e.id = pl.plan_period_id
LEFT JOIN local_strategy s ON s.id = l.local_strategy_id
LEFT JOIN national_strategy n ON n.code = s.national_strategy_code
LEFT JOIN budget_programme b ON b.code = l.programme_code
WHERE l.id = :line
"""


def _plan(session: Session, line: int, name: str) -> PlanLink:
    row = session.execute(sa.text(_PLAN.format(name=name)), {"line": line}).one()
    values: dict[str, Any] = dict(row._mapping)
    changes, number = values.pop("changes"), values.pop("number")
    # A number that is written in words of its own says the kind of change already.
    values["version"] = f"{changes} {number}".strip() if _BARE_NUMBER.match(number) else number
    values["amounts"] = tuple((int(year), Decimal(amount)) for year, amount in row.amounts)
    return PlanLink(**values)


def _appropriations(session: Session, project_id: int, name: str, only_sums: bool) -> tuple[AppropriationView, ...]:
    rows = session.execute(
        sa.text(
            f"SELECT a.id, a.fund_source_code AS fund_source, f.{name} AS fund_source_name, b.{name} AS programme,"
            f" e.{name} AS category, a.amount_baht,"
            " coalesce((SELECT sum(d.amount_baht) FROM disbursement d WHERE d.appropriation_id = a.id), 0)"
            " AS paid_baht, a.legal_reference, a.approved_on, a.net_baht, a.in_force, a.row_version"
            " FROM appropriation a JOIN fund_source f ON f.code = a.fund_source_code"
            " LEFT JOIN budget_programme b ON b.code = a.programme_code"
            " LEFT JOIN expenditure_category e ON e.code = a.expenditure_category_code"
            " WHERE a.project_id = :project AND a.removed_at IS NULL AND (a.in_force OR NOT :only_sums)"
            " ORDER BY a.approved_on NULLS FIRST, a.id"
        ),
        {"project": project_id, "only_sums": only_sums},
    )
    return tuple(AppropriationView(**row._mapping) for row in rows)


def _contracts(session: Session, project_id: int, name: str, named: bool) -> tuple[ContractView, ...]:
    rows = session.execute(
        sa.text(
            f"SELECT c.id, c.number, c.egp_number, m.{name} AS method,"
            " CASE WHEN c.contractor_is_person AND NOT :named THEN NULL ELSE c.contractor_name END AS contractor_name,"
            " c.contractor_is_person, c.amount_baht,"
            " coalesce((SELECT sum(d.amount_baht) FROM disbursement d WHERE d.contract_id = c.id), 0) AS paid_baht,"
            " c.instalments, c.signed_on, c.start_on, coalesce(c.extended_to, c.end_on) AS end_on,"
            " c.kind, c.final_baht, c.row_version"
            " FROM contract c LEFT JOIN procurement_method m ON m.code = c.procurement_method_code"
            " WHERE c.project_id = :project AND c.removed_at IS NULL ORDER BY c.signed_on, c.id"
        ),
        {"project": project_id, "named": named},
    )
    return tuple(ContractView(**row._mapping) for row in rows)


def _disbursements(session: Session, project_id: int, name: str) -> tuple[DisbursementView, ...]:
    rows = session.execute(
        sa.text(
            f"SELECT d.id, d.voucher_number, d.paid_on, d.instalment, d.amount_baht, f.{name} AS fund_source_name,"
            " c.number AS contract_number"
            " FROM disbursement d JOIN appropriation a ON a.id = d.appropriation_id"
            " JOIN fund_source f ON f.code = a.fund_source_code LEFT JOIN contract c ON c.id = d.contract_id"
            " WHERE d.project_id = :project ORDER BY d.paid_on, d.id"
        ),
        {"project": project_id},
    )
    return tuple(DisbursementView(**row._mapping) for row in rows)


def _segments(session: Session, project_id: int) -> tuple[SpecificationSegment, ...]:
    rows = session.execute(
        sa.text(
            "SELECT seq, surface_type_code AS surface_type, width_m, length_m, area_m2 FROM project_segment"
            " WHERE project_id = :project ORDER BY seq"
        ),
        {"project": project_id},
    )
    return tuple(SpecificationSegment(**row._mapping) for row in rows)
