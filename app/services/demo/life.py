"""What people do in the fictional province: the weeks before the day on which the demonstration is made."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.services.completeness import recount
from app.services.demo.land import Land
from app.services.demo.stage import Stage
from app.services.demo.write_citizens import write_citizens
from app.services.demo.write_desk import write_desk, write_slips
from app.services.demo.write_rounds import write_rounds
from app.services.demo.write_scores import spread_days, write_scores
from app.services.demo.write_service import write_service
from app.services.demo.write_talk import date_talk, write_talk
from app.services.money_rules import today


def write_life(session: Session, land: Land, secret_key: str) -> None:
    """Let the people of the demonstration work, each through the service of their page.

    Parameters
    ----------
    session
        The demonstration's transaction: works and money are there.
    secret_key
        As of :func:`app.services.demo.generate`.
    """
    write_slips(session)
    recount(session)
    with Stage(session, today()).open() as stage:
        write_talk(stage, land)
        write_desk(stage, land)
        write_rounds(stage, land)
        write_citizens(stage, land, secret_key)
        write_service(stage, land)
        date_talk(session)
        recount(session)
        # Everything was counted a moment ago.
        session.execute(sa.text("DELETE FROM completeness_dirty"))
        spread_days(session, stage.today)
        write_scores(stage, land)
