"""Administrative areas: names, the tambon at a point, search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

Level = Literal["province", "amphoe", "tambon", "village"]

LEVELS: tuple[Level, ...] = ("province", "amphoe", "tambon", "village")

# how a level is written before its name in an address
_PREFIX_TH: dict[str, str] = {"province": "จ.", "amphoe": "อ.", "tambon": "ต.", "village": ""}

_COLUMNS = "a.code, a.level, a.name_th, a.name_en, a.parent_code, a.fictional"


@dataclass(frozen=True)
class AreaName:
    """An area without its shape."""

    code: str
    level: str
    name_th: str
    name_en: str | None
    parent_code: str | None
    fictional: bool = False

    def name(self, language: str = "th") -> str:
        """Name in ``language``; Thai where there is no other."""
        return self.name_en if language == "en" and self.name_en else self.name_th


@dataclass(frozen=True)
class AreaFound(AreaName):
    """A search hit: the area and the names of the areas above it, nearest first."""

    within_th: tuple[str, ...] = ()


def level_of(code: str) -> Level:
    """Level of an area code by its length.

    Examples
    --------
    >>> level_of("3601")
    'amphoe'
    """
    return LEVELS[len(code) // 2 - 1]


def ancestors(code: str) -> tuple[str, ...]:
    """Codes above ``code``, nearest first.

    Examples
    --------
    >>> ancestors("360105")
    ('3601', '36')
    """
    return tuple(code[:length] for length in range(len(code) - 2, 0, -2))


def area(session: Session, code: str) -> AreaName | None:
    """One area, or ``None``."""
    return area_names(session, [code]).get(code)


def area_names(session: Session, codes: Iterable[str]) -> dict[str, AreaName]:
    """Areas by code in one statement; unknown codes are absent."""
    wanted = list({code for code in codes if code})
    if not wanted:
        return {}
    rows = session.execute(sa.text(f"SELECT {_COLUMNS} FROM area a WHERE a.code = ANY(:codes)"), {"codes": wanted})
    return {row.code: AreaName(*row) for row in rows}


def address_th(session: Session, code: str) -> str:
    """Address of an area in Thai, e.g. ``ต.หนองสาธิต อ.เมืองสาธิต จ.สาธิต``; empty for an unknown code."""
    names = area_names(session, [code, *ancestors(code)])
    chain = [names[part] for part in (code, *ancestors(code)) if part in names]
    return " ".join(_PREFIX_TH[part.level] + part.name_th for part in chain)


def children(session: Session, parent_code: str | None, level: Level | None = None) -> list[AreaName]:
    """Areas directly below ``parent_code`` (``None``: the provinces), or all of ``level`` below it, by Thai name."""
    condition = "a.parent_code IS NOT DISTINCT FROM :parent"
    if level is not None:
        condition = "a.level = :level AND a.code LIKE coalesce(:parent, '') || '%'"
    rows = session.execute(
        sa.text(f'SELECT {_COLUMNS} FROM area a WHERE {condition} ORDER BY a.name_th COLLATE "th-x-icu", a.code'),
        {"parent": parent_code, "level": level},
    )
    return [AreaName(*row) for row in rows]


def tambon_at(session: Session, lon: float, lat: float) -> AreaName | None:
    """The tambon that covers a point (EPSG:4326), or ``None`` outside every polygon."""
    row = session.execute(
        sa.text(
            f"SELECT {_COLUMNS} FROM area a WHERE a.level = 'tambon' "
            "AND ST_Covers(a.geom, ST_SetSRID(ST_Point(:lon, :lat), 4326)) ORDER BY a.code LIMIT 1"
        ),
        {"lon": lon, "lat": lat},
    ).one_or_none()
    return None if row is None else AreaName(*row)


def tambon_codes_at(session: Session, points: Sequence[tuple[float, float]]) -> list[str | None]:
    """Tambon codes at many points (lon, lat in EPSG:4326) in one statement, in the order given."""
    if not points:
        return []
    rows = session.execute(
        sa.text(
            "SELECT p.n, min(a.code) AS code FROM unnest(:lons ::float8[], :lats ::float8[]) "
            "WITH ORDINALITY AS p(lon, lat, n) JOIN area a ON a.level = 'tambon' "
            "AND ST_Covers(a.geom, ST_SetSRID(ST_Point(p.lon, p.lat), 4326)) GROUP BY p.n"
        ),
        {"lons": [lon for lon, _ in points], "lats": [lat for _, lat in points]},
    )
    found = {int(row.n): str(row.code) for row in rows}
    return [found.get(number) for number in range(1, len(points) + 1)]


def bounds(session: Session, code: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north of an area in degrees; ``None`` for an unknown code or one without a polygon."""
    row = session.execute(
        sa.text(
            "SELECT ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) "
            "FROM area WHERE code = :code AND geom IS NOT NULL"
        ),
        {"code": code},
    ).one_or_none()
    return None if row is None else (float(row[0]), float(row[1]), float(row[2]), float(row[3]))


def bounds_of_all(session: Session) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all provinces in degrees; ``None`` before areas are loaded."""
    row = session.execute(
        sa.text(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(geom) AS e FROM area"
            " WHERE level = 'province') AS whole WHERE e IS NOT NULL"
        )
    ).one_or_none()
    return None if row is None else (float(row[0]), float(row[1]), float(row[2]), float(row[3]))


def search_areas(
    session: Session,
    text: str,
    *,
    levels: Sequence[Level] = ("province", "amphoe", "tambon"),
    within: str | None = None,
    limit: int = 20,
) -> list[AreaFound]:
    """Areas whose name has every word of ``text``, higher levels and shorter names first.

    Parameters
    ----------
    session
        Open session.
    text
        What the person typed; spelling variants of Thai are equal (``thai_search``). A code finds its area too.
    levels
        Levels to look at.
    within
        Code of the area to stay inside.
    limit
        Most rows to give.
    """
    words = text.split()
    if not words:
        return []
    parameters: dict[str, Any] = {"levels": list(levels), "within": within, "limit": limit, "code": words[0]}
    conditions = []
    for number, word in enumerate(words):
        conditions.append(f"a.name_search LIKE '%' || thai_search(:w{number}) || '%'")
        parameters[f"w{number}"] = word
    rows = session.execute(
        sa.text(
            f"SELECT {_COLUMNS}, p.name_th AS above1, q.name_th AS above2, r.name_th AS above3 FROM area a "
            "LEFT JOIN area p ON p.code = a.parent_code LEFT JOIN area q ON q.code = p.parent_code "
            "LEFT JOIN area r ON r.code = q.parent_code "
            f"WHERE (a.code = :code OR ({' AND '.join(conditions)})) AND a.level = ANY(:levels) "
            "AND a.code LIKE coalesce(:within, '') || '%' "
            'ORDER BY length(a.code), length(a.name_th), a.name_th COLLATE "th-x-icu", a.code LIMIT :limit'
        ),
        parameters,
    )
    return [
        AreaFound(
            row.code,
            row.level,
            row.name_th,
            row.name_en,
            row.parent_code,
            row.fictional,
            tuple(name for name in (row.above1, row.above2, row.above3) if name),
        )
        for row in rows
    ]
