"""Rows of an outside file and the projects that they may mean: five at most, with a confidence and reasons."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np

from app.services.matching import evidence
from app.services.matching.bodies import is_code
from app.services.matching.candidates import FloatArray, IntArray, Pairs, Side, find, side_of_projects, side_of_rows
from app.services.matching.rows import Kind, KnownProject, OutsideRow
from gis.name_parts import MAX_BIT, parts_of
from gis.thai import search_key

TOP = 5
SURE = 0.9
"""Confidence from which suggestions are taken all at once unless another is asked for."""
BLOCK_ROWS = 2_000
"""Rows that are looked at closely together: keeps the memory flat."""

_EGP_DIGITS = 8


@dataclass(frozen=True)
class Reason:
    """One piece of evidence, for a person.

    Parameters
    ----------
    code
        Code of a sentence in ``app.messages``.
    speaks_for
        True for, False against, None neither.
    values
        Values of the sentence.
    """

    code: str
    speaks_for: bool | None = True
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"code": self.code, "for": self.speaks_for, "values": dict(self.values)}


@dataclass(frozen=True)
class Suggestion:
    """A project that a row may mean.

    Parameters
    ----------
    score
        Confidence, 0 to 1; those of a row and "none of these" together are 1.
    """

    rank: int
    project: KnownProject
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Suggested:
    """A row with the five projects that it most likely means, however little that is."""

    row: OutsideRow
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True)
class Weighed:
    """Every pair that was looked at, with its evidence; what fitting and measuring work on."""

    pairs: Pairs
    values: FloatArray
    score: FloatArray
    confidence: FloatArray


def suggest(kind: Kind, rows: Sequence[OutsideRow], projects: Sequence[KnownProject]) -> list[Suggested]:
    """The projects that each row may mean.

    Ten thousand rows against a hundred thousand projects take half a minute of processor time, in part on all cores.

    Parameters
    ----------
    kind
        ``egp``: amounts are contract prices; ``payment``: amounts are parts of a contract.
    """
    projects = _as_rows_name_bodies(rows, projects)
    row_side, project_side = side_of_rows(rows), side_of_projects(projects)
    weighed = weigh(kind, rows, projects, row_side, project_side)
    order = np.lexsort((weighed.pairs.project, -weighed.score, weighed.pairs.row))
    starts = np.searchsorted(weighed.pairs.row[order], np.arange(len(rows) + 1))
    found = []
    for number, row in enumerate(rows):
        best = order[starts[number] : starts[number + 1]][:TOP]
        found.append(
            Suggested(
                row,
                tuple(
                    Suggestion(
                        rank,
                        projects[weighed.pairs.project[pair]],
                        round(float(weighed.confidence[pair]), 4),
                        reasons_of(kind, row, projects[weighed.pairs.project[pair]], weighed.values[pair]),
                    )
                    for rank, pair in enumerate(best.tolist(), start=1)
                ),
            )
        )
    return found


def _as_rows_name_bodies(rows: Sequence[OutsideRow], projects: Sequence[KnownProject]) -> Sequence[KnownProject]:
    """The projects with the codes of their organisations for names, when the rows name theirs by code."""
    said = [row.organisation for row in rows if row.organisation]
    if said and 2 * sum(map(is_code, said)) > len(said):
        return [replace(one, organisation=one.organisation_code or one.organisation) for one in projects]
    return projects


def weigh(
    kind: Kind, rows: Sequence[OutsideRow], projects: Sequence[KnownProject], row_side: Side, project_side: Side
) -> Weighed:
    """Evidence of every pair that is worth a look."""
    row_money, project_money = evidence.money_of_rows(rows), evidence.money_of_projects(projects)
    asked = np.where(row_money.budget > 0, row_money.budget, row_money.amount)
    sure = _by_number(rows, projects, row_side, project_side)
    pairs = find(row_side, project_side, (asked, project_money.budget), sure)
    numbers = _numbers(rows, projects, pairs, sure)
    blocks = []
    cuts = np.searchsorted(pairs.row, np.arange(0, len(rows) + BLOCK_ROWS, BLOCK_ROWS))
    for start, end in itertools.pairwise(cuts.tolist()):
        part = Pairs(pairs.row[start:end], pairs.project[start:end], pairs.cosine[start:end])
        blocks.append(
            evidence.features(kind, part, row_side, project_side, row_money, project_money, numbers[start:end]).astype(
                np.float32
            )
        )
    values: FloatArray = np.concatenate(blocks) if blocks else np.empty((0, len(evidence.FEATURES)))
    score = evidence.scores(values)
    return Weighed(pairs, values, score, evidence.confidences(pairs, score, len(rows)))


def _plain_number(text: str) -> str:
    return re.sub(r"[\s.]+", "", search_key(text)).strip("-–")


def _is_egp(number: str) -> bool:
    return number.isdecimal() and len(number) >= _EGP_DIGITS


def _by_number(
    rows: Sequence[OutsideRow], projects: Sequence[KnownProject], row_side: Side, project_side: Side
) -> dict[int, list[int]]:
    """Row -> projects with its e-GP number, or with its contract number in the same organisation.

    ``12/2568`` is the twelfth contract of every organisation; an e-GP number is the only one of its kind.
    """
    holders: dict[str, list[int]] = {}
    for index, project in enumerate(projects):
        for number in {_plain_number(text) for text in (project.code, *project.numbers)}:
            holders.setdefault(number, []).append(index)
    found: dict[int, list[int]] = {}
    if not holders:
        return found
    for index, row in enumerate(rows):
        meant = list(holders.get(_plain_number(row.egp_number), ())) if row.egp_number else []
        body = row_side.bodies[index]
        if row.contract_number and body is not None:
            meant += [
                project
                for project in holders.get(_plain_number(row.contract_number), ())
                if (other := project_side.bodies[project]) is not None and other.name == body.name
            ]
        if meant:
            found[index] = meant[:20]
    return found


def _numbers(
    rows: Sequence[OutsideRow], projects: Sequence[KnownProject], pairs: Pairs, sure: Mapping[int, Sequence[int]]
) -> IntArray:
    same = {(row, project) for row, found in sure.items() for project in found}
    row_has = [_is_egp(_plain_number(row.egp_number)) for row in rows]
    project_has = np.array([any(_is_egp(_plain_number(n)) for n in project.numbers) for project in projects], bool)
    result: IntArray = -(np.array(row_has, bool)[pairs.row] & project_has[pairs.project]).astype(np.int64)
    if same:
        for at in np.flatnonzero(np.isin(pairs.row, np.fromiter(sure, dtype=np.int64))).tolist():
            if (int(pairs.row[at]), int(pairs.project[at])) in same:
                result[at] = 1
    return result


# Feature -> speaks for (True) or against (False), and what the sentence says beside it.
_SIMPLE: Mapping[str, bool] = {
    "number_same": True,
    "number_differs": False,
    "route_same": True,
    "route_differs": False,
    "phase_same": True,
    "phase_differs": False,
    "phase_one_sided": False,
    "soi_same": True,
    "soi_differs": False,
    "length_same": True,
    "length_differs": False,
    "width_same": True,
    "width_differs": False,
    "body_same": True,
    "body_renamed": True,
    "body_similar": True,
    "body_differs": False,
    "province_differs": False,
    "year_same": True,
    "year_after": True,
    "year_before": False,
    "year_differs": False,
    "tambon_differs": False,
    "house_differs": False,
}


def reasons_of(kind: Kind, row: OutsideRow, project: KnownProject, values: FloatArray) -> tuple[Reason, ...]:
    """The evidence of a pair in the order in which a person looks: name, place, organisation, year, money."""
    has = {name for name, value in zip(evidence.FEATURES, values.tolist(), strict=True) if value}
    ratio = float(values[evidence.FEATURES.index("ratio")])
    reasons = [_name_reason(ratio)]
    reasons += [
        Reason(f"evidence_{name}", speaks_for, _values(name, row, project))
        for name, speaks_for in _SIMPLE.items()
        if name in has
    ]
    if has & {"village_same", "village_differs"}:
        reasons.insert(1, _village_reason(has, row))
    return (*reasons, *_money_reasons(kind, has, row, project))


def _name_reason(ratio: float) -> Reason:
    percent = round(100 * ratio)
    if percent >= 100:
        return Reason("evidence_name_equal")
    return Reason(
        "evidence_name_near", True if percent >= 80 else None if percent >= 55 else False, {"percent": percent}
    )


def _village_reason(has: set[str], row: OutsideRow) -> Reason:
    mask = parts_of(row.name).villages
    numbers = ", ".join(str(n) for n in range(MAX_BIT + 1) if mask >> n & 1)
    same = "village_same" in has
    return Reason("evidence_village_same" if same else "evidence_village_differs", same, {"village": numbers})


def _values(name: str, row: OutsideRow, project: KnownProject) -> dict[str, Any]:
    if name.startswith("year_"):
        return {"year": project.fiscal_year_be}
    if name.startswith("body_"):
        return {"organisation": project.organisation}
    if name == "province_differs":
        return {"province": project.province}
    return {}


def _money_reasons(kind: Kind, has: set[str], row: OutsideRow, project: KnownProject) -> list[Reason]:
    reasons = []
    budget, contracted = _shown(project.budget_baht), _shown(project.contracted_baht)
    amount = float(row.amount_baht or 0)
    if "budget_same" in has:
        reasons.append(Reason("evidence_budget_same", True, {"amount_baht": budget}))
    if "budget_differs" in has and row.budget_baht is not None:
        reasons.append(Reason("evidence_budget_differs", False, {"amount_baht": budget}))
    if kind == "egp":
        if "contracted_same" in has:
            reasons.append(Reason("evidence_contract_same", True, {"amount_baht": contracted}))
        elif budget and amount:
            reasons.append(_price_reason(100 * (amount / budget - 1)))
        if "contracted_differs" in has:
            reasons.append(Reason("evidence_contract_differs", False, {"amount_baht": contracted}))
        return reasons
    limit = contracted or budget
    for name, speaks_for in (("paid_all", True), ("paid_part", True), ("paid_above", False)):
        if name in has and limit:
            percent = round(100 * amount / limit, 1)
            reasons.append(Reason(f"evidence_{name}", speaks_for, {"percent": percent, "amount_baht": limit}))
    return reasons


def _shown(baht: Decimal | None) -> float:
    """An amount as a sentence shows it: without satang where there are none."""
    value = float(baht or 0)
    return int(value) if value.is_integer() else value


def _price_reason(percent: float) -> Reason:
    if abs(percent) < 0.05:
        return Reason("evidence_price_same")
    if percent > 0:
        return Reason("evidence_price_above", False, {"percent": round(percent, 1)})
    return Reason("evidence_price_below", percent >= -30, {"percent": round(-percent, 1)})
