"""What every file that is compared before it is taken has in common: deciding on differences, accepting, closing.

A plan's workbook and a file of a record sheet differ in what they are compared with, not in how they are decided on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput
from app.services.plan_workbook.comparing import Difference
from app.services.sheets import SheetOutcome
from gis.problems import Problem


class StagedHead(Protocol):
    """The row of a file on its way in."""

    @property
    def status(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def decisions(self) -> Mapping[str, Any]: ...


def check_open(head: StagedHead) -> None:
    """Refuse a file that was accepted or given up.

    Raises
    ------
    Conflict
        ``plan_upload_closed``.
    """
    if head.status != "STAGED":
        raise Conflict("plan_upload_closed", {"file": head.file_name, "upload_status": head.status})


def chosen(
    head: StagedHead, difference: Difference, choices: Mapping[str, str | None], stamp: Callable[[str], Any]
) -> dict[str, Any]:
    """The decisions of a file after ``choices`` (``mine``, ``theirs``, none) by the names of differences.

    Parameters
    ----------
    stamp
        What stands now under a name: a decision about something else does not count any more.

    Raises
    ------
    InvalidInput
        ``upload_decision_unknown`` for every name or choice that is none.
    """
    kept = dict(head.decisions)
    known = difference.keys | kept.keys()
    problems = []
    for key, choice in choices.items():
        if key not in known or choice not in ("mine", "theirs", None):
            problems.append(Problem("upload_decision_unknown", where={"field": key[:80]}))
        elif choice is None:
            kept.pop(key, None)
        else:
            kept[key] = {"choice": choice, "theirs": stamp(key)}
    if problems:
        raise InvalidInput(problems[:100])
    return kept


def require_acceptable(difference: Difference) -> None:
    """Refuse what is to be mended or decided first, and what would change nothing.

    Raises
    ------
    InvalidInput
        Every problem of the file, ``upload_conflicts`` or ``upload_changes_nothing``.
    """
    problems = [problem for problem in difference.problems if problem.is_error]
    if difference.undecided:
        problems.append(Problem("upload_conflicts", values={"count": difference.undecided}))
    if not problems and not difference.acceptable:
        problems.append(Problem("upload_changes_nothing"))
    if problems:
        raise InvalidInput(problems)


def require_clean(outcome: SheetOutcome) -> None:
    """Refuse a save that met a problem or somebody else's value, so that the transaction writes nothing.

    Raises
    ------
    InvalidInput
        Its problems, and how many cells collided.
    """
    if not outcome.clean:
        told = [Problem("upload_conflicts", values={"count": len(outcome.conflicts)})] if outcome.conflicts else []
        raise InvalidInput([*outcome.problems, *told])


def close_upload(
    session: Session,
    actor: Actor,
    table: Literal["plan_upload", "record_upload"],
    upload_id: int,
    status: str,
    result: Mapping[str, int],
) -> None:
    """Write down what was decided about a file, by whom, and what it did."""
    session.execute(
        sa.text(
            f"UPDATE {table} SET status = :status, result = CAST(:result AS jsonb), decided_by_name = :who,"
            " decided_at = now() WHERE id = :id"
        ),
        {
            "status": status,
            "result": orjson.dumps(dict(result)).decode(),
            "who": actor.display_name,
            "id": upload_id,
        },
    )
