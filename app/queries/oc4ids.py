"""Projects as the Open Contracting for Infrastructure Data Standard (OC4IDS 0.9.5) tells them: what is published only.

Source: https://standard.open-contracting.org/infrastructure/0.9/en/ (project schema 0.9.5). Natural persons are never
named and texts that staff write for each other are left out; coordinates are given where they are verified. Whatever is
not known is left out: the standard has no nulls. All of it is read from the public views (migration 0038).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.project_filter import ProjectFilter, conditions

VERSION = "0.9"
PREFIX = "oc4ids-eplan"
"""Prefix of our project identifiers. One that is ours alone is given out by the Open Contracting Partnership."""
MOST_PROJECTS = 500

_STATUS = {
    "BUDGET_APPROVED": "preparation",
    "PROCURING": "preparation",
    "CONTRACTED": "implementation",
    "DISBURSING": "implementation",
    "CARRIED_OVER": "implementation",
    "DISBURSED_FULL": "completion",
    "CLOSED": "completion",
}
_TYPE = {
    "BUILD": "construction",
    "DRILL": "construction",
    "DIG": "construction",
    "INSTALL": "construction",
    "IMPROVE": "rehabilitation",
    "REPAIR": "rehabilitation",
    "REBUILD": "rehabilitation",
    "OVERLAY": "rehabilitation",
    "DREDGE": "rehabilitation",
    "WIDEN": "expansion",
}
_SECTOR = {"road": ["transport", "transport.road"], "water": ["waterAndWaste"]}
_METHOD = {
    "E_MARKET": "open",
    "E_BIDDING": "open",
    "GENERAL_PRICE": "open",
    "SELECTION": "selective",
    "SPECIFIC": "direct",
}
_CLOSED = frozenset({"DISBURSED_FULL", "CLOSED"})

# One statement for a page of projects; what belongs to a project comes as JSON, in the order of its days.
_PROJECTS = """
WITH page AS MATERIALIZED (
    SELECT p.* FROM public_project p WHERE {where} AND p.id > :after ORDER BY p.id LIMIT :limit
)
SELECT p.id, p.code, p.name_th, p.kind, p.status, p.fiscal_year_be, p.updated_at, p.budget_baht, p.disbursed_baht,
    p.area_code, w.code AS nature, w.name_th AS nature_name, o.code AS organisation_code,
    o.full_name_th AS organisation_name, l.programme, l.programme_code, l.objective, l.target,
    (SELECT string_agg(a.name_th, ' ' ORDER BY length(a.code) DESC) FROM area a
     WHERE a.code IN (p.area_code, left(p.area_code, 4), left(p.area_code, 2))) AS place,
    (SELECT json_agg(ST_AsGeoJSON(part.geom, 6)::json ORDER BY part.path)
     FROM public_shape s CROSS JOIN LATERAL ST_Dump(s.geom) AS part WHERE s.project_id = p.id) AS shapes,
    (SELECT json_agg(json_build_object('id', a.id, 'fund', s.name_th, 'baht', a.net_baht, 'on', a.approved_on,
            'reference', a.legal_reference) ORDER BY a.approved_on, a.id)
     FROM public_appropriation a JOIN fund_source s ON s.code = a.fund_source_code
     WHERE a.project_id = p.id) AS appropriations,
    (SELECT json_agg(json_build_object('id', c.id, 'kind', c.kind, 'number', c.number, 'egp', c.egp_number,
            'method', c.procurement_method_code, 'method_name', m.name_th, 'person', c.contractor_is_person,
            'contractor', c.contractor_name, 'baht', c.amount_baht,
            'final', c.final_baht, 'signed', c.signed_on, 'start', c.start_on, 'end', c.end_on,
            'extended', c.extended_to,
            'amendments', (SELECT json_agg(json_build_object('seq', x.seq, 'on', x.signed_on, 'baht',
                    x.amount_change_baht, 'end', x.new_end_on) ORDER BY x.seq)
                FROM public_amendment x WHERE x.contract_id = c.id)) ORDER BY c.signed_on, c.id)
     FROM public_contract c LEFT JOIN procurement_method m ON m.code = c.procurement_method_code
     WHERE c.project_id = p.id) AS contracts,
    (SELECT json_agg(json_build_object('id', d.id, 'contract', d.contract_id, 'on', d.paid_on, 'baht', d.amount_baht)
            ORDER BY d.paid_on, d.id)
     FROM public_payment d WHERE d.project_id = p.id) AS payments
FROM page p JOIN organisation o ON o.code = p.organisation_code
LEFT JOIN work_nature w ON w.code = p.work_nature_code
LEFT JOIN public_plan_line l ON l.project_id = p.id
ORDER BY p.id
"""


@dataclass(frozen=True)
class ProjectPage:
    """A page of projects in the standard's form; ``next`` is the number to go on after, ``None`` at the end."""

    projects: tuple[dict[str, Any], ...]
    next: int | None


def oc4ids_projects(
    session: Session, narrowed: ProjectFilter, *, after: int = 0, limit: int = MOST_PROJECTS
) -> ProjectPage:
    """Published projects that a filter leaves, as OC4IDS project objects, by their number.

    Parameters
    ----------
    session, narrowed
        Which projects; only published ones are told, whoever asks.
    after, limit
        Where the page begins, and its size (at most :data:`MOST_PROJECTS`).
    """
    chosen = conditions(narrowed, Visibility.PUBLIC)
    size = min(limit, MOST_PROJECTS)
    rows = session.execute(
        sa.text(_PROJECTS.format(where=chosen.where)), {**chosen.parameters, "after": after, "limit": size + 1}
    ).all()
    found = tuple(project_object(row._mapping) for row in rows[:size])
    return ProjectPage(found, int(rows[size - 1].id) if len(rows) > size else None)


def project_object(row: Any) -> dict[str, Any]:
    """One project as an OC4IDS object."""
    organisation = {"id": f"TH-DLA-{row['organisation_code']}", "name": row["organisation_name"]}
    contracts, payments = row["contracts"] or [], row["payments"] or []
    suppliers = {c["contractor"]: _supplier(c) for c in contracts if c["contractor"]}
    closed = row["status"] in _CLOSED
    project = {
        "id": f"{PREFIX}-{row['code']}",
        "updated": row["updated_at"].isoformat(),
        "language": "th",
        "title": row["name_th"],
        "description": row["target"],
        "purpose": row["objective"],
        "status": _STATUS.get(row["status"]),
        "type": _TYPE.get(row["nature"]),
        "sector": _SECTOR.get(row["kind"]),
        "additionalClassifications": [_classification("TH-BUDGET-PROGRAMME", row["programme_code"], row["programme"])],
        "period": _fiscal_year(row["fiscal_year_be"]),
        "locations": _locations(row),
        "budget": _budget(row, organisation),
        "publicAuthority": organisation,
        "parties": [
            {
                **organisation,
                "identifier": {"scheme": "TH-DLA", "id": row["organisation_code"], "legalName": organisation["name"]},
                "roles": ["publicAuthority", "buyer", "procuringEntity", "payer"],
            },
            *({**reference, "roles": ["supplier", "payee"]} for reference in suppliers.values()),
        ],
        "contractingProcesses": [_process(c, payments, organisation, closed) for c in contracts],
        "completion": _completion(row, payments) if closed else None,
    }
    cleaned: dict[str, Any] = _without_nothing(project)
    return cleaned


def _classification(scheme: str, code: str | None, name: str | None) -> dict[str, Any]:
    return {"scheme": scheme, "id": code, "description": name} if code else {}


def _fiscal_year(year_be: int) -> dict[str, str]:
    """Fiscal year N (B.E.) runs from 1 October N-544 to 30 September N-543 (C.E.)."""
    return {"startDate": f"{year_be - 544}-10-01T00:00:00+07:00", "endDate": f"{year_be - 543}-09-30T23:59:59+07:00"}


def _locations(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    code = row["area_code"]
    common = {
        "description": row["place"],
        "gazetteer": {"scheme": "TH-TIS1099", "identifiers": [code]} if code else None,
    }
    shapes = row["shapes"] or ([None] if code or common["description"] else [])
    return [{"id": str(n), **common, "geometry": shape} for n, shape in enumerate(shapes, start=1)]


def _budget(row: Mapping[str, Any], organisation: Mapping[str, str]) -> dict[str, Any]:
    lines = row["appropriations"] or []
    days = [line["on"] for line in lines if line["on"]]
    return {
        "amount": _baht(row["budget_baht"]),
        "approvalDate": _day(min(days)) if days else None,
        "budgetBreakdowns": [
            {
                "id": "fund-sources",
                "description": "แหล่งเงิน",
                "budgetBreakdown": [
                    {
                        "id": str(line["id"]),
                        "description": " · ".join(part for part in (line["fund"], line["reference"]) if part),
                        "amount": _baht(line["baht"]),
                        "approvalDate": _day(line["on"]),
                        "period": _fiscal_year(row["fiscal_year_be"]),
                        "sourceParty": dict(organisation),
                    }
                    for line in lines
                ],
            }
        ]
        if lines
        else [],
    }


def _supplier(contract: Mapping[str, Any]) -> dict[str, str]:
    return {"id": f"supplier-{contract['id']}", "name": contract["contractor"]}


def _process(
    contract: Mapping[str, Any], payments: Sequence[Mapping[str, Any]], organisation: Mapping[str, str], closed: bool
) -> dict[str, Any]:
    last = contract["extended"] or contract["end"]
    supplier = _supplier(contract) if contract["contractor"] else None
    return {
        "id": f"{PREFIX}-contract-{contract['id']}",
        "summary": {
            "externalReference": contract["egp"] or contract["number"],
            "nature": ["construction"],
            "title": contract["number"],
            "status": "closed" if closed else "active",
            "tender": {
                "procurementMethod": _METHOD.get(contract["method"] or ""),
                "procurementMethodDetails": contract["method_name"],
                "procuringEntity": dict(organisation),
            },
            "suppliers": [supplier] if supplier else [],
            "contractValue": _baht(contract["baht"]),
            "finalValue": _baht(contract["final"]) if closed else None,
            "contractPeriod": {"startDate": _day(contract["start"] or contract["signed"]), "endDate": _day(last)},
            "modifications": _modifications(contract),
            "transactions": [
                {
                    "id": str(payment["id"]),
                    "date": _day(payment["on"]),
                    "value": _baht(payment["baht"]),
                    "payer": dict(organisation),
                    "payee": supplier,
                }
                for payment in payments
                if payment["contract"] == contract["id"]
            ],
        },
    }


def _modifications(contract: Mapping[str, Any]) -> list[dict[str, Any]]:
    value, last, found = contract["baht"], contract["end"], []
    for change in contract["amendments"] or []:
        new_value, new_last = value + change["baht"], change["end"] or last
        found.append(
            {
                "id": str(change["seq"]),
                "date": _day(change["on"]),
                "type": "value" if change["baht"] else "duration",
                "oldContractValue": _baht(value),
                "newContractValue": _baht(new_value),
                "oldContractPeriod": {"endDate": _day(last)},
                "newContractPeriod": {"endDate": _day(new_last)},
            }
        )
        value, last = new_value, new_last
    return found


def _completion(row: Mapping[str, Any], payments: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    days = [payment["on"] for payment in payments]
    return {"endDate": _day(max(days)) if days else None, "finalValue": _baht(row["disbursed_baht"])}


def _baht(amount: Any) -> dict[str, Any]:
    return {"amount": float(amount), "currency": "THB"}


def _day(text: str | None) -> str | None:
    """A day as the standard's date-time: midnight in Thailand."""
    return None if text is None else f"{text}T00:00:00+07:00"


def _without_nothing(value: Any) -> Any:
    """The same without nulls, empty texts, empty lists and empty objects, all the way down."""
    if isinstance(value, dict):
        kept = {key: cleaned for key, part in value.items() if (cleaned := _without_nothing(part)) is not None}
        return kept or None
    if isinstance(value, list):
        parts = [cleaned for part in value if (cleaned := _without_nothing(part)) is not None]
        return parts or None
    return None if value is None or value == "" else value
