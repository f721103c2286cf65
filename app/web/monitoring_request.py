"""What the pages and addresses of monitoring are asked for: a place, a fiscal year, a topic; and who may ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Visibility, own_scope
from app.errors import Forbidden, NotFound
from app.queries.completeness import GROUPS, Group, Scope
from app.services.completeness import refresh_own
from app.services.money_rules import organisation_target
from app.web.completeness_words import topics
from app.web.context import current, current_fiscal_year_be
from app.web.endpoint import Param
from app.web.params import (
    area_code,
    choice,
    fiscal_year,
    integer_schema,
    organisation_code,
    string_schema,
    text_q,
    whole_number,
)
from app.web.place_filters import check_places

VIEWS = ("table", "map", "trend")
PAGE_ROWS = 100
YEAR = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.); without it the running one")
AREA = Param("area", area_code, string_schema(pattern="^[0-9]{2}([0-9]{2})?$"), "Province or amphoe")
ORGANISATION = Param("organisation", organisation_code, string_schema(maxLength=40), "Code of an organisation")
BY = Param("by", choice(*GROUPS), string_schema(enum=list(GROUPS)), "What a row is")
TOPIC = Param("topic", text_q, string_schema(maxLength=40), "Head of reporting")
STATE = Param("state", choice("late", "due"), string_schema(enum=["late", "due"]), "Overdue, or open and not yet due")
VIEW = Param("view", choice(*VIEWS), string_schema(enum=list(VIEWS)), "Table, map or trend", VIEWS[0])
PAGE = Param("page", whole_number(1, 1000), integer_schema(1, 1000), "Page of the list", 1)


@dataclass(frozen=True)
class Asked:
    """A place and year of monitoring; :meth:`query` is its address without the path."""

    year_be: int
    area: str | None = None
    organisation: str | None = None
    by: Group = "province"
    view: str = VIEWS[0]
    topic: str | None = None
    page: int = 1

    @property
    def scope(self) -> Scope:
        """Whose entries are read."""
        if self.organisation:
            return Scope(organisations=(self.organisation,))
        return Scope(areas=(self.area,)) if self.area else Scope()

    def query(self, **changes: Any) -> str:
        """The same with something else; a place of nowhere is said, so that it is not the own one."""
        held = replace(self, **{"page": 1, **changes})
        pairs = [("organisation", held.organisation)] if held.organisation else [("area", held.area or "")]
        pairs.append(("fiscal_year", str(held.year_be)))
        if not held.organisation and held.by != groups_of(held.area)[0]:
            pairs.append(("by", held.by))
        pairs += [("view", held.view)] if held.view != VIEWS[0] else []
        pairs += [("topic", held.topic)] if held.topic else []
        pairs += [("page", str(held.page))] if held.page > 1 else []
        return urlencode(pairs)


def groups_of(area: str | None) -> tuple[Group, ...]:
    """What rows below a place may be, the usual one first."""
    if not area:
        return ("province", "organisation")
    return ("organisation", "amphoe") if len(area) == 2 else ("organisation",)


def asked_from(session: Session, values: Mapping[str, Any], given: Mapping[str, str]) -> Asked:
    """What a request asks for; a bare address is the person's own place in the running year.

    Raises
    ------
    NotFound
        ``topic_not_found``: another head is not shown instead.
    """
    area, organisation = values.get("area"), values.get("organisation")
    if not area and not organisation and "area" not in given:
        area, organisation = own_place(current().actor)
    if area:
        area = area[:4]
    allowed = groups_of(area)
    by = values.get("by") if values.get("by") in allowed else allowed[0]
    topic = values.get("topic")
    if topic and topic not in topics(session):
        raise NotFound("topic_not_found", {"topic": topic})
    return Asked(
        values.get("fiscal_year") or current_fiscal_year_be(),
        None if organisation else area,
        organisation,
        by or allowed[0],
        values.get("view") or VIEWS[0],
        topic or None,
        values.get("page") or 1,
    )


def own_place(actor: Actor) -> tuple[str | None, str | None]:
    """Area and organisation where a person's monitoring begins."""
    scope = own_scope(actor)
    if scope.organisations:
        return None, min(scope.organisations)
    return min(scope.provinces | scope.amphoes, default=None), None


def require_reader() -> None:
    """Refuse the public: what is not finished is not published. Partner agencies see the counts.

    Raises
    ------
    Forbidden
        ``forbidden``.
    """
    if policy.visibility(current().actor) is Visibility.PUBLIC:
        raise Forbidden("forbidden")


def require_rows() -> None:
    """Refuse whoever is no staff: the missing things are rows.

    Raises
    ------
    Forbidden
        ``forbidden``.
    """
    if policy.visibility(current().actor) is not Visibility.STAFF:
        raise Forbidden("forbidden")


def today() -> date:
    """The day on which states are read, in Thailand (:mod:`app` sets the zone)."""
    return date.today()


def freshen(organisation: str | None) -> None:
    """Count the organisation that is read, when its records changed: what was just entered is seen at once."""
    if organisation:
        with current().database.transaction() as session:
            refresh_own(session, organisation)


def check_place(session: Session, asked: Asked) -> None:
    """Refuse an area or organisation that is none.

    Raises
    ------
    NotFound
        ``area_not_found``, ``organisation_not_found``.
    """
    check_places(session, (asked.area,) if asked.area else ())
    if asked.organisation:
        organisation_target(session, asked.organisation)
