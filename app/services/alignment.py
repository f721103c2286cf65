"""Items of provincial development plans and strategies of PAOs, which strategies of local plans serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Conflict, InvalidInput, NotFound
from app.queries.alignment import KEPT, PAO, AlignmentItem, items_of_province, pao_of
from app.services.project_locks import mark_on_behalf
from gis.problems import Problem
from gis.thai import normalise

NAME_LENGTH = 500
CODE_LENGTH = 20
YEARS_BE = (2540, 2640)


@dataclass(frozen=True)
class AlignmentWords:
    """What is said of an item; years are fiscal (B.E.)."""

    framework: str
    code: str
    name_th: str
    name_en: str | None = None
    valid_from_be: int | None = None
    valid_to_be: int | None = None


def target_of(session: Session, province_code: str, framework: str) -> Target:
    """Whose an item is: the province's, or its PAO's.

    Raises
    ------
    NotFound
        ``area_not_found``; ``pao_not_found``.
    """
    known = session.scalar(
        sa.text("SELECT EXISTS (SELECT FROM area WHERE code = :code AND level = 'province')"), {"code": province_code}
    )
    if not known:
        raise NotFound("area_not_found", {"area": province_code[:20]})
    if framework != PAO:
        return Target(None, province_code, None)
    owner = pao_of(session, province_code)
    if owner is None:
        raise NotFound("pao_not_found", {"province": province_code})
    return Target(owner.code, province_code, owner.amphoe_code)


def may_keep(session: Session, actor: Actor, province_code: str, framework: str) -> bool:
    """True when the actor keeps items of this framework in the province."""
    if framework == PAO and pao_of(session, province_code) is None:
        return False
    return policy.may(actor, policy.PLAN_WRITE, target_of(session, province_code, framework))


def save_item(
    session: Session,
    actor: Actor,
    province_code: str,
    words: AlignmentWords,
    *,
    item_id: int | None = None,
    seen: str = "",
) -> int:
    """Add an item or write one again; its id.

    Parameters
    ----------
    seen
        :attr:`AlignmentItem.seen` of the item as its writer saw it.

    Raises
    ------
    NotFound, Forbidden
        No such province, PAO or item; not this person's.
    Conflict
        ``alignment_changed``.
    InvalidInput
        Every problem at once.
    """
    if words.framework not in KEPT:
        values = {"given": words.framework[:40]}
        raise InvalidInput([Problem("choice_unknown", where={"field": "framework"}, values=values)])
    _hold(session, actor, province_code, words.framework)
    items = items_of_province(session, province_code)
    old = None if item_id is None else _found(items, item_id, words.framework, seen)
    problems = _problems(words, [item for item in items if item.id != item_id and not item.removed])
    if problems:
        raise InvalidInput(problems)
    given: dict[str, Any] = {
        "framework": words.framework,
        "owner": province_code,
        "code": words.code.strip(),
        "name": normalise(words.name_th),
        "english": normalise(words.name_en or "") or None,
        "first": words.valid_from_be,
        "last": words.valid_to_be,
    }
    if old is not None:
        session.execute(
            sa.text(
                "UPDATE alignment_item SET code = :code, name_th = :name, name_en = :english, valid_from_be = :first,"
                " valid_to_be = :last WHERE id = :id"
            ),
            {**given, "id": old.id},
        )
        return old.id
    made = session.scalar(
        sa.text(
            "INSERT INTO alignment_item (framework, owner_code, code, seq, name_th, name_en, valid_from_be,"
            " valid_to_be)"
            " SELECT :framework, :owner, :code, coalesce(max(seq), 0) + 10, :name, :english, :first, :last"
            " FROM alignment_item WHERE framework = :framework AND owner_code = :owner RETURNING id"
        ),
        given,
    )
    return int(made or 0)


def remove_item(session: Session, actor: Actor, province_code: str, item_id: int, *, seen: str) -> None:
    """Take an item out: no strategy can choose it any more, those that serve it keep their link.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`save_item`.
    """
    _set_removed(session, actor, province_code, item_id, seen, removed=True)


def restore_item(session: Session, actor: Actor, province_code: str, item_id: int, *, seen: str) -> None:
    """Put an item back.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`save_item`; ``alignment_code_taken`` when another one has its code by now.
    """
    _set_removed(session, actor, province_code, item_id, seen, removed=False)


def _set_removed(session: Session, actor: Actor, province_code: str, item_id: int, seen: str, *, removed: bool) -> None:
    items = items_of_province(session, province_code)
    framework = next((item.framework for item in items if item.id == item_id), None)
    if framework is None:
        raise NotFound("alignment_not_found", {"item": item_id})
    _hold(session, actor, province_code, framework)
    item = _found(items_of_province(session, province_code), item_id, framework, seen)
    if not removed:
        words = AlignmentWords(item.framework, item.code, item.name_th, None, item.valid_from_be, item.valid_to_be)
        problems = _problems(words, [other for other in items if other.id != item_id and not other.removed])
        if problems:
            raise InvalidInput(problems)
    session.execute(
        sa.text(f"UPDATE alignment_item SET removed_at = {'now()' if removed else 'NULL'} WHERE id = :id"),
        {"id": item_id},
    )


def _hold(session: Session, actor: Actor, province_code: str, framework: str) -> None:
    """Whoever writes items of a province does so alone: a code is given once."""
    target = target_of(session, province_code, framework)
    policy.require(actor, policy.PLAN_WRITE, target)
    session.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtext('alignment_item'), hashtext(:province))"),
        {"province": province_code},
    )
    if target.organisation_code is not None:
        mark_on_behalf(session, actor, target.organisation_code)


def _found(items: list[AlignmentItem], item_id: int, framework: str, seen: str) -> AlignmentItem:
    found = next((item for item in items if item.id == item_id and item.framework == framework), None)
    if found is None:
        raise NotFound("alignment_not_found", {"item": item_id})
    if found.seen != seen:
        raise Conflict("alignment_changed", {"code": found.code, "name": found.name_th})
    return found


def _problems(words: AlignmentWords, others: list[AlignmentItem]) -> list[Problem]:
    problems = []
    for field, text, limit, title in (
        ("code", words.code, CODE_LENGTH, "ลำดับที่"),
        ("name_th", words.name_th, NAME_LENGTH, "ชื่อ"),
    ):
        if not text.strip():
            problems.append(Problem("cell_required", where={"field": field}, values={"title": title}))
        elif len(text) > limit:
            values = {"limit": limit, "length": len(text)}
            problems.append(Problem("text_too_long", where={"field": field}, values=values))
    if words.name_en and len(words.name_en) > NAME_LENGTH:
        values = {"limit": NAME_LENGTH, "length": len(words.name_en)}
        problems.append(Problem("text_too_long", where={"field": "name_en"}, values=values))
    first, last = words.valid_from_be, words.valid_to_be
    for field, year in (("valid_from_be", first), ("valid_to_be", last)):
        if year is not None and not YEARS_BE[0] <= year <= YEARS_BE[1]:
            limits: dict[str, Any] = {"minimum": YEARS_BE[0], "maximum": YEARS_BE[1]}
            problems.append(Problem("number_out_of_range", where={"field": field}, values=limits))
    if first is not None and last is not None and last < first:
        problems.append(
            Problem("years_reversed", where={"field": "valid_to_be"}, values={"first": first, "last": last})
        )
    same = [other for other in others if other.framework == words.framework and other.code == words.code.strip()]
    if any(_overlap(other, first, last) for other in same):
        taken = {"given": words.code.strip()[:CODE_LENGTH]}
        problems.append(Problem("alignment_code_taken", where={"field": "code"}, values=taken))
    return problems


def _overlap(other: AlignmentItem, first: int | None, last: int | None) -> bool:
    return (other.valid_from_be or 0) <= (last or 9999) and (first or 0) <= (other.valid_to_be or 9999)
