"""A workbook read as what somebody wants to change: cells against what they were, new lines, lines left out.

Ours is compared with what it said when it was downloaded, whatever was sorted, put in, copied or pasted since. Anybody
else's is matched with the lines that stand by their names; what it leaves empty it does not say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from app.queries.codelists import Code
from app.queries.plan_forms import FORMS, FormColumn
from app.queries.plan_lines import PlanLine
from app.queries.plan_sheet import Sheet
from app.services.plan_cells import CellRules, read_cell, standing, year_of
from app.services.plan_workbook.headings import Heading, find_heading, form_named
from app.services.plan_workbook.labels import Labels, choice_labels, code_of
from app.services.plan_workbook.lines import Line, SheetReader, programme_named
from app.services.plan_workbook.marks import CHOICES_SHEET, HIDDEN_SHEET, Base, Damaged, base_of, origin_of
from gis.problems import Problem
from gis.sheets.cells import SheetCells, Value
from gis.sheets.process import Workbook
from gis.thai import search_key

_SPREADSHEET_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!)")
_FROM_HEADS = {"local_strategy_id": "strategy_id", "local_tactic_id": "tactic_id", "programme_code": "programme_code"}


@dataclass(frozen=True)
class ReadCell:
    """A cell that says something else than it did.

    Parameters
    ----------
    row, column
        Line (its origin, or the name of a line of records) and column key.
    sheet, address
        Where it stands in the workbook.
    base
        What it was, in the writing of the sheet.
    value
        What stands there now, as it was typed.
    """

    row: int | str
    column: str
    sheet: str
    address: str
    base: str | None
    value: Value


@dataclass(frozen=True)
class ReadLine:
    """A line that is new, with its cells and their addresses."""

    key: str
    sheet: str
    sheet_row: int
    cells: Mapping[str, Value]
    addresses: Mapping[str, str]


@dataclass(frozen=True)
class ReadRemoval:
    """A line that was downloaded and is no more in the workbook."""

    row: int | str
    base: Mapping[str, str | None]


@dataclass
class ReadForm:
    """What a workbook asks for.

    Parameters
    ----------
    ours
        True when it came from here and knows what every cell was.
    as_of
        When it was downloaded, ISO 8601.
    lines
        Lines that were read.
    remarks
        Text boxes and comments, by line (origin, or key of a new one).
    problems
        ``where`` has sheet and address, and row and column where a single cell is meant.
    """

    ours: bool
    as_of: str | None
    lines: int = 0
    cells: list[ReadCell] = field(default_factory=list)
    inserts: list[ReadLine] = field(default_factory=list)
    removals: list[ReadRemoval] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "problems": [problem.as_dict() for problem in self.problems]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ReadForm:
        """What :meth:`as_json` gave."""
        return cls(
            kept["ours"],
            kept["as_of"],
            kept["lines"],
            [ReadCell(**cell) for cell in kept["cells"]],
            [ReadLine(**line) for line in kept["inserts"]],
            [ReadRemoval(**removal) for removal in kept["removals"]],
            {str(row): list(texts) for row, texts in kept["remarks"].items()},
            [Problem(**problem) for problem in kept["problems"]],
        )


def read_form(book: Workbook, sheet: Sheet, rules: CellRules, programmes: Mapping[str, Code]) -> ReadForm:
    """What a workbook asks for, of one form of a version.

    Parameters
    ----------
    book
        Every cell of it.
    sheet, rules, programmes
        The form as it stands, and what its cells may hold.
    """
    return _Reader(book, sheet, rules, programmes).read()


class _Reader:
    def __init__(self, book: Workbook, sheet: Sheet, rules: CellRules, programmes: Mapping[str, Code]) -> None:
        self.book, self.form, self.rules, self.programmes = book, sheet.form, rules, programmes
        self.strategies = sheet.strategies
        self.labels: Labels = choice_labels(sheet.strategies, programmes)
        self.standing = {row.line.origin_id: row.line for row in sheet.rows if not row.line.ended}
        self.version_id = sheet.version.id
        self.broken: dict[str, set[tuple[int, int]]] = {s.name: s.without_value for s in book.sheets}
        self.found = ReadForm(False, None, problems=list(book.warnings))
        self.headings: dict[str, Heading] = {}
        self.copied: set[int] = set()

    def read(self) -> ReadForm:
        base = self._base()
        lines = [line for sheet, heading in self._tables(base) for line in self._lines(sheet, heading, base)]
        self.found.lines = len(lines)
        if not self.headings:
            self._tell("plan_header_not_found", "error", {}, form=self.form.code)
        elif not lines:
            self._tell("workbook_no_lines", "error", {})
        if not lines:
            return self.found
        by_mark = base is not None or any(origin_of(line.mark) is not None for line in lines)
        known = self._marked(lines, base) if by_mark else {}
        self._by_name(lines, known, base)
        if base is not None:
            self._forget_heads_of_sorted(lines, known, base)
        for n, line in enumerate(lines):
            if n in known:
                self._changed(known[n], line, base, foreign=not by_mark)
            else:
                self._new(f"r{line.sheet}:{line.rows[0]}", line)
        if base is not None:
            here = set(known.values())
            self.found.removals = [ReadRemoval(o, values) for o, values in base.rows.items() if o not in here]
        return self.found

    def _base(self) -> Base | None:
        hidden = next((sheet for sheet in self.book.sheets if sheet.name == HIDDEN_SHEET), None)
        try:
            base = None if hidden is None else base_of([cells for _, cells in hidden.rows])
        except Damaged:
            base = None
        if base is None:
            return None
        if base.form != self.form.slug:
            other = next((form.code for form in FORMS.values() if form.slug == base.form), base.form)
            self._tell("workbook_of_other_form", "error", {}, given=other, form=self.form.code)
        if base.version_id != self.version_id:
            self._tell("workbook_of_other_version", "warning", {})
        self.found.ours, self.found.as_of = True, base.as_of
        return base

    def _tables(self, base: Base | None) -> list[tuple[SheetCells, Heading]]:
        """Sheets with a table of this form; of ours only the one that we wrote, under whatever name it is now."""
        looked = [s for s in self.book.sheets if s.name not in (HIDDEN_SHEET, CHOICES_SHEET) and not s.hidden]
        if base is not None and any(sheet.name == base.sheet for sheet in looked):
            looked = [sheet for sheet in looked if sheet.name == base.sheet]
        tables = []
        for sheet in looked:
            heading = find_heading(sheet, self.form)
            if heading is not None and form_named(sheet.name) in (None, self.form.code):
                tables.append((sheet, heading))
        named = [each for each in tables if form_named(each[0].name) == self.form.code]
        return (named or tables)[: 1 if base is not None else None]

    def _lines(self, sheet: SheetCells, heading: Heading, base: Base | None) -> list[Line]:
        self.headings[sheet.name] = heading
        reader = SheetReader(sheet, heading, self.strategies, self.programmes, ours=base is not None)
        lines = reader.lines()
        self.found.problems += reader.problems
        where = {"sheet": sheet.name}
        outside = [k for k in heading.columns if year_of(k) is not None and k not in self.rules.columns]
        if outside and base is None:
            years = ", ".join(sorted(key[1:] for key in outside))
            self._tell("year_column_outside", "warning", where, years=years)
            for line in lines:
                for key in outside:
                    line.values.pop(key, None)
        if base is not None:
            lost = [c.title_th for key, c in self.rules.columns.items() if key not in heading.columns]
            if lost:
                self._tell("columns_missing", "warning", where, titles=", ".join(lost))
        elif heading.unused:
            self._tell("columns_not_used", "info", where, titles=", ".join(heading.unused[:20]))
        return lines

    def _marked(self, lines: Sequence[Line], base: Base | None) -> dict[int, int]:
        """Origin of lines by their mark. Of copies of a row the one that still has the name is the line itself."""
        if base is None:
            self._tell("workbook_base_lost", "warning", {})
        names = {o: values.get("name_th") for o, values in base.rows.items()} if base is not None else {}
        claims: dict[int, list[int]] = {}
        for n, line in enumerate(lines):
            origin = origin_of(line.mark)
            if origin is None:
                continue
            if origin in (names if base is not None else self.standing):
                claims.setdefault(origin, []).append(n)
            else:
                self._tell("row_mark_unknown", "warning", self._where(line), name=line.name[:80])
        known = {}
        for origin, copies in claims.items():
            name = names.get(origin) or (self.standing[origin].name_th if origin in self.standing else "")
            own = copies[0]
            if len(copies) > 1:
                wanted = search_key(name or "")
                own = next((n for n in copies if search_key(lines[n].name) == wanted), own)
            known[own] = origin
            for n in copies:
                if n != own:
                    lines[n].mark = ""
                    original = f"{lines[own].rows[0]}"
                    told = {"name": lines[n].name[:80], "original": original}
                    self._tell("row_copied", "warning", self._where(lines[n]), **told)
                    self.copied.add(n)
        return known

    def _by_name(self, lines: Sequence[Line], known: dict[int, int], base: Base | None) -> None:
        """Lines without a mark that have the name of one that nobody claims."""
        taken = set(known.values())
        free: dict[str, list[PlanLine]] = {}
        for origin, now in self.standing.items():
            if origin not in taken and (base is None or origin in base.rows):
                free.setdefault(search_key(now.name_th), []).append(now)
        seen: dict[str, int] = {}
        for n, line in enumerate(lines):
            key = search_key(line.name)
            if not known and key in seen:
                told = {"name": line.name[:80], "original": str(seen[key])}
                self._tell("line_name_repeated", "warning", self._where(line), **told)
            seen.setdefault(key, line.rows[0])
            if n in known or n in self.copied or not free.get(key):
                continue
            candidates = free[key]
            number = str(line.values.get("line_number") or "").removesuffix(".0")
            best = max(
                candidates,
                key=lambda c: (
                    c.programme_code == line.programme_code,
                    str(c.line_number) == number,
                    -c.origin_id,
                ),
            )
            candidates.remove(best)
            known[n] = best.origin_id

    def _forget_heads_of_sorted(self, lines: Sequence[Line], known: Mapping[int, int], base: Base) -> None:
        """Where rows were sorted, the head above a new line is not its own any more."""
        place = {origin: n for n, origin in enumerate(base.rows)}
        order = [place[known[n]] for n in sorted(known) if known[n] in place]
        if order == sorted(order):
            return
        self._tell("workbook_sorted", "info", {})
        for n, line in enumerate(lines):
            if n not in known:
                line.strategy_id = line.tactic_id = line.programme_code = None

    def _changed(self, origin: int, line: Line, base: Base | None, *, foreign: bool) -> None:
        now = self.standing.get(origin)
        was = base.rows.get(origin, {}) if base is not None else {}
        self._keep_remarks(str(origin), line)
        for key in self._keys(line, foreign=foreign):
            raw = self._raw(line, key)
            if foreign and raw in (None, ""):
                continue
            before = was.get(key) if base is not None else None if now is None else standing(now, key)
            problem = self._unreadable(line, key)
            if problem is not None:
                self.found.problems.append(
                    Problem(problem, "error", {**self._where(line, key), "row": str(origin), "column": key})
                )
                continue
            if _same(raw, before):
                continue
            value = read_cell(self.rules, key, raw)
            past = read_cell(self.rules, key, before)
            if value != (None if isinstance(past, Problem) else past):
                self.found.cells.append(ReadCell(origin, key, line.sheet, line.address(key), before, raw))

    def _keys(self, line: Line, *, foreign: bool) -> list[str]:
        keys = [k for k in line.values if k in self.rules.columns or year_of(k) is not None]
        if foreign:
            keys += [k for k, name in _FROM_HEADS.items() if k not in keys and getattr(line, name) is not None]
        return keys

    def _new(self, key: str, line: Line) -> None:
        cells: dict[str, Value] = {}
        for column in self._keys(line, foreign=True):
            problem = self._unreadable(line, column)
            if problem is not None:
                where = {**self._where(line, column), "row": key, "column": column}
                self.found.problems.append(Problem(problem, "error", where))
                continue
            raw = self._raw(line, column)
            if raw not in (None, ""):
                cells[column] = raw
        for column, name in _FROM_HEADS.items():
            head = getattr(line, name)
            if cells.get(column) is None and head is not None and column in self.rules.columns:
                cells[column] = str(head)
        addresses = {column: line.address(column) for column in cells}
        self.found.inserts.append(ReadLine(key, line.sheet, line.rows[0], cells, addresses))
        self._keep_remarks(key, line)

    def _raw(self, line: Line, key: str) -> Value:
        """What was typed, with labels of choices as their codes and whole numbers without a point."""
        raw = line.values.get(key)
        if raw is None and key in _FROM_HEADS and key not in line.columns:
            head = getattr(line, _FROM_HEADS[key])
            return None if head is None else str(head)
        if isinstance(raw, bool):
            return str(raw)
        column: FormColumn | None = self.rules.columns.get(key)
        if column is not None and column.year_be is None and isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        if column is not None and column.type == "choice" and raw not in (None, ""):
            code = code_of(self.labels[key], str(raw))
            known = key != "programme_code" or code in self.programmes
            return code if known else programme_named(self.programmes, str(raw)) or code
        return raw

    def _unreadable(self, line: Line, key: str) -> str | None:
        column = line.columns.get(key)
        if column is not None and (line.rows[0], column) in self.broken[line.sheet]:
            return "cell_formula_unsaved"
        raw = line.values.get(key)
        return "cell_formula_error" if isinstance(raw, str) and _SPREADSHEET_ERROR.fullmatch(raw.strip()) else None

    def _keep_remarks(self, row: str, line: Line) -> None:
        if line.remarks:
            self.found.remarks[row] = line.remarks

    def _where(self, line: Line, key: str = "name_th") -> dict[str, Any]:
        return {"sheet": line.sheet, "address": line.address(key)}

    def _tell(self, code: str, level: Any, where: Mapping[str, Any], **values: Any) -> None:
        self.found.problems.append(Problem(code, level, where, values))


def _same(raw: Value, before: str | None) -> bool:
    """True when a cell plainly says what it said: most do, and need no reading."""
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return before == f"{raw:.2f}"
    return raw == before or (raw in (None, "") and before is None)
