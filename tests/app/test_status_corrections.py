"""A correction of a status says what is true: never past money that is approved or waits for approval."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.services.appropriations import NewAppropriation, record_appropriation
from app.services.budget_documents import DocumentFields, approve_document, create_document, submit_document
from app.services.project_status import correct_status
from tests import factories as make
from tests.app.money_world import make_people

_DAY = date(2026, 10, 15)


def test_money_that_is_approved_or_waits_is_not_corrected_away(session: Session) -> None:
    people = make_people(session)
    project = make.make_project(session, people.organisation, status="PLANNED")
    document = create_document(
        session, people.planner, people.organisation, 2570, "ACCUMULATED", DocumentFields("1", "จ่ายขาด")
    )
    new = NewAppropriation(Decimal(777), "ACCUMULATED", budget_document_id=document.id)
    record_appropriation(session, people.planner, project.code, new)

    def refused(to: str) -> set[str]:
        version = session.scalar(sa.text("SELECT row_version FROM project"))
        with pytest.raises(InvalidInput) as error:
            correct_status(session, people.executive, project.code, to, "แก้", if_match_version=int(version or 0))
        return {problem.code for problem in error.value.problems}

    seen = session.scalar(sa.text("SELECT row_version FROM budget_document"))
    sent = submit_document(session, people.planner, document.id, if_match_version=int(seen or 0))
    assert refused("CANCELLED") == refused("PLANNED") == refused("DEFERRED") == {"status_in_document"}
    approve_document(session, people.executive, document.id, _DAY, if_match_version=sent.row_version)
    for to in ("PLANNED", "BUDGET_REQUESTED", "DEFERRED"):
        assert refused(to) == {"status_with_budget"}, to
