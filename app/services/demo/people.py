"""One account for every role, and a few more so that two organisations and two officers can be tried."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Grant, Scope
from app.services.accounts import create_account
from app.services.demo.land import Body, Land
from app.services.money_rules import first_day

SEED = 2569
"""The seed of the demonstration that everybody gets, and the fiscal year that its newest accounts are of."""
MAIL_DOMAIN = "sathit.example"
"""No mail ever arrives there (RFC 2606)."""
_PASSWORD_BYTES = 9


@dataclass(frozen=True)
class DemoUser:
    """A demonstration sign-in; the password is random per installation and shown once.

    ``organisation`` is the code of the organisation or area that the role is held in, empty for the nation.
    """

    username: str
    password: str
    role: str
    organisation: str
    organisation_name: str
    display_name: str
    user_id: int

    def as_dict(self) -> dict[str, str]:
        """What is written for the person who tries the platform."""
        return {name: str(value) for name, value in asdict(self).items() if name in _SHOWN}


_SHOWN = ("username", "password", "role", "organisation", "organisation_name")

# username, role, display name, where: sao, pao, muni (organisations), amphoe, province, nation
_PEOPLE = (
    ("planner", "LAO_PLANNER", "นักวิเคราะห์นโยบายและแผน", "sao"),
    ("finance", "LAO_FINANCE", "นักวิชาการเงินและบัญชี", "sao"),
    ("engineer", "LAO_ENGINEER", "กองช่าง", "sao"),
    ("executive", "LAO_EXECUTIVE", "ผู้บริหารท้องถิ่น", "sao"),
    ("planner2", "LAO_PLANNER", "นักวิเคราะห์นโยบายและแผน", "pao"),
    ("finance2", "LAO_FINANCE", "นักวิชาการเงินและบัญชี", "pao"),
    ("engineer2", "LAO_ENGINEER", "กองช่าง", "pao"),
    ("executive2", "LAO_EXECUTIVE", "ผู้บริหารท้องถิ่น", "pao"),
    ("planner3", "LAO_PLANNER", "นักวิเคราะห์นโยบายและแผน", "muni"),
    ("engineer3", "LAO_ENGINEER", "กองช่าง", "muni"),
    ("officer", "PROV_OFFICER", "จนท.วถ. จังหวัดสาธิต", "province"),
    ("officer2", "PROV_OFFICER", "จนท.วถ. จังหวัดสาธิต (คนที่ 2)", "province"),
    ("head", "PROV_HEAD", "ท้องถิ่นจังหวัดสาธิต", "province"),
    ("district", "DISTRICT", "นายอำเภอ", "amphoe"),
    ("central", "DLA_CENTRAL", "กลุ่มงานติดตามประเมินผล", "nation"),
    ("analyst", "CENTRAL_ANALYST", "จนท.วถ. ส่วนกลาง", "nation"),
    ("partner", "PARTNER_AGENCY", "หน่วยงานอื่น", "nation"),
    ("citizen", "PUBLIC", "ประชาชน", "published"),
)

_NEWCOMERS = frozenset({"officer2"})
"""Whose first year is the running one."""


def make_people(session: Session, land: Land) -> list[DemoUser]:
    """Create the accounts through the platform's own service."""
    homes = home_bodies(land)
    people = [_make(session, land, homes, *person) for person in _PEOPLE]
    # Most have worked here since the year began that is over now: reports and scores ask from which day on.
    for person in people:
        since = first_day(SEED + 1 if person.username in _NEWCOMERS else SEED)
        session.execute(
            sa.text("UPDATE membership SET valid_from = :day WHERE user_id = :person"),
            {"day": min(since, date.today()), "person": person.user_id},
        )
    return people


def home_bodies(land: Land) -> dict[str, Body]:
    """The SAO, the PAO and the municipality whose people have accounts."""
    return {
        "pao": land.bodies[0],
        "sao": next(body for body in land.bodies if body.type_code == "SAO"),
        "muni": next(body for body in land.bodies if body.type_code == "SUBDISTRICT_MUNI" and body.boundary is None),
    }


def _make(
    session: Session, land: Land, homes: dict[str, Body], username: str, role: str, title: str, where: str
) -> DemoUser:
    grant = _grant(land, homes, role, where)
    if where in homes:
        place = homes[where].full_name_th
    elif where == "amphoe":
        place = f"อำเภอ{land.limits[1].name_th}"
    else:
        place = {"province": f"จังหวัด{land.province.name_th}", "nation": "ส่วนกลาง"}.get(where, "–")
    title = f"{title} {place}" if where in homes or where == "amphoe" else title
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    account = create_account(session, username, password, title, [grant], f"{username}@{MAIL_DOMAIN}")
    shown = grant.organisation_code or grant.area_code or ""
    return DemoUser(username, password, role, shown, place, title, account.id)


def _grant(land: Land, homes: dict[str, Body], role: str, where: str) -> Grant:
    if where in homes:
        return Grant(role, "organisation", organisation_code=homes[where].code)
    if where == "amphoe":
        return Grant(role, "district", area_code=land.limits[1].code)
    if where == "province":
        return Grant(role, "province", area_code=land.province.code)
    scope: Scope = "nation" if where == "nation" else "published"
    return Grant(role, scope)
