"""The page of the works behind a number: what of each lies in the place."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.messages import Language
from app.queries.areas import area_names
from app.queries.organisations import organisation
from app.web.allocation_request import Asked, query_of
from app.web.place_words import _, level_name
from app.web.project_list import kind_names

MOST_WORKS = 500


def works_values(session: Session, asked: Asked, place: str, works: pd.DataFrame, language: Language) -> dict[str, Any]:
    """Everything the template needs.

    Raises
    ------
    NotFound
        No such place.
    """
    return {
        "asked": asked,
        "name": _name(session, asked, place, language),
        "level_name": level_name(asked.level),
        "works": works.head(MOST_WORKS).to_dict("records"),
        "count": len(works),
        "most": MOST_WORKS,
        "total_satang": int(works["share_satang"].sum()),
        "crossing": int((works["fraction"] < 1).sum()),
        "kinds": kind_names(),
        "back": f"/analysis/allocation?{query_of(asked)}#p-{place}",
        "years": ", ".join(map(str, asked.narrowed.fiscal_year)) or _("ทุกปีงบ"),
    }


def _name(session: Session, asked: Asked, place: str, language: Language) -> str:
    if asked.level == "hexagon":
        import h3

        if not h3.is_valid_cell(place):
            raise NotFound("area_not_found", {"area": place})
        return place
    if asked.level == "organisation":
        found = organisation(session, place)
        if found is None:
            raise NotFound("organisation_not_found", {"organisation": place})
        return found.name(language)
    area = area_names(session, [place]).get(place)
    if area is None or area.level != asked.level:
        raise NotFound("area_not_found", {"area": place})
    return area.name(language)
