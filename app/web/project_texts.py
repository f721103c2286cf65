"""The history of a project in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.queries.history import Change, first_written
from app.queries.organisations import organisation_names
from app.queries.project_money import Named, contracts_named, payments_named
from app.web.change_words import FIELDS, MORE_FIELDS, field_name, is_technical, title_of, value_text
from app.web.context import language
from app.web.filters import NOTHING, baht, thai_date
from app.web.project_list import code_names


@dataclass(frozen=True)
class FieldLine:
    """A field before and after in words; ``may_restore`` when the person can bring the former value back."""

    name: str
    label: str
    before: str
    after: str
    may_restore: bool = False


@dataclass(frozen=True)
class Restoring:
    """Fields of the project that the person may change, and its values as they stand, as the log writes them."""

    fields: frozenset[str] = frozenset()
    now: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeLine:
    """A line of the history: what happened in words, and each field before and after."""

    id: int
    at: datetime
    by: str
    on_behalf_of: str | None
    title: str
    fields: tuple[FieldLine, ...]
    receipt: str | None
    project_code: str | None
    project_name: str | None


def difference(drawn: float, contract: Decimal | float) -> str:
    """How much longer or shorter than the contract, in percent with its sign; U+2212 is the minus."""
    share = 100 * (float(drawn) - float(contract)) / float(contract)
    return f"{'−' if share < 0 else '+'}{abs(share):.1f} %"


def change_lines(
    session: Session, changes: Sequence[Change], *, whole: bool = False, restoring: Restoring | None = None
) -> list[ChangeLine]:
    """The history in words.

    Parameters
    ----------
    session, changes
        Which lines.
    whole
        True for a receipt, which leaves nothing out; a history goes without lines that only repeat another one's
        consequence, and without what a new project began with.
    restoring
        What of the project itself may be brought back by whom.
    """
    if not changes:
        return []
    names = code_names(session)
    pointed = _pointed_at(session, changes)
    gone = first_written(session, [(c.entity, c.key) for c in changes if _moves_out(c)])
    organisations = organisation_names(session, [change.on_behalf_of or "" for change in changes])
    lines = []
    for change in changes:
        fields = (
            *_pointers(change, pointed),
            *_named_by(change, gone.get((change.entity, change.key), {}), names),
            *_fields(change, names, whole, restoring or Restoring()),
        )
        if change.entity == "project" and change.action == "update" and not fields and not whole:
            continue
        behalf = organisations.get(change.on_behalf_of or "")
        name = behalf.name(language()) if behalf else change.on_behalf_of
        lines.append(
            ChangeLine(
                change.id,
                change.at,
                change.by,
                name,
                title_of(change, names),
                fields,
                change.receipt,
                change.project_code,
                change.project_name,
            )
        )
    return lines


# What a record is known by, where it was taken out or brought back and so tells nothing else of itself.
_KNOWN_BY = ("number", "amount_baht", "reported_on", "percent", "until_on", "file_name")


def _moves_out(change: Change) -> bool:
    """Whether a change takes its record out or brings it back."""
    return change.action == "update" and "removed_at" in change.after


def _named_by(change: Change, began: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> list[FieldLine]:
    return [
        FieldLine(name, field_name(name, change.entity), NOTHING, value_text(name, began[name], names, change.entity))
        for name in _KNOWN_BY
        if _moves_out(change) and began.get(name) is not None and name not in change.after
    ]


def _pointed_at(session: Session, changes: Sequence[Change]) -> Mapping[tuple[str, int], str]:
    """Words for the records that some changes point at: contracts by number, payments that were taken back."""

    def keys(name: str) -> list[int]:
        return sorted({change.after[name] for change in changes if isinstance(change.after.get(name), int)})

    contracts, payments = contracts_named(session, keys("contract_id")), payments_named(session, keys("reverses_id"))
    return {
        **{("contract_id", one.id): one.number or NOTHING for one in contracts},
        **{("reverses_id", one.id): _payment(one) for one in payments},
    }


def _payment(one: Named) -> str:
    told = [baht(one.amount_baht, 2), thai_date(one.day)]
    return " · ".join([*told, str(_("ฎีกา %(number)s", number=one.number))] if one.number else told)


def _pointers(change: Change, pointed: Mapping[tuple[str, int], str]) -> list[FieldLine]:
    """Which contract, and which payment, a new record is of."""
    found = []
    for name in ("reverses_id", "contract_id"):
        word = pointed.get((name, change.after.get(name, 0))) if change.action == "insert" else None
        if word:
            found.append(FieldLine(name, field_name(name), NOTHING, word))
    return found


# What a history tells beside the fields of projects.
_ALSO: Mapping[str, tuple[str, ...]] = {"user_account": ("display_name", "email"), "figure_verdict": ("before",)}


def _fields(
    change: Change, names: Mapping[str, Mapping[str, str]], whole: bool, restoring: Restoring
) -> tuple[FieldLine, ...]:
    if change.entity == "project" and change.action == "insert" and not whole:
        return ()
    found = []
    for name in _names(change) if whole else (*FIELDS, *_ALSO.get(change.entity, ())):
        before, after = change.before.get(name), change.after.get(name)
        if (before is None and after is None) or _is_told_elsewhere(change.entity, name, before, after):
            continue
        may_restore = (
            change.entity == "project"
            and change.action == "update"
            and name in restoring.fields
            and name in change.before
            and restoring.now.get(name) != before
        )
        shown = (
            value_text(name, before, names, change.entity),
            value_text(name, after, names, change.entity),
        )
        found.append(FieldLine(name, field_name(name, change.entity), *shown, may_restore))
    return tuple(found)


def _names(change: Change) -> list[str]:
    """Fields of a change: those with a name in its order, then the others but what the program keeps for itself."""
    given = change.before.keys() | change.after.keys()
    named = {**FIELDS, **MORE_FIELDS}
    others = sorted(name for name in given - named.keys() if not is_technical(name))
    return [*(name for name in named if name in given), *others]


def _is_told_elsewhere(entity: str, name: str, before: Any, after: Any) -> bool:
    if entity == "duplicate_decision":
        return name not in ("note", "document")
    # The status of a version stands in its title; points and areas have no length.
    if entity != "project_geometry":
        return False
    return name not in ("note", "length_m") or (name == "length_m" and not _lengths(before, after))


def _lengths(*values: Any) -> bool:
    return any(value is not None and Decimal(str(value)) != 0 for value in values)
