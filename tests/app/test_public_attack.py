"""Everything that a visitor can open, with a mark in every text of the database: no mark may come out that may not.

``OPEN`` is the whole list of what leaves, column by column. A mark ends in P when its row belongs to a published work
or to no work at all, in U when it belongs to a work that is not published or to a contract with a person; no U comes
out.
"""

from __future__ import annotations

import gzip
import html
import io
import re
import zipfile
from collections.abc import Iterator
from math import asinh, pi, radians, tan
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.models import Attachment
from app.settings import Settings
from tests import factories
from tests.app.access_cases import CASES
from tests.app.access_world import VISITOR, World, make_world
from tests.conftest import lasting, undone

MARK = "zq7mark"
MARKED = re.compile(rf"{MARK}-([a-z0-9_]+)-([a-z0-9_]+)-([PU])")
UNVERIFIED = (101.876543, 15.934567)
"""A point of a published work whose place nobody has verified."""

# Lists of codes, places and words that belong to no organisation's work; and what is read by machines of ours only.
SHARED = (
    "area", "area_population", "base_feature", "village_point", "organisation", "organisation_population", "raster",
    "plan_period", "registered_road", "completeness_topic", "calendar_task", "alembic_version", "spatial_ref_sys",
)  # fmt: skip

OPEN = {
    "project": {"name_th", "route_code"},
    "appropriation": {"legal_reference"},
    "contract": {"number", "egp_number", "contractor_name"},
    "plan": {"name_th", "vision"},
    "plan_version": {"number", "document"},
    "local_strategy": {"name_th"},
    "plan_project": {"form", "name_th", "objective", "target", "indicator", "expected_result", "department"},
    "budget_document": {"title", "number"},
    # What an organisation tells of its office: central numbers, no persons.
    "organisation_profile": {"address", "office_phone", "office_email", "website", "general_condition", "postcode"},
    # An extent of a flood is loaded to be shown, with the file that it was made of.
    "hazard_extent": {"title_th"},
    # Where a result of monitoring was posted, and why the system is only read for a while: both are told to everybody.
    "evaluation_posting": {"address"},
    "maintenance_window": {"reason_th"},
    "citizen_question": {"hidden_reason"},
    "citizen_message": {"body"},
}
"""Table -> its columns that everybody may read."""


@pytest.fixture(scope="module")
def marked(engine: sa.Engine, settings: Settings) -> Iterator[tuple[sa.Connection, World]]:
    """The world of the access table with a mark in every text that is no key, code or word of a list."""
    made: list[World] = []

    def fill(session: Session) -> None:
        made.append(make_world(session, settings.var_dir))
        _more(session, made[0])
        assert _mark(session) > 75, "hardly anything is marked"

    with lasting(engine, fill) as opened:
        yield opened, made[0]


def _more(session: Session, world: World) -> None:
    """Questions in every state, addresses, and a published work whose place is not verified."""
    project = session.execute(
        sa.text("SELECT id, organisation_code FROM project WHERE code = :code"), {"code": world.own.published}
    ).one()
    drawn = factories.make_project(
        session, project.organisation_code, code="70-UNVERIFIED", status="BUDGET_APPROVED", name_th="งานที่ยังไม่ตรวจพิกัด"
    )
    factories.make_geometry(session, drawn, factories.point(*UNVERIFIED), status="SUBMITTED")
    factories.make_appropriation(session, drawn, 500_000)
    factories.make_contract(session, drawn, 90_000, contractor_name="นายสมมติ ไม่มีตัวตน", contractor_is_person=True)
    for state in ("WAITING", "OPEN", "ANSWERED", "HIDDEN", "APPEALED"):
        number = session.scalar(
            sa.text(
                "INSERT INTO citizen_question (organisation_code, project_id, state, due_on, hidden_reason,"
                " answered_at) VALUES (:code, :project, :state, '2026-12-01', 'ไม่เกี่ยวข้อง', now()) RETURNING id"
            ),
            {"code": project.organisation_code, "project": project.id, "state": state},
        )
        session.execute(
            sa.text(
                "INSERT INTO citizen_message (question_id, kind, body, shown, by_name)"
                " VALUES (:id, 'question', :body, :shown, 'นายผู้ตอบ')"
            ),
            {"id": number, "body": f"unseen-{state}" if state not in ("OPEN", "ANSWERED") else "ถาม",
             "shown": state in ("OPEN", "ANSWERED")},
        )  # fmt: skip
    with factories.as_owner(session):
        session.execute(
            sa.text(
                "INSERT INTO project_status_change (project_id, from_status, to_status, user_name, reason)"
                " VALUES (:id, 'PLANNED', 'BUDGET_APPROVED', 'นายผู้เปลี่ยน', 'เหตุผล')"
            ),
            {"id": project.id},
        )


def _mark(session: Session) -> int:
    """With triggers and references off, because a mark is no change that anybody made; how many columns have one."""
    marked = 0
    with factories.as_owner(session):
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        lists = {
            row.table_name
            for row in session.execute(
                sa.text("SELECT table_name FROM information_schema.columns WHERE column_name = 'seq'"
                        " AND table_name IN"
                        " (SELECT table_name FROM information_schema.columns WHERE column_name = 'code')")
            )
        }  # fmt: skip
        for table, column, kind, has_project in session.execute(sa.text(_COLUMNS)).all():
            if table in SHARED or table in lists or table.startswith(("read_", "procrastinate", "completeness_")):
                continue
            if column in ("stored_name", "sha256", "code", "key", "kind", "status"):
                continue
            whose = "id" if table == "project" else "project_id" if has_project else "NULL"
            person = " AND NOT contractor_is_person" if column == "contractor_name" and table == "contract" else ""
            mark = (
                f"'{MARK}-{table}-{column}-' || CASE WHEN ({whose} IS NULL OR {whose} IN"
                f" (SELECT id FROM public_project)){person} THEN 'P' ELSE 'U' END"
            )
            if kind == "jsonb":
                change = (
                    f'UPDATE "{table}" SET "{column}" = "{column}" || jsonb_build_object(\'{MARK}\', {mark})'
                    f" WHERE jsonb_typeof(\"{column}\") = 'object'"
                )
            else:
                change = f'UPDATE "{table}" SET "{column}" = "{column}" || \' \' || {mark} WHERE "{column}" IS NOT NULL'
            try:
                with session.begin_nested():
                    marked += bool(session.execute(sa.text(change)).rowcount)
            except sa.exc.SQLAlchemyError:
                continue  # a word of a list, a number in letters, a link: the database says what may stand there
        session.execute(sa.text("SET LOCAL session_replication_role = origin"))
    return marked


# Texts and documents of tables that are no keys and refer to nothing.
_COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type,
       EXISTS (SELECT FROM information_schema.columns p
               WHERE p.table_name = c.table_name AND p.column_name = 'project_id') AS has_project
FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN ('text', 'jsonb')
  AND c.is_generated = 'NEVER'
  AND NOT EXISTS (SELECT FROM information_schema.key_column_usage k
                  WHERE k.table_schema = 'public' AND k.table_name = c.table_name AND k.column_name = c.column_name)
ORDER BY 1, 2
"""


@pytest.fixture
def connection(marked: tuple[sa.Connection, World]) -> Iterator[sa.Connection]:
    """What a crawl does is taken back."""
    with undone(marked[0]) as opened:
        yield opened


@pytest.fixture
def world(marked: tuple[sa.Connection, World]) -> World:
    return marked[1]


def texts(answer: TestResponse) -> str:
    """Whatever can be read in an answer, unpacked as often as it is packed."""
    body = answer.get_data()
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    found = [body]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            found += [archive.read(name) for name in archive.namelist()]
    told = b"\n".join(found).decode("utf-8", "replace")
    return f"{answer.headers}\n{told}\n{html.unescape(told)}"


def starts(world: World) -> list[str]:
    """Every address that a visitor may open, of both places, and ways to ask for more."""
    place, found = world.own, []
    for case in CASES:
        if case.method == "GET" and VISITOR in case.own:
            for side in ("own", "other"):
                found.append(str(case.request(world, side, VISITOR)["path"]))
    for name in ("projects", "roads", "water", "untyped", "budget"):
        found += [f"/tiles/{name}/{z}/{x}/{y}.mvt" for z, x, y in ((5, 25, 14), (8, 200, 116), (12, 3208, 1863))]
        found += [f"/api/v1/exports?layer={name}&format={form}" for form in ("csv", "geojson", "xlsx")]
        found += [f"/api/v1/layers/{name}/items", f"/api/v1/layers/{name}/items?limit=200"]
    for code in (place.published, place.planned, "70-UNVERIFIED"):
        found += [
            f"/projects/{code}?tab={tab}" for tab in ("plan", "budget", "contracts", "photos", "history", "status")
        ]
        found += [f"/public/projects/{code}/data.{form}" for form in ("csv", "geojson", "json")]
        found.append(f"/public/projects/{code}/photos/{place.attachment}/picture")
    found += [
        "/public", f"/public/organisations/{place.organisation}", "/public/areas/99", "/public/areas/9901",
        f"/public/feed.atom?place=organisation:{place.organisation}", "/public/feed.atom?place=area:99",
        "/public/feed.atom?place=near:15.93,101.88,20", f"/public/follow?place=organisation:{place.organisation}",
        "/public/search", f"/public/search?q={MARK}", "/public/near?area=990101&km=20", "/sitemap.xml",
        "/sitemap-0.xml",
        "/api/v1/oc4ids/projects?limit=500", f"/projects?q={MARK}", "/api/v1/projects?limit=200",
        *(f"/public/organisations/{place.organisation}/data.{form}" for form in ("csv", "geojson", "json")),
    ]  # fmt: skip
    return list(dict.fromkeys(found))


def crawl(client: FlaskClient, world: World, most: int = 320) -> Iterator[tuple[str, str]]:
    """Addresses with what can be read there, with every link that is met on the way."""
    waiting = starts(world)
    seen = set(waiting)
    opened = 0
    while waiting and opened < most:
        address = waiting.pop(0)
        answer = client.get(address)
        opened += 1
        assert answer.status_code < 500 or address == "/readyz", (address, answer.text[:300])
        told = texts(answer)
        yield address, told
        if "html" not in (answer.mimetype or "") or answer.status_code >= 400:
            continue
        for link in re.findall(r'(?:href|src|action)="(/[^"#]*)"', html.unescape(answer.text)):
            plain = urlsplit(link)
            shape = re.sub(r"\d+", "0", plain.path) + "?" + "&".join(sorted(re.findall(r"(\w+)=", plain.query)))
            if link.startswith(("//", "/static/", "/login")) or shape in seen or link in seen:
                continue
            seen |= {shape, link}
            waiting.append(link)


def test_nothing_leaves_that_is_not_published(app: Flask, world: World) -> None:
    client = app.test_client()
    leaks: dict[str, str] = {}
    open_seen: set[tuple[str, str]] = set()
    addresses = 0
    for address, told in crawl(client, world):
        addresses += 1
        for table, column, row in MARKED.findall(told):
            if row == "P" and column in OPEN.get(table, ()):
                open_seen.add((table, column))
            elif MARK not in address or f"{table}.{column}" not in leaks:
                leaks.setdefault(f"{table}.{column} ({row})", address)
        for secret in ("unseen-", f"{UNVERIFIED[0]}", f"{UNVERIFIED[1]}", "citizen@example.org"):
            if secret in told:
                leaks.setdefault(secret, address)
    assert leaks == {}
    assert addresses > 200
    # The attack reaches what is open: else it would find nothing because it looks at nothing.
    assert {("project", "name_th"), ("contract", "number"), ("citizen_message", "body")} <= open_seen


def test_the_public_pages_read_the_public_views_only(app: Flask, world: World, connection: sa.Connection) -> None:
    """Each statement of a public page names nothing but public views, places, lists of codes and the background."""
    read: set[str] = set()

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        ours = re.sub(r"EXTRACT\([^)]*\)|IS (NOT )?DISTINCT FROM", "", statement)
        read.update(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]+)\b(?!\()", ours))

    sa.event.listen(connection, "before_cursor_execute", note)
    client, place = app.test_client(), world.own
    try:
        for address in (
            "/public", f"/public/projects/{place.published}", f"/public/organisations/{place.organisation}",
            "/public/areas/99", "/public/areas/9901", "/public/areas/990101", "/public/search?q=ถนน",
            "/public/near?area=990101&km=20", f"/public/projects/{place.published}/data.csv",
            f"/public/projects/{place.published}/data.geojson", f"/public/projects/{place.published}/data.json",
            f"/public/organisations/{place.organisation}/data.json", "/public/feed.atom?place=area:99",
            f"/public/projects/{place.published}/ask", "/public/follow?place=near:15.93,101.88,20", "/sitemap-0.xml",
        ):  # fmt: skip
            assert client.get(address).status_code == 200, address
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
    lists = {
        "area", "organisation", "organisation_coverage", "lao_type", "base_feature", "project_status", "fund_source",
        "maintenance_window",  # asked before every page, whoever opens it
        "road_surface_type", "water_source_type", "work_nature", "procurement_method", "budget_programme",
    }  # fmt: skip
    aliases = {"page", "a", "unnest", "whole", "here", "areas", "c", "n", "x", "part", "d"}
    assert {name for name in read if not name.startswith("public_")} - lists - aliases == set()


def test_an_unverified_place_is_in_no_tile(app: Flask, world: World) -> None:
    """The tile of the place says nothing to a visitor, whatever the zoom."""
    client = app.test_client()
    lon, lat = UNVERIFIED
    for zoom in (12, 14):
        x, y = _tile(lon, lat, zoom)
        body = client.get(f"/tiles/projects/{zoom}/{x}/{y}.mvt").get_data()
        assert b"70-UNVERIFIED" not in body and "ยังไม่ตรวจพิกัด".encode() not in body


def _tile(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    side = 1 << zoom
    return int((lon + 180) / 360 * side), int((1 - asinh(tan(radians(lat))) / pi) / 2 * side)


def test_a_picture_leaves_without_what_the_camera_wrote(app: Flask, session: Session, settings: Settings) -> None:
    """Only of a published work, only once somebody said its stage, and drawn anew."""
    organisation = factories.make_organisation(session, "D9902009", tambon_codes=("990209",), amphoe_code="9902")
    project = factories.make_project(session, organisation, status="DISBURSING")
    kept = factories.keep_picture(session, Path(settings.var_dir), (101.87, 15.93))
    photo = Attachment(project_id=project.id, created_by_name="นายช่าง", **kept.columns())
    session.add(photo)
    session.commit()
    client = app.test_client()
    address = f"/public/projects/{project.code}/photos/{photo.id}/picture"
    assert client.get(address).status_code == 404
    photo.stage = "before"
    session.commit()
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"Exif" not in answer.get_data() and b"GPS" not in answer.get_data()
    session.execute(sa.text("UPDATE attachment SET removed_at = now(), removed_by_name = 'x' WHERE id = :id"),
                    {"id": photo.id})  # fmt: skip
    session.commit()
    assert client.get(address).status_code == 404
