"""What people do in the fictional province: the weeks before the day on which the demonstration is made."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.services.demo.land import Land
from app.services.demo.stage import Stage
from app.services.demo.write_desk import write_desk
from app.services.demo.write_talk import write_talk
from app.services.money_rules import today


def write_life(session: Session, land: Land, secret_key: str) -> None:
    """Let the people of the demonstration work, each through the service of their page.

    Parameters
    ----------
    session
        The demonstration's transaction: works, money and counts of completeness are there.
    secret_key
        As of :func:`app.services.demo.generate`.
    """
    with Stage(session, today()).open() as stage:
        write_talk(stage, land)
        write_desk(stage, land)
