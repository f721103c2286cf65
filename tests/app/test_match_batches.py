"""Lists of contracts and payments in the database: compared, decided, undone, and never outside one's own place."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.db import upload_dir
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import ChangeLog, MatchBatch, MatchDecision, Project, UserAccount
from app.queries.matches import match_rows
from app.services.imports import Received
from app.services.jobs import Silent
from app.services.matching import batches, deciding
from app.services.matching.made import Chosen
from app.settings import Settings
from tests import factories
from tests.app.conftest import SignIn
from tests.statements import counted

ROAD = "ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านโนนสว่าง - บ้านหนองแวง หมู่ที่ {}"
HEAD = "รหัสโครงการ,ชื่อโครงการ,ชื่อหน่วยงาน,ราคาตกลงซื้อ/จ้าง,ปีงบประมาณ,วันที่เกิดรายการ,เลขที่สัญญา,คู่สัญญา,วิธีจัดซื้อ\n"


def line(name: str, price: int = 480_000, body: str = "อบต.หนองสาธิต", egp: str = "-", number: str = "7/2570") -> str:
    seller = "บริษัท สาธิตการโยธา จำกัด"
    return f"{egp},จ้าง{name} โดยวิธีเฉพาะเจาะจง,{body},{price},2570,29 พ.ย. 69,{number},{seller},วิธีเฉพาะเจาะจง\n"


@pytest.fixture
def works(session: Session) -> list[Project]:
    """Three sibling roads of one organisation, and the first one's twin elsewhere in another province."""
    factories.make_organisation(session)
    factories.make_organisation(
        session, "D9801001", name_th="ไกล", province_code="98", amphoe_code="9801", tambon_codes=("980101",)
    )
    found = [factories.make_project(session, name_th=ROAD.format(n), budget_baht=500_000) for n in (3, 4, 5)]
    return [*found, factories.make_project(session, "D9801001", name_th=ROAD.format(3), budget_baht=500_000)]


@pytest.fixture
def officer(session: Session, works: list[Project]) -> UserAccount:
    return factories.make_user(session, "LAO_FINANCE", organisation="D9901001")


def compared(session: Session, folder: Path, user: UserAccount, text: str, **where: Any) -> MatchBatch:
    actor = factories.actor_for(user)
    asked = {"kind": "egp", "organisation_code": "D9901001"} | where
    received = Received.keep(io.BytesIO(text.encode()), "egp.csv", folder)
    batch = batches.receive(session, actor, received, **asked)
    return batches.compare(session, SYSTEM_ACTOR, batch.id, folder, Silent())


FILE = HEAD + line(ROAD.format("๓")) + line(ROAD.format(4)) + line("ซื้อวัสดุสำนักงาน", 1_480) + line(ROAD.format(5), 0)


@pytest.fixture
def batch(session: Session, tmp_path: Path, officer: UserAccount) -> MatchBatch:
    return compared(session, tmp_path, officer, FILE)


def test_a_file_becomes_suggestions_of_its_own_place(session: Session, batch: MatchBatch, works: list[Project]) -> None:
    assert (batch.status, batch.row_count, batch.project_count) == ("READY", 4, 3)
    rows = match_rows(session, batch.id)
    assert [row.suggestions[0].code for row in (rows[0], rows[1], rows[3])] == [work.code for work in works[:3]]
    assert rows[0].suggestions[0].score > 0.9 > rows[2].suggestions[0].score
    assert works[3].code not in {one.code for row in rows for one in row.suggestions}


def test_rows_cost_the_same_number_of_statements(session: Session, batch: MatchBatch) -> None:
    with counted(session) as sent:
        match_rows(session, batch.id)
    assert len(sent) == 2


def test_accept_reject_undo_leave_their_traces(session: Session, batch: MatchBatch, officer: UserAccount) -> None:
    actor = factories.actor_for(officer)
    first = match_rows(session, batch.id)[0]
    deciding.decide(session, actor, batch.id, 2, first.suggestions[0].code)
    deciding.decide(session, actor, batch.id, 4, None)
    view = batches.visible_batch(session, actor, batch.id)
    assert (view.accepted_count, view.none_count, view.undecided_count) == (1, 1, 2)
    assert [row.number for row in match_rows(session, batch.id, state="accepted")] == [2]
    assert [row.number for row in match_rows(session, batch.id, state="none")] == [4]
    assert [row.number for row in match_rows(session, batch.id, state="undecided")] == [3, 5]
    with pytest.raises(Conflict, match="match_has_accepted"):
        batches.cancel(session, actor, batch.id)
    assert deciding.undo(session, actor, batch.id, [2, 4]).rows == [4, 2]
    logged = session.scalars(sa.select(ChangeLog.action).where(ChangeLog.entity == "match_decision"))
    assert sorted(logged) == ["delete", "delete", "insert", "insert"]
    batches.cancel(session, actor, batch.id)
    assert batches.visible_batches(session, actor) == []


def test_a_decision_is_replaced_by_another(session: Session, batch: MatchBatch, officer: UserAccount) -> None:
    actor = factories.actor_for(officer)
    for one in match_rows(session, batch.id)[0].suggestions[:2]:
        deciding.decide(session, actor, batch.id, 2, one.code)
    (kept,) = session.scalars(sa.select(MatchDecision))
    assert kept.project_id == session.scalar(sa.select(Project.id).where(Project.code == one.code))


def test_all_that_are_sure_but_no_rivals(session: Session, tmp_path: Path, officer: UserAccount) -> None:
    text = HEAD + line(ROAD.format(3)) + line(ROAD.format(3), 470_000) + line(ROAD.format(4)) + line("ซื้อน้ำดื่ม", 500)
    actor = factories.actor_for(officer)
    contracts = compared(session, tmp_path, officer, text)
    assert deciding.accept_sure(session, actor, contracts.id).rows == [4]
    assert deciding.accept_sure(session, actor, contracts.id).rows == []
    payments = compared(session, tmp_path, officer, text.replace("480000", "48000"), kind="payment")
    first = deciding.accept_sure(session, actor, payments.id, 0.5, limit=1)
    assert (first.rows, first.next) == ([2], 2)


def test_a_file_that_cannot_be_read_fails_with_reasons(session: Session, tmp_path: Path, officer: UserAccount) -> None:
    with pytest.raises(InvalidInput) as refused:
        compared(session, tmp_path, officer, "ก,ข\n1,2\n")
    assert refused.value.problems[0].code == "match_columns_missing"


# --- what becomes of a row -------------------------------------------------------------------------------------------


def records(session: Session, table: str = "contract") -> list[Any]:
    session.expire_all()
    return list(session.execute(sa.text(f"SELECT * FROM {table} ORDER BY id")))


def test_an_accepted_row_becomes_a_contract_and_undoing_takes_it_out(
    session: Session, tmp_path: Path, officer: UserAccount, works: list[Project]
) -> None:
    actor = factories.actor_for(officer)
    text = HEAD + line(ROAD.format(3), 480_000, egp="๖๘๑๑๙๐๑๒๓๔๕", number="๑๒/๒๕๗๐")
    batch = compared(session, tmp_path, officer, text)
    deciding.decide(session, actor, batch.id, 2, works[0].code)
    (made,) = records(session)
    assert (made.number, made.egp_number, made.amount_baht) == ("12/2570", "68119012345", 480_000)
    assert (made.contractor_name, made.contractor_is_person) == ("บริษัท สาธิตการโยธา จำกัด", False)
    assert (made.procurement_method_code, made.signed_on.isoformat()) == ("SPECIFIC", "2026-11-29")
    (row,) = match_rows(session, batch.id)
    assert (row.outcome, row.contract_id, row.record_number, row.gone) == ("MADE", made.id, "12/2570", False)
    assert works[0].status == "CONTRACTED"
    deciding.decide(session, actor, batch.id, 2, works[0].code)
    assert len(records(session)) == 1  # a second click makes nothing twice

    # The same file again finds what it made; without the number of e-GP the stored one stays as it is.
    again = compared(session, tmp_path, officer, text.replace("480000", "470000"))
    deciding.decide(session, actor, again.id, 2, works[0].code)
    (row,) = match_rows(session, again.id)
    assert (row.outcome, row.details["differences"]) == (
        "SAME",
        [{"field": "amount_baht", "file": "470000.00", "stored": "480000.00"}],
    )
    deciding.undo(session, actor, again.id, [2])
    deciding.undo(session, actor, batch.id, [2])
    assert [one.removed_at is not None for one in records(session)] == [True]
    assert works[0].status == "BUDGET_APPROVED"


def test_a_stored_contract_is_filled_where_it_has_nothing(
    session: Session, tmp_path: Path, officer: UserAccount, works: list[Project]
) -> None:
    actor = factories.actor_for(officer)
    stored = factories.make_contract(session, works[0], 480_000, number="12/2570", contractor_name=None)
    text = HEAD + line(ROAD.format(3), 480_000, egp="68119012345", number="12/2570").replace("บริษัท", "นาย สม")
    batch = compared(session, tmp_path, officer, text)
    deciding.decide(session, actor, batch.id, 2, works[0].code)
    (now,) = records(session)
    assert (now.id, now.egp_number, now.contractor_is_person) == (stored.id, "68119012345", False)
    (row,) = match_rows(session, batch.id)
    assert (row.outcome, sorted(row.details["filled"])) == (
        "FILLED",
        ["contractor_name", "egp_number", "procurement_method_code"],
    )
    deciding.undo(session, actor, batch.id, [2])
    (now,) = records(session)
    assert (now.egp_number, now.contractor_name, now.removed_at) == (None, None, None)


def test_of_many_rows_each_is_recorded_or_told_why_not(
    session: Session, tmp_path: Path, officer: UserAccount, works: list[Project]
) -> None:
    actor = factories.actor_for(officer)
    text = HEAD + line(ROAD.format(3), egp="68119000001", number="-") + line(ROAD.format(4), 500_001)
    batch = compared(session, tmp_path, officer, text + line(ROAD.format(5), number="-"))
    done = deciding.accept_sure(session, actor, batch.id, 0.5)
    assert done.rows == [2]
    assert {one.row: [p.code for p in one.problems] for one in done.refused} == {
        3: ["contract_over_budget"],
        4: ["contract_number_missing"],
    }
    assert [one.number for one in records(session)] == ["e-GP 68119000001"]
    assert [row.number for row in match_rows(session, batch.id, state="refused")] == [3, 4]
    factories.make_appropriation(session, works[1], 10)
    deciding.decide(session, actor, batch.id, 3, works[1].code)
    assert [row.number for row in match_rows(session, batch.id, state="refused")] == [4]
    with pytest.raises(InvalidInput) as refused:
        deciding.decide(session, actor, batch.id, 4, works[0].code)
    assert refused.value.problems[0].code == "contract_number_missing"


PAID = "รายการ,เลขที่ฎีกา,วันที่จ่าย,จำนวนเงินที่จ่าย,เลขที่สัญญา,งวดที่\n"


def paid(n: int, voucher: str, amount: int, contract: str = "12/2570") -> str:
    return f"ค่าจ้าง{ROAD.format(n)},{voucher},18 ธ.ค. 69,{amount},{contract},1/2\n"


def test_a_payment_goes_under_its_contract_and_undoing_reverses_it(
    session: Session, tmp_path: Path, officer: UserAccount, works: list[Project]
) -> None:
    actor = factories.actor_for(officer)
    contract = factories.make_contract(session, works[0], 480_000, number="12/2570")
    text = PAID + paid(3, "1/70", 200_000) + paid(3, "2/70", 300_000) + paid(3, "3/70", 1, "99/2570")
    batch = compared(session, tmp_path, officer, text, kind="payment")
    deciding.decide(session, actor, batch.id, 2, works[0].code)
    (payment,) = records(session, "disbursement")
    assert (payment.contract_id, payment.voucher_number, payment.amount_baht) == (contract.id, "1/70", 200_000)
    for row, code in ((3, "disbursement_over_contract"), (4, "match_contract_unknown")):
        with pytest.raises(InvalidInput) as refused:
            deciding.decide(session, actor, batch.id, row, works[0].code)
        assert code in [p.code for p in refused.value.problems]

    # Another file with the voucher: the same amount is the same payment, another one is told.
    again = compared(session, tmp_path, officer, PAID + paid(3, "1/70", 200_000), kind="payment")
    deciding.decide(session, actor, again.id, 2, works[0].code)
    assert [row.outcome for row in match_rows(session, again.id)] == ["SAME"]
    other = compared(session, tmp_path, officer, PAID + paid(3, "1/70", 150_000), kind="payment")
    with pytest.raises(InvalidInput) as refused:
        deciding.decide(session, actor, other.id, 2, works[0].code)
    assert refused.value.problems[0].code == "match_voucher_differs"

    deciding.undo(session, actor, batch.id, [2])
    assert [one.amount_baht for one in records(session, "disbursement")] == [200_000, -200_000]
    assert works[0].disbursed_baht == 0


def test_whoever_pays_says_out_of_which_money(
    session: Session, tmp_path: Path, officer: UserAccount, works: list[Project]
) -> None:
    actor = factories.actor_for(officer)
    grant = factories.make_appropriation(session, works[0], 300_000, fund_source_code="GRANT_SPECIFIC")
    text = PAID + paid(3, "1/70", 200_000, "-")
    batch = compared(session, tmp_path, officer, text, kind="payment")
    with pytest.raises(InvalidInput) as refused:
        deciding.decide(session, actor, batch.id, 2, works[0].code)
    (unclear,) = refused.value.problems
    assert (unclear.code, len(unclear.where["options"])) == ("match_appropriation_unclear", 2)
    deciding.decide(session, actor, batch.id, 2, works[0].code, Chosen(appropriation_id=grant.id))
    assert [one.appropriation_id for one in records(session, "disbursement")] == [grant.id]


# --- who may ---------------------------------------------------------------------------------------------------------


def test_a_province_officer_matches_all_of_the_province(session: Session, tmp_path: Path, works: list[Project]) -> None:
    officer = factories.make_user(session, "PROV_OFFICER", area="99")
    found = compared(session, tmp_path, officer, FILE, organisation_code=None, province_code="99")
    assert found.project_count == 3
    deciding.accept_sure(session, factories.actor_for(officer), found.id)
    behalf = set(session.scalars(sa.select(MatchDecision.on_behalf_of)))
    assert behalf == {"D9901001"}


@pytest.mark.parametrize(
    "where", [{"organisation_code": "D9801001"}, {"organisation_code": None, "province_code": "99"}]
)
def test_nobody_sends_for_another_place(
    session: Session, tmp_path: Path, officer: UserAccount, where: dict[str, Any]
) -> None:
    with pytest.raises(Forbidden):
        compared(session, tmp_path, officer, FILE, **where)


def test_neither_or_both_places_are_refused(session: Session, tmp_path: Path, officer: UserAccount) -> None:
    for where in ({"organisation_code": None}, {"province_code": "99"}):
        with pytest.raises(InvalidInput) as refused:
            compared(session, tmp_path, officer, FILE, kind="letter", **where)
        assert [p.code for p in refused.value.problems] == ["match_kind_unknown", "match_place_needed"]


@pytest.mark.parametrize("role", ["LAO_ENGINEER", "LAO_PLANNER", "LAO_FINANCE"])
def test_others_do_not_know_of_it(session: Session, batch: MatchBatch, role: str) -> None:
    elsewhere = "D9801001" if role == "LAO_FINANCE" else "D9901001"
    actor = factories.actor_for(factories.make_user(session, role, organisation=elsewhere))
    for act in (
        lambda: batches.visible_batch(session, actor, batch.id),
        lambda: deciding.decide(session, actor, batch.id, 2, None),
        lambda: deciding.accept_sure(session, actor, batch.id),
        lambda: deciding.undo(session, actor, batch.id, [2]),
        lambda: batches.cancel(session, actor, batch.id),
    ):
        with pytest.raises(NotFound):
            act()
    assert batches.visible_batches(session, actor) == []


def test_no_project_of_another_place(
    session: Session, batch: MatchBatch, officer: UserAccount, works: list[Project]
) -> None:
    actor = factories.actor_for(officer)
    for code, problem in ((works[3].code, "project_of_other"), ("NONE", "project_code_unknown")):
        with pytest.raises(InvalidInput) as refused:
            deciding.decide(session, actor, batch.id, 2, code)
        assert refused.value.problems[0].code == problem
    with pytest.raises(NotFound, match="match_row_not_found"):
        deciding.decide(session, actor, batch.id, 99, None)


# --- over HTTP -------------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(client: FlaskClient, sign_in: SignIn, officer: UserAccount) -> FlaskClient:
    return sign_in(client, officer)


@pytest.fixture
def sent(browser: FlaskClient, session: Session, settings: Settings) -> Callable[[str], str]:
    """Send a file and do what the worker would do; the address of the list."""

    def send(text: str) -> str:
        form = {"kind": "egp", "place": "organisation:D9901001", "file": (io.BytesIO(text.encode()), "egp.csv")}
        answer = browser.post("/api/v1/matches", data=form)
        assert answer.status_code == 202, answer.json
        batches.compare(session, SYSTEM_ACTOR, answer.json["id"], upload_dir(settings), Silent())
        session.commit()
        session.expire_all()
        return str(answer.headers["Location"])

    return send


def test_from_sending_to_deciding(browser: FlaskClient, sent: Callable[[str], str], works: list[Project]) -> None:
    at = sent(FILE)
    seen = browser.get(at).json
    assert (seen["status"], seen["rows"], seen["undecided"], seen["file"]) == ("READY", 4, 4, "egp.csv")
    page = browser.get(f"{at}/rows?state=undecided&limit=2").json
    assert [row["row"] for row in page["items"]] == [2, 3]
    assert [row["row"] for row in browser.get(page["next"]).json["items"]] == [4, 5]
    best = page["items"][0]["suggestions"][0]
    assert best["project"] == works[0].code
    assert "ราคาต่ำกว่างบ 4.0 %" in [reason["text"] for reason in best["reasons"]]
    decided = browser.patch(f"{at}/rows/2", json={"project": best["project"]}).json
    assert (decided["state"], decided["project"], decided["batch"]["accepted"]) == ("accepted", works[0].code, 1)
    taken = browser.post(f"{at}/accept", json={"at_least": 0.8}).json
    assert (taken["rows"], [one["row"] for one in taken["refused"]], taken["next"]) == ([3], [5], None)
    assert "จำนวนเงิน" in taken["refused"][0]["problems"][0]["message"]
    assert [row["row"] for row in browser.get(f"{at}/rows?state=refused").json["items"]] == [5]
    assert browser.post(f"{at}/undo", json={"rows": [2, 3]}).json["batch"]["undecided"] == 4
    assert browser.get("/api/v1/matches").json["items"][0]["url"] == at.replace("/api/v1", "")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "/rows/2", {"project": 5}),
        ("patch", "/rows/2", {}),
        ("post", "/accept", {"at_least": 0.1}),
        ("post", "/accept", {"at_least": True}),
        ("post", "/undo", {"rows": ["2"]}),
        ("post", "/undo", {"rows": [-1]}),
    ],
)
def test_bodies_that_say_nothing_are_refused(
    browser: FlaskClient, sent: Callable[[str], str], method: str, path: str, body: dict[str, Any]
) -> None:
    assert getattr(browser, method)(sent(FILE) + path, json=body).status_code == 422


def test_the_pages(browser: FlaskClient, sent: Callable[[str], str]) -> None:
    empty = browser.get("/matches").text
    assert "ยังไม่เคยจับคู่" in empty and 'name="organisation" value="D9901001"' in empty
    assert 'href="/matches"' in empty  # in the menu
    page = browser.get(sent(FILE).replace("/api/v1", "") + "?state=undecided").text
    assert 'data-state="undecided"' in page and "≥ 0.90 (" in page
    assert "egp.csv" in browser.get("/matches").text


def test_the_pages_of_what_is_recorded(browser: FlaskClient, sent: Callable[[str], str], works: list[Project]) -> None:
    at = sent(FILE).replace("/api/v1", "")
    # Without scripts a row is a form: what is refused comes back with its reason, what is recorded with its receipt.
    page = browser.get(f"{at}?state=undecided").text
    assert f'value="{works[0].code}" checked' in page and f'action="{at}/rows/2"' in page
    refused = browser.post(f"{at}/rows/5", data={"project": works[2].code})
    assert refused.status_code == 422 and "ไม่มีจำนวนเงิน" in refused.text
    assert browser.post(f"{at}/rows/2", data={"project": works[0].code}).status_code == 303
    assert browser.post(f"{at}/undo", data={"row": "2"}).status_code == 303
    asked = browser.get(f"{at}/accept?at_least=0.8").text
    assert "จะบันทึกสัญญา 3 แถว" in asked and works[1].code in asked
    assert browser.get(f"{at}/accept?at_least=2").status_code == 400
    answer = browser.post(f"{at}/accept", data={"at_least": "0.8", "after": "-1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{at}/records")
    page = browser.get(f"{at}/records").text
    assert "บันทึกสัญญา 7/2570" in page and "บันทึกไม่ได้ 1 แถว" in page and f"{works[0].code}?tab=contracts" in page
    assert browser.post(f"{at}/undo", data={"row": "3"}).status_code == 303
    assert works[1].code not in browser.get(f"{at}/records").text


def test_the_menu_is_for_those_who_write_money(client: FlaskClient, sign_in: SignIn, session: Session) -> None:
    factories.make_organisation(session)
    engineer = factories.make_user(session, "LAO_ENGINEER", organisation="D9901001")
    assert 'href="/matches"' not in sign_in(client, engineer).get("/projects").text
