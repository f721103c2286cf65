"""Works and budget lines whose recorded classification is not what their name and their neighbours suggest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gis.work_classes import ASPECTS, Aspect, Suggestion, Vote, suggest, with_votes

MOST_LINES = 20_000
OF_LINE: tuple[Aspect, ...] = ("programme", "work", "expenditure")
"""Aspects of a budget line; the others are the work's own."""
COLUMN: Mapping[Aspect, str] = {
    "kind": "kind",
    "work_nature": "work_nature_code",
    "surface_type": "surface_type_code",
    "water_source_type": "water_source_type_code",
    "programme": "programme_code",
    "work": "work_code",
    "expenditure": "expenditure_category_code",
    "strategy": "strategy_code",
}


@dataclass(frozen=True)
class ClassifiedLine:
    """A work with one of its budget lines, or without any; ``line_version`` is 0 then."""

    project_id: int
    project_code: str
    name_th: str
    organisation_code: str
    organisation_name: str
    province_code: str
    amphoe_code: str | None
    fiscal_year_be: int
    project_version: int
    kind: str | None
    work_nature: str | None
    surface_type: str | None
    water_source_type: str | None
    strategy: str | None
    line_id: int | None
    line_version: int
    programme: str | None
    work: str | None
    expenditure: str | None
    amount_baht: float | None

    def recorded(self, aspect: Aspect) -> str | None:
        """Code that is recorded."""
        found: str | None = getattr(self, aspect)
        return found


@dataclass(frozen=True)
class Check:
    """What is suggested of a line in place of what is ``recorded``."""

    line: ClassifiedLine
    recorded: str | None
    suggestion: Suggestion

    @property
    def aspect(self) -> Aspect:
        """What it is about."""
        return self.suggestion.aspect

    @property
    def line_id(self) -> int | None:
        """Budget line that it is about; ``None`` when it is about the work."""
        return self.line.line_id if self.aspect in OF_LINE else None

    @property
    def key(self) -> str:
        """Tells checks apart: work, aspect, line."""
        return f"{self.line.project_code}/{self.aspect}/{self.line_id or 0}"


_LINES = """
SELECT p.id, p.code, p.name_th, o.code, o.full_name_th, o.province_code, o.amphoe_code, p.fiscal_year_be, p.row_version,
       p.kind, p.work_nature_code, p.surface_type_code, p.water_source_type_code, p.strategy_code,
       a.id, coalesce(a.row_version, 0), a.programme_code, a.work_code, a.expenditure_category_code,
       CAST(a.amount_baht AS float)
FROM project p JOIN organisation o ON o.code = p.organisation_code
LEFT JOIN appropriation a ON a.project_id = p.id AND a.removed_at IS NULL
WHERE (CAST(:year AS integer) IS NULL OR p.fiscal_year_be = :year)
  AND (CAST(:area AS text) IS NULL OR o.province_code = :area OR o.amphoe_code = :area)
  AND (CAST(:organisation AS text) IS NULL OR o.code = :organisation)
ORDER BY p.organisation_code, p.id, a.id LIMIT :limit
"""


def classified_lines(
    session: Session, *, area: str | None = None, organisation: str | None = None, year_be: int | None = None
) -> list[ClassifiedLine]:
    """Works of a place and year with their budget lines, at most :data:`MOST_LINES`."""
    values = {"area": area, "organisation": organisation, "year": year_be, "limit": MOST_LINES}
    return [ClassifiedLine(*row) for row in session.execute(sa.text(_LINES), values)]


def decided(session: Session, projects: Sequence[int]) -> frozenset[tuple[int, str, int, str]]:
    """What people have decided of works (ids): work, aspect, line (0 = the work), and the name that it was said of."""
    rows = session.execute(
        sa.text(
            "SELECT project_id, aspect, coalesce(appropriation_id, 0), name_th FROM classification_decision"
            " WHERE project_id = ANY(:projects)"
        ),
        {"projects": list(projects)},
    )
    return frozenset((row[0], row[1], row[2], row[3]) for row in rows)


def checks_of(
    lines: Sequence[ClassifiedLine], settled: frozenset[tuple[int, str, int, str]], aspect: Aspect | None = None
) -> list[Check]:
    """What speaks against what is recorded, the surest first; each of a work's own once, whatever its lines."""
    votes = Votes(lines)
    found: dict[str, Check] = {}
    for line in lines:
        by_name = _suggested(line.name_th)
        for one in (aspect,) if aspect else ASPECTS:
            if not _asked(line, one) or (line.project_id, one, _line_of(line, one), line.name_th) in settled:
                continue
            recorded = line.recorded(one)
            suggestion = with_votes(one, recorded, by_name.get(one), votes.of(line, one))
            if suggestion is not None:
                check = Check(line, recorded, suggestion)
                found.setdefault(check.key, check)
    return sorted(found.values(), key=lambda check: (-check.suggestion.confidence, check.key))


def _line_of(line: ClassifiedLine, aspect: Aspect) -> int:
    return (line.line_id or 0) if aspect in OF_LINE else 0


def _asked(line: ClassifiedLine, aspect: Aspect) -> bool:
    """A line's aspects need a line; a surface is a road's, a source is a water work's."""
    if aspect in OF_LINE:
        return line.line_id is not None
    return {"surface_type": line.kind == "road", "water_source_type": line.kind == "water"}.get(aspect, True)


@lru_cache(maxsize=MOST_LINES)
def _suggested(name: str) -> dict[Aspect, Suggestion]:
    return suggest(name)


class Votes:
    """How works of the same making are recorded, by their organisation and altogether; nobody votes on oneself."""

    def __init__(self, lines: Sequence[ClassifiedLine]) -> None:
        self._counts: dict[tuple[str, Aspect, tuple[str, ...]], Counter[str]] = defaultdict(Counter)
        for line in lines:
            for aspect in ASPECTS:
                if code := line.recorded(aspect):
                    for place in (line.organisation_code, ""):
                        self._counts[place, aspect, _making(line)][code] += 1

    def of(self, line: ClassifiedLine, aspect: Aspect) -> list[Vote]:
        """The code that most of the others have, of the own organisation first."""
        found = []
        for place in (line.organisation_code, ""):
            others = Counter(self._counts.get((place, aspect, _making(line)), ()))
            if own := line.recorded(aspect):
                others[own] -= 1
            (code, count), total = max(others.items(), key=lambda item: item[1], default=("", 0)), others.total()
            if count > 0:
                found.append(Vote(code, count, total, "own" if place else "province"))
        return found


def _making(line: ClassifiedLine) -> tuple[str, ...]:
    """What makes two works alike by their names: what is done, of what."""
    told = _suggested(line.name_th)
    asked: tuple[Aspect, ...] = ("kind", "work_nature", "surface_type", "water_source_type", "programme")
    return tuple(told[one].codes[0] if one in told else "" for one in asked)
