"""The province: its land, its organisations and its people, before the first day of the year."""

from __future__ import annotations

import random
from datetime import time

from sqlalchemy.orm import Session

from app.db import SYSTEM, attribute
from simulation.book import Book, Office, Person
from simulation.site import Site
from tests import factories

PROVINCE = "99"
TYPES = ("SAO", "SUBDISTRICT_MUNI", "SAO", "TOWN_MUNI", "SAO", "SUBDISTRICT_MUNI", "SAO")
_WIDE = 0.4
_ROLES = ("LAO_PLANNER", "LAO_FINANCE", "LAO_ENGINEER", "LAO_EXECUTIVE")


def settle(site: Site, book: Book, seed: int, count: int) -> dict[str, tuple[float, float]]:
    """Make ``count`` organisations with their people, and the provincial office; where each organisation's roads begin.

    The last of six and more is the provincial organisation, which lies in no amphoe.
    """
    chance = random.Random(f"people {seed}")
    places: dict[str, tuple[float, float]] = {}
    with Session(site.owner) as session, session.begin():
        attribute(session, SYSTEM)
        province = factories.make_province(session, PROVINCE)
        west, south, east, north = factories.PROVINCE_BOX
        middle = (south + north) / 2
        for number in (1, 2):
            below, above = (south, middle) if number == 1 else (middle, north)
            factories.make_amphoe(session, f"{PROVINCE}0{number}", bounds=(west, below, east, above))
        for number in range(count):
            amphoe, strip = f"{PROVINCE}0{1 + number // 4}", number % 4
            code = f"D{amphoe}{number + 1:03d}"
            of_province = number == count - 1 and count >= 6
            factories.make_organisation(
                session,
                code,
                type_code="PAO" if of_province else TYPES[number % len(TYPES)],
                name_th="สาธิต" if of_province else f"บ้านที่{number + 1}",
                amphoe_code=None if of_province else amphoe,
                tambon_codes=(f"{amphoe}0{strip + 1}",),
            )
            places[code] = (west + strip * _WIDE / 4 + 0.01, (south, middle)[number // 4] + 0.005)
            book.offices[code] = Office(code, None if of_province else amphoe)
            for role in _ROLES:
                _person(session, book, chance, f"{role.removeprefix('LAO_').lower()}-{number + 1}", role, office=code)
        for key, role in (("officer-a", "PROV_OFFICER"), ("officer-b", "PROV_OFFICER"), ("head", "PROV_HEAD")):
            _person(session, book, chance, key, role, area=province.code)
        _person(session, book, chance, "department", "DLA_CENTRAL")
    return places


def _person(
    session: Session,
    book: Book,
    chance: random.Random,
    key: str,
    role: str,
    *,
    office: str | None = None,
    area: str | None = None,
) -> None:
    """Somebody with habits: an address or none, a digest every day, every week or never, quiet hours of their own."""
    user = factories.make_user(session, role, organisation=office, area=area, username=key, display_name=key)
    person = Person(key, role, office, id=user.id)
    if role != "DLA_CENTRAL" and (office is None or chance.random() < 0.8):
        person.mailbox = f"{key}@example.org"
        with factories.as_owner(session):
            user.email = person.mailbox
    person.digest = chance.choices(("daily", "weekly", "off"), (6, 3, 1))[0]
    person.on_message = chance.random() < 0.85
    person.quiet_from, person.quiet_until = chance.choice(
        ((time(18), time(8)), (time(18), time(8)), (time(16, 30), time(9)), (time(0), time(0)), (time(12), time(13)))
    )
    book.people[key] = person
