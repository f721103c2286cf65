"""Where the overview is: the place that is asked for or the person's own, its name, and what lies under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.queries.areas import ancestors, area_names
from app.queries.funnel import OWN_FORMS, GroupBy
from app.queries.organisations import OrganisationName, organisation_names
from app.queries.project_filter import AREA_DIGITS, ProjectFilter
from app.web.context import language
from app.web.place_filters import check_places
from app.web.project_list import own_filter

BY: tuple[GroupBy, ...] = ("kind", "programme")
"""What the second chart may compare."""


@dataclass(frozen=True)
class Place:
    """What is asked for: a place and, once it is known, a year; ``query`` is the address without the path."""

    narrowed: ProjectFilter
    by: GroupBy

    def query(self, **changes: Any) -> str:
        """Address of the page with something else; a place of nowhere is said, so that it is not the own one."""
        by = changes.pop("by", self.by)
        held = replace(self.narrowed, **changes)
        pairs = [(name, ",".join(getattr(held, name))) for name in ("area", "organisation") if getattr(held, name)]
        pairs = pairs or [("area", "")]
        pairs += [("fiscal_year", str(year)) for year in held.fiscal_year]
        pairs += [("by", by)] if by != BY[0] else []
        return urlencode(pairs, safe=",")


_BESIDE: Mapping[int, GroupBy] = {2: "province", 4: "amphoe"}
"""What several areas are compared by, by the digits of their codes."""


def below(narrowed: ProjectFilter) -> GroupBy:
    """What a row of the table is: one level under the place."""
    if len(narrowed.organisation) == 1:
        return "programme"
    if narrowed.organisation:
        return "organisation"
    if not narrowed.area:
        return "province"
    if len(narrowed.area) > 1:
        return _BESIDE.get(min(map(len, narrowed.area)), "organisation")
    return "amphoe" if len(narrowed.area[0]) == AREA_DIGITS["province"] else "organisation"


def own_or_asked(session: Session, values: Mapping[str, Any], given: Mapping[str, str], actor: Actor) -> ProjectFilter:
    """A bare address means the person's own place; an empty one, the nation.

    Raises
    ------
    NotFound
        No such area or organisation.
    """
    narrowed = ProjectFilter(area=values["area"], organisation=values["organisation"], plan_form=OWN_FORMS)
    if {"area", "organisation"} & given.keys():
        check_places(session, narrowed.area, narrowed.organisation)
        return _without_strangers(session, narrowed)
    own = own_filter(actor)
    return replace(narrowed, area=own.area, organisation=own.organisation)


def _without_strangers(session: Session, narrowed: ProjectFilter) -> ProjectFilter:
    """Who chooses another area in the form still sends the organisation of the former one."""
    if not narrowed.area or not narrowed.organisation:
        return narrowed
    known = organisation_names(session, narrowed.organisation)
    seats = {code: one.amphoe_code or one.province_code for code, one in known.items()}
    # The seat lies in the area, or the area (a tambon) in the amphoe of the seat.
    kept = [
        code
        for code in narrowed.organisation
        if code not in seats or any(seats[code].startswith(a[:4]) or a.startswith(seats[code]) for a in narrowed.area)
    ]
    return replace(narrowed, organisation=tuple(kept))


class Names:
    """The place in words, the area that it is or lies in, and the places above with what their addresses change."""

    def __init__(self, session: Session, narrowed: ProjectFilter) -> None:
        words = language()
        organisations = organisation_names(session, narrowed.organisation)
        one = next(iter(organisations.values())) if len(organisations) == 1 else None
        self.seat = narrowed.area[0] if len(narrowed.area) == 1 else _seat(one)
        above = [*reversed(ancestors(self.seat)), self.seat] if self.seat else []
        areas = area_names(session, [*above, *narrowed.area])
        chosen = [organisations[code].name(words) for code in narrowed.organisation if code in organisations]
        chosen = chosen or [areas[code].name(words) for code in narrowed.area if code in areas]
        self.title = ", ".join(chosen) or (
            ", ".join(narrowed.organisation or narrowed.area) if narrowed.organisation or narrowed.area else _("ประเทศ")
        )
        here = narrowed.area[0] if len(narrowed.area) == 1 and not narrowed.organisation else ""
        self.path: list[tuple[str, dict[str, Any]]] = []
        if narrowed.area or narrowed.organisation:
            self.path.append((_("ประเทศ"), {"area": (), "organisation": ()}))
        self.path += [
            (areas[code].name(words), {"area": (code,), "organisation": ()})
            for code in above
            if code in areas and code != here
        ]
        self.path.append((self.title, {}))


def _seat(organisation: OrganisationName | None) -> str:
    return "" if organisation is None else organisation.amphoe_code or organisation.province_code
