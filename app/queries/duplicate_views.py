"""What is read of pairs of works at one place: the filter, a pair with its works, its steps, its shapes, and sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from app.auth.policy import Target

GRANT = "overlap_grant"
AREAS = "overlap_shared_area"
"""Reasons that name who gave a grant and who got it, and that the two share an area."""
QUIET = "quiet"
"""Status of a pair that asks nothing of anybody: it was told ``continuation``, ``crossing`` or ``near``."""
DROPPED = ("CANCELLED", "DEFERRED")
"""Statuses of works for which nothing is spent any more."""


@dataclass(frozen=True)
class PairFilter:
    """What narrows the pairs; an empty field narrows nothing.

    Parameters
    ----------
    organisation
        Codes; one of the two works is theirs.
    area
        Province (2 digits), amphoe (4) or tambon (6) of one of the two works, else of its organisation's seat.
    fiscal_year, kind
        Of one of the two works.
    class_
        What the pair is held for: the answer where there is one, else what was computed.
    status
        ``open`` (somebody has to answer), ``answered``, ``confirmed``, ``appealed``, ``quiet`` (nobody has to).
    score
        At least this, 0 to 1.
    across
        True: of two organisations only.
    """

    organisation: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    fiscal_year: tuple[int, ...] = ()
    kind: tuple[str, ...] = ()
    class_: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    score: float | None = None
    across: bool = False


@dataclass(frozen=True)
class PairWork:
    """A work of a pair. ``money_baht`` is its approved budget, or what its plan says while nothing is approved."""

    id: int
    code: str
    name_th: str
    kind: str
    fiscal_year_be: int
    status: str
    organisation_code: str
    organisation_name: str
    province_code: str
    amphoe_code: str | None
    money_baht: Decimal
    budget_baht: Decimal
    planned_baht: Decimal
    contracted_baht: Decimal
    disbursed_baht: Decimal
    work_nature: str | None
    surface_type: str | None
    water_source_type: str | None
    length_m: Decimal | None
    width_m: Decimal | None
    area_code: str | None
    route_code: str | None
    geometry_status: str
    geometry_version: int

    @property
    def target(self) -> Target:
        """Where it is, for policy."""
        return Target(self.organisation_code, self.province_code, self.amphoe_code)


@dataclass(frozen=True)
class PairView:
    """Two works at one place.

    Parameters
    ----------
    held
        What the pair is held for: ``answer`` where there is one, else ``class_``.
    shared_m, shared_share
        Common length in metres, and its share of the shorter of the two.
    reasons
        ``[{code, values}]``.
    at_stake_baht
        Money of the smaller of the two, where they are held for the same work; else 0.
    answered_for
        Organisation whose answer stands.
    answered_by, answered_at
        Who said it.
    """

    id: int
    class_: str
    held: str
    score: float
    shared_m: float
    shared_share: float
    distance_m: float
    reasons: Sequence[Mapping[str, Any]]
    status: str
    answer: str | None
    answered_for: str | None
    answered_by: str | None
    answered_at: datetime | None
    row_version: int
    computed_at: datetime
    ended_at: datetime | None
    at_stake_baht: Decimal
    key: tuple[float, int]
    a: PairWork
    b: PairWork

    @property
    def shared(self) -> Literal["length", "area", "none"]:
        """What of the two is shared: points and works that lie apart share nothing, they have a distance."""
        if self.shared_m:
            return "length"
        return "area" if any(reason["code"] == AREAS for reason in self.reasons) else "none"

    @property
    def dropped(self) -> tuple[PairWork, ...]:
        """Works of it that are cancelled or put off: nothing is spent twice any more."""
        return tuple(work for work in (self.a, self.b) if work.status in DROPPED)

    @property
    def grant(self) -> tuple[PairWork, PairWork] | None:
        """The work whose money is a grant and the one that it pays; ``None`` where no grant is known or somebody
        answered that it is something else."""
        told = next((reason["values"] for reason in self.reasons if reason["code"] == GRANT), None)
        works = {work.code: work for work in (self.a, self.b)}
        if self.held != "joint" or told is None or {told.get("giver_work"), told.get("receiver_work")} != works.keys():
            return None
        return works[told["giver_work"]], works[told["receiver_work"]]


@dataclass(frozen=True)
class PairPage:
    """Pairs in order, and where the next page begins."""

    items: tuple[PairView, ...]
    next: tuple[float, int] | None


@dataclass(frozen=True)
class Stake:
    """Pairs held for the same work, the works that are the smaller one, and their money: what may be spent twice.

    ``confirmed``: the same of what the province has confirmed; a work that is in such a pair counts there only.
    """

    pairs: int
    works: int
    baht: Decimal
    confirmed: Stake | None = None


@dataclass(frozen=True)
class OrganisationPairs:
    """An organisation with pairs: how many there are, and how many nobody has answered."""

    code: str
    name_th: str
    name_en: str | None
    pairs: int
    open: int

    def name(self, language: str) -> str:
        """Name in a language; Thai where there is no other."""
        return self.name_en if language == "en" and self.name_en else self.name_th


@dataclass(frozen=True)
class DecisionView:
    """A step of a pair."""

    id: int
    pair_id: int
    act: str
    answer: str | None
    status: str
    note: str | None
    document: str | None
    attachment_id: int | None
    attachment_project: str | None
    file_name: str | None
    file_sha256: str | None
    file_bytes: int | None
    organisation_code: str | None
    organisation_name: str | None
    created_at: datetime
    created_by: int | None
    created_by_name: str
    on_behalf_of: str | None


@dataclass(frozen=True)
class PairShapes:
    """Shapes of a pair as GeoJSON (EPSG:4326); ``None`` where there is none."""

    a: Any
    b: Any
    common: Any
