"""What a row as a whole means: a new project or one that exists, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.auth import policy
from app.auth.actor import Actor
from app.models import Organisation
from app.services.imports.existing import ExistingProjects, Known
from app.services.imports.reading import ReadBatch
from gis.problems import Problem


@dataclass(frozen=True)
class Permissions:
    """What the person may do for the organisation; asked again when the file is accepted."""

    projects: bool
    surveys: bool
    budget: bool
    coordinates: bool

    @classmethod
    def of(cls, actor: Actor, organisation: Organisation) -> Permissions:
        """Ask policy."""
        target = target_of(organisation)
        return cls(
            policy.may(actor, policy.PROJECT_WRITE, target),
            policy.may(actor, policy.PROJECT_SURVEY, target),
            policy.may(actor, policy.BUDGET_WRITE, target),
            policy.may(actor, policy.COORDINATES_WRITE, target),
        )


def target_of(organisation: Organisation) -> policy.Target:
    """The organisation as policy sees it."""
    return policy.Target(organisation.code, organisation.province_code, organisation.amphoe_code)


@dataclass
class RuledRows:
    """Verdicts of one batch, one entry a row."""

    levels: list[str]
    project_codes: list[str | None]
    project_ids: list[int | None]
    new_projects: int = 0
    known_projects: int = 0


@dataclass
class RowRules:
    """Rules over rows, with memory of the rows before.

    Parameters
    ----------
    fiscal_year_be
        For rows that do not say their own.
    choices
        Row number -> project that a person has chosen, ``None`` for a new one.
    """

    fiscal_year_be: int
    kind: str
    permissions: Permissions
    existing: ExistingProjects
    choices: Mapping[int, str | None] = field(default_factory=dict)
    _first_row: dict[int, int] = field(default_factory=dict)

    def apply(self, read: ReadBatch) -> RuledRows:
        """Judge every row: adds its problems and says which project it is."""
        count = len(read.row_numbers)
        rows = RuledRows(["ok"] * count, [None] * count, [None] * count)
        names = read.values.get("name") or [None] * count
        codes = read.values.get("code") or [None] * count
        years = read.values.get("fiscal_year") or [None] * count
        budgets = read.values.get("budget_baht") or [None] * count
        versions: list[int | None] = [None] * count
        numbers = read.row_numbers.tolist()
        plain = self._plain_rows(read, names, codes, years)
        rows.new_projects = len(plain)
        for row in range(count):
            if row in plain:
                continue
            known, problems = self._judge(
                numbers[row],
                RowFacts(names[row], codes[row], years[row], budgets[row], read.has_coordinates(row)),
                read.problems.get(row, ()),
            )
            for problem in problems:
                read.add(row, problem)
            if known is None:
                rows.new_projects += 1
            else:
                rows.known_projects += 1
                rows.project_codes[row], rows.project_ids[row] = known.code, known.id
                versions[row] = known.geometry_version
            if row in read.problems:
                rows.levels[row] = level_of(read.problems[row])
        if rows.known_projects:
            read.values["geometry_version"] = versions
        return rows

    def _plain_rows(self, read: ReadBatch, names: list[Any], codes: list[Any], years: list[Any]) -> set[int]:
        """Rows of which every rule would say nothing: a new, named, placed project without a problem so far.

        In a large file nearly all rows are such, and asking each rule about each of them would take longer than
        reading the file.
        """
        may = self.permissions
        if (
            self.existing.by_name
            or self.choices
            or not (may.projects or may.surveys)
            or not may.coordinates
            or any(codes)
        ):
            return set()
        first_row, problems, default = self._first_row, read.problems, self.fiscal_year_be
        plain = set()
        for row, (name, year, shape, number) in enumerate(
            zip(names, years, read.geometries, read.row_numbers.tolist(), strict=True)
        ):
            if name is None or shape is None or row in problems:
                continue
            if first_row.setdefault(hash((name, year or default)), number) == number:
                plain.add(row)
        return plain

    def _judge(self, number: int, facts: RowFacts, before: Any) -> tuple[Known | None, list[Problem]]:
        known, problems = self._find(number, facts)
        stopped = bool(problems)
        if facts.name is None and known is None and not stopped and not _speaks_of(before, "name"):
            problems.append(Problem("name_missing", where={"field": "name"}))
        may = self.permissions
        if known is None and not stopped and not (may.projects or (may.surveys and facts.has_coordinates)):
            problems.append(Problem("new_project_not_allowed", where={"field": "code"}))
        if not facts.has_coordinates and not any("segment" in p.where for p in before):
            problems.append(Problem("nothing_to_update" if known else "no_coordinates", "warning"))
        if facts.has_coordinates and not self.permissions.coordinates:
            problems.append(Problem("coordinates_not_allowed", where={"field": "geometry"}))
        if known is not None:
            problems += self._about_known(known, facts)
        problems += self._repeated(number, known, facts)
        return known, problems

    def _find(self, number: int, facts: RowFacts) -> tuple[Known | None, list[Problem]]:
        """The project that the row speaks of: chosen by a person, else by its code, else by name, year and amount."""
        code = self.choices.get(number, facts.code)
        if code is not None:
            return self._coded(code)
        if number in self.choices or facts.name is None:
            return None, []
        named = self.existing.named(facts.name, facts.year or self.fiscal_year_be)
        if facts.budget is not None and len(named) > 1:
            named = [known for known in named if _same_amount(known, facts.budget)] or named
        if len(named) > 1:
            return None, [_at("code", "project_ambiguous", codes=[known.code for known in named[:5]])]
        if named and facts.budget is not None and named[0].budget_baht and not _same_amount(named[0], facts.budget):
            values = {"code": named[0].code, "given": facts.budget, "stored": named[0].budget_baht}
            return None, [_at("project", "project_undecided", **values)]
        return (named[0] if named else None), []

    def _coded(self, code: str) -> tuple[Known | None, list[Problem]]:
        known = self.existing.by_code.get(code)
        if known is None:
            return None, [_at("code", "project_code_unknown", code=code)]
        if known.organisation_code != self.existing.organisation_code:
            return None, [_at("code", "project_of_other", code=code)]
        if known.kind != self.kind:
            return None, [_at("code", "project_of_other_kind", code=code, kind=known.kind)]
        return known, []

    def _about_known(self, known: Known, facts: RowFacts) -> list[Problem]:
        problems = []
        if facts.has_coordinates and known.geometry_status == "VERIFIED":
            problems.append(Problem("replaces_verified", "warning", values={"code": known.code}))
        if facts.year is not None and facts.year != known.fiscal_year_be:
            problems.append(
                Problem(
                    "fiscal_year_differs",
                    "warning",
                    {"field": "fiscal_year"},
                    {"given": facts.year, "stored": known.fiscal_year_be},
                )
            )
        if facts.budget is not None and known.budget_baht and not _same_amount(known, facts.budget):
            problems.append(
                Problem(
                    "budget_differs",
                    "warning",
                    {"field": "budget_baht"},
                    {"given": facts.budget, "stored": known.budget_baht},
                )
            )
        return problems

    def _repeated(self, number: int, known: Known | None, facts: RowFacts) -> list[Problem]:
        """The same project in two rows: further segments of one, or two new ones of one name."""
        if known is not None:
            key = hash(("id", known.id))
        elif facts.name is not None:
            key = hash((facts.name, facts.year or self.fiscal_year_be))
        else:
            return []
        first = self._first_row.setdefault(key, number)
        if first == number:
            return []
        if known is not None:
            return [Problem("joined_as_segment", "warning", values={"first_row": first, "code": known.code})]
        return [Problem("name_repeated", "warning", {"field": "name"}, {"first_row": first})]


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What the rules look at in a row."""

    name: str | None
    code: str | None
    year: int | None
    budget: float | None
    has_coordinates: bool


def level_of(problems: list[Problem]) -> str:
    """The worst of a row."""
    levels = {problem.level for problem in problems}
    return "error" if "error" in levels else "warning" if "warning" in levels else "ok"


def _same_amount(known: Known, baht: float) -> bool:
    return abs(baht - known.budget_baht) < 0.005


def _at(field_name: str, code: str, /, **values: Any) -> Problem:
    return Problem(code, where={"field": field_name}, values=values)


def _speaks_of(problems: Any, field_name: str) -> bool:
    return any(problem.where.get("field") == field_name for problem in problems)
