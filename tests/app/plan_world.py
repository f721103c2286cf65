"""An organisation with people of every role, a plan in the making, and short ways to write into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.queries import plans as plan_queries
from app.queries.plan_forms import FORMS
from app.queries.plan_lines import PlanLine, lines_at
from app.queries.plan_paths import approval_path
from app.queries.plans import VersionHead
from app.services.plan_checks import Decision, NewVersion
from app.services.plan_sheet import change_sheet
from app.services.plan_versions import open_version, propose_version, record_step
from app.services.plans import create_plan
from app.services.sheets import CellChange, NewRow, SheetChanges, SheetOutcome
from tests import factories

DETAILS = FORMS["ผ.02"]


@dataclass
class PlanWorld:
    """A plan 2566-2570 of an อบต. whose original version is open."""

    session: Session
    planner: Actor
    executive: Actor
    plan_id: int
    version_id: int
    strategy_id: int

    def version(self, version_id: int | None = None) -> VersionHead:
        """A version as it stands."""
        found = plan_queries.version(self.session, version_id or self.version_id)
        assert found is not None
        return found

    def line(self, name: str, **cells: Any) -> int:
        """Add a line with money in 2570 unless told otherwise; its origin."""
        values = {"name_th": name, "y2570": "500000", **cells}
        outcome = self.save(inserts=[NewRow("k", values, f"{self.strategy_id or ''}:00310")])
        assert outcome.clean, outcome
        return int(outcome.inserted["k"])

    def cell(self, row: int, column: str, base: Any, value: Any) -> SheetOutcome:
        """Write one cell."""
        return self.save(cells=[CellChange(str(row), column, base, value)])

    def save(self, *, whole: bool = False, actor: Actor | None = None, **changes: Any) -> SheetOutcome:
        """Save into ผ.02 of the open version."""
        return change_sheet(
            self.session, actor or self.planner, self.version_id, DETAILS, SheetChanges(**changes), whole=whole
        )

    def lines(self, version_id: int | None = None, **more: Any) -> dict[int, PlanLine]:
        """Lines that stand, by origin."""
        return {line.origin_id: line for line in lines_at(self.session, version_id or self.version_id, **more)}

    def promulgate(self, day: date | None = None) -> None:
        """Send the open version through every step of its path."""
        propose_version(self.session, self.planner, self.version_id, if_match_version=self.version().row_version)
        lao_type = plan_queries.plan(self.session, self.plan_id).lao_type  # type: ignore[union-attr]
        for step in approval_path(self.version().change_types, lao_type):
            self.decide(step.code, day)

    def decide(self, step: str, day: date | None = None, *, result: str = "PASSED", note: str | None = None) -> None:
        """Record one step, by whoever may."""
        actor = self.executive if step == "EXECUTIVE" else self.planner
        decision = Decision(step, result, day or date.today() - timedelta(days=1), "ที่ 1/2569", note)
        record_step(self.session, actor, self.version_id, decision, if_match_version=self.version().row_version)

    def open(self, *types: str, number: str = "ครั้งที่ 1/2569", **more: Any) -> int:
        """Open another version and go on with it."""
        new = NewVersion(tuple(types), number, 2569, **more)
        self.version_id = open_version(self.session, self.planner, self.plan_id, new)
        return self.version_id


def make_plan_world(session: Session, *, type_code: str = "SAO") -> PlanWorld:
    """The organisation, its people, and a plan that has just been begun."""
    organisation = factories.make_organisation(session, type_code=type_code)
    planner, executive = (
        factories.actor_for(factories.make_user(session, role, organisation=organisation))
        for role in ("LAO_PLANNER", "LAO_EXECUTIVE")
    )
    period = session.scalar(sa.text("SELECT id FROM plan_period WHERE start_be = 2566 AND end_be = 2570"))
    plan_id = create_plan(session, planner, organisation.code, int(period))
    strategy = session.scalar(
        sa.text(
            "INSERT INTO local_strategy (plan_id, code, name_th, national_strategy_code)"
            " VALUES (:plan, '1', 'โครงสร้างพื้นฐาน', '2') RETURNING id"
        ),
        {"plan": plan_id},
    )
    [version] = plan_queries.versions_of(session, plan_id)
    return PlanWorld(session, planner, executive, plan_id, version.id, int(strategy))
