"""A form of a plan as a sheet of rows: what the grid, the workbook and the printed form are made of.

One query and one order for all three, so that a row stands at the same place on the screen, in Excel and on paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.queries.codelists import Code, code_list
from app.queries.plan_forms import YEAR_PREFIX, FormColumn, PlanForm
from app.queries.plan_lines import LineProject, PlanLine, lines_at, projects_of_lines
from app.queries.plans import PlanHead, Strategy, VersionHead, strategies_at

KIND_NAMES = {"road": ("ถนน", "Road"), "water": ("แหล่งน้ำ", "Water source"), "other": ("อื่น ๆ", "Other")}
# Of the projects of a line, the one whose coordinates need work most stands for the line.
_WORK_FIRST = ("RETURNED", "NONE", "DRAFT", "SUBMITTED", "VERIFIED")


@dataclass(frozen=True)
class SheetGroup:
    """Lines of one strategy and programme.

    Parameters
    ----------
    key
        ``strategy:programme``, either may be empty.
    strategy, programme
        ``None`` where the lines name none.
    """

    key: str
    strategy: Strategy | None
    programme: Code | None

    def title(self, language: str = "th") -> str:
        """Strategy in words."""
        if self.strategy is None:
            return "ยังไม่ระบุยุทธศาสตร์" if language == "th" else "No strategy yet"
        word = "ยุทธศาสตร์ที่" if language == "th" else "Strategy"
        return f"{word} {self.strategy.code} {self.strategy.name_th}"

    def note(self, language: str = "th") -> str:
        """Programme in words."""
        if self.programme is None:
            return "ยังไม่ระบุแผนงาน" if language == "th" else "No programme yet"
        return self.programme.name(language)


@dataclass(frozen=True)
class SheetRow:
    """A line in its place.

    Parameters
    ----------
    number
        What stands under ที่: its place in the group. Numbers of the book begin again with every version.
    touched
        True when the shown version brings or changes it.
    coordinates
        Status of its coordinates, ``None`` while no project was made of it.
    """

    line: PlanLine
    group: str
    number: int
    touched: bool
    coordinates: str | None
    projects: tuple[LineProject, ...]

    def value(self, key: str) -> Any:
        """Value of a column: text, ``Decimal``, ``int``, or ``None``."""
        if key == "line_number":
            return self.number
        if key == "coordinates":
            return self.coordinates
        if key[:1] == YEAR_PREFIX and key[1:].isdecimal():
            return self.line.amounts.get(int(key[1:]))
        return getattr(self.line, key)


@dataclass(frozen=True)
class Sheet:
    """One form of a version.

    Parameters
    ----------
    years_be
        Fiscal years with a column: the plan's, and any other that a line has money in.
    """

    plan: PlanHead
    version: VersionHead
    form: PlanForm
    years_be: tuple[int, ...]
    columns: tuple[FormColumn, ...]
    groups: tuple[SheetGroup, ...]
    rows: tuple[SheetRow, ...]
    strategies: tuple[Strategy, ...]

    def totals(self, group: str | None = None) -> dict[int, Decimal]:
        """Baht per fiscal year of the lines that stand, of one group or of all."""
        sums = dict.fromkeys(self.years_be, Decimal(0))
        for row in self.rows:
            if not row.line.ended and group in (None, row.group):
                for year, amount in row.line.amounts.items():
                    sums[year] += amount
        return sums


def group_key(strategy_id: int | None, programme_code: str | None) -> str:
    """Key of the group in which a line of this strategy and programme stands."""
    return f"{strategy_id or ''}:{programme_code or ''}"


def plan_sheet(session: Session, head: PlanHead, version: VersionHead, form: PlanForm) -> Sheet:
    """A form of a version with its lines in the order of the book."""
    lines = lines_at(session, version.id, forms=(form.code,))
    strategies = strategies_at(session, version)
    projects = projects_of_lines(session, head.id)
    years = tuple(sorted({*version.years_be, *(year for line in lines for year in line.amounts)}))
    groups = _groups(session, lines, strategies)
    return Sheet(
        head,
        version,
        form,
        years,
        form.columns(years),
        groups,
        tuple(_rows(lines, groups, projects, version)),
        tuple(strategies),
    )


def _groups(session: Session, lines: Sequence[PlanLine], strategies: Sequence[Strategy]) -> tuple[SheetGroup, ...]:
    programmes = code_list(session, "budget_programme")
    place = {strategy.id: n for n, strategy in enumerate(strategies)}
    by_id = {strategy.id: strategy for strategy in strategies}
    pairs = {(line.local_strategy_id, line.programme_code) for line in lines}
    order = {code: n for n, code in enumerate(programmes)}
    ordered = sorted(
        pairs, key=lambda pair: (place.get(pair[0] or 0, len(place)), order.get(pair[1] or "", len(order)))
    )
    return tuple(
        SheetGroup(
            group_key(strategy, programme),
            None if strategy is None else by_id.get(strategy),
            None if programme is None else programmes.get(programme),
        )
        for strategy, programme in ordered
    )


def _rows(
    lines: Sequence[PlanLine],
    groups: Sequence[SheetGroup],
    projects: Mapping[int, Sequence[LineProject]],
    version: VersionHead,
) -> list[SheetRow]:
    place = {group.key: n for n, group in enumerate(groups)}
    counted: dict[str, int] = {}
    rows = []
    keyed = [(group_key(line.local_strategy_id, line.programme_code), line) for line in lines]
    for key, line in sorted(keyed, key=lambda pair: place[pair[0]]):
        counted[key] = counted.get(key, 0) + 1
        made = tuple(projects.get(line.origin_id, ()))
        statuses = {project.geometry_status for project in made if project.status != "CANCELLED"}
        rows.append(
            SheetRow(
                line,
                key,
                counted[key],
                line.version_id == version.id,
                next((status for status in _WORK_FIRST if status in statuses), None),
                made,
            )
        )
    return rows


@dataclass(frozen=True)
class SummaryCell:
    """Projects and baht of one year."""

    projects: int
    amount_baht: Decimal


@dataclass(frozen=True)
class SummaryRow:
    """A line of ผ.01: one strategy and programme."""

    group: SheetGroup
    years: Mapping[int, SummaryCell]
    total: SummaryCell


@dataclass(frozen=True)
class Summary:
    """ผ.01 of a version over one form; a project with money in three years counts in each of them and once in all."""

    plan: PlanHead
    version: VersionHead
    form: PlanForm
    years_be: tuple[int, ...]
    rows: tuple[SummaryRow, ...]
    total: SummaryRow


def plan_summary(session: Session, head: PlanHead, version: VersionHead, form: PlanForm) -> Summary:
    """Counts and baht per strategy, programme and year, of one form only: forms are never added up."""
    lines = [line for line in lines_at(session, version.id, forms=(form.code,)) if not line.ended]
    years = tuple(sorted({*version.years_be, *(year for line in lines for year in line.amounts)}))
    groups = _groups(session, lines, strategies_at(session, version))
    rows = []
    for group in groups:
        inside = [line for line in lines if group_key(line.local_strategy_id, line.programme_code) == group.key]
        rows.append(_summary_row(group, inside, years))
    total = _summary_row(SheetGroup("", None, None), lines, years)
    return Summary(head, version, form, years, tuple(rows), total)


def _summary_row(group: SheetGroup, lines: Sequence[PlanLine], years: Sequence[int]) -> SummaryRow:
    cells = {}
    for year in years:
        amounts = [line.amounts[year] for line in lines if line.amounts.get(year)]
        cells[year] = SummaryCell(len(amounts), sum(amounts, Decimal(0)))
    whole = sum((cell.amount_baht for cell in cells.values()), Decimal(0))
    return SummaryRow(group, cells, SummaryCell(len(lines), whole))
