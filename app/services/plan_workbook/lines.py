"""Rows of a sheet told apart: lines of the plan, heads of strategies and programmes, sums, and what goes on below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from app.queries.codelists import Code
from app.queries.plans import Strategy, Tactic
from app.services.plan_workbook.headings import MARK, Heading, titled
from app.services.plan_workbook.marks import GROUP, SUM, TOTAL, group_of
from gis.problems import Problem
from gis.sheets.cells import Note, SheetCells, Value, column_letters
from gis.thai import normalise, parse_amount, search_key, to_arabic_digits

_SUM_WORDS = re.compile(
    r"(?:ยอด)?รวม(?:เป็นเงิน)?\s*(?:$|ทั้งสิ้น|ทั้งหมด|จำนวน|\d|แผนงาน|ยุทธศาสตร์|กลยุทธ์|งบประมาณ|\()|ยอดยก(?:มา|ไป)"
)
_CARRIED = re.compile("ยอดยก(?:มา|ไป)")
_COUNT = re.compile(r"(\d+)\s*โครงการ")
_HEAD_WORD = re.compile(r"^(?:[ก-ฮ]\s*\.|\(?\d+(?:\.\d+)*\)?\.?)?\s*(ยุทธศาสตร์|กลยุทธ์|แนวทาง|แผนงาน)(.*)$", re.DOTALL)
_ABOVE_US = re.compile("ชาติ|จังหวัด|ภาค|กลุ่มจังหวัด|องค์กรปกครองส่วนท้องถิ่นในเขต|แผนพัฒนาเศรษฐกิจและสังคม|sdgs?", re.IGNORECASE)
_LEADING = re.compile(r"^(?:การพัฒนา)?\s*(?:ที่)?\s*[:.]?\s*(?P<code>\d+(?:\.\d+)*)?\s*[:.)]?\s*(?:ด้าน|การพัฒนาด้าน)?\s*")
_ONLY_NUMBER = re.compile(r"\(?\d{1,2}\)?")
_VARYING = re.compile("แผนงาน|การ|และ|ของ|ด้าน|\\s|[.,:]")
_Named = TypeVar("_Named", Strategy, Tactic)


@dataclass
class Line:
    """A line as the sheet has it.

    Parameters
    ----------
    rows
        Rows of the sheet that it takes, first and last.
    values
        By column key, as they stand in the cells.
    strategy_id, tactic_id, programme_code
        Under which heads it stands.
    """

    sheet: str
    rows: tuple[int, int]
    columns: Mapping[str, int]
    values: dict[str, Value]
    mark: str = ""
    strategy_id: int | None = None
    tactic_id: int | None = None
    programme_code: str | None = None
    remarks: list[str] = field(default_factory=list)

    def address(self, key: str) -> str:
        """Where a value stands, such as ``F12``; the beginning of the row for what no column says."""
        return f"{column_letters(self.columns.get(key, 1))}{self.rows[0]}"

    @property
    def name(self) -> str:
        """Name of the project."""
        return normalise(str(self.values.get("name_th") or ""))


@dataclass
class _Sums:
    """Baht by year and lines since a sum."""

    baht: dict[str, Decimal] = field(default_factory=dict)
    lines: int = 0

    def add(self, values: Mapping[str, Value]) -> None:
        self.lines += 1
        for key, value in values.items():
            amount = parse_amount(value) if key[:1] == "y" else None
            if isinstance(amount, Decimal):
                self.baht[key] = self.baht.get(key, Decimal(0)) + amount


class SheetReader:
    """Lines of one sheet in their order; what was odd is in ``problems``.

    Parameters
    ----------
    sheet, heading
        Cells, and where the table begins.
    strategies, programmes
        Of the plan, to know the heads by.
    ours
        True for a workbook that we wrote: its sums are formulas and are not compared.
    """

    def __init__(
        self,
        sheet: SheetCells,
        heading: Heading,
        strategies: Sequence[Strategy],
        programmes: Mapping[str, Code],
        *,
        ours: bool,
    ) -> None:
        self.sheet, self.heading, self.ours = sheet, heading, ours
        self.strategies = strategies
        self.programmes = programmes
        self.problems: list[Problem] = []
        self.strategy: Strategy | None = None
        self.tactic_id: int | None = None
        self.programme: str | None = None
        self.group, self.whole = _Sums(), _Sums()
        self.over = {
            (row, left): (top, left)
            for top, left, bottom, right in sheet.merged
            if left == right and bottom - top < 2_000 and top > heading.last_row
            for row in range(top + 1, bottom + 1)
        }
        self.cells = dict(sheet.rows)

    def lines(self) -> list[Line]:
        """Every line of the sheet."""
        found: list[Line] = []
        for number, cells in self.sheet.rows:
            if number <= self.heading.last_row:
                self._head_above(cells)
                continue
            values = {key: self._at(cells, column) for key, column in self.heading.columns.items()}
            mark = str(values.pop(MARK, None) or "").strip()
            if "name_th" not in self.heading.columns:  # the official form of articles has no column of names
                values["name_th"] = values.get("target") or values.get("article_type")
            if self._is_aside(number, cells, values, mark):
                continue
            named = bool(normalise(str(values.get("name_th") or "")))
            if not mark.startswith("L") and (not named or self._goes_on(number, values, found)):
                self._without_name(number, values, found)
                continue
            found.append(self._line(number, values, mark))
        self._remarks(found)
        return found

    def _line(self, number: int, values: dict[str, Value], mark: str) -> Line:
        for key, column in self.heading.columns.items():
            place = self.over.get((number, column))
            if place is not None and key not in ("name_th", "line_number", MARK) and values.get(key) is None:
                values[key] = self._at(self.cells.get(place[0], ()), column)
        self.group.add(values)
        self.whole.add(values)
        strategy = None if self.strategy is None else self.strategy.id
        return Line(
            self.sheet.name,
            (number, number),
            self.heading.columns,
            values,
            mark,
            strategy,
            self.tactic_id,
            self.programme,
        )

    def _is_aside(self, number: int, cells: Sequence[Value], values: Mapping[str, Value], mark: str) -> bool:
        """Heads, sums, a head of the table that is repeated, and the row of column numbers."""
        if mark in (SUM, TOTAL):
            return True
        if mark.startswith(GROUP):
            strategy, programme = group_of(mark) or (None, None)
            self.strategy = next((s for s in self.strategies if s.id == strategy), None)
            self.programme, self.tactic_id = programme, None
            return True
        if mark.startswith("L"):
            return False
        texts = [normalise(str(value)) for value in cells if value not in (None, "")]
        if not texts:
            return True
        if _SUM_WORDS.match(to_arabic_digits(texts[0])):
            self._sum(number, texts[0], values)
            return True
        if len(set(texts)) == 1 and self._head(number, texts[0]):
            return True
        name, first = normalise(str(values.get("name_th") or "")), str(values.get("line_number") or "")
        if titled(name) in self.heading.titles and titled(first) in (*self.heading.titles, ""):
            return True
        return bool(_ONLY_NUMBER.fullmatch(name) and _ONLY_NUMBER.fullmatch(first.strip()))

    def _head_above(self, cells: Sequence[Value]) -> None:
        texts = {normalise(str(value)) for value in cells if isinstance(value, str) and value.strip()}
        if len(texts) == 1:
            self._head(0, texts.pop())

    def _head(self, number: int, text: str) -> bool:
        """A line that says under which strategy, tactic or programme the next ones stand."""
        match = _HEAD_WORD.match(to_arabic_digits(text))
        if match is None:
            return False
        word, rest = match[1], match[2].strip()
        if word == "แผนงาน":
            self.programme = programme_named(self.programmes, rest)
            self.group = _Sums()
            if self.programme is None:
                self._unknown(number, "programme_unknown", text)
        elif word == "ยุทธศาสตร์":
            if _ABOVE_US.search(rest):
                return True
            self.strategy, self.tactic_id = _named(self.strategies, rest), None
            if self.strategy is None:
                self._unknown(number, "strategy_unknown", text)
        else:
            tactic = None if self.strategy is None else _named(self.strategy.tactics, rest)
            self.tactic_id = None if tactic is None else tactic.id
        return True

    def _unknown(self, number: int, code: str, text: str) -> None:
        where = {"sheet": self.sheet.name, **({"address": f"A{number}"} if number else {})}
        self.problems.append(Problem(code, "warning", where, {"given": text[:120]}))

    def _goes_on(self, number: int, values: Mapping[str, Value], found: Sequence[Line]) -> bool:
        """Where lines are numbered, a row right below one with neither a number nor money goes on with it."""
        if self.ours or not found or found[-1].rows[1] != number - 1 or found[-1].values.get("line_number") is None:
            return False
        money = [value for key, value in values.items() if key[:1] == "y" and str(value or "").strip()]
        return values.get("line_number") is None and not any(parse_amount(value) for value in money)

    def _without_name(self, number: int, values: Mapping[str, Value], found: list[Line]) -> None:
        """What goes on below a line belongs to it; money without a name is told."""
        money = [k for k, v in values.items() if k[:1] == "y" and isinstance(v, (int, float, str)) and str(v).strip()]
        paid = [k for k in money if isinstance(amount := parse_amount(values[k]), Decimal) and amount]
        texts = {k: v for k, v in values.items() if k[:1] != "y" and k != "line_number" and v not in (None, "")}
        if found and not paid and texts and found[-1].rows[1] == number - 1:
            line = found[-1]
            for key, value in texts.items():
                before = line.values.get(key)
                line.values[key] = str(value) if before in (None, "") else f"{before}\n{value}"
            line.rows = (line.rows[0], number)
        elif paid:
            address = f"{column_letters(self.heading.columns[paid[0]])}{number}"
            where = {"sheet": self.sheet.name, "address": address}
            self.problems.append(Problem("row_without_name", "error", where, {"text": str(values[paid[0]])[:40]}))

    def _sum(self, number: int, text: str, values: Mapping[str, Value]) -> None:
        group, self.group = self.group, _Sums()
        if self.ours or _CARRIED.search(text):
            return
        count = _COUNT.search(to_arabic_digits(text))
        if count is not None and int(count[1]) not in (group.lines, self.whole.lines):
            where = {"sheet": self.sheet.name, "address": f"A{number}"}
            counts = {"given": int(count[1]), "read": group.lines or self.whole.lines}
            self.problems.append(Problem("subtotal_count_differs", "warning", where, counts))
        for key in (k for k in values if k[:1] == "y"):
            given = parse_amount(values[key])
            read = (group.baht.get(key, Decimal(0)), self.whole.baht.get(key, Decimal(0)))
            if isinstance(given, Decimal) and given not in read:
                address = f"{column_letters(self.heading.columns[key])}{number}"
                told = {"given": f"{given:,.2f}", "read": f"{read[0] if group.lines else read[1]:,.2f}"}
                where = {"sheet": self.sheet.name, "address": address}
                self.problems.append(Problem("subtotal_differs", "warning", where, {**told, "year": key[1:]}))

    def _remarks(self, lines: Sequence[Line]) -> None:
        """A note lies on the line in whose rows it begins, else on the next that it reaches."""
        for note in self.sheet.notes:
            line = next(_under(note, lines), None)
            if line is not None:
                line.remarks.append(normalise(note.text.replace("\n", " "))[:300])

    @staticmethod
    def _at(cells: Sequence[Value], column: int) -> Value:
        value = cells[column - 1] if column <= len(cells) else None
        return None if value == "" else value


def _under(note: Note, lines: Sequence[Line]) -> Iterator[Line]:
    yield from (line for line in lines if line.rows[0] <= note.row <= line.rows[1])
    yield from (line for line in lines if note.row < line.rows[0] <= note.last_row)


def programme_named(programmes: Mapping[str, Code], text: str) -> str | None:
    """Code of the programme that a text means, however an office writes it."""
    wanted = _programme_key(text)
    return next((code for code, programme in programmes.items() if _programme_key(programme.name_th) == wanted), None)


@lru_cache(maxsize=1_000)
def _programme_key(name: str) -> str:
    """A programme's name without what offices write differently.

    Examples
    --------
    >>> _programme_key("แผนงานการรักษาความสงบภายใน") == _programme_key("รักษาความสงบภายใน")
    True
    >>> _programme_key("แผนงานการพานิชย์") == _programme_key("แผนงานการพาณิชย์")
    True
    """
    return _VARYING.sub("", search_key(name)).replace("พานิชย์", "พาณิชย์")


def _named(items: Sequence[_Named], text: str) -> _Named | None:
    """The strategy or tactic that a head means: by its name, else by its number and a part of the name."""
    code, rest = _split(text)
    split = [(item, _split(item.name_th)[1]) for item in items]
    exact = [item for item, key in split if key == rest]
    near = [item for item, key in split if rest and key and (key in rest or rest in key)]
    numbered = [item for item in items if code is not None and _last(item.code) == _last(code)]
    for found in (exact, [item for item in near if item in numbered], near, numbered if not rest else []):
        if found and (found is not near or len(near) == 1):
            return found[0]
    return None


def _split(text: str) -> tuple[str | None, str]:
    match = _LEADING.match(text)
    return (match["code"], search_key(text[match.end() :])) if match else (None, search_key(text))


def _last(code: str) -> str:
    return code.split(".")[-1].lstrip("0")
