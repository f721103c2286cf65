"""The money status of a project: moved along the edges of the status machine, or corrected for the record."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput
from app.queries.codelists import code_list
from app.services.money_rules import LONG_TEXT_LENGTH, ProjectMoney, baht, check_text, read_money
from app.services.project_locks import HeldProject, hold_project, look_at_project, mark_on_behalf
from gis.problems import Problem
from gis.thai import normalise

# Statuses that a person chooses; no action walks through them on its way elsewhere.
ASIDE = frozenset({"CARRIED_OVER", "CANCELLED", "DEFERRED", "CLOSED"})
# Who enters which status (``project_statuses.csv``, entered_by): planners up to the budget, finance from there on.
ACTION_OF: Mapping[str, str] = {
    "PLANNED": policy.BUDGET_WRITE,
    "BUDGET_REQUESTED": policy.BUDGET_WRITE,
    "BUDGET_APPROVED": policy.BUDGET_WRITE,
    "DEFERRED": policy.BUDGET_WRITE,
    "CANCELLED": policy.BUDGET_WRITE,
    "PROCURING": policy.CONTRACT_WRITE,
    "CONTRACTED": policy.CONTRACT_WRITE,
    "DISBURSING": policy.DISBURSEMENT_WRITE,
    "DISBURSED_FULL": policy.DISBURSEMENT_WRITE,
    "CARRIED_OVER": policy.DISBURSEMENT_WRITE,
    "CLOSED": policy.DISBURSEMENT_WRITE,
}


@dataclass(frozen=True)
class StatusReceipt:
    """Where the project stands now, and its new version."""

    status: str
    row_version: int


@dataclass(frozen=True)
class Move:
    """A status that may follow, and what stands in its way now."""

    to: str
    problems: tuple[Problem, ...]


def moves_of(session: Session, actor: Actor, project_code: str) -> tuple[Move, ...]:
    """Where the person may move a project to along the edges of the status machine, in the order of the list.

    Raises
    ------
    NotFound
        ``project_not_found``.
    """
    project = look_at_project(session, actor, project_code)
    money = read_money(session, project)
    closed = money.open_year()
    return tuple(
        Move(to, (*closed, *_unfounded(session, project, money, to)))
        for to in edges(session).get(project.status, ())
        if policy.may(actor, ACTION_OF.get(to, policy.BUDGET_WRITE), project.target)
    )


def move_status(
    session: Session, actor: Actor, project_code: str, to: str, reason: str | None, *, if_match_version: int
) -> StatusReceipt:
    """Move a project along one edge of the status machine.

    Raises
    ------
    NotFound, Forbidden
        No such project; not this person's status.
    Conflict
        ``project_changed``.
    InvalidInput
        Everything that speaks against it: no such edge, money that is missing or in the way, no reason.
    """
    action = ACTION_OF.get(to, policy.BUDGET_WRITE)
    project = _held(session, actor, action, project_code, to, if_match_version)
    money = read_money(session, project)
    allowed = edges(session).get(project.status, ())
    problems = [*money.open_year(), *check_text("reason", reason, limit=LONG_TEXT_LENGTH, required=to == "CANCELLED")]
    if to not in allowed:
        problems.append(_unreachable(project, to, allowed))
    problems += _unfounded(session, project, money, to)
    if problems:
        raise InvalidInput(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    return StatusReceipt(to, _write(session, project, (to,), reason))


def correct_status(
    session: Session, actor: Actor, project_code: str, to: str, reason: str, *, if_match_version: int
) -> StatusReceipt:
    """Put a status right that was wrong, without regard to the edges; it is recorded as a correction.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`move_status`; a reason is always needed.
    """
    project = _held(session, actor, policy.STATUS_CORRECT, project_code, to, if_match_version)
    money = read_money(session, project)
    problems = [*money.open_year(), *check_text("reason", reason, limit=LONG_TEXT_LENGTH, required=True)]
    problems += _unfounded(session, project, money, to)
    if problems:
        raise InvalidInput(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    return StatusReceipt(to, record_correction(session, project, to, reason))


def advance(session: Session, project: HeldProject, to: str, reason: str | None = None) -> str:
    """Bring a project to the status that an action implies, edge by edge; the status that it has then.

    Where no way leads there (a closed project that is paid) the status stays.
    """
    if to == project.status:
        return to
    steps = path(edges(session), project.status, to)
    if not steps:
        return project.status
    _write(session, project, steps, reason)
    return to


def record_correction(session: Session, project: HeldProject, to: str, reason: str) -> int:
    """Set a status with the reason why no edge was followed; the new row version."""
    _set(session, "eplan.status_correction", normalise(reason))
    version = _write(session, project, (to,), reason)
    _set(session, "eplan.status_correction", "")
    return version


def edges(session: Session) -> dict[str, tuple[str, ...]]:
    """Statuses that may follow each status, in the order of their list."""
    order = list(code_list(session, "project_status"))
    found: dict[str, list[str]] = {}
    for row in session.execute(sa.text("SELECT from_status, to_status FROM project_status_transition")):
        found.setdefault(row.from_status, []).append(row.to_status)
    return {status: tuple(sorted(targets, key=order.index)) for status, targets in found.items()}


def path(graph: Mapping[str, tuple[str, ...]], start: str, to: str) -> tuple[str, ...]:
    """The shortest way from one status to another, without ``start``; empty when there is none.

    Examples
    --------
    >>> path({"A": ("B",), "B": ("C",)}, "A", "C")
    ('B', 'C')
    """
    ways: deque[tuple[str, ...]] = deque([(start,)])
    seen = {start}
    while ways:
        way = ways.popleft()
        for following in graph.get(way[-1], ()):
            if following == to:
                return (*way[1:], to)
            if following not in seen and following not in ASIDE:
                seen.add(following)
                ways.append((*way, following))
    return ()


def _held(
    session: Session, actor: Actor, action: str, project_code: str, to: str, if_match_version: int
) -> HeldProject:
    project = hold_project(session, actor, project_code)
    policy.require(actor, action, project.target)
    if to not in code_list(session, "project_status"):
        raise InvalidInput([Problem("unknown_code", where={"field": "status"}, values={"given": to[:80]})])
    if project.row_version != if_match_version:
        raise Conflict("project_changed", {"project": project.code, "version": project.row_version})
    return project


def _unreachable(project: HeldProject, to: str, allowed: tuple[str, ...]) -> Problem:
    values = {"project": project.code, "from": project.status, "to": to, "allowed": ", ".join(allowed) or "–"}
    return Problem("status_not_reachable", where={"field": "status"}, values=values)


_FOUNDED: Mapping[str, Callable[[ProjectMoney], bool]] = {
    "BUDGET_APPROVED": lambda m: m.budget_baht > 0,
    "PROCURING": lambda m: m.budget_baht > 0,
    "CONTRACTED": lambda m: m.contracted_baht > 0,
    "DISBURSING": lambda m: m.disbursed_baht > 0,
    "DISBURSED_FULL": lambda m: m.disbursed_baht > 0 and m.disbursed_baht >= m.contracted_baht,
    "CARRIED_OVER": lambda m: bool(m.reserves),
    "CLOSED": lambda m: m.disbursed_baht >= m.contracted_baht,
}


def _unfounded(session: Session, project: HeldProject, money: ProjectMoney, to: str) -> list[Problem]:
    """A status says something of the money; what it says has to be true."""
    where = {"field": "status"}
    if to in _FOUNDED and not _FOUNDED[to](money):
        values = {
            "status": to,
            "budget_baht": baht(money.budget_baht),
            "contracted_baht": baht(money.contracted_baht),
            "disbursed_baht": baht(money.disbursed_baht),
        }
        return [Problem("status_unfounded", where=where, values=values)]
    if to in ("CANCELLED", "PLANNED", "DEFERRED", "BUDGET_REQUESTED") and (
        money.contracted_baht > 0 or money.disbursed_baht > 0
    ):
        values = {"contracted_baht": baht(money.contracted_baht), "disbursed_baht": baht(money.disbursed_baht)}
        return [Problem("status_with_money", where=where, values={"status": to, **values})]
    if to in ("PLANNED", "DEFERRED", "BUDGET_REQUESTED") and money.budget_baht > 0:
        values = {"status": to, "budget_baht": baht(money.budget_baht)}
        return [Problem("status_with_budget", where=where, values=values)]
    if to in ("PLANNED", "DEFERRED", "CANCELLED") and _is_requested(session, project.id):
        return [Problem("status_in_document", where=where)]
    return []


def _is_requested(session: Session, project_id: int) -> bool:
    return bool(
        session.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM appropriation a JOIN budget_document d ON d.id = a.budget_document_id"
                " WHERE a.project_id = :project AND a.removed_at IS NULL AND d.status = 'SUBMITTED')"
            ),
            {"project": project_id},
        )
    )


def _write(session: Session, project: HeldProject, steps: tuple[str, ...], reason: str | None) -> int:
    _set(session, "eplan.status_reason", normalise(reason or ""))
    version = project.row_version
    for step in steps:
        version = session.scalar(
            sa.text("UPDATE project SET status = :status WHERE id = :project RETURNING row_version"),
            {"status": step, "project": project.id},
        )
    _set(session, "eplan.status_reason", "")
    return int(version)


def _set(session: Session, name: str, value: str) -> None:
    session.execute(sa.text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})
