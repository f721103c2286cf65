"""Two versions of a plan side by side: what is new, changed, moved, merged and withdrawn, per project and field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from app.queries.plan_forms import YEAR_PREFIX
from app.queries.plan_lines import COLUMNS, PlanLine, lines_at
from app.queries.plans import VersionHead

DifferenceKind = Literal["new", "changed", "moved", "merged", "withdrawn"]
ORDER: tuple[DifferenceKind, ...] = ("new", "changed", "moved", "merged", "withdrawn")
# Where a line stands, as against what it says.
_PLACE = frozenset({"form", "local_strategy_id", "local_tactic_id", "programme_code"})
# Numbers in the book change with every line above.
_NOT_COMPARED = frozenset({"line_number", "page"})
# What makes a project what it is (ข้อ 22/1): its objective, target, money and place. Everything else is wording.
ESSENCE = frozenset({"objective", "target", "location_text", "area_code", "kind", "form"})


@dataclass(frozen=True)
class FieldDifference:
    """A field before and after; ``y2571`` is the amount of fiscal year 2571, in baht."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class LineDifference:
    """What happened to a line from one version to another.

    Parameters
    ----------
    kind
        ``moved``: it stands under another strategy, tactic, programme or form; its fields may have changed as well.
    before, after
        The line then and now; one is ``None`` where it did not stand.
    merged_into
        Line that it was merged into.
    fields
        What differs.
    """

    origin_id: int
    kind: DifferenceKind
    before: PlanLine | None
    after: PlanLine | None
    merged_into: PlanLine | None
    fields: tuple[FieldDifference, ...]

    @property
    def name(self) -> str:
        """Name of the project, the newer one."""
        line = self.after or self.before
        return "" if line is None else line.name_th

    @property
    def essential(self) -> bool:
        """True when the essence of the project changes: that is no correction (ข้อ 21) but a change (ข้อ 22/1)."""
        return self.kind in ("merged", "withdrawn") or any(
            difference.field in ESSENCE
            or (difference.field[:1] == YEAR_PREFIX and (difference.before or 0) != (difference.after or 0))
            for difference in self.fields
        )


def compare_versions(session: Session, before_id: int | None, after_id: int) -> list[LineDifference]:
    """Differences from one version to another of the same plan; ``before_id`` ``None`` is the empty plan.

    Returns
    -------
    list of LineDifference
        New lines first, then changed, moved, merged and withdrawn ones, each in the order of the book.
    """
    before = {} if before_id is None else {line.origin_id: line for line in lines_at(session, before_id)}
    after = {line.origin_id: line for line in lines_at(session, after_id, with_ended=True)}
    found = [_difference(origin, before, after) for origin in before.keys() | after.keys()]
    return sorted((d for d in found if d is not None), key=_place_in_book)


def base_of(versions: Sequence[VersionHead], of: VersionHead) -> int | None:
    """The version in force just before another one; ``None`` before the first."""
    earlier = [
        (v.seq, v.id) for v in versions if v.seq is not None and v.id != of.id and (of.seq is None or v.seq < of.seq)
    ]
    return max(earlier)[1] if earlier else None


def _difference(origin: int, before: dict[int, PlanLine], after: dict[int, PlanLine]) -> LineDifference | None:
    old, new = before.get(origin), after.get(origin)
    old = None if old is None or old.ended else old
    if new is None or new.ended:
        if old is None:
            return None
        into = after.get(new.merged_into_id) if new is not None and new.merged_into_id is not None else None
        kind: DifferenceKind = "merged" if new is not None and new.change == "MERGED" else "withdrawn"
        return LineDifference(origin, kind, old, None, into, ())
    if old is None:
        return LineDifference(origin, "new", None, new, None, ())
    fields = _fields(old, new)
    if not fields:
        return None
    moved = any(difference.field in _PLACE for difference in fields)
    return LineDifference(origin, "moved" if moved else "changed", old, new, None, fields)


def _fields(old: PlanLine, new: PlanLine) -> tuple[FieldDifference, ...]:
    found = [
        FieldDifference(name, getattr(old, name), getattr(new, name))
        for name in COLUMNS
        if name not in _NOT_COMPARED and getattr(old, name) != getattr(new, name)
    ]
    for year in sorted(old.amounts.keys() | new.amounts.keys()):
        was, now = old.amounts.get(year), new.amounts.get(year)
        if was != now:
            found.append(FieldDifference(f"{YEAR_PREFIX}{year}", was, now))
    return tuple(found)


def _place_in_book(difference: LineDifference) -> tuple[int, str, int, int]:
    line = difference.after or difference.before
    form, number = ("", None) if line is None else (line.form, line.line_number)
    return (ORDER.index(difference.kind), form, number or 10**9, difference.origin_id)
