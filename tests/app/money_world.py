"""An organisation with its people and projects, for tests of money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.db import Attribution, attribute
from app.errors import InvalidInput
from app.models import Project
from app.services.appropriations import NewAppropriation, confirm_appropriation, record_appropriation
from app.services.contracts import NewContract, record_contract
from app.services.disbursements import NewDisbursement, record_disbursement
from tests import factories as make

SIGNED = date(2026, 11, 4)
PAID = date(2026, 11, 18)
APPROVED = date(2026, 10, 1)


@dataclass(frozen=True)
class People:
    """Who does what in the organisation, and the officer of its province."""

    planner: Actor
    finance: Actor
    executive: Actor
    engineer: Actor
    officer: Actor
    organisation: str = "D9901001"


def make_people(session: Session) -> People:
    """The organisation and one person of each role."""
    organisation = make.make_organisation(session)
    actors = {
        name: make.actor_for(make.make_user(session, f"LAO_{name.upper()}", organisation=organisation))
        for name in ("planner", "finance", "executive", "engineer")
    }
    officer = make.actor_for(make.make_user(session, "PROV_OFFICER", area="99"))
    return People(**actors, officer=officer)


def budget(session: Session, people: People, project: Project, amount: int | str, **more: object) -> int:
    """Money without a document that the planner wrote and the executive confirmed; its number."""
    said = {"legal_reference": "ข้อบัญญัติ 1/2570", "approved_on": APPROVED, **more}
    new = NewAppropriation(Decimal(amount), str(said.pop("fund", "OWN")), **said)  # type: ignore[arg-type]
    return confirmed(session, people, project.code, new)


def confirmed(session: Session, people: People, code: str, new: NewAppropriation) -> int:
    """An appropriation as it is after both have acted."""
    made = record_appropriation(session, people.planner, code, new).id
    if new.amount_baht:
        confirm_appropriation(session, people.executive, code, made, if_match_version=1)
    return made


def writing(session: Session, actor: Actor) -> Actor:
    """The person, and from now on what is written is written down as theirs, as the web does for a request."""
    attribute(session, Attribution(actor.user_id, actor.display_name))
    return actor


def contract(session: Session, people: People, project: Project, amount: int | str, number: str = "1/2570") -> int:
    """A contract; its number."""
    return record_contract(session, people.finance, project.code, NewContract(number, Decimal(amount), SIGNED)).id


def pay(
    session: Session,
    people: People,
    project: Project,
    amount: int | str,
    source: int,
    of: int | None = None,
    on: date = PAID,
    **more: object,
) -> int:
    """A payment; its number."""
    new = NewDisbursement(Decimal(amount), on, source, of, **more)  # type: ignore[arg-type]
    return record_disbursement(session, people.finance, project.code, new).id


def codes(error: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    """Rules that were named."""
    return [problem.code for problem in error.value.problems]


def version_of(session: Session, table: str, row_id: int) -> int:
    """Version of a row now."""
    return int(session.scalar(sa.text(f"SELECT row_version FROM {table} WHERE id = :id"), {"id": row_id}))


def steps_of(session: Session, project: Project) -> list[tuple[str, str, bool]]:
    """What the status went through."""
    rows = session.execute(
        sa.text(
            "SELECT from_status, to_status, correction FROM project_status_change WHERE project_id = :id ORDER BY id"
        ),
        {"id": project.id},
    )
    return [tuple(row) for row in rows]
