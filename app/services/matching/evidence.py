"""What speaks for a pair and against it, as numbers; and how sure all of it together makes.

The confidence is that of a choice among the candidates of a row *or none of them* (a conditional logit with an outside
option): two sibling roads between which nothing tells share the confidence, and a row whose project is not stored
leaves it all to "none". Its weights were fitted on seeded sets that ``bench/match.py`` makes, with other seeds than
those it measures on; ``docs/decisions/0015-matching-with-outside-files.md`` tells how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from app.services.matching.bodies import is_code
from app.services.matching.candidates import THREADS, FloatArray, IntArray, Pairs, Side
from app.services.matching.rows import Kind, KnownProject, OutsideRow

FEATURES = (
    "cosine", "ratio", "partial", "ratio_squared", "text_low",
    "village_same", "village_differs", "soi_same", "soi_differs", "soi_one_sided",
    "phase_same", "phase_differs", "phase_one_sided", "length_same", "length_differs", "width_same", "width_differs",
    "numbers_alike",
    "route_same", "route_differs", "tambon_same", "tambon_differs", "house_same", "house_differs",
    "body_same", "body_renamed", "body_similar", "body_differs", "province_same", "province_differs",
    "year_same", "year_after", "year_before", "year_differs",
    "budget_same", "budget_differs", "price_same", "price_below", "price_low", "price_far_below", "price_above",
    "contracted_same", "contracted_differs",
    "paid_all", "paid_part", "paid_above", "number_same", "number_differs",
)  # fmt: skip
WEIGHTS: Mapping[str, float] = {
    "cosine": 2.81,
    "ratio": 0.24,
    "partial": 3.61,
    "ratio_squared": 4.73,
    "text_low": -1.56,
    "village_differs": -4.25,
    "soi_same": 1.03,
    "soi_differs": -6.49,
    "soi_one_sided": -2.48,
    "phase_same": 1.97,
    "phase_differs": -7.74,
    "phase_one_sided": -1.39,
    "length_same": 1.46,
    "length_differs": -3.66,
    "width_differs": -0.85,
    "numbers_alike": 1.59,
    "route_same": 3.0,
    "route_differs": -2.0,
    "tambon_same": 0.3,
    "tambon_differs": -0.5,
    "house_differs": -1.04,
    "body_same": 0.35,
    "body_renamed": 0.51,
    "body_differs": -3.42,
    "province_differs": -1.79,
    "year_after": -0.9,
    "year_before": -2.25,
    "year_differs": -3.53,
    "budget_same": 3.05,
    "budget_differs": -4.59,
    "price_same": 1.75,
    "price_below": 1.09,
    "price_low": 0.38,
    "price_far_below": -0.84,
    "price_above": -3.15,
    "contracted_same": 4.0,
    "contracted_differs": -1.5,
    "paid_all": 0.09,
    "paid_part": 0.71,
    "paid_above": -3.48,
    "number_same": 16.0,
    "number_differs": -4.0,
}
NONE = 8.78
"""Score of "none of these", against which those of the candidates stand."""
_SIMILAR_NAME = 0.84
"""Likeness of two names of organisations from which one may be the other misspelt."""


@dataclass(frozen=True)
class Amounts:
    """Money as columns, baht; 0 where not known."""

    budget: FloatArray
    amount: FloatArray


def money_of_rows(rows: Sequence[OutsideRow]) -> Amounts:
    """Budget and price (or payment) of the rows."""
    return Amounts(_baht([row.budget_baht for row in rows]), _baht([row.amount_baht for row in rows]))


def money_of_projects(projects: Sequence[KnownProject]) -> Amounts:
    """Budget and contracts of the projects."""
    return Amounts(
        _baht([project.budget_baht for project in projects]), _baht([project.contracted_baht for project in projects])
    )


def _baht(values: Sequence[object]) -> FloatArray:
    return np.array([float(value) if value is not None else 0.0 for value in values], dtype=np.float64)  # type: ignore[arg-type]


def features(
    kind: Kind, pairs: Pairs, rows: Side, projects: Side, row_money: Amounts, project_money: Amounts, numbers: IntArray
) -> FloatArray:
    """One line of :data:`FEATURES` per pair.

    Parameters
    ----------
    numbers
        Per pair: 1 the same e-GP or contract number, -1 both have numbers and no common one, 0 nothing to compare.
    """
    found: dict[str, npt.NDArray[np.float64]] = {}
    _text(found, pairs, rows, projects)
    _numbers_in_names(found, pairs, rows, projects)
    _places(found, pairs, rows, projects)
    _years(found, pairs, rows, projects)
    _money(found, kind, pairs, row_money, project_money)
    found["number_same"], found["number_differs"] = _flag(numbers == 1), _flag(numbers == -1)
    return np.column_stack([found.get(name, np.zeros(len(pairs.row))) for name in FEATURES])


def _flag(condition: npt.NDArray[np.bool_]) -> FloatArray:
    return condition.astype(np.float64)


def _text(found: dict[str, FloatArray], pairs: Pairs, rows: Side, projects: Side) -> None:
    left = [rows.parts[i].words for i in pairs.row.tolist()]
    right = [projects.parts[i].words for i in pairs.project.tolist()]
    ratio = _compared(left, right, fuzz.ratio)
    found["cosine"] = pairs.cosine
    found["ratio"] = ratio
    found["partial"] = _compared(left, right, fuzz.partial_ratio)
    found["ratio_squared"] = ratio**2
    found["text_low"] = _flag((ratio < 0.5) & (pairs.cosine < 0.3))


def _compared(left: Sequence[str], right: Sequence[str], scorer: Any) -> FloatArray:
    scores = process.cpdist(left, right, scorer=scorer, dtype=np.float32, workers=THREADS)
    return np.asarray(scores, dtype=np.float64) / 100.0


def _numbers_in_names(found: dict[str, FloatArray], pairs: Pairs, rows: Side, projects: Side) -> None:
    for name, left, right in (
        ("village", rows.villages, projects.villages),
        ("soi", rows.sois, projects.sois),
        ("phase", rows.phases, projects.phases),
    ):
        a, b = left[pairs.row], right[pairs.project]
        both = (a != 0) & (b != 0)
        found[f"{name}_same"] = _flag(both & ((a & b) != 0))
        found[f"{name}_differs"] = _flag(both & ((a & b) == 0))
        found[f"{name}_one_sided"] = _flag((a == 0) != (b == 0))
    a, b = rows.numbers[pairs.row], projects.numbers[pairs.project]
    found["numbers_alike"] = np.bitwise_count(a & b) / np.maximum(np.bitwise_count(a | b), 1).astype(np.float64)
    for name in ("length", "width"):
        a = np.array([getattr(part, f"{name}_m") for part in rows.parts])[pairs.row]
        b = np.array([getattr(part, f"{name}_m") for part in projects.parts])[pairs.project]
        both = (a > 0) & (b > 0)
        near = np.abs(a - b) <= 0.02 * np.maximum(a, b)
        found[f"{name}_same"], found[f"{name}_differs"] = _flag(both & near), _flag(both & ~near)


def _places(found: dict[str, FloatArray], pairs: Pairs, rows: Side, projects: Side) -> None:
    _houses(found, pairs, rows, projects)
    for name in ("route", "tambon"):
        a, b = _ids([getattr(part, name) for part in rows.parts], [getattr(part, name) for part in projects.parts])
        both = (a[pairs.row] > 0) & (b[pairs.project] > 0)
        same = a[pairs.row] == b[pairs.project]
        found[f"{name}_same"], found[f"{name}_differs"] = _flag(both & same), _flag(both & ~same)
    a, b = _ids(rows.provinces, projects.provinces)
    both = (a[pairs.row] > 0) & (b[pairs.project] > 0)
    same = a[pairs.row] == b[pairs.project]
    found["province_same"], found["province_differs"] = _flag(both & same), _flag(both & ~same)
    _bodies(found, pairs, rows, projects)


def _houses(found: dict[str, FloatArray], pairs: Pairs, rows: Side, projects: Side) -> None:
    """Names of villages; a letter more or less is the same village."""
    left = [rows.parts[i].house for i in pairs.row.tolist()]
    right = [projects.parts[i].house for i in pairs.project.tolist()]
    both = np.array([bool(a and b) for a, b in zip(left, right, strict=True)], dtype=bool)
    # What is cut short or runs on into the next word begins alike.
    near = np.zeros(len(left), dtype=bool)
    at = np.flatnonzero(both)
    if len(at):
        alike = _compared([left[i] for i in at], [right[i] for i in at], fuzz.partial_ratio)
        near[at] = alike >= 0.8
    found["house_same"], found["house_differs"] = _flag(both & near), _flag(both & ~near)


def _bodies(found: dict[str, FloatArray], pairs: Pairs, rows: Side, projects: Side) -> None:
    keys = _ids([b.key if b else "" for b in rows.bodies], [b.key if b else "" for b in projects.bodies])
    names = _ids([b.name if b else "" for b in rows.bodies], [b.name if b else "" for b in projects.bodies])
    both = (keys[0][pairs.row] > 0) & (keys[1][pairs.project] > 0)
    same = both & (keys[0][pairs.row] == keys[1][pairs.project])
    # Whose organisation is there by its full name means no other that is only called nearly so.
    known = np.isin(keys[0], keys[1])[pairs.row]
    renamed = both & ~same & ~known & (names[0][pairs.row] == names[1][pairs.project])
    similar = np.zeros(len(pairs.row))
    rest = np.flatnonzero(both & ~same & ~renamed & ~known)
    if len(rest):
        similar[rest] = _compared(
            [_name(rows, i) or "-" for i in pairs.row[rest].tolist()],
            [_name(projects, i) for i in pairs.project[rest].tolist()],
            fuzz.ratio,
        )
    alike = similar >= _SIMILAR_NAME
    found["body_same"], found["body_renamed"] = _flag(same), _flag(renamed)
    found["body_similar"] = _flag(alike)
    found["body_differs"] = _flag(both & ~same & ~renamed & ~alike)


def _name(side: Side, index: int) -> str:
    """Name of an organisation; nothing for a code, of which two are never nearly the same."""
    body = side.bodies[index]
    return body.name if body and not is_code(body.name) else ""


def _ids(left: Sequence[str], right: Sequence[str]) -> tuple[IntArray, IntArray]:
    """Texts of both sides as numbers, the same text the same number; 0 for the empty one."""
    known: dict[str, int] = {"": 0}
    return (
        np.array([known.setdefault(text, len(known)) for text in left], dtype=np.int64),
        np.array([known.setdefault(text, len(known)) for text in right], dtype=np.int64),
    )


def _years(found: dict[str, FloatArray], pairs: Pairs, rows: Side, projects: Side) -> None:
    a, b = rows.years[pairs.row], projects.years[pairs.project]
    both = (a > 0) & (b > 0)
    found["year_same"] = _flag(both & (a == b))
    # Money carried over is signed and paid in the year after; October belongs to the next year.
    found["year_after"] = _flag(both & (a == b + 1))
    found["year_before"] = _flag(both & (a == b - 1))
    found["year_differs"] = _flag(both & (np.abs(a - b) > 1))


def _money(found: dict[str, FloatArray], kind: Kind, pairs: Pairs, row: Amounts, project: Amounts) -> None:
    said, price = row.budget[pairs.row], row.amount[pairs.row]
    budget, contracted = project.budget[pairs.project], project.amount[pairs.project]
    both = (said > 0) & (budget > 0)
    found["budget_same"] = _flag(both & (np.abs(said - budget) < 1))
    found["budget_differs"] = _flag(both & (np.abs(said - budget) > 0.02 * budget))
    signed = (price > 0) & (contracted > 0)
    exact = signed & (np.abs(price - contracted) < 1)
    share = np.divide(price, budget, out=np.zeros_like(price), where=budget > 0)
    known = (price > 0) & (budget > 0)
    if kind == "egp":
        found["contracted_same"] = _flag(exact)
        found["contracted_differs"] = _flag(signed & (np.abs(price - contracted) > 0.01 * contracted))
        found["price_same"] = _flag(known & (share > 0.99) & (share <= 1.0005))
        found["price_below"] = _flag(known & (share > 0.9) & (share <= 0.99))
        found["price_low"] = _flag(known & (share > 0.7) & (share <= 0.9))
        found["price_far_below"] = _flag(known & (share <= 0.7))
        found["price_above"] = _flag(known & (share > 1.0005))
        return
    limit = np.where(contracted > 0, contracted, budget)
    limited = (price > 0) & (limit > 0)
    whole = exact | (known & (np.abs(price - budget) < 1))
    found["paid_all"] = _flag(whole)
    found["paid_part"] = _flag(limited & ~whole & (price <= limit * 1.0005))
    found["paid_above"] = _flag(limited & (price > limit * 1.0005))


def scores(values: FloatArray) -> FloatArray:
    """Weighted evidence of each pair."""
    return np.asarray(values @ np.array([WEIGHTS.get(name, 0.0) for name in FEATURES]), dtype=np.float64)


def confidences(pairs: Pairs, score: FloatArray, row_count: int) -> FloatArray:
    """Confidence of each pair: a choice among the candidates of its row, or none of them.

    Examples
    --------
    >>> import numpy as np
    >>> two = Pairs(np.array([0, 0, 1]), np.array([0, 1, 1]), np.zeros(3))
    >>> confidences(two, NONE + np.array([9.0, 9.0, -9.0]), 2).round(2).tolist()
    [0.5, 0.5, 0.0]
    """
    highest = np.full(row_count, NONE)
    np.maximum.at(highest, pairs.row, score)
    grown = np.exp(score - highest[pairs.row])
    total = np.exp(NONE - highest)
    np.add.at(total, pairs.row, grown)
    return np.asarray(grown / total[pairs.row])
