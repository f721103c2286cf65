"""Which column of a file is which field: by its name, and by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.services.imports.codes import Codes, word_key
from app.services.imports.fields import BY_NAME, Field, as_text, column_key, fields_of, read_chainage
from app.services.imports.naming import name_column
from gis import chainage
from gis.problems import Problem
from gis.thai import canonical_route_code

DBF_NAME_BYTES = 10
_PROJECT_CODE = re.compile(r"\d{2}-[0-9A-Z]+-\d{1,}")
SURE_BY_NAME, SURE_BY_CUT_NAME, SURE_BY_CONTENT = 1.0, 0.95, 0.8
_LISTS = {
    "surface": "road_surface_type",
    "water_source": "water_source_type",
    "work_nature": "work_nature",
    "fund_source": "fund_source",
}
_CHAINAGE = ("chainage", "chainage_end")
_SHARE = 0.8
"""Share of a column's cells that must read as a field for its content to speak."""


@dataclass(frozen=True)
class ColumnMap:
    """The answer.

    Parameters
    ----------
    columns
        Field -> column.
    confidence
        Field -> how sure (1 = the name says so).
    problems
        Asked-for columns that the file does not have, and the like.
    """

    columns: Mapping[str, str]
    confidence: Mapping[str, float]
    problems: tuple[Problem, ...] = ()


def guess(columns: Sequence[str], sample: Mapping[str, Sequence[Any]], kind: str, codes: Codes) -> ColumnMap:
    """Match columns to fields.

    Parameters
    ----------
    columns
        Names in the file's order.
    sample
        Column -> some of its cells.
    """
    found: dict[str, str] = {}
    sure: dict[str, float] = {}
    wanted = fields_of(kind)
    for field, column, confidence in _by_name(columns, wanted):
        if field.name in _CHAINAGE and not _says_chainage(column, sample, codes):
            continue
        if field.name not in found and column not in found.values():
            found[field.name], sure[field.name] = column, confidence
    for name, column in _by_content([c for c in columns if c not in found.values()], sample, kind, codes):
        if name not in found and column not in found.values():
            found[name], sure[name] = column, SURE_BY_CONTENT
    if not {"name", "code"} & found.keys():
        named = name_column([c for c in columns if c not in found.values()], sample)
        if named is not None:
            found["name"], sure["name"] = named, SURE_BY_CONTENT
    return ColumnMap(found, sure)


def recalled(guessed: ColumnMap, remembered: Mapping[str, str], columns: Sequence[str]) -> ColumnMap:
    """The guess, or in its place what a person has confirmed for the last file with the same columns."""
    kept = {name: column for name, column in remembered.items() if column in columns}
    if not kept:
        return guessed
    return ColumnMap(kept, dict.fromkeys(kept, SURE_BY_NAME))


def _by_name(columns: Sequence[str], wanted: Iterable[Field]) -> list[tuple[Field, str, float]]:
    ranked: list[tuple[float, int, Field, str]] = []
    for field in wanted:
        for column in columns:
            key = column_key(column)
            if key in field.aliases:
                ranked.append((SURE_BY_NAME, field.aliases.index(key), field, column))
            elif len(column.encode()) == DBF_NAME_BYTES:
                cut = [n for n, alias in enumerate(field.aliases) if alias.startswith(key) and alias != key]
                if cut:
                    ranked.append((SURE_BY_CUT_NAME, cut[0], field, column))
    ranked.sort(key=lambda entry: (-entry[0], entry[1]))
    return [(field, column, confidence) for confidence, _, field, column in ranked]


def _by_content(
    columns: Sequence[str], sample: Mapping[str, Sequence[Any]], kind: str, codes: Codes
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    coded = {"road": ("surface",), "water": ("water_source",)}.get(kind, ())
    for column in columns:
        cells = [text for value in sample.get(column, ()) if (text := as_text(value).strip())]
        if not cells:
            continue
        if _mostly(bool(_PROJECT_CODE.fullmatch(text.upper())) for text in cells):
            found.append(("code", column))
            continue
        found += _along_road(column, cells, kind)
        for name in (*coded, "fund_source", "work_nature"):
            if _says(_LISTS[name], cells, codes):
                found.append((name, column))
                break
    return found


def _says_chainage(column: str, sample: Mapping[str, Sequence[Any]], codes: Codes) -> bool:
    """Words such as "start" and "to" head many a column: what stands in it must be chainage too."""
    cells = [value for value in sample.get(column, ()) if as_text(value).strip()]
    return _mostly(not isinstance(read_chainage(cell, codes), Problem) for cell in cells)


def _along_road(column: str, cells: Sequence[str], kind: str) -> list[tuple[str, str]]:
    """Codes of local highways, and chainage that can be nothing else: 1+250."""
    if kind not in BY_NAME["route_code"].kinds:
        return []
    if _mostly(not isinstance(canonical_route_code(text), Problem) for text in cells):
        return [("route_code", column)]
    if _mostly("+" in text and chainage.read_cell(text) is not None for text in cells):
        # The first of two such columns is where the stretch begins.
        return [(name, column) for name in _CHAINAGE]
    return []


def _says(list_name: str, cells: Sequence[str], codes: Codes) -> bool:
    """Whether the cells are words of the list, whole: a name of a work only holds such words among others."""
    return _mostly(word_key(text) in codes.words[list_name] for text in cells)


def _mostly(answers: Iterable[bool]) -> bool:
    given = list(answers)
    return sum(given) >= _SHARE * len(given)


def chosen(columns: Sequence[str], asked: Mapping[str, str | None], kind: str, guessed: ColumnMap) -> ColumnMap:
    """The guess with what a person asked for laid over it; ``None`` or an empty text takes a field out.

    Raises nothing: an unknown field or column is a problem of the batch.
    """
    problems: list[Problem] = []
    allowed = {field.name for field in fields_of(kind)}
    taken = {column for column in asked.values() if column}
    result = {name: column for name, column in guessed.columns.items() if name not in asked and column not in taken}
    sure = {name: guessed.confidence[name] for name in result}
    for name, column in asked.items():
        if name not in allowed:
            problems.append(
                Problem("field_unknown", where={"field": name}, values={"field": name, "allowed": sorted(allowed)})
            )
        elif column and column not in columns:
            problems.append(
                Problem("column_unknown", where={"field": name}, values={"column": column, "allowed": list(columns)})
            )
        elif column:
            result[name], sure[name] = column, 1.0
    return ColumnMap(result, sure, tuple(problems))
