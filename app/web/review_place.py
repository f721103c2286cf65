"""Where the desk's pages begin, and which other places a person may turn to."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import own_scope
from app.queries.areas import area_names
from app.web.context import current

# Provinces of the register: Bangkok has no organisation in it and would begin an empty page.
_PROVINCES = """
SELECT a.code, CASE WHEN :thai OR a.name_en IS NULL THEN a.name_th ELSE a.name_en END
FROM area a WHERE a.level = 'province' AND EXISTS (SELECT FROM organisation o WHERE o.province_code = a.code)
ORDER BY a.name_th COLLATE "th-x-icu", a.code
"""
_MOST_WAITING = """
SELECT o.province_code FROM organisation o
LEFT JOIN project p ON p.organisation_code = o.code AND p.geometry_status = 'SUBMITTED'
WHERE o.province_code IS NOT NULL GROUP BY 1 ORDER BY count(p.id) DESC, 1 LIMIT 1
"""


def begins_at(session: Session, actor: Actor) -> str:
    """One's own province or amphoe; for the nation's staff the province where most waits."""
    scope = own_scope(actor)
    if not scope.nation:
        return min(scope.provinces | scope.amphoes, default="")
    return session.scalar(sa.text(_MOST_WAITING)) or ""


def places(session: Session, actor: Actor, area: str) -> list[tuple[str, str]]:
    """Places to choose from, with the one that is shown; none where there is nothing to choose."""
    scope = own_scope(actor)
    language = current().language
    if scope.nation:
        found = [(row[0], row[1]) for row in session.execute(sa.text(_PROVINCES), {"thai": language == "th"})]
    else:
        names = area_names(session, scope.provinces | scope.amphoes)
        found = sorted((code, name.name(language)) for code, name in names.items())
        found = found if len(found) > 1 else []
    if found and area and area not in dict(found):
        found += [(code, name.name(language)) for code, name in area_names(session, [area]).items()]
    return found
