"""The verdict on figures: of many in one act, whole or not at all, of the amount that was seen, never on one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput
from app.queries.figures import FIELD_OF, WAITING, Figure, figures_of, projects_of
from app.queries.project_comments import ENTITY
from app.services.geometry_reviews import AT_ONCE, VERDICTS, readable_words
from app.services.project_locks import HeldProject, hold_projects, require_all
from app.services.review_comments import NewComment, add_many
from gis.problems import Problem

# A verdict may be taken back while the figure stands; the same is not said twice.
MAY_BECOME: Mapping[str, frozenset[str]] = {
    "VERIFIED": frozenset({*WAITING, "RETURNED"}),
    "RETURNED": frozenset({*WAITING, "VERIFIED"}),
}


@dataclass(frozen=True)
class SeenFigure:
    """A figure, and the amount that the reviewer had before them."""

    figure: str
    figure_id: int
    amount_baht: Decimal

    @property
    def key(self) -> str:
        """As :attr:`app.queries.figures.Figure.key`."""
        return f"{self.figure}-{self.figure_id}"


@dataclass(frozen=True)
class FigureReceipt:
    """What an act said of which figures, and what was left out with consent."""

    verdict: str
    done: tuple[str, ...]
    left_out: tuple[Problem, ...]
    receipt: str | None


def review_figures(
    session: Session,
    actor: Actor,
    chosen: Sequence[SeenFigure],
    verdict: str,
    *,
    note: str | None = None,
    leave_out: Iterable[str] = (),
) -> FigureReceipt:
    """Say the same of many figures, all or none.

    Parameters
    ----------
    session, actor
        Of a transaction; who gives the verdict.
    chosen
        What the reviewer saw.
    verdict, note
        ``VERIFIED`` or ``RETURNED``; a return says why: a comment on the field of each project, that waits for who
        enters it. A verification answers what its figure was returned with.
    leave_out
        Keys of those that the reviewer was told cannot be said anything of, and agreed to leave out.

    Raises
    ------
    Forbidden
        A project where the actor does not verify.
    InvalidInput
        With ``where.figure`` of each: ``figure_not_found``, ``figure_repeated``, ``figure_changed``,
        ``figure_said_already``, ``figure_own_entry``; ``too_many_at_once``, ``nothing_chosen``, and of the note.
    """
    _readable(chosen, verdict, note)
    # Whoever writes money or a plan's amount writes the project's row too: held, its figures stand still.
    held = hold_projects(session, projects_of(session, [(one.figure, one.figure_id) for one in chosen]))
    require_all(actor, policy.COORDINATES_VERIFY, held.values())
    standing = figures_of(session, [(one.figure, one.figure_id) for one in chosen])
    problems = _refused(actor, standing, chosen, verdict)
    if problems.keys() - set(leave_out):
        raise InvalidInput([problem for found in problems.values() for problem in found])
    good = [standing[one.key] for one in chosen if one.key not in problems]
    if not good:
        raise InvalidInput([Problem("nothing_chosen", where={"field": "chosen"})])
    receipt = _write(session, actor, good, verdict, note or "", held)
    return FigureReceipt(
        verdict, tuple(one.key for one in good), tuple(p for told in problems.values() for p in told), receipt
    )


def _readable(chosen: Sequence[SeenFigure], verdict: str, note: str | None) -> None:
    problems = readable_words(verdict, note)
    if verdict not in VERDICTS:
        problems.append(Problem("unknown_code", where={"field": "status"}, values={"given": verdict[:40]}))
    if not chosen:
        problems.append(Problem("nothing_chosen", where={"field": "chosen"}))
    if len(chosen) > AT_ONCE:
        problems.append(Problem("too_many_at_once", values={"limit": AT_ONCE, "count": len(chosen)}))
    for one in chosen:
        if one.figure not in FIELD_OF:
            problems.append(Problem("unknown_code", where={"field": "chosen"}, values={"given": one.figure[:40]}))
    if problems:
        raise InvalidInput(problems)


def _refused(
    actor: Actor, standing: Mapping[str, Figure], chosen: Sequence[SeenFigure], verdict: str
) -> dict[str, list[Problem]]:
    """Why nothing can be said of some, by their key."""
    found: dict[str, list[Problem]] = {}
    seen: set[str] = set()
    for row, one in enumerate(chosen, start=1):
        key, now = one.key, standing.get(one.key)
        where = {"field": "chosen", "figure": key, "row": row}
        named = {} if now is None else {"project": now.project_code, "amount_baht": str(now.amount_baht)}
        if now is None:
            found[key] = [Problem("figure_not_found", where=where, values={"figure": key})]
        elif key in seen:
            found[key] = [Problem("figure_repeated", where=where, values=named)]
        elif now.amount_baht != one.amount_baht:
            found[key] = [Problem("figure_changed", where=where, values={**named, "by": now.entered_by or "–"})]
        elif now.state not in MAY_BECOME[verdict]:
            found[key] = [Problem("figure_said_already", where=where, values={**named, "by": now.said_by or "–"})]
        elif actor.user_id in now.writers:
            found[key] = [Problem("figure_own_entry", where=where, values=named)]
        seen.add(key)
    return found


def _write(
    session: Session,
    actor: Actor,
    figures: Sequence[Figure],
    verdict: str,
    note: str,
    held: Mapping[str, HeldProject],
) -> str | None:
    _close_comments(session, actor, figures)
    comments: list[int | None] = [None] * len(figures)
    if verdict == "RETURNED":
        said = [
            (str(one.project_id), held[one.project_code].organisation_code, NewComment(note, one.field))
            for one in figures
        ]
        comments = list(add_many(session, actor, ENTITY, said))
    rows = session.execute(
        sa.text(
            "INSERT INTO figure_verdict (project_id, figure, figure_id, amount_baht, before, verdict, comment_id,"
            " created_by, created_by_name)"
            " SELECT r.*, :user, :name FROM unnest(CAST(:projects AS bigint[]), CAST(:figures AS text[]),"
            " CAST(:ids AS bigint[]), CAST(:amounts AS numeric[]), CAST(:before AS text[]), CAST(:verdicts AS text[]),"
            " CAST(:comments AS bigint[])) AS r"
            " RETURNING nullif(current_setting('eplan.request_id', true), '') AS receipt"
        ),
        {
            "projects": [one.project_id for one in figures],
            "figures": [one.figure for one in figures],
            "ids": [one.figure_id for one in figures],
            "amounts": [one.amount_baht for one in figures],
            "before": [one.state for one in figures],
            "verdicts": [verdict] * len(figures),
            "comments": comments,
            "user": actor.user_id,
            "name": actor.display_name,
        },
    ).all()
    receipt: str | None = rows[0].receipt
    return receipt


def _close_comments(session: Session, actor: Actor, figures: Sequence[Figure]) -> None:
    """What a figure was returned with before is settled by what is said now."""
    session.execute(
        sa.text(
            "UPDATE review_comment c SET resolved_at = now(), resolved_by = :user"
            " FROM figure_verdict w JOIN unnest(CAST(:figures AS text[]), CAST(:ids AS bigint[]))"
            " AS f(figure, figure_id) ON f.figure = w.figure AND f.figure_id = w.figure_id"
            " WHERE c.id = w.comment_id AND c.resolved_at IS NULL"
        ),
        {
            "user": actor.user_id,
            "figures": [one.figure for one in figures],
            "ids": [one.figure_id for one in figures],
        },
    )
