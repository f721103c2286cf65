"""Budget transfers: lines that sum to zero, approved by another person, effective only then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.models.transfer import TRANSFER_KINDS
from app.queries.codelists import code_list, funds_of_ordinance
from app.services.budget_documents import check_year
from app.services.money_rules import (
    LARGEST_BAHT,
    LONG_TEXT_LENGTH,
    NOTHING,
    SATANG,
    baht,
    check_choice,
    check_day,
    check_done,
    check_open_year,
    check_text,
    refuse,
    values_of,
)
from app.services.project_checks import amount_problem
from app.services.project_locks import mark_on_behalf
from app.services.review_comments import NewComment
from app.services.reviewed import (
    Held,
    ReviewedKind,
    ReviewReceipt,
    bring_back,
    check_number,
    hold_open,
    hold_submitted,
    insert,
    may_prepare,
    send_back,
    send_in,
    take_out,
    write,
    write_approval,
)
from gis.problems import Problem

TABLE: Final = "budget_transfer"
FIELDS = ("number", "kind", "legal_reference", "reason", "lines")
TRANSFER = ReviewedKind(TABLE, "transfer_not_open", FIELDS, ("organisation_code", "fiscal_year_be", "number"))
MOST_LINES = 500
ORDINANCE = ""
"""Key of the money of the annual ordinance among the pools that each have to sum to zero."""


@dataclass(frozen=True)
class TransferFields:
    """What a transfer says of itself."""

    number: str
    kind: str
    reason: str
    legal_reference: str | None = None


@dataclass(frozen=True)
class TransferLine:
    """Baht into (positive) or out of (negative) an appropriation."""

    appropriation_id: int
    amount_baht: Decimal
    note: str | None = None


def create_transfer(
    session: Session,
    actor: Actor,
    organisation_code: str,
    fiscal_year_be: int,
    given: TransferFields,
    lines: Sequence[TransferLine],
) -> ReviewReceipt:
    """Begin a transfer with its lines.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such organisation; not allowed; every problem at once.
    """
    may_prepare(session, actor, organisation_code)
    values = {"organisation_code": organisation_code, "fiscal_year_be": fiscal_year_be}
    problems = [*check_year(fiscal_year_be), *_check(given), *_check_lines(given.kind, lines)]
    if not problems:
        problems += check_open_year(session, organisation_code, fiscal_year_be)
        problems += check_number(session, TRANSFER, None, {**values, "number": given.number})
        problems += _room(session, organisation_code, fiscal_year_be, lines)
    refuse(problems)
    mark_on_behalf(session, actor, organisation_code)
    receipt = insert(session, "budget_transfer", actor, {**values, **values_of(given)})
    _write_lines(session, receipt.id, lines)
    return receipt


def change_transfer(
    session: Session,
    actor: Actor,
    transfer_id: int,
    given: TransferFields,
    lines: Sequence[TransferLine],
    *,
    if_match_version: int,
) -> ReviewReceipt:
    """Change a draft or returned transfer; its lines are put in place of those before.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        No such transfer; not allowed; changed by somebody else; every problem at once.
    """
    held = hold_open(session, actor, TRANSFER, transfer_id, if_match_version)
    organisation, year = held.organisation_code, held.fiscal_year_be
    refuse(
        [
            *check_open_year(session, organisation, year),
            *_check(given),
            *_check_lines(given.kind, lines),
            *check_number(session, TRANSFER, held.id, {**held.row, "number": given.number}),
            *_room(session, organisation, year, lines),
        ]
    )
    mark_on_behalf(session, actor, organisation)
    receipt = write(session, held, values_of(given))
    _write_lines(session, held.id, lines)
    return receipt


def submit_transfer(session: Session, actor: Actor, transfer_id: int, *, if_match_version: int) -> ReviewReceipt:
    """Send a transfer in.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`change_transfer`; money that meanwhile is bound or paid.
    """
    held = hold_open(session, actor, TRANSFER, transfer_id, if_match_version)
    lines = _lines(session, held.id)
    refuse(
        [
            *check_open_year(session, held.organisation_code, held.fiscal_year_be),
            *_check_lines(held.row["kind"], lines),
            *_room(session, held.organisation_code, held.fiscal_year_be, lines),
        ]
    )
    return send_in(session, actor, held)


def approve_transfer(
    session: Session, actor: Actor, transfer_id: int, approved_on: date, *, if_match_version: int
) -> ReviewReceipt:
    """Approve a transfer that another person prepared: the money moves now.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such transfer; not allowed; changed by somebody else.
    InvalidInput
        Not sent in, the same person, a closed year, money that meanwhile is bound or paid.
    """
    held = hold_submitted(session, actor, TRANSFER, transfer_id, if_match_version)
    _lock_projects(session, held)
    lines = _lines(session, held.id)
    refuse(
        [
            *check_day("approved_on", approved_on, held.fiscal_year_be),
            *check_done("approved_on", approved_on),
            *_room(session, held.organisation_code, held.fiscal_year_be, lines),
        ]
    )
    receipt = write_approval(session, actor, held, approved_on)
    _approve_projects(session, held)
    return receipt


def return_transfer(
    session: Session, actor: Actor, transfer_id: int, comments: Sequence[NewComment], *, if_match_version: int
) -> ReviewReceipt:
    """Return a transfer with what has to be mended.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`approve_transfer`; a return without a comment.
    """
    return send_back(session, actor, TRANSFER, transfer_id, comments, if_match_version)[1]


def remove_transfer(session: Session, actor: Actor, transfer_id: int, *, if_match_version: int) -> ReviewReceipt:
    """Take a draft out.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`change_transfer`.
    """
    return take_out(session, actor, TRANSFER, transfer_id, if_match_version)


def restore_transfer(session: Session, actor: Actor, transfer_id: int) -> ReviewReceipt:
    """Bring a removed draft back.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such transfer; not allowed; its number was given to another, a closed year.
    """
    return bring_back(session, actor, TRANSFER, transfer_id)


def _check(given: TransferFields) -> list[Problem]:
    return [
        *check_text("number", given.number, required=True),
        *check_choice("kind", given.kind, TRANSFER_KINDS),
        *check_text("reason", given.reason, required=True, limit=LONG_TEXT_LENGTH),
        *check_text("legal_reference", given.legal_reference),
    ]


def _check_kind(kind: str, lines: Sequence[TransferLine]) -> list[Problem]:
    if kind == "DESCRIPTION" and any(line.amount_baht for line in lines):
        return [Problem("description_moves_money", where={"field": "lines"})]
    return []


def _check_lines(kind: str, lines: Sequence[TransferLine]) -> list[Problem]:
    """Every line readable, each appropriation once, money in and out the same."""
    if len(lines) > MOST_LINES:
        return [
            Problem(
                "number_out_of_range",
                where={"field": "lines"},
                values={"minimum": 0, "maximum": MOST_LINES},
            )
        ]
    problems: list[Problem] = _check_kind(kind, lines)
    for row, line in enumerate(lines, start=1):
        amount = line.amount_baht
        if not amount.is_finite() or abs(amount) > LARGEST_BAHT or amount != amount.quantize(SATANG):
            found = amount_problem("amount_baht", amount, -LARGEST_BAHT, LARGEST_BAHT)
            problems.append(Problem(found.code, where={**found.where, "row": row}, values=found.values))
        elif amount == 0 and kind != "DESCRIPTION":
            problems.append(Problem("transfer_line_of_nothing", where={"field": "amount_baht", "row": row}))
        problems += [Problem(p.code, p.level, {**p.where, "row": row}, p.values) for p in check_text("note", line.note)]
    for appropriation, times in Counter(line.appropriation_id for line in lines).items():
        if times > 1:
            repeated = {"appropriation": appropriation}
            problems.append(Problem("transfer_line_repeated", where={"field": "lines"}, values=repeated))
    if not lines:
        problems.append(Problem("transfer_empty", where={"field": "lines"}))
    if problems:
        return problems
    given = sum((line.amount_baht for line in lines if line.amount_baht > 0), NOTHING)
    taken = -sum((line.amount_baht for line in lines if line.amount_baht < 0), NOTHING)
    if given != taken:
        values = {"given_baht": baht(given), "taken_baht": baht(taken), "difference_baht": baht(given - taken)}
        problems.append(Problem("transfer_unbalanced", where={"field": "lines"}, values=values))
    return problems


# Per line: whose the appropriation is, what may be taken of it alone, and what may be taken of its project.
_ROOM = """
WITH given AS (
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r(row integer, appropriation_id bigint, amount_baht numeric)
)
SELECT g.row, g.amount_baht, p.code AS project, p.status, p.organisation_code, p.fiscal_year_be,
       a.in_force AND a.removed_at IS NULL AS spendable, a.net_baht, a.fund_source_code,
       a.net_baht - coalesce((SELECT sum(d.amount_baht) FROM disbursement d WHERE d.appropriation_id = a.id), 0)
           AS unpaid_baht,
       coalesce((SELECT sum(k.amount_baht) FROM carry_over k WHERE k.appropriation_id = a.id AND k.removed_at IS NULL)
           - (SELECT coalesce(sum(l.amount_baht), 0) FROM late_payment l WHERE l.appropriation_id = a.id), 0)
           AS reserved_baht,
       p.budget_baht - p.contracted_baht
           - coalesce((SELECT sum(d.amount_baht) FROM disbursement d
                       WHERE d.project_id = p.id AND d.contract_id IS NULL), 0) AS free_baht,
       sum(g.amount_baht) OVER (PARTITION BY p.id) AS project_change_baht
FROM given g LEFT JOIN appropriation a ON a.id = g.appropriation_id LEFT JOIN project p ON p.id = a.project_id
ORDER BY g.row
"""


def _room(session: Session, organisation_code: str, year: int, lines: Sequence[TransferLine]) -> list[Problem]:
    """Nothing is taken that is paid or bound, nor moved out of the organisation, the year or a fund of its own."""
    rows = [{"row": row, **asdict(line)} for row, line in enumerate(lines, start=1)]
    found = session.execute(sa.text(_ROOM), {"rows": orjson.dumps(rows, default=str).decode()}).all()
    problems: list[Problem] = []
    for row in found:
        where = {"field": "amount_baht", "row": row.row}
        if row.organisation_code != organisation_code or not row.spendable:
            problems.append(Problem("appropriation_not_found", where={"field": "appropriation_id", "row": row.row}))
        elif row.fiscal_year_be != year:
            values = {"project": row.project, "fiscal_year_be": year, "given_year_be": row.fiscal_year_be}
            problems.append(Problem("transfer_line_elsewhere", where=where, values=values))
        else:
            problems += _taken_too_much(row, where)
    return problems or _funds(session, found)


def pools_of(lines: Iterable[tuple[str, Decimal]], in_ordinance: Collection[str]) -> dict[str, tuple[Decimal, Decimal]]:
    """Baht in and out of lines (fund source, signed baht), each fund outside the annual ordinance by itself.

    Money of the ordinance, whatever its source, is one pool: its key is :data:`ORDINANCE`, that of another its fund.
    """
    pools: dict[str, tuple[Decimal, Decimal]] = {}
    for fund, amount in lines:
        key = ORDINANCE if fund in in_ordinance else fund
        given, taken = pools.get(key, (NOTHING, NOTHING))
        pools[key] = (given + max(amount, NOTHING), taken + max(-amount, NOTHING))
    return pools


def _funds(session: Session, rows: Sequence[Any]) -> list[Problem]:
    """Money that was given for a purpose of its own, outside the ordinance, does not become another fund's."""
    if sum((row.amount_baht for row in rows), NOTHING):
        return []  # Of lines that do not sum to zero at all another problem tells.
    names = code_list(session, "fund_source")
    problems = []
    for fund, (given, taken) in pools_of(
        ((row.fund_source_code, row.amount_baht) for row in rows), funds_of_ordinance(session)
    ).items():
        if given == taken:
            continue
        values = {"given_baht": baht(given), "taken_baht": baht(taken), "difference_baht": baht(given - taken)}
        if fund != ORDINANCE:
            values |= {"fund_source": fund, "fund_th": names[fund].name_th, "fund_en": names[fund].name_en}
        code = "transfer_ordinance_unbalanced" if fund == ORDINANCE else "transfer_fund_unbalanced"
        problems.append(Problem(code, where={"field": "lines"}, values=values))
    return problems


def _taken_too_much(row: Any, where: dict[str, Any]) -> list[Problem]:
    if row.amount_baht > 0 and row.status in ("CLOSED", "CANCELLED"):
        return [Problem("project_not_open", where=where, values={"status": row.status, "project": row.project})]
    if -row.amount_baht > row.unpaid_baht:
        values = {"project": row.project, "taken_baht": baht(-row.amount_baht), "room_baht": baht(row.unpaid_baht)}
        return [Problem("transfer_takes_paid_money", where=where, values=values)]
    unreserved = max(row.unpaid_baht - max(row.reserved_baht, NOTHING), NOTHING)
    if -row.amount_baht > unreserved:
        values = {"project": row.project, "taken_baht": baht(-row.amount_baht), "room_baht": baht(unreserved)}
        return [Problem("transfer_takes_reserved_money", where=where, values=values)]
    if row.amount_baht < 0 and -row.project_change_baht > max(row.free_baht, NOTHING):
        room = baht(max(row.free_baht, NOTHING))
        values = {"project": row.project, "taken_baht": baht(-row.project_change_baht), "room_baht": room}
        return [Problem("transfer_takes_bound_money", where=where, values=values)]
    return []


def _lines(session: Session, transfer_id: int) -> list[TransferLine]:
    rows = session.execute(
        sa.text(
            "SELECT l.appropriation_id, l.amount_baht, l.note FROM budget_transfer_line l"
            " JOIN budget_transfer t ON t.id = l.budget_transfer_id WHERE l.budget_transfer_id = :id"
            " AND (l.amount_baht <> 0 OR (t.kind = 'DESCRIPTION' AND l.note IS NOT NULL)) ORDER BY l.id"
        ),
        {"id": transfer_id},
    )
    return [TransferLine(*row) for row in rows]


def _write_lines(session: Session, transfer_id: int, lines: Sequence[TransferLine]) -> None:
    """The lines as one statement; a line that is no longer there becomes nothing.

    Their foreign keys lock the projects in the order of the lines: whoever locks several of them in the order of their
    numbers would wait for us and we for them. So they are locked in that order first.
    """
    session.execute(
        sa.text(
            "SELECT FROM project WHERE id IN (SELECT project_id FROM appropriation WHERE id = ANY(:ids)"
            " UNION SELECT project_id FROM budget_transfer_line WHERE budget_transfer_id = :transfer)"
            " ORDER BY id FOR KEY SHARE"
        ),
        {"ids": [line.appropriation_id for line in lines], "transfer": transfer_id},
    )
    session.execute(
        sa.text(
            """
            WITH given AS (
                SELECT r.*, a.project_id
                FROM json_to_recordset(CAST(:rows AS json))
                    AS r(appropriation_id bigint, amount_baht numeric, note text)
                JOIN appropriation a ON a.id = r.appropriation_id
            )
            INSERT INTO budget_transfer_line (budget_transfer_id, project_id, appropriation_id, amount_baht, note)
            SELECT :transfer, project_id, appropriation_id, amount_baht, note FROM given
            UNION ALL
            SELECT :transfer, l.project_id, l.appropriation_id, 0, NULL FROM budget_transfer_line l
            WHERE l.budget_transfer_id = :transfer AND l.appropriation_id NOT IN (SELECT appropriation_id FROM given)
            ON CONFLICT (budget_transfer_id, appropriation_id)
            DO UPDATE SET amount_baht = excluded.amount_baht, note = excluded.note
            """
        ),
        {"transfer": transfer_id, "rows": orjson.dumps([asdict(line) for line in lines], default=str).decode()},
    )


def _lock_projects(session: Session, held: Held) -> None:
    session.execute(
        sa.text(
            "SELECT id FROM project WHERE id IN"
            " (SELECT project_id FROM budget_transfer_line WHERE budget_transfer_id = :id)"
            " ORDER BY id FOR NO KEY UPDATE"
        ),
        {"id": held.id},
    ).all()


def _approve_projects(session: Session, held: Held) -> None:
    """A project that got its first money by the transfer has an approved budget."""
    session.execute(
        sa.text(
            "UPDATE project SET status = 'BUDGET_APPROVED' WHERE status IN ('PLANNED', 'BUDGET_REQUESTED')"
            " AND budget_baht > 0 AND id IN"
            " (SELECT project_id FROM budget_transfer_line WHERE budget_transfer_id = :id AND amount_baht > 0)"
        ),
        {"id": held.id},
    )
