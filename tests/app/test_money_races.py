"""Many people at once on the same money, through the services and past them: what must hold, holds."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.db import Attribution, attribute
from app.errors import AppError, Conflict, Forbidden, InvalidInput, NotFound
from app.queries.budget import differences
from app.services.appropriations import (
    NewAppropriation,
    change_appropriation,
    record_appropriation,
    remove_appropriation,
    restore_appropriation,
)
from app.services.budget_documents import (
    DocumentFields,
    approve_document,
    create_document,
    return_document,
    submit_document,
)
from app.services.budget_transfers import (
    TransferFields,
    TransferLine,
    approve_transfer,
    create_transfer,
    submit_transfer,
)
from app.services.carry_overs import NewCarryOver, record_carry_over
from app.services.contract_terms import NewAmendment, amend_contract
from app.services.contracts import NewContract, record_contract, remove_contract, restore_contract
from app.services.disbursements import NewDisbursement, record_disbursement, reverse_disbursement
from app.services.fiscal_years import close_year
from app.services.project_status import move_status
from app.services.review_comments import NewComment
from tests import factories as make
from tests.app.money_world import APPROVED, PAID, SIGNED, People, confirmed, make_people, version_of
from tests.conftest import cloned_database

OTHER = "D9901002"
ACT: dict[str, Any] = {"legal_reference": "ข้อบัญญัติ 1/2570", "approved_on": APPROVED}
STATUSES = ("PLANNED", "BUDGET_REQUESTED", "BUDGET_APPROVED", "PROCURING", "CONTRACTED")


@dataclass(frozen=True)
class Arena:
    """A database of the test's own, with everybody who writes to it."""

    engine: sa.Engine
    people: People
    codes: tuple[str, ...]
    foreign: str

    @contextmanager
    def transaction(self, actor: Actor | None = None) -> Iterator[Session]:
        """A transaction that really commits, as the application's role."""
        with Session(self.engine) as session, session.begin():
            name = "ทดสอบ" if actor is None else actor.display_name
            attribute(session, Attribution(None if actor is None else actor.user_id, name))
            yield session


@pytest.fixture
def arena(server_url: str, template_database: str) -> Iterator[Arena]:
    with cloned_database(server_url, template_database, f"eplan_test_money_races_{uuid.uuid4().hex[:12]}") as url:
        engine = sa.create_engine(
            url, poolclass=sa.NullPool, connect_args={"options": "-c role=eplan_app -c deadlock_timeout=200ms"}
        )
        with Session(engine, expire_on_commit=False) as session, session.begin():
            people = make_people(session)
            make.make_organisation(session, OTHER, name_th="ข้างเคียง")
            codes = [make.make_project(session, people.organisation, status="PLANNED").code for _ in range(3)]
            foreign = make.make_project(session, OTHER, status="PLANNED").code
        yield Arena(engine, people, tuple(codes), foreign)
        engine.dispose()


def at_once(number: int, act: Callable[[int], None]) -> list[Exception]:
    """Let everybody act at the same moment; what went wrong beyond a refusal."""
    failures: list[Exception] = []
    start = threading.Barrier(number)

    def one(index: int) -> None:
        start.wait()
        try:
            act(index)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the test, not to its thread
            failures.append(error)

    threads = [threading.Thread(target=one, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return failures


def test_fifty_people_on_the_last_baht(arena: Arena) -> None:
    people, code = arena.people, arena.codes[0]
    with arena.transaction() as session:
        source = confirmed(session, people, code, NewAppropriation(Decimal(1000), "OWN", **ACT))
    accepted: list[int] = []
    refused: list[str] = []

    def sign(index: int) -> None:
        try:
            with arena.transaction(people.finance) as session:
                new = NewContract(f"{index}/2570", Decimal(100), SIGNED)
                made = record_contract(session, people.finance, code, new).id
            accepted.append(made)
        except InvalidInput as error:
            refused.extend(problem.code for problem in error.problems)

    assert at_once(50, sign) == []
    assert (len(accepted), refused) == (10, ["contract_over_budget"] * 40)
    paid: list[int] = []

    def pay(index: int) -> None:
        try:
            with arena.transaction(people.finance) as session:
                new = NewDisbursement(Decimal(30), PAID, source, accepted[0], f"ฎ.{index}")
                paid.append(record_disbursement(session, people.finance, code, new).id)
        except InvalidInput as error:
            assert {problem.code for problem in error.problems} == {"disbursement_over_contract"}

    assert at_once(50, pay) == []
    assert len(paid) == 3
    with arena.transaction() as session:
        assert broken(session) == []


def test_past_the_services_the_database_counts_too(arena: Arena) -> None:
    """Plain INSERTs of the application's role at the same moment: none of the checks in Python is asked."""
    with arena.transaction() as session:
        confirmed(session, arena.people, arena.codes[0], NewAppropriation(Decimal(1000), "OWN", **ACT))
        project = session.scalar(sa.text("SELECT id FROM project WHERE code = :c"), {"c": arena.codes[0]})

    def sign(index: int) -> None:
        try:
            with arena.transaction() as session:
                session.execute(
                    sa.text(
                        "INSERT INTO contract (project_id, number, amount_baht, signed_on)"
                        " VALUES (:p, :n, 300, '2026-11-04')"
                    ),
                    {"p": project, "n": str(index)},
                )
        except sa.exc.IntegrityError as error:
            assert getattr(error.orig, "pgcode", "") == "23EPL"

    assert at_once(20, sign) == []
    with arena.transaction() as session:
        assert session.scalar(sa.text("SELECT contracted_baht FROM project WHERE id = :p"), {"p": project}) == 900


def test_a_transfer_waits_for_no_document(arena: Arena) -> None:
    """Who changes rows of a document holds it before the projects: a transfer that asked for it after them would meet
    him half-way."""
    people, planner = arena.people, arena.people.planner
    with arena.transaction() as session:
        made = create_document(session, planner, people.organisation, 2570, "ANNUAL", DocumentFields("1", "ข้อบัญญัติ"))
        rows = [
            record_appropriation(
                session, planner, code, NewAppropriation(Decimal(1000), "OWN", budget_document_id=made.id)
            )
            for code in arena.codes[:2]
        ]
        version = version_of(session, "budget_document", made.id)
        sent = submit_document(session, planner, made.id, if_match_version=version)
        approve_document(session, people.executive, made.id, date(2026, 9, 20), if_match_version=sent.row_version)
        lines = [TransferLine(rows[0].id, Decimal(-100)), TransferLine(rows[1].id, Decimal(100))]
        fields = TransferFields("1", "TRANSFER", "เหลือจ่าย")
        transfer = create_transfer(session, planner, people.organisation, 2570, fields, lines)
        waiting = submit_transfer(session, planner, transfer.id, if_match_version=transfer.row_version)
    with arena.transaction() as somebody:
        somebody.execute(sa.text("SELECT FROM budget_document WHERE id = :id FOR NO KEY UPDATE"), {"id": made.id})
        with arena.transaction(people.executive) as session:
            session.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
            approve_transfer(session, people.executive, transfer.id, PAID, if_match_version=waiting.row_version)
    with arena.transaction() as session:
        moved = session.scalars(sa.text("SELECT transferred_baht FROM appropriation ORDER BY id")).all()
    assert moved == [Decimal(-100), Decimal(100)]


def test_a_year_that_closes_while_people_pay(arena: Arena) -> None:
    people, code = arena.people, arena.codes[0]
    with arena.transaction() as session:
        source = confirmed(session, people, code, NewAppropriation(Decimal(10_000), "OWN", **ACT))
    outcomes: list[str] = []

    def act(index: int) -> None:
        try:
            with arena.transaction(people.finance) as session:
                if index == 7:
                    close_year(session, people.finance, people.organisation, 2570)
                else:
                    new = NewDisbursement(Decimal(index + 1), PAID, source)
                    record_disbursement(session, people.finance, code, new)
            outcomes.append("paid")
        except InvalidInput as error:
            outcomes.extend(problem.code for problem in error.problems)

    assert at_once(20, act) == []
    assert set(outcomes) <= {"paid", "fiscal_year_closed"}
    with pytest.raises(InvalidInput), arena.transaction() as session:
        record_disbursement(session, people.finance, code, NewDisbursement(Decimal(999), PAID, source))
    with arena.transaction() as session:
        closed = session.scalar(sa.text("SELECT count(*) FROM closed_fiscal_year"))
        paid = session.scalar(sa.text("SELECT count(*) FROM disbursement"))
        assert (closed, paid) == (1, outcomes.count("paid") - 1)
        assert broken(session) == []


def _random_row(session: Session, rng: random.Random, table: str, code: str) -> sa.Row[tuple[int, int]] | None:
    rows = session.execute(
        sa.text(f"SELECT t.id, t.row_version FROM {table} t JOIN project p ON p.id = t.project_id WHERE p.code = :c"),
        {"c": code},
    ).all()
    return rng.choice(rows) if rows else None


@dataclass(frozen=True)
class _Turn:
    """Whose turn it is, on what: rows are read before, as a page reads them."""

    session: Session
    rng: random.Random
    people: People
    codes: tuple[str, ...]
    code: str
    name: str
    amount: Decimal
    source: sa.Row[tuple[int, int]]
    agreed: sa.Row[tuple[int, int]] | None


def _appropriate(t: _Turn) -> None:
    fund = t.rng.choice(("OWN", "LOAN", "GRANT_GENERAL"))
    confirmed(
        t.session, t.people, t.code, NewAppropriation(t.amount, fund, legal_reference=t.name, approved_on=APPROVED)
    )


def _change(t: _Turn) -> None:
    new = NewAppropriation(t.amount * 2, "OWN", legal_reference=t.name, approved_on=APPROVED)
    version = t.source.row_version
    change_appropriation(t.session, t.people.planner, t.code, t.source.id, new, if_match_version=version)


def _sign(t: _Turn) -> None:
    record_contract(t.session, t.people.finance, t.code, NewContract(t.name, t.amount, SIGNED))


def _pay(t: _Turn) -> None:
    of = None if t.agreed is None or t.rng.random() < 0.3 else t.agreed.id
    amount = (t.amount / 4).quantize(Decimal("0.01")) + Decimal("0.01")
    new = NewDisbursement(amount, PAID, t.source.id, of, t.name)
    record_disbursement(t.session, t.people.finance, t.code, new)


def _reverse(t: _Turn) -> None:
    statement = sa.text(
        "SELECT d.id FROM disbursement d JOIN project p ON p.id = d.project_id WHERE p.code = :c"
        " ORDER BY random() LIMIT 1"
    )
    payment = t.session.scalar(statement, {"c": t.code})
    reverse_disbursement(t.session, t.people.finance, t.code, payment or 0, PAID, "ผิด")


def _amend(t: _Turn) -> None:
    if t.agreed is None:
        return
    new = NewAmendment(date(2026, 12, 1), "เพิ่ม", t.amount * t.rng.choice((1, -1)))
    version = t.agreed.row_version
    amend_contract(t.session, t.people.finance, t.code, t.agreed.id, new, if_match_version=version)


def _take_out_or_bring_back(t: _Turn) -> None:
    table, row = t.rng.choice((("appropriation", t.source), ("contract", t.agreed or t.source)))
    actor = t.people.planner if table == "appropriation" else t.people.finance
    if t.rng.random() < 0.5:
        remove: Any = remove_appropriation if table == "appropriation" else remove_contract
        remove(t.session, actor, t.code, row.id, if_match_version=row.row_version)
    else:
        restore: Any = restore_appropriation if table == "appropriation" else restore_contract
        restore(t.session, actor, t.code, row.id)


def _transfer(t: _Turn) -> None:
    target = _random_row(t.session, t.rng, "appropriation", t.rng.choice(t.codes)) or t.source
    lines = [TransferLine(t.source.id, -t.amount), TransferLine(target.id, t.amount)]
    planner, fields = t.people.planner, TransferFields(t.name, "TRANSFER", "เหลือจ่าย")
    made = create_transfer(t.session, planner, t.people.organisation, 2570, fields, lines)
    sent = submit_transfer(t.session, planner, made.id, if_match_version=made.row_version)
    approve_transfer(t.session, t.people.executive, made.id, PAID, if_match_version=sent.row_version)


def _document(t: _Turn) -> None:
    planner, fields = t.people.planner, DocumentFields(t.name, "ข้อบัญญัติ")
    made = create_document(t.session, planner, t.people.organisation, 2570, "ANNUAL", fields)
    # in the order of their rows, as every writer of several projects takes them
    for one in sorted(t.rng.sample(t.codes, 2)):
        new = NewAppropriation(t.amount, "OWN", budget_document_id=made.id)
        record_appropriation(t.session, planner, one, new)
    version = version_of(t.session, "budget_document", made.id)
    sent = submit_document(t.session, planner, made.id, if_match_version=version)
    if t.rng.random() < 0.7:
        day = date(2026, 9, 20)
        approve_document(t.session, t.people.executive, made.id, day, if_match_version=sent.row_version)
    else:
        comments = [NewComment("แก้")]
        return_document(t.session, t.people.executive, made.id, comments, if_match_version=sent.row_version)


def _move(t: _Turn) -> None:
    version = t.session.scalar(sa.text("SELECT row_version FROM project WHERE code = :c"), {"c": t.code})
    actor = t.rng.choice((t.people.planner, t.people.finance))
    move_status(t.session, actor, t.code, t.rng.choice(STATUSES), "ทดสอบ", if_match_version=int(version or 0))


def _carry(t: _Turn) -> None:
    amount = (t.amount / 3).quantize(Decimal("0.01")) + Decimal("0.01")
    new = NewCarryOver(t.source.id, amount, date(2028, 3, 31), None, "มติสภา", date(2027, 9, 1))
    record_carry_over(t.session, t.people.finance, t.code, new)


_STEPS = (
    _appropriate,
    _change,
    _sign,
    _pay,
    _pay,
    _reverse,
    _amend,
    _take_out_or_bring_back,
    _transfer,
    _document,
    _move,
    _carry,
)


def _step(session: Session, rng: random.Random, people: People, codes: tuple[str, ...], name: str) -> None:
    """One thing that somebody does; most of them are refused sooner or later."""
    code, amount = rng.choice(codes), Decimal(rng.randrange(1, 50_000)) / 100
    source, agreed = (_random_row(session, rng, table, code) for table in ("appropriation", "contract"))
    if source is None:
        confirmed(session, people, code, NewAppropriation(amount, "OWN", legal_reference=name, approved_on=APPROVED))
        return
    rng.choice(_STEPS)(_Turn(session, rng, people, codes, code, name, amount, source, agreed))


def _past_the_services(session: Session, rng: random.Random, code: str, n: str) -> None:
    """What somebody with the application's role could type into psql, who takes the project first as everybody does.

    Without that, a row of money is locked before its project: PostgreSQL then ends one of two such transactions.
    """
    session.execute(sa.text("SELECT FROM project WHERE code = :c FOR NO KEY UPDATE"), {"c": code})
    amount = rng.randrange(1, 900)
    statement = rng.choice(
        (
            "INSERT INTO contract (project_id, number, amount_baht, signed_on)"
            " SELECT id, :n, :a, '2026-11-04' FROM project WHERE code = :c",
            "UPDATE appropriation SET amount_baht = :a WHERE project_id = (SELECT id FROM project WHERE code = :c)",
            "INSERT INTO disbursement (project_id, appropriation_id, amount_baht, paid_on)"
            " SELECT project_id, id, :a, '2026-11-18' FROM appropriation"
            " WHERE project_id = (SELECT id FROM project WHERE code = :c) LIMIT 1",
            "UPDATE contract SET amount_baht = :a WHERE project_id = (SELECT id FROM project WHERE code = :c)",
            "UPDATE project SET status = 'CLOSED' WHERE code = :c",
        )
    )
    session.execute(sa.text(statement), {"a": amount, "c": code, "n": n})


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_people_do_at_once_the_money_is_right(arena: Arena, seed: int) -> None:
    people = arena.people
    refusals: list[str] = []

    def past_the_services(rng: random.Random, name: str) -> None:
        try:
            with arena.transaction() as session:
                _past_the_services(session, rng, rng.choice(arena.codes), name)
        except sa.exc.IntegrityError as error:
            assert getattr(error.orig, "pgcode", "") in ("23EPL", "23514"), error

    def act(index: int) -> None:
        rng = random.Random(seed * 100 + index)
        for number in range(20):
            name = f"{index}-{number}"
            try:
                if rng.random() < 0.15:
                    past_the_services(rng, name)
                    continue
                with arena.transaction() as session:
                    _step(session, rng, people, arena.codes, name)
            except (InvalidInput, Conflict, Forbidden, NotFound) as error:
                refusals.extend(p.code for p in getattr(error, "problems", [])) or refusals.append(error.code)
            except sa.exc.IntegrityError as error:
                # a rule that somebody else's commit broke after it was asked
                assert getattr(error.orig, "pgcode", "") == "23EPL", error
        new = NewAppropriation(Decimal(1), "OWN", **ACT)
        for actor in (people.planner, people.finance):
            with pytest.raises((Forbidden, NotFound)), arena.transaction() as session:
                record_appropriation(session, actor, arena.foreign, new)

    failures = at_once(6, act)
    deadlocks = [error for error in failures if "deadlock" in str(error)]
    assert deadlocks == []
    assert failures == []
    assert len(set(refusals)) > 5, "the rules were met"
    with arena.transaction() as session:
        assert broken(session) == []
        assert differences(session) == []


_INVARIANTS = {
    "more contracted than approved": "SELECT code FROM project WHERE contracted_baht > budget_baht",
    "more paid than the contract": (
        "SELECT c.id FROM contract c JOIN disbursement d ON d.contract_id = c.id"
        " GROUP BY c.id HAVING sum(d.amount_baht) > c.final_baht"
    ),
    "more paid than the appropriation": (
        "SELECT a.id FROM appropriation a JOIN disbursement d ON d.appropriation_id = a.id"
        " GROUP BY a.id HAVING sum(d.amount_baht) > a.net_baht"
    ),
    "a transfer that does not sum to zero": (
        "SELECT budget_transfer_id FROM budget_transfer_line GROUP BY 1 HAVING sum(amount_baht) <> 0"
    ),
    "transfers that are not in the appropriation": (
        "SELECT a.id FROM appropriation a WHERE a.transferred_baht <> coalesce((SELECT sum(l.amount_baht)"
        " FROM budget_transfer_line l JOIN budget_transfer t ON t.id = l.budget_transfer_id"
        " WHERE l.appropriation_id = a.id AND t.status = 'APPROVED'), 0)"
    ),
    "amendments that are not in the contract": (
        "SELECT c.id FROM contract c WHERE c.amended_baht <> coalesce((SELECT sum(m.amount_change_baht)"
        " FROM contract_amendment m WHERE m.contract_id = c.id), 0)"
    ),
    "money in force without an approved document": (
        "SELECT a.id FROM appropriation a JOIN budget_document d ON d.id = a.budget_document_id"
        " WHERE a.in_force <> (d.status = 'APPROVED')"
    ),
    "sums that are not the rows": (
        "SELECT p.code FROM project p WHERE"
        " p.budget_baht <> (SELECT coalesce(sum(net_baht), 0) FROM appropriation WHERE project_id = p.id)"
        " OR p.contracted_baht <> (SELECT coalesce(sum(final_baht), 0) FROM contract WHERE project_id = p.id)"
        " OR p.disbursed_baht <> (SELECT coalesce(sum(amount_baht), 0) FROM disbursement WHERE project_id = p.id)"
    ),
    "a status that followed no edge": (
        "SELECT s.id FROM project_status_change s WHERE NOT s.correction AND NOT EXISTS (SELECT FROM"
        " project_status_transition t WHERE (t.from_status, t.to_status) = (s.from_status, s.to_status))"
    ),
    "a gap in the history of a status": (
        "SELECT n.id FROM (SELECT id, from_status, lag(to_status) OVER (PARTITION BY project_id ORDER BY id) AS before"
        " FROM project_status_change) n WHERE n.before <> n.from_status"
    ),
    "money of somebody else": (
        f"SELECT a.id FROM appropriation a JOIN project p ON p.id = a.project_id WHERE p.organisation_code = '{OTHER}'"
    ),
    "one person for two": (
        "SELECT id FROM budget_document WHERE approved_by IN (prepared_by, submitted_by)"
        " UNION ALL SELECT id FROM budget_transfer WHERE approved_by IN (prepared_by, submitted_by)"
    ),
}


def broken(session: Session) -> list[str]:
    """Names of what does not hold."""
    return [name for name, query in _INVARIANTS.items() if session.execute(sa.text(query)).first() is not None]


def test_refusals_are_of_the_program(arena: Arena) -> None:
    """A refusal never leaves half of what was asked behind."""
    people, code = arena.people, arena.codes[0]
    with pytest.raises(AppError), arena.transaction() as session:
        confirmed(session, people, code, NewAppropriation(Decimal(10), "OWN", **ACT))
        record_contract(session, people.finance, code, NewContract("1", Decimal(11), SIGNED))
    with arena.transaction() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM appropriation")) == 0
