"""The generator: the same seed always makes the same province."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.services.calendar import open_year
from app.services.demo.chain import make_chain
from app.services.demo.faults import Planted, plant
from app.services.demo.land import make_land
from app.services.demo.life import write_life
from app.services.demo.people import SEED, DemoUser, make_people
from app.services.demo.works import Works
from app.services.demo.write_land import write_land
from app.services.demo.write_plan import write_plans
from app.services.demo.write_profile import write_profiles
from app.services.demo.write_works import write_works
from app.services.loading import Progress, silent


@dataclass(frozen=True)
class Demo:
    """What was made.

    Parameters
    ----------
    users
        Accounts with their passwords, which are stored nowhere else in the clear.
    planted
        Every fault planted on purpose.
    projects
        How many projects.
    """

    users: tuple[DemoUser, ...]
    planted: tuple[Planted, ...]
    projects: int


def is_empty(session: Session) -> bool:
    """True when there is neither a project nor an organisation: only then is there room for a demonstration."""
    taken = session.scalar(sa.text("SELECT EXISTS (SELECT FROM project) OR EXISTS (SELECT FROM organisation)"))
    return not taken


def generate(session: Session, seed: int = SEED, progress: Progress = silent, *, secret_key: str = "") -> Demo:
    """Make the fictional province, its organisations, people, plans, projects and money, and what people do with them.

    Parameters
    ----------
    session
        Open transaction on a database with the code lists and nothing else.
    seed
        Decides everything but the passwords; what goes on in these weeks is dated by the day.
    progress
        Told per step.
    secret_key
        Seals the addresses of those who follow a place; without it nobody can write to them.
    """
    rng = np.random.default_rng(seed)
    progress("land", 0, 1)
    land = make_land(rng)
    maker = Works(rng, land)
    works, faults = plant(rng, maker, maker.make())
    progress("land", 1, 1)
    chains = [make_chain(rng, work, drawn=work.number in faults.drawn) for work in works]
    progress("map", 0, 1)
    write_land(session, land, rng)
    progress("map", 1, 1)
    people = make_people(session, land)
    progress("project", 0, len(works))
    lines = write_plans(session, rng, land.bodies, works, chains)
    planted = write_works(session, rng, land, works, chains, lines, faults, people)
    write_profiles(session)
    # The year that is running and the one whose last things are due in it.
    for year in (SEED, SEED + 1):
        open_year(session, SYSTEM_ACTOR, year)
    write_life(session, land, secret_key)
    progress("project", len(works), len(works))
    return Demo(tuple(people), tuple(planted), len(works))
