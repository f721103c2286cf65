"""The report over stored coordinates: what it keeps, who may act on it, and what acting does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
import sqlalchemy as sa
from click.testing import CliRunner
from flask.testing import FlaskClient
from shapely.geometry import LineString, Point
from sqlalchemy.orm import Session

from app.cli import check as cli
from app.errors import Forbidden, InvalidInput
from app.messages import MESSAGES
from app.models import Membership, Organisation, Project, ProjectGeometry, UserAccount
from app.queries.coordinate_findings import FindingFilter, finding_counts, findings_by_organisation, findings_page
from app.services import coordinate_checks
from app.services.coordinate_answers import FindingRef, answer, reopen, take_offers, withdraw
from app.services.coordinate_checks import check_coordinates
from gis import crs
from tests import factories as make
from tests.app.conftest import SignIn
from tests.conftest import RolledBackDatabase

ROAD = LineString([(101.85, 15.85), (101.86, 15.851), (101.87, 15.85)])
ELSEWHERE = crs.to_wgs84(crs.from_wgs84(ROAD, 32648)[0], 32647)[0]


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def project(session: Session, organisation: Organisation) -> Project:
    return make.make_project(session, organisation.code)


@pytest.fixture
def wrong(session: Session, project: Project) -> Project:
    """A road that lies a zone away."""
    make.make_geometry(session, project, ELSEWHERE)
    return project


@pytest.fixture
def engineer(session: Session, organisation: Organisation) -> UserAccount:
    return make.make_user(session, "LAO_ENGINEER", organisation=organisation.code)


def listed(session: Session, **narrowed: Any) -> list[tuple[str, str]]:
    return [(one.project_code, one.code) for one in findings_page(session, FindingFilter(**narrowed))]


def newest(session: Session, project: Project) -> ProjectGeometry:
    return session.scalars(
        sa.select(ProjectGeometry)
        .where(ProjectGeometry.project_id == project.id)
        .order_by(ProjectGeometry.version.desc())
        .limit(1)
    ).one()


def test_sound_coordinates_are_counted_and_not_listed(session: Session, project: Project) -> None:
    make.make_geometry(session, project, ROAD)
    receipt = check_coordinates(session)
    assert (receipt.organisations, receipt.projects, dict(receipt.findings)) == (1, 1, {})
    assert listed(session) == []
    ((place),) = findings_by_organisation(session, FindingFilter())
    assert (place.projects, place.open) == (1, 0)
    assert place.checked_at is not None


def test_what_looks_wrong_is_listed_with_what_was_meant(session: Session, wrong: Project) -> None:
    receipt = check_coordinates(session)
    assert dict(receipt.findings) == {"outside_thailand": 1} or dict(receipt.findings) == {"far_from_territory": 1}
    ((finding),) = findings_page(session, FindingFilter())
    offered = finding.offered[0]
    assert (offered["kind"], offered["reason"]) == ("wrong_zone", "doctor_wrong_zone")
    assert shapely.hausdorff_distance(shapely.from_geojson(json.dumps(offered["geometry"])), ROAD) < 1e-7
    ((count),) = finding_counts(session, FindingFilter())
    assert (count.open, count.answered, [one.kind for one in count.offers]) == (1, 0, ["wrong_zone"])


def test_checking_again_finds_the_same_and_a_check_of_one_leaves_the_others(session: Session, wrong: Project) -> None:
    other = make.make_organisation(session, "D9901002", tambon_codes=("990102",))
    stray = make.make_project(session, other.code)
    make.make_geometry(session, stray, ELSEWHERE)
    check_coordinates(session)
    before = listed(session)
    assert len(before) == 2
    check_coordinates(session, organisations=[other.code])
    assert listed(session) == before
    assert check_coordinates(session, area="9901").projects == 2
    assert check_coordinates(session, area="98").projects == 0
    assert listed(session) == before


def test_pages_go_on_where_the_last_ended(session: Session, organisation: Organisation) -> None:
    for _ in range(5):
        make.make_geometry(session, make.make_project(session, organisation.code), ELSEWHERE)
    check_coordinates(session)
    everything = findings_page(session, FindingFilter(), limit=10)
    first = findings_page(session, FindingFilter(), limit=2)
    second = findings_page(session, FindingFilter(), limit=2, after=first[1].key)
    assert [one.key for one in (*first[:2], *second)] == [one.key for one in everything]


def test_a_reading_is_taken_as_the_next_version(session: Session, wrong: Project, engineer: UserAccount) -> None:
    check_coordinates(session)
    ((_, code),) = listed(session)
    receipt = take_offers(session, make.actor_for(engineer), [FindingRef(wrong.code, code)])
    assert receipt.projects == (wrong.code,)
    version = newest(session, wrong)
    assert (version.version, version.status, version.source) == (2, "SUBMITTED", "doctor")
    assert version.note == "ระบุโซนผิด ตัวเลขเป็นของ EPSG:32648"
    where = session.scalar(sa.select(sa.func.ST_AsText(ProjectGeometry.geom)).where(ProjectGeometry.id == version.id))
    assert shapely.hausdorff_distance(shapely.from_wkt(where), ROAD) < 1e-7
    # What was found was said of the version before.
    assert listed(session) == []
    check_coordinates(session)
    assert listed(session) == []


def test_all_or_nothing(session: Session, wrong: Project, engineer: UserAccount) -> None:
    check_coordinates(session)
    ((_, code),) = listed(session)
    actor = make.actor_for(engineer)
    for second in (FindingRef("absent", code), FindingRef(wrong.code, code, 1), FindingRef(wrong.code, "spike")):
        with pytest.raises(InvalidInput) as refused:
            take_offers(session, actor, [FindingRef(wrong.code, code), second])
        assert {problem.code for problem in refused.value.problems} <= {"finding_gone", "finding_repeated"}
    with pytest.raises(InvalidInput) as refused:
        take_offers(session, actor, [FindingRef(wrong.code, code, 9)])
    assert [problem.code for problem in refused.value.problems] == ["offer_gone"]
    assert newest(session, wrong).version == 1


def test_nobody_mends_or_answers_for_another_organisation(session: Session, wrong: Project) -> None:
    make.make_organisation(session, "D9901002", tambon_codes=("990102",))
    stranger = make.actor_for(make.make_user(session, "LAO_ENGINEER", organisation="D9901002"))
    planner = make.actor_for(make.make_user(session, "LAO_PLANNER", organisation=wrong.organisation_code))
    check_coordinates(session)
    ((_, code),) = listed(session)
    for actor in (stranger, planner):
        with pytest.raises(Forbidden):
            take_offers(session, actor, [FindingRef(wrong.code, code)])
        with pytest.raises(Forbidden):
            answer(session, actor, [FindingRef(wrong.code, code)], "ถูกแล้ว")
        with pytest.raises(Forbidden):
            reopen(session, actor, [FindingRef(wrong.code, code)])


def test_an_answer_holds_for_the_version_that_stands(session: Session, wrong: Project, engineer: UserAccount) -> None:
    check_coordinates(session)
    ((_, code),) = listed(session)
    actor, one = make.actor_for(engineer), FindingRef(wrong.code, code)
    with pytest.raises(InvalidInput):
        answer(session, actor, [one], "   ")
    assert answer(session, actor, [one], "โครงการร่วมกับเทศบาลข้างเคียง") == 1
    assert listed(session) == []
    assert listed(session, answered=True) == [(wrong.code, code)]
    check_coordinates(session)
    assert listed(session) == []
    assert reopen(session, actor, [one]) == 1
    assert listed(session) == [(wrong.code, code)]
    answer(session, actor, [one], "ถูกแล้ว")
    make.make_geometry(session, wrong, shapely.transform(ELSEWHERE, lambda xy: xy + 0.001))
    check_coordinates(session)
    assert listed(session) == [(wrong.code, code)]


def test_an_office_point_is_better_than_none_to_nobody(
    session: Session, project: Project, organisation: Organisation, engineer: UserAccount
) -> None:
    for _ in range(4):
        make.make_geometry(session, make.make_project(session, organisation.code, kind="water"), Point(101.85, 15.8512))
    make.make_geometry(session, project, ELSEWHERE)
    check_coordinates(session)
    repeated = [FindingRef(code, found) for code, found in listed(session) if found == "doctor_repeated_point"]
    assert len(repeated) == 4
    actor = make.actor_for(engineer)
    with pytest.raises(InvalidInput) as refused:
        away = next(one for one in listed(session) if one[0] == project.code)
        withdraw(session, actor, [*repeated, FindingRef(*away)])
    assert [problem.code for problem in refused.value.problems] == ["not_withdrawable"]
    assert withdraw(session, actor, repeated) == 4
    rows = session.execute(
        sa.text(
            "SELECT p.geometry_status, p.geometry_version, g.geom IS NULL, g.source FROM project p"
            " JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version WHERE p.kind = 'water'"
        )
    ).all()
    assert [tuple(row) for row in rows] == [("NONE", 2, True, "doctor")] * 4
    assert session.scalar(sa.text("SELECT count(*) FROM read_project_feature WHERE kind = 'water'")) == 0
    assert [one for one in listed(session) if one[1] == "doctor_repeated_point"] == []
    with pytest.raises(InvalidInput):
        withdraw(session, actor, repeated)


def test_an_officer_answers_on_behalf(session: Session, wrong: Project) -> None:
    officer = make.actor_for(make.make_user(session, "PROV_OFFICER", area="99"))
    check_coordinates(session)
    ((_, code),) = listed(session)
    answer(session, officer, [FindingRef(wrong.code, code)], "ตรวจกับ อปท. แล้ว")
    behalf, log = session.execute(
        sa.text(
            "SELECT a.on_behalf_of, (SELECT count(*) FROM change_log c WHERE c.entity = 'coordinate_answer'"
            " AND c.project_id = a.project_id AND c.on_behalf_of = a.on_behalf_of) FROM coordinate_answer a"
        )
    ).one()
    assert (behalf, log) == (wrong.organisation_code, 1)


def test_the_country_is_checked_once_a_night(session: Session, wrong: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coordinate_checks, "NIGHT", (0, 23))
    assert coordinate_checks.is_due(session)
    check_coordinates(session)
    assert not coordinate_checks.is_due(session)
    session.execute(sa.text("UPDATE coordinate_check SET checked_at = checked_at - interval '21 hours'"))
    assert coordinate_checks.is_due(session)
    monkeypatch.setattr(coordinate_checks, "NIGHT", (24, 24))
    assert not coordinate_checks.is_due(session)


def test_what_is_the_persons_own_is_never_marked_as_entered_for_another(session: Session, wrong: Project) -> None:
    """An officer who also works for one organisation answers for it and for another at once."""
    other = make.make_organisation(session, "D9901002", tambon_codes=("990102",))
    stray = make.make_project(session, other.code)
    make.make_geometry(session, stray, ELSEWHERE)
    person = make.make_user(session, "PROV_OFFICER", area="99")
    with make.as_owner(session):
        session.add(Membership(user_id=person.id, role_code="LAO_ENGINEER", organisation_code=other.code))
        session.flush()
    session.refresh(person)
    check_coordinates(session)
    answer(session, make.actor_for(person), [FindingRef(*one) for one in listed(session)], "ตรวจแล้ว")
    rows = session.execute(
        sa.text(
            "SELECT p.organisation_code, a.on_behalf_of, c.on_behalf_of FROM coordinate_answer a"
            " JOIN project p ON p.id = a.project_id"
            " JOIN change_log c ON c.entity = 'coordinate_answer' AND c.entity_key = a.id::text ORDER BY 1"
        )
    ).all()
    assert [tuple(row) for row in rows] == [
        (wrong.organisation_code, wrong.organisation_code, wrong.organisation_code),
        (other.code, None, None),
    ]


def test_everything_that_can_be_found_has_its_words() -> None:
    """Every code that a check of geometry gives has a short name for the list and a sentence."""
    named = {code.removeprefix("finding_") for code in MESSAGES if code.startswith("finding_")}
    for code in named - {"gone", "repeated"}:
        assert code in MESSAGES, code
    assert {"outside_thailand", "outside_tambon", "spike", "length_differs", "doctor_office_point"} <= named


def test_over_http(
    client: FlaskClient, session: Session, wrong: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    check_coordinates(session)
    sign_in(client, engineer)
    page = client.get("/api/v1/coordinate-findings").json
    ((item),) = page["items"]
    assert (item["project"], item["may"], page["next"]) == (
        wrong.code,
        {"mend": True, "withdraw": False, "answer": True},
        None,
    )
    assert item["message"] and item["title"] and item["offers"][0]["message"]
    html = client.get("/coordinates")
    assert html.status_code == 200
    assert item["title"] in html.text
    alike = {"code": item["code"], "kind": "wrong_zone", "organisation": wrong.organisation_code}
    assert (
        client.post("/api/v1/coordinate-findings/mend", json={"alike": {**alike, "kind": "spike"}}).status_code == 422
    )
    answered = client.post("/api/v1/coordinate-findings/mend", json={"alike": alike})
    assert (answered.status_code, answered.json["projects"]) == (200, [wrong.code])
    assert client.get("/api/v1/coordinate-findings").json["items"] == []


@pytest.mark.parametrize(
    "asked",
    [{}, {"findings": []}, {"findings": [{"project": 1, "code": "spike"}]}, {"alike": {}}, {"alike": "all"}],
)
def test_a_body_that_says_nothing_is_refused(
    client: FlaskClient, engineer: UserAccount, sign_in: SignIn, asked: dict[str, Any]
) -> None:
    sign_in(client, engineer)
    assert client.post("/api/v1/coordinate-findings/mend", json=asked).status_code == 422


def test_a_check_is_a_job(
    client: FlaskClient, session: Session, engineer: UserAccount, sign_in: SignIn, wrong: Project
) -> None:
    make.make_organisation(session, "D9901002", tambon_codes=("990102",))
    sign_in(client, engineer)
    asked = client.post("/api/v1/coordinate-findings/check", json={"organisation": wrong.organisation_code})
    assert (asked.status_code, asked.json["status"]) == (202, "WAITING")
    assert client.post("/api/v1/coordinate-findings/check", json={"area": "99"}).status_code == 403
    assert client.post("/api/v1/coordinate-findings/check", json={}).status_code == 403
    assert client.post("/api/v1/coordinate-findings/check", json={"organisation": "absent"}).status_code == 404


def test_the_command_writes_what_it_found(
    session: Session, database: RolledBackDatabase, wrong: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = make.make_project(session, wrong.organisation_code)
    make.make_geometry(session, point, Point(101.85, 15.85))
    monkeypatch.setattr(cli, "database", lambda: database)
    out = tmp_path / "found.gpkg"
    run = CliRunner().invoke(cli.command, ["coordinates", "--out", str(out), "--json"], catch_exceptions=False)
    assert run.exit_code == 0
    counted = json.loads(run.stdout.splitlines()[-1])
    assert (counted["organisations"], counted["projects"]) == (1, 2)
    written = pyogrio.read_dataframe(out)
    assert set(written["project"]) == {wrong.code, point.code}
    assert len(written) == sum(counted["findings"].values())
    assert written.loc[written["project"] == wrong.code, "offer_wkt"].notna().all()


def test_the_command_knows_its_places(
    database: RolledBackDatabase, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "database", lambda: database)
    run = CliRunner().invoke(cli.command, ["coordinates", "--organisation", "absent"])
    assert run.exit_code == 1
    assert type(run.exception).__name__ == "NotFound"


def test_a_project_whose_coordinates_were_withdrawn_can_be_looked_at_and_drawn_anew(
    client: FlaskClient, session: Session, organisation: Organisation, engineer: UserAccount, sign_in: SignIn
) -> None:
    for _ in range(4):
        project = make.make_project(session, organisation.code, kind="water")
        make.make_geometry(session, project, Point(101.85, 15.8512))
    check_coordinates(session)
    sign_in(client, engineer)
    findings = [{"project": project.code, "code": "doctor_repeated_point"}]
    answer = client.post("/api/v1/coordinate-findings/withdraw", json={"findings": findings})
    assert (answer.status_code, answer.json) == (200, {"count": 1})
    url = f"/api/v1/projects/{project.code}"
    stored = client.get(f"{url}/geometry")
    assert (stored.json["geometry"], stored.json["status"], stored.json["version"]) == (None, "NONE", 2)
    for address in (url, f"{url}/geometry/versions", f"/projects/{project.code}", f"/projects/{project.code}?tab=map"):
        assert client.get(address).status_code == 200
    awaiting = client.get(f"/api/v1/projects?awaiting=true&organisation={organisation.code}").json["items"]
    assert project.code in [item["code"] for item in awaiting]
    again = client.put(
        f"{url}/geometry", json={"type": "Point", "coordinates": [101.86, 15.86]}, headers={"If-Match": '"g2"'}
    )
    assert again.status_code == 200
