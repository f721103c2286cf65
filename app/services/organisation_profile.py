"""What an organisation says of itself, written: its office and size, and its people year by year."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Conflict, InvalidInput, NotFound
from app.services.project_locks import mark_on_behalf
from gis.problems import Problem
from gis.thai import normalise, to_arabic_digits

# Longest text of each field, in characters.
TEXTS: Mapping[str, int] = {
    "address": 500,
    "postcode": 5,
    "office_phone": 50,
    "office_email": 200,
    "website": 300,
    "general_condition": 5_000,
}
# Largest of each count: no council and no office in the country comes near.
COUNTS: Mapping[str, int] = {"council_members": 200, "staff_count": 50_000}
FIELDS = (*TEXTS, "founded_on", "area_km2", *COUNTS)
LARGEST_AREA_KM2 = Decimal(25_000)
"""A little more than the largest province."""
LARGEST_COUNT = 9_999_999
FIRST_YEAR_BE = 2500
_POSTCODE = re.compile(r"[1-9]\d{4}", re.ASCII)
_PHONE = re.compile(r"[0-9+()\-,. ต่อext]{3,50}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_WEBSITE = re.compile(r"https?://[^\s]+\.[^\s]+")


@dataclass(frozen=True)
class PopulationEntry:
    """People and households of one year (B.E.); nothing in any number takes the year out.

    Parameters
    ----------
    row_version
        As it was seen; 0 for a year that was not there.
    """

    year_be: int
    male: int | None = None
    female: int | None = None
    households: int | None = None
    source: str | None = None
    row_version: int = 0

    @property
    def told(self) -> bool:
        """True when it says anything."""
        return any(number is not None for number in (self.male, self.female, self.households))


def update_profile(
    session: Session,
    actor: Actor,
    code: str,
    changes: Mapping[str, Any],
    *,
    if_match_version: int,
    today: date | None = None,
) -> int:
    """Write fields of the profile; its new ``row_version``.

    Parameters
    ----------
    changes
        Field -> typed value, ``None`` empties it.
    if_match_version
        As it was seen; 0 while nothing was said.

    Raises
    ------
    NotFound, Forbidden
        No such organisation; not this person's.
    Conflict
        ``profile_changed``.
    InvalidInput
        Every problem at once.
    """
    _hold(session, actor, code)
    standing = session.scalar(
        sa.text("SELECT row_version FROM organisation_profile WHERE organisation_code = :code"), {"code": code}
    )
    if (standing or 0) != if_match_version:
        raise Conflict("profile_changed", {"version": standing or 0})
    values, problems = _read_profile(changes, today or date.today())
    if problems:
        raise InvalidInput(problems)
    if not values:
        return int(standing or 0)
    mark_on_behalf(session, actor, code)
    # Names come from this module, never from a request.
    names = sorted(values)
    made = session.scalar(
        sa.text(
            f"INSERT INTO organisation_profile (organisation_code, {', '.join(names)})"
            f" VALUES (:code, {', '.join(f':{name}' for name in names)}) ON CONFLICT (organisation_code)"
            f" DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in names)} RETURNING row_version"
        ),
        {"code": code, **values},
    )
    return int(made or 0)


def save_population(
    session: Session, actor: Actor, code: str, entries: Sequence[PopulationEntry], *, today: date | None = None
) -> None:
    """Write the numbers of several years in one statement.

    Raises
    ------
    NotFound, Forbidden
        No such organisation; not this person's.
    Conflict
        ``population_changed`` names the years that somebody wrote in between.
    InvalidInput
        Every problem of every year at once, with its row.
    """
    _hold(session, actor, code)
    problems = _population_problems(entries, today or date.today())
    if problems:
        raise InvalidInput(problems)
    seen = {entry.year_be: entry.row_version for entry in entries}
    standing = session.execute(
        sa.text(
            "SELECT year_be, row_version FROM organisation_population"
            " WHERE organisation_code = :code AND year_be = ANY(:years)"
        ),
        {"code": code, "years": list(seen)},
    ).all()
    # A year that was taken out stands with nothing in it: whoever writes it anew has not seen it.
    stale = [row.year_be for row in standing if seen[row.year_be] not in (0, row.row_version)]
    stale += [row.year_be for row in _new_years_that_stand(session, code, seen)]
    if stale:
        raise Conflict("population_changed", {"years": ", ".join(map(str, sorted(stale)))})
    mark_on_behalf(session, actor, code)
    session.execute(
        sa.text(_WRITE_POPULATION),
        {"code": code, "rows": orjson.dumps([_record(entry) for entry in entries]).decode()},
    )


_WRITE_POPULATION = """
INSERT INTO organisation_population AS p (organisation_code, year_be, male, female, households, source)
SELECT :code, r.year_be, r.male, r.female, r.households, r.source
FROM json_to_recordset(CAST(:rows AS json)) AS r(year_be integer, male integer, female integer, households integer,
    source text)
ON CONFLICT (organisation_code, year_be) DO UPDATE
SET male = excluded.male, female = excluded.female, households = excluded.households, source = excluded.source
WHERE (p.male, p.female, p.households, p.source)
      IS DISTINCT FROM (excluded.male, excluded.female, excluded.households, excluded.source)
"""


def _new_years_that_stand(session: Session, code: str, seen: Mapping[int, int]) -> Sequence[Any]:
    new = [year for year, version in seen.items() if version == 0]
    return session.execute(
        sa.text(
            "SELECT year_be FROM organisation_population WHERE organisation_code = :code AND year_be = ANY(:years)"
            " AND num_nonnulls(male, female, households) > 0"
        ),
        {"code": code, "years": new},
    ).all()


def _record(entry: PopulationEntry) -> dict[str, Any]:
    source = normalise(entry.source or "") or None
    return {
        "year_be": entry.year_be,
        "male": entry.male,
        "female": entry.female,
        "households": entry.households,
        "source": source,
    }


def _population_problems(entries: Sequence[PopulationEntry], today: date) -> list[Problem]:
    last = today.year + 543
    problems = []
    for row, entry in enumerate(entries, start=1):
        if not FIRST_YEAR_BE <= entry.year_be <= last:
            values: dict[str, Any] = {"minimum": FIRST_YEAR_BE, "maximum": last}
            problems.append(Problem("number_out_of_range", where={"field": "year_be", "row": row}, values=values))
        for name in ("male", "female", "households"):
            problems += _count_problems(name, getattr(entry, name), LARGEST_COUNT, row)
        if entry.source is not None and len(entry.source) > TEXTS["office_email"]:
            values = {"limit": TEXTS["office_email"], "length": len(entry.source)}
            problems.append(Problem("text_too_long", where={"field": "source", "row": row}, values=values))
    years = [entry.year_be for entry in entries]
    problems += [
        Problem("population_year_twice", where={"field": "year_be", "row": row}, values={"year": year})
        for row, year in enumerate(years, start=1)
        if year in years[: row - 1]
    ]
    return problems


def _read_profile(changes: Mapping[str, Any], today: date) -> tuple[dict[str, Any], list[Problem]]:
    problems = [
        Problem("field_not_editable", where={"field": name}, values={"allowed": ", ".join(FIELDS)})
        for name in sorted(changes.keys() - set(FIELDS))
    ]
    values: dict[str, Any] = {}
    for name in (name for name in FIELDS if name in changes):
        value = changes[name]
        if name in TEXTS:
            value, found = _read_text(name, value)
            problems += found
        elif name in COUNTS:
            problems += _count_problems(name, value, COUNTS[name], None)
        elif name == "area_km2" and value is not None and not 0 < value <= LARGEST_AREA_KM2:
            limits: dict[str, Any] = {"minimum": "0.01", "maximum": f"{LARGEST_AREA_KM2:,}"}
            problems.append(Problem("number_out_of_range", where={"field": name}, values=limits))
        elif name == "founded_on" and value is not None and value > today:
            latest = {"latest": today.isoformat()}
            problems.append(Problem("day_in_future", where={"field": name}, values=latest))
        values[name] = value
    return values, problems


def _read_text(name: str, given: str | None) -> tuple[str | None, list[Problem]]:
    lines = [normalise(line) for line in (given or "").splitlines()]
    text = "\n".join(lines).strip()
    if name in ("postcode", "office_phone"):
        text = to_arabic_digits(text)
    if name == "website" and text and "://" not in text:
        text = f"https://{text}"
    if len(text) > TEXTS[name]:
        values = {"limit": TEXTS[name], "length": len(text)}
        return None, [Problem("text_too_long", where={"field": name}, values=values)]
    shapes = {"postcode": _POSTCODE, "office_phone": _PHONE, "office_email": _EMAIL, "website": _WEBSITE}
    if text and name in shapes and not shapes[name].fullmatch(text):
        return None, [Problem(f"{name}_unreadable", where={"field": name}, values={"given": text[:80]})]
    return text or None, []


def _count_problems(name: str, value: int | None, largest: int, row: int | None) -> list[Problem]:
    if value is None or 0 <= value <= largest:
        return []
    where = {"field": name} if row is None else {"field": name, "row": row}
    return [Problem("number_out_of_range", where=where, values={"minimum": 0, "maximum": f"{largest:,}"})]


def _hold(session: Session, actor: Actor, code: str) -> None:
    """Lock an organisation that the actor may describe: two savers of one profile wait for each other."""
    row = session.execute(
        sa.text("SELECT code, province_code, amphoe_code FROM organisation WHERE code = :code FOR NO KEY UPDATE"),
        {"code": code},
    ).one_or_none()
    if row is None:
        raise NotFound("organisation_not_found", {"organisation": code[:40]})
    policy.require(actor, policy.PROFILE_WRITE, Target(row.code, row.province_code, row.amphoe_code))
