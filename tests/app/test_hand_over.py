"""Work that goes from one person to another in one action: all of it or none, and nobody else's."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.errors import Conflict, Forbidden, InvalidInput
from app.models import (
    BudgetDocument,
    GeometryDraft,
    HandOver,
    ImportBatch,
    Membership,
    MessageThread,
    Project,
    UserAccount,
)
from app.services import hand_over as handing
from app.services.hand_over import Order
from tests import factories
from tests.app.conftest import SignIn
from tests.app.test_people import HERE, THERE, acting, executive, head, places

__all__ = ["executive", "head", "places"]


@pytest.fixture
def leaver(session: Session, executive: UserAccount) -> UserAccount:
    return factories.make_user(session, "LAO_ENGINEER", organisation=HERE)


@pytest.fixture
def successor(session: Session, executive: UserAccount) -> UserAccount:
    return factories.make_user(session, "LAO_ENGINEER", organisation=HERE)


def draft(session: Session, person: UserAccount, project: Project) -> None:
    session.add(GeometryDraft(user_id=person.id, project_id=project.id, content={}, base_version=0))
    session.flush()


def batch(session: Session, person: UserAccount, organisation: str, status: str = "STAGED") -> ImportBatch:
    made = ImportBatch(
        organisation_code=organisation,
        fiscal_year_be=2570,
        kind="road",
        file_name="ถนน.geojson",
        stored_name="absent",
        file_sha256="0" * 64,
        file_bytes=10,
        status=status,
        created_by=person.id,
        created_by_name=person.display_name,
    )
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def work(session: Session, leaver: UserAccount, successor: UserAccount) -> dict[str, int]:
    """Two drafts, one of which the successor has too, two files of which one is done, and a document."""
    projects = [factories.make_project(session, HERE) for _ in range(2)]
    for project in projects:
        draft(session, leaver, project)
    draft(session, successor, projects[1])
    open_batch, done = batch(session, leaver, HERE), batch(session, leaver, HERE, "ACCEPTED")
    document = BudgetDocument(
        kind="ANNUAL",
        number="1/2570",
        title="ข้อบัญญัติ",
        organisation_code=HERE,
        fiscal_year_be=2570,
        prepared_by=leaver.id,
        prepared_by_name=leaver.display_name,
    )
    session.add(document)
    session.flush()
    return {
        "draft": projects[0].id,
        "both": projects[1].id,
        "open": open_batch.id,
        "done": done.id,
        "document": document.id,
    }


def fates(items: list[handing.Item]) -> dict[tuple[str, str], str]:
    return {(item.kind, item.key): item.fate for item in items}


def test_what_was_shown_is_what_goes(
    session: Session, executive: UserAccount, leaver: UserAccount, successor: UserAccount, work: dict[str, int]
) -> None:
    actor, order = acting(session, executive), Order(successor.id, note="โชคดี")
    shown = handing.preview(session, actor, leaver.id, order)
    assert fates(shown) == {
        ("drafts", str(work["draft"])): "moves",
        ("drafts", str(work["both"])): "stays",
        ("imports", str(work["open"])): "moves",
        ("budget_documents", str(work["document"])): "told",
    }
    made = handing.hand_over(session, actor, leaver.id, order, 1)
    assert (made.moved, made.told, made.stayed) == (2, 1, 1)
    session.expire_all()
    assert session.get(GeometryDraft, (successor.id, work["draft"])) is not None
    assert session.get(GeometryDraft, (leaver.id, work["both"])) is not None, (
        "nothing of the successor's is overwritten"
    )
    moved = session.get_one(ImportBatch, work["open"])
    assert (moved.created_by, moved.created_by_name) == (successor.id, leaver.display_name), "who made it stays written"
    assert session.get_one(ImportBatch, work["done"]).created_by == leaver.id
    assert session.get_one(BudgetDocument, work["document"]).prepared_by == leaver.id, "whoever approves is another"
    account = session.get_one(UserAccount, leaver.id)
    assert (account.active, account.row_version) == (False, 2)
    kept = session.scalars(sa.select(HandOver)).one()
    assert (kept.id, kept.note, kept.made_by_name) == (made.id, "โชคดี", executive.display_name)
    assert {item["fate"] for item in kept.items} == {"moves", "told", "stays"}


def test_questions_that_were_given_to_the_person_go_on_with_the_successor(
    session: Session, executive: UserAccount, leaver: UserAccount, successor: UserAccount
) -> None:
    threads = {
        state: MessageThread(
            subject="วงเงิน", organisation_code=HERE, province_code="99", asked_by="PROVINCE",
            addressed_to="ORGANISATION", sides=["PROVINCE", "ORGANISATION"], state=state, assigned_to=leaver.id,
            created_by_name="จังหวัด",
        )
        for state in ("OPEN", "CLOSED")
    }  # fmt: skip
    session.add_all(threads.values())
    session.flush()
    actor, order = acting(session, executive), Order(successor.id)
    assert fates(handing.preview(session, actor, leaver.id, order)) == {("messages", str(threads["OPEN"].id)): "moves"}
    handing.hand_over(session, actor, leaver.id, order, 1)
    session.expire_all()
    assert (threads["OPEN"].assigned_to, threads["CLOSED"].assigned_to) == (successor.id, leaver.id)


def test_a_draft_goes_to_nobody_who_may_not_draw(
    session: Session, executive: UserAccount, leaver: UserAccount, work: dict[str, int]
) -> None:
    finance = factories.make_user(session, "LAO_FINANCE", organisation=HERE)
    actor, key = acting(session, executive), ("drafts", str(work["draft"]))
    assert fates(handing.preview(session, actor, leaver.id, Order(finance.id)))[key] == "stays"
    assert fates(handing.preview(session, actor, leaver.id, Order(finance.id, same_roles=True)))[key] == "moves"


def test_it_is_all_or_nothing(
    session: Session, executive: UserAccount, leaver: UserAccount, successor: UserAccount, work: dict[str, int]
) -> None:
    actor = acting(session, executive)
    stranger = factories.make_user(session, "LAO_ENGINEER", organisation=THERE)
    for order, error in (
        (Order(leaver.id), InvalidInput),
        (Order(stranger.id), InvalidInput),
        (Order(2**40), InvalidInput),
        (Order(successor.id, closing="everything"), InvalidInput),
        (Order(successor.id, note="ก" * 1001), InvalidInput),
    ):
        with pytest.raises(error), session.begin_nested():
            handing.hand_over(session, actor, leaver.id, order, 1)
    with pytest.raises(Conflict, match="person_changed"), session.begin_nested():
        handing.hand_over(session, actor, leaver.id, Order(successor.id), 7)
    session.expire_all()
    assert session.get(GeometryDraft, (leaver.id, work["draft"])) is not None
    assert session.get_one(UserAccount, leaver.id).active


def test_nobody_hands_over_what_is_not_theirs_to_give(
    session: Session, executive: UserAccount, head: UserAccount, leaver: UserAccount, successor: UserAccount
) -> None:
    elsewhere = factories.make_user(session, "LAO_EXECUTIVE", organisation=THERE)
    officer = factories.make_user(session, "PROV_OFFICER", area="99")
    for by, whose in ((elsewhere, leaver), (executive, officer), (executive, head), (successor, leaver)):
        with pytest.raises(Forbidden):
            handing.hand_over(session, acting(session, by), whose.id, Order(successor.id), None)


def test_who_goes_on_elsewhere_keeps_account_and_work_there(
    session: Session, executive: UserAccount, leaver: UserAccount, successor: UserAccount
) -> None:
    with factories.as_owner(session):
        session.execute(
            sa.text(
                "INSERT INTO membership (user_id, role_code, organisation_code) VALUES (:user, 'LAO_ENGINEER', :there)"
            ),
            {"user": leaver.id, "there": THERE},
        )
    here, there = batch(session, leaver, HERE), batch(session, leaver, THERE)
    actor = acting(session, executive)
    with pytest.raises(Forbidden, match="person_above"):
        handing.hand_over(session, actor, leaver.id, Order(successor.id), 1)
    made = handing.hand_over(session, actor, leaver.id, Order(successor.id, closing="roles"), 1)
    session.expire_all()
    assert made.moved == 1
    assert (here.created_by, there.created_by) == (successor.id, leaver.id)
    assert session.get_one(UserAccount, leaver.id).active
    held = {m.organisation_code for m in handing.memberships_of(session, leaver.id)}
    assert held == {THERE}


def test_the_new_mayor_takes_the_roles_of_the_old_one(
    session: Session, head: UserAccount, executive: UserAccount, successor: UserAccount
) -> None:
    actor = acting(session, head)
    with pytest.raises(InvalidInput) as refused, session.begin_nested():
        handing.hand_over(session, actor, executive.id, Order(successor.id), None)
    assert refused.value.problems[0].code == "last_executive"
    handing.hand_over(session, actor, executive.id, Order(successor.id, same_roles=True), None)
    roles = {m.role_code for m in handing.memberships_of(session, successor.id)}
    assert roles == {"LAO_ENGINEER", "LAO_EXECUTIVE"}


def test_the_pages_show_it_before_and_after(
    client: FlaskClient,
    session: Session,
    sign_in: SignIn,
    executive: UserAccount,
    leaver: UserAccount,
    successor: UserAccount,
    work: dict[str, int],
) -> None:
    sign_in(client, executive)
    page = client.get(f"/people/{leaver.id}/hand-over?successor={successor.id}").text
    assert "ร่างบนแผนที่" in page and "ย้ายไปผู้รับ" in page and "อยู่ที่เดิม" in page
    form = {"successor": str(successor.id), "closing": "account", "row_version": "1"}
    answer = client.post(f"/people/{leaver.id}/hand-over", data=form)
    assert answer.status_code == 303
    done = answer.headers["Location"]
    assert "ถนน.geojson" in client.get(done).text
    receiver = client.application.test_client()
    sign_in(receiver, successor)
    assert "ยังไม่ได้เปิดดู" in receiver.get("/account").text
    assert "ถนน.geojson" in receiver.get(done).text
    assert "ยังไม่ได้เปิดดู" not in receiver.get("/account").text
    stranger = client.application.test_client()
    sign_in(stranger, factories.make_user(session, "LAO_PLANNER", organisation=HERE))
    assert stranger.get(done).status_code == 404
    again = client.post(f"/people/{leaver.id}/hand-over", data=form)
    assert again.status_code == 409


def test_work_does_not_go_to_somebody_whose_role_has_ended(
    session: Session, executive: UserAccount, leaver: UserAccount, successor: UserAccount, work: dict[str, int]
) -> None:
    """Nor to one whose role begins tomorrow: nobody would see it any more."""
    ended, to_come = (None, "current_date - 1"), ("current_date + 1", None)
    for days in (ended, to_come):
        begins, ends = (day or "NULL" for day in days)
        with factories.as_owner(session):
            session.execute(
                sa.text(f"UPDATE membership SET valid_from = {begins}, valid_to = {ends} WHERE user_id = :who"),
                {"who": successor.id},
            )
        session.expire_all()
        with pytest.raises(InvalidInput) as refused:
            handing.preview(session, acting(session, executive), leaver.id, Order(successor.id))
        assert [one.code for one in refused.value.problems] == ["hand_over_successor"], days


def test_an_executive_takes_nothing_that_belongs_to_another_office_of_the_person(
    session: Session, executive: UserAccount, leaver: UserAccount, successor: UserAccount
) -> None:
    """The engineer is an officer of the province as well: what the province gave them stays with them."""
    with factories.as_owner(session):
        session.add(Membership(user_id=leaver.id, role_code="PROV_OFFICER", area_code="99"))
    thread = MessageThread(
        subject="จังหวัดกับส่วนกลาง", organisation_code=None, province_code="99", asked_by="PROVINCE",
        addressed_to="DEPARTMENT", sides=["PROVINCE", "DEPARTMENT"], assigned_to=leaver.id, created_by=leaver.id,
        created_by_name="ก",
    )  # fmt: skip
    session.add(thread)
    session.flush()
    order = Order(successor.id, closing="roles")
    assert handing.preview(session, acting(session, executive), leaver.id, order) == []
    handing.hand_over(session, acting(session, executive), leaver.id, order, None)
    session.expire_all()
    assert session.get_one(MessageThread, thread.id).assigned_to == leaver.id


def test_the_departments_work_does_not_go_to_a_partner(session: Session) -> None:
    """Both hold a role of no place; the one works for the nation, the other reads."""
    department, leaver = (factories.make_user(session, "DLA_CENTRAL") for _ in range(2))
    for role in ("PARTNER_AGENCY", "PUBLIC"):
        stranger = factories.make_user(session, role)
        with pytest.raises(InvalidInput) as refused:
            handing.preview(session, acting(session, department), leaver.id, Order(stranger.id))
        assert [one.code for one in refused.value.problems] == ["hand_over_successor"]
    assert handing.preview(session, acting(session, department), leaver.id, Order(department.id)) == []
