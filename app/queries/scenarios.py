"""Kept scenarios: who may open which, their lists, and two of them side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import Visibility, own_scope, visibility
from app.errors import NotFound
from app.queries.organisations import organisation_names


@dataclass(frozen=True)
class ScenarioHead:
    """A scenario as a list shows it."""

    id: int
    key: str
    name: str
    note: str | None
    kind: str
    area_code: str
    area_name: str
    owner_id: int
    owner_name: str
    organisation_code: str | None
    shared_with: str
    method: str
    parameters: Mapping[str, Any]
    summary: Mapping[str, Any]
    data_as_of: datetime | None
    row_version: int
    created_at: datetime


@dataclass(frozen=True)
class ScenarioFull(ScenarioHead):
    """With works, villages, areas, alternatives and notes in ``result``."""

    result: Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """Two scenarios over the same kind of access.

    Parameters
    ----------
    only_first, only_second
        Villages that gain in one of them only, as the result of that one tells them.
    areas
        Code, people gained by the first, by the second, and second less first.
    same_works
        How many works both choose: projects, and sites that the system offers at the same place.
    """

    only_first: tuple[Mapping[str, Any], ...]
    only_second: tuple[Mapping[str, Any], ...]
    areas: tuple[tuple[str, float, float, float], ...]
    same_works: int


_HEAD = (
    "s.id, s.key, s.name, s.note, s.kind, s.area_code, a.name_th AS area_name, s.owner_id, s.owner_name,"
    " s.organisation_code, s.shared_with, s.method, s.parameters, s.summary, s.data_as_of, s.row_version, s.created_at"
)
# Whom a scenario is for: its owner; people of the owner's organisation; people who work in its province; all staff.
_READABLE = (
    "s.removed_at IS NULL AND (s.owner_id = :user"
    " OR (s.shared_with = 'organisation' AND s.organisation_code = ANY(:organisations))"
    " OR (s.shared_with = 'province' AND (:nation OR left(s.area_code, 2) = ANY(:provinces)))"
    " OR s.shared_with = 'staff')"
)


def scenarios(session: Session, actor: Actor, *, kind: str = "", limit: int = 200) -> list[ScenarioHead]:
    """Scenarios that a person may open, their own first, newest first. Nobody but staff may open any."""
    if visibility(actor) is not Visibility.STAFF:
        return []
    rows = session.execute(
        sa.text(
            f"SELECT {_HEAD} FROM scenario s JOIN area a ON a.code = s.area_code WHERE {_READABLE}"
            " AND (:kind = '' OR s.kind = :kind) ORDER BY s.owner_id = :user DESC, s.id DESC LIMIT :limit"
        ),
        {**_reader(session, actor), "kind": kind, "limit": limit},
    )
    return [ScenarioHead(*row) for row in rows]


def held_scenario(session: Session, actor: Actor, key: str) -> ScenarioFull:
    """One scenario.

    Raises
    ------
    NotFound
        It is not there, was removed, or is not shared with this person: a link opens it to nobody else.
    """
    row = None
    if visibility(actor) is Visibility.STAFF:
        row = session.execute(
            sa.text(
                f"SELECT {_HEAD}, s.result FROM scenario s JOIN area a ON a.code = s.area_code"
                f" WHERE s.key = :key AND {_READABLE}"
            ),
            {**_reader(session, actor), "key": key},
        ).one_or_none()
    if row is None:
        raise NotFound("scenario_not_found")
    return ScenarioFull(*row)


def difference(first: ScenarioFull, second: ScenarioFull) -> Difference:
    """What the second does that the first does not, and the other way round."""
    gains = [
        {village["code"]: village for village in each.result["villages"] if village["change"] == "gain"}
        for each in (first, second)
    ]
    areas = [{area["code"]: float(area["gained"]) for area in each.result["areas"]} for each in (first, second)]
    works = [{_work_key(work) for work in each.result["works"]} for each in (first, second)]
    rows = [
        (code, areas[0].get(code, 0.0), areas[1].get(code, 0.0), areas[1].get(code, 0.0) - areas[0].get(code, 0.0))
        for code in sorted({*areas[0], *areas[1]})
    ]
    return Difference(
        tuple(village for code, village in gains[0].items() if code not in gains[1]),
        tuple(village for code, village in gains[1].items() if code not in gains[0]),
        tuple(sorted((row for row in rows if row[1] or row[2]), key=lambda row: (-abs(row[3]), row[0]))),
        len(works[0] & works[1]),
    )


def _work_key(work: Mapping[str, Any]) -> str:
    """A project is its code; what the system offers has none and is its place."""
    return str(work["code"]) or json.dumps(work["geometry"], sort_keys=True)


def _reader(session: Session, actor: Actor) -> dict[str, Any]:
    own = own_scope(actor)
    seats = organisation_names(session, own.organisations).values()
    provinces = {*own.provinces, *(code[:2] for code in own.amphoes), *(each.province_code for each in seats)}
    return {
        "user": actor.user_id,
        "organisations": sorted(own.organisations),
        "provinces": sorted(provinces),
        "nation": own.nation,
    }
