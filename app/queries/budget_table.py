"""From sums to the table that map, chart and list share: one value per place, its class and its rank.

Pure: the map's colours, the chart's bars and the table's order cannot disagree, because they are made here once.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from app.queries.budget import Place, Reading, Sums
from app.queries.classes import DEFAULT_CLASSES, Method, ValueClass, classify

Measure = Literal["budget", "disbursed", "count", "per_head"]
MEASURES: tuple[Measure, ...] = ("budget", "disbursed", "count", "per_head")
_SATANG = Decimal("0.01")


@dataclass(frozen=True)
class BudgetRow:
    """One place of the table.

    Parameters
    ----------
    value
        What is mapped, in baht, projects or baht per head; ``None`` = not known or outside the register.
    value_class
        Position of its class, lowest first; ``None`` without a value.
    rank
        1 for the largest value, equal values share a rank; ``None`` without a value.
    """

    place: Place
    per_head_baht: Decimal | None
    value: Decimal | None
    value_class: int | None
    rank: int | None


@dataclass(frozen=True)
class BudgetTable:
    """Rows from the largest value down, those without a value last.

    Parameters
    ----------
    average
        What the average line of the chart shows: baht per head of everybody, else the mean of the places.
    """

    measure: Measure
    rows: tuple[BudgetRow, ...]
    classes: tuple[ValueClass, ...]
    unplaced: Sums
    total: Sums
    total_per_head_baht: Decimal | None
    average: Decimal | None
    population: int | None
    population_year_be: int | None


def tabulate(
    reading: Reading, measure: Measure, method: Method = "quantiles", classes: int = DEFAULT_CLASSES
) -> BudgetTable:
    """Class and rank the places of a reading by a measure."""
    per_head = [per_head_baht(place.sums.budget_baht, place.population) for place in reading.places]
    values = [_value(place, head, measure) for place, head in zip(reading.places, per_head, strict=True)]
    classing = classify(values, method, classes)
    ranked = sorted((value for value in values if value is not None), reverse=True)
    rank = {value: position for position, value in reversed(list(enumerate(ranked, 1)))}
    rows = [
        BudgetRow(place, head, value, of_class, None if value is None else rank[value])
        for place, head, value, of_class in zip(reading.places, per_head, values, classing.assigned, strict=True)
    ]
    rows.sort(key=lambda row: (row.value is None, -(row.value or Decimal(0)), row.place.code))
    total_per_head = per_head_baht(reading.total.budget_baht, reading.population)
    return BudgetTable(
        measure=measure,
        rows=tuple(rows),
        classes=classing.classes,
        unplaced=reading.unplaced,
        total=reading.total,
        total_per_head_baht=total_per_head,
        average=total_per_head if measure == "per_head" else _mean(values),
        population=reading.population,
        population_year_be=max(
            (place.population_year_be for place in reading.places if place.population_year_be is not None),
            default=reading.population_year_be,
        ),
    )


def per_head_baht(baht: Decimal, population: int | None) -> Decimal | None:
    """Baht per person to the satang; ``None`` where nobody is counted.

    Examples
    --------
    >>> per_head_baht(Decimal(1000), 3)
    Decimal('333.33')
    """
    if not population:
        return None
    return (baht / population).quantize(_SATANG, rounding=ROUND_HALF_UP)


def _value(place: Place, head: Decimal | None, measure: Measure) -> Decimal | None:
    if place.outside:
        return None
    if measure == "per_head":
        return head
    if measure == "count":
        return Decimal(place.sums.projects)
    return place.sums.budget_baht if measure == "budget" else place.sums.disbursed_baht


def _mean(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    return (sum(known, Decimal(0)) / len(known)).quantize(_SATANG, rounding=ROUND_HALF_UP)
