"""When somebody leaves or changes: their open work goes to a successor in one action, all of it or none.

What belongs to a person alone (drafts on the map, files on their way in, scenarios) is moved; who made it stays
written beside it. What belongs to the organisation (open versions of plans, documents, transfers) stays under the name
of whoever prepared it, because the one who approves must be somebody else: the successor is told of it and goes on.

A further kind of work is one line of :data:`KINDS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import OwnScope, Target
from app.errors import Forbidden, InvalidInput
from app.models import HandOver, Membership, UserAccount
from app.services.accounts import shut_out
from app.services.money_rules import LONG_TEXT_LENGTH, check_choice, check_text
from app.services.people import (
    NewRole,
    administers,
    end_memberships,
    give_role,
    hold_person,
    issues_membership,
    mark_changed,
    memberships_of,
    place_target,
    require_executives,
)
from gis.problems import Problem
from gis.thai import normalise

CLOSINGS = ("account", "roles")
TOLD_AT_MOST = 300


@dataclass(frozen=True)
class Kind:
    """A kind of open work.

    Parameters
    ----------
    code
        Its name; pages have words for it.
    found
        SQL: ``key``, ``title``, ``address``, ``organisation_code`` of what is open of the person ``:person``.
    moved
        SQL that gives ``:keys`` of ``:person`` to ``:successor`` and returns the keys that went; empty for what belongs
        to the organisation.
    needs
        What the successor has to be allowed where the work is, so that it is of use to them; empty for nothing more
        than a role there.
    """

    code: str
    found: str
    moved: str = ""
    needs: str = ""


_STAGED = (
    "SELECT d.id::text AS key, d.file_name AS title, '/{address}/' || d.id AS address,"
    " {organisation} AS organisation_code FROM {table} d {join}"
    " WHERE d.created_by = :person AND d.status {open} ORDER BY d.id"
)
_PREPARED = (
    "SELECT d.id::text AS key, concat_ws(' ', d.number, {title}) AS title, '/{address}/' || d.id AS address,"
    " d.organisation_code FROM {table} d WHERE d.prepared_by = :person AND d.removed_at IS NULL"
    " AND d.status IN ('DRAFT', 'SUBMITTED', 'RETURNED') ORDER BY d.id"
)
_TO_SUCCESSOR = (
    "UPDATE {table} SET created_by = :successor WHERE created_by = :person AND id::text = ANY(:keys) RETURNING id::text"
)
KINDS: tuple[Kind, ...] = (
    Kind(
        "drafts",
        "SELECT d.project_id::text AS key, p.name_th AS title, '/map?project=' || p.code AS address,"
        " p.organisation_code FROM geometry_draft d JOIN project p ON p.id = d.project_id"
        " WHERE d.user_id = :person ORDER BY d.saved_at",
        "UPDATE geometry_draft d SET user_id = :successor WHERE user_id = :person AND project_id::text = ANY(:keys)"
        " AND NOT EXISTS (SELECT FROM geometry_draft o WHERE o.user_id = :successor AND o.project_id = d.project_id)"
        " RETURNING project_id::text",
        policy.COORDINATES_WRITE,
    ),
    Kind(
        "imports",
        _STAGED.format(
            table="import_batch",
            address="imports",
            organisation="d.organisation_code",
            join="",
            open="IN ('RECEIVED', 'STAGING', 'STAGED', 'FAILED')",
        ),
        _TO_SUCCESSOR.format(table="import_batch"),
        policy.IMPORT,
    ),
    Kind(
        "matches",
        _STAGED.format(
            table="match_batch",
            address="matches",
            organisation="d.organisation_code",
            join="",
            open="IN ('RECEIVED', 'READY')",
        ),
        _TO_SUCCESSOR.format(table="match_batch"),
    ),
    Kind(
        "scenarios",
        "SELECT d.id::text AS key, d.name AS title, '/analysis/scenarios/' || d.key AS address, d.organisation_code"
        " FROM scenario d WHERE d.owner_id = :person AND d.removed_at IS NULL ORDER BY d.id",
        "UPDATE scenario SET owner_id = :successor, owner_name = :successor_name"
        " WHERE owner_id = :person AND id::text = ANY(:keys) RETURNING id::text",
    ),
    Kind(
        "plan_uploads",
        _STAGED.format(
            table="plan_upload",
            address="plan-uploads",
            organisation="n.organisation_code",
            join="JOIN plan_version v ON v.id = d.plan_version_id JOIN plan n ON n.id = v.plan_id",
            open="= 'STAGED'",
        ),
    ),
    Kind(
        "record_uploads",
        _STAGED.format(
            table="record_upload",
            address="record-uploads",
            organisation="d.organisation_code",
            join="",
            open="= 'STAGED'",
        ),
    ),
    Kind(
        "plan_versions",
        "SELECT v.id::text AS key, concat_ws(' ', n.name_th, v.number) AS title, '/plan-versions/' || v.id AS address,"
        " n.organisation_code FROM plan_version v JOIN plan n ON n.id = v.plan_id"
        " WHERE v.prepared_by = :person AND v.status IN ('DRAFT', 'PROPOSED', 'RETURNED') ORDER BY v.id",
    ),
    Kind("budget_documents", _PREPARED.format(table="budget_document", address="budget-documents", title="d.title")),
    Kind("budget_transfers", _PREPARED.format(table="budget_transfer", address="budget-transfers", title="d.reason")),
    Kind(
        "messages",
        "SELECT t.id::text AS key, t.subject AS title, '/messages/' || t.id AS address, t.organisation_code,"
        " t.province_code AS area_code FROM message_thread t WHERE t.assigned_to = :person AND t.state <> 'CLOSED'"
        " ORDER BY t.id",
        "UPDATE message_thread SET assigned_to = :successor"
        " WHERE assigned_to = :person AND id::text = ANY(:keys) RETURNING id::text",
        policy.MESSAGE_WRITE,
    ),
    Kind(
        "coordinates",
        "SELECT p.id::text AS key, p.name_th AS title, '/projects/' || p.code || '?tab=map' AS address,"
        " p.organisation_code FROM project p WHERE p.geometry_status IN ('DRAFT', 'RETURNED') AND EXISTS ("
        " SELECT FROM project_geometry g WHERE g.project_id = p.id AND g.created_by = :person) ORDER BY p.id",
    ),
)


@dataclass(frozen=True)
class Item:
    """One piece of open work.

    Parameters
    ----------
    kind, key, title, address
        What it is, and where it opens.
    organisation_code
        Whose; ``None`` for what is nobody's but the person's.
    fate
        ``moves``, ``told`` (it is the organisation's), or ``stays``: the successor does not work there, or has a draft
        of the same project.
    """

    kind: str
    key: str
    title: str
    address: str
    organisation_code: str | None
    fate: str


@dataclass(frozen=True)
class Order:
    """What an administrator decided.

    Parameters
    ----------
    successor_id
        Who takes over.
    closing
        ``account`` closes the person's account, ``roles`` ends the roles that the administrator gives (for somebody who
        goes on elsewhere).
    same_roles
        Whether the successor gets these roles.
    note
        A word to the successor.
    confirmed
        That an organisation is left without an executive is known.
    """

    successor_id: int
    closing: str = "account"
    same_roles: bool = False
    note: str | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class HandedOver:
    """The hand-over that was written down, and what went with it."""

    id: int
    moved: int
    told: int
    stayed: int
    row_version: int


def preview(session: Session, actor: Actor, user_id: int, order: Order) -> list[Item]:
    """What would go to the successor; nothing is written.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        As :func:`hand_over`.
    """
    hold_person(session, actor, user_id, lock=False)
    ending = _ending(session, actor, user_id, order)
    successor = _successor(session, user_id, order, ending)
    return [item for _kind, items in _by_kind(session, user_id, successor, order, ending) for item in items]


def hand_over(session: Session, actor: Actor, user_id: int, order: Order, if_match_version: int | None) -> HandedOver:
    """Give a person's open work to a successor, end their roles or their account, and write down what went.

    There is no button that takes it back: work that was moved is handed back like any other, by the same action the
    other way round.

    Raises
    ------
    NotFound, Conflict
        No such person; ``person_changed``: somebody else was first.
    Forbidden
        ``own_account``, ``person_above``, ``role_not_given``.
    InvalidInput
        ``hand_over_self``, ``hand_over_successor``, ``last_executive`` unless confirmed.
    """
    # Always in the same order: two who hand each other's work over wait and do not lock each other out.
    session.execute(
        sa.text("SELECT id FROM user_account WHERE id IN (:one, :other) ORDER BY id FOR UPDATE"),
        {"one": user_id, "other": order.successor_id},
    ).all()
    account = hold_person(session, actor, user_id, if_match_version)
    ending = _ending(session, actor, user_id, order)
    successor = _successor(session, user_id, order, ending)
    if order.same_roles:
        for held in ending:
            given = NewRole(held.role_code, held.organisation_code, held.area_code, None, held.valid_to)
            give_role(session, actor, successor.id, given, None)
    went = [
        item
        for kind, found in _by_kind(session, user_id, successor, order, ending)
        for item in _taken(session, user_id, successor, kind, found)
    ]
    require_executives(session, user_id, [held.id for held in ending], order.confirmed)
    end_memberships(session, ending)
    if order.closing == "account":
        account.active = False
        session.flush()
        shut_out(session, user_id)
    made = HandOver(
        from_user_id=user_id,
        to_user_id=successor.id,
        closing=order.closing,
        note=normalise((order.note or "").strip()) or None,
        items=[asdict(item) for item in went],
        made_by=actor.user_id,
        made_by_name=actor.display_name,
    )
    session.add(made)
    version = mark_changed(session, account)
    fates = [item.fate for item in went]
    return HandedOver(made.id, fates.count("moves"), fates.count("told"), fates.count("stays"), version)


def note_seen(session: Session, actor: Actor, number: int) -> None:
    """The successor has opened the list."""
    session.execute(
        sa.text("UPDATE hand_over SET seen_at = now() WHERE id = :id AND to_user_id = :me AND seen_at IS NULL"),
        {"id": number, "me": actor.user_id},
    )


def _ending(session: Session, actor: Actor, user_id: int, order: Order) -> list[Membership]:
    problems = [
        *check_choice("closing", order.closing, CLOSINGS),
        *check_text("note", order.note, limit=LONG_TEXT_LENGTH),
    ]
    if order.successor_id == user_id:
        problems.append(Problem("hand_over_self", where={"field": "successor"}))
    if problems:
        raise InvalidInput(problems)
    if order.closing == "account" and not administers(session, actor, user_id):
        raise Forbidden("person_above")
    return [held for held in memberships_of(session, user_id) if issues_membership(session, actor, held)]


def _successor(session: Session, user_id: int, order: Order, ending: Sequence[Membership]) -> UserAccount:
    found = session.get(UserAccount, order.successor_id)
    own = [] if found is None else _in_force(session, found.id)
    shares = bool(_places(ending) & _places(own))
    if found is None or not found.active or not (order.same_roles or shares):
        name = found.display_name if found else str(order.successor_id)
        raise InvalidInput([Problem("hand_over_successor", where={"field": "successor"}, values={"name": name})])
    return found


def _in_force(session: Session, user_id: int) -> list[Membership]:
    """Roles with which somebody can go on with work today: not those that ended, nor those to come."""
    today = date.today()
    return [
        held
        for held in memberships_of(session, user_id)
        if (held.valid_from or today) <= today <= (held.valid_to or today)
    ]


def _places(held: Sequence[Membership]) -> set[tuple[str | None, str | None]]:
    """Where roles are held; partners and citizens work nowhere, also not beside the department."""
    working = [one for one in held if policy.own_scope(_as_actor([one])) != OwnScope()]
    return {(one.organisation_code, one.area_code) for one in working}


def _by_kind(
    session: Session, user_id: int, successor: UserAccount, order: Order, ending: Sequence[Membership]
) -> list[tuple[Kind, list[Item]]]:
    left = policy.own_scope(_as_actor(ending))
    own = _in_force(session, successor.id)
    taking = _as_actor([*own, *ending] if order.same_roles else own)
    drafted = set(
        session.scalars(
            sa.text("SELECT project_id::text FROM geometry_draft WHERE user_id = :id"), {"id": successor.id}
        )
    )
    found = []
    for kind in KINDS:
        items = []
        rows = session.execute(sa.text(kind.found), {"person": user_id}).all()
        for row in rows if kind.moved else rows[:TOLD_AT_MOST]:
            area = row._mapping.get("area_code")
            known = row.organisation_code or area
            target = place_target(session, row.organisation_code, area) if known else None
            # Of a place where the person goes on working; what is nobody's but theirs they take along.
            if order.closing != "account" if target is None else not left.covers(target):
                continue
            stays = not _of_use(kind, taking, target) or (kind.code == "drafts" and row.key in drafted)
            fate = "stays" if stays else "moves" if kind.moved else "told"
            items.append(Item(kind.code, row.key, row.title or "–", row.address, row.organisation_code, fate))
        found.append((kind, items))
    return found


def _taken(session: Session, user_id: int, successor: UserAccount, kind: Kind, items: list[Item]) -> list[Item]:
    keys = [item.key for item in items if item.fate == "moves"]
    if not keys:
        return items
    values = {"person": user_id, "successor": successor.id, "successor_name": successor.display_name, "keys": keys}
    went = set(session.scalars(sa.text(kind.moved), values))
    return [
        Item(**{**asdict(item), "fate": "stays"}) if item.fate == "moves" and item.key not in went else item
        for item in items
    ]


def _of_use(kind: Kind, taking: Actor, target: Target | None) -> bool:
    """Whether the successor can go on with this kind of work there."""
    if target is None:
        return True
    return policy.may(taking, kind.needs, target) if kind.needs else policy.own_scope(taking).covers(target)


def _as_actor(held: Sequence[Membership]) -> Actor:
    """Somebody with these roles, for policy."""
    grants = [NewRole(one.role_code, one.organisation_code, one.area_code).grant for one in held]
    return Actor(None, "", "", "th", tuple(grants))
