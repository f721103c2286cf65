"""A small country for the access table: two places far apart, one person of every role, one thing of every kind."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.auth.permissions import permissions
from app.db import SYSTEM, Attribution, attribute
from app.models import (
    ApiToken,
    Attachment,
    BackgroundJob,
    BudgetDocument,
    BudgetTransfer,
    CarryOver,
    ChangeLog,
    CitizenMessage,
    CitizenQuestion,
    ContractPenalty,
    EvaluationPosting,
    EvaluationResult,
    ExportOrder,
    GeometryDraft,
    ImportBatch,
    ImportPicture,
    ImportRow,
    MatchBatch,
    MatchRow,
    Message,
    MessageFile,
    MessageThread,
    News,
    PlanVersion,
    ProgressReport,
    Project,
    Scenario,
    UserAccount,
)
from app.queries.access_ground import AccessQuestion
from app.queries.project_filter import STAGES
from app.services import maintenance
from app.services.attachment_files import FOLDER
from app.services.calendar import open_year
from app.services.evaluation_content import sealed_form
from app.services.maintenance import NewWindow
from app.services.message_files import SentFile, keep_files
from app.services.scenario_answers import ScenarioOrder, plain
from app.services.sealed import keep_text
from tests import factories, pictures

VISITOR = "visitor"
RECEIPT = "R-7F3K-2091"
"""Under which everything of the world was written."""
ROLES = tuple(permissions())
EVERYBODY = frozenset({VISITOR, *ROLES})
SIGNED_IN = frozenset(ROLES)
ROUTE = "สธ.ถ.1-0001"
LINE = {"type": "LineString", "coordinates": [[101.9, 15.9], [101.91, 15.91]]}


@dataclass(frozen=True)
class Place:
    """Things of one organisation.

    Parameters
    ----------
    organisation
        Its code.
    published, planned
        Codes of a project that the public knows and of one that it does not.
    batch, row
        A staged import of the organisation and one of its rows, which came from a photograph.
    attachment
        A picture of the published project.
    plan, version, strategy
        Its plan, the version of it that is in force, and a strategy of it.
    widened
        The line of the change log where its width was changed.
    match
        A list of contracts, compared with the projects of the organisation.
    money
        Name of a table of money -> a row of it: of the published project, or of the organisation.
    upload
        A workbook that was sent for a form of that version.
    record_upload
        A file that was sent for its grants.
    actions
        An action plan of it that is open.
    raster, extent
        Names of heights and of an extent of a flood that anybody may see.
    item
        An item of the plan of its province.
    pair
        Its two projects, said to lie at one place.
    scenario
        Key of a scenario over its province that is shared with the people who work there.
    thread, news
        A question of it to its province, and news of its province.
    result, draft
        An announced result of a round of evaluation, and one that is not.
    statement
        Digest of the statement of a posting of the announced one.
    officer
        Account of the officer of its province.
    question
        What a citizen asked about its published project.
    """

    organisation: str
    published: str
    planned: str
    batch: int
    row: int
    attachment: int
    plan: int
    version: int
    strategy: int
    widened: int
    match: int
    money: dict[str, int]
    upload: int
    record_upload: int
    actions: int
    raster: str
    extent: str
    item: int
    pair: int
    decision: int
    scenario: str
    thread: int
    file: int
    news: int
    result: int
    draft: int
    statement: str
    officer: int
    question: int


@dataclass(frozen=True)
class World:
    """Both places, the people by role, and what belongs to a person rather than to a place."""

    own: Place
    other: Place
    people: dict[str, UserAccount]
    jobs: dict[str, int]
    tokens: dict[str, int]
    stranger_job: int
    stranger_token: int
    task: int
    colleague: dict[str, int]
    window: int
    data_tokens: dict[str, int]
    orders: dict[str, int]


def make_world(session: Session, var_dir: Path) -> World:
    """Fill the database and the folder of pictures; nothing but these files is shared between tests."""
    attribute(session, Attribution(None, "ระบบ", request_id=RECEIPT))
    for province, amphoe, tambon, west in (("99", "9901", "990101", 101.8), ("98", "9801", "980101", 100.8)):
        bounds = (west, 15.8, west + 0.4, 16.2)
        factories.make_province(session, province, name_th=f"จังหวัด {province}", bounds=bounds)
        factories.make_amphoe(session, amphoe)
        factories.make_tambon(session, tambon)
    for code, province in (("D9901001", "99"), ("D9801001", "98")):
        factories.make_organisation(session, code, province_code=province, amphoe_code=f"{province}01")
    people = {role: _person(session, role) for role in ROLES}
    stranger = factories.make_user(session, "LAO_ENGINEER", organisation="D9801001")
    world = World(
        own=_place(session, "D9901001", stranger, var_dir, people["PROV_OFFICER"]),
        other=_place(session, "D9801001", stranger, var_dir, factories.make_user(session, "PROV_OFFICER", area="98")),
        people=people,
        jobs={role: _job(session, person) for role, person in people.items()},
        tokens={role: _token(session, person) for role, person in people.items()},
        stranger_job=_job(session, stranger),
        stranger_token=_token(session, stranger),
        task=_calendar_task(session),
        colleague={
            side: factories.make_user(session, "LAO_PLANNER", organisation=code).id
            for side, code in (("own", "D9901001"), ("other", "D9801001"))
        },
        window=_window(session),
        data_tokens={who: _data_token(session, one) for who, one in {**people, VISITOR: stranger}.items()},
        orders={who: _order(session, one) for who, one in {**people, VISITOR: stranger}.items()},
    )
    for role in ("LAO_ENGINEER", "PROV_OFFICER"):
        _draft(session, people[role], world.own.published)
    factories.make_road(session, ROUTE)
    session.commit()
    return world


def _calendar_task(session: Session) -> int:
    open_year(session, SYSTEM_ACTOR, 2570)
    return int(session.scalar(sa.text("SELECT min(id) FROM calendar_task")) or 0)


def upload(place: Place) -> dict[str, Any]:
    """Form of an import."""
    content = io.BytesIO(b'{"type": "FeatureCollection", "features": []}')
    form = {"organisation": place.organisation, "fiscal_year": "2570", "kind": "road"}
    return {**form, "file": (content, "roads.geojson")}


def contracts(place: Place) -> dict[str, Any]:
    """Form of a list of contracts."""
    content = io.BytesIO("ชื่อโครงการ,ราคาตกลงซื้อ/จ้าง\nจ้างก่อสร้างถนน,100000\n".encode())
    return {"organisation": place.organisation, "kind": "egp", "file": (content, "egp.csv")}


def picture_form() -> dict[str, Any]:
    """Form of a picture."""
    return {"file": (io.BytesIO(pictures.jpeg(size=(64, 48))), "ภาพ.jpg")}


def _person(session: Session, role: str) -> UserAccount:
    scope = permissions()[role].scope
    area = {"province": "99", "district": "9901"}.get(scope)
    return factories.make_user(session, role, organisation="D9901001" if scope == "organisation" else None, area=area)


def _place(session: Session, organisation: str, author: UserAccount, var_dir: Path, officer: UserAccount) -> Place:
    published: Project = factories.make_project(session, organisation, status="BUDGET_APPROVED")
    planned: Project = factories.make_project(session, organisation, status="PLANNED")
    batch = ImportBatch(
        organisation_code=organisation,
        fiscal_year_be=2570,
        kind="road",
        file_name="roads.geojson",
        stored_name="absent",
        file_sha256="0" * 64,
        file_bytes=10,
        format="geojson",
        status="STAGED",
        row_count=1,
        created_by=author.id,
        created_by_name=author.display_name,
    )
    session.add(batch)
    session.flush()
    session.add(ImportRow(batch_id=batch.id, row_number=1, raw={}, values={}, level="ok", problems=[]))
    picture = factories.keep_picture(session, var_dir)
    session.add(ImportPicture(batch_id=batch.id, row_number=1, **picture.columns()))
    attachment = Attachment(project_id=published.id, created_by_name=author.display_name, **picture.columns())
    session.add(attachment)
    match = MatchBatch(
        kind="egp",
        organisation_code=organisation,
        file_name="egp.csv",
        stored_name="absent",
        file_sha256="0" * 64,
        file_bytes=10,
        status="READY",
        row_count=1,
        created_by=author.id,
        created_by_name=author.display_name,
    )
    session.add(match)
    session.flush()
    line = factories.make_plan_line(session, organisation)
    plan = session.scalars(sa.select(PlanVersion.plan_id).where(PlanVersion.id == line.plan_version_id)).one()
    published.width_m = Decimal(7)
    session.flush()
    widened = session.scalar(sa.select(sa.func.max(ChangeLog.id)).where(ChangeLog.project_id == published.id))
    assert widened is not None
    announced, statement = _announced(session, organisation)
    session.add(MatchRow(batch_id=match.id, row_number=1, values={"name": "จ้างก่อสร้างถนน"}, problems=[]))
    session.flush()
    return Place(
        organisation=organisation,
        published=published.code,
        planned=planned.code,
        batch=batch.id,
        row=1,
        attachment=attachment.id,
        plan=plan,
        version=line.plan_version_id,
        strategy=line.local_strategy_id or 0,
        widened=widened,
        match=match.id,
        money=_money(session, organisation, published, author),
        upload=factories.make_plan_upload(session, line.plan_version_id).id,
        record_upload=factories.make_record_upload(session, organisation).id,
        actions=factories.make_action_plan(session, organisation).id,
        raster=factories.make_raster(session, var_dir, organisation).name,
        extent=factories.make_extent(session, organisation).name,
        item=_item(session, organisation[1:3]),
        pair=(pair := factories.make_pair(session, published, planned)).id,
        decision=factories.make_paper(session, var_dir, pair).id,
        scenario=_scenario(session, organisation[1:3], author),
        thread=(thread := _thread(session, organisation, author)),
        file=_file(session, var_dir, thread),
        news=_news(session, organisation[1:3]),
        result=announced,
        draft=_evaluation(session, organisation, period=7),
        statement=statement,
        officer=officer.id,
        question=_question(session, organisation, published),
    )


def _thread(session: Session, organisation: str, author: UserAccount) -> int:
    thread = MessageThread(
        subject="วงเงิน",
        organisation_code=organisation,
        province_code=organisation[1:3],
        amphoe_code=organisation[1:5],
        asked_by="ORGANISATION",
        addressed_to="PROVINCE",
        sides=["ORGANISATION", "PROVINCE"],
        created_by_name=author.display_name,
    )
    session.add(thread)
    session.flush()
    session.add(Message(thread_id=thread.id, side="ORGANISATION", author_name=author.display_name, text="ใช้วงเงินใด"))
    session.flush()
    return thread.id


def _file(session: Session, var_dir: Path, thread_id: int) -> int:
    """A paper that came with the message of a thread."""
    folder = var_dir / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    sent = folder / "sent"
    sent.write_bytes(factories.PDF)
    message_id = session.scalars(sa.select(Message.id).where(Message.thread_id == thread_id)).one()
    keep_files(session, message_id, [SentFile(sent, "หนังสือ.pdf", folder)])
    sent.unlink()
    return session.scalars(sa.select(MessageFile.id).where(MessageFile.message_id == message_id)).one()


def _news(session: Session, province: str) -> int:
    news = News(
        province_code=province,
        provinces=[province],
        title="ประชุม",
        body="ที่ศาลากลาง",
        valid_from=date(2026, 1, 1),
        state="PUBLISHED",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
        created_by_name="จังหวัด",
    )
    session.add(news)
    session.flush()
    return news.id


def _evaluation(session: Session, organisation: str, **columns: Any) -> int:
    made = EvaluationResult(
        organisation_code=organisation, fiscal_year_be=2570, created_by_name="x", **{"period": 0, **columns}
    )
    session.add(made)
    session.flush()
    return made.id


def _announced(session: Session, organisation: str) -> tuple[int, str]:
    """An announced result without works, and the digest of the statement of its posting."""
    of = {"fiscal_year_be": 2570, "period": 0, "name_th": "ประจำปี", "reported_year_be": 2569, "from": "2025-10-01",
          "to": "2026-09-30", "at_quarter": None, "rule": "ข้อ 30(5)"}  # fmt: skip
    steps = {stage: {"projects": 0, "baht": "0.00"} for stage in STAGES}
    total = {**steps, "wants_place": {"projects": 0}, "verified": {"projects": 0}}
    content = {
        "document": "รายงาน", "organisation": {"code": organisation, "name_th": "อบต."}, "round": of, "version": 1,
        "committee": {"met_on": None, "reference": None, "remarks": "ดี"}, "as_of": "2026-11-20T10:00:00+07:00",
        "total": total, "strategies": [], "forms": [], "works": [], "replaces": None, "reason": None,
    }  # fmt: skip
    day = date(2026, 11, 20)
    sealed = keep_text(session, sealed_form(content))
    result = _evaluation(
        session, organisation, status="ANNOUNCED", content_sha256=sealed, sealed_at=sa.func.now(), sealed_by_name="x",
        submitted_on=day, announced_on=day,
    )  # fmt: skip
    statement = keep_text(
        session, sealed_form({"organisation": organisation, "content_sha256": sealed, "files_sha256": {}})
    )
    posting = EvaluationPosting(
        evaluation_result_id=result, place="PLATFORM", address="x", posted_from=day, statement_sha256=statement,
        created_by_name="x",
    )  # fmt: skip
    session.add(posting)
    session.flush()
    return result, statement


_FIGURES = (
    "people", "people_unknown", "people_gained", "people_lost", "villages_gained", "villages_lost", "works",
    "candidates", "cost_baht", "budget_baht", "reached_people", "bound_people", "gap", "seconds", "population_year_be",
)  # fmt: skip


def _question(session: Session, organisation: str, project: Project) -> int:
    """Asked and waiting for somebody to read it."""
    question = CitizenQuestion(organisation_code=organisation, project_id=project.id, due_on=date(2026, 12, 1))
    session.add(question)
    session.flush()
    session.add(CitizenMessage(question_id=question.id, kind="question", body="เมื่อไรจะเสร็จ"))
    session.flush()
    return question.id


def _scenario(session: Session, province: str, author: UserAccount) -> str:
    order = ScenarioOrder(AccessQuestion("water", province, 1000.0), 1_000_000, unit_cost_baht=500_000)
    made = Scenario(
        key=f"scenario-of-province-{province}",
        name="น้ำ 1 ล้าน",
        kind="water",
        area_code=province,
        owner_id=author.id,
        owner_name=author.display_name,
        shared_with="province",
        method="greedy",
        parameters=plain(order),
        summary=dict.fromkeys(_FIGURES, 0) | {"status": "no_people", "share_before": None, "share_after": None},
        result={"works": [], "villages": [], "areas": [], "alternatives": [], "notes": []},
    )
    session.add(made)
    session.flush()
    return made.key


def _money(session: Session, organisation: str, project: Project, author: UserAccount) -> dict[str, int]:
    """One row of every kind of money, and what an officer entered for the organisation."""
    appropriation = factories.make_appropriation(session, project, 1_000_000)
    contract = factories.make_contract(session, project, 500_000)
    payment = factories.make_disbursement(session, appropriation, 1_000, contract=contract)
    carry = CarryOver(
        project_id=project.id,
        appropriation_id=appropriation.id,
        amount_baht=1_000,
        obligated=False,
        until_on=date(2028, 9, 30),
        legal_reference="มติสภา",
        approved_on=date(2026, 11, 1),
        created_by_name=author.display_name,
    )
    of_organisation = {"organisation_code": organisation, "fiscal_year_be": 2570}
    prepared = {"prepared_by": author.id, "prepared_by_name": author.display_name}
    document = BudgetDocument(kind="ANNUAL", number="1/2570", title="ข้อบัญญัติ", **of_organisation, **prepared)
    transfer = BudgetTransfer(kind="TRANSFER", number="1/2570", reason="เหลือจ่าย", **of_organisation, **prepared)
    said = {"project_id": project.id, "created_by_name": author.display_name}
    penalty = ContractPenalty(contract_id=contract.id, days=3, amount_baht=1_500, reason="ส่งงานล่าช้า", **said)
    report = ProgressReport(reported_on=date(2026, 11, 1), percent=10, **said)
    session.add_all([carry, document, transfer, penalty, report])
    session.flush()
    attribute(session, Attribution(author.id, author.display_name, organisation, RECEIPT))
    document.title = "ข้อบัญญัติงบประมาณรายจ่าย"
    session.flush()
    attribute(session, SYSTEM)
    return {
        "appropriation": appropriation.id,
        "contract": contract.id,
        "disbursement": payment.id,
        "carry_over": carry.id,
        "penalty": penalty.id,
        "report": report.id,
        "document": document.id,
        "transfer": transfer.id,
    }


def _item(session: Session, province: str) -> int:
    made = session.scalar(
        sa.text(
            "INSERT INTO alignment_item (framework, owner_code, code, seq, name_th)"
            " VALUES ('PROVINCE', :province, '9', 90, 'เมืองน่าอยู่') RETURNING id"
        ),
        {"province": province},
    )
    return int(made or 0)


def _draft(session: Session, person: UserAccount, code: str) -> None:
    project_id = session.scalar(sa.select(Project.id).where(Project.code == code))
    session.add(GeometryDraft(user_id=person.id, project_id=project_id, content={}, base_version=0))
    session.flush()


def _job(session: Session, person: UserAccount) -> int:
    job = BackgroundJob(kind="export", title="ส่งออก", created_by=person.id)
    session.add(job)
    session.flush()
    return job.id


def _window(session: Session) -> int:
    """A maintenance window that nobody is told of yet."""
    begins = datetime.now(UTC) + timedelta(days=200)
    wanted = NewWindow(begins, begins + timedelta(hours=1), "x")
    return maintenance.announce(session, SYSTEM_ACTOR, wanted).id


def _data_token(session: Session, person: UserAccount) -> int:
    """A token of the data service."""
    token = ApiToken(
        user_id=person.id, name="d", prefix="eplan_d", token_sha256=f"d{person.id:063d}", resources=["projects"]
    )
    session.add(token)
    session.flush()
    return token.id


def _order(session: Session, person: UserAccount) -> int:
    """A standing order of which nothing has been made."""
    order = ExportOrder(
        user_id=person.id, title="x", kind="layer", parameters={}, every="day", next_at=datetime.now(UTC)
    )
    order.parameters = {"layer": "projects", "format": "csv", "filters": {}}
    session.add(order)
    session.flush()
    return order.id


def _token(session: Session, person: UserAccount) -> int:
    token = ApiToken(user_id=person.id, name="t", prefix="eplan_x", token_sha256=f"{person.id:064d}")
    session.add(token)
    session.flush()
    return token.id
