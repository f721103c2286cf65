"""The yearly score of a province's officers: formulas, figures as they stand or as they were finalised, and sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.completeness import NAMES
from app.queries.score_measures import COLUMNS, MEASURES

PART_POINTS = Decimal(50)
_CENT = Decimal("0.01")
_BUDDHIST_ERA = 543
_ORDER = "done::float / wanted, organisation_code, topic, period, record, due_on"


@dataclass(frozen=True)
class Criterion:
    """What points are given for; see :class:`app.models.score.ScoreCriterion`."""

    code: str
    part: str
    points: Decimal
    days: int | None
    name_th: str
    name_en: str | None

    def name(self, language: str = "th") -> str:
        """Its name in ``language``."""
        return (self.name_en if language == "en" else None) or self.name_th


@dataclass(frozen=True)
class Formula:
    """A version with its criteria in order."""

    version: int
    valid_from_be: int
    note: str | None
    created_at: datetime
    created_by_name: str
    criteria: tuple[Criterion, ...]

    def of(self, part: str) -> tuple[Criterion, ...]:
        """Criteria of a part."""
        return tuple(one for one in self.criteria if one.part == part)


@dataclass(frozen=True)
class Figure:
    """A ratio and the points that it earns; nothing is assessed where there was nothing to measure."""

    criterion: Criterion
    done: int = 0
    wanted: int = 0
    rows: int = 0

    @property
    def earned(self) -> Decimal | None:
        """Points times ratio, to the hundredth; ``None`` when nothing was wanted."""
        if not self.wanted:
            return None
        return (self.criterion.points * self.done / self.wanted).quantize(_CENT, ROUND_HALF_UP)


def out_of_fifty(figures: Sequence[Figure]) -> Decimal | None:
    """The earned points of what was assessed, scaled to 50; ``None`` when nothing could be."""
    assessed = [figure for figure in figures if figure.wanted]
    possible = sum((figure.criterion.points for figure in assessed), Decimal(0))
    if not possible:
        return None
    earned = sum((figure.earned or Decimal(0) for figure in assessed), Decimal(0))
    return (PART_POINTS * earned / possible).quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Mark:
    """Points that the head of the province gave."""

    criterion: str
    points: Decimal
    remark: str
    marked_at: datetime
    marked_by_name: str


@dataclass(frozen=True)
class Appeal:
    """What an officer says against a criterion, and the answer."""

    id: int
    criterion: str
    reason: str
    created_at: datetime
    created_by_name: str
    outcome: str | None
    answer: str | None
    answered_at: datetime | None
    answered_by_name: str | None


@dataclass(frozen=True)
class Officer:
    """An officer of the province in the year, with the days of their office."""

    user_id: int
    name: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class Score:
    """A province in a fiscal year.

    Parameters
    ----------
    id, row_version
        Of its sheet; none before anything was written.
    figures
        Of the part that the system measures.
    marks
        Of the province, by criterion.
    sha256, finalised_at, finalised_by_name
        When it is final.
    """

    fiscal_year_be: int
    province_code: str
    name_th: str
    name_en: str | None
    formula: Formula
    figures: tuple[Figure, ...]
    marks: Mapping[str, Mark]
    open_appeals: int = 0
    id: int | None = None
    row_version: int = 0
    sha256: str | None = None
    finalised_at: datetime | None = None
    finalised_by_name: str | None = None

    @property
    def system(self) -> Decimal | None:
        """Of 50, from the data; ``None`` when nothing could be measured."""
        return out_of_fifty(self.figures)

    @property
    def province(self) -> Decimal | None:
        """Of 50, given by the province; ``None`` until every criterion has its points."""
        wanted = self.formula.of("PROVINCE")
        if any(one.code not in self.marks for one in wanted):
            return None
        return sum((self.marks[one.code].points for one in wanted), Decimal(0))

    @property
    def total(self) -> Decimal | None:
        """Of 100, when both parts are known."""
        return None if self.system is None or self.province is None else self.system + self.province

    def name(self, language: str = "th") -> str:
        """Name of the province."""
        return (self.name_en if language == "en" else None) or self.name_th


@dataclass(frozen=True)
class Line:
    """A row behind a figure."""

    organisation_code: str
    organisation_name: str
    record: str
    subject: str | None
    topic: str | None
    period: int | None
    due_on: date | None
    wanted: int
    done: int


def formulas(session: Session) -> list[Formula]:
    """Every version, the newest first."""
    criteria: dict[int, list[Criterion]] = {}
    for row in session.execute(
        sa.text("SELECT version, code, part, points, days, name_th, name_en FROM score_criterion ORDER BY version, seq")
    ):
        criteria.setdefault(row.version, []).append(Criterion(*row[1:]))
    heads = session.execute(
        sa.text(
            "SELECT version, valid_from_be, note, created_at, created_by_name FROM score_formula ORDER BY version DESC"
        )
    )
    return [
        Formula(
            head.version, head.valid_from_be, head.note, head.created_at, head.created_by_name,
            tuple(criteria.get(head.version, ())),
        )
        for head in heads
    ]  # fmt: skip


def in_force(known: Sequence[Formula], year_be: int) -> Formula | None:
    """The version of a fiscal year: the latest begun, of several from one year on the newest."""
    held = [one for one in known if one.valid_from_be <= year_be]
    return max(held, key=lambda one: (one.valid_from_be, one.version), default=None)


def figures_of(
    session: Session, provinces: Sequence[str], year_be: int, formula: Formula, today: date
) -> dict[str, tuple[Figure, ...]]:
    """Figures of provinces as they stand on a day."""
    found: dict[str, dict[str, Figure]] = {code: {} for code in provinces}
    for criterion in formula.of("SYSTEM"):
        statement = sa.text(
            "SELECT province_code, sum(done)::integer, sum(wanted)::integer, count(*)::integer"
            f" FROM ({MEASURES[criterion.code].sql}) AS r GROUP BY 1"
        )
        for code, *sums in session.execute(statement, _asked(provinces, year_be, criterion, today)):
            found[code][criterion.code] = Figure(criterion, *sums)
    order = formula.of("SYSTEM")
    return {code: tuple(of.get(one.code) or Figure(one) for one in order) for code, of in found.items()}


def score_lines(
    session: Session, score: Score, code: str, today: date, *, limit: int, offset: int = 0
) -> tuple[list[Line], int]:
    """The rows behind a figure, the worst first, and how many there are; of a final sheet those that it keeps."""
    criterion = next(one for one in score.formula.of("SYSTEM") if one.code == code)
    if score.finalised_at:
        source = f"SELECT {COLUMNS} FROM score_row WHERE sheet_id = :sheet AND criterion = :criterion"
    else:
        source = f"SELECT {COLUMNS} FROM ({MEASURES[code].sql}) AS m"
    asked = {
        **_asked([score.province_code], score.fiscal_year_be, criterion, today),
        "sheet": score.id, "criterion": code, "limit": limit, "offset": offset,
    }  # fmt: skip
    rows = session.execute(
        sa.text(
            f"SELECT r.organisation_code, coalesce({NAMES}, r.organisation_code), r.record, r.subject, r.topic,"
            f" r.period, r.due_on, r.wanted, r.done FROM (SELECT * FROM ({source}) AS s ORDER BY {_ORDER}"
            " LIMIT :limit OFFSET :offset) AS r"
            " LEFT JOIN organisation o ON o.code = r.organisation_code LEFT JOIN lao_type y ON y.code = o.type_code"
            f" ORDER BY {_ORDER.replace('organisation_code', 'r.organisation_code')}"
        ),
        asked,
    )
    count = session.scalar(sa.text(f"SELECT count(*) FROM ({source}) AS s"), asked) or 0
    return [Line(*row) for row in rows], count


def keep_lines(session: Session, sheet_id: int, score: Score, today: date) -> str:
    """Keep the rows of every criterion with a sheet that becomes final; a digest of all of them."""
    for criterion in score.formula.of("SYSTEM"):
        session.execute(
            sa.text(
                f"INSERT INTO score_row (sheet_id, criterion, seq, {COLUMNS})"
                f" SELECT :sheet, :criterion, row_number() OVER (ORDER BY {_ORDER}), {COLUMNS}"
                f" FROM ({MEASURES[criterion.code].sql}) AS m"
            ),
            {
                **_asked([score.province_code], score.fiscal_year_be, criterion, today),
                "sheet": sheet_id, "criterion": criterion.code,
            },
        )  # fmt: skip
    return rows_digest(session, sheet_id)


def rows_digest(session: Session, sheet_id: int) -> str:
    """SHA-256 of the kept rows in their order."""
    found = session.scalar(
        sa.text(
            "SELECT encode(sha256(convert_to(coalesce(string_agg((to_jsonb(r) - 'sheet_id')::text, E'\\n'"
            " ORDER BY criterion, seq), ''), 'UTF8')), 'hex') FROM score_row r WHERE sheet_id = :sheet"
        ),
        {"sheet": sheet_id},
    )
    return str(found)


def officers(session: Session, province_code: str, year_be: int) -> list[Officer]:
    """Whose score it is: who was an officer of the province on any day of the fiscal year."""
    first, after = _days(year_be)
    rows = session.execute(
        sa.text(
            "SELECT m.user_id, u.display_name, m.valid_from, m.valid_to FROM membership m"
            " JOIN user_account u ON u.id = m.user_id"
            " WHERE m.role_code = 'PROV_OFFICER' AND m.area_code = :province"
            " AND coalesce(m.valid_from < :after, true) AND coalesce(m.valid_to >= :first, true) ORDER BY 2, 1"
        ),
        {"province": province_code, "first": first, "after": after},
    )
    return [Officer(*row) for row in rows]


def scores(session: Session, year_be: int, today: date, provinces: Sequence[str] | None = None) -> list[Score]:
    """Scores of provinces (all where organisations owe entries) in a fiscal year, by the name of the province."""
    known = formulas(session)
    formula = in_force(known, year_be)
    if formula is None:
        return []
    places = session.execute(
        sa.text(
            "SELECT a.code, a.name_th, a.name_en, s.id, s.row_version, s.formula_version, s.figures, s.sha256,"
            " s.finalised_at, s.finalised_by_name,"
            " (SELECT count(*) FROM score_appeal p WHERE p.sheet_id = s.id AND p.outcome IS NULL) AS appeals"
            " FROM area a LEFT JOIN score_sheet s ON s.province_code = a.code AND s.fiscal_year_be = :year"
            " WHERE length(a.code) = 2 AND (CAST(:provinces AS text[]) IS NULL OR a.code = ANY (:provinces))"
            " AND (:provinces IS NOT NULL OR EXISTS"
            " (SELECT FROM organisation o WHERE o.province_code = a.code AND o.type_code <> 'AGENCY'))"
            ' ORDER BY a.name_th COLLATE "th-x-icu", a.code'
        ),
        {"year": year_be, "provinces": None if provinces is None else list(provinces)},
    ).all()
    open_ones = [place.code for place in places if place.finalised_at is None]
    live = figures_of(session, open_ones, year_be, formula, today) if open_ones else {}
    marks = _marks(session, [place.id for place in places if place.id is not None])
    return [_score(place, year_be, known, formula, live, marks) for place in places]


def score_of(session: Session, province_code: str, year_be: int, today: date) -> Score | None:
    """One province; ``None`` where there is no such province or no formula for the year."""
    return next(iter(scores(session, year_be, today, [province_code])), None)


def appeals(session: Session, sheet_id: int | None) -> list[Appeal]:
    """Appeals of a sheet, the newest first."""
    rows = session.execute(
        sa.text(
            "SELECT id, criterion, reason, created_at, created_by_name, outcome, answer, answered_at, answered_by_name"
            " FROM score_appeal WHERE sheet_id = :sheet ORDER BY id DESC"
        ),
        {"sheet": sheet_id},
    )
    return [Appeal(*row) for row in rows]


def waiting_appeals(session: Session, provinces: Sequence[str], measured: Sequence[str]) -> tuple[int, str, int] | None:
    """Appeals against points that provinces gave, without an answer: how many, and the sheet of the oldest."""
    row = session.execute(
        sa.text(
            "SELECT count(*) OVER () AS appeals, s.province_code, s.fiscal_year_be FROM score_appeal a"
            " JOIN score_sheet s ON s.id = a.sheet_id WHERE a.outcome IS NULL AND s.finalised_at IS NULL"
            " AND s.province_code = ANY (:provinces) AND NOT a.criterion = ANY (:measured) ORDER BY a.id LIMIT 1"
        ),
        {"provinces": list(provinces), "measured": list(measured)},
    ).one_or_none()
    return None if row is None else (row.appeals, row.province_code, row.fiscal_year_be)


def ranked(found: Sequence[Score]) -> list[tuple[int | None, Score]]:
    """The highest total first; equal totals share their rank, and who has none stands behind without a rank."""
    assessed = sorted((one for one in found if one.total is not None), key=lambda one: -(one.total or 0))
    totals = [one.total for one in assessed]
    lines: list[tuple[int | None, Score]] = [(totals.index(one.total) + 1, one) for one in assessed]
    return lines + [(None, one) for one in found if one.total is None]


def _score(
    place: Any,
    year_be: int,
    known: Sequence[Formula],
    formula: Formula,
    live: Mapping[str, tuple[Figure, ...]],
    marks: Mapping[int, Mapping[str, Mark]],
) -> Score:
    figures = live.get(place.code, ())
    if place.finalised_at:
        formula = next(one for one in known if one.version == place.formula_version)
        kept = place.figures["criteria"]
        figures = tuple(Figure(one, **kept[one.code]) for one in formula.of("SYSTEM"))
    return Score(
        year_be, place.code, place.name_th, place.name_en, formula, figures, marks.get(place.id, {}),
        place.appeals, place.id, place.row_version or 0, place.sha256, place.finalised_at, place.finalised_by_name,
    )  # fmt: skip


def _marks(session: Session, sheets: Sequence[int]) -> dict[int, dict[str, Mark]]:
    found: dict[int, dict[str, Mark]] = {}
    rows = session.execute(
        sa.text(
            "SELECT sheet_id, criterion, points, remark, marked_at, marked_by_name FROM score_mark"
            " WHERE sheet_id = ANY (:sheets)"
        ),
        {"sheets": list(sheets)},
    )
    for row in rows:
        found.setdefault(row.sheet_id, {})[row.criterion] = Mark(*row[1:])
    return found


def _days(year_be: int) -> tuple[date, date]:
    """First day of a fiscal year, and the day after its last."""
    first = date(year_be - _BUDDHIST_ERA - 1, 10, 1)
    return first, date(first.year + 1, 9, 30) + timedelta(days=1)


def _asked(provinces: Sequence[str], year_be: int, criterion: Criterion, today: date) -> dict[str, Any]:
    first, after = _days(year_be)
    return {
        "provinces": list(provinces),
        "year": year_be,
        "today": today,
        "first": first,
        "after": after,
        "days": criterion.days or 0,
    }
