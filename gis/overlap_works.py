"""Works as they are compared, and what is told of a pair of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from shapely.geometry.base import BaseGeometry

Kind = Literal["road", "water", "other"]
PairClass = Literal["same_work", "continuation", "repair", "upgrade", "joint", "crossing", "near"]
CLASSES: tuple[PairClass, ...] = ("same_work", "continuation", "repair", "upgrade", "joint", "crossing", "near")

TOLERANCE_M = 15.0
"""Two careful surveys of one road lie this near to each other."""
LARGEST_TOLERANCE_M = 40.0
"""However poor the sources, two lines farther apart than this are two lines."""
REACH_M = 40.0
"""Pairs farther apart than this are not looked at; the names tell apart what lies between the tolerance and it."""

SOMEBODY = "?"
"""Giver or receiver of a grant that no record names."""


@dataclass(frozen=True)
class Work:
    """A work as it is compared: what is stored of a project, or a row of a file.

    Parameters
    ----------
    id
        Its code, or whatever the file calls it.
    organisation, organisation_name
        Code (or name, where a file has no code) of the local organisation that pays; its full name, ``""`` when not
        known.
    fiscal_year_be
        Buddhist era; ``None`` when not known.
    geometry
        EPSG:4326; lines, areas or points, ``None`` where there is none.
    surface, water_source, nature
        Codes of the lists ``road_surface_type``, ``water_source_type``, ``work_nature``; ``""`` where not said: then
        the name tells.
    starts_on, ends_on
        Days of the contract, or when it was signed and finished; ``None`` when not known.
    route_code, start_m, end_m
        Registered road and chainage of the stretch; ``""`` and ``None`` when not said.
    gives_to, gets_from
        Organisation (code or name) that gets this money as a grant, or whose grant pays for this; :data:`SOMEBODY` when
        only that there is one is recorded; ``""`` for neither.
    joint
        Key of a declared joint project: two works with the same are one work by agreement.
    plan_line
        Key of the plan line: the same project in another year of the plan.
    accuracy_m
        How far its coordinates may be off; ``None`` when nobody knows.
    """

    id: str
    organisation: str
    fiscal_year_be: int | None
    kind: Kind
    name: str
    budget_baht: Decimal | None = None
    geometry: BaseGeometry | None = None
    organisation_name: str = ""
    surface: str = ""
    water_source: str = ""
    nature: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    route_code: str = ""
    start_m: float | None = None
    end_m: float | None = None
    gives_to: str = ""
    gets_from: str = ""
    joint: str = ""
    plan_line: str = ""
    accuracy_m: float | None = None


@dataclass(frozen=True)
class Reason:
    """Why: a code and its values; the sentence is that of ``app/messages``."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {"code": self.code, "values": dict(self.values)}


@dataclass(frozen=True)
class Verdict:
    """What a pair is.

    Parameters
    ----------
    class_
        One of :data:`CLASSES`.
    score
        How sure that is, 0 to 1.
    shared_m
        Length that both have, metres; 0 for points and areas.
    shared_share
        Of the shorter line or the smaller area; 1 for points at one place.
    reasons
        What speaks for it first, then what speaks against it.
    within_m
        Tolerance in which ``shared_m`` and ``shared_share`` are measured: that of the sources, or :data:`REACH_M` where
        the two are one place though their coordinates lie farther apart.
    """

    class_: PairClass
    score: float
    shared_m: float
    shared_share: float
    reasons: tuple[Reason, ...]
    within_m: float = TOLERANCE_M
