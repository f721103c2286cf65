"""What is in the money of allocation and of the budget map, and not in that of the funnel and the overview."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.allocation import Level, chosen_works, read_shares
from app.queries.budget import BudgetFilter

# As app.queries.funnel.OWN_FORMS and funnel_stage() of the database have it.
OTHER_FORMS = "p.plan_form <> 'ผ.02'"
STOPPED = "p.status IN ('CANCELLED', 'DEFERRED') AND coalesce(p.plan_form, 'ผ.02') = 'ผ.02' AND p.budget_baht > 0"


@dataclass(frozen=True)
class Apart:
    """Works and money that other pages keep apart.

    Parameters
    ----------
    forms_works, forms_satang
        Of forms of the plan other than an organisation's own.
    stopped_works, stopped_satang
        Of the own forms: cancelled or deferred after they had a budget.
    """

    forms_works: int
    forms_satang: int
    stopped_works: int
    stopped_satang: int


def read_apart(session: Session, level: Level, parent: str | None, narrowed: BudgetFilter, sight: Visibility) -> Apart:
    """Their sums over the same works and the same territory as :func:`app.queries.allocation_table.read_allocation`."""
    forms, stopped = (
        _whole(session, narrowed, sight, only)
        if parent is None
        else _within(session, level, parent, narrowed, sight, only)
        for only in (OTHER_FORMS, STOPPED)
    )
    return Apart(*forms, *stopped)


def _whole(session: Session, narrowed: BudgetFilter, sight: Visibility, only: str) -> tuple[int, int]:
    """Shares sum to the whole, so that of the nation no work has to be cut."""
    chosen, values = chosen_works(narrowed, sight, only)
    row = session.execute(sa.text(f"SELECT count(*), coalesce(sum(satang), 0) FROM ({chosen}) AS c"), values).one()
    return int(row[0]), int(row[1])


def _within(
    session: Session, level: Level, parent: str, narrowed: BudgetFilter, sight: Visibility, only: str
) -> tuple[int, int]:
    # Amphoes, provinces and hexagons are sums of tambons.
    told: Level = "organisation" if level == "organisation" else "tambon"
    found = read_shares(session, told, parent, narrowed, sight, only=only)
    return found.total_works, int(found.frame["satang"].sum())
