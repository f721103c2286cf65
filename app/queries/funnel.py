"""The funnel: planned, requested, approved, contracted, disbursing, paid in full, as project-years and as baht.

A project-year counts in every stage up to the one it has reached (``funnel_stage()`` of the database), so a later stage
never counts more than an earlier one. The country comes from the rolled-up cells and the changes since (migration
0019), what lies under one organisation, and combinations that no grain keeps, from the projects themselves; either way
it is narrowed by :func:`app.queries.project_filter.conditions`, so the list behind a number has the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from itertools import accumulate
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.areas import area_names
from app.queries.codelists import ListName, code_list
from app.queries.organisations import organisation_names
from app.queries.project_filter import AREA_DIGITS, DATED_STAGES, NONE, STAGES, ProjectFilter, conditions

GroupBy = Literal[
    "province",
    "amphoe",
    "organisation",
    "strategy",
    "local_strategy",
    "programme",
    "plan_form",
    "kind",
    "fiscal_year",
    "quarter",
]
GROUPS: tuple[GroupBy, ...] = (
    "province",
    "amphoe",
    "organisation",
    "strategy",
    "local_strategy",
    "programme",
    "plan_form",
    "kind",
    "fiscal_year",
    "quarter",
)
OWN_FORMS = ("ผ.02", NONE)
"""What an organisation does itself. Works that it asks the province's organisation for (ผ.02/2), those of communities
(ผ.02/1) and durable articles (ผ.03) are sums of their own: added up, one road would count twice."""
_PUBLISHED_FROM = STAGES.index("approved")

# As in the migration: digits of the area that a grain keeps, and whether it keeps strategy and programme; in the order
# of how few cells there are to read.
_GRAINS = ((0, 0, True, True), (1, 4, False, False), (4, 2, True, True), (2, 4, True, False), (3, 4, False, True))
_IN_CELLS = frozenset({"fiscal_year", "kind", "plan_form", "strategy", "programme", "area"})
_CODE_LISTS: Mapping[str, ListName] = {"strategy": "national_strategy", "programme": "budget_programme"}

_MEASURES = (*STAGES, *(f"{stage}_baht" for stage in STAGES))
_CELLS = """(
    SELECT quarter, fiscal_year_be, amphoe_code AS area_code, kind, nullif(plan_form, '') AS plan_form,
           nullif(strategy_code, '') AS strategy_code, nullif(programme_code, '') AS programme_code, {measures}
    FROM read_funnel_cell WHERE grain = :grain AND {when}
    UNION ALL
    SELECT quarter, fiscal_year_be, amphoe_code, kind, nullif(plan_form, ''), nullif(strategy_code, ''),
           nullif(programme_code, ''), {measures}
    FROM read_funnel_delta WHERE {when}
) AS p"""
# What one project has in each stage; the migration's roll-up adds up the same.
_REACHED = {stage: f"CASE WHEN s.stage >= {number} THEN 1 ELSE 0 END" for number, stage in enumerate(STAGES, 1)}
_WORTH = {
    "planned_baht": "p.planned_baht",
    "requested_baht": "CASE WHEN p.budget_baht > 0 THEN p.budget_baht ELSE p.planned_baht END",
    "approved_baht": "p.budget_baht",
    "contracted_baht": "greatest(p.contracted_baht, p.disbursed_baht)",
    "disbursing_baht": "p.disbursed_baht",
    "paid_baht": "p.disbursed_baht",
}
OF_PROJECT = ", ".join(
    [
        *(f"{sql} AS {stage}" for stage, sql in _REACHED.items()),
        *(
            f"CASE WHEN s.stage >= {number} THEN {sql} ELSE 0 END AS {name}"
            for number, (name, sql) in enumerate(_WORTH.items(), 1)
        ),
    ]
)
_OF_QUARTER = ", ".join(
    f"0 AS {name}" if name.removesuffix("_baht") not in DATED_STAGES else f"f.{name}" for name in _MEASURES
)
_ROWS = """(
    SELECT 0 AS quarter, {code} AS code, {present}
    FROM project p CROSS JOIN LATERAL (
        SELECT funnel_stage(p.status, p.budget_baht, p.contracted_baht, p.disbursed_baht) AS stage OFFSET 0) AS s
    WHERE {where}{and_past}
) AS r"""
_PAST_ROWS = """
    UNION ALL
    SELECT f.quarter, {code}, {past}
    FROM read_funnel_quarter f JOIN project p ON p.id = f.project_id
    WHERE {when} AND {where}"""

_DIFFERENCES = """
    WITH rolled AS (
        SELECT * FROM read_funnel_cell
        UNION ALL
        SELECT g.grain, quarter, fiscal_year_be, left(amphoe_code, g.digits), kind, plan_form,
               CASE WHEN g.strategy THEN strategy_code ELSE '' END,
               CASE WHEN g.programme THEN programme_code ELSE '' END, {measures}
        FROM read_funnel_delta CROSS JOIN funnel_grain g
    ), counted AS (
        SELECT g.grain, quarter, fiscal_year_be, left(amphoe_code, g.digits), kind, plan_form,
               CASE WHEN g.strategy THEN strategy_code ELSE '' END,
               CASE WHEN g.programme THEN programme_code ELSE '' END, {negative}
        FROM funnel_counted CROSS JOIN funnel_grain g
    )
    SELECT grain, quarter, fiscal_year_be, amphoe_code, kind, plan_form, strategy_code, programme_code, {sums}
    FROM (SELECT * FROM rolled UNION ALL SELECT * FROM counted) AS both_ways
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    HAVING ROW({plain}) <> ROW({zeros})""".format(
    measures=", ".join(_MEASURES),
    negative=", ".join(f"-{name}" for name in _MEASURES),
    sums=", ".join(f"sum({name}) AS {name}" for name in _MEASURES),
    plain=", ".join(f"sum({name})" for name in _MEASURES),
    zeros=", ".join("0" for _ in _MEASURES),
)


@dataclass(frozen=True)
class Figure:
    """Project-years in a stage and their baht.

    Parameters
    ----------
    baht
        Planned: of the plan line for the year. Requested: the budget where one is entered, else the plan. Approved:
        the budget after transfers. Contracted: contracts, or what was paid without one where that is more.
        Disbursing and paid: payments, of paid only those of projects paid in full.
    """

    projects: int = 0
    baht: Decimal = Decimal(0)

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.projects + other.projects, self.baht + other.baht)

    def __sub__(self, other: Figure) -> Figure:
        return Figure(self.projects - other.projects, self.baht - other.baht)


Measure = Literal["projects", "baht"]


@dataclass(frozen=True)
class Funnel:
    """Six figures in the order of :data:`STAGES`; ``None`` = not for the eyes that asked."""

    figures: tuple[Figure | None, ...]

    def __add__(self, other: Funnel) -> Funnel:
        pairs = zip(self.figures, other.figures, strict=True)
        return Funnel(tuple(None if a is None or b is None else a + b for a, b in pairs))

    def __sub__(self, other: Funnel) -> Funnel:
        pairs = zip(self.figures, other.figures, strict=True)
        return Funnel(tuple(None if a is None or b is None else a - b for a, b in pairs))

    def __getitem__(self, stage: str) -> Figure | None:
        return self.figures[STAGES.index(stage)]

    def of_plan(self, stage: str, measure: Measure) -> Decimal | None:
        """Percent of the first stage shown, to one decimal; ``None`` where that is nothing."""
        return self._share(stage, next((s for s, f in zip(STAGES, self.figures, strict=True) if f), stage), measure)

    def of_step(self, stage: str, measure: Measure) -> Decimal | None:
        """Percent of the stage before; ``None`` for the first and where the stage before is nothing."""
        position = STAGES.index(stage)
        return None if position == 0 else self._share(stage, STAGES[position - 1], measure)

    def _share(self, stage: str, whole: str, measure: Measure) -> Decimal | None:
        part_of, whole_of = self[stage], self[whole]
        if part_of is None or whole_of is None or not getattr(whole_of, measure):
            return None
        # In whole satang and tenths of a percent, half up: a country of amphoes has twenty thousand of these.
        part, whole_part = int(getattr(part_of, measure) * 100), int(getattr(whole_of, measure) * 100)
        return Decimal((2000 * part + whole_part) // (2 * whole_part)).scaleb(-1)


@dataclass(frozen=True)
class FunnelRow:
    """The funnel of one group.

    Parameters
    ----------
    code
        Value of what is grouped by; ``None`` = projects without one (for areas: not known down to the level).
    name_th, name_en
        Names where the value has some; the code itself where not.
    added
        By quarter only: what the quarter itself added to the stages that have days.
    """

    code: str | None
    name_th: str
    name_en: str | None
    funnel: Funnel
    added: Funnel | None = None

    def name(self, language: str = "th") -> str:
        """Name in ``language``; Thai where there is no other."""
        return self.name_en if language == "en" and self.name_en else self.name_th


@dataclass(frozen=True)
class FunnelReading:
    """Groups by code, those without one last, and their sum; of quarters the sum is the present state.

    Parameters
    ----------
    source
        ``cells`` or ``projects``: where the numbers were added up.
    """

    rows: tuple[FunnelRow, ...]
    total: Funnel
    source: str


def funnel(
    session: Session,
    narrowed: ProjectFilter,
    group_by: GroupBy,
    sight: Visibility,
    at_quarter: int | None = None,
) -> FunnelReading:
    """The funnel of the projects that a filter leaves, by one of their properties.

    Parameters
    ----------
    narrowed
        Any filter of the list of projects. Without ``plan_form`` all forms are added up: see :data:`OWN_FORMS`.
    sight
        The public sees the stages from the approval on.
    at_quarter
        State at the end of this quarter of each project's fiscal year (1 to 4; 5 and more lie after it), as far as
        money has days; ``None`` = now. Plans and requests have none: they are shown as they are now.
    """
    grain = grain_of(narrowed, group_by)
    sums = _sums(session, narrowed, group_by, sight, at_quarter, grain)
    if sight is Visibility.PUBLIC:
        sums = {code: Funnel((None,) * _PUBLISHED_FROM + one.figures[_PUBLISHED_FROM:]) for code, one in sums.items()}
    if group_by == "quarter":
        rows, total = _quarters(sums)
    else:
        # what was there once and has been taken back leaves a zero behind until it is counted again
        sums = {code: one for code, one in sums.items() if any(figure and figure.projects for figure in one.figures)}
        names = _names(session, group_by, [str(code) for code in sums if code is not None])
        rows = tuple(
            FunnelRow(code, *names.get(str(code), (str(code or ""), None)), sums[code])
            for code in sorted(sums, key=lambda code: (code is None, str(code)))
        )
        total = sum((row.funnel for row in rows), _nothing(sight))
    return FunnelReading(rows, total, "projects" if grain is None else "cells")


def drill(
    narrowed: ProjectFilter, group_by: GroupBy, code: str | None, stage: str, at_quarter: int | None = None
) -> ProjectFilter:
    """The filter of the list that has exactly the projects behind one number of a row."""
    if group_by == "quarter":
        at_quarter = int(code) if code else None
    return replace(narrowed, **drill_change(group_by, code), stage=stage_value(stage, at_quarter))


def drill_change(group_by: GroupBy, code: str | None) -> dict[str, Any]:
    """What the list behind a row is narrowed to beside the filter of all rows: at most one field."""
    if group_by == "quarter":
        return {}
    if group_by in AREA_DIGITS:
        return {"area_missing": group_by} if code is None else {"area": (code,)}
    if group_by in ("fiscal_year", "local_strategy"):
        return {group_by: (int(code or 0),)}
    return {group_by: (NONE if code is None else code,)}


def stage_value(stage: str, at_quarter: int | None = None) -> str:
    """Value of the list's filter ``stage``."""
    return f"{stage}-q{at_quarter}" if at_quarter and stage in DATED_STAGES else stage


def grain_of(narrowed: ProjectFilter, group_by: GroupBy) -> int | None:
    """Which cells answer: the fewest that keep what is asked; ``None`` = the projects themselves."""
    given = {field.name for field in fields(narrowed) if getattr(narrowed, field.name) not in (None, (), "")}
    if given - _IN_CELLS or group_by in ("organisation", "local_strategy"):
        return None
    digits = max(AREA_DIGITS.get(group_by, 0), *(len(code) for code in narrowed.area), 0)
    wanted = given | {group_by}
    for grain, kept, strategy, programme in _GRAINS:
        if digits <= kept and (strategy or "strategy" not in wanted) and (programme or "programme" not in wanted):
            return grain
    return None


def local_strategy_names(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """Code and name of strategies of plans by number."""
    if not numbers:
        return {}
    statement = "SELECT id, code || ' ' || name_th AS name FROM local_strategy WHERE id = ANY(:ids)"
    return {row.id: row.name for row in session.execute(sa.text(statement), {"ids": list(numbers)})}


def differences(session: Session) -> Sequence[sa.Row[Any]]:
    """Cells whose sums are not those of the rows: always empty, and the tests hold it to that."""
    return session.execute(sa.text(_DIFFERENCES)).all()


def _sums(
    session: Session,
    narrowed: ProjectFilter,
    group_by: GroupBy,
    sight: Visibility,
    at_quarter: int | None,
    grain: int | None,
) -> dict[str | None, Funnel]:
    # The stages from the approval on are exactly what the public knows of: its eyes need no condition of their own,
    # which the cells could not check.
    found = conditions(narrowed, Visibility.STAFF)
    by_quarter = group_by == "quarter"
    when = "true" if by_quarter else "quarter = 0" if at_quarter is None else "quarter BETWEEN 0 AND :at_quarter"
    if grain is None:
        past_rows = _PAST_ROWS.format(
            code=code_sql(group_by, "f.quarter"), past=_OF_QUARTER, where=found.where, when=when
        )
        source = _ROWS.format(
            code=code_sql(group_by, "0"),
            present=OF_PROJECT,
            where=found.where,
            and_past=past_rows if by_quarter or at_quarter is not None else "",
        )
        code, where = "r.code", "true"
    else:
        source = _CELLS.format(measures=", ".join(_MEASURES), when=when)
        code, where = code_sql(group_by, "p.quarter"), found.where
    past = "" if at_quarter is None or by_quarter else " FILTER (WHERE quarter > 0)"
    present = past.replace(">", "=")
    sums = ", ".join(
        f"coalesce(sum({name}){past if name.removesuffix('_baht') in DATED_STAGES else present}, 0) AS {name}"
        for name in _MEASURES
    )
    rows = session.execute(
        sa.text(f"SELECT {code} AS code, {sums} FROM {source} WHERE {where} GROUP BY 1"),
        {**found.parameters, "grain": grain, "at_quarter": at_quarter},
    ).mappings()
    return {
        None if row["code"] is None else str(row["code"]): Funnel(
            tuple(Figure(int(row[stage]), Decimal(row[f"{stage}_baht"])) for stage in STAGES)
        )
        for row in rows
    }


def code_sql(group_by: GroupBy, quarter: str = "0") -> str:
    """SQL of the code of a row of a grouping, over projects (or cells) that go by ``p``."""
    if group_by in AREA_DIGITS:
        digits = AREA_DIGITS[group_by]
        return f"CASE WHEN length(p.area_code) >= {digits} THEN left(p.area_code, {digits}) END"
    return {
        "organisation": "p.organisation_code",
        "strategy": "p.strategy_code",
        "local_strategy": "(SELECT l.local_strategy_id FROM plan_project l WHERE l.id = p.plan_project_id)",
        "programme": "p.programme_code",
        "plan_form": "p.plan_form",
        "kind": "p.kind",
        "fiscal_year": "p.fiscal_year_be",
        "quarter": quarter,
    }[group_by]


def _quarters(sums: Mapping[str | None, Funnel]) -> tuple[tuple[FunnelRow, ...], Funnel]:
    """From what each quarter added to the states at their ends, with the undated stages as they are now."""
    now = sums.get("0", Funnel((Figure(),) * len(STAGES)))
    moved = [int(code) for code, one in sums.items() if code and any(f and (f.projects or f.baht) for f in one.figures)]
    numbers = range(1, max(moved, default=0) + 1)
    if not numbers:
        return (), now
    undated = tuple(now.figures[:_PUBLISHED_FROM])
    nothing = (Figure(),) * len(DATED_STAGES)
    added = [sums[str(n)].figures[_PUBLISHED_FROM:] if str(n) in sums else nothing for n in numbers]
    states = accumulate(added, lambda a, b: tuple((x or Figure()) + (y or Figure()) for x, y in zip(a, b, strict=True)))
    rows = tuple(
        FunnelRow(str(n), str(n), None, Funnel(undated + tuple(state)), Funnel((None,) * _PUBLISHED_FROM + tuple(new)))
        for n, state, new in zip(numbers, states, added, strict=True)
    )
    return rows, now


def _names(session: Session, group_by: GroupBy, codes: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    if group_by in AREA_DIGITS:
        return {code: (one.name_th, one.name_en) for code, one in area_names(session, codes).items()}
    if group_by == "organisation":
        names = organisation_names(session, codes)
        return {code: (one.name("th"), one.name("en")) for code, one in names.items()}
    if group_by in _CODE_LISTS:
        return {code: (one.name_th, one.name_en) for code, one in code_list(session, _CODE_LISTS[group_by]).items()}
    if group_by == "local_strategy":
        numbers = [int(code) for code in codes]
        return {str(number): (name, None) for number, name in local_strategy_names(session, numbers).items()}
    return {}


def _nothing(sight: Visibility) -> Funnel:
    hidden = _PUBLISHED_FROM if sight is Visibility.PUBLIC else 0
    return Funnel((None,) * hidden + (Figure(),) * (len(STAGES) - hidden))
