"""Contracts made of accepted rows of e-GP, by the services of money, and taken back.

A contract that is stored already is filled where it has nothing; where the file says something else, that is kept
beside the decision for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.services.contracts import NewContract, change_contract, record_contract, remove_contract
from app.services.matching.made import EGP, Made, amount_of, day_of, difference, missing, named, plain
from app.services.money_rules import refuse
from app.services.project_locks import HeldProject, hold_project
from gis.problems import Problem
from gis.thai import normalise, search_key

# What an e-GP export writes of the way of buying -> our code; the first that is said.
_METHODS: tuple[tuple[str, str], ...] = (
    ("e-market|emarket|อีมาร์เก็ต", "E_MARKET"),
    ("e-bidding|ebidding|ประกวดราคา", "E_BIDDING"),
    ("สอบราคา", "GENERAL_PRICE"),
    ("คัดเลือก", "SELECTION"),
    ("เฉพาะเจาะจง|ตกลงราคา", "SPECIFIC"),
    ("ดำเนินการเอง|จัดทำเอง", "FORCE_ACCOUNT"),
    ("อุดหนุน", "GRANT_OUT"),
)
_KINDS = {"FORCE_ACCOUNT": "FORCE_ACCOUNT", "GRANT_OUT": "GRANT_OUT"}
_PERSON = re.compile(r"(?:นางสาว|นาง|นาย|น\.ส\.|ว่าที่ ?ร\.ต\.)\s*[ก-ฮเแโใไ]")
_COMPANY = re.compile(r"บริษัท|บมจ|บจก|หจก|ห้างหุ้นส่วน|จำกัด|ร้าน|สหกรณ์|มูลนิธิ|วิสาหกิจ")
_FILLED = ("egp_number", "procurement_method_code", "contractor_name", "start_on", "end_on")
_COMPARED = ("number", "amount_baht", "signed_on", *_FILLED)


def make_contract(session: Session, actor: Actor, project_code: str, values: Mapping[str, Any]) -> Made:
    """Make a contract of a row of e-GP, or fill the one that is stored.

    Parameters
    ----------
    values
        :meth:`app.services.matching.rows.OutsideRow.as_dict`.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As the services of money.
    InvalidInput
        Every reason why it cannot be made.
    """
    told, notes = _contract_of(values)
    project = hold_project(session, actor, project_code)
    stored = _stored_contract(session, project, told)
    if stored is not None:
        return _filled(session, actor, project, stored, told)
    refuse(_elsewhere(session, project, told))
    receipt = record_contract(session, actor, project_code, told)
    return Made("MADE", receipt.id, None, _version(session, receipt.id), {"notes": notes} if notes else {})


def take_contract_back(session: Session, actor: Actor, project_code: str, made: Made) -> None:
    """Take a contract out that was made of a row, or empty what was filled in.

    Raises
    ------
    NotFound, Forbidden
        As the services of money.
    InvalidInput
        Somebody went on with it since: it was changed or paid.
    """
    if made.outcome == "SAME":
        return
    project = hold_project(session, actor, project_code)
    row = session.execute(
        sa.text("SELECT * FROM contract WHERE id = :id AND project_id = :project"),
        {"id": made.contract_id, "project": project.id},
    ).one()
    if row.removed_at is not None:
        return
    if row.row_version != made.record_version:
        raise InvalidInput([Problem("match_record_changed", values={"number": row.number})])
    if made.outcome == "MADE":
        remove_contract(session, actor, project_code, row.id, if_match_version=row.row_version)
        return
    before = {name: each["before"] for name, each in made.details.get("filled", {}).items()}
    if "contractor_name" in before:
        before["contractor_is_person"] = False
    kept = replace(_as_new(row), **before)
    change_contract(session, actor, project_code, row.id, kept, if_match_version=row.row_version)


def _contract_of(values: Mapping[str, Any]) -> tuple[NewContract, list[str]]:
    """The contract that a row tells, and what is to be said of it."""
    amount, signed_on = amount_of(values), day_of(values, "recorded_on")
    egp = EGP.fullmatch(str(values.get("egp_number") or ""))
    number = normalise(str(values.get("contract_number") or ""))
    problems = missing(amount, signed_on)
    notes = []
    if not number and egp is not None:
        # The number of the contract itself is put in its place when a later file or a person has it.
        number, notes = _instead(egp[0]), ["match_number_from_egp"]
    if not number:
        problems.append(Problem("contract_number_missing", where={"field": "number"}))
    if problems or amount is None or signed_on is None:
        raise InvalidInput(problems)
    method = named(_METHODS, values.get("method"))
    contractor = normalise(str(values.get("contractor") or "")) or None
    new = NewContract(
        number,
        amount,
        signed_on,
        contractor,
        _is_person(contractor),
        egp[0] if egp else None,
        method,
        day_of(values, "start_on"),
        day_of(values, "end_on"),
        _KINDS.get(method or "", "CONTRACT"),
    )
    return new, notes


def _instead(egp_number: str) -> str:
    return f"e-GP {egp_number}"


def _is_person(contractor: str | None) -> bool:
    """A natural person by the title before the name; their name is personal data."""
    return contractor is not None and bool(_PERSON.match(contractor)) and not _COMPANY.search(contractor)


_STORED = """
SELECT c.* FROM contract c
WHERE c.project_id = :project AND c.removed_at IS NULL AND (c.egp_number = :egp OR (
    translate(c.number, '๐๑๒๓๔๕๖๗๘๙', '0123456789') = :number AND (c.egp_number IS NULL OR CAST(:egp AS text) IS NULL)))
ORDER BY c.number = :number DESC, c.id LIMIT 1
"""


def _stored_contract(session: Session, project: HeldProject, told: NewContract) -> Any:
    asked = {"project": project.id, "egp": told.egp_number, "number": told.number}
    return session.execute(sa.text(_STORED), asked).one_or_none()


def _elsewhere(session: Session, project: HeldProject, told: NewContract) -> list[Problem]:
    """The same number of e-GP at another project of the organisation: counted twice, or the wrong project."""
    code = session.scalar(
        sa.text(
            "SELECT p.code FROM contract c JOIN project p ON p.id = c.project_id WHERE c.egp_number = :egp"
            " AND c.removed_at IS NULL AND p.organisation_code = :organisation ORDER BY c.id LIMIT 1"
        ),
        {"egp": told.egp_number, "organisation": project.organisation_code},
    )
    values = {"egp_number": told.egp_number, "project": code}
    return [] if code is None else [Problem("match_egp_elsewhere", where={"field": "egp_number"}, values=values)]


def _as_new(row: Any) -> NewContract:
    return NewContract(**{name: getattr(row, name) for name in NewContract.__dataclass_fields__})


def _filled(session: Session, actor: Actor, project: HeldProject, row: Any, told: NewContract) -> Made:
    stored = _as_new(row)
    empty = [name for name in _FILLED if getattr(told, name) and not getattr(stored, name)]
    if told.egp_number and stored.number == _instead(told.egp_number) != told.number:
        empty.append("number")
    changes = {name: getattr(told, name) for name in empty}
    if "contractor_name" in changes:
        changes["contractor_is_person"] = told.contractor_is_person
    differences = [
        difference(name, getattr(told, name), getattr(stored, name))
        for name in _COMPARED
        if name not in empty and _differ(name, told, stored, row)
    ]
    details: dict[str, Any] = {"differences": differences} if differences else {}
    if not changes:
        return Made("SAME", row.id, None, row.row_version, details)
    change_contract(session, actor, project.code, row.id, replace(stored, **changes), if_match_version=row.row_version)
    details["filled"] = {name: {"before": getattr(stored, name), "now": plain(getattr(told, name))} for name in empty}
    return Made("FILLED", row.id, None, _version(session, row.id), details)


def _differ(name: str, told: NewContract, stored: NewContract, row: Any) -> bool:
    said, known = getattr(told, name), getattr(stored, name)
    if not said or (name == "number" and said == _instead(told.egp_number or "")):
        return False
    if name == "amount_baht":
        # After an amendment e-GP may tell the final amount.
        return said not in (known, row.final_baht)
    if isinstance(said, str):
        return bool(search_key(said) != search_key(known or ""))
    return bool(said != known)


def _version(session: Session, contract_id: int) -> int:
    return int(session.scalar(sa.text("SELECT row_version FROM contract WHERE id = :id"), {"id": contract_id}))
