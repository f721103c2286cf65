"""Rows, legend and colours of each view of the page of allocation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from app.messages import Language
from app.queries.allocation import BELOW
from app.queries.allocation_table import BASE_OF, baht
from app.queries.change_classes import classify_changes
from app.queries.classes import ValueClass, classify
from app.web.allocation_request import AllocationView, query_of
from app.web.allocation_texts import (
    CLUSTER_COLOURS,
    change_text,
    class_text,
    cluster_name,
    measure_name,
    reason_text,
    signed_text,
    unit_name,
    value_text,
)
from app.web.place_words import _


@dataclass(frozen=True)
class LegendLine:
    """One line of the legend; without a colour it is hatched; ``later`` counts the places of the later of two years."""

    colour: str | None
    text: str
    count: int
    later: int | None = None


@dataclass(frozen=True)
class Row:
    """One place of the table.

    Parameters
    ----------
    cells
        Numbers as text, in the order of the heads.
    colour, other
        Fill on the map (``None`` = hatched), and in the year to compare with.
    label
        What the map writes under its name.
    drill
        Query of the level below; empty where there is none.
    line
        Its years as points of a line in a box of 60 by 18, for a polyline.
    """

    code: str
    name: str
    value: float | None
    cells: tuple[str, ...]
    colour: str | None
    label: str
    works: int
    note: str = ""
    drill: str = ""
    other: str | None = None
    line: str = ""


@dataclass(frozen=True)
class Shown:
    """What a view shows: heads and rows of its table, legend, and colours of each year for small maps.

    Parameters
    ----------
    swiped
        Legend of the two years when they are wiped over each other: of the values, not of their change.
    """

    heads: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    legend: tuple[LegendLine, ...] = ()
    years: tuple[tuple[int, Mapping[str, str | None], Decimal], ...] = ()
    swiped: tuple[LegendLine, ...] = ()


def shown_rows(view: AllocationView, language: Language) -> Shown:
    """What the view shows of the places; nothing for prices, whose rows are works."""
    if view.asked.view == "costs":
        return Shown()
    if view.asked.view == "change":
        return _change(view, language)
    if view.asked.view == "years":
        return _years(view, language)
    if view.asked.view == "clusters":
        return _clusters(view, language)
    return _values(view, language)


def _decimals(values: Iterable[float]) -> list[Decimal | None]:
    return [Decimal(repr(round(float(one), 2))) if np.isfinite(one) else None for one in values]


def _legend(
    classes: tuple[ValueClass, ...], assigned: Iterable[int | None], view: AllocationView
) -> tuple[LegendLine, ...]:
    measure = view.asked.measure
    lines = [LegendLine(one.colour, class_text(one, at, classes, measure), one.count) for at, one in enumerate(classes)]
    without = sum(one is None for one in assigned)
    return (*reversed(lines), LegendLine(None, _("ไม่มีค่า"), without)) if without else tuple(reversed(lines))


def _row(view: AllocationView, code: str, language: Language, **more: Any) -> Row:
    found, asked = view.places, view.asked
    row = found.places[code]
    value: float | None = None if pd.isna(row["value"]) else float(row["value"])
    below = BELOW.get(asked.level)
    return Row(
        code=code,
        name=_place_name(view, code, language),
        value=value,
        works=int(row["works"]),
        note=reason_text(str(row["reason"])) if row["reason"] else "",
        drill=query_of(asked, level=below, parent=code) if below else "",
        **{"label": value_text(value, asked.measure), **more},
    )


def _records(table: pd.DataFrame) -> Iterator[tuple[str, Mapping[str, Any]]]:
    rows: Any = table.to_dict("records")
    return zip(map(str, table.index), rows, strict=True)


def _place_name(view: AllocationView, code: str, language: Language) -> str:
    name = view.places.name(code, language)
    if view.asked.level == "hexagon":
        province = view.provinces.get(str(view.places.places[code]["province"]))
        return f"{province.name(language)} {code.rstrip('f')[-5:]}" if province else code
    if view.asked.parent is None and view.asked.level in ("amphoe", "tambon"):
        province = view.provinces.get(code[:2])
        return f"{name} · {province.name(language)}" if province else name
    return name


def _values(view: AllocationView, language: Language) -> Shown:
    found, measure = view.places, view.asked.measure
    table = found.table.sort_values(["value", "code"], ascending=[False, True], na_position="last")
    classing = classify(_decimals(table["value"]), "natural_breaks")
    base = BASE_OF.get(measure)
    heads = [f"{measure_name(measure)} ({unit_name(measure)})", _("งบ (บาท)")]
    if measure == "budget":
        heads = [_("งบ (บาท)")]
    if base:
        heads.append(
            {
                "people": _("คน"),
                "households": _("ครัวเรือน"),
                "road_km": _("กม."),
                "rai": _("ไร่"),
                "revenue": _("รายได้ (บาท)"),
            }[base]
        )
    rows = []
    for (code, place), at in zip(_records(table), classing.assigned, strict=True):
        cells = [value_text(place["value"], measure, exact=True)]
        if measure != "budget":
            cells.append(value_text(float(place["satang"]) / 100, "budget", exact=True))
        if base:
            cells.append(value_text(float(place[base]), "count"))
        colour = None if at is None else classing.classes[at].colour
        rows.append(_row(view, str(code), language, cells=tuple(cells), colour=colour))
    return Shown(tuple(heads), tuple(rows), _legend(classing.classes, classing.assigned, view))


def _clusters(view: AllocationView, language: Language) -> Shown:
    found = view.places
    places = view.spots.places.set_index(found.table.index)
    table = found.table.join(places[["kind", "gi_z", "q", "hot"]])
    drawn: tuple[str, ...] = ("HH", "HL", "none", "LH", "LL")
    table["drawn"] = table["kind"]
    if view.asked.by == "gi":
        drawn = ("hot", "none", "cold")
        known = ~table["kind"].isin(("island", "unknown"))
        table.loc[known, "drawn"] = table.loc[known, "hot"].map({1: "hot", 0: "none", -1: "cold"})
    order = {
        kind: at for at, kind in enumerate((*(kind for kind in drawn if kind != "none"), "none", "island", "unknown"))
    }
    table["order"] = table["drawn"].map(order)
    table = table.sort_values(["order", "gi_z", "code"], ascending=[True, False, True], na_position="last")
    rows = [
        _row(
            view,
            str(code),
            language,
            cells=(
                value_text(place["value"], view.asked.measure, exact=True),
                cluster_name(place["kind"]),
                _spot_text(place["gi_z"], int(place["hot"])),
                "–" if pd.isna(place["q"]) else ("<0.001" if place["q"] < 0.001 else f"{place['q']:.3f}"),
            ),
            colour=CLUSTER_COLOURS.get(place["drawn"]),
            label=cluster_name(place["drawn"]) if place["drawn"] not in ("none", "island", "unknown") else "",
        )
        for code, place in _records(table)
    ]
    counts = table["drawn"].value_counts()
    legend = [LegendLine(CLUSTER_COLOURS[kind], cluster_name(kind), int(counts.get(kind, 0))) for kind in drawn]
    legend += [
        LegendLine(None, cluster_name(kind), int(counts[kind])) for kind in ("island", "unknown") if kind in counts
    ]
    value = f"{measure_name(view.asked.measure)} ({_table_unit(view)})"
    heads = (value, _("กลุ่ม (LISA)"), _("ร้อน-เย็น (Gi*)"), _("โอกาสบังเอิญ (q)"))
    return Shown(heads, tuple(rows), tuple(legend))


def _spot_text(gi_z: float, hot: int) -> str:
    if pd.isna(gi_z):
        return "–"
    word = {1: _("ร้อน"), -1: _("เย็น")}.get(hot, "")
    return f"{word} {gi_z:+.2f}".strip().replace("-", "−")


def _table_unit(view: AllocationView) -> str:
    return _("บาท") if view.asked.measure == "budget" else unit_name(view.asked.measure)


def _change(view: AllocationView, language: Language) -> Shown:
    found, asked = view.places, view.asked
    before = found.by_year.get(asked.from_year, pd.Series(np.nan, found.table.index))
    after = found.by_year.get(asked.to_year, pd.Series(np.nan, found.table.index))
    table = pd.DataFrame({"before": before, "after": after, "change": after - before})
    table = table.sort_index().sort_values("change", ascending=False, kind="stable", na_position="last")
    classes, assigned = classify_changes(table["change"].tolist())
    both = classify(_decimals([*table["before"], *table["after"]]), "natural_breaks")
    fills = [None if at is None else both.classes[at].colour for at in both.assigned]
    rows = []
    for at, ((code, place), of) in enumerate(zip(_records(table), assigned, strict=True)):
        percent = (
            place["change"] / place["before"] * 100 if place["before"] and np.isfinite(place["change"]) else np.nan
        )
        cells = (
            value_text(place["before"], asked.measure, exact=True),
            value_text(place["after"], asked.measure, exact=True),
            signed_text(place["change"], asked.measure),
            "–" if not np.isfinite(percent) else signed_text(percent, "of_revenue"),
        )
        rows.append(
            _row(
                view, str(code), language, cells=cells,
                colour=None if of is None else classes[of].colour,
                label=signed_text(place["change"], asked.measure),
                other="|".join(fill or "" for fill in (fills[at], fills[at + len(table)])),
            )
        )  # fmt: skip
    legend = tuple(LegendLine(one.colour, change_text(one, asked.measure), one.count) for one in reversed(classes))
    heads = (str(asked.from_year), str(asked.to_year), _("เปลี่ยน (%(unit)s)", unit=_table_unit(view)), "%")
    return Shown(heads, tuple(rows), legend, swiped=_two_legends(both.classes, both.assigned, view))


def _two_legends(
    classes: tuple[ValueClass, ...], assigned: Sequence[int | None], view: AllocationView
) -> tuple[LegendLine, ...]:
    """The classes that both years share, with the places of each year in them."""
    size, measure = len(assigned) // 2, view.asked.measure
    before, after = Counter(assigned[:size]), Counter(assigned[size:])
    lines = [
        LegendLine(one.colour, class_text(one, at, classes, measure), before[at], after[at])
        for at, one in enumerate(classes)
    ]
    unknown = [LegendLine(None, _("ไม่มีค่า"), before[None], after[None])] if None in assigned else []
    return (*reversed(lines), *unknown)


def _line(values: list[float]) -> str:
    """Years from left to right, from zero at the bottom to the largest at the top; those without a value left out."""
    most = max((value for value in values if np.isfinite(value)), default=0.0)
    step = 60 / max(1, len(values) - 1)
    return " ".join(
        f"{at * step:.1f},{17 - (16 * value / most if most else 0):.1f}"
        for at, value in enumerate(values)
        if np.isfinite(value)
    )


def _years(view: AllocationView, language: Language) -> Shown:
    found, measure = view.places, view.asked.measure
    years = [year for year in found.years if found.satang_by_year.get(year)]
    flat = [found.by_year[year].tolist() for year in years]
    classing = classify(_decimals([value for values in flat for value in values]), "natural_breaks")
    colours = [None if at is None else classing.classes[at].colour for at in classing.assigned]
    size = len(found.table)
    maps = tuple(
        (
            year,
            dict(zip(found.table.index, colours[at * size : (at + 1) * size], strict=True)),
            baht(found.satang_by_year[year]),
        )
        for at, year in enumerate(years)
    )
    table = found.table.sort_values(["value", "code"], ascending=[False, True], na_position="last")
    by_year = dict(zip(found.by_year.index, found.by_year[years].to_numpy(dtype=float).tolist(), strict=True))
    rows = [
        _row(
            view, str(code), language,
            cells=tuple(value_text(value, measure) for value in by_year[code]),
            line=_line(by_year[code]),
            colour=maps[-1][1].get(str(code)) if maps else None,
        )
        for code in table.index
    ]  # fmt: skip
    return Shown(
        tuple(str(year) for year in years), tuple(rows), _legend(classing.classes, classing.assigned, view), maps
    )
